"""A show: a game plays its own solution, one message after the other, for somebody to watch.

It is a run of its own with the seed and the parameters of the learner's, so that nothing shown gets
into the learner's log or score. It knows no browser; the time is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from games import Message
from games.run import Run
from games.ui.node import PLACED, Node
from games.ui.numbers import MINUS
from games.words import say, written

PAUSE = 900.0
"""Milliseconds between saying what comes and doing it: time to find the control and read."""
READING = 30.0
"""Milliseconds more for each letter of the reason."""
ADDED = {"input": 1, "change": 1, "key": 2}
"""How many values the page adds to the message of an event; none to that of any other."""
LONGEST_NAME = 70
"""Letters of a control's name that are said."""


class Show:
    """The solution of a fresh run, message by message.

    Whoever shows it ticks `run` until it is idle and then calls `rest`, again and again.

    Args:
        run: the learner's run; only its game, seed and parameters are taken.

    Attributes:
        run: what is shown.
        coming: the message that is said and not yet done.
        over: whether the solution has come to its end, or to something that went wrong.
        said: what is or was pressed last, in words.
    """

    def __init__(self, run: Run) -> None:
        self.run = Run(run.game.slug, run.seed, run.params)
        self.coming: Message | None = None
        self.over = False
        self.said = say("Watch: this is one way to do it.")
        self._messages: Iterator[Message] = iter(self.run.game.module.solution(self.run.state))
        self._due = 0.0

    def rest(self, now: float) -> bool:
        """Say the next message, or do the one whose time has come; whether anything changed."""
        if self.over or (self.coming is not None and now < self._due):
            return False
        if self.coming is not None:
            self.run.send(self.coming)
            self.coming = None
            return True
        self.coming = next(self._messages, None)
        if self.coming is None:
            self.over = True
            self.said = say("That was it.")
            return True
        what, why = said(self.coming, control(self.run.view(), self.coming)), self._why()
        self.said = say("{what} {why}", what=what, why=why) if why else what
        self._due = now + PAUSE + READING * len(why)
        return True

    def _why(self) -> str:
        """The game's reason for the coming message, where it gives one."""
        why = getattr(self.run.game.module, "why", None)
        return why(self.run.state, *self.coming) if why and self.coming else ""

    def facts(self, view: Node) -> dict[str, Any]:
        """What a page shows of it: the words, the control about to be used, whether it is over.

        The control is told by its `data-on`, None where nothing is about to be pressed.
        """
        node = None if self.coming is None else control(view, self.coming)
        on = None if node is None else node.attributes["data-on"]
        return {"says": self.said, "control": on, "over": self.over}


def control(view: Node, message: Message) -> Node | None:
    """The node whose control sends `message`, one that takes the keyboard's focus if there is.

    A number that lies several presses away has the button that goes there.
    """
    nodes = list(view.walk())
    found = [node for node in nodes if _event(node, message)]
    found = found or [node for node in nodes if _leads(node, message)]
    return next((node for node in found if _reachable(node)), found[0] if found else None)


def _event(node: Node, message: Message) -> str | None:
    """The event of `node` that sends `message`, if one does."""
    for event, start in node.messages().items():
        added = ADDED.get(event, 0)
        if event in PLACED:  # a value for each direction that it moves in
            added = sum(way is not None for way in json.loads(node.attributes["data-map"]).values())
        if (*start,) == (*message[: len(message) - added],):
            return event
    return None


def _leads(node: Node, message: Message) -> bool:
    """Whether a press of a stepper's button brings its number nearer to that of `message`."""
    sends = (*node.messages().get("click", ()),)
    if len(sends) < 2 or sends[:-1] != (*message[:-1],):
        return False
    one, goal, sign = sends[-1], message[-1], node.text()
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in (one, goal)):
        return False
    return (sign == "+" and one <= goal) or (sign == MINUS and one >= goal)


def _reachable(node: Node) -> bool:
    return node.tag in ("button", "input", "select", "textarea") or "tabindex" in node.attributes


def said(message: Message, node: Node | None) -> str:
    """What is about to be done, in words: the control's name and the value it is given."""
    if node is None:
        return say("The next move.")
    name = " ".join((node.attributes.get("aria-label") or node.text()).split())
    name = name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME].rstrip() + "…"
    value = message[-1]
    match _event(node, message):
        case "drag":
            return say("Drag “{control}”.", control=name)
        case "place":
            return say("Touch the picture.")
        case "point":
            return say("Point at “{control}”.", control=name)
        case "click":
            return say("Press “{control}”.", control=name)
        case None:
            return say("Press “{control}” until it is {value}.", control=name, value=str(value))
    if isinstance(value, bool):
        if value:
            return say("Switch “{control}” on.", control=name)
        return say("Switch “{control}” off.", control=name)
    shown = written(value) if isinstance(value, int | float) else f"“{value}”"
    if isinstance(value, str) and len(value) > LONGEST_NAME:
        shown = f"“{value[:LONGEST_NAME]}…”"
    return say("Set “{control}” to {value}.", control=name, value=shown)

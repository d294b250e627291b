"""A bet: predict, run, see, and predict again. It knows what was said, not what is true.

    MOVES = moves(
        guess=Dial(0, 9, when=lambda s: s.bet.open),
        run=Press(when=lambda s: s.bet.ready),
        again=Press(when=lambda s: s.bet.over),
    )

A bet starts empty: the run waits for it. `place` says or changes the prediction while nothing runs,
`begin` commits it, `settle` ends the run, and `again` clears the table. A solution may have to
begin while a run is under way: one that is long needs a move that is possible then (a dial that
ends it, or an `again` without a `when`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from games.moves import Offer
from games.ui import controls, widgets
from games.ui.node import Child, Node, h
from games.words import say

Said = TypeVar("Said")
Id = TypeVar("Id", bound=str | int)


@dataclass
class Bet(Generic[Said]):
    """A prediction and how far the run that judges it has come."""

    said: Said | None = None
    phase: Literal["open", "running", "over"] = "open"

    @property
    def open(self) -> bool:
        """Whether it may still be placed or changed."""
        return self.phase == "open"

    @property
    def ready(self) -> bool:
        """Whether it is placed, and the run may begin."""
        return self.phase == "open" and self.said is not None

    @property
    def running(self) -> bool:
        """Whether the run that judges it is under way."""
        return self.phase == "running"

    @property
    def over(self) -> bool:
        """Whether the run has ended, and the truth is out."""
        return self.phase == "over"

    def told(self, words: Callable[[Said], str]) -> str | None:
        """The prediction in words, once there is one."""
        return None if self.said is None else words(self.said)

    def place(self, said: Said) -> None:
        """Predict, or think again."""
        self.said = said

    def begin(self) -> None:
        """Commit: from here on nothing is taken back."""
        self.phase = "running"

    def settle(self) -> None:
        """The run has ended."""
        self.phase = "over"

    def reopen(self) -> None:
        """What was run counts no more; a prediction that nothing has judged yet stays."""
        if not self.open:
            self.again()

    def again(self) -> None:
        """Clear the table for another prediction."""
        self.said, self.phase = None, "open"


def slip(
    bet: Bet[Said],
    question: str,
    control: Child,
    *,
    said: str | None,
    truth: str | None = None,
    hit: bool | None = None,
    key: str | int = "bet",
) -> Node:
    """The question with its control; once the run is over, what was said beside what is true.

    Args:
        bet: how far it is.
        question: what to predict.
        control: takes the prediction, while it may be placed.
        said: the prediction in words, once there is one.
        truth: what the engine found, in words, once it is out.
        hit: whether the prediction was good enough, where that is judged.
        key: tells it from its siblings.
    """
    if bet.over and truth is not None:
        verdict = "" if hit is None else " hit" if hit else " miss"
        body: Child = h(
            "dl",
            h("dt", say("You said")),
            h("dd", said if said is not None else say("nothing")),
            h("dt", say("It is")),
            h("dd", truth),
            key="truth",
            class_=f"prediction-truth{verdict}",
        )
    elif bet.open:
        body = control
    else:
        body = widgets.hint(say("You said: {guess}", guess=said or say("nothing")))
    return h(
        "div",
        h("p", question, class_="prediction-question"),
        h("div", body, class_="slip"),
        key=key,
        class_="prediction",
        role="group",
        aria_label=question,
    )


def pick(
    bet: Bet[Id],
    question: str,
    label: str,
    names: Mapping[Id, str] | Callable[[Id], str],
    offer: Offer,
    truth: Id | None,
    *,
    none: str | None = None,
    key: str | int = "bet",
) -> Node:
    """A `slip` on one of a few ids, each under its name in `names`, a table or a function.

    `truth` is the id that came true, and `none` says in words that it was none of them.
    """
    name = names if callable(names) else names.__getitem__
    return slip(
        bet,
        question,
        controls.choice(label, names, bet.said, offer),
        said=bet.told(name),
        truth=none if truth is None else name(truth),
        hit=None if bet.said is None else bet.said == truth,
        key=key,
    )


def commit(
    bet: Bet[Said],
    go: str | None,
    run: Offer,
    again: Offer,
    *,
    more: str | None = None,
    leaves: bool = False,
) -> Node:
    """The button that belongs to a `slip`: it begins the run, and after it clears the table.

    On it stands `go`, None as long as nothing is predicted, and `more` after the run. Where `again`
    may be pressed while it runs, `leaves` puts a button for that beside it.
    """
    if bet.over:
        button = controls.button(more or say("Guess again"), again, primary=True, key="commit")
    else:
        button = controls.button(go or say("Predict first"), run, primary=True, key="commit")
    if not leaves:
        return button
    out = controls.button(say("Leave"), again, key="leave") if bet.running else None
    return widgets.row(button, out)

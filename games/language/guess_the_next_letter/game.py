"""Guess the Next Letter: bet on ten hidden letters of a line, and pay fewer bits than a network.

Both say how probable each letter is; whoever gave the true one the probability p pays −log₂ p bits.
The network is the shipped Transformer of `pycore/recipes/tale.py`. It has read the tale and the
notes of `pycore.corpora`; the lines are others. What it says is shared among the 27 letters alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.ui.shell import shell
from games.words import say, word
from pycore import corpora
from pycore.arrays import Array
from pycore.recipes import tale
from pycore.text import normalize

LETTERS = {**{letter: letter for letter in "abcdefghijklmnopqrstuvwxyz"}, "space": " "}
"""The 27 letters by their ids."""
HIDDEN, SHOWN, LAST = 10, 8, 4
"""Letters to guess, letters that are there at least, and those of them whose price is drawn."""
FAIR = (20.0, 36.0)
"""Bits that the network pays for ten letters: fewer leave nothing to win, more are no match."""
SUREST = 98
DEAREST = 18
"""Bits that the picture has room for: no letter of any line costs as many."""

LEARNT = word(
    "Whoever gave the true letter the probability p pays −log₂ p bits: little where one is rightly "
    "sure, much where one is wrongly sure. The mean over all letters is the loss of a language "
    "model."
)
MOVES = moves(
    tap=Pick(LETTERS, when=lambda state: not over(state)),
    sure=Dial(30, SUREST, 2, when=lambda state: not over(state)),
    reveal=Press(when=lambda state: ready(state)),
    again=Press(),
)


@dataclass
class State:
    """A line, how far it is revealed, the bet on its next letter, and what was paid.

    `said` are ids of letters, `sure` the percent that they share; `shown` says that the last letter
    was just revealed, and the bet on it still stands. `mine` and `theirs` are bits, one for each
    letter revealed; `missed` what of mine was paid for letters not among those said.
    """

    rng: np.random.Generator
    line: str = ""
    start: int = 0
    said: list[str] = field(default_factory=list)
    sure: int = 70
    shown: bool = False
    mine: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    missed: float = 0.0
    won: bool = False

    @property
    def place(self) -> int:
        """Of the letter to be guessed next, in the line."""
        return self.start + len(self.mine)


@cache
def lines() -> tuple[str, ...]:
    """Sentences that the network has not read, of the letters that it knows."""
    rows = [normalize(row[0]) for row in corpora.three_languages()]
    _, held_out = tale.text()
    parts = [part.strip() for row in (*rows, held_out) for part in re.split("[.,]", row)]
    known = {LETTERS[name] for name in known_letters()}
    return tuple(part for part in parts if set(part) <= known and len(part) >= SHOWN + HIDDEN)


@cache
def known_letters() -> tuple[str, ...]:
    """The ids of the letters that the network has met."""
    return tuple(name for name, letter in LETTERS.items() if letter in tale.vocabulary())


@cache
def odds(before: str) -> Array:
    """What the network says of each of LETTERS after a text; 0 for those that it never met."""
    p = np.exp(tale.log_odds([before])[0])
    among = np.zeros(len(LETTERS))
    for i, (name, letter) in enumerate(LETTERS.items()):
        if name in known_letters():
            (number,) = tale.vocabulary().encode([letter])
            among[i] = p[number]
    return np.asarray(among / among.sum())


@cache
def price(line: str, place: int) -> float:
    """What the network pays for a letter of a line, in bits."""
    p = odds(line[:place])[[*LETTERS.values()].index(line[place])]
    return float(f"{-math.log2(p):.6g}")


def init(seed: int) -> State:
    """A line to guess in."""
    state = State(np.random.default_rng(seed))
    _draw(state)
    return state


def _draw(state: State) -> None:
    """A fair place in another line."""
    before = state.line
    while True:
        line = str(state.rng.choice(lines()))
        start = int(state.rng.integers(SHOWN, len(line) - HIDDEN + 1))
        cost = sum(price(line, place) for place in range(start, start + HIDDEN))
        if line != before and FAIR[0] <= cost <= FAIR[1]:
            break
    state.line, state.start = line, start
    state.said, state.shown = [], False
    state.mine, state.theirs, state.missed = [], [], 0.0


def over(state: State) -> bool:
    """Whether all ten are revealed."""
    return len(state.mine) == HIDDEN


def ahead(state: State) -> bool:
    """Whether all ten cost less than the network paid."""
    return over(state) and sum(state.mine) < sum(state.theirs)


def ready(state: State) -> bool:
    """Whether there is a bet on the next letter."""
    return bool(state.said) and not state.shown and not over(state)


def shares(said: list[str], sure: int) -> Array:
    """The probability that a bet gives to each of LETTERS."""
    held, rest = len(said), len(LETTERS) - len(said)
    on = sure / 100 if rest else 1.0
    return np.array([on / held if name in said else (1 - on) / rest for name in LETTERS])


def bits(p: float) -> float:
    """−log₂ p."""
    return -math.log2(p)


def truth(state: State) -> str:
    """The id of the letter to be guessed next."""
    letter = state.line[state.place]
    return "space" if letter == " " else letter


def update(state: State, move: str, *values: Any) -> None:
    """A letter more or less in the bet, how sure, the letter itself, another line."""
    match move, *values:
        case "tap", name:
            _next_bet(state)
            if name in state.said:
                state.said.remove(name)
            else:
                state.said.append(name)
        case "sure", sure:
            _next_bet(state)
            state.sure = sure
        case ("reveal",):
            _reveal(state)
        case ("again",):
            _draw(state)


def _next_bet(state: State) -> None:
    """A bet that was paid is put away."""
    if state.shown:
        state.said, state.shown = [], False


def _reveal(state: State) -> None:
    """Both pay for the letter."""
    name = truth(state)
    cost = bits(shares(state.said, state.sure)[[*LETTERS].index(name)])
    state.theirs.append(price(state.line, state.place))
    state.mine.append(cost)
    if name not in state.said:
        state.missed += cost
    state.shown = True
    state.won = state.won or ahead(state)


def score(state: State) -> float:
    """1 once ten letters cost less than the network paid; before, half for those revealed."""
    return 1.0 if state.won else 0.5 * len(state.mine) / HIDDEN


def solution(state: State) -> Iterator[Message]:
    """Bet as surely as possible on the true letter, in a line where that still wins."""
    while score(state) < 1:
        left = [price(state.line, state.place + i) for i in range(HIDDEN - len(state.mine))]
        best = sum(state.mine) + len(left) * bits(SUREST / 100)
        crowd = not state.shown and len(state.said) > 5
        if over(state) or crowd or best >= sum(state.theirs) + sum(left):
            yield ("again",)
        if state.sure != SUREST:
            yield ("sure", SUREST)
        if not state.shown:
            for name in [name for name in state.said if name != truth(state)]:
                yield ("tap", name)
        if state.shown or truth(state) not in state.said:
            yield ("tap", truth(state))
        yield ("reveal",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution, which knows the line."""
    match move, *values:
        case "tap", name if name == truth(state):
            return say("Next comes {letter}, and whoever shows this knows it.", letter=_told(name))
        case "tap", name:
            return say("Not {letter}: what lies on it is missing elsewhere.", letter=_told(name))
        case "sure", _:
            return say("Whoever knows what comes is as sure as one can be.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def view(state: State) -> Node:
    """The line with what each letter cost, and the letters to bet on."""
    may, won = MOVES.on(state), ahead(state)
    lost = over(state) and not won
    return shell(
        h("div", _line(state), _prices(state), _keys(state), class_="guessing"),
        widgets.verdict(_verdict(state), won, lost=lost),
        mission=widgets.progress(say("letters turned over"), len(state.mine), HIDDEN),
        dock=[
            controls.slider(say("How sure are you, in percent?"), state.sure, may.sure, key="sure"),
            _stakes(state),
        ],
        go=widgets.row(
            controls.button(_next(state), may.reveal, primary=not over(state), key="reveal"),
            controls.button(say("Another line"), may.again, primary=over(state), key="again"),
            class_="guessing-go",
        ),
        drawers=[
            widgets.folded(say("Numbers"), _numbers(state), key="numbers") if state.mine else None
        ],
    )


def _next(state: State) -> str:
    """What is to be done before the next letter is out."""
    if over(state):
        return say("All ten are out")
    return say("Turn it over") if ready(state) else say("Tap a letter")


def _line(state: State) -> Node:
    """What both have read, what came out, and what is hidden."""
    first = max(0, state.start - tale.LONGEST)
    out = len(state.mine)
    parts = {
        "read": state.line[first : state.start],
        "out": state.line[state.start : state.place],
        "next": "?" if out < HIDDEN else "",
        "hidden": "·" * (HIDDEN - out - 1),
    }
    return h(
        "p",
        [
            h("span", text.replace(" ", "\N{NO-BREAK SPACE}"), key=part, class_=f"guessing-{part}")
            for part, text in parts.items()
        ],
        class_="guessing-line",
        translate="no",
    )


def _prices(state: State) -> Node:
    """What each letter cost, the learner's on the left and the network's on the right."""
    first = state.start - LAST
    names = tuple(
        state.line[first + i].replace(" ", "␣") if first + i < state.place else "·"
        for i in range(LAST + HIDDEN)
    )
    axes = plots.Axes(
        (-0.6, LAST + HIDDEN - 0.4),
        (0, DEAREST),
        height=118,
        left=30,
        bottom=24,
        top=8,
        names=names,
    )
    known = [price(state.line, first + i) for i in range(LAST)]
    theirs, mine = known + state.theirs, state.mine
    at = np.arange(len(theirs))
    return marked(
        plots.plot(
            axes,
            plots.rule(axes, x=LAST - 0.5),
            plots.bars(axes, np.arange(LAST) + 0.2, known, 0.36, "price-theirs read"),
            plots.bars(axes, at[LAST:] + 0.2, state.theirs, 0.36, "price-theirs"),
            plots.bars(axes, at[LAST:] - 0.2, mine, 0.36, "price-mine"),
            plots.legend(axes, [(say("you"), "price-mine"), (say("network"), "price-theirs")]),
            y_label=say("bits"),
            label=say("What each letter costs you and the network"),
            key="prices",
        ),
        {say("bits, network"): np.array(theirs)}
        | ({say("bits, you"): np.array(mine)} if mine else {}),
    )


def _keys(state: State) -> Node:
    """The 27 letters: how much of the bet lies on each; once it is out, what the network said."""
    may = MOVES.on(state)
    mine = shares(state.said, state.sure) if state.said else np.zeros(len(LETTERS))
    theirs = odds(state.line[: state.place - 1]) if state.shown else np.zeros(len(LETTERS))
    last = state.line[state.place - 1] if state.shown else ""
    keys = [
        controls.tile(
            may.tap(name),
            _share(float(mine[i]), "mine"),
            _share(float(theirs[i]), "theirs"),
            h("span", say("space") if name == "space" else name, class_="key-name"),
            look="letter-key true" if letter == last else "letter-key",
            pressed=name in state.said,
            name=_key_label(name, float(mine[i]), float(theirs[i]), state.shown),
            key=name,
        )
        for i, (name, letter) in enumerate(LETTERS.items())
    ]
    marks = {say("your odds"): mine} if state.said else {}
    if state.shown:
        marks[say("the network’s odds")] = theirs
    return marked(
        h("div", keys, class_="keys-27", role="group", aria_label=say("the letters")), marks
    )


def _share(p: float, whose: str) -> Node:
    """How much lies on a key."""
    return h(
        "span",
        style=f"--share:{p:.3f}",
        class_=f"key-{whose}" if p else f"key-{whose} none",
        aria_hidden="true",
    )


def _key_label(name: str, mine: float, theirs: float, shown: bool) -> str:
    """A key for a screen reader."""
    if shown:
        return say(
            "{letter}: you {mine}, the network {theirs}",
            letter=_told(name),
            mine=percent(mine),
            theirs=percent(theirs),
        )
    return say("{letter}: you {mine}", letter=_told(name), mine=percent(mine))


def _stakes(state: State) -> Node:
    """What a hit and a miss cost, before the letter is turned over."""
    said = state.said or ["a"]
    p = shares(said, state.sure)
    hit = float(p[[*LETTERS].index(said[0])])
    rest = [float(p[i]) for i, name in enumerate(LETTERS) if name not in said]
    return marked(
        widgets.readouts(
            [
                (say("bits if it is yours"), fixed(bits(hit), 1)),
                (say("bits if it is not"), fixed(bits(rest[0]), 1) if rest else "–"),
            ]
        ),
        {say("stakes"): np.array([bits(hit), *map(bits, rest[:1])])},
    )


def _numbers(state: State) -> Node:
    return widgets.table(
        say("What each letter cost, in bits"),
        [say("letter"), say("you"), say("network")],
        [
            [
                widgets.verbatim(state.line[state.start + i].replace(" ", "␣")),
                fixed(mine, 2),
                fixed(theirs, 2),
            ]
            for i, (mine, theirs) in enumerate(zip(state.mine, state.theirs, strict=True))
        ],
    )


def _told(name: str) -> str:
    """A letter in a sentence."""
    return say("a space") if name == "space" else say("“{letter}”", letter=name)


def describe(state: State) -> str:
    """The line, the bet, and what was paid."""
    return say(
        "The line so far: “{line}”. {n} of 10 letters are out. Your bet: {said}, {sure} % sure. "
        "{verdict}",
        line=state.line[: state.place],
        n=len(state.mine),
        said=", ".join(map(_told, state.said)) or say("nothing yet"),
        sure=state.sure,
        verdict=_verdict(state),
    )


def _verdict(state: State) -> str:
    """What to do, what the last letter cost, or who has won."""
    mine, theirs = sum(state.mine), sum(state.theirs)
    totals = {"mine": fixed(mine, 1), "theirs": fixed(theirs, 1)}
    if not state.mine:
        return say(
            "Which letter comes next? Tap all that may, and say how sure you are. A network bets "
            "too; for the last four letters you see what it paid."
        )
    if not over(state):
        letter = state.line[state.place - 1]
        return say(
            "It was {letter}: {last} bits for you, {other} for the network. So far {mine} to "
            "{theirs}.",
            letter=_told("space" if letter == " " else letter),
            last=fixed(state.mine[-1], 1),
            other=fixed(state.theirs[-1], 1),
            **totals,
        )
    if ahead(state):
        return say(
            "You win: {mine} bits to {theirs}. That is {each} a letter, as if you had guessed "
            "among {among} equally likely ones.",
            each=fixed(mine / HIDDEN, 1),
            among=fixed(2 ** (mine / HIDDEN), 1),
            **totals,
        )
    if state.missed > mine / 2:
        return say(
            "{mine} bits to {theirs}: the network wins. Misses cost you most. Where you are not "
            "sure, say more letters or a lower percentage.",
            **totals,
        )
    return say(
        "{mine} bits to {theirs}: the network wins. You paid most where you were right: say fewer "
        "letters there, or be surer.",
        **totals,
    )

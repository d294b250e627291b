"""Match the Shape: tap a name, then tap the curve that it belongs to.

Each curve is f(a (z − s)) of one of the engine's activations, with a stretch a
and a shift s drawn by seed. Curves move sideways only: heights stay, and with them what tells a
sigmoid from a tanh. Won when all n names are right; the score is the share of right ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param
from games.first_neurons._bends import LEAK, Shape, bends, name_of, shape
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import plain
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array

EDITION = 2
STRETCH, SHIFT = (0.7, 1.5), 2.0
"""A curve is stretched by a factor between these, and shifted by at most SHIFT either way."""
APART = 0.25
"""Two curves go together only if their floors or tops lie so far apart, or one has a corner."""

POOL = ("sigmoid", "tanh", "relu", "leaky-relu", "elu", "gelu", "selu", "silu", "softplus")
"""What names are drawn from, in this order forever: a run is known by its seed."""
TAUGHT = ("sigmoid", "tanh", "relu", "leaky-relu", "gelu", "silu")
"""Those that the lesson tells of, likewise; at most MOST_TAUGHT of them go together."""
MOST_TAUGHT = 5

LEARNT = word(
    "The two ends of a curve tell it: flat or rising, and how high. What is left between the "
    "relatives of ReLU is told by a corner, or by a dip below zero."
)
PARAMS = {
    "n": Param(Dial(3, 6), 4, "Names to match; with 6, every activation"),
    "of": Param(Pick("lesson", "all"), "lesson", "Activations of the lesson, or all"),
}
_ONE = Dial(0, lambda state: len(state.names) - 1)
MOVES = moves(name=_ONE, curve=_ONE, check=Press(when=lambda state: None not in state.placed))


@dataclass
class State:
    """The names, the curves and their owners, and what the learner has matched.

    Curve k is the activation `names[owner[k]]`, stretched by `stretch[k]` and moved by `shift[k]`.
    `placed[k]` is the name that the learner gave to curve k, None as long as it has none.
    """

    rng: np.random.Generator
    names: list[str]
    owner: list[int]
    stretch: Array
    shift: Array
    placed: list[int | None]
    selected: int = 0
    checked: bool = False


def init(seed: int, n: int = 4, of: str = "lesson") -> State:
    """Draw n activations that can be told apart, and a stretch and shift for each."""
    rng = np.random.default_rng(seed)
    pool = TAUGHT if of == "lesson" and n <= MOST_TAUGHT else POOL
    names: list[str] = []
    while not names or not all(_distinct(a, b) for a, b in combinations(names, 2)):
        names = rng.choice(list(pool), size=n, replace=False).tolist()
    owner = rng.permutation(n).tolist()
    stretch = np.round(rng.uniform(*STRETCH, size=n), 2)
    shift = np.round(rng.uniform(-SHIFT, SHIFT, size=n), 1)
    return State(rng, names, owner, stretch, shift, [None] * n)


def update(state: State, move: str, *values: Any) -> None:
    """A name in the hand, the name put on a curve, or the check of all of them.

    A name can stand on one curve only: putting it on another takes it from the first.
    """
    match move, *values:
        case "name", i:
            state.selected = i
        case "curve", k:
            state.placed = [None if i == state.selected else i for i in state.placed]
            state.placed[k] = state.selected
            state.checked = False
            waiting = [i for i in range(len(state.names)) if i not in state.placed]
            state.selected = waiting[0] if waiting else state.selected
        case ("check",):
            state.checked = True


def right(state: State) -> NDArray[np.bool_]:
    """Which curves carry their own name.

    Shapes: → (n,).
    """
    return np.array([i == j for i, j in zip(state.placed, state.owner, strict=True)])


def curves(state: State) -> tuple[Array, Array]:
    """The inputs z, and the height of each curve there, by the engine.

    Shapes: → (points,), (n, points).
    """
    z = np.linspace(*AXES.x, 181)
    y = [
        bends()[state.names[i]].function(a * (z - s))
        for i, a, s in zip(state.owner, state.stretch, state.shift, strict=True)
    ]
    return z, np.array(y)


def view(state: State) -> Node:
    """The curves, each a place to put the name in hand; after the check, what is wrong and why."""
    may, won = MOVES.on(state), score(state) == 1
    n = len(state.names)
    named = n - state.placed.count(None)
    return shell(
        h(
            "div",
            [_card(state, k) for k in range(n)],
            class_="shape-cards won" if won else "shape-cards",
        ),
        widgets.verdict(_verdict(state), won, lost=state.checked and not won),
        mission=widgets.progress(
            say("right") if state.checked else say("named"),
            int(right(state).sum()) if state.checked else named,
            n,
        ),
        dock=[
            controls.choice(
                say("names"),
                {i: f"{name_of(name)}: {_where(state, i)}" for i, name in enumerate(state.names)},
                state.selected,
                may.name,
            ),
        ],
        go=controls.button(
            say("Check") if named == n else say("Name all {n} first", n=n), may.check, primary=True
        ),
        drawers=[
            widgets.folded(
                say("What speaks against each"),
                h("ul", [h("li", why) for why in _reasons(state)]),
                key="why",
            )
            if len(_reasons(state)) > 1
            else None,
            widgets.folded(
                say("What to look at"),
                h(
                    "p",
                    say(
                        "Curves are stretched sideways and shifted to the left or right, never up "
                        "or down. So look at the heights of both ends, for a corner, and for a dip "
                        "below zero. LeakyReLU has a slope of {leak} on the left.",
                        leak=plain(LEAK),
                    ),
                ),
                key="look",
            ),
        ],
    )


def score(state: State) -> float:
    """The share of names that are right, once they are checked."""
    return float(right(state).mean()) if state.checked else 0.0


def describe(state: State) -> str:
    """The name in hand, what stands where, and the verdict with its reasons."""
    placed = [
        say("{letter} is called {name}", letter=_LETTERS[k], name=name_of(state.names[i]))
        for k, i in enumerate(state.placed)
        if i is not None
    ]
    return " ".join(
        [
            say("You are holding {name}.", name=name_of(state.names[state.selected])),
            f"{', '.join(placed)}." if placed else say("No curve has a name yet."),
            _verdict(state),
            *_reasons(state)[1:],
        ]
    )


def solution(state: State) -> Iterator[Message]:
    """Every name on its curve, one after the other, and the check."""
    for k, i in enumerate(state.owner):
        yield ("name", i)
        yield ("curve", k)
    yield ("check",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "name":
            return say("Look at both ends of its curve, and at whether it dips below zero.")
        case "curve":
            return say("No other curve has these two ends.")
        case _:
            return say("Every name has a curve.")


# --- telling shapes apart -------------------------------------------------------------------------


@cache
def _shape(name: str) -> Shape:
    return shape(bends()[name])


def _distinct(a: str, b: str) -> bool:
    """Whether an eye can tell two activations apart when they may be shifted and stretched."""
    one, two = _shape(a), _shape(b)
    if one.corner != two.corner:
        return True
    return any(
        p != q and abs(p - q) >= APART for p, q in ((one.floor, two.floor), (one.top, two.top))
    )


def _reason(said: str, true: str) -> str:
    """One thing to see in the curve `true` that `said` does not have."""
    claim, fact, name = _shape(said), _shape(true), name_of(said)
    top, floor = plain(claim.top, 2), plain(claim.floor, 2)
    other_top, other_floor = plain(fact.top, 2), plain(fact.floor, 2)
    if math.isinf(claim.top) != math.isinf(fact.top):
        if math.isinf(fact.top):
            return say(
                "{name} never rises above {top}, but this curve goes on rising.", name=name, top=top
            )
        return say(
            "{name} goes on rising, but this curve never rises above {top}.",
            name=name,
            top=other_top,
        )
    if math.isinf(claim.floor) != math.isinf(fact.floor):
        if math.isinf(fact.floor):
            return say(
                "{name} never falls below {floor}, but this curve goes on falling to the left.",
                name=name,
                floor=floor,
            )
        return say(
            "{name} goes on falling to the left, but this curve never falls below {floor}.",
            name=name,
            floor=other_floor,
        )
    if claim.floor != fact.floor and abs(claim.floor - fact.floor) >= APART:
        return say(
            "The lowest that {name} goes is {floor}; this curve’s lowest is {other}.",
            name=name,
            floor=floor,
            other=other_floor,
        )
    if claim.corner:
        return say("{name} has a corner, but this curve bends smoothly.", name=name)
    return say("{name} bends smoothly, but this curve has a corner.", name=name)


# --- pictures and words ---------------------------------------------------------------------------

_LETTERS = "ABCDEF"
AXES = plots.Axes((-6, 6), (-2, 3), width=300, height=178, left=36, right=8, top=8, bottom=26)


def _card(state: State, k: int) -> Node:
    """One curve with its letter; all of it is the button that gives it the name in hand."""
    z, y = curves(state)
    i = state.placed[k]
    name = "?" if i is None else name_of(state.names[i])
    mark, class_ = "", "shape-card" if i is None else "shape-card named"
    if state.checked:
        hit = bool(right(state)[k])
        mark, class_ = (" ✓", f"{class_} hit") if hit else (" ✗", f"{class_} miss")
    return h(
        "div",
        plots.plot(
            AXES,
            plots.rule(AXES, y=0),
            _claimed(state, k, z) if mark == " ✗" else None,
            marked(
                plots.curve(AXES, z, _inside(y[k])),
                {
                    say("curve {letter}: z and height", letter=_LETTERS[k]): np.column_stack(
                        [z, y[k]]
                    ),
                    say("curve {letter}: stretch, shift", letter=_LETTERS[k]): [
                        state.stretch[k],
                        state.shift[k],
                    ],
                },
            ),
            label=say(
                "Curve {letter}, from {left} at z = −6 to {right} at z = 6; lowest {low}",
                letter=_LETTERS[k],
                left=plain(y[k][0], 2),
                right=plain(y[k][-1], 2),
                low=plain(y[k].min(), 2),
            ),
        ),
        controls.button(
            f"{_LETTERS[k]}: {name}{mark}",
            MOVES.on(state).curve(k),
            name=say(
                "Curve {letter}: {name}. Call it {other}",
                letter=_LETTERS[k],
                name=f"{name}{mark}",
                other=name_of(state.names[state.selected]),
            ),
        ),
        key=k,
        class_=class_,
    )


def _claimed(state: State, k: int, z: Array) -> Node:
    """What the name that the learner gave would look like here, stretched and shifted alike."""
    claim = bends()[state.names[state.placed[k] or 0]]
    y = claim.function(state.stretch[k] * (z - state.shift[k]))
    return plots.curve(AXES, z, _inside(y), "claimed")


def _inside(y: Array) -> Array:
    """Heights within the axes; the rest is not drawn."""
    return np.where((y >= AXES.y[0]) & (y <= AXES.y[1]), y, np.nan)


def _verdict(state: State) -> str:
    n = len(state.names)
    if state.checked:
        done = int(right(state).sum())
        if done == n:
            return say("{n} of {n}: now you know them by sight.", n=n)
        return say(
            "{done} of {n} right. {reason} Dashed: yours.",
            done=done,
            n=n,
            reason=_reasons(state)[0],
        )
    if None in state.placed:
        return say(
            "You are holding {name}. Which curve is it? Tap it.",
            name=name_of(state.names[state.selected]),
        )
    return say("Every curve has a name. Check, or put a name on another curve.")


def _where(state: State, i: int) -> str:
    return _LETTERS[state.placed.index(i)] if i in state.placed else "?"


def _reasons(state: State) -> list[str]:
    """For each wrong name something to see that speaks against it."""
    if not state.checked:
        return []
    return [
        say(
            "Curve {letter}: {reason}",
            letter=_LETTERS[k],
            reason=_reason(state.names[i], state.names[j]),
        )
        for k, (i, j) in enumerate(zip(state.placed, state.owner, strict=True))
        if i is not None and i != j
    ]

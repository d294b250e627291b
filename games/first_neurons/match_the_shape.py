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

from games import Message, Node, Param, is_whole, refuse
from games.first_neurons._activations import LEAK, Shape, bends, shape
from games.moves import Dial
from games.ui import plots, widgets
from games.ui.node import h
from games.ui.numbers import plain
from pycore.arrays import Array

STRETCH, SHIFT = (0.7, 1.5), 2.0
"""A curve is stretched by a factor between these, and shifted by at most SHIFT either way."""
APART = 0.25
"""Two curves go together only if their floors or tops lie so far apart, or one has a corner."""

PARAMS = {
    "n": Param(Dial(3, 6), 4, "Names to match"),
}


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


def init(seed: int, n: int = 4) -> State:
    """Draw n activations that can be told apart, and a stretch and shift for each."""
    rng = np.random.default_rng(seed)
    names: list[str] = []
    while not names or not all(_distinct(a, b) for a, b in combinations(names, 2)):
        names = rng.choice(list(bends()), size=n, replace=False).tolist()
    owner = rng.permutation(n).tolist()
    stretch = np.round(rng.uniform(*STRETCH, size=n), 2)
    shift = np.round(rng.uniform(-SHIFT, SHIFT, size=n), 1)
    return State(rng, names, owner, stretch, shift, [None] * n)


def update(state: State, message: str, *args: Any) -> None:
    """("name", i) takes a name, ("curve", k) puts it on a curve, ("check",) judges all of them.

    A name can stand on one curve only: putting it on another takes it from the first.
    """
    last = len(state.names) - 1
    match message, *args:
        case "name", i if is_whole(i, 0, last):
            state.selected = i
        case "curve", k if is_whole(k, 0, last):
            state.placed = [None if i == state.selected else i for i in state.placed]
            state.placed[k] = state.selected
            state.checked = False
            waiting = [i for i in range(last + 1) if i not in state.placed]
            state.selected = waiting[0] if waiting else state.selected
        case ("check",) if None not in state.placed:
            state.checked = True
        case _:
            refuse(
                message,
                args,
                f"('name', 0 to {last}), ('curve', 0 to {last}), "
                "('check') once every curve has a name",
            )


def tick(state: State) -> bool:
    """Nothing runs by itself here."""
    return False


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
    """The names, the curves, and after the check what is wrong and why."""
    won = score(state) == 1
    return widgets.stage(
        widgets.panel(
            widgets.choice(
                "names",
                [
                    (
                        f"{name}: {_LETTERS[state.placed.index(i)] if i in state.placed else '?'}",
                        i,
                    )
                    for i, name in enumerate(state.names)
                ],
                state.selected,
                ("name",),
            ),
            h("div", [_card(state, k) for k in range(len(state.names))], class_="shape-cards"),
            widgets.row(
                widgets.button("Check", ("check",), primary=True, enabled=None not in state.placed)
            ),
            h(
                "div",
                h("p", _verdict(state)),
                h("ul", [h("li", why) for why in _reasons(state)]) if _reasons(state) else None,
                class_="note win" if won else "note",
                data_room=FULL,
            ),
            widgets.note(
                "Curves are stretched sideways and shifted to the left or right, never up or down: "
                f"heights count, and so do corners. LeakyReLU has a slope of {LEAK} on its left.",
                kind="hint",
            ),
        )
    )


def score(state: State) -> float:
    """The share of names that are right, once they are checked."""
    return float(right(state).mean()) if state.checked else 0.0


def describe(state: State) -> str:
    """The name in hand, what stands where, and the verdict with its reasons."""
    placed = [
        f"{_LETTERS[k]} is called {state.names[i]}"
        for k, i in enumerate(state.placed)
        if i is not None
    ]
    return " ".join(
        [
            f"In hand: {state.names[state.selected]}.",
            f"{', '.join(placed)}." if placed else "No curve has a name.",
            _verdict(state),
            *_reasons(state),
        ]
    )


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The curves, how each was moved, and the lowest and highest point each can have."""
    z, y = curves(state)
    shapes = [_shape(state.names[i]) for i in state.owner]
    ends = np.array([[s.floor, s.top] for s in shapes])
    return {
        "inputs z": z,
        "heights of the curves (curves × inputs)": y,
        "stretch a": state.stretch,
        "shift s": state.shift,
        "floor and top of each curve (unknown where it has none)": np.where(
            np.isinf(ends), np.nan, ends
        ),
        "name is right": right(state) & state.checked,
    }


def solution(state: State) -> Iterator[Message]:
    """Every name on its curve, one after the other, and the check."""
    for k, i in enumerate(state.owner):
        yield ("name", i)
        yield ("curve", k)
    yield ("check",)


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
    claim, fact = _shape(said), _shape(true)
    if math.isinf(claim.top) != math.isinf(fact.top):
        if math.isinf(fact.top):
            return f"{said} never rises above {plain(claim.top, 2)}, but this curve goes on rising."
        return f"{said} goes on rising, but this curve never rises above {plain(fact.top, 2)}."
    if math.isinf(claim.floor) != math.isinf(fact.floor):
        if math.isinf(fact.floor):
            return (
                f"{said} never falls below {plain(claim.floor, 2)}, but this curve goes on falling "
                "to the left."
            )
        return (
            f"{said} goes on falling to the left, but this curve never falls below "
            f"{plain(fact.floor, 2)}."
        )
    if claim.floor != fact.floor and abs(claim.floor - fact.floor) >= APART:
        return (
            f"The lowest that {said} goes is {plain(claim.floor, 2)}; this curve’s lowest is "
            f"{plain(fact.floor, 2)}."
        )
    if claim.corner:
        return f"{said} has a corner, but this curve bends smoothly."
    return f"{said} bends smoothly, but this curve has a corner."


# --- pictures and words ---------------------------------------------------------------------------

_LETTERS = "ABCDEF"
FULL = "Every curve has a name. Check, or put a name on another curve."
AXES = plots.Axes((-6, 6), (-2, 3), width=300, height=220, left=36, right=8, top=8, bottom=30)


def _card(state: State, k: int) -> Node:
    """One curve with its letter; all of it is the button that gives it the name in hand."""
    z, y = curves(state)
    inside = (y[k] >= AXES.y[0]) & (y[k] <= AXES.y[1])
    i = state.placed[k]
    name = "?" if i is None else state.names[i]
    mark, class_ = "", "shape-card"
    if state.checked:
        hit = bool(right(state)[k])
        mark, class_ = (" ✓", f"{class_} hit") if hit else (" ✗", f"{class_} miss")
    return h(
        "div",
        plots.plot(
            AXES,
            plots.rule(AXES, y=0),
            plots.curve(AXES, z, np.where(inside, y[k], np.nan)),
            label=f"Curve {_LETTERS[k]}, from {plain(y[k][0], 2)} at z = −6 to "
            f"{plain(y[k][-1], 2)} at z = 6; lowest {plain(y[k].min(), 2)}.",
        ),
        widgets.button(
            f"{_LETTERS[k]}: {name}{mark}",
            ("curve", k),
            name=f"Curve {_LETTERS[k]}: {name}{mark}. Call it {state.names[state.selected]}",
        ),
        key=k,
        class_=class_,
    )


def _verdict(state: State) -> str:
    n = len(state.names)
    if state.checked:
        done = int(right(state).sum())
        if done == n:
            return f"{n} of {n}: every shape has its name."
        return f"{done} of {n} are right. Look again:"
    if None in state.placed:
        return f"In hand: {state.names[state.selected]}. Which curve is it?"
    return FULL


def _reasons(state: State) -> list[str]:
    """For each wrong name something to see that speaks against it."""
    if not state.checked:
        return []
    return [
        f"Curve {_LETTERS[k]}: {_reason(state.names[i], state.names[j])}"
        for k, (i, j) in enumerate(zip(state.placed, state.owner, strict=True))
        if i is not None and i != j
    ]

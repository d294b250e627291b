"""Softmax Head: slide the logits until the probabilities stand at the golden marks.

p = softmax(z / T) by the engine, which takes the largest logit away first, so
that no exponential overflows and a number added to all logits changes nothing. L = −log p of the
chosen label, and ∂L/∂(z / T) = p − y, by the engine's cross-entropy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_number, is_whole, refuse
from games.moves import Pick
from games.ui import plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed, signed
from pycore.activations import softmax
from pycore.arrays import Array
from pycore.losses import CrossEntropy

CLASSES = ("cat", "dog", "fox", "owl")
REACH, STEP = 8.0, 0.05
"""The logits slide from −REACH to REACH in steps of STEP."""
COLDEST, HOTTEST = 0.1, 5.0
CLOSE = 0.01
"""Won when no probability is further from its mark."""
FAR = 1000.0
"""What is added to all logits to show that the sum stays finite."""

PARAMS = {
    "label": Param(Pick(*CLASSES), "cat", "Right class at the start"),
}


@dataclass
class State:
    """Logits z, temperature T, the class that is right, and the probabilities to reach."""

    rng: np.random.Generator
    goal: Array
    z: Array
    label: int
    temperature: float = 1.0

    @property
    def target(self) -> Array:
        """The probabilities to reach: those of the logits `goal` at T = 1."""
        return softmax(self.goal)


def init(seed: int, label: str = "cat") -> State:
    """All logits zero; the goal lies on the sliders' steps and clearly away from the start."""
    rng = np.random.default_rng(seed)
    while True:
        goal = STEP * np.rint(rng.normal(0, 1.2, len(CLASSES)) / STEP)
        p = softmax(goal)
        if p.min() > 0.03 and p.max() > 0.45 and np.abs(goal).max() < 3:
            return State(rng, goal, np.zeros(len(CLASSES)), CLASSES.index(label))


def update(state: State, message: str, *args: Any) -> None:
    """The dials.

    ("logit", i, v) sets one, ("add", 1) or ("add", -1) moves all by one while there is room,
    ("temperature", T), ("label", i) says which class is right.
    """
    match message, *args:
        case "logit", i, v if is_whole(i, 0, len(CLASSES) - 1) and is_number(v, -REACH, REACH):
            state.z[i] = round(v, 2)
        case "add", c if is_whole(c, -1, 1) and has_room(state, c):
            state.z = np.round(state.z + c, 2)
        case "temperature", t if is_number(t, COLDEST, HOTTEST):
            state.temperature = round(t, 1)
        case "label", i if is_whole(i, 0, len(CLASSES) - 1):
            state.label = i
        case _:
            allowed = (
                f"('logit', 0 to {len(CLASSES) - 1}, -{REACH:g} to {REACH:g}), ('add', 1 or -1) "
                f"while there is room, ('temperature', {COLDEST} to {HOTTEST}), "
                f"('label', 0 to {len(CLASSES) - 1})"
            )
            refuse(message, args, allowed)


def has_room(state: State, c: int) -> bool:
    """Whether c can be added to all logits."""
    return c != 0 and bool(np.abs(state.z + c).max() <= REACH)


def tick(state: State) -> bool:
    """Nothing runs by itself."""
    return False


def probabilities(state: State) -> Array:
    """The engine's softmax of z / T."""
    return softmax(state.z / state.temperature)


def loss_and_gradient(state: State) -> tuple[float, Array]:
    """L = −log p of the right class, and p − y."""
    loss = CrossEntropy()
    value = loss.forward(state.z[None] / state.temperature, np.array([state.label]))
    return value, loss.backward()[0]


def view(state: State) -> Node:
    """The probabilities with their marks, the arrows p − y, and the dials."""
    p, won = probabilities(state), score(state) == 1
    loss, slope = loss_and_gradient(state)
    # The same logits, each FAR higher: the engine takes the largest away before e^z.
    moved = float(np.abs(softmax((state.z + FAR) / state.temperature) - p).max())
    return widgets.stage(
        widgets.panel(
            _bars(state, p),
            _arrows(state, slope),
            widgets.note(_verdict(state), kind="win" if won else "", roomy=True),
        ),
        widgets.panel(
            [
                widgets.slider(
                    f"z {name}",
                    float(state.z[i]),
                    -REACH,
                    REACH,
                    STEP,
                    ("logit", i),
                    name=f"logit of {name}",
                    symbol="z",
                    key=name,
                )
                for i, name in enumerate(CLASSES)
            ],
            widgets.slider(
                "temperature T",
                state.temperature,
                COLDEST,
                HOTTEST,
                0.1,
                ("temperature",),
                digits=1,
                symbol="T",
                key="temperature",
            ),
            widgets.row(
                widgets.button(
                    "Add 1 to all logits", ("add", 1), primary=True, enabled=has_room(state, 1)
                ),
                widgets.button("Take 1 from all", ("add", -1), enabled=has_room(state, -1)),
            ),
            widgets.choice(
                "right class",
                [(name, i) for i, name in enumerate(CLASSES)],
                state.label,
                ("label",),
                key="label",
            ),
            widgets.row(
                widgets.readout("sum of p", float(p.sum()), 10, key="sum"),
                widgets.readout(f"loss L = −log p({CLASSES[state.label]})", loss, 3, key="loss"),
                widgets.readout(f"change of p with {FAR:g} added", moved, 10, key="moved"),
                class_="readouts",
            ),
            widgets.note(
                f"Only differences between logits count. e to the power {FAR:g} is more than a "
                "computer can hold, so softmax takes the largest logit away first; the result is "
                "the same. A low T sharpens the probabilities, a high T evens them out; the winner "
                "stays the winner.",
                kind="hint",
            ),
        ),
    )


def score(state: State) -> float:
    """1 with every probability within CLOSE of its mark; else less, the further the worst is."""
    worst = _worst(state)
    return 1.0 if worst <= CLOSE else min(1 - worst, 0.99)


def describe(state: State) -> str:
    """Logits, temperature, probabilities, and what is asked for."""
    logits = ", ".join(f"{n} {fixed(z)}" for n, z in zip(CLASSES, state.z, strict=True))
    p = ", ".join(fixed(v, 3) for v in probabilities(state))
    target = ", ".join(fixed(v, 3) for v in state.target)
    return (
        f"Logits {logits}; T = {fixed(state.temperature, 1)}; right class {CLASSES[state.label]}. "
        f"Probabilities {p}; marks at {target}. {_verdict(state)}"
    )


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """Everything drawn, in the order of the classes."""
    p = probabilities(state)
    loss, slope = loss_and_gradient(state)
    return {
        "logits z": state.z,
        "temperature T": np.array([state.temperature]),
        "probabilities p": p,
        "sum of p": np.array([p.sum()]),
        "marks": state.target,
        "label y": np.eye(len(CLASSES))[state.label],
        "p − y": slope,
        "loss L": np.array([loss]),
        "largest distance from a mark": np.array([_worst(state)]),
    }


def solution(state: State) -> Iterator[Message]:
    """The temperature at 1, then one logit after the other to its goal."""
    yield ("temperature", 1.0)
    for i, goal in enumerate(state.goal):
        yield ("logit", i, round(float(goal), 2))


# --- pictures and words ---------------------------------------------------------------------------

ENDS = (-0.5, len(CLASSES) - 0.5)
BARS = plots.Axes(ENDS, (0, 1), height=240, names=CLASSES)
ARROWS = plots.Axes(ENDS, (-1.2, 1.2), height=170, names=CLASSES)
PLACES = np.arange(len(CLASSES))


def _bars(state: State, p: Array) -> Node:
    best = int(p.argmax())
    winner = np.eye(len(CLASSES), dtype=bool)[best]
    return plots.plot(
        BARS,
        h(
            "g",
            plots.bars(BARS, PLACES[~winner], p[~winner], 0.6),
            plots.bars(BARS, PLACES[winner], p[winner], 0.6, "winner"),
            data_symbol="p",
        ),
        _marks(state.target),
        [
            plots.text_at(BARS, i, min(v, 0.9) + 0.03, fixed(v, 3), "middle")
            for i, v in enumerate(p)
        ],
        label=f"Probabilities: {_list(p)}. {CLASSES[best]} wins.",
        y_label=f"p = softmax(z / T); winner: {CLASSES[best]}",
        key="p",
    )


def _marks(target: Array) -> Node:
    """A line across each column at the probability to reach."""
    left, right = BARS.across(PLACES - 0.38), BARS.across(PLACES + 0.38)
    lines = (
        f"M{a:.1f} {t:.1f}H{b:.1f}" for a, t, b in zip(left, BARS.up(target), right, strict=True)
    )
    return h("path", d="".join(lines), class_="goal")


def _arrows(state: State, slope: Array) -> Node:
    """The gradient p − y of each class as an arrow from 0."""
    floor = float(ARROWS.up(0))
    shafts = ""
    for x, tip in zip(ARROWS.across(PLACES), ARROWS.up(slope), strict=True):
        head = min(7.0, abs(tip - floor)) * (1 if tip < floor else -1)
        shafts += f"M{x:.1f} {floor:.1f}V{tip:.1f}"
        shafts += f"M{x - 6:.1f} {tip + head:.1f}L{x:.1f} {tip:.1f}L{x + 6:.1f} {tip + head:.1f}"
    return plots.plot(
        ARROWS,
        plots.rule(ARROWS, y=0),
        h("path", d=shafts, class_="arrow", data_symbol="p y"),
        [plots.text_at(ARROWS, i + 0.1, v / 2 - 0.08, signed(v, 3)) for i, v in enumerate(slope)],
        label=f"p − y for the label {CLASSES[state.label]}: {_list(slope)}.",
        y_label=f"p − y, the gradient when {CLASSES[state.label]} is right",
        key="arrows",
    )


def _list(values: Array) -> str:
    return ", ".join(f"{n} {fixed(v, 3)}" for n, v in zip(CLASSES, values, strict=True))


def _worst(state: State) -> float:
    """The largest distance of a probability from its mark."""
    return float(np.abs(probabilities(state) - state.target).max())


def _verdict(state: State) -> str:
    off = probabilities(state) - state.target
    worst = _worst(state)
    if worst <= CLOSE:
        return (
            f"Gold! Every probability is within {CLOSE} of its mark; the worst is "
            f"{fixed(worst, 3)} off."
        )
    i = int(np.abs(off).argmax())
    way = "high" if off[i] > 0 else "low"
    return (
        f"Bring every bar to its golden mark. Furthest off is {CLASSES[i]}, {fixed(worst, 3)} too "
        f"{way}. Moving one logit moves all four bars."
    )

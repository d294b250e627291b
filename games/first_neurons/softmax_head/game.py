"""Softmax Head: slide the logits until every bar reaches its golden mark.

p = softmax(z / T) by the engine, which takes the largest logit away first, so
that no exponential overflows and a number added to all logits changes nothing. L = −log p of the
chosen label, and ∂L/∂(z / T) = p − y, by the engine's cross-entropy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from games import Message, Node, Param, refuse
from games.moves import Dial, Offer, Parts, Pick, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, signed
from games.words import say, word
from pycore.activations import softmax
from pycore.arrays import Array
from pycore.losses import CrossEntropy

EDITION = 2
NAMES = {"cat": word("cat"), "dog": word("dog"), "fox": word("fox"), "owl": word("owl")}
CLASSES = tuple(NAMES)
REACH, STEP = 8.0, 0.05
"""The logits slide from −REACH to REACH in steps of STEP."""
COLDEST, HOTTEST = 0.1, 5.0
CLOSE = 0.01
"""Won when no probability is further from its mark."""
FAR = 1000.0
"""What is added to all logits to show that the sum stays finite."""

PARAMS = {"label": Param(Pick(*CLASSES), "cat", "Right class at the start")}
MOVES = moves(
    logit=Parts(of=Pick(*CLASSES), to=Dial(-REACH, REACH, STEP)),
    add=Pick(1, -1),
    temperature=Dial(COLDEST, HOTTEST, 0.1),
    label=Pick(*CLASSES),
)


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


def update(state: State, move: str, *values: Any) -> None:
    """One logit, all of them a step up or down, the temperature, or the class that is right."""
    match move, *values:
        case "logit", name, v:
            state.z[CLASSES.index(name)] = v
        case "add", c:
            if not has_room(state, c):
                refuse(move, values, f"'add' while no logit is beyond {REACH:g} with it")
            state.z = np.round(state.z + c, 2)
        case "temperature", t:
            state.temperature = t
        case "label", name:
            state.label = CLASSES.index(name)


def has_room(state: State, c: int) -> bool:
    """Whether c can be added to all logits."""
    return bool(np.abs(state.z + c).max() <= REACH)


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
    may, names = MOVES.on(state), {name: say(text) for name, text in NAMES.items()}
    moved = float(np.abs(softmax((state.z + FAR) / state.temperature) - p).max())
    return widgets.stage(
        widgets.panel(
            _bars(state, p),
            _arrows(state, slope),
            widgets.verdict(_verdict(state), won),
        ),
        widgets.panel(
            [
                controls.slider(
                    f"z {said}",
                    float(state.z[i]),
                    may.logit(name),
                    name=say("logit of {name}", name=said),
                    symbol="z",
                    key=name,
                )
                for i, (name, said) in enumerate(names.items())
            ],
            controls.slider(say("temperature T"), state.temperature, may.temperature, symbol="T"),
            widgets.row(
                controls.button(
                    say("Add 1 to all logits"), _room(state, 1), primary=True, key="more"
                ),
                controls.button(say("Subtract 1 from all"), _room(state, -1), key="less"),
            ),
            controls.choice(say("right class"), names, CLASSES[state.label], may.label),
            widgets.row(
                widgets.readout(say("sum of p"), float(p.sum()), 10, key="sum"),
                widgets.readout(
                    say("loss L = −log p({name})", name=_name(state.label)), loss, 3, key="loss"
                ),
                class_="readouts",
            ),
            widgets.hint(
                marked(
                    h(
                        "span",
                        say(
                            "Only differences between logits count. With {n} added to each, p "
                            "changes by {moved}, although e to the power {n} is more than a "
                            "computer can hold: softmax subtracts the largest logit first. A low "
                            "T sharpens the probabilities and a high T evens them out, but the "
                            "winner stays the winner.",
                            n=int(FAR),
                            moved=fixed(moved, 10),
                        ),
                    ),
                    {say("change of p with {n} added", n=int(FAR)): [moved]},
                )
            ),
        ),
    )


def score(state: State) -> float:
    """1 with every probability within CLOSE of its mark; else less, the further the worst is."""
    worst = _worst(state)
    return 1.0 if worst <= CLOSE else min(1 - worst, 0.99)


def describe(state: State) -> str:
    """Logits, temperature, probabilities, and what is asked for."""
    return say(
        "Logits {logits}; T = {t}; right class {name}. Probabilities {p}; marks at {marks}. "
        "{verdict}",
        logits=", ".join(f"{_name(i)} {fixed(z)}" for i, z in enumerate(state.z)),
        t=fixed(state.temperature, 1),
        name=_name(state.label),
        p=", ".join(fixed(v, 3) for v in probabilities(state)),
        marks=", ".join(fixed(v, 3) for v in state.target),
        verdict=_verdict(state),
    )


def solution(state: State) -> Iterator[Message]:
    """The temperature at 1, then one logit after the other to its goal."""
    yield ("temperature", 1.0)
    for i, goal in enumerate(state.goal):
        yield ("logit", CLASSES[i], round(float(goal), 2))


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "temperature":
            return say("At 1 the logits are used as they are.")
        case _:
            return say("A share depends only on how far this logit is from the others.")


# --- pictures and words ---------------------------------------------------------------------------

ENDS = (-0.5, len(CLASSES) - 0.5)
PLACES = np.arange(len(CLASSES))


def _axes(ends: tuple[float, float], height: int) -> plots.Axes:
    return plots.Axes(ENDS, ends, height=height, names=tuple(map(say, NAMES.values())))


def _name(label: int) -> str:
    return say(NAMES[CLASSES[label]])


def _room(state: State, c: int) -> Offer:
    """The step for all logits, where there is room for it."""
    offer = MOVES.on(state).add(c)
    return replace(offer, open=has_room(state, c))


def _bars(state: State, p: Array) -> Node:
    axes = _axes((0, 1), 240)
    best = int(p.argmax())
    winner = np.eye(len(CLASSES), dtype=bool)[best]
    return plots.plot(
        axes,
        marked(
            h(
                "g",
                plots.bars(axes, PLACES[~winner], p[~winner], 0.6),
                plots.bars(axes, PLACES[winner], p[winner], 0.6, "winner"),
                data_symbol="p",
            ),
            {
                say("logits z"): state.z,
                say("temperature T"): [state.temperature],
                say("probabilities p"): p,
                say("sum of p"): [p.sum()],
                say("loss L"): [loss_and_gradient(state)[0]],
                say("largest distance from a mark"): [_worst(state)],
            },
        ),
        _marks(axes, state.target),
        [
            plots.text_at(axes, i, min(v, 0.9) + 0.03, fixed(v, 3), "middle")
            for i, v in enumerate(p)
        ],
        label=say("The probabilities and their marks"),
        y_label=say("p = softmax(z / T); winner: {name}", name=_name(best)),
        key="p",
    )


def _marks(axes: plots.Axes, target: Array) -> Node:
    """A line across each column at the probability to reach."""
    left, right = axes.across(PLACES - 0.38), axes.across(PLACES + 0.38)
    lines = (
        f"M{a:.1f} {t:.1f}H{b:.1f}" for a, t, b in zip(left, axes.up(target), right, strict=True)
    )
    return marked(h("path", d="".join(lines), class_="goal"), {say("marks"): target})


def _arrows(state: State, slope: Array) -> Node:
    """The gradient p − y of each class as an arrow from 0."""
    axes = _axes((-1.2, 1.2), 170)
    floor = float(axes.up(0))
    shafts = ""
    for x, tip in zip(axes.across(PLACES), axes.up(slope), strict=True):
        head = min(7.0, abs(tip - floor)) * (1 if tip < floor else -1)
        shafts += f"M{x:.1f} {floor:.1f}V{tip:.1f}"
        shafts += f"M{x - 6:.1f} {tip + head:.1f}L{x:.1f} {tip:.1f}L{x + 6:.1f} {tip + head:.1f}"
    return plots.plot(
        axes,
        plots.rule(axes, y=0),
        marked(
            h("path", d=shafts, class_="arrow", data_symbol="p y"),
            {say("p − y"): slope, say("label y"): np.eye(len(CLASSES))[state.label]},
        ),
        [plots.text_at(axes, i + 0.1, v / 2 - 0.08, signed(v, 3)) for i, v in enumerate(slope)],
        label=say("The gradient p − y"),
        y_label=say("p − y, the gradient when {name} is right", name=_name(state.label)),
        key="arrows",
    )


def _worst(state: State) -> float:
    """The largest distance of a probability from its mark."""
    return float(np.abs(probabilities(state) - state.target).max())


def _verdict(state: State) -> str:
    off = probabilities(state) - state.target
    worst = _worst(state)
    if worst <= CLOSE:
        return say(
            "Gold! Every probability is within {near} of its mark; the worst is {worst} off. "
            "Whatever one class gains, the others lose: the shares always add up to 1.",
            near=fixed(CLOSE),
            worst=fixed(worst, 3),
        )
    i = int(np.abs(off).argmax())
    told = {"name": _name(i), "worst": fixed(worst, 3)}
    if off[i] > 0:
        return say(
            "Bring every bar to its golden mark. Furthest off is {name}, {worst} too high. Moving "
            "one logit moves all four bars.",
            **told,
        )
    return say(
        "Bring every bar to its golden mark. Furthest off is {name}, {worst} too low. Moving one "
        "logit moves all four bars.",
        **told,
    )

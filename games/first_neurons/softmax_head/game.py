"""Softmax Head: drag the bars until every one of them ends at its mark.

A bar that is dragged moves its logit: z = T (log p / (1 − p) + log Σ of the others' e^(z / T)).
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
from games.ui.shell import shell
from games.words import say, word, written
from pycore.activations import softmax
from pycore.arrays import Array
from pycore.losses import CrossEntropy

EDITION = 2
NAMES = {"cat": word("cat"), "dog": word("dog"), "fox": word("fox"), "owl": word("owl")}
CLASSES = tuple(NAMES)
REACH, STEP = 8.0, 0.05
"""The logits slide from −REACH to REACH in steps of STEP; a bar sets them to thousandths."""
FINE = 0.005
"""The bars are dragged in steps of FINE."""
COLDEST, HOTTEST = 0.1, 5.0
CLOSE = 0.01
"""Won when no probability is further from its mark."""
ROOM = 3.0
"""From logits no further out, every mark can be reached."""
FAR = 1000.0
"""What is added to all logits to show that the sum stays finite."""

LEARNT = word(
    "Probabilities share one whole: what one class gains, the others lose. Only the differences "
    "between logits count."
)
PARAMS = {"label": Param(Pick(*CLASSES), "cat", "Right class at the start")}
MOVES = moves(
    logit=Parts(of=Pick(*CLASSES), to=Dial(-REACH, REACH, STEP)),
    share=Parts(of=Pick(*CLASSES), to=Dial(0.01, 0.99, FINE)),
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
    """A logit or its bar, all logits a step up or down, the temperature, or the right class."""
    match move, *values:
        case "logit", name, v:
            state.z[CLASSES.index(name)] = v
        case "share", name, p:
            state.z[CLASSES.index(name)] = _logit(state, CLASSES.index(name), p)
        case "add", c:
            if not has_room(state, c):
                most = written(REACH)
                refuse(move, values, say("{move} up to a logit of {most}", move=move, most=most))
            state.z = np.round(state.z + c, 3)
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
    """The bars that are dragged to their marks; the temperature; the rest is folded away."""
    p, won = probabilities(state), score(state) == 1
    may, names = MOVES.on(state), {name: say(text) for name, text in NAMES.items()}
    return shell(
        _bars(state, p, won),
        widgets.verdict(_verdict(state), won),
        mission=widgets.progress(
            say("bars at their mark"), int((_off(state) <= CLOSE).sum()), len(CLASSES)
        ),
        dock=[
            controls.slider(say("temperature T"), state.temperature, may.temperature, symbol="T")
        ],
        drawers=[
            widgets.folded(
                say("More controls"),
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
                widgets.row(
                    controls.button(say("Add 1 to all logits"), _room(state, 1), key="more"),
                    controls.button(say("Subtract 1 from all"), _room(state, -1), key="less"),
                ),
                key="more",
            ),
            widgets.folded(say("Which way would learning push?"), _push(state), key="push"),
            widgets.folded(say("Numbers"), *_numbers(state, p), key="numbers"),
        ],
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
    """The temperature at 1, no logit near its end, and always the bar that is furthest off."""
    if state.temperature != 1:
        yield ("temperature", 1.0)
    for i, z in enumerate(state.z):
        if abs(z) > ROOM:
            yield ("logit", CLASSES[i], 0.0)
    while score(state) < 1:
        i = int(_off(state).argmax())
        yield ("share", CLASSES[i], round(FINE * round(float(state.target[i]) / FINE), 3))


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "temperature":
            return say("At 1 the logits are used as they are.")
        case "logit":
            return say("It goes back to the middle, so that there is room on both sides.")
        case _:
            return say("It is the furthest off. What it takes or leaves, the others share.")


# --- pictures and words ---------------------------------------------------------------------------

ENDS = (-0.5, len(CLASSES) - 0.5)
PLACES = np.arange(len(CLASSES))


def _axes(ends: tuple[float, float], height: int, bottom: int = 40) -> plots.Axes:
    names = tuple(map(say, NAMES.values()))
    return plots.Axes(ENDS, ends, height=height, bottom=bottom, names=names)


def _name(label: int) -> str:
    return say(NAMES[CLASSES[label]])


def _logit(state: State, i: int, p: float) -> float:
    """The logit that gives class i the probability p while the other logits stay."""
    others = np.delete(state.z, i) / state.temperature
    top = others.max()
    rest = top + np.log(np.exp(others - top).sum())
    z = state.temperature * (rest + np.log(p / (1 - p)))
    return float(np.round(np.clip(z, -REACH, REACH), 3))


def _room(state: State, c: int) -> Offer:
    """The step for all logits, where there is room for it."""
    offer = MOVES.on(state).add(c)
    return replace(offer, open=has_room(state, c))


def _bars(state: State, p: Array, won: bool) -> Node:
    """A bar for each class with its mark, the top of which is dragged."""
    axes, may = _axes((0, 1), 310, bottom=52), MOVES.on(state)
    at = _off(state) <= CLOSE
    return plots.plot(
        axes,
        marked(
            h(
                "g",
                plots.bars(axes, PLACES[~at], p[~at], 0.6),
                plots.bars(axes, PLACES[at], p[at], 0.6, "there"),
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
        _marks(axes, state.target, won),
        [
            plots.text_at(axes, i, _above(v, t), fixed(v, 3), "middle")
            for i, (v, t) in enumerate(zip(p, state.target, strict=True))
        ],
        [
            h(
                "text",
                f"z = {fixed(z)}",
                x=float(axes.across(i)),
                y=axes.height - 14,
                class_="axis-name middle",
                data_symbol="z",
            )
            for i, z in enumerate(state.z)
        ],
        [
            controls.handle(
                say("share of {name}", name=_name(i)),
                axes,
                i,
                float(v),
                may.share(name),
                said=say("{share}, its mark is at {mark}", share=fixed(v, 3), mark=fixed(t, 3)),
                along="y",
                key=name,
            )
            for i, (name, v, t) in enumerate(zip(CLASSES, p, state.target, strict=True))
        ],
        label=say("The probabilities and their marks"),
        y_label=say("probability p; the winner: {name}", name=_name(int(p.argmax()))),
        key="p",
    )


def _above(value: float, mark: float) -> float:
    """Where the number of a bar stands: above its knob and its mark, or below them inside it."""
    top = value + 0.09
    if value - 0.02 < mark < top + 0.08:
        top = max(top, mark + 0.04)
    return top if top < 0.93 else min(value, mark) - 0.14


def _off(state: State) -> Array:
    """How far each probability is from its mark; shape (classes,)."""
    return np.abs(probabilities(state) - state.target)


def _marks(axes: plots.Axes, target: Array, won: bool) -> Node:
    """A line across each column at the probability to reach."""
    left, right = axes.across(PLACES - 0.38), axes.across(PLACES + 0.38)
    lines = (
        f"M{a:.1f} {t:.1f}H{b:.1f}" for a, t, b in zip(left, axes.up(target), right, strict=True)
    )
    return marked(
        h("path", d="".join(lines), class_="softmax-goal won" if won else "softmax-goal"),
        {say("marks"): target},
    )


def _arrows(state: State, slope: Array) -> Node:
    """The gradient p − y of each class as an arrow from 0."""
    axes = _axes((-1.3, 1.3), 190)
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
        [
            plots.text_at(axes, i, v + (0.1 if v > 0 else -0.28), signed(v, 3), "middle")
            for i, v in enumerate(slope)
        ],
        label=say("The gradient p − y"),
        y_label=say("p − y, the gradient when {name} is right", name=_name(state.label)),
        key="arrows",
    )


def _push(state: State) -> list[Node]:
    """The class that is right, the loss, and the gradient that it gives."""
    loss, slope = loss_and_gradient(state)
    names = {name: say(text) for name, text in NAMES.items()}
    return [
        controls.choice(say("right class"), names, CLASSES[state.label], MOVES.on(state).label),
        _arrows(state, slope),
        widgets.readout(
            say("loss L = −log p({name})", name=_name(state.label)), loss, 3, key="loss"
        ),
    ]


def _numbers(state: State, p: Array) -> list[Node]:
    """The sum of the shares, and that it stays what it is with FAR more in every logit."""
    # The same logits, each FAR higher: the engine takes the largest away before e^z.
    moved = float(np.abs(softmax((state.z + FAR) / state.temperature) - p).max())
    return [
        widgets.readout(say("sum of p"), float(p.sum()), 10, key="sum"),
        marked(
            h(
                "p",
                say(
                    "Only differences between logits count. With {n} added to each, p changes by "
                    "{moved}, although e to the power {n} is more than a computer can hold: "
                    "softmax subtracts the largest logit first. A low T sharpens the "
                    "probabilities and a high T evens them out, but the winner stays the winner.",
                    n=int(FAR),
                    moved=fixed(moved, 10),
                ),
            ),
            {say("change of p with {n} added", n=int(FAR)): [moved]},
        ),
    ]


def _worst(state: State) -> float:
    """The largest distance of a probability from its mark."""
    return float(_off(state).max())


def _verdict(state: State) -> str:
    off, worst = probabilities(state) - state.target, _worst(state)
    if worst <= CLOSE:
        return say(
            "All four are there! Whatever one class gains, the others lose: always 1 in all."
        )
    i = int(np.abs(off).argmax())
    told = {"name": _name(i), "worst": fixed(worst, 3)}
    if off[i] > 0:
        return say("Furthest off: {name}, {worst} too high. Every bar you drag moves all.", **told)
    return say("Furthest off: {name}, {worst} too low. Every bar you drag moves all.", **told)

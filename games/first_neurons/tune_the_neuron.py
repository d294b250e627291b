"""Tune the Neuron: pick a gate, then set w₁, w₂ and b until all four rows come out right.

y = sigmoid(w₁ x₁ + w₂ x₂ + b) for the four rows of a truth table. A row is
right when y is at least HIGH where the gate says 1, and at most LOW where it says 0. The count
"0 of 4" is of ROWS of the gate chosen, and the game is won when all four are right. Gates tuned
earlier stay ticked, but the score is the chosen gate's.

AND, OR, NAND and NOR can be won. XOR cannot, and the game proves it with the learner's own sums:
its rows ask for w₁ + b and w₂ + b both high, b and w₁ + w₂ + b both low, yet either two add up to
the same w₁ + w₂ + 2b. Three rows are the most; `most_rows` measures it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_number, is_whole, refuse
from games.moves import Pick
from games.ui import plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from games.ui.pixels import Shade
from pycore.activations import Sigmoid, sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

ROWS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
GATES = {
    "AND": (0, 0, 0, 1),
    "OR": (0, 1, 1, 1),
    "NAND": (1, 1, 1, 0),
    "NOR": (1, 0, 0, 0),
    "XOR": (0, 1, 1, 0),
}
"""Gate → what it says to each of ROWS."""
IMPOSSIBLE = "XOR"
HIGH, LOW = 0.8, 0.2
EDGE = math.log(HIGH / LOW)
"""The sum z whose sigmoid is HIGH; that of LOW is -EDGE, because LOW = 1 - HIGH."""
REACH, STEP = 10.0, 0.1
"""Weights and bias slide from -REACH to REACH in steps of STEP."""

PARAMS = {
    "gate": Param(Pick(*GATES), "AND", "Gate to begin with"),
}


@dataclass
class State:
    """One neuron, the gate it shall become, and the gates it has been."""

    rng: np.random.Generator
    network: Sequential
    dense: Dense
    gate: str
    tuned: set[str] = field(default_factory=set)


def init(seed: int, gate: str = "AND") -> State:
    """Small seeded weights, too small for any gate."""
    rng = np.random.default_rng(seed)
    dense = Dense(2, 1, rng=rng)
    network = Sequential(dense, Sigmoid())
    network.theta[:] = STEP * rng.integers(-20, 21, size=3)
    return State(rng, network, dense, gate)


def update(state: State, message: str, *args: Any) -> None:
    """("gate", name) chooses a gate; ("weight", i, w) and ("bias", b) set the neuron."""
    match message, *args:
        case "gate", str(gate) if gate in GATES:
            state.gate = gate
        case "weight", i, w if is_whole(i, 0, 1) and is_number(w, -REACH, REACH):
            state.dense.W[i, 0] = w
        case "bias", b if is_number(b, -REACH, REACH):
            state.dense.b[0] = b
        case _:
            span = f"-{REACH:g} to {REACH:g}"
            refuse(
                message,
                args,
                f"('gate', one of {', '.join(GATES)}), ('weight', 0 or 1, {span}), "
                f"('bias', {span})",
            )
    if right(state).all():
        state.tuned.add(state.gate)


def tick(state: State) -> bool:
    """Nothing runs by itself here."""
    return False


def sums(state: State) -> Array:
    """The weighted sum z of each row, by the engine.

    Shapes: → (4,).
    """
    return state.dense.forward(ROWS)[:, 0]


def outputs(state: State) -> Array:
    """The neuron's answer y to each row, by the engine.

    Shapes: → (4,).
    """
    return state.network.forward(ROWS)[:, 0]


def right(state: State) -> NDArray[np.bool_]:
    """Which rows of the gate chosen come out right.

    Shapes: → (4,).
    """
    return _right(outputs(state), state.gate)


@cache
def most_rows(gate: str) -> tuple[int, int]:
    """The most rows that any setting on a grid gets right, and how many settings were tried.

    w₁, w₂ and b each run through the whole numbers from -REACH to REACH.
    """
    stops = np.arange(-REACH, REACH + 1)
    w1, w2, b = (axis.ravel() for axis in np.meshgrid(stops, stops, stops))
    z = ROWS @ np.stack([w1, w2]) + b
    return int(_right(sigmoid(z).T, gate).sum(axis=1).max()), b.size


def view(state: State) -> Node:
    """The plane of inputs with the neuron's line; the sliders, and the four rows."""
    won = score(state) == 1
    w = state.dense.W[:, 0]
    return widgets.stage(
        widgets.panel(
            _plane(state),
        ),
        widgets.panel(
            widgets.choice(
                "gate",
                [(gate, gate) for gate in GATES],
                state.gate,
                ("gate",),
                done=state.tuned,
            ),
            [
                widgets.slider(
                    label,
                    float(value),
                    -REACH,
                    REACH,
                    STEP,
                    message,
                    digits=1,
                    name=name,
                    symbol=symbol,
                    key=label,
                )
                for label, value, message, name, symbol in (
                    ("w₁", w[0], ("weight", 0), "weight 1", "w W"),
                    ("w₂", w[1], ("weight", 1), "weight 2", "w W"),
                    ("b", state.dense.b[0], ("bias",), "bias", "b"),
                )
            ],
            _table(state),
            widgets.note(_verdict(state), kind="win" if won else "", roomy=True),
        ),
        widgets.panel(
            widgets.note(
                "The glow in the plane is y at every point. Solid line: y = ½. Dashed lines: y = "
                f"{LOW} and {HIGH}. Each point has to lie beyond its dashed line, on its side.",
                kind="hint",
            ),
            _proof(state) if state.gate == IMPOSSIBLE else None,
            class_="whole",
        ),
    )


def score(state: State) -> float:
    """The share of the four rows that are right."""
    return float(right(state).mean())


def describe(state: State) -> str:
    """Gate, parameters, every row, and the verdict."""
    w1, w2 = state.dense.W[:, 0]
    rows = ", ".join(
        f"({x1:.0f}, {x2:.0f}) gives {fixed(y)}"
        for (x1, x2), y in zip(ROWS, outputs(state), strict=True)
    )
    return (
        f"{state.gate} with weights {fixed(w1, 1)} and {fixed(w2, 1)} and bias "
        f"{fixed(float(state.dense.b[0]), 1)}: {rows}. {_verdict(state)}"
    )


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The neuron, and what it makes of the four rows."""
    return {
        "weights w": state.dense.W[:, 0],
        "bias b": state.dense.b,
        "inputs x (rows × inputs)": ROWS,
        "weighted sums z": sums(state),
        "outputs y": outputs(state),
        "targets t": np.array(GATES[state.gate]),
        "row is right": right(state),
    }


def solution(state: State) -> Iterator[Message]:
    """Weights ±6, and the bias that puts the line half-way between the rows to part.

    From XOR, which nothing wins, it goes on to AND.
    """
    gate = "AND" if state.gate == IMPOSSIBLE else state.gate
    if gate != state.gate:
        yield ("gate", gate)
    _, one, _, both = GATES[gate]
    w = 6.0 if both else -6.0
    ones = 0.5 if one == both else 1.5  # how many inputs are 1 on the line
    yield from (("weight", 0, w), ("weight", 1, w), ("bias", -ones * w))


def _right(y: Array, gate: str) -> NDArray[np.bool_]:
    """Whether each row's answer is on the side its target asks for.

    Shapes: y (…, 4) → the same.
    """
    return np.where(np.array(GATES[gate]) == 1, y >= HIGH, y <= LOW)


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes(x=(-0.5, 1.5), y=(-0.5, 1.5), width=360, height=340, left=36)
PIXELS = 40


def _plane(state: State) -> Node:
    """The output over the plane of inputs, its line, and the four rows as points."""
    grid = np.stack(AXES.grid(PIXELS, PIXELS), axis=-1).reshape(-1, 2)
    glow = state.network.forward(grid).reshape(PIXELS, PIXELS)
    w, b = state.dense.W[:, 0], float(state.dense.b[0])
    target = np.array(GATES[state.gate]) == 1
    y = outputs(state)
    return plots.plot(
        AXES,
        plots.boundary(AXES, w, b - EDGE, "margin"),
        plots.boundary(AXES, w, b + EDGE, "margin"),
        plots.boundary(AXES, w, b),
        plots.scatter(AXES, ROWS[:, 0], ROWS[:, 1], "row-edge"),
        plots.scatter(AXES, ROWS[~target, 0], ROWS[~target, 1], "row-zero"),
        [
            plots.text_at(AXES, x1, x2 + 0.15, f"{fixed(y[i])} {_mark(state, i)}", "middle")
            for i, (x1, x2) in enumerate(ROWS)
        ],
        label=f"The plane of inputs. {int(right(state).sum())} of 4 points lie on their side of "
        "the neuron’s line.",
        x_label="x₁",
        y_label="x₂ (full points: the gate says 1; hollow: 0)",
        heat=Shade(0.85 * glow, "gold", largest=1.0),
    )


def _table(state: State) -> Node:
    """The four rows: inputs, sum, answer, what the gate says, right or wrong."""
    z, y, ok = sums(state), outputs(state), right(state)
    heads = (("x₁", "x"), ("x₂", "x"), ("z", "z"), ("y", "y"), (state.gate, "t"), ("right?", None))
    return h(
        "table",
        h("caption", f"{int(ok.sum())} of 4 rows right"),
        h("thead", h("tr", [h("th", text, scope="col", data_symbol=s) for text, s in heads])),
        h(
            "tbody",
            [
                h(
                    "tr",
                    h("td", f"{x1:.0f}"),
                    h("td", f"{x2:.0f}"),
                    h("td", fixed(z[i])),
                    h("td", fixed(y[i])),
                    h("td", f"{t} ({'≥' if t else '≤'} {HIGH if t else LOW})"),
                    h("td", "✓ yes" if ok[i] else "✗ no"),
                    class_="hit" if ok[i] else "miss",
                )
                for i, ((x1, x2), t) in enumerate(zip(ROWS, GATES[state.gate], strict=True))
            ],
        ),
        class_="truth-table",
    )


def _mark(state: State, row: int) -> str:
    return "✓" if right(state)[row] else "✗"


def _proof(state: State) -> Node:
    """What XOR asks of the sums, which of it holds now, and why it cannot all hold."""
    b00, w2, w1, both = sums(state)
    edge, twice = fixed(EDGE), fixed(2 * EDGE)
    heads = ("your sum", "has to be", "is", "holds?")

    def line(sum_: str, value: float, high: bool, bar: float = EDGE) -> Node:
        holds = value >= bar if high else value <= -bar
        return h(
            "tr",
            h("th", sum_, scope="row"),
            h("td", f"{'≥' if high else '≤ −'}{' ' * high}{fixed(bar)}"),
            h("td", fixed(value)),
            h("td", "✓ yes" if holds else "✗ no"),
            class_="hit" if holds else "miss",
        )

    def pair(title: str, high: bool, lines: list[Node], added: float) -> Node:
        return h(
            "table",
            h("caption", title),
            h("thead", h("tr", [h("th", text, scope="col") for text in heads])),
            h("tbody", lines, line("added: w₁ + w₂ + 2b", added, high, 2 * EDGE)),
            class_="truth-table",
        )

    best, tried = most_rows(IMPOSSIBLE)
    return h(
        "section",
        h("p", "Why no neuron can be XOR", class_="part-name"),
        h(
            "p",
            f"y is at least {HIGH} only if z ≥ {edge}, and at most {LOW} only if z ≤ −{edge}. "
            "So the four rows ask this of your sums:",
        ),
        h(
            "div",
            pair(
                "the two that must be high",
                True,
                [line("w₂ + b", float(w2), True), line("w₁ + b", float(w1), True)],
                float(w1 + w2),
            ),
            pair(
                "the two that must be low",
                False,
                [line("b", float(b00), False), line("w₁ + w₂ + b", float(both), False)],
                float(b00 + both),
            ),
            class_="proof-pairs",
        ),
        h(
            "p",
            f"Both pairs add up to the same number, w₁ + w₂ + 2b. It cannot be at least {twice} "
            f"and at most −{twice} at once, so one neuron cannot have all four rows. Of "
            f"{f'{tried:,}'.replace(',', ' ')} settings tried, the best has {best} of 4.",
        ),
        class_="proof",
        key="proof",
    )


def _verdict(state: State) -> str:
    done, gate = int(right(state).sum()), state.gate
    if done == 4:
        left = ", ".join(g for g in GATES if g not in state.tuned)
        return f"All four! This neuron is {gate} now. Gates left to try: {left}."
    if gate == IMPOSSIBLE:
        best, _ = most_rows(gate)
        said = f"{done} of 4 rows of {gate} are right. "
        if done == best:
            return said + "More is not possible, and the numbers below say why."
        return said + f"Can you reach {best}? What stands in the way is written below."
    return (
        f"{done} of 4 rows of {gate} are right. Where it says 1, y has to be at least {HIGH}; "
        f"where it says 0, at most {LOW}."
    )

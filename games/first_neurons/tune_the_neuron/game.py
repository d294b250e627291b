"""Tune the Neuron: put the line so that the full points glow and the hollow ones stay dark.

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

from games import Message, Node, Param
from games.moves import Dial, Parts, Pick, Place, moves
from games.ui import controls, plots, widgets
from games.ui.fields import field as plane_field
from games.ui.node import h, marked
from games.ui.numbers import counted, fixed
from games.ui.shell import shell
from games.words import say, word
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

PARAMS = {"gate": Param(Pick(*GATES), "AND", "Gate to begin with")}
_REACH = Dial(-REACH, REACH, STEP)
SHORT, LONGER = 0.2, 0.035
"""The arrow that stands on the line is SHORT, and LONGER for each unit of the weights' length."""
LEAST = 0.5
"""The weights' length at the least that the arrow can say."""
MIDDLE = np.array([0.5, 0.5])

LEARNT = word(
    "A gate is a line: the weights turn it and say how sharp it is, the bias moves it. One neuron "
    "can do every gate that one line can."
)
_LINE, _TIP = Dial(-0.5, 1.5, 0.05), Dial(-0.5, 1.5, 0.01)
MOVES = moves(
    gate=Pick(*GATES),
    weight=Parts(input=Dial(0, 1), to=_REACH),
    bias=_REACH,
    line=Place(_LINE, _LINE),
    aim=Place(_TIP, _TIP),
)


@dataclass
class State:
    """One neuron, the gate it shall become, and the gates it has been.

    `anchor` is the place of the line at which the learner has put the arrow, if at any.
    """

    rng: np.random.Generator
    network: Sequential
    dense: Dense
    gate: str
    tuned: set[str] = field(default_factory=set)
    anchor: Array | None = None


def init(seed: int, gate: str = "AND") -> State:
    """Small seeded weights, too small for any gate."""
    rng = np.random.default_rng(seed)
    dense = Dense(2, 1, rng=rng)
    network = Sequential(dense, Sigmoid())
    network.theta[:] = STEP * rng.integers(-20, 21, size=3)
    return State(rng, network, dense, gate)


def update(state: State, move: str, *values: Any) -> None:
    """Another gate, a weight, the bias; the line by a point that it goes through, or its arrow."""
    match move, *values:
        case "gate", gate:
            state.gate = gate
        case "weight", i, w:
            state.dense.W[i, 0] = w
            state.anchor = None
        case "bias", b:
            state.dense.b[0] = b
            state.anchor = None
        case "line", x1, x2:
            _through(state, np.array([x1, x2]))
        case "aim", x1, x2:
            _aim(state, np.array([x1, x2]))
    if right(state).all():
        state.tuned.add(state.gate)


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


def foot(state: State) -> Array:
    """Where the arrow stands: where it was put, or at the line's nearest place to the middle.

    Shapes: → (2,).
    """
    if state.anchor is not None:
        return state.anchor
    w, b = state.dense.W[:, 0], float(state.dense.b[0])
    if not w.any():
        return MIDDLE
    return np.asarray(np.clip(MIDDLE - (w @ MIDDLE + b) / (w @ w) * w, -0.4, 1.4))


def tip(state: State) -> Array:
    """Where the arrow on the line ends: it points to where y is high, the longer the surer.

    Shapes: → (2,).
    """
    w = state.dense.W[:, 0]
    size = float(np.hypot(*w))
    along = w / size if size else np.array([1.0, 0.0])
    return np.asarray(np.clip(foot(state) + (SHORT + LONGER * size) * along, -0.45, 1.45))


def view(state: State) -> Node:
    """The ladder of gates, the plane with the neuron's line, and its three numbers."""
    may, won, w = MOVES.on(state), score(state) == 1, state.dense.W[:, 0]
    return shell(
        _plane(state, won),
        widgets.verdict(_verdict(state), won),
        mission=controls.choice(say("gate"), str, state.gate, may.gate, done=state.tuned),
        dock=[
            *controls.sliders("w", w, may.weight, lambda i: say("weight {i}", i=i), symbol="w W"),
            controls.slider("b", float(state.dense.b[0]), may.bias, name=say("bias"), symbol="b"),
        ],
        go=_go(state, won),
        unfinished=len(set(state.tuned)) < len(GATES) - 1,
        drawers=[
            widgets.folded(say("Numbers"), _table(state), key="numbers"),
            widgets.folded(say("Why no single neuron can do XOR"), _proof(state), key="proof")
            if state.gate == IMPOSSIBLE
            else None,
            widgets.folded(
                say("How to read the picture"),
                h(
                    "p",
                    say(
                        "The glow shows y at every point of the plane. On the solid line y is ½, "
                        "on the dashed ones {low} and {high}. Each point has to lie beyond the "
                        "dashed line on its side. Drag the dot to move the line, the arrow’s tip "
                        "to turn it: the longer the arrow, the larger the weights.",
                        low=fixed(LOW, 1),
                        high=fixed(HIGH, 1),
                    ),
                ),
                key="reading",
            ),
        ],
    )


def score(state: State) -> float:
    """The share of the four rows that are right."""
    return float(right(state).mean())


def describe(state: State) -> str:
    """Gate, parameters, every row, and the verdict."""
    w1, w2 = state.dense.W[:, 0]
    rows = (
        say("({x1}, {x2}) gives {y}", x1=int(x1), x2=int(x2), y=fixed(y))
        for (x1, x2), y in zip(ROWS, outputs(state), strict=True)
    )
    return say(
        "{gate} with weights {w1} and {w2} and bias {b}, the arrow at {place}: {rows}. {verdict}",
        gate=state.gate,
        w1=fixed(w1, 1),
        w2=fixed(w2, 1),
        b=fixed(float(state.dense.b[0]), 1),
        place=f"({', '.join(map(fixed, foot(state).tolist()))})",
        rows=", ".join(rows),
        verdict=_verdict(state),
    )


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


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "gate":
            return say("No single line gets all rows of XOR right; for AND one does.")
        case "weight":
            return say(
                "Both inputs count the same, so their weights are equal; large ones decide firmly."
            )
        case _:
            return say("The bias moves the line half-way between the rows that it has to separate.")


def _right(y: Array, gate: str) -> NDArray[np.bool_]:
    """Whether each row's answer is on the side its target asks for.

    Shapes: y (…, 4) → the same.
    """
    return np.where(np.array(GATES[gate]) == 1, y >= HIGH, y <= LOW)


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes(x=(-0.6, 1.6), y=(-0.5, 1.5), width=360, height=336, left=36)
"""A step to the right is as long as one upwards, so that the arrow stands upright on its line."""


def _through(state: State, place: Array) -> None:
    """Move the line to a place by the bias; where that ends, the weights give way."""
    w = state.dense.W[:, 0]
    beyond = max(abs(float(w @ place)) / REACH, 1.0)
    state.dense.W[:, 0] = _stop(w / beyond)
    state.dense.b[0] = _stop(np.array(-w @ place))
    state.anchor = place


def _aim(state: State, end: Array) -> None:
    """Turn the line about the foot of its arrow; its length says how large the weights are."""
    start = foot(state)
    length = float(np.hypot(*(end - start)))
    if length:
        size = max((length - SHORT) / LONGER, LEAST)
        state.dense.W[:, 0] = _stop(size * (end - start) / length)
        _through(state, start)


def _stop(value: Array) -> Array:
    """The nearest places on the sliders."""
    return np.round(np.clip(np.round(value / STEP) * STEP, -REACH, REACH), 1)


def _go(state: State, won: bool) -> Node | None:
    """The next gate of the ladder, once this one is tuned or cannot be."""
    if not won and state.gate != IMPOSSIBLE:
        return None
    left = [g for g in GATES if g not in (*state.tuned, IMPOSSIBLE, state.gate)]
    gate = left[0] if left else IMPOSSIBLE if state.gate != IMPOSSIBLE else "AND"
    label = (
        say("Try the impossible: {gate}", gate=gate)
        if gate == IMPOSSIBLE
        else say("Next gate: {gate}", gate=gate)
    )
    return controls.button(label, MOVES.on(state).gate(gate), primary=True, key="next")


def _plane(state: State, won: bool) -> Node:
    """The output over the plane of inputs, its line with the arrow, and the four rows as points."""
    w, b = state.dense.W[:, 0], float(state.dense.b[0])
    target = np.array(GATES[state.gate]) == 1
    y, may = outputs(state), MOVES.on(state)
    start, end = foot(state), tip(state)
    return plots.plot(
        AXES,
        plots.boundary(AXES, w, b - EDGE, "margin"),
        plots.boundary(AXES, w, b + EDGE, "margin"),
        plots.boundary(AXES, w, b, "tuned" if won else ""),
        plots.scatter(AXES, ROWS[:, 0], ROWS[:, 1], "row-edge"),
        plots.scatter(AXES, ROWS[~target, 0], ROWS[~target, 1], "row-zero"),
        [
            plots.text_at(
                AXES,
                x1,
                x2 + (0.15 if x2 else -0.22),
                f"{fixed(y[i])} {_mark(state, i)}",
                "middle" if right(state)[i] else "middle wrong",
            )
            for i, (x1, x2) in enumerate(ROWS)
        ],
        plots.curve(AXES, [start[0], end[0]], [start[1], end[1]], "aim"),
        controls.handle(
            say("the line"),
            AXES,
            float(start[0]),
            float(start[1]),
            may.line,
            said=f"x₁ = {fixed(start[0])}, x₂ = {fixed(start[1])}",
            key="line",
        ),
        controls.handle(
            say("the arrow: where y is high"),
            AXES,
            float(end[0]),
            float(end[1]),
            may.aim,
            said=f"w₁ = {fixed(w[0], 1)}, w₂ = {fixed(w[1], 1)}",
            key="aim",
        ),
        label=say("The plane of inputs with the neuron’s line"),
        x_label="x₁",
        y_label=say("x₂ (full: the gate says 1; hollow: 0)"),
        heat=plane_field(AXES, state.network.forward, "gold").heat,
    )


def _table(state: State) -> Node:
    """The four rows: inputs, sum, answer, what the gate says, right or wrong."""
    z, y, ok = sums(state), outputs(state), right(state)
    heads = [("x₁", "x"), ("x₂", "x"), ("z", "z"), ("y", "y"), (state.gate, "t")]
    heads.append((say("right?"), ""))
    table = h(
        "table",
        h("caption", say("{n} of 4 rows right", n=int(ok.sum()))),
        h(
            "thead",
            h("tr", [h("th", text, scope="col", data_symbol=s or None) for text, s in heads]),
        ),
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
                    h("td", _holds(bool(ok[i]))),
                    class_="hit" if ok[i] else "miss",
                )
                for i, ((x1, x2), t) in enumerate(zip(ROWS, GATES[state.gate], strict=True))
            ],
        ),
        class_="truth-table",
    )
    return marked(
        table,
        {
            say("weights w"): state.dense.W[:, 0],
            say("bias b"): state.dense.b,
            say("inputs x (rows × inputs)"): ROWS,
            say("weighted sums z"): z,
            say("outputs y"): y,
            say("targets t"): GATES[state.gate],
            say("row is right"): ok,
        },
    )


def _holds(yes: bool) -> str:
    return say("✓ yes") if yes else say("✗ no")


def _mark(state: State, row: int) -> str:
    return "✓" if right(state)[row] else "✗"


def _proof(state: State) -> Node:
    """What XOR asks of the sums, which of it holds now, and why it cannot all hold."""
    b00, w2, w1, both = (float(z) for z in sums(state))
    heads = (say("your sum"), say("has to be"), say("is"), say("holds?"))

    def line(name: str, value: float, high: bool, bar: float = EDGE) -> Node:
        holds = value >= bar if high else value <= -bar
        return h(
            "tr",
            h("th", name, scope="row"),
            h("td", f"≥ {fixed(bar)}" if high else f"≤ {fixed(-bar)}"),
            h("td", fixed(value)),
            h("td", _holds(holds)),
            class_="hit" if holds else "miss",
        )

    def pair(title: str, high: bool, rows: dict[str, float]) -> Node:
        added = say("added: {sum}", sum="w₁ + w₂ + 2b")
        return h(
            "table",
            h("caption", title),
            h("thead", h("tr", [h("th", text, scope="col") for text in heads])),
            h(
                "tbody",
                [line(name, value, high) for name, value in rows.items()],
                line(added, sum(rows.values()), high, 2 * EDGE),
            ),
            class_="truth-table",
        )

    best, tried = most_rows(IMPOSSIBLE)
    told = {"high": fixed(HIGH, 1), "low": fixed(LOW, 1)}
    return h(
        "div",
        h(
            "p",
            say(
                "y is at least {high} only if z ≥ {edge}, and at most {low} only if z ≤ {minus}. "
                "So the four rows ask this of your sums:",
                edge=fixed(EDGE),
                minus=fixed(-EDGE),
                **told,
            ),
        ),
        h(
            "div",
            pair(say("the two that must be high"), True, {"w₂ + b": w2, "w₁ + b": w1}),
            pair(say("the two that must be low"), False, {"b": b00, "w₁ + w₂ + b": both}),
            class_="proof-pairs",
        ),
        h(
            "p",
            say(
                "Both pairs add up to the same number, w₁ + w₂ + 2b. It cannot be at least "
                "{twice} and at most {minus} at once, so one neuron cannot have all four rows. Of "
                "{tried} settings tried, the best has {best} of 4.",
                twice=fixed(2 * EDGE),
                minus=fixed(-2 * EDGE),
                tried=counted(tried),
                best=best,
            ),
        ),
        class_="proof",
    )


def _verdict(state: State) -> str:
    done, gate = int(right(state).sum()), state.gate
    if done == 4:
        if set(GATES) - {IMPOSSIBLE} <= state.tuned:
            return say("All four! That is every gate one neuron can do. Left: the impossible one.")
        return say(
            "All four! This neuron is {gate} now: the weights turn its line, the bias moves it.",
            gate=gate,
        )
    told = {"rows": say.count("{n} of 4 points is right.", "{n} of 4 points are right.", done)}
    if gate == IMPOSSIBLE:
        best, _ = most_rows(gate)
        if done == best:
            return say("{rows} More is not possible, and the drawer below says why.", **told)
        return say("{rows} Can you reach {best}?", best=best, **told)
    return say(
        "{rows} Drag the dot and the arrow: full points need {high} or more, hollow ones at most "
        "{low}.",
        high=fixed(HIGH, 1),
        low=fixed(LOW, 1),
        **told,
    )

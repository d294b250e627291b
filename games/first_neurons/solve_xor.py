"""Solve XOR: part the gold points from the open ones with a line; where one line fails, use two.

A line is a perceptron's boundary, w₁x₁ + w₂x₂ + b = 0; its two ends are what the
learner moves. With the hidden layer two such neurons feed an output whose weights say H1 and not
H2. That one line gets at most three of the four points is shown twice: by adding up what the four
points ask of w and b (Minsky and Papert, Perceptrons, 1969), and by trying every way in which a
line can split them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_number, is_whole, refuse
from games.moves import Dial
from games.ui import pixels, plots, widgets
from games.ui.node import h
from games.ui.numbers import MINUS, fixed, percent, signed
from pycore.activations import Sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Layer, Sequential

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
T = np.array([0, 1, 1, 0], float)
"""The four points and what XOR says of them."""

GRID = 0.05
"""The ends of a line stand on multiples of GRID, within REACH."""
REACH = (-0.5, 1.5)
SHARPNESS = 10.0
"""A hidden neuron's sum z grows by this much with each unit of distance from its line."""
OUTPUT_W, OUTPUT_B = np.array([[10.0], [-10.0]]), np.array([-5.0])
"""y = σ(10 h₁ − 10 h₂ − 5): above one half where H1 is on and H2 is not."""
MOST = 4

PARAMS = {
    "cuts": Param(Dial(1, 2), 1, "Lines to start with"),
}


@dataclass
class State:
    """The lines, the network they make, and the guess about what one line can do.

    `ends` has shape (2 lines, 2 ends, 2 coordinates); a line's neuron is on to the left of the way
    from its first end to its second. `checked` says that every line has been tried.
    """

    rng: np.random.Generator
    ends: Array
    hidden: bool
    network: Sequential
    guess: int = MOST
    checked: bool = False


def init(seed: int, cuts: int = 1) -> State:
    """Two lines at random of which neither the first nor both together get more than half right."""
    rng = np.random.default_rng(seed)
    state = State(rng, np.zeros((2, 2, 2)), False, Sequential())
    while True:
        state.ends = _on_grid(rng.uniform(-0.3, 1.3, size=(2, 2, 2)))
        if _apart(state.ends):
            rights = [int(right(_rebuilt(state, hidden)).sum()) for hidden in (True, False)]
            if max(rights) <= 2:
                return _rebuilt(state, cuts == 2)


def update(state: State, message: str, *args: Any) -> None:
    """The lines, the switch, and the check of all lines.

    ("drag", line, end, x, y) moves an end of a line to a place in the picture's units; ("flip",
    line) swaps its sides; ("hidden", on) switches the hidden layer; ("guess", n) foretells how many
    points one line can get right; ("check",) tries every line.
    """
    match message, *args:
        case "drag", line, end, x, y if (
            is_whole(line, 0, _lines(state) - 1)
            and is_whole(end, 0, 1)
            and is_number(x)
            and is_number(y)
        ):
            _move(state, line, end, np.array([AXES.data_x(x), AXES.data_y(y)]))
            _rebuilt(state, state.hidden)
        case "flip", line if is_whole(line, 0, _lines(state) - 1):
            state.ends[line] = state.ends[line, ::-1].copy()
            _rebuilt(state, state.hidden)
        case "hidden", bool(on):
            _rebuilt(state, on)
        case "guess", n if is_whole(n, 2, MOST) and not state.checked:
            state.guess = n
        case ("check",) if not state.checked:
            state.checked = True
        case _:
            allowed = (
                f"('drag', line 0 to {_lines(state) - 1}, end 0 or 1, x, y), ('flip', line), "
                f"('hidden', True or False); before the check ('guess', 2 to {MOST}), ('check')"
            )
            refuse(message, args, allowed)


def tick(state: State) -> bool:
    """Nothing runs by itself."""
    return False


def weights(state: State) -> tuple[Array, Array]:
    """W and b of the lines: z = SHARPNESS times the distance from the line, positive on its left.

    Shapes: W (2, lines), b (lines,).
    """
    along = state.ends[:, 1] - state.ends[:, 0]
    w = SHARPNESS * np.stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)
    b = -(w * state.ends[:, 0].T).sum(axis=0)
    lines = _lines(state)
    return w[:, :lines], b[:lines]


def right(state: State) -> NDArray[np.bool_]:
    """Which of the four points lie on their own side: y > ½ exactly where XOR says 1."""
    return np.asarray((state.network.forward(X)[:, 0] > 0.5) == (T > 0.5))


@cache
def every_line() -> Array:
    """The answers y > ½ of every kind of line there is, one row each; shape (14, 4).

    Turn a line slowly: the order in which it meets the points changes only where it is parallel to
    the way from one point to another, at multiples of 45°. So one direction between each two of
    these, and one place in each gap between the points, stand for all lines.
    """
    rng, answers = np.random.default_rng(0), set()
    for angle in np.radians(np.arange(22.5, 360, 45)):
        w = np.array([[np.cos(angle)], [np.sin(angle)]])
        places = np.sort((X @ w)[:, 0])
        gaps = [places[0] - 1, *(places[1:] + places[:-1]) / 2, places[-1] + 1]
        for place in gaps:
            perceptron = Sequential(_layer(w, np.array([-place]), rng), Sigmoid())
            answers.add(tuple(perceptron.forward(X)[:, 0] > 0.5))
    return np.array(sorted(answers), float)


def counts() -> NDArray[np.intp]:
    """How many of the splits by one line get 0, 1, 2, 3, 4 points right; shape (5,)."""
    correct = (every_line() == T).sum(axis=1)
    return np.bincount(correct, minlength=MOST + 1)


def view(state: State) -> Node:
    """The plane with its lines; the switch, and what the network makes of the four points."""
    won = score(state) == 1
    return widgets.stage(
        widgets.panel(
            _plane(state),
            widgets.note(_verdict(state), kind="win" if won else "", roomy=True),
        ),
        widgets.panel(
            widgets.row(
                widgets.toggle("hidden layer", state.hidden, ("hidden",), key="hidden"),
                [
                    widgets.button(
                        f"Swap the sides of {_name(state, line)}", ("flip", line), key=line
                    )
                    for line in range(_lines(state))
                ],
            ),
            *(
                (_rule(state), _table(state), _hidden_space(state))
                if state.hidden
                else _one_line(state)
            ),
        ),
    )


def score(state: State) -> float:
    """The share of the four points on their own side."""
    return float(right(state).mean())


def describe(state: State) -> str:
    """Where the lines are, what they compute, how many points are right."""
    W, b = weights(state)
    lines = [
        f"{_name(state, j)} from ({', '.join(fixed(v) for v in state.ends[j, 0])}) to "
        f"({', '.join(fixed(v) for v in state.ends[j, 1])}): w = {fixed(W[0, j])}, "
        f"{fixed(W[1, j])}, b = {fixed(b[j])}."
        for j in range(_lines(state))
    ]
    told = f" You say one line gets at most {state.guess} right."
    if state.checked:
        told += f" Checked: {_best()}."
    return f"{' '.join(lines)[:1].upper()}{' '.join(lines)[1:]} {_verdict(state)}{told}"


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The lines as weights, and the values of the network at the four points."""
    W, b = weights(state)
    values = state.network.activations(X)
    found: dict[str, NDArray[Any]] = {
        "points x (points × inputs)": X,
        "XOR t": T,
        "weights W (inputs × lines)": W,
        "biases b": b,
        "ends of the lines (x₁, x₂)": state.ends[: _lines(state)].reshape(-1, 2),
    }
    if state.hidden:
        found |= {
            "hidden values h (points × H1, H2)": values[2],
            "output weights": OUTPUT_W,
            "output bias": OUTPUT_B,
        }
    else:
        found["what a point asks for, z"] = values[1][:, 0]
    found |= {"output y": values[-1][:, 0], "right": right(state)}
    if state.checked:
        found["ways to split, by points right (0 to 4)"] = counts()
    return found


def solution(state: State) -> Iterator[Message]:
    """See that one line fails, then put one line on each side of the gold points."""
    if not state.hidden:
        if not state.checked:
            yield from (("guess", 3), ("check",))
        yield ("hidden", True)
    for line, (first, second) in enumerate(SOLVED):
        if (state.ends[line, 1] == first).all():
            yield ("flip", line)
        for end, place in enumerate((first, second)):
            across, up = AXES.across(place[0]), AXES.up(place[1])
            yield ("drag", line, end, round(float(across), 2), round(float(up), 2))


SOLVED = np.array([[[-0.25, 0.75], [0.75, -0.25]], [[0.25, 1.25], [1.25, 0.25]]])
"""Two lines that solve it: x₁ + x₂ = 0.5 and x₁ + x₂ = 1.5, both on towards (1, 1)."""


# --- lines ----------------------------------------------------------------------------------------


def _rebuilt(state: State, hidden: bool) -> State:
    """The state with its network built from its lines: one neuron, or two and the output."""
    state.hidden = hidden
    layers: list[Layer] = [_layer(*weights(state), state.rng), Sigmoid()]
    if hidden:
        layers += [_layer(OUTPUT_W, OUTPUT_B, state.rng), Sigmoid()]
    state.network = Sequential(*layers)
    return state


def _lines(state: State) -> int:
    return 2 if state.hidden else 1


def _layer(W: Array, b: Array, rng: np.random.Generator) -> Dense:
    n_in, n_out = W.shape
    return Dense(n_in, n_out, lambda *_: W, lambda *_: b, rng=rng)


def _on_grid(place: Array) -> Array:
    return np.round(np.round(np.clip(place, *REACH) / GRID) * GRID, 2)


def _apart(ends: Array) -> bool:
    """Whether the lines are long enough to see, and no handle hides another."""
    spots = ends.reshape(-1, 2)
    gaps = np.hypot(*(spots[:, None] - spots[None]).T) + 9 * np.eye(len(spots))
    return bool(gaps.min() > 0.3 and np.hypot(*(ends[:, 1] - ends[:, 0]).T).min() > 0.8)


def _move(state: State, line: int, end: int, place: Array) -> None:
    """Put an end of a line on the grid; where the other end stands, it steps over or stays."""
    before, other = state.ends[line, end], state.ends[line, 1 - end]
    after = _on_grid(place)
    if (after == other).all():
        after = _on_grid(after + GRID * np.sign(after - before))
    if (after != other).any():
        state.ends[line, end] = after


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes(x=REACH, y=REACH, width=400, height=396)
HIDDEN_AXES = plots.Axes(x=(-0.15, 1.35), y=(-0.15, 1.15), width=400, height=300)
_SUB = "₀₁₂"
PIXELS = 40


def _name(state: State, line: int) -> str:
    return f"H{line + 1}" if state.hidden else "the line"


def _wash(axes: plots.Axes, function: Sequential) -> pixels.Shade:
    """Gold where the output is high, computed at every pixel."""
    return pixels.Shade(function.forward(_grid(axes)).reshape(PIXELS, PIXELS), "gold", largest=2.0)


@cache
def _grid(axes: plots.Axes) -> Array:
    return np.stack(axes.grid(PIXELS, PIXELS), axis=-1).reshape(-1, 2)


def _dots(axes: plots.Axes, places: Array) -> list[Node]:
    """Gold where XOR says 1, open where it says 0."""
    gold = T > 0.5
    return [
        plots.scatter(axes, places[gold, 0], places[gold, 1], "xor-rim"),
        plots.scatter(axes, places[gold, 0], places[gold, 1], "xor-one"),
        plots.scatter(axes, places[~gold, 0], places[~gold, 1], "xor-rim"),
        plots.scatter(axes, places[~gold, 0], places[~gold, 1], "xor-zero"),
    ]


def _plane(state: State) -> Node:
    """The four points, the lines with their handles, and a mark at each point: right or wrong."""
    W, b = weights(state)
    kinds = ("positive", "negative")
    marks = [
        plots.text_at(AXES, x + 0.1, y + 0.06, "✓" if ok else "✗", "xor-mark" + " wrong" * (not ok))
        for (x, y), ok in zip(X, right(state), strict=True)
    ]
    handles = [
        widgets.handle(
            f"{'first' if end == 0 else 'second'} end of {_name(state, line)}",
            float(AXES.across(state.ends[line, end, 0])),
            float(AXES.up(state.ends[line, end, 1])),
            ("drag", line, end),
            said=f"x1 {fixed(state.ends[line, end, 0])}, x2 {fixed(state.ends[line, end, 1])}",
            step=float(AXES.across(GRID) - AXES.across(0.0)),
            key=f"{line}-{end}",
        )
        for line in range(_lines(state))
        for end in (0, 1)
    ]
    return plots.plot(
        AXES,
        [plots.boundary(AXES, W[:, j], b[j], f"cut {kinds[j]}") for j in range(_lines(state))],
        [_side(state, j) for j in range(_lines(state))],
        _dots(AXES, X),
        marks,
        handles,
        label=describe(state),
        x_label="x₁",
        y_label="x₂",
        heat=_wash(AXES, state.network),
    )


def _side(state: State, line: int) -> Node:
    """A short arrow from between a line's handles to the side where its neuron is on."""
    W, _ = weights(state)
    start = np.array([0.62, 0.38]) @ state.ends[line]
    normal = W[:, line] / SHARPNESS
    tip, name = start + 0.16 * normal, start + 0.27 * normal
    side = np.array([-normal[1], normal[0]])
    wings = [tip - 0.06 * normal + 0.04 * side, tip - 0.06 * normal - 0.04 * side]
    d = "".join(
        f"M{AXES.across(p[0]):.1f} {AXES.up(p[1]):.1f}L{AXES.across(q[0]):.1f} {AXES.up(q[1]):.1f}"
        for p, q in ((start, tip), (wings[0], tip), (wings[1], tip))
    )
    text = f"H{line + 1}" if state.hidden else "1"
    return h(
        "g",
        h("path", d=d, class_="cut-side"),
        plots.text_at(AXES, float(name[0]), float(name[1]), text, "middle cut-name"),
        key=f"side{line}",
    )


def _verdict(state: State) -> str:
    n = int(right(state).sum())
    found = f"{n} of 4 points on their own side, {percent(n / 4)}."
    if n == MOST:
        return f"Solved! {found} Two lines do what one cannot."
    if state.hidden:
        return f"{found} The gold points have to lie where H1 is on and H2 is off."
    if n == 3:
        return f"{found} That is the most one line can do. Switch on the hidden layer."
    return (
        f"{found} Drag the line’s ends: its arrow should point to the gold points, and to no other."
    )


def _table(state: State) -> Node:
    """x₁ x₂ → h₁ h₂ → y, as the network computes them now."""
    _, _, hidden, _, output = state.network.activations(X)
    rows = [
        [*(fixed(v, 0) for v in x), *map(fixed, h12), fixed(y), fixed(t, 0), "✓" if ok else "✗"]
        for x, h12, (y,), t, ok in zip(
            X.tolist(), hidden.tolist(), output.tolist(), T.tolist(), right(state), strict=True
        )
    ]
    return widgets.table(
        "How two cuts answer, point by point: y above 0.5 counts as 1",
        ("x₁", "x₂", "h₁", "h₂", "y", "XOR", ""),
        rows,
        symbols=("x", "x", "h", "h", "y", "t"),
    )


def _one_line(state: State) -> list[Node]:
    """The weights, what the four points ask of them, and the check of all lines."""
    W, b = weights(state)
    (w1, w2), (bias,) = W[:, 0].tolist(), b.tolist()
    asks = [
        ("b", bias, False),
        ("w₂ + b", w2 + bias, True),
        ("w₁ + b", w1 + bias, True),
        ("w₁ + w₂ + b", w1 + w2 + bias, False),
    ]
    rows = [
        [
            f"({fixed(x[0], 0)}, {fixed(x[1], 0)})",
            text,
            signed(value),
            "> 0" if positive else "≤ 0",
            "✓" if (value > 0) == positive else "✗",
        ]
        for x, (text, value, positive) in zip(X, asks, strict=True)
    ]
    both = fixed(w1 + w2 + 2 * bias)
    return [
        h(
            "p",
            "z = ",
            h("span", f"{fixed(w1)}", data_symbol="w"),
            " x₁ ",
            h("span", _term(w2), data_symbol="w"),
            " x₂ ",
            h("span", _term(bias), data_symbol="b"),
            class_="arithmetic short",
        ),
        widgets.table(
            "What the four points ask of your line",
            ("point", "z", "is", "must be", "met?"),
            rows,
            symbols=(None, "z", "z"),
        ),
        widgets.note(
            f"Add the two middle sums: {both}. Add the first and the last: {both} again, because "
            "both are w₁ + w₂ + 2b. The middle ones must add up to more than 0, the others to 0 or "
            "less: no line can have both.",
            kind="hint",
        ),
        widgets.prediction(
            "How many of the four points can one line get right at most?",
            widgets.row(
                widgets.choice(
                    "my guess", [(str(n), n) for n in (2, 3, 4)], state.guess, ("guess",)
                ),
                widgets.button("Check every line", ("check",), primary=True),
            ),
            guess=str(state.guess),
            truth=_best() if state.checked else None,
            close=state.guess == 3,
            roomy=True,
            key="most",
        ),
        _split_table(state),
    ]


def _best() -> str:
    most = int(np.flatnonzero(counts())[-1])
    return f"{most} of 4, {percent(most / 4)}"


def _split_table(state: State) -> Node:
    """What the check of every line found, with room for it before."""
    found = counts()
    return widgets.table(
        f"The {found.sum()} ways in which a line can split four points, by how many come out right",
        ["right", *map(str, range(MOST + 1))],
        [["ways", *(str(n) if state.checked else "?" for n in found)]],
        steady=True,
        key="splits",
    )


def _term(value: float) -> str:
    text = fixed(abs(value))
    return f"{MINUS if value < 0 else '+'} {text}"


def _rule(state: State) -> Node:
    """The output neuron: its weights, and what they say."""
    w1, w2 = OUTPUT_W[:, 0].tolist()
    return h(
        "p",
        "y = σ(",
        h("span", fixed(w1, 0), data_symbol="w"),
        " h₁ ",
        h("span", f"{MINUS} {fixed(-w2, 0)}", data_symbol="w"),
        " h₂ ",
        h("span", f"{MINUS} {fixed(-float(OUTPUT_B[0]), 0)}", data_symbol="b"),
        "): above 0.5 when ",
        h("strong", "H1 and not H2"),
        ".",
        class_="arithmetic short",
    )


def _hidden_space(state: State) -> Node:
    """The same four points as the output neuron sees them: h₁ across, h₂ up."""
    layers = state.network.layers
    places = Sequential(*layers[:2]).forward(X)
    output = Sequential(*layers[2:])
    names: dict[tuple[float, ...], list[str]] = {}
    for x, place in zip(X, places, strict=True):
        spot = tuple(np.round(place, 1).tolist())
        names.setdefault(spot, []).append(f"{fixed(x[0], 0)}{fixed(x[1], 0)}")
    return plots.plot(
        HIDDEN_AXES,
        plots.boundary(HIDDEN_AXES, OUTPUT_W[:, 0], float(OUTPUT_B[0])),
        _dots(HIDDEN_AXES, places),
        [
            plots.text_at(HIDDEN_AXES, x + 0.06, y + 0.05, ", ".join(who))
            for (x, y), who in names.items()
        ],
        label="The four points by what the hidden neurons say of them.",
        x_label="h₁",
        y_label="h₂: the points as the output sees them",
        heat=_wash(HIDDEN_AXES, output),
        key="hidden-space",
    )

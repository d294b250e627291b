"""Solve XOR: separate the gold points from the hollow ones with a line; if one fails, use two.

A line is a perceptron's boundary, w₁x₁ + w₂x₂ + b = 0; its two ends are what the
learner moves. With the hidden layer two such neurons feed an output whose weights say H1 and not
H2. That one line gets at most three of the four points is shown twice: by adding up what the four
points ask of w and b (Minsky and Papert, Perceptrons, 1969), and by trying every way in which a
line can split them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param
from games.concepts.bet import Bet, slip
from games.moves import Dial, Parts, Place, Press, Switch, moves
from games.ui import controls, pixels, plots, widgets
from games.ui.fields import field as plane_field
from games.ui.node import h, marked
from games.ui.numbers import MINUS, fixed, percent, signed
from games.ui.shell import shell
from games.words import say, word
from pycore.activations import Sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Layer, Sequential

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
T = np.array([0, 1, 1, 0], float)
"""The four points and what XOR says of them."""

EDITION = 2
GRID = 0.05
"""The ends of a line stand on multiples of GRID, within REACH."""
REACH = (-0.5, 1.5)
SHARPNESS = 10.0
"""A hidden neuron's sum z grows by this much with each unit of distance from its line."""
OUTPUT_W, OUTPUT_B = np.array([[10.0], [-10.0]]), np.array([-5.0])
"""y = σ(10 h₁ − 10 h₂ − 5): above one half where H1 is on and H2 is not."""
MOST = 4

LEARNT = word(
    "One line splits the plane in two, and XOR asks for more. Two hidden neurons move the points "
    "to a place where one line is enough."
)
PARAMS = {"cuts": Param(Dial(1, 2), 1, "Lines to start with")}
_LINE, _REACH = Dial(0, lambda state: _lines(state) - 1), Dial(*REACH, GRID)
MOVES = moves(
    drag=Parts(line=_LINE, end=Dial(0, 1), to=Place(_REACH, _REACH)),
    flip=_LINE,
    hidden=Switch(),
    guess=Dial(2, MOST, when=lambda state: state.bet.open),
    check=Press(when=lambda state: state.bet.ready),
    fold=Dial(0, 1, 0.05, when=lambda state: state.hidden),
)


@dataclass
class State:
    """The lines, the network they make, and the guess about what one line can do.

    `ends` has shape (2 lines, 2 ends, 2 coordinates); a line's neuron is on to the left of the way
    from its first end to its second. The bet is over once every line has been tried. `tried` says
    that the learner has touched a line; `fold` how far the plane is drawn on its way to what the
    output neuron sees of it, from 0 to 1.
    """

    rng: np.random.Generator
    ends: Array
    hidden: bool
    network: Sequential
    bet: Bet[int] = field(default_factory=Bet)
    tried: bool = False
    fold: float = 0.0


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


def update(state: State, move: str, *values: Any) -> None:
    """The lines, the switch, the check of all lines, and the fold of the plane."""
    if move in ("drag", "flip", "hidden"):
        state.tried, state.fold = True, 0.0
    match move, *values:
        case "drag", line, end, x, y:
            _move(state, line, end, np.array([x, y]))
            _rebuilt(state, state.hidden)
        case "flip", line:
            state.ends[line] = state.ends[line, ::-1].copy()
            _rebuilt(state, state.hidden)
        case "hidden", on:
            _rebuilt(state, on)
        case "guess", n:
            state.bet.place(n)
        case ("check",):
            state.bet.begin()
            state.bet.settle()
        case "fold", share:
            state.fold = share


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
    """The plane with its lines and the verdict; once a line was tried the bet, then two lines."""
    won = score(state) == 1
    return shell(
        _folded(state) if state.fold else _plane(state),
        widgets.verdict(_verdict(state), won),
        mission=widgets.progress(say("points right"), int(right(state).sum()), MOST),
        dock=_two_lines(state) if state.hidden else _one_line(state),
        go=_go(state, won),
        unfinished=state.hidden and not state.fold,
        drawers=[
            None if state.hidden else _why_not(state),
            widgets.folded(say("Numbers"), *_numbers(state), key="numbers"),
        ],
    )


def score(state: State) -> float:
    """The share of the four points on their own side."""
    return float(right(state).mean())


def describe(state: State) -> str:
    """Where the lines are, what they compute, how many points are right."""
    W, b = weights(state)
    lines = [
        say(
            "{line} from ({start}) to ({end}): w = {w1}, {w2}, b = {b}.",
            line=_name(state, j),
            start=", ".join(fixed(v) for v in state.ends[j, 0]),
            end=", ".join(fixed(v) for v in state.ends[j, 1]),
            w1=fixed(W[0, j]),
            w2=fixed(W[1, j]),
            b=fixed(b[j]),
        )
        for j in range(_lines(state))
    ]
    if state.fold:
        lines.append(say("The plane is folded {share} of the way.", share=percent(state.fold)))
    told = " ".join([*lines, _verdict(state)])
    told = told[:1].upper() + told[1:]
    if state.bet.said is None:
        return told
    said = say("You predict that one line gets at most {n} right.", n=state.bet.said)
    if state.bet.over:
        said = f"{said} {say('Checked: {best}.', best=_best())}"
    return f"{told} {said}"


def solution(state: State) -> Iterator[Message]:
    """See that one line fails, then put one line on each side of the gold points."""
    if not state.hidden:
        if not state.tried:
            yield from (("drag", 0, end, *SOLVED[0, end].tolist()) for end in (0, 1))
        if state.bet.open:
            yield from (("guess", 3), ("check",))
        yield ("hidden", True)
    if state.fold:
        yield ("fold", 0.0)
    for line, (first, second) in enumerate(SOLVED):
        if (state.ends[line, 1] == first).all():
            yield ("flip", line)
        for end, place in enumerate((first, second)):
            if (state.ends[line, end] != place).any():
                yield ("drag", line, end, *place.tolist())


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "guess":
            return say("One line gets three of the four right, never all.")
        case "hidden":
            return say("One line cannot separate the gold points from the others; two can.")
        case "fold":
            return say("Back to the plane, where the lines can be moved.")
        case "flip":
            return say("This line has to count the points on its other side.")
        case "drag" if not state.hidden:
            return say("First try it with one line.")
        case "drag":
            return say("One line goes on each side of the gold points.")
    return ""


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

AXES = plots.Axes(x=REACH, y=REACH, width=400, height=374, left=55, right=23)
LATTICE = np.linspace(*REACH, 21)
"""Where the lines of the lattice lie that folds with the plane."""


def _name(state: State, line: int) -> str:
    return f"H{line + 1}" if state.hidden else say("the line")


def _glow(axes: plots.Axes, function: Sequential) -> tuple[pixels.Shade, ...]:
    """Gold where the output is high, computed at every pixel."""
    return plane_field(axes, function.forward, "gold", largest=1.6).heat


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
        controls.handle(
            say("first end of {line}", line=_name(state, line))
            if end == 0
            else say("second end of {line}", line=_name(state, line)),
            AXES,
            float(state.ends[line, end, 0]),
            float(state.ends[line, end, 1]),
            MOVES.on(state).drag(line, end),
            said=f"x₁ = {fixed(state.ends[line, end, 0])}, x₂ = {fixed(state.ends[line, end, 1])}",
            key=f"{line}-{end}",
        )
        for line in range(_lines(state))
        for end in (0, 1)
    ]
    return plots.plot(
        AXES,
        _lattice(state) if state.hidden and score(state) == 1 else None,
        [plots.boundary(AXES, W[:, j], b[j], f"cut {kinds[j]}") for j in range(_lines(state))],
        [_side(state, j) for j in range(_lines(state))],
        _dots(AXES, X),
        marks,
        marked(
            h("g", handles),
            {
                say("weights W (inputs × lines)"): W,
                say("biases b"): b,
                say("ends of the lines (x₁, x₂)"): state.ends[: _lines(state)].reshape(-1, 2),
            },
        ),
        label=say("The plane with its lines"),
        x_label="x₁",
        y_label="x₂",
        heat=_glow(AXES, state.network),
        key="plane",
    )


def _lattice(state: State) -> Node:
    """Lines all over the plane, each point of them as far on its way to (h₁, h₂) as the fold is."""
    x1, x2 = np.meshgrid(LATTICE, LATTICE)
    plane = np.stack([x1, x2], axis=-1)
    places = _carried(state, plane.reshape(-1, 2)).reshape(plane.shape)
    lines = [places[::2], places.transpose(1, 0, 2)[::2]]
    return h(
        "g",
        [plots.curve(AXES, line[:, 0], line[:, 1], "lattice") for half in lines for line in half],
        key="lattice",
    )


def _carried(state: State, points: Array) -> Array:
    """Points of the plane, as far as the fold is on their way to what the hidden neurons say.

    Shapes: points (n, 2) → the same.
    """
    seen = Sequential(*state.network.layers[:2]).forward(points)
    return np.asarray((1 - state.fold) * points + state.fold * seen)


def _folded(state: State) -> Node:
    """The plane on its way to h₁ and h₂, where the output neuron needs only one line."""
    places, whole = _carried(state, X), state.fold == 1
    names: dict[tuple[float, ...], list[str]] = {}
    for x, place in zip(X, places, strict=True):
        spot = tuple(np.round(place, 1).tolist())
        names.setdefault(spot, []).append(f"{fixed(x[0], 0)}{fixed(x[1], 0)}")
    return plots.plot(
        AXES,
        _lattice(state),
        plots.boundary(AXES, OUTPUT_W[:, 0], float(OUTPUT_B[0])) if whole else None,
        _dots(AXES, places),
        [
            plots.text_at(AXES, x + 0.1, y + 0.06, ", ".join(who), "xor-mark")
            for (x, y), who in names.items()
        ],
        label=say("The plane, folded {share} of the way", share=percent(state.fold)),
        x_label="h₁" if whole else "x₁ → h₁",
        y_label="h₂" if whole else "x₂ → h₂",
        heat=_glow(AXES, Sequential(*state.network.layers[2:])) if whole else None,
        key="plane",
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
    if 0 < state.fold < 1:
        return say(
            "Each point is on its way to what H1 and H2 say of it. Watch the two gold ones: where "
            "do they go?"
        )
    if state.fold and n == MOST:
        return say(
            "This is what the output sees: the gold points have met in one place, and one line is "
            "enough."
        )
    if state.fold:
        return say("Here the hidden neurons put the points. One line has to part them now.")
    told = {
        "found": say.count(
            "{n} of 4 points is right, {share}.",
            "{n} of 4 points are right, {share}.",
            n,
            share=percent(n / 4),
        )
    }
    if n == MOST:
        return say("Solved! {found} Two lines do what one cannot. Now fold the plane.", **told)
    if state.hidden:
        return say("{found} The gold points have to lie where H1 is on and H2 is off.", **told)
    if n == 3 and state.bet.over:
        return say("{found} One line can do no more. Use two lines.", **told)
    if n == 3:
        return say("{found} Can one line do better? Say what you think.", **told)
    return say(
        "{found} Drag the line’s ends: its arrow should point to the gold points, and to no other.",
        **told,
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
    table = widgets.table(
        say("How two cuts answer, point by point: y above 0.5 counts as 1"),
        ("x₁", "x₂", "h₁", "h₂", "y", "XOR", say("right?")),
        rows,
        symbols=("x", "x", "h", "h", "y", "t"),
    )
    return marked(
        table,
        {
            say("points x (points × inputs)"): X,
            say("hidden values h (points × H1, H2)"): hidden,
            say("output y"): output[:, 0],
            say("XOR t"): T,
            say("right"): right(state),
            say("output weights"): OUTPUT_W,
            say("output bias"): OUTPUT_B,
        },
    )


def _swaps(state: State) -> Node:
    may = MOVES.on(state)
    return widgets.row(
        [
            controls.button(
                say("Swap the sides of {line}", line=_name(state, line)), may.flip(line), key=line
            )
            for line in range(_lines(state))
        ],
        key="swaps",
    )


def _one_line(state: State) -> list[Node]:
    """Nothing but the line at first; once it was tried, the bet on the best one."""
    if not state.tried and state.bet.said is None:
        return []
    may = MOVES.on(state)
    return [
        slip(
            state.bet,
            say("How many of the four points can one line get right at most?"),
            controls.choice(say("I predict"), str, state.bet.said, may.guess),
            said=state.bet.told(str),
            truth=_best(),
            hit=state.bet.said == 3,
        ),
        _swaps(state),
    ]


def _two_lines(state: State) -> list[Node]:
    """The fold of the plane, the sides of the lines, and what the output neuron asks of both."""
    may = MOVES.on(state)
    return [
        _swaps(state),
        controls.slider(say("fold the plane"), state.fold, may.fold, printed=percent(state.fold)),
        _rule(),
    ]


def _go(state: State, won: bool) -> Node | None:
    """The next step: to check every line, to add the second one, to see what the output sees."""
    may = MOVES.on(state)
    if won:
        return controls.button(
            say("Back to the plane") if state.fold else say("Fold the plane"),
            may.fold(0.0 if state.fold else 1.0),
            primary=True,
            key="fold",
        )
    if state.hidden:
        return controls.button(say("Back to one line"), may.hidden(False), key="hidden")
    if not state.tried and state.bet.said is None:
        return None
    check = (
        controls.button(say("Check every line"), may.check, primary=True)
        if not state.bet.over
        else None
    )
    add = controls.button(
        say("Use two lines"), may.hidden(True), primary=state.bet.over, key="hidden"
    )
    return widgets.row(check, add)


def _why_not(state: State) -> Node | None:
    """Why no line can have all four, once the bet is over."""
    if not state.bet.over:
        return None
    _, z, _ = state.network.activations(X)
    return widgets.hint(
        say(
            "Add up z at the two gold points: {both}. Add it up at the two hollow ones: {both} "
            "again, because both are w₁ + w₂ + 2b. The gold ones must come to more than 0, the "
            "hollow ones to 0 or less: no line can do both.",
            both=fixed(float(z[1, 0] + z[2, 0])),
        ),
        key="why",
    )


def _numbers(state: State) -> list[Node]:
    """What is computed, point by point."""
    return [_table(state)] if state.hidden else [_formula(state), _asks(state), _split_table(state)]


def _formula(state: State) -> Node:
    W, b = weights(state)
    (w1, w2), (bias,) = W[:, 0].tolist(), b.tolist()
    return h(
        "p",
        "z = ",
        h("span", f"{fixed(w1)}", data_symbol="w"),
        " x₁ ",
        h("span", _term(w2), data_symbol="w"),
        " x₂ ",
        h("span", _term(bias), data_symbol="b"),
        class_="arithmetic short",
    )


def _asks(state: State) -> Node:
    """What each of the four points asks of the line."""
    W, b = weights(state)
    (w1, w2), (bias,), values = W[:, 0].tolist(), b.tolist(), state.network.activations(X)
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
    return marked(
        widgets.table(
            say("What the four points ask of your line"),
            (say("point"), "z", say("is"), say("must be"), say("met?")),
            rows,
            symbols=(None, "z", "z"),
        ),
        {
            say("points x (points × inputs)"): X,
            say("what a point asks for, z"): values[1][:, 0],
            say("output y"): values[-1][:, 0],
            say("XOR t"): T,
            say("right"): right(state),
        },
    )


def _best() -> str:
    most = int(np.flatnonzero(counts())[-1])
    return say("{n} of 4, {share}", n=most, share=percent(most / 4))


def _split_table(state: State) -> Node:
    """What the check of every line found, with room for it before."""
    found = counts()
    table = widgets.table(
        say(
            "The {n} ways in which a line can split four points, by how many come out right",
            n=int(found.sum()),
        ),
        [say("right"), *map(str, range(MOST + 1))],
        [[say("ways"), *(str(n) if state.bet.over else "?" for n in found)]],
        key="splits",
    )
    return marked(table, {say("ways to split, by points right"): found} if state.bet.over else {})


def _term(value: float) -> str:
    text = fixed(abs(value))
    return f"{MINUS if value < 0 else '+'} {text}"


def _rule() -> Node:
    """The output neuron: its weights, and what they say."""
    w1, w2 = OUTPUT_W[:, 0].tolist()
    formula: list[Any] = [
        "y = σ(",
        h("span", fixed(w1, 0), data_symbol="w"),
        " h₁ ",
        h("span", f"{MINUS} {fixed(-w2, 0)}", data_symbol="w"),
        " h₂ ",
        h("span", f"{MINUS} {fixed(-float(OUTPUT_B[0]), 0)}", data_symbol="b"),
        ")",
    ]
    rule = h("strong", say("H1 and not H2"))
    told: list[Any] = say.nodes("{formula}: above 0.5 when {rule}.", formula=formula, rule=rule)
    return h("p", told, class_="arithmetic short")

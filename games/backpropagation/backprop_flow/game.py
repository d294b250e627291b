"""Backprop Flow: send a signal forward, measure the loss, and say which factor stops the gradient.

The network is dense layers with σ, the loss (y − t)². Values, sums z, gradients
δ = dL/dz and dL/dW are what the engine's layers keep and hand back; the chain rule is then read off
the picture: a weight's gradient is the product of the factors along each path from it to the loss,
added up over the paths (Rumelhart, Hinton and Williams, Learning representations by
back-propagating errors, 1986).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_number, is_whole, refuse
from games.moves import Pick
from games.ui import diagrams, widgets
from games.ui.node import h
from games.ui.numbers import fixed, short
from pycore.activations import Activation, Sigmoid
from pycore.arrays import Array
from pycore.gradient_check import numeric_gradient
from pycore.layers import Dense, Layer, Sequential
from pycore.losses import MeanSquaredError

TICKS_PER_SECOND = 60
HOP, REST = 42, 12
"""Ticks that a signal travels from one layer to the next, and that it then waits there."""

NETS = {"2-2-1": (2, 2, 1), "2-3-1": (2, 3, 1), "2-2-2-1": (2, 2, 2, 1)}
START, FORWARD, LOSS, BACKWARD = range(4)
TINY, PLAIN = 0.05, 0.1
"""In a case drawn by seed one factor is below TINY and every other above PLAIN."""

PARAMS = {
    "net": Param(Pick(*NETS), "2-2-1", "Layers"),
}

Weight = tuple[int, int, int]
"""A weight's place: gap between layers, from unit, to unit."""


class Factor(NamedTuple):
    """One factor of the chain rule: its name on the page and its value."""

    name: str
    value: float


class Path(NamedTuple):
    """One way from a weight to the loss: the units it passes and the factors it collects."""

    units: tuple[int, ...]
    factors: list[Factor]


@dataclass
class Pass:
    """What one forward and backward pass of the engine leaves.

    Lists by layer: `a` from the inputs on; `z`, `slopes` σ′(z) and `deltas` dL/dz from the first
    hidden layer on. By gap: `gradients` dL/dW and `numeric`, their finite differences.
    """

    a: list[Array]
    z: list[Array]
    slopes: list[Array]
    deltas: list[Array]
    gradients: list[Array]
    numeric: list[Array]
    loss: float
    dy: float


@dataclass
class State:
    """A network and its case; how far the pass has come; the two guesses.

    `asked` is the weight of the guesses, `weight` the one whose paths are lit. `stage` is the last
    step called for, `clock` the ticks since. `rises` foretells whether the loss grows with the
    weight, `killer` which of the factors is the smallest; they count from Backward on.
    """

    rng: np.random.Generator
    net: str
    network: Sequential
    x: Array
    target: float
    done: Pass
    asked: Weight = (0, 0, 0)
    weight: Weight = (0, 0, 0)
    stage: int = START
    clock: int = 0
    rises: bool = True
    killer: int = 0
    answered: bool = False


def init(seed: int, net: str = "2-2-1") -> State:
    """A case of the given layers, nothing sent yet."""
    rng = np.random.default_rng(seed)
    nothing = Pass([], [], [], [], [], [], 0.0, 0.0)
    state = State(rng, net, Sequential(), np.zeros((1, 2)), 0.0, nothing)
    _draw(state)
    return state


def update(state: State, message: str, *args: Any) -> None:
    """The three steps, the guesses, the weight to look at, and the case.

    ("forward",), ("loss",), ("backward",) in this order; until Backward ("sign", "rises" or
    "falls") and ("killer", k) guess; ("weight", place) lights a weight's paths; ("input", i, v) and
    ("target", t) change the example and take the pass back; ("case",) and ("net", name) bring
    another network.
    """
    match message, *args:
        case ("forward",) if state.stage in (START, BACKWARD) and arrived(state):
            _call(state, FORWARD)
        case ("loss",) if state.stage == FORWARD and arrived(state):
            _call(state, LOSS)
        case ("backward",) if state.stage == LOSS:
            _call(state, BACKWARD)
            state.weight, state.answered = state.asked, True
        case "sign", "rises" | "falls" if not state.answered:
            state.rises = args[0] == "rises"
        case "killer", k if not state.answered and is_whole(k, 0, len(questions(state)) - 1):
            state.killer = k
        case "weight", str(place) if place in _places(state):
            state.weight = _places(state)[place]
        case "input", i, v if is_whole(i, 0, 1) and is_number(v, -1, 1):
            state.x[0, i] = v
            _reset(state)
        case "target", t if is_number(t, 0, 1):
            state.target = float(t)
            _reset(state)
        case ("case",):
            _draw(state)
        case "net", str(net) if net in NETS:
            state.net = net
            _draw(state)
        case _:
            allowed = (
                "('forward') at the start or after the gradient came back, then ('loss'), then "
                f"('backward'); before it ('sign', 'rises' or 'falls'), ('killer', 0 to "
                f"{len(questions(state)) - 1}); ('weight', one of {', '.join(_places(state))}), "
                f"('input', 0 or 1, -1 to 1), ('target', 0 to 1), ('case'), ('net', one of "
                f"{', '.join(NETS)})"
            )
            refuse(message, args, allowed)


def tick(state: State) -> bool:
    """Move the signal on; idle once it has arrived."""
    if arrived(state):
        return False
    state.clock += 1
    return True


def hops(state: State) -> int:
    """How many gaps the signal of this stage crosses."""
    gaps = len(NETS[state.net]) - 1
    return {START: 0, FORWARD: gaps, LOSS: 0, BACKWARD: gaps - 1}[state.stage]


def arrived(state: State) -> bool:
    """Whether the signal of this stage has come to its end."""
    return state.clock >= hops(state) * (HOP + REST)


def crossed(state: State) -> int:
    """Gaps crossed so far in this stage."""
    return min((state.clock + REST) // (HOP + REST), hops(state))


def paths(state: State, weight: Weight) -> list[Path]:
    """Every way from `weight` to the loss, with its factors.

    dL/dW = Σ over paths of  a · σ′ · (W · σ′) · … · dL/dy.
    """
    gap, i, j = weight
    done, names = state.done, _names(state)
    sizes = NETS[state.net]
    found = []
    for later in itertools.product(*(range(n) for n in sizes[gap + 2 :])):
        units = (j, *later)
        factors = [Factor(names[gap][i], float(done.a[gap][i]))]
        for layer, unit in enumerate(units, gap + 1):
            if layer > gap + 1:
                before = units[layer - gap - 2]
                w = float(_dense(state)[layer - 1].W[before, unit])
                factors.append(Factor(f"w {names[layer - 1][before]}→{names[layer][unit]}", w))
            slope = float(done.slopes[layer - 1][unit])
            factors.append(Factor(f"σ′ of {names[layer][unit]}", slope))
        found.append(Path((i, *units), [*factors, Factor("dL/dy", done.dy)]))
    return found


def questions(state: State) -> list[Factor]:
    """The factors that may stop the asked weight's gradient: those that all its paths share."""
    first, *others = (path.factors for path in paths(state, state.asked))
    return [factor for factor in first if all(factor in other for other in others)]


def smallest(state: State) -> int:
    """Which of the questions is the smallest factor, and so the one that stops the gradient."""
    return int(np.argmin([abs(factor.value) for factor in questions(state)]))


def gradient(state: State, weight: Weight) -> float:
    """dL/dW of one weight, from the engine's backward pass."""
    gap, i, j = weight
    return float(state.done.gradients[gap][i, j])


def view(state: State) -> Node:
    """The network with its signal; the steps; the guesses; the factors of the weight looked at."""
    won = score(state) == 1
    return widgets.stage(
        widgets.panel(
            _picture(state),
            widgets.row(
                *(
                    widgets.button(text, (name,), primary=next_, enabled=next_, key=name)
                    for text, name, next_ in (
                        ("Forward", "forward", state.stage in (START, BACKWARD) and arrived(state)),
                        ("Loss", "loss", state.stage == FORWARD and arrived(state)),
                        ("Backward", "backward", state.stage == LOSS),
                    )
                ),
                widgets.button("New case", ("case",), key="case"),
            ),
            widgets.note(_verdict(state), kind="win" if won else "", roomy=True),
            widgets.choice("layers", [(n, n) for n in NETS], state.net, ("net",), key="net"),
            _neurons(state),
            [
                widgets.slider(
                    f"x{'₁₂'[i]}",
                    float(state.x[0, i]),
                    -1,
                    1,
                    0.02,
                    ("input", i),
                    name=f"input {i + 1}",
                    key=f"x{i}",
                )
                for i in (0, 1)
            ],
            widgets.slider("target t", state.target, 0, 1, 0.01, ("target",), key="t"),
        ),
        widgets.panel(
            _guesses(state),
            widgets.choice(
                "look at the weight",
                [(place, place) for place in _places(state)],
                _place(state, state.weight),
                ("weight",),
            ),
            [_factors(state, path, n) for n, path in enumerate(paths(state, state.weight))],
            _sum(state),
        ),
    )


def score(state: State) -> float:
    """1 when the gradient came back and the smallest factor was named; half for the sign alone."""
    if not (state.answered and state.stage == BACKWARD and arrived(state)):
        return 0.0
    if state.killer == smallest(state):
        return 1.0
    return 0.5 if state.rises == (gradient(state, state.asked) > 0) else 0.0


def describe(state: State) -> str:
    """The example, the stage, the guesses and the weight looked at."""
    x1, x2 = state.x[0]
    text = (
        f"Network {state.net}, inputs {fixed(x1)} and {fixed(x2)}, target {fixed(state.target)}. "
        f"{_verdict(state)} You say the loss {_direction(state.rises)} and "
        f"{questions(state)[state.killer].name} is the smallest factor. "
    )
    if _known(state, state.weight):
        text += f"The gradient of {_place(state, state.weight)} is "
        return text + f"{short(gradient(state, state.weight), 4)}."
    return text + f"Lit is the weight {_place(state, state.weight)}."


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """All that the pass computes, NaN where it has not arrived."""
    done, names = state.done, _names(state)
    found: dict[str, NDArray[Any]] = {
        "inputs x": done.a[0],
        "target t": np.array([state.target]),
        "loss L": np.array([_if(state.stage >= LOSS, np.float64(done.loss))]),
    }
    for gap, dense in enumerate(_dense(state)):
        where = f"{names[gap][0][0]} to {names[gap + 1][0][0]}"
        here, back = _shown(state) > gap, _back(state, gap + 1)
        found |= {
            f"weights W, {where}": dense.W,
            f"biases b, {where}": dense.b,
            f"sums z, {where}": _if(here, done.z[gap]),
            f"activations a = σ(z), {where}": _if(here, done.a[gap + 1]),
            f"slopes σ′(z), {where}": _if(back, done.slopes[gap]),
            f"δ = dL/dz, {where}": _if(back, done.deltas[gap]),
            f"dL/dW, {where}": _if(back, done.gradients[gap]),
            f"dL/dW by finite differences, {where}": _if(back, done.numeric[gap]),
        }
    known = _known(state, state.weight)
    for n, path in enumerate(paths(state, state.weight)):
        values = np.array([factor.value for factor in path.factors])
        found[f"factors of path {n + 1}"] = _if(known, np.append(values, math.prod(values)))
    return found


def solution(state: State) -> Iterator[Message]:
    """Another case if this one was answered wrongly; then the pass with the right guesses.

    To be read message by message: it looks at what the play has come to.
    """
    yield ("weight", _place(state, state.asked))
    if state.answered and score(state) < 1 and state.killer != smallest(state):
        yield ("case",)
    if not state.answered:
        yield ("sign", _direction(gradient(state, state.asked) > 0))
        yield ("killer", smallest(state))
    if state.stage in (START, BACKWARD) and score(state) < 1:
        yield ("forward",)
    if state.stage == FORWARD:
        yield ("loss",)
    if state.stage == LOSS:
        yield ("backward",)
    yield ("weight", list(_places(state))[-1])


# --- the network and its pass ---------------------------------------------------------------------


def _dense(state: State) -> list[Dense]:
    return [layer for layer in state.network if isinstance(layer, Dense)]


def _call(state: State, stage: int) -> None:
    state.stage, state.clock = stage, 0


def _reset(state: State) -> None:
    """Run the engine for the example as it is now, and take back what was shown."""
    _run(state)
    state.answered = False
    state.killer = min(state.killer, len(questions(state)) - 1)
    _call(state, START)


def _run(state: State) -> None:
    """Forward, loss, backward: once, layer by layer, keeping what each hands on."""
    network, loss = state.network, MeanSquaredError()
    t = np.array([[state.target]])
    values = network.activations(state.x)
    error = loss.forward(values[-1], t)
    network.zero_grad()
    back = [loss.backward()]
    for layer in reversed(network.layers):
        back.insert(0, layer.backward(back[0]))
    slopes = [
        layer.derivative(z)[0]
        for layer, z in zip(network, values, strict=False)
        if isinstance(layer, Activation)
    ]
    gradients = [dense.dW.copy() for dense in _dense(state)]
    numeric = [
        numeric_gradient(lambda: loss.forward(network.forward(state.x), t), dense.W)
        for dense in _dense(state)
    ]
    state.done = Pass(
        a=[a[0].copy() for a in values[::2]],
        z=[z[0].copy() for z in values[1::2]],
        slopes=slopes,
        deltas=[delta[0].copy() for delta in back[1::2]],
        gradients=gradients,
        numeric=numeric,
        loss=error,
        dy=float(back[-1][0, 0]),
    )


def _draw(state: State) -> None:
    """Draw networks and examples until exactly one factor of the asked weight is tiny."""
    rng, sizes = state.rng, NETS[state.net]
    kinds = ["input", "hidden slope", "output slope", "error"]
    if len(sizes) == 3:
        kinds.append("weight")
    kind = kinds[rng.integers(len(kinds))]
    while True:
        layers: list[Layer] = []
        for n_in, n_out in itertools.pairwise(sizes):
            layers += [Dense(n_in, n_out, _one_decimal, _one_decimal, rng=rng), Sigmoid()]
        state.network = Sequential(*layers)
        state.x = np.round(rng.uniform(0.4, 1, (1, 2)), 1) * rng.choice([-1, 1], (1, 2))
        state.target = float(rng.integers(2))
        i, j = (int(v) for v in rng.integers([2, sizes[1]]))
        state.asked = (0, i, j)
        first, last = _dense(state)[0], _dense(state)[-1]
        side = float(rng.choice([-1, 1]))
        if kind == "input":
            state.x[0, i] = 0.02 * side
        elif kind == "hidden slope":
            first.b[j] = 6 * side
        elif kind == "output slope":
            last.b[0] = 6 * side
        elif kind == "weight":
            last.W[j, 0] = 0.02 * side
        else:
            y = float(state.network.forward(state.x)[0, 0])
            state.target = round(min(max(y + 0.01 * side, 0.0), 1.0), 2)
        _run(state)
        sizes_ = sorted(abs(factor.value) for factor in questions(state))
        if 1e-4 < sizes_[0] < TINY and sizes_[1] > PLAIN and gradient(state, state.asked):
            break
    state.weight, state.killer, state.rises, state.answered = state.asked, 0, True, False
    _call(state, START)


def _one_decimal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Weights of a size that shows, with one decimal, so that sums can be checked by hand."""
    return np.asarray(np.round(rng.uniform(0.4, 1.6, shape), 1) * rng.choice([-1, 1], shape))


# --- what is shown yet ----------------------------------------------------------------------------


def _shown(state: State) -> int:
    """The last layer whose activations are shown."""
    return crossed(state) if state.stage <= FORWARD else len(NETS[state.net]) - 1


def _back(state: State, layer: int) -> bool:
    """Whether the gradient has come back to a layer."""
    return state.stage == BACKWARD and layer >= len(NETS[state.net]) - 1 - crossed(state)


def _known(state: State, weight: Weight) -> bool:
    return _back(state, weight[0] + 1)


def _if(there: bool, values: Any) -> Any:
    return values if there else np.full_like(values, np.nan)


# --- pictures and words ---------------------------------------------------------------------------

_SUB = "₁₂₃"


def _names(state: State) -> list[list[str]]:
    """The units' names: x, then the hidden layers, then y."""
    sizes = NETS[state.net]
    letters = "xgh" if len(sizes) == 4 else "xh"
    hidden = [
        [letter + _SUB[i] for i in range(n)] for letter, n in zip(letters, sizes, strict=False)
    ]
    return [*hidden, ["y"]]


def _place(state: State, weight: Weight) -> str:
    gap, i, j = weight
    names = _names(state)
    return f"{names[gap][i]}→{names[gap + 1][j]}"


def _places(state: State) -> dict[str, Weight]:
    """Every weight by its name on the page."""
    return {
        _place(state, (gap, i, j)): (gap, i, j)
        for gap, (n_in, n_out) in enumerate(itertools.pairwise(NETS[state.net]))
        for i, j in np.ndindex(n_in, n_out)
    }


def _picture(state: State) -> Node:
    done, last = state.done, len(NETS[state.net]) - 1
    gap, *_ = state.weight
    lit = {
        (layer, before, after)
        for path in paths(state, state.weight)
        for layer, (before, after) in enumerate(itertools.pairwise(path.units), gap)
    }
    return diagrams.network(
        [dense.W for dense in _dense(state)],
        [a if layer <= _shown(state) else None for layer, a in enumerate(done.a)],
        label=describe(state),
        pulse=_pulse(state),
        backward=state.stage == BACKWARD,
        chosen_edges=lit,
        pick_edge=lambda gap, i, j: ("weight", _place(state, (gap, i, j))),
        names=_names(state),
        deltas=[
            done.deltas[layer - 1] if layer and _back(state, layer) else None
            for layer in range(last + 1)
        ],
        weight_digits=2 if last == 2 else 1,
        width=420,
        height=330,
    )


def _pulse(state: State) -> diagrams.Pulse | None:
    if arrived(state):
        return None
    hop, along = divmod(state.clock, HOP + REST)
    layer = hop if state.stage == FORWARD else len(NETS[state.net]) - 2 - hop
    return diagrams.Pulse(layer, min(along / HOP, 1.0)) if along <= HOP else None


def _direction(rises: bool) -> str:
    return "rises" if rises else "falls"


def _verdict(state: State) -> str:
    done = state.done
    y = fixed(float(done.a[-1][0]), 4)
    if state.stage == START:
        return f"Send the inputs forward. The answer should be {fixed(state.target)}."
    if not arrived(state):
        if state.stage == FORWARD:
            return "The signal runs forward: times a weight, added up, squashed by σ."
        return "The gradient runs back over the same lines, each time multiplied by a factor."
    if state.stage == FORWARD:
        return f"y = {y}; it should be {fixed(state.target)}. Measure the loss."
    if state.stage == LOSS:
        return (
            f"L = (y − t)² = {short(done.loss, 4)}. Make your two guesses, then send the "
            "gradient back."
        )
    name, value = questions(state)[smallest(state)]
    found = f"{name} = {short(value, 4)}"
    if state.killer == smallest(state):
        return f"Found! {found} is the smallest factor: it shrinks the whole product."
    said = questions(state)[state.killer]
    return f"Not {said.name}, which is {short(said.value, 4)}: {found} is smaller. Try a new case."


def _neurons(state: State) -> Node:
    """z, a, σ′ and δ of every neuron, as far as they are known."""
    rows = []
    for layer, names in enumerate(_names(state)[1:], 1):
        here, back = layer <= _shown(state), _back(state, layer)
        for unit, name in enumerate(names):
            rows.append(
                [
                    name,
                    fixed(state.done.z[layer - 1][unit]) if here else "?",
                    fixed(state.done.a[layer][unit], 4) if here else "?",
                    fixed(state.done.slopes[layer - 1][unit], 4) if back else "?",
                    fixed(state.done.deltas[layer - 1][unit], 5) if back else "?",
                ]
            )
    return widgets.table(
        "The neurons: a = σ(z), δ = dL/dz",
        ("neuron", "z", "a", "σ′(z)", "δ"),
        rows,
        symbols=(None, "z", "a h y", "σ′", "δ"),
        steady=True,
    )


def _or_unknown(value: float, known: bool) -> str:
    return short(float(value), 4) if known else "?"


def _guesses(state: State) -> Node:
    """Both guesses about the asked weight, and afterwards what the engine found."""
    under_way = state.stage == BACKWARD and not arrived(state)
    factors = questions(state)
    truth = gradient(state, state.asked)
    where = _place(state, state.asked)
    return widgets.panel(
        widgets.prediction(
            f"The weight {where} grows a little. Does the loss rise or fall?",
            widgets.choice(
                "the loss",
                [("rises", "rises"), ("falls", "falls")],
                _direction(state.rises),
                ("sign",),
            ),
            guess=_direction(state.rises),
            truth=_answer(state, f"{_direction(truth > 0)}: {short(truth, 3)}"),
            close=None if under_way else state.rises == (truth > 0),
            key="sign",
        ),
        widgets.prediction(
            f"One factor stops the gradient of {where}. Which is the smallest?",
            widgets.choice(
                "factor",
                [(factor.name, k) for k, factor in enumerate(factors)],
                state.killer,
                ("killer",),
            ),
            guess=factors[state.killer].name,
            truth=_answer(state, factors[smallest(state)].name),
            close=None if under_way else state.killer == smallest(state),
            roomy=True,
            key="killer",
        ),
        key="guesses",
    )


def _answer(state: State, truth: str) -> str | None:
    """What stands beside a guess: nothing before Backward, the truth once the gradient is back."""
    if not state.answered:
        return None
    return "on its way" if state.stage == BACKWARD and not arrived(state) else truth


def _factors(state: State, path: Path, n: int) -> Node:
    """The factors along one path and their product."""
    gap, *_ = state.weight
    names = _names(state)[gap:]
    way = " → ".join([*(layer[unit] for layer, unit in zip(names, path.units, strict=True)), "L"])
    known = _known(state, state.weight)
    rows = [[factor.name, _or_unknown(factor.value, known)] for factor in path.factors]
    product = math.prod(factor.value for factor in path.factors)
    least = min(range(len(rows)), key=lambda k: abs(path.factors[k].value)) if known else None
    return widgets.table(
        f"Chain rule along {way}",
        ("factor", "value"),
        [*rows, ["product", _or_unknown(product, known)]],
        marked=least,
        steady=True,
        key=f"path{n}",
    )


def _sum(state: State) -> Node:
    """The gradient three times: from the paths, from the engine, from finite differences."""
    gap, i, j = state.weight
    known = _known(state, state.weight)
    ways = paths(state, state.weight)
    total = sum(math.prod(factor.value for factor in path.factors) for path in ways)
    name = "product of the path" if len(ways) == 1 else f"sum over {len(ways)} paths"
    rows = [
        (name, total),
        ("dL/dW of the engine", gradient(state, state.weight)),
        ("finite difference", float(state.done.numeric[gap][i, j])),
    ]
    return h(
        "div",
        [widgets.readout(text, _or_unknown(value, known), key=text) for text, value in rows],
        class_="gradient-sum",
        data_symbol="dW",
    )

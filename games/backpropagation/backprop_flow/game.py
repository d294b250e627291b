"""Backprop Flow: send numbers forward and the error back, and find what stops it on its way.

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
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, slip
from games.concepts.signal import Signal, known, pulse
from games.moves import Dial, Parts, Pick, Press, moves
from games.ui import controls, diagrams, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, plain, short, signed
from games.ui.shell import shell
from games.words import indexed, say, word
from pycore.activations import Activation, Sigmoid
from pycore.arrays import Array
from pycore.gradient_check import numeric_gradient
from pycore.layers import Dense, Layer, Sequential
from pycore.losses import MeanSquaredError

EDITION = 3
TICKS_PER_SECOND = 60
HOP, REST = 42, 12
"""Ticks that a signal travels from one layer to the next, and that it then waits there."""

NETS = {"2-2-1": (2, 2, 1), "2-3-1": (2, 3, 1), "2-2-2-1": (2, 2, 2, 1)}
START, FORWARD, LOSS, BACKWARD = range(4)
STEPS = (word("Forward"), word("Loss"), word("Predict"), word("Backward"))
TINY, PLAIN = 0.05, 0.1
"""In a case drawn by seed one factor is below TINY and every other above PLAIN."""

DIRECTIONS = {"rises": word("rises"), "falls": word("falls")}

BOTH, FACTOR = "both", "factor"
"""Which predictions have to be right; up to the second edition the factor alone was enough."""
WHY = {
    "input": word(
        "Almost nothing comes in through this weight, so it hardly matters how large it is."
    ),
    "slope": word(
        "That neuron is on the flat end of its curve: its sum moves, its answer hardly does."
    ),
    "weight": word(
        "The next neuron hardly listens, so whatever happens here changes little there."
    ),
    "error": word("The answer is almost right already, so there is little left to correct."),
}
"""What it means that a factor of some kind is tiny."""

LEARNT = word(
    "A gradient is a product along its path, so one factor near zero is enough to stop it, "
    "however large the others are."
)
PARAMS = {
    "net": Param(Pick(*NETS), "2-2-1", word("Layers")),
    "goal": Param(Pick(BOTH, FACTOR), BOTH, word("Predictions that have to be right")),
}
MOVES = moves(
    forward=Press(when=lambda state: state.stage in (START, BACKWARD) and arrived(state)),
    loss=Press(when=lambda state: state.stage == FORWARD and arrived(state)),
    backward=Press(when=lambda state: state.stage == LOSS and predicted(state)),
    sign=Pick(*DIRECTIONS, when=lambda state: state.sign.open),
    killer=Dial(0, lambda state: len(questions(state)) - 1, when=lambda state: state.killer.open),
    weight=Pick(only=lambda state: list(_weights(state))),
    input=Parts(which=Dial(0, 1), to=Dial(-1.0, 1.0, 0.02)),
    target=Dial(0.0, 1.0, 0.01),
    case=Press(),
    net=Pick(*NETS),
)

Weight = tuple[int, int, int]
"""A weight's place: gap between layers, from unit, to unit."""


class Factor(NamedTuple):
    """One factor of the chain rule.

    Attributes:
        name: on the page.
        value: of the factor.
        kind: a key of WHY.
        at: its place: (layer, unit), of a weight (gap, from, to); the error has none.
    """

    name: str
    value: float
    kind: str
    at: tuple[int, ...]


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
    """A network and its case; how far the pass has come; the two predictions.

    `asked` is the weight of the predictions, `weight` the one whose paths are lit. `stage` is the
    last step called for, whose `signal` is under way. `sign` says whether the loss grows with the
    weight, `killer` which of the factors along its paths is the smallest.
    """

    rng: np.random.Generator
    net: str
    network: Sequential
    x: Array
    target: float
    done: Pass
    goal: str = BOTH
    asked: Weight = (0, 0, 0)
    weight: Weight = (0, 0, 0)
    stage: int = START
    signal: Signal = field(default_factory=lambda: Signal(0, HOP, REST))
    sign: Bet[str] = field(default_factory=Bet)
    killer: Bet[int] = field(default_factory=Bet)


def init(seed: int, net: str = "2-2-1", goal: str = BOTH) -> State:
    """A case of the given layers, nothing sent yet."""
    rng = np.random.default_rng(seed)
    nothing = Pass([], [], [], [], [], [], 0.0, 0.0)
    state = State(rng, net, Sequential(), np.zeros((1, 2)), 0.0, nothing, goal)
    _draw(state)
    return state


def update(state: State, move: str, *values: Any) -> None:
    """The three steps, the predictions, the weight to look at, and the case.

    Another example takes the pass back; "case" and "net" bring another network.
    """
    match move, *values:
        case ("forward",):
            _call(state, FORWARD)
        case ("loss",):
            _call(state, LOSS)
        case ("backward",):
            _call(state, BACKWARD)
            state.weight = state.asked
            for bet in (state.sign, state.killer):
                if bet.open:
                    bet.begin()
        case "sign", direction:
            state.sign.place(direction)
        case "killer", k:
            state.killer.place(k)
        case "weight", name:
            state.weight = _weights(state)[name]
        case "input", i, v:
            state.x[0, i] = v
            _reset(state)
        case "target", t:
            state.target = t
            _reset(state)
        case ("case",):
            _draw(state)
        case "net", net:
            state.net = net
            _draw(state)


def tick(state: State) -> bool:
    """Move the signal on; idle once it has arrived."""
    if arrived(state):
        return False
    state.signal.tick()
    if state.stage == BACKWARD and arrived(state):
        for bet in (state.sign, state.killer):
            if bet.running:
                bet.settle()
    return True


def hops(state: State, stage: int) -> int:
    """How many gaps the signal of a stage crosses."""
    gaps = len(NETS[state.net]) - 1
    return {START: 0, FORWARD: gaps, LOSS: 0, BACKWARD: gaps - 1}[stage]


def arrived(state: State) -> bool:
    """Whether the signal of this stage has come to its end."""
    return state.signal.there or state.signal.gaps == 0


def predicted(state: State) -> bool:
    """Whether both predictions are made."""
    return state.sign.said is not None and state.killer.said is not None


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
        factors = [Factor(names[gap][i], float(done.a[gap][i]), "input", (gap, i))]
        for layer, unit in enumerate(units, gap + 1):
            if layer > gap + 1:
                before = units[layer - gap - 2]
                w = float(_dense(state)[layer - 1].W[before, unit])
                name = f"w {names[layer - 1][before]}→{names[layer][unit]}"
                factors.append(Factor(name, w, "weight", (layer - 1, before, unit)))
            slope = float(done.slopes[layer - 1][unit])
            factors.append(Factor(f"σ′({names[layer][unit]})", slope, "slope", (layer, unit)))
        found.append(Path((i, *units), [*factors, Factor("dL/dy", done.dy, "error", ())]))
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
    """The network with its signal and the factors on the path; the next step; the rest folded."""
    may, won = MOVES.on(state), score(state) == 1
    return shell(
        h("div", _figure(state), _product(state)),
        widgets.verdict(_verdict(state), won, lost=judged(state) and not won),
        mission=_steps(state),
        dock=[_direction_slip(state) if state.stage >= LOSS else None],
        go=_next(state),
        drawers=[
            widgets.explained(say("What the gradient is made of"), _reason(state), key="why")
            if state.stage >= LOSS
            else None,
            widgets.folded(
                say("More controls"),
                controls.choice(say("layers"), {net: net for net in NETS}, state.net, may.net),
                controls.choice(
                    say("look at the weight"),
                    {name: _place(state, weight) for name, weight in _weights(state).items()},
                    next(name for name, w in _weights(state).items() if w == state.weight),
                    may.weight,
                ),
                controls.sliders("x", state.x[0], may.input, lambda i: say("input {i}", i=i)),
                controls.slider(say("target t"), state.target, may.target),
                None if judged(state) else controls.button(say("Another case"), may.case),
                key="more",
            ),
            widgets.folded(
                say("Numbers"),
                _neurons(state),
                [_factors(state, path, n) for n, path in enumerate(paths(state, state.weight))],
                _sum(state),
                key="numbers",
            )
            if state.stage > START
            else None,
        ],
    )


def judged(state: State) -> bool:
    """Whether the gradient is back, and so the predictions have been judged."""
    return state.killer.over and state.stage == BACKWARD and arrived(state)


def score(state: State) -> float:
    """Half for each prediction that the gradient, once it is back, proves right."""
    if not judged(state):
        return 0.0
    sign, factor = hits(state)
    if state.goal == FACTOR and factor:
        return 1.0
    return (sign + factor) / 2


def hits(state: State) -> tuple[bool, bool]:
    """Whether the sign and whether the factor that was said is the right one."""
    return (
        state.sign.said == _direction(gradient(state, state.asked)),
        state.killer.said == smallest(state),
    )


def describe(state: State) -> str:
    """The example, the stage, the guesses and the weight looked at."""
    x1, x2 = state.x[0]
    k, sign, lit = state.killer.said, state.sign.said, _place(state, state.weight)
    return say(
        "Network {net}, inputs {x1} and {x2}, target {target}. {verdict} You predict: the loss "
        "{direction}, the smallest factor {factor}. {reason} {weight}",
        net=state.net,
        x1=fixed(x1),
        x2=fixed(x2),
        target=fixed(state.target),
        verdict=_verdict(state),
        reason=_reason(state),
        direction="?" if sign is None else say(DIRECTIONS[sign]),
        factor="?" if k is None else questions(state)[k].name,
        weight=say(
            "The gradient of {name} is {value}.",
            name=lit,
            value=short(gradient(state, state.weight), 4),
        )
        if _known(state, state.weight)
        else say("The weight {name} is lit.", name=lit),
    )


def solution(state: State) -> Iterator[Message]:
    """Another case if this one was begun and not won; then the pass with the right predictions.

    To be read message by message: it looks at what the play has come to.
    """
    if score(state) == 1:
        return
    if state.stage != START or not state.killer.open:
        yield ("case",)
    yield from (("forward",), ("loss",))
    yield ("killer", smallest(state))
    yield ("sign", _direction(gradient(state, state.asked)))
    yield ("backward",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "sign":
            return say("The gradient's sign says whether the loss rises as this weight grows.")
        case "killer":
            return say("The factor nearest to zero takes most of the gradient away.")
        case "forward":
            return say("Going back needs the numbers that going forward leaves behind.")
        case "loss":
            return say("The gradient sets off from the loss.")
        case "backward":
            return say("Each step back multiplies by one more slope and one more weight.")
    return ""


# --- the network and its pass ---------------------------------------------------------------------


def _dense(state: State) -> list[Dense]:
    return [layer for layer in state.network if isinstance(layer, Dense)]


def _call(state: State, stage: int) -> None:
    state.stage, state.signal = stage, Signal(hops(state, stage), HOP, REST)
    state.signal.send()


def _reset(state: State) -> None:
    """Run the engine for the example as it is now, and take back what was shown."""
    _run(state)
    state.sign.reopen()
    state.killer.reopen()
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
    state.weight, state.sign, state.killer = state.asked, Bet(), Bet()
    _call(state, START)


def _one_decimal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Weights of a size that shows, with one decimal, so that sums can be checked by hand."""
    return np.asarray(np.round(rng.uniform(0.4, 1.6, shape), 1) * rng.choice([-1, 1], shape))


# --- what is shown yet ----------------------------------------------------------------------------


def _shown(state: State) -> int:
    """The last layer whose activations are shown."""
    return state.signal.reached if state.stage <= FORWARD else len(NETS[state.net]) - 1


def _back(state: State, layer: int) -> bool:
    """Whether the gradient has come back to a layer."""
    return state.stage == BACKWARD and layer >= len(NETS[state.net]) - 1 - state.signal.reached


def _known(state: State, weight: Weight) -> bool:
    return _back(state, weight[0] + 1)


# --- pictures and words ---------------------------------------------------------------------------


def _names(state: State) -> list[list[str]]:
    """The units' names: x, then the hidden layers, then y."""
    sizes = NETS[state.net]
    letters = "xgh" if len(sizes) == 4 else "xh"
    units = zip(letters, sizes, strict=False)
    return [*([indexed(letter, i + 1) for i in range(n)] for letter, n in units), ["y"]]


def _place(state: State, weight: Weight) -> str:
    gap, i, j = weight
    names = _names(state)
    return f"{names[gap][i]}→{names[gap + 1][j]}"


def _weights(state: State) -> dict[str, Weight]:
    """Every weight by its id: gap, unit before and unit after, counted from 1."""
    return {
        f"{gap + 1}-{i + 1}-{j + 1}": (gap, i, j)
        for gap, (n_in, n_out) in enumerate(itertools.pairwise(NETS[state.net]))
        for i, j in np.ndindex(n_in, n_out)
    }


WIDTH, HEIGHT = 420.0, 330.0
BELOW = 112.0
"""How far below the output the loss is drawn."""
FULL = 0.25
"""A gradient of this size is drawn as wide as there is room."""


def _layout(state: State) -> diagrams.Layout:
    return diagrams.Layout(NETS[state.net], WIDTH, HEIGHT)


def _digits(state: State) -> int:
    """Decimals of the weights on their lines."""
    return 2 if len(NETS[state.net]) == 3 else 1


def _figure(state: State) -> Node:
    """The network and its loss; on the path its factors, to be pressed, and then their values."""
    layout = _layout(state)
    picture = marked(_picture(state), _pass(state))
    pins = [(_spot(state, state.weight), _weight_pin(state))]
    if state.stage >= LOSS:
        factors = {f.at: f for path in paths(state, state.weight) for f in path.factors}
        pins += [(_spot(state, at), _factor_pin(state, factor)) for at, factor in factors.items()]
    return diagrams.pinned(picture, layout, pins)


def _spot(state: State, at: tuple[int, ...]) -> tuple[float, float]:
    """Where a factor stands: beside its unit, on its line, between the output and the loss."""
    layout = _layout(state)
    if len(at) == 3:
        return layout.label(*at, _digits(state))
    x, y = layout.units(len(NETS[state.net]) - 1)[0]
    if not at:
        return x, y + BELOW / 2
    layer, unit = at
    x, y = layout.units(layer)[unit]
    beside = layout.radius + 17
    return x, y - beside if y <= HEIGHT / 2 else y + beside


def _weight_pin(state: State) -> Node:
    """The weight that is looked at, marked once its gradient is back."""
    gap, i, j = state.weight
    weight = signed(float(_dense(state)[gap].W[i, j]), _digits(state))
    back = " back" if _known(state, state.weight) else ""
    return h("span", weight, key="weight", translate="no", class_=f"flow-pin on-line weight{back}")


def _factor_pin(state: State, factor: Factor) -> Node:
    """A factor on the path: to be pressed while it may be said, with its value once it is back."""
    key = "-".join(map(str, factor.at)) or "error"
    asked = questions(state) if state.weight == state.asked else []
    k = asked.index(factor) if factor in asked else None
    said = k is not None and state.killer.said == k
    marks = ["flow-pin", *["on-line"] * (factor.kind == "weight")]
    if k is not None and state.killer.open:
        return controls.tile(
            MOVES.on(state).killer(k),
            _on_path(state, factor),
            look=" ".join(marks),
            pressed=said,
            name=say("smallest factor: {name}", name=factor.name),
            translate="no",
            key=key,
        )
    home = factor.at[0] + (factor.kind != "slope") if factor.at else len(NETS[state.net]) - 1
    shown = _back(state, home)
    marks += ["back"] * shown + ["said"] * said
    if k is not None and judged(state):
        marks += ["least"] * (k == smallest(state)) + ["miss"] * (said and k != smallest(state))
    text = _printed(state, factor) if shown else _on_path(state, factor)
    return h("span", text, key=key, translate="no", class_=" ".join(marks))


def _on_path(state: State, factor: Factor) -> str:
    """A factor as it stands on the path before its value is back."""
    if factor.kind == "weight":
        return signed(factor.value, _digits(state))
    return factor.name


def _printed(state: State, factor: Factor) -> str:
    """A factor's value, in a text no longer than its place is wide."""
    if factor.kind == "weight":
        return _on_path(state, factor)
    return short(factor.value) if abs(factor.value) >= 0.001 else fixed(factor.value, 4)


def _picture(state: State) -> Node:
    done = state.done
    gap, *_ = state.weight
    look = MOVES.on(state).weight
    lit = {state.weight} | {
        (layer, before, after)
        for path in paths(state, state.weight)
        for layer, (before, after) in enumerate(itertools.pairwise(path.units), gap)
        if state.stage >= LOSS
    }
    return diagrams.network(
        [dense.W for dense in _dense(state)],
        [a if layer <= _shown(state) else None for layer, a in enumerate(done.a)],
        label=say("The network, its signal and its gradient"),
        pulse=_under_way(state),
        backward=state.stage == BACKWARD,
        chosen_edges=lit,
        pick_edge=lambda gap, i, j: look(f"{gap + 1}-{i + 1}-{j + 1}").message,
        names=_names(state),
        gradients=[g if _back(state, n + 1) else None for n, g in enumerate(done.gradients)],
        full=FULL,
        weight_digits=_digits(state),
        width=WIDTH,
        height=HEIGHT,
        over=_loss(state),
    )


def _loss(state: State) -> Node:
    """The loss below the output, with the answer that was wanted."""
    layout, there = _layout(state), state.stage >= LOSS
    x, y = layout.units(len(NETS[state.net]) - 1)[0]
    r, low = layout.radius, y + BELOW
    wide = 0.8 + (diagrams.WIDEST - 0.8) * min(abs(state.done.dy) / 2, 1.0)
    way = f"M{x:.1f} {low:.1f}L{x:.1f} {y + r:.1f}"
    return h(
        "g",
        h("path", d=way, class_="flow-way"),
        h("path", key="dy", d=way, pathLength=1, stroke_width=wide, class_="edge-flood")
        if state.stage == BACKWARD
        else None,
        h("circle", cx=x, cy=low, r=r, class_="flow-loss there" if there else "flow-loss"),
        h("text", "L", x=x - r - 12, y=low + 4, class_="unit-name middle"),
        h(
            "text",
            fixed(state.done.loss) if there else "?",
            x=x,
            y=low + 4,
            class_="unit-value middle",
        ),
        h(
            "text",
            say("wanted: {t}", t=plain(state.target, 2)),
            x=x + r + 8,
            y=low + r + 20,
            class_="unit-name end",
            data_symbol="t",
        ),
    )


def _product(state: State) -> Node | None:
    """The gradient of the weight looked at, as the product of what stands on its path."""
    if state.stage < LOSS:
        return None
    ways, there = paths(state, state.weight), _known(state, state.weight)
    if len(ways) > 1 and not there:
        return h("p", say("The gradient: a product for each path"), class_="flow-product")
    text: list[Node | str]
    if len(ways) > 1:
        text = [" + ".join(short(math.prod(f.value for f in way.factors)) for way in ways)]
    else:
        ((_, factors),) = ways
        least = min(factors, key=lambda f: abs(f.value))
        text = []
        for n, factor in enumerate(factors):
            printed = short(factor.value) if there else _on_path(state, factor)
            text += [" · "] if n else []
            text += [h("b", printed)] if there and factor == least else [printed]
    slope = short(gradient(state, state.weight)) if there else "?"
    return h(
        "p",
        *("dL/dw = ", text, " = ", slope),
        translate="no",
        class_="flow-product",
        data_symbol="dW",
    )


def _steps(state: State) -> Node:
    """The four steps of a pass, and which comes next."""
    now = {START: 0, FORWARD: 1 if arrived(state) else 0, LOSS: 3 if predicted(state) else 2}
    place = now.get(state.stage, 4 if judged(state) else 3)
    return h(
        "ol",
        [
            h(
                "li",
                say(name),
                key=n,
                class_="done" if n < place else None,
                aria_current="step" if n == place else None,
            )
            for n, name in enumerate(STEPS)
        ],
        class_="flow-steps",
    )


def _next(state: State) -> Node:
    """The next step; after the last, another case, or the same pass again."""
    may = MOVES.on(state)
    if judged(state):
        return widgets.row(
            controls.button(say("Another case"), may.case, primary=True),
            controls.button(say("Watch again"), may.forward),
        )
    text, offer = {
        START: (say("Send the numbers forward"), may.forward),
        FORWARD: (say("Measure the loss"), may.loss),
    }.get(
        state.stage,
        (
            say("Send the error back") if predicted(state) else say("Predict first"),
            may.backward,
        ),
    )
    return controls.button(text, offer, primary=True)


def _verdict(state: State) -> str:
    done = state.done
    y = fixed(float(done.a[-1][0]), 4)
    if state.stage == START:
        return say(
            "Send the inputs forward. The answer should be {target}.", target=fixed(state.target)
        )
    if not arrived(state):
        if state.stage == FORWARD:
            return say("The signal runs forward: times a weight, added up, bent by σ.")
        return say("The gradient runs back over the same lines, multiplied by a factor each time.")
    if state.stage == FORWARD:
        return say(
            "y = {y}; it should be {target}. Measure the loss.", y=y, target=fixed(state.target)
        )
    if state.stage == LOSS:
        if state.killer.said is None:
            return say(
                "L = (y − t)² = {loss}. Which factor on the lit path is nearest to 0? Tap it.",
                loss=short(done.loss, 4),
            )
        if state.sign.said is None:
            return say(
                "You say that {factor} is the smallest. Now say which way the loss goes.",
                factor=questions(state)[state.killer.said].name,
            )
        return say(
            "You say that {factor} is the smallest, and that the loss {direction}.",
            factor=questions(state)[state.killer.said].name,
            direction=say(DIRECTIONS[state.sign.said]),
        )
    factors = questions(state)
    least, said = factors[smallest(state)], factors[state.killer.said or 0]
    found = {"least": least.name, "value": short(least.value)}
    if score(state) == 1:
        return say(
            "Found! {least} = {value}. {why}", why=say(WHY[factors[smallest(state)].kind]), **found
        )
    if said != least:
        return say(
            "Not {said}, which is {other}: {least} = {value} is smaller. Try a new case.",
            said=said.name,
            other=short(said.value),
            **found,
        )
    if gradient(state, state.asked) > 0:
        return say("The factor is right, but the loss rises. Count the minus signs, and try again.")
    return say("The factor is right, but the loss falls. Count the minus signs, and try again.")


def _reason(state: State) -> str:
    """What a gradient is made of; once it is back, why one tiny factor is enough to stop it."""
    if not judged(state):
        return say(
            "The gradient of a weight is the product of the factors on its way to the loss. Each "
            "can be read off the picture: a slope σ′ is a (1 − a), tiny where the neuron’s number "
            "a is near 0 or 1, and dL/dy is 2 (y − t). A negative factor flips the sign of the "
            "product, and a tiny one makes all of it tiny."
        )
    slope, least = gradient(state, state.asked), questions(state)[smallest(state)]
    return say(
        "All the other factors come to {rest}. Times {least} = {value}, "
        "only {slope} is left. {why}",
        rest=short(slope / least.value, 4),
        least=least.name,
        value=short(least.value, 4),
        slope=short(slope, 4),
        why=say(WHY[least.kind]),
    )


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
        say("The neurons: a = σ(z), δ = dL/dz"),
        (say("neuron"), "z", "a", "σ′(z)", "δ"),
        rows,
        symbols=(None, "z", "a h y", "σ′", "δ"),
    )


def _or_unknown(value: float, there: bool) -> str:
    return short(float(value), 4) if there else "?"


def _direction_slip(state: State) -> Node:
    """Which way the loss goes as the asked weight grows, and afterwards what the engine found."""
    directions = {name: say(text) for name, text in DIRECTIONS.items()}
    truth = gradient(state, state.asked)
    return slip(
        state.sign,
        say("If the weight {name} grows a little, the loss …", name=_place(state, state.asked)),
        controls.choice(say("the loss"), directions, state.sign.said, MOVES.on(state).sign),
        said=directions.get(state.sign.said or ""),
        truth=f"{directions[_direction(truth)]}: {short(truth, 3)}",
        hit=state.sign.said == _direction(truth),
        key="sign",
    )


def _direction(slope: float) -> str:
    return "rises" if slope > 0 else "falls"


def _factors(state: State, path: Path, n: int) -> Node:
    """The factors along one path and their product."""
    gap, *_ = state.weight
    names = _names(state)[gap:]
    way = " → ".join([*(layer[unit] for layer, unit in zip(names, path.units, strict=True)), "L"])
    there = _known(state, state.weight)
    rows = [[factor.name, _or_unknown(factor.value, there)] for factor in path.factors]
    product = math.prod(factor.value for factor in path.factors)
    least = min(range(len(rows)), key=lambda k: abs(path.factors[k].value)) if there else None
    return widgets.table(
        say("Chain rule along {way}", way=way),
        (say("factor"), say("value")),
        [*rows, [say("product"), _or_unknown(product, there)]],
        marked=least,
        key=f"path{n}",
    )


def _sum(state: State) -> Node:
    """The gradient three times: from the paths, from the engine, from finite differences."""
    gap, i, j = state.weight
    there = _known(state, state.weight)
    ways = paths(state, state.weight)
    total = sum(math.prod(factor.value for factor in path.factors) for path in ways)
    rows = [
        (say.count("product of the path", "sum over {n} paths", len(ways)), total),
        (say("dL/dW of the engine"), gradient(state, state.weight)),
        (say("finite difference"), float(state.done.numeric[gap][i, j])),
    ]
    return h(
        "div",
        [widgets.readout(text, _or_unknown(value, there), key=text) for text, value in rows],
        class_="gradient-sum",
        data_symbol="dW",
    )


def _under_way(state: State) -> diagrams.Pulse | None:
    if arrived(state):
        return None
    if state.stage == FORWARD:
        return pulse(state.signal, state.done.a)
    deltas = [np.sqrt(np.abs(delta)) for delta in reversed(state.done.deltas)]
    most = max(float(delta.max()) for delta in deltas)
    return pulse(state.signal, [d / most for d in deltas], first=2 - len(NETS[state.net]))


def _pass(state: State) -> dict[str, Array]:
    """All that the pass computes, NaN where it has not arrived."""
    done, names = state.done, _names(state)
    loss = np.array([done.loss])
    found: dict[str, Array] = {
        say("inputs x"): done.a[0],
        say("target t"): np.array([state.target]),
        say("loss L"): known(loss, state.stage >= LOSS),
    }
    for gap, dense in enumerate(_dense(state)):
        where = {"start": names[gap][0][0], "end": names[gap + 1][0][0]}
        here, back = _shown(state) > gap, _back(state, gap + 1)
        found |= {
            say("weights W, {start} to {end}", **where): dense.W,
            say("biases b, {start} to {end}", **where): dense.b,
            say("sums z, {start} to {end}", **where): known(done.z[gap], here),
            say("activations a = σ(z), {start} to {end}", **where): known(done.a[gap + 1], here),
            say("slopes σ′(z), {start} to {end}", **where): known(done.slopes[gap], back),
            say("δ = dL/dz, {start} to {end}", **where): known(done.deltas[gap], back),
            say("dL/dW, {start} to {end}", **where): known(done.gradients[gap], back),
            say("dL/dW by finite differences, {start} to {end}", **where): known(
                done.numeric[gap], back
            ),
        }
    least = questions(state)[smallest(state)].value
    found[say("what the other factors come to")] = known(
        np.array([gradient(state, state.asked) / least]), _known(state, state.asked)
    )
    for n, path in enumerate(paths(state, state.weight)):
        factors = np.array([factor.value for factor in path.factors])
        there = _known(state, state.weight)
        found[say("factors of path {n}", n=n + 1)] = known(
            np.append(factors, factors.prod()), there
        )
    return found

"""Gradient Decay: guess how much gradient reaches layer 1 of a deep network, then send it back.

One forward and one backward pass of the engine through a network of `depth`
dense layers, WIDTH units wide, on points of two moons. A bar is the norm of δ = ∂L/∂z, the gradient
that arrives at a layer, over the whole batch. Each step back multiplies δ by a Jacobian,
δ ← (δ Wᵀ) ⊙ f′(z); the product of numbers w f′ in the books is the scalar caricature of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, MessageError, Node, Param, is_number, refuse
from games.brains import Room, named, opener, taken
from games.moves import Dial, Pick
from games.ui import plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed, power_text, short
from pycore import brains, data, gradients, initializers
from pycore.activations import GELU, Activation, LeakyReLU, ReLU, Sigmoid, Tanh
from pycore.arrays import Array
from pycore.brains import Brain
from pycore.initializers import Initializer
from pycore.layers import Dense
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp

TICKS_PER_SECOND = 12
WIDTH, POINTS = 24, 64
ACTIVATIONS: dict[str, type[Activation]] = {
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "ReLU": ReLU,
    "leaky ReLU": LeakyReLU,
    "GELU": GELU,
}
SHALLOWEST, DEEPEST = 2, 30
SMALLEST, LARGEST = 0.5, 3.0
"""The scale g of the weights: a weight's standard deviation is g / √n_in."""
WIN_DEPTH, WIN_FACTOR = 20, 10.0
"""Won at this depth or a greater one, with layer 1 within this factor of the last layer."""
POWERS = 18
"""The guess is a power of ten from −POWERS to POWERS."""
ROOM = Room(6, 16, 7, batch_norm=True, largest=1000, losses=("cross-entropy",))
"""Of a brain that the gradient is sent through in place of a network of the recipe."""

PARAMS = {
    "activation": Param(Pick(*ACTIVATIONS), "sigmoid", "Activation"),
    "depth": Param(Dial(SHALLOWEST, DEEPEST), WIN_DEPTH, "Layers"),
}


@dataclass
class State:
    """The recipe, the guess, and the norms of the last pass.

    `norms` is ‖δ‖ of layers 1 to depth; None until sent. `arrived` counts the layers, from the
    last, that the gradient has come to on its way. With a `brain` open, the recipe waits.
    """

    rng: np.random.Generator
    seed: int
    activation: str
    depth: int
    scale: float = 1.0
    guess: int = 3
    norms: Array | None = None
    arrived: int = 0
    brain: Brain | None = None


def init(seed: int, activation: str = "sigmoid", depth: int = WIN_DEPTH) -> State:
    """Nothing sent; points and weights come from one drawn seed, whatever the recipe."""
    rng = np.random.default_rng(seed)
    return State(rng, int(rng.integers(2**32)), activation, depth)


def update(state: State, message: str, *args: Any) -> None:
    """The recipe, the guess, and the gradient.

    ("activation", name), ("scale", g) and ("depth", n) make another network; ("guess", k) says
    that layer 1 gets 10 to the k times less than the last; ("send",) sends the gradient;
    ("again",) clears the bars. ("open", file) puts a brain in place of the recipe's network,
    ("close",) takes it out again.
    """
    match message, *args:
        case "activation", str(name) if name in ACTIVATIONS and state.brain is None:
            state.activation = name
            _clear(state)
        case "scale", g if is_number(g, SMALLEST, LARGEST) and state.brain is None:
            state.scale = round(g, 1)
            _clear(state)
        case "depth", n if is_number(n, SHALLOWEST, DEEPEST) and state.brain is None:
            state.depth = round(n)
            _clear(state)
        case "guess", k if is_number(k, -POWERS, POWERS) and state.norms is None:
            state.guess = round(k)
        case ("send",) if state.norms is None:
            state.norms = backward(state)
        case ("again",) if is_over(state):
            _clear(state)
        case "open", str(text):
            state.brain = _enough_layers(taken(text, ROOM))
            _clear(state)
        case ("close",) if state.brain is not None:
            state.brain = None
            _clear(state)
        case _:
            allowed = (
                f"('activation', one of {', '.join(ACTIVATIONS)}), ('scale', {SMALLEST} to "
                f"{LARGEST}), ('depth', {SHALLOWEST} to {DEEPEST}), ('guess', -{POWERS} to "
                f"{POWERS}) and ('send') before a pass, ('again') after it; ('open', a brain’s "
                "file as base64), and with one open ('close') in place of the recipe"
            )
            refuse(message, args, allowed)


def tick(state: State) -> bool:
    """The gradient comes to one more layer."""
    if state.norms is None or is_over(state):
        return False
    state.arrived += 1
    return True


def is_over(state: State) -> bool:
    """Whether the gradient has come to layer 1."""
    return state.norms is not None and state.arrived == layers(state)


def layers(state: State) -> int:
    """The layers that the gradient passes: those of the recipe, or of the brain."""
    return len(state.brain.dense) if state.brain else state.depth


def scaled(g: float) -> Initializer:
    """W ~ N(0, g² / n_in): LeCun's initializer at g = 1, He's at √2."""

    def init(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return g * initializers.lecun_normal(shape, rng)

    return init


def backward(state: State) -> Array:
    """Send one gradient through a new network of the recipe, or through the brain.

    Shapes: → ‖δ‖ of each dense layer (layers,), layer 1 first.
    """
    rng = np.random.default_rng(state.seed)
    x, y = data.moons(POINTS, 0.1, rng)
    if state.brain:
        network, x = state.brain.network, brains.inputs(state.brain.inputs, x)
        network.zero_grad()
    else:
        sizes = (2, *[WIDTH] * (state.depth - 1), 1)
        network = mlp(sizes, rng, ACTIVATIONS[state.activation], scaled(state.scale))
    loss = BinaryCrossEntropy()
    loss.forward(network.forward(x), y)
    dy = loss.backward()
    norms = []
    for layer in reversed(network.layers):
        if isinstance(layer, Dense):  # what arrives at a dense layer's output is its δ
            norms.append(gradients.norm(dy))
        dy = layer.backward(dy)
    return np.array(norms[::-1])


def ratio(norms: Array) -> float:
    """How many times smaller layer 1's gradient is than the last layer's; infinite when it is 0."""
    return float(norms[-1] / norms[0]) if norms[0] > 0 else float("inf")


def view(state: State) -> Node:
    """The bars, and the recipe."""
    won, over = score(state) == 1, is_over(state)
    truth = None if state.norms is None or not over else _times(ratio(state.norms))
    return widgets.stage(
        widgets.panel(
            _bars(state),
            widgets.note(_verdict(state), kind="win" if won else "", roomy=True),
            widgets.readouts(_results(state)),
        ),
        widgets.panel(
            None if state.brain else _recipe(state),
            widgets.prediction(
                "How many times smaller is the gradient at layer 1 than at the last layer?",
                widgets.slider(
                    "times",
                    state.guess,
                    -POWERS,
                    POWERS,
                    1,
                    ("guess",),
                    printed=power_text(state.guess),
                    name="guess, a power of ten",
                    key="guess",
                )
                if state.norms is None
                else widgets.note(f"You said {_power(state.guess)}.", kind="hint"),
                guess=_power(state.guess),
                truth=truth,
                close=_close(state) if truth else None,
                key="prediction",
            ),
            widgets.commit(
                f"Send it back: I say {_power(state.guess)}",
                ("send",),
                waiting=state.norms is None,
                over=over,
            ),
            widgets.note(
                "The spread of the weights (their standard deviation) is g / √n, n the units a "
                "neuron reads; Kaiming He’s start is g = √2 ≈ 1.4, LeCun’s g = 1. Books often "
                "write the gradient at layer 1 as a product of numbers w · f′(z), one for each "
                "layer. That is a caricature with one unit a layer. Here each step back is "
                "δ ← (δ Wᵀ) ⊙ f′(z): a product of matrices.",
                kind="hint",
            ),
            opener(state.brain, "Back to the recipe"),
        ),
    )


def score(state: State) -> float:
    """1 when layer 1 gets within WIN_FACTOR of the last layer's gradient at WIN_DEPTH or deeper."""
    if state.norms is None or not is_over(state):
        return 0.0
    orders = abs(np.log10(min(max(ratio(state.norms), 1e-30), 1e30)))
    if orders <= np.log10(WIN_FACTOR):
        return 1.0 if layers(state) >= WIN_DEPTH else 0.5
    return float(0.5 / orders) if layers(state) >= WIN_DEPTH else 0.0


def describe(state: State) -> str:
    """The recipe, the guess, and what arrived."""
    results = ", ".join(f"{name} {text}" for name, text in _results(state))
    if state.brain:
        what = f"The brain {named(state.brain)}"
    else:
        scale = fixed(state.scale, 1)
        what = f"{state.depth} layers with {state.activation}, weight scale {scale}"
    return f"{what}, guess {_power(state.guess)}. {_verdict(state)} {results}."


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The recipe and the norms; NaN for the layers that the gradient is still to reach."""
    found: dict[str, NDArray[Any]] = {
        "layers": np.array([layers(state)]),
        "weight scale g": np.array([state.scale]),
        "gradient norm ‖δ‖ of each layer, layer 1 first": _shown(state),
    }
    if state.norms is not None and is_over(state) and state.norms[0] > 0:
        found["last layer ÷ layer 1"] = np.array([ratio(state.norms)])
        found["mean factor of one step back"] = np.array([_factor(state.norms)])
    return found


def solution(state: State) -> Iterator[Message]:
    """The decay with sigmoid first, then ReLU with He's scale."""
    if state.brain:
        yield ("close",)
    yield ("depth", max(state.depth, WIN_DEPTH))
    for activation, scale, guess in (("sigmoid", 1.0, 12), ("ReLU", 1.0, 3), ("ReLU", 1.4, 0)):
        yield from (("activation", activation), ("scale", scale), ("guess", guess), ("send",))
        if score(state) == 1:
            return
    for activation, scale in (("tanh", 1.2), ("tanh", 1.4), ("ReLU", 1.5)):
        yield from (("activation", activation), ("scale", scale), ("guess", 0), ("send",))
        if score(state) == 1:
            return


# --- pictures and words ---------------------------------------------------------------------------


def _recipe(state: State) -> list[Node]:
    """The controls of the recipe."""
    return [
        widgets.choice(
            "activation f",
            [(name, name) for name in ACTIVATIONS],
            state.activation,
            ("activation",),
            key="activation",
        ),
        widgets.slider(
            "weight scale g",
            state.scale,
            SMALLEST,
            LARGEST,
            0.1,
            ("scale",),
            digits=1,
            symbol="W",
            key="scale",
        ),
        widgets.slider(
            "layers",
            state.depth,
            SHALLOWEST,
            DEEPEST,
            1,
            ("depth",),
            digits=0,
            key="depth",
        ),
    ]


def _enough_layers(brain: Brain) -> Brain:
    """The brain, if there is a way from one layer to another."""
    if not brain.hidden:
        raise MessageError("Not opened. It has no hidden layer; allowed: at least 1.")
    return brain


def _clear(state: State) -> None:
    state.norms, state.arrived = None, 0


def _shown(state: State) -> Array:
    """The norms as far as the gradient has come."""
    shown = np.full(layers(state), np.nan)
    if state.norms is not None and state.arrived:
        shown[-state.arrived :] = state.norms[-state.arrived :]
    return shown


def _factor(norms: Array) -> float:
    """What one step back multiplies the gradient by, as a geometric mean."""
    return float((norms[0] / norms[-1]) ** (1 / (len(norms) - 1)))


def _close(state: State) -> bool:
    """Whether the guess is the nearest power of ten, or the one beside it."""
    assert state.norms is not None
    return bool(abs(np.log10(ratio(state.norms)) - state.guess) <= 1)


def _power(k: int) -> str:
    return f"{power_text(k)} times" if k else "equal"


def _times(times: float) -> str:
    return "infinitely many times: nothing arrives" if times == np.inf else f"{short(times)} times"


def _bars(state: State) -> Node:
    norms, depth = _shown(state), layers(state)
    whole = state.norms if state.norms is not None else np.array([1e-6, 1.0])
    axes = plots.Axes(
        (0.4, depth + 0.6), plots.decades(whole / 3, 1e-24, 1e24), height=300, log_y=True
    )
    there = np.isfinite(norms)
    places = np.arange(1, depth + 1)
    ends = [i for i in {0, depth - 1} if there[i]]
    return plots.plot(
        axes,
        h("g", plots.bars(axes, places[there], norms[there], 0.7, "gradient"), data_symbol="δ"),
        [
            plots.text_at(
                axes,
                places[i],
                norms[i] * 1.15,
                short(norms[i]),
                "middle" if depth < 4 else "end" if i else "",
            )
            for i in sorted(ends)
        ],
        label=f"Gradient norm of {depth} layers, layer 1 left. {_verdict(state)}",
        x_label="layer (the gradient comes from the right)",
        y_label="gradient norm ‖δ‖",
        key="bars",
    )


def _results(state: State) -> list[tuple[str, str]]:
    norms = state.norms if is_over(state) else None
    names = ("layer 1", "last layer", "mean factor of one step back")
    if norms is None:
        return [(name, "–") for name in names]
    factor = short(_factor(norms)) if norms[0] > 0 else "0"
    return list(zip(names, (short(norms[0]), short(norms[-1]), factor), strict=True))


def _verdict(state: State) -> str:
    if state.norms is None and state.brain:
        return "Guess, then send: how much gradient still comes to layer 1 of this brain?"
    if state.norms is None:
        return (
            f"Guess, then send. Gold: layer 1 within a factor of {WIN_FACTOR:g} of the last layer, "
            f"with {WIN_DEPTH} layers or more."
        )
    if not is_over(state):
        at = layers(state) - state.arrived + 1
        return f"The gradient is at layer {at}." if state.arrived else "The loss sends it off."
    times = ratio(state.norms)
    if times == np.inf:
        return "Not one bit of gradient arrives at layer 1: it cannot learn."
    if times >= 1:
        text = f"Layer 1 gets {short(times)} times less than the last layer"
    else:
        text = f"Layer 1 gets {short(1 / times)} times more than the last layer"
    if score(state) == 1:
        return f"Gold! {text}, through {layers(state)} layers."
    if state.brain:
        return f"{text}, in this brain as it was saved. The points are those of two moons."
    if state.depth < WIN_DEPTH and score(state) == 0.5:
        return f"{text}. Now do it with {WIN_DEPTH} layers."
    fate = "it hardly learns" if times > 1 else "its steps are far too large"
    return f"{text}: {fate}."

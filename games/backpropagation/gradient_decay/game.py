"""Gradient Decay: predict how much gradient reaches layer 1 of a deep network, then send it back.

One forward and one backward pass of the engine through a network of `depth`
dense layers, WIDTH units wide, on points of two moons. A bar is the norm of δ = ∂L/∂z, the gradient
that arrives at a layer, over the whole batch. Each step back multiplies δ by a Jacobian,
δ ← (δ Wᵀ) ⊙ f′(z); the product of numbers w f′ in the books is the scalar caricature of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, MessageError, Node, Param
from games.brains import Room, named, opener, taken
from games.concepts.bet import Bet, commit, slip
from games.moves import Dial, File, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, power_text, short
from games.ui.shell import shell
from games.words import say, word
from pycore import brains, data, gradients, initializers
from pycore.activations import GELU, Activation, LeakyReLU, ReLU, Sigmoid, Tanh
from pycore.arrays import Array
from pycore.brains import Brain
from pycore.initializers import Initializer
from pycore.layers import Dense
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp

EDITION = 2
TICKS_PER_SECOND = 12
WIDTH, POINTS = 24, 64
ACTIVATIONS: dict[str, tuple[str, type[Activation]]] = {
    "sigmoid": ("sigmoid", Sigmoid),
    "tanh": ("tanh", Tanh),
    "relu": ("ReLU", ReLU),
    "leaky-relu": (word("leaky ReLU"), LeakyReLU),
    "gelu": ("GELU", GELU),
}
"""What each is called, and the engine's class."""
SHALLOWEST, DEEPEST = 2, 30
SMALLEST, LARGEST = 0.5, 3.0
"""The scale g of the weights: a weight's standard deviation is g / √n_in."""
WIN_DEPTH, WIN_FACTOR = 20, 10.0
"""Won at this depth or a greater one, with layer 1 within this factor of the last layer."""
POWERS = 18
"""The guess is a power of ten from −POWERS to POWERS."""
ROOM = Room(6, 16, 7, batch_norm=True, largest=1000, losses=("cross-entropy",))
"""Of a brain that the gradient is sent through in place of a network of the recipe."""


def _recipe_counts(state: State) -> bool:
    return state.brain is None


LEARNT = word(
    "Every layer multiplies the gradient on its way back. Only where each factor is near 1, as "
    "with ReLU and He’s start, does the first layer of a deep network still learn."
)
PARAMS = {
    "activation": Param(
        Pick(*ACTIVATIONS, was={name: i for i, (name, _) in ACTIVATIONS.items()}),
        "sigmoid",
        "Activation",
    ),
    "depth": Param(Dial(SHALLOWEST, DEEPEST), WIN_DEPTH, "Layers"),
}
MOVES = moves(
    activation=Pick(*ACTIVATIONS, when=_recipe_counts),
    scale=Dial(SMALLEST, LARGEST, 0.1, when=_recipe_counts),
    depth=Dial(SHALLOWEST, DEEPEST, when=_recipe_counts),
    guess=Dial(-POWERS, POWERS, when=lambda state: state.bet.open),
    send=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: state.bet.over),
    open=File(binary=True),
    close=Press(when=lambda state: state.brain is not None),
)


@dataclass
class State:
    """The recipe, the bet (a power of ten), and the norms of the last pass.

    `norms` is ‖δ‖ of layers 1 to depth; None until sent. `arrived` counts the layers, from the
    last, that the gradient has come to on its way. With a `brain` open, the recipe waits.
    """

    rng: np.random.Generator
    seed: int
    activation: str
    depth: int
    scale: float = 1.0
    bet: Bet[int] = field(default_factory=Bet)
    norms: Array | None = None
    arrived: int = 0
    brain: Brain | None = None


def init(seed: int, activation: str = "sigmoid", depth: int = WIN_DEPTH) -> State:
    """Nothing sent; points and weights come from one drawn seed, whatever the recipe."""
    rng = np.random.default_rng(seed)
    return State(rng, int(rng.integers(2**32)), activation, depth)


def update(state: State, move: str, *values: Any) -> None:
    """The recipe, the prediction and the gradient; a brain in place of the recipe, or out of it."""
    match move, *values:
        case "activation" | "scale" | "depth", value:
            setattr(state, move, value)
            _clear(state)
        case "guess", k:
            state.bet.place(k)
        case ("send",):
            state.norms = backward(state)
            state.bet.begin()
        case ("again",):
            _clear(state)
            state.bet.again()
        case "open", text:
            state.brain = _enough_layers(taken(text, ROOM))
            _clear(state)
        case ("close",):
            state.brain = None
            _clear(state)


def tick(state: State) -> bool:
    """The gradient comes to one more layer."""
    if state.norms is None or is_over(state):
        return False
    state.arrived += 1
    if is_over(state):
        state.bet.settle()
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
        network = mlp(sizes, rng, ACTIVATIONS[state.activation][1], scaled(state.scale))
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
    """The bars, the recipe and the prediction."""
    won, over = score(state) == 1, is_over(state)
    truth = None if state.norms is None or not over else _times(ratio(state.norms))
    may, bet = MOVES.on(state), state.bet
    said = bet.told(_power)
    return shell(
        _bars(state, won),
        widgets.verdict(_verdict(state), won, lost=over and not won),
        dock=[
            None if state.brain else _bend(state),
            None if state.brain else _size(state),
            slip(
                bet,
                say("How many times smaller is the gradient at layer 1 than at the last layer?"),
                controls.slider(
                    say("times"),
                    bet.said,
                    may.guess,
                    at=0,
                    printed=power_text(bet.said or 0),
                    name=say("prediction, a power of ten"),
                ),
                said=said,
                truth=truth,
                hit=_close(state) if truth else None,
            ),
        ],
        go=commit(
            bet,
            said and say("Send it back: I predict {times}", times=said),
            may.send,
            may.again,
        ),
        drawers=[
            None if state.brain else controls.slider(say("layers"), state.depth, may.depth),
            widgets.folded(say("Numbers"), widgets.readouts(_results(state)), key="numbers"),
            widgets.folded(
                say("Where the factors come from"),
                widgets.hint(
                    say(
                        "The weights are drawn with a spread (standard deviation) of g / √n, where "
                        "n is how many numbers a neuron reads. Kaiming He’s start has "
                        "g = √2 ≈ {root}, LeCun’s g = 1. Books often write the gradient at layer 1 "
                        "as a product of numbers w · f′(z), one for each layer. That is a "
                        "caricature with a single neuron in each. Here every step back is a "
                        "product of matrices: δ ← (δ Wᵀ) ⊙ f′(z).",
                        root=fixed(2**0.5, 1),
                    )
                ),
                key="why",
            ),
            opener(state.brain, may.open, may.close, say("Back to the recipe")),
        ],
        tone=_tone(state),
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
        what = say("The brain {brain}", brain=named(state.brain))
    else:
        what = say(
            "{n} layers with {activation}, size of the weights {scale}",
            n=state.depth,
            activation=say(ACTIVATIONS[state.activation][0]),
            scale=fixed(state.scale, 1),
        )
    return say(
        "{what}, prediction {guess}. {verdict} {results}.",
        what=what,
        guess=state.bet.told(_power) or say("none yet"),
        verdict=_verdict(state),
        results=results,
    )


def solution(state: State) -> Iterator[Message]:
    """The decay with sigmoid first, then ReLU with He's scale."""
    if state.brain:
        yield ("close",)
    yield ("depth", max(state.depth, WIN_DEPTH))
    for activation, scale, guess in (("sigmoid", 1.0, 12), ("relu", 1.0, 3), ("relu", 1.4, 0)):
        yield from (("activation", activation), ("scale", scale), ("guess", guess), ("send",))
        if score(state) == 1:
            return
    for activation, scale in (("tanh", 1.2), ("tanh", 1.4), ("relu", 1.5)):
        yield from (("activation", activation), ("scale", scale), ("guess", 0), ("send",))
        if score(state) == 1:
            return


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "depth", _:
            return say("Only a deep network shows what repeated factors do.")
        case "activation", "sigmoid":
            return say("A sigmoid's slope is at most 0.25, and every layer multiplies by it.")
        case "activation", "tanh":
            return say(
                "Around zero the slope of tanh is 1, so with the right scale little is lost."
            )
        case "activation", _:
            return say("Where a ReLU is on its slope is 1, so nothing is lost there.")
        case "scale", 1.4:
            return say("He's scale, √2 ≈ 1.4, makes up for the half that ReLUs switch off.")
        case "guess", 0:
            return say("With this scale the gradient should reach the first layer.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------


EARLIER = (("leaky-relu", 2.0), ("tanh", 2.0))
"""Recipes of the run that is shown before the first: the first that is not the learner's."""
EARLIER_SEED = 5


@cache
def _earlier(activation: str, scale: float, depth: int) -> Array:
    """‖δ‖ of each layer in a run with other settings."""
    rng = np.random.default_rng(0)
    return backward(State(rng, EARLIER_SEED, activation, depth, scale))


def _tone(state: State) -> float | None:
    """The gradient under way, from one of 10⁻¹² to one of 1."""
    if state.norms is None or not state.arrived or is_over(state):
        return None
    return float(np.log10(max(state.norms[-state.arrived], 1e-12)) / 12 + 1)


def _bend(state: State) -> Node:
    return controls.choice(
        say("bend of the neurons"),
        {name: say(text) for name, (text, _) in ACTIVATIONS.items()},
        state.activation,
        MOVES.on(state).activation,
    )


def _size(state: State) -> Node:
    return controls.slider(
        say("size of the weights, g"),
        state.scale,
        MOVES.on(state).scale,
        name=say("size of the weights"),
        symbol="W",
    )


def _enough_layers(brain: Brain) -> Brain:
    """The brain, if there is a way from one layer to another."""
    if not brain.hidden:
        raise MessageError(say("Not opened. It has no hidden layer; allowed: at least 1."))
    return brain


def _clear(state: State) -> None:
    state.norms, state.arrived = None, 0
    state.bet.reopen()


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
    assert state.bet.said is not None
    return bool(abs(np.log10(ratio(state.norms)) - state.bet.said) <= 1)


def _power(k: int) -> str:
    return say("{factor} times", factor=power_text(k)) if k else say("equal")


def _times(times: float) -> str:
    if times == np.inf:
        return say("infinitely many times: nothing arrives")
    return say("{factor} times", factor=short(times))


def _bars(state: State, won: bool) -> Node:
    """A bar for each layer the gradient has come to, and where layer 1 was predicted to be."""
    norms, depth = _shown(state), layers(state)
    places = np.arange(1, depth + 1)
    ghost: list[Node] = []
    if state.norms is None:
        activation, scale = next(e for e in EARLIER if e[0] != state.activation)
        earlier = _earlier(activation, scale, depth)
        whole = earlier
    else:
        whole = state.norms
    guessed = np.array([])
    if state.norms is not None and state.bet.said is not None:
        guessed = state.norms[-1:] / 10.0**state.bet.said
    axes = plots.Axes(
        (0.4, depth + 0.6),
        plots.decades(np.concatenate([whole / 3, whole, guessed]), 1e-24, 1e24),
        height=270,
        log_y=True,
    )
    if state.norms is None:
        text = say("faint: an earlier network, {name}", name=say(ACTIVATIONS[activation][0]))
        ghost = [
            plots.bars(axes, places, earlier, 0.7, "ghost", name=say("an earlier run: layer, ‖δ‖")),
            h("text", text, x=388, y=axes.top + 16, class_="plot-text ghost end"),
        ]
    there = np.isfinite(norms)
    return plots.plot(
        axes,
        ghost,
        marked(
            h(
                "g",
                plots.bars(axes, places[there], norms[there], 0.7, "gradient"),
                plots.bars(axes, [1], guessed, 0.94, "guessed") if there.any() else None,
                class_="reached" if won else None,
                data_symbol="δ",
            ),
            _numbers(state),
        ),
        label=say("Gradient norm of {n} layers, layer 1 left", n=depth),
        x_label=say("layer (the gradient comes from the right)"),
        y_label=say("gradient norm ‖δ‖; dashed: your guess")
        if len(guessed)
        else say("gradient norm ‖δ‖"),
        key="bars",
    )


def _results(state: State) -> list[tuple[str, str]]:
    norms = state.norms if is_over(state) else None
    names = (say("layer 1"), say("last layer"), say("average factor of a layer"))
    if norms is None:
        return [(name, "–") for name in names]
    factor = short(_factor(norms)) if norms[0] > 0 else "0"
    return list(zip(names, (short(norms[0]), short(norms[-1]), factor), strict=True))


def _verdict(state: State) -> str:
    if state.norms is None and state.brain:
        return say(
            "Predict how much of the gradient still reaches layer 1 of this brain, then send it."
        )
    if state.norms is None:
        return say(
            "Predict, then send. Gold: layer 1 within a factor of {factor} of the last layer, "
            "with {n} layers or more.",
            factor=int(WIN_FACTOR),
            n=WIN_DEPTH,
        )
    if not is_over(state):
        at = layers(state) - state.arrived + 1
        if state.arrived:
            return say("The gradient is at layer {n}.", n=at)
        return say("The gradient sets off from the loss.")
    times = ratio(state.norms)
    if times == np.inf:
        return say("No gradient at all arrives at layer 1, so it cannot learn.")
    if times >= 1:
        what = say("Layer 1 gets {times} times less than the last layer.", times=short(times))
    else:
        what = say("Layer 1 gets {times} times more than the last layer.", times=short(1 / times))
    if score(state) == 1:
        return say(
            "Gold! {what} Each of {n} layers multiplies it by about {factor}.",
            what=what,
            n=layers(state),
            factor=short(_factor(state.norms)),
        )
    if state.brain:
        return say("{what} This is your brain as it was saved, on points of two moons.", what=what)
    if state.depth < WIN_DEPTH and score(state) == 0.5:
        return say("{what} Now do it with {n} layers.", what=what, n=WIN_DEPTH)
    if times > 1:
        return say(
            "{what} It hardly learns: try larger weights.",
            what=what,
        )
    return say("{what} Its steps are far too large: try smaller weights.", what=what)


def _numbers(state: State) -> dict[str, Any]:
    """The recipe and the norms; NaN for the layers that the gradient is still to reach."""
    found: dict[str, Any] = {
        say("layers"): [layers(state)],
        say("size of the weights, g"): [state.scale],
        say("gradient norm ‖δ‖ of each layer, layer 1 first"): _shown(state),
    }
    if state.norms is not None and is_over(state) and state.norms[0] > 0:
        found[say("last layer ÷ layer 1")] = [ratio(state.norms)]
        found[say("average factor of a layer")] = [_factor(state.norms)]
    return found

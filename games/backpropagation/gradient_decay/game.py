"""Gradient Decay: call how much gradient reaches layer 1, then build a network where it arrives.

One forward and one backward pass of the engine through a network of `depth`
dense layers, WIDTH units wide, on points of two moons. A bar is the norm of δ = ∂L/∂z, the gradient
that arrives at a layer, over the whole batch. Each step back multiplies δ by a Jacobian,
δ ← (δ Wᵀ) ⊙ f′(z); the product of numbers w f′ in the books is the scalar caricature of that.

The last quarter of the layers is seen at once, from which the rest can be called: on a logarithmic
axis a factor that stays makes a straight line. After each sending other weights are drawn, and a
call that failed is followed by another network, for which the number just seen is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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

EDITION = 3
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
BOTH, ARRIVES = "call-and-build", "arrives"
"""What counts as won; up to the second edition it was the latter, whatever was predicted."""
SEEN = 4
"""One layer in so many is seen before the prediction, from the last on."""
APART = 2.5
"""The network after a call that failed differs from it by at least so many powers of ten."""
CALLED = (
    ("sigmoid", 1.0, 12),
    ("sigmoid", 1.4, 20),
    ("sigmoid", 2.0, 16),
    ("tanh", 0.5, 24),
    ("tanh", 0.7, 28),
    ("relu", 0.5, 28),
    ("relu", 0.7, 20),
    ("relu", 2.5, 28),
    ("leaky-relu", 1.0, 24),
    ("leaky-relu", 2.5, 20),
    ("gelu", 1.0, 20),
    ("gelu", 2.5, 24),
)
"""Networks to call after the first: bend, size of the weights, layers."""
BUILT = (("tanh", "relu", "leaky-relu"), (0.6, 2.4), (20, 24, 28))
"""What a network that is to be built begins with: bends, sizes of the weights, layers."""
POWERS = 18
"""The guess is a power of ten from −POWERS to POWERS."""
ROOM = Room(6, 16, 7, batch_norm=True, largest=1000, losses=("cross-entropy",))
"""Of a brain that the gradient is sent through in place of a network of the recipe."""


def _recipe_counts(state: State) -> bool:
    return state.brain is None and (state.goal == ARRIVES or state.building)


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
    "goal": Param(Pick(BOTH, ARRIVES), BOTH, word("What counts as won")),
}
MOVES = moves(
    activation=Pick(*ACTIVATIONS, when=_recipe_counts),
    scale=Dial(SMALLEST, LARGEST, 0.1, when=_recipe_counts),
    depth=Dial(SHALLOWEST, DEEPEST, when=_recipe_counts),
    guess=Dial(-POWERS, POWERS, when=lambda state: state.bet.open and not _levels(state)),
    send=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: not state.bet.open if state.goal == BOTH else state.bet.over),
    open=File(binary=True),
    close=Press(when=lambda state: state.brain is not None),
)


@dataclass
class State:
    """The recipe, the bet (a power of ten), and the norms of the last pass.

    `norms` is ‖δ‖ of layers 1 to depth; None where nothing is seen before it is sent. `arrived`
    counts the layers, from the last, that the gradient has come to on its way. With a `brain` open,
    the recipe waits. First a network is `called`, then one where the gradient arrives is `built`;
    while the learner is `building`, the bet is that it arrives.
    """

    rng: np.random.Generator
    seed: int
    activation: str
    depth: int
    scale: float = 1.0
    goal: str = ARRIVES
    called: bool = False
    building: bool = False
    built: bool = False
    bet: Bet[int] = field(default_factory=Bet)
    norms: Array | None = None
    arrived: int = 0
    brain: Brain | None = None


def init(seed: int, activation: str = "sigmoid", depth: int = WIN_DEPTH, goal: str = BOTH) -> State:
    """Nothing sent; points and weights come from one drawn seed, whatever the recipe."""
    rng = np.random.default_rng(seed)
    state = State(rng, int(rng.integers(2**32)), activation, depth, goal=goal)
    _look(state)
    return state


def update(state: State, move: str, *values: Any) -> None:
    """The recipe, the prediction and the gradient; a brain in place of the recipe, or out of it."""
    match move, *values:
        case "activation" | "scale" | "depth", value:
            setattr(state, move, value)
            _reopen(state)
        case "guess", k:
            state.bet.place(k)
        case ("send",):
            if state.norms is None:
                state.norms = backward(state)
            state.bet.begin()
        case ("again",):
            if state.goal == BOTH and state.brain is None:
                _deal(state)
            _reopen(state)
            state.bet.again()
            _look(state)
        case "open", text:
            state.brain = _enough_layers(taken(text, ROOM))
            _reopen(state)
        case ("close",):
            state.brain = None
            _reopen(state)


def _reopen(state: State) -> None:
    """What was sent counts no more; whoever has seen it is asked of other weights."""
    if not state.bet.open and state.goal == BOTH:
        state.seed = int(state.rng.integers(2**32))
    state.bet.reopen()
    _look(state)


def _look(state: State) -> None:
    """What is seen before anything is sent; whoever builds says that all of it will arrive."""
    state.norms, state.arrived = None, 0
    if state.goal == BOTH:
        state.norms, state.arrived = backward(state), layers(state) // SEEN
    if _levels(state):
        state.bet.place(0)


def _levels(state: State) -> bool:
    """Whether the learner has the dials, and nothing else to predict than that it arrives."""
    return state.building and state.brain is None


def _deal(state: State) -> None:
    """Another network: to be built, once one was called, else to be called."""
    rng = state.rng
    state.building = state.called
    if state.called:
        every, sizes, depths = BUILT
        bends = [bend for bend in every if bend != state.activation]
        state.activation = bends[int(rng.integers(len(bends)))]
        state.scale = sizes[int(rng.integers(len(sizes)))]
        state.depth = depths[int(rng.integers(len(depths)))]
        return
    known = orders(state)
    for place in rng.permutation(len(CALLED)):
        state.activation, state.scale, state.depth = CALLED[place]
        if abs(orders(state, backward(state)) - known) >= APART:
            return


def tick(state: State) -> bool:
    """The gradient comes to one more layer."""
    if state.norms is None or not state.bet.running:
        return False
    state.arrived += 1
    if is_over(state):
        state.bet.settle()
        if _levels(state):
            state.built = state.built or (_arrives(state) and state.depth >= WIN_DEPTH)
        elif state.brain is None and _close(state):
            state.called = True
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


def orders(state: State, norms: Array | None = None) -> float:
    """How many powers of ten smaller layer 1's gradient is, of this pass or the last."""
    found = state.norms if norms is None else norms
    assert found is not None
    return float(np.log10(min(max(ratio(found), 1e-30), 1e30)))


def _arrives(state: State) -> bool:
    return bool(abs(orders(state)) <= np.log10(WIN_FACTOR))


def _close(state: State) -> bool:
    """Whether the guess is the nearest power of ten, or the one beside it."""
    assert state.norms is not None
    assert state.bet.said is not None
    return bool(abs(np.log10(ratio(state.norms)) - state.bet.said) <= 1)


def view(state: State) -> Node:
    """The bars, and the prediction or the recipe."""
    won, over = score(state) == 1, is_over(state)
    truth = None if state.norms is None or not over else _times(ratio(state.norms))
    may, bet, both = MOVES.on(state), state.bet, state.goal == BOTH
    said, levels, dials = bet.told(_power), _levels(state), _recipe_counts(state)
    failed = over and not won and not (both and not levels and _close(state))
    return shell(
        _bars(state, won),
        widgets.verdict(_verdict(state), won, lost=failed),
        dock=[
            _bend(state) if dials else None,
            _size(state) if dials else None,
            None
            if levels
            else slip(
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
        go=_next(state, said),
        mission=widgets.progress(say("called, then built"), state.called + state.built, 2)
        if both
        else None,
        drawers=[
            controls.slider(say("layers"), state.depth, may.depth) if dials else None,
            widgets.folded(say("Numbers"), widgets.readouts(_results(state)), key="numbers"),
            widgets.explained(
                say("Where the factors come from"),
                say(
                    "The weights are drawn with a spread (standard deviation) of g / √n, where "
                    "n is how many numbers a neuron reads. Kaiming He’s start has "
                    "g = √2 ≈ {root}, LeCun’s g = 1. Books often write the gradient at layer 1 "
                    "as a product of numbers w · f′(z), one for each layer. That is a "
                    "caricature with a single neuron in each. Here every step back is a "
                    "product of matrices: δ ← (δ Wᵀ) ⊙ f′(z).",
                    root=fixed(2**0.5, 1),
                ),
                key="why",
            ),
            opener(state.brain, may.open, may.close, say("Back to the recipe")),
        ],
        tone=_tone(state),
    )


def _next(state: State, said: str | None) -> Node:
    """Sending it; after that another network, for which nothing is known yet."""
    may, bet = MOVES.on(state), state.bet
    if state.goal == BOTH and not bet.open:
        if state.called and not state.building:
            return controls.button(say("Build one"), may.again, primary=True, key="commit")
        return controls.button(say("Another network"), may.again, primary=True, key="commit")
    go = said and say("Send it back: I predict {times}", times=said)
    if _levels(state):
        go = say("Send it back")
    return commit(bet, go, may.send, may.again)


def score(state: State) -> float:
    """Half for the call and half for what was built; or how near to arriving the last pass came.

    Arriving: layer 1 gets within WIN_FACTOR of the last layer's gradient at WIN_DEPTH or deeper.
    """
    if state.goal == BOTH:
        return (state.called + state.built) / 2
    if state.norms is None or not is_over(state):
        return 0.0
    if _arrives(state):
        return 1.0 if layers(state) >= WIN_DEPTH else 0.5
    return float(0.5 / abs(orders(state))) if layers(state) >= WIN_DEPTH else 0.0


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
    """A call, and ReLU with about He's scale; or the decay with sigmoid first, then the same."""
    if state.brain:
        yield ("close",)
    if state.goal == BOTH:
        if not state.bet.open:
            yield ("again",)
        if not state.building:
            yield from (("guess", round(min(max(orders(state), -POWERS), POWERS))), ("send",))
            yield ("again",)
        yield ("depth", max(state.depth, WIN_DEPTH))
        yield ("activation", "relu")
        yield from (("scale", _levelling(state)), ("send",))
        return
    yield ("depth", max(state.depth, WIN_DEPTH))
    for activation, scale, guess in (("sigmoid", 1.0, 12), ("relu", 1.0, 3), ("relu", 1.4, 0)):
        yield from (("activation", activation), ("scale", scale), ("guess", guess), ("send",))
        if score(state) == 1:
            return
    for activation, scale in (("tanh", 1.2), ("tanh", 1.4), ("relu", 1.5)):
        yield from (("activation", activation), ("scale", scale), ("guess", 0), ("send",))
        if score(state) == 1:
            return


def _levelling(state: State) -> float:
    """The size of the weights, near He's, with which most of the gradient arrives."""
    near = [round(float(scale), 1) for scale in np.arange(1.2, 1.75, 0.1)]
    return min(near, key=lambda scale: abs(orders(state, backward(replace(state, scale=scale)))))


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
        case "scale", float(scale) if 1.2 <= scale <= 1.7:
            return say("He's scale, √2 ≈ 1.4, makes up for the half that ReLUs switch off.")
        case "guess", int(k) if state.goal == BOTH and state.norms is not None:
            return say(
                "Each layer multiplies it by about {factor}, and {n} of them make {times}.",
                factor=short(_factor(state.norms)),
                n=layers(state) - 1,
                times=_power(k),
            )
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
    if state.norms is None or not state.arrived or not state.bet.running:
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


def _shown(state: State) -> Array:
    """The norms as far as the gradient has come."""
    shown = np.full(layers(state), np.nan)
    if state.norms is not None and state.arrived:
        shown[-state.arrived :] = state.norms[-state.arrived :]
    return shown


def _factor(norms: Array) -> float:
    """What one step back multiplies the gradient by, as a geometric mean."""
    return float((norms[0] / norms[-1]) ** (1 / (len(norms) - 1)))


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
    axes = _axes(state)
    if state.norms is None:
        activation, scale = next(e for e in EARLIER if e[0] != state.activation)
        earlier = _earlier(activation, scale, depth)
        text = say("faint: an earlier network, {name}", name=say(ACTIVATIONS[activation][0]))
        ghost = [
            plots.bars(
                axes, places, earlier, 0.7, "decay-ghost", name=say("an earlier run: layer, ‖δ‖")
            ),
            h("text", text, x=388, y=axes.top + 16, class_="plot-text ghost end"),
        ]
    there, guessed = np.isfinite(norms), _guessed(state)
    aim = [] if state.norms is None else [state.norms[-1] * WIN_FACTOR**side for side in (-1, 1)]
    return plots.plot(
        axes,
        ghost,
        [plots.rule(axes, y=end) for end in aim] if _levels(state) else None,
        marked(
            h(
                "g",
                plots.bars(axes, places[there], norms[there], 0.7, "gradient"),
                plots.bars(axes, [1], guessed, 0.94, "guessed")
                if len(guessed) and there.any()
                else None,
                class_="reached" if won else None,
                data_symbol="δ",
            ),
            _numbers(state),
        ),
        _hand(state, axes) if state.goal == BOTH and MOVES.on(state).guess.open else None,
        label=say("Gradient norm of {n} layers, layer 1 left", n=depth),
        x_label=say("layer (the gradient comes from the right)"),
        y_label=_heights(state),
        key="bars",
    )


def _heights(state: State) -> str:
    """What the bars and the lines say."""
    if _levels(state):
        return say("gradient norm ‖δ‖; dotted: the aim")
    if len(_guessed(state)):
        return say("gradient norm ‖δ‖; dashed: your guess")
    return say("gradient norm ‖δ‖")


def _guessed(state: State) -> Array:
    """The norm at layer 1 that was predicted; empty until then."""
    if state.norms is None or state.bet.said is None:
        return np.array([])
    return np.asarray(state.norms[-1:] / 10.0**state.bet.said)


def _axes(state: State) -> plots.Axes:
    """Room for what is seen; before all has come, for what might come."""
    if state.norms is None:
        activation, scale = next(e for e in EARLIER if e[0] != state.activation)
        seen = _earlier(activation, scale, layers(state))
    elif state.goal == ARRIVES:
        seen = np.concatenate([state.norms, _guessed(state)])
    else:
        down, up = (3, 3) if _levels(state) else (15, 7)
        might = state.norms[-1] * 10.0 ** np.array([-down, up])
        come = _shown(state)
        seen = np.concatenate([might, come[np.isfinite(come)], _guessed(state)])
    ends = plots.decades(np.concatenate([seen / 3, seen]), 1e-24, 1e24)
    return plots.Axes((0.4, layers(state) + 0.6), ends, height=270, log_y=True)


def _hand(state: State, axes: plots.Axes) -> Node:
    """The prediction at layer 1, to be dragged up and down, a power of ten at a time."""
    assert state.norms is not None
    low, high = (float(np.log10(state.norms[-1] / end)) for end in axes.y)
    powers = plots.Axes(axes.x, (low, high), height=axes.height)
    said = state.bet.said
    return controls.handle(
        say("prediction, a power of ten"),
        powers,
        1,
        said or 0,
        MOVES.on(state).guess,
        said=say("nothing yet") if said is None else _power(said),
        along="y",
        key="hand",
    )


def _results(state: State) -> list[tuple[str, str]]:
    norms = state.norms if is_over(state) else None
    names = (say("layer 1"), say("last layer"), say("average factor of a layer"))
    if norms is None:
        return [(name, "–") for name in names]
    factor = short(_factor(norms)) if norms[0] > 0 else "0"
    return list(zip(names, (short(norms[0]), short(norms[-1]), factor), strict=True))


def _verdict(state: State) -> str:
    if state.goal == BOTH and state.bet.open:
        return _asked(state)
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
    if state.brain:
        return say("{what} This is your brain as it was saved, on points of two moons.", what=what)
    factor = short(_factor(state.norms))
    if state.goal == BOTH and not _levels(state):
        if _close(state):
            return say(
                "Called it! {what} Each layer multiplies it by {factor}.", what=what, factor=factor
            )
        return say(
            "{what} Each layer multiplies it by {factor}. Now another network.",
            what=what,
            factor=factor,
        )
    arrives = _arrives(state)
    if arrives and layers(state) >= WIN_DEPTH:
        return say(
            "Gold! {what} Each of {n} layers multiplies it by about {factor}.",
            what=what,
            n=layers(state),
            factor=factor,
        )
    if arrives:
        return say("{what} Now do it with {n} layers.", what=what, n=WIN_DEPTH)
    if times > 1:
        return say(
            "{what} It hardly learns: try larger weights.",
            what=what,
        )
    return say("{what} Its steps are far too large: try smaller weights.", what=what)


def _asked(state: State) -> str:
    """What is to be done with what is seen of the network."""
    n = layers(state)
    if state.brain:
        return say(
            "Predict how much of the gradient still reaches layer 1 of this brain, then send it."
        )
    if _levels(state):
        return say(
            "Now you build: choose bend and size so that the gradient gets to layer 1 between the "
            "dotted lines, with {n} layers or more.",
            n=WIN_DEPTH,
        )
    return say(
        "The gradient has come from layer {n} to layer {at}. How far down is it at layer 1? Drag "
        "the point there.",
        n=n,
        at=n - state.arrived + 1,
    )


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

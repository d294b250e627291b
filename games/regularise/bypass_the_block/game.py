"""Bypass the Block: predict which of three networks learns most and which least, then train them.

Three stacks of tanh layers, `WIDTH` wide, learn the same points by plain gradient descent, all of
them in every step: one of `SHALLOW` layers, one of many, and one of as many whose middle layers are
y = x + F(x), pycore's `Residual`. The two deep ones begin with the very same weights, and those of
their middle layers are a little too small (`GAIN`), as in the figure of the lesson.

The loss is measured on the points that are trained on: what is seen is no overfitting. (He et al.,
Deep residual learning for image recognition, 2016, found the same of networks of 20 and 56 layers.)

Of 50 seeds, after `STEPS` steps; the test beside it counts again:

    layers    with + x learns most    the plain deep one learns least
    40                 50                         50
    20                 50                         50
    10                 50                         41
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts import runs
from games.concepts.bet import Bet, commit
from games.concepts.training import DECIMALS, Rounded, Training
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, short
from games.ui.shell import shell
from games.words import say, word
from pycore import data, initializers
from pycore.activations import Tanh
from pycore.arrays import Array
from pycore.layers import Dense, Layer, Residual, Sequential
from pycore.losses import BinaryCrossEntropy
from pycore.optimizers import SGD

TICKS_PER_SECOND = 20
LEARNT = word(
    "Forty plain layers learned less than four, even on the points they trained on: hardly any "
    "gradient reached the first ones. With + x around each layer it has a way past all of them."
)
PARAMS = {"steps": Param(Dial(60, 240, 20), 120, "Training steps")}
SHALLOW, WIDTH, GAIN, RATE, POINTS, NOISE = 4, 8, 0.7, 0.05, 64, 0.1
DEPTHS = (10, 20, 40)
TWINS = ("shallow", "plain", "skip")
EVERY = 2
"""Steps between two looks into the layers."""
MOVES = moves(
    most=Pick(*TWINS, when=lambda state: state.bet.open),
    least=Pick(*TWINS, when=lambda state: state.bet.open),
    depth=Pick(*DEPTHS),
    train=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: not state.bet.open),
)


@dataclass(frozen=True)
class Judged:
    """A network as it stands: its loss, and the size of dL/da that arrives at each layer's end."""

    loss: float
    sizes: tuple[float, ...]


@dataclass
class State:
    """The setting, the bet (most, least), and the three runners, once they train."""

    rng: np.random.Generator
    seed: int
    steps: int
    depth: int = 40
    most: str | None = None
    least: str | None = None
    bet: Bet[tuple[str, str]] = field(default_factory=Bet)
    runners: list[Training[Rounded, Judged]] = field(default_factory=list)

    @property
    def step(self) -> int:
        """Steps made."""
        return self.runners[0].step if self.runners else 0

    @property
    def now(self) -> list[Judged]:
        """How the three stand."""
        return [runner.now for runner in self.runners]

    @property
    def truth(self) -> tuple[str, str]:
        """Who has the lowest loss, and who the highest."""
        order = np.argsort([judged.loss for judged in self.now], kind="stable")
        return TWINS[order[0]], TWINS[order[-1]]


def init(seed: int, steps: int = 120) -> State:
    """Nothing predicted, nothing trained; points and weights come from one drawn seed."""
    rng = np.random.default_rng(seed)
    return State(rng, int(rng.integers(2**31)), steps)


def update(state: State, move: str, *values: Any) -> None:
    """Another depth clears the table; `again` draws new points and weights, too."""
    match move, *values:
        case "most" | "least", twin:
            setattr(state, move, twin)
            if state.most and state.least:
                state.bet.place((state.most, state.least))
        case "depth", depth:
            state.depth, state.runners = depth, []
            if not state.bet.open:
                _clear(state)
        case ("train",):
            state.runners = [
                Training(trainer, _judged, every=EVERY)
                for trainer in lined_up(state.seed, state.depth)
            ]
            state.bet.begin()
        case ("again",):
            state.seed, state.runners = int(state.rng.integers(2**31)), []
            _clear(state)


def _clear(state: State) -> None:
    state.bet.again()
    state.most = state.least = None


def stack(depth: int, skip: bool, rng: np.random.Generator) -> Sequential:
    """A first layer, depth − 2 of tanh, around each a way past it or not, and the output."""
    start = initializers.normal(GAIN / np.sqrt(WIDTH))
    layers: list[Layer] = [Dense(2, WIDTH, rng=rng), Tanh()]
    for _ in range(depth - 2):
        block = Sequential(Dense(WIDTH, WIDTH, start, rng=rng), Tanh())
        layers += [Residual(block)] if skip else list(block)
    return Sequential(*layers, Dense(WIDTH, 1, rng=rng))


def lined_up(seed: int, depth: int) -> list[Rounded]:
    """The three before their first step."""
    x, y = data.moons(POINTS, NOISE, np.random.default_rng(seed))
    found = []
    for twin in TWINS:
        layers = SHALLOW if twin == "shallow" else depth
        network = stack(layers, twin == "skip", np.random.default_rng(seed))
        np.round(network.theta, DECIMALS, out=network.theta)
        found.append(Rounded(network, BinaryCrossEntropy(), SGD(RATE), x, y))
    return found


def _judged(trainer: Rounded) -> Judged:
    """The loss, and the gradient on its way back: layer by layer, so that each can be measured."""
    network, sizes = trainer.network, []
    loss = trainer.loss.forward(network.forward(trainer.x, training=True), trainer.y)
    dy = trainer.loss.backward()
    for layer in reversed(network.layers):
        if isinstance(layer, Tanh | Residual) or layer is network.layers[-1]:
            sizes.append(float(np.linalg.norm(dy)))
        dy = layer.backward(dy)
    network.zero_grad()
    return Judged(loss, tuple(reversed(sizes)))


def tick(state: State) -> bool:
    """One step of each."""
    if not state.bet.running:
        return False
    for runner in state.runners:
        runner.advance()
    if state.step >= state.steps:
        state.bet.settle()
    return True


def score(state: State) -> float:
    """1 when both ends were predicted at forty layers; half of it for one of them, or elsewhere."""
    if not state.bet.over or state.bet.said is None:
        return 0.0
    hits = sum(a == b for a, b in zip(state.bet.said, state.truth, strict=True))
    return hits / 2 if state.depth == DEPTHS[-1] else hits / 4


def solution(state: State) -> Iterator[Message]:
    """Predict what is nearly always so; and where it was not, what has been seen.

    To be read message by message: what follows a training depends on it.
    """
    for _ in range(6):
        if score(state) == 1:
            return
        if not state.bet.open:
            yield ("again",)
        if state.depth != DEPTHS[-1]:
            yield ("depth", DEPTHS[-1])
        yield from (("most", "skip"), ("least", "plain"), ("train",))


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move:
        case "most":
            return say("With + x the gradient has a way past every layer.")
        case "least":
            return say("Every plain layer takes something from the gradient that passes it.")
        case "depth":
            return say("At forty layers the difference is largest.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

LOSSES = plots.Axes((0, 120), (0.001, 1.0), log_y=True, height=140, top=14, bottom=36)
LEFT, RIGHT, TALL, PITCH = 6.0, 394.0, 16.0, 56.0
FAINTEST = -8
"""A gradient of 10 to this power is not seen any more; one of 1 is opaque."""


def _names(state: State) -> dict[str, str]:
    return {
        "shallow": say("{n} layers", n=SHALLOW),
        "plain": say("{n} layers", n=state.depth),
        "skip": say("{n} with + x", n=state.depth),
    }


def view(state: State) -> Node:
    """The three stacks with the gradient in them, their losses, and the two guesses."""
    may, bet, names = MOVES.on(state), state.bet, _names(state)
    won = score(state) == 1
    question = say("Which learns most in {n} steps, and which least?", n=state.steps)
    return shell(
        h("div", _stacks(state, won), _losses(state), class_="twins"),
        widgets.verdict(_verdict(state), won, lost=bet.over and bet.said != state.truth),
        dock=[
            h(
                "div",
                h("p", question, class_="prediction-question"),
                controls.choice(say("learns most"), names, state.most, may.most),
                controls.choice(say("learns least"), names, state.least, may.least),
                key="bet",
                class_="prediction",
                role="group",
                aria_label=question,
            )
        ],
        go=widgets.row(
            commit(bet, bet.said and say("Train all three"), may.train, may.again),
            controls.button(say("Start over"), may.again, key="back") if bet.running else None,
        ),
        drawers=[
            widgets.folded(
                say("More controls"),
                controls.choice(
                    say("layers of the deep ones"), lambda n: str(n), state.depth, may.depth
                ),
                widgets.hint(say("Gold is won at {n} layers.", n=DEPTHS[-1])),
                key="more",
            ),
            widgets.folded(say("Numbers"), _table(state), key="numbers"),
            widgets.explained(
                say("What the three have in common"),
                say(
                    "All see the same {points} points of two moons in every step, at a "
                    "learning rate of {rate}. The deep ones start with exactly the same "
                    "weights. The only difference is y = F(x) or y = x + F(x). The loss is "
                    "that of the training points.",
                    points=POINTS,
                    rate=fixed(RATE),
                ),
                key="same",
            ),
        ],
        tone=min(judged.loss for judged in state.now) if bet.running else None,
    )


def describe(state: State) -> str:
    """The setting, the guess, and how the three stand."""
    names = _names(state)
    return say(
        "{depth} layers, {steps} steps. Learns most: {most}; least: {least}. {verdict} {losses}",
        depth=state.depth,
        steps=state.steps,
        most=names.get(state.most or "", say("not said")),
        least=names.get(state.least or "", say("not said")),
        verdict=_verdict(state),
        losses=_told(state) if state.runners else say("Nothing is trained yet."),
    )


def _told(state: State) -> str:
    shallow, plain, skip = (short(judged.loss, 2) for judged in state.now)
    return say(
        "Losses: {shallow} with {few} layers, {plain} with {n}, {skip} with {n} and + x.",
        few=SHALLOW,
        n=state.depth,
        shallow=shallow,
        plain=plain,
        skip=skip,
    )


def _verdict(state: State) -> str:
    if state.bet.open:
        return say(
            "The deep stacks start alike; the lower one adds each layer’s input to its output. "
            "Predict, then train."
        )
    _, plain, skip = state.now
    first = {
        "plain": short(plain.sizes[0], 2),
        "skip": short(skip.sizes[0], 2),
    }
    if state.bet.running:
        return say("Gradient in layer 1: {plain} plain, {skip} with + x.", **first)
    if score(state) == 1:
        return say(
            "Called it! Layer 1 of the plain stack gets a gradient of {plain}, with + x of {skip}.",
            **first,
        )
    if state.bet.said == state.truth:
        return say("Right, at {n} layers. Gold waits at {gold}.", n=state.depth, gold=DEPTHS[-1])
    names = _names(state)
    most, least = (names[twin] for twin in state.truth)
    return say(
        "Most: {most}. Least: {least}. Look at the far left, at how much gradient comes to layer "
        "1.",
        most=most,
        least=least,
    )


def _stacks(state: State, won: bool) -> Node:
    """A row of layers for each twin, as strong in colour as the gradient that it gets."""
    names, width = _names(state), (RIGHT - LEFT) / DEPTHS[-1]
    rows = []
    for i, twin in enumerate(TWINS):
        top, depth = 26 + PITCH * i, SHALLOW if twin == "shallow" else state.depth
        sizes = state.now[i].sizes if state.runners else (0.0,) * depth
        spots = [LEFT + width * layer for layer in range(depth)]
        arcs = "".join(
            f"M{x:.1f} {top - 1:g}q{width / 2:.2f} -9 {width:.2f} 0" for x in spots[1:-1]
        )
        rows.append(
            h(
                "g",
                h("path", d=f"M{LEFT:g} {top - 16:g}h22", class_=f"curve {runs.line(i)}"),
                h("text", names[twin], x=LEFT + 28, y=top - 11, class_="stack-name"),
                h(
                    "text",
                    say("loss {loss}", loss=short(state.now[i].loss, 2)),
                    x=RIGHT,
                    y=top - 11,
                    class_="end",
                )
                if state.runners
                else None,
                h("path", d=arcs, class_="bypass") if twin == "skip" else None,
                [
                    h(
                        "rect",
                        x=round(x + 0.6, 1),
                        y=top,
                        width=round(width - 1.2, 1),
                        height=TALL,
                        class_="layer",
                        fill_opacity=_strength(size),
                        key=layer,
                    )
                    for layer, (x, size) in enumerate(zip(spots, sizes, strict=True))
                ],
                key=twin,
                class_=f"stack {runs.line(i)}{' won' if won and twin == 'skip' else ''}",
                marks={
                    say("{name}: size of dL/da by layer", name=names[twin]): np.array(sizes),
                }
                if state.runners
                else None,
            )
        )
    return h(
        "svg",
        rows,
        h("text", say("input"), x=LEFT, y=26 + 2 * PITCH + TALL + 17, class_="axis-name"),
        h(
            "text",
            say("stronger colour: more gradient"),
            x=RIGHT,
            y=26 + 2 * PITCH + TALL + 17,
            class_="axis-name end",
        ),
        viewBox="0 0 400 182",
        class_="diagram stacks",
        role="img",
        aria_label=say("Gradient in each layer of the three stacks"),
        key="stacks",
    )


def _strength(size: float) -> str:
    """How opaque a layer is: by the power of ten of its gradient, from FAINTEST to 0."""
    power = np.log10(max(size, 10.0**FAINTEST))
    return f"{min(1 - power / FAINTEST, 1):.2f}"


@cache
def _ghost() -> Array:
    """The losses of an earlier run: two layers, other points."""
    x, y = data.moons(POINTS, NOISE, np.random.default_rng(1))
    network = stack(2, False, np.random.default_rng(1))
    trainer = Rounded(network, BinaryCrossEntropy(), SGD(RATE), x, y)
    return np.array([trainer.update() for _ in range(120)])


def _losses(state: State) -> Node:
    """The three losses so far, on a logarithmic axis."""
    axes = plots.Axes(
        (0, state.steps), LOSSES.y, log_y=True, height=LOSSES.height, top=14, bottom=36
    )
    ghost = _ghost()
    return plots.plot(
        axes,
        marked(
            h(
                "g",
                runs.curves(
                    axes,
                    [runner.history.column("loss") for runner in state.runners],
                    state.runners[0].history.steps,
                ),
            ),
            {
                say("loss (looks × twins)"): np.stack(
                    [runner.history.column("loss") for runner in state.runners], axis=1
                )
            },
        )
        if state.runners
        else plots.curve(
            axes, np.arange(len(ghost)), ghost, "ghost", name=say("loss of the earlier run")
        ),
        label=say("Training loss of the three"),
        x_label=say("step"),
        y_label=say("training loss") if state.runners else say("loss; faint: two layers, earlier"),
        key="losses",
    )


def _table(state: State) -> Node:
    rows = []
    for i, name in enumerate(_names(state).values()):
        found = ["–"] * 3
        if state.runners:
            judged = state.now[i]
            found = [short(n, 3) for n in (judged.loss, judged.sizes[0], judged.sizes[-1])]
        rows.append([name, *found])
    return marked(
        widgets.table(
            say("Loss, and the size of dL/da where each layer ends"),
            [say("stack"), say("loss"), say("layer 1"), say("last layer")],
            rows,
            key="sizes",
        ),
        {
            say("layers of each stack"): [SHALLOW, state.depth, state.depth],
            say("steps to make, training points, learning rate"): [state.steps, POINTS, RATE],
            say("layers for gold"): [DEPTHS[-1]],
        },
    )

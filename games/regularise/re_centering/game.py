"""Re-centering: choose over how many points to normalise, predict how well that learns, and train.

Two moons far from (0, 0), one hidden layer of 16 units, steps as large as 1. Without batch
normalisation every training ends at a coin's toss; with batches of 64 nearly all new points come
out right, with 4 about 86 in 100. Over a batch of one there is nothing to normalise by, and the
engine refuses. New points come one at a time, so the running statistics judge them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, slip
from games.concepts.training import Rounded, Training
from games.moves import Dial, Pick, Press, Switch, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.ui.shell import shell
from games.words import say, word
from pycore import data
from pycore.activations import ReLU
from pycore.arrays import Array
from pycore.layer import Layer
from pycore.layers import Dense, Sequential
from pycore.losses import BinaryCrossEntropy
from pycore.normalization import BatchNorm
from pycore.optimizers import SGD

TICKS_PER_SECOND = 60
COUNT, NEW, NOISE = 384, 200, 0.1
STRETCH, SHIFT = 4.0, 6.0
"""The moons are drawn out and pushed away from (0, 0), as raw measurements are."""
UNITS, RATE = 16, 1.0
LARGEST = 64
"""Points in a batch where nothing is normalised."""
GOOD, CLOSE = 0.95, 0.1
"""Won with so large a share of new points right, predicted to within CLOSE."""

LEARNT = word(
    "Normalised over a batch, every unit has mean 0 and spread 1, and large steps are safe. "
    "Small batches have poor statistics; in use, with one point at a time, running ones serve."
)
SIZES = Pick({"off": 0, "1": 1, "2": 2, "4": 4, "16": 16, "64": 64})
PARAMS = {"steps": Param(Dial(300, 500, 50), 300, "Steps of a training")}
MOVES = moves(
    over=SIZES,
    look=Pick("before", "batch", "running", when=lambda state: state.over != "off"),
    gamma=Dial(-2, 2, 0.1, when=lambda state: state.over != "off" and state.bet.open),
    beta=Dial(-3, 3, 0.1, when=lambda state: state.over != "off" and state.bet.open),
    after=Switch(when=lambda state: state.over != "off"),
    guess=Dial(0, 100, 5, when=lambda state: state.bet.open),
    train=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: not state.bet.open),
)


@dataclass(frozen=True)
class Judged:
    """The first unit's mean over a batch and in the long run; the share of new points right."""

    batch_mean: float
    running_mean: float
    right: float


@dataclass
class State:
    """Over how many points is normalised, what is looked at, the bet and the training.

    `gamma` and `beta` are the scale and the shift that every unit begins a training with, and
    `after` says whether the units are drawn after theirs. `refused` says that the engine has
    refused to train with so small a batch.
    """

    rng: np.random.Generator
    steps: int
    seen: tuple[Array, Array]
    new: tuple[Array, Array]
    network: Sequential
    training: Training[Rounded, Judged] | None = None
    over: str = "off"
    look: str = "batch"
    gamma: float = 1.0
    beta: float = 0.0
    after: bool = False
    bet: Bet[int] = field(default_factory=Bet)
    refused: bool = False


def init(seed: int, steps: int = 300) -> State:
    """Points to learn from, points that come later, and a network without normalisation."""
    rng = np.random.default_rng(seed)
    seen, new = _moons(COUNT, rng), _moons(NEW, rng)
    return State(rng, steps, seen, new, _network(False, rng))


def update(state: State, move: str, *values: Any) -> None:
    """Normalise over so many points, look before or after, predict and train."""
    match move, *values:
        case "over", size:
            state.over = size
            _fresh(state)
        case "look", what:
            state.look = what
        case "gamma", gamma:
            state.gamma, state.after = gamma, True
            _scale(state)
        case "beta", beta:
            state.beta, state.after = beta, True
            _scale(state)
        case "after", on:
            state.after = on
        case "guess", share:
            state.bet.place(share)
        case ("train",):
            state.bet.begin()
            _begin(state)
        case ("again",):
            _fresh(state)


def tick(state: State) -> bool:
    """One step with one batch."""
    if not state.bet.running or state.training is None:
        return False
    state.training.advance()
    if state.training.step >= state.steps:
        state.training.judge()
        state.bet.settle()
    return True


def right(state: State) -> float:
    """The share of new points that come out right, one at a time: with the running statistics."""
    return _right(_reader(state.network), state.new)


def called(state: State) -> bool:
    """Whether what came out is as good as was predicted."""
    return state.bet.said is not None and abs(state.bet.said / 100 - right(state)) <= CLOSE + 1e-9


def score(state: State) -> float:
    """1 for a training that was predicted, and got GOOD of the new points right."""
    if not state.bet.over or state.refused:
        return 0.0
    share = right(state)
    return 1.0 if share >= GOOD and called(state) else 0.9 * share


def solution(state: State) -> Iterator[Message]:
    """Normalise over as many points as there may be."""
    tries = 0
    while score(state) < 1 and tries < 12:
        yield ("over", "64")
        if (state.gamma, state.beta) != (1, 0):
            yield from (("gamma", 1), ("beta", 0))
        yield from (("guess", 100), ("train",))
        tries += 1


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move:
        case "over":
            return say("The more points, the better their mean and spread are known.")
        case "guess":
            return say("With good statistics even large steps arrive.")
    return ""


# --- the network ----------------------------------------------------------------------------------


def _moons(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    x, y = data.moons(count, NOISE, rng)
    return STRETCH * x + SHIFT, y.reshape(-1, 1).astype(float)


def _network(normalised: bool, rng: np.random.Generator) -> Sequential:
    middle: list[Layer] = [BatchNorm(UNITS)] if normalised else []
    return Sequential(Dense(2, UNITS, rng=rng), *middle, ReLU(), Dense(UNITS, 1, rng=rng))


@cache
def _blank(normalised: bool) -> Sequential:
    return _network(normalised, np.random.default_rng(0))


def _reader(network: Sequential) -> Sequential:
    """A second network with the same state, which answers pictures: looking trains nothing."""
    reader = _blank(_norm(network) is not None)
    reader.restore(network.state())
    return reader


def _norm(network: Sequential) -> BatchNorm | None:
    return next((layer for layer in network if isinstance(layer, BatchNorm)), None)


def _right(network: Sequential, points: tuple[Array, Array]) -> float:
    x, y = points
    return float(((network.forward(x) > 0) == (y > 0.5)).mean())


def _size(state: State) -> int:
    """Points in a batch."""
    return SIZES[state.over] or LARGEST


def _batch(state: State) -> Array:
    """The points of one batch, which the pictures show."""
    return state.seen[0][: _size(state)]


def _fresh(state: State) -> None:
    """Other weights, and an empty bet."""
    state.network = _network(state.over != "off", state.rng)
    _scale(state)
    state.training, state.refused = None, False
    state.bet.again()


def _scale(state: State) -> None:
    """Every unit begins with the scale and the shift that were chosen."""
    norm = _norm(state.network)
    if norm is not None:
        norm.gamma[...], norm.beta[...] = state.gamma, state.beta


def _begin(state: State) -> None:
    """Begin a training; what the engine refuses is over at once."""
    x, y = state.seen
    try:
        trainer = Rounded(
            state.network, BinaryCrossEntropy(), SGD(RATE), x, y, _size(state), state.rng
        )
    except ValueError:
        state.refused = True
        state.bet.settle()
        return

    def judge(trainer: Rounded) -> Judged:
        network = _reader(trainer.network)
        norm = _norm(network)
        mean = float(network[0].forward(_batch(state))[:, 0].mean())
        kept = mean if norm is None else float(norm.running_mean[0])
        return Judged(mean, kept, _right(network, state.new))

    state.training = Training(trainer, judge, every=5)


def sums(state: State, look: str) -> Array:
    """What the units of the layer get from a batch: before, or normalised by which statistics.

    That is x̂ or, where it is asked for, γ x̂ + β with each unit's own scale and shift.

    Shapes: → (points, UNITS).
    """
    network = _reader(state.network)
    z, norm = network[0].forward(_batch(state)), _norm(network)
    if norm is None or look == "before":
        return z
    if look == "running":
        norm.forward(z)
    else:
        norm.normalize(z, (0,))
    normalised: Array = norm.x_hat
    return norm.gamma * normalised + norm.beta if state.after else normalised


# --- pictures and words ---------------------------------------------------------------------------

SHOWN = 8
"""Units that are drawn."""
AXES = plots.Axes((0.4, SHOWN + 0.6), (-12, 12), height=290)
WIDER = plots.Axes((0.4, SHOWN + 0.6), (-8, 8), height=290)
NEAR = plots.Axes((0.4, SHOWN + 0.6), (-4, 4), height=290)


def view(state: State) -> Node:
    """What each unit gets, before or after; over how many points, and the bet."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    return shell(
        _dots(state, won),
        widgets.verdict(_verdict(state), won, lost=bet.over and not won),
        dock=[
            controls.choice(
                say("normalise over"),
                {name: say("off") if name == "off" else name for name in SIZES.values},
                state.over,
                may.over,
            ),
            controls.choice(
                say("show"),
                {
                    "before": say("before"),
                    "batch": say("by batch"),
                    "running": say("running"),
                },
                "before" if state.over == "off" else state.look,
                may.look,
            ),
            slip(
                bet,
                say("Of 100 new points, one at a time, how many will come out right?"),
                controls.slider(
                    say("points"), bet.said, may.guess, at=50, name=say("predicted points right")
                ),
                said=bet.told(str),
                truth=_truth(state) if bet.over else None,
                hit=called(state) and not state.refused if bet.over else None,
            ),
        ],
        go=commit(
            bet,
            None if bet.said is None else say("Train: I predict {n}", n=bet.said),
            may.train,
            may.again,
            more=say("Other weights, again"),
        ),
        drawers=[
            widgets.folded(say("Batch and running mean, side by side"), _means(state), key="means"),
            widgets.explained(
                say("What the layer does"),
                say(
                    "For each unit it subtracts the mean of the batch and divides by the "
                    "spread. In use a point comes alone and has no batch, so averages kept "
                    "from all the batches so far take their place: the running statistics. A "
                    "scale γ and a shift β follow, which are learned like any other weight."
                ),
                key="why",
            ),
            _own_scale(state),
        ],
    )


def describe(state: State) -> str:
    """What is normalised, what the units get, and how the bet stands."""
    z = sums(state, state.look)[:, :SHOWN]
    told = say(
        "Normalised over: {over}. Shown: {look}. The units' means: {means}; their spreads: "
        "{spreads}. The first point gives them {first}. {verdict}",
        over=say("nothing") if state.over == "off" else state.over,
        look=say("before")
        if state.over == "off" or state.look == "before"
        else say("by the batch")
        if state.look == "batch"
        else say("by running averages"),
        means=_list(z.mean(axis=0)),
        spreads=_list(z.std(axis=0)),
        first=_list(z[0]),
        verdict=_verdict(state),
    )
    if state.after and state.over != "off":
        told = say(
            "{told} Each unit begins with the scale {gamma} and the shift {beta}, and is shown "
            "after its own.",
            told=told,
            gamma=fixed(state.gamma, 1),
            beta=fixed(state.beta, 1),
        )
    if state.bet.said is None:
        return told
    return say("{told} You predict {n} of 100.", told=told, n=state.bet.said)


def _list(values: Array) -> str:
    return ", ".join(fixed(value) for value in values.tolist())


def _truth(state: State) -> str:
    return say("no training") if state.refused else fixed(100 * right(state), 1)


def _dots(state: State, won: bool) -> Node:
    """A column for each unit: every point of the batch, their mean and spread."""
    z = sums(state, state.look)[:, :SHOWN]
    raw = state.over == "off" or state.look == "before"
    axes = AXES if raw else WIDER if state.after else NEAR
    unit, count = np.arange(1, SHOWN + 1), len(z)
    aside = (np.arange(count) + 0.5) / count - 0.5
    x = (unit + 0.6 * aside[:, None]).ravel()
    mean, spread = z.mean(axis=0), z.std(axis=0)
    y = z.ravel()
    inside = (axes.y[0] <= y) & (y <= axes.y[1])
    return h(
        "div",
        marked(
            plots.plot(
                axes,
                plots.rule(axes, y=0),
                plots.scatter(axes, x[inside], y[inside], "unit-point"),
                plots.ranges(axes, unit, mean - spread, mean + spread, "unit-spread"),
                plots.scatter(axes, unit, np.clip(mean, *axes.y), "unit-mean"),
                label=say("What each of eight units gets from the points of a batch"),
                x_label=say("unit"),
                y_label=say("before normalisation")
                if raw
                else say("after γ and β")
                if state.after
                else say("normalised"),
            ),
            {
                say("what each unit gets (point × unit)"): z,
                say("mean of each unit"): mean,
                say("spread of each unit"): spread,
                say("new points right (%)"): [100 * right(state)],
            },
        ),
        key="dots",
        class_="centering won" if won else "centering",
    )


def _own_scale(state: State) -> Node:
    """What every unit begins with, by two sliders, and what training has made of it."""
    may, norm = MOVES.on(state), _norm(state.network)
    if norm is None:
        inside: list[Node] = [
            widgets.hint(say("Normalise first: a scale and a shift follow only then."))
        ]
    else:
        gamma, beta = norm.gamma[:SHOWN], norm.beta[:SHOWN]
        inside = [
            controls.slider(say("γ, the scale"), state.gamma, may.gamma),
            controls.slider(say("β, the shift"), state.beta, may.beta),
            controls.toggle(say("Draw the units after γ and β"), state.after, may.after),
            marked(
                h(
                    "div",
                    widgets.table(
                        say("Each unit’s own, as they are now"),
                        [say("unit"), "γ", "β"],
                        [
                            [str(n), fixed(scale), fixed(shift)]
                            for n, (scale, shift) in enumerate(
                                zip(gamma.tolist(), beta.tolist(), strict=True), start=1
                            )
                        ],
                    ),
                ),
                {say("γ of each unit"): gamma, say("β of each unit"): beta},
            ),
            widgets.hint(
                say(
                    "The layer puts every unit at mean 0 and spread 1, and then lets it choose "
                    "another mean, β, and another spread, γ. With γ at 0 nothing gets through."
                )
            ),
        ]
    return widgets.folded(say("The layer’s own scale and shift"), *inside, key="own-scale")


def _means(state: State) -> Node:
    """How the first unit's mean over a batch jumps, and the running one follows."""
    if state.training is None:
        return widgets.hint(say("Train first: then the first unit's two means are drawn here."))
    history = state.training.history
    batch, kept = history.column("batch_mean"), history.column("running_mean")
    both = np.concatenate([batch, kept])
    axes = plots.Axes(
        (0, state.steps),
        (float(np.floor(both.min())), float(np.ceil(both.max() + 0.1))),
        height=180,
    )
    return plots.plot(
        axes,
        plots.curve(axes, history.steps, batch, "train", name=say("step, batch mean of unit 1")),
        plots.curve(
            axes, history.steps, kept, "validation", name=say("step, running mean of unit 1")
        ),
        plots.legend(axes, [(say("batch"), "train"), (say("running"), "validation")]),
        label=say("The first unit's mean over a batch, and its running mean"),
        x_label=say("step"),
        y_label=say("mean"),
    )


def _verdict(state: State) -> str:
    bet, size = state.bet, _size(state)
    if bet.running and state.training is not None:
        return say(
            "Step {step} of {steps}: {right} of new points right.",
            step=state.training.step,
            steps=state.steps,
            right=percent(state.training.now.right),
        )
    if state.refused:
        return say(
            "The engine refuses: one point is its own mean, so every unit gets 0, whatever came "
            "in. Normalise over more."
        )
    if bet.open and state.over == "off":
        return say(
            "Every dot is a point as a unit sees it: far from 0, and each unit on a scale of its "
            "own. Will this learn?"
        )
    if bet.open:
        return _open(state, size)
    share = {"right": percent(right(state))}
    if state.over == "off":
        return say(
            "{right}: a coin does as well. Steps this large throw a layer off whose numbers are "
            "far from 0. Normalise.",
            **share,
        )
    if right(state) < GOOD:
        return say(
            "{right}: better than nothing, but the mean of {size} points is a poor guess. Gold "
            "needs {good}.",
            size=size,
            good=percent(GOOD),
            **share,
        )
    if not called(state):
        return say("{right} of new points right! Gold once you call that. Again.", **share)
    return say(
        "Called it: {right}. Batches of {size} teach the layer, and its running statistics serve "
        "a single point.",
        size=size,
        **share,
    )


def _open(state: State, size: int) -> str:
    """What there is to see before a training with normalisation."""
    if state.look == "before":
        return say("Before normalisation: every unit on a scale of its own.")
    if state.look == "running":
        return say(
            "By running averages, which begin at mean 0 and spread 1: before training they know "
            "nothing yet."
        )
    if state.after:
        return say(
            "The layer puts every unit at mean 0 and spread 1, and its own β = {beta} and γ = "
            "{gamma} move it from there.",
            beta=fixed(state.beta, 1),
            gamma=fixed(state.gamma, 1),
        )
    if size == 1:
        return say("Over one point: every unit gets exactly 0. What is left to learn from?")
    if size == 2:
        return say("Over two points: every unit gets +1 and −1, hardly anything else.")
    return say(
        "Over {size} points: every unit now has mean 0 and spread 1. Will it learn?", size=size
    )

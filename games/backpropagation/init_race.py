"""Init Race: foretell which start trains best, zero, too large or balanced, then watch all three.

Three networks of tanh layers learn two moons by plain gradient descent: same
points, every step over all of them, and even the same random numbers behind the weights. Only the
scale of the starting weights differs: 0, U(−3, 3) or U(−8, 8), and U(−a, a) with
a = √(6 / (n_in + n_out)) (Glorot and Bengio, Understanding the difficulty of training deep
feedforward neural networks, 2010).

What 20 seeds give, median loss after 400 steps; `tests/games/test_init_race.py` measures it again:

                       zero    ±3     ±8     balanced
    2-8-8-1            .693   .015   .041    .035
    six hidden layers  .693   .117   .518    .020

So on a shallow network the larger start wins; it takes depth, and a start that saturates tanh in
layer after layer, to lose the race.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_whole, refuse
from games.moves import Dial, Pick
from games.ui import plots, widgets
from games.ui.numbers import fixed, percent, short
from pycore import data, initializers
from pycore.activations import Tanh, sigmoid
from pycore.arrays import Array, Integers
from pycore.layers import Dense
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.optimizers import SGD
from pycore.training import Trainer

TICKS_PER_SECOND = 60

DEPTHS = {"deep": (2, 8, 8, 8, 8, 8, 8, 1), "shallow": (2, 8, 8, 1)}
LIMITS = (8, 3)
"""What "too large" means: weights from U(−limit, limit)."""
STARTS = ("zero", "too large", "balanced")
POINTS, NOISE, LEARNING_RATE = 200, 0.15, 0.5
DECIMALS = 6
"""Of every weight, about as many as float32 has. A large start makes training chaotic: the last bit
of a sum, which differs between machines, would change the race. Rounding takes it off."""
EVERY = 10
"""Steps between two measurements of the layers."""
SATURATED = 0.99
"""An activation of tanh beyond ±SATURATED counts as saturated; its slope is below 0.02."""
ORDERS = tuple(itertools.permutations(range(3)))
RANKINGS = tuple(", ".join(STARTS[k] for k in order) for order in ORDERS)
"""Every ranking of the starts, best first."""

PARAMS = {
    "depth": Param(Pick(*DEPTHS), "deep", "Depth"),
    "limit": Param(Pick(*LIMITS), 8, "Too large means weights up to"),
    "steps": Param(Dial(100, 1000, 100), 400, "Steps of the race"),
}


@dataclass
class Runner:
    """One network on its way.

    `losses` has one entry for each step made and one for the start, NaN until known. The last
    measurement of its layers: `spread`, the standard deviation of what each gives; `rank` of each
    W; `saturated`, the share of each tanh layer's activations beyond ±SATURATED.
    """

    trainer: Trainer
    losses: Array
    spread: Array
    rank: Integers
    saturated: Array


@dataclass
class State:
    """The three runners, at the same step, and the ranking foretold.

    `guess` is a place in ORDERS; it counts from the start of the race on.
    """

    rng: np.random.Generator
    seeds: tuple[int, int]
    depth: str
    limit: int
    steps: int
    runners: list[Runner]
    guess: int = 0
    step: int = 0
    running: bool = False


def init(seed: int, depth: str = "deep", limit: int = 8, steps: int = 400) -> State:
    """Three networks at their start, nothing trained."""
    rng = np.random.default_rng(seed)
    first, second = (int(number) for number in rng.integers(2**32, size=2))
    state = State(rng, (first, second), depth, limit, steps, [])
    _line_up(state)
    return state


def update(state: State, message: str, *args: Any) -> None:
    """The guess, the race and its setting.

    ("guess", names) foretells a ranking, best first; ("train",) starts the race; ("again",) brings
    everyone back to the start; ("depth", name) and ("limit", l) change the race and do the same.
    """
    match message, *args:
        case "guess", str(names) if names in RANKINGS and waiting(state):
            state.guess = RANKINGS.index(names)
        case ("train",) if waiting(state):
            state.running = True
        case ("again",):
            _line_up(state)
        case "depth", str(depth) if depth in DEPTHS:
            state.depth = depth
            _line_up(state)
        case "limit", limit if is_whole(limit, 3, 8) and limit in LIMITS:
            state.limit = limit
            _line_up(state)
        case _:
            allowed = (
                f"('again'), ('depth', one of {', '.join(DEPTHS)}), ('limit', one of "
                f"{', '.join(map(str, LIMITS))}); before the start ('guess', one of "
                f"{'; '.join(RANKINGS)}), ('train')"
            )
            refuse(message, args, allowed)


def tick(state: State) -> bool:
    """One step of all three; idle before the start and after the finish."""
    if not state.running:
        return False
    state.step += 1
    for runner in state.runners:
        runner.trainer.step()
        _round(runner)
        runner.losses[state.step] = _loss(runner)
        if state.step % EVERY == 0:
            _measure(runner)
    if state.step == state.steps:
        state.running = False
    return True


def waiting(state: State) -> bool:
    """Whether the race has not begun."""
    return state.step == 0 and not state.running


def finished(state: State) -> bool:
    """Whether the race is over."""
    return state.step == state.steps


def ranking(state: State) -> tuple[int, ...]:
    """The starts by their loss now, best first."""
    now = [float(runner.losses[state.step]) for runner in state.runners]
    return tuple(sorted(range(3), key=lambda k: now[k]))


def view(state: State) -> Node:
    """The losses; the guess, the controls; what each layer's weights and activations are like."""
    won = score(state) == 1
    return widgets.stage(
        widgets.panel(
            _curves(state),
            _finish_line(state),
            widgets.note(_verdict(state), kind="win" if won else "", roomy=True),
            widgets.note(_story(state), kind="hint", room=_told(1.0, 1.0, *ASIDES)),
        ),
        widgets.panel(
            widgets.prediction(
                f"After {state.steps} steps, who has the lowest loss? Best first.",
                widgets.select(
                    "my ranking",
                    [(names, names) for names in RANKINGS],
                    RANKINGS[state.guess],
                    ("guess",),
                ),
                guess=RANKINGS[state.guess],
                truth=_answer(state),
                close=ORDERS[state.guess] == ranking(state) if finished(state) else None,
                key="guess",
            ),
            widgets.row(
                widgets.button("Train all three", ("train",), primary=True, enabled=waiting(state)),
                widgets.button("Back to the start", ("again",)),
            ),
            widgets.choice(
                "network",
                [("six hidden layers", "deep"), ("two hidden layers", "shallow")],
                state.depth,
                ("depth",),
            ),
            widgets.choice(
                "too large", [(f"up to ±{n}", n) for n in LIMITS], state.limit, ("limit",)
            ),
            _spreads(state),
            _layers(state),
        ),
    )


def score(state: State) -> float:
    """1 when the ranking was foretold; else a quarter for each pair in the right order."""
    if not finished(state):
        return 0.0
    guess, truth = ORDERS[state.guess], ranking(state)
    pairs = itertools.combinations(guess, 2)
    agree = sum(truth.index(better) < truth.index(worse) for better, worse in pairs)
    return 1.0 if agree == 3 else agree / 4


def describe(state: State) -> str:
    """The setting, the guess, the losses and the layers."""
    losses = ", ".join(f"{name} {text}" for name, text in _losses(state))
    deepest = ", ".join(
        f"{name} {fixed(float(runner.spread[-2]))}"
        for name, runner in zip(STARTS, state.runners, strict=True)
    )
    return (
        f"Layers {'-'.join(map(str, DEPTHS[state.depth]))}, too large means ±{state.limit}. Your "
        f"ranking: {RANKINGS[state.guess]}. {_verdict(state)} Losses after {state.step} "
        f"steps: {losses}. Spread of the last hidden layer: {deepest}."
    )


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The losses of every step, and what was last measured of the layers."""
    runners = state.runners
    return {
        "loss (steps × zero, too large, balanced)": np.stack([r.losses for r in runners], axis=1),
        "standard deviation of each layer's output (layers × starts)": np.stack(
            [r.spread for r in runners], axis=1
        ),
        "rank of W (layers × starts)": np.stack([r.rank for r in runners], axis=1),
        "share of tanh activations beyond ±0.99 (layers × starts)": np.stack(
            [r.saturated for r in runners], axis=1
        ),
    }


def solution(state: State) -> Iterator[Message]:
    """Race once to learn the ranking, then foretell it.

    To be read message by message: the second guess depends on the first race.
    """
    if waiting(state):
        yield ("train",)
    elif state.running:
        yield ("again",)
        yield ("train",)
    if score(state) < 1:
        yield from (("again",), ("guess", _order(ranking(state))), ("train",))


# --- training -------------------------------------------------------------------------------------


def _line_up(state: State) -> None:
    """Build the three networks anew: the same points and the same random numbers for each."""
    points, weights = state.seeds
    x, y = data.moons(POINTS, NOISE, np.random.default_rng(points))
    state.runners = []
    for init in (
        initializers.zeros,
        initializers.uniform(state.limit),
        initializers.xavier_uniform,
    ):
        network = mlp(DEPTHS[state.depth], np.random.default_rng(weights), Tanh, init)
        trainer = Trainer(network, BinaryCrossEntropy(), SGD(LEARNING_RATE), x, y)
        layers = len(DEPTHS[state.depth]) - 1
        runner = Runner(
            trainer,
            np.full(state.steps + 1, np.nan),
            np.zeros(layers),
            np.zeros(layers, int),
            np.zeros(layers - 1),
        )
        _round(runner)
        runner.losses[0] = _loss(runner)
        _measure(runner)
        state.runners.append(runner)
    state.step, state.running = 0, False


def _round(runner: Runner) -> None:
    theta = runner.trainer.network.theta
    np.round(theta, DECIMALS, out=theta)


def _loss(runner: Runner) -> float:
    """The loss of the network as it is now, over all points."""
    trainer = runner.trainer
    return trainer.loss.forward(trainer.network.forward(trainer.x), trainer.y)


def _measure(runner: Runner) -> None:
    """Look into every layer: the spread of what it gives, the rank of W, what is saturated."""
    network, x = runner.trainer.network, runner.trainer.x
    values = network.activations(x)
    hidden, logits = values[2::2], values[-1]
    runner.spread[:] = [a.std() for a in (*hidden, sigmoid(logits))]
    runner.saturated[:] = [(np.abs(a) > SATURATED).mean() for a in hidden]
    runner.rank[:] = [
        np.linalg.matrix_rank(layer.W) for layer in network if isinstance(layer, Dense)
    ]


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes(x=(0, 400), y=(0.001, 10.0), log_y=True, height=270, top=30)
LINES = tuple(zip(STARTS, ("run-1", "run-3", "run-2"), strict=True))


def _curves(state: State) -> Node:
    """The three losses so far, on a logarithmic axis."""
    all_losses = np.concatenate([runner.losses for runner in state.runners])
    axes = replace(AXES, x=(0, state.steps), y=plots.decades(all_losses, 1e-4, 100.0))
    steps = np.arange(state.step + 1)
    return plots.plot(
        axes,
        [
            plots.curve(axes, steps, runner.losses[: state.step + 1], class_)
            for runner, (_, class_) in zip(state.runners, LINES, strict=True)
        ],
        plots.legend(axes, LINES),
        label=f"Loss after {state.step} steps: "
        + ", ".join(f"{name} {text}" for name, text in _losses(state)),
        x_label="step",
        y_label="loss L",
    )


def _finish_line(state: State) -> Node:
    return widgets.readouts(_losses(state))


def _losses(state: State) -> list[tuple[str, str]]:
    return [
        (name, short(float(runner.losses[state.step]), 3))
        for name, runner in zip(STARTS, state.runners, strict=True)
    ]


def _spreads(state: State) -> Node:
    """The spread of what each layer gives, from the first hidden layer to the output."""
    layers = np.arange(1, len(DEPTHS[state.depth]))
    axes = plots.Axes(x=(0.8, len(layers) + 0.2), y=(0.0, 1.05), height=200, top=30)
    return plots.plot(
        axes,
        [
            [
                plots.curve(axes, layers, runner.spread, class_),
                plots.scatter(axes, layers, runner.spread, class_),
            ]
            for runner, (_, class_) in zip(state.runners, LINES, strict=True)
        ],
        plots.legend(axes, LINES),
        label="Standard deviation of each layer’s output: "
        + ", ".join(
            f"{name} {fixed(float(runner.spread[-2]))} in the last hidden layer"
            for name, runner in zip(STARTS, state.runners, strict=True)
        ),
        x_label="layer (spread: standard deviation of its outputs)",
        y_label="spread",
    )


def _layers(state: State) -> Node:
    """Rank of W and saturation of each layer, by start."""
    sizes = DEPTHS[state.depth]
    rows = []
    for layer, shape in enumerate(itertools.pairwise(sizes)):
        last = layer == len(sizes) - 2
        rows.append(
            [
                "out" if last else str(layer + 1),
                f"{shape[0]}×{shape[1]}",
                *(str(runner.rank[layer]) for runner in state.runners),
                *("–" if last else percent(r.saturated[layer]) for r in state.runners[1:]),
            ]
        )
    return widgets.table(
        "Rank of W (columns that are no mix of those before) for zero, too large, balanced; "
        f"share of tanh values beyond ±{SATURATED} for too large and balanced",
        ("layer", "W", "zero", "large", "bal.", "large", "bal."),
        rows,
        symbols=(None, "W", "W", "W", "W", "a h", "a h"),
        steady=True,
    )


def _order(order: tuple[int, ...]) -> str:
    return RANKINGS[ORDERS.index(order)]


def _answer(state: State) -> str | None:
    """What stands beside the guess once the race is on."""
    if waiting(state):
        return None
    return _order(ranking(state)) if finished(state) else "not decided yet"


def _verdict(state: State) -> str:
    if state.running:
        return f"Step {state.step} of {state.steps}: ahead is {STARTS[ranking(state)[0]]}."
    if not finished(state):
        return "Say who will win, then train all three."
    truth = _order(ranking(state))
    if score(state) == 1:
        return f"Foretold! The ranking is {truth}."
    return f"The ranking is {truth}. Go back to the start and foretell it, or change the race."


def _story(state: State) -> str:
    """What the measured layers say; no more than is on the page."""
    zero, large, balanced = state.runners
    if not finished(state):
        return (
            f"All three see the same {POINTS} points in every step. The random numbers behind "
            f"their weights are the same, too: times 0, times {state.limit}, or times what should "
            "keep the spread from layer to layer."
        )
    stuck, wins, deeper = ASIDES
    first = ranking(state)[0] == 1
    return _told(
        float(large.saturated.mean()),
        float(balanced.saturated.mean()),
        "" if zero.rank.any() else stuck,
        wins if first else "",
        deeper if first and state.depth == "shallow" else "",
    )


ASIDES = (
    "Zero: all weights are still 0, so every W has rank 0. No correction has reached them; the "
    "network gives every point the same answer. ",
    " Here it wins all the same.",
    " Try more layers.",
)


def _told(large: float, balanced: float, stuck: str, wins: str, deeper: str) -> str:
    """How many tanh values are saturated in the two that train, with what else is to be said."""
    return (
        f"{stuck}Too large: {percent(large)} of its tanh values lie beyond ±{SATURATED}, where "
        f"tanh is flat. They do not explode, they saturate; balanced: {percent(balanced)}."
        f"{wins}{deeper}"
    )

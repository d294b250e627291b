"""Init Race: predict which start trains best, zero, too large or balanced, then watch all three.

Three networks of tanh layers learn two moons by plain gradient descent: same
points, every step over all of them, and even the same random numbers behind the weights. Only the
scale of the starting weights differs: 0, U(−3, 3) or U(−8, 8), and U(−a, a) with
a = √(6 / (n_in + n_out)) (Glorot and Bengio, Understanding the difficulty of training deep
feedforward neural networks, 2010).

What 20 seeds give, median loss after 400 steps; the test beside it measures it again:

                       zero    ±3     ±8     balanced
    2-8-8-1            .693   .015   .041    .035
    six hidden layers  .693   .117   .518    .020

So on a shallow network the larger start wins; it takes depth, and a start that saturates tanh in
layer after layer, to lose the race.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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
from games.ui.numbers import fixed, percent, short
from games.ui.shell import shell
from games.words import say, word
from pycore import data, initializers
from pycore.activations import Tanh, sigmoid
from pycore.arrays import Array, Integers
from pycore.layers import Dense
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.optimizers import SGD

EDITION = 2
TICKS_PER_SECOND = 60

DEPTHS = {"deep": (2, 8, 8, 8, 8, 8, 8, 1), "shallow": (2, 8, 8, 1)}
LIMITS = (8, 3)
"""What "too large" means: weights from U(−limit, limit)."""
STARTS = {"zero": word("zero"), "large": word("too large"), "balanced": word("balanced")}
POINTS, NOISE, LEARNING_RATE = 200, 0.15, 0.5
EVERY = 10
"""Steps between two measurements of the layers."""
SATURATED = 0.99
"""An activation of tanh beyond ±SATURATED counts as saturated; its slope is below 0.02."""
RANKINGS = {"-".join(names): names for names in itertools.permutations(STARTS)}
"""Every ranking of the starts, best first: its id, and the starts in order."""

LEARNT = word(
    "A start decides the race before the first step: zero gets no gradient, too large is stuck on "
    "the flat ends of tanh, and the deeper the network, the more it matters."
)
PARAMS = {
    "depth": Param(Pick(*DEPTHS), "deep", "Depth"),
    "limit": Param(Pick(*LIMITS), 8, "Too large means weights up to"),
    "steps": Param(Dial(100, 1000, 100), 400, "Steps of the race"),
}
MOVES = moves(
    guess=Pick(RANKINGS, when=lambda state: state.bet.open),
    train=Press(when=lambda state: state.bet.ready),
    again=Press(),
    depth=Pick(*DEPTHS),
    limit=Pick(*LIMITS),
)


@dataclass(frozen=True)
class Judged:
    """A network as it stands: its loss over all points."""

    loss: float


@dataclass(frozen=True, eq=False)
class Layers:
    """What the layers of a network are like, measured every so many steps.

    `spread` is the standard deviation of what each gives; `rank` that of each W; `saturated` the
    share of each tanh layer's activations beyond ±SATURATED.
    """

    spread: Array
    rank: Integers
    saturated: Array


@dataclass
class State:
    """The three trainings, at the same step, their layers, and the ranking predicted."""

    rng: np.random.Generator
    seeds: tuple[int, int]
    depth: str
    limit: int
    steps: int
    runners: list[Training[Rounded, Judged]] = field(default_factory=list)
    layers: list[Layers] = field(default_factory=list)
    bet: Bet[str] = field(default_factory=Bet)

    @property
    def step(self) -> int:
        """Steps that all have made."""
        return self.runners[0].step


def init(seed: int, depth: str = "deep", limit: int = 8, steps: int = 400) -> State:
    """Three networks at their start, nothing trained."""
    rng = np.random.default_rng(seed)
    first, second = (int(number) for number in rng.integers(2**32, size=2))
    state = State(rng, (first, second), depth, limit, steps)
    _line_up(state)
    return state


def update(state: State, move: str, *values: Any) -> None:
    """The ranking, the race, and its setting, which brings everyone back to the start."""
    match move, *values:
        case "guess", order:
            state.bet.place(order)
        case ("train",):
            state.bet.begin()
        case ("again",):
            _line_up(state)
        case "depth" | "limit", value:
            setattr(state, move, value)
            _line_up(state)


def tick(state: State) -> bool:
    """One step of all three; idle before the start and after the finish."""
    if not state.bet.running:
        return False
    for runner in state.runners:
        runner.advance()
    if state.step % EVERY == 0:
        state.layers = [_measured(runner.trainer) for runner in state.runners]
    if finished(state):
        state.bet.settle()
    return True


def finished(state: State) -> bool:
    """Whether the race is over."""
    return state.step == state.steps


def ranking(state: State) -> str:
    """The starts by their loss now, best first: an id of RANKINGS."""
    now = {name: run.now.loss for name, run in zip(STARTS, state.runners, strict=True)}
    return "-".join(sorted(now, key=lambda name: now[name]))


def view(state: State) -> Node:
    """The lanes and losses of the race, and the podium on which the runners are placed."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    question = say("After {n} steps, who has the lowest loss?", n=state.steps)
    return shell(
        h("div", _lanes(state), _curves(state), class_="race"),
        widgets.verdict(_verdict(state), won, lost=bet.over and not won),
        dock=[
            h(
                "div",
                h("p", question, class_="prediction-question"),
                _podium(state),
                key="bet",
                class_="prediction",
                role="group",
                aria_label=question,
            ),
        ],
        go=[
            commit(bet, bet.said and say("Train all three"), may.train, may.again),
            controls.button(say("Start over"), may.again) if bet.running else None,
        ],
        drawers=[
            controls.choice(
                say("network"),
                {"deep": say("six hidden layers"), "shallow": say("two hidden layers")},
                state.depth,
                may.depth,
            ),
            controls.choice(
                say("too large"),
                {n: say("up to ±{n}", n=n) for n in LIMITS},
                state.limit,
                may.limit,
            ),
            widgets.folded(say("Why"), widgets.hint(_story(state), live=True), key="why"),
            widgets.folded(
                say("How far the signals spread"), _spreads(state), key="spreads-drawer"
            ),
            _layers(state),
        ],
        tone=min(runner.now.loss for runner in state.runners) / GUESSING if bet.running else None,
    )


def tapped(said: str | None, name: str) -> str:
    """The ranking when a runner on the podium is pressed: it moves up by one place.

    The first of them wins when nothing is said yet; the one that wins already moves down.
    """
    if said is None:
        return "-".join([name, *(other for other in STARTS if other != name)])
    order = list(RANKINGS[said])
    here = order.index(name)
    there = here - 1 if here else 1
    order[here], order[there] = order[there], order[here]
    return "-".join(order)


def score(state: State) -> float:
    """1 when the ranking was predicted; else a quarter for each pair in the right order."""
    if not state.bet.over or state.bet.said is None:
        return 0.0
    truth = RANKINGS[ranking(state)]
    pairs = itertools.combinations(RANKINGS[state.bet.said], 2)
    agree = sum(truth.index(better) < truth.index(worse) for better, worse in pairs)
    return 1.0 if agree == 3 else agree / 4


def describe(state: State) -> str:
    """The setting, the guess, the losses and the layers."""
    losses = ", ".join(f"{name} {text}" for name, text in _losses(state))
    deepest = ", ".join(
        f"{say(name)} {fixed(float(layers.spread[-2]))}"
        for name, layers in zip(STARTS.values(), state.layers, strict=True)
    )
    return say(
        "Layers {layers}, too large means ±{limit}. Your ranking: {guess}. {verdict} Losses after "
        "{steps}: {losses}. Spread of the last hidden layer: {deepest}.",
        layers="-".join(map(str, DEPTHS[state.depth])),
        limit=state.limit,
        guess=state.bet.told(_order) or say("none yet"),
        verdict=_verdict(state),
        steps=say.count("{n} step", "{n} steps", state.step),
        losses=losses,
        deepest=deepest,
    )


def solution(state: State) -> Iterator[Message]:
    """Race once to learn the ranking, then predict it.

    To be read message by message: the second guess depends on the first race.
    """
    if not state.bet.over:
        if state.bet.running:
            yield ("again",)
        yield from _taps(state, "zero-large-balanced")
        yield ("train",)
    if score(state) < 1:
        truth = ranking(state)
        yield ("again",)
        yield from _taps(state, truth)
        yield ("train",)


def _taps(state: State, goal: str) -> Iterator[Message]:
    """Runners pressed on the podium until the ranking is there."""
    while state.bet.said != goal:
        said = RANKINGS.get(state.bet.said or "", ())
        wrong = (name for i, name in enumerate(RANKINGS[goal]) if said[i : i + 1] != (name,))
        yield ("guess", tapped(state.bet.said, next(wrong)))


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "again":
            return say("A race is predicted before it is run.")
        case "guess" if values == ("zero-large-balanced",):
            return say("Any guess will do for a first look.")
        case "guess":
            return say("This is the order in which the last race ended.")
    return ""


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
        np.round(network.theta, DECIMALS, out=network.theta)
        trainer = Rounded(network, BinaryCrossEntropy(), SGD(LEARNING_RATE), x, y)
        state.runners.append(Training(trainer, _judged, every=1))
    state.layers = [_measured(runner.trainer) for runner in state.runners]
    state.bet.reopen()


def _judged(trainer: Rounded) -> Judged:
    return Judged(trainer.loss.forward(trainer.network.forward(trainer.x), trainer.y))


def _measured(trainer: Rounded) -> Layers:
    """Look into every layer."""
    values = trainer.network.activations(trainer.x)
    hidden, logits = values[2::2], values[-1]
    dense = [layer for layer in trainer.network if isinstance(layer, Dense)]
    return Layers(
        np.array([a.std() for a in (*hidden, sigmoid(logits))]),
        np.array([np.linalg.matrix_rank(layer.W) for layer in dense]),
        np.array([(np.abs(a) > SATURATED).mean() for a in hidden]),
    )


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes(x=(0, 400), y=(0.001, 10.0), log_y=True, height=190)
GHOST = 120
"""Steps of the earlier run that is shown before the first."""
GUESSING = float(np.log(2))
"""The loss of a network that says one half to every point."""


def _podium(state: State) -> Node:
    """The three runners, each on its step: as predicted, and after the race as it ended."""
    may, bet = MOVES.on(state).guess, state.bet
    shown = ranking(state) if bet.over else bet.said
    columns = []
    for i, (name, text) in enumerate(STARTS.items()):
        place = RANKINGS[shown].index(name) + 1 if shown else 0
        if bet.over:
            spoken = say("{n}. {name}", name=say(text), n=place)
        elif place:
            spoken = say("{n}. {name}: press to move it up", name=say(text), n=place)
        else:
            spoken = say("{name}: no place yet; press if it wins", name=say(text))
        right = bet.over and bet.said and RANKINGS[bet.said][place - 1] == name
        columns.append(
            h(
                "div",
                controls.button(
                    [
                        h(
                            "span",
                            str(place or "?"),
                            h("span", " ✓", aria_hidden="true") if right else None,
                            class_="podium-step",
                        ),
                        h("span", say(text), class_="podium-name"),
                    ],
                    may(tapped(bet.said, name)),
                    name=spoken,
                ),
                key=name,
                class_=f"podium-place place-{place} {runs.line(i)}",
            )
        )
    if not bet.open:
        hint = say("You said: {guess}", guess=bet.told(_order) or say("nothing"))
    else:
        hint = say("Tap a runner to move it up.") if bet.said else say("Tap the winner.")
    return h(
        "div",
        h("div", columns, class_="podium"),
        widgets.hint(hint),
        class_="podium-with-hint",
    )


def _lanes(state: State) -> Node:
    """The race from the side: how many factors each loss is below that of mere guessing."""
    ways = [float(np.log(GUESSING / runner.now.loss)) for runner in state.runners]
    ahead = list(STARTS).index(RANKINGS[ranking(state)][0])
    return runs.lanes(
        say("The race; the start is the loss of a network that only guesses"),
        [say(name) for name in STARTS.values()],
        runs.along(ways, state.step / state.steps),
        [text if state.step else runs.NOTHING for _, text in _losses(state)],
        ahead if state.step and ways[ahead] > 0 else None,
    )


@cache
def _ghost() -> Array:
    """The losses of an earlier run: another start, weights up to ±1, on one hidden layer."""
    x, y = data.moons(POINTS, NOISE, np.random.default_rng(1))
    network = mlp((2, 8, 1), np.random.default_rng(1), Tanh, initializers.uniform(1))
    trainer = Rounded(network, BinaryCrossEntropy(), SGD(LEARNING_RATE), x, y)
    return np.array([trainer.update() for _ in range(GHOST)])


def _curves(state: State) -> Node:
    """The three losses so far, on a logarithmic axis."""
    losses = [runner.history.column("loss") for runner in state.runners]
    ghost = [] if state.step else [_ghost()[: state.steps + 1]]
    shown = np.concatenate([*losses, *ghost])
    axes = replace(AXES, x=(0, state.steps), y=plots.decades(shown, 1e-4, 100.0))
    table = np.full((state.steps + 1, len(losses)), np.nan)
    table[: state.step + 1] = np.stack(losses, axis=1)
    return plots.plot(
        axes,
        [plots.curve(axes, np.arange(len(one)), one, "ghost") for one in ghost],
        marked(
            h("g", runs.curves(axes, losses)),
            {say("loss (steps × zero, too large, balanced)"): table},
        ),
        label=say("Loss after each step"),
        x_label=say("step"),
        y_label=say("loss L") if state.step else say("loss L; faint: an earlier, smaller network"),
        key="losses",
    )


def _legend(axes: plots.Axes) -> Node:
    return runs.legend(axes, [say(name) for name in STARTS.values()])


def _losses(state: State) -> list[tuple[str, str]]:
    return [
        (say(name), short(runner.now.loss, 3))
        for name, runner in zip(STARTS.values(), state.runners, strict=True)
    ]


def _spreads(state: State) -> Node:
    """The spread of what each layer gives, from the first hidden layer to the output."""
    layers = np.arange(1, len(DEPTHS[state.depth]))
    axes = plots.Axes(x=(0.8, len(layers) + 0.2), y=(0.0, 1.05), height=200, top=30)
    return plots.plot(
        axes,
        [
            [
                plots.curve(axes, layers, measured.spread, runs.line(place)),
                plots.scatter(axes, layers, measured.spread, runs.line(place)),
            ]
            for place, measured in enumerate(state.layers)
        ],
        marked(
            _legend(axes),
            {
                say("standard deviation of each layer’s output (layers × starts)"): np.stack(
                    [measured.spread for measured in state.layers], axis=1
                )
            },
        ),
        label=say("Standard deviation of each layer’s output"),
        x_label=say("layer; spread: standard deviation"),
        y_label=say("spread"),
    )


def _layers(state: State) -> Node:
    """Rank of W and saturation of each layer, by start, folded away."""
    sizes = DEPTHS[state.depth]
    names = [say(name) for name in STARTS.values()]
    ranks, flat = [], []
    for layer, shape in enumerate(itertools.pairwise(sizes)):
        last = layer == len(sizes) - 2
        where = say("output") if last else str(layer + 1)
        ranks.append([where, f"{shape[0]}×{shape[1]}", *(str(m.rank[layer]) for m in state.layers)])
        if not last:
            flat.append([where, *(percent(m.saturated[layer]) for m in state.layers)])
    return widgets.folded(
        say("Look into the layers"),
        marked(
            widgets.table(
                say("Rank of W: how many of its columns are not a mix of the others"),
                (say("layer"), "W", *names),
                ranks,
                symbols=(None, "W", "W", "W", "W"),
                key="rank",
            ),
            {say("rank of W (layers × starts)"): np.stack([m.rank for m in state.layers], axis=1)},
        ),
        marked(
            widgets.table(
                say(
                    "Share of the tanh values beyond ±{limit}, on the flat ends",
                    limit=fixed(SATURATED),
                ),
                (say("layer"), *names),
                flat,
                symbols=(None, "a h", "a h", "a h"),
                key="flat",
            ),
            {
                say("share of tanh activations beyond ±0.99 (layers × starts)"): np.stack(
                    [m.saturated for m in state.layers], axis=1
                )
            },
        ),
        key="layers",
    )


def _order(order: str) -> str:
    return ", ".join(say(STARTS[name]) for name in RANKINGS[order])


def _verdict(state: State) -> str:
    if state.bet.running:
        first = RANKINGS[ranking(state)][0]
        return say(
            "Step {n} of {total}: {name} is ahead.",
            n=state.step,
            total=state.steps,
            name=say(STARTS[first]),
        )
    if state.bet.open:
        return say("Place the three starts on the podium, then train them and see.")
    truth = _order(ranking(state))
    if score(state) == 1:
        return say("You called it! The ranking is {truth}.", truth=truth)
    said = state.bet.said
    if said is not None and RANKINGS[said][0] == RANKINGS[ranking(state)][0]:
        return say(
            "The winner is right, the two behind it are swapped: {truth}. Guess again, or change "
            "the race.",
            truth=truth,
        )
    flat = percent(float(state.layers[1].saturated.mean()))
    if RANKINGS[ranking(state)][0] == "large":
        return say(
            "The ranking is {truth}, though too large weights leave {flat} of the values on tanh’s "
            "flat ends. Try another depth.",
            truth=truth,
            flat=flat,
        )
    return say(
        "The ranking is {truth}. Too large weights leave {flat} of the values on tanh’s flat ends, "
        "where hardly any correction comes through.",
        truth=truth,
        flat=flat,
    )


def _story(state: State) -> str:
    """What the measured layers say; no more than is on the page."""
    zero, large, balanced = state.layers
    if not state.bet.over:
        return say(
            "All three see the same {n} points in every step. The random numbers behind their "
            "weights are the same, too: times 0, times {limit}, or times what should keep the "
            "spread from layer to layer.",
            n=POINTS,
            limit=state.limit,
        )
    told = []
    if not zero.rank.any():
        told.append(
            say(
                "Zero: all weights are still 0. No correction has reached them, so the network "
                "gives every point the same answer."
            )
        )
    told.append(
        say(
            "Too large: {large} of its tanh values lie beyond ±{limit}, where tanh is flat. They "
            "do not explode, they saturate. In the balanced network it is {balanced}.",
            large=percent(float(large.saturated.mean())),
            limit=fixed(SATURATED),
            balanced=percent(float(balanced.saturated.mean())),
        )
    )
    if RANKINGS[ranking(state)][0] == "large":
        told.append(say("Here it wins all the same."))
        if state.depth == "shallow":
            told.append(say("Try more layers."))
    return " ".join(told)

"""Descent Paths: bet on full batch, mini-batch or single example, and get to the bowl cheaply.

The engine fits y = w x + b to noisy points by gradient descent on the mean
squared error, from one start, in three ways: each step sees all points, a few, or one. The points
are dealt without return until all were seen. The noise of a path is that of the sample, nothing is
added. The bowl holds the losses at most a tenth above the least.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts import runs
from games.concepts.bet import Bet, commit, pick
from games.concepts.training import Training
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.landscapes import Landscape, landscape
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array, Integers
from pycore.layers import Dense, Sequential
from pycore.losses import MeanSquaredError
from pycore.optimizers import SGD
from pycore.training import Trainer

EDITION = 2
TICKS_PER_SECOND = 60
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
BATCHES = (4, 16, 64)
"""Sizes of a mini-batch."""
WAYS = {
    "full": word("full batch"),
    "mini": word("mini-batch"),
    "single": word("single example"),
}
NOISE = 0.3
START = (-1.6, 1.6)
"""The start, seen from the lowest point."""
BOWL = 0.1
"""The bowl's rim, as a share of the least loss above it."""
LOOKS = 20
"""A way that has touched so many samples a point is given up."""
FAR = 1e3
"""A loss beyond it counts as thrown off."""

LEARNT = word(
    "Many rough steps beat a few exact ones: a single example points about the right way, and "
    "costs next to nothing."
)
PARAMS = {"points": Param(Dial(100, 400, 20), 200, "Points")}
MOVES = moves(
    rate=Pick(*RATES),
    batch=Pick(*BATCHES),
    bet=Pick(*WAYS, when=lambda state: state.bet.open),
    go=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: state.bet.over),
)


@dataclass(frozen=True, eq=False)
class Place:
    """Where a walker stands, θ = (w, b), and the loss on all points there."""

    theta: Array
    loss: float


class Walker(Training[Trainer, Place]):
    """One way down, judged after each step."""

    def __init__(self, state: State, way: str, rate: float) -> None:
        batch = {"full": len(state.x), "mini": state.batch, "single": 1}[way]
        rng = np.random.default_rng(state.seed)
        network = Sequential(Dense(1, 1, rng=rng))
        network.theta[:] = state.best + np.array(START)
        trainer = Trainer(network, MeanSquaredError(), SGD(rate), state.x, state.y, batch, rng)

        def judged(trainer: Trainer) -> Place:
            theta = trainer.network.theta.copy()
            return Place(theta, loss_at(state, theta))

        super().__init__(trainer, judged, every=1)

    @property
    def samples(self) -> int:
        """How many it has touched; the last batch of a deal may be smaller."""
        return self.after(self.step)

    def after(self, steps: int) -> int:
        """How many so many steps touch."""
        return int(self.touched(steps))

    def touched(self, steps: Integers | int) -> Integers:
        """The same for each of many numbers of steps: the last batch of a deal may be smaller."""
        points, batch = len(self.trainer.x), self.trainer.batch_size
        deals, more = np.divmod(steps, -(-points // batch))
        examples: Integers = deals * points + more * batch
        return examples

    @property
    def thrown(self) -> bool:
        """Whether it is too far off to go on."""
        return not self.now.loss < FAR


@dataclass
class State:
    """The points, where their loss is least, the dials, the bet, and the walkers.

    `clock` counts the samples granted to each walker so far.
    """

    rng: np.random.Generator
    x: Array
    y: Array
    best: Array
    least: float
    seed: int
    rate: float = 0.02
    batch: int = 16
    bet: Bet[str] = field(default_factory=Bet)
    walkers: dict[str, Walker] = field(default_factory=dict)
    clock: int = 0

    @property
    def budget(self) -> int:
        """The samples allowed: as many as there are points."""
        return len(self.x)


def init(seed: int, points: int = 200) -> State:
    """Points for which one rate at least brings single examples to the bowl within the budget.

    All points at once cannot: the budget pays for one such step, and at no rate is that enough.
    """
    rng = np.random.default_rng(seed)
    while True:
        x = rng.uniform(0, 2, (points, 1))
        w, b = rng.uniform(0.5, 1.5) * rng.choice([-1, 1]), rng.uniform(-1, 1)
        y = w * x + b + rng.normal(0, NOISE, x.shape)
        best = np.linalg.lstsq(np.hstack([x, np.ones_like(x)]), y, rcond=None)[0][:, 0]
        state = State(rng, x, y, best, 0.0, int(rng.integers(2**32)))
        state.least = loss_at(state, best)
        full = any(_arrives(state, "full", rate) for rate in RATES)
        if not full and any(_arrives(state, "single", rate) for rate in (0.2, 0.1, 0.3)):
            return state


def update(state: State, move: str, *values: Any) -> None:
    """Dials, bet and run; a change of the dials takes the last run away."""
    match move, *values:
        case "rate" | "batch", value:
            setattr(state, move, value)
            _clear(state)
        case "bet", way:
            state.bet.place(way)
        case ("go",):
            state.walkers = {way: Walker(state, way, state.rate) for way in WAYS}
            state.bet.begin()
        case ("again",):
            _clear(state)
            state.bet.again()


def tick(state: State) -> bool:
    """Grant every walker a twentieth of the points, and let it take the steps that pays for."""
    if not state.bet.running:
        return False
    state.clock += len(state.x) // 20
    for walker in state.walkers.values():
        _walk(state, walker, state.clock)
    if is_over(state):
        state.bet.settle()
    return True


def loss_at(state: State, theta: Array) -> float:
    """The mean squared error on all points at θ = (w, b), by the engine."""
    return MeanSquaredError().forward(theta[0] * state.x + theta[1], state.y)


def rim(state: State) -> float:
    """The loss at the edge of the bowl."""
    return (1 + BOWL) * state.least


def arrived(state: State, walker: Walker) -> bool:
    """Whether it is in the bowl."""
    return walker.now.loss <= rim(state)


def is_over(state: State) -> bool:
    """Whether every walker arrived, was thrown off, or was given up."""
    horizon = LOOKS * len(state.x)
    return bool(state.walkers) and (
        state.clock >= horizon or all(_stopped(state, w) for w in state.walkers.values())
    )


def winner(state: State) -> str | None:
    """Who came to the bowl with the fewest samples; None before the end, or when nobody did."""
    if not is_over(state):
        return None
    costs = {way: w.samples for way, w in state.walkers.items() if arrived(state, w)}
    return min(costs, key=lambda way: costs[way]) if costs else None


def view(state: State) -> Node:
    """The map with the paths, the lanes of the race, and the dials."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    said = bet.told(_name)
    return shell(
        h("div", _map(state), _lanes(state), class_="race"),
        widgets.verdict(_verdict(state), won, lost=bet.over and winner(state) != bet.said),
        dock=[
            pick(
                bet,
                say("Which way needs the fewest examples to reach the bowl?"),
                say("my bet"),
                _name,
                may.bet,
                winner(state),
                none=say("nobody gets there"),
            ),
            controls.scale(
                say("learning rate η"),
                state.rate,
                may.rate,
                printed=fixed(state.rate),
                name=say("learning rate"),
                symbol="η",
            ),
            controls.choice(say("examples in a mini-batch"), str, state.batch, may.batch),
        ],
        go=commit(
            bet,
            said and say("Go: my bet is {way}", way=said),
            may.go,
            may.again,
            more=say("Bet again"),
        ),
        drawers=[
            widgets.folded(say("The loss against examples"), _losses(state), key="loss"),
            widgets.folded(say("Numbers"), _table(state), key="numbers"),
            widgets.explained(
                say("Why the paths are crooked"),
                say(
                    "The line y = w x + b is fitted to {n} points. A full-batch step looks at "
                    "all of them, a single-example step at one. The crooked paths are not "
                    "decoration: each example points its own way. Fewer examples do not "
                    "always take less time, because a computer works on a whole batch at once.",
                    n=len(state.x),
                ),
                key="why",
            ),
        ],
        tone=1 - max(_ways(state)) if bet.running else None,
    )


def score(state: State) -> float:
    """1 when the way you bet on needs the fewest samples, and no more than the budget."""
    champion = winner(state)
    if champion is None or champion != state.bet.said:
        return 0.0
    samples = state.walkers[champion].samples
    return 1.0 if samples <= state.budget else 0.5 * state.budget / samples


def describe(state: State) -> str:
    """Dials, bet, and how far each has come."""
    results = ", ".join(f"{name}: {text}" for name, text in _results(state))
    return say(
        "Learning rate {rate}, mini-batch of {batch}, bet on {way}. {verdict} {results}.",
        rate=fixed(state.rate),
        batch=state.batch,
        way=state.bet.told(_name) or say("nobody yet"),
        verdict=_verdict(state),
        results=results,
    )


def solution(state: State) -> Iterator[Message]:
    """All three at a timid rate, with a bet on full batch; then the rate and the bet that win."""
    yield from (("rate", 0.02), ("batch", 16), ("bet", "full"), ("go",))
    for rate in (0.2, 0.1, 0.3, 0.05, 0.4):
        if _arrives(state, "single", rate) and not _arrives(state, "mini", rate):
            yield from (("rate", rate), ("bet", "single"), ("go",))
            return
    for rate in (0.2, 0.1, 0.3):  # a mini-batch was as quick: the quicker of the two
        yield ("rate", rate)
        yield from (("bet", _quickest(state, rate)), ("go",))
        if score(state) == 1:
            return


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "rate", 0.02:
            return say("A timid rate first: all three creep.")
        case "rate", _:
            return say("With a larger rate, one of them gets to the goal first.")
        case "bet", "full":
            return say("Full batch takes the straightest way, but only one step per epoch.")
        case "bet", _:
            return say("It takes so many more steps per epoch that its wandering does not matter.")
    return ""


# --- walking --------------------------------------------------------------------------------------


def _stopped(state: State, walker: Walker) -> bool:
    return walker.thrown or arrived(state, walker)


def _walk(state: State, walker: Walker, granted: int) -> None:
    """Let it take the steps that so many samples pay for."""
    while not _stopped(state, walker) and walker.after(walker.step + 1) <= granted:
        walker.advance()


def _arrives(state: State, way: str, rate: float) -> bool:
    """Whether a way comes to the bowl within the budget."""
    return _cost(state, way, rate) <= state.budget


def _cost(state: State, way: str, rate: float) -> int:
    """The samples a way needs to the bowl, or more than the budget."""
    walker = Walker(state, way, rate)
    _walk(state, walker, state.budget)
    return walker.samples if arrived(state, walker) else state.budget + 1


def _quickest(state: State, rate: float) -> str:
    return min(WAYS, key=lambda way: _cost(state, way, rate))


def _clear(state: State) -> None:
    state.walkers, state.clock = {}, 0
    state.bet.reopen()


# --- pictures and words ---------------------------------------------------------------------------

SIDE = 2.2
GHOST = 0.3
"""The rate of the earlier run that is shown before the first."""
DRAWN = 300
"""Points of a path drawn at most, evenly chosen."""


def _name(way: str) -> str:
    return say(WAYS[way])


def _axes(state: State) -> plots.Axes:
    w, b = state.best
    return plots.Axes((w - SIDE, w + SIDE), (b - SIDE, b + SIDE), height=240)


@lru_cache(maxsize=8)
def _landscape(axes: plots.Axes, points: bytes, least: float) -> Landscape:
    """The loss on all points as a map; the square is multiplied out, which is quicker."""
    x, y = np.frombuffer(points).reshape(2, -1)

    def loss(theta: Array) -> Array:
        w, b = theta.T
        return np.asarray(
            w * w * (x * x).mean()
            + 2 * w * b * x.mean()
            + b * b
            - 2 * (w * (x * y).mean() + b * y.mean())
            + (y * y).mean()
        )

    levels = (least + np.geomspace(0.05, 10, 11)).tolist()
    return landscape(axes, loss, levels)


@lru_cache(maxsize=8)
def _ghost(points: bytes, start: tuple[float, float]) -> Array:
    """The way of an earlier run, (w, b) after each step: the full batch at a lively rate."""
    x, y = np.frombuffer(points).reshape(2, -1, 1)
    network = Sequential(Dense(1, 1, rng=np.random.default_rng(0)))
    network.theta[:] = start
    trainer = Trainer(network, MeanSquaredError(), SGD(GHOST), x, y)
    places = [network.theta.copy()]
    for _ in range(40):
        trainer.step()
        places.append(network.theta.copy())
    return np.array(places)


def _ways(state: State) -> list[float]:
    """How much of the way from the start to the rim each has made, in factors of the loss."""
    walkers = list(state.walkers.values())
    start = walkers[0].history.column("loss")[0]
    whole = np.log(start / rim(state))
    return [0.0 if w.thrown else float(np.log(start / w.now.loss) / whole) for w in walkers]


def _lanes(state: State) -> Node:
    """The race from the side: the last tenth of the loss is as long a way as the first."""
    names = list(map(_name, WAYS))
    walkers = list(state.walkers.values())
    if not walkers:
        return runs.lanes(say("The race to the bowl"), names, [0.0] * 3, [runs.NOTHING] * 3)
    ways = _ways(state)
    home = [i for i, w in enumerate(walkers) if arrived(state, w)]
    first = min(home, key=lambda i: walkers[i].samples) if home else int(np.argmax(ways))
    return runs.lanes(
        say("The race to the bowl"),
        names,
        ways,
        [f"{w.samples}" + " ✓" * arrived(state, w) + " ✗" * w.thrown for w in walkers],
        first if max(ways) > 0 else None,
    )


def _bowl(state: State) -> Array:
    """The bowl's rim as points (w, b): where the quadratic ½ (θ − θ*)ᵀ H (θ − θ*) is its height."""
    features = np.hstack([state.x, np.ones_like(state.x)])
    H = 2 * features.T @ features / len(features)
    angle = np.linspace(0, 2 * np.pi, 61)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    height = rim(state) - state.least
    rise = np.sqrt(2 * height) * np.linalg.solve(np.linalg.cholesky(H).T, circle)
    return np.asarray(state.best + rise.T)


def _map(state: State) -> Node:
    axes, won = _axes(state), score(state) == 1
    start = state.best + np.array(START)
    paths = [walker.history.column("theta") for walker in state.walkers.values()]
    tracks = [_thinned(path) for path in paths]
    drawn = runs.tracks(axes, tracks)
    for node, way, path in zip(drawn, state.walkers, paths, strict=True):
        marked(node, {say("{way}: path (w, b)", way=_name(way)): path})
    points = np.stack([state.x, state.y]).tobytes()
    ground = _landscape(axes, points, state.least)
    ghost: list[Node] = []
    if not tracks:
        earlier = _ghost(points, (float(start[0]), float(start[1])))
        ghost = [
            plots.track(axes, earlier, "ghost", name=say("path of the earlier run (w, b)")),
            plots.text_at(
                axes,
                axes.x[0] + 0.08,
                axes.y[0] + 0.15,
                say("faint: full batch, η = {rate}", rate=fixed(GHOST)),
                "ghost",
            ),
        ]
    return plots.plot(
        axes,
        ground.layers,
        plots.track(axes, _bowl(state), "bowl won" if won else "bowl"),
        ghost,
        h("g", drawn, data_symbol="w b θ"),
        [
            plots.scatter(axes, track[-1:, 0], track[-1:, 1], runs.line(place))
            for place, track in enumerate(tracks)
            if np.abs(track[-1] - state.best).max() <= SIDE
        ],
        marked(plots.scatter(axes, [start[0]], [start[1]], "descent-start"), _setting(state)),
        plots.text_at(axes, start[0] - 0.12, start[1] - 0.07, say("start"), "end"),
        label=say("Map of the loss over w and b, with the bowl"),
        x_label="w",
        y_label="b",
        key="map",
    )


def _thinned(path: Array) -> Array:
    stride = -(-len(path) // DRAWN)
    return np.concatenate([path[:-1:stride], path[-1:]])


def _losses(state: State) -> Node:
    walkers = state.walkers.values()
    furthest = max([len(state.x) * 2, *(walker.samples for walker in walkers)])
    losses = [walker.history.column("loss") for walker in walkers]
    heights = plots.decades(np.concatenate([[state.least, 1.0], *losses]), 1e-3, FAR)
    axes = plots.Axes((0, furthest), heights, height=190, log_y=True)
    lines = []
    for i, ((name, walker), loss) in enumerate(zip(state.walkers.items(), losses, strict=True)):
        stride = -(-len(loss) // DRAWN)
        each = walker.touched(np.arange(len(loss)))
        line = plots.curve(axes, each[::stride], loss[::stride], runs.line(i))
        way = _name(name)
        lines.append(
            marked(
                line,
                {
                    say("{way}: steps, examples", way=way): [walker.step, walker.samples],
                    say("{way}: loss on all points", way=way): loss,
                },
            )
        )
    return plots.plot(
        axes,
        plots.rule(axes, y=rim(state)),
        plots.rule(axes, x=state.budget, class_="budget"),
        plots.text_at(axes, state.budget, axes.y[0] * 1.4, f" {say('budget')}"),
        h("g", lines, data_symbol="L"),
        label=say("Loss on all points against examples looked at"),
        x_label=say("examples looked at"),
        y_label=say("loss on all points; dotted: the bowl’s rim"),
        key="losses",
    )


def _table(state: State) -> Node:
    """Samples and steps of each way so far; columns of equal width, so that no digit moves one."""
    rows = []
    for way, name in WAYS.items():
        samples = steps = "–"
        if walker := state.walkers.get(way):
            steps = str(walker.step)
            samples = f"{walker.samples}" + " ✓" * arrived(state, walker) + " ✗" * walker.thrown
        rows.append((say(name), samples, steps))
    return widgets.table(
        say("How far each has come: ✓ in the bowl, ✗ thrown off"),
        (say("way"), say("examples"), say("steps")),
        rows,
        key="results",
    )


def _results(state: State) -> list[tuple[str, str]]:
    """The same for `describe`, in words."""
    results = []
    for way, text in WAYS.items():
        said = "–"
        if walker := state.walkers.get(way):
            said = say.count(
                "{samples} in {n} step",
                "{samples} in {n} steps",
                walker.step,
                samples=walker.samples,
            )
            if arrived(state, walker):
                said = say("{steps}, in the bowl", steps=said)
            if walker.thrown:
                said = say("{steps}, thrown off", steps=said)
        results.append((say("{way}: examples", way=say(text)), said))
    return results


def _verdict(state: State) -> str:
    if not state.walkers:
        return say(
            "For gold, bet on the winner, and have it reach the bowl (a loss of {rim} or less) "
            "with at most {n} examples.",
            n=state.budget,
            rim=fixed(rim(state), 3),
        )
    if not is_over(state):
        return say("Each has been given {n} examples.", n=state.clock)
    champion = winner(state)
    if champion is None:
        return say(
            "Nobody reached the bowl within {n} examples. Try another learning rate.", n=state.clock
        )
    text = say(
        "First into the bowl: {way}, after {n} examples.",
        way=_name(champion),
        n=state.walkers[champion].samples,
    )
    if score(state) == 1 and champion == "full":
        return say("Gold! {text} Here a few exact steps beat many rough ones.", text=text)
    if score(state) == 1:
        return say("Gold! {text} Many rough steps beat a few exact ones.", text=text)
    said = state.bet.said or "full"
    step, least = (state.walkers[way].trainer.batch_size for way in (said, champion))
    if champion != said and state.walkers[said].thrown:
        return say(
            "{text} Your bet, {way}, was thrown off: try a lower rate.", text=text, way=_name(said)
        )
    if champion != said and step > least:
        return say(
            "{text} Your bet, {way}, pays {n} for each step.", text=text, way=_name(said), n=step
        )
    if champion != said:
        return say(
            "{text} Your bet, {way}, takes cheap steps, but rough ones.", text=text, way=_name(said)
        )
    return say(
        "{text} Called it, but the budget is {n}: try another rate.", text=text, n=state.budget
    )


def _setting(state: State) -> dict[str, Any]:
    """The points, the bowl and the dials."""
    return {
        say("points (x, y)"): np.hstack([state.x, state.y]),
        say("lowest point (w, b)"): state.best,
        say("least loss, and the bowl’s rim"): [state.least, rim(state)],
        say("learning rate"): [state.rate],
        say("mini-batch"): [state.batch],
        say("examples allowed"): [state.budget],
        say("examples given"): [state.clock],
    }

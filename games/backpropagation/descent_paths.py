"""Descent Paths: bet on full batch, mini-batch or single example, and get to the bowl cheaply.

The engine fits y = w x + b to noisy points by gradient descent on the mean
squared error, from one start, in three ways: each step sees all points, a few, or one. The points
are dealt without return until all were seen. The noise of a path is that of the sample, nothing is
added. The bowl holds the losses at most a tenth above the least.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_number, is_whole, refuse
from games.moves import Dial
from games.ui import plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from games.ui.pixels import Shade
from pycore.arrays import Array
from pycore.layers import Dense, Sequential
from pycore.losses import MeanSquaredError
from pycore.optimizers import SGD
from pycore.training import Trainer

TICKS_PER_SECOND = 60
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
BATCHES = (4, 16, 64)
"""Sizes of a mini-batch."""
WAYS = {"full": "full batch", "mini": "mini-batch", "single": "single example"}
LINES = [(text, f"run-{i + 1}") for i, text in enumerate(("full batch", "mini-batch", "single"))]
NOISE = 0.3
START = (-1.6, 1.6)
"""The start, seen from the lowest point."""
BOWL = 0.1
"""The bowl's rim, as a share of the least loss above it."""
LOOKS = 20
"""A way that has touched so many samples a point is given up."""
FAR = 1e3
"""A loss beyond it counts as thrown off."""

PARAMS = {
    "points": Param(Dial(100, 400, 20), 200, "Points"),
}


@dataclass
class Walker:
    """One way down. `path` holds (w, b) and `losses` the loss on all points after each step."""

    batch: int
    trainer: Trainer
    path: list[Array]
    losses: list[float]
    samples: int = 0
    arrived: bool = False
    thrown: bool = False


@dataclass
class State:
    """The points, where their loss is least, the dials, the bet, and the walkers.

    `clock` counts the samples granted to each walker so far. `landscape` is the map's pixels.
    """

    rng: np.random.Generator
    x: Array
    y: Array
    best: Array
    least: float
    seed: int
    landscape: Shade
    rate: int = 1
    batch: int = 16
    bet: str = "full"
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
        unseen = Shade(np.zeros((1, 1)), "ink")
        state = State(rng, x, y, best, 0.0, int(rng.integers(2**32)), unseen)
        state.least = loss_at(state, best)
        full = any(_arrives(state, "full", rate) for rate in range(len(RATES)))
        if not full and any(_arrives(state, "single", rate) for rate in (4, 3, 5)):
            state.landscape = _landscape(state)
            return state


def update(state: State, message: str, *args: Any) -> None:
    """Dials, bet and run; a change of the dials takes the last run away.

    ("rate", i) sets the learning rate to RATES[i], ("batch", n) the mini-batch's size, ("bet",
    way) says who needs the fewest samples; ("go",) starts all three, ("again",) clears them.
    """
    match message, *args:
        case "rate", place if is_number(place, 0, len(RATES) - 1):
            state.rate = round(place)
            _clear(state)
        case "batch", size if is_whole(size, BATCHES[0], BATCHES[-1]) and size in BATCHES:
            state.batch = size
            _clear(state)
        case "bet", str(way) if way in WAYS and not state.walkers:
            state.bet = way
        case ("go",) if not state.walkers:
            state.walkers = {way: _walker(state, way, state.rate) for way in WAYS}
        case ("again",) if is_over(state):
            _clear(state)
        case _:
            allowed = (
                f"('rate', 0 to {len(RATES) - 1}), ('batch', {', '.join(map(str, BATCHES))}), "
                "('bet', 'full', 'mini' or 'single') and ('go') before a run, ('again') after it"
            )
            refuse(message, args, allowed)


def tick(state: State) -> bool:
    """Grant every walker a twentieth of the points, and let it take the steps that pays for."""
    if not state.walkers or is_over(state):
        return False
    state.clock += len(state.x) // 20
    for walker in state.walkers.values():
        while not _stopped(walker) and walker.samples + _next(state, walker) <= state.clock:
            step(state, walker)
    return True


def step(state: State, walker: Walker) -> None:
    """One update from the next batch."""
    walker.samples += _next(state, walker)
    walker.trainer.step()
    place = walker.trainer.network.theta.copy()
    walker.path.append(place)
    walker.losses.append(loss_at(state, place))
    walker.arrived = walker.losses[-1] <= rim(state)
    walker.thrown = not walker.losses[-1] < FAR


def loss_at(state: State, theta: Array) -> float:
    """The mean squared error on all points at θ = (w, b), by the engine."""
    return MeanSquaredError().forward(theta[0] * state.x + theta[1], state.y)


def rim(state: State) -> float:
    """The loss at the edge of the bowl."""
    return (1 + BOWL) * state.least


def is_over(state: State) -> bool:
    """Whether every walker arrived, was thrown off, or was given up."""
    horizon = LOOKS * len(state.x)
    return bool(state.walkers) and (
        state.clock >= horizon or all(_stopped(w) for w in state.walkers.values())
    )


def winner(state: State) -> str | None:
    """Who came to the bowl with the fewest samples; None before the end, or when nobody did."""
    if not is_over(state):
        return None
    arrived = {way: w.samples for way, w in state.walkers.items() if w.arrived}
    return min(arrived, key=lambda way: arrived[way]) if arrived else None


def view(state: State) -> Node:
    """The map with the paths, the loss against samples, and the dials."""
    won, over = score(state) == 1, is_over(state)
    champion = winner(state)
    return widgets.stage(
        widgets.panel(
            _map(state),
            _losses(state),
            widgets.note(_verdict(state), kind="win" if won else "", roomy=True),
        ),
        widgets.panel(
            widgets.slider(
                "η",
                state.rate,
                0,
                len(RATES) - 1,
                1,
                ("rate",),
                printed=fixed(RATES[state.rate]),
                name="learning rate",
                symbol="η",
                key="rate",
            ),
            widgets.choice(
                "mini-batch of",
                [(str(size), size) for size in BATCHES],
                state.batch,
                ("batch",),
                key="batch",
            ),
            widgets.prediction(
                "Which way needs the fewest samples to the bowl?",
                widgets.choice(
                    "my bet", [(text, way) for way, text in WAYS.items()], state.bet, ("bet",)
                )
                if not state.walkers
                else widgets.note(f"You bet on {WAYS[state.bet]}.", kind="hint"),
                guess=WAYS[state.bet],
                truth=None if not over else WAYS[champion] if champion else "nobody gets there",
                close=champion == state.bet if over else None,
                roomy=True,
                key="bet",
            ),
            widgets.commit(
                f"Go: my bet is {WAYS[state.bet]}",
                ("go",),
                waiting=not state.walkers,
                over=over,
                again="Bet again",
            ),
            _table(state),
            widgets.note(
                f"The fit is y = w x + b to {len(state.x)} points; a full-batch step touches all "
                "of them, a single-example step one. The crooked paths are no added noise: each "
                "sample points its own way. Fewer samples are not always less time: a computer "
                "works on a batch at once.",
                kind="hint",
            ),
        ),
    )


def score(state: State) -> float:
    """1 when the way you bet on needs the fewest samples, and no more than the budget."""
    champion = winner(state)
    if champion is None or champion != state.bet:
        return 0.0
    samples = state.walkers[champion].samples
    return 1.0 if samples <= state.budget else 0.5 * state.budget / samples


def describe(state: State) -> str:
    """Dials, bet, and how far each has come."""
    results = ", ".join(f"{name}: {text}" for name, text in _results(state))
    return (
        f"Learning rate {fixed(RATES[state.rate])}, mini-batch of {state.batch}, bet on "
        f"{WAYS[state.bet]}. {_verdict(state)} {results}."
    )


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The points, the bowl, and the paths."""
    found: dict[str, NDArray[Any]] = {
        "points (x, y)": np.hstack([state.x, state.y]),
        "lowest point (w, b)": state.best,
        "least loss, and the bowl's rim": np.array([state.least, rim(state)]),
        "learning rate": np.array([RATES[state.rate]]),
        "mini-batch": np.array([state.batch]),
        "samples allowed": np.array([state.budget]),
        "samples granted": np.array([state.clock]),
    }
    for way, walker in state.walkers.items():
        found[f"{WAYS[way]}: steps, samples"] = np.array([len(walker.losses) - 1, walker.samples])
        found[f"{WAYS[way]}: path (w, b)"] = np.array(walker.path)
        found[f"{WAYS[way]}: loss on all points"] = np.array(walker.losses)
    return found


def solution(state: State) -> Iterator[Message]:
    """All three at a timid rate, with a bet on full batch; then the rate and the bet that win."""
    yield from (("rate", 1), ("batch", 16), ("bet", "full"), ("go",))
    for rate in (4, 3, 5, 2, 6):
        if _arrives(state, "single", rate) and not _arrives(state, "mini", rate):
            yield from (("rate", rate), ("bet", "single"), ("go",))
            return
    for rate in (4, 3, 5):  # a mini-batch was as quick: the quicker of the two
        yield ("rate", rate)
        yield from (("bet", _quickest(state, rate)), ("go",))
        if score(state) == 1:
            return


# --- walking --------------------------------------------------------------------------------------


def _walker(state: State, way: str, rate: int) -> Walker:
    batch = {"full": len(state.x), "mini": state.batch, "single": 1}[way]
    rng = np.random.default_rng(state.seed)
    network = Sequential(Dense(1, 1, rng=rng))
    network.theta[:] = state.best + np.array(START)
    optimizer = SGD(RATES[rate])
    trainer = Trainer(network, MeanSquaredError(), optimizer, state.x, state.y, batch, rng)
    start = network.theta.copy()
    return Walker(batch, trainer, [start], [loss_at(state, start)])


def _next(state: State, walker: Walker) -> int:
    """How many samples the next step touches: the last batch of a deal may be smaller."""
    return min(walker.batch, len(state.x) - walker.samples % len(state.x))


def _stopped(walker: Walker) -> bool:
    return walker.arrived or walker.thrown


def _arrives(state: State, way: str, rate: int) -> bool:
    """Whether a way comes to the bowl within the budget."""
    return _cost(state, way, rate) <= state.budget


def _cost(state: State, way: str, rate: int) -> int:
    """The samples a way needs to the bowl, or more than the budget."""
    walker = _walker(state, way, rate)
    while not _stopped(walker) and walker.samples + _next(state, walker) <= state.budget:
        step(state, walker)
    return walker.samples if walker.arrived else state.budget + 1


def _quickest(state: State, rate: int) -> str:
    return min(WAYS, key=lambda way: _cost(state, way, rate))


def _clear(state: State) -> None:
    state.walkers, state.clock = {}, 0


# --- pictures and words ---------------------------------------------------------------------------

SIDE = 2.2
DRAWN = 300
"""Points of a path drawn at most, evenly chosen."""


def _axes(state: State) -> plots.Axes:
    w, b = state.best
    return plots.Axes((w - SIDE, w + SIDE), (b - SIDE, b + SIDE), height=290)


def _landscape(state: State) -> Shade:
    """The loss on all points as pixels; the square is multiplied out, which is quicker."""
    w, b = _axes(state).grid(258, 179)
    x, y = state.x, state.y
    values = (
        w * w * (x * x).mean()
        + 2 * w * b * x.mean()
        + b * b
        - 2 * (w * (x * y).mean() + b * y.mean())
        + (y * y).mean()
    )
    return plots.landscape(values, (state.least + np.geomspace(0.05, 10, 11)).tolist())


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
    axes = _axes(state)
    start = state.best + np.array(START)
    tracks = [
        (f"run-{i + 1}", np.array(_thinned(walker.path)))
        for i, walker in enumerate(state.walkers.values())
    ]
    return plots.plot(
        axes,
        plots.track(axes, _bowl(state), "bowl"),
        h("g", [plots.track(axes, track, run) for run, track in tracks], data_symbol="w b θ"),
        [
            plots.scatter(axes, track[-1:, 0], track[-1:, 1], run)
            for run, track in tracks
            if np.abs(track[-1] - state.best).max() <= SIDE
        ],
        plots.scatter(axes, [start[0]], [start[1]], "start"),
        plots.text_at(axes, start[0] + 0.08, start[1] + 0.1, "start"),
        plots.legend(axes, LINES),
        heat=state.landscape,
        label=f"Map of the loss over w and b, the bowl in gold. {_verdict(state)}",
        x_label="w",
        y_label="b",
        key="map",
    )


def _thinned(path: list[Array]) -> list[Array]:
    stride = -(-len(path) // DRAWN)
    return path[:-1:stride] + path[-1:]


def _losses(state: State) -> Node:
    walkers = list(state.walkers.values())
    furthest = max([len(state.x) * 2, *(walker.samples for walker in walkers)])
    losses = [loss for walker in walkers for loss in walker.losses]
    axes = plots.Axes(
        (0, furthest), plots.decades([state.least, *losses, 1.0], 1e-3, FAR), height=190, log_y=True
    )
    lines = []
    for i, walker in enumerate(walkers):
        stride = -(-len(walker.losses) // DRAWN)
        each = np.minimum(np.arange(len(walker.losses)) * walker.batch, walker.samples)
        lines.append(plots.curve(axes, each[::stride], walker.losses[::stride], f"run-{i + 1}"))
    return plots.plot(
        axes,
        plots.rule(axes, y=rim(state)),
        plots.rule(axes, x=state.budget, class_="budget"),
        plots.text_at(axes, state.budget, axes.y[0] * 1.4, " budget"),
        h("g", lines, data_symbol="L"),
        label=f"Loss on all points against samples touched. {_verdict(state)}",
        x_label="samples touched",
        y_label="loss on all points; dotted: the bowl’s rim",
        key="losses",
    )


def _table(state: State) -> Node:
    """Samples and steps of each way so far; columns of equal width, so that no digit moves one."""
    rows = []
    for way, (name, _) in zip(WAYS, LINES, strict=True):
        samples = steps = "–"
        if walker := state.walkers.get(way):
            steps = str(len(walker.losses) - 1)
            samples = f"{walker.samples}" + " ✓" * walker.arrived + " ✗" * walker.thrown
        rows.append((name, samples, steps))
    return widgets.table(
        "How far each has come: ✓ in the bowl, ✗ thrown off",
        ("way", "samples", "steps"),
        rows,
        steady=True,
        key="results",
    )


def _results(state: State) -> list[tuple[str, str]]:
    """The same for `describe`, in words."""
    results = []
    for way, text in WAYS.items():
        said = "–"
        if walker := state.walkers.get(way):
            steps = len(walker.losses) - 1
            said = f"{walker.samples} in {steps} {'step' if steps == 1 else 'steps'}"
            said += ", in the bowl" * walker.arrived + ", thrown off" * walker.thrown
        results.append((f"{text}: samples", said))
    return results


def _verdict(state: State) -> str:
    if not state.walkers:
        return (
            f"Gold: bet right, with at most {state.budget} samples to the bowl, where the loss is "
            f"{fixed(rim(state), 3)} or less."
        )
    if not is_over(state):
        return f"{state.clock} samples granted to each."
    champion = winner(state)
    if champion is None:
        return f"Nobody came to the bowl in {state.clock} samples. Try another learning rate."
    samples = state.walkers[champion].samples
    text = f"The {WAYS[champion]} way came to the bowl first, after {samples} samples."
    if score(state) == 1:
        return f"Gold! {text}"
    if champion != state.bet:
        return f"{text} Your bet was {WAYS[state.bet]}."
    return f"{text} You bet right, but the budget is {state.budget}: try another rate."

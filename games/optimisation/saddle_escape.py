"""Saddle Escape: set the momentum, say how many steps it takes to roll off the saddle, release.

f = a² − b², gradient (2a, −2b), heavy ball (the engine's Momentum) with
η = 0.02 from (1, b₀). Escaped means |b| ≥ 1.5. From b₀ = 0.0001 it takes 246 steps with β = 0, 135
with 0.5, 64 with 0.9, 57 with 0.95: plain gradient descent is slow, not frozen. From b₀ = 0 the
gradient along b is exactly 0, and no β ever leaves the ridge.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_number, is_whole, refuse
from games.moves import Dial
from games.ui import plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed, short
from pycore.arrays import Array
from pycore.optimizers import Momentum

TICKS_PER_SECOND = 60
START_A = 1.0
ESCAPED = 1.5
"""Away from the saddle: |b| at least this."""
LIMIT = 400
"""Steps after which a run is given up."""
FEW = 40
"""Won by escaping in at most so many steps."""
OFFSETS = (0.0, 1e-6, 1e-4, 1e-3, 1e-2)
"""The starts offered, as distances b₀ from the ridge."""
CLOSE = 0.2
"""A guess within this share of the truth counts as close."""
KEPT = 3
"""Runs shown for comparison, the last ones."""

PARAMS = {
    "eta": Param(Dial(0.02, 0.05, 0.01), 0.02, "Learning rate η"),
}


@dataclass
class Trip:
    """One release: its settings, and the place after each step; `steps` once it escaped."""

    beta: float
    offset: float
    guess: int
    optimizer: Momentum
    theta: Array
    path: list[Array]
    steps: int | None = None

    @property
    def over(self) -> bool:
        """Whether it escaped or was given up."""
        return self.steps is not None or len(self.path) > LIMIT


@dataclass
class State:
    """The dials, the guess, and the trips so far; the last one may be under way.

    `offset` is the start's place in OFFSETS.
    """

    rng: np.random.Generator
    eta: float
    beta: float = 0.0
    offset: int = OFFSETS.index(1e-4)
    guess: int = 100
    trips: list[Trip] = field(default_factory=list)
    ready: bool = True


def init(seed: int, eta: float = 0.02) -> State:
    """Plain gradient descent, a hair off the ridge."""
    return State(np.random.default_rng(seed), eta)


def update(state: State, message: str, *args: Any) -> None:
    """Dials, guess and release.

    ("beta", β), ("offset", i) takes OFFSETS[i], ("guess", n) foretells the steps, 0 for never;
    all three end what runs. ("release",) starts; ("again",) goes back to a new guess.
    """
    match message, *args:
        case "beta", beta if is_number(beta, 0, 0.99):
            state.beta = round(beta, 2)
            _prepare(state)
        case "offset", place if is_whole(place, 0, len(OFFSETS) - 1):
            state.offset = place
            _prepare(state)
        case "guess", steps if is_number(steps, 0, LIMIT) and state.ready:
            state.guess = round(steps)
        case ("release",) if state.ready:
            state.ready = False
            theta = np.array([START_A, OFFSETS[state.offset]])
            state.trips.append(
                Trip(
                    state.beta,
                    OFFSETS[state.offset],
                    state.guess,
                    Momentum(state.eta, state.beta),
                    theta,
                    [theta.copy()],
                )
            )
            del state.trips[:-KEPT]
        case ("again",) if not state.ready and state.trips[-1].over:
            state.ready = True
        case _:
            allowed = (
                f"('beta', 0 to 0.99), ('offset', 0 to {len(OFFSETS) - 1}), ('guess', 0 to "
                f"{LIMIT}) and ('release') before a run, ('again') after it"
            )
            refuse(message, args, allowed)


def gradient(theta: Array) -> Array:
    """∇f = (2a, −2b)."""
    return np.asarray(theta * np.array([2.0, -2.0]))


def tick(state: State) -> bool:
    """One step of the heavy ball; idle before a release and once the run is over."""
    trip = now(state)
    if trip is None or trip.over:
        return False
    trip.optimizer.step(trip.theta, gradient(trip.theta))
    trip.path.append(trip.theta.copy())
    if abs(trip.theta[1]) >= ESCAPED:
        trip.steps = len(trip.path) - 1
    return True


def now(state: State) -> Trip | None:
    """The trip on show: under way or just over; None while the next one is prepared."""
    return None if state.ready else state.trips[-1]


def view(state: State) -> Node:
    """The saddle from above, the distance from the ridge, and the dials."""
    trip, won = now(state), score(state) == 1
    over = trip is not None and trip.over
    return widgets.stage(
        widgets.panel(
            _map(state),
            _distance(state),
            widgets.note(_verdict(state), kind="win" if won else "", roomy=True),
        ),
        widgets.panel(
            widgets.slider(
                "momentum β", state.beta, 0, 0.99, 0.01, ("beta",), symbol="β", key="beta"
            ),
            widgets.choice(
                "start b₀",
                [(short(offset, 1), place) for place, offset in enumerate(OFFSETS)],
                state.offset,
                ("offset",),
                key="offset",
            ),
            widgets.prediction(
                f"After how many steps is |b| at {ESCAPED}? (0 means never)",
                widgets.slider(
                    "steps", state.guess, 0, LIMIT, 1, ("guess",), digits=0, name="guessed steps"
                )
                if state.ready
                else widgets.note(f"You said {_steps(state.guess)}.", kind="hint"),
                guess=_steps(trip.guess) if trip else None,
                truth=_steps(trip.steps or 0) if trip and over else None,
                close=_close(trip) if trip and over else None,
                key="guess",
            ),
            widgets.commit(
                f"Release: my guess is {_steps(state.guess)}",
                ("release",),
                waiting=state.ready,
                over=over,
            ),
            _table(state),
            widgets.note(
                "Along a the ground rises to both sides, along b it falls: f = a² − b². Without "
                f"momentum each step multiplies b by 1 + 2η = {fixed(1 + 2 * state.eta)}: slow "
                "while b is tiny, but never frozen. Momentum adds earlier steps to the next. From "
                "b₀ = 0 there is nothing to add: exactly on the ridge no β helps.",
                kind="hint",
            ),
        ),
    )


def score(state: State) -> float:
    """1 once a trip on show escaped in at most FEW steps; else how near its steps come."""
    best = [trip.steps for trip in state.trips if trip.steps is not None]
    if not best:
        return 0.0
    return 1.0 if min(best) <= FEW else FEW / min(best)


def describe(state: State) -> str:
    """The dials, the guess and the run."""
    runs = "; ".join(
        f"β {fixed(t.beta)}, b₀ {short(t.offset, 1)}: {_outcome(t)}" for t in state.trips
    )
    return (
        f"Momentum β = {fixed(state.beta)}, b₀ = {short(OFFSETS[state.offset], 1)}, guess "
        f"{_steps(state.guess)}. {_verdict(state)} Runs: {runs or 'none yet'}."
    )


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The dials and every path on show."""
    found: dict[str, NDArray[Any]] = {
        "momentum β": np.array([state.beta]),
        "learning rate η": np.array([state.eta]),
        "factor of b in a plain step, 1 + 2η": np.array([1 + 2 * state.eta]),
        "start (a, b₀)": np.array([START_A, OFFSETS[state.offset]]),
        "escaped at |b|": np.array([ESCAPED]),
        "runs: β, b₀, steps (−1: not escaped)": np.array(
            [[t.beta, t.offset, -1 if t.steps is None else t.steps] for t in state.trips]
        ).reshape(-1, 3),
    }
    for i, trip in enumerate(state.trips):
        found[f"path of run {i + 1} (a, b)"] = np.array(trip.path)
    return found


def solution(state: State) -> Iterator[Message]:
    """The same start with β = 0 and 0.9, then momentum and a start further off."""
    for beta, place, guess in ((0.0, 2, 250), (0.9, 2, 60), (0.95, len(OFFSETS) - 1, 30)):
        yield ("beta", beta)  # ends what runs
        yield from (("offset", place), ("guess", guess), ("release",))


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes((-1.6, 1.6), (-1.2, 1.2), height=260)
"""b runs across, so that the way out lies to left and right; a runs up."""


def _prepare(state: State) -> None:
    """Back to a new guess; a run cut short is not kept."""
    if state.trips and not state.trips[-1].over:
        state.trips.pop()
    state.ready = True


def _close(trip: Trip) -> bool:
    if trip.steps is None:
        return trip.guess == 0
    return abs(trip.guess - trip.steps) <= CLOSE * trip.steps


def _steps(count: int) -> str:
    return f"{count} steps" if count else "never"


def _outcome(trip: Trip) -> str:
    if trip.steps is not None:
        return f"{trip.steps} steps"
    if not trip.over:
        return f"step {len(trip.path) - 1}"
    return "never: b stays 0" if trip.offset == 0 else f"not in {LIMIT} steps"


@cache
def _landscape() -> NDArray[np.uint8]:
    """The saddle as pixels, high ground darker."""
    b, a = AXES.grid(258, 156)
    return plots.landscape(a * a - b * b, np.linspace(-2, 1.2, 17).tolist())


def _map(state: State) -> Node:
    offset = OFFSETS[state.offset]
    paths = [(f"run-{i + 1}", np.array(trip.path)) for i, trip in enumerate(state.trips)]
    start = state.ready or not paths
    ball = np.array([START_A, offset]) if start else paths[-1][1][-1]
    return plots.plot(
        AXES,
        plots.rule(AXES, x=-ESCAPED),
        plots.rule(AXES, x=ESCAPED),
        plots.text_at(AXES, 0.08, -0.16, "saddle"),
        [plots.track(AXES, path[:, ::-1], run) for run, path in paths],
        plots.scatter(AXES, [ball[1]], [ball[0]], "ball"),
        heat=_landscape(),
        label=f"The saddle from above; the ball at a = {fixed(ball[0])}, b = {short(ball[1])}.",
        x_label="b   (away from the ridge)",
        y_label="a, on f = a² − b²",
        key="map",
    )


def _distance(state: State) -> Node:
    """|b| after each step: a straight line here is growth by a constant factor."""
    longest = max([100, *(len(trip.path) - 1 for trip in state.trips)])
    axes = plots.Axes((0, 50 * math.ceil(longest / 50)), (1e-6, 10), height=190, log_y=True)
    return plots.plot(
        axes,
        plots.rule(axes, y=ESCAPED),
        [
            plots.curve(axes, np.arange(len(trip.path)), _size(trip), f"run-{i + 1}")
            for i, trip in enumerate(state.trips)
        ],
        label=f"Distance |b| from the ridge after each step. {_verdict(state)}",
        x_label="step",
        y_label="distance |b|; dotted: escaped",
        key="distance",
    )


def _size(trip: Trip) -> Array:
    """|b| along the path; missing where it is 0, which no logarithm shows."""
    size = np.abs(np.array(trip.path)[:, 1])
    return np.where(size > 0, size, np.nan)


def _table(state: State) -> Node:
    """The last runs side by side, always as many rows."""
    rows = [
        (f"run-{i + 1}", fixed(t.beta), short(t.offset, 1), _outcome(t))
        for i, t in enumerate(state.trips)
    ]
    rows += [(f"run-{i + 1}", "–", "–", "–") for i in range(len(rows), KEPT)]
    return h(
        "table",
        h("thead", h("tr", [h("th", name) for name in ("run", "β", "b₀", "escaped after")])),
        h(
            "tbody",
            [
                h(
                    "tr",
                    h(
                        "td",
                        h(
                            "svg",
                            h("path", d="M0 6h32", class_=f"curve {run}"),
                            viewBox="0 0 32 12",
                            width=32,
                            height=12,
                            aria_hidden="true",
                        ),
                    ),
                    [h("td", text) for text in texts],
                    key=run,
                )
                for run, *texts in rows
            ],
        ),
        class_="runs",
        aria_label="The last runs",
    )


def _verdict(state: State) -> str:
    trip = now(state)
    if trip is None:
        return f"Set β and the start, say how many steps it takes, release. Gold: {FEW} or fewer."
    b = short(float(trip.theta[1]))
    if not trip.over:
        return f"Step {len(trip.path) - 1}: b = {b}."
    if trip.steps is None:
        if trip.offset == 0:
            return f"After {LIMIT} steps b is still exactly 0: the ridge holds it, whatever β is."
        return f"After {LIMIT} steps b = {b}: on its way, but slow."
    text = f"Escaped after {trip.steps} steps, b = {b}."
    return f"Gold! {text}" if trip.steps <= FEW else f"{text} Gold needs {FEW} or fewer."

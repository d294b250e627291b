"""Saddle Escape: set the momentum, predict how many steps it takes to roll off, and release.

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

import numpy as np

from games import Message, Node, Param
from games.concepts import runs
from games.concepts.bet import Bet, commit, slip
from games.concepts.runs import Runs
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.fields import Field, landscape
from games.ui.node import marked
from games.ui.numbers import fixed, short
from games.words import say
from pycore.arrays import Array
from pycore.optimizers import Momentum

EDITION = 2
TICKS_PER_SECOND = 60
START_A = 1.0
ESCAPED = 1.5
"""Away from the saddle: |b| at least this."""
LIMIT = 400
"""Steps after which a run is given up."""
FEW = 40
"""Won by escaping in at most so many steps."""
CLOSE = 0.2
"""A guess within this share of the truth counts as close."""

PARAMS = {"eta": Param(Dial(0.02, 0.05, 0.01), 0.02, "Learning rate η")}
STARTS = Pick({"ridge": 0.0, "1e-6": 1e-6, "1e-4": 1e-4, "1e-3": 1e-3, "1e-2": 1e-2})
"""The starts offered, as distances b₀ from the ridge."""
MOVES = moves(
    beta=Dial(0, 0.99, 0.01),
    start=STARTS,
    guess=Dial(0, LIMIT, when=lambda state: state.bet.open),
    release=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: state.bet.over),
)


@dataclass
class Trip:
    """One release: its settings, and the place after each step; `steps` once it escaped."""

    beta: float
    offset: float
    optimizer: Momentum
    theta: Array
    path: list[Array]
    steps: int | None = None


@dataclass
class State:
    """The dials, the bet on the steps (0: never), and the last trips; one may be under way."""

    rng: np.random.Generator
    eta: float
    beta: float = 0.0
    start: str = "1e-4"
    bet: Bet[int] = field(default_factory=Bet)
    trips: Runs[Trip] = field(default_factory=Runs)


def init(seed: int, eta: float = 0.02) -> State:
    """Plain gradient descent, a hair off the ridge."""
    return State(np.random.default_rng(seed), eta)


def update(state: State, move: str, *values: float | str) -> None:
    """A dial ends what runs, and a run cut short is not kept."""
    match move, *values:
        case "beta" | "start", value:
            setattr(state, move, value)
            if state.bet.running:
                state.trips.drop()
            state.bet.reopen()
        case "guess", int(steps):
            state.bet.place(steps)
        case ("release",):
            state.bet.begin()
            theta = np.array([START_A, STARTS[state.start]])
            ball = Momentum(state.eta, state.beta)
            state.trips.add(Trip(state.beta, theta[1].item(), ball, theta, [theta.copy()]))
        case ("again",):
            state.bet.again()


def gradient(theta: Array) -> Array:
    """∇f = (2a, −2b)."""
    return np.asarray(theta * np.array([2.0, -2.0]))


def tick(state: State) -> bool:
    """One step of the heavy ball; idle before a release and once the run is over."""
    trip = state.trips.last
    if trip is None or not state.bet.running:
        return False
    trip.optimizer.step(trip.theta, gradient(trip.theta))
    trip.path.append(trip.theta.copy())
    if abs(trip.theta[1]) >= ESCAPED:
        trip.steps = len(trip.path) - 1
    if trip.steps is not None or len(trip.path) > LIMIT:
        state.bet.settle()
    return True


def score(state: State) -> float:
    """1 once a trip on show escaped in at most FEW steps; else how near its steps come."""
    best = min((trip.steps for trip in state.trips.kept if trip.steps), default=math.inf)
    return min(1.0, FEW / best)


def solution(state: State) -> Iterator[Message]:
    """The same start with β = 0 and 0.9, then momentum and a start further off."""
    for beta, start, guess in ((0.0, "1e-4", 250), (0.9, "1e-4", 60), (0.95, "1e-2", 30)):
        yield ("beta", beta)  # ends what runs
        yield from (("start", start), ("guess", guess), ("release",))


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "beta", 0.0:
            return say(
                "Without momentum only the slope counts, and at a saddle there is hardly any."
            )
        case "beta", _:
            return say("Momentum adds up the small steps that all lead the same way.")
        case "start", _:
            return say("The nearer to the ridge, the longer it takes to leave it.")
        case "guess", _:
            return say("About as many steps as it takes the distance to grow to full size.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes((-1.6, 1.6), (-1.2, 1.2), height=260)
"""b runs across, so that the way out lies to left and right; a runs up."""


def view(state: State) -> Node:
    """The saddle from above, the distance from the ridge, and the dials."""
    may, bet, trip = MOVES.on(state), state.bet, state.trips.last
    said = bet.told(_steps)
    return widgets.stage(
        widgets.panel(
            _map(state),
            _distance(state),
            widgets.verdict(_verdict(state), score(state) == 1),
        ),
        widgets.panel(
            controls.slider(say("momentum β"), state.beta, may.beta, symbol="β"),
            controls.choice(
                say("start b₀"),
                {name: short(b, 1) for name, b in STARTS.values.items()},
                state.start,
                may.start,
            ),
            slip(
                bet,
                say("After how many steps is |b| at {far}? (0 means never)", far=fixed(ESCAPED, 1)),
                controls.slider(
                    say("steps"),
                    bet.said,
                    may.guess,
                    name=say("predicted steps"),
                ),
                said=said,
                truth=_steps(trip.steps or 0) if trip and bet.over else None,
                hit=_close(bet.said or 0, trip.steps) if trip and bet.over else None,
            ),
            commit(
                bet,
                said and say("Release: I predict {steps}", steps=said),
                may.release,
                may.again,
            ),
            runs.table(
                say("The last runs"),
                ["β", "b₀", say("escaped after")],
                [(fixed(t.beta), short(t.offset, 1), _outcome(state, t)) for t in state.trips.kept],
                state.trips.most,
            ),
            widgets.hint(
                say(
                    "Along a the ground rises on both sides, along b it falls: f = a² − b². "
                    "Without momentum each step multiplies b by 1 + 2η = {factor}: slow while b is "
                    "tiny, but never frozen. Momentum adds earlier steps to the next. From b₀ = 0 "
                    "there is nothing to add: exactly on the ridge, no β helps.",
                    factor=fixed(1 + 2 * state.eta),
                )
            ),
        ),
    )


def describe(state: State) -> str:
    """The dials, the guess and the run."""
    kept = "; ".join(
        say(
            "β {beta}, b₀ {start}: {outcome}",
            beta=fixed(trip.beta),
            start=short(trip.offset, 1),
            outcome=_outcome(state, trip),
        )
        for trip in state.trips.kept
    )
    return say(
        "Momentum β = {beta}, b₀ = {start}, prediction {guess}. {verdict} Runs: {runs}.",
        beta=fixed(state.beta),
        start=short(STARTS[state.start], 1),
        guess=state.bet.told(_steps) or say("none yet"),
        verdict=_verdict(state),
        runs=kept or say("none yet"),
    )


def _close(guess: int, steps: int | None) -> bool:
    return guess == 0 if steps is None else abs(guess - steps) <= CLOSE * steps


def _steps(count: int) -> str:
    return say.count("{n} step", "{n} steps", count) if count else say("never")


def _outcome(state: State, trip: Trip) -> str:
    if trip.steps is not None:
        return _steps(trip.steps)
    if state.bet.running and trip is state.trips.last:
        return say("step {n}", n=len(trip.path) - 1)
    return say("never: b stays 0") if trip.offset == 0 else say("not in {n} steps", n=LIMIT)


@cache
def _landscape() -> Field:
    """The saddle as a map."""
    return landscape(AXES, lambda p: p[:, 1] ** 2 - p[:, 0] ** 2, np.linspace(-2, 1.2, 9).tolist())


def _map(state: State) -> Node:
    paths = [np.array(trip.path) for trip in state.trips.kept]
    ball = np.array([START_A, STARTS[state.start]]) if state.bet.open else paths[-1][-1]
    return plots.plot(
        AXES,
        _landscape().lines,
        plots.rule(AXES, x=-ESCAPED),
        plots.rule(AXES, x=ESCAPED),
        plots.text_at(AXES, 0.08, -0.16, say("saddle")),
        [
            marked(track, {say("path of run {i} (a, b)", i=i + 1): path})
            for i, (track, path) in enumerate(
                zip(runs.tracks(AXES, [path[:, ::-1] for path in paths]), paths, strict=True)
            )
        ],
        marked(plots.scatter(AXES, [ball[1]], [ball[0]], "ball"), {say("ball (a, b)"): ball}),
        heat=_landscape().heat,
        label=say("The saddle from above"),
        x_label=say("b   (away from the ridge)"),
        y_label=say("a, on f = a² − b²"),
        key="map",
    )


def _distance(state: State) -> Node:
    """|b| after each step: a straight line here is growth by a constant factor."""
    trips = state.trips.kept
    longest = max([100, *(len(trip.path) - 1 for trip in trips)])
    axes = plots.Axes((0, 50 * math.ceil(longest / 50)), (1e-6, 10), height=190, log_y=True)
    summary = [[t.beta, t.offset, -1 if t.steps is None else t.steps] for t in trips]
    plot = plots.plot(
        axes,
        plots.rule(axes, y=ESCAPED),
        runs.curves(axes, [_size(trip) for trip in trips]),
        label=say("Distance |b| from the ridge after each step"),
        x_label=say("step"),
        y_label=say("distance |b|; dotted: escaped"),
        key="distance",
    )
    return marked(
        plot,
        {say("momentum β"): [state.beta], say("factor of b in a plain step"): [1 + 2 * state.eta]}
        | {say("runs: β, b₀, steps (−1: not escaped)"): np.reshape(summary, (-1, 3))},
    )


def _size(trip: Trip) -> Array:
    """|b| along the path; missing where it is 0, which no logarithm shows."""
    size = np.abs(np.array(trip.path)[:, 1])
    return np.where(size > 0, size, np.nan)


def _verdict(state: State) -> str:
    trip = state.trips.last
    if trip is None or state.bet.open:
        return say("Set β and the start, predict, release. Gold: {few} steps or fewer.", few=FEW)
    b = short(float(trip.theta[1]))
    if state.bet.running:
        return say("Step {n}: b = {b}.", n=len(trip.path) - 1, b=b)
    if trip.steps is None and trip.offset == 0:
        return say(
            "After {n} steps b is still exactly 0: the ridge holds it, whatever β is.", n=LIMIT
        )
    if trip.steps is None:
        return say(
            "After {n} steps b = {b}: on its way, but slow. Give it more momentum.", n=LIMIT, b=b
        )
    if trip.steps > FEW:
        return say(
            "Escaped after {n} steps, b = {b}. Gold needs {few} or fewer: try more momentum.",
            n=trip.steps,
            b=b,
            few=FEW,
        )
    if trip.beta:
        return say(
            "Gold! Escaped after {n} steps, b = {b}. Momentum carries every step into the next, so "
            "even a tiny slope adds up.",
            n=trip.steps,
            b=b,
        )
    return say(
        "Gold! Escaped after {n} steps, b = {b}. A start so far off the ridge needs no momentum.",
        n=trip.steps,
        b=b,
    )

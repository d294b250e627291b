"""Saddle Escape: call how many steps the ball needs to roll off, without momentum and with it.

f = a² − b², gradient (2a, −2b), heavy ball (the engine's Momentum) with
η = 0.02 from (1, b₀). Escaped means |b| ≥ 1.5. From b₀ = 0.0001 it takes 246 steps with β = 0, 135
with 0.5, 64 with 0.9, 57 with 0.95: plain gradient descent is slow, not frozen. From b₀ = 0 the
gradient along b is exactly 0, and no β ever leaves the ridge.

What can be called is a number of doublings: after the first steps b grows by the same factor each
time. Every release is followed by another start, at least FAR times nearer to the ridge or further
off, for which the number of steps just seen is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts import runs
from games.concepts.bet import Bet, commit, slip
from games.concepts.runs import Runs
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.landscapes import Block, landscape
from games.ui.node import h, marked
from games.ui.numbers import fixed, plain, short
from games.ui.shell import shell
from games.words import drawn_once, say, word
from pycore.arrays import Array
from pycore.optimizers import Momentum

EDITION = 3
TICKS_PER_SECOND = 60
START_A = 1.0
ESCAPED = 1.5
"""Away from the saddle: |b| at least this."""
LIMIT = 400
"""Steps after which a run is given up."""
FEW = 40
"""Where escaping is what wins: in at most so many steps."""
CLOSE = 0.2
"""A guess within this share of the truth is right."""
HEAVY = 0.5
"""From this β on, a right call is one with momentum."""
FAR = 100
"""A start is at least so many times nearer to the ridge than the last, or further off."""
DEALT = tuple(digit / 10**power for power in (6, 5, 4, 3, 2) for digit in (1, 2, 5))[:-1]
"""The starts that the game sets, as distances b₀ from the ridge."""
TWO, FORTY = "two-calls", "forty-steps"
"""What counts as won; up to the second edition it was the latter, whatever was predicted."""

LEARNT = word(
    "Beside a saddle the distance doubles every so many steps: plain gradient descent is slow "
    "there, not stuck. Momentum adds up small steps, and each doubling takes fewer."
)
PARAMS = {
    "eta": Param(Dial(0.02, 0.05, 0.01), 0.02, "Learning rate η"),
    "goal": Param(Pick(TWO, FORTY), TWO, word("What counts as won")),
}
STARTS = Pick({"ridge": 0.0, "1e-6": 1e-6, "1e-4": 1e-4, "1e-3": 1e-3, "1e-2": 1e-2})
"""The starts that one can try, as distances b₀ from the ridge."""
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
    """The dials, the bet on the steps (0: never), and the last trips; one may be under way.

    `own` says that the learner has chosen the start, which then counts for nothing: it is for
    trying. `called` are the right calls, of "plain" and "heavy"; from the first on, the next start
    comes with the dial of β beside the question.
    """

    rng: np.random.Generator
    eta: float
    goal: str = TWO
    beta: float = 0.0
    offset: float = STARTS["1e-4"]
    own: bool = False
    called: tuple[str, ...] = ()
    dial: bool = False
    bet: Bet[int] = field(default_factory=Bet)
    trips: Runs[Trip] = field(default_factory=Runs)


def init(seed: int, eta: float = 0.02, goal: str = TWO) -> State:
    """Plain gradient descent, a hair off the ridge."""
    return State(np.random.default_rng(seed), eta, goal)


def update(state: State, move: str, *values: float | str) -> None:
    """A dial ends what runs, and a run cut short is not kept."""
    match move, *values:
        case "beta", float(beta):
            state.beta = beta
            _interrupt(state)
        case "start", str(start):
            _interrupt(state)
            state.offset, state.own = STARTS[start], True
        case "guess", int(steps):
            state.bet.place(steps)
        case ("release",):
            state.bet.begin()
            theta = np.array([START_A, state.offset])
            ball = Momentum(state.eta, state.beta)
            state.trips.add(Trip(state.beta, state.offset, ball, theta, [theta.copy()]))
        case ("again",):
            _ask(state)


def _interrupt(state: State) -> None:
    """A run that is under way is not kept; what has been seen of one is not asked again."""
    seen = not state.bet.open
    if state.bet.running:
        state.trips.drop()
    if seen:
        _ask(state)


def _ask(state: State) -> None:
    """Clear the table, and set a start for which nothing that was seen is the answer."""
    state.bet.again()
    if state.goal == TWO:
        far = [b for b in DEALT if max(b, state.offset) >= 0.99 * FAR * min(b, state.offset)]
        state.offset, state.own = far[int(state.rng.integers(len(far)))], False
        state.dial = bool(state.called)


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
        if _right(state) and not state.own and _kind(state) not in state.called:
            state.called = *state.called, _kind(state)
    return True


def _kind(state: State) -> str:
    return "heavy" if state.beta >= HEAVY else "plain"


def _right(state: State) -> bool:
    """Whether the number of steps was called; once the run is over."""
    trip = state.trips.last
    return bool(state.bet.over and trip and _close(state.bet.said or 0, trip.steps))


def _close(guess: int, steps: int | None) -> bool:
    return guess == 0 if steps is None else abs(guess - steps) <= CLOSE * steps


def doubling(eta: float, beta: float) -> float:
    """In how many steps b doubles, once it grows by the same factor in each.

    The heavy ball is bₙ₊₁ = (1 + β + 2η) bₙ − β bₙ₋₁; a factor f that stays solves
    f² = (1 + β + 2η) f − β.
    """
    factor = np.roots([1, -(1 + beta + 2 * eta), beta]).max()
    return float(np.log(2) / np.log(factor))


def doublings(offset: float) -> float:
    """How often a start's distance doubles until it has escaped."""
    return float(np.log2(ESCAPED / offset))


def score(state: State) -> float:
    """Half for each of the two calls; or how near a trip on show came to FEW steps."""
    if state.goal == TWO:
        return len(state.called) / 2
    best = min((trip.steps for trip in state.trips.kept if trip.steps), default=math.inf)
    return min(1.0, FEW / best)


def solution(state: State) -> Iterator[Message]:
    """Both calls, by counting doublings; or with β = 0, with 0.9, and then from further off."""
    if state.goal == TWO:
        calls = {"plain": 0.0, "heavy": 0.9}
        for beta in [b for kind, b in calls.items() if kind not in state.called] or [0.0, 0.9]:
            if state.bet.over:
                yield ("again",)
            if state.beta != beta or state.bet.running:
                yield ("beta", beta)  # ends what runs
            if state.own:
                yield from (("guess", 0), ("release",), ("again",))
            steps = doubling(state.eta, beta) * doublings(state.offset)
            yield from (("guess", round(steps)), ("release",))
        return
    for beta, start, guess in ((0.0, "1e-4", 250), (0.9, "1e-4", 60), (0.95, "1e-2", 30)):
        yield ("beta", beta)
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
        case "guess", _ if state.goal == TWO and not state.own:
            return say(
                "The distance doubles {n} times until it is {far}, every {steps} steps.",
                n=fixed(doublings(state.offset), 0),
                far=fixed(ESCAPED, 1),
                steps=_every(state),
            )
        case "guess", _ if not state.own:
            return say("About as many steps as it takes the distance to grow to full size.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

GHOST = {TWO: (0.0, 2e-2), FORTY: (0.5, 1e-2)}
"""β and b₀ of the earlier run that is shown before the first."""


def view(state: State) -> Node:
    """The saddle with the runs on it, and the call; how far each came, and other starts folded."""
    may, bet, trip = MOVES.on(state), state.bet, state.trips.last
    said, won, two = bet.told(_steps), score(state) == 1, state.goal == TWO
    momentum = controls.slider(say("momentum β"), state.beta, may.beta, symbol="β")
    names = {str(name): short(b, 1) for name, b in STARTS.values.items()}
    start = controls.choice(
        say("start b₀"),
        names,
        next((name for name in names if STARTS[name] == state.offset), None),
        may.start,
    )
    asked = say("After how many steps is it {far} from the ridge?", far=fixed(ESCAPED, 1))
    if not two or state.own:
        asked = say("After how many steps is |b| at {far}? (0 means never)", far=fixed(ESCAPED, 1))
    first = two and not state.dial
    return shell(
        _saddle(state, won),
        widgets.verdict(_verdict(state), won, lost=bet.over and not won and not _right(state)),
        dock=[
            None if first else momentum,
            None if two else start,
            slip(
                bet,
                asked,
                controls.slider(
                    say("steps"),
                    bet.said,
                    may.guess,
                    name=say("predicted steps"),
                ),
                said=said,
                truth=_steps(trip.steps or 0) if trip and bet.over else None,
                hit=_right(state) if trip and bet.over else None,
            ),
        ],
        go=commit(
            bet,
            said and say("Release: I predict {steps}", steps=said),
            may.release,
            may.again,
            more=say("Next start") if two else None,
        ),
        mission=widgets.progress(say("calls right"), len(state.called), 2) if two else None,
        drawers=[
            widgets.folded(
                say("More controls"),
                momentum if first else None,
                start,
                widgets.hint(say("A start that you choose is for trying, and counts for nothing.")),
                key="more",
            )
            if two
            else None,
            _distance(state),
            widgets.folded(
                say("The last runs"),
                runs.table(
                    say("The last runs"),
                    ["β", "b₀", say("escaped after")],
                    [
                        (fixed(t.beta), short(t.offset, 1), _outcome(state, t))
                        for t in state.trips.kept
                    ],
                    state.trips.most,
                ),
                key="runs",
            ),
            widgets.explained(
                say("Why it is slow"),
                say(
                    "Along a the ground rises on both sides, along b it falls: f = a² − b². "
                    "Without momentum each step multiplies b by 1 + 2η = {factor}: slow while "
                    "b is tiny, but never frozen. Momentum adds earlier steps to the next. "
                    "From b₀ = 0 there is nothing to add: exactly on the ridge, no β helps.",
                    factor=fixed(1 + 2 * state.eta),
                ),
                key="why",
            ),
        ],
        tone=float(np.log10(max(abs(trip.theta[1]), 1e-6)) / 6 + 1)
        if trip and bet.running
        else None,
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
        start=short(state.offset, 1),
        guess=state.bet.told(_steps) or say("none yet"),
        verdict=_verdict(state),
        runs=kept or say("none yet"),
    )


def _steps(count: int) -> str:
    return say.count("{n} step", "{n} steps", count) if count else say("never")


def _outcome(state: State, trip: Trip) -> str:
    if trip.steps is not None:
        return _steps(trip.steps)
    if state.bet.running and trip is state.trips.last:
        return say("step {n}", n=len(trip.path) - 1)
    return say("never: b stays 0") if trip.offset == 0 else say("not in {n} steps", n=LIMIT)


@cache
def _block() -> Block:
    """The saddle in space: b runs across, so that the ways out lie to both sides, a to the back."""
    plane = plots.Axes((-1.6, 1.6), (-1.2, 1.2))
    levels = np.arange(-2.35, 1.3, 0.3).tolist()
    ground = landscape(plane, lambda p: p[:, 1] ** 2 - p[:, 0] ** 2, levels, cells=64, between=1)
    return Block(ground, rise=0.24)


@cache
def _ghost(eta: float, goal: str) -> Trip:
    """An earlier run, with other settings."""
    beta, offset = GHOST[goal]
    theta = np.array([START_A, offset])
    trip = Trip(beta, offset, Momentum(eta, beta), theta, [theta.copy()])
    while abs(theta[1]) < ESCAPED:
        trip.optimizer.step(theta, gradient(theta))
        trip.path.append(theta.copy())
    trip.steps = len(trip.path) - 1
    return trip


@drawn_once
def _ways_out() -> tuple[Node, ...]:
    """The lines behind which the ball has escaped."""
    along = np.linspace(-1.2, 1.2, 25)
    sides = (np.column_stack([np.full_like(along, side), along]) for side in (-ESCAPED, ESCAPED))
    return tuple(_block().track(side, "way-out") for side in sides)


@drawn_once
def _places() -> tuple[Node, ...]:
    """Marks on the wall to the front: where b is 0, and where the ball has escaped."""
    marks = [
        (-ESCAPED, fixed(-ESCAPED, 1), ""),
        (0.0, "b = 0", "middle"),
        (ESCAPED, fixed(ESCAPED, 1), "end"),
    ]
    feet = _block().feet([(b, -1.2) for b, _, _ in marks])
    return tuple(
        h("text", text, x=x, y=y - 11, class_=f"wall-name {anchor}", key=i)
        for i, ((x, y), (_, text, anchor)) in enumerate(zip(feet, marks, strict=True))
    )


def _saddle(state: State, won: bool) -> Node:
    block, kept = _block(), state.trips.kept
    paths = [np.array(trip.path) for trip in kept]
    ball = np.array([START_A, state.offset]) if state.bet.open else paths[-1][-1]
    ((x, y),) = block.spots([np.clip(ball[::-1], -ESCAPED, ESCAPED)])
    ghost: list[Node] = []
    if not kept:
        earlier = _ghost(state.eta, state.goal)
        path = np.array(earlier.path)[:, ::-1]
        settings = say(
            "β = {beta} from b₀ = {start}",
            beta=short(earlier.beta, 1),
            start=short(earlier.offset, 1),
        )
        if state.goal == TWO:
            settings = say(
                "from {start}: {steps}",
                start=_distance_text(earlier.offset),
                steps=_steps(earlier.steps or 0),
            )
        ghost = [
            block.track(path, "ghost", name=say("path of the earlier run (b, a)")),
            *[
                h(
                    "text",
                    text,
                    x=396,
                    y=266 + 17 * i,
                    class_="plot-text ghost end",
                    key=f"ghost-{i}",
                )
                for i, text in enumerate((say("faint: an earlier run,"), settings))
            ],
        ]
    return block.view(
        h("g", _ways_out(), class_="won" if won else None),
        _places(),
        ghost,
        [
            marked(
                block.track(path[:, ::-1], runs.line(i)),
                {say("path of run {i} (a, b)", i=i + 1): path},
            )
            for i, path in enumerate(paths)
        ],
        h(
            "g",
            h("circle", cx=x, cy=y - 7, r=8, class_="ball"),
            h("circle", cx=x - 2.5, cy=y - 9.5, r=2.5, class_="ball-light"),
            marks={say("ball (a, b)"): ball},
        ),
        label=say("The saddle in space, f = a² − b², with the runs on it"),
        key="saddle",
    )


def _distance(state: State) -> Node:
    """|b| after each step: a straight line here is growth by a constant factor."""
    trips, ghost = state.trips.kept, _size(_ghost(state.eta, state.goal))
    longest = max([100, *(len(trip.path) - 1 for trip in trips)])
    axes = plots.Axes((0, 50 * math.ceil(longest / 50)), (1e-6, 10), height=180, log_y=True)
    summary = [[t.beta, t.offset, -1 if t.steps is None else t.steps] for t in trips]
    plot = plots.plot(
        axes,
        plots.rule(axes, y=ESCAPED),
        runs.curves(axes, [_size(trip) for trip in trips])
        or plots.curve(axes, np.arange(len(ghost)), ghost, "ghost"),
        plots.text_at(axes, 0, 2e-6, " " + say("b = 0 has no place on this scale"))
        if any(trip.offset == 0 for trip in trips)
        else None,
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


def _every(state: State) -> str:
    """In how many steps the distance doubles, with a decimal where they are few."""
    steps = doubling(state.eta, state.beta)
    return fixed(steps, 0 if steps >= 10 else 1)


def _distance_text(offset: float) -> str:
    """A distance from the ridge, written out."""
    return plain(offset, 6)


def _open(state: State) -> str:
    """What is asked, and what is known for an answer."""
    start = _distance_text(state.offset)
    if state.own:
        return say("Your own start, {start} beside the ridge, is for trying.", start=start)
    if state.called == ("plain",) and state.beta < HEAVY:
        return say(
            "Now with momentum: set β to {beta} or more. The ball starts {start} beside the ridge.",
            beta=fixed(HEAVY, 1),
            start=start,
        )
    if state.called == ("heavy",) and state.beta >= HEAVY:
        return say(
            "Now without momentum: set β to 0. The ball starts {start} beside the ridge.",
            start=start,
        )
    return say(
        "The ball starts {start} beside the ridge. That distance doubles about every {steps} "
        "steps. When is it {far}?",
        start=start,
        steps=_every(state),
        far=fixed(ESCAPED, 1),
    )


def _told(state: State, trip: Trip) -> str:
    """Step by step while it runs; then how good the call was, and why."""
    b = short(float(trip.theta[1]))
    if state.bet.running:
        return say("Step {n}: b = {b}.", n=len(trip.path) - 1, b=b)
    if trip.offset == 0:
        return say(
            "After {n} steps b is still exactly 0: the ridge holds it, whatever β is.", n=LIMIT
        )
    if trip.steps is None:
        return say("After {n} steps b = {b}: on its way, but slow.", n=LIMIT, b=b)
    if state.own:
        return say("It took {n}. Now for a start that counts.", n=_steps(trip.steps))
    facts: dict[str, Any] = {
        "n": trip.steps,
        "times": fixed(doublings(trip.offset), 0),
        "steps": _every(state),
    }
    if not _right(state):
        return say(
            "{n} steps: from {start} to {far} is {times} doublings, of about {steps} steps each. "
            "Count them for the next start.",
            start=_distance_text(trip.offset),
            far=fixed(ESCAPED, 1),
            **facts,
        )
    if score(state) < 1:
        return say(
            "Called it! {n} steps: {times} doublings, of about {steps} steps each. One more call.",
            **facts,
        )
    return say(
        "Gold! {n} steps: {times} doublings, of about {steps} steps each. Without momentum each "
        "takes {slow}.",
        slow=fixed(doubling(state.eta, 0.0), 0),
        **facts,
    )


def _verdict(state: State) -> str:
    trip = state.trips.last
    if state.goal == TWO:
        return _open(state) if trip is None or state.bet.open else _told(state, trip)
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
            "Gold! Escaped after {n} steps, you said {said}. Momentum carries every step into the "
            "next, so even a tiny slope adds up.",
            n=trip.steps,
            said=state.bet.said or say("never"),
        )
    return say(
        "Gold! Escaped after {n} steps, you said {said}. A start so far off the ridge needs no "
        "momentum.",
        n=trip.steps,
        said=state.bet.said or say("never"),
    )

"""Turn the Clock Hands: choose how fast the hands turn, so that no far key looks like a near one.

A query and a key hold the same numbers: for each hand the pair (1, 0), which the engine's `Rotary`
turns by its position. Their score is the mean product over the hands, so it is 1 for a key in the
query's own place, and depends on nothing but how far apart both are. A task asks that it falls by
`fall` at one step and stays that low up to a distance `far`, and from a distance `after` on lower
still. A fast hand does the first and is soon back, a slow one the second: so each round has a hand
more, and a reach several times as long. In every choice that wins each hand is at least three times
slower than the one before.

Edition 1 did not ask for less from `after` on. Hands of nearly the same speed won there too: a
beat between them serves for a slow hand, but is high again where they meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from games import Message, Node, Param
from games.moves import Dial, Parts, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.positions import Rotary

EDITION = 2
LEARNT = word(
    "Turned hands agree by their distance alone. One hand is fine or reaches far; a few, each "
    "several times slower than the one before, do both."
)
NEAR, QUERIES, TICKS = 12, 12, 64
"""Distances that are seen before the walk; the last place of the query; ticks of a walk."""
START = 4
"""Steps of one turn of the first hand at the beginning: it is back far too soon."""
SHORT = (3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24, 32, 40, 48, 64, 80, 100)
PERIODS = (*SHORT, 128, 160, 200, 256, 320, 400, 512, 640, 800, 1000, 1280, 1600, 2000)
"""How many steps a turn may take."""


class Task(NamedTuple):
    """What is asked of the score, and periods that do it.

    Attributes:
        far: the distance up to which it must stay low.
        fall: how much it must fall from one step on.
        periods: steps of one turn of each hand.
        after: the distance from which it must be lower still; 0 asks for no more.
        low: … and how low.
    """

    far: int
    fall: float
    periods: tuple[int, ...]
    after: int = 0
    low: float = 1.0


Rounds = tuple[tuple[Task, ...], ...]
FADES, APART = "far-looks-farther", "no-mix-up"
"""What counts as won; the second was edition 1's."""
ROUNDS: dict[str, Rounds] = {
    FADES: (
        (
            Task(6, 0.08, (10,), 2, 0.55),
            Task(8, 0.08, (12,), 2, 0.55),
            Task(9, 0.08, (12,), 3, 0.55),
            Task(10, 0.06, (14,), 3, 0.55),
        ),
        (
            Task(36, 0.08, (8, 48), 12, 0.55),
            Task(48, 0.06, (8, 64), 16, 0.55),
            Task(66, 0.06, (10, 100), 22, 0.55),
        ),
        (
            Task(240, 0.05, (8, 64, 320), 80, 0.55),
            Task(360, 0.03, (12, 128, 512), 180, 0.4),
            Task(480, 0.03, (12, 128, 640), 240, 0.4),
        ),
    ),
    APART: (
        (Task(8, 0.08, (10,)), Task(10, 0.08, (12,)), Task(12, 0.05, (14,)), Task(14, 0.04, (16,))),
        (Task(60, 0.08, (8, 64)), Task(80, 0.06, (8, 100)), Task(100, 0.06, (12, 128))),
        (
            Task(300, 0.08, (5, 32, 320)),
            Task(400, 0.06, (5, 48, 512)),
            Task(600, 0.06, (8, 64, 640)),
        ),
    ),
}
"""What is drawn from in each round, by what counts as won; the first has one hand."""


def _idle(state: State) -> bool:
    return state.phase != "walking"


def _farthest(state: State) -> int:
    """The last place of the key on the ruler."""
    return QUERIES + (NEAR if state.phase == "open" else state.task.far)


PARAMS = {
    "rounds": Param(Dial(1, 3), 3, word("Rounds")),
    "goal": Param(Pick(FADES, APART), FADES, word("What counts as won")),
}
MOVES = moves(
    query=Dial(0, QUERIES, when=_idle),
    key=Dial(0, _farthest, when=_idle),
    turn=Parts(
        lambda state: state.phase == "open",
        hand=Dial(1, lambda state: state.stage + 1),
        steps=Pick(*PERIODS),
    ),
    walk=Press(when=lambda state: state.phase == "open"),
    next=Press(when=lambda state: state.phase != "open"),
)


@dataclass
class State:
    """The task, the hands, and where query and key are.

    Attributes:
        stage: which of the rounds, from 0: one less than there are hands.
        done: rounds that were won.
        periods: the steps of one turn of each hand.
        phase: choosing, the key walking away from the query, or what came of it.
    """

    rng: np.random.Generator
    rounds: int
    goal: str
    task: Task
    stage: int = 0
    done: int = 0
    periods: list[int] = field(default_factory=lambda: [START])
    phase: Literal["open", "walking", "over"] = "open"
    query: int = 3
    key: int = 6

    @property
    def distance(self) -> int:
        """How far apart query and key are."""
        return abs(self.key - self.query)


def init(seed: int, rounds: int = 3, goal: str = FADES) -> State:
    """One hand, and a task for it."""
    rng = np.random.default_rng(seed)
    return State(rng, rounds, goal, _drawn(rng, goal, 0))


def _drawn(rng: np.random.Generator, goal: str, stage: int) -> Task:
    """A task of a round."""
    tasks = ROUNDS[goal][stage]
    return tasks[int(rng.integers(len(tasks)))]


def update(state: State, move: str, *values: Any) -> None:
    """Both places, the speeds, the walk; after it the next round, or the same task again."""
    match move, *values:
        case "query", place:
            state.query = place
        case "key", place:
            state.key = place
        case "turn", hand, steps:
            state.periods[hand - 1] = steps
        case ("walk",):
            state.phase, state.key = "walking", state.query
        case ("next",):
            if state.phase == "over" and passed(state):
                state.stage = min(state.stage + 1, state.rounds - 1)
                state.task = _drawn(state.rng, state.goal, state.stage)
                missing = state.stage + 1 - len(state.periods)
                state.periods += state.periods[-1:] * missing
                if not missing:
                    state.periods = [START] * len(state.periods)
            state.phase, state.key = "open", state.query + 3


def tick(state: State) -> bool:
    """The key walks on."""
    if state.phase != "walking":
        return False
    end = state.query + state.task.far
    state.key = min(end, state.key + max(1, state.task.far // TICKS))
    if state.key == end:
        state.phase = "over"
        if passed(state):
            state.done = max(state.done, state.stage + 1)
    return True


def scores(periods: list[int], query: int, first: int, last: int) -> Array:
    """The score of the query with a key at each place from `first` to `last`: (last − first + 1,).

    The last digits of a cosine differ from one machine to the next, so they are rounded away.
    """
    hands = len(periods)
    rotary, alike = Rotary(2 * np.pi / np.array(periods)), np.tile([1.0, 0.0], hands)
    asked = rotary.turn(alike[None], start=query)[0]
    keys = rotary.turn(np.tile(alike, (last - first + 1, 1)), start=first)
    return np.asarray((keys @ asked / hands).round(9))


def curve(state: State, far: int) -> Array:
    """The score at each distance from 0 to `far`."""
    return scores(state.periods, state.query, state.query, state.query + far)


def here(state: State) -> float:
    """The score of query and key where they are."""
    return float(scores(state.periods, state.query, state.key, state.key)[0])


def ceiling(task: Task) -> Array:
    """How high the score may be at each distance from 0 to `far`."""
    most = np.full(task.far + 1, 1 - task.fall)
    if task.after:
        most[task.after :] = task.low
    most[0] = 1.0
    return most


def mixed_up(state: State) -> list[int]:
    """The distances at which the score is too high."""
    high = curve(state, state.task.far) > ceiling(state.task)
    return [int(distance) for distance in np.flatnonzero(high)]


def passed(state: State) -> bool:
    """Whether no key looks nearer than it may."""
    return not mixed_up(state)


def score(state: State) -> float:
    """1 once all rounds are won."""
    return state.done / state.rounds


def solution(state: State) -> Iterator[Message]:
    """The periods that each task is made for."""
    while score(state) < 1:
        if state.phase != "open":
            yield ("next",)
        for hand, steps in enumerate(state.task.periods):
            if state.periods[hand] != steps:
                yield ("turn", hand + 1, steps)
        yield ("walk",)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "turn", 1, _ if state.stage:
            return say("The fastest hand tells a place from the next.")
        case "turn", 1, _:
            return say("A turn takes longer than the key walks, so the hand is not yet back.")
        case "turn", _, int(steps):
            return say(
                "When the faster hand is back, this one has clearly moved; it is back itself only "
                "after {n} steps.",
                n=steps,
            )
    return ""


# --- pictures and words ---------------------------------------------------------------------------

WIDE, RADIUS, LOW = 400, 36.0, -1.05


def view(state: State) -> Node:
    """The hands, the ruler with query and key, and the score at each distance."""
    may, over = MOVES.on(state), state.phase == "over"
    missed, won = over and not passed(state), score(state) == 1
    return shell(
        h(
            "div",
            _clocks(state),
            _ruler(state),
            _curve(state),
            class_="clock-hands won" if won and not missed else "clock-hands",
        ),
        widgets.verdict(_verdict(state), won and not missed, lost=missed),
        mission=widgets.progress(say("rounds won"), state.done, state.rounds),
        dock=[
            controls.scale(
                say("hand {n}", n=hand + 1),
                steps,
                may.turn(hand + 1),
                printed=str(steps),
                name=say("steps of one turn of hand {n}", n=hand + 1),
                key=f"hand {hand}",
            )
            for hand, steps in enumerate(state.periods)
        ],
        go=_go(state),
        drawers=[
            widgets.explained(
                say("What is drawn"),
                say(
                    "Query and key hold the same numbers, a pair for each hand. Each pair is "
                    "turned by an angle that grows with the position. The score is the mean, "
                    "over the hands, of how well the two directions agree: 1 if they are the "
                    "same, −1 if they are opposite. Drag the query and the key on the ruler, "
                    "before the walk and after it."
                ),
                key="what",
            )
        ],
    )


def _go(state: State) -> Node:
    """The walk, the way out of it, and what comes after it."""
    may = MOVES.on(state)
    if state.phase == "open":
        label = say("Walk {n} steps away", n=state.task.far)
        return controls.button(label, may.walk, primary=True, key="go")
    label = say("Back to the hands")
    if state.phase == "over" and passed(state):
        label = say("Next task") if score(state) == 1 else say("Next round")
    return controls.button(label, may.next, primary=True, key="go")


def _clocks(state: State) -> Node:
    """Each hand's face, with the directions of query and key on it."""
    wide = WIDE / len(state.periods)
    return h(
        "svg",
        [_face(state, hand, wide * (hand + 0.5)) for hand in range(len(state.periods))],
        viewBox=f"0 0 {WIDE} 100",
        role="img",
        aria_label=say("The hands of query and key"),
        class_="clock-faces",
        key="clocks",
    )


def _face(state: State, hand: int, x: float) -> Node:
    period = state.periods[hand]
    ω = 2 * np.pi / period
    query, key = ω * state.query, ω * state.key
    apart = (key - query) % (2 * np.pi)
    y = RADIUS + 5

    def end(angle: float, r: float) -> str:
        return f"{x + r * np.sin(angle):.1f} {y - r * np.cos(angle):.1f}"

    large = int(apart > np.pi)
    wedge = (
        f"M{x:.1f} {y:.1f}L{end(query, 22)}A22 22 0 {large} 1 {end(query + apart, 22)}Z"
        if 1e-6 < apart < 2 * np.pi - 1e-6
        else ""
    )
    return h(
        "g",
        h("circle", cx=x, cy=y, r=RADIUS, class_="face"),
        h("path", d=wedge, class_="apart"),
        h("path", d=f"M{x:.1f} {y:.1f}L{end(query, RADIUS - 4)}", class_="hand query"),
        h("path", d=f"M{x:.1f} {y:.1f}L{end(key, RADIUS - 10)}", class_="hand key"),
        h("circle", cx=x, cy=y, r=3, class_="pin"),
        h(
            "text",
            say("one turn: {n}", n=period),
            x=x,
            y=2 * RADIUS + 22,
            class_="plot-text middle",
        ),
        key=hand,
    )


def _ruler(state: State) -> Node:
    """The places of query and key, to be dragged."""
    may = MOVES.on(state)
    axes = plots.Axes((0, _farthest(state)), (0, 1), height=84, left=58, top=2, bottom=36)
    lines = ((0.75, state.query, "query"), (0.25, state.key, "key"))
    drawn = plots.plot(
        axes,
        [
            h(
                "path",
                d=f"M{axes.left:g} {float(axes.up(y)):.1f}H{float(axes.across(place)):.1f}",
                class_=f"way {class_}",
                key=class_,
            )
            for y, place, class_ in lines
        ],
        h(
            "text",
            say("query"),
            x=axes.left - 10,
            y=float(axes.up(0.75)) + 4,
            class_="axis-name end",
        ),
        h("text", say("key"), x=axes.left - 10, y=float(axes.up(0.25)) + 4, class_="axis-name end"),
        h(
            "g",
            controls.handle(
                say("position of the key"),
                axes,
                state.key,
                0.25,
                may.key,
                said=str(state.key),
                along="x",
            ),
            class_="of-key",
        ),
        h(
            "g",
            controls.handle(
                say("position of the query"),
                axes,
                state.query,
                0.75,
                may.query,
                said=str(state.query),
                along="x",
            ),
            class_="of-query",
        ),
        x_label=say("position"),
        label=say("The positions of query and key"),
    )
    return h("div", drawn, class_="ruler", key="ruler")


def _curve(state: State) -> Node:
    """The score at each distance as far as it is seen, and where it may not be."""
    task, far = state.task, state.task.far
    seen = {"open": min(NEAR, far), "walking": min(state.distance, far), "over": far}[state.phase]
    axes = plots.Axes((0, far), (LOW, 1.05), height=178, left=58, top=10, bottom=36)
    found = curve(state, seen)
    wrong = [d for d in mixed_up(state) if d <= seen]
    won = state.phase == "over" and not wrong
    return plots.plot(
        axes,
        h("path", d=_band(axes, task), class_="forbidden"),
        plots.rule(axes, y=0),
        plots.curve(
            axes,
            np.arange(seen + 1),
            found,
            "seen good" if won else "seen",
            name=say("score (distance, mean product)"),
        ),
        plots.scatter(axes, wrong, found[wrong], "mixed") if wrong else None,
        plots.scatter(axes, [state.distance], [here(state)], "here")
        if state.distance <= far
        else None,
        x_label=say("distance between query and key"),
        y_label=say("score"),
        label=say("The score at each distance"),
        key="curve",
    )


def _band(axes: plots.Axes, task: Task) -> str:
    """The outline of where the curve may not be: lower from the distance `after` on."""
    steps = [(1, 1 - task.fall)]
    if task.after:
        steps += [(task.after, 1 - task.fall), (task.after, task.low)]
    corners = [(1, 1.05), *steps, (task.far, steps[-1][1]), (task.far, 1.05)]
    drawn = [f"{float(axes.across(d)):.1f} {float(axes.up(y)):.1f}" for d, y in corners]
    return f"M{'L'.join(drawn)}Z"


def _verdict(state: State) -> str:
    task, found = state.task, here(state)
    if state.phase == "walking":
        return say(
            "Distance {d} of {far}: the score is {score}.",
            d=state.distance,
            far=task.far,
            score=fixed(found),
        )
    if state.phase == "open" and task.after:
        return say(
            "Here the score is {score}. The curve must stay below the shaded band: at {most} or "
            "lower from 1 step on, and at {low} or lower from {after} on.",
            score=fixed(found),
            most=fixed(1 - task.fall),
            low=fixed(task.low),
            after=task.after,
        )
    if state.phase == "open":
        return say(
            "Here the score is {score}. From 1 step to {far} the curve must stay below the shaded "
            "band, at {most} or lower.",
            score=fixed(found),
            most=fixed(1 - task.fall),
            far=task.far,
        )
    wrong = mixed_up(state)
    if not wrong:
        return _passed(state)
    return _missed(state, wrong[0])


def _passed(state: State) -> str:
    """How high the score came at most."""
    task, rest = state.task, curve(state, state.task.far)
    if task.after:
        return say(
            "No mix-up in {far} steps: the score is at most {near} from 1 step on, and at most "
            "{later} from {after} on.",
            far=task.far,
            near=fixed(float(rest[1:].max())),
            later=fixed(float(rest[task.after :].max())),
            after=task.after,
        )
    return say(
        "No mix-up in {far} steps: the nearest rival, {d} away, has a score of {score}.",
        far=task.far,
        d=int(rest[1:].argmax()) + 1,
        score=fixed(float(rest[1:].max())),
    )


LAZY = 8
"""A hand has hardly moved while it has made less than one turn over so much."""


def _missed(state: State, d: int) -> str:
    """What is wrong at the first distance where the score is too high, and what to try."""
    task, slowest = state.task, max(state.periods)
    high = float(curve(state, d)[d])
    score = fixed(high, 3)
    if d == 1:
        return say(
            "Mixed up with its neighbour: at one step the score is still {score}. A hand has to be "
            "faster.",
            score=score,
        )
    if len(state.periods) == 1:
        if 2 * d < slowest:
            return say(
                "At distance {d} the score is still {score}: the hand has not turned enough. It "
                "has to be faster.",
                d=d,
                score=score,
            )
        return say(
            "Mixed up at distance {d}, where the score is {score}: the hand is back. It has to be "
            "slower.",
            d=d,
            score=score,
        )
    if task.after and d >= task.after:
        if LAZY * d < slowest:
            return say(
                "At distance {d} the score is still {score}: the slowest hand has hardly moved. It "
                "has to be faster.",
                d=d,
                score=score,
            )
        if d >= slowest:
            return say(
                "At distance {d} the score is {score} again: even the slowest hand has been all "
                "the way round. One has to be slower.",
                d=d,
                score=score,
            )
        return say(
            "At distance {d} the score is {score}: the hands agree too well for a key so far away. "
            "One of them has to be elsewhere by then.",
            d=d,
            score=score,
        )
    if 2 * d > slowest:  # so the slowest, too, is near the end of a turn
        return say(
            "Mixed up at distance {d}, where the score is {score}: every hand is nearly back. One "
            "has to be elsewhere by then.",
            d=d,
            score=score,
        )
    return say(
        "Mixed up at distance {d}, where the score is {score}: a hand is back before the slower "
        "ones have moved enough.",
        d=d,
        score=score,
    )


def describe(state: State) -> str:
    """The hands, the places, the task and what came of it."""
    return say(
        "{won} of {rounds} rounds won. {hands}: {periods} steps to a turn. Query at {query}, key "
        "at {key}. {verdict}",
        won=state.done,
        rounds=state.rounds,
        hands=say.count("{n} hand", "{n} hands", len(state.periods)),
        periods=", ".join(map(str, state.periods)),
        query=state.query,
        key=state.key,
        verdict=_verdict(state),
    )

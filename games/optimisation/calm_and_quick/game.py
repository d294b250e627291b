"""Calm and Quick: choose how much an average remembers, so that it is calm and still catches up.

What is averaged is a gradient that the engine computes: of the one weight of y = w x, from a few
rows at a time, COPIES times with rows of their own, one of which is drawn. At step JUMP the data
change. The average is the m of the engine's Adam, whose rate is 0 here, and corrected it is m̂. It
has to be right early, calm before the jump, and quick after it; all three are measured over all
copies. In theory the start is at 1 − βᵗ of the truth without the correction, noise shrinks to
√((1 − β)/(1 + β)) of itself, and k steps after the jump βᵏ of it are still missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, slip
from games.concepts.streak import Streak, meter
from games.moves import Dial, Press, Switch, moves
from games.ui import controls, plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed, percent
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.losses import MeanSquaredError
from pycore.optimizers import Adam

LEARNT = word(
    "A long memory is calm and slow, a short one quick and restless: after k steps βᵏ of the old "
    "is left. It starts from 0, and dividing by 1 − βᵗ mends that."
)
PARAMS = {"signals": Param(Dial(1, 4), 2, word("Signals in a row"))}
JUMP, STEPS, COPIES, EARLY = 60, 106, 100, 3
"""When the data change; steps in all; runs that are measured; when it has to be right first."""
NEAR, SPARE = 0.25, 1.25
"""How near is right, as a share of the truth or of the jump; how much noise more is allowed."""
MEMORIES = (0.7, 0.88, 0.96)
"""What the tasks are made for: each for a range of β of its own."""

MOVES = moves(
    beta=Dial(0.0, 0.99, 0.01, when=lambda state: state.bet.open),
    correct=Switch(when=lambda state: state.bet.open),
    run=Press(when=lambda state: state.bet.ready),
    next=Press(when=lambda state: not state.bet.open),
)


@dataclass
class State:
    """A gradient, what is asked of its average, and the average so far.

    `gradients` are of shape (STEPS, COPIES); `means` are the true ones, before the jump and after;
    `within` is k, and `calm` the most noise that is allowed. `averages` has a row for each step.
    """

    rng: np.random.Generator
    streak: Streak
    bet: Bet[float] = field(default_factory=Bet)
    correct: bool = False
    memory: float = 0.0
    gradients: Array = field(default_factory=lambda: np.zeros((STEPS, COPIES)))
    means: tuple[float, float] = (0.0, 0.0)
    within: int = 0
    calm: float = 0.0
    adam: Adam = field(default_factory=lambda: Adam(0.0))
    averages: list[Array] = field(default_factory=list)


def init(seed: int, signals: int = 2) -> State:
    """The first signal."""
    state = State(np.random.default_rng(seed), Streak(signals))
    _draw(state)
    return state


def _draw(state: State) -> None:
    """Another gradient, and a task for another memory than the last."""
    rng = state.rng
    others = [memory for memory in MEMORIES if memory != state.memory]
    state.memory = memory = others[int(rng.integers(len(others)))]
    before = float(rng.choice([-1.0, 1.0]) * rng.uniform(0.8, 1.2))
    slopes = np.where(np.arange(STEPS) < JUMP, before, -before)
    state.gradients = np.array([gradient(rng, slope) for slope in slopes])
    state.means = -2 * before, 2 * before
    state.within = round(math.log(0.7 * NEAR) / math.log(memory))
    noise = float(state.gradients[:JUMP].std(axis=1).mean())
    state.calm = SPARE * noise * math.sqrt((1 - memory) / (1 + memory))
    state.averages, state.correct = [], False
    state.bet.again()


def gradient(rng: np.random.Generator, slope: float) -> Array:
    """dL/dw at w = 0 of the mean squared error of four rows, y about slope · x: (COPIES,)."""
    x = rng.choice([-1.0, 1.0], (4, COPIES))
    loss = MeanSquaredError()
    loss.forward(0 * x, slope * x + 2 * rng.normal(size=x.shape))
    return np.asarray((x * loss.backward()).sum(axis=0) * COPIES)


def update(state: State, move: str, *values: Any) -> None:
    """β, the correction, the run, the next; a run that is left counts as a miss."""
    match move, *values:
        case "beta", beta:
            state.bet.place(beta)
        case "correct", on:
            state.correct = on
        case ("run",):
            state.bet.begin()
            state.adam = Adam(0.0, beta1=state.bet.said or 0.0)
        case ("next",):
            state.streak.leave(state.bet)
            _draw(state)


TICKS_PER_SECOND = 40


def tick(state: State) -> bool:
    """One more gradient goes into the average."""
    if not state.bet.running:
        return False
    adam = state.adam
    adam.step(np.zeros(COPIES), state.gradients[len(state.averages)])
    share = 1 - adam.beta1**adam.t if state.correct else 1.0
    state.averages.append(adam.m / share)
    if len(state.averages) == STEPS:
        state.bet.settle()
        state.streak.count(all(_tests(state)))
    return True


def early(state: State) -> float:
    """How far the average is off at first, as a share of the truth."""
    return abs(float(state.averages[EARLY - 1].mean()) / state.means[0] - 1)


def noise(state: State) -> float:
    """How much the average of one copy differs from that of the next before the jump."""
    return float(np.std(state.averages[JUMP - 15 : JUMP], axis=1).mean())


def late(state: State) -> float:
    """How much of the jump is still missing `within` steps after it."""
    average = float(state.averages[JUMP + state.within - 1].mean())
    return abs((state.means[1] - average) / (state.means[1] - state.means[0]))


def _tests(state: State) -> tuple[bool, bool, bool]:
    """Whether it was right early, calm, and quick, once the run is over."""
    return early(state) <= NEAR, noise(state) <= state.calm, late(state) <= NEAR


def score(state: State) -> float:
    """1 once enough averages in a row did all three."""
    return state.streak.share


def solution(state: State) -> Iterator[Message]:
    """The memory that each task is made for. To be read message by message."""
    while score(state) < 1:
        if not state.bet.open:
            yield ("next",)
        if not state.correct:
            yield ("correct", True)
        yield ("beta", state.memory)
        yield ("run",)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "correct", _:
            return say("The average starts from 0, so at first it is too small.")
        case "beta", _:
            left = fixed(state.memory**state.within)
            return say(
                "After {k} steps β to that power, {left}, is left.", k=state.within, left=left
            )
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def view(state: State) -> Node:
    """The gradient with its average, what the average is made of, and the two choices."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    said = bet.told(fixed)
    missed = bet.over and not all(_tests(state))
    return shell(
        h("div", _signal(state, won), _memory(state), class_="averaging"),
        widgets.verdict(_verdict(state), won and not missed, lost=missed),
        mission=meter(state.streak, say("signals in a row")),
        dock=[
            slip(
                bet,
                say("How much of the old average stays at each step?"),
                controls.slider("β", bet.said, may.beta, name=say("memory β"), symbol="β"),
                said=said,
                truth=_window(state) if bet.over else None,
                hit=not missed if bet.over else None,
            ),
            controls.toggle(say("divide by 1 − βᵗ"), state.correct, may.correct),
        ],
        go=commit(
            bet,
            said and say("Run: β = {beta}", beta=said),
            may.run,
            may.next,
            more=say("Another signal"),
            leaves=True,
        ),
        drawers=[
            widgets.folded(
                say("What is asked, in numbers"),
                widgets.table(
                    say("What is asked, and what came of it"),
                    [say("wish"), say("at most"), say("it was")],
                    _asked(state),
                ),
                key="asked",
            )
        ],
    )


def _asked(state: State) -> list[list[str]]:
    over = state.bet.over
    return [
        [
            say("off at step {n}", n=EARLY),
            percent(NEAR),
            percent(early(state)) if over else "–",
        ],
        [say("noise of the average"), fixed(state.calm), fixed(noise(state)) if over else "–"],
        [
            say("missing {n} steps after the jump", n=state.within),
            percent(NEAR),
            percent(late(state)) if over else "–",
        ],
    ]


def _window(state: State) -> str:
    """A β that does it."""
    return say("about {beta}, corrected", beta=fixed(state.memory))


def _signal(state: State, won: bool) -> Node:
    """The gradient of one copy as dots, up to where it is known, and the average through them."""
    axes = plots.Axes((0, STEPS), (-6, 6), height=190, left=34)
    known = JUMP // 2 if state.bet.open else len(state.averages)
    steps = np.arange(1, known + 1)
    gradients = np.clip(state.gradients[:known, 0], -5.9, 5.9)
    averages = np.array(state.averages).reshape(-1, COPIES)
    truth = np.where(np.arange(1, known + 1) <= JUMP, *state.means)
    end = JUMP + state.within
    return plots.plot(
        axes,
        plots.band(axes, (JUMP, end), "deadline"),
        plots.rule(axes, y=0),
        plots.ranges(
            axes,
            [JUMP - 7],
            [state.means[0] - state.calm],
            [state.means[0] + state.calm],
            "wish",
            name=say("allowed noise (step, lowest, highest)"),
        ),
        plots.scatter(axes, steps, gradients, "gradients", name=say("gradients (step, g)")),
        plots.curve(axes, steps, truth, "target") if averages.size else None,
        [plots.curve(axes, steps, averages[:, i], "faint") for i in range(1, 9)]
        if averages.size
        else None,
        plots.curve(
            axes,
            steps,
            averages[:, 0],
            "average won" if won else "average run-2",
            name=say("average (step, m)"),
        )
        if averages.size
        else None,
        x_label=say("step; shaded: {n} steps to catch up", n=state.within),
        y_label=say("gradient and average"),
        label=say("The gradient at each step, and its average"),
        key="signal",
    )


def _memory(state: State) -> Node:
    """How much each of the last gradients counts in the average; what is older than k apart."""
    beta = state.bet.said
    ages = np.arange(40)
    weights = (1 - (0.5 if beta is None else beta)) * (0.5 if beta is None else beta) ** ages
    top = 0.2 if weights[0] <= 0.2 else 1.0
    axes = plots.Axes((-0.7, 39.7), (0, top), height=120, left=34, bottom=36)
    young, k = ages < state.within, state.within
    class_ = "ghost" if beta is None else ""
    return plots.plot(
        axes,
        plots.bars(axes, ages[young], weights[young], 0.8, class_),
        plots.bars(axes, ages[~young], weights[~young], 0.8, f"gradient {class_}".strip())
        if k < len(ages)
        else None,
        x_label=say("steps ago"),
        y_label=say("weight; other colour: {n} or older", n=k)
        if beta is not None
        else say("weight in the average, for β = 0.5"),
        label=say("How much each earlier gradient counts"),
        key="memory",
    )


def _verdict(state: State) -> str:
    bet = state.bet
    if bet.running:
        return say("Step {n} of {total}.", n=len(state.averages), total=STEPS)
    if bet.open:
        return say(
            "Three wishes: right by step {early}, noise below {calm} (the bar), and at most {near} "
            "off {k} steps after the jump.",
            early=EARLY,
            calm=fixed(state.calm),
            near=percent(NEAR),
            k=state.within,
        )
    right, calm, quick = _tests(state)
    if right and calm and quick:
        return say(
            "Right early, calm and quick: {k} steps after the jump {left} of it is missing.",
            k=state.within,
            left=percent(late(state)),
        )
    if not calm:
        return say(
            "Too restless: noise {noise}, allowed {most}. Remember longer.",
            noise=fixed(noise(state)),
            most=fixed(state.calm),
        )
    if not quick:
        return say(
            "Too slow: {left} of the jump is still missing after {k} steps. Remember less.",
            left=percent(late(state)),
            k=state.within,
        )
    return say(
        "Calm and quick, but {off} off at step {early}: it started from 0, as if all before was 0.",
        off=percent(early(state)),
        early=EARLY,
    )


def describe(state: State) -> str:
    """The task, the choices, and what came of it."""
    return say(
        "{streak} of {signals} signals in a row. Gradients about {mean}, β = {beta}, {correct}. "
        "{verdict} Asked: {asked}.",
        streak=state.streak.now,
        signals=state.streak.goal,
        mean=fixed(float(state.gradients[: JUMP // 2, 0].mean())),
        beta=state.bet.told(fixed) or say("not chosen"),
        correct=say("corrected") if state.correct else say("not corrected"),
        verdict=_verdict(state),
        asked="; ".join(f"{name} {most}: {was}" for name, most, was in _asked(state)),
    )

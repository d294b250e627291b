"""The state of Train a Brain, and what happens to its training: begun, advanced, paused, won."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from games.backpropagation.train_a_brain import challenges as ladder
from games.backpropagation.train_a_brain.plan import Plan
from games.backpropagation.train_a_brain.session import Measure, Session
from games.backpropagation.train_a_brain.table import Table
from games.concepts.bet import Bet
from games.concepts.training import History
from pycore.brains import Brain
from pycore.layers import Dense
from pycore.training import NonFiniteError

MOST_KEPT = 4
"""Runs that can be compared with the one that goes on."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, eq=False)
class Kept:
    """A run put aside for comparison: its name, what it was, and how it went."""

    name: str
    plan: Plan
    classes: bool
    history: History[Measure]


@dataclass
class State:
    """The training, and what the learner is looking at.

    Attributes:
        challenge: id of the challenge, from CHALLENGES.
        session: the training and its history.
        limit: steps until it pauses by itself; `until` is the step where it will.
        bet: the accuracy predicted, in percent.
        met: whether the challenge has been met since the network was last started anew.
        best: the smallest figure of each challenge won.
        neuron: (column, unit) looked at closely, and `weight`, which of its incoming weights.
        kept: runs put aside for comparison, and `letters`, how many there ever were.
        held, inside: whether the held-out points and the histograms are shown.
        paper: which export is shown.
        pen: what it does, and `cursor`, where it is.
        failure: where a number overflowed, if training stopped for that.
        table: the learner's own, as it is read now.
        problem: what was wrong with the one given last.
        opened: which brain was opened last, and `brought`, that brain while it is the one here.
        last: the move made last.
    """

    rng: np.random.Generator
    challenge: str
    session: Session
    limit: int
    playing: bool = False
    until: int = 0
    speed: str = "watch"
    bet: Bet[int] = field(default_factory=Bet)
    met: bool = False
    best: dict[str, int] = field(default_factory=dict)
    neuron: tuple[int, int] | None = None
    weight: int = 0
    kept: list[Kept] = field(default_factory=list)
    letters: int = 0
    held: bool = True
    inside: bool = False
    paper: str = "none"
    pen: str = "class-1"
    cursor: tuple[float, float] = (0.0, 0.0)
    failure: str = ""
    table: Table | None = None
    problem: str = ""
    opened: str = ""
    brought: Brain | None = None
    last: tuple[object, ...] = ()

    @property
    def plan(self) -> Plan:
        """The settings that hold now."""
        return self.session.plan


def advance(state: State) -> None:
    """One step; a number that is not finite stops the run, one step before it."""
    session = state.session
    try:
        session.advance()
    except NonFiniteError as error:
        state.playing = False
        at = session.step
        if not np.isfinite(session.network.theta).all():
            at -= 1  # the update before was what overflowed
        session.seek(max(at, 0))
        state.failure = str(error).partition(": ")[2].replace(" made NaN or infinity", "")


def pause(state: State) -> None:
    """Stop, and look whether that was it."""
    if state.playing:
        state.playing = False
        state.session.judge()
        if not state.met:
            notice(state)


def notice(state: State) -> None:
    """Stop at the moment the challenge is met, and write the record down."""
    name, session = state.challenge, state.session
    if not ladder.met(name, session):
        return
    state.met, state.playing = True, False
    figure = ladder.figure(name, session)
    state.best[name] = min(figure, state.best.get(name, figure))


def begin(state: State, plan: Plan) -> None:
    """A network before its first step."""
    state.session = Session(plan)
    state.playing = state.met = False
    state.failure = ""
    state.brought = None
    sizes = plan.sizes
    if state.neuron is not None:  # look no longer at one that is not there
        column, unit = state.neuron
        if not (1 <= column < len(sizes) and unit < sizes[column]):
            state.neuron, state.weight = None, 0
        elif state.weight > sizes[column - 1]:
            state.weight = 0


def change(state: State, plan: Plan) -> None:
    """Start anew where the plan means another network or other points; else go on with it."""
    if plan.starts_anew(state.plan):
        begin(state, plan)
    elif plan != state.plan:
        state.session.set(plan)
        state.met = False
        state.failure = ""


def place(state: State) -> int:
    """Where in θ the weight on the slider stands."""
    assert state.neuron is not None
    column, unit = state.neuron
    network = state.session.network
    layer = [layer for layer in network if isinstance(layer, Dense)][column - 1]
    start = 0
    for _, value, _ in network.parameters():
        if value is layer.W:
            break
        start += value.size
    n_in, n_out = layer.W.shape
    return start + (n_in * n_out + unit if state.weight == n_in else state.weight * n_out + unit)


def reach(state: State) -> float:
    """How far the slider of that weight goes, in either direction."""
    value = abs(float(state.session.shown[place(state)])) if state.neuron else 0.0
    far = 5.0
    while value > far and far < 1e9:
        far *= 2
    return far

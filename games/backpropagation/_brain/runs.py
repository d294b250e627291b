"""What happens to a training as it goes: begun, changed, advanced, paused, won, diverged."""

from __future__ import annotations

import numpy as np

from games.backpropagation._brain import challenges as ladder
from games.backpropagation._brain.plan import Plan
from games.backpropagation._brain.session import Session
from games.backpropagation._brain.state import State
from pycore.training import NonFiniteError


def commit(state: State) -> None:
    """From the first step on, the guess counts."""
    state.failure = ""
    if state.bet is None:
        state.bet = state.guess


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
        where = str(error).partition(": ")[2].replace(" made NaN or infinity", "")
        state.failure = f"Diverged. First to overflow: {where}."


def pause(state: State) -> None:
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
    keep_looking(state)


def change(state: State, plan: Plan) -> None:
    """Start anew where the plan means another network or other points; else go on with it."""
    if plan.starts_anew(state.session.plan):
        begin(state, plan)
    elif plan != state.session.plan:
        state.session.change(plan)
        state.met = False
        state.failure = ""


def keep_looking(state: State) -> None:
    """Look no longer at a neuron that is not there."""
    sizes = state.session.plan.sizes
    if state.neuron is not None:
        column, unit = state.neuron
        if not (1 <= column < len(sizes) and unit < sizes[column]):
            state.neuron, state.weight = None, 0
        elif state.weight > sizes[column - 1]:
            state.weight = 0

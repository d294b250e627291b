"""Train a Brain: stack neurons, predict how well they do, and train them to tell colours apart.

Everything drawn is asked of the network in training: its answer at every place of the plane, each
neuron's answer there, the weights, the losses on the points it learns from and on those held out.
Any step made can be gone back to, exactly; runs can be kept and compared.

From the bottom up: the plan (all settings of a training) and the points; the session (a training
and its history); the challenges; the state; what the network answers; pictures and panels; the
screen that puts them together; weights as a file and as text (paper).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from games import Message, refuse
from games.backpropagation.train_a_brain import challenges as ladder
from games.backpropagation.train_a_brain import paper
from games.backpropagation.train_a_brain import plan as plans
from games.backpropagation.train_a_brain.challenges import CHALLENGES, RECORDS
from games.backpropagation.train_a_brain.moves import AS_ASKED, MOVES, PARAMS, SPEEDS
from games.backpropagation.train_a_brain.plan import Plan
from games.backpropagation.train_a_brain.points import FIRST_OWN, MADE, REACH, draw
from games.backpropagation.train_a_brain.screen import describe, view
from games.backpropagation.train_a_brain.session import Session
from games.backpropagation.train_a_brain.state import (
    LETTERS,
    Kept,
    State,
    advance,
    begin,
    change,
    notice,
    pause,
    place,
)
from games.backpropagation.train_a_brain.table import Table, TableError, read
from games.backpropagation.train_a_brain.table import points as points_of
from games.brains import named, taken
from games.words import say, word
from pycore import brains
from pycore.brains import UNSCALED

__all__ = ["EDITION", "MOVES", "PARAMS", "RECORDS", "describe", "view"]

EDITION = 4
LEARNT = word(
    "Each hidden neuron makes one soft cut. Together they fence in any shape, and the points held "
    "back say whether the shape is true."
)
LEARNS = {
    "optimizer": "adam",
    "lr": "0.03",
    "schedule": "constant",
    "batch": "all",
    "class_loss": "cross-entropy",
}
"""How the solution learns: as every challenge is known to be met."""
NUDGE = 0.25
"""How far an arrow key moves the pen: a stroke leaves a point at every press."""


def init(
    seed: int,
    challenge: str = "xor",
    data: str = AS_ASKED,
    noise: float = 0.0,
    layers: int = 1,
    units: int = 2,
    activation: str = "tanh",
    optimizer: str = "adam",
    lr: str = "0.03",
    steps: int = 3000,
    ways: str = "today",
) -> State:
    """A network of that build before its first step."""
    plan = ladder.start(challenge, Plan(seed, data="circles", noise=0.1, first=ways == "first"))
    plan = replace(plan, layers=((units, plans.ACTIVATION[activation]),) * layers)
    plan = replace(plan, optimizer=optimizer, lr=plans.RATE[lr])
    plan = replace(plan, noise=max(plan.noise, float(noise)))
    if data != AS_ASKED:
        plan = replace(plan, data=data)
    return State(np.random.default_rng(seed), challenge, Session(plan), steps)


def update(state: State, move: str, *values: Any) -> None:
    """What the learner does; see MOVES."""
    for handle in (_run, _build, _look, _show):
        if handle(state, move, values):
            break
    else:
        change(state, plans.changed(state.plan, move, *values))
    state.last = (move, *values)
    if not state.bet.open:
        state.bet.phase = "over" if state.session.step and not state.playing else "running"


def _run(state: State, move: str, values: tuple[Any, ...]) -> bool:
    """Moves that run the training; whether it was one."""
    session = state.session
    match move, *values:
        case "guess", said:
            state.bet.place(said)
        case ("play",):
            state.bet.begin()
            state.failure = ""
            state.playing, state.until = True, session.step + state.limit
        case ("pause",):
            pause(state)
        case ("step",):
            state.bet.begin()
            state.failure = ""
            advance(state)
            session.judge()
        case ("back",):
            pause(state)
            session.seek(session.step - 1)
        case "seek", step:
            pause(state)
            session.seek(min(step, session.furthest))
        case ("reset",):
            begin(state, state.plan)
        case ("reseed",):
            begin(state, replace(state.plan, seed=int(state.rng.integers(2**32))))
        case "speed", name:
            state.speed = name
        case "challenge", name:
            state.challenge, state.neuron = name, None
            state.bet.again()
            state.table, state.problem = None, ""
            begin(state, ladder.start(name, _anew(state.plan)))
        case _:
            return False
    return True


def _anew(plan: Plan) -> Plan:
    """The plan before anything was built; how it learns stays as it was set, with its drawer."""
    new = Plan(plan.seed, data="circles", noise=0.1, first=plan.first)
    if plan.first:
        return new
    fits = plan.loss in plans.CLASS_LOSSES.values()
    return replace(
        new,
        optimizer=plan.optimizer,
        knobs=plan.knobs,
        lr=plan.lr,
        schedule=plan.schedule,
        span=plan.span,
        batch=plan.batch,
        loss=plan.loss if fits else new.loss,
    )


def _build(state: State, move: str, values: tuple[Any, ...]) -> bool:
    """Moves that change data and network; whether it was one."""
    plan = state.plan
    match move, *values:
        case "data", name:
            plan = replace(plan, data=name)
            if name in MADE or not plan.own:
                plan = replace(plan, own=() if name in MADE else FIRST_OWN, scales=UNSCALED)
                state.table, state.problem = None, ""
            elif name == "csv" and state.table and not plan.first and _read(state, state.table):
                return True
        case "feature", id_:
            features = set(plan.features) ^ {plans.FEATURE[id_]}
            if not features:
                refuse(move, values, say("another input, for one of them must stay"))
            plan = replace(plan, features=tuple(f for f in brains.FEATURES if f in features))
        case "layers", n:
            new = plan.layers[-1] if plan.layers else (4, "tanh")
            plan = replace(plan, layers=(plan.layers + (new,) * n)[:n])
        case "units", layer, n:
            plan = plan.with_layer(layer, units=n)
        case "activation", layer, id_:
            plan = plan.with_layer(layer, activation=plans.ACTIVATION[id_])
        case _:
            return False
    change(state, plan)
    return True


def _look(state: State, move: str, values: tuple[Any, ...]) -> bool:
    """Moves about one neuron, and the pen; whether it was one."""
    sizes = state.plan.sizes
    match move, *values:
        case "look", column, unit:
            if unit >= sizes[column]:
                last = sizes[column] - 1
                allowed = say("column {column} with unit 0 to {last}", column=column, last=last)
                refuse(move, values, allowed)
            state.neuron, state.weight = (column, unit), 0
        case "go", across, up:
            column, unit = state.neuron or (1, 0)
            column = min(max(column + across, 1), len(sizes) - 1)
            state.neuron, state.weight = (column, min(max(unit - up, 0), sizes[column] - 1)), 0
        case "weight", i:
            state.weight = i
        case "write", value:
            theta = state.session.shown.copy()
            theta[place(state)] = value
            pause(state)
            state.session.write(theta)
            state.met = False
        case "pen", name:
            state.pen = name
        case "draw", x, y:
            _draw(state, x, y)
        case "nudge", across, up:
            x, y = (
                min(max(at + NUDGE * step, -REACH), REACH)
                for at, step in zip(state.cursor, (across, up), strict=True)
            )
            _draw(state, round(x, 2), round(y, 2))
        case _:
            return False
    return True


def _draw(state: State, x: float, y: float) -> None:
    """The pen is at a place of the plane."""
    state.cursor = x, y
    own = draw(state.plan.own, state.pen, x, y)
    if own != state.plan.own:
        state.session.set(replace(state.plan, own=own))
        state.met = False


def _show(state: State, move: str, values: tuple[Any, ...]) -> bool:
    """Moves that show, keep and open; whether it was one."""
    match move, *values:
        case "held", on:
            state.held = on
        case "inside", on:
            state.inside = on
        case ("keep",):
            name = LETTERS[state.letters % len(LETTERS)]
            state.letters += 1
            state.kept.append(Kept(name, state.plan, state.session.classes, state.session.history))
        case "forget", name:
            if name not in (names := [run.name for run in state.kept]):
                refuse(move, values, say("one of {ids}", ids=", ".join(names)))
            del state.kept[names.index(name)]
        case "paper", kind:
            state.paper = kind
        case "csv", text:
            try:
                table = read(text)
            except TableError as error:
                state.problem = str(error)
            else:
                _read(state, table)
        case ("column" | "label", *_) if state.table:
            if move == "label":
                table = state.table.reading(classes=values[0] == "classes")
            else:
                table = state.table.reading(**{values[0]: values[1] - 1})
            _read(state, table)
        case "open", text:
            brain = taken(text, paper.ROOM)
            begin(state, paper.plan_of(brain, state.plan))
            state.session.write(brain.network)
            state.brought, state.opened = brain, named(brain)
        case _:
            return False
    return True


def _read(state: State, table: Table) -> bool:
    """Train on a table; where it holds no points, say why: other columns may. Whether it does."""
    state.table, state.problem = table, ""
    try:
        own, scales = points_of(table)
    except TableError as error:
        state.problem = str(error)
        return False
    begin(state, replace(state.plan, data="csv", own=own, scales=scales))
    return True


def tick(state: State) -> bool:
    """One step of training, while it plays."""
    if not state.playing:
        return False
    advance(state)
    session = state.session
    if state.playing and not state.met and session.step in session.history.by_step:
        notice(state)
    if state.playing and session.step >= state.until:
        pause(state)
    if not state.playing:
        state.bet.settle()
    return True


def pace(state: State) -> float | None:
    """Steps a second, as the learner chose; to watch, the first ones slowly, then ever faster."""
    most = SPEEDS[state.speed]
    if state.speed == "watch" and most is not None:
        return min(8 + state.session.step / 4, most)
    return most


def score(state: State) -> float | None:
    """1 once the challenge was met; before that, how near the held-out points are to it."""
    challenge = CHALLENGES[state.challenge]
    if challenge.data is None:
        return None
    if state.challenge in state.best:
        return 1.0
    right = state.session.now.held_quality
    return 0.9 * min(max(right if np.isfinite(right) else 0.0, 0.0), 1.0)


def solution(state: State) -> Iterator[Message]:
    """Build what the challenge needs, train, and take another seed if that was a bad one."""
    if score(state) == 1:
        return
    name = "xor" if CHALLENGES[state.challenge].data is None else state.challenge
    yield ("challenge", name)  # in free play there is nothing to win: show the first that has
    challenge = CHALLENGES[name]
    for move, id_ in LEARNS.items():  # a challenge keeps what was set
        if plans.id_of(move, state.plan) != id_:
            yield (move, id_)
    if challenge.samples is not None:
        yield ("held_out", 0.9)
    for layer, units in enumerate(challenge.recipe, 1):
        if layer > len(state.plan.layers):
            yield ("layers", layer)
        while (now := state.plan.layers[layer - 1][0]) != units:
            yield ("units", layer, now + (1 if units > now else -1))
    yield ("guess", 100)
    for _ in range(12):
        begun = state.session.step
        while state.session.step < begun + 1200:
            yield ("play",)
            if score(state) == 1:
                return
        yield ("reseed",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "optimizer":
            return say("Adam finds a step for each weight by itself.")
        case "lr":
            return say("Smaller rates take longer here, larger ones jump about.")
        case "schedule":
            return say("This rate need not change on the way.")
        case "batch":
            return say("With all points in each step, none of it is left to chance.")
        case "class_loss":
            return say("Cross-entropy is made for telling classes apart.")
        case "held_out":
            return say("The challenge is to learn from few points.")
        case "layers":
            return say("Each layer bends what the one before it made.")
        case "units":
            return say("That many cuts are enough to fence the classes in.")
        case "guess":
            return say("A network of this size should get them all.")
        case "reseed":
            return say("This start led into a dead end; another may not.")
    return ""


def records(state: State) -> dict[str, int]:
    """The smallest figure of every challenge met in this run."""
    return dict(state.best)


def files(state: State) -> dict[str, bytes]:
    """The network as it is now."""
    brain = paper.brain_of(state.session, state.brought)
    return {paper.file_name(state.plan): brains.write(brain)}

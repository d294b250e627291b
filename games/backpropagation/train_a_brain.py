"""Train a Brain: build a network, press Train, and watch it learn where one kind of point ends.

Everything drawn is asked of the network in training: its answer at every place
of the plane, each neuron's answer there, the weights, the losses on the points it learns from and
on those held out. Any step made can be gone back to, exactly; runs can be kept and compared.

The parts are in `_brain`, from the bottom up: the plan (all settings of a training) and the points;
the session (a training and its history); the challenges; what the network answers; the pictures and
panels; the state; runs, looks and moves (what changes it); the screen (what shows it); weights as
text and as a file (paper).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from games import Message, Node, Param, refuse
from games.backpropagation._brain import answers, moves, panels, paper, runs, screen, settings
from games.backpropagation._brain import challenges as ladder
from games.backpropagation._brain import plan as plans
from games.backpropagation._brain.challenges import CHALLENGES
from games.backpropagation._brain.plan import MOST_LAYERS, MOST_UNITS, Plan
from games.backpropagation._brain.points import MADE
from games.backpropagation._brain.session import Session
from games.backpropagation._brain.state import SPEEDS, State
from games.moves import Dial, Pick
from games.ui.numbers import percent
from pycore import brains
from pycore.arrays import Array
from pycore.brains import ACTIVATIONS

AS_ASKED = "as the challenge asks"

PARAMS = {
    "challenge": Param(Pick(*CHALLENGES), "xor", "Challenge"),
    "data": Param(Pick(AS_ASKED, *MADE), AS_ASKED, "Data set"),
    "noise": Param(Dial(0, 0.5, 0.05), 0.0, "Noise of the data"),
    "layers": Param(Dial(0, MOST_LAYERS), 1, "Hidden layers"),
    "units": Param(Dial(1, MOST_UNITS), 2, "Neurons in each"),
    "activation": Param(Pick(*ACTIVATIONS), "tanh", "Activation"),
    "optimizer": Param(Pick(*plans.OPTIMIZERS), "Adam", "Optimiser"),
    "lr": Param(Pick(*settings.RATES), 0.03, "Learning rate"),
    "steps": Param(Dial(300, 20_000, 100), 3000, "Steps until it pauses by itself"),
}


def init(
    seed: int,
    challenge: str = "xor",
    data: str = AS_ASKED,
    noise: float = 0.0,
    layers: int = 1,
    units: int = 2,
    activation: str = "tanh",
    optimizer: str = "Adam",
    lr: float = 0.03,
    steps: int = 3000,
) -> State:
    """A network of that build before its first step."""
    rng = np.random.default_rng(seed)
    plan = ladder.start(challenge, Plan(seed, data="circles", noise=0.1))
    plan = replace(plan, layers=((units, activation),) * layers, optimizer=optimizer, lr=float(lr))
    plan = replace(plan, noise=max(plan.noise, float(noise)))
    if data != AS_ASKED:
        plan = replace(plan, data=data)
    return State(rng, challenge, Session(plan), steps)


def update(state: State, message: str, *args: Any) -> None:
    """What the learner does.

    ("play",), ("pause",), ("step",), ("back",), ("seek", step), ("reset",), ("reseed",) and
    ("speed", name) run the training; ("guess", percent) foretells it; ("challenge", name) starts
    one. ("data", name), ("feature", name), ("layers", n), ("units", layer, n), ("activation",
    layer, name), ("set", setting, value) build and set. ("touch", x, y), ("weight", i), ("write",
    value) look at a neuron and change its weights. ("pen", name), ("draw", x, y), ("csv", text)
    make points. ("held", on), ("inside", on), ("keep",), ("forget", i), ("paper", kind), ("open",
    file) show, compare and open.
    """
    for handle in (moves.running, moves.building, moves.looking, moves.showing):
        said = handle(state, message, args)
        if said is not None:
            state.last = said
            return
    refuse(
        message,
        args,
        "('play'), ('pause'), ('step'), ('back'), ('seek', step), ('reset'), ('reseed'), "
        "('speed', name), ('guess', 50 to 100), ('challenge', name), ('data', name), ('feature', "
        "name), ('layers', 0 to 6), ('units', layer, 1 to 16), ('activation', layer, name), "
        f"('set', one of {settings.allowed(state.session.plan)}, value), ('touch', x, y), "
        "('weight', i), ('write', value), ('pen', name), ('draw', x, y), ('csv', text), ('held', "
        "on), ('inside', on), ('keep'), ('forget', i), ('paper', kind), ('open', a "
        "brain’s file as base64)",
    )


def tick(state: State) -> bool:
    """One step of training, while it plays."""
    if not state.playing:
        return False
    runs.advance(state)
    session = state.session
    if state.playing and not state.met and session.step in session.measures:
        runs.notice(state)
    if state.playing and session.step >= state.until:
        runs.pause(state)
    return True


def pace(state: State) -> float | None:
    """Steps a second, as the learner chose."""
    return SPEEDS[state.speed]


def view(state: State) -> Node:
    """Data and challenge, the network, the plane, the run's controls; the rest folded away."""
    return screen.view(state)


def score(state: State) -> float | None:
    """1 once the challenge was met; before that, how near the held-out points are to it."""
    challenge = CHALLENGES[state.challenge]
    if challenge.data is None:
        return None
    if state.challenge in state.best:
        return 1.0
    right = state.session.now().held_quality
    return 0.9 * min(max(right if np.isfinite(right) else 0.0, 0.0), 1.0)


def describe(state: State) -> str:
    """The build, the step, how it does, and what was done last."""
    session = state.session
    plan, now = session.plan, session.now()
    seen = "drawn" if plan.data == "own" else panels.NAMES[plan.data]
    sizes = ", ".join(map(str, plan.sizes))
    bet = "" if state.bet is None else f" The guess was {percent(state.bet / 100)}."
    return (
        f"{CHALLENGES[state.challenge].title}. Data {seen}, "
        f"{len(session.data.train[1])} training points. Units {sizes}; {plan.count()} parameters. "
        f"Step {session.step}/{session.furthest}{', training' * state.playing}: loss "
        f"{panels.losses_of(now.loss)}, held-out {panels.losses_of(now.held_loss)}; held-out "
        f"right {panels.share(now.held_quality)}.{bet} Last: {state.last or 'nothing yet.'}"
    )[:690].rstrip(" .") + "."


def solution(state: State) -> Iterator[Message]:
    """Build what the challenge needs, train, and take another seed if that was a bad one."""
    if score(state) == 1:
        return
    challenge = CHALLENGES[state.challenge]
    if challenge.data is None:  # nothing to win there: show the first that has
        challenge = CHALLENGES["xor"]
        yield ("challenge", "xor")
    else:
        yield ("challenge", state.challenge)
    if challenge.samples is not None:
        yield ("set", "held_out", 0.9)
    for layer, units in enumerate(challenge.recipe, 1):
        if layer > len(state.session.plan.layers):
            yield ("layers", layer)
        while (now := state.session.plan.layers[layer - 1][0]) != units:
            yield ("units", layer, now + (1 if units > now else -1))
    for _ in range(12):
        begun = state.session.step
        while state.session.step < begun + 1200:
            yield ("play",)
            if score(state) == 1:
                return
        yield ("reseed",)


def records(state: State) -> dict[str, int]:
    """The smallest figure of every challenge met in this run."""
    return {
        f"{ladder.UNITS[CHALLENGES[name].league]} ({CHALLENGES[name].title})": figure
        for name, figure in state.best.items()
    }


def files(state: State) -> dict[str, bytes]:
    """The network as it is now."""
    return {paper.file_name(state.session.plan): brains.write(paper.brain_of(state.session))}


def numbers(state: State) -> dict[str, Array]:
    """The weights, the points, the answers on the plane, and the curve."""
    session = state.session
    plan = session.plan
    network = answers.reader(session)
    side = answers.PICTURE
    out = answers.columns(network, answers.grid_inputs(plan.features, side))[-1]
    found: dict[str, Array] = {
        f"weights W{i} (units before × units)": layer.W.copy()
        for i, layer in enumerate(answers.dense(network), 1)
    }
    found |= {f"biases b{i}": layer.b.copy() for i, layer in enumerate(answers.dense(network), 1)}
    found["answers on the plane (rows from the top)"] = answers.answer(session, out).reshape(
        side, side
    )
    for what, (x, y) in (("training", session.data.train), ("held-out", session.data.test)):
        found[f"{what} points (x₁, x₂, label)"] = np.column_stack([x, y])
    curve = [(m.step, m.loss, m.held_loss, m.quality, m.held_quality) for m in session.curve.points]
    found["curve (step, loss, held-out loss, right, held-out right)"] = np.nan_to_num(
        np.array(curve, float)
    )
    return found

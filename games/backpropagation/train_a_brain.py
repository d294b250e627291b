"""Train a Brain: build a network, press Train, and watch it learn where one kind of point ends.

Curriculum item 16. Everything drawn is asked of the network in training: its answer at every place
of the plane, each neuron's answer there, the weights, the losses on the points it learns from and
on those held out. Any step made can be gone back to, exactly; runs can be kept and compared.

The parts are in `_brain`: the plan (all settings), the points, the session (training and its
history), the challenges, what the network answers, the pictures, the controls, weights as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from games import Message, Node, Param, is_number, is_whole, refuse
from games.backpropagation._brain import answers, panels, paper, pictures, settings
from games.backpropagation._brain import challenges as ladder
from games.backpropagation._brain import plan as plans
from games.backpropagation._brain.challenges import CHALLENGES
from games.backpropagation._brain.pictures import PLANE, Kept
from games.backpropagation._brain.plan import MOST_LAYERS, MOST_UNITS, Plan
from games.backpropagation._brain.points import (
    DATA,
    FIRST_OWN,
    MADE,
    REACH,
    TableError,
    draw,
    parse_csv,
)
from games.backpropagation._brain.session import Session
from games.ui import widgets
from games.ui.node import h
from games.ui.numbers import fixed
from pycore.arrays import Array
from pycore.training import NonFiniteError

AS_ASKED = "as the challenge asks"
SPEEDS = {
    "2 steps a second": 2.0,
    "10 a second": 10.0,
    "60 a second": 60.0,
    "full speed": None,
}
FULL = "full speed"
MOST_KEPT = 4

PARAMS = {
    "challenge": Param("xor", "Challenge", choices=tuple(CHALLENGES)),
    "data": Param(AS_ASKED, "Data set", choices=(AS_ASKED, *MADE)),
    "noise": Param(0.0, "Noise of the data", low=0, high=0.5, step=0.05),
    "layers": Param(1, "Hidden layers", low=0, high=MOST_LAYERS),
    "units": Param(2, "Neurons in each", low=1, high=MOST_UNITS),
    "activation": Param("tanh", "Activation", choices=tuple(plans.ACTIVATIONS)),
    "optimizer": Param("Adam", "Optimizer", choices=tuple(plans.OPTIMIZERS)),
    "lr": Param(0.03, "Learning rate", choices=settings.RATES),
    "steps": Param(3000, "Steps until it pauses by itself", low=300, high=20_000, step=100),
}


@dataclass
class State:
    """The training, and what the learner is looking at.

    Attributes:
        challenge: name of the challenge, from CHALLENGES.
        session: the training and its history.
        limit: steps until it pauses by itself; `until` is the step where it will.
        guess: the accuracy that the guess's slider shows, in percent; `bet` the one that counts.
        met: whether the challenge has been met since the network was last started anew.
        best: the smallest figure of each challenge won.
        neuron: (column, unit) looked at closely, and `weight`, which of its incoming weights.
        kept: runs put aside for comparison.
        failure: why training stopped, if a number overflowed.
        problem: what was wrong with the text given last.
        paper: which export is shown.
        last: what the learner did last, in words.
    """

    rng: np.random.Generator
    challenge: str
    session: Session
    limit: int
    playing: bool = False
    until: int = 0
    speed: str = FULL
    guess: int = 75
    bet: int | None = None
    met: bool = False
    best: dict[str, int] = field(default_factory=dict)
    neuron: tuple[int, int] | None = None
    weight: int = 0
    kept: list[Kept] = field(default_factory=list)
    letters: int = 0
    held: bool = True
    inside: bool = False
    paper: str = "none"
    pen: str = "1"
    cursor: tuple[float, float] = (0.0, 0.0)
    failure: str = ""
    problem: str = ""
    last: str = ""


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
    make points. ("held", on), ("inside", on), ("keep",), ("forget", i), ("paper", kind), ("load",
    text) show, compare, save and load.
    """
    for handle in (_running, _building, _looking, _showing):
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
        "on), ('inside', on), ('keep'), ('forget', i), ('paper', kind), ('load', text)",
    )


def _running(state: State, message: str, args: tuple[Any, ...]) -> str | None:
    """Messages that run the training; what was done, or None."""
    session = state.session
    match message, *args:
        case ("play",) if not state.playing:
            _commit(state)
            state.playing, state.until = True, session.step + state.limit
            return "Training."
        case ("pause",) if state.playing:
            _pause(state)
            return "Paused."
        case ("step",) if not state.playing:
            _commit(state)
            _advance(state)
            session.judge()
            return "One step."
        case ("back",) if session.step > 0:
            _pause(state)
            session.seek(session.step - 1)
            return "One step back."
        case "seek", step if is_number(step, 0, max(session.furthest, 1)) and step == int(step):
            _pause(state)
            session.seek(min(int(step), session.furthest))
            return f"Went to step {session.step}."
        case ("reset",):
            _begin(state, session.plan)
            return "Started again from the same seed."
        case ("reseed",):
            _begin(state, replace(session.plan, seed=int(state.rng.integers(2**32))))
            return f"New points and weights, from seed {state.session.plan.seed}."
        case "speed", str(name) if name in SPEEDS:
            state.speed = name
            return f"Speed: {name}."
        case "guess", guess if is_number(guess, 50, 100) and state.bet is None:
            state.guess = round(guess)
            return f"Guess: {state.guess} %."
        case "challenge", str(name) if name in CHALLENGES:
            state.challenge, state.bet, state.neuron = name, None, None
            plan = ladder.start(name, Plan(session.plan.seed, data="circles", noise=0.1))
            _begin(state, plan)
            return f"Challenge: {CHALLENGES[name].title}."
    return None


def _building(state: State, message: str, args: tuple[Any, ...]) -> str | None:
    """Messages that change the plan; what was done, or None."""
    plan = state.session.plan
    match message, *args:
        case "data", str(name) if name in DATA:
            own = plan.own or FIRST_OWN
            _change(state, replace(plan, data=name, own=() if name in MADE else own))
            return f"Data: {panels.NAMES[name]}."
        case "feature", str(name) if name in plans.FEATURES and plan.features != (name,):
            features = set(plan.features) ^ {name}
            kept = tuple(f for f in plans.FEATURES if f in features)
            _change(state, replace(plan, features=kept))
            return f"Inputs: {', '.join(kept)}."
        case "layers", n if is_whole(n, 0, MOST_LAYERS):
            new = plan.layers[-1] if plan.layers else (4, "tanh")
            _change(state, replace(plan, layers=(plan.layers + (new,) * n)[:n]))
            return f"{n} hidden layers."
        case "units", layer, n if _is_layer(plan, layer) and is_whole(n, 1, MOST_UNITS):
            _change(state, _with_layer(plan, layer, (n, plan.layers[layer - 1][1])))
            return f"Layer {layer}: {n} neurons."
        case "activation", layer, str(name) if _is_layer(plan, layer) and name in plans.ACTIVATIONS:
            _change(state, _with_layer(plan, layer, (plan.layers[layer - 1][0], name)))
            return f"Layer {layer}: {name}."
        case "set", str(name), value:
            changed = settings.changed(plan, name, value)
            if changed is not None:
                _change(state, changed)
                return f"{name.replace('_', ' ').capitalize()}: {value}."
    return None


def _looking(state: State, message: str, args: tuple[Any, ...]) -> str | None:
    """Messages about one neuron, and about points drawn by hand; what was done, or None."""
    session = state.session
    plan = session.plan
    match message, *args:
        case "touch", x, y if is_number(x) and is_number(y):
            _touch(state, float(x), float(y))
            assert state.neuron is not None
            return f"Looking at {panels.unit_name(plan, *state.neuron)}, weight {state.weight + 1}."
        case "weight", i if state.neuron and is_whole(i, 0, plan.sizes[state.neuron[0] - 1]):
            state.weight = i
            return f"Weight {i + 1} is on the slider."
        case "write", value if state.neuron and is_number(value, -1e12, 1e12):
            theta = session.network.theta.copy()
            theta[_place(state)] = value
            _pause(state)
            session.write(theta)
            state.met = False
            return f"Weight set to {fixed(value)}."
        case "pen", str(name) if name in {pen for _, pen in panels.PENS} and plan.data == "own":
            state.pen = name
            return f"Pen: {name}."
        case "draw", x, y if is_number(x) and is_number(y) and plan.data == "own":
            state.cursor = (round(PLANE.data_x(x), 2), round(PLANE.data_y(y), 2))
            if state.pen != "lift":
                own = draw(plan.own, state.pen, *state.cursor)
                if own != plan.own:
                    session.change(replace(plan, own=own))
                    state.met = False
            return f"Pen at {fixed(state.cursor[0])}, {fixed(state.cursor[1])}."
    return None


def _showing(state: State, message: str, args: tuple[Any, ...]) -> str | None:
    """Messages that show, keep, save and load; what was done, or None."""
    session = state.session
    match message, *args:
        case "held", bool(on):
            state.held = on
            return f"Held-out points {'shown' if on else 'hidden'}."
        case "inside", bool(on):
            state.inside = on
            return f"Histograms {'shown' if on else 'hidden'}."
        case ("keep",) if len(state.kept) < MOST_KEPT:
            name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[state.letters % 26]
            state.letters += 1
            state.kept.append(Kept(name, _what(session.plan), session.curve))
            return f"Run {name} kept."
        case "forget", i if is_whole(i, 0, len(state.kept) - 1):
            return f"Run {state.kept.pop(i).name} forgotten."
        case "paper", str(kind) if kind in {key: name for name, key in paper.KINDS}:
            state.paper = kind
            return f"Shown as text: {kind}."
        case "csv", str(text):
            try:
                own = parse_csv(text)
            except TableError as error:
                state.problem = str(error)
                return f"No table: {error}"
            state.problem = f"{len(own)} rows taken in."
            plan = replace(session.plan, data="CSV", own=own)
            _begin(state, plan)
            return f"A table of {len(own)} points, {_summary(own)}."
        case "load", str(text):
            try:
                plan, theta, running = paper.read(text, session.plan)
            except paper.PaperError as error:
                state.problem = str(error)
                return f"Not loaded: {error}"
            _begin(state, plan)
            state.session.write(theta, running)
            state.problem = f"Loaded {plan.count()} weights."
            return f"Loaded {plan.count()} weights, the first {fixed(float(theta[0]), 4)}."
    return None


def tick(state: State) -> bool:
    """One step of training, while it plays."""
    if not state.playing:
        return False
    _advance(state)
    session = state.session
    if state.playing and not state.met and session.step in session.measures:
        _notice(state)
    if state.playing and session.step >= state.until:
        _pause(state)
    return True


def pace(state: State) -> float | None:
    """Steps a second, as the learner chose."""
    return SPEEDS[state.speed]


def view(state: State) -> Node:
    """Data and challenge, the network, the plane, the run's controls; the rest folded away."""
    session, plan = state.session, state.session.plan
    side = answers.side(plan)
    network = answers.reader(session)
    given = answers.columns(network, answers.grid_inputs(plan.features, side))
    plane = answers.answer(session, given[-1][:, 0]).reshape(side, side)
    every = side // answers.PICTURE
    small = [c.T.reshape(-1, side, side)[:, ::every, ::every] for c in given[:-1]]
    small.append(plane[None, ::every, ::every])
    hint = CHALLENGES[state.challenge].hint
    return h(
        "div",
        h(
            "div",
            h(
                "div",
                panels.challenge(state.challenge, tuple(sorted(state.best.items()))),
                panels.aims(tuple(ladder.rules(state.challenge, session)), hint),
                class_="brain-ladder",
            ),
            panels.data(plan.data),
            class_="brain-top",
        ),
        _buttons(state),
        h(
            "div",
            panels.heads(plan.layers),
            pictures.network(
                plan,
                [layer.W for layer in answers.dense(network)],
                small,
                _network_label(plan),
                state.neuron,
                state.weight if state.neuron else None,
                _touchpad(state),
            ),
            panels.feet(plan.layers),
            class_="brain-build",
        ),
        h(
            "div",
            pictures.plane(
                session.data,
                plane,
                state.held,
                _plane_label(state),
                _drawing_pad(state),
                _pen(state),
            ),
            _now(state),
            class_="brain-plane",
        ),
        widgets.panel(
            panels.pen(state.pen) if plan.data == "own" else None,
            _pace(state),
            _guess(state),
            widgets.note(_status(state), kind="win" if state.met else "", roomy=True, key="status"),
            key="run",
            class_="brain-run",
        ),
        widgets.panel(
            panels.build(len(plan.layers), plan.features),
            _neuron(state, network),
            _curves(state),
            key="more",
            class_="brain-more",
        ),
        h(
            "div",
            widgets.panel(
                panels.learning(plan), panels.points(plan, state.problem), panels.runs(state.kept)
            ),
            widgets.panel(panels.holding_back(plan), _inside(state), _paper(state)),
            class_="brain-folds",
        ),
        class_="stage brain",
    )


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
    bet = "" if state.bet is None else f" The guess was {state.bet} %."
    return (
        f"{CHALLENGES[state.challenge].title}. Data {seen}, "
        f"{len(session.data.train[1])} training points. Units {sizes}; {plan.count()} weights. "
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


# --- the run --------------------------------------------------------------------------------------


def _commit(state: State) -> None:
    """From the first step on, the guess counts."""
    state.failure = ""
    if state.bet is None:
        state.bet = state.guess


def _advance(state: State) -> None:
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
        state.failure = f"Diverged: the numbers grew beyond all bounds. First to overflow: {where}."


def _pause(state: State) -> None:
    if state.playing:
        state.playing = False
        state.session.judge()
        if not state.met:
            _notice(state)


def _notice(state: State) -> None:
    """Stop at the moment the challenge is met, and write the record down."""
    name, session = state.challenge, state.session
    if not ladder.met(name, session):
        return
    state.met, state.playing = True, False
    figure = ladder.figure(name, session)
    state.best[name] = min(figure, state.best.get(name, figure))


def _begin(state: State, plan: Plan) -> None:
    """A network before its first step."""
    state.session = Session(plan)
    state.playing = state.met = False
    state.failure = ""
    _keep_looking(state)


def _change(state: State, plan: Plan) -> None:
    """Start anew where the plan means another network or other points; else go on with it."""
    if plan.starts_anew(state.session.plan):
        _begin(state, plan)
    elif plan != state.session.plan:
        state.session.change(plan)
        state.met = False
        state.failure = ""


def _keep_looking(state: State) -> None:
    """Look no longer at a neuron that is not there."""
    sizes = state.session.plan.sizes
    if state.neuron is not None:
        column, unit = state.neuron
        if not (1 <= column < len(sizes) and unit < sizes[column]):
            state.neuron, state.weight = None, 0
        elif state.weight > sizes[column - 1]:
            state.weight = 0


def _is_layer(plan: Plan, layer: object) -> bool:
    return is_whole(layer, 1, len(plan.layers))


def _with_layer(plan: Plan, layer: int, made: tuple[int, str]) -> Plan:
    return replace(plan, layers=(*plan.layers[: layer - 1], made, *plan.layers[layer:]))


def _what(plan: Plan) -> str:
    """A plan in a few words, to tell runs apart."""
    sizes = "-".join(map(str, plan.sizes))
    names = "/".join(sorted({name for _, name in plan.layers}))
    return f"{panels.NAMES[plan.data]}, {sizes} {names}, {plan.optimizer} {settings.plain(plan.lr)}"


def _summary(own: tuple[tuple[float, float, float], ...]) -> str:
    return f"the first at {fixed(own[0][0])}, {fixed(own[0][1])}"


# --- one neuron -----------------------------------------------------------------------------------

NUDGE = 1.0
"""How far an arrow key moves from the middle of a unit, in viewBox units."""


def _touch(state: State, x: float, y: float) -> None:
    """Choose the unit, or the incoming weight, nearest to a place; arrow keys go to the next."""
    sizes = state.session.plan.sizes
    spots = pictures.layout(sizes)
    column, unit = state.neuron or (1, 0)
    dx, dy = x - round(spots.across[column], 2), y - round(spots.up[column][unit], 2)
    if abs(abs(dx) + abs(dy) - NUDGE) < 0.02 and min(abs(dx), abs(dy)) < 0.02:
        if abs(dx) > abs(dy):
            column = min(max(column + (1 if dx > 0 else -1), 1), len(sizes) - 1)
            unit = min(unit, sizes[column] - 1)
        else:
            unit = min(max(unit + (1 if dy > 0 else -1), 0), sizes[column] - 1)
        state.neuron, state.weight = (column, unit), 0
        return
    near, which = spots.nearest(x, y)
    on_unit = abs(x - spots.across[near]) <= spots.size[near] / 2 + 4
    if state.neuron is not None and not on_unit:
        left, right = spots.across[column - 1], spots.across[column]
        if left < x < right:  # a line into the unit looked at: which one passes nearest?
            share = (x - left) / (right - left)
            share = share * share * (3 - 2 * share)
            ends = np.array(spots.up[column - 1])
            heights = ends + share * (spots.up[column][unit] - ends)
            state.weight = int(np.abs(heights - y).argmin())
            return
    state.neuron, state.weight = (max(near, 1), which if near else 0), 0


def _place(state: State) -> int:
    """Where in θ the weight on the slider stands."""
    assert state.neuron is not None
    column, unit = state.neuron
    network = state.session.network
    layer = answers.dense(network)[column - 1]
    start = 0
    for _, value, _ in network.parameters():
        if value is layer.W:
            break
        start += value.size
    n_in, n_out = layer.W.shape
    return start + (n_in * n_out + unit if state.weight == n_in else state.weight * n_out + unit)


def _touchpad(state: State) -> Node:
    plan = state.session.plan
    spots = pictures.layout(plan.sizes)
    column, unit = state.neuron or (1, 0)
    said = panels.unit_name(plan, column, unit) if state.neuron else "none chosen"
    return h(
        "rect",
        width=pictures.WIDTH,
        height=spots.height,
        class_="brain-touch",
        tabindex=0,
        role="slider",
        aria_label="neuron to look at",
        aria_valuenow=unit + 1,
        aria_valuetext=said,
        data_x=round(spots.across[column], 2),
        data_y=round(spots.up[column][unit], 2),
        data_step=NUDGE,
        on={"drag": ("touch",)},
        key="touch",
    )


def _neuron(state: State, network: Any) -> Node:
    if state.neuron is None:
        return widgets.note(
            "Tap a neuron to read and change its weights. Its small picture is its answer all over "
            "the plane.",
            kind="hint",
            key="neuron hint",
        )
    layer = answers.dense(network)[state.neuron[0] - 1]
    return panels.neuron(state.session.plan, *state.neuron, state.weight, layer.W, layer.b)


# --- the plane and its pen ------------------------------------------------------------------------


def _drawing_pad(state: State) -> Node | None:
    if state.session.plan.data != "own":
        return None
    x, y = (float(PLANE.across(state.cursor[0])), float(PLANE.up(state.cursor[1])))
    return h(
        "rect",
        x=PLANE.left,
        y=PLANE.top,
        width=PLANE.width - PLANE.left - PLANE.right,
        height=PLANE.height - PLANE.top - PLANE.bottom,
        class_="brain-pad",
        tabindex=0,
        role="slider",
        aria_label="pen",
        aria_valuenow=state.cursor[0],
        aria_valuetext=f"pen at {fixed(state.cursor[0])}, {fixed(state.cursor[1])}",
        data_x=round(x, 2),
        data_y=round(y, 2),
        data_step=12,
        on={"drag": ("draw",)},
        key="pad",
    )


def _pen(state: State) -> Node | None:
    if state.session.plan.data != "own":
        return None
    x, y = (float(PLANE.across(state.cursor[0])), float(PLANE.up(state.cursor[1])))
    return h("circle", cx=x, cy=y, r=7, class_="brain-pen", key="pen")


def _plane_label(state: State) -> str:
    now = state.session.now()
    return (
        f"The plane from −{REACH:g} to {REACH:g}, coloured by the network’s answer at each place; "
        f"{panels.share(now.held_quality)} of the held-out points right."
    )


def _network_label(plan: Plan) -> str:
    return f"A network of {', '.join(map(str, plan.sizes))} units; lines are weights."


# --- the controls of the run ----------------------------------------------------------------------


def _buttons(state: State) -> Node:
    """Train and pause, a step back, a step on, back to the start."""
    session = state.session
    if state.playing:
        play = widgets.button("Pause", ("pause",), primary=True, key="play")
    else:
        label = f"Guess {state.guess} % and train" if state.bet is None else "Train"
        play = widgets.button(label, ("play",), primary=True, key="play")
    return widgets.row(
        play,
        widgets.button("◂", ("back",), enabled=session.step > 0, name="one step back", key="back"),
        widgets.button("▸", ("step",), enabled=not state.playing, name="one step", key="step"),
        widgets.button("↺", ("reset",), name="back to the start, same seed", key="reset"),
        key="buttons",
        class_="brain-buttons",
    )


def _pace(state: State) -> Node:
    """The step on a slider, to go back and forth; the speed; another seed; what is shown."""
    session = state.session
    return h(
        "div",
        widgets.slider(
            "step", session.step, 0, max(session.furthest, 1), 1, ("seek",), digits=0, key="seek"
        ),
        widgets.row(
            widgets.select(
                "speed", [(name, name) for name in SPEEDS], state.speed, ("speed",), key="speed"
            ),
            widgets.button("New seed", ("reseed",), key="reseed"),
            panels.held_out(state.held),
            key="pace",
        ),
        class_="brain-pace",
        key="pace",
    )


def _guess(state: State) -> Node:
    now = state.session.now()
    if state.session.data.classes:
        question = "How many held-out points will it get right in the end?"
    else:
        question = "How much of the held-out ups and downs will it explain in the end (R²)?"
    if state.bet is None:
        slider = widgets.slider(
            "my guess", state.guess, 50, 100, 5, ("guess",), digits=0, unit=" %", key="guess"
        )
        return widgets.prediction(question, slider, key="prediction")
    ended = not state.playing and state.session.step > 0
    truth = panels.share(now.held_quality) + ("" if ended else " so far")
    close = abs(100 * now.held_quality - state.bet) <= 5 if ended else None
    return widgets.prediction(
        question, "", guess=f"{state.bet} %", truth=truth, close=close, key="prediction"
    )


def _status(state: State) -> str:
    """One thing to know now, or to try."""
    session = state.session
    challenge = CHALLENGES[state.challenge]
    if state.failure:
        return (
            f"{state.failure} Gone back to step {session.step}, the last one whose numbers hold. "
            "A smaller learning rate helps."
        )
    if state.met:
        figure = ladder.figure(state.challenge, session)
        unit = {
            "steps": f"in {figure} steps",
            "weights": f"with {figure} weights",
            "samples": f"from {figure} training points",
        }
        best = state.best[state.challenge]
        return f"Won: {challenge.title}, {unit[challenge.league]}. Your record is {best}."
    if state.playing:
        return f"Training: {session.plan.count()} weights move a little at every step."
    if session.step == 0:
        return challenge.hint
    now = session.now()
    if session.data.classes and now.quality - now.held_quality > 0.1:
        return (
            "It does much better on the points it learns from than on the held-out ones: it has "
            "learned some by heart. More points, less noise or an L2 penalty help."
        )
    if challenge.data is not None and state.challenge not in state.best:
        return f"Paused at step {session.step}: not there yet. {challenge.hint}"
    return f"Paused at step {session.step}. Change what you like: Train goes on from here."


def _now(state: State) -> Node:
    session = state.session
    now = session.now()
    right = "right" if session.data.classes else "explained"
    return panels.readouts(
        [
            (f"held-out {right}", panels.share(now.held_quality)),
            (f"training {right}", panels.share(now.quality)),
            ("held-out loss", panels.losses_of(now.held_loss)),
            ("training loss", panels.losses_of(now.loss)),
            ("weights", str(session.plan.count())),
            ("epoch", str(session.step // session.epoch)),
        ]
    )


def _curves(state: State) -> Node:
    session = state.session
    here = session.step if session.step < session.furthest else None
    return pictures.curves(session.curve, here, tuple(state.kept), session.data.classes)


def _inside(state: State) -> Node:
    shown: list[Node] = []
    if state.inside:
        session = state.session
        values, slopes = answers.gradients(session)
        hidden = [f"layer {i}" for i in range(1, len(values) + 1)]
        if values:
            shown.append(pictures.histograms("Activations", values, hidden, "a"))
        shown.append(pictures.histograms("Gradients dL/dW", slopes, [*hidden, "output"], "dW"))
    return panels.group(
        "Inside: activations and gradients",
        widgets.toggle("histograms", state.inside, ("inside",), key="inside"),
        shown,
        key="inside",
    )


def _paper(state: State) -> Node:
    text = ""
    try:
        if state.paper == "torch":
            text = paper.pytorch(state.session)
        elif state.paper == "json":
            text = paper.as_json(state.session)
    except paper.PaperError as error:
        text = str(error)
    return panels.group(
        "Take it with you: PyTorch, JSON; load",
        widgets.choice("show as", paper.KINDS, state.paper, ("paper",), key="kinds"),
        text
        and h(
            "textarea",
            text,
            readonly=True,
            rows=8,
            class_="text-field",
            aria_label="the network as text",
            key=f"text {state.paper}",
        ),
        h(
            "label",
            "Load a network: paste what “weights, JSON” gave.",
            h(
                "textarea",
                rows=3,
                class_="text-field",
                aria_label="network to load",
                on={"change": ("load",)},
            ),
            key="load",
        ),
        panels.text_file("file of a network to load", "load"),
        key="paper",
    )

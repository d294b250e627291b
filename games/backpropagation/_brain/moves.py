"""The learner's messages: what each does, or None where it is not taken. They change the state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from games import is_number, is_whole
from games.backpropagation._brain import challenges as ladder
from games.backpropagation._brain import looks, panels, paper, runs, settings
from games.backpropagation._brain.challenges import CHALLENGES
from games.backpropagation._brain.pictures import MOST_KEPT, PLANE, Kept
from games.backpropagation._brain.plan import MOST_LAYERS, MOST_UNITS, Plan
from games.backpropagation._brain.points import DATA, FIRST_OWN, MADE, TableError, draw, parse_csv
from games.backpropagation._brain.state import SPEEDS, State
from games.brains import named, taken
from games.ui.numbers import fixed, percent
from pycore import brains
from pycore.brains import UNSCALED


def running(state: State, message: str, args: tuple[Any, ...]) -> str | None:
    """Messages that run the training; what was done, or None."""
    session = state.session
    match message, *args:
        case ("play",) if not state.playing:
            runs.commit(state)
            state.playing, state.until = True, session.step + state.limit
            return "Training."
        case ("pause",) if state.playing:
            runs.pause(state)
            return "Paused."
        case ("step",) if not state.playing:
            runs.commit(state)
            runs.advance(state)
            session.judge()
            return "One step."
        case ("back",) if session.step > 0:
            runs.pause(state)
            session.seek(session.step - 1)
            return "One step back."
        case "seek", step if is_number(step, 0, max(session.furthest, 1)) and step == int(step):
            runs.pause(state)
            session.seek(min(int(step), session.furthest))
            return f"Went to step {session.step}."
        case ("reset",):
            runs.begin(state, session.plan)
            return "Started again from the same seed."
        case ("reseed",):
            runs.begin(state, replace(session.plan, seed=int(state.rng.integers(2**32))))
            return f"New points and weights, from seed {state.session.plan.seed}."
        case "speed", str(name) if name in SPEEDS:
            state.speed = name
            return f"Speed: {name}."
        case "guess", guess if is_number(guess, 50, 100) and state.bet is None:
            state.guess = round(guess)
            return f"Guess: {percent(state.guess / 100)}."
        case "challenge", str(name) if name in CHALLENGES:
            state.challenge, state.bet, state.neuron = name, None, None
            plan = ladder.start(name, Plan(session.plan.seed, data="circles", noise=0.1))
            runs.begin(state, plan)
            return f"Challenge: {CHALLENGES[name].title}."
    return None


def building(state: State, message: str, args: tuple[Any, ...]) -> str | None:
    """Messages that change the plan; what was done, or None."""
    plan = state.session.plan
    match message, *args:
        case "data", str(name) if name in DATA:
            plan = replace(plan, data=name)
            if name in MADE or not plan.own:
                plan = replace(plan, own=() if name in MADE else FIRST_OWN, scales=UNSCALED)
            runs.change(state, plan)
            return f"Data: {panels.NAMES[name]}."
        case "feature", str(name) if name in brains.FEATURES and plan.features != (name,):
            features = set(plan.features) ^ {name}
            kept = tuple(f for f in brains.FEATURES if f in features)
            runs.change(state, replace(plan, features=kept))
            return f"Inputs: {', '.join(kept)}."
        case "layers", n if is_whole(n, 0, MOST_LAYERS):
            new = plan.layers[-1] if plan.layers else (4, "tanh")
            runs.change(state, replace(plan, layers=(plan.layers + (new,) * n)[:n]))
            return f"{n} hidden layers."
        case "units", layer, n if _is_layer(plan, layer) and is_whole(n, 1, MOST_UNITS):
            runs.change(state, _with_layer(plan, layer, (n, plan.layers[layer - 1][1])))
            return f"Layer {layer}: {n} neurons."
        case "activation", layer, str(name) if (
            _is_layer(plan, layer) and name in brains.ACTIVATIONS
        ):
            runs.change(state, _with_layer(plan, layer, (plan.layers[layer - 1][0], name)))
            return f"Layer {layer}: {name}."
        case "set", str(name), value:
            changed = settings.changed(plan, name, value)
            if changed is not None:
                runs.change(state, changed)
                return f"{name.replace('_', ' ').capitalize()}: {value}."
    return None


def looking(state: State, message: str, args: tuple[Any, ...]) -> str | None:
    """Messages about one neuron, and about points drawn by hand; what was done, or None."""
    session = state.session
    plan = session.plan
    match message, *args:
        case "touch", x, y if is_number(x) and is_number(y):
            looks.touch(state, float(x), float(y))
            assert state.neuron is not None
            return f"Looking at {panels.unit_name(plan, *state.neuron)}, weight {state.weight + 1}."
        case "weight", i if state.neuron and is_whole(i, 0, plan.sizes[state.neuron[0] - 1]):
            state.weight = i
            return f"Weight {i + 1} is on the slider."
        case "write", value if state.neuron and is_number(value, -1e12, 1e12):
            theta = session.network.theta.copy()
            theta[looks.place(state)] = value
            runs.pause(state)
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


def showing(state: State, message: str, args: tuple[Any, ...]) -> str | None:
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
                own, scales = parse_csv(text)
            except TableError as error:
                state.problem = str(error)
                return f"No table: {error}"
            state.problem = f"{len(own)} rows taken in."
            plan = replace(session.plan, data="CSV", own=own, scales=scales)
            runs.begin(state, plan)
            return f"A table of {len(own)} points, {_summary(own)}."
        case "open", str(text):
            brain = taken(text, paper.ROOM)
            runs.begin(state, paper.plan_of(brain, session.plan))
            theta = brain.network.theta
            state.session.write(brain.network)
            state.opened = f"{named(brain)}: {theta.size} parameters"
            return f"Opened {state.opened}, the first {fixed(float(theta[0]), 4)}."
    return None


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

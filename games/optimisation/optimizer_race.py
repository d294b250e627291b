"""Optimiser Race: bet on SGD, momentum or Adam, set the learning rate, and let them run.

Three optimizers of the engine take the same number of steps from the same
start, on a surface of two parameters or on the loss of a small network. "Each at its best" first
runs every optimizer at every rate of RATES and takes the one that ends lowest.

What 200 steps give (final losses, start (3, 1), for Rosenbrock (−1.2, 1); β = 0.9, β₁ = 0.9,
β₂ = 0.999): with one rate for all, η = 0.01, on the quadratic with κ = 100, SGD 8.1e−2, momentum
1.5e−8, Adam 8.8e−1, the last. With the best rate for each: κ = 10, SGD 4.3e−34, Adam 1.7e−9,
momentum 9.3e−11; κ = 100, SGD 3.4e−3, momentum 1.5e−8, Adam 4.0e−9; Rosenbrock, SGD 2.5e−1,
momentum 3.2e−4, Adam 1.4e−2. So who wins depends on surface and rates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_number, refuse
from games.moves import Dial, Pick
from games.ui import plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed, short
from pycore import data
from pycore.arrays import Array
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.optimizers import SGD, Adam, Momentum, Optimizer

TICKS_PER_SECOND = 60
RATES = tuple(float(rate) for rate in 10 ** np.arange(-4, 1.01, 0.25))
"""The learning rates offered and swept: four to each factor of ten."""
RACERS: dict[str, tuple[str, Callable[[float], Optimizer]]] = {
    "sgd": ("SGD", SGD),
    "momentum": ("momentum", Momentum),
    "adam": ("Adam", Adam),
}
LINES = [(text, f"run-{i + 1}") for i, (text, _) in enumerate(RACERS.values())]
"""Each racer's name and the class of its line."""
STRIDE = 2
"""Steps of each racer in one tick of a race."""
TOO_HIGH = 1e6
"""A loss beyond it counts as thrown off: the racer stops."""

Measure = Callable[[Array], tuple[float, Array]]
"""θ → loss and gradient."""


@dataclass(frozen=True)
class Surface:
    """A loss of two parameters a and b, and the window it is looked at through."""

    name: str
    formula: str
    value: Callable[[Any, Any], Any]
    slope: Callable[[float, float], tuple[float, float]]
    start: tuple[float, float]
    lowest: tuple[float, float]
    x: tuple[float, float]
    y: tuple[float, float]

    def measure(self, theta: Array) -> tuple[float, Array]:
        """The loss at θ = (a, b) and its gradient."""
        a, b = theta.tolist()
        return float(self.value(a, b)), np.array(self.slope(a, b))


def _quadratic(kappa: int) -> Surface:
    return Surface(
        f"bowl, κ = {kappa}",
        f"L = ½ (a² + {kappa} b²)",
        lambda a, b: (a * a + kappa * b * b) / 2,
        lambda a, b: (a, kappa * b),
        start=(3.0, 1.0),
        lowest=(0.0, 0.0),
        x=(-4, 4),
        y=(-2, 2),
    )


SURFACES = {
    "bowl-10": _quadratic(10),
    "bowl-100": _quadratic(100),
    "rosenbrock": Surface(
        "Rosenbrock",
        "L = (1 − a)² + 100 (b − a²)²",
        lambda a, b: (1 - a) ** 2 + 100 * (b - a * a) ** 2,
        lambda a, b: (-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)),
        start=(-1.2, 1.0),
        lowest=(1.0, 1.0),
        x=(-2, 2),
        y=(-1, 3),
    ),
}
NETWORK = "network"
"""The fourth choice: the loss of a network, whose parameters are too many for a map."""
CHOICES = [(surface.name, name) for name, surface in SURFACES.items()] + [("network", NETWORK)]

PARAMS = {
    "surface": Param(Pick(*SURFACES, NETWORK), "bowl-100", "Surface"),
    "steps": Param(Dial(20, 400, 20), 200, "Steps of a race"),
}


@dataclass
class Racer:
    """One optimizer on its way. `loss` and `grad` are those at `theta`."""

    rate: float
    optimizer: Optimizer
    theta: Array
    loss: float
    grad: Array
    losses: list[float]
    track: list[Array]
    thrown: bool = False


@dataclass
class State:
    """Where the race is run, the rates, the bet, and what has been found.

    `start` is the place of the start on a surface. `finals` holds the final loss of every racer at
    every rate, shape (3, rates): NaN until run, infinity where it was thrown off.
    """

    rng: np.random.Generator
    steps: int
    surface: str
    start: tuple[float, float]
    network: Measure
    theta: Array
    place: int = RATES.index(0.01)
    tuned: bool = False
    bet: str = "adam"
    racers: list[Racer] = field(default_factory=list)
    finals: Array = field(default_factory=lambda: np.full((len(RACERS), len(RATES)), np.nan))
    trial: Racer | None = None
    running: bool = False


def init(seed: int, surface: str = "bowl-100", steps: int = 200) -> State:
    """Nothing run; the network's points and starting weights come from the seed."""
    rng = np.random.default_rng(seed)
    points, labels = data.moons(60, 0.15, rng)
    net, loss = mlp((2, 8, 1), rng), BinaryCrossEntropy()
    target = loss.prepare(labels, net.theta.dtype)
    theta = net.theta.copy()

    def measure(theta: Array) -> tuple[float, Array]:
        net.theta[:] = theta
        net.zero_grad()
        value = loss.forward(net.forward(points), target)
        net.accumulate(loss.backward())
        return value, net.grad.copy()

    state = State(rng, steps, surface, (0.0, 0.0), measure, theta)
    _settle(state, surface)
    return state


def update(state: State, message: str, *args: Any) -> None:
    """Place, rates, bet and race; whatever changes the race takes the last one away.

    ("surface", name) chooses where; ("drag", x, y) moves the start there; ("rates", "one" or
    "best") shares one rate or gives each its best; ("rate", i) sets the shared one to RATES[i];
    ("bet", name); ("race",) starts; ("again",) clears the finished race for a new bet.
    """
    match message, *args:
        case "surface", str(name) if name in SURFACES or name == NETWORK:
            _settle(state, name)
        case "drag", x, y if is_number(x) and is_number(y) and state.surface in SURFACES:
            axes, surface = _axes(state), SURFACES[state.surface]
            start = (round(axes.data_x(x), 1), round(axes.data_y(y), 1))
            if start not in (surface.lowest, state.start):
                state.start = start
                _forget(state)
        case "rates", "one" | "best" as rates:
            state.tuned = rates == "best"
            _clear(state)
        case "rate", place if is_number(place, 0, len(RATES) - 1) and not state.tuned:
            state.place = round(place)
            _clear(state)
        case "bet", str(name) if name in RACERS and not state.racers:
            state.bet = name
            _clear(state)
        case ("race",) if not state.racers and not state.running:
            state.running = True
            if not state.tuned or _swept(state):
                _line_up(state)
        case ("again",) if finished(state):
            _clear(state)
        case _:
            allowed = (
                f"('surface', one of {', '.join(SURFACES)}, {NETWORK}), ('drag', x, y) on a "
                f"surface, ('rates', 'one' or 'best'), ('rate', 0 to {len(RATES) - 1}) with one "
                "rate, ('bet', 'sgd', 'momentum' or 'adam') and ('race') before a race, ('again') "
                "after it"
            )
            refuse(message, args, allowed)


def tick(state: State) -> bool:
    """A few steps of the race, or of the search for the best rates before it."""
    if not state.running:
        return False
    if not state.racers:
        _search(state)
        return True
    for _ in range(STRIDE):
        for racer in state.racers:
            if len(racer.losses) <= state.steps:
                step(racer, _measure(state))
    if all(r.thrown or len(r.losses) > state.steps for r in state.racers):
        state.running = False
    return True


def step(racer: Racer, measure: Measure) -> None:
    """One step of the optimizer, and the loss where it leads; nothing once it is thrown off."""
    if racer.thrown:
        return
    racer.optimizer.step(racer.theta, racer.grad)
    racer.loss, racer.grad = measure(racer.theta)
    racer.losses.append(racer.loss)
    racer.track.append(racer.theta[:2].copy())
    racer.thrown = not racer.loss < TOO_HIGH


def finished(state: State) -> bool:
    """Whether a race has been run to its end."""
    return bool(state.racers) and not state.running


def winner(state: State) -> str | None:
    """Who ended lowest; None before the end, or where all were thrown off."""
    if not finished(state):
        return None
    ends = [np.inf if racer.thrown else racer.loss for racer in state.racers]
    return None if min(ends) == np.inf else list(RACERS)[int(np.argmin(ends))]


def view(state: State) -> Node:
    """The map with the tracks, the losses, and the controls."""
    won = score(state) == 1
    surface = SURFACES.get(state.surface)
    return widgets.stage(
        widgets.panel(
            _map(state, surface)
            if surface
            else widgets.note(
                f"A network with {state.theta.size} parameters learns 60 points of two moons. "
                "A map has room for two parameters, so only the loss is drawn.",
                kind="no-map",
                key="no map",
            ),
            _losses(state),
            widgets.note(_verdict(state), kind="win" if won else "", roomy=True),
        ),
        widgets.panel(
            widgets.choice("where", CHOICES, state.surface, ("surface",), key="surface"),
            widgets.choice(
                "learning rate η",
                [("one for all", "one"), ("each at its best", "best")],
                "best" if state.tuned else "one",
                ("rates",),
                key="rates",
            ),
            _sweep(state)
            if state.tuned
            else widgets.slider(
                "η",
                state.place,
                0,
                len(RATES) - 1,
                1,
                ("rate",),
                printed=short(RATES[state.place]),
                name="learning rate for all",
                symbol="η",
                key="rate",
            ),
            widgets.prediction(
                f"Who has the lowest loss after {state.steps} steps?",
                widgets.choice(
                    "my bet",
                    [(text, name) for name, (text, _) in RACERS.items()],
                    state.bet,
                    ("bet",),
                )
                if not state.racers
                else widgets.note(f"You bet on {RACERS[state.bet][0]}.", kind="hint"),
                guess=RACERS[state.bet][0],
                truth=_champion(state) if finished(state) else None,
                close=winner(state) == state.bet if finished(state) else None,
                roomy=True,
                key="bet",
            ),
            widgets.commit(
                f"Race: my bet is {RACERS[state.bet][0]}",
                ("race",),
                waiting=not state.running,
                over=finished(state),
                again="Bet again",
            ),
            widgets.readouts(_results(state)),
            widgets.note(
                "“Adam is the fastest” needs two conditions: a badly scaled surface, and a rate "
                "tuned for each. See for yourself on κ = 100: race at η = 0.010 for all, then "
                "with each at its best. Can you find a place where plain SGD wins, and bet on it?",
                kind="hint",
            ),
        ),
    )


def score(state: State) -> float:
    """1 when SGD won with the bet on it; 0.5 for another bet that was right."""
    if winner(state) != state.bet:
        return 0.0
    return 1.0 if state.bet == "sgd" else 0.5


def describe(state: State) -> str:
    """Surface, start, rates, bet, and how the race stands."""
    name = SURFACES[state.surface].name if state.surface in SURFACES else "loss of a network"
    start = ""
    if state.surface in SURFACES:
        start = f" from a = {fixed(state.start[0], 1)}, b = {fixed(state.start[1], 1)}"
    rates = "each at its best rate" if state.tuned else f"one rate, {short(RATES[state.place])}"
    results = ", ".join(f"{who} {text}" for who, text in _results(state))
    return (
        f"Race on {name}{start}, {rates}, bet on {RACERS[state.bet][0]}. {_verdict(state)} "
        f"Losses: {results}. {_progress(state)}"
    )


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The losses, the tracks and the sweep, rows in the order SGD, momentum, Adam."""
    losses = np.full((len(RACERS), state.steps + 1), np.nan)
    found: dict[str, NDArray[Any]] = {
        "learning rates offered": np.array(RATES),
        "shared learning rate": np.array([RATES[state.place]]),
        "start (a, b)": np.array(state.start),
    }
    for row, racer in enumerate(state.racers):
        losses[row, : len(racer.losses)] = np.where(np.isfinite(racer.losses), racer.losses, np.nan)
    found["loss after each step (SGD, momentum, Adam)"] = losses
    found["loss now"] = np.array([racer.losses[-1] for racer in state.racers if not racer.thrown])
    found["learning rate of each"] = np.array([racer.rate for racer in state.racers])
    if state.surface in SURFACES:
        for (name, _), racer in zip(RACERS.values(), state.racers, strict=False):
            track = np.array(racer.track)
            found[f"track of {name} (a, b)"] = np.where(np.isfinite(track), track, np.nan)
    finals = np.where(np.isfinite(state.finals), state.finals, np.nan)
    found["final loss (SGD, momentum, Adam × rates)"] = finals
    return found


def solution(state: State) -> Iterator[Message]:
    """The round bowl, at a rate where SGD wins, and the bet on it."""
    if state.running:
        yield ("rates", "one")  # stops what runs
    yield ("surface", "bowl-10")
    yield ("rates", "one")
    places = range(len(RATES))
    yield ("rate", next((i for i in reversed(places) if _trial_winner(state, i) == "sgd"), 0))
    yield from (("bet", "sgd"), ("race",))


# --- racing ---------------------------------------------------------------------------------------


def _settle(state: State, surface: str) -> None:
    """Move to a surface, at its own start."""
    state.surface = surface
    if surface in SURFACES:
        state.start = SURFACES[surface].start
    _forget(state)


def _forget(state: State) -> None:
    """Another place: the best rates are unknown again."""
    state.finals = np.full_like(state.finals, np.nan)
    _clear(state)


def _clear(state: State) -> None:
    state.racers, state.trial, state.running = [], None, False


def _measure(state: State) -> Measure:
    return SURFACES[state.surface].measure if state.surface in SURFACES else state.network


def _racer(state: State, name: str, rate: float) -> Racer:
    theta = np.array(state.start) if state.surface in SURFACES else state.theta.copy()
    loss, grad = _measure(state)(theta)
    optimizer = RACERS[name][1](rate)
    return Racer(rate, optimizer, theta, loss, grad, [loss], [theta[:2].copy()])


def _line_up(state: State) -> None:
    """All three at the start, at the shared rate or each at its best."""
    places = state.finals.argmin(axis=1) if state.tuned else [state.place] * len(RACERS)
    state.racers = [
        _racer(state, name, RATES[place]) for name, place in zip(RACERS, places, strict=True)
    ]


def _search(state: State) -> None:
    """Go on with the search for the best rates, a small step at a time; then line up."""
    racer, place = divmod(int(np.isfinite(state.finals.ravel()).sum() + _thrown(state)), len(RATES))
    measure = _measure(state)
    if state.trial is None:
        state.trial = _racer(state, list(RACERS)[racer], RATES[place])
    for _ in range(100 if state.surface in SURFACES else 30):
        if state.trial.thrown or len(state.trial.losses) > state.steps:
            break
        step(state.trial, measure)
    if state.trial.thrown or len(state.trial.losses) > state.steps:
        state.finals[racer, place] = np.inf if state.trial.thrown else state.trial.loss
        state.trial = None
        if _swept(state):
            _line_up(state)


def _thrown(state: State) -> int:
    return int(np.isinf(state.finals).sum())


def _swept(state: State) -> bool:
    return not np.isnan(state.finals).any()


def _trial_winner(state: State, place: int) -> str | None:
    """Who would win at a shared rate."""
    ends = []
    for name in RACERS:
        racer = _racer(state, name, RATES[place])
        for _ in range(state.steps):
            step(racer, _measure(state))
        ends.append(np.inf if racer.thrown else racer.loss)
    return None if min(ends) == np.inf else list(RACERS)[int(np.argmin(ends))]


# --- pictures and words ---------------------------------------------------------------------------


def _axes(state: State) -> plots.Axes:
    surface = SURFACES[state.surface]
    return plots.Axes(surface.x, surface.y, height=270)


@cache
def _landscape(name: str) -> NDArray[np.uint8]:
    """The surface as pixels, a contour at each of twelve equal factors."""
    surface = SURFACES[name]
    a, b = plots.Axes(surface.x, surface.y, height=270).grid(258, 164)
    values = surface.value(a, b)
    return plots.landscape(values, np.geomspace(0.1, 0.8 * values.max(), 12).tolist())


def _map(state: State, surface: Surface) -> Node:
    axes = _axes(state)
    a, b = (float(v) for v in (axes.across(state.start[0]), axes.up(state.start[1])))
    runs = [(f"run-{i + 1}", np.array(r.track)) for i, r in enumerate(state.racers)]
    lowest_a, lowest_b = surface.lowest
    return plots.plot(
        axes,
        plots.rule(axes, x=lowest_a),
        plots.rule(axes, y=lowest_b),
        h("g", [plots.track(axes, track, run) for run, track in runs], data_symbol="θ"),
        [
            plots.scatter(axes, track[-1:, 0], track[-1:, 1], run)
            for run, track in runs
            if axes.x[0] <= track[-1, 0] <= axes.x[1] and axes.y[0] <= track[-1, 1] <= axes.y[1]
        ],
        widgets.handle(
            "start",
            a,
            b,
            ("drag",),
            said=f"a = {fixed(state.start[0], 1)}, b = {fixed(state.start[1], 1)}",
            step=round(float(axes.across(0.1) - axes.across(0)), 2),
            key="start",
        ),
        heat=_landscape(state.surface),
        label=f"Map of {surface.formula}, lowest where the dotted lines cross, with the tracks.",
        x_label="a   (drag the start)",
        y_label=f"b, on {surface.formula}",
        key="map",
    )


def _losses(state: State) -> Node:
    losses = [racer.losses for racer in state.racers]
    all_losses = np.concatenate(losses) if losses else np.array([0.01, 1.0])
    axes = plots.Axes(
        (0, state.steps), plots.decades(all_losses, 1e-40, TOO_HIGH), height=210, log_y=True
    )
    return plots.plot(
        axes,
        h(
            "g",
            [
                plots.curve(axes, np.arange(len(values)), values, f"run-{i + 1}")
                for i, values in enumerate(losses)
            ],
            data_symbol="L",
        ),
        plots.legend(axes, LINES),
        label=f"Loss after each step. {_verdict(state)}",
        x_label="step",
        y_label="loss L",
        key="losses",
    )


def _sweep(state: State) -> Node:
    """The final loss at every rate tried, for each optimizer."""
    axes = plots.Axes(
        (RATES[0], RATES[-1]),
        plots.decades(state.finals, 1e-40, TOO_HIGH),
        height=190,
        log_x=True,
        log_y=True,
    )
    finals = np.where(np.isfinite(state.finals), state.finals, np.nan)
    return plots.plot(
        axes,
        [plots.curve(axes, RATES, row, f"run-{i + 1}") for i, row in enumerate(finals)],
        [
            plots.scatter(axes, [RATES[int(np.nanargmin(row))]], [np.nanmin(row)], f"run-{i + 1}")
            for i, row in enumerate(finals)
            if np.isfinite(row).any()
        ],
        label=f"Final loss against learning rate. {_progress(state)}",
        x_label="learning rate η",
        y_label=f"final loss; {_progress(state)}",
        key="sweep",
    )


def _progress(state: State) -> str:
    done = int((~np.isnan(state.finals)).sum())
    return f"{done} of {state.finals.size} runs of the search done."


def _champion(state: State) -> str:
    name = winner(state)
    return "nobody" if name is None else RACERS[name][0]


def _results(state: State) -> list[tuple[str, str]]:
    """For each racer its rate, and its loss now."""
    if not state.racers:
        return [(text, "–") for text, _ in RACERS.values()]
    return [
        (f"{text}, η = {short(r.rate)}", "thrown off" if r.thrown else short(r.loss))
        for (text, _), r in zip(RACERS.values(), state.racers, strict=True)
    ]


def _verdict(state: State) -> str:
    if not state.racers:
        if state.running:
            return "First the search: every optimiser runs at every rate from the same start."
        return "Same start, same number of steps. Choose, bet, and let them run."
    if state.running:
        done = max(len(racer.losses) for racer in state.racers) - 1
        return f"Step {done} of {state.steps}."
    name = winner(state)
    if name is None:
        return "All three were thrown off: the rate is too high. Lower it."
    text = f"Lowest at the end: {RACERS[name][0]}."
    if name == state.bet == "sgd":
        return f"Gold! {text} Plain SGD wins here, and your bet was on it."
    if name == state.bet:
        return f"{text} Your bet was right. Now find a setting where plain SGD wins."
    return f"{text} Your bet was {RACERS[state.bet][0]}."

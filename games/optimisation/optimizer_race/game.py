"""Optimiser Race: make two different optimisers win from one start, and call both races.

Three optimizers of the engine take the same number of steps from the same start, on a surface of
two parameters or on the loss of a small network. "Each at its best" first runs every optimizer at
every rate of RATES and takes the one that ends lowest; momentum's β is the learner's.

What 200 steps give (final losses, start (3, 1), for Rosenbrock (−1.2, 1); β₁ = 0.9, β₂ = 0.999):
with one rate for all, η = 0.01, on the quadratic with κ = 100, SGD 8.1e−2, momentum (β = 0.9)
1.5e−8, Adam 8.8e−1, the last. With the best rate for each and β left at 0.9: κ = 10, SGD 4.3e−34,
Adam 1.7e−9, momentum 9.3e−11; κ = 100, SGD 3.4e−3, momentum 1.5e−8, Adam 4.0e−9; Rosenbrock, SGD
2.5e−1, momentum 3.2e−4, Adam 1.4e−2. With β set too, momentum comes to 1.4e−90 on κ = 10 (β = 0.35)
and to 6.4e−29 on κ = 100 (β = 0.7), and wins both; with its β₁ set too (0.3, which cannot be done
here), Adam would come to 5.3e−97 and 2.9e−96. So untuned settings decide races.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts import runs
from games.concepts.bet import Bet, commit, pick
from games.moves import Dial, Pick, Place, Press, moves
from games.optimisation.optimizer_race.race import (
    RACERS,
    SURFACES,
    TOO_HIGH,
    Height,
    Racer,
    Surface,
    network,
)
from games.ui import controls, plots, widgets
from games.ui.landscapes import Landscape, landscape
from games.ui.node import h, marked
from games.ui.numbers import fixed, short
from games.ui.shell import shell
from games.words import say, word, written
from pycore.arrays import Array
from pycore.objectives import Supervised
from pycore.optimizers import Adam

EDITION = 3
TICKS_PER_SECOND = 60
RATES = tuple(float(rate) for rate in 10 ** np.arange(-4, 1.01, 0.25))
"""The learning rates offered and swept: four to each factor of ten."""
STRIDE = 2
"""Steps of each racer in one tick of a race."""
NETWORK = "network"
"""The fourth choice: the loss of a network, whose parameters are too many for a map."""

ADAM = Adam()
"""As it runs here, its rate aside."""
BETA = Dial(0.05, 0.95, 0.05)
"""Momentum's β: at 0 momentum would be SGD."""
FIRST, SECOND = 0.9, 0.35
"""The β that momentum usually has, and about the best one for the bowl with κ = 10."""
SGD_POWER = -1.0
"""The power of ten in a shared rate at which SGD wins the bowl with κ = 10, β being FIRST."""

TWO, SGD_WINS = "two-winners", "sgd-wins"
"""What counts as won; up to the second edition it was the latter."""

LEARNT = word(
    "No optimiser is the fastest: valley, rates and momentum’s β decide who wins. Ask of every "
    "comparison what was tuned for whom."
)
PARAMS = {
    "surface": Param(Pick(*SURFACES, NETWORK), "bowl-100", word("Surface")),
    "steps": Param(Dial(20, 400, 20), 200, word("Steps of a race")),
    "beta": Param(BETA, FIRST, word("Momentum’s β at first")),
    "goal": Param(Pick(TWO, SGD_WINS), TWO, word("What counts as won")),
}


def _edge(axis: str, end: int) -> Any:
    return lambda state: getattr(SURFACES[state.surface], axis)[end]


MOVES = moves(
    surface=Pick(*SURFACES, NETWORK),
    start=Place(
        Dial(_edge("x", 0), _edge("x", 1), 0.1),
        Dial(_edge("y", 0), _edge("y", 1), 0.1),
        when=lambda state: state.surface in SURFACES,
    ),
    rates=Pick("one", "best"),
    rate=Dial(-4.0, 1.0, 0.25, when=lambda state: not state.tuned),
    beta=BETA,
    bet=Pick(*RACERS, when=lambda state: not state.racers),
    race=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: state.bet.over),
)


@dataclass
class State:
    """Where the race is run, the rates, the bet, and what has been found.

    `start` is the place of the start on a surface, `power` that of ten in the shared rate. `finals`
    holds the final loss of every racer at every rate, shape (3, rates): NaN until run, infinity
    where it was thrown off. `called` are the winners that were called right in this place.
    """

    rng: np.random.Generator
    steps: int
    network: Supervised
    surface: str = NETWORK
    start: tuple[float, float] = (0.0, 0.0)
    power: float = -2.0
    tuned: bool = False
    beta: float = FIRST
    goal: str = TWO
    called: tuple[str, ...] = ()
    bet: Bet[str] = field(default_factory=Bet)
    racers: list[Racer] = field(default_factory=list)
    finals: Array = field(default_factory=lambda: np.full((len(RACERS), len(RATES)), np.nan))
    trial: Racer | None = None

    def racer(self, name: str, place: int) -> Racer:
        """One at the start, at a rate of RATES."""
        where = SURFACES.get(self.surface)
        objective = Height(where, self.start) if where else deepcopy(self.network)
        return Racer(objective, name, RATES[place], self.beta)


def init(
    seed: int,
    surface: str = "bowl-100",
    steps: int = 200,
    beta: float = FIRST,
    goal: str = TWO,
) -> State:
    """Nothing run; the network's points and starting weights come from the seed."""
    rng = np.random.default_rng(seed)
    state = State(rng, steps, network(rng), beta=beta, goal=goal)
    _settle(state, surface)
    return state


def update(state: State, move: str, *values: Any) -> None:
    """Place, rates, bet and race; whatever changes the race takes the last one away."""
    match move, *values:
        case "surface", name:
            _settle(state, name)
        case "start", a, b:
            if (a, b) not in (SURFACES[state.surface].lowest, state.start):
                state.start = a, b
                _forget(state)
        case "rates", rates:
            state.tuned = rates == "best"
            _clear(state)
        case "rate", power:
            state.power = power
            _clear(state)
        case "beta", beta:
            if beta != state.beta:
                state.beta = beta
                state.finals[list(RACERS).index("momentum")] = np.nan
            _clear(state)
        case "bet", name:
            _clear(state)
            state.bet.place(name)
        case ("race",):
            state.bet.begin()
            if not state.tuned or _swept(state):
                _line_up(state)
        case ("again",):
            _clear(state)


def tick(state: State) -> bool:
    """A few steps of the race, or of the search for the best rates before it."""
    if not state.bet.running:
        return False
    if not state.racers:
        _search(state)
        return True
    for _ in range(STRIDE):
        for racer in state.racers:
            if not racer.over(state.steps):
                racer.advance()
    if all(racer.over(state.steps) for racer in state.racers):
        state.bet.settle()
        best = winner(state)
        if best is not None and best == state.bet.said and best not in state.called:
            state.called = *state.called, best
    return True


def winner(state: State) -> str | None:
    """Who ended lowest; None before the end, or where all were thrown off."""
    return _lowest(state.racers) if state.bet.over else None


def score(state: State) -> float:
    """1 when two different winners were called right from one start, 0.5 for one of them."""
    if state.goal == TWO:
        return min(len(state.called) / 2, 1.0)
    if not state.bet.over or winner(state) != state.bet.said:
        return 0.0
    return 1.0 if state.bet.said == "sgd" else 0.5


def solution(state: State) -> Iterator[Message]:
    """The rounder bowl with each at its best: once with β as it usually is, once with β set too.

    Where SGD has to win, one rate at which it does so after any number of steps.
    """
    two = state.goal == TWO
    yield ("rates", "best" if two else "one")  # stops what runs
    yield ("surface", "bowl-10")
    if not two:
        yield ("rate", SGD_POWER)
        yield ("beta", FIRST)
        yield ("bet", "sgd")
        yield ("race",)
        return
    for beta in (FIRST, SECOND):
        yield ("beta", beta)
        yield ("bet", would_win(state.steps, "bowl-10", beta))
        yield ("race",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case ("rates", "one") | ("rate", _):
            return say("One rate for all, which suits plain SGD in this valley.")
        case "rates", _:
            return say("Each at its best rate: otherwise the rates race, not the methods.")
        case "surface", _:
            return say("A rounder valley, where every method can be quick.")
        case "beta", _:
            return say("The race depends on β as well, which is a setting too.")
        case "bet", _:
            return say("With these settings it is the quickest.")
    return ""


def would_win(steps: int, surface: str, beta: float) -> str:
    """Who would win on a surface, from its own start, with each at its best rate."""
    where = SURFACES[surface]
    ends = {
        name: min(Racer(Height(where, where.start), name, rate, beta).run(steps) for rate in RATES)
        for name in RACERS
    }
    return min(ends, key=ends.__getitem__)


def _lowest(racers: list[Racer]) -> str | None:
    ends = [racer.end for racer in racers]
    return None if min(ends) == np.inf else list(RACERS)[int(np.argmin(ends))]


def _settle(state: State, surface: str) -> None:
    """Move to a surface, at its own start."""
    state.surface = surface
    if surface in SURFACES:
        state.start = SURFACES[surface].start
    _forget(state)


def _forget(state: State) -> None:
    """Another place: the best rates are unknown again, and nothing is called here yet."""
    state.called = ()
    state.finals = np.full_like(state.finals, np.nan)
    _clear(state)


def _clear(state: State) -> None:
    state.racers, state.trial = [], None
    state.bet.reopen()


def _place(state: State) -> int:
    """Where the shared rate stands in RATES."""
    return round(4 * (state.power + 4))


def _line_up(state: State) -> None:
    """All three at the start, at the shared rate or each at its best."""
    places = state.finals.argmin(axis=1) if state.tuned else [_place(state)] * len(RACERS)
    state.racers = [state.racer(name, at) for name, at in zip(RACERS, places, strict=True)]


def _search(state: State) -> None:
    """Go on with the search for the best rates, a small step at a time; then line up."""
    racer, place = np.argwhere(np.isnan(state.finals))[0]
    if state.trial is None:
        state.trial = state.racer(list(RACERS)[racer], place)
    for _ in range(100 if state.surface in SURFACES else 30):
        if state.trial.over(state.steps):
            break
        state.trial.advance()
    if state.trial.over(state.steps):
        state.finals[racer, place] = state.trial.end
        state.trial = None
        if _swept(state):
            _line_up(state)


def _swept(state: State) -> bool:
    return not np.isnan(state.finals).any()


# --- pictures and words ---------------------------------------------------------------------------


GHOSTS = {
    "bowl-10": ((-3.0, -1.5), 13),
    "bowl-100": ((-3.0, -1.5), 9),
    "rosenbrock": ((0.2, 2.4), 3),
    NETWORK: ((0.0, 0.0), 14),
}
"""Where the earlier run that is shown before the first race set out, and its place in RATES."""


def view(state: State) -> Node:
    """The map with the tracks, the lanes of the race, and the controls."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    surface = SURFACES.get(state.surface)
    said = bet.told(_name)
    return shell(
        h(
            "div",
            _map(state, surface) if surface else _losses(state, 230),
            _lanes(state),
            class_="race",
        ),
        widgets.verdict(_verdict(state), won, lost=bet.over and winner(state) != bet.said),
        mission=widgets.progress(say("winners called here"), len(state.called), 2)
        if state.goal == TWO
        else None,
        dock=[
            pick(
                bet,
                say("Who has the lowest loss after {n} steps?", n=state.steps),
                say("my bet"),
                _name,
                may.bet,
                winner(state),
                none=say("nobody"),
            ),
            _rates(state),
            controls.slider(
                say("momentum’s β"),
                state.beta,
                may.beta,
                name=say("how much of its speed momentum keeps"),
                symbol="β",
            ),
        ],
        go=commit(
            bet,
            said and say("Race: my bet is {name}", name=said),
            may.race,
            may.again,
            more=say("Bet again"),
        ),
        drawers=[
            controls.choice(
                say("where"),
                {name: say(s.name) for name, s in SURFACES.items()} | {NETWORK: say("network")},
                state.surface,
                may.surface,
            ),
            widgets.folded(say("Why"), widgets.hint(_why(state), live=True), key="why"),
            widgets.folded(
                say("The losses, step by step") if surface else say("The network"),
                _losses(state, 210) if surface else _about_the_network(state),
                key="losses-drawer",
            ),
            widgets.folded(
                say("The search for the best rates"),
                _sweep(state),
                widgets.hint(
                    say(
                        "Adam always has β₁ = {one}, β₂ = {two} and ε = {tiny}. The search for the "
                        "best rates tries {n} of them, from {low} to {high}; it leaves "
                        "momentum’s β to you.",
                        one=written(ADAM.beta1),
                        two=written(ADAM.beta2),
                        tiny=short(ADAM.eps),
                        n=len(RATES),
                        low=written(RATES[0]),
                        high=written(RATES[-1]),
                    )
                ),
                key="search",
            ),
        ],
        tone=float(np.exp(-max(_ways(state)) / 20)) if state.racers and bet.running else None,
    )


def _rates(state: State) -> Node:
    """One learning rate for all, or each its best."""
    may = MOVES.on(state)
    return widgets.panel(
        controls.choice(
            say("learning rate η"),
            {"one": say("one for all"), "best": say("the best for each")},
            "best" if state.tuned else "one",
            may.rates,
        ),
        controls.slider(
            "η",
            state.power,
            may.rate,
            printed=say("best") if state.tuned else short(RATES[_place(state)]),
            name=say("learning rate for all"),
            symbol="η",
        ),
        key="rates",
    )


def _ways(state: State) -> list[float]:
    """How far each racer's loss has come down, as the logarithm of the factor."""
    floor = np.finfo(float).tiny
    begun = state.racers[0].history.column("loss")[0]
    return [0.0 if r.thrown else float(np.log(begun / max(r.loss, floor))) for r in state.racers]


def _lanes(state: State) -> Node:
    """The race from the side: how many factors of ten each has come down from the start."""
    names = [say(text) for text in RACERS.values()]
    racers = state.racers
    if not racers and state.bet.running:
        tried = (~np.isnan(state.finals)).sum(axis=1).tolist()
        return runs.lanes(
            say("The search for the best rates"),
            names,
            [n / len(RATES) for n in tried],
            [say("{n} of {total}", n=n, total=len(RATES)) for n in tried],
        )
    if not racers:
        return runs.lanes(say("The race"), names, [0.0] * 3, [runs.NOTHING] * 3)
    ways = _ways(state)
    share = max(r.step for r in racers) / state.steps
    ahead = _lowest(racers) if max(ways) > 0 else None
    return runs.lanes(
        say("The race"),
        names,
        runs.along(ways, share),
        [text for _, text in _results(state)],
        None if ahead is None else list(RACERS).index(ahead),
    )


def _name(racer: str) -> str:
    return say(RACERS[racer])


def describe(state: State) -> str:
    """Surface, start, rates, bet, and how the race stands."""
    surface = SURFACES.get(state.surface)
    where = say("loss of a network")
    if surface:
        a, b = (fixed(value, 1) for value in state.start)
        where = say("{surface} from a = {a}, b = {b}", surface=say(surface.name), a=a, b=b)
    rate = say("one rate, {rate}", rate=short(RATES[_place(state)]))
    return say(
        "Race on {where}, {rates}, momentum’s β {beta}, bet on {bet}. {verdict} {why} "
        "Losses: {losses}. {progress}",
        where=where,
        rates=say("each at its best rate") if state.tuned else rate,
        beta=fixed(state.beta),
        bet=state.bet.told(_name) or say("nobody yet"),
        verdict=_verdict(state),
        why=_why(state),
        losses=", ".join(f"{who} {text}" for who, text in _results(state)),
        progress=_progress(state),
    )


@cache
def _landscape(name: str) -> Landscape:
    """The surface as a map, a contour at each of twelve equal factors."""
    surface, axes = SURFACES[name], _axes(name)
    highest = max(surface.value(a, b) for a in surface.x for b in surface.y)
    levels = np.geomspace(max(0.1, highest / 2500), 0.8 * highest, 12).tolist()
    return landscape(axes, lambda p: surface.value(p[:, 0], p[:, 1]), levels)


@cache
def _ghost(name: str) -> Racer:
    """An earlier run of SGD, from elsewhere and at another rate."""
    start, place = GHOSTS[name]
    where = SURFACES.get(name)
    objective = Height(where, start) if where else network(np.random.default_rng(1))
    racer = Racer(objective, "sgd", RATES[place], FIRST)
    racer.run(60)
    return racer


def _axes(name: str) -> plots.Axes:
    surface = SURFACES[name]
    return plots.Axes(surface.x, surface.y, height=230)


def _about_the_network(state: State) -> Node:
    return widgets.hint(
        say(
            "A network of 2 inputs, 8 tanh neurons and 1 output, {n} parameters in all, learns 60 "
            "points of two moons, all of them in each step. A map has room for two parameters, so "
            "only the loss is drawn.",
            n=state.network.network.size(),
        )
    )


def _known(values: Any) -> Array:
    """The numbers, with what is not finite as missing."""
    found = np.array(values, float)
    return np.where(np.isfinite(found), found, np.nan)


def _map(state: State, surface: Surface) -> Node:
    axes = _axes(state.surface)
    a, b = state.start
    tracks = [racer.history.column("place") for racer in state.racers]
    drawn = runs.tracks(axes, tracks)
    for text, node, track in zip(RACERS.values(), drawn, tracks, strict=False):
        marked(node, {say("track of {name} (a, b)", name=say(text)): _known(track)})
    return plots.plot(
        axes,
        _landscape(state.surface).layers,
        plots.scatter(axes, surface.lowest[:1], surface.lowest[1:], "race-lowest"),
        None if tracks else _ghost_on(axes, state.surface),
        h("g", drawn, data_symbol="θ"),
        [
            plots.scatter(axes, track[-1:, 0], track[-1:, 1], runs.line(place))
            for place, track in enumerate(tracks)
            if axes.x[0] <= track[-1, 0] <= axes.x[1] and axes.y[0] <= track[-1, 1] <= axes.y[1]
        ],
        [
            _exit(axes, track, runs.line(place))
            for place, (racer, track) in enumerate(zip(state.racers, tracks, strict=True))
            if racer.thrown
        ],
        marked(
            controls.handle(
                say("start"),
                axes,
                a,
                b,
                MOVES.on(state).start,
                said=f"a = {fixed(a, 1)}, b = {fixed(b, 1)}",
            ),
            {say("start (a, b)"): state.start},
        ),
        label=say("Map of {formula} with the tracks", formula=surface.formula),
        x_label=say("a   (drag the start)"),
        y_label=say("b, on {formula}", formula=surface.formula),
        key="map",
    )


def _exit(axes: plots.Axes, track: Array, kind: str) -> Node:
    """A cross where the track of one that was thrown off leaves the map for good."""
    low, high = np.array([axes.x[0], axes.y[0]]), np.array([axes.x[1], axes.y[1]])
    inside = ((low <= track) & (track <= high)).all(axis=1)
    last = int(np.flatnonzero(inside).max(initial=0))
    beyond = np.clip(np.nan_to_num(track[min(last + 1, len(track) - 1)]), low, high)
    x, y = (float(v) for v in (axes.across(beyond[0]), axes.up(beyond[1])))
    cross = f"M{x - 7:.1f} {y - 7:.1f}l14 14m0 -14l-14 14"
    return h("path", d=cross, class_=f"thrown {kind}", key=f"thrown {kind}")


def _ghost_on(axes: plots.Axes, name: str) -> list[Node]:
    """The earlier run on the map, before there is a race."""
    path = _ghost(name).history.column("place")
    return [
        plots.track(axes, path, "ghost", name=say("track of the earlier run (a, b)")),
        plots.text_at(
            axes,
            axes.x[0] + 0.1,
            axes.y[0] + 0.15,
            say("faint: an earlier run of SGD"),
            "ghost",
        ),
    ]


def _losses(state: State, height: float) -> Node:
    losses = [racer.history.column("loss") for racer in state.racers]
    ghost = _ghost(state.surface).history.column("loss")
    shown = np.full((len(RACERS), state.steps + 1), np.nan)
    for row, values in enumerate(losses):
        shown[row, : len(values)] = _known(values)
    everything = np.concatenate(losses or [ghost])
    axes = plots.Axes(
        (0, state.steps), plots.decades(everything, 1e-40, TOO_HIGH), height=height, log_y=True
    )
    early = ghost[: state.steps + 1]
    lines = h(
        "g",
        runs.curves(axes, losses) or plots.curve(axes, np.arange(len(early)), early, "ghost"),
        data_symbol="L",
    )
    rates = [RATES[_place(state)]] if not state.racers else [r.rate for r in state.racers]
    return plots.plot(
        axes,
        marked(
            lines,
            {
                say("loss after each step (SGD, momentum, Adam)"): shown,
                say("loss now"): _known([racer.end for racer in state.racers]),
                say("learning rate of each"): rates,
                say("momentum’s β"): [state.beta],
                say("Adam’s reach at this rate, and the way it has to go"): _known(_reach(state)),
            },
        ),
        label=say("Loss after each step"),
        x_label=say("step"),
        y_label=say("loss L") if losses else say("loss L; faint: an earlier run of SGD"),
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
    finals = _known(state.finals)
    lines = h("g", runs.curves(axes, list(finals), RATES))
    return plots.plot(
        axes,
        marked(
            lines,
            {
                say("final loss (SGD, momentum, Adam × rates)"): finals,
                say("learning rates tried"): RATES,
            },
        ),
        [
            plots.scatter(axes, [RATES[int(np.nanargmin(row))]], [np.nanmin(row)], runs.line(place))
            for place, row in enumerate(finals)
            if np.isfinite(row).any()
        ],
        label=say("Final loss against learning rate"),
        x_label=say("learning rate η"),
        y_label=say("final loss, {n} of {total} runs", n=_done(state), total=state.finals.size),
        key="sweep",
    )


def _progress(state: State) -> str:
    return say("{n} of {total} runs of the search done.", n=_done(state), total=state.finals.size)


def _done(state: State) -> int:
    """Runs of the search that are behind it."""
    return int((~np.isnan(state.finals)).sum())


def _results(state: State) -> list[tuple[str, str]]:
    """For each racer its settings, and its loss now."""
    if not state.racers:
        return [(say(text), runs.NOTHING) for text in RACERS.values()]
    return [
        (
            f"{_name(name)} η {short(racer.rate)}",
            say("thrown off") if racer.thrown else short(racer.loss),
        )
        for name, racer in zip(RACERS, state.racers, strict=True)
    ]


def _verdict(state: State) -> str:
    bet, best = state.bet, winner(state)
    if bet.open:
        return _open(state)
    if not state.racers:
        return say(
            "First the search: each optimiser tries {n} rates from the same start.", n=len(RATES)
        )
    if bet.running:
        done = max(racer.step for racer in state.racers)
        return say("Step {n} of {total}.", n=done, total=state.steps)
    if best is None:
        return say(
            "All three were thrown off: each step overshot the valley by more than the last. Lower "
            "the rate."
        )
    name = _name(best)
    if _backed(state).thrown:
        return say(
            "Lowest at the end: {name}. {bet} was thrown off: each step overshot the valley by "
            "more than the last.",
            name=name,
            bet=say(RACERS[bet.said or best]),
        )
    if best != bet.said:
        return say(
            "Lowest at the end: {name}. Your bet was on {bet}. Follow both paths: which one "
            "crosses the valley, and which runs along it?",
            name=name,
            bet=say(RACERS[bet.said or best]),
        )
    if score(state) < 1:
        return say(
            "Called it! Lowest at the end: {name}. Now change a setting until another one wins, "
            "and call that race too.",
            name=name,
        )
    if state.goal != TWO:
        return say("Gold! SGD is lowest at the end: it wins here, and your bet was on it.")
    first, second = (say(RACERS[name]) for name in state.called[:2])
    return say(
        "Gold! From the same start you had {first} win, and then {second}.",
        first=first,
        second=second,
    )


def _backed(state: State) -> Racer:
    """The racer that the bet is on."""
    return state.racers[list(RACERS).index(state.bet.said or "sgd")]


def _open(state: State) -> str:
    """What there is to do before a race."""
    if not state.called:
        return say("Same start, same number of steps. Choose the settings, bet, and let them run.")
    return say(
        "Called here so far: {names}. Change a setting until another one wins, and bet on it.",
        names=", ".join(_name(name) for name in state.called),
    )


def _why(state: State) -> str:
    """Why Adam is last, where that is because its steps are short; else what else could be set."""
    if not state.bet.over:
        return say(
            "Everything that can be set has a say in who wins: the valley, the start, the rates, "
            "and momentum’s β."
        )
    if score(state) == 1:
        return say(
            "The settings decided it. When someone says that one optimiser beats another, ask what "
            "was tuned for whom."
        )
    thrown = [_name(name) for name, r in zip(RACERS, state.racers, strict=True) if r.thrown]
    if thrown:
        return say(
            "Thrown off (✗): {names}. Where a step is too long for the slope, it lands higher on "
            "the other side, where the slope is steeper still. So each step is longer than the "
            "last. A lower rate helps.",
            names=", ".join(thrown),
        )
    reach, way = _reach(state)
    if not state.tuned and _last(state) == "adam" and reach < way:
        return say(
            "Adam is last because its steps are about as long as the rate: {n} steps of {rate} "
            "reach about {reach}, and the lowest point is {way} away.",
            n=state.steps,
            rate=short(RATES[_place(state)]),
            reach=fixed(reach),
            way=fixed(way),
        )
    if state.tuned:
        return say(
            "The search chose each rate, but nobody searched for momentum’s β, or for Adam’s."
        )
    return say("All had the same rate, which may suit one of them and not the others.")


def _last(state: State) -> str | None:
    """Who ended highest of those that were not thrown off."""
    ends = {n: r.end for n, r in zip(RACERS, state.racers, strict=True) if not r.thrown}
    return max(ends, key=ends.__getitem__, default=None)


def _reach(state: State) -> tuple[float, float]:
    """How far Adam's steps take it in one direction, and how far it has to go in the longer one."""
    if state.surface not in SURFACES:
        return np.inf, 0.0
    away = np.abs(np.subtract(state.start, SURFACES[state.surface].lowest))
    return state.steps * RATES[_place(state)], float(away.max())

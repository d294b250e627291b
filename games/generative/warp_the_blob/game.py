"""Warp the Blob: bend a round cloud until it lies on the data, and predict what bending cannot do.

The engine's coupling flow is trained live to make the data likely (−mean log p). Its inverse then
takes a normal cloud to the data, one coupling after the other, and every step can be undone. It
only bends the plane, so a cloud in one piece, without a hole, stays so: on a ring a bridge
remains, or a slit that opens it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, pick
from games.concepts.training import RoundedMinimizer, Training
from games.moves import Dial, Pick, Place, Press, moves
from games.ui import controls, fields, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.ui.shell import shell
from games.words import say, word
from pycore import schedules
from pycore.arrays import Array
from pycore.flows import CouplingFlow, Likelihood
from pycore.optimizers import Adam
from pycore.recipes.flow import TARGETS

COUPLINGS, HIDDEN = 8, 16
BATCH, RATE = 128, 0.02
SAMPLES, SHOWN = 1000, 160
"""Samples that are judged, and those that are drawn; of the data as many."""
FAR = 0.3
"""A sample lies where no data is if the nearest of many data points is further away."""
FEW, MANY = 0.005, 0.12
"""Shares of samples where no data is: below the one hardly any, above the other many."""
EXACT = 1e-9
"""By less than this a point may be off after the way there and back."""
BLUR = 0.12
"""Of the points that a learner draws."""
MOST_DRAWN = 60

LEARNT = word(
    "A flow bends the plane and can undo each step exactly, so it knows how likely every point "
    "is. It can neither tear nor glue: one piece stays one, and a bridge or a slit remains."
)
AMOUNTS = Pick("none", "few", "many")
PARAMS = {
    "target": Param(Pick("ring", "moons"), "ring", "Data to bend the cloud to"),
    "steps": Param(Dial(400, 1200, 100), 400, "Steps of a training"),
}
MOVES = moves(
    target=Pick("ring", "moons", "own"),
    draw=Place(
        Dial(-2, 2, 0.05),
        Dial(-2, 2, 0.05),
        when=lambda state: state.target == "own" and not state.bet.running,
    ),
    clear=Press(when=lambda state: state.target == "own" and len(state.drawn) > 1),
    guess=Pick(*AMOUNTS.ids, when=lambda state: state.bet.open),
    train=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: not state.bet.open),
    stage=Dial(0, COUPLINGS, when=lambda state: state.bet.over),
)


@dataclass
class State:
    """The data, the flow in training, the bet, and how many couplings the picture is bent by."""

    rng: np.random.Generator
    steps: int
    target: str
    z: Array
    data: Array
    training: Training[RoundedMinimizer, float]
    drawn: list[tuple[float, float]]
    bet: Bet[str] = field(default_factory=Bet)
    stage: int = COUPLINGS


def init(seed: int, target: str = "ring", steps: int = 400) -> State:
    """The data, a normal cloud, and a flow that bends nothing yet."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(SAMPLES, 2))
    drawn = [(0.0, 0.0)]
    data = points(target, drawn, SAMPLES, rng)
    return State(rng, steps, target, z, data, _begun(target, drawn, steps, rng), drawn)


def update(state: State, move: str, *values: Any) -> None:
    """The data, a point of one's own, the bet, the training, and the step that is looked at."""
    match move, *values:
        case "target", name:
            state.target = name
            _fresh(state)
        case "draw", x, y:
            state.drawn = [*state.drawn, (x, y)][-MOST_DRAWN:]
            _fresh(state)
        case ("clear",):
            state.drawn = state.drawn[-1:]
            _fresh(state)
        case "guess", amount:
            state.bet.place(amount)
        case ("train",):
            state.bet.begin()
        case ("again",):
            _fresh(state)
        case "stage", count:
            state.stage = count


def tick(state: State) -> bool:
    """One step of the training, with data that are new each time."""
    if not state.bet.running:
        return False
    state.training.advance()
    if state.training.step >= state.steps:
        state.bet.settle()
    return True


def points(
    target: str, drawn: list[tuple[float, float]], count: int, rng: np.random.Generator
) -> Array:
    """So many points of the data (count, 2)."""
    if target != "own":
        return TARGETS[target](count, rng)
    chosen = np.array(drawn)[rng.integers(len(drawn), size=count)]
    return chosen + BLUR * rng.normal(size=(count, 2))


def bent(flow: CouplingFlow, z: Array, stage: int) -> Array:
    """Where so many couplings take points of the cloud (n, 2)."""
    for coupling in flow.couplings[::-1][:stage]:
        z = coupling.inverse(z)
    return z


def density(flow: CouplingFlow, x: Array, stage: int) -> Array:
    """How likely places are after so many couplings (n,): the cloud's density where they come
    from, times how much going back stretches the plane.
    """
    log_det = np.zeros(len(x))
    for coupling in flow.couplings[len(flow.couplings) - stage :]:
        x = coupling.forward(x)
        log_det += coupling.log_det
    return np.asarray(np.exp(log_det - (x * x).sum(axis=1) / 2) / (2 * np.pi))


def astray(state: State) -> float:
    """The share of samples that lie where no data is."""
    x = bent(_flow(state), state.z, COUPLINGS)
    gaps = ((x[:, None] - state.data[None]) ** 2).sum(axis=2).min(axis=1)
    return float((gaps > FAR**2).mean())


def amount(share: float) -> str:
    """The id of how much that is."""
    return "none" if share < FEW else "few" if share <= MANY else "many"


def score(state: State) -> float:
    """1 for a prediction about ring or moons that came true; half for a training."""
    if not state.bet.over:
        return 0.0
    return 1.0 if state.target != "own" and state.bet.said == amount(astray(state)) else 0.5


def solution(state: State) -> Iterator[Message]:
    """Bend the cloud to a ring; a bridge or a slit remains."""
    tries = 0
    while score(state) < 1 and tries < 12:
        yield from (("target", "ring"), ("guess", "few"), ("train",))
        tries += 1


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move:
        case "guess":
            return say("Bending makes no hole, so a bridge or a slit has to stay.")
    return ""


# --- the flow -------------------------------------------------------------------------------------


def _begun(
    target: str, drawn: list[tuple[float, float]], steps: int, rng: np.random.Generator
) -> Training[RoundedMinimizer, float]:
    flow = CouplingFlow(2, COUPLINGS, HIDDEN, rng=rng)
    objective = Likelihood(flow, lambda: points(target, drawn, BATCH, rng))
    trainer = RoundedMinimizer(
        objective, Adam(RATE), rng=rng, schedule=schedules.cosine(RATE, steps), total=steps
    )
    return Training(trainer, lambda trainer: float(trainer.steps))


def _fresh(state: State) -> None:
    """Other weights, and an empty bet."""
    state.data = points(state.target, state.drawn, SAMPLES, state.rng)
    state.training = _begun(state.target, state.drawn, state.steps, state.rng)
    state.stage = COUPLINGS
    state.bet.again()


@cache
def _reader() -> CouplingFlow:
    return CouplingFlow(2, COUPLINGS, HIDDEN, rng=0)


def _flow(state: State) -> CouplingFlow:
    """A second flow of the same weights, which answers pictures: looking trains nothing."""
    flow = _reader()
    flow.theta[...] = state.training.trainer.network.theta
    return flow


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes((-2.4, 2.4), (-2.1, 2.1), height=340, left=30, right=8, top=6, bottom=22)
CELLS = 34
"""Of the map of how likely places are, across."""
LINES = np.linspace(-2, 2, 9)
"""Where the lines of the grid lie before anything is bent."""
ALONG = np.linspace(-2, 2, 25)


def view(state: State) -> Node:
    """The cloud with its grid as it is bent, the data, and the bet."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    names = {"none": say("hardly any"), "few": say("a few"), "many": say("very many")}
    return shell(
        _plane(state, won),
        widgets.verdict(_verdict(state), won, lost=bet.over and not won and state.target != "own"),
        dock=[
            controls.choice(say("bend it to"), _targets(), state.target, may.target),
            pick(
                bet,
                say("How many samples will lie where there is no data?"),
                say("where no data is"),
                names,
                may.guess,
                amount(astray(state)) if bet.over else None,
            ),
            controls.slider(say("bent by"), state.stage, may.stage),
        ],
        go=widgets.row(
            commit(
                bet,
                bet.said and say("Train: I predict {amount}", amount=names[bet.said]),
                may.train,
                may.again,
                more=say("Other weights, again"),
            ),
            controls.button(say("Clear the drawing"), may.clear) if state.target == "own" else None,
        ),
        drawers=[
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.explained(
                say("Why it knows how likely a point is"),
                say(
                    "Every cell of the grid keeps the probability that it had in the round "
                    "cloud. Where a cell shrinks, the same probability lies on less area, so "
                    "points there are more likely: density is probability by area."
                ),
                key="why",
            ),
        ],
    )


def describe(state: State) -> str:
    """The data, how far the cloud is bent, and how the bet stands."""
    x = bent(_flow(state), state.z[:1], state.stage)[0]
    told = say(
        "Data: {target}, {n} points drawn, the last at ({x}, {y}), the first of the data at "
        "({a}, {b}). Bent by {stage} of {total} couplings: the first sample is at ({c}, {d}). "
        "{verdict}",
        target=_targets()[state.target],
        n=len(state.drawn),
        x=fixed(state.drawn[-1][0]),
        y=fixed(state.drawn[-1][1]),
        a=fixed(float(state.data[0, 0]), 3),
        b=fixed(float(state.data[0, 1]), 3),
        stage=state.stage,
        total=COUPLINGS,
        c=fixed(float(x[0]), 3),
        d=fixed(float(x[1]), 3),
        verdict=_verdict(state),
    )
    if state.bet.said is None:
        return told
    return say("{told} You predict: {said}.", told=told, said=state.bet.said)


def _targets() -> dict[str, str]:
    return {"ring": say("ring"), "moons": say("moons"), "own": say("my drawing")}


def _plane(state: State, won: bool) -> Node:
    """Density as colour, the grid and the samples bent, and the data."""
    flow, stage = _flow(state), state.stage
    sea = fields.field(AXES, lambda x: density(flow, x, stage), "ink", cells=CELLS, largest=1.0)
    samples = bent(flow, state.z[:SHOWN], stage)
    own = state.target == "own"
    may = MOVES.on(state).draw
    return h(
        "div",
        marked(
            plots.plot(
                AXES,
                _dots(state.data[:SHOWN], "flow-data"),
                _grid(flow, stage),
                _dots(samples, "flow-sample"),
                [
                    controls.surface(AXES, may, key="pen"),
                    controls.handle(
                        say("pen"),
                        AXES,
                        *state.drawn[-1],
                        may,
                        said=say(
                            "x {x}, y {y}",
                            x=fixed(state.drawn[-1][0]),
                            y=fixed(state.drawn[-1][1]),
                        ),
                    ),
                ]
                if own
                else None,
                heat=sea.heat,
                label=say("The cloud as it is bent: its grid, its samples, and the data"),
                key="plane",
            ),
            {
                say("samples (x, y)"): samples,
                say("data (x, y)"): state.data[:SHOWN],
                say("density, rows from the top"): sea.values,
            },
        ),
        key="plane",
        class_="flow won" if won else "flow",
    )


def _dots(places: Array, kind: str) -> Node:
    """Those that lie in the picture."""
    low, high = np.transpose([AXES.x, AXES.y])
    inside = ((low <= places) & (places <= high)).all(axis=1)
    return plots.scatter(AXES, places[inside, 0], places[inside, 1], kind)


def _grid(flow: CouplingFlow, stage: int) -> list[Node]:
    """The lines of a square grid, bent (one path each)."""
    level = np.repeat(LINES, len(ALONG))
    along = np.tile(ALONG, len(LINES))
    lines = np.concatenate([np.column_stack([level, along]), np.column_stack([along, level])])
    places = bent(flow, lines, stage).reshape(-1, len(ALONG), 2)
    return [plots.track(AXES, line, "flow-grid") for line in places]


def _back(state: State) -> float:
    """The largest error of the data's way to the cloud and back."""
    flow = _flow(state)
    return float(np.abs(flow.inverse(flow.forward(state.data)) - state.data).max())


def _numbers(state: State) -> Node:
    """What the flow says of the data and of the whole plane."""
    flow, side = _flow(state), np.linspace(-4, 4, 81)[:-1] + 0.05
    if not state.bet.over:
        return widgets.hint(say("Train first: then the flow's own account is here."))
    across, up = np.meshgrid(side, side)
    whole = density(flow, np.column_stack([across.ravel(), up.ravel()]), COUPLINGS).sum() * 0.01
    loss = -float(np.log(density(flow, state.data, COUPLINGS)).mean())
    return marked(
        widgets.readouts(
            [
                (say("−mean log p of the data"), fixed(loss, 2)),
                (say("probability of the whole plane"), fixed(float(whole), 2)),
                (say("samples where no data is"), percent(astray(state))),
                (
                    say("there and back"),
                    say("exact") if _back(state) < EXACT else say("not exact"),
                ),
            ]
        ),
        {
            say("minus mean log p"): [loss],
            say("probability of the plane from −4 to 4"): [float(whole)],
            say("samples where no data is (%)"): [100 * astray(state)],
        },
    )


def _verdict(state: State) -> str:
    bet = state.bet
    if bet.running:
        return say(
            "Step {step} of {steps}: the grid bends so that the data become likely.",
            step=state.training.step,
            steps=state.steps,
        )
    if bet.open and state.target == "own":
        return say("Draw the data with the pen, predict, and train. It counts for ring and moons.")
    if bet.open:
        return say(
            "Small dots are the data, large ones samples of a round cloud. The grid can bend, but "
            "not tear."
        )
    share = percent(astray(state))
    if state.stage < COUPLINGS:
        return say(
            "Bent by {stage} of {total}: every step is undone exactly, back to the round cloud.",
            stage=state.stage,
            total=COUPLINGS,
        )
    if score(state) == 1:
        return say(
            "Called it: {share} lie where no data is, for bending can neither cut nor pierce. "
            "Now unbend it.",
            share=share,
        )
    return say(
        "{share} lie where no data is. Bent, the cloud is still one piece without a hole: a bridge "
        "or a slit remains.",
        share=share,
    )

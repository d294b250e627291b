"""Sample the Bottleneck: predict where a network puts the digits on its map, then walk through it.

A variational autoencoder of two code numbers learns 400 digits, live. Its loss is what redrawing
costs plus β times the KL divergence of each digit's cloud from the standard normal one, so β is the
price of straying. The map shows what the decoder draws from every place of the plane, and where the
encoder puts 100 digits that it has never seen. Without a price they fly apart, far from where
chance draws; where it is too high, all lie in one point and the code says nothing ("posterior
collapse").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from games import Message, Node
from games.concepts import bet as bets
from games.concepts.bet import Bet
from games.concepts.pen import drawing_pad, written
from games.concepts.training import RoundedMinimizer
from games.generative._digits import digits, unseen
from games.moves import Dial, Pick, Place, Press, Switch, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.ui.panes import sheet
from games.ui.pixels import Shade, picture
from games.ui.shell import shell
from games.words import say, word
from pycore import schedules
from pycore.activations import sigmoid
from pycore.arrays import Array
from pycore.layers import Sequential
from pycore.losses import BinaryCrossEntropy
from pycore.models.autoencoders import ELBO, vae
from pycore.optimizers import Adam
from pycore.recipes.bottleneck import SIZE
from pycore.variational import GaussianKL

BETAS = (1, 0, 30)
HIDDEN, BATCH, RATE, STEPS = 48, 32, 0.015, 600
STRIDE = 5
"""Steps of a tick."""
FATES = ("cloud", "far", "point")
OUTSIDE, WITHIN = 3.0, 0.3
"""Far is where most digits lie outside the one; a point, where most lie within the other."""
REACH = 3.0
"""Of the map, to each side of its middle; where digits fly off, it is twice as much, or four…"""
LARGEST = 64 * REACH
RING = 2.0
"""From the middle of the map; 86 in 100 of what chance draws lies within it."""
DRAWN = 3
"""Draws from the cloud of a drawing, and as many by chance alone."""

LEARNT = word(
    "A small price for straying makes a map where every place is a picture, so that chance can "
    "draw from it. At no price the codes fly apart; at too high a price they say nothing."
)
_CELL = Dial(0, SIZE - 1)
_SIDE = Dial(-LARGEST, LARGEST, 0.05)
MOVES = moves(
    draw=Place(_CELL, _CELL),
    pen=Place(_CELL, _CELL),
    erase=Switch(),
    clear=Press(),
    digit=Press(),
    beta=Pick(*BETAS, when=lambda state: not state.bet.running),
    guess=Pick(*FATES, when=lambda state: state.bet.open),
    train=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: not state.bet.open),
    walk=Place(_SIDE, _SIDE),
    home=Press(when=lambda state: state.bet.over),
    spread=Dial(0, 3, 0.1, when=lambda state: state.bet.over),
    sample=Press(when=lambda state: state.bet.over),
)


@dataclass
class State:
    """The drawing, for each β a network and a bet, and where on the map the learner is.

    `noise` is the ε of the draws, (2 DRAWN, 2): first those from the drawing's cloud, whose σ is
    taken `spread` times, then those by chance alone.
    """

    rng: np.random.Generator
    drawing: Array
    noise: Array
    beta: int = BETAS[0]
    trainers: dict[int, RoundedMinimizer] = field(default_factory=dict)
    bets: dict[int, Bet[str]] = field(default_factory=lambda: {beta: Bet() for beta in BETAS})
    called: set[int] = field(default_factory=set)
    at: tuple[float, float] = (0.0, 0.0)
    spread: float = 1.0
    pen: tuple[int, int] = (SIZE // 2, SIZE // 2)
    erase: bool = False

    @property
    def bet(self) -> Bet[str]:
        """That of the β which is looked at."""
        return self.bets[self.beta]

    @property
    def trainer(self) -> RoundedMinimizer:
        """That of the β which is looked at."""
        return self.trainers[self.beta]


@dataclass(frozen=True, eq=False)
class Look:
    """What a network makes of the digits that it has never seen.

    Attributes:
        mean, spread: of the cloud of each, (n, 2) each.
        error, divergence: what redrawing them costs, and their KL, each a mean over them.
    """

    mean: Array
    spread: Array
    error: float
    divergence: float


def init(seed: int) -> State:
    """A digit that no network has seen, and networks that have learned nothing."""
    rng = np.random.default_rng(seed)
    state = State(rng, unseen(rng), rng.normal(size=(2 * DRAWN, 2)))
    for beta in BETAS:
        state.trainers[beta] = _trainer(beta, rng)
    return state


def _trainer(beta: int, rng: np.random.Generator) -> RoundedMinimizer:
    rng = np.random.default_rng(rng.integers(2**31))
    network = vae([SIZE * SIZE, HIDDEN, 2], rng)
    objective = ELBO(network, digits()[0], beta)
    schedule = schedules.cosine(RATE, STEPS)
    return RoundedMinimizer(objective, Adam(RATE), BATCH, rng, schedule, total=STEPS)


def update(state: State, move: str, *values: Any) -> None:
    """The pen, the price and the bet on it, and the way through the map."""
    if written(state, move, *values):
        return
    match move, *values:
        case ("digit",):
            state.drawing = unseen(state.rng)
        case "beta", beta:
            state.beta, state.at, state.spread = beta, (0.0, 0.0), 1.0
        case "guess", fate:
            state.bet.place(fate)
        case ("train",):
            state.bet.begin()
        case ("again",):
            _again(state)
        case "walk", x, y:
            state.at = (x, y)
        case ("home",):
            mean = code(trained(state.trainer), state.drawing.reshape(1, -1))[0][0]
            x, y = np.clip(mean, -LARGEST, LARGEST).tolist()
            state.at = x, y
        case "spread", factor:
            state.spread = factor
        case ("sample",):
            state.noise = state.rng.normal(size=(2 * DRAWN, 2))


def _again(state: State) -> None:
    """Other weights and an empty bet: for this β, or once all are called for each of them."""
    for beta in BETAS if score(state) == 1 else (state.beta,):
        state.trainers[beta] = _trainer(beta, state.rng)
        state.bets[beta].again()
        state.called.discard(beta)
    state.at, state.spread = (0.0, 0.0), 1.0


def tick(state: State) -> bool:
    """A few steps of the network that learns; at the end the bet is judged."""
    if not state.bet.running:
        return False
    trainer = state.trainer
    for _ in range(STRIDE):
        trainer.step()
    if trainer.progress == 1:
        state.bet.settle()
        if state.bet.said == fate(state):
            state.called.add(state.beta)
    return True


def trained(trainer: RoundedMinimizer) -> Sequential:
    """Its network: encoder, sample, decoder."""
    objective = trainer.objective
    assert isinstance(objective, ELBO)
    return objective.network


def code(network: Sequential, x: Array) -> tuple[Array, Array]:
    """The mean and the spread of each picture's cloud: (n, 2) each."""
    found = network[0].forward(x)
    return found[:, :2], np.exp(found[:, 2:] / 2)


def drawn(network: Sequential, z: Array) -> Array:
    """What the decoder draws from places of the map, (n, 2): rows of pictures."""
    return np.asarray(sigmoid(_logits(network, z)))


def _logits(network: Sequential, z: Array) -> Array:
    return np.asarray(network[2].forward(z))


@lru_cache(maxsize=2 * len(BETAS))
def looked(trainer: RoundedMinimizer, steps: int) -> Look:
    """What a network makes of new digits after so many steps, for the picture asks all the time."""
    network, x = trained(trainer), digits()[1]
    mean, spread = code(network, x)
    logits = _logits(network, mean + spread * np.random.default_rng(0).normal(size=mean.shape))
    error = BinaryCrossEntropy().forward(logits, x) * x.shape[1]
    both = np.concatenate([mean, 2 * np.log(spread)], axis=1)
    return Look(mean, spread, error, GaussianKL().forward(both, mean))


def look(state: State) -> Look:
    """The same of the network as it is now."""
    return looked(state.trainer, state.trainer.steps)


def strange(made: Array) -> Array:
    """How far pictures are from the nearest digit that was learned, in dots of full ink: (n,)."""
    seen = digits()[0]
    squares = (made**2).sum(axis=1)[:, None] - 2 * made @ seen.T + (seen**2).sum(axis=1)
    return np.asarray(squares.min(axis=1))


def fate(state: State) -> str:
    """Where the digits lie that the network has never seen."""
    middle = float(np.quantile(np.linalg.norm(look(state).mean, axis=1), 0.5))
    return "far" if middle > OUTSIDE else "point" if middle < WITHIN else "cloud"


def draws(state: State) -> tuple[Array, Array]:
    """Places from the cloud of the drawing, z = μ + spread σ ε, and by chance alone, z = ε."""
    mean, spread = code(trained(state.trainer), state.drawing.reshape(1, -1))
    cloud = mean + state.spread * spread * state.noise[:DRAWN]
    return cloud, state.noise[DRAWN : 2 * DRAWN]


def score(state: State) -> float:
    """1 once it was rightly said for each β where the digits will lie."""
    return len(state.called) / len(BETAS)


def solution(state: State) -> Iterator[Message]:
    """Bet on each β, and train."""
    if state.bet.running:
        yield ("again",)
    for beta, where in zip(BETAS, FATES, strict=True):
        if beta in state.called:
            continue
        if state.beta != beta:
            yield ("beta", beta)
        if state.bet.over:
            yield ("again",)
        yield from (("guess", where), ("train",))
        if state.bet.running:
            return  # whoever plays it has not waited for the training


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "guess", "cloud":
            return say("Straying costs a little, so digits come together, but stay apart.")
        case "guess", "far":
            return say("Straying is free, and far apart no digit is mistaken for another.")
        case "guess", _:
            return say("At this price, telling digits apart costs more than it saves.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

NAMES = {"cloud": word("Inside the ring"), "far": word("Far off"), "point": word("In one point")}
TILES = 9
"""Pictures on each side of the map."""
FAINT = 1.6
"""How much fainter than ink the map is, so that what lies on it can be seen."""
TURN = np.linspace(0, 2 * np.pi, 61)
CIRCLE = np.column_stack([np.cos(TURN), np.sin(TURN)])


def view(state: State) -> Node:
    """The map with the digits on it, the drawing, what is drawn, and the bet."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    there = fate(state) if bet.over else None
    return shell(
        _board(state, won),
        widgets.verdict(_verdict(state), won, lost=bet.over and bet.said != there),
        mission=widgets.progress(say("right calls, one for each β"), len(state.called), len(BETAS)),
        dock=[
            bets.pick(
                bet,
                say("Where will the digits lie?"),
                say("they will lie"),
                lambda name: say(NAMES[name]),
                may.guess,
                there,
            ),
            controls.choice(
                say("price of straying, β"),
                lambda beta: str(beta),
                state.beta,
                may.beta,
                done=state.called - {state.beta},
            ),
            controls.slider(say("width of your cloud, in σ"), state.spread, may.spread, symbol="σ"),
        ],
        go=_next(state, won),
        drawers=[
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.folded(
                say("More controls"),
                widgets.row(
                    controls.toggle(say("Rub out"), state.erase, may.erase),
                    controls.button(say("Clear the paper"), may.clear),
                    controls.button(say("Another digit"), may.digit),
                    controls.button(say("Go to my drawing"), may.home),
                ),
                key="more",
            ),
        ],
    )


def _next(state: State, won: bool) -> Node:
    """The one thing to do next, and after a training another draw from the cloud."""
    may, bet = MOVES.on(state), state.bet
    if bet.running:
        return controls.button(say("Start over"), may.again, key="go")
    if not bet.over:
        go = bet.said and say("Train at β = {beta}", beta=state.beta)
        return bets.commit(bet, go, may.train, may.again)
    left = [beta for beta in BETAS if beta not in state.called]
    if won or state.beta in left:
        step = controls.button(say("Other weights"), may.again, primary=True, key="go")
    else:
        told = say("Take β = {beta}", beta=left[0])
        step = controls.button(told, may.beta(left[0]), primary=True, key="go")
    return widgets.row(step, controls.button(say("Draw again"), may.sample))


def describe(state: State) -> str:
    """The drawing, the bet, the place on the map, and what the draws are."""
    (cloud, chance), (x, y) = draws(state), place(state, reach(state))
    return say(
        "{ink} of ink, the pen at column {column}, row {row}{mode}. β is {beta}; predicted: "
        "{guess}; called so far: {called}. The point is at ({x}, {y}), the first draw from the "
        "cloud, {spread} σ wide, at ({a}, {b}), that by chance at ({c}, {d}). {verdict}",
        ink=fixed(float(state.drawing.sum())),
        column=state.pen[0] + 1,
        row=state.pen[1] + 1,
        mode=say(", rubbing out") if state.erase else "",
        beta=state.beta,
        guess=state.bet.told(lambda name: say(NAMES[name])) or say("none yet"),
        called=", ".join(str(beta) for beta in BETAS if beta in state.called) or say("none"),
        x=fixed(x),
        y=fixed(y),
        spread=fixed(state.spread, 1),
        a=fixed(float(cloud[0, 0])),
        b=fixed(float(cloud[0, 1])),
        c=fixed(float(chance[0, 0])),
        d=fixed(float(chance[0, 1])),
        verdict=_verdict(state),
    )


def reach(state: State) -> float:
    """How far the map goes to each side: as far as nearly all digits lie."""
    away = np.abs(look(state).mean).max(axis=1)
    needed = float(np.quantile(away, 0.95))
    return float(min(REACH * 2 ** max(np.ceil(np.log2(needed / REACH)), 0), LARGEST))


def place(state: State, far: float) -> tuple[float, float]:
    """Where the learner is, on a map that goes so far."""
    x, y = np.clip(state.at, -far, far).tolist()
    return x, y


def _axes(far: float) -> plots.Axes:
    return plots.Axes((-far, far), (-far, far), 260, 260, 26, 6, 6, 22)


def _board(state: State, won: bool) -> Node:
    """The map; beside it the drawing and what lies at the point; below both the draws."""
    far = reach(state)
    here = drawn(trained(state.trainer), np.array([place(state, far)])).reshape(SIZE, SIZE)
    cloud, chance = draws(state)
    pad = drawing_pad(state, MOVES.on(state).draw, MOVES.on(state).pen)
    told = say("at the point")
    return h(
        "div",
        _map(state, far, cloud, chance),
        h(
            "div",
            sheet(say("your drawing"), pad),
            sheet(told, picture(here, "ink", told, largest=1.0, name=told)),
            class_="vae-side",
        ),
        h(
            "div",
            _strip(state, say("from your drawing’s cloud"), cloud, "mine"),
            _strip(state, say("by chance alone"), chance, "chance"),
            class_="vae-draws",
        ),
        class_="vae won" if won else "vae",
    )


def _strip(state: State, title: str, z: Array, kind: str) -> Node:
    """What the decoder draws from a few places, side by side."""
    made = np.full((SIZE, len(z), SIZE + 1), np.nan)
    made[:, :, :SIZE] = drawn(trained(state.trainer), z).reshape(-1, SIZE, SIZE).swapaxes(0, 1)
    strip = made.reshape(SIZE, -1)[:, :-1]
    return sheet(title, picture(strip, "ink", title, largest=1.0, name=title), class_=kind)


def _map(state: State, far: float, cloud: Array, chance: Array) -> Node:
    """A picture for every place; the digits' means, the cloud of the drawing, and the point."""
    axes, (x, y), means = _axes(far), place(state, far), look(state).mean
    mean, spread = code(trained(state.trainer), state.drawing.reshape(1, -1))
    walk = MOVES.on(state).walk
    return marked(
        plots.plot(
            axes,
            plots.track(axes, RING * CIRCLE, "vae-ring"),
            _dots(axes, means, "vae-digit"),
            plots.track(axes, mean + 2 * state.spread * spread * CIRCLE, "vae-cloud"),
            _dots(axes, cloud, "vae-draw"),
            _dots(axes, chance, "vae-chance"),
            controls.surface(axes, walk, key="plane"),
            controls.handle(
                say("your place on the map"),
                axes,
                x,
                y,
                walk,
                said=say("x {x}, y {y}", x=fixed(x), y=fixed(y)),
            ),
            heat=_atlas(state.trainer, state.trainer.steps, far),
            label=say("The map: a picture for each place, and where new digits lie"),
            key="map",
        ),
        {
            say("new digits: means of their clouds"): means,
            say("your drawing: μ, σ"): np.concatenate([mean, spread]),
            say("draws from your cloud (x, y)"): cloud,
            say("draws by chance (x, y)"): chance,
        },
    )


@lru_cache(maxsize=2 * len(BETAS))
def _atlas(trainer: RoundedMinimizer, steps: int, far: float) -> Shade:
    """What the decoder draws, after so many steps, from places all over the map."""
    across, up = _axes(far).grid(TILES, TILES)
    tiles = drawn(trained(trainer), np.column_stack([across.ravel(), up.ravel()]))
    side = TILES * SIZE
    return Shade(
        tiles.reshape(TILES, TILES, SIZE, SIZE).swapaxes(1, 2).reshape(side, side), "ink", FAINT
    )


def _dots(axes: plots.Axes, places: Array, kind: str) -> Node:
    """Those that lie on the map."""
    inside = np.abs(places).max(axis=1) <= axes.x[1]
    return plots.scatter(axes, places[inside, 0], places[inside, 1], kind)


def _numbers(state: State) -> Node:
    """For each β that was trained what redrawing costs, and what straying; σ and distances."""
    head = ("β", say("redrawing"), "KL", say("mean σ"), say("chance to a digit"))
    done = [beta for beta in BETAS if state.bets[beta].over]
    if not done:
        return widgets.hint(say("Train first: then what each β costs is here."))
    rows = [[float(beta), *_account(state.trainers[beta])] for beta in done]
    return marked(
        widgets.table(
            say("Means over 100 new digits"),
            head,
            [
                [str(beta), *(fixed(v) for v in row)]
                for beta, (_, *row) in zip(done, rows, strict=True)
            ],
            marked=done.index(state.beta) if state.beta in done else None,
        ),
        {", ".join(head): np.array(rows)},
    )


@lru_cache(maxsize=2 * len(BETAS))
def _account(trainer: RoundedMinimizer) -> tuple[float, ...]:
    """Of a network that has learned: its costs, its mean σ, and how strange chance's draws are."""
    found = looked(trainer, trainer.steps)
    chance = np.random.default_rng(0).normal(size=found.mean.shape)
    away = float(strange(drawn(trained(trainer), chance)).mean())
    return found.error, found.divergence, float(found.spread.mean()), away


def _verdict(state: State) -> str:
    """How the training goes, or where the digits lie and what that costs."""
    bet, steps = state.bet, state.trainer.steps
    if bet.open:
        if state.called:
            return say("And at β = {beta}? The same digits, another price.", beta=state.beta)
        return say(
            "A network gives each digit a place on this map, and straying from the ring costs it "
            "β. Where will the digits lie?"
        )
    found = look(state)
    told = {"error": fixed(found.error, 1), "kl": fixed(found.divergence, 1)}
    if bet.running:
        return say(
            "Step {step} of {total}: redrawing costs {error}, straying {beta} × {kl}.",
            step=steps,
            total=STEPS,
            beta=state.beta,
            **told,
        )
    where = fate(state)
    if bet.said != where:
        return _missed(where, told)
    if where == "cloud":
        return say(
            "Called it: they share the ground, and chance draws digits. Redrawing costs {error}, "
            "straying {kl}. Walk!",
            **told,
        )
    if where == "far":
        return say(
            "Called it: free to stray, all have left the ring, and chance draws blots. Redrawing "
            "costs {error}, straying {kl}.",
            **told,
        )
    return say(
        "Called it: the code says nothing, each picture is the mean of all. Redrawing costs "
        "{error}, straying {kl}.",
        **told,
    )


def _missed(where: str, told: dict[str, str]) -> str:
    """Where the digits lie, and why, for whoever said something else."""
    if where == "cloud":
        return say(
            "Inside the ring: straying costs, so they share the ground. Redrawing costs {error}, "
            "straying {kl}.",
            **told,
        )
    if where == "far":
        return say(
            "Far off: straying is free, and apart they are easy to tell. Redrawing costs {error}, "
            "straying {kl}.",
            **told,
        )
    return say(
        "In one point: straying is too dear, so the code says nothing. Redrawing costs {error}, "
        "straying {kl}.",
        **told,
    )

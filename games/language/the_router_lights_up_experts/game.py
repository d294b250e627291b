"""The Router Lights Up Experts: predict how many experts will starve, and train until none does.

Six small networks share three spiral arms. A router, one dense layer, scores them for every point;
the best two are run, and their answers added by softmax of their two scores: the engine's
MixtureOfExperts. For the point under the learner's finger its own counter of calls says which ran.
Every training begins with other weights. An expert starves below a third of its fair share.

After a training all six can be asked, which the softmax of all six scores weighs: the same weights
in a layer with k = 6. An expert has learned only where it was called, so they answer worse together
than the two that the router chose, on the points learned from:

    balance            off  some  much     of 50 seeds each; the test counts again
    all six worse       48    49    50
    all six better       1     1     0
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, slip
from games.concepts.training import Rounded, Training
from games.moves import Dial, Pick, Place, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import Child, h, marked
from games.ui.numbers import fixed, percent
from games.ui.pixels import Shade
from games.ui.shell import shell
from games.words import say, word
from pycore import data
from pycore.activations import softmax
from pycore.arrays import Array, Integers
from pycore.experts import MixtureOfExperts
from pycore.layers import Sequential
from pycore.losses import CrossEntropy
from pycore.metrics import accuracy
from pycore.models.moe import mixture
from pycore.optimizers import Adam

ARMS, COUNT, NOISE, TURNS = 3, 300, 0.03, 0.75
EXPERTS, K, HIDDEN = 6, 2, 8
RATE = 0.02
STARVING = 1 / 3 / EXPERTS
"""The share of the load below which an expert starves: a third of its fair share."""
GOOD = 0.95
"""The share of points that has to be right."""

LEARNT = word(
    "Only the experts that run can learn, so early favourites get better and are chosen more. "
    "A balance term in the loss feeds the others, and each input still pays for two."
)
PARAMS = {"steps": Param(Dial(100, 300, 50), 300, "Steps of a training")}
BALANCE = Pick({"off": 0.0, "some": 0.1, "much": 1.0})
"""How strongly an equal load is asked for."""
MOVES = moves(
    balance=BALANCE,
    x=Place(Dial(-1, 1, 0.05), Dial(-1, 1, 0.05)),
    guess=Dial(0, EXPERTS, when=lambda state: state.bet.open),
    train=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: not state.bet.open),
    everyone=Press(when=lambda state: state.bet.over and not state.everyone),
)


@dataclass(frozen=True)
class Judged:
    """How the load is shared over all points, and how many points are right."""

    load: tuple[float, ...]
    right: float


@dataclass
class State:
    """The points, the router with its experts in training, the bet, and the point looked at.

    `everyone` says that all experts have been asked, beside those that ran.
    """

    rng: np.random.Generator
    steps: int
    points: tuple[Array, Integers]
    training: Training[Rounded, Judged]
    balance: str = "off"
    bet: Bet[int] = field(default_factory=Bet)
    x: tuple[float, float] = (0.5, 0.25)
    everyone: bool = False


def init(seed: int, steps: int = 300) -> State:
    """Three arms, and experts that know nothing yet."""
    rng = np.random.default_rng(seed)
    points = data.spirals(COUNT, NOISE, rng, ARMS, TURNS)
    return State(rng, steps, points, _begun(points, 0.0, rng))


def update(state: State, move: str, *values: Any) -> None:
    """How strongly balance is asked for, the point looked at, the bet and the training."""
    match move, *values:
        case "balance", strength:
            state.balance = strength
            _fresh(state)
        case "x", x, y:
            state.x = (x, y)
        case "guess", count:
            state.bet.place(count)
        case ("train",):
            state.bet.begin()
        case ("again",):
            _fresh(state)
        case ("everyone",):
            state.everyone = True


def tick(state: State) -> bool:
    """One step of the training, with all points."""
    if not state.bet.running:
        return False
    state.training.advance()
    if state.training.step >= state.steps:
        state.training.judge()
        state.bet.settle()
    return True


def starving(judged: Judged) -> list[int]:
    """The experts whose share of the load is below STARVING."""
    return [e for e, share in enumerate(judged.load) if share < STARVING]


def score(state: State) -> float:
    """1 after a training in which nobody starves and the points are right; else how many eat."""
    if not state.bet.over:
        return 0.0
    now = state.training.now
    if not starving(now) and now.right >= GOOD:
        return 1.0
    return 0.9 * (EXPERTS - len(starving(now))) / EXPERTS


def solution(state: State) -> Iterator[Message]:
    """Ask for balance and train, from another start if one expert starves all the same."""
    tries = 0
    while score(state) < 1 and tries < 12:
        yield ("balance", "some")
        yield from (("guess", 0), ("train",))
        tries += 1


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move:
        case "balance":
            return say("With balance in the loss, a favourite costs something.")
        case "guess":
            return say("The hope is that nobody starves.")
    return ""


# --- the network ----------------------------------------------------------------------------------


def _network(balance: float, rng: np.random.Generator) -> Sequential:
    return mixture([2, HIDDEN, ARMS], EXPERTS, rng, K, balance)


def _router(network: Sequential) -> MixtureOfExperts:
    layer = network[0]
    assert isinstance(layer, MixtureOfExperts)
    return layer


def _begun(
    points: tuple[Array, Integers], balance: float, rng: np.random.Generator
) -> Training[Rounded, Judged]:
    x, y = points
    trainer = Rounded(_network(balance, rng), CrossEntropy(), Adam(RATE), x, y)

    def judge(trainer: Rounded) -> Judged:
        reader = _reader()
        reader.theta[...] = trainer.network.theta
        logits = reader.forward(x)
        return Judged(tuple(_router(reader).shares().tolist()), accuracy(logits, y))

    return Training(trainer, judge, every=10)


def _fresh(state: State) -> None:
    """Other weights, and an empty bet."""
    state.training = _begun(state.points, BALANCE[state.balance], state.rng)
    state.everyone = False
    state.bet.again()


@cache
def _reader(k: int = K) -> Sequential:
    """A second network of that build, which answers pictures: looking never touches training.

    With another k it runs another number of its experts for every point.
    """
    return mixture([2, HIDDEN, ARMS], EXPERTS, np.random.default_rng(0), k)


@dataclass(frozen=True)
class Answer:
    """What so many experts say of the point looked at, how many of all points they have right.

    `calls` counts how often an expert was run for the point, and for all points.
    """

    probabilities: Array
    right: int
    calls: tuple[int, int]


def answer(state: State, k: int) -> Answer:
    """What the k experts that the router prefers answer together."""
    network = _reader(k)
    network.theta[...] = state.training.trainer.network.theta
    layer, (x, y) = _router(network), state.points
    counted = [int(layer.calls.sum())]
    probabilities = softmax(network.forward(np.array([state.x])))[0]
    counted.append(int(layer.calls.sum()))
    right = int((network.forward(x).argmax(axis=1) == y).sum())
    counted.append(int(layer.calls.sum()))
    one, all_ = np.diff(counted).tolist()
    return Answer(probabilities, right, (one, all_))


def asked(state: State) -> tuple[Array, Array, Array]:
    """What the point is sent through: calls of each expert, shares of those run, output."""
    network = _reader()
    network.theta[...] = state.training.trainer.network.theta
    layer = _router(network)
    before = layer.calls.copy()
    y = network.forward(np.array([state.x]))
    shares = np.zeros(EXPERTS)
    shares[layer.chosen[0]] = layer.weights[0]
    return layer.calls - before, shares, y[0]


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes((-1.6, 1.6), (-1.05, 1.05), height=244, left=36, right=8, top=6, bottom=22)
CELLS = (48, 28)
"""Columns and rows of the map of favourites."""
SHOWN = 90
"""Points that are drawn."""
HALL = 96
"""Height of the row of experts, in viewBox units."""


def view(state: State) -> Node:
    """The plane with the favourites' regions, the six experts below, the bet and the balance."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    hungry = len(starving(state.training.now))
    return shell(
        [_plane(state), _hall(state)],
        widgets.verdict(_verdict(state), won, lost=bet.over and not won),
        dock=[
            controls.choice(
                say("balance in the loss"),
                {"off": say("off"), "some": say("some"), "much": say("much")},
                state.balance,
                may.balance,
            ),
            slip(
                bet,
                say("How many of the six experts will starve?"),
                controls.slider(
                    say("starving"), bet.said, may.guess, name=say("predicted number who starve")
                ),
                said=bet.told(str),
                truth=str(hungry) if bet.over else None,
                hit=bet.said == hungry if bet.over else None,
            ),
        ],
        go=commit(
            bet,
            None if bet.said is None else say("Train: I predict {n}", n=bet.said),
            may.train,
            may.again,
            more=say("Other weights, again"),
        ),
        drawers=[
            widgets.folded(say("How the load was shared"), _loads(state), key="loads"),
            widgets.folded(say("What if all six ran?"), _everyone(state), key="everyone"),
            widgets.explained(
                say("What the router does"),
                say(
                    "The router scores every expert for the point. The best two are run, "
                    "softmax of their scores says how much each counts, and nobody else is "
                    "run. Balance adds to the loss what grows when the favourites' shares do."
                ),
                key="why",
            ),
        ],
    )


def describe(state: State) -> str:
    """The balance, the point, who ran for it, the load, and how the bet stands."""
    calls, shares, _ = asked(state)
    ran = ", ".join(
        say("expert {e} with {share}", e=e + 1, share=percent(float(shares[e])))
        for e in np.flatnonzero(calls).tolist()
    )
    load = ", ".join(percent(share) for share in state.training.now.load)
    told = say(
        "Balance {balance}. For the point ({x}, {y}) {ran} ran. Load: {load}. {verdict}",
        balance=fixed(BALANCE[state.balance], 1),
        x=fixed(state.x[0]),
        y=fixed(state.x[1]),
        ran=ran,
        load=load,
        verdict=_verdict(state),
    )
    if state.everyone:
        told = say(
            "{told} {everyone}",
            told=told,
            everyone=_compared(answer(state, K), answer(state, EXPERTS)),
        )
    if state.bet.said is None:
        return told
    return say("{told} You predict {n}.", told=told, n=state.bet.said)


def _plane(state: State) -> Node:
    """Whose region it is, by the router's highest score; the points, and the one looked at."""
    columns, rows = CELLS
    across, up = AXES.grid(columns, rows)
    gate = state.training.trainer.network[0]
    assert isinstance(gate, MixtureOfExperts)
    spots = np.column_stack([across.ravel(), up.ravel()])
    best = (spots @ gate.gate.W + gate.gate.b).argmax(axis=1)
    regions = np.eye(EXPERTS)[best].reshape(rows, columns, EXPERTS)
    x, y = (part[:SHOWN] for part in state.points)
    plane = plots.plot(
        AXES,
        plots.labelled(AXES, x, classes=y, name=say("points (x, y)")),
        controls.handle(
            say("point that is sent to the router"),
            AXES,
            *state.x,
            MOVES.on(state).x,
            said=say("x {x}, y {y}", x=fixed(state.x[0]), y=fixed(state.x[1])),
        ),
        heat=Shade(regions, "classes", 2.6),
        label=say("The plane by the router's favourite, with points of three arms"),
    )
    return h("div", plane, key="plane", class_="experts-plane")


def _hall(state: State) -> Node:
    """The six experts: who runs for the point, with which share, and each one's load in all."""
    calls, shares, output = asked(state)
    load = np.array(state.training.now.load)
    hungry = starving(state.training.now)
    floor, tall = 70.0, 52.0
    wide = 400 / EXPERTS
    experts = []
    for e in range(EXPERTS):
        x = e * wide
        high = tall * min(2 * float(load[e]), 1)
        kind = " ran" * bool(calls[e]) + " hungry" * (state.bet.over and e in hungry)
        experts.append(
            h(
                "g",
                h("rect", x=x + 3, y=2, width=wide - 6, height=HALL - 4, rx=8, class_="expert-box"),
                h(
                    "rect",
                    x=x + 12,
                    y=floor - high,
                    width=wide - 24,
                    height=high,
                    class_=f"expert-load shade-{e}",
                ),
                h("text", percent(float(load[e])), x=x + wide / 2, y=16, class_="middle"),
                h(
                    "text",
                    f"× {fixed(float(shares[e]))}" if calls[e] else say("idle"),
                    x=x + wide / 2,
                    y=HALL - 9,
                    class_="middle expert-word",
                ),
                class_=f"expert{kind}",
                key=e,
            )
        )
    line = floor - tall * 2 * STARVING
    return marked(
        h(
            "svg",
            experts,
            h("path", d=f"M3 {line:.1f}H397", class_="expert-line"),
            viewBox=f"0 0 400 {HALL}",
            class_="diagram experts-hall won" if score(state) == 1 else "diagram experts-hall",
            role="img",
            aria_label=say("The six experts, their load, and which of them run for the point"),
            data_palette="classes",
            key="hall",
        ),
        {
            say("share of the load of each expert (%)"): 100 * load,
            say("calls of each expert for the point"): calls,
            say("share of each expert in the answer"): shares,
            say("answer for the point (one number for each arm)"): output,
            say("point that is sent to the router"): np.array(state.x),
        },
    )


def _loads(state: State) -> Node:
    """The share of each expert after every tenth step."""
    history = state.training.history
    steps, load = history.steps, np.array([j.load for j in history.by_step.values()])
    axes = plots.Axes((0, state.steps), (0, 0.5), height=180)
    return h(
        "div",
        plots.plot(
            axes,
            plots.rule(axes, y=STARVING),
            [
                h(
                    "g",
                    plots.curve(axes, steps, load[:, e], "expert-curve"),
                    class_=f"shade-{e}",
                    key=e,
                )
                for e in range(EXPERTS)
            ],
            label=say("The load of each expert while the training ran"),
            x_label=say("step"),
            y_label=say("share of the load; dotted: starving below"),
        ),
        data_palette="classes",
        class_="experts-loads",
        marks={say("load of each expert (every tenth step × expert)"): load},
    )


def _everyone(state: State) -> list[Node]:
    """What the two that ran answer, and beside it all six together, with the calls each costs."""
    button = controls.button(say("Ask all six"), MOVES.on(state).everyone)
    if not state.everyone:
        return [
            widgets.hint(
                say(
                    "Four experts were idle for your point. After a training you can have all six "
                    "run, weighed by the softmax of their six scores. Will they know better?"
                )
            ),
            button,
        ]
    both = {say("the two that ran"): answer(state, K), say("all six"): answer(state, EXPERTS)}
    arms = [say("arm {n}", n=n + 1) for n in range(ARMS)]
    rows: list[list[Child]] = [
        [name, *(percent(float(p)) for p in found.probabilities)] for name, found in both.items()
    ]
    costs: list[list[Child]] = [
        [name, str(found.calls[0]), str(found.calls[1]), str(found.right)]
        for name, found in both.items()
    ]
    return [
        marked(
            widgets.table(
                say("Your point belongs to"), [say("who answers"), *arms], rows, key="point"
            ),
            {
                say("probability of each arm: the two, all six"): np.array(
                    [found.probabilities for found in both.values()]
                )
            },
        ),
        marked(
            widgets.table(
                say("What it costs, and how many of {n} points are right", n=COUNT),
                [
                    say("who answers"),
                    say("calls, your point"),
                    say("calls, all points"),
                    say("points right"),
                ],
                costs,
                key="cost",
            ),
            {
                say("calls for the point, for all, points right: the two, all six"): np.array(
                    [[*found.calls, found.right] for found in both.values()]
                )
            },
        ),
        widgets.note(_compared(*both.values()), key="compared"),
    ]


def _compared(two: Answer, six: Answer) -> str:
    """Whether all six know better than the two that ran."""
    told = {
        "two": str(two.right),
        "six": str(six.right),
        "total": str(COUNT),
        "calls": str(two.calls[1]),
        "more": str(six.calls[1]),
    }
    if six.right < two.right:
        return say(
            "All six have {six} of {total} points right after {more} calls, the two that ran {two} "
            "after {calls}: an expert has learned only where it was called, and elsewhere it "
            "talks nonsense.",
            **told,
        )
    return say(
        "All six have {six} of {total} points right after {more} calls, the two that ran {two} "
        "after {calls}: this time nothing is lost, but nothing paid for the calls.",
        **told,
    )


def _verdict(state: State) -> str:
    bet, now = state.bet, state.training.now
    hungry = starving(now)
    told = {
        "n": str(len(hungry)),
        "total": str(EXPERTS),
        "right": percent(now.right),
    }
    if bet.running:
        return say(
            "Step {step} of {steps}: {right} of the points right.",
            step=state.training.step,
            steps=state.steps,
            right=percent(now.right),
        )
    if bet.open:
        ran = int(asked(state)[0].sum())
        return say(
            "Drag the point: {ran} of {total} experts run, the others are never called. "
            "Below the dotted line an expert starves.",
            ran=ran,
            total=EXPERTS,
        )
    if hungry and not BALANCE[state.balance]:
        return say(
            "{n} of {total} starve: the favourites got better, so they got more. Switch balance "
            "on.",
            n=told["n"],
            total=told["total"],
        )
    if hungry:
        return say(
            "{n} of {total} still starve, in spite of the balance. Try other weights.",
            n=told["n"],
            total=told["total"],
        )
    if now.right < GOOD:
        return say("Nobody starves, but only {right} of the points are right.", right=told["right"])
    return say(
        "Nobody starves, {right} of the points are right, and every point still pays for two "
        "experts.",
        right=told["right"],
    )

"""The Edge of Chaos: choose how wide the random weights of fifty layers are, so that they learn.

A network of 50 tanh layers, 32 neurons each, has weights from N(0, σ_w² / n) and biases from
N(0, σ_b²). First it stands deep on one side of the line between order and chaos, and one says what
becomes of a gradient on its way back. Then one drags it to where it can learn, with its signals and
what `pycore.mean_field` expects of them in view, and it is trained: 400 steps of SGD on two moons,
its rate falling to 0, each gradient at most 1 long. 90 of 100 held-out points win.

What 50 networks do in 400 steps, by place: at (1.3, 0.2) all win; at (0.8, 0.2) none does, and each
guesses, for no gradient arrives; at (2.4, 0.2) none does, for it comes back thousandfold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np

from games import Message, Node
from games.backpropagation.the_edge_of_chaos.networks import (
    BAR,
    LAYERS,
    STEPS,
    Fate,
    Judged,
    Signals,
    band,
    factor,
    network,
    promised,
    signals,
    training,
)
from games.concepts.bet import Bet, commit, pick
from games.concepts.training import Rounded, Training
from games.moves import Dial, Pick, Place, Press, moves
from games.ui import controls, plots, widgets
from games.ui.fields import Field
from games.ui.fields import field as over_plane
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent, short
from games.ui.shell import shell
from games.words import say, word
from pycore import mean_field
from pycore.arrays import Array

TICKS_PER_SECOND = 60
TRIES = 12
"""Places that stay marked in the plane."""
GOOD = 1.3, 0.2
"""A place beside the line, for the solution."""
Look = Literal["signal", "gradient"]

LEARNT = word(
    "Each layer multiplies a gradient by the same factor χ. Fifty layers learn only near the line "
    "where χ is 1: in order the gradient dies out on its way back, in chaos it explodes."
)
WEIGHTS, BIASES = Dial(0.5, 2.5, 0.05), Dial(0.0, 1.0, 0.05)
"""σ_w and σ_b."""
MOVES = moves(
    setting=Place(WEIGHTS, BIASES, when=lambda state: state.free and not state.learning),
    guess=Pick("vanish", "keep", "explode", when=lambda state: state.bet.open),
    send=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: state.bet.over and not state.learning),
    train=Press(when=lambda state: state.free and state.run is None),
    look=Pick("signal", "gradient"),
)


@dataclass
class State:
    """The network's place, the bet on its gradient, and its training.

    Attributes:
        seed: of the random numbers behind the network and its points.
        place: σ_w and σ_b.
        seen: what the network there does to signals.
        came: what became of the gradient that was bet on.
        behind: layers that the gradient has left behind, while it is on its way.
        called: whether a gradient's fate was ever predicted.
        tried: places that were trained at, and how well.
    """

    rng: np.random.Generator
    seed: int
    place: tuple[float, float]
    seen: Signals
    bet: Bet[Fate] = field(default_factory=Bet)
    came: Fate | None = None
    behind: int = 0
    called: bool = False
    look: Look = "gradient"
    run: Training[Rounded, Judged] | None = None
    tried: list[tuple[float, float, float]] = field(default_factory=list)
    won: bool = False

    @property
    def free(self) -> bool:
        """Whether the network can be dragged: its gradient is back, and one was called."""
        return self.called and self.bet.over

    @property
    def learning(self) -> bool:
        """Whether a training is under way."""
        return self.run is not None and self.run.step < STEPS


def init(seed: int) -> State:
    """A network deep in order or in chaos."""
    rng = np.random.default_rng(seed)
    own = int(rng.integers(2**32))
    place = _far(rng, "vanish" if rng.integers(2) else "explode")
    return State(rng, own, place, _seen(own, place))


def update(state: State, move: str, *values: Any) -> None:
    """A place is looked at at once, and trained at when that is asked for."""
    match move, *values:
        case "setting", sigma_w, sigma_b:
            state.place, state.run = (sigma_w, sigma_b), None
            state.seen = _seen(state.seed, state.place)
        case "guess", fate:
            state.bet.place(fate)
        case ("send",):
            state.bet.begin()
            state.behind, state.look = 0, "gradient"
        case ("again",):
            other: Fate = "explode" if state.seen.fate == "vanish" else "vanish"
            state.place, state.run = _far(state.rng, other), None  # what was just seen is wrong
            state.seen = _seen(state.seed, state.place)
            state.bet.again()
        case ("train",):
            state.run = training(state.seed, *state.place)
        case "look", look:
            state.look = look


def tick(state: State) -> bool:
    """The gradient passes a layer, or the network makes a step."""
    if state.bet.running:
        state.behind += 1
        if state.behind == LAYERS - 1:
            state.bet.settle()
            state.came = state.seen.fate
            state.called = state.called or state.bet.said == state.came
        return True
    run = state.run
    if run is None or not state.learning:
        return False
    run.advance()
    if run.step == STEPS:
        state.tried = [*state.tried, (*state.place, run.now.accuracy)][-TRIES:]
        state.won = state.won or run.now.accuracy >= BAR
    return True


def score(state: State) -> float:
    """Half for the call, the rest for a network that learns."""
    return (state.called + state.won) / 2


def solution(state: State) -> Iterator[Message]:
    """Call the gradient's fate, then go beside the line and train."""
    if state.bet.running or state.learning:
        yield ("look", "gradient")  # what is under way comes to its end
    if not state.free:
        if state.bet.over:
            yield ("again",)
        yield ("guess", state.seen.fate)
        yield ("send",)
    yield ("setting", *GOOD)
    yield ("look", "signal")
    yield ("train",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    if move == "guess":
        return say(
            "Here χ is {factor}, and there are 49 layers to go back.",
            factor=fixed(factor(*state.place)),
        )
    if move == "setting":
        return say("Close to the line, where χ is 1.")
    return ""


def _far(rng: np.random.Generator, fate: Fate) -> tuple[float, float]:
    """A place of the grid deep in order, or deep in chaos."""
    low, high = (0.5, 0.8) if fate == "vanish" else (2.3, 2.5)
    return round(rng.uniform(low, high) * 20) / 20, round(rng.uniform(0.1, 0.3) * 20) / 20


def _seen(seed: int, place: tuple[float, float]) -> Signals:
    return signals(network(seed, *place), seed)


# --- pictures and words ---------------------------------------------------------------------------

PLANE = plots.Axes((0.5, 2.5), (0, 1), height=186, bottom=36, top=8)
SQUARES = plots.Axes((1, LAYERS), (1e-3, 1e2), height=150, bottom=36, top=26, log_y=True)
GRADIENTS = plots.Axes((1, LAYERS), (1e-12, 1e12), height=150, bottom=36, top=26, log_y=True)
ACCURACY = plots.Axes((0, STEPS), (0.3, 1), height=150, bottom=36, top=26)
LAYER = np.arange(1, LAYERS + 1)


def view(state: State) -> Node:
    """The plane with the handle, and below it the layers, or how the training goes."""
    may, bet = MOVES.on(state), state.bet
    said = bet.told(_told)
    if state.free:
        go = widgets.row(
            controls.button(say("Train it"), may.train, primary=True, key="commit"),
            controls.button(say("Another network"), may.again),
        )
    else:
        go = commit(
            bet,
            said and say("Send it back: {guess}", guess=said),
            may.send,
            may.again,
            more=say("Another network"),
        )
    return shell(
        h(
            "div",
            _plane(state),
            _learning(state) if state.run else _layers(state),
            class_="chaos won" if state.won else "chaos",
        ),
        widgets.verdict(_verdict(state), state.won, lost=_lost(state)),
        mission=widgets.progress(say("parts done"), state.called + state.won, 2),
        dock=[
            pick(
                bet,
                say("This gradient is to go back through fifty layers. What becomes of it?"),
                say("prediction"),
                _told,
                may.guess,
                state.came if bet.over else None,
            ),
            widgets.hint(
                say("Once you have called one, drag the point to where it can learn, and train."),
                key="drag",
            ),
            controls.choice(
                say("look at"),
                {"signal": say("signal"), "gradient": say("gradient")},
                state.look,
                may.look,
            )
            if not bet.open
            else None,
        ],
        go=go,
        drawers=[
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.explained(
                say("What is drawn"),
                say(
                    "σ_w and σ_b are the spreads of random weights (times the root of their "
                    "number) and biases. On the line χ, the factor of a layer, is 1; left of "
                    "it is order, right of it chaos. Below are mean squares of a signal or a "
                    "gradient, dashed what theory says: for the signal a band that holds 95 "
                    "of 100 networks."
                ),
                key="why",
            ),
        ],
        tone=state.run.now.accuracy if state.run and state.learning else None,
        unfinished=not state.won,
    )


def describe(state: State) -> str:
    """The place, the prediction, what is looked at and what came of it."""
    tried = "; ".join(
        say(
            "{sigma_w}, {sigma_b}: {share}",
            sigma_w=fixed(w),
            sigma_b=fixed(b),
            share=percent(share),
        )
        for w, b, share in state.tried[-3:]
    )
    looks = {"signal": say("the signal"), "gradient": say("the gradient")}
    return say(
        "Weights spread by {sigma_w}, biases by {sigma_b}. Prediction {guess}. Looking at {look}. "
        "{verdict} Tried: {tried}.",
        sigma_w=fixed(state.place[0]),
        sigma_b=fixed(state.place[1]),
        guess=state.bet.told(_told) or say("none yet"),
        look=looks[state.look],
        verdict=_verdict(state),
        tried=tried or say("nothing yet"),
    )


def _told(fate: Fate) -> str:
    return {
        "vanish": say("it vanishes"),
        "keep": say("it keeps its size"),
        "explode": say("it explodes"),
    }[fate]


def _lost(state: State) -> bool:
    if state.bet.over and not state.called:
        return True
    return state.run is not None and not state.learning and state.run.now.accuracy < BAR


def _verdict(state: State) -> str:
    bet, run = state.bet, state.run
    if bet.open:
        return say("Fifty layers of tanh, nothing trained. Predict what becomes of a gradient.")
    if bet.running:
        return say("{n} layers behind it: it is {size} of what it was.", **_passed(state))
    if not state.called:
        arrives = float(state.seen.gradients[0])
        return say(
            "It arrives {size} times as large: {fate}. On average a layer multiplies it by "
            "{factor}.",
            size=_size(arrives),
            fate=_told(state.seen.fate),
            factor=fixed(arrives ** (1 / (LAYERS - 1))),
        )
    if run is None:
        return say(
            "χ = {factor} here: a gradient arrives {size} times as large. Find a place to learn.",
            factor=fixed(factor(*state.place)),
            size=_size(float(state.seen.gradients[0])),
        )
    accuracy = percent(run.now.accuracy)
    if state.learning:
        return say("Step {n}: {share} of the held-out points.", n=run.step, share=accuracy)
    if run.now.accuracy >= BAR:
        return say(
            "It trains! {share} of the held-out points, with a χ of {factor}.",
            share=accuracy,
            factor=fixed(factor(*state.place)),
        )
    if factor(*state.place) < 1:
        return say(
            "{share}, and {bar} wins: in order too little of the gradient arrives. Nearer to the "
            "line?",
            share=accuracy,
            bar=percent(BAR),
        )
    return say(
        "{share}, and {bar} wins: in chaos neighbours are torn apart. Nearer to the line?",
        share=accuracy,
        bar=percent(BAR),
    )


def _passed(state: State) -> dict[str, Any]:
    """How far the gradient is, and how large."""
    return {
        "n": state.behind,
        "size": _size(float(state.seen.gradients[LAYERS - 1 - state.behind])),
    }


def _size(mean_square: float) -> str:
    """The root of a mean square, for reading."""
    return short(float(np.sqrt(mean_square)), 1)


@cache
def _sides() -> Field:
    """Order and chaos, each in its colour, and the line."""
    edge = _edge()

    def f(points: Array) -> Array:
        at = np.interp(points[:, 1], edge[:, 1], edge[:, 0])
        return np.where(points[:, 0] > at, -0.3, 0.15)

    return over_plane(PLANE, f, cells=60)


@cache
def _edge() -> Array:
    """Places (σ_w, σ_b) on the line, from the bottom to the top of the plane."""
    q = np.concatenate([np.linspace(0, 0.5, 40), np.linspace(0.52, 4, 40)])
    return np.array([mean_field.edge(float(one)) for one in q])


@cache
def _ghost() -> Signals:
    """An earlier network, at a place that is not told."""
    return _seen(0, (1.3, 0.2))


def _plane(state: State) -> Node:
    may, (sigma_w, sigma_b) = MOVES.on(state), state.place
    known = state.bet.over
    edge = _edge()[_edge()[:, 1] <= 1]
    tried = np.array(state.tried).reshape(-1, 3)
    wins = tried[:, 2] >= BAR
    plot = plots.plot(
        PLANE,
        plots.curve(PLANE, edge[:, 0], edge[:, 1], "edge", name=say("line: σ_w, σ_b"))
        if known
        else None,
        [
            plots.text_at(PLANE, 0.55, 0.85, say("order"), "side"),
            plots.text_at(PLANE, 2.45, 0.85, say("chaos"), "side end"),
        ]
        if known
        else None,
        _dots(tried[~wins], "late"),
        _dots(tried[wins], "gold"),
        controls.handle(
            say("spread of weights and biases"),
            PLANE,
            sigma_w,
            sigma_b,
            may.setting,
            said=say(
                "σ_w = {sigma_w}, σ_b = {sigma_b}", sigma_w=fixed(sigma_w), sigma_b=fixed(sigma_b)
            ),
        ),
        label=say("The spreads of weights and biases, and those that were tried"),
        x_label=say("spread of the weights, σ_w"),
        y_label=say("biases, σ_b"),
        heat=_sides().heat if known else None,
        key="plane",
    )
    return marked(plot, {say("σ_w, σ_b"): np.array([sigma_w, sigma_b])})


def _dots(tried: Array, kind: str) -> Node | None:
    """Places that were trained at."""
    return plots.scatter(PLANE, tried[:, 0], tried[:, 1], f"tried {kind}") if len(tried) else None


def _within(axes: plots.Axes, values: Array) -> Array:
    """What the axes can show; missing elsewhere."""
    return np.where((values >= axes.y[0]) & (values <= axes.y[1]), values, np.nan)


def _layers(state: State) -> Node:
    """The signal or the gradient in each layer, with what theory says."""
    if state.look == "signal" and state.bet.over:
        low, high = band(*state.place)
        return plots.plot(
            SQUARES,
            [
                plots.curve(SQUARES, LAYER, _within(SQUARES, end), "dashed theory")
                for end in (low, high)
            ],
            plots.curve(
                SQUARES,
                LAYER,
                _within(SQUARES, state.seen.squares),
                "run-1",
                name=say("signal: layer, mean square"),
            ),
            plots.legend(SQUARES, [(say("network"), "run-1"), (say("theory"), "dashed theory")]),
            label=say("The mean square of the sums in each layer, and the band it should be in"),
            x_label=say("layer"),
            y_label=say("signal²"),
            key="layers",
        )
    shown = _ghost() if state.bet.open else state.seen
    known = np.where(LAYERS - state.behind <= LAYER, shown.gradients, np.nan)
    if not state.bet.running:
        known = shown.gradients
    return plots.plot(
        GRADIENTS,
        plots.rule(GRADIENTS, y=1),
        plots.curve(GRADIENTS, LAYER, _within(GRADIENTS, promised(*state.place)), "dashed theory")
        if state.bet.over
        else None,
        plots.curve(
            GRADIENTS,
            LAYER,
            _within(GRADIENTS, known),
            "ghost" if state.bet.open else "run-1",
            name=say("gradient: layer, mean square"),
        ),
        plots.text_at(GRADIENTS, 4, 1e4, say("an earlier network"), "ghost")
        if state.bet.open
        else plots.legend(GRADIENTS, [(say("network"), "run-1"), (say("theory"), "dashed theory")])
        if state.bet.over
        else None,
        label=say("The mean square of the gradient in each layer, by that in the last"),
        x_label=say("layer"),
        y_label=say("gradient²"),
        key="layers",
    )


def _learning(state: State) -> Node:
    """The held-out accuracy, step by step, and what wins."""
    run = state.run
    assert run is not None
    return plots.plot(
        ACCURACY,
        plots.rule(ACCURACY, y=BAR, class_="gold"),
        plots.curve(
            ACCURACY,
            run.history.steps,
            run.history.column("accuracy"),
            "run-1",
            name=say("accuracy: step, share"),
        ),
        label=say("The share of held-out points that is right after each step"),
        x_label=say("step"),
        y_label=say("accuracy"),
        key="learning",
    )


def _numbers(state: State) -> Node:
    over = state.bet.over
    rows = [
        ("χ", fixed(factor(*state.place), 3) if over else "–"),
        (say("ξ, in layers"), _depth(state) if over else "–"),
        (say("gradient², layer 1"), short(float(state.seen.gradients[0]), 1) if over else "–"),
        (say("in theory"), short(float(promised(*state.place)[0]), 1) if over else "–"),
        (say("likeness of two signals"), fixed(float(state.seen.likeness[-1])) if over else "–"),
    ]
    return widgets.table(say("This place"), [say("what"), say("value")], rows)


def _depth(state: State) -> str:
    reach = mean_field.depth_scale(factor(*state.place))
    return fixed(reach, 1) if reach < 1000 else say("over 1,000")

"""Dial the Dropout: bet on a dropout rate, train with it, and let a sweep judge the bet.

Networks 2-64-64-1 (ReLU, He, Adam) learn 40 noisy points of two moons with
inverted dropout after both hidden layers, and are checked on 400 points they have not seen. Every
rate is trained from the same seeds: same points, same starting weights, same random numbers for the
masks, so that rates differ in nothing but the rate. A rate's result is the mean over the seeds with
its standard error; the golden zone holds the rates whose mean validation accuracy is within one
standard error of the best (the one-standard-error rule of Breiman, Friedman, Olshen and Stone,
Classification and Regression Trees, 1984). A bet is made before the zone is known; after that other
points are drawn for the next.

What 200 seeds give (`init(0, seeds=200)`, standard errors .002 to .003): the gap between training
and validation accuracy is smallest at 0.9, where the network is hardly better than without dropout.

    rate          0.0    0.1    0.2    0.3    0.4    0.5    0.6    0.7    0.8    0.9
    training     .987   .963   .951   .937   .925   .913   .897   .888   .873   .848
    validation   .816   .828   .833   .835   .837   .835   .832   .830   .826   .817
    gap          .171   .134   .118   .102   .088   .077   .065   .058   .047   .031
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param
from games.concepts.training import Training
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.ui.shell import shell
from games.words import say, word
from pycore import data, initializers
from pycore.activations import ReLU
from pycore.arrays import Array
from pycore.layers import Dropout
from pycore.losses import BinaryCrossEntropy
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.optimizers import Adam
from pycore.training import Trainer

EDITION = 3
OTHER, SAME = "other-points", "same-points"
"""What a bet is on once the zone is known; up to the second edition on the same points."""
LADDER = tuple(i / 10 for i in range(10))
"""The rates of the dial and of the sweep."""
UNITS = 64
"""Neurons in each of the two hidden layers."""
ALL_ON = np.ones((2, UNITS), bool)
NOISE, HELD_OUT, LEARNING_RATE = 0.35, 400, 0.02
MEASUREMENTS = 10
"""Times a training is measured after its start; the masks on show change as often."""

LEARNT = word(
    "Neurons that drop out at random cannot lean on one another. What counts is how new points "
    "fare, not the smallest gap."
)
PARAMS = {
    "seeds": Param(Dial(2, 40), 24, "Trainings at each rate"),
    "steps": Param(Dial(20, 1000, 20), 100, "Steps of a training"),
    "points": Param(Dial(10, 400, 10), 40, "Points to learn from"),
    "again": Param(Pick(OTHER, SAME), OTHER, word("What the next bet is on")),
}
MOVES = moves(
    rate=Dial(0, LADDER[-1], 0.1),
    train=Press(),
    sweep=Press(when=lambda state: can_sweep(state)),
    other=Press(when=lambda state: state.again == OTHER and zone(state) is not None),
    stop=Press(when=lambda state: state.running),
    **{"continue": Press(when=lambda state: _unfinished(state) and not state.running)},
)


class Learner(Trainer):
    """Trains one network on its own points; they, its weights and its masks come from one seed."""

    def __init__(self, seed: int, points: int, rate: float) -> None:
        rng = np.random.default_rng(seed)
        x, y = data.moons(points, NOISE, rng)
        self.unseen = data.moons(HELD_OUT, NOISE, rng)
        network = mlp((2, UNITS, UNITS, 1), rng, ReLU, initializers.he_normal, dropout=rate)
        super().__init__(network, BinaryCrossEntropy(), Adam(LEARNING_RATE), x, y)


@dataclass(frozen=True, eq=False)
class Judged:
    """Accuracies with every unit at work, on the points it learns from and on those held out.

    `masks` says which units of the two layers worked in the step just made, for the first point;
    shape (2, UNITS).
    """

    training: float
    validation: float
    masks: NDArray[np.bool_]


@dataclass
class Trial:
    """Trainings of one rate, one for each seed, that take their steps in turn."""

    rate: int
    learners: list[Training[Learner, Judged]] = field(default_factory=list)
    turn: int = 0

    @property
    def step(self) -> int:
        """Steps that all have made."""
        return self.learners[self.turn].step if self.turn < len(self.learners) else 0


@dataclass
class State:
    """The dial, the bet, what was found at each rate, and the trial that runs.

    Rates are places on LADDER. `training` and `validation` hold the accuracies after the last step,
    shape (rates, seeds), NaN for a rate not yet tried. `bet` is the rate trained last by hand
    before the zone was known, or after that where the bet stays on the same points.
    """

    rng: np.random.Generator
    seeds: list[int]
    steps: int
    points: int
    training: Array
    validation: Array
    again: str = OTHER
    dial: int = 0
    bet: int | None = None
    trial: Trial | None = None
    running: bool = False
    sweeping: bool = False


def init(
    seed: int, seeds: int = 24, steps: int = 100, points: int = 40, again: str = OTHER
) -> State:
    """Nothing trained, the dial at no dropout."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(2**32, size=seeds).tolist()
    return State(rng, drawn, steps, points, *_nothing(seeds), again)


def _nothing(seeds: int) -> tuple[Array, Array]:
    """The tables of accuracies before any training."""
    return np.full((len(LADDER), seeds), np.nan), np.full((len(LADDER), seeds), np.nan)


def update(state: State, move: str, *values: Any) -> None:
    """The dial; a training at its rate, which is the bet; the sweep; a pause and its end."""
    match move, *values:
        case "rate", p:
            state.dial = round(10 * p)
        case ("train",):
            state.trial, state.running, state.sweeping = Trial(state.dial), True, False
        case ("sweep",):
            if not (state.sweeping and _unfinished(state)):
                state.trial = Trial(_untried(state)[0])
            state.running = state.sweeping = True
        case ("other",):
            state.seeds = state.rng.integers(2**32, size=len(state.seeds)).tolist()
            state.training, state.validation = _nothing(len(state.seeds))
            state.bet, state.trial, state.running, state.sweeping = None, None, False, False
        case ("stop",):
            state.running = False
        case ("continue",):
            state.running = True


def tick(state: State) -> bool:
    """One step of one network; idle when nothing runs."""
    trial = state.trial
    if trial is None or not state.running:
        return False
    if trial.turn == len(trial.learners):
        trial.learners.append(_learner(state, trial))
    trial.learners[trial.turn].advance()
    trial.turn = (trial.turn + 1) % len(state.seeds)
    if trial.turn == 0 and trial.step == state.steps:
        _finish(state, trial)
    return True


def standard_error(values: Array) -> Array:
    """The standard error of the mean over the last axis: s / √n."""
    return np.asarray(values.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1]))


def zone(state: State) -> NDArray[np.bool_] | None:
    """Which rates are golden: within one standard error of the best; None until all are tried."""
    if len(_untried(state)):
        return None
    mean = state.validation.mean(axis=1)
    best = int(mean.argmax())
    return np.asarray(mean >= mean[best] - standard_error(state.validation)[best])


def can_sweep(state: State) -> bool:
    """Whether a bet is in, some rate is still untried, and no sweep is under way."""
    under_way = state.running and state.sweeping
    return state.bet is not None and len(_untried(state)) > 0 and not under_way


def view(state: State) -> Node:
    """The neurons that drop out and what it does to the accuracies; the dial and the next step."""
    golden = zone(state)
    won = score(state) == 1
    rate, may = LADDER[state.dial], MOVES.on(state)
    chart, curves = _chart(state, golden, won), _curves(state)
    whole = _by_rate(state)
    return shell(
        h("div", _units(state), chart if whole else curves, class_="dropout-picture"),
        widgets.verdict(
            _verdict(state, golden), won, lost=golden is not None and not won and not state.running
        ),
        mission=_gap(state),
        dock=[
            controls.slider(say("dropout rate"), rate, may.rate),
            None if state.trial is None else _progress(state),
        ],
        go=_go(state),
        drawers=[
            widgets.folded(say("Training, step by step"), curves, key="curves")
            if whole
            else widgets.folded(say("Every rate"), chart, key="chart"),
            widgets.folded(
                say("Numbers"),
                h("p", say("at rate {rate}:", rate=fixed(rate, 1)), class_="readout-label"),
                widgets.readouts(_found(state, state.dial)),
                key="numbers",
            ),
            widgets.explained(say("How it is measured"), _lesson(state, golden), key="how"),
        ],
    )


def score(state: State) -> float:
    """1 when the bet lies in the golden zone; till then, half the share of rates tried."""
    golden = zone(state)
    if golden is not None and state.bet is not None and golden[state.bet]:
        return 1.0
    return 0.5 * (1 - len(_untried(state)) / len(LADDER))


def describe(state: State) -> str:
    """The dial, what was found there, and how the bet stands."""
    golden = zone(state)
    found = ", ".join(f"{name} {text}" for name, text in _found(state, state.dial))
    working = ", ".join(str(int(row.sum())) for row in _drawn_masks(state)[1])
    return say(
        "Dial at {rate}: {found}. {verdict} Units working: {units} of {total}.",
        rate=fixed(LADDER[state.dial], 1),
        found=found,
        verdict=_verdict(state, golden),
        units=working,
        total=UNITS,
    )


def solution(state: State) -> Iterator[Message]:
    """Bet on the middle and sweep; if the bet was wrong, bet on it for other points.

    Where the bet stays on the same points, train once more at the best rate instead. To be read
    message by message: what follows the sweep depends on what it finds.
    """
    while True:
        if zone(state) is None:
            yield from (("rate", 0.5), ("train",))
            if can_sweep(state):
                yield ("sweep",)
        if score(state) == 1:
            return
        if state.again == SAME:
            break
        if zone(state) is None:
            return  # the sweep was not waited for
        yield ("other",)
    yield from (("rate", LADDER[int(state.validation.mean(axis=1).argmax())]), ("train",))


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "rate" if zone(state) is None:
            return say("A bet on the middle: half of the neurons are left out.")
        case "rate":
            return say(
                "The sweep has found that this rate does best on points that were held back."
            )
        case "sweep":
            return say("All rates with all seeds: one training alone may be luck.")
    return ""


# --- training -------------------------------------------------------------------------------------


def _learner(state: State, trial: Trial) -> Training[Learner, Judged]:
    """The training whose turn it is, before its first step."""
    learner = Learner(state.seeds[trial.turn], state.points, LADDER[trial.rate])
    return Training(learner, _judged, every=state.steps // MEASUREMENTS)


def _judged(learner: Learner) -> Judged:
    network = learner.network
    dropouts = [layer for layer in network if isinstance(layer, Dropout)]
    masks = [ALL_ON[0] if d.mask is None else d.mask[0] > 0 for d in dropouts] or ALL_ON
    seen, unseen = (
        accuracy(network.forward(x), y) for x, y in ((learner.x, learner.y), learner.unseen)
    )
    return Judged(seen, unseen, np.array(masks))


def _measured(state: State, trial: Trial, name: str) -> Array:
    """What was judged of each training, shape (seeds, MEASUREMENTS + 1); NaN till then."""
    found = np.full((len(state.seeds), MEASUREMENTS + 1), np.nan)
    for row, learner in zip(found, trial.learners, strict=False):
        column = learner.history.column(name)
        row[: len(column)] = column
    return found


def _finish(state: State, trial: Trial) -> None:
    """Write the result down; a training by hand is a bet, a sweep goes on to the next rate."""
    known = zone(state) is not None
    for table, name in ((state.training, "training"), (state.validation, "validation")):
        table[trial.rate] = _measured(state, trial, name)[:, -1]
    untried = _untried(state)
    if not state.sweeping:
        state.running = False
        if not known or state.again == SAME:
            state.bet = trial.rate
    elif untried:
        state.trial = Trial(untried[0])
    else:
        state.running = state.sweeping = False


def _untried(state: State) -> list[int]:
    return [int(i) for i in np.flatnonzero(np.isnan(state.validation[:, 0]))]


def _unfinished(state: State) -> bool:
    return state.trial is not None and state.trial.step < state.steps


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes(x=(-0.05, 0.95), y=(0.75, 1.0), height=168)
CURVE_AXES = plots.Axes(x=(0, 1), y=(0.4, 1.0), height=168)


def _by_rate(state: State) -> bool:
    """Whether the picture is of all rates, and not of one as it trains."""
    by_hand = state.trial is not None and _unfinished(state) and not state.sweeping
    return not by_hand and len(_untried(state)) < len(LADDER)


def _go(state: State) -> Node:
    """Train, and beside it what stops, goes on or follows; what is filled is the next step."""
    may = MOVES.on(state)
    on = getattr(may, "continue")
    rate = fixed(LADDER[state.dial], 1)
    label = say("Train at {rate}", rate=rate)
    if state.trial is None and not state.dial:
        label = say("Train without dropout")
    sweeps = may.sweep.open and state.dial == state.bet and not on.open
    done = score(state) == 1
    trains = not (state.running or sweeps or on.open or done or may.other.open)
    if state.running:
        second = controls.button(say("Stop"), may.stop, key="second")
    elif on.open:
        second = controls.button(say("Continue"), on, primary=True, key="second")
    elif may.other.open:
        second = controls.button(say("Other points"), may.other, primary=not done, key="second")
    else:
        second = controls.button(say("Run the sweep"), may.sweep, primary=sweeps, key="second")
    return widgets.row(
        controls.button(label, may.train, primary=trains),
        second if state.trial is not None else None,
        class_="dropout-go",
    )


@cache
def _ghost() -> tuple[Array, Array]:
    """Accuracies of another network as it trains without dropout: its own points, new ones."""
    training = Training(Learner(0, 40, 0.0), _judged, every=10)
    for _ in range(10 * MEASUREMENTS):
        training.advance()
    return training.history.column("training"), training.history.column("validation")


def _gap(state: State) -> Node:
    """How much better a network is on the points it learns from: now, at the dial, or the ghost."""
    trial, label = state.trial, say("gap")
    if trial is not None and _unfinished(state):
        seen, unseen = (
            _measured(state, trial, name).mean(axis=0) for name in ("training", "validation")
        )
        known = np.flatnonzero(np.isfinite(seen))
        gap = float((seen - unseen)[known[-1]]) if len(known) else 0.0
    elif not np.isnan(state.validation[state.dial, 0]):
        gap = float((state.training - state.validation)[state.dial].mean())
    else:
        seen, unseen = _ghost()
        gap, label = float(seen[-1] - unseen[-1]), say("gap of the ghost")
    return widgets.meter(label, gap, -0.1, 0.3, digits=3, key="gap")


def _chart(state: State, golden: NDArray[np.bool_] | None, won: bool) -> Node:
    """Training and validation accuracy of every rate tried, with the dial as a handle."""
    rates = np.array(LADDER)
    tried = ~np.isnan(state.validation[:, 0])
    training = state.training.mean(axis=1)
    validation, error = state.validation.mean(axis=1), standard_error(state.validation)
    lowest = np.nanmin([*training, *(validation - error), AXES.y[0]])
    axes = replace(AXES, y=(float(np.floor(20 * lowest) / 20), 1.0))
    rate = LADDER[state.dial]
    return plots.plot(
        axes,
        golden is not None
        and [plots.band(axes, (p - 0.05, p + 0.05), "zone") for p in rates[golden]],
        plots.rule(axes, x=rate, class_="dial"),
        [
            h(
                "path",
                d=f"M{axes.across(p):.1f} {axes.up(high):.1f}V{axes.up(low):.1f}",
                class_="dropout-gap",
            )
            for p, high, low in zip(rates[tried], training[tried], validation[tried], strict=True)
        ],
        plots.curve(axes, rates, training, "train"),
        plots.scatter(axes, rates[tried], training[tried], "train"),
        plots.curve(axes, rates, validation, "validation"),
        plots.ranges(axes, rates[tried], (validation - error)[tried], (validation + error)[tried]),
        plots.scatter(axes, rates[tried], validation[tried], "validation"),
        state.bet is not None
        and h(
            "circle",
            cx=float(axes.across(LADDER[state.bet])),
            cy=float(axes.up(validation[state.bet])),
            r=9,
            class_="bet won" if won else "bet",
        ),
        _legend(axes),
        marked(
            controls.handle(
                say("dropout rate"),
                axes,
                rate,
                axes.y[0],
                MOVES.on(state).rate,
                said=say("rate {rate}", rate=fixed(rate, 1)),
                along="x",
            ),
            _accuracies(state, golden),
        ),
        label=say("Accuracy against dropout rate"),
        x_label=say("dropout rate"),
        y_label=say("accuracy"),
        key="chart",
    )


def _legend(axes: plots.Axes) -> Node:
    """Above the axes, where no line is."""
    return plots.legend(axes, [(say("training"), "train"), (say("new points"), "validation")])


def _curves(state: State) -> Node:
    """How the accuracies of the trial grew: means over all its networks."""
    axes = replace(CURVE_AXES, x=(0, state.steps))
    trial = state.trial
    lines: list[Node] = []
    if trial is not None:
        steps = state.steps // MEASUREMENTS * np.arange(MEASUREMENTS + 1)
        training, validation = (
            _measured(state, trial, name) for name in ("training", "validation")
        )
        lines = [
            marked(
                plots.curve(axes, steps, training.mean(axis=0), "train"),
                {
                    say("step of each measurement"): steps,
                    say("training accuracy while training (networks × measurements)"): training,
                },
            ),
            marked(
                plots.curve(axes, steps, validation.mean(axis=0), "validation"),
                {say("validation accuracy while training (networks × measurements)"): validation},
            ),
        ]
    seen, unseen = _ghost()
    across = np.linspace(0, state.steps, len(seen))
    ghost = trial is None
    return plots.plot(
        axes,
        plots.curve(axes, across, seen, "train ghost") if ghost else None,
        plots.curve(axes, across, unseen, "validation ghost") if ghost else None,
        plots.text_at(axes, 0.2 * state.steps, 0.5, say("a ghost without dropout"))
        if ghost
        else None,
        lines,
        _legend(axes),
        label=say("Accuracy after each step"),
        x_label=say("step"),
        y_label=say("accuracy"),
        key="curves",
    )


def _shown_masks(state: State) -> tuple[int, NDArray[np.bool_]]:
    """The first network's masks when it was last judged; outside training every unit works."""
    trial = state.trial
    if trial is None or not trial.learners or not _unfinished(state):
        return 0, ALL_ON
    first = trial.learners[0]
    return int(first.history.steps[-1]), first.now.masks


def _drawn_masks(state: State) -> tuple[int, NDArray[np.bool_]]:
    """Those of the training under way; while nothing is, what one step would drop at the dial."""
    if state.trial is not None and _unfinished(state):
        return _shown_masks(state)
    return 0, _one_step(state.dial)


@cache
def _one_step(rate: int) -> NDArray[np.bool_]:
    """Which units work in one step at a rate, as the engine's dropout draws them."""
    dropout = Dropout(LADDER[rate], rng=np.random.default_rng(1))
    return np.asarray(dropout.forward(np.ones((2, UNITS)), training=True) > 0)


def _units(state: State) -> Node:
    """Two inputs, both hidden layers as grids of units, the output; the dropped ones are dim."""
    columns, gap, rise = 8, 15.0, 11.5
    groups = []
    step, masks = _drawn_masks(state)
    for layer, on in enumerate(masks):
        left = 84 + 140 * layer
        dots = ["", ""]
        for unit, works in enumerate(on.tolist()):
            row, column = divmod(unit, columns)
            dots[works] += f"M{left + gap * column:g} {25 + rise * row:g}h0"
        groups.append(
            h(
                "g",
                h(
                    "text",
                    say("{n} of {total} on", n=int(on.sum()), total=UNITS),
                    x=left + gap * (columns - 1) / 2,
                    y=13,
                    class_="middle",
                ),
                h("path", d=dots[False], class_="dots off"),
                h("path", d=dots[True], class_="dots on"),
            )
        )
    picture = h(
        "svg",
        h("path", d=WIRES, class_="dropout-wires"),
        h("path", d="M24 51h0M24 80h0M376 65h0", class_="dots dropout-ends"),
        groups,
        viewBox="0 0 400 112",
        class_="diagram units",
        role="img",
        aria_label=say("Hidden units at work in step {n}", n=step)
        if step
        else say(
            "Hidden units at work in one step at rate {rate}", rate=fixed(LADDER[state.dial], 1)
        ),
    )
    return marked(picture, {say("unit at work (layers × units)"): masks})


ROWS = tuple(25 + 11.5 * row for row in range(8))
WIRES = "".join(
    f"M{a} {b}C{(a + c) / 2:g} {b} {(a + c) / 2:g} {d:g} {c} {d:g}"
    for a, starts, c, ends in (
        (30, (51, 80), 76, ROWS),
        (197, ROWS, 216, ROWS),
        (337, ROWS, 370, (65,)),
    )
    for b in starts
    for d in (ends if starts is not ends else (b,))
)
"""From the inputs to the first layer's rows, from row to row, and to the output."""


def _progress(state: State) -> Node:
    step, total, most = 0, state.steps, len(LADDER) * state.steps
    if state.trial is not None:
        step = state.trial.step
    if state.sweeping:
        step, total = step + (len(LADDER) - len(_untried(state))) * state.steps, most
    return widgets.progress(say("steps"), step, total, most=most, key="progress")


def _found(state: State, rate: int) -> list[tuple[str, str]]:
    """The result at a rate as named numbers, dashes where it is untried."""
    if np.isnan(state.validation[rate, 0]):
        return [(name, "–") for name in (say("training"), say("validation"), say("gap"))]
    training, validation = state.training[rate].mean(), state.validation[rate].mean()
    error = float(standard_error(state.validation[rate]))
    return [
        (say("training"), fixed(training, 3)),
        (say("validation"), f"{fixed(validation, 3)} ± {fixed(error, 3)}"),
        (say("gap"), fixed(training - validation, 3)),
    ]


def _verdict(state: State, golden: NDArray[np.bool_] | None) -> str:
    trial = state.trial
    if trial is not None and _unfinished(state):
        told = {
            "networks": say.count("{n} network", "{n} networks", len(state.seeds)),
            "rate": fixed(LADDER[trial.rate], 1),
            "step": str(trial.step),
            "steps": str(state.steps),
        }
        if not state.running:
            return say("Stopped: {networks} at rate {rate}, step {step} of {steps}.", **told)
        if state.sweeping:
            return say("Sweep: {networks} at rate {rate}, step {step} of {steps}.", **told)
        return say("Training: {networks} at rate {rate}, step {step} of {steps}.", **told)
    if state.bet is None:
        seen, unseen = _ghost()
        return say(
            "Without dropout, a ghost (an earlier network) got {seen} of its own points right, but "
            "{unseen} of new ones. Which rate does best on new points?",
            seen=percent(seen[-1]),
            unseen=percent(unseen[-1]),
        )
    bet = fixed(LADDER[state.bet], 1)
    new = state.validation.mean(axis=1)
    mine = percent(new[state.bet], 1)
    if golden is None:
        return say(
            "Your bet, {bet}, gets {mine} of new points right. Bet on another, or run the sweep: "
            "it finds the golden zone.",
            bet=bet,
            mine=mine,
        )
    names = _names(golden)
    if golden[state.bet]:
        return say("Gold! Your bet, {bet}, is in the golden zone: {zone}.", bet=bet, zone=names)
    if state.again == OTHER:
        return say(
            "Outside the golden zone, {zone}: {bet} gets {mine} of new points right, the best "
            "{best}. Bet again, on other points.",
            bet=bet,
            zone=names,
            mine=mine,
            best=percent(new.max(), 1),
        )
    return say(
        "Your bet, {bet}, is outside the golden zone: {zone}. Dial into it and train again.",
        bet=bet,
        zone=names,
    )


def _names(golden: NDArray[np.bool_]) -> str:
    """The golden rates in words, runs of neighbours as "0.3 to 0.5"."""
    inside = np.flatnonzero(golden)
    runs = np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1)
    ends = [(fixed(LADDER[run[0]], 1), fixed(LADDER[run[-1]], 1)) for run in runs]
    return ", ".join(
        low if low == high else say("{low} to {high}", low=low, high=high) for low, high in ends
    )


def _lesson(state: State, golden: NDArray[np.bool_] | None) -> str:
    """How the numbers are made; once the sweep is done, what they say."""
    n = len(state.seeds)
    if golden is None:
        return say(
            "A dot is the mean of {n} trainings. Its bar is ± one standard error, about as far as "
            "chance alone moves such a mean. Every rate gets the same {n} sets of {points} points "
            "and the same starting weights. Golden are the rates whose validation accuracy is "
            "within one standard error of the best.",
            n=n,
            points=state.points,
        )
    validation = state.validation.mean(axis=1)
    gap = state.training.mean(axis=1) - validation
    best, tight = int(validation.argmax()), int(gap.argmin())
    top = {"rate": fixed(LADDER[best], 1), "accuracy": fixed(validation[best], 3)}
    told = [
        say(
            "Best: {rate} with {accuracy}, {more} above no dropout.",
            more=fixed(validation[best] - validation[0], 3),
            **top,
        )
        if best
        else say("Best: {rate} with {accuracy}.", **top)
    ]
    if golden[tight]:
        told.append(
            say(
                "The smallest gap, {gap}, happens to lie in the zone, too.",
                gap=fixed(gap[tight], 3),
            )
        )
    else:
        told.append(
            say(
                "The smallest gap, {gap} at {rate}, belongs to a network {less} worse than the "
                "best: a small gap alone is not the goal.",
                gap=fixed(gap[tight], 3),
                rate=fixed(LADDER[tight], 1),
                less=fixed(validation[best] - validation[tight], 3),
            )
        )
    if golden.sum() > len(LADDER) / 2:
        told.append(say("The zone is wide: {n} trainings cannot tell its rates apart.", n=n))
    return " ".join(told)


def _accuracies(state: State, golden: NDArray[np.bool_] | None) -> dict[str, NDArray[Any]]:
    """What is behind every dot and bar, NaN where nothing was measured yet."""
    found = {
        say("dropout rates"): np.array(LADDER),
        say("training accuracy (rates × networks)"): state.training,
        say("validation accuracy (rates × networks)"): state.validation,
        say("mean training accuracy of each rate"): state.training.mean(axis=1),
        say("mean validation accuracy of each rate"): state.validation.mean(axis=1),
        say("standard error of the validation mean"): standard_error(state.validation),
    }
    if golden is not None:
        found[say("rate in the golden zone")] = golden
    return found

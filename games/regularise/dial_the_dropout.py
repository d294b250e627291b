"""Dial the Dropout: bet on a dropout rate, train with it, and let a sweep judge the bet.

Networks 2-64-64-1 (ReLU, He, Adam) learn 40 noisy points of two moons with
inverted dropout after both hidden layers, and are checked on 400 points they have not seen. Every
rate is trained from the same seeds: same points, same starting weights, same random numbers for the
masks, so that rates differ in nothing but the rate. A rate's result is the mean over the seeds with
its standard error; the golden zone holds the rates whose mean validation accuracy is within one
standard error of the best (the one-standard-error rule of Breiman, Friedman, Olshen and Stone,
Classification and Regression Trees, 1984).

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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_number, refuse
from games.moves import Dial
from games.ui import plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from pycore import data, initializers
from pycore.activations import ReLU
from pycore.arrays import Array
from pycore.layers import Dropout
from pycore.losses import BinaryCrossEntropy
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.optimizers import Adam
from pycore.training import Trainer

LADDER = tuple(i / 10 for i in range(10))
"""The rates of the dial and of the sweep."""
UNITS = 64
"""Neurons in each of the two hidden layers."""
NOISE, HELD_OUT, LEARNING_RATE = 0.35, 400, 0.02
MEASUREMENTS = 10
"""Times a training is measured after its start; the masks on show change as often."""

PARAMS = {
    "seeds": Param(Dial(2, 40), 24, "Trainings at each rate"),
    "steps": Param(Dial(20, 1000, 20), 100, "Steps of a training"),
    "points": Param(Dial(10, 400, 10), 40, "Points to learn from"),
}


@dataclass
class Learner:
    """One network with its own points to learn from and to be checked on."""

    trainer: Trainer
    dropouts: list[Dropout]
    seen: tuple[Array, NDArray[Any]]
    unseen: tuple[Array, NDArray[Any]]


@dataclass
class Trial:
    """Trainings of one rate, one for each seed, that take their steps in turn.

    `training` and `validation` hold accuracies, shape (seeds, MEASUREMENTS + 1), NaN until
    measured. `masks` says which units of the two layers worked in step `mask_step` of the first
    network, for the first of its points; shape (2, UNITS).
    """

    rate: int
    training: Array
    validation: Array
    learners: list[Learner] = field(default_factory=list)
    step: int = 0
    turn: int = 0
    masks: NDArray[np.bool_] = field(default_factory=lambda: np.ones((2, UNITS), bool))
    mask_step: int = 0


@dataclass
class State:
    """The dial, the bet, what was found at each rate, and the trial that runs.

    Rates are places on LADDER. `training` and `validation` hold the accuracies after the last step,
    shape (rates, seeds), NaN for a rate not yet tried. `bet` is the rate trained last by hand.
    """

    rng: np.random.Generator
    seeds: list[int]
    steps: int
    points: int
    training: Array
    validation: Array
    dial: int = 0
    bet: int | None = None
    trial: Trial | None = None
    running: bool = False
    sweeping: bool = False


def init(seed: int, seeds: int = 24, steps: int = 100, points: int = 40) -> State:
    """Nothing trained, the dial at no dropout."""
    rng = np.random.default_rng(seed)
    shape = (len(LADDER), seeds)
    drawn = rng.integers(2**32, size=seeds).tolist()
    return State(rng, drawn, steps, points, np.full(shape, np.nan), np.full(shape, np.nan))


def update(state: State, message: str, *args: Any) -> None:
    """The dial and the runs.

    ("rate", p) and ("drag", x, y) turn the dial; ("train",) starts at the dial's rate; ("sweep",),
    once there is a bet, tries every rate that is left, or goes on with it; ("stop",) and
    ("continue",) hold and resume what runs.
    """
    match message, *args:
        case "rate", p if is_number(p, 0, LADDER[-1]):
            state.dial = round(10 * p)
        case "drag", x, y if is_number(x) and is_number(y):
            state.dial = round(10 * min(max(AXES.data_x(x), 0), LADDER[-1]))
        case ("train",):
            state.trial, state.running, state.sweeping = _trial(state, state.dial), True, False
        case ("sweep",) if can_sweep(state):
            if not (state.sweeping and _unfinished(state)):
                state.trial = _trial(state, _untried(state)[0])
            state.running = state.sweeping = True
        case ("stop",) if state.running:
            state.running = False
        case ("continue",) if _unfinished(state) and not state.running:
            state.running = True
        case _:
            allowed = (
                f"('rate', 0 to {LADDER[-1]}), ('drag', x, y), ('train'), ('sweep') after a first "
                "training and while rates are left, ('stop') while training, ('continue') after it"
            )
            refuse(message, args, allowed)


def tick(state: State) -> bool:
    """One step of one network; idle when nothing runs."""
    trial = state.trial
    if trial is None or not state.running:
        return False
    if trial.turn == len(trial.learners):
        trial.learners.append(_learner(state, trial))
        _measure(trial, 0)
    learner = trial.learners[trial.turn]
    learner.trainer.step()
    done = trial.step + 1
    if done in _schedule(state.steps):
        if trial.turn == 0:
            trial.masks, trial.mask_step = _working(learner), done
        _measure(trial, _schedule(state.steps).index(done))
    trial.turn += 1
    if trial.turn == len(state.seeds):
        trial.turn, trial.step = 0, done
        if done == state.steps:
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
    """Whether a bet is in and some rate is still untried."""
    return state.bet is not None and len(_untried(state)) > 0


def view(state: State) -> Node:
    """Accuracy against rate with the dial; the controls, the masks, the training under way."""
    golden = zone(state)
    won = score(state) == 1
    rate = LADDER[state.dial]
    return widgets.stage(
        widgets.panel(
            _chart(state, golden),
            widgets.row(
                h("span", f"at rate {fixed(rate, 1)}:", class_="readout-label"),
                [widgets.readout(name, text, key=name) for name, text in _found(state, state.dial)],
                class_="readouts",
            ),
            widgets.note(_verdict(state, golden), kind="win" if won else "", roomy=True),
        ),
        widgets.panel(
            widgets.slider(
                "dropout rate", rate, 0, LADDER[-1], 0.1, ("rate",), digits=1, key="rate"
            ),
            widgets.row(
                widgets.button(f"Train at {fixed(rate, 1)}", ("train",), primary=True, key="train"),
                widgets.button(
                    "Run the sweep",
                    ("sweep",),
                    enabled=can_sweep(state) and not (state.running and state.sweeping),
                    key="sweep",
                ),
                widgets.button("Continue", ("continue",), key="stop")
                if _unfinished(state) and not state.running
                else widgets.button("Stop", ("stop",), enabled=state.running, key="stop"),
            ),
            _progress(state),
            _units(state),
            _curves(state),
            widgets.note(_lesson(state, golden), kind="hint", room=_method(state)),
        ),
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
    working = ", ".join(str(int(row.sum())) for row in _shown_masks(state))
    return (
        f"Dial at {fixed(LADDER[state.dial], 1)}: {found}. {_verdict(state, golden)} "
        f"Units working: {working} of {UNITS}."
    )


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The accuracies behind every dot and curve, NaN where nothing was measured yet."""
    trial, golden = state.trial, zone(state)
    found = {
        "dropout rates": np.array(LADDER),
        "training accuracy (rates × networks)": state.training,
        "validation accuracy (rates × networks)": state.validation,
        "mean training accuracy of each rate": state.training.mean(axis=1),
        "mean validation accuracy of each rate": state.validation.mean(axis=1),
        "standard error of the validation mean": standard_error(state.validation),
        "unit at work (layers × units)": _shown_masks(state),
    }
    if golden is not None:
        found["rate in the golden zone"] = golden
    if trial is not None:
        found |= {
            "step of each measurement": np.array(_schedule(state.steps)),
            "training accuracy while training (networks × measurements)": trial.training,
            "validation accuracy while training (networks × measurements)": trial.validation,
        }
    return found


def solution(state: State) -> Iterator[Message]:
    """Bet on the middle, sweep, and train once more at the best rate if the bet was wrong.

    To be read message by message: what follows the sweep depends on what it finds.
    """
    if zone(state) is None:
        yield from (("rate", 0.5), ("train",))
        if can_sweep(state):
            yield ("sweep",)
    if score(state) < 1:
        yield from (("rate", LADDER[int(state.validation.mean(axis=1).argmax())]), ("train",))


# --- training -------------------------------------------------------------------------------------


def _trial(state: State, rate: int) -> Trial:
    shape = (len(state.seeds), MEASUREMENTS + 1)
    return Trial(rate, np.full(shape, np.nan), np.full(shape, np.nan))


def _learner(state: State, trial: Trial) -> Learner:
    """The network whose turn it is; points, weights and mask numbers come from its seed alone."""
    rng = np.random.default_rng(state.seeds[trial.turn])
    seen = data.moons(state.points, NOISE, rng)
    unseen = data.moons(HELD_OUT, NOISE, rng)
    network = mlp(
        (2, UNITS, UNITS, 1), rng, ReLU, initializers.he_normal, dropout=LADDER[trial.rate]
    )
    trainer = Trainer(network, BinaryCrossEntropy(), Adam(LEARNING_RATE), *seen)
    dropouts = [layer for layer in network if isinstance(layer, Dropout)]
    return Learner(trainer, dropouts, seen, unseen)


def _schedule(steps: int) -> list[int]:
    """The steps after which a training is measured, 0 and the last among them."""
    return [steps * i // MEASUREMENTS for i in range(MEASUREMENTS + 1)]


def _measure(trial: Trial, column: int) -> None:
    """Measure the network whose turn it is, with every unit at work."""
    learner = trial.learners[trial.turn]
    network = learner.trainer.network
    for table, (x, y) in ((trial.training, learner.seen), (trial.validation, learner.unseen)):
        table[trial.turn, column] = accuracy(network.forward(x), y)


def _working(learner: Learner) -> NDArray[np.bool_]:
    """Which units worked in the step just made, for the first point."""
    rows = [
        np.ones(UNITS, bool) if dropout.mask is None else dropout.mask[0] > 0
        for dropout in learner.dropouts
    ]
    return np.array(rows)


def _finish(state: State, trial: Trial) -> None:
    """Write the result down; a training by hand is a bet, a sweep goes on to the next rate."""
    state.training[trial.rate] = trial.training[:, -1]
    state.validation[trial.rate] = trial.validation[:, -1]
    untried = _untried(state)
    if not state.sweeping:
        state.bet, state.running = trial.rate, False
    elif untried:
        state.trial = _trial(state, untried[0])
    else:
        state.running = state.sweeping = False


def _untried(state: State) -> list[int]:
    return [int(i) for i in np.flatnonzero(np.isnan(state.validation[:, 0]))]


def _unfinished(state: State) -> bool:
    return state.trial is not None and state.trial.step < state.steps


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes(x=(-0.05, 0.95), y=(0.75, 1.0), height=300)
CURVE_AXES = plots.Axes(x=(0, 1), y=(0.4, 1.0), height=170)


def _chart(state: State, golden: NDArray[np.bool_] | None) -> Node:
    """Training and validation accuracy of every rate tried, with the dial as a handle."""
    rates = np.array(LADDER)
    tried = ~np.isnan(state.validation[:, 0])
    training = state.training.mean(axis=1)
    validation, error = state.validation.mean(axis=1), standard_error(state.validation)
    lowest = np.nanmin([*training, *(validation - error), AXES.y[0]])
    axes = replace(AXES, y=(float(np.floor(20 * lowest) / 20), 1.0))
    rate = LADDER[state.dial]
    across = float(axes.across(rate))
    rung = float(axes.across(0.1) - axes.across(0.0))
    return plots.plot(
        axes,
        golden is not None
        and [plots.band(axes, (p - 0.05, p + 0.05), "zone") for p in rates[golden]],
        plots.rule(axes, x=rate, class_="dial"),
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
            class_="bet",
        ),
        _legend(axes),
        widgets.handle(
            "dropout rate",
            across,
            axes.height - axes.bottom,
            ("drag",),
            said=f"rate {fixed(rate, 1)}",
            step=rung,
        ),
        label=f"Accuracy against dropout rate. {int(tried.sum())} of {len(LADDER)} rates tried.",
        x_label="dropout rate",
        y_label="accuracy",
    )


def _legend(axes: plots.Axes) -> list[Node]:
    right, top = axes.width - axes.right - 96, axes.top + 12
    return [
        h(
            "g",
            h("path", d=f"M{right:g} {top + 18 * i:g}h18", class_=f"curve {class_}"),
            h("text", text, x=right + 26, y=top + 18 * i + 4, class_="plot-text"),
        )
        for i, (class_, text) in enumerate((("train", "training"), ("validation", "validation")))
    ]


def _curves(state: State) -> Node:
    """How the accuracies of the trial grew: means over all its networks."""
    axes = replace(CURVE_AXES, x=(0, state.steps))
    trial = state.trial
    lines: list[Node] = []
    if trial is not None:
        steps = _schedule(state.steps)
        lines = [
            plots.curve(axes, steps, trial.training.mean(axis=0), "train"),
            plots.curve(axes, steps, trial.validation.mean(axis=0), "validation"),
        ]
    now = "" if trial is None else f", rate {fixed(LADDER[trial.rate], 1)}"
    return plots.plot(
        axes,
        lines,
        label=f"Accuracy after each step{now}, mean of {len(state.seeds)} networks.",
        x_label="step",
        y_label=f"accuracy{now}, mean of {len(state.seeds)} networks",
    )


def _shown_masks(state: State) -> NDArray[np.bool_]:
    """The masks of the trial while it is under way; outside training every unit works."""
    if state.trial is not None and _unfinished(state):
        return state.trial.masks
    return np.ones((2, UNITS), bool)


def _units(state: State) -> Node:
    """Both hidden layers as grids of units, the dropped ones hollow."""
    columns, gap = 16, 11.5
    groups = []
    for layer, on in enumerate(_shown_masks(state)):
        left = 8 + 204 * layer
        dots = ["", ""]
        for unit, works in enumerate(on.tolist()):
            row, column = divmod(unit, columns)
            dots[works] += f"M{left + gap * column:g} {34 + gap * row:g}h0"
        groups.append(
            h(
                "g",
                h("text", f"layer {layer + 1}: {int(on.sum())} of {UNITS} on", x=left - 5, y=16),
                h("path", d=dots[False], class_="dots off"),
                h("path", d=dots[True], class_="dots on"),
            )
        )
    step = state.trial.mask_step if state.trial is not None and _unfinished(state) else 0
    return h(
        "svg",
        groups,
        viewBox="0 0 400 80",
        class_="diagram units",
        role="img",
        aria_label=f"Hidden units at work in step {step}" if step else "All hidden units at work",
    )


def _progress(state: State) -> Node:
    step = 0 if state.trial is None else state.trial.step
    if state.sweeping:
        done = len(LADDER) - len(_untried(state))
        return widgets.progress(
            "steps", done * state.steps + step, len(LADDER) * state.steps, key="progress"
        )
    return widgets.progress("steps", step, state.steps, key="progress")


def _found(state: State, rate: int) -> list[tuple[str, str]]:
    """The result at a rate as named numbers, dashes where it is untried."""
    if np.isnan(state.validation[rate, 0]):
        return [("training", "–"), ("validation", "–"), ("gap", "–")]
    training, validation = state.training[rate].mean(), state.validation[rate].mean()
    error = float(standard_error(state.validation[rate]))
    return [
        ("training", fixed(training, 3)),
        ("validation", f"{fixed(validation, 3)} ± {fixed(error, 3)}"),
        ("gap", fixed(training - validation, 3)),
    ]


def _verdict(state: State, golden: NDArray[np.bool_] | None) -> str:
    trial = state.trial
    if trial is not None and _unfinished(state):
        what = "Sweep" if state.sweeping else "Training"
        held = "" if state.running else " Stopped."
        return (
            f"{what}: {len(state.seeds)} networks at rate {fixed(LADDER[trial.rate], 1)}, "
            f"step {trial.step} of {state.steps}.{held}"
        )
    if state.bet is None:
        return "Which rate does best on points a network has not seen? Set the dial and train."
    bet = fixed(LADDER[state.bet], 1)
    if golden is None:
        return f"Your bet is {bet}. Run the sweep: it tries every rate and finds the golden zone."
    names = _names(golden)
    if golden[state.bet]:
        return f"Gold! Your bet, {bet}, is in the golden zone: {names}."
    return f"Your bet, {bet}, is outside the golden zone: {names}. Dial into it and train again."


def _names(golden: NDArray[np.bool_]) -> str:
    """The golden rates in words, runs of neighbours as "0.3 to 0.5"."""
    inside = np.flatnonzero(golden)
    runs = np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1)
    ends = [(fixed(LADDER[run[0]], 1), fixed(LADDER[run[-1]], 1)) for run in runs]
    return " and ".join(low if low == high else f"{low} to {high}" for low, high in ends)


def _lesson(state: State, golden: NDArray[np.bool_] | None) -> str:
    """How the numbers are made; once the sweep is done, what they say."""
    if golden is None:
        return _method(state)
    validation = state.validation.mean(axis=1)
    gap = state.training.mean(axis=1) - validation
    best, tight = int(validation.argmax()), int(gap.argmin())
    text = f"Best: {fixed(LADDER[best], 1)} with {fixed(validation[best], 3)}"
    text += f", {fixed(validation[best] - validation[0], 3)} above no dropout. " if best else ". "
    if golden[tight]:
        text += f"The smallest gap, {fixed(gap[tight], 3)}, happens to lie in the zone, too."
    else:
        text += (
            f"The smallest gap, {fixed(gap[tight], 3)} at {fixed(LADDER[tight], 1)}, belongs to a "
            f"network {fixed(validation[best] - validation[tight], 3)} worse than the best: a "
            "small gap alone is no aim."
        )
    if golden.sum() > len(LADDER) / 2:
        text += f" The zone is wide: {len(state.seeds)} trainings cannot tell its rates apart."
    return text


def _method(state: State) -> str:
    """The longer of the two lessons."""
    return (
        f"A dot is the mean of {len(state.seeds)} trainings, its bar ± one standard error. "
        f"Every rate gets the same {len(state.seeds)} sets of {state.points} points and the "
        "same starting weights. Golden are the rates whose validation accuracy is within one "
        "standard error of the best."
    )

"""The plan of a training: every setting, in one value that cannot change. It trains nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from pycore import initializers, optimizers, schedules
from pycore.brains import ACTIVATIONS, UNSCALED, Scales
from pycore.initializers import Initializer
from pycore.layer import Layer
from pycore.layers import Dense, Dropout, Sequential
from pycore.normalization import BatchNorm
from pycore.optimizers import Optimizer
from pycore.schedules import Schedule

MOST_LAYERS, MOST_UNITS = 6, 16

INITIALIZERS: dict[str, Initializer] = {
    "Xavier uniform": initializers.xavier_uniform,
    "Xavier normal": initializers.xavier_normal,
    "He uniform": initializers.he_uniform,
    "He normal": initializers.he_normal,
    "LeCun normal": initializers.lecun_normal,
    "orthogonal": initializers.orthogonal(),
    "all zero": initializers.zeros,
    "normal, std 0.1": initializers.normal(0.1),
    "normal, std 3": initializers.normal(3.0),
}
OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.__name__: kind
    for kind in vars(optimizers).values()
    if inspect.isclass(kind) and issubclass(kind, Optimizer) and kind is not Optimizer
}
"""Every optimizer of the engine, by its name there."""
CLASS_LOSSES = ("cross-entropy", "squared error", "hinge")
NUMBER_LOSSES = ("squared error", "Huber")
SCHEDULES: dict[str, Callable[[float, int], Schedule] | None] = {
    "constant": None,
    "halved in steps": lambda lr, span: schedules.step_decay(lr, max(span // 4, 1), 0.5),
    "cosine": lambda lr, span: schedules.cosine(lr, span),
    "warm-up": lambda lr, span: schedules.warm_up(schedules.constant(lr), max(span // 10, 1)),
    "warm-up, stable, decay": lambda lr, span: schedules.warmup_stable_decay(
        lr, max(span // 10, 1), span // 2, max(2 * span // 5, 1)
    ),
    "range test": lambda lr, span: schedules.range_test(lr / 1000, lr, span),
}
"""Learning rate and a number of steps → schedule; None leaves the rate alone."""


@dataclass(frozen=True)
class Plan:
    """All that, with its seed, makes a training what it is.

    Attributes:
        seed: of points, weights, batches and dropout.
        data: name of the data set (see `points`).
        noise: of the data.
        points: number of points, held-out ones included.
        held_out: share of the points kept from training.
        own: the learner's own points (x1, x2, label), for the data sets "own" and "CSV".
        scales: (middle, half) of the columns that `own` was made of: (value − middle) / half.
        features: names of the network's inputs, from `pycore.brains.FEATURES`.
        layers: (units, activation) of each hidden layer.
        init: name of the initializer.
        batch_norm: whether each hidden layer is normalised before its activation.
        loss: name of the loss.
        optimizer: its class's name; `knobs` holds (name, value) where it differs from the default.
        lr: the learning rate that the schedule starts from.
        schedule: name of the schedule; `span` is the number of steps it is made for.
        batch: rows in a batch, 0 for all.
        l1: λ of λ Σ|w|.
        l2: λ of λ/2 Σ w².
        dropout: rate after each hidden layer.
    """

    seed: int
    data: str = "xor"
    noise: float = 0.0
    points: int = 200
    held_out: float = 0.5
    own: tuple[tuple[float, float, float], ...] = ()
    scales: Scales = UNSCALED
    features: tuple[str, ...] = ("x₁", "x₂")
    layers: tuple[tuple[int, str], ...] = ((2, "tanh"),)
    init: str = "Xavier uniform"
    batch_norm: bool = False
    loss: str = "cross-entropy"
    optimizer: str = "Adam"
    knobs: tuple[tuple[str, float], ...] = ()
    lr: float = 0.03
    schedule: str = "constant"
    span: int = 2000
    batch: int = 0
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units in every column, inputs and output included."""
        return (len(self.features), *(units for units, _ in self.layers), 1)

    def count(self) -> int:
        """Weights and biases (and, with batch norm, scales and shifts)."""
        inside = sum((a + 1) * b for a, b in zip(self.sizes, self.sizes[1:], strict=False))
        return inside + 2 * self.batch_norm * sum(self.sizes[1:-1])

    def starts_anew(self, other: Plan) -> bool:
        """Whether going on from `other` with this plan has no meaning: another network or data."""
        fixed = ("seed", "data", "noise", "points", "held_out", "features", "layers", "init")
        return any(getattr(self, name) != getattr(other, name) for name in (*fixed, "batch_norm"))


def knobs(plan: Plan) -> dict[str, float]:
    """The optimizer's own settings, beside the learning rate, with their present values."""
    table = inspect.signature(OPTIMIZERS[plan.optimizer]).parameters
    own = {name: float(p.default) for name, p in table.items() if name != "lr"}
    return own | {name: value for name, value in plan.knobs if name in own}


def with_knob(plan: Plan, name: str, value: float) -> Plan:
    """The plan with one of the optimizer's own settings changed."""
    return replace(plan, knobs=tuple((knobs(plan) | {name: value}).items()))


def optimizer(plan: Plan) -> Optimizer:
    """The optimizer, with no memory yet."""
    make: Callable[..., Optimizer] = OPTIMIZERS[plan.optimizer]
    return make(plan.lr, **knobs(plan))


def schedule(plan: Plan) -> Schedule | None:
    """The schedule of the learning rate."""
    make = SCHEDULES[plan.schedule]
    return None if make is None else make(plan.lr, plan.span)


def network(plan: Plan, rng: np.random.Generator, dropper: np.random.Generator) -> Sequential:
    """Dense (batch norm) activation (dropout), for each hidden layer; then Dense to one output.

    Args:
        plan: what to build.
        rng: draws the weights.
        dropper: draws the masks of dropout.
    """
    layers: list[Layer] = []
    n_in = len(plan.features)
    weights = INITIALIZERS[plan.init]
    for units, name in plan.layers:
        layers.append(Dense(n_in, units, weights, rng=rng))
        if plan.batch_norm:
            layers.append(BatchNorm(units))
        layers.append(ACTIVATIONS[name]())
        if plan.dropout:
            layers.append(Dropout(plan.dropout, rng=dropper))
        n_in = units
    return Sequential(*layers, Dense(n_in, 1, weights, rng=rng))

"""The plan of a training: every setting, in one value that cannot change, and what it may be.

It trains nothing. `SETTINGS` and `KNOBS` are moves; `changed` does one of them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from games.moves import Dial, Domain, Pick, Switch
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
    "xavier-uniform": initializers.xavier_uniform,
    "xavier-normal": initializers.xavier_normal,
    "he-uniform": initializers.he_uniform,
    "he-normal": initializers.he_normal,
    "lecun-normal": initializers.lecun_normal,
    "orthogonal": initializers.orthogonal(),
    "all-zero": initializers.zeros,
    "small-normal": initializers.normal(0.1),
    "large-normal": initializers.normal(3.0),
}
OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.__name__.lower(): kind
    for kind in vars(optimizers).values()
    if inspect.isclass(kind) and issubclass(kind, Optimizer) and kind is not Optimizer
    if "columns" not in inspect.signature(kind).parameters
}
"""Every optimizer of the engine for all parameters at once, by its name there in lower case.

One that takes its parameters as a matrix is for a part of them: here all lie in one vector.
"""
SCHEDULES: dict[str, Callable[[float, int], Schedule] | None] = {
    "constant": None,
    "step-decay": lambda lr, span: schedules.step_decay(lr, max(span // 4, 1), 0.5),
    "cosine": lambda lr, span: schedules.cosine(lr, span),
    "warm-up": lambda lr, span: schedules.warm_up(schedules.constant(lr), max(span // 10, 1)),
    "warm-up-stable-decay": lambda lr, span: schedules.warmup_stable_decay(
        lr, max(span // 10, 1), span // 2, max(2 * span // 5, 1)
    ),
    "range-test": lambda lr, span: schedules.range_test(lr / 1000, lr, span),
}
"""Learning rate and a number of steps → schedule; None leaves the rate alone."""


def _ids(names: dict[str, Any]) -> dict[str, str]:
    """The engine's names for people, each by its id."""
    return {name.lower().replace(" ", "-"): name for name in names}


def _listed(*values: float) -> dict[str, float]:
    """Numbers, each by how it is written."""
    return {np.format_float_positional(value, trim="-"): value for value in values}


ACTIVATION_NAMES = _ids(ACTIVATIONS)
"""Ids → the names that brains give activations."""
FEATURE_NAMES = {"x1": "x₁", "x2": "x₂", "x1-squared": "x₁²", "x2-squared": "x₂²"} | {
    "x1x2": "x₁x₂",
    "sin-x1": "sin x₁",
    "sin-x2": "sin x₂",
}
"""Ids → the names that brains give their inputs."""
ACTIVATION = Pick(ACTIVATION_NAMES, was={name: id_ for id_, name in ACTIVATION_NAMES.items()})
FEATURE = Pick(FEATURE_NAMES)
OPTIMIZER = Pick(*OPTIMIZERS, was={kind.__name__: name for name, kind in OPTIMIZERS.items()})
RATE = Pick(
    _listed(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
    was={"1.0": "1", "3.0": "3", "10.0": "10"},
)
PENALTY = Pick(_listed(0, 0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1))
CLASS_LOSSES = {"cross-entropy": "cross-entropy", "squared-error": "squared error"} | {
    "hinge": "hinge"
}
NUMBER_LOSSES = {"squared-error": "squared error", "huber": "Huber"}

SETTINGS: dict[str, Domain] = {
    "noise": Dial(0, 0.5, 0.05),
    "points": Dial(20, 500, 10),
    "held_out": Dial(0.1, 0.9, 0.05),
    "init": Pick(*INITIALIZERS),
    "optimizer": OPTIMIZER,
    "lr": RATE,
    "schedule": Pick(*SCHEDULES),
    "span": Dial(200, 5000, 200),
    "batch": Pick(_listed(1, 2, 5, 10, 20, 50, 100), {"all": 0}),
    "class_loss": Pick(CLASS_LOSSES, when=lambda s: s.session.classes),
    "number_loss": Pick(NUMBER_LOSSES, when=lambda s: not s.session.classes),
    "l1": PENALTY,
    "l2": PENALTY,
    "dropout": Dial(0, 0.8, 0.05),
    "batch_norm": Switch(),
}
"""Moves that set one thing of a plan."""


def _has(name: str) -> Callable[[Any], bool]:
    return lambda state: name in knobs(state.plan)


KNOBS: dict[str, Domain] = {
    "beta": Dial(0, 0.99, 0.01, when=_has("beta")),
    "beta1": Dial(0, 0.99, 0.01, when=_has("beta1")),
    "beta2": Pick(_listed(0, 0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999), when=_has("beta2")),
    "rho": Dial(0.01, 0.2, 0.01, when=_has("rho")),
    "eps": Pick(_listed(1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2), when=_has("eps")),
    "weight_decay": Pick(_listed(0, 0.0001, 0.001, 0.01, 0.1), when=_has("weight_decay")),
}
"""Moves that set one of the optimizer's own settings."""


@dataclass(frozen=True)
class Plan:
    """All that, with its seed, makes a training what it is.

    Attributes:
        seed: of points, weights, batches and dropout.
        data: id of the data set (see `points`).
        noise: of the data.
        points: number of points, held-out ones included.
        held_out: share of the points kept from training.
        own: the learner's own points (x1, x2, label), for the data sets "own" and "csv".
        scales: (middle, half) of the columns that `own` was made of: (value − middle) / half.
        features: names of the network's inputs, from `pycore.brains.FEATURES`.
        layers: (units, activation) of each hidden layer, by its name in `pycore.brains`.
        init: id of the initializer.
        batch_norm: whether each hidden layer is normalised before its activation.
        loss: its name in `pycore.brains.LOSSES`.
        optimizer: its id; `knobs` holds (name, value) where it differs from the default.
        lr: the learning rate that the schedule starts from.
        schedule: id of the schedule; `span` is the number of steps it is made for.
        batch: rows in a batch, 0 for all.
        l1: λ of λ Σ|w|.
        l2: λ of λ/2 Σ w².
        dropout: rate after each hidden layer.
        first: whether it is played as in the first edition, which held points out whatever their
            class, passed over a row that was left alone by batch norm, put weights in beside those
            that an optimizer averages, and let no challenge keep how it learns.
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
    init: str = "xavier-uniform"
    batch_norm: bool = False
    loss: str = "cross-entropy"
    optimizer: str = "adam"
    knobs: tuple[tuple[str, float], ...] = ()
    lr: float = 0.03
    schedule: str = "constant"
    span: int = 2000
    batch: int = 0
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    first: bool = False

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
        fixed = ("seed", "data", "noise", "points", "held_out", "features", "layers")
        return any(
            getattr(self, name) != getattr(other, name) for name in (*fixed, "init", "batch_norm")
        )

    def with_layer(self, layer: int, *, units: int = 0, activation: str = "") -> Plan:
        """The plan with other units, or another activation, in one layer; 1 is the first."""
        now = list(self.layers)
        now[layer - 1] = units or now[layer - 1][0], activation or now[layer - 1][1]
        return replace(self, layers=tuple(now))


def changed(plan: Plan, move: str, value: Any) -> Plan:
    """The plan after a move of SETTINGS or KNOBS."""
    domain = SETTINGS.get(move) or KNOBS[move]
    if isinstance(domain, Pick):
        value = domain[value]
    if move in KNOBS:
        return replace(plan, knobs=tuple((knobs(plan) | {move: value}).items()))
    if move == "optimizer":
        plan = replace(plan, knobs=())
    return replace(plan, **{"loss" if move.endswith("_loss") else move: value})


def id_of(move: str, plan: Plan) -> Any:
    """What a move of SETTINGS or KNOBS would say to leave the plan as it is."""
    domain = SETTINGS.get(move) or KNOBS[move]
    name = "loss" if move.endswith("_loss") else move
    value = knobs(plan)[move] if move in KNOBS else getattr(plan, name)
    if isinstance(domain, Pick):
        return next((id_ for id_ in domain.ids if domain[id_] == value), domain.ids[0])
    return value


def knobs(plan: Plan) -> dict[str, float]:
    """The optimizer's own settings, beside the learning rate, with their present values."""
    own = _defaults(plan.optimizer)
    return own | {name: value for name, value in plan.knobs if name in own}


@cache
def _defaults(optimizer: str) -> dict[str, float]:
    table = inspect.signature(OPTIMIZERS[optimizer]).parameters
    return {name: float(p.default) for name, p in table.items() if name != "lr"}


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

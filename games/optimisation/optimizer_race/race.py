"""The surfaces and the racers: what is run, step by step. It knows no bet and no picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from games.concepts.training import Training
from games.words import word
from pycore import data
from pycore.arrays import Array, Integers
from pycore.layer import Layer
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.objectives import Objective, Supervised
from pycore.optimizers import SGD, Adam, Momentum, Optimizer
from pycore.training import Minimizer

RACERS = {"sgd": "SGD", "momentum": word("momentum"), "adam": "Adam"}
TOO_HIGH = 1e6
"""A loss beyond it counts as thrown off: the racer stops."""


def optimizer(name: str, rate: float, beta: float) -> Optimizer:
    """A racer's optimizer, fresh; `beta` is momentum's, and Adam's are the engine's own."""
    if name == "momentum":
        return Momentum(rate, beta)
    return SGD(rate) if name == "sgd" else Adam(rate)


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


def _quadratic(name: str, kappa: int) -> Surface:
    return Surface(
        name,
        f"L = ½ (a² + {kappa} b²)",
        lambda a, b: (a * a + kappa * b * b) / 2,
        lambda a, b: (a, kappa * b),
        start=(3.0, 1.0),
        lowest=(0.0, 0.0),
        x=(-4, 4),
        y=(-2, 2),
    )


SURFACES = {
    "bowl-10": _quadratic(word("bowl, κ = 10"), 10),
    "bowl-100": _quadratic(word("bowl, κ = 100"), 100),
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


class Point(Layer):
    """A place (a, b) that learns."""

    PARAMETERS = ("place",)

    def __init__(self, place: tuple[float, float]) -> None:
        self.place, self.dplace = np.array(place), np.zeros(2)

    def forward(self, x: Array, training: bool = False) -> Array:
        """It gives itself."""
        return self.place

    def backward(self, dy: Array) -> Array:
        """It takes the slope."""
        self.dplace += dy
        return dy


class Height(Objective):
    """The loss of a surface where a point is."""

    def __init__(self, surface: Surface, place: tuple[float, float]) -> None:
        super().__init__(Point(place))
        self.surface = surface

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """The height, and the slope."""
        place = self.network.theta.tolist()
        self.network.grad[...] = self.surface.slope(*place)
        return float(self.surface.value(*place))


def network(rng: np.random.Generator) -> Supervised:
    """The loss of a small network on two moons."""
    points, labels = data.moons(60, 0.15, rng)
    return Supervised(mlp((2, 8, 1), rng), BinaryCrossEntropy(), points, labels)


@dataclass(frozen=True, eq=False)
class Spot:
    """Where a racer is: its first two parameters, and the loss there."""

    place: Array
    loss: float


class Racer(Training[Minimizer, Spot]):
    """One optimizer on its way down an objective, judged after each step."""

    def __init__(self, objective: Objective, name: str, rate: float, beta: float) -> None:
        self.rate = rate
        trainer = Minimizer(objective, optimizer(name, rate, beta))
        super().__init__(trainer, _spot, every=1)

    @property
    def loss(self) -> float:
        """Where it is now."""
        return self.now.loss

    @property
    def thrown(self) -> bool:
        """Whether it is thrown off."""
        return not self.loss < TOO_HIGH

    def over(self, steps: int) -> bool:
        """Whether it is thrown off, or has taken its steps."""
        return self.thrown or self.step >= steps

    def run(self, steps: int) -> float:
        """The whole race at once: the loss by which it is judged."""
        while not self.over(steps):
            self.advance()
        return self.end

    @property
    def end(self) -> float:
        """The loss by which it is judged: infinite where it was thrown off."""
        return np.inf if self.thrown else self.loss


def _spot(trainer: Minimizer) -> Spot:
    return Spot(trainer.network.theta[:2].copy(), trainer.objective.loss_and_grad())

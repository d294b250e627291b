"""The surfaces and the racers: what is run, step by step. It knows no bet and no picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from games.words import word
from pycore import data
from pycore.arrays import Array
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.optimizers import SGD, Adam, Momentum, Optimizer

RACERS = {"sgd": "SGD", "momentum": word("momentum"), "adam": "Adam"}
TOO_HIGH = 1e6
"""A loss beyond it counts as thrown off: the racer stops."""


def optimizer(name: str, rate: float, beta: float) -> Optimizer:
    """A racer's optimizer, fresh; `beta` is momentum's, and Adam's are the engine's own."""
    if name == "momentum":
        return Momentum(rate, beta)
    return SGD(rate) if name == "sgd" else Adam(rate)


Measure = Callable[[Array], tuple[float, Array]]
"""θ → loss and gradient."""


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

    def measure(self, theta: Array) -> tuple[float, Array]:
        """The loss at θ = (a, b) and its gradient."""
        a, b = theta.tolist()
        return float(self.value(a, b)), np.array(self.slope(a, b))


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


def network(rng: np.random.Generator) -> tuple[Measure, Array]:
    """The loss of a small network on two moons, as a measure, and where its weights begin."""
    points, labels = data.moons(60, 0.15, rng)
    net, loss = mlp((2, 8, 1), rng), BinaryCrossEntropy()
    target = loss.prepare(labels, net.theta.dtype)
    theta = net.theta.copy()

    def measure(theta: Array) -> tuple[float, Array]:
        net.theta[:] = theta
        net.zero_grad()
        value = loss.forward(net.forward(points), target)
        net.accumulate(loss.backward())
        return value, net.grad.copy()

    return measure, theta


@dataclass
class Racer:
    """One optimizer on its way. `loss` and `grad` are those at `theta`."""

    rate: float
    optimizer: Optimizer
    theta: Array
    loss: float
    grad: Array
    losses: list[float]
    track: list[Array]
    thrown: bool = False

    @classmethod
    def at(cls, theta: Array, measure: Measure, name: str, rate: float, beta: float) -> Racer:
        """One at the start, with its optimizer fresh."""
        loss, grad = measure(theta)
        fresh = optimizer(name, rate, beta)
        return cls(rate, fresh, theta, loss, grad, [loss], [theta[:2].copy()])

    def step(self, measure: Measure) -> None:
        """One step of the optimizer, and the loss where it leads; nothing once it is thrown off."""
        if self.thrown:
            return
        self.optimizer.step(self.theta, self.grad)
        self.loss, self.grad = measure(self.theta)
        self.losses.append(self.loss)
        self.track.append(self.theta[:2].copy())
        self.thrown = not self.loss < TOO_HIGH

    def run(self, measure: Measure, steps: int) -> float:
        """The whole race at once: the loss by which it is judged."""
        while not self.over(steps):
            self.step(measure)
        return self.end

    def over(self, steps: int) -> bool:
        """Whether it is thrown off, or has taken its steps."""
        return self.thrown or len(self.losses) > steps

    @property
    def end(self) -> float:
        """The loss by which it is judged: infinite where it was thrown off."""
        return np.inf if self.thrown else self.loss

"""The bowls, a run down one of them by the engine, and what theory promises of it. No picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from games.words import word
from pycore import rates
from pycore.arrays import Array
from pycore.optimizers import Momentum

DIRECTIONS = 8
"""Parameters of a bowl, from its flattest to its steepest direction."""
LOW = 1e-6
"""Down: this share of the loss at the start."""
DEEP, HIGH = 1e-12, 1e6
"""A run ends at this share, or is thrown off at that one."""

Outcome = Literal["budget", "late", "never"]


@dataclass(frozen=True)
class Bowl:
    """A convex loss of 8 parameters with curvatures from 1 to kappa.

    Attributes:
        name: for people.
        kappa: the steepest curvature, L; the flattest, μ, is 1.
        budget: steps in which it is to be down.
        limit: steps after which a run is given up.
        soft: whether the walls bend less the higher up one is, so that it is no parabola.
    """

    name: str
    kappa: int
    budget: int
    limit: int
    soft: bool = False

    @property
    def bends(self) -> Array:
        """The curvature along each parameter, at the bottom."""
        return np.geomspace(1, self.kappa, DIRECTIONS)

    def start(self, rng: np.random.Generator) -> Array:
        """Somewhere on the wall, every direction about as high as the others."""
        away = rng.choice([-1.0, 1.0], DIRECTIONS) * rng.uniform(0.7, 1.3, DIRECTIONS)
        return np.asarray(2 * away if self.soft else 2 * away / np.sqrt(self.bends))

    def loss(self, theta: Array) -> float:
        """½ Σ λ θ², or with soft walls Σ (½ θ² + (λ − 1) log cosh θ)."""
        if not self.soft:
            return float(self.bends @ theta**2 / 2)
        walls = np.logaddexp(theta, -theta) - np.log(2)
        return float(theta @ theta / 2 + (self.bends - 1) @ walls)

    def slope(self, theta: Array) -> Array:
        """The gradient of the loss."""
        if not self.soft:
            return np.asarray(self.bends * theta)
        return np.asarray(theta + (self.bends - 1) * np.tanh(theta))

    def rho(self, pace: Array | float, beta: Array | float) -> Array:
        """Theory's factor a step, in the long run, for η = pace / L: at the bottom, where soft."""
        lr = np.asarray(pace) / self.kappa
        ends = (rates.heavy_ball(bend, lr, beta) for bend in (1, self.kappa))
        return np.maximum(*ends)


BOWLS = {
    "round": Bowl(word("round, κ = 4"), 4, 18, 60),
    "soft": Bowl(word("soft walls, κ = 25"), 25, 28, 100, soft=True),
    "ravine": Bowl(word("ravine, κ = 100"), 100, 50, 200),
}


@dataclass
class Descent:
    """One run of the heavy ball, and its loss after each step, as a share of the first."""

    bowl: Bowl
    pace: float
    beta: float
    theta: Array
    ball: Momentum
    losses: list[float] = field(default_factory=lambda: [1.0])
    first: float = 1.0
    distance: float = 0.0

    @property
    def over(self) -> bool:
        """Whether it is far down, thrown off or given up."""
        return not DEEP < self.losses[-1] < HIGH or len(self.losses) > self.bowl.limit

    @property
    def steps(self) -> int | None:
        """After how many it was down; None where it was not."""
        return next((t for t, loss in enumerate(self.losses) if loss <= LOW), None)

    @property
    def outcome(self) -> Outcome:
        """How a run that is over went; one that is not down, by whether its crests still fall.

        Beyond the edge the bottom throws off whatever comes near, even where soft walls are still
        letting the run come down to the height at which it then goes to and fro. On the edge a
        parabola's steepest direction keeps its height; soft walls get down, in the very long run.
        """
        if self.steps is not None:
            return "budget" if self.steps <= self.bowl.budget else "late"
        if self.promised > (1 + 1e-9 if self.bowl.soft else 1 - 1e-9):
            return "never"
        quarter = max(len(self.losses) // 4, 1)
        late, later = self.losses[-2 * quarter : -quarter], self.losses[-quarter:]
        return "late" if max(later) < 0.99 * max(late) else "never"

    @property
    def measured(self) -> float:
        """The factor of the loss a step, over the second half of the run."""
        end = len(self.losses) - 1
        half = end // 2
        if end == 0:
            return 1.0
        return float((self.losses[end] / self.losses[half]) ** (1 / (end - half)))

    @property
    def promised(self) -> float:
        """What theory says that factor is in the long run."""
        return float(self.bowl.rho(self.pace, self.beta)) ** 2

    def advance(self) -> None:
        """One step of the engine's Momentum."""
        self.ball.step(self.theta, self.bowl.slope(self.theta))
        self.losses.append(self.bowl.loss(self.theta) / self.first)

    def bound(self) -> Array | None:
        """What theory says each loss is at most; None where no theorem covers the setting.

        Parabolas: every stable setting. Soft walls: plain steps below 2 / L, by the distance.
        """
        rho, t = float(self.bowl.rho(self.pace, self.beta)), np.arange(len(self.losses))
        if rho >= 1:
            return None
        if not self.bowl.soft:
            return rates.heavy_ball_bound(rho, self.beta, t)
        if self.beta:
            return None
        return np.asarray(self.bowl.kappa / 2 * (self.distance * rho**t) ** 2 / self.first)


def descent(bowl: Bowl, start: Array, pace: float, beta: float) -> Descent:
    """A run that has not made a step."""
    theta = start.copy()
    ball = Momentum(pace / bowl.kappa, beta)
    run = Descent(bowl, pace, beta, theta, ball)
    run.first, run.distance = bowl.loss(theta), float(np.linalg.norm(theta))
    return run


def ended(run: Descent) -> Descent:
    """The same run, to its end."""
    while not run.over:
        run.advance()
    return run

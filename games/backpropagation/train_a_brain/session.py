"""One training of a plan with its whole history: its steps, its changes, what is measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from games.backpropagation.train_a_brain import plan as plans
from games.backpropagation.train_a_brain.plan import Plan
from games.backpropagation.train_a_brain.points import Points, points, targets
from games.concepts.training import Training
from pycore import brains, gradients, metrics
from pycore.arrays import Array
from pycore.layers import Dense, Sequential
from pycore.optimizers import Optimizer, Sophia
from pycore.state import State
from pycore.training import NonFiniteError, Trainer

APART = 16
"""Steps between two states that are kept at first."""


@dataclass(frozen=True)
class Measure:
    """A network judged on all its points, as at test time.

    Quality is the share of right answers; for numbers, 1 − error / variance (R²).
    """

    loss: float
    held_loss: float
    quality: float
    held_quality: float


class Penalised(Optimizer):
    """g ← g + λ₂ w + λ₁ sign w, then another optimizer; biases, scales and shifts are left alone.

    Shapes: theta, grad, weights (n,); `weights` is 1 for a weight and 0 for the rest.
    """

    def __init__(self, inner: Optimizer, l1: float, l2: float, weights: Array) -> None:
        self.inner, self.l1, self.l2, self.weights = inner, l1, l2, weights
        self.lr = inner.lr

    def update(self, theta: Array, grad: Array) -> None:
        """Add the penalty's gradient, and pass it on."""
        self.inner.lr = self.lr
        penalty = self.weights * (self.l2 * theta + self.l1 * np.sign(theta))
        self.inner.step(theta, grad + penalty)


class Learner(Trainer):
    """A trainer that carries all that belongs to its plan.

    Args:
        plan: of the training.
        network: what is trained.
        memory: the optimizer, without penalties.
        dealer: deals the batches.
        dropper: draws the masks of dropout.
    """

    def __init__(
        self,
        plan: Plan,
        network: Sequential,
        memory: Optimizer,
        dealer: np.random.Generator,
        dropper: np.random.Generator,
    ) -> None:
        self.plan, self.memory, self.dropper = plan, memory, dropper
        self.data: Points = points(plan)
        fitting = tuple((plans.CLASS_LOSSES if self.data.classes else plans.NUMBER_LOSSES).values())
        self.loss_name = plan.loss if plan.loss in fitting else fitting[0]
        x, y = self.data.train
        batch = min(plan.batch or len(x), len(x))
        if plan.batch_norm and plan.first:
            batch = min(max(batch, 2), len(x))
            if len(x) % batch == 1:
                x, y = x[:-1], y[:-1]
        while plan.batch_norm and (batch == 1 or len(x) % batch == 1):
            batch += 1  # a batch of one has no variance
        penalised = memory
        if plan.l1 or plan.l2:
            penalised = Penalised(memory, plan.l1, plan.l2, _weights(network))
        super().__init__(
            network,
            brains.LOSSES[self.loss_name](),
            penalised,
            brains.inputs(plan.features, x),
            self.targets(y),
            min(batch, len(x)),
            dealer,
            plans.schedule(plan),
            every=APART,
        )

    def targets(self, y: Array) -> Array:
        """What the loss compares the outputs with."""
        return targets(self.loss_name, y) if self.data.classes else y

    def update(self) -> float:
        """One update; Sophia asks every tenth time for the Hessian's diagonal."""
        with np.errstate(all="ignore"):
            if isinstance(self.memory, Sophia) and self.steps % 10 == 0:
                self._curvature(self.memory)
            return super().update()

    def _curvature(self, sophia: Sophia) -> None:
        network, loss = self.network, brains.LOSSES[self.loss_name]()
        kept = network.theta.copy()

        def gradient(theta: Array) -> Array:
            network.theta[...] = theta
            network.zero_grad()
            loss.forward(network.forward(self.x), self.y)
            network.accumulate(loss.backward())
            return network.grad.copy()

        rng = np.random.default_rng([self.plan.seed, 4, self.steps])
        try:
            sophia.curvature(gradients.hutchinson(gradient, kept, rng))
        except NonFiniteError:
            raise NonFiniteError(f"step {self.steps}: the curvature") from None
        finally:
            network.theta[...] = kept

    def _taken(self) -> State:
        """What steps change: with dropout switched on later, its generator goes on from here."""
        return super()._taken() | {"dropper": self.dropper.bit_generator.state}

    def _put(self, state: Mapping[str, Any]) -> None:
        rest = dict(state)
        self.dropper.bit_generator.state = rest.pop("dropper")
        super()._put(rest)

    @property
    def theta(self) -> Array:
        """The parameters to test with: schedule-free optimizers test at an average."""
        return self.optimizer.tested(self.network.theta)


def measured(learner: Learner) -> Measure:
    """Losses and qualities on the points it learns from, and on those held out."""
    data, found = learner.data, []
    with learner.tested() as network, np.errstate(all="ignore"):
        for x, target in (data.train, data.test):
            y = network.forward(brains.inputs(learner.plan.features, x))
            loss = brains.LOSSES[learner.loss_name]().forward(y, learner.targets(target))
            if data.classes:
                found.append((loss, metrics.accuracy(y, target)))
            else:
                error = float(((y[:, 0] - target) ** 2).mean())
                found.append((loss, 1 - error / (float(target.var()) or 1.0)))
    (loss, quality), (held_loss, held_quality) = found
    return Measure(loss, held_loss, quality, held_quality)


class Session(Training[Learner, Measure]):
    """A training of a plan."""

    def __init__(self, plan: Plan) -> None:
        dealer, dropper, rng = (np.random.default_rng([plan.seed, i]) for i in (1, 2, 3))
        network = plans.network(plan, rng, dropper)
        super().__init__(Learner(plan, network, plans.optimizer(plan), dealer, dropper), measured)

    @property
    def plan(self) -> Plan:
        """The settings that hold at this step."""
        return self.trainer.plan

    @property
    def data(self) -> Points:
        """The points that belong to them."""
        return self.trainer.data

    @property
    def classes(self) -> bool:
        """Whether these are of two classes, not numbers."""
        return self.data.classes

    @property
    def network(self) -> Sequential:
        """What is trained."""
        return self.trainer.network

    @property
    def shown(self) -> Array:
        """The parameters that are tested, drawn and put on a slider."""
        return self.network.theta if self.plan.first else self.trainer.theta

    def set(self, plan: Plan) -> None:
        """Go on with other settings from here."""
        old = self.trainer
        memory = plans.optimizer(plan)
        if type(memory) is type(old.memory):
            memory.restore(old.memory.state() | {"lr": memory.lr})
        network = plans.network(plan, np.random.default_rng(0), old.dropper)
        network.copy_from(old.network)
        self.change(Learner(plan, network, memory, old.rng, old.dropper))

    def write(self, given: Array | Sequential) -> None:
        """Put other parameters in, θ alone or all of a network; the optimizer forgets the old."""
        old = self.trainer
        if isinstance(given, Sequential):
            old.network.copy_from(given)
        else:
            old.network.theta[...] = given
        memory = plans.optimizer(old.plan)
        self.change(Learner(old.plan, old.network, memory, old.rng, old.dropper))


def _weights(network: Sequential) -> Array:
    """1 for every weight of a Dense, 0 for every other parameter; shape of θ."""
    parts = [
        np.full(value.size, float(isinstance(layer, Dense) and value is layer.W))
        for layer in network
        for _, value, _ in layer.parameters()
    ]
    return np.concatenate(parts)

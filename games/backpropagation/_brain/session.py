"""One training with its whole history: every step made can be gone back to, exactly.

Snapshots (settings, θ, the optimizer's memory, the generators) are kept at the first step of an
epoch, every so many steps; a step between two of them is made again from the one before it. What
the learner changes while training goes on is a snapshot too, so that going back undoes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from games.backpropagation._brain import plan as plans
from games.backpropagation._brain.plan import Plan
from games.backpropagation._brain.points import Points, points, targets
from pycore import brains, gradients, metrics
from pycore.arrays import Array
from pycore.layers import Dense, Sequential
from pycore.losses import Loss
from pycore.optimizers import Optimizer, Sophia
from pycore.state import Part, State, put, taken
from pycore.training import Trainer

SNAPSHOTS, MEASURED = 160, 120
"""How many of each are kept at most; then every second goes, and the distance doubles."""


@dataclass(frozen=True)
class Measure:
    """A network judged on all its points, as at test time.

    Quality is the share of right answers; for numbers, 1 − error / variance (R²).
    """

    step: int
    loss: float
    held_loss: float
    quality: float
    held_quality: float


@dataclass(frozen=True, eq=False)
class Curve:
    """Judgements by step; one object as long as nothing is added, so that it is drawn once."""

    points: tuple[Measure, ...]

    def column(self, name: str) -> Array:
        """One attribute of every judgement, as an array."""
        return np.array([getattr(point, name) for point in self.points], float)


@dataclass(frozen=True)
class Snapshot:
    """All it takes to go on from a step; `edit` says that the learner changed something there."""

    step: int
    edit: bool
    plan: Plan
    network: State
    optimizer: State
    generators: State


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


class Session:
    """A training of a plan.

    Attributes:
        plan: its settings as they are now.
        data: its points.
        network: what is trained.
        step: updates made.
        measures: judgements along the way, the last one among them; by step.
        curve: the same in order, of steps ahead too after going back.
        furthest: the last step that was ever reached; seek goes from 0 to here.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._dealer = np.random.default_rng([plan.seed, 1])
        self._dropper = np.random.default_rng([plan.seed, 2])
        self._optimizer = plans.optimizer(plan)
        network = plans.network(plan, np.random.default_rng([plan.seed, 3]), self._dropper)
        self._furnish(plan, network, 0)
        self.furthest = 0
        self._epochs_apart = self._stride = 1
        self._snapshots: dict[int, Snapshot] = {}
        self.measures: dict[int, Measure] = {}
        self.curve = Curve(())
        self._keep(edit=True)
        self.judge()

    def _furnish(self, plan: Plan, network: Sequential, step: int) -> None:
        """Make what goes with a plan: points, loss and trainer, at the first step of an epoch."""
        self.plan, self.network = plan, network
        self.data: Points = points(plan)
        x, y = self.data.train
        batch = plan.batch or len(x)
        if plan.batch_norm:  # a batch of one has no variance
            batch = max(batch, 2)
            if len(x) % batch == 1:
                x, y = x[:-1], y[:-1]
        optimizer = self._optimizer
        if plan.l1 or plan.l2:
            optimizer = Penalised(optimizer, plan.l1, plan.l2, self._weights())
        self._trainer = Trainer(
            network,
            self.loss(),
            optimizer,
            brains.inputs(plan.features, x),
            self.targets(y),
            min(batch, len(x)),
            self._dealer,
            plans.schedule(plan),
        )
        self._trainer.steps = step
        self._epoch = -(-len(x) // min(batch, len(x)))
        self._begun = step

    @property
    def step(self) -> int:
        """Updates made."""
        return self._trainer.steps

    @property
    def epoch(self) -> int:
        """Updates in which every training point is seen once."""
        return self._epoch

    @property
    def lr(self) -> float:
        """The learning rate of the step made last."""
        return self._trainer.optimizer.lr

    @property
    def loss_name(self) -> str:
        """The plan's loss, or where that does not fit its data, the first that does."""
        name = self.plan.loss
        fitting = plans.CLASS_LOSSES if self.data.classes else plans.NUMBER_LOSSES
        return name if name in fitting else fitting[0]

    def loss(self) -> Loss:
        """A loss of the plan's kind that fits its data."""
        return brains.LOSSES[self.loss_name]()

    def targets(self, y: Array) -> Array:
        """What the loss compares the outputs with."""
        return targets(self.loss_name, y) if self.data.classes else y

    @property
    def theta(self) -> Array:
        """The parameters to test with: schedule-free optimizers test at an average."""
        average = getattr(self._optimizer, "x", None)
        return self.network.theta if average is None else np.asarray(average)

    # --- going on -----------------------------------------------------------------------------

    def advance(self) -> None:
        """One update.

        Raises:
            NonFiniteError: a number overflowed; the parameters are as they were.
        """
        if self._last_edit > self.step:  # gone back to before it: it is undone
            self._forget_ahead()
        self._update()
        step = self.step
        self.furthest = max(self.furthest, step)
        if (step - self._begun) % (self._epoch * self._epochs_apart) == 0:
            self._keep(edit=False)
        if step % self._stride == 0:
            self.judge()

    def _update(self) -> None:
        with np.errstate(all="ignore"):
            self._curvature()
            self._trainer.step()

    def _curvature(self) -> None:
        """Sophia asks for the Hessian's diagonal every tenth step; it is estimated here."""
        if not (isinstance(self._optimizer, Sophia) and self.step % 10 == 0):
            return
        network, loss, trainer = self.network, self.loss(), self._trainer
        kept = network.theta.copy()

        def gradient(theta: Array) -> Array:
            network.theta[...] = theta
            network.zero_grad()
            loss.forward(network.forward(trainer.x), trainer.y)
            network.accumulate(loss.backward())
            return network.grad.copy()

        rng = np.random.default_rng([self.plan.seed, 4, self.step])
        self._optimizer.curvature(gradients.hutchinson(gradient, kept, rng))
        network.theta[...] = kept

    @contextmanager
    def _tested(self) -> Iterator[Sequential]:
        """The network with the parameters to test with."""
        theta = self.network.theta
        if self.theta is theta:
            yield self.network
            return
        kept = theta.copy()
        theta[...] = self.theta
        yield self.network
        theta[...] = kept

    def judge(self) -> None:
        """Measure the network as it is now; thin the curve out when it is long."""
        with self._tested() as network, np.errstate(all="ignore"):
            (loss, quality), (held_loss, held_quality) = (
                self._judge(network.forward(brains.inputs(self.plan.features, x)), y)
                for x, y in (self.data.train, self.data.test)
            )
        step = self.step
        measure = Measure(step, loss, held_loss, quality, held_quality)
        if self.measures.get(step) == measure:  # been here before
            return
        self.measures[step] = measure
        if len(self.measures) > MEASURED:
            self._stride *= 2
            self.measures = {s: m for s, m in self.measures.items() if s % self._stride == 0}
        self.curve = Curve(tuple(self.measures[s] for s in sorted(self.measures)))

    def _judge(self, y: Array, target: Array) -> tuple[float, float]:
        loss = self.loss().forward(y, self.targets(target))
        if self.data.classes:
            return loss, metrics.accuracy(y, target)
        error = float(((y[:, 0] - target) ** 2).mean())
        return loss, 1 - error / (float(target.var()) or 1.0)

    def now(self) -> Measure:
        """The latest judgement at or before this step."""
        return self.measures[max(s for s in self.measures if s <= self.step)]

    # --- going back ---------------------------------------------------------------------------

    def _keep(self, edit: bool) -> None:
        if not edit and self.step in self._snapshots:
            return
        self._snapshots[self.step] = Snapshot(
            self.step,
            edit,
            self.plan,
            self.network.state(),
            self._optimizer.state(),
            taken(self._generators()),
        )
        if edit:
            self._last_edit = self.step
        plain = sorted(s for s, snapshot in self._snapshots.items() if not snapshot.edit)
        if len(plain) > SNAPSHOTS:
            self._epochs_apart *= 2
            for step in plain[::2]:
                del self._snapshots[step]

    def _generators(self) -> dict[str, Part]:
        return {"dealer": self._dealer, "dropper": self._dropper}

    def seek(self, step: int) -> None:
        """Go to any step from 0 to `furthest`: exactly what it was when it was first made."""
        if not 0 <= step <= self.furthest:
            raise ValueError(f"seek: step is {step}; allowed: 0 to {self.furthest}")
        snapshot = self._snapshots[max(s for s in self._snapshots if s <= step)]
        self._optimizer = plans.optimizer(snapshot.plan)
        self._optimizer.restore(snapshot.optimizer)
        self._furnish(snapshot.plan, self._blank(snapshot.plan), snapshot.step)
        self.network.restore(snapshot.network)
        put("seek", self._generators(), snapshot.generators)
        while self.step < step:
            self._update()
        if step not in self.measures:
            self.judge()

    def _blank(self, plan: Plan) -> Sequential:
        return plans.network(plan, np.random.default_rng(0), self._dropper)

    # --- what the learner changes in mid-run ----------------------------------------------------

    def change(self, plan: Plan) -> None:
        """Go on with other settings from here; what lay ahead is forgotten."""
        old, memory = self.network, self._optimizer
        self._optimizer = plans.optimizer(plan)
        if type(memory) is type(self._optimizer):
            self._optimizer.restore(memory.state() | {"lr": self._optimizer.lr})
        self._furnish(plan, self._blank(plan), self.step)
        self.network.copy_from(old)
        self._edited()

    def write(self, given: Array | Sequential) -> None:
        """Put other parameters in, θ alone or all of a network; the optimizer forgets the old."""
        if isinstance(given, Sequential):
            self.network.copy_from(given)
        else:
            self.network.theta[...] = given
        self._optimizer = plans.optimizer(self.plan)
        self._furnish(self.plan, self.network, self.step)
        self._edited()

    def _edited(self) -> None:
        self._forget_ahead()
        self._keep(edit=True)
        self.judge()

    def _forget_ahead(self) -> None:
        step = self.furthest = self.step
        self._snapshots = {s: snapshot for s, snapshot in self._snapshots.items() if s <= step}
        self.measures = {s: measure for s, measure in self.measures.items() if s <= step}
        self.curve = Curve(tuple(self.measures[s] for s in sorted(self.measures)))
        self._last_edit = max(s for s, snapshot in self._snapshots.items() if snapshot.edit)

    def _weights(self) -> Array:
        """1 for every weight of a Dense, 0 for every other parameter; shape of θ."""
        parts = [
            np.full(value.size, float(isinstance(layer, Dense) and value is layer.W))
            for layer in self.network
            for _, value, _ in layer.parameters()
        ]
        return np.concatenate(parts)

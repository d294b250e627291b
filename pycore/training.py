"""Training as a stepper: one call, one update. It knows neither time nor screen."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pycore import data, gradients
from pycore.arrays import Array
from pycore.fused import FusedStep, fusible
from pycore.layers import Sequential
from pycore.losses import Loss
from pycore.optimizers import Optimizer
from pycore.schedules import Schedule


class NonFiniteError(ArithmeticError):
    """A NaN or an infinity came up; the message names the operation that made the first one."""


class Trainer:
    """Repeat: forward, loss, backward, update.

    Shapes: x (n, …), y as the loss takes it; n rows dealt in batches of `batch_size` (None: all).

    `schedule` sets the learning rate of each step; `clip` limits the gradient's norm.

    The order of the rows comes from `rng`, so the same seed gives the same run. A step that meets
    NaN or infinity raises NonFiniteError and leaves the parameters as they were.

    Where the network is a plain multi-layer perceptron, forward and backward run as a `FusedStep`.

    Attributes:
        steps: updates made.
    """

    def __init__(
        self,
        network: Sequential,
        loss: Loss,
        optimizer: Optimizer,
        x: npt.NDArray[Any],
        y: npt.NDArray[Any],
        batch_size: int | None = None,
        rng: np.random.Generator | None = None,
        schedule: Schedule | None = None,
        clip: float | None = None,
    ) -> None:
        self.network, self.loss, self.optimizer = network, loss, optimizer
        self.schedule, self.clip = schedule, clip
        n = data.same_length("Trainer", x, y)
        self.batch_size = n if batch_size is None else batch_size
        if self.batch_size < n and rng is None:
            raise ValueError(f"Trainer: batches of {batch_size} of {n} rows need rng to deal them")
        self.rng = rng if rng is not None else np.random.default_rng(0)
        order: Literal["C", "F"] = "F" if x.ndim == 2 else "C"  # the products want rows that way
        self.x = np.asarray(x, network.theta.dtype, order=order) if x.dtype.kind == "f" else x
        self.y = loss.prepare(y, network.theta.dtype)
        self.steps = 0
        self._steps_per_epoch = math.ceil(n / self.batch_size)
        self._batches: Iterator[data.Pair] = iter(())
        self._fused_steps: dict[int, FusedStep] = {}

    @property
    def epoch(self) -> int:
        """How often the whole data has been seen."""
        return self.steps // self._steps_per_epoch

    def step(self) -> float:
        """Make one update; return the loss before it.

        Raises:
            NonFiniteError: the loss or a gradient is NaN or infinite; the parameters are unchanged.
        """
        x, y = self._next_batch()
        network = self.network
        loss = self._loss_and_gradient(x, y)
        if self.clip is not None:
            gradients.clip_norm(network.grad, self.clip)
        if self.schedule is not None:
            self.optimizer.lr = self.schedule(self.steps)
        self.optimizer.step(network.theta, network.grad)
        self.steps += 1
        return loss

    def _loss_and_gradient(self, x: Array, y: npt.NDArray[Any]) -> float:
        """Return the loss, and leave its gradient in `network.grad`."""
        network = self.network
        if fused_step := self._fused_step(x):
            loss = fused_step(self.loss, x, y)
            if self._finite(loss):
                return loss  # else the layers may find a way around, or tell where it happened
        network.zero_grad()
        loss = self.loss.forward(network.forward(x, training=True), y)
        network.accumulate(self.loss.backward())
        if not self._finite(loss):
            raise NonFiniteError(self._blame(x, y))
        return loss

    def _fused_step(self, x: Array) -> FusedStep | None:
        """Return the fused step for so many rows, or None where the network allows none."""
        step = self._fused_steps.get(len(x))
        if step is None or not step.fits(self.network, x):
            if not fusible(self.network, x):
                return None
            step = self._fused_steps[len(x)] = FusedStep(self.network, len(x))
        return step

    def _finite(self, loss: float) -> bool:
        return math.isfinite(loss) and math.isfinite(self.network.grad.sum())

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy takes along: not the fused steps, whose buffers are this trainer's."""
        return vars(self) | {"_fused_steps": {}}

    def _next_batch(self) -> data.Pair:
        if self._steps_per_epoch == 1:
            return self.x, self.y
        batch = next(self._batches, None)
        if batch is None:
            self._batches = data.minibatches(self.x, self.y, self.batch_size, self.rng)
            batch = next(self._batches)
        return batch

    def _blame(self, x: Array, y: npt.NDArray[Any]) -> str:
        """Repeat the pass slowly and name the first operation whose result is not finite."""
        if not np.isfinite(x).all():
            return f"step {self.steps}: the input x itself holds NaN or infinity"
        for name, value, _ in self.network.parameters():
            if not np.isfinite(value).all():
                return f"step {self.steps}: parameter {name} holds NaN or infinity"
        value = x
        for i, layer in enumerate(self.network.layers):
            value = layer.forward(value, training=True)
            if not np.isfinite(value).all():
                return f"step {self.steps}: forward of layer {i}, {layer}, made NaN or infinity"
        if not math.isfinite(self.loss.forward(value, y)):
            return f"step {self.steps}: {type(self.loss).__name__} made NaN or infinity"
        dy = self.loss.backward()
        for i, layer in reversed(list(enumerate(self.network.layers))):
            dy = layer.backward(dy)
            gradients = [g for _, _, g in layer.parameters()]
            if not all(np.isfinite(g).all() for g in [dy, *gradients]):
                return f"step {self.steps}: backward of layer {i}, {layer}, made NaN or infinity"
        return f"step {self.steps}: the sum of the gradients overflowed"

"""Training as a stepper: one call, one update. It knows neither time nor screen."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pycore import data, gradients
from pycore.arrays import Array, Integers, positive
from pycore.fused import FusedStep, fusible
from pycore.layer import Layer
from pycore.layers import Sequential
from pycore.losses import Loss
from pycore.normalization import BatchNorm
from pycore.optimizers import Optimizer
from pycore.schedules import Schedule


class NonFiniteError(ArithmeticError):
    """A NaN or an infinity came up; the message names the operation that made the first one."""


@contextmanager
def watched(network: Layer, name: str = "") -> Iterator[None]:
    """Inside of `with`, refuse the first forward or backward of a layer that makes NaN or infinity.

    For training loops of one's own, while looking for the reason: every result is looked through.
    A layer inside of others is named by its path, as its parameters are: 1.0.2. `name` tells one
    network from another.

    Raises:
        NonFiniteError: names the pass and the layer, of layers in each other the innermost.
    """
    layers = dict(_paths(network))
    for path, layer in layers.items():
        of = f"of {f'layer {path}' if path else 'the network'}, {layer}"
        added_to = [gradient for _, _, gradient in layer.parameters()]
        for way, written in (("forward", []), ("backward", added_to)):
            said = f"{name}{': ' * bool(name)}{way} {of}"
            setattr(layer, way, _refusing(getattr(layer, way), written, said))
    try:
        yield
    finally:
        for layer in layers.values():
            del layer.forward, layer.backward  # what the class has stands behind


def is_finite(network: Layer, loss: float) -> bool:
    """Tell whether a pass went well: neither its loss nor its gradient is NaN or infinite."""
    return math.isfinite(loss) and math.isfinite(network.grad.sum())


def _paths(layer: Layer, path: str = "") -> Iterator[tuple[str, Layer]]:
    """Yield the layer and those it is made of, each with its path."""
    yield path, layer
    for i, child in enumerate(layer.children()):
        yield from _paths(child, f"{path}.{i}" if path else str(i))


def _refusing(
    method: Callable[..., Array], written: Sequence[Array], name: str
) -> Callable[..., Array]:
    """Return the method, which then looks at its result and at what it has written."""

    def refusing(*args: Any, **options: Any) -> Array:
        result = method(*args, **options)
        if not all(np.isfinite(array).all() for array in (result, *written)):
            raise NonFiniteError(f"{name}, made NaN or infinity")
        return result

    return refusing


class Trainer:
    """Repeat: forward, loss, backward, update.

    Shapes: x (n, …), y as the loss takes it; n rows dealt in batches of `batch_size` (None: all).

    `schedule` sets the learning rate of each step; `clip` limits the gradient's norm.

    The order of the rows comes from `rng`, so the same seed gives the same run. A step that meets
    NaN or infinity raises NonFiniteError and leaves the parameters, and the running statistics of
    BatchNorm, as they were.

    Where the network is a plain multi-layer perceptron, forward and backward run as a `FusedStep`.

    Attributes:
        steps: updates made.

    Raises:
        TypeError: network, loss or optimizer is something else, such as a class not called.
        ValueError: x and y differ in rows, batches smaller than the data come without rng, clip is
            not above 0, or a parameter is no part of the network's theta.
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
        for name, given, kind in (
            ("network", network, Sequential),
            ("loss", loss, Loss),
            ("optimizer", optimizer, Optimizer),
        ):
            if not isinstance(given, kind):
                allowed = f"an object of {kind.__name__}"
                raise TypeError(f"Trainer: {name} is {given!r}; allowed: {allowed}")
        if not network.is_packed():
            raise ValueError(
                f"Trainer: a parameter of {network} is no part of its theta: it was replaced, or "
                "added, or another network has it now; allowed: to write into it, as in "
                "W[...] = 0, or to call pack()"
            )
        self.network, self.loss, self.optimizer = network, loss, optimizer
        self.schedule, self.clip = schedule, clip
        n = data.same_length("Trainer", x, y)
        self.batch_size = n if batch_size is None else batch_size
        positive("Trainer", batch_size=self.batch_size)
        if clip is not None and not clip > 0:
            raise ValueError(f"Trainer: clip is {clip!r}; allowed: above 0, or None")
        if self.batch_size < n and rng is None:
            raise ValueError(f"Trainer: batches of {batch_size} of {n} rows need rng to deal them")
        self.rng = rng if rng is not None else np.random.default_rng(0)
        order: Literal["C", "F"] = "F" if x.ndim == 2 else "C"  # the products want rows that way
        self.x = np.asarray(x, network.theta.dtype, order=order) if x.dtype.kind == "f" else x
        self.y = loss.prepare(y, network.theta.dtype)
        self.steps = 0
        self._steps_per_epoch = math.ceil(n / self.batch_size)
        self._batches: list[Integers] = []  # rows still to be dealt in this epoch, the next last
        self._generators = [part.rng for part in network.walk() if hasattr(part, "rng")]
        self._norms = [part for part in network.walk() if isinstance(part, BatchNorm)]
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
            if is_finite(network, loss):
                return loss  # else the layers may find a way around, or tell where it happened
        undo = self._undo()
        network.zero_grad()
        loss = self.loss.forward(network.forward(x, training=True), y)
        network.accumulate(self.loss.backward())
        if not is_finite(network, loss):
            undo()
            raise NonFiniteError(f"step {self.steps}: {self._blame(x, y)}")
        return loss

    def _undo(self) -> Callable[[], None]:
        """Return what undoes all that a pass changes besides gradients: so it can be repeated."""
        states = [generator.bit_generator.state for generator in self._generators]
        running = [(norm.running_mean.copy(), norm.running_var.copy()) for norm in self._norms]

        def undo() -> None:
            for generator, state in zip(self._generators, states, strict=True):
                generator.bit_generator.state = state
            for norm, (mean, variance) in zip(self._norms, running, strict=True):
                norm.running_mean[...], norm.running_var[...] = mean, variance

        return undo

    def _fused_step(self, x: Array) -> FusedStep | None:
        """Return the fused step for so many rows, or None where the network allows none."""
        step = self._fused_steps.get(len(x))
        if step is None or not step.fits(self.network, x):
            if not fusible(self.network, x):
                return None
            step = self._fused_steps[len(x)] = FusedStep(self.network, len(x))
        return step

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy takes along: not the fused steps, whose buffers are this trainer's."""
        return vars(self) | {"_fused_steps": {}}

    def _next_batch(self) -> data.Pair:
        if self._steps_per_epoch == 1:
            return self.x, self.y
        if not self._batches:
            self._batches = data.deal(len(self.x), self.batch_size, self.rng)[::-1]
        rows = self._batches.pop()
        return self.x[rows], self.y[rows]

    def _blame(self, x: Array, y: npt.NDArray[Any]) -> str:
        """Repeat the pass slowly and name the first operation whose result is not finite."""
        if not np.isfinite(x).all():
            return "the input x itself holds NaN or infinity"
        if not np.isfinite(y).all():
            return "the target y itself holds NaN or infinity"
        network = copy.deepcopy(self.network)
        for name, value, _ in network.parameters():
            if not np.isfinite(value).all():
                return f"parameter {name} holds NaN or infinity"
        network.zero_grad()
        try:
            with watched(network):
                loss = self.loss.forward(network.forward(x, training=True), y)
                dy = self.loss.backward()
                if not math.isfinite(loss) or not np.isfinite(dy).all():
                    return f"{type(self.loss).__name__} made NaN or infinity"
                network.backward(dy)
        except NonFiniteError as error:
            return str(error)
        return "the sum of the gradients overflowed"

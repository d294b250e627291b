"""Losses: a prediction and a target to one number, and its gradient. They know no network."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.activations import log_softmax
from pycore.arrays import Array, DType, shape_error


class Loss:
    """L = mean over the batch of ℓ(y, t).

    Shapes: y (batch, …), t as the loss says → one number; `backward` gives dL/dy, shaped like y.
    """

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return one such loss, a prediction and a target that fit, drawn by `rng`.

        Tests check every loss through it.
        """
        shape = rng.integers(1, 6, size=2)
        return cls(), rng.normal(size=shape), rng.uniform(size=shape)

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return L."""
        raise NotImplementedError

    def backward(self) -> Array:
        """Return dL/dy for the last `forward`."""
        raise NotImplementedError

    def prepare(self, target: npt.NDArray[Any], dtype: DType) -> npt.NDArray[Any]:
        """Return the target as `forward` takes it fastest: here a float array, one row each."""
        target = np.asarray(target, dtype)
        return target.reshape(-1, 1) if target.ndim == 1 else target


def fit(loss: Loss, y: Array, target: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the target shaped like y, allowing (batch,) for (batch, 1).

    Raises:
        ShapeError: y is empty, or the target has another shape.
    """
    if y.size == 0:
        raise shape_error(type(loss).__name__, y, "(batch, …), every dimension at least 1")
    if target.shape == y.shape:
        return target
    if y.shape == (*target.shape, 1):
        return target.reshape(y.shape)
    raise shape_error(f"{type(loss).__name__}'s target", target, f"{y.shape}, the shape of y")


class MeanSquaredError(Loss):
    """L = mean (y − t)²; dL/dy = 2 (y − t) / n.

    Shapes: y, t (batch, …) → one number; n counts the elements of y.
    """

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return mean (y − t)²."""
        self.error: Array = y - fit(self, y, target)
        return float((self.error * self.error).sum()) / y.size

    def backward(self) -> Array:
        """Return 2 (y − t) / n."""
        return self.error * (2 / self.error.size)


class BinaryCrossEntropy(Loss):
    """L = mean [log(1 + eʸ) − t y], which is −t log p − (1 − t) log(1 − p) with p = σ(y).

    Shapes: logits y (batch, 1) or (batch, k), t the same, or (batch,) for one column → one number.

    dL/dy = (p − t) / n. From logits because log σ(y) would lose its digits or overflow.
    """

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return mean [log(1 + eʸ) − t y]."""
        self.y, self.t = y, fit(self, y, target)
        self.softplus = np.logaddexp(0.0, y)
        return float((self.softplus - self.t * y).sum()) / y.size

    def backward(self) -> Array:
        """Return (p − t) / n, with p = eʸ / (1 + eʸ) = e^(y − log(1 + eʸ))."""
        dy: Array = np.exp(self.y - self.softplus)
        dy -= self.t
        dy /= dy.size
        return dy


class CrossEntropy(Loss):
    """L = mean [−log p_c], p = softmax(y), c the right class.

    Shapes: logits y (batch, classes), whole-number labels t (batch,) → one number.

    dL/dy = (p − onehot(t)) / batch.
    """

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return logits and labels."""
        batch, classes = rng.integers(1, 6, size=2)
        return cls(), rng.normal(size=(batch, classes)), rng.integers(classes, size=batch)

    def prepare(self, target: npt.NDArray[Any], dtype: DType) -> npt.NDArray[Any]:
        """Return the labels as whole numbers."""
        return np.asarray(target, np.intp)

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return mean [−log p_c]."""
        if y.ndim != 2 or y.size == 0:
            raise shape_error("CrossEntropy", y, "(batch, classes), both at least 1")
        if target.shape != (len(y),):
            raise shape_error("CrossEntropy's labels", target, f"({len(y)},), one for each row")
        if not np.issubdtype(target.dtype, np.integer):
            raise TypeError(f"CrossEntropy: labels are {target.dtype}; allowed: whole numbers")
        if target.min() < 0 or target.max() >= y.shape[1]:
            raise ValueError(
                f"CrossEntropy: labels run from {target.min()} to {target.max()}; "
                f"allowed: 0 to {y.shape[1] - 1}"
            )
        self.log_p, self.t = log_softmax(y), target
        return -float(self.log_p[np.arange(len(y)), target].mean())

    def backward(self) -> Array:
        """Return (p − onehot(t)) / batch."""
        dy = np.exp(self.log_p)
        dy[np.arange(len(dy)), self.t] -= 1
        dy /= len(dy)
        return dy

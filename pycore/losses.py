"""Losses: a prediction and a target to one number, and its gradient. They know no network.

Examples:
    >>> from pycore.losses import BinaryCrossEntropy
    >>> import numpy as np
    >>> loss = BinaryCrossEntropy()
    >>> logits = np.array([[2.0], [-1.0]])
    >>> round(loss.forward(logits, np.array([1, 0])), 4)
    0.2201
    >>> loss.backward().round(4)
    array([[-0.0596],
           [ 0.1345]])
    >>> loss.probabilities(logits).round(4), loss.predicted(logits)
    (array([[0.8808],
           [0.2689]]), array([1, 0]))
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import wraps
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from pycore.activations import log_softmax, sigmoid
from pycore.arrays import (
    Array,
    DType,
    above_zero,
    below_one,
    floats,
    numbers,
    shape_error,
    told,
)
from pycore.telling import Told


class Loss(Told, ABC):
    """L = mean over the batch of ℓ(y, t).

    Shapes: y (batch, …), t as the loss says → one number; `backward` gives dL/dy, shaped like y.

    A new loss is a subclass with `forward`, which takes the target through `matched`, and
    `backward`; where not every real number is a target, with `require`.

    Where y or t is a list or tuple, the loss's methods get an array made of it.

    Raises:
        ShapeError: y is empty, or y or t is not of the loss's Shapes.
        TypeError: y or t holds no real numbers.
        ValueError: a number in t is none that the loss has a meaning for.
        RuntimeError: `backward` or `each` came before `forward`.
    """

    looks = True
    """Whether `matched` looks at the target's numbers: see `trusting`."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Let what takes y and t take lists, and refuse what is no number."""
        super().__init_subclass__(**options)
        for name in ("forward", "predicted", "probabilities"):
            if name in vars(cls):
                setattr(cls, name, _taking(vars(cls)[name]))

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return one such loss, a prediction and a target that fit, drawn by `rng`.

        Tests check every loss through it.
        """
        shape = rng.integers(1, 6, size=2)
        return cls(), rng.normal(size=shape), rng.uniform(size=shape)

    @abstractmethod
    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return L."""

    @abstractmethod
    def backward(self) -> Array:
        """Return dL/dy for the last `forward`."""

    def each(self) -> Array:
        """Return ℓ of every row in the last `forward`, where rows may count differently.

        Shapes: → (batch,).

        Raises:
            TypeError: the loss is no mean over rows, or does not tell theirs.
        """
        raise TypeError(f"{self} does not weigh rows; allowed: {_that('each')}")

    def predicted(self, y: Array) -> npt.NDArray[Any]:
        """Return what y says that the target is, in the target's own terms: here y itself.

        Shapes: y (batch, …) → as the target.
        """
        return y

    def probabilities(self, y: Array) -> Array:
        """Return the probabilities that y stands for.

        Shapes: y (batch, …) → the same.

        Raises:
            TypeError: y stands for none.
        """
        raise TypeError(f"{self} gives no probabilities; allowed: {_that('probabilities')}")

    def prepare(self, target: npt.NDArray[Any], dtype: DType) -> npt.NDArray[Any]:
        """Return the target as `forward` takes it fastest: here a float array, one row each."""
        target = floats(np.asarray(target)).astype(dtype, copy=False)
        return target.reshape(-1, 1) if target.ndim == 1 else target

    def require(self, target: npt.NDArray[Any]) -> None:
        """Refuse a target with numbers that the loss has no meaning for.

        Raises:
            ValueError: names the first such number, its row, and what is allowed.
        """

    def trusting(self) -> Self:
        """Return a loss like this one for targets that `require` has seen: it looks at no number.

        In training the same targets come again and again.
        """
        other = copy.copy(self)
        other.looks = False
        return other

    def matched(self, y: Array, target: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the target as `forward` wants it: floats as precise as y, shaped like y.

        Shapes: y (batch, …), the target the same, or (batch,) for (batch, 1) → that of y.

        Raises:
            ShapeError: y is empty, or the target has another shape.
            TypeError: the target holds no real numbers.
            ValueError: as `require`.
        """
        if y.size == 0:
            raise shape_error(type(self).__name__, y, "(batch, …), every dimension at least 1")
        if y.dtype.kind != "f":
            target = floats(target)
        elif target.dtype != y.dtype:
            target = floats(target).astype(y.dtype)
        if y.shape == (*target.shape, 1):
            target = target.reshape(y.shape)
        if target.shape == y.shape:
            if self.looks:
                self.require(target)
            return target
        raise shape_error(f"{type(self).__name__}'s target", target, f"{y.shape}, the shape of y")


def _taking(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method, which then gets arrays of real numbers, whatever it is called with."""

    @wraps(method)
    def taking(self: Loss, y: Any, target: Any = None) -> Any:
        if type(y) is not np.ndarray or y.dtype.kind not in "fiub":
            y = numbers(f"{type(self).__name__}: y", y)
        if target is None:
            return method(self, y)
        if type(target) is not np.ndarray or target.dtype.kind not in "fiub":
            target = numbers(f"{type(self).__name__}: the target", target)
        return method(self, y, target)

    return taking


def _that(method: str) -> str:
    """Return the names of the losses here that have a way of their own."""
    kinds = (kind for kind in Loss.__subclasses__() if kind.__module__ == __name__)
    return ", ".join(sorted(kind.__name__ for kind in kinds if method in vars(kind)))


def _by_row(losses: Array) -> Array:
    """Shapes: (batch, …) → (batch,), the means."""
    return np.asarray(losses.reshape(len(losses), -1).mean(axis=1))


def refuse_targets(
    who: str, target: npt.NDArray[Any], fits: npt.NDArray[np.bool_], allowed: str
) -> None:
    """Refuse a target where it does not fit.

    Raises:
        ValueError: names the first number that does not, and its row.
    """
    if not fits.all():
        place = tuple(np.argwhere(~fits)[0])
        raise ValueError(
            f"{who}: the target holds {told(target[place])} in row {place[0]}; allowed: {allowed}"
        )


def require_signs(who: str, target: npt.NDArray[Any], hint: str) -> None:
    """Refuse a target that holds anything but −1 and 1.

    Raises:
        ValueError: as `refuse_targets`.
    """
    refuse_targets(who, target, np.abs(target) == 1, f"−1 and 1{hint}")


class MeanSquaredError(Loss):
    """L = mean (y − t)²; dL/dy = 2 (y − t) / n.

    Shapes: y, t (batch, …) → one number; n counts the elements of y.
    """

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return mean (y − t)²."""
        self.error: Array = y - self.matched(y, target)
        return float((self.error * self.error).sum()) / y.size

    def backward(self) -> Array:
        """Return 2 (y − t) / n."""
        return self.error * (2 / self.error.size)

    def each(self) -> Array:
        """Return (y − t)² of every row."""
        return _by_row(self.error * self.error)


class BinaryCrossEntropy(Loss):
    """L = mean [log(1 + eʸ) − t y], which is −t log p − (1 − t) log(1 − p) with p = σ(y).

    Shapes: logits y (batch, 1) or (batch, k), t the same, or (batch,) for one column → one number.

    dL/dy = (p − t) / n. From logits because log σ(y) would lose its digits or overflow.

    Source: Cox, The regression analysis of binary sequences, 1958.
    """

    def require(self, target: npt.NDArray[Any]) -> None:
        """Refuse what is no probability."""
        fits = (target >= 0) & (target <= 1)
        hint = "; labels −1 and 1 become them by (t + 1) / 2"
        refuse_targets(type(self).__name__, target, fits, f"numbers from 0 to 1{hint}")

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return mean [log(1 + eʸ) − t y]."""
        self.y, self.t = y, self.matched(y, target)
        self.softplus = np.logaddexp(0.0, y)
        value = float((self.softplus - self.t * y).sum()) / y.size
        self.sure = value < 0.01
        if self.sure:  # and right: where y is large, its digits push out those of the loss
            value = float(self._terms().sum()) / y.size
        return value

    def backward(self) -> Array:
        """Return (p − t) / n, with p = eʸ / (1 + eʸ) = e^(y − log(1 + eʸ)).

        Sure and right it is (1 − t) p − t (1 − p), so that 1 − p, tiny, keeps its digits.
        """
        if self.sure:
            p, rest = sigmoid(self.y), sigmoid(-self.y)
            return np.asarray(((1 - self.t) * p - self.t * rest) / self.y.size)
        dy: Array = np.exp(self.y - self.softplus)
        dy -= self.t
        dy /= dy.size
        return dy

    def each(self) -> Array:
        """Return log(1 + eʸ) − t y of every row."""
        return _by_row(self._terms())

    def _terms(self) -> Array:
        """Return log(1 + eʸ) − t y of every number, to its last digits where y is large."""
        y, t = self.y, self.t
        return np.asarray(np.where(y > 0, 1 - t, -t) * y + np.log1p(np.exp(-np.abs(y))))

    def predicted(self, y: Array) -> npt.NDArray[Any]:
        """Return 1 where y > 0, else 0; of one column (batch,)."""
        labels = (y > 0).astype(np.intp)
        return labels[:, 0] if labels.shape[1:] == (1,) else labels

    def probabilities(self, y: Array) -> Array:
        """Return σ(y), the probability of 1."""
        return sigmoid(y)


class CrossEntropy(Loss):
    """L = mean [−Σ q log p], p = softmax(y), q = (1 − s) onehot(t) + s / classes.

    Shapes: logits y (batch, classes), whole-number labels t (batch,) → one number.

    Without smoothing, s = 0, that is −log p of the right class. With it some of the right class's
    probability is asked for all of them, so that no logit has to grow without end, and a wrong
    label costs less. dL/dy = (p − q) / batch.

    Source: Bridle, Probabilistic interpretation of feedforward classification network outputs,
    1990; smoothing, Szegedy et al., Rethinking the Inception architecture, 2016.

    Raises:
        TypeError: the labels are not whole numbers.
        ValueError: a label is no class; the smoothing is not from 0 to below 1.
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        below_one("CrossEntropy", smoothing=smoothing)
        self.smoothing = smoothing

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return logits and labels, smoothed or not."""
        batch, classes = np.maximum(rng.integers(1, 6, size=2), (1, 2))
        y, t = rng.normal(size=(batch, classes)), rng.integers(classes, size=batch)
        return cls(0.2 * int(rng.integers(2))), y, t

    def prepare(self, target: npt.NDArray[Any], dtype: DType) -> npt.NDArray[Any]:
        """Return whole-number labels as those that index fastest; `require` refuses others."""
        target = np.asarray(target)
        return target.astype(np.intp) if target.dtype.kind in "biu" else target

    def require(self, target: npt.NDArray[Any]) -> None:
        """Refuse what is no whole number from 0."""
        if not np.issubdtype(target.dtype, np.integer):
            raise TypeError(
                f"CrossEntropy: labels are {target.dtype}; allowed: whole numbers, as y.astype(int)"
            )
        refuse_targets("CrossEntropy", target, target >= 0, "classes, from 0")

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return mean [−Σ q log p]."""
        if y.ndim != 2 or y.size == 0:
            raise shape_error("CrossEntropy", y, "(batch, classes), both at least 1")
        if target.shape != (len(y),):
            raise shape_error("CrossEntropy's labels", target, f"({len(y)},), one for each row")
        if self.looks:
            self.require(target)
        if y.shape[1] == 1:  # whose softmax is 1 whatever the logit: nothing would be learnt
            raise shape_error(
                "CrossEntropy", y, "(batch, 2) at least; one column takes BinaryCrossEntropy"
            )
        if target.max() >= y.shape[1]:
            raise ValueError(
                f"CrossEntropy: labels run from {target.min()} to {target.max()}; "
                f"allowed: 0 to {y.shape[1] - 1}"
            )
        self.log_p, self.t = log_softmax(y), target
        value = -float(self.log_p[np.arange(len(y)), target].mean())
        if self.smoothing:
            value += self.smoothing * (-float(self.log_p.mean()) - value)
        return value

    def backward(self) -> Array:
        """Return (p − q) / batch."""
        dy = np.exp(self.log_p)
        dy[np.arange(len(dy)), self.t] -= 1 - self.smoothing
        if self.smoothing:
            dy -= self.smoothing / dy.shape[1]
        dy /= len(dy)
        return dy

    def each(self) -> Array:
        """Return −Σ q log p of every row."""
        right = self.log_p[np.arange(len(self.t)), self.t]
        return np.asarray(-right + self.smoothing * (right - self.log_p.mean(axis=1)))

    def predicted(self, y: Array) -> npt.NDArray[Any]:
        """Return the class of the largest logit."""
        return np.asarray(y.argmax(axis=1))

    def probabilities(self, y: Array) -> Array:
        """Return softmax(y), the probability of each class."""
        return np.asarray(np.exp(log_softmax(y)))


class Hinge(Loss):
    """L = mean max(0, 1 − t y); dL/dy = −t / n where t y < 1.

    Shapes: y, t (batch, …) → one number; t is −1 or 1.

    Source: Cortes and Vapnik, Support-vector networks, 1995.
    """

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return scores and signs."""
        shape = rng.integers(1, 6, size=2)
        return cls(), rng.normal(size=shape), rng.choice([-1.0, 1.0], shape)

    def require(self, target: npt.NDArray[Any]) -> None:
        """Refuse all but −1 and 1."""
        require_signs("Hinge", target, "; labels 0 and 1 become them by 2 t − 1")

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return mean max(0, 1 − t y)."""
        self.t = self.matched(y, target)
        self.slack = np.maximum(1.0 - self.t * y, 0)
        return float(self.slack.sum()) / y.size

    def backward(self) -> Array:
        """Return −t / n where t y < 1."""
        return np.where(self.slack > 0, -self.t / self.t.size, 0).astype(self.slack.dtype)

    def each(self) -> Array:
        """Return max(0, 1 − t y) of every row."""
        return _by_row(self.slack)

    def predicted(self, y: Array) -> npt.NDArray[Any]:
        """Return 1 where y > 0, else −1; of one column (batch,)."""
        signs = np.where(y > 0, 1, -1)
        return signs[:, 0] if signs.shape[1:] == (1,) else signs


class Huber(Loss):
    """L = mean of e²/2 where |e| ≤ δ, else δ (|e| − δ/2), e = y − t; dL/de = clip(e, −δ, δ) / n.

    Shapes: y, t (batch, …) → one number.

    Source: Huber, Robust estimation of a location parameter, 1964.
    """

    def __init__(self, delta: float = 1.0) -> None:
        above_zero("Huber", delta=delta)
        self.delta = delta

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return the mean of e²/2 near the target and δ (|e| − δ/2) away from it."""
        e = y - self.matched(y, target)
        self.clipped = np.clip(e, -self.delta, self.delta)
        self.bent: Array = self.clipped * (e - self.clipped / 2)
        return float(self.bent.sum()) / y.size

    def backward(self) -> Array:
        """Return clip(e, −δ, δ) / n."""
        return np.asarray(self.clipped / self.clipped.size)

    def each(self) -> Array:
        """Return the mean of e²/2 or δ (|e| − δ/2) of every row."""
        return _by_row(self.bent)


class KullbackLeibler(Loss):
    """L = mean over the batch of Σ t (log t − log p), p = softmax(y); dL/dy = (p Σ t − t) / batch.

    Shapes: logits y (batch, classes), probabilities t (batch, classes) → one number.

    Source: Kullback and Leibler, On information and sufficiency, 1951.
    """

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return logits and rows of probabilities."""
        shape = np.maximum(rng.integers(1, 6, size=2), (1, 2))
        return cls(), rng.normal(size=shape), rng.dirichlet(np.ones(shape[1]), shape[0])

    def require(self, target: npt.NDArray[Any]) -> None:
        """Refuse rows that are no probabilities of all classes."""
        refuse_targets("KullbackLeibler", target, target >= 0, "probabilities, from 0")
        sums = target.sum(axis=1)
        if not np.allclose(sums, 1, rtol=0, atol=1e-4):
            row = int(np.argmax(np.abs(sums - 1)))
            raise ValueError(
                f"KullbackLeibler: row {row} of the target sums to {told(sums[row])}; allowed: 1"
            )

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return the mean of Σ t (log t − log p)."""
        if y.ndim != 2 or y.shape[1] == 1:  # one class has all the probability, whatever y says
            raise shape_error("KullbackLeibler", y, "(batch, classes), of these at least 2")
        self.t, self.log_p = self.matched(y, target), log_softmax(y)
        log_t = np.log(np.where(self.t > 0, self.t, 1))  # 0 log 0 = 0
        self.terms: Array = self.t * (log_t - self.log_p)
        return float(self.terms.sum()) / len(y)

    def backward(self) -> Array:
        """Return (p Σ t − t) / batch."""
        p = np.exp(self.log_p)
        return np.asarray((p * self.t.sum(axis=1, keepdims=True) - self.t) / len(p))

    def each(self) -> Array:
        """Return Σ t (log t − log p) of every row."""
        return np.asarray(self.terms.sum(axis=1))

    def predicted(self, y: Array) -> npt.NDArray[Any]:
        """Return softmax(y), for the targets are probabilities."""
        return self.probabilities(y)

    def probabilities(self, y: Array) -> Array:
        """Return softmax(y), the probability of each class."""
        return np.asarray(np.exp(log_softmax(y)))

"""Activation functions: each as a plain function, and as a layer with its slope beside it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pycore import kernels
from pycore.arrays import Array, DType
from pycore.layer import Layer


class Activation(Layer):
    """y = f(x), element by element; dL/dx = f′(x) dL/dy.

    Shapes: any → the same.
    """

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return the activation with its defaults, and a batch around zero."""
        return cls(), rng.normal(size=rng.integers(1, 6, size=2)).astype(dtype)

    def function(self, x: Array) -> Array:
        """Return f(x)."""
        raise NotImplementedError

    def slope(self, x: Array, y: Array) -> Array:
        """Return f′(x), in a new array, given also y = f(x), which often makes it cheaper."""
        raise NotImplementedError

    def derivative(self, x: Array) -> Array:
        """Return f′(x)."""
        return self.slope(x, self.function(x))

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return f(x)."""
        self.x = x
        self.y = self.function(x)
        return self.y

    def backward(self, dy: Array) -> Array:
        """Return f′(x) dL/dy."""
        dx = self.slope(self.x, self.y)
        dx *= dy
        return dx


def sigmoid(x: Array) -> Array:
    """σ(x) = 1 / (1 + e⁻ˣ), written so that no exponential can overflow.

    Shapes: any → the same.
    """
    z = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1, z) / (1 + z))


class Sigmoid(Activation):
    """y = 1 / (1 + e⁻ˣ); dy/dx = y (1 − y).

    Shapes: any → the same.
    """

    def function(self, x: Array) -> Array:
        """Return σ(x)."""
        return sigmoid(x)

    def slope(self, x: Array, y: Array) -> Array:
        """Return y (1 − y)."""
        return y * (1 - y)


def tanh(x: Array) -> Array:
    """tanh(x) = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).

    Shapes: any → the same.
    """
    return kernels.tanh(x)


class Tanh(Activation):
    """y = tanh x; dy/dx = 1 − y².

    Shapes: any → the same.
    """

    def function(self, x: Array) -> Array:
        """Return tanh x."""
        return tanh(x)

    def slope(self, x: Array, y: Array) -> Array:
        """Return 1 − y²."""
        return 1 - y * y

    def backward(self, dy: Array) -> Array:
        """Return (1 − y²) dL/dy, without the constant, which costs as much as a product."""
        return dy - self.y * self.y * dy


def relu(x: Array) -> Array:
    """ReLU(x) = max(x, 0).

    Shapes: any → the same.
    """
    return np.asarray(np.maximum(x, 0))


class ReLU(Activation):
    """y = max(x, 0); dy/dx = 1 where x > 0, else 0.

    Shapes: any → the same.
    """

    def function(self, x: Array) -> Array:
        """Return max(x, 0)."""
        return np.maximum(x, 0)

    def slope(self, x: Array, y: Array) -> Array:
        """Return 1 where x > 0, else 0."""
        return (x > 0).astype(x.dtype)


def leaky_relu(x: Array, alpha: float = 0.01) -> Array:
    """y = x where x > 0, else α x.

    Shapes: any → the same.
    """
    return np.asarray(np.where(x > 0, x, alpha * x))


class LeakyReLU(Activation):
    """y = x where x > 0, else α x; dy/dx = 1 or α.

    Shapes: any → the same.
    """

    def __init__(self, alpha: float = 0.01) -> None:
        self.alpha = alpha

    def function(self, x: Array) -> Array:
        """Return x where x > 0, else α x."""
        return leaky_relu(x, self.alpha)

    def slope(self, x: Array, y: Array) -> Array:
        """Return 1 where x > 0, else α."""
        return np.where(x > 0, 1, self.alpha).astype(x.dtype)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """y = x where x > 0, else α (eˣ − 1).

    Shapes: any → the same.
    """
    return np.asarray(np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))))


class ELU(Activation):
    """y = x where x > 0, else α (eˣ − 1); dy/dx = 1 or y + α.

    Shapes: any → the same.

    Source: Clevert et al., Fast and accurate deep network learning by exponential linear units,
    2016.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def function(self, x: Array) -> Array:
        """Return x where x > 0, else α (eˣ − 1)."""
        return elu(x, self.alpha)

    def slope(self, x: Array, y: Array) -> Array:
        """Return 1 where x > 0, else y + α."""
        return np.where(x > 0, 1, y + self.alpha).astype(x.dtype)


def softmax(x: Array, axis: int = -1) -> Array:
    """pᵢ = e^{xᵢ} / Σⱼ e^{xⱼ}, after taking away max x, which changes nothing but the overflow.

    Shapes: any → the same; the sum runs along `axis`.
    """
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def log_softmax(x: Array, axis: int = -1) -> Array:
    """log pᵢ = xᵢ − log Σⱼ e^{xⱼ}, after taking away max x.

    Shapes: any → the same; the sum runs along `axis`.
    """
    x = x - x.max(axis=axis, keepdims=True)
    return np.asarray(x - np.log(np.exp(x).sum(axis=axis, keepdims=True)))


def erf(x: Array) -> Array:
    """erf(x) = 2/√π ∫₀ˣ e^{−t²} dt, to the last digits.

    Shapes: any → the same.
    """
    return np.asarray(_erf(x), dtype=np.asarray(x).dtype)


_erf: Any = np.vectorize(math.erf, otypes=[float])


class GELU(Activation):
    """y = x Φ(x), Φ the standard normal's distribution; dy/dx = Φ(x) + x φ(x).

    Shapes: any → the same.

    Source: Hendrycks and Gimpel, Gaussian error linear units, 2016.
    """

    def function(self, x: Array) -> Array:
        """Return x Φ(x)."""
        return gelu(x)

    def slope(self, x: Array, y: Array) -> Array:
        """Return Φ(x) + x φ(x)."""
        cdf = (1 + erf(x / math.sqrt(2))) / 2
        return np.asarray(cdf + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi))


def gelu(x: Array) -> Array:
    """y = x Φ(x) = x (1 + erf(x / √2)) / 2.

    Shapes: any → the same.
    """
    return np.asarray(x * (1 + erf(x / math.sqrt(2))) / 2)


def identity(x: Array) -> Array:
    """y = x.

    Shapes: any → the same.
    """
    return x


class Identity(Activation):
    """y = x; dy/dx = 1.

    Shapes: any → the same.
    """

    def function(self, x: Array) -> Array:
        """Return x."""
        return identity(x)

    def slope(self, x: Array, y: Array) -> Array:
        """Return 1."""
        return np.ones_like(x)

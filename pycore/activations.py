"""Activation functions: each as a plain function, and as a layer with its slope beside it.

Examples:
    >>> from pycore.activations import Tanh, softmax
    >>> import numpy as np
    >>> softmax(np.array([0.0, 1.0, 2.0])).round(3)
    array([0.09 , 0.245, 0.665])
    >>> layer = Tanh()
    >>> layer.forward(np.array([0.0, 1.0])).round(3)
    array([0.   , 0.762])
    >>> layer.backward(np.array([1.0, 1.0])).round(3)  # the slopes, 1 − y²
    array([1.  , 0.42])
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pycore import kernels
from pycore.arrays import Array, DType, accepts, floats, refuse_empty, within
from pycore.layer import Layer

ActivationLike = str | Callable[[], Layer]
"""What a model takes as `activation`: a class such as `Tanh`, or its name, "tanh"."""


def named(activation: ActivationLike) -> Callable[[], Layer]:
    """Return the class that an activation's name means; what makes layers is returned as it is.

    Raises:
        ValueError: no activation is called so.
        TypeError: it is neither a name nor a class, such as the plain function.
    """
    if isinstance(activation, str):
        kinds = {kind.__name__: kind for kind in _kinds(Activation)}
        asked = "".join(filter(str.isalnum, activation)).lower()
        found = [kind for name, kind in kinds.items() if name.lower() == asked]
        if not found:
            raise ValueError(f"no activation {activation!r}; allowed: {', '.join(sorted(kinds))}")
        return found[0]
    if not callable(activation) or not accepts(activation):
        raise TypeError(
            f"activation is {activation!r}; allowed: a class such as Tanh, for each layer makes "
            'its own, or a name, "tanh"'
        )
    return activation


def _kinds(base: Any) -> Iterator[type[Activation]]:
    for kind in base.__subclasses__():
        if kind.__module__ == __name__:
            yield kind
        yield from _kinds(kind)


class Activation(Layer):
    """y = f(x), element by element; dL/dx = f′(x) dL/dy.

    Shapes: any → the same.
    """

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return the activation with its defaults, and a batch around zero."""
        return cls(), rng.normal(size=rng.integers(1, 6, size=2)).astype(dtype)

    @abstractmethod
    def function(self, x: Array) -> Array:
        """Return f(x)."""

    @abstractmethod
    def slope(self, x: Array, y: Array) -> Array:
        """Return f′(x), in a new array, given also y = f(x), which often makes it cheaper."""

    def derivative(self, x: Array) -> Array:
        """Return f′(x)."""
        return self.slope(x, self.function(x))

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return f(x)."""
        refuse_empty(self, x)
        self.x = floats(x)
        self.y = self.function(self.x)
        return self.y

    def backward(self, dy: Array) -> Array:
        """Return f′(x) dL/dy."""
        dx = self.slope(self.x, self.y)
        dx *= dy
        return dx


def sigmoid(x: Array) -> Array:
    """σ(x) = 1 / (1 + e⁻ˣ).

    Shapes: any → the same.
    """
    return kernels.sigmoid(floats(x))


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
    return kernels.tanh(floats(x))


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
    return kernels.relu(floats(x))


class ReLU(Activation):
    """y = max(x, 0); dy/dx = 1 where x > 0, else 0.

    Shapes: any → the same.

    Source: Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, 2010.
    """

    def function(self, x: Array) -> Array:
        """Return max(x, 0)."""
        return relu(x)

    def slope(self, x: Array, y: Array) -> Array:
        """Return 1 where x > 0, else 0."""
        return kernels.ones_where(x > 0, x.dtype)


def leaky_relu(x: Array, alpha: float = 0.01) -> Array:
    """y = x where x > 0, else α x.

    Shapes: any → the same.
    """
    within("leaky_relu", -math.inf, alpha=alpha)
    x = floats(x)
    return np.asarray(np.where(x > 0, x, alpha * x))


class LeakyReLU(Activation):
    """y = x where x > 0, else α x; dy/dx = 1 or α.

    Shapes: any → the same.

    Source: Maas et al., Rectifier nonlinearities improve neural network acoustic models, 2013.
    """

    def __init__(self, alpha: float = 0.01) -> None:
        within(type(self).__name__, -math.inf, alpha=alpha)
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
    within("elu", -math.inf, alpha=alpha)
    x = floats(x)
    return np.asarray(np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))))


class ELU(Activation):
    """y = x where x > 0, else α (eˣ − 1); dy/dx = 1 or y + α.

    Shapes: any → the same.

    Source: Clevert et al., Fast and accurate deep network learning by exponential linear units,
    2016.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        within(type(self).__name__, -math.inf, alpha=alpha)
        self.alpha = alpha

    def function(self, x: Array) -> Array:
        """Return x where x > 0, else α (eˣ − 1)."""
        return elu(x, self.alpha)

    def slope(self, x: Array, y: Array) -> Array:
        """Return 1 where x > 0, else y + α."""
        return np.where(x > 0, 1, y + self.alpha).astype(x.dtype)


def softmax(x: Array, axis: int = -1) -> Array:
    """pᵢ = e^(xᵢ) / Σⱼ e^(xⱼ), after taking away max x, which changes nothing but the overflow.

    Shapes: any → the same; the sum runs along `axis`.
    """
    x = floats(x)  # differences of numbers without a sign would wrap around
    refuse_empty("softmax", x)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def softmax_backward(p: Array, dp: Array) -> Array:
    """dx = p ⊙ (dp − Σ p ⊙ dp), for p = softmax(x).

    Shapes: (…, classes) → the same; the sums run along the last dimension.

    Why: with S = Σⱼ e^(xⱼ) it is pᵢ = e^(xᵢ) / S. A change of xⱼ moves S by e^(xⱼ), which lowers
    every pᵢ, and moves the numerator of pⱼ alone. By the quotient rule

    ∂pᵢ/∂xⱼ = [i = j] e^(xᵢ) / S − e^(xᵢ) e^(xⱼ) / S² = pᵢ ([i = j] − pⱼ).

    Each xⱼ reaches the loss through all of p, so its gradient is a sum over i:

    dxⱼ = Σᵢ dpᵢ pᵢ ([i = j] − pⱼ) = pⱼ dpⱼ − pⱼ Σᵢ pᵢ dpᵢ.

    What all dp have in common falls out: p always sums to 1, and nothing can raise all of it.
    """
    p, dp = floats(p), floats(dp)
    return np.asarray(p * (dp - (p * dp).sum(axis=-1, keepdims=True)))


def log_softmax(x: Array, axis: int = -1) -> Array:
    """log pᵢ = xᵢ − log Σⱼ e^(xⱼ), after taking away max x.

    Shapes: any → the same; the sum runs along `axis`.
    """
    x = floats(x)
    refuse_empty("log_softmax", x)
    x = x - x.max(axis=axis, keepdims=True)
    return np.asarray(x - np.log(np.exp(x).sum(axis=axis, keepdims=True)))


def erf(x: Array) -> Array:
    """erf(x) = 2/√π ∫₀ˣ e^(−t²) dt, as 1 − t e^(−x² + P(t)) with t = 2 / (2 + |x|).

    Shapes: any → the same. Right to 4·10⁻¹⁶; P is a Chebyshev series.

    Source: Press et al., Numerical Recipes, 3rd edition, section 6.2.2.
    """
    x = floats(x)
    z = np.minimum(np.abs(x), 30)  # from 6 on it is 1 to the last digit
    t = 2 / (2 + z)
    series = np.polynomial.chebyshev.chebval(2 * t - 1, _ERF)
    return np.asarray(np.copysign(1 - t * np.exp(series - z * z), x), dtype=x.dtype)


# fmt: off
_ERF = (
    -1.3026537197817094 / 2, 6.4196979235649026e-1, 1.9476473204185836e-2, -9.561514786808631e-3,
    -9.46595344482036e-4, 3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5,
    -1.624290004647e-6, 1.303655835580e-6, 1.5626441722e-8, -8.5238095915e-8, 6.529054439e-9,
    5.059343495e-9, -9.91364156e-10, -2.27365122e-10, 9.6467911e-11, 2.394038e-12, -6.886027e-12,
    8.94487e-13, 3.13092e-13, -1.12708e-13, 3.81e-16, 7.106e-15, -1.523e-15, -9.4e-17, 1.21e-16,
    -2.8e-17,
)
# fmt: on


def gelu(x: Array) -> Array:
    """y = x Φ(x) = x (1 + erf(x / √2)) / 2.

    Shapes: any → the same.
    """
    x = floats(x)
    return np.asarray(x * ((1 + erf(x / math.sqrt(2))) / 2))


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
        z = np.minimum(np.abs(x), 40)  # from 39 on φ is 0
        return np.asarray(cdf + x * np.exp(-z * z / 2) / math.sqrt(2 * math.pi))


def tanh_gelu(x: Array) -> Array:
    """y = x (1 + tanh u) / 2, u = √(2/π) (x + 0.044715 x³): nearly x Φ(x), without erf.

    Shapes: any → the same. Nowhere more than 0.0005 from `gelu`.
    """
    x = floats(x)
    return np.asarray(x * ((1 + _tanh_u(x)) / 2))


def _tanh_u(x: Array) -> Array:
    """Return tanh u; from |x| = 10 on it is 1 to the last digit, and x³ might overflow."""
    z = np.clip(x, -10, 10)
    return tanh(_ROOT * (z + _CUBIC * z * z * z))


_ROOT, _CUBIC = math.sqrt(2 / math.pi), 0.044715


class TanhGELU(Activation):
    """y = x (1 + tanh u) / 2; dy/dx = (1 + tanh u) / 2 + x (1 − tanh² u) u′ / 2.

    Shapes: any → the same. u = √(2/π) (x + 0.044715 x³), u′ = √(2/π) (1 + 3 · 0.044715 x²). The
    form of GELU in GPT-2 and many models since.

    Source: Hendrycks and Gimpel, Gaussian error linear units, 2016.
    """

    def function(self, x: Array) -> Array:
        """Return x (1 + tanh u) / 2."""
        return tanh_gelu(x)

    def slope(self, x: Array, y: Array) -> Array:
        """Return (1 + tanh u) / 2 + x (1 − tanh² u) u′ / 2."""
        t, z = _tanh_u(x), np.clip(x, -10, 10)
        du = _ROOT * (1 + 3 * _CUBIC * z * z)
        return np.asarray((1 + t) / 2 + z * (1 - t * t) * du / 2)


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


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def selu(x: Array) -> Array:
    """y = λ x where x > 0, else λ α (eˣ − 1), with the λ and α that keep mean 0 and variance 1.

    Shapes: any → the same.
    """
    return np.asarray(SELU_SCALE * elu(x, SELU_ALPHA))


class SELU(Activation):
    """y = λ x where x > 0, else λ α (eˣ − 1); dy/dx = λ or y + λ α.

    Shapes: any → the same.

    Source: Klambauer et al., Self-normalizing neural networks, 2017.
    """

    def function(self, x: Array) -> Array:
        """Return λ x where x > 0, else λ α (eˣ − 1)."""
        return selu(x)

    def slope(self, x: Array, y: Array) -> Array:
        """Return λ where x > 0, else y + λ α."""
        return np.where(x > 0, SELU_SCALE, y + SELU_SCALE * SELU_ALPHA).astype(x.dtype)


def silu(x: Array) -> Array:
    """y = x σ(x), also called swish.

    Shapes: any → the same.
    """
    return np.asarray(x * sigmoid(x))


class SiLU(Activation):
    """y = x σ(x); dy/dx = σ(x) + y (1 − σ(x)).

    Shapes: any → the same.

    Source: Elfwing et al., Sigmoid-weighted linear units, 2018.
    """

    def function(self, x: Array) -> Array:
        """Return x σ(x)."""
        return silu(x)

    def slope(self, x: Array, y: Array) -> Array:
        """Return σ(x) + y (1 − σ(x))."""
        s = sigmoid(x)
        return s + y * (1 - s)


def softplus(x: Array) -> Array:
    """y = log(1 + eˣ), without overflow.

    Shapes: any → the same.
    """
    return np.asarray(np.logaddexp(0.0, x))


class Softplus(Activation):
    """y = log(1 + eˣ); dy/dx = σ(x).

    Shapes: any → the same.

    Source: Dugas et al., Incorporating second-order functional knowledge for better option pricing,
    2001.
    """

    def function(self, x: Array) -> Array:
        """Return log(1 + eˣ)."""
        return softplus(x)

    def slope(self, x: Array, y: Array) -> Array:
        """Return σ(x)."""
        return sigmoid(x)


class Softmax(Layer):
    """pᵢ = e^(xᵢ) / Σⱼ e^(xⱼ); dxᵢ = pᵢ (dpᵢ − Σⱼ pⱼ dpⱼ).

    Shapes: x (…, classes) → the same; the sums run along the last dimension.

    Source: Bridle, Probabilistic interpretation of feedforward classification network outputs,
    1990.
    """

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return a softmax and a batch of logits."""
        return cls(), rng.normal(size=rng.integers(1, 6, size=2)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return p."""
        refuse_empty(self, x)
        self.p = softmax(x)
        return self.p

    def backward(self, dy: Array) -> Array:
        """Return p (dp − Σ p dp)."""
        return softmax_backward(self.p, dy)


class LogSoftmax(Layer):
    """yᵢ = xᵢ − log Σⱼ e^(xⱼ); dxᵢ = dyᵢ − pᵢ Σⱼ dyⱼ.

    Shapes: x (…, classes) → the same; the sums run along the last dimension.
    """

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return a log-softmax and a batch of logits."""
        return cls(), rng.normal(size=rng.integers(1, 6, size=2)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return log p."""
        refuse_empty(self, x)
        self.y = log_softmax(x)
        return self.y

    def backward(self, dy: Array) -> Array:
        """Return dy − p Σ dy."""
        return np.asarray(dy - np.exp(self.y) * dy.sum(axis=-1, keepdims=True))

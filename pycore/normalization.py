"""Layers that bring their input to one size, most of them to mean 0, and scale it as learnt.

Examples:
    >>> from pycore.normalization import LayerNorm, RMSNorm
    >>> import numpy as np
    >>> x = np.array([[1.0, 2.0, 3.0]])
    >>> LayerNorm(3).forward(x).round(3)
    array([[-1.225,  0.   ,  1.225]])
    >>> RMSNorm(3).forward(x).round(3)  # it keeps the mean
    array([[0.463, 0.926, 1.389]])
"""

from __future__ import annotations

import numpy as np

from pycore.arrays import Array, DType, floats, positive, shape_error, within
from pycore.layer import Layer

Axes = tuple[int, ...]


def require_width(who: Layer, x: Array, n: int) -> None:
    """Refuse an x that is empty or not n wide."""
    if x.ndim < 2 or x.shape[-1] != n or x.size == 0:
        raise shape_error(who, x, f"(batch, …, {n}), every dimension at least 1")


class _Normalization(Layer):
    """y = γ x̂ + β, x̂ = (x − μ) / √(σ² + ε); over what μ and σ² are taken, the subclass says.

    Shapes: x (batch, …, n) → the same; γ, β (n,).
    """

    PARAMETERS = ("gamma", "beta")

    def __init__(self, n: int, eps: float = 1e-5, *, dtype: DType = np.float64) -> None:
        positive(type(self).__name__, n=n)
        within(type(self).__name__, eps=eps)
        self.n, self.eps = n, eps
        self.gamma: Array = np.ones(n, dtype)
        self.beta: Array = np.zeros(n, dtype)
        self.dgamma, self.dbeta = np.zeros_like(self.gamma), np.zeros_like(self.beta)

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return a layer of 2 to 5 features with its scale and shift moved, and a batch of 2–5."""
        batch, n = (int(size) for size in rng.integers(2, 6, size=2))
        layer = cls(n, dtype=dtype)
        layer.gamma[...], layer.beta[...] = rng.normal(size=(2, n))
        return layer, rng.normal(1.0, 2.0, size=(batch, n)).astype(dtype)

    def normalize(self, x: Array, axes: Axes) -> Array:
        """x̂ = (x − μ) / √(σ² + ε), then γ x̂ + β."""
        self.axes = axes
        centred = x - x.mean(axis=axes, keepdims=True)
        self.std = np.sqrt((centred * centred).mean(axis=axes, keepdims=True) + self.eps)
        self.x_hat = centred / self.std
        return np.asarray(self.gamma * self.x_hat + self.beta)

    def parameters_backward(self, dy: Array) -> None:
        """dγ += Σ dy x̂;  dβ += Σ dy."""
        axes = tuple(range(dy.ndim - 1))
        self.dgamma += (dy * self.x_hat).sum(axis=axes)
        self.dbeta += dy.sum(axis=axes)

    def normalize_backward(self, dy: Array) -> Array:
        """Return dx = (g − mean g − x̂ mean(g x̂)) / √(σ² + ε), g = γ dy.

        Why: y = γ x̂ + β makes dL/dx̂ = g, and x̂ = (x − μ) / s with s = √(σ² + ε). Over n numbers
        each xᵢ reaches the loss in three ways.

        By itself: ∂x̂ᵢ/∂xᵢ = 1 / s gives gᵢ / s.

        Through μ, which is in every x̂ⱼ: ∂μ/∂xᵢ = 1 / n and ∂x̂ⱼ/∂μ = −1 / s give −Σ g / (n s), the
        mean of g over s. (μ is in s too, but there Σ (xⱼ − μ) = 0 cancels it.)

        Through s: from s² = Σ (xⱼ − μ)² / n + ε comes 2 s ∂s/∂xᵢ = 2 (xᵢ − μ) / n, so ∂s/∂xᵢ =
        x̂ᵢ / n; and ∂x̂ⱼ/∂s = −x̂ⱼ / s. That gives −x̂ᵢ Σ g x̂ / (n s).

        The sum of the three is dx. What would only move the mean, or only the spread, falls out:
        normalising undoes it.
        """
        g, x_hat, axes = self.gamma * dy, self.x_hat, self.axes
        mean = g.mean(axis=axes, keepdims=True)
        along = (g * x_hat).mean(axis=axes, keepdims=True)
        return np.asarray((g - mean - x_hat * along) / self.std)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.n})"


class BatchNorm(_Normalization):
    """y = γ (x − μ) / √(σ² + ε) + β, μ and σ² of each feature over the batch.

    Shapes: x (batch, …, n) → the same; μ, σ², γ, β (n,).

    Outside training, running means of μ and σ² take their place: r ← r + momentum (μ − r), with the
    unbiased σ².

    Source: Ioffe and Szegedy, Batch normalization, 2015.

    Raises:
        ShapeError: in training, a feature has only one number, and so no variance.

    Attributes:
        running_mean: of μ.
        running_var: of σ².
    """

    BUFFERS = ("running_mean", "running_var")

    def __init__(
        self, n: int, eps: float = 1e-5, momentum: float = 0.1, *, dtype: DType = np.float64
    ) -> None:
        super().__init__(n, eps, dtype=dtype)
        within("BatchNorm", high=1, momentum=momentum)
        self.momentum = momentum
        self.running_mean: Array = np.zeros(n, dtype)
        self.running_var: Array = np.ones(n, dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return γ x̂ + β with the batch's statistics when training, else the running ones."""
        require_width(self, x, self.n)
        self.training = training
        if not training:
            self.std = np.sqrt(self.running_var + self.eps)
            self.x_hat = (x - self.running_mean) / self.std
            return np.asarray(self.gamma * self.x_hat + self.beta)
        axes = tuple(range(x.ndim - 1))
        count = x.size // self.n
        if count < 2:
            raise shape_error(f"{self} in training", x, "at least 2 examples, to have a variance")
        y = self.normalize(x, axes)
        mean, variance = x.mean(axis=axes), x.var(axis=axes) * (count / (count - 1))
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (variance - self.running_var)
        return y

    def backward(self, dy: Array) -> Array:
        """dγ += Σ dy x̂;  dβ += Σ dy;  dx through μ and σ² too when training."""
        self.parameters_backward(dy)
        if self.training:
            return self.normalize_backward(dy)
        return np.asarray(self.gamma * dy / self.std)


class LayerNorm(_Normalization):
    """y = γ (x − μ) / √(σ² + ε) + β, μ and σ² of each example over its features.

    Shapes: x (batch, …, n) → the same; γ, β (n,).

    Source: Ba et al., Layer normalization, 2016.
    """

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return γ x̂ + β."""
        require_width(self, x, self.n)
        return self.normalize(x, (-1,))

    def backward(self, dy: Array) -> Array:
        """dγ += Σ dy x̂;  dβ += Σ dy;  dx through μ and σ² too."""
        self.parameters_backward(dy)
        return self.normalize_backward(dy)


class RMSNorm(Layer):
    """y = γ x̂, x̂ = x / r, r = √(mean x² + ε) of each example: LayerNorm without μ and β.

    Shapes: x (batch, …, n) → the same; γ (n,). What most of today's language models use.

    Source: Zhang and Sennrich, Root mean square layer normalization, 2019.
    """

    PARAMETERS = ("gamma",)

    def __init__(self, n: int, eps: float = 1e-5, *, dtype: DType = np.float64) -> None:
        positive("RMSNorm", n=n)
        within("RMSNorm", eps=eps)
        self.n, self.eps = n, eps
        self.gamma: Array = np.ones(n, dtype)
        self.dgamma = np.zeros_like(self.gamma)

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return a layer of 1 to 5 features with its scale moved, and a batch of 1 to 5."""
        batch, n = (int(size) for size in rng.integers(1, 6, size=2))
        layer = cls(n, dtype=dtype)
        layer.gamma[...] = rng.normal(size=n)
        return layer, rng.normal(1.0, 2.0, size=(batch, n)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return γ x̂."""
        require_width(self, x, self.n)
        x = floats(x)
        self.root = np.sqrt((x * x).mean(axis=-1, keepdims=True) + self.eps)
        self.x_hat = x / self.root
        return np.asarray(self.gamma * self.x_hat)

    def backward(self, dy: Array) -> Array:
        """dγ += Σ dy x̂;  dx = (g − x̂ mean(g x̂)) / r, g = γ dy.

        Why: as in LayerNorm's `normalize_backward`, with one way less, for there is no μ.
        """
        self.dgamma += (dy * self.x_hat).sum(axis=tuple(range(dy.ndim - 1)))
        g, x_hat = self.gamma * dy, self.x_hat
        along = (g * x_hat).mean(axis=-1, keepdims=True)
        return np.asarray((g - x_hat * along) / self.root)

    def __repr__(self) -> str:
        return f"RMSNorm({self.n})"

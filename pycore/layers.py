"""The layers every network starts with: Dense, Dropout, and Sequential to line them up.

Examples:
    >>> from pycore.activations import Tanh
    >>> from pycore.layers import Dense, Sequential
    >>> network = Sequential(Dense(2, 3, rng=0), Tanh(), Dense(3, 1, rng=1))
    >>> print(network.summary([[0.0, 1.0]]))
    layer  kind         output  parameters
    0      Dense(2, 3)  (1, 3)           9
    1      Tanh         (1, 3)           0
    2      Dense(3, 1)  (1, 1)           4
           Sequential   (1, 1)          13
    >>> y = network.forward([[0.0, 1.0]])
    >>> network.backward(y).shape, network.grad.shape
    ((1, 2), (13,))
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore import initializers
from pycore.arrays import (
    Array,
    DType,
    Seed,
    below_one,
    floats,
    numbers,
    positive,
    refuse_empty,
    seeded,
    shape_error,
)
from pycore.initializers import Initializer
from pycore.kernels import product
from pycore.layer import Layer

__all__ = ["Dense", "Dropout", "Embedding", "Layer", "Residual", "Sequential", "Skip"]


class Dense(Layer):
    """y = x W + b.

    Shapes: x (…, n_in), W (n_in, n_out), b (n_out,) → y (…, n_out).

    Raises:
        ShapeError: x is empty or not n_in wide.
    """

    PARAMETERS = ("W", "b")

    def __init__(
        self,
        n_in: int,
        n_out: int,
        weights: Initializer = initializers.xavier_uniform,
        biases: Initializer = initializers.zeros,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        positive("Dense", n_in=n_in, n_out=n_out)
        self.n_in, self.n_out = n_in, n_out
        self.W: Array = initializers.start(weights, (n_in, n_out), rng).astype(dtype)
        self.b: Array = initializers.start(biases, (n_out,), rng).astype(dtype)
        self.dW: Array = np.zeros_like(self.W)
        self.db: Array = np.zeros_like(self.b)

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return a layer of 1 to 5 inputs and outputs."""
        batch, n_in, n_out = rng.integers(1, 6, size=3)
        layer = cls(n_in, n_out, biases=initializers.normal(1.0), rng=rng, dtype=dtype)
        return layer, rng.normal(size=(batch, n_in)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return x W + b."""
        if x.shape[-1:] != (self.n_in,) or x.size == 0:
            raise shape_error(self, x, f"(batch, …, {self.n_in}), every dimension at least 1")
        if x.ndim != 2:
            return self.forward(x.reshape(-1, self.n_in)).reshape(*x.shape[:-1], self.n_out)
        self.x = x
        y = product(x, self.W)
        y += self.b
        return y

    def accumulate(self, dy: Array) -> None:
        """dW += xᵀ dy;  db += Σ dy."""
        if dy.ndim != 2:
            dy = dy.reshape(-1, self.n_out)
        self.dW += product(self.x.T, dy)
        self.db += dy.sum(axis=0)

    def backward(self, dy: Array) -> Array:
        """dW += xᵀ dy;  db += Σ dy;  dx = dy Wᵀ."""
        if dy.ndim != 2:
            return self.backward(dy.reshape(-1, self.n_out)).reshape(*dy.shape[:-1], self.n_in)
        self.accumulate(dy)
        return product(dy, self.W.T)

    def __repr__(self) -> str:
        return f"Dense({self.n_in}, {self.n_out})"


class Dropout(Layer):
    """y = m ⊙ x, m = 0 with probability p, else 1 / (1 − p): so that E[y] = x. At test time y = x.

    Shapes: any → the same.

    Source: Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting,
    2014; the scaling at training time is the "inverted" form.

    Attributes:
        p: the rate; may be changed between steps.
        mask: m of the last training pass, or None after a pass that dropped nothing.
    """

    def __init__(self, p: float, *, rng: Seed) -> None:
        rng = seeded(rng)
        below_one("Dropout", p=p)
        self.p, self.rng = p, rng
        self.mask: Array | None = None

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return a dropout of 0.3 and a batch."""
        return cls(0.3, rng=rng), rng.normal(size=rng.integers(1, 6, size=2)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return m ⊙ x with a new m when training, else x."""
        refuse_empty(self, x)
        if not training or self.p == 0:
            self.mask = None
            return x
        x, keep = floats(x), 1 - self.p
        self.mask = (self.rng.random(x.shape, dtype=np.float32) < keep) * x.dtype.type(1 / keep)
        return x * self.mask

    def backward(self, dy: Array) -> Array:
        """Return m ⊙ dy."""
        return dy if self.mask is None else dy * self.mask

    def __repr__(self) -> str:
        return f"Dropout({self.p})"


class Sequential(Layer):
    """y = fₙ(… f₂(f₁(x))).

    Shapes: those of the first layer's x → those of the last layer's y.

    Attributes:
        layers: the layers in order.
        theta: all parameters, one flat vector that the layers hold views of.
        grad: all gradients, laid out in the same way.

    Raises:
        TypeError: one of them is no layer, or a class of layers that was not called.
    """

    def __init__(self, *layers: Layer) -> None:
        require_layers("Sequential", *layers)
        self.layers = list(layers)
        self.pack()

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return two dense layers."""
        first, x = Dense.example(rng, dtype)
        n_hidden = first.forward(x).shape[-1]
        return cls(first, Dense(n_hidden, 2, rng=rng, dtype=dtype)), x

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return the last layer's output."""
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(self, dy: Array) -> Array:
        """Send dL/dy back through every layer; return dL/dx."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def accumulate(self, dy: Array) -> None:
        """Send dL/dy back through every layer, without dL/dx of the first."""
        for layer in self.layers[:0:-1]:
            dy = layer.backward(dy)
        for layer in self.layers[:1]:
            layer.accumulate(dy)

    def activations(self, x: Array) -> list[Array]:
        """Return [x, after layer 1, after layer 2, …, y], as at test time."""
        values = [numbers(f"{self}: x", x)]
        for layer in self.layers:
            values.append(layer.forward(values[-1]))
        return values

    def zero_grad(self) -> None:
        """Set every gradient to zero."""
        self.grad.fill(0)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, i: int) -> Layer:
        return self.layers[i]

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"


def require_layers(who: str, *layers: object) -> None:
    """Refuse what is no layer, such as a class that was not called.

    Raises:
        TypeError: names it.
    """
    for layer in layers:
        if not isinstance(layer, Layer):
            raise TypeError(f"{who}: got {layer!r}; allowed: layers, such as Tanh()")


class Residual(Layer):
    """y = x + f(x);  dx = dy + df(dy): whatever f does, the gradient keeps one straight way back.

    Shapes: x → the same; f keeps the shape.

    Source: He et al., Deep residual learning for image recognition, 2016.
    """

    def __init__(self, inner: Layer) -> None:
        require_layers("Residual", inner)
        self.inner = inner

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return a dense layer with a way around it."""
        batch, n = (int(size) for size in rng.integers(1, 5, size=2))
        return cls(Dense(n, n, rng=rng, dtype=dtype)), rng.normal(size=(batch, n)).astype(dtype)

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return x + f(x)."""
        f = self.inner.forward(x, training)
        if f.shape != x.shape:
            raise shape_error(f"{self}: f(x)", f, f"{x.shape}, the shape of x")
        return x + f

    def backward(self, dy: Array) -> Array:
        """Return dy + what f sends back."""
        return dy + self.inner.backward(dy)

    def __repr__(self) -> str:
        return f"Residual({self.inner})"


class Skip(Layer):
    """y = [x, f(x)]: the channels of x beside those of f(x);  dx = dy's first part + df(the rest).

    Shapes: x (…, channels) → (…, channels + those of f(x)); f keeps all dimensions but the last.

    Source: Ronneberger et al., U-Net, 2015.

    Attributes:
        open: False puts zeros in place of x, and sends nothing back there; may be changed.
    """

    def __init__(self, inner: Layer, is_open: bool = True) -> None:
        require_layers("Skip", inner)
        self.inner, self.open = inner, is_open

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return a dense layer with a way around it."""
        inner, x = Dense.example(rng, dtype)
        return cls(inner), x

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return x, or zeros, beside f(x)."""
        f = self.inner.forward(x, training)
        if f.shape[:-1] != x.shape[:-1]:
            raise shape_error(f"{self}: f(x)", f, f"{x.shape[:-1]} and any number of channels")
        self.width = x.shape[-1]
        return np.concatenate([x if self.open else np.zeros_like(x), f], axis=-1)

    def backward(self, dy: Array) -> Array:
        """Return the part of dy that belongs to x, plus what f sends back of the rest."""
        dx = self.inner.backward(dy[..., self.width :])
        return dx + dy[..., : self.width] if self.open else dx

    def __repr__(self) -> str:
        return f"Skip({self.inner})"


class Embedding(Layer):
    """y = W[x]: row x of the table; dW[x] += dy, and no other row gets a gradient.

    Shapes: whole numbers x (batch, …), W (count, n_out) → y (batch, …, n_out).

    `backward` returns zeros: a whole number has no gradient.

    Source: Bengio et al., A neural probabilistic language model, 2003.

    Raises:
        TypeError: x does not hold whole numbers.
        ValueError: a number is not a row of the table.
    """

    PARAMETERS = ("W",)

    def __init__(
        self,
        count: int,
        n_out: int,
        weights: Initializer = initializers.standard_normal,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        positive("Embedding", count=count, n_out=n_out)
        self.W: Array = initializers.start(weights, (count, n_out), rng).astype(dtype)
        self.dW: Array = np.zeros_like(self.W)

    @classmethod
    def example(
        cls, rng: np.random.Generator, dtype: DType = np.float64
    ) -> tuple[Layer, npt.NDArray[Any]]:
        """Return a table of 4 rows, and numbers among which some come twice."""
        layer = cls(4, int(rng.integers(1, 4)), rng=rng, dtype=dtype)
        return layer, rng.integers(4, size=(int(rng.integers(1, 4)), 3))

    def forward(self, x: npt.NDArray[Any], training: bool = False) -> Array:
        """Return the rows."""
        if x.dtype.kind not in "iu":
            raise TypeError(f"{self}: x holds {x.dtype}; allowed: whole numbers")
        if x.size == 0 or x.min() < 0 or x.max() >= len(self.W):
            said = f"runs from {x.min()} to {x.max()}" if x.size else f"is empty, {x.shape}"
            raise ValueError(f"{self}: x {said}; allowed: 0 to {len(self.W) - 1}")
        self.x = x
        return np.asarray(self.W[x])

    def backward(self, dy: Array) -> Array:
        """dW[x] += dy, once for each time that a row was used."""
        np.add.at(self.dW, self.x, dy)
        return np.zeros(self.x.shape, dy.dtype)

    def __repr__(self) -> str:
        return f"Embedding{self.W.shape}"

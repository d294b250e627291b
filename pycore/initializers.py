"""Where weights start: `init(shape, rng) -> array`. They know shapes, not layers.

For a matrix (n_in, n_out) the fans are those two; for a kernel (…, channels in, channels out) each
is multiplied by the size of the window.

Examples:
    >>> from pycore.initializers import he_normal, orthogonal
    >>> import numpy as np
    >>> round(float(he_normal((100, 50), 0).std()), 2), round(float(np.sqrt(2 / 100)), 2)
    (0.14, 0.14)
    >>> W = orthogonal()((3, 3), 0)
    >>> np.allclose(W @ W.T, np.eye(3))
    True
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pycore.arrays import Array, Seed, seeded, within

Shape = tuple[int, ...]
"""The size of each dimension."""
Initializer = Callable[[Shape, np.random.Generator], Array]
"""What a layer takes as `weights` or `biases`: `he_normal`, or `normal(0.1)`, which makes one."""


def start(init: Initializer, shape: Shape, rng: Seed) -> Array:
    """Return what the initializer makes: where a layer's weights start.

    Shapes: → shape.

    Raises:
        TypeError: it is no function, such as a name.
    """
    if not callable(init):
        raise TypeError(
            f"weights and biases start as {init!r}; allowed: a function of shape and rng, such as "
            "initializers.he_normal or initializers.normal(0.1)"
        )
    return init(shape, seeded(rng))


def fans(shape: Shape) -> tuple[int, int]:
    """n_in = window · channels in, n_out = window · channels out.

    Shapes: (n,), (n_in, n_out) or (…window, channels in, channels out) → two whole numbers.
    """
    if len(shape) < 2:
        n = shape[0] if shape else 1
        return n, n
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def zeros(shape: Shape, rng: Seed) -> Array:
    """W = 0: every neuron of a layer stays the same as the next, so use it for biases only."""
    return np.zeros(shape)


def constant(value: float) -> Initializer:
    """W = value, everywhere."""
    within("constant", -math.inf, value=value)

    def init(shape: Shape, rng: Seed) -> Array:
        return np.full(shape, float(value))

    return init


def uniform(limit: float = 0.05) -> Initializer:
    """W ~ U(−limit, limit)."""
    within("uniform", limit=limit)

    def init(shape: Shape, rng: Seed) -> Array:
        rng = seeded(rng)
        return rng.uniform(-limit, limit, shape)

    return init


def normal(std: float = 0.05) -> Initializer:
    """W ~ N(0, std²)."""
    within("normal", std=std)

    def init(shape: Shape, rng: Seed) -> Array:
        rng = seeded(rng)
        return rng.normal(0.0, std, shape)

    return init


def standard_normal(shape: Shape, rng: Seed) -> Array:
    """W ~ N(0, 1): for tables of vectors, such as an embedding."""
    rng = seeded(rng)
    return rng.normal(size=shape)


def xavier_uniform(shape: Shape, rng: Seed) -> Array:
    """W ~ U(−a, a), a = √(6 / (n_in + n_out)).

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010.
    """
    rng = seeded(rng)
    limit = math.sqrt(6 / sum(fans(shape)))
    return rng.uniform(-limit, limit, shape)


def xavier_normal(shape: Shape, rng: Seed) -> Array:
    """W ~ N(0, 2 / (n_in + n_out)).

    Source: Glorot and Bengio, 2010.
    """
    rng = seeded(rng)
    return rng.normal(0.0, math.sqrt(2 / sum(fans(shape))), shape)


def he_uniform(shape: Shape, rng: Seed) -> Array:
    """W ~ U(−a, a), a = √(6 / n_in): keeps the variance through ReLU.

    Source: He et al., Delving deep into rectifiers, 2015.
    """
    rng = seeded(rng)
    limit = math.sqrt(6 / fans(shape)[0])
    return rng.uniform(-limit, limit, shape)


def he_normal(shape: Shape, rng: Seed) -> Array:
    """W ~ N(0, 2 / n_in): keeps the variance through ReLU.

    Source: He et al., 2015.
    """
    rng = seeded(rng)
    return rng.normal(0.0, math.sqrt(2 / fans(shape)[0]), shape)


def lecun_uniform(shape: Shape, rng: Seed) -> Array:
    """W ~ U(−a, a), a = √(3 / n_in): keeps the variance through a linear layer.

    Source: LeCun et al., Efficient backprop, 1998.
    """
    rng = seeded(rng)
    limit = math.sqrt(3 / fans(shape)[0])
    return rng.uniform(-limit, limit, shape)


def lecun_normal(shape: Shape, rng: Seed) -> Array:
    """W ~ N(0, 1 / n_in): keeps the variance through a linear layer; SELU needs it.

    Source: LeCun et al., Efficient backprop, 1998.
    """
    rng = seeded(rng)
    return rng.normal(0.0, math.sqrt(1 / fans(shape)[0]), shape)


def orthogonal(gain: float = 1.0) -> Initializer:
    """W Wᵀ = gain² I (or Wᵀ W, whichever side is shorter): keeps every length.

    Source: Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks, 2014.
    """
    within("orthogonal", -math.inf, gain=gain)

    def init(shape: Shape, rng: Seed) -> Array:
        rng = seeded(rng)
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
        q *= np.sign(np.diag(r))  # makes Q uniform over the orthogonal matrices
        return gain * (q if rows >= columns else q.T).reshape(shape)

    return init

"""Thinned networks: those that dropout trains, a mask each. It knows no loss and no training.

In training, `Dropout` draws a mask for every row. Here one mask holds for all rows, so that what
comes out is one function of x: a network without some of its neurons. Their mean and their spread
over many masks are what is called Monte Carlo dropout.

Source: Gal and Ghahramani, Dropout as a Bayesian approximation, 2016.

Examples:
    >>> import numpy as np
    >>> from pycore import thinning
    >>> from pycore.models import mlp
    >>> network, x = mlp([1, 50, 1], rng=0, dropout=0.2), np.array([[0.5], [1.0]])
    >>> y = thinning.thinned(network, x, 2000)
    >>> y.shape
    (2000, 2, 1)
    >>> bool(np.allclose(y.mean(axis=0), network.forward(x), atol=0.03))
    True
"""

from __future__ import annotations

import numpy as np

from pycore.arrays import Array, numbers, positive
from pycore.layers import Dropout, Sequential

__all__ = ["thinned"]


def thinned(network: Sequential, x: Array, n: int) -> Array:
    """Return what n thinned networks make of x, each with a mask that all rows share.

    The masks are drawn by the generators of the network's own dropout layers, at their rates.

    Shapes: x (rows, …) → (n, rows, …).

    Raises:
        ValueError: n is no whole number above 0, or a layer of the network has a dropout inside.
    """
    positive("thinned", n=n)
    inside = [
        layer
        for layer in network
        if any(isinstance(part, Dropout) for part in layer.walk() if part is not layer)
    ]
    if inside:
        raise ValueError(
            f"thinned: got a dropout inside {inside[0]}; allowed: among the network's own layers"
        )
    x = numbers("thinned: x", x)
    rows = len(x)
    for layer in network:
        if isinstance(layer, Dropout):
            mask = layer.forward(np.ones((n, 1, *x.shape[1:])), training=True).astype(x.dtype)
            x = (mask * x.reshape(-1, rows, *x.shape[1:])).reshape(-1, *x.shape[1:])
        else:
            x = layer.forward(x)
    return np.array(np.broadcast_to(x.reshape(-1, rows, *x.shape[1:]), (n, rows, *x.shape[1:])))

"""Whole networks, each put together from the parts in a few lines. They know no data.

Here is the multi-layer perceptron, which most others are made with; those stand beside it, a module
for each subject, so that who needs one loads no other. `pycore.recipes` trains them.

Examples:
    >>> from pycore.models import mlp
    >>> network = mlp([2, 8, 8, 3], rng=0, activation="relu", dropout=0.1)
    >>> print(network.summary([[0.0, 1.0]]))
    layer  kind          output  parameters
    0      Dense(2, 8)   (1, 8)          24
    1      ReLU          (1, 8)           0
    2      Dropout(0.1)  (1, 8)           0
    3      Dense(8, 8)   (1, 8)          72
    4      ReLU          (1, 8)           0
    5      Dropout(0.1)  (1, 8)           0
    6      Dense(8, 3)   (1, 3)          27
           Sequential    (1, 3)         123
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from pycore import initializers
from pycore.activations import ActivationLike, Tanh, named
from pycore.arrays import DType, Seed, seeded
from pycore.initializers import Initializer
from pycore.layer import Layer
from pycore.layers import Dense, Dropout, Sequential


def mlp(
    sizes: Sequence[int],
    rng: Seed,
    activation: ActivationLike = Tanh,
    weights: Initializer = initializers.xavier_uniform,
    dropout: float | None = None,
    dtype: DType = np.float64,
) -> Sequential:
    """Dense, activation, (dropout,) Dense, …, Dense: a multi-layer perceptron.

    Shapes: (batch, sizes[0]) → (batch, sizes[-1]); the last layer has no activation, so that it
    gives logits.

    Source: Rumelhart et al., Learning representations by back-propagating errors, 1986.

    Raises:
        ValueError: there are fewer than two sizes.
    """
    rng = seeded(rng)
    if not isinstance(sizes, Sequence | np.ndarray) or len(sizes) < 2:
        raise ValueError(f"mlp: sizes are {sizes!r}; allowed: at least two, as in [2, 8, 1]")
    layers: list[Layer] = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers.append(Dense(n_in, n_out, weights, rng=rng, dtype=dtype))
        layers.append(named(activation)())
        if dropout is not None:
            layers.append(Dropout(dropout, rng=rng))
    del layers[-1 if dropout is None else -2 :]
    return Sequential(*layers)

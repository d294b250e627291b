"""A network of many experts, of which each example sees only a few.

Examples:
    >>> from pycore.models.moe import mixture
    >>> import numpy as np
    >>> network = mixture([2, 8, 3], experts=4, rng=0, k=2)
    >>> network.forward(np.ones((5, 2))).shape
    (5, 3)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pycore.activations import ActivationLike, Tanh
from pycore.arrays import DType, Seed, positive, seeded
from pycore.experts import MixtureOfExperts
from pycore.layers import Sequential
from pycore.models import mlp


def mixture(
    sizes: Sequence[int],
    experts: int,
    rng: Seed,
    k: int = 2,
    balance: float = 0.0,
    activation: ActivationLike = Tanh,
    dtype: DType = np.float64,
) -> Sequential:
    """y = Σ g_e mlp_e(x) over the k experts that the gate prefers, each an `mlp(sizes)`.

    Shapes: (batch, sizes[0]) → (batch, sizes[-1]); network[0] is the `MixtureOfExperts`, which
    tells who was chosen and how the load was shared.

    Source: Shazeer et al., Outrageously large neural networks, 2017.
    """
    rng = seeded(rng)
    positive("mixture", experts=experts)
    made = [mlp(sizes, rng, activation, dtype=dtype) for _ in range(experts)]
    return Sequential(MixtureOfExperts(sizes[0], made, k, balance, rng=rng, dtype=dtype))

"""Networks that have learned nothing yet, and how far back they feel. It knows no game.

The article on recurrent networks draws them and counts on them.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from pycore.arrays import Array
from pycore.reach import felt
from pycore.recurrent import GRU, LSTM, RNN, Recurrent

STEPS, SEEDS, UNITS = 100, range(50), 16
KINDS: dict[str, type[Recurrent]] = {
    "RNN": RNN,
    "GRU": GRU,
    "LSTM 0": LSTM,
    "LSTM 1": LSTM,
    "LSTM 4": LSTM,
}
"""The number is the forget gate's bias."""


@cache
def sizes(kind: str) -> Array:
    """How much h of the last step feels each input, for fifty fresh networks: (seeds, steps)."""
    made = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        layer = KINDS[kind](1, UNITS, rng=rng)
        if isinstance(layer, LSTM):
            layer.b[UNITS : 2 * UNITS] = float(kind.split()[1])
        made.append(felt(layer, rng.choice([-1.0, 1.0], (STEPS, 1))))
    return np.array(made)

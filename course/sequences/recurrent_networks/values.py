"""What the article on recurrent networks computes behind the scenes, a cell for each heading."""

import numpy as np

from games.sequences._fresh import KINDS, STEPS, sizes
from pycore import activations, optimizers, reach, recurrent, seq2seq, text, training
from pycore.models import language

# %% through-time
x = np.array([[1.0], [-1.0], [1.0], [1.0], [-1.0], [-1.0], [1.0], [-1.0]])
last = np.zeros((1, 8, 3))
last[0, -1] = 1.0
of_three = recurrent.RNN(1, 3, rng=0)
Wx, Wh = of_three.Wx, of_three.Wh
before = np.array([0.5, -0.3, 0.8])

# %% cell-state
b = 1.5
of_two = recurrent.LSTM(1, 2, rng=0)
of_two.forward(x[None])
_, c_before, i, f, g, o, _ = (part[0] for part in of_two.caches[-1])

# %% reach-measured
reaches = {kind: np.array([reach.reach(row) for row in sizes(kind)]) for kind in KINDS}
middle = {kind: np.percentile(found, [25, 75]) for kind, found in reaches.items()}
least = STEPS - 1
far = int((reaches["LSTM 4"] > least).sum())

LEARNED = {
    ("GRU", 10): "11111111111111111111111111111111111111111111111111",
    ("GRU", 20): "11001011101111100110111011110010110101010011110010",
    ("GRU", 50): "00000000000000000000000000000000000000000000000000",
    ("LSTM 0", 10): "11111111111111111111111111111111111111111111111111",
    ("LSTM 0", 20): "00000100110010100110000100000000100001100100010001",
    ("LSTM 0", 50): "00000000000000000000000000000000000000000000000000",
    ("LSTM 1", 10): "11111111111111111111111111111111111111111111111111",
    ("LSTM 1", 20): "11111111111111111111111111111111111111111111111111",
    ("LSTM 1", 50): "00000100000000000100000110000001010000000100000000",
    ("LSTM 4", 10): "11111111111111111111111111111111111111111111111111",
    ("LSTM 4", 20): "11111111111111111111111111111111111111111111111111",
    ("LSTM 4", 50): "01111111111111111111111111111111111111111111111111",
    ("RNN", 10): "11111111111111111111111111111111111111111111111111",
    ("RNN", 20): "00101110000010110101101111110110111111000101110010",
    ("RNN", 50): "00000000000000000001000000000000100000000000010000",
}
"""A mark for each of fifty networks: whether it learned (tests/unit/course/bits.py)."""


def count(kind, length):
    """How many of fifty learned to say the first of so many bits."""
    return LEARNED[kind, length].count("1")

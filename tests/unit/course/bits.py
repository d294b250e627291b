"""Trains what the article on recurrent networks counts: `python -m tests.unit.course.bits`.

Hundreds of trainings take a while, so their table stands in the article's `values.py`, and a test
runs some anew.
"""

import numpy as np

from pycore.layers import Dense, Sequential
from pycore.optimizers import Adam
from pycore.recurrent import GRU, LSTM, RNN
from pycore.seq2seq import IGNORED, SequenceCrossEntropy
from pycore.training import Trainer

SEEDS, STEPS, UNITS = range(50), 300, 8
KINDS = {
    "RNN": (RNN, {}),
    "GRU": (GRU, {}),
    "LSTM 0": (LSTM, {"forget": 0.0}),
    "LSTM 1": (LSTM, {"forget": 1.0}),
    "LSTM 4": (LSTM, {"forget": 4.0}),
}
LENGTHS = (10, 20, 50)


def sequences(rng, count, length):
    """Bits with a mark beside the first; the label, which is that bit, stands at the last step."""
    bits = rng.choice([-1.0, 1.0], (count, length))
    mark = np.eye(1, length)[0] * np.ones((count, 1))
    labels = np.full((count, length), IGNORED)
    labels[:, -1] = bits[:, 0] > 0
    return np.stack([bits, mark], axis=2), labels


def learned(kind, length, seed):
    """Whether a network that learned to say the first bit says at least 95 % of new ones."""
    rng = np.random.default_rng(seed)
    layer, options = KINDS[kind]
    network = Sequential(layer(2, UNITS, rng=rng, **options), Dense(UNITS, 2, rng=rng))
    x, y = sequences(rng, 4000, length)
    loss = SequenceCrossEntropy()
    Trainer(network, loss, Adam(0.01), x, y, 32, rng, clip=1.0, total=STEPS).run()
    new, right = sequences(rng, 500, length)
    said = network.forward(new)[:, -1].argmax(axis=1)
    return bool((said == right[:, -1]).mean() >= 0.95)


if __name__ == "__main__":
    for kind in KINDS:
        for length in LENGTHS:
            marks = "".join("1" if learned(kind, length, seed) else "0" for seed in SEEDS)
            print(f'    ("{kind}", {length}): "{marks}",', flush=True)

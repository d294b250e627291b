"""Trains what the article on positions tests beyond its length: `… -m tests.unit.course.lengths`.

Hundreds of trainings take a while, so their table is in `games/language/_lengths.py`, and a test
runs some anew.
"""

import numpy as np

from pycore import initializers
from pycore.layers import Dense, Embedding, Sequential
from pycore.optimizers import Adam
from pycore.positions import (
    ALiBi,
    LearnedPositions,
    RelativeBias,
    Rotary,
    ScoreBias,
    SinusoidalPositions,
    frequencies,
)
from pycore.schedules import cosine
from pycore.seq2seq import IGNORED, SequenceCrossEntropy
from pycore.training import Trainer
from pycore.transformer import TransformerBlock

SEEDS, TRAINED, TESTED = range(50), 16, (16, 32, 64)
LETTERS, N, HEADS, STEPS, BATCH, RATE = 6, 16, 2, 600, 32, 0.01
KINDS = ("none", "sinusoids", "learned", "relative", "rotary", "ALiBi", "ALiBi, eight heads")
TASKS = ("three back", "latest capital")
SLOWER = {
    "rotary, all slower": frequencies(N // HEADS) / 4,
    "rotary, other base": frequencies(N // HEADS, 10000 * 4 ** (4 / 3)),
}
"""Frequencies put into the trained rotary network: each a quarter; only the slowest a quarter."""
NEAR = "rotary, near keys"
"""The trained rotary network, all keys hidden from it at distances that were never trained."""


class NearKeys(ScoreBias):
    """Hides what is farther than the longest trained distance; for tests only."""

    def forward(self, x, training=False):
        """Return scores that leave far keys no share."""
        self.require(x)
        return np.where(self.distance(*x.shape[-2:]) > -TRAINED, x, np.float32(-1e9))

    def backward(self, dy):
        """Refuse to train."""
        raise NotImplementedError("NearKeys: it is tested with, not trained")


def sequences(task, rng, count, length):
    """Small letters and capitals as numbers, and what is to be said at each place."""
    letters = rng.integers(LETTERS, size=(count, length))
    if task == "three back":
        labels = np.full_like(letters, IGNORED)
        labels[:, 3:] = letters[:, :-3]
        return letters, labels
    capital = rng.random((count, length)) < 0.15
    latest = np.maximum.accumulate(np.where(capital, np.arange(length), -1), axis=1)
    labels = np.take_along_axis(letters, np.maximum(latest, 0), axis=1)
    return letters + LETTERS * capital, np.where(latest < 0, IGNORED, labels)


def network(kind, rng):
    """One causal block, told of positions in one of these ways."""
    added, bias, heads = [], None, HEADS
    match kind:
        case "sinusoids":
            added = [SinusoidalPositions()]
        case "learned":
            start = initializers.normal(0.1)
            added = [LearnedPositions(max(TESTED), N, start, rng=rng, dtype=np.float32)]
        case "relative":
            bias = RelativeBias(HEADS, 8, dtype=np.float32)
        case "ALiBi":
            bias = ALiBi(HEADS)
        case "ALiBi, eight heads":
            heads, bias = 8, ALiBi(8)
    kept = {"causal": True, "rotary": kind == "rotary", "bias": bias}
    return Sequential(
        Embedding(2 * LETTERS, N, rng=rng, dtype=np.float32),
        *added,
        TransformerBlock(N, heads, 2 * N, **kept, rng=rng, dtype=np.float32),
        Dense(N, LETTERS, rng=rng, dtype=np.float32),
    )


def trained(task, kind, seed):
    """A network after its training on sequences of TRAINED letters."""
    rng = np.random.default_rng(seed)
    made = network(kind, rng)
    x, y = sequences(task, rng, 4096, TRAINED)
    rest = (BATCH, rng, cosine(RATE, STEPS), 1.0)
    Trainer(made, SequenceCrossEntropy(), Adam(RATE), x, y, *rest, total=STEPS).run()
    return made


def shares(task, made, seed):
    """What share of the last quarter of new sequences is said right, for each length in TESTED."""
    rng, found = np.random.default_rng(1000 + seed), []
    for length in TESTED:
        x, right = sequences(task, rng, 200, length)
        last = slice(length * 3 // 4, None)
        said, right = made.forward(x)[:, last].argmax(axis=2), right[:, last]
        found.append(float((said == right)[right != IGNORED].mean()))
    return found


def measured(task, kind, seed):
    """The shares of one network; of a rotary one also with what it was not trained with.

    That is without far keys, and with slower frequencies.
    """
    made = trained(task, kind, seed)
    found = {kind: shares(task, made, seed)}
    if kind == "rotary":
        made[1].attention.bias = NearKeys(HEADS)
        found[NEAR] = shares(task, made, seed)
        made[1].attention.bias = None
        for name, ω in SLOWER.items():
            made[1].attention.rotary = Rotary(ω)
            found[name] = shares(task, made, seed)
    return found


if __name__ == "__main__":
    for task in TASKS:
        for kind in KINDS:
            runs = [measured(task, kind, seed) for seed in SEEDS]
            for name in runs[0]:
                percents = np.array([run[name] for run in runs]) * 100
                rows = np.percentile(percents, [0, 50, 100], axis=0).T.round().astype(int)
                print(f'    ("{task}", "{name}"): {rows.tolist()},', flush=True)

"""How the shipped writer was trained: `python -m pycore.recipes.tale`.

A Transformer of two blocks learns `corpora.harbour` and `corpora.notes` character by character. The
tale's last paragraph is held out. The mean of −log p is 1.09 on what was learnt and 1.80 on that
paragraph; a guess among all characters alike would have 3.40.

Examples:
    >>> from pycore.recipes.tale import loss, text, trained
    >>> seen, held_out = text()
    >>> round(loss(trained(), held_out), 1)  # nats a character, on lines it has not read
    1.8
    >>> from pycore.recipes.tale import searched
    >>> [said for said, _ in searched("and the ", 2, 4)]  # the best four letters, by a beam of two
    ['boat', 'sall']
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from pycore import corpora, schedules
from pycore import trained as weights
from pycore.activations import log_softmax
from pycore.arrays import Array, DType, Integers, Seed
from pycore.data import Pair
from pycore.decoding import search
from pycore.layers import Sequential
from pycore.models.language import language_transformer
from pycore.objectives import Supervised
from pycore.optimizers import AdamW
from pycore.seq2seq import SequenceCrossEntropy
from pycore.text import Vocabulary, normalize, windows
from pycore.training import Minimizer

NAME = "tale"
N, HEADS, BLOCKS, HIDDEN = 32, 2, 2, 64
LONGEST = 24
"""Characters that the network sees at once."""
STEPS, BATCH, RATE, CLIP = 1500, 48, 0.004, 1.0
DROPOUT, DECAY = 0.2, 0.1
"""Against learning so short a text by heart."""


@cache
def text() -> tuple[str, str]:
    """Return what is learnt and what is held out, in lower case."""
    *seen, last = corpora.harbour().split("\n")
    return normalize(" ".join([*corpora.notes(), *seen])), normalize(last)


@cache
def vocabulary() -> Vocabulary:
    """Return the characters, the most frequent first."""
    return Vocabulary("".join(text()))


def build(rng: Seed, dropout: float = 0.0, dtype: DType = np.float64) -> Sequential:
    """Return the untrained network."""
    return language_transformer(
        len(vocabulary()), N, HEADS, BLOCKS, LONGEST, rng, HIDDEN, dropout, dtype
    )


@cache
def trained() -> Sequential:
    """Return the network with the shipped weights, the same one to all who ask."""
    network = build(np.random.default_rng(0))
    weights.restore(network, NAME)
    return network


def stretches(part: str) -> Pair:
    """Return every stretch of LONGEST characters, and the same one place further."""
    return windows(vocabulary().encode(part), LONGEST)


def loss(network: Sequential, part: str) -> float:
    """Return the mean of −log p of each next character, in nats."""
    x, y = stretches(part)
    return SequenceCrossEntropy().forward(network.forward(x), y)


def log_odds(beginnings: Sequence[str]) -> Array:
    """Return log p of each character of the vocabulary after beginnings of one length.

    Shapes: → (beginnings, characters). Of each the last LONGEST characters are read.
    """
    read = np.array([vocabulary().encode(text[-LONGEST:]) for text in beginnings])
    return np.asarray(log_softmax(trained().forward(read)[:, -1]))


@cache
def searched(start: str, width: int, length: int) -> list[tuple[str, float]]:
    """Return what a beam of `width` finds to say after a start, and log p of each; best first."""

    def log_p(items: Integers) -> Array:
        return log_odds([start + "".join(vocabulary().decode(row)) for row in items.tolist()])

    found = search(log_p, width, length)
    return [("".join(vocabulary().decode(each.items)), each.log_p) for each in found]


@cache
def after_a_slip(part: str, count: int, seed: int, place: int = 8) -> tuple[Array, Array]:
    """Return what each next character costs, in nats, where all before it is right; and how much
    more after a wrong one at `place`, drawn from the network's own odds.

    Means over `count` stretches of the text. Shapes: two arrays (LONGEST − place,), of the first
    character after that place, the second, and so on.
    """
    rng, (x, y) = np.random.default_rng(seed), stretches(part)
    chosen = rng.choice(len(x), count, replace=count > len(x))
    x, y = np.array(x[chosen]), y[chosen]
    right = log_softmax(trained().forward(x))
    p = np.exp(right[:, place - 1])
    p[np.arange(count), x[:, place]] = 0
    p /= p.sum(axis=1, keepdims=True)
    drawn = (p.cumsum(axis=1) < rng.random((count, 1))).sum(axis=1)
    x[:, place] = np.minimum(drawn, len(vocabulary()) - 1)
    wrong = log_softmax(trained().forward(x))
    costs = [
        -np.take_along_axis(log_p, y[..., None], axis=2)[:, place:, 0].mean(axis=0)
        for log_p in (right, wrong)
    ]
    return costs[0], costs[1] - costs[0]


def train(steps: int = STEPS, seed: int = 0) -> Sequential:
    """Return the network after so many batches."""
    rng = np.random.default_rng(seed)
    network = build(rng, DROPOUT, np.float32)
    x, y = stretches(text()[0])
    objective = Supervised(network, SequenceCrossEntropy(), x, y)
    optimizer = AdamW(RATE, weight_decay=DECAY)
    schedule = schedules.warm_up(schedules.cosine(RATE, steps), 50)
    Minimizer(objective, optimizer, BATCH, rng, schedule, CLIP, replace=True, total=steps).run()
    return network


if __name__ == "__main__":
    weights.save(train(), NAME)
    losses = [loss(trained(), part) for part in text()]
    print(f"{NAME}: mean loss {losses[0]:.3f} on what was learnt, {losses[1]:.3f} on the rest")

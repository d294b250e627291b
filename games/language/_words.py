"""The words of the corpus that are trained in the games: their kinds, their vectors, a plane."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from games.concepts.training import RoundedMinimizer
from pycore import corpora, word_vectors
from pycore.arrays import Array, Integers
from pycore.optimizers import Adam
from pycore.word_vectors import SkipGram

SIZE, WINDOW, DRAWN, BATCH, RATE = 8, 2, 5, 128, 0.03
"""Numbers of a vector; reach of a word's company; words drawn against it; pairs a step; rate."""
KINDS = {
    "who": "cow dog mouse girl woman cat horse boy",
    "does": "eats sits waits runs sleeps sings sees follows likes run eat sing sleep wait",
    "where": "table garden house bed river",
    "how": "small tired hungry big cold happy black white",
    "food": "fish bread soup apple",
    "small": "and is in under does not but on by",
}
"""What kind each word is; no training knows it."""
KIND = {name: kind for kind, names in KINDS.items() for name in names.split()}


@cache
def sentences() -> list[list[str]]:
    """The corpus, sentence by sentence, without “the”."""
    return [
        [name for name in english.split() if name != "the"]
        for english, _ in corpora.english_french()
    ]


@cache
def vocabulary() -> list[str]:
    """Every word, the most frequent first."""
    return word_vectors.vocabulary(sentences())


@cache
def company() -> tuple[Integers, Array]:
    """Pairs of a word and one that stands near it (pairs, 2); how often each word comes."""
    return word_vectors.company(sentences(), WINDOW), word_vectors.counts(sentences())


def new_learner(rng: np.random.Generator) -> RoundedMinimizer:
    """Vectors before their first step, with a generator of their own."""
    own = np.random.default_rng(rng.integers(2**31))
    pairs, often = company()
    learner = SkipGram(pairs, often, SIZE, rng=own, negatives=DRAWN, batch=BATCH)
    return RoundedMinimizer(learner, Adam(RATE))


def unit(learner: RoundedMinimizer) -> Array:
    """The words' vectors, each of length 1 (words, SIZE)."""
    vectors = learner.network.theta.reshape(-1, SIZE)[: len(vocabulary())]
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def plane(vectors: Array, before: Array | None = None) -> Array:
    """The two main directions (SIZE, 2), turned as near as can be to those before.

    Which way a direction points is chance, and differs between machines: at first its largest
    number is positive.
    """
    basis = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)[2][:2].T
    if before is None:
        largest = basis[np.abs(basis).argmax(axis=0), [0, 1]]
        return np.asarray(basis * np.sign(largest))
    u, _, v = np.linalg.svd(basis.T @ before)
    return np.asarray(basis @ (u @ v))


@lru_cache(16)
def trained(seed: int, steps: int = 300) -> Array:
    """The words' vectors, each of length 1, after a training from this seed (words, SIZE)."""
    learner = new_learner(np.random.default_rng(seed))
    for _ in range(steps):
        learner.step()
    return unit(learner)

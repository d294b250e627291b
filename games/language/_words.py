"""The words of the corpus that are trained in the games: their kinds, their vectors, a plane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from games.concepts.training import RoundedMinimizer
from pycore import corpora, search, word_vectors
from pycore.arrays import Array, Integers
from pycore.optimizers import Adam
from pycore.training import Minimizer
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


@dataclass(frozen=True, eq=False)
class Corpus:
    """What vectors learn from: sentences, their words, and who stands beside whom.

    Attributes:
        sentences: each a list of words.
        names: every word, the most frequent first.
        pairs: a word and one that stands near it, places in `names` (pairs, 2).
        often: how often each word comes (words,).
    """

    sentences: list[list[str]]
    names: list[str]
    pairs: Integers
    often: Array


def corpus(read: list[list[str]]) -> Corpus:
    """What is to be learnt from these sentences."""
    return Corpus(
        read,
        word_vectors.vocabulary(read),
        word_vectors.company(read, WINDOW),
        word_vectors.counts(read),
    )


@cache
def shipped() -> Corpus:
    """The sentences that ship with the engine."""
    return corpus(sentences())


def new_learner(rng: np.random.Generator, read: Corpus | None = None) -> RoundedMinimizer:
    """Vectors before their first step, with a generator of their own; of the shipped words."""
    own, read = np.random.default_rng(rng.integers(2**31)), read or shipped()
    learner = SkipGram(read.pairs, read.often, SIZE, rng=own, negatives=DRAWN, batch=BATCH)
    return RoundedMinimizer(learner, Adam(RATE))


def unit(learner: RoundedMinimizer) -> Array:
    """The words' vectors, each of length 1 (words, SIZE)."""
    table = learner.network.theta.reshape(-1, SIZE)  # a row as a word, another as company
    vectors = table[: len(table) // 2]
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


CELLS, PLANES, STARTS, WANTED = 14, 6, 50, 5
"""Of the indexes that are measured: cells, planes, beginnings, and neighbours of each sentence."""


@cache
def bags() -> list[list[str]]:
    """The sentences, but of those with the same words in another order only the first."""
    found: dict[tuple[str, ...], list[str]] = {}
    for names in sentences():
        found.setdefault(tuple(sorted(names)), names)
    return list(found.values())


@cache
def sentence_vectors() -> Array:
    """The mean of each sentence's words, made as long as 1 (sentences, SIZE)."""
    place = {name: i for i, name in enumerate(vocabulary())}
    means = np.array([trained(0)[[place[n] for n in names]].mean(axis=0) for names in bags()])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True))


@cache
def recalls() -> dict[str, Array]:
    """Recall and distances a sentence, means over STARTS beginnings: a row for each effort.

    The inverted file looks into 1 to 4 cells; of the hyperplanes 0 to 3 may part what is found.
    """
    points = sentence_vectors()
    own = np.arange(len(points))
    truth = search.exact(points, points, WANTED, leave=own)
    file, planes = np.zeros((4, 2)), np.zeros((4, 2))
    for start in range(STARTS):
        rng = np.random.default_rng(start)
        cells = search.InvertedFile(points, search.k_means(points, CELLS, rng))
        sides = search.Hyperplanes(points, rng.normal(size=(PLANES, SIZE)))
        for i in range(4):
            looked = cells.search(points, WANTED, looks=i + 1, leave=own)
            near = sides.search(points, WANTED, off=i, leave=own)
            file[i] += search.recall(looked, truth), looked.computed.mean()
            planes[i] += search.recall(near, truth), near.computed.mean()
    return {"file": file / STARTS, "planes": planes / STARTS}


@cache
def fitted(size: int) -> tuple[Array, Array]:
    """After 600 steps on all pairs: the score of each that ever met, and its shifted PMI."""
    pairs, often = company()
    learner = SkipGram(pairs, often, size, rng=0, negatives=DRAWN, batch=None)
    trainer = Minimizer(learner, Adam(0.05))
    for _ in range(600):
        trainer.step()
    best = word_vectors.shifted_pmi(pairs, learner.noise, DRAWN)
    met = np.isfinite(best)
    return (learner.vectors @ learner.contexts.T)[met], best[met]

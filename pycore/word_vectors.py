"""Word vectors: a word is known by its company (skip-gram). They know no corpus and no picture.

Examples:
    >>> from pycore import corpora
    >>> from pycore.optimizers import Adam
    >>> from pycore.training import Minimizer
    >>> from pycore.word_vectors import SkipGram, company, counts, vocabulary
    >>> sentences = [english.split() for english, _ in corpora.english_french()]
    >>> words = vocabulary(sentences)
    >>> words[:3]
    ['the', 'cow', 'dog']
    >>> learner = SkipGram(company(sentences, 2), counts(sentences), 8, rng=0)
    >>> trained = Minimizer(learner, Adam(0.03))
    >>> for step in range(100):
    ...     loss = trained.step()
    >>> learner.vectors.shape == (len(words), 8)
    True
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore import initializers
from pycore.activations import sigmoid
from pycore.arrays import (
    Array,
    Integers,
    Seed,
    ShapeError,
    floats,
    numbers,
    positive,
    seeded,
    within,
)
from pycore.contrastive import NegativeSampling
from pycore.layers import Embedding, Sequential
from pycore.objectives import Objective

Sentences = Sequence[Sequence[str]]


def vocabulary(sentences: Sentences) -> list[str]:
    """Return every word, the most frequent first, equally frequent ones as they come."""
    return [word for word, _ in _counted(sentences)]


def counts(sentences: Sentences) -> Array:
    """Return how often each word of the vocabulary comes."""
    return np.array([count for _, count in _counted(sentences)], float)


def _counted(sentences: Sentences) -> list[tuple[str, int]]:
    found = Counter(word for sentence in sentences for word in sentence).most_common()
    if not found:
        raise ValueError("word_vectors: there is no word; allowed: sentences of words, from 1")
    return found


def company(sentences: Sentences, window: int) -> Integers:
    """Return each word beside each that stands at most `window` places away (pairs, 2).

    Words are places in the `vocabulary`; a pair comes as often as it is found.

    Raises:
        ValueError: the window is no whole number from 1, or no word stands beside another.
    """
    positive("company", window=window)
    place, found = {word: i for i, word in enumerate(vocabulary(sentences))}, []
    for words in sentences:
        for i, word in enumerate(words):
            near = (*words[max(i - window, 0) : i], *words[i + 1 : i + 1 + window])
            found += [(place[word], place[other]) for other in near]
    if not found:
        raise ValueError("company: no word stands beside another; allowed: a sentence of two words")
    return np.array(found)


def shifted_pmi(pairs: npt.ArrayLike, chances: npt.ArrayLike, negatives: int) -> Array:
    """log(n(w, c) / (k · n(w) · P(c))): the score at which a pair's loss is least; −∞ if never met.

    Shapes: pairs (pairs, 2), chances P (words,) → (words, words). k is `negatives`. Where
    P(c) is the share of c in all pairs, this is the pointwise mutual information of the two, less
    log k.

    Source: Levy and Goldberg, Neural word embedding as implicit matrix factorization, 2014.

    Raises:
        ValueError: negatives is no whole number from 1, or a pair names a word without a chance.
    """
    positive("shifted_pmi", negatives=negatives)
    p = floats(chances)
    pairs = _pairs("shifted_pmi", pairs, len(p))
    met = _met(pairs, len(p))
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = np.log(met / (negatives * met.sum(axis=1, keepdims=True) * p))
    return np.where(met > 0, scores, -np.inf)


def _pairs(who: str, pairs: npt.ArrayLike, words: int) -> Integers:
    pairs = numbers(who, pairs)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not len(pairs) or pairs.dtype.kind not in "iu":
        raise ShapeError(
            f"{who}: got pairs {pairs.shape} of {pairs.dtype}; allowed: whole numbers (pairs, 2)"
        )
    if pairs.min() < 0 or pairs.max() >= words:
        raise ValueError(
            f"{who}: the pairs run from {pairs.min()} to {pairs.max()}; allowed: 0 to {words - 1}"
        )
    return pairs


def _met(pairs: Integers, words: int) -> Array:
    """How often each word has each other in its company (words, words)."""
    met = np.zeros((words, words))
    np.add.at(met, (pairs[:, 0], pairs[:, 1]), 1)
    return met


class SkipGram(Objective):
    """L = −log σ(w·c) − Σ log σ(−w·c′): a word w, one of its company c, and some c′ drawn.

    Each call draws `batch` pairs and, for each, `negatives` words by P(c) ∝ count^power; with
    `batch=None` it takes the mean over all pairs, and over all words that could be drawn. Row i of
    the table is word i, row words + i is word i where it is company.

    Source: Mikolov et al., Distributed representations of words and phrases, 2013.

    Args:
        pairs: a word and one of its company in each row, places in the vocabulary (`company`).
        often: how often each word comes (`counts`).
        size: numbers of a vector.
        rng: draws first vectors, pairs and words.

    Attributes:
        noise: P, the chance of each word to be drawn (words,).

    Raises:
        ValueError: size, negatives or batch is no whole number from 1, the power is below 0, or a
            pair names a word that `often` does not have.
    """

    def __init__(
        self,
        pairs: npt.ArrayLike,
        often: npt.ArrayLike,
        size: int,
        *,
        rng: Seed,
        negatives: int = 5,
        batch: int | None = 128,
        power: float = 0.75,
    ) -> None:
        positive("SkipGram", size=size, negatives=negatives, batch=1 if batch is None else batch)
        within("SkipGram", power=power)
        weights = floats(often) ** power
        self.words, self.size = len(weights), size
        self.pairs = _pairs("SkipGram", pairs, self.words)
        self.noise: Array = weights / weights.sum()
        self.negatives, self.batch = negatives, batch
        self.rng, self.loss = seeded(rng), NegativeSampling()
        table = Embedding(2 * self.words, size, initializers.normal(0.3), rng=self.rng)
        super().__init__(Sequential(table))

    @property
    def vectors(self) -> Array:
        """The words' vectors (words, size)."""
        return self.network.theta.reshape(-1, self.size)[: self.words]

    @property
    def contexts(self) -> Array:
        """The vectors of the same words where they are company (words, size)."""
        return self.network.theta.reshape(-1, self.size)[self.words :]

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return the loss of some pairs, each against words drawn at random, or of all."""
        if self.batch is None:
            return self._of_all()
        seen = self.pairs[self.rng.integers(len(self.pairs), size=self.batch)]
        drawn = self.rng.choice(self.words, size=(self.batch, self.negatives), p=self.noise)
        x = np.concatenate([seen[:, :1], self.words + seen[:, 1:], self.words + drawn], axis=1)
        self.network.zero_grad()
        vectors = self.network.forward(x, training=True)
        word, others = vectors[:, :1], vectors[:, 1:]
        target = np.full((self.batch, 1 + self.negatives), -1.0)
        target[:, 0] = 1.0
        loss = self.loss.forward((word * others).sum(axis=2), target)
        dy = self.loss.backward()[:, :, None]
        dword = (dy * others).sum(axis=1, keepdims=True)
        self.network.accumulate(np.concatenate([dword, dy * word], axis=1))
        return loss

    def _of_all(self) -> float:
        """The mean over all pairs: how often each is seen, how often it would be drawn."""
        met = _met(self.pairs, self.words) / len(self.pairs)
        drawn = self.negatives * met.sum(axis=1, keepdims=True) * self.noise
        self.network.zero_grad()
        every: npt.NDArray[Any] = np.arange(2 * self.words)[None]
        rows = self.network.forward(every, training=True)
        word, other = rows[0, : self.words], rows[0, self.words :]
        y = word @ other.T
        dy = drawn * sigmoid(y) - met * sigmoid(-y)
        self.network.accumulate(np.concatenate([dy @ other, dy.T @ word])[None])
        return float((met * np.logaddexp(0, -y) + drawn * np.logaddexp(0, y)).sum())

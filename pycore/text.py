"""Text as numbers: normalised, cut into words, counted. It knows no network and no subword.

What a reader takes for one character may be several in Unicode: a letter with the marks above or
below it, as in most scripts of Asia; a picture joined from others. Words never cut through it.

Examples:
    >>> from pycore.text import pieces, words
    >>> words("The cat, the hat!")
    ['The', 'cat', ',', 'the', 'hat', '!']
    >>> pieces("The cat, the hat!")
    ['The', ' cat', ',', ' the', ' hat', '!']
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, Seed, above_zero, positive, seeded

T = TypeVar("T")


class _Kinds(dict[int, str]):
    """What a character is to whom cuts a text, as one letter: a text's shape, to be searched.

    w: letter, digit or underscore; m: mark, which belongs to what stands before it; z: joiner; j:
    another sign without a shape of its own, such as the non-joiner in Persian words; q: apostrophe;
    r: half of a flag; s: space, but the plain one stays " "; p: all else.
    """

    def __missing__(self, code: int) -> str:
        character, category = chr(code), unicodedata.category(chr(code))
        if character == " ":
            kind = " "
        elif character.isspace() or character == "\N{ZERO WIDTH SPACE}":
            kind = "s"
        elif character in "'’׳״":  # in Hebrew the signs of numerals and acronyms
            kind = "q"
        elif character == "\N{ZERO WIDTH JOINER}":
            kind = "z"
        elif category == "Cf":
            kind = "j"
        elif category[0] == "M" or "\U0001f3fb" <= character <= "\U0001f3ff":  # colours of skin
            kind = "m"
        elif "\U0001f1e6" <= character <= "\U0001f1ff":
            kind = "r"
        else:
            kind = "w" if character.isalnum() or character == "_" else "p"
        self[code] = kind
        return kind


_KINDS = _Kinds()
_WORDS = re.compile(r"w[wmjz]*(?:qw[wmjz]*)*|(?:rr|[pqrmjz])(?:[mjz]|(?<=z)p)*")
_PIECES = re.compile(r" ?w[wmjz]*| ?[pqrmjz]+|[ s]+(?![^ s])|[ s]+")
"""A word with the space before it, punctuation likewise, or space: merges stay inside of these."""


def _cut(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the parts of a text whose shape fits the pattern, one after the other."""
    if not isinstance(text, str):
        raise TypeError(f"got {text!r:.40} as a text; allowed: a str")
    return [text[m.start() : m.end()] for m in pattern.finditer(text.translate(_KINDS))]


def normalize(text: str, lower: bool = True, accents: bool = True) -> str:
    """Return the text with one spelling for what reads the same, single spaces, none at the ends.

    Compatible characters become one (Unicode's NFKC: "ﬁ" → "fi"); `lower` folds case; without
    `accents` letters lose the marks of Latin, Greek and Cyrillic ("é" → "e"). The marks of other
    scripts stay: there they are vowels, or make another letter.
    """
    text = unicodedata.normalize("NFKC", text)
    if lower:
        text = unicodedata.normalize("NFKC", text.casefold())
    if not accents:
        text = unicodedata.normalize("NFKC", _bare(unicodedata.normalize("NFKD", text)))
    return " ".join(text.split())


def _bare(text: str) -> str:
    """Return a decomposed text without the accents on its letters; ≠ keeps its stroke."""
    kept: list[str] = []
    on_letter = False
    for character in text:
        if _ACCENTS.match(character):
            if on_letter:
                continue
        elif not unicodedata.combining(character):
            on_letter = character.isalpha()
        kept.append(character)
    return "".join(kept)


_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f]")
"""The marks of Unicode's blocks for Latin, Greek and Cyrillic."""


def words(text: str) -> list[str]:
    """Return the words and the punctuation marks: "I'm in." → "I'm", "in" and ".".

    A letter keeps its marks, in every script. Thai, Chinese and others that write no space between
    words come as they stand, a run of words as one.
    """
    return _cut(_WORDS, text)


def pieces(text: str) -> list[str]:
    """Return the text cut into words, each with the space before it, and what stands between them.

    Put together they are the text again. Tokens of subwords never reach from one into the next.

    Raises:
        ValueError: the text holds half of a character (a lone surrogate), which no UTF-8 can write.
    """
    for place, character in enumerate(text if isinstance(text, str) else ""):
        if "\ud800" <= character <= "\udfff":
            raise ValueError(
                f"the text has half of a character, {character!r}, at place {place}; "
                "allowed: whole characters"
            )
    return _cut(_PIECES, text)


def ngrams(tokens: Sequence[T], n: int) -> list[tuple[T, ...]]:
    """Return every n tokens that follow each other.

    Raises:
        ValueError: n is below 1.
    """
    positive("ngrams", n=n)
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def windows(tokens: Sequence[int], length: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Every stretch of `length` tokens, and the same one place further: what comes next.

    Shapes: tokens (n,) → x, y (n − length, length).

    Raises:
        ValueError: there are not more tokens than `length`.
    """
    positive("windows", length=length)
    if len(tokens) <= length:
        raise ValueError(f"windows: {len(tokens)} tokens; allowed: more than length, {length}")
    rows = np.lib.stride_tricks.sliding_window_view(np.asarray(tokens), length + 1)
    return rows[:, :-1], rows[:, 1:]


class Vocabulary:
    """Words ↔ whole numbers: first the `special` ones, then the others, the most frequent first.

    Attributes:
        words: number → word.
        unknown: the number given to words that are not there, or None: they are refused.
    """

    def __init__(
        self, tokens: Iterable[str], special: Sequence[str] = (), unknown: str | None = None
    ) -> None:
        first = list(dict.fromkeys([*special, *([] if unknown is None else [unknown])]))
        counts = Counter(tokens)
        rest = sorted(counts.keys() - set(first), key=lambda word: (-counts[word], word))
        self.words = [*first, *rest]
        self._numbers = {word: i for i, word in enumerate(self.words)}
        self.unknown = None if unknown is None else self._numbers[unknown]

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._numbers

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the words' numbers.

        Raises:
            ValueError: a word is not there, and there is no `unknown`.
        """
        tokens = list(tokens)
        numbers = [self._numbers.get(word, self.unknown) for word in tokens]
        missing = sorted({w for w, i in zip(tokens, numbers, strict=True) if i is None})
        if missing:
            raise ValueError(f"not in the vocabulary: {', '.join(missing)}")
        return [i for i in numbers if i is not None]

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Return the words of these numbers.

        Raises:
            ValueError: a number has no word.
        """
        numbers = list(numbers)
        for i in numbers:
            if not 0 <= i < len(self.words):
                raise ValueError(f"no word has number {i}; allowed: 0 to {len(self.words) - 1}")
        return [self.words[i] for i in numbers]


class NgramModel:
    """p(w | the n − 1 tokens before) = (count(before, w) + α) / (count(before) + α · |vocabulary|).

    What comes before the first token is padded, so that a text's beginning is learnt too.

    Source: Jurafsky and Martin, Speech and language processing, chapter on n-gram models.

    Raises:
        ValueError: there is no token, n is below 1, or α is not above 0.

    Attributes:
        tokens: the vocabulary, sorted.
    """

    def __init__(self, text: Sequence[str], n: int, alpha: float = 0.1) -> None:
        if not text:
            raise ValueError("NgramModel: the text is empty; allowed: at least one token")
        positive("NgramModel", n=n)
        above_zero("NgramModel", alpha=alpha)
        self.n, self.alpha = n, alpha
        self.tokens = sorted(set(text))
        self._numbers = {token: i for i, token in enumerate(self.tokens)}
        self._counts: dict[tuple[str, ...], Array] = {}
        for *before, token in ngrams([*self._padding(), *text], n):
            counts = self._counts.setdefault(tuple(before), np.zeros(len(self.tokens)))
            counts[self._numbers[token]] += 1

    def _padding(self) -> list[str]:
        return [""] * (self.n - 1)

    def probabilities(self, before: Sequence[str]) -> Array:
        """Return p of every token after `before`.

        Shapes: → (tokens,), sums to 1.
        """
        context = tuple([*self._padding(), *before][len(before) :])
        counts = self._counts.get(context, np.zeros(len(self.tokens))) + self.alpha
        return np.asarray(counts / counts.sum())

    def perplexity(self, text: Sequence[str]) -> float:
        """Exp of the mean of −log p over the text: among how many tokens the model seems to guess.

        Raises:
            ValueError: the text is empty, or has a token that the model never saw.
        """
        strange = sorted(set(text) - set(self.tokens))
        if strange or not text:
            said = f"never saw {', '.join(map(repr, strange))}" if strange else "no token to judge"
            raise ValueError(f"NgramModel: {said}")
        log_p = [
            math.log(self.probabilities(text[max(0, i - self.n + 1) : i])[self._numbers[token]])
            for i, token in enumerate(text)
        ]
        return math.exp(-sum(log_p) / len(log_p))

    def sample(self, length: int, rng: Seed) -> list[str]:
        """Return `length` tokens, each drawn after the ones before it."""
        rng = seeded(rng)
        text: list[str] = []
        for _ in range(length):
            p = self.probabilities(text[max(0, len(text) - self.n + 1) :])
            text.append(self.tokens[rng.choice(len(p), p=p)])
        return text


class TfIdf:
    """w = tf · idf: a word's share of its document, times log(documents / those with the word).

    Rows are scaled to length 1, so that the product of two is the cosine between them. A word that
    stands in every document weighs nothing.

    Source: Spärck Jones, A statistical interpretation of term specificity, 1972.

    Raises:
        ValueError: there are no documents.

    Attributes:
        words: the vocabulary, sorted; the columns.
        idf: (words,).
        matrix: (documents, words).
    """

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        if not documents:
            raise ValueError("TfIdf: no documents; allowed: at least one")
        self.words = sorted(set(itertools.chain.from_iterable(documents)))
        self._columns = {word: i for i, word in enumerate(self.words)}
        counts = self._count(documents)
        self.idf: Array = np.log(len(documents) / np.count_nonzero(counts, axis=0))
        self.matrix = self._weigh(counts)

    def _count(self, documents: Sequence[Sequence[str]]) -> Array:
        counts = np.zeros((len(documents), len(self.words)))
        for row, document in zip(counts, documents, strict=True):
            for word in document:
                if word in self._columns:
                    row[self._columns[word]] += 1
        return counts

    def _weigh(self, counts: Array) -> Array:
        tf = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        w = tf * self.idf
        length = np.linalg.norm(w, axis=1, keepdims=True)
        return np.asarray(w / np.where(length > 0, length, 1))

    def transform(self, documents: Sequence[Sequence[str]]) -> Array:
        """Weigh other documents; words that the first ones did not have are passed over.

        Shapes: → (documents, words).
        """
        return self._weigh(self._count(documents))

    def search(self, query: Sequence[str]) -> Array:
        """Return the cosine between the query and every document.

        Shapes: → (documents,), 0 to 1.
        """
        return np.asarray(self.matrix @ self.transform([query])[0])

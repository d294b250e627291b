"""Subwords: a text cut into tokens by byte pairs, by a unigram model or by WordPiece.

Each cuts a text into words first (`pycore.text`) and keeps a vocabulary of parts of words: too few
for every word, enough for the frequent ones. They differ in how they find the parts, in how they
cut by them, and in what they do with a character that they never met. They know no network.

Examples:
    >>> from pycore.subwords import train_bpe, train_unigram, train_wordpiece
    >>> text = "the cat and the hat and the bat"
    >>> bpe = train_bpe(text, merges=4)
    >>> [bpe.tokens[token] for token in bpe.encode("the hat")]
    [b'the', b' ', b'h', b'at']
    >>> unigram = train_unigram(text, size=12)
    >>> unigram.decode(unigram.encode("the hut 🎩"))
    'the hut 🎩'
    >>> wordpiece = train_wordpiece(text, size=20)
    >>> [wordpiece.tokens[token] for token in wordpiece.encode("the hat 🎩")]
    ['the', 'h', '##at', '[UNK]']
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from pycore.arrays import counted, positive
from pycore.text import pieces, words

T = TypeVar("T")
Pair = tuple[int, int]


def _known(tokens: Sequence[T], token: int, who: str) -> T:
    """What a token stands for; refuse a number that is none."""
    if not isinstance(token, int | np.integer) or not 0 <= token < len(tokens):
        raise ValueError(f"{who}: no token {token!r}; allowed: 0 to {len(tokens) - 1}")
    return tokens[token]


def _text(known: Sequence[bytes], tokens: Iterable[int], who: str) -> str:
    """The text of tokens that are bytes."""
    return b"".join(_known(known, token, who) for token in tokens).decode("utf-8", "replace")


# --- byte pairs -----------------------------------------------------------------------------------


def _merge(tokens: tuple[int, ...], pair: Pair, new: int) -> tuple[int, ...]:
    """Replace the pair by one token wherever it stands, from the left."""
    merged: list[int] = []
    i = 0
    while i < len(tokens):
        if tokens[i : i + 2] == pair:
            merged.append(new)
            i += 2
        else:
            merged.append(tokens[i])
            i += 1
    return tuple(merged)


class BPE:
    """Byte pair encoding: a text's bytes, and neighbours merged in the order that training found.

    Tokens 0 to 255 are the bytes, token 256 + i is what merge i makes of two. Every text that
    UTF-8 can write can be encoded, and `decode(encode(text)) == text`.

    Source: Sennrich et al., Neural machine translation of rare words with subword units, 2016; on
    bytes, Radford et al., Language models are unsupervised multitask learners, 2019.

    Attributes:
        merges: the pairs of tokens, in order.
        tokens: token → its bytes.
    """

    def __init__(self, merges: Iterable[Pair] = ()) -> None:
        self.merges: list[Pair] = []
        self.tokens = [bytes([i]) for i in range(256)]
        self._ranks: dict[Pair, int] = {}
        for pair in merges:
            self.append(pair)

    def append(self, pair: Pair) -> None:
        """Add a merge after all others.

        Raises:
            TypeError: it is no pair of whole numbers.
            ValueError: it is there already, or merges a token that does not exist.
        """
        if not (
            isinstance(pair, tuple)
            and len(pair) == 2
            and all(isinstance(token, int | np.integer) for token in pair)
            and not any(isinstance(token, bool) for token in pair)
        ):
            raise TypeError(
                f"BPE: merge {pair!r}; allowed: a tuple of two tokens, such as (97, 98)"
            )
        pair = int(pair[0]), int(pair[1])
        if pair in self._ranks or not 0 <= min(pair) <= max(pair) < len(self.tokens):
            known = "is there already" if pair in self._ranks else "has a token that is not there"
            allowed = f"a new pair of tokens 0 to {len(self.tokens) - 1}"
            raise ValueError(f"BPE: merge {pair} {known}; allowed: {allowed}")
        self._ranks[pair] = len(self.tokens)
        self.merges.append(pair)
        self.tokens.append(self.tokens[pair[0]] + self.tokens[pair[1]])

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, text: str) -> list[int]:
        """Return the text's tokens: in each piece the earliest merge first, until none is left.

        Raises:
            ValueError: the text has a lone surrogate.
        """
        return [token for piece in pieces(text) for token in self._encode_piece(piece)]

    def _encode_piece(self, piece: str) -> tuple[int, ...]:
        tokens = tuple(piece.encode("utf-8"))
        while ranks := [r for p in itertools.pairwise(tokens) if (r := self._ranks.get(p))]:
            new = min(ranks)
            tokens = _merge(tokens, self.merges[new - 256], new)
        return tokens

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the text; bytes that are no UTF-8, as half of a character, become "�".

        Raises:
            ValueError: a number is no token.
        """
        return _text(self.tokens, tokens, "BPE")


class BPETrainer:
    """Merge the pair of neighbours that is most frequent, again and again, one call a merge.

    Of equally frequent pairs the smallest is taken, so that a text has one answer.

    Attributes:
        bpe: the encoding so far.
        pieces: what the text consists of (words with the space before them), each as its tokens
            so far, and how often it comes.
    """

    def __init__(self, text: str) -> None:
        self.bpe = BPE()
        counts = Counter(pieces(text))
        self.pieces = {piece: (tuple(piece.encode("utf-8")), n) for piece, n in counts.items()}
        self._counts: Counter[Pair] = Counter()
        for tokens, n in self.pieces.values():
            self._count(tokens, n)

    def _count(self, tokens: tuple[int, ...], n: int) -> None:
        """Note that these neighbours come n times more often."""
        for pair in itertools.pairwise(tokens):
            self._counts[pair] += n
            if not self._counts[pair]:
                del self._counts[pair]

    @property
    def length(self) -> int:
        """Into how many tokens the text is cut so far."""
        return sum(len(tokens) * n for tokens, n in self.pieces.values())

    def pairs(self, count: int = 10) -> list[tuple[Pair, int]]:
        """Return the most frequent pairs and how often each comes, the next to be merged first."""
        counts = self._counts.items()
        return heapq.nsmallest(count, counts, key=lambda item: (-item[1], item[0]))

    def step(self) -> Pair | None:
        """Make one merge and return its pair, or None when no pair comes twice."""
        best = self.pairs(1)
        if not best or best[0][1] < 2:
            return None
        pair, new = best[0][0], len(self.bpe)
        self.bpe.append(pair)
        for piece, (tokens, n) in self.pieces.items():
            if pair[0] in tokens and pair in itertools.pairwise(tokens):
                merged = _merge(tokens, pair, new)
                self.pieces[piece] = merged, n
                self._count(tokens, -n)
                self._count(merged, n)
        return pair


def train_bpe(text: str, merges: int) -> BPE:
    """Return the encoding after so many merges, or fewer where the text has no more pairs."""
    counted("train_bpe", merges=merges)
    trainer = BPETrainer(text)
    for _ in range(merges):
        if trainer.step() is None:
            break
    return trainer.bpe


# --- unigram --------------------------------------------------------------------------------------

UNSEEN = 10.0
"""How much less likely, in log p, each byte of an unseen character is than the rarest token."""


class Unigram:
    """Of all the ways to cut a piece, the most likely: argmax Σ log p(token), found by Viterbi.

    Tokens 0 to 255 are the bytes, of which a character is made that the vocabulary does not have;
    token 256 + i is entry i. So every text can be encoded, and `decode(encode(text)) == text`.

    Source: Kudo, Subword regularization: improving neural network translation models with multiple
    subword candidates, 2018.

    Raises:
        ValueError: there is no entry, an entry is empty, or a log p is above 0 or no number.

    Attributes:
        log_p: entry → the log of its probability.
        tokens: token → its bytes.
    """

    def __init__(self, log_p: Mapping[str, float]) -> None:
        for entry, value in log_p.items():
            if not entry or not -math.inf < value <= 0:
                raise ValueError(
                    f"Unigram: entry {entry!r} with log p {value}; allowed: at least one character "
                    "each, log p up to 0"
                )
        if not log_p:
            raise ValueError("Unigram: no entries; allowed: at least one")
        self.log_p = dict(log_p)
        self.tokens = [bytes([i]) for i in range(256)]
        self.tokens += [entry.encode("utf-8") for entry in self.log_p]
        self._numbers = {entry: 256 + i for i, entry in enumerate(self.log_p)}
        self._longest = max(map(len, self.log_p))
        self._unseen = min(self.log_p.values()) - UNSEEN

    def __len__(self) -> int:
        return len(self.tokens)

    def best(self, piece: str, without: str | None = None) -> tuple[float, list[str]]:
        """Return the log p of the most likely cut of a piece, and its entries.

        A character that no entry covers stands there by itself. `without` leaves an entry out.
        """
        reached = [0.0, *[-math.inf] * len(piece)]
        start = [0] * (len(piece) + 1)
        for end in range(1, len(piece) + 1):
            for begin in range(max(0, end - self._longest), end):
                part = piece[begin:end]
                value = self.log_p.get(part) if part != without else None
                if value is None and end - begin == 1:
                    value = self._unseen * len(part.encode("utf-8"))
                if value is not None and reached[begin] + value > reached[end]:
                    reached[end], start[end] = reached[begin] + value, begin
        parts: list[str] = []
        end = len(piece)
        while end:
            parts.append(piece[start[end] : end])
            end = start[end]
        return reached[-1], parts[::-1]

    def encode(self, text: str) -> list[int]:
        """Return the text's tokens, each piece cut in its most likely way.

        Raises:
            ValueError: the text has a lone surrogate.
        """
        found: list[int] = []
        for piece in pieces(text):
            for part in self.best(piece)[1]:
                number = self._numbers.get(part)
                found += part.encode("utf-8") if number is None else [number]
        return found

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the text; bytes that are no UTF-8, as half of a character, become "�".

        Raises:
            ValueError: a number is no token.
        """
        return _text(self.tokens, tokens, "Unigram")

    def expected(self, piece: str) -> tuple[float, dict[str, float]]:
        """Return log p of a piece, summed over all its cuts, and how often each entry is expected.

        Forward, α(j) = Σᵢ α(i) p(piece[i:j]); backward, β likewise from the end; an entry from i to
        j is expected α(i) p β(j) / α(end) times.

        Raises:
            ValueError: the vocabulary does not cover the piece.
        """
        n = len(piece)
        spans = [
            (i, j, math.exp(self.log_p[piece[i:j]]))
            for j in range(1, n + 1)
            for i in range(max(0, j - self._longest), j)
            if piece[i:j] in self.log_p
        ]
        forward, backward = [1.0, *[0.0] * n], [*[0.0] * n, 1.0]
        for i, j, p in spans:
            forward[j] += forward[i] * p
        for i, j, p in reversed(spans):
            backward[i] += p * backward[j]
        if not forward[-1]:
            raise ValueError(f"Unigram: no cut of {piece!r}; allowed: what the entries cover")
        counts: dict[str, float] = {}
        for i, j, p in spans:
            part = piece[i:j]
            counts[part] = counts.get(part, 0.0) + forward[i] * p * backward[j] / forward[-1]
        return math.log(forward[-1]), counts


class UnigramTrainer:
    """Begin with every frequent stretch of the text; fit, throw out what is missed least, repeat.

    `fit` is a step of expectation maximisation: it counts how often each entry is expected over
    all cuts, and makes the counts probabilities. The text never becomes less likely by it. `prune`
    leaves out entries whose loss costs the text least. Single characters always stay.

    Raises:
        ValueError: the text is empty or has a lone surrogate, or `longest` is below 1.

    Attributes:
        unigram: the encoding so far.
        pieces: what the text consists of, and how often each comes.
        log_p: of the text before the last `fit`, summed over all its cuts.
    """

    def __init__(self, text: str, longest: int = 8) -> None:
        positive("UnigramTrainer", longest=longest)
        self.pieces = Counter(pieces(text))
        if not self.pieces:
            raise ValueError("UnigramTrainer: the text is empty; allowed: at least one character")
        seen: Counter[str] = Counter()
        for piece, n in self.pieces.items():
            for i in range(len(piece)):
                for j in range(i + 1, min(i + longest, len(piece)) + 1):
                    seen[piece[i:j]] += n
        kept = {part: n * len(part) for part, n in seen.items() if n > 1 or len(part) == 1}
        total = sum(kept.values())
        self.unigram = Unigram({part: math.log(n / total) for part, n in sorted(kept.items())})
        self.log_p = -math.inf

    def fit(self) -> None:
        """One step of expectation maximisation."""
        self.log_p = 0.0
        counts = dict.fromkeys(self.unigram.log_p, 0.0)
        for piece, n in self.pieces.items():
            log_p, expected = self.unigram.expected(piece)
            self.log_p += n * log_p
            for part, count in expected.items():
                counts[part] += n * count
        total = sum(counts.values())
        least = 1e-12 * total  # what no cut uses any more keeps a probability above 0
        self.unigram = Unigram({k: math.log(max(n, least) / total) for k, n in counts.items()})

    def prune(self, size: int, share: float = 0.75) -> None:
        """Leave out the entries that are missed least, down to `size`, at most to this share."""
        unigram = self.unigram
        used: Counter[str] = Counter()
        for piece, n in self.pieces.items():
            for part in unigram.best(piece)[1]:
                used[part] += n
        missed = {
            part: used[part] * (log_p - unigram.best(part, without=part)[0])
            for part, log_p in unigram.log_p.items()
            if len(part) > 1
        }
        single = len(unigram.log_p) - len(missed)
        count = max(size - single, int(len(missed) * share), 0)
        kept = set(heapq.nsmallest(count, missed, key=lambda part: (-missed[part], part)))
        left = {k: v for k, v in unigram.log_p.items() if len(k) == 1 or k in kept}
        total = math.log(sum(map(math.exp, left.values())))
        self.unigram = Unigram({k: min(v - total, 0.0) for k, v in left.items()})


def train_unigram(text: str, size: int, longest: int = 8) -> Unigram:
    """Return the unigram encoding with so many entries, or as many as the text has characters.

    Raises:
        ValueError: as UnigramTrainer; size is below 1.
    """
    positive("train_unigram", size=size)
    trainer = UnigramTrainer(text, longest)
    trainer.fit()
    while len(trainer.unigram.log_p) > size:
        before = len(trainer.unigram.log_p)
        trainer.prune(size)
        trainer.fit()
        if len(trainer.unigram.log_p) == before:
            break
    trainer.fit()
    return trainer.unigram


# --- WordPiece ------------------------------------------------------------------------------------

UNKNOWN = "[UNK]"
GOES_ON = "##"
"""Opens a token that continues a word."""


class WordPiece:
    """Of every word the longest token that begins it, then of the rest the longest, and so on.

    Token 0 is `[UNK]`: a word that cannot be cut to its end becomes this one token, and what it was
    is lost. So are the spaces: a text comes back word by word.

    Source: Schuster and Nakajima, Japanese and Korean voice search, 2012; the greedy cut as in
    Devlin et al., BERT, 2019.

    Raises:
        ValueError: a token is empty or there twice, or is `[UNK]`.

    Attributes:
        tokens: token → its text; those that continue a word open with `##`.
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = [UNKNOWN, *tokens]
        self._numbers = {token: i for i, token in enumerate(self.tokens)}
        for token in tokens:
            if not token.removeprefix(GOES_ON):
                raise ValueError(f"WordPiece: token {token!r}; allowed: at least one character")
        if len(self._numbers) < len(self.tokens):
            twice = next(t for t, n in Counter(self.tokens).items() if n > 1)
            raise ValueError(f"WordPiece: token {twice!r} is there twice; allowed: each once")
        self._longest = max(map(len, self.tokens))

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, text: str) -> list[int]:
        """Return the text's tokens."""
        return [token for word in words(text) for token in self._encode_word(word)]

    def _encode_word(self, word: str) -> list[int]:
        found: list[int] = []
        place = 0
        while place < len(word):
            opening = GOES_ON if place else ""
            for end in range(min(len(word), place + self._longest), place, -1):
                number = self._numbers.get(opening + word[place:end])
                if number is not None:
                    found.append(number)
                    place = end
                    break
            else:
                return [0]
        return found

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the words, single spaces between them.

        Raises:
            ValueError: a number is no token.
        """
        text = " ".join(_known(self.tokens, token, "WordPiece") for token in tokens)
        return text.replace(" " + GOES_ON, "")


class WordPieceTrainer:
    """Merge the pair that comes together most, measured by how often its parts come at all.

    The pair with the largest count(a, b) / (count(a) · count(b)) is merged, one call a merge. A
    pair that comes once is left alone: two letters that never meet but there would win. Of equal
    pairs the more frequent is taken, then the one that comes first in the alphabet.

    The paper takes what makes the text most likely, and its trainer was never published; this score
    is how it is usually read.

    Attributes:
        tokens: the vocabulary so far: the characters, then what was merged.
        words: what the text consists of, each as its tokens so far, and how often it comes.
    """

    def __init__(self, text: str) -> None:
        counts = Counter(words(text))
        self.words = {
            word: ([word[0], *(GOES_ON + c for c in word[1:])], n) for word, n in counts.items()
        }
        self.tokens = sorted({token for parts, _ in self.words.values() for token in parts})

    def scores(self) -> dict[tuple[str, str], tuple[float, int]]:
        """Return the score and the count of every pair that comes at least twice."""
        single: Counter[str] = Counter()
        together: Counter[tuple[str, str]] = Counter()
        for parts, n in self.words.values():
            for part in parts:
                single[part] += n
            for pair in itertools.pairwise(parts):
                together[pair] += n
        return {(a, b): (n / (single[a] * single[b]), n) for (a, b), n in together.items() if n > 1}

    def step(self) -> tuple[str, str] | None:
        """Make one merge and return its pair, or None when no pair comes twice."""
        scores = self.scores()
        if not scores:
            return None
        a, b = min(scores, key=lambda pair: (-scores[pair][0], -scores[pair][1], pair))
        new = a + b.removeprefix(GOES_ON)
        if new not in self.tokens:
            self.tokens.append(new)
        for word, (parts, n) in self.words.items():
            self.words[word] = _joined(parts, a, b, new), n
        return a, b


def _joined(parts: list[str], a: str, b: str, new: str) -> list[str]:
    """Replace a and b by one wherever they stand side by side, from the left."""
    found: list[str] = []
    for part in parts:
        if part == b and found and found[-1] == a:
            found[-1] = new
        else:
            found.append(part)
    return found


def train_wordpiece(text: str, size: int) -> WordPiece:
    """Return the encoding with so many tokens, or fewer where the text has no more pairs.

    Its characters are always there, even where they are more.

    Raises:
        ValueError: size is below 1.
    """
    positive("train_wordpiece", size=size)
    trainer = WordPieceTrainer(text)
    while len(trainer.tokens) + 1 < size and trainer.step():
        pass
    return WordPiece(trainer.tokens)

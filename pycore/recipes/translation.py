"""How the shipped translators were trained: `python -m pycore.recipes.translation`.

Two encoder–decoders (GRU) learn to translate the sentences of `phrases` that have SHORTEST to
LONGEST words: one through the encoder's last state alone, one with attention. Every tenth sentence
is held out. Of 40 held-out sentences of each length, these come out without a mistake:

    words        4      5    6    7    8    9   10   11   12   13   14
    without  18/18  30/31   34   26   11    6    0    0    0    0    0
    with     18/18  31/31   40   40   40   40   40   36   15    3    3

Examples:
    >>> from pycore.recipes.translation import right, trained
    >>> from pycore import phrases
    >>> network = trained(attention=True)
    >>> pairs = [phrases.sentence(4, seed) for seed in range(5)]
    >>> right(network, pairs)
    [True, True, True, True, True]
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np

from pycore import phrases, schedules
from pycore import trained as weights
from pycore.arrays import DType, Integers, Seed, seeded
from pycore.attention import DotAttention
from pycore.objectives import Objective
from pycore.optimizers import Adam
from pycore.seq2seq import EncoderDecoder, SequenceCrossEntropy, teacher_forcing
from pycore.text import Vocabulary
from pycore.training import Minimizer

PAD, START, END = "<pad>", "<start>", "<end>"
N = 32
"""Numbers in a state: all that is handed over without attention."""
SHORTEST, LONGEST = 3, 10
"""English words in the sentences that are learnt."""
STEPS, BATCH, RATE, CLIP = 4000, 64, 0.005, 1.0
UNKNOWN = 0.1
"""The chance for a clause to be about an unknown word."""


@cache
def vocabularies() -> tuple[Vocabulary, Vocabulary]:
    """Return the English words and the French ones, each with PAD as 0, START, END and unknown."""
    sides = zip(*phrases.clauses().items(), strict=True)
    english, french = ([word for sentence in side for word in sentence.split()] for side in sides)
    joints = [[joint[side] for joint in phrases.JOINTS] for side in (0, 1)]
    special = (PAD, START, END)
    return (
        Vocabulary([*english, *joints[0]], special, phrases.UNKNOWN),
        Vocabulary([*french, *joints[1]], special, phrases.UNKNOWN),
    )


def held_out(english: str) -> bool:
    """Whether a sentence is one of the tenth that training never sees."""
    return zlib.crc32(english.encode()) % 10 == 0


def examples(length: int, count: int, rng: Seed) -> list[phrases.Pair]:
    """Return up to `count` different sentences of so many words that training never saw.

    Of the shortest there are not so many.
    """
    rng = seeded(rng)
    found: dict[phrases.Pair, None] = {}
    for _ in range(30 * count):
        pair = phrases.sentence(length, rng)
        if held_out(pair[0]):
            found[pair] = None
        if len(found) == count:
            break
    return list(found)


def build(attention: bool, rng: Seed, dtype: DType = np.float64) -> EncoderDecoder:
    """Return the untrained network."""
    words_in, words_out = map(len, vocabularies())
    how = DotAttention(N) if attention else None
    return EncoderDecoder(words_in, words_out, N, LONGEST, how, rng=rng, dtype=dtype)


def name(attention: bool) -> str:
    """Return what the shipped weights are called."""
    return "translation-attention" if attention else "translation"


@cache
def trained(attention: bool) -> EncoderDecoder:
    """Return the network with the shipped weights, the same one to all who ask."""
    network = build(attention, np.random.default_rng(0))
    weights.restore(network, name(attention))
    return network


def right(network: EncoderDecoder, pairs: Sequence[phrases.Pair]) -> list[bool]:
    """Return which of the sentences, all of one length, are translated without a mistake."""
    english, french = vocabularies()
    sources = np.array([english.encode(source.split()) for source, _ in pairs])
    start, end = french.encode([START, END])
    longest = 2 + max(len(target.split()) for _, target in pairs)
    answers, _ = network.greedy(sources, start, end, longest)
    wanted = [french.encode(target.split()) for _, target in pairs]
    return [answer == target for answer, target in zip(answers, wanted, strict=True)]


class Translating(Objective):
    """L = mean −log p of each next word of a batch of new sentences, all of one length."""

    network: EncoderDecoder

    def __init__(self, network: EncoderDecoder, rng: Seed) -> None:
        rng = seeded(rng)
        super().__init__(network)
        self.rng, self.criterion = rng, SequenceCrossEntropy()

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return L, and leave its gradient in `network.grad`."""
        network = self.network
        length = int(self.rng.integers(SHORTEST, LONGEST + 1))
        x, y = _batch(length, self.rng)
        network.zero_grad()
        network.encode(x[:, :length])
        loss = self.criterion.forward(network.decode(x[:, length:]), y)
        network.backward(self.criterion.backward())
        return loss


def training(network: EncoderDecoder, steps: int, rng: Seed) -> Minimizer:
    """Return the training of a network, one batch a step."""
    objective, schedule = Translating(network, rng), schedules.cosine(RATE, steps)
    return Minimizer(objective, Adam(RATE), schedule=schedule, clip=CLIP, total=steps)


def train(attention: bool, steps: int = STEPS, seed: int = 0) -> EncoderDecoder:
    """Return the network after so many batches."""
    rng = np.random.default_rng(seed)
    network = build(attention, rng, np.float32)
    training(network, steps, rng).run()
    return network


def _batch(length: int, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Return sentences of one length that are not held out, laid out for teacher forcing."""
    english, french = vocabularies()
    start, end = french.encode([START, END])
    sources: list[list[int]] = []
    targets: list[list[int]] = []
    while len(sources) < BATCH:
        source, target = phrases.sentence(length, rng, UNKNOWN)
        if not held_out(source):
            sources.append(english.encode(source.split()))
            targets.append(french.encode(target.split()))
    return teacher_forcing(sources, targets, start, end)


if __name__ == "__main__":
    for attention in (False, True):
        weights.save(train(attention), name(attention))
        network, rng = trained(attention), np.random.default_rng(1)
        print(name(attention), "right by length:", end="")
        for length in range(SHORTEST, 17):
            judged = right(network, examples(length, 40, rng))
            print(f" {length}: {sum(judged)}/{len(judged)}", end="")
        print()

"""Encoder and decoder, beyond what every layer and loss keeps."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pycore import corpora
from pycore.activations import log_softmax
from pycore.arrays import ShapeError
from pycore.attention import AdditiveAttention, Attention, DotAttention
from pycore.gradient_check import check
from pycore.layers import Sequential
from pycore.losses import CrossEntropy
from pycore.optimizers import Adam
from pycore.recurrent import LSTM
from pycore.seq2seq import (
    IGNORED,
    PAD,
    EncoderDecoder,
    Hypothesis,
    SequenceCrossEntropy,
    beam_step,
    teacher_forcing,
)
from pycore.text import Vocabulary
from pycore.training import Trainer

START, END = 1, 2


def attentions(n: int) -> list[Attention | None]:
    rng = np.random.default_rng(0)
    return [None, DotAttention(n), AdditiveAttention(n, n, n, rng=rng)]


def test_pairs_are_laid_out_for_teacher_forcing() -> None:
    x, y = teacher_forcing([[5, 6], [7]], [[8], [9, 3]], START, END)
    np.testing.assert_array_equal(x, [[5, 6, START, 8, PAD], [PAD, 7, START, 9, 3]])
    np.testing.assert_array_equal(y, [[8, END, IGNORED], [9, 3, END]])


def test_ignored_items_do_not_count() -> None:
    y, labels = np.random.default_rng(0).normal(size=(2, 3, 4)), np.array([[1, 2, -1], [-1, -1, 3]])
    loss = SequenceCrossEntropy()
    rows = [y[0, 0], y[0, 1], y[1, 2]]
    expected = CrossEntropy().forward(np.stack(rows), np.array([1, 2, 3]))
    assert loss.forward(y, labels) == pytest.approx(expected)
    assert not loss.backward()[labels == IGNORED].any()


@pytest.mark.parametrize("attention", attentions(3), ids=["none", "dot", "additive"])
def test_gradients_through_both_halves(attention: Attention | None) -> None:
    rng = np.random.default_rng(1)
    layer = EncoderDecoder(4, 5, 3, 3, attention, LSTM, rng=rng)
    x = np.array([[PAD, 3, 2, 1, 4], [1, 2, 3, 0, 2]])
    assert check(layer, x, rng) <= 1e-6


@pytest.mark.parametrize("attention", attentions(16), ids=["none", "dot", "additive"])
def test_a_few_sentences_are_learnt_by_heart(attention: Attention | None) -> None:
    pairs = [("the cat sits", "le chat est assis"), *corpora.english_french()[4:60:8]]
    special = ["<pad>", "<start>", "<end>"]
    english, french = (
        Vocabulary((w for p in pairs for w in p[side].split()), special) for side in (0, 1)
    )
    sources = [english.encode(e.split()) for e, _ in pairs]
    targets = [french.encode(f.split()) for _, f in pairs]
    x, y = teacher_forcing(sources, targets, START, END)
    rng = np.random.default_rng(0)
    model = EncoderDecoder(
        len(english), len(french), 16, x.shape[1] - y.shape[1], attention, rng=rng
    )
    trainer = Trainer(Sequential(model), SequenceCrossEntropy(), Adam(0.03), x, y)
    first = trainer.step()
    last = min(trainer.step() for _ in range(60))
    assert last < 0.1 * first
    for source, target in zip(sources, targets, strict=True):
        said, weights = model.translate(source, START, END)
        assert said == target
        if attention is not None:
            assert weights is not None
            assert weights.shape == (len(target) + 1, len(source))
            np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert " ".join(french.decode(model.translate(sources[0], START, END)[0])) == pairs[0][1]


def searched(layer: EncoderDecoder, source: list[int], width: int) -> list[Hypothesis]:
    beam: list[Hypothesis] = []
    for _ in range(4):
        beam = beam_step(layer, source, beam, width, START, END)
    return beam


@pytest.mark.parametrize("attention", attentions(3), ids=["none", "dot", "additive"])
def test_a_beam_of_one_is_greedy_and_a_full_one_finds_the_best(attention: Attention | None) -> None:
    source = [3, 1, 2]
    for seed in range(6):
        layer = EncoderDecoder(4, 4, 3, 3, attention, LSTM, rng=np.random.default_rng(seed))
        (greedy,), A = layer.greedy(np.array([source]), START, END, 4)
        (one,) = searched(layer, source, 1)
        assert [item for item in one.items if item != END] == greedy
        if A is not None:
            assert one.A is not None
            np.testing.assert_allclose(A[0], one.A)
        best = searched(layer, source, 4**4)[0]
        every = [
            items[: items.index(END) + 1] if END in items else items
            for items in itertools.product(range(4), repeat=4)
        ]
        assert best.log_p == pytest.approx(max(log_p(layer, source, items) for items in every))
        assert best.log_p == pytest.approx(log_p(layer, source, best.items))
        assert best.log_p >= one.log_p


def log_p(layer: EncoderDecoder, source: list[int], items: tuple[int, ...]) -> float:
    """The sum of log p over the items, read at once as in training."""
    layer.encode(np.array([source]))
    logits = layer.decode(np.array([[START, *items[:-1]]]))[0]
    return sum(log_softmax(row)[item] for row, item in zip(logits, items, strict=True))


def test_a_beam_is_best_first_and_what_ended_stays() -> None:
    layer = EncoderDecoder(4, 5, 3, 3, rng=np.random.default_rng(0))
    beam = searched(layer, [1, 2], 6)
    assert [h.log_p for h in beam] == sorted((h.log_p for h in beam), reverse=True)
    ended = [h for h in beam if h.items[-1] == END]
    assert beam_step(layer, [1, 2], ended, 6, START, END) == ended
    for h in beam:
        np.testing.assert_allclose(h.p.sum(axis=1), 1)
        chosen = h.p[range(len(h.items)), h.items]
        assert h.log_p == pytest.approx(np.log(chosen).sum())
        assert END not in h.items[:-1]


def test_padding_before_a_source_is_not_attended_to() -> None:
    layer = EncoderDecoder(4, 4, 2, 5, DotAttention(2), rng=np.random.default_rng(0))
    layer.forward(np.array([[PAD, PAD, 1, 2, 3, START, 2]]))
    assert layer.attention is not None
    assert not layer.attention.A[..., :2].any()


def test_what_does_not_fit_is_refused() -> None:
    layer = EncoderDecoder(4, 4, 2, 3, rng=np.random.default_rng(0))
    with pytest.raises(ShapeError, match="n from 4"):
        layer.forward(np.ones((1, 3), int))
    with pytest.raises(ValueError, match="4 items; allowed: from 1 to 3"):
        layer.translate([1, 1, 1, 1], START, END)
    with pytest.raises(ValueError, match="none of these empty"):
        teacher_forcing([[]], [[1]], START, END)
    with pytest.raises(ShapeError, match=r"labels.*\(2, 2\); allowed: \(2, 3\)"):
        SequenceCrossEntropy().forward(np.ones((2, 3, 4)), np.ones((2, 2), int))
    with pytest.raises(ValueError, match="longest is 0"):
        layer.greedy(np.ones((1, 3), int), START, END, longest=0)
    with pytest.raises(ValueError, match="width is 0"):
        beam_step(layer, [1], [], 0, START, END)


def test_a_beam_may_count_for_each_item_so_that_short_answers_do_not_win_by_being_short() -> None:
    short = Hypothesis((5,), -2.0, (), np.zeros((1, 3)), None)
    long = Hypothesis((5, 6, 7, 8), -4.0, (), np.zeros((4, 3)), None)
    assert short.score() == short.log_p > long.score() == long.log_p
    assert long.score(1.0) == -1.0 > short.score(1.0)
    layer = EncoderDecoder(4, 5, 6, 3, rng=np.random.default_rng(1))
    layer.output.W[...] *= 3  # sure of something at every item
    lengths = []
    for alpha in (0.0, 1.0):
        beam: list[Hypothesis] = []
        for _ in range(6):
            beam = beam_step(layer, [1, 2], beam, 4, START, END, alpha)
        scores = [h.score(alpha) for h in beam]
        assert scores == sorted(scores, reverse=True)
        lengths.append(len(beam[0].items))
    assert lengths[0] < lengths[1]
    with pytest.raises(ValueError, match="alpha is 2; allowed: finite numbers from 0 to 1"):
        beam_step(layer, [1], [], 2, START, END, 2)

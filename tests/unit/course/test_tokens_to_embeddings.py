"""The article on embeddings: what it says of its figures holds, and its lines are near the edge."""

import numpy as np
import pytest

from games.language import _words
from pycore.word_vectors import SkipGram
from tests.unit.course.test_proofs import COURSE, claims_of


@pytest.fixture(scope="module")
def proved():
    return claims_of(COURSE / "language" / "tokens_to_embeddings")


def test_every_line_holds_and_compares_what_is_not_zero(proved):
    assert len(proved) >= 11
    for title, sides in proved:
        assert sides.holds, title
        assert np.any(np.asarray(sides.left)), title


def test_sentence_vectors_are_means_of_their_words_and_order_does_not_count():
    vectors, bags = _words.sentence_vectors(), _words.bags()
    assert len({tuple(sorted(bag)) for bag in bags}) == len(bags) == len(vectors)
    names, words = _words.vocabulary(), _words.trained(0)
    for i in (0, 50, 200):
        total = sum(words[names.index(name)] for name in bags[i])
        assert np.allclose(total / np.linalg.norm(total), vectors[i])


def test_recall_and_cost_both_grow_with_the_effort_and_cells_beat_planes_on_these_sentences():
    found = _words.recalls()
    for rows in found.values():
        assert (np.diff(rows, axis=0) > 0).all()
    (cells, cost), (planes, paid) = found["file"][0], found["planes"][0]
    assert cells > planes
    assert cost < paid < len(_words.bags()) - 1


def test_with_more_numbers_a_word_scores_come_nearer_to_the_formula():
    matches = [np.corrcoef(*_words.fitted(size))[0, 1] for size in (2, 8, 16)]
    assert matches[0] < 0.6 < matches[1] < 0.95 < 0.99 < matches[2]


def test_stretching_words_and_shrinking_companies_keeps_the_loss():
    pairs, often = _words.company()
    learner = SkipGram(pairs, often, 8, rng=0, batch=None)
    before = learner.loss_and_grad()
    learner.vectors[:, 0] *= 10
    learner.contexts[:, 0] /= 10
    assert learner.loss_and_grad() == pytest.approx(before, rel=1e-12)

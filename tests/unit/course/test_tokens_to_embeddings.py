"""The article on embeddings: what it says of its figures holds, and its lines are near the edge."""

import numpy as np
import pytest

from games.language import _words
from pycore import search
from pycore.optimizers import Adam
from pycore.training import Minimizer
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


def cosines(vectors):
    """Of each word with every other, its own left out."""
    rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return rows @ rows.T - 2 * np.eye(len(rows))


@pytest.mark.slow
def test_what_is_said_of_fifty_trainings():
    names = _words.vocabulary()
    cat, black, white = names.index("cat"), names.index("black"), names.index("white")
    nearest, changed = [], []
    for seed in range(50):
        learner = _words.new_learner(np.random.default_rng(seed))
        for _ in range(300):
            learner.step()
        own = learner.network.theta.reshape(2, len(names), -1)[0]
        near = cosines(own)
        nearest.append(names[near[cat].argmax()])
        for one, other in ((black, white), (white, black)):
            assert other in np.argsort(-near[one])[:4]
        stretched = cosines(own * ([10.0] + [1.0] * (own.shape[1] - 1)))
        changed.append(int((near.argmax(axis=1) != stretched.argmax(axis=1)).sum()))
    assert sum(name in ("cow", "dog", "mouse", "horse") for name in nearest) == 37
    assert sum(name in ("boy", "girl", "woman") for name in nearest) == 13
    assert (min(changed), max(changed)) == (11, 30)


@pytest.mark.slow
def test_the_card_begins_with_the_farthest_cat_and_dog_of_fifty():
    names, (pairs, often) = _words.vocabulary(), _words.company()
    found = []
    for seed in range(50):
        learner = SkipGram(pairs, often, 8, rng=seed)
        trainer = Minimizer(learner, Adam(0.03))
        for _ in range(300):
            trainer.step()
        found.append(cosines(learner.vectors)[names.index("cat"), names.index("dog")])
    assert min(found) == found[0]
    assert round(float(np.mean(found)), 2) == 0.91


@pytest.mark.slow
def test_no_number_of_planes_comes_up_to_the_cells():
    points = _words.sentence_vectors()
    own = np.arange(len(points))
    truth = search.exact(points, points, _words.WANTED, leave=own)

    def means(index, settings):
        """Recall and distances, means over fifty beginnings, a row for each setting."""
        rows = np.zeros((len(settings), 2))
        for start in range(50):
            built = index(np.random.default_rng(start))
            for i, setting in enumerate(settings):
                found = built.search(points, _words.WANTED, leave=own, **setting)
                rows[i] += search.recall(found, truth), found.computed.mean()
        return (rows / 50).T

    recall, cost = means(
        lambda rng: search.InvertedFile(points, search.k_means(points, _words.CELLS, rng)),
        [{"looks": looks} for looks in range(1, 7)],
    )
    for count in (2, 4, 6, 8, 10, 12):
        planes, paid = means(
            lambda rng, count=count: search.Hyperplanes(points, rng.normal(size=(count, 8))),
            [{"off": off} for off in range(2)],
        )
        assert (planes < np.interp(paid, cost, recall)).all(), count

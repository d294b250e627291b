"""Word vectors: company counted by hand, and where the loss of a pair is least."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.contrastive import NegativeSampling
from pycore.optimizers import Adam
from pycore.training import Minimizer
from pycore.word_vectors import SkipGram, company, counts, shifted_pmi, vocabulary

SENTENCES = [["cat", "sees", "dog"], ["dog", "sees", "cat"], ["cat", "sleeps"]]


def test_the_company_of_a_word_stands_at_most_a_window_away() -> None:
    words = vocabulary(SENTENCES)
    assert words == ["cat", "sees", "dog", "sleeps"]
    assert counts(SENTENCES).tolist() == [3, 2, 2, 1]
    near = [(words[i], words[j]) for i, j in company(SENTENCES[:1], 1).tolist()]
    assert near == [("cat", "sees"), ("sees", "cat"), ("sees", "dog"), ("dog", "sees")]
    assert len(company(SENTENCES, 2)) == 6 + 6 + 2


def test_shifted_pmi_is_the_score_at_which_a_pairs_loss_is_least() -> None:
    """Each pair's expected loss, by the engine's own loss, is higher to either side."""
    pairs, noise = company(SENTENCES, 2), np.array([0.4, 0.3, 0.2, 0.1])
    scores, k = shifted_pmi(pairs, noise, 2), 2
    met = np.zeros((4, 4))
    for i, j in pairs:
        met[i, j] += 1
    assert (np.isneginf(scores) == (met == 0)).all()

    def expected(i: int, j: int, y: float) -> float:
        loss, one = NegativeSampling(), np.array([[y]])
        seen = loss.forward(one, np.array([[1.0]]))
        against = loss.forward(one, np.array([[-1.0]]))
        return float(met[i, j] * seen + k * met[i].sum() * noise[j] * against)

    for i, j in np.argwhere(met > 0).tolist():
        best = expected(i, j, float(scores[i, j]))
        assert best < min(expected(i, j, float(scores[i, j]) + h) for h in (-0.01, 0.01))


def test_with_the_share_in_all_pairs_as_noise_it_is_pmi_less_log_k() -> None:
    pairs = company(SENTENCES, 2)
    share = np.bincount(pairs[:, 1], minlength=4) / len(pairs)
    scores = shifted_pmi(pairs, share, 3)
    for i, j in pairs.tolist():
        both = np.mean((pairs == [i, j]).all(axis=1))
        expected = np.log(both / ((pairs[:, 0] == i).mean() * share[j])) - np.log(3)
        assert scores[i, j] == pytest.approx(expected)


def test_skip_gram_draws_words_by_the_power_of_their_counts() -> None:
    learner = SkipGram(company(SENTENCES, 2), counts(SENTENCES), 3, rng=0)
    powers = np.array([3, 2, 2, 1]) ** 0.75
    assert np.allclose(learner.noise, powers / powers.sum())


def test_trained_on_all_pairs_scores_come_to_the_shifted_pmi_where_a_vector_has_room() -> None:
    pairs, often = company(SENTENCES, 2), counts(SENTENCES)
    learner = SkipGram(pairs, often, 6, rng=0, negatives=3, batch=None)
    best = shifted_pmi(pairs, learner.noise, 3)
    met = np.isfinite(best)

    def off() -> float:
        return float(np.abs((learner.vectors @ learner.contexts.T - best)[met]).max())

    trained, before = Minimizer(learner, Adam(0.03)), off()
    for _ in range(600):
        trained.step()
    assert off() < 0.02 < before


def test_what_is_drawn_has_on_average_the_loss_and_gradient_of_all() -> None:
    pairs, often = company(SENTENCES, 2), counts(SENTENCES)
    whole = SkipGram(pairs, often, 3, rng=0, negatives=2, batch=None)
    drawn = SkipGram(pairs, often, 3, rng=0, negatives=2, batch=20_000)
    assert drawn.loss_and_grad() == pytest.approx(whole.loss_and_grad(), rel=0.01)
    assert np.abs(drawn.network.grad - whole.network.grad).max() < 0.005


def test_what_cannot_be_learned_from_is_refused_by_name() -> None:
    pairs = company(SENTENCES, 2)
    with pytest.raises(ValueError, match="run from 0 to 3; allowed: 0 to 2"):
        SkipGram(pairs, [1, 1, 1], 2, rng=0)
    with pytest.raises(ValueError, match="no word stands beside another"):
        company([["cat"]], 2)
    with pytest.raises(ValueError, match="there is no word"):
        vocabulary([])
    with pytest.raises(ValueError, match="power is -1"):
        SkipGram(pairs, [1, 1, 1, 1], 2, rng=0, power=-1)

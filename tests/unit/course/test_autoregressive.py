"""The article on autoregressive models: what it says of its tree, its circles and its slips."""

import itertools

import numpy as np

from course.language.autoregressive import figures, values
from pycore import decoding
from pycore.recipes import tale


def test_boat_is_the_best_of_all_four_letter_ends_and_greedy_takes_the_likeliest_letter():
    """Every beginning that is at least as likely as it is looked into, and no other can matter."""
    vocabulary, best = tale.vocabulary(), values.best[1]
    alive, found = [("", 0.0)], []
    for _ in range(4):
        beginnings = [figures.START + said for said, _ in alive]
        rows = tale.log_odds(beginnings)
        alive = [
            (said + vocabulary.words[i], log_p + row[i])
            for (said, log_p), row in zip(alive, rows, strict=True)
            for i in np.flatnonzero(log_p + row >= best - 1e-9)
        ]
        found += alive
    assert [said for said, _ in alive] == ["boat"]
    assert len(found) == values.alive
    assert values.greedy[0] == "sall"
    assert values.odds.argmax() == vocabulary.encode("s")[0]


def test_greedy_ends_in_a_circle_from_nearly_all_of_fifty_places():
    assert len(values.begun) == 50
    assert values.in_loops >= 40
    assert values.circle < 1.2 < values.learned
    assert values.loops("xabcdabcd")
    assert not values.loops("abcdabce")
    written = tale.text()[0]
    assert not any(values.loops(written[i : i + 64]) for i in range(len(written) - 64))


def test_a_circle_is_no_likelier_for_having_been_said_before():
    """What brings it back is that greedy reads 24 letters, not that it was said twice."""
    again = "to the wall "
    once, twice = (
        sum(
            tale.log_odds([("and the red sun " + said + again[:i])[-tale.LONGEST :]])[
                0, tale.vocabulary().encode(again[i])[0]
            ]
            for i in range(len(again))
        )
        for said in ("", again)
    )
    assert once > twice - 1


def test_a_wider_beam_mostly_finds_what_is_at_least_as_likely_but_need_not():
    assert values.beams.total() == 50
    assert values.beams[1] + values.beams[0] == 50
    assert values.beams[1] >= 5
    worse = 0
    for seed in range(300):
        after = np.log(np.random.default_rng(seed).dirichlet(0.5 * np.ones(4), 4))

        def log_p(items, after=after):
            return after[items[:, -1] if items.shape[1] else np.zeros(len(items), int)]

        one, two = (decoding.search(log_p, width, 4)[0].log_p for width in (1, 2))
        worse += two < one - 1e-9
    assert 0 < worse < 10


def test_hot_it_makes_up_words_and_inside_a_word_it_is_surer():
    assert values.known[1] > 0.5 > 0.4 > values.known[2]
    assert values.inside > 0.6 > 0.4 > values.outside
    assert 0.1 < values.others < 0.2


def test_a_slip_costs_most_at_once_and_hardly_anything_ten_letters_on():
    """200 stretches of each text; the figure and the prose draw the same ones."""
    assert figures.SLIPS == values.SLIPS
    for part in tale.text():
        clean, more = (nats / np.log(2) for nats in tale.after_a_slip(part, values.SLIPS, 0))
        assert more[0] > 4 > more[1] > 1
        assert all(a > b for a, b in itertools.pairwise(more[:4]))
        assert abs(more[9]) < 0.15
        assert 1 < clean.mean() < 3


def test_the_price_without_a_slip_is_the_loss():
    part = tale.text()[1]
    x, y = tale.stretches(part)
    clean, _ = tale.after_a_slip(part, len(x), 1)
    log_p = np.log(np.exp(tale.trained().forward(np.array(x))).clip(1e-300))
    log_p -= np.log(np.exp(log_p).sum(axis=2, keepdims=True))
    said = -np.take_along_axis(log_p, y[..., None], axis=2)[:, 8:, 0].mean(axis=0)
    np.testing.assert_allclose(clean, said)

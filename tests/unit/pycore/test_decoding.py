"""What is cut from probabilities, and what a search finds, against every beginning there is."""

import itertools
import math

import numpy as np
import pytest

from pycore.activations import log_softmax, softmax
from pycore.arrays import Array, Integers
from pycore.decoding import Beginning, search, top_k, top_p, with_temperature

WORDS, LENGTH = 4, 4


def asked(seed: int) -> Array:
    """log p of what comes next, for each item that came last, and first of all."""
    return np.asarray(log_softmax(np.random.default_rng(seed).normal(0, 2, (WORDS + 1, WORDS))))


def after(table: Array, items: Integers) -> Array:
    rows = np.full(len(items), WORDS) if items.shape[1] == 0 else items[:, -1]
    return np.asarray(table[rows])


def probability(table: Array, items: tuple[int, ...]) -> float:
    return float(
        sum(table[before, item] for before, item in zip((WORDS, *items), items, strict=False))
    )


@pytest.mark.parametrize("seed", range(50))
def test_the_widest_search_finds_the_best_there_is_and_the_narrowest_is_greedy(seed: int) -> None:
    table = asked(seed)
    every = sorted(
        itertools.product(range(WORDS), repeat=LENGTH), key=lambda items: -probability(table, items)
    )
    found = search(lambda items: after(table, items), WORDS ** (LENGTH - 1), LENGTH)
    assert found[0].items == every[0]
    assert found[0].log_p == pytest.approx(probability(table, every[0]))
    greedy: tuple[int, ...] = ()
    for _ in range(LENGTH):
        greedy = (*greedy, int(table[greedy[-1] if greedy else WORDS].argmax()))
    (narrow,) = search(lambda items: after(table, items), 1, LENGTH)
    assert narrow.items == greedy
    assert narrow.log_p <= found[0].log_p + 1e-12


def test_what_has_ended_stays_and_alpha_makes_up_for_its_length() -> None:
    """0 ends: at once with 0.4, or after three 1, each likely."""
    start, later = np.log([0.4, 0.6]), np.log([0.3, 0.7])

    def log_p(items: Integers) -> Array:
        return np.array([start if not len(row) else later for row in items])

    assert search(log_p, 2, 3, end=0)[0].items == (0,)
    longest = search(log_p, 2, 3, alpha=1.0, end=0)[0]
    assert longest.items == (1, 1, 1)
    assert longest.score(1.0) == pytest.approx(math.log(0.6 * 0.7 * 0.7) / 3)
    assert Beginning((1, 1, 1, 1), -4.0).score(0.5) == pytest.approx(-2.0)
    assert search(log_p, 1, 5, end=1)[0].items == (1,)  # ended, and nothing left to lengthen


def test_top_k_and_top_p_keep_the_largest_and_no_more_than_needed() -> None:
    rng = np.random.default_rng(0)
    p = softmax(rng.normal(0, 2, (50, 9)))
    for k in (1, 3, 9):
        q = top_k(p, k)
        np.testing.assert_array_equal(np.count_nonzero(q, axis=1), k)
        np.testing.assert_array_equal(q.argmax(axis=1), p.argmax(axis=1))
        held = np.sort(p, axis=1)[:, -k:].sum(axis=1)
        np.testing.assert_allclose(q.max(axis=1), p.max(axis=1) / held)
    for mass in (0.0, 0.5, 0.9, 1.0):
        for row, q in zip(p, top_p(p, mass), strict=True):
            kept = row[q > 0]
            assert kept.min() >= row[q == 0].max(initial=0)
            assert kept.sum() >= mass - 1e-12
            assert len(kept) == 1 or kept.sum() - kept.min() < mass
            np.testing.assert_allclose(q[q > 0], kept / kept.sum())
    np.testing.assert_array_equal(top_k(np.full(4, 0.25), 2), [0.5, 0.5, 0, 0])


def test_temperature_is_that_of_the_logits() -> None:
    y = np.random.default_rng(1).normal(0, 3, (20, 6))
    for temperature in (0.05, 0.7, 1.0, 4.0):
        np.testing.assert_allclose(
            with_temperature(softmax(y), temperature), softmax(y / temperature), atol=1e-12
        )
    assert with_temperature(np.array([1e-300, 1 - 1e-300]), 1e-3)[1] == 1


@pytest.mark.parametrize("p", [[0.5, 0.6], [-0.5, 1.5], [np.nan, 1.0]])
def test_what_are_no_probabilities_is_refused(p: list[float]) -> None:
    for cut in (lambda p: top_k(p, 1), lambda p: top_p(p, 0.5), lambda p: with_temperature(p, 2)):
        with pytest.raises(ValueError, match="allowed: probabilities"):
            cut(np.array(p))

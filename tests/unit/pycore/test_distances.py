"""Distances between distributions: against formulas, and against a transport found by search."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.distances import jensen_shannon, kullback_leibler, wasserstein


def drawn(seed: int, n: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(n))


def test_kl_of_two_coins_is_the_formula() -> None:
    by_hand = 0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1)
    assert kullback_leibler([0.5, 0.5], [0.9, 0.1]) == pytest.approx(by_hand)
    assert kullback_leibler([0.5, 0.5], [1.0, 0.0]) == math.inf
    assert kullback_leibler([1.0, 0.0], [0.5, 0.5]) == pytest.approx(math.log(2))


@pytest.mark.parametrize("seed", range(5))
def test_js_is_symmetric_zero_with_itself_and_at_most_log_2(seed: int) -> None:
    p, q = drawn(seed), drawn(seed + 50)
    assert jensen_shannon(p, q) == pytest.approx(jensen_shannon(q, p))
    assert jensen_shannon(p, p) == 0
    entropies = [-(r * np.log(r)).sum() for r in ((p + q) / 2, p, q)]
    assert jensen_shannon(p, q) == pytest.approx(entropies[0] - sum(entropies[1:]) / 2)
    assert 0 < jensen_shannon(p, q) < math.log(2)


@pytest.mark.parametrize("gap", [0, 1, 7])
def test_js_of_what_never_overlaps_is_log_2_however_far_it_is(gap: int) -> None:
    p = np.r_[0.5, 0.5, np.zeros(gap + 2)]
    assert jensen_shannon(p, p[::-1]) == pytest.approx(math.log(2), rel=1e-15)
    assert wasserstein(p, p[::-1]) == pytest.approx(gap + 2)


@pytest.mark.parametrize("seed", range(5))
def test_wasserstein_is_the_cheapest_of_all_ways_to_carry_grain_by_grain(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.integers(9, size=5), rng.integers(9, size=5)
    p, q = (np.bincount(grains, minlength=9) / 5 for grains in (a, b))
    cheapest = min(np.abs(a - b[list(way)]).mean() for way in permutations(range(5)))
    assert wasserstein(p, q) == pytest.approx(cheapest)
    assert wasserstein(p, q, 0.1) == pytest.approx(0.1 * cheapest)


@pytest.mark.parametrize("distance", [kullback_leibler, jensen_shannon, wasserstein])
def test_what_is_no_distribution_is_refused(distance) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ShapeError, match=r"shapes \(2,\) and \(3,\)"):
        distance([0.5, 0.5], [0.2, 0.3, 0.5])
    with pytest.raises(ValueError, match=r"q has least 0\.5 and sum 1\.5; allowed"):
        distance([0.5, 0.5], [0.5, 1.0])
    with pytest.raises(ValueError, match=r"p has least -0\.5 and sum 1"):
        distance([-0.5, 1.5], [0.5, 0.5])

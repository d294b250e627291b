"""Random features: the shortest fit is where descent ends, and the peak is where points run out."""

from __future__ import annotations

import math
import time
from functools import cache

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.random_features import (
    Features,
    Sweep,
    best_ridge,
    descend,
    descended,
    fourier,
    isotropic_risk,
    least_norm,
    relu,
    ridge_errors,
    sweep,
)

SEEDS = range(60)
POINTS = 30
COUNTS = np.array([5, 10, 15, 20, *range(24, 41), 45, 60, 90, 120])


def drawn(seed: int, kind: str, noise: float) -> tuple[Features, list[np.ndarray]]:
    """Features, 30 noisy points and 200 exact ones: a wave, or a plane in ten dimensions."""
    rng = np.random.default_rng(seed)
    if kind == "fourier":
        x = np.linspace(-1, 1, POINTS)[:, None]
        x_test = np.linspace(-1, 1, 200)[:, None]
        y, y_test = np.sin(2 * math.pi * x[:, 0]), np.sin(2 * math.pi * x_test[:, 0])
        features = fourier(120, rng, scale=1.5 * POINTS)
    else:
        x, x_test = rng.normal(size=(POINTS, 10)), rng.normal(size=(200, 10))
        along = rng.normal(size=10) / math.sqrt(10)
        y, y_test = x @ along, x_test @ along
        features = relu(120, rng, inputs=10)
    return features, [x, y + noise * rng.normal(size=POINTS), x_test, y_test]


@cache
def swept(kind: str, noise: float, ridge: float = 0.0) -> list[Sweep]:
    """One sweep for each seed."""
    found = []
    for seed in SEEDS:
        features, points = drawn(seed, kind, noise)
        found.append(sweep(features, *points, COUNTS, ridge))
    return found


def median(sweeps: list[Sweep]) -> np.ndarray:
    """The error on the test's points at each count."""
    return np.median([one.test for one in sweeps], axis=0)


@pytest.mark.parametrize("kind", ["fourier", "relu"])
def test_the_peak_is_at_as_many_features_as_points(kind):
    """Within a fifth of 30 in nearly each of 60 draws, and in the middle of them within a tenth."""
    peaks = np.array([one.peak for one in swept(kind, 0.3)])
    assert (abs(peaks - POINTS) <= 6).mean() >= 0.9
    assert abs(np.median(peaks) - POINTS) <= 3


@pytest.mark.parametrize("kind", ["fourier", "relu"])
def test_beyond_the_peak_the_error_falls_below_that_of_every_smaller_model(kind):
    test = median(swept(kind, 0.3))
    assert test[COUNTS == POINTS][0] > 10 * test[-1]
    assert test[-1] < test[COUNTS <= POINTS].min()


@pytest.mark.parametrize("kind", ["fourier", "relu"])
def test_from_as_many_features_as_points_each_point_is_met_and_the_norm_only_falls(kind):
    for one in swept(kind, 0.3):
        beyond = COUNTS >= POINTS
        assert (one.train[beyond] < 1e-8).all()
        assert (one.train[COUNTS < 24] > 1e-4).all()
        norms = one.norm[beyond]
        assert (np.diff(norms) <= 1e-6 * norms[:-1]).all()


@pytest.mark.parametrize("kind", ["fourier", "relu"])
def test_ridge_removes_the_peak_and_too_much_flattens_the_curve(kind):
    bare = median(swept(kind, 0.3))
    calm = median(swept(kind, 0.3, 3.0))
    flat = median(swept(kind, 0.3, 1e5))
    at = COUNTS == POINTS
    assert calm[at][0] < bare[at][0] / 10
    assert calm.max() <= 1.05 * calm[0]
    assert flat[-1] > 1.5 * calm[-1]


@pytest.mark.parametrize("kind", ["fourier", "relu"])
def test_less_label_noise_lowers_the_peak(kind):
    """At each seed the points and features are the same, and the noise is a tenth."""
    at = COUNTS == POINTS
    fallen = [
        quiet.test[at][0] < loud.test[at][0]
        for loud, quiet in zip(swept(kind, 1.0), swept(kind, 0.1), strict=True)
    ]
    assert np.mean(fallen) >= 0.8
    assert median(swept(kind, 0.1))[at][0] < median(swept(kind, 1.0))[at][0] / 3


@pytest.mark.parametrize("count", [4, 120])
def test_descent_from_zero_comes_to_the_shortest_solution(count):
    """To a millionth of its length in 6,000 steps, for each of 60 draws of waves."""
    for seed in SEEDS:
        features, (x, y, *_) = drawn(seed, "fourier", 0.3)
        phi = features.first(count)(x)
        shortest = least_norm(phi, y)
        found = descend(phi, y, 6000)
        assert np.linalg.norm(found - shortest) <= 1e-6 * np.linalg.norm(shortest), seed


@pytest.mark.parametrize("count", [10, 30, 90])
def test_so_does_its_formula_after_very_many_steps(count):
    """Of ReLU features, with as many as points too: there it takes far more steps."""
    for seed in SEEDS:
        features, (x, y, *_) = drawn(seed, "relu", 0.3)
        phi = features.first(count)(x)
        shortest = least_norm(phi, y)
        found = descended(phi, y, 10**14)
        assert np.linalg.norm(found - shortest) <= 1e-6 * np.linalg.norm(shortest), seed


def test_descent_never_leaves_the_span_of_the_rows():
    for seed in SEEDS[:10]:
        features, (x, y, *_) = drawn(seed, "relu", 0.3)
        phi = features(x)
        a = descend(phi, y, 50)
        inside = np.linalg.pinv(phi) @ (phi @ a)
        assert np.linalg.norm(a - inside) <= 1e-10 * np.linalg.norm(a)


@pytest.mark.parametrize("lr", [None, 1e-3, 0.0])
@pytest.mark.parametrize("count", [10, 30, 60])
@pytest.mark.parametrize("steps", [0, 1, 7, 300])
def test_the_formula_of_descent_is_what_its_steps_come_to(count, steps, lr):
    for seed in range(5):
        features, (x, y, *_) = drawn(seed, "relu", 0.3)
        phi = features.first(count)(x)
        walked, told = descend(phi, y, steps, lr), descended(phi, y, steps, lr)
        np.testing.assert_allclose(told, walked, rtol=1e-9, atol=1e-12)


def test_at_the_peak_descent_needs_steps_without_end_and_comes_there_too():
    features, (x, y, *_) = drawn(1, "relu", 0.3)
    phi = features.first(POINTS)(x)
    shortest = least_norm(phi, y)
    assert np.linalg.norm(descended(phi, y, 1000)) < np.linalg.norm(shortest) / 2
    np.testing.assert_allclose(descended(phi, y, 10**14), shortest, rtol=1e-6)


def test_least_norm_is_what_numpy_finds_and_no_longer_than_any_other_fit():
    rng = np.random.default_rng(3)
    for rows, count in [(20, 5), (20, 20), (8, 30)]:
        phi, y = rng.normal(size=(rows, count)), rng.normal(size=(rows, 2))
        a = least_norm(phi, y)
        np.testing.assert_allclose(a, np.linalg.lstsq(phi, y, rcond=None)[0], atol=1e-9)
        other = a + (np.eye(count) - np.linalg.pinv(phi) @ phi) @ rng.normal(size=(count, 2))
        np.testing.assert_allclose(phi @ other, phi @ a, atol=1e-9)
        assert np.linalg.norm(a) <= np.linalg.norm(other) + 1e-9


def test_directions_below_rcond_count_as_none():
    phi, y = np.diag([1.0, 1e-3, 0.0]), np.ones(3)
    np.testing.assert_allclose(least_norm(phi, y), [1, 1e3, 0])
    np.testing.assert_allclose(least_norm(phi, y, rcond=0.1), [1, 0, 0])
    np.testing.assert_array_equal(least_norm(np.zeros((2, 3)), np.ones(2)), np.zeros(3))


def test_ridge_solves_its_own_equations():
    rng = np.random.default_rng(4)
    for rows, count in [(20, 5), (8, 30)]:
        phi, y = rng.normal(size=(rows, count)), rng.normal(size=rows)
        a = least_norm(phi, y, ridge=0.7)
        np.testing.assert_allclose(phi.T @ (phi @ a - y) + 0.7 * a, 0, atol=1e-12)


def test_errors_of_many_ridges_are_those_of_each():
    features, (x, y, x_test, y_test) = drawn(0, "relu", 0.3)
    ridges = [0.0, 0.01, 1.0, 100.0]
    found = ridge_errors(features(x), y, features(x_test), y_test, ridges)
    for ridge, error in zip(ridges, found, strict=True):
        one = sweep(features, x, y, x_test, y_test, [features.count], ridge)
        assert error == pytest.approx(one.test[0], rel=1e-9)


@pytest.mark.parametrize("ridge", [0.0, 0.05, 1.0])
@pytest.mark.parametrize("gamma", [0.25, 0.75, 1.5, 4.0])
def test_the_predicted_risk_is_that_of_many_draws(gamma, ridge):
    """80 points, signal 2, noise 0.5, 60 draws: within 5 standard errors and 4 %."""
    n, signal, noise = 80, 2.0, 0.5
    d, found = round(gamma * n), []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        x, a = rng.normal(size=(n, d)), rng.normal(size=d)
        a *= math.sqrt(signal) / np.linalg.norm(a)
        y = x @ a + noise * rng.normal(size=n)
        found.append(np.sum((least_norm(x, y, n * ridge) - a) ** 2))
    error = np.std(found) / math.sqrt(len(found))
    expected = isotropic_risk(gamma, signal, noise, ridge)
    assert np.mean(found) == pytest.approx(expected, abs=5 * error + 0.04 * expected)


def test_the_risk_with_very_little_ridge_is_that_without():
    for gamma in (0.3, 0.9, 1.1, 4.0):
        bare = isotropic_risk(gamma, 2.0, 0.5)
        assert isotropic_risk(gamma, 2.0, 0.5, 1e-9) == pytest.approx(bare, rel=1e-5)


def test_no_ridge_is_better_than_the_best_and_with_it_there_is_no_peak():
    gammas = np.geomspace(0.1, 10, 41)
    for signal, noise in [(1.0, 0.3), (2.0, 1.0), (1.0, 3.0)]:
        least = []
        for gamma in gammas:
            best = best_ridge(gamma, signal, noise)
            least.append(isotropic_risk(gamma, signal, noise, best))
            for factor in (0.5, 0.9, 1.1, 2.0):
                assert isotropic_risk(gamma, signal, noise, factor * best) > least[-1]
        assert (np.diff(least) > 0).all()
        assert max(least) < signal
    assert isotropic_risk(1.0, 1.0, 0.3) == math.inf


def test_the_mean_over_many_waves_is_the_gaussian_kernel():
    features = fourier(200_000, 0, inputs=2, scale=1.5)
    x = np.array([[0.0, 0.0], [0.3, -0.2], [1.0, 0.5]])
    phi = features(x)
    distances = ((x[:, None] - x) ** 2).sum(axis=2)
    kernel = np.exp(-(1.5**2) * distances / 2)
    np.testing.assert_allclose(phi @ phi.T / features.count, kernel, atol=0.02)


def test_the_first_features_are_columns_of_all():
    features = relu(9, 0, inputs=2)
    x = np.random.default_rng(0).normal(size=(4, 2))
    np.testing.assert_array_equal(features.first(3)(x), features(x)[:, :3])
    np.testing.assert_allclose(np.linalg.norm(features.weights, axis=0), 1)


def test_a_sweep_to_four_times_the_points_can_be_watched():
    """40 points, 160 counts: at most 4 ms a count, as the best of three."""
    features, points = drawn(0, "fourier", 0.3)
    best = math.inf
    for _ in range(3):
        began = time.perf_counter()
        sweep(features, *points)
        best = min(best, time.perf_counter() - began)
    assert best < 0.004 * features.count


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: fourier(0, 0), "count is 0; allowed: whole numbers from 1"),
        (lambda: fourier(3, 0, scale=0), "scale is 0; allowed: finite numbers above 0"),
        (lambda: relu(3, 0, reach=math.nan), "reach is nan; allowed"),
        (lambda: relu(3, 0).first(4), "count is 4; allowed: whole numbers to 3"),
        (lambda: relu(3, 0)([1.0, 2.0]), r"shape \(2,\); allowed: \(n, 1\)"),
        (lambda: least_norm([[1.0]], [1.0, 2.0]), "the same number of rows"),
        (lambda: least_norm([1.0], [1.0]), r"phi: got an array of shape \(1,\)"),
        (lambda: least_norm([[1.0]], [1.0], ridge=-1), "ridge is -1; allowed"),
        (lambda: least_norm([[1.0]], [1.0], rcond=2), "rcond is 2; allowed"),
        (lambda: least_norm(np.ones((0, 2)), np.ones(0)), "every dimension at least 1"),
        (lambda: descend([[1.0]], [1.0], -1), "steps is -1; allowed"),
        (lambda: sweep(relu(3, 0), [[1.0]], [1.0], [[1.0]], [1.0], [4]), "allowed: 1 to 3"),
        (lambda: sweep(relu(3, 0), [[1.0]], [1.0], [[1.0]], [1.0], []), "a row of whole numbers"),
        (lambda: isotropic_risk(0.0, 1.0, 1.0), "gamma is 0.0; allowed"),
        (lambda: best_ridge(1.0, 0.0, 1.0), "signal is 0.0; allowed"),
        (lambda: ridge_errors([[1.0]], [1.0], [[1.0]], [1.0], [-1.0]), "ridge is -1.0; allowed"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(wrong, said):
    with pytest.raises((ValueError, ShapeError), match=said):
        wrong()

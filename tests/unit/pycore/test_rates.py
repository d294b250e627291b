"""Rates: what is promised of a run is kept by the run, for every setting that a theorem covers."""

import numpy as np
import pytest

from pycore import rates
from pycore.optimizers import NAG, SGD, Momentum

RUNS = range(1000)


def smooth(rng):
    """A convex function of 1 to 6 parameters with curvature from mu to L, its slope, and both."""
    n, mu = int(rng.integers(1, 7)), 10 ** rng.uniform(-1, 1)
    L = mu * 10 ** rng.uniform(0, 3)
    turned, _ = np.linalg.qr(rng.normal(size=(n, n)))
    soft = rng.uniform(0, 1, n) * (L - mu)

    def f(p):
        q = turned @ p
        return float(mu * q @ q / 2 + soft @ np.logaddexp(q, -q) - soft.sum() * np.log(2))

    def slope(p):
        q = turned @ p
        return turned.T @ (mu * q + soft * np.tanh(q))

    return f, slope, mu, L, rng.normal(size=n) * 3


def parabolas(rng):
    """A sum of parabolas, the flattest of curvature mu and the steepest of L."""
    n = int(rng.integers(2, 7))
    mu = 10 ** rng.uniform(-1, 1)
    L = mu * 10 ** rng.uniform(0, 3)
    bends = np.concatenate([[mu, L], rng.uniform(mu, L, n - 2)])
    return lambda p: float(bends @ p**2 / 2), lambda p: bends * p, mu, L, rng.normal(size=n) * 3


def losses(f, slope, optimizer, start, steps):
    theta = start.copy()
    found = [f(theta)]
    for _ in range(steps):
        optimizer.step(theta, slope(theta))
        found.append(f(theta))
    return np.array(found), theta


def below(measured, bound):
    """Whether a run stays below its bound, as far as rounding lets it."""
    return (measured <= bound * (1 + 1e-9) + 1e-13 * measured[0]).all()


def test_a_convex_run_stays_below_the_bound_for_every_rate_to_1_over_L():
    for seed in RUNS:
        rng = np.random.default_rng(seed)
        f, slope, _, L, start = smooth(rng)
        lr, t = rng.uniform(0.05, 1) / L, np.arange(1, 61)
        found, _ = losses(f, slope, SGD(lr), start, 60)
        bound = rates.smooth_bound(np.linalg.norm(start), lr, t)
        assert below(found[1:], bound), seed


def test_a_plain_step_comes_nearer_by_its_factor_for_every_rate_below_2_over_L():
    for seed in RUNS:
        rng = np.random.default_rng(seed)
        _, slope, mu, L, start = smooth(rng)
        lr, theta = rng.uniform(0.01, 2) / L, start.copy()
        rho, step = rates.contraction(mu, L, lr), SGD(lr)
        for _ in range(40):
            before = np.linalg.norm(theta)
            step.step(theta, slope(theta))
            assert np.linalg.norm(theta) <= rho * before * (1 + 1e-9), seed


def test_the_heavy_ball_stays_below_its_bound_for_every_stable_setting():
    for seed in RUNS:
        rng = np.random.default_rng(seed)
        f, slope, mu, L, start = parabolas(rng)
        beta = float(rng.choice([0.0, rng.uniform(0, 0.99)]))
        lr = rng.uniform(0.01, 0.999) * 2 * (1 + beta) / L
        rho = float(rates.heavy_ball([mu, L], lr, beta).max())
        assert rho < 1
        found, _ = losses(f, slope, Momentum(lr, beta), start, 120)
        assert below(found, found[0] * rates.heavy_ball_bound(rho, beta, np.arange(121))), seed


def test_nesterovs_steps_stay_below_their_bound():
    for seed in RUNS:
        rng = np.random.default_rng(seed)
        f, slope, mu, L, start = smooth(rng)
        root, theta, found = np.sqrt(L / mu), start.copy(), [f(start)]
        nag = NAG(1 / L, (root - 1) / (root + 1))
        for _ in range(60):
            nag.step(theta, slope(theta))
            found.append(f(theta + nag.lr * nag.beta * nag.v))
        bound = rates.nesterov_bound(mu, L, found[0], np.linalg.norm(start), np.arange(61))
        assert below(np.array(found), bound), seed


def test_the_heavy_ball_rate_is_the_larger_root_of_its_recurrence():
    rng = np.random.default_rng(0)
    for _ in range(200):
        bend, lr, beta = rng.uniform(0.1, 10), rng.uniform(0, 1), rng.uniform(0, 1)
        step = [[1 + beta - lr * bend, -beta], [1, 0]]
        expected = np.abs(np.linalg.eigvals(step)).max()
        assert rates.heavy_ball(bend, lr, beta) == pytest.approx(expected, rel=1e-6)


def test_the_edge_of_the_stable_region_is_2_times_1_plus_beta_over_L():
    for beta in (0.0, 0.3, 0.9):
        edge = 2 * (1 + beta) / 7
        assert (
            rates.heavy_ball(7.0, edge * 0.999, beta)
            < 1
            < rates.heavy_ball(7.0, edge * 1.001, beta)
        )


def test_no_setting_is_faster_than_the_best_one():
    lr, beta = rates.best_heavy_ball(1.0, 50.0)
    best = rates.heavy_ball([1.0, 50.0], lr, beta).max()
    assert best == pytest.approx(np.sqrt(beta))
    rng = np.random.default_rng(0)
    for _ in RUNS:
        other = rates.heavy_ball([1.0, 50.0], rng.uniform(0, 0.1), rng.uniform(0, 1)).max()
        assert other >= best - 1e-9


@pytest.mark.parametrize(("mu", "L"), [(0.0, 1.0), (2.0, 1.0), (1.0, np.inf), (-1.0, 1.0)])
def test_curvatures_that_are_none_are_refused(mu, L):
    for ask in (lambda: rates.contraction(mu, L, 0.1), lambda: rates.best_heavy_ball(mu, L)):
        with pytest.raises(ValueError, match=r"allowed: (0 < mu ≤ L|finite numbers above 0)"):
            ask()

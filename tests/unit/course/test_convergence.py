"""The lesson on convergence: bounds where losses are only convex, and what it says of its game."""

import numpy as np
import pytest

from games.optimisation.the_speed_limit.bowls import BOWLS, LOW, descent, ended
from pycore import rates

RUNS = range(1000)
SEEDS = range(50)


def convex(rng):
    """A convex loss of 1 to 7 parameters whose walls become straight, its slope, L and a start.

    Its lowest value is 0, at 0. Some have directions in which they are flat everywhere.
    """
    n = int(rng.integers(1, 8))
    turned = rng.normal(size=(int(rng.integers(1, 6)), n)) * 10 ** rng.uniform(-1, 1)
    weights = rng.uniform(0.1, 5, len(turned))
    L = float(np.linalg.norm(turned.T * np.sqrt(weights), 2) ** 2)
    start = rng.normal(size=n) * 10 ** rng.uniform(-2, 2)

    def f(p):
        return float(weights @ (np.logaddexp(turned @ p, -turned @ p) - np.log(2)))

    def slope(p):
        return turned.T @ (weights * np.tanh(turned @ p))

    return f, slope, L, start


def at_most(value, bound):
    return value <= bound * (1 + 1e-9) + 1e-12


def test_bounds_of_convex_losses_hold_where_no_curvature_is_left_far_out():
    for seed in RUNS:
        rng = np.random.default_rng(seed)
        f, slope, L, x = convex(rng)
        eta, D2, first, squares, total = rng.uniform(0.05, 1) / L, x @ x, f(x), [], 0.0
        for t in range(1, 61):
            g = slope(x)
            squares.append(g @ g)
            new = x - eta * g
            assert at_most(f(new), f(x) - eta * (1 - eta * L / 2) * g @ g), seed
            x = new
            total += f(x)
            assert at_most(total, D2 / (2 * eta)), seed
            assert at_most(f(x), float(rates.smooth_bound(D2**0.5, eta, t))), seed
            assert at_most(min(squares), 2 * first / (eta * t)), seed


def test_the_quoted_bounds_hold_for_them():
    """L D² / (4t + 2) for plain steps of 1/L; 2 L D² / (t + 1)² for Nesterov's of 1983."""
    for seed in RUNS:
        f, slope, L, start = convex(np.random.default_rng(seed))
        D2, x = start @ start, start
        for t in range(1, 41):
            x = x - slope(x) / L
            assert at_most(f(x), L * D2 / (4 * t + 2)), seed
        x, y, share = start, start, 1.0
        for t in range(1, 61):
            before, x = x, y - slope(y) / L
            assert at_most(f(x), 2 * L * D2 / (t + 1) ** 2), seed
            share, last = (1 + np.sqrt(1 + 4 * share**2)) / 2, share
            y = x + (last - 1) / share * (x - before)


def quick(name, pace, beta):
    """In how many of 50 starts a setting is down within the budget."""
    bowl = BOWLS[name]
    return sum(
        ended(descent(bowl, bowl.start(np.random.default_rng(seed)), pace, beta)).outcome
        == "budget"
        for seed in SEEDS
    )


@pytest.mark.slow
def test_the_narrow_valley_wants_a_momentum_a_little_above_0_7():
    """From two thirds of the way to the edge on, as the lesson says to whoever has not won yet."""
    edge = 2 * (1 + 0.72)
    for pace in np.arange(48, 69, 5) / 20:
        assert pace > edge * 2 / 3
        assert quick("ravine", float(pace), 0.72) == len(SEEDS)
    assert quick("ravine", 1.5, 0.72) == quick("ravine", 3.0, 0.4) == 0


@pytest.mark.slow
def test_the_narrower_a_valley_the_fewer_settings_are_fast_and_none_without_momentum():
    rng = np.random.default_rng(0)
    settings = [(rng.uniform(0.1, 4), rng.uniform(0, 0.98)) for _ in range(150)]
    fast = dict.fromkeys(BOWLS, 0)
    for name, bowl in BOWLS.items():
        start = bowl.start(rng)
        for pace, beta in settings:
            fast[name] += ended(descent(bowl, start, pace, beta)).outcome == "budget"
    assert fast["round"] > 1.5 * fast["soft"] > 2 * fast["ravine"] > 0


def test_on_the_edge_a_parabola_never_gets_down():
    bowl = BOWLS["ravine"]
    for seed in SEEDS:
        run = ended(descent(bowl, bowl.start(np.random.default_rng(seed)), 2.0, 0.0))
        assert run.outcome == "never", seed
        for _ in range(1000):
            run.advance()
        assert run.losses[-1] > LOW, seed


def test_beyond_the_edge_soft_walls_never_let_it_down():
    """Also where the run is still coming down when it is given up."""
    bowl, falling = BOWLS["soft"], 0
    for seed in SEEDS:
        run = ended(descent(bowl, bowl.start(np.random.default_rng(seed)), 2.25, 0.12))
        assert run.outcome == "never", seed
        falling += max(run.losses[-25:]) < 0.99 * max(run.losses[-50:-25])
        for _ in range(1000):
            run.advance()
        assert min(run.losses) > LOW, seed
    assert falling > 0

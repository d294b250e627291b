"""What the article on diffusion says without computing it: where islands part, and who crosses."""

import math

import numpy as np
import pytest

from course.generative.diffusion_models.figures import ISLANDS, SPREAD
from games.generative.back_from_noise.game import NOISING
from pycore.models.diffusion import gaussian_noise, linear


def basins(level):
    """How many maxima the density of the noisy islands has: uphill by its own mean shift."""
    size = math.sqrt((ISLANDS**2).mean() + SPREAD**2)
    left = NOISING.left(level - 1)
    middles, v = math.sqrt(left) * ISLANDS / size, left * (SPREAD / size) ** 2 + 1 - left
    x = np.random.default_rng(0).normal(size=(100, 2))
    for _ in range(2000):
        apart = ((x[:, None] - middles) ** 2).sum(axis=2)
        share = np.exp((apart.min(axis=1, keepdims=True) - apart) / (2 * v))
        x = share / share.sum(axis=1, keepdims=True) @ middles
    return len(np.unique(x.round(2) + 0.0, axis=0))


@pytest.mark.parametrize(
    ("level", "count"), [(34, 1), (17, 1), (16, 2), (13, 2), (12, 3), (11, 5), (10, 5), (6, 5)]
)
def test_islands_part_one_after_the_other(level, count):
    assert basins(level) == count


def test_where_two_bells_part_one_in_six_dots_still_crosses_with_dice_and_none_without():
    m, noising = 0.95, linear(200, 1e-4, 0.02)
    best = gaussian_noise(noising, [[-m], [m]], math.sqrt(1 - m**2))
    parted = int(np.abs(noising.alpha_bar - 1 / (2 * m**2)).argmin())
    noise = np.random.default_rng(0).normal(size=(5000, 1))
    crossed = []
    for eta in (1.0, 0.0):
        path = list(noising.sample(best, noise, 1, None, eta))
        there = path[noising.steps - 1 - parted - 1]
        crossed.append(float((np.sign(there) != np.sign(path[-1])).mean()))
    assert crossed[0] == pytest.approx(math.erfc(math.sqrt(0.5)) / 2, abs=0.02)
    assert crossed[1] == 0

"""The article on GANs: what it says of the critics of fifty starts is measured here."""

import numpy as np
import pytest

from pycore.recipes.gan import critic, slope


def fifty(loss, clip=0.1):
    return np.array([slope(critic(loss, seed, clip)) for seed in range(50)])


@pytest.mark.rarely
@pytest.mark.parametrize(
    ("clip", "least", "most"), [(0.01, 0.00005, 0.00017), (0.1, 0.11, 0.2), (1.0, 100, 170)]
)
def test_a_clipped_critics_slope_is_what_its_clip_makes_it(clip, least, most):
    found = fifty("wasserstein", clip)
    assert least <= found.min() <= found.max() <= most


@pytest.mark.rarely
def test_a_penalised_critics_slope_is_about_one_from_fifty_starts():
    """In theory 1.1: the way, 2, over twice the strength of the penalty, 10, more than 1."""
    found = fifty("wasserstein-gp")
    assert 0.85 <= found.min() <= found.max() <= 1.25
    assert np.median(found) == pytest.approx(1.1, abs=0.05)

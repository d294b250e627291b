"""The flow's recipe: what can be reached is the entropy, and no hole can be cut out of a cloud."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.recipes import flow as recipe


def entropy_of_the_ring(std: float = 0.1) -> float:
    """−∫ p log p of a point on the unit circle plus normal noise: no density has less loss."""
    r, angle = np.linspace(0, 2, 2001), np.linspace(0, np.pi, 2001)
    square = r[:, None] ** 2 + 1 - 2 * r[:, None] * np.cos(angle)
    p = np.exp(-square / (2 * std**2)).mean(axis=1) / (2 * np.pi * std**2)
    return -float((p * np.log(np.maximum(p, 1e-300)) * 2 * np.pi * r).sum() * (r[1] - r[0]))


def test_training_repeats_itself() -> None:
    one, two = (recipe.train("moons", steps=2) for _ in range(2))
    np.testing.assert_array_equal(one.theta, two.theta)


@pytest.mark.parametrize("target", recipe.TARGETS)
def test_new_points_become_likelier_and_the_way_back_stays_exact(target: str) -> None:
    losses, errors = zip(
        *(recipe.judge(recipe.train(target, steps), target) for steps in (0, 300)), strict=True
    )
    assert losses[1] <= losses[0] - 0.6
    assert max(errors) <= 1e-10


@pytest.mark.slow
def test_the_ring_is_nearly_as_likely_as_can_be_yet_a_bridge_crosses_its_hole() -> None:
    flow = recipe.train("ring", steps=600)
    loss, _ = recipe.judge(flow, "ring", count=4000)
    assert entropy_of_the_ring() - 0.03 <= loss <= entropy_of_the_ring() + 0.25
    x = recipe.ring(20000, np.random.default_rng(0))
    assert (np.linalg.norm(x, axis=1) < 0.6).mean() < 0.001
    assert recipe.in_the_hole(flow) > 0.005

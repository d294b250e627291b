"""The article on diffusion: what it says of fifty networks is counted here."""

import numpy as np
import pytest

from games.generative.back_from_noise import game


def fewest(cloud, dice):
    """The fewest jumps that are enough, for each of fifty networks."""
    found = []
    for seed in range(50):
        state = game.init(seed, cloud, dice)
        state.training.run()
        found.append(game.fewest(state))
    return np.array(found)


@pytest.mark.rarely
@pytest.mark.parametrize(
    ("cloud", "dice", "least", "most"),
    [
        ("islands", False, 5, 13),
        ("moons", False, 5, 8),
        ("ring", False, 8, 13),
        ("smile", False, 8, 13),
        ("islands", True, 13, 40),
        ("moons", True, 5, 8),
        ("ring", True, 8, 20),
        ("smile", True, 8, 20),
    ],
)
def test_so_many_jumps_are_enough_from_fifty_starts(cloud, dice, least, most):
    found = fewest(cloud, dice)
    assert (found.min(), found.max()) == (least, most)
    if cloud == "islands":
        assert (found > 13).sum() == (13 if dice else 0)

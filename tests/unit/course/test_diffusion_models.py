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
    ("cloud", "dice", "with_13", "with_20"),
    [
        ("islands", False, 8, 48),
        ("moons", False, 50, 50),
        ("ring", False, 50, 50),
        ("smile", False, 50, 50),
        ("islands", True, 0, 25),
        ("moons", True, 27, 48),
        ("ring", True, 50, 50),
        ("smile", True, 48, 50),
    ],
)
def test_so_many_jumps_are_enough_in_so_many_of_fifty_networks(cloud, dice, with_13, with_20):
    found = fewest(cloud, dice)
    assert ((found <= 13).sum(), (found <= 20).sum()) == (with_13, with_20)

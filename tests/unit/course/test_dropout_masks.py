"""The article on dropout: what it says of fifty starts is measured here, and against its tables."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from games.regularise.dial_the_dropout.game import LEARNING_RATE, NOISE
from games.regularise.where_it_wavers import nets
from pycore import data, initializers
from pycore.activations import ReLU, sigmoid
from pycore.losses import BinaryCrossEntropy
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.optimizers import Adam
from pycore.thinning import thinned
from pycore.training import Trainer

TEXT = (Path(__file__).parents[3] / "course/regularise/dropout_masks/en.md").read_text("utf-8")
SEEDS = range(50)


@cache
def learned(seed, points, units, rate):
    """A network that has learned so many points of two moons, and 400 it has not seen."""
    rng = np.random.default_rng(seed)
    seen, (x, y) = data.moons(points, NOISE, rng), data.moons(400, NOISE, rng)
    network = mlp((2, units, units, 1), rng, ReLU, initializers.he_normal, dropout=rate)
    Trainer(network, BinaryCrossEntropy(), Adam(LEARNING_RATE), *seen, total=100).run()
    return network, x, np.reshape(y, (-1, 1))


def right(seed, points, units, rate):
    network, x, y = learned(seed, points, units, rate)
    return accuracy(network.forward(x), y)


def row(begins):
    """The numbers of a row of a table in the article."""
    (line,) = re.findall(rf"^\| {begins} \|(.*)$", TEXT, re.M)
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", line)]


@pytest.mark.rarely
@pytest.mark.parametrize(("points", "units"), [(40, 64), (200, 32), (40, 4)])
def test_dropout_helps_a_network_too_large_for_its_points_and_no_other(points, units):
    none, some = (np.array([right(s, points, units, p) for s in SEEDS]) for p in (0.0, 0.4))
    without, with_it, better, of = row(rf"{points} \| {units}")
    assert of == len(SEEDS)
    assert 100 * none.mean() == pytest.approx(without, abs=0.3)
    assert 100 * some.mean() == pytest.approx(with_it, abs=0.3)
    assert (some > none).sum() == pytest.approx(better, abs=2)
    assert (some.mean() > none.mean()) == (units == 64)


@pytest.mark.rarely
def test_the_whole_network_beats_its_thinned_ones_and_their_mean_is_less_sure():
    rates, losses = [], []
    for seed in SEEDS:
        network, x, y = learned(seed, 40, 64, 0.4)
        z, every = network.forward(x), thinned(network, x, 50)
        mean = sigmoid(every).mean(axis=0) - 0.5
        rates.append([np.mean((every > 0) == y), np.mean((z > 0) == y), np.mean((mean > 0) == y)])
        each = -np.logaddexp(0, np.where(y == 1, -every, every))  # log of what truth was given
        whole = np.logaddexp(0, np.where(y == 1, -z, z))
        ensemble = np.log(50) - np.logaddexp.reduce(each, axis=0)
        losses.append([-each.mean(), whole.mean(), ensemble.mean()])
    (one, whole, mean), (one_loss, whole_loss, mean_loss) = (
        np.transpose(rates),
        np.transpose(losses),
    )
    for name, share, cost in (
        ("one thinned network", one, one_loss),
        ("the whole network", whole, whole_loss),
        ("plain mean of 50 thinned ones", mean, mean_loss),
    ):
        said = row(name)
        assert 100 * share.mean() == pytest.approx(said[0], abs=0.3)
        assert cost.mean() == pytest.approx(said[1], abs=0.03)
    assert (one < whole).sum() == pytest.approx(43, abs=2)
    assert (mean > whole).sum() == pytest.approx(27, abs=3)
    assert (mean < whole).sum() == pytest.approx(9, abs=3)
    assert (mean_loss < whole_loss).all()
    for claim in ("43 of 50", "in 27, less often in 9", "50 of 50"):
        assert claim in TEXT


@pytest.mark.rarely
def test_two_hidden_layers_are_seldom_widest_in_the_gap():
    """Of fifty that are made as the game's are; those of its round were chosen."""
    widest = np.abs([nets.GRID[nets.learned("gap", 2, s).spread.argmax()] for s in SEEDS])
    assert ((widest < 0.6).sum(), (widest > 1.7).sum()) == (17, 33)
    assert "of fifty trained in that way, 17 are widest in the gap, the others at an end" in TEXT

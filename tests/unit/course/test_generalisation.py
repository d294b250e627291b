"""The lesson on generalisation: its trainings, and what it says of a learner's own runs."""

import importlib
from functools import cache

import numpy as np
import pytest

from pycore import images
from pycore.losses import CrossEntropy
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.optimizers import Adam
from pycore.training import Trainer
from tests.unit.course import late
from tests.unit.course.late import LONG, SEEDS, STARTS, WIDTHS, grokked, moved, outer_share

SIZES = [20, 160]


@cache
def digits(count, blur, seed):
    """The lesson's digits, a row each, and which they are."""
    pictures, labels = images.glyphs(count, blur, np.random.default_rng(seed), size=12)
    return pictures.reshape(count, -1), labels


def slope(blur, seed):
    """The slope of the card “A scaling law of your own runs”, from two of its sizes."""
    new, new_labels = digits(400, blur, 9)
    errors = []
    for count in SIZES:
        trainer = Trainer(
            mlp([144, 64, 10], 0), CrossEntropy(), Adam(0.01), *digits(count, blur, seed)
        )
        for _ in range(60):
            trainer.step()
        errors.append(1 - accuracy(trainer.network.forward(new), new_labels))
    return np.polyfit(np.log(SIZES), np.log(errors), 1)[0]


@pytest.mark.rarely
def test_twice_the_blur_flattens_the_law():
    slopes = np.array([[slope(blur, seed) for blur in (0.25, 0.5)] for seed in range(1, 51)])
    assert np.sum(slopes[:, 1] > slopes[:, 0]) == 50
    assert np.ptp(slopes[:, 0]) > 0.1  # with another seed the slope is another


@pytest.fixture(scope="module")
def values():
    """What the lesson computes; it takes seconds, so it is not imported with this file."""
    return importlib.import_module("course.frontier.generalisation_networks.values")


@pytest.mark.rarely
def test_the_tables_have_a_number_for_each_training(values):
    assert set(values.MOVED) == {(start, width) for start in STARTS for width in WIDTHS}
    assert {len(found.split()) for found in values.MOVED.values()} == {len(SEEDS)}
    assert {len(found.split()) for found in values.STEPS.values()} == {len(SEEDS)}
    assert {len(found.split()) for found in values.WRONG.values()} == {len(SEEDS)}
    assert (tuple(values.WRONG), len(values.pool)) == (late.SIZES, late.POOL)
    assert (values.WIDTHS, values.LONG) == (WIDTHS, LONG)


@pytest.mark.rarely
@pytest.mark.parametrize("seed", [0, 31, 49])
def test_some_trainings_made_anew_come_to_what_the_tables_say(values, seed):
    for (start, width), found in values.MOVED.items():
        assert moved(start, width, seed) == pytest.approx(float(found.split()[seed]), rel=0.06)
    for decay in (1.0, 0.0):
        for name, step in zip(("by heart", "understood"), grokked(decay, seed), strict=True):
            told = values.STEPS[name, decay].split()[seed]
            if told == "-" or step is None:
                assert (told, step) == ("-", None)
            else:
                assert step == pytest.approx(int(told), abs=3)
    for count, found in values.WRONG.items():
        told = int(found.split()[seed])
        assert late.wrong(count, seed) == pytest.approx(told, rel=0.03, abs=5)


@pytest.mark.rarely
def test_the_scaling_law_fits_and_bends_as_the_lesson_says(values):
    """The page's own readers are those of the first pool; over all pools the line is no line."""
    first = np.append(values.errors, values.measured)
    assert first == pytest.approx(values.shares[:, 0], rel=0.03)
    assert len(values.powers) == 50
    assert -values.powers.max() > 0.5
    assert -values.powers.min() < 0.7
    assert values.below >= 40
    assert values.steeper >= 40
    assert 0.05 < values.less < 0.2
    assert values.predicted > values.measured


@pytest.mark.rarely
def test_lazy_training_and_grokking_are_what_the_lesson_says(values):
    assert values.frozen == 50
    assert values.apart.min() > 100
    assert values.moved_on >= 40
    assert values.by_heart.max() < 60 < np.min(values.understood)
    assert values.never == 50
    shares = [outer_share(WIDTHS[-1], seed) for seed in SEEDS]
    assert np.ptp(shares) < 0.005
    assert np.mean(shares) == pytest.approx(values.OUTER, abs=0.001)

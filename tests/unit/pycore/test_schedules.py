"""Every schedule found gives rates; and each at the steps where it turns."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest

from pycore import data, schedules
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.optimizers import SGD
from pycore.training import Trainer

FOUND = [
    schedule
    for name, schedule in inspect.getmembers(schedules, inspect.isfunction)
    if schedule.__module__ == schedules.__name__ and not name.startswith("_")
]
EXAMPLES = {"float": 0.5, "int": 5, "Schedule": schedules.constant(0.5)}


@pytest.mark.parametrize("schedule", FOUND, ids=lambda schedule: schedule.__name__)
def test_every_schedule_gives_a_rate_at_every_step_whatever_it_was_asked_before(schedule) -> None:
    needed = [
        EXAMPLES[parameter.annotation]
        for parameter in inspect.signature(schedule).parameters.values()
        if parameter.default is parameter.empty
    ]
    rate = schedule(*needed)
    rates = [rate(t) for t in range(30)]
    assert all(math.isfinite(lr) and lr >= 0 for lr in rates)
    assert [rate(t) for t in reversed(range(30))] == rates[::-1]


def test_each_schedule_at_its_corners() -> None:
    assert schedules.constant(0.3)(99) == 0.3
    decay = schedules.step_decay(1.0, every=10, factor=0.5)
    assert [decay(t) for t in (0, 9, 10, 25)] == [1, 1, 0.5, 0.25]
    cosine = schedules.cosine(1.0, 100, floor=0.2)
    assert [cosine(t) for t in (0, 50, 100, 500)] == pytest.approx([1, 0.6, 0.2, 0.2])
    warm = schedules.warm_up(cosine, 4)
    assert [warm(t) for t in (0, 1, 3, 4, 54)] == pytest.approx([0.25, 0.5, 1, 1, 0.6])
    wsd = schedules.warmup_stable_decay(1.0, warmup=2, stable=3, decay=4)
    assert [wsd(t) for t in range(10)] == pytest.approx([0.5, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0])
    test = schedules.range_test(1e-4, 1, 4)
    assert [test(t) for t in range(5)] == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1, 1])


def test_the_trainer_follows_the_schedule_and_clips() -> None:
    rng = np.random.default_rng(0)
    x, y = data.moons(20, 0.1, rng)
    network, optimizer = mlp([2, 2, 1], rng), SGD(1.0)
    trainer = Trainer(
        network,
        BinaryCrossEntropy(),
        optimizer,
        100 * x,
        y,
        schedule=schedules.step_decay(0.5, 2, 0.1),
        clip=0.01,
    )
    before = network.theta.copy()
    trainer.step()
    assert np.linalg.norm(network.theta - before) == pytest.approx(0.005)
    trainer.step()
    trainer.step()
    assert optimizer.lr == pytest.approx(0.05)


def test_no_steps_are_the_end_or_refused() -> None:
    assert schedules.cosine(1.0, 0, floor=0.2)(0) == pytest.approx(0.2)
    at_once = schedules.warmup_stable_decay(1.0, warmup=0, stable=2, decay=0)
    assert [at_once(t) for t in range(4)] == [1, 1, 0, 0]
    for refused in (
        lambda: schedules.step_decay(1.0, 0),
        lambda: schedules.range_test(1e-3, 1.0, 0),
        lambda: schedules.range_test(0.0, 1.0, 10),
    ):
        with pytest.raises(ValueError, match="allowed"):
            refused()

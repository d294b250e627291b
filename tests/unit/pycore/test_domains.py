"""Every number given to an optimizer, a loss, a layer, a schedule or a data set has a domain."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pycore import data, graph_data, images, initializers, schedules, series
from pycore.activations import ELU, LeakyReLU
from pycore.decoding import Beginning
from pycore.experts import MixtureOfExperts
from pycore.flow_matching import best_velocity, divergence, velocity
from pycore.flows import AffineCoupling
from pycore.gradients import hutchinson
from pycore.layer import Layer
from pycore.layers import Dense, Dropout
from pycore.losses import CrossEntropy, Loss
from pycore.normalization import BatchNorm, LayerNorm, RMSNorm
from pycore.optimizers import SGD, Adam, Optimizer
from pycore.positions import moved
from pycore.reach import reach
from pycore.recurrent import LSTM
from pycore.variational import score_function
from tests.unit.pycore.found import subclasses

NUMBERS = [np.nan, np.inf, -np.inf, "0.1", None, [0.1], 1j, True]
NEGATIVE = [-1, -0.1, *NUMBERS]


def floats_of(function: Callable[..., Any]) -> list[str]:
    """The names of a function's parameters that are annotated as floats."""
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.annotation in ("float", float)]


KINDS: list[Any] = [*subclasses(Optimizer), *subclasses(Loss)]
OPTIONS = [(kind, name) for kind in KINDS for name in floats_of(kind)]


def refused(make: Callable[..., Any], name: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(ValueError, match=rf"{name} is .*; allowed: "):
            make(**{name: value})


def test_there_are_options_to_look_at() -> None:
    assert {("Adam", "beta2"), ("Huber", "delta"), ("Sophia", "rho")} <= {
        (kind.__name__, name) for kind, name in OPTIONS
    }


@pytest.mark.parametrize(("kind", "name"), OPTIONS)
def test_an_option_out_of_its_domain_is_refused_by_its_name(kind: Any, name: str) -> None:
    refused(kind, name, [*NEGATIVE, 1.0] if "beta" in name else NEGATIVE)
    for value in (0.5, np.float32(0.5), np.float64(0.25)):
        kind(**{name: value})


@pytest.mark.parametrize("kind", subclasses(Optimizer), ids=lambda kind: kind.__name__)
def test_a_learning_rate_set_later_is_looked_at_too(kind: type[Optimizer]) -> None:
    optimizer = kind()
    for value in NEGATIVE:
        with pytest.raises(ValueError, match=rf"{kind.__name__}: lr is .*allowed: finite numbers"):
            optimizer.lr = value
    optimizer.lr = 0
    assert optimizer.lr == 0


SCHEDULES: dict[str, dict[str, float]] = {
    "constant": {"lr": 0.1},
    "step_decay": {"lr": 0.1, "every": 5, "factor": 0.5},
    "cosine": {"lr": 0.1, "steps": 5, "floor": 0.0},
    "warmup_stable_decay": {"lr": 0.1, "warmup": 5, "stable": 5, "decay": 5, "floor": 0.0},
    "range_test": {"low": 0.1, "high": 1.0, "steps": 5},
}
ENDS = [(name, option) for name, options in SCHEDULES.items() for option in options]


@pytest.mark.parametrize(("name", "option"), ENDS)
def test_a_schedule_of_impossible_numbers_is_refused(name: str, option: str) -> None:
    function, options = getattr(schedules, name), SCHEDULES[name]
    assert set(options) == set(inspect.signature(function).parameters)
    whole = isinstance(options[option], int)
    refused(lambda **one: function(**options | one), option, NEGATIVE + [2.5] * whole)
    assert 0 <= function(**options)(3) <= 1


def test_a_warm_up_of_no_whole_number_of_steps_is_refused() -> None:
    refused(lambda **one: schedules.warm_up(schedules.constant(0.1), **one), "steps", [-1, 0.5])


NOISY = [
    function
    for module in (data, images, series, graph_data)
    for _, function in inspect.getmembers(module, inspect.isfunction)
    if list(inspect.signature(function).parameters)[:3] == ["n", "noise", "rng"]
    and function.__module__ == module.__name__
]


@pytest.mark.parametrize("function", NOISY, ids=lambda f: f.__name__)
def test_noise_is_a_finite_number_from_zero(function: Callable[..., Any]) -> None:
    assert len(NOISY) > 12
    rng = np.random.default_rng(0)
    refused(lambda noise: function(9, noise, rng), "noise", NEGATIVE)
    function(9, 0, rng)


@pytest.mark.parametrize("function", NOISY, ids=lambda f: f.__name__)
def test_every_option_of_a_data_set_is_a_finite_number(function: Callable[..., Any]) -> None:
    for name in floats_of(function):
        refused(lambda **one: function(9, rng=0, **({"noise": 0.1} | one)), name, NUMBERS)


def layer(kind: type[Layer], *sizes: Any) -> Callable[..., Layer]:
    rng = {"rng": np.random.default_rng(0)} if "rng" in inspect.signature(kind).parameters else {}
    return lambda **options: kind(*sizes, **rng, **options)


EXPERTS = [Dense(1, 1, rng=np.random.default_rng(0)) for _ in range(2)]
MADE = [
    (layer(BatchNorm, 2), "eps", NEGATIVE),
    (layer(BatchNorm, 2), "momentum", [*NEGATIVE, 1.1]),
    (layer(LayerNorm, 2), "eps", NEGATIVE),
    (layer(RMSNorm, 2), "eps", NEGATIVE),
    (layer(CrossEntropy), "smoothing", [*NEGATIVE, 1.0]),
    (layer(Dropout), "p", [*NEGATIVE, 1.0]),
    (layer(LeakyReLU), "alpha", NUMBERS),
    (layer(ELU), "alpha", NUMBERS),
    (layer(AffineCoupling, 2), "limit", [*NEGATIVE, 0]),
    (layer(MixtureOfExperts, 1, EXPERTS), "balance", NEGATIVE),
    (initializers.uniform, "limit", NEGATIVE),
    (initializers.normal, "std", NEGATIVE),
    (initializers.orthogonal, "gain", NUMBERS),
    (initializers.constant, "value", NUMBERS),
    (layer(LSTM, 1, 2), "forget", NUMBERS),
    (lambda k: moved([1.0, 0.1], k), "k", NUMBERS),
    (Beginning((1, 2), -1.0).score, "alpha", [*NEGATIVE, 1.1]),
    (lambda t: velocity(Dense(2, 1, rng=0), [[0.5]], t), "t", NUMBERS),
    (lambda t: divergence(Dense(2, 1, rng=0), [[0.5]], t), "t", NUMBERS),
    (lambda t: best_velocity([[0.5]], t, [[1.0]]), "t", [*NEGATIVE, 1]),
    (lambda width: images.draw([[[0, 0], [0.5, 0.5]]], width=width), "width", NEGATIVE),
    (lambda width: images.glyph("7", width=width), "width", NEGATIVE),
    (lambda share: reach(np.array([0.1, 1.0]), share), "share", [*NEGATIVE, 0, 1]),
    (lambda baseline: score_function([1.0], [0.5], 1.0, baseline), "baseline", NUMBERS),
    (
        lambda h: hutchinson(lambda theta: theta, np.ones(2), np.random.default_rng(0), h),
        "h",
        [*NEGATIVE, 0],
    ),
]


@pytest.mark.parametrize(("make", "name", "values"), MADE)
def test_a_layers_or_initializers_number_is_looked_at(
    make: Callable[..., Any], name: str, values: list[Any]
) -> None:
    refused(make, name, values)
    make(**{name: 0.5})


def test_a_state_that_is_broken_is_not_taken_in() -> None:
    dense = Dense(2, 2, rng=np.random.default_rng(0))
    state, before = dense.state(), dense.W.copy()
    state["W"][1, 0] = np.nan
    with pytest.raises(ValueError, match=r"Dense\(2, 2\): the state has NaN or infinity in W"):
        dense.restore(state)
    np.testing.assert_array_equal(dense.W, before)
    adam = Adam()
    adam.step(np.ones(2), np.ones(2))
    state = adam.state()
    for broken in ({"v": np.array([1, np.inf])}, {"lr": np.nan}, {"t": -1}, {"t": 0.5}):
        with pytest.raises(ValueError, match=r"^Adam: the state"):
            adam.restore(state | broken)
    assert SGD(0.1).state() == {"kind": "SGD", "lr": 0.1, "t": 0}

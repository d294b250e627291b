"""Every time series found: seeded and shaped; and how past and future are cut."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore import series
from pycore.arrays import Array, ShapeError


def found() -> dict[str, Callable[..., Array]]:
    """Functions of `series` that begin (n, noise, rng)."""
    return {
        name: f
        for name, f in vars(series).items()
        if inspect.isfunction(f)
        and list(inspect.signature(f).parameters)[:3] == ["n", "noise", "rng"]
    }


every_series = pytest.mark.parametrize("make", found().values(), ids=found().keys())


def test_the_series_are_there() -> None:
    assert set(found()) >= {"seasonal", "autoregressive", "random_walk", "mackey_glass"}


@every_series
@pytest.mark.parametrize("n", [1, 50])
def test_a_series_has_its_length_and_repeats_by_seed(make: Callable[..., Array], n: int) -> None:
    x = make(n, 0.1, np.random.default_rng(3))
    assert x.shape == (n,)
    assert np.isfinite(x).all()
    np.testing.assert_array_equal(x, make(n, 0.1, np.random.default_rng(3)))
    assert (x != make(n, 0.1, np.random.default_rng(4))).any()


@every_series
def test_no_steps_are_refused(make: Callable[..., Array]) -> None:
    with pytest.raises(ValueError, match="n is 0"):
        make(0, 0.1, np.random.default_rng(0))


def test_a_clean_season_on_a_trend_repeats_one_slope_higher() -> None:
    x = series.seasonal(60, 0.0, np.random.default_rng(0), period=12, slope=0.1)
    np.testing.assert_allclose(x[12:] - x[:-12], 1.2)
    np.testing.assert_allclose(series.season(4, 4, (2.0,)), [0, 2, 0, -2], atol=1e-12)


def test_autoregression_follows_its_formula() -> None:
    noise = np.random.default_rng(5).normal(size=4)
    x = series.autoregressive(4, 1.0, np.random.default_rng(5), (0.5, 0.25))
    a = noise[0]
    b = noise[1] + 0.5 * a
    c = noise[2] + 0.5 * b + 0.25 * a
    np.testing.assert_allclose(x, [a, b, c, noise[3] + 0.5 * c + 0.25 * b])


def test_a_random_walk_is_a_sum_of_steps() -> None:
    steps = np.random.default_rng(5).normal(size=9)
    np.testing.assert_allclose(
        series.random_walk(9, 1.0, np.random.default_rng(5)), np.cumsum(steps)
    )


def test_mackey_glass_is_chaotic_but_stays_where_it_lives() -> None:
    x = series.mackey_glass(600, 0.0, np.random.default_rng(0))
    assert 0.2 < x.min() < 0.7
    assert 1.1 < x.max() < 1.6
    assert np.abs(x - series.mackey_glass(600, 0.0, np.random.default_rng(1))).max() > 0.3


@given(n=st.integers(2, 30), past=st.integers(1, 10), future=st.integers(1, 5))
def test_windows_put_the_past_before_the_future(n: int, past: int, future: int) -> None:
    x = np.arange(float(n))
    if n < past + future:
        with pytest.raises(ShapeError, match=f"n from {past + future}"):
            series.windows(x, past, future)
        return
    before, after = series.windows(x, past, future)
    assert before.shape == (n - past - future + 1, past, 1)
    whole = np.concatenate([before[..., 0], after], axis=1)
    np.testing.assert_array_equal(whole, whole[:, :1] + np.arange(past + future))
    np.testing.assert_array_equal(whole[:, 0], np.arange(len(whole)))


def test_split_keeps_the_order_of_time() -> None:
    first, rest = series.split(np.arange(10.0), 0.8)
    np.testing.assert_array_equal(first, np.arange(8))
    np.testing.assert_array_equal(rest, [8, 9])
    with pytest.raises(ValueError, match="allowed: 1 to 9 steps"):
        series.split(np.arange(10.0), 1.0)


def test_what_is_no_season_or_window_is_refused() -> None:
    with pytest.raises(ValueError, match="period is 0"):
        series.season(4, 0)
    with pytest.raises(ShapeError, match=r"\(3, 2\)"):
        series.windows(np.ones((3, 2)), 1)

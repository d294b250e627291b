"""Weights that come trained: what is shipped is what the table says, and fits a network."""

from __future__ import annotations

import importlib
import pkgutil

import numpy as np
import pytest

from pycore import recipes, trained
from pycore.layers import Dense
from pycore.normalization import BatchNorm


def network(seed: int = 0) -> Dense:
    return Dense(3, 2, rng=np.random.default_rng(seed))


def test_saved_weights_come_back_in_half_precision(tmp_path) -> None:
    made, other = network(), network(1)
    trained.save(made, "small", tmp_path)
    trained.restore(other, "small", tmp_path)
    for (_, here, _), (_, there, _) in zip(made.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(there, here.astype(np.float16))
        assert there.dtype == np.float64


def test_the_same_weights_give_the_same_bytes_and_the_table_keeps_the_others(tmp_path) -> None:
    for name in ("b", "a", "b"):
        trained.save(network(), name, tmp_path)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    lines = (tmp_path / trained.TABLE).read_text().splitlines()
    assert [line.split("  ")[1] for line in lines] == ["a.npz", "b.npz"]


@pytest.mark.parametrize("value", [np.nan, np.inf, 70_000])
def test_what_half_precision_cannot_hold_is_not_saved(value: float, tmp_path) -> None:
    broken = network()
    broken.b[1] = value
    with pytest.raises(ValueError, match=r"b of small is not finite; allowed: up to ±65504"):
        trained.save(broken, "small", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_running_statistics_are_saved_too(tmp_path) -> None:
    made, other = BatchNorm(2), BatchNorm(2)
    made.forward(np.arange(8.0).reshape(4, 2), training=True)
    trained.save(made, "small", tmp_path)
    trained.restore(other, "small", tmp_path)
    np.testing.assert_array_equal(other.running_mean, made.running_mean.astype(np.float16))
    assert (other.running_mean > 0).all()


def test_a_wrong_byte_is_named(tmp_path) -> None:
    trained.save(network(), "small", tmp_path)
    file = tmp_path / "small.npz"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ValueError, match=r"small\.npz \(\d+ bytes\) has SHA-256 \w+; SHA256SUMS"):
        trained.load("small", tmp_path)


def test_what_is_not_there_or_does_not_fit_is_refused_and_changes_nothing(tmp_path) -> None:
    trained.save(network(), "small", tmp_path)
    with pytest.raises(ValueError, match="no weights 'smal'; allowed: small"):
        trained.load("smal", tmp_path)
    wide = Dense(4, 2, rng=np.random.default_rng(1))
    before = wide.W.copy()
    with pytest.raises(ValueError, match=r"has \(3, 2\) as W; allowed: \(4, 2\)"):
        trained.restore(wide, "small", tmp_path)
    np.testing.assert_array_equal(wide.W, before)


@pytest.mark.parametrize("name", trained.names())
def test_what_is_shipped_is_small_finite_and_what_the_table_says(name: str) -> None:
    arrays = trained.load(name)
    assert (trained.FOLDER / f"{name}.npz").stat().st_size <= 150_000
    assert all(np.isfinite(array).all() for array in arrays.values())


def test_the_table_lists_every_file_and_no_other() -> None:
    assert set(trained.names()) == {path.stem for path in trained.FOLDER.glob("*.npz")}


def test_recipes_can_be_read_without_training() -> None:
    for module in pkgutil.iter_modules(recipes.__path__):
        assert importlib.import_module(f"pycore.recipes.{module.name}").__doc__

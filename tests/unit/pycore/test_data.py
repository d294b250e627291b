"""Every data set found: seeded, balanced, shaped; and how rows are dealt."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pycore import data
from pycore.arrays import ShapeError


def found() -> dict[str, Callable[..., Any]]:
    """Functions of `data` that begin (n, noise, rng)."""
    return {
        name: f
        for name, f in vars(data).items()
        if inspect.isfunction(f)
        and name[0] != "_"
        and list(inspect.signature(f).parameters)[:3] == ["n", "noise", "rng"]
    }


every_set = pytest.mark.parametrize("make", found().values(), ids=found().keys())


def test_the_toy_sets_are_there() -> None:
    assert {"moons", "circles", "xor", "spirals", "blobs", "gaussians"} <= set(found())


@every_set
@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_shapes_seeds_and_balance(make: Callable[..., Any], n: int) -> None:
    x, y = make(n, 0.1, np.random.default_rng(3))
    again = make(n, 0.1, np.random.default_rng(3))
    np.testing.assert_array_equal(x, again[0])
    np.testing.assert_array_equal(y, again[1])
    assert np.isfinite(x).all()
    if y.ndim == 1:
        assert x.shape == (n, 2)
        assert y.dtype.kind == "i"
        counts = np.bincount(y)
        assert counts.max() - counts.min() <= 1 or n < len(counts)
    else:
        assert x.shape == y.shape == (n, 1)


@every_set
def test_no_rows_are_refused(make: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="n is 0"):
        make(0, 0.1, np.random.default_rng(0))


def test_clean_moons_lie_on_their_half_circles() -> None:
    x, y = data.moons(200, 0.0, np.random.default_rng(0))
    np.testing.assert_allclose(np.hypot(*x[y == 0].T), 1)
    np.testing.assert_allclose(np.hypot(*(x[y == 1] - [1, 0.5]).T), 1)


def test_clean_xor_is_the_sign_of_the_product() -> None:
    x, y = data.xor(200, 0.0, np.random.default_rng(0))
    np.testing.assert_array_equal(y, x[:, 0] * x[:, 1] < 0)


def test_split_deals_every_row_once() -> None:
    x = np.arange(10)[:, None]
    (a, ya), (b, yb) = data.split(x, x[:, 0], 0.7, np.random.default_rng(0))
    assert (len(a), len(b)) == (7, 3)
    assert sorted([*ya, *yb]) == list(range(10))
    np.testing.assert_array_equal(a[:, 0], ya)


@pytest.mark.parametrize("seed", range(40))
def test_split_by_class_gives_both_parts_each_class_in_its_share(seed: int) -> None:
    rng = np.random.default_rng(seed)
    classes, n = int(rng.integers(2, 5)), int(rng.integers(12, 80))
    y = np.concatenate([np.arange(classes), np.arange(classes), rng.integers(classes, size=n)])
    x, fraction = np.arange(len(y)), rng.uniform(0.35, 0.65)
    (a, ya), (b, yb) = data.split(x, y, fraction, rng, by_class=True)
    assert sorted([*a, *b]) == list(x)
    np.testing.assert_array_equal(y[np.concatenate([a, b])], np.concatenate([ya, yb]))
    assert len(a) == round(len(y) * fraction)
    for k in range(classes):
        assert abs((ya == k).sum() - (y == k).sum() * fraction) <= 1.5
        assert (yb == k).any()


def test_split_by_class_of_few_rows_leaves_no_class_out() -> None:
    for seed in range(200):
        x, y = data.blobs(20, 0.3, np.random.default_rng(seed), classes=2)
        rng = np.random.default_rng(seed)
        (_, a), (_, b) = data.split(x, y, 0.1, rng, by_class=True)
        assert set(a) == set(b) == {0, 1}


def test_split_by_class_refuses_parts_that_cannot_hold_each() -> None:
    y = np.array([0, 0, 1, 1, 2, 2])
    with pytest.raises(ValueError, match="2 and 4 rows for 3 classes; allowed: a row of each"):
        data.split(y, y, 0.3, np.random.default_rng(0), by_class=True)


LABELS = [0, 1] * 10
AS_LABELS: list[Any] = [
    LABELS,
    np.array(LABELS, bool),
    np.array(LABELS, float),
    np.array(LABELS, float)[:, None],
    2 * np.array(LABELS, float) - 1,
    np.where(LABELS, 0.5, 0.7),
    np.where(LABELS, "iris", "rose"),
    np.where(LABELS, "iris", "rose").astype(object),
]


@pytest.mark.parametrize("y", AS_LABELS)
def test_labels_are_dealt_by_class_without_being_asked(y: Any) -> None:
    for seed in range(100):
        for part in (
            *data.split(LABELS, y, 0.1, seed),
            *data.split(LABELS, y, 0.9, seed),
            *data.train_validation_test(LABELS, y, 0.1, 0.1, seed),
        ):
            assert set(part[0]) == {0, 1}
            assert len(part[0]) == len(part[1])


def test_whole_floats_are_labels_where_there_is_room_for_all_of_them() -> None:
    y = np.array([0.0, 1.0, 2.0] * 4)  # as a file of numbers gives labels
    for seed in range(50):
        (_, a), (_, b) = data.split(y, y, 0.25, seed)
        assert set(a) == set(b) == {0, 1, 2}
    order = np.random.default_rng(5).permutation(12)
    for targets, share in ((y, 1 / 6), (np.arange(12.0), 0.25), (y + 0.5, 0.25)):
        (a, _), (b, _) = data.split(np.arange(12), targets, share, 5)
        np.testing.assert_array_equal([*a, *b], order)


@pytest.mark.parametrize("y", [np.linspace(0, 1, 20), np.eye(20), np.ones((20, 2))])
def test_other_targets_are_dealt_as_they_come(y: Any) -> None:
    x, order = np.arange(20), np.random.default_rng(5).permutation(20)
    (a, _), (b, _) = data.split(x, y, 0.7, 5)
    np.testing.assert_array_equal([*a, *b], order)
    if y.ndim == 2:
        with pytest.raises(ShapeError, match=r"by_class .*\(20, \d+\).* allowed: \(20,\), one"):
            data.split(x, y, 0.7, 5, by_class=True)


def test_labels_may_be_dealt_as_they_come() -> None:
    lacking = 0
    for seed in range(200):
        (_, a), _ = data.split(LABELS, LABELS, 0.1, seed, by_class=False)
        lacking += set(a) != {0, 1}
    assert lacking > 40
    with pytest.raises(ValueError, match=r"split: 2 and 4 rows for 3 .*, or by_class=False"):
        data.split([0] * 6, [0, 0, 1, 1, 2, 2], 0.3, 0)


def test_many_rows_are_dealt_by_class_at_once() -> None:
    y = np.random.default_rng(0).integers(5, size=100_000)
    (_, a), (_, b) = data.split(y, y, 0.8, 0)
    np.testing.assert_allclose(np.bincount(a), 0.8 * np.bincount(y), atol=1)
    assert len(a) + len(b) == len(y)


@pytest.mark.parametrize("fraction", [0.0, 1.0, 0.01, -1, 2])
def test_split_refuses_an_empty_part(fraction: float) -> None:
    with pytest.raises(ValueError, match=r"allowed: (1 to 9 rows|finite numbers from 0 to 1)"):
        data.split(np.ones((10, 1)), np.ones(10), fraction, np.random.default_rng(0))


@pytest.mark.parametrize("batch_size", [1, 3, 5, 10, 99])
def test_minibatches_deal_every_row_once(batch_size: int) -> None:
    x = np.arange(10)[:, None]
    batches = list(data.minibatches(x, x[:, 0], batch_size, np.random.default_rng(0)))
    assert all(len(a) <= batch_size for a, _ in batches)
    assert sorted(int(v) for _, b in batches for v in b) == list(range(10))


def test_rows_that_do_not_match_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"\(3, 1\).*\(2,\)"):
        data.split(np.ones((3, 1)), np.ones(2), 0.5, np.random.default_rng(0))


def test_three_parts_deal_every_row_once() -> None:
    x = np.arange(20)[:, None]
    parts = data.train_validation_test(x, x[:, 0], 0.2, 0.1, np.random.default_rng(0))
    assert [len(a) for a, _ in parts] == [14, 4, 2]
    assert sorted(int(v) for _, b in parts for v in b) == list(range(20))
    assert all((a[:, 0] == b).all() for a, b in parts)


@pytest.mark.parametrize(("validation", "test"), [(0, 0.1), (0.1, 0), (0.5, 0.5), (0.9, 0.3)])
def test_three_parts_are_none_of_them_empty(validation: float, test: float) -> None:
    with pytest.raises(ValueError, match=r"20 rows come in parts of .*allowed"):
        data.train_validation_test(
            np.ones((20, 1)), np.ones(20), validation, test, np.random.default_rng(0)
        )


@pytest.mark.parametrize("kind", [float, int, bool])
def test_labels_with_a_column_for_each_class_are_dealt_by_class(kind: Any) -> None:
    y = np.eye(3)[np.arange(30) % 3].astype(kind)
    for seed in range(50):
        for _, part in data.split(np.arange(30), y, 0.1, seed):
            assert part.any(axis=0).all()
    two = [data.split(np.arange(30), y, 0.05, seed)[0][1] for seed in range(50)]
    assert all(len(part) == 2 for part in two)  # no room for three: as they come
    apart = [data.split(np.arange(30), y, 0.1, seed, by_class=False)[0][1] for seed in range(50)]
    assert not all(part.any(axis=0).all() for part in apart)
    points = np.stack([np.linspace(0, 1, 30), np.zeros(30)], axis=1)
    assert len(data.split(points, points, 0.5, 0)[0][1]) == 15

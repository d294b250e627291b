"""Drawn pictures: seeded, balanced, told apart, and where the mathematics says they are."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pycore import images
from pycore.arrays import ShapeError


def found() -> dict[str, Callable[..., Any]]:
    """Functions of `images` that begin (n, noise, rng)."""
    return {
        name: f
        for name, f in vars(images).items()
        if inspect.isfunction(f)
        and list(inspect.signature(f).parameters)[:3] == ["n", "noise", "rng"]
    }


every_set = pytest.mark.parametrize("make", found().values(), ids=found().keys())


def test_the_sets_are_there() -> None:
    assert set(found()) == {"glyphs", "shapes", "scenes"}


@every_set
@pytest.mark.parametrize("n", [1, 13])
def test_shapes_seeds_and_balance(make: Callable[..., Any], n: int) -> None:
    x, y = make(n, 0.1, np.random.default_rng(3), size=9)
    again = make(n, 0.1, np.random.default_rng(3), size=9)
    np.testing.assert_array_equal(x, again[0])
    np.testing.assert_array_equal(y, again[1])
    assert x.shape == (n, 9, 9, 1)
    assert np.isfinite(x).all()
    if y.ndim == 1:
        counts = np.bincount(y)
        assert counts.max() - counts.min() <= 1 or n < len(counts)
    else:
        assert y.shape == x.shape
        assert set(np.unique(y)) <= {0, 1}


@every_set
@pytest.mark.parametrize("wrong", [{"n": 0}, {"size": 0}])
def test_no_rows_and_no_pixels_are_refused(make: Callable[..., Any], wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="allowed: whole numbers from 1"):
        make(**{"n": 3, "noise": 0.1, "rng": np.random.default_rng(0), **wrong})


@pytest.mark.parametrize("make", [images.glyphs, images.shapes])
def test_clean_pictures_run_from_paper_to_ink(make: Callable[..., Any]) -> None:
    x, _ = make(30, 0.0, np.random.default_rng(0))
    assert x.min() == 0
    assert x.max() == 1
    assert (x.max(axis=(1, 2, 3)) > 0.5).all()


def test_every_glyph_fits_its_box_and_differs_from_all_others() -> None:
    for character in images.STROKES:
        assert (np.abs(images.segments(character)) <= np.array([0.667, 1])).all(), character
    drawn = np.stack([images.glyph(character, 20) for character in images.STROKES])
    apart = np.abs(drawn[:, None] - drawn).sum(axis=(2, 3))
    assert (apart + 99 * np.eye(len(drawn))).min() > 3


def test_without_wobble_and_noise_a_class_has_one_picture() -> None:
    x, y = images.glyphs(20, 0.0, np.random.default_rng(0), "AB", wobble=0)
    assert len(np.unique(x[y == 0], axis=0)) == len(np.unique(x[y == 1], axis=0)) == 1


def test_wobbling_digits_are_told_apart_by_their_nearest_neighbour() -> None:
    rng = np.random.default_rng(1)
    x, y = images.glyphs(400, 0.05, rng, size=10)
    x = x.reshape(len(x), -1)
    distance = ((x[300:, None] - x[None, :300]) ** 2).sum(axis=2)
    assert (y[:300][distance.argmin(axis=1)] == y[300:]).mean() >= 0.9


def test_a_line_has_the_ink_of_its_area() -> None:
    picture = images.draw(np.array([[[-0.5, 0.1], [0.5, 0.1]]]), 64, width=0.25)
    area = picture.sum() * (2 / 64) ** 2
    assert area == pytest.approx(0.25 + math.pi * 0.125**2, rel=0.01)


def test_a_dot_is_a_line_of_no_length() -> None:
    dot = images.draw(np.zeros((1, 2, 2)), 65, width=0.5)
    assert dot[32, 32] == 1
    np.testing.assert_allclose(dot, images.shape("disc", 65, radius=0.25), atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "area"),
    [
        ("disc", math.pi),
        ("square", 1.7**2),
        ("ring", math.pi * 0.75),
        ("cross", 4 * 0.6 - 0.36),
        ("triangle", 1.6**2 / math.sqrt(3)),
    ],
)
@pytest.mark.parametrize("angle", [0.0, 0.7])
def test_a_shape_has_its_area_however_it_is_turned(kind: str, area: float, angle: float) -> None:
    ink = images.shape(kind, 80, 0.7, (0.1, -0.05), angle).sum() * (2 / 80) ** 2
    assert ink == pytest.approx(area * 0.7**2, rel=0.02)


def test_a_scene_cannot_be_cut_out_by_brightness() -> None:
    x, y = images.scenes(40, 0.0, np.random.default_rng(0))
    inside = [x[i][y[i] == 1].mean() - x[i][y[i] == 0].mean() for i in range(len(x))]
    assert min(inside) < -0.2
    assert max(inside) > 0.2


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no glyph for '\?'; allowed: one of 0123"):
        images.segments("?")
    with pytest.raises(ValueError, match="no shape 'blob'; allowed: disc, square"):
        images.shape("blob")
    with pytest.raises(ValueError, match="radius is 0; allowed: finite numbers above 0"):
        images.shape("disc", radius=0)
    with pytest.raises(ShapeError, match="at least one line"):
        images.draw(np.zeros((0, 2, 2)))

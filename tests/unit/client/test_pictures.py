"""web/client/pictures.js: from pixels to the digits of a few shades."""

import numpy as np
import pytest

from tests.unit.client.node import js

DARKNESS = (
    "return [...(await import('./pictures.js')).darkness(given.pixels, given.grid)]"
    ".map((n) => +n.toFixed(6))"
)
GRADED = """
    const { graded, Unreadable } = await import('./pictures.js');
    try { return graded(given.cells, given.grid); }
    catch (error) { return error instanceof Unreadable ? error.message : null; }
"""
READ = """
    const { shadesOf, Unreadable } = await import('./pictures.js');
    globalThis.createImageBitmap = () => Promise.reject(new Error('no picture'));
    const file = { size: given.size };
    const grid = { columns: 4, rows: 3, levels: 5 };
    return shadesOf(file, grid).catch((error) => error instanceof Unreadable && error.message);
"""


def test_a_cell_is_the_mean_of_its_pixels_and_green_is_lightest():
    rng = np.random.default_rng(0)
    for _ in range(50):
        columns, rows, fine = rng.integers(1, 5, 3).tolist()
        pixels = rng.integers(0, 256, (rows * fine, columns * fine, 4))
        grid = {"columns": columns, "rows": rows, "levels": 5}
        found = js(DARKNESS, {"pixels": pixels.ravel().tolist(), "grid": grid})
        dark = 1 - pixels[..., :3] @ [0.2126, 0.7152, 0.0722] / 255
        cells = dark.reshape(rows, fine, columns, fine).mean(axis=(1, 3))
        assert found == pytest.approx(cells.ravel().tolist(), abs=2e-6)


@pytest.mark.parametrize(
    ("cells", "levels", "digits"),
    [
        ([0, 0.25, 0.5, 0.75, 1, 0.1], 5, "012340"),
        ([0.4, 0.45, 0.5, 0.55, 0.6, 0.4], 5, "012340"),  # a picture in the dusk
        ([0, 1, 0.49, 0.51, 0, 1], 2, "010101"),
        ([0, 1, 0.6, 0, 0, 0], 16, "0f9000"),
    ],
)
def test_the_lightest_cell_is_paper_and_the_darkest_ink(cells, levels, digits):
    grid = {"columns": 3, "rows": 2, "levels": levels}
    assert js(GRADED, {"cells": cells, "grid": grid}) == digits


def test_a_picture_of_one_tone_is_told():
    grid = {"columns": 3, "rows": 2, "levels": 5}
    for cells in ([0.5] * 6, [0.5, 0.5, 0.53, 0.5, 0.5, 0.5]):
        assert "3 × 2 dots this picture is of one tone" in js(
            GRADED, {"cells": cells, "grid": grid}
        )


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "This file is empty"),
        (41_000_000, "more than 40 MB"),
        (9, "finds no picture in that file"),
    ],
)
def test_a_file_without_a_picture_is_told_why(size, told):
    assert told in js(READ, {"size": size})

"""A picture of what stands on a game's stage, saved: it is drawn, in the colours of the theme."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ANY, use
from tests.browser.player import Player

GAME = "tune-the-neuron"
PIXELS = """async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, image.width, image.height);
    const reader = new FileReader();
    const read = new Promise((go) => (reader.onload = go));
    reader.readAsDataURL(new Blob([data]));
    await read;
    return [image.width, image.height, reader.result.split(',')[1]];
}"""
"""An image's size, and its pixels as base64: a list of three million numbers takes a minute."""


@pytest.mark.parametrize("dark", [False, True])
def test_a_picture_shows_the_stage_and_the_win(visit, tmp_path, dark):
    watched = visit(dark=dark, again=True)
    watched.shift_allowed = ANY
    page = watched.open(f"play/{GAME}/")
    watched.ready()
    before = saved(page, tmp_path / "before.png")
    Player(page, GAME, "mouse").win()
    after = saved(page, tmp_path / "after.png")
    stage, words = np.s_[100:530, 100:600], np.s_[60:120, 720:780]
    assert len(np.unique(before[stage].reshape(-1, 3), axis=0)) > 200, "the glow and the lines"
    assert (before[stage] != after[stage]).any(axis=2).mean() > 0.1, "the lines have moved"
    assert (np.ptp(after[words].reshape(-1, 3), axis=0) > 60).any(), "the medal"
    assert (after[0, 0].mean() < 128) == dark


def saved(page: Page, path):
    """The picture that is saved, as an array (height, width, 3)."""
    with page.expect_download() as download:
        use(page, "picture")
    assert download.value.suggested_filename == f"neuronauts-{GAME}.png"
    download.value.save_as(path)
    data = base64.b64encode(path.read_bytes()).decode()
    width, height, pixels = page.evaluate(PIXELS, f"data:image/png;base64,{data}")
    assert (width, height) == (1200, 630)
    return (
        np.frombuffer(base64.b64decode(pixels), np.uint8)
        .reshape(height, width, 4)[..., :3]
        .astype(int)
    )

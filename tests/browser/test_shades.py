"""One value has one colour: in a picture before and after it is painted, in SVG, in both themes."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from playwright.sync_api import Page

from games.ui.node import to_html
from games.ui.pixels import PALETTES, Shade, leaf
from tests.browser.conftest import DIST

CELL = 20
THEMES = ("light", "dark")
VALUES = (-1.0, -0.4, 0.0, 0.3, 1.0)
CLASSES = ((0, 1.0), (1, 0.4), (2, 0.0), (5, 0.3), (7, 1.0))
"""Colour and opacity of the pixels in palettes of more than two colours."""

DECODE = """async (shot) => {
    const bytes = Uint8Array.from(atob(shot), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], {type: 'image/png'}));
    const sheet = new OffscreenCanvas(image.width, image.height).getContext('2d');
    sheet.drawImage(image, 0, 0);
    return [...sheet.getImageData(0, 0, image.width, image.height).data];
}"""
PAINT = """async ({module, bytes}) => {
    const {paint} = await import(module);
    for (const palette in bytes) {
        paint(document.querySelector(`#${palette} .pixels`), Uint8Array.from(bytes[palette]));
    }
}"""


def shade(palette: str) -> Shade:
    """One row of five pixels."""
    if PALETTES[palette] <= 2:
        return Shade([VALUES], palette, 1.0)
    return Shade([[np.eye(PALETTES[palette])[k] * v for k, v in CLASSES]], palette, 1.0)


def rows(palette: str) -> str:
    """The same values as a picture, and below it as an SVG."""
    image = to_html(leaf(shade(palette), "as a picture"))
    seen = {
        1: [(0, max(v, 0.0)) for v in VALUES],
        2: [(int(v > 0), abs(v)) for v in VALUES],
    }.get(PALETTES[palette], CLASSES)
    bars = "".join(
        f'<rect x="{i}" width="1" height="1" fill-opacity="{opacity}" '
        f'style="fill:var(--shade-{k})"/>'
        for i, (k, opacity) in enumerate(seen)
    )
    svg = f'<svg viewBox="0 0 {len(seen)} 1" data-palette="{palette}">{bars}</svg>'
    return f'<div id="{palette}">{image}{svg}</div>'


def page_of_shades() -> str:
    sheets = (next(DIST.glob(f"assets/{name}.*.css")).name for name in ("tokens", "kit"))
    links = "".join(f'<link rel="stylesheet" href="assets/{name}">' for name in sheets)
    style = f"body{{margin:0;width:{CELL * 5}px;background:var(--card)}}svg{{display:block}}"
    body = "".join(rows(palette) for palette in PALETTES)
    return f"<!doctype html><title>shades</title>{links}<style>{style}</style><body>{body}"


def colours(page: Page, reader: Page) -> np.ndarray:
    """What stands in the middle of each value: (palette, picture or SVG, value, RGBA)."""
    clip = {"x": 0, "y": 0, "width": 5 * CELL, "height": 2 * CELL * len(PALETTES)}
    shot = base64.b64encode(page.screenshot(clip=clip)).decode()
    seen = np.reshape(reader.evaluate(DECODE, shot), (clip["height"], clip["width"], 4))
    return seen[CELL // 2 :: CELL, CELL // 2 :: CELL].reshape(len(PALETTES), 2, 5, 4)


@pytest.mark.parametrize("scripts", [True, False], ids=["painted", "no-script"])
def test_a_value_has_one_colour(visit, site, scripts):
    reader = visit().open("404.html")
    watched = visit(scripts=scripts)
    page = watched.page
    page.route("**/shades.html", lambda route: route.fulfill(body=page_of_shades()))
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}shades.html")
    if scripts:
        (module,) = DIST.glob("assets/client-*/paint.js")
        bytes_of = {name: [*shade(name).indices()] for name in PALETTES}
        given = {"module": f"{site}{module.relative_to(DIST)}", "bytes": bytes_of}
        page.evaluate(PAINT, given)
        assert page.locator(".pixels > canvas").count() == len(PALETTES)
    seen = {}
    for theme in THEMES:
        if scripts:  # painted pictures follow what is chosen, as the others do
            page.evaluate("theme => {document.documentElement.dataset.theme = theme}", theme)
        else:
            page.emulate_media(color_scheme=theme)
        seen[theme] = colours(page, reader)
        in_pictures, in_svg = seen[theme][:, 0], seen[theme][:, 1]
        np.testing.assert_allclose(in_pictures, in_svg, atol=4)  # 32 steps to a class
        assert len({tuple(colour) for colour in in_svg[0].tolist()}) == 5
    assert np.abs(seen["light"] - seen["dark"]).max() > 50

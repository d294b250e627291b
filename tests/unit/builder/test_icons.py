import json
import struct
from pathlib import Path

import pytest

from web.builder import icons


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the icons and the manifest."""
    folder = tmp_path_factory.mktemp("site")
    icons.write_app(folder)
    return folder


def side(png: bytes) -> tuple[int, int]:
    """The width and the height in the header of a PNG."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_manifest_names_icons_of_the_sizes_it_says(site: Path) -> None:
    manifest = json.loads((site / icons.MANIFEST).read_text("utf-8"))
    assert manifest["start_url"] == manifest["scope"] == "./"  # at any sub-path
    wanted = {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == wanted
    for icon in manifest["icons"]:
        width, height = side((site / icon["src"]).read_bytes())
        assert icon["sizes"] == f"{width}x{height}"
    assert side((site / icons.TOUCH).read_bytes()) == (180, 180)


def test_icons_have_the_colours_of_the_page(site: Path) -> None:
    paper = tuple(bytes.fromhex(icons.colours()["paper"][0][1:]))
    assert icons._rgb(icons.colours()["paper"][0]) == tuple(part / 255 for part in paper)
    manifest = json.loads((site / icons.MANIFEST).read_text("utf-8"))
    assert manifest["theme_color"] == icons.colours()["paper"][0]


def test_same_icon_every_time() -> None:
    assert icons.icon(48, 0.9) == icons.icon(48, 0.9)

"""A picture of one's own becomes a drawing, on the device, whatever file it comes in."""

import struct
import zlib

import numpy as np
import pytest

from tests.browser.conftest import READY
from tests.browser.player import at_play

SLUG = "slide-the-kernel"
INPUT = 'input[type="file"][data-shades]'


UPPER_LEFT = "4444400000" * 5 + "0" * 50
UPPER_RIGHT = "0000044444" * 5 + "0" * 50


def corner(wide=200, high=200, ground=255, ink=0):
    """Ink in the upper left quarter of the middle, paper elsewhere: how light each pixel is."""
    pixels = np.full((high, wide), ground, np.uint8)
    side = min(wide, high)
    left, top = (wide - side) // 2, (high - side) // 2
    pixels[top : top + side // 2, left : left + side // 2] = ink
    return pixels


def png(pixels, opacity=None):
    """A PNG of greys; with an opacity for each pixel where it is given."""
    high, wide = pixels.shape
    parts = [pixels] if opacity is None else [pixels, opacity]
    rows = np.stack(parts, axis=-1).reshape(high, -1)
    lines = np.hstack([np.zeros((high, 1), np.uint8), rows])  # filter 0 before each line

    def chunk(name, content):
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", wide, high, 8, 0 if opacity is None else 4, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(lines.tobytes(), 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


def gif(*pictures):
    """Black and white pictures one after the other; the table of codes never grows."""
    high, wide = pictures[0].shape
    made = b"GIF89a" + struct.pack("<HHBBB", wide, high, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    for pixels in pictures:
        codes = [4]  # clear the table
        for i, bit in enumerate((pixels.ravel() > 127).astype(int).tolist()):
            codes += [bit, 4] if i % 2 else [bit]
        number = sum(code << (3 * i) for i, code in enumerate([*codes, 5]))
        packed = number.to_bytes(3 * (len(codes) + 1) // 8 + 1, "little")
        blocks = [packed[i : i + 255] for i in range(0, len(packed), 255)]
        made += b"\x21\xf9\x04\0\x0a\0\0\0"  # for a tenth of a second
        made += b"\x2c" + struct.pack("<HHHHB", 0, 0, wide, high, 0) + b"\x02"
        made += b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
    return made + b"\x3b"


JPEG = """async ([bytes]) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    const blob = await canvas.convertToBlob({type: 'image/jpeg', quality: 0.95});
    return [...new Uint8Array(await blob.arrayBuffer())];
}"""
TURNED = bytes.fromhex("ffe1002245786966000049492a000800000001001201030001000000060000000000")
"""The note of a telephone that was held upright: to be shown turned right by a quarter."""


def pictures(page):
    """Files by name, each with the digits that are made of it."""
    jpeg = bytes(page.evaluate(JPEG, [[*png(corner())]]))
    wide = bytes(page.evaluate(JPEG, [[*png(corner(900, 300))]]))
    moving = gif(corner(40, 40), corner(40, 40, ink=255), corner(40, 40, ground=0))
    return {
        "plain.png": (png(corner()), UPPER_LEFT),
        "dusk.png": (png(corner(ground=160, ink=90)), UPPER_LEFT),
        "wide.jpg": (wide, UPPER_LEFT),
        "tiny.png": (png(corner(2, 2)), UPPER_LEFT),
        "large.png": (png(corner(6000, 6000)), UPPER_LEFT),
        "clear.png": (png(corner(ground=0), 255 - corner()), UPPER_LEFT),
        "turned.jpg": (jpeg[:2] + TURNED + jpeg[2:], UPPER_RIGHT),
        "moving.gif": (moving, UPPER_LEFT),
        "named-wrong.txt": (png(corner()), UPPER_LEFT),
    }


NONE = {
    "empty.png": (b"", "This file is empty"),
    "words.png": (b"a few words", "finds no picture in that file"),
    "cut.png": (png(corner())[:60], "finds no picture in that file"),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "finds no picture in that file"),
    "white.png": (png(corner(ink=255)), "is of one tone"),
    "nothing.png": (png(corner(ground=0), 0 * corner()), "is of one tone"),
}


MENDED = "(told) => !document.querySelector('[data-boot]').textContent.includes(told)"


@pytest.mark.parametrize("address", [f"play/{SLUG}/?seed=1", f"frame/{SLUG}/?seed=1"])
def test_every_kind_of_picture_becomes_shades_and_what_is_none_is_told(visit, address):
    watched = visit(again=True)
    for _, told in NONE.values():
        watched.expect(told)
    player, page = at_play(watched, address), watched.page
    player.do(("slide",))
    page.get_by_text("Draw, or take a picture").click()
    page.locator(INPUT).focus()  # reached by keyboard, too, and not covered
    files = list(pictures(page).items())
    for i, (name, (content, told)) in enumerate(NONE.items()):
        page.locator(INPUT).set_input_files({"name": name, "mimeType": "", "buffer": content})
        page.get_by_text(told).first.wait_for(timeout=READY)
        player.agree()
        name, (content, digits) = files[i % len(files)]
        page.locator(INPUT).set_input_files({"name": name, "mimeType": "", "buffer": content})
        player.twin.send(["picture", digits])
        player.agree()
        page.wait_for_function(MENDED, arg=told, timeout=READY)
    for name, (content, digits) in files[len(NONE) :]:
        page.locator(INPUT).set_input_files({"name": name, "mimeType": "", "buffer": content})
        player.twin.send(["picture", digits])
        player.agree()


def test_a_picture_of_a_digit_is_read_as_a_drawing(visit):
    player = at_play(visit(again=True), "play/read-my-digit/?seed=1")
    page = player.page
    page.get_by_text("Take a picture of a digit").click()
    content = png(corner(240, 240))
    page.locator(INPUT).set_input_files({"name": "a.png", "mimeType": "", "buffer": content})
    player.twin.send(["picture", ("8" * 12 + "0" * 12) * 12 + "0" * 288])
    player.agree()

"""A page's tree in plain Python: HTML parsed by html5lib, and patches applied as patch.js does."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from dataclasses import dataclass, field

import html5lib

from games.ui.node import to_html

SVG = "{http://www.w3.org/2000/svg}"
HTML = "{http://www.w3.org/1999/xhtml}"
TABLE_PARTS = {"thead": "table", "tbody": "table", "tr": "tbody", "th": "tr", "td": "tr"}
"""What only counts inside a table: a browser's <template> takes it anywhere, html5lib here."""
URL = "mask-image:url(data:image/png;base64,"


@dataclass
class Element:
    """One element: what a browser keeps of it, and the pixels of a picture."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)
    pixels: bytes | None = None


def parse(html: str, svg: bool = False) -> Element:
    """The element that a browser makes of `html`, inside an <svg> or not."""
    opening = re.match(r"<(\w+)", html)
    inside = TABLE_PARTS.get(opening[1] if opening else "", "div")
    holder = html5lib.parseFragment(f"<svg>{html}</svg>" if svg else html, container=inside)
    holder = holder[0] if svg else holder
    assert not holder.text, html
    assert len(holder) == 1, f"{len(holder)} elements from {html:.200}"
    assert not holder[0].tail, html
    return _element(holder[0])


def _element(source) -> Element:
    assert isinstance(source.tag, str), "a comment"
    attributes = {name.rpartition("}")[2]: value for name, value in source.attrib.items()}
    element = Element(source.tag, attributes)
    if "data-columns" in attributes:
        element.pixels = shaded(source, attributes)
        return element
    if source.text:
        element.children.append(source.text)
    for child in source:
        element.children.append(_element(child))
        if child.tail:
            element.children.append(child.tail)
    return element


def shaded(source, attributes) -> bytes:
    """The places in its palette that a picture's sheets show: of each colour, how opaque."""
    share = 256 // int(attributes["data-shades"])
    places = b""
    for sheet in source:
        k = int(sheet.attrib["class"].removeprefix("shade-"))
        masks = decode(base64.b64decode(sheet.attrib["style"].removeprefix(URL).removesuffix(")")))
        places = places or bytes(len(masks) // 2)
        mine = [round(alpha * (share - 1) / 255) for alpha in masks[1::2]]
        assert not any(a and b for a, b in zip(places, mine, strict=True)), "one colour a pixel"
        places = bytes(a or (b and b + k * share) for a, b in zip(places, mine, strict=True))
    return places


def decode(png: bytes) -> bytes:
    """The bytes of a PNG with an alpha channel, one IDAT chunk and filter 0 in every row."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + size]
        (checksum,) = struct.unpack(">I", png[at + 8 + size : at + 12 + size])
        assert checksum == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + size
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *how = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert how in ([8, 4, 0, 0, 0], [8, 6, 0, 0, 0])
    wide = 1 + width * {4: 2, 6: 4}[how[1]]
    raw = zlib.decompress(chunks[b"IDAT"])
    rows = [raw[y * wide : (y + 1) * wide] for y in range(height)]
    assert all(row[0] == 0 for row in rows)
    return b"".join(row[1:] for row in rows)


def expected(node) -> Element | str:
    """The tree a node stands for, without going through HTML."""
    if isinstance(node, str):
        return node
    return _expected(node, inside_svg=False)


def _expected(node, inside_svg: bool) -> Element:
    inside = inside_svg or node.tag == "svg"
    below = inside and node.tag != "foreignObject"
    children = [c if isinstance(c, str) else _expected(c, below) for c in node.children]
    pixels = None
    if node.picture is not None:
        pixels = node.picture.indices()
        pixels = pixels if any(pixels) else b""  # a page draws nothing of what is all clear
    return Element((SVG if inside else HTML) + node.tag, dict(node.attributes), children, pixels)


def apply(element: Element, patch, buffers: list[bytes]) -> None:
    """Change `element` as `patch` says; step for step what web/client/patch.js does."""
    attributes, order, changes, picture = [*patch, *(0, 0, 0, None)[len(patch) :]]
    for name, value in (attributes or {}).items():
        if value is None:
            del element.attributes[name]
        else:
            element.attributes[name] = value
    if attributes and {"data-columns", "data-palette"} & set(attributes):
        assert picture is not None, "a picture of another shape or palette is painted again"
    if order != 0:
        old = element.children
        kept = [item for item in order if isinstance(item, int)]
        assert len(kept) == len(set(kept)), "a child can stand in one place only"
        element.children = [
            made(item, element) if not isinstance(item, int) else old[item] for item in order
        ]
    changes = changes or []
    for index, change in zip(changes[::2], changes[1::2], strict=True):
        child = element.children[index]
        if isinstance(change, str):
            assert isinstance(child, str)
            element.children[index] = change
        else:
            assert isinstance(child, Element)
            apply(child, change, buffers)
    if picture is not None:
        element.pixels = buffers[picture] if any(buffers[picture]) else b""


def made(item: str | list[str], parent: Element) -> Element | str:
    """A new child, as a patch writes it."""
    inside = parent.tag.startswith(SVG) and parent.tag != SVG + "foreignObject"
    return parse(item, inside) if isinstance(item, str) else item[0]


def page_of(node) -> Element:
    """What a browser shows for a node's HTML."""
    return parse(to_html(node))

"""The pictures that a pasted link shows: a game's first frame on a card, 1200 × 630 pixels.

og/<game>.png           every game
og/lesson/<name>.png    every article, with the picture that it names
og/neuronauts.png       every other page

Open Graph (https://ogp.me) asks for an image of fixed size, and those who read it run no script and
no SVG: so the drawing is rendered here. A picture is kept in `build/` under a hash of all it was
made from.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import resvg_py
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from tinycss2.color3 import parse_color

from games import Game
from games.run import Run
from games.ui.node import Node, to_html
from games.ui.pixels import opacities, png
from web.builder.articles import FIRST_SEED, Article
from web.builder.looks import PLAIN, Looks, Style, markup, written
from web.builder.paths import CACHE, MODULES, WEB
from web.builder.styles import track_sheets

WIDTH, HEIGHT = 1200, 630
FOLDER = "og/"
SITE_PICTURE = f"{FOLDER}neuronauts.png"
SITE_WORDS = (
    "Deep learning, played",
    "A free course: play with real neural networks, computed in your own browser.",
)

KEPT = CACHE / "pictures"
TEXT = "Atkinson Hyperlegible Next Variable"
MONO = "Atkinson Hyperlegible Mono Variable"
FONTS = {
    TEXT: "@fontsource-variable/atkinson-hyperlegible-next/files/"
    "atkinson-hyperlegible-next-latin-wght-normal.woff2",
    MONO: "@fontsource-variable/atkinson-hyperlegible-mono/files/"
    "atkinson-hyperlegible-mono-latin-wght-normal.woff2",
}
"""The page's fonts by the name that its styles give them."""
MORE_LETTERS = ("KaTeX_Main-Regular", "KaTeX_Math-Italic", "KaTeX_AMS-Regular")
"""KaTeX's fonts, for arrows and Greek."""

MARGIN = 64
CARD = (548, 48, WIDTH - 548 - 48, HEIGHT - 2 * 48)
"""The white card that carries the drawing: left, top, width, height."""
PADDING = 40
LEAST = 100
"""Narrower drawings are marks and icons, no pictures."""
LARGEST_SCALE = 2.4
ROW, STRIP = 24, 400
"""Height of a row of a picture of pixels; its widest."""


@dataclass(frozen=True)
class Figure:
    """What a card shows of a game: an SVG of `width` × `height`, its corner at (0, 0)."""

    svg: str
    width: float
    height: float


def picture_of(game: Game) -> str:
    """The URL of a game's picture, from the root of the site."""
    return f"{FOLDER}{game.slug}.png"


def picture_of_article(article: Article) -> str:
    """The URL of an article's picture, from the root of the site."""
    return f"{FOLDER}{article.address.removesuffix('/')}.png"


class Pictures:
    """Makes the pictures of a site, and remembers them in `kept`."""

    def __init__(self, kept: Path = KEPT) -> None:
        self.kept = kept
        sheets = WEB / "styles"
        self.sheets = [
            path.read_text("utf-8")
            for path in (
                *(sheets / "tokens.css", sheets / "kit.css"),
                *chain.from_iterable(track_sheets().values()),
            )
        ]
        fonts = [(MODULES / path).read_bytes() for path in FONTS.values()]
        self._maker = hashlib.sha256(b"".join([Path(__file__).read_bytes(), *fonts]))
        for text in (Path(__file__).with_name("looks.py").read_text("utf-8"), *self.sheets):
            self._maker.update(text.encode())
        self._maker.update(resvg_py.__version__.encode())

    def of_game(self, game: Game, title: str = "", said: str = "") -> bytes:
        """A game's first frame beside its name and how to play, or beside other words."""
        run = Run(game.slug, FIRST_SEED)
        return self.card(title or game.title, said or game.how, run.view(), run.describe())

    def of_article(self, article: Article) -> bytes:
        """An article's picture beside its title and what it is about."""
        return self.card(article.full_title, article.about, article.drawn(), article.about)

    def card(self, title: str, said: str, view: Node, words: str) -> bytes:
        """A PNG: title and sentence beside the drawing of a view, or its words if it has none."""
        key = self._maker.copy()
        key.update(json.dumps([title, said, to_html(view), words]).encode())
        kept = self.kept / f"{key.hexdigest()[:24]}.png"
        if not kept.exists():
            figure = self.figure(view) or self._quoted(words)
            made = self._render(self._composed(title, said, figure))
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(made)
        return kept.read_bytes()

    # -- the drawing

    @cached_property
    def looks(self) -> Looks:
        """The rules of the page's style sheets."""
        return Looks(self.sheets)

    def figure(self, view: Node) -> Figure | None:
        """The largest drawing of a view, as it looks on a light page; None if it has none."""
        styles = self.looks.dress(view)
        found = [figure for node in _open(view) for figure in self._figures(node, styles)]
        return max(found, key=lambda figure: figure.width * figure.height, default=None)

    def _figures(self, parent: Node, styles: Mapping[int, Style]) -> Iterator[Figure]:
        """The drawings among an element's children, each with the pixels in or behind it."""
        children = [child for child in parent.children if isinstance(child, Node)]
        pixels = [child for child in children if child.picture]
        if "strips" in parent.attributes.get("class", "").split():
            yield self._strips(children[0], pixels[0])
            return
        if "token-columns" in parent.attributes.get("class", "").split():
            return  # they lie below the drawing that they belong to
        for svg in children:
            if svg.tag == "svg" and "viewBox" in svg.attributes:
                *_, width, height = map(float, svg.attributes["viewBox"].split())
                if width >= LEAST:
                    size = {"width": f"{width:g}", "height": f"{height:g}", "overflow": "visible"}
                    behind = [self._image(leaf, *_place(leaf, width, height)) for leaf in pixels]
                    yield Figure("".join([*behind, markup(svg, styles, **size)]), width, height)
                    pixels = []
        for leaf in pixels:
            rows, columns = self._coloured(leaf).shape[:2]
            width = min(ROW * float(columns), STRIP)
            height = float(ROW) if rows == 1 else width * rows / columns
            yield Figure(self._image(leaf, 0, 0, width, height), width, height)

    def _strips(self, names: Node, leaf: Node) -> Figure:
        """A picture whose rows have names beside them (games/ui/pixels.py: strips)."""
        rows = [child.text() for child in names.children if isinstance(child, Node)]
        left = 9.0 * max(map(len, rows)) + 12
        height = ROW * float(len(rows))
        lines = [
            f'<text x="0" y="{ROW * (row + 0.68):g}" font-size="16">{written(name)}</text>'
            for row, name in enumerate(rows)
        ]
        image = self._image(leaf, left, 0, STRIP, height)
        return Figure("".join([*lines, image]), left + STRIP, height)

    def _image(self, leaf: Node, x: float, y: float, width: float, height: float) -> str:
        """A picture's pixels as an SVG image, as sharp-edged or as smooth as on the page."""
        smooth = "smooth" in leaf.attributes["class"].split()
        data = base64.b64encode(png(self._coloured(leaf))).decode("ascii")
        return (
            f'<image x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
            f'preserveAspectRatio="none" '
            f'image-rendering="{"optimizeQuality" if smooth else "optimizeSpeed"}" '
            f'href="data:image/png;base64,{data}"/>'
        )

    def _coloured(self, leaf: Node) -> NDArray[np.uint8]:
        """A picture's pixels in the colours of the light page, shape (height, width, 4)."""
        assert leaf.picture
        name = leaf.attributes["data-palette"]
        places = np.frombuffer(leaf.picture.indices(), np.uint8)
        places = places.reshape(-1, int(leaf.attributes["data-columns"]))
        drawn = np.zeros((*places.shape, 4))
        for k, opacity in enumerate(opacities(places, name)):
            said = self.looks.token(f"shade-{k}", {"data-palette": name})
            *colour, alpha = parse_color(said)
            mine = opacity > 0
            drawn[mine, :3] = 255 * np.array(colour)
            drawn[mine, 3] = alpha * opacity[mine]
        return np.asarray(np.rint(drawn), np.uint8)

    def _quoted(self, sentence: str) -> Figure:
        """A sentence in place of a drawing."""
        lines = self._wrap(sentence, 19, 400, STRIP)
        ink = self.looks.token("ink")
        drawn = (_line(line, 0, 22 + 29 * at, 19, 400, ink) for at, line in enumerate(lines))
        return Figure("".join(drawn), STRIP, 29.0 * len(lines))

    # -- the card

    def _composed(self, title: str, said: str, figure: Figure) -> str:
        colour = self.looks.token
        left, top, width, height = CARD
        room = left - 2 * MARGIN + 24
        parts = [
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colour("paper")}"/>',
            f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="20" '
            f'fill="{colour("card")}" stroke="{colour("line")}" stroke-width="1.5"/>',
            _mark(MARGIN - 4, 50, colour("accent"), colour("gold-fill"), colour("gold")),
            _line("Neuronauts", MARGIN + 50, 83, 30, 700, colour("ink")),
        ]
        size = next(
            size for size in (64, 56, 48, 40, 1) if len(self._wrap(title, size, 700, room)) <= 3
        )
        y = 204.0
        for line in self._wrap(title, size, 700, room):
            parts.append(_line(line, MARGIN, y, size, 700, colour("ink")))
            y += 1.12 * size
        y += 12
        for line in _shortened(self._wrap(said, 30, 400, room), int((HEIGHT - 40 - y) / 42)):
            parts.append(_line(line, MARGIN, y, 30, 400, colour("ink-soft")))
            y += 42
        scale = min(
            (width - 2 * PADDING) / figure.width,
            (height - 2 * PADDING) / figure.height,
            LARGEST_SCALE,
        )
        x = left + (width - scale * figure.width) / 2
        above = top + (height - scale * figure.height) / 2
        parts.append(f'<g transform="translate({x:.2f} {above:.2f}) scale({scale:.4f})">')
        parts += [figure.svg, "</g>"]
        inside = "".join(parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
            f"{inside}</svg>"
        )

    def _render(self, svg: str) -> bytes:
        made: bytes = resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(path) for path in self.fonts],
            font_family=TEXT,
        )
        return made

    # -- fonts

    @cached_property
    def fonts(self) -> list[Path]:
        """TrueType files: the page's two, unpacked once, and KaTeX's."""
        made = []
        for family, path in FONTS.items():
            source = MODULES / path
            target = self.kept / f"{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}.ttf"
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                unpacked = io.BytesIO()
                font = TTFont(source)
                font.flavor = None
                font["name"].setName(family, 1, 3, 1, 0x409)
                font.save(unpacked)
                target.write_bytes(unpacked.getvalue())
            made.append(target)
        folder = MODULES / "katex" / "dist" / "fonts"
        return made + [folder / f"{name}.ttf" for name in MORE_LETTERS]

    @cached_property
    def _letters(self) -> dict[int, tuple[dict[int, str], Any]]:
        font = TTFont(self.fonts[0])
        return {
            weight: (font.getBestCmap(), font.getGlyphSet(location={"wght": weight}))
            for weight in (400, 700)
        }

    def _width(self, text: str, size: float, weight: int) -> float:
        names, glyphs = self._letters[weight]
        units = (
            glyphs[names.get(ord(letter), ".notdef")].width for letter in text.translate(PLAIN)
        )
        return float(sum(units)) * size / 1000

    def _wrap(self, text: str, size: float, weight: int, room: float) -> list[str]:
        """Text in lines of at most `room` pixels, broken between words."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._width(longer, size, weight) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines


def _shortened(lines: list[str], most: int) -> list[str]:
    """At most that many lines; what is left out is told by an ellipsis."""
    return (
        lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1].rstrip(",.;:") + "…"]
    )


def _open(node: Node) -> Iterator[Node]:
    """A node and all below it, without what is folded away or hidden."""
    if "hidden" in node.attributes or (node.tag == "details" and "open" not in node.attributes):
        return
    yield node
    for child in node.children:
        if isinstance(child, Node):
            yield from _open(child)


def _place(leaf: Node, width: float, height: float) -> tuple[float, float, float, float]:
    """Where a picture lies over a drawing of that size: left, top, width, height.

    One that says nothing of its place fills it all, as below a pad (games/ui/inputs.py).
    """
    shares = {"left": "0", "top": "0", "width": "100", "height": "100"}
    shares |= re.findall(r"(left|top|width|height):([\d.]+)%", leaf.attributes["style"])
    across, down = width / 100, height / 100
    left, top = float(shares["left"]) * across, float(shares["top"]) * down
    return left, top, float(shares["width"]) * across, float(shares["height"]) * down


def _line(text: str, x: float, y: float, size: float, weight: int, colour: str) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-family="{TEXT}" font-size="{size:g}" '
        f'font-weight="{weight}" fill="{colour}">{written(text)}</text>'
    )


def _mark(x: float, y: float, ink: str, light: str, edge: str) -> str:
    """The site's mark, as in the head of every page."""
    return (
        f'<g transform="translate({x} {y}) scale(1.4)" fill="{ink}">'
        f'<path d="M7 8 25 16 7 24" fill="none" stroke="{ink}" stroke-width="3"/>'
        f'<circle cx="7" cy="8" r="5"/><circle cx="7" cy="24" r="5"/>'
        f'<circle cx="25" cy="16" r="6" fill="{light}" stroke="{edge}" stroke-width="2"/></g>'
    )

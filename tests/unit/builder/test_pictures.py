"""The pictures of shared links: one for each game and article, as large as promised, none empty."""

import struct
from pathlib import Path

import numpy as np
import pytest

from games import discover, load
from games.moves import Dial, Place, moves
from games.run import Run
from games.ui.inputs import pad
from games.ui.node import h
from games.ui.pixels import picture
from web.builder import pictures as module
from web.builder.articles import find_articles, read_articles
from web.builder.glossary import read_glossary
from web.builder.looks import Looks, markup, written
from web.builder.paths import WEB
from web.builder.pictures import HEIGHT, WIDTH, Figure, Pictures

TOKENS = (WEB / "styles/tokens.css").read_text("utf-8")


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("og")
    pictures = Pictures()
    for slug in discover():
        (out / f"{slug}.png").write_bytes(pictures.of_game(load(slug)))
    for article in read_articles(find_articles(), read_glossary()):
        (out / f"{article.name}.png").write_bytes(pictures.of_article(article))
    return out


def test_every_game_and_article_has_a_picture_of_the_size_that_its_page_names(made: Path) -> None:
    assert {path.stem for path in made.glob("*.png")} == {
        *discover(),
        *(path.parent.name.replace("_", "-") for path in find_articles()),
    }
    for path in made.glob("*.png"):
        assert size(path.read_bytes()) == (WIDTH, HEIGHT) == (1200, 630)
        assert path.stat().st_size < 200_000


def test_no_card_is_empty(made: Path) -> None:
    pictures = Pictures()
    for slug in discover():
        game = load(slug)
        empty = pictures._render(pictures._composed(game.title, game.how, Figure("", 1, 1)))
        assert (made / f"{slug}.png").read_bytes() != empty, slug


def test_every_game_with_a_drawing_shows_it() -> None:
    pictures = Pictures()
    without = {slug for slug in discover() if pictures.figure(Run(slug, 1).view()) is None}
    for slug in without:
        view = Run(slug, 1).view()
        wide = [n for n in view.walk() if n.tag == "svg" and n.attributes["viewBox"] > "100"]
        assert not [n for n in view.walk() if n.picture], slug
        assert not [n for n in wide if float(n.attributes["viewBox"].split()[2]) >= 100], slug


def test_a_drawing_fills_the_pad_it_is_drawn_on() -> None:
    draw = moves(draw=Place(Dial(0, 9), Dial(0, 9))).on(None).draw
    figure = Pictures().figure(h("div", pad("a digit", np.eye(10), draw)))
    assert figure
    assert figure.svg.startswith('<image x="0" y="0" width="100" height="100"')


def test_a_wide_picture_of_pixels_keeps_its_proportions_and_a_single_row_its_height() -> None:
    for rows, columns, size in ((12, 60, (400, 80)), (40, 40, (400, 400)), (1, 60, (400, 24))):
        figure = Pictures().figure(h("div", picture(np.eye(rows, columns), "ink", "a picture")))
        assert figure
        assert (figure.width, figure.height) == size


def test_a_picture_that_is_known_is_not_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = load("light-the-network")
    first = Pictures(tmp_path).of_game(game)
    monkeypatch.setattr(module, "resvg_py", None)
    monkeypatch.setattr(Pictures, "_maker", None, raising=False)
    assert [path.read_bytes() for path in tmp_path.glob("*.png")] == [first]


def test_long_texts_stay_on_the_picture() -> None:
    pictures = Pictures()
    for slug in discover():
        game = load(slug)
        for text, size, weight in ((game.title, 40, 700), (game.how, 30, 400)):
            for line in pictures._wrap(text, size, weight, 440):
                assert pictures._width(line, size, weight) <= 440


# --- the page's colours without the page ------------------------------------------------------


def dressed(css: str, **attributes: object) -> str:
    looks = Looks([TOKENS, css])
    node = h("svg", h("path", **attributes), class_="plot")
    return markup(node.children[0], looks.dress(node))


def test_a_colour_is_that_of_the_light_theme() -> None:
    assert dressed(".curve { fill: none; stroke: var(--forward) }", class_="curve") == (
        '<path style="fill:none;stroke:#077673"></path>'
    )


def test_the_more_special_rule_wins_and_a_style_attribute_over_it() -> None:
    css = ".plot .a { opacity: 0.5 } .a { opacity: 1; stroke-width: 2 }"
    assert dressed(css, class_="a") == '<path style="opacity:0.5;stroke-width:2"></path>'
    assert "stroke-width:7" in dressed(css, class_="a", style="stroke-width:7")


def test_a_mixed_colour_is_mixed_in_oklab() -> None:
    """The browser's own answer to color-mix(in oklab, #077673 14%, white)."""
    assert "fill:#e0ebea" in dressed(".soft { fill: var(--forward-soft) }", class_="soft")


def test_a_mixture_of_what_only_a_layout_knows_is_passed_over() -> None:
    css = ".a { fill: color-mix(in oklab, red calc(1% * var(--p, 3)), white); opacity: 0.5 }"
    assert dressed(css, class_="a") == '<path style="opacity:0.5"></path>'


def test_names_are_inherited_and_have_stand_ins() -> None:
    css = ".plot { --here: 3 } .a { stroke-width: var(--here); opacity: var(--none, 0.2) }"
    assert dressed(css, class_="a") == '<path style="stroke-width:3;opacity:0.2"></path>'


def test_rules_for_a_width_or_a_medium_are_passed_over() -> None:
    assert dressed("@media print { .a { fill: red } }", class_="a") == "<path></path>"


def test_letters_that_the_fonts_lack_are_made_of_those_they_have() -> None:
    assert written("w₁₂ < 10⁻⁴ ✗") == (
        'w<tspan baseline-shift="sub" font-size="70%">12</tspan> &lt; '
        '10<tspan baseline-shift="super" font-size="70%">−4</tspan> ×'
    )

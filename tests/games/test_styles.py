"""A game's style sheet colours its own pictures alone, whatever else stands on the page."""

import re
from pathlib import Path

import pytest

from games import discover
from games.run import Run
from games.ui.node import to_html

GAMES = Path(__file__).parents[2] / "games"
CLASSES = re.compile(r"(?:\.[\w-]+)+")
"""A selector that any element with these classes matches, wherever it stands."""


def bare(sheet):
    """The sets of classes that the selectors of a style sheet consist of."""
    text = re.sub(r"/\*.*?\*/|@(?:media|supports|container)[^{]*\{", "", sheet, flags=re.S)
    for selectors in re.findall(r"([^{}]+)\{", text):
        for selector in re.split(r",(?![^(]*\))", selectors):
            plain = re.sub(r"::?[\w-]+(\([^)]*\))?", "", selector).strip()
            if ":is(" not in selector and CLASSES.fullmatch(plain):
                yield frozenset(plain.strip(".").split("."))


def test_the_selectors_of_a_sheet_are_read():
    sheet = (
        "/* x */ .a, .b.c:hover { } .d .e { } @media (x) { .f { } } .g:is(.h, .i) { } [x] .j { }"
    )
    assert set(bare(sheet)) == {frozenset("a"), frozenset("bc"), frozenset("f")}


@pytest.mark.rarely
def test_no_sheet_colours_what_another_game_draws():
    owners = {}
    for path in sorted(GAMES.glob("*/*/style.css")):
        for classes in bare(path.read_text("utf-8")):
            owners.setdefault(classes, set()).add(path.parent.name)
    coloured = []
    for slug in sorted(discover()):
        run = Run(slug, 7)
        shown = to_html(run.view())
        run.begin_solution(12, 150)
        shown += to_html(run.view())
        used = [frozenset(found.split()) for found in set(re.findall(r'class="([^"]*)"', shown))]
        own = slug.replace("-", "_")
        coloured += [
            f".{'.'.join(sorted(classes))} of {', '.join(sorted(games))} in {slug}"
            for classes, games in owners.items()
            if own not in games and any(classes <= element for element in used)
        ]
    assert "\n".join(coloured) == ""

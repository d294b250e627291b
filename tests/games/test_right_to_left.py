"""In a language written from right to left no number of a game is left to its neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from games import discover
from games.run import Run
from games.ui.node import Node
from games.words import ENGLISH, ordered, use
from web.builder import catalogue, pseudo


@pytest.fixture(scope="module", autouse=True)
def leftward() -> Iterator[None]:
    use(catalogue.language(pseudo.LEFTWARD))
    yield
    use(ENGLISH)


def loose(node: Node | str, kept: bool = False) -> Iterator[str]:
    """The texts with a number that neither `say` nor the style sheet sets apart."""
    if isinstance(node, str):
        if not kept and ordered(node) != node:
            yield node
        return
    kept = kept or node.tag in ("svg", "code", "pre", "textarea")
    kept = kept or node.attributes.get("translate") == "no"
    for child in node.children:
        yield from loose(child, kept)


def texts(node: Node | str) -> Iterator[str]:
    """The texts of all leaves, in order."""
    if isinstance(node, str):
        yield node
        return
    for child in node.children:
        yield from texts(child)


@pytest.mark.parametrize("slug", sorted(discover()))
def test_every_number_of_a_game_is_set_apart(slug: str) -> None:
    run = Run(slug, seed=1)
    assert list(loose(run.view())) == []


@pytest.mark.in_turns
@pytest.mark.parametrize("slug", sorted(discover()))
def test_what_was_drawn_in_one_language_is_drawn_anew_in_another(slug: str) -> None:
    use(ENGLISH)
    english = list(texts(Run(slug, seed=1).view()))
    use(catalogue.language(pseudo.LEFTWARD))
    there = list(texts(Run(slug, seed=1).view()))
    ticks = [text for text in english if re.fullmatch(r"−?\d+\.\d+", text)]
    commas = [text for text in there if re.fullmatch(r"−?\d+,\d+", text)]
    assert ticks == [text.replace(",", ".") for text in commas]

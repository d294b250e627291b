"""In a language written from right to left no number of a game is left to its neighbours."""

from __future__ import annotations

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


@pytest.mark.parametrize("slug", sorted(discover()))
def test_every_number_of_a_game_is_set_apart(slug: str) -> None:
    run = Run(slug, seed=1)
    assert list(loose(run.view())) == []

"""A rehearsal: the start of a game is played where nobody looks, so that the first touch is quick.

A browser compiles what a game computes when it is first called, and a game computes its landscapes
when it first draws them: a learner's first move would take several times as long as the tenth.
"""

from __future__ import annotations

from collections.abc import Iterator

from games.run import Run
from games.ui.node import Node, diff, to_html

DRAWN = 3
"""How often the opening picture is drawn."""
MOVES, TICKS = 4, 12
"""How many moves of the solution are played, and how many ticks after each at most."""


def rehearse(seen: Run) -> Iterator[None]:
    """Play the start of a game's solution in a run of its own, and draw what a page would ask for.

    Args:
        seen: the learner's run; only its game, seed and parameters are taken.

    Yields after each picture, so that the caller can pause or stop.
    """
    run = Run(seen.game.slug, seen.seed, seen.params)
    shown = run.view()
    for _ in range(DRAWN):
        shown = _drawn(run, shown)
        yield
    for _ in run.beginning(MOVES, TICKS):
        shown = _drawn(run, shown)
        yield


def _drawn(run: Run, shown: Node) -> Node:
    new = run.view()
    diff(shown, new, [])
    to_html(new)
    run.score(), run.describe(), run.records()
    return new

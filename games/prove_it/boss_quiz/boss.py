"""The boss as a picture: a network with a face, a neuron of it for each question of a run.

What is answered right switches a neuron off; what is not lets it strike. It knows no question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from games.ui.node import Node, h
from games.words import say
from pycore.arrays import Array

Mark = Literal["hit", "miss", "now", "to-come"]
SHAPES: dict[Mark, str] = {"hit": "M-5 0l4 4l7-8", "miss": "M-4-4l8 8M4-4l-8 8"}
WIDTH, HEIGHT, FACE = 400, 176, 40
MIDDLE = np.array([WIDTH / 2, HEIGHT / 2])
REACH = np.array([WIDTH / 2 - 24, HEIGHT / 2 - 20])
"""From the middle to its neurons, across and up."""


def boss(marks: Sequence[Mark], beaten: bool, wins: bool) -> Node:
    """The boss in the middle of its neurons, the first at the top, the others clockwise.

    Args:
        marks: how each question of the run was answered, in their order.
        beaten: the run is over and it has lost.
        wins: the run is over and it has won.
    """
    angles = 2 * np.pi * np.arange(len(marks)) / len(marks) - np.pi / 2
    places = MIDDLE + REACH * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    mood = "beaten" if beaten else "wins" if wins else "awake"
    counts = {kind: sum(mark == kind for mark in marks) for kind in ("hit", "miss")}
    left = 1 - counts["hit"] / len(marks)
    return h(
        "svg",
        [_edge(place, mark, i) for i, (place, mark) in enumerate(zip(places, marks, strict=True))],
        _face(mood, left, counts["miss"] / len(marks)),
        [_unit(place, mark, i) for i, (place, mark) in enumerate(zip(places, marks, strict=True))],
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=say(
            "The boss: {right} of its {total} neurons switched off, {wrong} strikes",
            right=counts["hit"],
            total=len(marks),
            wrong=counts["miss"],
        ),
        class_=f"diagram boss {mood}",
    )


def _edge(place: Array, mark: Mark, i: int) -> Node:
    """From the face to a neuron."""
    (x, y), (to_x, to_y) = MIDDLE, place
    return h(
        "path",
        d=f"M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}",
        key=f"edge{i}",
        class_=f"boss-edge {mark}",
    )


def _unit(place: Array, mark: Mark, i: int) -> Node:
    """A neuron, with the sign of its answer."""
    x, y = place
    return h(
        "g",
        h("circle", r=13),
        h("path", d=SHAPES[mark]) if mark in SHAPES else None,
        key=f"unit{i}",
        transform=f"translate({x:.1f} {y:.1f})",
        class_=f"boss-unit {mark}",
    )


def _face(mood: str, left: float, struck: float) -> Node:
    """Two eyes that close as it loses its neurons, and a mouth that grins as it strikes."""
    x, y = MIDDLE
    smile = {"beaten": -14.0, "wins": 22.0}.get(mood, 18 * (left - 0.8) + 40 * struck)
    smile = min(max(smile, -14.0), 22.0)
    eyes = [
        h("path", d=f"M{x + side - 6} {y - 14}l12 12m0-12l-12 12", class_="boss-eye closed")
        if mood == "beaten"
        else h("ellipse", cx=x + side, cy=y - 8, rx=6, ry=1.5 + 7 * left, class_="boss-eye")
        for side in (-15, 15)
    ]
    return h(
        "g",
        h("circle", cx=x, cy=y, r=FACE, class_="boss-body"),
        eyes,
        h("path", d=f"M{x - 16} {y + 17}q16 {smile:.1f} 32 0", class_="boss-mouth"),
        key="face",
        class_="boss-face",
    )

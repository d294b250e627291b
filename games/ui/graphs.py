"""Graphs: nodes and the lines between them, anywhere in the plane or as a tree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from games.moves import Offer
from games.ui.controls import tile
from games.ui.node import Node, h
from games.ui.numbers import plain
from games.ui.pixels import Shade, opacities
from games.words import say

Floats = NDArray[np.float64]

RADIUS = 20.0
"""Half the height of a node, in viewBox units."""
LETTER = 9.0
"""How wide a letter of a node's name is at most."""
WIDEST, THINNEST = 5.0, 1.5
"""Widths of the lines of the largest and the smallest weight."""


@dataclass(frozen=True)
class Branch:
    """A node of a tree and what hangs below it.

    Attributes:
        name: what is written in it.
        below: its branches, from left to right.
        value: its number, shown as its colour, if it has one.
        edge: what is written on the line from its parent: the answer that leads here.
    """

    name: str
    below: tuple[Branch, ...] = ()
    value: float = math.nan
    edge: str = ""


def graph(
    label: str,
    places: ArrayLike,
    edges: Sequence[tuple[int, int] | tuple[int, int, float]],
    *,
    names: Sequence[str] = (),
    values: ArrayLike | None = None,
    palette: str = "signed",
    largest: float | None = None,
    directed: bool = False,
    edge_names: Sequence[str] = (),
    chosen: int | None = None,
    lit: Sequence[int] = (),
    offer: Offer | None = None,
    width: float = 400,
    height: float = 260,
    key: str | int | None = None,
    name: str | None = None,
) -> Node:
    """Nodes at places of their own, joined by lines.

    Args:
        label: its name; what it shows just now is told once, by `describe`.
        places: of the nodes, any units, y upwards (n, 2); the drawing is fitted to them.
        edges: (from, to), or (from, to, weight): its size is the line's width, below zero dashed.
        names: what is written in each node; its number without them.
        values: each node's number, shown as its colour (n,); NaN where it has none.
        palette: a name of games.ui.pixels.PALETTES of one or two colours.
        largest: the value shown in full colour; the largest of `values` without it.
        directed: whether lines end in arrows.
        edge_names: what is written on each line.
        chosen: a node to mark.
        lit: edges, by their place in `edges`, to bring forward: the path of a message.
        offer: the move that chooses a node by its number.
        width: of the viewBox.
        height: of the viewBox.
        key: tells it from its siblings.
        name: under which the nodes' numbers can be read and saved.
    """
    spots = np.asarray(places, float).reshape(-1, 2)
    count = len(spots)
    names = names or [str(i + 1) for i in range(count)]
    if len(names) != count:
        raise ValueError(f"graph: {len(names)} names for {count} nodes; allowed: none or all")
    if edge_names and len(edge_names) != len(edges):
        raise ValueError(
            f"graph: {len(edge_names)} edge names for {len(edges)} edges; allowed: none or all"
        )
    for start, end, *_ in edges:
        if not (0 <= start < count and 0 <= end < count):
            raise ValueError(f"graph: edge ({start}, {end}) of nodes 0 to {count - 1}")
    wide = np.array([max(2 * RADIUS, LETTER * len(text) + 18) for text in names])
    at = _fitted(spots, wide, width, height)
    amounts = np.full(count, np.nan) if values is None else np.asarray(values, float).reshape(count)
    titles = [
        text if np.isnan(amount) else say("{name}: {value}", name=text, value=plain(amount))
        for text, amount in zip(names, amounts.tolist(), strict=True)
    ]
    lines = _lines(at, wide, edges, directed, frozenset(lit))
    words = [
        h(
            "text",
            text,
            x=float(middle[0]),
            y=float(middle[1]) + 4,
            class_="graph-edge-name middle",
            key=f"word {i}",
        )
        for i, (text, edge) in enumerate(zip(edge_names, edges, strict=False))
        if text
        for middle in [(at[edge[0]] + at[edge[1]]) / 2]
    ]
    svg = h(
        "svg",
        lines,
        words,
        _nodes(at, wide, names, titles, amounts, palette, largest, chosen),
        viewBox=f"0 0 {width:g} {height:g}",
        class_="diagram graph",
        role="img",
        aria_label=label,
        data_palette=palette,
    )
    buttons = offer is not None and [
        tile(
            offer(i),
            look="graph-node",
            style=f"left:{100 * x / width:.2f}%;top:{100 * y / height:.2f}%;"
            f"width:{100 * w / width:.2f}%",
            name=said,
            pressed=i == chosen,
            key=i,
        )
        for i, ((x, y), w, said) in enumerate(zip(at.tolist(), wide, titles, strict=True))
    ]
    return h(
        "div",
        svg,
        buttons,
        key=key,
        class_="graph-frame",
        marks=None if name is None else {name: amounts},
    )


def tree(
    label: str,
    root: Branch,
    *,
    palette: str = "signed",
    largest: float | None = None,
    chosen: int | None = None,
    offer: Offer | None = None,
    width: float = 400,
    key: str | int | None = None,
    name: str | None = None,
) -> Node:
    """A tree, its root on top, leaves side by side, every node over the middle of its branches.

    Nodes are numbered from the root downwards, each before its branches. See `graph`.
    """
    branches: list[Branch] = []
    places: list[tuple[float, float]] = []
    edges: list[tuple[int, int]] = []
    leaves = 0

    def plant(branch: Branch, depth: int) -> int:
        nonlocal leaves
        mine = len(branches)
        branches.append(branch)
        places.append((0.0, -float(depth)))
        below = [plant(child, depth + 1) for child in branch.below]
        if below:
            across = (places[below[0]][0] + places[below[-1]][0]) / 2
            edges.extend((mine, child) for child in below)
        else:
            across, leaves = float(leaves), leaves + 1
        places[mine] = (across, -float(depth))
        return mine

    plant(root, 0)
    depth = 1 + int(-min(y for _, y in places))
    return graph(
        label,
        places,
        edges,
        names=[branch.name for branch in branches],
        values=[branch.value for branch in branches],
        palette=palette,
        largest=largest,
        edge_names=[branches[child].edge for _, child in edges],
        chosen=chosen,
        offer=offer,
        width=width,
        height=20 + 2 * RADIUS + 74 * (depth - 1),
        key=key,
        name=name,
    )


def _fitted(spots: Floats, wide: Floats, width: float, height: float) -> Floats:
    """Places in the viewBox, as far apart as there is room, y downwards (n, 2)."""
    low, high = spots.min(axis=0), spots.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    share = np.where(high > low, (spots - low) / span, 0.5)
    side = float(wide.max()) / 2 + 6
    across = side + share[:, 0] * (width - 2 * side)
    down = RADIUS + 6 + (1 - share[:, 1]) * (height - 2 * RADIUS - 12)
    return np.column_stack([across, down])


def _lines(
    at: Floats,
    wide: Floats,
    edges: Sequence[tuple[int, int] | tuple[int, int, float]],
    directed: bool,
    lit: frozenset[int],
) -> list[Node]:
    weights = np.array([edge[2] if len(edge) == 3 else 1.0 for edge in edges])
    largest = float(np.abs(weights).max(initial=0.0)) or 1.0
    drawn = []
    for i, ((start, end, *_), weight) in enumerate(zip(edges, weights.tolist(), strict=True)):
        size = THINNEST + (WIDEST - THINNEST) * abs(weight) / largest if len(edges[i]) == 3 else 2.0
        a, b = at[start], at[end]
        away = b - a
        length = float(np.hypot(*away)) or 1.0
        along = away / length
        tip = b - along * (_reach(along, wide[end]) + (3 if directed else 0))
        d = f"M{a[0]:.1f} {a[1]:.1f}L{tip[0]:.1f} {tip[1]:.1f}"
        if start == end:
            x, y = at[start] - [0, RADIUS]
            d = f"M{x - 8:.1f} {y:.1f}c-14 -26 30 -26 16 0"
        classes = f"graph-edge{' negative' * (weight < 0)}{' lit' * (i in lit)}"
        drawn.append(h("path", d=d, class_=classes, stroke_width=size, key=f"edge {i}"))
        if directed and start != end:
            side = np.array([-along[1], along[0]]) * (3 + size)
            back = tip - along * (6 + 1.5 * size)
            (x1, y1), (x2, y2) = back + side, back - side
            arrow = f"M{tip[0]:.1f} {tip[1]:.1f}L{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}Z"
            head = f"graph-arrow{' negative' * (weight < 0)}{' lit' * (i in lit)}"
            drawn.append(h("path", d=arrow, class_=head, key=f"arrow {i}"))
    return drawn


def _reach(along: Floats, wide: float) -> float:
    """How far a node's edge is from its middle in that direction: a pill of that width."""
    across, down = np.abs(along)
    straight = wide / 2 - RADIUS
    if down * straight <= across * RADIUS and straight > 0:  # leaves through the round end
        ends = straight * across
        return float(ends + np.sqrt(max(RADIUS**2 - (straight * down) ** 2, 0.0)))
    return float(RADIUS / down) if straight > 0 else RADIUS


def _nodes(
    at: Floats,
    wide: Floats,
    names: Sequence[str],
    titles: Sequence[str],
    amounts: Floats,
    palette: str,
    largest: float | None,
    chosen: int | None,
) -> list[Node]:
    places = Shade(amounts[None], palette, largest).pixels
    colours = [layer[0] / 255 for layer in opacities(places, palette)]
    drawn = []
    for i, ((x, y), w, text) in enumerate(zip(at.tolist(), wide.tolist(), names, strict=True)):
        box = {"x": x - w / 2, "y": y - RADIUS, "width": w, "height": 2 * RADIUS, "rx": RADIUS}
        k = int(np.argmax([layer[i] for layer in colours]))
        strength = float(colours[k][i])
        drawn.append(
            h(
                "g",
                h("rect", **box, class_="graph-body"),
                h("rect", **box, class_=f"graph-fill shade-{k}", fill_opacity=0.7 * strength),
                h("rect", **box, class_="graph-rim"),
                h("text", text, x=x, y=y + 4.5, class_="graph-name middle"),
                h("title", titles[i]) if titles[i] != text else None,
                class_="graph-spot chosen" if i == chosen else "graph-spot",
                key=f"node {i}",
            )
        )
    return drawn

"""The two pictures: the tape with its arrows, and the chain of tables. They decide nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from games.backpropagation.walk_it_back.chain import JOINTS, Widths
from games.backpropagation.walk_it_back.tape import INPUTS, NAMES, Tape
from games.ui.node import Node, h, marked
from games.ui.numbers import plain
from games.words import indexed, say

WIDTH, HEIGHT = 340, 300
PLACES = {
    "y": (170, 28),
    "v": (70, 106),
    "w": (270, 106),
    "u": (170, 190),
    "a": (66, 268),
    "b": (274, 268),
}
HALF = 64, 22
"""Half a number's box: across and up."""
GAP, LEAST, MIDDLE, LARGE = 18.0, 50.0, 84.0, 6.0
"""Between two tables; the room that each has at least; how far down their middles are; the side of
one number, where there is room."""
BAR, DOT = "\N{COMBINING MACRON}", "\N{COMBINING DOT ABOVE}"


def tape_picture(
    tape: Tape,
    found: Mapping[str, int],
    over: str,
    *,
    asked: str,
    sends: Sequence[tuple[str, str]],
    won: bool,
) -> Node:
    """Boxes with values and what was found for them, arrows with their local slopes.

    Args:
        tape: the expression.
        found: what is written below the value of each number that has been passed.
        over: what is written over the letter of what was found, a bar or a dot.
        asked: the number that is asked about.
        sends: the arrows that are walked just now.
        won: whether the asked number glows.
    """
    drawing = h(
        "svg",
        [_arrow(pair, slope, pair in sends) for pair, slope in tape.arrows.items()],
        [_box(name, tape, found.get(name), over, asked, won) for name in NAMES],
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="diagram graph",
        role="img",
        aria_label=say("The tape: each number with its value, each arrow with its local slope"),
    )
    return marked(
        drawing,
        {
            say("values: a, b, u, v, w, y"): np.array([tape.values[n] for n in NAMES], float),
            say("local slopes, arrow by arrow"): np.array(list(tape.arrows.values()), float),
            say("slopes found: a, b, u, v, w, y"): np.array(
                [found.get(n, np.nan) for n in NAMES], float
            ),
        },
    )


def _box(name: str, tape: Tape, found: int | None, over: str, asked: str, won: bool) -> Node:
    x, y = PLACES[name]
    across, up = HALF
    box: dict[str, Any] = {"x": x - across, "y": y - up, "width": 2 * across, "height": 2 * up}
    made = ""
    if name in INPUTS:
        p, q = INPUTS[name]
        made = f" = {p} {tape.signs[name]} {q}"
    below = f"{name}{over} = {'?' if found is None else plain(found)}"
    kind = " won" if won and name == asked else " chosen" if name == asked else ""
    return h(
        "g",
        h("rect", **box, rx=12, class_="graph-body"),
        h("rect", **box, rx=12, class_="graph-rim"),
        h(
            "text",
            f"{name}{made} = {plain(tape.values[name])}",
            x=x,
            y=y - 4,
            class_="tape-value middle",
        ),
        h(
            "text",
            below,
            x=x,
            y=y + 15,
            class_="tape-slope middle" if found is not None else "tape-slope unknown middle",
        ),
        class_=f"graph-spot{kind}",
        key=name,
    )


def _arrow(pair: tuple[str, str], slope: int, lit: bool) -> Node:
    (start, low), (end, high) = PLACES[pair[0]], PLACES[pair[1]]
    x1, x2 = (here + (there - here) * 0.12 for here, there in ((start, end), (end, start)))
    y1, y2 = low - HALF[1], high + HALF[1] + 3
    kind = " lit" if lit else ""
    tip = f"M{x2 - 4:.1f} {y2 + 7:.1f}L{x2:.1f} {y2:.1f}L{x2 + 4:.1f} {y2 + 7:.1f}Z"
    return h(
        "g",
        h(
            "path",
            d=f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}",
            class_=f"graph-edge{kind}",
            stroke_width=2,
        ),
        h("path", d=tip, class_=f"graph-arrow{kind}"),
        h(
            "text",
            f"× {plain(slope)}",
            x=(x1 + x2) / 2,
            y=(y1 + y2) / 2 + 5,
            class_="graph-edge-name middle",
        ),
        key="".join(pair),
    )


def table_name(high: int, low: int) -> str:
    """What the product of the tables from J_high down to J_low is called."""
    return " ".join(indexed("J", k) for k in range(high, low - 1, -1))


def spans(joints: Sequence[int]) -> list[tuple[int, int]]:
    """The tables that are left once joints are closed, from the left: (highest, lowest)."""
    ends = [4, *sorted(set(JOINTS) - set(joints), reverse=True), 0]
    return [(high, low + 1) for high, low in pairwise(ends)]


def _unit(widths: Widths) -> float:
    """How large a number's row and column can be drawn, so that all four tables have room."""
    unit, room = LARGE, WIDTH - 8 - GAP * (len(widths) - 2)
    while sum(max(columns * unit, LEAST) for columns in widths[:-1]) > room:
        unit *= 0.97
    return unit


def chain_picture(
    widths: Widths, joints: Sequence[int], costs: Sequence[tuple[int, int, int]], won: bool
) -> Node:
    """The tables that are left as rectangles, and below them what each product has cost."""
    left = spans(joints)
    unit = _unit(widths)
    wide = sum(max(widths[low - 1] * unit, LEAST) for _, low in left) + GAP * (len(left) - 1)
    x, drawn = (WIDTH - wide) / 2, []
    for high, low in left:
        rows, columns = widths[high], widths[low - 1]
        room = max(columns * unit, LEAST)
        across, up = columns * unit, rows * unit
        drawn.append(
            h(
                "g",
                h(
                    "rect",
                    x=x + (room - across) / 2,
                    y=MIDDLE - up / 2,
                    width=across,
                    height=up,
                    rx=2,
                    class_="table-box won" if won else "table-box",
                ),
                h("text", table_name(high, low), x=x + room / 2, y=174, class_="tape-value middle"),
                h(
                    "text",
                    say("{rows} × {columns}", rows=rows, columns=columns),
                    x=x + room / 2,
                    y=192,
                    class_="graph-edge-name middle",
                ),
                key=f"{high} {low}",
            )
        )
        x += room + GAP
        if low > 1:
            drawn.append(
                h("text", "·", x=x - GAP / 2, y=MIDDLE + 5, class_="tape-value middle", key=low)
            )
    lines = [
        h(
            "text",
            say("{p} × {q} × {r} = {cost}", p=p, q=q, r=r, cost=p * q * r),
            x=WIDTH / 2,
            y=226 + 20 * i,
            class_="tape-slope middle",
            key=f"cost {i}",
        )
        for i, (p, q, r) in enumerate(costs)
    ]
    drawing = h(
        "svg",
        drawn,
        lines,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="diagram graph",
        role="img",
        aria_label=say("The tables that are still to be multiplied, with rows × columns"),
    )
    return marked(
        drawing,
        {
            say("numbers at each place of the chain"): np.array(widths, float),
            say("multiplications of each product"): np.array(
                [p * q * r for p, q, r in costs], float
            ),
        },
    )

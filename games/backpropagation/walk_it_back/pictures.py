"""The pictures: a tape with its arrows, fixed or of one's own, and the chain of tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from games.backpropagation.walk_it_back.chain import JOINTS, Widths
from games.backpropagation.walk_it_back.own import LETTERS, RESULT, Formula, Walks
from games.backpropagation.walk_it_back.tape import INPUTS, NAMES, Tape
from games.ui.node import Node, h, marked
from games.ui.numbers import plain, short
from games.words import indexed, say
from pycore.arrays import Array

Spot = tuple[float, float]
"""A place in the picture."""

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
LOW, TAG, EDGE = 18, 8, 4
"""Of a tape of one's own: half a box's height, half its sign's, and what is left at the sides."""
ROOM, ROOMY, CLOSE = 300.0, 96.0, 68.0
"""How high it shall be; how far its rows are apart at most and at least."""
BENDS, TWIN = [22.0 * k for k in range(14)], 44.0
"""How far an arrow may leave the straight way; how far one does that has a twin."""
SHARES, NAME = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8), (42, 13)
"""How far up an arrow its slope may stand, the best first; and how much room it takes."""
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
    arrows = [
        _Arrow(
            *_ends(PLACES[pair[0]], PLACES[pair[1]], HALF[1], HALF[1]), plain(slope), pair in sends
        )
        for pair, slope in tape.arrows.items()
    ]
    drawing = h(
        "svg",
        [arrow.line(i) for i, arrow in enumerate(arrows)],
        [arrow.name(i) for i, arrow in enumerate(arrows)],
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


def _ends(start: Spot, end: Spot, up: float, down: float) -> tuple[Spot, Spot]:
    """Where an arrow leaves a box, and where it meets the one above it.

    Args:
        start: the middle of the lower box.
        end: the middle of the upper one.
        up: from the middle of a box to its upper side.
        down: and to where it ends below.
    """
    (x1, low), (x2, high) = start, end
    return (x1 + (x2 - x1) * 0.12, low - up), (x2 + (x1 - x2) * 0.12, high + down + 3)


@dataclass(frozen=True)
class _Arrow:
    """An arrow between two boxes, bent by so much to the right (below 0 to the left).

    Attributes:
        start: where it leaves the lower box.
        end: where it meets the upper one.
        slope: what is written on it, that share of the way up.
        lit: whether something is handed on along it just now.
    """

    start: Spot
    end: Spot
    slope: str
    lit: bool
    bend: float = 0.0
    share: float = 0.5

    def at(self, share: float) -> Spot:
        """The place that share of the way up."""
        (x1, y1), (x2, y2) = self.start, self.end
        side = 2 * share * (1 - share) * self.bend
        return x1 + (x2 - x1) * share + side, y1 + (y2 - y1) * share

    def line(self, key: str | int) -> Node:
        """The arrow itself."""
        (x1, y1), (x2, y2) = self.start, self.end
        x, y = (x1 + x2) / 2 + self.bend, (y1 + y2) / 2
        way = f"Q{x:.1f} {y:.1f} {x2:.1f} {y2:.1f}" if self.bend else f"L{x2:.1f} {y2:.1f}"
        kind = " lit" if self.lit else ""
        tip = f"M{x2 - 4:.1f} {y2 + 7:.1f}L{x2:.1f} {y2:.1f}L{x2 + 4:.1f} {y2 + 7:.1f}Z"
        return h(
            "g",
            h("path", d=f"M{x1:.1f} {y1:.1f}{way}", class_=f"graph-edge{kind}", stroke_width=2),
            h("path", d=tip, class_=f"graph-arrow{kind}"),
            key=f"arrow {key}",
        )

    def name(self, key: str | int) -> Node:
        """Its local slope."""
        x, y = self.at(self.share)
        return h(
            "text",
            f"× {self.slope}",
            x=x,
            y=y + 5,
            class_="graph-edge-name middle",
            key=f"slope {key}",
        )


def own_picture(
    formula: Formula,
    walks: Walks,
    found: Mapping[str, float],
    over: str,
    lit: Sequence[int],
) -> Node:
    """The tape of a formula: letters at the bottom, each operation above all that it takes.

    Args:
        formula: what was read.
        walks: what the engine found.
        found: what is written below the value of each number that has been passed.
        over: what is written over the letter of what was found, a bar or a dot.
        lit: the arrows that are walked just now, by their place in `walks.arrows`.
    """
    places, across, height = _laid(walks)
    signs = {line.name: line for line in formula.lines}
    boxes = []
    for name in reversed(walks.back):
        x, y = places[name]
        half = across[y]
        box: dict[str, Any] = {
            "x": x - half,
            "y": y - LOW,
            "width": 2 * half,
            "height": 2 * LOW,
            "rx": 10,
        }
        spelled = name[0] + over + name[1:]
        slope = found.get(name)
        boxes.append(
            h(
                "g",
                h("rect", **box, class_="graph-body"),
                h("rect", **box, class_="graph-rim"),
                h(
                    "text",
                    f"{name} = {written(walks.values[name])}",
                    x=x,
                    y=y - 5,
                    class_="tape-value own middle",
                ),
                h(
                    "text",
                    f"{spelled} = {'?' if slope is None else written(slope)}",
                    x=x,
                    y=y + 9,
                    class_=f"tape-slope own{' unknown' * (slope is None)} middle",
                ),
                _sign(x, y + LOW, _spelled(signs[name].sign, signs[name].inputs))
                if name in signs
                else None,
                class_="graph-spot",
                key=name,
            )
        )
    bends = _bends(walks, places, across)
    arrows: list[_Arrow] = []
    for i, (start, end, slope) in enumerate(walks.arrows):
        ends = _ends(places[start], places[end], LOW, LOW + TAG + 2)
        arrow = _Arrow(*ends, written(slope), i in lit, bends[i])
        share = min(SHARES, key=lambda s: _crowd(arrow.at(s), arrows, places, across))
        arrows.append(replace(arrow, share=share))
    drawing = h(
        "svg",
        [arrow.line(i) for i, arrow in enumerate(arrows)],
        [arrow.name(i) for i, arrow in enumerate(arrows)],
        boxes,
        viewBox=f"0 0 {WIDTH} {height}",
        class_="diagram graph",
        role="img",
        aria_label=say("The tape: each number with its value, each arrow with its local slope"),
    )
    order = walks.back[::-1]
    return marked(
        drawing,
        {
            say("values, in the order of computing"): _finite(walks.values[n] for n in order),
            say("local slopes, arrow by arrow"): _finite(slope for *_, slope in walks.arrows),
            say("slopes found, in the order of computing"): _finite(
                found.get(n, np.nan) for n in order
            ),
        },
    )


def _finite(numbers: Iterable[float]) -> Array:
    """Numbers as an array, NaN where one is none."""
    array = np.array(list(numbers), float)
    return np.where(np.isfinite(array), array, np.nan)


def written(number: float) -> str:
    """A number of a tape of one's own: in three digits, or a dash where there is none."""
    if not np.isfinite(number):
        return "–"
    rounded = float(f"{number:.3g}")
    return plain(rounded) if not rounded or 0.01 <= abs(rounded) < 1e5 else short(number, 3)


def _spelled(sign: str, inputs: Sequence[str | float]) -> str:
    """The sign of an operation, with the plain number in it, which has no box."""
    plains = [plain(x) for x in inputs if not isinstance(x, str)]
    if not plains:
        return sign
    return f"{sign} {plains[0]}" if isinstance(inputs[0], str) else f"{plains[0]} {sign}"


def _crowd(
    spot: Spot, others: Sequence[_Arrow], places: Mapping[str, Spot], across: Mapping[float, float]
) -> int:
    """How many slopes of other arrows, and how many boxes, the slope of one would meet there."""
    x, y = spot
    wide, high = NAME
    slopes = [other.at(other.share) for other in others]
    return sum(abs(x - x2) < wide and abs(y - y2) < high for x2, y2 in slopes) + sum(
        abs(x - x2) < across[y2] + wide / 2 and abs(y - y2) < LOW + high / 2
        for x2, y2 in places.values()
    )


def _sign(x: float, y: float, text: str) -> Node:
    """The sign below a box, where its arrows come in."""
    half = max(TAG, 4 + 3.6 * len(text))
    return h(
        "g",
        h(
            "rect",
            x=x - half,
            y=y - TAG + 3,
            width=2 * half,
            height=2 * TAG - 1,
            rx=TAG - 1,
            class_="tape-tag",
        ),
        h("text", text, x=x, y=y + 6.5, class_="tape-sign middle"),
    )


def _laid(walks: Walks) -> tuple[dict[str, Spot], dict[float, float], float]:
    """The middle of each box, half the width of the boxes at each height, and the whole height.

    Letters lie at the bottom, and every operation one row above the highest that it takes, as near
    as may be above the middle of what it takes.
    """
    order = walks.back[::-1]
    takes: dict[str, list[str]] = {name: [] for name in order}
    for start, end, _ in walks.arrows:
        takes[end].append(start)
    row: dict[str, int] = {}
    for name in order:
        row[name] = 1 + max((row[x] for x in takes[name]), default=-1)
    top = row[RESULT]
    apart = min(max(ROOM / top, CLOSE), ROOMY)
    at: dict[str, Spot] = {}
    across: dict[float, float] = {}
    for level in range(top + 1):
        names = [name for name in order if row[name] == level]
        half = min(48.0, (WIDTH - 2 * EDGE) / (2 * len(names)) - 3)
        low, high = EDGE + half, WIDTH - EDGE - half
        if level:
            wanted = [float(np.mean([at[x][0] for x in takes[name]])) for name in names]
        else:
            names.sort(key=LETTERS.index)
            wanted = [(i + 0.5) * WIDTH / len(names) for i in range(len(names))]
        y = float(LOW + 6 + (top - level) * apart)
        ordered = sorted(zip(wanted, names, strict=True), key=lambda pair: pair[0])
        beside = 2 * half + 6
        for i, (x, name) in enumerate(ordered):
            left = at[ordered[i - 1][1]][0] + beside if i else low
            at[name] = max(x, left), y
        for i, (_, name) in reversed(list(enumerate(ordered))):
            right = at[ordered[i + 1][1]][0] - beside if i + 1 < len(ordered) else high
            at[name] = min(at[name][0], right), y
        across[y] = half
    return at, across, LOW + 6 + top * apart + LOW + 8


def _bends(walks: Walks, places: Mapping[str, Spot], across: Mapping[float, float]) -> list[float]:
    """How far each arrow is bent: away from its twin, and past the boxes that are in its way."""
    pairs = [(start, end) for start, end, _ in walks.arrows]
    bends = []
    for i, (start, end) in enumerate(pairs):
        if pairs.count((start, end)) == 2:
            bends.append(TWIN if (start, end) in pairs[:i] else -TWIN)
            continue
        (x1, y1), (x2, y2) = places[start], places[end]
        share = np.linspace(0, 1, 41)

        def hidden(bend: float, of: tuple[str, str] = (start, end)) -> int:
            """How much of it would lie behind other boxes, or outside of the picture."""
            x = x1 + (x2 - x1) * share + 2 * share * (1 - share) * bend  # noqa: B023
            y = y1 + (y2 - y1) * share  # noqa: B023
            behind = (x < 0) | (x > WIDTH)
            for name in places.keys() - set(of):
                there, high = places[name]
                behind |= (abs(x - there) < across[high] + 6) & (abs(y - high) < LOW + 6)
            return int(behind.sum())

        bends.append(min((side * b for b in BENDS for side in (1, -1)), key=hidden))
    return bends


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

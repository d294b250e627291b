"""Pipelines: the stages that numbers pass, lane below lane, with arcs for what goes around them.

Each stage can be a button; what lies before the chosen one is lit. It knows no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from games.moves import Offer
from games.ui.controls import tile
from games.ui.node import Child, Node, h
from games.ui.numbers import percent

WIDTH, PITCH = 364.0, 56.0
"""Of the viewBox, and from one lane to the next."""
LEFT, RIGHT = 20.0, 352.0
"""Where a lane begins and ends; the way to the next one runs around them."""
HALF, GAP, ROUND = 14.0, 10.0, 12.0
"""Half the height of a stage, the least room between two, and the radius of a plus."""
LETTER, TYPED = 7.2, 8.0
"""How wide a letter of a stage's name is at most, and one of the text that goes in."""


@dataclass(frozen=True)
class Part:
    """One stage.

    Attributes:
        id: what the move that chooses it is given.
        name: what is written in it.
        said: the same for those who only hear it, with where it is.
        around: at a plus, how many stages before it lie below the arc that ends here; 0 elsewhere.
    """

    id: str
    name: str
    said: str
    around: int = 0


@dataclass(frozen=True)
class Lane:
    """Stages side by side, under a name of their own if they are a block.

    Attributes:
        parts: from the first to the last.
        name: of the block; it stands on its side at the lane's start.
        begin: a text that goes into the first stage.
        room: so many letters of it there is room for, however many there are.
    """

    parts: tuple[Part, ...]
    name: str = ""
    begin: str = ""
    room: int = 0


@dataclass(frozen=True)
class Outcome:
    """What comes out at the end of the last lane.

    Attributes:
        text: what stands in the ring at the end.
        kind: "won", "miss", "guess" or "".
        chances: the likeliest results and their probabilities, drawn as bars beside the ring.
    """

    text: str
    kind: str = ""
    chances: tuple[tuple[str, float], ...] = ()


def pipeline(
    label: str,
    lanes: Sequence[Lane],
    *,
    chosen: str,
    offer: Offer,
    outcome: Outcome,
    key: str | int | None = None,
) -> Node:
    """The stages as a drawing, and a button over each.

    Args:
        label: its name; what it shows just now is told once, by `describe`.
        lanes: from the top.
        chosen: the id of the stage that is looked at.
        offer: the move that chooses one; ids that it does not allow now cannot be pressed.
        outcome: what stands at the end.
        key: tells it from its siblings.
    """
    ids = [part.id for lane in lanes for part in lane.parts]
    if chosen not in ids:
        raise ValueError(f"pipeline: there is no stage {chosen!r}; allowed: {', '.join(ids)}")
    reached, height = ids.index(chosen), PITCH * len(lanes)
    allowed = set(offer.ids()) if offer.open else set()
    drawn: list[Node] = [_block(lane, i) for i, lane in enumerate(lanes) if lane.name]
    buttons: list[Node] = []
    count = 0
    for number, lane in enumerate(lanes):
        middle = _middle(number)
        last = number == len(lanes) - 1
        spans = _spans(lane)
        lit = [count + i <= reached for i in range(len(lane.parts))]
        drawn.append(_lane(lane, spans, middle, lit, height, last, count + len(spans) <= reached))
        for i, (part, (a, b)) in enumerate(zip(lane.parts, spans, strict=True)):
            drawn.append(_part(part, a, b, middle, lit[i], part.id == chosen))
            wide = max(b - a, 44.0)
            buttons.append(
                tile(
                    offer.only_if(part.id in allowed)(part.id),
                    look="pipe-button",
                    style=f"left:{100 * (a + b) / 2 / WIDTH:.2f}%;top:{100 * middle / height:.2f}%;"
                    f"width:{100 * wide / WIDTH:.2f}%",
                    name=part.said,
                    pressed=part.id == chosen,
                    key=part.id,
                )
            )
        count += len(spans)
        if last:
            drawn.append(_outcome(outcome, spans[-1][1] + GAP + 8, middle))
    svg = h(
        "svg",
        drawn,
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        class_="diagram pipeline",
        role="img",
        aria_label=label,
    )
    return h("div", svg, buttons, key=key, class_="pipe-frame")


def _room(lane: Lane) -> float:
    """How wide the text that goes in is at most."""
    return TYPED * max(len(lane.begin), lane.room)


def _spans(lane: Lane) -> list[tuple[float, float]]:
    """From where to where each stage of a lane reaches."""
    start = LEFT + (_room(lane) if lane.begin else 0) + GAP
    wide = [
        2 * ROUND if part.around else max(34.0, LETTER * len(part.name) + 8) for part in lane.parts
    ]
    gap = GAP
    room = RIGHT - start - gap * (len(wide) - 1)
    if sum(wide) > room:
        boxes = sum(w for w, part in zip(wide, lane.parts, strict=True) if not part.around)
        share = (room - (sum(wide) - boxes)) / boxes
        wide = [w if p.around else w * share for w, p in zip(wide, lane.parts, strict=True)]
    elif lane.name and len(wide) > 1:
        gap += (room - sum(wide)) / (len(wide) - 1)
    spans = []
    for w in wide:
        spans.append((start, start + w))
        start += w + gap
    return spans


def _middle(number: int) -> float:
    """How far down the stages of a lane stand."""
    return PITCH * (number + 1) - HALF - 8


def _block(lane: Lane, number: int) -> Node:
    """The ground of a block, with its name."""
    middle = _middle(number)
    top, bottom = middle - PITCH + HALF + 8, middle + HALF + 2
    return h(
        "g",
        h("rect", x=1, y=top, width=WIDTH - 2, height=bottom - top, rx=8, class_="pipe-block"),
        h(
            "text",
            lane.name,
            x=0,
            y=0,
            transform=f"translate(11 {(top + bottom) / 2:g}) rotate(-90)",
            class_="pipe-name middle",
        ),
        key=f"block{number}",
    )


def _lane(
    lane: Lane,
    spans: Sequence[tuple[float, float]],
    middle: float,
    lit: Sequence[bool],
    height: float,
    last: bool,
    through: bool,
) -> Node:
    """The lines of a lane: from stage to stage, around them, and on to the next lane."""
    lines: list[Child] = []
    x = LEFT
    if lane.begin:
        x = spans[0][0] - GAP - 2
        lines.append(
            h(
                "text",
                lane.begin,
                x=x - 6,
                y=middle + 4.5,
                text_anchor="end",
                translate="no",
                class_="pipe-begin",
            )
        )
    for i, (a, b) in enumerate(spans):
        lines.append(_line(f"M{x:.1f} {middle:g}H{a:.1f}", lit[i]))
        x = b
    for i, part in enumerate(lane.parts):
        if part.around:
            first = i - part.around
            fork = spans[first][0] - GAP / 2 - 1
            end = (spans[i][0] + spans[i][1]) / 2
            up = middle - HALF - 13
            lines.append(
                _line(
                    f"M{fork:.1f} {middle:g}V{up + 8:g}q0 -8 8 -8H{end - 8:.1f}q8 0 8 8"
                    f"V{middle - ROUND:g}",
                    lit[i],
                    "around",
                )
            )
            lines.append(h("circle", cx=fork, cy=middle, r=2.6,
                           class_=f"pipe-fork{' lit' if lit[i] else ''}"))  # fmt: skip
    if last:
        lines.append(_line(f"M{x:.1f} {middle:g}h{GAP:g}", through or lit[-1]))
    else:
        down = middle + HALF + 5
        right = max(x + 6, 0.0)
        lines.append(
            _line(
                f"M{x:.1f} {middle:g}H{right - 5:.1f}q5 0 5 5V{down - 5:g}q0 5 -5 5"
                f"H{LEFT - 1:g}q-5 0 -5 5V{middle + PITCH - 5:g}q0 5 5 5H{LEFT + 2:g}",
                through,
            )
        )
    return h("g", lines)


def _line(d: str, lit: bool, kind: str = "") -> Node:
    classes = ["pipe-line", *kind.split(), *(["lit"] if lit else [])]
    return h("path", d=d, class_=" ".join(classes))


def _part(part: Part, a: float, b: float, middle: float, lit: bool, chosen: bool) -> Node:
    """A stage: a box with its name, or the ring of a plus."""
    classes = " ".join(["pipe-part", *["lit"] * lit, *["chosen"] * chosen])
    if part.around:
        body = h("circle", cx=(a + b) / 2, cy=middle, r=ROUND, class_="pipe-body")
    else:
        body = h("rect", x=a, y=middle - HALF, width=b - a, height=2 * HALF, rx=6,
                 class_="pipe-body")  # fmt: skip
    tight = not part.around and LETTER * len(part.name) > b - a - 4
    return h(
        "g",
        body,
        h(
            "text",
            part.name,
            x=(a + b) / 2,
            y=middle + 4.5,
            textLength=f"{b - a - 6:.1f}" if tight else None,
            lengthAdjust="spacingAndGlyphs" if tight else None,
            class_="pipe-word middle",
        ),
        key=part.id,
        class_=classes,
    )


def _outcome(outcome: Outcome, x: float, middle: float) -> Node:
    """The ring at the end, and the chances beside it."""
    bars: list[Child] = []
    start, step = x + 62, 2 * HALF / 2
    room = WIDTH - start - 46
    top = middle - step * (len(outcome.chances) - 1) / 2
    for i, (name, share) in enumerate(outcome.chances):
        y = top + i * step
        bars += [
            h("text", name, x=start - 6, y=y + 4, text_anchor="end", class_="pipe-chance"),
            h("rect", x=start, y=y - 4, width=max(room * share, 1.0), height=8, rx=3,
              class_=f"pipe-bar{' first' if i == 0 else ''}"),
            h("text", percent(share), x=WIDTH - 2, y=y + 4, text_anchor="end",
              class_="pipe-chance"),
        ]  # fmt: skip
    return h(
        "g",
        h("circle", cx=x + 16, cy=middle, r=17, class_="pipe-ring"),
        h("text", outcome.text, x=x + 16, y=middle + 6, class_="pipe-result middle"),
        bars,
        key="outcome",
        class_=f"pipe-outcome {outcome.kind}".strip(),
    )

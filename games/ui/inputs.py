"""Inputs larger than a button: a pad, a run's time, a field of code or text, a picture file."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from games.moves import Offer
from games.ui.controls import exact, open_file, place_map, tile
from games.ui.node import Node, h
from games.ui.pixels import picture
from games.ui.plots import Axes
from games.words import say

Key = str | int | None

CELL = 10.0
"""Side of a cell of the pad, in viewBox units."""


def pad(
    label: str,
    values: ArrayLike,
    offer: Offer,
    *,
    at: tuple[int, int] = (0, 0),
    palette: str = "ink",
    largest: float = 1.0,
    pen: Offer | None = None,
    key: Key = None,
    name: str | None = None,
) -> Node:
    """A grid to draw on with pointer, finger or arrow keys, or to look at cell by cell.

    Each cell that is touched makes the move, a place (column, row), rows from the top; none that a
    fast pen passes is left out. An arrow key draws in the cell beside `at`; with Shift the pen only
    goes there.

    Args:
        label: what is drawn.
        values: the drawing (height, width).
        offer: the move, a `Place`.
        at: the cell (column, row) touched last.
        palette: a name of games.ui.pixels.PALETTES of one or two colours.
        largest: the size that is opaque.
        pen: the move of a pen that is lifted, a `Place` too; without it there is no pen, and only
            the cell counts that is touched last, which is looked at.
        key: tells it from its siblings.
        name: under which the drawing can be read and saved.
    """
    drawing = np.asarray(values, float)
    rows, columns = drawing.shape
    column, row = at
    wide, high = columns * CELL, rows * CELL
    axes = Axes((-0.5, columns - 0.5), (rows - 0.5, -0.5), wide, high, 0, 0, 0, 0)
    upright = "".join(f"M{i * CELL:g} 0V{high:g}" for i in range(1, columns))
    level = "".join(f"M0 {i * CELL:g}H{wide:g}" for i in range(1, rows))
    shown = picture(drawing, palette, "", largest=largest, name=name)
    shown.attributes["aria-hidden"] = "true"
    return h(
        "div",
        shown,
        h(
            "svg",
            h("path", d=upright + level, class_="pad-grid"),
            h(
                "rect",
                width=wide,
                height=high,
                class_="pad-surface",
                tabindex=0,
                role="application",
                aria_label=say(
                    "{what}: press and move, or draw with the arrow keys; Shift lifts the pen",
                    what=label,
                )
                if pen
                else say("{what}: press a cell, or go by the arrow keys", what=label),
                aria_disabled=None if offer.open else "true",
                data_map=place_map(axes, offer, "xy"),
                data_at=f"{column} {row}",
                data_every=pen is not None,
                on={"drag": offer.message} | ({"lift": pen.message} if pen else {})
                if offer.open
                else None,
            ),
            h(
                "rect",
                x=column * CELL,
                y=row * CELL,
                width=CELL,
                height=CELL,
                class_="pad-cursor",
            ),
            viewBox=f"0 0 {wide:g} {high:g}",
            role="group",
            aria_label=label,
        ),
        key=offer.message[0] if key is None else key,
        class_="pad",
    )


def picture_file(label: str, offer: Offer, *, key: Key = None) -> Node:
    """Takes a picture of the learner's, which a phone's camera may make, in the move's shades.

    The page scales and grades it (web/client/pictures.js); nothing but the digits becomes a move,
    and why a file is no picture is said there.

    Args:
        label: what becomes of the picture.
        offer: the move, a `Shades`.
        key: tells it from its siblings.
    """
    grid = offer.shades()
    sizes = {"columns": grid.columns, "rows": grid.rows, "levels": grid.levels}
    shades = json.dumps(sizes, separators=(",", ":"))
    return open_file(label, offer, "image/*", shades=shades, key=key)


def scrubber(
    label: str,
    at: int,
    offer: Offer,
    *,
    play: Offer | None = None,
    playing: bool = False,
    printed: str | None = None,
    key: Key = None,
) -> Node:
    """The time of a run: a range over its moments, a step back and forward, play and pause.

    Args:
        label: what is gone through: steps, epochs.
        at: the moment that is shown.
        offer: the move to another, a `Dial` of whole numbers.
        play: the move that starts and stops the clock; without it there is no such button.
        playing: whether the clock runs.
        printed: the moment in words; "12 of 200" without it.
        key: tells it from its siblings.
    """
    low, high, step = offer.ends()
    printed = say("{n} of {total}", n=at, total=int(high)) if printed is None else printed

    def button(icon: str, name: str, offer: Offer, at: str) -> Node:
        drawn = h("svg", h("path", d=icon), viewBox="0 0 16 16", aria_hidden="true")
        return tile(offer, drawn, look="button scrubber-button", name=name, key=at)

    def beside(to: float) -> Offer:
        return offer.only_if(low <= to <= high)(int(to))

    stride = step or 1
    return h(
        "div",
        play is not None
        and button(
            "M4 3h3v10H4zM9 3h3v10H9z" if playing else "M4 2.5v11l9 -5.5z",
            say("Pause") if playing else say("Play"),
            play,
            "play",
        ),
        button("M4 3h2v10H4zM12.5 3v10L6.5 8z", say("One back"), beside(at - stride), "back"),
        h(
            "input",
            type="range",
            min=exact(low),
            max=exact(high),
            step=exact(stride),
            value=exact(at),
            disabled=not offer.open,
            aria_label=label,
            aria_valuetext=printed,
            on={"input": offer.message} if offer.open else None,
        ),
        button("M10 3h2v10h-2zM3.5 3v10l6 -5z", say("One forward"), beside(at + stride), "forward"),
        h("span", printed, class_="scrubber-value", aria_hidden="true"),
        key=offer.message[0] if key is None else key,
        class_="scrubber",
        role="group",
        aria_label=label,
    )


def code_field(
    label: str,
    code: str,
    offer: Offer,
    *,
    lines: int = 4,
    error: str | None = None,
    key: Key = None,
) -> Node:
    """A field for a few lines of code; on leaving it, it makes its move with the text.

    Args:
        label: what the code is for.
        code: what stands in it.
        offer: the move, a `Text`.
        lines: how many are seen at once.
        error: what is wrong with the code, if anything.
        key: tells it from its siblings.
    """
    return h(
        "label",
        h("span", label, class_="code-label"),
        _lines(
            say("{what}: {error}", what=label, error=error) if error else label,
            code,
            lines,
            offer,
            maxlength=offer.longest(),
            autocapitalize="off",
            wrap="off",
            aria_invalid="true" if error else None,
        ),
        h("span", error or "", class_="code-error", aria_hidden="true"),
        key=offer.message[0] if key is None else key,
        class_="code-field",
    )


def text_field(
    label: str,
    text: str,
    offer: Offer,
    *,
    lines: int = 5,
    name: str | None = None,
    example: str | None = None,
    plain: bool = True,
    key: Key = None,
) -> Node:
    """A field for a text of several lines; pasting into it or leaving it makes its move with it.

    It takes a text of any length: a browser would cut what is pasted without a word, while the move
    says how long a text may be.

    Args:
        label: what the text is for.
        text: what stands in it.
        offer: the move, a `Text` or a `File`.
        lines: how many are seen at once.
        name: what it is called to those who hear it, if not `label`.
        example: stands in it as long as it is empty.
        plain: whether it is prose; else it is set as code is, in columns.
        key: tells it from its siblings.
    """
    return h(
        "label",
        h("span", label, class_="code-label"),
        _lines(
            name or label,
            text,
            lines,
            offer,
            dir="auto" if plain else None,
            placeholder=example,
            data_at_once=True,  # what is pasted is read at once (web/client/events.js)
        ),
        key=offer.message[0] if key is None else key,
        class_="code-field plain-text" if plain else "code-field",
    )


def shown_text(label: str, text: str, *, lines: int = 8, key: Key = None) -> Node:
    """A text of several lines to look at and to copy."""
    return h("div", _lines(label, text, lines, None, readonly=True), key=key, class_="code-field")


def _lines(name: str, text: str, lines: int, offer: Offer | None, **more: Any) -> Node:
    return h(
        "textarea",
        text.lstrip("\n"),  # a browser's parser drops the first
        rows=lines,
        autocomplete="off",
        spellcheck="false",
        disabled=offer is not None and not offer.open,
        aria_label=name,
        on={"change": offer.message} if offer and offer.open else None,
        **more,
    )

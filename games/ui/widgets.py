"""Read-outs and the parts of a stage: functions from data to nodes. Nothing here is touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from games.ui.node import Child, Node, h
from games.ui.numbers import fixed
from games.words import say

Key = str | int | None


def row(*children: Child, key: Key = None, class_: str = "") -> Node:
    """Children side by side, wrapping where there is no room."""
    return h("div", *children, key=key, class_=f"row {class_}".strip())


def panel(*children: Child, key: Key = None, class_: str = "") -> Node:
    """Children below one another."""
    return h("div", *children, key=key, class_=f"panel {class_}".strip())


def part(
    title: str, *children: Child, key: Key = None, symbol: str | None = None, class_: str = ""
) -> Node:
    """Children under a title of their own; `symbol` is what a formula calls what they show."""
    return h(
        "section",
        h("p", title, class_="part-name"),
        *children,
        key=key,
        data_symbol=symbol,
        class_=class_,
    )


def note(
    *children: Child,
    key: Key = None,
    kind: str = "",
    live: bool = False,
) -> Node:
    """A sentence or two beside the play; kind "win" marks success, "hint" a quiet aside.

    A live one changes while something runs: it has the room that the style sheet gives to all that
    is live, whatever it says, so that nothing below moves.
    """
    classes = f"note {kind}{' live' if live else ''}"
    return h("p", *children, key=key, class_=" ".join(classes.split()))


def hint(*children: Child, key: Key = None, live: bool = False) -> Node:
    """A quiet aside."""
    return note(*children, key=key, kind="hint", live=live)


def verdict(text: str, won: bool = False, *, lost: bool = False, key: Key = None) -> Node:
    """How the game stands, and why: in gold once it is won, marked where a try has failed."""
    return note(text, key=key, kind="win" if won else "miss" if lost else "", live=True)


def folded(title: str, *children: Child, key: Key) -> Node:
    """What stays folded away under its title until it is asked for."""
    return h(
        "details",
        h("summary", title),
        h("div", *children, class_="fold-inside"),
        key=key,
        class_="fold",
    )


def explained(title: str, text: Child, *, key: Key) -> Node:
    """A `folded` text: what is drawn, say, or where it comes from."""
    return folded(title, hint(text), key=key)


def verbatim(text: str) -> Node:
    """Words that are data, such as what a network reads, or arithmetic: alike everywhere."""
    return h("span", text, translate="no")


def readout(label: str, value: str | float, digits: int = 2, key: Key = None) -> Node:
    """A named number (or short text) for reading."""
    printed = value if isinstance(value, str) else fixed(value, digits)
    return h(
        "div",
        h("span", label, class_="readout-label"),
        h("span", printed, class_="readout-value"),
        key=key,
        class_="readout",
    )


def readouts(pairs: Iterable[tuple[str, str | float]]) -> Node:
    """Several `readout` side by side, each told from its siblings by its label."""
    found = [readout(label, value, key=label) for label, value in pairs]
    return row(found, class_="readouts")


def meter(
    label: str,
    value: float,
    low: float,
    high: float,
    *,
    zone: tuple[float, float] | None = None,
    digits: int = 2,
    key: Key = None,
) -> Node:
    """A value on a line from `low` to `high`, with the zone it should reach."""

    def place(number: float) -> float:
        return 200 * (min(max(number, low), high) - low) / (high - low)

    inside = zone is not None and zone[0] <= value <= zone[1]
    said = fixed(value, digits)
    if zone:
        said = say(
            "{value}; the aim is {low} to {high}",
            value=said,
            low=fixed(zone[0], digits),
            high=fixed(zone[1], digits),
        )
    return h(
        "div",
        h("span", label, class_="meter-label", aria_hidden="true"),
        h(
            "svg",
            h("rect", x=0, y=8, width=200, height=8, rx=4, class_="meter-track"),
            zone
            and h(
                "rect",
                x=place(zone[0]),
                y=4,
                width=place(zone[1]) - place(zone[0]),
                height=16,
                rx=4,
                class_="meter-zone",
            ),
            h(
                "path",
                d=f"M{place(value):.1f} 0v24",
                class_="meter-needle inside" if inside else "meter-needle",
            ),
            viewBox="-3 0 206 24",
            aria_hidden="true",
        ),
        h("span", fixed(value, digits), class_="meter-value", aria_hidden="true"),
        key=key,
        class_="meter",
        role="meter",
        aria_label=label,
        aria_valuemin=low,
        aria_valuemax=high,
        aria_valuenow=value,
        aria_valuetext=said,
    )


def table(
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Child]],
    *,
    symbols: Sequence[str | None] = (),
    marked: int | None = None,
    key: Key = None,
) -> Node:
    """A small table of values for reading.

    Args:
        caption: what the table holds, shown above it.
        head: the columns' names.
        rows: their cells; the first column names the row.
        symbols: for each column what it stands for in a formula, if anything.
        marked: the row to point out.
        key: tells it from its siblings.
    """
    stands = [*symbols, *[None] * (len(head) - len(symbols))]
    return h(
        "table",
        h("caption", caption),
        h("thead", h("tr", [h("th", name, scope="col") for name in head])),
        h(
            "tbody",
            [
                h(
                    "tr",
                    [
                        h("td" if i else "th", cell, scope=None if i else "row", data_symbol=symbol)
                        for i, (cell, symbol) in enumerate(zip(cells, stands, strict=True))
                    ],
                    class_="marked" if place == marked else None,
                )
                for place, cells in enumerate(rows)
            ],
        ),
        key=key,
        class_="values",
    )


def progress(
    label: str, done: int, total: int, *, most: int | None = None, key: Key = None
) -> Node:
    """How much of a counted piece of work is done; `most` is the largest total it ever has."""
    most = total if most is None else most
    return h(
        "div",
        h("span", label, class_="progress-label"),
        h("progress", max=total, value=done, aria_label=label),
        h(
            "span",
            say("{n} of {total}", n=done, total=total),
            class_="progress-count",
            data_longest=say("{n} of {total}", n=most, total=most),
        ),
        key=key,
        class_="progress",
    )

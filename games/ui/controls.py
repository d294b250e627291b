"""Controls: what a player touches. Each is made from a move as it stands now (games.moves.Offer).

The move says the bounds, and whether it is possible; the control adds a label and the value. What a
control shows is settled here and in the style sheet, what it does nowhere but in the move.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from games.moves import Offer
from games.ui.node import Child, Node, h
from games.ui.numbers import fixed, plain
from games.ui.plots import Axes
from games.words import indexed, say

Key = str | int | None


def _on(offer: Offer, event: str, *values: object) -> dict[str, tuple[Any, ...]] | None:
    return {event: (*offer.message, *values)} if offer.open else None


def _shut(offer: Offer) -> str | None:
    return None if offer.open else "true"


def button(
    label: Child, offer: Offer, *, primary: bool = False, key: Key = None, name: str | None = None
) -> Node:
    """A button that makes a move; where it is not possible, it keeps its place and the focus.

    `name` replaces the label for screen readers, and is the tip for those who point at it.
    """
    key = offer.message[0] if key is None else key
    look = "button primary" if primary else "button"
    return tile(offer, label, look=look, name=name, title=name, key=key)


def tile(
    offer: Offer,
    *inside: Child,
    look: str = "button",
    pressed: bool | None = None,
    name: str | None = None,
    events: Collection[str] = ("click",),
    key: Key = None,
    **more: Any,
) -> Node:
    """A part of a picture that is pressed: a cell of a table, a letter, a picture of many.

    Args:
        offer: the move it makes; where it is not possible, it keeps its place and the focus.
        inside: what it shows.
        look: its classes, of the kit or of the game's own style sheet.
        pressed: whether it is the one that is chosen; None where none is.
        name: replaces what it shows for screen readers.
        events: what makes the move; "point" too, where a look is enough.
        key: tells it from its siblings.
        more: what else the element says, such as its style.
    """
    if offer.domain.width:
        raise ValueError(f"a button settles all that {offer.message} says, not {offer.domain}")
    return h(
        "button",
        inside,
        key=key,
        type="button",
        class_=look,
        aria_pressed=None if pressed is None else "true" if pressed else "false",
        aria_disabled=_shut(offer),
        aria_label=name,
        on=dict.fromkeys(events, offer.message) if offer.open else None,
        **more,
    )


def toggle(label: str, on: bool, offer: Offer, *, key: Key = None) -> Node:
    """A switch."""
    return h(
        "button",
        h("span", class_="toggle-track", aria_hidden="true"),
        h("span", label, class_="toggle-label"),
        h("span", say("on") if on else say("off"), class_="toggle-state", aria_hidden="true"),
        key=offer.message[0] if key is None else key,
        type="button",
        role="switch",
        class_="toggle",
        aria_checked="true" if on else "false",
        aria_label=label,
        aria_disabled=_shut(offer),
        on=_on(offer, "click", not on),
    )


def slider(
    label: str,
    value: float | None,
    offer: Offer,
    *,
    at: float | None = None,
    digits: int | None = None,
    printed: str | None = None,
    name: str | None = None,
    symbol: str | None = None,
    key: Key = None,
) -> Node:
    """A range with its value printed; it makes its move while it is dragged.

    `printed` replaces the value's text, where the range holds something else than the quantity
    itself: the place on a scale of learning rates, say. `symbol` is what a formula calls it.
    A value of None was not said yet: a question mark is printed, and the range stands `at` a value,
    its low end without it, that a tap or the Enter key says (web/client/events.js).
    """
    low, high, step = offer.ends()
    unsaid = value is None
    if value is None:
        value = low if at is None else at
    if printed is None:
        printed = fixed(value, offer.decimals() if digits is None else digits)
    spoken = say("nothing yet; Enter says {value}", value=printed) if unsaid else printed
    return h(
        "div",
        h("span", label, class_="slider-label", aria_hidden="true"),
        h(
            "input",
            type="range",
            min=exact(low),
            max=exact(high),
            step="any" if step is None else exact(step),
            value=exact(value),
            disabled=not offer.open,
            aria_label=name or label,
            aria_valuetext=spoken,
            data_unsaid=unsaid,
            on=_on(offer, "input"),
        ),
        h("span", "?" if unsaid else printed, class_="slider-value", aria_hidden="true"),
        key=offer.message[0] if key is None else key,
        class_="slider",
        data_symbol=symbol,
    )


def sliders(
    letter: str,
    values: Iterable[float],
    offer: Callable[[int], Offer],
    name: Callable[[int], str],
    *,
    symbol: str | None = None,
) -> list[Node]:
    """A `slider` for each of a few numbers that belong together, such as x₁ and x₂.

    `offer` is given their places, from 0; `name` what people count, from 1.
    """
    return [
        slider(
            indexed(letter, i + 1),
            float(value),
            offer(i),
            name=name(i + 1),
            symbol=symbol or letter,
            key=f"{letter}{i}",
        )
        for i, value in enumerate(values)
    ]


def scale(
    label: str,
    value: float,
    offer: Offer,
    *,
    printed: str,
    name: str | None = None,
    symbol: str | None = None,
    key: Key = None,
) -> Node:
    """A range over the numbers of a `Pick`, evenly apart however far the numbers are.

    The page sends the number that stands at the place chosen (`data-values`).
    """
    values = list(offer.ids())
    return h(
        "div",
        h("span", label, class_="slider-label", aria_hidden="true"),
        h(
            "input",
            type="range",
            min="0",
            max=str(len(values) - 1),
            step="1",
            value=str(values.index(value)),
            data_values=json.dumps(values, separators=(",", ":")),
            disabled=not offer.open,
            aria_label=name or label,
            aria_valuetext=printed,
            on=_on(offer, "input"),
        ),
        h("span", printed, class_="slider-value", aria_hidden="true"),
        key=offer.message[0] if key is None else key,
        class_="slider",
        data_symbol=symbol,
    )


def number(
    label: str,
    value: float,
    offer: Offer,
    *,
    stride: float | None = None,
    name: str | None = None,
    symbol: str | None = None,
    key: Key = None,
) -> Node:
    """A field to type a number into; left with a new one, it makes its move.

    It is a field of text: a browser's own for numbers goes by the browser's language, and loses
    what it cannot read. The page reads it and says what is allowed (web/client/typed.js).
    `symbol` is what a formula calls it; its arrows go by `stride` where the grid is finer.
    """
    low, high, step = offer.ends()
    grid = {"low": low, "high": high, "step": step, "stride": stride or step or (high - low) / 100}
    return h(
        "label",
        h("span", label, class_="number-label"),
        h(
            "input",
            type="text",
            role="spinbutton",
            inputmode="decimal" if low >= 0 else None,  # some phones have no minus there
            value=plain(value, offer.decimals()),
            autocomplete="off",
            spellcheck="false",
            disabled=not offer.open,
            aria_label=name or label,
            aria_valuemin=exact(low),
            aria_valuemax=exact(high),
            aria_valuenow=exact(value),
            data_number=json.dumps(grid, separators=(",", ":")),
            data_allowed=offer.domain.allowed(offer.state),
            on=_on(offer, "change"),
        ),
        key=offer.message[0] if key is None else key,
        class_="number",
        data_symbol=symbol,
    )


def stepper(label: str, value: int, offer: Offer, *, key: Key = None) -> Node:
    """A whole number between two buttons."""
    low, high, _ = offer.ends()

    def side(sign: str, to: int, name: str) -> Node:
        return tile(offer.only_if(low <= to <= high)(to), sign, name=name)

    return h(
        "div",
        h("span", label, class_="stepper-label"),
        side("−", value - 1, say("{what}: one fewer", what=label)),
        h("span", value, class_="stepper-value"),
        side("+", value + 1, say("{what}: one more", what=label)),
        key=offer.message[0] if key is None else key,
        class_="stepper",
        role="group",
        aria_label=say("{what}: {value}", what=label, value=value),
    )


def choice(
    label: str,
    names: Mapping[Any, Child] | Callable[[Any], Child],
    selected: str | int | None,
    offer: Offer,
    *,
    done: Collection[str | int] | None = None,
    key: Key = None,
) -> Node:
    """One of a few ids as buttons, each under its name in `names`, a table or a function.

    With `done`, the ids in it wear a tick, which takes no room.
    """

    def mark(value: str | int) -> Node | None:
        if done is None:
            return None
        return h("span", " ✓" if value in done else "", class_="choice-mark")

    return h(
        "div",
        h("span", label, class_="choice-label"),
        [
            tile(
                offer(value),
                name,
                mark(value),
                look="button choice-option",
                pressed=value == selected,
                key=value,
            )
            for value, name in _named(offer, names)
        ],
        key=offer.message[0] if key is None else key,
        class_="choice",
        role="group",
        aria_label=label,
    )


def select(
    label: str,
    names: Mapping[Any, str] | Callable[[Any], str],
    selected: str | int,
    offer: Offer,
    *,
    name: str | None = None,
    key: Key = None,
) -> Node:
    """One of many ids, or whole numbers, in a list that opens, each under its name in `names`.

    Without a `label` to show, give the `name` that is read out. The page sends a number that
    stands at the place chosen (`data-values`).
    """
    named = _named(offer, names)
    numbers = [value for value, _ in named if isinstance(value, int)]
    return h(
        "label",
        h("span", label, class_="select-label") if label else None,
        h(
            "select",
            [
                h("option", text, value=value, selected=value == selected, key=value)
                for value, text in named
            ],
            disabled=not offer.open,
            aria_label=name or label,
            data_values=json.dumps(numbers, separators=(",", ":")) if numbers else None,
            on=_on(offer, "change"),
        ),
        key=offer.message[0] if key is None else key,
        class_="select",
    )


def entry(label: str, value: str, offer: Offer, *, key: Key = None) -> Node:
    """A line of text of the learner's own; on leaving it, it makes its move."""
    return h(
        "label",
        h("span", label, class_="entry-label"),
        h(
            "input",
            type="text",
            value=value,
            maxlength=offer.longest(),
            autocomplete="off",
            autocapitalize="off",
            spellcheck="false",
            class_="text-field",
            disabled=not offer.open,
            aria_label=label,
            on=_on(offer, "change"),
        ),
        key=offer.message[0] if key is None else key,
        class_="entry",
    )


def open_file(
    label: str,
    offer: Offer,
    accept: str,
    *,
    binary: bool | str = False,
    shades: str | None = None,
    key: Key = None,
) -> Node:
    """Takes a file of the learner's; a binary one comes as its base64.

    `binary` may say which kind of file that is, and `accept` says which files the browser offers;
    with `shades` it is a picture (`inputs.picture_file`). What is wrong with a file is for the game
    to say.
    """
    return h(
        "label",
        h("span", label, class_="file-label", aria_hidden="true"),
        h(
            "input",
            type="file",
            accept=accept,
            aria_label=label,
            data_binary=binary,
            data_shades=shades,
            disabled=not offer.open,
            on=_on(offer, "change"),
        ),
        key=offer.message[0] if key is None else key,
        class_="file",
    )


def save_file(label: str, name: str, *, key: Key = None) -> Node:
    """A button that saves the file of that name from the game's `files(state)`; no move."""
    return h("button", label, type="button", class_="button", data_save=name, key=key)


# --- places in a picture --------------------------------------------------------------------------


def handle(
    label: str,
    axes: Axes,
    x: float,
    y: float,
    offer: Offer,
    *,
    said: str,
    along: str = "xy",
    arrows: Offer | None = None,
    lift: Offer | None = None,
    key: Key = None,
) -> Node:
    """A point in a plot that is dragged, or moved by the arrow keys, a mark of the grid at a time.

    Args:
        label: what it is.
        axes: of the plot, through which the page turns the pointer's place into data.
        x: where it stands, in the data's units.
        y: likewise.
        offer: the move it makes: a place, or with `along` "x" or "y" one number.
        said: its position in words.
        along: the directions it can be moved in.
        arrows: the move that an arrow key makes in place of a step on the grid; it is given two
            numbers from −1 to 1, the steps across and upwards.
        lift: the move that an arrow key makes with Shift: that of a pen that goes there, and draws
            nothing.
        key: tells it from its siblings.
    """
    if len(offer.grids()) != len(along):
        raise ValueError(
            f"the handle {label!r} moves along {along!r}, but {offer.message[0]!r} takes "
            f"{len(offer.grids())} numbers"
        )
    low, high, _ = offer.grids()[0]
    across, up = float(axes.across(x)), float(axes.up(y))
    events = _on(offer, "drag") or {}
    if arrows is not None:
        events |= _on(arrows, "key") or {}
    if lift is not None:
        events |= _on(lift, "lift") or {}
    return h(
        "g",
        h("circle", cx=across, cy=up, r=18, class_="handle-reach"),
        h("circle", cx=across, cy=up, r=8, class_="handle-knob"),
        key=offer.message[0] if key is None else key,
        class_="handle",
        tabindex=0,
        role="slider",
        aria_label=label,
        aria_disabled=_shut(offer),
        aria_valuemin=exact(low),
        aria_valuemax=exact(high),
        aria_valuenow=exact(y if along == "y" else x),
        aria_valuetext=said,
        data_map=place_map(axes, offer, along),
        data_at=" ".join(exact(value) for value in (x, y)),
        on=events or None,
    )


def surface(
    axes: Axes, offer: Offer, *, drag: bool = True, key: Key = None, class_: str = ""
) -> Node:
    """The whole inside of a plot as one place to press and drag: a pen, or a look at a point.

    It must have a twin for the keyboard: a `handle` or buttons with the same move. Without `drag`
    it is pressed only, and a finger may still scroll the page over it.
    """
    return h(
        "rect",
        x=axes.left,
        y=axes.top,
        width=axes.width - axes.left - axes.right,
        height=axes.height - axes.top - axes.bottom,
        key=offer.message[0] if key is None else key,
        class_=" ".join(["surface", *["pen"] * drag, *class_.split()]),
        data_map=place_map(axes, offer, "xy"),
        on=_on(offer, "drag" if drag else "place"),
    )


def place_map(axes: Axes, offer: Offer, along: str) -> str:
    """How the page turns a place in the picture into data (web/client/places.js), as JSON.

    For each direction: the picture's coordinate at both ends of the axis, the data there, whether
    the axis is logarithmic, and the grid: lowest, highest, step.
    """
    directions = {
        "x": (axes.left, axes.width - axes.right, *axes.x, axes.log_x),
        "y": (axes.height - axes.bottom, axes.top, *axes.y, axes.log_y),
    }
    grids = dict(zip(along, offer.grids(), strict=True))
    table = {
        name: [*directions[name], *grid] if (grid := grids.get(name)) else None for name in "xy"
    }
    return json.dumps(table, separators=(",", ":"))


def exact(value: float) -> str:
    """A number as the page computes with it: to twelve digits, no rounding for show."""
    return f"{value:.12g}"


def _named(offer: Offer, names: Mapping[Any, Any] | Callable[[Any], Any]) -> list[tuple[Any, Any]]:
    """The ids that may be chosen, in the table's order, with their names."""
    if callable(names):
        return [(value, names(value)) for value in offer.ids()]
    missing = [value for value in offer.ids() if value not in names]
    if missing:
        raise ValueError(f"{offer.message[0]}: no name for {missing}; names are given for all ids")
    return [(value, names[value]) for value in offer.ids()]

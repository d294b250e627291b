"""Controls and read-outs: functions from data to nodes. What a control does is a message."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from games.ui.node import Child, Message, Node, h
from games.ui.numbers import fixed
from games.words import say

Key = str | int | None


def row(*children: Child, key: Key = None, class_: str = "") -> Node:
    """Children side by side, wrapping where there is no room."""
    return h("div", *children, key=key, class_=f"row {class_}".strip())


def panel(*children: Child, key: Key = None, class_: str = "") -> Node:
    """Children below one another: one half of a game's stage."""
    return h("div", *children, key=key, class_=f"panel {class_}".strip())


def stage(*children: Child) -> Node:
    """The root of a game's view: panels that stand side by side where there is room."""
    return h("div", *children, class_="stage")


def note(
    *children: Child,
    key: Key = None,
    kind: str = "",
    live: bool = False,
    roomy: bool = False,
    room: str | None = None,
) -> Node:
    """A sentence or two beside the play; kind "win" marks success, "hint" a quiet aside.

    A live one changes while something runs: it has the room that the style sheet gives to all that
    is live, whatever it says, so that nothing below moves.

    A roomy note keeps room for two lines (on a phone three), so that words which change while
    something runs do not move what stands below. Where a text may be longer, `room` is the longest:
    the note is always as high as that.
    """
    classes = f"note {kind}{' roomy' if roomy else ''}{' live' if live else ''}"
    return h("p", *children, key=key, class_=" ".join(classes.split()), data_room=room)


def button(
    label: Child,
    message: Message,
    *,
    primary: bool = False,
    enabled: bool = True,
    key: Key = None,
    name: str | None = None,
) -> Node:
    """A button that sends `message`; not enabled, it keeps its place and the keyboard's focus.

    `name` replaces the label for screen readers.
    """
    return h(
        "button",
        label,
        key=key,
        type="button",
        class_="button primary" if primary else "button",
        aria_disabled=None if enabled else "true",
        aria_label=name,
        on={"click": message} if enabled else None,
    )


def toggle(label: str, on: bool, message: Message, key: Key = None) -> Node:
    """A switch; it sends `message` with the new position (True or False)."""
    return h(
        "button",
        h("span", class_="toggle-track", aria_hidden="true"),
        h("span", label, class_="toggle-label"),
        h("span", "on" if on else "off", class_="toggle-state", aria_hidden="true"),
        key=key,
        type="button",
        role="switch",
        class_="toggle",
        aria_checked="true" if on else "false",
        aria_label=label,
        on={"click": (*message, not on)},
    )


def slider(
    label: str,
    value: float,
    low: float,
    high: float,
    step: float,
    message: Message,
    *,
    digits: int = 2,
    printed: str | None = None,
    name: str | None = None,
    symbol: str | None = None,
    key: Key = None,
) -> Node:
    """A range with its value printed; while it moves it sends `message` with the value.

    `printed` replaces the value's text, where the range holds something else than the quantity
    itself: the place on a scale of learning rates, say. `symbol` is what a formula calls it.
    """
    printed = fixed(value, digits) if printed is None else printed
    return h(
        "div",
        h("span", label, class_="slider-label", aria_hidden="true"),
        h(
            "input",
            type="range",
            min=low,
            max=high,
            step=step,
            value=value,
            aria_label=name or label,
            aria_valuetext=printed,
            on={"input": message},
        ),
        h("output", printed, class_="slider-value", aria_hidden="true"),
        key=key,
        class_="slider",
        data_symbol=symbol,
    )


def number(
    label: str,
    value: float,
    low: float,
    high: float,
    step: float,
    message: Message,
    *,
    name: str | None = None,
    symbol: str | None = None,
    key: Key = None,
) -> Node:
    """A field to type a number into; left with a new one, it sends `message` with the number.

    `symbol` is what a formula calls it.
    """
    return h(
        "label",
        h("span", label, class_="number-label"),
        h(
            "input",
            type="number",
            min=low,
            max=high,
            step=step,
            value=value,
            aria_label=name or label,
            on={"change": message},
        ),
        key=key,
        class_="number",
        data_symbol=symbol,
    )


def stepper(
    label: str, value: int, low: int, high: int, message: Message, *, key: Key = None
) -> Node:
    """A whole number between two buttons; it sends `message` with the new number."""

    def side(sign: str, to: int, name: str) -> Node:
        return button(sign, (*message, to), enabled=low <= to <= high, name=name)

    return h(
        "div",
        h("span", label, class_="stepper-label"),
        side("−", value - 1, say("{what}: one fewer", what=label)),
        h("output", value, class_="stepper-value"),
        side("+", value + 1, say("{what}: one more", what=label)),
        key=key,
        class_="stepper",
        role="group",
        aria_label=say("{what}: {value}", what=label, value=value),
    )


def choice(
    label: str,
    options: Sequence[tuple[str, str | int]],
    selected: str | int | None,
    message: Message,
    key: Key = None,
    done: Collection[str | int] | None = None,
) -> Node:
    """One of a few options (text, value) as buttons; it sends `message` with the chosen value.

    With `done`, the values in it wear a tick, which takes no room.
    """

    def mark(value: str | int) -> Node | None:
        if done is None:
            return None
        return h("span", " ✓" if value in done else "", class_="choice-mark")

    return h(
        "div",
        h("span", label, class_="choice-label"),
        [
            h(
                "button",
                text,
                mark(value),
                key=value,
                type="button",
                class_="button choice-option",
                aria_pressed="true" if value == selected else "false",
                on={"click": (*message, value)},
            )
            for text, value in options
        ],
        key=key,
        class_="choice",
        role="group",
        aria_label=label,
    )


def select(
    label: str,
    options: Sequence[tuple[str, str]],
    selected: str,
    message: Message,
    *,
    name: str | None = None,
    key: Key = None,
) -> Node:
    """One of many options (text, value) in a list that opens; it sends `message` with the value.

    Without a `label` to show, give the `name` that is read out.
    """
    return h(
        "label",
        h("span", label, class_="select-label") if label else None,
        h(
            "select",
            [
                h("option", text, value=value, selected=value == selected, key=value)
                for text, value in options
            ],
            aria_label=name or label,
            on={"change": message},
        ),
        key=key,
        class_="select",
    )


def entry(label: str, value: str, longest: int, message: Message, *, key: Key = None) -> Node:
    """A line of text of the learner's own; on leaving it, it sends `message` with the text."""
    return h(
        "label",
        h("span", label, class_="entry-label"),
        h(
            "input",
            type="text",
            value=value,
            maxlength=longest,
            autocomplete="off",
            autocapitalize="off",
            spellcheck="false",
            class_="text-field",
            aria_label=label,
            on={"change": message},
        ),
        key=key,
        class_="entry",
    )


def open_file(
    label: str, message: Message, accept: str, *, binary: bool = False, key: Key = None
) -> Node:
    """Takes a file of the learner's; it sends `message` with the file's text.

    A binary file comes as its base64. `accept` says which files the browser offers. What is wrong
    with a file is for the game to say (MessageError).
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
            on={"change": message},
        ),
        key=key,
        class_="file",
    )


def save_file(label: str, name: str, *, key: Key = None) -> Node:
    """A button that saves the file of that name from the game's `files(state)`; no message."""
    return h("button", label, type="button", class_="button", data_save=name, key=key)


def readout(label: str, value: str | float, digits: int = 2, key: Key = None) -> Node:
    """A named number (or short text) for reading."""
    printed = value if isinstance(value, str) else fixed(value, digits)
    return h(
        "div",
        h("span", label, class_="readout-label"),
        h("output", printed, class_="readout-value"),
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
        h("output", fixed(value, digits), class_="meter-value", aria_hidden="true"),
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


def prediction(
    question: str,
    control: Child,
    *,
    guess: str | None = None,
    truth: str | None = None,
    close: bool | None = None,
    roomy: bool = False,
    key: Key = None,
) -> Node:
    """A guess asked for before something runs, and afterwards the guess beside the truth.

    Args:
        question: what to foretell.
        control: takes the guess; shown until there is a truth.
        guess: what the learner said, once it counts.
        truth: what the engine found, once it ran.
        close: whether the guess was good enough, where that is judged.
        roomy: keeps room for two rows of buttons, where the control may need them.
        key: tells it from its siblings.
    """
    if truth is None:
        body: Child = control
    else:
        verdict = "" if close is None else " hit" if close else " miss"
        body = h(
            "dl",
            h("dt", say("You said")),
            h("dd", guess if guess is not None else say("nothing")),
            h("dt", say("It is")),
            h("dd", truth),
            key="truth",
            class_=f"prediction-truth{verdict}",
        )
    return h(
        "div",
        h("p", question, class_="prediction-question"),
        body,
        key=key,
        class_="prediction two-rows" if roomy else "prediction",
        role="group",
        aria_label=question,
    )


def commit(go: str, message: Message, *, waiting: bool, over: bool, again: str = "") -> Node:
    """The button that belongs to a `prediction`: it takes the guess and starts the run.

    Args:
        go: what is on it; names the guess, so that one press commits it.
        message: what it sends.
        waiting: whether nothing has begun yet; else it cannot be pressed.
        over: whether the run has ended; then the button sends ("again",), for a new guess.
        again: what is on it then.
    """
    return row(
        button(again or say("Guess again"), ("again",), primary=True, key="again")
        if over
        else button(go, message, primary=True, enabled=waiting, key=str(message[0]))
    )


def progress(label: str, done: int, total: int, key: Key = None) -> Node:
    """How much of a counted piece of work is done."""
    return h(
        "div",
        h("span", label, class_="progress-label"),
        h("progress", max=total, value=done, aria_label=label),
        h("span", say("{n} of {total}", n=done, total=total), class_="progress-count"),
        key=key,
        class_="progress",
    )


def handle(
    label: str,
    x: float,
    y: float,
    message: Message,
    *,
    said: str,
    step: float = 4.0,
    key: Key = None,
) -> Node:
    """A point inside an SVG that can be dragged, or moved with the arrow keys by `step`.

    It sends `message` with x and y in viewBox units; `said` is its position in words.
    """
    return h(
        "g",
        h("circle", cx=x, cy=y, r=18, class_="handle-reach"),
        h("circle", cx=x, cy=y, r=8, class_="handle-knob"),
        key=key,
        class_="handle",
        tabindex=0,
        role="slider",
        aria_label=label,
        aria_valuenow=x,
        aria_valuetext=said,
        data_x=x,
        data_y=y,
        data_step=step,
        on={"drag": message},
    )

"""Panes: pictures behind one another under tabs, small and side by side, on paper; a link."""

from __future__ import annotations

from collections.abc import Mapping

from games.moves import Offer
from games.ui.controls import tile
from games.ui.node import Child, Node, h

Key = str | int | None


def tabs(
    label: str,
    names: Mapping[str, str],
    selected: str,
    offer: Offer,
    *inside: Child,
    key: Key = None,
) -> Node:
    """One of several panes; the names of all stand above it, and choose.

    Args:
        label: what the panes have in common.
        names: each pane's id and its name.
        selected: the id of the pane that is open.
        offer: the move that opens another, a `Pick` of the ids.
        inside: what the open pane holds.
        key: tells it from its siblings.
    """
    missing = [value for value in offer.ids() if value not in names]
    if missing or selected not in names:
        raise ValueError(
            f"tabs: no name for {[*missing, *({selected} - set(names))]}; named: {list(names)}"
        )
    return h(
        "div",
        h(
            "div",
            [
                tile(
                    offer(value),
                    names[str(value)],
                    look="tab",
                    role="tab",
                    aria_selected="true" if value == selected else "false",
                    key=str(value),
                )
                for value in offer.ids()
            ],
            role="tablist",
            aria_label=label,
            class_="tab-names",
        ),
        h("div", *inside, role="tabpanel", aria_label=names[selected], class_="pane"),
        key=offer.message[0] if key is None else key,
        class_="tabs",
    )


def small_multiples(*panels: tuple[str, Node], key: Key = None) -> Node:
    """Small pictures side by side, each with its title above it."""
    return h(
        "div",
        [h("div", h("p", title), drawn, key=i) for i, (title, drawn) in enumerate(panels)],
        key=key,
        class_="small-multiples",
    )


def sheet(title: Child, *inside: Child, below: Child = None, class_: str = "") -> Node:
    """A picture or a pad, and what lies over it, on a sheet of paper; words above and below it.

    `class_` says more about the paper.
    """
    return h(
        "div",
        h("p", title, class_="sheet-title") if title is not None else None,
        h("div", *inside, class_=f"sheet-paper {class_}".strip()),
        h("p", below, class_="sheet-title below") if below is not None else None,
        class_="sheet",
    )


def section_link(section: str, *, key: str | int | None = None) -> Node:
    """A link to a section of the course, `level-2#xor`; the page gives it its title and address.

    The game names the section in its `SECTIONS` too.
    """
    return h("a", key=key, data_section=section)

"""The node tree: what a view returns, its HTML, and the patch between two of them.

A node is plain data. This module knows no browser, no game and no time; the same tree becomes a
page at build time (`to_html`) and a patch in the browser (`diff`).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Message = tuple[Any, ...]
"""What an event sends to the game: a name, then JSON scalars; the event's own data is appended."""

VOID = frozenset({"br", "hr", "img", "input"})
PLACED = frozenset({"drag", "lift", "place"})
"""Events that append a place in the data of the element's map."""
EVENTS = PLACED | {"click", "input", "change", "key", "point"}
DRAWN = frozenset({"text", "tspan", "title", "desc"})
"""Elements of a drawing that hold text; nobody translates those."""
NUMBER = re.compile(r"(?=\D*\d)[\W\d_⁰¹²³⁴-⁹₀-₉]*")
"""A text with digits and without letters: 0.5, −3, 2→3→1, 1 (≥ 0.8)."""


class Picture(Protocol):
    """The pixels of a leaf; the page colours them with its style sheets."""

    def indices(self) -> bytes:
        """One byte a pixel, its place in the leaf's palette, row by row from the top left."""

    def html(self) -> str:
        """The same pixels as what stands inside the leaf until the page paints them."""


class Node:
    """One element: tag, attributes (already strings), children (nodes and strings), maybe pixels.

    Make nodes with `h`, never by hand: `h` is what keeps text children merged, so that the tree
    and the DOM count the same children.
    """

    __slots__ = ("attributes", "children", "key", "marks", "picture", "tag")

    def __init__(
        self,
        tag: str,
        key: str | int | None,
        attributes: dict[str, str],
        children: list[Node | str],
        picture: Picture | None = None,
        marks: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        self.tag = tag
        self.key = key
        self.attributes = attributes
        self.children = children
        self.picture = picture
        self.marks = marks

    def walk(self) -> Iterator[Node]:
        """This node and every node below it, in document order."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def text(self) -> str:
        """The text of this node and everything below it."""
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)

    def size(self) -> int:
        """How many nodes of a page it is: itself, and every element and text below."""
        return 1 + sum(1 if isinstance(c, str) else c.size() for c in self.children)

    def messages(self) -> dict[str, Message]:
        """The message this node sends for each event, before the event's own data is added."""
        raw = json.loads(self.attributes.get("data-on", "{}"))
        return {event: tuple(message) for event, message in raw.items()}


Child = Node | str | int | float | None | Iterable["Child"]


def h(
    tag: str,
    *children: Child,
    key: str | int | None = None,
    on: Mapping[str, Message] | None = None,
    picture: Picture | None = None,
    marks: Mapping[str, NDArray[Any]] | None = None,
    **attributes: object,
) -> Node:
    """Make a node.

    Args:
        tag: element name, HTML or SVG.
        children: nodes, strings, numbers, or nestings of them; None is left out.
        key: identity among siblings; a node whose tag and key stay is never replaced.
        on: event name → message. `input` and `change` append the control's value, `drag` and
            `place`, a press, append a place in the data's units (games.ui.controls.handle,
            surface), and so does `lift`, an arrow key with Shift; `key`, an arrow key, appends the
            steps it means across and upwards; `point` is the pointer on it or the keyboard's focus.
        picture: pixels that fill an element without children.
        marks: the arrays that are drawn here, by the names under which a learner may open and save
            them (1 or 2 dimensions); never sent to the page with the picture.
        attributes: `class_` → `class`, `stroke_width` → `stroke-width`; None and False are left
            out, True becomes an empty attribute, floats are rounded to two decimals.

    An element of nothing but a number is not to be translated, and keeps its order where the page
    is written from right to left (`[translate="no"]` in kit.css).

    Raises:
        ValueError: an event no page listens for, or children in an element that has none.
    """
    named: dict[str, str] = {}
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        if value is True:
            value = ""
        named[_plain(name) if "_" in name else name] = (
            value if type(value) is str else attribute(value)
        )
    if on:
        if not on.keys() <= EVENTS:
            raise ValueError(
                f"<{tag}> asks for events {sorted(set(on) - EVENTS)}; "
                f"pages listen for {sorted(EVENTS)}"
            )
        named["data-on"] = _compact(on)
    flat: list[Node | str] = []
    if children:
        _flatten(children, flat)
        if flat and tag in VOID:
            raise ValueError(f"<{tag}> cannot have children")
        if len(flat) == 1 and tag not in DRAWN and _is_number(flat[0]):
            named.setdefault("translate", "no")
    return Node(tag, key, named, flat, picture, marks)


_compact = json.JSONEncoder(separators=(",", ":")).encode


@cache
def _plain(name: str) -> str:
    """The name of an attribute as it is in HTML."""
    return name.rstrip("_").replace("_", "-")


def _is_number(child: Node | str) -> bool:
    return isinstance(child, str) and NUMBER.fullmatch(child) is not None


def marked(node: Node, marks: Mapping[str, ArrayLike]) -> Node:
    """The node, and the arrays that it draws, by the names under which a learner may open them."""
    node.marks = {**(node.marks or {}), **{name: np.asarray(a) for name, a in marks.items()}}
    return node


def attribute(value: object) -> str:
    """A value as attribute text; floats get at most two decimals, so that patches stay small."""
    if isinstance(value, float):
        text = f"{value:.2f}"
        if text.endswith("0"):
            text = text.rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return str(value)


def _flatten(children: Iterable[Child], into: list[Node | str]) -> None:
    for child in children:
        if isinstance(child, Node):
            into.append(child)
        elif isinstance(child, str):
            if child:
                if into and isinstance(into[-1], str):
                    into[-1] += child
                else:
                    into.append(child)
        elif child is None or child is False:
            continue
        elif isinstance(child, int | float):
            _flatten((attribute(child),), into)
        else:
            _flatten(child, into)


def to_html(node: Node | str) -> str:
    """The node as HTML, exactly as a browser's parser would give it back."""
    parts: list[str] = []
    _write(node, parts)
    return "".join(parts)


def _write(node: Node | str, parts: list[str]) -> None:
    if isinstance(node, str):
        parts.append(html.escape(node, quote=False))
        return
    parts.append(f"<{node.tag}")
    for name, value in node.attributes.items():
        parts.append(f' {name}="{html.escape(value)}"')
    parts.append(">")
    if node.tag in VOID:
        return
    if node.picture is not None:
        parts.append(node.picture.html())
    for child in node.children:
        _write(child, parts)
    parts.append(f"</{node.tag}>")


# --- the patch ------------------------------------------------------------------------------------
#
# A patch is JSON. It means by a child's number its place among the children that the page made for
# this element, whatever somebody else has put between them since. For an element it is
# [attributes, order, children, picture], cut off after the last part that is not 0:
#   attributes  {name: text, or null to remove it}
#   order       the new list of children: a number is the old child at that index, a string is the
#               HTML of a new element, a one-item list is the text of a new text node
#   children    [index, patch, index, patch, …] over the new order
#   picture     index into the buffers that travel beside the patch
# For a text node the patch is the new text.

Patch = str | list[Any]


def diff(old: Node, new: Node, buffers: list[bytes]) -> Patch | None:
    """What turns `old` into `new`, or None when nothing changed.

    Both nodes must have the same tag and key (the caller asks `same` first). Pixels that changed
    are appended to `buffers`, and those of a picture of another kind, size or place.
    """
    attributes: dict[str, str | None] | int = 0
    if old.attributes != new.attributes:
        attributes = {
            name: value
            for name, value in new.attributes.items()
            if old.attributes.get(name) != value
        }
        attributes.update({name: None for name in old.attributes if name not in new.attributes})
    order: list[Any] | int = 0
    changes: list[Any] = []
    if old.children or new.children:
        order, changes = _children(old.children, new.children, buffers)
    picture: int = -1
    if new.picture is not None and (
        attributes or old.picture is None or new.picture.indices() != old.picture.indices()
    ):
        picture = len(buffers)
        buffers.append(new.picture.indices())
    patch: list[Any] = [attributes, order, changes or 0]
    if picture >= 0:
        return [*patch, picture]
    while patch and patch[-1] == 0:
        patch.pop()
    return patch or None


def same(old: Node | str, new: Node | str) -> bool:
    """Whether `new` can be patched onto the element that `old` made."""
    if old is new:
        return True
    if isinstance(old, Node) and isinstance(new, Node):
        return (
            old.tag == new.tag
            and old.key == new.key
            and (old.picture is None) is (new.picture is None)  # what fills it is the page's
        )
    return isinstance(old, str) and isinstance(new, str)


def _children(
    old: list[Node | str], new: list[Node | str], buffers: list[bytes]
) -> tuple[list[Any] | int, list[Any]]:
    """The order part of the patch, 0 when every child stays in place, and the children part."""
    order: list[Any] | int = 0
    if len(old) == len(new) and all(map(same, old, new)):
        pairs = list(zip(range(len(new)), old, new, strict=True))
    else:
        order, pairs = _matched(old, new)
    changes: list[Any] = []
    for index, before, after in pairs:
        if before is after:
            continue
        change: Patch | None
        if isinstance(before, Node) and isinstance(after, Node):
            change = diff(before, after, buffers)
        else:
            change = after if isinstance(after, str) and before != after else None
        if change is not None:
            changes += [index, change]
    return order, changes


def _matched(
    old: list[Node | str], new: list[Node | str]
) -> tuple[list[Any], list[tuple[int, Node | str, Node | str]]]:
    """The order part of the patch and the children to compare, each with its place in `new`."""
    waiting: dict[object, list[int]] = {}
    for index in range(len(old) - 1, -1, -1):
        waiting.setdefault(_identity(old[index]), []).append(index)
    order: list[Any] = []
    pairs: list[tuple[int, Node | str, Node | str]] = []
    for index, child in enumerate(new):
        candidates = waiting.get(_identity(child))
        if candidates:
            kept = candidates.pop()
            order.append(kept)
            pairs.append((index, old[kept], child))
        else:
            order.append([child] if isinstance(child, str) else to_html(child))
    return order, pairs


def _identity(child: Node | str) -> object:
    return (child.tag, child.key, child.picture is None) if isinstance(child, Node) else None

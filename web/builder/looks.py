"""A drawing as it looks on the light page, without a browser: node and style sheets in, SVG out.

The sheets' rules are matched as a browser would match them, and what they say about painting is
written onto the elements, so that any SVG renderer shows the page's colours. Layout is not done
here, and what depends on the page's width or medium (every `@` rule) is passed over.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree

import cssselect2
import numpy as np
import tinycss2
from numpy.typing import NDArray
from tinycss2.color3 import parse_color

from games.ui.node import Node

PAINT = frozenset(
    [
        "clip-rule",
        "color",
        "display",
        "dominant-baseline",
        "fill",
        "fill-opacity",
        "fill-rule",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "letter-spacing",
        "opacity",
        "paint-order",
        "stroke",
        "stroke-dasharray",
        "stroke-dashoffset",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-opacity",
        "stroke-width",
        "text-anchor",
        "visibility",
    ]
)
"""The properties that are kept."""

INHERITED = ("color", "font-family", "font-size", "font-weight")
"""What a drawing takes from the elements around it."""

ROOT_SIZE = 16
"""Pixels in a rem."""

Style = Mapping[str, str]


class Looks:
    """The rules of some style sheets, ready to be asked.

    Args:
        sheets: the texts, in the order in which a page links them.
    """

    def __init__(self, sheets: Iterable[str]) -> None:
        self._matcher = cssselect2.Matcher()
        for sheet in sheets:
            rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
            for rule in rules:
                if rule.type == "qualified-rule":
                    self._learn(rule)

    def _learn(self, rule: tinycss2.ast.QualifiedRule) -> None:
        said = _declarations(rule.content)
        if not said:
            return
        for selector in cssselect2.compile_selector_list(rule.prelude):
            if selector.pseudo_element is None:
                self._matcher.add_selector(selector, said)

    def dress(self, view: Node) -> dict[int, Style]:
        """The painting properties of every node of a game's view, by the node's `id()`.

        `view` is placed as a page places it: inside `<div data-stage>` of `<section class="game">`.
        """
        page = ElementTree.Element("html")
        section = ElementTree.SubElement(page, "section", {"class": "game"})
        stage = ElementTree.SubElement(section, "div", {"data-stage": ""})
        nodes: dict[ElementTree.Element, Node] = {}
        _plant(view, stage, nodes)
        found: dict[cssselect2.ElementWrapper, Style] = {}
        names: dict[object, dict[str, str]] = {}
        drawn: set[object] = (
            set()
        )  # the drawings and all inside them, where SVG's renderer inherits
        for wrapper in cssselect2.ElementWrapper.from_xml_root(page).iter_subtree():
            above = names.get(wrapper.parent, {})
            said: dict[str, str] = {}
            for _, _, _, declarations in self._matcher.match(wrapper):
                said.update(declarations)
            said.update(_declarations(wrapper.etree_element.get("style", "")))
            mine = {**above, **{name: text for name, text in said.items() if name[:2] == "--"}}
            names[wrapper] = mine
            style = {
                name: value
                for name, text in said.items()
                if name in PAINT and (value := _value(text, mine))
            }
            if wrapper.parent not in drawn:
                around = found.get(wrapper.parent, {})
                style = {**{name: around[name] for name in INHERITED if name in around}, **style}
            if wrapper.parent in drawn or wrapper.local_name == "svg":
                drawn.add(wrapper)
            found[wrapper] = style
        return {
            id(nodes[wrapper.etree_element]): style
            for wrapper, style in found.items()
            if wrapper.etree_element in nodes
        }

    def token(self, name: str, attributes: Mapping[str, str] | None = None) -> str:
        """What `var(--name)` stands for in the light theme, on a page's root.

        `attributes` are what the root wears for it: the rules of an element with these.
        """
        root = ElementTree.Element("html", dict(attributes or {}))
        page = cssselect2.ElementWrapper.from_xml_root(root)
        said: dict[str, str] = {}
        for _, _, _, declarations in self._matcher.match(page):
            said.update(declarations)
        return _value(f"var(--{name})", said)


def markup(node: Node, styles: Mapping[int, Style], **replaced: str) -> str:
    """An SVG node as text in which every element carries its own style.

    `replaced` are attributes of the outermost element that are set anew.
    """
    attributes = {
        name: value
        for name, value in {**node.attributes, **replaced}.items()
        if name not in ("class", "style", "role", "tabindex") and name[:5] not in ("data-", "aria-")
    }
    style = ";".join(f"{name}:{value}" for name, value in styles.get(id(node), {}).items())
    if style:
        attributes["style"] = style
    opening = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
    inside = "".join(
        written(child) if isinstance(child, str) else markup(child, styles)
        for child in node.children
    )
    return f"<{node.tag}{opening}>{inside}</{node.tag}>"


def written(text: str) -> str:
    """The content of an SVG text, in which letters that the page's fonts lack are made of others.

    On the page the reader's own fonts step in; a picture is the same wherever it is made.
    """
    text = html.escape(text, quote=False).translate(_STAND_INS)
    for letters, shift in ((_BELOW, "sub"), (_ABOVE, "super")):
        text = re.sub(
            f"[{letters}]+",
            lambda found, shift=shift: (  # type: ignore[misc]
                f'<tspan baseline-shift="{shift}" font-size="70%">'
                f"{found[0].translate(PLAIN)}</tspan>"
            ),
            text,
        )
    return text


_BELOW, _ABOVE = "₀₁₂₃₄₅₆₇₈₉₊₋", "⁰⁴⁵⁶⁷⁸⁹⁺⁻"
PLAIN = str.maketrans(_BELOW + _ABOVE, "0123456789+−" + "0456789+−")
"""Letters below and above the line → the same on it."""
_STAND_INS = str.maketrans({"✗": "×", "␣": "·", "‖": "||"})


def _plant(node: Node, parent: ElementTree.Element, nodes: dict[ElementTree.Element, Node]) -> None:
    """Put a node and all below it into the tree that selectors are matched against."""
    element = ElementTree.SubElement(parent, node.tag, node.attributes)
    nodes[element] = node
    for child in node.children:
        if isinstance(child, Node):
            _plant(child, element, nodes)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + child
        else:
            element.text = (element.text or "") + child


def _declarations(block: object) -> dict[str, str]:
    """Custom properties and those of PAINT in a rule's block, as text."""
    return {
        part.name: tinycss2.serialize(part.value).strip()
        for part in tinycss2.parse_blocks_contents(block)
        if part.type == "declaration" and (part.name in PAINT or part.name[:2] == "--")
    }


def _value(text: str, names: Mapping[str, str]) -> str:
    """`text` with its functions worked out for the light theme and its rems as pixels."""
    parts: list[str] = []
    for token in tinycss2.parse_component_value_list(text, skip_comments=True):
        if token.type == "dimension" and token.unit == "rem":
            parts.append(f"{token.value * ROOT_SIZE:g}px")
        elif token.type != "function":
            parts.append(token.serialize())
        else:
            arguments = _split(token.arguments)
            match token.lower_name:
                case "var" if arguments[0] in names:
                    parts.append(_value(names[arguments[0]], names))
                case "var":
                    parts.append(_value(",".join(arguments[1:]), names))
                case "light-dark":
                    parts.append(_value(arguments[0], names))
                case "color-mix":
                    mixed = [_value(argument, names) for argument in arguments]
                    if not all(mixed):
                        return ""
                    parts.append(_mixed(mixed))
                case _:
                    return ""  # calc() and its like measure a layout that is not there
    return "".join(parts).strip()


def _split(tokens: Iterable[tinycss2.ast.Node]) -> list[str]:
    """A function's arguments as texts: what stands between its commas."""
    parts: list[list[tinycss2.ast.Node]] = [[]]
    for token in tokens:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [tinycss2.serialize(part).strip() for part in parts]


def _mixed(arguments: list[str]) -> str:
    """`color-mix(in oklab, A p%, B)` as a colour (CSS Color 5): p of A and the rest of B."""
    _, first, second = arguments
    share = re.search(r"([\d.]+)%", first)
    p = float(share[1]) / 100 if share else 0.5
    a, b = (
        np.array(parse_color(re.sub(r"\s*[\d.]+%", "", colour)))[:3] for colour in (first, second)
    )
    mixed = np.clip(_from_oklab(p * _to_oklab(a) + (1 - p) * _to_oklab(b)), 0, 1)
    return "#" + "".join(f"{round(255 * part):02x}" for part in mixed)


# Oklab: B. Ottosson, "A perceptual color space for image processing", 2020.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
Colour = NDArray[np.float64]


def _to_oklab(srgb: Colour) -> Colour:
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_CONES @ linear))


def _from_oklab(lab: Colour) -> Colour:
    linear = np.clip(np.linalg.solve(_TO_CONES, np.linalg.solve(_TO_LAB, lab) ** 3), 0, None)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)

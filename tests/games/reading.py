"""Reading a picture: the numbers a learner sees, taken out of the nodes."""

from __future__ import annotations

import re

NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?")


def classed(root, name):
    """The nodes that carry a class, in document order."""
    return [n for n in root.walk() if name in n.attributes.get("class", "").split()]


def numbers(text):
    """Every number in a text."""
    return [float(found.replace("−", "-")) for found in NUMBER.findall(text)]


def shown(root, name):
    """The text of the only node that carries a class."""
    (node,) = classed(root, name)
    return node.text().replace("\N{NO-BREAK SPACE}", " ")


def buttons(root):
    """Label → button."""
    return {n.text(): n for n in root.walk() if n.tag == "button"}


def readouts(root):
    """Label → printed value."""
    return {n.children[0].text(): n.children[-1].text() for n in classed(root, "readout")}


def lanes(root):
    """Name → what stands at the end of a runner's lane."""
    rows = classed(root, "lane")
    return {row.children[0].text(): row.children[-1].text() for row in rows}


def path(node):
    """The numbers of a path."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", node.attributes["d"])]

"""A player without a browser: it reads messages off a view as the page would, and plays them."""

from __future__ import annotations

import base64
import dataclasses
import inspect
import itertools
import json
import math
import sys
from functools import cache

import numpy as np

from games import load
from games.moves import Shades
from games.run import LONGEST_TEXT, Run
from games.ui.node import PLACED, to_html
from pycore import brains, bundles
from pycore.activations import Tanh
from pycore.layer import Layer
from pycore.layers import Dense, Sequential
from pycore.models import mlp
from pycore.models.autoencoders import autoencoder
from pycore.models.vision import cnn

IN_BROWSER = sys.platform == "emscripten"
"""Whether this is the browser's Python: slower, and the second to hear all this."""
MOVES, LONG = (10, 16) if IN_BROWSER else (25, 40)
"""How many moves random play has, and where rare states are looked for."""
TABLE = "a;b;kind\n1,5;2;1\n3;4;2\n5;1;1\n2,5;3;2\n0;0;2\n"
"""A file of numbers that a learner may have."""
TOO_LONG = "x" * (LONGEST_TEXT + 1)


def lowest(slug):
    """Every parameter at its lowest: the quickest run of a game."""
    return extremes(slug)[0]


def extremes(slug):
    """All parameters at their lowest and all at their highest (or first and last choice)."""
    ends = {}
    for name, param in load(slug).table.items():
        samples = [value for (value,) in param.domain.samples(None)]
        ends[name] = samples[0], samples[-1]
    return [{name: pair[side] for name, pair in ends.items()} for side in (0, 1)]


@dataclasses.dataclass(frozen=True)
class Offer:
    """One message that a control offers; `numeric` are the places whose number is the learner's."""

    message: tuple
    event: str


def offers(root):
    """Every message the view offers now, with the data the page would add."""
    found = []

    def visit(node, box):
        box = node.attributes.get("viewBox", box)
        for event, message in node.messages().items():
            found.extend(Offer((*message, *data), event) for data in event_data(node, event, box))
        for child in node.children:
            if not isinstance(child, str):
                visit(child, box)

    visit(root, None)
    return found


def event_data(node, event, box):
    """What web/client/events.js appends to a message, at the ends and in the middle."""
    if event in ("click", "point"):
        return [()]
    if event == "key":
        return [(1, 0), (-1, 0), (0, 1), (0, -1)]
    if event in PLACED:
        return mapped(json.loads(node.attributes["data-map"]))
    if node.tag == "select" and "data-values" not in node.attributes:
        return [(option.attributes["value"],) for option in node.walk() if option.tag == "option"]
    kind = node.attributes.get("type", "text")
    if kind == "checkbox":
        return [(True,), (False,)]
    if "data-values" in node.attributes:
        return [(value,) for value in json.loads(node.attributes["data-values"])]
    if kind == "range" or "data-number" in node.attributes:
        low, high, step = grid(node)
        places = {0, round((high - low) / step / 3), round((high - low) / step)}
        return [(round(low + place * step, 9),) for place in sorted(places)]
    if "data-shades" in node.attributes:
        sizes = json.loads(node.attributes["data-shades"])
        return list(Shades(**sizes).samples(None))
    if kind == "file" and "data-binary" in node.attributes:
        return [(brain_file(node.attributes["data-binary"]),)]
    if kind == "file":
        return [("a few words",), (TABLE,)]
    return [("0.5",), ("a few words",)]


def grid(node):
    """Lowest and highest value of a range or a number field, and the step of its grid."""
    if "data-number" in node.attributes:
        ends = json.loads(node.attributes["data-number"])
        return ends["low"], ends["high"], ends["step"]
    low, high = float(node.attributes["min"]), float(node.attributes["max"])
    return low, high, float(node.attributes.get("step", 1))


def mapped(directions):
    """What web/client/places.js makes of the corners of a picture and of a place between."""
    grids = [direction[5:] for direction in directions.values() if direction]
    return list(
        itertools.product(*([low, on_grid(low, high, step), high] for low, high, step in grids))
    )


def on_grid(low, high, step):
    """A value of a grid, somewhere before its middle."""
    if step is None:
        return low + 0.37 * (high - low)
    return float(f"{low + round(0.37 * (high - low) / step) * step:.12g}")


@cache
def brain_file(kind=""):
    """A small brain, or networks of a kind that one game opens, as the page sends the file."""
    rng = np.random.default_rng(0)
    if kind:
        made = {
            "a LeNet": lambda: ({"": cnn(12, (1, 6, 12), (40, 10), rng, 5)}, {}),
            "an autoencoder": lambda: ({"": autoencoder([144, 48, 3], rng)}, {"code": [3]}),
            "a forger and a detective": lambda: (
                {"forger": mlp([2, 24, 24, 2], rng), "detective": mlp([2, 24, 24, 1], rng)},
                {"clouds": [[1, 0], [-1, 0.5]]},
            ),
        }
        networks, more = made[kind]()
        return base64.b64encode(bundles.write(kind, networks, **more)).decode()
    network = Sequential(Dense(2, 3, rng=rng), Tanh(), Dense(3, 1, rng=rng))
    file = brains.write(brains.Brain(network, ("x₁", "x₂"), "cross-entropy", True))
    return base64.b64encode(file).decode()


def wander(run, rng, moves=MOVES, longest=40):
    """Play at random, yielding what was done: ("send", offer) or ("tick", count)."""
    for _ in range(moves):
        choices = offers(run.view())
        if choices and rng.random() < 0.7:
            offer = choices[rng.integers(len(choices))]
            run.send(list(offer.message))
            yield "send", offer
        else:
            done = sum(run.tick() for _ in range(rng.integers(1, longest)))
            yield "tick", done


def played(slug, params, seed, moves=MOVES):
    """A run brought somewhere by random play."""
    run = Run(slug, seed, params)
    for _ in wander(run, np.random.default_rng(seed), moves):
        pass
    return run


def html(run):
    return to_html(run.view())


def snapshot(value, seen=None):
    """The value as plain data that can be compared.

    Of an engine's layer only what outlives a forward pass: its parameters, gradients and settings.
    What forward keeps for the backward that follows is scratch, overwritten by the next forward.
    """
    seen = {} if seen is None else seen
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return repr(value)
    if id(value) in seen:
        return f"again {seen[id(value)]}"
    seen[id(value)] = len(seen)
    if isinstance(value, np.ndarray):
        return (value.shape, str(value.dtype), value.tobytes())
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, np.generic):
        return repr(value)
    if isinstance(value, dict):
        return {repr(k): snapshot(v, seen) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [snapshot(v, seen) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if callable(value) or inspect.isgenerator(value) or hasattr(value, "__next__"):
        return type(value).__name__
    names = list(vars(value)) if hasattr(value, "__dict__") else []
    names += [n for c in type(value).__mro__ for n in getattr(c, "__slots__", ()) if n not in names]
    if isinstance(value, Layer):
        kept = {f"d{name}" for name in value.PARAMETERS} | {*value.PARAMETERS, "theta", "grad"}
        names = [n for n in names if n in kept or holds(getattr(value, n))]
    return (type(value).__name__, {n: snapshot(getattr(value, n, None), seen) for n in names})


def holds(value):
    """Whether a layer's attribute is a setting or a child, not an array from a forward pass."""
    return value is not None and not isinstance(value, np.ndarray | tuple)


def hostile(offer):
    """Messages near an offered one that no game may accept."""
    name, *args = offer.message
    yield ["no such message", *args]
    yield [name + " ", *args]
    yield [name.upper(), *args] if name.upper() != name else [name.lower() + "x", *args]
    yield [name, *args, 0]
    if args:
        yield [name, *args[:-1]]
    for place, good in enumerate(args):
        for bad in replacements(good, offer.event, last=place == len(args) - 1):
            yield [name, *args[:place], bad, *args[place + 1 :]]


def replacements(good, event, last):
    yield from (None, [good], {"a": good}, math.nan, math.inf, -math.inf, TOO_LONG)
    if isinstance(good, bool):
        yield from (0, 1, 1.0, "true")
    elif isinstance(good, int | float):
        yield from (True, False, str(good), "")
        if event not in PLACED:  # a pointer may leave the picture
            yield from (1e300, -1e300, 10**400, -(10**400))
    else:
        yield from (True, False, 1.5, 0)
        if event == "click":
            yield from ("", "no such choice")


MALFORMED = (
    [], "fire", None, 7, {}, {"fire": 1}, [None], [1, 2], [["fire"]], [True], [""], ["\0"],
    ["__class__"], ["update", "state"], ["tick"], [TOO_LONG],
)  # fmt: skip

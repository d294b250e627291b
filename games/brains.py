"""Brains in games: taken from a message, held against the room there is, and the controls for it.

The file is `pycore.brains`, or `pycore.bundles` where a game opens only what it has trained itself;
as a message it is its base64. This module knows no game.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from games import MessageError
from games.concepts.training import DECIMALS
from games.moves import Offer
from games.ui import controls, widgets
from games.ui.node import Node, h
from games.words import say, written
from pycore import bundles
from pycore.brains import Brain, BrainError, read
from pycore.bundles import Bundle
from pycore.layer import Layer


@dataclass(frozen=True)
class Room:
    """What a game has room for.

    Attributes:
        hidden: most hidden layers.
        units: most neurons in one of them.
        inputs: most inputs.
        batch_norm: whether layers may be normalised.
        largest: of the weights' sizes; a picture has no place for numbers of many digits.
        losses: the losses it may have been trained with; any where there is none.
    """

    hidden: int
    units: int
    inputs: int
    batch_norm: bool = False
    largest: float = float("inf")
    losses: tuple[str, ...] = ()

    def lacks(self, brain: Brain) -> str:
        """Why a brain does not fit, or nothing."""
        units = [n for n, _ in brain.hidden]
        largest = float(np.abs(brain.network.theta).max())
        if len(units) > self.hidden or max(units, default=0) > self.units:
            return say(
                "Its hidden layers have these sizes: {sizes}; allowed: at most {most} of at most "
                "{units} neurons.",
                sizes=", ".join(map(str, units)),
                most=self.hidden,
                units=self.units,
            )
        if len(brain.inputs) > self.inputs:
            n = len(brain.inputs)
            return say("It has {n} inputs; allowed: at most {most}.", n=n, most=self.inputs)
        if brain.batch_norm and not self.batch_norm:
            return say("It has batch norm; allowed: layers without.")
        if largest > self.largest:
            return say(
                "It has a weight of {weight}; allowed: at most {most}.",
                weight=written(float(f"{largest:.3g}")),
                most=written(self.largest),
            )
        if self.losses and brain.loss not in self.losses:
            return say(
                "It was trained with {loss}; allowed: {losses}.",
                loss=say(brain.loss),
                losses=", ".join(map(say, self.losses)),
            )
        return ""


def taken(text: str, room: Room) -> Brain:
    """The brain in a message.

    Raises:
        MessageError: the text holds none, or one there is no room for.
    """
    try:
        brain = read(base64.b64decode(text, validate=True))
        problem = room.lacks(brain)
    except BrainError as error:
        problem = str(error)
    except ValueError:
        problem = say("This file is not a brain; allowed: one that was saved in Train a Brain.")
    if problem:
        raise MessageError(say("Not opened. {reason}", reason=problem))
    return brain


def named(brain: Brain) -> str:
    """A brain in a few words: 2-4-1, tanh."""
    bends = list(dict.fromkeys(name for _, name in brain.hidden))
    return ", ".join(["-".join(map(str, brain.sizes)), *bends])


def opener(brain: Brain | None, take: Offer, leave: Offer, back: str) -> Node:
    """Takes a brain's file, and with one open leaves it again by a button that says `back`."""
    title = say("Your brain: {brain}", brain=named(brain)) if brain else ""
    return h(
        "details",
        h("summary", title or say("Open a brain of your own")),
        h(
            "div",
            widgets.hint(say("Train one in Train a Brain, save it there, open it here.")),
            widgets.row(
                controls.open_file(say("Open a brain"), take, ".npz", binary=True),
                controls.button(back, leave) if brain else None,
            ),
            class_="opener-inside",
        ),
        open=brain is not None,
        class_="opener",
        key="opener",
    )


@contextmanager
def bundled(text: str, kind: str) -> Iterator[Bundle]:
    """The networks in a message, which the block puts into its own.

    Raises:
        MessageError: the text holds none of that kind, or the block finds that they do not fit.
    """
    try:
        yield bundles.read(base64.b64decode(text, validate=True), kind)
    except BrainError as error:
        raise MessageError(say("Not opened. {reason}", reason=str(error))) from None


def put(bundle: Bundle, name: str, network: Layer) -> None:
    """Write a bundle's weights into a network, as they were when a game had rounded them.

    Raises:
        BrainError: they do not fit.
    """
    bundle.fill(name, network)
    np.round(network.theta, DECIMALS, out=network.theta)


def keeper(
    saves: Mapping[str, str], take: Offer, leave: Offer, back: str, kind: str, *hints: str
) -> Node:
    """A drawer to save what was trained, and to open it again.

    Args:
        saves: what stands on each button, by the name of the file that it saves.
        take: the move that opens a file, a binary `File`.
        leave: the move that leaves what is open again.
        back: what stands on the button for that.
        kind: of the bundle.
        hints: what to know of it.
    """
    return widgets.folded(
        say("Take it with you: save, open, PyTorch"),
        [widgets.hint(text) for text in hints],
        widgets.row(
            [controls.save_file(label, name, key=name) for name, label in saves.items()],
            controls.open_file(say("Open a saved one"), take, ".npz", binary=kind),
            controls.button(back, leave),
            key="files",
        ),
        key="keeper",
    )

"""A prompt on its way through the shipped Transformer: every stage and the tensor made there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pycore.arrays import Array
from pycore.layers import Residual, Sequential
from pycore.recipes import tale
from pycore.transformer import TransformerBlock

HEAD = 3 + 6 * tale.BLOCKS
"""The number of the last stage."""
WORDS = {
    "Embed": "Every character takes its own row of a learnt table: 32 numbers, the same wherever "
    "it stands.",
    "+ position": "Every place adds a learnt row of its own, so that two equal characters at two "
    "places differ.",
    "LayerNorm": "Every row is brought to mean 0 and variance 1, then scaled and shifted by learnt "
    "numbers.",
    "Attention": "Every row gathers from the rows up to itself, by the weights A; it never sees a "
    "later one.",
    "FFN": f"Every row by itself goes through {tale.HIDDEN} neurons and back to {tale.N} numbers.",
    "+": "What the layers made is added to what went around them: y = x + F(x).",
    "Head": "Every row becomes one number for each character; softmax of the last row is p.",
}
"""What each kind of stage does, by its name."""


@dataclass(frozen=True)
class Stage:
    """What one stage makes of a prompt.

    Attributes:
        name: what it is called.
        group: the block it belongs to, or where it stands.
        y: its result, (characters, 32), or (characters, vocabulary) at the head.
        x: at a + node what went around the layers, else None.
        F: at a + node what the layers made of x, else None.
        A: the attention's weights, (heads, characters, characters), else None.
    """

    name: str
    group: str
    y: Array
    x: Array | None = None
    F: Array | None = None
    A: Array | None = None


@lru_cache(maxsize=8)
def trace(prompt: str) -> tuple[Stage, ...]:
    """Send the prompt through the network, layer by layer, and keep what each stage makes.

    Raises:
        TypeError: the network is not built of pre-norm blocks.
    """
    embed, place, *blocks, norm, head = tale.trained()
    x = embed.forward(np.array([tale.vocabulary().encode(prompt)]))
    stages = [Stage("Embed", "in", x[0])]
    x = place.forward(x)
    stages.append(Stage("+ position", "in", x[0]))
    for number, block in enumerate(blocks, start=1):
        if not isinstance(block, TransformerBlock):
            raise TypeError(f"trace: {block}; allowed: blocks between positions and head")
        group = f"block {number}"
        for around, name in zip(block, ("Attention", "FFN"), strict=True):
            if not (isinstance(around, Residual) and isinstance(around.inner, Sequential)):
                raise TypeError(f"trace: {around}; allowed: the residuals of a pre-norm block")
            first, *layers = around.inner
            F = first.forward(x)
            stages.append(Stage("LayerNorm", group, F[0]))
            for layer in layers:
                F = layer.forward(F)
            A = block.attention.A[0] if name == "Attention" else None
            stages.append(Stage(name, group, F[0], A=A))
            y = around.forward(x)
            stages.append(Stage("+", group, y[0], x=x[0], F=F[0]))
            x = y
    x = norm.forward(x)
    stages.append(Stage("LayerNorm", "out", x[0]))
    stages.append(Stage("Head", "out", head.forward(x)[0]))
    return tuple(stages)

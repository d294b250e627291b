"""A prompt on its way through the shipped Transformer: every stage and the tensor made there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from games.words import word
from pycore.arrays import Array
from pycore.layers import Residual, Sequential
from pycore.recipes import tale
from pycore.transformer import TransformerBlock

BLOCK = ("norm-1", "attention", "add-1", "norm-2", "ffn", "add-2")
STAGES = (
    "embed",
    "position",
    *(f"block-{n}-{part}" for n in range(1, tale.BLOCKS + 1) for part in BLOCK),
    "norm",
    "head",
)
"""The stages by their ids, from the text to the numbers behind the probabilities."""
KINDS = {
    "embed": (
        word("Embed"),
        word(
            "Every character is looked up in a learned table: {n} numbers, the same wherever it is."
        ),
    ),
    "position": (
        word("+ position"),
        word(
            "Every position adds a learned row of its own, so that the same character gets "
            "different numbers in two places."
        ),
    ),
    "norm": (
        word("LayerNorm"),
        word(
            "Every row is brought to mean 0 and variance 1, then scaled and shifted by learned "
            "numbers."
        ),
    ),
    "attention": (
        word("Attention"),
        word(
            "Every row gathers from the rows up to itself, by the weights A. It never sees a later "
            "one."
        ),
    ),
    "ffn": (
        word("FFN"),
        word("Every row by itself goes through {hidden} neurons and back to {n} numbers."),
    ),
    "add": (
        word("+"),
        word("What the layers made is added to what went around them: y = x + F(x)."),
    ),
    "head": (
        word("Head"),
        word("Every row becomes one number for each character; softmax of the last row is p."),
    ),
}
"""Each kind of stage: what it is called, and what it does."""
SIZES = {
    KINDS["embed"][1]: {"n": tale.N},
    KINDS["ffn"][1]: {"n": tale.N, "hidden": tale.HIDDEN},
}
"""The numbers in these texts."""


@dataclass(frozen=True)
class Stage:
    """What one stage makes of a prompt.

    Attributes:
        kind: a name of KINDS.
        block: the block it belongs to; 0 before the first, and one more than there are after them.
        y: its result, (characters, 32), or (characters, vocabulary) at the head.
        x: at a + node what went around the layers, else None.
        F: at a + node what the layers made of x, else None.
        A: the attention's weights, (heads, characters, characters), else None.
    """

    kind: str
    block: int
    y: Array
    x: Array | None = None
    F: Array | None = None
    A: Array | None = None


@lru_cache(maxsize=8)
def trace(prompt: str) -> dict[str, Stage]:
    """Send the prompt through the network, layer by layer; what each of STAGES makes of it.

    Raises:
        TypeError: the network is not built of pre-norm blocks.
    """
    embed, place, *blocks, norm, head = tale.trained()
    x = embed.forward(np.array([tale.vocabulary().encode(prompt)]))
    stages = [Stage("embed", 0, x[0])]
    x = place.forward(x)
    stages.append(Stage("position", 0, x[0]))
    for number, block in enumerate(blocks, start=1):
        if not isinstance(block, TransformerBlock):
            raise TypeError(f"trace: {block}; allowed: blocks between positions and head")
        for around, kind in zip(block, ("attention", "ffn"), strict=True):
            if not (isinstance(around, Residual) and isinstance(around.inner, Sequential)):
                raise TypeError(f"trace: {around}; allowed: the residuals of a pre-norm block")
            first, *layers = around.inner
            F = first.forward(x)
            stages.append(Stage("norm", number, F[0]))
            for layer in layers:
                F = layer.forward(F)
            A = block.attention.A[0] if kind == "attention" else None
            stages.append(Stage(kind, number, F[0], A=A))
            y = around.forward(x)
            stages.append(Stage("add", number, y[0], x=x[0], F=F[0]))
            x = y
    x = norm.forward(x)
    stages.append(Stage("norm", tale.BLOCKS + 1, x[0]))
    stages.append(Stage("head", tale.BLOCKS + 1, head.forward(x)[0]))
    return dict(zip(STAGES, stages, strict=True))

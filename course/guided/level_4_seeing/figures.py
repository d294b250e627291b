"""The figures of part 2 of Level 4: every number in them is the engine's."""

from __future__ import annotations

import numpy as np

from games.ui.node import Node
from games.ui.panes import small_multiples
from games.ui.pixels import picture
from games.words import say
from pycore.convolution import Conv2D
from web.builder.figures import Floats


def edges() -> Node:
    """A drawn letter, and what two small kernels find in it."""
    drawn = ("........", ".######.", ".#......", ".#......", ".####...", ".#......", ".#......")
    image = np.array([[c == "#" for c in row] for row in (*drawn, "........")], float)
    upright = np.array([[-1.0, 0.0, 1.0]] * 3)

    kernels = Conv2D(1, 2, 3, padding=1, rng=np.random.default_rng(0))
    kernels.W[:, :, 0] = np.stack([upright, upright.T], axis=-1)
    found = np.abs(kernels.forward(image[None, :, :, None])[0])

    def panel(title: str, values: Floats, said: str) -> tuple[str, Node]:
        return title, picture(values, "ink", said, largest=1.0)

    found /= found[:, :, 0].max()
    return small_multiples(
        panel(say("the image"), image, say("A letter F, drawn on eight by eight cells.")),
        panel(say("upright edges"), found[:, :, 0], say("Strong beside upright strokes.")),
        panel(say("level edges"), found[:, :, 1], say("Strong beside level strokes.")),
    )

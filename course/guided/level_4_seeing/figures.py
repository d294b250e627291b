"""The figures of part 2 of Level 4: every number in them is the engine's."""

from __future__ import annotations

import numpy as np

from games.ui.node import Node
from games.ui.tensors import feature_maps
from games.words import say
from pycore.convolution import Conv2D


def edges() -> Node:
    """A drawn letter, and what two small kernels find in it."""
    drawn = ("........", ".######.", ".#......", ".#......", ".####...", ".#......", ".#......")
    image = np.array([[c == "#" for c in row] for row in (*drawn, "........")], float)
    upright = np.array([[-1.0, 0.0, 1.0]] * 3)

    kernels = Conv2D(1, 2, 3, padding=1, rng=np.random.default_rng(0))
    kernels.W[:, :, 0] = np.stack([upright, upright.T], axis=-1)
    found = np.abs(kernels.forward(image[None, :, :, None])[0])

    found /= found[:, :, 0].max()
    return feature_maps(
        say("A letter F, and where each of two kernels answers strongly"),
        np.stack([image, found[:, :, 0], found[:, :, 1]]),
        names=[say("the image"), say("upright edges"), say("level edges")],
        largest=1.0,
    )

"""The figures of part 3 of Level 4: every number in them is the engine's."""

from __future__ import annotations

import numpy as np

from games.ui.node import Node
from games.ui.tensors import feature_maps
from games.words import say
from pycore import images
from pycore.models.diffusion import cosine
from web.builder.figures import Floats


def noising() -> Node:
    """A scribbled 4 at four stages of a diffusion's forward process."""
    rng = np.random.default_rng(4)
    x = 2 * images.glyphs(1, 0.0, rng, "4", 24)[0] - 1
    noise, steps = rng.normal(size=x.shape), cosine(100)

    def after(step: int) -> Floats:
        return steps.forward(x, np.array([step - 1]), noise)[0, :, :, 0]

    stages = (20, 50, steps.steps)
    drawn = [x[0, :, :, 0], *map(after, stages)]
    return feature_maps(
        say("A scribbled 4, with more and more noise"),
        (np.array(drawn) + 1) / 2,
        names=[say("the drawing"), *(say("after step {step}", step=step) for step in stages)],
        largest=1.3,
    )

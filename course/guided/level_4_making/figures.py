"""The figures of part 3 of Level 4: every number in them is the engine's."""

from __future__ import annotations

import numpy as np

from games.ui.node import Node
from games.ui.panes import small_multiples
from games.ui.pixels import picture
from games.words import say
from pycore import images
from pycore.models.diffusion import cosine
from web.builder.figures import Floats


def noising() -> Node:
    """A scribbled 4 at four stages of a diffusion's forward process."""
    rng = np.random.default_rng(4)
    x = 2 * images.glyphs(1, 0.0, rng, "4", 24)[0] - 1
    noise, steps = rng.normal(size=x.shape), cosine(100)

    def panel(title: str, values: Floats) -> tuple[str, Node]:
        return title, picture((values[0, :, :, 0] + 1) / 2, "ink", title, largest=1.3)

    def after(step: int) -> tuple[str, Node]:
        mixed = steps.forward(x, np.array([step - 1]), noise)
        return panel(say("after step {step}", step=step), mixed)

    return small_multiples(panel(say("the drawing"), x), after(20), after(50), after(steps.steps))

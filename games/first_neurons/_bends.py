"""The engine's activation functions by name, and what one can see of each; it knows no game."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pycore import activations
from pycore.activations import Activation, Identity, LeakyReLU, TanhGELU

LEAK = 0.1
"""LeakyReLU's slope on the left; the engine's 0.01 could not be told from 0 in a picture."""
FAR = 30.0
"""An input so far out that every activation has come to its end: flat, or a straight line."""


def bends() -> dict[str, Activation]:
    """Every activation of `pycore.activations` that bends, by its id, in its order.

    But for TanhGELU, which no eye tells from GELU.
    """
    found = [
        kind
        for kind in vars(activations).values()
        if isinstance(kind, type) and issubclass(kind, Activation)
    ]
    return {
        _id(kind.__name__): LeakyReLU(LEAK) if kind is LeakyReLU else kind()
        for kind in found
        if kind not in (Activation, Identity, TanhGELU)
    }


def name_of(activation: str) -> str:
    """What an activation is called: the name of its class."""
    return type(bends()[activation]).__name__


def _id(name: str) -> str:
    return {"LeakyReLU": "leaky-relu"}.get(name, name.lower())


@dataclass(frozen=True)
class Shape:
    """What one can see of a curve, however it is shifted or stretched sideways.

    Attributes:
        top: the height it never rises above; infinite where it goes on rising.
        floor: the height it never falls below; infinite where it goes on falling to the left.
        corner: whether it has a corner, that is, whether its slope jumps.
    """

    top: float
    floor: float
    corner: bool


def shape(f: Activation) -> Shape:
    """Measure f on a grid from -FAR to FAR, and its slopes at both ends."""
    z = np.linspace(-FAR, FAR, 60_001)
    y, slope = f.function(z), f.derivative(z)
    return Shape(
        top=math.inf if slope[-1] > 1e-3 else float(y.max()),
        floor=-math.inf if slope[0] > 1e-3 else float(y.min()),
        corner=bool(np.abs(np.diff(slope)).max() > 0.1),
    )

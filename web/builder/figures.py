"""Finds an article's figures, and holds what several of them are made with. It knows no page.

Every public function of `figures.py` beside an article is a figure of it: it returns a `Node`, and
every number in it is the engine's. The text calls `cross_entropy` `cross-entropy`.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FunctionType

import numpy as np
from numpy.typing import NDArray

from games.ui.node import Node
from games.ui.plots import Axes

FIGURES = "figures.py"

Floats = NDArray[np.floating]


def read_figures(folder: Path) -> Mapping[str, Callable[..., Node]]:
    """Return an article's figures by the names that its text gives them; they are not drawn yet."""
    path = folder / FIGURES
    if not path.exists():
        return {}
    name = f"course.{folder.parent.name}.{folder.name}.{path.stem}"
    text, module = path.read_text("utf-8"), sys.modules.get(name)
    if module is None or getattr(module, "__text__", "") != text:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec
        assert spec.loader
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        exec(compile(text, path, "exec"), vars(module))
        module.__dict__["__text__"] = text
    return {
        name.replace("_", "-"): thing
        for name, thing in vars(module).items()
        if isinstance(thing, FunctionType)
        and thing.__module__ == module.__name__
        and name[0] != "_"
    }


def inside(axes: Axes, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The line through (x, y) with gaps where it leaves the axes, to a fortieth of a segment."""
    share = np.arange(40 * (len(x) - 1) + 1) / 40
    given = share % 1 == 0
    x, y = (np.interp(share, np.arange(len(x)), v) for v in (x, y))
    outside = (x < axes.x[0]) | (x > axes.x[1]) | (y < axes.y[0]) | (y > axes.y[1])
    y = np.where(outside, np.nan, y)
    leaves = outside[1:] != outside[:-1]
    keep = given | np.r_[leaves, False] | np.r_[False, leaves]
    return x[keep], y[keep]

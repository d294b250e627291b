"""What an article computes: its cells, run once however often it is read. It knows no Markdown.

The cells that the reader does not see stand in `values.py` beside the article, for every language
to use: a script in the percent format, whose cells are called by the anchor of the heading that
they belong to. What stands above the first of them runs before everything else.

    import numpy as np

    # %% neuron
    x, w = np.array([1.0, 3.0]), np.array([0.8, -0.2])
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import pycore
from web.scratch import evaluate

VALUES = "values.py"
_CELL = re.compile(r"^# %%[ \t]*(.*?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A piece of Python with the line of its file where it begins."""

    code: str
    line: int = 1


def read_values(path: Path) -> tuple[Cell, dict[str, Cell]]:
    """Return what a file of values begins with, and its cells by the anchor they belong to.

    Raises:
        ValueError: a cell without a name or with one given before; `line: what is wrong`.
    """
    if not path.exists():
        return Cell(""), {}
    text = path.read_text("utf-8")
    found = list(_CELL.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)][: len(found)]
    first = Cell(text[: found[0].start() if found else len(text)])
    cells: dict[str, Cell] = {}
    for match, end in zip(found, ends, strict=True):
        line, name = text.count("\n", 0, match.start()) + 1, match[1]
        if not name:
            raise ValueError(f"{line}: a cell is called by an anchor of its article: # %% anchor")
        if name in cells:
            raise ValueError(f"{line}: the cell {name!r} is already in line {cells[name].line}")
        cells[name] = Cell(text[match.end() : end], line)
    return first, cells


@dataclass
class State:
    """The names that there are after some cells, and what the last of them printed.

    Every language of an article goes the same way from state to state, so that its cells run once;
    a language that differs goes a way of its own from there on.
    """

    names: dict[str, Any]
    printed: str = ""
    _next: dict[str, State] = field(default_factory=dict)

    def after(self, code: str) -> State:
        """The state after one more cell."""
        tree = ast.parse(code)
        key = ast.dump(tree)
        if key not in self._next:
            names = dict(self.names)
            self._next[key] = State(names, _run(code, tree, names))
        return self._next[key]


def begin() -> State:
    """What every article starts with: `np` and the engine's modules."""
    names: dict[str, Any] = {"np": np}
    for module in pkgutil.iter_modules(pycore.__path__):
        names[module.name] = importlib.import_module(f"pycore.{module.name}")
    return State(names)


def _run(code: str, tree: ast.Module, names: dict[str, Any]) -> str:
    """Run a cell as a notebook does; return what it printed, its last expression included."""
    printed, value = evaluate(code, names)
    if value is None or not (tree.body and isinstance(tree.body[-1], ast.Expr)):
        return printed
    with np.printoptions(precision=4, suppress=True):
        return f"{printed}\n{value}".strip()

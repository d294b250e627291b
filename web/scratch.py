"""Lines of Python run on the numbers of a formula card. It knows no browser, and cannot stop them.

The builder runs a card's own lines with it; in the browser a worker that can be thrown away runs
what the learner has made of them.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import json
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

FILE = "<line>"
"""What tracebacks call the code."""
LONGEST = 4000
"""Characters of an answer that are shown."""
MOST = 500
"""Numbers of a value that are compared."""
DEEPEST = 64
"""Brackets inside brackets that are read: a browser's Python does not survive all too many."""

READABLE: dict[str, Any] = {"precision": 4, "suppress": True, "legacy": "1.25"}
"""How NumPy prints; by the legacy way a number in a tuple is 0.5 and not np.float64(0.5)."""


class PackError(TypeError):
    """A value that cannot travel to the browser as JSON."""


def evaluate(code: str, names: dict[str, Any]) -> tuple[str, Any]:
    """Run `code` as a notebook does; return what it printed, and the value of its last line.

    The value is that of an expression, or what an assignment to one name gave it; else None.
    """
    tree = ast.parse(code, FILE)
    last: ast.expr | None = None
    match tree.body[-1:]:
        case [ast.Expr(value)]:
            last = value
            tree.body.pop()
        case [ast.Assign([ast.Name(name)]) | ast.AugAssign(ast.Name(name))] | [
            ast.AnnAssign(ast.Name(name))
        ]:
            last = ast.parse(name, FILE, mode="eval").body
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), np.printoptions(**READABLE):
        exec(compile(tree, FILE, "exec"), names)
        end = None if last is None else eval(compile(ast.Expression(last), FILE, "eval"), names)
    return printed.getvalue().rstrip(), end


def shown(value: Any) -> str:
    """A value for reading: numbers to four decimals, large arrays by their ends."""
    if isinstance(value, float | np.floating):
        value = np.asarray(value)
    with np.printoptions(**READABLE, threshold=40, edgeitems=3):
        return np.array2string(value) if isinstance(value, np.ndarray) else str(value)


def agrees(value: Any, other: Any) -> bool:
    """Whether two results have one shape and the same numbers, as far as differences can tell."""
    try:
        a, b = np.asarray(value, float), np.asarray(other, float)
    except (TypeError, ValueError):
        return False
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True))


# --- what travels ---------------------------------------------------------------------------------


def pack(value: Any) -> Any:
    """A value as JSON: an array, a number or text, or a module, function or class by its name.

    Raises:
        PackError: anything else, such as a function that a lesson has made.
    """
    match value:
        case np.ndarray() if value.dtype.kind in "fiub":
            return {"array": value.tolist(), "dtype": value.dtype.name}
        case bool() | int() | float() | str():
            return value
        case np.generic():
            return pack(value.item())
        case ModuleType():
            return {"module": value.__name__}
        case FunctionType() | type() if "." not in value.__qualname__ and value.__name__[0] != "<":
            return {"module": value.__module__, "name": value.__name__}
    raise PackError(f"a {type(value).__name__} is neither numbers nor a name of the engine")


def unpack(packed: Any) -> Any:
    """The value that `pack` made `packed` of."""
    match packed:
        case {"array": values, "dtype": dtype}:
            return np.array(values, dtype)
        case {"module": module, "name": name}:
            return getattr(importlib.import_module(module), name)
        case {"module": module}:
            return importlib.import_module(module)
    return packed


def prepare(code: str, given: str) -> Callable[[], str]:
    """Unpack a card's numbers; return what runs `code` on them and gives the answer as JSON.

    Args:
        code: the learner's lines.
        given: JSON {"names": {name: packed}, "beside": packed or null}.

    Returns:
        A function that returns {"printed", "shown", "value", "error"}, all text: what was printed,
        the result for reading, the result packed for `compare` ("" where it is no numbers, or too
        many), and what went wrong.
    """
    names = {name: unpack(value) for name, value in json.loads(given)["names"].items()}
    return lambda: json.dumps(_answer(code, names))


def _answer(code: str, names: dict[str, Any]) -> Mapping[str, str]:
    answer = dict.fromkeys(("printed", "shown", "value", "error"), "")
    try:
        printed, value = evaluate(code, names)
        result = "" if value is None else shown(value)
        packed = "" if value is None else _numbers(value)
    except BaseException as error:  # whatever it is, it is the learner's to see
        return answer | {"error": explain(error)[:LONGEST]}
    return answer | {"printed": _cut(printed), "shown": _cut(result), "value": packed}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def _numbers(value: Any) -> str:
    try:
        found = np.asarray(value)
        return json.dumps(pack(found)) if found.size <= MOST else ""
    except (PackError, ValueError):
        return ""


def watch() -> Callable[[], bool]:
    """Take note of what lines run with; return what tells whether all of it is still in its place.

    A line may replace `json.dumps` or empty a module. What runs after it would then suffer for it.
    """
    modules = dict(sys.modules)
    noted = [
        (vars(owner), name, value) for owner in _owners(modules) for name, value in _parts(owner)
    ]

    def intact() -> bool:
        for name, module in modules.items():
            if sys.modules.get(name) is not module:
                return False
        for place, name, value in noted:  # noqa: SIM110 (`all` may be replaced too)
            if place.get(name) is not value:
                return False
        return True

    return intact


def _owners(modules: Mapping[str, ModuleType]) -> Iterator[ModuleType | type]:
    for name, module in modules.items():
        if isinstance(module, ModuleType):
            yield module
            if name.startswith("pycore"):
                yield from (part for _, part in _parts(module) if isinstance(part, type))


def _parts(owner: ModuleType | type) -> list[tuple[str, Any]]:
    return [(name, part) for name, part in vars(owner).items() if callable(part)]


def compare(given: str, value: str) -> dict[str, Any]:
    """Return {"shown", "agrees"} for a value beside a card's: how it reads, and whether it agrees.

    Args:
        given: as in `prepare`; the card's own.
        value: what `prepare` gave, or anything else, for the learner's lines may forge it. What
            is no array of numbers is shown as nothing and agrees with nothing.
    """
    beside = unpack(json.loads(given)["beside"])
    if max(accumulate((mark in "[{") - (mark in "]}") for mark in value), default=0) > DEEPEST:
        return {"shown": "", "agrees": False}
    try:
        packed = json.loads(value)
        dtype = np.dtype(packed["dtype"])
        if dtype.kind not in "fiub":
            raise PackError(f"{dtype} is no kind of number")
        found = np.array(packed["array"], dtype)
    except (ValueError, TypeError, LookupError, OverflowError):
        return {"shown": "", "agrees": False}
    return {"shown": shown(found[()]), "agrees": agrees(found, beside)}


def explain(error: BaseException) -> str:
    """The last line of the traceback, opened by the number of the line that was running."""
    if isinstance(error, SyntaxError):
        line, said = error.lineno, f"{type(error).__name__}: {error.msg}"
    else:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(frames) if f.filename == FILE), None)
        said = traceback.format_exception_only(error)[-1].strip()
    return f"Line {line}: {said}" if line else said

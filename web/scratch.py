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
import traceback
from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

FILE = "<line>"
"""What tracebacks call the code."""
LONGEST = 4000
"""Characters of an answer that are shown."""

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
        A function that returns {"text", "agrees"}: what was printed and the result, and whether it
        agrees with `beside` (null where there is nothing to compare); or {"text", "error"}.
    """
    packed = json.loads(given)
    names = {name: unpack(value) for name, value in packed["names"].items()}
    beside = unpack(packed["beside"])
    return lambda: json.dumps(_answer(code, names, beside))


def _answer(code: str, names: dict[str, Any], beside: Any) -> Mapping[str, Any]:
    try:
        printed, value = evaluate(code, names)
        result = "" if value is None else shown(value)
    except BaseException as error:  # whatever it is, it is the learner's to see
        return {"text": "", "error": explain(error)}
    text = "\n".join(part for part in (printed, result) if part)
    if len(text) > LONGEST:
        text = text[:LONGEST] + " …"
    compared = None if beside is None or value is None else agrees(value, beside)
    return {"text": text, "agrees": compared}


def explain(error: BaseException) -> str:
    """The last line of the traceback, opened by the number of the line that was running."""
    if isinstance(error, SyntaxError):
        line, said = error.lineno, f"{type(error).__name__}: {error.msg}"
    else:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(frames) if f.filename == FILE), None)
        said = traceback.format_exception_only(error)[-1].strip()
    return f"Line {line}: {said}" if line else said

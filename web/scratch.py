"""Lines of Python run on the numbers of a formula card. It knows no browser, and cannot stop them.

The builder runs a card's own lines with it; in the browser a worker that can be thrown away runs
what the learner has made of them. Where the last line is a comparison, `a <= b`, it is a claim, and
comes to its two sides (`Sides`): a proof is read by how far they are apart.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import json
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from types import FunctionType, MappingProxyType, ModuleType
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

READABLE: Mapping[str, Any] = MappingProxyType({"precision": 4, "suppress": True, "legacy": "1.25"})
"""How NumPy prints; by the legacy way a number in a tuple is 0.5 and not np.float64(0.5)."""


CLAIMS: Mapping[type[ast.cmpop], str] = MappingProxyType(
    {ast.Eq: "==", ast.LtE: "<=", ast.GtE: ">="}
)
"""The comparisons that a claim may be."""


class PackError(TypeError):
    """A value that cannot travel to the browser as JSON."""


@dataclass(frozen=True)
class Sides:
    """A claim's two sides, and the sign between them."""

    left: Any
    sign: str
    right: Any

    @property
    def slack(self) -> Any:
        """How far apart they are; for an inequality the room that is left, below 0 for none.

        Raises:
            TypeError: a side is complex, or no number.
        """
        return self._floats[2]

    @cached_property
    def _floats(self) -> tuple[Any, Any, Any]:
        """Left, right and slack as floats, or why there are none."""
        if np.iscomplexobj(self.left) or np.iscomplexobj(self.right):
            raise TypeError("complex numbers are not compared: one is no larger than another")
        a, b = np.asarray(self.left, float), np.asarray(self.right, float)
        with np.errstate(invalid="ignore", over="ignore"):  # told by `lost`
            return a, b, a - b if self.sign == ">=" else b - a

    @property
    def lost(self) -> bool:
        """Whether its numbers have left what a float can hold: then it says neither yes nor no."""
        try:
            return not _finite(*self._floats)
        except OverflowError:  # a whole number of Python's
            return True
        except (TypeError, ValueError):
            return False

    @property
    def holds(self) -> bool:
        """Whether it is so, as far as rounding can tell; NaN and what is no number are nowhere."""
        if self.lost:
            return False
        try:
            left, right, slack = self._floats
        except (TypeError, ValueError):
            return False
        size = 1e-9 * np.maximum(np.abs(left), np.abs(right))
        room = -np.abs(slack) if self.sign == "==" else slack
        return np.size(room) > 0 and bool(np.all(room >= -size - 1e-12))


def evaluate(code: str, names: dict[str, Any], *, claims: bool = False) -> tuple[str, Any]:
    """Run `code` as a notebook does; return what it printed, and the value of its last line.

    The value is that of an expression, or what an assignment to one name gave it; else None. With
    `claims` a last line that compares two things comes to `Sides`.
    """
    tree = ast.parse(code, FILE)
    last: ast.expr | None = None
    claimed = ""
    match tree.body[-1:]:
        case [ast.Expr(ast.Compare(left, [sign], [right]) as claim)] if claims and (
            claimed := CLAIMS.get(type(sign), "")
        ):
            last = ast.copy_location(ast.Tuple([left, right], ast.Load()), claim)
            tree.body.pop()
        case [ast.Expr(value)]:
            last = value
            tree.body.pop()
        case [ast.Assign([ast.Name(name)]) | ast.AugAssign(ast.Name(name))] | [
            ast.AnnAssign(ast.Name(name))
        ]:
            last = ast.parse(name, FILE, mode="eval").body
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), np.printoptions(**READABLE), np.errstate():
        exec(compile(tree, FILE, "exec"), names)
        end = None if last is None else eval(compile(ast.Expression(last), FILE, "eval"), names)
    if claimed and end is not None:
        end = Sides(end[0], claimed, end[1])
    return printed.getvalue().rstrip(), end


def shown(value: Any) -> str:
    """A value for reading: numbers to four decimals, large arrays by their ends."""
    if isinstance(value, float | np.floating):
        value = np.asarray(value)
    if isinstance(value, Sides):
        return f"{shown(value.left)} {value.sign} {shown(value.right)}"
    with np.printoptions(**READABLE, threshold=40, edgeitems=3):
        return np.array2string(value) if isinstance(value, np.ndarray) else str(value)


def _finite(*values: Any) -> bool:
    """Whether all of these numbers are within what a float can hold."""
    return all(bool(np.all(np.isfinite(np.asarray(value, float)))) for value in values)


def agrees(value: Any, other: Any) -> bool:
    """Whether two results have one shape and the same numbers, as far as differences can tell."""
    try:
        a, b = np.asarray(value, float), np.asarray(other, float)
    except (TypeError, ValueError, OverflowError):
        return False
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True))


# --- what travels ---------------------------------------------------------------------------------


def pack(value: Any) -> Any:
    """A value as JSON: an array, a number or text, or a module, function or class by its name.

    Raises:
        PackError: anything else, such as a function that a lesson has made.
    """
    match value:
        case Sides():
            left, right = pack(_measurable(value.left)), pack(_measurable(value.right))
            return {"left": left, "sign": value.sign, "right": right}
        case np.ndarray() if value.dtype.kind in "fiub":
            if value.dtype == np.longdouble:  # whose digits JSON has no room for
                value = value.astype(np.float64)
            return {"array": value.tolist(), "dtype": value.dtype.name}
        case bool() | int() | float() | str():
            return value
        case np.generic():
            return pack(value.item())
        case ModuleType():
            return {"module": value.__name__}
        case FunctionType() | type() if _found(value.__module__, value.__qualname__) is value:
            return {"module": value.__module__, "name": value.__name__}
    raise PackError(f"a {type(value).__name__} is neither numbers nor a name of the engine")


def _measurable(value: Any) -> np.ndarray[Any, Any]:
    """A value as an array; whole numbers that no float can hold are told as inf."""
    found = np.asarray(value)
    if found.dtype == object:
        try:
            found = found.astype(float)
        except OverflowError:
            found = np.full(found.shape, np.inf)
    return found


def _found(module: str, name: str) -> Any:
    """What a module has under a name; what a lesson has made is in none."""
    return vars(sys.modules[module]).get(name) if module in sys.modules else None


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
        given: JSON {"names": {name: packed}, "beside": packed or null, "claims": true or false},
            the last for whether a line that compares is a claim; and "above", the code of the runs
            that this one goes on from, and "anew", an expression for what stands beside it, where
            that can be computed of the learner's numbers too.

    Returns:
        A function that returns {"printed", "shown", "value", "error"}, all text: what was printed,
        the result for reading, the result packed for `compare` ("" where it is no numbers, or too
        many), and what went wrong.
    """
    known = json.loads(given)
    names = {name: unpack(value) for name, value in known["names"].items()}
    above = known.get("above", [])
    claims, anew = known.get("claims", False), known.get("anew", "")
    return lambda: json.dumps(_answer(code, names, above, claims, anew))


def _answer(
    code: str, names: dict[str, Any], above: Sequence[str], claims: bool, anew: str
) -> Mapping[str, str]:
    answer = dict.fromkeys(("printed", "shown", "value", "error"), "")
    for n, earlier in enumerate(above, 1):
        try:
            evaluate(earlier, names)
        except BaseException as error:
            return answer | {"error": f"Cell {n}, above: {explain(error)}"[:LONGEST]}
    try:
        printed, value = evaluate(code, names, claims=claims)
        result = "" if value is None else shown(value)
        packed = "" if value is None else _numbers(value)
    except BaseException as error:  # whatever it is, it is the learner's to see
        return answer | {"error": explain(error)[:LONGEST]}
    if packed and anew:
        try:
            other = _numbers(evaluate(anew, names)[1])
        except BaseException as error:
            return answer | {"error": f"What is beside it: {explain(error)}"[:LONGEST]}
        packed = f'{{"value": {packed}, "beside": {other}}}' if other else ""
    return answer | {"printed": _cut(printed), "shown": _cut(result), "value": packed}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def _numbers(value: Any) -> str:
    try:
        if isinstance(value, Sides):
            small = np.size(value.left) + np.size(value.right) <= MOST
            return json.dumps(pack(value)) if small else ""
        found = _measurable(value)
        return json.dumps(pack(found)) if found.size <= MOST else ""
    except (PackError, ValueError, TypeError):
        return ""


def watch() -> Callable[[], bool]:
    """Take note of what lines run with; return what tells whether all of it is still in its place.

    A line may replace `json.dumps`, `np.pi`, a constant of the engine or its `np`, or empty a
    module. What runs after it would then suffer for it.
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
    named = owner.__name__ if isinstance(owner, ModuleType) else ""
    ours = named == __name__ or named.partition(".")[0] == "pycore"
    return [
        (name, part)
        for name, part in vars(owner).items()
        if callable(part)
        or isinstance(part, ModuleType)
        or (isinstance(part, float) and not name.startswith("_"))  # those a library may count with
        or (ours and not name.startswith("__"))
    ]


def compare(given: str, value: str) -> dict[str, Any]:
    """Return {"shown", "right", "agrees"} for a value: it, what is beside it, whether they agree.

    Of a claim, {"shown", "right", "slack", "agrees"}: its sides, their distance, whether it holds.
    Of both "lost" too: whether the numbers have left what a float can hold, which is no verdict.

    Args:
        given: as in `prepare`; the card's own.
        value: what `prepare` gave, or anything else, for the learner's lines may forge it. What
            is no array of numbers is shown as nothing and agrees with nothing. Where what is beside
            it was computed anew, it is in there as well.
    """
    known = json.loads(given)
    nothing = {"shown": "", "agrees": False}
    if max(accumulate((mark in "[{") - (mark in "]}") for mark in value), default=0) > DEEPEST:
        return nothing
    try:
        packed = json.loads(value)
        if not known.get("claims", False):
            anew = bool(known.get("anew"))
            found = _array(packed["value"] if anew else packed)
            own = np.asarray(unpack(known["beside"]))
            other = _array(packed["beside"]) if anew else own
            return {
                "shown": shown(found[()]),
                "right": shown(other[()]),
                "agrees": agrees(found, other),
                "lost": _finite(own) and not _finite(found, other),
            }
        if packed["sign"] not in CLAIMS.values():
            return nothing
        return sides(Sides(_array(packed["left"]), packed["sign"], _array(packed["right"])))
    except (ValueError, TypeError, LookupError, OverflowError):
        return nothing


def sides(claim: Sides) -> dict[str, Any]:
    """How a claim reads, and whether it holds.

    Raises:
        ValueError: its sides are not of one shape.
    """
    left, right, slack = (np.asarray(s)[()] for s in (claim.left, claim.right, claim.slack))
    texts = {"shown": shown(left), "right": shown(right), "slack": shown(slack)}
    return {**texts, "agrees": claim.holds, "lost": claim.lost}


def _array(packed: Any) -> np.ndarray[Any, Any]:
    dtype = np.dtype(packed["dtype"])
    if dtype.kind not in "fiub":
        raise PackError(f"{dtype} is no kind of number")
    return np.array(packed["array"], dtype)


def explain(error: BaseException) -> str:
    """The last line of the traceback, opened by the number of the line that was running."""
    if isinstance(error, SyntaxError):
        line, said = error.lineno, f"{type(error).__name__}: {error.msg}"
    else:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(frames) if f.filename == FILE), None)
        with np.printoptions(**READABLE):
            said = traceback.format_exception_only(error)[-1].strip()
    return f"Line {line}: {said}" if line else said

"""A formula of the learner's own on the engine's tape. It draws nothing, and carries out no Python.

Python's parser only reads it: a tree in which every node is a letter, a number or an operation that
`pycore.autodiff` has, and whatever else stands in it is refused by name. One line or several, with
a name for what is used again:

    u = a * b
    u * (u + a)
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from games.words import indexed, say
from pycore.autodiff import Tensor

LETTERS = ("a", "b", "c")
"""The inputs that a formula may have."""
RESULT = "y"
LONGEST, MOST = 80, 8
"""Characters of a formula, and operations on its tape."""
LARGEST, POWERS = 100.0, range(2, 6)
"""Of a plain number; what a power may be."""
EXAMPLE = "u = a * b\nu * (u + a)"

SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.Div: "÷"}
APPLIED: dict[str, Callable[..., Tensor]] = {
    "+": lambda p, q: p + q,
    "−": lambda p, q: p - q,
    "×": lambda p, q: p * q,
    "÷": lambda p, q: p / q,
    "^": lambda p, n: p ** int(n),
    "exp": Tensor.exp,
    "log": Tensor.log,
    "relu": Tensor.relu,
    "sigmoid": Tensor.sigmoid,
    "sin": Tensor.sin,
    "tanh": Tensor.tanh,
}
"""What the tape does at each sign."""
FUNCTIONS = [name for name in APPLIED if name.isalpha()]
TYPED = str.maketrans(
    {"×": "*", "·": "*", "−": "-", "–": "-", "÷": "/", "^": "**", "²": "**2", "³": "**3"}
)
"""How people write what Python writes otherwise."""

Operand = str | float
"""The name of a number on the tape, or a plain number."""


class FormulaError(ValueError):
    """What is wrong with a formula, and what is allowed, for whoever wrote it."""


@dataclass(frozen=True)
class Line:
    """One operation: what its result is called, the sign, and what it takes."""

    name: str
    sign: str
    inputs: tuple[Operand, ...]


@dataclass(frozen=True)
class Formula:
    """What was read: the letters in it and its operations, each after those that it needs."""

    letters: tuple[str, ...]
    lines: tuple[Line, ...]

    def run(self, at: Mapping[str, float], start: str = "") -> dict[str, Tensor]:
        """Every number by its name, made by the engine; changes go along from `start`, if given."""
        made: dict[str, Tensor] = {
            letter: Tensor(at[letter], tangent=float(letter == start) if start else None)
            for letter in self.letters
        }
        with np.errstate(all="ignore"):
            for line in self.lines:
                taken = (made[x] if isinstance(x, str) else x for x in line.inputs)
                made[line.name] = APPLIED[line.sign](*taken)
        return made


@dataclass(frozen=True)
class Walks:
    """What the engine found at some inputs.

    Attributes:
        values: of each number.
        arrows: (from, to, local slope), two where a number is taken twice.
        back: the numbers in the order in which a walk back passes them.
        bars: how fast y moves with each.
        dots: how fast each moves with an input, by input.
    """

    values: dict[str, float]
    arrows: list[tuple[str, str, float]]
    back: list[str]
    bars: dict[str, float]
    dots: dict[str, dict[str, float]]

    @property
    def lost(self) -> str | None:
        """The first number that is not finite, or else the first with such a slope; or None."""
        slopes = [self.bars, *self.dots.values()]
        for found in (self.values, *slopes):
            for name in reversed(self.back):
                if not np.isfinite(found[name]):
                    return name
        return next((end for _, end, slope in self.arrows if not np.isfinite(slope)), None)


def walked(formula: Formula, at: Mapping[str, float]) -> Walks:
    """Run a formula, walk its tape back once, and forwards once from each letter."""
    made = formula.run(at)
    names = {id(tensor): name for name, tensor in made.items()}
    order = [tensor for tensor in made[RESULT].walk() if id(tensor) in names]
    arrows = []
    with np.errstate(all="ignore"):
        made[RESULT].backward()
        for tensor in order:
            if tensor.op is not None:
                arrays = [x.data for x in tensor.inputs]
                slopes = tensor.op.pull(np.ones(()), tensor.data, *arrays)
                arrows += [
                    (names[id(x)], names[id(tensor)], float(slope))
                    for x, slope in zip(tensor.inputs, slopes, strict=True)
                    if id(x) in names  # a plain number has no box
                ]
    kept = [names[id(tensor)] for tensor in order]
    dots = {}
    for letter in (name for name in kept if name in LETTERS):
        pushed = formula.run(at, letter)
        dots[letter] = {name: _number(pushed[name].tangent) for name in kept}
    return Walks(
        {name: _number(made[name].data) for name in kept},
        arrows,
        kept[::-1],
        {name: _number(made[name].grad) for name in kept},
        dots,
    )


def _number(held: object) -> float:
    return float(np.asarray(held, float))


def differences(
    formula: Formula, at: Mapping[str, float], letter: str, step: float = 1e-4
) -> float:
    """How fast y moves with a letter, by two runs a little above and below."""
    above, below = (
        formula.run({**at, letter: at[letter] + side * step})[RESULT].item() for side in (1, -1)
    )
    return (above - below) / (2 * step)


def read(text: str) -> Formula:
    """Read a formula.

    Raises:
        FormulaError: it is none; what was wrong, and what is allowed.
    """
    typed = text.translate(TYPED).strip()
    lines = [part.strip() for line in typed.splitlines() for part in line.split(";")]
    source = "\n".join(filter(None, lines))
    if not source:
        raise FormulaError(say("Nothing is written. Try {example}.", example=_said(EXAMPLE)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of numbers that run into a word, as in 1or
            body = ast.parse(source).body
    except SyntaxError as error:
        raise FormulaError(_broken(source, error)) from None
    except ValueError:
        raise FormulaError(say("It cannot be read: one of its characters is broken.")) from None
    reader = _Reader(source)
    for statement in body[:-1]:
        reader.name(statement)
    return reader.end(body[-1])


def _said(source: str) -> str:
    """A formula in one line."""
    return "; ".join(source.splitlines())


def _broken(source: str, error: SyntaxError) -> str:
    """Where a formula could not be read."""
    lines = source.splitlines()
    row, column = (error.lineno or 1) - 1, (error.offset or 1) - 1
    rest = lines[row][column:].strip() if row < len(lines) else ""
    if not rest:
        return say("It breaks off: something is missing at the end of a line.")
    return say(
        "It cannot be read from “{rest}” on. Products need their sign, as in 2 * a.", rest=rest
    )


@dataclass
class _Reader:
    """Goes through the tree of a formula and writes its operations down."""

    source: str
    known: dict[str, Operand] = field(default_factory=lambda: {x: x for x in LETTERS})
    lines: list[Line] = field(default_factory=list)

    def name(self, statement: ast.stmt) -> None:
        """A line that gives a name to what it computes."""
        match statement:
            case ast.Assign([ast.Name(name)], value):
                pass
            case ast.Expr():
                raise FormulaError(
                    say(
                        "Only the last line is without a name; before it each gives one, as in "
                        "u = {part}.",
                        part=self._part(statement),
                    )
                )
            case _:
                raise self._unknown(statement)
        if not (len(name) == 1 and name.isascii() and name.islower()) or name == RESULT:
            raise FormulaError(
                say("{name} is no name here: take one small letter, such as u or w.", name=name)
            )
        if name in self.known:
            raise FormulaError(say("{name} has a value already: take another letter.", name=name))
        self.known[name] = self._operand(value, name)

    def end(self, statement: ast.stmt) -> Formula:
        """The last line, whose value is y."""
        match statement:
            case ast.Expr(value):
                pass
            case ast.Assign([ast.Name(name)], value):
                if name != RESULT:
                    raise FormulaError(
                        say(
                            "The last line gives the result: write it without a name, or with y "
                            "in place of {name}.",
                            name=name,
                        )
                    )
            case _:
                raise self._unknown(statement)
        before = len(self.lines)
        self._operand(value, RESULT)
        if len(self.lines) == before:
            raise FormulaError(
                say(
                    "“{part}” computes nothing: the last line needs an operation, such as a * b.",
                    part=self._part(value),
                )
            )
        if len(self.lines) > MOST:
            raise FormulaError(
                say(
                    "These are {n} operations; at most {most} have room.",
                    n=len(self.lines),
                    most=MOST,
                )
            )
        taken = {x for line in self.lines for x in line.inputs}
        for line in self.lines[:-1]:
            if line.name not in taken:
                raise FormulaError(
                    say("{name} is never used: put it into a later line.", name=line.name)
                )
        return Formula(tuple(x for x in LETTERS if x in taken), tuple(self.lines))

    def _operand(self, node: ast.expr, name: str = "") -> Operand:
        """A number of the tape, or a plain one; an operation is written down as `name`."""
        match node:
            case ast.Constant(int() | float() as number) if not isinstance(number, bool):
                return self._plain(node, float(number))
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as number)):
                return self._plain(node, -float(number))
            case ast.Name(letter):
                if letter not in self.known:
                    raise self._unknown(node)
                return self.known[letter]
            case ast.UnaryOp(ast.USub(), inner):
                return self._line(node, name, "×", (-1.0, self._operand(inner)))
            case ast.BinOp(base, ast.Pow(), power):
                n = power.value if isinstance(power, ast.Constant) else None
                if not isinstance(n, int | float) or isinstance(n, bool) or n not in POWERS:
                    raise FormulaError(
                        say(
                            "In “{part}” the power must be a whole number from {low} to {high}.",
                            part=self._part(node),
                            low=POWERS[0],
                            high=POWERS[-1],
                        )
                    )
                return self._line(node, name, "^", (self._operand(base), float(n)))
            case ast.BinOp(left, sign, right) if type(sign) in SIGNS:
                both = self._operand(left), self._operand(right)
                return self._line(node, name, SIGNS[type(sign)], both)
            case ast.Call(ast.Name(function), [inner], []) if function in FUNCTIONS:
                return self._line(node, name, function, (self._operand(inner),))
        raise self._unknown(node)

    def _line(self, node: ast.expr, name: str, sign: str, inputs: tuple[Operand, ...]) -> str:
        if not any(isinstance(x, str) for x in inputs):
            raise FormulaError(
                say(
                    "“{part}” holds no letter: write the number that it comes to.",
                    part=self._part(node),
                )
            )
        unnamed = sum(line.name[0] == "v" and len(line.name) > 1 for line in self.lines)
        self.lines.append(Line(name or indexed("v", unnamed + 1), sign, inputs))
        return self.lines[-1].name

    def _plain(self, node: ast.expr, number: float) -> float:
        if not abs(number) <= LARGEST:
            raise FormulaError(
                say(
                    "{number} is too large: a number is from −{most} to {most}.",
                    number=self._part(node),
                    most=int(LARGEST),
                )
            )
        return number

    def _part(self, node: ast.AST) -> str:
        """How a part of the formula was written."""
        part = ast.get_source_segment(self.source, node) or self.source
        return _said(part).replace("**", "^")

    def _unknown(self, node: ast.AST) -> FormulaError:
        """Something that the tape has no operation for, or a letter without a value."""
        letters = ", ".join(self.known)
        if isinstance(node, ast.Name):
            return FormulaError(
                say(
                    "{name} has no value. There are {letters}, and functions such as tanh(a).",
                    name=node.id,
                    letters=letters,
                )
            )
        return FormulaError(
            say(
                "“{part}” is no operation of this tape. There are + − * / ^ and {functions}.",
                part=self._part(node),
                functions=", ".join(FUNCTIONS),
            )
        )

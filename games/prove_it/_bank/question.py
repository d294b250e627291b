"""What a question is, and how one is drawn. It knows no lesson, no run and no screen.

A `Concept` is the same at every draw but for the order of its options. A `Numeric` draws an
`Exercise`: numbers for the prompt, the right result, and what real mistakes would give instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from games.ui.numbers import MINUS, fixed

POWERS = "⁰¹²³⁴⁵"
"""Exponents as text."""
OPTIONS = 4
"""How many answers a question offers."""
TRIES = 1000
"""Draws before a numeric question is given up as broken."""
ROUND = (
    "",
    " Round to one decimal.",
    *(f" Round to {n} decimals." for n in ("two", "three", "four")),
)


@dataclass(frozen=True)
class Option:
    """One answer; `mistake` says what leads to it, and is empty for the right one."""

    text: str
    mistake: str = ""


@dataclass(frozen=True)
class Question:
    """A question as it is asked.

    Attributes:
        name: which entry of the bank it comes from.
        subject: the id of the section that teaches it.
        prompt: what is asked.
        options: the answers in the order shown, exactly one of them right.
        because: why the right answer is right.
    """

    name: str
    subject: str
    prompt: str
    options: tuple[Option, ...]
    because: str

    @property
    def right(self) -> int:
        """The index of the right option."""
        return next(i for i, option in enumerate(self.options) if not option.mistake)


@dataclass(frozen=True)
class Concept:
    """A question about an idea; `wrong` maps each wrong answer to what is wrong with it."""

    name: str
    subject: str
    prompt: str
    right: str
    because: str
    wrong: Mapping[str, str]

    def ask(self, rng: np.random.Generator) -> Question:
        """This question with its options shuffled."""
        wrong = [Option(text, mistake) for text, mistake in self.wrong.items()]
        options = _shuffled([Option(self.right), *wrong], rng)
        return Question(self.name, self.subject, self.prompt, options, self.because)


@dataclass(frozen=True)
class Exercise:
    """One draw of a numeric question.

    `prompt`, `because` and the mistakes' names are templates: `{w}` is the number `w` of `given` or
    of `worked`, `{right}` the right answer. So a prompt cannot show other numbers than were used.

    Attributes:
        given: the numbers that the prompt shows.
        right: the right answer, as the engine (or the formula, where it has no layer) computes it.
        mistakes: what is wrong with an answer → the answer that this mistake gives.
        digits: decimals of the options.
        worked: further numbers and texts for the explanations.
    """

    prompt: str
    given: Mapping[str, object]
    right: float
    because: str
    mistakes: Mapping[str, float]
    digits: int = 2
    worked: Mapping[str, object] = field(default_factory=dict)

    def fill(self, template: str) -> str:
        """The template with its numbers."""
        table = {**self.given, **self.worked, "right": fixed(self.right, self.digits)}
        return template.format_map({name: plain(value) for name, value in table.items()})


@dataclass(frozen=True)
class Numeric:
    """A question about a number, new at every draw; `draw` gives one exercise."""

    name: str
    subject: str
    draw: Callable[[np.random.Generator], Exercise]

    def settle(self, rng: np.random.Generator) -> tuple[Exercise, dict[str, float]]:
        """Draw until enough mistakes give answers of their own; the exercise and those mistakes."""
        for _ in range(TRIES):
            exercise = self.draw(rng)
            values, chosen = [exercise.right], dict[str, float]()
            mistakes = list(exercise.mistakes.items())
            for i in rng.permutation(len(mistakes)):
                why, value = mistakes[i]
                apart = all(_apart(value, other, exercise.digits) for other in values)
                if apart and len(values) < OPTIONS:
                    values.append(value)
                    chosen[why] = value
            if len(values) == OPTIONS and _rounds_clearly(values, exercise.digits):
                return exercise, chosen
        raise RuntimeError(f"{self.name}: no draw of {TRIES} gave {OPTIONS} different answers")

    def ask(self, rng: np.random.Generator) -> Question:
        """A new exercise as a question with shuffled options."""
        exercise, mistakes = self.settle(rng)
        digits = exercise.digits
        wrong = [Option(fixed(v, digits), exercise.fill(why)) for why, v in mistakes.items()]
        options = _shuffled([Option(fixed(exercise.right, digits)), *wrong], rng)
        exact = math.isclose(exercise.right, round(exercise.right, digits), abs_tol=1e-6)
        prompt = exercise.fill(exercise.prompt) + ("" if exact else ROUND[digits])
        return Question(self.name, self.subject, prompt, options, exercise.fill(exercise.because))


Item = Concept | Numeric


def grid(rng: np.random.Generator, low: float, high: float, step: float = 0.1) -> float:
    """A random multiple of `step` from `low` to `high` that is not 0."""
    first, last = round(low / step), round(high / step)
    k = int(rng.choice([k for k in range(first, last + 1) if k]))
    return round(k * step, 6)


def whole(rng: np.random.Generator, low: int, high: int) -> int:
    """A random whole number from `low` to `high`, both included."""
    return int(rng.integers(low, high + 1))


def plain(value: object) -> str:
    """A value as people write it.

    Numbers have four significant digits and a true minus sign; a list reads `1, 2 and 3`, a tuple,
    as the vector it is, `1, 2, 3`.
    """
    if isinstance(value, str | int):
        return str(value).replace("-", MINUS) if isinstance(value, int) else value
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", MINUS)
    if isinstance(value, tuple):
        return ", ".join(map(plain, value))
    if isinstance(value, list):
        first, last = ", ".join(map(plain, value[:-1])), plain(value[-1])
        return f"{first} and {last}" if first else last
    raise TypeError(f"a question shows numbers, lists or tuples of them and text, not {value!r}")


def expand(
    weights: Sequence[float], inputs: Sequence[float | str], bias: float | None = None
) -> str:
    """The weighted sum written out: `0.5·2 − 0.3·(−4) + 0.1`; an input may be a letter."""
    terms = [
        (w < 0, f"{plain(abs(w))}·{plain(x) if isinstance(x, str) or x >= 0 else f'({plain(x)})'}")
        for w, x in zip(weights, inputs, strict=True)
    ]
    if bias is not None:
        terms.append((bias < 0, plain(abs(bias))))
    text = "".join(f" {MINUS if minus else '+'} {term}" for minus, term in terms)
    return text.removeprefix(" + ") if not terms[0][0] else MINUS + text.removeprefix(f" {MINUS} ")


def _apart(a: float, b: float, digits: int) -> bool:
    """Whether two answers stay different for someone whose last digit is off by one."""
    return abs(a - b) > (0.5 if digits == 0 else 2.5 * 10.0**-digits)


def _rounds_clearly(values: Sequence[float], digits: int) -> bool:
    """Whether no value is half-way between two roundings, where the last bit would decide."""
    scaled = np.asarray(values) * 10.0**digits
    return bool(np.isfinite(scaled).all() and (abs(scaled % 1 - 0.5) > 1e-6).all())


def _shuffled(options: Sequence[Option], rng: np.random.Generator) -> tuple[Option, ...]:
    return tuple(options[i] for i in rng.permutation(len(options)))

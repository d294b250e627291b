"""What a question is, and how one is drawn. It knows no lesson, no run and no screen.

A `Concept` is the same at every draw but for the order of its options. A `Numeric` draws an
`Exercise`: numbers for the prompt, the right result, and what real mistakes would give instead.
All texts are templates, and their places hold numbers: `spelled.py` makes sentences of the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

POWERS = "⁰¹²³⁴⁵"
"""Exponents as text."""
OPTIONS = 4
"""How many answers a question offers."""
TRIES = 1000
"""Draws before a numeric question is given up as broken."""


@dataclass(frozen=True)
class Decimals:
    """A number that is shown with so many decimals."""

    value: float
    digits: int


@dataclass(frozen=True)
class Sum:
    """A weighted sum to be written out: `0.5·2 − 0.3·(−4) + 0.1`.

    An input may be a letter; an empty one leaves its weight alone.
    """

    weights: Sequence[float]
    inputs: Sequence[float | str]
    bias: float | None = None


@dataclass(frozen=True)
class Option:
    """One answer; `mistake` says what leads to it, and is empty for the right one."""

    answer: str | Decimals
    mistake: str = ""


@dataclass(frozen=True)
class Question:
    """A question as it is asked.

    Attributes:
        name: which entry of the bank it comes from.
        subject: what it is about; questions on one subject are dealt far from one another.
        prompt: what is asked.
        options: the answers in the order shown, exactly one of them right.
        because: why the right answer is right.
        places: what stands in the places of the texts.
        rounded: the decimals to round to; None where nothing needs rounding.
    """

    name: str
    subject: str
    prompt: str
    options: tuple[Option, ...]
    because: str
    places: Mapping[str, object] = field(default_factory=dict)
    rounded: int | None = None

    @property
    def right(self) -> int:
        """The index of the right option."""
        return next(i for i, option in enumerate(self.options) if not option.mistake)


@dataclass(frozen=True)
class Concept:
    """A question about an idea; `wrong` maps each wrong answer to what is wrong with it.

    `since` is the first bank that has the question; `taught` the section that teaches it, as
    article#anchor, where that is not its subject's.
    """

    name: str
    subject: str
    prompt: str
    right: str
    because: str
    wrong: Mapping[str, str]
    since: int = 1
    taught: str = ""

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
        right: the right answer, as the engine computes it; where a line of arithmetic is all there
            is to it, as that line does.
        mistakes: what is wrong with an answer → the answer that this mistake gives.
        digits: decimals of the options.
        worked: further numbers, sums and names for the texts.
    """

    prompt: str
    given: Mapping[str, object]
    right: float
    because: str
    mistakes: Mapping[str, float]
    digits: int = 2
    worked: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Numeric:
    """A question about a number, new at every draw; `draw` gives one exercise.

    `since` and `taught` are those of a `Concept`.
    """

    name: str
    subject: str
    draw: Callable[[np.random.Generator], Exercise]
    since: int = 1
    taught: str = ""

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
        digits, right = exercise.digits, Decimals(exercise.right, exercise.digits)
        exact = math.isclose(exercise.right, round(exercise.right, digits), abs_tol=1e-6)
        wrong = [Option(Decimals(value, digits), why) for why, value in mistakes.items()]
        return Question(
            self.name,
            self.subject,
            exercise.prompt,
            _shuffled([Option(right), *wrong], rng),
            exercise.because,
            {**exercise.given, **exercise.worked, "right": right},
            None if exact else digits,
        )


Item = Concept | Numeric


def grid(rng: np.random.Generator, low: float, high: float, step: float = 0.1) -> float:
    """A random multiple of `step` from `low` to `high` that is not 0."""
    first, last = round(low / step), round(high / step)
    k = int(rng.choice([k for k in range(first, last + 1) if k]))
    return round(k * step, 6)


def whole(rng: np.random.Generator, low: int, high: int) -> int:
    """A random whole number from `low` to `high`, both included."""
    return int(rng.integers(low, high + 1))


def _apart(a: float, b: float, digits: int) -> bool:
    """Whether two answers stay different for someone whose last digit is off by one."""
    return abs(a - b) > (0.5 if digits == 0 else 2.5 * 10.0**-digits)


def _rounds_clearly(values: Sequence[float], digits: int) -> bool:
    """Whether no value is half-way between two roundings, where the last bit would decide."""
    scaled = np.asarray(values) * 10.0**digits
    return bool(np.isfinite(scaled).all() and (abs(scaled % 1 - 0.5) > 1e-6).all())


def _shuffled(options: Sequence[Option], rng: np.random.Generator) -> tuple[Option, ...]:
    return tuple(options[i] for i in rng.permutation(len(options)))

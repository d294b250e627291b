"""Exercises whose answer waits: a number to be found, or the one false step among true ones.

It reads what stands inside the directive, and holds it against names; it knows no page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from web.builder.cards import CardError
from web.scratch import Sides, evaluate

DIGITS = 12
NEAR = 0.01
"""How far off an answer may be, as a share of it, where nothing else is said."""
_OPTION = re.compile(r"^:(\w+): *(.+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Exercise:
    """A number that is asked for.

    Attributes:
        answer: Python for it.
        within: how far off an answer may be, as a share of it.
        text: why it is that, in Markdown.
        lines: how many lines of the directive come before the text.
    """

    answer: str
    within: float
    text: str
    lines: int

    def value(self, names: Mapping[str, Any]) -> float:
        """The number.

        Raises:
            CardError: it cannot be computed, or is no finite number.
        """
        try:
            found = float(evaluate(self.answer, dict(names))[1])
        except Exception as error:
            raise CardError(f"{self.answer!r} raised {type(error).__name__}: {error}") from None
        if not math.isfinite(found):
            raise CardError(f"the answer {self.answer!r} is {found}; allowed: a finite number")
        return float(f"{found:.{DIGITS}g}")


@dataclass(frozen=True)
class Step:
    """A line of an argument, in Markdown, what it claims in Python, and whether it is the slip."""

    text: str
    claim: str
    slip: bool

    def check(self, names: Mapping[str, Any]) -> None:
        """Hold the claim against numbers.

        Raises:
            CardError: a true step does not hold, the slip does, or the claim compares nothing,
                or numbers that no float can hold.
        """
        try:
            _, sides = evaluate(self.claim, dict(names), claims=True)
        except Exception as error:
            raise CardError(f"{self.claim!r} raised {type(error).__name__}: {error}") from None
        if not isinstance(sides, Sides):
            raise CardError(f"{self.claim!r} claims nothing; allowed: left == right, <= or >=")
        if sides.lost:
            raise CardError(f"{self.claim!r} leaves what a float can hold")
        if sides.holds == self.slip:
            what = "the slip holds" if self.slip else "a true step does not hold"
            raise CardError(f"{what}: {self.claim}, with {sides.left} and {sides.right}")


def exercise(content: str) -> Exercise:
    """Read `:answer: 2 / 50`, perhaps `:within: 0.05`, and the text below.

    Raises:
        CardError: what is missing, unknown or no share.
    """
    options, at = {}, 0
    while option := _OPTION.match(content, at):
        options[option[1]], at = option[2].strip(), option.end()
    if unknown := set(options) - {"answer", "within"}:
        raise CardError(f"an exercise has no :{min(unknown)}:; allowed: :answer: and :within:")
    if "answer" not in options or not content[at:].strip():
        raise CardError("an exercise has an :answer: in Python, and below it why it is that")
    try:
        within = float(options.get("within", NEAR))
    except ValueError:
        within = math.nan
    if not 0 < within < 1:
        said = options["within"]
        raise CardError(f":within: is {said!r}; allowed: a share between 0 and 1, such as 0.01")
    return Exercise(options["answer"], within, content[at:], content[:at].count("\n"))


def steps(content: str) -> tuple[list[Step], str, int]:
    """Read rows `- a step | left == right`, one of them `- ! …`, and the text below them.

    Returns:
        The steps, the text, and how many lines come before it.

    Raises:
        CardError: a row without a claim, or not one slip among three steps or more.
    """
    found, lines = [], content.splitlines(keepends=True)
    rows = 0
    for row in lines:
        if not row.startswith("- "):
            break
        rows += 1
        text, bar, claim = row.removeprefix("- ").strip().rpartition(" | ")
        if not bar:
            raise CardError(f"{row.strip()!r} claims nothing: write - a step | left == right")
        found.append(Step(text.removeprefix("! "), claim, text.startswith("! ")))
    text = "".join(lines[rows:])
    if len(found) < 3 or sum(step.slip for step in found) != 1 or not text.strip():
        raise CardError(
            "a {slip} lists three steps or more, one of them - ! false, and below them says why"
        )
    return found, text, rows

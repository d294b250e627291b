"""Proofs that run: their numbers are so near to where a line turns false that a slip shows."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from web.builder.notebook import begin, read_values
from web.scratch import Sides, evaluate

COURSE = Path(__file__).parents[3] / "course"
LESSONS = {
    text.parent.name: text.parent
    for track in ("frontier", "optimisation", "generative")
    for text in sorted((COURSE / track).glob("*/en.md"))
}
PARTS = (
    r"^\{#(?P<anchor>[\w-]+)\}$|^:{3,4}\{step\} (?P<title>.*)$"
    r"|^```\{run\}\n(?P<goes>:goes-on:\n)?(?P<option>:.*\n)?(?P<code>(?:.*\n)*?)```$"
)
LOOSE = {
    "Nesterov looks ahead and brakes": "two distances are compared, and one is far below the other",
    "The last step is the best one": "LD²/(4t + 2), about half, is true as well",
    "Convex or not, the slopes cannot stay large": "4/(3t - 1) for 2/t is sharp, elsewhere",
    "So take the mean height off first": "two scatters are compared, and one is far below",
    "With m outputs, compare n with m": "two prices are compared, and one is far below the other",
}
"""Steps whose number may be halved, and why."""


@cache
def claims(lesson):
    """The steps of a lesson's proofs, each with the two sides of a line that is said to hold."""
    return claims_of(LESSONS[lesson])


def claims_of(folder):
    """The same of an article's folder."""
    first, cells = read_values(folder / "values.py")
    state, title, found, names = begin().after(first.code), "", [], {}
    for part in re.finditer(PARTS, (folder / "en.md").read_text(), re.M):
        if part["anchor"] in cells:
            state = state.after(cells[part["anchor"]].code)
        title = part["title"] or title
        if part["code"] and part["option"] != ":fails:\n":
            names = names if part["goes"] else dict(state.names)
            sides = evaluate(part["code"], names, claims=not part["option"])[1]
            if isinstance(sides, Sides):
                found.append((title, sides))
    return found


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_line_of_the_proofs_holds_and_compares_what_is_not_zero(lesson):
    assert len(claims(lesson)) >= 8
    for title, sides in claims(lesson):
        assert sides.holds, title
        assert np.any(np.asarray(sides.left)), title


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_slip_by_a_factor_of_two_would_not_pass(lesson):
    """A right side of half or double the size, whichever claims more, is false on the numbers."""
    passed = set()
    for title, sides in claims(lesson):
        right = np.asarray(sides.right, float)
        grows = (right > 0) == (sides.sign == ">=")
        if Sides(sides.left, sides.sign, np.where(grows, right * 2, right / 2)).holds:
            passed.add(title)
    assert passed == {title for title, _ in claims(lesson)} & set(LOOSE)


def test_what_may_be_halved_are_steps_that_there_are():
    titles = {title for lesson in LESSONS for title, _ in claims(lesson)}
    assert set(LOOSE) <= titles

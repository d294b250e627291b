"""Proofs that run: their numbers are so near to where a line turns false that a slip shows."""

import re
from pathlib import Path

import numpy as np
import pytest

from web.builder.notebook import begin, read_values
from web.scratch import Sides, evaluate

CONVERGENCE = Path(__file__).parents[3] / "course" / "frontier" / "convergence"
PARTS = (
    r"^\{#(?P<anchor>[\w-]+)\}$|^:::\{step\} (?P<title>.*)$"
    r"|^```\{run\}\n(?P<code>(?:.*\n)*?)```$"
)
LOOSE = {"The last step is the best one": "LD²/(4t + 2), about half, is true as well"}
"""Steps whose number may be halved, and why."""


def claims(folder):
    """The steps of a lesson's proofs, each with the two sides of a line that is said to hold."""
    first, cells = read_values(folder / "values.py")
    state, title, found = begin().after(first.code), "", []
    for part in re.finditer(PARTS, (folder / "en.md").read_text(), re.M):
        if part["anchor"] in cells:
            state = state.after(cells[part["anchor"]].code)
        title = part["title"] or title
        if part["code"] and not part["code"].startswith(":fails:"):
            sides = evaluate(part["code"], dict(state.names), claims=True)[1]
            assert isinstance(sides, Sides), part["code"]
            found.append((title, sides))
    return found


CLAIMS = claims(CONVERGENCE)


def test_every_line_of_the_proofs_holds_and_compares_what_is_not_zero():
    assert len(CLAIMS) >= 42
    for title, sides in CLAIMS:
        assert sides.holds, title
        assert np.any(np.asarray(sides.left)), title


@pytest.mark.parametrize(("title", "sides"), CLAIMS)
def test_a_slip_by_a_factor_of_two_would_not_pass(title, sides):
    """A right side of half or double the size, whichever claims more, is false on the numbers."""
    right = np.asarray(sides.right, float)
    grows = (right > 0) == (sides.sign == ">=")
    slipped = Sides(sides.left, sides.sign, np.where(grows, right * 2, right / 2))
    assert slipped.holds == (title in LOOSE), (title, sides)

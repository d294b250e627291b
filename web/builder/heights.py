"""How high a game's frame must be where it stands alone, without a script that asks it.

The figures are measured by `tests/browser/test_heights.py`, which says what is to be written here.
It knows no game.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from games import Game

FILE = Path(__file__).with_name("heights.json")
WIDTHS = (320, 480, 800)
"""Of the frame in pixels: on a phone, in a narrow column, in a wide one."""
UNKNOWN = (1840, 1840, 1180)
"""Of a game that nobody has measured yet."""


def heights_of(game: Game) -> Mapping[int, int]:
    """The height that holds a game at each of `WIDTHS`, from its start to its win."""
    return dict(zip(WIDTHS, _measured().get(game.slug, UNKNOWN), strict=True))


def room(needed: float) -> int:
    """What to state for so many pixels: letters differ a little from browser to browser."""
    return -(-round(1.04 * needed + 16) // 20) * 20


@cache
def _measured() -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = json.loads(FILE.read_text("utf-8"))
    return found

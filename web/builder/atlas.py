"""The map of the course: where each level lies, and which of them need each other.

Wide screens show a constellation: the levels are stars, what they need are threads, and the games
of a level go round it. A phone shows the same list as a line with stops. Most levels are a single
article, and have its name. Here are only numbers: what is drawn with them is the work of
web/pages/course.html and the styles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from course.tracks import Track
from web.builder.articles import Level

COLUMNS = 6
"""How many stars stand side by side, each with room for its title."""
ROW = 18.0
"""The height of a row, in rem."""
FIRST = 6.75
"""How far below its row's upper edge a star stands on average, in rem."""
SWAY = (0.0, -1.75, 1.25, -0.75, 1.75, -1.25)
"""By how much the stars of a row stand higher or lower, in rem: no row is to look like a table."""
WIDTH = 100.0
"""The map's width; a star's `x` is in hundredths of it."""


@dataclass(frozen=True)
class Star:
    """A level and its place: `x` in hundredths of the width, `y` in rem; room for its title."""

    level: Level
    x: float
    y: float
    room: float


@dataclass(frozen=True)
class Band:
    """A track with its stars; its name stands at (x, y)."""

    track: Track
    stars: tuple[Star, ...]
    x: float
    y: float


@dataclass(frozen=True)
class Thread:
    """What leads from a level to one that needs it: an SVG path, in the map's units."""

    start: Level
    end: Level
    path: str

    @property
    def far(self) -> bool:
        """Whether it leads from track to track: those are many, and drawn faintly."""
        return self.start.track != self.end.track


@dataclass(frozen=True)
class Chart:
    """The whole map: its height in rem, its tracks and its threads."""

    height: float
    bands: tuple[Band, ...]
    threads: tuple[Thread, ...]


def chart(levels: Sequence[Level]) -> Chart:
    """Lay out the map for levels that come track by track, each in its place."""
    rows = _rows([list(of) for _, of in groupby(levels, key=lambda level: level.track.id)])
    stars: dict[str, Star] = {}
    for number, row in enumerate(rows):
        for at, level in enumerate(row):
            y = number * ROW + FIRST + SWAY[(at + 2 * number) % len(SWAY)]
            room = WIDTH / len(row)
            stars[level.name] = Star(level, round((at + 0.5) * room, 3), y, round(room, 3))
    return Chart(len(rows) * ROW, tuple(_bands(stars)), tuple(_threads(stars)))


def _rows(tracks: list[list[Level]]) -> list[list[Level]]:
    """The levels row by row: a short track shares one with the next, a long one takes several."""
    rows: list[list[Level]] = []
    for track in tracks:
        lines = -(-len(track) // COLUMNS)
        length = -(-len(track) // lines)
        for start in range(0, len(track), length):
            part = track[start : start + length]
            guided = bool(track[0].track.each)  # the way for everybody has its row to itself
            shared = rows and not guided and not rows[-1][0].track.each
            if shared and start == 0 and len(rows[-1]) + len(part) <= COLUMNS:
                rows[-1] += part
            else:
                rows.append(part)
    return rows


def _bands(stars: dict[str, Star]) -> Iterator[Band]:
    for _, of in groupby(stars.values(), key=lambda star: star.level.track.id):
        band = tuple(of)
        first = band[0]
        top = ROW * (first.y // ROW)
        yield Band(first.level.track, band, first.x - first.room / 2, top)


def _threads(stars: dict[str, Star]) -> Iterator[Thread]:
    for star in stars.values():
        for need in star.level.needs:
            start = stars[need]
            (x1, y1), (x2, y2) = (start.x, start.y), (star.x, star.y)
            bend = (x2 - x1) / 2 if abs(y2 - y1) < ROW / 2 else 0.0
            drop = 0.0 if bend else (y2 - y1) / 2
            path = (
                f"M{x1:g} {y1:g}C{x1 + bend:g} {y1 + drop:g} {x2 - bend:g} {y2 - drop:g} "
                f"{x2:g} {y2:g}"
            )
            yield Thread(start.level, star.level, path)

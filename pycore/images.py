"""Small grey pictures drawn by code: glyphs from strokes, shapes from distances. They know no file.

Pictures have shape (n, size, size, 1): 0 is paper, 1 is ink, and noise may go beyond both. As in
`data`, `f(n, noise, rng) -> (x, y)`, the rows shuffled, the classes as equal in size as n allows.

Examples:
    >>> from pycore import images
    >>> picture = images.glyph("7", size=10, width=0.4)
    >>> for row in picture:
    ...     print("".join(".+#"[int(2 * ink)] for ink in row))
    ..++++++..
    ..######..
    ......#+..
    .....+#...
    .....#+...
    ....+#....
    ....#+....
    ...+#.....
    ...#+.....
    ...+......
    >>> images.glyphs(5, noise=0.1, rng=0)[0].shape
    (5, 16, 16, 1)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from pycore.arrays import (
    Array,
    Integers,
    Seed,
    above_zero,
    floats,
    positive,
    seeded,
    shape_error,
    within,
)

# Each stroke is a chain of points "xy" on a grid 5 wide and 7 high, (0, 0) at the top left. A
# stroke that begins with ~ is bent: its corners are cut until it is smooth.
# fmt: off
STROKES: dict[str, tuple[str, ...]] = {
    "0": ("~20 00 02 04 06 26 46 44 42 40 20",),
    "1": ("12 20 26",),
    "2": ("~01 00 20 40 42 24 06", "06 46"),
    "3": ("~01 00 20 40 43 23", "~23 43 46 26 06 05"),
    "4": ("36 30 04 44",),
    "5": ("40 00 02", "~02 22 42 46 26 06 05"),
    "6": ("~40 10 02 06 26 46 43 23 03 04",),
    "7": ("00 40 16",),
    "8": ("~20 00 03 23 43 40 20", "~23 03 06 26 46 43 23"),
    "9": ("~42 43 23 03 00 20 40 44 36 06",),
    "A": ("06 20 46", "14 34"),
    "B": ("06 00", "~00 30 40 43 23 03", "~03 33 43 46 36 06"),
    "C": ("~41 40 20 00 03 06 26 46 45",),
    "D": ("00 06", "~00 30 40 43 46 36 06"),
    "E": ("40 00 06 46", "03 33"),
    "F": ("40 00 06", "03 33"),
    "G": ("~41 40 20 00 03 06 26 46 44", "44 24"),
    "H": ("00 06", "40 46", "03 43"),
    "I": ("10 30", "20 26", "16 36"),
    "J": ("~40 43 46 26 06 04",),
    "K": ("00 06", "40 03 46"),
    "L": ("00 06 46",),
    "M": ("06 00 23 40 46",),
    "N": ("06 00 46 40",),
    "O": ("~20 00 03 06 26 46 43 40 20",),
    "P": ("06 00", "~00 30 40 43 33 03"),
    "Q": ("~20 00 03 06 26 46 43 40 20", "24 46"),
    "R": ("06 00", "~00 30 40 43 33 03", "23 46"),
    "S": ("~41 40 20 00 03 23 43 46 26 06 05",),
    "T": ("00 40", "20 26"),
    "U": ("~00 03 06 26 46 43 40",),
    "V": ("00 26 40",),
    "W": ("00 16 23 36 40",),
    "X": ("00 46", "40 06"),
    "Y": ("00 23 40", "23 26"),
    "Z": ("00 40 06 46",),
}
# fmt: on
DIGITS = "0123456789"


def _bend(points: Array) -> Array:
    """Cut every corner at a quarter and at three quarters of its sides, three times.

    Shapes: (points, 2) → (more points, 2); the ends stay.

    Source: Chaikin, An algorithm for high-speed curve generation, 1974.
    """
    for _ in range(3):
        a, b = points[:-1], points[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], cut, points[-1:]])
    return points


def segments(character: str) -> Array:
    """Return the straight pieces of a glyph's strokes, from and to, in a box around (0, 0).

    Shapes: → (pieces, 2, 2): (x, y) of both ends; x from −2/3 to 2/3, y from −1 (top) to 1.

    Raises:
        ValueError: there are no strokes for this character.
    """
    if character not in STROKES:
        raise ValueError(f"no glyph for {character!r}; allowed: one of {''.join(STROKES)}")
    pieces = []
    for stroke in STROKES[character]:
        places = stroke.lstrip("~").split()
        points: Array = np.array([(int(p[0]), int(p[1])) for p in places], np.float64)
        if stroke[0] == "~":
            points = _bend(points)
        pieces.append(np.stack([points[:-1], points[1:]], axis=1))
    return np.asarray((np.concatenate(pieces) - [2, 3]) / 3)


def _pixels(size: int) -> Array:
    """Return (x, y) of every pixel's centre, the picture reaching from −1 to 1: (size, size, 2)."""
    positive("images", size=size)
    centre = (2 * np.arange(size) + 1) / size - 1
    return np.stack(np.meshgrid(centre, centre), axis=-1)


def _ink(distance: Array) -> Array:
    """Return 1 inside (distance < 0), 0 outside, and a ramp one pixel wide between.

    Shapes: (size, size) → the same.
    """
    return np.clip(0.5 - distance * distance.shape[0] / 2, 0, 1)


def draw(lines: Array, size: int = 16, width: float = 0.2) -> Array:
    """Ink = 1 where the distance to the nearest line is under width / 2, its edge smoothed.

    Shapes: lines (count, 2, 2): (x, y) of both ends, the picture reaching from −1 to 1 →
    (size, size).
    """
    within("draw", width=width)
    lines = floats(lines)
    if lines.ndim != 3 or lines.shape[1:] != (2, 2) or len(lines) == 0:
        raise shape_error("draw", lines, "(count, 2, 2), at least one line")
    start, along = lines[:, 0], lines[:, 1] - lines[:, 0]
    to = _pixels(size)[:, :, None] - start  # (size, size, count, 2)
    length = np.maximum((along * along).sum(axis=1), 1e-12)
    t = np.clip((to * along).sum(axis=3) / length, 0, 1)
    distance = np.linalg.norm(to - t[..., None] * along, axis=3).min(axis=2)
    return _ink(distance - width / 2)


def glyph(character: str, size: int = 16, width: float = 0.2) -> Array:
    """Draw one character, upright and in the middle.

    Shapes: → (size, size).
    """
    return draw(0.75 * segments(character), size, width)


def _deal(n: int, classes: int, rng: np.random.Generator) -> Integers:
    """Return n labels, each class as often as the next, in random order."""
    return rng.permutation(np.arange(n) % classes)


def _finish(pictures: Sequence[Array], noise: float, rng: np.random.Generator) -> Array:
    """Stack the pictures and add noise · N(0, 1): (n, size, size, 1)."""
    within("images", noise=noise)
    x = np.stack(pictures)[..., None]
    return x + rng.normal(0.0, 1.0, x.shape) * noise


def glyphs(
    n: int,
    noise: float,
    rng: Seed,
    characters: str = DIGITS,
    size: int = 16,
    wobble: float = 1.0,
) -> tuple[Array, Integers]:
    """Characters as a hand writes them: turned, slanted, stretched, moved, thin or thick.

    Shapes: x (n, size, size, 1), y (n,): the place in `characters`. `wobble` scales how far the
    drawings differ; at 0 all of a class are the same.
    """
    rng = seeded(rng)
    positive("glyphs", n=n, characters=len(characters))
    within("glyphs", wobble=wobble)
    y = _deal(n, len(characters), rng)
    outlines = [segments(character) for character in characters]
    pictures = []
    for label in y:
        turn, slant, shift_x, shift_y, wide, high, thick = wobble * rng.uniform(-1, 1, 7)
        cos, sin = math.cos(0.15 * turn), math.sin(0.15 * turn)
        stretch = np.array([[0.72 + 0.12 * wide, 0], [-0.15 * slant, 0.72 + 0.08 * high]])
        lines = outlines[label] @ stretch @ np.array([[cos, sin], [-sin, cos]])
        lines += 0.1 * np.array([shift_x, shift_y])
        pictures.append(draw(lines, size, 0.2 + 0.06 * thick))
    return _finish(pictures, noise, rng), y


Distance = Callable[[Array], Array]


def _disc(p: Array) -> Array:
    return np.asarray(np.linalg.norm(p, axis=-1) - 1)


def _ring(p: Array) -> Array:
    return np.asarray(np.abs(np.linalg.norm(p, axis=-1) - 0.75) - 0.25)


def _square(p: Array) -> Array:
    return np.asarray(np.abs(p).max(axis=-1) - 0.85)


def _triangle(p: Array) -> Array:
    x, y = np.abs(p[..., 0]), p[..., 1]
    return np.asarray(np.maximum(y - 0.6, (math.sqrt(3) * x - y - 1) / 2))


def _cross(p: Array) -> Array:
    x, y = np.abs(p[..., 0]), np.abs(p[..., 1])
    return np.asarray(np.maximum(np.minimum(x, y) - 0.3, np.maximum(x, y) - 1))


SHAPES: dict[str, Distance] = {
    "disc": _disc,
    "square": _square,
    "triangle": _triangle,
    "ring": _ring,
    "cross": _cross,
}
"""Name → how far a point lies outside the shape (negative: inside), the shape's radius about 1."""


def shape(
    kind: str, size: int = 16, radius: float = 0.7, centre: tuple[float, float] = (0.0, 0.0),
    angle: float = 0.0,
) -> Array:  # fmt: skip
    """Draw one of SHAPES, the picture reaching from −1 to 1; `angle` in radians, clockwise.

    Shapes: → (size, size).

    Raises:
        ValueError: no such shape, or no radius.
    """
    if kind not in SHAPES:
        raise ValueError(f"no shape {kind!r}; allowed: {', '.join(SHAPES)}")
    above_zero("shape", radius=radius)
    within("shape", -math.inf, angle=angle)
    cos, sin = math.cos(angle), math.sin(angle)
    p = (_pixels(size) - centre) @ np.array([[cos, -sin], [sin, cos]]) / radius
    return _ink(radius * SHAPES[kind](p))


def _anywhere(kind: str, size: int, rng: np.random.Generator) -> Array:
    """Draw the shape with a random radius, angle and place, no more than corners cut off."""
    radius = rng.uniform(0.35, 0.65)
    x, y = rng.uniform(radius - 1, 1 - radius, 2)
    return shape(kind, size, radius, (x, y), rng.uniform(-math.pi, math.pi))


def shapes(
    n: int,
    noise: float,
    rng: Seed,
    kinds: Sequence[str] = tuple(SHAPES),
    size: int = 16,
) -> tuple[Array, Integers]:
    """One shape in each picture, of random radius, angle and place.

    Shapes: x (n, size, size, 1), y (n,): the place in `kinds`.
    """
    rng = seeded(rng)
    positive("shapes", n=n, kinds=len(kinds))
    y = _deal(n, len(kinds), rng)
    return _finish([_anywhere(kinds[label], size, rng) for label in y], noise, rng), y


def scenes(
    n: int,
    noise: float,
    rng: Seed,
    kinds: Sequence[str] = tuple(SHAPES),
    size: int = 16,
) -> tuple[Array, Array]:
    """One shape on a sloping background, darker or lighter than it, and which pixels it covers.

    Shapes: x (n, size, size, 1), y (n, size, size, 1): 1 where a pixel belongs to the shape, else
    0. Brightness alone does not tell them apart, so that a network must look around each pixel.
    """
    rng = seeded(rng)
    positive("scenes", n=n, kinds=len(kinds))
    pictures, masks = [], []
    for label in _deal(n, len(kinds), rng):
        ink = _anywhere(kinds[label], size, rng)
        background = 0.5 + _pixels(size) @ rng.uniform(-0.15, 0.15, 2)
        pictures.append(background + rng.choice([-0.35, 0.35]) * ink)
        masks.append((ink >= 0.5).astype(float))
    return _finish(pictures, noise, rng), np.stack(masks)[..., None]

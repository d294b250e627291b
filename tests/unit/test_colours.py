"""The colours of tokens.css can be read and told apart, in both themes and by colour-blind eyes.

Contrast is WCAG 2.2's (success criteria 1.4.3 and 1.4.11). Colour-blindness is simulated with the
severity-1.0 matrices of Machado, Oliveira and Fernandes, "A Physiologically-based Model for
Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, applied to linear RGB. Distance is
the Euclidean one in CIELAB (CIE 1976 ΔE; D65), where about 2.3 is just noticeable.
"""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from course.tracks import TRACKS

TOKENS = Path(__file__).parents[2] / "web" / "styles" / "tokens.css"
SHEETS = sorted(TOKENS.parent.glob("*.css"))
"""On the way from one colour to another letters would be on a background that is not theirs."""
THEMES = ("light", "dark")
SURFACES = ("paper", "card", "sunk")
TEXT = ("ink", "ink-soft", "accent", "forward", "backward", "gold", "positive")
MEANINGS = ("forward", "backward", "gold", "positive", "negative", "generated")
CLASSES = tuple(f"class-{k}" for k in range(8))
GRAPHICS = (*MEANINGS, *CLASSES, "accent", "ink-faint")

TEXT_CONTRAST = 4.5
GRAPHIC_CONTRAST = 3.0
APART = 25.0  # ΔE between any two meanings, to normal eyes
APART_FOR_COLOUR_BLIND = 13.0  # ... and under each simulated deficiency

SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def colours(css: str, theme: str) -> dict[str, str]:
    """Name → hex colour of every `--name: light-dark(#light, #dark);` in `css`."""
    pattern = r"--([\w-]+):\s*light-dark\(\s*(#[0-9a-fA-F]{6})\s*,\s*(#[0-9a-fA-F]{6})\s*\)"
    return {name: (a if theme == "light" else b) for name, a, b in re.findall(pattern, css)}


def linear_rgb(colour: str) -> np.ndarray:
    """sRGB `#rrggbb` → linear RGB in 0..1 (IEC 61966-2-1)."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, 1 (none) to 21 (black on white)."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted((linear_rgb(one) @ weights, linear_rgb(other) @ weights))
    return float((high + 0.05) / (low + 0.05))


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB → CIELAB under D65."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    t = to_xyz @ rgb / (to_xyz @ np.ones(3))
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, sight: str) -> float:
    """ΔE between two colours as eyes of that kind see them."""
    seen = [lab(np.clip(SIGHT[sight] @ linear_rgb(c), 0, 1)) for c in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


@pytest.fixture(params=THEMES)
def theme(request):
    return colours(TOKENS.read_text(), request.param)


def test_the_arithmetic_agrees_with_published_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert lab(linear_rgb("#ff0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)


def test_red_and_green_meet_for_the_red_green_blind():
    for sight in ("protanopia", "deuteranopia"):
        assert distance("#d0352b", "#6b7a12", sight) < 0.4 * distance(
            "#d0352b", "#6b7a12", "normal"
        )


def test_every_named_colour_stands_in_both_themes(theme):
    assert not {*SURFACES, *TEXT, *GRAPHICS} - set(theme)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", TEXT)
def test_text_can_be_read(theme, name, surface):
    assert contrast(theme[name], theme[surface]) >= TEXT_CONTRAST


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", GRAPHICS)
def test_graphics_stand_out(theme, name, surface):
    assert contrast(theme[name], theme[surface]) >= GRAPHIC_CONTRAST


@pytest.mark.parametrize(("text", "fill"), [("on-accent", "accent"), ("on-gold", "gold-fill")])
def test_text_on_a_filled_surface_can_be_read(theme, text, fill):
    assert contrast(theme[text], theme[fill]) >= TEXT_CONTRAST


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(
    ("one", "other"), [*combinations(MEANINGS, 2), *combinations(CLASSES, 2), ("valley", "ridge")]
)
def test_meanings_can_be_told_apart(theme, one, other, sight):
    least = APART if sight == "normal" else APART_FOR_COLOUR_BLIND
    assert distance(theme[one], theme[other], sight) >= least


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """A colour of OKLCH as `#rrggbb` (Ottosson, "A perceptual color space", 2020)."""
    a, b = chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))
    cones = np.array(
        [
            lightness + 0.3963377774 * a + 0.2158037573 * b,
            lightness - 0.1055613458 * a - 0.0638541728 * b,
            lightness - 0.0894841775 * a - 1.2914855480 * b,
        ]
    )
    to_rgb = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    c = np.clip(to_rgb @ cones**3, 0, 1)
    written = np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * part):02x}" for part in written)


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.id)
def test_the_name_of_a_track_can_be_read_in_its_hue(track):
    assert oklch(0.627955, 0.257683, 29.2339) == "#ff0000"
    number = r"oklch\(([\d.]+)% ([\d.]+) var\(--hue\)\)"
    both = re.search(rf"--track: light-dark\({number}, {number}\)", TOKENS.read_text())
    for name, lightness, chroma in zip(
        THEMES, both.groups()[::2], both.groups()[1::2], strict=True
    ):
        colour = oklch(float(lightness) / 100, float(chroma), track.hue)
        for surface in ("paper", "card"):
            on = colours(TOKENS.read_text(), name)[surface]
            assert contrast(colour, on) >= TEXT_CONTRAST, (name, colour)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_letters_and_what_lies_behind_them_change_their_colours_at_once(sheet):
    css = sheet.read_text("utf-8")
    moved = [
        part.split()[0]
        for rule in re.findall(r"transition:([^;]*);", css)
        for part in rule.split(",")
    ]
    assert not {"color", "background", "background-color", "all"} & set(moved)

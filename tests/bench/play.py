"""Plays a game on a page as an eager child would: real clicks and keys, any control, no plan."""

from __future__ import annotations

import random
import time

from playwright.sync_api import Page

PAUSES = (0.05, 0.4)
"""Seconds between inputs, from … to."""
KEYS = ("ArrowRight", "ArrowLeft", "ArrowRight", "ArrowLeft", "PageUp", "PageDown")
STROKES = 4
"""Key presses on a slider before the hand goes elsewhere."""

PICK = """([slug, choice]) => {
    const stage = document.querySelector(`[data-game="${slug}"] [data-stage]`);
    const shown = (control) => !control.disabled && control.getClientRects().length > 0;
    const controls = [...stage.querySelectorAll('[data-on]')].filter(shown);
    if (controls.length === 0) return null;
    const control = controls[Math.floor(choice * controls.length)];
    control.scrollIntoView({block: 'nearest'});
    if (control.matches('input[type=range], [role=slider]')) {
        control.focus();
        return 'keys';
    }
    const {x, y, width, height} = control.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
}"""


def play(page: Page, slug: str, seconds: float, seed: int = 0) -> int:
    """Work the controls of a game for so long; return how many times one was worked."""
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    inputs = 0
    while time.monotonic() < end:
        place = page.evaluate(PICK, [slug, rng.random()])
        if place == "keys":
            for _ in range(STROKES):
                page.keyboard.press(rng.choice(KEYS))
                inputs += 1
                page.wait_for_timeout(1000 * rng.uniform(*PAUSES) / STROKES)
        elif place:
            page.mouse.click(*place)
            inputs += 1
        page.wait_for_timeout(1000 * rng.uniform(*PAUSES))
    return inputs

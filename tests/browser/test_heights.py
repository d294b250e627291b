"""A frame that stands alone has room for its game at the heights that the site states for it.

Every game plays its solution, laid out in its frame at each width; the tallest picture counts.
"""

from __future__ import annotations

import re

import pytest

from games import discover, load
from games.run import Run
from games.ui.node import to_html
from tests.browser.conftest import ANY, ROOT, Visit
from tests.browser.test_play import SMALLER
from tests.browser.test_steady import LETTERS, runs
from web.builder.heights import FILE, WIDTHS, heights_of, room

TALLEST = """frames => {
    const game = document.querySelector('[data-game]');
    game.querySelector('[data-boot]').textContent = '';
    return Math.max(...frames.map((html, i) => {
        game.querySelector('[data-stage]').innerHTML = html;
        game.toggleAttribute('data-won', i === frames.length - 1);
        return document.documentElement.getBoundingClientRect().height;
    }));
}"""
SPARE = 1.15
"""More than so many times what is stated as room is a hole below the game."""


@pytest.mark.in_turns
@pytest.mark.parametrize("slug", sorted(discover()))
def test_a_frame_alone_has_room_from_the_start_to_the_win(visit: Visit, slug: str) -> None:
    query = SMALLER.get(slug, "").removeprefix("?")
    every = runs(slug, dict(pair.split("=") for pair in query.split("&") if pair))
    played = [to_html(frame) for stretch in every for frame in (stretch[0], stretch[-1])]
    frames = [to_html(Run(slug, 1).view()), *played]
    watched = visit(again=True)
    watched.shift_allowed = ANY
    watched.page.route("**/*.wasm*", lambda _: None)  # Python waits, and would only disturb
    page = watched.open(f"frame/{slug}/")
    page.evaluate(LETTERS)
    needed = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        needed.append(page.evaluate(TALLEST, frames))
    stated = heights_of(load(slug)).values()
    fits = [n <= s <= SPARE * room(n) for n, s in zip(needed, stated, strict=True)]
    line = f'"{slug}": {[room(n) for n in needed]}'
    assert all(fits), f"{needed} px are needed; the line in {FILE.name} is to be\n  {line}"


def test_the_guides_state_the_heights_that_are_measured() -> None:
    said = [
        (slug, int(height))
        for guide in (ROOT / "docs").rglob("*.md")
        for slug, height in re.findall(
            r'<iframe src="[^"]*/frame/([\w-]+)/[^>]*?height="(\d+)"', guide.read_text("utf-8")
        )
    ]
    assert len(said) >= 3
    assert [height for _, height in said] == [heights_of(load(slug))[800] for slug, _ in said]

"""The form of a game: what is pressed, what it does and what came of it are in sight together."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from games import discover, load
from tests.browser.conftest import ANY, Visit
from tests.browser.player import Player, hurry
from tests.browser.test_play import LONG, SMALLER

SEEN = """(game, what) => {
    const boxes = [...game.querySelectorAll(what)].map((part) => part.getBoundingClientRect());
    const bar = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0;
    const sheet = document.querySelector('[data-result]:not([hidden])')?.getBoundingClientRect();
    const below = sheet && boxes.some((box) => box.right > sheet.left && box.left < sheet.right)
        ? sheet.top : innerHeight;
    const part = ({top, bottom}) =>
        Math.max(0, Math.min(bottom, below) - Math.max(top, bar)) / (bottom - top);
    return boxes.length ? Math.min(...boxes.map(part)) : 0;
}"""
"""How much of the height of a part of the game is to be seen, 0 to 1."""
PRESSED = """document.activeElement.closest('[data-go]') !== null
    && !document.querySelector('[data-result]:not([hidden])')"""
"""The one thing to do was just done; after a win the sheet takes its place."""
STILL = """() => new Promise((go) => {
    let last = -1, calm = 0;
    const look = () => {
        calm = scrollY === last ? calm + 1 : 0;
        last = scrollY;
        calm > 3 ? go() : requestAnimationFrame(look);
    };
    look();
})"""
"""The page has come to rest after it scrolled."""


@pytest.mark.in_turns
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("slug", sorted(discover()))
def test_press_picture_and_verdict_are_in_sight_when_they_matter(
    visit: Visit, slug: str, width: int
) -> None:
    watched = visit(width, 844, touch=width < 600, again=True)
    watched.shift_allowed = ANY
    page = watched.open(f"play/{slug}/{SMALLER.get(slug, '')}")
    watched.ready()
    hurry(page, slug in LONG)
    player = Player(page, slug, "touch" if width < 600 else "mouse")
    for message in player.twin.game.module.solution(player.twin.state):
        player.do(tuple(message))
        if page.evaluate(PRESSED):
            assert seen(page, player, "[data-go]") > 0.9, f"{message}: the button"
            assert seen(page, player, "[data-picture]") >= 0.6, f"{message}: the picture"
    if load(slug).score(player.twin.state) == 1:
        page.wait_for_selector("[data-result]:not([hidden]), [data-unfinished]")
    page.evaluate(STILL)
    assert seen(page, player, "[data-picture]") >= 0.6, "the picture at the verdict"
    assert seen(page, player, "[data-verdict]") > 0.9, "the verdict"


def seen(page: Page, player: Player, what: str) -> float:
    """How much of a part of the game is in sight, 0 to 1."""
    return float(player.box.evaluate(SEEN, what))


def test_a_button_that_waits_for_a_prediction_leads_to_its_question(visit: Visit) -> None:
    watched = visit(390, 844, touch=True, again=True)
    watched.shift_allowed = ANY
    page = watched.open("play/gradient-decay/")
    watched.ready()
    page.locator("[data-go] [aria-disabled=true]").click(force=True)
    page.wait_for_selector(".prediction.asks")
    page.evaluate(STILL)
    box = page.locator(".prediction").bounding_box()
    assert box is not None
    bar = page.locator("[data-go]").bounding_box()
    assert bar is not None
    assert box["y"] < bar["y"] - 40


def test_what_follows_a_win_waits_while_the_game_has_a_next_thing_to_do(visit: Visit) -> None:
    watched = visit(1440, 900, again=True)
    watched.shift_allowed = ANY
    page = watched.open("play/solve-xor/")
    watched.ready()
    player = Player(page, "solve-xor", "mouse")
    sheet = page.locator("[data-result]")
    for message in player.twin.game.module.solution(player.twin.state):
        player.do(tuple(message))
    page.wait_for_selector("[data-won]")
    if player.twin.state.fold == 0:
        page.wait_for_timeout(1500)
        assert not sheet.is_visible()
        player.do(("fold", 1.0))
    sheet.wait_for()

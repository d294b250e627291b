"""The form of a game: what is pressed, what it does and what came of it are in sight together."""

from __future__ import annotations

from tests.browser.conftest import ANY, Visit
from tests.browser.looks import STILL
from tests.browser.player import Player


def test_a_button_that_waits_for_a_prediction_leads_to_its_question(visit: Visit) -> None:
    watched = visit(390, 844, touch=True, again=True)
    watched.shift_allowed = ANY
    page = watched.open("play/gradient-decay/")
    watched.ready()
    button = page.locator("[data-go] [aria-disabled=true]")
    assert button.evaluate("button => getComputedStyle(button).cursor") == "pointer"
    button.click(force=True)
    page.wait_for_selector(".prediction.asks")
    page.evaluate(STILL)
    box = page.locator(".prediction").bounding_box()
    assert box is not None
    bar = page.locator("[data-go]").bounding_box()
    assert bar is not None
    assert box["y"] < bar["y"] - 40


def test_what_a_mouse_has_dragged_wears_no_ring_until_a_key_is_pressed(visit: Visit) -> None:
    watched = visit(again=True)
    watched.shift_allowed = ANY
    page = watched.open("play/bend-the-line/")
    watched.ready()
    handle = page.locator(".handle").first
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 10, box["y"])
    page.mouse.up()
    ring = "handle => getComputedStyle(handle.querySelector('.handle-reach')).stroke"
    assert page.evaluate("document.activeElement.classList.contains('handle')")
    assert handle.evaluate(ring) == "none"
    page.keyboard.press("ArrowRight")
    assert handle.evaluate(ring) != "none"


def test_what_follows_a_win_waits_while_the_game_has_a_next_thing_to_do(visit: Visit) -> None:
    watched = visit(1440, 900, again=True)
    watched.shift_allowed = ANY
    page = watched.open("play/solve-xor/")
    watched.ready()
    player = Player(page, "solve-xor", "mouse")
    sheet = page.locator("[data-result]")
    player.win()
    page.wait_for_selector("[data-won]")
    if player.twin.state.fold == 0:
        page.wait_for_timeout(1500)
        assert not sheet.is_visible()
        player.do(("fold", 1.0))
    sheet.wait_for()

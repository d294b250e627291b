"""Every game, played to a win by mouse, by touch on a phone, and by keyboard alone.

In a run of the whole suite each game has one of its hands (tests/turns.py).

After every move the page must show, to the last printed digit, what the engine computes here. As
it opens, light on a desktop and dark on a phone, the page must look well. By mouse a game is
animated at its own pace, if that is no long wait; by touch and by keyboard its clock is set ahead.
What is pressed, what it does and what comes of it are in sight together. Once the game is won the
page must look well again, with its numbers and all else that opens.
"""

import pytest

from games import discover, load
from tests.browser.conftest import ANY
from tests.browser.looks import (
    ends_in_sight,
    is_in_reach,
    looks_well,
    looks_well_unfolded,
)
from tests.browser.player import Player, hurry

HANDS = {"mouse": 1440, "keyboard": 1440, "touch": 390}
NARROW = 320
"""As narrow as a phone comes; it is looked at, and played on the usual one."""
SMALLER = {"dial-the-dropout": "?seeds=3", "init-race": "?steps=100"}
"""A game whose solution trains for long is played at its smallest settings."""
LONG = {"descent-paths", "hero-network", "translate-a-sentence"}
"""At their own pace these take a quarter of a minute and more; a dozen others are waited for."""


@pytest.mark.in_turns
@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("slug", sorted(discover()))
def test_game_is_won(visit, slug, hand):
    width, touch = HANDS[hand], hand == "touch"
    watched = visit(width, 844, touch=touch, dark=touch, stay=hand)
    watched.shift_allowed = ANY
    page = watched.open(f"play/{slug}/{SMALLER.get(slug, '')}")
    watched.ready()
    least = {"width": NARROW if touch else width, "height": 844}
    if hand != "keyboard":
        page.set_viewport_size(least)
        looks_well(page)
    page.set_viewport_size({"width": width, "height": 844})
    hurry(page, hand != "mouse" or slug in LONG)
    player = Player(page, slug, hand)
    player.agree()
    player.win(id if hand == "keyboard" else lambda move: is_in_reach(page, player, move))
    score = load(slug).score(player.twin.state)
    if score is not None:
        page.wait_for_selector(f'[data-game="{slug}"][data-won]')
        assert player.box.get_attribute("data-score") == "1"
        page.wait_for_selector("[data-result]:not([hidden]), [data-unfinished]")
    if hand != "keyboard":
        ends_in_sight(page, player)
    page.set_viewport_size(least)
    looks_well_unfolded(page)


def test_a_pressed_button_that_has_done_its_work_hands_the_focus_on(visit):
    watched = visit(1440, 844, stay="keyboard")
    page = watched.open("play/boss-quiz/?seed=5")  # not the quiz that was won above
    watched.ready()
    held = "document.activeElement.className"
    page.locator(".quiz-option").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"{held}.includes('quiz-verdict')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{held}.includes('quiz-prompt')")
    page.keyboard.press("Tab")
    assert "quiz-option" in page.evaluate(held)


def test_a_link_of_a_game_to_a_section_has_its_title_and_leads_there(visit):
    """The game knows the section's id alone; the page has title and address."""
    watched = visit()
    page = watched.open("play/boss-quiz/")
    watched.ready()
    page.locator(".quiz-options button").first.click()
    link = page.locator("[data-stage] a[data-section]").first
    link.wait_for()
    level, _, anchor = link.get_attribute("data-section").partition("#")
    assert link.get_attribute("href").endswith(f"lesson/{level}/#{anchor}")
    title = link.inner_text()
    link.click()
    page.wait_for_url(f"**/lesson/{level}/#{anchor}")
    assert page.locator(f"#{anchor}").inner_text() == title

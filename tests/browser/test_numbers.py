"""The numbers behind a game: opened, followed, copied and saved."""

import re

import numpy as np
import pytest

from games.ui.tables import tables
from tests.browser.conftest import in_time, use
from tests.browser.player import Player

GAME = "play/light-the-network/"
PANEL = "[data-numbers]"


def opened(watched, path=GAME):
    page = watched.open(path)
    watched.ready()
    use(page, "numbers")
    page.wait_for_selector(f"{PANEL} table")
    return page


def shown(page):
    """Every table of the panel: its caption and its cells."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.numbers-array')].map((figure) => [
            figure.querySelector('figcaption').firstChild.data,
            [...figure.querySelectorAll('tbody tr')].map(
                (row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)),
        ])"""
    )


def expected(player):
    return [[table.caption, table.rows] for table in tables(player.twin.numbers())]


@pytest.mark.parametrize("width", [390, 1440])
def test_the_tables_follow_the_play(visit, width):
    page = opened(visit(width, 844, touch=width < 600, again=True))
    stage = page.locator("[data-stage]").bounding_box()
    player = Player(page, "light-the-network", "touch" if width < 600 else "mouse")
    assert shown(page) == expected(player)
    player.win()
    in_time(page, lambda: shown(page) == expected(player))
    assert shown(page) == expected(player)
    after = page.locator("[data-stage]").bounding_box()
    assert (after["width"], after["height"]) == (stage["width"], stage["height"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_opens_and_closes_them(visit):
    watched = visit(again=True)
    page = watched.open(GAME)
    watched.ready()
    button = page.locator('[data-tool="numbers"]')
    menu = page.locator("[data-more] summary")
    menu.press("Enter")
    button.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    page.wait_for_selector(f"{PANEL} table")
    assert menu.evaluate("menu => menu === document.activeElement")
    page.keyboard.press("Enter")
    button.press("Enter")
    assert button.get_attribute("aria-expanded") == "false"
    assert not page.locator(PANEL).is_visible()


def test_what_is_saved_reads_back_to_the_last_bit(visit, tmp_path):
    page = opened(visit(again=True), "play/forward-pass-relay/")
    player = Player(page, "forward-pass-relay", "mouse")
    caption, weights = list(player.twin.numbers().items())[1]
    with page.expect_download() as saving:
        page.get_by_role("button", name=f"Save as CSV: {caption}").click()
    saving.value.save_as(tmp_path / "saved.csv")
    assert re.fullmatch(r"forward-pass-relay-weights[\w×₁-]*\.csv", saving.value.suggested_filename)
    assert np.array_equal(np.loadtxt(tmp_path / "saved.csv", delimiter=","), weights)
    assert page.get_by_text("Saved as").is_visible()


def test_what_is_copied_is_the_whole_array(visit):
    watched = visit(again=True)
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(watched)
    page.get_by_role("button", name="Copy as CSV: weights w").click()
    page.wait_for_selector("text=Copied: weights w.")
    copied = page.evaluate("navigator.clipboard.readText()")
    weights = Player(page, "light-the-network", "mouse").twin.numbers()["weights w"]
    assert [float(line) for line in copied.split()] == weights.tolist()


def test_a_browser_that_cannot_copy_says_so(visit):
    watched = visit(again=True)
    watched.page.add_init_script("delete Navigator.prototype.clipboard")
    page = opened(watched)
    page.get_by_role("button", name="Copy as CSV: weights w").click()
    page.wait_for_selector("text=does not let the page copy")

"""The certificate: each win on it was played again, others are named, paper has it alone."""

import pytest

from games import link
from games.run import Run
from tests.browser.conftest import ANY, READY
from tests.browser.test_progress import LIGHT, TUNE, proved, store, win

PAGE = "certificate/"


def made(page):
    page.get_by_role("button", name="Check my wins").click()
    page.wait_for_function(
        "!/…|:|^$/.test(document.querySelector('[data-certificate] [data-said]').textContent)",
        timeout=READY,
    )
    return page.locator("[data-certificate]")


@pytest.mark.parametrize(("width", "touch"), [(390, True), (1280, False)])
def test_each_win_is_played_again_before_it_is_on_the_sheet(visit, width, touch):
    watched = visit(width=width, height=844, touch=touch)
    watched.shift_allowed = ANY
    page = watched.open(PAGE)
    lost = Run("neuron-by-hand", 7)
    forged = {"seed": 7, "params": lost.params, "run": link.encode(lost)}
    won = {
        LIGHT: proved(LIGHT),
        TUNE: win(seed=3),
        "level-1/neuron-by-hand": forged | {"at": "2026-01-02T10:00:00.000Z"},
    }
    store(page, {"version": 3, "forgets": 0, "won": won, "played": {}})
    box = made(page)
    assert box.locator("[data-said]").inner_text() == "1 win played again and confirmed."
    (row,) = box.locator("[data-rows] tr").all()
    assert row.locator("td").first.inner_text() == "7"
    assert "January 2, 2026" in row.inner_text() or "2 January 2026" in row.inner_text()
    doubts = box.locator("[data-doubts]").inner_text()
    assert "Tune the Neuron is not on it: its moves are not kept." in doubts
    assert "played again, its moves do not win." in doubts
    box.get_by_role("textbox").fill("Ada")
    assert box.locator("[data-for]").inner_text() == "Ada"
    page.emulate_media(media="print")
    assert box.locator("[data-sheet]").is_visible()
    assert not box.get_by_role("button").and_(page.locator(":visible")).count()
    page.emulate_media(media="screen")
    row.get_by_role("link").click()
    page.wait_for_selector("[data-game='light-the-network'][data-score='1']", timeout=READY)


def test_where_nothing_is_won_it_says_so(visit):
    page = visit().open(PAGE)
    box = made(page)
    assert "Nothing is won yet" in box.locator("[data-said]").inner_text()
    assert box.locator("[data-sheet]").is_hidden()

"""The games of a track: fetched when one of them is first played, wherever that is."""

import re

import pytest

from games import discover, load
from tests.browser.conftest import ANY, use
from tests.browser.player import Player
from tests.browser.test_boot import GAME, kept, marks

PACK = re.compile(r"/assets/tracks/(\w+)\.[0-9a-f]{10}\.bin$")


def fetched(watched):
    """The tracks whose games are asked for, as it goes on."""
    tracks = set()

    def hear(request):
        if match := PACK.search(request.url):
            tracks.add(match[1])

    watched.page.context.on("request", hear)
    return tracks


def test_a_page_fetches_the_games_of_its_own_tracks_and_of_the_next_when_it_is_opened(visit):
    watched = visit()
    tracks = fetched(watched)
    watched.open(GAME)
    watched.ready()
    assert tracks == {"first_neurons"}
    watched.stays = "here"
    watched.open("play/dial-the-dropout/")
    watched.ready("dial-the-dropout")
    assert tracks == {"first_neurons", "regularise"}
    watched.stays = ""


@pytest.mark.rarely
def test_the_next_visit_need_not_fetch_what_was_played_and_plays_other_tracks_too(visit):
    watched = visit()
    page = kept(watched)
    page.context.route(PACK, lambda route: route.fulfill(status=404))
    watched.expect("404")
    page.reload()
    watched.ready()
    assert page.evaluate(marks("resumed"))
    Player(page, "light-the-network", "mouse").win()
    page.context.unroute(PACK)
    watched.open("play/optimizer-race/")
    watched.ready()
    assert page.evaluate(marks("resumed"))


def test_games_that_cannot_be_fetched_leave_a_sentence_and_come_when_they_are_asked_for_again(
    visit,
):
    watched = visit()
    watched.expect("404|could not be fetched")
    watched.shift_allowed = ANY  # the sentence may need a line more than there is room for
    watched.page.context.route(PACK, lambda route: route.fulfill(status=404))
    page = watched.open(GAME)
    page.wait_for_selector('[data-game="light-the-network"][data-status="error"]')
    assert "could not be fetched" in page.locator("[data-boot]").inner_text()
    page.context.unroute(PACK)
    use(page, "reset")
    watched.ready()
    Player(page, "light-the-network", "mouse").win()


@pytest.mark.parametrize("page", ["lesson/level-3-training/", "class/"])
def test_pages_fetch_no_games_that_they_do_not_have(visit, page):
    watched = visit(again=True)
    tracks = fetched(watched)
    watched.open(page)
    watched.ready()
    placed = watched.page.evaluate(
        "[...document.querySelectorAll('[data-pack]')].map((game) => game.dataset.pack)"
    )
    assert tracks == {PACK.search(f"/{pack}")[1] for pack in placed}


def test_a_games_python_is_fetched_when_it_is_opened(visit):
    watched = visit(again=True)
    watched.shift_allowed = ANY  # the box grows when it is opened
    asked = []
    watched.page.context.on("request", lambda request: asked.append(request.url))
    page = watched.open(GAME)
    watched.ready()
    assert not [url for url in asked if url.endswith("source.html")]
    page.get_by_text("For teachers and builders").click()
    page.locator("details[data-later] summary").click()
    page.wait_for_selector("details[data-later] pre:has-text('def view')")
    assert page.locator("details[data-later] a").count() == 0
    assert len([url for url in asked if url.endswith("source.html")]) == 1


def test_without_scripts_a_link_leads_to_a_games_python(visit):
    page = visit(scripts=False).open(GAME)
    page.get_by_text("For teachers and builders").click()
    page.locator("details[data-later] summary").click()
    with page.expect_navigation():
        page.locator("details[data-later] a").click()
    assert page.locator("pre:has-text('def view')").count() == 1


@pytest.mark.parametrize("slug", ["train-a-brain", "boss-quiz"])
def test_a_page_has_the_styles_of_its_games_and_of_no_other_track(visit, slug):
    page = visit(scripts=False).open(f"play/{slug}/")
    sheets = page.evaluate("[...document.styleSheets].map((sheet) => sheet.href ?? '')")
    tracks = {name.split(".")[1] for name in discover().values()}
    named = {track for track in tracks for sheet in sheets if f"/{track}." in sheet}
    assert named == {load(slug).track}

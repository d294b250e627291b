"""Trained weights in the browser: fetched when a game asks for them, and never otherwise."""

import re

import pytest

from tests.browser.conftest import use
from tests.browser.player import Player

GAME = "play/translate-a-sentence/"
WEIGHTS = re.compile(r"/assets/trained/[\w-]+\.[0-9a-f]{10}\.npz$")


def fetched(watched):
    """The names of the files of weights that the page asks for, as it goes on."""
    names = []
    watched.page.context.on(
        "request", lambda r: names.append(r.url.split("/")[-1]) if "trained" in r.url else None
    )
    return names


def test_a_page_without_such_a_game_fetches_no_weights(visit):
    watched = visit()
    names = fetched(watched)
    watched.open("play/light-the-network/")
    watched.ready()
    Player(watched.page, "light-the-network", "mouse").win()
    assert names == []


def test_a_game_that_asks_gets_each_file_once_from_where_the_site_lies(visit):
    watched = visit()
    names = fetched(watched)
    urls = []
    watched.page.context.on("request", lambda r: urls.append(r.url))
    page = watched.open(GAME)
    watched.ready()
    assert sorted(name.split(".")[0] for name in names) == ["translation", "translation-attention"]
    weights = [url for url in urls if "trained" in url]
    assert all(WEIGHTS.search(url) and url.startswith(watched.site) for url in weights)
    use(page, "reset")
    watched.ready()
    assert len(names) == 2


@pytest.mark.rarely
def test_the_stock_start_finds_the_weights_too(visit):
    watched = visit()
    watched.expect("404|Failed to load|fall")
    archive = re.compile(r"numpy[^/]*\.bin")
    watched.page.route(archive, lambda route: route.fulfill(status=404))
    page = watched.open(GAME)
    watched.ready()
    player = Player(page, "translate-a-sentence", "mouse")
    player.do(("believe", "right"))
    player.do(("translate",))
    assert page.get_by_text("assis", exact=True).first.is_visible()


def test_weights_that_cannot_be_had_leave_a_sentence_and_the_other_games(visit):
    watched = visit()
    watched.expect("404|Failed to load|translate-a-sentence")
    watched.page.context.route(re.compile("/trained/"), lambda route: route.fulfill(status=404))
    page = watched.open(GAME)
    page.wait_for_selector('[data-game="translate-a-sentence"][data-status="error"]')
    assert page.locator("[data-stage] svg").first.is_visible()

"""Show me: a game plays its own solution, and nothing of it becomes the learner's."""

import pytest

from tests.browser.conftest import ANY
from tests.browser.player import Player

SLUG = "light-the-network"
GAME = f"play/{SLUG}/"
OVER = '[data-game][data-show="over"]'


def tool(page, name):
    return page.locator(f'.game-tools [data-tool="{name}"]')


def says(page):
    return page.locator("[data-boot]").text_content()


def won(page):
    return page.evaluate("JSON.parse(localStorage['neuronauts:1'] ?? '{}').won ?? {}")


def start(watched, path=GAME):
    watched.shift_allowed = ANY  # numbers change their length while nobody touches anything
    page = watched.open(path)
    watched.ready()
    tool(page, "show").click()
    page.wait_for_selector("[data-show]")
    return page


WATCH_RING = """() => {
    window.rings = [];
    const foot = document.querySelector('.game-foot');
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            if (!target.hasAttribute('data-pressing')) continue;
            const says = document.querySelector('[data-boot]').textContent;
            rings.push([JSON.parse(target.dataset.on), says, foot.getBoundingClientRect().bottom]);
        }
    }).observe(document.querySelector('[data-stage]'),
               {subtree: true, attributeFilter: ['data-pressing']});
}"""
PLACES = """() => [...document.querySelectorAll('[data-stage], .tool, .game-foot')].map(
    (e) => [e.offsetLeft, e.offsetWidth, e.offsetHeight].join())"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.rarely
def test_every_move_is_said_and_ringed_before_it_is_made(visit, width):
    watched = visit(width, 844, touch=width < 600, again=True)
    watched.shift_allowed = ANY
    page = watched.open(GAME)
    watched.ready()
    page.evaluate(WATCH_RING)
    tool(page, "show").click()
    page.wait_for_selector("[data-show]")
    places = page.evaluate(PLACES)
    page.wait_for_selector(OVER, timeout=30_000)
    assert page.evaluate(PLACES) == places
    rings = page.evaluate("rings")
    player = Player(page, SLUG, "mouse")
    for message, (on, words, foot) in zip(
        player.twin.game.module.solution(player.twin.state), rings, strict=True
    ):
        (sends,) = on.values()
        assert sends == list(message[: len(sends)])
        assert words.startswith(("Press “", "Set “", "Switch “"))
        assert foot <= 845, "the words and the way out stay in sight"
        player.twin.send(message)
    assert "Lit!" in page.locator("[data-stage]").text_content()
    assert page.locator("[data-game][data-shown]").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.rarely
def test_what_is_shown_is_neither_won_nor_kept(visit):
    watched = visit()
    watched.shift_allowed = ANY
    page = watched.open(GAME)
    watched.ready()
    player = Player(page, SLUG, "mouse")
    player.do(("weight", 0, 1.5))
    before = page.locator("[data-stage]").inner_html()
    tool(page, "show").click()
    page.wait_for_selector(OVER, timeout=30_000)
    assert won(page) == {}
    assert page.locator("[data-game][data-won]").count() == 0
    assert page.locator("[data-game]").get_attribute("data-score") != "1"
    assert tool(page, "show").text_content() == "Back to my game"
    tool(page, "show").click()
    page.wait_for_selector("[data-game]:not([data-show])")
    watched.ready()
    page.wait_for_function(
        "before => document.querySelector('[data-stage]').innerHTML === before", arg=before
    )
    assert won(page) == {}
    player.win()
    page.wait_for_selector("[data-game][data-won]")
    assert f"level-1/{SLUG}" in won(page)


def test_a_show_can_be_stopped_by_keyboard_at_any_time(visit):
    watched = visit(again=True)
    page = watched.open(GAME)
    watched.ready()
    first = page.locator("[data-stage]").inner_html()
    tool(page, "show").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-pressing]")
    assert tool(page, "show").text_content() == "Stop"
    assert page.locator("[data-stage]").evaluate("stage => stage.inert")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-game]:not([data-show])")
    watched.ready()
    page.wait_for_timeout(1200)
    assert page.locator("[data-stage]").inner_html() == first
    assert says(page) == ""
    Player(page, SLUG, "mouse").win()


@pytest.mark.rarely
def test_after_a_show_it_is_the_learners_turn_with_other_numbers(visit):
    watched = visit(again=True)
    page = start(watched)
    seed = page.locator("[data-game]").get_attribute("data-seed")
    page.wait_for_selector(OVER, timeout=30_000)
    page.get_by_role("button", name="Now you: other numbers").click()
    page.wait_for_selector("[data-game]:not([data-show])")
    watched.ready()
    assert page.locator("[data-game]").get_attribute("data-seed") != seed
    assert tool(page, "reseed").text_content() == "New numbers"
    Player(page, SLUG, "mouse").win()


def test_a_show_does_not_outlive_its_worker(visit):
    watched = visit(again=True)
    watched.expect("Python stopped")
    page = start(watched)
    page.wait_for_selector("[data-pressing]")
    for worker in page.workers:
        worker.evaluate("() => { setTimeout(() => self.close()) }")
    page.wait_for_function("document.querySelector('[data-game]').dataset.status !== 'ready'")
    watched.ready()
    assert page.locator("[data-show], [data-pressing]").count() == 0
    Player(page, SLUG, "mouse").win()


@pytest.mark.rarely
def test_an_animation_runs_between_the_moves(visit):
    watched = visit(again=True)
    page = start(watched, "play/forward-pass-relay/")
    page.wait_for_selector(".pulse", state="attached", timeout=20_000)
    page.wait_for_selector(OVER, timeout=20_000)
    assert "Gold!" in page.locator("[data-stage]").text_content()

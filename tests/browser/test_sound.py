"""Sound: none until it is asked for; then a win is a chord, and the wish is kept."""

from tests.browser.conftest import use
from tests.browser.player import Player

GAME = "play/light-the-network/"
LISTEN = """
window.notes = [];
window.OscillatorNode = class extends OscillatorNode {
    constructor(desk, options) { super(desk, options); notes.push(this.frequency.value); }
};"""


def notes(page):
    return page.evaluate("notes.splice(0).map(Math.round)")


def test_a_win_is_heard_by_those_alone_who_asked_for_sound(visit):
    watched = visit(again=True)
    watched.page.add_init_script(LISTEN)
    page = watched.open(GAME)
    watched.ready()
    Player(page, "light-the-network", "mouse").win()
    page.wait_for_selector("[data-won]")
    assert notes(page) == []
    use(page, "sound")
    switch = page.locator('[data-tool="sound"]')
    assert switch.get_attribute("aria-pressed") == "true"
    assert len(notes(page)) == 2, "one hears that it is on"
    page.reload()
    watched.ready()
    assert switch.get_attribute("aria-pressed") == "true"
    use(page, "reseed")
    watched.ready()
    Player(page, "light-the-network", "mouse").win()
    page.wait_for_selector("[data-won]")
    assert notes(page) == [523, 659, 784, 1047]
    use(page, "sound")
    assert switch.get_attribute("aria-pressed") == "false"

"""Sound: none until it is asked for; then a win is a chord, and the wish is kept."""

from tests.browser.conftest import ANY, use
from tests.browser.player import Player, hurry

GAME = "play/light-the-network/"
LISTEN = """
window.notes = [];
window.hums = 0;
window.OscillatorNode = class extends OscillatorNode {
    constructor(desk, options) {
        super(desk, options);
        if (options.type === 'triangle') hums += 1;
        else notes.push(this.frequency.value);
    }
    stop(at) {
        super.stop(at);
        if (this.type === 'triangle') hums -= 1;
    }
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


def test_a_loss_is_heard_while_it_falls_and_no_longer(visit):
    watched = visit(again=True)
    watched.shift_allowed = ANY
    watched.page.add_init_script(LISTEN)
    page = watched.open("play/descent-paths/")
    watched.ready()
    use(page, "sound")
    page.evaluate("""() => {
        window.heard = 0;
        setInterval(() => { heard = Math.max(heard, hums); }, 1);
    }""")
    hurry(page)
    player = Player(page, "descent-paths", "mouse")
    for message in (("bet", "full"), ("go",)):
        player.do(message)
    assert player.twin.score() < 1, "a win would end it with its chord"
    assert page.evaluate("heard") == 1, "one tone, however many walkers"
    assert page.evaluate("hums") == 0, "it rests"
    use(page, "sound")


def test_a_game_goes_on_where_no_tone_can_be_made(visit):
    watched = visit(again=True)
    watched.shift_allowed = ANY
    watched.expect("no tone here")
    watched.page.add_init_script(
        "window.OscillatorNode = class { constructor() { throw new Error('no tone here'); } };"
    )
    page = watched.open("play/descent-paths/")
    watched.ready()
    use(page, "sound")
    hurry(page)
    player = Player(page, "descent-paths", "mouse")
    for message in (("bet", "full"), ("go",)):
        player.do(message)
    use(page, "sound")

"""Games shared by link: the same picture again, a win computed anew, links that cannot be taken."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from games import link
from games.run import Run
from tests.browser.conftest import ANY, KEEP, READY, until, use
from tests.browser.looks import looks_well
from tests.browser.player import Player, texts

SLUG = "solve-xor"
PICTURE = """() => {
    const copy = document.querySelector('[data-stage]').cloneNode(true);
    const write = (node) => node.nodeType === Node.TEXT_NODE ? node.data : `<${node.localName} ` +
        [...node.attributes].map((a) => `${a.name}=${a.value}`).sort().join(' ') + '>' +
        [...node.childNodes].map(write).join('') + `</${node.localName}>`;
    return write(copy);
}"""
"""The stage's HTML; the order of attributes tells which were patched, so it is left out."""


def solved(slug, seed, moves=None):
    """A run after so many moves of its solution."""
    run = Run(slug, seed)
    for number, message in enumerate(run.game.module.solution(run.state)):
        if number == moves:
            break
        run.send(message)
        while run.tick():
            pass
    return run


def path(run, text=None):
    return f"play/{run.game.slug}/?seed={run.seed}#run={text or link.encode(run)}"


def says(page, pattern):
    page.wait_for_function(
        "pattern => new RegExp(pattern).test(document.querySelector('[data-boot]').textContent)",
        arg=pattern,
        timeout=READY,
    )


def opened(visit, address):
    watched = visit(stay="sharing")
    watched.shift_allowed = ANY  # a run of somebody else's takes the first frame's place
    page = watched.open(address)
    watched.ready()
    return page


def kept(page):
    """All that is remembered, the moves too."""
    return page.evaluate(f"{KEEP}.then((keep) => keep.recallWhole())")


def share(page):
    """Open the panel and have the moves in the link; the link."""
    use(page, "share")
    page.get_by_label(re.compile("^with my")).check()
    field = page.get_by_label("Link to this game")
    page.wait_for_function("field => field.value.includes('#run=2.')", arg=field.element_handle())
    return field.input_value()


@pytest.mark.parametrize(("slug", "moves"), [(SLUG, 3), ("optimizer-race", 2)])
def test_a_link_with_moves_opens_the_same_picture(visit, slug, moves):
    page = opened(visit, f"play/{slug}/?seed=11")
    player = Player(page, slug, "mouse")
    for message in list(player.twin.game.module.solution(Run(slug, 11).state))[:moves]:
        player.do(tuple(message))
    page.mouse.move(0, 0)
    address = share(page)
    run = link.replayed(address.partition("#run=")[2])
    assert texts(run.view()) == texts(player.twin.view())
    assert parse_qs(urlsplit(address).query)["seed"] == ["11"]
    page.evaluate("document.activeElement.blur()")
    picture, score = page.evaluate(PICTURE), page.locator("[data-game]").get_attribute("data-score")
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector('[data-status="ready"]', timeout=READY)
    says(page, "played again and all of it computed here|^Won in")
    assert page.evaluate(PICTURE) == picture
    assert page.locator("[data-game]").get_attribute("data-score") == score


def test_a_won_link_is_a_proof_and_no_win_of_the_opener(visit):
    run = solved(SLUG, 7)
    page = opened(visit, "lesson/")
    page.evaluate("localStorage.clear()")
    page = opened(visit, path(run))
    moves = sum(isinstance(entry, list) for entry in run.log)
    says(page, f"^Won in {moves} moves: .* computed here")
    assert page.locator("[data-game]").get_attribute("data-score") == "1"
    assert kept(page).get("won", {}) == {}
    use(page, "reset")
    page.wait_for_selector('[data-game]:not([data-score="1"])')
    Player(page, SLUG, "mouse").win()
    until(page, f"{KEEP}.then((keep) => keep.recallWin(['level-2/{SLUG}']))")
    won = kept(page)["won"][f"level-2/{SLUG}"]
    assert link.replayed(won["run"]).score() == 1
    assert (won["seed"], won["params"]) == (7, {"cuts": 1})
    use(page, "reset")
    page.wait_for_selector('[data-game]:not([data-score="1"])')
    use(page, "share")
    proof = page.get_by_label("Link to the game as you won it")
    page.wait_for_function("proof => proof.value !== ''", arg=proof.element_handle())
    assert proof.input_value().endswith(f"/play/{SLUG}/?seed=7&cuts=1#run={won['run']}")


def test_a_link_that_cannot_be_taken_says_why_and_the_game_starts_fresh(visit):
    page = opened(visit, f"play/{SLUG}/?seed=3")
    fresh = page.evaluate(PICTURE)
    text = link.encode(solved(SLUG, 3))
    for wrong, sentence in (
        (text[:-9], "cannot be read: a part of the link is missing"),
        ("3" + text[1:], "newer version of the course"),
        (link.encode(solved("tune-the-neuron", 3)), "belong to another game"),
    ):
        page.evaluate("text => { location.hash = `run=${text}`; }", wrong)
        says(page, f"{sentence}.*The game starts fresh")
        page.wait_for_selector('[data-status="ready"]')
        assert page.evaluate(PICTURE) == fresh
    page.evaluate("text => { location.hash = `run=${text}`; }", text)
    says(page, "^Won in")


def test_a_link_whose_signs_came_as_escapes_opens_what_it_opened(visit):
    run = solved(SLUG, 9)
    text = link.encode(run)
    for tail in (f"?seed=9#RUN={text}", f"?seed=9%23run%3D{text}", f"?seed%3D9%23run%253D{text}"):
        page = opened(visit, f"play/{SLUG}/{tail}")
        says(page, "^Won in")
        assert page.locator("[data-game]").get_attribute("data-seed") == "9"
    page.evaluate("() => { location.hash = 'run='; }")
    says(page, "a part of the link is missing.*The game starts fresh")


def test_moves_that_do_not_fit_are_followed_up_to_there(visit):
    run = solved(SLUG, 4, moves=1)
    run.log.append(["win"])
    watched = visit(stay="sharing")
    watched.shift_allowed = ANY
    watched.expect("is not what this game takes")
    page = watched.open(path(run))
    says(page, "could be followed up to here: .*win.* allowed")
    assert page.locator("[data-game]").get_attribute("data-score") != "1"


@pytest.mark.parametrize("width", [390, 1440])
def test_the_panel_is_worked_by_keyboard_and_copies(visit, site, width):
    watched = visit(width, 844, touch=width < 600, dark=width < 600, again=True)
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = watched.open(f"play/{SLUG}/?seed=5")
    watched.ready()
    button = page.locator('.game-tools [data-tool="share"]')
    menu = page.locator("[data-more] summary")
    menu.press("Enter")
    button.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    assert page.get_by_label(re.compile("^with my")).is_disabled()
    page.get_by_role("button", name="Copy link").press("Enter")
    page.wait_for_selector("text=Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{site}play/{SLUG}/?seed=5&cuts=1"
    line = page.get_by_label("To place it in a page of your own").input_value()
    tag = f'<neuronauts-game game="{SLUG}" seed="5" params="cuts=1"></neuronauts-game>'
    assert line == f'<script async src="{site}embed.js"></script>\n{tag}'
    looks_well(page)
    menu.press("Enter")
    button.press("Enter")
    assert not page.locator("[data-share]").is_visible()


def test_a_game_that_was_left_is_gone_on_with(visit):
    page = opened(visit, f"play/{SLUG}/?seed=11")
    page.evaluate("localStorage.clear()")
    player = Player(page, SLUG, "mouse")
    for message in list(player.twin.game.module.solution(Run(SLUG, 11).state))[:2]:
        player.do(tuple(message))
    until(page, f"{KEEP}.then((keep) => keep.recallLast(['play/{SLUG}']))")
    picture = page.evaluate(PICTURE)
    page = opened(visit, f"play/{SLUG}/?cuts=1")
    assert page.evaluate(PICTURE) != picture
    page.get_by_role("button", name="Go on where you were").click()
    page.wait_for_selector('[data-game][data-seed="11"][data-status="ready"]')
    page.wait_for_function(f"picture => ({PICTURE})() === picture", arg=picture)
    assert len(kept(page)["played"][f"level-2/{SLUG}"]["tries"]) == 1

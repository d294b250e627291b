"""Every game on a page that others have changed too: a translator, an extension.

They replace texts by words of their own and put nodes between those of the game. What it draws from
there on must be what it draws on a page of its own.
"""

import contextlib

import pytest
from playwright.sync_api import TimeoutError

from games import discover
from games.run import Run
from games.ui.node import to_html
from tests.browser.conftest import ANY
from tests.browser.player import hurry
from tests.browser.test_play import SMALLER

MEDDLE = """
window.meddle = (stage) => {
    const strange = (tag, kind, ...inside) => {
        const node = document.createElement(tag);
        node.dataset.strange = kind;
        node.append(...inside);
        return node;
    };
    const additions = () => [
        document.createComment('strange'),
        strange('span', 'addition'),
        strange('b', 'addition', 'Ad'),
    ];
    const isStrange = (node) => node?.nodeType === Node.COMMENT_NODE || node?.dataset?.strange;
    for (const element of [stage, ...stage.querySelectorAll('*:not(textarea)')]) {
        if (element.closest('[data-strange]')) continue;
        for (const child of [...element.childNodes]) {
            const served = isStrange(child) || isStrange(child.previousSibling);
            if (!served) child.before(...additions());
        }
        if (element.lastChild && !isStrange(element.lastChild)) element.append(...additions());
    }
    const walker = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    texts.forEach((text, i) => {
        if (text.parentElement.closest('[data-strange], textarea')) return;
        const font = strange('font', 'translation');
        if (i % 2) {
            text.replaceWith(font); // as Chromium's translator does
            font.append(strange('font', 'translation', text.data));
        } else {
            text.before(font);
            font.append(text);
        }
    });
};
// What is a game's own in an element: without additions, a translation taken for its text.
window.ownOf = (element) => {
    const lines = [];
    const write = (node) => {
        if (node.nodeType === Node.TEXT_NODE) lines.push(node.data);
        if (node.nodeType !== Node.ELEMENT_NODE) return;
        const { localName, dataset } = node;
        if (dataset.strange === 'addition') return;
        if (dataset.strange) return node.childNodes.forEach(write);
        const names = node.getAttributeNames().filter((name) => name !== 'href').sort();
        lines.push(`<${localName}>`, ...names.map((name) => `${name}=${node.getAttribute(name)}`));
        if (!node.matches('[data-columns], [data-section]')) node.childNodes.forEach(write);
        lines.push(`</${localName}>`);
    };
    element.childNodes.forEach(write);
    return lines.join('\\n');
};
0; // or the page would be asked to call what was made last
"""

GIVE = """([game, message]) => {
    const button = document.createElement('button');
    button.dataset.on = JSON.stringify({click: message});
    game.append(button);
    button.click();
    button.remove();
}"""
"""What a control of the game would do."""

FITS = """async (game) => {
    const { src } = document.querySelector('script[src*=main]');
    const { read, sizeOf } = await import(new URL('patch.js', src));
    return sizeOf(read(game.querySelector('[data-stage]')));
}"""
"""How many nodes the page takes for made."""

AGREES = """([game, html]) => {
    const template = document.createElement('template');
    template.innerHTML = html;
    game.shown = ownOf(game.querySelector('[data-stage]'));
    game.expected = ownOf(template.content);
    return game.shown === game.expected;
}"""


class Among:
    """A game on a page that strangers change before each of its moves, and its twin here."""

    def __init__(self, page, slug, params):
        self.page = page
        self.game = page.locator(f'[data-game="{slug}"]').element_handle()
        self.twin = Run(slug, int(self.game.get_attribute("data-seed")), params)
        self.rest()

    def rest(self):
        while self.twin.tick():
            pass

    def meddle(self):
        self.page.evaluate("game => meddle(game.querySelector('[data-stage]'))", self.game)

    def give(self, message):
        self.page.evaluate(GIVE, [self.game, message])
        self.twin.send(message)
        self.rest()

    def agrees(self):
        """Wait until page and twin show the same."""
        given = [self.game, to_html(self.twin.view())]
        with contextlib.suppress(TimeoutError):
            self.page.wait_for_function(AGREES, arg=given, timeout=20_000, polling=100)
        shown, expected = self.game.evaluate("game => [game.shown, game.expected]")
        assert shown.splitlines() == expected.splitlines()


@pytest.mark.in_turns
@pytest.mark.parametrize("slug", sorted(discover()))
def test_a_game_among_strangers_is_won_and_shows_what_its_twin_shows(visit, slug):
    watched = visit(stay="strangers")
    watched.shift_allowed = ANY
    page = watched.open(f"play/{slug}/{SMALLER.get(slug, '')}")
    watched.ready()
    hurry(page)
    page.evaluate(MEDDLE)
    query = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    game = Among(page, slug, query)
    game.agrees()
    assert game.game.evaluate(FITS) == 1 + game.twin.view().size()
    for message in game.twin.game.module.solution(game.twin.state):
        game.meddle()
        game.give(list(message))
        game.agrees()
    assert page.locator("[data-stage] :is(output, [aria-live], [role=status])").count() == 0
    if game.twin.score() is not None:
        page.wait_for_selector(f'[data-game="{slug}"][data-won]')


BEFORE = """
document.addEventListener('readystatechange', () => {
    if (document.readyState === 'interactive') meddle(document.querySelector('[data-stage]'));
});
"""


def test_a_first_frame_that_strangers_have_changed_is_drawn_anew(visit):
    watched = visit()
    watched.shift_allowed = ANY  # the additions go again
    watched.page.add_init_script(MEDDLE + BEFORE)
    page = watched.open("play/tune-the-neuron/")
    page.locator("[data-stage] [data-strange]").first.wait_for(state="attached")
    watched.ready()
    page.locator("[data-stage] [data-strange]").first.wait_for(state="detached")
    game = Among(page, "tune-the-neuron", {})
    game.agrees()
    assert game.game.evaluate(FITS) == 1 + game.twin.view().size()

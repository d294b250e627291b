"""Numbers on a page that is written from right to left stand as they do in any other."""

import json
from pathlib import Path

import pytest

from games import discover, words
from tests.browser.conftest import ANY, AT_ONCE, DIST, READY, in_time, use
from web.builder import catalogue, pseudo, search
from web.builder.articles import find_articles
from web.builder.pseudo import LEFTWARD

TURNED = r"""(root) => {
    const turned = [];
    const run = /(?:[−+≤≥≈] ?)?\d[\d.,]*(?: ?[−+≤≥≈→=×·/] ?[−+]?\d[\d.,]*)*(?<![.,])/g;
    const within = document.querySelector(root) ?? document.head;
    const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let numbers = 0;
    while (walker.nextNode()) {
        const { data, parentElement } = walker.currentNode;
        if (parentElement.closest('option, textarea, script, style, .katex-mathml')) continue;
        for (const { 0: text, index } of data.matchAll(run)) {
            const places = [...text].map((_, i) => {
                range.setStart(walker.currentNode, index + i);
                range.setEnd(walker.currentNode, index + i + 1);
                return range.getClientRects()[0];
            });
            numbers += text.length > 1;
            for (let i = 1; i < places.length; i += 1) {
                const [a, b] = [places[i - 1], places[i]];
                if (a?.width && b?.width && a.top === b.top && a.left > b.left + 0.5) {
                    turned.push(`${text} in ${data.slice(0, 90)}`);
                    break;
                }
            }
        }
    }
    return [turned, numbers];
}"""
"""The runs of digits and signs of which one stands right of the next; and how many there are."""


@pytest.fixture(scope="session")
def leftward(disguised):
    """The address of the course in letters that are written from right to left."""
    return disguised(LEFTWARD)


def paths():
    """Every kind of page; of games those whose sentences have numbers of many kinds."""
    return [
        "",
        *(f"lesson/{path.parent.name.replace('_', '-')}/" for path in find_articles()),
        "glossary/",
        "reference/optimizers/",
        *(f"play/{slug}/" for slug in sorted(discover())),
    ]


@pytest.mark.in_turns
@pytest.mark.parametrize("path", paths())
def test_numbers_keep_their_order_in_a_language_of_that_kind(chromium, leftward, path):
    """In prose, formulas, code, tables, pictures and readouts."""
    page = chromium.new_page(java_script_enabled=True)
    try:
        page.route("**/*.js", lambda route: route.abort())
        page.goto(leftward + path)
        assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        turned, numbers = page.evaluate(TURNED, "body")
        assert turned == []
        assert numbers > 0 or path == ""
    finally:
        page.close()


@pytest.mark.parametrize("slug", ["tune-the-neuron", "train-a-brain", "optimizer-race"])
def test_a_game_speaks_in_that_order_too(chromium, leftward, slug):
    page = chromium.new_page()
    page.set_default_timeout(READY)
    try:
        page.goto(f"{leftward}play/{slug}/")
        page.wait_for_selector("[data-status=ready]")
        use(page, "show")
        page.wait_for_timeout(3000)
        assert in_time(page, lambda: page.evaluate(TURNED, "body")[1] > 3)
        assert page.evaluate(TURNED, "body")[0] == []
    finally:
        page.close()


@pytest.mark.in_turns
@pytest.mark.parametrize("slug", sorted(discover()))
def test_a_page_of_another_language_is_not_turned_by_what_stands_around_it(visit, slug):
    watched = visit(stay="turned")
    watched.shift_allowed = ANY
    page = watched.open(f"play/{slug}/")
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate(TURNED, "body")[0] == []
    page.evaluate("document.body.dir = 'rtl'")
    assert page.evaluate(TURNED, "[data-stage] [translate=no]")[0] == []
    page.evaluate("document.documentElement.dir = document.body.dir = 'ltr'")


HOST = """<!doctype html><html lang="ar" dir="rtl"><meta charset="utf-8"><p>שלום</p>
<script src="{base}embed.js"></script><neuronauts-game game="tune-the-neuron"></neuronauts-game>"""


def test_an_embed_keeps_its_order_in_a_host_that_writes_from_right_to_left(visit, tmp_path: Path):
    watched = visit()
    watched.shift_allowed = ANY
    page = watched.page
    address = watched.site + "host.html"
    page.route(
        address,
        lambda route: route.fulfill(body=HOST.format(base=watched.site), content_type="text/html"),
    )
    page.goto(address)
    page.evaluate("document.querySelector('neuronauts-game').scrollIntoView()")
    frame = page.frame_locator("neuronauts-game iframe")
    frame.locator("[data-status=ready]").wait_for(timeout=READY)
    inside = page.frames[1]
    turned, numbers = inside.evaluate(TURNED, "body")
    assert turned == []
    assert numbers > 3
    inner = "document.querySelector('neuronauts-game').shadowRoot.querySelector('div')"
    assert page.evaluate(f"getComputedStyle({inner}).direction") == "ltr"


@pytest.mark.rarely
def test_what_the_search_has_found_keeps_its_order(chromium, leftward):
    """Its passages are the course's, disguised here: to make them anew would read every lesson."""
    words.use(catalogue.language(LEFTWARD))
    try:
        found = json.loads((DIST / search.FILE).read_text("utf-8"))
        found = [[address, kind, *map(pseudo.article, said)] for address, kind, *said in found]
    finally:
        words.use(words.ENGLISH)
    page = chromium.new_page()
    page.add_init_script(AT_ONCE)
    page.set_default_timeout(READY)
    page.route(f"**/{search.FILE}", lambda route: route.fulfill(json=found))
    try:
        page.goto(f"{leftward}lesson/")
        page.click(".find")
        page.fill("#search-field", "−0.6")
        page.wait_for_selector('#search-found[data-of="−0.6"] .search-text')
        assert page.locator("mark", has_text="−0").count() > 0
        turned, numbers = page.evaluate(TURNED, "dialog")
        assert turned == []
        assert numbers > 0
    finally:
        page.close()

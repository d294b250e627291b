"""Every page of the built site: phone and desktop, light and dark, with and without script."""

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

import numpy as np
import pytest

from games.ui import pixels
from games.ui.node import to_html
from tests.browser.conftest import ANY, DIST
from tests.browser.looks import looks_well, looks_well_unfolded
from web.builder.site import SINGLE_FILE

PAGES = sorted(
    str(path.relative_to(DIST)).removesuffix("index.html")
    for path in DIST.rglob("*.html")
    if path != DIST / SINGLE_FILE and path.name != "source.html"
)
"""Every page of the site; the course as one file is none of them (test_single_file.py), nor are the
sources that a page fetches (test_packs.py)."""
ONE_OF_MANY = (
    "reference/layers/",
    "reference/recipes/segmentation/",  # the longest name
    "frame/light-the-network/",
)
KINDS = [p for p in PAGES if p in ONE_OF_MANY or not re.match(r"(reference|frame|download)/\w", p)]
"""All pages; of the reference and of the frames, which are alike, these."""


def test_the_built_site_has_the_pages_it_promises():
    assert {"", "lesson/", "lesson/level-1/", "404.html", "play/light-the-network/"} <= set(PAGES)


STAGES = "[...document.querySelectorAll('[data-stage]')].map((stage) => stage.innerText)"


class Named(HTMLParser):
    """What a page names: the addresses of its elements, and the places that a link can lead to."""

    def __init__(self, page):
        super().__init__()
        self.addresses, self.places = [], set()
        file = page if page.endswith(".html") else f"{page}index.html"
        self.feed((DIST / file).read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.addresses += [(tag, found[name]) for name in ("href", "src") if name in found]
        self.places.add(found.get("id"))


@pytest.mark.in_turns
@pytest.mark.parametrize(("width", "dark"), [(320, True), (1440, False)], ids=["phone", "desktop"])
@pytest.mark.parametrize("path", [p for p in KINDS if not p.startswith("play/")])
def test_page_comes_alive_quietly_fits_and_is_accessible(visit, path, width, dark):
    watched = visit(width, 640 if width == 320 else 900, dark=dark, touch=width == 320, again=True)
    page = watched.open(path)
    watched.ready()
    shown = page.evaluate(STAGES)
    looks_well(page)
    links = page.evaluate("[...document.links].map((link) => link.getAttribute('href'))")
    if path != "404.html":  # which knows only then where it is
        assert set(links) <= {address for _, address in Named(path).addresses}
    if width == 1440:
        before = visit(scripts=False, again=True).open(path).evaluate(STAGES)
        if path == "":  # what learns there by itself has gone on
            before, shown = (re.sub(r"\d+", "0", "\n".join(said)) for said in (before, shown))
        assert shown == before
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(150)
    assert watched.verdict() == []
    watched.shift_allowed = ANY  # what opens moves what is below
    looks_well_unfolded(page)


@pytest.mark.in_turns
@pytest.mark.parametrize("path", sorted(set(PAGES) - set(KINDS)))
def test_a_page_like_others_fits_and_is_accessible_before_python_too(visit, path):
    watched = visit(320, 640, again=True)
    watched.page.route(re.compile(r"\.wasm"), lambda route: None)  # never answered
    looks_well(watched.open(path))


@pytest.mark.in_turns
@pytest.mark.parametrize("path", KINDS)
def test_page_reads_whole_without_script(visit, path):
    without = visit(scripts=False, again=True)
    without.open(path)
    text = without.page.locator("main").inner_text()
    assert len(text) > 100
    for game in without.page.locator("[data-game]").all():
        stage = game.locator("[data-stage]")
        assert stage.locator("svg, button").count() > 0
        assert stage.bounding_box()["height"] > 100
        assert "JavaScript" in game.inner_text()


@pytest.mark.rarely
def test_pages_fit_a_phone_while_their_letters_are_not_there(chromium, site):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    page.route("**/*.woff2", lambda route: route.abort())
    for path in KINDS:
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()


def test_links_and_files_that_a_page_names_are_there(site):
    pages = {path: Named(path) for path in PAGES}
    inside = 0
    for path, named in pages.items():
        for tag, address in named.addresses:
            url = urlsplit(urljoin(site + path, address))
            if (
                path == "404.html"
                or (tag == "a" and url.netloc != urlsplit(site).netloc)
                or url.scheme == "data"
            ):
                continue
            assert url.geturl().startswith(site), f"{path}: {address}"
            target = urlsplit(url.geturl().removeprefix(site)).path
            assert target in pages or (DIST / target).is_file(), f"{path}: {address}"
            assert not url.fragment or url.fragment in pages[target].places, f"{path}: {address}"
            inside += 1
    assert inside > len(pages)


def test_theme_is_kept_from_page_to_page_and_visit_to_visit(visit):
    watched = visit()
    page = watched.open("")
    theme = "document.documentElement.dataset.theme"
    page.locator('[data-action="theme"]').first.click()
    assert page.evaluate(theme) == "dark"
    page.reload()
    assert page.evaluate(theme) == "dark"
    page.locator('[data-action="theme"]').first.click()
    assert page.evaluate(theme) == "light"


@pytest.mark.parametrize("width", [390, 1440], ids=["phone", "desktop"])
def test_the_map_is_read_in_its_order_by_keyboard_and_shows_what_is_won_and_what_is_next(
    visit, width
):
    watched = visit(width, 844)
    page = watched.open("lesson/")
    won = page.locator(".star").nth(0).get_attribute("data-games").split()
    win = "{seed: 1, params: {}, run: '', at: '2026-01-01T00:00:00.000Z'}"
    page.evaluate(
        "games => localStorage.setItem('neuronauts:1', JSON.stringify({version: 3, forgets: 0,"
        f"played: {{}}, won: Object.fromEntries(games.map((game) => [game, {win}]))}}))",
        won,
    )
    page.reload()
    page.wait_for_selector(".star[data-next]")
    stars = page.locator(".star")
    assert stars.count() >= 4
    states = "stars => stars.map((s) => [s.hasAttribute('data-won'), s.hasAttribute('data-next')])"
    first, second, *others = stars.evaluate_all(states)
    assert (first, second) == ([True, False], [False, True])
    assert all(state == [False, False] for state in others)
    assert stars.nth(0).locator(".moon[data-won]").count() == len(won)
    assert f"{len(won)} of {len(won)} won" in stars.nth(0).inner_text()
    page.locator(".star a").first.focus()
    reached = []
    for _ in range(stars.count()):
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
        page.keyboard.press("Tab")
    assert reached == page.locator(".star a").evaluate_all(
        "all => all.map((a) => a.getAttribute('href'))"
    )
    boxes = [star.locator("a").bounding_box() for star in stars.all()]
    for one, other in pairwise(boxes):
        beside = one["x"] + one["width"] <= other["x"] + 1
        below = one["y"] + one["height"] <= other["y"] + 1
        assert below or (beside and width == 1440)
    lowest = max(box["y"] + box["height"] for box in boxes)
    atlas = page.locator(".atlas").bounding_box()
    assert lowest <= atlas["y"] + atlas["height"]


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_a_term_opens_its_definition_by_keyboard_where_it_stands(visit, scripts):
    page = visit(390, 844, scripts=scripts).open("lesson/level-1/")
    term = page.locator(".term").first
    note = page.locator(f"#{term.get_attribute('popovertarget')}")
    assert not note.is_visible()
    term.scroll_into_view_if_needed()
    term.press("Enter")
    assert note.is_visible()
    box, word = note.bounding_box(), term.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    gap = max(box["y"] - word["y"] - word["height"], word["y"] - box["y"] - box["height"])
    assert 0 <= gap < 20
    page.keyboard.press("Escape")
    assert not note.is_visible()


def test_each_row_of_a_picture_stands_beside_its_name(visit):
    page = visit(scripts=False, again=True).open("play/step-through-a-block/")
    drawn = pixels.strips(list("abcdefgh"), np.eye(8), "signed", "a picture", largest=1.0)
    page.locator("[data-stage]").evaluate("(stage, html) => stage.innerHTML = html", to_html(drawn))
    off = page.locator(".strips").evaluate(
        """strips => {
            const {top, height} = strips.querySelector('.pixels').getBoundingClientRect();
            const names = [...strips.querySelectorAll('li')].map((n) => n.getBoundingClientRect());
            return names.map((n, i) =>
                (n.top + n.bottom) / 2 - top - height * (i + 0.5) / names.length);
        }"""
    )
    assert off == pytest.approx([0] * len(off), abs=1)


def test_printing_shows_the_text_and_the_games(visit):
    watched = visit()
    watched.shift_allowed = ANY  # paper is laid out anew
    page = watched.open("lesson/level-1/")
    page.emulate_media(media="print")
    assert page.locator("main h1").is_visible()
    assert page.locator("[data-stage] svg").first.is_visible()
    assert not page.locator('[data-action="theme"]').first.is_visible()


def test_runtime_settings_are_json_that_a_script_element_can_hold():
    html = (DIST / "index.html").read_text("utf-8")
    text = re.search(r'<script id="runtime"[^>]*>(.*?)</script>', html)
    assert text
    known = {"core", "type", "start", "memory", "config", "sandbox", "carried"}
    assert set(json.loads(text[1])) == known


def test_nothing_blocks_the_main_thread_while_python_starts_and_trains(visit, chromium):
    assert any(longest_task(visit, chromium) < 50 for _ in range(5))


def longest_task(visit, chromium):
    """Milliseconds of the processor that the longest task of the page's main thread took.

    The clock on the wall would count what else a busy machine does; some of it reaches even this
    one, so the test lets one quiet visit of five be enough.
    """
    watched = visit()
    chromium.start_tracing(page=watched.page, categories=["toplevel"])
    try:
        page = watched.open("play/dial-the-dropout/?seeds=5")
        watched.ready()
        page.get_by_role("button", name="Train without dropout").click()
        page.wait_for_timeout(1500)
    finally:
        trace = json.loads(chromium.stop_tracing())["traceEvents"]
    names = [event for event in trace if event["name"] == "thread_name"]
    main = {e["tid"] for e in names if e["args"]["name"] == "CrRendererMain"}
    tasks = [e for e in trace if e["tid"] in main and e["name"].endswith("RunTask")]
    return max(task.get("tdur", task["dur"]) for task in tasks if task["ph"] == "X") / 1000


def test_a_picture_of_the_wall_plays_when_one_points_at_it_and_rests_again(visit):
    page = visit(scripts=True, again=True).open("")
    link = page.locator(".wall a").nth(1)
    picture = link.locator("img")
    for begin, end in ((link.hover, page.locator("h1").hover), (link.focus, link.blur)):
        begin()
        page.wait_for_function(
            "picture => picture.src.endsWith('#play')", arg=picture.element_handle()
        )
        end()
        page.wait_for_function(
            "picture => picture.src.endsWith('.svg')", arg=picture.element_handle()
        )

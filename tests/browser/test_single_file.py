"""The course as one file, opened from the disk without a network, in Chromium and in Firefox."""

import base64
import gzip
import json
import re
import shutil

import pytest

from tests.browser.conftest import DIST, READY
from tests.browser.player import Player
from tests.browser.test_cards import run
from web.builder.site import SINGLE_FILE

FIRST = "light-the-network"
TRAINED = "translate-a-sentence"
NO_BLOBS = "\\nURL.createObjectURL = () => { throw new TypeError('as in WebKit'); };"
"""A worker of a page without a host can read no blob in WebKit."""
DRAWN = "picture => picture.complete && picture.naturalWidth > 0"


class Carried:
    """The file in a folder of its own, in a browser without a network, and what it did wrong."""

    def __init__(self, browser, folder):
        self.file = folder / "Neuronauts, the course.html"
        shutil.copy(DIST / SINGLE_FILE, self.file)
        self.complaints = []
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 900}, offline=True, accept_downloads=True
        )
        self.context.on("request", self._on_request)
        self.page = self.new_page()

    def new_page(self):
        page = self.context.new_page()
        page.set_default_timeout(READY)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("console", self._on_console)
        return page

    def _on_request(self, request):
        if not request.url.startswith(("file:", "blob:", "data:")):
            self.complaints.append(f"asked for {request.url}")

    def _on_console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def open(self, fragment=""):
        self.page.goto(self.file.as_uri() + fragment)

    def ready(self, slug):
        game = f'[data-game="{slug}"][data-status="ready"]'
        self.page.wait_for_selector(game, timeout=READY, state="attached")

    def at(self, fragment, heading):
        """Wait for a page: its address in the bar, and its heading."""
        self.page.locator("h1", has_text=heading).wait_for()
        assert self.page.evaluate("location.hash") == fragment

    def close(self):
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)


@pytest.mark.rarely
def test_in_chromium_the_file_plays_everything_without_a_network(chromium, tmp_path, capsys):
    carried = Carried(chromium, tmp_path)
    text, begin = carried.file.read_text("utf-8"), "\\nboard();`"
    (bundle,) = re.findall(r'data-file="modules.json">([^<]*)<', text)
    modules = json.loads(gzip.decompress(base64.b64decode(bundle)))
    (carry,) = (path for path in modules if path.endswith("/carry.js"))
    assert modules[carry].count(begin) == 1
    modules[carry] = modules[carry].replace(begin, NO_BLOBS + begin)
    without = base64.b64encode(gzip.compress(json.dumps(modules).encode())).decode()
    carried.file.write_text(text.replace(bundle, without), "utf-8")
    plays_everything(carried, capsys)


@pytest.mark.rarely
def test_in_firefox_the_file_plays_everything_without_a_network(firefox, tmp_path, capsys):
    plays_everything(Carried(firefox(), tmp_path), capsys)


def plays_everything(carried, capsys):
    page = carried.page
    carried.open()
    carried.ready(FIRST)
    starts = "performance.getEntriesByType('mark').map((mark) => mark.startTime)"
    seconds = min(page.evaluate(starts)) / 1000
    size = carried.file.stat().st_size / 1e6
    with capsys.disabled():
        browser = carried.context.browser.browser_type.name
        print(f"\n{browser}: {size:.1f} MB, a game ready after {seconds:.2f} s")
    Player(page, FIRST, "mouse").win()

    page.get_by_role("link", name="Course", exact=True).click()
    carried.at("#/lesson/", "The course")
    for picture in (page.locator(".wall img").first, page.locator(".wall img").last):
        picture.scroll_into_view_if_needed()
        page.wait_for_function(DRAWN, arg=picture.element_handle())
        picture.hover()
        page.wait_for_function(
            f"picture => picture.src.endsWith('#play') && ({DRAWN})(picture)",
            arg=picture.element_handle(),
        )
    page.locator('#main a[href="#/lesson/level-1/#activations"]').first.click()
    carried.at("#/lesson/level-1/#activations", "Level 1")
    assert page.evaluate("document.fonts.load('16px KaTeX_Main').then((fonts) => fonts.length)")
    assert page.locator(f'[data-rail-game="level-1/{FIRST}"][data-won]').count() == 1, (
        "the win is kept"
    )
    assert run(page) == ("", "0.6682")

    page.evaluate(f"location.hash = '#/play/{TRAINED}/?seed=3'")
    carried.at(f"#/play/{TRAINED}/?seed=3", "Translate")
    carried.ready(TRAINED)
    player = Player(page, TRAINED, "mouse")
    assert player.twin.seed == 3
    player.do(("believe", "right"))
    player.do(("translate",))

    page.go_back()
    carried.at("#/lesson/level-1/#activations", "Level 1")
    page.go_forward()
    carried.at(f"#/play/{TRAINED}/?seed=3", "Translate")
    carried.ready(TRAINED)
    player.agree()
    page.reload()
    carried.at(f"#/play/{TRAINED}/?seed=3", "Translate")
    carried.ready(TRAINED)
    assert page.locator(f'[data-game="{TRAINED}"]').get_attribute("data-seed") == "3"

    page.evaluate("location.hash = '#/lesson/level-3/#four-equations'")
    carried.at("#/lesson/level-3-backpropagation/#four-equations", "Level 3, part 2 of 4")
    carried.close()

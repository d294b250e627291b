"""The built site, served from a sub-folder of a plain static host, and a browser that watches.

Every page opened through `visit` is held to the promises of all pages: no console error, no request
that leaves the origin, no layout shift. A test that expects one says so.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    sync_playwright,
)

from web.builder import browsers
from web.builder.draft import Draft
from web.builder.precompile import Compiler
from web.builder.runtime import runtime_hash
from web.builder.serve import Server
from web.builder.sources import Packages

ROOT = Path(__file__).parents[2]
DIST = Path(os.environ.get("NEURONAUTS_DIST", ROOT / "dist"))
SHOTS = ROOT / "test-results"
BASE = "/course/"
FLAGS = (*browsers.FLAGS, "--js-flags=--liftoff-only")
"""A page that lives for seconds does without optimised WebAssembly: making it costs a third of all
that a start does."""
READY = 60_000
"""Milliseconds a page may take until Python is there, on a machine that does other things too."""

WATCH = """
window.watched = {shift: 0, moved: [], touched: Infinity};
for (const act of ['pointerdown', 'keydown', 'input']) {
  const touch = ({timeStamp}) => watched.touched = Math.min(watched.touched, timeStamp);
  addEventListener(act, touch, {capture: true});
}
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput || entry.startTime >= watched.touched) continue;
    watched.shift += entry.value;
    const show = ({node}) => node?.outerHTML?.slice(0, 120) ?? node?.data;
    watched.moved.push(...entry.sources.map(show));
  }
}).observe({type: 'layout-shift', buffered: true});
"""
"""What moves before anybody does anything; later it may be an answer, late on a busy machine.
What moves by itself while a game runs is found in test_steady.py."""

LIFE = {
    "is visible": "document.visibilityState === 'visible'",
    "draws": "new Promise((go) => requestAnimationFrame(() => go(true)))",
}
"""What may have kept a page from answering; one without scripts does neither."""
ONLINE = "delete Navigator.prototype.serviceWorker;"
"""The course is not kept on the device where the test is not about it: that costs seconds."""


AT_ONCE = """
window.PerformanceObserver = class extends PerformanceObserver {
  constructor(tell) { super(tell); this.tell = tell; }
  observe(options) { options.type === 'paint' ? this.tell() : super.observe(options); }
};
"""
"""A page's scripts do not wait until it is drawn: what is opened can be used."""


FOLLOW = """(url) => {
    document.getElementById('main').dataset.left = '';
    document.body.hidden = false;
    const link = Object.assign(document.createElement('a'), {href: url});
    document.body.append(link);
    link.click();
}"""
"""Leave this page by a link; what stands on it bears a mark until it is gone."""

STILL = 0.005
"""Layout shift of a page before it is touched: a busy browser draws half of what it has read, and
the bar at the top without its last button."""
ANY = float("inf")
"""Of a page that may move by itself."""


class _Handler(http.server.SimpleHTTPRequestHandler):
    """dist/ below /course/, as any static host would serve it."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "application/octet-stream",  # as nginx has it
        ".js": "text/javascript",
        ".wasm": "application/wasm",
    }

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix(BASE) if path.startswith(BASE) else "outside-of-the-course"
        return super().translate_path("/" + inside)

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the served course."""
    if not (DIST / "index.html").exists():
        pytest.fail(f"{DIST} holds no built site; run `python3 build.py build` first")
    handler = functools.partial(_Handler, directory=str(DIST))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{BASE}"
    server.shutdown()


@pytest.fixture(scope="session")
def disguised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Serve the course in a pseudo-language: disguised("en-XA") is its address.

    Its pages are made when they are asked for, since a run looks at few of them.
    """
    with contextlib.ExitStack() as stack, Compiler(runtime_hash(Packages())) as compiler:

        def serve(code: str) -> str:
            draft = Draft(tmp_path_factory.mktemp(code) / "site", code)
            stack.callback(draft.close)
            draft.renew(compiler)
            server = Server(0, BASE, draft.folder, draft)
            stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            return f"http://127.0.0.1:{server.server_port}{BASE}"

        yield serve


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for the tests of a file, which leave nothing to others; a context for each."""
    program, _ = browsers.find()
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def firefox(playwright: Playwright) -> Iterator[Callable[..., Browser]]:
    """Launch a Firefox: firefox({preference: value, …})."""
    program = browsers.firefox()
    if not program:
        pytest.skip("there is no Firefox on this machine")
    made: list[Browser] = []

    def launch(preferences: Mapping[str, bool | int | str] | None = None) -> Browser:
        try:
            browser = playwright.firefox.launch(
                channel="moz-firefox",
                executable_path=program,
                firefox_user_prefs=dict(preferences or {}),
                timeout=READY,
            )
        except Error as error:
            pytest.skip(f"Playwright cannot drive {program}: {error.message.splitlines()[0]}")
        made.append(browser)
        return browser

    yield launch
    for browser in made:
        browser.close()


KEEP = """import(performance.getEntriesByType('resource').map(({ name }) => name)
    .find((name) => name.endsWith('/keep.js')))"""
"""A promise of the page's own keep.js, not of another copy of it: what a script element says of its
address is true of the page that was opened first."""


def is_true(page: Page, truth: str) -> bool:
    """Whether something comes true within two seconds, on a page that may answer nothing at all."""
    try:
        page.wait_for_function(truth, timeout=2000, polling=100)
    except Error:
        return False
    return True


def until(page: Page, truth: str, arg: object = None) -> None:
    """Wait until a promise comes true; `page.wait_for_function` takes the promise for the truth."""
    assert in_time(page, lambda: page.evaluate(truth, arg)), f"never true: {truth}"


def in_time(page: Page, truth: Callable[[], object]) -> bool:
    """Whether something comes true, in a time that is long enough for a busy machine."""
    ends = time.monotonic() + READY / 1000
    while not truth() and time.monotonic() < ends:
        page.wait_for_timeout(100)
    return bool(truth())


def use(page: Page, tool: str, n: int = 0) -> None:
    """Press one of the tools below the n-th game of a page, in its menu where it is in there."""
    button = page.locator(f'.game-tools [data-tool="{tool}"]').nth(n)
    menu = button.locator("xpath=ancestor::details[not(@open)]")
    if menu.count():
        menu.locator("summary").click()
    button.click()


@dataclass
class Watched:
    """A page and everything it must not do, written down as it happens."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    stays: str = ""
    shift_allowed: float = STILL
    shift_before: float = 0.0

    def expect(self, pattern: str) -> None:
        """Say that a complaint matching `pattern` belongs to this test."""
        self.expected.append(pattern)

    def open(self, path: str) -> Page:
        """Go to a page of the course: by a link, where a page of it is open."""
        self.page.bring_to_front()  # or the browser lets it wait for others
        if self.stays and self.page.url.startswith(self.site):
            self.page.evaluate(FOLLOW, self.site + path)
            self.page.wait_for_selector("[data-left]", state="detached", timeout=READY)
        else:
            self.page.goto(self.site + path)
        return self.page

    def ready(self, slug: str | None = None) -> None:
        """Wait until the game (or every game) of the page can be played."""
        if slug:
            game = f'[data-game="{slug}"][data-status="ready"]'
            self.page.wait_for_selector(game, timeout=READY, state="attached")
        else:
            self.page.wait_for_function(
                "[...document.querySelectorAll('[data-game]')]"
                ".every((game) => game.dataset.status === 'ready')",
                timeout=READY,
            )
        if self.stays:
            self.shift_before = self.page.evaluate("watched.touched = Infinity, watched.shift")

    def verdict(self) -> list[str]:
        """Everything the page did wrong."""
        found = list(self.complaints)
        if not self.page.is_closed() and self.page.url.startswith(self.site):
            seen = self.page.evaluate("window.watched")
            shift = seen["shift"] - self.shift_before if seen else 0
            if shift > self.shift_allowed:
                found.append(f"layout shifted by {shift:.4f}: {seen['moved']}")
        return [f for f in found if not any(re.search(e, f) for e in self.expected)]


Visit = Callable[..., Watched]


@pytest.fixture(scope="module")
def returning(chromium: Browser) -> dict[str, BrowserContext]:
    """Browsers with caches that were here before, by what they were made with."""
    return {}


@pytest.fixture(scope="module")
def staying(chromium: Browser) -> dict[str, Page]:
    """Pages on which Python stays alive from test to test, by who plays there."""
    return {}


@pytest.fixture
def visit(
    chromium: Browser,
    site: str,
    returning: dict[str, BrowserContext],
    staying: dict[str, Page],
    request: pytest.FixtureRequest,
) -> Iterator[Visit]:
    """Make a watched page: visit(width=1440, height=900, dark=False, touch=False, scripts=True).

    `locale` is the language that the browser speaks.

    `again=True` visits with the caches of earlier such visits: what is not about starting starts
    sooner. `stay="name"` goes on where the last visit of that name ended, by a link, so that
    Python need not start; after a failure there it begins anew.
    """
    made: list[tuple[BrowserContext, Watched]] = []
    listening: list[Callable[[], None]] = []

    def make(
        width: int = 1440,
        height: int = 900,
        *,
        dark: bool = False,
        touch: bool = False,
        scripts: bool = True,
        locale: str = "en-US",
        again: bool = False,
        stay: str = "",
    ) -> Watched:
        options: dict[str, Any] = {
            "viewport": {"width": width, "height": height},
            "color_scheme": "dark" if dark else "light",
            "has_touch": touch,
            "is_mobile": touch,
            "java_script_enabled": scripts,
            "locale": locale,
        }
        key = f"{stay}{options}" if again or stay else ""
        context = returning.get(key)
        if context is None:
            context = chromium.new_context(**options)
            context.add_init_script(ONLINE + AT_ONCE + WATCH)
            if key:
                returning[key] = context
        page = staying.pop(stay, None) or context.new_page()
        watched = Watched(page, site, stays=stay)
        origin = site.removesuffix(BASE)
        if again and not made:  # the caches stay, what another test has won does not
            forget = {"origin": origin, "storageTypes": "local_storage"}
            context.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)

        def on_request(url: str) -> None:
            if not url.startswith((origin, "data:", "blob:")):
                watched.complaints.append(f"a request left the origin: {url}")

        def hear(request: Request) -> None:
            on_request(request.url)

        def uncaught(error: Error) -> None:
            watched.complaints.append(f"uncaught: {error}")

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                text = f"console {message.type}: {message.text} ({message.location})"
                watched.complaints.append(text)

        for speaker, event, listener in (
            (context, "request", hear),
            (page, "pageerror", uncaught),
            (page, "console", said),
        ):
            speaker.on(event, listener)
            listening.append(functools.partial(speaker.remove_listener, event, listener))
        made.append((context, watched))
        return watched

    yield make
    failed = getattr(request.node, "failed", False)
    complaints = [] if failed else [c for _, watched in made for c in watched.verdict()]
    if failed:  # what pages complained of may say why
        print(*(c for _, watched in made for c in watched.complaints), sep="\n")
    for number, (context, watched) in enumerate(made):
        if (failed or complaints) and not watched.page.is_closed():
            SHOTS.mkdir(exist_ok=True)
            name = re.sub(r"\W+", "-", request.node.name).strip("-")
            for what, truth in LIFE.items():
                print(watched.page.url, what, is_true(watched.page, truth))
            watched.page.screenshot(path=SHOTS / f"{name}-{number}.png")
        if watched.stays and not failed and not complaints:
            watched.page.evaluate("document.body.hidden = true")  # nothing to draw, nothing to tick
            staying[watched.stays] = watched.page
            continue
        watched.page.close()
        if context not in returning.values():
            context.close()
    for stop in listening:
        stop()
    assert not complaints, "\n".join(complaints)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember on the test whether it failed, so that `visit` can take its picture."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.failed = report.failed  # type: ignore[attr-defined]

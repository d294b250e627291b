"""The built site, served from a sub-folder of a plain static host, and a browser that watches.

Every page opened through `visit` is held to the promises of all pages: no console error, no request
that leaves the origin, no layout shift. A test that expects one says so. Long tasks are counted too
(`window.watched.long`), but judged by a test of their own: a busy machine makes them.
"""

from __future__ import annotations

import functools
import http.server
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from web.builder import browsers

ROOT = Path(__file__).parents[2]
DIST = Path(os.environ.get("NEURONAUTS_DIST", ROOT / "dist"))
SHOTS = ROOT / "test-results"
BASE = "/course/"
READY = 60_000
"""Milliseconds a page may take until Python is there, on a machine that does other things too."""

WATCH = """
window.watched = {shift: 0, moved: [], long: []};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    watched.shift += entry.value;
    const show = ({node}) => node?.outerHTML?.slice(0, 120) ?? node?.data;
    watched.moved.push(...entry.sources.map(show));
  }
}).observe({type: 'layout-shift', buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) watched.long.push(Math.round(entry.duration));
}).observe({type: 'longtask', buffered: true});
"""


class _Handler(http.server.SimpleHTTPRequestHandler):
    """dist/ below /course/, as any static host would serve it."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".wasm": "application/wasm",
    }

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix(BASE) if path.startswith(BASE) else "outside-of-the-course"
        return super().translate_path("/" + inside)

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
def chromium() -> Iterator[Browser]:
    """One browser for the whole session; each test gets a context of its own."""
    with sync_playwright() as playwright:
        program, _ = browsers.find()
        browser = playwright.chromium.launch(executable_path=program, args=browsers.FLAGS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page and everything it must not do, written down as it happens."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    shifts_allowed: bool = False

    def expect(self, pattern: str) -> None:
        """Say that a complaint matching `pattern` belongs to this test."""
        self.expected.append(pattern)

    def open(self, path: str) -> Page:
        """Go to a page of the course."""
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

    def verdict(self) -> list[str]:
        """Everything the page did wrong."""
        found = list(self.complaints)
        if not self.page.is_closed() and self.page.url.startswith(self.site):
            seen = self.page.evaluate("window.watched")
            if seen and seen["shift"] > 0.001 and not self.shifts_allowed:
                found.append(f"layout shifted by {seen['shift']:.4f}: {seen['moved']}")
        return [f for f in found if not any(re.search(e, f) for e in self.expected)]


Visit = Callable[..., Watched]


@pytest.fixture(scope="session")
def returning(chromium: Browser) -> dict[str, BrowserContext]:
    """Browsers with caches that were here before, by what they were made with."""
    return {}


@pytest.fixture
def visit(
    chromium: Browser,
    site: str,
    returning: dict[str, BrowserContext],
    request: pytest.FixtureRequest,
) -> Iterator[Visit]:
    """Make a watched page: visit(width=1440, height=900, dark=False, touch=False, scripts=True).

    `again=True` visits with the caches of earlier such visits: what is not about starting starts
    sooner.
    """
    made: list[tuple[BrowserContext, Watched]] = []

    def make(
        width: int = 1440,
        height: int = 900,
        *,
        dark: bool = False,
        touch: bool = False,
        scripts: bool = True,
        again: bool = False,
    ) -> Watched:
        options: dict[str, Any] = {
            "viewport": {"width": width, "height": height},
            "color_scheme": "dark" if dark else "light",
            "has_touch": touch,
            "is_mobile": touch,
            "java_script_enabled": scripts,
        }
        context = returning.get(str(options)) if again else None
        if context is None:
            context = chromium.new_context(**options)
            context.add_init_script(WATCH)
            if again:
                returning[str(options)] = context
        page = context.new_page()
        watched = Watched(page, site)
        origin = site.removesuffix(BASE)

        def on_request(url: str) -> None:
            if not url.startswith((origin, "data:", "blob:")):
                watched.complaints.append(f"a request left the origin: {url}")

        def hear(request: Request) -> None:
            on_request(request.url)

        context.on("request", hear)
        page.on("close", lambda _: context.remove_listener("request", hear))
        page.on("pageerror", lambda error: watched.complaints.append(f"uncaught: {error}"))
        page.on(
            "console",
            lambda m: (
                watched.complaints.append(f"console {m.type}: {m.text} ({m.location})")
                if m.type in ("error", "warning")
                else None
            ),
        )
        made.append((context, watched))
        return watched

    yield make
    failed = getattr(request.node, "failed", False)
    complaints = [] if failed else [c for _, watched in made for c in watched.verdict()]
    for number, (context, watched) in enumerate(made):
        if (failed or complaints) and not watched.page.is_closed():
            SHOTS.mkdir(exist_ok=True)
            name = re.sub(r"\W+", "-", request.node.name).strip("-")
            watched.page.screenshot(path=SHOTS / f"{name}-{number}.png")
        watched.page.close()
        if context not in returning.values():
            context.close()
    assert not complaints, "\n".join(complaints)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember on the test whether it failed, so that `visit` can take its picture."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.failed = report.failed  # type: ignore[attr-defined]

"""What all measurements share: browser, server, fair turns, and how results are handed on."""

from __future__ import annotations

import json
import math
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.bench.server import Server
from web.builder import browsers

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CACHE = ROOT / "build" / "bench"
SITE = CACHE / "site"
"""A copy of the built site, so that a build meanwhile disturbs nothing."""

CALM, PATIENCE = 0.3, 5.0
"""A share of busy processors that is calm enough to measure in, and seconds to wait for it."""
EVERY = 10.0
"""Seconds between lines of progress where nobody looks on."""

T = TypeVar("T")
_said = 0.0


class NotMeasuredError(RuntimeError):
    """A figure could not be had; the message says why."""


@dataclass
class Result:
    """What one measurement found.

    Attributes:
        figures: the numbers that budgets speak of, by name.
        where: for some of them, in which case they were found.
        title: heads the table.
        header: names of the columns.
        rows: the table for the screen.
        details: everything measured, for the file.
    """

    title: str
    header: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    details: Any = None


@dataclass
class Bench:
    """One run of the bench.

    Attributes:
        playwright: starts browsers.
        server: serves /site/ (the built site), /stock/ (the page to compare with), /bench/ (us).
        quick: fewer repetitions, for a first look.
        minutes: how long memory is watched.
    """

    playwright: Playwright
    server: Server
    quick: bool = False
    minutes: float = 1.0

    def url(self, path: str) -> str:
        """Return the address of a path such as `site/lesson/level-1/`."""
        return self.server.url + path

    @contextmanager
    def browser(self) -> Iterator[Browser]:
        """A browser that keeps nothing."""
        browser = self.playwright.chromium.launch(
            executable_path=browsers.find()[0], args=browsers.FLAGS
        )
        try:
            yield browser
        finally:
            browser.close()

    @contextmanager
    def visitor(self, profile: Path) -> Iterator[BrowserContext]:
        """A fresh browser process whose caches live in `profile`."""
        context = self.playwright.chromium.launch_persistent_context(
            str(profile), executable_path=browsers.find()[0], args=browsers.FLAGS
        )
        try:
            yield context
        finally:
            context.close()

    def interpreter(self) -> str:
        """Return the address of the module by which the built site starts Python."""
        config: dict[str, Any] = {}

        def read(settings: dict[str, Any]) -> None:
            config.update(settings["config"])

        with_runtime((SITE / "lesson" / "level-1" / "index.html").read_text("utf-8"), read)
        return urljoin(self.url("site/lesson/level-1/"), str(config["interpreter"]))


def with_runtime(html: str, change: Callable[[dict[str, Any]], None]) -> str:
    """Return the HTML of one of our pages with its `<script id="runtime">` settings changed."""
    found = re.search(r'(<script[^>]*id="runtime"[^>]*>)(.*?)(</script>)', html, re.S)
    if found is None:
        raise NotMeasuredError(
            'the page has no <script id="runtime">; the page contract has changed'
        )
    settings = json.loads(found[2])
    change(settings)
    text = json.dumps(settings).replace("<", "\\u003c")
    return html[: found.start()] + found[1] + text + found[3] + html[found.end() :]


@contextmanager
def profile() -> Iterator[Path]:
    """A folder for a browser's caches, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="neuronauts-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def in_turn(rounds: int, tasks: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Do every task once a round, so that a machine whose speed drifts is fair to all of them."""
    found: dict[str, list[T]] = {name: [] for name in tasks}
    names = list(tasks)
    for i in range(rounds):
        for name in names if i % 2 == 0 else reversed(names):
            say(f"round {i + 1} of {rounds}: {name}")
            found[name].append(tasks[name]())
    say()
    return found


def median(values: Sequence[float]) -> float:
    """Return the middle of `values`."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that at least `percent` % of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def calm() -> None:
    """Wait, but not for ever, until the machine has little else to do."""
    end = time.monotonic() + PATIENCE
    while _busy(0.5) > CALM and time.monotonic() < end:
        pass


def _busy(seconds: float) -> float:
    """Return the share of the processors' time that is used in the next seconds, 0 if unknown."""
    before = _processor_times()
    time.sleep(seconds)
    total, idle = (now - then for now, then in zip(_processor_times(), before, strict=True))
    return 1 - idle / total if total else 0.0


def _processor_times() -> tuple[int, int]:
    """Return ticks since the start of the machine: all, and those spent idle."""
    try:
        ticks = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except OSError:
        return 0, 0
    return sum(ticks), ticks[3] + ticks[4]


def say(progress: str = "") -> None:
    """Show on the screen's last line what is going on, in a log now and then; nothing clears it."""
    global _said
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[2K{progress[:100]}")
    elif progress and time.monotonic() - _said > EVERY:
        _said = time.monotonic()
        sys.stderr.write(f"  {progress}\n")
    sys.stderr.flush()


def watch(page: Page | BrowserContext) -> None:
    """Have every document write down long tasks and layout shifts, in `watched`."""
    page.add_init_script(path=HERE / "watch.js")

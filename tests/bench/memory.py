"""Memory of the page's process while games run: its peak, and whether it grows."""

from __future__ import annotations

import itertools
import re
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.bench.harness import Bench, NotMeasuredError, Result, median, say
from tests.bench.play import play

TURN = 5.0
"""Seconds at one game before going on to the next."""
SLUGS = "[...document.querySelectorAll('[data-game]')].map((game) => game.dataset.game)"
READY = (
    "[...document.querySelectorAll('[data-game]')].every((game) => game.dataset.status === 'ready')"
)


def measure(bench: Bench) -> Result:
    """Play the lesson's games in turn, and visit another page after each round."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise NotMeasuredError("memory: only Linux tells (/proc/…/smaps_rollup)")
    minutes = bench.minutes
    with bench.browser() as browser:
        page = browser.new_page()
        page.goto(bench.url("site/lesson/"))
        page.wait_for_function(READY, timeout=60_000)
        samples = [(0.0, _private_megabytes(browser))]
        begun = time.monotonic()
        for turn in itertools.count():
            slugs = page.evaluate(SLUGS)
            for slug in slugs:
                say(f"minute {samples[-1][0]:.1f} of {minutes:g}: {slug}, {samples[-1][1]:.0f} MB")
                play(page, slug, TURN, seed=turn)
                samples.append(((time.monotonic() - begun) / 60, _private_megabytes(browser)))
            if samples[-1][0] >= minutes:
                break
            _there_and_back(page)
    say()
    return _report(samples)


def _there_and_back(page: Page) -> None:
    """Follow a link to a game's own page and come back."""
    page.evaluate("document.querySelector('[data-game] a[href*=\"play/\"]').click()")
    page.wait_for_url("**/play/*/")
    page.wait_for_function(READY)
    page.go_back()
    page.wait_for_url("**/lesson/")
    page.wait_for_function(READY)


def _private_megabytes(browser: Browser) -> float:
    """Return the private memory of the largest renderer: the page with its worker."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [process["id"] for process in processes if process["type"] == "renderer"]
    return max(_private_bytes(pid) for pid in renderers) / 1e6


def _private_bytes(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * sum(int(size) for size in re.findall(r"^Private_\w+: +(\d+) kB", rollup, re.M))


def _report(samples: list[tuple[float, float]]) -> Result:
    """Compare the run's last quarter with its second: the first is still filling caches."""
    sizes = [size for _, size in samples]
    quarter = max(1, len(sizes) // 4)
    early, late = median(sizes[quarter : 2 * quarter] or sizes), median(sizes[-quarter:])
    drift = 100 * (late / early - 1)
    return Result(
        "Memory: private megabytes of the page's process",
        ["after boot", "peak", "second quarter", "last quarter", "drift", "minutes"],
        rows=[
            [
                *(f"{size:.0f}" for size in (sizes[0], max(sizes), early, late)),
                f"{drift:+.1f} %",
                f"{samples[-1][0]:.1f}",
            ]
        ],
        figures={"memory drift": drift, "memory peak": max(sizes)},
        details=samples,
    )

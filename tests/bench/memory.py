"""Memory of the page's process while games run: its peak, and whether it grows."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
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


@dataclass(frozen=True)
class Sample:
    """Private megabytes of the page's process at one time, with garbage and without."""

    minute: float
    used: float
    kept: float


def measure(bench: Bench) -> Result:
    """Play a level's games in turn, and visit another page after each round."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise NotMeasuredError("only Linux tells (/proc/…/smaps_rollup)")
    with bench.browser() as browser:
        page = browser.new_page()
        page.goto(bench.url("site/lesson/level-1/"))
        page.wait_for_function(READY, timeout=60_000)
        begun = time.monotonic()
        samples = [_sample(page, begun)]
        for turn in itertools.count():
            for slug in page.evaluate(SLUGS):
                last = samples[-1]
                say(f"minute {last.minute:.1f} of {bench.minutes:g}: {last.kept:.0f} MB; {slug}")
                play(page, slug, TURN, seed=turn)
                samples.append(_sample(page, begun))
            if samples[-1].minute >= bench.minutes:
                return _report(samples)
            _there_and_back(page)
    raise AssertionError("the loop ends by returning")


def _there_and_back(page: Page) -> None:
    """Follow a link to a game's own page and come back."""
    page.evaluate("document.querySelector('[data-game] a[href*=\"play/\"]').click()")
    page.wait_for_url("**/play/*/")
    page.wait_for_function(READY)
    page.go_back()
    page.wait_for_url(re.compile(r"/lesson/level-1/(#.*)?$"))  # a child follows links on the page
    page.wait_for_function(READY)


def _sample(page: Page, begun: float) -> Sample:
    browser = page.context.browser
    assert browser
    session = page.context.new_cdp_session(page)
    used = private_megabytes(browser)
    session.send("HeapProfiler.collectGarbage")
    session.detach()
    return Sample((time.monotonic() - begun) / 60, used, private_megabytes(browser))


def private_megabytes(browser: Browser, which: Callable[[Iterable[float]], float] = max) -> float:
    """Return the private memory of the largest renderer (the page with its worker), or of all."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    renderers = [process["id"] for process in processes if process["type"] == "renderer"]
    return which([_private_bytes(pid) / 1e6 for pid in renderers])


def _private_bytes(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * sum(int(size) for size in re.findall(r"^Private_\w+: +(\d+) kB", rollup, re.M))


def _report(samples: list[Sample]) -> Result:
    """Compare the run's last quarter with its second: the first is still filling caches."""
    kept = [sample.kept for sample in samples]
    quarter = len(kept) // 4
    early, late = median(kept[quarter : 2 * quarter]), median(kept[-quarter:])
    drift = 100 * (late / early - 1)
    peak = max(sample.used for sample in samples)
    return Result(
        "Memory: private megabytes of the page's process, after garbage collection",
        ["minutes", "after boot", "second quarter", "last quarter", "drift", "peak with garbage"],
        rows=[
            [
                f"{samples[-1].minute:.1f}",
                *(f"{size:.0f}" for size in (kept[0], early, late)),
                f"{drift:+.1f} %",
                f"{peak:.0f}",
            ]
        ],
        figures={"memory drift": drift, "memory peak": peak},
        details=[asdict(sample) for sample in samples],
    )

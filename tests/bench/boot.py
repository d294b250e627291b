"""Boot: from navigation to the first game ready, beside a stock page to `import numpy` done.

Every sample is a browser process of its own. A first visit starts from empty caches, a repeat visit
from what a first visit left behind: the HTTP cache, the kept memory of Python, the service worker.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Page

from tests.bench.harness import Bench, Result, calm, in_turn, median, profile, watch
from tests.bench.server import Line

OURS, STOCK = "site/lesson/level-1/", "stock/"
SLOW = 10e6
"""Bits per second of the slow first visit."""
FLUSH = 0.5
"""Seconds a browser gets after a visit to write its cache to the disk."""
STAY = 4.0
"""Seconds that a visit before a repeat visit lasts: a browser keeps machine code late."""
KEPT = (
    "performance.getEntriesByName('neuronauts:kept').length && navigator.serviceWorker.controller"
)
"""Whether our page has prepared the next visit, which it does after some seconds of play: a memory
is kept, and the service worker answers."""
READY = (
    "[...performance.getEntriesByType('mark')].find((m) => m.name.startsWith('neuronauts:ready:'))"
)
NEXT = """() => new Promise((resolve) => {
    const link = document.querySelector('[data-game] a[href*="play/"]');
    const clicked = performance.now();
    const look = () => {
        const mark = performance.getEntriesByType('mark').find(
            (mark) => mark.name.startsWith('neuronauts:ready:') && mark.startTime > clicked);
        if (mark) resolve(mark.startTime - clicked);
        else setTimeout(look, 5);
    };
    link.click();
    look();
})"""


@dataclass(frozen=True)
class Visit:
    """One visit.

    Attributes:
        ready: milliseconds from navigation until Python had done what the page is for.
        painted: milliseconds until the page showed text.
        long_tasks: durations of main-thread tasks over 50 ms, in milliseconds.
        shift: cumulative layout shift.
        following: milliseconds from a click on a link to the first game of the next page ready.
    """

    ready: float
    painted: float
    long_tasks: tuple[float, ...]
    shift: float
    following: float | None = None


def measure(bench: Bench) -> Result:
    """Visit both pages for the first time and again, at full speed and over a slow line."""
    rounds, slow_rounds = (3, 1) if bench.quick else (9, 3)
    pages = {"ours": OURS, "stock": STOCK}

    first = in_turn(
        rounds, {name: partial(first_visit, bench, path) for name, path in pages.items()}
    )
    with profile() as ours, profile() as stock:
        visit(bench, OURS, ours, until=KEPT)
        visit(bench, STOCK, stock, until="true")
        again = {
            "ours": partial(visit, bench, OURS, ours, follow=True),
            "stock": partial(visit, bench, STOCK, stock),
        }
        repeat = in_turn(rounds, again)
    bench.server.line = Line(SLOW)
    slow = in_turn(
        slow_rounds, {name: partial(first_visit, bench, path) for name, path in pages.items()}
    )
    bench.server.line = None
    return _report({"first": first, "repeat": repeat, "slow": slow})


def first_visit(bench: Bench, path: str) -> Visit:
    with profile() as folder:
        return visit(bench, path, folder)


def visit(
    bench: Bench,
    path: str,
    folder: Path,
    follow: bool = False,
    until: str | None = None,
    then: Callable[[Page], None] | None = None,
) -> Visit:
    """Open a page in a new browser process with the caches of `folder`.

    With `until`, stay until it is so, and see to the page before it is closed with `then`.
    """
    with bench.visitor(folder) as context:
        watch(context)
        page = context.pages[0]
        calm()
        page.goto(bench.url(path), wait_until="commit")
        page.wait_for_function(READY, polling=50, timeout=120_000)
        visit = Visit(
            ready=page.evaluate(f"{READY}.startTime"),
            painted=page.evaluate(
                "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
            ),
            long_tasks=tuple(page.evaluate("watched.longTasks")),
            shift=page.evaluate("watched.shift"),
            following=page.evaluate(NEXT) if follow else None,
        )
        if until:
            page.wait_for_timeout(1000 * STAY)
            page.wait_for_function(until, polling=200, timeout=60_000)
            if then:
                then(page)
        time.sleep(FLUSH)
        return visit


def _report(found: dict[str, dict[str, list[Visit]]]) -> Result:
    result = Result(
        "Boot: milliseconds to the first game ready (stock page: to `import numpy` done)",
        ["visit", "ours", "stock", "ratio", "text shown", "long tasks", "layout shift"],
    )
    names = {"first": "first visit", "repeat": "repeat visit", "slow": "first visit at 10 Mbit/s"}
    for kind, visits in found.items():
        ours, stock = visits["ours"], visits["stock"]
        ready = median([visit.ready for visit in ours])
        beside = median([visit.ready for visit in stock])
        result.figures[f"{kind} visit vs stock"] = ready / beside
        result.rows.append(
            [
                names[kind],
                f"{ready:.0f}",
                f"{beside:.0f}",
                f"{ready / beside:.2f} ×",
                f"{median([visit.painted for visit in ours]):.0f}",
                f"{_worst(ours)} (stock {_worst(stock)})",
                f"{max(visit.shift for visit in ours):.3f}",
            ]
        )
    repeat = found["repeat"]["ours"]
    following = median([visit.following for visit in repeat if visit.following is not None])
    ready = median([visit.ready for visit in repeat])
    result.rows.append(["next page", f"{following:.0f}", "–", f"{following / ready:.2f} × repeat"])
    ours = [visit for visits in found.values() for visit in visits["ours"]]
    result.figures |= {
        "next page vs repeat visit": following / ready,
        "long tasks in boot": max(len(visit.long_tasks) for visit in ours),
        "layout shift": max(visit.shift for visit in ours),
    }
    result.details = {
        kind: {name: [asdict(visit) for visit in visits] for name, visits in pages.items()}
        for kind, pages in found.items()
    }
    return result


def _worst(visits: list[Visit]) -> str:
    """Say how many long tasks the worst visit had, and how long they were together."""
    worst = max(visits, key=lambda visit: sum(visit.long_tasks))
    return f"{len(worst.long_tasks)}, {sum(worst.long_tasks):.0f} ms"

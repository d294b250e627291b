"""Frames and answers: every game played for a while, each frame's cost written down on the page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Route

from tests.bench.harness import (
    HERE,
    SITE,
    Bench,
    NotMeasuredError,
    Result,
    calm,
    percentile,
    say,
    watch,
    with_runtime,
)
from tests.bench.play import play

HOST_WATCH = (HERE / "host_watch.py").read_text("utf-8")
TRIES = 5
"""How many times as long a game is played of which no input was answered by a frame."""
READY = "document.querySelector('[data-game]').dataset.status === 'ready'"


def measure(bench: Bench) -> Result:
    """Play every game on its own page, with real input, and gather what `watch.js` wrote down."""
    result = Result(
        "Frames: milliseconds of draw (Python) + patch + paint, and from input to painted answer",
        [
            "game",
            "frames",
            "p50",
            "p95",
            "draw p95",
            "patch p95",
            "paint p95",
            "inputs",
            "answer p50",
            "p98",
            "long tasks",
        ],
    )
    everything = {}
    with bench.browser() as browser:
        page = browser.new_page(service_workers="block")  # it would answer before `route` is asked
        watch(page)
        page.route("**/site/play/*/", _with_host_watch)
        for slug in sorted(folder.name for folder in (SITE / "play").iterdir() if folder.is_dir()):
            say(f"playing {slug}")
            everything[slug] = found = _played(bench, page, slug)
            result.rows.append(_row(slug, found))
    answers = [time for found in everything.values() for time in found["answers"]]
    slowest = {slug: percentile(_costs(found), 95) for slug, found in everything.items()}
    result.where["frame p95"] = max(slowest, key=slowest.__getitem__)
    result.figures = {
        "frame p95": max(slowest.values()),
        "answer p98": percentile(answers, 98),
        "long tasks in play": sum(len(found["longTasks"]) for found in everything.values()),
    }
    result.details = everything
    return result


def _with_host_watch(route: Route) -> None:
    """Have the worker's Python tell how long it draws."""
    response = route.fetch()

    def add(settings: dict[str, Any]) -> None:
        settings["start"] = f"{HOST_WATCH}\n{settings['start']}"

    route.fulfill(response=response, body=with_runtime(response.text(), add))


def _played(bench: Bench, page: Page, slug: str) -> dict[str, Any]:
    page.goto(bench.url(f"site/play/{slug}/"))
    page.wait_for_function(READY, timeout=60_000)
    calm()
    page.evaluate("watched.longTasks.length = 0")  # those of the start belong to boot
    for attempt in range(TRIES):
        play(page, slug, 3 if bench.quick else 15, seed=attempt)
        page.wait_for_timeout(500)
        found: dict[str, Any] = page.evaluate("watched")
        if any(frame["draw"] for frame in found["frames"]) and _costs(found) and found["answers"]:
            break
    else:
        raise NotMeasuredError(
            f"{slug}: playing it drew no frame; are watch.js and host_watch.py up to date?"
        )
    return found


def _costs(found: dict[str, Any]) -> list[float]:
    return [
        frame["draw"] + frame["patch"] + frame["paint"]
        for frame in found["frames"]
        if frame["changed"]
    ]


def _row(slug: str, found: dict[str, Any]) -> list[str]:
    costs = _costs(found)
    parts = {
        part: [frame[part] for frame in found["frames"] if frame["changed"]]
        for part in ("draw", "patch", "paint")
    }
    return [
        slug,
        str(len(costs)),
        f"{percentile(costs, 50):.1f}",
        f"{percentile(costs, 95):.1f}",
        *(f"{percentile(values, 95):.1f}" for values in parts.values()),
        str(len(found["answers"])),
        f"{percentile(found['answers'], 50):.0f}",
        f"{percentile(found['answers'], 98):.0f}",
        f"{len(found['longTasks'])}, {sum(found['longTasks']):.0f} ms",
    ]

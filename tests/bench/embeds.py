"""Games on somebody else's page: what three of them cost, against one."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from tests.bench.harness import Bench, NotMeasuredError, Result, calm, in_turn, median
from tests.bench.memory import private_megabytes

GAMES = ("tune-the-neuron", "solve-xor", "gradient-decay")
HEIGHT = 6000
"""Of the window in pixels: every game is near, so all of them load at once."""


def measure(bench: Bench) -> Result:
    """Open a page with one game and a page with three, in turn, each in a browser of its own."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise NotMeasuredError("only Linux tells (/proc/…/smaps_rollup)")
    tasks = {"one": lambda: _visit(bench, 1), "three": lambda: _visit(bench, len(GAMES))}
    found = in_turn(2 if bench.quick else 5, tasks)
    result = Result(
        "Games on a page of another site, in a browser that was never here",
        ["games", "until all are ready, ms", "private megabytes of all frames"],
        details=found,
    )
    middle = {
        name: tuple(median([visit[i] for visit in visits]) for i in range(2))
        for name, visits in found.items()
    }
    for name, figures in middle.items():
        result.rows.append([name, *(f"{figure:.0f}" for figure in figures)])
    ratios = [three / one for one, three in zip(middle["one"], middle["three"], strict=True)]
    result.rows.append(["three to one", *(f"{ratio:.2f}" for ratio in ratios)])
    result.figures = {"embeds start": ratios[0], "embeds memory": ratios[1]}
    return result


def _visit(bench: Bench, games: int) -> tuple[float, float]:
    """Return milliseconds until the last game is ready, and the memory of the pages' processes."""
    calm()
    query = urlencode({"site": bench.url("site/"), "games": ",".join(GAMES[:games])})
    host = bench.url("bench/embeds.html").replace("127.0.0.1", "localhost")  # another site
    with bench.browser() as browser:
        page = browser.new_page(viewport={"width": 1000, "height": HEIGHT})
        page.goto(f"{host}?{query}")
        page.wait_for_function("ready !== null", timeout=60_000)
        return page.evaluate("ready"), private_megabytes(browser, sum)

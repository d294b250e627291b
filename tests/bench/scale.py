"""Scale: today's site beside the same grown to a hundred games and eighty articles (grown.py).

Bytes are those of the files as they are shipped: what a host makes of them hides copies.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Page

from tests.bench.boot import KEPT, first_visit, visit
from tests.bench.grown import ARTICLES, GAMES, grow
from tests.bench.harness import CACHE, SITE, Bench, Result, in_turn, median, profile, say

PROJECT = CACHE / "grown"
LESSON, GAME = "lesson/level-1/", "play/solve-xor/"
SHEET = re.compile(r'<link rel="stylesheet" href="(?:\.\./)*([^"]+)"')
RAIL = re.compile(r'<nav class="rail".*?</nav>', re.DOTALL)
STORED = """async (opens) => {
    let bytes = 0;
    for (const name of await caches.keys()) if (name.startsWith(opens)) {
        const cache = await caches.open(name);
        for (const key of await cache.keys()) {
            bytes += (await (await cache.match(key)).arrayBuffer()).byteLength;
        }
    }
    return bytes;
}"""
"""The bytes in the browser's caches whose name opens so."""
SAVE = """
import pathlib, sys, time
from web.builder.draft import Draft
from web.builder.precompile import Compiler
from web.builder.runtime import runtime_hash
from web.builder.sources import Packages
game = pathlib.Path("games/first_neurons/solve_xor/game.py").resolve()
draft = Draft()
with Compiler(runtime_hash(Packages())) as compiler:
    draft.renew(compiler)
    compiler.start()
    assert draft.page("play/solve-xor/index.html")
    for _ in range(6):
        with game.open("a") as file:
            file.write("\\n")
        began = time.perf_counter()
        draft.renew(compiler, [str(game)])
        assert draft.page("play/solve-xor/index.html")
        print(time.perf_counter() - began, file=sys.stderr)
draft.close()
"""
"""What `serve` does when a game is saved and its page is looked at, in the folder of a project.

The first save may have to wait for the compiler, and is left aside.
"""


def measure(bench: Bench) -> Result:
    """Grow the project, build it, and take every figure of both sites in turn."""
    rounds = 3 if bench.quick else 7
    say("growing the project")
    shutil.rmtree(PROJECT, ignore_errors=True)
    grow(PROJECT)
    _run([sys.executable, "-m", "web.builder", "build"], PROJECT)
    site = PROJECT / "dist"
    bench.server.folders["grown"] = site
    sites = {"site": SITE, "grown": site}
    for name in sites:  # nobody waits for the host's compression below
        first_visit(bench, f"{name}/{LESSON}")
    found: dict[str, dict[str, float]] = {
        "first game ready": _ready(bench, rounds),
        **_again(bench, rounds),
        "bytes before the first game": {name: _fetched(bench, name) for name in sites},
        "bytes of a game's page": {name: _page(folder) for name, folder in sites.items()},
        "bytes of the rail": {name: _rail(folder) for name, folder in sites.items()},
        "rendering on save": {
            "site": _save(_today()),
            "grown": _save(PROJECT),
        },
    }
    return _report(found)


def _ready(bench: Bench, rounds: int) -> dict[str, float]:
    tasks = {name: partial(first_visit, bench, f"{name}/{LESSON}") for name in ("site", "grown")}
    return {
        name: median([one.ready for one in visits])
        for name, visits in in_turn(rounds, tasks).items()
    }


def _again(bench: Bench, rounds: int) -> dict[str, dict[str, float]]:
    """A repeat visit's milliseconds, and what the visit before has left on the device."""
    memory: dict[str, float] = {}
    course: dict[str, float] = {}

    def weigh(page: Page, name: str) -> None:
        page.wait_for_function(
            "!/on its way|being kept/.test(document.querySelector('[data-offline]').innerText)"
        )
        memory[name] = page.evaluate(STORED, "neuronauts-memory")
        course[name] = page.evaluate(STORED, "neuronauts-course")

    with profile() as today, profile() as grown:
        tasks: dict[str, Callable[[], float]] = {}
        for name, folder in {"site": today, "grown": grown}.items():
            path = f"{name}/{LESSON}"
            visit(bench, path, folder, until=KEPT, then=partial(weigh, name=name))
            tasks[name] = partial(_revisit, bench, path, folder)
        again = {name: median(times) for name, times in in_turn(rounds, tasks).items()}
    return {"repeat visit": again, "kept memory": memory, "stored unasked": course}


def _revisit(bench: Bench, path: str, folder: Path) -> float:
    return visit(bench, path, folder).ready


def _fetched(bench: Bench, name: str) -> int:
    """Bytes of all files that were asked for until the first game was ready."""
    bench.server.fetches.clear()
    first_visit(bench, f"{name}/{LESSON}")
    return sum(file.stat().st_size for file in {fetch.file for fetch in bench.server.fetches})


def _page(site: Path) -> int:
    """Bytes of a game's own page and of its style sheets."""
    text = (site / GAME / "index.html").read_text("utf-8")
    return len(text.encode()) + sum((site / sheet).stat().st_size for sheet in SHEET.findall(text))


def _rail(site: Path) -> int:
    found = RAIL.search((site / GAME / "index.html").read_text("utf-8"))
    return len(found[0].encode()) if found else 0


def _today() -> Path:
    """A copy of this project, which a save may change."""
    copy = CACHE / "today"
    shutil.rmtree(copy, ignore_errors=True)
    return grow(copy, games=0, articles=0, tracks=0)


def _save(project: Path) -> float:
    say(f"saving a game in {project.name}")
    times = [float(line) for line in _run([sys.executable, "-c", SAVE], project).split()]
    return median(times[1:])


def _run(command: list[str], project: Path) -> str:
    """Run a command in a project; return its standard error."""
    environment = {"PYTHONPATH": str(project), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)[:60]} failed in {project}: {done.stderr[-2000:]}")
    return done.stderr


def _report(found: dict[str, dict[str, float]]) -> Result:
    result = Result(
        f"Scale: today's site beside one of {GAMES} games and {ARTICLES} articles",
        ["figure", "today", "grown", "ratio"],
    )
    for figure, values in found.items():
        ratio = values["grown"] / values["site"]
        result.figures[figure] = ratio
        result.rows.append(
            [figure, *(_said(figure, values[name]) for name in ("site", "grown")), f"{ratio:.2f} ×"]
        )
    result.details = json.loads(json.dumps(found))
    return result


def _said(figure: str, value: float) -> str:
    if figure in ("first game ready", "repeat visit"):
        return f"{value:.0f} ms"
    return f"{value:.1f} s" if figure == "rendering on save" else f"{value / 1000:.1f} kB"

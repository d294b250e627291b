"""`python -m tests.bench`: measure, print each table, then the budgets with their figures.

A missed budget is shown, not punished; the exit status is 1 only if a figure could not be had.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable

from playwright.sync_api import Error, sync_playwright

from tests.bench import boot, embeds, frames, memory, report, scale, steps, stock, transfer
from tests.bench.harness import CACHE, HERE, SITE, Bench, NotMeasuredError, Result, say
from tests.bench.server import Server
from web.builder import browsers, node
from web.builder.paths import DIST
from web.builder.report import BuildError

MEASURES: dict[str, Callable[[Bench], Result]] = {
    "bytes": transfer.measure,
    "boot": boot.measure,
    "steps": steps.measure,
    "frames": frames.measure,
    "embeds": embeds.measure,
    "memory": memory.measure,
    "scale": scale.measure,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen measurements; return the exit status."""
    options = _options(arguments)
    if not (DIST / "index.html").is_file():
        print(f"{DIST} holds no built site; run `python3 build.py build` first", file=sys.stderr)
        return 2
    try:
        if "steps" in options.only:
            _install_packages()
        shutil.rmtree(SITE, ignore_errors=True)
        shutil.copytree(DIST, SITE)
        folders = {"site": SITE, "stock": stock.make(), "bench": HERE}
    except BuildError as error:
        print(error, file=sys.stderr)
        return 2
    server = Server(folders, CACHE / "brotli")
    print("Compressing what will be served (about a minute the first time) …", flush=True)
    for name in ("site", "stock"):
        server.prepare(name)
    results: dict[str, Result] = {}
    failed: dict[str, str] = {}
    load = [report.load_average()]
    with sync_playwright() as playwright:
        print(f"Browser: {browsers.find()[0]}")
        bench = Bench(playwright, server, quick=options.quick, minutes=options.minutes)
        for name in options.only:
            print(f"\nMeasuring {name} …", flush=True)
            begun = time.monotonic()
            try:
                result = results[name] = MEASURES[name](bench)
            except (NotMeasuredError, Error) as error:
                failed[name] = str(error)
                print(f"  not measured: {error}")
                continue
            finally:
                say()
            print(report.table(result.title, result.header, result.rows))
            print(f"({time.monotonic() - begun:.0f} s)")
    server.close()
    load.append(report.load_average())
    print(report.budgets(results, failed))
    file = CACHE / "latest.json"
    report.save(file, results, failed, load)
    print(f"\nEverything is in {file}. Load average {load[0]:.1f} before, {load[1]:.1f} after.")
    return 1 if failed else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="build.py bench", description="Measure the built site.")
    parser.add_argument(
        "--only",
        type=lambda text: text.split(","),
        default=list(MEASURES),
        metavar="NAMES",
        help=f"some of {','.join(MEASURES)}",
    )
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: a first look")
    parser.add_argument(
        "--minutes", type=float, default=1.0, help="how long memory is watched (1; the budget: 30)"
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.only) - set(MEASURES):
        parser.error(f"--only: {', '.join(sorted(unknown))}; allowed: {', '.join(MEASURES)}")
    return options


def _install_packages() -> None:
    """Fetch the networks to compare with, unless they are what the lock says."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    print("Installing the networks to compare with …", flush=True)
    subprocess.run([*node.find().npm, "ci"], cwd=HERE, check=True, stdout=subprocess.DEVNULL)
    stamp.write_text(lock)


if __name__ == "__main__":
    sys.exit(main())

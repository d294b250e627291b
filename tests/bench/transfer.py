"""Bytes over the wire: what a first visit fetches, as it lies there, by gzip and by Brotli."""

from __future__ import annotations

import gzip
from collections import defaultdict
from pathlib import Path

from tests.bench.boot import OURS, STOCK, first_visit
from tests.bench.harness import CACHE, Bench, Result, say
from tests.bench.server import COMPRESSED, compressed

GROUPS = {
    "PyScript": ("pyscript",),
    "NumPy": ("numpy",),
    "standard library": ("stdlib",),
    "Pyodide": ("pyodide", "/python.", "/boot."),
    "the course's Python": ("/app.",),
}
"""Part of the runtime → what its paths hold; the first that fits. All else is the page."""
PAGE = "page, styles, fonts"
"""What a stock page does not have, and what is not counted as runtime."""
KINDS = ("as shipped", "gzip -9", "brotli -11", "best")


def measure(bench: Bench) -> Result:
    """Visit both pages once and weigh every file that was fetched."""
    ours, stock = _weigh(bench, OURS), _weigh(bench, STOCK)
    result = Result(
        "Bytes of a first visit, in kB",
        ["files", *(f"{site} {kind}" for site in ("ours", "stock") for kind in KINDS)],
    )
    groups = [PAGE, *GROUPS]
    for group in groups:
        result.rows.append([group, *_cells(ours[group]), *_cells(stock[group])])
    runtime = [group for group in GROUPS if group != "the course's Python"]
    totals = {
        "runtime": runtime,
        "all": groups,
    }
    for name, parts in totals.items():
        sums = [[sum(site[part][i] for part in parts) for i in range(4)] for site in (ours, stock)]
        result.rows.append([name, *_cells(sums[0]), *_cells(sums[1])])
        result.figures[f"{name} vs stock"] = sums[0][3] / sums[1][3]
    result.details = {"ours": dict(ours), "stock": dict(stock)}
    return result


def _weigh(bench: Bench, path: str) -> dict[str, list[int]]:
    """Return the bytes of each group: as shipped, by gzip, by Brotli, and the best of them."""
    say(f"visiting {path}")
    bench.server.fetches.clear()
    first_visit(bench, path)
    weights: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for file in {fetch.file for fetch in bench.server.fetches}:
        say(f"compressing {file.name}")
        sizes = _sizes(file)
        group = weights[_group(file)]
        for i, size in enumerate((*sizes, min(sizes))):
            group[i] += size
    return weights


def _sizes(file: Path) -> tuple[int, int, int]:
    """Return the bytes of a file as shipped, by gzip and by Brotli, as far as hosts compress it."""
    content = file.read_bytes()
    if file.suffix not in COMPRESSED:
        return (len(content),) * 3
    return (
        len(content),
        len(gzip.compress(content, 9)),
        len(compressed(content, CACHE / "brotli")),
    )


def _group(file: Path) -> str:
    path = "/".join(file.parts[-3:]).lower()
    fits = (name for name, words in GROUPS.items() if any(word in path for word in words))
    return next(fits, PAGE)


def _cells(sizes: list[int]) -> list[str]:
    return [f"{size / 1000:.0f}" for size in sizes]

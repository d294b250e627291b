"""Tables for the screen and a file for later: what was measured, where, and the budgets."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.budgets import BUDGETS, Budget
from tests.bench.harness import HERE, Result
from web.builder.paths import WEB

PACKAGES = {
    WEB: ("pyodide", "@pyscript/core"),
    HERE: ("@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm", "brain.js", "convnetjs"),
}


def table(
    title: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    left: Sequence[int] = (0,),
) -> str:
    """Lay rows out in columns, those numbered in `left` to the left, the others to the right."""
    full = [[*row, *[""] * (len(header) - len(row))] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in full) for i in range(len(header))]
    lines = [
        "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in full
    ]
    return "\n".join([f"\n{title}", lines[0], "─" * len(lines[0]), *lines[1:]])


def budgets(results: Mapping[str, Result], failed: Mapping[str, str]) -> str:
    """Set every budget beside the figure that was found for it."""
    rows = []
    for budget in BUDGETS:
        promise = f"{'≥' if budget.at_least else '≤'} {budget.limit:g} {budget.unit}".rstrip()
        if budget.measure in results:
            value = results[budget.measure].figures[budget.figure]
            found = f"{value:.3g} {budget.unit}".rstrip()
            verdict = "met" if budget.met(value) else "MISSED"
            where = results[budget.measure].where.get(budget.figure, "")
        elif budget.measure in failed:
            found, verdict, where = "–", "NOT MEASURED", failed[budget.measure]
        else:
            continue
        rows.append([budget.what, promise, found, verdict, where.partition("\n")[0]])
    return table("Budgets", ["what", "budget", "figure", "", ""], rows, left=(0, 4))


def save(
    path: Path, results: Mapping[str, Result], failed: Mapping[str, str], load: Sequence[float]
) -> None:
    """Write everything measured to a JSON file."""
    content = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.platform(),
            "processor": _processor(),
            "cores": os.cpu_count(),
            "load": list(load),
        },
        "versions": _versions(),
        "budgets": [
            asdict(budget) | {"value": value, "met": budget.met(value)}
            for budget, value in _found(results)
        ],
        "failed": dict(failed),
        "results": {
            name: {"figures": result.figures, "details": result.details}
            for name, result in results.items()
        },
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")


def _found(results: Mapping[str, Result]) -> Iterator[tuple[Budget, float]]:
    """Yield each budget whose figure was measured, with that figure."""
    for budget in BUDGETS:
        if budget.measure in results:
            yield budget, results[budget.measure].figures[budget.figure]


def load_average() -> float:
    """Return how many processes wanted a core in the last minute, or NaN where nobody counts."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def _versions() -> dict[str, Any]:
    found = {"python": platform.python_version(), "numpy": version("numpy")}
    for folder, names in PACKAGES.items():
        lock = json.loads((folder / "package-lock.json").read_text("utf-8"))
        found |= {name: lock["packages"][f"node_modules/{name}"]["version"] for name in names}
    return found


def _processor() -> str:
    """Return the processor's name as the system tells it."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()

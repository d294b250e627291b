"""The licences of everything shipped, collected from where it came from."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from web.builder.paths import ROOT
from web.builder.report import BuildError
from web.builder.sources import Packages

KEPT = Path(__file__).with_name("licences")
"""The texts that the npm package of Pyodide leaves out: its own (MPL 2.0) and CPython 3.13's."""

NPM = {
    "PyScript": ["@pyscript/core/LICENSE"],
    "PyScript's parts": [
        "@webreflection/fetch/LICENSE",
        "@webreflection/idb-map/LICENSE",
        "@webreflection/utils/LICENSE",
        "add-promise-listener/LICENSE",
        "basic-devtools/LICENSE",
        "coincident/LICENSE",
        "html-escaper/LICENSE.txt",
        "next-resolver/LICENSE",
        "plain-tag/LICENSE",
        "polyscript/LICENSE",
        "reflected-ffi/LICENSE",
        "sticky-module/LICENSE",
        "type-checked-collections/LICENSE",
        "weak-id/LICENSE",
    ],
    "KaTeX": ["katex/LICENSE"],
    "MiniSearch": ["minisearch/LICENSE.txt"],
    "Atkinson Hyperlegible Next": ["@fontsource-variable/atkinson-hyperlegible-next/LICENSE"],
    "Atkinson Hyperlegible Mono": ["@fontsource-variable/atkinson-hyperlegible-mono/LICENSE"],
}
"""What is shipped of npm packages, and the files that hold its licence."""

SHORTEST = 200
"""Bytes; no licence is shorter."""


def licences(packages: Packages, numpy_wheel: Path) -> dict[str, bytes]:
    """Return the licence texts, file name → content.

    Raises:
        BuildError: one is missing or empty.
    """
    texts = {
        "Neuronauts": _text(ROOT / "LICENSE"),
        "Pyodide": _text(KEPT / "pyodide.txt"),
        "CPython": _text(KEPT / "cpython.txt"),
        "NumPy": _inside(numpy_wheel),
        **{what: b"\n\n".join(map(packages.read, files)) for what, files in NPM.items()},
    }
    for what, text in texts.items():
        if len(text.strip()) < SHORTEST:
            raise BuildError(f"the licence of {what} is missing or empty, and it must be shipped")
    return {re.sub(r"\W+", "-", what) + ".txt": text for what, text in texts.items()}


def _text(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _inside(wheel: Path) -> bytes:
    """Return the licences that a wheel holds about itself."""
    with zipfile.ZipFile(wheel) as archive:
        about = [n for n in archive.namelist() if ".dist-info/" in n and "LICENSE" in n.upper()]
        return b"\n\n".join(archive.read(name) for name in sorted(about))

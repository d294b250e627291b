"""The page to compare with: PyScript on the main thread, Pyodide and NumPy as published."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.bench.harness import CACHE
from web.builder import sources
from web.builder.paths import MODULES

FOLDER = CACHE / "stock"
PYODIDE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
PAGE = """<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>A stock page</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="pyscript/core.css">
  <script type="module" src="pyscript/core.js"></script>
  <p>Python with NumPy.</p>
  <script type="py" config='{"interpreter": "./pyodide/pyodide.mjs", "packages": ["numpy"],
                             "packages_cache": "passthrough"}'>
    import numpy
    import js
    js.performance.mark("neuronauts:ready:stock")
  </script>
</html>
"""


def make() -> Path:
    """Lay the page out in a folder and return it."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    pyodide = FOLDER / "pyodide"
    pyodide.mkdir(parents=True)
    for name in (*PYODIDE, "pyodide-lock.json"):
        shutil.copy(MODULES / "pyodide" / name, pyodide)
    shutil.copy(sources.numpy_wheel(sources.Packages()), pyodide)
    without_maps = shutil.ignore_patterns("*.map")
    shutil.copytree(MODULES / "@pyscript/core/dist", FOLDER / "pyscript", ignore=without_maps)
    (FOLDER / "index.html").write_text(PAGE, "utf-8")
    return FOLDER

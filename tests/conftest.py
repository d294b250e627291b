"""What holds for the whole suite: property tests that give the same verdict every time."""

from __future__ import annotations

import sys

from hypothesis import settings

IN_PYODIDE = sys.platform == "emscripten"

settings.register_profile(
    "project",
    derandomize=True,  # a red run stays red until the code changes
    deadline=None,  # machines differ; time budgets have tests of their own
    max_examples=20 if IN_PYODIDE else 100,
)
settings.load_profile("project")

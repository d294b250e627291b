"""What holds for the whole suite: property tests that repeat, and tests that ask PyTorch."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest
from hypothesis import settings

IN_PYODIDE = sys.platform == "emscripten"

settings.register_profile(
    "project",
    derandomize=True,  # a red run stays red until the code changes
    deadline=None,  # machines differ; time budgets have tests of their own
    max_examples=20 if IN_PYODIDE else 100,
)
settings.load_profile("project")
for module in ("tests.browser.looks", "tests.browser.player"):
    pytest.register_assert_rewrite(module)  # so that their failures say what was found


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--oracle`: also the tests that need PyTorch."""
    parser.addoption(
        "--oracle",
        action="store_true",
        help="recompute PyTorch's numbers and run exported scripts; needs PyTorch (2.13.0)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to ask PyTorch where there is none."""
    if config.getoption("--oracle") and find_spec("torch") is None:
        raise pytest.UsageError("--oracle needs PyTorch: pip install torch==2.13.0")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs PyTorch, unless it was asked for."""
    if not config.getoption("--oracle"):
        asking = [item for item in items if item.get_closest_marker("oracle")]
        config.hook.pytest_deselected(items=asking)
        items[:] = [item for item in items if not item.get_closest_marker("oracle")]

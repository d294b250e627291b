"""The engine's tests and the games' contract once more, in the Python that learners run."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from games import discover
from tests.conftest import TURN
from tests.turns import Turn, changed
from web.builder import node
from web.builder.paths import ROOT
from web.builder.sources import Packages, numpy_wheel

PURE = ("pytest", "py", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "pytest_timeout",
        "hypothesis", "_hypothesis_globals", "_hypothesis_ftz_detector", "_hypothesis_pytestplugin",
        "sortedcontainers", "html5lib", "six", "webencodings")  # fmt: skip
"""What the tests import besides NumPy, all of it Python that any interpreter runs."""

PARTS = max(1, len(discover()) // 20)
SUITES = {
    "engine": ["tests/unit/pycore", "tests/oracle"],
    "kit": ["tests/unit/ui", "tests/unit/web"],
    **{f"games, part {at}": ["tests/games/test_contract.py"] for at in range(1, PARTS + 1)},
}
"""The games' contract, a few hundred tests at a time: each part has a Python of its own."""


ENGINE = 6
"""In how many runs the engine's tests are done here, which each run does outside; at once where it
was changed."""


def parts(now: Turn | None) -> int:
    """How many parts the games of this run make; each has to import and collect all of them."""
    games = sorted(discover())
    return max(1, sum(now is None or now.plays(slug, games) for slug in games) // 20)


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """A folder with the test tools, and no compiled NumPy beside them."""
    folder = tmp_path_factory.mktemp("packages")
    for name in PURE:
        spec = importlib.util.find_spec(name)
        assert spec, f"{name} is not installed"
        assert spec.origin
        source = Path(spec.origin)
        if source.name == "__init__.py":
            ignore = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
            shutil.copytree(source.parent, folder / name, ignore=ignore)
        else:
            shutil.copy(source, folder)
    return folder


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "suite", [pytest.param(s, marks=pytest.mark.rarely if s == "kit" else ()) for s in SUITES]
)
def test_engine_and_games_keep_their_promises_inside_pyodide(packages, suite, request):
    script = node.script(Path(__file__).with_name("inside.mjs"))
    now = request.config.stash[TURN]
    part, tests = int(suite.partition("part ")[2] or 0), list(SUITES[suite])
    if part > parts(now):
        pytest.skip("the games of this run are done in the parts before")
    if part:
        tests.append(f"--shard={part}/{parts(now)}")
    if suite == "engine" and now and not any(path.startswith("pycore/") for path in changed(ROOT)):
        tests.append(f"--shard={now.number % ENGINE + 1}/{ENGINE}")
    turn = [f"--turn={now.number}", f"--touched={','.join(now.touched)}"] if now else ["--turn=all"]
    options = [*turn, "-q", "-p", "no:cacheprovider", "-p", "no:timeout", "-m", "not slow"]
    wheel = numpy_wheel(Packages())
    done = subprocess.run(
        [*script, str(ROOT), str(packages), str(wheel), *options, *tests],
        cwd=ROOT,
        text=True,
        capture_output=True,
    )
    print(done.stdout[-6000:], done.stderr[-3000:])
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, "no test ran inside Pyodide"
    assert int(passed[1]) >= 100
    assert done.returncode == 0

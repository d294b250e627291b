"""What holds for the whole suite: property tests that repeat, tests that ask PyTorch, and turns."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from games import discover
from tests.turns import HANDS, RARELY, SHARED, Turn, turn, turns

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


BROWSER = "tests/browser/"
MINUTES = ("tests/test_contributing.py", "tests/pyodide/")
"""What takes minutes begins at once, so that nobody waits for it at the end."""
TURN = pytest.StashKey[Turn | None]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--oracle`: also the tests that need PyTorch; `--turn`, `--touched`, `--shard`: fewer."""
    parser.addoption(
        "--oracle",
        action="store_true",
        help="recompute PyTorch's numbers and run exported scripts; needs PyTorch (2.13.0)",
    )

    parser.addoption(
        "--turn",
        help="the number of this run, from 0 on (tests/turns.py); all: what all do between them",
    )
    parser.addoption("--touched", default="", help="with --turn: what was changed")
    parser.addoption("--shard", default="1/1", help="2/4: the second of four parts of the tests")


def pytest_configure(config: pytest.Config) -> None:
    """Find out whose turn it is; refuse to ask PyTorch where there is none."""
    config.addinivalue_line(
        "markers", "in_turns: done for a share of the games (`slug`) or pages (`path`) in each run"
    )
    config.addinivalue_line(
        "markers", "rarely: takes long, of what seldom changes; done in one run of four, or changed"
    )
    given, games = config.getoption("--turn"), discover()
    if hasattr(config, "workerinput"):
        told = config.workerinput["turn"]
        config.stash[TURN] = told and Turn(told[0], *map(frozenset, told[1:]))
    elif given and given != "all":
        if not given.isdecimal():
            raise pytest.UsageError(f"--turn: {given!r} is neither a whole number nor all")
        touched = frozenset(config.getoption("--touched").split(",")) - {""}
        config.stash[TURN] = Turn(int(given), touched)
    elif given == "all" or config.args_source == pytest.Config.ArgsSource.ARGS:
        config.stash[TURN] = None  # who names tests wants them
    else:
        config.stash[TURN] = turn(Path(__file__).parents[1], games)
    if config.getoption("--oracle") and find_spec("torch") is None:
        raise pytest.UsageError("--oracle needs PyTorch: pip install torch==2.13.0")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process that shares the work whose turn it is: it was not asked itself."""
    now = node.config.stash[TURN]
    told = now and (now.number, sorted(now.touched), sorted(now.fresh))
    node.workerinput["turn"] = told


@pytest.fixture(scope="session")
def having_turn(request: pytest.FixtureRequest) -> Callable[[Iterable[str], int], list[str]]:
    """Of paths, and how many are looked at in a run: those whose turn it is."""
    now = request.config.stash[TURN]

    def chosen(paths: Iterable[str], most: int) -> list[str]:
        paths = sorted(paths)
        return [path for path in paths if now is None or now.opens(path, paths, most)]

    return chosen


def pytest_report_header(config: pytest.Config) -> str:
    """Say what is left to other runs."""
    now = config.stash[TURN]
    if now is None:
        return "games: all tests"
    touched = ", ".join(sorted(now.touched)) or "none"
    return f"games and pages: run {now.number}; changed, so done completely: {touched}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has no turn now or needs PyTorch; put first what is long or was changed."""
    part, parts = map(int, config.getoption("--shard").split("/"))
    now, games = config.stash[TURN], sorted(discover())

    def given(item: pytest.Item, name: str) -> Any:
        return item.callspec.params.get(name) if hasattr(item, "callspec") else None

    def named(item: pytest.Item) -> str:
        return item.nodeid.partition("[")[0]

    pages: dict[Any, list[str]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("in_turns") and given(item, "slug") is None:
            pages[item.function].append(given(item, "path"))
    pages = {test: sorted(set(paths)) for test, paths in pages.items()}

    def runs(item: pytest.Item) -> int:
        """How many runs share a test that looks at no game or page by its turn."""
        if item.get_closest_marker("rarely"):
            return RARELY
        shared = item.nodeid.startswith(BROWSER) and not item.get_closest_marker("in_turns")
        return SHARED if shared else 1

    owners = {item: item.path.parent.name.replace("_", "-") for item in items}
    slow = {i: o for i, o in owners.items() if o in games and i.get_closest_marker("slow")}
    fifties = sorted(item.nodeid for item in slow)
    mates = {of: sorted({named(i) for i in items if runs(i) == of}) for of in (SHARED, RARELY)}

    def wanted(item: pytest.Item) -> bool:
        if item.get_closest_marker("oracle") and not config.getoption("--oracle"):
            return False
        if now is None:
            return True
        if item in slow:
            return slow[item] in now.touched or now.returns(item.nodeid, fifties, turns(len(games)))
        if (of := runs(item)) > 1:
            return now.returns(named(item), mates[of], of)
        if not item.get_closest_marker("in_turns"):
            return True
        if slug := given(item, "slug"):
            return now.plays(slug, games, HANDS.index(given(item, "hand") or HANDS[0]))
        return now.opens(given(item, "path"), pages[item.function])

    kept = [item for item in items if wanted(item)]
    if parts > 1:
        kept = [item for at, item in enumerate(kept) if at % parts == part - 1]
    left = set(kept)
    config.hook.pytest_deselected(items=[item for item in items if item not in left])

    def changed(item: pytest.Item) -> bool:
        names = {given(item, "slug"), *str(given(item, "path") or "").split("/")}
        return now is not None and not now.touched.isdisjoint(names)

    def first(item: pytest.Item) -> tuple[bool, bool]:
        return not item.nodeid.startswith(MINUTES), not changed(item)

    items[:] = sorted(kept, key=first)

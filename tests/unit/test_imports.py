"""Who may import whom: read from the sources, so that no import can hide in a branch."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ALLOWED = {
    "pycore": {"numpy", "pycore"},
    "games/words.py": set[str](),
    "games/ui": {"numpy", "games.ui", "games.words"},
    "games": {"numpy", "pycore", "games"},
    "web/host.py": {"numpy", "pycore", "games", "js", "pyodide", "polyscript", "pyscript"},
    "web/scratch.py": {"numpy"},
    "web/__init__.py": set[str](),
    "build.py": set[str](),
}
"""Where → what it may import beside the standard library. `web/builder` may import anything."""


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted name of every module that a file imports, relative imports resolved."""
    package = list(path.relative_to(ROOT).with_suffix("").parts)[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def files() -> list[tuple[str, Path]]:
    """Return every file under a rule, with the narrowest rule that covers it."""
    found: dict[Path, str] = {}
    for rule in sorted(ALLOWED, key=len):
        place = ROOT / rule
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            found[path] = rule
    return [(rule, path) for path, rule in found.items()]


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@pytest.mark.parametrize(
    ("rule", "path"), [pytest.param(r, p, id=str(p.relative_to(ROOT))) for r, p in files()]
)
def test_module_imports_only_what_its_layer_may(rule: str, path: Path) -> None:
    for name in imported(path):
        standard = name.split(".")[0] in sys.stdlib_module_names
        assert standard or any(within(name, allowed) for allowed in ALLOWED[rule]), (
            f"{path.relative_to(ROOT)} imports {name}; {rule} may import the standard library "
            f"and {', '.join(sorted(ALLOWED[rule])) or 'nothing else'}"
        )


def game_modules() -> dict[str, Path]:
    """Return the games by module name: `games/<track>/<name>.py`."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in sorted((ROOT / "games").glob("*/*.py"))
        if path.parent.name != "ui" and not path.name.startswith("_")
    }


def test_no_game_imports_another_game() -> None:
    games = game_modules()
    assert games
    for module, path in games.items():
        others = {name for name in imported(path) if name in games and name != module}
        assert not others, f"{module} imports {', '.join(sorted(others))}"

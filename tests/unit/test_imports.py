"""Who may import whom: read from the sources, so that no import can hide in a branch."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from games import discover

ROOT = Path(__file__).parents[2]

ALLOWED = {
    "pycore": {"numpy", "pycore"},
    "games/words.py": set[str](),
    "games/ui": {"numpy", "games.ui", "games.words", "games.moves"},
    "games": {"numpy", "pycore", "games"},
    "course": {"numpy", "pycore", "games", "web.builder.figures"},
    "course/tracks.py": set[str](),
    "web/host.py": {
        *("numpy", "pycore", "games", "web.scratch"),
        *("js", "pyodide", "polyscript", "pyscript"),
    },
    "web/scratch.py": {"numpy"},
    "web/__init__.py": set[str](),
    "build.py": set[str](),
}
"""Where → what it may import beside the standard library. `web/builder` may import anything."""


@cache
def imported(path: Path) -> frozenset[str]:
    """Return the dotted name of every module that a file imports, relative imports resolved."""
    return frozenset(_imported(path))


def _imported(path: Path) -> Iterator[str]:
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
            if not path.name.startswith("test_"):
                found[path] = rule
    return [(rule, path) for path, rule in found.items()]


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def shared(path: Path) -> set[str]:
    """Return the module of its own level that an article's files may import, as its parts do."""
    match path.relative_to(ROOT).parts:
        case "course", track, folder, _:
            firsts = (found.parent.name for found in (ROOT / "course" / track).glob("*/shared.py"))
            return {
                f"course.{track}.{first}.shared"
                for first in firsts
                if folder == first or folder.startswith(f"{first}_")
            }
    return set()


@pytest.mark.parametrize(
    ("rule", "path"), [pytest.param(r, p, id=str(p.relative_to(ROOT))) for r, p in files()]
)
def test_module_imports_only_what_its_layer_may(rule: str, path: Path) -> None:
    for name in imported(path):
        standard = name.split(".")[0] in sys.stdlib_module_names
        assert standard or any(within(name, allowed) for allowed in ALLOWED[rule] | shared(path)), (
            f"{path.relative_to(ROOT)} imports {name}; {rule} may import the standard library "
            f"and {', '.join(sorted(ALLOWED[rule])) or 'nothing else'}"
        )


def game_folders() -> list[Path]:
    """Return the folders that hold a game: `games/<track>/<name>/game.py`."""
    return sorted(path.parent for path in (ROOT / "games").glob("*/*/game.py"))


def test_no_game_imports_another_game() -> None:
    folders = game_folders()
    assert folders
    packages = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    for folder in folders:
        own = ".".join(folder.relative_to(ROOT).parts)
        for path in folder.rglob("*.py"):
            others = {n for n in imported(path) for p in packages - {own} if within(n, p)}
            assert not others, f"{path} imports {', '.join(sorted(others))}"


DECIDES = ("PARAMS", "MOVES", "EDITION", "init", "update", "tick", "pace", "score", "solution")
"""What decides a game: what may be said, what it does, when it is won."""


class Module:
    """A source: its top-level definitions, and what its imported names stand for."""

    def __init__(self, name: str) -> None:
        path = ROOT.joinpath(*name.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        self.defined: dict[str, ast.AST] = {}
        self.imports: dict[str, tuple[str, str]] = {}
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = (node.module or "", alias.name)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                self.defined[node.name] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for name_node in (n for t in targets for n in ast.walk(t)):
                    if isinstance(name_node, ast.Name):
                        self.defined[name_node.id] = node


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def spoken(node: ast.AST) -> Iterator[tuple[str, str | None]]:
    """Yield the names that a definition uses, with the attribute taken of each; no annotations."""
    for part in ast.walk(node):
        for field in ("annotation", "returns"):
            if getattr(part, field, None) is not None:
                setattr(part, field, None)
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            yield part.value.id, part.attr
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield part.id, None


def test_what_decides_a_game_never_looks_at_how_it_is_drawn() -> None:
    source_of = cache(Module)
    for folder in game_folders():
        start = ".".join((folder / "game").relative_to(ROOT).parts)
        todo = [(start, name, name) for name in DECIDES]
        seen = set()
        while todo:
            module, name, why = todo.pop()
            if (module, name) in seen:
                continue
            seen.add((module, name))
            assert not within(module, "games.ui"), f"{start}: {why} reaches {module}.{name}"
            if not within(module, "games"):
                continue
            source = source_of(module)
            if name in source.imports:
                origin, other = source.imports[name]
                if not is_module(f"{origin}.{other}"):
                    todo.append((origin, other, why))
                continue
            if name not in source.defined:
                continue
            for used, attribute in spoken(source.defined[name]):
                whole = ".".join(source.imports.get(used, ()))
                if whole and is_module(whole):
                    if attribute is not None:
                        todo.append((whole, attribute, f"{why} → {used}.{attribute}"))
                elif used in source.imports or used in source.defined:
                    todo.append((module, used, f"{why} → {used}"))


def test_nothing_below_games_imports_of_a_track_but_that_track_itself() -> None:
    tracks = {name.split(".")[1] for name in discover().values()}
    assert tracks
    for path in (ROOT / "games").rglob("*.py"):
        own = path.relative_to(ROOT / "games").parts[0]
        others = {
            name for name in imported(path) for t in tracks - {own} if within(name, f"games.{t}")
        }
        assert not others, f"{path.relative_to(ROOT)} imports {', '.join(sorted(others))}"

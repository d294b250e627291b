"""The project grown to a hundred games and eighty articles: copies of what there is, renamed.

    python -m tests.bench.grown FOLDER      the grown project, to be built and tested like this one

Today's large tracks are copied whole, and the games of its small ones beside themselves, so that
there are as many tracks as the course is planned to have and none is larger than today's largest.
Each copy of a game is a game of its own: another slug, other modules, its own styles.
"""

from __future__ import annotations

import re
import shutil
import sys
from itertools import cycle
from pathlib import Path

from course import tracks as of_course
from games import discover
from web.builder.paths import ROOT

GAMES, ARTICLES, TRACKS = 100, 80, 15
LEFT_OUT = (".git", ".venv", "dist", "node_modules", "packages", "test-results", "__pycache__")
CACHES = ("build/compiled", "build/wheels", "build/pictures", "build/formulas.json")
"""What a build has kept and another one need not make again."""
LARGE = 6
"""Games of a track that is copied whole."""


def grow(target: Path, games: int = GAMES, articles: int = ARTICLES, tracks: int = TRACKS) -> Path:
    """Write the grown project into the folder `target`, which must not be there yet; return it."""
    shutil.copytree(ROOT, target, ignore=_left_out, symlinks=True)
    (target / "web" / "node_modules").symlink_to((ROOT / "web" / "node_modules").resolve())
    for cache in CACHES:
        kept = ROOT / cache
        if kept.is_dir():
            shutil.copytree(kept, target / cache)
        elif kept.is_file():
            shutil.copy(kept, target / cache)
    folder = target / "games"
    own = _games()
    copies = [{name: name for names in own.values() for name in names}]
    large = [track for track, names in own.items() if len(names) >= LARGE]
    small = [(track, name) for track, names in own.items() if track not in large for name in names]
    number = 1
    for track, _ in zip(cycle(large), range(tracks - len(own)), strict=False):
        number += 1
        renamed = {name: f"{name}_{number}" for name in own[track]}
        _copy_track(target, track, f"{track}_{number}", renamed)
        copies.append(renamed)
    for track, name in cycle(small):
        if (made := sum(map(len, copies))) >= games:
            break
        copies.append({name: f"{name}_x{made}"})
        _copy_game(folder / track, name, copies[-1][name])
    _copy_articles(target / "course", articles, copies)
    return target


def _left_out(folder: str, names: list[str]) -> set[str]:
    own = Path(folder) == ROOT
    return {name for name in names if name in LEFT_OUT or (own and name == "build")}


def _games() -> dict[str, list[str]]:
    """The games of each track, each a folder of that name."""
    found: dict[str, list[str]] = {}
    for module in discover().values():
        _, track, name, *_ = module.split(".")
        found.setdefault(track, []).append(name)
    return found


def _copy_track(target: Path, track: str, copy: str, renamed: dict[str, str]) -> None:
    made = target / "games" / copy
    shutil.copytree(target / "games" / track, made)
    for name, other in renamed.items():
        (made / name).rename(made / other)
    for test in made.rglob("test_*.py"):
        test.unlink()  # it is about the game that was copied
    _rename(made, {f"games.{track}": f"games.{copy}"})
    _rename(made, {f"games.{copy}.{name}": f"games.{copy}.{new}" for name, new in renamed.items()})
    sheet = target / "web" / "styles" / "games" / f"{track}.css"
    if sheet.is_file():
        shutil.copy(sheet, sheet.with_name(f"{copy}.css"))


def _copy_game(track: Path, name: str, copy: str) -> None:
    shutil.copytree(track / name, track / copy, ignore=shutil.ignore_patterns("test_*.py"))
    module = f"games.{track.name}"
    _rename(track / copy, {f"{module}.{name}": f"{module}.{copy}"})


def _rename(place: Path, names: dict[str, str]) -> None:
    """Put other dotted names into every Python file below `place`."""
    for path in place.rglob("*.py"):
        text = path.read_text("utf-8")
        for name, other in names.items():
            text = re.sub(rf"(?<![\w.]){re.escape(name)}\b", other, text)
        path.write_text(text, "utf-8")


def _copy_articles(course: Path, articles: int, copies: list[dict[str, str]]) -> None:
    """Copy articles, each with other copies of its games; the tracks share them evenly."""
    folders = sorted(path.parent for path in course.glob("*/*/en.md"))
    tracks = cycle(track.id for track in of_course.TRACKS[1:])
    others = {name: cycle([of[name] for of in copies if name in of]) for name in copies[0]}
    for number, folder in zip(range(len(folders) + 1, articles + 1), cycle(folders), strict=False):
        slugs = {old.replace("_", "-"): next(of).replace("_", "-") for old, of in others.items()}
        made = course / next(tracks) / f"article_{number:02}"
        shutil.copytree(folder, made)
        text = (made / "en.md").read_text("utf-8")
        text = re.sub(r"(?m)^title: (.*)$", rf"title: \1 ({number})", text, count=1)
        text = re.sub(r"(?m)^place: .*$", f"place: {number}", text, count=1)
        text = re.sub(r"(?m)^whole[\w-]*: .*\n", "", text)  # each copy stands alone
        part = re.search(r"(?m)^part-of: (.*)$", text)
        level = part[1] if part else folder.name.replace("_", "-")
        text = re.sub(r"(?m)^part-of: ", "needs: ", text).replace("](#", f"](site:lesson/{level}/#")
        text = re.sub(
            r"(?m)^(\{game\}`|picture: )([\w-]+)",
            lambda found, slugs=slugs: found[1] + slugs.get(found[2], found[2]),  # type: ignore[misc]
            text,
        )
        (made / "en.md").write_text(text, "utf-8")


if __name__ == "__main__":
    print(grow(Path(sys.argv[1])))

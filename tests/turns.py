"""Which tests have their turn: with many games, several runs share what one did with few.

A run of the whole suite does what is marked `in_turns` for a share of the games, and each of the
three hands plays another share; pages are looked at in the same way. A browser's tests of what all
pages share are done in every other run, and what is marked `rarely`, which takes long and looks at
a part of the house that seldom changes, in each fourth; at once where the test was changed, or the
file that it is named after (`test_own_words.py`: `own-words.js`). Whose turn it is goes on with
every commit. A share holds no more when there is more to share, so a run takes no longer: there are
more turns. A game or an article that was changed is done completely, and first; of very many, those
that were changed last. So a submission that touches a few games checks all of them, and as many
runs in a row as there are turns check everything; `--turn all` does so at once, and so does naming
tests.

What changed is what git says: against the commit in NEURONAUTS_BASE, or the branch `main`, or, on
that branch itself, in the last commits. Where git cannot tell, all take their turns.
"""

from __future__ import annotations

import datetime
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

HANDS = ("mouse", "keyboard", "touch")
GAMES, PAGES = 2, 5
"""How many have their turn in one run: games with one hand, and pages in a browser."""
WHOLE = 2
"""How many of the games that were changed, and of the articles, are done completely in one run."""
READ, ARTICLES, OFFLINE = 40, 10, 12
"""The same of pages that are made and read without one, articles, and games played offline."""
SHARED, RARELY = 2, 4
"""Of so many runs in a row, one does a browser's test of what pages share; one marked `rarely`."""
BASE = "NEURONAUTS_BASE"
MAIN = ("origin/main", "main")
LAST = 10
"""Commits that count as new where there is no branch to compare with."""


@dataclass(frozen=True)
class Turn:
    """Whose turn it is in this run.

    Attributes:
        number: goes up by one from run to run.
        touched: the slugs of games, and the names of articles, that were changed last.
        fresh: what the other files that were changed are called: "own-words", "contributing".
    """

    number: int
    touched: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()

    def plays(self, slug: str, games: Sequence[str], hand: int = 0) -> bool:
        """Whether a game, one of `games`, is done in this run with the `hand`-th hand."""
        of = turns(len(games))
        later = hand * (of // len(HANDS))
        return slug in self.touched or (games.index(slug) + later + self.number) % of == 0

    def opens(self, path: str, pages: Sequence[str], most: int = PAGES) -> bool:
        """Whether a page, one of `pages`, is looked at in this run: `play/solve-xor/`."""
        of = -(-len(pages) // most)
        touched = not self.touched.isdisjoint(path.split("/"))
        return touched or (pages.index(path) + self.number) % of == 0

    def returns(self, test: str, tests: Sequence[str], of: int = RARELY) -> bool:
        """Whether one of `tests`, which `of` runs share, is done in this run: "a/test_b.py::c"."""
        fresh = name_of(test.partition("::")[0]) in self.fresh
        return fresh or (tests.index(test) + self.number) % of == 0


def turns(games: int) -> int:
    """Return how many runs share the tests of so many games: every hand plays in each of them."""
    return max(len(HANDS), -(-games // GAMES))


def turn(root: Path, games: Mapping[str, str]) -> Turn:
    """Return the turn of the project in the folder `root`; `games` is slug → module."""
    paths = changed(root)
    touched = [*touched_games(paths, games)[:WHOLE], *touched_articles(paths)[:WHOLE]]
    return Turn(_number(root), frozenset(touched), frozenset(map(name_of, paths)))


def _number(root: Path) -> int:
    """What goes up by one: commits, or days where not all commits are here."""
    whole = _git(root, "rev-parse", "--is-shallow-repository") == "false"
    count = _git(root, "rev-list", "--count", "HEAD") if whole else None
    return int(count) if count else datetime.date.today().toordinal()


def changed(root: Path) -> list[str]:
    """Return the paths of the files that are new or other than before, the last changed first."""
    base = _base(root)
    if not base:
        return []
    asked = (
        ("diff", "--name-only", "HEAD"),
        ("ls-files", "--others", "--exclude-standard"),
        ("log", "--name-only", "--format=", f"{base}..HEAD"),
    )
    answers = [_git(root, *question) or "" for question in asked]
    return list(dict.fromkeys(path for answer in answers for path in answer.split("\n") if path))


def _base(root: Path) -> str | None:
    """The commit to compare with."""
    if named := os.environ.get(BASE):
        return named
    head = _git(root, "rev-parse", "HEAD")
    for branch in MAIN:
        met = _git(root, "merge-base", "HEAD", branch)
        if met and met != head:
            return met
    return _git(root, "rev-parse", "--verify", f"HEAD~{LAST}")


def name_of(path: str) -> str:
    """Return what a file is called, a test like what it tests: "own-words" of test_own_words.py."""
    return PurePosixPath(path).stem.lower().removeprefix("test_").replace("_", "-")


def touched_games(paths: Iterable[str], games: Mapping[str, str]) -> list[str]:
    """Return the games that changed files belong to, in the order of the files.

    A file in a game's folder belongs to that game, and so does its test; what a track's games share
    belongs to all of them. What all games share belongs to none: their turns go round anyway.
    """
    modules = {slug: PurePosixPath(name.replace(".", "/")) for slug, name in games.items()}
    found: list[str] = []
    for path in map(PurePosixPath, paths):
        own = [slug for slug, module in modules.items() if _belongs(path, module)]
        found += own or [slug for slug, module in modules.items() if _shares(path, module)]
    return list(dict.fromkeys(found))


def touched_articles(paths: Iterable[str]) -> list[str]:
    """Return the names of the articles in whose folders files were changed, in their order."""
    parts = (PurePosixPath(path).parts for path in paths)
    found = (p[2].replace("_", "-") for p in parts if p[:1] == ("course",) and len(p) > 3)
    return list(dict.fromkeys(found))


def _belongs(path: PurePosixPath, module: PurePosixPath) -> bool:
    """Whether a file is a game's own: `module` is games/track/name or games/track/name/game."""
    place = module.parent if module.name == "game" else module
    test = path.stem == f"test_{place.name}" and path.parts[0] == "tests"
    return path.with_suffix("") == module or place in path.parents or test


def _shares(path: PurePosixPath, module: PurePosixPath) -> bool:
    """Whether a file is one that the track of a game shares: its code, or its style sheet."""
    track = PurePosixPath(*module.parts[:2])
    return track in path.parents or path.as_posix() == f"web/styles/games/{track.name}.css"


def _git(root: Path, *question: str) -> str | None:
    """Git's answer; None where it has none."""
    try:
        done = subprocess.run(["git", *question], cwd=root, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None

"""The site while it is written: made on a save is what pages name, and a page when it is asked for.

So a save costs what it has changed, however long the course is. A text or a game that is saved is
read anew by the process that makes pages; other code that is saved has a new process make them.
What is wrong is told at once where it can be seen without making a page (a name, a link, the front
matter), and for the page of what was saved; elsewhere, when the page is asked for.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from games import SHARED
from games.words import ENGLISH
from web.builder import catalogue, icons
from web.builder.articles import COURSE, FOLDER
from web.builder.assets import Assets
from web.builder.paths import CACHE, ROOT, WEB
from web.builder.precompile import Compiler
from web.builder.report import BuildError, step
from web.builder.shipment import swap
from web.builder.site import ship
from web.builder.sources import Packages

DRAFT = CACHE / "draft"
GAMES = ROOT / "games"
TEXTS = (COURSE, WEB / "glossary.md")
"""What pages say; they name nothing that is shipped."""


class Draft:
    """A site whose pages are made when they are asked for.

    Args:
        folder: where what pages name lies.
        language: the code of the language that it speaks.
    """

    def __init__(self, folder: Path = DRAFT, language: str = ENGLISH.code) -> None:
        self.folder, self.language = folder, language
        self._maker: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._paths: set[str] = set()
        self._waiting: set[Path] = set()  # code that was saved and is not taken in yet

    def renew(self, compiler: Compiler, saved: Iterable[str] = ()) -> None:
        """Take in what was saved; with nothing named, everything.

        Raises:
            BuildError: what is wrong; the site then shows what is right of it.
        """
        paths = [Path(path) for path in saved]
        with self._lock:
            self._waiting.update(path for path in paths if not _is_text(path))
            if self._maker is None or not paths or self._waiting:
                assets = self._ship(compiler)
                games = frozenset(_game_of(path) for path in self._waiting)
                if self._maker is None or not games or "" in games:
                    self._start(assets)
                else:
                    self._tell((games, assets))
                self._waiting.clear()
            with step("Reading the articles"):
                self._paths = set(self._ask(""))
        for page in sorted({page for path in paths for page in _pages_of(path)}):
            self.page(page)

    def page(self, path: str) -> bytes | None:
        """The bytes of a page or of another file made from the articles; None: there is none.

        Raises:
            BuildError: what is wrong with it.
        """
        with self._lock:
            made: bytes | None = self._ask(path) if path in self._paths else None
            return made

    def close(self) -> None:
        """End the process that makes the pages."""
        if self._maker is not None:
            assert self._maker.stdin
            self._maker.stdin.close()
            self._maker.wait()
            self._maker = None

    def _ship(self, compiler: Compiler) -> Assets:
        fresh = self.folder.with_name(f"{self.folder.name}-new")
        assets = ship(fresh, Packages(), compiler, spoken=catalogue.language(self.language))
        icons.write_app(fresh)
        swap(fresh, self.folder)
        return assets

    def _start(self, assets: Assets) -> None:
        self.close()
        self._maker = subprocess.Popen(
            [sys.executable, "-m", "web.builder.render"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        self._tell(assets)

    def _tell(self, thing: object) -> None:
        assert self._maker
        assert self._maker.stdin
        pickle.dump(thing, self._maker.stdin)
        self._maker.stdin.flush()

    def _ask(self, path: str) -> Any:
        assert self._maker
        assert self._maker.stdout
        try:
            self._tell(path)
            kind, answer = pickle.load(self._maker.stdout)
        except (EOFError, OSError):
            self._maker.wait()
            self._maker = None
            raise BuildError("the process that makes the pages has ended; save again") from None
        if kind == "wrong":
            raise BuildError(answer)
        return answer


def _is_text(path: Path) -> bool:
    return any(path.is_relative_to(text) for text in TEXTS) and path != COURSE / "tracks.py"


def _game_of(path: Path) -> str:
    """The package of the game that a file belongs to; "" where it belongs to no game alone."""
    if not path.is_relative_to(GAMES):
        return ""
    track, name, *inside = (*path.relative_to(GAMES).parts, "")
    mine = inside and track not in SHARED and (GAMES / track / name / "game.py").is_file()
    return f"games.{track}.{name}" if mine else ""


def _pages_of(path: Path) -> list[str]:
    """The pages of what was saved: a file of an article, or a game."""
    if path.is_relative_to(COURSE) and len(path.relative_to(COURSE).parts) == 3:
        return [f"{FOLDER}{path.parent.name.replace('_', '-')}/index.html"]
    if game := _game_of(path):
        return [f"play/{game.rpartition('.')[2].replace('_', '-')}/index.html"]
    return []

"""Makes the pages in a process of its own, which sees games, engine and articles as on disk.

    python -m web.builder.render FOLDER < assets.pickle    all of them
    python -m web.builder.render        < assets.pickle …  those that are asked for (draft.py),
                                                           with games that were saved in between

What an article or a template got wrong is told in one sentence; anything else is a fault of the
code and shows where.
"""

import pickle
import sys
import traceback
from collections.abc import Collection, Mapping
from importlib import invalidate_caches
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from games import ParamError, discover, load, words
from web.builder import catalogue, search
from web.builder.articles import Article, ArticleError, Shelf
from web.builder.assets import Assets, UnknownAssetError
from web.builder.pages import Make, Site, build_pages
from web.builder.pictures import picture_of_article
from web.builder.report import BuildError

WRONG = (ArticleError, BuildError, ParamError, UnknownAssetError, TemplateError)
"""What the one who writes the course got wrong."""


class Desk:
    """Pages made when they are asked for, and kept until something that they depend on is saved."""

    def __init__(self, assets: Assets) -> None:
        self.assets = assets
        self.shelf = Shelf()
        self.made: dict[str, bytes] = {}
        self.site: Site | None = None
        self.files: dict[str, Make] = {}

    def ask(self, path: str) -> tuple[str, Any]:
        """Answer for one path, or for "", which has the articles read anew.

        Returns:
            "made" with the bytes (for "": with all paths), "none", or "wrong" with what is wrong.
        """
        try:
            if not path:
                return "made", self.read()
            made = self.make(path)
        except WRONG as error:
            return "wrong", str(error)
        except Exception:
            return "wrong", traceback.format_exc()
        return ("none", None) if made is None else ("made", made)

    def take(self, games: Collection[str], assets: Assets) -> None:
        """Take in games that were saved: nothing that was made of them stays, nor any page.

        Args:
            games: their packages, such as `games.vision.slide_it`.
            assets: what pages name from now on.
        """
        inside = tuple(f"{game}." for game in games)
        for name in [name for name in sys.modules if f"{name}.".startswith(inside)]:
            del sys.modules[name]
        invalidate_caches()
        for found in (discover, load):
            found.cache_clear()
        self.shelf.doubt({game.rpartition(".")[2].replace("_", "-") for game in games})
        self.assets, self.site, self.files = assets, None, {}
        self.made.clear()

    def read(self) -> list[str]:
        """Read the articles that have changed, and let go of the pages that depend on them."""
        site = Site(self.assets, shelf=self.shelf)
        before = {} if self.site is None else {a.name: a for a in self.site.articles}
        for path in _outdated(before, {a.name: a for a in site.articles}, self.made):
            self.made.pop(path, None)
        self.site, self.files = site, site.files()
        return list(self.files)

    def make(self, path: str) -> bytes | None:
        """The bytes of a file of the site; None where it is none that is made from the articles."""
        if path not in self.made:
            if path not in self.files:
                return None
            made = self.files[path]()
            self.made[path] = made.encode() if isinstance(made, str) else made
        return self.made[path]


def _outdated(
    before: Mapping[str, Article], now: Mapping[str, Article], made: Mapping[str, bytes]
) -> list[str]:
    """What has to be made again: an article's own files, or all where an outline has changed."""
    outlines = [{name: article.outline() for name, article in of.items()} for of in (before, now)]
    if outlines[0] != outlines[1]:
        return list(made)
    changed = [article for name, article in now.items() if article is not before[name]]
    own = ((f"{article.address}index.html", picture_of_article(article)) for article in changed)
    return [*(path for paths in own for path in paths), *([search.FILE] if changed else [])]


def main() -> int:
    """Write the pages; return 0, or 1 with the reason on standard error."""
    assets = pickle.load(sys.stdin.buffer)
    try:
        words.use(catalogue.language(assets.language))
        if len(sys.argv) == 1:
            return _answer(Desk(assets))
        build_pages(Path(sys.argv[1]), assets)
    except WRONG as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _answer(desk: Desk) -> int:
    """Answer paths and take in games, one after the other, until no more come."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # what a figure prints is no answer
    while True:
        try:
            told = pickle.load(sys.stdin.buffer)
        except EOFError:
            return 0
        if isinstance(told, str):
            pickle.dump(desk.ask(told), answers)
            answers.flush()
        else:
            desk.take(*told)


if __name__ == "__main__":
    sys.exit(main())

"""What the site's search can find: passages, each with the address that opens it.

The page makes its index from them when somebody searches (web/client/search.js). Of an article each
heading begins a passage, told from the article's HTML. Nothing here knows an article or a game.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

FILE = "search.json"
HEADINGS = {"h2", "h3", "h4"}
NAMED = {"box-title", "term"}
"""Classes of what a passage explains or names: it weighs more than the text around it."""
SKIPPED = {"annotation", "pre", "script", "style", "svg", "table", "template"}
SKIPPED_CLASSES = {"game", "katex-html", "seen", "term-note"}
"""What is not read in an article: pictures, games, code, and what is there a second time."""
VOID = {"br", "hr", "img", "input", "wbr"}
"""Elements that nothing closes."""
BLOCKS = {"p", "li", "dd", "dt", "div", "figcaption", "summary", *HEADINGS}
"""Between these there is a space, whatever the HTML has."""


@dataclass(frozen=True)
class Passage:
    """What one address of the site is about.

    Attributes:
        address: from the root of the site: `lesson/level-2/#xor`.
        kind: "lesson", "game", "word" (of the glossary) or "engine".
        title: its heading.
        within: what it is a part of; nothing where it stands alone.
        text: what is to be read there.
        names: words that it marks or explains.
    """

    address: str
    kind: str
    title: str
    within: str = ""
    text: str = ""
    names: str = ""


def of_article(address: str, title: str, body: str) -> list[Passage]:
    """Return the passages of an article: what opens it, and one for each heading with an id."""
    reader = _Reader(title)
    reader.feed(body)
    reader.close()
    return [
        Passage(
            address=f"{address}#{part.anchor}" if part.anchor else address,
            kind="lesson",
            title=_plain(part.title),
            within=title if part.anchor else "",
            text=_plain(part.text),
            names=_plain(part.names),
        )
        for part in reader.parts
    ]


def plain(html: str) -> str:
    """Return the words of some HTML."""
    reader = _Reader("")
    reader.feed(html)
    reader.close()
    return _plain("".join(part.text for part in reader.parts))


def as_json(passages: Iterable[Passage]) -> str:
    """Return what the page fetches: address, kind, title, within, text, names of each passage."""
    rows = [[p.address, p.kind, p.title, p.within, p.text, p.names] for p in passages]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


@dataclass
class _Part:
    anchor: str
    title: str
    text: str = ""
    names: str = ""


class _Reader(HTMLParser):
    """Reads the body of an article, part by part."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.parts = [_Part("", title)]
        self._open: list[tuple[str, str]] = []
        """The elements that are open, each with where its words go: a field of the part, or ""."""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        classes = set((given.get("class") or "").split())
        goes = self._goes()
        if tag in SKIPPED or classes & SKIPPED_CLASSES or "hidden" in given:
            goes = ""
        elif goes and tag in HEADINGS and given.get("id"):
            self.parts.append(_Part(given["id"] or "", ""))
            goes = "title"
        elif goes and classes & NAMED:
            goes = "names"
        if tag in VOID:
            self.handle_data(" ")
        else:
            self._open.append((tag, goes))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == other for other, _ in self._open):
            while self._open.pop()[0] != tag:
                pass
        if tag in BLOCKS:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        goes, part = self._goes(), self.parts[-1]
        if goes == "title":
            part.title += data
        elif goes:
            part.text += data
        if goes == "names":
            part.names += f"{data} "

    def _goes(self) -> str:
        return self._open[-1][1] if self._open else "text"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u200b", "")).strip()

r"""Articles: Markdown in, an outline out, and HTML when it is asked for. It knows no template.

An article is one page of the course, and a folder: `course/<track>/<article>/`. In it are `en.md`,
its text (a file for each language); `figures.py`, whose functions are its pictures; and
`values.py`, what it computes behind the scenes (`web.builder.notebook`). `level_1` becomes
`lesson/level-1/`. Its front matter says where it belongs:

    title: What a network is           of the page
    about: One weighted vote.          one line: the question it answers
    place: 1                           among the articles of its track, the folder's folder
    path: beginner                     … intermediate, advanced, expert or frontier
    since: 2026-11-30                  the day since which it has been there, for the feed
    needs: level-1, convolution        articles to read before, by name; may be left out
    picture: votes                     a figure of it, or a game: what pasted links show

What would be too long for one page is a level of several, its parts. The first is an article like
any other, which the level has its name, its place and its number from; it also says

    whole: The mathematics of it       what its parts are called together
    whole-about: How it learns.        … and which question they answer together

and each of the others

    part-of: level-3                   the name of the first
    place: 2                           among the parts, the first of which is 1

Progress is kept by the level, and its anchors are one set: a link to any of its pages finds what
another of them holds. So sections and games move from part to part, and every address stays true.

The dialect is CommonMark with tables, dollar maths, attribute lines and MyST's roles, directives
and code cells:

    {#neuron}                          the id of the heading below it
    ## One neuron                      `##` opens a section, `###` a part of one
    {game}`light-the-network seed=7`   a game, alone in its paragraph; where an article places it a
                                       second time, `as=again` gives that placement a name
    {source}`pycore.layers:Dense`      a piece of the engine's source, alone in its paragraph
    {compute}`sigmoid(0.7):.3f`        a value, written like a replacement field of an f-string
    {term}`weights <weight>`           a word of the glossary; its definition opens in place
    :::{figure} activations            a picture from `figures.py`; the caption below
    :::{card} Title  :::{example} Title  :::{takeaway} Title        boxes; Markdown inside
    :::{question} What if?             a box whose inside, the answer, opens on demand
    ::::{seen}                         directly after a game, what was to be seen in it: for whoever
    :::{played}  :::{won}              reads on, and inside it for whoever has played it or won it
    :::{exercise} How many?            a number to be found; `:answer: 2 / 50` in Python, perhaps
                                       `:within: 0.05` of it (else 0.01), and below why it is that
    :::{slip} Which step is false?     an argument with one false step to be found; inside its
    - a step | left == right           steps, each with a claim that the build holds against
    - ! the false one | left == right  numbers, the false one marked, and below why it is false
    :::{own-words} id A question?      a question to answer in one's own words; inside, the ideas:
    - short | the idea | weigh, by heart   what a gap is called, the idea, and the words that count
                                       for it, each the beginning of those that are meant
    ::::{derivation} Title             a proof that opens step by step: a card whose formulas and
    :::{step} What it shows            lines stand in its steps; each step gives its reason, and a
                                       figure that opens it stays in sight beside or above it
    ```{code-cell}                     Python that is shown and run; later cells see its names

A card's formulas can be alive. `\s{w}` or `\sym{δ}{\delta}` in a formula marks a symbol by the name
that pictures give it (`data_symbol="w"`): the reader points at it, and everything of that name in
the nearest game or figure lights up (`\sym{h a}{h}`: everything called h or a). Each marked symbol
has a row in the card's list, and the line of NumPy behind the formula can be changed and run. Both
use names of earlier cells:

    ```{symbols}
    $\s{w}$ | the weights, one for each input | (inputs) | w
    $\sym{δ}{\delta}$ | how the loss moves with the sum |  | dz
    ```
    ```{run}
    :beside: the finite difference | gradient_check.numeric_gradient(loss_of_w, w)
    x * dz
    ```

A row is symbol, meaning, shape in words and NumPy for its value; the last two may stay empty. A
run's value is that of its last line, an expression or an assignment. The build runs it, and refuses
a card whose two values disagree. A run whose last line compares, `left <= right`, `>=` or `==`, is
a claim: a step of a proof on numbers. Both sides and the room between them are shown, the learner
changes its numbers, and the build refuses a claim that does not hold:

    ```{run}
    η = 0.1
    f(θ - η * g) <= f(θ) - η / 2 * g @ g
    ```

With `:fails:` above it, one that must not hold, such as a theorem without what it assumes: there
the build refuses a claim that holds. Where the learner's numbers leave what a float can hold, the
page says that instead of a verdict, and the build refuses the claim. It refuses a run that only
comes to true or false (`a < b`, a chain, `np.all(…)`), for that could say False unnoticed. With
`:goes-on:` as its first line a run sees what the runs above it in its card have made, as the
learner has changed them: so a program grows cell by cell. What a run reads must be numbers, arrays
or names of the engine: a cell's own functions cannot go to the browser. `beside` may use them, and
its value is then the one computed here; one that uses none is computed anew, of the learner's own
numbers, whenever the line is run.

A word of the glossary, and a sign that it explains (SIGNS), is marked by `{term}` where the article
first uses it, or in an article that this one needs; headings and titles may use it before.

Reading an article gives its outline and runs nothing of it; `Article.html` runs its cells. Whatever
an article names must exist: an unknown game, parameter, source, figure, directive, link or anchor
is an ArticleError with file, line and what is allowed.
"""

from __future__ import annotations

import contextlib
import difflib
import html
import importlib
import inspect
import pkgutil
import re
import shlex
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_block_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_role import myst_role_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from course.tracks import TRACKS, Track
from games import Game, ParamError, discover, load
from games.run import Run
from games.ui.node import Node, to_html
from games.ui.numbers import MINUS
from games.words import say
from web.builder import exercises
from web.builder.cards import Asked, Card, CardError, Symbol, marks, symbols, value
from web.builder.figures import FIGURES, read_figures
from web.builder.formulas import Formula, Typesetter
from web.builder.glossary import FOLDER as GLOSSARY
from web.builder.glossary import anchor
from web.builder.notebook import VALUES, Cell, State, begin, read_values
from web.builder.paths import ROOT
from web.builder.pseudo import article as said

COURSE = ROOT / "course"
LANGUAGE = "en"
"""The language that every article has, and that is built."""
PATHS = ("beginner", "intermediate", "advanced", "expert", "frontier")
"""For whom an article is, from the first step on."""
SOURCES = ("pycore", "games")
"""The packages an article may show source from."""

SIGNS = {
    r"\sum": "sum sign",
    r"\partial": "partial derivative",
    r"\nabla": "gradient",
    r"\log": "logarithm",
    r"\top": "transpose",
    r"\kappa": "condition number",
}
"""Signs of formulas, and the word of the glossary that explains each."""
NBSP = "\N{NO-BREAK SPACE}"
FOLDER = "lesson/"
"""Where the articles' pages are, from the root of the site."""
CERTIFICATE = "certificate/"
"""Where the reader's wins are played again and printed."""
WORDS_PER_MINUTE = 180
"""Our guess for prose that is to be understood; easy prose is read at 238 (Brysbaert, 2019)."""
SITE = "site:"
"""Opens a link inside the site, `site:lesson/level-1/#neuron`; pages make it a relative one."""
SAID = "say-"
"""What the anchor of a question in one's own words begins with."""
FIRST_SEED = 1
"""The seed of a game's own page, and of its picture."""


class ArticleError(ValueError):
    """Something an article says that cannot be true; the message opens with file:line."""


ALONE = ("play", "frame", "home")
"""Where games are placed that stand in no article: their own pages, frames, the landing page."""


@dataclass(frozen=True)
class Placement:
    """A game where it is placed: every parameter named, every value checked.

    Attributes:
        slug: the game's.
        where: the level's name, or one of `ALONE`.
        name: tells it from the same game's first placement there; '' for that one.
        turn: the how-manieth time this is that the page has the game.
    """

    slug: str
    seed: int
    params: Mapping[str, Any]
    where: str = ALONE[0]
    name: str = ""
    turn: int = 1

    @property
    def game(self) -> Game:
        """The game, as it was saved last."""
        return load(self.slug)

    @property
    def title(self) -> str:
        """The game's title, which no other placement on the page has."""
        return f"{self.game.title} ({self.turn})" if self.turn > 1 else self.game.title

    @property
    def id(self) -> str:
        """What progress is kept under, for as long as anybody keeps it: names, never positions."""
        return f"{self.where}/{self.key}"

    @property
    def key(self) -> str:
        """The same without the level."""
        return f"{self.slug}/{self.name}" if self.name else self.slug

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return self.key.replace("/", "-")

    def run(self) -> Run:
        """A fresh run of it."""
        return Run(self.slug, self.seed, self.params)


def alone(game: Game, where: str = ALONE[0], seed: int = FIRST_SEED) -> Placement:
    """A game as it is on a page without an article: nothing is set."""
    return Placement(game.slug, seed, game.params({}), where)


@dataclass
class Section:
    """A `##` heading and the games placed under it."""

    id: str
    title: str
    placements: list[Placement] = field(default_factory=list)

    @property
    def games(self) -> list[Game]:
        """The games, in order."""
        return [placement.game for placement in self.placements]


@dataclass
class Article:
    """One article's outline, and the way to its HTML.

    Attributes:
        name: its folder's name with hyphens; no two articles share one.
        track: the track it belongs to.
        place: its number among the track's articles, or among the parts of its level.
        title, about, path, needs, picture, part_of: from the front matter.
        since: the day since which it has been there.
        whole: what its level is called and about, where this is the first of several parts.
        sections: the outline.
        titles: every id that a link can name, each with the title of what is there.
        words: how many words of prose there are to read.
        terms: the words of the glossary it marks, each with the section where it does so first.
        own_words: the anchors of its questions to answer in one's own words.
    """

    name: str
    track: Track
    place: int
    title: str
    about: str
    path: str
    since: date
    needs: tuple[str, ...]
    picture: str
    part_of: str
    whole: tuple[str, str] | None
    sections: list[Section]
    titles: Mapping[str, str]
    words: int
    terms: Mapping[str, Section]
    own_words: list[str]
    _reader: _Reader = field(repr=False)
    level: Level = field(init=False, repr=False, compare=False)
    """What it is a part of, or is alone; known when all articles are read."""

    def html(self, place: PlaceGame, formulas: Typesetter) -> str:
        """Run what it computes and return its body; links inside the site open with `site:`.

        Args:
            place: gives the HTML of a placed game.
            formulas: typesets what stands between dollars.

        Raises:
            ArticleError: a formula, cell, value or game that fails.
        """
        typeset([self], formulas)
        return self._reader.render(place, formulas)

    def drawn(self) -> Node:
        """Its picture: the figure, or the first frame of the game."""
        return self._reader.drawn(self.picture)

    @property
    def address(self) -> str:
        """Its page, from the root of the site."""
        return f"{FOLDER}{self.name}/"

    @property
    def label(self) -> str:
        """`Level 1`, `Level 3, part 2 of 4`, or nothing where neither is numbered."""
        level = self.level
        if len(level.parts) == 1:
            return level.label
        n, of = level.parts.index(self) + 1, len(level.parts)
        if not level.label:
            return say("Part {n} of {of}", n=n, of=of)
        return say("{level}, part {n} of {of}", level=level.label, n=n, of=of)

    @property
    def full_title(self) -> str:
        """The title with the numbers of level and part."""
        return _labelled(self.label, self.title)

    @property
    def minutes(self) -> int:
        """How long it takes to read, games left aside."""
        return _minutes(self.words)

    @property
    def games(self) -> list[Game]:
        """The games placed in it, in order."""
        return [placement.game for placement in self.placements]

    @property
    def placements(self) -> list[Placement]:
        """The same with their seeds and parameters."""
        return [placement for section in self.sections for placement in section.placements]

    def outline(self) -> tuple[object, ...]:
        """All that other pages may show of it."""
        sections = [
            (s.id, s.title, [(p.slug, p.anchor) for p in s.placements]) for s in self.sections
        ]
        terms = {term: section.id for term, section in self.terms.items()}
        front = (self.name, self.track, self.place, self.title, self.about, self.path, self.needs)
        level = (self.part_of, self.whole)
        told = (dict(self.titles), terms, list(self.own_words))
        return *front, *level, self.minutes, sections, *told


@dataclass(frozen=True)
class Level:
    """What has one place in a track: an article, or several that are its parts, in order.

    It is counted, won and numbered as one, and has the name and the address of its first part.
    """

    parts: tuple[Article, ...]

    @property
    def name(self) -> str:
        """What others call it by, and what the progress in it is kept under."""
        return self.parts[0].name

    @property
    def address(self) -> str:
        """Its first page, from the root of the site."""
        return self.parts[0].address

    @property
    def track(self) -> Track:
        """The track it belongs to."""
        return self.parts[0].track

    @property
    def place(self) -> int:
        """Its number in the track."""
        return self.parts[0].place

    @property
    def title(self) -> str:
        """What all of it is called."""
        return self.parts[0].whole[0] if self.parts[0].whole else self.parts[0].title

    @property
    def about(self) -> str:
        """The question that all of it answers."""
        return self.parts[0].whole[1] if self.parts[0].whole else self.parts[0].about

    @property
    def label(self) -> str:
        """`Level 1` where the track's articles are numbered, else nothing."""
        if not self.track.each:
            return ""
        return say("{each} {n}", each=say(self.track.each), n=self.place)

    @property
    def full_title(self) -> str:
        """The title with the level's number."""
        return _labelled(self.label, self.title)

    @property
    def needs(self) -> tuple[str, ...]:
        """The levels that any of its parts builds on."""
        return tuple(dict.fromkeys(need for part in self.parts for need in part.needs))

    @property
    def minutes(self) -> int:
        """How long it takes to read, games left aside."""
        return _minutes(sum(part.words for part in self.parts))

    @property
    def placements(self) -> list[Placement]:
        """The games placed in it, in order."""
        return [placement for part in self.parts for placement in part.placements]

    @property
    def own_words(self) -> dict[str, str]:
        """Its questions in one's own words, as answers are kept, and each one's address."""
        return {
            f"{self.name}/{anchor.removeprefix(SAID)}": f"{part.address}#{anchor}"
            for part in self.parts
            for anchor in part.own_words
        }

    @property
    def anchors(self) -> dict[str, Article]:
        """Every id that a link can name, each with the part that holds it."""
        return {anchor: part for part in self.parts for anchor in part.titles}


def _labelled(label: str, title: str) -> str:
    return say("{label}: {title}", label=label, title=title) if label else title


def _minutes(words: int) -> int:
    return max(1, round(words / WORDS_PER_MINUTE))


PlaceGame = Callable[[Placement], str]


@dataclass
class Shelf:
    """What was read and computed before: an article is read anew when a file of its folder changed.

    Attributes:
        starts: what the cells of each folder have computed; languages that share it run them once.
        readers: every text with what its folder held when it was read.
    """

    starts: dict[Path, State] = field(default_factory=dict)
    readers: dict[Path, tuple[object, _Reader]] = field(default_factory=dict)

    def doubt(self, games: Collection[str]) -> None:
        """Look again at what articles say of these games, which were saved."""
        for _, reader in self.readers.values():
            reader.doubted.update(games)

    def read(self, path: Path, glossary: Collection[str]) -> _Reader:
        """Read a text, or find it."""
        files = (path, path.with_name(VALUES), path.with_name(FIGURES))
        holds = tuple(glossary), *(file.read_bytes() if file.exists() else b"" for file in files)
        before, reader = self.readers.get(path, (None, None))
        if reader is None or before != holds or not reader.still_true():
            reader = _Reader(path, glossary, self.starts)
            self.readers[path] = holds, reader
        return reader


def find_articles(folder: Path = COURSE) -> list[Path]:
    """Return the text of every article below `folder`.

    Raises:
        ArticleError: a folder that is no track, or an article without a text.
    """
    tracks = [track.id for track in TRACKS]
    found = []
    for track in _folders(folder):
        if track.name not in tracks:
            near = _allowed(tracks, track.name)
            raise ArticleError(f"{_named(track)}: there is no track {track.name!r}{near}")
        for article in _folders(track):
            text = article / f"{LANGUAGE}.md"
            if not text.is_file():
                raise ArticleError(f"{_named(article)}: the article has no {text.name}")
            found.append(text)
    return found


def track_of_pages(folder: Path = COURSE) -> dict[str, str]:
    """Return every article's page with the id of its track, the tracks in their order."""
    order = [track.id for track in TRACKS]
    found = [(text.parents[1].name, text.parent) for text in find_articles(folder)]
    found.sort(key=lambda one: order.index(one[0]))
    return {f"{FOLDER}{_name_of(article)}/index.html": track for track, article in found}


def read_articles(
    paths: Iterable[Path], glossary: Collection[str] = (), shelf: Shelf | None = None
) -> list[Article]:
    """Read the outlines of articles, and check what they say of each other.

    Args:
        paths: their texts, all in one language.
        glossary: the terms that an article may mark.
        shelf: keeps what was read for the next time.

    Raises:
        ArticleError: a name or link that leads nowhere.

    Returns:
        The articles, track by track, each in its place, with the parts of a level in a row.
    """
    shelf = shelf or Shelf()
    readers = [shelf.read(path, glossary) for path in paths]
    order = [track.id for track in TRACKS]
    readers.sort(key=lambda r: (order.index(r.article.track.id), r.article.place, r.path))
    _check_names(readers)
    readers = _by_level(readers)
    _check_needs(readers)
    _check_first_uses(readers)
    known: dict[str, Mapping[str, str]] = {
        r.article.address: {place: part.address for place, part in r.article.level.anchors.items()}
        for r in readers
    }
    known[GLOSSARY] = dict.fromkeys(map(anchor, glossary), GLOSSARY)
    for reader in readers:
        reader.check_links(known)
    return [reader.article for reader in readers]


def levels(articles: Iterable[Article]) -> list[Level]:
    """The levels that articles are parts of, in their order."""
    return [article.level for article in articles if article is article.level.parts[0]]


def typeset(articles: Iterable[Article], formulas: Typesetter) -> None:
    """Have the formulas of articles typeset together, which takes one process.

    Raises:
        ArticleError: a formula that KaTeX refuses.
    """
    readers = [article._reader for article in articles]
    refused = formulas.learn(formula for reader in readers for formula, _ in reader.formulas)
    for reader in readers:
        for formula, line in reader.formulas:
            if formula in refused:
                reader.fail(line, refused[formula])


def titles_on_the_map(articles: Iterable[Article], own: Iterable[str] = ()) -> dict[str, str]:
    """Every id on the page of the course, with the title of the article or section it leads to.

    The guided way was one page once, `lesson/#neuron`: its sections are still found there.
    Where a level has several parts its name stands for all of it.

    Args:
        articles: all there are.
        own: the ids of the page itself.

    Raises:
        ArticleError: two of them have the same id.
    """
    titles = dict.fromkeys((*own, *(track.anchor for track in TRACKS)), "")
    places = dict.fromkeys(titles, "the page itself")
    for article in articles:
        reader = article._reader
        first = article is article.level.parts[0]
        whole = article.level if first else article
        here = [(article.name, whole.full_title, 1)]
        if article.track == TRACKS[0]:
            here += [(s.id, s.title, reader.anchors[s.id]) for s in article.sections]
        for id_, title, line in here:
            if id_ in titles:
                reader.fail(line, f"#{id_} is on the page of the course already: {places[id_]}")
            titles[id_], places[id_] = title, f"{_named(reader.path)}:{line}"
    return titles


def _check_names(readers: list[_Reader]) -> None:
    """Refuse two articles of one name, or in one place of a track or of a level."""
    names: dict[str, _Reader] = {}
    places: dict[tuple[str, str, int], _Reader] = {}
    for reader in readers:
        article = reader.article
        other = names.setdefault(article.name, reader)
        if other is not reader:
            reader.fail(1, f"the name {article.name!r} is already {_named(other.path)}")
        other = places.setdefault((article.track.id, article.part_of, article.place), reader)
        if other is not reader:
            line = reader.lines["place"]
            reader.fail(line, f"place {article.place} is already {_named(other.path)}")


def _by_level(readers: list[_Reader]) -> list[_Reader]:
    """Tell every article its level; return them with the parts of each level in a row.

    Raises:
        ArticleError: a part of nothing, a level that says nothing of its whole, or an anchor that
            stands in two of its parts.
    """
    firsts = {reader.article.name: reader for reader in readers if not reader.article.part_of}
    parts: dict[str, list[_Reader]] = {name: [first] for name, first in firsts.items()}
    for reader in readers:
        if name := reader.article.part_of:
            line = reader.lines["part-of"]
            there = [n for n, r in firsts.items() if r.article.track == reader.article.track]
            if name not in there:
                near = _allowed(there, name)
                reader.fail(line, f"no article here begins a level as {name!r}{near}")
            if reader.article.place == 1:
                reader.fail(reader.lines["place"], f"place 1 is {name} itself; from 2 on")
            parts[name].append(reader)
    for first, *others in parts.values():
        whole = first.article.whole
        if others and not whole:
            first.fail(1, f"{others[0].article.name} is a part of this: say whole and whole-about")
        if whole and not others:
            first.fail(first.lines["whole"], "a whole of one part: no article is part-of this one")
        level = Level(tuple(reader.article for reader in (first, *others)))
        held: dict[str, _Reader] = {}
        for reader in (first, *others):
            reader.article.level = level
            for place, line in reader.anchors.items():
                other = held.setdefault(place, reader)
                if other is not reader:
                    at = f"{_named(other.path)}:{other.anchors[place]}"
                    reader.fail(line, f"#{place} is already an anchor of this level: {at}")
    return [reader for of in parts.values() for reader in of]


def _check_needs(readers: list[_Reader]) -> None:
    """Refuse needs that name no level, and needs that go in a circle."""
    whole = {level.name: level for level in levels(reader.article for reader in readers)}
    for reader in readers:
        for name in reader.article.needs:
            if name not in whole:
                near = _allowed(whole, name)
                reader.fail(reader.lines["needs"], f"there is no article {name!r}{near}")
    settled: set[str] = set()

    def settle(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            circle = " → ".join((*way[way.index(name) :], name))
            reader = next(p._reader for p in whole[way[-1]].parts if name in p.needs)
            reader.fail(reader.lines["needs"], f"what articles need goes in a circle: {circle}")
        if name not in settled:
            for need in whole[name].needs:
                settle(need, (*way, name))
            settled.add(name)

    for name in whole:
        settle(name, ())


def _check_first_uses(readers: list[_Reader]) -> None:
    """Refuse a word of the glossary that is used before it is explained."""
    whole = {level.name: level for level in levels(reader.article for reader in readers)}

    @cache
    def explained(name: str) -> frozenset[str]:
        """What a level explains, or those that it needs do."""
        return before(whole[name].parts)

    def before(parts: tuple[Article, ...]) -> frozenset[str]:
        """What these parts of a level explain, or those that they need do."""
        own = [frozenset(part._reader.marked) for part in parts]
        needs = dict.fromkeys(need for part in parts for need in part.needs)
        return frozenset[str]().union(*own, *map(explained, needs))

    for reader in readers:
        parts = reader.article.level.parts
        known = before(parts[: parts.index(reader.article)])
        known = known.union(*map(explained, reader.article.needs))
        for term, (block, line) in reader.used.items():
            if term in known or reader.marked.get(term, (block + 1, 0))[0] <= block:
                continue
            where = (
                f"before line {reader.marked[term][1]}" if term in reader.marked else "and never"
            )
            reader.fail(line, f"{term!r} is used here {where} explained by {{term}}`{term}`")


def _folders(folder: Path) -> list[Path]:
    """The folders inside a folder, without those that Python makes."""
    inside = sorted(path for path in folder.iterdir() if path.is_dir())
    return [path for path in inside if not path.name.startswith(("_", "."))]


def _name_of(folder: Path) -> str:
    """The name of the article in a folder."""
    return folder.name.replace("_", "-")


def _named(path: Path) -> Path:
    """A path as errors name it: from the root of the project, where it is inside."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


# --- one file -------------------------------------------------------------------------------------

REQUIRED = ("title", "about", "place", "path", "since", "picture")
WHOLE = ("whole", "whole-about")
FRONT_MATTER = (*REQUIRED, "needs", "part-of", *WHOLE)
BLOCK_ROLES = ("game", "source")
INLINE_ROLES = ("compute", "term")
BOXES = ("card", "example", "takeaway")
OUTCOMES = ("played", "won")
"""How far a reader may have come with a game: what may be said afterwards by it."""
TAKEN = {"main", "rail", "runtime", "from-file", "live-reload", "build-error"}
"""Ids of the page around an article."""
PARTS = ("title", "share", "numbers")
"""What a placed game's own ids end in (web/pages/game.html)."""


@dataclass
class _Page:
    """An article while it becomes HTML: what its cells have computed so far, and who helps."""

    state: State
    place: PlaceGame


Make = Callable[[_Page], str]


class _Reader:
    """Reads one file into tokens; what has to be computed or drawn waits in them for `render`."""

    def __init__(self, path: Path, glossary: Collection[str], starts: dict[Path, State]) -> None:
        self.path, self.glossary, self.starts = path, glossary, starts
        self.terms: dict[str, Section] = {}
        self.block = 0
        self.marked: dict[str, tuple[int, int]] = {}
        self.used: dict[str, tuple[int, int]] = {}
        self.spelled = {term.lower(): term for term in glossary}
        names = sorted(map(re.escape, glossary), key=len, reverse=True)
        self.uses = re.compile(rf"(?<![\w-])({'|'.join(names) or '(?!)'})s?(?!\w)", re.IGNORECASE)
        self.formulas: list[tuple[Formula, int]] = []
        self.links: list[tuple[Token, str, int]] = []
        self.placed: list[tuple[Placement, Mapping[str, str]]] = []  # with the parameters given
        self.doubted: set[str] = set()  # games saved since what is said of them was looked at
        self.anchors: dict[str, int] = {}
        self.titles: dict[str, str] = {}
        self.sections: list[Section] = []
        self.words = 0
        self.own_words: list[str] = []
        self.card: Card | None = None
        self.steps: int | None = None
        self.outcomes: list[str] | None = None
        self.line = 1
        self.front: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        self.first, self.cells = self._values()
        self.markdown = _markdown()
        self.tokens = list(self._blocks(path.read_text("utf-8"), 0))
        for name, cell in self.cells.items():
            if name not in self.anchors:
                problem = f"the cell {name!r} is called by no anchor of {path.name}"
                self.fail(cell.line, problem + _allowed(self.anchors, name), VALUES)
        self.article = self._article()
        self._check_plays(lambda slug: True)

    def still_true(self) -> bool:
        """Tell whether reading it again would come to the same, though games were saved.

        Raises:
            ArticleError: a link asks of one what it does not allow any more.
        """
        doubted = self.doubted
        for placement, given in self.placed:
            if placement.slug in doubted:
                try:
                    params = placement.game.params(given)
                except ParamError:
                    return False
                said = self.titles[placement.anchor]
                if (params, placement.title) != (placement.params, said):
                    return False
        self._check_plays(doubted.__contains__)
        doubted.clear()
        return True

    def _article(self) -> Article:
        front, fail = self.front, self.fail
        for key in REQUIRED:
            if not front.get(key):
                there = f"; it has {', '.join(front) or 'nothing'}, it needs {', '.join(REQUIRED)}"
                fail(self.lines.get(key, 1), f"the front matter has no {key!r}{there}")
        folder, place, path = self.path.parent, front["place"], front["path"]
        if not re.fullmatch(r"[a-z][a-z0-9_]*", folder.name):
            fail(1, f"the folder {folder.name!r} is not named by small letters, digits and _")
        if _name_of(folder) in ALONE:
            fail(1, f"an article cannot be called {folder.name!r}: progress is kept by its name")
        if not (place.isascii() and place.isdecimal() and int(place)):
            fail(self.lines["place"], f"the place {place!r} is not a whole number from 1 on")
        if path not in PATHS:
            fail(self.lines["path"], f"there is no path {path!r}{_allowed(PATHS, path)}")
        try:
            since = date.fromisoformat(front["since"])
        except ValueError:
            fail(self.lines["since"], f"{front['since']!r} is not a day, such as 2026-11-30")
        whole = [key for key in WHOLE if front.get(key)]
        if len(whole) == 1:
            fail(self.lines[whole[0]], f"{' and '.join(WHOLE)} are said together or not at all")
        if whole and "part-of" in front:
            fail(
                self.lines["whole"], "only the first part of a level says what the whole is called"
            )
        needs = tuple(part.strip() for part in front.get("needs", "").split(",") if part.strip())
        self._check_picture(front["picture"])
        tracks = {track.id: track for track in TRACKS}
        if folder.parent.name not in tracks:
            near = _allowed(tracks, folder.parent.name)
            fail(1, f"there is no track {folder.parent.name!r}{near}")
        return Article(
            _name_of(folder),
            tracks[folder.parent.name],
            int(place),
            said(front["title"]),
            said(front["about"]),
            path,
            since,
            needs,
            front["picture"],
            front.get("part-of", ""),
            (said(front["whole"]), said(front["whole-about"])) if whole else None,
            self.sections,
            self.titles,
            self.words,
            self.terms,
            self.own_words,
            self,
        )

    def _check_picture(self, name: str) -> None:
        if name not in discover() and name not in self.figures:
            allowed = _allowed((*self.figures, *discover()), name)
            problem = f"the picture {name!r} is no figure of this article and no game"
            self.fail(self.lines["picture"], problem + allowed)

    @property
    def figures(self) -> Mapping[str, Callable[..., Node]]:
        """The article's figures by the names that its text gives them."""
        return read_figures(self.path.parent)

    def drawn(self, picture: str) -> Node:
        """What a picture shows."""
        if picture in self.figures:
            return self.figures[picture]()
        return alone(load(picture)).run().view()

    def _values(self) -> tuple[Cell, dict[str, Cell]]:
        try:
            return read_values(self.path.parent / VALUES)
        except ValueError as error:
            line, _, problem = str(error).partition(": ")
            self.fail(int(line), problem, VALUES)

    def fail(self, line: int, problem: str, file: str = "") -> NoReturn:
        """Raise the ArticleError for a problem at `line` of the text, or of a file beside it."""
        path = self.path.parent / file if file else self.path
        raise ArticleError(f"{_named(path)}:{line}: {problem}")

    # -- blocks

    def _blocks(self, text: str, offset: int) -> Iterator[Token]:
        """Yield the tokens of `text`, whose first line is line `offset` + 1 of the file."""
        tokens = self.markdown.parse(text)
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if token.map:
                self.line = offset + token.map[0] + 1
            if token.type == "front_matter":
                self._front_matter(token)
            elif token.type == "colon_fence":
                yield from self._directive(token, _lone_role(tokens, i - 3))
            elif token.type == "fence" and token.info.strip() == "{symbols}":
                yield from self._symbols(token)
            elif token.type == "fence":
                yield self._fence(token)
            elif token.type == "math_block":
                self._formula(token, display=True)
                yield token
            elif token.type == "heading_open":
                if (cell := self._heading(token, tokens[i + 1])) is not None:
                    yield cell
                yield token
            elif (role := _lone_role(tokens, i)) is not None:
                yield self._block_role(role)
                i += 2
            elif token.type == "inline":
                self._inline(token, title=tokens[i - 1].type == "heading_open")
                yield token
            else:
                yield token
            i += 1

    def _front_matter(self, token: Token) -> None:
        for number, line in enumerate(token.content.splitlines(), start=2):
            key, colon, value = (part.strip() for part in line.partition(":"))
            if key not in FRONT_MATTER or not colon:
                self.fail(number, f"{line!r} is not `key: value`{_allowed(FRONT_MATTER, key)}")
            if key in self.front:
                self.fail(number, f"{key!r} is already in line {self.lines[key]}")
            self.front[key], self.lines[key] = value, number

    def _heading(self, opening: Token, inline: Token) -> Token | None:
        """Note a heading; return the cell of values that belongs to it."""
        depth = int(opening.tag[1])
        title = "".join(child.content for child in inline.children or ())
        id_ = str(opening.attrGet("id") or re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-"))
        opening.attrSet("id", id_)
        self._anchor(id_, title)
        if depth == 2:
            self.sections.append(Section(id_, said(title)))
        elif depth == 1:
            self.fail(self.line, "the title stands in the front matter; a section opens with ##")
        elif not self.sections:
            self.fail(self.line, f"{title!r} stands before the first section (a heading with ##)")
        elif depth > 3:
            self.fail(self.line, "headings go two deep: ## section, ### part")
        return self._later(partial(self._hidden, id_)) if id_ in self.cells else None

    def _anchor(self, id_: str, title: str) -> None:
        """Note an id of the page; it belongs to this article alone, and stands there once."""
        if id_ in self.anchors:
            self.fail(self.line, f"#{id_} is already the anchor of line {self.anchors[id_]}")
        if id_ in TAKEN or id_.startswith(("term-", "exercise-")):
            self.fail(self.line, f"#{id_} is an id of the page around the article: choose another")
        for part in PARTS:
            game, dash, end = id_.rpartition("-")
            if dash and end == part and self.titles.get(game, "") and game in self._placed():
                self.fail(self.line, f"#{id_} belongs to the game of line {self.anchors[game]}")
        self.anchors[id_], self.titles[id_] = self.line, title

    def _fence(self, token: Token) -> Token:
        kind, _, _language = token.info.strip().partition(" ")
        if kind == "{code-cell}":
            return self._code_cell(token.content)
        if kind == "{run}":
            with self._live() as card:
                return self._later(partial(self._run, card, card.read(token.content)))
        if kind.startswith("{"):
            allowed = _allowed(("{code-cell}", "{symbols}", "{run}"), kind)
            self.fail(self.line, f"there is no code directive {kind}{allowed}")
        code = highlighted(token.content) if kind == "python" else html.escape(token.content)
        return _raw(f'<pre tabindex="0"><code>{code}</code></pre>\n')

    def _code_cell(self, code: str) -> Token:
        if code.startswith(":"):
            self.fail(
                self.line + 1, f"a code cell has no options; what is not shown is in {VALUES}"
            )
        return self._later(partial(self._shown, Cell(code, self.line)))

    # -- what waits to be computed

    def _later(self, make: Make) -> Token:
        """A token that becomes HTML when the article does."""
        return Token("later", "", 0, meta={"make": make, "line": self.line})

    def _hidden(self, name: str, page: _Page) -> str:
        self._enter(page, self.cells[name], VALUES)
        return ""

    def _shown(self, cell: Cell, page: _Page) -> str:
        self._enter(page, cell)
        output, printed = "", page.state.printed
        if printed:
            output = (
                f'<pre class="cell-output" tabindex="0"><samp>{html.escape(printed)}</samp></pre>'
            )
        source = f'<pre tabindex="0"><code>{highlighted(cell.code)}</code></pre>'
        return f'<div class="cell">{source}{output}</div>\n'

    def _enter(self, page: _Page, cell: Cell, file: str = "") -> None:
        """Go to the state after one more cell of the text, or of a file beside it."""
        try:
            page.state = page.state.after(cell.code)
        except Exception as error:
            self.fail(cell.line, f"the cell raised {type(error).__name__}: {error}", file)

    def _run(self, card: Card, asked: Asked, page: _Page) -> str:
        return card.run(asked, page.state.names)

    def _value(self, row: Symbol, page: _Page) -> str:
        return value(row, page.state.names)

    # -- directives

    def _directive(self, token: Token, before: Token | None) -> Iterator[Token]:
        """A directive, and the role that is all the paragraph before it holds."""
        match = re.fullmatch(r"\{([\w-]+)\}\s*(.*)", token.info.strip())
        if match is None:
            self.fail(self.line, f"{token.info.strip()!r} is not a directive: write :::{{name}}")
        name, title = match.groups()
        line = self.line
        if name in ("card", "derivation"):
            yield from self._card(name, title, token.content)
        elif name == "step":
            yield from self._step(title, token.content)
        elif name == "seen":
            if title or before is None or before.meta["name"] != "game":
                self.fail(line, "a {seen} stands directly after a game, and has no title")
            yield from self._seen(token.content)
        elif name in OUTCOMES:
            yield from self._outcome(name, title, token.content)
        elif name in BOXES:
            yield _raw(f'<div class="box {name}"><p class="box-title">')
            yield from self._title(title)
            yield _raw("</p>\n")
            yield from self._blocks(token.content, line)
            yield _raw("</div>\n")
        elif name == "question":
            yield _raw('<details class="box question"><summary><span>')
            yield from self._title(title)
            yield _raw('</span></summary><div class="answer">\n')
            yield from self._blocks(token.content, line)
            yield _raw("</div></details>\n")
        elif name == "own-words":
            yield from self._own_words(title, token.content)
        elif name == "exercise":
            yield from self._exercise(title, token.content)
        elif name == "slip":
            yield from self._slip(title, token.content)
        elif name == "figure":
            scrolls = "" if self.card is None else ' tabindex="0"'  # in a step, on a low phone
            yield _raw(f'<figure class="figure"{scrolls}>')
            yield self._figure(title)
            yield _raw("<figcaption>\n")
            yield from self._blocks(token.content, line)
            yield _raw("</figcaption></figure>\n")
        else:
            asking = ("question", "exercise", "slip", "own-words")
            more = ("derivation", "step", *asking, "figure", "seen", *OUTCOMES)
            allowed = _allowed((*BOXES, *more), name)
            self.fail(line, f"there is no directive {{{name}}}{allowed}")

    def _card(self, name: str, title: str, content: str) -> Iterator[Token]:
        """A card, or a derivation: one whose inside opens step by step."""
        line = self.line
        if self.card is not None:
            self.fail(line, f"a {{{name}}} stands in no other card")
        self.card, self.steps = Card(), 0 if name == "derivation" else None
        kind = "card" if name == "card" else f"card {name}"
        yield _raw(f'<div class="box {kind}" data-card><p class="box-title">')
        yield from self._title(title)
        yield _raw("</p>\n")
        if name == "derivation":
            yield _raw(
                f'<p class="step-tools"><button class="tool" type="button" data-all-steps>'
                f"{say('Open all steps')}</button></p>\n"
            )
        yield from self._blocks(content, line)
        yield _raw("</div>\n")
        if self.steps == 0:
            self.fail(line, "a derivation has steps: :::{step} What it shows")
        self.line = self.card.line or line
        with self._live() as card:
            card.check()
        self.card = self.steps = None

    def _step(self, title: str, content: str) -> Iterator[Token]:
        """A step of a derivation. The first is open; the others wait for the reader."""
        line = self.line
        if self.steps is None:
            self.fail(line, "a step belongs into a :::{derivation}, which opens with more colons")
        self.steps += 1
        opened = " open" if self.steps == 1 else ""
        number = say("Step {n}", n=self.steps)
        yield _raw(
            f'<details class="step"{opened}><summary><span class="step-number">{number}</span> '
            '<span class="step-title">'
        )
        yield from self._title(title)
        yield _raw('</span></summary><div class="step-inside">\n')
        yield from self._blocks(content, line)
        yield _raw("</div></details>\n")

    def _seen(self, content: str) -> Iterator[Token]:
        """What a game has shown. Its own text is there without scripts; seen.js chooses."""
        placement, line = self.sections[-1].placements[-1], self.line
        self.outcomes = []
        yield _raw(f'<div class="seen" data-seen="{placement.id}"><div data-when="" data-said>\n')
        yield from self._blocks(content, line)
        yield _raw("</div></div>\n")
        if not self.outcomes:
            self.fail(line, f"a {{seen}} has a text for whoever has {' or '.join(OUTCOMES)} it too")
        self.outcomes = None

    def _outcome(self, name: str, title: str, content: str) -> Iterator[Token]:
        """The text that takes the place of a {seen}'s own once its game was played, or won."""
        line = self.line
        if self.outcomes is None or title:
            self.fail(line, f"{{{name}}} stands in a ::::{{seen}}, and has no title")
        self.outcomes.append(name)
        if self.outcomes != sorted(set(self.outcomes), key=OUTCOMES.index):
            told = ", then ".join(OUTCOMES)
            self.fail(line, f"in a {{seen}} each stands once and in this order: {told}")
        placement, known = self.sections[-1].placements[-1], (*self.anchors, *self.marked)
        if name == "won":
            yield self._later(partial(_check_winnable, placement))
        yield _raw(f'</div><div data-when="{name}">\n')
        yield from self._blocks(content, line)
        if known != (*self.anchors, *self.marked):
            self.fail(
                line, f"a {{{name}}} is read by some only: headings and {{term}}s stand elsewhere"
            )

    def _exercise(self, title: str, content: str) -> Iterator[Token]:
        """A number to be found; exercises.js compares, and opens why it is that."""
        line = self.line
        with self._refusing():
            asked = exercises.exercise(content)

        def opened(page: _Page) -> str:
            answer = asked.value(page.state.names)
            return (
                f'<div class="box exercise" data-answer="{answer!r}" data-within="{asked.within}">'
            )

        yield self._later(opened)
        asks = f"exercise-{line}"
        yield _raw(f'<p class="box-title" id="{asks}">')
        yield from self._title(title)
        yield _raw(
            '</p>\n<form class="exercise-tools"><input type="text" inputmode="decimal" '
            f'autocomplete="off" maxlength="24" aria-labelledby="{asks}" data-given> '
            f'<button class="button">{say("Check")}</button></form>\n'
        )
        yield from self._answer(asked.text, line + asked.lines)

    def _slip(self, title: str, content: str) -> Iterator[Token]:
        """An argument with one false step; exercises.js says whether it was found."""
        line = self.line
        with self._refusing():
            steps, text, rows = exercises.steps(content)
        yield _raw('<div class="box exercise" data-slip><p class="box-title">')
        yield from self._title(title)
        yield _raw("</p>\n<ol>")
        for step in steps:

            def checked(page: _Page, step: exercises.Step = step) -> str:
                step.check(page.state.names)
                return ""

            yield self._later(checked)
            slip = " data-false" if step.slip else ""
            yield _raw(f'<li><button class="slip-step" type="button" data-step{slip}>')
            yield from self._title(step.text)
            yield _raw("</button></li>")
        yield _raw("</ol>\n")
        yield from self._answer(text, line + rows)

    def _answer(self, text: str, line: int) -> Iterator[Token]:
        """What is said of an exercise's answer, and why it is that: the end of its box."""
        yield _raw(
            '<p class="exercise-told" data-told role="status"></p>'
            f'<details><summary>{say("The answer")}</summary><div class="answer">\n'
        )
        yield from self._blocks(text, line)
        yield _raw("</div></details></div>\n")

    def _own_words(self, title: str, content: str) -> Iterator[Token]:
        """A question to answer in one's own words, and the ideas that own-words.js lays beside."""
        line = self.line
        name, _, question = title.partition(" ")
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name) or not question:
            self.fail(line, "an {own-words} needs a name and a question: {own-words} bend Why?")
        anchor = f"{SAID}{name}"
        self._anchor(anchor, question)
        self.own_words.append(anchor)
        where = self.front.get("part-of") or _name_of(self.path.parent)
        yield _raw(
            f'<div class="box own-words" data-own-words="{where}/{name}" id="{anchor}">'
            '<label><span class="box-title">'
        )
        yield from self._title(question)
        when = say("Your words stay in this browser. They come back after 1, 3, 7 and 21 days.")
        told = [
            '</span><textarea data-text rows="4" maxlength="4000"></textarea></label>',
            f'<p class="own-words-tools"><button class="button" type="button" data-compare>'
            f"{say('Compare with the ideas')}</button></p>",
            '<p class="own-words-told" data-told role="status"></p>',
            f'<p class="own-words-when" data-when>{when}</p>',
            f"<details data-ideas><summary>{say('The ideas, and the words that count')}</summary>",
            "<ul>",
        ]
        yield _raw("\n".join(told))
        ideas = [row for row in content.splitlines() if row.strip()]
        for row in ideas:
            parts = [part.strip() for part in row.removeprefix("- ").split("|")]
            if not row.startswith("- ") or len(parts) != 3 or not all(parts):
                self.fail(line, f"{row!r} is no idea: write - short | the idea | words, that count")
            short, idea, words = parts
            listed = [word.strip() for word in words.split(",") if word.strip()]
            named = html.escape(",".join(listed)), html.escape(short)
            yield _raw('<li data-idea="{}" data-short="{}">'.format(*named))
            yield from self._title(idea)
            count = html.escape(", ".join(f"{word}…" for word in listed))
            yield _raw(
                f' <span class="own-words-count">{say("counts: {words}", words=count)}</span> '
                "<strong data-found></strong></li>"
            )
        if not ideas:
            self.fail(
                line, "an {own-words} lists the ideas: - short | the idea | words, that count"
            )
        earlier = say("What you wrote last time")
        yield _raw(
            f"</ul></details><details data-earlier hidden><summary>{earlier}</summary>"
            "<p data-earlier-text></p></details></div>\n"
        )

    def _symbols(self, token: Token) -> Iterator[Token]:
        """The list of a card's symbols: each with its meaning, its shape and its value."""
        with self._live() as card:
            card.line, marked = self.line, set(card.marked)
            yield _raw('<dl class="symbols">\n')
            for row in symbols(token.content):
                card.rows.append(row)
                name = html.escape(row.name)
                yield _raw(f'<div class="symbol" data-symbol="{name}" tabindex="0"><dt>')
                yield from self._title(f"${row.tex}$")
                yield _raw('</dt><dd class="symbol-meaning">')
                yield from self._title(row.meaning)
                yield _raw("</dd>")
                yield self._later(partial(self._value, row))
                yield _raw("</div>\n")
            yield _raw("</dl>\n")
            card.marked = marked  # the list's own formulas do not count

    @contextlib.contextmanager
    def _live(self) -> Iterator[Card]:
        """The card being read; what it refuses is refused at this line."""
        if self.card is None:
            self.fail(self.line, "this belongs into a :::{card} or a ::::{derivation}")
        with self._refusing():
            yield self.card

    @contextlib.contextmanager
    def _refusing(self) -> Iterator[None]:
        """What is refused of a directive is refused at this line."""
        try:
            yield
        except CardError as error:
            self.fail(self.line, str(error))

    def _title(self, text: str) -> list[Token]:
        if not text:
            self.fail(self.line, "this directive needs a title on its first line")
        tokens = self.markdown.parseInline(text)
        for token in tokens:
            if any(c.meta.get("name") == "term" for c in token.children or ()):
                self.fail(self.line, "a title is not the place to open a {term}; mark it below")
            self._inline(token, title=True)
        return tokens

    def _figure(self, text: str) -> Token:
        name, given = self._arguments(text)
        picture = self.figures.get(name)
        if picture is None:
            self.fail(self.line, f"there is no figure {name!r}{_allowed(self.figures, name)}")
        said = f"{name}{inspect.signature(picture)}"
        try:
            inspect.signature(picture).bind(**given)
        except TypeError as error:
            self.fail(self.line, f"{said}: {error}")

        def draw(_: _Page) -> str:
            try:
                return to_html(picture(**given))
            except (TypeError, ValueError) as error:
                raise CardError(f"{said}: {error}") from None

        return self._later(draw)

    # -- roles

    def _block_role(self, token: Token) -> Token:
        if token.meta["name"] == "game":
            return self._game(token.content)
        return self._source(token.content)

    def _game(self, text: str) -> Token:
        slug, given = self._arguments(text)
        try:
            game = load(slug)
        except ParamError as error:
            self.fail(self.line, str(error))
        try:
            seed = int(given.pop("seed", "1"))
        except ValueError:
            self.fail(self.line, f"the seed of {slug} is not a whole number")
        name = given.pop("as", "")
        if not re.fullmatch(r"[a-z0-9-]{0,40}", name):
            self.fail(self.line, f"as={name!r} is no name: write a to z, 0 to 9 and -, at most 40")
        where = self.front.get("part-of") or _name_of(self.path.parent)
        try:
            turn = 1 + sum(section.games.count(game) for section in self.sections)
            placement = Placement(slug, seed, game.params(given), where, name, turn)
        except ParamError as error:
            self.fail(self.line, str(error))
        if not self.sections:
            self.fail(self.line, f"{slug} is placed before the first section (a heading with ##)")
        if placement.anchor in self._placed():
            self.fail(
                self.line,
                f"{placement.key} is already placed in line {self.anchors[placement.anchor]}: "
                f"name this one otherwise, as in {{game}}`{slug} as=again`",
            )
        self._anchor(placement.anchor, placement.title)
        for part in PARTS:
            if (own := f"{placement.anchor}-{part}") in self.anchors:
                self.fail(self.anchors[own], f"#{own} belongs to the game of line {self.line}")
        self.sections[-1].placements.append(placement)
        self.placed.append((placement, given))
        return self._later(lambda page: page.place(placement))

    def _placed(self) -> set[str]:
        """The anchors of the games placed so far."""
        return {game.anchor for section in self.sections for game in section.placements}

    def _source(self, text: str) -> Token:
        module_name, _, name = text.partition(":")
        if module_name.split(".")[0] not in SOURCES:
            self.fail(self.line, f"{text!r} is not package.module:name of {' or '.join(SOURCES)}")
        try:
            thing: Any = importlib.import_module(module_name)
        except ModuleNotFoundError:
            package = importlib.import_module(module_name.split(".")[0])
            near = [m.name for m in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
            self.fail(self.line, f"there is no module {module_name}{_allowed(near, module_name)}")
        for part in name.split(".") if name else ():
            inside = [n for n in vars(thing) if not n.startswith("_")]
            if part not in vars(thing):
                owner = getattr(thing, "__qualname__", module_name)
                self.fail(self.line, f"{owner} has no {part!r}{_allowed(inside, part)}")
            thing = vars(thing)[part]

        def show(_: _Page) -> str:
            code = highlighted(textwrap.dedent(inspect.getsource(thing)))
            return (
                f'<figure class="source">'
                f'<figcaption translate="no">{_named_source(text)}</figcaption>'
                f'<pre tabindex="0"><code>{code}</code></pre></figure>\n'
            )

        return self._later(show)

    def _compute(self, text: str, page: _Page) -> str:
        try:
            value = eval(f'f"""{{{text}}}"""', page.state.names)
        except Exception as error:
            raise CardError(f"{text!r} raised {type(error).__name__}: {error}") from None
        printed = re.sub(r"(?<![\w.])-(?=[\d.])", MINUS, str(value))
        return f'<span class="number">{html.escape(printed)}</span>'

    def _term(self, text: str) -> str:
        match = re.fullmatch(r"(.+?) <(.+)>", text)
        shown, name = match.groups() if match else (text, text)
        name = name if name in self.glossary else name[:1].lower() + name[1:]
        if name not in self.glossary:
            near = _allowed(self.glossary, name)
            self.fail(self.line, f"{name!r} is not in the glossary{near}")
        if not self.sections:
            self.fail(self.line, f"{name!r} stands before the first section (a heading with ##)")
        self.terms.setdefault(name, self.sections[-1])
        self.marked.setdefault(name, (self.block, self.line))
        return (
            f'<button class="term" type="button" popovertarget="term-{anchor(name)}">'
            f"{html.escape(said(shown))}</button>"
        )

    # -- inline

    def _inline(self, token: Token, title: bool = False) -> None:
        self.block += 1
        for child in token.children or ():
            self.words += len(child.content.split())
            if child.type in ("softbreak", "hardbreak"):
                self.line += 1
            elif child.type == "math_inline":
                self._formula(child, display=False)
            elif child.type == "link_open":
                self.links.append((child, str(child.attrGet("href")), self.line))
            elif child.type == "myst_role":
                name = child.meta["name"]
                if name in BLOCK_ROLES:
                    self.fail(self.line, f"{{{name}}} must stand alone in its paragraph")
                if name not in INLINE_ROLES:
                    allowed = _allowed((*INLINE_ROLES, *BLOCK_ROLES), name)
                    self.fail(self.line, f"there is no role {{{name}}}{allowed}")
                if name == "term":
                    child.type, child.content = "html_inline", self._term(child.content)
                else:
                    make = partial(self._compute, child.content)
                    child.type, child.meta = "later", {"make": make, "line": self.line}
            elif child.type == "text":
                for use in () if title else self.uses.finditer(child.content):
                    self._use(use[1])
                child.content = re.sub(
                    r"(?<=\d) (?=×)|(?<=×) (?=\d)|(?<=\d) (?=%)", NBSP, said(child.content)
                )

    def _use(self, word: str) -> None:
        """Note where a word of the glossary is used first."""
        self.used.setdefault(self.spelled[word.lower()], (self.block, self.line))

    def _formula(self, token: Token, *, display: bool) -> None:
        formula = Formula(token.content.strip(), display)
        for sign in re.findall(r"\\[a-z]+", formula.tex):
            if SIGNS.get(sign) in self.glossary:
                self._use(SIGNS[sign])
        if marked := marks(formula.tex):
            with self._live() as card:
                card.marked.update(marked)
        token.meta["formula"] = formula
        self.formulas.append((formula, self.line))

    def _arguments(self, text: str) -> tuple[str, dict[str, str]]:
        """`name key=value key=value` → the name and the values."""
        try:
            name, *rest = shlex.split(text) or [""]
        except ValueError as error:
            self.fail(self.line, f"{text!r}: {error}")
        given: dict[str, str] = {}
        for part in rest:
            key, equals, value = part.partition("=")
            if not equals or key in given:
                self.fail(self.line, f"{part!r}: write each parameter once, as name=value")
            given[key] = value
        return name, given

    # -- the end

    def check_links(self, known: Mapping[str, Mapping[str, str]]) -> None:
        """Refuse links that lead nowhere, and have the others name the page that they lead to.

        Args:
            known: for every article's page the anchors of its level, with the page of each.
        """
        for token, href, line in self.links:
            if re.match(r"https?://", href):
                continue
            page, _, place = href.removeprefix(SITE).partition("#")
            if href.startswith("#"):
                page = self.article.address
            elif not href.startswith(SITE):
                self.fail(line, f"{href!r}: links are https://…, #anchor or {SITE}page/#anchor")
            if page.startswith("play/") and not place:
                continue  # looked at when it was read
            if page not in ("", FOLDER, CERTIFICATE, *known):
                self.fail(line, f"there is no page {page!r}{_allowed(known, page)}")
            elif place and place not in known.get(page, ()):
                near = _allowed(known.get(page, ()), place)
                self.fail(line, f"{page} has no anchor #{place}{near}")
            elif place:
                held = known[page][place]
                own = href.startswith("#") and held == page
                token.attrSet("href", href if own else f"{SITE}{held}#{place}")

    def _check_plays(self, concerned: Callable[[str], bool]) -> None:
        """Refuse links to games' own pages, of those `concerned`, that ask what is not allowed."""
        for _, href, line in self.links:
            page = href.removeprefix(SITE)
            if href != page and page.startswith("play/") and "#" not in page:
                try:
                    if concerned(_played(page)):
                        check_play(page)
                except ParamError as error:
                    self.fail(line, str(error))

    def render(self, place: PlaceGame, formulas: Typesetter) -> str:
        """The whole body; what waited is computed in the order of the text."""
        folder = self.path.parent
        page = _Page(self.starts.setdefault(folder, begin()), place)
        if self.first.code:
            self._enter(page, self.first, VALUES)

        def later(_: object, tokens: list[Token], i: int, *__: object) -> str:
            meta = tokens[i].meta
            try:
                made: str = meta["make"](page)
            except (CardError, ParamError) as error:
                self.fail(meta["line"], str(error))
            return made

        def typeset(_: object, tokens: list[Token], i: int, *__: object) -> str:
            made = formulas.html(tokens[i].meta["formula"])
            if tokens[i].type == "math_inline":
                return made
            return f'<div class="formula" tabindex="0">{made}</div>\n'

        self.markdown.add_render_rule("later", later)
        self.markdown.add_render_rule("math_inline", typeset)
        self.markdown.add_render_rule("math_block", typeset)
        made: str = self.markdown.renderer.render(self.tokens, self.markdown.options, {})
        return made


def _check_winnable(placement: Placement, _: _Page) -> str:
    """Refuse a text for the winners of a game that nobody wins."""
    if placement.run().score() is None:
        raise CardError(f"{placement.slug} keeps no score, so {{won}} is never read")
    return ""


def check_play(page: str) -> None:
    """Check `play/slug/` or `play/slug/?seed=7&name=value`.

    Raises:
        ParamError: an unknown game or parameter, or a value that is not allowed.
    """
    path, _, query = page.partition("?")
    given: dict[str, object] = dict(parse_qsl(query, keep_blank_values=True))
    seed = str(given.pop("seed", 1))
    game = load(_played(path))
    Run(game.slug, int(seed) if seed.isdecimal() else -1, game.params(given))


def _played(page: str) -> str:
    """The slug in `play/slug/` or `play/slug/?name=value`."""
    return page.partition("?")[0].removeprefix("play/").strip("/")


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": True})
    markdown.enable(["table", "smartquotes", "replacements"])
    for plugin in (front_matter_plugin, attrs_block_plugin, colon_fence_plugin, myst_role_plugin):
        markdown.use(plugin)
    markdown.add_render_rule("table_open", lambda *_: '<div class="scrolls" tabindex="0"><table>\n')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
    markdown.core.ruler.push("corners", _corners)
    return markdown.use(dollarmath_plugin, allow_labels=False, double_inline=False)


def _corners(state: StateCore) -> None:
    """A heading cell without words, as in a table's corner, heads nothing: an ordinary cell."""
    tokens = state.tokens
    for before, inside, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if before.type == "th_open" and not inside.content.strip():
            before.tag = after.tag = "td"


def highlighted(code: str) -> str:
    """Python as HTML: spans with Pygments' classes, coloured by the page's styles."""
    made: str = highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))
    return made.rstrip()


def _named_source(text: str) -> str:
    """`package.module:name`, which leads to the engine's reference where that has it."""
    package, _, module = text.partition(":")[0].partition(".")
    name = text.partition(":")[2]
    if package != "pycore" or not name or "_" in (name[0], name.rpartition(".")[2][0]):
        return html.escape(text)
    address = f"{SITE}reference/{module.replace('.', '/')}/#{name}"
    return f'<a href="{address}">{html.escape(text)}</a>'


def _raw(content: str) -> Token:
    return Token("html_block", "", 0, content=content)


def _lone_role(tokens: list[Token], i: int) -> Token | None:
    """The role that is all a paragraph opening at `i` holds, if it makes a block."""
    if i < 0 or tokens[i].type != "paragraph_open":
        return None
    children = tokens[i + 1].children or []
    alone = len(children) == 1 and children[0].type == "myst_role"
    return children[0] if alone and children[0].meta["name"] in BLOCK_ROLES else None


def _allowed(names: Iterable[str], given: str = "") -> str:
    """`; did you mean …? Allowed: …`."""
    known = sorted(names)
    near = difflib.get_close_matches(given, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ";"
    return f"{hint} there is: {', '.join(known) or 'nothing'}"

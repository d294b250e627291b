r"""Lessons: Markdown in, HTML and an outline out. This module knows no template and no browser.

A lesson is one file and one page. Its front matter has a `title`, a `summary` and, where it is one
of the numbered levels of the course, its `level`; `name.md` becomes `lesson/name/`. The dialect is
CommonMark with tables, dollar maths, attribute lines and MyST's roles, directives and code cells:

    {#neuron}                          the id of the heading below it
    ## One neuron                      `##` opens a section, `###` a part of one
    {game}`light-the-network seed=7`   a game, alone in its paragraph
    {source}`pycore.layers:Dense`      a piece of the engine's source, alone in its paragraph
    {compute}`sigmoid(0.7):.3f`        a value, written like a replacement field of an f-string
    {term}`weights <weight>`           a word of the glossary; its definition opens in place
    :::{figure} activations            a picture from `web.builder.figures`; the caption below
    :::{card} Title  :::{example} Title  :::{takeaway} Title        boxes; Markdown inside
    :::{question} What if?             a box whose inside, the answer, opens on demand
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
a card whose two values disagree. What it reads must be numbers, arrays or names of the engine: a
cell's own functions cannot go to the browser (`beside` may use them, its value is computed here).

Whatever a lesson names must exist: an unknown game, parameter, source, figure, directive, link or
anchor is a LessonError with file, line and what is allowed.
"""

from __future__ import annotations

import ast
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
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import numpy as np
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_block_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_role import myst_role_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

import pycore
from games import Game, ParamError, load
from games.run import Run
from games.ui.node import to_html
from games.ui.numbers import MINUS
from games.words import say
from web.builder import figures
from web.builder.cards import Card, CardError, marks, symbols, value
from web.builder.formulas import Formula, Typesetter
from web.builder.glossary import FOLDER as GLOSSARY
from web.builder.glossary import anchor
from web.builder.paths import ROOT, WEB
from web.builder.pseudo import article
from web.scratch import evaluate

LESSONS = WEB / "lessons"
SOURCES = ("pycore", "games")
"""The packages a lesson may show source from."""

NBSP = "\N{NO-BREAK SPACE}"
FOLDER = "lesson/"
"""Where the lessons' pages are, from the root of the site."""
WORDS_PER_MINUTE = 180
"""Our guess for prose that is to be understood; easy prose is read at 238 (Brysbaert, 2019)."""
SITE = "site:"
"""Opens a link inside the site, `site:lesson/level-1/#neuron`; pages make it a relative one."""


class LessonError(ValueError):
    """Something a lesson says that cannot be true; the message opens with file:line."""


@dataclass(frozen=True)
class Placement:
    """A game as a lesson places it: every parameter named, every value checked."""

    game: Game
    seed: int
    params: Mapping[str, Any]

    def run(self) -> Run:
        """A fresh run of it."""
        return Run(self.game.slug, self.seed, self.params)


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
class Lesson:
    """One Markdown file, read. `body` is there once `typeset` ran.

    Attributes:
        name: the file's name without its ending.
        title, summary: from the front matter.
        level: its number among the levels of the course; 0 for a lesson beside them.
        sections: the outline.
        anchors: every id that a link can name.
        words: how many words of prose there are to read.
        terms: the words of the glossary it marks, each with the section where it does so first.
        body: the HTML; links inside the site still open with `site:`.
    """

    name: str
    title: str
    summary: str
    level: int
    sections: list[Section]
    anchors: frozenset[str]
    words: int
    terms: Mapping[str, Section]
    body: str = ""

    @property
    def address(self) -> str:
        """Its page, from the root of the site."""
        return f"{FOLDER}{self.name}/"

    @property
    def full_title(self) -> str:
        """The title with the level's number."""
        if not self.level:
            return self.title
        return say("Level {n}: {title}", n=self.level, title=self.title)

    @property
    def minutes(self) -> int:
        """How long it takes to read, games left aside."""
        return max(1, round(self.words / WORDS_PER_MINUTE))

    @property
    def games(self) -> list[Game]:
        """The games placed in it, in order."""
        return [placement.game for placement in self.placements]

    @property
    def placements(self) -> list[Placement]:
        """The same with their seeds and parameters."""
        return [placement for section in self.sections for placement in section.placements]


PlaceGame = Callable[[Placement], str]


def read_lessons(
    paths: Iterable[Path],
    place: PlaceGame,
    formulas: Typesetter,
    glossary: Collection[str] = (),
) -> list[Lesson]:
    """Read lessons, typeset their formulas together, and check the links between them.

    Args:
        paths: the Markdown files.
        place: gives the HTML of a placed game.
        formulas: typesets what stands between dollars.
        glossary: the terms that a lesson may mark.

    Raises:
        LessonError: a name, value or link that leads nowhere.

    Returns:
        The levels in their order, then the other lessons by name.
    """
    readers = [_Reader(path, place, glossary) for path in paths]
    readers.sort(key=lambda reader: (not reader.lesson.level, reader.lesson.level, reader.path))
    for before, after in pairwise(readers):
        if before.lesson.level == after.lesson.level > 0:
            after.fail(1, f"level {after.lesson.level} is already {before.path.name}")
    refused = formulas.learn(f for reader in readers for f, _ in reader.formulas)
    for reader in readers:
        for formula, line in reader.formulas:
            if formula in refused:
                reader.fail(line, refused[formula])
    known = {r.lesson.address: r.lesson.anchors for r in readers}
    known[GLOSSARY] = frozenset(map(anchor, glossary))
    for reader in readers:
        reader.check_links(known)
        reader.lesson.body = reader.render(formulas)
    return [reader.lesson for reader in readers]


# --- one file -------------------------------------------------------------------------------------

FRONT_MATTER = ("title", "summary", "level")
BLOCK_ROLES = ("game", "source")
INLINE_ROLES = ("compute", "term")
BOXES = ("card", "example", "takeaway")


class _Reader:
    """Reads one file into tokens that need nothing more than their formulas."""

    def __init__(self, path: Path, place: PlaceGame, glossary: Collection[str]) -> None:
        self.path, self.place, self.glossary = path, place, glossary
        self.terms: dict[str, Section] = {}
        self.formulas: list[tuple[Formula, int]] = []
        self.links: list[tuple[str, int]] = []
        self.anchors: dict[str, int] = {}
        self.sections: list[Section] = []
        self.words = 0
        self.card: Card | None = None
        self.names = _names()
        self.line = 1
        self.markdown = _markdown()
        self.front: dict[str, str] = {}
        self.tokens = list(self._blocks(path.read_text("utf-8"), 0))
        for key in ("title", "summary"):
            if key not in self.front:
                self.fail(1, f"the front matter has no {key!r}")
        level = self.front.get("level", "0")
        if not level.isdecimal():
            self.fail(1, f"the level {level!r} is not a whole number")
        self.lesson = Lesson(
            path.stem,
            article(self.front["title"]),
            article(self.front["summary"]),
            int(level),
            self.sections,
            frozenset(self.anchors),
            self.words,
            self.terms,
        )

    def fail(self, line: int, problem: str) -> NoReturn:
        """Raise the LessonError for a problem at `line`."""
        inside = self.path.is_relative_to(ROOT)
        name = self.path.relative_to(ROOT) if inside else self.path
        raise LessonError(f"{name}:{line}: {problem}")

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
                yield from self._directive(token)
            elif token.type == "fence" and token.info.strip() == "{symbols}":
                yield from self._symbols(token)
            elif token.type == "fence":
                yield _raw(self._fence(token))
            elif token.type == "math_block":
                self._formula(token, display=True)
                yield token
            elif token.type == "heading_open":
                self._heading(token, tokens[i + 1])
                yield token
            elif (role := _lone_role(tokens, i)) is not None:
                yield _raw(self._block_role(role))
                i += 2
            elif token.type == "inline":
                self._inline(token)
                yield token
            else:
                yield token
            i += 1

    def _front_matter(self, token: Token) -> None:
        for number, line in enumerate(token.content.splitlines(), start=2):
            key, colon, value = line.partition(":")
            if key.strip() not in FRONT_MATTER or not colon:
                self.fail(number, f"{line!r} is not `key: value`{_allowed(FRONT_MATTER)}")
            self.front[key.strip()] = value.strip()

    def _heading(self, opening: Token, inline: Token) -> None:
        depth = int(opening.tag[1])
        title = "".join(child.content for child in inline.children or ())
        id_ = str(opening.attrGet("id") or re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-"))
        opening.attrSet("id", id_)
        self._anchor(id_)
        if depth == 2:
            self.sections.append(Section(id_, article(title)))
        elif depth == 1:
            self.fail(self.line, "the title stands in the front matter; a section opens with ##")
        elif not self.sections:
            self.fail(self.line, f"{title!r} stands before the first section (a heading with ##)")
        elif depth > 3:
            self.fail(self.line, "headings go two deep: ## section, ### part")

    def _anchor(self, id_: str) -> None:
        if id_ in self.anchors:
            self.fail(self.line, f"#{id_} is already the anchor of line {self.anchors[id_]}")
        self.anchors[id_] = self.line

    def _fence(self, token: Token) -> str:
        kind, _, _language = token.info.strip().partition(" ")
        if kind == "{code-cell}":
            return self._code_cell(token.content)
        if kind == "{run}":
            with self._live() as card:
                return card.run(token.content, self.names)
        if kind.startswith("{"):
            allowed = _allowed(("{code-cell}", "{symbols}", "{run}"), kind)
            self.fail(self.line, f"there is no code directive {kind}{allowed}")
        code = highlighted(token.content) if kind == "python" else html.escape(token.content)
        return f'<pre tabindex="0"><code>{code}</code></pre>\n'

    def _code_cell(self, content: str) -> str:
        tags: list[str] = []
        lines = content.split("\n")
        while lines and lines[0].startswith(":"):
            option = re.fullmatch(r":tags: \[(.*)\]", lines.pop(0).strip())
            if option is None:
                self.fail(self.line + 1, "a code cell's only option is `:tags: [remove-cell]`")
            tags = [tag.strip() for tag in option[1].split(",")]
        if unknown := set(tags) - {"remove-cell", "remove-output"}:
            allowed = _allowed(("remove-cell", "remove-output"))
            self.fail(self.line + 1, f"unknown cell tag {sorted(unknown)[0]!r}{allowed}")
        code = "\n".join(lines)
        try:
            printed = _run(code, self.names)
        except Exception as error:
            self.fail(self.line, f"the cell raised {type(error).__name__}: {error}")
        if "remove-cell" in tags:
            return ""
        output = ""
        if printed and "remove-output" not in tags:
            output = (
                f'<pre class="cell-output" tabindex="0"><samp>{html.escape(printed)}</samp></pre>'
            )
        source = f'<pre tabindex="0"><code>{highlighted(code)}</code></pre>'
        return f'<div class="cell">{source}{output}</div>\n'

    # -- directives

    def _directive(self, token: Token) -> Iterator[Token]:
        match = re.fullmatch(r"\{([\w-]+)\}\s*(.*)", token.info.strip())
        if match is None:
            self.fail(self.line, f"{token.info.strip()!r} is not a directive: write :::{{name}}")
        name, title = match.groups()
        line = self.line
        if name == "card":
            yield from self._card(title, token.content)
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
        elif name == "figure":
            yield _raw(f'<figure class="figure">{self._figure(title)}<figcaption>\n')
            yield from self._blocks(token.content, line)
            yield _raw("</figcaption></figure>\n")
        else:
            allowed = _allowed((*BOXES, "question", "figure"), name)
            self.fail(line, f"there is no directive {{{name}}}{allowed}")

    def _card(self, title: str, content: str) -> Iterator[Token]:
        line, self.card = self.line, Card()
        yield _raw('<div class="box card" data-card><p class="box-title">')
        yield from self._title(title)
        yield _raw("</p>\n")
        yield from self._blocks(content, line)
        yield _raw("</div>\n")
        self.line = self.card.line or line
        with self._live() as card:
            card.check()
        self.card = None

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
                yield _raw(f"</dd>{value(row, self.names)}</div>\n")
            yield _raw("</dl>\n")
            card.marked = marked  # the list's own formulas do not count

    @contextlib.contextmanager
    def _live(self) -> Iterator[Card]:
        """The card being read; what it refuses is refused at this line."""
        if self.card is None:
            self.fail(self.line, "this belongs into a :::{card}")
        try:
            yield self.card
        except CardError as error:
            self.fail(self.line, str(error))

    def _title(self, text: str) -> list[Token]:
        if not text:
            self.fail(self.line, "this directive needs a title on its first line")
        tokens = self.markdown.parseInline(text)
        for token in tokens:
            if any(c.meta.get("name") == "term" for c in token.children or ()):
                self.fail(self.line, "a title is not the place to open a {term}; mark it below")
            self._inline(token)
        return tokens

    def _figure(self, text: str) -> str:
        name, given = self._arguments(text)
        picture = figures.FIGURES.get(name)
        if picture is None:
            self.fail(self.line, f"there is no figure {name!r}{_allowed(figures.FIGURES, name)}")
        try:
            inspect.signature(picture).bind(**given)
            return to_html(picture(**given))
        except (TypeError, ValueError) as error:
            self.fail(self.line, f"{name}{inspect.signature(picture)}: {error}")

    # -- roles

    def _block_role(self, token: Token) -> str:
        if token.meta["name"] == "game":
            return self._game(token.content)
        return self._source(token.content)

    def _game(self, text: str) -> str:
        slug, given = self._arguments(text)
        try:
            game = load(slug)
        except ParamError as error:
            self.fail(self.line, str(error))
        try:
            seed = int(given.pop("seed", "1"))
        except ValueError:
            self.fail(self.line, f"the seed of {slug} is not a whole number")
        try:
            placement = Placement(game, seed, game.params(given))
            made = self.place(placement)
        except ParamError as error:
            self.fail(self.line, str(error))
        if not self.sections:
            self.fail(self.line, f"{slug} is placed before the first section (a heading with ##)")
        self._anchor(slug)
        self.sections[-1].placements.append(placement)
        return made

    def _source(self, text: str) -> str:
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
        code = highlighted(textwrap.dedent(inspect.getsource(thing)))
        return (
            f'<figure class="source"><figcaption translate="no">{_named_source(text)}</figcaption>'
            f'<pre tabindex="0"><code>{code}</code></pre></figure>\n'
        )

    def _compute(self, text: str) -> str:
        try:
            value = eval(f'f"""{{{text}}}"""', self.names)
        except Exception as error:
            self.fail(self.line, f"{text!r} raised {type(error).__name__}: {error}")
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
        return (
            f'<button class="term" type="button" popovertarget="term-{anchor(name)}">'
            f"{html.escape(article(shown))}</button>"
        )

    # -- inline

    def _inline(self, token: Token) -> None:
        for child in token.children or ():
            self.words += len(child.content.split())
            if child.type in ("softbreak", "hardbreak"):
                self.line += 1
            elif child.type == "math_inline":
                self._formula(child, display=False)
            elif child.type == "link_open":
                self.links.append((str(child.attrGet("href")), self.line))
            elif child.type == "myst_role":
                name = child.meta["name"]
                if name in BLOCK_ROLES:
                    self.fail(self.line, f"{{{name}}} must stand alone in its paragraph")
                if name not in INLINE_ROLES:
                    allowed = _allowed((*INLINE_ROLES, *BLOCK_ROLES), name)
                    self.fail(self.line, f"there is no role {{{name}}}{allowed}")
                made = self._term if name == "term" else self._compute
                child.type, child.content = "html_inline", made(child.content)
            elif child.type == "text":
                child.content = re.sub(
                    r"(?<=\d) (?=×)|(?<=×) (?=\d)|(?<=\d) (?=%)", NBSP, article(child.content)
                )

    def _formula(self, token: Token, *, display: bool) -> None:
        formula = Formula(token.content.strip(), display)
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

    def check_links(self, known: Mapping[str, Collection[str]]) -> None:
        """Refuse links that lead nowhere; `known` holds the anchors of every lesson's page."""
        for href, line in self.links:
            if re.match(r"https?://", href):
                continue
            page, _, place = href.removeprefix(SITE).partition("#")
            if href.startswith("#"):
                page = self.lesson.address
            elif not href.startswith(SITE):
                self.fail(line, f"{href!r}: links are https://…, #anchor or {SITE}page/#anchor")
            if page.startswith("play/") and not place:
                try:
                    check_play(page)
                except ParamError as error:
                    self.fail(line, str(error))
            elif page not in ("", FOLDER, *known):
                self.fail(line, f"there is no page {page!r}{_allowed(known, page)}")
            elif place and place not in known.get(page, ()):
                near = _allowed(known.get(page, ()), place)
                self.fail(line, f"{page} has no anchor #{place}{near}")

    def render(self, formulas: Typesetter) -> str:
        """The whole body."""

        def typeset(_: object, tokens: list[Token], i: int, *__: object) -> str:
            made = formulas.html(tokens[i].meta["formula"])
            if tokens[i].type == "math_inline":
                return made
            return f'<div class="formula" tabindex="0">{made}</div>\n'

        self.markdown.add_render_rule("math_inline", typeset)
        self.markdown.add_render_rule("math_block", typeset)
        made: str = self.markdown.renderer.render(self.tokens, self.markdown.options, {})
        return made


def check_play(page: str) -> None:
    """Check `play/slug/` or `play/slug/?seed=7&name=value`.

    Raises:
        ParamError: an unknown game or parameter, or a value that is not allowed.
    """
    path, _, query = page.partition("?")
    given: dict[str, object] = dict(parse_qsl(query, keep_blank_values=True))
    seed = str(given.pop("seed", 1))
    game = load(path.removeprefix("play/").strip("/"))
    Run(game.slug, int(seed) if seed.isdecimal() else -1, game.params(given))


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": True})
    markdown.enable(["table", "smartquotes", "replacements"])
    for plugin in (front_matter_plugin, attrs_block_plugin, colon_fence_plugin, myst_role_plugin):
        markdown.use(plugin)
    markdown.add_render_rule("table_open", lambda *_: '<div class="scrolls" tabindex="0"><table>\n')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return markdown.use(dollarmath_plugin, allow_labels=False, double_inline=False)


def _names() -> dict[str, Any]:
    """What cells and computed values start with: `np` and the engine's modules."""
    names: dict[str, Any] = {"np": np}
    for module in pkgutil.iter_modules(pycore.__path__):
        names[module.name] = importlib.import_module(f"pycore.{module.name}")
    return names


def _run(code: str, names: dict[str, Any]) -> str:
    """Run a cell as a notebook does; return what it printed, its last expression included."""
    printed, value = evaluate(code, names)
    last = ast.parse(code).body[-1:]
    if value is None or not (last and isinstance(last[0], ast.Expr)):
        return printed
    with np.printoptions(precision=4, suppress=True):
        return f"{printed}\n{value}".strip()


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
    if tokens[i].type != "paragraph_open":
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

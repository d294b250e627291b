"""Pages: lessons, games and templates become the site's HTML. It knows no running browser.

dist/index.html                    the landing page
dist/lesson/index.html             the course: its levels, and what is won
dist/lesson/<name>/index.html      every Markdown file in web/lessons
dist/class/index.html              where a teacher has the class's runs checked
dist/glossary/index.html           every term of web/glossary.md
dist/play/<game>/index.html        every game, by itself
dist/oembed/<game>.json            … and how to put it on another page (web/builder/oembed.py)
dist/frame/<game>/index.html       … and nothing else, to be placed on somebody else's page
dist/frame/<game>/first.svg        a picture of that before it is there
dist/reference/<module>/index.html  every module of the engine
dist/404.html
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from games import Game, discover, load, words
from games.run import Run, fingerprint
from games.ui.node import VOID, to_html
from web.builder import glossary, icons, pseudo, reference
from web.builder.assets import Assets
from web.builder.formulas import Typesetter
from web.builder.lessons import (
    FOLDER,
    LESSONS,
    SITE,
    Lesson,
    LessonError,
    Placement,
    highlighted,
    read_lessons,
)
from web.builder.oembed import oembed, oembed_of
from web.builder.paths import WEB
from web.builder.pictures import SITE_PICTURE, build_pictures, picture_of, picture_of_lesson

STYLES = WEB / "styles"
CLASS = "class/"
PROGRESS = "your-progress"
"""The anchor of the learner's own progress on the page of the course."""

SIZE_OF_FILE = "<!-- size of the one file -->"
"""Where a page says how many megabytes the course as one file has (web/builder/site.py)."""

HERO, FIRST_GAME = ("hero-network", 1), ("light-the-network", 7)
"""What the landing page shows at work, and what it puts into the visitor's hands: game and seed."""

TEXT_FONTS = (
    "atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "atkinson-hyperlegible-mono-latin-wght-normal.woff2",
)
FORMULA_FONTS = {
    "KaTeX_Main-Regular": r'class="katex"',
    "KaTeX_Math-Italic": r"\bmathnormal\b",
    "KaTeX_Main-Bold": r"\bmathbf\b",
    "KaTeX_Caligraphic-Regular": r"\bmathcal\b",
    "KaTeX_AMS-Regular": r"\b(amsrm|mathbb)\b",
    "KaTeX_Size1-Regular": r"\b(small-op|delimsizing size1)\b",
    "KaTeX_Size2-Regular": r"\b(large-op|delimsizing size2)\b",
    "KaTeX_Size3-Regular": r"\bdelimsizing size3\b",
    "KaTeX_Size4-Regular": r"\b(delimsizing size4|delim-size4)\b",
}
"""KaTeX's font files, and what in its HTML asks for each of them."""

FIRST_PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" id="dark" width="100%" height="100%">
<style>{css}
:root {{ color-scheme: light }} :root:target {{ color-scheme: dark }}</style>
<foreignObject width="100%" height="100%">
<body xmlns="http://www.w3.org/1999/xhtml" class="frame"><section class="game">
<div class="game-head"><h1 class="game-title">{title}</h1><p class="game-how">{how}</p></div>
<div class="game-stage" data-stage="">{view}</div>
</section></body>
</foreignObject>
</svg>
"""


def build_pages(out: Path, assets: Assets) -> list[Path]:
    """Write every page below `out`; return the files written.

    Raises:
        LessonError: a lesson names something that does not exist.
        UnknownAssetError: a page names a file that the site does not ship.
    """
    site = _Site(assets)
    made = [_write(out / path, text) for path, text in _pages(site)]
    made += [_write(out / path, text) for path, text in _previews(assets)]
    made += [_write(out / path, text) for path, text in first_pictures()]
    return made + build_pictures(out, site.lessons, load(HERO[0]))


def pages(assets: Assets) -> Iterator[tuple[str, str]]:
    """Yield the path and the HTML of every page."""
    return _pages(_Site(assets))


def _previews(assets: Assets) -> Iterator[tuple[str, str]]:
    for slug in sorted(discover()):
        yield oembed_of(load(slug)), oembed(load(slug), assets.address)


def _pages(site: _Site) -> Iterator[tuple[str, str]]:
    yield site.landing()
    yield site.course()
    for lesson in site.lessons:
        yield site.lesson(lesson)
    for slug in sorted(discover()):
        yield site.play(load(slug))
        yield site.frame(load(slug))
    yield site.school_class()
    yield site.terms()
    yield from site.engine()
    yield site.missing()


def first_pictures() -> Iterator[tuple[str, str]]:
    """Yield the path and the SVG of every game's head and first frame.

    The frame's own HTML and styles stand in it, so it is laid out at whatever width it is shown, in
    the theme that the address asks for: `first.svg`, or `first.svg#dark`.
    """
    for slug, module in sorted(discover().items()):
        game = load(slug)
        run = Placement(game, 1, game.params({})).run()
        track = STYLES / "games" / f"{module.split('.')[1]}.css"
        sheets = [STYLES / f"{name}.css" for name in ("tokens", "base", "site", "kit", "frame")]
        css = "".join(sheet.read_text("utf-8") for sheet in (*sheets, track) if sheet.exists())
        yield (
            f"frame/{slug}/first.svg",
            FIRST_PICTURE.format(
                css=escape(_lean(css)),
                title=escape(game.title),
                how=escape(game.how),
                view=_as_xml(to_html(run.view())),
            ),
        )


class _Words:
    """`say` for templates: a message is HTML, and what fills its places is escaped."""

    def __call__(self, template: str, /, **places: Any) -> Markup:
        return Markup(words.say(template, **_escaped(places)))

    def count(self, one: str, many: str, /, n: int, **places: Any) -> Markup:
        """The text for `n` of something."""
        return Markup(words.say.count(one, many, n, **_escaped(places)))


def _escaped(places: dict[str, Any]) -> dict[str, Any]:
    return {k: str(escape(v)) if isinstance(v, str) else v for k, v in places.items()}


class _Site:
    """The templates, and what every page shares."""

    def __init__(self, assets: Assets) -> None:
        self.assets = assets
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(WEB / "pages"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals["say"] = _Words()
        self.templates.globals["language"] = words.language().code
        self.templates.filters["anchor"] = glossary.anchor
        self.templates.filters["article"] = pseudo.article
        self.templates.filters["winnable"] = lambda games: list(filter(winnable, games))
        self.glossary = {term: Markup(said) for term, said in glossary.read_glossary().items()}
        self.engine_packages = reference.read_reference()
        self.reference = [module for p in self.engine_packages for module in p.modules]
        self.lessons = read_lessons(
            LESSONS.glob("*.md"), self.place, Typesetter(), self.glossary.keys()
        )

    def place(self, placement: Placement, heading: str = "h3", alone: bool = False) -> str:
        """The shell of a placed game with its first frame, made by the game's own view."""
        run = placement.run()
        view, score = run.view(), run.score()
        return self.templates.get_template("game.html").render(
            game=placement.game,
            seed=placement.seed,
            params=json.dumps(dict(placement.params)),
            frame=fingerprint(view),
            view=Markup(to_html(view)),
            score="" if score is None else f"{score:g}",
            describe=run.describe(),
            heading=heading,
            alone=alone,
            records=hasattr(placement.game.module, "records"),
        )

    def landing(self) -> tuple[str, str]:
        hero, first = (
            Markup(self.place(Placement(game := load(slug), seed, game.params({})), heading="h2"))
            for slug, seed in (HERO, FIRST_GAME)
        )
        return self._page("index.html", "landing.html", hero=hero, first=first)

    def course(self) -> tuple[str, str]:
        return self._page(f"{FOLDER}index.html", "course.html", progress=PROGRESS)

    def lesson(self, lesson: Lesson) -> tuple[str, str]:
        at = self.lessons.index(lesson)
        return self._page(
            f"{lesson.address}index.html",
            "lesson.html",
            lesson=lesson,
            body=Markup(lesson.body),
            before=self.lessons[at - 1] if at else None,
            after=self.lessons[at + 1] if at + 1 < len(self.lessons) else None,
            picture=picture_of_lesson(lesson),
        )

    def school_class(self) -> tuple[str, str]:
        titles = {slug: load(slug).title for slug in discover()}
        return self._page(
            f"{CLASS}index.html",
            "class.html",
            titles=Markup(_script_json(titles)),
            progress=f"{FOLDER}#{PROGRESS}",
        )

    def terms(self) -> tuple[str, str]:
        met = {
            term: [(lesson, lesson.terms[term]) for lesson in self.lessons if term in lesson.terms]
            for term in self.glossary
        }
        return self._page(f"{glossary.FOLDER}index.html", "glossary.html", met=met)

    def play(self, game: Game) -> tuple[str, str]:
        return self._alone(
            f"play/{game.slug}/index.html",
            "play.html",
            game,
            picture=picture_of(game),
            oembed=oembed_of(game),
            params=game.module.PARAMS,
            source=Markup(highlighted(inspect.getsource(import_module(discover()[game.slug])))),
        )

    def frame(self, game: Game) -> tuple[str, str]:
        return self._alone(f"frame/{game.slug}/index.html", "frame.html", game)

    def _alone(self, path: str, template: str, game: Game, **values: Any) -> tuple[str, str]:
        """A page that has one game, set from the address, and knows where it is taught."""
        placed = self.place(Placement(game, 1, game.params({})), heading="h1", alone=True)
        taught = [
            (lesson, section)
            for lesson in self.lessons
            for section in lesson.sections
            if game in section.games
        ]
        return self._page(path, template, game=game, placed=Markup(placed), taught=taught, **values)

    def engine(self) -> Iterator[tuple[str, str]]:
        """The reference: its index, and a page for each module."""
        yield self._page(
            f"{reference.FOLDER}index.html", "reference.html", packages=self.engine_packages
        )
        for module in self.reference:
            yield self._page(
                f"{module.address}index.html",
                "module.html",
                module=module,
                folder=reference.FOLDER,
            )

    def missing(self) -> tuple[str, str]:
        """The 404 page; it may be shown at any depth, so it carries its styles with it."""
        tokens = (STYLES / "tokens.css").read_text("utf-8")
        return "404.html", self.templates.get_template("404.html").render(
            tokens=Markup(tokens),
            version=self.assets.version,
            folders=[
                f.strip("/") for f in (CLASS, glossary.FOLDER, FOLDER, "play", reference.FOLDER)
            ],
        )

    def _page(
        self, path: str, template: str, picture: str = SITE_PICTURE, **values: Any
    ) -> tuple[str, str]:
        root = _root(path)
        address = self.assets.address
        runtime = self.assets.runtime

        def url(name: str) -> str:
            return root + self.assets.url(name)

        made = self.templates.get_template(template).render(
            root=root,
            url=url,
            lessons=self.lessons,
            glossary=self.glossary,
            version=self.assets.version,
            size_of_file=Markup(SIZE_OF_FILE),
            here=address and address + path.removesuffix("index.html"),
            public=address or root,
            picture=picture,
            runtime=runtime,
            manifest=icons.MANIFEST,
            touch_icon=icons.TOUCH,
            paper=icons.colours()["paper"],
            runtime_settings=Markup(_script_json(runtime.settings(root))),
            fonts=[root + self._font(name) for name in TEXT_FONTS],
            **values,
        )
        formula_fonts = [
            f'<link rel="preload" href="{root}{self._font(name + ".woff2")}" as="font" '
            f'type="font/woff2" crossorigin>'
            for name, sign in FORMULA_FONTS.items()
            if re.search(sign, made)
        ]
        made = made.replace("<!-- formula fonts -->", "\n".join(formula_fonts))
        return path, self._inside(path, made, root)

    def _font(self, name: str) -> str:
        found = [n for n in self.assets.urls if n.endswith("/" + name)]
        return self.assets.url(found[0] if found else name)

    def _inside(self, path: str, text: str, root: str) -> str:
        """Turn `site:` links into relative ones, refusing those that lead nowhere."""
        anchors = {lesson.address: lesson.anchors for lesson in self.lessons}
        anchors |= reference.names(self.reference) | {reference.FOLDER: frozenset()}
        anchors[glossary.FOLDER] = frozenset(map(glossary.anchor, self.glossary))
        anchors[FOLDER] = frozenset({PROGRESS})
        plays = {f"play/{slug}/" for slug in discover()}

        def relative(match: re.Match[str]) -> str:
            page, _, anchor = match[1].partition("#")
            known = page.partition("?")[0] in plays or page in ("", CLASS, *anchors)
            if not known or (anchor and anchor not in anchors.get(page, ())):
                raise LessonError(f"{path}: the link {SITE}{match[1]} leads nowhere")
            return f'href="{root}{match[1]}"'

        return re.sub(rf'href="{SITE}([^"]*)"', relative, text)


@cache
def winnable(game: Game) -> bool:
    """Whether there is something to win in a game; some are pictures to play with."""
    return Run(game.slug, seed=1).score() is not None


def _root(path: str) -> str:
    """How the page at `path` gets to the root of the site."""
    return "../" * path.count("/") or "./"


def _lean(css: str) -> str:
    """A sheet without comments, fonts and empty space: a picture may load nothing."""
    css = re.sub(r"/\*.*?\*/|@font-face\s*\{[^}]*\}", "", css, flags=re.DOTALL)
    return re.sub(r"\s+", " ", css)


def _as_xml(html: str) -> str:
    """HTML of `to_html` as XML: void elements closed, drawings in their namespace."""
    closed = re.sub(rf"<({'|'.join(VOID)})\b([^>]*)>", r"<\1\2/>", html)
    return closed.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')


def _script_json(value: object) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(value).replace("</", "<\\/")


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path

"""Pages: articles, games and templates become the site's HTML. It knows no running browser.

dist/index.html                    the landing page
dist/lesson/index.html             the course: its map, its articles, and what is won
dist/lesson/<name>/index.html      every article below course/
dist/class/index.html              where a teacher has the class's runs checked
dist/certificate/index.html        what the learner has won, played again and printed
dist/glossary/index.html           every term of web/glossary.md
dist/play/<game>/index.html        every game, by itself
dist/play/<game>/source.html       … and its Python, fetched when it is opened
dist/oembed/<game>.json            … and how to put it on another page (web/builder/oembed.py)
dist/frame/<game>/index.html       … and nothing else, to be placed on somebody else's page
dist/frame/<game>/first.svg        a picture of that before it is there
dist/play/<game>/thumb.svg         a picture of a game a few moves in
dist/og/                           pictures of pages that paste links (web/builder/pictures.py)
dist/reference/<module>/index.html  every module of the engine
dist/404.html
dist/sitemap.xml, feed.xml          where the site's address is known (web/builder/feeds.py)

Each is made by a function of its own, found by its path, when it is asked for: a build asks for all
of them, `serve` for what is looked at.
"""

from __future__ import annotations

import difflib
import inspect
import json
import multiprocessing
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from course.tracks import TRACKS, Track
from games import Game, discover, load, words
from games.run import Run, fingerprint
from games.ui.node import Node, to_html
from web.builder import atlas, feeds, glossary, icons, policy, pseudo, reference, search
from web.builder.articles import (
    ALONE,
    CERTIFICATE,
    COURSE,
    FOLDER,
    SITE,
    Article,
    ArticleError,
    Level,
    Placement,
    Shelf,
    alone,
    find_articles,
    highlighted,
    levels,
    read_articles,
    titles_on_the_map,
    typeset,
)
from web.builder.assets import Assets
from web.builder.formulas import Typesetter
from web.builder.heights import heights_of
from web.builder.oembed import oembed, oembed_of
from web.builder.paths import WEB
from web.builder.pictures import (
    SITE_PICTURE,
    SITE_WORDS,
    Pictures,
    picture_of,
    picture_of_article,
)
from web.builder.previews import STYLES, first_picture, thumbnail

CLASS = "class/"
PROGRESS = "your-progress"
"""The anchor of the learner's own progress on the page of the course."""

SIZE_OF_FILE = "<!-- size of the one file -->"
"""Where a page says how many megabytes the course as one file has (web/builder/site.py)."""
MAP = "map"
"""The anchor of the map there."""
GAMES = "all-games"
"""The anchor of all games there."""

HERO, FIRST_GAME = ("change-its-mind", 1), ("light-the-network", 7)
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

Make = Callable[[], str | bytes]
Made = tuple[str | bytes, dict[str, str]]
"""A file, and the bodies of articles that were made for it."""


def build_pages(out: Path, assets: Assets) -> list[Path]:
    """Write every page below `out`; return the files written.

    Raises:
        ArticleError: an article names something that does not exist.
        UnknownAssetError: a page names a file that the site does not ship.
    """
    site = Site(assets)
    typeset(site.articles, site.formulas)
    files = site.files()
    last = files.pop(search.FILE)  # it tells of every article's body
    written = []
    for path, (made, bodies) in zip(files, _all_made(_Workbench(site, files)), strict=True):
        site.bodies.update(bodies)
        written.append(_write(out / path, made))
    return [*written, _write(out / search.FILE, last())]


@dataclass
class _Workbench:
    """Where files of a site are made, by their paths."""

    site: Site
    files: Mapping[str, Make]

    def make(self, path: str) -> Made:
        """Make one of the files."""
        before = set(self.site.bodies)
        made = self.files[path]()
        return made, {name: self.site.bodies[name] for name in self.site.bodies.keys() - before}


_workbenches: list[_Workbench] = []
"""That of this process, where it makes files for another."""


def _all_made(bench: _Workbench) -> Iterator[Made]:
    """Every file, in its order, made in as many processes as there are cores.

    A process has the bench by being forked, which is safe only on Linux; elsewhere there is one.
    """
    if sys.platform != "linux":
        yield from map(bench.make, bench.files)
        return
    forked = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(os.cpu_count(), forked, _workbenches.append, (bench,)) as pool:
        yield from pool.map(_make, bench.files)


def _make(path: str) -> Made:
    return _workbenches[0].make(path)


def pages(assets: Assets) -> Iterator[tuple[str, str]]:
    """Yield the path and the HTML of every page."""
    for path, make in Site(assets).pages().items():
        yield path, make()


class _Words:
    """`say` for templates: a message is HTML, and what fills its places is escaped."""

    def __call__(self, template: str, /, **places: Any) -> Markup:
        return Markup(words.say(template, **_escaped(places)))

    def count(self, one: str, many: str, /, n: int, **places: Any) -> Markup:
        """The text for `n` of something."""
        return Markup(words.say.count(one, many, n, **_escaped(places)))


def _escaped(places: dict[str, Any]) -> dict[str, Any]:
    return {k: str(escape(v)) if isinstance(v, str) else v for k, v in places.items()}


@cache
def _templates(language: str) -> jinja2.Environment:
    """The templates; one that is saved is read anew, the others are ready."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(WEB / "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["say"] = _Words()
    templates.globals["language"] = language
    templates.globals["direction"] = "rtl" if words.language().rtl else "ltr"
    templates.filters["anchor"] = glossary.anchor
    templates.filters["article"] = pseudo.article
    templates.filters["winnable"] = lambda placements: [
        placement for placement in placements if winnable(placement.game)
    ]
    return templates


class Site:
    """The templates, and what every page shares."""

    def __init__(self, assets: Assets, course: Path = COURSE, shelf: Shelf | None = None) -> None:
        self.assets = assets
        self.templates = _templates(words.language().code)
        self.glossary = {term: Markup(said) for term, said in glossary.read_glossary().items()}
        self.engine_packages = reference.read_reference()
        self.reference = [module for p in self.engine_packages for module in p.modules]
        self.formulas = Typesetter()
        self.articles = read_articles(find_articles(course), self.glossary.keys(), shelf)
        self.levels = levels(self.articles)
        self.on_the_map = titles_on_the_map(self.articles, (PROGRESS, MAP, GAMES))
        self.sections = {
            f"{level.name}#{anchor}": (part.titles[anchor], f"{part.address}#{anchor}")
            for level in self.levels
            for anchor, part in level.anchors.items()
        }
        self.bodies: dict[str, str] = {}
        for slug in discover():
            self.named_by(load(slug))

    @cached_property
    def pictures(self) -> Pictures:
        """Makes the pictures of pages that paste links."""
        return Pictures()

    # -- what there is

    def files(self) -> dict[str, Make]:
        """Every file that is made from articles, games and templates, and what makes it."""
        made: dict[str, Make] = {**self.pages()}
        for slug in sorted(discover()):
            game = load(slug)
            made[source_of(game)] = partial(self.source, game)
            made[oembed_of(game)] = partial(oembed, game, self.assets.address)
            made[f"frame/{slug}/first.svg"] = partial(first_picture, slug)
            made[f"play/{slug}/thumb.svg"] = partial(thumbnail, slug)
            made[picture_of(game)] = partial(self.pictures.of_game, game)
        for article in self.articles:
            made[picture_of_article(article)] = partial(self.pictures.of_article, article)
        made[SITE_PICTURE] = partial(self.pictures.of_game, load(HERO[0]), *SITE_WORDS)
        if address := self.assets.address:
            made[feeds.SITEMAP] = partial(feeds.sitemap, self.pages(), address)
            made[feeds.FEED] = partial(feeds.feed, self.articles, address, words.language().code)
        made[search.FILE] = self.found
        return made

    def pages(self) -> dict[str, Callable[[], str]]:
        """Every page by its path, and what makes its HTML."""
        made = {"index.html": self.landing, f"{FOLDER}index.html": self.course}
        for article in self.articles:
            made[f"{article.address}index.html"] = partial(self.article, article)
        for slug in sorted(discover()):
            made[f"play/{slug}/index.html"] = partial(self.play, load(slug))
            made[f"frame/{slug}/index.html"] = partial(self.frame, load(slug))
        made[f"{CLASS}index.html"] = self.school_class
        made[f"{CERTIFICATE}index.html"] = self.certificate
        made[f"{glossary.FOLDER}index.html"] = self.terms
        made[f"{reference.FOLDER}index.html"] = self.engine
        for module in self.reference:
            made[f"{module.address}index.html"] = partial(self.module, module)
        made["404.html"] = self.missing
        return made

    def found(self) -> str:
        """What the search can find, most of it in the articles: their bodies are kept for it."""
        found = [
            passage
            for article in self.articles
            for passage in search.of_article(
                article.address, article.full_title, self._body(article)
            )
        ]
        for slug in sorted(discover()):
            game = load(slug)
            text = f"{game.how} {game.learnt}".strip()
            found.append(search.Passage(f"play/{slug}/", "game", game.title, text=text))
        for term, said in self.glossary.items():
            address = f"{glossary.FOLDER}#{glossary.anchor(term)}"
            found.append(search.Passage(address, "word", term, text=search.plain(said)))
        for module in self.reference:
            found.append(
                search.Passage(
                    module.address, "engine", module.name, text=search.plain(module.body)
                )
            )
            for entry in (e for top in module.entries for e in (top, *top.members)):
                address = f"{module.address}#{entry.name}"
                text = search.plain(entry.body)
                found.append(search.Passage(address, "engine", entry.name, module.name, text))
        return search.as_json(found)

    def _body(self, article: Article) -> str:
        """The HTML of an article, run once however many files tell of it."""
        if article.name not in self.bodies:
            self.bodies[article.name] = article.html(self.place, self.formulas)
        return self.bodies[article.name]

    def of(self, track: Track) -> list[Level]:
        """The levels of a track, in order."""
        return [level for level in self.levels if level.track == track]

    def named_by(self, game: Game) -> dict[str, tuple[str, str]]:
        """The sections that a game names by id (`level-2#xor`), with their titles and addresses.

        Raises:
            ArticleError: there is no such section.
        """
        named: tuple[str, ...] = getattr(game.module, "SECTIONS", ())
        for id_ in named:
            if id_ not in self.sections:
                near = difflib.get_close_matches(id_, self.sections, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else "; write article#anchor"
                module = import_module(discover()[game.slug]).__file__
                raise ArticleError(f"{module}: there is no section {id_!r}{hint}")
        return {id_: self.sections[id_] for id_ in named}

    # -- the pages

    def place(self, placement: Placement, heading: str = "h3", from_link: bool = False) -> str:
        """The shell of a placed game with its first frame, made by the game's own view.

        What is done outside of the articles counts for every placement in one that has the same
        parameters; the page is told which those may be.
        """
        run = placement.run()
        view, score = run.view(), run.score()
        sections = self.named_by(placement.game)
        return self.templates.get_template("game.html").render(
            game=placement.game,
            placement=placement,
            pack=self.assets.runtime.tracks.get(placement.game.track, ""),
            seed=placement.seed,
            params=json.dumps(dict(placement.params)),
            sections=json.dumps(sections) if sections else "",
            counts_for=json.dumps(self._placed_in_articles(placement.game))
            if placement.where in ALONE
            else "",
            frame=fingerprint(view),
            nodes=view.size(),
            wide=_wide(view),
            view=Markup(self._titled(to_html(view))),
            score="" if score is None else f"{score:g}",
            describe=run.describe(),
            heading=heading,
            alone=from_link,
            learnt=placement.game.learnt,
            next=self._after(placement),
            whole=self._whole(placement),
            records=json.dumps(
                {
                    name: words.say(text, n="{n}")
                    for name, text in getattr(placement.game.module, "RECORDS", {}).items()
                }
            ),
        )

    def _after(self, placement: Placement) -> dict[str, str] | None:
        """Where a win leads to: the next game of the track, in the order of its articles."""
        for track in TRACKS:
            parts = [part for level in self.of(track) for part in level.parts]
            games = [(part, placed) for part in parts for placed in part.placements]
            for i, (_, placed) in enumerate(games[:-1]):
                if placed == placement or (
                    placement.where in ALONE and placed.game == placement.game
                ):
                    article, after = games[i + 1]
                    address = f"{article.address}#{after.anchor}"
                    return {"title": after.title, "slug": after.game.slug, "address": address}
        return None

    def _whole(self, placement: Placement) -> dict[str, str] | None:
        """The level that a placement is in: its title, and all that is to be won there."""
        for level in self.levels:
            if level.name == placement.where:
                ids = [p.id for p in level.placements if winnable(p.game)]
                return {"title": level.full_title, "ids": " ".join(ids)}
        return None

    def _titled(self, html: str) -> str:
        """A frame whose links to sections have title and address, as web/client/patch.js has it."""

        def name(match: re.Match[str]) -> str:
            title, address = self.sections[match[1]]
            return f'<a data-section="{match[1]}" href="{SITE}{address}">{escape(title)}</a>'

        return re.sub(r'<a data-section="([^"]*)"></a>', name, html)

    def landing(self) -> str:
        """The front page."""
        hero, first = (
            Markup(self.place(alone(load(slug), "home", seed), heading="h2"))
            for slug, seed in (HERO, FIRST_GAME)
        )
        guided = self.of(TRACKS[0])
        return self._page(
            "index.html",
            "landing.html",
            hero=hero,
            first=first,
            guided=guided,
            wall=self._wall(guided),
        )

    def _wall(self, levels: Iterable[Level]) -> list[tuple[Article, Placement]]:
        """The games of some levels, each where it is placed first; the boss is the last of all."""
        wall: dict[str, tuple[Article, Placement]] = {}
        for part in (part for level in levels for part in level.parts):
            for placement in part.placements:
                earliest = wall.pop(placement.slug, (part, placement))
                wall[placement.slug] = earliest
        return list(wall.values())

    def course(self) -> str:
        """The map, all articles, and the learner's progress."""
        about = {
            "titles": {slug: load(slug).title for slug in discover()},
            "placements": [p.id for article in self.articles for p in article.placements],
            "alone": ALONE,
        }
        wall = self._wall(self.levels)
        return self._page(
            f"{FOLDER}index.html",
            "course.html",
            progress=PROGRESS,
            about=Markup(_script_json(about)),
            map=MAP,
            games=GAMES,
            wall=wall,
            tracks=[t for t in TRACKS if any(placed.game.track == t.id for _, placed in wall)],
            chart=atlas.chart(self.levels),
            levels=self.levels,
            guided=TRACKS[0],
            elsewhere=json.dumps(self._elsewhere(self.of(TRACKS[0]), self.on_the_map)),
        )

    def article(self, article: Article) -> str:
        """One article."""
        track = [part for level in self.of(article.track) for part in level.parts]
        at = track.index(article)
        return self._page(
            f"{article.address}index.html",
            "article.html",
            article=article,
            track=article.track,
            body=Markup(self._body(article)),
            before=track[at - 1] if at else None,
            after=track[at + 1] if at + 1 < len(track) else None,
            needed=[other for other in self.levels if other.name in article.needs],
            elsewhere=json.dumps(self._elsewhere([article.level], article.titles)),
            picture=picture_of_article(article),
        )

    def _elsewhere(self, levels: list[Level], here: Collection[str]) -> dict[str, list[str]]:
        """What a page of these levels does not hold: the pages that do, each with its anchors."""
        found: dict[str, list[str]] = {}
        told = set(here)
        for anchor, part in (item for level in levels for item in level.anchors.items()):
            if anchor not in told:
                told.add(anchor)
                found.setdefault(part.address, []).append(anchor)
        return found

    def school_class(self) -> str:
        """Where a class's runs are checked."""
        games = [load(slug) for slug in discover()]
        about = {game.slug: {"title": game.title, "params": game.params({})} for game in games}
        return self._page(
            f"{CLASS}index.html",
            "class.html",
            about=Markup(_script_json(about)),
            progress=f"{FOLDER}#{PROGRESS}",
        )

    def certificate(self) -> str:
        """Where the learner's own wins are played again and printed."""
        placed = [game for article in self.articles for game in article.games if winnable(game)]
        games = {game.slug: game.title for game in placed}
        about = [{"slug": slug, "title": title} for slug, title in games.items()]
        return self._page(
            f"{CERTIFICATE}index.html",
            "certificate.html",
            about=Markup(_script_json(about)),
            progress=f"{FOLDER}#{PROGRESS}",
        )

    def terms(self) -> str:
        """The glossary."""
        met = {
            term: [(at, at.terms[term]) for at in self.articles if term in at.terms]
            for term in self.glossary
        }
        return self._page(f"{glossary.FOLDER}index.html", "glossary.html", met=met)

    def play(self, game: Game) -> str:
        """A game's own page."""
        return self._alone(
            f"play/{game.slug}/index.html",
            "play.html",
            alone(game, "play"),
            wide=_wide(alone(game, "play").run().view()),
            picture=picture_of(game),
            heights=heights_of(game),
            oembed=oembed_of(game),
            params=game.table,
            source=source_of(game),
        )

    def source(self, game: Game) -> str:
        """A game's Python, which its page fetches when it is opened."""
        module = Path(inspect.getfile(import_module(discover()[game.slug])))
        files = sorted(module.parent.rglob("*.py"), key=lambda path: path != module)
        sources = {
            path.name: Markup(highlighted(path.read_text("utf-8")))
            for path in files
            if not path.name.startswith("test_") and path.read_text("utf-8").strip()
        }
        made = self.templates.get_template("source.html").render(game=game, sources=sources)
        return policy.sealed(made, policy.PAGE)

    def frame(self, game: Game) -> str:
        """A game for somebody else's page."""
        return self._alone(f"frame/{game.slug}/index.html", "frame.html", alone(game, "frame"))

    def _placed_in_articles(self, game: Game) -> dict[str, dict[str, Any]]:
        """The game's placements in articles: their ids and parameters."""
        return {
            placement.id: dict(placement.params)
            for article in self.articles
            for placement in article.placements
            if placement.game == game
        }

    def _alone(self, path: str, template: str, placement: Placement, **values: Any) -> str:
        """A page that has one game, set from the address, and knows where it is taught."""
        game = placement.game
        placed = Markup(self.place(placement, heading="h1", from_link=True))
        taught = [
            (article, section)
            for article in self.articles
            for section in article.sections
            if game in section.games
        ]
        track = taught[0][0].track if taught else TRACKS[0]
        return self._page(
            path, template, game=game, placed=placed, taught=taught, track=track, **values
        )

    def engine(self) -> str:
        """The reference's index."""
        return self._page(
            f"{reference.FOLDER}index.html", "reference.html", packages=self.engine_packages
        )

    def module(self, module: reference.Module) -> str:
        """A module of the engine."""
        return self._page(
            f"{module.address}index.html", "module.html", module=module, folder=reference.FOLDER
        )

    def missing(self) -> str:
        """The 404 page; it may be shown at any depth, so it carries its styles with it."""
        tokens = (STYLES / "tokens.css").read_text("utf-8")
        made = self.templates.get_template("404.html").render(
            tokens=Markup(tokens),
            version=self.assets.version,
            folders=[
                f.strip("/")
                for f in (CLASS, CERTIFICATE, glossary.FOLDER, FOLDER, "play", reference.FOLDER)
            ],
        )
        return policy.sealed(made, policy.PAGE)

    def _page(
        self,
        path: str,
        template: str,
        picture: str = SITE_PICTURE,
        track: Track = TRACKS[0],
        **values: Any,
    ) -> str:
        root = _root(path)
        address = self.assets.address
        runtime = self.assets.runtime

        def url(name: str) -> str:
            return root + self.assets.url(name)

        made = self.templates.get_template(template).render(
            root=root,
            url=url,
            track=track,
            contents=self.of(track),
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
        made = made.replace("<!-- styles of games -->", self._games_styles(made, root))
        made = policy.sealed(made, policy.PAGE, within=[runtime.sandbox])
        return self._inside(path, made, root)

    def _games_styles(self, page: str, root: str) -> str:
        """The links to the style sheets of the games that a page places."""
        tracks = sorted({load(slug).track for slug in re.findall(r'\bdata-game="([^"]+)"', page)})
        sheets = [f"styles/tracks/{track}.css" for track in tracks]
        return "\n".join(
            f'<link rel="stylesheet" href="{root}{self.assets.url(sheet)}">'
            for sheet in sheets
            if sheet in self.assets.urls
        )

    def _font(self, name: str) -> str:
        found = [n for n in self.assets.urls if n.endswith("/" + name)]
        return self.assets.url(found[0] if found else name)

    def _inside(self, path: str, text: str, root: str) -> str:
        """Turn `site:` links into relative ones, refusing those that lead nowhere."""
        anchors: dict[str, Collection[str]] = {a.address: a.titles for a in self.articles}
        anchors |= reference.names(self.reference) | {reference.FOLDER: frozenset()}
        anchors[glossary.FOLDER] = frozenset(map(glossary.anchor, self.glossary))
        anchors[FOLDER] = self.on_the_map
        plays = {f"play/{slug}/" for slug in discover()}

        def relative(match: re.Match[str]) -> str:
            attribute, target = match.groups()
            page, _, anchor = target.partition("#")
            known = page.partition("?")[0] in plays or page in ("", CLASS, CERTIFICATE, *anchors)
            known = known or page.removesuffix("thumb.svg") in plays
            if not known or (anchor and anchor not in anchors.get(page, ())):
                raise ArticleError(f"{path}: the link {SITE}{target} leads nowhere")
            return f'{attribute}="{root}{target}"'

        return re.sub(rf'\b(href|src)="{SITE}([^"]*)"', relative, text)


@cache
def winnable(game: Game) -> bool:
    """Whether there is something to win in a game; some are pictures to play with."""
    return Run(game.slug, seed=1).score() is not None


def _wide(view: Node) -> bool:
    """Whether a game's picture takes the whole width; its page must not learn it half-way."""
    return any(node.attributes.get("class") == "shell wide" for node in view.walk())


def source_of(game: Game) -> str:
    """Where a game's Python is shown, from the root of the site."""
    return f"play/{game.slug}/source.html"


def _root(path: str) -> str:
    """How the page at `path` gets to the root of the site."""
    return "../" * path.count("/") or "./"


def _script_json(value: object) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(value).replace("</", "<\\/")


def _write(path: Path, made: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.encode() if isinstance(made, str) else made)
    return path

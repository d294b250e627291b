"""Course packages: a level or a game as a SCORM zip that a learning platform can take in.

    packages/neuronauts-<course>-scorm12.zip
    packages/neuronauts-<course>-scorm2004.zip

Each holds `imsmanifest.xml`, a launch page for every game (one SCO each), and the part of the built
site that the games need. What goes on between a launch page and the platform is the work of
`web/client/lms.js`. SCORM 1.2: ADL, "SCORM Version 1.2", 2001; SCORM 2004: 4th edition, 2009.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import jinja2

from games import ParamError, discover, load
from games.words import language
from web.builder import policy
from web.builder.articles import Article, Level, Placement, find_articles, levels, read_articles
from web.builder.glossary import read_glossary
from web.builder.pack import write_zip
from web.builder.paths import PACKAGES, WEB
from web.builder.report import BuildError

VERSIONS = {"1.2": "scorm12", "2004": "scorm2004"}
"""SCORM's versions → how a package's name ends."""
SITE = "course/"
"""The folder of a package that holds the part of the site."""
SHARED = ("embed.js", "lms.js", "assets/", "licenses/")
NOT_NEEDED = ("assets/katex", "assets/lesson.", "assets/tracks/")
"""What only articles show, and the games of tracks: those are taken that a frame names."""
OF_TRACK = re.compile(r"\bassets/tracks/[\w.-]+")
"""Where a frame names the Python and the styles of its game."""
ELSEWHERE = re.compile(
    r'<p class="frame-more">.*?</p>|<a class="result-next".*?</a>'
    r'|<button\b[^>]*data-tool="share".*?</button>',
    re.DOTALL,
)
"""What of a game's frame leads to the rest of the course."""


@dataclass(frozen=True)
class Sco:
    """One launchable part of a course: a game with its seed and parameters.

    Attributes:
        id: its name in the manifest.
        page: its launch page, from the root of the package.
        placement: the game as it is placed.
    """

    id: str
    page: str
    placement: Placement

    @property
    def params(self) -> str:
        """The parameters as the element's attribute takes them."""
        return json.dumps(dict(self.placement.params))


@dataclass(frozen=True)
class Course:
    """What becomes one package: its short name, its title, and its games in order."""

    name: str
    title: str
    placements: tuple[Placement, ...]

    @property
    def scos(self) -> list[Sco]:
        """The launchable parts."""
        return [
            Sco(f"game-{at}", f"game-{at}-{placement.game.slug}.html", placement)
            for at, placement in enumerate(self.placements, start=1)
        ]


def courses(names: Iterable[str]) -> list[Course]:
    """Find what is asked for: the name of a level or a part, or a game's (`solve-xor?seed=7`).

    Raises:
        BuildError: there is no such article or game, or the game has no such parameter.
    """
    return [
        _one_game(name) if name.partition("?")[0] in discover() else _article(name)
        for name in names
    ]


@cache
def _articles() -> dict[str, Article | Level]:
    """The levels that place games, and their parts, by name."""
    read = read_articles(find_articles(), read_glossary().keys())
    parts: dict[str, Article | Level] = {part.name: part for part in read}
    whole = {level.name: level for level in levels(read)}  # it is meant by its first part's name
    return {name: one for name, one in (parts | whole).items() if one.placements}


def _article(name: str) -> Course:
    articles = _articles()
    if name not in articles:
        known = ", ".join([*articles, *sorted(discover())])
        raise BuildError(f"there is no article and no game {name!r}; there are: {known}")
    return Course(name, articles[name].full_title, tuple(articles[name].placements))


def _one_game(name: str) -> Course:
    slug, _, query = name.partition("?")
    given = dict(parse_qsl(query))
    seed = given.pop("seed", "1")
    game = load(slug)
    try:
        if not (seed.isdecimal() and int(seed) < 2**32):
            raise ParamError(f"seed={seed!r} is not a whole number from 0 to {2**32 - 1}")
        placement = Placement(game.slug, int(seed), game.params(given))
    except ParamError as error:
        raise BuildError(str(error)) from None
    return Course(slug, game.title, (placement,))


def write_packages(
    site: Path, wanted: Sequence[Course], address: str = "", out: Path = PACKAGES
) -> list[Path]:
    """Write two packages for each course, made from the finished site; return the files.

    Raises:
        BuildError: the site lacks a page that a package needs.
    """
    return [
        write_zip(
            out / f"neuronauts-{course.name}-{ending}.zip",
            contents(site, course, version, address),
        )
        for course in wanted
        for version, ending in VERSIONS.items()
    ]


def contents(site: Path, course: Course, version: str, address: str = "") -> dict[str, bytes]:
    """Every file of a package: path → content.

    Links from a game to the rest of the course lead to `address`; without one they are taken out.
    """
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(WEB / "pages" / "scorm"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared = {f"{SITE}{path}": (site / path).read_bytes() for path in _shared(site)}
    own = {sco.id: _own(site, sco, address) for sco in course.scos}
    pages = {
        sco.page: policy.sealed(
            templates.get_template("launch.html").render(
                sco=sco, version=version, language=language().code
            ),
            policy.LAUNCH,
        )
        for sco in course.scos
    }
    manifest = templates.get_template(f"imsmanifest-{version}.xml").render(
        course=course, own=own, shared=sorted(shared)
    )
    files = {path: data for frames in own.values() for path, data in frames.items()}
    written = {path: text.encode() for path, text in {**pages, "imsmanifest.xml": manifest}.items()}
    return {**shared, **files, **written}


def _shared(site: Path) -> Iterator[str]:
    """The files that all games need."""
    for file in site.rglob("*"):
        path = file.relative_to(site).as_posix()
        if file.is_file() and path.startswith(SHARED) and not path.startswith(NOT_NEEDED):
            yield path


def _own(site: Path, sco: Sco, address: str) -> dict[str, bytes]:
    """The files of one game's frame, and its Python."""
    folder = site / "frame" / sco.placement.game.slug
    found = {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}
    if "index.html" not in found:
        raise BuildError(f"the site has no frame/{sco.placement.game.slug}/; build it first")
    page = found["index.html"].decode()
    if address:
        page = re.sub(r'(data-root="|<a\b[^>]*href=")(?:\.\./)+', rf"\g<1>{address}", page)
    else:
        page = ELSEWHERE.sub("", page)
    found["index.html"] = page.encode()
    frame = f"{SITE}frame/{sco.placement.game.slug}/"
    track = {f"{SITE}{path}": (site / path).read_bytes() for path in OF_TRACK.findall(page)}
    return {**{frame + name: data for name, data in found.items()}, **track}

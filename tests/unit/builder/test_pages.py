"""Every page stands by itself: it parses, its links lead somewhere, its games are drawn."""

import gzip
import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import PurePosixPath
from xml.etree import ElementTree

import html5lib
import pytest

from course.tracks import TRACKS
from games import discover, load
from games.run import Run, fingerprint
from games.ui.node import to_html
from tests.turns import READ
from web.builder import pages as module
from web.builder import search
from web.builder.articles import (
    COURSE,
    PARTS,
    TAKEN,
    alone,
    find_articles,
    read_articles,
    track_of_pages,
)
from web.builder.assets import Assets, Runtime
from web.builder.glossary import read_glossary
from web.builder.pages import pages
from web.builder.paths import WEB
from web.builder.previews import MOVES, STYLES, TICKS, _as_xml, _largest, first_picture, thumbnail
from web.builder.site import SINGLE_FILE


class EveryAsset(dict):
    """Ships whatever is asked for, under the name it is asked by."""

    def __missing__(self, name):
        return f"files/{name}"


@pytest.fixture(scope="module")
def assets():
    runtime = Runtime(
        core="files/core.js",
        interpreter="files/python.mjs",
        script_type="py",
        start="</script>",
        modules=("files/python.mjs",),
        memory="kept",
        bytes=1,
    )
    return Assets(EveryAsset(), runtime, version="abc123")


@pytest.fixture(scope="module")
def makers(assets):
    """Every page by its path, and what makes it."""
    return module.Site(assets).pages()


class Made(dict):
    """Pages by their paths; one that a test names is made when it does."""

    def __init__(self, makers, paths):
        self.makers = makers
        super().__init__({path: makers[path]() for path in paths})

    def __missing__(self, path):
        self[path] = self.makers[path]()
        return self[path]


@pytest.fixture(scope="module")
def site(makers, having_turn):
    """The pages of the guided way and those that are there once, and of the rest some in turn."""
    guided = {path for path, track in track_of_pages().items() if track == "guided"}
    many = [path for path in makers if path.count("/") > 1 and path not in guided]
    left = {*many} - {*having_turn(many, READ)}
    return Made(makers, [path for path in makers if path not in left])


@cache
def tree(text: str):
    """The page's elements, parsed once: most rules here are about the same pages."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def test_there_is_a_page_for_every_game_and_article(makers):
    assert {"index.html", "lesson/index.html", "404.html", *track_of_pages()} <= set(makers)
    assert {f"play/{slug}/index.html" for slug in discover()} <= set(makers)


@pytest.mark.rarely
def test_pages_are_small_enough_for_a_slow_network(site):
    """The heaviest is the part with six games, among them Optimiser Race."""
    sizes = {path: len(gzip.compress(text.encode())) for path, text in site.items()}
    assert {path: size for path, size in sizes.items() if size > 80_000} == {}


def test_every_page_is_valid_html(site):
    for path, text in site.items():
        try:
            tree(text)
        except html5lib.html5parser.ParseError as error:
            pytest.fail(f"{path}: {error}")


def test_no_id_stands_twice_on_a_page(site):
    for path, text in site.items():
        ids = Counter(e.get("id") for e in tree(text).iter() if e.get("id"))
        assert not [i for i, n in ids.items() if n > 1], path


def test_no_anchor_of_an_article_can_be_an_id_of_the_page_around_it(site):
    """Which ids those are is a list in articles.py, where a clash is told with its line."""
    articles = {a.name: a for a in read_articles(find_articles(), read_glossary())}
    for path in levels(site):
        article = articles[path.split("/")[1]]
        around = {e.get("id") for e in tree(site[path]).iter() if e.get("id")} - set(article.titles)
        games = {f"{placed.anchor}-{part}" for placed in article.placements for part in PARTS}
        assert games <= around
        assert {i for i in around - games if not i.startswith(("term-", "exercise-"))} <= TAKEN


def test_every_link_is_relative_and_leads_somewhere(site, makers):
    ids = {path: {e.get("id") for e in tree(text).iter()} for path, text in site.items()}
    for path, text in site.items():
        if path == "404.html":
            continue
        for link in tree(text).iter("a"):
            href = link.get("href")
            if href.startswith(("https://", "http://")):
                continue
            where, _, anchor = re.sub(r"\?[^#]*", "", href).partition("#")
            parts = []
            for part in (PurePosixPath(path).parent / where).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            target = str(PurePosixPath(*parts, "index.html")) if where else path
            if str(PurePosixPath(*parts)) == SINGLE_FILE:
                continue  # made of these pages, when they are finished
            if where.endswith("/source.html"):
                assert target == path.replace("index.html", "source.html/index.html")
                continue  # no page: it is shown in this one
            assert target in makers, f"{path}: {href}"
            assert not anchor or anchor in ids.get(target, anchor), f"{path}: {href}"


def test_no_address_is_absolute(site):
    for path, text in site.items():
        for attribute in re.findall(r'\b(?:src|href)="([^"]*)"', text):
            assert not attribute.startswith("/"), f"{path}: {attribute}"
        for tag in re.findall(r"<(?:script|link|img)[^>]*>", text):
            assert not re.search(r'(?:src|href)="https?:', tag), f"{path}: {tag}"


def test_first_frames_are_the_games_own(site):
    for slug in discover():
        if not (text := site.get(f"play/{slug}/index.html")):
            continue  # its turn comes
        run = Run(slug, 1)
        assert f'data-frame="{fingerprint(run.view())}"' in text
        drawn = re.sub('href="site:', 'href="../../', to_html(run.view()))
        # the page names sections, the game does not know their titles
        text = re.sub('(<a data-section="[^"]*") href="[^"]*">[^<]*', r"\1>", text)
        assert f"data-stage>{drawn}</div>" in text


def test_placed_games_carry_what_the_client_needs(site):
    for path, text in site.items():
        for game in (e for e in tree(text).iter("section") if e.get("data-game")):
            assert game.get("data-status") == "static"
            assert game.get("data-score") == "" or 0 <= float(game.get("data-score")) <= 1
            assert game.get("data-seed").isdigit()
            assert json.loads(game.get("data-params")).keys() == (
                load(game.get("data-game")).table.keys()
            )
            assert (game.get("data-from-link") is not None) == path.startswith(("play/", "frame/"))
            for part in ("data-stage", "data-describe", "data-boot"):
                assert [e for e in game.iter() if e.get(part) is not None], part


def test_runtime_settings_cannot_leave_their_script_element(site):
    settings = json.loads(re.search(r'id="runtime"[^>]*>(.*?)</script>', site["index.html"])[1])
    assert settings["start"] == "</script>"
    assert settings["config"]["interpreter"] == "./files/python.mjs"


def levels(site):
    """The pages of the guided way, in order."""
    return [path for path in site if re.fullmatch(r"lesson/level-\d[\w-]*/index.html", path)]


WHOLE = {
    text.parent.name.replace("_", "-"): part[1]
    for text in COURSE.glob("*/*/en.md")
    if (part := re.search(r"^part-of: (.+)$", text.read_text("utf-8"), re.MULTILINE))
}
"""What is a part of a level, and of which."""


def name_of(path):
    """The name of the level that a page belongs to, by its address."""
    name = path.split("/")[1]
    return WHOLE.get(name, name)


def rail(page):
    (found,) = [e for e in page.iter("nav") if e.get("id") == "rail"]
    return found


def test_the_rail_lists_the_open_track_and_the_games_of_the_open_article(site):
    assert len(levels(site)) == 11
    for path in levels(site):
        page = tree(site[path])
        listed = {e.get("data-rail-game") for e in rail(page).iter() if e.get("data-rail-game")}
        placed = {e.get("data-placement") for e in page.iter() if e.get("data-game")}
        assert listed == placed
        rows = [e for e in rail(page).iter("a") if e.get("class") == "rail-level"]
        names = sorted({name_of(path) for path in levels(site)})
        assert [e.get("href").split("/")[-2] for e in rows] == names
        (here,) = [e for e in rail(page).iter("a") if e.get("aria-current") == "page"]
        assert f"{here.get('href').removeprefix('../../')}index.html" == path


@pytest.mark.parametrize(("level", "count"), [("level-3", 4), ("level-4", 5)])
def test_the_parts_of_the_open_level_are_listed_in_its_rail_and_on_its_pages(site, level, count):
    parts = [path for path in levels(site) if name_of(path) == level]
    addresses = [f"../../{path.removesuffix('index.html')}" for path in parts]
    assert len(parts) == count
    for n, path in enumerate(parts, start=1):
        page = tree(site[path])
        (nav,) = [e for e in page.iter("nav") if e.get("class") == "parts"]
        rows = [e for e in rail(page).iter("a") if e.get("class") == "rail-part"]
        for links in (rows, list(nav.iter("a"))):
            assert [e.get("href") for e in links] == addresses
            numbers = [e.text for a in links for e in a.iter() if e.get("class") == "part-number"]
            assert numbers == [f"{i} of {count}" for i in range(1, count + 1)]
            assert [e.get("aria-current") for e in links].index("page") == n - 1
        title = "".join(page.find(".//h1").itertext())
        assert title.startswith(f"Level {level[-1]}, part {n} of {count} ")


def test_a_level_of_one_page_lists_no_parts(site):
    whole = [path for path in levels(site) if name_of(path) in ("level-1", "level-2")]
    assert len(whole) == 2
    for path in whole:
        assert 'class="rail-part"' not in site[path]
        assert 'class="parts"' not in site[path]


def rail_of(page: str) -> str:
    return re.search(r'<nav class="rail".*?</nav>', page, re.DOTALL)[0]


def test_the_rail_does_not_grow_with_the_course(assets, site, tmp_path):
    """Other tracks are on the map: however many articles they have, the rail of a page stays."""
    shutil.copytree(COURSE, tmp_path / "course", ignore=shutil.ignore_patterns("*.py[c]", "__*"))
    for track in TRACKS[1:]:
        for place in range(1, 6):
            folder = tmp_path / "course" / track.id / f"{track.id}_{place}"
            folder.mkdir(parents=True, exist_ok=True)
            front = f"title: T\nabout: A.\nplace: {place + 10}\npath: expert\nsince: 2026-11-30"
            text = f"---\n{front}\npicture: solve-xor\n---\n\n## One\n\n{{game}}`solve-xor`\n"
            (folder / "en.md").write_text(text, "utf-8")
    grown = module.Site(assets, tmp_path / "course").pages()
    for path in ("lesson/level-3/index.html", "play/train-a-brain/index.html"):
        assert len(rail_of(site[path])) > 1000
        assert rail_of(site[path]) == rail_of(grown[path]())
    library = rail_of(grown["lesson/vision-2/index.html"]())
    assert len(library) < 5000
    of_vision = len(list((COURSE / "vision").glob("*/en.md"))) + 5
    assert library.count('class="rail-level"') == of_vision
    course = tree(grown["lesson/index.html"]())
    stars = [e for e in course.iter("li") if e.get("class") == "star"]
    levels_there = {
        article.level.name for article in read_articles(find_articles(), read_glossary())
    }
    assert len(stars) == len(levels_there) + 15 * 5
    assert all(star.find("a").get("href").startswith("../lesson/") for star in stars)


def test_a_section_that_a_game_names_and_that_is_not_there_stops_the_build(assets, monkeypatch):
    game = load("boss-quiz")
    monkeypatch.setattr(game.module, "SECTIONS", ("level-2#xro",))
    with pytest.raises(
        module.ArticleError,
        match=r"boss_quiz/game\.py: there is no section 'level-2#xro'; did you mean 'level-2#xor'",
    ):
        module.Site(assets)


def test_a_game_on_a_page_twice_has_ids_of_its_own(assets, tmp_path):
    shutil.copytree(COURSE, tmp_path / "course", ignore=shutil.ignore_patterns("*.py[c]", "__*"))
    with (tmp_path / "course/guided/level_1/en.md").open("a", encoding="utf-8") as file:
        file.write("\n{game}`light-the-network seed=9 bias=1 as=again`\n")
    page = tree(module.Site(assets, tmp_path / "course").pages()["lesson/level-1/index.html"]())
    ids = Counter(e.get("id") for e in page.iter() if e.get("id"))
    assert not [i for i, n in ids.items() if n > 1]
    placed = {e.get("id"): e for e in page.iter() if e.get("data-game") == "light-the-network"}
    assert set(placed) == {"light-the-network", "light-the-network-again"}
    assert (
        placed["light-the-network-again"].get("aria-labelledby") == "light-the-network-again-title"
    )
    assert json.loads(placed["light-the-network-again"].get("data-params")) == {"bias": 1}
    titles = [e.text for e in page.iter("h3") if (e.text or "").startswith("Light the Network")]
    assert titles == ["Light the Network", "Light the Network (2)"], (
        "regions have names of their own"
    )
    listed = [e.get("href") for e in rail(page).iter("a")]
    assert "../../lesson/level-1/#light-the-network-again" in listed
    (level,) = [e for e in rail(page).iter("li") if "level-1/" in e.get("data-games", "")]
    counted = level.get("data-games").split()
    assert counted.count("level-1/light-the-network") == 1
    assert counted.count("level-1/light-the-network/again") == 1


def test_a_level_counts_the_games_that_can_be_won(site):
    """And so does each of its parts; a level counts those of all its parts."""
    whole = {}
    for path in levels(site):
        page = tree(site[path])
        winnable = {e.get("data-placement") for e in page.iter() if e.get("data-score")}
        (row,) = [
            e
            for e in rail(page).iter("li")
            if any(a.get("aria-current") == "page" for a in e.findall("a"))
        ]
        assert set(row.get("data-games").split()) == winnable
        whole.setdefault(name_of(path), set()).update(winnable)
    assert len(whole["level-3"]) > 8
    for path in (*levels(site), "index.html", "lesson/index.html"):
        rows = {
            e.find(".//a").get("href").split("/")[-2]: set(e.get("data-games").split())
            for e in reversed(list(tree(site[path]).iter("li")))
            if e.get("data-games") is not None and e.get("data-games").split()
        }
        assert {name: rows[name] for name in whole} == whole, path


def test_every_placed_game_says_where_it_is_and_what_else_counts_there(site, makers):
    lessons, elsewhere = {}, {}
    for path, text in site.items():
        games = [e for e in tree(text).iter() if e.get("data-game")]
        for game in games:
            placement = game.get("data-placement")
            place = name_of(path) if path.startswith("lesson/") else path.split("/")[0]
            place = "home" if path == "index.html" else place
            own, _, name = placement.partition(f"{place}/{game.get('data-game')}")
            assert own == ""
            assert not name or (name[0] == "/" and path.startswith("lesson/"))
            if path.startswith("lesson/"):
                lessons[placement] = json.loads(game.get("data-params"))
                assert game.get("data-counts-for") is None
            else:
                elsewhere[placement] = json.loads(game.get("data-counts-for"))
    for placement, counts_for in elsewhere.items():
        game = placement.split("/")[1]
        there = {k: v for k, v in lessons.items() if k.split("/")[1] == game}
        assert there == {k: v for k, v in counts_for.items() if k in there}
        assert there == counts_for or site.keys() < makers.keys()  # others have their turn later


def test_levels_lead_from_one_to_the_next(site):
    for before, after in pairwise(levels(site)):
        assert f'href="../../{after.removesuffix("index.html")}" class="next"' in site[before]
        assert f'href="../../{before.removesuffix("index.html")}"' in site[after]


ADDRESSES = json.loads((WEB.parent / "tests/links/addresses.json").read_text("utf-8"))
"""Anchors of pages, and placements, that there have been: people have links and wins of them."""


@pytest.mark.rarely
def test_every_address_there_has_been_still_finds_its_place(site):
    """On its page; else that names another that has it, and leads there without scripts too."""
    every = [(page, anchor) for page, held in ADDRESSES["anchors"].items() for anchor in held]
    every += [("lesson/", anchor) for page, anchor in every if page.startswith("lesson/level-")]
    forwarded = 0
    for address, anchor in every:
        page = tree(site[f"{address}index.html"])
        if any(e.get("id") == anchor for e in page.iter()):
            continue
        (table,) = [json.loads(e.get("data-anchors")) for e in page.iter() if e.get("data-anchors")]
        (holder,) = [other for other, anchors in table.items() if anchor in anchors]
        there = tree(site[f"{holder}index.html"])
        assert any(e.get("id") == anchor for e in there.iter()), (address, anchor)
        (main,) = page.iter("main")
        assert f"../{'../' * (address != 'lesson/')}{holder}" in {
            a.get("href").partition("#")[0] for a in main.iter("a")
        }
        forwarded += 1
    assert forwarded > 50


def test_every_placement_there_has_been_is_still_there():
    """What was won is kept under it; a game that moves to another part of its level keeps it."""
    articles = read_articles(find_articles(), read_glossary())
    placed = [placement.id for article in articles for placement in article.placements]
    assert len(placed) == len(set(placed))
    assert set(ADDRESSES["placements"]) <= set(placed)


def test_the_course_lists_every_section_under_its_own_name(site):
    """So that addresses from when the course was one page still lead to their section."""
    page = tree(site["lesson/index.html"])
    listed = {e.get("id"): e.find("a").get("href") for e in page.iter("li") if e.get("id")}
    sections = {
        e.get("id"): path
        for path in levels(site)
        for e in tree(site[path]).iter("h2")
        if e.get("id")
    }
    assert listed == {
        id_: f"../{path.removesuffix('index.html')}#{id_}" for id_, path in sections.items()
    }


def test_headings_never_skip_a_depth(site):
    for path, text in site.items():
        depths = [int(e.tag[1]) for e in tree(text).iter() if re.fullmatch("h[1-6]", str(e.tag))]
        assert depths.count(1) == 1, path
        assert depths[0] == 1, path
        for before, after in pairwise(depths):
            assert after <= before + 1, f"{path}: h{before} then h{after}"


def test_formula_fonts_are_fetched_early_where_there_are_formulas(site):
    assert "KaTeX_Main-Regular.woff2" in site["lesson/level-1/index.html"]
    assert "KaTeX" not in site["index.html"]


def test_the_page_that_is_not_there_needs_no_other_file(site):
    assert not re.search(r"<link[^>]*stylesheet|<script[^>]*src", site["404.html"])


def test_a_link_of_a_game_that_leads_nowhere_stops_the_build(assets, monkeypatch):
    monkeypatch.setattr(module, "to_html", lambda _: '<a href="site:lesson/level-1/#nowhere">?</a>')
    with pytest.raises(module.ArticleError, match="site:lesson/level-1/#nowhere leads nowhere"):
        list(pages(assets))


def named(page: str, rel: str) -> str:
    """What a page's head names as its Open Graph `rel`, or as its oEmbed answer."""
    found = re.findall(rf'<meta property="og:{rel}" content="([^"]*)">', page)
    found += re.findall(
        rf'<link rel="alternate" type="application/json\+{rel}" href="([^"]*)"', page
    )
    (one,) = found
    return one


def test_every_page_names_its_picture_and_every_game_its_answer_for_other_sites(site):
    for path, text in site.items():
        if path.startswith("play/"):
            slug = path.split("/")[1]
            assert named(text, "image") == f"../../og/{slug}.png"
            assert named(text, "oembed") == f"../../oembed/{slug}.json"
    assert named(site["lesson/level-1/index.html"], "image") == "../../og/lesson/level-1.png"
    assert named(site["index.html"], "image") == "./og/neuronauts.png"


def test_where_the_sites_address_is_known_other_sites_are_told_whole_addresses(assets):
    root = "https://example.org/course/"
    text = module.Site(replace(assets, address=root)).play(load("solve-xor"))
    assert named(text, "url") == f"{root}play/solve-xor/"
    assert named(text, "image") == f"{root}og/solve-xor.png"
    assert named(text, "oembed") == f"{root}oembed/solve-xor.json"


def test_what_is_made_of_articles_and_games_is_made_alike_each_time(assets, makers, site):
    files = module.Site(assets).files()
    pages = {path for path in files if not path.startswith(("og/", "oembed/"))}
    sources = {f"play/{slug}/source.html" for slug in discover()}
    previews = {
        f"{place}.svg"
        for slug in discover()
        for place in (f"frame/{slug}/first", f"play/{slug}/thumb")
    }
    assert pages == {*makers, *sources, *previews, search.FILE}
    assert files["lesson/index.html"]() == site["lesson/index.html"]


def test_pictures_of_every_game_are_xml_that_loads_nothing():
    for slug in discover():
        for text in (first_picture(slug), thumbnail(slug)):
            drawing = ElementTree.fromstring(text).find("{http://www.w3.org/2000/svg}foreignObject")
            assert list(drawing), slug
            places = re.findall(r"url\(([^)]*)\)", text)
            assert all(url.startswith("data:") for url in places), slug
            assert not re.search(r"<(script|link|img|image)\b|@import", text), slug
        assert load(slug).title in "".join(
            ElementTree.fromstring(first_picture(slug)).itertext()
        ), slug


def test_the_front_page_shows_every_game_of_the_guided_way_once(site):
    wall = site["index.html"].partition('class="wall"')[2]
    shown = re.findall(r'<img src="./play/([\w-]+)/thumb.svg"', wall.partition("</section>")[0])
    articles = read_articles(find_articles(), read_glossary().keys())
    guided = [article for article in articles if article.track == TRACKS[0]]
    placed = {p.game.slug for article in guided for p in article.placements}
    assert sorted(shown) == sorted(placed)


def test_styles_use_only_tokens_that_exist():
    """A custom property that nobody defines would silently do nothing."""
    sheets = {path.name: path.read_text("utf-8") for path in STYLES.rglob("*.css")}
    defined = {name for css in sheets.values() for name in re.findall(r"(--[\w-]+)\s*:", css)}
    games = WEB.parent / "games"
    folders = (WEB / "builder", games / "ui", games / "concepts")
    python = "".join(path.read_text("utf-8") for folder in folders for path in folder.glob("*.py"))
    defined |= set(re.findall(r'["%;](--[\w-]+):', python))
    templates = "".join(path.read_text("utf-8") for path in (WEB / "pages").glob("*.html"))
    for style in re.findall(r'style="([^"]*)"', templates):
        defined |= set(re.findall(r"(--[\w-]+):", style))
    for name, css in sheets.items():
        assert set(re.findall(r"var\((--[\w-]+)", css)) <= defined, name


def test_colours_stand_in_the_table_of_tokens_alone():
    for path in STYLES.rglob("*.css"):
        if path.name != "tokens.css":
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])", path.read_text("utf-8")), path


@pytest.mark.in_turns
@pytest.mark.parametrize("slug", sorted(discover()))
def test_a_thumbnail_ends_where_it_rests_and_shows_at_most_six_pictures_before(slug):
    drawn = thumbnail(slug)
    frames = re.findall(r'<div style="--i: (\d+)">', drawn)
    assert [int(i) for i in frames] == list(range(len(frames)))
    assert 2 <= len(frames) <= 7
    run = alone(load(slug)).run()
    run.begin_solution(MOVES, TICKS)
    assert len(drawn) < 200_000
    last = drawn.rpartition('<div style="width: ')[2]
    assert _as_xml(to_html(_largest(run.view())[0])) in last

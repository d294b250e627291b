"""Course packages: a manifest that says what is there, and everything there that it says."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from games import discover
from web.builder import scorm
from web.builder.report import BuildError

ONE = "solve-xor?seed=7"
NAMES = {
    "1.2": ("http://www.imsproject.org/xsd/imscp_rootv1p1p2", "scormtype", "1.2"),
    "2004": ("http://www.imsglobal.org/xsd/imscp_v1p1", "scormType", "2004 4th Edition"),
}
ADL = {
    "1.2": "http://www.adlnet.org/xsd/adlcp_rootv1p2",
    "2004": "http://www.adlnet.org/xsd/adlcp_v1p3",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site as the build leaves it, in small."""
    site = tmp_path_factory.mktemp("site")
    files = {
        **{f"frame/{slug}/index.html": FRAME for slug in discover()},
        **{f"frame/{slug}/first.svg": "<svg/>" for slug in discover()},
        **{name: name for name in ("embed.js", "lms.js", "xapi.js", "index.html", "404.html")},
        "assets/app.0123456789.bin": "app",
        "assets/tracks/its-own.bin": "games",
        "assets/tracks/its-own.css": "looks",
        "assets/tracks/another.bin": "other games",
        "assets/client-0123456789/frame.js": "frame",
        "assets/katex.0123456789.css": "formulas",
        "licenses/NumPy.txt": "free",
        "lesson/index.html": "lessons",
    }
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    return site


FRAME = """<html data-root="../../"><link rel="stylesheet" href="../../assets/tracks/its-own.css">
<main><section data-pack="assets/tracks/its-own.bin">A game
<button data-tool="reset">Start again</button>
<button class="tool" data-tool="share">Share</button></main>
<p class="frame-more">From <a href="../../">Neuronauts</a>, a
<a href="../../lesson/level-1/#weights">course</a>.</p>"""


def package(site: Path, tmp_path: Path, name: str, version: str) -> dict[str, bytes]:
    """The files of a written package."""
    made = scorm.write_packages(site, scorm.courses([name]), out=tmp_path)
    (path,) = [path for path in made if scorm.VERSIONS[version] in path.name]
    with zipfile.ZipFile(path) as zipped:
        assert zipped.testzip() is None
        return {name: zipped.read(name) for name in zipped.namelist()}


@pytest.mark.parametrize("name", [ONE, "level-1"])
@pytest.mark.parametrize("version", scorm.VERSIONS)
def test_a_manifest_names_every_file_and_no_other(
    site: Path, tmp_path: Path, name: str, version: str
) -> None:
    files = package(site, tmp_path, name, version)
    space, kind, edition = NAMES[version]
    root = ElementTree.fromstring(files["imsmanifest.xml"])
    assert root.tag == f"{{{space}}}manifest"
    assert root.findtext(f"{{{space}}}metadata/{{{space}}}schemaversion") == edition
    resources = {r.get("identifier"): r for r in root.iter(f"{{{space}}}resource")}
    named = {unquote(f.get("href", "")) for f in root.iter(f"{{{space}}}file")}
    assert named == set(files) - {"imsmanifest.xml"}
    items = list(root.iter(f"{{{space}}}item"))
    assert items
    for item in items:
        resource = resources[item.get("identifierref")]
        assert resource.get(f"{{{ADL[version]}}}{kind}") == "sco"
        assert resource.get("href") in files
        assert item.findtext(f"{{{space}}}title")
        for dependency in resource.iter(f"{{{space}}}dependency"):
            assert dependency.get("identifierref") in resources
    assert {r.get(f"{{{ADL[version]}}}{kind}") for r in resources.values()} == {"sco", "asset"}
    identifiers = [e.get("identifier") for e in root.iter() if e.get("identifier")]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("version", scorm.VERSIONS)
def test_a_launch_page_names_files_that_are_there(site: Path, tmp_path: Path, version: str) -> None:
    files = package(site, tmp_path, ONE, version)
    page = files["game-1-solve-xor.html"].decode()
    assert f'data-scorm="{version}"' in page
    assert 'game="solve-xor" seed="7"' in page
    for name in re.findall(r'(?:src|href)="([^":]+)"', page):
        assert name + ("index.html" if name.endswith("/") else "") in files, name


def test_both_versions_differ_in_manifest_and_launch_pages_alone(site: Path) -> None:
    (course,) = scorm.courses([ONE])
    one, other = (scorm.contents(site, course, version) for version in scorm.VERSIONS)
    assert one.keys() == other.keys()
    assert {path for path in one if one[path] != other[path]} == {
        "imsmanifest.xml",
        "game-1-solve-xor.html",
    }


def test_a_level_has_its_games_with_their_seeds_and_parameters() -> None:
    (course,) = scorm.courses(["level-1"])
    assert course.title.startswith("Level 1")
    assert len(course.scos) > 1
    for sco, placement in zip(course.scos, course.placements, strict=True):
        assert sco.placement is placement
        assert dict(placement.params) == placement.game.params(placement.params)


def test_a_level_is_one_course_however_many_pages_it_has() -> None:
    whole, part = scorm.courses(["level-3", "level-3-training"])
    assert whole.title == "Level 3: The mathematics of learning"
    assert part.title.startswith("Level 3, part 3 of 4: ")
    ids = [{placement.id for placement in course.placements} for course in (part, whole)]
    assert ids[0] < ids[1]
    assert whole.placements[-1].id == "level-3/boss-quiz/mini-boss"


def test_a_package_leaves_out_what_only_lessons_show(site: Path) -> None:
    (course,) = scorm.courses([ONE])
    files = scorm.contents(site, course, "1.2")
    assert "course/assets/app.0123456789.bin" in files
    assert not [path for path in files if "katex" in path or "lesson" in path]


def test_links_to_the_course_lead_to_its_address_or_are_taken_out(site: Path) -> None:
    (course,) = scorm.courses([ONE])
    page = "course/frame/solve-xor/index.html"
    alone = scorm.contents(site, course, "1.2")[page].decode()
    assert "<a " not in alone
    assert "Share" not in alone
    assert "Start again" in alone
    linked = scorm.contents(site, course, "1.2", "https://example.org/")[page].decode()
    assert "Share" in linked
    assert 'data-root="https://example.org/"' in linked
    assert re.findall('<a href="([^"]*)"', linked) == [
        "https://example.org/",
        "https://example.org/lesson/level-1/#weights",
    ]


def test_the_same_site_gives_the_same_package(site: Path, tmp_path: Path) -> None:
    first, again = (
        [
            path.read_bytes()
            for path in scorm.write_packages(site, scorm.courses([ONE]), out=tmp_path / name)
        ]
        for name in ("a", "b")
    )
    assert first == again
    assert zipfile.ZipFile(io.BytesIO(first[0])).namelist()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("level-99", "no article and no game 'level-99'; there are: level-1"),
        ("solve-xor?seed=-1", "seed='-1' is not a whole number from 0"),
        ("solve-xor?colour=red", "solve-xor has no parameter 'colour'"),
    ],
)
def test_what_does_not_exist_stops_the_build(name: str, said: str) -> None:
    with pytest.raises(BuildError, match=re.escape(said)):
        scorm.courses([name])


def test_package_holds_python_and_styles_of_its_own_tracks_only(site: Path, tmp_path: Path) -> None:
    files = package(site, tmp_path, "solve-xor", "1.2")
    own = {f"course/assets/tracks/its-own.{kind}" for kind in ("bin", "css")}
    assert {path for path in files if "/tracks/" in path} == own
    manifest = files["imsmanifest.xml"].decode()
    assert all(path in manifest for path in own)

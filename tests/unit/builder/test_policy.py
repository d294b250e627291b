"""A page's policy stands before all else, allows what stands in the page, and nothing more."""

import base64
import hashlib
import re

import pytest

from web.builder.paths import DIST
from web.builder.policy import LAUNCH, ONE_FILE, PAGE, SANDBOX, hashes, sealed
from web.builder.report import BuildError

HEAD = '<!doctype html>\n<meta charset="utf-8">\n'


def policy(page: str) -> dict[str, list[str]]:
    """The directives of a page's policy."""
    found = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    assert len(found) == 1
    return {name: sources for name, *sources in (each.split() for each in found[0].split("; "))}


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_scripts_and_styles_in_the_page_are_allowed_by_their_hash_and_no_others() -> None:
    page = sealed(
        f'{HEAD}<script>\none()</script><script type="module">two</script><style>p {{}}</style>'
        '<script src="a.js"></script><script type="application/json">{}</script>',
        {"script-src": ["'self'"], "style-src": []},
    )
    assert policy(page) == {
        "script-src": ["'self'", hashed("\none()"), hashed("two")],
        "style-src": [hashed("p {}")],
    }


def test_the_policy_stands_before_all_that_it_is_about() -> None:
    page = sealed(f"{HEAD}<script>one</script>", PAGE)
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert page.index("charset") < page.index("Content-Security-Policy")


def test_a_page_in_a_frame_inherits_so_its_scripts_are_allowed_too() -> None:
    page = sealed(HEAD, PAGE, within=[sealed(f"{HEAD}<script>inside</script>", SANDBOX)])
    assert hashed("inside") in policy(page)["script-src"]


def test_a_directive_that_allows_nothing_says_so() -> None:
    assert policy(sealed(HEAD, ONE_FILE))["style-src"] == ["'none'"]


def test_a_page_without_its_encoding_is_refused() -> None:
    with pytest.raises(BuildError, match="exactly once"):
        sealed("<!doctype html><title>x</title>", PAGE)


def test_the_same_text_is_allowed_once() -> None:
    assert hashes(["a", "b", "a"]) == [hashed("a"), hashed("b")]


@pytest.mark.parametrize("one", [PAGE, ONE_FILE, LAUNCH, SANDBOX])
def test_nothing_but_the_sites_own_is_ever_allowed(one: dict[str, list[str]]) -> None:
    assert one["default-src"] == ["'none'"]
    local = {"'self'", "'none'", "blob:", "data:", "'unsafe-eval'", "'wasm-unsafe-eval'"}
    for name, sources in one.items():
        assert set(sources) <= local | ({"'unsafe-inline'"} if name.startswith("style") else set())


def test_the_learners_lines_may_connect_nowhere() -> None:
    assert "'self'" not in str(SANDBOX)
    assert set(SANDBOX) == {"default-src", "script-src", "worker-src"}


@pytest.mark.skipif(not DIST.is_dir(), reason="the site is not built")
def test_every_page_of_the_built_site_has_its_policy() -> None:
    pages = list(DIST.rglob("*.html"))
    assert len(pages) > 50
    for path in pages:
        page = path.read_text("utf-8")
        assert policy(page)["default-src"] == ["'none'"], path
        scripts = page.find("<script")
        assert scripts < 0 or page.index("Content-Security-Policy") < scripts, path

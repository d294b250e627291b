"""What machines read of the course: every page is listed, and every article has its day."""

from __future__ import annotations

import re
from datetime import datetime
from xml.etree import ElementTree

import pytest

from web.builder.articles import Article, find_articles, read_articles
from web.builder.feeds import feed, sitemap
from web.builder.glossary import read_glossary

ADDRESS = "https://example.org/course/"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return read_articles(find_articles(), read_glossary().keys())


def test_every_page_but_the_missing_one_is_on_the_list_once() -> None:
    pages = ["index.html", "lesson/level-1/index.html", "404.html", "play/solve-xor/index.html"]
    found = ElementTree.fromstring(sitemap([*pages, pages[0]], ADDRESS))
    assert [place.text for place in found.findall("s:url/s:loc", MAP)] == [
        ADDRESS,
        f"{ADDRESS}lesson/level-1/",
        f"{ADDRESS}play/solve-xor/",
    ]


def test_the_feed_has_every_article_the_newest_first(articles: list[Article]) -> None:
    found = ElementTree.fromstring(feed(articles, ADDRESS, "en"))
    entries = found.findall("a:entry", ATOM)
    assert {e.findtext("a:id", "", ATOM) for e in entries} == {
        ADDRESS + article.address for article in articles
    }
    days = [datetime.fromisoformat(e.findtext("a:updated", "", ATOM)) for e in entries]
    assert days == sorted(days, reverse=True)
    assert found.findtext("a:updated", "", ATOM) == entries[0].findtext("a:updated", "", ATOM)


def test_the_feed_has_what_the_standard_requires(articles: list[Article]) -> None:
    """RFC 4287: an id, a title and a moment each, an author, and a summary that is text."""
    found = ElementTree.fromstring(feed(articles, ADDRESS, "en"))
    assert found.findtext("a:author/a:name", "", ATOM)
    assert [e.get("href") for e in found.findall("a:link[@rel='self']", ATOM)] == [
        f"{ADDRESS}feed.xml"
    ]
    for part in (found, *found.findall("a:entry", ATOM)):
        assert part.findtext("a:id", "", ATOM).startswith(ADDRESS)
        assert part.findtext("a:title", "", ATOM)
        assert re.fullmatch(r"[\d-]{10}T[\d:]{8}Z", part.findtext("a:updated", "", ATOM))
    assert all(e.findtext("a:summary", "", ATOM) for e in found.findall("a:entry", ATOM))

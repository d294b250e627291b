"""What machines read of the course: a list of its pages, and its articles by their days.

sitemap.xml    every page, for search engines (https://www.sitemaps.org, protocol 0.9)
feed.xml       every article, the newest first, for those who follow the course (Atom, RFC 4287)

Both need whole addresses: they are made where the site's own is known (`build.py build --address`).
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from web.builder.articles import Article

FEED, SITEMAP = "feed.xml", "sitemap.xml"
NAME = "Neuronauts"
MISSING = "404.html"
"""A page that nobody looks for."""


def sitemap(pages: Iterable[str], address: str) -> bytes:
    """The list of pages, given by their paths in the site, such as lesson/index.html."""
    found = Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for page in sorted(set(pages) - {MISSING}):
        SubElement(SubElement(found, "url"), "loc").text = address + page.removesuffix("index.html")
    return _written(found)


def feed(articles: Iterable[Article], address: str, language: str) -> bytes:
    """The articles in a language, by the day since which they have been there, the newest first."""
    newest = sorted(articles, key=lambda article: (article.since, article.title), reverse=True)
    found = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": language})
    SubElement(found, "id").text = address
    SubElement(found, "title").text = NAME
    SubElement(found, "updated").text = _moment(newest[0])
    SubElement(SubElement(found, "author"), "name").text = NAME
    SubElement(found, "link", rel="self", href=address + FEED, type="application/atom+xml")
    SubElement(found, "link", rel="alternate", href=address, type="text/html")
    for article in newest:
        entry = SubElement(found, "entry")
        SubElement(entry, "id").text = address + article.address
        SubElement(entry, "title").text = article.full_title
        SubElement(entry, "published").text = _moment(article)
        SubElement(entry, "updated").text = _moment(article)
        SubElement(entry, "summary").text = article.about
        SubElement(entry, "category", term=article.track.id)
        SubElement(entry, "link", rel="alternate", href=address + article.address, type="text/html")
    return _written(found)


def _moment(article: Article) -> str:
    return f"{article.since.isoformat()}T00:00:00Z"


def _written(root: Element) -> bytes:
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written

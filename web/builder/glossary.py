"""The glossary: one Markdown file in, a definition for each term out. It knows no lesson.

    ## weight
    How much one input counts, and in which direction.

A heading is a term, what follows its definition: short, for it opens in the midst of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from web.builder.paths import WEB
from web.builder.pseudo import article

GLOSSARY = WEB / "glossary.md"
FOLDER = "glossary/"
"""The glossary's page, from the root of the site."""


def read_glossary(path: Path = GLOSSARY) -> dict[str, str]:
    """Return every term and the HTML of its definition, in the order of the alphabet.

    Raises:
        ValueError: a term that is defined twice, or not at all.
    """
    found: dict[str, str] = {}
    markdown = MarkdownIt("commonmark", {"html": False, "typographer": True})
    markdown.enable(["smartquotes", "replacements"])
    for line, term, tokens in _entries(markdown.parse(path.read_text("utf-8"))):
        for text in (child for token in tokens for child in token.children or ()):
            if text.type == "text":
                text.content = article(text.content)
        definition: str = markdown.renderer.render(tokens, markdown.options, {}).strip()
        if term in found or not definition:
            problem = "is defined twice" if definition else "has no definition"
            raise ValueError(f"{path.name}:{line}: {term!r} {problem}")
        found[term] = definition
    return dict(sorted(found.items(), key=lambda entry: entry[0].lower()))


def anchor(term: str) -> str:
    """The id of a term on the glossary's page."""
    return re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")


def _entries(tokens: list[Token]) -> Iterator[tuple[int, str, list[Token]]]:
    """Yield line, term and the tokens of its definition."""
    opens = [i for i, t in enumerate(tokens) if t.type == "heading_open" and t.tag == "h2"]
    for start, end in zip(opens, [*opens[1:], len(tokens)], strict=True):
        first = tokens[start].map or [0]
        yield first[0] + 1, tokens[start + 1].content, tokens[start + 3 : end]

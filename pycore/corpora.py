"""Small texts of our own, shipped beside the engine as plain files. They know no tokenizer.

Examples:
    >>> from pycore import corpora
    >>> corpora.english_french()[0]
    ('the boy eats', 'le garçon mange')
    >>> corpora.harbour()[:40]
    'The harbour lies where the river meets t'
"""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def _read(name: str) -> str:
    """Return a file of `pycore/texts`."""
    return (resources.files("pycore") / "texts" / name).read_text("utf-8")


def english_french() -> list[tuple[str, str]]:
    """Return English sentences and their French, as ("the cat sits", "le chat est assis").

    They are lower case, without punctuation, the shortest first; words are parted by single
    spaces. About 50 English and 60 French words, from 3 to 14 English words in a sentence.
    French needs what English does not: gender (la vache est assise), colours after the noun, a
    negation in two parts (ne … pas).
    """
    pairs = (line.partition(" = ") for line in _read("english_french.txt").splitlines())
    return [(english, french) for english, _, french in pairs]


def harbour() -> str:
    """Return a tale of about 2800 characters; its paragraphs are parted by a line break."""
    paragraphs = _read("harbour.txt").split("\n\n")
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def notes() -> list[str]:
    """Return 15 short documents, three each on cooking, weather, the sky, music and learning."""
    return _read("notes.txt").splitlines()


def three_languages() -> list[tuple[str, str, str]]:
    """Return 32 sentences in English, German and Hindi.

    In the last eight the German makes one word of several: Hafenmauer is a harbour wall.
    """
    rows = (line.split(" = ") for line in _read("three_languages.txt").splitlines())
    return [(english, german, hindi) for english, german, hindi in rows]

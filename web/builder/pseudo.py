"""The pseudo-language: English in brackets, with accents and a third longer. It knows no catalogue.

What stands on a page without brackets never went through `say`; what is clipped had room for
English only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from games import words
from games.words import ENGLISH, Language

CODE = "en-XA"
OPEN, CLOSE = "⟦", "⟧"
DECIMAL = ","
LONGER = 1 / 3
ACCENTS = str.maketrans("aceinouyACEINOUY", "áçéîñöûýÁÇÉÎÑÖÛÝ")
VOWELS = frozenset("aeiouyAEIOUY")
KEPT = re.compile(r"<code>.*?</code>|\{\{|\}\}|\{\w+\}|</?[a-z][^>]*>|&#?\w+;")
"""Code, places, doubled braces, tags and entities."""


def language(messages: Mapping[str, str | tuple[str, ...]]) -> Language:
    """Return the language that says each English message so."""
    said = {
        english: pseudo(text) if isinstance(text, str) else tuple(map(pseudo, text))
        for english, text in messages.items()
    }
    return Language(CODE, DECIMAL, ENGLISH.plural, said)


def article(text: str) -> str:
    """Return what an article says, as it is read in the language in use: it is not in a catalogue.

    Articles are one file for each language; the pseudo-language has none, and takes the English.
    """
    if words.language().code != CODE or not any(map(str.isalpha, text)):
        return text
    bare = text.strip()
    return text.replace(bare, pseudo(bare), 1)


def pseudo(text: str) -> str:
    """Return a message in the pseudo-language; its places, tags and entities stay."""
    letters = len(KEPT.sub("", text))
    wanted = round(LONGER * letters)
    made, end = [], 0
    for kept in KEPT.finditer(text):
        made += [*text[end : kept.start()], kept[0]]
        end = kept.end()
    made += text[end:]
    vowels = [i for i, part in enumerate(made) if part in VOWELS]
    each, more = divmod(wanted, len(vowels)) if vowels else (0, 0)
    for nth, i in enumerate(vowels):
        made[i] *= 1 + each + (nth < more)
    said = "".join(part if KEPT.fullmatch(part) else part.translate(ACCENTS) for part in made)
    return f"{OPEN}{said}{'' if vowels else '~' * wanted}{CLOSE}"

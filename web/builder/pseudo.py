"""The pseudo-languages, which are English in disguise. They know no catalogue.

en-XA is in brackets, with accents and a third longer: what stands on a page without brackets never
went through `say`; what is clipped had room for English only. ar-XB is in other letters, which are
written from right to left: what stands there in the wrong order would do so in Arabic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from games import words
from games.words import ENGLISH, Language

CODE, LEFTWARD = CODES = ("en-XA", "ar-XB")
OPEN, CLOSE = "⟦", "⟧"
DECIMAL = ","
LONGER = 1 / 3
ACCENTS = str.maketrans("aceinouyACEINOUY", "áçéîñöûýÁÇÉÎÑÖÛÝ")
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    2 * "אבגדהוזחטיכלמנסעפצקרשתךםןף",
)
VOWELS = frozenset("aeiouyAEIOUY")
KEPT = re.compile(r"<code>.*?</code>|\{\{|\}\}|\{\w+\}|</?[a-z][^>]*>|&#?\w+;")
"""Code, places, doubled braces, tags and entities."""


def language(messages: Mapping[str, str | tuple[str, ...]], code: str = CODE) -> Language:
    """Return the language that says each English message so."""
    way = pseudo if code == CODE else leftward
    said = {
        english: way(text) if isinstance(text, str) else tuple(map(way, text))
        for english, text in messages.items()
    }
    return Language(code, DECIMAL, ENGLISH.plural, said, rtl=code == LEFTWARD)


def article(text: str) -> str:
    """Return what an article says, as it is read in the language in use: it is not in a catalogue.

    Articles are one file for each language; pseudo-languages have none, and take the English.
    Numbers keep their order, as where it goes through `say`.
    """
    if words.language().code == LEFTWARD:
        return words.ordered(leftward(text))
    if words.language().code != CODE or not any(map(str.isalpha, text)):
        return words.ordered(text)
    bare = text.strip()
    return text.replace(bare, pseudo(bare), 1)


def leftward(text: str) -> str:
    """Return a message in letters that are written from right to left; its places, tags stay."""
    made, end = [], 0
    for kept in KEPT.finditer(text):
        made += [text[end : kept.start()].translate(LETTERS), kept[0]]
        end = kept.end()
    return "".join([*made, text[end:].translate(LETTERS)])


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

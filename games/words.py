"""Every text that a person reads, in the language of the page. It knows no game and no browser.

A text is one whole template with named places, English in the code and, in another language,
whatever the catalogue has for it. Nothing is glued: a sentence that is made of pieces cannot be
turned into a language with another order of words.

    say("{n} of {total} rows right", n=3, total=8)
    say.count("{n} neuron", "{n} neurons", n)
    say.nodes("Press {button} to begin", button=h("b", say("Run")))
    PLACES = {"ridge": word("the ridge")}  …  say(PLACES[start])

Braces are doubled where they are meant, as in `str.format`. A place takes a text or a whole number;
a number with decimals comes as the text that `games.ui.numbers` makes of it. In a language that is
written from right to left, numbers in a text keep their order: what is said is `ordered`.

The language in use is kept in this module, for a page or a build has one. Nothing else may be so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from operator import index
from string import Formatter
from typing import ParamSpec, SupportsIndex, TypeVar, cast

__all__ = [
    "ENGLISH",
    "Language",
    "drawn_once",
    "indexed",
    "language",
    "ordered",
    "say",
    "use",
    "word",
    "written",
]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Text = str | SupportsIndex
WRITTEN = (str, float, SupportsIndex)
SIGNS = r"[\w−+±≈≤≥=×·÷/→←%°.,:\u2019'|⊙Σ√∂^-]"
NUMBERS = re.compile(
    r"\u2066.*?\u2069|</?[a-z][^>]*>|&#?\w+;"
    rf"|((?:(?:{SIGNS}|\((?:{SIGNS}|[ \u00a0])+\)|\[(?:{SIGNS}|[ \u00a0])+\])+"
    r"(?:(?<![.,:])[ \u00a0])?)+)",
    re.ASCII,
)
"""What stands as it is (isolated already, a tag, an entity), or a run of digits, signs, the
letters of formulas, and whole brackets."""
OUTER = ".,:' \u00a0"
"""What at an end of a run belongs to the sentence."""
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
FORMS = 200
"""So many counts have their plural form in a table; whatever is larger goes as its last two digits
do, from 100 on."""


@dataclass(frozen=True)
class Language:
    """A language: its code, how its numbers look, and what it says for each English template.

    Attributes:
        code: as in the page's `lang`, such as "en".
        decimal: what stands between whole number and decimals.
        plural: the plural form of the counts 0 to 199.
        messages: English template (of a plural: the one for one) → the text, or all its forms.
        rtl: whether it is written from right to left.
    """

    code: str
    decimal: str = "."
    plural: Sequence[int] = (1, 0, *[1] * (FORMS - 2))
    messages: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    rtl: bool = False

    def form(self, n: int) -> int:
        """Which plural form a count takes."""
        n = abs(n)
        return self.plural[n if n < FORMS else FORMS // 2 + n % (FORMS // 2)]


ENGLISH = Language("en")
_language = ENGLISH


_drawn: list[Callable[[], None]] = []
"""How to forget what was drawn in the language in use."""


def use(spoken: Language) -> None:
    """Speak `spoken` from now on."""
    global _language
    _language = spoken
    for forget in _drawn:
        forget()


def drawn_once(make: Callable[P, R]) -> Callable[P, R]:
    """Keep what `make` draws, by its arguments, until another language is spoken.

    The same node as long as they stay needs no comparison from frame to frame; and it has numbers
    in it, if not words, which look different elsewhere.
    """
    kept = lru_cache(maxsize=64)(make)
    _drawn.append(kept.cache_clear)
    return cast(Callable[P, R], kept)


def language() -> Language:
    """Return the language in use."""
    return _language


def word(template: str, /) -> str:
    """Mark a text for the catalogue where a table has it; `say` looks it up where it is drawn."""
    return template


def written(value: float) -> str:
    """Return a number that somebody chose, as short as it can be: 0.5, 12, −3, 1e−05.

    What is computed is printed by `games.ui.numbers`.
    """
    return f"{value:g}".replace("-", "−").replace(".", _language.decimal)


class _Say:
    """What `say` is: a function that has two relatives."""

    def __call__(self, template: str, /, **places: Text) -> str:
        """Return the text of `template`, its places filled in.

        Raises:
            ValueError: a place is not given, or one is given that the template does not have.
            TypeError: what a place is given is neither a text nor a whole number.
        """
        return _filled(_looked_up(template), places)

    def count(self, one: str, many: str, /, n: SupportsIndex, **places: Text) -> str:
        """Return the text for `n` of something, by the plural rule of the language; `{n}` is `n`.

        A form may leave `{n}` out ("a neuron"), but no other place.
        """
        number = index(n)
        forms = _language.messages.get(one)
        if isinstance(forms, str):
            raise ValueError(f"the catalogue has one form for {one!r}, and needs its plurals")
        said = (one, many)[ENGLISH.form(number)] if forms is None else forms[_language.form(number)]
        return _filled(said, {**places, "n": number}, optional="n")

    def nodes(self, template: str, /, **places: T | Text) -> list[T | str]:
        """Return the text of `template` as a list, with whatever its places are given in between.

        For a sentence of which a part is set apart, as a link or in bold, or is a formula.
        """
        template = _looked_up(template)
        parts, wanted = _parts(template)
        _require(template, wanted, places)
        found: list[T | str] = []
        for before, name in parts:
            for part in [before] if name is None else [before, places[name]]:
                piece = _text(name, part) if isinstance(part, WRITTEN) else part
                if isinstance(piece, str) and found and isinstance(found[-1], str):
                    found[-1] += piece
                elif piece != "":
                    found.append(piece)
        return [ordered(part) if isinstance(part, str) else part for part in found]


say = _Say()


def _looked_up(template: str) -> str:
    said = _language.messages.get(template, template)
    return said if isinstance(said, str) else said[0]


def _filled(template: str, places: Mapping[str, Text], optional: str = "") -> str:
    parts, wanted = _parts(template)
    if places.keys() != wanted:
        _require(template, wanted, places, optional)
    text = ""
    for before, name in parts:
        text += before if name is None else before + _text(name, places[name])
    return ordered(text)


@cache
def _parts(template: str) -> tuple[list[tuple[str, str | None]], frozenset[str]]:
    """Each run of text with the name of the place behind it; and all these names."""
    try:
        found = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"{template!r} cannot be read: {error}") from None
    for _, name, spec, conversion in found:
        if name is not None and (not name.isidentifier() or spec or conversion):
            raise ValueError(f"{template!r} has a place that is not {{name}}: {name!r}")
    return (
        [(before, name) for before, name, _, _ in found],
        frozenset(name for _, name, _, _ in found if name is not None),
    )


def _require(
    template: str, wanted: frozenset[str], places: Mapping[str, object], optional: str = ""
) -> None:
    if wrong := (wanted ^ places.keys()) - {optional}:
        raise ValueError(
            f"{template!r} has the places {', '.join(sorted(wanted)) or 'none'}, "
            f"and was given {', '.join(sorted(places)) or 'none'}: {', '.join(sorted(wrong))} "
            "must be in both"
        )


def _text(name: str | None, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(
            f"the place {name!r} takes a text or a whole number, not {value!r}; "
            "games.ui.numbers makes a text of a number with decimals"
        )
    return str(index(value)).replace("-", "−")


def ordered(text: str) -> str:
    """Return the text; where it is written from right to left, with its numbers set apart.

    A sign belongs before its number, and 2→3→1 is read from the left, in every language: such a run
    stands between U+2066 and U+2069. A number of digits alone needs none.
    """
    return NUMBERS.sub(_isolated, text) if _language.rtl else text


def _isolated(found: re.Match[str]) -> str:
    run = found[1]
    if not run or not any(map(str.isdigit, run)):
        return found[0]
    inside = run.strip(OUTER)
    if re.fullmatch(r"\d+([.,]\d+)*", inside):
        return run
    before, after = run.split(inside, 1)
    return f"{before}\u2066{inside}\u2069{after}"


def indexed(letter: str, i: int) -> str:
    """A letter with a number below the line, the same in every language: x₁."""
    return letter + str(i).translate(LOWERED)

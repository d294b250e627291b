"""Live formula cards: the symbols of a formula with their values, and the line of NumPy behind it.

A card is a box of an article (`web.builder.articles`). This module knows neither Markdown nor
KaTeX: it is given code and the names that code may use, and gives HTML.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from games.ui.numbers import MINUS
from games.words import say
from web import scratch
from web.builder.pseudo import article

_MARK = re.compile(r"\\s(?:ym)?\s*\{([^{}]*)\}")
_ROOM = 6
"""Lines of an answer that have room before it scrolls."""


class CardError(ValueError):
    """What a card says is not so; the message says what, and what is allowed."""


def marks(tex: str) -> list[str]:
    r"""The symbols that a formula marks with `\s{w}` or `\sym{δ}{\delta}`."""
    return _MARK.findall(tex)


@dataclass(frozen=True)
class Symbol:
    r"""One row of a card's list.

    Attributes:
        tex: the formula that names it, such as `\s{w}`.
        meaning: Markdown.
        shape: in words, or "".
        code: NumPy for its value now, or "" where it has none.
    """

    tex: str
    meaning: str
    shape: str
    code: str

    @property
    def name(self) -> str:
        """What pictures call it: their `data-symbol`."""
        return marks(self.tex)[0]


def symbols(text: str) -> Iterator[Symbol]:
    r"""Read the rows of a list: `$\s{w}$ | meaning | shape | code`.

    Raises:
        CardError: a row that is not four such fields.
    """
    for row in filter(str.strip, text.splitlines()):
        fields = [part.strip() for part in row.split("|", 3)]
        tex = re.fullmatch(r"\$(.*)\$", fields[0])
        if len(fields) != 4 or tex is None or len(marks(tex[1])) != 1 or not fields[1]:
            raise CardError(rf"{row.strip()!r} is not `$\s{{w}}$ | meaning | shape | code`")
        yield Symbol(tex[1], *fields[1:])


def value(symbol: Symbol, names: Mapping[str, Any]) -> str:
    """The last cells of a symbol's row: its shape and its value, as HTML."""
    if not symbol.code:
        return _cells(article(symbol.shape), "")
    found = np.asarray(_evaluate(symbol.code, names)[1])
    if found.dtype.kind not in "fiub":
        raise CardError(f"{symbol.code!r} is no number and no array of numbers")
    size = f"({', '.join(map(str, found.shape))})" if found.ndim else ""
    shape = " = ".join(part for part in (article(symbol.shape), size) if part)
    return _cells(shape, re.sub(r"-(?=[\d.])", MINUS, scratch.shown(found)))


def _cells(shape: str, printed: str) -> str:
    made = f'<dd class="symbol-shape">{html.escape(shape)}</dd>' if shape else ""
    if printed:
        made += f'<dd class="symbol-value"><samp>{html.escape(printed)}</samp></dd>'
    return made


@dataclass
class Card:
    """What one card has said so far.

    Attributes:
        marked: the symbols that its formulas mark.
        rows: the symbols that its list explains.
        line: the line of the file where the list stands.
        codes: of its runs so far.
    """

    marked: set[str] = field(default_factory=set)
    rows: list[Symbol] = field(default_factory=list)
    line: int = 0
    codes: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Refuse marks without a row, and rows that no formula marks."""
        rows = [row.name for row in self.rows]
        for name in rows:
            if rows.count(name) > 1:
                raise CardError(f"the symbol {name!r} has two rows")
        if missing := sorted(self.marked - set(rows)):
            raise CardError(f"the symbol {missing[0]!r} is marked, but has no row in {{symbols}}")
        if unused := sorted(set(rows) - self.marked):
            raise CardError(f"the symbol {unused[0]!r} has a row, but no formula above marks it")

    def read(self, text: str) -> Asked:
        """Note a run where it is read, and what it goes on from.

        Raises:
            CardError: it has no code, or options that there are not.
        """
        asked = _asked(text, tuple(self.codes))
        self.codes.append(asked.code)
        return asked

    def run(self, asked: Asked, names: Mapping[str, Any]) -> str:
        """The HTML of a line that can be run; it was run here, and agrees with what is beside it.

        Raises:
            CardError: it fails, disagrees, or uses something that cannot go to the browser; or it
                is a claim that does not hold.
        """
        fails, label, beside, code = asked.fails, asked.label, asked.beside, asked.code
        known = dict(names)
        for earlier in asked.above or ():
            scratch.evaluate(earlier, known)  # it ran in its own place already
        result = _evaluate(code, known, claims=not beside)[1]
        if result is None:
            raise CardError(f"{code!r} gives no value: end with an expression or an assignment")
        if isinstance(result, scratch.Sides):
            return _claim(asked, result, self._given(asked, names, None, claims=True))
        truths = isinstance(result, bool | np.bool_ | np.ndarray)
        if truths and not beside and np.asarray(result).dtype.kind == "b":
            allowed = "one comparison of two sides, by `<=`, `>=` or `==`"
            raise CardError(f"{code!r} says only whether it is so; a claim ends with {allowed}")
        if fails:
            raise CardError(f"{code!r} claims nothing that could fail: end with `left <= right`")
        other = _evaluate(beside, known)[1] if beside else None
        if beside and not scratch.agrees(result, other):
            said = f"{scratch.shown(result)}, but {label} is {scratch.shown(other)}"
            raise CardError(f"{code!r} gives {said}")
        anew = _anew(asked, names)
        return _line(asked, result, other, self._given(asked, names, other, anew=anew), anew)

    def _given(
        self,
        asked: Asked,
        names: Mapping[str, Any],
        beside: Any,
        *,
        claims: bool = False,
        anew: str = "",
    ) -> str:
        """What the browser needs to run the line, or one made of the card's symbols: JSON."""
        needed = _reads("\n".join((*(asked.above or ()), asked.code, anew))) & names.keys()
        packed = {"np": scratch.pack(np)}
        for name in sorted(needed):
            try:
                packed[name] = scratch.pack(names[name])
            except scratch.PackError as error:
                raise CardError(f"{name!r} cannot go to the browser: {error}") from None
        for row in self.rows:
            if row.code.isidentifier() and row.code not in packed:
                packed[row.code] = scratch.pack(np.asarray(names[row.code])[()])
        other = None if beside is None else scratch.pack(np.asarray(beside))
        return json.dumps({"names": packed, "beside": other, "claims": claims, "anew": anew})


class Asked(NamedTuple):
    """A run as it is written.

    Attributes:
        code: its lines.
        above: the code of the runs above it in its card, where it goes on from them.
        fails: whether it is a claim that must not hold.
        label: what stands beside it, or "".
        beside: the expression for that, or "".
    """

    code: str
    above: tuple[str, ...] | None
    fails: bool
    label: str
    beside: str


def _asked(text: str, above: tuple[str, ...]) -> Asked:
    """Read `:goes-on:`, then `:beside: label | expression` or `:fails:`, then the code."""
    going = re.match(r":goes-on:[ \t]*\n", text)
    rest = text[going.end() :] if going else text
    match = re.match(r":beside:(.*?) \| (.*)\n|:fails:\s*\n", rest)
    fails = match is not None and match[1] is None
    if rest.startswith(":") and (match is None or not (fails or match[1].strip())):
        allowed = (
            "`:beside: what it is | expression`, or `:fails:` for a claim that is false; above "
            "either, `:goes-on:`"
        )
        raise CardError(f"a line's only option is {allowed}")
    code = (rest[match.end() :] if match else rest).strip()
    if not code:
        raise CardError("there is no code to run")
    if going and not above:
        raise CardError("`:goes-on:` stands in the first run of a card: there is none above it")
    label, beside = (match[1].strip(), match[2].strip()) if match and not fails else ("", "")
    return Asked(code, above if going else None, fails, label, beside)


def _evaluate(code: str, names: Mapping[str, Any], *, claims: bool = False) -> tuple[str, Any]:
    try:
        return scratch.evaluate(code, dict(names), claims=claims)
    except Exception as error:
        raise CardError(f"{code!r} raised {type(error).__name__}: {error}") from None


def _reads(code: str) -> set[str]:
    """The names that code uses before it gives them a value itself."""
    read: set[str] = set()
    made: set[str] = set()
    for statement in ast.parse(code).body:
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        changed = isinstance(statement, ast.AugAssign)
        read |= {n.id for n in names if changed or isinstance(n.ctx, ast.Load)} - made
        made |= {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return read


def _anew(asked: Asked, names: Mapping[str, Any]) -> str:
    """The expression beside a run where the browser can compute it of the learner's numbers; or "".

    One that needs a cell's own functions stays as it was computed here. So does a single name, and
    one that reads what the run itself makes: that would agree with whatever it gives.
    """
    if not asked.beside or asked.beside.isidentifier():
        return ""
    made = {
        node.id
        for node in ast.walk(ast.parse(asked.code))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    read = _reads("\n".join((*(asked.above or ()), asked.beside)))
    try:
        for name in read & names.keys():
            scratch.pack(names[name])
    except scratch.PackError:
        return ""
    return "" if _reads(asked.beside) & made else asked.beside


def _claim(asked: Asked, claim: scratch.Sides, given: str) -> str:
    """A step of a proof: both sides and how far they are apart.

    Raises:
        CardError: it does not hold, or it does where it is said to fail, or it says neither, as
            its numbers have left what a float can hold.
    """
    code, fails = asked.code, asked.fails
    if claim.lost:
        raise CardError(f"{code!r} leaves what a float can hold: {scratch.shown(claim)}")
    try:
        found = scratch.sides(claim)
    except (TypeError, ValueError):
        raise CardError(f"{code!r}: {scratch.shown(claim)} does not compare numbers") from None
    if found["agrees"] == fails:
        said = "holds, though it is said to fail" if fails else "does not hold"
        raise CardError(f"{code!r} {said}: {scratch.shown(claim)}")
    apart = say("the difference") if claim.sign == "==" else say("room that is left")
    return _form(
        asked,
        say("The claim in NumPy: change its numbers, run it"),
        [
            (say("left side"), found["shown"], "data-result"),
            (say("right side"), found["right"], "data-right"),
            (apart, found["slack"], "data-slack"),
        ],
        given,
        said=say("It does not hold.") if fails else say("It holds."),
    )


def _line(asked: Asked, result: Any, beside: Any, given: str, anew: str) -> str:
    """The line with what it gives, and what stands beside it, which may be computed anew."""
    rows = [(say("it gives"), scratch.shown(result), "data-result")]
    if asked.label:
        rows.append((article(asked.label), scratch.shown(beside), "data-right" if anew else ""))
    return _form(asked, say("The line of NumPy behind it: change it, run it"), rows, given)


def _form(
    asked: Asked, title: str, rows: Sequence[tuple[str, str, str]], given: str, *, said: str = ""
) -> str:
    """Code, its buttons and results. Room for the answers is kept, so nothing moves.

    The page makes a field of the code once it can be seen (cards.js): a browser that fills in forms
    lays out whatever closed box a field is in, and a lesson has dozens.

    Args:
        asked: the run as it is at first.
        title: what it is.
        rows: for each result its name, its text and the mark by which the page finds it; "" for
            one that stays.
        given: what the browser needs to run the code.
        said: what there is to say of it as it is.
    """
    room = min(_ROOM, max(2, rows[0][1].count("\n") + 1))
    results = "".join(_row(*row) for row in rows)
    code, goes_on = asked.code, "" if asked.above is None else " data-goes-on"
    return (
        f'<div class="line" data-line{goes_on} data-given="{html.escape(given)}" '
        f'style="--room: {room}">'
        f'<label class="line-label">{title}'
        f'<code class="line-code" translate="no">{html.escape(code)}</code></label>'
        '<div class="line-tools">'
        '<button class="button" type="button" data-run title="Ctrl + Enter" '
        f'aria-keyshortcuts="Control+Enter Meta+Enter">{say("Run")}</button>'
        f'<button class="tool" type="button" data-restore>{say("As it was")}</button></div>'
        f'<dl class="line-results">{results}</dl>'
        f'<p class="line-said" data-said role="status">{html.escape(said)}</p></div>\n'
    )


def _row(label: str, text: str, mark: str) -> str:
    """One result; what stays as it is stands in no <output>."""
    kind = "" if mark == "data-result" else ' class="line-beside"'
    open_, close = (f"<output {mark}>", "</output>") if mark else ("<samp>", "</samp>")
    return (
        f"<div{kind}><dt>{html.escape(label)}</dt>"
        f'<dd tabindex="0">{open_}{html.escape(text)}{close}</dd></div>'
    )

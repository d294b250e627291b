"""Live formula cards: the symbols of a formula with their values, and the line of NumPy behind it.

A card is a box of an article (`web.builder.articles`). This module knows neither Markdown nor
KaTeX: it is given code and the names that code may use, and gives HTML.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

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
    """

    marked: set[str] = field(default_factory=set)
    rows: list[Symbol] = field(default_factory=list)
    line: int = 0

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

    def run(self, text: str, names: Mapping[str, Any]) -> str:
        """The HTML of a line that can be run; it was run here, and agrees with what is beside it.

        Raises:
            CardError: it fails, disagrees, or uses something that cannot go to the browser.
        """
        label, beside, code = _options(text)
        result = _evaluate(code, names)[1]
        if result is None:
            raise CardError(f"{code!r} gives no value: end with an expression or an assignment")
        other = _evaluate(beside, names)[1] if beside else None
        if beside and not scratch.agrees(result, other):
            said = f"{scratch.shown(result)}, but {label} is {scratch.shown(other)}"
            raise CardError(f"{code!r} gives {said}")
        return _line(code, result, label, other, self._given(code, names, other))

    def _given(self, code: str, names: Mapping[str, Any], beside: Any) -> str:
        """What the browser needs to run the line, or one made of the card's symbols: JSON."""
        needed = _reads(code) & names.keys()
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
        return json.dumps({"names": packed, "beside": other})


def _options(text: str) -> tuple[str, str, str]:
    """The label and the expression of `:beside: label | expression`, and the code below it."""
    match = re.match(r":beside:(.*?) \| (.*)\n", text)
    if text.startswith(":") and (match is None or not match[1].strip()):
        raise CardError("a line's only option is `:beside: what it is | expression`")
    code = (text[match.end() :] if match else text).strip()
    if not code:
        raise CardError("there is no code to run")
    return (match[1].strip(), match[2].strip(), code) if match else ("", "", code)


def _evaluate(code: str, names: Mapping[str, Any]) -> tuple[str, Any]:
    try:
        return scratch.evaluate(code, dict(names))
    except Exception as error:
        raise CardError(f"{code!r} raised {type(error).__name__}: {error}") from None


def _reads(code: str) -> set[str]:
    return {
        node.id
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    } | {
        node.target.id
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }


def _line(code: str, result: Any, label: str, beside: Any, given: str) -> str:
    """The line, its buttons, and its results. Room for the answer is kept, so nothing moves."""
    printed = scratch.shown(result)
    room = min(_ROOM, max(2, printed.count("\n") + 1))
    other = (
        f'<div class="line-beside"><dt>{html.escape(article(label))}</dt>'
        f'<dd tabindex="0"><samp>{html.escape(scratch.shown(beside))}</samp></dd></div>'
        if label
        else ""
    )
    return (
        f'<div class="line" data-line data-given="{html.escape(given)}" style="--room: {room}">'
        f'<label class="line-label">{say("The line of NumPy behind it: change it, run it")}'
        f'<textarea class="line-code" rows="{code.count(chr(10)) + 1}" spellcheck="false" '
        'autocapitalize="off" autocomplete="off" autocorrect="off" wrap="off">'
        f"\n{html.escape(code)}</textarea></label>"
        '<div class="line-tools">'
        '<button class="button" type="button" data-run title="Ctrl + Enter" '
        f'aria-keyshortcuts="Control+Enter Meta+Enter">{say("Run")}</button>'
        f'<button class="tool" type="button" data-restore>{say("As it was")}</button></div>'
        f'<dl class="line-results"><div><dt>{say("it gives")}</dt>'
        f'<dd tabindex="0"><output data-result>{html.escape(printed)}</output></dd></div>'
        f"{other}</dl>"
        '<p class="line-said" data-said role="status"></p></div>\n'
    )

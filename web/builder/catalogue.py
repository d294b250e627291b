"""The catalogue: every text of the course, found in its sources, and what a language makes of it.

The sources are read, never run: Python (`say`, `say.count`, `say.nodes`, `word` of `games.words`,
the line that opens a game, the labels of its parameters), the page's scripts (the same names, of
`words.js`) and templates. A language is `words/<code>.po`, in the format of gettext, which Babel
reads and writes. The pseudo-languages en-XA and ar-XB have no file: they are English that shows
what was forgotten.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import asdict, replace
from functools import cache
from gettext import c2py
from itertools import islice
from pathlib import Path
from string import Formatter
from typing import Any, BinaryIO

import babel
import jinja2
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.jslexer import Token, tokenize, unquote_string
from babel.messages.pofile import read_po, write_po
from jinja2 import nodes

from games import discover, opening
from games.words import ENGLISH, FORMS, Language
from web.builder import pseudo
from web.builder.paths import CACHE, ROOT
from web.builder.report import BuildError

WORDS = ROOT / "words"
TEMPLATE = CACHE / "messages.pot"
"""Where a build writes down all there is to translate."""
KEYWORDS = {"say": 1, "word": 1, "say.nodes": 1, "say.count": 2}
"""What takes a text, and how many forms of it."""
SPECS = {name: tuple(range(1, forms + 1)) for name, forms in KEYWORDS.items()}
SCRIPTS = ("web/client/*.js", "web/client/*.mjs", "web/client/single/*.js")
Found = tuple[int, str, "str | tuple[str, ...]", list[str]]
"""As Babel wants it: line, function, message (of a plural: both forms), comments."""


def languages() -> list[str]:
    """Return the codes of all languages that there are."""
    return sorted({ENGLISH.code, *pseudo.CODES, *(path.stem for path in WORDS.glob("*.po"))})


def language(code: str) -> Language:
    """Return a language with all that it says.

    Raises:
        BuildError: there is no such language, or its catalogue has a message that cannot be used.
    """
    if code not in languages():
        raise BuildError(f"there is no language {code!r}; there are: {', '.join(languages())}")
    if code == ENGLISH.code:
        return ENGLISH
    if code in pseudo.CODES:
        return pseudo.language(messages(collect()), code)
    path = WORDS / f"{code}.po"
    with path.open("rb") as file:
        catalog = read_po(file, code)
    for message in catalog:
        if message.id and message.string and not message.fuzzy:
            _require_places(path, message)
    locale = babel.Locale.parse(code, sep="-")
    return Language(
        code,
        locale.number_symbols["latn"]["decimal"],
        _forms(path, catalog),
        messages(catalog, "string"),
        rtl=locale.character_order == "right-to-left",
    )


def script_json(spoken: Language) -> str:
    """Return the part of a language that the page's scripts want, as JSON; `null` for English."""
    if spoken == ENGLISH:
        return "null"
    wanted = messages(collect(SCRIPTS))
    said = {english: said for english, said in spoken.messages.items() if english in wanted}
    return as_json(replace(spoken, messages=said))


def as_json(spoken: Language) -> str:
    """Return a language as JSON, for `Language(**json.loads(…))`."""
    return json.dumps(asdict(spoken), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def messages(catalog: Catalog, of: str = "id") -> dict[str, str | tuple[str, ...]]:
    """Return the messages of a catalogue by their English, or by it what stands at `of`."""
    found: dict[str, str | tuple[str, ...]] = {}
    for message in catalog:
        said = getattr(message, of)
        if message.id and not message.fuzzy and said and all(said):
            english = message.id if isinstance(message.id, str) else message.id[0]
            found[english] = said if isinstance(said, str) else tuple(said)
    return found


def write_template(catalog: Catalog, path: Path = TEMPLATE) -> None:
    """Write down what there is to translate, as a file from which `words/<code>.po` is made."""
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=100, omit_header=False)


# --- finding texts --------------------------------------------------------------------------------


def collect(patterns: Collection[str] = (), root: Path = ROOT) -> Catalog:
    """Return every text of the sources, or of those that match one of `patterns`.

    Raises:
        BuildError: a text cannot be found without running its source, or has a wrong place.
    """
    methods = {
        **dict.fromkeys(
            ("course/**/*.py", "games/**/*.py", "web/*.py", "web/builder/*.py"), in_python
        ),
        **dict.fromkeys(SCRIPTS, in_javascript),
        "web/pages/**/*.html": in_template,
    }
    catalog = Catalog(project="Neuronauts", charset="utf-8")
    for pattern in patterns or methods:
        for path in sorted(root.glob(pattern)):
            if path.name.startswith("test_"):
                continue
            name = path.relative_to(root).as_posix()
            found = [*_extracted(path, name, methods[pattern])]
            if name in _games():
                found += [(1, text) for text in opening(ast.get_docstring(_tree(path)) or "")]
            for line, message in found:
                _add(catalog, message, name, line)
    return catalog


@cache
def _games() -> frozenset[str]:
    return frozenset(f"{module.replace('.', '/')}.py" for module in discover().values())


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _extracted(path: Path, name: str, method: Any) -> Iterator[tuple[int, Any]]:
    with path.open("rb") as file:
        try:
            for line, message, _, _ in extract(method, file, keywords=SPECS):
                yield line, message
        except TextError as error:
            raise BuildError(f"{name}:{error}") from None


def _add(catalog: Catalog, message: str | tuple[str, ...], name: str, line: int) -> None:
    known = catalog.get(message if isinstance(message, str) else message[0])
    forms = (message,) if isinstance(message, str) else message
    if known and isinstance(known.id, tuple) and len(forms) > 1 and tuple(known.id) != forms:
        raise BuildError(
            f"{name}:{line}: {forms[0]!r} has another plural elsewhere: {known.id[1]!r}"
        )
    added = catalog.add(message, locations=[(name, line)])
    added.flags.discard("python-format")
    if any(places(form) for form in forms):
        added.flags.add("python-brace-format")


class TextError(ValueError):
    """A text that cannot be found by reading; the message opens with its line."""


def in_python(file: BinaryIO, *_: object, **__: object) -> Iterator[Found]:
    """Find the texts of a Python file that takes them from `games.words`, for Babel."""
    tree = ast.parse(file.read())
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "games.words"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = ast.unparse(node.func)
        if function == "Param" and isinstance(node.args[-1], ast.Constant):
            yield from _found(node.lineno, "word", [str(node.args[-1].value)], False)
        if function == "Track":
            for part in (*node.args[1:2], *node.args[4:5]):
                yield from _found(node.lineno, "word", [ast.literal_eval(part)], False)
        if function not in KEYWORDS or function.partition(".")[0] not in imported:
            continue
        literals = [
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None
            for part in node.args[: KEYWORDS[function]]
        ]
        glued = [isinstance(part, ast.JoinedStr | ast.BinOp | ast.IfExp) for part in node.args]
        yield from _found(node.lineno, function, literals, any(glued[: KEYWORDS[function]]))


def in_javascript(file: BinaryIO, *_: object, **__: object) -> Iterator[Found]:
    """Find the texts of a script that names `words.js`, also of calls within calls, for Babel."""
    source = file.read().decode()
    if "words.js" not in source:
        return
    read = tokenize(source, jsx=False, dotted=True)
    tokens = [token for token in read if not token.type.endswith("comment")]
    for i, token in enumerate(tokens):
        if token.type == "template_string" and re.search(r"\b(say|word)(\.\w+)?\(", token.value):
            raise TextError(
                f"{token.lineno}: a text is no part of a template string: {token.value}"
            )
        if token.value not in KEYWORDS or [t.value for t in tokens[i + 1 : i + 2]] != ["("]:
            continue
        if i and tokens[i - 1].value == "function":
            continue
        arguments = list(islice(_arguments(tokens[i + 2 :]), KEYWORDS[token.value]))
        literals = [
            unquote_string(part[0].value) if [p.type for p in part] == ["string"] else None
            for part in arguments
        ]
        glued = any(
            literal is None and any(p.type.endswith("string") for p in _outer(part))
            for part, literal in zip(arguments, literals, strict=True)
        )
        yield from _found(token.lineno, token.value, literals, glued)


def _outer(tokens: list[Token]) -> Iterator[Token]:
    """What of an argument stands in no brackets."""
    depth = 0
    for token in tokens:
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        if depth == 0:
            yield token


def _arguments(tokens: list[Token]) -> Iterator[list[Token]]:
    """The arguments of a call, each with its tokens."""
    depth, argument = 0, list[Token]()
    for token in tokens:
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        if depth < 0 or (depth == 0 and token.value == ","):
            yield argument
            argument = []
        else:
            argument.append(token)
        if depth < 0:
            return


def in_template(file: BinaryIO, *_: object, **__: object) -> Iterator[Found]:
    """Find the texts of a page's template, for Babel."""
    for call in jinja2.Environment().parse(file.read().decode()).find_all(nodes.Call):
        name = getattr(call.node, "name", "")
        if isinstance(call.node, nodes.Getattr):
            name = f"{getattr(call.node.node, 'name', '')}.{call.node.attr}"
        if name in KEYWORDS:
            given = call.args[: KEYWORDS[name]]
            literals = [part.value if isinstance(part, nodes.Const) else None for part in given]
            glued = any(
                isinstance(part, nodes.Concat | nodes.Add | nodes.CondExpr) for part in given
            )
            yield from _found(call.lineno, name, literals, glued)


def _found(line: int, function: str, literals: list[str | None], glued: bool) -> Iterator[Found]:
    """The message of one call; none where it looks up a text that is marked elsewhere."""
    texts = tuple(text for text in literals if text is not None)
    if glued or len(texts) not in (0, KEYWORDS[function]) or (function == "word" and not texts):
        raise TextError(f"{line}: {function} takes whole texts, as they stand, not glued together")
    if not texts:
        return
    for text in texts:
        try:
            wrong = [name for name in places(text) if not name.isidentifier()]
        except ValueError as error:
            raise TextError(f"{line}: {text!r} cannot be read: {error}") from None
        if wrong:
            raise TextError(f"{line}: {text!r} has a place that is not {{name}}: {wrong[0]!r}")
    yield line, function, texts if len(texts) > 1 else texts[0], []


def places(text: str) -> set[str]:
    """Return the names of a text's places."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


# --- a language's own file ------------------------------------------------------------------------


def _require_places(path: Path, message: Message) -> None:
    """Refuse what would leave out a place of the English text, or has one that nobody fills."""
    english = (message.id,) if isinstance(message.id, str) else message.id
    said = (message.string,) if isinstance(message.string, str) else message.string or ()
    wanted = set[str]().union(*map(places, english))
    for text in said:
        optional = {"n"} if len(english) > 1 else set()
        if text and (wrong := (places(text) ^ wanted) - optional):
            raise BuildError(
                f"{path.name}:{message.lineno}: {text!r} and {english[-1]!r} must have the same "
                f"places; not in both: {', '.join(sorted(wrong))}"
            )


def _forms(path: Path, catalog: Catalog) -> tuple[int, ...]:
    """The plural form of each count up to FORMS; larger ones must go as their last digits do."""
    form = c2py(catalog.plural_expr)
    table = tuple(map(form, range(FORMS)))
    made = Language("", plural=table)
    for n in (*range(FORMS, 1200), 10_000, 12_345):
        if made.form(n) != form(n):
            raise BuildError(
                f"{path.name}: the plural rule {catalog.plural_expr} does not repeat after {FORMS}"
            )
    return table

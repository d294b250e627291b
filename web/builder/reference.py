"""The engine's reference, read from its own signatures and docstrings. It knows no template.

Everything public in `pycore` stands in it: a module's page has what the module defines, in the
order of the file, with the source behind each piece.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import griffe
from markupsafe import Markup

from web.builder.lessons import highlighted
from web.builder.paths import ROOT
from web.builder.report import BuildError

FOLDER = "reference/"
_NOTHING = Markup()
PACKAGE = "pycore"


@dataclass(frozen=True)
class Entry:
    """A class, function or constant.

    Attributes:
        name: as it is written inside its module, `Dense.forward`.
        kind: "class", "function" or "value".
        signature: what stands between the name and the colon, or the value of a constant.
        body: its docstring as HTML.
        source: its source as HTML; empty for what stands inside a class.
        members: a class's own entries.
        bases: what a class is a kind of.
    """

    name: str
    kind: str
    signature: str
    body: Markup
    source: Markup = _NOTHING
    members: tuple[Entry, ...] = ()
    bases: str = ""


@dataclass(frozen=True)
class Module:
    """One module's page.

    Attributes:
        name: from the package on, `pycore.layers`.
        address: its folder on the site.
        summary: the first sentence of its docstring.
        body: its docstring as HTML.
        entries: what it defines.
    """

    name: str
    address: str
    summary: Markup
    body: Markup
    entries: tuple[Entry, ...] = field(default=())


def read_reference(package: str = PACKAGE) -> list[Module]:
    """Read the whole package from its files, without importing it.

    Raises:
        BuildError: a public module, class or function has no docstring.
    """
    root = griffe.load(package, search_paths=[str(ROOT)], docstring_parser="google")
    if not isinstance(root, griffe.Module):
        raise BuildError(f"{package} is not a package")
    return sorted(_modules(root), key=lambda module: module.name)


def _modules(module: griffe.Module) -> Iterator[Module]:
    if any(part.startswith("_") for part in module.path.split(".")):
        return
    entries = tuple(_entries(module))
    if entries:
        text = _docstring(module).value
        yield Module(
            module.path,
            FOLDER + module.path.partition(".")[2].replace(".", "/") + "/",
            _inline(text.split("\n\n")[0].partition(". ")[0].rstrip(".") + "."),
            _body(module),
            entries,
        )
    for child in module.modules.values():
        if isinstance(child, griffe.Module):
            yield from _modules(child)


def _entries(owner: griffe.Module | griffe.Class) -> Iterator[Entry]:
    """What `owner` itself defines and does not hide, in the order of its file."""
    found = [m for m in owner.members.values() if not (m.is_alias or m.name.startswith("_"))]
    for member in sorted(found, key=lambda m: m.lineno or 0):
        name = member.path.removeprefix(f"{owner.module.path}.")
        inside = isinstance(owner, griffe.Class)
        if isinstance(member, griffe.Class):
            yield Entry(
                name,
                "class",
                _signature(member.members.get("__init__")),
                _body(member),
                _source(member),
                tuple(_entries(member)),
                ", ".join(map(str, member.bases)),
            )
        elif isinstance(member, griffe.Function):
            source = _NOTHING if inside else _source(member)
            yield Entry(name, "function", _signature(member), _body(member), source)
        elif isinstance(member, griffe.Attribute) and member.docstring:
            yield Entry(name, "value", f" = {member.value}", _body(member))


def _signature(function: object) -> str:
    if not isinstance(function, griffe.Function):
        return ""
    parts: list[str] = []
    star = False
    for parameter in function.parameters:
        if parameter.name in ("self", "cls"):
            continue
        kind = parameter.kind
        if kind is griffe.ParameterKind.keyword_only and not star:
            parts.append("*")
            star = True
        star = star or kind is griffe.ParameterKind.var_positional
        prefix = {
            griffe.ParameterKind.var_positional: "*",
            griffe.ParameterKind.var_keyword: "**",
        }.get(kind, "")
        text = prefix + parameter.name
        if parameter.annotation is not None:
            text += f": {parameter.annotation}"
        if parameter.default is not None and not prefix:
            text += f" = {parameter.default}"
        parts.append(text)
    result = function.returns
    arrow = "" if result is None or function.name == "__init__" else f" → {result}"
    return f"({', '.join(parts)}){arrow}"


def _docstring(thing: griffe.Object) -> griffe.Docstring:
    if thing.docstring is None:
        raise BuildError(f"{thing.path} has no docstring: say what it computes")
    return thing.docstring


def _body(thing: griffe.Object) -> Markup:
    if thing.docstring is None:
        if isinstance(thing.parent, griffe.Class):
            return _NOTHING  # said by the class that it comes from
        _docstring(thing)
    sections = _docstring(thing).parse("google", warnings=False)
    return Markup("".join(_section(section) for section in sections))


_TITLES = {
    griffe.DocstringSectionKind.parameters: "Takes",
    griffe.DocstringSectionKind.attributes: "Has",
    griffe.DocstringSectionKind.returns: "Gives",
    griffe.DocstringSectionKind.yields: "Yields",
    griffe.DocstringSectionKind.raises: "Refuses",
}


def _section(section: griffe.DocstringSection) -> str:
    if section.kind is griffe.DocstringSectionKind.text:
        return "".join(map(_paragraph, section.value.split("\n\n")))
    title = _TITLES.get(section.kind)
    if title is None:
        value = section.value
        return _paragraph(f"{section.title or ''} {getattr(value, 'contents', value)}".strip())
    rows = "".join(
        f"<dt><code>{html.escape(_called(item))}</code></dt><dd>{_inline(item.description)}</dd>"
        for item in section.value
    )
    return f'<p class="reference-part">{title}</p><dl class="reference-items">{rows}</dl>'


def _called(item: object) -> str:
    """An item's name, or what stands for one: the error's type, the type of what comes back."""
    return str(getattr(item, "name", "") or getattr(item, "annotation", "") or "")


def _paragraph(text: str) -> str:
    lines = text.split("\n")
    if all(line.startswith("    ") or not line for line in lines):
        return f'<pre tabindex="0"><code>{html.escape(textwrap.dedent(text))}</code></pre>'
    return f"<p>{_inline(text)}</p>"


def _inline(text: str) -> Markup:
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False)))


def _source(thing: griffe.Object) -> Markup:
    return Markup(highlighted(textwrap.dedent(thing.source)))


def names(modules: Iterable[Module]) -> dict[str, frozenset[str]]:
    """The anchors of every page: address → ids."""
    return {
        module.address: frozenset(
            entry.name for whole in module.entries for entry in (whole, *whole.members)
        )
        for module in modules
    }

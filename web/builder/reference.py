"""The engine's reference, read from its own signatures and docstrings. It knows no template.

Everything public in `pycore` stands in it: a module's page has what the module defines, in the
order of the file, with the source behind each piece. A hidden class stands there too where a public
one is made from it, for there its methods are.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby

import griffe
from markupsafe import Markup

from web.builder.articles import highlighted
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
        source: its source; empty for what stands inside a class.
        members: a class's own entries.
        bases: what a class is a kind of, as HTML.
    """

    name: str
    kind: str
    signature: str
    body: Markup
    source: str = ""
    members: tuple[Entry, ...] = ()
    bases: Markup = _NOTHING

    def code(self) -> Markup:
        """The source as HTML."""
        return Markup(highlighted(self.source))


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


@dataclass(frozen=True)
class Package:
    """A folder of modules.

    Attributes:
        name: `pycore.models`.
        body: its docstring as HTML.
        modules: those with something to show, by name; its own `__init__` among them.
    """

    name: str
    body: Markup
    modules: tuple[Module, ...]


@cache
def read_reference(package: str = PACKAGE) -> list[Package]:
    """Read the whole package from its files, without importing it.

    Raises:
        BuildError: a public module, class or function has no docstring.
    """
    root = griffe.load(package, search_paths=[str(ROOT)], docstring_parser="google")
    if not isinstance(root, griffe.Module):
        raise BuildError(f"{package} is not a package")
    return list(_packages(root))


def _packages(package: griffe.Module) -> Iterator[Package]:
    """Yield the package, then those inside of it; one without modules of its own counts as one."""
    inside = {child: _children(child) for child in _children(package)}
    single = [package, *(child for child, theirs in inside.items() if not theirs)]
    modules = sorted(map(_module, single), key=lambda module: module.name)
    yield Package(package.path, _body(package), tuple(m for m in modules if m.entries))
    for child, theirs in inside.items():
        if theirs:
            yield from _packages(child)


def _children(package: griffe.Module) -> list[griffe.Module]:
    """The public modules inside, those that are only imported there left out."""
    children = (m for m in package.modules.values() if isinstance(m, griffe.Module))
    return sorted((m for m in children if not m.name.startswith("_")), key=lambda m: m.name)


def _module(module: griffe.Module) -> Module:
    text = _docstring(module).value
    return Module(
        module.path,
        _address(module),
        _inline(text.split("\n\n")[0].partition(". ")[0].rstrip(".") + "."),
        _body(module),
        tuple(_entries(module)),
    )


def _address(module: griffe.Module) -> str:
    return FOLDER + module.path.partition(".")[2].replace(".", "/") + "/"


def _entries(owner: griffe.Module | griffe.Class) -> Iterator[Entry]:
    """What `owner` itself defines and does not hide, in the order of its file."""
    own = [member for member in owner.members.values() if not member.is_alias]
    shown = [member for member in own if not member.name.startswith("_")]
    parents = {
        str(base)
        for member in shown
        if isinstance(member, griffe.Class)
        for base in member.bases
        if str(base).startswith("_")
    }
    shown += [member for member in own if member.name in parents]
    for member in sorted(shown, key=lambda m: m.lineno or 0):
        name = member.path.removeprefix(f"{owner.module.path}.")
        inside = isinstance(owner, griffe.Class)
        if isinstance(member, griffe.Class):
            yield Entry(
                name,
                "class",
                _signature(member.all_members.get("__init__")),
                _body(member),
                _source(member),
                tuple(_entries(member)),
                _bases(member),
            )
        elif isinstance(member, griffe.Function):
            source = "" if inside else _source(member)
            yield Entry(name, "function", _signature(member), _body(member), source)
        elif isinstance(member, griffe.Attribute) and member.docstring:
            what = f": {member.annotation}" if member.value is None else f" = {member.value}"
            yield Entry(name, "value", what, _body(member))


def _bases(kind: griffe.Class) -> Markup:
    """The classes that this one is a kind of; those of the engine as links."""
    linked = {base.path: base for base in kind.resolved_bases}
    written = []
    for base in (base for base in kind.bases if str(base) != "ABC"):
        found = linked.get(getattr(base, "canonical_path", ""))
        code = f"<code>{html.escape(str(base))}</code>"
        written.append(
            f'<a href="site:{_address(found.module)}#{found.name}">{code}</a>' if found else code
        )
    return Markup(", ".join(written))


LINE = 52
"""Characters beyond which what stands behind a name has a line for each thing it takes."""


def _signature(function: object) -> str:
    """What stands behind the name; of a class, what its `__init__` takes, also an inherited one."""
    if isinstance(function, griffe.Alias):
        function = function.final_target
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
    short = f"({', '.join(parts)}){arrow}"
    if len(short) <= LINE:
        return short
    lines = "".join(f"    {part},\n" for part in parts)
    return f"(\n{lines}){arrow}"


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
        parts = section.value.split("\n\n")
        blocks = groupby(parts, key=lambda part: part.startswith("    "))  # code may have gaps
        whole = (["\n\n".join(block)] if code else block for code, block in blocks)
        return "".join(_paragraph(text) for block in whole for text in block)
    if section.kind is griffe.DocstringSectionKind.examples:
        parts = (_code(text) for _, text in section.value)
        return f'<p class="reference-part">For example</p>{"".join(parts)}'
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
        return _code(text)
    return f"<p>{_inline(text)}</p>"


def _code(text: str) -> str:
    return f'<pre tabindex="0"><code>{html.escape(textwrap.dedent(text))}</code></pre>'


_TYPESET = (
    (re.compile(r"(?<!\w)(d?[^\W\dn_])_(?:\{([^{}]+)\}|(\w)(?!\w))"), r"\1<sub>\2\3</sub>"),
    (re.compile(r"\^(?:\(([^()]+)\)|(\w)(?!\w))"), r"<sup>\1\2</sup>"),
    (re.compile(r"\*(\w[\w ]*)\*"), r"<em>\1</em>"),
)
"""x_t and x_{t−1}, but not n_k, a size, or time_q, a name; e^s and 2^(i/n); *adds*."""


def _inline(text: str) -> Markup:
    """Prose: what stands in backticks is code, elsewhere formulas are set."""
    pieces = html.escape(text, quote=False).split("`")
    for pattern, written in _TYPESET:
        pieces[::2] = [pattern.sub(written, piece) for piece in pieces[::2]]
    pieces[1::2] = [f"<code>{piece}</code>" for piece in pieces[1::2]]
    return Markup("".join(pieces))


def _source(thing: griffe.Object) -> str:
    return textwrap.dedent(thing.source)


def names(modules: Iterable[Module]) -> dict[str, frozenset[str]]:
    """The anchors of every page: address → ids."""
    return {
        module.address: frozenset(
            entry.name for whole in module.entries for entry in (whole, *whole.members)
        )
        for module in modules
    }

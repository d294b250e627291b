"""What a build writes into the page's scripts: the words of its language. It knows no page."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping

from games.words import Language
from web.builder import catalogue
from web.builder.paths import WEB
from web.builder.report import BuildError

PLACE = "null /* written by the build */"
"""Where a script takes what only the build knows."""
WORDS = WEB / "client" / "words.js"
ENTER = WEB / "client" / "enter.js"
ENTRY = "main.js"
"""The first of the page's modules."""
IMPORTED = re.compile(r"""\b(?:from|import)\s*["'](\.{1,2}/[^"']+)""")
"""A module that another one imports, as it names it."""
_IMPORT = re.compile(r"^import (\{[\w, ]+\}) from '\.{1,2}/words\.js';\n", re.MULTILINE)


def words(language: Language) -> str:
    """Return `words.js` as it speaks a language."""
    return filled(WORDS.read_text("utf-8"), catalogue.script_json(language))


def with_words(script: str, language: Language) -> str:
    """Return a script that stands alone, with the words in it that it would import."""
    found = _IMPORT.search(script)
    if not found:
        return script
    inside = words(language).replace("\nexport ", "\n")
    said = f"const {found[1]} = (() => {{\n{inside}\nreturn {found[1]};\n}})();\n"
    whole = _IMPORT.sub(lambda _: said, script)
    return whole if "\nexport " in whole else f"(() => {{\n{whole}\n}})();\n"


def enter(files: Mapping[str, bytes], around: str, runtime: Iterable[str]) -> str:
    """Return `enter.js` with the modules in it that a page needs to be played.

    Args:
        files: the page's modules, all of one folder.
        around: the folder in which that folder lies, from the root of the site.
        runtime: the modules that start Python, from the root as well.
    """
    own = [f"./{path}" for path in imported(ENTRY, files)]
    beside = [f"../{path.removeprefix(around)}" for path in runtime]
    return filled(files[ENTER.name].decode(), json.dumps([*own, *beside]))


def imported(entry: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return a module and all that it imports, the nearest first, by their paths in `files`."""
    found = [entry]
    for path in found:
        for named in IMPORTED.findall(files[path].decode()):
            needed = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
            if needed not in found:
                found.append(needed)
    return tuple(found)


def filled(script: str, written: str) -> str:
    """Return a script with `written` in its one place for what only the build knows.

    Raises:
        BuildError: the script has no such place, or several.
    """
    if script.count(PLACE) != 1:
        raise BuildError(
            f"a script must hold {PLACE!r} exactly once, not {script.count(PLACE)} times"
        )
    return script.replace(PLACE, written)


def without_comments(script: str) -> str:
    """Return a script without JSDoc, indentation and comments that stand on lines of their own."""
    script = re.sub(r"/\*\*.*?\*/", "", script, flags=re.DOTALL)
    return re.sub(r"(?m)^[ \t]*//.*\n|^\s+", "", script)


def in_ascii(script: str) -> bytes:
    """Return a script that is read rightly in whatever encoding a page has."""

    def escaped(match: re.Match[str]) -> str:
        units = match[0].encode("utf-16-be").hex()
        return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))

    return re.sub(r"[^\x00-\x7f]", escaped, script).encode("ascii")

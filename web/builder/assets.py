"""Names of shipped files for the pages: logical name in, hashed URL out. It reads no file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNUSED_PLUGINS = (
    "codemirror",
    "deprecations-manager",
    "donkey",
    "error",
    "py-editor",
    "py-game",
    "py-terminal",
)
"""PyScript's plug-ins, all of them: each one fetched would also watch every change of the page."""


class UnknownAssetError(LookupError):
    """A page asked for a file that the site does not ship."""


@dataclass(frozen=True)
class Runtime:
    """What a page must name to start Python. Every URL is relative to the root of the site.

    Attributes:
        core: PyScript's entry module; the page imports it when there is something to play.
        interpreter: the module that exports `loadPyodide` and `version`.
        script_type: the `type` of the `<script … worker>` element that starts the host.
        start: the Python text inside that element.
        modules: what a start imports, in the order of need.
        memory: the name of the browser's cache that keeps the memory of a started Python.
        bytes: the sum of what the learner's browser fetches to start Python.
        published: a file as Pyodide published it → the same gzipped; a start takes one of them.
        probe: the small file by which a start sees which one its host sends faster.
        last_resort: what is fetched only when the fast start has failed.
        carried: what a Python needs that can fetch nothing (`Carried` in `web/client/scratch.js`);
            its URLs are relative to the root wherever the page is.
        sandbox: the page in which such a Python runs, with its policy.
        tracks: a track → its games' Python, fetched when one of them is first played.
    """

    core: str
    interpreter: str
    script_type: str
    start: str
    modules: tuple[str, ...]
    memory: str
    bytes: int
    published: Mapping[str, str] = field(default_factory=dict)
    probe: str = ""
    last_resort: tuple[str, ...] = ()
    carried: Mapping[str, Any] = field(default_factory=dict)
    sandbox: str = ""
    tracks: Mapping[str, str] = field(default_factory=dict)

    def settings(self, root: str) -> dict[str, Any]:
        """Return what `web/client/runtime.js` wants to know on a page whose root is `root`.

        Args:
            root: the page's way up to the site's root: `"./"`, `"../"`, `"../../"`.
        """
        return {
            "core": root + self.core,
            "type": self.script_type,
            "start": self.start,
            "memory": self.memory,
            "carried": dict(self.carried),
            "sandbox": self.sandbox,
            "config": {
                "interpreter": root + self.interpreter,
                "sync_main_only": True,
                "packages_cache": "passthrough",
                "plugins": [f"!{name}" for name in UNUSED_PLUGINS],
            },
        }


@dataclass(frozen=True)
class Assets:
    """Every shipped file by its logical name: its path under `web/`, or `katex/katex.css`.

    Attributes:
        urls: logical name → URL relative to the root of the site.
        runtime: what starts Python.
        version: a short hash over all shipped files; changes when any of them does.
        address: where the site will be found, `https://…/`, or empty while nobody has said.
        language: the code of what the pages are written in.
    """

    urls: Mapping[str, str]
    runtime: Runtime
    version: str = field(default="dev")
    address: str = ""
    language: str = "en"

    def url(self, name: str) -> str:
        """Return the URL of `name` from the root of the site (put the page's root before it).

        Raises:
            UnknownAssetError: nothing of that name is shipped.
        """
        try:
            return self.urls[name]
        except KeyError:
            near = difflib.get_close_matches(name, self.urls, n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise UnknownAssetError(f"the site ships no file {name!r}{hint}") from None

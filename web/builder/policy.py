"""What a page may load and run: its Content-Security-Policy. It knows HTML, and no page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence

from web.builder.report import BuildError

Policy = Mapping[str, Sequence[str]]
"""A directive, and what it allows besides the hashes of what stands in the page."""

PAGE: Policy = {
    "default-src": ["'none'"],
    "script-src": [
        "'self'",
        "'unsafe-eval'",  # PyScript makes its hooks with Function, in the page and in its worker
        "blob:",  # PyScript's worker, and Pyodide's script once it is inflated
        "data:",  # modules of workers that have no origin: some of WebKit's can read no blob
    ],
    "style-src": ["'self'"],
    "style-src-attr": ["'unsafe-inline'"],  # what games and formulas measure out
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", "blob:", "data:"],  # PyScript asks for its own text as a blob
    "worker-src": ["'self'", "blob:", "data:"],  # in Firefox what a worker imports counts here
    "manifest-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
}
"""Of a page of the site: nothing is fetched from elsewhere."""
ONE_FILE: Policy = {
    **PAGE,
    "script-src": [source for source in PAGE["script-src"] if source != "'self'"],
    "style-src": [],
    "img-src": ["data:"],
    "font-src": ["data:"],
    "connect-src": ["blob:", "data:"],
    "worker-src": ["blob:", "data:"],
    "manifest-src": ["'none'"],
}
"""Of the course as one file: nothing is fetched at all."""
LAUNCH: Policy = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'unsafe-inline'"],  # the element brings its own
    "img-src": ["'self'", "data:"],
    "frame-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
}
"""Of a page in a course package, which shows a game in a frame."""
SANDBOX: Policy = {
    "default-src": ["'none'"],
    "script-src": ["'wasm-unsafe-eval'", "blob:", "data:"],
    "worker-src": ["blob:", "data:"],
}
"""Of the frame in which the learner's lines run: no connection, no page, no evaluation."""

_CHARSET = '<meta charset="utf-8">\n'
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
_DATA = re.compile(r'\bsrc=|\btype="(?!module")')
"""In a script's tag: it has its text elsewhere, or holds none that runs."""


def sealed(page: str, policy: Policy, *, within: Sequence[str] = ()) -> str:
    """Return the page with its policy before everything that the policy is about.

    Args:
        page: the whole HTML; scripts and style sheets that stand in it are allowed by hash.
        policy: what else is allowed.
        within: pages that this one shows in a frame by `srcdoc`, which inherit its policy.

    Raises:
        BuildError: the page does not say its encoding where every page does.
    """
    if page.count(_CHARSET) != 1:
        raise BuildError(f"a page must hold {_CHARSET.strip()} exactly once, in a line of its own")
    scripts = [
        text
        for each in (page, *within)
        for attributes, text in _SCRIPT.findall(each)
        if not _DATA.search(attributes)
    ]
    found = {"script-src": scripts}
    if "'unsafe-inline'" not in policy.get("style-src", ()):  # which a hash would undo
        found["style-src"] = _STYLE.findall(page)
    said = "; ".join(
        " ".join((name, *(sources := [*allowed, *hashes(found.get(name, ()))]), *_none(sources)))
        for name, allowed in policy.items()
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{said}">\n'
    return page.replace(_CHARSET, _CHARSET + meta)


def hashes(texts: Sequence[str]) -> list[str]:
    """Return the sources that allow just these texts, each once, in order."""
    found = (hashlib.sha256(text.encode()).digest() for text in texts)
    return list(dict.fromkeys(f"'sha256-{base64.b64encode(each).decode()}'" for each in found))


def _none(sources: Sequence[str]) -> Sequence[str]:
    return () if sources else ("'none'",)

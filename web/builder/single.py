"""The course as one file: an HTML page that plays everything, opened without a server.

It is made from the finished site and holds the same bytes; `web/client/single/loader.js` says how
the page gets at them. What only a server makes sense of is left out: the stock way of starting
Python, and the memory kept for the next visit.
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
import string
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from urllib.parse import quote

from games.words import language, say
from web.builder import policy
from web.builder.assets import Assets
from web.builder.pack import squeeze
from web.builder.paths import WEB
from web.builder.report import BuildError
from web.builder.scripts import IMPORTED, with_words

CLIENT = WEB / "client" / "single"
HOST = "https://neuronauts.invalid/"
"""Where the page's modules believe themselves to be; as in `loader.js`."""
ROOT = "#/"
"""All pages share one address; each is a fragment of it."""
SHEETS = tuple(f"styles/{name}.css" for name in ("tokens", "base", "site", "kit"))
TRACK_SHEETS = "styles/tracks/"
LAST_SHEETS = ("styles/lesson.css", "katex/katex.css")
"""All pages share one address, and so all style sheets, in the order that pages have them."""
FOR_OTHERS = "frame/"
"""Where the pages are that other people's pages show."""
SITE_ONLY = re.compile(r"<!-- site only -->.*?<!-- /site only -->\n?", re.DOTALL)
"""What of a page makes sense only beside the rest of the site."""
CARRIED = re.compile(
    r"""search\.json | assets/(
    [\w.-]+\.(bin|js|wasm)
    |trained/[\w.-]+\.npz
    |tracks/[\w.-]+\.bin
    |client-\w+/(?!keeper-worker)\w[\w-]*\.js
    |pyscript-\w+/[\w-]+\.js
    |pyodide-\w+/pyodide\.js
    )""",
    re.VERBOSE,
)
"""What page and workers may ask of the site, besides pages."""

_FETCHED = re.compile(
    r'<link\b[^>]*?href="(?!data:)[^>]*>\n?|<script [^>]*>.*?</script>\n?', re.DOTALL
)
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')
_BODY = re.compile(r"<body[^>]*>")
_FONT = re.compile(r'url\("(?!data:)([^"]+)"\)')
_PICTURE = re.compile(r'(?<=<img src=")[./]*(play/[\w-]+/thumb\.svg)(?=")')
_PLAIN = string.punctuation.translate(str.maketrans("", "", '"#%&')) + " "
"""What a picture may have as it is, in an address in quotes; gzip does the rest."""
_HEAD = """<style>
%s
[data-elsewhere] body { visibility: hidden; }
</style>
<script>
// Asked for another page than the one below: nothing shows until it is there.
document.documentElement.toggleAttribute("data-elsewhere", location.hash.startsWith("#/"));
</script>
</head>"""


def single_file(site: Path, assets: Assets) -> bytes:
    """Return the course in one file, the same bytes for the same site.

    Args:
        site: the folder with the finished site.
        assets: the names of its files.

    Raises:
        BuildError: modules import each other in a circle.
    """
    pages = {
        path: _page(site, path)
        for path in _files(site, "*.html")
        if not path.startswith(FOR_OTHERS)
    }
    head, _, body = pages["index.html"].partition("</head>")
    body, end, _ = body.partition("</body>")
    paths = [path for path in _files(site, "**/*") if CARRIED.fullmatch(path)]
    carried = {path: (site / path).read_bytes() for path in paths}
    modules = {path: carried.pop(path).decode() for path in list(carried) if path.endswith("js")}
    modules[assets.url("client/address.js")] = (CLIENT / "address.js").read_text("utf-8")
    _require_no_circle(modules)
    bundle = json.dumps(modules, sort_keys=True).encode()
    settings = assets.runtime.settings(HOST)
    loader = with_words((CLIENT / "loader.js").read_text("utf-8"), language())
    main = f'data-main="{HOST}{assets.url("client/main.js")}"'
    carry = f'data-carry="{assets.url("client/carry.js")}"'
    made = "\n".join(
        [
            head + _HEAD % _styles(site, assets) + _BODY.sub(rf"\g<0>{_without_script()}", body),
            f'<script id="runtime" type="application/json">{_inert(settings)}</script>',
            _script("modules.json", squeeze(bundle)),
            *(_script(path, data) for path, data in carried.items()),
            *(
                _script(path.removesuffix("index.html"), squeeze(text.encode()), "text/html")
                for path, text in pages.items()
            ),
            f'<script type="text/plain" id="licences">\n{_licences(site)}</script>',
            f'<script type="module" {main} {carry}>\n{loader}</script>',
            f"{end}\n</html>\n",
        ]
    )
    return policy.sealed(made, policy.ONE_FILE, within=[assets.runtime.sandbox]).encode()


def _without_script() -> str:
    said = say("What else this file holds needs JavaScript.")
    return f'\n<noscript><p class="from-file">{said}</p></noscript>'


def _require_no_circle(modules: Mapping[str, str]) -> None:
    """Refuse modules of which each would need the other's blob first."""
    needs = {
        path: {
            posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
            for named in IMPORTED.findall(text)
        }
        for path, text in modules.items()
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = " → ".join(posixpath.basename(path) for path in error.args[1])
        raise BuildError(
            f"the course as one file cannot hold modules that import each other: {circle}"
        ) from None


def _files(site: Path, pattern: str) -> list[str]:
    """The paths of the files below `site` that match, in order."""
    found = (path for path in site.rglob(pattern) if path.is_file())
    return sorted(path.relative_to(site).as_posix() for path in found)


def _page(site: Path, path: str) -> str:
    """A page whose links are fragments, with its pictures inside, without what it would fetch."""

    def inside(picture: re.Match[str]) -> str:
        drawn = (site / picture[1]).read_text("utf-8")
        return f"data:image/svg+xml,{quote(drawn, safe=_PLAIN)}"

    text = (site / path).read_text("utf-8")
    up = "../" * path.count("/") or "./"
    head, end, body = SITE_ONLY.sub("", text).partition("</head>")
    head = _POLICY.sub("", _FETCHED.sub("", head)).replace(
        f'data-root="{up}"', f'data-root="{ROOT}"'
    )
    body = _PICTURE.sub(inside, body)
    return head + end + body.replace(f'href="{up}', f'href="{ROOT}')


def _styles(site: Path, assets: Assets) -> str:
    """All style sheets in one, with their fonts inside."""

    def inside(font: re.Match[str]) -> str:
        return f'url("data:font/woff2;base64,{_base64((site / "assets" / font[1]).read_bytes())}")'

    tracks = sorted(name for name in assets.urls if name.startswith(TRACK_SHEETS))
    names = (*SHEETS, *tracks, *LAST_SHEETS)
    return "\n".join(
        _FONT.sub(inside, (site / assets.url(name)).read_text("utf-8")) for name in names
    )


def _script(path: str, data: bytes, kind: str = "application/octet-stream") -> str:
    """An element that the browser leaves alone, holding a file."""
    return f'<script type="{kind}" data-file="{path}">{_base64(data)}</script>'


def _inert(value: object) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(value).replace("</", "<\\/")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _licences(site: Path) -> str:
    texts = [(site / path).read_text("utf-8") for path in _files(site, "licenses/*.txt")]
    return "\n\n".join(texts).replace("</", "< /")

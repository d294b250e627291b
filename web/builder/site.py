"""The whole build: sources in, a finished `dist/` out, in one swap. Pages are made elsewhere."""

from __future__ import annotations

import pickle
import posixpath
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from games.words import ENGLISH, Language, use
from web.builder import catalogue, icons, node, offline, scripts
from web.builder.articles import track_of_pages
from web.builder.assets import Assets
from web.builder.licences import licences
from web.builder.pages import SIZE_OF_FILE
from web.builder.paths import CACHE, DIST, ROOT, WEB
from web.builder.precompile import Compiler
from web.builder.report import BuildError, step
from web.builder.runtime import TRACKS, runtime_hash, ship_runtime
from web.builder.shipment import Shipment, swap
from web.builder.single import single_file
from web.builder.sources import Packages, numpy_wheel
from web.builder.styles import track_sheets

ASSETS = "assets/"
"""Where the site's files lie that no reader names."""
FOR_OTHERS = ("embed.js", "lms.js", "xapi.js")
"""What other people's pages name: these files keep their names."""
SINGLE_FILE = "download/neuronauts.html"
_URL = re.compile(r"url\(\s*[\"']?([^\"')]+?)[\"']?\s*\)")
_OTHER_FORMATS = re.compile(r",url\([^)]+\.(?:woff|ttf)\) format\(\"\w+\"\)")


def build(
    compiler: Compiler | None = None,
    out: Path = DIST,
    *,
    record_hashes: bool = False,
    address: str = "",
    language: str = ENGLISH.code,
) -> Path:
    """Build the site into `out`, which stays as it was until everything has succeeded.

    Args:
        compiler: one to use and keep; without it, one is started if needed and ended.
        out: the folder of the site.
        record_hashes: take the files of the npm packages as they are and write down their hashes.
        address: where the site will be found; what other sites read of a page needs it.
        language: the code of the language that it speaks.

    Raises:
        BuildError: in one sentence, what is wrong.
    """
    spoken = catalogue.language(language)
    use(spoken)
    node.install_packages()
    packages = Packages(recording=record_hashes)
    if compiler is None:
        with Compiler(runtime_hash(packages)) as own:
            return build(own, out, record_hashes=record_hashes, address=address, language=language)
    staging = CACHE / f"site-{out.name}"
    assets = ship(staging, packages, compiler, address, spoken)
    if record_hashes:
        packages.save()
    _build_pages(staging, assets)
    ship_single_file(staging, assets)
    icons.write_app(staging)
    # the last, for it knows every file
    offline.write_service_worker(staging, assets.runtime, track_of_pages())
    swap(staging, out)
    return out


def ship(
    folder: Path,
    packages: Packages,
    compiler: Compiler,
    address: str = "",
    spoken: Language = ENGLISH,
) -> Assets:
    """Make everything that pages name into a fresh folder; return the names.

    Raises:
        BuildError: in one sentence, what is wrong.
    """
    shipment = Shipment()
    runtime = ship_runtime(shipment, packages, compiler, WEB / "client", spoken)
    found = packages.read("minisearch/dist/es/index.js").decode()
    beside = {"minisearch.js": scripts.without_comments(found).encode()}
    client = ship_client(shipment, WEB / "client", spoken, beside, runtime.modules)
    urls = {**client, **ship_styles(shipment, packages, WEB)}
    for name, text in licences(packages, numpy_wheel(packages)).items():
        shipment.plain(f"licenses/{name}", text)
    packages.read("katex/dist/katex.mjs")  # runs at build time, so its bytes count too
    shutil.rmtree(folder, ignore_errors=True)
    shipment.write(folder)
    return Assets(urls, runtime, shipment.version, address, spoken.code)


def ship_client(
    shipment: Shipment,
    folder: Path,
    language: Language = ENGLISH,
    beside: Mapping[str, bytes] | None = None,
    runtime: Iterable[str] = (),
) -> dict[str, str]:
    """Ship the page's JavaScript in one hashed folder, so that modules find each other by name.

    `beside` are modules made elsewhere, which they import as if they lay among them; `runtime`
    those that start Python, which a page fetches together with its own.

    What other people's pages name lies by itself, under a name that stays, and has its words in it.
    """
    own = {path.name: path.read_bytes() for path in sorted(folder.glob("*.js"))}
    files = {**own, **(beside or {})}
    if scripts.WORDS.name in files:
        files[scripts.WORDS.name] = scripts.words(language).encode()
    if scripts.ENTER.name in files:
        files[scripts.ENTER.name] = scripts.enter(files, ASSETS, runtime).encode()
    for name in FOR_OTHERS:
        if name in files:
            script = scripts.with_words(files.pop(name).decode(), language)
            shipment.plain(name, scripts.in_ascii(scripts.without_comments(script)))
    base = shipment.folder(f"{ASSETS}client", files)
    return {f"client/{name}": base + name for name in files}


def ship_styles(shipment: Shipment, packages: Packages, web: Path) -> dict[str, str]:
    """Ship the style sheets, KaTeX's among them, and the fonts that they name."""
    urls: dict[str, str] = {}

    def ship(name: str, text: str, origin: Path, near: str) -> None:
        """Ship one sheet; `near` is the logical folder of the files that it names."""
        _require_whole(name, text)
        url = f"assets/{name.partition('/')[2]}"

        def shipped(match: re.Match[str]) -> str:
            named = match[1]
            if named.startswith(("data:", "#")):
                return match[0]
            path = (origin / named).resolve()
            try:
                data = packages.read(path.relative_to(packages.root.resolve()).as_posix())
            except ValueError:
                if not path.is_file():
                    raise BuildError(f"{name} names {named}, which is not there") from None
                data = path.read_bytes()
            file = shipment.hashed(f"assets/{near}/{path.name}", data)
            urls[f"{near}/{path.name}"] = file
            return f'url("{posixpath.relpath(file, posixpath.dirname(url))}")'

        urls[name] = shipment.hashed(url, _URL.sub(shipped, text).encode())

    styles = web / "styles"
    for sheet in sorted(styles.glob("*.css")):
        ship(f"styles/{sheet.name}", sheet.read_text("utf-8"), styles, "fonts")
    for track, sheets in track_sheets(web.parent).items():
        texts = [sheet.read_text("utf-8") for sheet in sheets]
        for sheet, text in zip(sheets, texts, strict=True):
            _require_whole(sheet.relative_to(web.parent).as_posix(), text)
        ship(f"styles/{TRACKS}{track}.css", "\n".join(texts), styles / "games", "fonts")
    katex = packages.read("katex/dist/katex.min.css").decode()
    only_woff2 = _OTHER_FORMATS.sub("", katex)
    ship("katex/katex.css", only_woff2, packages.root / "katex" / "dist", "katex/fonts")
    return urls


def ship_single_file(site: Path, assets: Assets) -> None:
    """Put the course as one file beside the finished site, and its size where pages offer it."""
    data = single_file(site, assets)
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        if SIZE_OF_FILE in text:
            page.write_text(text.replace(SIZE_OF_FILE, f"{len(data) / 1e6:.0f}"), "utf-8")
    target = site / SINGLE_FILE
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(data)


def _require_whole(name: str, sheet: str) -> None:
    """Refuse a sheet that leaves a block open: it would swallow every rule that follows."""
    bare = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", sheet, flags=re.DOTALL)
    if bare.count("{") != bare.count("}"):
        raise BuildError(f"{name} has {bare.count('{')} times {{ and {bare.count('}')} times }}")


def _build_pages(out: Path, assets: Assets) -> None:
    """Make the pages in a Python of their own; `serve` does so too, but page by page (draft.py)."""
    with step("Rendering pages"):
        done = subprocess.run(
            [sys.executable, "-m", "web.builder.render", str(out)],
            input=pickle.dumps(assets),
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        if done.returncode:
            raise BuildError(done.stderr.decode("utf-8", "replace").strip())

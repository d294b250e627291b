"""The Python of the learner's browser: which files of Pyodide, PyScript and NumPy it gets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from games import SHARED
from games.words import ENGLISH, Language
from web.builder import catalogue, lean_numpy, policy
from web.builder.assets import Runtime
from web.builder.paths import ROOT
from web.builder.precompile import Compiled, Compiler, Tree, zip_members, zip_names
from web.builder.scripts import filled, words
from web.builder.shipment import Shipment
from web.builder.sources import Packages, numpy_wheel, pyodide_lock, sha256

LIBRARY = "/lib/python3.13"
SITE_PACKAGES = f"{LIBRARY}/site-packages"

STDLIB_LEFT_OUT = re.compile(
    r"""^(
    # what a browser has no sockets, processes or terminals for
    ftplib|imaplib|poplib|smtplib|mailbox|netrc|socketserver|wsgiref|xmlrpc|pty|tty|getpass|_pyrepl
    |email|http/(client|server|cookiejar|cookies)|urllib/(request|response|error|robotparser)
    |mimetypes|quopri|nturl2path|webbrowser|multiprocessing|concurrent/futures/process|dbm|shelve
    |ctypes|argparse|optparse|getopt|gettext|fileinput|filecmp|sched|logging/(handlers|config)
    # what develops, packages, tests, profiles and documents Python
    |unittest|doctest|pdb|bdb|cmd|trace|profile|cProfile|pstats|pyclbr|tabnanny|modulefinder|runpy
    |compileall|py_compile|zipapp|venv|pydoc|pydoc_data|pickletools|symtable|importlib/metadata
    |this|antigravity|__hello__|__phello__|asyncio/__main__|json/tool
    # formats and encodings that nothing here speaks
    |xml|plistlib|wave|configparser|tomllib|tarfile|zoneinfo|stringprep
    |encodings/(?!(__init__|aliases|ascii|latin_1|utf_\w+|raw_unicode_escape|unicode_escape
        |charmap|cp437|cp1252)\.)\w+
    # Python versions of what Pyodide has in C, and what is for other systems
    |_pyio|_pydatetime|_pydecimal|_py_abc|_android_support|_ios_support|_apple_support
    |_sysconfigdata[\w-]*
    )(/|\.|$)""",
    re.VERBOSE,
)
"""Matches the files of the standard library that the site cannot reach, or has no use for."""
NUMPY_LEFT_OUT = re.compile(
    r"""(^|/)(tests|f2py|distutils|_pyinstaller|include|ma|testing|compat)/
    |\.(pyi|h|pxd|pyx|c|a|ini|md|typed)$
    |^numpy/(conftest|matlib|ctypeslib)\.py$
    |/(_\w+_tests|_simd|lapack_lite)\.\w*-?[\w.-]*so$     # C parts that only NumPy's tests import
    |\.dist-info/(?!METADATA|LICENSE)""",
    re.VERBOSE,
)
NUMPY_DOCSTRINGS = frozenset({"numpy/_core/multiarray.py"})
"""NumPy hands these docstrings on to C functions when it is imported, and refuses None."""

PYSCRIPT = re.compile(r"(core|core-\w+|error-\w+|toml-\w+)\.js")
"""What PyScript's core loads when a page starts and every plug-in is switched off."""

START = "from polyscript import xworker\nfrom web.host import start\nstart()\n"
"""PyScript gives a worker's messages to the global of the name `xworker`."""
MEMORY = "neuronauts-memory"
"""The browser's cache in which the memory of a started Python is kept for the next visit."""
LINKED = (
    "_core/_multiarray_umath",
    "linalg/_umath_linalg",
    "random/bit_generator",
    "random/_common",
    "random/_bounded_integers",
    "random/_pcg64",
    "random/_mt19937",
    "random/_generator",
)
"""NumPy's libraries that such a memory holds: those that the modules imported by PREPARE need."""
PREPARE = """
import importlib, pkgutil
import games, games.ui, numpy.random, pycore, web.host
for package in (pycore, games.ui):
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
"""
"""Imports all that any game may need."""
SETTLE = """
import gc, sys
sys.path.remove("")
sys.path_importer_cache.clear()
gc.collect()
"""
"""Puts back what is only about this start, once the games that were played are imported too."""
WAKE = "import random\nrandom.seed()\n"
"""What must not be the same on every visit."""
PROBE = 4096
"""Bytes of WebAssembly by which the page sees whether its host compresses: enough that it would."""

WEIGHTS = "pycore/trained/*.npz"
"""Trained weights: large, and wanted by few games, so each is fetched when it is first opened."""

SCRIPT = ".js"
"""How every shipped module's name ends: nginx, for one, does not send `.mjs` as JavaScript."""
TRACKS = "tracks/"
"""Where below `assets/` the games of each track lie, Python and styles: fetched when played."""
NOT_PLAYED = re.compile(r"(^|/)(__pycache__/|test_[^/]*$)|\.(css|md)$")
"""Matches what lies beside a game, or a part of the engine, and is not needed to play."""
LOADER = f"pyodide{SCRIPT}"

_LIBRARY = ".cpython-313-wasm32-emscripten.so"
LANGUAGE = "language.json"
"""What the host says, where that is not English; it lies beside it (web/host.py)."""


def project_files(root: Path = ROOT) -> dict[str, bytes]:
    """Return the Python that every game needs: engine, kit, contract, host, scratch."""
    seldom = (path.relative_to(root).as_posix() for path in root.glob(WEIGHTS))
    apart = (*(f"games/{folder.name}/" for folder in _track_folders(root)), *seldom)
    found = {**_files(root, root / "pycore", apart), **_files(root, root / "games", apart)}
    for name in ("__init__.py", "host.py", "scratch.py"):
        found[f"web/{name}"] = (root / "web" / name).read_bytes()
    return {path: found[path] for path in sorted(found)}


def track_files(root: Path = ROOT) -> dict[str, dict[str, bytes]]:
    """Return the Python of each track's games: track → path as it lies in the browser → content."""
    tracks = {folder.name: _files(root, folder) for folder in _track_folders(root)}
    return {track: files for track, files in tracks.items() if files}


def _track_folders(root: Path) -> list[Path]:
    folders = (path for path in sorted((root / "games").glob("*")) if path.is_dir())
    return [folder for folder in folders if folder.name not in SHARED]


def _files(root: Path, folder: Path, apart: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Return what is needed to play of the files below a folder, but for names that open so."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = {path.relative_to(root).as_posix(): path for path in paths}
    return {
        name: path.read_bytes()
        for name, path in named.items()
        if not NOT_PLAYED.search(name) and not name.startswith(apart)
    }


def trees(packages: Packages, wheel: Path) -> dict[str, Tree]:
    """Return what is to be compiled: the standard library, NumPy and the project's own Python."""
    stdlib = zip_members(packages.read("pyodide/python_stdlib.zip"))
    numpy = dict(zip_members(wheel.read_bytes()))
    numpy[lean_numpy.RANDOM] = lean_numpy.random_on_use(numpy[lean_numpy.RANDOM].decode()).encode()
    return {
        "stdlib": Tree(
            "the standard library",
            {n: data for n, data in stdlib.items() if not STDLIB_LEFT_OUT.search(n)},
            f"{LIBRARY}/",
            frozenset(),
        ),
        "numpy": Tree(
            "NumPy",
            {n: data for n, data in numpy.items() if not NUMPY_LEFT_OUT.search(n)},
            f"{SITE_PACKAGES}/",
            NUMPY_DOCSTRINGS,
        ),
        "app": Tree("the engine", project_files(), f"{SITE_PACKAGES}/"),
    }


def track_trees() -> dict[str, Tree]:
    """Return what is to be compiled of each track."""
    return {
        track: Tree(f"the games of {track}", files, f"{SITE_PACKAGES}/")
        for track, files in track_files().items()
    }


def ship_runtime(
    shipment: Shipment,
    packages: Packages,
    compiler: Compiler,
    client: Path,
    language: Language = ENGLISH,
) -> Runtime:
    """Put everything that starts Python into the shipment and return what pages must name.

    Args:
        shipment: where the files go.
        packages: Pyodide and PyScript as npm brought them.
        compiler: makes the bytecode.
        client: the folder with `boot.mjs`.
        language: what the games speak.

    Raises:
        BuildError: a source file has a wrong byte, or the project's Python does not compile.
    """
    wheel = numpy_wheel(packages)
    compiled = {role: compiler.compile(tree) for role, tree in trees(packages, wheel).items()}
    tracks = {track: compiler.compile(tree) for track, tree in track_trees().items()}
    stock = _ship_stock(shipment, packages, wheel)
    core = _ship_pyscript(shipment, packages)
    manifest = _manifest(shipment, packages, stock, compiled, tracks)
    manifest["seldom"] += ship_language(shipment, language)
    boot = (client / "boot.mjs").read_text("utf-8")
    speaking = shipment.hashed(f"assets/words{SCRIPT}", words(language).encode())
    parts = [speaking]
    for name in ("blocked.js", "memory.mjs", "stand-in.js"):  # what boot.mjs imports
        text = (client / name).read_text("utf-8").replace("./words.js", _beside(speaking))
        parts.append(shipment.hashed(f"assets/{Path(name).stem}{SCRIPT}", text.encode()))
        boot = boot.replace(f"./{name}", _beside(parts[-1]))
    interpreter = shipment.hashed(
        f"assets/boot{SCRIPT}", filled(boot, json.dumps(manifest)).encode()
    )
    of_core = [url for url in shipment.files if url.startswith(_folder(core) + "core")]
    modules = (*of_core, interpreter, *parts, stock + LOADER)
    fetched = [manifest["script"], manifest["wasm"], *manifest["trees"]]
    total = sum(file["bytes"] for file in fetched) + sum(map(shipment.size, modules))
    halves = (manifest["wasm"], manifest["script"])
    published = {_ours(half["plain"]["url"]): _ours(half["url"]) for half in halves}
    last = [url for url in shipment.files if url.startswith(stock) and url not in published]
    last.remove(stock + LOADER)
    probe = _ours(manifest["probe"])
    carried = {
        "modules": [interpreter, *parts, stock + LOADER],
        "files": [_ours(file["url"]) for file in fetched],
        "published": {zipped: plain for plain, zipped in published.items()},
        "probe": probe,
    }
    sandbox = (client / "sandbox.html").read_text("utf-8")
    return Runtime(
        core,
        interpreter,
        "py",
        START,
        modules,
        MEMORY,
        total,
        published=published,
        probe=probe,
        last_resort=(*last, _ours(manifest["app"]["url"])),
        carried=carried,
        sandbox=policy.sealed(sandbox, policy.SANDBOX),
        tracks={name: _ours(track["url"]) for name, track in manifest["tracks"].items()},
    )


def _ship_stock(shipment: Shipment, packages: Packages, wheel: Path) -> str:
    """Ship Pyodide and NumPy as they are, for the stock way; return the folder's URL."""
    lock = pyodide_lock(packages)
    numpy = lock["packages"]["numpy"]
    names = ("pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
    files = {name: packages.read(f"pyodide/{name}") for name in names}
    files[LOADER] = packages.read("pyodide/pyodide.mjs")
    files[numpy["file_name"]] = wheel.read_bytes()
    only = {"info": lock["info"], "packages": {"numpy": numpy}}
    files["pyodide-lock.json"] = json.dumps(only).encode()
    return shipment.folder("assets/pyodide", files)


def _ship_pyscript(shipment: Shipment, packages: Packages) -> str:
    """Ship PyScript; return the URL of its entry module."""
    folder = packages.root / "@pyscript" / "core" / "dist"
    names = sorted(path.name for path in folder.glob("*.js") if PYSCRIPT.fullmatch(path.name))
    files = {name: packages.read(f"@pyscript/core/dist/{name}") for name in names}
    return shipment.folder("assets/pyscript", files) + "core.js"


def ship_weights(shipment: Shipment, root: Path = ROOT) -> list[dict[str, Any]]:
    """Ship every file of trained weights by itself; return where each is to lie in the browser."""
    found = []
    for path in sorted(root.glob(WEIGHTS)):
        url = shipment.hashed(f"assets/trained/{path.name}", path.read_bytes())
        folder = f"{SITE_PACKAGES}/{path.parent.relative_to(root).as_posix()}"
        place = {"url": _beside(url), "bytes": shipment.size(url)}
        found.append({**place, "folder": folder, "name": path.name})
    return found


def ship_language(shipment: Shipment, language: Language) -> list[dict[str, Any]]:
    """Ship what the games say in another language than English; return where it is to lie."""
    if language == ENGLISH:
        return []
    url = shipment.hashed("assets/language.bin", catalogue.as_json(language).encode())
    place = {"url": _beside(url), "bytes": shipment.size(url)}
    return [{**place, "folder": f"{SITE_PACKAGES}/web", "name": LANGUAGE}]


def ship_tracks(shipment: Shipment, compiled: Mapping[str, Compiled]) -> dict[str, Any]:
    """Ship the games of every track; return where each pack lies, and the names of its files."""
    found = {}
    for track, made in compiled.items():
        url = shipment.hashed(f"assets/{TRACKS}{track}.bin", made.packed.read_bytes())
        names = sorted(zip_names(made.archive))
        found[track] = {"url": _beside(url), "bytes": shipment.size(url), "files": names}
    return found


def _manifest(
    shipment: Shipment,
    packages: Packages,
    stock: str,
    compiled: Mapping[str, Compiled],
    tracks: Mapping[str, Compiled],
) -> dict[str, Any]:
    """Ship what the fast way fetches; return what `boot.mjs` must know of it.

    Its URLs are relative to `assets/`, where `boot.mjs` lies.
    """

    def shipped(url: str) -> dict[str, Any]:
        return {"url": _beside(url), "bytes": shipment.size(url)}

    def both_ways(name: str) -> dict[str, Any]:
        """Ship one of Pyodide's files gzipped, beside the published one in its folder."""
        squeezed = shipment.squeezed(f"assets/{name}.bin", shipment.files[stock + name])
        return {**shipped(squeezed), "plain": shipped(stock + name)}

    wasm = shipment.files[stock + "pyodide.asm.wasm"]
    folders = {"stdlib": LIBRARY, "numpy": SITE_PACKAGES, "app": SITE_PACKAGES}
    return {
        "version": json.loads(packages.read("pyodide/package.json"))["version"],
        "lock": {"info": pyodide_lock(packages)["info"], "packages": {}},
        "pyodide": _beside(stock),
        "probe": _beside(shipment.hashed("assets/probe.wasm", wasm[:PROBE])),
        "memory": {
            "cache": MEMORY,
            "libraries": [f"{SITE_PACKAGES}/numpy/{name}{_LIBRARY}" for name in LINKED],
            "prepare": PREPARE,
            "settle": SETTLE,
            "wake": WAKE,
        },
        "wasm": both_ways("pyodide.asm.wasm"),
        "script": both_ways("pyodide.asm.js"),
        "trees": [
            {
                **shipped(shipment.hashed(f"assets/{role}.bin", made.packed.read_bytes())),
                "folder": folders[role],
            }
            for role, made in compiled.items()
        ],
        "app": {
            "url": _beside(shipment.hashed("assets/app.zip", compiled["app"].archive.read_bytes())),
            "folder": SITE_PACKAGES,
        },
        "tracks": ship_tracks(shipment, tracks),
        "seldom": ship_weights(shipment),
    }


def _beside(url: str) -> str:
    return "./" + url.removeprefix("assets/")


def _ours(beside: str) -> str:
    return "assets/" + beside.removeprefix("./")


def _folder(url: str) -> str:
    return url[: url.rindex("/") + 1]


def runtime_hash(packages: Packages) -> str:
    """Return a hash over the Pyodide in use, by which bytecode made for another one is told."""
    return sha256(packages.read("pyodide/pyodide.asm.wasm"))

"""The commands behind build.py: serve, build, test, bench, check."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from web.builder import browsers, catalogue, folder, node, scorm
from web.builder.paths import DIST, PACKAGES, ROOT, WEB
from web.builder.report import BuildError, fail, say, step
from web.builder.serve import serve
from web.builder.site import SINGLE_FILE, build

SHARED_OUT = ("-n", str(os.cpu_count() or 1), "--dist", "worksteal")
"""Tests run in as many processes as there are cores: with one more, what a browser must do in time
was late. A process that has no tests left takes another's."""

WITHOUT_SITE = ("games", *(f"tests/{of}" for of in ("games", "links", "oracle", "unit/pycore")))
"""What is tested below has no pages: who names nothing else need not wait for a site. The folders
themselves do not count: `-k games` is no place."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Products this small are slowed down by more threads, on a busy machine many times over."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    os.environ.update(ONE_THREAD)
    parser = argparse.ArgumentParser(prog="build.py", description="Build and serve Neuronauts.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serving = commands.add_parser(
        "serve", help="build, serve, and rebuild whenever a file is saved"
    )
    serving.add_argument("--port", type=int, default=8000, help="default: 8000")
    serving.add_argument("--base", default="/", help="serve below this path, such as /course/")
    serving.add_argument(
        "--offline",
        action="store_true",
        help="with the service worker, as on a host; pages do not reload themselves then",
    )

    building = commands.add_parser("build", help="make dist/, the site as plain static files")
    building.add_argument(
        "--record-hashes",
        action="store_true",
        help="accept the npm packages' files as they are and write their hashes down",
    )
    building.add_argument(
        "--address",
        type=_address,
        metavar="URL",
        help="where the site will be found, for previews of its links: https://example.org/course/",
    )
    building.add_argument(
        "--language",
        default="en",
        metavar="CODE",
        help="what the pages speak, of words/; en-XA shows what cannot be translated; default: en",
    )
    building.add_argument(
        "--scorm",
        nargs="+",
        default=(),
        metavar="NAME",
        help="also write course packages: of a level (level-1) or a game (solve-xor?seed=7)",
    )
    building.add_argument(
        "--single-file",
        action="store_true",
        help="also write packages/neuronauts.html: the course in one file that needs no server",
    )
    building.add_argument(
        "--zip",
        action="store_true",
        help="also write packages/neuronauts.zip: dist/ with a note on how to serve it",
    )
    for name, what in {
        "test": "build, then run the tests; further arguments go to pytest",
        "bench": "build, then measure against the budgets; further arguments go to the bench",
    }.items():
        commands.add_parser(name, help=what, add_help=False)
    commands.add_parser("check", help="formatting, lint, types, and who may import whom")

    options, rest = parser.parse_known_args(arguments)
    if rest and options.command not in ("test", "bench"):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    try:
        if options.command == "serve":
            return serve(options.port, options.base, live=not options.offline)
        if options.command == "build":
            return _build(
                options.record_hashes,
                options.address or "",
                options.language,
                scorm_of=options.scorm,
                single_file=options.single_file,
                folder_zip=options.zip,
            )
        if options.command == "check":
            return _check()
        return _in_browser(options.command, rest)
    except BuildError as error:
        fail(f"{options.command} failed: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def _address(text: str) -> str:
    """The site's address with a slash at its end."""
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.netloc or url.query or url.fragment:
        raise argparse.ArgumentTypeError(f"{text!r} is no address like https://example.org/course/")
    return text.rstrip("/") + "/"


def _build(
    record_hashes: bool = False,
    address: str = "",
    language: str = "en",
    *,
    scorm_of: Sequence[str] = (),
    single_file: bool = False,
    folder_zip: bool = False,
) -> int:
    began = time.perf_counter()
    wanted = scorm.courses(scorm_of) if scorm_of else []
    catalogue.write_template(catalogue.collect())
    build(record_hashes=record_hashes, address=address, language=language)
    files = [path for path in DIST.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    took = time.perf_counter() - began
    say(f"{_shown(DIST)} is ready: {len(files)} files, {size:.1f} MB, in {took:.1f} s")
    packages = scorm.write_packages(DIST, wanted, address)
    if single_file:
        PACKAGES.mkdir(exist_ok=True)
        packages.append(Path(shutil.copy(DIST / SINGLE_FILE, PACKAGES)))
    if folder_zip:
        packages.append(folder.write_folder(DIST))
    for package in packages:
        say(f"{package.relative_to(ROOT)}: {package.stat().st_size / 1e6:.1f} MB")
    return 0


def _in_browser(command: str, rest: Sequence[str]) -> int:
    """Build, find a browser, and run the tests or the measurements with it."""
    environment = dict(os.environ)
    if command == "bench" or needs_site(rest):
        _build()
        environment[browsers.VARIABLE], where = browsers.find()
        say(f"Browser: {environment[browsers.VARIABLE]} (from {where})")
    module = ["pytest", *SHARED_OUT] if command == "test" else ["tests.bench"]
    return subprocess.run(
        [sys.executable, "-m", *module, *rest], cwd=ROOT, env=environment
    ).returncode


def needs_site(named: Sequence[str]) -> bool:
    """Return whether pytest's arguments may lead to a test that looks at pages."""
    places = [Path(name.partition("::")[0]) for name in named if not name.startswith("-")]
    places = [place for place in places if (ROOT / place).exists()]
    alone = [any(Path(of) in place.parents for of in WITHOUT_SITE) for place in places]
    return not (alone and all(alone))


def _check() -> int:
    """Run every check, also after one has failed."""
    python = [sys.executable, "-m"]
    typescript = WEB / "node_modules" / "typescript" / "bin" / "tsc"
    node.install_packages()
    checks = {
        "format": [*python, "ruff", "format", "--check", "."],
        "lint": [*python, "ruff", "check", "."],
        "types": [*python, "mypy"],
        "types of the page's JavaScript": [*node.script(typescript), "-p", str(WEB)],
        "imports": [*python, "pytest", "-q", "tests/unit/test_imports.py"],
    }
    failed = [name for name, command in checks.items() if not _passes(name, command)]
    if failed:
        fail(f"check failed: {', '.join(failed)}")
    return 1 if failed else 0


def _passes(name: str, command: Sequence[str]) -> bool:
    with step(f"Checking {name}"):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        say((done.stdout + done.stderr).rstrip())
    return done.returncode == 0


def _shown(path: Path) -> str:
    return f"{path.relative_to(ROOT)}/"

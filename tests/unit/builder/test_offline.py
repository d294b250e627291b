import hashlib
import json
import re
from pathlib import Path

import pytest

from web.builder import offline
from web.builder.assets import Runtime
from web.builder.report import BuildError

RUNTIME = Runtime(
    *("assets/core.js", "assets/boot.mjs", "py", "", (), "memory", 0),
    published={"assets/pyodide-1/p.wasm": "assets/p.wasm.bin"},
    probe="assets/probe.wasm",
    last_resort=("assets/app.zip",),
    tracks={"first": "assets/tracks/first.bin", "second": "assets/tracks/second.bin"},
)
FIRST, BOTH = (
    "".join(f'<section data-pack="assets/tracks/{track}.bin">' for track in tracks).encode()
    for tracks in (["first"], ["first", "second"])
)
COURSES = {f"lesson/level-{n}/index.html": "guided" for n in (1, 2, 3)} | {
    f"lesson/{name}/index.html": "seeing" for name in ("edges", "filters")
}
FILES = {
    "index.html": b"front",
    "lesson/level-1/index.html": FIRST,
    "lesson/level-2/index.html": BOTH,
    "lesson/level-3/index.html": FIRST + BOTH,
    "lesson/index.html": b"the course",
    "lesson/edges/index.html": FIRST,
    "lesson/filters/index.html": FIRST + BOTH,
    "play/win/index.html": FIRST,
    "frame/win/index.html": FIRST,
    "assets/tracks/first.bin": b"games",
    "assets/tracks/second.bin": b"more games",
    "assets/tracks/second.0123456789.css": b"looks",
    "assets/trained/net.npz": b"weights",
    "licenses/NumPy.txt": b"text",
    "assets/pyodide-1/p.wasm": b"published",
    "assets/p.wasm.bin": b"gzipped",
    "assets/probe.wasm": b"probe",
    "assets/app.zip": b"stock",
    "download/neuronauts.zip": b"everything",
    ".nojekyll": b"",
}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A finished site."""
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_table_holds_every_file_and_page_but_downloads_and_what_is_there_twice(built: Path) -> None:
    left_out = {
        *("assets/pyodide-1/p.wasm", "assets/app.zip", "download/neuronauts.zip", ".nojekyll")
    }
    made = offline.table(built, RUNTIME, COURSES)
    assert made["files"] == {
        name: (sha256(data), len(data)) for name, data in FILES.items() if name not in left_out
    }


def test_what_the_browsers_own_cache_answers_for_has_something_kept_in_its_place(
    built: Path,
) -> None:
    assert offline.table(built, RUNTIME, COURSES)["direct"] == {
        "assets/pyodide-1/p.wasm": ("assets/p.wasm.bin", sha256(b"published")),
        "assets/probe.wasm": ("assets/probe.wasm", sha256(b"probe")),
    }


def test_worker_holds_the_table_and_is_a_plain_script(built: Path) -> None:
    made = offline.write_service_worker(built, RUNTIME, COURSES)
    text = (built / offline.WORKER).read_text("utf-8")
    assert json.dumps(made, separators=(",", ":")) in text
    assert not re.search(r"^\s*(import|export)\b", text, re.MULTILINE)


def test_what_every_page_needs_is_always_kept_and_tracks_only_when_they_are_opened(
    built: Path,
) -> None:
    made = offline.table(built, RUNTIME, COURSES)
    assert set(made["always"]) == {
        *("index.html", "lesson/index.html", "licenses/NumPy.txt"),
        *("assets/p.wasm.bin", "assets/probe.wasm"),
    }
    assert made["tracks"] == {
        "first": [
            *("assets/tracks/first.bin", "lesson/level-1/index.html", "lesson/level-3/index.html"),
            *("assets/tracks/second.bin", "assets/tracks/second.0123456789.css"),
            "play/win/index.html",
        ],
        "second": ["assets/tracks/second.bin", "assets/tracks/second.0123456789.css"],
        "seeing: first": [
            *("lesson/edges/index.html", "assets/tracks/first.bin"),
            *("lesson/filters/index.html", "assets/tracks/second.bin"),
            "assets/tracks/second.0123456789.css",
        ],
    }


def test_sizes_tell_how_much_will_be_kept_and_how_much_can_be(built: Path) -> None:
    made = offline.write_service_worker(built, RUNTIME, COURSES)
    sizes = json.loads((built / offline.SIZES).read_text("utf-8"))
    assert sizes == {
        "bytes": sum(len(FILES[name]) for name in made["always"]),
        "whole": sum(len(FILES[name]) for name in made["files"]),
    }


def test_worker_is_the_same_when_nothing_has_changed_and_another_when_a_page_has(
    built: Path,
) -> None:
    def worker() -> str:
        offline.write_service_worker(built, RUNTIME, COURSES)
        return (built / offline.WORKER).read_text("utf-8")

    first = worker()
    assert worker() == first
    (built / "index.html").write_text("a new front")
    assert worker() != first


def test_runtime_that_names_a_missing_file_stops_the_build(built: Path) -> None:
    (built / "assets/p.wasm.bin").unlink()
    with pytest.raises(BuildError, match=r"p\.wasm\.bin, which is not there"):
        offline.table(built, RUNTIME, COURSES)

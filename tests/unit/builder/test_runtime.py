import re
from pathlib import Path

import pytest

from games import discover
from web.builder import lean_numpy
from web.builder.assets import Assets, Runtime, UnknownAssetError
from web.builder.paths import MODULES, WEB
from web.builder.precompile import zip_members
from web.builder.report import BuildError
from web.builder.runtime import (
    NUMPY_LEFT_OUT,
    SITE_PACKAGES,
    STDLIB_LEFT_OUT,
    project_files,
    ship_weights,
    track_files,
)
from web.builder.shipment import Shipment

RUNTIME = Runtime("assets/core.js", "assets/boot.mjs", "py", "", (), "memory", 0)


@pytest.mark.parametrize(
    "name",
    ["os.py", "dataclasses.py", "encodings/utf_8.py", "http/__init__.py", "profiling_of_me.py"],
)
def test_what_the_course_needs_of_the_library_stays(name: str) -> None:
    assert not STDLIB_LEFT_OUT.search(name)


@pytest.mark.parametrize("name", ["unittest/mock.py", "pdb.py", "encodings/big5.py", "_pyio.py"])
def test_what_the_course_cannot_reach_of_the_library_goes(name: str) -> None:
    assert STDLIB_LEFT_OUT.search(name)


@pytest.mark.parametrize(
    "name",
    [
        "numpy/_core/_multiarray_umath.cpython-313-wasm32-emscripten.so",
        "numpy/linalg/_umath_linalg.cpython-313-wasm32-emscripten.so",
        "numpy/random/mtrand.cpython-313-wasm32-emscripten.so",
        "numpy/matrixlib/__init__.py",
        "numpy-2.2.5.dist-info/LICENSE.txt",
    ],
)
def test_what_the_engine_needs_of_numpy_stays(name: str) -> None:
    assert not NUMPY_LEFT_OUT.search(name)


@pytest.mark.parametrize(
    "name",
    [
        "numpy/_core/_simd.cpython-313-wasm32-emscripten.so",
        "numpy/_core/_umath_tests.cpython-313-wasm32-emscripten.so",
        "numpy/linalg/lapack_lite.cpython-313-wasm32-emscripten.so",
        "numpy/linalg/tests/test_linalg.py",
        "numpy/ma/core.py",
        "numpy/__init__.pyi",
        "numpy/_core/include/numpy/arrayobject.h",
    ],
)
def test_what_the_engine_cannot_reach_of_numpy_goes(name: str) -> None:
    assert NUMPY_LEFT_OUT.search(name)


def modules_needed(source: bytes) -> set[str]:
    """Return the modules that a source imports whenever it is imported (its syntax is 3.13's)."""
    found = re.findall(r"^import (.+)|^from ([\w.]+) import", source.decode(), re.MULTILINE)
    names = [name for plain, origin in found for name in (plain or origin).split(",")]
    return {name.split("#")[0].split(" as ")[0].strip() for name in names}


@pytest.mark.skipif(not MODULES.is_dir(), reason="npm packages are not installed")
def test_no_module_that_stays_needs_one_that_goes() -> None:
    library = zip_members((MODULES / "pyodide" / "python_stdlib.zip").read_bytes())
    gone = {
        name.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
        for name in library
        if STDLIB_LEFT_OUT.search(name)
    }
    broken = {
        name: sorted(modules_needed(source) & gone)
        for name, source in library.items()
        if name.endswith(".py") and not STDLIB_LEFT_OUT.search(name)
    }
    assert {name: needs for name, needs in broken.items() if needs} == {}


def test_project_goes_along_without_the_builder() -> None:
    names = set(project_files())
    assert {"web/__init__.py", "web/host.py", "games/__init__.py", "pycore/__init__.py"} <= names
    assert not any("builder" in name or "__pycache__" in name for name in names)


def test_every_game_lies_in_the_pack_of_its_track_and_in_no_other() -> None:
    tracks, base = track_files(), project_files()
    for name in discover().values():
        path = name.replace(".", "/") + ".py"
        assert [track for track, files in tracks.items() if path in files] == [name.split(".")[1]]
        assert path not in base
    assert {name.split(".")[1] for name in discover().values()} == set(tracks)


def test_what_games_share_is_there_from_the_start() -> None:
    base = set(project_files())
    assert {"games/ui/node.py", "games/run.py", "games/concepts/__init__.py"} <= base


def test_tests_and_styles_that_lie_beside_a_game_are_not_packed(tmp_path: Path) -> None:
    for path in (
        "first/win/game.py",
        "first/win/test_win.py",
        "first/win/style.css",
        "first/_a.py",
    ):
        (tmp_path / "games" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "games" / path).touch()
    assert {track: set(files) for track, files in track_files(tmp_path).items()} == {
        "first": {"games/first/win/game.py", "games/first/_a.py"}
    }


def test_trained_weights_ship_alone_and_not_among_what_every_start_fetches(tmp_path: Path) -> None:
    place = tmp_path / "pycore" / "trained"
    place.mkdir(parents=True)
    for name in ("__init__.py", "SHA256SUMS", "big.npz"):
        (place / name).write_text(name)
    for name in ("__init__.py", "host.py", "scratch.py"):
        (tmp_path / "web").mkdir(exist_ok=True)
        (tmp_path / "web" / name).touch()
    files = set(project_files(tmp_path))
    assert {"pycore/trained/__init__.py", "pycore/trained/SHA256SUMS"} <= files
    assert "pycore/trained/big.npz" not in files
    shipment = Shipment()
    (file,) = ship_weights(shipment, tmp_path)
    assert shipment.files["assets/" + file["url"].removeprefix("./")] == b"big.npz"
    assert re.fullmatch(r"\./trained/big\.[0-9a-f]{10}\.npz", file["url"])
    assert file["bytes"] == len(b"big.npz")
    assert f"{file['folder']}/{file['name']}" == f"{SITE_PACKAGES}/pycore/trained/big.npz"


def test_every_shipped_file_of_weights_is_kept_out_of_the_archives() -> None:
    assert not [name for name in project_files() if name.endswith(".npz")]


def test_boot_module_has_one_place_for_the_manifest() -> None:
    text = (WEB / "client" / "boot.mjs").read_text("utf-8")
    assert text.count("null /* written by the build */") == 1


def test_settings_name_the_interpreter_from_the_page() -> None:
    settings = RUNTIME.settings("../../")
    config = settings["config"]
    assert settings["core"].startswith("../../")
    assert config["interpreter"] == "../../assets/boot.mjs"
    assert config["sync_main_only"] is True
    assert config["packages_cache"] == "passthrough"


def test_unknown_asset_is_refused_with_a_hint() -> None:
    assets = Assets({"styles/site.css": "assets/site.1.css"}, RUNTIME)
    assert assets.url("styles/site.css") == "assets/site.1.css"
    with pytest.raises(
        UnknownAssetError, match=r"'styles/sit\.css'.*did you mean styles/site\.css"
    ):
        assets.url("styles/sit.css")


def test_numpys_random_keeps_every_name_and_loads_the_seldom_half_on_use() -> None:
    given = "".join(f"{line}" for line in lean_numpy._AT_ONCE) + "__all__ = ['seed', 'Philox']\n"
    made = lean_numpy.random_on_use(given)
    assert "mtrand import" not in made
    compile(made, lean_numpy.RANDOM, "exec")
    with pytest.raises(BuildError, match="another NumPy"):
        lean_numpy.random_on_use("from .mtrand import *\n")

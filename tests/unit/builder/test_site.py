import gzip
import json
import re
from pathlib import Path

import pytest

from web.builder import browsers, licences, scripts, site
from web.builder.paths import WEB
from web.builder.report import BuildError
from web.builder.shipment import Shipment
from web.builder.sources import Packages


@pytest.fixture
def packages(tmp_path: Path) -> Packages:
    """A `node_modules` that is taken as it is."""
    root = tmp_path / "web" / "node_modules"
    for name, data in {
        "katex/dist/katex.min.css": b'@font-face{src:url(fonts/K.woff2) format("woff2"),'
        b'url(fonts/K.woff) format("woff"),url(fonts/K.ttf) format("truetype")}',
        "katex/dist/fonts/K.woff2": b"K",
        "font/files/text.woff2": b"T",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return Packages(root, recording=True)


def write_sheet(web: Path, text: str) -> None:
    (web / "styles").mkdir(parents=True, exist_ok=True)
    (web / "styles" / "base.css").write_text(text)


def test_sheet_names_its_font_by_hash_from_where_it_lies(packages: Packages) -> None:
    web = packages.root.parent
    write_sheet(web, "@font-face { src: url('../node_modules/font/files/text.woff2'); }")
    shipment = Shipment()
    urls = site.ship_styles(shipment, packages, web)
    font = urls["fonts/text.woff2"]
    assert font.startswith("assets/fonts/text.")
    sheet = shipment.files[urls["styles/base.css"]].decode()
    assert f'url("{font.removeprefix("assets/")}")' in sheet


def test_only_one_format_of_katex_fonts_ships(packages: Packages) -> None:
    web = packages.root.parent
    write_sheet(web, "a { background: url(data:image/png;base64,AA==) }")
    shipment = Shipment()
    urls = site.ship_styles(shipment, packages, web)
    sheet = shipment.files[urls["katex/katex.css"]].decode()
    assert sheet.count("url(") == 1
    assert urls["katex/fonts/K.woff2"] in shipment.files


def test_sheet_that_names_a_missing_file_stops_the_build(packages: Packages) -> None:
    web = packages.root.parent
    write_sheet(web, "a { background: url(none.png) }")
    with pytest.raises(BuildError, match=r"styles/base\.css names none\.png"):
        site.ship_styles(Shipment(), packages, web)


def test_sheet_that_leaves_a_block_open_stops_the_build(packages: Packages) -> None:
    web = packages.root.parent
    write_sheet(web, "@container (width > 1rem) { a { color: red /* } */ }")
    with pytest.raises(BuildError, match=r"styles/base\.css has 2 times { and 1 times }"):
        site.ship_styles(Shipment(), packages, web)


def test_client_modules_stay_together_in_one_folder(tmp_path: Path) -> None:
    for name in ("main.js", "patch.js", "boot.mjs"):
        (tmp_path / name).write_text(name)
    urls = site.ship_client(Shipment(), tmp_path)
    assert set(urls) == {"client/main.js", "client/patch.js"}
    assert len({url.rsplit("/", 1)[0] for url in urls.values()}) == 1


def test_the_first_module_names_all_that_are_needed_to_play(tmp_path: Path) -> None:
    for name, text in {
        "enter.js": "const all = null /* written by the build */;",
        "main.js": "import { a } from './a.js';",
        "a.js": "import './b.js';",
        "b.js": "",
        "alone.js": "",
    }.items():
        (tmp_path / name).write_text(text)
    shipment = Shipment()
    urls = site.ship_client(shipment, tmp_path, runtime=["assets/pyscript/core.js"])
    said = json.loads(shipment.files[urls["client/enter.js"]].decode().split("= ")[1].rstrip(";"))
    assert said == ["./main.js", "./a.js", "./b.js", "../pyscript/core.js"]


def test_missing_licence_stops_the_build(
    packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(licences, "NPM", {})
    monkeypatch.setattr(licences, "KEPT", tmp_path / "none")
    monkeypatch.setattr(licences, "_inside", lambda _: b"x" * 300)
    with pytest.raises(BuildError, match="licence of Pyodide is missing"):
        licences.licences(packages, tmp_path / "numpy.whl")


def test_named_browser_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "my-browser"
    program.touch(0o755)
    monkeypatch.setenv(browsers.VARIABLE, str(program))
    assert browsers.find() == (str(program), f"the variable {browsers.VARIABLE}")


def test_named_browser_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(browsers.VARIABLE, "/none/such")
    with pytest.raises(BuildError, match="/none/such, which is not a program"):
        browsers.find()


def test_no_browser_anywhere_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for way in ("_named", "_on_path", "_playwrights", "_download", "_debian"):
        monkeypatch.setattr(browsers, way, lambda: None)
    with pytest.raises(BuildError, match="install one, or name its program"):
        browsers.find()


def test_the_element_is_one_small_file_that_asks_for_no_other() -> None:
    shipment = Shipment()
    site.ship_client(shipment, WEB / "client")
    shipped = shipment.files["embed.js"]
    assert len(gzip.compress(shipped)) < 5500
    assert shipped.isascii()  # it is read in whatever encoding the page has
    assert not re.search(rb"\bimport\b|\bfetch\b|innerHTML|insertAdjacent", shipped)


def test_comments_on_their_own_lines_stay_at_home() -> None:
    script = "// what\n/** @type {any} */ const a = 1; // why\n  // how\n  const b = '//';\n"
    assert scripts.without_comments(script) == "const a = 1; // why\nconst b = '//';\n"

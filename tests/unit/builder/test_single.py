"""The course as one file: all of the site that a page can ask for, and nothing from elsewhere."""

import base64
import gzip
import json
import re
from pathlib import Path

import pytest

from web.builder.assets import Assets, Runtime
from web.builder.report import BuildError
from web.builder.single import LAST_SHEETS, SHEETS, single_file

PAGE = """<!doctype html>
<html lang="en" data-root="{up}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{up}assets/sheet.css">
<script>theme()</script>
<script id="runtime" type="application/json">{{}}</script>
<script type="module" src="{up}assets/client-1/main.js"></script>
</head>
<body class="page">
<!-- site only -->
<a href="{up}download/neuronauts.html" download>the course</a>
<!-- /site only -->
<a href="{up}lesson/one/#part">one</a> <a href="#main">text</a> <a href="https://a.org/">a</a>
</body>
</html>
"""
FILES = {
    "index.html": PAGE.format(up="./", title="Front"),
    "lesson/one/index.html": PAGE.format(up="../../", title="One"),
    "frame/game/index.html": PAGE.format(up="../../", title="For others"),
    "licenses/mine.txt": "free</script>",
    "assets/sheet.css": 'p { src: url("fonts/a.woff2") } q { src: url("data:,x") }',
    "assets/fonts/a.woff2": "font",
    "assets/client-1/main.js": "import './address.js';",
    "assets/client-1/address.js": "served",
    "assets/client-1/carry.js": "carry",
    "assets/boot.1.js": "boot",
    "assets/numpy.1.bin": "numpy",
    "assets/app.1.zip": "stock",
    "assets/trained/tale.1.npz": "weights",
    "assets/pyscript-1/core.js": "core",
    "assets/pyodide-1/pyodide.js": "loader",
    "assets/pyodide-1/pyodide.asm.wasm": "stock",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def assets() -> Assets:
    urls = dict.fromkeys((*SHEETS, *LAST_SHEETS), "assets/sheet.css")
    urls |= {
        f"client/{name}.js": f"assets/client-1/{name}.js" for name in ("main", "address", "carry")
    }
    core, boot = "assets/pyscript-1/core.js", "assets/boot.1.js"
    return Assets(urls, Runtime(core, boot, "py", "start()", (), "memory", 0))


def carried(made: str) -> dict[str, bytes]:
    found = re.findall(r'<script type="([^"]+)" data-file="([^"]*)">([^<]*)</script>', made)
    return {
        path: gzip.decompress(data) if kind == "text/html" or path == "modules.json" else data
        for kind, path, text in found
        for data in [base64.b64decode(text)]
    }


def test_the_same_site_makes_the_same_file(site: Path, assets: Assets) -> None:
    assert single_file(site, assets) == single_file(site, assets)


def test_it_carries_what_page_and_workers_ask_for_and_no_more(site: Path, assets: Assets) -> None:
    held = carried(single_file(site, assets).decode())
    modules = json.loads(held.pop("modules.json"))
    assert set(held) == {"", "lesson/one/", "assets/numpy.1.bin", "assets/trained/tale.1.npz"}
    assert held["assets/numpy.1.bin"] == b"numpy"
    assert set(modules) == {
        "assets/boot.1.js",
        "assets/client-1/main.js",
        "assets/client-1/address.js",
        "assets/client-1/carry.js",
        "assets/pyodide-1/pyodide.js",
        "assets/pyscript-1/core.js",
    }
    assert "neuronauts.invalid" in modules["assets/client-1/address.js"], "the file's own"


def test_links_become_fragments_and_nothing_is_fetched(site: Path, assets: Assets) -> None:
    made = single_file(site, assets).decode()
    pages = [made.split("<script id=")[0]]
    pages += [text.decode() for path, text in carried(made).items() if path in ("", "lesson/one/")]
    for page in pages:
        assert 'data-root="#/"' in page
        assert set(re.findall(r'href="([^"]*)"', page)) == {
            *("data:,", "#/lesson/one/#part", "#main", "https://a.org/")
        }
        assert "src=" not in page
        assert "<script>theme()</script>" in page


def test_fonts_are_inside_and_licences_end_no_script(site: Path, assets: Assets) -> None:
    made = single_file(site, assets).decode()
    assert f'url("data:font/woff2;base64,{base64.b64encode(b"font").decode()}")' in made
    assert 'url("data:,x")' in made
    assert "free< /script>" in made


def test_modules_that_import_each_other_are_named(site: Path, assets: Assets) -> None:
    (site / "assets/boot.1.js").write_text("import {x} from './client-1/main.js';", "utf-8")
    (site / "assets/client-1/main.js").write_text('import "../boot.1.js";', "utf-8")
    with pytest.raises(BuildError, match=r"(main\.js → boot\.1\.js|boot\.1\.js → main\.js)"):
        single_file(site, assets)

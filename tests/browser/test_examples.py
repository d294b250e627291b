"""The examples for authors, built as their readers build them, on a site of another origin."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from games import load
from games.run import Run
from tests.browser.conftest import READY, ROOT

DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
STAND_IN = "https://neuronauts.example/"
BUILDERS = {
    "page": None,
    "mkdocs": ["mkdocs", "build", "--quiet", "--site-dir"],
    "sphinx": ["sphinx", "--quiet", "-b", "html", "."],
}
BLOCK = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def host(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site of another origin that holds the built examples."""
    folder = tmp_path_factory.mktemp("examples")
    for name, command in BUILDERS.items():
        source = folder / "sources" / name
        shutil.copytree(EXAMPLES / name, source)
        for path in source.rglob("*.*"):
            path.write_text(path.read_text("utf-8").replace(STAND_IN, site), "utf-8")
        if command is None:
            shutil.copytree(source, folder / name)
            continue
        done = subprocess.run(
            [sys.executable, "-m", *command, str(folder / name)],
            cwd=source,
            env={**os.environ, "PYTHONPATH": ""},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_every_example_shows_a_game_that_can_be_played(
    chromium: Browser, host: str, site: str
) -> None:
    run = Run("tune-the-neuron", seed=8)
    run.solve()
    moves = [entry for entry in run.log if not isinstance(entry, int)]
    context = chromium.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(f"uncaught: {error}"))
    page.on(
        "request",
        lambda r: (
            None
            if r.url.startswith((host, site, "blob:", "data:"))
            else said.append(f"a request left both sites: {r.url}")
        ),
    )
    for name in BUILDERS:
        page.goto(f"{host}{name}/")
        game = page.locator("neuronauts-game")
        game.scroll_into_view_if_needed()
        inside = page.frame_locator("neuronauts-game iframe")
        inside.locator('[data-game="tune-the-neuron"][data-status="ready"]').wait_for(
            timeout=READY, state="attached"
        )
        state = game.evaluate("game => game.state()")
        assert (state["game"], state["seed"]) == ("tune-the-neuron", 7), name
        if name == "page":
            page.evaluate(
                """() => {
                  window.verbs = [];
                  const say = ({ detail }) => verbs.push(detail.verb.display["en-US"]);
                  document.addEventListener("statement", say);
                }"""
            )
            page.add_script_tag(url=f"{site}xapi.js")
            game.evaluate("game => game.reset(8)")
            page.wait_for_function("verbs.includes('initialized')", timeout=READY)
            for message in moves:
                game.evaluate("(game, message) => game.send(message)", message)
            page.get_by_text(re.compile(r"Won. The moves that did it: 2\.")).wait_for(timeout=READY)
            assert page.evaluate("verbs")[-2:] == ["passed", "completed"]
    context.close()
    assert not said


def test_the_guides_show_the_lines_of_the_examples() -> None:
    shown = [
        (path, text)
        for guide in sorted(DOCS.glob("*.md"))
        for path, text in BLOCK.findall(guide.read_text("utf-8"))
    ]
    assert shown
    for path, text in shown:
        lines = (DOCS / path).read_text("utf-8").splitlines()
        assert not [line for line in text.splitlines() if line not in lines], path


def test_every_link_and_game_of_the_guides_is_there() -> None:
    for guide in sorted(DOCS.rglob("*.md")):
        text = guide.read_text("utf-8")
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", prose):
            assert (guide.parent / target).exists(), f"{guide.name}: {target}"
        for slug in re.findall(r'game="([\w-]+)"|example/(?:play|frame)/([\w-]+)/', text):
            load("".join(slug))


def test_the_guides_name_files_that_the_site_ships(site: str) -> None:
    text = "".join(path.read_text("utf-8") for path in DOCS.rglob("*.md"))
    names = set(re.findall(re.escape(STAND_IN) + r"([\w/-]+(?:\.js|/))", text))
    assert {"embed.js", "xapi.js", "play/tune-the-neuron/", "frame/tune-the-neuron/"} <= names
    dist = Path(os.environ.get("NEURONAUTS_DIST", ROOT / "dist"))
    for name in names:
        assert (dist / name).exists(), name

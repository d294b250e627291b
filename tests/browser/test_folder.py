"""The course as a folder: served as its note says; opened as files, it names the way out."""

import re
import shlex
import subprocess
import sys
import zipfile

import pytest

from tests.browser.conftest import DIST, READY
from web.builder.folder import write_folder
from web.builder.site import SINGLE_FILE

PLAYED = "light-the-network"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """Where the folder was unpacked."""
    place = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(write_folder(DIST, place / "packages")) as archive:
        archive.extractall(place)
    return place


@pytest.fixture
def served(unpacked):
    """The address at which the command of the note serves the folder."""
    note = (unpacked / "neuronauts" / "README.txt").read_text("utf-8")
    program, *words = shlex.split(re.search(r"^ +(python .*)$", note, re.MULTILINE)[1])
    assert program == "python"
    command = [sys.executable, "-u", *words, "--bind", "127.0.0.1", "0"]
    server = subprocess.Popen(command, cwd=unpacked, stdout=subprocess.PIPE, text=True)
    try:
        yield re.search(r"http://[\d.:]+/", server.stdout.readline())[0]
    finally:
        server.terminate()
        server.wait()


def test_the_command_of_the_note_serves_a_course_that_plays(chromium, served):
    complaints = []
    context = chromium.new_context()
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.goto(f"{served}play/{PLAYED}/?seed=5")
    game = page.locator(f'[data-game="{PLAYED}"][data-status="ready"]')
    game.wait_for(state="attached", timeout=READY)
    assert game.get_attribute("data-seed") == "5"
    assert not page.locator(".from-file").is_visible()
    context.close()
    assert not complaints


def test_a_page_opened_as_a_file_can_be_read_and_names_the_way_out(chromium, unpacked):
    context = chromium.new_context()
    page = context.new_page()
    page.goto((unpacked / "neuronauts" / "play" / PLAYED / "index.html").as_uri())
    said = page.locator(".from-file")
    said.wait_for()
    assert "python -m http.server" in said.text_content()
    assert page.locator(f'[data-game="{PLAYED}"] [data-stage] svg').first.is_visible()
    assert said.get_by_role("link").evaluate("link => link.href") == (
        (unpacked / "neuronauts" / SINGLE_FILE).as_uri()
    )
    context.close()

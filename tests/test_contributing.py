"""CONTRIBUTING.md, followed to the letter in a copy of the project: its files, its commands."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w+)(?: (file|append)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAVY = {".venv", "node_modules", "build"}
"""Made by build.py, kept from the original by a link: a contributor has them already."""
LEFT_OUT = {".git", "dist", "packages", "test-results"}
SPARED = shutil.ignore_patterns("bench", "node")
"""Of build/: what is only measured with, and a Node.js, which is linked too."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The project as a contributor has it."""
    target = tmp_path_factory.mktemp("contributor") / "neuronauts"

    def skip(folder: str, names: list[str]) -> set[str]:
        return {n for n in names if n in HEAVY | LEFT_OUT or n.endswith("_cache")}

    shutil.copytree(ROOT, target, ignore=skip)
    for heavy in (".venv", "web/node_modules"):
        (target / heavy).symlink_to(ROOT / heavy, target_is_directory=True)
    if (ROOT / "build").exists():
        shutil.copytree(ROOT / "build", target / "build", ignore=SPARED)
    if (ROOT / "build/node").exists():
        (target / "build/node").symlink_to(ROOT / "build/node", target_is_directory=True)
    return target


def run(command: str, folder: Path) -> str:
    program, *args = shlex.split(command)
    assert program == "python3", f"CONTRIBUTING.md runs only python3, not {program}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, *args], cwd=folder, env=environment, text=True, capture_output=True
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{command}\n{said[-4000:]}"
    return said


@pytest.mark.rarely
def test_every_walk_through_works_word_for_word(copy):
    blocks = BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert {verb for _, verb, _, _ in blocks} == {"file", "append", ""}
    played = 0
    for language, verb, path, text in blocks:
        if verb == "file":
            assert not (copy / path).exists(), f"{path} is there already"
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_text(text, "utf-8")
        elif verb == "append":
            with (copy / path).open("a", encoding="utf-8") as file:
                file.write("\n" + text)
        elif language == "sh":
            for command in text.splitlines():
                said = run(command, copy)
                if " test " in command:
                    passed = re.search(r"(\d+) passed", said)
                    assert passed, f"{command} ran no test:\n{said[-2000:]}"
                    played += int(passed[1])
    assert played >= 5
    game = copy / "dist/play/find-the-middle/index.html"
    assert "the neuron gives" in game.read_text("utf-8")
    level = (copy / "dist/lesson/level-1/index.html").read_text("utf-8")
    assert 'data-game="find-the-middle"' in level
    lesson = (copy / "dist/lesson/first-look/index.html").read_text("utf-8")
    assert re.search(r"it makes[^.]*[−-]2\.0", lesson)
    assert lesson.count("The first input adds 1, the second -3.") == 2
    assert re.search(r'<div class="step-inside">\s*<figure class="figure" tabindex="0">', lesson)
    assert 'data-line data-given="' in lesson
    assert "@misc{neuronauts-first-look," in lesson
    placed = re.findall(r'<section class="game" id="([^"]*)" data-game="light-the-network"', lesson)
    assert placed == [
        "light-the-network",
        "light-the-network-with-bias",
        "light-the-network-against",
    ]
    course = (copy / "dist/lesson/index.html").read_text("utf-8")
    assert 'href="../lesson/first-look/"' in course

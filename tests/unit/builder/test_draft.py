"""A save costs what it has changed: pages are made when asked for, and again where they must."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.grown import grow
from web.builder import pages
from web.builder.articles import COURSE
from web.builder.assets import Assets, Runtime
from web.builder.draft import _pages_of
from web.builder.paths import ROOT
from web.builder.render import Desk


class EveryAsset(dict):
    """Ships whatever is asked for, under the name it is asked by."""

    def __missing__(self, name: str) -> str:
        return f"files/{name}"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of its own, which the pages are made from."""
    shutil.copytree(COURSE, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(pages, "find_articles", lambda _: sorted(tmp_path.glob("*/*/en.md")))

    return tmp_path


def assets(version: str) -> Assets:
    runtime = Runtime("core.js", f"{version}.mjs", "py", "", (), "kept", 1)
    return Assets(EveryAsset(), runtime, version=version)


@pytest.fixture
def desk(course: Path) -> Desk:
    return Desk(assets("first"))


def save(course: Path, old: str, new: str, file: str = "guided/level_1/en.md") -> None:
    path = course / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def page(desk: Desk, name: str) -> str:
    kind, made = desk.ask(f"lesson/{name}/index.html")
    assert kind == "made", made
    return made.decode()


def test_nothing_is_made_before_it_is_asked_for(desk: Desk) -> None:
    kind, paths = desk.ask("")
    assert kind == "made"
    assert {"index.html", "lesson/level-1/index.html", "play/solve-xor/index.html"} <= set(paths)
    assert desk.made == {}
    assert desk.ask("lesson/none/index.html") == ("none", None)


def test_a_word_in_an_article_makes_its_own_page_anew_and_no_other(
    desk: Desk, course: Path
) -> None:
    desk.ask("")
    for path in ("index.html", "lesson/index.html", "lesson/level-2/index.html"):
        desk.ask(path)
    assert "Read a little" in page(desk, "level-1")
    save(course, "Read a little", "Look a little")
    desk.ask("")
    assert sorted(desk.made) == ["index.html", "lesson/index.html", "lesson/level-2/index.html"]
    assert "Look a little" in page(desk, "level-1")


def test_what_other_pages_show_of_an_article_makes_them_anew(desk: Desk, course: Path) -> None:
    desk.ask("")
    assert "What a network is" in page(desk, "level-2")
    save(course, "title: What a network is", "title: What is a network?")
    desk.ask("")
    assert "What is a network?" in page(desk, "level-2")


def test_values_and_figures_are_read_anew(desk: Desk, course: Path) -> None:
    desk.ask("")
    page(desk, "level-1")
    save(course, "np.array([1.0, 3.0])", "np.array([1.0, 2.0])", "guided/level_1/values.py")
    save(course, "One neuron: 1 times 0.8", "A neuron: 1 × 0.8", "guided/level_1/figures.py")
    desk.ask("")
    again = page(desk, "level-1")
    assert "A neuron: 1 × 0.8" in again
    assert ">−0.4</span>" in again


def test_what_is_wrong_is_told_and_what_was_right_stays(desk: Desk, course: Path) -> None:
    desk.ask("")
    save(course, "place: 1", "place: 2")
    kind, said = desk.ask("")
    assert kind == "wrong"
    assert "place 2 is already" in said
    assert "What a network is" in page(desk, "level-1")
    save(course, "place: 2", "place: 1")
    save(course, "{compute}`", "{compute}`nothing + ")
    assert desk.ask("")[0] == "made"
    kind, said = desk.ask("lesson/level-1/index.html")
    assert kind == "wrong"
    assert "NameError" in said


SAVED_GAMES = """
import shutil
from pathlib import Path
from tests.unit.builder.test_draft import Desk, assets

desk = Desk(assets("first"))
games = Path("games/first_neurons")

def made(path):
    kind, text = desk.ask(path)
    assert kind == "made", text
    return text.decode()

def save(*names):
    desk.take([f"games.first_neurons.{name}" for name in names], assets("second"))

assert desk.ask("")[0] == "made"
assert "first.mjs" in made("play/solve-xor/index.html")
level_3 = made("lesson/level-3/index.html")
kept = desk.shelf.readers[Path("course/guided/level_3/en.md").resolve()]

game = games / "solve_xor" / "game.py"
game.write_text(game.read_text().replace("Solve XOR:", "Bend the Line:", 1))
save("solve_xor")
assert desk.ask("")[0] == "made"
for page in ("play/solve-xor/index.html", "lesson/level-2/index.html"):
    assert "Bend the Line" in made(page), page
    assert "Solve XOR:" not in made(page), page
    assert "second.mjs" in made(page), page
assert desk.shelf.readers[Path("course/guided/level_3/en.md").resolve()] is kept

level_2 = Path("course/guided/level_2/en.md").resolve()
kept = desk.shelf.readers[level_2]
game.write_text(game.read_text().replace("say(", "say('Look:') + say(", 1))
save("solve_xor")
assert desk.ask("")[0] == "made"
assert desk.shelf.readers[level_2] is kept  # what the article says of the game is still true
assert "Look:" in made("lesson/level-2/index.html")

shutil.copytree(games / "solve_xor", games / "bend_it")
save("bend_it")
assert "play/bend-it/index.html" in desk.ask("")[1]
assert "Bend the Line" in made("play/bend-it/index.html")

shutil.rmtree(games / "solve_xor")
save("solve_xor")
kind, said = desk.ask("")
assert kind == "wrong"
assert "level_2/en.md" in said and "solve-xor" in said, said
"""


def test_a_game_that_is_saved_is_read_anew_wherever_it_is_shown_and_nothing_else(
    tmp_path: Path,
) -> None:
    project = grow(tmp_path / "project", games=0, articles=0, tracks=0)
    done = subprocess.run(
        [sys.executable, "-c", SAVED_GAMES], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("saved", "made"),
    [
        ("course/guided/level_1/en.md", ["lesson/level-1/index.html"]),
        ("course/guided/level_1/values.py", ["lesson/level-1/index.html"]),
        ("course/tracks.py", []),
        ("games/first_neurons/solve_xor/game.py", ["play/solve-xor/index.html"]),
        ("games/prove_it/boss_quiz/bank/neuron.py", ["play/boss-quiz/index.html"]),
        ("games/first_neurons/_two_layers.py", []),
        ("games/concepts/bet.py", []),
        ("games/run.py", []),
        ("pycore/layers.py", []),
    ],
)
def test_the_page_of_what_was_saved_is_made_at_once(saved: str, made: list[str]) -> None:
    assert _pages_of(ROOT / saved) == made

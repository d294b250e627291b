"""Three runs check what one would; what was changed is checked whole."""

import subprocess

import pytest

from games import discover
from tests.conftest import HANDS
from tests.turns import BASE, TURNS, Turn, changed, touched_games, turn

GAMES = {
    "far": "games.one.far.game",
    "far-off": "games.one.far_off.game",
    "old": "games.one.old",
    "other": "games.two.other.game",
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with a branch `main`, and a way to commit a file to it."""
    monkeypatch.delenv(BASE, raising=False)

    def git(*words):
        names = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *names, *words], cwd=tmp_path, check=True, capture_output=True)

    def commit(path):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{path} {file.exists()}")
        git("add", "-A")
        git("commit", "-m", path)

    git("init", "-b", "main")
    commit("README.md")
    return tmp_path, git, commit


def test_three_turns_do_every_game_with_every_hand_and_each_turn_every_game():
    done = [
        {
            (slug, hand)
            for at, slug in enumerate(sorted(discover()))
            for h, hand in enumerate(HANDS)
            if Turn(number, frozenset()).has(at, slug, h)
        }
        for number in range(TURNS)
    ]
    for one in done:
        assert sorted(slug for slug, _ in one) == sorted(discover())  # once each
        assert {hand for _, hand in one} == set(HANDS)
    assert len(set.union(*done)) == len(discover()) * len(HANDS)


def test_a_game_that_was_changed_is_done_with_every_hand():
    now = Turn(0, frozenset({"far"}))
    assert all(now.has(1, "far", hand) for hand in range(3))
    assert not all(now.has(1, "old", hand) for hand in range(3))


@pytest.mark.parametrize(
    ("path", "games"),
    [
        ("games/one/far/game.py", {"far"}),
        ("games/one/far/style.css", {"far"}),
        ("games/one/far/test_far.py", {"far"}),
        ("games/one/old.py", {"old"}),
        ("tests/games/test_old.py", {"old"}),
        ("games/one/_shared.py", {"far", "far-off", "old"}),
        ("web/styles/games/two.css", {"other"}),
        ("games/ui/node.py", set()),
        ("README.md", set()),
    ],
)
def test_a_file_belongs_to_its_game_and_what_a_track_shares_to_all_of_the_track(path, games):
    assert touched_games([path], GAMES) == games


def test_what_a_branch_changed_counts_and_what_is_not_committed_too(project):
    folder, git, commit = project
    commit("games/two/other/game.py")
    git("checkout", "-b", "mine")
    commit("games/one/old.py")
    (folder / "games/one/new.py").write_text("")
    assert changed(folder) == {"games/one/old.py", "games/one/new.py"}
    assert turn(folder, GAMES).touched == {
        "far",
        "far-off",
        "old",
    }  # new.py is shared


def test_on_the_main_branch_the_last_commits_count(project):
    folder, _, commit = project
    for number in range(10):
        commit(f"games/one/file{number}.py")
    commit("games/two/other/game.py")
    assert "games/two/other/game.py" in changed(folder)
    assert "games/one/file0.py" not in changed(folder)


def test_a_base_can_be_named(project, monkeypatch):
    folder, _, commit = project
    commit("a.py")
    commit("b.py")
    monkeypatch.setenv(BASE, "HEAD~1")
    assert changed(folder) == {"b.py"}


def test_where_git_cannot_tell_every_game_counts_as_changed(tmp_path, project):
    folder, _, _ = project  # of one commit, without a branch to compare with
    assert changed(folder) is None
    assert turn(folder, GAMES).touched == set(GAMES)


def test_each_commit_hands_the_turn_on(project):
    folder, _, commit = project
    before = turn(folder, GAMES).number
    commit("a.py")
    assert turn(folder, GAMES).number == (before + 1) % TURNS

"""Some runs check what one would, however many games there are; what changed is checked whole."""

import subprocess

import pytest

from tests import turns as of_tests
from tests.turns import (
    BASE,
    HANDS,
    Turn,
    changed,
    touched_articles,
    touched_games,
    turn,
    turns,
)

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


def in_turn(games, number):
    """The games and hands that one of several runs does."""
    now, slugs = Turn(number, frozenset()), [str(game) for game in range(games)]
    return {
        (int(slug), hand)
        for slug in slugs
        for h, hand in enumerate(HANDS)
        if now.plays(slug, slugs, h)
    }


@pytest.mark.parametrize("games", [1, 7, 23, 24, 25, 100, 250])
def test_the_turns_do_every_game_with_every_hand_and_none_of_them_more_when_games_are_many(games):
    done = [in_turn(games, number) for number in range(turns(games))]
    assert set.union(*done) == {(game, hand) for game in range(games) for hand in HANDS}
    assert sum(map(len, done)) == games * len(HANDS)  # once each
    for one in done:
        assert len(one) <= of_tests.GAMES * len(HANDS)
        assert {hand for _, hand in one} == set(HANDS) or games < turns(games)


def test_with_few_games_each_run_plays_all_of_them():
    few = len(HANDS) * of_tests.GAMES
    for number in range(turns(few)):
        assert sorted(game for game, _ in in_turn(few, number)) == list(range(few))


def test_a_game_that_was_changed_is_done_with_every_hand():
    now = Turn(0, frozenset({"far"}))
    assert all(now.plays("far", list(GAMES), hand) for hand in range(3))
    assert not all(now.plays("old", list(GAMES), hand) for hand in range(3))


@pytest.mark.parametrize("pages", [1, 64, 65, 300])
def test_the_turns_open_every_page_and_those_of_a_changed_article_each_time(pages):
    paths = ["lesson/changed/", *(f"lesson/{number}/" for number in range(1, pages))]
    runs = [
        {path for path in paths if Turn(number, frozenset({"changed"})).opens(path, paths)}
        for number in range(-(-pages // of_tests.PAGES))
    ]
    assert set.union(*runs) == set(paths)
    for one in runs:
        assert "lesson/changed/" in one
        assert len(one) <= of_tests.PAGES + 1


@pytest.mark.parametrize("of", [of_tests.SHARED, of_tests.RARELY])
@pytest.mark.parametrize("tests", [1, 2, 3, 40])
def test_what_some_runs_share_is_done_once_in_so_many_runs(tests, of):
    named = [f"tests/test_a.py::test_{number}" for number in range(tests)]
    runs = [
        [test for test in named if Turn(number).returns(test, named, of)] for number in range(of)
    ]
    assert sorted(test for run in runs for test in run) == sorted(named)
    assert max(map(len, runs)) - min(map(len, runs)) <= 1


@pytest.mark.parametrize(
    ("path", "done"),
    [
        ("web/client/own-words.js", True),
        ("tests/browser/test_own_words.py", True),
        ("OWN_WORDS.md", True),
        ("web/client/words.js", False),
    ],
)
def test_what_some_runs_share_is_done_at_once_where_it_was_changed(project, path, done):
    folder, git, commit = project
    git("checkout", "-b", "mine")
    commit(path)
    now, named = turn(folder, GAMES), ["tests/browser/test_own_words.py::test_a", "b", "c", "d"]
    runs = [Turn(number, fresh=now.fresh).returns(named[0], named) for number in range(4)]
    assert all(runs) == done


def test_an_article_is_touched_by_what_lies_in_its_folder():
    paths = ["course/guided/level_1/en.md", "course/tracks.py", "docs/level_2.md"]
    assert touched_articles(paths) == ["level-1"]


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
    assert set(touched_games([path], GAMES)) == games


def test_what_a_branch_changed_counts_and_what_is_not_committed_too(project):
    folder, git, commit = project
    commit("games/two/other/game.py")
    git("checkout", "-b", "mine")
    commit("games/one/old.py")
    (folder / "games/one/new.py").write_text("")
    assert changed(folder) == ["games/one/new.py", "games/one/old.py"]
    found = touched_games(changed(folder), GAMES)
    assert set(found) == {"far", "far-off", "old"}, "new.py is shared"
    assert turn(folder, GAMES).touched == set(found[: of_tests.WHOLE])


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
    assert changed(folder) == ["b.py"]


def test_where_git_cannot_tell_all_games_take_their_turns(project):
    folder, _, _ = project  # of one commit, without a branch to compare with
    assert changed(folder) == []
    assert turn(folder, GAMES).touched == set()


def test_of_very_many_changed_games_those_changed_last_are_done_completely(project):
    folder, git, commit = project
    games = {f"game-{n}": f"games.one.game_{n}.game" for n in range(of_tests.WHOLE + 3)}
    git("checkout", "-b", "mine")
    for slug in games:
        commit(f"games/one/{slug.replace('-', '_')}/game.py")
    assert turn(folder, games).touched == set(list(games)[3:])


def test_each_commit_hands_the_turn_on(project):
    folder, _, commit = project
    before = turn(folder, GAMES).number
    commit("a.py")
    assert turn(folder, GAMES).number == before + 1

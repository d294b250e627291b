"""What a learner has done: merged without loss, migrated, refused where it is not understood."""

import json
import random
from pathlib import Path

import pytest

from games.ui.numbers import percent
from tests.unit.client.node import js

TIMES = [f"2026-0{month}-11T10:00:0{second}.000Z" for month in (1, 5, 9) for second in range(4)]
PLACEMENTS = ["level-2/solve-xor", "boss-quiz", "play/boss-quiz", "level-1/x/again", "constructor"]
OLD = json.loads(Path(__file__).with_name("kept-v2.json").read_text("utf-8"))
"""What the version before kept of a browser in which three games were played."""


def a_win(rng):
    params = rng.choice([{}, {"a": 1, "b": "x"}, {"b": "x", "a": 1}, {"a": 2}])
    run = rng.choice(["", "1.AA", "1.BB"])
    return {"seed": rng.randrange(3), "params": params, "run": run, "at": rng.choice(TIMES)}


def a_score(rng):
    return rng.choice([None, 0, 0.25, 0.5, 1])


def played(rng):
    last = {**a_win(rng), "score": a_score(rng), "moves": rng.randrange(5)}
    tries = rng.choices(TIMES, k=rng.randrange(6))
    records = {
        what: rng.randrange(3) for what in rng.sample(["steps", "weights"], rng.randrange(3))
    }
    last = rng.choice([None, last])
    return {"best": a_score(rng), "tries": tries, "last": last, "records": records}


def progress(rng):
    """Anything that may have been kept; few values, so that two of them often meet."""
    won, begun = (rng.sample(PLACEMENTS, rng.randrange(5)) for _ in range(2))
    return {
        "forgets": rng.choice([0, 0, 0, 1]),
        "won": {game: a_win(rng) for game in won},
        "played": {game: played(rng) for game in begun},
    }


MERGED = """
    const { merge, understand } = await import('./progress.js');
    return given.map((all) => {
        const [a, b, c] = all.map((one) => understand(one).progress);
        return { a, b, ab: merge(a, b), ba: merge(b, a), aa: merge(a, a),
                 left: merge(merge(a, b), c), right: merge(a, merge(b, c)) };
    });
"""


def test_merging_is_a_join_and_loses_nothing():
    rng = random.Random(0)
    for all in js(MERGED, [[progress(rng) for _ in range(3)] for _ in range(1000)]):
        a, b, ab = all["a"], all["b"], all["ab"]
        assert ab == all["ba"]
        assert all["aa"] == a
        assert all["left"] == all["right"]
        if a["forgets"] != b["forgets"]:
            assert ab == max(a, b, key=lambda one: one["forgets"])
            continue
        assert set(ab["won"]) == set(a["won"]) | set(b["won"])
        for game, win in ab["won"].items():
            both = [one["won"][game] for one in (a, b) if game in one["won"]]
            assert win in both
            assert bool(win["run"]) == any(one["run"] for one in both)
        for game, plays in ab["played"].items():
            both = [one["played"][game] for one in (a, b) if game in one["played"]]
            assert set(plays["tries"]) == {at for one in both for at in one["tries"]}
            bests = [one["best"] for one in both if one["best"] is not None]
            assert plays["best"] == max(bests, default=None)
            for what, figure in plays["records"].items():
                assert figure == min(one["records"].get(what, figure) for one in both)
            assert set(plays["records"]) == {what for one in both for what in one["records"]}
            newest = max((one["last"]["at"] for one in both if one["last"]), default=None)
            assert (plays["last"] or {}).get("at") == newest


def understood(value):
    return js("return (await import('./progress.js')).understand(given)", value)


def test_what_version_1_kept_is_all_there():
    kept = {
        "won": {"solve-xor": {"seed": 7, "at": TIMES[0]}, "boss-quiz": {"seed": 0, "at": TIMES[1]}},
        "theme": "dark",
    }
    read = understood(kept)
    assert (read["whole"], read["newer"]) == (True, False)
    assert read["progress"]["won"] == {
        name: {**win, "params": {}, "run": ""} for name, win in kept["won"].items()
    }
    assert understood({"theme": "light"})["whole"]
    assert understood({})["whole"]


PLACES = """
    const { isWon, playedAt, understand } = await import('./progress.js');
    const { progress } = understand(given.kept);
    return given.placements.map((place) => [isWon(progress, place), playedAt(progress, [place])]);
"""


def at(kept, *placements):
    """Whether each placement is won, and what was played there."""
    return js(PLACES, {"kept": kept, "placements": placements})


def test_what_version_2_kept_by_game_counts_wherever_the_game_stood():
    read = understood(OLD)
    assert (read["whole"], read["newer"]) == (True, False)
    assert {name: read["progress"][name] for name in ("won", "played")} == {
        name: OLD[name] for name in ("won", "played")
    }
    light, dropout, xor = "light-the-network", "dial-the-dropout", "solve-xor"
    places = [f"level-1/{light}", f"play/{light}", f"level-4/{dropout}", f"level-2/{xor}"]
    found = at(OLD, *places)
    assert [won for won, _ in found] == [True, True, True, False]
    assert found[3][1] == OLD["played"][xor]
    # What has a name of its own was not there then.
    assert at(OLD, f"level-1/{light}/again", "level-1/light")[0][0] is False


def test_a_win_counts_where_it_was_won_and_nowhere_else():
    kept = {"version": 3, "won": {"level-2/solve-xor": {"seed": 7, "at": TIMES[0]}}, "played": {}}
    places = ["level-2/solve-xor", "level-2/solve-xor/again", "level-3/solve-xor", "play/solve-xor"]
    assert [won for won, _ in at(kept, *places)] == [True, False, False, False]


def test_what_is_played_after_the_move_to_placements_joins_what_was_before():
    newer = {**OLD["played"]["solve-xor"], "best": 0.25, "tries": [TIMES[0]], "last": None}
    both = {"played": {**OLD["played"], "level-2/solve-xor": newer}, "version": 3, "won": {}}
    ((_, found),) = at(both, "level-2/solve-xor")
    assert found["best"] == 0.5
    assert len(found["tries"]) == 2
    assert found["last"] == OLD["played"]["solve-xor"]["last"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"cuts": 1}, {"cuts": "1"}, True),
        ({"cuts": 1}, {"cuts": "1.0"}, True),
        ({"cuts": 1}, {"cuts": "2"}, False),
        ({"net": "a"}, {"net": ""}, False),
        ({"n": 0}, {"n": ""}, False),
        ({"cuts": 1}, {}, True),
        ({"cuts": 1, "net": "a"}, {"cuts": "1", "net": "b"}, False),
    ],
)
def test_parameters_are_the_same_however_they_are_written(one, other, same):
    body = "return (await import('./progress.js')).sameParams(...given)"
    assert js(body, [one, other]) is same
    assert js(body, [other, one]) is same


APART = """
    const { runsIn, understand, withRuns, withoutRuns } = await import('./progress.js');
    return given.map((one) => {
        const { progress } = understand(one);
        const facts = withoutRuns(progress);
        const runs = runsIn(progress);
        const known = (kind, placement) =>
            runs.find((run) => run.kind === kind && run.placement === placement)?.found;
        return { progress, facts, back: withRuns(facts, known) };
    });
"""


def test_facts_hold_no_moves_and_get_them_back():
    rng = random.Random(1)
    for all in js(APART, [progress(rng) for _ in range(200)]):
        assert all["back"] == all["progress"]
        assert '"run": "1.' not in json.dumps(all["facts"])
        assert all["facts"]["won"].keys() == all["progress"]["won"].keys()


def test_what_is_damaged_is_left_out_and_the_rest_stays():
    good = {"seed": 7, "at": TIMES[0]}
    read = understood(
        {
            "version": 3,
            "won": {"a/solve-xor": good, "boss-quiz": {"seed": -1, "at": TIMES[0]}, "../x": good}
            | {"a//b": good, "a/b/c/d": good, "/a": good},
            "played": [],
        }
    )
    assert not read["whole"]
    assert list(read["progress"]["won"]) == ["a/solve-xor"]
    for value in (None, [], "text", 3, {"won": 1}, {"version": "2"}, {"forgets": -1}):
        assert not understood(value)["whole"], value


def test_a_newer_version_is_told():
    assert understood({"version": 4, "won": {}})["newer"]


FILES = """
    const { fromFile, toFile, nothing } = await import('./progress.js');
    const read = (text) => { try { return fromFile(text); } catch (e) { return e.message; } };
    return [...given.texts.map(read), fromFile(toFile({ ...nothing(), ...given.progress }, 'Ana'))];
"""


def test_a_file_comes_back_as_it_was_and_what_is_none_is_refused():
    win = {"seed": 7, "params": {"a": 1}, "run": "1.AA", "at": TIMES[0]}
    last = {**win, "score": 0.5, "moves": 4}
    progress = {
        "won": {"level-2/solve-xor": win},
        "played": {
            "level-4/boss-quiz/again": {
                "best": 0.5,
                "tries": TIMES[:2],
                "last": last,
                "records": {"steps": 90},
            }
        },
    }
    ours = {"neuronauts": "progress", "version": 3, **progress}
    texts = ["", "{", "[]", "null", json.dumps({"won": {}}), json.dumps({**ours, "version": 4}),
             json.dumps({**ours, "won": {"solve-xor": {}}}), json.dumps({**ours, "version": None}),
             "\x89PNG", json.dumps({**ours, "played": 3}),
             json.dumps(ours).replace("90", "-1")]  # fmt: skip
    *refused, back = js(FILES, {"texts": texts, "progress": progress})
    assert back == {"name": "Ana", "progress": {"forgets": 0, **progress}}
    for text, said in zip(texts, refused, strict=True):
        assert isinstance(said, str), text
        assert said.endswith("Nothing was changed.")
    assert "newer version" in refused[5]
    assert "damaged" in refused[6]


def test_records_kept_under_a_text_are_found_under_their_id():
    kept = {
        "steps (XOR, all of it)": 30,
        "xor": 40,
        f"steps (Moons, {percent(0.97)})": 12,
        "training points (Moons from the fewest points)": 19,
        "weights": 7,
    }
    whole = {"played": {"a": {"best": None, "tries": [], "last": None, "records": kept}}}
    read = "return (await import('./progress.js')).understand(given).progress.played.a.records"
    assert js(read, whole) == {"fewest-points": 19, "moons": 12, "weights": 7, "xor": 30}


@pytest.mark.parametrize(("tries", "said"), [(0, "0"), (3, "3"), (20, "20 or more")])
def test_tries_are_counted_up_to_a_limit(tries, said):
    body = "return (await import('./progress.js')).triesOf({ tries: given })"
    assert js(body, ["x"] * tries) == said

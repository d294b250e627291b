"""What a learner has done: merged without loss, migrated, refused where it is not understood."""

import json
import random

import pytest

from tests.unit.client.node import js

TIMES = [f"2026-0{month}-11T10:00:0{second}.000Z" for month in (1, 5, 9) for second in range(4)]
GAMES = ["solve-xor", "boss-quiz", "tune-the-neuron", "constructor"]


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
    won, begun = (rng.sample(GAMES, rng.randrange(5)) for _ in range(2))
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


def test_what_is_damaged_is_left_out_and_the_rest_stays():
    good = {"seed": 7, "at": TIMES[0]}
    read = understood(
        {
            "version": 2,
            "won": {"solve-xor": good, "boss-quiz": {"seed": -1, "at": TIMES[0]}, "../x": good},
            "played": [],
        }
    )
    assert not read["whole"]
    assert list(read["progress"]["won"]) == ["solve-xor"]
    for value in (None, [], "text", 3, {"won": 1}, {"version": "2"}, {"forgets": -1}):
        assert not understood(value)["whole"], value


def test_a_newer_version_is_told():
    assert understood({"version": 3, "won": {}})["newer"]


FILES = """
    const { fromFile, toFile, nothing } = await import('./progress.js');
    const read = (text) => { try { return fromFile(text); } catch (e) { return e.message; } };
    return [...given.texts.map(read), fromFile(toFile({ ...nothing(), ...given.progress }, 'Ana'))];
"""


def test_a_file_comes_back_as_it_was_and_what_is_none_is_refused():
    win = {"seed": 7, "params": {"a": 1}, "run": "1.AA", "at": TIMES[0]}
    last = {**win, "score": 0.5, "moves": 4}
    progress = {
        "won": {"solve-xor": win},
        "played": {
            "boss-quiz": {"best": 0.5, "tries": TIMES[:2], "last": last, "records": {"steps": 90}}
        },
    }
    ours = {"neuronauts": "progress", "version": 2, **progress}
    texts = ["", "{", "[]", "null", json.dumps({"won": {}}), json.dumps({**ours, "version": 3}),
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


@pytest.mark.parametrize(("tries", "said"), [(0, "0"), (3, "3"), (20, "20 or more")])
def test_tries_are_counted_up_to_a_limit(tries, said):
    body = "return (await import('./progress.js')).triesOf({ tries: given })"
    assert js(body, ["x"] * tries) == said

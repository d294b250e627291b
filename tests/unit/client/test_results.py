"""What a class hands in: read from lines and files, judged by a replay, put together."""

import json

from games import link
from games.run import Run
from tests.unit.client.node import js

AT = "2026-01-02T10:00:00.000Z"
RUN = link.encode(Run("solve-xor", 7))


def facts(score=1.0, moves=3, mistakes=()):
    return {
        "score": score, "won": score == 1, "moves": moves, "ticks": 5, "mistakes": list(mistakes),
    }  # fmt: skip


def result(student, game="solve-xor", *, set="", tries="", trouble="", **computed):
    known = None if trouble else facts(**computed)
    return {
        "student": student, "game": game, "set": set, "tries": tries, "seed": 7, "trouble": trouble,
        "facts": known,
    }  # fmt: skip


def read(text, source=""):
    body = "return (await import('./results.js')).entriesIn(given.text, given.source)"
    return js(body, {"text": text, "source": source})


def test_names_are_found_around_links_in_many_hands():
    address = f"https://a.school/play/solve-xor/?seed=7#run={RUN}"
    lines = [f"Ana {address}", f"Ben: {address}", f"{address} — Cleo", f"Dora;{address}", address,
             f"Emil\t{address}", "no link here", "", f"Franz-Josef | {address}",
             f'"Gus","{address}"', f"Hal, see {address}."]  # fmt: skip
    found = read("\r\n".join(lines))
    assert read("\r".join(lines)) == read("\n".join(lines)) == found
    names = [entry["student"] for entry in found["entries"]]
    assert names == [
        "Ana",
        "Ben",
        "Cleo",
        "Dora",
        "Link 5",
        "Emil",
        "Franz-Josef",
        "Gus",
        "Hal, see",
    ]
    assert {entry["run"]["seed"] for entry in found["entries"]} == {7}
    assert found["skipped"] == ["no link here"]


def test_a_file_claims_and_a_link_does_not():
    kept = {"seed": 7, "params": {}, "run": RUN, "at": AT}
    last = {**kept, "score": 0.25, "moves": 2}
    played = {"best": 0.5, "tries": [AT], "last": last}
    file = {"neuronauts": "progress", "version": 3, "name": "Ana"}
    place = "level-2/solve-xor"
    text = json.dumps({**file, "won": {place: kept}, "played": {place: played}})
    won, left = read(text)["entries"]
    assert (won["student"], won["claim"], won["tries"]) == ("Ana", {"won": True, "score": 1}, "1")
    assert left["claim"] == {"won": False, "score": 0.25}
    for wrong in ({"boss-quiz": kept}, {place: {**kept, "params": {"cuts": 2}}}):
        (other,) = read(json.dumps({**file, "won": wrong}), "x.json")["entries"]
        assert other["run"] is None
        assert "another game or other numbers" in other["trouble"]
    assert read(f"#run={RUN}")["entries"][0]["claim"] is None


def test_a_win_that_counts_at_several_places_is_handed_in_once():
    kept = {"seed": 7, "params": {"cuts": 1}, "run": RUN, "at": AT}
    won = {"play/solve-xor": kept, "level-2/solve-xor": kept, "level-2/solve-xor/again": kept}
    file = {"neuronauts": "progress", "version": 3, "name": "Ana", "won": won}
    (entry,) = read(json.dumps(file))["entries"]
    assert (entry["game"], entry["run"]["seed"]) == ("solve-xor", 7)


JUDGED = """
    const { judge, table } = await import('./results.js');
    const usual = { cuts: 1, net: 'a' };
    const entry = (params) => ({ student: 'Ana', game: 'solve-xor', params, tries: '', run: null });
    const results = given.map((params) => judge(entry(params), null, usual));
    return [results.map(({ set }) => set), table(results).tasks.map(({ set }) => set)];
"""


def test_a_game_that_is_set_otherwise_is_another_task():
    usual = [{}, {"cuts": 1}, {"cuts": "1", "net": "a"}, {"cuts": "1.0"}]
    other = [{"cuts": "2"}, {"cuts": 2.0, "net": "a"}, {"net": "b", "cuts": 10}, {"x": "=1"}]
    said, tasks = js(JUDGED, [*usual, *other])
    assert said == ["", "", "", "", "cuts=2", "cuts=2", "cuts=10, net=b", "x==1"]
    assert tasks == ["", "cuts=2", "cuts=10, net=b", "x==1"]


def test_what_is_claimed_must_be_what_was_computed():
    body = "const { judge } = await import('./results.js'); return given.map((g) => judge(...g));"
    entry = {"student": "Ana", "game": "solve-xor", "params": {}, "tries": "",
             "run": {"seed": 7}, "trouble": ""}  # fmt: skip
    said = [
        trouble["trouble"]
        for trouble in js(
            body,
            [
                [{**entry, "claim": {"won": True, "score": 1}}, {"facts": facts()}],
                [{**entry, "claim": {"won": True, "score": 1}}, {"facts": facts(0.5)}],
                [{**entry, "claim": None}, {"facts": facts(0.5)}],
                [{**entry, "claim": None}, {"refused": "move 1 is not possible"}],
                [{**entry, "claim": None, "run": None, "trouble": "no moves"}, None],
            ],
        )
    ]
    assert said == [
        "",
        "the file says won; played again it is a score of 0.50",
        "",
        "move 1 is not possible",
        "no moves",
    ]


def test_the_best_counts_and_the_stuck_and_the_wrong_answers_are_counted_by_student():
    pair = ["Why?", "Because."]
    results = [
        result("Ben", score=0.5, mistakes=[pair, pair]),
        result("Ben", score=0.25, mistakes=[pair]),
        result("Ana", score=0.75),
        result("Ana"),
        result("Cleo", trouble="forged"),
        result("Ana", set="cuts=2", score=0.25),
        result("Dora", "boss-quiz", score=0.1, mistakes=[pair, ["Who?", "You."]]),
    ]
    stuck, wrong, sheet = js(
        """
        const { stuckAt, wrongAnswers, toCsv } = await import('./results.js');
        return [stuckAt(given), wrongAnswers(given), toCsv(given)];
        """,
        results,
    )
    told = [(s["game"], s["won"], [r["student"] for r in s["stuck"]]) for s in stuck]
    assert sorted(told) == [
        ("boss-quiz", 0, ["Dora"]),
        ("solve-xor", 0, ["Ana"]),
        ("solve-xor", 1, ["Ben"]),
    ]
    assert [(w["question"], w["students"]) for w in wrong] == [("Why?", 2), ("Who?", 1)]
    assert sheet.splitlines()[1:] == [
        "Ana,solve-xor,,7,won,1,3,5,,",
        "Ana,solve-xor,cuts=2,7,not won,0.25,3,5,,",
        "Ben,solve-xor,,7,not won,0.5,3,5,,",
        "Cleo,solve-xor,,7,not confirmed,,,,,forged",
        "Dora,boss-quiz,,7,not won,0.1,3,5,,",
    ]


def test_a_spreadsheet_runs_nothing_that_was_handed_in():
    names = ["=1+1", "+x", "-x", "@x", 'say "a", b', "\tx"]
    sheet = js("return (await import('./results.js')).toCsv(given)", [result(n) for n in names])
    for line in sheet.splitlines()[1:]:
        assert line[0] in "'\""

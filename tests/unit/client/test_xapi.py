"""xAPI statements, held to the rules of the specification (1.0.3, Part Two: Experience Data)."""

import re
from datetime import datetime
from urllib.parse import urlsplit

import pytest

from tests.unit.client.node import js

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ROOT = "https://example.org/course/"
PLAYED = """
const act = {};
globalThis.document = {
  currentScript: { src: `${given.root}xapi.js` },
  addEventListener: (type, listener) => { act[type] = listener; },
};
await import('./xapi.js');
const heard = [];
const game = Object.assign(new EventTarget(), {
  localName: 'neuronauts-game',
  querySelector: () => ({ textContent: ' Solve XOR ' }),
});
game.addEventListener('statement', ({ detail }) => heard.push(detail));
const say = (type, detail, target = game) => act[type]({ type, target, detail });
const placed = { game: 'solve-xor', seed: 7, params: { units: 2, noise: 0.5 } };
"""


@pytest.fixture(scope="module")
def won():
    """Every statement of a game that gets better twice and is won."""
    return js(
        PLAYED
        + """
        globalThis.setTimeout = (call) => (call(), 0);
        say('ready', { ...placed, score: 0.25 });
        say('score', { score: 0.5 });
        say('score', { score: 0.4 });
        say('score', { score: 1 });
        say('won', { score: 1, proof: '' });
        say('won', { score: 1, proof: '' });
        return heard;""",
        {"root": ROOT},
    )


def verbs(statements):
    return [s["verb"]["id"].rpartition("/")[2] for s in statements]


def test_a_game_tells_where_it_begins_gets_better_and_is_won(won):
    assert verbs(won) == ["initialized", "progressed", "progressed", "passed", "completed"]
    assert [s["result"]["score"]["scaled"] for s in won if "score" in s.get("result", {})] == [
        0.5,
        1,
        1,
    ]
    assert won[3]["result"]["success"] is True
    assert won[4]["result"]["completion"] is True


def test_a_statement_lacks_nothing_but_its_actor(won):
    assert len({s["id"] for s in won}) == len(won)
    for s in won:
        assert set(s) <= {"id", "timestamp", "verb", "object", "result", "context"}
        assert UUID.fullmatch(s["id"])
        assert UUID.fullmatch(s["context"]["registration"])
        assert datetime.fromisoformat(s["timestamp"]).tzinfo
        assert s["verb"]["id"].startswith("http://adlnet.gov/expapi/verbs/")
        assert set(s["verb"]["display"]) == {"en-US"}
        assert s["object"]["objectType"] == "Activity"
        assert s["object"]["id"] == f"{ROOT}play/solve-xor/?seed=7&units=2&noise=0.5"
        assert s["object"]["definition"]["name"] == {"en-US": "Solve XOR"}
        assert urlsplit(s["object"]["definition"]["type"]).scheme == "http"


def test_scores_durations_and_extensions_keep_to_their_formats(won):
    for s in won:
        result = s.get("result", {})
        if score := result.get("score"):
            assert -1 <= score["scaled"] <= 1
            assert score["min"] <= score["raw"] <= score["max"]
        if result:
            assert re.fullmatch(r"PT\d+(\.\d{1,2})?S", result["duration"])  # ISO 8601, 4.6
        keys = [*s["context"]["extensions"], *result.get("extensions", {})]
        assert all(urlsplit(key).scheme for key in keys)  # extensions' keys are IRIs
        assert s["context"]["extensions"]["urn:x-neuronauts:seed"] == 7


def test_many_better_scores_in_a_moment_are_one_statement():
    told = js(
        PLAYED
        + """
        const waiting = new Map();
        globalThis.setTimeout = (call) => (waiting.set(waiting.size + 1, call), waiting.size);
        globalThis.clearTimeout = (id) => waiting.delete(id);
        say('ready', { ...placed, score: 0 });
        for (let i = 1; i < 9; i += 1) say('score', { score: i / 10 });
        const open = waiting.size;
        for (const call of waiting.values()) call();
        return [open, heard];""",
        {"root": ROOT},
    )
    assert told[0] == 1
    assert [s["result"]["score"]["raw"] for s in told[1][1:]] == [80]


def test_a_game_without_a_win_is_experienced():
    told = js(PLAYED + "say('ready', { ...placed, score: null }); return heard;", {"root": ROOT})
    assert verbs(told) == ["experienced"]
    assert "result" not in told[0]


def test_events_of_other_elements_are_none_of_a_game():
    told = js(
        PLAYED
        + "say('ready', { score: 0 }, { localName: 'video' }); say('won', {}); return heard;",
        {"root": ROOT},
    )
    assert told == []

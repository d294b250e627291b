"""words.js, the twin of games/words.py, as it is shipped in English and in another language."""

import json
from dataclasses import replace

import pytest

from games.words import ENGLISH, Language, say, use
from tests.unit.client.node import js
from tests.unit.test_words import ORDERED
from web.builder import scripts
from web.builder.scripts import filled

SAME = [
    ["{n} of {total} MB", {"n": 3, "total": "8"}],
    ["{{{name}}}", {"name": "x"}],
    ["the ridge", {}],
    ["{a} beats {b}", {"a": "Adam", "b": "SGD"}],
    *(["{text}", {"text": text}] for text in ORDERED),
]
COUNTED = [0, 1, 2, 5, 12, 22, 112, 1203]
SLAVIC = Language(
    "xx",
    ",",
    [0 if n == 1 else 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2 for n in range(200)],
    {
        "{n} move": ["{n} ruch", "{n} ruchy", "{n} ruchów"],
        "{a} beats {b}": "{b} przegrywa z {a}",
        "the ridge": "grań",
    },
)


LEFTWARD = replace(SLAVIC, code="he", rtl=True)


@pytest.mark.parametrize("spoken", [ENGLISH, SLAVIC, LEFTWARD], ids=lambda spoken: spoken.code)
def test_scripts_say_what_games_say(tmp_path, monkeypatch, spoken):
    table = "null" if spoken == ENGLISH else json.dumps(vars(spoken))
    shipped = tmp_path / "words.mjs"
    shipped.write_text(filled(scripts.WORDS.read_text("utf-8"), table), "utf-8")
    body = """
        const { say, fixed } = await import(given.script);
        return [
            given.same.map(([template, places]) => say(template, places)),
            given.counted.map((n) => say.count('{n} move', '{n} moves', n)),
            fixed(-1.25, 1),
        ];
    """
    given = {"script": shipped.as_uri(), "same": SAME, "counted": COUNTED}
    said, counted, number = js(body, given)
    use(spoken)
    try:
        assert said == [say(template, **places) for template, places in SAME]
        assert counted == [say.count("{n} move", "{n} moves", n) for n in COUNTED]
        assert number == f"-1{spoken.decimal}3"
    finally:
        use(ENGLISH)


def test_a_place_that_is_not_given_is_named():
    body = """
        const { say } = await import('./words.js');
        try { say('{n} of {total}', { n: 1 }); } catch (error) { return String(error); }
    """
    assert "{total}" in js(body)

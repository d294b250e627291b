"""Runs as text: the page's way and Python's agree, and what is no run is named."""

import base64
import json
import random
import zlib

import pytest

from games import MessageError, link
from games.editions import EditionError
from games.run import Run
from tests.unit.client.node import js

DECODE = """
    const { decodeRun } = await import('./share.js');
    const say = (error) => ({ error: error.message });
    return Promise.all(given.map((text) => decodeRun(text).catch(say)));
"""


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("https://a.school/play/x/?seed=7#run=1.Ab-_9", "1.Ab-_9"),
        ("https://a.school/play/x/?seed=7#RUN=1.Ab", "1.Ab"),
        ("https://a.school/play/x/?seed=7#run%3D1.Ab", "1.Ab"),
        ("https://a.school/play/x/?seed=7#utm=mail&run=1.Ab", "1.Ab"),
        ("https://a.school/play/x/?seed=7&run=1.Ab", None),
        ("https://a.school/play/x/?seed=7#rerun=1.Ab", None),
        ("https://a.school/play/x/?seed=7%23run%3D1.Ab", "1.Ab"),
        ("https://a.school/play/x/?seed%3d7%2523run%253d1.Ab", "1.Ab"),
        ("https://a.school/play/x/?seed=7%23%72%75%6e%3D%31%2e%41%62", "1.Ab"),
        ("https://a.school/play/x/#%2572%2575%256E=1.Ab", "1.Ab"),
        ("#run=1.Ab", "1.Ab"),
        ("#run=", ""),
        ("#run", ""),
        ("#running", None),
        ("#address", None),
        ("https://a.school/play/x/?seed=7", None),
    ],
)
def test_a_run_is_found_in_a_link_however_its_signs_are_written(link, text):
    assert js("return (await import('./share.js')).runIn(given)", link) == text


def packed(value, version=2):
    text = value if isinstance(value, str) else json.dumps(value)
    squeezed = zlib.compress(text.encode(), wbits=-15)
    return f"{version}.{base64.urlsafe_b64encode(squeezed).decode().rstrip('=')}"


def whole(**changes):
    run = {"game": "solve-xor", "edition": 1, "seed": 7, "params": {"a": 0.5}}
    return run | {"log": [["x", 1], 40], "score": None} | changes


def test_both_ways_read_what_either_has_written():
    run = Run("light-the-network", 7)
    run.solve()
    given = {"game": run.game.slug, "edition": run.game.edition, "seed": run.seed}
    given |= {"params": run.params, "score": 1.0}
    given["log"] = [*run.log, 12345, ["say", "Größe − “x”", None, True, -0.25, 1e-12]]
    run.log = given["log"]
    text, back = js(
        """
        const { encodeRun, decodeRun } = await import('./share.js');
        return [await encodeRun(given.run), await decodeRun(given.text)];
        """,
        {"run": given, "text": link.encode(run)},
    )
    assert back == {"version": 2, **given}
    assert link.decode(text) == given
    assert text.startswith("2.")


def test_many_ticks_and_moves_stay_short():
    log = [["step", 1], 100_000] * 500
    assert len(js("return (await import('./share.js')).encodeRun(given)", whole(log=log))) < 200


def test_a_run_too_long_for_a_link_is_refused():
    said = js(
        """
        const { encodeRun } = await import('./share.js');
        const log = Array.from({ length: 60_000 }, (_, i) => ['x', Math.sin(i)]);
        return encodeRun({ ...given, log }).catch((error) => error.message);
        """,
        whole(),
    )
    assert said == "This run is too long for a link."


def test_a_text_of_the_first_format_is_of_the_first_edition():
    old = {name: value for name, value in whole().items() if name not in ("edition", "score")}
    (run,) = js(DECODE, [packed(old, version=1)])
    assert run == {"version": 1, **whole()}
    assert link.decode(packed(old, version=1)) == whole()


def test_a_newer_format_says_so():
    (said,) = js(DECODE, [packed(whole(), version=3)])
    assert "newer version of the course" in said["error"]
    with pytest.raises(link.LinkError, match="newer"):
        link.decode(packed(whole(), version=3))
    with pytest.raises(link.LinkError, match="newer"):
        link.decode(f"{'2' * 5000}.abc")


def test_what_is_no_run_is_named_damaged():
    good = packed(whole())
    wrong = [
        "", "2.", "2", "run", good[:-4], good[:9] + "A" + good[10:], good + "!", "0" + good[1:],
        packed("not JSON"), packed([1]), packed("null"), packed(" " * 5_000_000),
        *(packed(whole(**{name: value})) for name, values in {
            "game": ["", "../x", 3, None, "x" * 99],
            "edition": [0, -1, 1.5, "1", None],
            "score": [-1, 2, "1", True],
            "seed": [-1, 2**32, 0.5, "7", True, None],
            "params": [None, [], {"a": []}, {"a": None}],
            "log": [None, {}, [0], [-1], [0.5], [[]], [[1]], [["x", []]], [["x", {}]], [10**12]],
        }.items() for value in values),
    ]  # fmt: skip
    answers = js(DECODE, [good, *wrong])
    assert answers[0] == {"version": 2, **whole()}
    for text, answer in zip(wrong, answers[1:], strict=True):
        assert "cannot be read" in answer.get("error", ""), (text[:60], answer)


def test_a_replayed_text_is_the_run():
    run = Run("tune-the-neuron", 3)
    run.solve()
    again = link.replayed(link.encode(run))
    assert (again.score(), again.log, again.params) == (1, run.log, run.params)
    assert link.encode(again) == link.encode(run)


def nested(depth):
    return "[" * depth + "1" + "]" * depth


@pytest.mark.parametrize(
    "changes",
    [{"game": []}, {"game": None}, {"log": [[[]]]}, {"log": [[["drag"]]]}, {"log": [[{}, 1]]}],
)
def test_what_cannot_open_a_message_or_name_a_game_is_no_run(changes):
    run = whole(params={}, log=[]) | changes
    with pytest.raises(link.LinkError, match=r"holds no run|does not open with a name"):
        link.replayed(packed(run))


@pytest.mark.parametrize("depth", [10, 300, 900, 990, 5000, 200_000])
def test_a_message_nested_however_deeply_ends_in_a_sentence(depth):
    text = json.dumps(whole(params={}, log=[["drag", "deep"]]))
    with pytest.raises((EditionError, link.LinkError, MessageError)):
        link.replayed(packed(text.replace('"deep"', nested(depth))))


def test_hostile_texts_end_in_a_sentence_or_a_run():
    """Random bytes, and a good text with letters changed, cut out and doubled."""
    rng = random.Random(0)
    good = packed(whole(log=[["x", i / 7] for i in range(40)]))
    letters = "ABCxyz019-_.=+/ \0é"

    def hostile():
        if rng.random() < 0.3:
            return "2." + "".join(rng.choices(letters, k=rng.randrange(200)))
        at = rng.randrange(len(good))
        middle = "".join(rng.choices(letters, k=rng.randrange(4)))
        return good[:at] + middle + good[at + rng.randrange(5) :]

    answers = js(DECODE, [hostile() for _ in range(3000)])
    for answer in answers:
        sentence = answer.get("error")
        assert sentence.endswith((".", "again.")) if sentence else answer["version"] == 2

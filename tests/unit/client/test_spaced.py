"""When something is to be said again, and which ideas its words touch: spaced.js."""

from tests.unit.client.node import js

SAY = """
    const { back, isDue, saidNow } = await import('./spaced.js');
    let said;
    return given.map((day) => {
        const now = new Date(Date.UTC(2026, 0, 1) + day * 86400000);
        const due = isDue(said, now);
        said = saidNow(said, `day ${day}`, now);
        const when = back(said);
        return [due, said.times, said.text, when && (when - Date.UTC(2026, 0, 1)) / 86400000];
    });
"""


def test_what_is_said_comes_back_after_1_3_7_and_21_days_and_then_no_more():
    assert js(SAY, [0, 1, 4, 11, 32, 100]) == [
        [False, 1, "day 0", 1],
        [True, 2, "day 1", 4],
        [True, 3, "day 4", 11],
        [True, 4, "day 11", 32],
        [True, 5, "day 32", None],
        [False, 5, "day 100", None],
    ]


def test_said_early_it_counts_no_further_and_said_late_it_counts_from_then():
    assert js(SAY, [0, 0.5, 0.9, 3]) == [
        [False, 1, "day 0", 1],
        [False, 1, "day 0.5", 1],
        [False, 1, "day 0.9", 1],
        [True, 2, "day 3", 6],
    ]


def found(text, *words):
    body = "return (await import('./spaced.js')).mentioned(given[0], given[1]);"
    return js(body, [text, list(words)])


def test_an_idea_is_mentioned_by_the_beginning_of_a_word_as_it_stands_in_the_text():
    assert found("It Weighs each input.", "weigh", "multipl") == "Weighs"
    assert found("it is multiplied", "weigh", "multipl") == "multiplied"
    assert found("outweighed", "weigh") == ""
    assert found("knows it by  HEARTS", "by heart") == "by  HEARTS"
    assert found("by the heart", "by heart") == ""
    assert found("Es wird größer", "größ") == "größer"
    assert found("a.b", "a.b") == "a.b"
    assert found("aXb", "a.b") == ""
    assert found("", "weigh") == ""


def test_what_was_kept_and_is_damaged_is_left_out():
    good = {"text": "a", "times": 1, "at": "2026-01-01T00:00:00.000Z"}
    kept = {
        "level-4/neuron": good,
        "level-4/bend": {**good, "times": 0},
        "level-4/blame": {**good, "at": "soon"},
        "level-4/long": {**good, "text": "x" * 4001},
        "strange": good,
    }
    body = "return (await import('./spaced.js')).understandSaid(given);"
    assert js(body, kept) == {"level-4/neuron": good}
    assert js(body, [1]) == js(body, None) == js(body, "text") == {}

"""What a launch page tells a platform, held to SCORM's formats without a browser."""

import json
import re

import pytest

from tests.unit.client.node import js

LMS = "const { Lms, duration } = await import('./lms.js');"


@pytest.mark.parametrize(
    ("seconds", "old", "new"),
    [
        (0, "0000:00:00.00", "PT0H0M0S"),
        (3.456, "0000:00:03.46", "PT0H0M3.46S"),
        (59.999, "0000:01:00.00", "PT0H1M0S"),
        (3725.5, "0001:02:05.50", "PT1H2M5.5S"),
    ],
)
def test_a_span_of_time_is_written_as_each_version_wants_it(seconds, old, new):
    said = js(
        f"{LMS} return [duration(given, '1.2'), duration(given, '2004')];",
        seconds,
    )
    assert said == [old, new]
    assert re.fullmatch(r"\d{2,4}:\d\d:\d\d(\.\d{1,2})?", said[0])  # SCORM 1.2's CMITimespan


def test_the_nearest_api_of_the_wanted_version_is_found():
    found = js(
        f"""{LMS}
        const closed = new Proxy({{}}, {{ get() {{ throw new Error('another origin'); }} }});
        const top = {{ API: 'old', API_1484_11: 'far' }}; top.parent = top;
        const middle = {{ API_1484_11: 'near', parent: top }};
        const here = {{ parent: middle }};
        const opened = {{ opener: {{ parent: top }} }}; opened.parent = opened;
        const lonely = {{}}; lonely.parent = lonely;
        const strange = {{ opener: closed, parent: closed }};
        return [[here, '2004'], [here, '1.2'], [opened, '1.2'], [lonely, '2004'], [strange, '1.2'],
                [{{ parent: {{ API: 'only' }} }}, '2004']]
          .map(([window, version]) => Lms.find(window, version))
          .map((lms) => lms && [lms.version, lms.api]);"""
    )
    assert found == [
        ["2004", "near"],
        ["1.2", "old"],
        ["1.2", "old"],
        None,
        None,
        ["1.2", "only"],
    ]


def test_what_a_platform_refuses_is_kept_as_a_reason_and_thrown_nowhere():
    reasons = js(
        f"""{LMS}
        const answers = {{ LMSSetValue: 'false', LMSCommit: 'true', LMSGetLastError: '405' }};
        const api = {{
          LMSSetValue: () => 'false', LMSCommit: () => 'true', LMSGetLastError: () => '405',
          LMSGetErrorString: (code) => `error ${{code}}`,
          LMSGetValue: () => {{ throw new Error('gone'); }},
        }};
        const lms = new Lms('1.2', api);
        const said = [lms.set('cmi.core.exit', 'now'), lms.trouble, lms.get('cmi.core.exit')];
        return [...said, lms.commit(), lms.trouble, lms.begin(), lms.trouble !== ''];"""
    )
    assert reasons == [False, "error 405", "", True, "error 405", False, True]


@pytest.mark.parametrize(
    ("said", "error", "begun"),
    [
        ("true", "0", True),
        ("1", "0", True),
        ("True", "0", True),
        ("", "0", True),
        ("false", "0", True),  # begun before: it can be read all the same
        ("false", "301", False),
        ("", "101", False),
    ],
)
def test_a_platform_says_yes_in_its_own_way(said, error, begun):
    told = js(
        f"""{LMS}
        const lms = new Lms('1.2', {{
          LMSInitialize: () => given.said, LMSGetValue: () => '',
          LMSGetLastError: () => given.error, LMSGetErrorString: () => 'no',
        }});
        return [lms.begin(), lms.trouble];""",
        {"said": said, "error": error},
    )
    assert told == [begun, "" if begun else "no"]


def test_a_platform_that_was_begun_before_and_keeps_its_error_is_read():
    told = js(
        f"""{LMS}
        const lms = new Lms('1.2', {{
          LMSInitialize: () => 'false', LMSGetValue: () => 'incomplete',
          LMSGetLastError: () => '101', LMSGetErrorString: () => 'already begun',
        }});
        return [lms.begin(), lms.trouble];"""
    )
    assert told == [True, ""]


def test_a_platform_that_gives_no_reasons_is_said_to_give_none():
    told = js(
        f"""{LMS}
        const lms = new Lms('1.2', {{ LMSSetValue: () => 'false' }});
        return [lms.set('cmi.core.score.raw', 5), lms.trouble];"""
    )
    assert told == [False, "it gave no reason"]


def test_platforms_whose_yes_is_a_number_or_nothing_are_understood():
    told = js(
        f"""{LMS}
        const lms = new Lms('1.2', {{
          LMSInitialize: () => true, LMSSetValue: () => 1, LMSCommit: () => undefined,
        }});
        return [lms.begin(), lms.set('cmi.core.score.raw', 5), lms.commit(), lms.trouble];"""
    )
    assert told == [True, True, True, ""]


REPORTED = """
    const said = [], values = {}, heard = {};
    globalThis.document = Object.assign(new EventTarget(), { hidden: false });
    globalThis.addEventListener = (name, act) => { heard[name] = act; };
    globalThis.setInterval = () => 0;
    globalThis.setTimeout = (act) => (act(), 0);
    const shelf = new Map(Object.entries(given.shelf));
    globalThis.location = { pathname: '/a/game.html' };
    globalThis.localStorage = {
      getItem: (key) => shelf.get(key) ?? null,
      setItem: (key, text) => shelf.set(key, text),
      removeItem: (key) => shelf.delete(key),
    };
    const api = {
      LMSInitialize: () => 'true', LMSFinish: () => 'true', LMSCommit: () => given.commits,
      LMSGetValue: (name) => given.kept[name] ?? '',
      LMSSetValue: (name, value) => {
        if (name === given.throws) throw new Error('no room');
        values[name] = value;
        return 'true';
      },
      LMSGetLastError: () => '0', LMSGetErrorString: () => '',
    };
    const attributes = {};
    const game = Object.assign(new EventTarget(), {
      setAttribute: (name, value) => { attributes[name] = value; },
      state: async () => given.state,
    });
    const happens = (type, detail) => game.dispatchEvent(new CustomEvent(type, { detail }));
    report(game, new Lms('1.2', api), (sentence) => said.push(sentence));
    const settle = () => new Promise((done) => setImmediate(done));
"""
STATE = {"game": "solve-xor", "seed": 7, "params": {"units": 2}, "run": "1.short"}


def reported(body, kept=(), state=STATE, *, shelf=(), commits="true", throws=""):
    """What a platform of version 1.2 is told while a game does what `body` says."""
    return js(
        f"const {{ Lms, report }} = await import('./lms.js'); {REPORTED} {body}"
        "await settle(); return { said, values, attributes, shelf: Object.fromEntries(shelf) };",
        {
            "kept": dict(kept), "state": state, "shelf": dict(shelf), "commits": commits,
            "throws": throws,
        },
    )  # fmt: skip


def test_what_matters_and_is_not_taken_is_said_until_it_is():
    told = reported("happens('ready', { score: 0.2 });", throws="cmi.core.lesson_status")
    assert told["said"][-1] == "Your course did not take this (no room). You can play on."
    told = reported(
        "happens('ready', { score: 0.2 }); happens('won', {});", throws="cmi.core.score.min"
    )
    assert set(told["said"]) == {""}
    assert told["values"]["cmi.core.score.raw"] == "100"


LEARNER = {"cmi.core.student_id": "ana"}
SHELF = "neuronauts:lms:/a/game.html:ana"


def test_what_could_not_be_handed_over_waits_for_the_same_learner():
    play = "happens('ready', { score: 0 }); happens('score', { score: 0.5 }); happens('won', {});"
    left = reported(f"{play} await settle(); heard.pagehide();", LEARNER, commits="false")
    assert json.loads(left["shelf"][SHELF]) == {"best": 100, "passed": True, "memory": "1.short"}
    again = reported("", LEARNER, shelf=left["shelf"])
    assert again["values"]["cmi.core.score.raw"] == "100"
    assert again["values"]["cmi.core.lesson_status"] == "passed"
    assert again["values"]["cmi.suspend_data"] == again["attributes"]["run"] == "1.short"
    assert again["shelf"] == {}
    other = reported("", {"cmi.core.student_id": "ben"}, shelf=left["shelf"])
    assert (other["values"], other["attributes"]) == ({}, {})
    assert other["shelf"] == left["shelf"]
    nobody = reported(f"{play} await settle(); heard.pagehide();", commits="false")
    assert nobody["shelf"] == {}


def test_a_visit_that_was_handed_over_leaves_nothing_on_the_device():
    told = reported("happens('ready', { score: 0 }); heard.pagehide();", LEARNER)
    assert told["shelf"] == {}


def test_a_run_that_is_too_long_leaves_its_seed_and_parameters_and_a_sentence():
    told = reported(
        "happens('ready', { score: 0.2 }); happens('score', { score: 0.5 });",
        state={**STATE, "run": "1." + "x" * 4095},
    )
    assert told["values"]["cmi.suspend_data"] == '{"seed":7,"params":{"units":2}}'
    assert told["said"][-1].startswith("These are more moves than your course can keep")
    assert told["values"]["cmi.core.score.raw"] == "50"


def test_what_was_kept_is_given_back_to_the_element():
    again = reported("", {"cmi.suspend_data": "1.abc"})
    assert again["attributes"] == {"run": "1.abc"}
    anew = reported("", {"cmi.suspend_data": '{"seed":9,"params":{"units":3}}'})
    assert anew["attributes"] == {"seed": "9", "params": '{"units":3}'}
    assert reported("", {"cmi.suspend_data": "nonsense"})["attributes"] == {}


def test_opening_a_game_reports_no_score_and_a_score_never_falls():
    opened = reported("happens('ready', { score: 0.4 });")
    assert opened["values"] == {"cmi.core.lesson_status": "incomplete"}
    better = reported(
        "happens('ready', { score: 0.4 }); happens('score', { score: 0.3 });",
        {"cmi.core.score.raw": "80", "cmi.core.lesson_status": "incomplete"},
    )
    assert "cmi.core.score.raw" not in better["values"]
    assert "cmi.core.lesson_status" not in better["values"]


def test_who_has_passed_stays_passed():
    again = reported(
        "happens('ready', { score: 1 }); happens('won', { score: 1 });",
        {"cmi.core.score.raw": "100", "cmi.core.lesson_status": "passed"},
    )
    assert "cmi.core.lesson_status" not in again["values"]


def test_a_game_with_nothing_to_win_is_completed_when_it_is_opened():
    told = reported("happens('ready', { score: null });")
    assert told["values"] == {"cmi.core.lesson_status": "completed"}


def test_leaving_tells_the_time_and_asks_to_keep_what_was_told():
    told = reported("happens('ready', { score: 0 }); heard.pagehide(); heard.pagehide();")
    assert told["values"]["cmi.core.exit"] == "suspend"
    assert re.fullmatch(r"0000:00:\d\d\.\d\d", told["values"]["cmi.core.session_time"])

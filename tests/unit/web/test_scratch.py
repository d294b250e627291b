"""Lines on a card's numbers: what comes out, what goes wrong, what travels."""

import importlib
import json
import math

import numpy as np
import pytest

from pycore import activations
from pycore.activations import Sigmoid, sigmoid
from web import scratch
from web.scratch import (
    MOST,
    PackError,
    Sides,
    agrees,
    compare,
    evaluate,
    pack,
    prepare,
    shown,
    unpack,
)


def given(beside=None, claims=False, **names):
    packed = {name: pack(value) for name, value in names.items()}
    other = None if beside is None else pack(beside)
    return json.dumps({"names": packed, "beside": other, "claims": claims})


def answer(code, **names):
    return json.loads(prepare(code, given(**names))())


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("1 + 1", 2),
        ("a = 3\na * 2", 6),
        ("a = 3", 3),
        ("a = 3\na += 1", 4),
        ("a: int = 5", 5),
        ("for a in range(3): pass", None),
        ("", None),
    ],
)
def test_the_value_is_that_of_the_last_line(code, value):
    assert evaluate(code, {}) == ("", value)


def test_what_is_printed_comes_before_the_result():
    found = answer("print('so')\n2 * w", w=np.array([1.0, 2.5]))
    assert (found["printed"], found["shown"], found["error"]) == ("so", "[2. 5.]", "")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.66818777, "0.6682"),
        (np.float64(2.0), "2."),
        (np.array([1 / 3, -2.0]), "[ 0.3333 -2.    ]"),
        (7, "7"),
        ("a", "a"),
    ],
)
def test_results_are_rounded_for_reading(value, text):
    assert shown(value) == text


@pytest.mark.parametrize(
    ("left", "sign", "right"),
    [
        (1 + 5j, "==", 1.0),
        (np.array([1 + 5j]), "==", np.array([1.0])),
        (np.inf, "<=", 5.0),
        (5.0, ">=", np.inf),
        (np.inf, "==", np.inf),
        (np.nan, "<=", 1.0),
        (np.array([]), "<=", 1.0),
    ],
)
def test_a_claim_about_what_cannot_be_compared_does_not_hold(left, sign, right):
    with np.errstate(invalid="ignore"):
        assert not Sides(left, sign, right).holds


@pytest.mark.parametrize(
    ("left", "sign", "right"),
    [
        (np.inf, "<=", 5.0),
        (5.0, "<=", np.inf),
        (np.array([1.0, np.inf]), "==", np.array([1.0, np.inf])),
        (np.nan, "<=", 1.0),
        (np.float32(np.inf), ">=", 1.0),
        pytest.param(10**400, "<=", 10**401, id="whole numbers"),
        (-1e308, "<=", 1e308),
    ],
)
def test_numbers_that_no_float_can_hold_are_no_verdict_on_a_claim(left, sign, right):
    claim = Sides(left, sign, right)
    assert claim.lost
    assert not claim.holds
    said = compare(given(claims=True), scratch._numbers(claim))
    assert (said["lost"], said["agrees"]) == (True, False)


@pytest.mark.parametrize(
    ("left", "right"),
    [(1 + 5j, 1.0), (np.array([]), 1.0), ("a", "b"), (np.zeros(2), np.zeros(3)), (1e308, 1e307)],
)
def test_what_is_no_number_or_just_false_is_not_told_as_one_that_is_too_large(left, right):
    assert not Sides(left, "<=", right).lost


def test_two_results_that_no_float_can_hold_are_not_told_to_agree_unless_the_page_has_them_so():
    for value, own, lost in [
        (np.inf, 2.0, True),
        (np.nan, 2.0, True),
        (10**400, 2.0, True),
        (1.0, 2.0, False),
        (np.array([0.0, -np.inf]), np.array([0.0, -np.inf]), False),  # a mask
    ]:
        assert compare(given(own), scratch._numbers(value))["lost"] is lost
    anew = json.dumps(json.loads(given(2.0)) | {"anew": "w * w"})
    both = json.loads(prepare("w ** 2", anew.replace('"names": {}', '"names": {"w": 1e200}'))())
    assert both["error"].startswith("Line 1: OverflowError")
    big = json.dumps(json.loads(given(2.0, w=np.array(1e200))) | {"anew": "w * w"})
    with np.errstate(over="ignore"):
        said = compare(big, json.loads(prepare("w ** 2", big)())["value"])
    assert (said["shown"], said["right"], said["lost"]) == ("inf", "inf", True)


def test_large_arrays_are_shown_by_their_ends():
    assert "..." in shown(np.arange(10_000.0))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("1 +", "Line 1: SyntaxError: invalid syntax"),
        ("a = 1\nq", "Line 2: NameError: name 'q' is not defined"),
        ("def f():\n    return 1 / 0\nf()", "Line 2: ZeroDivisionError: division by zero"),
        ("raise SystemExit", "Line 1: SystemExit"),
        ("np.zeros(2) @ np.zeros(3)", "Line 1: ValueError: matmul"),
    ],
)
def test_an_error_is_the_last_line_of_the_traceback_with_the_learners_line(code, error):
    assert answer(code, np=np)["error"].startswith(error)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [("x * 2", True), ("x * 2 + 1e-8", True), ("x * 2.01", False), ("x[:1] * 2", False)],
)
def test_the_result_is_compared_with_what_stands_beside_it(code, verdict):
    value = answer(code, x=np.array([1.0, 2.0]))["value"]
    assert compare(given(np.array([2.0, 4.0])), value)["agrees"] is verdict


def test_what_is_compared_reads_as_the_result_does():
    for code in (
        "1",
        "0.5",
        "w / 3",
        "np.arange(3)",
        "np.zeros((0, 2))",
        "np.float32(1) / 3",
        "w > 1",
    ):
        found = answer(code, w=np.array([1.0, 2.5]), np=np)
        assert compare(given(1.0), found["value"])["shown"] == found["shown"], code


@pytest.mark.parametrize(
    "code", ["print(1)", "'text'", "[[1], [2, 3]]", "print", f"np.zeros({MOST + 1})"]
)
def test_what_is_no_numbers_or_too_many_is_not_compared(code):
    assert answer(code, np=np)["value"] == ""


@pytest.mark.parametrize(
    "value",
    [
        *("", "{", "7", "[]", "null", "[" * 99_999, '{"array": [1]}', '{"dtype": "f8"}'),
        *('{"module": "os", "name": "getcwd"}', '{"module": "os"}'),
        *('{"array": [[1], 2], "dtype": "f8"}', '{"array": [1e999], "dtype": "i8"}'),
        *('{"array": 0, "dtype": "S999999999"}', '{"array": 0, "dtype": "O"}'),
        *('{"array": 0, "dtype": "(99999,99999)f8"}', '{"array": 0, "dtype": "none"}'),
        *(
            '{"array": 0, "dtype": 7}',
            '{"array": {}, "dtype": "f8"}',
            '{"array": "a", "dtype": "f8"}',
        ),
    ],
)
def test_a_forged_value_is_shown_as_nothing_and_agrees_with_nothing(value):
    assert compare(given(1.0), value) == {"shown": "", "agrees": False}


def test_text_beside_agrees_with_nothing():
    assert not agrees("text", 1.0)


@pytest.mark.parametrize(
    ("code", "left", "right", "slack", "holds"),
    [
        ("w[0] <= 2", "1.", "2", "1.", True),
        ("2 * w >= w", "[2. 5.]", "[1.  2.5]", "[1.  2.5]", True),
        ("w <= 2", "[1.  2.5]", "2", "[ 1.  -0.5]", False),
        ("w == w * (1 + 1e-12)", "[1.  2.5]", "[1.  2.5]", "[0. 0.]", True),
        ("w == w + 1e-6", "[1.  2.5]", "[1.  2.5]", "[0. 0.]", False),
        ("w <= np.nan", "[1.  2.5]", "nan", "[nan nan]", False),
        ("a = w + 1\na[0] <= 2", "2.", "2", "0.", True),
        ("w[:0] <= 1", "[]", "1", "[]", False),
    ],
)
def test_a_claim_comes_to_its_two_sides_and_the_room_between_them(code, left, right, slack, holds):
    known = given(claims=True, w=np.array([1.0, 2.5]), np=np)
    found = json.loads(prepare(code, known)())
    assert found["error"] == ""
    said = {"shown": left, "right": right, "slack": slack, "agrees": holds}
    said["lost"] = "nan" in right
    assert compare(known, found["value"]) == said


@pytest.mark.parametrize(
    "value",
    [
        *("", "7", "[]", '{"array": [1], "dtype": "f8"}'),
        '{"left": 1, "sign": "<=", "right": 2}',
        '{"left": {"array": 1, "dtype": "f8"}, "sign": "<", "right": {"array": 2, "dtype": "f8"}}',
        json.dumps(pack(Sides(np.zeros(2), "<=", np.ones(3)))),
    ],
)
def test_a_forged_claim_does_not_hold(value):
    assert compare(given(claims=True), value) == {"shown": "", "agrees": False}


def test_a_line_goes_on_from_the_code_above_it_and_says_where_that_fails():
    known = json.loads(given(w=np.array([1.0, 2.5])))
    above = ["def twice(v):\n    return 2 * v\nprint('unheard')", "u = twice(w)"]
    found = json.loads(prepare("u + 1", json.dumps(known | {"above": above}))())
    assert (found["printed"], found["shown"], found["error"]) == ("", "[3. 6.]", "")
    above[1] = "u = 1\nu = thrice(w)"
    found = json.loads(prepare("u + 1", json.dumps(known | {"above": above}))())
    assert found["error"] == "Cell 2, above: Line 2: NameError: name 'thrice' is not defined"


def test_a_comparison_is_a_claim_only_where_claims_are_made():
    assert answer("w > 1", w=np.array([1.0, 2.5]))["shown"] == "[False  True]"
    assert answer("w <= 1", w=np.array([1.0, 2.5]))["shown"] == "[ True False]"


@pytest.mark.parametrize(
    "value",
    [
        np.array([[1 / 3, math.nan]]),
        np.array([1, 2]),
        np.array([True, False]),
        np.float32([0.1]),
        2.5,
        True,
        "text",
    ],
)
def test_values_travel_exactly(value):
    back = unpack(json.loads(json.dumps(pack(value))))
    assert type(back) is type(value)
    np.testing.assert_array_equal(back, value)
    assert np.asarray(back).dtype == np.asarray(value).dtype


@pytest.mark.parametrize("thing", [sigmoid, Sigmoid, activations, np])
def test_names_of_the_engine_travel_by_name(thing):
    assert unpack(json.loads(json.dumps(pack(thing)))) is thing


@pytest.mark.parametrize("thing", [lambda x: x, object(), [1, 2], None])
def test_what_cannot_travel_is_refused(thing):
    with pytest.raises(PackError, match="neither numbers"):
        pack(thing)


def test_a_function_that_a_lesson_has_made_does_not_travel_by_a_name_that_leads_nowhere():
    names = {}
    exec("def slope(x):\n    return 2 * x", names)
    with pytest.raises(PackError, match="neither numbers"):
        pack(names["slope"])


def test_each_run_starts_from_the_cards_numbers():
    numbers = given(w=np.array([1.0]))
    for _ in range(2):
        assert json.loads(prepare("w += 1\nw", numbers)())["shown"] == "[2.]"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("(w[0], 1)", "(0.5, 1)"),
        ("[w[0], np.float32(2)]", "[0.5, 2.0]"),
        ("{w[0]}", "{0.5}"),
        ("{'a': w[0]}", "{'a': 0.5}"),
        ("w[0] > 0, np.int64(3)", "(True, 3)"),
        ("w[0]", "0.5"),
        ("w", "[ 0.5 -2. ]"),
    ],
)
def test_a_number_is_shown_as_a_number_wherever_it_stands(code, text):
    w = np.array([0.5, -2.0])
    assert answer(code, w=w, np=np)["shown"] == text
    assert answer(f"print({code})", w=w, np=np)["printed"] == text.replace("(True, 3)", "True 3")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("web.scratch", "LONGEST"),
        ("web.scratch", "np"),
        ("web.scratch", "shown"),
        ("pycore.activations", "np"),
        ("pycore.kernels", "NATIVE"),
        ("pycore.losses", "sigmoid"),
        ("numpy", "linalg"),
        ("json", "dumps"),
        ("numpy", "pi"),
        ("math", "tau"),
    ],
)
def test_whatever_of_a_module_a_line_replaces_is_noticed(monkeypatch, module, name):
    intact = scratch.watch()
    evaluate("import pycore.losses, numpy as np; float(np.linalg.norm([3, 4]))", {})
    assert intact()
    monkeypatch.setattr(importlib.import_module(module), name, None)
    assert not intact()


def test_how_numbers_are_printed_and_errors_met_is_not_for_a_line_to_change():
    with pytest.raises(AttributeError):
        scratch.READABLE.clear()
    with pytest.raises(AttributeError):
        scratch.CLAIMS.clear()
    before = np.geterr(), np.get_printoptions()
    evaluate("import numpy as np\nnp.seterr(all='raise')\nnp.set_printoptions(precision=1)", {})
    assert (np.geterr(), np.get_printoptions()) == before


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("raise ValueError([np.float64(0.5)])", "ValueError: [0.5]"),
        ("assert False, (np.float32(0.25), np.int64(3))", "AssertionError: (0.25, 3)"),
        ("{}[np.float64(0.5)]", "KeyError: 0.5"),
    ],
)
def test_numbers_in_an_error_are_told_as_numbers(line, error):
    answer = json.loads(prepare(f"import numpy as np\n{line}", json.dumps({"names": {}}))())
    assert answer["error"] == f"Line 2: {error}"


def test_numbers_of_more_digits_than_json_has_travel_as_floats():
    assert unpack(pack(np.array([0.5], np.longdouble))).tolist() == [0.5]
    line = "import numpy as np\n[np.longdouble(1) / 3]"
    answer = json.loads(prepare(line, json.dumps({"names": {}}))())
    assert json.loads(answer["value"])["array"] == [1 / 3]

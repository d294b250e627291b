"""The table of moves: what it takes, how it refuses, and what a control reads of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games import Param, ParamError
from games.moves import (
    Dial,
    File,
    MessageError,
    Parts,
    Pick,
    Place,
    Press,
    Shades,
    Switch,
    Text,
    moves,
)

TABLE = moves(
    beta=Dial(0, 0.99, 0.01),
    free=Dial(0.0, 1.0, None),
    layers=Dial(1, 8),
    seek=Dial(0, lambda s: s["furthest"]),
    start=Pick({"ridge": 0.0, "hair": 1e-4}, was={"at the ridge": "ridge"}),
    rate=Pick(1, 2, 4),
    on=Switch(),
    drag=Parts(end=Dial(0, 1), to=Place(Dial(-1, 1, 0.1), Dial(0, 2, 0.5))),
    line=Text(5),
    brain=File(binary=True),
    race=Press(when=lambda s: s["ready"]),
)
STATE = {"furthest": 7, "ready": False}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
)


def take(name, *values, state=STATE):
    return TABLE.take(state, name, values)


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (("beta", 0.1 + 0.2), (0.3,)),
        (("beta", 0.994 - 0.004), (0.99,)),
        (("layers", 3.0), (3,)),
        (("layers", 2.6), (3,)),
        (("free", 1 / 3), (1 / 3,)),
        (("seek", 7), (7,)),
        (("start", "hair"), ("hair",)),
        (("rate", 4.0), (4,)),
        (("on", False), (False,)),
        (("drag", 1, 0.26, 1.8), (1, 0.3, 2.0)),
        (("line", "abcde"), ("abcde",)),
        (("brain", "AAAA"), ("AAAA",)),
    ],
)
def test_a_move_is_logged_in_its_canonical_form(said, logged):
    found = take(*said)
    assert found == logged
    assert [type(value) for value in found] == [type(value) for value in logged]


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        (("jump",), "'beta', 'free', 'layers'"),
        (("beta", 1), "'beta' with a number from 0 to 0.99 in steps of 0.01"),
        (("beta", math.nan), "from 0 to 0.99"),
        (("beta", True), "from 0 to 0.99"),
        (("beta", "0.5"), "from 0 to 0.99"),
        (("beta",), "from 0 to 0.99"),
        (("beta", 0.5, 0), "from 0 to 0.99"),
        (("layers", 9), "a whole number from 1 to 8"),
        (("seek", 8), "a whole number from 0 to 7"),
        (("start", "Ridge"), "one of 'ridge', 'hair'"),
        (("start", "at the ridge"), "one of 'ridge', 'hair'"),
        (("rate", 1.5), "one of 1, 2, 4"),
        (("rate", True), "one of 1, 2, 4"),
        (("on", 1), "true or false"),
        (("drag", 2, 0, 0), "end: a whole number from 0 to 1, to: x a number from −1 to 1"),
        (("line", 5), "at most 5 characters"),
        (("brain", "é"), "base64"),
        (("race",), "'race' is not possible now"),
    ],
)
def test_a_refusal_says_what_came_and_what_is_allowed(said, allowed):
    with pytest.raises(MessageError) as refusal:
        take(*said)
    assert allowed in str(refusal.value)
    assert repr(said[0]) in str(refusal.value)


def test_shades_are_one_digit_a_cell_and_say_how_much_ink_each_has():
    shades = Shades(3, 2, 5)
    table = moves(picture=shades)
    for text in ("000000", "012344", "444444"):
        assert table.take(STATE, "picture", [text]) == (text,)
    assert shades.cells("012344") == [[0.0, 0.25, 0.5], [0.75, 1.0, 1.0]]
    assert [text for (text,) in shades.samples(STATE)] == ["000000", "012340", "444444"]
    assert Shades(2, 1, 16).cells("f3") == [[1.0, 0.2]]
    for wrong in ("00000", "0000000", "000005", "00000a", "00000٣", "", 12344, None, True):
        with pytest.raises(MessageError, match="a picture of 3 × 2 digits from 0 to 4"):
            table.take(STATE, "picture", [wrong])


def test_a_text_that_is_too_long_is_not_shown_but_counted():
    with pytest.raises(MessageError) as refusal:
        take("line", "abcdef")
    said = "The text was not taken: it has 6 characters; allowed: at most 5 characters."
    assert str(refusal.value) == said


@pytest.mark.parametrize(
    ("file", "letters", "said"),
    [
        (File(), 100_000, "it has more than 100000 characters"),
        (File(binary=True), 100_000, "it has more than 75000 bytes"),
    ],
)
def test_a_file_that_is_too_long_is_not_shown_but_named(file, letters, said):
    table = moves(file=file)
    assert table.take(STATE, "file", ["A" * letters]) == ("A" * letters,)
    with pytest.raises(MessageError) as refusal:
        table.take(STATE, "file", ["A" * (letters + 4)])
    assert str(refusal.value) == f"The file was not opened: {said}."


def test_a_move_is_possible_when_its_state_says_so():
    assert take("race", state={"ready": True, "furthest": 0}) == ()
    assert TABLE.on({"ready": True}).race.open
    assert not TABLE.on({"ready": False}).race.open


@given(st.sampled_from(sorted(TABLE.table)), st.lists(JSON, max_size=4))
def test_whatever_comes_is_taken_or_refused_and_what_is_taken_is_taken_again(name, values):
    try:
        taken = take(name, *values, state={"furthest": 7, "ready": True})
    except MessageError:
        return
    assert take(name, *taken, state={"furthest": 7, "ready": True}) == taken


@pytest.mark.parametrize("name", sorted(set(TABLE.table) - {"race"}))
def test_samples_are_moves_in_canonical_form(name):
    for values in TABLE.table[name].samples(STATE):
        assert take(name, *values) == values


def test_an_offer_is_settled_from_the_left():
    may = TABLE.on(STATE)
    assert may.drag(1).message == ("drag", 1)
    assert may.drag(1).grids() == [(-1, 1, 0.1), (0, 2, 0.5)]
    assert may.drag(1, 0.5, 1.0).message == ("drag", 1, 0.5, 1.0)
    assert may.seek.ends() == (0, 7, 1)
    with pytest.raises(ValueError, match="allowed: a whole number from 0 to 1"):
        may.drag(2)
    with pytest.raises(AttributeError, match="no move 'jump'; there are: beta"):
        may.jump  # noqa: B018


def test_an_offer_that_is_shut_takes_what_no_move_has_and_one_that_is_open_does_not():
    may = TABLE.on(STATE)
    assert may.drag.only_if(True)(1) == may.drag(1)
    shut = may.drag.only_if(False)(2)
    assert (shut.message, shut.open) == (("drag", 2), False)
    with pytest.raises(ValueError, match="cannot be settled"):
        may.drag.only_if(True)(2)


@pytest.mark.parametrize(
    ("domain", "text", "value"),
    [
        (Dial(0, 9), "3", 3),
        (Dial(0, 9), 3.0, 3),
        (Dial(0, 1, 0.1), "0.25", 0.25),
        (Pick("a", "b", was={"A": "a"}), "A", "a"),
        (Pick(5, 10), "10", 10),
        (Switch(), "true", True),
    ],
)
def test_a_links_text_is_read(domain, text, value):
    assert domain.parse(text) == value


@pytest.mark.parametrize(
    "text", ["1_000", "١", "５", " 3", "3 ", "", "nan", "1e999", True, None, []]
)
def test_what_only_python_takes_for_a_number_is_none(text):
    with pytest.raises(ParamError, match="is not a whole number from 0 to 9999"):
        Param(Dial(0, 9999), 1, "n").parse("n", text)

"""What an exercise asks for is computed, and what a slip claims is false on numbers."""

import pytest

from web.builder.cards import CardError
from web.builder.exercises import exercise, steps

ROWS = "- one | 1 + 1 == 2\n- ! two | x <= 1\n- three, |x| | x >= 3\n\nBecause."


def test_the_answer_is_computed_and_its_reason_is_what_stands_below():
    found = exercise(":answer: 2 / n\n:within: 0.05\n\nIt is.\n")
    assert found.value({"n": 50}) == 0.04
    assert (found.within, found.text.strip(), found.lines) == (0.05, "It is.", 2)
    assert exercise(":answer: 1\nYes.").within == 0.01


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("No answer.", "an exercise has an :answer: in Python"),
        (":answer: 1\n", "and below it why it is that"),
        (":answer: 1\n:hint: 2\nYes.", "an exercise has no :hint:; allowed: :answer: and :within:"),
        (":answer: 1\n:within: 5 %\nYes.", "'5 %'; allowed: a share between 0 and 1"),
        (":answer: 1\n:within: 2\nYes.", "'2'; allowed: a share between 0 and 1"),
    ],
)
def test_what_is_no_exercise_is_refused(content, said):
    with pytest.raises(CardError, match=said):
        exercise(content)


@pytest.mark.parametrize(
    ("answer", "said"),
    [("nope", "'nope' raised NameError"), ("float('inf')", "is inf; allowed: a finite number")],
)
def test_an_answer_that_is_no_number_is_refused(answer, said):
    with pytest.raises(CardError, match=said):
        exercise(f":answer: {answer}\nYes.").value({})


def test_one_step_is_the_slip_and_each_is_held_against_numbers():
    found, text, rows = steps(ROWS)
    assert [step.slip for step in found] == [False, True, False]
    assert (found[2].text, found[2].claim) == ("three, |x|", "x >= 3")
    assert (text.strip(), rows) == ("Because.", 3)
    for step in found:
        step.check({"x": 3.0})
    with pytest.raises(CardError, match=r"the slip holds: x <= 1, with 0.0 and 1"):
        found[1].check({"x": 0.0})
    with pytest.raises(CardError, match=r"a true step does not hold: x >= 3, with 0.0 and 3"):
        found[2].check({"x": 0.0})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ROWS.replace("! ", ""), "one of them - ! false"),
        (ROWS.replace("- three, |x| | x >= 3\n", ""), "three steps or more"),
        (ROWS.replace("Because.", ""), "below them says why"),
        (ROWS.replace(" | 1 + 1 == 2", ""), "'- one' claims nothing"),
    ],
)
def test_what_is_no_slip_is_refused(content, said):
    with pytest.raises(CardError, match=said):
        steps(content)


def test_numbers_that_no_float_can_hold_make_no_slip():
    found, _, _ = steps(ROWS)
    for step in found[1:]:
        with pytest.raises(CardError, match="leaves what a float can hold"):
            step.check({"x": float("inf")})


def test_a_step_that_compares_nothing_is_refused():
    found, _, _ = steps(ROWS.replace("1 + 1 == 2", "1 + 1"))
    with pytest.raises(CardError, match=r"'1 [+] 1' claims nothing"):
        found[0].check({})

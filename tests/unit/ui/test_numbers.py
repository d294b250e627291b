"""games/ui/numbers.py: how numbers are printed."""

import itertools
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from games.ui.numbers import MINUS, fixed, percent, plain, powers, short, signed, tick_text, ticks

finite = st.floats(-1e9, 1e9)


@given(finite, st.integers(0, 6))
def test_fixed_reads_back_within_half_a_unit_of_the_last_digit(value, digits):
    text = fixed(value, digits)
    assert abs(float(text.replace(MINUS, "-")) - value) <= 0.5 * 10**-digits * (1 + 1e-9) + 1e-7
    assert len(text.partition(".")[2]) == digits
    assert "-" not in text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (-0.001, 2, "0.00"),
        (-0.0, 0, "0"),
        (-1.5, 1, "−1.5"),
        (2, 2, "2.00"),
        (-0.005001, 2, "−0.01"),
    ],
)
def test_fixed_has_a_true_minus_and_no_negative_zero(value, digits, text):
    assert fixed(value, digits) == text


@given(finite)
def test_signed_always_shows_a_sign(value):
    assert signed(value)[0] in "+−"
    assert signed(value)[1:] == fixed(abs(value))


def test_percent():
    assert percent(0.5) == "50\N{NO-BREAK SPACE}%"
    assert percent(-0.1234, 1) == "−12.3\N{NO-BREAK SPACE}%"


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
@example(63.0, 1.1, 11)
def test_ticks_are_round_evenly_spaced_inside_and_not_too_many(low, width, most):
    high = low + width
    marks = ticks(low, high, most)
    assert 1 <= len(marks) <= most
    slack = 1e-6 * max(abs(low), abs(high), width)
    assert low - slack <= marks[0]
    assert marks[-1] <= high + slack
    if len(marks) > 1:
        step = (marks[-1] - marks[0]) / (len(marks) - 1)
        mantissa = step / 10 ** math.floor(math.log10(step * (1 + 1e-6)))
        assert min(abs(mantissa - good) for good in (1, 2, 5)) < 1e-3
        gaps = [b - a for a, b in itertools.pairwise(marks)]
        assert all(abs(gap - step) <= slack + 1e-9 for gap in gaps)


@given(st.floats(0.01, 1000), st.integers(2, 10))
def test_an_axis_gets_more_than_one_tick(width, most):
    assert len(ticks(0, width, max(most, 3))) >= 2


def test_a_round_end_gets_its_tick_though_floats_fall_short_of_it():
    assert ticks(0, 0.3, 4) == pytest.approx([0, 0.1, 0.2, 0.3])
    assert ticks(-0.3, 0, 4) == pytest.approx([-0.3, -0.2, -0.1, 0])


@pytest.mark.parametrize(
    ("low", "high"), [(0, 0), (1, 0), (0, math.inf), (math.nan, 1), (-math.inf, 0)]
)
def test_ticks_refuse_what_is_no_axis(low, high):
    with pytest.raises(ValueError, match="two finite ends"):
        ticks(low, high)


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (0.5, 0.5, "0.5"),
        (100.0, 50, "100"),
        (0.25, 0.05, "0.25"),
        (-2, 1, "−2"),
        (0.002, 0.001, "0.002"),
    ],
)
def test_tick_labels_have_the_decimals_their_distance_needs(value, step, text):
    assert tick_text(value, step) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 2, "0"),
        (0.0312, 2, "0.031"),
        (1.5, 2, "1.5"),
        (246.0, 2, "246"),
        (12345.0, 3, "12345"),
        (3.12e-5, 2, "3.1\u00a0×\u00a010⁻⁵"),
        (-4.35e-34, 3, "−4.35\u00a0×\u00a010⁻³⁴"),
        (2.5e12, 2, "2.5\u00a0×\u00a010¹²"),
        (9.99e-4, 2, "0.0010"),
    ],
)
def test_short_keeps_significant_digits(value, digits, text):
    assert short(value, digits) == text


def test_short_refuses_what_is_not_a_number():
    with pytest.raises(ValueError, match="finite"):
        short(math.inf)


def test_powers_are_few_whole_and_inside():
    assert powers(1e-3, 1.0) == [-3, -2, -1, 0]
    assert powers(1e-12, 1.0, most=5) == [-12, -9, -6, -3, 0]
    assert powers(2.0, 5.0) == []
    with pytest.raises(ValueError, match="above 0"):
        powers(0.0, 1.0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.7, "0.7"), (3.0, "3"), (-0.25, "−0.25"), (100.0, "100"), (0.1 + 0.2, "0.3"), (-1e-9, "0")],
)
def test_plain_numbers_have_no_more_decimals_than_they_need(value, text):
    assert plain(value) == text

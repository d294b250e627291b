"""games/ui/sums.py: a weighted sum reads as one would write it."""

from games.ui.sums import applied, weighted_sum


def written(*given, **how):
    return weighted_sum(*given, **how).replace("\N{NO-BREAK SPACE}", " ")


def test_signs_stand_between_the_products():
    assert written([0.8, -0.2], [1.0, 3.0], 0.5, factor_digits=0) == "0.8 × 1 − 0.2 × 3 + 0.5"


def test_a_sum_that_opens_with_a_negative_weight_opens_with_its_sign():
    assert written([-0.8, 0.2], [1.0, 3.0], -0.5, factor_digits=0) == "−0.8 × 1 + 0.2 × 3 − 0.5"


def test_negative_factors_stand_in_brackets_and_names_stand_as_they_are():
    assert written([1.5, 2.0], [-0.25, "h₂"], 0.0) == "1.5 × (−0.25) + 2.0 × h₂ + 0.0"


def test_a_negative_zero_has_no_sign():
    assert written([-0.01], [-0.001], -0.04) == "0.0 × 0.00 + 0.0"


def test_what_is_made_of_a_sum_stands_behind_it_once_it_is_known():
    total = written([0.8], [1.0], 0.0)
    nobreak = "\N{NO-BREAK SPACE}"
    assert applied("h", "tanh", total, None) == f"h = tanh({total}) ={nobreak}?"
    found = applied("h", "tanh", total, (0.8, 0.66404), digits=(3, 2))
    assert found == f"h = tanh({total}) ={nobreak}tanh(0.800) ={nobreak}0.66"

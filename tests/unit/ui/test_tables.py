"""Arrays as tables: short for reading, whole for taking along."""

import io

import numpy as np
import pytest

from games.ui.tables import COLUMNS, ROWS, csv, tables


def rows(*values):
    return tables({"a": np.array(values)})[0].rows


def test_heads_keep_captions_order_and_shapes():
    made = tables({"b": np.zeros(3), "a": np.zeros((2, 5))})
    assert [(t.caption, t.shape) for t in made] == [("b", (3,)), ("a", (2, 5))]


def test_a_one_dimensional_array_is_a_column():
    assert rows(1.0, 2.5) == [["1.0000"], ["2.5000"]]


def test_a_large_array_is_cut_to_its_first_rows_and_columns():
    (head,) = tables({"a": np.arange(50 * 40).reshape(50, 40)})
    assert (len(head.rows), len(head.rows[0])) == (ROWS, COLUMNS)
    assert head.rows[1][0] == "40"
    assert head.shape == (50, 40)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.25, "−0.2500"),
        (-1e-9, "−1.000e−09"),
        (0.0, "0.0000"),
        (12345.678, "12345.68"),
        (3e12, "3.000e+12"),
        (np.nan, "–"),
        (-7, "−7"),
        (True, "1"),
    ],
)
def test_numbers_are_rounded_for_reading(value, text):
    assert rows(value) == [[text]]


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, bool])
@pytest.mark.parametrize("shape", [(5,), (3, 4), (1, 1), (0,)])
def test_csv_brings_every_value_back_exactly(kind, shape):
    array = (100 * np.random.default_rng(0).normal(size=shape)).astype(kind)
    text = csv(array)
    assert text.count("\n") == shape[0]
    if array.size:
        back = np.loadtxt(io.StringIO(text), delimiter=",", ndmin=array.ndim).astype(kind)
        assert np.array_equal(back.reshape(shape), array)


def test_csv_writes_what_is_not_known_as_nan():
    assert csv(np.array([[1.5, np.nan]])) == "1.5,nan\n"


def test_more_than_two_dimensions_are_refused():
    with pytest.raises(ValueError, match=r"\(2, 2, 2\)"):
        csv(np.zeros((2, 2, 2)))

"""A number as people type it: typed.js, the twin of what reads a learner's table."""

import json

import numpy as np
import pytest

from games.backpropagation.train_a_brain import table
from games.moves import Dial, moves
from games.ui.controls import number
from games.ui.numbers import MINUS
from tests.unit.client.node import js

MAY = moves(x=Dial(-20.0, 20.0, 0.01), n=Dial(0, 2000), free=Dial(-1.0, 1.0, None)).on(None)
READ = """
    const { read, nudge } = await import('./typed.js');
    globalThis.HTMLInputElement = class {};
    return given.typed.map((text) => {
        const kept = { ...given.attributes };
        const field = {
            value: text,
            dataset: { number: kept['data-number'], allowed: kept['data-allowed'] },
            getAttribute: (name) => kept[name] ?? null,
            setAttribute: (name, value) => { kept[name] = value; },
            removeAttribute: (name) => { delete kept[name]; },
        };
        if (given.strides) nudge(field, given.strides);
        return [read(field), field.value, kept['aria-invalid'] ?? null];
    });
"""
CELLS = [
    "0.5", "0,5", "-0,3", f"{MINUS}0,3", "+4", ".5", ",5", "5.", "1e1", "2.5E-1", "-0", "007",
    "", "abc", "1.2.3", "1,2,3", "--1", "1_000", "１２", "nan", "inf", "0x10", "1 0", "1e", "1e999",
]  # fmt: skip


def typed(offer, texts, strides=0):
    """What a field of the move makes of each text: number or sentence, what it shows, invalid."""
    node = number("x", 0.0, offer, name="input 1")
    (field,) = (part for part in node.walk() if part.tag == "input")
    attributes = json.loads(json.dumps(field.attributes))
    return js(READ, {"attributes": attributes, "typed": texts, "strides": strides})


def test_a_cell_of_a_table_and_a_field_read_the_same_number():
    body = """
        const { numberIn } = await import('./typed.js');
        return given.map((text) => [numberIn(text)].map((n) => (Number.isNaN(n) ? null : n))[0]);
    """
    assert js(body, CELLS) == [table.number(cell) for cell in CELLS]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,5", 0.5), ("-0,3", -0.3), ("−0.3", -0.3), (" 7 ", 7), ("1.5e1", 15), ("0,125", 0.13),
        ("\u2066−0.3\u2069", -0.3), ("\u200e-0.3", -0.3),  # as copied from right to left
    ],
)  # fmt: skip
def test_both_decimal_signs_are_read_and_the_true_minus_on_the_grid(text, value):
    ((found, _, invalid),) = typed(MAY.x, [text])
    assert (found, invalid) == (value, None)


def test_what_was_typed_stays_unless_it_is_another_number_than_the_one_taken():
    shown = [shown for _, shown, _ in typed(MAY.x, ["0,5", "−0,30", "0,123"])]
    assert shown == ["0,5", "−0,30", "0.12"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "“input 1” is empty; it takes a number from −20 to 20 in steps of 0.01."),
        ("abc", "“input 1”: abc is not a number from −20 to 20 in steps of 0.01."),
        ("21", "“input 1”: 21 is not a number from −20 to 20 in steps of 0.01."),
        ("1 0", "“input 1”: 1 0 could be one number or two; write it without a space."),
        ("1\xa0000", "“input 1”: 1\xa0000 could be one number or two; write it without a space."),
        ("1,000", "“input 1”: 1,000 can be read in two ways; write it without “,”."),
        ("1,000.5", "“input 1”: 1,000.5 is not a number from −20 to 20 in steps of 0.01."),
    ],
)
def test_what_is_no_number_stays_and_is_answered_by_what_is_allowed(text, why):
    assert typed(MAY.x, [text]) == [[why, text, "true"]]


def test_a_whole_number_is_taken_as_one_and_a_field_without_a_grid_takes_all():
    assert [found for found, *_ in typed(MAY.n, ["1000", "2001"])] == [
        1000,
        "“input 1”: 2001 is not a whole number from 0 to 2000.",
    ]
    assert typed(MAY.free, ["0,12345"])[0][0] == 0.12345


def test_arrows_go_by_the_stride_and_stop_at_the_ends():
    assert [found for found, *_ in typed(MAY.x, ["0,2", "20"], strides=1)] == [0.21, 20]
    assert [shown for _, shown, _ in typed(MAY.x, ["-0,01"], strides=-1)] == ["−0.02"]


@pytest.mark.parametrize("seed", range(5))
def test_what_the_field_shows_is_what_the_game_has(seed):
    values = np.random.default_rng(seed).uniform(-20, 20, 30)
    found = typed(MAY.x, [f"{value:.5f}".replace(".", ",") for value in values])
    assert [taken for taken, *_ in found] == pytest.approx(values.tolist(), abs=0.0051)
    for taken, shown, _ in found:
        assert MAY.x.domain.take([taken], None) == (taken,)
        assert table.number(shown) == taken

"""games/words.py: a text is one template, looked up, filled in, with its plural."""

from collections.abc import Iterator

import numpy as np
import pytest

from games.ui.node import Node, h
from games.ui.numbers import fixed, percent, plain, short, signed, tick_text
from games.words import ENGLISH, Language, indexed, language, ordered, say, use, word

POLISH = Language(
    "pl",
    decimal=",",
    plural=[
        0 if n == 1 else 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2
        for n in range(200)
    ],
    messages={
        "{n} neuron": ["{n} neuron", "{n} neurony", "{n} neuronów"],
        "{a} beats {b}": "{b} przegrywa z {a}",
        "the ridge": "grań",
    },
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    use(ENGLISH)


LEFTWARD = Language("he", rtl=True)
ORDERED = {
    "אבג −0.5 דה": "אבג ⁦−0.5⁩ דה",
    "הפסד 0 (≤ 0.2).": "הפסד ⁦0 (≤ 0.2)⁩.",
    "2→3→1 הרצה": "⁦2→3→1⁩ הרצה",
    "8 / 10, −1, 3": "⁦8 / 10⁩, ⁦−1⁩, 3",
    "(ראה 3) 0.5": "(ראה 3) 0.5",
    "(ראה −3)": "(ראה ⁦−3⁩)",
    "x = −0.5 שלום": "⁦x = −0.5⁩ שלום",
    'א <b>−2</b> <a href="x1-2">1</a> &#39;': 'א <b>⁦−2⁩</b> <a href="x1-2">1</a> &#39;',
    "⁦−1⁩ ...": "⁦−1⁩ ...",
}


@pytest.mark.parametrize(("text", "said"), ORDERED.items())
def test_numbers_keep_their_order_where_one_writes_from_right_to_left(text, said):
    assert ordered(text) == text
    use(LEFTWARD)
    assert (
        ordered(text) == say("{text}", text=text) == say.count("{text}", "", 1, text=text) == said
    )
    assert say.nodes("{text}{node}", text=text, node=h("b"))[0] == said
    assert ordered(said) == said


def test_places_are_filled_with_texts_and_whole_numbers():
    assert say("{n} of {total} rows right", n=3, total=np.int64(8)) == "3 of 8 rows right"
    assert say("{n} below", n=-2) == "−2 below"
    assert say("{name} is {{braced}}", name="{x}") == "{x} is {braced}"


@pytest.mark.parametrize(
    ("template", "places", "wrong"),
    [
        ("{n} of {m}", {"n": 1}, "m must be in both"),
        ("{n}", {"n": 1, "m": 2}, "m must be in both"),
        ("{n", {"n": 1}, "cannot be read"),
        ("{}", {}, "not {name}"),
        ("{n:.2f}", {"n": 1}, "not {name}"),
        ("{n!r}", {"n": 1}, "not {name}"),
        ("{n.real}", {"n": 1}, "not {name}"),
    ],
)
def test_a_place_that_does_not_fit_is_named(template, places, wrong):
    with pytest.raises(ValueError, match=wrong):
        say(template, **places)
    with pytest.raises(ValueError, match=wrong):
        say.nodes(template, **places)


@pytest.mark.parametrize("value", [0.5, np.float64(2), True, None, ["a"]])
def test_a_place_takes_no_number_with_decimals_and_nothing_else(value):
    with pytest.raises(TypeError, match="text or a whole number"):
        say("{n}", n=value)


def test_a_plural_follows_the_language():
    assert [say.count("{n} neuron", "{n} neurons", n) for n in (0, 1, 2)] == [
        "0 neurons",
        "1 neuron",
        "2 neurons",
    ]
    use(POLISH)
    said = [say.count("{n} neuron", "{n} neurons", n) for n in (1, 3, 5, 12, 22, 112, 1203, 1212)]
    assert said == [
        "1 neuron",
        "3 neurony",
        "5 neuronów",
        "12 neuronów",
        "22 neurony",
        "112 neuronów",
        "1203 neurony",
        "1212 neuronów",
    ]


def test_a_form_may_leave_out_its_number_and_no_other_place():
    assert say.count("a neuron of {kind}", "{n} neurons of {kind}", 1, kind="B") == "a neuron of B"
    with pytest.raises(ValueError, match="kind must be in both"):
        say.count("a neuron", "{n} neurons of {kind}", 1, kind="B")


def test_a_catalogue_puts_the_places_where_its_language_wants_them():
    use(POLISH)
    assert language() is POLISH
    assert say("{a} beats {b}", a="Adam", b="SGD") == "SGD przegrywa z Adam"
    assert say("not there {n}", n=1) == "not there 1"
    assert say.count("{n} row", "{n} rows", 5) == "5 rows"
    kept = {"ridge": word("the ridge")}
    assert kept["ridge"] == "the ridge"
    assert say(kept["ridge"]) == "grań"


def test_nodes_stand_at_their_places_and_texts_are_joined():
    bold = h("b", "Run")
    assert say.nodes("Press {what} {n} times", what=bold, n=3) == ["Press ", bold, " 3 times"]
    assert say.nodes("{a}{b}", a="x", b="y") == ["xy"]
    assert say.nodes("{what}", what=bold) == [bold]
    paragraph = h("p", say.nodes("Press {what}.", what=bold))
    assert isinstance(paragraph, Node)
    assert paragraph.text() == "Press Run."
    use(POLISH)
    assert say.nodes("{a} beats {b}", a=bold, b="SGD") == ["SGD przegrywa z ", bold]


def test_nodes_take_no_number_with_decimals():
    with pytest.raises(TypeError, match="text or a whole number"):
        say.nodes("{n}", n=0.5)


def test_numbers_have_the_decimal_sign_of_the_language():
    use(POLISH)
    said = [fixed(-1.25), plain(0.5), plain(2.0), plain(10.0), signed(0.1, 1), percent(0.125, 1)]
    assert said == ["−1,25", "0,5", "2", "10", "+0,1", "12,5\N{NO-BREAK SPACE}%"]
    assert [short(3.12e-5), short(0.031), tick_text(0.25, 0.05)] == [
        "3,1\u00a0×\u00a010⁻⁵",
        "0,031",
        "0,25",
    ]
    assert fixed(-0.001) == "0,00"


def test_a_letter_has_its_number_below_the_line():
    assert [indexed("x", i) for i in (1, 10)] == ["x₁", "x₁₀"]

"""games/ui/widgets.py: what controls say and send."""

import re

import pytest

from games.ui import widgets
from games.ui.node import to_html
from tests import dom


def parts(node, tag):
    return [n for n in node.walk() if n.tag == tag]


SAMPLES = {
    "button": widgets.button("Go", ("go",)),
    "toggle": widgets.toggle("light", True, ("switch", 1)),
    "slider": widgets.slider("w", 0.5, -1, 1, 0.05, ("w",)),
    "number": widgets.number("x₁", 0.5, -5, 5, 0.1, ("x", 0), name="input 1", symbol="x"),
    "stepper": widgets.stepper("layers", 2, 1, 8, ("layers",)),
    "choice": widgets.choice("colour", [("red", "r"), ("blue", "b")], "b", ("colour",)),
    "select": widgets.select("kind", [("red", "r"), ("blue", "b")], "b", ("kind",)),
    "entry": widgets.entry("your words", "the cat", 40, ("words",)),
    "readout": widgets.readout("loss", 0.5),
    "readouts": widgets.readouts([("loss", 0.5), ("steps", "12")]),
    "prediction": widgets.prediction(
        "How many?", widgets.slider("n", 3, 0, 9, 1, ("n",), digits=0)
    ),
    "commit": widgets.commit("Go: my guess is 3", ("go",), waiting=True, over=False),
    "meter": widgets.meter("glow", 0.5, 0, 1, zone=(0.4, 0.6)),
    "progress": widgets.progress("sweep", 3, 10),
    "stage": widgets.stage(widgets.panel(widgets.row("a")), widgets.note("b", kind="win")),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_html_parses_back_to_the_same_tree(name):
    assert dom.page_of(SAMPLES[name]) == dom.expected(SAMPLES[name])


def test_a_select_shows_the_value_it_is_given_and_sends_what_is_chosen():
    node = SAMPLES["select"]
    chosen = [n.attributes["value"] for n in parts(node, "option") if "selected" in n.attributes]
    assert chosen == ["b"]
    assert [n.messages() for n in parts(node, "select")] == [{"change": ("kind",)}]


def test_a_button_that_is_not_enabled_keeps_the_focus_and_sends_nothing():
    on, off = (widgets.button("Go", ("go", 1), enabled=enabled) for enabled in (True, False))
    assert on.messages() == {"click": ("go", 1)}
    assert off.messages() == {}
    assert off.attributes["aria-disabled"] == "true"
    assert "disabled" not in off.attributes
    assert "aria-disabled" not in on.attributes


@pytest.mark.parametrize("on", [True, False])
def test_a_toggle_sends_the_other_position_and_says_its_own(on):
    node = widgets.toggle("light", on, ("switch", 1))
    assert node.messages() == {"click": ("switch", 1, not on)}
    assert node.attributes["aria-checked"] == str(on).lower()
    assert ("on" if on else "off") in node.text()


def test_a_slider_prints_its_value_and_says_it():
    node = widgets.slider("w", -0.5, -1, 1, 0.05, ("w", 0), name="weight")
    (control,) = parts(node, "input")
    assert control.messages() == {"input": ("w", 0)}
    ends = {name: control.attributes[name] for name in ("min", "max", "step", "value")}
    assert ends == {"min": "-1", "max": "1", "step": "0.05", "value": "-0.5"}
    assert control.attributes["aria-label"] == "weight"
    assert control.attributes["aria-valuetext"] == "−0.50"
    assert parts(node, "output")[0].text() == "−0.50"


def test_a_number_field_sends_what_was_typed_once_it_is_left():
    (control,) = parts(SAMPLES["number"], "input")
    assert control.messages() == {"change": ("x", 0)}
    ends = {name: control.attributes[name] for name in ("min", "max", "step", "value")}
    assert ends == {"min": "-5", "max": "5", "step": "0.1", "value": "0.5"}
    assert control.attributes["aria-label"] == "input 1"


def test_a_control_carries_the_symbol_of_its_formula():
    assert SAMPLES["number"].attributes["data-symbol"] == "x"
    node = widgets.slider("w", 0.5, -1, 1, 0.05, ("w",), symbol="w")
    assert node.attributes["data-symbol"] == "w"
    assert "data-symbol" not in SAMPLES["slider"].attributes


@pytest.mark.parametrize(("value", "sent"), [(1, [2]), (2, [1, 3]), (3, [2])])
def test_a_stepper_offers_only_the_numbers_in_range(value, sent):
    node = widgets.stepper("layers", value, 1, 3, ("layers",))
    offered = [m["click"][1] for m in (b.messages() for b in parts(node, "button")) if m]
    assert offered == sent
    assert parts(node, "output")[0].text() == str(value)


def test_a_choice_marks_the_chosen_one_and_sends_each():
    buttons = parts(SAMPLES["choice"], "button")
    assert [b.messages()["click"] for b in buttons] == [("colour", "r"), ("colour", "b")]
    assert [b.attributes["aria-pressed"] for b in buttons] == ["false", "true"]


def test_a_readout_prints_numbers_with_its_digits_and_text_as_it_is():
    assert parts(widgets.readout("x", -1 / 3, 3), "output")[0].text() == "−0.333"
    assert parts(widgets.readout("x", "none yet"), "output")[0].text() == "none yet"


@pytest.mark.parametrize(("value", "place"), [(0, 0), (0.25, 50), (1, 200), (7, 200), (-7, 0)])
def test_the_needle_of_a_meter_stands_at_the_value_kept_inside(value, place):
    node = widgets.meter("glow", value, 0, 1)
    (needle,) = (n for n in node.walk() if n.attributes.get("class", "").startswith("meter-needle"))
    assert needle.attributes["d"] == f"M{place:.1f} 0v24"


def test_a_meter_draws_and_says_its_zone():
    node = SAMPLES["meter"]
    (zone,) = (n for n in node.walk() if n.attributes.get("class") == "meter-zone")
    assert (float(zone.attributes["x"]), float(zone.attributes["width"])) == (80, 40)
    assert node.attributes["aria-valuetext"] == "0.50; the aim is 0.40 to 0.60"
    assert "inside" in node.children[1].children[-1].attributes["class"]
    outside = widgets.meter("glow", 0.7, 0, 1, zone=(0.4, 0.6))
    assert "inside" not in outside.children[1].children[-1].attributes["class"]


def test_progress_counts():
    node = SAMPLES["progress"]
    (bar,) = parts(node, "progress")
    assert (bar.attributes["value"], bar.attributes["max"]) == ("3", "10")
    assert "3 of 10" in node.text()


def test_a_handle_tells_the_page_where_it_is_and_how_far_an_arrow_key_goes():
    node = widgets.handle("rate", 12.5, 40, ("drag", 1), said="rate 0.3", step=8)
    assert node.messages() == {"drag": ("drag", 1)}
    place = {name: node.attributes[f"data-{name}"] for name in ("x", "y", "step")}
    assert place == {"x": "12.5", "y": "40", "step": "8"}
    assert node.attributes["tabindex"] == "0"
    assert node.attributes["aria-valuetext"] == "rate 0.3"
    assert {(c.attributes["cx"], c.attributes["cy"]) for c in node.children} == {("12.5", "40")}


def test_a_prediction_takes_the_guess_first_and_shows_both_when_the_truth_is_known():
    control = widgets.slider("n", 3, 0, 9, 1, ("n",), digits=0)
    before = to_html(widgets.prediction("How many?", control))
    assert 'type="range"' in before
    assert "You said" not in before
    after = to_html(widgets.prediction("How many?", control, guess="3", truth="5", close=False))
    assert 'type="range"' not in after
    assert re.search(r"You said</dt><dd>3</dd><dt>It is</dt><dd>5</dd>", after)
    assert "miss" in after


@pytest.mark.parametrize(
    ("waiting", "over", "text", "messages"),
    [
        (True, False, "Go: my guess is 3", {"click": ("go",)}),
        (False, False, "Go: my guess is 3", {}),
        (False, True, "Guess again", {"click": ("again",)}),
    ],
)
def test_one_button_commits_the_guess_rests_while_it_runs_and_asks_again(
    waiting, over, text, messages
):
    node = widgets.commit("Go: my guess is 3", ("go",), waiting=waiting, over=over)
    (button,) = parts(node, "button")
    assert button.text() == text
    assert button.messages() == messages


def test_a_table_names_its_rows_and_says_what_a_column_stands_for():
    node = widgets.table("two", ["x", "y"], [["0", "1"], ["2", "3"]], symbols=["x"], marked=1)
    assert [n.text() for n in node.walk() if n.tag in ("th", "td")] == ["x", "y", *"0123"]
    cells = [n for n in node.walk() if n.attributes.get("data-symbol") == "x"]
    assert [n.text() for n in cells] == ["0", "2"]
    assert [n.text() for n in node.walk() if n.attributes.get("class") == "marked"] == ["23"]
    assert dom.page_of(node) == dom.expected(node)

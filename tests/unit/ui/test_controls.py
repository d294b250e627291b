"""games/ui/controls.py: what controls say and send, and what they read of a move."""

import json
import re
from pathlib import Path

import pytest

from games.moves import Dial, Parts, Pick, Place, Press, Switch, Text, moves
from games.ui import controls
from games.ui.node import to_html
from games.ui.plots import Axes
from tests import dom

MOVES = moves(
    go=Press(when=lambda ready: ready),
    switch=Parts(i=Dial(0, 1), on=Switch()),
    w=Parts(i=Dial(0, 1), to=Dial(-1.0, 1.0, 0.05)),
    x=Dial(-5.0, 5.0, 0.01),
    layers=Dial(1, 3),
    colour=Pick("r", "b"),
    rate=Pick(0.01, 0.1, 0.5),
    words=Text(40),
    drag=Parts(end=Dial(0, 1), to=Place(Dial(-1.0, 1.0, 0.1), Dial(0.0, 2.0, None))),
    nudge=Parts(x=Dial(-1, 1), y=Dial(-1, 1)),
)
MAY, SHUT = MOVES.on(True), MOVES.on(False)
AXES = Axes((-1, 1), (0, 2))
NAMES = {"r": "red", "b": "blue"}
SAMPLES = {
    "button": controls.button("Go", MAY.go),
    "tile": controls.tile(MAY.layers(2), "two", look="map", pressed=True, style="left:2%"),
    "toggle": controls.toggle("light", True, MAY.switch(1)),
    "slider": controls.slider("w", -0.5, MAY.w(0), name="weight"),
    "scale": controls.scale("η", 0.1, MAY.rate, printed="0.10"),
    "number": controls.number("x₁", 0.5, MAY.x, stride=0.1, name="input 1", symbol="x"),
    "stepper": controls.stepper("layers", 2, MAY.layers),
    "choice": controls.choice("colour", NAMES, "b", MAY.colour),
    "select": controls.select("kind", NAMES, "b", MAY.colour),
    "entry": controls.entry("your words", "the cat", MAY.words),
    "handle": controls.handle("end", AXES, 0.5, 1, MAY.drag(1), said="here", arrows=MAY.nudge),
}


def parts(node, tag):
    return [n for n in node.walk() if n.tag == tag]


def value_of(node):
    (value,) = (n for n in node.walk() if n.attributes.get("class", "").endswith("-value"))
    return value.text()


@pytest.mark.parametrize("name", SAMPLES)
def test_html_parses_back_to_the_same_tree(name):
    assert dom.page_of(SAMPLES[name]) == dom.expected(SAMPLES[name])


def test_a_button_of_a_move_that_is_not_possible_keeps_the_focus_and_sends_nothing():
    on, off = SAMPLES["button"], controls.button("Go", SHUT.go)
    assert on.messages() == {"click": ("go",)}
    assert off.messages() == {}
    assert off.attributes["aria-disabled"] == "true"
    assert "disabled" not in off.attributes
    assert "aria-disabled" not in on.attributes


def test_a_tile_is_pressed_or_pointed_at_and_says_whether_it_is_the_chosen_one():
    tile = SAMPLES["tile"]
    assert tile.messages() == {"click": ("layers", 2)}
    said = {name: tile.attributes[name] for name in ("class", "aria-pressed", "style")}
    assert said == {"class": "map", "aria-pressed": "true", "style": "left:2%"}
    both = controls.tile(MAY.layers(2), "two", events=("click", "point"), pressed=False)
    assert both.messages() == {"click": ("layers", 2), "point": ("layers", 2)}
    assert both.attributes["aria-pressed"] == "false"
    assert "aria-pressed" not in controls.tile(MAY.go, "Go").attributes
    shut = controls.tile(SHUT.go, "Go", events=("click", "point"))
    assert (shut.messages(), shut.attributes["aria-disabled"]) == ({}, "true")
    with pytest.raises(ValueError, match="settles all"):
        controls.tile(MAY.layers, "two")


def test_no_game_makes_a_button_of_its_own():
    games = Path(controls.__file__).parents[1]
    raw = [
        f"{path.parent.name}/{path.name}: controls.button or controls.tile"
        for path in sorted(games.glob("*/**/*.py"))
        if path.parent.name != "ui" and re.search(r'\bh\(\s*"button"', path.read_text("utf-8"))
    ]
    assert raw == []


@pytest.mark.parametrize("on", [True, False])
def test_a_toggle_sends_the_other_position_and_says_its_own(on):
    node = controls.toggle("light", on, MAY.switch(1))
    assert node.messages() == {"click": ("switch", 1, not on)}
    assert node.attributes["aria-checked"] == str(on).lower()
    assert ("on" if on else "off") in node.text()


def test_a_slider_has_the_bounds_of_its_move_and_says_its_value():
    (control,) = parts(SAMPLES["slider"], "input")
    assert control.messages() == {"input": ("w", 0)}
    ends = {name: control.attributes[name] for name in ("min", "max", "step", "value")}
    assert ends == {"min": "-1", "max": "1", "step": "0.05", "value": "-0.5"}
    assert control.attributes["aria-label"] == "weight"
    assert control.attributes["aria-valuetext"] == "−0.50"
    assert value_of(SAMPLES["slider"]) == "−0.50"


def test_a_slider_of_which_nothing_was_said_shows_no_value_and_says_how_to_say_it():
    node = controls.slider("steps", None, MAY.w(0), at=0)
    (control,) = parts(node, "input")
    assert "data-unsaid" in control.attributes
    assert control.attributes["aria-valuetext"] == "nothing yet; Enter says 0.00"
    assert value_of(node) == "?"
    (low,) = parts(controls.slider("steps", None, MAY.w(0)), "input")
    assert (control.attributes["value"], low.attributes["value"]) == ("0", "-1")
    (said,) = parts(SAMPLES["slider"], "input")
    assert "data-unsaid" not in said.attributes


def test_sliders_that_belong_together_are_numbered_from_1_and_send_their_places():
    first, second = controls.sliders("w", [0.1, 0.2], MAY.w, lambda i: f"weight {i}")
    assert [parts(node, "span")[0].text() for node in (first, second)] == ["w₁", "w₂"]
    assert [parts(node, "input")[0].messages() for node in (first, second)] == [
        {"input": ("w", 0)},
        {"input": ("w", 1)},
    ]
    (control,) = parts(second, "input")
    assert (control.attributes["value"], control.attributes["aria-label"]) == ("0.2", "weight 2")
    assert second.attributes["data-symbol"] == "w"


def test_a_choice_takes_its_names_from_a_table_or_a_function():
    table = controls.choice("colour", NAMES, "b", MAY.colour)
    assert to_html(table) == to_html(controls.choice("colour", NAMES.get, "b", MAY.colour))


def test_a_scale_goes_over_places_and_sends_the_numbers_that_stand_there():
    (control,) = parts(SAMPLES["scale"], "input")
    ends = {name: control.attributes[name] for name in ("min", "max", "step", "value")}
    assert ends == {"min": "0", "max": "2", "step": "1", "value": "1"}
    assert json.loads(control.attributes["data-values"]) == [0.01, 0.1, 0.5]


def test_a_list_sends_the_id_or_the_number_that_stands_at_the_place_chosen():
    (ids,) = parts(controls.select("colour", NAMES, "b", MAY.colour), "select")
    assert "data-values" not in ids.attributes
    (numbers,) = parts(controls.select("layers", "layer {}".format, 2, MAY.layers), "select")
    assert json.loads(numbers.attributes["data-values"]) == [1, 2, 3]
    chosen = [o.text() for o in parts(numbers, "option") if "selected" in o.attributes]
    assert chosen == ["layer 2"]


def test_a_number_field_sends_what_was_typed_once_it_is_left():
    (control,) = parts(SAMPLES["number"], "input")
    assert control.messages() == {"change": ("x",)}
    grid = json.loads(control.attributes["data-number"])
    assert grid == {"low": -5, "high": 5, "step": 0.01, "stride": 0.1}
    assert control.attributes["data-allowed"] == "a number from −5 to 5 in steps of 0.01"
    assert control.attributes["aria-label"] == "input 1"
    assert control.attributes["value"] == "0.5"


def test_a_control_carries_the_symbol_of_its_formula():
    assert SAMPLES["number"].attributes["data-symbol"] == "x"
    assert "data-symbol" not in SAMPLES["slider"].attributes


@pytest.mark.parametrize(("value", "sent"), [(1, [2]), (2, [1, 3]), (3, [2])])
def test_a_stepper_offers_only_the_numbers_in_range(value, sent):
    node = controls.stepper("layers", value, MAY.layers)
    offered = [m["click"][1] for m in (b.messages() for b in parts(node, "button")) if m]
    assert offered == sent
    assert value_of(node) == str(value)


def test_a_choice_marks_the_chosen_one_and_sends_each_id():
    buttons = parts(SAMPLES["choice"], "button")
    assert [b.messages()["click"] for b in buttons] == [("colour", "r"), ("colour", "b")]
    assert [b.text() for b in buttons] == ["red", "blue"]
    assert [b.attributes["aria-pressed"] for b in buttons] == ["false", "true"]


def test_an_id_without_a_name_is_a_fault_of_the_game():
    with pytest.raises(ValueError, match=r"colour: no name for \['b'\]"):
        controls.choice("colour", {"r": "red"}, "r", MAY.colour)


def test_a_select_shows_the_value_it_is_given_and_sends_what_is_chosen():
    node = SAMPLES["select"]
    chosen = [n.attributes["value"] for n in parts(node, "option") if "selected" in n.attributes]
    assert chosen == ["b"]
    assert [n.messages() for n in parts(node, "select")] == [{"change": ("colour",)}]


def test_a_handle_tells_the_page_its_axes_its_grid_and_where_it_is():
    node = SAMPLES["handle"]
    assert node.messages() == {"drag": ("drag", 1), "key": ("nudge",)}
    ways = json.loads(node.attributes["data-map"])
    assert ways["x"][2:] == [-1, 1, False, -1, 1, 0.1]
    assert ways["y"][2:] == [0, 2, False, 0, 2, None]
    assert node.attributes["data-at"] == "0.5 1"
    assert node.attributes["tabindex"] == "0"
    assert node.attributes["aria-valuetext"] == "here"
    centres = {(float(c.attributes["cx"]), float(c.attributes["cy"])) for c in node.children}
    assert centres == {(float(AXES.across(0.5)), float(AXES.up(1)))}

"""games/ui/inputs.py: a grid to draw on, a run's time, a field of code."""

import json

import numpy as np

from games.moves import Dial, Place, Press, Shades, Text, moves
from games.ui.inputs import code_field, pad, picture_file, scrubber, shown_text, text_field
from tests import dom


def never(_):
    return False


MOVES = moves(
    draw=Place(Dial(0, 4), Dial(0, 2)),
    pen=Place(Dial(0, 4), Dial(0, 2)),
    at=Dial(0, 20),
    play=Press(),
    code=Text(80),
    picture=Shades(4, 3, 5),
    shut=Dial(0, 20, when=never),
    sealed=Place(Dial(0, 4), Dial(0, 2), when=never),
)
MAY = MOVES.on(None)


def surface(node):
    (found,) = (n for n in node.walk() if "data-map" in n.attributes)
    return found


def test_a_pad_shows_the_drawing_and_its_surface_has_a_name_and_the_focus():
    node = pad("a digit", np.eye(3, 5), MAY.draw, at=(2, 1), name="image")
    found = surface(node)
    assert found.attributes["tabindex"] == "0"
    assert found.attributes["aria-label"].startswith("a digit")
    assert found.messages() == {"drag": ("draw",)}
    assert [n.marks["image"].shape for n in node.walk() if n.marks] == [(3, 5)]
    assert dom.page_of(node) == dom.expected(node)


def test_a_pad_without_a_pen_is_looked_at_and_only_the_last_cell_counts():
    drawn, looked = (surface(pad("d", np.eye(3), MAY.draw, pen=pen)) for pen in (MAY.pen, None))
    assert drawn.messages() == {"drag": ("draw",), "lift": ("pen",)}
    assert "data-every" in drawn.attributes
    assert "data-every" not in looked.attributes
    assert "draw" not in looked.attributes["aria-label"]


def test_a_pad_that_is_shut_says_so_and_sends_nothing():
    found = surface(pad("d", np.zeros((3, 5)), MAY.sealed))
    assert found.attributes["aria-disabled"] == "true"
    assert found.messages() == {}


def buttons(node):
    return {n.attributes["aria-label"]: n.messages() for n in node.walk() if n.tag == "button"}


def test_a_scrubber_goes_to_any_moment_one_back_one_forward_and_plays():
    node = scrubber("step", 5, MAY.at, play=MAY.play)
    assert buttons(node) == {
        "Play": {"click": ("play",)},
        "One back": {"click": ("at", 4)},
        "One forward": {"click": ("at", 6)},
    }
    (track,) = (n for n in node.walk() if n.tag == "input")
    assert track.messages() == {"input": ("at",)}
    assert track.attributes["aria-valuetext"] == "5 of 20"
    assert (track.attributes["min"], track.attributes["max"]) == ("0", "20")


def test_a_scrubber_ends_at_its_ends_and_a_clock_that_runs_can_be_stopped():
    assert buttons(scrubber("step", 0, MAY.at))["One back"] == {}
    assert buttons(scrubber("step", 20, MAY.at))["One forward"] == {}
    assert "Pause" in buttons(scrubber("step", 0, MAY.at, play=MAY.play, playing=True))
    assert not any(buttons(scrubber("step", 5, MAY.shut)).values())


def test_a_code_field_takes_a_text_of_the_length_that_the_move_allows():
    node = code_field("rule", "\nw - 0.1 * g", MAY.code)
    (area,) = (n for n in node.walk() if n.tag == "textarea")
    assert area.attributes["maxlength"] == "80"
    assert area.text() == "w - 0.1 * g"
    assert area.messages() == {"change": ("code",)}
    assert dom.page_of(node) == dom.expected(node)


def test_a_text_field_cuts_nothing_off_and_says_which_way_its_text_runs():
    node = text_field("a text", "\nOne fish.\nTwo fish.", MAY.code)
    (area,) = (n for n in node.walk() if n.tag == "textarea")
    assert "maxlength" not in area.attributes  # what is too long is refused, in words
    assert area.attributes["dir"] == "auto"
    assert "data-at-once" in area.attributes  # what is pasted is read at once
    assert area.text() == "One fish.\nTwo fish."
    assert area.messages() == {"change": ("code",)}
    assert dom.page_of(node) == dom.expected(node)


def test_a_table_is_set_in_columns_under_a_name_and_with_an_example():
    node = text_field("paste", "", MAY.code, name="table", example="1, 2", plain=False)
    (area,) = (n for n in node.walk() if n.tag == "textarea")
    assert area.attributes["aria-label"] == "table"
    assert area.attributes["placeholder"] == "1, 2"
    assert "dir" not in area.attributes
    assert "plain-text" not in node.attributes["class"]
    assert dom.page_of(node) == dom.expected(node)


def test_a_shown_text_can_be_read_and_copied_and_makes_no_move():
    node = shown_text("numbers", "1\n2")
    (area,) = (n for n in node.walk() if n.tag == "textarea")
    assert "readonly" in area.attributes
    assert "disabled" not in area.attributes
    assert area.messages() == {}
    assert area.text() == "1\n2"
    assert dom.page_of(node) == dom.expected(node)


def test_a_picture_file_says_in_which_shades_it_is_wanted_and_leaves_the_camera_to_the_browser():
    node = picture_file("a picture", MAY.picture)
    (field,) = (n for n in node.walk() if n.tag == "input")
    assert field.attributes["accept"] == "image/*"
    assert "capture" not in field.attributes  # a phone would offer nothing but its camera
    sizes = json.loads(field.attributes["data-shades"])
    assert sizes == {"columns": 4, "rows": 3, "levels": 5}
    assert field.messages() == {"change": ("picture",)}
    assert dom.page_of(node) == dom.expected(node)


def test_what_is_wrong_with_code_is_said_with_its_name():
    node = code_field("rule", "w -", MAY.code, error="line 1 is not whole")
    (area,) = (n for n in node.walk() if n.tag == "textarea")
    assert area.attributes["aria-invalid"] == "true"
    assert area.attributes["aria-label"] == "rule: line 1 is not whole"
    assert "line 1 is not whole" in node.text()

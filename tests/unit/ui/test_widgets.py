"""games/ui/widgets.py: what read-outs say."""

import pytest

from games.ui import widgets
from games.ui.node import to_html
from tests import dom


def parts(node, tag):
    return [n for n in node.walk() if n.tag == tag]


SAMPLES = {
    "readout": widgets.readout("loss", 0.5),
    "readouts": widgets.readouts([("loss", 0.5), ("steps", "12")]),
    "meter": widgets.meter("glow", 0.5, 0, 1, zone=(0.4, 0.6)),
    "progress": widgets.progress("sweep", 3, 10),
    "panel": widgets.panel(widgets.row("a"), widgets.note("b", kind="win")),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_html_parses_back_to_the_same_tree(name):
    assert dom.page_of(SAMPLES[name]) == dom.expected(SAMPLES[name])


def test_a_readout_prints_numbers_with_its_digits_and_text_as_it_is():
    assert parts(widgets.readout("x", -1 / 3, 3), "span")[1].text() == "−0.333"
    assert parts(widgets.readout("x", "none yet"), "span")[1].text() == "none yet"


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


def test_a_verdict_is_live_and_gold_once_it_is_won_and_an_aside_is_quiet():
    looks = [
        node.attributes["class"]
        for node in (widgets.verdict("a"), widgets.verdict("a", True), widgets.hint("a"))
    ]
    assert looks == ["note live", "note win live", "note hint"]


def test_what_explains_is_folded_away_and_quiet():
    node = widgets.explained("What is drawn", "A line.", key="why")
    assert to_html(node) == to_html(
        widgets.folded("What is drawn", widgets.hint("A line."), key="why")
    )
    assert (node.tag, node.text()) == ("details", "What is drawnA line.")


def test_words_that_are_data_are_left_alone_by_translators():
    assert widgets.verbatim("le chat").attributes["translate"] == "no"


def test_a_part_stands_under_its_title():
    part = widgets.part("Inside", widgets.row("A"), symbol="A", class_="passage")
    assert part.text() == "InsideA"
    assert part.attributes == {"data-symbol": "A", "class": "passage"}


def test_progress_counts():
    node = SAMPLES["progress"]
    (bar,) = parts(node, "progress")
    assert (bar.attributes["value"], bar.attributes["max"]) == ("3", "10")
    assert "3 of 10" in node.text()
    (count,) = (n for n in node.walk() if n.attributes.get("class") == "progress-count")
    assert count.attributes["data-longest"] == "10 of 10"


def test_a_table_names_its_rows_and_says_what_a_column_stands_for():
    node = widgets.table("two", ["x", "y"], [["0", "1"], ["2", "3"]], symbols=["x"], marked=1)
    assert [n.text() for n in node.walk() if n.tag in ("th", "td")] == ["x", "y", *"0123"]
    cells = [n for n in node.walk() if n.attributes.get("data-symbol") == "x"]
    assert [n.text() for n in cells] == ["0", "2"]
    assert [n.text() for n in node.walk() if n.attributes.get("class") == "marked"] == ["23"]
    assert dom.page_of(node) == dom.expected(node)

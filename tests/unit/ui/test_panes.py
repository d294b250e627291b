"""games/ui/panes.py: tabs and small multiples."""

import pytest

from games.moves import Pick, moves
from games.ui.node import h
from games.ui.panes import small_multiples, tabs
from tests import dom

MAY = moves(tab=Pick("loss", "weights")).on(None)
NAMES = {"loss": "Loss", "weights": "Weights"}


def test_one_pane_is_open_under_the_names_of_all():
    node = tabs("views", NAMES, "weights", MAY.tab, h("p", "inside"))
    found = [n for n in node.walk() if n.attributes.get("role") == "tab"]
    assert [n.text() for n in found] == ["Loss", "Weights"]
    assert [n.attributes["aria-selected"] for n in found] == ["false", "true"]
    assert [n.messages()["click"] for n in found] == [("tab", "loss"), ("tab", "weights")]
    (pane,) = (n for n in node.walk() if n.attributes.get("role") == "tabpanel")
    assert (pane.attributes["aria-label"], pane.text()) == ("Weights", "inside")


def test_every_pane_has_a_name():
    with pytest.raises(ValueError, match=r"no name for \['weights'\]"):
        tabs("views", {"loss": "Loss"}, "loss", MAY.tab)
    with pytest.raises(ValueError, match=r"no name for \['other'\]"):
        tabs("views", NAMES, "other", MAY.tab)


def test_small_multiples_stand_below_their_titles():
    node = small_multiples(("one", h("svg")), ("two", h("svg")))
    assert [[c.tag for c in panel.children] for panel in node.children] == [["p", "svg"]] * 2
    assert dom.page_of(node) == dom.expected(node)

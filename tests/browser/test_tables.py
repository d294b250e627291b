"""A table of the learner's own, as it comes to a game: pasted, or as a file that is dropped."""

import re

import pytest

from tests.browser.looks import looks_well
from tests.browser.player import at_play

SLUG = "train-a-brain"
ROWS = ((5.1, 3.5, "setosa"), (4.9, 3.0, "setosa"), (7.0, 3.2, "versicolor"))
ROWS += ((6.4, 3.1, "versicolor"), (6.3, 3.3, "virginica"), (5.8, 2.7, "virginica"))
TABLE = "length\twidth\tspecies\n" + "".join(f"{a}\t{b}\t{kind}\n" for a, b, kind in ROWS)
"""As a spreadsheet copies it."""
REFUSED = "y is species, 3 different texts: “setosa”, “versicolor”, “virginica”; allowed"
HANDS = {"mouse": (1440, 900), "touch": (390, 844), "keyboard": (1440, 900)}
FALL = """([target, name, type, text]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name, {type}));
    return ['dragover', 'drop'].map((kind) => {
        const event = new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer});
        target.dispatchEvent(event);
        return event.defaultPrevented;
    });
}"""


def bench(visit, hand="mouse"):
    """The free bench, its drawer of points open, and who plays there."""
    width, height = HANDS[hand]
    watched = visit(width, height, touch=hand == "touch", again=True)
    return watched, at_play(watched, f"play/{SLUG}/?challenge=free&seed=3", hand)


def drawer(player):
    """The drawer in which tables are read."""
    return player.box.locator("details", has_text="A table of your own")


def unfold(player):
    """Open it, and say which field takes a table."""
    player._press(drawer(player).locator("summary"))
    return player.box.get_by_label("table of points")


def pasted(page, field, text):
    """Paste as a person does: what is typed by no key."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    field.focus()
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


@pytest.mark.parametrize("hand", HANDS)
def test_a_refused_table_that_was_pasted_is_learnt_once_its_columns_are_chosen(visit, hand):
    watched, player = bench(visit, hand)
    page, field = watched.page, unfold(player)
    pasted(page, field, TABLE)
    player.twin.send(["csv", field.input_value()])
    player.agree()  # the field was not left for it
    assert REFUSED in drawer(player).inner_text()
    player.do(("column", "x1", 2))
    player.do(("column", "y", 1))
    assert "6 rows: x₁ is width, x₂ is width; y is length, a number" in drawer(player).inner_text()
    looks_well(page)
    chosen = player.box.get_by_label("x₁ is column")
    assert chosen.evaluate("list => list.selectedOptions[0].text") == "2: width"
    player.do(("guess", 75))
    player.do(("step",))


def test_what_was_pasted_is_sent_once_and_what_is_typed_after_it_when_the_field_is_left(visit):
    watched, player = bench(visit)
    page, field = watched.page, unfold(player)
    pasted(page, field, TABLE.replace("virginica", "setosa"))
    player.twin.send(["csv", field.input_value()])
    player.agree()
    player.do(("column", "x1", 2))  # the field is left: that is no second table
    assert "x₁ is width" in drawer(player).inner_text()
    field.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("6\t3\tsetosa")
    player.agree()
    field.blur()
    player.twin.send(["csv", field.input_value()])
    player.agree()
    assert "7 rows" in drawer(player).inner_text()


@pytest.mark.parametrize(
    "spot", ["[data-picture]", "[data-describe], .game-title", "textarea", ".file-label"]
)
def test_a_file_may_fall_anywhere_on_a_game_that_opens_files(visit, spot):
    watched, player = bench(visit)
    target = player.box.locator(spot).first.element_handle()
    text = TABLE.replace("virginica", "setosa")
    file = [target, "Iris.TSV", "text/tab-separated-values", text]
    assert watched.page.evaluate(FALL, file) == [True, True], "or browsers leave the page for it"
    player.twin.send(["csv", text])
    player.agree()
    assert drawer(player).get_attribute("open") is not None
    assert "two classes, “setosa” (class 0)" in drawer(player).inner_text()


def test_a_file_that_no_door_is_for_is_told_of_and_a_game_without_doors_takes_none(visit):
    watched, player = bench(visit)
    target = player.box.locator("[data-picture]").first.element_handle()
    watched.page.evaluate(FALL, [target, "brain.npz", "", "no brain"])
    watched.expect("brain")
    player.box.locator("[data-boot]").filter(has_text=re.compile("brain|file")).wait_for()
    page = watched.open("play/light-the-network/")
    watched.ready()
    target = page.locator("[data-picture]").first.element_handle()
    assert page.evaluate(FALL, [target, "iris.csv", "text/csv", TABLE]) == [False, False]

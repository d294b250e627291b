"""Numbers are typed as people write them, in a browser of any language."""

import json
import re

import pytest

from games import discover
from games.run import Run
from tests.browser.conftest import ANY
from tests.browser.looks import looks_well
from tests.browser.player import Player

FIELDS = {
    slug: [
        json.loads(node.attributes["data-on"])["change"]
        for node in Run(slug, 0).view().walk()
        if "data-number" in node.attributes
    ]
    for slug in discover()
}
GAMES = [slug for slug, fields in FIELDS.items() if fields]


def test_some_game_has_a_number_field():
    assert GAMES


@pytest.mark.parametrize("locale", ["de-DE", "en-US"])
@pytest.mark.parametrize("slug", GAMES)
def test_a_number_is_the_one_that_was_typed(visit, slug, locale):
    watched = visit(locale=locale, again=True)
    watched.shift_allowed = ANY
    watched.expect("is not a number from|could be one number or two|is empty")
    page = watched.open(f"play/{slug}/?seed=1")
    watched.ready()
    player = Player(page, slug, "mouse")
    line = player.box.locator("[data-boot]")
    for message in FIELDS[slug]:
        field = player.box.locator(
            f"[data-on='{json.dumps({'change': message}, separators=(',', ':'))}']"
        )

        def enter(text, field=field):
            field.fill(text)
            field.blur()

        for text, value in (("0,5", 0.5), ("-0,3", -0.3), ("−0.25", -0.25), ("3", 3)):
            enter(text)
            player.twin.send([*message, value])
            player.agree()
            assert field.input_value() == text
        for text, why in (
            ("abc", r"abc is not a number from −\d+ to \d+"),
            ("1 0", "could be one number or two"),
            ("", "is empty; it takes a number from"),
        ):
            enter(text)
            assert re.search(why, line.inner_text())
            assert field.input_value() == text
            assert field.get_attribute("aria-invalid") == "true"
            player.agree()
        looks_well(page)
        enter("3,0")
        assert line.inner_text() == ""
        assert field.get_attribute("aria-invalid") is None
        field.press("ArrowDown")
        player.twin.send([*message, 3 - json.loads(field.get_attribute("data-number"))["stride"]])
        player.agree()
        assert field.input_value() == field.get_attribute("value") == "2.9"
    page.get_by_role("button", name="Pick numbers for me").click()
    player.twin.send(["draw"])
    player.agree()

"""Numbers are typed as people write them, in a browser of any language."""

import json
import re

import pytest

from games.run import Run
from tests.browser.looks import looks_well
from tests.browser.player import at_play

SLUG = "neuron-by-hand"
OWN = ("own", True)
"""Then the numbers are the learner's."""


def fields():
    """What the fields for numbers send."""
    run = Run(SLUG, 0)
    run.send(OWN)
    for node in run.view().walk():
        if "data-number" in node.attributes:
            yield json.loads(node.attributes["data-on"])["change"]


@pytest.mark.parametrize("locale", ["de-DE", "en-US"])
@pytest.mark.rarely
def test_a_number_is_the_one_that_was_typed(visit, locale):
    typed = list(fields())
    assert typed
    watched = visit(locale=locale, again=True)
    watched.expect("is not a number from|could be one number or two|is empty")
    player, page = at_play(watched, f"play/{SLUG}/?seed=1"), watched.page
    player.do(OWN)
    line = player.box.locator("[data-boot]")
    for message in typed:
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
    for name, move in (("All steps", "all"), ("Other numbers", "draw")):
        page.get_by_role("button", name=name).click()
        player.twin.send([move])
        player.agree()


def test_a_formula_of_ones_own_is_walked_and_what_is_none_is_said(visit):
    player = at_play(visit(again=True), "play/walk-it-back/?seed=1")
    player.do(("part", "own"))
    field = player.box.locator("textarea")
    for text, wrong in (
        ("tanh(a · b) − c²", ""),
        ("__import__('os')", "is no operation of this tape"),
        ("(" * 39 + "a" + ")" * 39, "computes nothing"),
        ("-" * 80, "It breaks off"),
        ("u = a * b; u * u", ""),
    ):
        field.fill(text)
        field.blur()
        player.twin.send(["write", text])
        player.agree()
        assert wrong in player.box.locator(".code-error").inner_text()
        assert field.get_attribute("aria-invalid") == ("true" if wrong else None)
    player.do(("go",))
    said = player.box.locator("[data-verdict]").inner_text()
    assert said.startswith("One walk, and all slopes are there: ")
    assert said.endswith("= 36, b̄ = 24. Two runs beside each letter say 36, 24.")
    looks_well(player.page)

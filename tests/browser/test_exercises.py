"""Exercises of a lesson: a number is found, or mended by what is said of it; a slip is found."""

import pytest

from tests.browser.conftest import ANY

PAGE = "lesson/convergence/"


@pytest.mark.rarely
@pytest.mark.parametrize(("width", "touch"), [(390, True), (1280, False)])
def test_a_number_and_a_false_step_are_found(visit, width, touch):
    watched = visit(width=width, height=844, touch=touch)
    watched.shift_allowed = ANY  # an answer opens
    page = watched.open(PAGE)
    box = page.locator("[data-answer]").first  # 2 / 52
    field, told = box.locator("[data-given]"), box.locator("[data-told]")
    answer = box.locator("details")
    for typed, said in (
        ("", "Write a number first."),
        ("two", "“two” is not a number; a number looks like 12, 0.5 or 3e-4."),
        ("-0.0385", "Not yet: the size is right, the sign is not."),
        ("0.077", "Not yet: it is off by a factor of 2."),
        ("0,004", "Not yet: that is too little."),
        ("0.05", "Not yet: that is too much."),
    ):
        field.fill(typed)
        field.press("Enter")
        assert told.inner_text() == said
        assert answer.get_attribute("open") is None
    field.fill("0,0385")
    button = box.get_by_role("button")
    button.tap() if touch else button.click()
    assert told.inner_text() == "Right."
    assert answer.get_attribute("open") is not None

    steps = page.locator("[data-answer]").nth(1)  # 23,000
    steps.locator("[data-given]").fill("23,000")
    steps.locator("[data-given]").press("Enter")
    assert steps.locator("[data-told]").inner_text() == "Right."

    slip = page.locator("[data-slip]")
    lines = slip.locator("[data-step]")
    lines.first.tap() if touch else lines.first.press("Enter")
    assert slip.locator("[data-told]").inner_text() == "This step holds. Look at the others."
    false = slip.locator("[data-false]")
    false.tap() if touch else false.press("Enter")
    assert slip.locator("[data-told]").inner_text() == "Found: this step is false."
    assert slip.locator("details").get_attribute("open") is not None

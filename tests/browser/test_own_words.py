"""Lock it in: said in one's own words, laid beside the ideas, and asked again as the days go by."""

import datetime

import pytest

from tests.browser.conftest import ANY

PAGE = "lesson/level-4-family/"
BOX = "[data-own-words='level-4/neuron']"
START = datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC)
WORDS = "It multiplies each input by a weight and adds everything up."


def at(page, days):
    page.clock.set_fixed_time(START + datetime.timedelta(days=days))


@pytest.mark.parametrize(("width", "touch"), [(390, True), (1280, False)])
@pytest.mark.rarely
def test_words_are_kept_compared_openly_and_come_back_on_their_days(visit, width, touch):
    watched = visit(width=width, height=844, touch=touch)
    watched.shift_allowed = ANY
    page = watched.open(PAGE)
    at(page, 0)
    page.reload()
    box = page.locator(BOX)
    press = (lambda b: b.tap()) if touch else (lambda b: b.press("Enter"))
    button = box.get_by_role("button")
    field = box.get_by_role("textbox", name="What does one neuron do?")
    press(button)
    assert "Write a sentence or two first." in box.inner_text()
    field.fill(WORDS)
    press(button)
    told = box.locator("[data-told]").inner_text()
    assert told == "You have not mentioned: the bias; the bend."
    assert "✓ you wrote “weight”" in box.inner_text()
    assert "✓ you wrote “adds”" in box.inner_text()
    assert "counts: bias…, shift…, threshold…" in box.inner_text()
    assert "It comes back in 1 day." in box.inner_text()

    said = 1
    for day, wait in ((1, 3), (4, 7), (11, 21), (32, None)):
        at(page, day - 0.1)
        page.reload()
        assert field.input_value() == WORDS
        assert box.get_attribute("data-due") is None
        at(page, day)
        page.goto(page.url.split("lesson/")[0] + "lesson/")
        waiting = page.locator("[data-words-of^='level-4/']:visible")
        assert waiting.inner_text() == "Say it back: 1 question waits"
        waiting.click()
        box.scroll_into_view_if_needed()
        assert field.input_value() == ""
        assert f"said this {said} time" in box.inner_text()
        box.get_by_text("What you wrote last time").click()
        assert WORDS in box.inner_text()
        field.fill(WORDS)
        press(button)
        said += 1
        told = box.locator("[data-when]").inner_text()
        assert (f"in {wait} days" if wait else "comes back no more") in told
    at(page, 400)
    page.goto(page.url.split("lesson/")[0] + "lesson/")
    assert page.locator("[data-words-of]:visible").count() == 0


def test_the_course_leads_to_the_first_question_that_waits_in_whatever_part_it_is(visit):
    watched = visit()
    watched.shift_allowed = ANY
    page = watched.open("lesson/level-3-training/")
    at(page, 0)
    page.reload()
    for name in ("fair-race", "vanishing"):
        box = page.locator(f"[data-own-words='level-3/{name}']")
        box.get_by_role("textbox").fill("I do not know.")
        box.get_by_role("button").click()
    at(page, 1)
    page.goto(page.url.split("lesson/")[0] + "lesson/")
    waiting = page.locator("[data-words-of]:visible")
    assert waiting.inner_text() == "Say it back: 2 questions wait"
    waiting.click()
    page.wait_for_url("**/lesson/level-3-training/#say-fair-race")


def test_own_words_are_in_no_file_and_are_forgotten_with_the_rest(visit):
    watched = visit()
    watched.shift_allowed = ANY
    page = watched.open(PAGE)
    box = page.locator(BOX)
    box.get_by_role("textbox").fill(WORDS)
    box.get_by_role("button").click()
    assert WORDS in page.evaluate("localStorage['neuronauts:said']")
    page.goto(page.url.split("lesson/")[0] + "lesson/")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a file").click()
    assert WORDS not in saved.value.path().read_text("utf-8")
    forget = page.locator("[data-forget]")
    forget.click()
    forget.click()
    assert page.evaluate("localStorage['neuronauts:said'] ?? null") is None


def test_without_scripts_questions_and_ideas_can_be_read(visit):
    page = visit(scripts=False).open(PAGE)
    box = page.locator(BOX)
    box.get_by_text("The ideas, and the words that count").click()
    assert "It adds up the products." in box.inner_text()
    assert box.get_by_role("button").count() == 0

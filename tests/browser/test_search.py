"""The search finds what there is, opens it at its place, and needs no network once it is kept."""

import pytest

from tests.browser.looks import looks_well

FIELD = "#search-field"


def search(page, text):
    """Open the search by its keys, type, and return what is found, title by title."""
    page.keyboard.press("Control+k")
    page.wait_for_selector(f"{FIELD}:focus")
    page.keyboard.type(text)
    page.wait_for_selector(f'#search-found[data-of="{text}"]', state="attached")
    return page.locator(".search-title").all_inner_texts()


@pytest.mark.parametrize(
    ("text", "title", "kind"),
    [
        ("optimizer race", "Optimiser Race", "game"),
        ("softmax", "softmax", "word"),
        ("chain rule", "The chain rule", "lesson"),
        ("softmx", "Softmax", ""),  # a letter is missing
        ("Dense.forward", "Dense.forward", "engine"),
        ("dropuot", "Dial the Dropout", ""),
    ],
)
def test_it_finds_lessons_games_words_and_the_engine(visit, text, title, kind):
    page = visit(again=True).open("lesson/")
    titles = search(page, text)
    kinds = page.locator(".search-kind").evaluate_all("all => all.map((e) => e.classList[1])")
    found = list(zip(titles, kinds, strict=True))[:5]
    assert any(title.lower() in one.lower() and kind in (of, "") for one, of in found), found


def test_a_result_opens_by_keyboard_at_its_place(visit):
    page = visit(again=True).open("")
    search(page, "XOR one line cannot")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lesson/level-2/#xor")
    assert page.locator("dialog").count() == 0
    top = page.locator("#xor").bounding_box()["y"]
    assert 0 <= top < 300


def test_what_is_not_there_is_said_and_the_window_closes(visit):
    page = visit(width=390, height=844, again=True).open("lesson/level-1/")
    page.click(".find")
    page.keyboard.type("zzzzqqqq")
    page.wait_for_selector(".search-said:has-text('Nothing found')")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.className") == "find"


@pytest.mark.parametrize(("width", "dark"), [(320, False), (1440, True)])
def test_the_window_looks_well(visit, width, dark):
    page = visit(width=width, height=844, dark=dark, again=True).open("lesson/")
    search(page, "attention")
    looks_well(page)


@pytest.mark.parametrize("key", ["/", "k", "?", "Shift+K"])
def test_no_single_key_opens_it(visit, key):
    """Who speaks to a computer presses keys by mistake (WCAG 2.1.4)."""
    page = visit(again=True).open("lesson/")
    page.keyboard.press(key)
    page.keyboard.press("Tab")
    assert page.locator("dialog").count() == 0


@pytest.mark.parametrize("keys", ["Control+k", "Meta+k", "Control+K"])
def test_it_opens_from_a_field_too_and_leaves_what_is_written_there(visit, keys):
    page = visit(again=True).open("lesson/")
    name = page.locator("[data-name]")
    name.fill("Ada")
    name.press(keys)
    page.wait_for_selector(f"{FIELD}:focus")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert name.input_value() == "Ada"
    assert name.evaluate("field => field === document.activeElement")

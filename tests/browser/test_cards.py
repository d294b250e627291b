"""Live formula cards: symbols light up, lines run in a Python of their own and can do no harm."""

import time

import pytest

from tests.browser.conftest import READY
from tests.browser.player import Player

LESSON = "lesson/level-1/"
SLUG = "light-the-network"


def line(page, number=0):
    return page.locator("[data-line]").nth(number)


def run(page, code=None, number=0):
    """Type `code` into a line, run it, and return what the page says and shows."""
    place = line(page, number)
    if code is not None:
        place.locator("textarea").fill(code)
    place.locator("[data-run]").click()
    place.locator("xpath=self::*[not(@data-running)]").wait_for(timeout=READY)
    return place.locator("[data-said]").text_content(), place.locator(
        "[data-result]"
    ).text_content()


def lit(page, inside):
    return page.locator(f"{inside} [data-lit]").count()


def test_a_symbol_lights_up_in_the_formula_the_list_and_the_nearest_picture(visit):
    watched = visit()
    page = watched.open(LESSON)
    symbol = page.locator('[data-card] .katex-html [data-symbol="w"]').first
    symbol.scroll_into_view_if_needed()
    symbol.hover()
    assert lit(page, ".formula .katex-html") == 2
    assert page.locator(".symbol[data-lit]").count() == 1
    nearest = page.locator(":is(.figure, [data-game]):has([data-lit])")
    assert nearest.count() == 1
    page.mouse.move(0, 0)
    assert page.locator("[data-lit]").count() == 0


def test_a_symbol_lights_up_for_the_keyboard(visit):
    watched = visit()
    page = watched.open(LESSON)
    page.locator('.symbol[data-symbol="b"]').focus()
    assert page.locator('[data-card] [data-symbol="b"][data-lit]').count() >= 2
    page.keyboard.press("Tab")
    assert page.locator('[data-symbol="b"][data-lit]').count() == 0
    assert page.locator('.symbol[data-symbol="z"][data-lit]').count() == 1


def test_a_derivation_opens_step_by_step_and_all_at_once(visit):
    page = visit(width=390).open("lesson/level-3-backpropagation/")
    steps = page.locator(".derivation").first.locator(".step")
    assert [step.get_attribute("open") for step in steps.all()] == [""] + [None] * 6
    steps.nth(1).locator("summary").focus()
    page.keyboard.press("Enter")
    assert steps.nth(1).locator(".formula").first.is_visible()
    assert not steps.nth(2).locator(".formula").first.is_visible()
    every = page.locator("[data-all-steps]").first
    every.click()
    assert all(step.locator(".formula").first.is_visible() for step in steps.all())
    assert page.get_by_role("button", name="Close all steps").count() == 1
    every.click()
    assert not any(step.locator(".formula").first.is_visible() for step in steps.all())


def test_a_derivation_opens_without_scripts_and_is_whole_in_print(visit):
    page = visit(scripts=False).open("lesson/level-3-backpropagation/")
    steps = page.locator(".derivation").first.locator(".step")
    assert not page.locator("[data-all-steps]").first.is_visible()
    steps.nth(3).locator("summary").click()
    assert steps.nth(3).locator(".formula").first.is_visible()
    page.emulate_media(media="print")
    for step in steps.all():
        box = step.locator(".formula").first.bounding_box()
        assert box["height"] > 20


def test_a_card_reads_well_without_scripts(visit):
    watched = visit(scripts=False)
    page = watched.open(LESSON)
    assert page.locator('.symbol[data-symbol="y"] .symbol-value').text_content() == "0.6682"
    assert line(page).locator(".line-code").text_content().endswith("y = sigmoid(z)")
    assert line(page).locator("[data-result]").text_content() == "0.6682"
    assert not line(page).locator("[data-run]").is_visible()


@pytest.mark.rarely
def test_lines_run_and_change_and_fail_without_touching_the_games(visit):
    watched = visit()
    page = watched.open(LESSON)
    watched.ready(SLUG)
    player = Player(page, SLUG, "mouse")
    player.win()
    before = page.locator(f'[data-game="{SLUG}"] [data-stage]').inner_html()
    games = page.workers[:]
    assert len(games) == 1, "Python for the learner's lines starts when it is asked for"

    assert run(page) == ("", "0.6682")
    assert len(page.workers) == 2
    assert run(page, "10 * z")[1] == "7."
    assert run(page, "print(x)\nb")[1] == "[1. 3.]\n0.5"
    assert run(page, "a = 1\nq")[0] == "Line 2: NameError: name 'q' is not defined"
    assert run(page, "1 +")[0] == "Line 1: SyntaxError: invalid syntax"
    assert run(page, "x = None")[0].startswith("It ran and gave no value")
    assert "<b>" in run(page, "'<b>bold</b>'")[1]

    began = time.perf_counter()
    said, shown = run(page, "while True:\n    pass")
    assert 4.5 < time.perf_counter() - began < 15
    assert said.startswith("Stopped: it took longer than five seconds.")
    assert shown == ""
    deadline = time.perf_counter() + 10
    while page.workers != games and time.perf_counter() < deadline:
        page.wait_for_timeout(100)  # a browser takes a moment to end a busy worker
    assert page.workers == games
    assert run(page, "2 * b")[1] == "1."

    line(page).locator("[data-restore]").click()
    assert run(page) == ("", "0.6682")
    assert page.workers[0] is games[0]
    assert page.locator(f'[data-game="{SLUG}"] [data-stage]').inner_html() == before
    player.do(("weight", 0, 1.0))


def test_what_stands_beside_a_line_is_compared(visit):
    watched = visit()
    page = watched.open("lesson/level-2/")
    beside = line(page).locator(".line-beside samp").text_content()
    said, shown = run(page)
    assert (said, shown) == ("Both agree.", beside)
    assert run(page, "X @ W + b")[0] == "The two do not agree."


def test_a_line_goes_on_from_those_above_it_as_they_are_now(visit):
    """Ten cells make an engine for gradients, which trains as far as the course's own."""
    page = visit().open("lesson/reverse-mode/")
    cells = page.locator(".derivation:has([data-goes-on])")
    cells.locator("[data-all-steps]").click()
    first = page.evaluate(
        "() => [...document.querySelectorAll('[data-line]')]"
        ".findIndex((line) => line.hasAttribute('data-goes-on')) - 1"
    )
    assert cells.locator("[data-line]").count() == 10
    assert run(page, number=first + 2)[0] == "Both agree."
    assert run(page, number=first + 9)[0] == "It holds."
    line(page, first + 1).locator("textarea").fill("oops")
    said = run(page, number=first + 2)[0]
    assert said == "Cell 2, above: Line 1: NameError: name 'oops' is not defined"
    line(page, first + 1).locator("[data-restore]").click()
    assert run(page, number=first + 2)[0] == "Both agree."


def test_numbers_that_no_float_can_hold_are_told_and_no_verdict_is_given(visit):
    page = visit().open("lesson/convergence/")
    page.locator("[data-all-steps]").first.click()
    claim = page.evaluate(
        "() => [...document.querySelectorAll('[data-line]')]"
        ".findIndex((line) => line.querySelector('[data-slack]'))"
    )
    left = "The numbers have left what a float can hold, so this says neither yes nor no."
    assert run(page, "np.float64(1e200) ** 2 <= 1", claim) == (left, "inf")
    assert run(page, "10**400 <= 1", claim) == (left, "inf")
    assert run(page, "np.float64(1e200) <= 1", claim)[0] == "It does not hold."
    said = run(page, "1e200**2 <= 1", claim)[0]
    assert said.startswith("Line 1: OverflowError")
    assert said.endswith("The numbers have left what a float can hold.")


@pytest.mark.parametrize(
    ("card", "lines", "was", "own"),
    [
        ("the derivation", 6, "[[1.0, 3.0]]", "[[0.5, 2.0]]"),
        ("the four equations", 5, "[[0.8, 0.4], [-0.2, 0.1]]", "[[0.3, -0.7], [0.2, -0.1]]"),
    ],
)
def test_finite_differences_are_measured_anew_on_the_learners_own_network(
    visit, card, lines, was, own
):
    page = visit().open("lesson/level-3-backpropagation/")
    page.locator("[data-all-steps]").first.click()
    goes_on = page.evaluate(
        "() => [...document.querySelectorAll('[data-line]')]"
        ".map((line) => line.hasAttribute('data-goes-on'))"
    )
    starts = [n for n in range(1, len(goes_on)) if goes_on[n] and not goes_on[n - 1]]
    first = starts[0 if card == "the derivation" else 1] - 1
    network = line(page, first).locator("textarea")
    network.fill(network.input_value().replace(was, own))
    steps = range(first + 1, first + 1 + lines)
    assert all(goes_on[number] for number in steps)
    assert not goes_on[steps[-1] + 1]
    for number in steps:
        beside = line(page, number).locator("[data-right]")
        before = beside.text_content()
        said, shown = run(page, number=number)
        assert (said, shown) == ("Both agree.", beside.text_content())
        assert shown != before
    assert run(page, "delta1 @ W1", number=steps[-1])[0] == "The two do not agree."


def test_the_keyboard_runs_a_line_and_leaves_it(visit):
    watched = visit()
    page = watched.open(LESSON)
    code = line(page).locator("textarea")
    code.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("\ny * 0")
    page.keyboard.press("Control+Enter")
    line(page).locator('output:text-is("0.")').wait_for(timeout=READY)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hasAttribute('data-run')")


def test_lines_are_about_numbers_and_import_nothing_of_the_browser(visit):
    watched = visit()
    page = watched.open(LESSON)
    for module in ("js", "pyodide_js", "polyscript"):
        said = run(page, f"import {module}")[0]
        assert said == f"Line 1: ModuleNotFoundError: No module named '{module}'"


def test_a_worker_that_cannot_start_says_so(visit):
    watched = visit()
    watched.expect("Failed to load|404")
    watched.page.route("**/scratch-worker.js", lambda route: route.fulfill(status=404))
    page = watched.open(LESSON)
    said, _ = run(page)
    assert "could not be loaded" in said

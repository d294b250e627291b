"""What the device remembers: kept, saved, merged, and missed without harm where it cannot be."""

import json

import pytest

from tests.browser.conftest import READY
from tests.browser.player import Player

KEY = "neuronauts:1"
AT = "2026-01-02T10:00:00.000Z"
COURSE = "lesson/"
KEEP = "import(new URL('keep.js', document.querySelector('script[src*=main]').src))"
"""The page's own keep.js, not another copy of it."""


def win(seed=7, at=AT, **more):
    return {"seed": seed, "params": {}, "run": "", "at": at} | more


def store(page, text):
    """Put something into the storage as an earlier visit would have, and come again."""
    page.evaluate(
        "([key, text]) => { localStorage[key] = text; }",
        [KEY, text if isinstance(text, str) else json.dumps(text)],
    )
    page.reload()


def kept(page):
    return json.loads(page.evaluate(f"localStorage['{KEY}'] ?? '{{}}'"))


def shown(page):
    """The games that the page of the course marks as won."""
    games = page.locator("main [data-rail-game][data-won]")
    return sorted(games.evaluate_all("all => all.map((e) => e.dataset.railGame)"))


def wait_won(page, *games):
    page.wait_for_function(
        """games => {
            const won = [...document.querySelectorAll('main [data-rail-game][data-won]')];
            return won.map((e) => e.dataset.railGame).sort().join() === games;
        }""",
        arg=",".join(sorted(games)),
    )


def notices(page):
    return page.locator(".notice p").all_text_contents()


def says(page, words):
    page.wait_for_function(
        "words => document.querySelector('.progress-said').textContent.includes(words)",
        arg=words,
    )


def add(page, content, name="neuronauts-progress.json"):
    text = content if isinstance(content, str) else json.dumps(content)
    page.locator("[data-progress] input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": text.encode()}
    )


@pytest.fixture
def page(visit):
    """The page of the course in a browser that was never here."""
    return visit().open(COURSE)


def test_what_version_1_kept_is_there_and_stays(page):
    old = {"won": {"solve-xor": {"seed": 9, "at": AT}}, "theme": "dark"}
    store(page, old)
    wait_won(page, "solve-xor")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator('[data-action="theme"]').first.click()
    now = kept(page)
    assert (now["version"], now["theme"]) == (2, "light")
    assert now["won"] == {"solve-xor": win(9)}


def test_progress_is_saved_forgotten_and_added_again_by_keyboard(page, tmp_path):
    store(page, {"version": 2, "won": {"solve-xor": win()}, "played": {}})
    page.get_by_label("Your name in the file").fill("Ana")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as a file").press("Enter")
    assert saving.value.suggested_filename == "neuronauts-progress.json"
    saving.value.save_as(tmp_path / "saved.json")
    saved = json.loads((tmp_path / "saved.json").read_text("utf-8"))
    assert (saved["name"], saved["won"]) == ("Ana", {"solve-xor": win()})
    forget = page.get_by_role("button", name="Forget all of it")
    forget.press("Enter")
    assert shown(page) == ["solve-xor"]
    page.get_by_role("button", name="Press again to forget").press("Enter")
    wait_won(page)
    assert kept(page)["won"] == {}
    page.locator("[data-progress] input[type=file]").set_input_files(tmp_path / "saved.json")
    says(page, "the file holds 1 game won, 1 of them new here")
    wait_won(page, "solve-xor")
    assert kept(page)["won"] == {"solve-xor": win()}


def test_two_files_that_meet_lose_nothing(page):
    ours = {"neuronauts": "progress", "version": 2, "name": ""}
    last = {**win(3), "run": "1.AA", "score": 0.5, "moves": 4}
    plays = {"boss-quiz": {"best": 0.5, "tries": [AT], "last": last, "records": {}}}
    add(page, {**ours, "won": {"solve-xor": win(1), "boss-quiz": win(2)}, "played": {}})
    says(page, "2 games won, 2 of them new")
    proved = win(4, run="1.AB")
    add(page, {**ours, "won": {"boss-quiz": proved, "tune-the-neuron": win(5)}, "played": plays})
    says(page, "2 games won, 1 of them new")
    wait_won(page, "solve-xor", "boss-quiz", "tune-the-neuron")
    wins = {"solve-xor": win(1), "boss-quiz": proved, "tune-the-neuron": win(5)}
    assert kept(page)["won"] == wins
    assert kept(page)["played"] == plays


def test_a_file_that_is_none_changes_nothing(page):
    store(page, {"version": 2, "won": {"solve-xor": win()}, "played": {}})
    before = page.evaluate(f"localStorage['{KEY}']")
    ours = {"neuronauts": "progress", "version": 2, "won": {"boss-quiz": win()}, "played": {}}
    for content, sentence in (
        ("\x89PNG no JSON", "not a file of progress"),
        ({"name": "another page's"}, "not a file of progress"),
        ({**ours, "version": 3}, "newer version of the course"),
        ({**ours, "won": {"boss-quiz": {"seed": -1}}}, "is damaged"),
        (json.dumps(ours)[:-20], "or it is damaged"),
    ):
        add(page, content)
        says(page, sentence)
        says(page, "Nothing was changed.")
    assert page.evaluate(f"localStorage['{KEY}']") == before
    assert shown(page) == ["solve-xor"]


@pytest.mark.parametrize(
    ("damaged", "rest"),
    [
        ('{"won": {"solve-xor"', []),
        (json.dumps({"won": {"solve-xor": win(), "boss-quiz": 3}}), ["solve-xor"]),
    ],
    ids=["no-JSON", "in-part"],
)
def test_damaged_storage_is_put_aside_and_named_once(page, damaged, rest):
    store(page, damaged)
    wait_won(page, *rest)
    assert ["put aside" in notice for notice in notices(page)] == [True]
    aside = "Object.keys(localStorage).filter((key) => key.startsWith('neuronauts:set-aside:'))"
    assert page.evaluate(f"{aside}.map((key) => localStorage[key])") == [damaged]
    page.get_by_role("button", name="Close").click()
    assert notices(page) == []
    page.reload()
    wait_won(page, *rest)
    assert notices(page) == []
    assert len(page.evaluate(aside)) == 1


def test_what_a_newer_version_kept_is_left_alone(page):
    newer = json.dumps({"version": 3, "won": {"solve-xor": win()}, "more": [1]})
    store(page, newer)
    assert ["newer version" in notice for notice in notices(page)] == [True]
    page.locator('[data-action="theme"]').first.click()
    assert page.evaluate(f"localStorage['{KEY}']") == newer


def test_full_storage_is_named_once_and_the_page_goes_on(visit):
    watched = visit()
    watched.page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };"
    )
    page = watched.open(COURSE)
    for theme in ("dark", "light"):
        page.locator('[data-action="theme"]').first.click()
        assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert ["is full" in notice for notice in notices(page)] == [True]


def test_blocked_storage_is_named_and_play_goes_on(visit):
    watched = visit(again=True)
    watched.page.add_init_script(
        """Object.defineProperty(window, 'localStorage', {
            get() { throw new DOMException('', 'SecurityError'); } });"""
    )
    page = watched.open("play/light-the-network/?seed=7")
    watched.ready()
    assert ["does not let the page keep anything" in notice for notice in notices(page)] == [True]
    page.get_by_role("button", name="Close").click()
    Player(page, "light-the-network", "mouse").win()
    page.wait_for_selector("[data-game][data-won]")
    page.locator("nav >> text=Course").first.click()
    page.wait_for_selector("[data-progress]")
    wait_won(page, "light-the-network")
    with page.expect_download():
        page.get_by_role("button", name="Save as a file").click()
    says(page, "1 game won")
    assert notices(page) == []


def test_two_tabs_do_not_overwrite_each_other(page):
    other = page.context.new_page()
    other.goto(page.url)
    for tab, game in ((page, "solve-xor"), (other, "boss-quiz")):
        tab.evaluate(f"{KEEP}.then((keep) => keep.remember({{won: {{'{game}': {win()}}}}}))")
    for tab in (page, other):
        wait_won(tab, "solve-xor", "boss-quiz")
    # A third tab writes what it had read before: what it did not know comes back.
    stale = json.dumps({"version": 2, "won": {"tune-the-neuron": win()}, "played": {}})
    page.evaluate("([key, text]) => { localStorage[key] = text; }", [KEY, stale])
    wait_won(other, "solve-xor", "boss-quiz", "tune-the-neuron")
    page.wait_for_function(f"Object.keys(JSON.parse(localStorage['{KEY}']).won).length === 3")
    other.evaluate(f"{KEEP}.then((keep) => keep.forget())")
    wait_won(page)


@pytest.mark.timeout(READY // 1000 * 3)
def test_a_win_is_remembered_with_its_proof_and_seen_everywhere(visit):
    watched = visit(stay="sharing")
    page = watched.open("play/light-the-network/?seed=21")
    page.evaluate("localStorage.clear()")
    watched.ready()
    Player(page, "light-the-network", "mouse").win()
    page.wait_for_function(f"JSON.parse(localStorage['{KEY}']).won['light-the-network']?.run")
    found = kept(page)["won"]["light-the-network"]
    assert (found["seed"], found["run"][:2]) == (21, "1.")
    watched.open(COURSE)
    wait_won(page, "light-the-network")

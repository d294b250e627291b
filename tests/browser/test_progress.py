"""What the device remembers: kept, saved, merged, and missed without harm where it cannot be."""

import json
import re

import pytest

from games import link
from games.run import Run
from tests.browser.conftest import ANY, KEEP, READY, in_time, until
from tests.browser.player import Player
from tests.unit.client.test_progress import OLD

KEY = "neuronauts:1"
AT = "2026-01-02T10:00:00.000Z"
COURSE = "lesson/"
XOR, QUIZ, TUNE = "level-2/solve-xor", "level-4/boss-quiz", "level-1/tune-the-neuron"
LIGHT = "level-1/light-the-network"
DROPOUT = ("dropout-masks/dial-the-dropout", "level-4/dial-the-dropout")
"""Where this game is placed: what version 2 kept by game counts in both places."""


def win(seed=7, at=AT, **more):
    return {"seed": seed, "params": {}, "run": "", "at": at} | more


def proved(placement, seed=7, at=AT):
    """A win with its moves."""
    run = Run(placement.split("/")[1], seed)
    run.solve()
    return {"seed": seed, "params": run.params, "run": link.encode(run), "at": at}


def store(page, text):
    """Put something into the storage as an earlier visit would have, and come again."""
    page.evaluate(
        "([key, text]) => { localStorage[key] = text; }",
        [KEY, text if isinstance(text, str) else json.dumps(text)],
    )
    page.reload()


def kept(page):
    """The facts, without the moves."""
    return json.loads(page.evaluate(f"localStorage['{KEY}'] ?? '{{}}'"))


def whole(page):
    """The same with the moves, as a file would have them."""
    return page.evaluate(f"{KEEP}.then((keep) => keep.recallWhole())")


def wait_moves(page, placement):
    """Wait until the moves of a win are in the database."""
    until(page, f"async (name) => (await (await {KEEP}).recallWin([name]))?.run", placement)


def wait_facts(page):
    """Wait until no moves are left among the facts."""
    page.wait_for_function(
        f"""() => {{
            const text = localStorage['{KEY}'] ?? '';
            return text.includes('"version":3') && !/"run":"\\d/.test(text);
        }}"""
    )


def shown(page):
    """The placements that the page of the course marks as won."""
    games = page.locator(".course-level [data-rail-game][data-won]")
    return sorted(games.evaluate_all("all => all.map((e) => e.dataset.railGame)"))


def wait_won(page, *games):
    page.wait_for_function(
        """games => {
            const won = [...document.querySelectorAll('.course-level [data-rail-game][data-won]')];
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
    watched = visit()
    watched.shift_allowed = ANY  # what is won is marked when it is won or heard of
    return watched.open(COURSE)


def test_what_version_1_kept_is_there_and_stays(page):
    old = {"won": {"solve-xor": {"seed": 9, "at": AT}}, "theme": "dark"}
    store(page, old)
    wait_won(page, XOR)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator('[data-action="theme"]').first.click()
    now = kept(page)
    assert (now["version"], now["theme"]) == (3, "light")
    assert now["won"] == {"solve-xor": win(9)}


def test_progress_is_saved_forgotten_and_added_again_by_keyboard(page, tmp_path):
    store(page, {"version": 3, "won": {XOR: proved(XOR)}, "played": {}})
    wait_facts(page)
    page.get_by_label("Your name in the file").fill("Ana")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as a file").press("Enter")
    assert saving.value.suggested_filename == "neuronauts-progress.json"
    saving.value.save_as(tmp_path / "saved.json")
    saved = json.loads((tmp_path / "saved.json").read_text("utf-8"))
    assert (saved["name"], saved["won"]) == ("Ana", {XOR: proved(XOR)})
    forget = page.get_by_role("button", name="Forget all of it")
    forget.press("Enter")
    assert shown(page) == [XOR]
    page.get_by_role("button", name="Press again to forget").press("Enter")
    wait_won(page)
    assert kept(page)["won"] == {}
    page.locator("[data-progress] input[type=file]").set_input_files(tmp_path / "saved.json")
    says(page, "Added: 1 game won, 1 of them new here")
    wait_won(page, XOR)
    wait_moves(page, XOR)
    assert whole(page)["won"] == {XOR: proved(XOR)}


def test_two_files_that_meet_lose_nothing(page):
    ours = {"neuronauts": "progress", "version": 3, "name": ""}
    last = {**proved(QUIZ, 3), "score": 1, "moves": 4}
    plays = {QUIZ: {"best": 0.5, "tries": [AT], "last": last, "records": {}}}
    late = "2026-03-02T10:00:00.000Z"
    xor, quiz, tune = proved(XOR, 1), proved(QUIZ, 4), proved(TUNE, 5)
    add(page, {**ours, "won": {XOR: xor, QUIZ: quiz | {"at": late}}, "played": {}})
    says(page, "Added: 2 games won, 2 of them new")
    add(page, {**ours, "won": {QUIZ: quiz, TUNE: tune}, "played": plays})
    says(page, "Added: 2 games won, 1 of them new")
    wait_won(page, XOR, QUIZ, TUNE)
    wait_moves(page, QUIZ)
    page.reload()
    assert whole(page)["won"] == {XOR: xor, QUIZ: quiz, TUNE: tune}
    assert whole(page)["played"] == plays


def test_what_a_file_invents_or_does_not_prove_is_named_and_left_out(page):
    store(page, {"version": 3, "won": {TUNE: win()}, "played": {}})
    xor = proved(XOR)
    invented = {f"level-2/game-{number}": xor for number in range(20_000)}
    won = invented | {
        "level-9/solve-xor": xor,
        "play/solve-xor/again": xor,
        XOR: xor | {"seed": 8},
        QUIZ: win(run=link.encode(Run("boss-quiz", 7))),  # of which no move was made
        LIGHT: proved(LIGHT),
        TUNE: win(),
    }
    add(page, {"neuronauts": "progress", "version": 3, "name": "", "won": won, "played": {}})
    says(page, "Added: 2 games won, 1 of them new here.")
    says(page, "does not have it: level-2/game-0, level-2/game-1, ")
    says(page, " and 19997 more.")
    says(page, "prove the win: Solve XOR, Boss Quiz.")
    wait_won(page, LIGHT, TUNE)
    assert set(kept(page)["won"]) == {LIGHT, TUNE}


def test_a_file_that_is_none_changes_nothing(page):
    store(page, {"version": 3, "won": {XOR: win()}, "played": {}})
    before = page.evaluate(f"localStorage['{KEY}']")
    ours = {"neuronauts": "progress", "version": 3, "won": {QUIZ: win()}, "played": {}}
    for content, sentence in (
        ("\x89PNG no JSON", "not a file of progress"),
        ({"name": "another page's"}, "not a file of progress"),
        ({**ours, "version": 4}, "newer version of the course"),
        ({**ours, "won": {QUIZ: {"seed": -1}}}, "is damaged"),
        (json.dumps(ours)[:-20], "or it is damaged"),
    ):
        add(page, content)
        says(page, sentence)
        says(page, "Nothing was changed.")
    assert page.evaluate(f"localStorage['{KEY}']") == before
    assert shown(page) == [XOR]


@pytest.mark.parametrize(
    ("damaged", "rest"),
    [
        ('{"won": {"solve-xor"', []),
        (json.dumps({"won": {"solve-xor": win(), "boss-quiz": 3}}), [XOR]),
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
    newer = json.dumps({"version": 4, "won": {"solve-xor": win()}, "more": [1]})
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
    wait_won(page, LIGHT)
    with page.expect_download():
        page.get_by_role("button", name="Save as a file").click()
    says(page, "1 game won")
    assert notices(page) == []


def test_two_tabs_do_not_overwrite_each_other(page):
    other = page.context.new_page()
    other.goto(page.url)
    for tab, game in ((page, XOR), (other, QUIZ)):
        tab.evaluate(f"{KEEP}.then((keep) => keep.remember({{won: {{'{game}': {win()}}}}}))")
    for tab in (page, other):
        wait_won(tab, XOR, QUIZ)
    # A third tab writes what it had read before: what it did not know comes back.
    stale = json.dumps({"version": 3, "won": {TUNE: win()}, "played": {}})
    page.evaluate("([key, text]) => { localStorage[key] = text; }", [KEY, stale])
    wait_won(other, XOR, QUIZ, TUNE)
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
    wait_moves(page, LIGHT)
    assert not re.search(r'"run":"\d', page.evaluate(f"localStorage['{KEY}']"))
    wins = whole(page)["won"]
    assert wins[LIGHT] == wins["play/light-the-network"]
    proof = link.replayed(wins[LIGHT]["run"])
    assert (wins[LIGHT]["seed"], proof.seed, proof.score()) == (21, 21, 1)
    watched.open(COURSE)
    wait_won(page, LIGHT)


# --- by placement ---------------------------------------------------------------------------------


@pytest.mark.timeout(READY // 1000 * 3)
def test_a_win_with_other_parameters_does_not_count_for_the_level(visit):
    watched = visit(stay="sharing")
    watched.shift_allowed = ANY
    page = watched.open("play/light-the-network/?bias=-2")
    page.evaluate("localStorage.clear()")
    watched.ready()
    Player(page, "light-the-network", "mouse").win()
    wait_moves(page, "play/light-the-network")
    assert list(kept(page)["won"]) == ["play/light-the-network"]
    watched.open(COURSE)
    assert shown(page) == []


SECTION = re.compile(r'<section class="game" id="light-the-network".*?</section>', re.DOTALL)


@pytest.mark.timeout(READY // 1000 * 3)
def test_a_page_may_hold_a_game_twice_and_each_is_won_by_itself(visit):
    """The page is as the builder makes it of a lesson with a second placement (test_lessons.py)."""

    def twice(route):
        page = route.fetch()
        (section,) = SECTION.findall(page.text())
        again = section.replace('="light-the-network', '="light-the-network-again')
        again = again.replace(
            'data-game="light-the-network-again"', 'data-game="light-the-network"'
        )
        again = again.replace(f'data-placement="{LIGHT}"', f'data-placement="{LIGHT}/again"')
        route.fulfill(response=page, body=page.text().replace(section, section + again))

    watched = visit(again=True)
    watched.shift_allowed = ANY
    watched.page.context.route("**/lesson/level-1/", twice)
    page = watched.open("lesson/level-1/")
    page.evaluate("localStorage.clear()")
    watched.ready("light-the-network")
    page.wait_for_selector('#light-the-network-again[data-status="ready"]', timeout=READY)
    player = Player(page, "light-the-network", "mouse")
    player.box = page.locator("#light-the-network-again")
    player.win()
    wait_moves(page, f"{LIGHT}/again")
    assert list(kept(page)["won"]) == [f"{LIGHT}/again"]
    assert page.locator("#light-the-network").get_attribute("data-won") is None
    assert page.locator(f'[data-rail-game="{LIGHT}"][data-won]').count() == 0
    player = Player(page, "light-the-network", "mouse")
    player.win()
    wait_moves(page, LIGHT)
    assert list(kept(page)["won"]) == [LIGHT, f"{LIGHT}/again"]
    page.context.unroute("**/lesson/level-1/")


def test_what_version_2_kept_is_moved_without_loss(page):
    store(page, OLD)
    wait_won(page, *DROPOUT, LIGHT)
    wait_facts(page)
    page.reload()
    wait_won(page, *DROPOUT, LIGHT)
    now = whole(page)
    assert (now["won"], now["played"]) == (OLD["won"], OLD["played"])
    assert kept(page)["theme"] == OLD["theme"]
    for game, kept_win in now["won"].items():
        proof = link.replayed(kept_win["run"])
        assert (proof.game.slug, proof.score()) == (game, 1)


def test_a_run_that_version_2_kept_is_gone_on_with(visit):
    watched = visit(again=True)
    watched.shift_allowed = ANY
    page = watched.open(COURSE)
    store(page, OLD)
    page.goto(watched.site + "lesson/level-2/")
    watched.ready("solve-xor")
    page.get_by_role("button", name="Go on where you were").click()
    page.wait_for_selector('#solve-xor[data-seed="11"][data-status="ready"]')
    page.wait_for_function("Number(document.querySelector('#solve-xor').dataset.score) === 0.5")


# --- where the moves are --------------------------------------------------------------------------

BLOCKED = "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); };"
NO_ROOM = "IDBObjectStore.prototype.put = function () { this.transaction.abort(); };"
SILENT = "IDBFactory.prototype.open = () => ({});"
CLOSED = "Object.defineProperty(IDBFactory.prototype, 'open', { value: undefined });"


@pytest.mark.parametrize("trouble", [BLOCKED, NO_ROOM, SILENT, CLOSED])
def test_moves_that_the_database_does_not_take_stay_with_the_facts(visit, trouble):
    watched = visit()
    watched.shift_allowed = ANY
    watched.page.add_init_script(trouble)
    page = watched.open(COURSE)
    store(page, OLD)
    wait_won(page, *DROPOUT, LIGHT)
    run = Run("solve-xor", 7)
    run.solve()
    fresh = win(7, run=link.encode(run))
    page.evaluate(f"win => {KEEP}.then((keep) => keep.remember({{won: {{'{XOR}': win}}}}))", fresh)
    page.wait_for_function(f"localStorage['{KEY}'].includes({json.dumps(fresh['run'])})")
    page.reload()
    wait_won(page, *DROPOUT, LIGHT, XOR)
    assert whole(page)["won"] == OLD["won"] | {XOR: fresh}
    assert notices(page) == []


def test_moves_that_found_no_room_go_to_the_database_once_it_takes_them(visit):
    watched = visit()
    watched.shift_allowed = ANY
    watched.page.add_init_script(f"if (location.search === '?full') {{ {NO_ROOM} }}")
    page = watched.open(COURSE)
    page.goto(f"{watched.site}{COURSE}?full")
    store(page, OLD)
    page.wait_for_function(f"localStorage['{KEY}'].includes('\"version\":3')")
    assert '"run":"1.' in page.evaluate(f"localStorage['{KEY}']")
    page.goto(watched.site + COURSE)
    wait_facts(page)
    assert whole(page)["won"] == OLD["won"]


def test_where_both_are_full_a_win_is_kept_without_its_moves(visit):
    watched = visit()
    watched.shift_allowed = ANY
    watched.page.add_init_script(
        NO_ROOM
        + """const put = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, text) {
            if (text.length > 2000) throw new DOMException('', 'QuotaExceededError');
            return put.call(this, key, text);
        };"""
    )
    page = watched.open(COURSE)
    long = win(run="1." + "A" * 3000)
    page.evaluate(f"win => {KEEP}.then((keep) => keep.remember({{won: {{'{XOR}': win}}}}))", long)
    page.wait_for_selector(".notice")
    assert ["is full" in notice for notice in notices(page)] == [True]
    assert whole(page)["won"] == {XOR: long}  # as long as the tab is open
    page.reload()
    wait_won(page, XOR)
    assert whole(page)["won"] == {XOR: win()}


def test_two_tabs_that_move_what_version_2_kept_lose_nothing(page):
    other = page.context.new_page()
    other.goto(page.url)
    page.evaluate("([key, text]) => { localStorage[key] = text; }", [KEY, json.dumps(OLD)])
    for tab in (page, other):
        tab.reload(wait_until="commit")
    for tab in (page, other):
        wait_won(tab, *DROPOUT, LIGHT)
        wait_facts(tab)
        assert (whole(tab)["won"], whole(tab)["played"]) == (OLD["won"], OLD["played"])


def test_tabs_that_know_different_moves_come_to_rest(page):
    other = page.context.new_page()
    other.goto(page.url)
    writes = "window.heard = 0; addEventListener('storage', () => { heard += 1; });"
    for tab in (page, other):
        tab.evaluate(writes)
    late, early = win(run="1.AA", at="2026-05-05T10:00:00.000Z"), win(3)
    for tab, one in ((page, late), (other, early)):
        tab.evaluate(f"win => {KEEP}.then((keep) => keep.remember({{won: {{'{XOR}': win}}}}))", one)
    assert in_time(page, lambda: all(whole(tab)["won"] == {XOR: late} for tab in (page, other)))
    page.wait_for_timeout(500)
    assert all(tab.evaluate("heard") < 6 for tab in (page, other))
    for tab in (page, other):
        assert whole(tab)["won"] == {XOR: late}


def test_forgetting_takes_the_moves_along(page):
    store(page, OLD)
    wait_facts(page)
    other = page.context.new_page()
    other.goto(page.url)
    page.evaluate(f"{KEEP}.then((keep) => keep.forget())")
    wait_won(other)
    found = f"{KEEP}.then((keep) => keep.recallLast(['solve-xor', 'level-2/solve-xor']))"
    assert [tab.evaluate(found) for tab in (page, other)] == [None, None]
    add(page, {"neuronauts": "progress", "name": "", **OLD})
    wait_won(other, *DROPOUT, LIGHT)
    wait_moves(other, DROPOUT[1])


@pytest.mark.timeout(READY // 1000 * 3)
def test_what_is_said_after_a_game_goes_by_what_the_learner_has_done(visit):
    """The page does not move for it; a game that was won stays won when one comes back."""
    watched = visit()  # on a device that remembers nothing
    page = watched.open("lesson/level-1/")
    said = page.locator("#light-the-network + .seen > [data-said]")

    def read(when: str) -> None:
        page.wait_for_selector(f'#light-the-network + .seen > [data-said][data-when="{when}"]')
        assert said.count() == 1
        assert said.is_visible()
        assert page.locator("#light-the-network + .seen > :visible").count() == 1

    read("")
    watched.ready("light-the-network")
    player = Player(page, "light-the-network", "mouse")
    player.do(("weight", 0, 0.5))
    read("played")
    player.win()
    read("won")
    page.reload()
    read("won")
    page.evaluate(f"{KEEP}.then((keep) => keep.forget())")
    read("")

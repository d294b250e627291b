"""Starting, failing, and coming back: what happens around the games."""

import json
import re

import pytest

from tests.browser.conftest import ANY, FOLLOW, READY, use
from tests.browser.player import Player
from tests.browser.test_walls import under

GAME = "play/light-the-network/"
LIT_GAME = '[data-game="light-the-network"]'
LIT = f"{LIT_GAME} [data-stage]"


def status(page):
    return page.locator("[data-game]").first.get_attribute("data-status")


def says(page, pattern):
    page.wait_for_function(
        "pattern => new RegExp(pattern).test(document.querySelector('[data-boot]').textContent)",
        arg=pattern,
        timeout=READY,
    )


def test_the_first_frame_is_there_before_python_and_stays(visit):
    watched = visit()
    watched.page.route(re.compile(r"\.wasm"), lambda route: None)  # never answered
    page = watched.open(GAME)
    assert page.locator("[data-stage] svg").first.is_visible()
    assert status(page) in ("static", "loading")


def test_what_can_be_read_is_drawn_before_more_than_one_script_is_asked_for(chromium, site):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site + GAME)
    page.wait_for_selector('[data-game][data-status="ready"]', timeout=READY)
    painted, asked = page.evaluate(
        """() => [
            performance.getEntriesByType('paint')[0].startTime,
            performance.getEntriesByType('resource').map(({name, startTime}) => [name, startTime])
                .filter(([name]) => name.endsWith('.js')),
        ]"""
    )
    assert {name.rpartition("/")[2] for name, at in asked if at < min(painted, 3000)} == {
        "enter.js"
    }
    context.close()


def test_progress_tells_stage_and_bytes(visit):
    watched = visit()
    watched.page.add_init_script(
        """addEventListener('DOMContentLoaded', () => {
            window.said = [];
            const line = document.querySelector('[data-boot]');
            new MutationObserver(() => said.push(line.textContent))
                .observe(line, {childList: true, characterData: true, subtree: true});
        })"""
    )
    page = watched.open(GAME)
    watched.ready()
    said = page.evaluate("said")
    sizes = [m for m in (re.search(r"([\d.]+) of ([\d.]+) MB", text) for text in said) if m]
    assert sizes, said
    loaded = [float(m[1]) for m in sizes]
    assert loaded == sorted(loaded)
    assert loaded[-1] <= float(sizes[-1][2])
    assert said[-1] == ""


def test_moves_made_before_python_are_played_when_it_is_there(visit):
    watched = visit()
    watched.shift_allowed = ANY
    archives = re.compile(r"numpy|stdlib")
    watched.page.route(archives, lambda route: None)  # held back …
    page = watched.open(GAME)
    page.locator('[role="switch"]').first.click()
    page.locator('input[type="range"]').first.fill("2")
    says(page, "kept")
    watched.page.unroute(archives)  # … until now
    watched.ready()
    page.wait_for_selector('[role="switch"][aria-checked="true"]')
    page.wait_for_selector('.slider-value:text-is("2.00")')


@pytest.mark.parametrize(
    ("missing", "without"),
    [
        ("WebAssembly", "delete window.WebAssembly"),
        ("module workers", "delete window.Worker"),
        (
            "module workers",
            "const Old = Worker; window.Worker = class { constructor(u) { return new Old(u); } }",
        ),
        ("decompression", "delete window.DecompressionStream"),
    ],
    ids=["WebAssembly", "workers", "module workers", "decompression"],
)
def test_a_browser_that_cannot_play_gets_one_clear_sentence(visit, missing, without):
    watched = visit()
    watched.shift_allowed = ANY  # the sentence may need a line more than there is room for
    watched.page.add_init_script(without)
    page = watched.open(GAME)
    says(page, f"need {missing}.*can still be read")
    assert status(page) == "error"
    assert page.locator("[data-stage] svg").first.is_visible()


@pytest.mark.parametrize("path", [GAME, "frame/light-the-network/", "class/"])
@pytest.mark.parametrize(
    ("lost", "named"), [("words", "words.js"), ("main|frame", "main.js|frame.js")]
)
def test_a_script_of_the_page_that_does_not_arrive_is_named(visit, path, lost, named):
    watched = visit()
    watched.expect("Failed to load resource")
    watched.shift_allowed = ANY  # the sentence may need a line more than there is room for
    watched.page.route(re.compile(rf"/({lost})\.js$"), lambda route: route.fulfill(status=404))
    page = watched.open(path)
    sentence = page.locator("[data-boot], [data-offer]").filter(has_text="did not arrive").first
    sentence.wait_for()
    assert re.search(
        rf"did not arrive, ({named}): .*can be read.*Load it again", sentence.inner_text()
    )
    assert {game.get_attribute("data-status") for game in page.locator("[data-game]").all()} <= {
        "error"
    }


@pytest.mark.parametrize("trouble", ["policy", "syntax"])
def test_a_script_that_stops_before_anything_can_be_played_is_told_of(visit, trouble):
    watched = visit()
    watched.expect("uncaught|console error")
    watched.shift_allowed = ANY
    if trouble == "policy":
        under(watched.page, "require-trusted-types-for 'script'")
    else:  # as a browser meets it that is too old
        new = {"content_type": "text/javascript", "body": "let a = b?.?c;"}
        watched.page.route(re.compile(r"/words\.js$"), lambda route: route.fulfill(**new))
    page = watched.open(GAME)
    named = {"policy": "TrustedScript", "syntax": "SyntaxError"}[trouble]
    line = page.locator("[data-boot]").filter(has_text="A script of this page stopped")
    line.wait_for(timeout=READY)
    assert re.search(rf"stopped \(.*{named}.*\): it can be read", line.inner_text())
    assert status(page) == "error"
    assert page.locator("[data-stage] svg").first.is_visible()


def test_a_killed_worker_is_noticed_and_every_game_comes_back(visit):
    watched = visit()
    watched.expect("Python stopped")
    page = watched.open(GAME)
    watched.ready()
    player = Player(page, "light-the-network", "mouse")
    player.win()
    before = page.locator("[data-stage]").inner_html()
    page.evaluate(
        """() => {
            window.noticed = null;
            const killed = performance.now();
            new MutationObserver(() => noticed ??= performance.now() - killed)
                .observe(document.querySelector('[data-game]'), {attributeFilter: ['data-status']});
        }"""
    )
    kill(page)
    page.wait_for_function("noticed !== null")
    assert page.evaluate("noticed") < 2000  # milliseconds; by its silence alone it takes 20 s
    watched.ready()
    page.wait_for_function("document.querySelector('[data-game]').dataset.score === '1'")
    assert page.locator("[data-stage]").inner_html() == before


def test_a_worker_that_dies_twice_leaves_a_clear_sentence(visit):
    watched = visit()
    watched.shift_allowed = ANY  # the sentence may need a line more than there is room for
    watched.expect("Python stopped")
    page = watched.open(GAME)
    watched.ready()
    for _ in range(2):
        watched.ready()
        page.wait_for_timeout(300)
        kill(page)
        page.wait_for_function(
            "document.querySelector('[data-game]').dataset.status !== 'ready'", timeout=5000
        )
    says(page, "cannot run here")
    assert status(page) == "error"


@pytest.mark.rarely
def test_a_worker_that_is_busy_goes_on_and_one_that_hangs_is_started_anew(visit):
    watched = visit(again=True)
    watched.page.clock.install()
    page = watched.open(GAME)
    watched.ready()
    Player(page, "light-the-network", "mouse").win()
    worker = page.workers[0]
    worker.evaluate(
        "setTimeout(() => { for (const end = Date.now() + 2500; Date.now() < end; ); })"
    )
    page.wait_for_timeout(4000)
    assert status(page) == "ready"  # nor was there a word on the console
    watched.expect("Python stopped")
    worker.evaluate("setTimeout(() => { for (;;); })")
    page.clock.run_for(30_000)
    page.wait_for_function("document.querySelector('[data-game]').dataset.status !== 'ready'")
    watched.ready()
    page.wait_for_function("document.querySelector('[data-game]').dataset.score === '1'")


def kill(page):
    """End every worker of the page without telling it."""
    for worker in page.workers:
        worker.evaluate("() => { setTimeout(() => self.close()) }")


def kept(watched):
    """Play until the next visit is prepared."""
    page = watched.open(GAME)
    watched.ready()
    page.wait_for_function(marks("kept"), timeout=READY)
    return page


def marks(name):
    return f"performance.getEntriesByName('neuronauts:{name}').length"


def test_the_next_visit_goes_on_from_the_memory_that_this_one_kept(visit):
    watched = visit()
    watched.expect("Python stopped")
    page = kept(watched)
    assert not page.evaluate(marks("resumed"))
    page.reload()
    watched.ready()
    assert page.evaluate(marks("resumed"))
    Player(page, "light-the-network", "mouse").win()
    kill(page)  # a memory whose Python died is not trusted again
    page.wait_for_function("document.querySelector('[data-game]').dataset.status !== 'ready'")
    watched.ready()
    page.wait_for_function("document.querySelector('[data-game]').dataset.score === '1'")
    assert page.evaluate(marks("resumed")) == 1


@pytest.mark.rarely
def test_a_kept_memory_that_does_not_fit_is_let_go(visit):
    watched = visit()
    watched.expect("kept memory of Python could not be used")
    page = kept(watched)
    page.evaluate(
        """async () => {
            const [name] = await caches.keys();
            const cache = await caches.open(name);
            const [key] = await cache.keys();
            const bytes = new Uint8Array(await (await cache.match(key)).arrayBuffer());
            const head = new TextDecoder().decode(bytes.subarray(0, 4000));
            const seal = head.indexOf('"seal":') + 7 + (head.includes('"seal":-') ? 1 : 0);
            bytes[seal] = bytes[seal] === 49 ? 50 : 49; // another first digit
            await cache.put(key, new Response(bytes));
        }"""
    )
    page.reload()
    watched.ready()
    assert not page.evaluate(marks("resumed"))
    Player(page, "light-the-network", "mouse").win()


@pytest.mark.rarely
def test_broken_compiled_files_fall_back_to_the_stock_start(visit):
    watched = visit()
    watched.expect("404|Failed to load|fall")
    archive = re.compile(r"numpy[^/]*\.(gz|bin)")
    watched.page.route(archive, lambda route: route.fulfill(status=404))
    page = watched.open(GAME)
    watched.ready()
    Player(page, "light-the-network", "mouse").win()


def test_the_link_sets_seed_and_parameters(visit):
    watched = visit()
    page = watched.open(GAME + "?seed=5&bias=0.5")
    watched.ready()
    assert page.locator("[data-game]").get_attribute("data-seed") == "5"
    assert page.get_by_text("b = 0.50").count() == 1
    Player(page, "light-the-network", "mouse").agree()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?bias=9", "bias='9' is not a number from −2 to 2"),
        ("?bia=1", "has no parameter 'bia'; it has: bias"),
        ("?seed=-1", "seed “-1” in the address is not a whole number from 0 to 4294967295"),
        ("?seed=", "seed “” .* is not a whole number"),
        ("?seed=0.59704", "seed “0.59704” .* is not a whole number"),
        ("?seed=4294967296", "seed “4294967296” .* is not a whole number"),
    ],
)
def test_a_wrong_link_says_what_is_allowed_and_the_game_plays(visit, query, sentence):
    watched = visit()
    watched.expect("light-the-network: ")
    page = watched.open(GAME + query)
    watched.ready()
    says(page, sentence)


def test_python_stays_alive_from_page_to_page_and_games_stay_as_they_were(visit):
    watched = visit()
    page = watched.open("")
    watched.ready()
    player = Player(page, "light-the-network", "mouse")
    player.win()
    won = page.locator(LIT).inner_html()
    page.evaluate("window.sameDocument = true")
    page.locator('main a[href*="lesson/"]').first.click()
    page.wait_for_url("**/lesson/**")
    watched.ready()
    assert page.evaluate("window.sameDocument") is True
    assert len(page.workers) == 1
    page.go_back()
    page.wait_for_function("location.pathname.endsWith('/course/')")
    watched.ready()
    page.wait_for_selector(f"{LIT_GAME}[data-score='1']")
    assert page.locator(LIT).inner_html() == won
    watched.shift_allowed = ANY  # a new page took the place of the old one


def test_of_the_games_left_behind_those_stay_that_were_played_last(visit):
    watched = visit(again=True)
    watched.shift_allowed = ANY
    page = watched.open(GAME)
    watched.ready()
    player = Player(page, "light-the-network", "mouse")
    player.do(tuple(next(iter(player.twin.game.module.solution(player.twin.state)))))
    left = page.locator(LIT).inner_html()
    for path in ("lesson/level-1/", "lesson/level-2/", GAME, "lesson/level-3-training/", GAME):
        page.evaluate(FOLLOW, watched.site + path)  # seven, five and six more: too many
        page.wait_for_selector("[data-left]", state="detached")
    watched.ready()
    page.wait_for_function(f"html => document.querySelector('{LIT}').innerHTML === html", arg=left)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("lesson/level-3/#p-minus-y", "lesson/level-3-backpropagation/#p-minus-y"),
        ("lesson/level-3/#gradient-decay", "lesson/level-3-training/#gradient-decay"),
        ("lesson/level-3-sequences/#loss", "lesson/level-3/#loss"),
        ("lesson/#four-equations", "lesson/level-3-backpropagation/#four-equations"),
    ],
)
def test_an_address_leads_to_the_page_that_holds_its_place_now(visit, asked, found):
    """As a link from elsewhere, as one that is followed, and on the way back."""
    watched = visit(again=True)
    watched.shift_allowed = ANY  # one page makes room for another
    page = watched.open(asked)
    place = found.partition("#")[2]

    def arrived():
        page.wait_for_function(f"location.href === '{watched.site}{found}'")
        top = f"document.getElementById('{place}')?.getBoundingClientRect().top"
        page.wait_for_function(f"Math.abs({top}) < 200")

    arrived()
    page.evaluate(FOLLOW, f"{watched.site}lesson/level-2/")
    page.wait_for_function("location.pathname.includes('level-2')")
    page.evaluate(FOLLOW, watched.site + asked)
    arrived()
    page.go_back()
    page.wait_for_function("location.pathname.includes('level-2')")
    page.go_forward()
    page.wait_for_function(f"location.href === '{watched.site}{found}'")


def test_a_page_comes_back_where_it_was_read(visit):
    watched = visit(again=True)
    page = watched.open("lesson/level-2/")
    page.evaluate("scrollTo(0, 5000)")
    page.reload()
    page.wait_for_function("scrollY === 5000")
    page.locator('main a[href*="level-3"]').last.click()
    page.wait_for_function("location.pathname.includes('level-3') && scrollY === 0")
    page.go_back()
    page.wait_for_function("location.pathname.includes('level-2') && scrollY > 5000")


def test_start_over_and_new_numbers(visit):
    watched = visit()
    page = watched.open(GAME)
    watched.ready()
    stage = page.locator("[data-stage]")
    first = stage.inner_html()
    player = Player(page, "light-the-network", "mouse")
    player.win()
    use(page, "reset")
    page.wait_for_function(
        "first => document.querySelector('[data-stage]').innerHTML === first", arg=first
    )
    seed = page.locator("[data-game]").get_attribute("data-seed")
    use(page, "reseed")
    page.wait_for_function(
        "seed => document.querySelector('[data-game]').dataset.seed !== seed", arg=seed
    )
    watched.ready()
    page.wait_for_function(
        "first => document.querySelector('[data-stage]').innerHTML !== first", arg=first
    )
    Player(page, "light-the-network", "mouse").win()


def test_what_is_won_is_remembered_in_the_rail(visit):
    watched = visit()
    page = watched.open(GAME)
    watched.ready()
    Player(page, "light-the-network", "mouse").win()
    watched.open("lesson/level-1/")
    mark = page.locator('[data-rail-game="level-1/light-the-network"]').first
    assert mark.get_attribute("data-won") is not None
    other = page.locator('[data-rail-game="level-1/tune-the-neuron"]').first
    assert other.get_attribute("data-won") is None
    level = page.locator("#rail [data-games]").first
    assert re.match(r"1 of \d", level.locator(".count").inner_text())
    assert level.get_attribute("data-won") is None


def test_a_level_is_won_when_all_its_games_are(visit):
    watched = visit()
    page = watched.open("lesson/")
    level = page.locator(".course-level").first
    assert level.get_attribute("data-won") is None
    at = "2026-01-01T10:00:00.000Z"
    win = {"seed": 1, "params": {}, "run": "", "at": at}
    games = level.get_attribute("data-games").split()
    won = dict.fromkeys(games, win)
    kept = json.dumps({"version": 3, "forgets": 0, "won": won, "played": {}})
    page.evaluate("kept => localStorage.setItem('neuronauts:1', kept)", kept)
    page.reload()
    assert level.get_attribute("data-won") is not None
    assert level.locator("h2 .rail-won").is_visible()
    assert not page.locator(".course-level").nth(1).locator("h2 .rail-won").is_visible()
    watched.open("lesson/level-2/")
    assert page.locator("#rail [data-games]").first.locator("> a > .rail-won").is_visible()


def test_blocked_storage_does_not_stop_play(visit):
    watched = visit()
    watched.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked'); }})"
    )
    page = watched.open(GAME)
    watched.ready()
    Player(page, "light-the-network", "mouse").win()


def test_a_game_left_behind_comes_back_even_if_the_worker_died_meanwhile(visit):
    watched = visit()
    watched.expect("Python stopped")
    watched.shift_allowed = ANY  # a new page takes the place of the old one
    page = watched.open("")
    watched.ready()
    Player(page, "light-the-network", "mouse").win()
    won = page.locator(LIT).inner_html()
    page.locator('main a[href*="lesson/"]').first.click()
    page.wait_for_url("**/lesson/**")
    watched.ready()
    kill(page)
    page.wait_for_function("document.querySelector('[data-game]').dataset.status !== 'ready'")
    watched.ready()
    page.go_back()
    page.wait_for_function("location.pathname.endsWith('/course/')")
    page.wait_for_selector(f"{LIT_GAME}[data-score='1']")
    assert page.locator(LIT).inner_html() == won

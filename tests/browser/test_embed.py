"""A game on somebody else's page: `<neuronauts-game>`, its frame, and what the two say.

The page around it lies on another site, as it does in the world. Chromium then keeps the frame from
all storage, as browsers that forbid third parties to remember anything do.
"""

import http.server
import json
import random
import threading

import pytest

from games import discover
from games.link import encode, replayed
from games.run import Run
from tests.browser.conftest import ANY, BASE, DIST, READY
from web.builder import browsers
from web.builder.serve import Server

TUNE, XOR, LIGHT = "tune-the-neuron", "solve-xor", "light-the-network"
LEADS = "Symbol.for('neuronauts:leader') in window"
HEARD = """<script>
window.heard = [];
for (const type of ['ready', 'score', 'won', 'error']) {
  addEventListener(type, ({target, detail}) => {
    if (target.localName === 'neuronauts-game') heard.push({type, id: target.id, ...detail});
  });
}
</script>"""
LONG = "(a text of 3000 letters)"
WRONG = [None, True, [], {}, [[]], [{}], {"game": []}, ["x"] * 50, LONG, "__proto__"]
"""What no field of any message may be."""


class Host:
    """A server of other people's pages, at another site than the course."""

    def __init__(self, site):
        self.pages, self.headers = {}, {}
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.split("?")[0].strip("/")
                page = host.pages.get(name)
                self.send_response(200 if page else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                for header, value in host.headers.get(name, {}).items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write((page or "").encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://localhost:{self.server.server_port}/"
        self.site = site

    def page(self, name, *body, embeds=True, **headers):
        """Put up a page, with headers_of_its_own; return its address."""
        self.headers[name] = {key.replace("_", "-"): value for key, value in headers.items()}
        script = f'<script async src="{self.site}embed.js"></script>' if embeds else ""
        self.pages[name] = (
            '<!doctype html><meta charset="utf-8"><title>A page</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            "<style>body { margin: 1rem; max-width: 46rem }"
            "@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }</style>"
            f"{script}{HEARD}{''.join(body)}"
        )
        return self.address + name


@pytest.fixture(scope="module")
def host(site):
    made = Host(site)
    yield made
    made.server.shutdown()


@pytest.fixture
def guest(visit, host):
    """Visit other people's pages: guest(address, …as visit) → watched."""

    def go(address, **options):
        watched = visit(**options)
        watched.expect(f"left the origin: {host.address}")
        watched.page.goto(address)
        return watched

    return go


def game(slug, name="", **attributes):
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return (
        f'<neuronauts-game id="{name or slug}" game="{slug}"{said}>'
        f'<a href="https://course.example/play/{slug}/">The link of {slug}</a></neuronauts-game>'
    )


def wait(page, condition, arg=None):
    """Wait by the clock: a frame out of sight has no animation frames."""
    page.wait_for_function(condition, arg=arg, timeout=READY, polling=50)


def wait_for(page, kind, name, count=1):
    """Wait for an event of an element, and return the last."""
    mine = "heard.filter((event) => event.type === kind && event.id === name)"
    wait(page, f"([kind, name, count]) => {mine}.length >= count", [kind, name, count])
    return page.evaluate(f"([kind, name]) => {mine}.at(-1)", [kind, name])


def call(page, name, method, *given):
    return page.evaluate(
        "([name, method, given]) => document.getElementById(name)[method](...given)",
        [name, method, list(given)],
    )


def frame_of(page, name):
    return page.query_selector(f"#{name} > iframe").content_frame()


def stage(page, name):
    return frame_of(page, name).inner_html("[data-stage]")


def test_three_games_on_a_page_of_another_site(guest, host):
    far = '<p style="height: 3500px">Far.</p>'
    address = host.page(
        "three",
        '<a id="before" href="#">before</a>',
        far,
        game(TUNE, seed=7, params="gate=OR"),
        "<p>between</p>",
        game(XOR, params="{&quot;cuts&quot;: 2}"),
        '<a id="after" href="#">after</a>',
        far,
        game(LIGHT, height=400),
    )
    watched = guest(address)
    page = watched.page
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(watched.site)))

    # Until it is near: a picture at most.
    page.reload()
    wait(page, f"document.getElementById('{TUNE}').matches(':defined')")
    page.wait_for_load_state()
    assert {url.split("/")[-1] for url in asked} <= {"three", "embed.js", "first.svg"}, asked
    assert page.get_by_role("button", name="Play The link of tune-the-neuron").count() == 1
    assert page.query_selector("iframe") is None

    # Near: frames, one Python, the seed and the parameters that were asked for.
    page.locator(f"#{TUNE}").scroll_into_view_if_needed()
    ready = wait_for(page, "ready", TUNE)
    assert (ready["seed"], ready["params"]["gate"]) == (7, "OR")
    assert ready["score"] == Run(TUNE, 7, {"gate": "OR"}).score()
    page.locator(f"#{XOR}").scroll_into_view_if_needed()
    assert str(wait_for(page, "ready", XOR)["params"]["cuts"]) == "2"
    page.locator(f"#{LIGHT}").scroll_into_view_if_needed()
    wait_for(page, "ready", LIGHT)
    assert len(page.workers) == 1
    assert sum(frame.evaluate(LEADS) for frame in page.frames[1:]) == 1

    # As high as what is in it, or as asked; nothing on the page has moved in the reader's sight.
    for name in (TUNE, XOR):
        inside = frame_of(page, name).evaluate(
            "Math.ceil(document.documentElement.getBoundingClientRect().height)"
        )
        wait(
            page,
            f"Math.abs(document.querySelector('#{name} > iframe').offsetHeight - {inside}) < 2",
        )
    assert page.query_selector(f"#{LIGHT} > iframe").bounding_box()["height"] == 400
    assert page.evaluate("watched.shift") < 0.001, page.evaluate("watched.moved")

    # Its theme is the page's, also when that changes.
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        for frame in page.frames[1:]:
            wait(frame, "theme => document.documentElement.dataset.theme === theme", theme)
    clear = "getComputedStyle(document.documentElement).backgroundColor === 'rgba(0, 0, 0, 0)'"
    assert frame_of(page, TUNE).evaluate(clear)

    # Messages, scores, a win that anybody can check, and another seed.
    twin = Run(TUNE, 7, {"gate": "OR"})
    twin.solve()
    for message in twin.log:
        call(page, TUNE, "send", message)
    won = wait_for(page, "won", TUNE)
    assert won["score"] == 1
    assert replayed(won["proof"]).score() == 1
    assert wait_for(page, "score", TUNE)["score"] == 1
    state = call(page, TUNE, "state")
    assert (state["version"], state["game"], state["seed"], state["score"]) == (1, TUNE, 7, 1)
    assert state["log"] == json.loads(json.dumps(twin.log))
    assert state["link"].startswith(f"{watched.site}play/{TUNE}/?")
    assert state["run"] in state["link"]
    call(page, TUNE, "reset", 9)
    assert wait_for(page, "ready", TUNE, 2)["seed"] == 9
    assert call(page, TUNE, "state")["log"] == []
    watched.expect("tune-the-neuron: ")
    call(page, TUNE, "send", ["no such message", 1])
    assert "no such message" in wait_for(page, "error", TUNE)["message"]

    # The keyboard goes in and comes out again; Escape does nothing to it.
    page.locator("#before").focus()
    places = []
    for _ in range(150):
        page.keyboard.press("Tab")
        places.append(
            page.evaluate("document.activeElement.id || document.activeElement.localName")
        )
        if places[-1] == "iframe":
            page.keyboard.press("Escape")
        if places[-1] == "after":
            break
    assert places[-1] == "after", places
    assert "iframe" in places
    assert [page.evaluate(f"document.getElementById('{n}').ignored") for n in (TUNE, XOR)] == [0, 0]
    # Links lead into a new tab, never into the frame.
    assert frame_of(page, TUNE).evaluate("document.querySelector('base').target") == "_blank"


def test_the_others_go_on_when_the_game_that_started_python_is_taken_away(guest, host):
    address = host.page("leader", game(LIGHT), game(TUNE, seed=3), game(XOR))
    watched = guest(address, again=True, height=6000)
    watched.expect("Python stopped")
    page = watched.page
    for name in (LIGHT, TUNE, XOR):
        wait_for(page, "ready", name)
    (leader,) = [name for name in (LIGHT, TUNE, XOR) if frame_of(page, name).evaluate(LEADS)]
    others = [name for name in (LIGHT, TUNE, XOR) if name != leader]
    for name in others:
        twin = Run(name, 3 if name == TUNE else 1)
        first = next(iter(twin.game.module.solution(twin.state)))
        call(page, name, "send", first)
    before = {name: call(page, name, "state") for name in others}
    shown = {name: stage(page, name) for name in others}
    assert all(before[name]["log"] for name in others)
    page.evaluate("name => document.getElementById(name).remove()", leader)
    for name in others:
        wait_for(page, "ready", name, 2)
        assert call(page, name, "state") == before[name]
        assert stage(page, name) == shown[name]
    assert sum(frame_of(page, name).evaluate(LEADS) for name in others) == 1
    assert len(page.workers) == 1


def test_a_game_plays_in_a_frame_in_a_frame_and_without_an_origin(guest, host):
    inner = host.page("inner", game(LIGHT, seed=5))
    address = host.page(
        "outer",
        f'<iframe name="nested" src="{inner}" height="900"></iframe>',
        f'<iframe name="shut" src="{inner}" height="900" sandbox="allow-scripts"></iframe>',
        embeds=False,
    )
    watched = guest(address, height=2000)
    watched.expect("blocked|denied|not let the page remember")
    page = watched.page
    twin = Run(LIGHT, 5)
    twin.solve()
    for name in ("nested", "shut"):
        inside = page.frame(name)
        wait_for(inside, "ready", LIGHT)
        for message in twin.log:
            call(inside, LIGHT, "send", message)
        assert replayed(wait_for(inside, "won", LIGHT)["proof"]).seed == 5
    assert page.frame("shut").evaluate("origin") == "null"
    assert len(page.workers) == 2  # what has no origin shares with nobody


KINDS = ["hello", "size", "ready", "score", "won", "error", "answer"]
KINDS += ["listen", "theme", "reset", "send", "state", "", "toString", "__proto__", "constructor"]
FIELDS = ["theme", "message", "id", "height", "title", "proof", "state", "game", "params"]


def noise(rng):
    """Something like a message, and wrong in at least one way."""
    match rng.randrange(4):
        case 0:
            return rng.choice([*WRONG, 7, "", "<img src=x onerror=alert(1)>"])
        case 1:  # of no version, or of another
            version = rng.choice([*WRONG, 0, 2, "1", 1e300])
            return {"neuronauts": version, "kind": rng.choice(KINDS), "theme": "dark", "id": 1}
        case 2:  # of no kind
            return {"neuronauts": 1, "kind": rng.choice(WRONG), "theme": "dark", "id": 1}
        case _:  # of wrong content
            said = {name: rng.choice(WRONG[:-1]) for name in FIELDS}
            seed, score = rng.choice([-1, 0.5, 2**32, "1", None]), rng.choice([-1, 7, "1", [], {}])
            return {
                "neuronauts": 1,
                "kind": rng.choice(KINDS),
                "seed": seed,
                "score": score,
                **said,
            }


SHOUT = f"""([target, said]) => {{
  const listener = target === 'parent' ? parent : document.querySelector(target).contentWindow;
  const long = (_, value) => (value === '{LONG}' ? 'x'.repeat(3000) : value);
  for (const one of JSON.parse(said, long)) listener.postMessage(one, '*');
}}"""


def shout(frame, target, said):
    """Post all messages at once, to the parent or into the frame that `target` selects."""
    frame.evaluate(SHOUT, [target, json.dumps(said)])


def test_ten_thousand_wrong_messages_either_way_change_nothing(guest, host):
    address = host.page("fuzz", '<iframe name="third" srcdoc="<p>"></iframe>', game(LIGHT, seed=2))
    watched = guest(address, again=True, height=3000)
    page = watched.page
    wait_for(page, "ready", LIGHT)
    twin = Run(LIGHT, 2)
    call(page, LIGHT, "send", next(iter(twin.game.module.solution(twin.state))))
    rng = random.Random(1)
    said = [noise(rng) for _ in range(10_000)]
    state, shown = call(page, LIGHT, "state"), stage(page, LIGHT)
    outside = f"document.getElementById('{LIGHT}').outerHTML"
    looks, heard = page.evaluate(outside), page.evaluate("heard.length")

    # From the page to the frame. Its answer, which comes after them all, counts them.
    shout(page, f"#{LIGHT} > iframe", said)
    now = call(page, LIGHT, "state")
    assert now["ignored"] - state["ignored"] == len(said)
    assert {**now, "ignored": 0} == {**state, "ignored": 0}
    assert stage(page, LIGHT) == shown

    # From the frame to the page, and from a frame that is none of ours.
    ignored = page.evaluate(f"document.getElementById('{LIGHT}').ignored")
    shout(frame_of(page, LIGHT), "parent", said)
    shout(page.frame("third"), "parent", [{"neuronauts": 1, "kind": "size", "height": 9}])
    call(page, LIGHT, "state")
    assert page.evaluate(f"document.getElementById('{LIGHT}').ignored") - ignored == len(said)
    assert page.evaluate(outside) == looks
    assert page.evaluate("heard.length") == heard

    # Messages that are right, but a flood; and a height that nobody can want.
    flood = [{"neuronauts": 1, "kind": "score", "score": 0.5}] * 2000
    shout(frame_of(page, LIGHT), "parent", flood)
    high = {"neuronauts": 1, "kind": "size", "height": 1e9}
    shout(frame_of(page, LIGHT), "parent", [high])
    wait(page, f"document.querySelector('#{LIGHT} > iframe').offsetHeight === 6000")
    assert page.evaluate("heard.length") - heard < len(flood)  # a hundred in a second
    shout(page, f"#{LIGHT} > iframe", [{"neuronauts": 1, "kind": "reset"}] * 2000)
    assert call(page, LIGHT, "state")["log"] == []


def test_without_scripts_there_is_a_plain_link(guest, host):
    page = guest(host.page("plain", game(TUNE)), scripts=False).page
    link = page.get_by_role("link", name="The link of tune-the-neuron")
    assert link.is_visible()
    assert link.get_attribute("href").endswith(f"/play/{TUNE}/")


def test_a_reader_who_saves_data_presses_play_and_is_in_the_game(visit, host):
    watched = visit(again=True)
    watched.shift_allowed = ANY  # the game takes the picture's place, and its height
    page = watched.page
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )
    twin = Run(LIGHT, 4)
    twin.send(next(iter(twin.game.module.solution(twin.state))))
    host.page("own", "<p>On the course's own site.</p>", game(LIGHT, run=encode(twin)))
    own = f"{watched.site}somebody.html"
    page.route(own, lambda route: route.fulfill(body=host.pages["own"], content_type="text/html"))
    page.goto(own)
    play = page.get_by_role("button", name="Play")
    play.focus()
    page.keyboard.press("Enter")
    wait_for(page, "ready", LIGHT)
    assert page.evaluate("document.activeElement.localName") == "iframe"
    assert not play.is_visible()
    state = call(page, LIGHT, "state")  # it goes on where the run in the attribute ended
    assert (state["seed"], state["log"]) == (4, json.loads(json.dumps(twin.log)))
    assert (
        page.query_selector("iframe").get_attribute("sandbox") is None
    )  # where it would shut out nothing
    page.keyboard.press("Tab")
    assert frame_of(page, LIGHT).evaluate("document.activeElement.closest('[data-game]') !== null")
    page.evaluate("document.querySelector('neuronauts-game').remove()")


def test_a_game_that_is_not_there_leaves_the_link_and_tells(guest, host):
    watched = guest(host.page("none", game("no-such-game", "none")), again=True)
    watched.expect("404")
    page = watched.page
    page.clock.install()
    page.reload()
    page.wait_for_selector("iframe", state="attached")
    page.wait_for_load_state()
    page.clock.fast_forward(70_000)
    assert wait_for(page, "error", "none")["message"] == "The game could not be loaded."
    assert page.get_by_role("link", name="The link of no-such-game").is_visible()


def test_parameters_that_cannot_be_read_leave_the_link_and_tell(guest, host):
    watched = guest(host.page("torn", game(LIGHT, params="{bias: 0.5}")), again=True)
    page = watched.page
    message = wait_for(page, "error", LIGHT)["message"]
    assert message == 'params="{bias: 0.5}" is neither a JSON object nor like bias=0.5&size=3.'
    assert page.get_by_role("link", name=f"The link of {LIGHT}").is_visible()
    assert page.query_selector("iframe") is None
    assert page.evaluate(
        "document.querySelector('neuronauts-game').state().catch(String)"
    ).endswith("the game is no longer there")
    page.evaluate("document.querySelector('neuronauts-game').setAttribute('params', 'bias=0.5')")
    page.evaluate("document.querySelector('neuronauts-game').scrollIntoView()")
    assert wait_for(page, "ready", LIGHT)["params"] == {"bias": "0.5"}


NO_CANVAS = """
delete window.OffscreenCanvas;
for (const name of ['getContext', 'toDataURL']) {
  HTMLCanvasElement.prototype[name] = () => { throw new Error('no canvas here'); };
}
"""
TURNS = """<style>
:root { --letters: #000; color: var(--letters) }
:root:has(#switch:checked) { --letters: oklch(0.93 0.02 90) }
[data-scheme="slate"] { --letters: rgba(255, 255, 255, .87) }
body, main { color: var(--letters) }
[data-slow] { transition: color 300ms }
</style>"""
"""A page that turns dark by a checkbox, or by an attribute of an element, at once or slowly."""
TONE = "document.querySelector('neuronauts-game').shadowRoot.querySelector('div').className"


def follows(page, address):
    """Whatever turns the page's letters light or dark, picture and frame follow."""
    page.goto(address)
    page.locator("neuronauts-game").scroll_into_view_if_needed()
    page.wait_for_selector("iframe", timeout=READY, state="attached")
    assert page.evaluate(TONE) == "light"
    inside = page.query_selector("iframe").content_frame()
    inside.wait_for_selector("html[data-theme=light]", timeout=READY, state="attached")
    switch = "document.querySelector('#switch').click()"
    for turn, theme in (
        (switch, "dark"),
        (switch, "light"),
        ("document.querySelector('main').dataset.scheme = 'slate'", "dark"),
        ("document.querySelector('main').dataset.scheme = ''", "light"),
        (f"document.querySelector('main').dataset.slow = ''; {switch}", "dark"),
        (switch, "light"),
        ("document.querySelector('neuronauts-game').style.color = 'lab(95 0 0)'", "dark"),
        ("document.querySelector('main').hidden = true", "dark"),
        ("document.querySelector('neuronauts-game').style = ''", "dark"),
        ("document.querySelector('main').hidden = false", "light"),
    ):
        page.evaluate(turn)
        wait(page, f"theme => {TONE} === theme", theme)
        wait(page, "theme => document.querySelector('iframe').style.colorScheme === theme", theme)
    wait(inside, "document.documentElement.dataset.theme === 'light'")


@pytest.fixture
def turning(host):
    return host.page(
        "turning", TURNS, '<input type="checkbox" id="switch">', f"<main>{game(LIGHT)}</main>"
    )


def test_the_theme_follows_the_letters_around_it_without_a_canvas(guest, turning):
    page = guest(turning, again=True).page
    page.add_init_script(NO_CANVAS)
    follows(page, turning)


@pytest.mark.rarely
def test_the_theme_is_no_guess_in_a_firefox_that_resists_fingerprinting(firefox, turning):
    browser = firefox({"privacy.resistFingerprinting": True})
    page = browser.new_page()
    follows(page, turning)
    for _ in range(10):
        page.reload()
        page.wait_for_selector("iframe", timeout=READY, state="attached")
        assert page.evaluate(TONE) == "light"


def refused_at_once(page, address):
    """A page whose policy has room for the script, and none for the frame."""
    page.goto(address)
    page.get_by_text("The policy of this page (frame-src) does not let the game in.").wait_for(
        timeout=READY
    )
    assert page.get_by_role("link", name=f"The link of {LIGHT}").is_visible()
    assert page.evaluate("heard.map(({type}) => type)") == ["error"]


@pytest.fixture
def shut(host, site):
    policy = f"script-src 'unsafe-inline' {site}; frame-src 'none'; img-src {site} 'self'"
    return host.page("shut", game(LIGHT), Content_Security_Policy=policy)


def test_a_page_whose_policy_forbids_the_frame_says_so(guest, shut, site):
    watched = guest(shut, again=True)
    watched.expect("frame-src|data:|chrome-error")
    refused_at_once(watched.page, shut)


def test_a_page_whose_policy_forbids_the_frame_says_so_in_firefox(firefox, shut):
    refused_at_once(firefox().new_page(), shut)


def isolated(page, host, site, name):
    """A page that lets nothing in which does not say that it may."""
    headers = {
        "Cross_Origin_Embedder_Policy": "require-corp",
        "Cross_Origin_Opener_Policy": "same-origin",
    }
    script = f'<script async src="{site}embed.js"></script>'
    page.goto(host.page(name, script, game(LIGHT), embeds=False, **headers))
    assert page.evaluate("crossOriginIsolated")


@pytest.fixture
def served():
    """The address of the course as `serve` serves it."""
    server = Server(0, BASE, DIST)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{BASE}"
    server.shutdown()
    server.server_close()


def test_a_game_plays_on_a_page_that_demands_to_be_isolated(chromium, host, served):
    page = chromium.new_page()
    isolated(page, host, served, "isolated")
    wait_for(page, "ready", LIGHT)
    page.close()


@pytest.mark.rarely
def test_a_game_plays_on_a_page_that_demands_to_be_isolated_in_firefox(firefox, host, served):
    page = firefox().new_page()
    isolated(page, host, served, "isolated-too")
    wait_for(page, "ready", LIGHT)


def test_where_the_script_is_kept_out_the_link_is_there(chromium, host, site):
    page = chromium.new_page()
    isolated(page, host, site, "kept-out")
    assert page.get_by_role("link", name=f"The link of {LIGHT}").is_visible()
    assert page.evaluate("!customElements.get('neuronauts-game')")
    page.close()


@pytest.fixture
def with_scrollbars(playwright):
    """A browser whose scrollbars take room."""
    program, _ = browsers.find()
    browser = playwright.chromium.launch(
        executable_path=program, args=browsers.FLAGS, ignore_default_args=["--hide-scrollbars"]
    )
    yield browser.new_page(viewport={"width": 1000, "height": 1200})
    browser.close()


def test_a_frame_scrolls_only_where_it_is_not_given_its_height(with_scrollbars, host):
    """Pictures are higher where they are wider: a scrollbar would make room for itself."""
    page, slug = with_scrollbars, "forward-pass-relay"
    page.goto(host.page("bars", game(slug)))
    wait_for(page, "ready", slug)
    inside = frame_of(page, slug)
    bar = "innerWidth - document.documentElement.clientWidth"
    fits = "Math.abs(innerHeight - document.documentElement.getBoundingClientRect().height) < 1"
    for width in (700, 480, 320):
        page.evaluate(f"document.body.style.width = '{width}px'")
        wait(inside, f"innerWidth === {width} && {fits} && {bar} === 0")
    page.evaluate("document.querySelector('neuronauts-game').setAttribute('height', 400)")
    wait(inside, f"innerHeight === 400 && {bar} > 0")
    page.evaluate("document.querySelector('neuronauts-game').removeAttribute('height')")
    wait(inside, f"{fits} && {bar} === 0")


def test_every_game_has_a_frame_of_its_own():
    for slug in discover():
        assert (DIST / "frame" / slug / "index.html").exists()
        assert (DIST / "frame" / slug / "first.svg").exists()


@pytest.mark.rarely
def test_a_game_plays_in_a_firefox_that_lets_no_other_site_remember_anything(firefox, host):
    page = firefox({"network.cookie.cookieBehavior": 1}).new_page()
    page.goto(host.page("forgetful", game(LIGHT)))
    wait_for(page, "ready", LIGHT)
    frame = frame_of(page, LIGHT)
    forbids = "() => { try { return localStorage.length; } catch ({ name }) { return name; } }"
    assert frame.evaluate(forbids) == "SecurityError"
    frame.evaluate("document.querySelector('[role=switch]').click()")
    frame.wait_for_selector('[role="switch"][aria-checked="true"]', state="attached")

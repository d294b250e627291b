"""What was opened works without a network, and on request all; a new version comes whole or not."""

import contextlib
import gzip
import hashlib
import http.server
import json
import mimetypes
import os
import re
import shutil
import threading
from functools import cache
from pathlib import Path

import pytest

from games import discover
from tests.browser.conftest import BASE, DIST, FOLLOW, READY, in_time, until
from tests.browser.player import Player
from tests.turns import OFFLINE
from web.builder import offline
from web.builder.assets import Runtime

NO_RUNTIME = Runtime("", "", "py", "", (), "", 0)
LARGE = 200_000
"""Bytes of what a small copy of the course goes without."""
HASTY = """{
    const later = setTimeout;
    window.setTimeout = (what, wait, ...more) => later(what, wait === 3000 ? 0 : wait, ...more);
}"""
"""No waiting for calm."""
WAITS = """
window.PerformanceObserver = class extends PerformanceObserver {
  observe(options) { window.waits ||= options.type === 'paint'; super.observe(options); }
};
"""
"""Tells whether the page's scripts wait until it is drawn."""
REGISTRATION = "navigator.serviceWorker.getRegistration('/course/')"
LINE = "document.querySelector('[data-offline]')?.innerText ?? ''"
WHOLE = "works without a network"
OPENED = "What you have opened is kept"
HOLLOW = {
    "registers nothing": "ServiceWorkerContainer.prototype.register = async () => {};",
    "refuses": "ServiceWorkerContainer.prototype.register = async () => { throw 1; };",
    "knows of none": "ServiceWorkerContainer.prototype.getRegistration = async () => { throw 1 };",
    "promises nothing": "StorageManager.prototype.persisted = async () => { throw 1; };",
}
"""What browsers and extensions do that keep nothing, and how they say it."""
KEPT = """async (hash) => {
    const [name] = (await caches.keys()).filter((name) => name.startsWith('neuronauts-course'));
    return Boolean(await (await caches.open(name)).match(`/course/sha256/${hash}`));
}"""
"""Whether what has this hash is on the device."""


@cache
def squeezed(data: bytes) -> bytes:
    return gzip.compress(data, 1)


class Host:
    """A static host that compresses, counts what it is asked, may be changed and may go away."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, 0
        self.asked: list[str] = []
        self.broken: str | None = None
        """Requests that match this pattern are cut off."""
        self.away = False
        self.start()

    def start(self) -> None:
        """Answer, at the same address as before."""
        host = self
        self.away = False

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.removeprefix(BASE).partition("?")[0]
                if host.away:
                    return  # on a connection that was opened before
                host.asked.append(path)
                if host.broken and re.search(host.broken, path):
                    return
                file = host.folder / path
                file = file / "index.html" if file.is_dir() else file
                found = self.path.startswith(BASE) and file.is_file()
                body = file.read_bytes() if found else b"nothing here"
                self.send_response(200 if found else 404)
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                self.send_header("Content-Type", kind if found else "text/plain")
                if file.suffix in (".wasm", ".js", ".html"):
                    body = squeezed(body)
                    self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Length", str(len(body)))
                fresh = file.suffix != ".html"
                self.send_header("Cache-Control", "max-age=600" if fresh else "no-cache")
                self.end_headers()
                self.wfile.write(body)

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # the browser went away
                    super().handle()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """The address of the course."""
        return f"http://127.0.0.1:{self.port}{BASE}"

    def stop(self) -> None:
        """Go away."""
        self.away = True
        self.server.shutdown()
        self.server.server_close()

    def counted(self) -> list[str]:
        """What it was asked since this was called last, the service worker itself aside."""
        asked = sorted(path for path in self.asked if path != offline.WORKER)
        self.asked.clear()
        return asked


@pytest.fixture
def context(chromium):
    """A browser that was never here."""
    context = chromium.new_context()
    context.set_default_timeout(READY)
    yield context
    context.close()


@pytest.fixture
def host():
    """The whole course."""
    host = Host(DIST)
    yield host
    host.stop()


@pytest.fixture
def small(tmp_path):
    """A course of three pages, which starts no Python."""
    folder = tmp_path / "course"
    shutil.copytree(
        DIST,
        folder,
        ignore=lambda place, names: [
            name
            for name in names
            if name in ("lesson", "play", "reference", "licenses", "frame", "download")
            or ((path := Path(place, name)).is_file() and path.stat().st_size > LARGE)
        ],
    )
    page = (folder / "glossary" / "index.html").read_text("utf-8")
    (folder / "index.html").write_text(page.replace("../", "./"), "utf-8")
    publish(folder, "one")
    host = Host(folder)
    yield host
    host.stop()


def publish(folder: Path, version: str) -> None:
    """Build another version: the headings say which."""
    for page in ("index.html", "glossary/index.html"):
        text = (folder / page).read_text("utf-8")
        text = re.sub(r"(<h1[^>]*>).*?</h1>", rf"\1Version {version}</h1>", text, flags=re.DOTALL)
        (folder / page).write_text(text, "utf-8")
    offline.write_service_worker(folder, NO_RUNTIME, {})


def visit_small(context, host, path=""):
    page = context.new_page()
    page.add_init_script(HASTY)
    page.goto(host.url + path)
    return page


def says(page, pattern):
    """Wait until the line in the foot says so."""
    said = f"pattern => new RegExp(pattern).test({LINE})"
    page.wait_for_function(said, arg=pattern)


def the_course_is_gone(page):
    """The memory of a started Python is another matter, and may come meanwhile."""
    kept = "names.some((name) => name.startsWith('neuronauts-course'))"
    until(page, f"caches.keys().then((names) => !{kept})")


def heading(page):
    return page.locator("h1").inner_text()


def listed(content):
    """How the service worker's table has a file."""
    return f'["{hashlib.sha256(content).hexdigest()}",{len(content)}]'


def hash_of(folder, path):
    return hashlib.sha256((folder / path).read_bytes()).hexdigest()


def entry(host, path):
    """JavaScript for the cache, and for the key of a file in it."""
    hash_, _ = offline.table(host.folder, NO_RUNTIME, {})["files"][path]
    key = json.dumps(f"{host.url}sha256/{hash_}")
    return f"const cache = await caches.open('neuronauts-course:{BASE}'), key = {key};"


def test_after_one_visit_what_was_opened_works_without_a_network_with_all_of_its_track(
    context, host
):
    page = context.new_page()
    page.add_init_script(WAITS)
    page.goto(host.url + "play/light-the-network/")
    page.wait_for_selector("[data-status=ready]")
    assert page.evaluate("window.waits") is True
    says(page, OPENED)
    begun = host.asked.index(offline.WORKER)
    assert {"stdlib", "numpy", "app", "tracks/first_neurons"} <= {
        match[1]
        for path in host.asked[:begun]
        if (match := re.match(r"assets/([\w/]+)\.\w+\.bin", path))
    }  # Python's start came first
    cdp = context.new_cdp_session(page)
    errors = cdp.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors] == ["in-incognito"]  # as this window is
    asked = host.counted()
    assert not [path for path in asked if re.search(r"pyodide\.asm\.\w+\.\w+\.bin", path)]
    assert not [path for path in asked if "python_stdlib" in path]
    later = ("download/", "frame/", "reference/", "assets/trained/", "lesson/level-3-")
    assert not [path for path in asked if path.startswith(later)]
    tracks = {path.split(".")[0] for path in asked if path.startswith("assets/tracks/")}
    needed = {"first_neurons", "backpropagation", "prove_it"}  # by the track's lessons
    assert tracks == {f"assets/tracks/{track}" for track in needed}
    twice = {path for path in asked if asked.count(path) > 1}
    assert not {path for path in twice if path.startswith("assets/")}
    host.stop()

    page.evaluate("window.sameDocument = true")  # the page that is open goes on, to every game
    games = {slug: name.split(".")[1] for slug, name in discover().items()}
    for slug in sorted(slug for slug, track in games.items() if track == "first_neurons"):
        page.evaluate(FOLLOW, f"{host.url}play/{slug}/?seed=3")
        page.wait_for_selector(f'[data-game="{slug}"][data-seed="3"][data-status="ready"]')
    assert page.evaluate("window.sameDocument") is True
    page.close()

    page = context.new_page()  # and so does a new one, also without what the browser itself kept
    page.add_init_script(WAITS)
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.goto(host.url + "lesson/level-1/")
    assert not page.evaluate("window.waits")  # for its scripts are here
    page.wait_for_selector('[data-game="light-the-network"][data-status="ready"]')
    Player(page, "light-the-network", "mouse").win()
    assert page.goto(host.url + "lesson/").status == 200
    assert page.goto(host.url + "nothing/here/").status == 404
    assert heading(page) == "No neuron here"
    page.goto(host.url + "play/dial-the-dropout/")
    assert heading(page) == "This page is not on this device"
    host.start()


@pytest.mark.rarely
def test_what_was_opened_of_other_tracks_is_kept_too_and_trained_weights_with_it(context, host):
    page = context.new_page()
    page.goto(host.url + "play/light-the-network/")
    page.wait_for_selector("[data-status=ready]")
    page.evaluate(FOLLOW, host.url + "play/translate-a-sentence/")  # before anything is kept
    page.wait_for_selector('[data-game="translate-a-sentence"][data-status="ready"]')
    says(page, OPENED)
    page.evaluate(FOLLOW, host.url + "play/saddle-escape/")
    page.wait_for_selector('[data-game="saddle-escape"][data-status="ready"]')
    for path in ("play/optimizer-race/", "play/translate-a-sentence/"):
        page.wait_for_function(KEPT, arg=hash_of(host.folder, f"{path}index.html"))
    host.stop()
    page.close()
    page = context.new_page()
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.goto(host.url + "play/translate-a-sentence/")
    page.wait_for_selector("[data-status=ready]")
    player = Player(page, "translate-a-sentence", "mouse")
    player.do(("believe", "right"))
    player.do(("translate",))
    page.goto(host.url + "play/optimizer-race/")
    page.wait_for_selector("[data-status=ready]")
    host.start()


@pytest.mark.rarely
def test_on_the_learners_word_the_whole_course_works_without_a_network(context, host, having_turn):
    page = context.new_page()
    page.goto(host.url + "play/light-the-network/")
    page.wait_for_selector("[data-status=ready]")
    says(page, OPENED)
    page.get_by_role("button", name="Keep the whole course").click()
    says(page, "The whole course is kept on this device")
    asked = host.counted()
    assert not [path for path in asked if path.startswith("download/")]
    twice = {path for path in asked if asked.count(path) > 1}
    assert not {path for path in twice if path.startswith("assets/")}
    host.stop()
    page.evaluate("window.sameDocument = true")
    paths = having_turn((f"play/{slug}/" for slug in discover()), OFFLINE)
    for path in dict.fromkeys((*paths, "play/translate-a-sentence/")):
        slug = path.split("/")[1]
        page.evaluate(FOLLOW, f"{host.url}{path}?seed=3")
        page.wait_for_selector(f'[data-game="{slug}"][data-seed="3"][data-status="ready"]')
        if slug == "translate-a-sentence":
            player = Player(page, slug, "mouse")
            player.do(("believe", "right"))
            player.do(("translate",))  # with the weights
    assert page.evaluate("window.sameDocument") is True
    page.goto(host.url + "lesson/level-2?from=somewhere")
    assert page.url.endswith("/course/lesson/level-2/?from=somewhere")
    assert page.goto(host.url + "reference/layers/").status == 200
    host.start()


def test_a_new_version_is_offered_and_comes_when_the_learner_agrees(context, small):
    page = visit_small(context, small)
    says(page, WHOLE)
    other = visit_small(context, small, "glossary/")
    says(other, WHOLE)
    small.counted()
    publish(small.folder, "two")
    page.reload()  # the browser looks for a new version with every page
    page.wait_for_selector("[data-offer] button")
    assert heading(page) == "Version one"
    assert set(small.counted()) == {"", "glossary/"}  # what has changed, and nothing else
    page.goto(small.url + "glossary/")
    assert heading(page) == "Version one"  # never two versions
    page.get_by_role("button", name="Change over").first.click()
    page.wait_for_function("document.querySelector('h1').innerText === 'Version two'")
    says(page, WHOLE)
    assert heading(other) == "Version one"  # that page was not asked, and stays as it is
    other.locator(".brand").click()
    other.wait_for_function("document.querySelector('h1').innerText === 'Version two'")
    assert page.locator("[data-offer] button").count() == 0


@pytest.mark.rarely
def test_an_update_that_comes_in_the_middle_of_a_game_waits_for_the_learner(context, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(DIST, folder, copy_function=os.link)
    host = Host(folder)
    page = context.new_page()
    page.goto(host.url + "play/light-the-network/?seed=3")
    page.wait_for_selector("[data-status=ready]")
    says(page, WHOLE)
    player = Player(page, "light-the-network", "mouse")
    moves = [tuple(move) for move in player.twin.game.module.solution(player.twin.state)]
    for move in moves[:-1]:
        player.do(move)

    old = (folder / "index.html").read_bytes()
    new = old + b"<!-- two -->"
    worker = (folder / offline.WORKER).read_text("utf-8")
    for path, content in (
        ("index.html", new),
        (offline.WORKER, worker.replace(listed(old), listed(new)).encode()),
    ):
        (folder / path).unlink()  # not the site's own
        (folder / path).write_bytes(content)
    page.evaluate(f"{REGISTRATION}.then((registration) => registration.update())")
    page.wait_for_selector("[data-offer] button")
    player.agree()
    player.do(moves[-1])
    page.wait_for_selector("[data-game][data-won]")
    with page.expect_navigation():
        page.get_by_role("button", name="Change over").first.click()
    page.wait_for_selector("[data-status=ready]")
    host.stop()
    assert "<!-- two -->" in page.evaluate("fetch('../../').then((page) => page.text())")


def test_a_half_deployed_version_is_refused_and_a_whole_one_taken_when_all_pages_are_closed(
    context, small
):
    page = visit_small(context, small)
    says(page, WHOLE)
    small.broken = offline.WORKER  # until half of the new version is there
    old = (small.folder / "index.html").read_text("utf-8")
    publish(small.folder, "two")
    new = (small.folder / "index.html").read_text("utf-8")
    (small.folder / "index.html").write_text(old, "utf-8")
    small.broken = None
    page.evaluate(f"{REGISTRATION}.then((registration) => registration.update())")
    says(page, "stays as it is.*“index.html” in another form")
    until(page, f"{REGISTRATION}.then((r) => !r.waiting && !r.installing)")
    page.reload()
    assert heading(page) == "Version one"
    says(page, WHOLE)
    (small.folder / "index.html").write_text(new, "utf-8")
    small.counted()
    ready = "r.waiting !== null || (r.installing || r.update(), false)"
    until(page, f"{REGISTRATION}.then((r) => {ready})")
    page.wait_for_selector("[data-offer] button")
    assert set(small.counted()) == {""}  # the other page had come already
    page.goto(small.url.removesuffix(BASE))  # no page of the course is open
    until(page, f"{REGISTRATION}.then((r) => !r.waiting)")
    page.goto(small.url)
    assert heading(page) == "Version two"


def test_what_has_come_is_not_fetched_again_and_what_was_lost_is(context, small):
    small.broken = "licen|icons"
    page = visit_small(context, small)
    says(page, r"[\d.]+ of [\d.]+ MB are here; the rest comes when there is a network")
    first = set(small.counted())
    small.broken = None
    page.reload()
    says(page, WHOLE)
    again = small.counted()
    assert again
    assert {path for path in again if path in first and not path.startswith("icons/")} <= {""}

    lose = "async () => {" + entry(small, "glossary/index.html") + "await cache.delete(key)}"
    page.evaluate(lose)
    spoil = entry(small, "404.html") + "await cache.put(key, new Response('spoilt'))"
    page.evaluate("async () => {" + spoil + "}")
    page.reload()
    says(page, WHOLE)
    page.wait_for_function(
        "async () => {" + entry(small, "404.html") + "return "
        "(await (await cache.match(key))?.text())?.includes('No neuron here')}"
    )
    assert small.counted() == ["404.html", "glossary/"]

    page.evaluate(lose)
    small.stop()
    assert page.goto(small.url + "glossary/").status == 503
    assert heading(page) == "This page is not on this device"
    page.goto(small.url)
    assert heading(page) == "Version one"
    small.start()
    page.goto(small.url + "glossary/")
    assert heading(page) == "Version one"


def test_who_saves_data_is_asked_first_and_what_is_kept_can_be_removed(context, small):
    context.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )
    page = visit_small(context, small)
    sizes = json.loads((small.folder / offline.SIZES).read_text("utf-8"))
    says(page, f"can be kept on this device.*: {sizes['bytes'] / 1e6:.1f} MB to begin with")
    assert offline.WORKER not in small.asked
    page.get_by_role("button", name="Keep it").click()
    says(page, WHOLE)
    lasting = page.get_by_role("button", name="Keep it even when room is short")
    lasting.click()
    lasting.wait_for(state="detached")
    page.reload()
    says(page, WHOLE)
    page.get_by_role("button", name="Remove it").click()
    says(page, "can be kept")
    late = {"offline": "stored", "scope": small.url, "total": 1, "whole": 1, "cache": "a"}
    page.evaluate(
        "data => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data }))", late
    )
    says(page, "can be kept")
    the_course_is_gone(page)
    page.reload()
    says(page, "can be kept")
    assert page.evaluate(f"{REGISTRATION}.then((registration) => registration === undefined)")


def test_in_a_frame_and_where_it_is_not_allowed_nothing_is_said_but_to_the_console(context, small):
    (small.folder / "frame.html").write_text('<iframe src="glossary/"></iframe>', "utf-8")
    infos: list[str] = []
    context.on("console", lambda m: infos.append(f"{m.type}: {m.text}"))
    page = context.new_page()
    page.add_init_script(HASTY)
    with context.expect_event("console", lambda m: "not kept" in m.text):
        page.goto(small.url + "frame.html")
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    with context.expect_event("console", lambda m: "not kept" in m.text):
        page.goto(small.url + "glossary/")
    assert page.evaluate(LINE) == ""
    said = [text for text in infos if "not kept" in text]
    assert [text.split(":")[0] for text in said] == ["info", "info"]
    assert "in a frame" in said[0]
    assert offline.WORKER not in small.asked


@pytest.mark.parametrize("hollow", HOLLOW.values(), ids=HOLLOW)
def test_a_browser_that_only_seems_to_keep_things_breaks_nothing(context, small, hollow):
    page = context.new_page()
    page.add_init_script(HASTY + hollow)
    uncaught, calm = [], []
    page.on("pageerror", lambda error: uncaught.append(error))
    page.on("console", lambda said: "not kept on this device" in said.text and calm.append(said))
    page.goto(small.url)
    if "persisted" in hollow:
        says(page, WHOLE)
    else:
        assert in_time(page, lambda: calm)
        page.wait_for_timeout(500)
        assert len(calm) == 1
    assert uncaught == []


def test_where_there_is_no_room_the_line_says_so(context, small):
    page = visit_small(context, small, "nothing/")
    quota = {"origin": small.url.removesuffix(BASE), "quotaSize": 300_000}
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    page.goto(small.url)
    says(page, "the browser gives this site no more room")
    page.get_by_role("button", name="Remove it").click()
    says(page, "can be kept")
    late = {"offline": "stored", "scope": small.url, "total": 1, "whole": 1, "cache": "a"}
    page.evaluate(
        "data => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data }))", late
    )
    says(page, "can be kept")
    the_course_is_gone(page)

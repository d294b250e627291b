"""Course packages on a learning platform: unpacked, opened, won, closed and opened again.

The platform is scorm-again, which holds every value to SCORM's own rules. Both versions are played
side by side, so that one Python does for both.
"""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page

from games.link import decode
from games.run import Run
from tests.browser.conftest import DIST, READY
from web.builder import scorm
from web.builder.paths import MODULES

SLUG, SEED = "light-the-network", 7
VERSIONS = {"1.2": "API", "2004": "API_1484_11"}
PLATFORM = """<!doctype html><title>A platform</title>
<link rel="icon" href="data:,">
<script src="scorm12.min.js"></script>
<script src="scorm2004.min.js"></script>
<body><script>
const MAKERS = {"1.2": ["API", Scorm12API], "2004": ["API_1484_11", Scorm2004API]};
const kept = {};
const placed = (version) => document.querySelector(`[name="scorm-${version}"]`);
function open_(version) {
  const [name, Api] = MAKERS[version];
  const api = window[name] = new Api({autocommit: false, logLevel: 5});
  if (kept[version]) api.loadFromJSON(kept[version], "");
  const frame = document.createElement("iframe");
  frame.name = `scorm-${version}`;
  frame.style = "width: 900px; height: 900px";
  frame.src = `${version}.html`;
  document.body.append(frame);
}
async function close_(version) {
  const [name] = MAKERS[version], api = window[name], frame = placed(version).contentWindow;
  const gone = new Promise((done) => frame.addEventListener("pagehide", () => setTimeout(done)));
  frame.location.replace("about:blank");
  await gone;
  kept[version] = {cmi: JSON.parse(JSON.stringify(api.cmi))};
  placed(version).remove();
  return kept[version].cmi;
}
</script>"""


@pytest.fixture(scope="module")
def platform() -> Iterator[str]:
    """The address of the platform's page; the packages lie unpacked beside it."""
    (course,) = scorm.courses([f"{SLUG}?seed={SEED}"])
    (sco,) = course.scos
    files: dict[str, bytes] = {"platform.html": PLATFORM.encode()}
    for version in VERSIONS:
        unpacked = scorm.contents(DIST, course, version)
        files |= unpacked | {f"{version}.html": unpacked[sco.page]}
    for name in ("scorm12", "scorm2004"):
        files[f"{name}.min.js"] = (MODULES / f"scorm-again/dist/{name}.min.js").read_bytes()
    types = {"html": "text/html", "js": "text/javascript"}
    types |= {"css": "text/css", "svg": "image/svg+xml", "wasm": "application/wasm"}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].lstrip("/")
            path += "index.html" if path.endswith("/") else ""
            data = files.get(path)
            self.send_response(404 if data is None else 200)
            self.send_header("Content-Length", str(len(data or b"")))
            kind = types.get(path.rpartition(".")[2], "application/octet-stream")
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/platform.html"
    server.shutdown()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page whose errors fail the test."""
    context = chromium.new_context(viewport={"width": 1000, "height": 1900})
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(f"uncaught: {error}"))
    page.on("response", lambda r: said.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    yield page
    context.close()
    assert not said


def launched(page: Page, version: str) -> FrameLocator:
    """The launch page of a version."""
    return page.frame_locator(f'iframe[name="scorm-{version}"]')


def ready(page: Page, version: str) -> None:
    """Wait until the game can be played."""
    game = launched(page, version).frame_locator("iframe").locator('[data-status="ready"]')
    game.wait_for(timeout=READY, state="attached")


def element(page: Page, version: str, script: str, given: object = None) -> Any:
    """What a function of the game's element gives, on the launch page of a version."""
    return launched(page, version).locator("neuronauts-game").evaluate(script, given)


def cmi(page: Page, version: str) -> dict[str, Any]:
    return page.evaluate(f"JSON.parse(JSON.stringify({VERSIONS[version]}.cmi))")


def play(page: Page) -> None:
    """Open both packages and wait until they can be played."""
    for version in VERSIONS:
        page.evaluate("open_", version)
    for version in VERSIONS:
        ready(page, version)


def settled(page: Page, version: str) -> Any:
    """The element's state once the platform has been told all that is in it."""
    page.wait_for_function(
        """([version, name]) => {
          placed(version).contentDocument.querySelector("neuronauts-game").state()
            .then(({run}) => placed(version).dataset.run = run);
          return window[name].cmi.suspend_data === placed(version).dataset.run;
        }""",
        arg=[version, VERSIONS[version]],
        polling=200,
        timeout=READY,
    )
    return element(page, version, "game => game.state()")


@pytest.mark.rarely
def test_a_package_reports_score_and_win_and_takes_the_run_up_again(
    page: Page, platform: str
) -> None:
    run = Run(SLUG, SEED)
    run.solve()
    first, *rest = [entry for entry in run.log if not isinstance(entry, int)]

    page.goto(platform)
    play(page)
    for version in VERSIONS:
        element(page, version, "(game, message) => game.send(message)", first)
        assert settled(page, version)["log"] == [first]
    started = {version: page.evaluate("close_", version) for version in VERSIONS}
    assert started["1.2"]["core"]["lesson_status"] == "incomplete"
    assert started["2004"]["completion_status"] == "incomplete"
    assert started["2004"]["success_status"] == "unknown"
    assert started["1.2"]["core"]["exit"] == started["2004"]["exit"] == "suspend"
    assert re.fullmatch(r"\d{2,4}:\d\d:\d\d(\.\d+)?", started["1.2"]["core"]["session_time"])
    assert re.fullmatch(r"PT\d+H\d+M[\d.]+S", started["2004"]["session_time"])
    for kept in started.values():
        assert decode(kept["suspend_data"])["log"] == [first]

    play(page)
    for version in VERSIONS:
        assert element(page, version, "game => game.state()")["log"] == [first]
        for message in rest:
            element(page, version, "(game, message) => game.send(message)", message)
        assert settled(page, version)["score"] == 1
        assert launched(page, version).locator("#said").inner_text() == ""
    core, new = cmi(page, "1.2")["core"], cmi(page, "2004")
    assert core["lesson_status"] == "passed"
    assert (new["completion_status"], new["success_status"]) == ("completed", "passed")
    for score in (core["score"], new["score"]):
        assert [float(score[name]) for name in ("raw", "min", "max")] == [100, 0, 100]
    assert float(new["score"]["scaled"]) == float(new["progress_measure"]) == 1
    assert core["lesson_location"] == new["location"] == f"{SLUG}?seed={SEED}"


def test_a_platform_that_refuses_everything_does_not_stop_play(page: Page, platform: str) -> None:
    page.goto(platform)
    page.evaluate(
        """() => {
          window.Scorm12API = MAKERS["1.2"][1] = class {
            LMSInitialize() { return "true" }
            LMSGetValue() { throw new Error("no memory") }
            LMSSetValue() { return "false" }
            LMSCommit() { return "false" }
            LMSFinish() { return "false" }
            LMSGetLastError() { return "101" }
            LMSGetErrorString() { return "General exception" }
          };
          open_("1.2");
        }"""
    )
    ready(page, "1.2")
    said = launched(page, "1.2").locator("#said")
    said.get_by_text(
        "Your course did not take this (General exception). You can play on."
    ).wait_for(timeout=READY)
    element(page, "1.2", "game => game.send(['switch', 0, true])")
    assert element(page, "1.2", "game => game.state()")["log"] == [["switch", 0, True]]


def test_without_a_platform_a_launch_page_says_so_and_shows_the_game(
    page: Page, platform: str
) -> None:
    page.goto(platform.replace("platform.html", "1.2.html"))
    page.get_by_text("This page is not part of a course, so nothing is recorded.").wait_for()
    assert page.locator("neuronauts-game").is_visible()

"""What the learner's lines cannot do, tried: reach a server or page, keep things, be believed."""

import functools
import http.server
import re
import threading
import time

import pytest

from tests.browser.conftest import ANY, READY, ROOT, STILL
from tests.browser.test_cards import LESSON, line, run

COMPARED = "lesson/level-2/"
HOSTING = ROOT / "docs" / "hosting.md"
TRIED = """async ([attack, elsewhere, site]) => {
    const within = (ms, wait) => Promise.race([wait, new Promise((_, no) =>
        setTimeout(() => no(new DOMException('nothing came', 'TimeoutError')), ms))]);
    const heard = (thing) => within(3000, new Promise((yes, no) => {
        thing.onopen = thing.onmessage = yes;
        thing.onerror = () => no(new DOMException('it failed', 'NetworkError'));
    }));
    await new Promise((later) => setTimeout(later)); // a debugger's own turn may evaluate
    try {
        await (%s)(elsewhere, site, heard, within);
        return 'done';
    } catch (error) {
        return error.name;
    }
}"""
ATTACKS = {
    "fetch": "(url) => fetch(url, {mode: 'no-cors'})",
    "fetch from home": "(url, site) => fetch(site)",
    "the fetch before": "(url) => WorkerGlobalScope.prototype.fetch?.call(self, url) ?? fetch(url)",
    "XMLHttpRequest": """(url) => {
        const request = new XMLHttpRequest();
        request.open('GET', url, false);
        request.send();
    }""",
    "WebSocket": "(url, site, heard) => heard(new WebSocket(url.replace('http', 'ws')))",
    "EventSource": "(url, site, heard) => heard(new EventSource(url))",
    "WebTransport": "(url) => new WebTransport(url.replace('http', 'https')).ready",
    "import": "(url) => import(url + 'module.js')",
    "import from home": "(url, site) => import(site + 'embed.js')",
    "importScripts": "(url) => importScripts(url + 'script.js')",
    "another worker": """(url, site, heard) => {
        const text = `fetch(${JSON.stringify(url)}, {mode: 'no-cors'}).then(() => postMessage(1),
            () => setTimeout(() => { throw new Error(); }))`;
        return heard(new Worker(URL.createObjectURL(new Blob([text]))));
    }""",
    "a worker from elsewhere": "(url, site, heard) => heard(new Worker(url + 'worker.js'))",
    "FontFace": "(url) => new FontFace('x', `url(${url}font.woff2)`).load()",
    "private file system": "() => navigator.storage.getDirectory()",
    "storage buckets": "() => navigator.storageBuckets.open('mine')",
    "databases": """(url, site, heard) => {
        const text = `indexedDB.open('mine').onsuccess = () => postMessage(1);`;
        return heard(new Worker(URL.createObjectURL(new Blob([text]))));
    }""",
    "caches": "() => caches.open('mine')",
    "names of locks": "() => navigator.locks.query()",
    "a stolen lock": "() => navigator.locks.request('mine', {steal: true}, () => {})",
    "eval": "() => self.eval('1')",
    "Function": "() => self.postMessage.constructor('return 1')()",
    "a timer's text": "() => { if (!setTimeout('1')) throw new EvalError(); }",
}
LINES = {
    "scheduleCallback": """
from pyodide.webloop import scheduleCallback as s
s.constructor("return import('URLmodule.js')")()""",
    "to_js": """
from pyodide.ffi import to_js
to_js([1]).constructor.constructor("return import('URLmodule.js')")()""",
    "run_js": """
from pyodide.code import run_js
run_js("fetch('URL')")""",
}
FORGE = """(answer) => {
    self.onmessage = () => {
        self.postMessage({begun: true});
        self.postMessage({answer, agrees: true, ready: true});
    };
}"""


class _Elsewhere(http.server.BaseHTTPRequestHandler):
    """A server of another origin, which everybody may read and which remembers who asked."""

    def __init__(self, asked, *arguments):
        self.asked = asked
        super().__init__(*arguments)

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()

    do_HEAD = do_POST = do_OPTIONS = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    """The address of a server of another origin, and the list of what it was asked for."""
    asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Elsewhere, asked))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()


REACH = """(url) => Promise.allSettled([
    fetch(url + 'fetch', {mode: 'no-cors'}),
    new Promise((yes, no) => {
        Object.assign(new Image(), {onload: yes, onerror: no, src: url + 'image'});
    }),
    new Promise((yes, no) => {
        const made = Object.assign(document.createElement('script'), {onload: yes, onerror: no});
        document.head.append(Object.assign(made, {src: url + 'script'}));
    }),
    new Promise((yes, no) => {
        const made = document.createElement('link');
        Object.assign(made, {onload: yes, onerror: no, rel: 'stylesheet', href: url + 'style'});
        document.head.append(made);
    }),
    new FontFace('x', `url(${url}font)`).load(),
    import(url + 'module'),
    navigator.sendBeacon(url + 'beacon') && Promise.reject(),
]).then((all) => all.map(({status}) => status))"""


def under(page, policy):
    """Let the host send a policy of its own with every page."""

    def answer(route):
        response = route.fetch()
        headers = {**response.headers, "content-security-policy": policy}
        route.fulfill(response=response, headers=headers)

    page.route(re.compile(r"/course/([\w/-]*/)?(\?.*)?$"), answer)


def workshop(visit, path=LESSON, shift=STILL):
    """A page whose Python for the learner's lines has run one, and that Python's worker."""
    watched = visit()
    watched.shift_allowed = shift
    watched.expect("Content Security Policy|request left the origin|Failed to fetch|EvalError")
    page = watched.open(path)
    watched.ready()
    run(page)
    (worker,) = walled(page)
    return page, worker


def walled(page):
    """The workers of this page that have no origin."""
    return [worker for worker in page.workers if worker.url.startswith("blob:null")]


def test_the_other_server_can_be_reached_from_where_nothing_forbids_it(visit, site, elsewhere):
    url, asked = elsewhere
    watched = visit()
    watched.expect("request left the origin|favicon")
    watched.page.goto(site + "licenses/")  # a page of the host's own, without a policy
    watched.page.evaluate("url => fetch(url)", url)
    assert asked == ["/"], "else this file's other tests show nothing"


@pytest.mark.rarely
def test_nothing_is_reached_from_the_learners_worker(visit, site, elsewhere):
    url, asked = elsewhere
    page, worker = workshop(visit)
    page.evaluate(
        """() => {
            window.whispered = [];
            const channel = new BroadcastChannel('mine');
            channel.onmessage = ({data}) => whispered.push(data);
        }"""
    )
    for thing in (
        "fetch",
        "XMLHttpRequest",
        "WebSocket",
        "EventSource",
        "FontFace",
        "importScripts",
    ):
        assert worker.evaluate(f"typeof {thing}") == "function", "else there was nothing to try"
    worker.evaluate("new BroadcastChannel('mine').postMessage('hello')")
    outcomes = {
        name: worker.evaluate(TRIED % attack, [name, url, site]) for name, attack in ATTACKS.items()
    }
    assert {name for name, outcome in outcomes.items() if outcome == "done"} == set(), outcomes
    for code in LINES.values():
        said, shown = run(page, code.strip().replace("URL", url))
        assert said.startswith("Line 2: "), (said, shown)
    page.wait_for_timeout(500)
    assert asked == []
    assert page.evaluate("whispered") == []
    assert page.evaluate("navigator.locks.query().then(({held}) => held.length)") > 0
    assert run(page, "2 * b")[1] == "1.", "and it still computes"


def test_a_forged_answer_is_shown_and_not_believed(visit):
    page, worker = workshop(visit, COMPARED)
    beside = line(page).locator(".line-beside samp").text_content()
    for answer, shown in (
        ({"shown": beside, "value": '{"array": [1, 2], "dtype": "int64"}'}, "[1 2]"),
        ({"shown": beside, "value": '{"module": "os", "name": "getcwd"}'}, ""),
        ({"shown": beside, "value": "[" * 9999}, ""),
        ({"shown": beside, "value": '{"array": [0], "dtype": "S999999999"}'}, ""),
        ({"shown": beside}, beside),
        ({"shown": "<b>bold</b>", "value": 7, "agrees": True}, "<b>bold</b>"),
    ):
        worker.evaluate(FORGE, answer)
        assert run(page) == ("The two do not agree.", shown), answer
    packed = page.evaluate(
        "JSON.stringify(JSON.parse(document.querySelector('[data-line]').dataset.given).beside)"
    )
    worker.evaluate(FORGE, {"shown": "something else", "value": packed})
    assert run(page) == ("Both agree.", beside), "it is said of what is shown"


@pytest.mark.rarely
def test_who_says_too_much_is_stopped_and_the_page_goes_on(visit):
    page, _ = workshop(visit)
    for say in (
        "for (;;) self.postMessage({begun: true})",
        "self.postMessage('x'.repeat(1e8))",
        "setInterval(() => self.postMessage({begun: true}))",
    ):
        (worker,) = walled(page)
        worker.evaluate(f"() => {{ self.onmessage = () => {{ {say}; }}; }}")
        began = time.perf_counter()
        assert run(page, "2 * b") == ("", "1."), "in a new Python"
        assert time.perf_counter() - began < 30, say
        deadline = time.perf_counter() + 10
        while len(walled(page)) > 1 and time.perf_counter() < deadline:
            page.wait_for_timeout(100)
        (left,) = walled(page)
        assert left != worker, say
        assert page.locator("iframe").count() == 1


SPOILING = (
    "import json; json.dumps = lambda *_: 'no'",
    "import json; json.loads = None",
    "import sys; sys.modules.clear()",
    "import sys; vars(sys.modules['web.scratch']).clear()",
    "import web.scratch; web.scratch.evaluate = lambda *_: ('', 42)",
    "import web.scratch; web.scratch.shown = lambda _: '42'",
    "import builtins; vars(builtins).clear()",
    "import numpy; del numpy.array, numpy.array2string",
    "import web.scratch; web.scratch.np = None",
    "import numpy; numpy.pi = 3",
    "import sys; sys.setrecursionlimit(30)",
)
"""Lines after which others could not run, or would come to something else: of each kind one."""


@pytest.mark.rarely
def test_what_a_line_breaks_is_whole_again_for_the_next(visit):
    page, _ = workshop(visit, shift=ANY)
    for code in SPOILING:
        run(page, code)
        assert run(page, "2 * b") == ("", "1."), code
    (worker,) = walled(page)
    for code in ("import math; math.pi", "c = [1]; c.clear()", "np.random.seed(1)", "1 / 0"):
        run(page, code)
        assert walled(page) == [worker], f"{code} breaks nothing"


@pytest.mark.parametrize("path", ["lesson/level-1/", "frame/solve-xor/", "404.html"])
def test_a_page_reaches_no_other_server(visit, elsewhere, path):
    url, asked = elsewhere
    watched = visit()
    watched.expect("Content Security Policy|request left the origin|Failed to load|net::ERR|beacon")
    page = watched.open(path)
    assert page.evaluate(REACH, url) == ["rejected"] * 7
    page.wait_for_timeout(500)
    assert asked == []


@pytest.mark.rarely
def test_a_policy_that_forbids_what_python_needs_is_named(visit):
    watched = visit()
    watched.expect("")  # there is a lot to complain about
    watched.shift_allowed = ANY
    under(watched.page, "script-src 'self'; style-src 'self' 'unsafe-inline'")
    page = watched.open("play/light-the-network/")
    line = page.locator("[data-boot]")
    line.filter(has_text="Content-Security-Policy forbids what Python needs").wait_for()
    assert re.search(r"script-src\S* blocks \w+", line.text_content())
    line.filter(has_text="Everything on this page can still be read").wait_for(timeout=READY)
    assert page.locator("[data-game]").get_attribute("data-status") == "error"


def test_the_site_plays_and_runs_lines_under_the_policy_that_its_docs_give_hosts(visit):
    (policy,) = re.findall(r'add_header Content-Security-Policy "([^"]*)"', HOSTING.read_text())
    watched = visit()
    under(watched.page, policy)
    page = watched.open(LESSON)
    watched.ready()
    assert run(page) == ("", "0.6682")


def test_the_frame_of_the_lines_has_no_origin_and_no_page(visit):
    page, worker = workshop(visit)
    frame = page.locator("iframe")
    assert frame.get_attribute("sandbox") == "allow-scripts"
    assert worker.evaluate("self.origin") == "null"
    assert (
        frame.element_handle()
        .content_frame()
        .evaluate(
            "() => { try { return parent.document.title; } catch (error) { return error.name; } }"
        )
        == "SecurityError"
    )

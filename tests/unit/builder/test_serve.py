import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.builder import serve
from web.builder.report import BuildError
from web.builder.serve import EVENTS, Server
from web.builder.site import SINGLE_FILE

PAGE = b"<!doctype html><title>x</title><body><p>text</p></body>"


class Written:
    """A draft of two pages, of which one is not right yet."""

    def page(self, path: str) -> bytes | None:
        if path == "lesson/wrong/index.html":
            raise BuildError("en.md:3: there is no game <b>")
        return PAGE if path == "lesson/right/index.html" else None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A small site below /course/."""
    files = {
        "index.html": PAGE,
        "lesson/index.html": PAGE,
        "404.html": PAGE,
        "assets/boot.0123456789.mjs": b"run()",
        "assets/pyodide-0123456789/pyodide.asm.wasm": b"\0asm",
        "licenses/NumPy.txt": b"text",
    }
    for name, data in files.items():
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_bytes(data)
    (tmp_path / "secret.txt").write_bytes(b"secret")
    server = Server(0, "/course/", tmp_path / "site", Written())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def get(server: Server, path: str, method: str = "GET") -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.request(method, path)
    response = connection.getresponse()
    return response, response.read()


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("/course/", "text/html; charset=utf-8", "no-cache"),
        ("/course/lesson/", "text/html; charset=utf-8", "no-cache"),
        ("/course/licenses/NumPy.txt", "text/plain; charset=utf-8", "no-cache"),
        ("/course/assets/boot.0123456789.mjs", "text/javascript; charset=utf-8", "immutable"),
        ("/course/assets/pyodide-0123456789/pyodide.asm.wasm", "application/wasm", "immutable"),
    ],
)
def test_file_has_its_type_and_is_kept_as_long_as_its_name_allows(
    server: Server, path: str, kind: str, kept: str
) -> None:
    response, _ = get(server, path)
    assert response.status == 200
    assert response.headers["Content-Type"] == kind
    assert response.headers["Cache-Control"].endswith(kept)
    assert {name: response.headers[name] for name in serve.FOR_OTHERS} == serve.FOR_OTHERS


def test_pages_get_the_reloading_script_and_files_stay_as_they_are(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert b'src="/course/__reload.js"' in get(server, "/course/")[1]
    assert b'EventSource("/course/__events")' in get(server, "/course/__reload.js")[1]
    assert get(server, "/course/assets/boot.0123456789.mjs")[1] == b"run()"
    assert (server.folder / "index.html").read_bytes() == PAGE
    carried = server.folder / SINGLE_FILE
    carried.parent.mkdir()
    carried.write_bytes(PAGE)
    monkeypatch.setattr(serve, "build", lambda: server.folder)
    assert get(server, f"/course/{SINGLE_FILE}")[1] == PAGE, "it is to be carried elsewhere"


@pytest.mark.parametrize(
    "path",
    ["/", "/index.html", "/course/none", "/course/../secret.txt", "/course/%2e%2e/secret.txt"],
)
def test_what_is_not_in_the_site_is_not_found(server: Server, path: str) -> None:
    response, body = get(server, path)
    assert response.status == 404
    assert b"secret" not in body


def test_a_page_is_made_when_it_is_asked_for(server: Server) -> None:
    response, body = get(server, "/course/lesson/right/")
    assert response.status == 200
    assert body.startswith(PAGE.removesuffix(b"</body>"))
    assert b'id="live-reload"' in body
    assert get(server, "/course/lesson/right")[0].status == 301


def test_a_page_that_is_not_right_yet_says_what_is_wrong_and_reloads(server: Server) -> None:
    response, body = get(server, "/course/lesson/wrong/")
    assert response.status == 500
    assert b"en.md:3: there is no game &lt;b&gt;" in body
    assert b'id="live-reload"' in body


@pytest.mark.parametrize("path", ["/course", "/course/lesson"])
def test_folder_without_slash_is_redirected(server: Server, path: str) -> None:
    response, _ = get(server, path)
    assert (response.status, response.headers["Location"]) == (301, path + "/")


def test_head_sends_no_body(server: Server) -> None:
    response, body = get(server, "/course/licenses/NumPy.txt", "HEAD")
    assert (response.headers["Content-Length"], body) == ("4", b"")


def test_page_opened_after_a_failed_build_is_told_the_error_then_to_reload(server: Server) -> None:
    server.news.tell("line 3: no such game")
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.request("GET", server.base + EVENTS)
    stream = connection.getresponse()
    said = [stream.readline(), stream.readline()][0]
    assert json.loads(said.removeprefix(b"data: ")) == "line 3: no such game"
    server.news.tell(None)
    assert stream.readline() == b"data: null\n"


def test_pages_that_are_being_written_are_not_kept_offline(server: Server) -> None:
    (server.folder / "service-worker.js").write_text("keep everything")
    _, worker = get(server, "/course/service-worker.js")
    assert b"unregister" in worker
    _, page = get(server, "/course/")
    assert b'id="live-reload"' in page  # by which web/client/offline.js knows


def test_served_for_offline_use_everything_is_as_a_host_has_it(server: Server) -> None:
    (server.folder / "service-worker.js").write_text("keep everything")
    server.draft = None
    assert get(server, "/course/service-worker.js")[1] == b"keep everything"
    assert get(server, "/course/")[1] == PAGE

"""`serve`: the site on this machine, made anew on save, with pages that reload themselves.

Pages are made when they are asked for (draft.py), and the server puts the reloading script in.
Pages that are being written are not kept for use without a network, and what an earlier visit kept
is let go: the server answers for the service worker with one that takes itself away. `serve
--offline` builds the whole site into `dist/` on each save, and serves it as a host would.
"""

from __future__ import annotations

import html
import json
import queue
import re
import socket
import threading
import time
from collections.abc import Collection, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from watchfiles import DefaultFilter, watch

from web.builder import node
from web.builder.draft import DRAFT, Draft
from web.builder.offline import WORKER
from web.builder.paths import DIST, ROOT, WEB
from web.builder.precompile import Compiler
from web.builder.report import BuildError, fail, say
from web.builder.runtime import runtime_hash
from web.builder.site import SINGLE_FILE, build
from web.builder.sources import Packages

TYPES = {
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/octet-stream",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
HASHED = re.compile(r"[-.][0-9a-f]{10}(/|\.\w+$)")
"""A name that changes with the content (web/builder/shipment.py), so it may be kept forever."""

FOR_OTHERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""What lets other people's pages hold a game, whatever they themselves demand (docs/hosting.md)."""

EVENTS, RELOAD = "__events", "__reload.js"
TAG = '<script id="live-reload" src="%s"></script>'
SCRIPT = """new EventSource("%s").onmessage = ({data}) => {
  const error = JSON.parse(data);
  if (error === null) return location.reload();
  const box = document.querySelector("#build-error") ?? document.createElement("pre");
  Object.assign(box, {id: "build-error", textContent: error, role: "alert"});
  box.style = "position:fixed;inset:auto 0 0;z-index:99;margin:0;padding:1rem;max-height:60vh;" +
    "overflow:auto;background:#8c1d18;color:#fff;font:14px/1.4 monospace;white-space:pre-wrap";
  document.body.append(box);
};
"""

NONE = b"There is no such page."
WRONG = """<!doctype html><title>Not yet</title><body>
<pre style="padding:1rem;white-space:pre-wrap">%s</pre></body>"""

FAREWELL = """// The course is being written here: nothing is kept, and what was kept goes.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil((async () => {
  await caches.delete(`neuronauts-course:${new URL(self.registration.scope).pathname}`);
  await self.registration.unregister();
  for (const page of await self.clients.matchAll()) page.navigate(page.url);
})()));
"""

WATCHED = [ROOT / "pycore", ROOT / "games", ROOT / "course", WEB]
_SWAP_TIME = 0.2
_HEARTBEAT = 15.0


class News:
    """What the builder tells open pages: None to reload, or the text of an error."""

    def __init__(self) -> None:
        self.error: str | None = None
        self._listeners: set[queue.Queue[str | None]] = set()
        self._lock = threading.Lock()

    def tell(self, error: str | None) -> None:
        """Send an error, or None after a build that succeeded."""
        with self._lock:
            self.error = error
            for listener in self._listeners:
                listener.put(error)

    def listen(self) -> Iterator[str | float | None]:
        """Yield news as it comes, a standing error first, and a number when it was quiet long."""
        mine: queue.Queue[str | None] = queue.Queue()
        with self._lock:
            self._listeners.add(mine)
            if self.error is not None:
                mine.put(self.error)
        try:
            while True:
                try:
                    yield mine.get(timeout=_HEARTBEAT)
                except queue.Empty:
                    yield _HEARTBEAT
        finally:
            with self._lock:
                self._listeners.discard(mine)


class Server(ThreadingHTTPServer):
    """Serves a folder below `base` as a static host does.

    Args:
        port: 0 for any free one.
        base: the path below which the site lies, with slashes at both ends.
        folder: the site.
        draft: what makes the site's pages while they are written, and lets them reload themselves;
            they are then not kept for use without a network. Without it the folder is served.
    """

    daemon_threads = True

    def __init__(
        self, port: int, base: str = "/", folder: Path = DIST, draft: Draft | None = None
    ) -> None:
        self.base, self.folder, self.draft, self.news = base, folder, draft, News()
        self._whole = threading.Lock()
        super().__init__(("", port), _Handler)

    def find(self, path: str) -> tuple[bytes, str] | None:
        """Return what stands at a URL's path, and how its file's name ends; None: nothing does.

        Raises:
            BuildError: what is wrong with the page there.
        """
        inside = PurePosixPath("/" + unquote(path).removeprefix(self.base))
        if not unquote(path).startswith(self.base) or ".." in inside.parts or "\\" in path:
            return None
        inside = PurePosixPath(*inside.parts[1:])
        if path.endswith("/"):
            inside /= "index.html"
        if self.draft is not None:
            if str(inside) == WORKER:
                return FAREWELL.encode(), ".js"
            if (made := self.draft.page(str(inside))) is not None:
                return made, inside.suffix
            if str(inside) == SINGLE_FILE:
                with self._whole:
                    return (build() / inside).read_bytes(), inside.suffix
        file = self.folder / inside
        for _ in range(2):  # a finished build is swapped in: look again before giving up
            if file.is_file():
                return file.read_bytes(), file.suffix
            time.sleep(_SWAP_TIME)
        return None


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == self.server.base + EVENTS:
            return self._send_events()
        if path == self.server.base + RELOAD:
            script = SCRIPT % (self.server.base + EVENTS)
            return self._send(HTTPStatus.OK, script.encode(), ".js", "no-cache")
        try:
            found = self.server.find(path)
            if found is None and not path.endswith("/") and self.server.find(path + "/"):
                return self._redirect(path + "/")
            if found is None:
                body, _ = self.server.find(self.server.base + "404.html") or (NONE, "")
                return self._send(HTTPStatus.NOT_FOUND, body, ".html", "no-cache")
        except BuildError as error:
            body = (WRONG % html.escape(str(error))).encode()
            return self._send(HTTPStatus.INTERNAL_SERVER_ERROR, body, ".html", "no-store")
        body, suffix = found
        forever = HASHED.search(path) is not None
        kept = "public, max-age=31536000, immutable" if forever else "no-cache"
        return self._send(HTTPStatus.OK, body, suffix, kept)

    do_HEAD = do_GET  # noqa: N815 (the name is the base class's)

    def _send(self, status: HTTPStatus, body: bytes, suffix: str, kept: str) -> None:
        is_page = suffix == ".html" and not self.path.endswith(SINGLE_FILE)
        if is_page and self.server.draft is not None:
            tag = (TAG % html.escape(self.server.base + RELOAD)).encode()
            body = body.replace(b"</body>", tag + b"</body>")
        self.send_response(status)
        self.send_header("Content-Type", TYPES.get(suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", kept)
        for header, value in FOR_OTHERS.items():
            self.send_header(header, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _redirect(self, path: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send_events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        for news in self.server.news.listen():
            line = ":\n\n" if isinstance(news, float) else f"data: {json.dumps(news)}\n\n"
            self.wfile.write(line.encode())
            self.wfile.flush()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):  # the browser went away
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal is for the builds."""


class _Sources(DefaultFilter):
    """What a save of matters; the packages of npm are none of it."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, "node_modules")


def serve(port: int, base: str, *, live: bool = True) -> int:
    """Serve, and make anew on save what was saved, until interrupted.

    Args:
        port: where to listen.
        base: the path below which the site lies.
        live: pages are made when they are asked for, and reload themselves; else the whole site is
            built each time, and served as a host would.

    Raises:
        BuildError: the port is taken, or the first build cannot even begin.
    """
    base = "/" + base.strip("/") + "/" if base.strip("/") else "/"
    draft = Draft() if live else None
    try:
        server = Server(port, base, DRAFT if live else DIST, draft)
    except OSError as error:
        raise BuildError(f"port {port} cannot be used ({error.strerror}); choose --port") from None
    node.install_packages()
    with Compiler(runtime_hash(Packages())) as compiler:
        _renew(server, compiler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        compiler.start()
        say(f"\n  http://localhost:{server.server_port}{base}")
        if address := _lan_address():
            say(f"  http://{address}:{server.server_port}{base}   (this network: try a phone)")
        say("  Takes in what you save; Ctrl-C ends it.\n")
        try:
            for saved in watch(*WATCHED, watch_filter=_Sources(), debounce=200, step=50):
                _renew(server, compiler, {path for _, path in saved})
        except KeyboardInterrupt:
            say("")
        finally:
            server.shutdown()
            if draft is not None:
                draft.close()
    return 0


def _renew(server: Server, compiler: Compiler, saved: Collection[str] = ()) -> None:
    """Take in what was saved; what is wrong is told to terminal and pages, and ends nothing."""
    began = time.perf_counter()
    try:
        if server.draft is None:
            build(compiler)
        else:
            server.draft.renew(compiler, saved)
    except BuildError as error:
        fail(f"This is not right yet: {error}")
        server.news.tell(str(error))
    else:
        say(f"  ready in {time.perf_counter() - began:.1f} s")
        server.news.tell(None)


def _lan_address() -> str | None:
    """Return this machine's address in its network (no packet is sent to find it)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
            address: str = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address

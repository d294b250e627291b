"""A static host on this machine, serving as a good one does, at a speed that can be chosen."""

from __future__ import annotations

import hashlib
import http.server
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

import brotli  # type: ignore[import-untyped]

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
COMPRESSED = set(TYPES) - {".woff2"}
"""What hosts compress; to everything else they leave the compression it came with."""
CHUNK = 8192


@dataclass(frozen=True)
class Fetch:
    """One request that was answered.

    Attributes:
        path: below the root of the server.
        file: what was sent, whole or as "not modified".
        sent: bytes of the body on the wire.
    """

    path: str
    file: Path
    sent: int


class Line:
    """A connection of limited speed that all transfers share."""

    def __init__(self, bits_per_second: float) -> None:
        self.bits_per_second = bits_per_second
        self._free = 0.0
        self._lock = threading.Lock()

    def carry(self, size: int) -> None:
        """Wait as long as `size` bytes take behind everything that is already on the line."""
        with self._lock:
            self._free = max(time.monotonic(), self._free) + size * 8 / self.bits_per_second
            arrival = self._free
        time.sleep(max(0.0, arrival - time.monotonic()))


@dataclass
class Server:
    """Serves folders by the first part of the path.

    Attributes:
        folders: first part of the path → folder on disk.
        cached: keeps compressed files between runs.
        line: the shared connection, or None for full speed.
        fetches: every answer so far; clear it at will.
    """

    folders: dict[str, Path]
    cached: Path
    line: Line | None = None
    fetches: list[Fetch] = field(default_factory=list)

    def __post_init__(self) -> None:
        handler = type("Handler", (_Handler,), {"site": self})
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """The address of the root, with a slash at its end."""
        return f"http://127.0.0.1:{self._http.server_port}/"

    def close(self) -> None:
        """Stop serving."""
        self._http.shutdown()

    def prepare(self, name: str) -> None:
        """Compress all of one folder now, so that no visitor waits for it."""
        for file in sorted(self.folders[name].rglob("*")):
            if file.is_file():
                self.body(file)

    def find(self, path: str) -> Path | None:
        """Return the file on disk for a path, or None."""
        name, _, rest = unquote(urlsplit(path).path).lstrip("/").partition("/")
        if name not in self.folders:
            return None
        file = self.folders[name] / rest
        file = file / "index.html" if file.is_dir() else file
        return file if file.is_file() else None

    def body(self, file: Path) -> tuple[bytes, str]:
        """Return what goes over the wire for `file`, and its content encoding."""
        content = file.read_bytes()
        if file.suffix not in COMPRESSED:
            return content, ""
        return compressed(content, self.cached), "br"


def compressed(content: bytes, cached: Path) -> bytes:
    """Return `content` in Brotli's best compression, from the folder `cached` if it is there."""
    kept = cached / f"{hashlib.sha256(content).hexdigest()}.br"
    if not kept.exists():
        cached.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(brotli.compress(content, quality=11))
    return kept.read_bytes()


@cache
def _tag(file: Path, modified: int) -> str:
    return f'"{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}"'


class _Handler(http.server.BaseHTTPRequestHandler):
    site: Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # header and body in one packet
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        file = self.site.find(self.path)
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        tag = _tag(file, file.stat().st_mtime_ns)
        if self.headers["If-None-Match"] == tag:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self._describe(file, tag)
            self.end_headers()
            body = b""
        else:
            body, encoding = self.site.body(file)
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", TYPES.get(file.suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(body)))
            if encoding:
                self.send_header("Content-Encoding", encoding)
            self._describe(file, tag)
            self.end_headers()
            self._send(body)
        self.site.fetches.append(Fetch(self.path, file, len(body)))

    def _describe(self, file: Path, tag: str) -> None:
        forever = "assets" in file.parts or ("stock" in file.parts and file.suffix != ".html")
        age = "public, max-age=31536000, immutable" if forever else "no-cache"
        self.send_header("Cache-Control", age)
        self.send_header("ETag", tag)

    def _send(self, body: bytes) -> None:
        if (line := self.site.line) is None:
            self.wfile.write(body)
            return
        for start in range(0, len(body), CHUNK):
            chunk = body[start : start + CHUNK]
            line.carry(len(chunk))
            self.wfile.write(chunk)
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing: the bench prints its own progress."""

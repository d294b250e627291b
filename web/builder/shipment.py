"""What will be in `dist/`: URLs, named by a hash of the content, and contents. Knows no content."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath

from web.builder.pack import squeeze

_MAPPED = b"//# sourceMappingURL="
_SOURCE_MAP = re.compile(rb"\n?%s\S+\s*$" % _MAPPED)


class Shipment:
    """The files of the site, gathered before any of them is written.

    Attributes:
        files: URL relative to the root of the site → content.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def plain(self, url: str, data: bytes) -> str:
        """Ship a file under just this name; return its URL."""
        self.files[url] = _without_source_map(url, data)
        return url

    def hashed(self, url: str, data: bytes) -> str:
        """Ship a file under a name that changes with its content; return the URL."""
        data = _without_source_map(url, data)
        path = PurePosixPath(url)
        return self.plain(
            str(path.with_name(f"{path.stem}.{fingerprint(data)}{path.suffix}")), data
        )

    def squeezed(self, url: str, data: bytes) -> str:
        """Ship a file gzipped, under a name that changes with its content; return the URL."""
        return self.hashed(url, _squeezed(data))

    def folder(self, url: str, files: Mapping[str, bytes]) -> str:
        """Ship files that name each other, in a folder named by all their contents; return its URL.

        Args:
            url: what the folder is called, without a slash at its end.
            files: relative path → content.
        """
        files = {name: _without_source_map(name, data) for name, data in files.items()}
        whole = "".join(f"{name} {fingerprint(files[name])}\n" for name in sorted(files))
        base = f"{url}-{fingerprint(whole.encode())}/"
        for name, data in files.items():
            self.plain(base + name, data)
        return base

    def size(self, url: str) -> int:
        """Return the length of a shipped file, in bytes."""
        return len(self.files[url])

    @property
    def version(self) -> str:
        """A hash over all names and contents."""
        lines = [f"{url} {fingerprint(data)}\n" for url, data in sorted(self.files.items())]
        return fingerprint("".join(lines).encode())

    def write(self, out: Path) -> None:
        """Write every file below the folder `out`."""
        for url, data in self.files.items():
            target = out / url
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


def fingerprint(data: bytes) -> str:
    """Return ten letters and digits that stand for `data` in a file's name."""
    return hashlib.sha256(data).hexdigest()[:10]


def swap(made: Path, place: Path) -> None:
    """Put the finished folder `made` where `place` is; there is never a half-written one."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    made.rename(place)
    shutil.rmtree(old, ignore_errors=True)


@lru_cache(maxsize=4)
def _squeezed(data: bytes) -> bytes:
    return squeeze(data)


def _without_source_map(name: str, data: bytes) -> bytes:
    """Cut the comment that sends developer tools after a source map: none is shipped."""
    begins = data.rfind(_MAPPED) - 1 if name.endswith((".js", ".mjs", ".css")) else -1
    return data if begins < 0 else data[:begins] + _SOURCE_MAP.sub(b"\n", data[begins:])

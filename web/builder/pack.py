"""Packs a tree of files into one: for Pyodide's file system, and as a zip for people.

A pack is four bytes (the index's length, little-endian), the index as JSON
`[[directory, [[name, length], …]], …]`, and the files' bytes in the index's order;
`web/client/boot.mjs` unpacks it into Pyodide's file system.
"""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

PRESSED = frozenset({".bin", ".gz", ".npz", ".png", ".whl", ".woff2", ".zip"})
"""Files that are compressed already."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time that every file in a zip bears, so that the same files make the same zip."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the pack of `files`, a mapping from relative path to content; the order is fixed."""
    folders: dict[str, list[str]] = {}
    for path in sorted(files):
        parent = str(PurePosixPath(path).parent)
        folders.setdefault("" if parent == "." else parent, []).append(path)
    index = [
        [folder, [[PurePosixPath(path).name, len(files[path])] for path in paths]]
        for folder, paths in folders.items()
    ]
    head = json.dumps(index, separators=(",", ":")).encode()
    body = b"".join(files[path] for paths in folders.values() for path in paths)
    return len(head).to_bytes(4, "little") + head + body


def squeeze(data: bytes) -> bytes:
    """Gzip `data` as small as it gets, the same bytes every time."""
    return gzip.compress(data, compresslevel=9, mtime=0)


def write_zip(target: Path, files: Mapping[str, bytes]) -> Path:
    """Write `files` (relative path → content) as a zip, the same bytes every time; return it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for path, data in sorted(files.items()):
            entry = zipfile.ZipInfo(path, LONG_AGO)
            pressed = PurePosixPath(path).suffix in PRESSED
            entry.compress_type = zipfile.ZIP_STORED if pressed else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return target

"""Packs a tree of files into one: what `web/client/boot.mjs` unpacks into Pyodide's file system.

A pack is four bytes (the index's length, little-endian), the index as JSON
`[[directory, [[name, length], …]], …]`, and the files' bytes in the index's order.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import PurePosixPath


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

"""Keeping the course on the learner's device: the service worker and its table of every file.

Written last, over the finished folder, so that the table holds what is really shipped:

    service-worker.js   web/client/service-worker.mjs with the table in it: a version of the course
    offline.json        how much it will keep, for a page that asks first

Kept unasked is what every page needs, and what the learner opens, track by track: with one page
of a track come its games and its other pages, those of the guided way; with a page of another of
the course's tracks those beside it. The whole course is kept on the learner's word.

Of Pyodide's files that ship twice, as published and gzipped, the table names the gzipped one; the
service worker answers for both. What only the stock start fetches when the fast one has failed is
not kept, nor are downloads and what other sites read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from games.words import language
from web.builder.assets import Runtime
from web.builder.feeds import FEED, SITEMAP
from web.builder.paths import WEB
from web.builder.report import BuildError
from web.builder.runtime import TRACKS
from web.builder.scripts import filled, with_words

WORKER, SIZES = "service-worker.js", "offline.json"
SOURCE = WEB / "client" / "service-worker.mjs"
FOR_OTHERS = ("download/", "og/", "oembed/", FEED, SITEMAP)
"""Files, and folders of files, that no page of the course shows."""
LATER = re.compile(r"(assets/(tracks|trained)|frame|play|reference)/|lesson/.+/")
"""Opens the paths of what is kept once it was opened."""
PAGES = ("lesson/", "play/")
"""Where the pages of tracks are."""
SHEET = re.compile(rf"assets/{TRACKS}(\w+)\.[0-9a-f]+\.css")
"""The styles of a track's games."""
PACK = re.compile(rb'data-pack="([^"]+)"')
"""Where a placed game says in which file its track's Python lies."""


def write_service_worker(
    site: Path, runtime: Runtime, courses: Mapping[str, str]
) -> dict[str, Any]:
    """Write the service worker for the finished folder `site`; return the table in it.

    Args:
        site: the folder.
        runtime: what starts Python.
        courses: the pages of the articles, each with the course's track it is of, in their order.

    Raises:
        BuildError: the service worker has no place for the table, or the runtime names a file that
            is not there.
    """
    made = table(site, runtime, courses)
    source = SOURCE.read_text("utf-8")
    text = filled(source, json.dumps(made, separators=(",", ":")))
    (site / WORKER).write_text(with_words(text, language()), "utf-8")
    sizes = {
        "bytes": sum(made["files"][path][1] for path in made["always"]),
        "whole": sum(size for _, size in made["files"].values()),
    }
    (site / SIZES).write_text(json.dumps(sizes), "utf-8")
    return made


def table(site: Path, runtime: Runtime, courses: Mapping[str, str]) -> dict[str, Any]:
    """Return what the service worker must know of the files below `site`.

    `files` is path → SHA-256 of the content in hexadecimal digits, and bytes. `always` names those
    that are kept from the first visit on, `tracks` what comes with each track. `direct` names the
    files that a browser's own cache should answer for when it can: path → the path of what is kept
    for it, and the SHA-256 of what is asked for. Where both paths differ, the kept one is gzipped.

    Raises:
        BuildError: the runtime names a file that is not there.
    """
    elsewhere = {*runtime.published, *runtime.last_resort, WORKER, SIZES}
    files = {
        path: (_hash(site / path), (site / path).stat().st_size)
        for path in sorted(file.relative_to(site).as_posix() for file in site.rglob("*"))
        if (site / path).is_file() and "/." not in f"/{path}" and not path.startswith(FOR_OTHERS)
        if path not in elsewhere
    }
    direct = {**runtime.published, **({runtime.probe: runtime.probe} if runtime.probe else {})}
    for path in (*direct, *direct.values(), *runtime.last_resort):
        if not (site / path).is_file():
            raise BuildError(f"the runtime names {path}, which is not there")
    return {
        "files": files,
        "always": [path for path in files if not LATER.match(path)],
        "tracks": _tracks(site, runtime, courses, list(files)),
        "direct": {path: (kept, _hash(site / path)) for path, kept in direct.items()},
    }


def _tracks(
    site: Path, runtime: Runtime, courses: Mapping[str, str], files: Sequence[str]
) -> dict[str, list[str]]:
    """Return the files of each track: its games' Python, their styles, and its pages.

    A page is of the track that more than half of its games are of; with it comes what its other
    games need. The track's own Python is the first file: by it the service worker knows which
    tracks a page names. Articles outside of the guided way stand apart, those of one of the
    course's tracks together: they come when one of them is opened.
    """
    tracks = {pack: track for track, pack in runtime.tracks.items()}
    needed = {track: [pack] for track, pack in runtime.tracks.items()}
    for path in files:
        if (sheet := SHEET.fullmatch(path)) and sheet[1] in needed:
            needed[sheet[1]].append(path)
    found = {track: dict.fromkeys(own) for track, own in needed.items()}
    guided = next(iter(courses.values()), "")
    for path in files:
        if path.startswith(PAGES) and path.endswith(".html"):
            named = Counter(
                tracks[pack.decode()] for pack in PACK.findall((site / path).read_bytes())
            )
            for track, games in named.most_common(1):
                if 2 * games > named.total():
                    course = courses.get(path, guided)
                    together = track if course == guided else f"{course}: {track}"
                    more = [file for other in named for file in needed[other]]
                    found.setdefault(together, {}).update(dict.fromkeys([path, *more]))
    return {track: list(own) for track, own in found.items()}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

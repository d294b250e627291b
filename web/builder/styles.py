"""The style sheets of games, track by track, wherever they lie. It reads none and knows no page."""

from __future__ import annotations

from pathlib import Path

from games import SHARED
from web.builder.paths import ROOT


def track_sheets(root: Path = ROOT) -> dict[str, list[Path]]:
    """Return the sheets of each track that has some: the track's own, then those of its games."""
    own = {path.stem: [path] for path in sorted((root / "web/styles/games").glob("*.css"))}
    for folder in sorted((root / "games").glob("*")):
        if folder.is_dir() and folder.name not in SHARED:
            own[folder.name] = [*own.get(folder.name, []), *sorted(folder.rglob("*.css"))]
    return {track: sheets for track, sheets in sorted(own.items()) if sheets}

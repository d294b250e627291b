"""oEmbed: what a page that is given a game's link needs to know to show the game.

oembed/<game>.json, one static file for each game (https://oembed.com, version 1.0, type "rich").
The game's page names it in a link of its head. Consumers resolve nothing, so the addresses in it
are whole where the site's own is known (`build.py build --address`), and relative to it elsewhere.
"""

from __future__ import annotations

import html
import json
from typing import Any

from games import Game
from web.builder.heights import WIDTHS, heights_of
from web.builder.pictures import HEIGHT, WIDTH, picture_of

FRAME_WIDTH = WIDTHS[-1]
"""Of the frame in pixels."""


def oembed_of(game: Game) -> str:
    """The URL of a game's file, from the root of the site."""
    return f"oembed/{game.slug}.json"


def oembed(game: Game, address: str) -> str:
    """The JSON of a game; `address` is that of the site, with a slash at its end."""
    root = address or "../"
    source = html.escape(f"{root}frame/{game.slug}/")
    height = heights_of(game)[FRAME_WIDTH]
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": game.title,
        "provider_name": "Neuronauts",
        "provider_url": root,
        "width": FRAME_WIDTH,
        "height": height,
        "html": f'<iframe src="{source}" width="{FRAME_WIDTH}" height="{height}" '
        f'style="max-width:100%;border:0" loading="lazy" allow="fullscreen" '
        f'title="{html.escape(game.title)}"></iframe>',
        "thumbnail_url": root + picture_of(game),
        "thumbnail_width": WIDTH,
        "thumbnail_height": HEIGHT,
    }
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"

"""Pictures of games that need no script: SVG with the games' own HTML and styles in it.

play/<game>/thumb.svg         the picture of a game a few moves in, for a list of games
play/<game>/thumb.svg#play    … and once how it came to that
frame/<game>/first.svg        its head and first frame, for a page that shows it before it is there

Neither loads anything. It knows no page.
"""

from __future__ import annotations

import re
from functools import cache

from markupsafe import escape

from games import Game, load
from games.run import Run
from games.ui.node import VOID, Node, to_html
from web.builder.articles import alone
from web.builder.paths import WEB
from web.builder.styles import track_sheets

STYLES = WEB / "styles"
FIRST_PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" id="dark" width="100%" height="100%">
<style>{css}
:root {{ color-scheme: light }} :root:target {{ color-scheme: dark }}</style>
<foreignObject width="100%" height="100%">
<body xmlns="http://www.w3.org/1999/xhtml" class="frame"><section class="game">
<div class="game-head"><h1 class="game-title">{title}</h1><p class="game-how">{how}</p></div>
<div class="game-stage" data-stage="">{view}</div>
</section></body>
</foreignObject>
</svg>
"""
WIDTH, HEIGHT, MARGIN = 400, 280, 16
"""Of a thumbnail, in its own units."""
THUMB = f"""\
<svg xmlns="http://www.w3.org/2000/svg" id="play" viewBox="0 0 {WIDTH} {HEIGHT}">
<style>{{css}}
:root {{{{ color-scheme: light dark }}}}
body {{{{ display: grid; place-items: center; width: {WIDTH}px; height: {HEIGHT}px; margin: 0;
background: none; overflow: hidden }}}}
body > div {{{{ grid-area: 1 / 1; width: {{width:.0f}}px; visibility: hidden }}}}
body > div:last-child {{{{ visibility: visible }}}}
@media (prefers-reduced-motion: no-preference) {{{{
:root:target body > div {{{{ animation: {{seconds}}s step-end seen;
animation-delay: calc(var(--i) * {{seconds}}s) }}}}
:root:target body > div:last-child {{{{ animation: {{whole}}s step-end awaited }}}}
@keyframes seen {{{{ 0% {{{{ visibility: visible }}}} 100% {{{{ visibility: hidden }}}} }}}}
@keyframes awaited {{{{ 0% {{{{ visibility: hidden }}}} 100% {{{{ visibility: visible }}}} }}}}
}}}}</style>
<foreignObject width="{WIDTH}" height="{HEIGHT}">
<body xmlns="http://www.w3.org/1999/xhtml">{{frames}}</body>
</foreignObject>
</svg>
"""
FRAMES, SECONDS = 6, 0.5
"""Of a thumbnail that shows how it came about: so many at most, each for so long."""
MOVES, TICKS = 16, 150
"""How far a thumbnail's game has been played: the first moves of its solution, and after each of
them so many ticks at most."""
LEAST = 100
"""Drawings narrower than this are marks, no pictures."""


def first_picture(slug: str) -> str:
    """The SVG of a game's head and first frame.

    The frame's own HTML and styles stand in it, so it is laid out at whatever width it is shown, in
    the theme that the address asks for: `first.svg`, or `first.svg#dark`.
    """
    game = load(slug)
    return FIRST_PICTURE.format(
        css=_styles(game, "tokens", "base", "site", "kit", "frame"),
        title=escape(game.title),
        how=escape(game.how),
        view=_as_xml(to_html(alone(game).run().view())),
    )


def thumbnail(slug: str) -> str:
    """The SVG of a game's largest picture a few moves in, in the theme of the page around it.

    The pictures on the way there lie below it, and are shown once where the address asks for it.
    """
    game = load(slug)
    pictures = [_largest(view) for view in _on_the_way(alone(game).run())]
    _, width, height = pictures[-1]
    room = min(WIDTH - 2 * MARGIN, (HEIGHT - 2 * MARGIN) * width / height)
    frames = (
        f'<div style="--i: {i}">{_as_xml(to_html(picture))}</div>'
        for i, (picture, _, _) in enumerate(pictures)
    )
    return THUMB.format(
        css=_styles(game, "tokens", "base", "kit"),
        width=room,
        frames="".join(frames),
        seconds=SECONDS,
        whole=SECONDS * (len(pictures) - 1),
    )


def _on_the_way(run: Run) -> list[Node]:
    """Views of a run that begins its solution, evenly spaced; the last is where it came to."""
    kept, stride = [run.view()], 1
    for n, _ in enumerate(run.beginning(MOVES, TICKS), start=1):
        if n % stride == 0:
            kept.append(run.view())
        if len(kept) >= 2 * FRAMES:
            kept, stride = kept[::2], 2 * stride
    places = range(0, len(kept), -(-len(kept) // (FRAMES - 1)))
    return [*(kept[place] for place in places), run.view()]


def _largest(view: Node) -> tuple[Node, float, float]:
    """The largest drawing on the stage with the pixels behind it, and its size; or all of it."""
    view = next((node for node in view.walk() if "data-picture" in node.attributes), view)
    found: list[tuple[Node, float, float]] = []
    for node in view.walk():
        children = [child for child in node.children if isinstance(child, Node)]
        drawings = [child for child in children if child.tag == "svg"]
        sizes = [_size(drawing) for drawing in drawings]
        width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0.0, 0.0))
        if width >= LEAST:
            whole = all(child.tag == "svg" or child.picture for child in children)
            picture = node if whole else drawings[sizes.index((width, height))]
            found.append((picture, width, height))
    whole_view = (view, float(WIDTH), float(HEIGHT))
    return max(found, key=lambda one: one[1] * one[2], default=whole_view)


def _size(drawing: Node) -> tuple[float, float]:
    *_, width, height = map(float, drawing.attributes.get("viewBox", "0 0 0 0").split())
    return width, height


def _styles(game: Game, *names: str) -> str:
    """These sheets and those of the game's track, without comments, fonts and empty space."""
    sheets = [STYLES / f"{name}.css" for name in names]
    sheets += track_sheets().get(game.track, [])
    return "".join(_lean(sheet.read_text("utf-8")) for sheet in sheets)


@cache
def _lean(css: str) -> str:
    css = re.sub(r"/\*.*?\*/|@font-face\s*\{[^}]*\}", "", css, flags=re.DOTALL)
    return str(escape(re.sub(r"\s+", " ", css)))


def _as_xml(html: str) -> str:
    """HTML of `to_html` as XML: void elements closed, drawings in their namespace."""
    closed = re.sub(rf"<({'|'.join(VOID)})\b([^>]*)>", r"<\1\2/>", html)
    return closed.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')

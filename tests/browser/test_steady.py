"""Nothing on the page moves by itself while a game runs, in the site's letters and in wider ones.

A layout shift is seen only if the browser draws at the wrong moment. So every game plays its
solution here, and its frames are laid out one after the other and compared: a text that grows by a
line between two ticks is found each time. In answer to the learner things may move, but not what
was pressed: not every browser scrolls along to keep it under the finger.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from games import discover
from games.run import Run
from games.ui.node import Node, to_html
from tests.browser.test_play import SMALLER

LETTERS = """async () => {
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
    for (const rule of rules) {
        if (rule instanceof CSSFontFaceRule) rule.style.setProperty('font-display', 'block');
    }
    await Promise.all([...document.fonts].map((font) => font.load()));
}"""
"""Have the site's letters come, however late: a page would do without."""
WIDER = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { letter-spacing: 0.01em !important }');
    document.adoptedStyleSheets.push(sheet);
}"""
"""A little wider, as the letters are that stand in for those that come late."""
MEASURE = """frames => {
    const game = document.querySelector('[data-game]');
    const stage = game.querySelector('[data-stage]');
    const tools = game.querySelector('.game-tools');
    return frames.map(([html, names]) => {
        stage.innerHTML = html;
        const {left, top} = stage.getBoundingClientRect();
        const place = (e) => {
            const box = e.getBoundingClientRect();
            return [Math.round(box.left - left), Math.round(box.top - top)];
        };
        const places = {tools: place(tools)};
        const made = [...stage.querySelectorAll('*')].filter((e) => !e.matches('.pixels *'));
        made.forEach((e, i) => {
            if (e.ownerSVGElement || !e.offsetParent && !e.getClientRects().length) return;
            if (getComputedStyle(e).display === 'inline') return;
            places[names[i]] = place(e);
        });
        return places;
    });
}"""


def runs(
    slug: str, params: dict[str, str], hear: Callable[[Run], object] = id
) -> Iterator[list[Node]]:
    """Frames of each stretch that runs by itself: the first ones, later ever fewer, the last.

    `hear` is given the run after each of them.
    """
    run = Run(slug, 1, params)

    def stretch() -> list[Node]:
        frames, ticks = [run.view()], 0
        while run.tick():
            ticks += 1
            if ticks < 8 or ticks & (ticks - 1) == 0 or ticks % 64 == 0:
                frames.append(run.view())
        if ticks:
            frames.append(run.view())
        hear(run)
        return frames

    yield stretch()
    for message in run.game.module.solution(run.state):
        run.send(message)
        yield stretch()


def names(view: Node) -> list[str]:
    """For every element of a frame, in the order of the page, a name that it keeps."""
    found = []

    def walk(node: Node, path: str) -> None:
        seen: dict[str, int] = {}
        for child in node.children:
            if isinstance(child, Node):
                name = f"{child.tag}{'' if child.key is None else f'#{child.key}'}"
                seen[name] = seen.get(name, 0) + 1
                found.append(f"{path}/{name}[{seen[name]}]")
                walk(child, found[-1])

    found.append(view.tag)
    walk(view, view.tag)
    return found


@pytest.mark.in_turns
@pytest.mark.parametrize("slug", sorted(discover()))
def test_nothing_moves_while_a_game_runs(visit, slug):
    query = SMALLER.get(slug, "").removeprefix("?")
    every = runs(slug, dict(pair.split("=") for pair in query.split("&") if pair))
    stretches = [[(to_html(f), names(f)) for f in frames] for frames in every if len(frames) > 1]
    if not stretches:
        return  # nothing runs by itself here, so there is nothing to lay out
    page = visit(scripts=False, again=True).open(f"play/{slug}/")
    page.evaluate(LETTERS)
    assert moved(page, stretches, (390, 1440))[:10] == []
    page.evaluate(WIDER)
    assert moved(page, stretches, (390, 1440))[:10] == [], "in wider letters"


def moved(page: Page, stretches: list[list[Any]], widths: Iterable[int]) -> list[str]:
    """Lay out the frames of each stretch, one after the other; what is not where it was."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        for frames in stretches:
            places = page.evaluate(MEASURE, frames)
            for before, after in itertools.pairwise(places):
                found += [
                    f"{width} px: {name} {before[name]} → {place}"
                    for name, place in after.items()
                    if name in before
                    and max(abs(a - b) for a, b in zip(place, before[name], strict=True)) > 2
                ]
    return found


HALF_READ = """() => {
    const stage = document.querySelector('.shell-stage');
    const place = () => {
        const {left, top, width} = stage.getBoundingClientRect();
        return [left, top, width].map(Math.round);
    };
    const whole = place();
    for (let e = stage; e !== document.body; e = e.parentElement) {
        while (e.nextSibling) e.nextSibling.remove();
    }
    return [whole, place()];
}"""
"""Where the stage is, and where it is for a browser that has read the page up to its end."""


@pytest.mark.in_turns
@pytest.mark.parametrize("slug", sorted(discover()))
def test_a_page_that_is_half_read_is_laid_out_as_the_whole(visit, slug):
    page = visit(scripts=False, again=True).open(f"play/{slug}/")
    whole, half = page.evaluate(HALF_READ)
    assert half == whole


PRESSED = (
    *(("boss-quiz", ("answer", option)) for option in range(4)),
    ("optimizer-race", ("surface", "network")),
    ("tune-the-neuron", ("gate", "XOR")),
    ("train-a-brain", ("data", "moons")),
    ("train-a-brain", ("layers", 2)),
    ("train-a-brain", ("feature", "x1-squared")),
    ("train-a-brain", ("units", 1, 3)),
)
"""Controls whose answer takes more room than what was there, or less."""


@pytest.mark.rarely
def test_a_control_does_not_move_when_it_is_pressed(visit):
    for slug, message in PRESSED:
        page = visit(scripts=False, again=True).open(f"play/{slug}/")
        page.evaluate(LETTERS)
        run = Run(slug, 1)
        before = run.view()
        (name,) = (
            name
            for node, name in zip(before.walk(), names(before), strict=True)
            if node.tag == "button" and node.messages().get("click") == message
        )
        run.send(message)
        frames = [[to_html(view), names(view)] for view in (before, run.view())]
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            was, now = page.evaluate(MEASURE, frames)
            assert now[name] == pytest.approx(was[name], abs=2), (slug, message, width)

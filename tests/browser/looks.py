"""What every page that has come alive is held to: it fits its window, and anyone can use it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import ROOT
from tests.browser.player import Player

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
SETTLED = """() => Promise.allSettled(
    document.getAnimations()
        .filter(({effect}) => Number.isFinite(effect.getComputedTiming().endTime))
        .map((animation) => animation.finished)
)"""
"""What is on its way, a colour or a sheet that rises, has a contrast of its own."""


PANELS = """() => {
    const tools = document.querySelectorAll('[data-tool="numbers"], [data-tool="share"]');
    for (const tool of tools) if (tool.getAttribute('aria-expanded') === 'false') tool.click();
}"""
UNFOLD = "for (const folded of document.querySelectorAll('main details')) folded.open = true"
"""Menus too, which the press of a tool in them closes."""
OPEN = """[...document.querySelectorAll('[data-numbers], [data-share]')]
    .every((panel) => !panel.hidden && panel.childElementCount > 0)"""


def looks_well_unfolded(page: Page) -> None:
    """The same, of a page that can be played, with everything open that opens."""
    page.evaluate(UNFOLD)
    page.evaluate(PANELS)
    page.wait_for_function(OPEN)
    page.evaluate(UNFOLD)
    looks_well(page)


def looks_well(page: Page) -> None:
    """Nothing scrolls sideways, and axe finds nothing to complain of."""
    page.evaluate("document.fonts.ready")
    scroller = "document.scrollingElement"
    too_wide = page.evaluate(f"{scroller}.scrollWidth - {scroller}.clientWidth")
    assert too_wide <= 0, "scrolls sideways"
    page.evaluate(SETTLED)
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then((result) => result.violations)")
    assert [(v["id"], [node["html"][:150] for node in v["nodes"]]) for v in found] == []


SEEN = """(game, what) => {
    const boxes = [...game.querySelectorAll(what)].map((part) => part.getBoundingClientRect());
    const bar = document.querySelector('.top')?.getBoundingClientRect().bottom ?? 0;
    const sheet = document.querySelector('[data-result]:not([hidden])')?.getBoundingClientRect();
    const below = sheet && boxes.some((box) => box.right > sheet.left && box.left < sheet.right)
        ? sheet.top : innerHeight;
    const part = ({top, bottom}) =>
        Math.max(0, Math.min(bottom, below) - Math.max(top, bar)) / (bottom - top);
    return boxes.length ? Math.min(...boxes.map(part)) : 0;
}"""
"""How much of the height of a part of the game is to be seen, 0 to 1."""
PRESSED = """document.activeElement.closest('[data-go]') !== null
    && !document.querySelector('[data-result]:not([hidden])')"""
"""The one thing to do was just done; after a win the sheet takes its place."""
STILL = """() => new Promise((go) => {
    let last = -1, calm = 0;
    const look = () => {
        calm = scrollY === last ? calm + 1 : 0;
        last = scrollY;
        calm > 3 ? go() : requestAnimationFrame(look);
    };
    look();
})"""
"""The page has come to rest after it scrolled."""


def is_in_reach(page: Page, player: Player, message: object) -> None:
    """What was pressed, if it is the one thing to do, is in sight, and most of the picture too."""
    if page.evaluate(PRESSED):
        assert _seen(player, "[data-go]") > 0.9, f"{message}: the button"
        assert _seen(player, "[data-picture]") >= 0.6, f"{message}: the picture"


def ends_in_sight(page: Page, player: Player) -> None:
    """The verdict comes to be in sight, and most of the picture; a win may have to scroll there."""
    for what, least in (("[data-picture]", 0.6), ("[data-verdict]", 0.9)):
        shows = f"([game, what, least]) => ({SEEN})(game, what) >= least"
        page.wait_for_function(shows, arg=[player.box.element_handle(), what, least], timeout=5000)
    page.evaluate(STILL)
    assert _seen(player, "[data-picture]") >= 0.6, "the picture at the verdict"
    assert _seen(player, "[data-verdict]") > 0.9, "the verdict"


def _seen(player: Player, what: str) -> float:
    """How much of a part of the game is in sight, 0 to 1."""
    return float(player.box.evaluate(SEEN, what))

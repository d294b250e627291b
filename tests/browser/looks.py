"""What every page that has come alive is held to: it fits its window, and anyone can use it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import ROOT

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
SETTLED = """() => Promise.allSettled(
    document.getAnimations()
        .filter(({effect}) => Number.isFinite(effect.getComputedTiming().endTime))
        .map((animation) => animation.finished)
)"""
"""What is on its way, a colour or a sheet that rises, has a contrast of its own."""


PANELS = """() => {
    for (const folded of document.querySelectorAll('main details')) folded.open = true;
    const tools = document.querySelectorAll('[data-tool="numbers"], [data-tool="share"]');
    for (const tool of tools) if (tool.getAttribute('aria-expanded') === 'false') tool.click();
}"""
OPEN = """[...document.querySelectorAll('[data-numbers], [data-share]')]
    .every((panel) => !panel.hidden && panel.childElementCount > 0)"""


def looks_well_unfolded(page: Page) -> None:
    """The same, of a page that can be played, with everything open that opens."""
    page.evaluate(PANELS)
    page.wait_for_function(OPEN)
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

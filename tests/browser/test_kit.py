"""The kit's pieces on a page of their own: how they look, and what pointer and keyboard send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from games.concepts import runs
from games.moves import Dial, Pick, Place, Press, Text, moves
from games.ui import (
    controls,
    fields,
    graphs,
    inputs,
    panes,
    pipelines,
    plots,
    sequences,
    tensors,
    widgets,
)
from games.ui.landscapes import Block, landscape
from games.ui.node import Node, h, to_html
from tests.browser.conftest import DIST
from tests.browser.looks import looks_well

MAY = moves(
    draw=Place(Dial(0, 7), Dial(0, 7)),
    pen=Place(Dial(0, 7), Dial(0, 7)),
    spot=Place(Dial(-2, 2, 0.01), Dial(-2, 2, 0.01)),
    lean=Dial(-2, 2, 0.01),
    at=Dial(0, 200),
    play=Press(),
    look=Dial(0, 9),
    tab=Pick("loss", "weights", "slope"),
    code=Text(500),
).on(None)
AXES = plots.Axes((-2, 2), (-2, 2))
Shown = Callable[[], list[Node]]
WORDS = ("king", "queen", "man", "woman")


def part(name: str, text: str, around: int = 0) -> pipelines.Part:
    """A stage of the pipeline."""
    return pipelines.Part(name, text, text, around)


def pieces() -> list[Node]:
    """One of each."""
    rng = np.random.default_rng(0)
    bowl = landscape(AXES, lambda p: (p**2).sum(axis=1), [0.5, 1, 2, 4], cells=40)
    block = Block(bowl, rise=0.1)
    sea = fields.field(AXES, lambda p: np.tanh(p[:, 0]), contours=(0.0,))
    yes, no = graphs.Branch("yes", edge="yes", value=1), graphs.Branch("no", edge="no", value=-1)
    names = {"loss": "Loss", "weights": "Weights", "slope": "Slope"}
    small = plots.Axes((0, 1), (0, 1), 200, 150)
    return [
        inputs.pad("a digit", np.eye(8), MAY.draw, at=(2, 3), pen=MAY.pen),
        inputs.scrubber("step", 12, MAY.at, play=MAY.play),
        inputs.code_field("rule", "w - 0.1 * g", MAY.code, error="line 1 is not whole"),
        inputs.text_field("a text", "One fish.", MAY.code),
        tensors.heat_table("W", rng.normal(size=(3, 4)), rows=list("abc"), columns=list("pqrs")),
        tensors.heat_table("A", rng.random((16, 16)), "ink"),
        tensors.tensor_strip("state h", rng.normal(size=32)),
        tensors.feature_maps("maps", rng.random((5, 6, 6)), chosen=1, offer=MAY.look),
        graphs.graph("four", [(0, 0), (1, 0), (1, 1)], [(0, 1), (1, 2)], offer=MAY.look, chosen=1),
        graphs.tree("a decision", graphs.Branch("x > 2", (no, yes))),
        sequences.tokens(
            "a sentence", WORDS, values=[1, -1, 0.5, 0], arcs=[(3, 0, 0.7), (3, 1, 0.3)],
            offer=MAY.look,
        ),
        sequences.columns(
            "a tensor", list("the cat s"), rng.normal(size=(9, 32)), chosen=8,
            looks=[("head 1", rng.dirichlet(np.ones(9))), ("head 2", rng.dirichlet(np.ones(9)))],
        ),
        pipelines.pipeline(
            "the way",
            [
                pipelines.Lane((part("loss", "Embed"),), begin="the cat s"),
                pipelines.Lane((part("weights", "LayerNorm"), part("slope", "+", 1)), "block 1"),
            ],
            chosen="weights", offer=MAY.tab, outcome=pipelines.Outcome("i", "won", (("i", 0.8),)),
        ),
        controls.tile(MAY.look(3), "x₃ = 0.5", pressed=True, name="weight x₃ = 0.5"),
        panes.tabs("views", names, "weights", MAY.tab, h("p", "inside")),
        panes.small_multiples(
            *[(f"η = {rate}", plots.plot(small, label=f"η {rate}")) for rate in (1, 2, 3)]
        ),
        plots.plot(
            AXES,
            plots.labelled(AXES, rng.normal(size=(4, 2)), WORDS, classes=[0, 1, 2, 7]),
            label="words",
        ),
        plots.plot(AXES, bowl.layers, label="a bowl"),
        block.view(block.track([(-1, 1), (0, 0)], "run-2"), label="a bowl in space"),
        runs.lanes("a race", ("one", "two", "three"), (1, 0.4, 0), ("0.1", "2", "–"), first=0),
        plots.plot(AXES, sea.lines, label="a sea", heat=sea.heat),
    ]  # fmt: skip


def dragged() -> list[Node]:
    """One of each that is dragged."""
    return [
        inputs.pad("a digit", np.eye(8), MAY.draw, pen=MAY.pen),
        *[
            plots.plot(AXES, piece, label="a plane")
            for piece in (
                controls.handle("spot", AXES, 0.0, 0.0, MAY.spot, said="0, 0"),
                controls.handle("lean", AXES, 0.0, 0.0, MAY.lean, said="0", along="x"),
                controls.surface(AXES, MAY.spot, key="plane"),
            )
        ],
    ]


def page_of(pieces: list[Node]) -> str:
    names = ("tokens", "base", "site", "kit")
    sheets = (next(DIST.glob(f"assets/{name}.*.css")).name for name in names)
    links = "".join(f'<link rel="stylesheet" href="assets/{name}">' for name in sheets)
    (events,) = DIST.glob("assets/client-*/events.js")
    script = (
        f"import {{listen}} from './{events.relative_to(DIST)}';"
        "window.sent = []; listen((game, message, replaces) => sent.push([...message, replaces]));"
        "window.listening = true;"
    )
    stage = to_html(widgets.panel(pieces))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>the kit</title>{links}'
        "<style>main{padding:1rem}</style><body><main><h1>The kit</h1>"
        f'<section class="game" data-game="kit"><div data-stage>{stage}</div></section></main>'
        f'<script type="module">{script}</script>'
    )


@pytest.fixture
def kit(visit, site) -> Iterator[Any]:
    """Opens the page of pieces in a window of that size and theme."""

    def opened(
        width: int = 1440, theme: str = "light", shown: Shown = pieces, **media: str
    ) -> Page:
        page = visit(width, 900).page
        page.route("**/kit.html", lambda route: route.fulfill(body=page_of(shown())))
        page.emulate_media(color_scheme=theme, **media)
        page.goto(f"{site}kit.html")
        page.wait_for_function("window.listening")
        return page

    return opened


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_piece_fits_and_can_be_used_by_anyone(kit, width, theme):
    looks_well(kit(width, theme))


def test_in_forced_colours_and_still_everything_is_there(kit):
    page = kit(390, forced_colors="active", reduced_motion="reduce")
    digits = page.locator(".heat.roomy td > span").first
    assert digits.evaluate("e => getComputedStyle(e).opacity") == "1"
    band = page.locator(".token-band").first
    assert band.evaluate("e => getComputedStyle(e).forcedColorAdjust") == "none"


def sent(page: Page) -> list[Any]:
    return page.evaluate("sent.splice(0)")


def test_a_pen_draws_in_every_cell_it_passes_and_arrow_keys_beside_the_last_or_lifted(kit):
    page = kit()
    box = page.locator(".pad-surface").bounding_box()
    cell = box["width"] / 8
    page.mouse.move(box["x"] + cell / 2, box["y"] + cell / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 3.5 * cell, box["y"] + cell / 2)
    page.mouse.up()
    assert sent(page) == [["draw", column, 0, False] for column in range(4)]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert sent(page) == [["draw", 2, 4, False], ["draw", 3, 3, False]]
    page.keyboard.press("Shift+ArrowRight")
    assert sent(page) == [["pen", 3, 3, False]]


def test_digits_show_where_one_points_and_all_of_them_in_focus(kit):
    page = kit(reduced_motion="reduce")
    cells = page.locator(".heat.roomy td > span")
    seen = "spans => spans.map((span) => getComputedStyle(span).opacity)"
    assert set(cells.evaluate_all(seen)) == {"0"}
    page.locator(".heat.roomy tbody td").nth(5).hover()
    assert [i for i, o in enumerate(cells.evaluate_all(seen)) if o == "1"] == [5]
    page.locator(".code-field textarea").last.focus()
    page.keyboard.press("Tab")
    assert set(cells.evaluate_all(seen)) == {"1"}


def test_arrow_keys_go_from_tab_to_tab_and_enter_opens_one(kit):
    page = kit()
    page.get_by_role("tab", name="Weights").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert sent(page) == [["tab", "slope", False]]
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Slope").evaluate("e => e === document.activeElement")


def test_nodes_maps_and_tokens_are_buttons(kit):
    page = kit()
    for place in (".graph-node", "button.map", "button.token"):
        page.locator(place).nth(2).focus()
        page.keyboard.press("Enter")
        assert sent(page) == [["look", 2, False]]


def test_time_is_scrubbed_by_its_range_and_its_buttons(kit):
    page = kit()
    page.get_by_role("slider", name="step").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="One back").click()
    page.get_by_role("button", name="Play").click()
    assert sent(page) == [["at", 13, True], ["at", 11, False], ["play", False]]


SWALLOW = """(kinds) => {
    const swallow = (event) => event.stopImmediatePropagation();
    for (const kind of kinds) addEventListener(kind, swallow, true);
}"""
UNHEARD = {
    "the button": ["pointerup"],
    "all of it": ["pointerup", "lostpointercapture"],
}


@pytest.mark.parametrize("unheard", UNHEARD)
@pytest.mark.parametrize("place", range(4), ids=["pad", "handle", "handle-along-x", "plane"])
def test_what_was_let_go_does_not_stick_to_the_pointer(kit, place, unheard):
    """Though whatever is around the game swallows the news of it."""
    page = kit(shown=dragged)
    page.evaluate(SWALLOW, UNHEARD[unheard])
    piece = page.locator("[data-on*=drag]").nth(place)
    piece.scroll_into_view_if_needed()
    box = piece.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y)
    assert len(sent(page)) > 1
    page.mouse.up()
    for step in range(1, 4):
        page.mouse.move(x - 20 * step, y - 5)
    assert sent(page) == []


def test_a_second_finger_moves_nothing_that_the_first_one_drags(kit):
    page = kit(shown=dragged)
    piece = page.locator("[data-on*=spot]").first
    piece.scroll_into_view_if_needed()
    box = piece.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    sent(page)
    page.evaluate(
        "([x, y]) => document.dispatchEvent(new PointerEvent("
        "'pointermove', {pointerId: 77, buttons: 1, clientX: x, clientY: y, bubbles: true}))",
        [x + 50, y],
    )
    assert sent(page) == []
    page.mouse.move(x + 30, y)
    assert len(sent(page)) == 1

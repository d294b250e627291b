"""Plays a game in the browser as a person would: finds the control for a message and works it.

The same messages go to a run in this Python, which knows what the page must show afterwards.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from difflib import ndiff
from typing import Any

from playwright.sync_api import Locator, Page, TimeoutError

from games.run import Run
from games.ui.node import PLACED, Node
from tests.browser.conftest import ANY, Watched

STEPS = 8
"""Moves of a finger that drags: enough for a browser to take it for scrolling, where it may."""
FRAME = "new Promise((go) => requestAnimationFrame(() => go(scrollY)))"
"""The next frame, and where the page has been scrolled to by then."""

HURRY = """(hurried) => {
    const before = 'hurried' in self;
    self.hurried = hurried;
    if (before) return;
    const now = performance.now.bind(performance);
    let ahead = 0;
    let told = false;
    performance.now = () => {
        if (self.hurried && !told) {
            told = true;
            ahead += 250;
            setTimeout(() => (told = false));
        }
        return now() + ahead;
    };
}"""
"""Each frame a quarter of a second later than the last, which is all that the host makes up for;
within a frame the clock runs true."""


def hurry(page: Page, hurried: bool = True) -> None:
    """Set the clock by which games are animated on this page ahead from frame to frame, or not."""
    for worker in page.workers:
        if "keeper" not in worker.url:  # it prepares the next visit, and ends when it is done
            worker.evaluate(HURRY, hurried)


def at_play(watched: Watched, address: str, hand: str = "mouse") -> Player:
    """Who plays the game at `play/…` or `frame/…`, once it is ready; its page may move."""
    watched.shift_allowed = ANY
    page = watched.open(address)
    watched.ready()
    return Player(page, address.split("/")[1], hand)


class Player:
    """A run here and its twin on the page.

    Args:
        page: shows the game, ready.
        slug: the game.
        hand: "mouse", "keyboard" or "touch".
    """

    def __init__(self, page: Page, slug: str, hand: str) -> None:
        self.page, self.hand = page, hand
        self.box = page.locator(f'[data-game="{slug}"]').first
        data: dict[str, Any] = self.box.evaluate("game => ({...game.dataset})")
        query = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
        query.pop("seed", None)
        params = {**json.loads(data["params"]), **query}
        self.twin = Run(slug, int(data["seed"]), params)
        while self.twin.tick():  # what runs by itself from the start
            pass

    def win(self, look: Callable[[tuple[Any, ...]], object] = id) -> None:
        """Play the game's own solution to its end; `look` is given each move once it is made."""
        for move in self.twin.game.module.solution(self.twin.state):
            message = tuple(move)
            self.do(message)
            look(message)

    def do(self, message: tuple[Any, ...]) -> None:
        """Work the control that sends `message`, then wait until page and twin agree."""
        control, event = self._control(message)
        if event == "click":
            self._press(control)
        elif event == "point":
            self._point(control)
        elif event in PLACED:
            self._drag(control, message)
        elif event == "change":
            self._enter(control, str(message[-1]))
        else:
            self._slide(control, message[-1])
        self.twin.send(message)
        while self.twin.tick():
            pass
        self.agree()

    def agree(self) -> None:
        """Wait until the page shows exactly the twin's text and control values."""
        expected = " ".join(texts(self.twin.view()))
        try:
            self.page.wait_for_function(
                """([game, expected]) => {
                    const texts = [];
                    const walker = document.createTreeWalker(
                        game.querySelector('[data-stage]'), NodeFilter.SHOW_TEXT);
                    while (walker.nextNode()) {
                        const {data, parentElement} = walker.currentNode;
                        // the page names sections, the game does not know their titles
                        if (!parentElement.matches('[data-section]')) texts.push(data);
                    }
                    game.texts = texts.join(' ');
                    return game.texts === expected;
                }""",
                arg=[self.box.element_handle(), expected],
                timeout=120_000,
                polling=100,
            )
        except TimeoutError:
            shown = self.box.evaluate("game => game.texts")
            told = "\n".join(ndiff(expected.split(), shown.split()))
            raise AssertionError(f"the page shows other texts than its twin:\n{told}") from None
        shown, score = self.box.get_attribute("data-score"), self.twin.score()
        if score is None:
            assert not shown
        else:
            assert abs(float(shown or "nan") - score) < 1e-6

    # --- finding ----------------------------------------------------------------------------------

    def _control(self, message: tuple[Any, ...]) -> tuple[Locator, str]:
        """The control that sends `message`; a button before a shape of a picture that does too."""
        found: list[tuple[Node, str]] = []
        for node in self.twin.view().walk():
            for event, sends in node.messages().items():
                whole = event in ("click", "point") and sends == message
                open_end = event in ("input", "change") and sends == message[:-1]
                dragged = event in PLACED and sends == message[: -len(directions(node))]
                if whole or open_end or dragged:
                    found.append((node, event))
        assert found, f"the page offers no control for {message}"
        native = ("button", "input", "select", "textarea")
        node, event = min(found, key=lambda pair: pair[0].tag not in native)
        selector = json.dumps(node.attributes["data-on"])
        return self.box.locator(f"{node.tag}[data-on={selector}]").first, event

    # --- working ----------------------------------------------------------------------------------

    def _press(self, control: Locator) -> None:
        if self.hand == "keyboard":
            self._tab_to(control)
            self.page.keyboard.press("Enter")
        elif self.hand == "touch":
            control.tap()
        else:
            control.click()

    def _point(self, control: Locator) -> None:
        if self.hand == "keyboard":
            self._tab_to(control)
        elif self.hand == "touch":
            control.tap()
        else:
            control.hover()

    def _slide(self, control: Locator, value: float) -> None:
        """Bring a range to `value`: roughly by pointer, exactly by arrow keys."""
        if values := control.get_attribute("data-values"):
            value = json.loads(values).index(value)
        low, high, step = (float(control.get_attribute(n) or 0) for n in ("min", "max", "step"))
        if self.hand == "keyboard":
            self._tab_to(control)
            if control.get_attribute("data-unsaid") is not None:
                self.page.keyboard.press("Enter")
        else:
            control.scroll_into_view_if_needed()
            box = control.bounding_box()
            assert box
            thumb = 16
            across = thumb / 2 + (box["width"] - thumb) * (value - low) / (high - low)
            position = {"x": across, "y": box["height"] / 2}
            if self.hand == "touch":
                control.tap(position=position)  # type: ignore[arg-type]
            else:
                control.click(position=position)  # type: ignore[arg-type]
        for _ in range(20):
            steps = round((value - float(control.input_value())) / step)
            if not steps:
                break
            for _ in range(abs(steps)):
                self.page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")

    def _drag(self, control: Locator, message: tuple[Any, ...]) -> None:
        """Bring a handle to a place in its picture, by pointer or by arrow keys."""
        ways = json.loads(control.get_attribute("data-map") or "{}")
        named = [name for name in "xy" if ways[name]]
        goal = dict(zip(named, message[-len(named) :], strict=True))
        if self.hand == "keyboard":
            self._tab_to(control)
            if control.get_attribute("data-every") is not None:  # a pen that draws on its way
                beside = goal["x"] - 1 if goal["x"] else goal["x"] + 1
                self._go_by_keys(control, ways, goal | {"x": beside}, "Shift+")
            self._go_by_keys(control, ways, goal)
            return
        control.scroll_into_view_if_needed()
        inks = control.get_attribute("data-every") is not None  # wherever it is pressed
        here = self._at(control) if control.get_attribute("data-at") and not inks else goal
        start, end = control.evaluate(
            """(handle, places) => {
                const toScreen = handle.ownerSVGElement.getScreenCTM();
                return places.map(([x, y]) => new DOMPoint(x, y).matrixTransform(toScreen))
                    .map((p) => ({x: p.x, y: p.y}));
            }""",
            [self._spot(control, ways, here), self._spot(control, ways, here | goal)],
        )
        if self.hand == "touch":
            self._swipe(start, end)
        else:
            self.page.mouse.move(**start)
            self.page.mouse.down()
            self.page.mouse.move(**end)
            self.page.mouse.up()

    def _go_by_keys(
        self, control: Locator, ways: dict[str, Any], goal: dict[str, float], held: str = ""
    ) -> None:
        """Bring a handle that has the focus to a place by arrow keys, another held or not."""
        for name in goal:
            _, _, low, high, *_, step = ways[name]
            keys = ("ArrowLeft", "ArrowRight") if name == "x" else ("ArrowDown", "ArrowUp")
            if low > high:  # an axis that runs the other way
                keys = keys[::-1]
            while abs((now := self._at(control)[name]) - goal[name]) > (step or 1e-9) / 2:
                before = control.get_attribute("data-at")
                self.page.keyboard.press(held + keys[now < goal[name]])
                self.page.wait_for_function(
                    "([handle, before]) => handle.dataset.at !== before",
                    arg=[control.element_handle(), before],
                )

    def _at(self, control: Locator) -> dict[str, float]:
        """Where a handle stands, in the data's units."""
        return dict(
            zip("xy", map(float, (control.get_attribute("data-at") or "").split()), strict=True)
        )

    def _spot(self, control: Locator, ways: dict[str, Any], place: dict[str, float]) -> list[float]:
        """The picture's coordinates of a place in the data; a handle's own where it cannot move."""
        spot = []
        for name in "xy":
            if ways[name]:
                start, end, low, high, log, *_ = ways[name]
                value = place[name]
                if log:
                    share = math.log(value / low) / math.log(high / low)
                else:
                    share = (value - low) / (high - low)
                spot.append(start + share * (end - start))
            else:
                spot.append(
                    control.evaluate(
                        "(handle, y) => {"
                        " const box = handle.getBBox();"
                        " return y ? box.y + box.height / 2 : box.x + box.width / 2; }",
                        name == "y",
                    )
                )
        return spot

    def _swipe(self, start: dict[str, float], end: dict[str, float]) -> None:
        """Move a finger in steps, as a hand does; what it drags must not scroll the page too."""
        before = self.page.evaluate("scrollY")
        touch = self.page.context.new_cdp_session(self.page)

        def finger(kind: str, *points: dict[str, float]) -> None:
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

        finger("touchStart", start)
        for step in range(1, STEPS + 1):
            share = step / STEPS
            finger("touchMove", {at: start[at] + share * (end[at] - start[at]) for at in start})
            self.page.evaluate(FRAME)
        finger("touchEnd")
        touch.detach()
        assert self.page.evaluate(FRAME) == before, "the page was scrolled by what was dragged"

    def _enter(self, control: Locator, text: str) -> None:
        """Choose an option of a select by its value, or type and leave the field."""
        if self.hand == "keyboard":
            self._tab_to(control)
        if control.evaluate("control => control.localName") == "select":
            control.select_option(text)
        else:
            control.fill(text)
            control.blur()

    def _tab_to(self, control: Locator) -> None:
        """Reach the control with the Tab key alone."""
        target = control.element_handle()
        for _ in range(400):
            if self.page.evaluate("target => document.activeElement === target", target):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("the Tab key never reaches the control")


def directions(node: Node) -> list[str]:
    """In which directions a handle moves: so many numbers a drag adds to its message."""
    ways = json.loads(node.attributes.get("data-map", "{}"))
    return [name for name in "xy" if ways.get(name)]


def texts(node: Node) -> list[str]:
    """Every piece of text below `node`, in order: what a walk over the page's text nodes gives."""
    found: list[str] = []
    for child in node.children:
        if isinstance(child, str):
            found.append(child)
        else:
            found += texts(child)
    return found

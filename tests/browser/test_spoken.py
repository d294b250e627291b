"""What a screen reader is told while a game runs: now and then how it stands, and the result."""

from itertools import pairwise

import pytest

from games.run import Run
from tests.browser.conftest import ANY, READY
from tests.browser.test_strangers import GIVE

LISTEN = """
window.spoken = [];
const LIVE = 'output, [aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]';
new MutationObserver((changes) => {
    for (const { target } of changes) {
        const live = (target.nodeType === 1 ? target : target.parentElement)?.closest(LIVE);
        if (live?.closest('[data-game]')) spoken.push([performance.now(), live.textContent]);
    }
}).observe(document.body, { subtree: true, childList: true, characterData: true });
0;
"""
EVERY, SLACK = 5000, 50
CALM = 800


@pytest.mark.parametrize("slug", ["init-race", "train-a-brain"])
def test_a_running_game_is_told_of_seldom_and_at_its_end(visit, slug):
    watched = visit()
    watched.shift_allowed = ANY
    page = watched.open(f"play/{slug}/")
    watched.ready()
    page.wait_for_timeout(2 * CALM)
    page.evaluate(LISTEN)
    game = page.locator("[data-game]").element_handle()
    twin = Run(slug, int(game.get_attribute("data-seed")))
    for message in twin.game.module.solution(twin.state):
        page.evaluate(GIVE, [game, list(message)])
        twin.send(message)
        if twin.tick():  # it runs
            break
    page.wait_for_function("spoken.length", timeout=READY)
    page.wait_for_timeout(12_000)
    spoken = page.evaluate("spoken")
    times = [time for time, _ in spoken]
    apart = [later - sooner for sooner, later in pairwise(times)]
    assert all(gap >= EVERY - SLACK for gap in apart[:-1]), spoken  # the last may be the result
    assert len(spoken) <= 4
    assert page.locator("[data-game] output").count() == 0
    assert page.locator("[data-game] [aria-live]").count() == 1

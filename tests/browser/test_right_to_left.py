"""Numbers on a page that is written from right to left stand as they do in any other."""

import pytest

from games import discover
from tests.browser.conftest import ANY

TURNED = r"""() => {
    document.documentElement.dir = 'rtl';
    const turned = [];
    const stage = document.querySelector('[data-stage]');
    const walker = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walker.nextNode()) {
        const { data, parentElement } = walker.currentNode;
        const isNumber = /\d/.test(data) && !/\p{L}/u.test(data);
        if (!isNumber || parentElement.matches('option, textarea')) continue;
        const places = [...data].map((_, i) => {
            range.setStart(walker.currentNode, i);
            range.setEnd(walker.currentNode, i + 1);
            return range.getClientRects()[0];
        });
        for (let i = 1; i < places.length; i += 1) {
            const [a, b] = [places[i - 1], places[i]];
            if (a && b && a.top === b.top && a.left > b.left + 0.5) turned.push(data);
        }
    }
    return turned;
}"""


@pytest.mark.in_turns
@pytest.mark.parametrize("slug", sorted(discover()))
def test_numbers_keep_their_order(visit, slug):
    watched = visit(stay="turned")
    watched.shift_allowed = ANY
    page = watched.open(f"play/{slug}/")
    assert page.evaluate(TURNED) == []
    page.evaluate("document.documentElement.dir = ''")

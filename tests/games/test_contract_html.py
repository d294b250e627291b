"""Every game's picture survives the page: as HTML a browser parses back, and patch by patch."""

import json

import numpy as np
import pytest

from games import discover
from games.run import Run
from games.ui.node import diff, same
from tests import dom
from tests.games.player import LONG, lowest, wander

pytestmark = [
    pytest.mark.in_turns,
    pytest.mark.slow,
    pytest.mark.parametrize("slug", sorted(discover())),
]


def test_html_parses_back_to_the_very_same_tree(slug):
    run = Run(slug, 0)
    assert dom.page_of(run.view()) == dom.expected(run.view())
    for seed in range(3):
        run = Run(slug, seed, lowest(slug))
        for _ in wander(run, np.random.default_rng(seed)):
            view = run.view()
            assert dom.page_of(view) == dom.expected(view)


def test_patches_lead_to_what_the_html_would_show(slug):
    for seed in range(6):
        run = Run(slug, seed, lowest(slug))
        view = run.view()
        page = dom.page_of(view)
        for _ in wander(run, np.random.default_rng(seed), moves=LONG):
            new = run.view()
            buffers = []
            assert same(view, new)
            patch = diff(view, new, buffers)
            if patch is not None:
                dom.apply(page, json.loads(json.dumps(patch)), buffers)
            assert page == dom.expected(new)
            view = new
        assert page == dom.page_of(view)


def test_keys_are_unique_among_siblings(slug):
    run = Run(slug, 0, lowest(slug))
    for _ in wander(run, np.random.default_rng(0)):
        for node in run.view().walk():
            keys = [
                (child.tag, child.key)
                for child in node.children
                if not isinstance(child, str) and child.key is not None
            ]
            assert len(keys) == len(set(keys)), keys


def test_the_root_stays_the_same_element(slug):
    run = Run(slug, 0, lowest(slug))
    first = run.view()
    for _ in wander(run, np.random.default_rng(0)):
        assert same(first, run.view())

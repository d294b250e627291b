"""Links stay valid: those that earlier releases made open, and come to what they came to."""

import json

import numpy as np
import pytest

from games import link
from tests.links.make import HERE, figures

LINKS = [
    pytest.param(made, id=f"{path.stem}-{slug}-{place}")
    for path in sorted(HERE.glob("v*.json"))
    for slug, runs in json.loads(path.read_text("utf-8")).items()
    for place, made in enumerate(runs)
]


def test_every_format_has_its_links():
    assert {path.stem for path in HERE.glob("v*.json")} == {
        f"v{number}" for number in range(1, link.FORMAT + 1)
    }


@pytest.mark.parametrize("made", LINKS)
def test_a_link_made_earlier_comes_to_the_same(made):
    run = link.replayed(made["run"])
    score = run.score()
    assert (None if score is None else round(score, 6)) == made["score"]
    found = np.array(figures(run))
    for number in made["shows"]:
        assert np.isclose(found, number, rtol=1e-5, atol=0).any(), number

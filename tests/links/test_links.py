"""Links stay valid: those that earlier releases made open, and come to what they came to."""

import json

import pytest

from games import link
from tests.links.make import HERE, facts

LINKS = [
    pytest.param(made, id=f"{path.stem}-{slug}")
    for path in sorted(HERE.glob("v*.json"))
    for slug, made in json.loads(path.read_text("utf-8")).items()
]


def test_every_format_has_its_links():
    assert {path.stem for path in HERE.glob("v*.json")} == {
        f"v{number}" for number in range(1, link.FORMAT + 1)
    }


@pytest.mark.parametrize("made", LINKS)
def test_a_link_made_earlier_comes_to_the_same(made):
    expected = {name: value for name, value in made.items() if name != "run"}
    assert facts(link.replayed(made["run"])) == expected

"""Links stay valid: those that earlier releases made open, and come to what they came to."""

import base64
import contextlib
import itertools
import json
import math
import zlib

import numpy as np
import pytest

from games import MessageError, ParamError, link
from games.editions import EditionError
from games.run import Run
from tests.links.make import HERE, figures

LINKS = [
    pytest.param(made, id=f"{path.stem}-{slug}-{place}")
    for path in sorted(HERE.glob("v*.json"))
    for slug, runs in json.loads(path.read_text("utf-8")).items()
    for place, made in enumerate(runs)
]

ROUNDED = {"the-bottleneck": 1e-3}
"""Trained in float32, whose last digits differ from processor to processor: by so much of the
largest number, after the longest of these runs (1.5e-4 between kernels of OpenBLAS)."""


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
    slack = ROUNDED.get(run.game.slug, 0) * max(map(abs, made["shows"]), default=0)
    for number in made["shows"]:
        assert np.isclose(found, number, rtol=1e-5, atol=slack).any(), number


OLD = {
    f"{path.stem}-{slug}": [link.decode(made["run"]) for made in runs]
    for path in sorted(HERE.glob("v*.json"))
    for slug, runs in json.loads(path.read_text("utf-8")).items()
}
HOSTILE = (math.inf, math.nan, None, [], {}, [[1]], "x", -1, 1e308, 2**70)
KNOWN = (EditionError, link.LinkError, MessageError, ParamError)
"""What may be wrong with a link, by the docstring of `replayed`."""


@pytest.mark.parametrize("name", sorted(OLD))
def test_whatever_an_old_link_claims_is_refused_in_words(name):
    first = {
        message[0]: (old, message)
        for old in OLD[name]
        for message in old["log"]
        if isinstance(message, list) and message[1:]
    }
    for (old, (move, *values)), bad in itertools.product(first.values(), HOSTILE):
        for part in range(len(values)):
            message = [move, *values[:part], bad, *values[part + 1 :]]
            with contextlib.suppress(*KNOWN):
                link.replayed(written({**old, "log": [message]}))


def written(whole):
    """The text of a run that nobody has played."""
    pack = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = pack.compress(json.dumps(whole).encode()) + pack.flush()
    return f"2.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def test_a_link_that_claims_to_go_on_for_ever_is_refused(monkeypatch):
    monkeypatch.setattr(link, "STEPS", 50)
    run = Run("change-its-mind", 1)
    text = link.encode(run)
    assert link.replayed(text).log == []
    for _ in range(60):
        assert run.tick()
    with pytest.raises(link.LinkError, match="longer than 50 moves and ticks"):
        link.replayed(link.encode(run))

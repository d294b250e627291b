"""What README, the map and the engine promise: samples run and say the same; the map is short."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pycore

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
WORDS_A_MINUTE = 250
SAMPLES = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_readmes_game_and_network_run(capsys) -> None:
    said = []
    for sample in SAMPLES:
        exec(sample, {})
        said.append(capsys.readouterr().out)
    game, network = said
    assert game.strip()
    *summary, probability, judged = network.strip().splitlines()
    assert summary[-1].split()[-1] == "105"
    assert float(probability.rsplit("[[")[-1].strip("]")) > 0.99
    loss, right = map(float, judged.split()[1::2])
    assert loss < 0.01
    assert right == 1


def test_the_engines_own_sample_is_the_readmes() -> None:
    assert pycore.__doc__ is not None
    assert SAMPLES[1] in textwrap.dedent(re.sub(r"^(?! {4}).+$", "", pycore.__doc__, flags=re.M))


def test_the_map_is_read_in_five_minutes() -> None:
    prose = re.sub(
        r"^```.*?^```", "", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), flags=re.M | re.S
    )
    assert len(prose.split()) <= 5 * WORDS_A_MINUTE

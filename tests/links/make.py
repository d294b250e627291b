"""Writes down links of every game as this release makes them; what is written is never made anew.

    python -m tests.links.make        adds to tests/links/v<format>.json the games that it lacks

Later releases must open them and come to the same score and the same numbers. Of each game there is
a run of its own solution and a few in which a blind player tried every control.
"""

import json
from pathlib import Path

import numpy as np

from games import discover, link
from games.run import Run
from tests.games.player import lowest, wander

HERE = Path(__file__).parent
SEED = 7
MOVES, TICKS = 12, 150
"""A link holds at most so many moves, and after each of them so many ticks."""
WANDERERS = (101, 102, 103, 104)
"""Their seeds; every second one plays the game with its parameters at their lowest."""
SHOWN = 24
"""How many of the numbers that the moves have brought about are written down."""


def played(slug):
    """The beginning of the game's own solution."""
    run = Run(slug, SEED)
    run.begin_solution(MOVES, TICKS)
    return run


def wandered(slug, seed):
    """A run of somebody who tries everything."""
    run = Run(slug, seed, lowest(slug) if seed % 2 else {})
    for _ in wander(run, np.random.default_rng(seed), MOVES):
        pass
    return run


def figures(run):
    """Every finite number behind the picture, to seven digits."""
    values = np.concatenate([np.ravel(table).astype(float) for table in run.numbers().values()])
    return [float(f"{value:.7g}") for value in values[np.isfinite(values)]]


def shown(run):
    """The numbers that were not there at the start, evenly taken from first to last."""
    start = set(figures(Run(run.game.slug, run.seed, run.params)))
    new = [value for value in dict.fromkeys(figures(run)) if value not in start]
    places = np.unique(np.linspace(0, len(new) - 1, SHOWN).round().astype(int)) if new else []
    return [new[place] for place in places]


def facts(run):
    """What a link must come to: the score, and numbers that its moves have brought about."""
    score = run.score()
    return {"score": None if score is None else round(score, 6), "shows": shown(run)}


def written(made):
    """The file's text, a line a run."""
    games = []
    for slug in sorted(made):
        runs = ",\n".join(f"  {json.dumps(run, ensure_ascii=False)}" for run in made[slug])
        games.append(f" {json.dumps(slug)}: [\n{runs}\n ]")
    return "{\n" + ",\n".join(games) + "\n}\n"


def main():
    path = HERE / f"v{link.FORMAT}.json"
    made = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for slug in sorted(discover().keys() - made.keys()):
        runs = [played(slug), *(wandered(slug, seed) for seed in WANDERERS)]
        made[slug] = [{"run": link.encode(run), **facts(run)} for run in runs]
    path.write_text(written(made), "utf-8")


if __name__ == "__main__":
    main()

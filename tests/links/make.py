"""Writes down a link of every game as this release makes them; what is written is never made anew.

    python -m tests.links.make        adds to tests/links/v<format>.json the games that it lacks

Later releases must open them and come to the same score and the same numbers.
"""

import json
import re
from pathlib import Path

from games import discover, link
from games.run import Run

HERE = Path(__file__).parent
SEED = 7
MOVES, TICKS = 12, 150
"""A link holds at most so many moves, and after each of them so many ticks."""
NUMBER = re.compile(r"−?\d+(?:\.\d+)?")


def played(slug):
    """The beginning of the game's own solution."""
    run = Run(slug, SEED)
    for moves, message in enumerate(run.game.module.solution(run.state)):
        if moves == MOVES:
            break
        run.send(message)
        for _ in range(TICKS):
            if not run.tick():
                break
    return run


def facts(run):
    """What a link must come to: the score, and the numbers that a screen reader is told."""
    score = run.score()
    said = NUMBER.findall(run.describe())
    return {"score": None if score is None else round(score, 6), "said": said}


def main():
    path = HERE / f"v{link.FORMAT}.json"
    made = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for slug in sorted(discover().keys() - made.keys()):
        run = played(slug)
        made[slug] = {"run": link.encode(run), **facts(run)}
    path.write_text(json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()

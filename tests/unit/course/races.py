"""Runs the races that Level 2 counts: `python -m tests.unit.course.races` prints its table.

Sixty races take a while, so the table stands in the level's `values.py`, and a test runs some anew.
"""

from games.run import Run

SEEDS = range(60)
RACES = (("deep", 8), ("deep", 3), ("shallow", 8), ("shallow", 3))


def winner(seed: int, depth: str, limit: int) -> str:
    """Who has the lower loss at the end: L, the start that is too large, or b, the balanced one.

    It is z where the balanced one has, and even the zeros have a lower one than what is too large.
    """
    run = Run("init-race", seed, {"depth": depth, "limit": limit})
    run.send(["guess", "zero-large-balanced"])  # a race begins with one
    run.send(["train"])
    while run.tick():
        pass
    zero, large, balanced = (runner.now.loss for runner in run.state.runners)
    return "L" if large < balanced else "z" if large > zero + 1e-6 else "b"


if __name__ == "__main__":
    for depth, limit in RACES:
        print(f'    "{depth}-{limit}": "{"".join(winner(s, depth, limit) for s in SEEDS)}",')

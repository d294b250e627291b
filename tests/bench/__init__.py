"""Measures the built site against its budgets, beside what else one could use.

`budgets` is the table of promises. `boot`, `transfer`, `steps`, `frames` and `memory` find the
figures for it; `harness` gives them a browser and fair turns, `server` a host, `stock` the page to
compare with, `play` a hand on the controls. `nets/` holds the networks that the engine's training
step is compared with, one module each. Run it with `python build.py bench`.
"""

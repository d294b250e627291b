"""Looking at one neuron: which one a tap or an arrow key means, and its weights' places in θ."""

from __future__ import annotations

import numpy as np

from games.backpropagation._brain import answers, panels, pictures
from games.backpropagation._brain.state import State
from games.ui.node import Node, h

NUDGE = 1.0
"""How far an arrow key moves from the middle of a unit, in viewBox units."""


def touch(state: State, x: float, y: float) -> None:
    """Choose the unit, or the incoming weight, nearest to a place; arrow keys go to the next."""
    sizes = state.session.plan.sizes
    spots = pictures.layout(sizes)
    column, unit = state.neuron or (1, 0)
    dx, dy = x - round(spots.across[column], 2), y - round(spots.up[column][unit], 2)
    if abs(abs(dx) + abs(dy) - NUDGE) < 0.02 and min(abs(dx), abs(dy)) < 0.02:
        if abs(dx) > abs(dy):
            column = min(max(column + (1 if dx > 0 else -1), 1), len(sizes) - 1)
            unit = min(unit, sizes[column] - 1)
        else:
            unit = min(max(unit + (1 if dy > 0 else -1), 0), sizes[column] - 1)
        state.neuron, state.weight = (column, unit), 0
        return
    near, which = spots.nearest(x, y)
    on_unit = abs(x - spots.across[near]) <= spots.size[near] / 2 + 4
    if state.neuron is not None and not on_unit:
        left, right = spots.across[column - 1], spots.across[column]
        if left < x < right:  # a line into the unit looked at: which one passes nearest?
            share = (x - left) / (right - left)
            share = share * share * (3 - 2 * share)
            ends = np.array(spots.up[column - 1])
            heights = ends + share * (spots.up[column][unit] - ends)
            state.weight = int(np.abs(heights - y).argmin())
            return
    state.neuron, state.weight = (max(near, 1), which if near else 0), 0


def place(state: State) -> int:
    """Where in θ the weight on the slider stands."""
    assert state.neuron is not None
    column, unit = state.neuron
    network = state.session.network
    layer = answers.dense(network)[column - 1]
    start = 0
    for _, value, _ in network.parameters():
        if value is layer.W:
            break
        start += value.size
    n_in, n_out = layer.W.shape
    return start + (n_in * n_out + unit if state.weight == n_in else state.weight * n_out + unit)


def touchpad(state: State) -> Node:
    plan = state.session.plan
    spots = pictures.layout(plan.sizes)
    column, unit = state.neuron or (1, 0)
    said = panels.unit_name(plan, column, unit) if state.neuron else "none chosen"
    return h(
        "rect",
        width=pictures.WIDTH,
        height=spots.height,
        class_="brain-touch",
        tabindex=0,
        role="slider",
        aria_label="neuron to look at",
        aria_valuenow=unit + 1,
        aria_valuetext=said,
        data_x=round(spots.across[column], 2),
        data_y=round(spots.up[column][unit], 2),
        data_step=NUDGE,
        on={"drag": ("touch",)},
        key="touch",
    )

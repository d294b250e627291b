"""Walk It Back: slopes are those of differences, orders are counted, what was seen does not win."""

from itertools import permutations

import numpy as np
import pytest

from games.backpropagation.walk_it_back import chain
from games.backpropagation.walk_it_back.tape import INPUTS, LARGEST
from games.run import Run
from tests.games.reading import buttons

SLUG = "walk-it-back"
SEEDS = range(60)


def ended(run):
    while run.tick():
        pass
    return run


def computed(a, b, signs):
    """The expression in plain Python."""
    made = {"a": a, "b": b}
    for name, (p, q) in INPUTS.items():
        p, q = made[p], made[q]
        made[name] = {"+": p + q, "−": p - q, "×": p * q}[signs[name]]
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_the_slopes_are_those_of_finite_differences(seed):
    tape = Run(SLUG, seed).state.tape
    a, b, h = tape.values["a"], tape.values["b"], 1e-5
    assert computed(a, b, tape.signs) == tape.values
    for name, (da, db) in {"a": (h, 0), "b": (0, h)}.items():
        above, below = (computed(a + s * da, b + s * db, tape.signs) for s in (1, -1))
        moved = {other: (above[other] - below[other]) / (2 * h) for other in above}
        assert moved["y"] == pytest.approx(tape.bars[name], abs=1e-4)
        assert moved == pytest.approx(tape.dots[name], abs=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_asked_is_used_twice_and_one_arrow_alone_is_wrong(seed):
    state = Run(SLUG, seed).state
    parts = state.tape.parts(state.asked)
    assert len(parts) == 2
    assert sum(parts) == state.tape.bars[state.asked]
    assert state.tape.bars[state.asked] not in parts
    assert abs(sum(parts)) <= LARGEST


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cheapest_order_is_neither_forwards_nor_backwards(seed):
    widths = Run(SLUG, seed).state.widths
    tables = [np.ones((widths[k], widths[k - 1])) for k in range(1, 5)]

    def multiplied(order):
        held, cost = dict(enumerate(tables, 1)), 0
        for joint in order:  # the table that ends at the joint, and the one that begins there
            low = max(k for k in held if k <= joint)
            high = min(k for k in held if k > joint)
            (p, q), (_, r) = held[high].shape, held[low].shape
            cost += p * q * r
            held[low] = held.pop(high) @ held[low]
        return cost

    costs = {order: multiplied(order) for order in permutations(chain.JOINTS)}
    assert costs == {order: chain.cost(widths, order) for order in costs}
    best = costs[chain.cheapest(widths)]
    assert best == min(costs.values())
    assert best < min(costs[chain.FORWARD], costs[chain.REVERSE])


def test_the_narrowest_joint_is_nearly_always_best_closed_last():
    chains = [Run(SLUG, seed).state.widths for seed in SEEDS]
    last = [widths[chain.cheapest(widths)[-1]] == min(widths[1:-1]) for widths in chains]
    assert sum(last) >= len(SEEDS) - 1


@pytest.mark.parametrize("seed", SEEDS)
def test_an_answer_that_was_seen_does_not_win(seed):
    run = Run(SLUG, seed)
    truth = run.state.tape.bars[run.state.asked]
    run.send(["guess", run.state.tape.parts(run.state.asked)[0]])
    run.send(["walk"])
    ended(run)
    assert run.score() == 0
    run.send(["again"])
    run.send(["guess", truth])
    run.send(["walk"])
    ended(run)
    assert run.score() == 0
    run.send(["part", "order"])
    best = chain.cheapest(run.state.widths)
    for order in (chain.FORWARD, best):
        for joint in order:
            run.send(["join", joint])
        run.send(["multiply"])
        assert run.score() == 0
        run.send(["again"])
        assert run.state.joints == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_order_is_listed_even_where_two_cost_the_same(seed):
    run = Run(SLUG, seed)
    run.send(["part", "order"])
    for joint in chain.FORWARD:
        run.send(["join", joint])
    run.send(["multiply"])
    assert sum(node.tag == "tr" for node in run.view().walk()) == 1 + 6


def test_both_parts_are_needed_and_one_leads_to_the_other():
    run = Run(SLUG, 3)
    run.send(["guess", run.state.tape.bars[run.state.asked]])
    run.send(["walk"])
    ended(run)
    assert run.score() == 0.5
    assert "Next: an order" in buttons(run.view())
    run.send(["part", "order"])
    for joint in chain.cheapest(run.state.widths):
        run.send(["join", joint])
    assert run.score() == 0.5, "an order counts once it is multiplied"
    run.send(["multiply"])
    assert run.score() == 1


def test_nothing_below_the_end_is_known_before_the_walk():
    run = Run(SLUG, 5)
    run.send(["guess", 3])
    found = next(
        array
        for node in run.view().walk()
        for name, array in (node.marks or {}).items()
        if name.startswith("slopes found")
    )
    assert np.isnan(found[:-1]).all()
    assert found[-1] == 1

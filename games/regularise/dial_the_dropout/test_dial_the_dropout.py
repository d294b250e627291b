"""Dial the Dropout: real masks, paired seeds, and a zone that only the sweep can know."""

import copy
import json
import re
from functools import cache

import numpy as np
import pytest

from games import MessageError
from games.regularise.dial_the_dropout import game
from games.run import Run
from games.ui.numbers import fixed
from tests.games.reading import buttons, classed, numbers, path, readouts, shown

SMALL = {"seeds": 3, "steps": 20, "points": 20}


def dial(seed=0, **params):
    return Run("dial-the-dropout", seed, SMALL | params)


def finish(run):
    while run.tick():
        pass
    return run


def trained(rate, run=None, **params):
    run = run or dial(**params)
    run.send(["rate", rate])
    run.send(["train"])
    return finish(run)


def swept(run=None, seed=0):
    if run is None:
        run, known = dial(seed), _swept(seed)
        run.state, run.log = copy.deepcopy(known.state), list(known.log)
        return run
    run.send(["sweep"])
    return finish(run)


@cache
def _swept(seed):
    """A sweep after a bet on 0.5, made once for all the tests that only look at one."""
    return swept(trained(0.5, seed=seed))


# --- the training ---------------------------------------------------------------------------------


def by_hand(seed, rate, points, steps):
    """The same training in plain NumPy: accuracies on seen and unseen points, masks of each step.

    It repeats the draws of the engine (points, weights, masks) and nothing else of it.
    """
    rng = np.random.default_rng(seed)

    def moons(n):
        y = np.arange(n) % 2
        angle = rng.uniform(0, np.pi, n)
        x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        x = np.where(y[:, None] == 0, x, [1, 0.5] - x)
        x = x + rng.normal(0, 1, x.shape) * 0.35
        order = rng.permutation(n)
        return x[order], y[order][:, None]

    (x, t), (x_new, t_new) = moons(points), moons(400)
    W = [rng.normal(0, np.sqrt(2 / a), (a, b)) for a, b in ((2, 64), (64, 64), (64, 1))]
    theta = [p for w in W for p in (w, np.zeros(w.shape[1]))]
    m, v = [np.zeros_like(p) for p in theta], [np.zeros_like(p) for p in theta]
    masks = []

    def predict(inputs):
        a = inputs
        for w, b in zip(theta[:-2:2], theta[1:-2:2], strict=True):
            a = np.maximum(a @ w + b, 0)
        return a @ theta[-2] + theta[-1]

    for step in range(1, steps + 1):
        a, kept = [x], []
        for w, b in zip(theta[:-2:2], theta[1:-2:2], strict=True):
            z = np.maximum(a[-1] @ w + b, 0)
            keep = rng.random(z.shape, dtype=np.float32) < 1 - rate if rate else np.ones_like(z)
            kept.append(keep / (1 - rate))
            a.append(z * kept[-1])
        masks.append([mask[0] > 0 for mask in kept])
        dy = (1 / (1 + np.exp(-(a[-1] @ theta[-2] + theta[-1]))) - t) / len(x)
        gradients = []
        for layer in (2, 1, 0):
            gradients = [a[layer].T @ dy, dy.sum(axis=0), *gradients]
            if layer:
                dy = (dy @ theta[2 * layer].T) * kept[layer - 1] * (a[layer] != 0)
        for p, g, mean, square in zip(theta, gradients, m, v, strict=True):
            mean += 0.1 * (g - mean)
            square += 0.001 * (g * g - square)
            p -= 0.02 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    seen, unseen = ((predict(a) > 0) == (b > 0) for a, b in ((x, t), (x_new, t_new)))
    return seen.mean(), unseen.mean(), np.array(masks)


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.9])
def test_results_are_those_of_a_training_by_hand(rate):
    run = trained(rate)
    i = round(10 * rate)
    for k, seed in enumerate(run.state.seeds):
        seen, unseen, _ = by_hand(seed, rate, SMALL["points"], SMALL["steps"])
        assert run.state.training[i, k] == pytest.approx(seen, abs=1e-12)
        assert run.state.validation[i, k] == pytest.approx(unseen, abs=1 / 400 + 1e-12)


@pytest.mark.parametrize("rate", [0.2, 0.7])
def test_the_units_that_blink_off_are_those_of_the_real_masks(rate):
    run = dial()
    _, _, masks = by_hand(run.state.seeds[0], rate, SMALL["points"], SMALL["steps"])
    run.send(["rate", rate])
    run.send(["train"])
    looked = set()
    while run.tick():
        step, shown_masks = game._shown_masks(run.state)
        if step == 0:
            continue
        looked.add(step)
        off, on = (classed(run.view(), name) for name in ("off", "on"))
        for layer in (0, 1):
            assert shown_masks[layer].tolist() == masks[step - 1, layer].tolist()
            assert off[layer].attributes["d"].count("h0") == (~masks[step - 1, layer]).sum()
            assert on[layer].attributes["d"].count("h0") == masks[step - 1, layer].sum()
    assert len(looked) >= 9


def test_without_dropout_every_unit_works():
    run = dial()
    run.send(["train"])
    while run.tick():
        assert game._shown_masks(run.state)[1].all()


def test_about_the_share_of_the_rate_is_dropped():
    off = []
    for seed in range(6):
        run = dial(seed, seeds=2, steps=40)
        run.send(["rate", 0.8])
        run.send(["train"])
        finish(run)
        _, *judged = run.state.trial.learners[0].history.by_step.values()
        off += [1 - one.masks.mean() for one in judged]
    assert len(off) == 60
    assert np.mean(off) == pytest.approx(0.8, abs=0.02)


def test_every_rate_starts_from_the_same_points_and_weights():
    starts = []
    for rate in (0.0, 0.4, 0.9):
        run = dial()
        run.send(["rate", rate])
        run.send(["train"])
        made = [game._learner(run.state, run.state.trial)]
        run.state.trial.turn = 2
        made.append(game._learner(run.state, run.state.trial))
        starts.append(
            [
                (learner.x.tobytes(), learner.unseen[0].tobytes(), learner.network.theta.tobytes())
                for learner in (training.trainer for training in made)
            ]
        )
    assert starts[0] == starts[1] == starts[2]
    assert starts[0][0] != starts[0][1]


def test_training_again_gives_the_same_result_and_another_seed_another():
    run = trained(0.4)
    first = run.state.validation[4].copy()
    assert trained(0.4, run).state.validation[4].tolist() == first.tolist()
    assert trained(0.4, seed=1).state.validation[4].tolist() != first.tolist()


# --- the sweep and the zone -----------------------------------------------------------------------


def test_the_sweep_finds_what_training_by_hand_finds():
    run = swept()
    for i, rate in enumerate(game.LADDER):
        assert trained(rate).state.validation[i].tolist() == run.state.validation[i].tolist()


def test_the_zone_is_unknown_until_every_rate_is_tried():
    run = trained(0.5)
    assert game.zone(run.state) is None
    run.send(["sweep"])
    while run.tick():
        known = not np.isnan(run.state.validation).any()
        assert (game.zone(run.state) is not None) == known
        if run.state.trial.turn == 0:
            assert bool(classed(run.view(), "zone")) == known
    assert game.zone(run.state) is not None


def test_trying_every_rate_by_hand_gives_the_same_zone():
    run = dial()
    for rate in game.LADDER:
        trained(rate, run)
    assert game.zone(run.state).tolist() == game.zone(swept().state).tolist()
    assert "Run the sweep" not in buttons(run.view())


@pytest.mark.parametrize("seed", range(5))
def test_the_zone_holds_the_rates_within_one_standard_error_of_the_best(seed):
    run = swept(seed=seed)
    rows = run.state.validation.tolist()
    means = [sum(row) / len(row) for row in rows]
    best = max(range(10), key=lambda i: means[i])
    variance = sum((v - means[best]) ** 2 for v in rows[best]) / (len(rows[best]) - 1)
    error = (variance / len(rows[best])) ** 0.5
    wanted = [mean >= means[best] - error - 1e-12 for mean in means]
    assert game.zone(run.state).tolist() == wanted
    bands = classed(run.view(), "zone")
    assert len(bands) == sum(wanted)
    middles = [float(b.attributes["x"]) + float(b.attributes["width"]) / 2 for b in bands]
    assert [round(game.AXES.data_x(m), 2) for m in middles] == [
        rate for rate, inside in zip(game.LADDER, wanted, strict=True) if inside
    ]


def test_the_zone_follows_the_results():
    run = swept()
    run.state.validation[:] = 0.5
    run.state.validation[2:4] = [[0.7, 0.8, 0.9], [0.75, 0.75, 0.75]]
    assert np.flatnonzero(game.zone(run.state)).tolist() == [2, 3]
    assert "0.2 to 0.3" in game._verdict(run.state, game.zone(run.state))
    run.state.validation[3] = 0.74
    assert np.flatnonzero(game.zone(run.state)).tolist() == [2]
    run.state.validation[9] = 0.79
    assert game._names(game.zone(run.state)) == "0.2, 0.9"


def test_only_a_bet_inside_the_zone_wins():
    run = swept()
    inside = game.zone(run.state)
    for i, rate in enumerate(game.LADDER):
        trained(rate, run)
        run.state.bet = i
        assert (run.score() == 1) == inside[i]
        assert ("Gold" in run.describe()) == inside[i]
        assert bool(classed(run.view(), "win")) == inside[i]
    assert 0 < inside.sum() < 10


@pytest.mark.parametrize("again", [game.OTHER, game.SAME])
def test_a_rate_that_is_trained_once_the_zone_is_known_is_a_bet_on_the_same_points_alone(again):
    run = trained(0.0, dial(again=again))
    swept(run)
    inside = game.zone(run.state)
    assert not inside[0]
    for i, rate in enumerate(game.LADDER):
        trained(rate, run)
        assert (run.score() == 1) == (again == game.SAME and inside[i])


def test_a_bet_that_failed_is_followed_by_other_points():
    run = swept(trained(0.0))
    known = list(run.state.seeds)
    assert [n.text() for n in classed(run.view(), "primary")] == ["Other points"]
    new = run.state.validation.mean(axis=1)
    for share in (new[0], new.max()):
        assert f"{100 * share:.1f}" in run.describe(), "why it failed"
    run.send(["other"])
    assert not set(known) & set(run.state.seeds)
    assert run.state.bet is None
    assert game.zone(run.state) is None
    assert run.score() == 0


def test_a_bet_comes_before_the_sweep():
    run = dial()
    assert "Run the sweep" not in buttons(run.view())
    with pytest.raises(MessageError, match="not possible now"):
        run.send(["sweep"])
    trained(0.1, run)
    assert buttons(run.view())["Run the sweep"].messages() == {"click": ("sweep",)}


@pytest.mark.parametrize("again", ["continue", "sweep"])
def test_a_sweep_can_be_stopped_and_goes_on_where_it_was(again):
    run = trained(0.5)
    run.send(["sweep"])
    for _ in range(95):
        run.tick()
    run.send(["stop"])
    assert not run.tick()
    at = run.state.trial.rate, run.state.trial.step, run.state.trial.turn
    run.send([again])
    assert (run.state.trial.rate, run.state.trial.step, run.state.trial.turn) == at
    finish(run)
    assert run.state.validation.tolist() == swept().state.validation.tolist()


def test_there_is_nothing_to_stop_or_continue_when_nothing_runs():
    run = trained(0.5)
    for message in (["stop"], ["continue"]):
        with pytest.raises(MessageError, match="not possible now"):
            run.send(message)
    assert not {"Continue", "Stop"} & set(buttons(run.view()))


def test_a_sweep_broken_off_by_a_new_bet_keeps_the_rates_it_has():
    run = trained(0.5)
    run.send(["sweep"])
    for _ in range(150):
        run.tick()
    kept = ~np.isnan(run.state.validation[:, 0])
    assert kept.sum() == 3
    trained(0.9, run)
    assert run.state.bet == 9
    assert (~np.isnan(run.state.validation[:, 0])).sum() == 4
    assert swept(run).state.validation.tolist() == swept().state.validation.tolist()


# --- what is shown --------------------------------------------------------------------------------


def test_readouts_are_the_results_at_the_dial():
    run = swept()
    for i, rate in enumerate(game.LADDER):
        run.send(["rate", rate])
        seen, unseen = run.state.training[i], run.state.validation[i]
        error = np.sqrt(sum((unseen - unseen.mean()) ** 2) / 2 / 3)
        assert readouts(run.view()) == {
            "training": fixed(seen.mean(), 3),
            "validation": f"{fixed(unseen.mean(), 3)} ± {fixed(error, 3)}",
            "gap": fixed(seen.mean() - unseen.mean(), 3),
        }
    assert set(readouts(dial().view()).values()) == {"–"}


def test_dots_and_bars_of_the_chart_stand_at_the_results():
    run = swept()
    chart = classed(run.view(), "plot")[0]
    low = 0.05 * np.floor(20 * chart_floor(run.state))
    axes = game.replace(game.AXES, y=(low, 1.0))
    mean, error = run.state.validation.mean(axis=1), game.standard_error(run.state.validation)
    (dots,) = (n for n in classed(chart, "dots") if "validation" in n.attributes["class"])
    assert np.array(path(dots)).reshape(-1, 3)[:, :2] == pytest.approx(
        np.column_stack([axes.across(game.LADDER), axes.up(mean)]), abs=0.06
    )
    (bars,) = classed(chart, "ranges")
    assert np.array(path(bars)).reshape(-1, 3) == pytest.approx(
        np.column_stack([axes.across(game.LADDER), axes.up(mean - error), axes.up(mean + error)]),
        abs=0.06,
    )
    (train,) = (n for n in classed(chart, "dots") if "train" in n.attributes["class"])
    assert np.array(path(train)).reshape(-1, 3)[:, 1] == pytest.approx(
        axes.up(run.state.training.mean(axis=1)), abs=0.06
    )


def chart_floor(state):
    error = game.standard_error(state.validation)
    lowest = min((state.validation.mean(axis=1) - error).min(), state.training.mean(axis=1).min())
    return min(lowest, 0.75)


def plot_of(run, label):
    """The plot of that name, whether it is the picture or lies in a drawer."""
    (plot,) = (
        plot
        for plot in classed(run.view(), "plot")
        if any(node.attributes.get("aria-label") == label for node in plot.walk())
    )
    return plot


@pytest.mark.parametrize("rate", [0.0, 0.5, 0.9])
def test_before_a_training_the_neurons_show_what_one_step_drops_at_the_dial(rate):
    run = dial()
    run.send(["rate", rate])
    off = sum(n.attributes["d"].count("h0") for n in classed(run.view(), "off"))
    assert off / (2 * game.UNITS) == pytest.approx(rate, abs=0.15)
    assert f"Units working: {', '.join(on_of(run))} of 64" in run.describe()


def on_of(run):
    return [str(n.attributes["d"].count("h0")) for n in classed(run.view(), "on")]


def test_the_filled_button_is_the_next_step():
    run = dial(again=game.SAME)

    def filled():
        return [node.text() for node in classed(run.view(), "primary")]

    assert filled() == ["Train without dropout"]
    run.send(["rate", 0.5])
    assert filled() == ["Train at 0.5"]
    run.send(["train"])
    assert filled() == []
    run.tick()
    run.send(["stop"])
    assert filled() == ["Continue"]
    run.send(["continue"])
    finish(run)
    assert filled() == ["Run the sweep"]
    run.send(["rate", 0.9])
    assert filled() == ["Train at 0.9"]
    swept(run)
    for place, inside in enumerate(game.zone(run.state)):
        trained(game.LADDER[place], run)
        assert bool(filled()) != inside


def test_the_gap_is_that_of_the_dial_or_of_the_training_under_way():
    run = trained(0.5)
    gap = (run.state.training - run.state.validation)[5].mean()
    (meter,) = classed(run.view(), "meter")
    assert meter.text() == f"gap{fixed(gap, 3)}"
    assert float(meter.attributes["aria-valuenow"]) == pytest.approx(gap, abs=0.01)
    run.send(["rate", 0.8])
    (meter,) = classed(run.view(), "meter")
    seen, unseen = game._ghost()
    assert "ghost" in meter.text()
    assert float(meter.attributes["aria-valuenow"]) == pytest.approx(
        seen[-1] - unseen[-1], abs=0.01
    )


def test_curves_grow_by_what_was_measured():
    run = dial()
    run.send(["train"])
    counts = []
    while run.tick():
        (line,) = classed(plot_of(run, "Accuracy after each step"), "validation")[:1]
        counts.append(len(path(line)) // 2)
    assert counts == sorted(counts)
    assert counts[-1] == game.MEASUREMENTS + 1
    final = path(line)[-1]
    axes = game.replace(game.CURVE_AXES, x=(0, 20))
    assert axes.data_y(final) == pytest.approx(run.state.validation[0].mean(), abs=0.01)


def test_the_handle_moves_along_the_rates_only():
    run = dial()
    for rate in game.LADDER:
        run.send(["rate", rate])
        (handle,) = classed(run.view(), "handle")
        assert float(handle.attributes["data-at"].split()[0]) == rate
        directions = json.loads(handle.attributes["data-map"])
        assert directions["x"][5:] == [0, 0.9, 0.1]
        assert directions["y"] is None


def test_progress_counts_steps():
    run = trained(0.5)
    run.send(["sweep"])
    seen = []
    while run.tick():
        seen.append(numbers(shown(run.view(), "progress-count")))
    done = [count for count, _ in seen[:-1]]
    assert done == sorted(done)
    assert {total for _, total in seen[:-1]} == {200.0}
    assert sorted(set(done)) == list(range(20, 200))


def test_the_lesson_names_the_smallest_gap_and_what_it_costs():
    run = swept()
    state = run.state
    state.training[:], state.validation[:] = 0.9, 0.8
    state.validation[4] += 0.05
    state.training[9], state.validation[9] = 0.75, 0.74
    lesson = game._lesson(state, game.zone(state))
    assert lesson.startswith("Best: 0.4 with 0.850, 0.050 above no dropout.")
    assert "smallest gap, 0.010 at 0.9" in lesson
    assert "0.110 worse" in lesson
    assert "wide" not in lesson
    state.training[4] = 0.851
    assert "happens to lie in the zone" in game._lesson(state, game.zone(state))
    state.validation[:] = 0.8
    assert "cannot tell" in game._lesson(state, game.zone(state))


@pytest.mark.slow
def test_real_dropout_helps_a_little_and_the_smallest_gap_is_not_the_best_network():
    """What the module's table says, on twice as few seeds as it needs to be sharp."""
    run = Run("dial-the-dropout", 1, {"seeds": 40})
    run.send(["rate", 0.4])
    run.send(["train"])
    finish(run)
    state = run.state
    for rate in (0, 9):
        trained(game.LADDER[rate], run)
    mean = state.validation.mean(axis=1)
    gap = state.training.mean(axis=1) - mean
    assert mean[4] - mean[0] > 0.01
    assert mean[4] - mean[9] > 0.01
    assert gap[9] < gap[4] < gap[0]
    printed = re.search(r"validation +(\..*)", game.__doc__)[1].split()
    for i in (0, 4, 9):
        assert abs(mean[i] - float(printed[i])) < 3 * game.standard_error(state.validation[i])

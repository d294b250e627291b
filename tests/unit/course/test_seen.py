"""What Levels 1 to 3 say after their games, and below their figures, is what play comes to."""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course.guided.level_1 import figures as first_figures
from course.guided.level_2 import figures as second_figures
from course.guided.level_3 import figures as third_figures
from course.guided.level_3_backpropagation import figures as backward_figures
from course.guided.level_3_training import figures as training_figures
from games.backpropagation.backprop_flow import game as backprop_flow
from games.backpropagation.change_its_mind import game as change_its_mind
from games.backpropagation.descent_paths import game as descent_paths
from games.backpropagation.gradient_decay import game as gradient_decay
from games.backpropagation.memory_for_time import game as memory_for_time
from games.first_neurons.activation_lab import game as activation_lab
from games.first_neurons.forward_pass_relay import game as forward_pass_relay
from games.first_neurons.match_the_shape import game as match_the_shape
from games.first_neurons.softmax_head import game as softmax_head
from games.first_neurons.solve_xor import game as solve_xor
from games.first_neurons.tune_the_neuron import game as tune_the_neuron
from games.optimisation.saddle_escape import game as saddle_escape
from games.prove_it.boss_quiz import game as boss_quiz
from games.prove_it.boss_quiz.bank import spelled
from games.run import Run
from games.ui.node import Node, to_html
from pycore import initializers
from pycore.activations import ReLU, Sigmoid, Tanh, sigmoid, softmax
from pycore.layers import Dense
from pycore.models import mlp
from web.builder.articles import FIRST_SEED

GUIDED = Path(__file__).parents[3] / "course" / "guided"
PAGES = (
    "level_1",
    "level_2",
    "level_3",
    "level_3_backpropagation",
    "level_3_training",
    "level_3_sequences",
)
SEEDS = range(50)
NOTHING_TO_COUNT = {"train-a-brain", "step-through-a-block"}
"""After these it is only said what was watched."""


@cache
def boxes() -> dict[tuple[str, str], tuple[str, dict[str, Any], str]]:
    """Of each {seen} on these pages, by page and game: the seed, the parameters and the text."""
    found = {}
    for page in PAGES:
        text = (GUIDED / page / "en.md").read_text("utf-8")
        for placed, said in re.findall(r"(?ms)^{game}`([^`]+)`\n\n::::{seen}\n(.*?)\n::::$", text):
            slug, *settings = shlex.split(placed)
            params = dict(setting.split("=", 1) for setting in settings)
            params.pop("as", None)
            seed = params.pop("seed", str(FIRST_SEED))
            found[page, slug] = (seed, params, said)
    return found


def placed(page: str, slug: str, *said: str, seed: int | None = None) -> Run:
    """A run of a game as a page places it, whose box does say all this."""
    own, params, text = boxes()[page, slug]
    for sentence in said:
        assert sentence in text, sentence
    return Run(slug, int(own) if seed is None else seed, params)


def finish(run: Run) -> None:
    while run.tick():
        pass


def won(run: Run) -> Run:
    run.solve()
    assert run.score() == 1
    return run


def test_every_box_that_claims_something_is_held_here():
    source = Path(__file__).read_text("utf-8")
    held = set(re.findall(r'placed\(\s*"(\w+)",\s*"([\w-]+)"', source))
    held |= {box for box in boxes() if box[1] == "boss-quiz"}  # a test of all three
    assert {page for page, _ in boxes()} == set(PAGES)
    assert {box for box in boxes() if box[1] not in NOTHING_TO_COUNT} == held


# --- Level 1 --------------------------------------------------------------------------------------


def test_the_weight_of_a_switch_that_is_off_makes_no_difference():
    for seed in SEEDS:
        run = placed(
            "level_1",
            "light-the-network",
            "while a switch is off, its weight makes no difference at all",
            "raise the weight of a switch that is on, or lower it if the lamp is too bright",
            "Other settings would have worked too",
            seed=seed,
        )
        y = run.game.module.output
        run.send(["switch", 1, True])
        before = y(run.state)
        run.send(["weight", 0, 2.0])
        assert y(run.state) == before
        for lower, higher in ((-1.0, -0.5), (0.5, 1.0)):
            run.send(["weight", 1, lower])
            dark = y(run.state)
            run.send(["weight", 1, higher])
            assert y(run.state) > dark
        w = won(run).state.dense.W[:, 0].copy()
        run.send(["weight", 0, round(float(w[0]) + 0.05, 2)])
        run.send(["weight", 1, round(float(w[1]) - 0.05, 2)])
        assert run.score() == 1


@pytest.mark.parametrize("gate", sorted(set(tune_the_neuron.GATES) - {"XOR"}))
def test_all_three_numbers_doubled_keep_a_gates_verdicts_and_make_them_firmer(gate):
    run = placed(
        "level_1",
        "tune-the-neuron",
        "one input alone must not be enough to outweigh the bias, but both together must",
        "Doubling all three would leave every one of its verdicts as it is and only make it firmer",
        "with a longer arrow the neuron decides more sharply",
    )
    run.send(["gate", gate])
    won(run)
    z = tune_the_neuron.sums(run.state)
    once, twice = sigmoid(z), sigmoid(2 * z)
    assert np.all((once > 0.5) == (twice > 0.5))
    assert np.all(np.abs(twice - 0.5) > np.abs(once - 0.5))
    if gate == "AND":
        assert z[1] < 0 < z[3]
        assert z[2] < 0


def test_the_lab_shows_flat_ends_and_asks_for_five_different_slopes():
    run = placed(
        "level_1",
        "activation-lab",
        "sigmoid and {term}`tanh` go flat at both ends, and {term}`ReLU` at one",
        "it falls to almost nothing at both ends of sigmoid and tanh, and to nothing at one end of",
        "Five places, and a different slope at each: faded, whole, none, more than whole, and",
    )
    ends = np.array([-activation_lab.REACH, activation_lab.REACH])
    for f in (Sigmoid(), Tanh()):
        assert np.all(f.derivative(ends) > 0)
        assert np.all(f.derivative(ends) < 0.01)
    assert ReLU().derivative(ends).tolist() == [0, 1]
    found = won(run).state.found
    slopes = [float(activation_lab.bends()[name].derivative(np.array(z))) for name, z in found]
    faded, whole, none, more, downhill = slopes
    assert 0 < faded < 0.01
    assert whole == pytest.approx(1, abs=0.02)
    assert none == 0
    assert more > 1
    assert downhill < 0


def test_ends_heights_corners_and_dips_tell_the_curves_of_match_the_shape():
    flat, rest = {}, {}
    for name in match_the_shape.TAUGHT:
        seen = match_the_shape._shape(name)
        (flat if np.isfinite(seen.top) else rest)[name] = seen
    assert flat.keys() == {"sigmoid", "tanh"}
    assert len({(seen.floor, seen.top) for seen in flat.values()}) == 2
    dips = {name for name, seen in rest.items() if np.isfinite(seen.floor) and seen.floor < -0.05}
    corners = {name for name, seen in rest.items() if seen.corner}
    assert corners == {"relu", "leaky-relu"}
    assert dips == {"gelu", "silu"}
    falls = {name for name, seen in rest.items() if not np.isfinite(seen.floor)}
    assert falls == {"leaky-relu"}
    for seed in SEEDS:
        run = placed(
            "level_1",
            "match-the-shape",
            "A curve that is flat at both is a sigmoid or a tanh, and its heights tell which",
            "Shifting such a curve means changing a bias, and stretching it means changing a",
            seed=seed,
        )
        state = run.state
        z, curves = match_the_shape.curves(state)
        for k, i in enumerate(state.owner):
            f = activation_lab.bends()[state.names[i]]
            weight, bias = state.stretch[k], -state.stretch[k] * state.shift[k]
            np.testing.assert_allclose(curves[k], f.function(weight * z + bias), atol=1e-12)


def test_the_sign_of_the_sum_is_the_side_of_one_half_and_both_ways_are_gone():
    for seed in SEEDS:
        run = placed(
            "level_1",
            "neuron-by-hand",
            "you have read the sign of the sum correctly",
            "from the numbers to the answer, and from the answer back to weights that give it",
            seed=seed,
        )
        z, y = run.game.module.answer(run.state)
        assert (z > 0) == (y > 0.5)
        won(run)
    assert run.game.module.ROUNDS == ("side", "value", "build")


def test_numbers_flow_through_nine_weights():
    run = placed("level_1", "numbers-flowing-forward", "{compute}`3 * 2 + 3` weights")
    dense = [layer for layer in run.state.network if isinstance(layer, Dense)]
    assert sum(layer.W.size for layer in dense) == 3 * 2 + 3


def answered(run: Run, right: int) -> None:
    """Answer a whole run, `right` of its questions rightly and the last ones wrongly."""
    state = run.state
    for n in range(state.length):
        if n:
            run.send(["next"])
        question = state.run[-1]
        wrong = (question.right + 1) % boss_quiz.OPTIONS
        run.send(["answer", question.right if n < right else wrong])


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("level_1", "Under each answer you missed there is a link to where it is explained"),
        ("level_2", "It tells you after each wrong answer which mistake leads to it, and at the"),
        ("level_3_sequences", "At the end of a run it tells you what to read again"),
    ],
)
def test_the_boss_says_what_was_wrong_and_what_to_read_again(page, told):
    """Four right answers of five beat it."""
    assert "four right answers beat it" in (GUIDED / page / "en.md").read_text("utf-8")
    for seed in SEEDS:
        run = placed(page, "boss-quiz", told, seed=seed)
        answered(run, 3)
        assert run.score() < 1
        shown = to_html(run.view())
        assert "Worth another look" in shown
        assert "Taught in" in shown
        for question in run.state.run:
            for i, option in enumerate(question.options):
                assert (i == question.right) or spelled.mistake(question, option)
        run = placed(page, "boss-quiz", seed=seed)
        answered(run, 4)
        assert run.score() == 1


# --- Level 2 --------------------------------------------------------------------------------------


def test_a_table_has_a_row_for_each_that_sends_and_a_column_for_each_that_collects():
    run = placed(
        "level_2",
        "layer-diagram",
        "Row, then column: where a line comes from, then where it goes",
        "the row is where a line comes from, the column where it goes",
    )
    first = next(layer for layer in run.state.network if isinstance(layer, Dense))
    x = np.zeros((2, len(first.W)))
    x[1, 0] = 1
    before, after = first.forward(x)
    np.testing.assert_allclose(after - before, first.W[0])


def test_some_inputs_turn_every_relay_gold_and_others_of_each():
    """What wins one network leaves another grey more often than not."""
    grey = asked = 0
    for seed in SEEDS:
        run = placed(
            "level_2",
            "forward-pass-relay",
            "With any number of hidden neurons some inputs turn the output gold, but each network",
            "and more often than not the output stays grey",
            seed=seed,
        )
        gold, best = [], []
        for width in range(1, forward_pass_relay.WIDEST + 1):
            run.send(["hidden", width])
            y = run.state.network.forward(forward_pass_relay.GRID)[:, 0]
            gold.append(y > forward_pass_relay.THRESHOLD)
            best.append(int(y.argmax()))
            assert gold[-1].any()
        for i, place in enumerate(best):
            others = [lit for j, lit in enumerate(gold) if j != i]
            assert all((lit != gold[i]).any() for lit in others)
            grey += sum(not lit[place] for lit in others)
            asked += len(others)
    assert 0.55 < grey / asked < 0.65


def test_one_line_leaves_a_point_of_xor_on_the_wrong_side_and_two_do_not():
    run = placed(
        "level_2",
        "solve-xor",
        "With one line there is always a point on the wrong side, wherever you put it",
        "With one line three points is the most you will get",
        "because a third neuron could combine what the two had said",
    )
    assert solve_xor.counts()[4] == 0 < solve_xor.counts()[3]
    assert won(run).state.hidden
    assert len([layer for layer in run.state.network if isinstance(layer, Dense)]) == 2


def test_weights_that_begin_at_zero_are_still_at_zero_and_both_settings_change_the_race():
    run = placed(
        "level_2",
        "init-race",
        "Weights that begin at zero are still at zero at the end",
        "how deep the network is, and how large *too large* is",
        "Take two hidden layers and weights up to ±3, and bet again",
    )
    run.send(["guess", "zero-large-balanced"])
    run.send(["train"])
    finish(run)
    zero = run.state.runners[0].trainer.network
    assert not any(layer.W.any() for layer in zero if isinstance(layer, Dense))
    ahead = {}
    values = (GUIDED / "level_2" / "values.py").read_text("utf-8")
    for name, ends in re.findall(r'"(\w+-\d)": "([Lbz]+)"', values):
        ahead[name] = "large" if ends.count("L") > len(ends) / 2 else "balanced"
    assert ahead["deep-8"] == ahead["deep-3"] == ahead["shallow-8"] == "balanced"
    assert ahead["shallow-3"] == "large"  # another depth than deep-3, another limit than shallow-8


# --- Level 3 --------------------------------------------------------------------------------------


def test_shares_add_up_to_one_and_nine_drags_reach_every_mark():
    drags = []
    for seed in SEEDS:
        run = placed(
            "level_3",
            "softmax-head",
            "the shares add up to 1: a class can only win what the others lose",
            "adding the same number to every score",
            "from none of fifty starts did that take more than nine drags",
            seed=seed,
        )
        state = run.state
        for n in range(1, 20):
            i = int(softmax_head._off(state).argmax())
            mark = softmax_head.FINE * round(float(state.target[i]) / softmax_head.FINE)
            run.send(["share", softmax_head.CLASSES[i], round(mark, 3)])
            p = softmax_head.probabilities(state)
            assert p.sum() == pytest.approx(1)
            np.testing.assert_allclose(softmax(state.z + 5.0), p)
            if run.score() == 1:
                drags.append(n)
                break
    assert len(drags) == len(SEEDS)
    assert max(drags) == 9


def test_a_gradient_is_the_product_of_what_the_box_names_and_its_sign_is_counted():
    """On the net of the page a path has at most one weight."""
    kinds = dict.fromkeys(("input", "hidden slope", "last slope", "weight", "error"), 0)
    for seed in range(200):
        run = placed(
            "level_3_backpropagation",
            "backprop-flow",
            "the error at the end, a slope or two, sometimes a weight, and an input or an answer",
            "An even number of them, and the loss rises with the weight",
            "The factor is whichever is nearest to 0",
            seed=seed,
        )
        state = run.state
        for weight in backprop_flow._weights(state).values():
            (path,) = backprop_flow.paths(state, weight)
            of = [factor.kind for factor in path.factors]
            assert of.count("error") == of.count("input") == 1
            assert of.count("slope") in (1, 2)
            assert of.count("weight") in (0, 1)
            product = np.prod([factor.value for factor in path.factors])
            slope = backprop_flow.gradient(state, weight)
            assert slope == pytest.approx(product)
            negative = sum(factor.value < 0 for factor in path.factors)
            assert slope == 0 or (slope > 0) == (negative % 2 == 0)
        tiny = backprop_flow.questions(state)[backprop_flow.smallest(state)]
        place = {"slope": "last slope" if tiny.at == (2, 0) else "hidden slope"}
        kinds[place.get(tiny.kind, tiny.kind)] += 1
    text = (GUIDED / "level_3_backpropagation" / "en.md").read_text("utf-8")
    assert "the game above picks evenly among five" in text
    assert all(25 <= count <= 55 for count in kinds.values())


def test_memory_is_least_near_the_square_root_of_the_layers():
    run = placed(
        "level_3_backpropagation",
        "memory-for-time",
        "The minimum lies in between, near the square root of the number of layers",
        "Keeping everything costs memory, and so does keeping next to nothing",
        "Try the square root of the number of layers, or a number beside it",
    )
    for depth in memory_for_time.DEPTHS:
        all_kept = max(memory_for_time.run(run.state.seed, depth, None)[0])
        traces = [memory_for_time.run(run.state.seed, depth, k)[0] for k in range(1, depth + 1)]
        peaks = [max(trace) for trace in traces]
        best = [k for k, peak in enumerate(peaks, 1) if peak == min(peaks)]
        assert all(abs(k - np.sqrt(depth)) <= 1 for k in best)
        assert min(peaks) < 0.7 * all_kept <= peaks[0]
        assert min(peaks) < 0.7 * peaks[-1]
        assert max(map(len, traces)) <= 2 * depth  # at most one more forward pass


def examples(state: descent_paths.State, way: str, rate: float) -> float:
    """How many a way has looked at when it comes to the bowl; infinite where it never does."""
    walker = descent_paths.Walker(state, way, rate)
    descent_paths._walk(state, walker, descent_paths.LOOKS * len(state.x))
    return walker.samples if descent_paths.arrived(state, walker) else np.inf


@pytest.mark.rarely
def test_a_full_batch_steps_against_the_slope_and_larger_rates_are_quicker_until_one_is_thrown():
    single: dict[float, list[float]] = {rate: [] for rate in (0.05, 0.1, 0.2, 0.3, 0.5)}
    full: dict[float, list[float]] = {rate: [] for rate in (0.05, 0.1, 0.2, 0.3, 0.4)}
    mini: dict[float, list[float]] = {rate: [] for rate in (0.1, 0.2, 0.3)}
    for seed in SEEDS:
        run = placed(
            "level_3_training",
            "descent-paths",
            "Every step of the full batch goes exactly against the slope",
            "200 of them while the full batch takes its first",
            "A larger rate makes all three quicker, until one of them is thrown off",
            seed=seed,
        )
        state = run.state
        assert len(state.x) == 200
        walker = descent_paths.Walker(state, "full", 0.1)
        before = walker.now.theta.copy()
        h = 1e-5 * np.eye(2)
        slope = [
            (descent_paths.loss_at(state, before + e) - descent_paths.loss_at(state, before - e))
            / 2e-5
            for e in h
        ]
        walker.advance()
        np.testing.assert_allclose(walker.now.theta - before, -0.1 * np.array(slope), atol=1e-6)
        for rate, found in single.items():
            found.append(examples(state, "single", rate))
        for rate, found in mini.items():
            found.append(examples(state, "mini", rate))
        for rate, losses in full.items():
            walker = descent_paths.Walker(state, "full", rate)
            descent_paths._walk(state, walker, descent_paths.LOOKS * len(state.x))
            losses.append(walker.now.loss / state.least)
    for way in (single, full, mini):
        middle = [np.median(found) for rate, found in way.items() if rate < 0.5]
        assert middle == sorted(middle, reverse=True)
    assert np.isinf(single[0.5]).sum() > 0.8 * len(SEEDS)


def test_the_optimiser_race_is_won_by_two_from_one_start():
    run = placed(
        "level_3_training",
        "optimizer-race",
        "From one and the same start you made two of them win, and nothing changed but the",
    )
    called = won(run).state.called
    assert len(set(called)) == 2
    run.send(["start", -2.0, 1.0])
    assert run.state.called == ()  # another start begins anew


def test_beside_the_ridge_descent_is_slow_and_on_it_stuck():
    run = placed(
        "level_3_training",
        "saddle-escape",
        "Beside the ridge it is *slow*, but not stuck",
        "You called it with and without momentum",
    )
    assert set(won(run).state.called) == {"plain", "heavy"}
    for start in (*saddle_escape.DEALT, 0.0):
        theta = np.array([saddle_escape.START_A, start])
        for _ in range(saddle_escape.LIMIT):
            theta = theta - 0.02 * saddle_escape.gradient(theta)
        assert (abs(theta[1]) >= saddle_escape.ESCAPED) == (start > 0)


@pytest.mark.rarely
def test_a_gradient_that_arrives_was_multiplied_by_nearly_one_on_average():
    for seed in SEEDS:
        run = placed(
            "level_3_training",
            "gradient-decay",
            "after twenty layers or more it was still within a factor of ten",
            "on average each layer multiplied it by nearly 1",
            seed=seed,
        )
        norms = won(run).state.norms
        assert len(norms) >= 20
        assert 0.1 <= norms[0] / norms[-1] <= 10
    # The rule of the win: what such a product can be on average, whoever has built it.
    assert gradient_decay.WIN_DEPTH == 20
    assert 10 ** (1 / 19) < 1.13


def test_a_point_of_ones_own_counts_several_times_and_the_border_comes_round_it():
    run = placed(
        "level_3_training",
        "change-its-mind",
        "beside all the others, each counted several times",
    )
    before = len(run.state.trainer.x)
    run.send(["disagree", 2.5, -2.5])
    assert change_its_mind.COUNTS > 3
    assert len(run.state.trainer.x) - before == change_its_mind.COUNTS
    text = (GUIDED / "level_3_training" / "en.md").read_text("utf-8")
    assert "three or more of them and still has nearly all of the spirals right" in text
    assert (change_its_mind.NEEDED, change_its_mind.SURE) == (3, 0.95)


# --- captions -------------------------------------------------------------------------------------


def caption(page: str, figure: str) -> str:
    text = (GUIDED / page / "en.md").read_text("utf-8")
    (found,) = re.findall(rf"(?ms)^:::{{figure}} {figure}\n(.*?)\n:::$", text)
    return str(found)


def labels(node: Node) -> list[str]:
    """What the pictures in a figure say of themselves."""
    own = node.attributes.get("aria-label")
    inside = [text for child in node.children if isinstance(child, Node) for text in labels(child)]
    return [str(own), *inside] if own else inside


def numbers(text: str) -> list[float]:
    return [float(n.replace("−", "-")) for n in re.findall(r"[−-]?\d+(?:\.\d+)?", text)]


def test_a_bias_moves_the_curve_and_a_weight_steepens_or_flips_it():
    assert "the bias only moves the curve to one side" in caption("level_1", "bias-shifts")
    for said in labels(first_figures.bias_shifts()):
        bias, low, _, high, _ = numbers(said)
        ends = sigmoid(np.array([-6.0, 6.0]) + bias)
        np.testing.assert_allclose([low, high], ends, atol=0.005)
    told = caption("level_1", "weight-steepens")
    assert "A larger weight makes the neuron decide more sharply. A negative one flips the" in told
    (_, *mild), (_, *sharp), (_, *flipped) = map(numbers, labels(first_figures.weight_steepens()))
    assert mild[2] - mild[0] < sharp[2] - sharp[0]
    assert flipped[0] > flipped[2]


def test_the_votes_are_those_of_the_example():
    (said,) = labels(first_figures.votes())
    sun, wind, bias, total = numbers(said)
    assert total == pytest.approx(sun - wind + bias)


def test_the_line_from_x2_to_the_third_neuron_is_in_the_second_row_and_third_column():
    assert "second row, third column" in caption("level_2", "weight-table")
    network = Dense(2, 3, rng=np.random.default_rng(5))  # as the figure's
    rows = re.findall(r"<tr>(<th scope=.row.*?)</tr>", to_html(second_figures.weight_table()))
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", rows[1])
    assert numbers(cells[2])[0] == pytest.approx(network.W[1, 2], abs=0.005)


def test_neurons_with_relu_make_a_corner_each_some_outside_and_none_without_a_bend():
    told = caption("level_2", "bends-add-up")
    assert (
        "each neuron adds one where it switches on or off, some of them outside the picture" in told
    )
    straight, two, ten = (int(numbers(said)[-1]) for said in labels(second_figures.bends_add_up()))
    assert straight == 0
    assert two == 2
    assert 2 < ten < 10  # as many as are inside


def test_two_of_the_four_points_meet_in_the_hidden_layer():
    assert "two points have moved together" in caption("level_2", "xor-cuts")
    z = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) @ np.full((2, 2), 40.0) + [-20.0, -60.0]
    seen = sigmoid(z)
    assert np.array_equal(seen[1], seen[2])
    assert len(np.unique(seen.round(6), axis=0)) == 3
    assert np.array_equal(seen @ [1.0, -1.0] - 0.5 > 0, [False, True, True, False])


@pytest.mark.rarely
def test_small_starts_fade_and_large_ones_are_pushed_to_the_flat_ends():
    """The same as the figure draws for one start, from fifty."""
    told = caption("level_2", "starts")
    assert "With weights that are too small the signal fades" in told
    assert "most neurons are pushed to their flat ends, where the slope is almost 0" in told
    for seed in SEEDS:
        for init, fades in ((initializers.normal(0.02), True), (initializers.normal(1.0), False)):
            rng = np.random.default_rng(seed)
            network = mlp([64] * 7 + [1], rng, Tanh, init)
            values = network.activations(rng.normal(size=(256, 64)))[1:]
            bent = [
                value
                for layer, value in zip(network, values, strict=True)
                if isinstance(layer, Tanh)
            ]
            spreads = [float(value.std()) for value in bent]
            if fades:
                assert spreads == sorted(spreads, reverse=True)
                assert spreads[-1] < 1e-3
            else:
                assert np.mean(1 - bent[-1] ** 2 < 0.02) > 0.5


def test_one_bad_guess_makes_up_most_of_the_squares():
    assert "a single bad guess makes up most of it" in caption("level_3", "squares")
    (said,) = labels(third_figures.squares())
    areas = numbers(said)[3:6]
    assert max(areas) > sum(areas) / 2


def test_cross_entropy_climbs_where_the_squared_error_never_exceeds_one():
    assert "the squared error never exceeds 1" in caption("level_3", "cross-entropy")
    p = np.linspace(1e-9, 1, 1000)
    assert ((1 - p) ** 2).max() <= 1
    assert -np.log(p[0]) > 20


def test_the_three_rates_of_the_chain_multiply_to_the_slope_of_the_wind():
    assert "Multiply the three rates" in caption("level_3", "chain")
    text = re.sub(r"<[^>]+>", " ", to_html(third_figures.chain()))
    found = re.findall(r"∂\S+ = [^=]*= (\S+)", text)  # the three rates, then their product
    *rates, product = (float(number.replace("−", "-")) for number in found)
    assert len(rates) == 3
    assert np.prod(rates) == pytest.approx(product, abs=0.002)


def test_a_delta_below_zero_says_that_a_larger_sum_makes_the_loss_smaller():
    assert "A minus says that a larger sum would have made" in caption(
        "level_3_backpropagation", "two-two-one"
    )
    (said,) = labels(backward_figures.two_two_one())
    one, two, last = (float(n.replace("−", "-")) for n in re.findall(r"[−-]?0\.\d+", said)[-3:])
    x, z1 = np.array([0.9, -0.6]), np.array([0.7, 0.4])

    def loss(first: float, second: float, more: float = 0.0) -> float:
        z2 = np.tanh(z1 + np.array([first, second])) @ x + 0.1 + more
        return float((sigmoid(np.array(z2)) - 1) ** 2)

    for delta, moved in ((one, (0.01, 0)), (two, (0, 0.01)), (last, (0, 0, 0.01))):
        assert (loss(*moved) < loss(0, 0)) == (delta < 0)


def test_a_temperature_below_one_gives_the_winner_more():
    assert "below 1 the winner takes more, above 1 the shares move closer" in caption(
        "level_3", "temperatures"
    )
    cold, plain, hot = (numbers(said) for said in labels(third_figures.temperatures()))
    assert (cold[0], plain[0], hot[0]) == (0.5, 1, 2)
    assert cold[1] > plain[1] > hot[1]
    assert np.ptp(cold[1:]) > np.ptp(plain[1:]) > np.ptp(hot[1:])


def test_from_the_fourth_step_on_the_largest_rate_is_outside_the_picture():
    told = caption("level_3", "learning-rates")
    assert "from the fourth on the steps are outside the picture" in told
    places = [-1.8 * (1 - 2 * 1.04) ** n for n in range(13)]
    assert [abs(place) <= 2.36 for place in places] == [n < 4 for n in range(13)]
    assert np.all(np.diff(np.abs(places)) > 0)
    rates = [numbers(said)[0] for said in labels(third_figures.learning_rates())]
    assert rates == [0.02, 0.3, 1.04]


def test_with_sigmoids_next_to_nothing_reaches_the_first_layers():
    assert "with sigmoids, next to nothing reaches the first layers" in caption(
        "level_3_training", "gradient-decay"
    )
    (said,) = labels(training_figures.gradient_decay())
    powers = numbers(said)
    assert powers[2] < -8 < powers[5] + 8  # of layer 1, and of layer 20
    assert min(powers[6:]) > -3  # with tanh, and with ReLU

"""Train a Brain: its mathematics, its history, its challenges, what its pictures are made of."""

import base64
import itertools
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from games import MessageError
from games.backpropagation.train_a_brain import (
    answers,
    editions,
    game,
    paper,
    pictures,
    plan,
    points,
    table,
)
from games.backpropagation.train_a_brain.challenges import CHALLENGES
from games.backpropagation.train_a_brain.plan import Plan
from games.backpropagation.train_a_brain.session import Session
from games.backpropagation.train_a_brain.state import place
from games.moves import Dial, Pick
from games.run import Run
from games.ui.node import diff, to_html
from games.ui.numbers import percent
from pycore import brains
from pycore.activations import Tanh
from pycore.layers import Dense, Dropout, Sequential
from pycore.losses import BinaryCrossEntropy
from tests.games.player import brain_file, snapshot
from tests.games.reading import classed

STOCHASTIC = {"batch": 10, "dropout": 0.2, "batch_norm": True, "l1": 0.001, "l2": 0.001}


def train(run):
    """Press Train, with some prediction."""
    run.send(["guess", 75])
    run.send(["play"])


def trained(steps, **settings):
    run = Session(Plan(3, **settings))
    for _ in range(steps):
        run.advance()
    return run


# --- what is computed -----------------------------------------------------------------------------


def by_hand(network, theta, x, y, l1, l2):
    """L + λ₁ Σ|w| + λ₂/2 Σ w² of a 2-3-1 tanh network, written out; θ is W1, b1, W2, b2."""
    W1, b1, W2, b2 = theta[:6].reshape(2, 3), theta[6:9], theta[9:12].reshape(3, 1), theta[12:]
    logits = (np.tanh(x @ W1 + b1) @ W2 + b2)[:, 0]
    loss = np.mean(np.log1p(np.exp(-np.abs(logits))) + np.maximum(logits, 0) - y * logits)
    weights = np.concatenate([theta[:6], theta[9:12]])
    return loss + l1 * np.abs(weights).sum() + l2 / 2 * (weights**2).sum()


def test_a_step_goes_down_the_loss_with_its_penalties_but_not_on_biases():
    run = Session(Plan(5, layers=((3, "tanh"),), optimizer="sgd", lr=0.1, l1=0.01, l2=0.03))
    theta, (x, y) = run.network.theta.copy(), run.data.train
    slope, h = np.zeros_like(theta), 1e-6
    for i in range(len(theta)):
        step = np.zeros_like(theta)
        step[i] = h
        up, down = (by_hand(run.network, theta + s * step, x, y, 0.01, 0.03) for s in (1, -1))
        slope[i] = (up - down) / (2 * h)
    run.advance()
    np.testing.assert_allclose(run.network.theta, theta - 0.1 * slope, rtol=1e-6, atol=1e-9)


def test_the_measured_losses_and_shares_are_those_of_all_points():
    run = trained(25, layers=((3, "tanh"),))
    for what, (x, y) in (("", run.data.train), ("held_", run.data.test)):
        expected = by_hand(run.network, run.network.theta, x, y, 0, 0)
        assert getattr(run.now, f"{what}loss") == pytest.approx(expected, rel=1e-9)
        right = (run.network.forward(x)[:, 0] > 0) == (y > 0.5)
        assert getattr(run.now, f"{what}quality") == right.mean()


@pytest.mark.parametrize("name", points.MADE)
def test_a_data_set_fits_the_plane_and_is_split_as_asked(name):
    found = points.points(Plan(2, data=name, points=120, held_out=0.25))
    assert (len(found.train[1]), len(found.test[1])) == (90, 30)
    everywhere = np.concatenate([found.train[0], found.test[0]])
    assert np.abs(everywhere).max() <= points.REACH
    if found.classes:
        assert set(found.train[1]) == {0.0, 1.0}


def test_the_inputs_are_what_their_names_say():
    x = np.array([[1.5, -2.0]])
    expected = [1.5, -2.0, 2.25, 4.0, -3.0, np.sin(1.5), np.sin(-2.0)]
    np.testing.assert_allclose(brains.inputs(tuple(brains.FEATURES), x)[0], expected)


def test_every_control_of_an_optimizer_is_one_of_its_own_arguments_and_is_offered():
    for name in plan.OPTIMIZERS:
        own = plan.knobs(Plan(0, optimizer=name))
        assert set(own) <= set(plan.KNOBS), name
        for knob, value in own.items():
            match plan.KNOBS[knob]:
                case Pick() as pick:
                    assert value in pick.values.values(), (name, knob, value)
                case Dial(low, high):
                    assert low <= value <= high


def test_the_number_of_weights_is_the_engine_s_own_count():
    for layers, norm in itertools.product(((), ((3, "tanh"),), ((16, "ReLU"),) * 6), (False, True)):
        made = Plan(0, layers=layers, batch_norm=norm)
        assert made.count() == Session(made).network.theta.size


# --- going back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", plan.OPTIMIZERS)
@pytest.mark.parametrize("more", [{}, STOCHASTIC], ids=["plain", "stochastic"])
def test_every_step_can_be_gone_back_to_exactly(optimizer, more):
    run = Session(
        Plan(4, data="moons", layers=((4, "ReLU"),), optimizer=optimizer, lr=0.01, **more)
    )
    seen = []
    for step in range(90):
        seen.append(run.network.theta.copy())
        run.advance()
        if step == 40:
            run.set(replace(run.plan, lr=0.02))
        if step == 60:
            theta = run.network.theta.copy()
            theta[0] = 2.0
            run.write(theta)
    for step in (89, 13, 40, 42, 0, 62, 61, 33, 89):
        run.seek(step)
        if step != 61:  # which the learner's hand changed
            np.testing.assert_array_equal(run.network.theta, seen[step])


def test_going_back_before_a_change_and_on_from_there_undoes_it():
    plain = trained(30)
    run = trained(10)
    run.set(replace(run.plan, lr=0.3))
    for _ in range(20):
        run.advance()
    run.seek(5)
    for _ in range(25):
        run.advance()
    np.testing.assert_array_equal(run.network.theta, plain.network.theta)
    assert run.history.by_step == plain.history.by_step


def test_a_number_beyond_all_bounds_is_explained_and_undone():
    run = Run("train-a-brain", 1, {"challenge": "free", "data": "waves", "layers": 3, "units": 8})
    for layer in (1, 2, 3):
        run.send(["activation", layer, "relu"])
    run.send(["optimizer", "sgd"])
    run.send(["lr", "10"])
    train(run)
    while run.tick():
        pass
    state = run.state
    assert re.match(r"(forward of|backward of|parameter|MeanSq)", state.failure)
    assert np.isfinite(state.session.network.theta).all()
    assert 0 < state.session.step < 1000
    page = run.view().text()
    assert f"First to overflow: {state.failure}. Gone back to step {state.session.step}" in page
    assert not re.search(r"(?<![a-z])(nan|inf)(?![a-z])", page)
    assert all(np.isfinite(table).all() for table in run.numbers().values())


# --- the pictures ---------------------------------------------------------------------------------


def test_the_plane_is_the_network_s_own_answer_at_each_place():
    run = trained(60, layers=((4, "tanh"), (3, "ReLU")), features=("x₁", "x₂", "x₁x₂"))
    side = answers.side(run.plan)
    given = answers.columns(answers.reader(run), answers.grid_inputs(run.plan.features, side))
    plane = answers.answer(run, given[-1][:, 0]).reshape(side, side)
    for row, column in ((0, 0), (5, 40), (side - 1, 2)):
        x1 = points.REACH * (2 * (column + 0.5) / side - 1)
        x2 = -points.REACH * (2 * (row + 0.5) / side - 1)
        logit = run.network.forward(np.array([[x1, x2, x1 * x2]]))[0, 0]
        assert plane[row, column] == pytest.approx(np.tanh(logit / 2), abs=1e-12)
    assert [c.shape[1] for c in given] == [3, 4, 3, 1]


def test_the_histograms_gradient_is_that_of_the_loss():
    run = trained(5, layers=((3, "tanh"),))
    _, slopes = answers.gradients(run)
    theta, (x, y) = run.network.theta, run.data.train
    step = np.zeros_like(theta)
    step[4] = 1e-6
    up, down = (by_hand(run.network, theta + s * step, x, y, 0, 0) for s in (1, -1))
    assert slopes[0].ravel()[4] == pytest.approx((up - down) / 2e-6, rel=1e-5)


def test_looking_does_not_disturb_training():
    looked, plain = (Run("train-a-brain", 2, {"challenge": "free"}) for _ in range(2))
    for run in (looked, plain):
        run.send(["dropout", 0.2])
        run.send(["batch_norm", True])
        train(run)
        for _ in range(40):
            run.tick()
            if run is looked:
                run.view()
    np.testing.assert_array_equal(
        looked.state.session.network.theta, plain.state.session.network.theta
    )


def test_the_largest_network_draws_few_nodes_and_sends_little():
    run = Run("train-a-brain", 0, {"challenge": "spiral", "layers": 6, "units": 16})
    run.send(["look", 3, 7])
    train(run)
    for _ in range(3):
        run.tick()
    before = run.view()
    run.tick()
    after = run.view()
    assert sum(1 for _ in after.walk()) <= 720
    assert len(str(diff(before, after, []))) <= 30_000


def test_the_border_is_where_the_answer_is_zero():
    n = 48
    x1, x2 = answers.grid(n).T
    circle = pictures.plots.isoline(pictures.PLANE, (4 - x1**2 - x2**2).reshape(n, n))
    places = [
        (float(a), float(b)) for a, b in re.findall(r"([\d.]+) ([\d.]+)", circle.attributes["d"])
    ]
    radius = [np.hypot(pictures.PLANE.data_x(a), pictures.PLANE.data_y(b)) for a, b in places]
    np.testing.assert_allclose(radius, 2, atol=0.01)


def test_the_slider_moves_the_weight_that_was_chosen():
    run = Run("train-a-brain", 0, {"layers": 2, "units": 4})
    run.send(["look", 2, 3])
    assert run.state.neuron == (2, 3)
    run.send(["weight", 1])
    where = place(run.state)
    run.send(["write", 1.25])
    assert run.state.session.network.theta[where] == 1.25
    assert answers.dense(run.state.session.network)[1].W[1, 3] == 1.25
    run.send(["weight", 4])
    run.send(["write", -0.5])
    assert answers.dense(run.state.session.network)[1].b[3] == -0.5


def test_a_neuron_that_is_not_there_is_refused_with_those_that_are():
    run = Run("train-a-brain", 0, {"layers": 2, "units": 4})
    with pytest.raises(MessageError, match="allowed: column 2 with unit 0 to 3"):
        run.send(["look", 2, 4])
    with pytest.raises(MessageError, match="from 1 to 3"):
        run.send(["look", 4, 0])


def test_every_neuron_and_every_weight_into_the_one_looked_at_can_be_tapped():
    run = Run("train-a-brain", 0, {"layers": 2, "units": 3})
    run.send(["look", 2, 1])
    said = {node.messages().get("click") for node in run.view().walk()}
    assert {("look", c, u) for c in (1, 2) for u in range(3)} | {("look", 3, 0)} <= said
    assert {("weight", i) for i in range(4)} <= said


def test_arrow_keys_reach_every_neuron():
    run, seen = Run("train-a-brain", 0, {"layers": 2, "units": 3}), set()
    run.send(["look", 1, 0])
    for across, up in [(0, -1)] * 2 + [(1, 0)] + [(0, 1)] * 2 + [(1, 0), (-1, 0), (-1, 0)]:
        seen.add(run.state.neuron)
        run.send(["go", across, up])
    assert seen == {(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2), (3, 0)}


# --- challenges -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, item in CHALLENGES.items() if item.data])
def test_every_challenge_can_be_won_by_its_own_solution(name):
    for seed in range(4):
        run = Run("train-a-brain", seed, {"challenge": name})
        run.solve()
        assert run.score() == 1
        state = run.state
        x, y = state.session.data.test
        assert len(y) >= 50
        right = ((answers.reader(state.session).forward(x)[:, 0] > 0) == (y > 0.5)).mean()
        assert right >= CHALLENGES[name].held


def test_the_figures_of_challenges_met_are_its_records():
    run = Run("train-a-brain", 0, {"challenge": "fewest-weights"})
    assert run.records() == {}
    run.solve()
    figure = run.state.session.plan.count()
    assert run.records() == {"fewest-weights": figure}
    assert game.RECORDS.keys() >= run.records().keys()
    assert f"Won with {figure} parameters; best: {figure}." in run.view().text()


def test_xor_is_not_won_with_other_inputs_or_easier_points():
    run = Run("train-a-brain", 0)
    run.send(["feature", "x1x2"])
    train(run)
    while run.tick():
        pass
    assert run.state.session.now.held_quality == 1
    assert run.score() < 1
    assert "only x₁ and x₂ go in" in run.view().text()


def test_two_neurons_do_not_solve_xor_and_four_may():
    """Two cuts leave a strip; what a few seeds give is stated, not assumed."""
    two = [trained_xor(seed, 2) for seed in range(6)]
    assert max(two) < 0.98
    assert max(trained_xor(seed, 4) for seed in range(6)) == 1


def trained_xor(seed, units):
    run = Session(Plan(seed, layers=((units, "tanh"),)))
    best = 0.0
    for _ in range(400):
        run.advance()
        best = max(best, run.now.held_quality)
    return best


def test_nothing_runs_before_a_prediction():
    run = Run("train-a-brain", 0)
    for move in ("play", "step"):
        with pytest.raises(MessageError, match="not possible now"):
            run.send([move])
    run.send(["guess", 90])
    run.send(["play"])
    assert run.state.bet.running
    with pytest.raises(MessageError, match="not possible now"):
        run.send(["guess", 95])
    run.tick()
    run.send(["pause"])
    right = percent(run.state.session.now.held_quality, 1)
    assert f"You said{percent(0.9)}It is{right}" in run.view().text()
    run.send(["challenge", "moons"])
    assert run.state.bet.open
    assert run.state.bet.said is None


def test_what_a_challenge_needs_lies_in_no_drawer():
    """Every move of its solution, apart from those that set what is set already."""
    for name in CHALLENGES:
        run = Run("train-a-brain", 0, {"challenge": name})
        for message in run.game.module.solution(run.state):
            assert message in offered(run), (name, message)
            run.send(message)
            for _ in range(3):
                run.tick()
            if message == ("play",):
                break


def offered(run):
    """What can be said without opening a drawer."""
    found = []

    def walk(node):
        if node.tag == "details":
            return
        for event, sends in node.messages().items():
            if event == "input":
                move = getattr(run.game.module.MOVES.on(run.state), sends[0])
                low, high, step = move.ends()
                values = np.arange(low, high + step / 2, step).round(2).tolist()
                found.extend((*sends, v) for v in values)
            else:
                found.append(sends)
        for child in node.children:
            if not isinstance(child, str):
                walk(child)

    walk(run.view())
    return found


def test_the_ladder_marks_what_is_won_and_what_is_next_and_leads_there():
    run = Run("train-a-brain", 0)
    (following,) = classed(run.view(), "next")
    assert following.messages() == {"click": ("challenge", "xor")}
    run.solve()
    view = run.view()
    steps = classed(view, "brain-step")
    (won,), (following,) = (
        [step for step in steps if mark in step.attributes["class"].split()]
        for mark in ("won", "next")
    )
    assert won.messages() == {"click": ("challenge", "xor")}
    assert following.messages() == {"click": ("challenge", "moons")}
    (primary,) = classed(view, "primary")
    assert primary.text() == "Next: Moons, 97 %"
    assert primary.messages() == {"click": ("challenge", "moons")}
    assert "won" in classed(view, "isoline")[0].attributes["class"]
    run.send(["challenge", "moons"])
    assert classed(run.view(), "isoline")[0].attributes["class"] == "isoline"


def test_the_first_steps_can_be_watched_and_full_speed_is_a_choice():
    run = Run("train-a-brain", 0)
    train(run)
    paces = []
    for _ in range(300):
        paces.append(run.pace)
        run.tick()
    assert paces[0] == 8
    assert paces == sorted(paces)
    assert paces[-1] == 60
    run.send(["speed", "full"])
    assert run.pace is None


def test_who_waits_for_two_neurons_is_told_to_give_more():
    run = Run("train-a-brain", 1)
    train(run)
    for _ in range(700):
        run.tick()
    assert run.state.playing
    assert "Stuck? Two neurons make two cuts" in run.view().text()


# --- points of one's own, and texts ---------------------------------------------------------------


def test_of_few_points_two_are_left_to_learn_from():
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["batch_norm", True])
    run.send(["held_out", 0.9])
    run.send(["data", "own"])
    assert [len(y) for _, y in (run.state.session.data.train, run.state.session.data.test)] == [
        2,
        2,
    ]
    run.send(["guess", 50])
    run.send(["step"])


def test_a_stroke_leaves_points_a_step_apart_and_the_eraser_takes_them():
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["data", "own"])
    before = len(run.state.session.plan.own)
    for x in np.arange(-2.3, -0.2, 0.05):
        run.send(["draw", x, -1.0])
    own = run.state.session.plan.own
    drawn = np.array(own[before:])[:, :2]
    assert len(drawn) > 5
    assert np.hypot(*np.diff(drawn, axis=0).T).min() >= points.PEN_GAP
    run.send(["pen", "erase"])
    run.send(["draw", -2.3, -1.0])
    assert len(run.state.session.plan.own) < len(own)


def test_drawing_goes_on_with_the_same_weights():
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["data", "own"])
    train(run)
    for _ in range(20):
        run.tick()
    theta = run.state.session.network.theta.copy()
    run.send(["draw", -1.5, 1.0])
    assert run.state.session.step == 20
    np.testing.assert_array_equal(run.state.session.network.theta, theta)


def test_a_table_is_read_with_classes_or_numbers():
    rows = "a,b,kind\n0,10,cat\n1,20,dog\n2,30,cat\n3,40,dog\n"
    own = np.array(table.points(table.read(rows))[0])
    np.testing.assert_allclose(own[:, 0], [-2.5, -0.8333, 0.8333, 2.5])
    np.testing.assert_allclose(own[:, 2], [0, 1, 0, 1])
    rows = rows.replace("cat", "5").replace("3,40,dog", "3,40,9").replace("dog", "7")
    np.testing.assert_allclose(np.array(table.points(table.read(rows))[0])[:, 2], [-1, 0, -1, 1])


LABEL_FIRST = "label,x1,x2\n1,5,7\n0,6,1\n1,7,3\n0,9,9\n"
PLAIN = "1.5,2,a\n3,4.25,b\n5,6,a\n7,8,b\n"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + PLAIN,
        "\ufeffx1,x2,kind\n" + PLAIN,
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", ";").replace(".", ","),
        "x1;x2, the other;kind\n" + PLAIN.replace(",", ";").replace(".", ","),
        PLAIN.replace(",", "\t").replace("a", "a, or so").replace("b", "b, or so"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", ",\n"),
        PLAIN.replace("a", '"a"'),
        "\n\n" + PLAIN.replace("\n", "\n\n"),
    ],
)
def test_files_are_read_as_people_have_them(text):
    expected = table.points(table.read(PLAIN))
    assert table.points(table.read(text)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "No three columns"),
        ("a few words", "No three columns"),
        ("1,2\n3,4", "No three columns"),
        ("1,2,3", "1 rows; allowed: 4 to 400"),
        ("1,2,x\n3,4,y\n5,6,z\n7,8,z", "y is column 3, 3 different texts: “x”, “y”, “z”; allowed"),
        (
            "1,2,x\n3,4,y\n5,6,z\n7,8,w",
            "y is column 3, 4 different texts: “w”, “x”, “y”, …; allowed",
        ),
        (PLAIN + "9,1,\n", "Row 5: column 3 is empty."),
        ("1.2x,2,a\n" + PLAIN, "Row 1: column 1 is “1.2x”, which is not a number"),
        ("1,nan,a\n" + PLAIN, "Row 1: column 2 is “nan”"),
        ("\n1,,a\n" + PLAIN, "Row 2: column 2 is “”"),
        ("1_000,2,a\n" + PLAIN, "Row 1: column 1 is “1_000”"),
        ("１,2,a\n" + PLAIN, "Row 1: column 1 is “１”"),
        ('"1,000",2,a\n' + PLAIN.replace(".5", "").replace(".25", ""), "two ways"),
        ('"1,5",2,a\n' + PLAIN, "a decimal point, others a comma"),
        (PLAIN + '9,1,"a\n', "Row 5: a quotation mark that is opened and not closed"),
        (PLAIN + "9,1\n", "Row 5 has 2 cells, the others have 3"),
    ],
)
def test_what_is_no_table_is_said_with_its_row_and_changes_no_points(text, said):
    run = Run("train-a-brain", 0, {"challenge": "free"})
    data = run.state.session.data
    run.send(["csv", text])
    assert said in run.state.problem
    assert said in run.view().text()
    assert run.state.session.data is data


def test_a_minus_sign_of_typesetters_is_one():
    found = table.read("−1,2,a\n3,4,b\n5,6,a\n7,8,b\n")
    assert found.numbers(0).tolist() == [-1, 3, 5, 7]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("a b a b", "two classes, “a” (class 0) and “b” (class 1)"),
        ("0 1 1.0 01", "two classes, “0” (class 0) and “1” (class 1)"),
        ("10 9 10 9", "two classes, “9” (class 0) and “10” (class 1)"),
        ("0 1 2 1", "a number from 0 to 2"),
        ("5 5 5 5", "5 in every row: nothing to learn"),
    ],
)
def test_what_was_understood_is_said(labels, said):
    rows = "\n".join(f"{i * i},{-i},{y}" for i, y in enumerate(labels.split()))
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["csv", f"long,lat,kind\n{rows}"])
    assert f"4 rows: x₁ is long, x₂ is lat; y is kind, {said}." in run.view().text()


def test_columns_can_be_chosen_and_a_count_of_rows_is_passed_over():
    rows = "id,place,x,y,size,species\n1,a,5,3,9,p\n2,b,6,1,7,q\n3,c,7,0,8,p\n4,d,1,1,2,q\n"
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["csv", rows])
    assert "x₁ is x, x₂ is y; y is species, two classes" in run.view().text()
    run.send(["column", "x2", 2])  # texts: said, and the points stay
    assert "Row 2: place is “a”, which is not a number." in run.view().text()
    run.send(["column", "x2", 5])
    assert "x₁ is x, x₂ is size; y is species" in run.view().text()
    run.send(["column", "y", 4])
    assert not run.state.session.classes
    with pytest.raises(MessageError, match="from 1 to 6"):
        run.send(["column", "y", 7])


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("cat,1,2\ndog,2,1\ncat,3,4\ndog,4,0\n", (1, 2, 0)),
        (LABEL_FIRST, (1, 2, 0)),
        ("x1,Class,x2\n5,1,7\n6,0,1\n7,1,3\n9,0,9\n", (0, 2, 1)),
        ("id,sex,height,weight\n1,f,5,9\n2,m,6,1\n3,m,7,3\n4,f,9,9\n", (2, 3, 1)),
        ("1,5,7\n0,6,1\n1,7,3\n0,9,9\n", (0, 1, 2)),
    ],
)
def test_what_is_to_be_learnt_need_not_be_the_last_column(text, roles):
    found = table.read(text)
    assert (found.x1, found.x2, found.y) == roles
    table.points(found)


def test_the_columns_of_a_refused_table_can_be_chosen():
    run = Run("train-a-brain", 0, {"challenge": "free"})
    data = run.state.session.data
    run.send(["csv", "town,x,y,kind\nA,1,7,p\nB,2,0,q\nC,5,3,r\nD,4,4,s\n"])
    assert "y is kind, 4 different texts: “p”, “q”, “r”, …" in run.view().text()
    assert "Choose other columns below, or mend the table." in run.view().text()
    assert run.state.session.data is data
    run.send(["column", "y", 2])
    assert "4 rows: x₁ is x, x₂ is y; y is x, a number from 1 to 5." in run.view().text()
    run.send(["column", "y", 1])
    run.send(["data", "own"])
    run.send(["data", "csv"])  # the columns are still bad, and still said
    assert "y is town, 4 different texts" in run.view().text()
    run.send(["data", "moons"])
    assert not run.state.problem
    with pytest.raises(MessageError):
        run.send(["column", "y", 2])


def test_a_column_is_chosen_by_its_name():
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["csv", f"{'a very long name indeed'},y,\n1,7,3\n2,0,4\n5,3,5\n4,4,6\n"])
    (lists,) = [
        [option.text() for option in node.walk() if option.tag == "option"]
        for node in run.view().walk()
        if node.messages().get("change") == ("column", "x2")
    ]
    assert lists == ["1: a very long name in…", "2: y", "column 3"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLAIN, [["csv", PLAIN]]),
        ("cat,1,2\ndog,2,1\ncat,3,4\ndog,4,0\n", []),
        (
            LABEL_FIRST,
            [["csv", LABEL_FIRST], ["column", "x1", 1], ["column", "x2", 2], ["column", "y", 3]],
        ),
        ("no table", []),
    ],
)
def test_a_table_of_edition_2_is_read_as_it_was(text, said):
    assert editions.from_2(0, {}, [3, ["csv", text], ["play"]]) == ({}, [3, *said, ["play"]])


def test_two_numbers_may_be_classes_or_numbers():
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["csv", "1,2,.5\n3,1,.7\n5,4,.5\n2,2,.7\n"])
    assert run.state.session.classes
    run.send(["label", "numbers"])
    assert not run.state.session.classes
    assert "y is column 3, a number from 0.5 to 0.7" in run.view().text()
    assert "R², hollow points" in run.view().text()


def test_a_table_of_numbers_is_drawn_on_as_two_classes_and_comes_back_as_it_was():
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["csv", "0,10,1\n1,20,5\n2,30,9\n4,60,2\n"])
    own = run.state.plan.own
    run.send(["data", "own"])
    data = run.state.session.data
    assert set(np.concatenate([data.train[1], data.test[1]])) == {0.0, 1.0}
    run.send(["draw", -1.0, 2.0])
    train(run)
    run.tick()
    assert run.state.session.step == 1
    run.send(["data", "csv"])
    assert run.state.plan.own == own
    assert not run.state.session.classes


@pytest.mark.parametrize("period", [2, 3, 4, 5])
@pytest.mark.parametrize("held_out", [0.1, 0.25, 0.5, 0.9])
def test_both_parts_of_a_table_hold_each_class(period, held_out):
    rows = "\n".join(f"{i},{i * i % 7},{'ab'[i % period == 0]}" for i in range(20))
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["held_out", held_out])
    run.send(["csv", rows])
    data = run.state.session.data
    assert set(data.train[1]) == set(data.test[1]) == {0, 1}
    seen, of_one = len(data.train[1]), int(data.train[1].sum())
    said = f"{seen} points to learn from, {of_one} of them of class 1"
    assert said in run.view().text()


@pytest.mark.parametrize("name", [name for name in points.MADE if name not in points.NUMBERS])
def test_few_points_of_a_data_set_still_hold_each_class(name):
    for seed in range(60):
        found = points.points(Plan(seed, data=name, points=20, held_out=0.9))
        assert set(found.train[1]) == set(found.test[1]) == {0, 1}


def test_points_of_one_class_are_said():
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["csv", "1,2,a\n3,1,a\n5,4,a\n2,2,a\n"])
    assert "All points belong to one class" in run.view().text()


@pytest.mark.parametrize(("n", "batch"), [(41, 10), (41, 20), (62, 20), (40, 1)])
def test_with_batch_norm_no_row_is_left_alone_and_none_is_left_out(n, batch):
    rows = "\n".join(f"{i},{i * i % 7},{'ab'[i % 2]}" for i in range(n))
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["csv", rows])
    run.send(["batch_norm", True])
    run.send(["batch", str(batch)])
    trainer = run.state.session.trainer
    seen = len(run.state.session.data.train[1])
    assert len(trainer.x) == seen
    assert seen % trainer.batch_size != 1
    assert trainer.batch_size > 1
    if trainer.batch_size != batch:
        assert f"here a batch has {trainer.batch_size}." in run.view().text()
    train(run)
    for _ in range(60):
        run.tick()
    assert run.state.session.step == 60


def test_another_challenge_keeps_the_optimizer_and_its_settings():
    run = Run("train-a-brain", 0)
    run.send(["optimizer", "momentum"])
    run.send(["beta", 0.5])
    run.send(["lr", "0.3"])
    run.send(["challenge", "moons"])
    now = run.state.plan
    assert (now.optimizer, plan.knobs(now)["beta"], now.lr) == ("momentum", 0.5, 0.3)
    assert now.data == "moons"


LEARNING = [
    ["schedule", "cosine"],
    ["span", 400],
    ["batch", "10"],
    ["class_loss", "hinge"],
]


def test_another_challenge_keeps_all_that_the_drawer_of_learning_sets():
    run = Run("train-a-brain", 0)
    for message in [*LEARNING, ["l2", "0.01"], ["dropout", 0.2]]:
        run.send(message)
    run.send(["challenge", "moons"])
    now = run.state.plan
    assert (now.schedule, now.span, now.batch, now.loss) == ("cosine", 400, 10, "hinge")
    assert (now.l2, now.dropout) == (0, 0), "the network begins anew"
    run = Run("train-a-brain", 0, {"challenge": "free"})
    for message in (["data", "plane"], ["number_loss", "huber"], ["challenge", "xor"]):
        run.send(message)
    assert run.state.plan.loss == "cross-entropy", "Huber's is a loss for numbers"


@pytest.mark.parametrize("ways", ["today", "first"])
def test_a_challenge_of_edition_3_begins_schedule_batches_and_loss_anew(ways):
    params, guess = {"ways": ways}, ["guess", 80]
    log = [["optimizer", "sgd"], *LEARNING, ["challenge", "moons"], guess, ["play"], 20]
    log += [["batch", "5"], ["challenge", "spiral"], guess, ["play"], 20]
    _, told = editions.from_3(0, params, log)
    anew = [["schedule", "constant"], ["span", 2000], ["batch", "all"]]
    anew += [["class_loss", "cross-entropy"]]
    added = [anew, [["batch", "all"]]] if ways == "today" else [[], []]
    i, j = (log.index(["challenge", name]) + 1 for name in ("moons", "spiral"))
    assert told == [*log[:i], *added[0], *log[i:j], *added[1], *log[j:]]
    then, now = Run("train-a-brain", 0, params), Run("train-a-brain", 0, params)
    for _ in now.replay(told):
        pass
    for entry in log:
        for _ in then.replay([entry]):
            pass
        if entry != guess and isinstance(entry, list) and entry[0] == "challenge":
            asked, fresh = then.state.plan, Plan(0)
            learns = {name: getattr(fresh, name) for name in ("schedule", "span", "batch", "loss")}
            then.state.session = Session(replace(asked, **learns))
    assert now.state.plan == then.state.plan
    np.testing.assert_array_equal(now.state.session.shown, then.state.session.shown)
    assert now.state.session.step == 20


@pytest.mark.parametrize("optimizer", ["schedulefreesgd", "schedulefreeadamw"])
def test_a_weight_by_hand_changes_that_weight_alone(optimizer):
    run = Run("train-a-brain", 0, {"optimizer": optimizer, "units": 3})
    train(run)
    for _ in range(30):
        run.tick()
    run.send(["pause"])
    run.send(["look", 1, 1])
    before = answers.reader(run.state.session).theta.copy()
    run.send(["write", 2.0])
    after = answers.reader(run.state.session).theta
    assert np.flatnonzero(after != before).tolist() == [place(run.state)]


def test_r_squared_is_called_that():
    run = Run("train-a-brain", 0, {"challenge": "free", "data": "waves"})
    text = run.view().text()
    assert "held-out R²" in text
    assert "held-out right" not in text
    assert "with R² " in run.describe()


@pytest.mark.parametrize("norm", [False, True])
def test_saved_weights_come_back_exactly(norm):
    run = Run("train-a-brain", 0, {"challenge": "free", "layers": 2, "units": 5})
    run.send(["batch_norm", norm])
    run.send(["dropout", 0.1])
    train(run)
    for _ in range(30):
        run.tick()
    ((name, file),) = run.files().items()
    assert name == "brain-circles-2-5-5-1.npz"
    other = Run("train-a-brain", 7)
    other.send(["open", base64.b64encode(file).decode()])
    assert list(other.files().values()) == [file]
    x = np.random.default_rng(0).normal(size=(9, 2))
    first, second = (answers.reader(r.state.session).forward(x) for r in (run, other))
    np.testing.assert_array_equal(first, second)


def test_a_brain_larger_than_this_page_builds_is_refused():
    rng = np.random.default_rng(0)
    network = Sequential(Dense(2, 17, rng=rng), Tanh(), Dense(17, 1, rng=rng))
    file = brains.write(brains.Brain(network, ("x₁", "x₂"), "hinge", True))
    run = Run("train-a-brain", 0)
    before = snapshot(run.state)
    with pytest.raises(MessageError, match="sizes: 17; allowed: at most 6 of at most 16 neurons"):
        run.send(["open", base64.b64encode(file).decode()])
    assert snapshot(run.state) == before
    assert run.log == []


def test_an_opened_brain_trains_on():
    run = Run("train-a-brain", 0)
    run.send(["open", brain_file()])
    before = run.state.session.now.loss
    train(run)
    for _ in range(50):
        run.tick()
    assert run.state.session.now.loss < before
    run.send(["seek", 0])
    np.testing.assert_array_equal(
        run.state.session.network.theta, brains.read(base64.b64decode(brain_file())).network.theta
    )


def test_a_loss_for_numbers_does_not_stay_with_classes():
    run = Run("train-a-brain", 0, {"challenge": "free", "data": "waves"})
    run.send(["number_loss", "huber"])
    with pytest.raises(MessageError, match="'class_loss' is not possible now"):
        run.send(["class_loss", "hinge"])
    run.send(["data", "circles"])
    trainer = run.state.session.trainer
    assert isinstance(trainer.loss, BinaryCrossEntropy)
    assert set(trainer.y.ravel()) == {0.0, 1.0}


def scaled_brain(seed):
    """A brain of any build, with any scales."""
    rng = np.random.default_rng(seed)
    n, scales = int(rng.integers(1, 6)), rng.normal(size=(3, 2)).round(3)
    network = Sequential(Dense(2, n, rng=rng), Tanh(), Dense(n, 1, rng=rng))
    classes = bool(rng.integers(2))
    loss = "hinge" if classes else "Huber"
    scales[:, 1] = np.abs(scales[:, 1]) + 0.1
    return brains.write(
        brains.Brain(network, ("x₁", "x₂"), loss, classes, tuple(map(tuple, scales.tolist())))
    )


@pytest.mark.parametrize("seed", range(12))
def test_a_brain_opened_and_saved_is_the_same_whatever_the_points(seed):
    file = scaled_brain(seed)
    for data in ("circles", "waves", "a table", "own"):
        run = Run("train-a-brain", seed, {"challenge": "free"})
        if data == "a table":
            run.send(["csv", "0,10,1\n1,20,5\n2,30,9\n4,60,2\n"])
        else:
            run.send(["data", data])
        run.send(["open", base64.b64encode(file).decode()])
        assert list(run.files().values()) == [file], data
        run.send(["reset"])  # another network now
        assert list(run.files().values()) != [file], data


def test_what_is_trained_on_a_table_has_the_table_s_scales():
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["csv", "0,10,1\n1,20,5\n2,30,9\n4,60,2\n"])
    brain = brains.read(*run.files().values())
    rows = np.array([[0, 10, 1], [4, 60, 2]], float)
    scaled = (rows - [m for m, _ in brain.scales]) / [half for _, half in brain.scales]
    np.testing.assert_allclose(scaled[[0, 1]], [[-2.5, -2.5, -1], [2.5, 2.5, -0.75]])
    run.send(["open", brain_file()])
    assert brains.read(*run.files().values()).scales == brains.UNSCALED
    run.send(["guess", 50])
    run.send(["step"])
    assert brains.read(*run.files().values()).scales == brain.scales
    run.send(["data", "circles"])
    assert brains.read(*run.files().values()).scales == brains.UNSCALED


def test_the_pytorch_script_holds_the_weights_and_compiles():
    run = trained(10, layers=((3, "tanh"),))
    script = paper.pytorch(run)
    compile(script, "network.py", "exec")
    assert "nn.Linear(2, 3)" in script
    assert repr(float(run.network.theta[0])) in script


def test_the_pytorch_script_answers_in_the_units_of_the_data():
    """Its `answer`, computed by NumPy: what PyTorch makes of the network is tests/oracle's."""
    run = Run("train-a-brain", 0, {"challenge": "free"})
    run.send(["csv", "0,10,1\n1,20,5\n2,30,9\n4,60,2\n"])
    run.send(["feature", "sin-x2"])
    script = paper.pytorch(run.state.session)
    network, scales = run.state.session.network, run.state.plan.scales
    names = {
        "torch": SimpleNamespace(sin=np.sin, stack=lambda parts, dim: np.stack(parts, axis=dim)),
        "network": network.forward,
    }
    exec(script[script.index("def answer") :], names)
    x1, x2 = np.array([0.0, 3.0]), np.array([10.0, 50.0])
    x = np.stack([(v - m) / h for v, (m, h) in zip((x1, x2), scales, strict=False)], axis=1)
    middle, half = scales[2]
    expected = network.forward(brains.inputs(run.state.plan.features, x))[:, 0] * half + middle
    np.testing.assert_allclose(names["answer"](x1, x2), expected)


def test_dropout_is_only_in_training():
    run = trained(3, dropout=0.5, layers=((8, "tanh"),))
    assert any(isinstance(layer, Dropout) for layer in run.network)
    assert not any(isinstance(layer, Dropout) for layer in answers.reader(run))
    x, y = run.data.train
    expected = BinaryCrossEntropy().forward(answers.reader(run).forward(x), y)
    assert run.now.loss == pytest.approx(expected)


def test_printed_numbers_are_the_engine_s():
    run = Run("train-a-brain", 1)
    train(run)
    for _ in range(30):
        run.tick()
    run.send(["pause"])
    now, page = run.state.session.now, to_html(run.view())
    assert f"{now.loss:.3f}" in page
    assert f"{now.held_loss:.3f}" in page
    assert percent(now.held_quality, 1) in page


# --- links of edition 1 ---------------------------------------------------------------------------


def old(params, *log):
    """What a run of edition 1 says today."""
    return editions.from_1(0, params, [list(entry) for entry in log])


def test_texts_and_numbers_of_edition_1_are_ids_today():
    params = {"data": "as the challenge asks", "activation": "leaky ReLU", "lr": 1.0}
    assert old(params | {"optimizer": "AdamW"})[0] == {
        "data": "as-asked",
        "activation": "leaky-relu",
        "optimizer": "adamw",
        "lr": "1",
        "ways": "first",
    }
    said = [
        ["set", "eps", "1e-12"],
        ["set", "l2", "1e-05"],
        ["set", "batch", "0"],
        ["set", "loss", "squared error"],
        ["data", "waves"],
        ["set", "loss", "squared error"],
        ["speed", "60 a second"],
        ["feature", "sin x₁"],
    ]
    assert old({}, *said)[1] == [
        ["eps", "0.000000000001"],
        ["l2", "0.00001"],
        ["batch", "all"],
        ["class_loss", "squared-error"],
        ["data", "waves"],
        ["number_loss", "squared-error"],
        ["speed", "60-a-second"],
        ["feature", "sin-x1"],
    ]


def test_the_guess_that_edition_1_filled_in_is_said():
    log = [["guess", 90], ["play"], ["pause"], ["play"], ["challenge", "moons"], ["step"]]
    assert old({}, *log)[1] == [
        ["guess", 90],
        *log[1:5],
        ["guess", 90],
        ["step"],
    ]
    assert old({}, ["play"])[1] == [["guess", 75], ["play"]]


def test_places_in_the_picture_of_edition_1_are_neurons_weights_and_data():
    build = {"layers": 2, "units": 4}  # columns 120 apart, the first at 60; cells 62 high
    assert old(build, ["touch", 300, 240])[1] == [["look", 2, 3]]
    log = [["touch", 300, 31], ["touch", 230, 31], ["touch", 300, 32], ["touch", 301, 31]]
    assert old(build, *log)[1] == [
        ["look", 2, 0],
        ["weight", 0],
        ["look", 2, 1],
        ["look", 2, 0],
    ]
    assert old({}, ["draw", 170, 151], ["draw", 0, 400])[1] == [["draw", 0, 0], ["draw", -3, -3]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "a,b,c\n1,2,x\n3,4,y\n5,6,x\n7,8,y",
            [["csv", "1.0,2.0,0\n3.0,4.0,1\n5.0,6.0,0\n7.0,8.0,1"]],
        ),
        (
            "1,2,0\n3,4,1\n5,6,1.0\n7,8,0",
            [["csv", "1.0,2.0,0.0\n3.0,4.0,1.0\n5.0,6.0,1.0\n7.0,8.0,0.0"], ["label", "numbers"]],
        ),
        (
            "1,nan,x\n1,2,x\n3,4,y\n5,6,x\n7,8,y",
            [["csv", "1.0,2.0,0\n3.0,4.0,1\n5.0,6.0,0\n7.0,8.0,1"]],
        ),
        ("1;2;x", []),
    ],
)
def test_a_table_of_edition_1_is_read_as_it_was(text, said):
    assert old({}, ["csv", text])[1] == said


def test_a_run_of_edition_1_holds_points_out_as_it_did():
    first, today = (Plan(3, data="moons", points=20, held_out=0.9, first=f) for f in (True, False))
    assert not np.array_equal(points.points(first).train[1], points.points(today).train[1])
    rows = "\n".join(f"{i},{i},{i % 2}" for i in range(10))
    params, log = old({"challenge": "free"}, ["csv", rows])
    run = Run("train-a-brain", 0, params)
    for _ in run.replay(log):
        pass
    assert set(run.state.session.data.train[1]) == {0.0}


def test_a_run_of_edition_1_is_played_as_it_was():
    """What has been mended since stays as it was for links that were made before."""
    run = Run("train-a-brain", 0, {"ways": "first", "optimizer": "schedulefreesgd", "lr": "0.3"})
    train(run)
    for _ in range(20):
        run.tick()
    run.send(["pause"])
    run.send(["look", 1, 0])
    before = run.state.session.network.theta.copy()
    run.send(["write", 2.0])
    assert np.flatnonzero(run.state.session.network.theta != before).tolist() == [place(run.state)]
    run.send(["challenge", "free"])
    assert (run.state.plan.optimizer, run.state.plan.lr) == ("adam", 0.03)
    run.send(["batch_norm", True])
    run.send(["points", 50])
    run.send(["held_out", 0.9])  # 5 rows to learn from
    run.send(["batch", "2"])
    assert len(run.state.session.data.train[1]) == 5
    assert len(run.state.session.trainer.x) == 4

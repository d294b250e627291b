"""The article on recurrent networks: its table of trainings, and what it says of fresh networks."""

import numpy as np
import pytest

from course.sequences.recurrent_networks import values
from games.sequences.step_through_a_sequence import game
from pycore.optimizers import Adam
from pycore.recurrent import RNN
from tests.unit.course.bits import KINDS, LENGTHS, SEEDS, learned


def test_the_table_has_a_mark_for_each_training():
    assert set(values.LEARNED) == {(kind, length) for kind in KINDS for length in LENGTHS}
    assert {len(marks) for marks in values.LEARNED.values()} == {len(SEEDS)}


@pytest.mark.parametrize(
    ("kind", "length", "seed"),
    [("RNN", 10, 0), ("RNN", 20, 0), ("RNN", 20, 2), ("GRU", 20, 2), ("LSTM 0", 20, 0)],
)
def test_some_trainings_made_anew_come_to_what_the_table_says(kind, length, seed):
    assert learned(kind, length, seed) is (values.LEARNED[kind, length][seed] == "1")


def test_a_fresh_lstm_reaches_less_far_than_an_rnn_without_its_bias_and_farther_with_it():
    """Of 50 networks each; the middle halves lie apart."""
    reached = {kind: np.percentile(found, [25, 75]) for kind, found in values.reaches.items()}
    assert {len(found) for found in values.reaches.values()} == {50}
    assert reached["LSTM 0"][1] < reached["RNN"][0]
    assert reached["GRU"][1] < reached["RNN"][0]
    assert reached["LSTM 1"][0] > reached["RNN"][1]
    assert values.far >= 25


def test_the_forget_bias_decides_at_twenty_bits():
    assert values.count("LSTM 0", 20) < values.count("RNN", 20) < values.count("LSTM 1", 20)


def test_what_a_fresh_gru_feels_does_not_decide_what_it_learns():
    """It feels as few steps as the LSTM without a bias, and learns as often as the RNN."""
    reached = {kind: np.percentile(found, [25, 75]) for kind, found in values.reaches.items()}
    assert abs(reached["GRU"] - reached["LSTM 0"]).max() <= 1
    assert values.count("GRU", 20) >= values.count("RNN", 20) >= 2 * values.count("LSTM 0", 20)


def found(later, count=50):
    """How many of fifty neurons learn to hold a bit while later ones come in.

    They are one layer in which none listens to another, and begin as the game does.
    """
    rng, begun, own = np.random.default_rng(0), game.init(0), np.eye(count)
    layer, adam = RNN(count, count, rng=rng), Adam(0.01)
    layer.pack()
    layer.Wh[:], layer.Wx[:], layer.b[:] = begun.w_h * own, begun.w_x * own, begun.b
    for _ in range(1000):
        x = rng.choice([-1.0, 1.0], (32, 1 + later, count))
        h = layer.forward(x)
        missed = np.zeros_like(h)
        missed[:, -1] = 2 * (h[:, -1] - x[:, 0]) / len(x)
        layer.zero_grad()
        layer.backward(missed)
        layer.dWh *= own
        layer.dWx *= own
        adam.step(layer.theta, layer.grad)
    x = rng.choice([-1.0, 1.0], (game.TESTS, 1 + later, count))
    x[0], x[1] = 1, -1
    x[:2, 0] *= -1
    return ((layer.forward(x)[:, -1] * x[:, 0]) >= game.SURE).all(axis=0).sum()


@pytest.mark.rarely
def test_descent_still_finds_what_holds_a_bit_past_ten_others_and_not_past_twenty():
    """As a win in the article and in Level 4 says."""
    assert found(10) == pytest.approx(48, abs=2)
    assert found(20) == 0

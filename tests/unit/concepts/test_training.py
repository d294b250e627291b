"""A training that is watched: every step can be gone back to, and what is changed is kept."""

import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from games.concepts.training import JUDGED, Training
from pycore.activations import ReLU
from pycore.layers import Dense, Dropout, Sequential
from pycore.losses import MeanSquaredError
from pycore.normalization import BatchNorm
from pycore.optimizers import SGD, Adam
from pycore.training import MOST_CHECKPOINTS, NonFiniteError, Trainer


@dataclass(frozen=True)
class Judged:
    loss: float


def judged(trainer):
    return Judged(MeanSquaredError().forward(trainer.network.forward(trainer.x), trainer.y))


def begun(optimizer=None, kind=Trainer, every=16):
    """A training in which everything draws: batches, dropout, running statistics."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20, 2))
    hidden = Dense(2, 6, rng=rng), BatchNorm(6), ReLU(), Dropout(0.3, rng=np.random.default_rng(2))
    trainer = kind(
        Sequential(*hidden, Dense(6, 1, rng=rng)),
        MeanSquaredError(),
        optimizer or Adam(0.01),
        x,
        x.sum(axis=1),
        6,
        np.random.default_rng(3),
        every=every,
    )
    return Training(trainer, judged)


def theta(training):
    return training.trainer.network.theta.copy()


def test_every_step_can_be_gone_back_to_and_forth_exactly():
    training, seen = begun(), []
    for _ in range(100):
        seen.append(theta(training))
        training.advance()
    last = theta(training)
    for step in (99, 0, 13, 16, 50, 7, 98):
        training.seek(step)
        assert training.step == step
        np.testing.assert_array_equal(theta(training), seen[step])
    while training.step < 100:
        training.advance()
    np.testing.assert_array_equal(theta(training), last)


@pytest.mark.parametrize("step", [-1, 11])
def test_a_step_never_reached_is_refused(step):
    training = begun()
    for _ in range(10):
        training.advance()
    with pytest.raises(ValueError, match=f"step is {step}; allowed: 0 to 10"):
        training.seek(step)


def test_what_is_judged_is_the_network_as_it_stood():
    training, losses = begun(), []
    for _ in range(30):
        losses.append(judged(training.trainer).loss)
        training.advance()
    assert training.history.steps.tolist() == list(range(31))
    assert training.history.column("loss")[:30].tolist() == losses
    training.seek(12)
    assert training.now.loss == losses[12]
    assert len(training.history.steps) == 31  # what lies ahead is still known


def test_a_long_training_keeps_few_states_and_few_judgements():
    training = begun()
    for _ in range(3000):
        training.advance()
    assert len(training.history.steps) <= JUDGED + 1
    assert len(training.trainer._checkpoints) <= MOST_CHECKPOINTS
    last = theta(training)
    training.seek(5)
    training.seek(3000)
    np.testing.assert_array_equal(theta(training), last)


def test_a_change_holds_from_its_step_on_and_forgets_what_lay_ahead():
    training = begun()
    for _ in range(40):
        training.advance()
    training.seek(20)
    training.trainer.network.theta[0] = 5.0
    training.change(training.trainer)
    assert training.furthest == training.step == 20
    assert max(training.history.steps) == 20
    training.advance()
    training.seek(20)
    assert theta(training)[0] == 5.0
    training.seek(19)
    assert theta(training)[0] != 5.0


def test_going_on_from_before_a_change_undoes_it():
    plain, changed = begun(), begun()
    for _ in range(40):
        plain.advance()
    for _ in range(10):
        changed.advance()
    changed.trainer.network.theta[0] = 5.0
    changed.change(changed.trainer)
    changed.advance()
    changed.seek(4)
    while changed.step < 40:
        changed.advance()
    np.testing.assert_array_equal(theta(changed), theta(plain))
    assert changed.history.by_step == plain.history.by_step


def test_another_trainer_goes_on_counting():
    training = begun()
    for _ in range(5):
        training.advance()
    other = begun(SGD(0.1)).trainer
    training.change(other)
    training.advance()
    assert training.step == other.steps == 6


def test_a_step_that_overflows_leaves_all_as_it_was():
    training = begun(SGD(1e200))

    def go_on():
        while True:
            training.advance()

    with np.errstate(all="ignore"), pytest.raises(NonFiniteError):
        go_on()
    assert training.furthest == training.step
    training.seek(0)
    assert np.isfinite(theta(training)).all()


def test_what_is_kept_of_a_step_is_small():
    """No data, and nothing of what a pass leaves behind: parameters, the optimizer's memory."""
    training = begun()
    for _ in range(500):
        training.advance()
    numbers = training.trainer.network.size()
    sizes = [len(pickle.dumps(state)) for state in training.trainer._checkpoints.values()]
    assert max(sizes) < 8 * 4 * numbers + 6000


def test_a_step_may_take_more_than_a_trainer_s_own():
    class Counting(Trainer):
        made: tuple[int, ...] = ()

        def update(self):
            self.made += (self.steps,)
            return super().update()

    training = begun(kind=Counting)
    for _ in range(3):
        training.advance()
    training.seek(1)
    assert training.trainer.made == (0, 1, 2, 0)  # what it keeps is its own


def test_trainers_that_share_a_network_are_gone_between_exactly():
    """Each knows only its own way; what the other left in the network must not be met there."""
    training, seen = begun(), []
    for step in range(60):
        if step in (20, 40):
            old = training.trainer
            training.change(
                Trainer(old.network, old.loss, SGD(0.1), old.x, old.y, 6, rng=old.rng, every=16)
            )
        seen.append(theta(training))
        training.advance()
    for step in (10, 50, 12, 19, 20, 59, 39, 41, 40, 0, 25):
        training.seek(step)
        assert training.step == step
        assert training.furthest == 60
        np.testing.assert_array_equal(theta(training), seen[step])


@pytest.mark.parametrize("every", [1, 7])
def test_judged_every_so_many_steps_all_is_kept(every):
    training, losses = Training(begun().trainer, judged, every=every), []
    for step in range(3 * JUDGED * every):
        if step % every == 0:
            losses.append(judged(training.trainer).loss)
        training.advance()
    assert training.history.steps.tolist() == list(range(0, 3 * JUDGED * every + 1, every))
    assert training.history.column("loss")[:-1].tolist() == losses


def test_a_history_once_taken_stays_as_it_was():
    training = begun()
    training.advance()
    taken = training.history
    assert training.history is taken
    training.advance()
    assert taken.steps.tolist() == [0, 1]
    assert training.history.steps.tolist() == [0, 1, 2]


def test_without_a_way_back_no_states_are_kept_and_seek_says_so():
    training = begun(every=None)
    for _ in range(40):
        training.advance()
    assert training.trainer._checkpoints == {}
    assert training.furthest == training.step == 40
    with pytest.raises(ValueError, match="allowed: every="):
        training.seek(3)


def test_a_judgement_may_hold_arrays():
    @dataclass(frozen=True, eq=False)
    class Place:
        theta: np.ndarray

    training = Training(begun().trainer, lambda t: Place(t.network.theta.copy()), every=1)
    for _ in range(3):
        training.advance()
    path = training.history.column("theta")
    assert path.shape == (4, training.trainer.network.theta.size)
    assert path[-1].tolist() == theta(training).tolist() == training.now.theta.tolist()

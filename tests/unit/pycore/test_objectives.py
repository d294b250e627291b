"""Every objective found: its gradient, and that it trains, pauses and goes back like any other."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pycore import data, graph_data
from pycore.arrays import Array
from pycore.flow_matching import FlowMatching
from pycore.flows import CouplingFlow, Likelihood
from pycore.layers import Dense, Dropout, Sequential
from pycore.losses import BinaryCrossEntropy, CrossEntropy, MeanSquaredError
from pycore.models import mlp
from pycore.models.autoencoders import ELBO, vae
from pycore.models.diffusion import Denoising, Diffusion, cosine
from pycore.models.gan import GAN, LOSSES, Drawing, GANLoss, Judging
from pycore.models.gnn import NodeClassification, gnn
from pycore.normalization import BatchNorm
from pycore.objectives import Objective, Supervised
from pycore.optimizers import Adam
from pycore.recipes import grokking, translation
from pycore.schedules import cosine as falling
from pycore.state import put, taken
from pycore.training import Minimizer, NonFiniteError, Stepper
from pycore.word_vectors import SkipGram
from tests.unit.pycore.found import subclasses

Maker = Callable[[np.random.Generator], Objective]


def normalised(rng: np.random.Generator) -> Objective:
    network = Sequential(
        Dense(2, 6, rng=rng), BatchNorm(6), Dropout(0.3, rng=rng), Dense(6, 1, rng=rng)
    )
    return Supervised(network, BinaryCrossEntropy(), *data.moons(12, 0.1, rng))


def elbo(rng: np.random.Generator) -> Objective:
    return ELBO(vae([5, 4, 2], rng), rng.uniform(size=(12, 5)), 0.7)


def nodes(rng: np.random.Generator) -> Objective:
    x, edges, y = graph_data.communities(15, 1.0, rng)
    return NodeClassification(gnn([3, 4, 3], edges, rng), x, y, np.arange(12))


def denoising(rng: np.random.Generator) -> Objective:
    return Denoising(Diffusion(2, [8], cosine(10), rng), rng.normal(size=(12, 2)))


def likelihood(rng: np.random.Generator) -> Objective:
    flow = CouplingFlow(2, 2, 4, rng=rng)
    flow.theta[...] = rng.normal(0, 0.3, flow.theta.shape)
    return Likelihood(flow, lambda: rng.normal(size=(6, 2)))


def matching(rng: np.random.Generator) -> Objective:
    return FlowMatching(mlp([3, 6, 2], rng), rng.normal(size=(12, 2)), rng=rng)


def gan(rng: np.random.Generator, loss: GANLoss = "non-saturating") -> GAN:
    discriminator = Sequential(*mlp([2, 4, 4], rng), Dropout(0.2, rng=rng), Dense(4, 1, rng=rng))
    return GAN(mlp([2, 4, 2], rng), discriminator, 2, rng, loss)


def judging(rng: np.random.Generator) -> Objective:
    return Judging(gan(rng), lambda count: rng.normal(2, 1, (count, 2)), 6)


def drawing(rng: np.random.Generator) -> Objective:
    return Drawing(gan(rng), 6)


def skip_gram(rng: np.random.Generator) -> Objective:
    pairs = rng.integers(5, size=(20, 2))
    return SkipGram(pairs, [9, 5, 3, 2, 1], 3, rng=rng, negatives=2, batch=7)


def translating(rng: np.random.Generator) -> Objective:
    return translation.Translating(translation.build(True, rng), rng)


def answers(rng: np.random.Generator) -> Objective:
    x = rng.normal(size=(6, 3))
    return grokking.Answers(grokking.Squared(3, 4, 2, rng=rng), x, rng.integers(2, size=6))


MAKERS: dict[str, Maker] = {
    "Supervised": normalised,
    "ELBO": elbo,
    "NodeClassification": nodes,
    "Denoising": denoising,
    "Likelihood": likelihood,
    "FlowMatching": matching,
    "Judging": judging,
    "Drawing": drawing,
    "Translating": translating,
    "Answers": answers,
    "SkipGram": skip_gram,
}
every_objective = pytest.mark.parametrize("name", MAKERS)


def made(name: str, seed: int = 0) -> tuple[Objective, np.random.Generator]:
    """The same objective each time, and the one generator that it and its data draw from."""
    rng = np.random.default_rng(seed)
    return MAKERS[name](rng), rng


def minimizer(name: str, seed: int = 0) -> Minimizer:
    objective, rng = made(name, seed)
    batch = None if objective.count is None else 5
    schedule = falling(0.05, 20)
    return Minimizer(objective, Adam(), batch, rng, schedule, 1.0, total=12, every=3)


@pytest.fixture(autouse=True)
def few_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches for the translator, which is the largest network here."""
    monkeypatch.setattr(translation, "BATCH", 3)


def test_every_objective_is_looked_at() -> None:
    assert {kind.__name__ for kind in subclasses(Objective)} == set(MAKERS)


@every_objective
@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_that_of_the_loss_and_overwrites_the_last(name: str, seed: int) -> None:
    objective, rng = made(name, seed)
    parts = {"rng": rng} | objective.buffers()
    before, rows = taken(parts), None if objective.count is None else np.array([3, 1, 4, 1, 5])
    network, h = objective.network, 1e-6
    theta = network.theta.copy()

    def loss(place: Array) -> float:
        put(objective, parts, before)
        network.theta[...] = place
        return objective.loss_and_grad(rows)

    loss(theta)
    gradient = network.grad.copy()
    for _ in range(5):
        way = np.random.default_rng(seed).normal(size=theta.shape)
        slope = (loss(theta + h * way) - loss(theta - h * way)) / (2 * h)
        assert slope == pytest.approx(gradient @ way, rel=1e-5, abs=1e-6)
    loss(theta)
    np.testing.assert_array_equal(network.grad, gradient)


def bits(state: Any) -> Any:
    """What a state holds, to be compared to the last bit."""
    match state:
        case dict():
            return {name: bits(value) for name, value in state.items()}
        case list() | tuple():
            return [bits(value) for value in state]
        case np.ndarray():
            return state.dtype.str, state.shape, state.tobytes()
    return state


def whole(stepper: Stepper) -> Any:
    """All of it, history included."""
    return bits(stepper.state())


@every_objective
def test_it_goes_on_from_its_state_to_the_same_bits(name: str) -> None:
    training = minimizer(name)
    for _ in range(4):
        training.step()
    kept = training.state()
    before = whole(training)
    training.run()
    assert training.progress == 1
    assert bits(kept) == before, "training reaches into a state that was taken"
    end = whole(training)
    training.restore(kept)
    assert whole(training) == before
    assert whole(training.run()) == end
    fresh = minimizer(name)
    fresh.restore(pickle.loads(pickle.dumps(kept)))
    assert whole(fresh.run()) == end


@every_objective
def test_every_step_can_be_gone_back_to(name: str) -> None:
    training = minimizer(name)
    seen = [whole(training)["objective"]]
    while training.progress < 1:
        training.step()
        seen.append(whole(training)["objective"])
    history = dict(training.history)
    assert sorted(history) == list(range(12))
    for step in (5, 0, 12, 7, 8, 11, 3, 12):
        training.seek(step)
        assert training.steps == step
        assert whole(training)["objective"] == seen[step]
        assert training.history == history
        assert training.furthest == 12


@every_objective
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_step_that_fails_changes_nothing(name: str) -> None:
    training = minimizer(name)
    training.step()
    theta = training.network.theta
    before = theta.copy()
    theta[...] = np.nan
    buffers = bits(taken(training.objective.buffers()))
    with pytest.raises(NonFiniteError, match=r"^step 1: .*parameter .* holds NaN or infinity"):
        training.step()
    assert training.steps == 1
    assert bits(taken(training.objective.buffers())) == buffers
    theta[...] = before
    again = minimizer(name)
    again.step()
    assert again.step() == training.step()
    assert whole(again) == whole(training)


@pytest.mark.parametrize("name", sorted(MAKERS.keys() - {"Likelihood", "Judging"}))
def test_a_copy_goes_on_alone_where_no_function_draws_the_data(name: str) -> None:
    training = minimizer(name)
    training.step()
    other = copy.deepcopy(training)
    assert [other.step() for _ in range(5)] == [training.step() for _ in range(5)]


@pytest.mark.parametrize("loss", LOSSES)
def test_two_players_go_back_together(loss: GANLoss) -> None:
    def play() -> Stepper:
        rng = np.random.default_rng(1)
        draws = lambda count: rng.normal(2, 1, (count, 2))  # noqa: E731
        return gan(rng, loss).trainer((Adam(), Adam()), draws, 6, 2, total=10, every=4)

    training = play()
    states = [training.state()]
    while training.progress < 1:
        training.step()
        states.append(training.state())
    for step in (3, 0, 10, 6):
        training.seek(step)
        assert whole(training)["players"] == bits(states[step]["players"])
    fresh = play()
    fresh.restore(states[4])
    assert whole(fresh.run()) == bits(states[10])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_round_that_fails_half_way_is_undone_for_both() -> None:
    rng = np.random.default_rng(1)
    model = gan(rng)
    training = model.trainer((Adam(), Adam()), lambda count: rng.normal(size=(count, 2)), 6)
    training.step()
    model.generator_loss = Overflows()
    before = whole(training)
    with pytest.raises(NonFiniteError, match="the loss overflowed"):
        training.step()
    assert whole(training) == before


class Overflows(BinaryCrossEntropy):
    """A loss that is always infinite."""

    def forward(self, y: Array, target: Array) -> float:
        return super().forward(y, target) + np.inf


def test_a_state_of_other_players_is_refused_and_changes_nothing() -> None:
    def play(hidden: int) -> Stepper:
        rng = np.random.default_rng(1)
        model = GAN(mlp([2, 3, 2], rng), mlp([2, hidden, 1], rng), 2, rng)
        return model.trainer((Adam(), Adam()), lambda count: np.ones((count, 2)), 6)

    one, other = play(3), play(4)
    other.step()
    before = whole(one)
    with pytest.raises(ValueError, match=r"\(2, 4\) as D\.0\.W; allowed: \(2, 3\)"):
        one.restore(other.state())
    with pytest.raises(ValueError, match="of 1 players; allowed: of 2"):
        one.restore({"steps": 1, "history": {}, "players": {"0": {}}})
    assert whole(one) == before


def test_what_is_no_objective_is_refused() -> None:
    rng = np.random.default_rng(0)
    x, y = data.xor(10, 0.0, rng)
    with pytest.raises(TypeError, match=r"network is <class .*allowed: an object of Layer"):
        Supervised(Sequential, MeanSquaredError(), x, y)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"objective is Sequential.*an object of Objective"):
        Minimizer(mlp([2, 1], rng), Adam())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Likelihood draws its own examples"):
        Minimizer(likelihood(rng), Adam(), 5, rng)
    with pytest.raises(ValueError, match="x: got an array of shape"):
        Likelihood(CouplingFlow(2, rng=rng), np.ones((0, 2)))


def test_a_network_that_is_no_chain_of_layers_can_be_supervised() -> None:
    rng = np.random.default_rng(0)
    x, y = data.blobs(20, 0.1, rng, 2)
    training = Minimizer(Supervised(Dense(2, 2, rng=rng), CrossEntropy(), x, y), Adam(0.1), total=9)
    history = training.run().history
    assert history[8] < history[0]

"""The figures of Level 3: every function is one, and every number in it the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import diagrams, plots
from games.ui.node import Node, h
from games.ui.numbers import fixed, plain, short
from games.ui.panes import small_multiples
from games.ui.plots import Axes
from games.words import say
from pycore import initializers
from pycore.activations import Activation, ReLU, Sigmoid, Tanh, softmax
from pycore.initializers import Initializer
from pycore.layers import Dense
from pycore.losses import BinaryCrossEntropy, MeanSquaredError
from pycore.models import mlp
from pycore.optimizers import SGD, Adam, Momentum, Optimizer
from web.builder.figures import Floats, inside


def squares() -> Node:
    """Three errors as sides of squares, their squares as areas."""
    y, t = np.array([[3.0], [5.5], [2.0]]), np.array([[2.0], [5.0], [4.0]])
    side = np.abs(y - t)[:, 0]
    axes = Axes((0, 6.4), (-0.3, 2.4), width=420, height=178, bottom=8, left=34)
    starts = np.array([0.4, 2.2, 3.7])
    drawn = [
        [
            plots.curve(axes, s + a * np.array([0, 1, 1, 0, 0]), a * np.array([0, 0, 1, 1, 0])),
            plots.text_at(axes, s + a / 2, a + 0.1, f"{plain(a)}² = {plain(a * a)}", "middle"),
        ]
        for s, a in zip(starts, side, strict=True)
    ]
    loss = MeanSquaredError().forward(y, t)
    areas = plots.plot(
        axes,
        drawn,
        label=say(
            "Three squares with sides 1, 0.5 and 2: their areas are 1, 0.25 and 4, on average "
            "{mean}.",
            mean=fixed(loss),
        ),
    )
    return h("div", areas, class_="nameless-x")


def cross_entropy() -> Node:
    """Both losses of one prediction against the probability it gave to what happened."""
    p = np.linspace(0.01, 0.99, 99)
    loss, truth = BinaryCrossEntropy(), np.ones((1, 1))
    entropy = [loss.forward(np.array([[np.log(q / (1 - q))]]), truth) for q in p]
    axes = Axes((0, 1), (0, 4.8), height=240)
    return plots.plot(
        axes,
        plots.curve(axes, p, (1 - p) ** 2, "ink dashed"),
        plots.curve(axes, p, entropy),
        plots.text_at(axes, 0.13, 2.6, say("cross-entropy")),
        plots.text_at(axes, 0.04, 0.28, say("squared error")),
        x_label=say("probability given to what happened"),
        y_label=say("loss"),
        label=say(
            "Cross-entropy rises without limit as the probability given to the truth nears zero; "
            "squared error never exceeds one."
        ),
    )


def temperatures() -> Node:
    """One set of logits through softmax at three temperatures."""
    logits = np.array([2.0, 1.0, 0.1])

    def panel(temperature: float) -> tuple[str, Node]:
        axes = Axes((0.4, 3.6), (0, 1), width=260, height=180, left=34, bottom=24)
        p = softmax(logits / temperature)
        drawn = plots.plot(
            axes,
            plots.bars(axes, [1, 2, 3], p, 0.7),
            [plots.text_at(axes, k + 1, p[k] + 0.04, fixed(p[k]), "middle") for k in range(3)],
            label=say(
                "Probabilities at temperature {temperature}: {values}",
                temperature=plain(temperature),
                values=", ".join(map(fixed, p)),
            ),
        )
        return say("temperature {value}", value=plain(temperature)), drawn

    return small_multiples(panel(0.5), panel(1.0), panel(2.0))


def learning_rates() -> Node:
    """Twelve steps down L = θ² with a rate too small, one that fits, and one too large."""

    def panel(title: str, rate: float) -> tuple[str, Node]:
        axes = Axes((-2.4, 2.4), (0, 5.6), width=260, height=200, left=26, bottom=40)
        theta, steps = np.array([-1.8]), [-1.8]
        optimizer = SGD(rate)
        for _ in range(12):
            optimizer.step(theta, 2 * theta)
            steps.append(float(theta[0]))
        path = np.array([t for t in steps if abs(t) <= 2.36])
        bowl = np.linspace(-2.36, 2.36, 121)
        drawn = plots.plot(
            axes,
            plots.curve(axes, bowl, bowl**2, "ink"),
            plots.curve(axes, path, path**2),
            plots.scatter(axes, path, path**2, "forward"),
            x_label=say("weight θ"),
            y_label=say("loss"),
            label=say(
                "Learning rate {rate}: from −1.8 the weight gets to {end}.",
                rate=plain(rate),
                end=short(steps[-1], 3),
            ),
        )
        return f"{title}: {plain(rate)}", drawn

    return small_multiples(
        panel(say("too small"), 0.02), panel(say("about right"), 0.3), panel(say("too large"), 1.04)
    )


def chain() -> Node:
    """The worked neuron as a chain of steps with the rate of each, and their product."""
    x, w, b, t = np.array([[1.0, 3.0]]), np.array([[0.8], [-0.2]]), 0.5, np.ones((1, 1))
    dense, bend, loss = Dense(2, 1, rng=np.random.default_rng(0)), Sigmoid(), MeanSquaredError()
    dense.W[:], dense.b[:] = w, b
    z = dense.forward(x)
    y = bend.forward(z)
    wrong = loss.forward(y, t)
    dy = loss.backward()
    dz = bend.backward(dy)
    dense.backward(dz)
    steps = [
        (say("weight of wind"), "w₂", w[1, 0], ""),
        (say("sum"), "z", z[0, 0], f"∂z/∂w₂ = x₂ = {fixed(x[0, 1], 0)}"),
        (say("answer"), "y", y[0, 0], f"∂y/∂z = y(1 − y) = {fixed(bend.derivative(z)[0, 0], 3)}"),
        (say("loss"), "L", wrong, f"∂L/∂y = 2(y − t) = {fixed(dy[0, 0], 3)}"),
    ]
    return h(
        "div",
        h(
            "ol",
            [
                h(
                    "li",
                    rate and h("span", rate, class_="chain-rate"),
                    h("span", f"{name} {letter} = {fixed(float(v), 3)}", class_="chain-step"),
                )
                for name, letter, v, rate in steps
            ],
            class_="chain",
        ),
        h(
            "p",
            say("∂L/∂w₂ = the three multiplied = {product}", product=fixed(dense.dW[1, 0], 3)),
        ),
    )


def two_two_one() -> Node:
    """The network of the derivation with its values, and the δ of each neuron, by the engine."""
    first, second = (Dense(*size, rng=np.random.default_rng(0)) for size in ((2, 2), (2, 1)))
    first.W[:], first.b[:] = [[0.8, 0.4], [-0.2, 0.1]], [0.5, -0.3]
    second.W[:], second.b[:] = [[0.9], [-0.6]], [0.1]
    bends, loss = (Tanh(), Sigmoid()), MeanSquaredError()
    x = np.array([[1.0, 3.0]])
    hidden = bends[0].forward(first.forward(x))
    y = bends[1].forward(second.forward(hidden))
    loss.forward(y, np.ones((1, 1)))
    last = bends[1].backward(loss.backward())
    before = bends[0].backward(second.backward(last))
    return diagrams.network(
        [first.W, second.W],
        [x[0], hidden[0], y[0]],
        deltas=[None, before[0], last[0]],
        names=[[say("sun"), say("wind")], ["a₁", "a₂"], ["y"]],
        weight_digits=1,
        height=260,
        label=say(
            "Sun 1 and wind 3 go to two hidden neurons, which answer {first} and {second}, and on "
            "to the output, {y}. Their δ are {one} and {two}; that of the output is {last}.",
            first=fixed(hidden[0, 0], 3),
            second=fixed(hidden[0, 1], 3),
            y=fixed(y[0, 0], 3),
            one=fixed(before[0, 0], 3),
            two=fixed(before[0, 1], 3),
            last=fixed(last[0, 0], 3),
        ),
    )


def valleys() -> Node:
    """Forty steps of three optimisers in a valley thirty times steeper across than along."""
    stretch = np.array([1.0, 30.0])

    def panel(title: str, optimizer: Optimizer) -> tuple[str, Node]:
        axes = Axes((-2.4, 0.6), (-0.6, 0.6), width=280, height=200, left=36, bottom=24)
        theta = np.array([-2.2, 0.4])
        path = [theta.copy()]
        for _ in range(40):
            optimizer.step(theta, stretch * theta)
            path.append(theta.copy())
        turn = np.linspace(0, 2 * np.pi, 91)
        rings = [
            plots.curve(
                axes,
                *inside(axes, r * np.cos(turn), r * np.sin(turn) / np.sqrt(stretch[1])),
                "contour",
            )
            for r in (0.4, 0.9, 1.5, 2.2)
        ]
        across, up = np.array(path).T
        left = float((stretch * theta * theta).sum() / 2)
        drawn = plots.plot(
            axes,
            rings,
            plots.curve(axes, across, up),
            plots.scatter(axes, across, up, "forward small"),
            plots.scatter(axes, [0], [0], "gold"),
            label=say(
                "{title}: after forty steps the loss is {loss}.", title=title, loss=short(left)
            ),
        )
        return title, drawn

    return small_multiples(
        panel(say("plain steps, rate 0.06"), SGD(0.06)),
        panel(say("momentum 0.8, rate 0.03"), Momentum(0.03, 0.8)),
        panel(say("Adam, rate 0.15"), Adam(0.15)),
    )


def gradient_decay() -> Node:
    """The gradient's size in each of twenty layers, for three ways of building the network."""
    depth, width = 20, 24
    axes = Axes((1, depth), (-14, 2), height=280, right=16)

    def sizes(activation: type[Activation], weights: Initializer) -> Floats:
        rng = np.random.default_rng(3)
        network = mlp([width] * depth + [1], rng, activation, weights)
        network.forward(rng.normal(size=(64, width)))
        network.backward(np.full((64, 1), 1 / 64))
        dense = [layer for layer in network if isinstance(layer, Dense)]
        return np.log10([float(np.linalg.norm(layer.dW)) for layer in dense])

    layers = np.arange(1, depth + 1)
    he, tanh, squashed = (
        sizes(ReLU, initializers.he_normal),
        sizes(Tanh, initializers.xavier_normal),
        sizes(Sigmoid, initializers.xavier_normal),
    )
    return plots.plot(
        axes,
        plots.curve(axes, layers, squashed, "backward"),
        plots.curve(axes, layers, tanh, "backward dashed"),
        plots.curve(axes, layers, he, "backward dotted"),
        plots.text_at(axes, 6.2, -11.2, say("sigmoid, Xavier")),
        plots.text_at(axes, 2, tanh[1] - 1.5, say("tanh, Xavier")),
        plots.text_at(axes, 2, he[1] + 0.7, say("ReLU, He")),
        x_label=say("layer, counted from the input"),
        y_label=say("size of the gradient, power of ten"),
        label=say(
            "Through sigmoids the gradient of layer 1 is 10 to the {first}, of layer 20 10 to the "
            "{last}; with tanh and Xavier {tanh}, with ReLU and He {he}.",
            first=fixed(squashed[0], 0),
            last=fixed(squashed[-1], 0),
            tanh=fixed(tanh[0], 1),
            he=fixed(he[0], 1),
        ),
    )

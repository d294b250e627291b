"""The figures of part 1 of Level 3: every function is one, every number in it the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import plots
from games.ui.node import Node, h
from games.ui.numbers import fixed, plain, short
from games.ui.panes import small_multiples
from games.ui.plots import Axes
from games.words import say
from pycore.activations import Sigmoid, softmax
from pycore.layers import Dense
from pycore.losses import BinaryCrossEntropy, MeanSquaredError
from pycore.optimizers import SGD


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

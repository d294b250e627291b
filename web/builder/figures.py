"""Pictures for the prose: every function here is a figure, and every number in it the engine's.

A lesson names a figure by its function (`cross_entropy` is `cross-entropy`). Figures know no page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType

import numpy as np
from numpy.typing import NDArray

from games.ui import diagrams, plots
from games.ui.node import Node, h
from games.ui.numbers import fixed, plain, short, signed
from games.ui.panes import small_multiples
from games.ui.pixels import picture
from games.ui.plots import Axes
from games.words import say
from pycore import initializers
from pycore.activations import Activation, ReLU, Sigmoid, Tanh, sigmoid, softmax
from pycore.data import moons
from pycore.initializers import Initializer
from pycore.layers import Dense, Sequential
from pycore.losses import BinaryCrossEntropy, MeanSquaredError
from pycore.models import mlp
from pycore.optimizers import SGD, Adam, Momentum, Optimizer
from pycore.training import Trainer

Floats = NDArray[np.floating]


def small_network() -> Node:
    """A 2-3-1 network with random weights, and what it makes of the input (1, 0.5)."""
    network = Sequential(
        Dense(2, 3, rng=(rng := np.random.default_rng(5))), Tanh(), Dense(3, 1, rng=rng), Sigmoid()
    )
    x, _, hidden, _, y = network.activations(np.array([[1.0, 0.5]]))
    dense = [layer for layer in network if isinstance(layer, Dense)]
    return diagrams.network(
        [layer.W for layer in dense],
        [x[0], hidden[0], y[0]],
        height=240,
        label=say(
            "A network of two inputs, three hidden neurons and one output, {output}; solid lines "
            "are positive weights, dashed lines negative ones.",
            output=fixed(y[0, 0]),
        ),
    )


def one_neuron() -> Node:
    """The worked example: inputs 1 and 3, weights 0.8 and −0.2, bias 0.5."""
    x, w, b = np.array([[1.0, 3.0]]), np.array([[0.8], [-0.2]]), 0.5
    total = float((x @ w + b)[0, 0])
    return diagrams.neuron(
        x[0].tolist(),
        w[:, 0].tolist(),
        b,
        total,
        float(sigmoid(np.array(total))),
        largest=1.0,
        label=say(
            "One neuron: 1 times 0.8, plus 3 times minus 0.2, plus 0.5 is 0.7; squashed, 0.67."
        ),
    )


def votes() -> Node:
    """What sun, wind and bias add in the worked example, and their sum."""
    x, w, b = np.array([1.0, 3.0]), np.array([0.8, -0.2]), 0.5
    values = np.array([*(w * x), b, w @ x + b])
    axes = Axes((0.4, 4.6), (-0.8, 1.0), height=200, bottom=8)
    names = (say("sun"), say("wind"), say("bias"), say("sum z"))
    bars = plots.plot(
        axes,
        plots.bars(axes, [1, 3], values[[0, 2]], 0.6, "positive"),
        plots.bars(axes, [2], values[1:2], 0.6, "negative"),
        plots.bars(axes, [4], values[3:], 0.6),
        plots.rule(axes, y=0),
        [
            plots.text_at(
                axes,
                k + 1,
                v + (0.06 if v > 0 else -0.16),
                f"{name} {signed(v, 1)}",
                "middle",
            )
            for k, (name, v) in enumerate(zip(names, values, strict=True))
        ],
        label=say("Sun adds 0.8, wind takes 0.6 away, the bias adds 0.5: the sum is 0.7."),
    )
    return h("div", bars, class_="nameless-x")


def bias_shifts() -> Node:
    """One neuron with weight 1 and three biases."""
    biases = (3.0, 0.0, -3.0)
    return _answers([(1.0, b, say("bias {value}", value=plain(b))) for b in biases])


def weight_steepens() -> Node:
    """One neuron with bias 0 and three weights."""
    weights = (0.5, 3.0, -1.0)
    return _answers([(w, 0.0, say("weight {value}", value=plain(w))) for w in weights])


def _answers(neurons: Sequence[tuple[float, float, str]]) -> Node:
    """The answer of neurons with one input, each given as weight, bias and name."""
    x = np.linspace(-6, 6, 121)

    def panel(weight: float, bias: float, name: str) -> tuple[str, Node]:
        axes = Axes((-6, 6), (0, 1), width=260, height=180, left=30)
        low, high = (float(sigmoid(np.array(weight * end + bias))) for end in axes.x)
        drawn = plots.plot(
            axes,
            plots.rule(axes, y=0.5),
            plots.curve(axes, x, sigmoid(weight * x + bias)),
            x_label=say("input x"),
            label=say(
                "The answer of a neuron with {name}: {low} at −6, {high} at 6.",
                name=name,
                low=fixed(low),
                high=fixed(high),
            ),
        )
        return name, drawn

    return small_multiples(*(panel(*neuron) for neuron in neurons))


def activations() -> Node:
    """Sigmoid, tanh and ReLU with their slopes."""
    x = np.linspace(-4, 4, 161)

    def panel(name: str, layer: Activation, low: float, high: float) -> tuple[str, Node]:
        axes = Axes((-4, 4), (low, high), width=260, height=200, left=30, bottom=26)
        drawn = plots.plot(
            axes,
            plots.rule(axes, y=0),
            plots.curve(axes, x, layer.derivative(x), "backward dashed"),
            plots.curve(axes, x, layer.function(x)),
            label=say(
                "{name} as a solid line and its slope as a dashed line, for inputs −4 to 4.",
                name=name,
            ),
        )
        return name, drawn

    return small_multiples(
        panel(say("sigmoid"), Sigmoid(), -0.2, 1.2),
        panel(say("tanh"), Tanh(), -1.2, 1.2),
        panel(say("ReLU"), ReLU(), -0.5, 4.2),
    )


def xor_cuts() -> Node:
    """One line gets three of four; two lines make a strip; in their terms one line is enough."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    odd = x.sum(axis=1) == 1
    hidden = Dense(2, 2, rng=np.random.default_rng(0))
    hidden.W[:] = 40.0
    hidden.b[:] = [-20.0, -60.0]  # neuron 1 says "at least one input", neuron 2 says "both"
    seen = Sigmoid().forward(hidden.forward(x))

    def panel(
        title: str,
        points: Floats,
        lines: Sequence[tuple[float, float, float]],
        names: str,
        said: str,
    ) -> tuple[str, Node]:
        axes = Axes((-0.45, 1.45), (-0.45, 1.45), width=260, height=250, left=30)
        edge = np.array(axes.x)
        cuts = [
            plots.curve(axes, *_inside(axes, edge, -(w1 * edge + b) / w2), "ink")
            for w1, w2, b in lines
        ]
        rings = points[~odd]
        drawn = plots.plot(
            axes,
            cuts,
            plots.scatter(axes, rings[:, 0], rings[:, 1], "ring ink"),
            plots.scatter(axes, rings[:, 0], rings[:, 1], "hole"),
            plots.scatter(axes, points[odd, 0], points[odd, 1], "gold ring"),
            x_label=f"{names}₁",
            y_label=f"{names}₂",
            label=said,
        )
        return title, drawn

    (w1, w2), b = hidden.W, hidden.b
    both = [(w1[j], w2[j], b[j]) for j in (0, 1)]
    return small_multiples(
        panel(
            say("one line: three of four"),
            x,
            both[:1],
            "x",
            say("XOR and a line: one point is astray."),
        ),
        panel(
            say("two lines: a strip"),
            x,
            both,
            "x",
            say("XOR and two lines: the gold points lie between."),
        ),
        panel(
            say("as the hidden layer sees it"),
            seen,
            [(1.0, -1.0, -0.5)],
            "h",
            say(
                "The same points by their hidden values: two fall together, and one line is enough."
            ),
        ),
    )


def weight_table() -> Node:
    """Six weights as lines and as a table."""
    network = Dense(2, 3, rng=np.random.default_rng(5))
    x = np.array([[1.0, 0.5]])
    drawn = diagrams.network(
        [network.W],
        [x[0], None],
        height=220,
        label=say("Two inputs, each with a line to each of three neurons: six weights."),
    )
    rows = [
        h(
            "tr",
            h("th", say("from {input}", input=f"x{'₁₂'[i]}"), scope="row"),
            [h("td", signed(w)) for w in row],
        )
        for i, row in enumerate(network.W)
    ]
    heads = [h("th", say("to neuron {n}", n=j), scope="col") for j in (1, 2, 3)]
    table = h("table", h("thead", h("tr", h("td"), heads)), h("tbody", rows))
    return small_multiples((say("as lines"), drawn), (say("as a table W"), table))


def bends_add_up() -> Node:
    """What neurons of one input can draw: ten without a bend, then two and ten with ReLU."""
    x = np.linspace(-2, 2, 161)[:, None]

    def panel(name: str, neurons: int, bend: bool, seed: int) -> tuple[str, Node]:
        rng = np.random.default_rng(seed)
        wide = initializers.normal(1.0)
        layers = [Dense(1, neurons, wide, rng=rng), ReLU(), Dense(neurons, 1, wide, rng=rng)]
        layers[0].b[:] = rng.uniform(-1.6, 1.6, neurons)  # type: ignore[attr-defined]
        y = Sequential(*(layers if bend else layers[::2])).forward(x)[:, 0]
        corners = int((np.abs(np.diff(y, 2)) > 1e-9 * np.ptp(y)).sum() / 2 + 0.5)
        y = (y - y.mean()) / max(float(np.abs(y - y.mean()).max()), 1e-12)
        axes = Axes((-2, 2), (-1.1, 1.1), width=260, height=190, left=34, bottom=26)
        drawn = plots.plot(
            axes,
            plots.curve(axes, x[:, 0], y),
            label=say.count(
                "{name}: a line with {n} corner.",
                "{name}: a line with {n} corners.",
                corners,
                name=name,
            ),
        )
        return name, drawn

    return small_multiples(
        panel(say("ten neurons, no bend"), 10, False, 116),
        panel(say("two neurons, ReLU"), 2, True, 81),
        panel(say("ten neurons, ReLU"), 10, True, 116),
    )


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
                *_inside(axes, r * np.cos(turn), r * np.sin(turn) / np.sqrt(stretch[1])),
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


def starts() -> Node:
    """How far apart the activations of each layer lie, for three sizes of starting weights."""
    depth, width = 6, 64
    axes = Axes((1, depth), (0, 1.05), height=240)

    def spread(weights: Initializer) -> list[float]:
        rng = np.random.default_rng(1)
        network = mlp([width] * (depth + 1) + [1], rng, Tanh, weights)
        values = network.activations(rng.normal(size=(256, width)))[1:]
        return [
            float(value.std())
            for layer, value in zip(network, values, strict=True)
            if isinstance(layer, Tanh)
        ]

    layers = np.arange(1, depth + 1)
    large, fit, small = (
        spread(initializers.normal(1.0)),
        spread(initializers.xavier_normal),
        spread(initializers.normal(0.02)),
    )
    return plots.plot(
        axes,
        [plots.curve(axes, layers, y, c) for y, c in ((large, "ink"), (fit, ""), (small, "ink"))],
        plots.text_at(axes, 3.2, 0.87, say("too large: most near ±1")),
        plots.text_at(axes, 4.1, fit[3] + 0.06, say("balanced")),
        plots.text_at(axes, 2.2, 0.07, say("too small: all near 0")),
        x_label=say("layer"),
        y_label=say("spread of the activations"),
        label=say(
            "Spread of the tanh activations in six layers: near one with large weights, between "
            "{first} and {last} with balanced ones, falling to nothing with small ones.",
            first=fixed(fit[0]),
            last=fixed(fit[-1]),
        ),
    )


def overfitting() -> Node:
    """Training and validation loss of a network that is large for forty noisy points."""
    rng = np.random.default_rng(8)
    x, y = moons(40, 0.35, rng)
    x_new, y_new = moons(200, 0.35, rng)
    network = mlp([2, 32, 32, 1], rng, Tanh)
    trainer = Trainer(network, BinaryCrossEntropy(), Adam(0.01), x, y)
    judge = BinaryCrossEntropy()
    train, fresh = [], []
    for _ in range(240):
        train.append(trainer.step())
        fresh.append(judge.forward(network.forward(x_new), y_new))
    best, top = int(np.argmin(fresh)), 1.2 * max(fresh)
    axes = Axes((0, 240), (0, top), height=260)
    steps = np.arange(240)
    return plots.plot(
        axes,
        plots.rule(axes, x=best),
        plots.curve(axes, steps, train, "ink dashed"),
        plots.curve(axes, steps, fresh),
        plots.text_at(axes, best + 5, 0.9 * top, say("best at step {n}", n=best)),
        plots.text_at(axes, 236, fresh[165] - 0.2 * top, say("points never seen"), "end"),
        plots.text_at(axes, 236, train[155] + 0.06 * top, say("training points"), "end"),
        x_label=say("training steps"),
        y_label=say("loss"),
        label=say(
            "The training loss falls to {train}; the loss on new points is lowest at step {n} with "
            "{lowest} and ends at {end}.",
            train=fixed(train[-1]),
            n=best,
            lowest=fixed(fresh[best]),
            end=fixed(fresh[-1]),
        ),
    )


def skip_gradient() -> Node:
    """The gradient's size in each of forty layers, with and without x added around each of them."""
    depth, width = 40, 32
    axes = Axes((1, depth), (-9, 2), height=240, right=16)

    def sizes(skip: float) -> Floats:
        rng = np.random.default_rng(4)
        start = initializers.normal(0.7 / np.sqrt(width))
        blocks = [Sequential(Dense(width, width, start, rng=rng), Tanh()) for _ in range(depth)]
        x, found = rng.normal(size=(64, width)), []
        for block in blocks:
            x = block.forward(x) + skip * x
        dy = rng.normal(size=x.shape)
        dy /= np.linalg.norm(dy)
        for block in reversed(blocks):
            dy = block.backward(dy) + skip * dy
            found.append(np.linalg.norm(dy))
        return np.log10(found[::-1])

    layers, bare, skipping = np.arange(1, depth + 1), sizes(0.0), sizes(1.0)
    return plots.plot(
        axes,
        plots.curve(axes, layers, bare, "backward"),
        plots.curve(axes, layers, skipping, "backward dashed"),
        plots.text_at(axes, 17, bare[16] - 1.4, say("plain")),
        plots.text_at(axes, 17, skipping[16] - 1.2, say("with + x")),
        x_label=say("layer, counted from the input"),
        y_label=say("size of the gradient, power of ten"),
        label=say(
            "In layer 1 the gradient is 10 to the {without} without and 10 to the {skipping} with "
            "the skip connections.",
            without=fixed(bare[0], 1),
            skipping=fixed(skipping[0], 1),
        ),
    )


def noising() -> Node:
    """Points of two moons at four stages of a diffusion's forward process."""
    rng = np.random.default_rng(2)
    x, _ = moons(160, 0.05, rng)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    noise = rng.normal(size=x.shape)

    def panel(share: float) -> tuple[str, Node]:
        mixed = np.clip(np.sqrt(share) * x + np.sqrt(1 - share) * noise, -2.9, 2.9)
        axes = Axes((-3, 3), (-3, 3), width=220, height=220, left=24, bottom=22)
        name = say("{share} of the original", share=plain(share))
        drawn = plots.plot(
            axes, plots.scatter(axes, mixed[:, 0], mixed[:, 1], "ink small"), label=name
        )
        return name, drawn

    return small_multiples(*(panel(share) for share in (1.0, 0.9, 0.5, 0.0)))


def edges() -> Node:
    """A drawn letter, and what two small kernels find in it."""
    drawn = ("........", ".######.", ".#......", ".#......", ".####...", ".#......", ".#......")
    image = np.array([[c == "#" for c in row] for row in (*drawn, "........")], float)
    upright = np.array([[-1.0, 0.0, 1.0]] * 3)

    def found(kernel: Floats) -> Floats:
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), kernel.shape)
        return np.asarray(np.einsum("rcij,ij->rc", windows, kernel))

    def panel(title: str, values: Floats, said: str) -> tuple[str, Node]:
        return title, picture(values, "ink", said, largest=1.0)

    strongest = float(np.abs(found(upright)).max())
    return small_multiples(
        panel(say("the image"), image, say("A letter F, drawn on eight by eight cells.")),
        panel(
            say("upright edges"),
            np.abs(found(upright)) / strongest,
            say("Dark beside upright strokes."),
        ),
        panel(
            say("level edges"),
            np.abs(found(upright.T)) / strongest,
            say("Dark beside level strokes."),
        ),
    )


def _inside(axes: Axes, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The line through (x, y) with gaps where it leaves the axes, to a fortieth of a segment."""
    share = np.arange(40 * (len(x) - 1) + 1) / 40
    given = share % 1 == 0
    x, y = (np.interp(share, np.arange(len(x)), v) for v in (x, y))
    outside = (x < axes.x[0]) | (x > axes.x[1]) | (y < axes.y[0]) | (y > axes.y[1])
    y = np.where(outside, np.nan, y)
    leaves = outside[1:] != outside[:-1]
    keep = given | np.r_[leaves, False] | np.r_[False, leaves]
    return x[keep], y[keep]


FIGURES: dict[str, Callable[..., Node]] = {
    name.replace("_", "-"): thing
    for name, thing in list(globals().items())
    if isinstance(thing, FunctionType) and thing.__module__ == __name__ and name[0] != "_"
}
"""Every figure by the name a lesson gives it."""

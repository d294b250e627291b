"""The article on convolutional networks: shared weights, moves, shuffles, and what a cell sees."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.question import (
    Concept,
    Exercise,
    Item,
    Numeric,
    Sum,
    grid,
    whole,
)
from games.words import word
from pycore.arrays import Array
from pycore.convolution import Conv1D
from pycore.initializers import constant
from pycore.layers import Dense


def _reach(*layers: Conv1D, inputs: int) -> Array:
    """The gradient of the one cell that is left by each of so many inputs."""
    x: Array = np.zeros((1, inputs, 1))
    for layer in layers:
        x = layer.forward(x)
    dy: Array = np.zeros_like(x)
    dy[0, 0, 0] = 1.0
    for layer in reversed(layers):
        dy = layer.backward(dy)
    return np.asarray(dy[0, :, 0])


def _ones(k: int, stride: int = 1, dilation: int = 1) -> Conv1D:
    return Conv1D(1, 1, k, stride, dilation=dilation, weights=constant(1), rng=0)


def dense_map(rng: np.random.Generator) -> Exercise:
    """A weight for every pair of dots."""
    n = whole(rng, 4, 16)
    return Exercise(
        word(
            "A dense layer makes a map of {n} × {n} from a picture of {n} × {n}. How many weights "
            "has it, biases aside?"
        ),
        {"n": n},
        Dense(n * n, n * n, rng=0).W.size,
        word("A weight for each pair: {dots}·{dots} = {right}."),
        {
            word("That is the number of dots, not of pairs."): n**2,
            word("That adds the dots of both instead of multiplying them."): 2 * n**2,
            word("That pairs each dot with one row of the map only."): n**3,
            word("That is what a 3 × 3 kernel has."): 9,
        },
        digits=0,
        worked={"dots": n * n},
    )


def local_map(rng: np.random.Generator) -> Exercise:
    """Outputs times window, where nothing is shared."""
    n, k = whole(rng, 8, 30), int(rng.choice([3, 5]))
    outputs = n - k + 1
    return Exercise(
        word(
            "From a row of {n} dots, {outputs} outputs each look at {k} neighbours, each through "
            "weights of its own. How many weights are learned?"
        ),
        {"n": n, "k": k, "outputs": outputs},
        outputs * k,
        word("{outputs}·{k} = {right}: local, but not shared."),
        {
            word("That is so once the outputs share their weights."): k,
            word("That is a dense layer: each output looks at every dot."): n * outputs,
            word("That gives each dot a window, not each output."): n * k,
            word("That adds where it should multiply."): outputs + k,
        },
        digits=0,
    )


def shared_gradient(rng: np.random.Generator) -> Exercise:
    """dL/dk_0 = Σ d_i x_i, by the engine's layer."""
    x = [grid(rng, -2, 2, 0.5) for _ in range(3)]
    d = [grid(rng, -2, 2, 0.5) for _ in range(2)]
    layer = Conv1D(1, 1, 2, rng=0)
    layer.forward(np.array(x)[None, :, None])
    layer.backward(np.array(d)[None, :, None])
    return Exercise(
        word(
            "A kernel of two weights slides over x = ({x0}, {x1}, {x2}). The loss has the slopes "
            "{d0} and {d1} by the two outputs. What is its slope by the first weight?"
        ),
        {"x0": x[0], "x1": x[1], "x2": x[2], "d0": d[0], "d1": d[1]},
        float(layer.dW[0, 0, 0]),
        word("The first weight meets x₁ in one place and x₂ in the other: {sum} = {right}."),
        {
            word("That is what the second weight learns."): d[0] * x[1] + d[1] * x[2],
            word("That counts only the first of its two places."): d[0] * x[0],
            word("That swaps the slopes: each place has its own."): d[1] * x[0] + d[0] * x[1],
            word("That takes a mean; what all places learn is added."): (
                (d[0] * x[0] + d[1] * x[1]) / 2
            ),
        },
        worked={"sum": Sum(d, [x[0], x[1]])},
    )


def field_of_stack(rng: np.random.Generator) -> Exercise:
    """1 + L (k − 1)."""
    layers, k = whole(rng, 2, 6), int(rng.choice([3, 5, 7]))
    right = 1 + layers * (k - 1)
    reach = _reach(*[_ones(k) for _ in range(layers)], inputs=right)
    return Exercise(
        word(
            "{layers} convolutions with windows of {k} lie over one another, stride 1. How many "
            "dots does a cell of the last map see, along one side?"
        ),
        {"layers": layers, "k": k},
        int(np.count_nonzero(reach)),
        word("Each layer adds {more}: 1 + {layers}·{more} = {right}."),
        {
            word("Neighbouring windows overlap; only the ends are new."): layers * k,
            word("That forgets the dot that one cell sees at least."): layers * (k - 1),
            word("A layer adds, it does not multiply."): k**layers,
            word("That is what the first layer sees."): k,
            word("That leaves the first layer out."): 1 + (layers - 1) * (k - 1),
        },
        digits=0,
        worked={"more": k - 1},
    )


def field_after_stride(rng: np.random.Generator) -> Exercise:
    """K + (m − 1) s."""
    k, m, s = int(rng.choice([3, 5])), int(rng.choice([3, 5])), whole(rng, 2, 4)
    right = k + (m - 1) * s
    reach = _reach(_ones(k, s), _ones(m), inputs=right)
    return Exercise(
        word(
            "A convolution has a window of {k} and a stride of {s}; the next has a window of {m} "
            "and a stride of 1. How many dots does a cell see from the first dot to the last?"
        ),
        {"k": k, "m": m, "s": s},
        int(np.flatnonzero(reach)[-1] + 1),
        word("The second window’s cells are {s} dots apart: {k} + ({m} − 1)·{s} = {right}."),
        {
            word("That forgets the stride."): k + m - 1,
            word("That stretches the first window; a stride acts on what comes after it."): (
                (k - 1) * s + m
            ),
            word("Windows overlap; they are not laid end to end."): k + m * s,
            word("That multiplies the windows."): k * m,
        },
        digits=0,
    )


def dilated_span(rng: np.random.Generator) -> Exercise:
    """(k − 1) d + 1."""
    k, d = int(rng.choice([3, 5, 7])), whole(rng, 2, 6)
    right = (k - 1) * d + 1
    reach = _reach(_ones(k, dilation=d), inputs=right)
    return Exercise(
        word(
            "A window of {k} has a dilation of {d}. How many cells lie from its first to its last?"
        ),
        {"k": k, "d": d},
        int(np.flatnonzero(reach)[-1] + 1),
        word("Between {k} cells there are {steps} steps of {d}: {steps}·{d} + 1 = {right}."),
        {
            word("There is one step fewer than there are cells."): k * d,
            word("That counts the steps and forgets the cell it began with."): (k - 1) * d,
            word("That is the number of weights; dilation adds none."): k,
            word("That adds the dilation once, not at each step."): k + d,
        },
        digits=0,
        worked={"steps": k - 1},
    )


def ways_of_the_middle(rng: np.random.Generator) -> Exercise:
    """The smaller of two windows."""
    k, m = (int(rng.choice([3, 5, 7, 9, 11])) for _ in range(2))
    reach = _reach(_ones(k), _ones(m), inputs=k + m - 1)
    return Exercise(
        word(
            "A layer with a window of {k}, above it one with a window of {m}, both with stride 1. "
            "How many ways lead up to a cell from the middle dot of what it sees?"
        ),
        {"k": k, "m": m},
        int(reach[(k + m - 2) // 2]),
        word(
            "The dot is under {k} cells of the first map, the cell sees {m} of them: the smaller "
            "number, {right}, is in both."
        ),
        {
            word("That is the number of dots that the cell sees."): k + m - 1,
            word("That is what the dot at the edge has."): 1,
            word("That counts the ways of all dots together."): k * m,
            word("Not all of those cells are in the other window."): max(k, m),
            word("That counts both windows, but a way leads through one cell."): k + m,
        },
        digits=0,
    )


def stack_or_one(rng: np.random.Generator) -> Exercise:
    """9 L C² against (2 L + 1)² C²: what the stack needs."""
    layers, c = whole(rng, 2, 4), int(rng.choice([4, 8, 16, 32]))
    return Exercise(
        word(
            "{layers} layers of 3 × 3, each from {c} maps to {c}, see as much as one layer of "
            "{k} × {k}. How many weights have the {layers} layers, biases aside?"
        ),
        {"layers": layers, "c": c, "k": 2 * layers + 1},
        layers * 9 * c * c,
        word("{layers}·9·{c}·{c} = {right}; the single layer would need more."),
        {
            word("That is the single large layer."): (2 * layers + 1) ** 2 * c * c,
            word("Each map looks at all maps below it, so they count twice."): layers * 9 * c,
            word("That is one layer of them."): 9 * c * c,
            word("That leaves the maps out."): layers * 9,
        },
        digits=0,
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "why-centred",
        "shuffle-puzzle",
        word("Why is a drawn digit moved to the middle before a network reads it?"),
        word("Because the network has learned from digits in the middle, and misses others."),
        word("Even a LeNet has dense layers at its end, with a weight for each place."),
        {
            word("Because kernels are only slid over the middle of a picture."): word(
                "They are slid over all of it."
            ),
            word("Because without it the digits would be of different sizes."): word(
                "To move changes no size."
            ),
            word("Because a convolution cannot move along with what is drawn."): word(
                "It does just that; what comes after it does not."
            ),
        },
        7,
    ),
    Numeric("dense-map", "sharing", dense_map, 7),
    Numeric("local-map", "sharing", local_map, 7),
    Numeric("shared-gradient", "sharing", shared_gradient, 7),
    Concept(
        "two-assumptions",
        "sharing",
        word("Which two assumptions make a convolution of a dense layer?"),
        word("Neighbours belong together, and a pattern is the same wherever it is."),
        word("The first sets far weights to 0, the second makes the others equal everywhere."),
        {
            word("Pictures are square, and their dots are between 0 and 1."): word(
                "Any shape and any numbers will do."
            ),
            word("There are few examples, and they are all of one size."): word(
                "It helps with few examples, but assumes nothing of their number."
            ),
            word("A pattern comes once in a picture, and always in its middle."): word(
                "The kernel looks for it at every place, however often it comes."
            ),
        },
        7,
    ),
    Concept(
        "only-convolutions",
        "moving-along",
        word("Which tables of weights move along with every shift of a ring?"),
        word("Those whose every row is the one above it, one place further on."),
        word("From W S = S W it follows that W has equal numbers along its diagonals."),
        {
            word("All of them, because a layer adds up the same dots in any case."): word(
                "With other weights at other places the sums differ."
            ),
            word("Only the table that copies its input and does nothing else."): word(
                "That one does, and so does every kernel."
            ),
            word("Those that are 0 far away, whatever weights they have nearby."): word(
                "Near weights that differ from place to place do not move along."
            ),
        },
        7,
    ),
    Concept(
        "what-breaks-it",
        "moving-along",
        word("Which part of a CNN makes its maps stop moving along by a single dot?"),
        word("A stride or a pooling of two: half a cell does not exist."),
        word("A move by two becomes a move by one, but a move by one becomes neither."),
        {
            word("The ReLU, because it cuts off what is below 0."): word(
                "It does the same at every place, so it moves along."
            ),
            word("The bias, because it is added whether or not there is ink."): word(
                "It is the same at every place."
            ),
            word("Having several kernels, because their maps differ."): word(
                "Each of the maps moves along by itself."
            ),
        },
        7,
    ),
    Concept(
        "stays-the-same",
        "moving-along",
        word("A map moves along. What makes of it an answer that stays the same?"),
        word("The mean over all of its places, as in global average pooling."),
        word("A sum does not see in which order its numbers come."),
        {
            word("A dense layer with a weight for each place of the map."): word(
                "Its weights differ from place to place, so the sum changes."
            ),
            word("More convolutions with smaller kernels."): word("They only move along, again."),
            word("A softmax over the digits, which sums to 1."): word(
                "It changes as soon as what comes in does."
            ),
        },
        7,
    ),
    Concept(
        "who-notices",
        "shuffled-pictures",
        word("All pictures are shuffled in the same way, and both networks learn anew. Who loses?"),
        word("The CNN: what were neighbours are neighbours no more."),
        word("The dense network never used the order of the dots."),
        {
            word("The dense network, because it has a weight for each dot."): word(
                "Shuffle those weights too, and its sums are what they were."
            ),
            word("Both, because nobody can read such pictures."): word(
                "People cannot. The dense network reads them as before."
            ),
            word("Neither, because weights can learn any order."): word(
                "A kernel sees only neighbours, and those now have little to say."
            ),
        },
        7,
    ),
    Numeric("field-of-stack", "receptive-field", field_of_stack, 7),
    Numeric("field-after-stride", "receptive-field", field_after_stride, 7),
    Numeric("dilated-span", "receptive-field", dilated_span, 7),
    Numeric("ways-of-the-middle", "receptive-field", ways_of_the_middle, 7),
    Numeric("stack-or-one", "receptive-field", stack_or_one, 7),
    Concept(
        "effective-field",
        "receptive-field",
        word("Why do untrained CNNs see less than their receptive field?"),
        word("Many ways lead up from its middle and few from its edge."),
        word("The ways form a bell, whose spread grows more slowly than the field."),
        {
            word("Because padding cuts the field off at the edge of the picture."): word(
                "It is so in the middle of the picture too."
            ),
            word("Because random weights are mostly 0 at the edge of a kernel."): word(
                "They are as large there as in its middle."
            ),
            word("Because each layer sees only the dots that are inked."): word(
                "What a cell sees has nothing to do with ink."
            ),
        },
        7,
    ),
    Concept(
        "chequered",
        "cnn-now",
        word("Why do some networks draw pictures with a chequered pattern?"),
        word("Their transposed convolutions paint some dots more often than others."),
        word("So it is where the window is no multiple of the stride."),
        {
            word("Their pictures have too few dots for smooth lines."): word(
                "Large pictures have the pattern as well."
            ),
            word("Their max pooling keeps only one dot of four."): word(
                "Pooling makes maps smaller; the pattern comes with making them larger."
            ),
            word("They were trained on pictures that had the pattern."): word(
                "It also comes where no example has it."
            ),
        },
        7,
    ),
)

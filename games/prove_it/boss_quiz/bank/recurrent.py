"""The article on recurrent networks: the gradient through time, gates, reach, and their size."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.question import Concept, Exercise, Item, Numeric, whole
from games.words import word
from pycore.activations import sigmoid
from pycore.recurrent import GRU, LSTM, RNN


def _kept(f: float, steps: int) -> list[float]:
    """What the engine's cell holds of 1 after each step with this forget gate and nothing new."""
    cell = LSTM(1, 1, forget=0.0, rng=0)
    cell.Wx[:], cell.Wh[:] = 0, 0
    cell.b[1] = np.log(f / (1 - f))
    cell.start = [np.zeros((1, 1)), np.ones((1, 1))]
    cell.forward(np.zeros((1, steps, 1)))
    return [float(c) for c in cell.carried()[0, :, 0]]


def cell_left(rng: np.random.Generator) -> Exercise:
    """What f to the power of k leaves, by the engine's cell."""
    f, k = 0.01 * whole(rng, 80, 98), whole(rng, 4, 20)
    return Exercise(
        word(
            "A forget gate stays at {f}, and nothing comes in. What is left of 1 after {k} steps?"
        ),
        {"f": f, "k": k},
        _kept(f, k)[-1],
        word("Each step multiplies by {f}: to the power of {k} that is {right}."),
        {
            word("That takes away the same amount at each step, not the same share."): 1
            - k * (1 - f),
            word("That is left after a single step."): f,
            word("That is what is gone, not what is left."): 1 - f**k,
            word("That divides in place of multiplying again and again."): f / k,
        },
        digits=3,
    )


def half_gone(rng: np.random.Generator) -> Exercise:
    """The first step with less than half, counted on the engine's cell."""
    f = 0.01 * whole(rng, 88, 97)
    kept = _kept(f, 60)
    return Exercise(
        word("A forget gate stays at {f}. After how many steps is less than half left, first?"),
        {"f": f},
        float(next(i for i, c in enumerate(kept, 1) if c < 0.5)),
        word("About 0.7 ÷ (1 − {f}) steps: {right}."),
        {
            word(
                "That takes the same amount away each time; it is a share of what is left."
            ): float(round(0.5 / (1 - f))),
            word("That long it takes until about a third is left."): float(round(1 / (1 - f))),
            word("That takes 2 for the logarithm of 2."): float(round(2 / (1 - f))),
            word("That is 1 ÷ {f}, rounded up: one step does not halve it."): 1.0,
        },
        digits=0,
    )


def bias_reach(rng: np.random.Generator) -> Exercise:
    """1 / (1 − σ(b))."""
    b = 0.5 * whole(rng, 1, 9)
    return Exercise(
        word("Nothing but its bias {b} speaks to a forget gate f. What is 1 ÷ (1 − f)?"),
        {"b": b},
        float(1 / (1 - sigmoid(np.array(b)))),
        word("1 − σ(b) = 1 ÷ (1 + eᵇ), so it is 1 + eᵇ = {right}."),
        {
            word("That leaves out the 1."): float(np.exp(b)),
            word("That is 1 ÷ f."): float(1 + np.exp(-b)),
            word("That takes the bias for its exponential."): 1 + b,
            word("That is f itself, a share, not a number of steps."): float(sigmoid(np.array(b))),
        },
        digits=1,
    )


def jacobian_bound(rng: np.random.Generator) -> Exercise:
    """(σ γ) to the power of k."""
    stretch, slope, k = 0.1 * whole(rng, 8, 15), 0.1 * whole(rng, 5, 9), whole(rng, 2, 6)
    return Exercise(
        word(
            "The loop of an RNN stretches nothing by more than {stretch}, and no slope of tanh on "
            "the way is above {slope}. How much of a gradient is left after {k} steps at most?"
        ),
        {"stretch": stretch, "slope": slope, "k": k},
        float(np.linalg.norm(np.linalg.matrix_power(slope * stretch * np.eye(2), k), 2)),
        word("Each step multiplies by at most {stretch}·{slope}; {k} of them come to {right}."),
        {
            word("That counts the slope only once."): stretch**k * slope,
            word("That is one step."): stretch * slope,
            word("That adds up what is to be multiplied."): k * stretch * slope,
            word("That leaves out the slopes of tanh."): stretch**k,
        },
        digits=3,
    )


def step_back(rng: np.random.Generator) -> Exercise:
    """The factor w (1 − h²), by the engine's sweep back."""
    w, h = 0.1 * whole(rng, 5, 25), 0.1 * whole(rng, 2, 9)
    layer = RNN(1, 1, rng=0)
    layer.Wx[:], layer.Wh[:], layer.b[:] = 0, w, np.arctanh(h)
    y = layer.forward(np.zeros((1, 1, 1)))
    layer.backward(np.ones_like(y))
    return Exercise(
        word(
            "A neuron with a loop of {w} has come to h = {h}. By what does the step before it "
            "multiply the gradient on its way back?"
        ),
        {"w": w, "h": h},
        float(layer.dstart[0][0, 0]),
        word("By the loop and the slope of tanh: {w}·(1 − {h}²) = {right}."),
        {
            word("That leaves out the slope of tanh."): w,
            word("That is the slope without the loop."): 1 - h * h,
            word("The slope of tanh is 1 − h², not 1 − h."): w * (1 - h),
            word("That takes h² for the slope."): w * h * h,
        },
        digits=3,
    )


def lstm_size(rng: np.random.Generator) -> Exercise:
    """4 ((inputs + n) n + n), by the engine's count."""
    inputs, n = whole(rng, 2, 12), whole(rng, 3, 12)
    block = (inputs + n) * n + n
    return Exercise(
        word("How many parameters has an LSTM with {inputs} inputs and {n} states?"),
        {"inputs": inputs, "n": n},
        float(LSTM(inputs, n, rng=0).size()),
        word("Four blocks of ({inputs} + {n})·{n} weights and {n} biases: {right}."),
        {
            word("That is three blocks, as a GRU has them; the candidate is one more."): 3 * block,
            word("That leaves out the biases."): 4 * (block - n),
            word("That is one block, as an RNN has it."): block,
            word("That leaves out the weights for what comes in."): 4 * (n * n + n),
        },
        digits=0,
    )


def gru_size(rng: np.random.Generator) -> Exercise:
    """3 ((inputs + n) n + n), by the engine's count."""
    inputs, n = whole(rng, 2, 12), whole(rng, 3, 12)
    block = (inputs + n) * n + n
    return Exercise(
        word("How many parameters has a GRU with {inputs} inputs and {n} states?"),
        {"inputs": inputs, "n": n},
        float(GRU(inputs, n, rng=0).size()),
        word("Three blocks of ({inputs} + {n})·{n} weights and {n} biases: {right}."),
        {
            word("That is an LSTM’s: the GRU has one gate fewer."): 4 * block,
            word("That counts its two gates and forgets the candidate."): 2 * block,
            word("That leaves out the biases."): 3 * (block - n),
            word("That is one block, as an RNN has it."): block,
        },
        digits=0,
    )


def cell_step(rng: np.random.Generator) -> Exercise:
    """The sum f c + i g, by the engine's cell."""
    f, i = 0.1 * whole(rng, 5, 9), 0.1 * whole(rng, 1, 4)
    c, g = whole(rng, 2, 6), 0.1 * whole(rng, 2, 9)
    cell = LSTM(1, 1, forget=0.0, rng=0)
    cell.Wx[:], cell.Wh[:] = 0, 0
    cell.b[:3] = np.log(i / (1 - i)), np.log(f / (1 - f)), np.arctanh(g)
    cell.start = [np.zeros((1, 1)), np.full((1, 1), float(c))]
    cell.forward(np.zeros((1, 1, 1)))
    return Exercise(
        word(
            "A cell holds {c}. Its forget gate is {f}, its input gate {i}, and the candidate is "
            "{g}. What does it hold then?"
        ),
        {"c": c, "f": f, "i": i, "g": g},
        float(cell.end[1][0, 0]),
        word("{f}·{c} + {i}·{g} = {right}."),
        {
            word("That exchanges the two gates."): i * c + f * g,
            word("That lets the whole candidate in."): f * c + g,
            word("That forgets nothing."): c + i * g,
            word("That lets nothing in."): f * c,
        },
        digits=2,
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("cell-left", "fading-bit", cell_left, 8),
    Concept(
        "wipe-and-write",
        "fading-bit",
        word("A cell is to take in a new bit and drop what it held. Which gates does it need?"),
        word("Forget shut, input open."),
        word("What was there is multiplied by about 0, and the bit is added."),
        {
            word("Forget open, input open."): word("Then the old and the new are added up."),
            word("Forget open, input shut."): word("Then it keeps the old one."),
            word("Forget shut, input shut, output open."): word("Then it holds nothing at all."),
        },
        8,
    ),
    Concept(
        "output-shut",
        "fading-bit",
        word("Forget is open and output is shut. What becomes of a bit in the cell?"),
        word("It stays in the cell, but nobody hears it yet."),
        word("The output gate is behind the cell; it changes what is heard, not what is held."),
        {
            word("It fades, since a cell that is not heard forgets."): word(
                "Only the forget gate makes it fade."
            ),
            word("It is replaced by the next thing that comes in."): word(
                "That is up to the input and the forget gate."
            ),
            word("It is heard at every step, but the gradient is cut."): word(
                "Shut means not heard: h is about 0."
            ),
        },
        8,
    ),
    Numeric("jacobian-bound", "through-time", jacobian_bound, 8),
    Numeric("step-back", "through-time", step_back, 8),
    Concept(
        "hold-or-learn",
        "through-time",
        word("Why does an RNN that holds a bit firmly hardly learn from far back?"),
        word("It holds by pressing tanh flat, and a flat tanh passes hardly any gradient back."),
        word("Where a state stays by itself, each step back multiplies by less than 1."),
        {
            word(
                "Holding needs so many weights that the gradient is spread over all of them."
            ): word("A single weight can hold a bit."),
            word("A state that stays the same gives the loss nothing to measure."): word(
                "The loss sees the state at the end, whatever it was before."
            ),
            word("The learning rate has to be tiny where weights are large."): word(
                "The gradient itself is tiny, whatever the rate."
            ),
        },
        8,
    ),
    Concept(
        "cut-helps-not",
        "through-time",
        word("Gradients are clipped to a length of 1. What does that do against vanishing?"),
        word("Nothing: it shortens what is too long."),
        word("All parts are scaled alike, so what comes from far back stays as small a share."),
        {
            word("It lengthens what is shorter than 1 as well."): word(
                "Only what is longer is changed."
            ),
            word("It removes the last steps, so that the first ones count more."): word(
                "It scales the whole gradient; no step is removed."
            ),
            word("It keeps the slopes of tanh away from 0."): word(
                "Those depend on the states, which are not clipped."
            ),
        },
        8,
    ),
    Concept(
        "stretch-above-one",
        "through-time",
        word("A loop stretches some direction by more than 1. Does the gradient explode?"),
        word("It may; slopes of tanh below 1 can still make it vanish."),
        word("The bound says what is possible, not what happens."),
        {
            word("Always, and faster with each step back."): word(
                "Only where the states stay near 0, so that the slopes are near 1."
            ),
            word("Never, since tanh keeps all states between −1 and 1."): word(
                "States are kept small, but gradients are not."
            ),
            word("Only if the inputs grow from step to step."): word(
                "Large inputs press tanh flat, which makes it fade."
            ),
        },
        8,
    ),
    Numeric("half-gone", "cell-state", half_gone, 8),
    Numeric("bias-reach", "cell-state", bias_reach, 8),
    Numeric("cell-step", "cell-state", cell_step, 8),
    Concept(
        "gru-tied",
        "cell-state",
        word("What can an LSTM’s cell do that a GRU with its one gate for both cannot?"),
        word("Keep all that it holds and add something to it."),
        word("A GRU forgets as much as it lets in; its shares z and 1 − z add up to 1."),
        {
            word("Keep all that it holds for as long as it is told to."): word(
                "A GRU can do that with z near 1."
            ),
            word("Drop all that it holds and take in something new."): word(
                "A GRU can do that with z near 0."
            ),
            word("Choose for each number of its state how long it stays."): word(
                "A GRU’s gate is a row of numbers, too."
            ),
        },
        8,
    ),
    Concept(
        "fresh-forget-bias",
        "reach-measured",
        word("A fresh LSTM has a forget bias of 0. How far does it feel what came in?"),
        word("Less far than a fresh RNN in our measurement."),
        word("Its forget gates begin near ½, so that each step halves what the cell holds."),
        {
            word("As far as the sequence is long, for nothing bends the cell."): word(
                "Nothing bends it, but a gate of ½ halves it at each step."
            ),
            word("Not at all, since a gate of 0 lets nothing pass."): word(
                "A bias of 0 gives a gate of ½."
            ),
            word("Much farther than with a bias of 1, which holds on to too much."): word(
                "A bias of 1 opens the gate wider, and reaches farther."
            ),
        },
        8,
    ),
    Numeric("lstm-size", "weights-counted", lstm_size, 8),
    Numeric("gru-size", "weights-counted", gru_size, 8),
)

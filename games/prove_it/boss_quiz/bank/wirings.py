"""Level 4, second part: the wirings, from convolution to mixture of experts.

Where a line of arithmetic is all that is asked, that line computes it; a layer does the rest.
"""

from __future__ import annotations

import math

import numpy as np

from games.prove_it.boss_quiz.bank.engine import (
    at,
    attended,
    convolution,
    dense,
    output,
    places,
    seen,
)
from games.prove_it.boss_quiz.bank.question import (
    Concept,
    Decimals,
    Exercise,
    Item,
    Numeric,
    Sum,
    grid,
    whole,
)
from games.words import word
from pycore.activations import Tanh, sigmoid, softmax, tanh
from pycore.convolution import AveragePool2D, Conv1D, Conv2D
from pycore.layers import Sequential
from pycore.models import mlp


def window(rng: np.random.Generator) -> Exercise:
    """One output of a convolution layer, Σ kernel · patch."""
    patch = rng.integers(0, 5, (2, 2))
    kernel = rng.integers(-2, 4, (2, 2))
    return Exercise(
        word(
            "A 2×2 kernel has the rows ({k1}) and ({k2}). It lies on a patch of the picture with "
            "the rows ({p1}) and ({p2}). What does a convolution layer without bias output there?"
        ),
        {
            "k1": tuple(kernel[0].tolist()),
            "k2": tuple(kernel[1].tolist()),
            "p1": tuple(patch[0].tolist()),
            "p2": tuple(patch[1].tolist()),
        },
        seen(convolution(kernel.tolist()), patch.tolist()),
        word("Multiply the numbers that lie on top of each other, and add up: {sum} = {right}."),
        {
            word("That takes the mean; the layer takes the sum."): float((kernel * patch).mean()),
            word("That rotates the kernel by half a turn, as mathematicians do; layers do not."): (
                int((kernel[::-1, ::-1] * patch).sum())
            ),
            word("That multiplies the two as matrices and adds up the entries."): (
                int((kernel @ patch).sum())
            ),
            word("That loses the minus signs of the kernel."): int((abs(kernel) * patch).sum()),
            word("That is the largest product; the layer adds all four."): int(
                (kernel * patch).max()
            ),
        },
        digits=0,
        worked={"sum": Sum(kernel.ravel().tolist(), patch.ravel().tolist())},
    )


def kernel_parameters(rng: np.random.Generator) -> Exercise:
    """Parameters of a convolution layer, k² c_in c_out + c_out."""
    k, size = int(rng.choice([3, 5])), int(rng.choice([28, 32, 64]))
    c_in, c_out = int(rng.choice([2, 3, 4])), int(rng.choice([6, 8, 16]))
    layer = Conv2D(c_in, c_out, k, rng=np.random.default_rng(0))
    return Exercise(
        word(
            "A convolution layer with {k}×{k} kernels goes from {c_in} to {c_out} channels on "
            "pictures of {size}×{size} pixels. How many parameters does it have, biases included?"
        ),
        {"k": k, "c_in": c_in, "c_out": c_out, "size": size},
        layer.W.size + layer.b.size,
        word(
            "Each of the {c_out} kernels has {k}·{k}·{c_in} weights and one bias: {c_out}·({each} "
            "+ 1) = {right}. The size of the picture does not matter."
        ),
        {
            word("That leaves out the biases, one for each channel that comes out."): k
            * k
            * c_in
            * c_out,
            word("That forgets that a kernel reaches through all the channels that come in."): (
                k * k * c_out + c_out
            ),
            word("That is a single kernel with its bias."): k * k * c_in + 1,
            word("That gives each place of the picture its own bias; a channel shares one."): (
                k * k * c_in * c_out + c_out * size * size
            ),
        },
        digits=0,
        worked={"each": k * k * c_in},
    )


def output_size(rng: np.random.Generator) -> Exercise:
    """The width ⌊(n + 2 p − k) / s⌋ + 1."""
    k, p, s = int(rng.choice([3, 5])), whole(rng, 1, 2), whole(rng, 1, 3)
    n = k - 2 * p + s * whole(rng, 5, 14)
    return Exercise(
        word(
            "A kernel {k} wide slides over a picture {n} pixels wide, with padding {p} on each "
            "side and stride {s}. How wide is the result?"
        ),
        {"k": k, "n": n, "p": p, "s": s},
        places(n, k, p, s),
        word(
            "With padding there are {padded} pixels. The kernel can move by {room} of them, in "
            "steps of {s}, and the place where it starts counts too: {room} / {s} + 1 = {right}."
        ),
        {
            word("That forgets the + 1: the place where the kernel starts counts too."): (
                n + 2 * p - k
            )
            // s,
            word("That pads one side only."): (n + p - k) // s + 1,
            word("That forgets the padding."): (n - k) // s + 1,
            word("That forgets the stride."): n + 2 * p - k + 1,
            word("That leaves the kernel's width out."): (n + 2 * p) // s + 1,
        },
        digits=0,
        worked={"padded": n + 2 * p, "room": n + 2 * p - k},
    )


def average_pooling(rng: np.random.Generator) -> Exercise:
    """The mean of a 2×2 window."""
    values = [whole(rng, 0, 9) for _ in range(4)]
    return Exercise(
        word("A 2×2 window of a feature map holds {values}. What does average pooling make of it?"),
        {"values": values},
        seen(AveragePool2D(2), [values[:2], values[2:]]),
        word("The mean of the four: {total} / 4 = {right}."),
        {
            word("That is max pooling."): max(values),
            word("That is the sum; it still has to be divided by 4."): sum(values),
            word("That is the smallest of them."): min(values),
            word("That is the mean of the largest and the smallest; all four count."): (
                (max(values) + min(values)) / 2
            ),
            word("That is the median, the mean of the middle two."): float(np.median(values)),
        },
        worked={"total": sum(values)},
    )


def rnn_step(rng: np.random.Generator) -> Exercise:
    """One step h ← tanh(w_h h + w_x x + b)."""
    w_h, w_x, b = grid(rng, -1, 1, 0.5), grid(rng, -2, 2, 0.5), grid(rng, -0.5, 0.5)
    h, x = grid(rng, -0.8, 0.8, 0.2), grid(rng, -1, 1, 0.5)
    layer = dense([[w_h], [w_x]], [b])
    z = output(layer, h, x)
    return Exercise(
        word(
            "A recurrent neuron computes h ← tanh(w·h + u·x + b) with w = {w_h}, u = {w_x}, b = "
            "{b}. Its state is h = {h}, the next input x = {x}. What is the new state?"
        ),
        {"w_h": w_h, "w_x": w_x, "b": b, "h": h, "x": x},
        output(Sequential(layer, Tanh()), h, x),
        word("{sum} = {z}, and tanh({z}) = {right}."),
        {
            word("That forgets the old state: without w·h there is no memory."): at(
                tanh, w_x * x + b
            ),
            word("That is the sum before tanh."): z,
            word("That forgets the bias."): at(tanh, z - b),
            word("That squashes with the sigmoid; here it is tanh."): at(sigmoid, z),
            word("That swaps the two weights."): at(tanh, w_x * h + w_h * x + b),
        },
        digits=3,
        worked={"sum": Sum([w_h, w_x], [h, x], b), "z": z},
    )


def lstm_cell(rng: np.random.Generator) -> Exercise:
    """The cell of an LSTM, c ← f c + i g."""
    f, i = grid(rng, 0.1, 0.9), grid(rng, 0.1, 0.9)
    c, g = grid(rng, -2, 2, 0.5), grid(rng, -0.8, 0.8, 0.2)
    return Exercise(
        word(
            "An LSTM's cell changes by c ← f·c + i·g. It holds c = {c}; the forget gate is f = "
            "{f}, the input gate i = {i}, the candidate g = {g}. What does the cell hold next?"
        ),
        {"c": c, "f": f, "i": i, "g": g},
        f * c + i * g,
        word(
            "The forget gate says how much is kept, the input gate how much comes in: {sum} = "
            "{right}."
        ),
        {
            word("That swaps the two gates."): i * c + f * g,
            word("That keeps the whole old cell; the forget gate scales it."): c + i * g,
            word("That takes 1 − f: a forget gate of 1 keeps everything."): (1 - f) * c + i * g,
            word("That lets the whole candidate in; the input gate scales it."): f * c + g,
            word("That forgets the candidate."): f * c,
        },
        worked={"sum": Sum([f, i], [c, g])},
    )


def autoencoder_parameters(rng: np.random.Generator) -> Exercise:
    """Parameters of a dense autoencoder d → k → d."""
    d, k = int(rng.choice([16, 25, 36, 49, 64])), whole(rng, 2, 5)
    size = mlp([d, k, d], rng).theta.size
    return Exercise(
        word(
            "An autoencoder takes {d} pixels to a code of {k} numbers and back to {d} pixels, with "
            "one dense layer each way. How many parameters does it have, biases included?"
        ),
        {"d": d, "k": k},
        size,
        word("Encoder: {d}·{k} + {k}. Decoder: {k}·{d} + {d}. Together {right}."),
        {
            word("That is the encoder alone."): d * k + k,
            word("That leaves out the biases."): 2 * d * k,
            word("That leaves out the decoder's biases, one for each pixel."): 2 * d * k + k,
            word("That gives the input pixels biases too."): size + d,
            word("That leaves the code out: the pixels are not joined directly."): d * d + d,
        },
        digits=0,
    )


def bottom_width(rng: np.random.Generator) -> Exercise:
    """How wide the map at the bottom of a U-Net is."""
    halvings, bottom = whole(rng, 2, 4), int(rng.choice([4, 6, 8, 10]))
    n = bottom * 2**halvings
    down = Sequential(*(AveragePool2D(2) for _ in range(halvings)))
    return Exercise(
        word(
            "A U-Net reads pictures {n} pixels wide. On its way down it pools {halvings} times, "
            "each time over windows of 2×2, and its convolutions keep the size. How wide is the "
            "map at the bottom?"
        ),
        {"n": n, "halvings": halvings},
        down.forward(np.zeros((1, n, n, 1))).shape[1],
        word("Each pooling halves the width: {n} / 2^{halvings} = {n} / {whole} = {right}."),
        {
            word("That halves once only."): n // 2,
            word("That pools once more than there are poolings."): bottom // 2,
            word("That takes two pixels off for each pooling; each of them halves."): (
                n - 2 * halvings
            ),
            word("That counts the windows in both directions."): bottom * bottom,
        },
        digits=0,
        worked={"whole": 2**halvings},
    )


def kernel_lines(rng: np.random.Generator) -> Exercise:
    """How many pairs of input and output a convolution joins."""
    n = whole(rng, 6, 14)
    layer = Conv1D(1, 1, 3, padding=1, rng=np.random.default_rng(0))
    layer.b[...] = 0.0
    return Exercise(
        word(
            "A convolution with a window of 3, a stride of 1 and a padding of 1 reads {n} numbers "
            "in a row. Draw a line from each number that comes in to each output that listens to "
            "it. How many lines are there?"
        ),
        {"n": n},
        int(np.count_nonzero(layer.forward(np.eye(n)[:, :, None]))),
        word(
            "{n} outputs listen to 3 places each, and at each end one of these is padding, where "
            "no number is: 3·{n} − 2 = {right}."
        ),
        {
            word("That counts the padding at both ends as numbers."): 3 * n,
            word("That counts the weights; each is used at every place."): 3,
            word("That is a dense layer, where all listen to all."): n * n,
            word("That leaves out the two outputs at the ends."): 3 * (n - 2),
            word("That leaves out one of the two ends."): 3 * n - 1,
        },
        digits=0,
    )


def bridged_parameters(rng: np.random.Generator) -> Exercise:
    """Parameters of the convolution that reads what came up and what came across."""
    up, across, out = int(rng.choice([8, 12, 16])), int(rng.choice([4, 6, 10])), whole(rng, 2, 8)
    layer = Conv2D(up + across, out, 3, rng=np.random.default_rng(0))
    return Exercise(
        word(
            "In a U-Net {up} feature maps come up, and the bridge brings {across} of the same size "
            "across. A convolution layer with 3×3 kernels makes {out} maps of them all. How many "
            "parameters does it have, biases included?"
        ),
        {"up": up, "across": across, "out": out},
        layer.W.size + layer.b.size,
        word(
            "The maps are laid beside one another, {both} in all. Each of the {out} kernels has "
            "9·{both} weights and one bias: {out}·({each} + 1) = {right}."
        ),
        {
            word("That leaves out what comes across the bridge."): 9 * up * out + out,
            word("That leaves out the biases, one for each map that comes out."): 9
            * (up + across)
            * out,
            word("That reads only what comes across."): 9 * across * out + out,
            word("That multiplies the two numbers of maps; they are laid side by side."): (
                9 * up * across * out + out
            ),
            word("That forgets that a kernel reaches through all the maps."): 9 * out + out,
        },
        digits=0,
        worked={"both": up + across, "each": 9 * (up + across)},
    )


def vae_sample(rng: np.random.Generator) -> Exercise:
    """A sample z = μ + σ ε."""
    mu, variance = grid(rng, -2, 2, 0.5), float(rng.choice([0.04, 0.09, 0.25, 4.0, 9.0]))
    noise = grid(rng, -1.5, 1.5, 0.5)
    sigma = math.sqrt(variance)
    return Exercise(
        word(
            "The encoder of a VAE gives the mean {mu} and the variance {variance}. The noise drawn "
            "from a standard normal distribution is ε = {noise}. What is the sample z?"
        ),
        {"mu": mu, "variance": variance, "noise": noise},
        mu + sigma * noise,
        word("z = μ + σ·ε with σ = √{variance} = {sigma}: {mu} + {scaled} = {right}."),
        {
            word("That multiplies by the variance; σ is its square root."): mu + variance * noise,
            word("That leaves σ out."): mu + noise,
            word("That forgets the mean."): sigma * noise,
            word("That subtracts the noise; z = μ + σ·ε."): mu - sigma * noise,
            word("That scales the mean and adds the noise; it is the noise that is scaled."): (
                sigma * mu + noise
            ),
        },
        worked={"sigma": sigma, "scaled": Sum([sigma], [noise])},
    )


def gan_value(rng: np.random.Generator) -> Exercise:
    """GAN's value ln D(x) + ln(1 − D(G(z))) for one pair."""
    real, fake = grid(rng, 0.5, 0.9), grid(rng, 0.1, 0.5)
    return Exercise(
        word(
            "A discriminator gives a real example {real} and a generated one {fake}. What is ln "
            "D(x) + ln(1 − D(G(z))) for this pair?"
        ),
        {"real": real, "fake": fake},
        math.log(real) + math.log(1 - fake),
        word(
            "ln {real} + ln(1 − {fake}) = ln {real} + ln {rest} = {right}. The discriminator wants "
            "it large, the generator small."
        ),
        {
            word("That takes ln of the score of the fake; it is ln of 1 minus the score."): (
                math.log(real) + math.log(fake)
            ),
            word("That flips the sign: it is the discriminator's loss."): (
                -math.log(real) - math.log(1 - fake)
            ),
            word("That subtracts the second logarithm instead of adding it."): (
                math.log(real) - math.log(1 - fake)
            ),
            word("That looks at the real example only."): math.log(real),
            word("That uses logarithms to base 10."): math.log10(real * (1 - fake)),
        },
        worked={"rest": 1 - fake},
    )


def flow_density(rng: np.random.Generator) -> Exercise:
    """Density after y = a x + c, p / |a|."""
    a, c = float(rng.choice([-4.0, -2.0, 0.5, 2.0, 4.0, 5.0])), grid(rng, -3, 3, 1)
    p = float(rng.choice([0.1, 0.2, 0.3, 0.4]))
    return Exercise(
        word(
            "A flow with one step maps x to y = {line}. At some x the density is {p}. What is the "
            "density at the point it is mapped to?"
        ),
        {"a": a, "c": c, "p": p},
        p / abs(a),
        word(
            "Lengths change by the factor {size}, so the same probability lies on {size} times the "
            "length: {p} / {size} = {right}. Neither the shift nor the sign matters."
        ),
        {
            word("That multiplies; where space is stretched, density gets thinner."): p * abs(a),
            word("That leaves the density as it was; the map stretches or squeezes it."): p,
            word("That maps the density like a point; a density is not a position."): a * p + c,
            word("That forgets the absolute value: a density is never negative."): p / a,
            word("That divides twice."): p / a**2,
        },
        digits=3,
        worked={"line": Sum([a], ["x"], c), "size": abs(a)},
    )


def diffusion_noise(rng: np.random.Generator) -> Exercise:
    """A noisy value x_t = √ᾱ x₀ + √(1 − ᾱ) ε."""
    keep = float(rng.choice([0.36, 0.64]))
    x, noise = grid(rng, -2, 2, 0.5), grid(rng, -2, 2, 0.5)
    a, b = math.sqrt(keep), math.sqrt(1 - keep)
    return Exercise(
        word(
            "In a diffusion model ᾱ = {keep} at some step. A pixel was {x} at the start, the noise "
            "drawn for it is ε = {noise}. What is its noisy value, √ᾱ·x₀ + √(1 − ᾱ)·ε?"
        ),
        {"keep": keep, "x": x, "noise": noise},
        a * x + b * noise,
        word(
            "√{keep} = {a} and √{rest} = {b}: {sum} = {right}. The squares of the two factors add "
            "up to 1, so the variance stays the same."
        ),
        {
            word("That forgets the roots."): keep * x + (1 - keep) * noise,
            word("That swaps signal and noise."): b * x + a * noise,
            word("That adds the noise at full strength."): a * x + noise,
            word("That takes 1 − √ᾱ for the noise; it is √(1 − ᾱ)."): a * x + (1 - a) * noise,
            word("That subtracts the noise."): a * x - b * noise,
        },
        worked={"a": a, "b": b, "rest": 1 - keep, "sum": Sum([a, b], [x, noise])},
    )


def attention_score(rng: np.random.Generator) -> Exercise:
    """A scaled score q·k / √d, d = 4."""
    q, k = (tuple(rng.integers(-3, 4, 4).tolist()) for _ in range(2))
    dot = float(np.dot(q, k))
    return Exercise(
        word("A query is ({q}), a key is ({k}). What is their scaled score, q·k / √d?"),
        {"q": q, "k": k},
        dot / 2,
        word(
            "q·k = {sum} = {dot}; the vectors have d = 4 entries, so the score is {dot} / 2 = "
            "{right}."
        ),
        {
            word("That leaves out the scaling."): dot,
            word("That divides by d; it is by √d."): dot / 4,
            word("That loses the minus signs."): float(np.dot(np.abs(q), np.abs(k))) / 2,
            word("That multiplies by √d; the point is to tame large dot products."): dot * 2,
            word("That has the sign the wrong way round."): -dot / 2,
        },
        worked={"sum": Sum(q, k), "dot": dot},
    )


def attention_mix(rng: np.random.Generator) -> Exercise:
    """Two values mixed by the softmax of their scores."""
    low, difference = whole(rng, 1, 2), whole(rng, 1, 3)
    scores = [low + difference, low]
    if rng.random() < 0.5:
        scores.reverse()
    v1, v2 = grid(rng, -4, 9, 1), grid(rng, -4, 9, 1)
    p = softmax(np.array(scores, float))
    best = v1 if scores[0] > scores[1] else v2
    return Exercise(
        word(
            "A query has the scaled scores {scores} with two keys, whose values are {v1} and {v2}. "
            "What does attention output? (e = 2.718, e² = 7.389, e³ = 20.086, e⁴ = 54.598, e⁵ = "
            "148.413)"
        ),
        {"scores": scores, "v1": v1, "v2": v2},
        attended(scores, [v1, v2]),
        word(
            "The softmax of the scores is {p1} and {p2}; the values mixed in these shares give "
            "{right}."
        ),
        {
            word("That swaps the shares: the larger score has the larger share."): (
                float(p[::-1] @ np.array([v1, v2]))
            ),
            word("That takes the value with the larger score alone; a softmax mixes."): best,
            word("That is the plain mean; the scores should weight it."): (v1 + v2) / 2,
            word("That weights with the scores themselves; the softmax comes first."): (
                (scores[0] * v1 + scores[1] * v2) / sum(scores)
            ),
            word("That weights with the scores, undivided."): scores[0] * v1 + scores[1] * v2,
        },
        worked={"p1": Decimals(p[0], 3), "p2": Decimals(p[1], 3)},
    )


def attention_weights(rng: np.random.Generator) -> Exercise:
    """How many attention weights a layer has, heads · n²."""
    n, heads = whole(rng, 6, 14), int(rng.choice([2, 4, 8]))
    return Exercise(
        word(
            "A sentence of {n} tokens passes one self-attention layer with {heads} heads, without "
            "a mask. How many attention weights are computed?"
        ),
        {"n": n, "heads": heads},
        heads * n * n,
        word(
            "In each head every token looks at every token, itself included: {heads}·{n}·{n} = "
            "{right}."
        ),
        {
            word("That is a single head."): n * n,
            word("That has one weight for each token; it is one for each pair."): heads * n,
            word("That leaves out each token's look at itself."): heads * n * (n - 1),
            word("That counts each pair once; who looks and who is looked at matters."): (
                heads * n * (n - 1) // 2
            ),
        },
        digits=0,
    )


def cosine(rng: np.random.Generator) -> Exercise:
    """The cosine of the angle between two word vectors."""
    vectors = [(3, 4), (4, 3), (0, 5), (5, 0), (6, 8), (8, 6), (-3, 4), (4, -3), (5, 12), (12, 5)]
    i, j = (int(v) for v in rng.choice(len(vectors), 2, replace=False))
    a, b = np.array(vectors[i]), np.array(vectors[j])
    dot, long_a, long_b = int(a @ b), math.hypot(*vectors[i]), math.hypot(*vectors[j])
    return Exercise(
        word(
            "Two words have the vectors ({a}) and ({b}). What is the cosine of the angle between "
            "them?"
        ),
        {"a": vectors[i], "b": vectors[j]},
        dot / (long_a * long_b),
        word(
            "The dot product is {dot}, the lengths are {long_a} and {long_b}: {dot} / "
            "({long_a}·{long_b}) = {right}."
        ),
        {
            word("That is the dot product, not yet divided by the lengths."): dot,
            word("That divides by the first length only."): dot / long_a,
            word("That divides by the sum of the lengths; it is their product."): dot
            / (long_a + long_b),
            word("That is the distance between the two points."): float(np.linalg.norm(a - b)),
            word("That divides by both lengths squared."): dot / (long_a * long_b) ** 2,
        },
        worked={"dot": dot, "long_a": long_a, "long_b": long_b},
    )


def message_mean(rng: np.random.Generator) -> Exercise:
    """A node's new value, the mean over itself and its neighbours."""
    own, other = whole(rng, 0, 9), whole(rng, 0, 9)
    near = [whole(rng, 0, 9) for _ in range(3)]
    return Exercise(
        word(
            "A node of a graph holds {own}, its three neighbours {near}; a node further away holds "
            "{other}. In one round each node takes the mean over itself and its neighbours. What "
            "does the node hold then?"
        ),
        {"own": own, "near": near, "other": other},
        (own + sum(near)) / 4,
        word(
            "({own} + {total}) / 4 = {right}. What is further away needs another round to arrive."
        ),
        {
            word("That leaves out the node itself."): sum(near) / 3,
            word("That is the sum; it still has to be divided by 4."): own + sum(near),
            word("That counts the far node too; in one round only neighbours are heard."): (
                (own + sum(near) + other) / 5
            ),
            word("That divides by the neighbours only; the node itself is the fourth."): (
                (own + sum(near)) / 3
            ),
            word("That averages the node with its neighbours' mean, as two halves."): (
                (own + sum(near) / 3) / 2
            ),
        },
        worked={"total": sum(near)},
    )


def router(rng: np.random.Generator) -> Exercise:
    """Top-2 mixture of experts with the two gates made to add up to 1."""
    gates = [(0.5, 0.3, 0.2), (0.6, 0.2, 0.2), (0.4, 0.4, 0.2), (0.6, 0.3, 0.1), (0.7, 0.2, 0.1)]
    g = [float(v) for v in gates[whole(rng, 0, 4)]]
    y = [grid(rng, -6, 8, 1) for _ in range(3)]
    if g[1] == g[2]:
        g = [0.5, 0.3, 0.2]
    two = g[0] * y[0] + g[1] * y[1]
    return Exercise(
        word(
            "A router gives three experts the gates {g}. The top two are used, their gates scaled "
            "to add up to 1. The experts would output {y}. What is the result?"
        ),
        {"g": g, "y": y},
        two / (g[0] + g[1]),
        word("The third expert is not even computed. ({sum}) / ({g1} + {g2}) = {right}."),
        {
            word("That does not scale the two gates to add up to 1."): two,
            word("That uses all three experts."): two + g[2] * y[2],
            word("That takes the best expert alone."): y[0],
            word("That is the plain mean of the two; the gates weight them."): (y[0] + y[1]) / 2,
            word("That swaps the gates of the two."): (g[1] * y[0] + g[0] * y[1]) / (g[0] + g[1]),
        },
        worked={"sum": Sum(g[:2], y[:2]), "g1": g[0], "g2": g[1]},
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("window", "convolution", window),
    Numeric("kernel-parameters", "convolution", kernel_parameters),
    Numeric("output-size", "padding-stride", output_size),
    Numeric("average-pooling", "pooling", average_pooling),
    Numeric("rnn-step", "rnn", rnn_step),
    Numeric("lstm-cell", "rnn", lstm_cell),
    Numeric("autoencoder-parameters", "autoencoder", autoencoder_parameters),
    Numeric("bottom-width", "unet", bottom_width, since=5),
    Numeric("bridged-parameters", "unet", bridged_parameters, since=5),
    Numeric("kernel-lines", "family", kernel_lines, since=5),
    Numeric("vae-sample", "vae", vae_sample),
    Numeric("gan-value", "gan", gan_value),
    Numeric("flow-density", "flow", flow_density),
    Numeric("diffusion-noise", "diffusion", diffusion_noise),
    Numeric("attention-score", "attention", attention_score),
    Numeric("attention-mix", "attention", attention_mix),
    Numeric("attention-weights", "transformer", attention_weights),
    Numeric("cosine", "embeddings", cosine),
    Numeric("message-mean", "gnn", message_mean),
    Numeric("router", "moe", router),
    Concept(
        "sharing",
        "convolution",
        word("Why does a convolution layer have so few parameters?"),
        word("The same small kernel is used at every place."),
        word(
            "One kernel slides over the whole picture. A dense layer would have a weight of its "
            "own for every pair of input pixel and output."
        ),
        {
            word("It looks at a small part of the picture only."): word(
                "Each output does, but together they cover all of it. It is the sharing that saves "
                "weights."
            ),
            word("Most of its weights are set to zero after training."): word(
                "That is pruning. A kernel is small from the start."
            ),
            word("It has no weights, only additions."): word(
                "The numbers in the kernel are its weights, and they are learned."
            ),
        },
    ),
    Concept(
        "equivariance",
        "convolution",
        word(
            "A picture is shifted by one pixel to the right. What does the feature map of a "
            "convolution layer (stride 1) do, away from the border?"
        ),
        word("It shifts by one pixel as well."),
        word(
            "That is equivariance: the same kernel meets the same pattern, one place further on. "
            "Invariance, no change at all, would be something else."
        ),
        {
            word("It stays exactly the same."): word(
                "That would be invariance. A convolution still says where a pattern is, so its map "
                "moves along."
            ),
            word("It changes in no predictable way."): word(
                "It is the dense layer for which a shift has no such simple effect. A shared "
                "kernel makes it predictable."
            ),
            word("It shifts by the width of the kernel."): word(
                "With stride 1 one pixel in is one pixel out, whatever the kernel's size."
            ),
        },
    ),
    Concept(
        "pooling-parameters",
        "pooling",
        word("What does a max-pooling layer learn?"),
        word("Nothing: it has no parameters."),
        word(
            "Taking the largest of each window is a fixed rule. Gradients pass back through it to "
            "the place that was largest, but there is nothing in it to change."
        ),
        {
            word("Which place of each window to take."): word(
                "That is decided anew for every input: whichever value is the largest."
            ),
            word("The size of its windows."): word(
                "Window and stride are chosen by people, before training."
            ),
            word("One weight for each window."): word(
                "There are no weights. Even average pooling has fixed shares."
            ),
        },
    ),
    Concept(
        "rnn-weights",
        "rnn",
        word(
            "A recurrent network reads a sequence of 50 items. How many sets of weights does its "
            "layer use for that?"
        ),
        word("One, used again at every step."),
        word(
            "The same weights serve each step, so sequences may have any length, and each weight's "
            "gradient is a sum over the steps."
        ),
        {
            word("Fifty, one for each step."): word(
                "Then it could not read a 51st item, and would have to learn the same thing fifty "
                "times."
            ),
            word("Two, for the first item and for the rest."): word(
                "The first step differs only in its old state, which is usually zero."
            ),
            word("It depends on the length of the sequence."): word(
                "The work depends on it. The number of weights does not."
            ),
        },
    ),
    Concept(
        "lstm-carry",
        "rnn",
        word("What lets an LSTM keep something in its cell over many steps?"),
        word("Its cell is only scaled, by a forget gate near 1, and added to."),
        word(
            "c ← f·c + i·g: with f near 1 and i near 0 the old content passes almost unchanged, "
            "and its gradient too."
        ),
        {
            word("It stores every past input in a list."): word(
                "The cell has a fixed size. It is a running sum, not a list."
            ),
            word("It squashes the cell with tanh at every step."): word(
                "Repeated squashing is what makes a plain recurrent net forget. The LSTM's cell is "
                "only scaled and added to."
            ),
            word("It has no weights that could change it."): word(
                "Its gates have weights, and these decide at each step what to keep."
            ),
        },
    ),
    Concept(
        "bottleneck",
        "autoencoder",
        word("Why does an autoencoder have a narrow code in the middle?"),
        word("So that it cannot simply copy its input."),
        word(
            "With less room than the input needs, it has to find what the examples have in common. "
            "With room for everything, copying would do, and nothing would have to be learned."
        ),
        {
            word("So that it trains faster."): word(
                "Fewer weights may help, but that is not the point: without a bottleneck copying "
                "would be enough."
            ),
            word("So that the output gets smaller than the input."): word(
                "The output has the size of the input; it is compared with it."
            ),
            word("So that its reconstructions are exact."): word(
                "A narrow code costs exactness. That is the price of having to summarise."
            ),
        },
    ),
    Concept(
        "reparameterise",
        "vae",
        word("Why does a VAE write its sample as z = μ + σ·ε, with ε drawn from outside?"),
        word("So that gradients can reach μ and σ."),
        word(
            "For a given ε the sample is a smooth function of μ and σ, which backpropagation can "
            "pass through. A bare draw has no derivative to follow."
        ),
        {
            word("So that the samples are less random."): word(
                "They are exactly as random as a draw from the normal distribution with mean μ and "
                "deviation σ."
            ),
            word("So that the code stays between −1 and 1."): word(
                "Nothing bounds z here; μ may be anything, and so may ε."
            ),
            word("So that every example gets the same noise."): word(
                "A fresh ε is drawn for each sample."
            ),
        },
    ),
    Concept(
        "generator-aim",
        "gan",
        word("What is the generator of a GAN trained to do?"),
        word("To pass its samples off as real ones."),
        word(
            "It never sees the data itself. All it learns comes back through the discriminator's "
            "judgement of its samples."
        ),
        {
            word("To copy the training examples pixel by pixel."): word(
                "None of its samples is compared with an example. Its only judge is the "
                "discriminator."
            ),
            word("To tell real samples from fake ones."): word(
                "That is the discriminator, its opponent."
            ),
            word("To reconstruct what an encoder has compressed."): word(
                "That is the decoder of an autoencoder. A GAN's generator starts from noise."
            ),
        },
    ),
    Concept(
        "ring-bridge",
        "flow",
        word(
            "A normalising flow maps a Gaussian blob to data that lie on a ring with an empty "
            "middle. Can it match them exactly?"
        ),
        word("No: a thin bridge or a slit remains."),
        word(
            "A flow is continuous and can be reversed, so it bends space without tearing it. A "
            "blob without a hole cannot become a ring with one; only nearly."
        ),
        {
            word("Yes, if it has enough layers."): word(
                "More layers make bridge or slit thinner. They cannot tear the space open."
            ),
            word("Yes, if it is trained long enough."): word(
                "It is not a matter of training. No continuous, reversible map does it."
            ),
            word("No: a flow cannot change the shape of a blob."): word(
                "It can, very freely: stretch, bend, squeeze. A hole is what it cannot make."
            ),
        },
    ),
    Concept(
        "diffusion-learns",
        "diffusion",
        word("What is the network of a diffusion model usually trained to predict?"),
        word("The noise that was added to an example."),
        word(
            "Noise is added in a known amount, and the net learns to say what it was. Taking a "
            "little of it away, again and again, leads from pure noise to a sample."
        ),
        {
            word("Whether an example is real or generated."): word(
                "That is the discriminator of a GAN."
            ),
            word("The next word of a sentence."): word(
                "That is a language model. Diffusion works on whole examples at once, from noisy "
                "to clear."
            ),
            word("How many steps the training will take."): word(
                "The number of noise steps is chosen before training, and told to the net."
            ),
        },
    ),
    Concept(
        "context-bottleneck",
        "seq2seq",
        word(
            "In a plain encoder–decoder network, without attention, what makes long sentences hard?"
        ),
        word("The whole sentence has to fit in one vector of fixed size."),
        word(
            "Ten words or fifty, the decoder sees only the last state of the encoder. Attention "
            "was introduced to let it look back at every word's state."
        ),
        {
            word("The decoder can write only as many words as were read."): word(
                "It writes until it emits its end mark, which may be earlier or later."
            ),
            word("The encoder needs more weights for each further word."): word(
                "It uses the same weights at every step, however long the sentence."
            ),
            word("The vocabulary grows with the sentence."): word(
                "The vocabulary is fixed before training."
            ),
        },
    ),
    Concept(
        "why-root-d",
        "attention",
        word("Why are attention scores divided by √d?"),
        word("So that the softmax does not saturate."),
        word(
            "A dot product of d independent terms of variance 1 has the standard deviation √d. "
            "Divided by it, the scores keep the same spread for any d."
        ),
        {
            word("So that the weights add up to 1."): word(
                "The softmax sees to that, whatever the scores are."
            ),
            word("So that words further apart get lower scores."): word(
                "d is the length of the vectors. The distance in the sentence plays no part in it."
            ),
            word("So that no score is negative."): word(
                "A negative score stays negative. The softmax makes it a positive share."
            ),
        },
    ),
    Concept(
        "word-order",
        "transformer",
        word(
            "Self-attention is used without positions and without a mask, and two words of the "
            "sentence are swapped. What happens to its outputs?"
        ),
        word("They are swapped in the same way, and otherwise unchanged."),
        word(
            "Each word's output is a mixture over the set of all words; their order appears "
            "nowhere. That is why Transformers add positional information."
        ),
        {
            word("They all change, since the meaning has changed."): word(
                "To us it may have. But the layer sees a set of vectors, and the set is the same."
            ),
            word("Only the words in between change."): word(
                "They still see the same words with the same vectors, so their outputs stay."
            ),
            word("Nothing changes at all."): word(
                "Each output goes with its word, so the two outputs change places with their words."
            ),
        },
    ),
    Concept(
        "residual-transformer",
        "transformer",
        word("What does a Transformer block do with the result of its attention part?"),
        word("It adds it to the vectors that came in."),
        word(
            "Each part of the block is wrapped in a skip connection: what leaves is x + F(x). The "
            "stream of vectors is amended, not replaced."
        ),
        {
            word("It puts it in place of the vectors that came in."): word(
                "Then a deep stack would have to carry everything through every attention layer. "
                "The skip keeps what was there."
            ),
            word("It multiplies it with the vectors that came in."): word(
                "That is how gates work, as in an LSTM. Here the two are added."
            ),
            word("It picks the one word with the largest weight."): word(
                "Attention mixes all words in their shares; nothing is picked."
            ),
        },
    ),
    Concept(
        "lookup",
        "embeddings",
        word(
            "A one-hot vector for word number 7 is multiplied with the embedding matrix. What "
            "comes out?"
        ),
        word("Row 7 of the matrix."),
        word(
            "All other rows are multiplied by 0. So an embedding layer need not multiply at all: "
            "it looks the row up, and only that row gets a gradient."
        ),
        {
            word("The sum of all rows but row 7."): word(
                "The 1 is at word 7 and keeps its row; the zeros drop all the others."
            ),
            word("The number 7 in every place."): word(
                "The number only says which row. What comes out is what was learned for that word."
            ),
            word("A probability for each word."): word(
                "That takes a softmax at the end of a model. Here the word's vector comes out."
            ),
        },
    ),
    Concept(
        "rounds",
        "gnn",
        word(
            "In a graph network each round passes messages along the edges once. After three "
            "rounds, whose information can a node have?"
        ),
        word("That of nodes up to three edges away."),
        word(
            "News travels one edge a round. (With very many rounds all nodes tend to become the "
            "same, which is called over-smoothing.)"
        ),
        {
            word("That of its direct neighbours only."): word(
                "After one round, yes. But the neighbours have heard from theirs by then."
            ),
            word("That of exactly three nodes."): word(
                "Three counts edges on the way. How many nodes lie within reach depends on the "
                "graph."
            ),
            word("That of all nodes."): word("Only if none is more than three edges away."),
        },
    ),
    Concept(
        "sparse-experts",
        "moe",
        word(
            "A mixture of 8 experts uses the top 2 for each token. What is saved, compared with "
            "running all 8?"
        ),
        word("Computation: six experts are not run for that token."),
        word(
            "The router chooses first, and only the chosen experts compute. All eight still have "
            "to be stored, since another token may want the others."
        ),
        {
            word("Parameters: only two experts have to be stored."): word(
                "All eight are needed, because each token may choose two others."
            ),
            word("Training data: each expert learns from all of it."): word(
                "Each expert learns from the tokens sent to it, which is less, not more."
            ),
            word("Nothing: all eight are run, and six are thrown away."): word(
                "That is what choosing before computing avoids."
            ),
        },
    ),
    Concept(
        "transfer-when",
        "transfer",
        word("When does it help most to start from a network that was trained on another task?"),
        word("When the tasks are related and the new one has few examples."),
        word(
            "What was learned there can be used here, and would be hard to learn from few "
            "examples. With unrelated tasks it may even hurt, which is called negative transfer."
        ),
        {
            word("Always: more training can never be a loss."): word(
                "When the tasks have little in common, the old weights can be a worse start than "
                "random ones."
            ),
            word("When the new task has very many examples."): word(
                "Then it can be learned well from scratch, and the head start matters less."
            ),
            word("When the two networks have different wirings."): word(
                "Weights can be taken over only where the wiring is the same."
            ),
        },
    ),
    Concept(
        "bridges-carry",
        "unet",
        word("What do the bridges of a U-Net bring across that nothing else can?"),
        word("Where exactly things are."),
        word(
            "Down at the bottom the network knows what it sees, but pooling has blurred the "
            "places. The bridges come from maps that were not pooled yet."
        ),
        {
            word("What the picture shows as a whole."): word(
                "That is known at the bottom, where one number sees the whole picture."
            ),
            word("A second opinion, so that fewer weights are needed."): word(
                "The bridges themselves have no weights, and the layers that read them need more."
            ),
            word("The right answers, while it is being trained."): word(
                "Those are seen by the loss alone. A bridge that carried them would be of no use "
                "later, when there are none."
            ),
        },
        since=5,
    ),
    Concept(
        "dear-clouds",
        "vae",
        word(
            "In the loss of a VAE the KL term is given a very large weight. What becomes of the "
            "codes?"
        ),
        word("They say nothing any more: all pictures get the same cloud."),
        word(
            "Straying from the standard normal distribution is then dearer than redrawing badly. "
            "Every picture is decoded to the mean of all, which is called posterior collapse."
        ),
        {
            word("They fly apart, each picture to a place of its own."): word(
                "That is what happens where straying costs nothing."
            ),
            word("They become exact, and every picture is redrawn without an error."): word(
                "An exact code has to stray from the standard normal distribution, and here that "
                "is just what costs most."
            ),
            word("Their clouds shrink until each of them is a single point."): word(
                "A point is as far from a standard normal cloud as can be; the KL term would grow "
                "without bound."
            ),
        },
        since=5,
    ),
    Concept(
        "twice-as-long",
        "family",
        word(
            "Each item of a sequence is one number. The sequences become twice as long. Which of "
            "these networks keeps its number of weights?"
        ),
        word("A convolution with a window of 3."),
        word(
            "It slides the same three weights over more places. So does a recurrent layer, which "
            "uses the same weights at each step."
        ),
        {
            word("A dense layer with as many outputs as inputs."): word(
                "It has a weight for each pair of places, so four times as many."
            ),
            word("An autoencoder of dense layers with a code of 2."): word(
                "It has a weight from each place to each code number and back, so about twice as "
                "many."
            ),
            word("None of them: twice the data needs twice the weights."): word(
                "Only where a weight belongs to a place. Shared weights serve any length."
            ),
        },
        since=5,
    ),
    Concept(
        "any-order",
        "family",
        word(
            "The columns of a table could come in any order. Which wiring would count on something "
            "that is not true of it?"
        ),
        word("A convolution along the columns."),
        word(
            "A kernel counts on neighbours belonging together, and here it is chance which column "
            "is next to which."
        ),
        {
            word("A dense layer."): word(
                "To a dense layer one order is as good as another: it joins every input with every "
                "output."
            ),
            word("Attention without a positional encoding."): word(
                "It does not know about order either: shuffle its inputs, and each gets the same "
                "answer as before."
            ),
            word("A graph network in which all columns are joined."): word(
                "It combines messages by a sum, a mean or a maximum, none of which has an order."
            ),
        },
        since=5,
    ),
)

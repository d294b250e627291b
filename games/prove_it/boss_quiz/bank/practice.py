"""Level 4, first part: overfitting and what helps against it, batch norm, skip connections."""

from __future__ import annotations

import math

import numpy as np

from games.prove_it.boss_quiz.bank.engine import stepped
from games.prove_it.boss_quiz.bank.question import (
    POWERS,
    Concept,
    Exercise,
    Item,
    Numeric,
    Sum,
    grid,
    whole,
)
from games.words import word
from pycore.layers import Dropout
from pycore.optimizers import SGD


def weight_decay(rng: np.random.Generator) -> Exercise:
    """One step w − η (g + λ w)."""
    w, g = grid(rng, 1, 4, 1), grid(rng, -2, 2, 0.5)
    lr, decay = float(rng.choice([0.1, 0.2])), float(rng.choice([0.1, 0.2, 0.5]))
    return Exercise(
        word(
            "The penalty (λ/2)·w² is added to the loss, with λ = {decay}. A weight is {w}, the "
            "gradient of the loss without the penalty is {g}, and the learning rate is {lr}. What "
            "is the weight after one step of gradient descent?"
        ),
        {"decay": decay, "w": w, "g": g, "lr": lr},
        stepped(SGD(lr), w, g + decay * w),
        word(
            "The penalty adds λ·w = {pull} to the gradient, which makes {total}. Then {w} − {step} "
            "= {right}."
        ),
        {
            word("That leaves the penalty out."): w - lr * g,
            word("That pushes the weight away from 0: the penalty's gradient is +λ·w."): (
                w - lr * (g - decay * w)
            ),
            word("That subtracts λ·w in full; it goes through the learning rate too."): (
                w - lr * g - decay * w
            ),
            word("That has only the penalty; the loss pulls as well."): w - lr * decay * w,
            word("That adds λ to the gradient; the slope of (λ/2)·w² is λ·w."): w
            - lr * (g + decay),
        },
        digits=3,
        worked={
            "pull": decay * w,
            "total": g + decay * w,
            "step": Sum([lr], [round(g + decay * w, 9)]),
        },
    )


def dropout_scale(rng: np.random.Generator) -> Exercise:
    """A kept value in inverted dropout, x / (1 − p)."""
    p, x = float(rng.choice([0.1, 0.2, 0.4, 0.6, 0.75, 0.8])), grid(rng, 0.6, 3, 0.6)
    return Exercise(
        word(
            "Inverted dropout with rate p = {p} is on, in training. A neuron with activation {x} "
            "is kept. What value is passed on?"
        ),
        {"p": p, "x": x},
        float(Dropout(p, rng=rng).forward(np.full((1, 64), x), training=True).max()),
        word(
            "What is kept is divided by 1 − p = {keep}, so that the mean stays the same: {x} / "
            "{keep} = {right}."
        ),
        {
            word(
                "That passes it on unscaled; then the layer's sum would be too small in training."
            ): x,
            word("That multiplies by 1 − p, as older dropout did, in use and not in training."): (
                x * (1 - p)
            ),
            word("That divides by p, the share that is dropped; it is 1 − p that is kept."): x / p,
            word("That multiplies by p."): x * p,
        },
        worked={"keep": 1 - p},
    )


def dropout_kept(rng: np.random.Generator) -> Exercise:
    """How many of n neurons are kept on average, n (1 − p)."""
    n, p = int(rng.choice([20, 40, 60, 80, 100, 200])), float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.7]))
    return Exercise(
        word(
            "A hidden layer has {n} neurons; dropout with rate p = {p} is on, in training. How "
            "many of them are on in one pass, on average?"
        ),
        {"n": n, "p": p},
        n * (1 - p),
        word("Each stays with probability 1 − p = {keep}: {n}·{keep} = {right}."),
        {
            word("That is how many are dropped."): n * p,
            word("That is all of them; in training some are dropped."): n,
            word("That divides: it is the values that are divided by 1 − p, not the number."): (
                n / (1 - p)
            ),
            word("That always drops half; the rate here is another."): n / 2,
        },
        digits=0,
        worked={"keep": 1 - p},
    )


def early_stop(rng: np.random.Generator) -> Exercise:
    """The epoch with the lowest validation loss, when training goes on for `patience` more."""
    best, patience = whole(rng, 3, 5), 2
    falling = np.cumsum(rng.integers(3, 9, best))[::-1] + 20
    rising = falling[-1] + np.cumsum(rng.integers(2, 6, patience))
    losses = [float(v) / 100 for v in (*falling, *rising)]
    return Exercise(
        word(
            "The validation losses of the epochs 1, 2, 3 … are {losses}. Training stops once "
            "{patience} epochs in a row have brought nothing better. From which epoch are the "
            "weights kept?"
        ),
        {"losses": losses, "patience": patience},
        1 + int(np.argmin(losses)),
        word(
            "The lowest loss, {least}, belongs to epoch {right}. The {patience} epochs after it "
            "only show that it is time to stop."
        ),
        {
            word("That is where training stopped; the weights go back to the best epoch."): (
                best + patience
            ),
            word("That is the first epoch that got worse; the best one is the one before."): best
            + 1,
            word("There the loss was still falling."): best - 1,
            word("That is the first epoch, before anything much was learned."): 1,
        },
        digits=0,
        worked={"least": min(losses)},
    )


def gap(rng: np.random.Generator) -> Exercise:
    """Training accuracy less validation accuracy, in percentage points."""
    n_train, n_val = int(rng.choice([100, 200, 400])), int(rng.choice([50, 75, 125]))
    train, val = whole(rng, 46, 50) * n_train // 50, round(grid(rng, 0.68, 0.84, 0.04) * n_val)
    right = 100 * (train / n_train - val / n_val)
    return Exercise(
        word(
            "A network gets {train} of {n_train} training examples right and {val} of {n_val} "
            "validation examples. How many percentage points apart are its two accuracies?"
        ),
        {"train": train, "n_train": n_train, "val": val, "n_val": n_val},
        right,
        word(
            "{train}/{n_train} is {train_percent}\N{NO-BREAK SPACE}%, {val}/{n_val} is "
            "{val_percent}\N{NO-BREAK SPACE}%: a gap of {right} points."
        ),
        {
            word("That subtracts the counts; the sets differ in size, so compare shares."): train
            - val,
            word("That is the validation accuracy itself."): 100 * val / n_val,
            word("That is the share of validation errors; the training set has errors too."): (
                100 - 100 * val / n_val
            ),
            word("That puts both sets together."): 100 * (train + val) / (n_train + n_val),
        },
        digits=1,
        worked={"train_percent": 100 * train / n_train, "val_percent": 100 * val / n_val},
    )


def batch_norm(rng: np.random.Generator) -> Exercise:
    """(x − μ) / σ for the first of a batch of four."""
    patterns = [(-2, -2, 2, 2), (-7, -1, 1, 7), (-5, 1, 1, 3), (-3, -1, -1, 5)]
    from_mean = rng.permutation(patterns[whole(rng, 0, 3)])
    x = (whole(rng, 3, 9) + from_mean).astype(float)
    mu, variance = float(x.mean()), float(x.var())
    first = float(x[0])
    return Exercise(
        word(
            "Over a batch of four, a neuron's sums are {x}. What does batch norm turn the first of "
            "them into, with γ = 1, β = 0 and a negligible ε?"
        ),
        {"x": x.tolist()},
        (first - mu) / math.sqrt(variance),
        word(
            "The mean is {mu}, the variance {variance}: ({first} − {mu}) / √{variance} = {right}."
        ),
        {
            word("That does not subtract the mean."): first / math.sqrt(variance),
            word("That divides by the variance; it should be by its square root."): (first - mu)
            / variance,
            word("That only centers; the spread still has to be divided out."): first - mu,
            word("That divides the squares by n − 1; batch norm divides by n."): (
                (first - mu) / float(x.std(ddof=1))
            ),
            word("That has the sign the wrong way round: it is x − μ."): (
                (mu - first) / math.sqrt(variance)
            ),
        },
        worked={"mu": mu, "variance": variance, "first": first},
    )


def batch_norm_affine(rng: np.random.Generator) -> Exercise:
    """γ (x − μ) / σ + β with running statistics."""
    mu, variance = grid(rng, 2, 6, 1), float(rng.choice([4.0, 9.0, 16.0, 25.0]))
    x = mu + math.sqrt(variance) * float(rng.choice([-2.0, -1.0, 1.0, 2.0]))
    gamma, beta = float(rng.choice([0.5, 2.0, 3.0])), grid(rng, -2, 2, 1)
    centred = (x - mu) / math.sqrt(variance)
    return Exercise(
        word(
            "In use, batch norm has the running mean {mu} and variance {variance} (ε negligible), "
            "and has learned γ = {gamma} and β = {beta}. What does it make of {x}?"
        ),
        {"mu": mu, "variance": variance, "gamma": gamma, "beta": beta, "x": x},
        gamma * centred + beta,
        word(
            "({x} − {mu}) / √{variance} = {centred}; then γ scales and β shifts: {affine} = "
            "{right}."
        ),
        {
            word("That stops before γ and β."): centred,
            word("That leaves out β."): gamma * centred,
            word("That scales β as well; γ comes first, then β is added."): gamma
            * (centred + beta),
            word("That divides by the variance; it should be by its square root."): (
                gamma * (x - mu) / variance + beta
            ),
            word("That does not subtract the mean."): gamma * x / math.sqrt(variance) + beta,
        },
        worked={"centred": centred, "affine": Sum([gamma], [centred], beta)},
    )


def skip_chain(rng: np.random.Generator) -> Exercise:
    """The derivative of k residual blocks in a row, (1 + F′)ᵏ."""
    slope, k = grid(rng, -0.5, 0.5), whole(rng, 2, 3)
    return Exercise(
        word(
            "A stack has {k} residual blocks, each computing y = x + F(x) on a single number. The "
            "slope of F is {slope} in each. By what factor is the gradient multiplied as it passes "
            "back through them?"
        ),
        {"k": k, "slope": slope},
        (1 + slope) ** k,
        word(
            "The slope of x + F(x) is {sum} = {one}, once for each block: {one}{power} = {right}."
        ),
        {
            word("That is without the skips: only the slopes of F are multiplied."): slope**k,
            word("That is a single block."): 1 + slope,
            word("That adds one skip around everything; here each block has its own."): 1
            + slope**k,
            word("That adds the slopes; from block to block factors multiply."): 1 + k * slope,
        },
        digits=3,
        worked={
            "sum": Sum([1, slope], ["", ""]),
            "one": 1 + slope,
            "power": POWERS[k],
        },
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("weight-decay", "regularisation", weight_decay),
    Numeric("dropout-scale", "dropout", dropout_scale),
    Numeric("dropout-kept", "dropout", dropout_kept),
    Numeric("early-stop", "early-stopping", early_stop),
    Numeric("gap", "overfitting", gap),
    Numeric("batch-norm", "batch-norm", batch_norm),
    Numeric("batch-norm-affine", "batch-norm", batch_norm_affine),
    Numeric("skip-chain", "skip", skip_chain),
    Concept(
        "overfitting-sign",
        "overfitting",
        word(
            "The training loss keeps falling while the validation loss has begun to rise. What is "
            "going on?"
        ),
        word("It fits accidents of its training examples."),
        word(
            "That is overfitting. Fitting the noise and accidents of the training set lowers the "
            "training loss, but helps with no other data."
        ),
        {
            word("The network is too small for a task of this kind."): word(
                "A net that is too small cannot even fit its training data; here the training loss "
                "keeps falling."
            ),
            word("The learning rate is too small."): word(
                "That slows the training down. It does not make the two losses go separate ways."
            ),
            word("The gradients have vanished."): word(
                "Then the training loss would stop falling."
            ),
        },
    ),
    Concept(
        "test-set",
        "overfitting",
        word("Why should the test set not be used to choose between models?"),
        word("The chosen one's score on it would flatter it."),
        word(
            "Choosing the best of many picks good luck along with good models. Choose with "
            "validation data, and ask the test set once, at the end."
        ),
        {
            word("It is too small to compare models."): word(
                "Its size is our choice. Even a large test set loses its worth when models are "
                "picked by it."
            ),
            word("Its labels are not known."): word(
                "They are known, or there could be no score. They are only kept aside."
            ),
            word("The models would train on it, and forget the rest."): word(
                "Choosing trains nothing: no gradient comes of it. Even so, the choice leaks what "
                "is in the set."
            ),
        },
    ),
    Concept(
        "decay-pull",
        "regularisation",
        word(
            "What does weight decay, the penalty (λ/2)·w², do to a weight that the loss does not "
            "care about?"
        ),
        word("It shrinks it towards 0, step by step."),
        word(
            "The penalty's gradient is λ·w. With nothing against it, each step multiplies the "
            "weight by 1 − ηλ: it fades, and only weights that the data need stay large."
        ),
        {
            word("It sets it to exactly 0 in one step."): word(
                "The pull is proportional to the weight, so it fades gradually."
            ),
            word("It keeps it at its starting value."): word(
                "That is what happens without weight decay: no gradient, no change."
            ),
            word("It pushes it to the average of all weights."): word(
                "The penalty looks at one weight at a time, and pulls it towards 0."
            ),
        },
    ),
    Concept(
        "dropout-in-use",
        "dropout",
        word(
            "A network was trained with inverted dropout. What does dropout do when the network is "
            "used?"
        ),
        word("Nothing: all neurons are on, and nothing is scaled."),
        word(
            "The kept values were already divided by 1 − p in training, so that the sums have the "
            "same mean with and without dropout."
        ),
        {
            word("It drops the same neurons as in the last step."): word(
                "Each training step draws a new mask, and in use none is drawn at all."
            ),
            word("It multiplies every activation by 1 − p."): word(
                "That was needed with the older form. The inverted one settles it in training."
            ),
            word("It drops neurons with half the rate."): word(
                "There is no halfway: dropout is on in training and off in use."
            ),
        },
    ),
    Concept(
        "best-rate",
        "dropout",
        word("You try several dropout rates. How do you choose the best one?"),
        word("The highest validation accuracy, over several seeds."),
        word(
            "What matters is how well the net does on new data. Take the mean over several seeds: "
            "the differences are often smaller than the luck of one run."
        ),
        {
            word("The smallest gap between training and validation."): word(
                "A net that is equally bad on both has no gap at all. High rates close the gap by "
                "ruining the training."
            ),
            word("The highest training accuracy."): word(
                "That favours no dropout, and says nothing about new data."
            ),
            word("One half, which is right for any network."): word(
                "The best rate depends on data and net; for a small one it may even be 0."
            ),
        },
    ),
    Concept(
        "batch-norm-in-use",
        "batch-norm",
        word(
            "In use a network with batch norm gets a single example. Where do mean and variance "
            "come from?"
        ),
        word("From running averages kept in training."),
        word(
            "Training keeps a running mean and variance of what passes. In use they take the place "
            "of the batch's own, so an answer does not depend on who else is in it."
        ),
        {
            word("From this single example."): word(
                "One value has the variance 0, and subtracting its own mean would leave nothing."
            ),
            word("From γ and β."): word(
                "These are learned, and scale and shift after the normalisation. They are not the "
                "statistics of the data."
            ),
            word("From the very first batch of the training."): word(
                "Activations change a great deal in training; the running averages follow them."
            ),
        },
    ),
    Concept(
        "batch-norm-does",
        "batch-norm",
        word("What does batch norm do for certain, before γ and β?"),
        word("It gives each feature mean 0 and variance 1 over the batch."),
        word(
            "The learned γ and β then set scale and shift anew. Why it helps training is still "
            "argued about; that it fixes these two numbers is its definition."
        ),
        {
            word("It makes each example's features add up to 1."): word(
                "That is a softmax. Batch norm looks along the batch, one feature at a time."
            ),
            word("It keeps all weights between −1 and 1."): word(
                "It works on activations. The weights may be anything."
            ),
            word("It makes overfitting impossible."): word(
                "Networks with batch norm overfit too. It often eases training; it promises "
                "nothing about new data."
            ),
        },
    ),
    Concept(
        "skip-gradient",
        "skip",
        word("Why do skip connections, y = x + F(x), help gradients through very deep stacks?"),
        word("Part of the gradient passes each block unchanged."),
        word(
            "The derivative of x + F(x) is 1 + F′. Even where F′ is tiny, the 1 hands the gradient "
            "on, instead of a product of small factors."
        ),
        {
            word("They make the stack shorter in use."): word(
                "All blocks are computed. The short way is added beside them."
            ),
            word("They keep F from having any effect early on."): word(
                "F counts from the first step. The skip only makes sure that it is not the only "
                "way."
            ),
            word("They set the gradient of each block to 1."): word(
                "They add 1 to the block's own slope; what F contributes remains."
            ),
        },
    ),
)

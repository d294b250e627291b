"""The frontier lesson on reverse mode: walks, prices, orders, the two mistakes, memory."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.question import Concept, Exercise, Item, Numeric, whole
from games.words import word
from pycore.autodiff import Tensor


def reused_number(rng: np.random.Generator) -> Exercise:
    """The slope of y = u·v for u, where v = u + a."""
    a, b = whole(rng, 2, 6), whole(rng, 2, 6)
    u = Tensor(float(a * b))
    v = u + float(a)
    (u * v).backward()
    assert u.grad is not None
    return Exercise(
        word("a = {a} and b = {b}. u = a·b, v = u + a, y = u·v. How fast does y move with u?"),
        {"a": a, "b": b},
        float(u.grad),
        word(
            "u is used twice. Along y = u·v arrives v = {v}, along v = u + a arrives u = {u}; the "
            "parts are added: {right}."
        ),
        {
            word("That is the part along one arrow, v; u is used in v too."): u.item() + a,
            word("That is the part that comes through v alone."): u.item(),
            word("That is y itself."): u.item() * v.item(),
            word("That adds the slope 1 of v = u + a without multiplying it by u."): v.item() + 1,
            word("The two parts are added, not subtracted."): float(a),
        },
        digits=0,
        worked={"u": a * b, "v": a * b + a},
    )


def through_two_arrows(rng: np.random.Generator) -> Exercise:
    """The slope of y = (a + b)·a for a."""
    a, b = whole(rng, 2, 9), whole(rng, 2, 9)
    leaf = Tensor(float(a))
    ((leaf + float(b)) * leaf).backward()
    assert leaf.grad is not None
    return Exercise(
        word("a = {a} and b = {b}. u = a + b and y = u·a. How fast does y move with a?"),
        {"a": a, "b": b},
        float(leaf.grad),
        word("Straight from y arrives u = {u}, through u arrives a·1 = {a}. Together {right}."),
        {
            word("That is the part that comes straight from y; a is used in u as well."): a + b,
            word("That is the part through u alone."): a,
            word("That leaves out b; the part straight from y is all of u."): 2 * a,
            word("That is y itself."): (a + b) * a,
            word("That adds the slope 1 of u = a + b without multiplying it by a."): a + b + 1,
        },
        digits=0,
        worked={"u": a + b},
    )


def paths_through(rng: np.random.Generator) -> Exercise:
    """How many paths k squarings in a row have."""
    k = whole(rng, 3, 10)
    paths = 1
    for _ in range(k):
        paths *= 2
    return Exercise(
        word(
            "A number is squared, the result is squared, and so on, {k} times. How many paths "
            "lead from the number to the end of the tape?"
        ),
        {"k": k},
        float(paths),
        word("Each squaring has two arrows, so the paths double {k} times: {right}."),
        {
            word("That is the number of arrows."): 2 * k,
            word("That is the number of squarings; each has two arrows."): k,
            word("The arrows of one squaring go to the same number, but both count."): 1,
            word("The paths double at each squaring; they do not grow like a square."): k * k,
            word("That counts every number that a walk along all paths visits."): 2 * paths - 1,
        },
        digits=0,
    )


def gears_reverse(rng: np.random.Generator) -> Exercise:
    """Multiplications for a product and all its slopes, 3 (n − 1)."""
    n = whole(rng, 5, 60)
    return Exercise(
        word(
            "{n} numbers are multiplied. How many multiplications does reverse mode need for the "
            "product and all its slopes?"
        ),
        {"n": n},
        3 * (n - 1),
        word(
            "The product takes {less}, and each of them has two products on the walk back: "
            "3·{less} = {right}."
        ),
        {
            word("That multiplies the others anew for each slope."): n * (n - 2),
            word("That is the walk back alone; the product is needed too."): 2 * (n - 1),
            word("That is the bound with all additions; here none are needed."): 5 * (n - 1),
            word("Two numbers need one multiplication, so it is one less each time."): 3 * n,
            word("That is the product alone."): n - 1,
        },
        digits=0,
        worked={"less": n - 1},
    )


def forward_price(rng: np.random.Generator) -> Exercise:
    """(1 + 3 n) times the value."""
    n = whole(rng, 2, 40)
    return Exercise(
        word(
            "A program has {n} inputs and one output. At most how many times its value does "
            "forward mode cost with all slopes?"
        ),
        {"n": n},
        1 + 3 * n,
        word("One walk for each input, and each adds at most three: 1 + 3·{n} = {right}."),
        {
            word("That forgets the value itself."): 3 * n,
            word("That is the price of going back, for so many outputs."): 1 + 4 * n,
            word("That is reverse mode, which does not depend on the inputs."): 5,
            word("Each operation needs up to three more, not one."): 1 + n,
            word("That is one walk; it answers for one input."): 4,
        },
        digits=0,
    )


def cheaper_side(rng: np.random.Generator) -> Exercise:
    """The smaller bound for a Jacobian, 1 + min(3 n, 4 m)."""
    n, m = whole(rng, 2, 30), whole(rng, 2, 30)
    return Exercise(
        word(
            "A program has {n} inputs and {m} outputs. By the bounds 1 + 3n and 1 + 4m, how many "
            "times its value does the cheaper of the two modes cost?"
        ),
        {"n": n, "m": m},
        1 + min(3 * n, 4 * m),
        word("Forward 1 + 3·{n} = {forward}, reverse 1 + 4·{m} = {reverse}. The smaller: {right}."),
        {
            word("That is the dearer one."): 1 + max(3 * n, 4 * m),
            word("That is for a single output."): 5,
            word("That pays for both walks."): 1 + 3 * n + 4 * m,
            word("That pays for every entry of the table by itself."): n * m,
            word("That mixes the two up: three belongs to inputs, four to outputs."): (
                1 + min(4 * n, 3 * m)
            ),
        },
        digits=0,
        worked={"forward": 1 + 3 * n, "reverse": 1 + 4 * m},
    )


def cheapest_bracket(rng: np.random.Generator) -> Exercise:
    """Three tables in the cheaper of the two orders."""
    p, q, r, s = (int(k) for k in rng.choice([2, 3, 4, 5, 6, 8, 10], 4))
    left, right = p * q * r + p * r * s, q * r * s + p * q * s
    return Exercise(
        word(
            "Three tables are multiplied: {p} × {q}, then {q} × {r}, then {r} × {s}. How many "
            "multiplications does the cheaper order take?"
        ),
        {"p": p, "q": q, "r": r, "s": s},
        min(left, right),
        word(
            "From the left {p}·{q}·{r} + {p}·{r}·{s} = {left}, from the right {q}·{r}·{s} + "
            "{p}·{q}·{s} = {other}. The cheaper takes {right}."
        ),
        {
            word("That is the dearer order."): max(left, right),
            word("That is the first product only, from the left."): p * q * r,
            word("That multiplies all four sizes."): p * q * r * s,
            word("That counts the entries of the tables."): p * q + q * r + r * s,
            word("That is the first product only, from the right."): q * r * s,
        },
        digits=0,
        worked={"left": left, "other": right},
    )


def broadcast_bias(rng: np.random.Generator) -> Exercise:
    """What a bias receives that was added to four rows."""
    dy = [whole(rng, -5, 9) for _ in range(4)]
    bias = Tensor(np.zeros(1))
    (Tensor(np.zeros((4, 1))) + bias).backward(np.array(dy, float)[:, None])
    assert bias.grad is not None
    return Exercise(
        word(
            "One bias is added to four rows. The slopes of the loss for the four sums are {d1}, "
            "{d2}, {d3} and {d4}. What is its slope for the bias?"
        ),
        dict(zip(("d1", "d2", "d3", "d4"), dy, strict=True)),
        float(bias.grad[0]),
        word("It is used four times, so the four parts are added: {right}."),
        {
            word("That is the mean; copying is undone by adding up."): sum(dy) / 4,
            word("That is the first row alone."): dy[0],
            word("That is the last row alone, as if each part replaced the one before."): dy[3],
            word("That is the largest of them."): max(dy),
            word("That adds their sizes; the signs count."): sum(map(abs, dy)),
        },
        digits=2,
    )


def checkpoints(rng: np.random.Generator) -> Exercise:
    """n/k + k entries."""
    k, stretches = whole(rng, 2, 12), whole(rng, 2, 20)
    n = k * stretches
    return Exercise(
        word(
            "Of a tape of {n} entries one in {k} is kept, and each stretch is rebuilt when it is "
            "needed. How many entries must be in memory?"
        ),
        {"n": n, "k": k},
        n // k + k,
        word("{n}/{k} = {kept} that are kept, and {k} of the stretch: {right}."),
        {
            word("That is what is kept; a stretch must be rebuilt beside it."): n // k,
            word("That is one stretch; what is kept is there too."): k,
            word("That is the whole tape."): n,
            word("That takes away what is kept; it is the rest that is not there."): n - n // k,
            word("That is the best there could be, for another k."): 2 * n**0.5,
        },
        digits=1,
        worked={"kept": n // k},
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("reused-number", "tape", reused_number, 6),
    Numeric("through-two-arrows", "tape", through_two_arrows, 6),
    Concept(
        "what-a-tape-holds",
        "tape",
        word("A program has an if and a loop. What is on its tape?"),
        word("The operations that were carried out, in their order."),
        word(
            "A loop of ten rounds leaves its lines ten times; of an if only the branch that was "
            "taken is there."
        ),
        {
            word("Both branches of the if, and the loop once with a mark for how often."): word(
                "The tape is what happened, not the text of the program."
            ),
            word("The formulas of all slopes, simplified."): word(
                "It holds numbers and what they were made from; no formula is simplified."
            ),
            word("The weights, and nothing that changes with the inputs."): word(
                "Every intermediate result is there, for the slopes are made from them."
            ),
        },
        6,
    ),
    Numeric("paths-through", "walk-back", paths_through, 6),
    Concept(
        "why-from-the-end",
        "walk-back",
        word("Why does the walk back begin at the end of the tape?"),
        word("So that a number’s slope is complete before it is handed on."),
        word(
            "Whatever is made from a number comes after it on the tape. Walking from the end, all "
            "of that has been passed."
        ),
        {
            word("Because the values at the beginning have been overwritten by then."): word(
                "They are all kept; that is what costs memory."
            ),
            word("Because rounding errors are smaller in this order than in others."): word(
                "Another order is not less exact, it is wrong."
            ),
            word("Because slopes can only be multiplied from left to right."): word(
                "Products of slopes may be taken in any order; forward mode takes another."
            ),
        },
        6,
    ),
    Concept(
        "what-is-shared",
        "walk-back",
        word("There may be a million paths. Why are as many steps as arrows enough?"),
        word("What follows a number is summed once, for all paths through it."),
        word("The bar over a number is the sum over all paths from there to the end."),
        {
            word("Most paths have a slope of 0 and may be left out."): word(
                "No path is left out; they are summed together."
            ),
            word("Only the steepest path matters in the end."): word(
                "All count, and those of opposite sign too."
            ),
            word("The paths are drawn at random, and a few are enough."): word(
                "Nothing is drawn: the result is exact."
            ),
        },
        6,
    ),
    Numeric("gears-reverse", "cheap", gears_reverse, 6),
    Numeric("forward-price", "cheap", forward_price, 6),
    Numeric("cheaper-side", "cheap", cheaper_side, 6),
    Concept(
        "cheap-gradient",
        "cheap",
        word("What does the cheap gradient principle say?"),
        word("All slopes of one number cost at most about five times its value."),
        word("How many inputs there are does not occur in the bound."),
        {
            word("Each single slope costs at most five times the value of the program."): word(
                "That would be five million values for a million weights."
            ),
            word("All slopes by differences are cheaper than all by reverse mode."): word(
                "Differences take a run or two for every input."
            ),
            word("Reverse mode needs at most five times the memory of the program."): word(
                "It speaks of operations; the memory grows with the whole tape."
            ),
        },
        6,
    ),
    Concept(
        "one-dial",
        "cheap",
        word("A simulation has one dial and 500 outputs. How do you get all their slopes?"),
        word("By forward mode: one walk, along with the values."),
        word("It pays for each input, and there is one; reverse mode would walk 500 times."),
        {
            word("By reverse mode: it is the cheaper one for every program."): word(
                "It pays once for every output, and there are 500."
            ),
            word("By 500 runs, each with another output left out of the program."): word(
                "One walk forwards answers for all outputs together."
            ),
            word("It cannot be done without the formula of the simulation."): word(
                "The program is enough: each operation knows its own slope."
            ),
        },
        6,
    ),
    Numeric("cheapest-bracket", "orders", cheapest_bracket, 6),
    Numeric("broadcast-bias", "mistakes", broadcast_bias, 6),
    Concept(
        "assign-for-add",
        "mistakes",
        word("Somebody wrote = for += in the walk back. Which formula still gets its slope?"),
        word("One in which nothing is used twice."),
        word("With a single arrow from each number there is a single part, and nothing to add."),
        {
            word("One in which nothing is negative, so that no parts cancel."): word(
                "In x·x with x = 3 the slope comes out as 3 in place of 6."
            ),
            word("One that has sums alone, for they pass the slope on as it is."): word(
                "x + x is a sum, and its slope would be 1 in place of 2."
            ),
            word("One with a single input, however often it is used."): word(
                "It is being used twice that matters, as in x·x."
            ),
        },
        6,
    ),
    Concept(
        "four-by-one",
        "mistakes",
        word("Predictions have the shape (4,), targets (4, 1). You take the mean square. Then?"),
        word("16 differences are squared; the network learns the targets’ mean."),
        word(
            "NumPy stretches both to 4 × 4. Nothing fails, every gradient is right, and the loss "
            "is another one than was meant."
        ),
        {
            word("NumPy refuses, for the two shapes do not agree."): word(
                "It stretches them to 4 × 4 without a word."
            ),
            word("The loss is as it should be, since both hold four numbers."): word(
                "It is over all 16 pairs, and only four of them belong together."
            ),
            word("The loss is right, but the slopes are four times too large."): word(
                "The slopes are those of the loss; it is the loss that is wrong."
            ),
        },
        6,
    ),
    Numeric("checkpoints", "memory", checkpoints, 6),
    Concept(
        "why-memory",
        "memory",
        word("Why does reverse mode need so much more memory than forward mode?"),
        word("Local slopes need the values, and it uses the first ones last."),
        word(
            "A product’s slopes are its inputs. The walk begins when all have been computed, so "
            "all must still be there, or be computed again."
        ),
        {
            word("It keeps the slope of every output for every input at once."): word(
                "It keeps one number for each entry of the tape, not a table."
            ),
            word("It keeps a copy of the program for each of its inputs."): word(
                "There is one tape, however many inputs there are."
            ),
            word("It has to remember the slopes of all earlier training steps."): word(
                "The tape is that of one run, and is thrown away after the walk."
            ),
        },
        6,
    ),
    Concept(
        "two-programs",
        "open",
        word("relu(x) and relu(−x) + x are the same function. What do their tapes say at x = 0?"),
        word("Two different slopes, 0 and 1."),
        word(
            "A tape differentiates the program. At a corner, where there is no slope, two programs "
            "for one function may differ."
        ),
        {
            word("The same slope, since the two functions are equal everywhere."): word(
                "Where a slope exists they agree; at the corner none does."
            ),
            word("Both refuse, since there is no slope at a corner."): word(
                "Libraries give a number there anyway."
            ),
            word("Both say ½, the mean of the slopes on the two sides."): word(
                "With 0 for relu at 0 the second program comes to 1."
            ),
        },
        6,
    ),
)

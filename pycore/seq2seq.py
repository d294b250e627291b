"""Encoder and decoder: one sequence in, another out, with attention or through one state alone.

Sequences are whole numbers; PAD fills a source from the left, IGNORED a target from the right.

Examples:
    >>> from pycore.seq2seq import teacher_forcing
    >>> x, y = teacher_forcing([[3, 4], [5]], [[6, 7], [8]], start=1, end=2)
    >>> x
    array([[3, 4, 1, 6, 7],
           [0, 5, 1, 8, 0]])
    >>> y
    array([[ 6,  7,  2],
           [ 8,  2, -1]])
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.activations import Tanh, log_softmax, softmax
from pycore.arrays import Array, DType, Integers, Seed, positive, seeded, shape_error, within
from pycore.attention import Attention, DotAttention
from pycore.decoding import Beginning
from pycore.layer import Layer
from pycore.layers import Dense, Embedding
from pycore.losses import CrossEntropy, Loss, refuse_targets
from pycore.recurrent import GRU, Recurrent

PAD = 0
IGNORED = -1


class SequenceCrossEntropy(Loss):
    """L = mean over all items of −log p_c, p = softmax(y), c the right one; IGNORED items left out.

    Shapes: logits y (batch, time, classes), whole-number labels t (batch, time) → one number.

    `smoothing` is that of `CrossEntropy`.
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        self.items = CrossEntropy(smoothing)

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return logits and labels, some of them ignored, the first never."""
        batch, time, classes = np.maximum(rng.integers(1, 4, size=3), (1, 1, 2))
        labels = rng.integers(IGNORED, classes, size=(batch, time))
        labels[0, 0] = 0
        y = rng.normal(size=(batch, time, classes))
        return cls(0.2 * int(rng.integers(2))), y, labels

    def prepare(self, target: npt.NDArray[Any], dtype: DType) -> npt.NDArray[Any]:
        """Return the labels as `CrossEntropy` takes them fastest."""
        return self.items.prepare(target, dtype)

    def require(self, target: npt.NDArray[Any]) -> None:
        """Refuse labels of which none is to be learnt, or that are neither class nor IGNORED."""
        who = "SequenceCrossEntropy"
        if target.dtype.kind not in "iu":
            raise TypeError(f"{who}: labels are {target.dtype}; allowed: whole numbers")
        if (target == IGNORED).all():
            raise ValueError(
                f"{who}: every label is {IGNORED}, which is left out; allowed: at least one class"
            )
        allowed = f"classes, from 0, and {IGNORED} for what is left out"
        refuse_targets(who, target, target >= IGNORED, allowed)

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return the mean of −log p_c."""
        if y.ndim != 3 or y.size == 0:
            raise shape_error("SequenceCrossEntropy", y, "(batch, time, classes), each at least 1")
        if y.shape[2] == 1:  # whose softmax is 1 whatever the logit: nothing would be learnt
            raise shape_error("SequenceCrossEntropy", y, "(batch, time, 2) at least, two classes")
        if target.shape != y.shape[:2]:
            raise shape_error("SequenceCrossEntropy's labels", target, f"{y.shape[:2]}")
        if self.looks or not (target > IGNORED).any():
            self.require(target)
        if target.max() >= (classes := y.shape[2]):
            raise ValueError(
                f"SequenceCrossEntropy: labels run to {target.max()}; allowed: 0 to {classes - 1}, "
                f"and {IGNORED} for what is left out"
            )
        self.shape, self.kept = y.shape, target != IGNORED
        return self.items.forward(y[self.kept], target[self.kept])

    def backward(self) -> Array:
        """Return (p − q) / items as `CrossEntropy` does, and 0 where the label is ignored."""
        d = self.items.backward()
        dy: Array = np.zeros(self.shape, d.dtype)
        dy[self.kept] = d
        return dy

    def predicted(self, y: Array) -> npt.NDArray[Any]:
        """Return the class of the largest logit, of every item."""
        return np.asarray(y.argmax(axis=2))

    def probabilities(self, y: Array) -> Array:
        """Return softmax(y), the probability of each class, of every item."""
        return softmax(y)


def teacher_forcing(
    sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], start: int, end: int
) -> tuple[Integers, Integers]:
    """Lay out pairs of sequences for training: what the decoder reads is what it should have said.

    Shapes: → x (n, longest source + longest target + 1), labels y (n, longest target + 1). A row of
    x is PAD …, source, start, target, PAD …; of y it is target, end, IGNORED …

    Source: Williams and Zipser, A learning algorithm for continually running fully recurrent neural
    networks, 1989.

    Raises:
        ValueError: there are no pairs, or a source is empty.
    """
    if not sources or len(sources) != len(targets) or not all(map(len, sources)):
        raise ValueError(
            "teacher_forcing: allowed: as many targets as sources, none of these empty"
        )
    n_source, n_target = max(map(len, sources)), max(map(len, targets)) + 1
    x = np.full((len(sources), n_source + n_target), PAD)
    y = np.full((len(sources), n_target), IGNORED)
    for i, (source, target) in enumerate(zip(sources, targets, strict=True)):
        x[i, n_source - len(source) : n_source] = source
        x[i, n_source : n_source + len(target) + 1] = [start, *target]
        y[i, : len(target) + 1] = [*target, end]
    return x, y


class EncoderDecoder(Layer):
    """h_t = decoder(target_t, h_{t−1}), from the encoder's last state; y_t = (h_t, c_t) W + b.

    Shapes: x (batch, n_source + n_target), whole numbers: a source and, beside it, what the decoder
    reads → logits y (batch, n_target, words_out).

    Without attention all that the decoder knows of the source is the encoder's last state. With it,
    c_t is what h_t finds among all of the encoder's states, and tanh((h_t, c_t) M) goes to W.

    Source: Sutskever et al., Sequence to sequence learning with neural networks, 2014; the way
    attention comes in, Luong et al., 2015.

    Attributes:
        n_source: how many of a row's numbers are the source.
        encoder: its `end` is the state handed over.
        attention: its `A` are the weights of the last pass; None without attention.
    """

    def __init__(
        self,
        words_in: int,
        words_out: int,
        n: int,
        n_source: int,
        attention: Attention | None = None,
        kind: type[Recurrent] = GRU,
        *,
        rng: Seed,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        positive("EncoderDecoder", n_source=n_source)
        if attention is not None and not isinstance(attention, Attention):
            allowed = "an Attention, such as DotAttention(n), or None"
            raise TypeError(f"EncoderDecoder: attention is {attention!r}; allowed: {allowed}")
        if not (isinstance(kind, type) and issubclass(kind, Recurrent)):
            raise TypeError(f"EncoderDecoder: kind is {kind!r}; allowed: a class, such as GRU")
        self.n_source = n_source
        self.source = Embedding(words_in, n, rng=rng, dtype=dtype)
        self.encoder = kind(n, n, rng=rng, dtype=dtype)
        self.target = Embedding(words_out, n, rng=rng, dtype=dtype)
        self.decoder = kind(n, n, rng=rng, dtype=dtype)
        self.attention = attention
        self.mix = None if attention is None else Dense(2 * n, n, rng=rng, dtype=dtype)
        self.squash = Tanh()
        self.output = Dense(n, words_out, rng=rng, dtype=dtype)

    @classmethod
    def example(
        cls, rng: np.random.Generator, dtype: DType = np.float64
    ) -> tuple[Layer, npt.NDArray[Any]]:
        """Return one of two states, with attention or without, and short sequences, some padded."""
        n_source, n_target = (int(size) for size in rng.integers(1, 4, size=2))
        attention = DotAttention(2) if rng.integers(2) else None
        layer = cls(3, 4, 2, n_source, attention, rng=rng, dtype=dtype)
        x = rng.integers(3, size=(2, n_source + n_target))
        x[:, n_source - 1] = 1
        return layer, x

    def encode(self, source: Integers) -> None:
        """Read the source; its states and its end are kept for `decode`."""
        self.seen = (source != PAD)[:, None]
        self.states = self.encoder.forward(self.source.forward(source))
        self.decoder.start = self.encoder.end

    def decode(self, target: Integers) -> Array:
        """Return the logits after each item of the target."""
        h = self.decoder.forward(self.target.forward(target))
        if self.attention is not None and self.mix is not None:
            c = self.attention.attend(h, self.states, self.seen)
            h = self.squash.forward(self.mix.forward(np.concatenate([h, c], axis=2)))
        return self.output.forward(h)

    def forward(self, x: npt.NDArray[Any], training: bool = False) -> Array:
        """Read the source, then return the logits after each item beside it."""
        if x.ndim != 2 or x.shape[1] <= self.n_source:
            raise shape_error(self, x, f"(batch, n), n from {self.n_source + 1}")
        self.encode(x[:, : self.n_source])
        return self.decode(x[:, self.n_source :])

    def backward(self, dy: Array) -> Array:
        """Send dL/dy back through the decoder, from its start into the encoder's end, and on."""
        dh, dstates = self.output.backward(dy), np.zeros_like(self.states)
        if self.attention is not None and self.mix is not None:
            dh, dc = np.split(self.mix.backward(self.squash.backward(dh)), 2, axis=2)
            dq, dstates = self.attention.attend_backward(dc)
            dh = dh + dq
        dtarget = self.target.backward(self.decoder.backward(dh))
        self.encoder.dend = self.decoder.dstart
        dsource = self.source.backward(self.encoder.backward(dstates))
        return np.concatenate([dsource, dtarget], axis=1)

    def greedy(
        self, sources: Integers, start: int, end: int, longest: int = 20
    ) -> tuple[list[list[int]], Array | None]:
        """Say the most probable item, read it, say the next, until `end` or `longest` items.

        An answer of `longest` items was cut off there: it never came to `end`.

        Shapes: sources (batch, time) → for each the items without `end`, and the attention's
        weights (batch, items of the longest, time) or None.
        """
        positive("greedy", longest=longest)
        self.encode(sources)
        items, said, rows = np.full((len(sources), 1), start), [], []
        ended = np.zeros(len(sources), bool)
        for _ in range(longest):
            items = self.decode(items).argmax(axis=2)
            self.decoder.start = self.decoder.end
            said.append(items[:, 0])
            if self.attention is not None:
                rows.append(self.attention.A[:, 0])
            ended |= said[-1] == end
            if ended.all():
                break
        answers = [
            [*itertools.takewhile(lambda item: item != end, row)]
            for row in np.stack(said, axis=1).tolist()
        ]
        return answers, np.stack(rows, axis=1) if rows else None

    def translate(
        self, source: Sequence[int], start: int, end: int, longest: int = 20
    ) -> tuple[list[int], Array | None]:
        """Do as `greedy` for one source, padded.

        Shapes: → the items without `end`, and the attention's weights (items said, source) or None.

        Raises:
            ValueError: the source is empty or longer than n_source.
        """
        if not 0 < len(source) <= self.n_source:
            raise ValueError(f"translate: {len(source)} items; allowed: from 1 to {self.n_source}")
        padded = [PAD] * (self.n_source - len(source)) + list(source)
        (said,), A = self.greedy(np.array([padded]), start, end, longest)
        return said, None if A is None else A[0, :, self.n_source - len(source) :]


@dataclass(frozen=True)
class Hypothesis(Beginning):
    """A beginning of the target, `start` left out, as beam search carries it on.

    Attributes:
        states: the decoder's after reading all but the last item, one (n,) array for each of its
            STATES.
        p: (items, words), the probabilities that each item was chosen from.
        A: (items, source), what each item attended to, or None.
    """

    states: tuple[Array, ...]
    p: Array
    A: Array | None


def beam_step(
    network: EncoderDecoder,
    source: Sequence[int],
    beam: Sequence[Hypothesis],
    width: int,
    start: int,
    end: int,
    alpha: float = 0.0,
) -> list[Hypothesis]:
    """Lengthen every hypothesis by every item and keep the `width` of the best score, best first.

    Every further item makes a hypothesis less probable, so that by its probability alone, α = 0,
    a short one wins over a long one, the more surely the wider the beam. With α up to 1 the score
    counts for each item instead: see `Beginning.score`.

    An empty beam stands for the beginning; hypotheses that said `end` stay as they are. With width
    1 it is greedy.

    Source: Graves, Sequence transduction with recurrent neural networks, 2012.
    """
    positive("beam_step", width=width)
    within("beam_step", high=1, alpha=alpha)
    done = [h for h in beam if h.items[-1] == end]
    going = [h for h in beam if h.items[-1] != end]
    if beam and not going:
        return list(beam)
    network.encode(np.array([source] * max(1, len(going))))
    if going:
        network.decoder.start = [np.stack(s) for s in zip(*(h.states for h in going), strict=True)]
    read = np.array([[h.items[-1]] for h in going] or [[start]])
    logits = network.decode(read)[:, 0]
    log_p, p = log_softmax(logits), softmax(logits)
    total = log_p + np.array([[h.log_p] for h in going] or [[0.0]])
    found = list(done)
    for place in np.argsort(-total, axis=None, kind="stable")[:width]:
        row, item = divmod(int(place), total.shape[1])
        before, A, chosen_from = (), None, p[row : row + 1]
        if network.attention is not None:
            A = network.attention.A[row]
        if going:
            before, old = going[row].items, going[row]
            chosen_from = np.vstack([old.p, chosen_from])
            A = None if A is None or old.A is None else np.vstack([old.A, A])
        states = tuple(state[row] for state in network.decoder.end)
        log = float(total[row, item])
        found.append(Hypothesis((*before, item), log, states, chosen_from, A))
    return sorted(found, key=lambda h: -h.score(alpha))[:width]

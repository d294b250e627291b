"""Sequences: tokens in a row, coloured by a number each, and arcs from one to the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike

from games.moves import Offer
from games.ui.controls import tile
from games.ui.node import Node, h, marked
from games.ui.numbers import fixed, signed
from games.ui.pixels import PALETTES, picture, tints

FAINTEST = 0.02
"""Arcs of a smaller share of the largest weight are left out."""


def tokens(
    label: str,
    words: Sequence[str],
    *,
    values: ArrayLike | None = None,
    palette: str = "signed",
    largest: float | None = None,
    digits: int = 2,
    arcs: Sequence[tuple[int, int, float]] = (),
    chosen: int | None = None,
    offer: Offer | None = None,
    key: str | int | None = None,
    name: str | None = None,
) -> Node:
    """Tokens side by side; arcs above them are as wide and as opaque as their weights are large.

    Args:
        label: what the row shows.
        words: the tokens.
        values: a number for each, shown as its colour and below it (n,).
        palette: a name of games.ui.pixels.PALETTES of one or two colours.
        largest: the value in full colour; the largest of `values` without it.
        digits: decimals of the values.
        arcs: (from, to, weight): attention, say; weights are 0 or more.
        chosen: the token that is looked at.
        offer: the move that chooses a token by its place.
        key: tells it from its siblings.
        name: under which the values (or else the arcs, as rows) can be read and saved.
    """
    count = len(words)
    amounts = None if values is None else np.asarray(values, float)
    if amounts is not None and amounts.shape != (count,):
        raise ValueError(f"tokens: values of shape {amounts.shape} for {count} tokens")
    for start, end, weight in arcs:
        if not (0 <= start < count and 0 <= end < count and weight >= 0):
            raise ValueError(
                f"tokens: arc ({start}, {end}, {weight}); allowed: places 0 to {count - 1}, "
                "weights from 0"
            )
    looks: Sequence[dict[str, str]] = ()
    if amounts is not None and count:
        (looks,) = tints(amounts[None], palette, largest)
    text = signed if PALETTES[palette] == 2 else fixed

    def one(i: int) -> Node:
        word = words[i] if words[i].strip() else "␣"
        inside = [h("span", word, class_="token-word", translate="no")]
        if amounts is not None:
            look = looks[i]
            band = f"token-band {look['class_']}"
            inside += [
                h("span", class_=band, style=look["style"]),
                h("span", text(float(amounts[i]), digits), class_="token-value"),
            ]
        if offer is None:
            mark = "true" if i == chosen else None
            body = h("span", inside, class_="token", aria_current=mark)
        else:
            body = tile(offer(i), inside, look="token", pressed=i == chosen)
        return h("li", body, key=i)

    marks = None
    if name is not None:
        marks = {name: np.array(arcs, float).reshape(-1, 3) if amounts is None else amounts}
    return h(
        "div",
        h(
            "div",
            _arcs(count, arcs, chosen) if arcs else None,
            h("ol", [one(i) for i in range(count)], class_="tokens", aria_label=label),
            style=f"--tokens:{count}",
            class_="token-row",
            data_palette=palette,
        ),
        key=key,
        class_="token-frame",
        tabindex=None if offer else 0,
        marks=marks,
    )


def columns(
    label: str,
    words: Sequence[str],
    values: ArrayLike,
    *,
    largest: float | None = None,
    chosen: int | None = None,
    looks: Sequence[tuple[str, ArrayLike]] = (),
    empty: int = 0,
    key: str | int | None = None,
    name: str | None = None,
) -> Node:
    """A tensor with a column for each token: the tokens, their numbers below, arcs between them.

    Args:
        label: what the columns show.
        words: the tokens (n).
        values: the numbers of each (n, size).
        largest: the size that is shown in full colour; the largest of `values` without it.
        chosen: the token that is looked from.
        looks: up to two heads, each a name and how much the chosen token looks at each (n,); the
            arcs of the first are drawn above the tokens, those of the second below.
        empty: how many columns are kept free behind them, for tokens to come.
        key: tells it from its siblings.
        name: under which the numbers can be read and saved.
    """
    count = len(words) + empty
    if len(looks) > 2:
        raise ValueError(f"columns: {len(looks)} heads; allowed: up to 2")
    start = len(words) - 1 if chosen is None else chosen
    bands = []
    for i, (title, weights) in enumerate(looks):
        shares = np.asarray(weights, float).tolist()
        found = [(start, k, share) for k, share in enumerate(shares) if share > 0]
        bands.append(
            h(
                "div",
                h("span", title, class_="columns-name"),
                _arcs(count, found, start),
                key=f"head{i}",
                class_="columns-band" if i == 0 else "columns-band below",
            )
        )
    tokens = h(
        "ol",
        [
            h(
                "li",
                word if word.strip() else "␣",
                aria_current="true" if i == chosen else None,
                translate="no",
                key=i,
            )
            for i, word in enumerate(words)
        ],
        [h("li", key=i, aria_hidden="true") for i in range(len(words), count)],
        class_="columns-words",
        key="words",
    )
    numbers = np.asarray(values, float)
    drawn = np.pad(numbers, ((0, empty), (0, 0)), constant_values=np.nan)
    return h(
        "div",
        bands[:1],
        tokens,
        bands[1:],
        marked(
            picture(drawn.T, "signed", label, largest=largest, key="numbers"),
            {} if name is None else {name: numbers},
        ),
        style=f"--tokens:{count}",
        key=key,
        class_="token-columns",
    )


HUES = 8
"""As many colours as neighbours in a cut text can have."""


def spelled(token: bytes | str) -> str:
    """A token as it is shown: spaces as ␣, bytes that are no whole character by their numbers."""
    if isinstance(token, bytes):
        try:
            token = token.decode("utf-8")
        except UnicodeDecodeError:
            return "‹" + " ".join(f"{byte:02X}" for byte in token) + "›"
    return token.replace(" ", "␣").replace("\n", "⏎").replace("\t", "⇥")


def cut(
    label: str,
    tokens: Sequence[tuple[bytes | str, int]],
    *,
    lit: Collection[int] = (),
    won: bool = False,
    key: str | int | None = None,
    name: str | None = None,
) -> Node:
    """A text that is cut into tokens: they follow each other and wrap as the text does.

    Args:
        label: what is cut.
        tokens: each token's bytes or text, and its number in the vocabulary, which is its colour:
            the same token always looks the same.
        lit: numbers of tokens that are pointed out.
        won: whether those are lit in gold.
        key: tells it from its siblings.
        name: under which the tokens' numbers can be read and saved.
    """
    glow = " lit won" if won else " lit"
    numbers = np.array([number for _, number in tokens], int)
    return marked(
        h(
            "p",
            [
                h(
                    "span",
                    spelled(token),
                    class_=f"cut-token hue-{number % HUES}{glow if number in lit else ''}",
                    key=i,
                )
                for i, (token, number) in enumerate(tokens)
            ],
            key=key,
            class_="cut-text",
            tabindex=0,
            role="group",
            aria_label=label,
            translate="no",
        ),
        {} if name is None else {name: numbers},
    )


def _arcs(count: int, arcs: Sequence[tuple[int, int, float]], chosen: int | None) -> Node:
    """From middle to middle, higher the farther they reach; the style stretches the picture."""
    largest = max(weight for _, _, weight in arcs) or 1.0
    farthest = max(max(abs(a - b) for a, b, _ in arcs), 1)
    drawn = []
    quiet_first = sorted(enumerate(arcs), key=lambda arc: chosen is None or arc[1][0] == chosen)
    for i, (start, end, weight) in quiet_first:
        share = weight / largest
        if share < FAINTEST:
            continue
        a, b = start + 0.5, end + 0.5
        up = 0.15 + 0.8 * abs(a - b) / farthest
        if start == end:
            d = f"M{a - 0.12:.2f} 1C{a - 0.2:.2f} .7 {a + 0.2:.2f} .7 {a + 0.12:.2f} 1"
        else:
            d = f"M{a:.2f} 1C{a:.2f} {1 - 4 / 3 * up:.3f} {b:.2f} {1 - 4 / 3 * up:.3f} {b:.2f} 1"
        lit = chosen is None or chosen == start
        drawn.append(
            h(
                "path",
                d=d,
                class_="arc" if lit else "arc quiet",
                stroke_width=1 + 5 * share,
                stroke_opacity=0.25 + 0.75 * share,
                key=f"{i}",
            )
        )
    return h(
        "svg",
        drawn,
        viewBox=f"0 0 {count} 1",
        preserveAspectRatio="none",
        class_="arcs",
        aria_hidden="true",
    )

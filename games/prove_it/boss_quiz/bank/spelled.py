"""A question in words, in the language of the page. It knows no bank and no run."""

from __future__ import annotations

from string import Formatter

from games.prove_it.boss_quiz.bank.question import Decimals, Option, Question, Sum
from games.ui.numbers import MINUS, fixed
from games.words import language, say, word

ROUND = (
    word("{question}"),
    word("{question} Round to one decimal."),
    word("{question} Round to two decimals."),
    word("{question} Round to three decimals."),
    word("{question} Round to four decimals."),
)


def prompt(question: Question) -> str:
    """What is asked, and how far to round."""
    said = filled(question, question.prompt)
    return said if question.rounded is None else say(ROUND[question.rounded], question=said)


def because(question: Question) -> str:
    """Why the right answer is right."""
    return filled(question, question.because)


def answer(option: Option) -> str:
    """One answer, a number or a text."""
    return say(option.answer) if isinstance(option.answer, str) else plain(option.answer)


def mistake(question: Question, option: Option) -> str:
    """What leads to a wrong answer; nothing for the right one."""
    return filled(question, option.mistake) if option.mistake else ""


def filled(question: Question, template: str) -> str:
    """A template of a question with its numbers."""
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return say(template, **{name: plain(question.places[name]) for name in names})


def plain(value: object) -> str:
    """A value as people write it.

    Numbers have four significant digits and a true minus sign; a list reads `1, 2 and 3`, a tuple,
    as the vector it is, `1, 2, 3`.
    """
    match value:
        case str():
            return value
        case int():
            return str(value).replace("-", MINUS)
        case float():
            return f"{value:.4g}".replace("-", MINUS).replace(".", language().decimal)
        case Decimals(number, digits):
            return fixed(number, digits)
        case Sum(weights, inputs, bias):
            return expand(list(weights), list(inputs), bias)
        case tuple():
            return ", ".join(map(plain, value))
        case [one]:
            return plain(one)
        case [*first, last]:
            return say("{first} and {last}", first=plain(tuple(first)), last=plain(last))
    raise TypeError(f"a question shows numbers, lists or tuples of them and text, not {value!r}")


def expand(weights: list[float], inputs: list[float | str], bias: float | None = None) -> str:
    """The weighted sum written out: `0.5·2 − 0.3·(−4) + 0.1`; an input may be a letter."""
    terms = [(w < 0, _term(abs(w), x)) for w, x in zip(weights, inputs, strict=True)]
    if bias is not None:
        terms.append((bias < 0, plain(abs(bias))))
    text = "".join(f" {MINUS if minus else '+'} {term}" for minus, term in terms)
    return text.removeprefix(" + ") if not terms[0][0] else MINUS + text.removeprefix(f" {MINUS} ")


def _term(weight: float, value: float | str) -> str:
    if value == "":
        return plain(weight)
    bare = isinstance(value, str) or value >= 0
    return f"{plain(weight)}·{plain(value) if bare else f'({plain(value)})'}"

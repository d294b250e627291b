"""The questions of the levels to be answered in one's own words: whom they ask, and what counts."""

import re
from pathlib import Path

from tests.unit.client.node import js

GUIDED = Path(__file__).parents[3] / "course" / "guided"
FOUND = """
    const { mentioned } = await import('./spaced.js');
    return given.map(([text, words]) => mentioned(text, words));
"""


def asked():
    """Of every page its questions: name, question, and the ideas with the words that count."""
    pages = {}
    for path in sorted(GUIDED.glob("*/en.md")):
        boxes = re.findall(
            r"(?ms)^:::{own-words} (\S+) (.*?)\n(.*?)\n:::$", path.read_text("utf-8")
        )
        pages[path.parent.name] = [
            (name, question, [row.removeprefix("- ").split(" | ") for row in rows.splitlines()])
            for name, question, rows in boxes
        ]
    return pages


def counted(text, words):
    return text, [word.strip() for word in words.split(",")]


def test_every_part_of_levels_1_to_3_asks_two_or_three_and_the_course_four():
    """Level 4 asks at its end, about the whole course."""
    asks = {page: len(questions) for page, questions in asked().items()}
    assert asks.pop("level_4_family") == 4
    for page, n in asks.items():
        assert n == 0 if page.startswith("level_4") else n in (2, 3), page


def test_a_name_is_a_levels_once():
    """Answers are kept under it, whichever part of the level asks."""
    names = [
        (page[: len("level_1")], name)
        for page, questions in asked().items()
        for name, _, _ in questions
    ]
    assert len(set(names)) == len(names)


def test_an_idea_is_counted_where_it_is_said_and_not_where_the_question_is_repeated():
    said, echoed = [], []
    for questions in asked().values():
        for _, question, ideas in questions:
            for _, idea, words in ideas:
                said.append(counted(idea, words))
                echoed.append(counted(question, words))
    assert [said[i] for i, found in enumerate(js(FOUND, said)) if not found] == []
    assert [echoed[i] for i, found in enumerate(js(FOUND, echoed)) if found] == []

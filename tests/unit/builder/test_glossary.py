"""The glossary defines every term once, briefly, in a form that fits into the prose."""

import re

import pytest

from web.builder.glossary import anchor, read_glossary


@pytest.fixture
def read(tmp_path):
    def read_text(text: str) -> dict[str, str]:
        path = tmp_path / "glossary.md"
        path.write_text(text, "utf-8")
        return read_glossary(path)

    return read_text


def test_terms_come_in_the_order_of_the_alphabet(read):
    found = read("# Title\n\nAn opening.\n\n## ReLU\n\nA *bend*.\n\n## bias\n\nOne.\n\nTwo.\n")
    assert list(found.items()) == [
        ("bias", "<p>One.</p>\n<p>Two.</p>"),
        ("ReLU", "<p>A <em>bend</em>.</p>"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("## a\n\nOne.\n\n## a\n\nTwo.\n", "5: 'a' is defined twice"),
        ("## a\n\n## b\n\nTwo.\n", "1: 'a' has no definition"),
    ],
)
def test_a_term_has_one_definition(read, text, problem):
    with pytest.raises(ValueError, match=problem):
        read(text)


def test_the_terms_of_the_course_have_addresses_of_their_own_and_short_definitions():
    terms = read_glossary()
    assert len({anchor(term) for term in terms}) == len(terms) > 30
    for term, definition in terms.items():
        words = re.sub(r"<[^>]+>", "", definition).split()
        assert 4 <= len(words) <= 45, term

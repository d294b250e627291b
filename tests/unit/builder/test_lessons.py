"""A lesson says only what is true: whatever it names exists, whatever it counts is computed."""

import html
import json
import re
import textwrap

import html5lib
import pytest

from games.prove_it._bank import BANK, PAGES
from web.builder import node
from web.builder.formulas import Typesetter
from web.builder.glossary import read_glossary
from web.builder.lessons import (
    LESSONS,
    WORDS_PER_MINUTE,
    Lesson,
    LessonError,
    Placement,
    read_lessons,
)
from web.scratch import prepare

FRONT = "---\ntitle: A lesson\nsummary: For a test.\n---\n\n## Section\n\n"
WORDS = ("learning rate", "weight", "ReLU")
FIRST_LINE = FRONT.count("\n") + 1


@pytest.fixture(scope="module")
def formulas(tmp_path_factory):
    return Typesetter(tmp_path_factory.mktemp("formulas") / "cache.json")


@pytest.fixture
def read(tmp_path, formulas):
    def read_text(text: str, front: str = FRONT) -> Lesson:
        path = tmp_path / "trial.md"
        path.write_text(front + textwrap.dedent(text), "utf-8")
        return read_lessons([path], place, formulas, WORDS)[0]

    return read_text


def place(placement: Placement) -> str:
    run = placement.run()
    return f"<section>{run.game.slug} {run.seed} {run.params}</section>"


def says(error: pytest.ExceptionInfo, line: int, *words: str) -> bool:
    """Whether the error names the file, that line, and all the words."""
    text = str(error.value)
    return f"trial.md:{FIRST_LINE + line}: " in text and all(word in text for word in words)


# --- what a lesson can say ------------------------------------------------------------------------


def test_a_game_is_placed_by_one_line(read):
    lesson = read("{game}`light-the-network seed=7 bias=-0.5`")
    assert "light-the-network 7 {'bias': -0.5}" in lesson.body
    assert [game.slug for game in lesson.games] == ["light-the-network"]


def test_computed_values_come_from_the_engine(read):
    assert ">0.668</span>" in read("{compute}`activations.sigmoid(np.array(0.7)):.3f`").body


def test_computed_values_have_a_true_minus(read):
    assert ">−1.5 and 1e-09</span>" in read("{compute}`-1.5} and {1e-9`").body


def test_cells_are_shown_run_and_remembered(read):
    body = read(
        """
        ```{code-cell}
        n = 6 * 7
        n
        ```

        And {compute}`n + 1`.
        """
    ).body
    assert "<samp>42</samp>" in body
    assert ">43</span>" in body


def test_a_cell_can_be_hidden(read):
    body = read("```{code-cell}\n:tags: [remove-cell]\nn = 5\n```\n\n{compute}`n`").body
    assert "<pre" not in body
    assert ">5</span>" in body


def test_source_is_shown_by_name(read):
    body = read("{source}`pycore.layers:Dense.backward`").body
    assert "pycore.layers:Dense.backward" in body
    assert '<span class="nf">backward</span>' in body


def test_formulas_are_typeset_with_mathml(read):
    body = read("Say $x^2$.\n\n$$\n\\sum_i w_i\n$$\n").body
    assert body.count("<math") == 2
    assert "katex-display" in body
    assert "$" not in re.sub(r"<annotation.*?</annotation>", "", body)


def test_boxes_hold_markdown(read):
    body = read(":::{question} Is $x$ **so**?\nYes: {compute}`1 + 1`.\n:::\n").body
    assert re.search(r"<details.*<summary><span>Is .*katex.*<strong>so</strong>", body, re.S)
    assert '<div class="answer">\n<p>Yes: <span class="number">2</span>.</p>' in body


def test_the_outline_follows_the_headings(read):
    lesson = read("### Part\n\n{#here}\n## There\n\n{game}`light-the-network`\n")
    assert [section.id for section in lesson.sections] == ["section", "here"]
    assert [len(section.games) for section in lesson.sections] == [0, 1]
    assert {"section", "part", "here", "light-the-network"} == lesson.anchors
    assert '<h2 id="here">There</h2>' in lesson.body
    assert '<h3 id="part">Part</h3>' in lesson.body


def test_a_term_opens_its_definition_in_place(read):
    lesson = read(
        "Two {term}`weights <weight>`.\n\n## Next\n\n{term}`Learning rate`, {term}`weight`"
    )
    assert re.search(r'<button[^>]*popovertarget="term-weight">weights</button>', lesson.body)
    assert re.search(r'popovertarget="term-learning-rate">Learning rate</button>', lesson.body)
    first = {term: section.id for term, section in lesson.terms.items()}
    assert first == {"weight": "section", "learning rate": "next"}


def test_a_lesson_can_link_to_a_term(read):
    assert "glossary/#learning-rate" in read("[so](site:glossary/#learning-rate)").body


def test_a_link_to_a_game_can_set_its_numbers(read):
    body = read("[so](site:play/light-the-network/?seed=3&bias=-0.5)").body
    assert 'href="site:play/light-the-network/?seed=3&amp;bias=-0.5"' in body


def test_a_lesson_has_the_address_of_its_file(read):
    assert read("").address == "lesson/trial/"


def test_reading_time_counts_prose_and_no_code(read):
    prose = "word " * 10 * WORDS_PER_MINUTE
    assert read(prose).minutes == 10
    assert read(f":::{{question}} Why?\n{prose}\n:::\n").minutes == 10
    assert read(f"```python\n{prose}\n```\n").minutes == 1


def test_levels_come_in_their_order_and_other_lessons_after_them(tmp_path, formulas):
    for name, level in (("b", "level: 2\n"), ("c", "level: 1\n"), ("a", ""), ("d", "level: 10\n")):
        front = FRONT.replace("title", level + "title")
        (tmp_path / f"{name}.md").write_text(front, "utf-8")
    lessons = read_lessons(tmp_path.glob("*.md"), place, formulas)
    assert [(lesson.name, lesson.level) for lesson in lessons] == [
        ("c", 1),
        ("b", 2),
        ("d", 10),
        ("a", 0),
    ]
    assert lessons[0].full_title == "Level 1: A lesson"
    (tmp_path / "e.md").write_text(FRONT.replace("title", "level: 2\ntitle"), "utf-8")
    with pytest.raises(LessonError, match=r"e\.md:1: level 2 is already b\.md"):
        read_lessons(tmp_path.glob("*.md"), place, formulas)


CARD = """
```{code-cell}
:tags: [remove-cell]
x, w = np.array([1.0, 3.0]), np.array([0.8, -0.2])
loss = lambda: float((x @ w) ** 2)
```

:::{card} Gradient
$$
\\sym{dw}{\\mathrm{d}w} = 2 \\, (\\s{x} \\s{w}) \\, \\s{x}
$$

```{symbols}
$\\s{x}$ | the *inputs* | (inputs) | x
$\\s{w}$ | the weights | | w
$\\sym{dw}{\\mathrm{d}w}$ | how $L$ moves | |
```
```{run}
:beside: the finite difference | gradient_check.numeric_gradient(loss, w)
2 * (x @ w) * x
```
:::
"""


def test_a_card_names_its_symbols_with_meaning_shape_and_value(read):
    body = read(CARD).body
    symbols = re.findall(r'<div class="symbol" data-symbol="(\w+)".*?</div>', body, re.S)
    assert symbols == ["x", "w", "dw"]
    assert '<dd class="symbol-meaning">the <em>inputs</em></dd>' in body
    assert '<dd class="symbol-shape">(inputs) = (2)</dd>' in body
    assert "<samp>[ 0.8 −0.2]</samp>" in body


def test_the_symbols_of_a_cards_formula_are_marked_for_pictures(read):
    formula = read(CARD).body.split('<dl class="symbols">')[0]
    assert re.findall(r'data-symbol="(\w+)"', formula) == ["dw", "x", "w", "x"]


def test_a_cards_line_is_run_beside_the_finite_difference(read):
    body = read(CARD).body
    assert "<output data-result>[0.4 1.2]</output>" in body
    assert re.search(r"<dt>the finite difference</dt><dd[^>]*><samp>\[0.4 1.2\]</samp>", body)
    given = json.loads(html.unescape(re.search(r'data-given="([^"]*)"', body)[1]))
    assert given["names"]["w"] == {"array": [0.8, -0.2], "dtype": "float64"}
    assert given["names"].keys() == {"np", "x", "w"}
    answer = json.loads(prepare("2 * (x @ w) * x", json.dumps(given))())
    assert answer == {"text": "[0.4 1.2]", "agrees": True}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("2 * (x @ w) * x", "(x @ w) * x", 17, ["gives [0.2 0.6]", "difference is [0.4 1.2]"]),
        (
            "2 * (x @ w) * x",
            "0 * loss() + 2 * (x @ w) * x",
            17,
            ["'loss' cannot go to the browser"],
        ),
        ("2 * (x @ w) * x", "q", 17, ["'q' raised NameError"]),
        ("2 * (x @ w) * x", "pass", 17, ["no value"]),
        ("2 * (x @ w) * x", "", 17, ["no code"]),
        (":beside: the finite", ":besides: the finite", 17, ["only option", ":beside:"]),
        ("(inputs) | x", "(inputs) | q", 12, ["'q' raised NameError"]),
        ("(inputs) | x", "(inputs) | 'text'", 12, ["no number"]),
        ("$\\s{w}$ | the weights | | w\n", "", 12, ["'w' is marked", "no row"]),
        ("$\\s{w}$ | the", "$\\s{v}$ | the", 12, ["'w' is marked"]),
        ("$\\s{w}$ | the", "$\\s{x}$ | the", 12, ["'x' has two rows"]),
        ("\\s{w})", "w)", 12, ["'w' has a row", "no formula"]),
        ("the weights | | w", "the weights | w", 12, ["meaning | shape | code"]),
        ("$\\s{w}$ |", "w |", 12, ["meaning | shape | code"]),
        (":::{card} Gradient", ":::{example} Gradient", 8, ["belongs into a :::{card}"]),
    ],
)
def test_a_card_that_is_wrong_stops_the_build(read, old, new, line, words):
    assert old in CARD
    with pytest.raises(LessonError) as error:
        read(CARD.replace(old, new))
    assert says(error, line, *words), str(error.value)


# --- what a lesson cannot say ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Fine.\n\n{game}`light-the-netwrk`", 2, ["light-the-netwrk", "light-the-network"]),
        ("{game}`light-the-network wait=3`", 0, ["'wait'", "it has: bias"]),
        ("{game}`light-the-network bias=9`", 0, ["bias='9'", "from −2 to 2"]),
        ("{game}`light-the-network seed=x`", 0, ["seed", "whole number"]),
        ("{game}`light-the-network seed=-1`", 0, ["seed -1", "from 0 to"]),
        ("Here {game}`light-the-network`.", 0, ["alone in its paragraph"]),
        ("{source}`pycore.layers:Dens`", 0, ["'Dens'", "did you mean 'Dense'"]),
        ("{source}`pycore.layer5:Dense`", 0, ["pycore.layer5", "pycore.layer"]),
        ("{source}`os:system`", 0, ["pycore"]),
        (":::{figure} activation\nText.\n:::", 0, ["did you mean 'activations'"]),
        (":::{card}\nText.\n:::", 0, ["needs a title"]),
        (":::{crad} Title\nText.\n:::", 0, ["{crad}", "did you mean 'card'"]),
        ("{term}`wait`", 0, ["'wait'", "did you mean 'weight'"]),
        (":::{card} A {term}`weight`\nText.\n:::", 0, ["title"]),
        ("[a](site:glossary/#wait)", 0, ["#wait", "did you mean 'weight'"]),
        ("A\nb\n{comptue}`1`", 2, ["{comptue}", "did you mean 'compute'"]),
        (":::{card} T\nOne.\n\n{compute}`1 / 0`\n:::", 3, ["1 / 0", "ZeroDivisionError"]),
        ("{compute}`nothing`", 0, ["NameError"]),
        ("```{code-cell}\nnothing\n```", 0, ["NameError"]),
        ("```{code-cell}\n:tags: [hide]\n1\n```", 1, ["'hide'", "remove-cell"]),
        ("```{cell}\n1\n```", 0, ["{code-cell}"]),
        ("Text.\n\n$\\frac{1$", 2, ["KaTeX"]),
        ("[a](#nowhere)", 0, ["#nowhere"]),
        ("[a](#sectoin)", 0, ["did you mean 'section'"]),
        ("[a](site:nowhere/)", 0, ["nowhere/"]),
        ("[a](site:play/nothing/)", 0, ["'nothing'"]),
        ("[a](site:play/light-the-network/?wait=3)", 0, ["'wait'", "it has: bias"]),
        ("[a](site:play/light-the-network/?seed=x)", 0, ["seed"]),
        ("[a](other.html)", 0, ["site:"]),
        ("## Section", 0, ["#section", "already"]),
        ("#### Too deep", 0, ["two deep"]),
        ("# Title", 0, ["front matter"]),
    ],
)
def test_what_does_not_exist_stops_the_build(read, text, line, words):
    with pytest.raises(LessonError) as error:
        read(text)
    assert says(error, line, *words), str(error.value)


@pytest.mark.parametrize(
    ("front", "words"),
    [
        ("---\ntitle: T\n---\n", ["'summary'"]),
        ("---\ntitle: T\nsumary: S\n---\n", ["sumary", "summary"]),
        ("---\ntitle: T\nsummary: S\nlevel: one\n---\n", ["'one'", "whole number"]),
    ],
)
def test_front_matter_is_checked(read, front, words):
    with pytest.raises(LessonError) as error:
        read("", front)
    assert all(word in str(error.value) for word in words)


# --- the lessons there are ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lessons(formulas):
    return read_lessons(LESSONS.glob("*.md"), place, formulas, read_glossary())


def test_every_lesson_reads_and_parses(lessons):
    parser = html5lib.HTMLParser(strict=True)
    for lesson in lessons:
        parser.parseFragment(lesson.body)


def test_every_subject_of_the_quiz_is_taught(lessons):
    anchors = {lesson.address: lesson.anchors for lesson in lessons}
    for item in BANK.values():
        assert item.subject in anchors[PAGES[item.subject]], item.name


def test_every_term_of_the_glossary_is_met_in_a_level(lessons):
    met = {term for lesson in lessons for term in lesson.terms}
    assert set(read_glossary()) - met == set()


def test_every_level_ends_with_what_one_can_do_now(lessons):
    for lesson in lessons[:3]:
        assert lesson.sections[-1].title == "What you can do now"


def test_the_worked_neuron_gives_two_thirds(lessons):
    text = re.sub(r"<[^>]+>", "", lessons[0].body)
    assert "0.668" in text


def test_every_section_shows_or_asks_something(lessons):
    """No section is a wall of text: a picture, formula, question, code or game is in each."""
    for lesson in lessons:
        for section in re.split(r"<h2 ", lesson.body)[1:]:
            title = re.search(r">(.*?)</h2>", section)[1]
            shown = re.search(
                r"<figure|<details|<div class=.box|<pre|<section|katex-display|<ol", section
            )
            assert shown or title == "What you can do now", title


def test_typesetting_again_needs_no_node(tmp_path, monkeypatch):
    cache = tmp_path / "formulas.json"
    lesson = tmp_path / "trial.md"
    lesson.write_text(FRONT + "$a + b$\n", "utf-8")
    read_lessons([lesson], place, Typesetter(cache))
    monkeypatch.setattr(node, "find", lambda: pytest.fail("Node was asked for"))
    assert "<math" in read_lessons([lesson], place, Typesetter(cache))[0].body

"""An article says only what is true: whatever it names exists, whatever it counts is computed."""

import builtins
import html
import json
import re
import textwrap
from pathlib import Path

import html5lib
import pytest

from games import discover, load
from games.run import Run
from games.ui.node import to_html
from tests.turns import ARTICLES
from web.builder import node
from web.builder.articles import (
    WORDS_PER_MINUTE,
    Article,
    ArticleError,
    Placement,
    Shelf,
    find_articles,
    read_articles,
    titles_on_the_map,
    typeset,
)
from web.builder.articles import levels as levels_of
from web.builder.formulas import Typesetter
from web.builder.glossary import read_glossary
from web.scratch import compare, prepare

HEAD = """---
title: A trial
about: For a test.
place: 1
path: beginner
since: 2026-11-30
picture: light-the-network
---
"""
FRONT = f"{HEAD}\n## Section\n\n"
WORDS = ("learning rate", "weight", "ReLU")
FIRST_LINE = FRONT.count("\n") + 1


@pytest.fixture(scope="module")
def formulas(tmp_path_factory):
    return Typesetter(tmp_path_factory.mktemp("formulas") / "cache.json")


class Read:
    """An article as the tests see it: its outline, and its body when that is asked for."""

    def __init__(self, article: Article, formulas: Typesetter) -> None:
        self.article, self.formulas = article, formulas

    def __getattr__(self, name: str):
        return getattr(self.article, name)

    @property
    def body(self) -> str:
        return self.article.html(place, self.formulas)


def write(folder: Path, text: str, at: str = "guided/trial", front: str = FRONT) -> Path:
    """An article below `folder`."""
    path = folder / at / "en.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(front + textwrap.dedent(text), "utf-8")
    return path


@pytest.fixture
def read(tmp_path, formulas):
    def read_text(text: str, front: str = FRONT, values: str = "", figures: str = "") -> Read:
        path = write(tmp_path, text, front=front)
        (path.parent / "values.py").write_text(values, "utf-8")
        (path.parent / "figures.py").write_text(figures, "utf-8")
        return Read(read_articles([path], WORDS)[0], formulas)

    return read_text


def place(placement: Placement) -> str:
    run = placement.run()
    return f"<section>{run.game.slug} {run.seed} {run.params}</section>"


def says(error: pytest.ExceptionInfo, line: int, *words: str) -> bool:
    """Whether the error names the file, that line, and all the words."""
    text = str(error.value)
    return f"trial/en.md:{FIRST_LINE + line}: " in text and all(word in text for word in words)


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


def test_a_tables_corner_heads_nothing(read):
    body = read("| | one |\n|---|---|\n| two | 3 |").body
    assert re.findall(r"<(t[hd])\b[^>]*>([^<]*)", body) == [
        ("td", ""), ("th", "one"), ("td", "two"), ("td", "3"),
    ]  # fmt: skip


def test_what_is_computed_behind_the_scenes_stands_beside_under_the_anchor_of_its_heading(read):
    values = "m = 2\n# %% section\nn = 5\n# %% part\nn = m * n\n"
    body = read("{compute}`n`\n\n### Part\n\nand {compute}`n`", values=values).body
    assert "<pre" not in body
    assert re.findall(r'"number">(\d+)</span>', body) == ["5", "10"]


COUNTED = """
import builtins
builtins.counted = getattr(builtins, "counted", 0) + 1
# %% section
builtins.counted += 1
"""


def test_cells_run_once_for_all_languages_and_not_for_an_outline(tmp_path, formulas, monkeypatch):
    monkeypatch.setattr(builtins, "counted", 0, raising=False)
    english = write(tmp_path, "```{code-cell}\nbuiltins.counted += 1\n```\n\n{compute}`counted`")
    (english.parent / "values.py").write_text(COUNTED, "utf-8")
    shelf = Shelf()
    (article,) = read_articles([english], shelf=shelf)
    assert article.sections
    assert builtins.counted == 0
    german = english.with_name("de.md")
    text = english.read_text("utf-8").replace("A trial", "Ein Versuch")
    german.write_text(text.replace("+= 1", "+= 1  # eins mehr"), "utf-8")
    (other,) = read_articles([german], shelf=shelf)
    assert ">3</span>" in article.html(place, formulas)
    assert ">3</span>" in other.html(place, formulas)
    assert ">3</span>" in article.html(place, formulas)
    assert builtins.counted == 3


def test_a_language_that_computes_something_else_goes_its_own_way(tmp_path, formulas):
    english = write(tmp_path, "```{code-cell}\nn = 1\n```\n\n{compute}`n`")
    german = english.with_name("de.md")
    german.write_text(english.read_text("utf-8").replace("n = 1", "n = 2"), "utf-8")
    shelf = Shelf()
    made = [read_articles([p], shelf=shelf)[0].html(place, formulas) for p in (english, german)]
    assert [re.findall(r'"number">(\d)<', body) for body in made] == [["1"], ["2"]]


FIGURES = """
from games.ui.node import Node, h

def bend_it(times: int = 1) -> Node:
    return h("svg", h("path", d="M0 0"), data_times=times, viewBox="0 0 1 1")
"""


def test_a_figure_stands_beside_its_article(read):
    body = read(":::{figure} bend-it\nLook.\n:::", figures=FIGURES).body
    assert re.search(r'<figure class="figure"><svg data-times="1".*<figcaption>\n<p>Look', body)
    with pytest.raises(ArticleError, match="did you mean 'bend-it'"):
        read(":::{figure} bend\nLook.\n:::", figures=FIGURES)
    with pytest.raises(ArticleError, match=r"bend-it.*'wait'"):
        read(":::{figure} bend-it wait=1\nLook.\n:::", figures=FIGURES)


def test_the_picture_of_an_article_is_its_figure_or_the_first_frame_of_a_game(read):
    front = FRONT.replace("picture: light-the-network", "picture: bend-it")
    assert read("", front, figures=FIGURES).drawn().tag == "svg"
    assert to_html(read("").drawn()) == to_html(Run("light-the-network", 1).view())


def test_an_article_may_place_a_game_twice_under_a_name(read):
    placed = "{game}`light-the-network`\n\n{game}`light-the-network as=again bias=-0.5`\n\n"
    article = read(f"{placed}[There](#light-the-network-again)")
    ids = [(placement.id, placement.anchor) for placement in article.placements]
    assert ids == [
        ("trial/light-the-network", "light-the-network"),
        ("trial/light-the-network/again", "light-the-network-again"),
    ]
    titles = [placement.title for placement in article.placements]
    assert titles == ["Light the Network", "Light the Network (2)"]


@pytest.mark.parametrize("name", ["play", "frame", "home"])
def test_an_article_leaves_the_names_of_other_places_alone(tmp_path, name):
    path = write(tmp_path, "", f"guided/{name}")
    with pytest.raises(ArticleError, match=f"{name}/en.md:1: an article cannot be called '{name}'"):
        read_articles([path])


def test_source_is_shown_by_name(read):
    body = read("{source}`pycore.layers:Dense.backward`").body
    assert "pycore.layers:Dense.backward" in body
    assert '<span class="nf">backward</span>' in body


def test_formulas_are_typeset_with_mathml(read):
    body = read("Say $x^2$.\n\n$$\n\\sum_i w_i\n$$\n").body
    assert body.count("<math") == 2
    assert "katex-display" in body
    assert "$" not in body
    assert "\\sum" not in body


def test_boxes_hold_markdown(read):
    body = read(":::{question} Is $x$ **so**?\nYes: {compute}`1 + 1`.\n:::\n").body
    assert re.search(r"<details.*<summary><span>Is .*katex.*<strong>so</strong>", body, re.S)
    assert '<div class="answer">\n<p>Yes: <span class="number">2</span>.</p>' in body


def test_the_outline_follows_the_headings(read):
    lesson = read("### Part\n\n{#here}\n## There\n\n{game}`light-the-network`\n")
    assert [section.id for section in lesson.sections] == ["section", "here"]
    assert [len(section.games) for section in lesson.sections] == [0, 1]
    assert {"section", "part", "here", "light-the-network"} == set(lesson.titles)
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


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("A weight.\n\nA {term}`weight`.", 0, ["'weight'", "before line 14", "{term}`weight`"]),
        ("Two weights.", 0, ["'weight'", "never"]),
        (":::{example} Weight\nIts *learning rate*.\n:::", 1, ["'learning rate'", "never"]),
    ],
)
def test_a_word_is_explained_where_it_is_first_used(read, text, line, words):
    with pytest.raises(ArticleError) as error:
        read(text)
    assert says(error, line, *words), str(error.value)


def test_headings_code_and_the_same_paragraph_may_come_before_the_explanation(read):
    read("### Weight\n\nA weight, or {term}`weight`. `weight`\n\nWeights. Lightweight.")


def test_a_sign_of_a_formula_is_explained_where_it_is_first_used(tmp_path):
    words = ("sum sign", "weight")
    (_,) = read_articles([write(tmp_path, "The {term}`sum sign` says\n\n$$\n\\sum_i\n$$\n")], words)
    with pytest.raises(ArticleError, match=r"en\.md:12: 'sum sign' is used here and never"):
        read_articles([write(tmp_path, "So $\\sum_i$.")], words)


def test_what_an_article_needs_has_explained_its_words(tmp_path):
    first = write(tmp_path, "A {term}`weight`.", "guided/level_1")
    front = FRONT.replace("place: 1", "place: 2\nneeds: level-1")
    second = write(tmp_path, "Two weights.", "guided/level_2", front)
    assert len(read_articles([first, second], WORDS)) == 2
    write(tmp_path, "Nothing.", "guided/level_1")
    with pytest.raises(ArticleError, match=r"level_2/en\.md:13: 'weight' is used here and never"):
        read_articles([first, second], WORDS)


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


def test_articles_come_track_by_track_each_in_its_place(tmp_path):
    def at(track: str, name: str, place: int, more: str = "") -> Path:
        front = HEAD.replace("place: 1", f"place: {place}{more}")
        return write(tmp_path, "## One\n", f"{track}/{name}", front)

    at("vision", "pooling", 1, "\nneeds: level-2, kernels")
    at("vision", "kernels", 2)
    at("guided", "level_2", 2)
    at("guided", "level_1", 10)
    articles = read_articles(find_articles(tmp_path))
    names = ["level-2", "level-1", "pooling", "kernels"]
    assert [article.name for article in articles] == names
    assert articles[0].full_title == "Level 2: A trial"
    assert articles[2].full_title == "A trial"
    assert articles[2].needs == ("level-2", "kernels")
    assert [article.address for article in articles][1] == "lesson/level-1/"


@pytest.mark.parametrize(
    ("at", "front", "words"),
    [
        ("guided/other", "", ["other/en.md:4: ", "place 1 is already", "guided/level_1/en.md"]),
        ("vision/level_1", "", ["vision/level_1/en.md:1: ", "'level-1' is already"]),
        ("vision/other", "needs: level-2", ["other/en.md:4: ", "did you mean 'level-1'"]),
        ("vision/other", "needs: other", ["other/en.md:4: ", "circle: other → other"]),
        ("viison/other", "", ["viison", "did you mean 'vision'"]),
    ],
)
def test_what_articles_say_of_each_other_is_checked(tmp_path, at, front, words):
    write(tmp_path, "", "guided/level_1")
    write(tmp_path, "", at, FRONT.replace("place: 1", f"{front}\nplace: 1") if front else FRONT)
    with pytest.raises(ArticleError) as error:
        read_articles(find_articles(tmp_path))
    assert all(word in str(error.value) for word in words), str(error.value)


def test_what_articles_need_never_goes_in_a_circle(tmp_path):
    for name, place, need in (("one", 1, "three"), ("two", 2, "one"), ("three", 3, "two")):
        front = FRONT.replace("place: 1", f"place: {place}\nneeds: {need}")
        write(tmp_path, "", f"vision/{name}", front)
    with pytest.raises(ArticleError, match=r"en\.md:5: .*one → three → two → one"):
        read_articles(find_articles(tmp_path))


def test_an_article_without_a_text_stops_the_build(tmp_path):
    (tmp_path / "vision" / "pooling").mkdir(parents=True)
    with pytest.raises(ArticleError, match=r"vision/pooling: the article has no en\.md"):
        find_articles(tmp_path)


def test_anchors_belong_to_their_article(tmp_path):
    """Two articles may use the same one; what shares a page with others may not."""
    first = write(tmp_path, "", "guided/level_1")
    library = write(tmp_path, "", "vision/pooling")
    titles = titles_on_the_map(read_articles([first, library]), ["your-progress"])
    assert titles["level-1"] == "Level 1: A trial"
    assert titles["section"] == "Section"
    second = write(tmp_path, "", "guided/level_2", FRONT.replace("place: 1", "place: 2"))
    with pytest.raises(ArticleError, match=r"level_2/en\.md:10: #section is .*level_1/en\.md:10"):
        titles_on_the_map(read_articles([first, second]))
    third = write(tmp_path, "{#your-progress}\n## Mine\n", "guided/level_3")
    with pytest.raises(ArticleError, match=r"level_3/en\.md:13: #your-progress .*the page itself"):
        titles_on_the_map(read_articles([third]), ["your-progress"])


def test_a_level_of_several_articles_is_one_level(tmp_path):
    """Its parts stand in a row, wherever their folders do, and are counted and needed as one."""
    first = HEAD.replace("place: 1", "place: 3\nwhole: All of it\nwhole-about: How?")
    second = HEAD.replace("place: 1", "place: 2\npart-of: level-3")
    third = HEAD.replace("place: 1", "place: 3\npart-of: level-3")
    after = HEAD.replace("place: 1", "place: 4\nneeds: level-3")
    game = "{{game}}`light-the-network as={}`\n"
    write(tmp_path, "## A\n\n[on](#c) " + "word " * 300 + "\n", "guided/level_3", first)
    write(tmp_path, "## B\n\nA {term}`weight`.\n\n" + game.format("b"), "guided/part", second)
    write(tmp_path, "## C\n\nA weight.\n\n" + game.format("c"), "guided/aa", third)
    write(tmp_path, "## D\n\nWeights, [so](site:lesson/level-3/#c).\n", "guided/level_4", after)
    articles = read_articles(find_articles(tmp_path), WORDS)
    assert [article.name for article in articles] == ["level-3", "part", "aa", "level-4"]
    three, four = levels_of(articles)
    assert three.parts == tuple(articles[:3])
    assert [part.level is three for part in articles[:3]] == [True] * 3
    assert (three.name, three.place, three.address) == ("level-3", 3, "lesson/level-3/")
    assert (three.full_title, three.about) == ("Level 3: All of it", "How?")
    assert [part.label for part in three.parts] == [f"Level 3, part {n} of 3" for n in (1, 2, 3)]
    assert (four.full_title, four.parts[0].label) == ("Level 4: A trial", "Level 4")
    assert three.minutes == round(sum(part.words for part in three.parts) / WORDS_PER_MINUTE) == 2
    kept = ["level-3/light-the-network/b", "level-3/light-the-network/c"]
    assert [placement.id for placement in three.placements] == kept
    titles = titles_on_the_map(articles)
    assert (titles["level-3"], titles["aa"]) == (
        "Level 3: All of it",
        "Level 3, part 3 of 3: A trial",
    )


def test_a_link_to_a_level_leads_to_the_part_that_holds_it(tmp_path, formulas):
    first = HEAD.replace("place: 1", "place: 3\nwhole: All\nwhole-about: How?")
    second = HEAD.replace("place: 1", "place: 2\npart-of: level-3")
    write(tmp_path, "## A\n\n[on](#b) [here](#a)\n", "guided/level_3", first)
    write(tmp_path, "## B\n\n[back](#a)\n", "guided/more", second)
    write(tmp_path, "## C\n\n[so](site:lesson/level-3/#b)\n", "guided/level_1")
    shelf, paths = Shelf(), find_articles(tmp_path)

    def links() -> list[list[str]]:
        articles = read_articles(paths, shelf=shelf)
        return [re.findall('<a href="(.*?)"', one.html(place, formulas)) for one in articles]

    more, level = "site:lesson/more/#b", "site:lesson/level-3/#a"
    assert links() == [[more], [more, "#a"], [level]]
    write(tmp_path, "## A\n\n[on](#b) [here](#a)\n\n## B\n", "guided/level_3", first)
    write(tmp_path, "## D\n\n[back](#a)\n", "guided/more", second)
    assert links() == [["site:lesson/level-3/#b"], ["#b", "#a"], [level]]  # it has moved back


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("part-of: level-3", "part-of: level-4", ["more/en.md:5: ", "did you mean 'level-3'"]),
        ("part-of: level-3", "part-of: more", ["more/en.md:5: ", "'more'; there is: level-3"]),
        ("place: 2", "place: 1", ["more/en.md:4: ", "place 1 is level-3 itself"]),
        ("part-of: level-3\n", "", ["level_3/en.md:5: ", "no article is part-of this"]),
        ("whole: All\n", "", ["level_3/en.md:5: ", "whole and whole-about"]),
        ("whole: All\nwhole-about: How?\n", "", ["level_3/en.md:1: ", "say whole and whole-about"]),
        ("part-of", "whole: So\nwhole-about: So?\npart-of", ["more/en.md:5: ", "first part"]),
        ("part-of", "needs: level-3\npart-of", ["more/en.md:5: ", "circle: level-3 → level-3"]),
        ("## B", "## A", ["more/en.md:11: ", "#a is already an anchor", "level_3/en.md:13"]),
        ("place: 3", "place: 3\nneeds: more", ["level_3/en.md:5: ", "no article 'more'"]),
    ],
)
def test_what_cannot_be_a_part_is_refused(tmp_path, old, new, words):
    first = HEAD.replace("place: 1", "place: 3\nwhole: All\nwhole-about: How?") + "\n\n## A\n"
    second = HEAD.replace("place: 1", "place: 2\npart-of: level-3") + "\n## B\n"
    assert (old in first) + (old in second) == 1
    write(tmp_path, "", "guided/level_3", first.replace(old, new))
    write(tmp_path, "", "guided/more", second.replace(old, new))
    with pytest.raises(ArticleError) as error:
        read_articles(find_articles(tmp_path))
    assert all(word in str(error.value) for word in words), str(error.value)


VALUES = """
# %% section
x, w = np.array([1.0, 3.0]), np.array([0.8, -0.2])
loss = lambda: float((x @ w) ** 2)
"""

CARD = """
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
    body = read(CARD, values=VALUES).body
    symbols = re.findall(r'<div class="symbol" data-symbol="(\w+)".*?</div>', body, re.S)
    assert symbols == ["x", "w", "dw"]
    assert '<dd class="symbol-meaning">the <em>inputs</em></dd>' in body
    assert '<dd class="symbol-shape">(inputs) = (2)</dd>' in body
    assert "<samp>[ 0.8 −0.2]</samp>" in body


def test_the_symbols_of_a_cards_formula_are_marked_for_pictures(read):
    formula = read(CARD, values=VALUES).body.split('<dl class="symbols">')[0]
    assert re.findall(r'data-symbol="(\w+)"', formula) == ["dw", "x", "w", "x"]


def test_a_cards_line_is_run_beside_the_finite_difference(read):
    body = read(CARD, values=VALUES).body
    assert "<output data-result>[0.4 1.2]</output>" in body
    assert re.search(r"<dt>the finite difference</dt><dd[^>]*><samp>\[0.4 1.2\]</samp>", body)
    given = json.loads(html.unescape(re.search(r'data-given="([^"]*)"', body)[1]))
    assert given["names"]["w"] == {"array": [0.8, -0.2], "dtype": "float64"}
    assert given["names"].keys() == {"np", "x", "w"}
    answer = json.loads(prepare("2 * (x @ w) * x", json.dumps(given))())
    assert answer["shown"] == "[0.4 1.2]"
    found = {"shown": "[0.4 1.2]", "right": "[0.4 1.2]", "agrees": True, "lost": False}
    assert compare(json.dumps(given), answer["value"]) == found


MEASURED = "gradient_check.numeric_gradient(lambda: float((x @ w) ** 2), w)"


def test_a_finite_difference_of_the_engine_is_computed_anew_of_the_learners_numbers(read):
    """The slope of (x w)² at other weights, 2 x w x: by the formula, and beside it measured."""
    text = CARD.replace("gradient_check.numeric_gradient(loss, w)", MEASURED)
    body = read(text, values=VALUES).body
    assert "<output data-right>[0.4 1.2]</output>" in body
    given = html.unescape(re.search(r'data-given="([^"]*)"', body)[1])
    for code, right, same in (
        ("w = np.array([2.0, 1.0])\n2 * (x @ w) * x", "[10. 30.]", True),
        ("w = np.array([2.0, 1.0])\n3 * (x @ w) * x", "[10. 30.]", False),
    ):
        found = compare(given, json.loads(prepare(code, given)())["value"])
        assert (found["right"], found["agrees"]) == (right, same)
    lost = json.loads(prepare("del w\nx", given)())
    assert lost["error"] == "What is beside it: Line 1: NameError: name 'w' is not defined"


@pytest.mark.parametrize(
    ("code", "beside"),
    [
        ("2 * (x @ w) * x", "gradient_check.numeric_gradient(loss, w)"),
        ("x * 1", "x"),
        ("w = w * 1", "np.array(w)"),
    ],
)
def test_what_would_agree_with_itself_or_cannot_travel_stays_as_the_build_has_it(
    read, code, beside
):
    text = CARD.replace("gradient_check.numeric_gradient(loss, w)", beside)
    body = read(text.replace("2 * (x @ w) * x\n", code + "\n"), values=VALUES).body
    assert "data-right" not in body
    assert json.loads(html.unescape(re.search(r'data-given="([^"]*)"', body)[1]))["anew"] == ""


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("2 * (x @ w) * x", "(x @ w) * x", 11, ["gives [0.2 0.6]", "difference is [0.4 1.2]"]),
        (
            "2 * (x @ w) * x",
            "0 * loss() + 2 * (x @ w) * x",
            11,
            ["'loss' cannot go to the browser"],
        ),
        ("2 * (x @ w) * x", "q", 11, ["'q' raised NameError"]),
        ("2 * (x @ w) * x", "pass", 11, ["no value"]),
        ("2 * (x @ w) * x", "", 11, ["no code"]),
        (":beside: the finite", ":besides: the finite", 11, ["only option", ":beside:"]),
        ("(inputs) | x", "(inputs) | q", 6, ["'q' raised NameError"]),
        ("(inputs) | x", "(inputs) | 'text'", 6, ["no number"]),
        ("$\\s{w}$ | the weights | | w\n", "", 6, ["'w' is marked", "no row"]),
        ("$\\s{w}$ | the", "$\\s{v}$ | the", 6, ["'w' is marked"]),
        ("$\\s{w}$ | the", "$\\s{x}$ | the", 6, ["'x' has two rows"]),
        ("\\s{w})", "w)", 6, ["'w' has a row", "no formula"]),
        ("the weights | | w", "the weights | w", 6, ["meaning | shape | code"]),
        ("$\\s{w}$ |", "w |", 6, ["meaning | shape | code"]),
        (":::{card} Gradient", ":::{example} Gradient", 2, ["belongs into a :::{card}"]),
    ],
)
def test_a_card_that_is_wrong_stops_the_build(read, old, new, line, words):
    assert old in CARD
    with pytest.raises(ArticleError) as error:
        read(CARD.replace(old, new), values=VALUES).body  # noqa: B018
    assert says(error, line, *words), str(error.value)


DERIVATION = """
::::{derivation} Two steps

```{symbols}
$\\s{x}$ | the inputs | (inputs) | x
```

:::{step} First
$\\s{x}$, and **why**.
:::

:::{step} Then
```{run}
:beside: the finite difference | gradient_check.numeric_gradient(loss, w)
2 * (x @ w) * x
```
:::
::::
"""


def test_a_derivation_is_a_card_that_opens_step_by_step(read):
    body = read(DERIVATION, values=VALUES).body
    steps = re.findall(r"<details class=\"step\"( open)?>.*?</details>", body, re.S)
    assert steps == [" open", ""]
    assert re.findall(r'step-number">(Step \d)</span>', body) == ["Step 1", "Step 2"]
    assert "<strong>why</strong>" in body
    assert "<output data-result>[0.4 1.2]</output>" in body
    html5lib.HTMLParser(strict=True).parseFragment(body)


def test_a_figure_that_opens_a_step_stands_before_its_text_inside_of_it(read):
    text = (
        ":::::{derivation} So\n::::{step} One\n:::{figure} bend-it\nLook.\n:::\n\nWhy.\n::::\n:::::"
    )
    body = read(text, figures=FIGURES).body
    opening = r'<div class="step-inside">\n<figure class="figure" tabindex="0">.*</figure>\n<p>Why'
    assert re.search(opening, body, re.DOTALL)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("2 * (x @ w) * x", "x", 12, ["gives [1. 3.]", "difference is [0.4 1.2]"]),
        ("::::{derivation}", "::::{card}", 7, ["belongs into a :::{derivation}"]),
        ("$\\s{x}$, and", "Well, and", 3, ["'x' has a row", "no formula"]),
        (":::{step} First", ":::{step}", 7, ["needs a title"]),
        (":::{step} First", ":::{card} First", 7, ["{card} stands in no other card"]),
    ],
)
def test_a_derivation_that_is_wrong_stops_the_build(read, old, new, line, words):
    assert old in DERIVATION
    with pytest.raises(ArticleError) as error:
        read(DERIVATION.replace(old, new), values=VALUES).body  # noqa: B018
    assert says(error, line, *words), str(error.value)


PROOF = """
::::{derivation} A step of at most 1/L goes down
:::{step} Compare
```{run}
η = 0.5
(x - η * x) @ (x - η * x) <= x @ x
```
:::
:::{step} Beyond it
```{run}
:fails:
η = 2.5
(x - η * x) @ (x - η * x) <= x @ x
```
:::
::::
"""


def test_a_step_of_a_proof_shows_both_sides_and_the_room_between_them(read):
    body = read(PROOF, values=VALUES).body
    results = re.findall(r"<dt>([^<]*)</dt><dd[^>]*><output (data-\w+)>([^<]*)<", body)
    assert results[:3] == [
        ("left side", "data-result", "2.5"),
        ("right side", "data-right", "10."),
        ("room that is left", "data-slack", "7.5"),
    ]
    assert results[5] == ("room that is left", "data-slack", "-12.5")
    assert re.findall(r'role="status">([^<]*)<', body) == ["It holds.", "It does not hold."]
    given = [json.loads(html.unescape(g)) for g in re.findall(r'data-given="([^"]*)"', body)]
    assert all(one["claims"] for one in given)
    html5lib.HTMLParser(strict=True).parseFragment(body)


GROWING = """
::::{derivation} A program grows
:::{step} A function
```{run}
def twice(v):
    return 2 * v
twice(3)
```
:::
:::{step} And its use
```{run}
:goes-on:
:beside: the finite difference | gradient_check.numeric_gradient(lambda: float(w @ w), w)
twice(w)
```
:::
::::
"""


def test_a_run_that_goes_on_sees_what_those_above_it_have_made(read):
    body = read(GROWING, values=VALUES).body
    assert "<output data-result>[ 1.6 -0.4]</output>" in body
    assert re.findall(r'class="line" data-line( data-goes-on)?', body) == ["", " data-goes-on"]
    given = [json.loads(html.unescape(g)) for g in re.findall(r'data-given="([^"]*)"', body)]
    assert [set(one["names"]) for one in given] == [{"np"}, {"np", "w", "gradient_check"}]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (":goes-on:\n", "", 10, ["NameError", "twice"]),
        ("def twice", ":goes-on:\ndef twice", 3, ["first run of a card"]),
    ],
)
def test_a_run_that_cannot_go_on_stops_the_build(read, old, new, line, words):
    with pytest.raises(ArticleError) as error:
        read(GROWING.replace(old, new, 1), values=VALUES).body  # noqa: B018
    assert says(error, line, *words), str(error.value)


def test_only_what_a_line_does_not_make_itself_goes_to_the_browser(read):
    values = VALUES + "def f(x):\n    return x @ x\n"
    code = "f = lambda v: v @ v\nw = w - 0.1\nfor x in range(2):\n    w += x\nf(w) <= 9"
    text = PROOF.replace("η = 0.5\n(x - η * x) @ (x - η * x) <= x @ x", code)
    given = json.loads(
        html.unescape(re.search(r'data-given="([^"]*)"', read(text, values=values).body)[1])
    )
    assert set(given["names"]) - {"np"} <= {"w", "x"}
    assert "w" in given["names"]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("η = 0.5", "η = 2.5", 3, ["does not hold", "22.5 <= 10."]),
        ("η = 0.5", "η = np.inf", 3, ["leaves what a float can hold", "inf <= 10."]),
        ("η = 2.5", "η = np.inf", 9, ["leaves what a float can hold"]),
        ("η = 2.5", "η = 1.5", 9, ["holds, though it is said to fail", "2.5 <= 10."]),
        (":fails:", ":fail:", 9, ["only option", "`:fails:`"]),
        (":fails:\nη = 2.5\n(x - η * x) @ (x - η * x) <= x @ x", ":fails:\n1", 9, ["nothing"]),
        ("η = 0.5\n(x - η * x) @ (x - η * x) <= x @ x", "'a' <= 'b'", 3, ["compare numbers"]),
        ("(x - η * x) @ (x - η * x) <= x @ x", "x @ x < 1", 3, ["only whether", "two sides"]),
        ("(x - η * x) @ (x - η * x) <= x @ x", "2 <= x @ x <= 1", 3, ["only whether"]),
        ("(x - η * x) @ (x - η * x) <= x @ x", "np.all(x <= 1)", 3, ["only whether"]),
    ],
)
def test_a_false_step_of_a_proof_stops_the_build(read, old, new, line, words):
    assert old in PROOF
    with pytest.raises(ArticleError) as error:
        read(PROOF.replace(old, new, 1), values=VALUES).body  # noqa: B018
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
        (":::{figure} activation\nText.\n:::", 0, ["no figure 'activation'", "nothing"]),
        (":::{card}\nText.\n:::", 0, ["needs a title"]),
        ("::::{derivation} So\nText.\n::::", 0, ["a derivation has steps"]),
        (":::{crad} Title\nText.\n:::", 0, ["{crad}", "did you mean 'card'"]),
        ("{term}`wait`", 0, ["'wait'", "did you mean 'weight'"]),
        (":::{card} A {term}`weight`\nText.\n:::", 0, ["title"]),
        ("[a](site:glossary/#wait)", 0, ["#wait", "did you mean 'weight'"]),
        ("A\nb\n{comptue}`1`", 2, ["{comptue}", "did you mean 'compute'"]),
        (":::{card} T\nOne.\n\n{compute}`1 / 0`\n:::", 3, ["1 / 0", "ZeroDivisionError"]),
        ("{compute}`nothing`", 0, ["NameError"]),
        ("```{code-cell}\nnothing\n```", 0, ["NameError"]),
        ("```{code-cell}\n:tags: [hide]\n1\n```", 1, ["no options", "values.py"]),
        ("{#main}\n### Part", 1, ["#main", "page around"]),
        ("{#term-weight}\n### Part", 1, ["#term-weight", "page around"]),
        ("{game}`light-the-network`\n\n{game}`light-the-network`", 2, ["line 12", "as=again"]),
        ("{game}`light-the-network as=A/b`", 0, ["as='A/b'", "a to z"]),
        ("{game}`light-the-network`\n\n### Light the network title", 2, ["belongs to the game"]),
        ("### Light the network share\n\n{game}`light-the-network`", 0, ["belongs to the game"]),
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
    with pytest.raises(ArticleError) as error:
        read(text).body  # noqa: B018
    assert says(error, line, *words), str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "about: For a test.\n",
            "",
            1,
            ["no 'about'", "has title, place", "needs title, about"],
        ),
        ("about: For a test.", "about:", 3, ["no 'about'"]),
        ("about:", "abuot:", 3, ["'abuot: For a test.'", "did you mean 'about'"]),
        ("about: For", "title: For", 3, ["'title' is already in line 2"]),
        ("place: 1", "place: one", 4, ["'one'", "whole number"]),
        ("place: 1", "place: 0", 4, ["'0'", "from 1 on"]),
        ("path: beginner", "path: begin", 5, ["did you mean 'beginner'", "frontier"]),
        ("since: 2026-11-30", "since: in May", 6, ["'in May' is not a day"]),
        ("picture: light", "picture: lihgt", 7, ["'lihgt-the-network'", "'light-the-network'"]),
        ("picture: light-the-network", "needs: level-9", 1, ["no 'picture'"]),
        ("path: beginner", "path: beginner\nneeds: level-9", 6, ["no article 'level-9'", "trial"]),
    ],
)
def test_front_matter_is_checked_line_by_line(read, old, new, line, words):
    assert old in FRONT
    with pytest.raises(ArticleError) as error:
        read("", FRONT.replace(old, new))
    assert f"trial/en.md:{line}: " in str(error.value), str(error.value)
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.parametrize(
    ("values", "line", "words"),
    [
        ("n = 1\n# %% sectoin\nn = 2\n", 2, ["'sectoin'", "did you mean 'section'"]),
        ("# %% section\nn = 2\n# %% section\n", 3, ["already in line 1"]),
        ("\n# %%\nn = 2\n", 2, ["# %% anchor"]),
        ("\n# %% section\nn = 1 / 0\n", 2, ["ZeroDivisionError"]),
        ("1 / 0\n", 1, ["ZeroDivisionError"]),
    ],
)
def test_values_are_checked_line_by_line(read, values, line, words):
    with pytest.raises(ArticleError) as error:
        read("", values=values).body  # noqa: B018
    assert f"trial/values.py:{line}: " in str(error.value), str(error.value)
    assert all(word in str(error.value) for word in words), str(error.value)


# --- the articles there are ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def articles():
    return read_articles(find_articles(), read_glossary())


@pytest.fixture(scope="module")
def bodies(articles, formulas, having_turn):
    """The HTML of articles by their names: of the guided way, and of those whose turn it is."""
    others = [article.name for article in articles if article.track.id != "guided"]
    left = {*others} - {*having_turn(others, ARTICLES)}
    made = [article for article in articles if article.name not in left]
    typeset(made, formulas)
    return {article.name: article.html(place, formulas) for article in made}


TOLD = ("guided", "frontier", "optimisation", "generative", "sequences", "regularise")
"""The tracks whose pages are written by all of the rules below."""


@pytest.fixture(scope="module")
def told(articles, bodies):
    """Their pages, as far as they have their turn."""
    return [a for a in articles if a.track.id in TOLD and a.name in bodies]


def test_every_article_reads_and_parses(bodies):
    parser = html5lib.HTMLParser(strict=True)
    for body in bodies.values():
        parser.parseFragment(body)


def test_no_field_stands_in_a_closed_box(bodies):
    """A browser that fills in forms would lay the box out while the page is read."""
    fields = {"input", "textarea", "select"}
    for name, body in bodies.items():
        page = html5lib.parse(body, namespaceHTMLElements=False)
        closed = (box for box in page.iter("details") if "open" not in box.attrib)
        found = [field.tag for box in closed for field in box.iter() if field.tag in fields]
        assert not found, name


def test_every_section_that_a_game_names_is_there(articles):
    """The build refuses others; here it is told which game, for whoever moves a section."""
    there = {f"{article.level.name}#{anchor}" for article in articles for anchor in article.titles}
    named = {slug: getattr(load(slug).module, "SECTIONS", ()) for slug in discover()}
    assert {slug: set(ids) - there for slug, ids in named.items() if set(ids) - there} == {}
    assert len(named["boss-quiz"]) > 30


def test_every_term_of_the_glossary_is_met_in_an_article(articles):
    met = {term for article in articles for term in article.terms}
    assert set(read_glossary()) - met == set()


SEEN = """
{game}`light-the-network`

::::{seen}
Make it glow.

:::{played}
Not yet.
:::

:::{won}
It *glows*.
:::
::::
"""


def test_what_is_said_after_a_game_goes_by_what_was_done(read):
    body = html5lib.parse(read(SEEN).body, namespaceHTMLElements=False)
    (box,) = body.iterfind(".//div[@data-seen]")
    assert box.get("data-seen") == "trial/light-the-network"
    texts = [(t.get("data-when"), "".join(t.itertext()).strip()) for t in box]
    assert texts == [("", "Make it glow."), ("played", "Not yet."), ("won", "It glows.")]
    assert [t.get("data-when") for t in box if t.get("data-said") is not None] == [""]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("::::{seen}", "Between.\n\n::::{seen}", "directly after a game"),
        ("::::{seen}", "::::{seen} So", "has no title"),
        ("{game}`light-the-network`\n", "", "directly after a game"),
        ("{game}`light-the-network`", "{game}`train-a-brain challenge=free`", "keeps no score"),
        (":::{played}\nNot yet.\n:::\n\n:::{won}\nIt *glows*.\n:::\n", "", "played or won"),
        ("{played}", "{lost}", "there is no directive {lost}"),
        ("{played}", "{won}", "in this order: played, then won"),
        ("Not yet.", "A {term}`weight`.", "read by some only"),
        ("Not yet.", "### More", "read by some only"),
        ("::::{seen}", "::::{takeaway} So", "stands in a ::::{seen}"),
    ],
)
def test_what_is_said_after_a_game_is_refused_where_it_cannot_be(read, old, new, words):
    assert old in SEEN
    with pytest.raises(ArticleError, match=re.escape(words)):
        _ = read(SEEN.replace(old, new, 1)).body


OWN = """
:::{own-words} bend Why is a *bend* needed?
- the stack | Layers make one <layer>. | one layer, collaps
- the line | A line is not enough. | line
:::
"""


def test_a_question_in_ones_own_words_lists_its_ideas_and_the_words_that_count(read):
    article = read(OWN)
    assert article.own_words == ["say-bend"]
    assert "say-bend" in article.titles
    body = html5lib.parse(article.body, namespaceHTMLElements=False)
    (box,) = body.iterfind(".//div[@data-own-words]")
    assert (box.get("data-own-words"), box.get("id")) == ("trial/bend", "say-bend")
    (label,) = box.iterfind(".//label")
    assert label.find("textarea") is not None
    assert "".join(label.itertext()) == "Why is a bend needed?"
    ideas = [(i.get("data-short"), i.get("data-idea")) for i in box.iterfind(".//li")]
    assert ideas == [("the stack", "one layer,collaps"), ("the line", "line")]
    assert "counts: one layer…, collaps…" in "".join(box.itertext())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("bend Why is a *bend* needed?", "", "needs a name and a question"),
        ("bend Why is a *bend* needed?", "bend", "needs a name and a question"),
        ("bend Why", "Bend Why", "needs a name and a question"),
        ("- the line | A line is not enough. | line", "- the line | line", "is no idea"),
        ("- the line | A line is not enough. | line", "the line", "is no idea"),
        ("| one layer, collaps", "|", "is no idea"),
        (":::\n", ":::\n" + OWN, "is already the anchor of line"),
    ],
)
def test_a_question_in_ones_own_words_is_refused_where_it_cannot_be(read, old, new, words):
    assert old in OWN
    with pytest.raises(ArticleError, match=re.escape(words)):
        _ = read(OWN.replace(old, new, 1)).body


def test_a_question_in_ones_own_words_without_ideas_is_refused(read):
    with pytest.raises(ArticleError, match="lists the ideas"):
        _ = read("\n:::{own-words} bend Why?\n:::\n").body


def test_every_level_ends_with_what_one_can_do_now(told):
    for level in told:
        assert level.sections[-1].title == "What you can do now"


def prose(body: str) -> list[str]:
    """The paragraphs of a body, without their formulas' MathML."""
    body = re.sub(r'<span class="katex-mathml">.*?</math></span>', "", body, flags=re.S)
    found = re.findall(r"<p>(.*?)</p>", body, re.S)
    return [html.unescape(re.sub(r"<[^>]+>", "", text)) for text in found]


def test_no_paragraph_of_a_level_is_a_wall(bodies, told):
    for level in told:
        for text in prose(bodies[level.name]):
            assert len(text.split()) <= 90, text


def test_no_more_than_two_sentences_in_a_row_are_short(bodies, told):
    """Three of under eight words, one after the other, read like a telegram."""
    for level in told:
        for text in prose(bodies[level.name]):
            sentences = re.split(r"(?<=[.!?])[”’)]*\s+", text)
            short = "".join("x" if len(said.split()) < 8 else "." for said in sentences)
            assert "xxx" not in short, text


def test_after_a_game_it_is_said_what_was_seen(bodies, told):
    """Never does a heading follow a game; a game is not the last word of a section."""
    for level in told:
        follows = re.findall(r"<section>([\w-]+)[^<]*</section>\s*<(\w+)", bodies[level.name])
        assert len(follows) == len(level.placements) > 0
        assert [game for game, tag in follows if tag in ("h2", "h3")] == []


def test_what_is_said_after_the_games_of_the_levels_changes_with_what_was_done(bodies):
    """All the texts of one game have about the same length: they share the room of the longest."""
    boxes = [
        box
        for body in bodies.values()
        for box in html5lib.parse(body, namespaceHTMLElements=False).iterfind(".//div[@data-seen]")
    ]
    assert len(boxes) >= 10
    for box in boxes:
        words = [len("".join(text.itertext()).split()) for text in box]
        assert max(words) - min(words) <= 30, (box.get("data-seen"), words)


def test_the_first_game_of_the_course_comes_within_300_words(bodies):
    before, game, _ = bodies["level-1"].partition("<section>")
    assert game
    assert len(re.sub(r"<[^>]+>", "", before).split()) <= 300


def test_every_card_says_its_formula_in_words_and_every_level_ends_with_one(bodies, told):
    for level in told:
        cards = re.findall(r'<div class="box card" data-card>.*?\n</div>', bodies[level.name], re.S)
        assert len(cards) >= 2
        for card in cards:
            assert "<p>In words: " in card, card[:200]
        assert re.search("The formulas of this (level|part|lesson|article)", cards[-1])


def test_the_worked_neuron_gives_two_thirds(bodies):
    text = re.sub(r"<[^>]+>", "", bodies["level-1"])
    assert "0.668" in text


def test_every_section_shows_or_asks_something(bodies):
    """No section is a wall of text: a picture, formula, question, code or game is in each."""
    for body in bodies.values():
        for section in re.split(r"<h2 ", body)[1:]:
            title = re.search(r">(.*?)</h2>", section)[1]
            shown = re.search(
                r"<figure|<details|<div class=.box|<pre|<section|katex-display|<ol", section
            )
            assert shown or title == "What you can do now", title


def test_typesetting_again_needs_no_node(tmp_path, monkeypatch):
    cache = tmp_path / "formulas.json"
    (article,) = read_articles([write(tmp_path, "$a + b$\n")])
    article.html(place, Typesetter(cache))
    monkeypatch.setattr(node, "find", lambda: pytest.fail("Node was asked for"))
    assert "<math" in article.html(place, Typesetter(cache))

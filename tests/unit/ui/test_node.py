"""games/ui/node.py: the tree, its HTML, and the patch between two trees."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.ui.node import EVENTS, VOID, Node, attribute, diff, h, same, to_html
from games.ui.pixels import picture
from tests import dom

# --- h --------------------------------------------------------------------------------------------


def test_text_children_are_merged_and_empty_ones_left_out():
    node = h("p", "a", None, "b", ["c", [1, 2.5]], "", False, h("b", "x"), "", "d", "e")
    assert [c if isinstance(c, str) else c.tag for c in node.children] == ["abc12.5", "b", "de"]


def test_numbers_as_children_are_text():
    assert h("p", 0).children == ["0"]
    assert h("p", 0.1 + 0.2).children == ["0.3"]


def test_names_of_attributes_become_those_of_html():
    node = h("p", class_="a", stroke_width=1.234, viewBox="0 0 1 1", for_="x", data_x=-0.001)
    assert node.attributes == {
        "class": "a",
        "stroke-width": "1.23",
        "viewBox": "0 0 1 1",
        "for": "x",
        "data-x": "0",
    }


def test_none_and_false_are_left_out_and_true_is_an_empty_attribute():
    assert h("input", checked=True, disabled=False, title=None).attributes == {"checked": ""}


def test_a_key_is_not_an_attribute():
    node = h("p", key="k")
    assert node.key == "k"
    assert node.attributes == {}


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_messages_come_back_as_they_were_given(event):
    node = h("g", on={event: ("go", 1, 0.5, True, None, 'a "quoted" <b>')})
    assert node.messages() == {event: ("go", 1, 0.5, True, None, 'a "quoted" <b>')}
    assert h("p").messages() == {}


def test_an_event_no_page_listens_for_is_refused():
    with pytest.raises(ValueError, match=r"hover.*click"):
        h("p", on={"hover": ("x",)})


@pytest.mark.parametrize("tag", sorted(VOID))
def test_void_elements_have_no_children(tag):
    assert to_html(h(tag)) == f"<{tag}>"
    with pytest.raises(ValueError, match=tag):
        h(tag, "text")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (1.005, "1"), (-0.004, "0"), (1e6, "1000000"), (100.0, "100"), (7, "7")],
)
def test_attributes_hold_at_most_two_decimals(value, text):
    assert attribute(value) == text


def test_walk_goes_in_document_order_and_text_collects_all():
    node = h("a", "1", h("b", "2", h("c", "3")), "4", h("d", "5"))
    assert [n.tag for n in node.walk()] == ["a", "b", "c", "d"]
    assert node.text() == "12345"


def test_html_escapes_text_and_attributes():
    node = h("p", '<i> & "', title="\"<'&>")
    assert to_html(node) == '<p title="&quot;&lt;&#x27;&amp;&gt;">&lt;i&gt; &amp; "</p>'
    assert dom.page_of(node) == dom.expected(node)


@pytest.mark.parametrize("text", ["−0.5", "0 (≤ 0.2)", "2→3→1", "3.1 × 10⁻⁵", "12\u00a0%", "4/8"])
def test_a_number_alone_is_not_translated(text):
    assert h("td", text).attributes == {"translate": "no"}
    assert not h("text", text).attributes  # of a drawing


@pytest.mark.parametrize("text", ["0.5 of 3", "x₁", "?", "→", "½ a"])
def test_words_and_signs_are_left_to_the_translator(text):
    assert not h("td", text).attributes
    assert not h("p", "0.5", h("b")).attributes


# --- trees at random ------------------------------------------------------------------------------

letters = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=5)
texts = letters | st.sampled_from(["a b", "<b>", "&amp;", "×", " "])
names = st.sampled_from(["title", "class", "data-x", "aria-label"])


def pixels(numbers):
    return picture(np.reshape(numbers, (-1, 2)), "ink", "p", largest=3.0)


canvases = st.lists(st.integers(0, 3), min_size=4, max_size=4).map(pixels)


@st.composite
def trees(draw, depth=2, key=None):
    tag = draw(st.sampled_from(["div", "span", "b"]))
    attributes = draw(st.dictionaries(names, texts, max_size=2))
    children = []
    if depth:
        below = trees(depth=depth - 1)
        children = draw(st.lists(texts | below | canvases, max_size=4))
        keys = draw(st.lists(st.integers(0, 6), unique=True, max_size=5))
        children += [draw(trees(depth=depth - 1, key=key)) for key in keys]
        children = draw(st.permutations(children))
    node = h(tag, children, key=key)
    node.attributes.update(attributes)
    return node


def rooted(tree):
    return h("div", tree)


@given(trees())
def test_html_parses_back_to_the_tree(tree):
    assert dom.page_of(tree) == dom.expected(tree)


def on_the_page(element):
    return 1 + sum(1 if isinstance(c, str) else on_the_page(c) for c in element.children)


@given(trees())
def test_the_page_has_as_many_nodes_as_the_tree(tree):
    assert on_the_page(dom.page_of(tree)) == tree.size()


@settings(max_examples=2 * settings.default.max_examples)
@given(trees(), trees())
def test_a_patch_turns_one_page_into_the_other(old, new):
    old, new = rooted(old), rooted(new)
    page, buffers = dom.page_of(old), []
    patch = diff(old, new, buffers)
    if patch is not None:
        dom.apply(page, json.loads(json.dumps(patch)), buffers)
    assert page == dom.page_of(new)


@given(trees())
def test_nothing_changed_means_no_patch(tree):
    buffers = []
    twin = h(tree.tag, tree.children, key=tree.key)
    twin.attributes.update(tree.attributes)
    assert diff(tree, twin, buffers) is None
    assert buffers == []


@given(st.permutations(range(7)), st.permutations(range(7)), st.integers(0, 7), st.integers(0, 7))
def test_keyed_children_are_moved_never_made_again(before, after, n, m):
    def listing(keys):
        return h("ul", [h("li", f"item {k}", key=k) for k in keys])

    old, new = listing(before[:n]), listing(after[:m])
    page = dom.page_of(old)
    was = {id(child): child.children for child in page.children}
    patch = diff(old, new, [])
    order = patch[1] if patch and len(patch) > 1 and patch[1] else list(range(n))
    made = [item for item in order if isinstance(item, str)]
    assert len(made) == len(set(after[:m]) - set(before[:n]))
    if patch is not None:
        dom.apply(page, patch, [])
    assert page == dom.page_of(new)
    for child, key in zip(page.children, after[:m], strict=True):
        if key in before[:n]:
            assert was[id(child)] == [f"item {key}"]


# --- particular patches ---------------------------------------------------------------------------


def test_a_patch_holds_only_what_changed():
    old = h("p", h("b", "one", title="x"), h("i", "two"))
    new = h("p", h("b", "one", title="y"), h("i", "three"))
    assert diff(old, new, []) == [0, 0, [0, [{"title": "y"}], 1, [0, 0, [0, "three"]]]]


def test_children_without_keys_keep_their_order():
    old = h("p", h("b", "1"), h("b", "2"))
    assert diff(old, h("p", "x", h("b", "1"), h("b", "2")), []) == [0, [["x"], 0, 1]]


def test_attributes_that_go_are_removed():
    assert diff(h("p", title="x", id="a"), h("p", id="a"), []) == [{"title": None}]


def test_the_same_node_object_costs_nothing():
    shared = h("b", "x")
    assert diff(h("p", shared, "a"), h("p", shared, "b"), []) == [0, 0, [1, "b"]]


def test_a_changed_tag_or_key_is_a_new_element():
    assert diff(h("p", h("b", "x")), h("p", h("i", "x")), []) == [0, ["<i>x</i>"]]
    assert diff(h("p", h("b", key=1)), h("p", h("b", key=2)), []) == [0, ["<b></b>"]]
    assert not same(h("b"), h("i"))
    assert not same(h("b", key=1), h("b", key="1"))
    assert not same(h("b"), "b")
    assert same("a", "b")


def test_pixels_travel_beside_the_patch_and_only_when_they_change():
    def board(value):
        return h("div", picture(np.full((2, 3), value), "gold", "board", largest=255))

    buffers = []
    assert diff(board(1), board(1), buffers) is None
    assert diff(board(1), board(2), buffers) == [0, 0, [0, [0, 0, 0, 0]]]
    assert buffers == [bytes([2] * 6)]


@pytest.mark.parametrize(
    ("shape", "palette"), [((4, 4), "gold"), ((2, 8), "ink")], ids=["shape", "palette"]
)
def test_a_picture_of_another_kind_is_painted_again_even_with_the_same_bytes(shape, palette):
    """What the bytes mean has changed, so the page needs them again."""
    old = h("div", picture(np.ones((2, 8)), "gold", "board"))
    new = h("div", picture(np.ones(shape), palette, "board"))
    page, buffers = dom.page_of(old), []
    dom.apply(page, diff(old, new, buffers), buffers)
    assert page == dom.page_of(new)
    assert buffers == [bytes([255] * 16)]


def test_a_picture_that_gets_another_place_is_painted_again():
    """A browser may lose the mask of a sheet that is laid out anew."""

    def board(place):
        made = picture(np.ones((2, 3)), "gold", "board")
        made.attributes["style"] = f"left:{place}%"
        return h("div", made)

    page, buffers = dom.page_of(board(10)), []
    dom.apply(page, diff(board(10), board(20), buffers), buffers)
    assert page == dom.page_of(board(20))
    assert buffers == [bytes([255] * 6)]


def test_nodes_are_small():
    assert not hasattr(h("p"), "__dict__")
    assert isinstance(h("p"), Node)

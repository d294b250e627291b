"""An article's passages: each heading with what is under it, and nothing that is no text."""

import json

from web.builder.search import Passage, as_json, of_article, plain

BODY = """<p>How it <em>opens</em>.</p>
<h2 id="one">The <code>first</code></h2>
<p>A <button class="term" type="button">layer</button> reads.</p>
<section class="game"><h3 id="g">A game</h3><p>not this</p></section>
<div class="box"><p class="box-title">A dense layer</p><pre>code()</pre></div>
<p hidden>nor this</p><p>Then<br>more<img src="x"> of it.</p>
<h3 id="two">Second</h3><ul><li>a</li><li>b</li></ul>"""


def test_each_heading_begins_a_passage():
    assert of_article("lesson/x/", "Level 9 Title", BODY) == [
        Passage("lesson/x/", "lesson", "Level 9 Title", "", "How it opens."),
        Passage(
            "lesson/x/#one",
            "lesson",
            "The first",
            "Level 9 Title",
            "A layer reads. A dense layer Then more of it.",
            "layer A dense layer",
        ),
        Passage("lesson/x/#two", "lesson", "Second", "Level 9 Title", "a b"),
    ]


def test_the_words_of_some_html_and_the_table_for_the_page():
    assert plain("<p>y = <b>x</b> W.</p><pre>no</pre>") == "y = x W."
    assert json.loads(as_json([Passage("a/", "word", "t", text="x", names="n")])) == [
        ["a/", "word", "t", "", "x", "n"]
    ]

"""A text of one's own is read where the field is left, told what it lacks, and goes again."""

from pycore import corpora
from tests.browser.conftest import READY
from tests.browser.looks import looks_well
from tests.browser.player import at_play

SLUG = "words-find-their-cluster"


def test_words_learn_from_a_text_that_is_pasted_and_the_shipped_ones_come_back(visit):
    watched = visit(again=True)
    watched.expect("The text was not taken")
    player, page = at_play(watched, f"play/{SLUG}/?seed=1"), watched.page
    page.get_by_text("A text of your own").click()
    field = player.box.locator("textarea")
    assert field.input_value() == ""
    for text, told in (
        ("a few words", "too few words, 3"),
        (corpora.harbour(), "Read now: your text"),
        ("", "the shipped sentences"),
        (corpora.harbour(), "Read now: your text"),
    ):
        field.fill(text)
        field.blur()
        player.twin.send(["text", text])
        player.agree()
        assert told in player.box.text_content()
        assert field.input_value() == text
    looks_well(page)

    field.fill("x" * 20_001)
    field.blur()
    page.get_by_text("it has 20001 characters; allowed: at most 20000").first.wait_for(
        timeout=READY
    )
    player.agree()
    assert len(field.input_value()) == 20_001, "to be shortened"

    field.fill(corpora.harbour())
    field.blur()
    player.twin.send(["text", corpora.harbour()])
    player.agree()
    player.do(("shipped",))
    assert field.input_value() == ""

"""web/client/files.js: the text in a learner's file, however it was written."""

import pytest

from tests.unit.client.node import js

TEXT = "größe;x₂;art\n1,5;2;größer\n"
DECODE = "return (await import('./files.js')).textOf(new Uint8Array(given).buffer)"


@pytest.mark.parametrize(
    "code", ["utf-8", "utf-8-sig", "utf-16", pytest.param("utf-16-be", id="utf-16 from its end")]
)
def test_a_text_is_read_by_its_mark(code):
    mark = "\ufeff" if code == "utf-16-be" else ""
    assert js(DECODE, [*(mark + TEXT).encode(code)]) == TEXT


def test_what_is_no_utf_8_is_what_windows_wrote():
    assert js(DECODE, [*"größe;é".encode("cp1252")]) == "größe;é"


def test_a_text_that_was_cut_off_inside_of_a_letter_keeps_the_letters_before():
    assert js(DECODE, [*"größe – 1 €".encode()[:-1]]) == "größe – 1 "
    assert js(DECODE, []) == ""


@pytest.mark.parametrize(
    ("accept", "name", "type_", "fits"),
    [
        (".csv,.txt,text/*", "Iris.CSV", "", True),
        (".csv,.txt,text/*", "iris.tsv", "text/tab-separated-values", True),
        (".csv,.txt,text/*", "net.npz", "", False),
        ("image/*", "cat.png", "image/png", True),
        ("image/png", "cat.gif", "image/gif", False),
    ],
)
def test_a_file_suits_a_control_by_its_name_or_by_its_kind(accept, name, type_, fits):
    body = "const { suits } = await import('./files.js'); return suits(...given);"
    assert js(body, [{"accept": accept}, {"name": name, "type": type_}]) is fits

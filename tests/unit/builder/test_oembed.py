"""oEmbed's answers: every required field of https://oembed.com, for type "rich"."""

import json

import html5lib
import pytest

from games import discover, load
from web.builder.cli import main
from web.builder.heights import heights_of
from web.builder.oembed import oembed, oembed_of

ADDRESS = "https://example.org/course/"


@pytest.mark.parametrize("slug", sorted(discover()))
def test_answer_has_the_fields_that_the_specification_requires(slug: str) -> None:
    game = load(slug)
    answer = json.loads(oembed(game, ADDRESS))
    assert answer["version"] == "1.0"
    assert answer["type"] == "rich"
    assert isinstance(answer["width"], int)
    assert {"thumbnail_url", "thumbnail_width", "thumbnail_height"} <= set(answer)
    assert answer["thumbnail_url"] == f"{ADDRESS}og/{slug}.png"
    assert answer["title"] == game.title
    (frame,) = html5lib.parseFragment(answer["html"], namespaceHTMLElements=False)
    assert frame.tag == "iframe"
    assert frame.get("src") == f"{ADDRESS}frame/{slug}/"
    assert (frame.get("width"), frame.get("height")) == ("800", str(heights_of(game)[800]))
    assert answer["height"] == heights_of(game)[800]
    assert frame.get("title") == game.title


def test_without_an_address_links_lead_from_the_file_to_the_site() -> None:
    answer = json.loads(oembed(load("solve-xor"), ""))
    assert oembed_of(load("solve-xor")) == "oembed/solve-xor.json"
    assert answer["thumbnail_url"] == "../og/solve-xor.png"
    assert 'src="../frame/solve-xor/"' in answer["html"]


def test_an_address_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["build", "--address", "example.org"])
    assert "https://example.org/course/" in capsys.readouterr().err

"""What the commands do with what they are told."""

import pytest

from web.builder.cli import needs_site

GAME, LAYERS = "games/first_neurons/solve_xor", "tests/unit/pycore/test_layer.py"


@pytest.mark.parametrize(
    ("named", "needed"),
    [
        ([], True),
        (["--turn", "all"], True),
        (["-k", "xor"], True),
        (["-k", "games"], True),
        (["tests"], True),
        ([GAME], False),
        ([f"{LAYERS}::test_something", "-k", "Cube"], False),
        ([GAME, "tests/browser/test_play.py"], True),
    ],
)
def test_the_site_is_built_for_tests_that_may_look_at_it(named, needed):
    assert needs_site(named) is needed

"""The example that opens each module, and its page of the reference: it runs, and says the same."""

from __future__ import annotations

import doctest
import importlib

import pytest

from tests.unit.pycore.found import modules

PARSER = doctest.DocTestParser()


@pytest.mark.parametrize("name", [name for name in modules() if name != "pycore.recipes"])
def test_every_page_of_the_reference_opens_with_an_example_that_is_true(name: str) -> None:
    text = importlib.import_module(name).__doc__ or ""
    examples = PARSER.get_doctest(text, {"__name__": "example"}, name, name, 0)
    assert examples.examples, f"{name} has no example"
    assert name in text or f"import {name.rpartition('.')[2]}" in text, "it shows another module"
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    failed, _ = runner.run(examples, out=said.append)
    assert not failed, "".join(said)

"""The engine's reference says what the source says, and leaves nothing public out."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import pycore
from web.builder.reference import FOLDER, Entry, Module, _inline, names, read_reference


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return [module for package in read_reference() for module in package.modules]


def entry(modules: list[Module], module: str, name: str) -> Entry:
    (found,) = (m for m in modules if m.name == module)
    everything = [e for whole in found.entries for e in (whole, *whole.members)]
    return next(e for e in everything if e.name == name)


def test_every_public_class_and_function_of_the_engine_stands_in_it(modules: list[Module]) -> None:
    listed = {f"{module.name}.{e.name}" for module in modules for e in module.entries}
    for found in pkgutil.walk_packages(pycore.__path__, "pycore."):
        if "._" in found.name:
            continue
        module = importlib.import_module(found.name)
        own = {
            name
            for name, thing in vars(module).items()
            if not name.startswith("_")
            and callable(thing)
            and getattr(thing, "__module__", None) == found.name
            and getattr(thing, "__name__", None) == name
        }
        assert {f"{found.name}.{name}" for name in own} <= listed


def test_every_page_shows_an_example(modules: list[Module]) -> None:
    for module in modules:
        assert "<pre" in module.body, module.name
        if module.name != "pycore":  # which opens with the sample of README
            assert 'For example</p><pre tabindex="0"><code>&gt;&gt;&gt; ' in module.body


def test_a_signature_names_what_is_taken_and_what_comes_back(modules: list[Module]) -> None:
    forward = entry(modules, "pycore.layers", "Dense.forward")
    assert forward.signature == "(x: Array, training: bool = False) → Array"
    dense = entry(modules, "pycore.layers", "Dense")
    assert "\n    *,\n    rng: " in dense.signature
    assert "self" not in dense.signature
    assert all(line.startswith("    ") for line in dense.signature.split("\n")[1:-1])
    assert entry(modules, "pycore.layers", "Sequential.forward").signature.count("\n") == 0
    assert entry(modules, "pycore.training", "Minimizer.epoch").signature == ": int"


def test_what_a_class_inherits_is_told_and_linked(modules: list[Module]) -> None:
    convolution = entry(modules, "pycore.convolution", "Conv2D")
    assert "window: int" in convolution.signature
    assert 'href="site:reference/convolution/#_Convolution"' in convolution.bases
    assert "dW += im2col" in entry(modules, "pycore.convolution", "_Convolution.backward").body
    dense = entry(modules, "pycore.layers", "Dense")
    assert dense.bases == '<a href="site:reference/layer/#Layer"><code>Layer</code></a>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("h_t = f(h_{t−1})", "h<sub>t</sub> = f(h<sub>t−1</sub>)"),
        ("dx_b e^s, 2^(i/n)", "dx<sub>b</sub> e<sup>s</sup>, 2<sup>i/n</sup>"),
        ("n_k, time_q and `x_t`", "n_k, time_q and <code>x_t</code>"),
        ("it *adds* 2 * 3 * 4", "it <em>adds</em> 2 * 3 * 4"),
    ],
)
def test_what_is_written_low_or_high_is_set_so(text: str, expected: str) -> None:
    assert _inline(text) == expected


def test_each_package_tells_what_it_is_before_its_modules() -> None:
    packages = read_reference()
    names = ["pycore", "pycore.models", "pycore.recipes", "pycore.torch"]
    assert [p.name for p in packages] == names
    assert packages[0].body.count("<pre") == 1  # one piece of code, gaps and all
    assert packages[1].modules[0].name == "pycore.models"


def test_a_body_has_the_docstring_and_its_parts_and_no_raw_markup(modules: list[Module]) -> None:
    dense = entry(modules, "pycore.layers", "Dense")
    assert dense.body.startswith("<p>y = x W + b.</p>")
    assert "<code>ShapeError</code>" in dense.body
    pages = "".join(e.body for module in modules for e in module.entries)
    assert "Args:" not in pages
    assert "Raises:" not in pages
    assert "<script" not in pages


def test_the_source_is_shown_once_with_its_class(modules: list[Module]) -> None:
    dense = entry(modules, "pycore.layers", "Dense")
    assert "accumulate" in dense.source
    assert all(member.source == "" for member in dense.members)


def test_every_entry_has_an_anchor_on_its_module_page(modules: list[Module]) -> None:
    anchors = names(modules)
    assert {"Dense", "Dense.backward"} <= anchors[f"{FOLDER}layers/"]
    assert len(anchors) == len(modules)

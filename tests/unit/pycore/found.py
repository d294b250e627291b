"""Finds what the engine defines, so that a test of every layer needs no list of layers."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import TypeVar

import pycore

T = TypeVar("T")


def modules() -> list[str]:
    """Every module of the engine."""
    return sorted(m.name for m in pkgutil.walk_packages(pycore.__path__, "pycore."))


def subclasses(base: type[T]) -> list[type[T]]:
    """Every public subclass of `base` that the engine defines and that can be used itself."""
    for name in modules():
        importlib.import_module(name)
    found = [c for c in _below(base) if c.__module__.startswith("pycore.") and c.__name__[0] != "_"]
    return sorted(set(found), key=lambda c: c.__name__)


def _below(base: type[T]) -> Iterator[type[T]]:
    for child in base.__subclasses__():
        if not inspect.isabstract(child):
            yield child
        yield from _below(child)

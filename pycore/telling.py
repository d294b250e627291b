"""What layers, losses and optimizers say of themselves: how they were made, what they lack.

It knows nothing of what they compute.

Examples:
    >>> from pycore.optimizers import Momentum
    >>> from pycore.telling import made
    >>> made(Momentum(0.05))
    'Momentum(lr=0.05, beta=0.9, weight_decay=0.0)'
    >>> from pycore.losses import Hinge
    >>> Hinge().backward()
    Traceback (most recent call last):
    RuntimeError: Hinge: backward needs slack, which is not there; allowed: forward first
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any


class Options:
    """What something was made with: plain values, layers, and the rest by its name or not at all.

    Generators, and functions that have no name in a module, are left out: what they made is in the
    state.
    """

    def __init__(self, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.given = tuple(map(_kept, given))
        self.named = {name: _kept(value) for name, value in named.items()}


class Named(str):
    """The module and name of a class or function, "pycore.activations:Tanh"; empty if unnamed."""

    __slots__ = ()


def _kept(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_kept(part) for part in value]
    name, module = getattr(value, "__qualname__", ""), getattr(value, "__module__", "")
    if callable(value) and name:
        return Named(f"{module}:{name}" if name.isidentifier() else "")
    if type(value).__name__ == "Generator":
        return Named("")
    return value


class Told:
    """A base whose objects show how they were made, and say what comes before forward."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in ("backward", "each"):
            if name in vars(cls):
                setattr(cls, name, _telling(vars(cls)[name]))

    def __repr__(self) -> str:
        return made(self)


def _telling(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method, which says in a sentence that forward has not kept what it needs."""
    if method.__code__.co_argcount == 1:  # a loss's; no *args, for a step makes ten such calls

        @wraps(method)
        def of_loss(self: object) -> Any:
            try:
                return method(self)
            except AttributeError as error:
                _refuse_missing(self, method.__name__, error)
                raise

        return of_loss

    @wraps(method)
    def of_layer(self: object, dy: Any) -> Any:
        try:
            return method(self, dy)
        except AttributeError as error:
            _refuse_missing(self, method.__name__, error)
            raise

    return of_layer


def _refuse_missing(thing: object, name: str, error: AttributeError) -> None:
    """Say what the thing itself has not kept."""
    if error.obj is thing:
        raise RuntimeError(
            f"{type(thing).__name__}: {name} needs {error.name}, which is not there; allowed: "
            "forward first"
        ) from error


def made(thing: object) -> str:
    """Return the call that makes such a thing: its class, and its options as they are now."""
    code = getattr(type(thing).__init__, "__code__", None)
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount] if code else ()
    options = ", ".join(
        f"{name}={getattr(thing, name)!r}" for name in names if hasattr(thing, name)
    )
    return f"{type(thing).__name__}({options})"

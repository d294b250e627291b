"""NumPy with the seldom half of `numpy.random` loaded on use. It edits one text, builds nothing.

Importing `numpy.random` links nine WebAssembly libraries, one after the other, before the first
game can begin. Games draw from `default_rng`, which needs five of them; the old functions
(`np.random.seed`, `np.random.normal` …) and the other bit generators stay reachable, and cost their
time on first use.
"""

from __future__ import annotations

from web.builder.report import BuildError

RANDOM = "numpy/random/__init__.py"

_AT_ONCE = (
    "from . import _pickle\n",
    "from ._mt19937 import MT19937\n",
    "from ._philox import Philox\n",
    "from ._sfc64 import SFC64\n",
    "from .mtrand import *\n",
)
_ON_USE = """

def __getattr__(name):
    import importlib

    library = {"MT19937": "_mt19937", "Philox": "_philox", "SFC64": "_sfc64"}.get(name, "mtrand")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module("." + library, __name__), name)
    return value


def default_rng(seed=None):
    if seed is None or isinstance(seed, int):
        return Generator(PCG64(seed))
    return _generator.default_rng(seed)
"""


def random_on_use(source: str) -> str:
    """Return NumPy's `random/__init__.py` with its seldom half imported on first use.

    Raises:
        BuildError: this is not the file that the change was made for.
    """
    for line in _AT_ONCE:
        if source.count(line) != 1:
            raise BuildError(f"{RANDOM} does not hold {line!r} once: is this another NumPy?")
        source = source.replace(line, "")
    return source + _ON_USE

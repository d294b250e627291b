"""Compiles archives of Python to .pyc. Runs inside Pyodide, whose bytecode is the browser's."""

import zipfile
from collections.abc import Container
from importlib import _bootstrap_external

_to_pyc = _bootstrap_external._code_to_hash_pyc  # type: ignore[attr-defined]


def compile_archive(
    source: str, target: str, prefix: str, bare: bool, keep: Container[str]
) -> None:
    """Write the stored zip `target`: the zip `source` with every `.py` replaced by its `.pyc`.

    The `.pyc` files bear an unchecked hash, so that Python never looks for a source, and lie where
    the source lay (the layout for modules shipped without source).

    Args:
        source: path of a zip archive.
        target: path of the zip archive to write.
        prefix: the folder the archive is unpacked to; tracebacks name files below it.
        bare: drop asserts and docstrings …
        keep: … but not in these files.

    Raises:
        ValueError: a file is not Python; says which, where and why.
    """
    with zipfile.ZipFile(source) as sources, zipfile.ZipFile(target, "w") as compiled:
        for name in sorted(sources.namelist()):
            data = sources.read(name)
            if name.endswith(".py"):
                optimize = 2 if bare and name not in keep else 0
                try:
                    code = compile(
                        data, prefix + name, "exec", dont_inherit=True, optimize=optimize
                    )
                except SyntaxError as error:
                    raise ValueError(f"{name}, line {error.lineno}: {error.msg}") from None
                data = _to_pyc(code, bytes(8), checked=False)
                name += "c"
            compiled.writestr(zipfile.ZipInfo(name), data)

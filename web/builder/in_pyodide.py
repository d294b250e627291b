"""Compiles archives of Python sources to .pyc. Runs inside Pyodide: only there is the browser's bytecode."""

import zipfile
from importlib import _bootstrap_external  # type: ignore[attr-defined]


def compile_archive(source: str, target: str, prefix: str, optimize: int) -> None:
    """Write the stored zip `target`: the zip `source` with every `.py` replaced by its `.pyc`.

    The `.pyc` files bear an unchecked hash, so that Python never looks for a source, and lie where
    the source lay (the layout for modules shipped without source).

    Args:
        source: path of a zip archive.
        target: path of the zip archive to write.
        prefix: the folder the archive is unpacked to; tracebacks name files below it.
        optimize: as in `compile`: 0 keeps everything, 2 drops asserts and docstrings.
    """
    with zipfile.ZipFile(source) as sources, zipfile.ZipFile(target, "w") as compiled:
        for name in sorted(sources.namelist()):
            data = sources.read(name)
            if name.endswith(".py"):
                code = compile(data, prefix + name, "exec", dont_inherit=True, optimize=optimize)
                data = _bootstrap_external._code_to_hash_pyc(code, bytes(8), checked=False)
                name += "c"
            compiled.writestr(zipfile.ZipInfo(name), data)

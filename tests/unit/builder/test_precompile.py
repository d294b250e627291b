import gzip
from pathlib import Path

import pytest

from web.builder.pack import pack
from web.builder.paths import MODULES
from web.builder.precompile import Compiler, Tree, zip_members
from web.builder.report import BuildError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MODULES.is_dir(), reason="npm packages are not installed"),
]


def test_tree_is_compiled_once_for_each_content(tmp_path: Path) -> None:
    files = {
        "a.py": b'"""Doc."""\nx = 1\n',
        "p/b.py": b"def f():\n    'Doc.'\n",
        "p/data.npz": b"1",
    }
    with Compiler("test", tmp_path) as compiler:
        made = compiler.compile(Tree("app", files, "/lib/"))
        assert set(zip_members(made.archive.read_bytes())) == {"a.pyc", "p/b.pyc", "p/data.npz"}
        assert gzip.decompress(made.packed.read_bytes()) == pack(
            zip_members(made.archive.read_bytes())
        )
        assert b"Doc." in zip_members(made.archive.read_bytes())["p/b.pyc"]
        bare = compiler.compile(Tree("bare", files, "/lib/", frozenset({"a.py"})))
        assert b"Doc." in zip_members(bare.archive.read_bytes())["a.pyc"]
        assert b"Doc." not in zip_members(bare.archive.read_bytes())["p/b.pyc"]
        with pytest.raises(BuildError, match=r"app could not be compiled: broken\.py, line 1: "):
            compiler.compile(Tree("app", {"broken.py": b"def ("}, "/lib/"))
        assert made.packed.is_file()
    with Compiler("test", tmp_path) as fresh:
        assert fresh.compile(Tree("app", files, "/lib/")) == made
        assert fresh._process is None

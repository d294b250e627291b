import gzip
import json

from hypothesis import given
from hypothesis import strategies as st

from web.builder.pack import pack, squeeze

names = st.from_regex(r"([a-z]{1,3}/){0,2}[a-z]{1,4}\.pyc", fullmatch=True)


def unpack(packed: bytes) -> dict[str, bytes]:
    """Do what boot.mjs does."""
    head = int.from_bytes(packed[:4], "little")
    index, offset, files = json.loads(packed[4 : 4 + head]), 4 + head, {}
    for folder, entries in index:
        for name, length in entries:
            files[f"{folder}/{name}".lstrip("/")] = packed[offset : offset + length]
            offset += length
    assert offset == len(packed)
    return files


@given(st.dictionaries(names, st.binary(max_size=40), max_size=8))
def test_pack_holds_every_file(files: dict[str, bytes]) -> None:
    assert unpack(pack(files)) == files


def test_pack_does_not_depend_on_the_order_given() -> None:
    assert pack({"a.py": b"1", "b/c.py": b"2"}) == pack({"b/c.py": b"2", "a.py": b"1"})


def test_squeezing_gives_the_same_bytes_every_time() -> None:
    data = b"the same " * 100
    assert squeeze(data) == squeeze(data)
    assert gzip.decompress(squeeze(data)) == data

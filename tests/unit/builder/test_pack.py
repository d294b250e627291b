import gzip
import json
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from web.builder.pack import pack, squeeze, write_zip

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


def test_a_zip_is_the_same_bytes_every_time_and_in_whatever_order(tmp_path: Path) -> None:
    one = write_zip(tmp_path / "one.zip", {"a.txt": b"1", "b/c.bin": b"2"})
    other = write_zip(tmp_path / "new" / "other.zip", {"b/c.bin": b"2", "a.txt": b"1"})
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "a.txt": b"1",
            "b/c.bin": b"2",
        }

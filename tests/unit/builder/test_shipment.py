from pathlib import Path

import pytest

from web.builder.shipment import Shipment, swap


def test_hashed_name_changes_with_the_content_only() -> None:
    one, same, other = (Shipment().hashed("a/b.css", data) for data in (b"1", b"1", b"2"))
    assert one == same != other
    assert one.startswith("a/b.")
    assert one.endswith(".css")


def test_folder_name_changes_when_any_file_in_it_does() -> None:
    before = Shipment().folder("js", {"a.js": b"1", "b.js": b"2"})
    assert Shipment().folder("js", {"b.js": b"2", "a.js": b"1"}) == before
    assert Shipment().folder("js", {"a.js": b"1", "b.js": b"3"}) != before
    assert Shipment().folder("js", {"a.js": b"1", "c.js": b"2"}) != before


def test_no_file_points_to_a_source_map() -> None:
    shipment = Shipment()
    url = shipment.hashed("a.mjs", b"run()\n//# sourceMappingURL=a.mjs.map\n")
    assert shipment.files[url] == b"run()\n"


@pytest.mark.parametrize("name", ["a.bin", "a.zip"])
def test_binary_files_ship_byte_by_byte(name: str) -> None:
    data = b"x\n//# sourceMappingURL=y"
    shipment = Shipment()
    assert shipment.files[shipment.hashed(name, data)] == data


def test_version_changes_with_any_file() -> None:
    one, other = Shipment(), Shipment()
    one.plain("a", b"1")
    other.plain("a", b"2")
    assert one.version != other.version


def test_swap_replaces_the_whole_folder(tmp_path: Path) -> None:
    made, place = tmp_path / "made", tmp_path / "dist"
    for folder, name in ((made, "new"), (place, "old")):
        folder.mkdir()
        (folder / name).touch()
    swap(made, place)
    assert [path.name for path in place.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]

"""Vector search: what an index finds and counts, against every distance computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.arrays import Array, ShapeError
from pycore.search import Found, Hyperplanes, InvertedFile, distances, exact, k_means, recall


def drawn(seed: int = 0, n: int = 60) -> Array:
    return np.random.default_rng(seed).normal(size=(n, 3))


def test_exact_is_the_sorted_list_of_all_distances() -> None:
    points, queries = drawn(), drawn(1, 7)
    found = exact(points, queries, 4)
    for query, places, apart in zip(queries, found.places, found.distances, strict=True):
        every = [float(np.linalg.norm(point - query)) for point in points]
        assert places.tolist() == sorted(range(60), key=every.__getitem__)[:4]
        assert np.allclose(apart, sorted(every)[:4])
    assert found.computed.tolist() == [60] * 7


def test_a_point_that_is_left_out_is_neither_found_nor_counted() -> None:
    points = drawn()
    found = exact(points, points, 2, leave=np.arange(60))
    assert not (found.places == np.arange(60)[:, None]).any()
    assert set(found.computed.tolist()) == {59}


@pytest.mark.parametrize("looks", [1, 2, 5])
def test_an_inverted_file_finds_the_nearest_of_the_cells_it_looks_into(looks: int) -> None:
    points, queries = drawn(), drawn(1, 9)
    centres = k_means(points, 5, rng=0)
    found = InvertedFile(points, centres).search(queries, 3, looks=looks)
    for i, query in enumerate(queries):
        cells = np.argsort(np.linalg.norm(centres - query, axis=1))[:looks]
        home = [int(np.linalg.norm(centres - point, axis=1).argmin()) for point in points]
        seen = [j for j in range(60) if home[j] in cells]
        seen.sort(key=lambda j: float(np.linalg.norm(points[j] - query)))
        assert [j for j in found.places[i].tolist() if j >= 0] == seen[:3]
        assert found.computed[i] == 5 + len(seen)


def test_all_cells_together_are_exact() -> None:
    points, queries = drawn(), drawn(1, 9)
    truth = exact(points, queries, 5)
    file = InvertedFile(points, k_means(points, 6, rng=0)).search(queries, 5, looks=6)
    planes = Hyperplanes(points, drawn(2, 4)).search(queries, 5, off=4)
    for found in (file, planes):
        assert recall(found, truth) == 1
        assert found.places.tolist() == truth.places.tolist()


def test_hyperplanes_look_where_at_most_so_many_planes_part_query_and_point() -> None:
    points, queries, planes = drawn(), drawn(1, 9), drawn(2, 4)
    for off in (0, 1):
        found = Hyperplanes(points, planes).search(queries, 60, off=off)
        for i, query in enumerate(queries):
            sides = (points @ planes.T > 0) != (query @ planes.T > 0)
            seen = set(np.flatnonzero(sides.sum(axis=1) <= off).tolist())
            assert {j for j in found.places[i].tolist() if j >= 0} == seen
            assert found.computed[i] == 4 + len(seen)


def test_a_random_plane_parts_two_vectors_with_the_chance_of_their_angle() -> None:
    """1 − θ/π, within four standard errors, for five angles."""
    planes = np.random.default_rng(3).normal(size=(20_000, 2))
    for angle in np.linspace(0.2, 3.0, 5):
        one, other = np.array([1.0, 0.0]), np.array([np.cos(angle), np.sin(angle)])
        together = float(((planes @ one > 0) == (planes @ other > 0)).mean())
        expected = 1 - angle / np.pi
        assert abs(together - expected) < 4 * np.sqrt(expected * (1 - expected) / len(planes))


def test_k_means_leaves_no_point_nearer_to_another_centre_and_each_centre_in_the_middle() -> None:
    points = drawn()
    centres = k_means(points, 4, rng=1, rounds=50)
    cells = distances(points, centres).argmin(axis=1)
    for cell in range(4):
        assert np.allclose(centres[cell], points[cells == cell].mean(axis=0))


def test_recall_counts_a_point_as_near_as_a_true_neighbour() -> None:
    truth = Found(np.array([[0, 1]]), np.array([[1.0, 2.0]]), np.array([2]))
    assert recall(Found(np.array([[0, 5]]), np.array([[1.0, 2.0]]), np.array([2])), truth) == 1
    assert recall(Found(np.array([[0, 5]]), np.array([[1.0, 2.1]]), np.array([2])), truth) == 0.5
    assert recall(Found(np.array([[0, -1]]), np.array([[1.0, np.inf]]), np.array([1])), truth) < 1


def test_what_cannot_be_searched_is_refused_by_name() -> None:
    points = drawn()
    with pytest.raises(ValueError, match="looks is 6; allowed: 1 to 5"):
        InvertedFile(points, points[:5]).search(points, looks=6)
    with pytest.raises(ValueError, match="count is 61; allowed: 1 to 60"):
        k_means(points, 61, rng=0)
    with pytest.raises(ShapeError, match="3 and 2 numbers in a row"):
        exact(points, np.ones((1, 2)))
    with pytest.raises(ShapeError, match=r"leave has shape \(2,\); allowed: \(60,\)"):
        exact(points, points, leave=np.array([0, 1]))
    with pytest.raises(ValueError, match="off is -1"):
        Hyperplanes(points, points[:2]).search(points, off=-1)
    with pytest.raises(ValueError, match="got 63 planes; allowed: up to 62"):
        Hyperplanes(points, drawn(1, 63))


def test_sides_of_as_many_planes_as_are_allowed_are_all_told() -> None:
    """Also where whole numbers have 32 bits, as in a browser."""
    planes = np.ones((62, 1))
    assert Hyperplanes([[1.0], [-1.0]], planes).cells.tolist() == [2**62 - 1, 0]

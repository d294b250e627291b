"""The map holds every article once, leaves each its room, and draws what each of them needs."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from types import SimpleNamespace

import pytest

from course.tracks import TRACKS
from web.builder.atlas import COLUMNS, FIRST, ROW, SWAY, WIDTH, chart

SIZES = (4, 8, 3, 7, 3, 4, 6, 5, 11, 6, 1, 6, 7, 2, 4, 3)
"""How many articles the tracks of the whole course have."""


def course(sizes: tuple[int, ...]) -> list[SimpleNamespace]:
    """Levels as far as the map looks at them; each needs the one before it in its track."""
    return [
        SimpleNamespace(
            name=f"{track.id}-{place}",
            track=track,
            place=place,
            needs=(f"{track.id}-{place - 1}",) if place > 1 else (),
        )
        for track, size in zip(TRACKS, sizes, strict=False)
        for place in range(1, size + 1)
    ]


@pytest.mark.parametrize("sizes", [(4,), (4, 1), SIZES])
def test_every_article_is_one_star_inside_the_map(sizes: tuple[int, ...]) -> None:
    articles = course(sizes)
    made = chart(articles)
    stars = [star for band in made.bands for star in band.stars]
    assert [star.level for star in stars] == articles
    assert [band.track for band in made.bands] == list(TRACKS[: len(sizes)])
    for star in stars:
        assert star.room / 2 <= star.x + 0.01
        assert star.x + star.room / 2 <= WIDTH + 0.01
        assert 0 < star.y < made.height


def test_no_star_stands_in_the_room_of_another() -> None:
    stars = [star for band in chart(course(SIZES)).bands for star in band.stars]
    for one, other in combinations(stars, 2):
        aside = abs(one.x - other.x) >= (one.room + other.room) / 2 - 0.01
        apart = abs(one.y - other.y) >= ROW - max(SWAY) + min(SWAY)
        assert aside or apart, (one, other)
    assert min(star.room for star in stars) >= WIDTH / COLUMNS - 0.01


def test_the_guided_way_has_its_rows_to_itself_and_short_tracks_share_one() -> None:
    rows: dict[int, set[str]] = {}
    for band in chart(course(SIZES)).bands:
        for star in band.stars:
            rows.setdefault(int((star.y - FIRST - min(SWAY)) // ROW), set()).add(band.track.id)
    assert rows[0] == {"guided"}
    assert any(len(tracks) > 1 for tracks in rows.values())


def test_a_thread_leads_from_each_needed_article_to_the_one_that_needs_it() -> None:
    articles = course((3, 2))
    articles[3].needs = ("guided-2",)
    made = chart(articles)
    at = {star.level.name: (star.x, star.y) for band in made.bands for star in band.stars}
    drawn = set()
    for thread in made.threads:
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", thread.path)]
        assert tuple(numbers[:2]) == pytest.approx(at[thread.start.name], rel=1e-4)
        assert tuple(numbers[-2:]) == pytest.approx(at[thread.end.name], rel=1e-4)
        drawn.add((thread.start.name, thread.end.name, thread.far))
    assert drawn == {
        ("guided-1", "guided-2", False),
        ("guided-2", "guided-3", False),
        ("guided-2", "first_neurons-1", True),
        ("first_neurons-1", "first_neurons-2", False),
    }


def test_tracks_have_marks_and_hues_of_their_own_and_none_is_golden() -> None:
    """Gold means won. Its hue is about 90; neighbours in the list are told apart at a glance."""
    assert len({track.id for track in TRACKS}) == len(TRACKS) == 16
    assert len({track.glyph for track in TRACKS}) == len(TRACKS)
    assert len({track.hue for track in TRACKS}) == len(TRACKS)
    for track in TRACKS:
        assert abs(track.hue - 90) >= 30, track.id
    for before, after in pairwise(TRACKS):
        turn = abs(before.hue - after.hue)
        assert min(turn, 360 - turn) >= 20, (before.id, after.id)

"""The archive: what is recorded stays, and is answered as it was known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from shapely import Polygon, box

import frontmap
from frontmap import archive
from frontmap.errors import ConflictError, IntegrityError, NotFoundError
from frontmap.model import Zone


class Clock:
    """A clock that tests set."""

    def __init__(self, text: str) -> None:
        self.now = dt.datetime.fromisoformat(text)

    def __call__(self) -> dt.datetime:
        return self.now

    def set(self, text: str) -> None:
        self.now = dt.datetime.fromisoformat(text)


def zone(ground: Polygon, name: str = "a") -> Zone:
    return Zone(
        id=name,
        party="UA",
        status="controlled",
        geometry=ground,
        sources=("isw",),
        confidence="medium",
        accuracy_m=1000,
    )


SMALL, LARGE = box(35, 51, 35.2, 51.2), box(35, 51, 35.4, 51.4)


@pytest.fixture
def clock():
    return Clock("2026-09-01T10:00:00+00:00")


@pytest.fixture
def opened(tmp_path, clock):
    return archive.init(
        tmp_path / "front",
        title="A front",
        maker="us",
        license="CC0-1.0",
        bbox=(34, 50, 38, 53),
        parties={"UA": {"name_en": "Ukraine"}, "RU": {"name_en": "Russia"}},
        clock=clock,
    )


def test_a_correction_never_loses_what_was_said_before(opened, clock):
    opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    clock.set("2026-09-10T10:00:00+00:00")
    opened.correct("2024-08-31", [zone(LARGE)], reason="more was held")
    assert opened.as_of("2024-08-31").zones[0].geometry.equals(LARGE)
    assert opened.as_of("2024-08-31", known="2026-09-05").zones[0].geometry.equals(SMALL)
    with pytest.raises(NotFoundError, match="known at 2026-08-31"):
        opened.as_of("2024-08-31", known="2026-08-31")
    assert opened.verify() == ()


def test_a_date_with_a_snapshot_is_not_added_again(opened):
    opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    with pytest.raises(ConflictError, match="frontmap correct 2024-08-31"):
        opened.add("2024-08-31", [zone(LARGE)], reason="again")


def test_a_correction_of_a_revision_no_longer_in_force_is_refused(opened):
    first = opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    opened.correct("2024-08-31", [zone(LARGE)], reason="more", base=first.digest)
    with pytest.raises(ConflictError, match="started from"):
        opened.correct("2024-08-31", [zone(box(35, 51, 36, 52))], reason="x", base=first.digest)


def test_a_changed_byte_is_an_integrity_error_that_names_the_file(opened):
    opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    (path,) = (opened.root / "revisions").rglob("*.geojson")
    path.write_bytes(path.read_bytes().replace(b"35.200000", b"35.200001", 1))
    with pytest.raises(IntegrityError, match=path.name):
        opened.as_of("2024-08-31")
    assert [f.rule for f in opened.verify() if f.path == path] == ["damaged"]


def test_the_last_instant_of_a_day_answers_for_it(opened):
    for hour, ground in ((9, SMALL), (21, LARGE)):
        instant = dt.datetime(2024, 8, 31, hour, tzinfo=dt.UTC)
        opened.add("2024-08-31", [zone(ground)], reason="import", published=instant)
    assert opened.as_of("2024-08-31").zones[0].geometry.equals(LARGE)
    assert [s.revision.published.hour for s in opened.snapshots()] == [9, 21]
    assert (opened.root / "snapshots/2024/2024-08-31T210000Z.geojson").is_file()


def test_a_date_without_a_snapshot_is_answered_by_the_one_before_only_when_asked_for_so(opened):
    opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    with pytest.raises(NotFoundError, match="the last before it is 2024-08-31"):
        opened.as_of("2024-09-04")
    assert opened.as_of("2024-09-04", fill="previous").date == dt.date(2024, 8, 31)


def test_the_archive_is_opened_by_its_folder(opened):
    assert frontmap.open(opened.root).about == opened.about


def test_zones_are_recorded_in_canonical_form(opened):
    drawn = Polygon(list(LARGE.exterior.coords)[::-1])
    opened.add("2024-08-31", [zone(LARGE.difference(SMALL), "b"), zone(SMALL, "a")], reason="first")
    opened.add("2024-09-01", [replace(zone(drawn), extra={"name": "x"})], reason="first")
    assert [z.id for z in opened.as_of("2024-08-31").zones] == ["a", "b"]
    (only,) = opened.as_of("2024-09-01").zones
    assert only.geometry.exterior.is_ccw
    assert only.extra == {"name": "x"}

"""Canonical text: one form for each snapshot, whoever wrote it and in whatever order."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon

from frontmap.errors import InputError
from frontmap.formats import canonical, recorded_form
from frontmap.model import Revision, Snapshot
from fronts import LARGE, SMALL, new_archive, origins, snapshots, zone, zones

if TYPE_CHECKING:
    import random

REVISION = Revision(
    date=dt.date(2024, 8, 31),
    recorded=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    kind="snapshot",
    maker="us",
    author="us",
    license="CC0-1.0",
    reason="first",
)


@given(snapshots())
def test_canonical_text_is_a_fixed_point(snapshot):
    text = canonical.dumps(snapshot)
    assert canonical.dumps(canonical.loads(text)) == text


@given(snapshots(), origins)
def test_a_header_names_a_makers_file_in_one_line_only_where_there_is_one(snapshot, origin):
    bare = replace(snapshot, revision=replace(snapshot.revision, imported_from=None))
    named = replace(snapshot, revision=replace(snapshot.revision, imported_from=origin))
    without, lines = (canonical.dumps(each).splitlines() for each in (bare, named))
    written = replace(origin, profile="") if snapshot.revision.version == 1 else origin
    assert canonical.loads(canonical.dumps(named)).revision.imported_from == written
    added = [line for line in lines if line.startswith(b'"imported_from"')]
    rest = [line for line in lines if line not in added]
    assert len(added) == 1
    assert [line for line in rest if not line.startswith(b'"digest"')] == [
        line for line in without if not line.startswith(b'"digest"')
    ]


@pytest.mark.parametrize(
    "value",
    ["a.geojson", {"file": "a"}, {"file": 1, "sha256": "0", "profile": "p", "version": "1"}],
)
def test_a_header_that_names_a_file_otherwise_is_no_header(value):
    header = canonical.header_of(replace(REVISION, digest="0" * 64))
    with pytest.raises(InputError, match="imported_from"):
        recorded_form.revision_of({**header, "imported_from": value})


@given(snapshots(), st.randoms(use_true_random=False))
def test_canonical_text_is_independent_of_the_order_of_the_input(snapshot, rng):
    turned = tuple(
        replace(
            z,
            geometry=_shuffled(z.geometry, rng),
            sources=tuple(rng.sample(z.sources, len(z.sources))),
            extra=dict(rng.sample(list(z.extra.items()), len(z.extra))),
        )
        for z in rng.sample(snapshot.zones, len(snapshot.zones))
    )
    assert canonical.dumps(replace(snapshot, zones=turned)) == canonical.dumps(snapshot)


def _shuffled(geometry: Polygon | MultiPolygon, rng: random.Random) -> MultiPolygon:
    parts = list(shapely.get_parts(geometry))
    rng.shuffle(parts)
    return MultiPolygon([_turned(part, rng) for part in parts])


def _turned(polygon: Polygon, rng: random.Random) -> Polygon:
    holes = list(polygon.interiors)
    rng.shuffle(holes)
    return Polygon(_ring(polygon.exterior, rng), [_ring(hole, rng) for hole in holes])


def _ring(ring: LineString, rng: random.Random) -> list[tuple[float, ...]]:
    positions = list(ring.coords)[:-1]
    start = rng.randrange(len(positions))
    positions = positions[start:] + positions[:start]
    if rng.random() < 0.5:
        positions.reverse()
    return [position for position in positions for _ in range(rng.choice([1, 2]))]


@given(snapshots())
def test_the_text_is_utf_8_with_one_position_a_line_of_six_decimals(snapshot):
    text = canonical.dumps(snapshot).decode()
    value = json.loads(text)
    positions = [
        line for line in text.split("\n") if line.startswith("[") and line[1:2] not in ",["
    ]
    written = [p for f in value["features"] for p in _positions(f["geometry"]["coordinates"])]
    read = [json.loads(line.rstrip(",")) for line in positions if line != "["]
    assert read == written
    assert all(
        len(number.split(".")[1]) == 6
        for p in positions
        if p != "["
        for number in p.strip("[],").split(",")
    )
    assert text.endswith("]}\n")
    assert "\r" not in text.replace("\\r", "")


def _positions(value):
    if value and isinstance(value[0], float):
        return [value]
    return list(itertools.chain.from_iterable(map(_positions, value)))


@given(snapshots())
def test_reading_gives_back_what_was_written(snapshot):
    back = canonical.loads(canonical.dumps(snapshot))
    assert replace(back.revision, digest="") == replace(
        snapshot.revision, sources=tuple(sorted(set(snapshot.revision.sources)))
    )
    for one, other in zip(sorted(snapshot.zones, key=lambda z: z.id), back.zones, strict=True):
        assert (one.id, one.note, one.accuracy_m, one.extra) == (
            other.id, other.note, other.accuracy_m, other.extra,
        )  # fmt: skip
        assert shapely.hausdorff_distance(one.geometry, other.geometry) < 1e-6


@given(snapshots())
def test_the_header_is_read_from_the_first_bytes(snapshot):
    text = canonical.dumps(snapshot)
    revision = canonical.loads(text).revision
    end = text.index(b"\n},\n") + 4
    assert canonical.loads_header(text[:end]) == revision
    assert all(canonical.loads_header(text[:cut]) is None for cut in (0, 1, 20, end - 1))


@given(snapshots())
def test_the_digest_is_that_of_the_text_without_its_line(snapshot):
    text = canonical.dumps(snapshot)
    digest = canonical.loads(text).digest
    assert canonical.digest_of(text) == digest
    assert text.count(digest.encode()) == 1
    assert (
        canonical.dumps(replace(snapshot, revision=replace(snapshot.revision, digest="0" * 64)))
        == text
    )


@given(zones())
def test_sets_of_zones_are_the_same_in_any_order(some):
    assert canonical.same_zones(some, some[::-1])


def test_ground_that_snapping_leaves_nothing_of_goes():
    sliver = Polygon([(36, 51), (36.0000001, 51), (36.0000001, 51.0000001)])
    assert canonical.normal_geometry(MultiPolygon([SMALL, sliver])).equals(SMALL)
    assert canonical.normal_geometry(Polygon(LARGE.exterior, [sliver.exterior])).equals(LARGE)


def test_a_ring_that_passes_its_smallest_position_twice_has_one_form():
    one, two = [(0, 0), (2, 1), (2, 2)], [(0, 0), (1, 2), (1, 3)]
    forms = {canonical.normal_geometry(Polygon(ring)).wkt for ring in (one + two, two + one)}
    assert len(forms) == 1


@pytest.mark.parametrize(
    "details",
    [{"note": "half \ud83d"}, {"extra": {"x": float("nan")}}, {"extra": {"x": float("inf")}}],
)
def test_what_no_text_can_hold_is_refused(details):
    snapshot = Snapshot(REVISION, (zone(SMALL, **details),))
    with pytest.raises(InputError):
        canonical.dumps(snapshot)


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b'{"frontmap":{}}', b'{"frontmap":null,"features":[]}', b"\xff"]
)
def test_text_of_another_form_is_an_input_error(text):
    with pytest.raises(InputError):
        canonical.loads(text)


def test_the_snapshot_in_the_docs_is_canonical():
    page = (Path(__file__).parent.parent / "docs/format.md").read_text("utf-8")
    shown = page.split("```json\n", 1)[1].split("```", 1)[0].encode()
    assert canonical.dumps(canonical.loads(shown)) == shown


def test_numbers_that_python_takes_for_equal_are_written_as_they_are():
    texts = [
        canonical.dumps(Snapshot(REVISION, (zone(SMALL, extra={"x": value}),)))
        for value in (1, True, 1.0, 0, False, 0.0, -0.0)
    ]
    assert [t.split(b'"x":')[1].split(b"\n")[0] for t in texts] == [
        b"1", b"true", b"1.0", b"0", b"false", b"0.0", b"-0.0"
    ]  # fmt: skip


def test_an_archive_with_such_numbers_is_whole(tmp_path):
    opened = new_archive(tmp_path / "front")
    for day, value in (("2024-08-30", 1), ("2024-08-31", True), ("2024-09-01", 1.0)):
        opened.add(day, [zone(SMALL, extra={"x": value})], reason="as the maker has it")
    assert opened.verify() == ()
    assert [repr(s.zones[0].extra["x"]) for s in opened] == ["1", "True", "1.0"]

"""A value is recorded as it is, or refused: what Python takes for equal has texts of its own."""

from __future__ import annotations

import datetime as dt
import math
import pickle
import struct
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon

import frontmap
from frontmap.archive import NewRevision, snapshot_rules
from frontmap.errors import InputError, UsageError
from frontmap.geometry.uncertainty import Outline
from frontmap.measure.area_errors import cached_uncertainty
from fronts import SMALL, new_archive, snapshot, zone

#: Equal to Python within each row, never in the text of a snapshot; and two that only look alike.
TWINS = [(1, True, 1.0), (0, False, 0.0, -0.0), (2**53, 2.0**53), ("é", "e\u0301"), ("1", 1)]


def turned(ground, *, down=0.0, height=None, reverse=False):
    """The same ground: its zeros negative, with altitudes, wound the other way."""
    if reverse:
        ground = shapely.reverse(ground)
    if height is not None:
        ground = shapely.force_3d(ground, height)
    return shapely.transform(ground, lambda at: np.where(at == 0, down, at), include_z=True)


AT_ZERO = shapely.box(0, 0, 1, 1)
SAME_GROUND = [
    AT_ZERO,
    turned(AT_ZERO, down=-0.0),
    turned(AT_ZERO, height=5.0),
    turned(AT_ZERO, height=6.0, down=-0.0),
    turned(AT_ZERO, reverse=True),
    MultiPolygon([AT_ZERO]),
    shapely.set_srid(AT_ZERO, 4326),
    Polygon([(-1e-9, 0), (1, 0), (1, 1), (0, 1)]),
]


@st.composite
def twins(draw):
    """Snapshots of one zone each, equal to Python as far as can be and not the same."""
    row = draw(st.sampled_from(TWINS))
    made = [
        zone(
            draw(st.sampled_from(SAME_GROUND)),
            sources=draw(st.sampled_from([("a", "b"), ("b", "a"), ["a", "b"]])),
            accuracy_m=draw(st.sampled_from([1, 1.0, np.float64(1)])),
            extra=dict(draw(st.permutations([("x", draw(st.sampled_from(row))), ("y", 1)]))),
        )
        for _ in range(draw(st.integers(2, 6)))
    ]
    return [snapshot(each) for each in made]


@pytest.fixture(scope="module")
def recorded_alone():
    """Return a function that records a snapshot in a process of its own, and gives the text."""
    script = [sys.executable, str(Path(__file__).with_name("alone.py"))]
    with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def text(value):
            data = pickle.dumps(value)
            process.stdin.write(struct.pack("<q", len(data)) + data)
            process.stdin.flush()
            (size,) = struct.unpack("<q", process.stdout.read(8))
            return process.stdout.read(size)

        yield text
        process.stdin.close()


@settings(max_examples=20)  # each syncs a few files
@given(twins())
def test_a_series_of_equals_is_recorded_as_each_is_alone(recorded_alone, series):
    dated = [
        snapshot(*each.zones, date=dt.date(2024, 8, day)) for day, each in enumerate(series, 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        front = new_archive(Path(folder, "front"), bbox=(-10, -10, 50, 60))
        front.add_many(
            NewRevision(date=s.date, zones=s.zones, reason="for this test") for s in dated
        )
        paths = sorted((front.root / "revisions").rglob("*.geojson"))
        assert [path.read_bytes() for path in paths] == [recorded_alone(each) for each in dated]
        assert front.verify() == ()


scalars = (
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([twin for row in TWINS for twin in row])
    | st.none()
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=2), st.integers(), max_size=2)
)


@settings(max_examples=30)
@given(st.lists(st.dictionaries(st.text(max_size=4), scalars, max_size=3), min_size=1, max_size=4))
def test_what_add_takes_is_read_back_as_it_was_and_verified(properties):
    with tempfile.TemporaryDirectory() as folder:
        front = new_archive(Path(folder, "front"))
        for number, extra in enumerate(properties):
            day = dt.date(2024, 8, 1) + dt.timedelta(days=number)
            try:
                front.add(day, [zone(SMALL, extra=extra)], reason="as the maker has it")
            except InputError:
                continue
            (read,) = frontmap.open(front.root)[day].zones
            assert {k: repr(v) for k, v in read.extra.items()} == {
                k: repr(v) for k, v in extra.items()
            }
        assert front.verify() == ()


@pytest.mark.parametrize(
    "details",
    [
        {"extra": {"x": value}}
        for value in (2**53 + 1, -(2**64), 2**70, math.inf, -math.inf, math.nan, 1e400, None, [1])
    ]
    + [{"extra": {"x": value}} for value in ({"a": 1}, np.int64(1), np.float32(1), b"a", 1j)]
    + [{"extra": extra} for extra in ({1: "a"}, {"note": "a"}, {"party": "RU"}, {"sources": "b"})]
    + [{"accuracy_m": value} for value in (True, "500", 10**30, None, math.inf)]
    + [{"note": 1}, {"note": True}, {"name": 1}, {"party": 1}, {"confidence": ["high"]}]
    + [{"sources": "isw"}, {"sources": (1,)}, {"ground": shapely.Point(35, 51)}],
    ids=repr,
)
def test_a_value_that_a_text_cannot_hold_as_it_is_is_refused(tmp_path, details):
    ground = details.get("ground", SMALL)
    one = zone(ground, **{key: value for key, value in details.items() if key != "ground"})
    front = new_archive(tmp_path / "front")
    with pytest.raises(InputError, match="2024-08-31: zone"):
        front.add("2024-08-31", [one], reason="as the maker has it")
    assert front.dates == ()


NOON = dt.datetime(2024, 8, 31, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": 1},
        {"reason": True},
        {"author": 1},
        {"sources": [1]},
        {"published": NOON.replace(microsecond=5)},
        {"published": NOON.replace(tzinfo=None)},
    ],
    ids=repr,
)
def test_a_header_that_a_text_cannot_hold_as_it_is_is_refused(tmp_path, fields):
    front = new_archive(tmp_path / "front")
    with pytest.raises(InputError, match="2024-08-31: "):
        front.add("2024-08-31", [zone(SMALL)], **{"reason": "first"} | fields)
    assert front.dates == ()


def test_a_text_is_no_list_of_sources_and_a_datetime_no_date(tmp_path):
    front = new_archive(tmp_path / "front")
    with pytest.raises(UsageError, match="give a list of ids"):
        front.add("2024-08-31", [zone(SMALL)], reason="first", sources="isw")
    with pytest.raises(UsageError, match="without a time"):
        front.add_many([NewRevision(date=NOON, reason="first")])


def test_what_was_found_of_a_ground_is_not_that_of_its_equal():
    """Equal to Python, and another text: neither is looked up for the other."""
    checked, uncertainty = snapshot_rules.CheckedZones(), cached_uncertainty(None)
    for ground in SAME_GROUND[:4]:
        assert checked.flaw(ground) == ""
        uncertainty((Outline(ground, 500.0),))
    assert len(checked.flaws) == 4


def test_a_zone_that_differs_from_its_equal_is_a_correction(tmp_path):
    front = new_archive(tmp_path / "front")
    first = zone(SMALL, extra={"x": 1})
    front.add("2024-08-31", [first], reason="first")
    for value in (True, 1.0):
        front.correct("2024-08-31", [replace(first, extra={"x": value})], reason="of another type")
    assert repr(front["2024-08-31"].zones[0].extra["x"]) == "1.0"
    same = replace(first, geometry=shapely.reverse(SMALL), extra={"x": 1.0})
    with pytest.raises(InputError, match="nothing to correct"):
        front.correct("2024-08-31", [same], reason="the same")
    assert front.verify() == ()

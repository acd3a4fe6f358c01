"""The cache of pieces answers as the plain files do, follows them, and is never the only copy."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

import frontmap
from frontmap.archive import NewRevision
from frontmap.errors import IntegrityError
from frontmap.geometry.counted_once import counted_km2, merged, pieces, pieces_of
from frontmap.geometry.uncertainty import Outline, area_uncertainty
from frontmap.imports.importing import import_files, sources_in
from frontmap.measure.area import areas
from frontmap.measure.cache import measured, measured_revisions
from frontmap.measure.cache.segments import ARRAYS
from frontmap.measure.timeline import border_of
from frontmap.model import STATUSES
from frontmap.page.payload.gather import gather_payload

DEEPSTATE = Path(__file__).parent / "data" / "deepstate"


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "archive"
    list(import_files(sources_in([DEEPSTATE], "deepstate"), folder, maker="deepstate"))
    return folder


def plainly(root):
    """The table as plain files give it, cut and summed snapshot by snapshot."""
    archive = frontmap.open(root)
    snapshots = [archive.as_of(date) for date in archive.dates]
    parties = sorted({zone.party for snapshot in snapshots for zone in snapshot.zones})
    rows = [
        (snapshot.date, party, *(counted_km2(parts, s, party=party) for s in STATUSES))
        for snapshot in snapshots
        for parts in [pieces(snapshot)]
        for party in parties
    ]
    return pd.DataFrame(rows, columns=["date", "party", *(f"{s}_km2" for s in STATUSES)])


def cached(root, **asked):
    table = areas(frontmap.open(root), errors="none", **asked)
    table["date"] = table["date"].dt.date
    return table[["date", "party", *(f"{s}_km2" for s in STATUSES)]]


def plain_errors(root):
    """Error and bound of each party's range on each date, worked out without the cache."""
    archive = frontmap.open(root)
    border = border_of(archive)
    rows = []
    for snapshot in map(archive.as_of, archive.dates):
        parts = pieces(snapshot)
        ends = []
        for statuses in (("controlled",), ("controlled", "contested")):
            own = pieces_of(parts, *statuses, party="RU")
            outlines = [Outline(part.geometry, part.zone.accuracy_m) for part in own]
            ground = merged(parts, *statuses, party="RU")
            ends.append(area_uncertainty(ground, outlines, border))
        rows.append(np.max(ends, axis=0))
    return np.array(rows)


def add(root, number, ground):
    archive = frontmap.open(root)
    zone = next(z for z in archive.as_of("2024-03-01").zones if z.status == "controlled")
    instant = dt.datetime(2024, 4, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days=number)
    archive.add_many(
        [
            NewRevision(
                date=instant.date(),
                zones=(replace(zone, geometry=ground),),
                reason="for this test",
                sources=("deepstate",),
                published=instant,
            )
        ]
    )


def segments(root):
    return sorted((root / measured.FOLDER).iterdir())


def test_the_cache_answers_as_the_plain_files_do(root):
    for _ in range(2):
        pd.testing.assert_frame_equal(cached(root), plainly(root), rtol=1e-12)


def test_the_cache_answers_for_some_dates_what_it_answers_for_all(root):
    dates = frontmap.open(root).dates[::2]
    assert len(dates) > 1
    for _ in range(2):
        some, every = cached(root, dates=dates), plainly(root)
        every = every[every["date"].isin(dates)].reset_index(drop=True)
        pd.testing.assert_frame_equal(some, every, rtol=1e-12)
    pd.testing.assert_frame_equal(cached(root), plainly(root), rtol=1e-12)


def test_damage_of_another_date_does_not_stand_in_the_way_of_a_date(root):
    first, *_, last = frontmap.open(root).dates
    path = next((root / "revisions" / str(first.year) / first.isoformat()).iterdir())
    path.write_bytes(path.read_bytes().replace(b"36.400000", b"36.400001"))
    assert cached(root, dates=[last])["controlled_km2"].max() > 0
    with pytest.raises(IntegrityError, match="does not match its digest"):
        cached(root)


def test_what_was_known_then_is_answered_from_the_cache(root):
    assert areas(frontmap.open(root), errors="none", known="2020-01-01").empty


def test_a_new_snapshot_adds_a_segment_and_leaves_the_others_alone(root):
    cached(root)
    (first,) = segments(root)
    before = first.stat()
    add(root, 0, shapely.box(36, 50, 37, 51))
    pd.testing.assert_frame_equal(cached(root), plainly(root), rtol=1e-12)
    assert [path.name[:6] for path in segments(root)] == ["000000", "000001"]
    assert first.stat() == before


def test_many_segments_become_one(root, monkeypatch):
    monkeypatch.setattr(measured, "MOST_SEGMENTS", 3)
    for number in range(5):
        add(root, number, shapely.box(36, 50, 37, 51 + number / 10))
        pd.testing.assert_frame_equal(cached(root), plainly(root), rtol=1e-12)
    assert [path.name[:6] for path in segments(root)] == ["000000", "000001"]


def test_equal_geometry_is_kept_once(root):
    for number in range(3):
        add(root, number, shapely.box(36, 50, 37, 51))
    cached(root)
    keys = np.load(segments(root)[0] / "keys.npy")
    assert len(np.unique(keys, axis=0)) == len(keys)


def test_a_correction_and_a_withdrawal_are_seen(root):
    cached(root)
    archive = frontmap.open(root)
    noon = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)
    archive.correct("2024-03-01", (), reason="for this test", published=noon)
    pd.testing.assert_frame_equal(cached(root), plainly(root), rtol=1e-12)
    archive.withdraw("2024-03-01", reason="for this test", published=noon)
    assert dt.date(2024, 3, 1) not in set(cached(root)["date"])


def test_a_changed_revision_is_not_answered_from_the_cache(root):
    cached(root)
    path = next((root / "revisions").rglob("*.geojson"))
    stat = path.stat()
    path.write_bytes(path.read_bytes().replace(b"36.400000", b"36.400001"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(IntegrityError, match="does not match its digest"):
        cached(root)


def test_a_revision_that_is_gone_counts_no_more(root):
    cached(root)
    shutil.rmtree(root / "revisions" / "2024" / "2024-03-01")
    assert dt.date(2024, 3, 1) not in set(cached(root)["date"])


@pytest.mark.parametrize("name", [*ARRAYS, "manifest"])
@pytest.mark.parametrize("damage", ["gone", "cut short", "another byte"])
def test_a_damaged_cache_is_made_anew(root, name, damage):
    plain = cached(root)
    path = segments(root)[0] / ("manifest.json" if name == "manifest" else f"{name}.npy")
    text = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(text[:-9] if damage == "cut short" else text[:-9] + b"#" + text[-8:])
    pd.testing.assert_frame_equal(cached(root), plain)
    assert path.read_bytes() == text


def test_without_its_folder_the_cache_is_made_anew(root):
    plain = cached(root)
    shutil.rmtree(root / ".cache")
    pd.testing.assert_frame_equal(cached(root), plain)
    assert (root / ".cache" / ".gitignore").read_text() == "*\n"


def test_where_nothing_can_be_written_the_answer_is_the_same(root):
    (root / ".cache").write_text("in the way")
    pd.testing.assert_frame_equal(cached(root), plainly(root), rtol=1e-12)


def test_an_executor_changes_no_bit(root):
    one = measured_revisions(root).areas_km2
    shutil.rmtree(root / ".cache")
    with ProcessPoolExecutor(2) as executor:
        other = measured_revisions(root, executor=executor).areas_km2
    assert one.tobytes() == other.tobytes()


def test_an_archive_without_snapshots_has_no_ground(tmp_path):
    assert len(measured_revisions(tmp_path).revisions) == 0


CACHED = ["errors-*.npz", "changes-*.npz"]


def another_byte(text, at):
    return text[:at] + bytes([text[at] ^ 1]) + text[at:][1:]


@pytest.mark.parametrize("name", CACHED)
def test_damaged_results_are_worked_out_anew(root, name):
    first = gather_payload(frontmap.open(root))
    (path,) = (root / ".cache").glob(name)
    text = path.read_bytes()
    changed = [text[:-9], b"{}", *(another_byte(text, at) for at in range(0, len(text), 97))]
    for each in changed:
        path.write_bytes(each)
        assert gather_payload(frontmap.open(root)) == first
    path.unlink()
    assert gather_payload(frontmap.open(root)) == first
    assert path.read_bytes() == text


def cached_errors(root, **asked):
    table = areas(frontmap.open(root), **asked)
    return table.loc[table["party"] == "RU", ["error_km2", "bound_km2"]].to_numpy()


def test_errors_of_a_series_are_those_of_each_date(root):
    plain = plain_errors(root)
    assert plain.min() > 0
    for _ in range(2):
        np.testing.assert_allclose(cached_errors(root), plain, rtol=1e-12)
    dates = frontmap.open(root).dates[:1]
    np.testing.assert_allclose(cached_errors(root, dates=dates), plain[:1], rtol=1e-12)


def test_errors_follow_a_correction(root):
    areas(frontmap.open(root))
    add(root, 0, shapely.box(36, 50, 37, 51))
    np.testing.assert_allclose(cached_errors(root), plain_errors(root), rtol=1e-12)

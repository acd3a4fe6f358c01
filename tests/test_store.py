"""The store of pieces answers as the plain files do, follows them, and is never the only copy."""

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
from frontmap.imports.importing import import_files, sources_in
from frontmap.measure.area import areas
from frontmap.measure.cache import measured, measured_revisions
from frontmap.measure.cache.segments import ARRAYS
from frontmap.page.payload.gather import gather_payload

DEEPSTATE = Path(__file__).parent / "data" / "deepstate"


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "archive"
    list(import_files(sources_in([DEEPSTATE], "deepstate"), folder, maker="deepstate"))
    return folder


def plainly(root):
    """The table as the measures make it from the plain files, date by date."""
    archive = frontmap.open(root)
    return areas(archive, dates=archive.dates, errors="none")


def stored(root):
    return areas(frontmap.open(root), errors="none")


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


@pytest.mark.parametrize("by", ["party", "status"])
def test_the_store_answers_as_the_plain_files_do(root, by):
    archive = frontmap.open(root)
    plain = areas(archive, by=by, dates=archive.dates, errors="none")
    for _ in range(2):
        pd.testing.assert_frame_equal(areas(archive, by=by, errors="none"), plain, rtol=1e-12)


def test_what_was_known_then_is_answered_from_the_store(root):
    assert areas(frontmap.open(root), errors="none", known="2020-01-01").empty


def test_a_new_snapshot_adds_a_segment_and_leaves_the_others_alone(root):
    stored(root)
    (first,) = segments(root)
    before = first.stat()
    add(root, 0, shapely.box(36, 50, 37, 51))
    pd.testing.assert_frame_equal(stored(root), plainly(root), rtol=1e-12)
    assert [path.name[:6] for path in segments(root)] == ["000000", "000001"]
    assert first.stat() == before


def test_many_segments_become_one(root, monkeypatch):
    monkeypatch.setattr(measured, "MOST_SEGMENTS", 3)
    for number in range(5):
        add(root, number, shapely.box(36, 50, 37, 51 + number / 10))
        pd.testing.assert_frame_equal(stored(root), plainly(root), rtol=1e-12)
    assert [path.name[:6] for path in segments(root)] == ["000000", "000001"]


def test_equal_geometry_is_kept_once(root):
    for number in range(3):
        add(root, number, shapely.box(36, 50, 37, 51))
    stored(root)
    keys = np.load(segments(root)[0] / "keys.npy")
    assert len(np.unique(keys, axis=0)) == len(keys)


def test_a_correction_and_a_withdrawal_are_seen(root):
    stored(root)
    archive = frontmap.open(root)
    noon = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)
    archive.correct("2024-03-01", (), reason="for this test", published=noon)
    pd.testing.assert_frame_equal(stored(root), plainly(root), rtol=1e-12)
    archive.withdraw("2024-03-01", reason="for this test", published=noon)
    assert dt.date(2024, 3, 1) not in set(stored(root)["date"])


def test_a_changed_revision_is_not_answered_from_the_store(root):
    stored(root)
    path = next((root / "revisions").rglob("*.geojson"))
    stat = path.stat()
    path.write_bytes(path.read_bytes().replace(b"36.400000", b"36.400001"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(IntegrityError, match="does not match its digest"):
        stored(root)


def test_a_revision_that_is_gone_counts_no_more(root):
    stored(root)
    shutil.rmtree(root / "revisions" / "2024" / "2024-03-01")
    assert dt.date(2024, 3, 1) not in set(stored(root)["date"])


@pytest.mark.parametrize("name", [*ARRAYS, "manifest"])
@pytest.mark.parametrize("damage", ["gone", "cut short", "another byte"])
def test_a_damaged_store_is_made_anew(root, name, damage):
    plain = stored(root)
    path = segments(root)[0] / ("manifest.json" if name == "manifest" else f"{name}.npy")
    text = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(text[:-9] if damage == "cut short" else text[:-9] + b"#" + text[-8:])
    pd.testing.assert_frame_equal(stored(root), plain)
    assert path.read_bytes() == text


def test_without_its_folder_the_store_is_made_anew(root):
    plain = stored(root)
    shutil.rmtree(root / ".cache")
    pd.testing.assert_frame_equal(stored(root), plain)
    assert (root / ".cache" / ".gitignore").read_text() == "*\n"


def test_where_nothing_can_be_written_the_answer_is_the_same(root):
    (root / ".cache").write_text("in the way")
    pd.testing.assert_frame_equal(stored(root), plainly(root), rtol=1e-12)


def test_an_executor_changes_no_bit(root):
    one = measured_revisions(root).areas_km2
    shutil.rmtree(root / ".cache")
    with ProcessPoolExecutor(2) as executor:
        other = measured_revisions(root, executor=executor).areas_km2
    assert one.tobytes() == other.tobytes()


def test_an_archive_without_snapshots_has_no_ground(tmp_path):
    assert len(measured_revisions(tmp_path).revisions) == 0


KEPT = ["errors-*.npz", "moves-*.npz"]


def another_byte(text, at):
    return text[:at] + bytes([text[at] ^ 1]) + text[at:][1:]


@pytest.mark.parametrize("name", KEPT)
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


def test_errors_of_a_series_are_those_of_each_date(root):
    archive = frontmap.open(root)
    plain = areas(archive, dates=archive.dates)
    for _ in range(2):
        pd.testing.assert_frame_equal(areas(archive), plain, rtol=1e-12)


def test_errors_follow_a_correction(root):
    areas(frontmap.open(root))
    add(root, 0, shapely.box(36, 50, 37, 51))
    archive = frontmap.open(root)
    pd.testing.assert_frame_equal(areas(archive), areas(archive, dates=archive.dates), rtol=1e-12)

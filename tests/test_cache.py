"""The cache of pieces answers as the plain files do, follows them, and is never the only copy."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

import frontmap
from frontmap.archive import NewRevision, layout
from frontmap.errors import IntegrityError
from frontmap.geometry.counted_once import counted_km2, merged, pieces, pieces_of
from frontmap.geometry.uncertainty import Outline, Uncertainty, area_uncertainty
from frontmap.imports.importing import import_files, sources_in
from frontmap.measure import area_errors
from frontmap.measure.area import areas
from frontmap.measure.area_errors import snapshot_uncertainties
from frontmap.measure.cache import measured, measured_revisions, stamps
from frontmap.measure.cache.folder import cache_folder
from frontmap.measure.timeline import border_of
from frontmap.model import STATUSES

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


def files_of(root):
    """Return the files that are cached of an archive, by name."""
    folder = cache_folder(root).path
    return {path.name: path for path in sorted(folder.glob("*.json"))}


@pytest.fixture
def cuts(monkeypatch):
    """Return a list that grows by one with every snapshot that is cut into pieces."""
    found = []

    def counted(snapshot, cache=None):
        found.append(snapshot.digest)
        return pieces(snapshot, cache)

    monkeypatch.setattr(measured, "pieces", counted)
    return found


@pytest.fixture
def later(monkeypatch):
    """Let a minute pass, so that the times of what is written vouch for it."""
    monkeypatch.setattr(stamps, "now_ns", lambda: time.time_ns() + 60_000_000_000)


def test_the_cache_answers_as_the_plain_files_do(root):
    for _ in range(2):
        pd.testing.assert_frame_equal(cached(root), plainly(root))


def test_the_cache_answers_for_some_dates_what_it_answers_for_all(root):
    dates = frontmap.open(root).dates[::2]
    assert len(dates) > 1
    for _ in range(2):
        some, every = cached(root, dates=dates), plainly(root)
        every = every[every["date"].isin(dates)].reset_index(drop=True)
        pd.testing.assert_frame_equal(some, every)
    pd.testing.assert_frame_equal(cached(root), plainly(root))


def test_damage_of_another_date_does_not_stand_in_the_way_of_a_date(root):
    first, *_, last = frontmap.open(root).dates
    path = next((root / "revisions" / str(first.year) / first.isoformat()).iterdir())
    path.write_bytes(path.read_bytes().replace(b"36.400000", b"36.400001"))
    assert cached(root, dates=[last])["controlled_km2"].max() > 0
    with pytest.raises(IntegrityError, match="does not match its digest"):
        cached(root)


def test_what_was_known_then_is_answered_from_the_cache(root):
    assert areas(frontmap.open(root), errors="none", known="2020-01-01").empty


def test_only_a_new_snapshot_is_measured(root, cuts):
    cached(root)
    assert len(cuts) == len(frontmap.open(root).revisions())
    cuts.clear()
    add(root, 0, shapely.box(36, 50, 37, 51))
    pd.testing.assert_frame_equal(cached(root), plainly(root))
    assert cuts == [frontmap.open(root)["2024-04-01"].digest]


def test_a_file_with_other_times_is_read_again_and_not_measured_again(root, cuts, later):
    plain = cached(root)
    cuts.clear()
    for path in (root / "revisions").rglob("*.geojson"):
        path.touch()
    listed = files_of(root)["revisions.json"].read_bytes()
    pd.testing.assert_frame_equal(cached(root), plain)
    assert cuts == []
    assert files_of(root)["revisions.json"].read_bytes() != listed


def test_what_is_known_is_read_once(root, later, monkeypatch):
    plain = cached(root)
    monkeypatch.setattr(layout, "Reader", None)  # nothing is read
    pd.testing.assert_frame_equal(cached(root), plain)


def test_a_correction_and_a_withdrawal_are_seen(root):
    cached(root)
    archive = frontmap.open(root)
    noon = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)
    archive.correct("2024-03-01", (), reason="for this test", published=noon)
    pd.testing.assert_frame_equal(cached(root), plainly(root))
    archive.withdraw("2024-03-01", reason="for this test", published=noon)
    assert dt.date(2024, 3, 1) not in set(cached(root)["date"])


def rewritten(path, *, moved):
    """Change a file, all that a user can set staying as it is: name, size, time of change."""
    status, text = path.stat(), path.read_bytes()
    changed = text.replace(b"36.400000", b"36.400001")
    assert changed != text
    if moved:  # in place of the file rather than in it
        path.rename(path.with_suffix(".old"))
    path.write_bytes(changed)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("wait", ["at once", "later"])
def test_a_changed_revision_is_not_answered_from_the_cache(root, moved, wait, request):
    if wait == "later":
        request.getfixturevalue("later")
    cached(root)
    rewritten(next((root / "revisions").rglob("*.geojson")), moved=moved)
    with pytest.raises(IntegrityError, match="does not match its digest"):
        cached(root)


def test_a_change_within_the_same_tick_of_the_clock_is_seen(root, monkeypatch):
    """Git's racily clean entry: read and changed in one tick, so that no time tells of it."""
    real = stamps.stamp_of

    def stamp_of(status):
        return real(status)._replace(modified_ns=0, changed_ns=10**18, inode=1)

    monkeypatch.setattr(stamps, "stamp_of", stamp_of)
    monkeypatch.setattr(stamps, "now_ns", lambda: 10**18 + 10**9)
    cached(root)
    rewritten(next((root / "revisions").rglob("*.geojson")), moved=False)
    with pytest.raises(IntegrityError, match="does not match its digest"):
        cached(root)


@pytest.mark.parametrize("field", stamps.Stamp._fields)
def test_each_part_of_a_stamp_tells_of_another_file(root, later, field, monkeypatch):
    cached(root)
    path = next((root / "revisions").rglob("*.geojson"))
    real = stamps.stamp_of
    seen = real(path.stat())

    def stamp_of(status):
        """Return the stamp seen before but for one part, for the file that was changed."""
        found = real(status)
        changed = found.inode == other.inode
        return seen._replace(**{field: getattr(seen, field) + 1}) if changed else found

    rewritten(path, moved=False)
    other = real(path.stat())
    monkeypatch.setattr(stamps, "stamp_of", stamp_of)
    with pytest.raises(IntegrityError, match="does not match its digest"):
        cached(root)


def test_a_time_in_the_future_vouches_for_nothing(root, later, monkeypatch):
    reads = []
    real = layout.Reader.__call__

    def read(self, path):
        reads.append(path)
        return real(self, path)

    monkeypatch.setattr(layout.Reader, "__call__", read)
    path = next((root / "revisions").rglob("*.geojson"))
    os.utime(path, (2**33, 2**33))
    cached(root)
    reads.clear()
    cached(root)
    assert reads == [path]


def test_a_revision_that_is_gone_counts_no_more(root):
    cached(root)
    shutil.rmtree(root / "revisions" / "2024" / "2024-03-01")
    assert dt.date(2024, 3, 1) not in set(cached(root)["date"])


def test_a_file_that_is_no_revision_is_named_as_by_every_other_verb(root):
    cached(root)
    path = next((root / "revisions").rglob("*.geojson"))
    path.rename(path.with_name("draft.geojson"))
    with pytest.raises(IntegrityError, match=r"draft\.geojson"):
        cached(root)


def test_an_executor_changes_no_bit(root):
    one = measured_revisions(root).areas_km2
    shutil.rmtree(cache_folder(root).path)
    with ProcessPoolExecutor(2) as executor:
        other = measured_revisions(root, executor=executor).areas_km2
    assert one.tobytes() == other.tobytes()


def test_an_archive_without_snapshots_has_no_ground(tmp_path):
    assert len(measured_revisions(tmp_path).revisions) == 0


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


def test_errors_follow_the_border_and_the_rule(root, monkeypatch):
    archive = frontmap.open(root)
    revisions = archive.in_force()
    ground = next(z.geometry for z in archive["2024-03-01"].zones if z.status == "controlled")
    free, bound, again = (
        snapshot_uncertainties(archive, revisions, by="party", border=border)
        for border in (None, ground.boundary, None)
    )
    assert bound != free == again
    monkeypatch.setattr(area_errors, "CORRELATION_KM", 50.0)
    monkeypatch.setattr(area_errors, "area_uncertainty", lambda *_: Uncertainty(1.0, 2.0))
    other = snapshot_uncertainties(archive, revisions, by="party", border=None)
    assert set(other.values()) == {Uncertainty(1.0, 2.0)}


def test_a_revision_that_is_replaced_while_it_is_read_is_no_answer(root, monkeypatch):
    """As by a checkout: the header was read of one, the zones of another of the same name."""
    archive = frontmap.open(root)
    revision = archive.in_force()[0]
    real = layout.read_snapshots

    def another(paths):
        return (replace(s, revision=replace(s.revision, digest="0" * 64)) for s in real(paths))

    monkeypatch.setattr(layout, "read_snapshots", another)
    with pytest.raises(IntegrityError, match="replaced by another revision"):
        archive.read(revision)
    with pytest.raises(IntegrityError, match="replaced by another revision"):
        list(archive.read_each([revision]))

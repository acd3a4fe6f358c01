"""What ``verify`` finds beside damage: what it cannot see, what breaks a rule, what is doubtful."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess

import pytest
from shapely import Polygon

import frontmap
from frontmap.archive import layout
from frontmap.formats import canonical
from fronts import LARGE, SMALL, Clock, new_archive, zone


@pytest.fixture
def front(tmp_path):
    made = new_archive(tmp_path / "front")
    made.add("2024-08-31", [zone(SMALL)], reason="first")
    return made


def forged(front, *changes):
    """Put a changed revision in the place of the only one, under a digest and name that hold."""
    (path,) = layout.revision_files(layout.revisions_folder(front.root, front.dates[0]))
    text = path.read_bytes()
    for old, new in changes:
        assert re.search(old, text)
        text = re.sub(old, new, text, count=1)
    digest = canonical.digest_of(text).encode()
    text = re.sub(rb'"digest":"\w+"', b'"digest":"' + digest + b'"', text)
    recorded = re.search(rb'"recorded":"([^"]*)"', text).group(1).decode()
    stamp = re.sub(r"[-:]", "", recorded)
    path.unlink()
    path.with_name(f"{stamp}-{digest.decode()[:12]}.geojson").write_bytes(text)


def found_rules(front):
    return {finding.rule for finding in frontmap.open(front.root).verify()} - {"copy", "edited"}


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ((rb'"status":"controlled"', b'"status":"held"'), {"status", "damaged"}),
        ((rb'"accuracy_m":\d+', b'"accuracy_m":-5'), {"accuracy", "damaged"}),
        ((rb'"confidence":"\w+"', b'"confidence":"sure"'), {"confidence", "damaged"}),
        ((rb'"party":"\w+"', b'"party":"XX"'), {"party"}),
        ((rb'"reason":"first"', b'"reason":" "'), {"reason", "damaged"}),
        ((rb'"sources":"isw"', b'"sources":""'), {"sources", "damaged"}),
    ],
)
def test_a_rule_of_a_snapshot_that_a_forged_revision_breaks_is_found(front, change, rules):
    forged(front, change)
    assert found_rules(front) & rules


def test_a_bow_tie_is_found(tmp_path):
    front = new_archive(tmp_path / "front")
    front.add("2024-08-31", [zone(Polygon([(35, 51), (36, 51), (36, 52), (35, 52)]))], reason="x")
    right, left = b"[36.000000,52.000000]", b"[35.000000,52.000000]"
    forged(front, (re.escape(right + b",\n" + left), left + b",\n" + right))
    assert found_rules(front) & {"geometry", "damaged"}


@pytest.mark.parametrize(
    ("ahead", "rules"), [(dt.timedelta(minutes=1), set()), (dt.timedelta(1), {"future"})]
)
def test_a_revision_of_the_future_is_found(tmp_path, ahead, rules):
    clock = Clock((dt.datetime.now(dt.UTC) + ahead).replace(microsecond=0).isoformat())
    front = new_archive(tmp_path / "front", clock)
    front.add("2024-08-31", [zone(SMALL)], reason="first")
    assert found_rules(front) == rules


@pytest.mark.parametrize(("recorded", "is_found"), [("2001", True), ("2026", False)])
def test_a_correction_that_says_it_is_older_than_what_it_corrects_is_found(
    tmp_path, recorded, is_found
):
    clock = Clock()
    front = new_archive(tmp_path / "front", clock)
    front.add("2024-08-31", [zone(SMALL)], reason="first")
    clock.set("2026-09-02T10:00:00+00:00")
    front.correct("2024-08-31", [zone(LARGE)], reason="second")
    path = max(layout.revision_files(layout.revisions_folder(front.root, front.dates[0])))
    text = re.sub(rb'"recorded":"2026', b'"recorded":"' + recorded.encode(), path.read_bytes())
    digest = canonical.digest_of(text)
    text = re.sub(rb'"digest":"\w+"', b'"digest":"' + digest.encode() + b'"', text)
    path.unlink()
    path.with_name(f"{recorded}{path.name[4:16]}-{digest[:12]}.geojson").write_bytes(text)
    assert ("earlier" in found_rules(front)) == is_found


def test_a_copy_that_is_the_recorded_file_itself_is_found_and_parted(front):
    (path,) = layout.revision_files(layout.revisions_folder(front.root, front.dates[0]))
    (copy,) = layout.copy_files(front.root)
    copy.unlink()
    os.link(path, copy)
    assert {found.rule for found in front.verify()} == {"linked", "copy"}
    assert [done.rule for done in front.put_back()] == ["put back"]
    assert front.verify() == ()
    copy.write_bytes(b"{}")
    assert front.read(front.revisions()[0]).zones


def test_a_second_name_outside_is_found(front, tmp_path):
    (path,) = layout.revision_files(layout.revisions_folder(front.root, front.dates[0]))
    os.link(path, tmp_path / "elsewhere")
    assert found_rules(front) == {"linked"}


def test_what_a_killed_writer_left_beside_a_revision_is_no_second_name(front):
    (path,) = layout.revision_files(layout.revisions_folder(front.root, front.dates[0]))
    os.link(path, path.with_name(f".{path.name}~1-0.part"))
    assert front.verify() == ()


@pytest.mark.parametrize(
    "name", ["revisions", "revisions/2024", "revisions/2024/2024-08-31", "snapshots"]
)
def test_what_cannot_be_listed_is_never_whole(front, tmp_path, name):
    path = front.root / name
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    found = [finding for finding in front.verify() if finding.path == path]
    assert {finding.rule for finding in found} & {"unseen", "stray"}


def test_a_revision_that_only_its_copy_still_holds_is_missing(front):
    (path,) = layout.revision_files(layout.revisions_folder(front.root, front.dates[0]))
    path.unlink()
    (found,) = front.verify()
    assert found.rule == "missing"
    assert str(path) in found.message


def test_a_last_correction_that_only_the_copy_still_holds_is_missing(front):
    last = front.correct("2024-08-31", [zone(LARGE)], reason="second")
    layout.revision_path(front.root, last).unlink()
    (found,) = front.verify()
    assert found.rule == "missing"
    assert last.digest[:12] in found.message


@pytest.mark.parametrize("depth", [3, 2000])
def test_folders_in_folders_without_end_are_no_bug(front, depth):
    at = front.root / "revisions"
    handle = os.open(at, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=handle)
        handle, above = os.open("d", os.O_RDONLY, dir_fd=handle), handle
        os.close(above)
    os.close(handle)
    found = [finding.rule for finding in front.verify()]
    subprocess.run(["rm", "-rf", at / "d"], check=True)  # deeper than Python's own removal goes
    assert found == (["stray"] if depth > 8 else [])

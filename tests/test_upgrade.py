"""An archive of format 1 answers as it did, and comes to format 2 without losing a byte.

``tests/data/first_edition`` was made by the first edition: ``drawn`` by ``init``, ``add``,
``correct`` and ``withdraw``, ``imported`` by ``import``. Where git's history is there, its code and
its Kursk record are used too.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

import frontmap
from frontmap import storage
from frontmap.archive import layout
from frontmap.errors import ConflictError, InputError, IntegrityError, StorageError
from frontmap.facts import read_reported
from frontmap.formats import canonical
from frontmap.measure.area import area_km2
from frontmap.model import FORMAT_VERSION, Snapshot
from fronts import SMALL, zone
from verbs import QUESTIONS, RECORDING, run

HERE = Path(__file__).parent
FIRST_EDITION = HERE / "data" / "first_edition"
#: The last commit of the first edition.
COMMIT = "c6a04fe04b46ae04c106f1ffda1750c3ea571911"
DRAWN, IMPORTED = "drawn", "imported"


def files_of(root: Path) -> dict[str, bytes]:
    """Return every file of an archive but the writers' lock."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def of_revisions(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name.startswith("revisions/")}


@pytest.fixture(params=[DRAWN, IMPORTED])
def older(request, tmp_path) -> Path:
    return shutil.copytree(FIRST_EDITION / request.param, tmp_path / request.param)


@pytest.fixture
def drawn(tmp_path) -> Path:
    return shutil.copytree(FIRST_EDITION / DRAWN, tmp_path / DRAWN)


@pytest.fixture(scope="session")
def history(tmp_path_factory) -> Path:
    """The first edition's code and record, from git's history."""
    folder = tmp_path_factory.mktemp("first edition")
    archive = ["git", "archive", COMMIT, "src", "geodata"]
    found = subprocess.run(archive, cwd=HERE.parent, capture_output=True, check=False)
    if found.returncode:
        pytest.skip("git's history does not reach to the first edition")
    subprocess.run(["tar", "x", "-C", str(folder)], input=found.stdout, check=True)
    return folder


def first_edition(history: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a verb with the first edition's code."""
    code = "import sys; sys.argv[0] = 'frontmap'; from frontmap.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env={"PYTHONPATH": str(history / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def answers(root: Path, out: Path) -> dict[str, tuple[int, str]]:
    """Ask an archive everything; digests and instants of recording are left out."""
    out.mkdir(exist_ok=True)
    found = {}
    for name, question in QUESTIONS.items():
        words = [word.format(archive=root, out=out) for word in question]
        answer = run(*words, "--archive", str(root))
        assert answer.returncode in {0, 1, 3}, (name, answer.stderr)
        found[name] = (answer.returncode, answer.stdout)
    return found


def test_an_older_archive_answers_every_question(older, tmp_path):
    before = files_of(older)
    answers(older, tmp_path / "out")
    assert files_of(older) == before
    assert f"frontmap upgrade --archive {older}" in run("area", "--archive", str(older)).stderr


@pytest.mark.parametrize(
    "verb", [verb for verb in RECORDING if verb not in {"fmt", "resolve", "upgrade"}]
)
def test_an_older_archive_is_not_added_to_and_says_what_to_do(drawn, tmp_path, verb):
    file = tmp_path / "zones.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    before = files_of(drawn)
    answer = run(*(w.format(file=file) for w in RECORDING[verb]), "--archive", str(drawn))
    assert answer.returncode == 1
    assert f"bring it to format 2: frontmap upgrade --archive {drawn}" in answer.stderr
    assert files_of(drawn) == before


def test_an_older_archive_is_not_imported_into(tmp_path):
    root = shutil.copytree(FIRST_EDITION / IMPORTED, tmp_path / "front")
    before = files_of(root)
    answer = run("import", "deepstate", str(HERE / "data" / "deepstate"), "--into", str(root))
    assert answer.returncode == 1
    assert "frontmap upgrade" in answer.stderr
    assert files_of(root) == before


def test_a_copy_of_an_older_archive_is_put_back(drawn):
    copy = drawn / "snapshots" / "2024" / "2024-08-31.geojson"
    recorded = copy.read_bytes()
    copy.unlink()
    assert run("fmt", "--archive", str(drawn)).returncode == 0
    assert copy.read_bytes() == recorded


def test_upgrade_keeps_every_revision_and_follows_it_by_a_correction(older):
    before = of_revisions(files_of(older))
    done = frontmap.open(older).upgrade()
    archive = frontmap.open(older)
    after = of_revisions(files_of(older))
    assert before.items() <= after.items()
    assert archive.about.version == FORMAT_VERSION
    assert archive.verify() == ()
    corrected = [finding.date for finding in done if finding.rule == "corrected"]
    new = [r for r in archive.revisions() if r.version == FORMAT_VERSION]
    assert [revision.date for revision in new] == corrected
    assert len(after) == len(before) + len(new)
    for revision in new:
        (superseded,) = revision.supersedes
        earlier = next(r for r in archive.revisions(revision.date) if r.digest == superseded)
        assert (revision.kind, earlier.version) == ("correction", 1)
        assert "format 2" in revision.reason
        assert revision.sources == earlier.sources
        assert revision.published == earlier.published


def test_every_zone_of_an_upgraded_snapshot_states_its_date(older):
    frontmap.open(older).upgrade()
    copies = list((older / "snapshots").rglob("*.geojson"))
    for copy in copies:
        value = json.loads(copy.read_bytes())
        header, features = value["frontmap"], value["features"]
        assert {feature["properties"]["date"] for feature in features} <= {header["date"]}
        assert header["version"] == 2 or not features
    assert copies


def test_upgraded_ground_is_the_same_ground(older):
    before = {s.revision.published or s.date: s for s in frontmap.open(older).snapshots()}
    frontmap.open(older).upgrade()
    after = {s.revision.published or s.date: s for s in frontmap.open(older).snapshots()}
    assert before.keys() == after.keys()
    for key, snapshot in after.items():
        for one, other in zip(before[key].zones, snapshot.zones, strict=True):
            km2 = area_km2([one.geometry, other.geometry])
            assert abs(km2[0] - km2[1]) < 0.01
            assert one.geometry.hausdorff_distance(other.geometry) < 2e-6
            assert replace(one, geometry=other.geometry) == other


def test_borders_that_a_mapper_left_apart_are_matched_and_a_makers_are_not(tmp_path):
    for name, valid in ((DRAWN, True), (IMPORTED, False)):
        root = shutil.copytree(FIRST_EDITION / name, tmp_path / name)
        assert not all(map(is_coverage, frontmap.open(root)))
        frontmap.open(root).upgrade()
        assert all(map(is_coverage, frontmap.open(root))) is valid


def is_coverage(snapshot: Snapshot) -> bool:
    ground = [zone.geometry for zone in snapshot.zones if zone.status != "claimed"]
    return bool(shapely.coverage_is_valid(ground))


MEASURES = {
    "area": frontmap.areas,
    "area by status": lambda archive: frontmap.areas(archive, by="status"),
    "change": frontmap.changes,
    "front": frontmap.fronts,
    "held": frontmap.days_held,
    "reported": lambda archive: frontmap.figure_verdicts(archive, party="UA"),
    "places": frontmap.settlement_statuses,
}


@pytest.mark.parametrize("name", MEASURES)
def test_the_numbers_of_an_upgraded_archive_are_those_of_before(drawn, name):
    before = MEASURES[name](frontmap.open(drawn))
    frontmap.open(drawn).upgrade()
    after = MEASURES[name](frontmap.open(drawn))
    changing = {"digest", "from_digest", "to_digest", "geometry"}
    changing |= {"party"} if name == "reported" else set()  # which it is upgraded to state
    same = [column for column in before if column not in changing]
    assert list(after.columns) == list(before.columns)
    pd.testing.assert_frame_equal(after[same], before[same], atol=0.01)


def test_what_a_dry_run_says_is_what_is_done_and_it_writes_nothing(older):
    before = files_of(older)
    planned = run("upgrade", "--dry-run", "--archive", str(older))
    assert planned.returncode == 0
    assert files_of(older) == before
    done = run("upgrade", "--archive", str(older))
    assert done.returncode == 0
    assert done.stdout == planned.stdout
    written = {line.split(": ")[1] for line in done.stdout.splitlines()}
    changed = {f"{older}/{n}" for n, d in files_of(older).items() if before.get(n) != d}
    assert written == {name for name in changed if "/revisions/" not in name}


def test_an_upgraded_archive_is_not_upgraded_again(older):
    frontmap.open(older).upgrade()
    before = files_of(older)
    answer = run("upgrade", "--archive", str(older))
    assert (answer.returncode, answer.stdout) == (0, "")
    assert "nothing to upgrade: of format 2" in answer.stderr
    assert files_of(older) == before


def test_an_upgrade_that_was_cut_off_goes_on(drawn, monkeypatch):
    """Whatever was written when it ended, the same command makes the rest, and nothing twice."""
    whole = shutil.copytree(drawn, drawn.with_name("whole"))
    frontmap.open(whole).upgrade()
    writes = 0
    for last in range(1, 20):
        root = shutil.copytree(drawn, drawn.with_name(f"cut {last}"))
        with monkeypatch.context() as patch:
            patch.setattr(storage, "replace", failing_at(storage.replace, last))
            patch.setattr(storage, "create", failing_at(storage.create, last))
            try:
                frontmap.open(root).upgrade()
            except StorageError:
                writes += 1
        frontmap.open(root).upgrade()
        assert frontmap.open(root).verify() == ()
        assert undated(files_of(root)) == undated(files_of(whole))
    assert writes > 3


def failing_at(write, count):
    calls = iter(range(1, 1000))

    def written(*args, **options):
        if next(calls) == count:
            raise StorageError("no space left on device")
        return write(*args, **options)

    return written


def undated(files: dict[str, bytes]) -> list[bytes]:
    """Return what files hold, but for when it was recorded and the digest that follows from it."""
    clock = re.compile(rb'"(recorded|digest)":"[^"]*"')
    return sorted(clock.sub(b"", data) for data in files.values())


def test_edits_that_nobody_recorded_are_not_upgraded_over(drawn):
    copy = drawn / "snapshots" / "2024" / "2024-08-31.geojson"
    copy.write_bytes(copy.read_bytes().replace(b"[35.200000,51.150000]", b"[35.200000,51.140000]"))
    before = files_of(drawn)
    with pytest.raises(ConflictError, match="edited, not recorded; copy it elsewhere"):
        frontmap.open(drawn).upgrade()
    assert files_of(drawn) == before


def test_what_is_damaged_is_not_upgraded(drawn):
    path = next((drawn / "revisions" / "2024" / "2024-08-12").iterdir())
    path.write_bytes(path.read_bytes().replace(b"51.150000", b"51.140000"))
    before = files_of(drawn)
    with pytest.raises(IntegrityError, match="nothing is upgraded until it is mended"):
        frontmap.open(drawn).upgrade()
    assert files_of(drawn) == before


def test_a_table_that_cannot_be_read_ends_it_before_anything_is_written(drawn):
    table = drawn / "settlement_events.csv"
    table.write_text(table.read_text("utf-8").replace("UA_enters", "UA_leaves"), "utf-8")
    before = files_of(drawn)
    with pytest.raises(InputError, match=r"settlement_events\.csv, line 2, column event"):
        frontmap.open(drawn).upgrade()
    assert files_of(drawn) == before


def older_revision(root: Path, snapshot: Snapshot) -> Path:
    """Put a revision of format 1 into an archive, as a merge does."""
    text = canonical.dumps(replace(snapshot, revision=replace(snapshot.revision, version=1)))
    path = layout.revision_path(root, canonical.loads(text).revision)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    return path


def test_a_forked_date_is_left_said_and_can_be_resolved_afterwards(drawn):
    first = frontmap.open(drawn)["2024-08-12"]
    forked = replace(first.revision, supersedes=frozenset(), reason="somebody else's", digest="")
    older_revision(drawn, replace(first, revision=forked))
    done = frontmap.open(drawn).upgrade()
    (left,) = [finding for finding in done if finding.rule == "left"]
    assert left.located.startswith("2024-08-12") or "2024-08-12" in str(left.path)
    archive = frontmap.open(drawn)
    assert [finding.rule for finding in archive.verify()] == ["fork"]
    resolved = archive.resolve("2024-08-12", keep=first.digest, reason="the first")
    assert resolved.version == FORMAT_VERSION
    assert archive.verify() == ()


@pytest.mark.parametrize(
    ("given", "extra"),
    [("2024-10-01", {}), ("last Tuesday", {"date_given": "last Tuesday"}), (7, {"date_given": 7})],
)
def test_a_property_named_date_makes_room_for_the_snapshots_own(drawn, given, extra):
    revision = frontmap.open(drawn)["2024-08-12"].revision
    header = replace(revision, date=dt.date(2024, 10, 1), digest="")
    path = older_revision(drawn, Snapshot(header, (zone(SMALL, extra={"date": given}),)))
    shutil.copy(path, drawn / "snapshots" / "2024" / "2024-10-01.geojson")
    assert frontmap.open(drawn)["2024-10-01"].zones[0].extra == {"date": given}
    frontmap.open(drawn).upgrade()
    assert frontmap.open(drawn)["2024-10-01"].zones[0].extra == extra
    assert frontmap.open(drawn).verify() == ()


def test_what_archive_json_says_beside_is_kept(drawn):
    path = drawn / "archive.json"
    value = json.loads(path.read_bytes())
    value["homepage"] = "https://example.org"
    value["parties"]["UA"]["wikidata"] = "Q212"
    path.write_text(json.dumps(value), "utf-8")
    frontmap.open(drawn).upgrade()
    after = json.loads(path.read_bytes())
    assert after["homepage"] == "https://example.org"
    assert after["parties"][0]["wikidata"] == "Q212"
    assert [party["id"] for party in after["parties"]] == ["UA", "RU"]  # by first appearance
    assert after["title_uk"] == "Фронт"


@pytest.mark.parametrize(
    "texts",
    [
        {"colour": "red"}, {"colour": "#FF0000"}, {"name_long": "Russia"}, {"name_": "q"},
        {"name_in full": "x"}, {"names": "Russia"}, {"id": "XX"}, {"short_name": "RF"},
    ],
)  # fmt: skip
def test_what_a_party_had_beside_is_kept_whatever_it_is_called(drawn, texts):
    path = drawn / "archive.json"
    value = json.loads(path.read_bytes())
    value["parties"]["RU"] |= texts
    value |= {"covered": 5, "attribution": ["x"]}
    path.write_text(json.dumps(value), "utf-8")
    assert frontmap.open(drawn).verify() == ()
    frontmap.open(drawn).upgrade()
    assert frontmap.open(drawn).verify() == ()
    after = json.loads(path.read_bytes())
    assert (after["covered_given"], after["attribution_given"]) == (5, ["x"])
    russia = after["parties"][1]
    assert all(text in russia.values() for text in texts.values())
    assert (russia["id"], russia["names"]["en"], russia["colour"]) == ("RU", "Russia", "#7d3f98")


def test_a_revision_of_format_1_that_comes_later_is_upgraded_too(drawn):
    frontmap.open(drawn).upgrade()
    header = frontmap.open(drawn)["2024-08-12"].revision
    later = replace(header, date=dt.date(2024, 10, 5), supersedes=frozenset(), digest="")
    path = older_revision(drawn, Snapshot(later, (zone(SMALL),)))
    shutil.copy(path, drawn / "snapshots" / "2024" / "2024-10-05.geojson")
    done = frontmap.open(drawn).upgrade()
    assert [(each.rule, str(each.date)) for each in done] == [("corrected", "2024-10-05")]
    assert frontmap.open(drawn)["2024-10-05"].revision.version == FORMAT_VERSION


def test_figures_get_the_party_whose_ground_they_count_where_that_is_certain(drawn):
    frontmap.open(drawn).upgrade()
    parties = read_reported(drawn)["party"].tolist()
    assert parties == ["UA", "", ""]  # controlled; retaken and a combat zone are nobody's yet


def test_an_import_goes_on_after_it(tmp_path):
    root = shutil.copytree(FIRST_EDITION / IMPORTED, tmp_path / IMPORTED)
    frontmap.open(root).upgrade()
    before = files_of(root)
    files = shutil.copytree(HERE / "data" / "deepstate", tmp_path / "files")
    shutil.copy(FIRST_EDITION / "1709294400.geojson", files)  # whose bow tie was taken then
    answer = run("import", "deepstate", str(files), "--into", str(root))
    assert answer.returncode == 0
    assert "4 unchanged" in answer.stderr
    assert files_of(root) == before
    header = frontmap.open(root).revisions("2024-03-01")[-1]
    origin = header.imported_from
    assert origin is not None
    named = (origin.file, origin.profile, origin.version)
    assert named == ("1709294400.geojson", "deepstate", "1")


def test_a_list_from_before_still_proves_that_nothing_is_lost(older, tmp_path):
    listed = str(tmp_path / "before.sha256")
    assert run("verify", "--write-manifest", listed, "--archive", str(older)).returncode == 0
    frontmap.open(older).upgrade()
    assert run("verify", "--since", listed, "--archive", str(older)).returncode == 0


def test_an_older_frontmap_refuses_what_is_upgraded_in_one_clear_line(history, older):
    assert first_edition(history, "verify", "--archive", str(older)).returncode == 0
    frontmap.open(older).upgrade()
    for verb in (["verify"], ["area"], ["withdraw", "2024-08-31", "--reason", "because"]):
        answer = first_edition(history, *verb, "--archive", str(older))
        assert answer.returncode == 1
        assert answer.stderr == (
            f"frontmap: {older}/archive.json: format: 2 is not the one that this frontmap reads "
            "(1); use a newer frontmap\n"
        )


def test_the_first_editions_kursk_is_upgraded_with_nothing_lost_or_moved(history, tmp_path):
    root = shutil.copytree(history / "geodata" / "kursk", tmp_path / "kursk")
    before = frontmap.open(root)
    revisions, areas, judged = (
        of_revisions(files_of(root)),
        frontmap.areas(before),
        verdicts(before),
    )
    zones = {(s.date, z.id): z.geometry for s in before for z in s.zones}
    statuses = frontmap.settlement_statuses(before)
    before.upgrade()
    after = frontmap.open(root)
    assert after.verify() == ()
    assert revisions.items() <= of_revisions(files_of(root)).items()
    keys = {(s.date, z.id): z.geometry for s in after for z in s.zones}
    assert keys.keys() == zones.keys()
    moved = np.abs(area_km2([*keys.values()]) - area_km2([zones[key] for key in keys]))
    assert moved.max() < 0.01
    assert all(is_coverage(snapshot) for snapshot in after)
    same = [column for column in areas if column not in {"digest", "error_km2", "bound_km2"}]
    pd.testing.assert_frame_equal(frontmap.areas(after)[same], areas[same], atol=0.02)
    # slivers between borders that nearly matched had lines of their own, which counted
    np.testing.assert_allclose(frontmap.areas(after)["error_km2"], areas["error_km2"], rtol=0.05)
    assert (frontmap.areas(after)["bound_km2"] <= areas["bound_km2"] * 1.001).all()
    pd.testing.assert_frame_equal(verdicts(after), judged)
    pd.testing.assert_frame_equal(frontmap.settlement_statuses(after), statuses)
    assert {finding.rule for finding in frontmap.check_archive(after)} <= {"gap", "jump"}


def verdicts(archive):
    return frontmap.figure_verdicts(archive)[["as_of", "value_km2", "verdict", "basis", "reason"]]

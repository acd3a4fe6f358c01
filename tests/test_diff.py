"""What ``frontmap diff`` sets side by side: revisions, dates, files and what git had."""

from __future__ import annotations

import csv
import itertools
import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import geopandas
import pytest
import shapely
from hypothesis import given, settings
from shapely import box

import frontmap
from frontmap.archive import layout
from frontmap.measure.area import area_km2
from frontmap.measure.difference import compare_snapshots
from frontmap.model import STATUSES
from fronts import LARGE, SMALL, Clock, new_archive, snapshot, to_format_1, zone
from test_difference import situations
from verbs import run

if TYPE_CHECKING:
    from pathlib import Path

BEFORE, DAY, NEXT = "2024-08-30", "2024-08-31", "2024-09-01"
WIDE = box(35, 51, 35.6, 51.4)


class Desk:
    """An archive in git: two dates, the second corrected once; and a folder to draw in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = new_archive(folder / "front")
        self.archive.add(BEFORE, [zone(SMALL)], reason="before")
        self.archive.add(DAY, [zone(SMALL, note="old")], reason="first")
        self.archive.correct(DAY, [zone(LARGE, note="new")], reason="second")
        self.git("init", "-q", ".")
        self.commit()

    def git(self, *words: str) -> None:
        named = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        subprocess.run(named, cwd=self.archive.root, check=True)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "recorded")

    def draw(self, ground, name: str = "zones.geojson", **columns) -> str:
        frame = geopandas.GeoDataFrame({"id": ["a"], **columns}, geometry=[ground], crs=4326)
        frame.to_file(self.folder / name)
        return str(self.folder / name)

    def diff(self, *words: str, code: int = 1):
        answer = run("diff", *words, "--archive", str(self.archive.root))
        assert answer.returncode == code, answer
        return answer

    def rows(self, *words: str, about: str, code: int = 1):
        rows = json.loads(self.diff(*words, "--format", "json", code=code).stdout)
        return [row for row in rows if row["about"] == about]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


WHAT = ["--party", "UA", "--status", "controlled", "--confidence", "medium", "--accuracy", "1000"]


def after_km2(rows):
    (row,) = rows
    return row["before_km2"], row["after_km2"]


def km2(*grounds):
    return tuple(area_km2([*grounds]))


def test_the_first_revision_of_a_date_is_compared_with_the_date_before(desk):
    desk.archive.add(NEXT, [zone(WIDE)], reason="new")
    rows = desk.rows(NEXT, about="ground")
    assert after_km2(rows) == pytest.approx(km2(LARGE, WIDE))
    said = desk.diff(NEXT).stdout
    assert said.startswith(f"from {DAY} {desk.archive[DAY].digest[:12]} second\n")
    assert f"to   {NEXT} {desk.archive[NEXT].digest[:12]} new\n" in said


def test_a_withdrawn_date_is_not_the_date_before(desk):
    desk.archive.withdraw(DAY, reason="gone")
    desk.archive.add(NEXT, [zone(WIDE)], reason="new")
    assert desk.diff(NEXT).stdout.startswith(f"from {BEFORE} ")


def test_before_the_first_date_there_is_nothing(desk):
    said = desk.diff(BEFORE).stdout
    assert said.startswith("from nothing was recorded before\n")


def test_the_first_of_a_later_instant_is_compared_with_the_instant_before(tmp_path):
    front = new_archive(tmp_path / "front")
    noon, evening = (f"{DAY}T{hour}:00:00+00:00" for hour in (12, 20))
    clock = Clock(noon)
    for ground, instant in ((SMALL, noon), (LARGE, evening)):
        clock.set(instant)
        front.add(DAY, [zone(ground)], reason=instant, published=clock())
    one = front[DAY]
    assert front.before(one).zones[0].geometry.equals(SMALL)


def test_attributes_are_shown_as_they_were_and_as_they_are(desk):
    front = desk.archive
    changed = zone(LARGE, note="new", accuracy_m=500, sources=("isw", "dw"), extra={"n": 7})
    front.correct(DAY, [changed], reason="third")
    rows = {row["attributes"]: row for row in desk.rows(DAY, about="attribute")}
    assert {name: (row["from_value"], row["to_value"]) for name, row in rows.items()} == {
        "accuracy_m": (1000.0, 500.0),
        "n": ("", 7),
        "sources": ("isw", "dw isw"),
    }
    assert {row["name"] for row in rows.values()} == {"a"}
    said = desk.diff(DAY).stdout
    assert "from_value" in said
    assert "dw isw" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([DAY, "{zones}"], (LARGE, WIDE)),
        ([NEXT, "{zones}"], (LARGE, WIDE)),
        ([DAY, "{first}", "{zones}"], (SMALL, WIDE)),
        ([DAY, "{zones}", "{first}"], (WIDE, SMALL)),
        ([DAY, "{zones}", "{small}"], (WIDE, SMALL)),
        (["{small}", "{zones}"], (SMALL, WIDE)),
        ([DAY, "{copy}", "{zones}"], (LARGE, WIDE)),
    ],
)
def test_files_are_compared_with_revisions_and_with_each_other(desk, words, expected):
    given = {
        "zones": desk.draw(WIDE),
        "small": desk.draw(SMALL, "small.geojson"),
        "first": desk.archive.revisions(DAY)[0].digest[:8],
        "copy": str(layout.copy_path(desk.archive.root, desk.archive[DAY].revision)),
    }
    rows = desk.rows(*(word.format(**given) for word in words), *WHAT, about="ground")
    assert after_km2(rows) == pytest.approx(km2(*expected))


def test_two_files_need_no_archive_and_are_of_no_date(tmp_path):
    for name, ground in (("a.geojson", SMALL), ("b.geojson", LARGE)):
        geopandas.GeoDataFrame(geometry=[ground], crs=4326).to_file(tmp_path / name)
    answer = run("diff", "a.geojson", "b.geojson", *WHAT, "--format", "csv", cwd=tmp_path)
    assert answer.returncode == 1
    assert {row["date"] for row in csv.DictReader(answer.stdout.splitlines())} == {""}
    assert run("diff", "a.geojson", "a.geojson", *WHAT, cwd=tmp_path).returncode == 0


def test_a_file_says_nothing_of_the_sources_of_the_header(desk):
    desk.archive.correct(DAY, [zone(LARGE)], reason="x", sources=["isw-2"])
    assert desk.rows(DAY, desk.draw(WIDE, sources="isw"), *WHAT, about="source") == []


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([], 2, "give a DATE, two files, or --since REV"),
        (["{zones}"], 2, "give a DATE, two files, or --since REV"),
        (["{zones}", "{zones}", "{zones}"], 2, "two files"),
        (["yesterday"], 2, "yesterday"),
        ([DAY, "none.geojson"], 3, "none.geojson"),
        ([DAY, "ffff"], 3, "ffff"),
        ([DAY, "{twice}"], 1, "the id 'a' occurs twice"),
        ([DAY, "--since", "no-such"], 3, "neither a file nor a revision of git"),
        ([DAY, "ffff", "--since", "HEAD"], 2, "--since takes no revision"),
        ([DAY, "a", "b", "c"], 2, "DATE and two of its revisions"),
    ],
)
def test_what_cannot_be_compared_is_one_line(desk, words, code, says):
    twice = desk.folder / "twice.geojson"
    frame = geopandas.GeoDataFrame({"id": ["a", "a"]}, geometry=[SMALL, LARGE], crs=4326)
    frame.to_file(twice)
    given = {"zones": desk.draw(WIDE), "twice": str(twice)}
    answer = desk.diff(*(word.format(**given) for word in words), *WHAT, code=code)
    assert len(answer.stderr.splitlines()) == 1
    assert says in answer.stderr


def test_since_a_git_revision_what_is_in_force_otherwise_is_shown_by_date(desk):
    assert desk.diff("--since", "HEAD", code=0).stdout == "nothing differs\n"
    desk.archive.correct(BEFORE, [zone(LARGE)], reason="third")
    desk.archive.revert(BEFORE)
    desk.archive.correct(BEFORE, [zone(WIDE)], reason="fourth")
    desk.archive.add(NEXT, [zone(SMALL)], reason="new")
    rows = desk.rows("--since", "HEAD", about="ground")
    assert [row["date"] for row in rows] == [BEFORE, NEXT]
    assert [row["from_digest"] for row in rows] == [
        desk.archive.revisions(BEFORE)[0].digest,
        desk.archive[DAY].digest,
    ]
    for row, expected in zip(rows, [(SMALL, WIDE), (LARGE, SMALL)], strict=True):
        assert after_km2([row]) == pytest.approx(km2(*expected))
    (only,) = desk.rows(NEXT, "--since", "HEAD", about="ground")
    assert only["date"] == NEXT
    desk.commit()
    assert desk.diff("--since", "HEAD", code=0).stdout == "nothing differs\n"
    assert desk.rows("--since", "HEAD~1", about="ground") == rows


def test_since_a_git_revision_a_withdrawal_takes_its_ground_away(desk):
    desk.archive.withdraw(DAY, reason="gone")
    (row,) = desk.rows("--since", "HEAD", about="ground")
    assert after_km2([row]) == pytest.approx((*km2(LARGE), 0.0))
    desk.commit()
    desk.archive.revert(DAY)
    (row,) = desk.rows("--since", "HEAD", about="ground")
    assert after_km2([row]) == pytest.approx((0.0, *km2(LARGE)))


def test_since_a_git_revision_each_end_of_a_fork_is_shown(desk):
    twin = shutil.copytree(desk.archive.root, desk.folder / "twin")
    desk.archive.correct(DAY, [zone(WIDE)], reason="Ann's")
    theirs = frontmap.open(twin, clock=Clock("2026-09-02T10:00:00+00:00"))
    theirs.correct(DAY, [zone(SMALL)], reason="Ben's")
    shutil.copytree(twin / "revisions", desk.archive.root / "revisions", dirs_exist_ok=True)
    rows = desk.rows("--since", "HEAD", about="ground")
    assert sorted(row["after_km2"] for row in rows) == pytest.approx(sorted(km2(SMALL, WIDE)))
    desk.commit()
    assert desk.diff("--since", "HEAD", code=0).stdout == "nothing differs\n"
    ends = [r.digest for r in desk.archive.revisions(DAY)][-2:]
    desk.archive.resolve(DAY, keep=ends[0], reason="the later one")
    assert {row["from_digest"] for row in desk.rows("--since", "HEAD", about="ground")} == {*ends}


def test_a_revision_that_git_has_and_the_folder_has_not_is_a_matter_for_verify(desk):
    layout.revision_path(desk.archive.root, desk.archive[DAY].revision).unlink()
    answer = desk.diff("--since", "HEAD", code=5)
    assert "frontmap verify --since HEAD" in answer.stderr
    desk.diff(BEFORE, "--since", "HEAD", code=0)


def test_since_before_an_upgrade_what_is_recorded_anew_is_the_same_ground(desk):
    shutil.rmtree(desk.archive.root / ".git")
    to_format_1(desk.archive.root)
    desk.git("init", "-q", ".")
    desk.commit()
    frontmap.open(desk.archive.root).upgrade()
    assert desk.rows("--since", "HEAD", about="zone", code=0) == []


def test_changed_ground_opens_in_a_gis_and_is_the_same_twice(desk):
    words = [DAY, "--format", "geojson"]
    printed = desk.diff(*words).stdout
    assert desk.diff(*words).stdout == printed
    value = json.loads(printed)
    assert sorted(value) == ["credits", "features", "type"]
    (feature,) = value["features"]
    assert {**feature["properties"], "area_km2": None} == {
        "date": DAY,
        "from_digest": desk.archive.revisions(DAY)[0].digest,
        "to_digest": desk.archive[DAY].digest,
        "from_party": "",
        "from_status": "",
        "to_party": "UA",
        "to_status": "controlled",
        "area_km2": None,
    }
    path = desk.folder / "changed.geojson"
    path.write_text(printed, "utf-8")
    read = geopandas.read_file(path)
    assert read.crs.to_epsg() == 4326
    assert read.geometry[0].equals(LARGE.difference(SMALL))
    small, large = km2(SMALL, LARGE)
    assert read["area_km2"].tolist() == pytest.approx([large - small])
    same = desk.diff(DAY, desk.archive[DAY].digest, "--format", "geojson", code=0).stdout
    assert json.loads(same)["features"] == []


def signed(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring))


@settings(max_examples=60)
@given(situations(), situations())
def test_changed_ground_is_sound_and_adds_up_to_what_each_party_has_more(before, after):
    found = compare_snapshots(before, after)
    for ground in found.ground:
        gained, lost = (
            sum(
                each.area_km2
                for each in found.changed_ground
                if getattr(each, f"{end}_status") == ground.status
                and ground.party in getattr(each, f"{end}_party").split()
            )
            for end in ("to", "from")
        )
        more_km2 = ground.after_km2 - ground.before_km2
        assert gained - lost == pytest.approx(more_km2, abs=1e-6)
    for each in found.changed_ground:
        assert each.geometry.is_valid
        assert (each.from_party, each.from_status) != (each.to_party, each.to_status)
        for polygon in shapely.get_parts(each.geometry):
            assert signed([*polygon.exterior.coords]) > 0  # RFC 7946: the right-hand rule
            assert all(signed([*hole.coords]) < 0 for hole in polygon.interiors)


@given(situations())
def test_between_a_snapshot_and_itself_no_ground_changed(situation):
    assert compare_snapshots(situation, situation).changed_ground == ()


def test_ground_that_several_contest_names_them_all_and_a_claim_is_told_apart():
    west, east = box(35, 51, 35.2, 51.2), box(35.2, 51, 35.4, 51.2)
    before = snapshot(zone(west, "ua"), zone(east, "ru", party="RU", status="claimed"))
    after = snapshot(zone(west, "ua"), zone(west, "ru", party="RU"))
    found = compare_snapshots(before, after).changed_ground
    assert [(g.from_status, g.from_party, g.to_status, g.to_party) for g in found] == [
        ("claimed", "RU", "", ""),
        ("controlled", "UA", "contested", "RU UA"),
    ]
    assert {status for g in found for status in (g.from_status, g.to_status)} <= {*STATUSES, ""}


def test_a_makers_words_are_read_as_rules_say(desk):
    file = desk.draw(WIDE, state="theirs")
    words = [file, *WHAT[4:], "--rule", "state=theirs => RU contested"]
    (row,) = [r for r in desk.rows(DAY, *words, about="ground") if r["to_party"] == "RU"]
    assert (row["to_status"], row["after_km2"]) == ("contested", pytest.approx(*km2(WIDE)))
    answer = desk.diff(DAY, *words, "--save-profile", "x", code=2)
    assert "nothing is recorded here" in answer.stderr


def test_a_file_is_read_as_its_user_says(desk):
    days = geopandas.GeoDataFrame({"when": [DAY, BEFORE]}, geometry=[WIDE, SMALL], crs=4326)
    file = desk.folder / "days.gpkg"
    days.to_crs(32637).to_file(file, layer="held")
    days[:1].to_file(file, layer="other")
    words = [str(file), *WHAT, "--source", "isw", "--layer", "held", "--split", "when"]
    (row,) = [r for r in desk.rows(DAY, *words, about="ground") if r["to_party"] == "UA"]
    assert row["after_km2"] == pytest.approx(area_km2([WIDE])[0], rel=1e-5)
    answer = desk.diff(str(file), *words, code=2)
    assert "--split takes the features of a DATE" in answer.stderr

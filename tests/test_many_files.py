"""Many files at once: of any maker, in folders, of one day or of many, by name or by property."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import frontmap
from frontmap.archive import utc_now
from frontmap.date_patterns import parse_pattern
from frontmap.errors import ConflictError, InputError, NotFoundError
from frontmap.imports.choices import Choices
from frontmap.imports.dating import Dating, dated_files
from frontmap.imports.finding import digest_of, files_at
from frontmap.imports.founding import open_imported
from frontmap.imports.importing import import_files, read_repairs
from frontmap.intake.file_zones import read_zones
from frontmap.intake.periods import parse_split
from frontmap.intake.profiles import Profile, read_profile
from frontmap.intake.rules import parse_rule
from fronts import new_archive

ROOT = Path(__file__).parent.parent
ISW = Profile(
    name="isw",
    maker="ISW",
    source="isw",
    accuracy_m=2000,
    confidence="low",
    rules=tuple(
        map(
            parse_rule,
            ("layer=held => RU controlled", "file=*_held => RU controlled",
             "file=*_claims => RU claimed"),
        )
    ),
)  # fmt: skip


def square(west, **properties):
    ring = [[west, 51], [west + 0.1, 51], [west + 0.1, 51.1], [west, 51.1], [west, 51]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def held(west, **properties):
    return square(west, layer="held", **properties)


def write(path: Path, *features):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def import_all(folder, into, profile=ISW, *, dates=None, split=None, **options):
    dating = Dating(
        pattern=parse_pattern(dates) if dates else None,
        split=parse_split(split) if split else None,
        **{name: options.pop(name) for name in ("join_day", "time_zone", "at", "no_ground")
           if name in options},
    )  # fmt: skip
    dated = dated_files(files_at([folder], beside=into).maps, profile, dating)
    done = list(import_files(dated.snapshots, into, maker=profile, dating=dating, **options))
    return [(str(each.files.when), each.step) for each in done]


def zones_on(into, date):
    return frontmap.open(into).as_of(date).zones


def test_a_folder_of_folders_goes_in_by_one_call_and_twice_changes_nothing(tmp_path):
    files, into = tmp_path / "files", tmp_path / "archive"
    write(files / "2024" / "08" / "30" / "zones.geojson", held(35))
    write(files / "2024" / "08" / "31" / "zones.geojson", held(35.2))
    write(files / ".git" / "2024-09-01.geojson", held(35))
    (files / "README.md").write_text("of their maker")
    days = ["2024-08-30", "2024-08-31"]
    assert import_all(files, into) == [(day, "added") for day in days]
    before = {path: path.read_bytes() for path in into.rglob("*") if path.is_file()}
    assert import_all(files, into) == [(day, "unchanged") for day in days]
    assert {path: path.read_bytes() for path in into.rglob("*") if path.is_file()} == before
    assert [path.name for path in files_at([files]).others] == ["README.md"]


def test_each_snapshot_has_a_table_of_repairs_of_its_own(tmp_path):
    files, into = tmp_path / "files", tmp_path / "archive"
    for day in ("30", "31"):
        write(
            files / "2024" / "08" / day / "zones.geojson", held(35), {**held(35), "geometry": None}
        )
    import_all(files, into)
    assert sorted(path.name for path in into.glob("repairs/2024/*")) == [
        "2024-08-30.csv",
        "2024-08-31.csv",
    ]


def test_the_archive_does_not_read_itself_where_it_lies_among_the_files(tmp_path):
    write(tmp_path / "2024-08-31.geojson", held(35))
    into = tmp_path / "archive"
    assert import_all(tmp_path, into) == [("2024-08-31", "added")]
    assert import_all(tmp_path, into) == [("2024-08-31", "unchanged")]


def test_layers_of_one_day_are_joined_when_that_is_said(tmp_path):
    files, into = tmp_path / "files", tmp_path / "archive"
    first = write(files / "20220410_held.geojson", square(35))
    second = write(files / "20220410_claims.geojson", square(35.2))
    with pytest.raises(InputError, match="--join-day"):
        import_all(files, into, dates="{yyyy}{mm}{dd}_*")
    assert not into.exists()
    steps = import_all(files, into, dates="{yyyy}{mm}{dd}_*", join_day=True)
    assert steps == [("2022-04-10", "added")]
    assert sorted(zone.status for zone in zones_on(into, "2022-04-10")) == ["claimed", "controlled"]
    origin = frontmap.open(into).revisions()[0].imported_from
    assert origin.file == "20220410_claims.geojson + 20220410_held.geojson"
    listed = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in (second, first)
    )
    assert origin.sha256 == hashlib.sha256(listed.encode()).hexdigest()
    again = import_all(files, into, dates="{yyyy}{mm}{dd}_*", join_day=True)
    assert again == [("2022-04-10", "unchanged")]


def test_the_digest_of_several_files_is_that_of_the_list_that_sha256sum_prints(tmp_path):
    files = [write(tmp_path / name, held(35)) for name in ("a.geojson", "b.geojson")]
    listed = subprocess.run(
        ["sha256sum", "a.geojson", "b.geojson"], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    assert digest_of(files) == hashlib.sha256(listed).hexdigest()


def test_files_of_one_day_are_kept_apart_by_the_instant_in_their_names(tmp_path):
    files, into = tmp_path / "files", tmp_path / "archive"
    for hour, west in (("0349", 35), ("1147", 35.2)):
        write(files / f"230311_{hour}.geojson", held(west))
    steps = import_all(files, into, dates="{yy}{mm}{dd}_{HH}{MM}", time_zone="Europe/Kyiv")
    assert steps == [
        ("2023-03-11, published 2023-03-11T01:49:00Z", "added"),
        ("2023-03-11, published 2023-03-11T09:47:00Z", "added"),
    ]
    assert frontmap.open(into).about.theatre.time_zone == "Europe/Kyiv"


BOW_TIE = [[[35, 51], [35.2, 51.2], [35.2, 51], [35, 51.2], [35, 51]]]
NAMED_FEATURES = {
    "ground of several meanings": (
        {**held(35), "id": "Льгов", "geometry": {"type": "Polygon", "coordinates": BOW_TIE}},
        r"day.geojson: feature 2 \(Льгов\): invalid geometry, of several meanings",
    ),
    "another date": (
        {**held(35.2, date="2024-08-30"), "id": "z9"},
        r"day.geojson: feature 2 \(z9\): date 2024-08-30 is not 2024-08-31",
    ),
    "a party that is none": (
        {**square(35.2, layer="theirs"), "id": 7},
        r"party 'XX' is not .* frontmap party add XX.* is feature 2 \(7\) of day.geojson",
    ),
    "ground outside": (
        {**held(39), "id": "far"}, r"outside the theatre .* is feature 2 \(far\) of day.geojson",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", NAMED_FEATURES)
def test_what_an_import_refuses_is_named_as_its_file_has_it(tmp_path, what):
    feature, says = NAMED_FEATURES[what]
    front = new_archive(tmp_path / "front", maker="ISW")
    file = write(tmp_path / "day.geojson", held(35), feature)
    profile = replace(ISW, rules=(*ISW.rules, parse_rule("layer=theirs => XX controlled")))
    with pytest.raises(InputError, match=says):
        import_all(file, front.root, profile, dates="* => 2024-08-31")


def test_one_file_of_many_dates_is_a_snapshot_of_each(tmp_path):
    file, into = tmp_path / "all.geojson", tmp_path / "archive"
    write(file, held(35, date="2024-08-30"), held(35.2, date="2024-08-31"))
    with pytest.raises(InputError, match="its features state dates: --split date"):
        import_all(file, into)
    with pytest.raises(InputError, match=r"feature 1: date 2024-08-30 is not 2024-08-31.*--split"):
        import_all(file, tmp_path / "other", dates="* => 2024-08-31")
    days = ["2024-08-30", "2024-08-31"]
    assert import_all(file, into, split="date") == [(day, "added") for day in days]
    assert import_all(file, into, split="date") == [(day, "unchanged") for day in days]
    (zone,) = zones_on(into, "2024-08-31")
    assert zone.geometry.bounds[0] == 35.2


def test_one_file_of_periods_is_a_snapshot_at_each_change(tmp_path):
    file, into = tmp_path / "all.geojson", tmp_path / "archive"
    write(
        file,
        held(35, start_date="2024-08-06", end_date="2024-08-20"),
        held(35.2, start_date="2024-08-20", end_date="2024-09-10"),
    )
    with pytest.raises(InputError, match="state periods: --split start_date,end_date"):
        import_all(file, into)
    steps = import_all(file, into, split="start_date,end_date")
    assert steps == [("2024-08-06", "added"), ("2024-08-20", "added")]
    assert [zone.geometry.bounds[0] for zone in zones_on(into, "2024-08-20")] == [35.2]
    steps = import_all(file, into, split="start_date,end_date", no_ground=True)
    assert steps[-1] == ("2024-09-10", "added")
    assert zones_on(into, "2024-09-10") == ()


def test_what_was_not_true_on_the_day_is_counted(tmp_path):
    file, into = tmp_path / "2026-02-01.kml", tmp_path / "archive"
    ring = "35,51 35.1,51 35.1,51.1 35,51.1 35,51"
    span = "<TimeSpan><begin>2026-01-01</begin><end>2026-01-20</end></TimeSpan>"
    mark = (
        "<Placemark>{}<Polygon><outerBoundaryIs><LinearRing><coordinates>" + ring
        + "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )  # fmt: skip
    marks = mark.format(span) + mark.format("").replace("35", "36")
    file.write_text(f"<kml><Folder><name>held</name>{marks}</Folder></kml>")
    folder = replace(ISW, rules=(parse_rule("folder=held => RU claimed"),))
    import_all(file, into, folder)
    assert [zone.geometry.bounds[0] for zone in zones_on(into, "2026-02-01")] == [36]
    files = dated_files([file], folder, Dating()).snapshots
    assert [(r.rule, r.detail, r.count) for r in read_repairs(into, files[0])] == [
        ("other-time", "from 2026-01-01 until 2026-01-20", 1)
    ]


def test_what_comes_before_a_bad_file_is_recorded_and_the_rest_goes_on_later(tmp_path):
    files, into = tmp_path / "files", tmp_path / "archive"
    for day in range(1, 6):
        write(files / f"2024-08-0{day}.geojson", held(35 + day / 10))
    bad = files / "2024-08-04.geojson"
    bad.write_text("{")
    with pytest.raises(InputError, match=r"2024-08-04\.geojson"):
        import_all(files, into)
    assert [str(date) for date in frontmap.open(into).dates] == [f"2024-08-0{n}" for n in (1, 2, 3)]
    write(bad, held(36))
    assert [step for _, step in import_all(files, into)] == ["unchanged"] * 3 + ["added"] * 2


def test_a_dry_run_reads_all_says_what_each_would_be_and_writes_nothing(tmp_path):
    files, into = tmp_path / "files", tmp_path / "archive"
    write(files / "2024-08-01.geojson", held(35))
    write(files / "2024-08-02.geojson", square(35, layer="new"))
    write(files / "2024-08-03.geojson", held(35))
    assert [step for _, step in import_all(files, into, dry_run=True)] == [
        "added",
        "refused",
        "added",
    ]
    assert not into.exists()
    (files / "2024-08-02.geojson").unlink()
    import_all(files, into)
    write(files / "2024-08-03.geojson", held(35), held(35.3))
    before = {path: path.read_bytes() for path in into.rglob("*") if path.is_file()}
    assert [step for _, step in import_all(files, into, dry_run=True)] == ["unchanged", "corrected"]
    assert {path: path.read_bytes() for path in into.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("profile", "zone"),
    [(ISW, square(35, layer="new")), (replace(ISW, confidence=None), held(35))],
    ids=["a word that no rule knows", "a choice that is missing"],
)
def test_an_import_that_is_refused_at_its_first_file_makes_no_archive(tmp_path, profile, zone):
    files, into = tmp_path / "files", tmp_path / "archive"
    write(files / "2024-08-01.geojson", zone)
    write(files / "2024-08-02.geojson", held(35))
    with pytest.raises(InputError, match=r"2024-08-01\.geojson"):
        import_all(files, into, profile)
    assert not into.exists()


def test_a_changed_profile_corrects_what_it_reads_otherwise_and_nothing_else(tmp_path):
    files, into = tmp_path / "files", tmp_path / "archive"
    write(files / "2024-08-01.geojson", held(35))
    write(files / "2024-08-02.geojson", held(35), square(35.3, layer="new"))
    with pytest.raises(InputError, match="'new'"):
        import_all(files, into)
    rules = (*ISW.rules, parse_rule("layer=new => RU contested"))
    wider = Profile(
        name="isw", maker="ISW", source="isw", accuracy_m=2000, confidence="low", rules=rules
    )
    assert [step for _, step in import_all(files, into, wider)] == ["unchanged", "added"]
    held_by_ua = (parse_rule("layer=held => RU contested"), *rules)
    other = Profile(
        name="isw", maker="ISW", source="isw", accuracy_m=2000, confidence="low", rules=held_by_ua
    )
    assert [step for _, step in import_all(files, into, other)] == ["corrected", "corrected"]


def test_contested_ground_is_of_the_party_that_its_own_rule_names(tmp_path):
    files, into = tmp_path / "files", tmp_path / "archive"
    write(files / "2024-08-01.geojson", square(35, layer="fought"), square(35.3, layer="grey"))
    rules = (parse_rule("layer=fought => RU contested"), parse_rule("layer=grey => UA contested"))
    import_all(files, into, replace(ISW, rules=rules))
    assert sorted(zone.party for zone in zones_on(into, "2024-08-01")) == ["RU", "UA"]


def test_the_party_that_the_first_edition_wrote_though_nobody_chose_it_binds_no_new_rule(tmp_path):
    archive = tmp_path / "archive"
    shutil.copytree(ROOT / "tests/data/first_edition/imported", archive)
    profile = read_profile("deepstate")
    _, chosen = open_imported(archive, profile, None, utc_now)
    assert (json.loads((archive / "import.json").read_text())["contested_party"], chosen) == (
        "RU",
        Choices(accuracy_m=500.0, confidence="medium"),
    )


@pytest.mark.parametrize("act", ["correct", "withdraw", "add"])
def test_what_a_person_recorded_last_is_left_and_named(tmp_path, act):
    files, into = tmp_path / "files", tmp_path / "archive"
    write(files / "2024-08-01.geojson", held(35))
    write(files / "2024-08-02.geojson", held(35))
    import_all(files, into)
    opened = frontmap.open(into)
    if act == "add":
        opened.add("2024-08-03", opened.as_of("2024-08-02").zones, reason="by hand")
    elif act == "correct":
        opened.correct("2024-08-02", [], reason="by hand")
    else:
        opened.withdraw("2024-08-02", reason="by hand")
    day = "2024-08-03" if act == "add" else "2024-08-02"
    write(files / f"{day}.geojson", held(35), held(35.3))
    before = {path: path.read_bytes() for path in into.rglob("*") if path.is_file()}
    assert import_all(files, into, dry_run=True)[-1] == (day, "left")
    assert import_all(files, into)[-1] == (day, "left")
    assert {path: path.read_bytes() for path in into.rglob("*") if path.is_file()} == before


def test_an_archive_of_ones_own_takes_files_by_the_import_and_other_makers_do_not(tmp_path):
    into = tmp_path / "archive"
    frontmap.init(into, title="A front", maker="ISW", license="CC0-1.0", bbox=(34, 50, 38, 52.5),
                  parties={"RU": {"name_en": "Russia"}})  # fmt: skip
    file = write(tmp_path / "2024-08-31.geojson", held(35))
    assert import_all(file, into) == [("2024-08-31", "added")]
    with pytest.raises(ConflictError, match="of ISW, not of NZZ"):
        import_all(file, into, Profile(name="nzz", maker="NZZ"))
    with pytest.raises(ConflictError, match="other choices"):
        import_all(file, into, choices=Choices(accuracy_m=100))


def test_a_folder_without_maps_and_a_path_without_anything_are_not_found(tmp_path):
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(NotFoundError, match="no map"):
        files_at([tmp_path])
    with pytest.raises(NotFoundError, match="no such file"):
        files_at([tmp_path / "none"])


def test_a_link_that_is_called_like_a_map_is_refused(tmp_path):
    (tmp_path / "a.kml").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match="is a link"):
        files_at([tmp_path])


def own(west, **properties):
    return square(west, party="RU", status="claimed", confidence="low", accuracy_m=500,
                  sources="isw", **properties)  # fmt: skip


def test_of_a_file_of_many_dates_one_is_taken_by_hand_when_that_is_asked(tmp_path):
    file = write(tmp_path / "all.geojson", own(35, date="2024-08-30"), own(36, date="2024-08-31"))
    day = dt.date(2024, 8, 31)
    with pytest.raises(InputError, match=r"feature 1: date 2024-08-30 is not .*: --split date"):
        read_zones(file, date=day)
    reading = read_zones(file, date=day, split=parse_split("date"))
    assert [zone.geometry.bounds[0] for zone in reading.zones] == [36]
    assert reading.repairs[0] == (
        "feature 1: true from 2024-08-30 until 2024-08-31, not on 2024-08-31: left out"
    )


def test_of_a_file_of_periods_those_in_force_are_taken_by_hand_when_that_is_asked(tmp_path):
    file = write(
        tmp_path / "all.geojson",
        own(35, start_date="2024-08-06", end_date="2024-08-20"),
        own(36, start_date="2024-08-20", end_date="2024-09-10"),
    )
    day = dt.date(2024, 8, 31)
    with pytest.raises(InputError, match=r"feature 1: was true .*--split start_date,end_date"):
        read_zones(file, date=day)
    reading = read_zones(file, date=day, split=parse_split("start_date,end_date"))
    assert [zone.geometry.bounds[0] for zone in reading.zones] == [36]


def test_gaps_are_closed_where_that_is_asked_and_said(tmp_path):
    file = write(tmp_path / "2024-08-31.geojson", held(35), held(35.1002))
    plain, snapped = tmp_path / "plain", tmp_path / "snapped"
    import_all(file, plain)
    import_all(file, snapped, choices=Choices(snap_m=20))
    edges = [
        sorted(x for zone in zones_on(into, "2024-08-31") for x in zone.geometry.bounds[::2])
        for into in (plain, snapped)
    ]
    assert edges[0] == [35, 35.1, 35.1002, 35.2002]
    assert edges[1] == [35, 35.1002, 35.1002, 35.2002]
    (table,) = snapped.glob("repairs/2024/*.csv")
    assert "snapped,\"zone 'ru-controlled-" in table.read_text()

"""Other makers' files become an archive of that maker: once each, in any order, nothing lost."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import frontmap
from frontmap.errors import ConflictError, InputError, NotFoundError
from frontmap.formats.features import Feature
from frontmap.imports import importing
from frontmap.imports.choices import Choices, with_contested_party
from frontmap.imports.dating import dated_files
from frontmap.imports.foreign import How, convert, foreign_reader
from frontmap.imports.importing import dating_of, import_files, read_repairs, sources_in
from frontmap.intake.ground import clean_ground, cut
from frontmap.intake.profiles import read_profile
from frontmap.measure.area import area_km2
from frontmap.model import ImportedFrom

if TYPE_CHECKING:
    import random

DATA = Path(__file__).parent / "data"
DEEPSTATE, UACONTROLMAP = DATA / "deepstate", DATA / "uacontrolmap"
FIRST = "1709294400.geojson"


def clock():
    return dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def import_all(into, folder=DEEPSTATE, maker="deepstate", **options):
    sources = sources_in([folder], maker)
    return list(import_files(sources, into, maker=maker, clock=clock, **options))


def read_file(path, maker="deepstate", choices=None):
    profile = read_profile(maker)
    (files,) = dated_files([path], profile, dating_of(profile)).snapshots
    return foreign_reader(How(profile, choices or Choices()))(files)


def deepstate_feature(name, fill):
    square = [[[36, 48], [37, 48], [37, 49], [36, 49], [36, 48]]]
    return Feature(properties={"name": name, "fill": fill}, polygons=(square,))


def contents(root):
    return {
        p.relative_to(root): p.read_bytes()
        for p in root.rglob("*")
        if p.is_file() and not p.name.startswith(".lock")
    }


@pytest.fixture(scope="module")
def deepstate_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("deepstate")
    import_all(root)
    return root


def zones_by_name(root, instant):
    archive = frontmap.open(root)
    (revision,) = (r for r in archive.revisions() if r.published == instant)
    return {zone.extra.get("maker_name", "").strip(): zone for zone in archive.read(revision).zones}


@pytest.fixture
def first(deepstate_root):
    return zones_by_name(deepstate_root, dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("name", "party", "status"),
    [
        ("Окуповано /// Occupied\xa0/// geoJSON.status.occupied", "RU", "controlled"),
        ("Звільнено /// Liberated\xa0/// geoJSON.status.dismissed", "UA", "controlled"),
        ("Статус невідомий /// Unknown status /// geoJSON.status.unknown", "RU", "contested"),
        (
            "Звільнено 25.03 /// Liberated 25.03 /// geoJSON.status.dismissed_at {{at:25.03}}",
            "UA",
            "controlled",
        ),
        (
            "Зві\ufffd\ufffdьнено /// Liberated /// geoJSON.status.dismissed",  # noqa: RUF001  Ukrainian
            "UA",
            "controlled",
        ),
        ("Звільнено", "UA", "controlled"),
    ],
)
def test_a_zone_keeps_its_raw_name_beside_our_status(first, name, party, status):
    zone = first[name]
    assert (zone.party, zone.status) == (party, status)
    assert zone.sources == ("deepstate",)


@pytest.mark.parametrize(
    ("name", "fill", "expected", "rules"),
    [
        ("… /// Occupied /// geoJSON.status.dismissed", "#a52714", "UA controlled", 2),
        ("… /// Recaptured 04.09", "#0288d1", "UA controlled", 0),
        ("… /// Taken back", "#a52714", "UA controlled", 1),
        ("… /// Snake Island /// geoJSON.zmiinyi_island", "#a52714", "RU controlled", 0),
        ("… /// 26.05 Contested", "#bdbdbd", "RU contested", 0),
        ("… /// Contensed", "#bcaaa4", "RU contested", 0),
        ("… /// Occupied Crimea", "#000000", "RU controlled", 0),
        ("… /// CADR and CALR /// geoJSON.territories.ordlo", "#880e4f", "RU controlled", 0),
        ("Під питанням", "#bcaaa4", "RU contested", 0),
    ],
)
def test_the_status_comes_from_key_then_latin_part_then_colour(name, fill, expected, rules):
    made = convert(deepstate_feature(name, fill), How(read_profile("deepstate")))
    assert f"{made.zone.party} {made.zone.status}" == expected
    assert len([note for note in made.notes if note.rule == "status-conflict"]) == rules


@pytest.mark.parametrize(
    ("name", "fill"),
    [("… /// Occupied Abkhazia", "#ff5252"), ("", "#FF5252"), ("Карелія", "#ff5252")],
)
def test_ground_outside_this_war_is_left_out_and_counted(name, fill):
    made = convert(deepstate_feature(name, fill), How(read_profile("deepstate")))
    assert made.zone is None
    assert [note.rule for note in made.notes] == ["left-out"]


def test_a_word_that_no_rule_knows_is_given_no_side(tmp_path):
    made = convert(deepstate_feature("no such word", "#123456"), How(read_profile("deepstate")))
    assert made.zone is None
    text = (DEEPSTATE / FIRST).read_text("utf-8").replace("geoJSON.status.unknown", "geoJSON.new")
    text = text.replace("Unknown status", "No word").replace("#bcaaa4", "#123456")
    (tmp_path / FIRST).write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"1709294400\.geojson: no rule says .*--rule 'name="):
        import_all(tmp_path / "archive", folder=tmp_path)


def test_a_contested_zone_carries_the_party_that_was_chosen():
    profile = with_contested_party(read_profile("deepstate"), "UA")
    made = convert(deepstate_feature("… /// Unknown status", ""), How(profile))
    assert (made.zone.party, made.zone.status) == ("UA", "contested")


def test_the_valid_date_is_the_day_in_kyiv_and_the_instants_of_one_day_are_kept_apart(
    deepstate_root,
):
    archive = frontmap.open(deepstate_root)
    assert [(str(r.date), f"{r.published:%d %H:%M}") for r in archive.in_force()] == [
        ("2024-03-01", "01 12:00"),
        ("2024-03-02", "02 21:30"),
        ("2024-03-03", "02 22:30"),
        ("2024-03-03", "03 18:00"),
    ]
    assert archive.as_of("2024-03-03").revision.published.hour == 18
    assert archive.about.maker == "DeepState"


def test_a_hole_wound_like_its_shell_is_subtracted(first):
    zone = first["Звільнено /// Liberated\xa0/// geoJSON.status.dismissed"]
    shell, hole = shapely.box(35, 50.5, 35.4, 50.9), shapely.box(35.1, 50.6, 35.2, 50.7)
    expected = area_km2([shell])[0] - area_km2([hole])[0]
    assert area_km2([zone.geometry])[0] == pytest.approx(expected, rel=1e-12)


def test_the_polygons_of_a_collection_become_one_zone(first):
    zone = first["Звільнено 25.03 /// Liberated 25.03 /// geoJSON.status.dismissed_at {{at:25.03}}"]
    assert zone.geometry.equals(
        shapely.union(shapely.box(37, 50, 37.1, 50.1), shapely.box(37.2, 50, 37.3, 50.1))
    )


def test_every_feature_is_a_zone_or_a_row_of_the_repair_report(deepstate_root):
    for source in sources_in([DEEPSTATE], "deepstate"):
        features = json.loads(source.path.read_bytes())["features"]
        zones = next(
            s.zones
            for s in frontmap.open(deepstate_root).snapshots()
            if s.revision.published == source.published
        )
        left_out = sum(
            repair.count
            for repair in read_repairs(deepstate_root, source)
            if repair.rule in {"left-out", "not-ground"}
        )
        in_collections = sum(f["geometry"]["type"] == "GeometryCollection" for f in features)
        assert len(features) == len(zones) + left_out - in_collections


def test_what_was_repaired_is_said_with_its_place(deepstate_root):
    source = next(s for s in sources_in([DEEPSTATE], "deepstate") if s.path.name == FIRST)
    rows = {
        repair.rule: (repair.feature, repair.detail, repair.count)
        for repair in read_repairs(deepstate_root, source)
    }
    assert rows == {
        "damaged-letters": (6, "maker_name: 2 lost, kept as they are", 1),
        "status-conflict": (7, "name 'geoJSON.status.occupied', but fill '#0f9d58'", 1),
        "repaired": (8, "a ring touches itself near 39.05, 50.05", 1),
        "left-out": (None, "name~geojson territories", 1),
        "not-ground": (None, "Point", 3),
        "rewound": (None, "", 2),
        "template-text": (None, "kept as it is", 1),
        "z-dropped": (None, "", 9),
    }


def test_importing_again_changes_nothing(deepstate_root):
    before = contents(deepstate_root)
    again = import_files(sources_in([DEEPSTATE], "deepstate"), deepstate_root, maker="deepstate")
    assert {outcome.step for outcome in again} == {"unchanged"}
    assert contents(deepstate_root) == before


def test_the_order_of_import_does_not_matter(deepstate_root, tmp_path):
    for name in ("1709488800", "1709294400", "1709418600", "1709415000"):
        sources = sources_in([DEEPSTATE / f"{name}.geojson"], "deepstate")
        list(import_files(sources, tmp_path / "other", maker="deepstate", clock=clock))
    assert contents(tmp_path / "other") == contents(deepstate_root)


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_an_executor_changes_nothing(deepstate_root, tmp_path, pool):
    with pool(2) as executor:
        import_all(tmp_path / "other", executor=executor)
    assert contents(tmp_path / "other") == contents(deepstate_root)


def test_text_that_is_not_minified_gives_the_same_zones(deepstate_root, tmp_path):
    for path in DEEPSTATE.iterdir():
        value = json.loads(path.read_bytes())
        value = {"features": value["features"], "name": "other order", "type": value["type"]}
        (tmp_path / path.name).write_text(json.dumps(value, indent=2), "utf-8")
    import_all(tmp_path / "archive", folder=tmp_path)
    one, other = frontmap.open(deepstate_root), frontmap.open(tmp_path / "archive")
    assert [s.zones for s in one.snapshots()] == [s.zones for s in other.snapshots()]


def test_a_file_that_the_maker_has_changed_becomes_a_correction(tmp_path):
    folder, root = tmp_path / "files", tmp_path / "archive"
    shutil.copytree(DEEPSTATE, folder)
    import_all(root, folder=folder)
    path = folder / FIRST
    path.write_text(path.read_text("utf-8").replace("Occupied", "Liberated"), "utf-8")
    steps = [outcome.step for outcome in import_all(root, folder=folder)]
    assert steps == ["corrected", "unchanged", "unchanged", "unchanged"]
    kinds = [revision.kind for revision in frontmap.open(root).revisions("2024-03-01")]
    assert kinds == ["snapshot", "correction"]


def test_what_a_person_withdrew_does_not_come_back(tmp_path):
    import_all(tmp_path)
    frontmap.open(tmp_path).withdraw(
        "2024-03-01",
        reason="the maker took it back",
        published=dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC),
    )
    assert {outcome.step for outcome in import_all(tmp_path)} == {"unchanged"}
    assert dt.date(2024, 3, 1) not in frontmap.open(tmp_path).dates


@pytest.fixture
def before_headers_named_files(tmp_path, monkeypatch):
    """An archive whose revisions name their file only in the reason."""
    entry = importing._entry
    with monkeypatch.context() as patch:
        patch.setattr(
            importing, "_entry", lambda *given: replace(entry(*given), imported_from=None)
        )
        import_all(tmp_path)
    return frontmap.open(tmp_path)


def test_a_revision_says_in_its_header_what_it_was_imported_from(deepstate_root):
    revision = frontmap.open(deepstate_root).in_force()[0]
    sha256 = hashlib.sha256((DEEPSTATE / FIRST).read_bytes()).hexdigest()
    assert revision.imported_from == ImportedFrom(
        file=FIRST,
        sha256=sha256,
        profile="deepstate",
        version=read_profile("deepstate").version,
    )


def test_an_archive_from_before_headers_named_files_imports_without_new_revisions(
    before_headers_named_files,
):
    archive = before_headers_named_files
    before = archive.revisions()
    assert {revision.imported_from for revision in before} == {None}
    assert {outcome.step for outcome in import_all(archive.root)} == {"unchanged"}
    assert archive.revisions() == before


def test_in_such_an_archive_what_a_person_recorded_since_stays(before_headers_named_files):
    archive, when = before_headers_named_files, dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)
    archive.correct("2024-03-01", [], reason="nothing was held", published=when)
    archive.withdraw("2024-03-01", reason="the maker took it back", published=when)
    assert {outcome.step for outcome in import_all(archive.root)} == {"unchanged"}


def test_one_maker_an_archive(deepstate_root):
    with pytest.raises(ConflictError, match="DeepState, not of UA Control Map"):
        import_all(deepstate_root, folder=UACONTROLMAP, maker="uacontrolmap")


def test_other_choices_need_another_archive_and_none_means_those_made(tmp_path):
    import_all(tmp_path, choices=Choices(region=shapely.box(36, 50, 37, 51)))
    assert {outcome.step for outcome in import_all(tmp_path)} == {"unchanged"}
    with pytest.raises(ConflictError, match=r"import\.json.*other choices"):
        import_all(tmp_path, choices=Choices(region=shapely.box(36, 50, 37, 52)))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("1709294400.geojson", "{", "is the file whole"),
        ("1709294400.geojson", "[]", "an empty list, no map"),
        ("march.geojson", "{}", r"does not fit the pattern \{unix\}"),
        ("front_20240831.geojson", "{}", r"as 2024-08-31: --dates 'front_\{yyyy\}\{mm\}\{dd\}'"),
        ("a_25_05_01.geojson", "{}", r"--dates 'a_\{yy\}_\{mm\}_\{dd\}'"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_remedy(tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        import_all(tmp_path / "archive", folder=tmp_path)
    assert name in str(caught.value)


def test_two_different_files_of_one_instant_are_refused_and_equal_ones_taken_once(tmp_path):
    shutil.copy(DEEPSTATE / FIRST, tmp_path / FIRST)
    assert len(sources_in([DEEPSTATE, tmp_path], "deepstate")) == 4
    (tmp_path / FIRST).write_text("{}")
    with pytest.raises(InputError, match="same instant but differ"):
        sources_in([DEEPSTATE, tmp_path], "deepstate")


def test_a_folder_without_files_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match=r"\.geojson"):
        sources_in([tmp_path], "deepstate")


@given(
    st.lists(st.floats(34.05, 39.05), min_size=1, max_size=4, unique=True).map(sorted),
    st.sampled_from(sorted(DEEPSTATE.glob("*.geojson"))),
)
@settings(max_examples=30, deadline=None)
def test_the_parts_of_a_cut_sum_to_the_whole(edges, path):
    def areas(region):
        zones = read_file(path, choices=Choices(region=region)).zones
        return sum(area_km2([zone.geometry for zone in zones]))

    bounds = [19.0, *edges, 41.0]
    parts = [shapely.box(w, 45, e, 60) for w, e in itertools.pairwise(bounds)]
    assert sum(map(areas, parts)) == pytest.approx(areas(None), rel=1e-6)


def test_a_cut_ends_on_the_line_it_was_cut_along():
    half = cut(shapely.box(36, 48, 37, 49), shapely.box(36, 48, 36.5, 50))
    assert half.equals(shapely.box(36, 48, 36.5, 49))


@given(st.randoms(use_true_random=False), st.integers(3, 12))
@settings(max_examples=60, deadline=None)
def test_ground_is_valid_and_on_the_grid_whatever_the_ring(chance: random.Random, corners):
    ring = [[36 + chance.random() / 1000, 50 + chance.random() / 1000] for _ in range(corners)]
    made = clean_ground([[ring]], accuracy_m=500)
    if made.geometry is not None:
        assert made.geometry.is_valid
        assert made.geometry.equals_exact(
            shapely.transform(made.geometry, lambda degrees: degrees.round(6)), 0
        )


@pytest.mark.parametrize(
    ("rings", "rules"),
    [
        ([[[36, 48], [37, 48], [37, 49], [36, 49]]], ["ring-closed"]),
        ([[[36, 48], [37, 48]]], ["ring-left-out", "no-shell"]),
        ([[[36, 48, 3], [37, 48, 3], [37, 49, 3], [36, 48, 3]]], ["height-dropped"]),
        ([], ["no-shell"]),
    ],
)
def test_a_ring_that_is_no_ring_is_repaired_or_left_out_with_a_note(rings, rules):
    assert [note.rule for note in clean_ground([rings], accuracy_m=500).notes] == rules


@pytest.mark.parametrize(
    ("position", "says"), [([37, "x"], "not a number"), ([37, 149], "37, 149 is not longitude")]
)
def test_a_ring_whose_ground_cannot_be_told_is_refused(position, says):
    with pytest.raises(InputError, match=says):
        clean_ground([[[[36, 48], position, [37, 49], [36, 48]]]], accuracy_m=500)


def test_folders_names_and_colours_of_the_kml_map_say_the_status(tmp_path):
    import_all(tmp_path, folder=UACONTROLMAP, maker="uacontrolmap")
    zones = frontmap.open(tmp_path).as_of("2026-02-01").zones
    assert sorted((z.extra["maker_status"], z.party, z.status) for z in zones) == [
        ("A folder of tomorrow", "UA", "controlled"),
        ("Confirmed Russian advances", "RU", "controlled"),
        ("Confirmed Russian controlled territory", "RU", "controlled"),
        ("Confirmed Russian controlled territory", "RU", "controlled"),
        ("Confirmed Ukrainian control", "UA", "controlled"),
        ("Zones of control, but low consolidation", "RU", "contested"),
    ]
    raion = next(z for z in zones if z.extra["maker_name"] == "Russian-controlled Invented Raion")
    assert len(raion.geometry.interiors) == 1


def test_what_is_no_ground_in_the_kml_map_is_counted(tmp_path):
    outcome = import_all(tmp_path, folder=UACONTROLMAP, maker="uacontrolmap")[0]
    assert [(r.rule, r.detail, r.count) for r in outcome.repairs if r.feature is None][:3] == [
        ("left-out", "folder=Direction definitions", 1),
        ("not-ground", "LineString", 1),
        ("not-ground", "Point", 1),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>', "refused"),
        ('<!DOCTYPE kml SYSTEM "file:///etc/passwd"><kml/>', "refused"),
        ("<kml>", "no XML"),
    ],
)
def test_a_kml_file_with_entities_or_cut_short_is_refused(tmp_path, text, message):
    path = tmp_path / "2026-02-01.kml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_file(path, "uacontrolmap")


def frontmap_command(*words, **options):
    command = [sys.executable, "-c", "import frontmap.cli; frontmap.cli.main()", *map(str, words)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def test_an_interrupted_import_goes_on_where_it_stopped(tmp_path):
    folder, root = tmp_path / "files", tmp_path / "archive"
    folder.mkdir()
    text = (DEEPSTATE / FIRST).read_bytes()
    for number in range(400):
        (folder / f"{1709294400 + number * 86400}.geojson").write_bytes(text)
    stopped = frontmap_command("import", "deepstate", folder, "--into", root)
    until = time.monotonic() + 60
    while not list(root.glob("snapshots/*/*.geojson")) and time.monotonic() < until:
        time.sleep(0.02)
    stopped.send_signal(signal.SIGINT)
    _, said = stopped.communicate(timeout=60)
    assert stopped.returncode == -signal.SIGINT  # of which a shell makes 130
    assert "run the same again to go on" in said
    recorded = len(frontmap.open(root).dates)
    assert 0 < recorded < 400
    went_on = frontmap_command("import", "deepstate", folder, "--into", root)
    _, said = went_on.communicate(timeout=120)
    assert went_on.returncode == 0
    assert f"{400 - recorded} added, 0 corrected, {recorded} unchanged" in said
    assert len(frontmap.open(root).dates) == 400


def test_the_verb_prints_rows_to_stdout_and_no_progress_bar_without_a_terminal(tmp_path):
    done = frontmap_command(
        "import", "deepstate", DEEPSTATE, "--into", tmp_path / "a", "--format", "csv"
    )
    rows, said = done.communicate(timeout=60)
    assert done.returncode == 0
    assert rows.splitlines()[0] == "file,feature,zone,rule,detail,count"
    assert said.splitlines() == [
        (
            f"filled {tmp_path / 'a' / 'reference.geojson'} with coasts, borders (to some 3 km) "
            "and cities; your own may take its place"
        ),
        "ground from 34.00° E, 50.00° N to 39.10° E, 50.90° N",
        f"{tmp_path / 'a'}: 4 files: 4 added, 0 corrected, 0 unchanged",
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--bbox", "36,50,37,51", "--within", "x.geojson"], 2),
        (["--bbox", "37,50,36,51"], 2),
        (["--within", "no-such.geojson"], 3),
        (["--contested-party", "XX"], 2),
        (["--jobs", "2", "--dask", "tcp://127.0.0.1:1"], 2),
    ],
)
def test_options_that_do_not_fit_are_one_line_and_write_nothing(tmp_path, words, code):
    done = frontmap_command("import", "deepstate", DEEPSTATE, "--into", tmp_path / "a", *words)
    _, said = done.communicate(timeout=60)
    assert (done.returncode, len(said.splitlines())) == (code, 1)
    assert not (tmp_path / "a").exists()

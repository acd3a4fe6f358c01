"""From which revision a file was made: as its header says, or ``--from``, or as it is said."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import geopandas
import pytest

from frontmap.archive import layout
from frontmap.errors import ConflictError, InputError
from frontmap.intake.file_zones import read_zones
from fronts import LARGE, SMALL, new_archive, zone
from verbs import run

if TYPE_CHECKING:
    from pathlib import Path

BEFORE, DAY, NEXT = "2024-08-30", "2024-08-31", "2024-09-01"
HELD = {
    "party": "UA",
    "status": "controlled",
    "confidence": "high",
    "accuracy_m": 5,
    "sources": "x",
}


class Desk:
    """An archive of two dates, the second corrected once, and a folder to draw in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = new_archive(folder / "front")
        self.archive.add(BEFORE, [zone(SMALL)], reason="before")
        first = self.archive.add(DAY, [zone(SMALL)], reason="first", sources=["isw", "dw"])
        self.first = self.saved(DAY, "first.geojson")
        last = self.archive.correct(DAY, [zone(LARGE)], reason="second")
        self.last = self.saved(DAY, "last.geojson")
        self.digests = {
            "before": self.archive[BEFORE].digest,
            "first": first.digest,
            "last": last.digest,
        }

    def saved(self, date: str, name: str) -> Path:
        copy = layout.copy_path(self.archive.root, self.archive[date].revision)
        file = self.folder / name
        file.write_bytes(copy.read_bytes())
        return file

    def edited(self, name: str) -> Path:
        """A file whose ground differs from all that is recorded."""
        return self.changed(name, lambda text: text.replace("51.000000", "51.050000"))

    def changed(self, name: str, change) -> Path:
        file = self.folder / name
        file.write_text(change(file.read_text("utf-8")), "utf-8")
        return file

    def verb(self, *words: str):
        named = [word.format(folder=self.folder, **self.digests) for word in words]
        return run(*named, "--archive", str(self.archive.root))


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def by_gis(file: Path, ground=None) -> Path:
    """Save a file as a GIS does: what is no feature goes."""
    frame = geopandas.read_file(file)
    if ground is not None:
        frame.geometry = [ground]
    frame.to_file(file, driver="GeoJSON")
    assert "frontmap" not in json.loads(file.read_text("utf-8"))
    return file


def test_a_file_made_from_the_one_in_force_is_recorded_without_a_word_about_it(desk):
    answer = desk.verb("correct", DAY, str(desk.edited("last.geojson")), "--reason", "x")
    assert answer.returncode == 0
    assert "header" not in answer.stderr
    assert desk.archive[DAY].revision.supersedes == {desk.digests["last"]}


def test_a_file_made_from_an_older_one_is_refused_with_what_changed_since_and_how_to_go_on(desk):
    answer = desk.verb("correct", DAY, str(desk.edited("first.geojson")), "--reason", "x")
    assert (answer.returncode, len(answer.stderr.splitlines())) == (4, 1)
    first, last = desk.digests["first"][:12], desk.digests["last"][:12]
    assert f"first.geojson started from {first}, and {last} (us: second) was recorded" in (
        answer.stderr
    )
    assert "1 zone changed (a), UA controls" in answer.stderr
    assert f"frontmap diff {DAY} {first}" in answer.stderr
    assert answer.stderr.endswith(f"--from {last}\n")
    assert len(desk.archive.revisions(DAY)) == 2
    taken = desk.verb("correct", DAY, str(desk.first), "--reason", "x", "--from", "{last}")
    assert taken.returncode == 0
    assert desk.archive[DAY].revision.supersedes == {desk.digests["last"]}


def test_a_file_without_a_header_takes_the_present_one_and_says_so(desk):
    file = by_gis(desk.first)
    answer = desk.verb("correct", DAY, str(file), "--reason", "back")
    last = desk.digests["last"][:12]
    assert f"has no header (a GIS saves none): taken as made from {last} (us: second)" in (
        answer.stderr
    )
    assert answer.returncode == 0


def test_a_file_without_a_header_is_held_to_the_revision_that_it_names(desk):
    file = by_gis(desk.first)
    answer = desk.verb("correct", DAY, str(file), "--reason", "x", "--from", "{first}")
    assert answer.returncode == 4
    assert "1 zone changed (a)" in answer.stderr
    answer = desk.verb("correct", DAY, str(file), "--reason", "x", "--from", "{last}")
    assert answer.returncode == 0
    assert "header" not in answer.stderr


def test_a_header_of_a_revision_that_the_archive_has_not_is_refused(desk):
    file = desk.changed("last.geojson", lambda text: text.replace(desk.digests["last"], "0" * 64))
    answer = desk.verb("correct", DAY, str(file), "--reason", "x")
    assert answer.returncode == 4
    assert f"its header names the revision 000000000000, which is none of {DAY}" in answer.stderr


@pytest.mark.parametrize("verb", ["add", "correct"])
@pytest.mark.parametrize("kept", ["header", "features", "both"])
def test_a_file_made_for_another_date_is_refused_unless_it_is_said(desk, verb, kept):
    date = NEXT if verb == "add" else DAY
    file = desk.saved(BEFORE, "other.geojson")
    if kept == "features":
        by_gis(file)
    if kept == "header":
        desk.changed(file.name, lambda text: text.replace(f'"date":"{BEFORE}",\n"party', '"party'))
    answer = desk.verb(verb, date, str(file), "--reason", "x")
    assert (answer.returncode, len(answer.stderr.splitlines())) == (1, 1)
    where = "feature 1 (a)" if kept == "features" else "its header"
    assert f"{where}: date {BEFORE} is not the snapshot's {date}" in answer.stderr
    assert "--from DIGEST" in answer.stderr
    answer = desk.verb(verb, date, str(file), "--reason", "x", "--from", "{before}")
    assert answer.returncode == 0
    assert f"date {BEFORE}, of which it was made: taken as {date}" in answer.stderr
    assert desk.archive[date].zones[0].geometry.equals(SMALL)


def test_a_third_date_is_refused_whatever_the_file_was_made_from(desk):
    file = desk.changed("last.geojson", lambda text: text.replace(DAY, "2024-07-01"))
    answer = desk.verb("correct", DAY, str(file), "--reason", "x", "--from", "{before}")
    assert answer.returncode == 1
    assert "date 2024-07-01 is not the snapshot's" in answer.stderr


@pytest.mark.parametrize(
    ("words", "sources", "says"),
    [
        ([], ("dw", "isw"), "its sources stay: dw, isw"),
        (["--source", "bbc"], ("bbc",), ""),
        (["--no-sources"], (), ""),
    ],
)
def test_sources_of_the_header_stay_unless_told_otherwise(desk, words, sources, says):
    by_gis(desk.last, SMALL.buffer(0.05))
    answer = desk.verb("correct", DAY, str(desk.last), "--reason", "drawn in a GIS", *words)
    assert answer.returncode == 0
    assert desk.archive[DAY].revision.sources == sources
    assert ("its sources stay" in answer.stderr) == bool(says)
    assert says in answer.stderr


def test_sources_alone_may_be_corrected(desk):
    answer = desk.verb("correct", DAY, "--reason", "x")
    assert "nothing to correct" in answer.stderr
    assert desk.verb("correct", DAY, "--reason", "x", "--no-sources").returncode == 0
    assert desk.archive[DAY].revision.sources == ()
    assert desk.verb("correct", DAY, "--reason", "x", "--no-sources").returncode == 1


def test_sources_are_named_or_dropped_and_not_both(desk):
    words = ["--no-sources", "--source", "isw", "--reason", "x"]
    assert desk.verb("correct", DAY, *words).returncode == 2


def test_what_was_recorded_before_the_refusal_of_an_edited_copy_is_one_line(desk):
    copy = layout.copy_path(desk.archive.root, desk.archive[DAY].revision)
    copy.write_text(copy.read_text("utf-8").replace("35.4", "35.39"), "utf-8")
    answer = desk.verb("correct", DAY, str(by_gis(desk.first)), "--reason", "x")
    assert (answer.returncode, len(answer.stderr.splitlines())) == (4, 1)
    assert "edited, not recorded" in answer.stderr


def test_one_of_several_instants_is_corrected_by_what_the_file_was_made_from(tmp_path):
    front = new_archive(tmp_path / "front")
    made = [
        front.add(
            DAY,
            [zone(SMALL)],
            reason="theirs",
            published=dt.datetime(2024, 8, 31, hour, tzinfo=dt.UTC),
        )
        for hour in (12, 20)
    ]
    file = tmp_path / "zones.geojson"
    file.write_bytes(layout.copy_path(front.root, made[0]).read_bytes().replace(b"35.2", b"35.3"))
    words = ["correct", DAY, str(file), "--reason", "x", "--archive", str(front.root)]
    assert run(*words).returncode == 0
    assert [snapshot.zones[0].geometry.bounds[2] for snapshot in front] == [35.3, 35.2]
    by_gis(file, LARGE)
    answer = run(*words)
    assert answer.returncode == 4
    assert "maps of several instants; name the revision" in answer.stderr
    assert run(*words, "--from", made[1].digest).returncode == 0
    assert [snapshot.zones[0].geometry.bounds[2] for snapshot in front] == [35.3, 35.4]


def test_python_compares_the_base_that_a_file_names(desk):
    with pytest.raises(ConflictError, match="started from"):
        desk.archive.correct(DAY, desk.edited("first.geojson"), reason="x")
    with pytest.raises(InputError, match="its header: date 2024-08-30"):
        read_zones(desk.saved(BEFORE, "b.geojson"), date=dt.date(2024, 8, 31))
    desk.archive.correct(DAY, desk.edited("last.geojson"), reason="x")


@pytest.mark.parametrize(
    "header", [7, {}, {"digest": 5}, {"digest": "x", "date": 7}, {"digest": None, "date": DAY}]
)
def test_what_is_no_header_of_frontmap_is_none_or_refused(desk, header):
    text = json.loads(desk.last.read_text("utf-8"))
    desk.last.write_text(json.dumps({**text, "frontmap": header}), "utf-8")
    answer = desk.verb("correct", DAY, str(desk.last), "--reason", "x", "--no-sources")
    assert answer.returncode in {0, 4}
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("digest", ["ffff", "", "é", "{first}0"])
def test_what_names_no_revision_is_refused(desk, digest):
    answer = desk.verb("correct", DAY, str(desk.last), "--reason", "x", "--from", digest)
    assert answer.returncode == 3
    assert "not one revision here; see them: frontmap log" in answer.stderr


TRIANGLES = [
    {"type": "Polygon", "coordinates": [[[west, 51], [west + 0.2, 51], [west, 51.2], [west, 51]]]}
    for west in (35, 35.5, 36, 35.51)
]


@pytest.mark.parametrize(
    ("features", "says"),
    [
        ([{}, {"id": 7}, {"party": "XX"}], "('zone-1bf8e534dd' is feature 3 of zones.geojson)"),
        ([{}, {"id": 7, "party": "XX"}], "zone '7': party 'XX'"),
        ([{}, {"id": 7, "party": "XX"}], "('7' is feature 2 (7) of zones.geojson)"),
        ([{"id": "a"}, {}, {"id": "a"}], "'a' is feature 1 (a) of zones.geojson and feature 3 (a)"),
        (
            [{}, {"id": "b", "party": "RU"}, {"id": "b"}, {"id": "a"}],
            "'b' is feature 2 (b) of zones.geojson and feature 3 (b)",
        ),
        (
            [{}, {}, {}, {"id": "b", "party": "RU"}],
            "('b' is feature 4 (b) of zones.geojson, 'zone-d4ee8e60e8' is feature 2 of zones",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::frontmap.errors.MendedWarning")
@pytest.mark.parametrize("verb", ["add", "correct", "check", "python"])
def test_an_error_names_the_feature_as_the_file_has_it(desk, verb, features, says):
    drawn = [
        {"type": "Feature", "properties": {**HELD, **each}, "geometry": ground}
        for each, ground in zip(features, TRIANGLES, strict=False)
    ]
    file = desk.folder / "zones.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": drawn}), "utf-8")
    if verb == "python":
        with pytest.raises(InputError) as refused:
            desk.archive.add(NEXT, file, reason="x")
        assert says in str(refused.value)
        return
    date = {"add": [NEXT], "correct": [DAY], "check": []}[verb]
    answer = desk.verb(verb, *date, str(file), *(["--reason", "x"] if date else []))
    assert answer.returncode == 1
    assert says in (answer.stderr if date else answer.stdout)

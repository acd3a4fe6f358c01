"""The verbs of the archive, as a mapper runs them on real files."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import unittest.mock
from typing import TYPE_CHECKING

import geopandas
import pytest

from frontmap.cli import main
from fronts import LARGE, SMALL, Clock, new_archive, zone

if TYPE_CHECKING:
    from pathlib import Path

INIT = [
    "init", "front", "--title", "A front", "--maker", "us", "--bbox", "34,50,38,53",
    "--party", "UA=Ukraine", "--party", "RU=Russia", "--time-zone", "Europe/Moscow",
]  # fmt: skip
WHAT = [
    "--party", "UA", "--status", "controlled", "--confidence", "high", "--accuracy", "500",
    "--source", "isw",
]  # fmt: skip
ADD = ["add", "2024-09-01", "zones.geojson", "--reason", "x"]


class Desk:
    """A folder in which frontmap is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "front"
        self.copy = self.root / "snapshots/2024/2024-08-31.geojson"

    def run(self, *words: str, code: int = 0) -> str:
        said = io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
            unittest.mock.patch("sys.argv", ["frontmap", *words]),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        assert ended.value.code == code, said.getvalue()
        return said.getvalue()

    def archive(self, verb: str, *words: str, code: int = 0) -> str:
        return self.run(verb, *words, "--archive", "front", code=code)

    def draw(self, ground, name: str = "zones.geojson") -> str:
        geopandas.GeoDataFrame(geometry=[ground], crs=4326).to_file(self.folder / name)
        return name


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    made.run(*INIT)
    return made


@pytest.fixture
def started(desk):
    desk.archive("add", "2024-08-31", desk.draw(SMALL), "--reason", "first map", *WHAT)
    return desk


def test_a_date_is_added_corrected_and_recalled_as_it_was_known(started):
    first = json.loads(started.archive("log", "2024-08-31", "--format", "json"))[0]
    said = started.archive("correct", "2024-08-31", started.draw(LARGE), "--reason", "more", *WHAT)
    assert "recorded correction of 2024-08-31, 1 zone" in said
    log = started.archive("log")
    assert log.index("first map") < log.index("more")
    assert "35.4" in started.archive("show", "2024-08-31", "--format", "geojson")
    assert started.archive("show", "2024-08-31", "--known", "2020-01-01", code=3).count("\n") == 1
    assert first["digest"] in started.archive(
        "show", "2024-08-31", "--known", first["recorded"]
    ) or ("more" in started.archive("show", "2024-08-31", "--known", first["recorded"]))
    assert "2 revisions of 1 date: all whole" in started.archive("verify")


def test_a_page_of_what_was_known_earlier_counts_the_dates_known_then(tmp_path):
    clock = Clock("2026-09-01T10:00:00+00:00")
    made = new_archive(tmp_path / "front", clock)
    made.add("2024-08-12", [zone(SMALL)], reason="first map")
    clock.set("2026-09-05T10:00:00+00:00")
    made.add("2024-08-31", [zone(LARGE)], reason="second map")
    assert "front.html: 2 dates, " in Desk(tmp_path).archive("map")
    assert "front.html: 1 date, " in Desk(tmp_path).archive("map", "--known", "2026-09-03")


def test_recording_does_not_wait_for_geopandas(desk):
    words = [*ADD, *WHAT, "--archive", "front"]
    desk.draw(SMALL)
    code = (
        "import contextlib, sys; from frontmap.cli import main\n"
        "with contextlib.suppress(SystemExit): main()\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=desk.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "recorded snapshot of 2024-09-01" in done.stderr
    assert "source 'isw', which is not in sources.csv" in done.stderr + done.stdout
    assert not {"geopandas", "folium", "matplotlib"} & set(done.stdout.split())


def test_a_copy_edited_by_hand_is_found_named_and_mended(started):
    started.copy.write_text(started.copy.read_text("utf-8").replace("35.2", "35.3"), "utf-8")
    said = started.archive("verify", code=1)
    assert "edited, not recorded" in said
    assert "2024-08-31.geojson" in said
    assert "geometry" in started.archive("diff", "2024-08-31", code=1)
    started.archive("correct", "2024-08-31", "--reason", "as drawn", "--source", "isw")
    assert "all whole" in started.archive("verify")
    started.copy.write_text("scribbled over", "utf-8")
    assert "put back" in started.archive("fmt")
    assert "all whole" in started.archive("verify")


def test_a_copy_saved_again_by_qgis_and_edited_there_is_recorded(started):
    frame = geopandas.read_file(started.copy)
    frame.geometry = [LARGE]
    frame.to_file(started.copy, driver="GeoJSON")
    started.archive("correct", "2024-08-31", "--reason", "as drawn")
    assert "all whole" in started.archive("verify")
    assert "35.4" in started.archive("show", "2024-08-31", "--format", "geojson")


def test_one_changed_byte_of_a_revision_is_named_with_exit_code_5(started):
    (path,) = (started.root / "revisions").rglob("*.geojson")
    path.write_bytes(path.read_bytes().replace(b"35.200000", b"35.200001", 1))
    for verb in (["verify"], ["show", "2024-08-31"]):
        assert path.name in started.archive(*verb, code=5)


def test_a_stale_correction_is_a_conflict(started):
    copied = started.copy.read_text("utf-8")
    started.archive("correct", "2024-08-31", started.draw(LARGE), "--reason", "more", *WHAT)
    started.copy.write_text(copied.replace("35.2", "35.3"), "utf-8")
    said = started.archive("correct", "2024-08-31", "--reason", "mine", code=4)
    assert "started from" in said


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["add", "2024-08-31", "zones.geojson", "--reason", "x", *WHAT], 4, "frontmap correct"),
        (["add", "2024-09-01", "none.geojson", "--reason", "x", *WHAT], 3, "none.geojson"),
        (["add", "2024-02-30", "zones.geojson", "--reason", "x", *WHAT], 2, "no such day"),
        (["add", "2999-01-01", "zones.geojson", "--reason", "x", *WHAT], 1, "after today"),
        (["add", "2024-09-01", "zones.geojson"], 2, "See: frontmap add --help"),
        (ADD, 1, "--party"),
        (["add", "2024-09-01", "zones.geojson", "--reason", " ", *WHAT], 1, "reason"),
        ([*ADD, *WHAT, "--party", "XX"], 1, "XX"),
        ([*ADD, *WHAT, "--status", "held"], 2, "claimed"),
        ([*ADD, *WHAT, "--accuracy", "-1"], 1, "above 0"),
        (["correct", "2024-09-01", "zones.geojson", "--reason", "x", *WHAT], 3, "frontmap add"),
        (["withdraw", "2024-09-01", "--reason", "x"], 3, "frontmap add"),
        (["resolve", "2024-08-31", "--keep", "a", "--reason", "x"], 4, "not forked"),
        (["resolve", "2024-08-31"], 0, "not forked"),
        (["diff", "2024-08-31", "ffff"], 3, "ffff"),
        (["show", "2024-09-01"], 3, "2024-08-31"),
        (["show", "2024-08-31", "--known", "yesterday"], 2, "yesterday"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line_with_the_remedy_and_changes_nothing(
    started, words, code, says
):
    before = contents(started.root)
    said = started.archive(*words, code=code)
    assert len(said.splitlines()) == 1
    assert says in said
    assert contents(started.root) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_the_first_revision_differs_from_nothing(started):
    said = started.archive("diff", "2024-08-31", code=1)
    assert "nothing was recorded before" in said
    assert "added" in said


def test_two_revisions_may_be_named_by_the_beginning_of_their_digests(started):
    started.archive("correct", "2024-08-31", started.draw(LARGE), "--reason", "more", *WHAT)
    one, two = (r["digest"] for r in json.loads(started.archive("log", "--format", "json")))
    rows = started.archive("diff", "2024-08-31", one[:6], two[:6], "--format", "json", code=1)
    *zones, ground, transfer = json.loads(rows)
    assert [zone["change"] for zone in zones] == ["added", "removed"]  # named for other ground
    assert ground["before_km2"] < ground["after_km2"]
    grown_km2 = ground["after_km2"] - ground["before_km2"]
    assert transfer["transferred_km2"] == pytest.approx(grown_km2)
    started.archive("diff", "2024-08-31", one, one)


def test_a_withdrawal_keeps_what_was_said(started):
    started.archive("withdraw", "2024-08-31", "--reason", "taken back")
    assert not started.copy.exists()
    assert "taken back" in started.archive("log")
    started.archive("show", "2024-08-31", code=3)
    assert "2 revisions of 0 dates: all whole" in started.archive("verify")


def test_tables_of_revisions_are_machine_readable(started):
    rows = json.loads(started.archive("log", "--format", "json"))
    assert [row["reason"] for row in rows] == ["first map"]
    assert (
        started.archive("log", "--format", "csv")
        .splitlines()[0]
        .startswith("date,published,recorded")
    )
    assert json.loads(started.archive("show", "2024-08-31", "--format", "json"))[0]["party"] == "UA"


def test_the_archive_is_found_from_a_folder_inside_it(started):
    inside = Desk(started.folder / "front/snapshots/2024")
    assert "all whole" in inside.run("verify")


def test_no_archive_is_said_with_the_remedy(tmp_path):
    assert "frontmap init" in Desk(tmp_path).run("log", code=3)


def test_an_archive_is_not_made_over_another(desk):
    desk.run(*INIT, code=4)


def test_a_time_zone_that_there_is_not_is_said_with_one_that_there_is(tmp_path):
    said = Desk(tmp_path).run(*INIT[:-1], "Kyiv", code=1)
    assert "no time zone 'Kyiv'; use an IANA name such as Europe/Kyiv" in said


def test_a_date_without_a_snapshot_is_filled_where_asked_and_its_age_said(started):
    assert "--fill previous" in started.archive("show", "2024-09-02", code=3)
    said = started.archive("show", "2024-09-02", "--fill", "previous")
    assert "no snapshot of 2024-09-02" in said
    assert "of 2024-08-31, 2 days older" in said
    assert "first map" in said
    assert "older" not in started.archive("show", "2024-08-31", "--fill", "previous")


def test_a_source_without_its_row_is_named_and_one_with_it_is_not(started):
    zones = started.draw(LARGE)
    said = started.archive("correct", "2024-08-31", zones, "--reason", "more", *WHAT)
    (line,) = (line for line in said.splitlines() if "sources.csv" in line)
    assert line.startswith("warning: 2024-08-31: the header and 1 zone name source 'isw', which")
    assert "add its row (frontmap source add isw --publisher NAME --url URL" in line
    table = "id,publisher,url,published,read\nisw,ISW,https://example.org/a,2024-09-01,2024-09-02\n"
    (started.root / "sources.csv").write_text(table, "utf-8")
    said = started.archive("add", "2024-09-01", zones, "--reason", "first", *WHAT)
    assert "sources.csv" not in said
    assert "1 zone had no id; named zone-" in said

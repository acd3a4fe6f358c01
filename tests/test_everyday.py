"""What happens on an ordinary day ends in an answer, or in one line that says what to do."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import shapely

import frontmap
from forging import bench
from frontmap.archive import layout
from frontmap.errors import InputError
from fronts import SMALL, new_archive, zone
from verbs import QUESTIONS, RECORDING, failure, run, within

pytestmark = pytest.mark.faults

FIGURES = "as_of,as_of_precision,published,value_km2,qualifier,measure,claimant,source,note\n"
SHORT = ["show", "log", "area", "reported", "places", "check", "verify", "add", "correct", "fmt"]
LONG = pytest.param([*QUESTIONS, *RECORDING], marks=pytest.mark.torture, id="every verb")


@pytest.fixture
def front(tmp_path) -> Path:
    return bench(tmp_path)[0]


def words(verb: str, root: Path, **given: object) -> list[str]:
    named = {"out": root.parent / "out", "archive": root, "file": root.parent / "zones.geojson"}
    asked = {**QUESTIONS, **RECORDING}[verb]
    return [w.format(**{**named, **given}) for w in asked] + ["--archive", str(root)]


@pytest.mark.parametrize(
    "figures",
    [
        ["2020-01-01,day,,5,exact,controlled,Us,isw,"],
        ["2020-01-01,undated,,5,about,combat_zone,,isw,", "2020-01-01,month,,5,exact,retaken,,,"],
    ],
)
@pytest.mark.parametrize("snapshots", [0, 1])
def test_figures_none_of_which_can_be_checked_are_mapped_and_told(tmp_path, figures, snapshots):
    opened = new_archive(tmp_path / "front")
    for _ in range(snapshots):
        opened.add("2024-08-31", [zone(SMALL)], reason="first")
    (opened.root / "sources.csv").write_text("id,publisher,url,published,read\nisw,ISW,,,\n")
    (opened.root / "reported.csv").write_text(FIGURES + "\n".join(figures) + "\n", "utf-8")
    for verb in ("map", "report", "reported", "check"):
        answered = run(*words(verb, opened.root)).returncode
        assert answered == 0 or (answered == 3 and not snapshots)


def test_an_archive_with_the_line_ends_of_windows_is_told_from_damage_with_the_remedy(front):
    for path in [*front.rglob("*.geojson"), *front.glob("*.csv"), front / "archive.json"]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    for verb in ("show", "area", "map", "reported", "places"):
        answer = run(*words(verb, front))
        assert answer.returncode in {1, 5}
        assert "git clone -c core.autocrlf=false" in answer.stderr
    assert "places.csv: CRLF line ends; save it as UTF-8 with commas" in answer.stderr
    assert run(*words("verify", front)).returncode == 5


def test_a_clone_with_the_line_ends_of_windows_is_whole(front, tmp_path):
    def git(*asked: str) -> None:
        config = ["-c", "user.name=x", "-c", "user.email=x@x", "-c", "core.autocrlf=true"]
        subprocess.run(["git", *config, *asked], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q", "front")
    git("-C", "front", "add", "-A")
    git("-C", "front", "commit", "-qm", "then")
    git("clone", "-q", "front", "clone")
    assert run(*words("verify", tmp_path / "clone")).returncode == 0
    assert run(*words("reported", tmp_path / "clone")).returncode == 0


@contextlib.contextmanager
def somebody_else():
    """Be a user who may not read what is closed to others."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


CLOSED = ["archive.json", "revisions", "revisions/2024", "revisions/2024/2024-08-31", "snapshots",
          "reported.csv", "places.csv", "reference.geojson", "."]  # fmt: skip


@pytest.mark.parametrize("verbs", [pytest.param(SHORT, id="some verbs"), LONG])
@pytest.mark.parametrize("closed", CLOSED)
def test_what_may_not_be_read_is_named(closed, verbs):
    folder = Path("/tmp") / f"closed-{os.getpid()}"  # noqa: S108  pytest's own are closed to others
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o777)
    try:
        root, _ = bench(folder)
        for path in [root, *root.rglob("*")]:
            path.chmod(0o777 if path.is_dir() else 0o666)
        (root / closed).chmod(0)
        with somebody_else():
            found = {verb: failure(*words(verb, root), cwd=folder) for verb in verbs}
        (root / closed).chmod(0o777)
    finally:
        shutil.rmtree(folder)
    assert {verb: why for verb, why in found.items() if why} == {}


PLACES = ["revisions", "snapshots", "revisions/2024", "revisions/2024/2024-08-31", "snapshots/2024"]
FOLDERS = ["archive.json", "reported.csv", "places.csv", "reference.geojson",
           "snapshots/2024/2024-08-31.geojson"]  # fmt: skip


@pytest.mark.parametrize("verbs", [pytest.param(SHORT, id="some verbs"), LONG])
@pytest.mark.parametrize("name", [*PLACES, *FOLDERS])
def test_a_file_in_place_of_a_folder_or_a_folder_in_place_of_a_file_is_named(front, name, verbs):
    path = front / name
    if name in PLACES:
        shutil.rmtree(path)
        path.write_bytes(b"")
    else:
        path.unlink()
        path.mkdir()
    found = {verb: failure(*words(verb, front), cwd=front.parent) for verb in verbs}
    assert {verb: why for verb, why in found.items() if why} == {}


@pytest.mark.parametrize("verb", SHORT)
def test_an_archive_that_is_a_file_is_named(front, verb):
    asked = [*words(verb, front)[:-1], str(front / "archive.json")]
    assert failure(*asked, cwd=front.parent) == ""
    assert run(*asked, cwd=front.parent).returncode in {1, 3, 6}


GONE = """
import os, sys, tempfile
folder = tempfile.mkdtemp()
os.chdir(folder)
os.rmdir(folder)
from frontmap.cli import main
sys.argv[0] = "frontmap"
main()
"""


@pytest.mark.parametrize("asked", [["show", "2024-08-31"], ["map"], ["check"], ["init", "x"]])
def test_a_working_folder_that_was_deleted_is_said(asked):
    more = ["--title", "t", "--maker", "m", "--bbox", "1,2,3,4", "--party", "UA"]
    given = [*asked, *(more if asked[0] == "init" else [])]
    done = subprocess.run(
        [sys.executable, "-c", GONE, *given], capture_output=True, text=True, check=False
    )
    assert done.returncode in {3, 6}
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("key", ["title", "maker", "license"])
@pytest.mark.parametrize("text", ["x" * 5_000_000, "two\nlines"])
def test_a_text_of_an_archive_that_no_page_could_show_is_refused(front, key, text):
    path = front / "archive.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), key: text}), "utf-8")
    with pytest.raises(InputError, match=f"{key}: must be one line"):
        frontmap.open(front)


PARTY = {"id": "UA", "names": {"en": "Ukraine"}, "short_name": "UA", "colour": "#00697a"}
TYPES: dict[str, list[Any]] = {
    "format": [True, 1.0, "1"],
    "theatre": [None, [], 5],
    "parties": [
        {}, {"UA": {"name_en": "Ukraine"}}, ["UA"], [{}], [{**PARTY, "id": ""}],
        [{**PARTY, "id": "U A"}], [{**PARTY, "id": "__proto__"}], [PARTY, PARTY],
        [{**PARTY, "names": "Ukraine"}], [{**PARTY, "names": {"en": 5}}],
        [{**PARTY, "names": {"English": "Ukraine"}}], [{**PARTY, "short_name": 5}],
        [{**PARTY, "colour": "teal"}], [{**PARTY, "colour": "#00697A"}],
        [{**PARTY, "colour": None}],
    ],
    "attribution": [None, 5, "", "two\nlines"],
    "covered": [
        None, 5, "", "../covered.geojson", "covered.json", "reference.geojson",
        "archive.json", "/covered.geojson", ".geojson",
    ],
    "language": [None, 5, "xx-", "constructor"],
    "title_uk": [None, 5, ""],
}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), [(k, v) for k, many in TYPES.items() for v in many])
def test_a_value_of_another_type_in_archive_json_is_refused_with_its_place(front, key, value):
    path = front / "archive.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), key: value}), "utf-8")
    with pytest.raises(InputError, match=r"archive\.json"):
        frontmap.open(front)


@pytest.mark.parametrize(
    "value", [[], {"": {}}, {"UA": []}, {"UA": {"name_en": 5}}, {"U A": {}}, {"__proto__": {}}]
)
def test_a_wrong_value_in_an_archive_json_of_format_1_is_refused_with_its_place(front, value):
    path = front / "archive.json"
    older = {**json.loads(path.read_bytes()), "format": 1, "parties": value}
    path.write_text(json.dumps(older), "utf-8")
    with pytest.raises(InputError, match=r"archive\.json: (parties|name_en): "):
        frontmap.open(front)


@pytest.mark.parametrize("accuracy", ["1e308", "1e-320", "nan", "inf", "0", "-1", "100001"])
def test_an_accuracy_that_is_none_is_refused_before_it_is_recorded(front, accuracy):
    file = front.parent / "zones.geojson"
    file.write_text(file.read_text("utf-8").replace('"accuracy_m": 500, ', ""), "utf-8")
    answer = run(*words("add", front), "--accuracy", accuracy)
    assert answer.returncode in {1, 2}
    assert "accuracy" in answer.stderr
    assert frontmap.open(front).verify() == ()


@pytest.mark.parametrize("accuracy", [0.001, 0.5, 100_000])
def test_an_accuracy_within_its_limits_is_taken_by_every_verb(tmp_path, accuracy):
    root, _ = bench(tmp_path)
    opened = frontmap.open(root)
    opened.correct("2024-08-31", [zone(SMALL, accuracy_m=accuracy)], reason="again")
    for verb in ("area", "check", "verify", "change"):
        assert failure(*words(verb, root)) == ""
    assert run(*words("verify", root)).returncode == 0


def test_reading_while_the_archive_is_checked_out_anew_is_answered_or_refused(front):
    """Files go and come between listing and reading, as ``git checkout`` has them."""
    other, stop = front.parent / "other", threading.Event()
    folder = layout.revisions_folder(front, frontmap.open(front).dates[0]).parent

    def check_out() -> None:
        while not stop.is_set():
            folder.rename(other)
            time.sleep(0.001)
            other.rename(folder)
            time.sleep(0.001)

    thread = threading.Thread(target=check_out)
    thread.start()
    try:
        asked = product(range(4), ("show", "log", "area", "verify", "change"))
        found = {(verb, n): failure(*words(verb, front)) for n, verb in asked}
    finally:
        stop.set()
        thread.join()
    assert {verb: why for verb, why in found.items() if why} == {}


@pytest.mark.parametrize("near", ["cwd", "option", "nothing"])
@pytest.mark.parametrize("verb", ["check", "correct", "add"])
def test_a_pipe_in_the_place_of_a_copy_is_refused_and_not_waited_for(front, verb, near):
    copy = front / "snapshots" / "2024" / "2024-08-31.geojson"
    copy.unlink(missing_ok=True)
    copy.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(copy)
    what = {
        "check": ["check", str(copy)],
        "correct": ["correct", "2024-08-31", str(copy), "--reason", "because"],
        "add": ["add", "2024-10-01", str(copy), "--reason", "because"],
    }[verb]
    option = ["--archive", str(front)] if near == "option" else []
    with within(20):
        answer = run(*what, *option, cwd=front if near == "cwd" else front.parent)
    assert answer.returncode in {1, 3}
    assert verb != "check" or "is a pipe, a socket or a device" in answer.stderr


def test_an_archive_without_events_has_no_places_to_tell_whatever_its_parties_are_called(tmp_path):
    made = new_archive(tmp_path / "front", parties={"A": {}, "B": {}})
    made.add("2024-08-31", [zone(SMALL, party="A")], reason="first")
    border = {"type": "LineString", "coordinates": [[34, 51], [38, 51]]}
    feature = {"type": "Feature", "properties": {"kind": "state_border"}, "geometry": border}
    reference = {"type": "FeatureCollection", "features": [feature]}
    (made.root / "reference.geojson").write_text(json.dumps(reference), "utf-8")
    for verb in (["places"], ["places", "2024-08-31"], ["draft", "2024-08-31"]):
        answer = run(*verb, "--archive", str(made.root))
        assert answer.returncode == 1
        assert "settlement_events.csv has no settlement event" in answer.stderr
    for verb in (["map", "--output", str(tmp_path / "map.html")], ["check"]):
        assert run(*verb, "--archive", str(made.root)).returncode in {0, 1}


def test_ground_that_a_maker_maps_at_all_has_a_limit_of_vertices(tmp_path):
    made = new_archive(tmp_path / "front", covered=covered_file(tmp_path, 4))
    assert made.about.covered is not None
    shutil.copy(covered_file(tmp_path, 60_000), made.root / "covered.geojson")
    with pytest.raises(InputError, match=r"covered\.geojson: 60,001 vertices, 50,000 at most"):
        frontmap.open(made.root)


def covered_file(folder, corners):
    circle = shapely.Point(36, 51.5).buffer(1, quad_segs=corners // 4)
    path = folder / f"{corners}.geojson"
    path.write_text(shapely.to_geojson(circle), "utf-8")
    return path

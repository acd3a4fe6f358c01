"""What a change would do is seen before it is recorded, and asked about where something goes."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import pytest
from shapely import MultiPolygon, box

import frontmap
from frontmap.cli.output import grouped_findings
from frontmap.measure.area import area_km2
from frontmap.page import save_preview
from frontmap.page.container import opened
from frontmap.proposals import propose
from fronts import LARGE, SMALL, new_archive, sealed_in, snapshot, zone
from verbs import run

PLACES = (
    "id,name_en,name_uk,name_ru,raion,lon,lat,accuracy_m,source\n"
    "alba,Alba,,,,35.05,51.05,500,isw\n"
    "bela,Bela,,,,35.30,51.30,500,isw\n"
    "cena,Cena,,,,36.50,51.30,500,isw\n"
)
SOURCES = "id,publisher,url,published,read\nisw,ISW,https://example.org/1,2024-08-12,2026-11\n"


def contents(root):
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def geojson(path, *zones, header=None):
    """A file of zones that say all of themselves."""
    features = [
        {
            "type": "Feature",
            "id": each.id,
            "properties": {
                "party": each.party,
                "status": each.status,
                "sources": " ".join(each.sources),
                "confidence": each.confidence,
                "accuracy_m": each.accuracy_m,
            },
            "geometry": each.geometry.__geo_interface__,
        }
        for each in zones
    ]
    value = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(value if header is None else {**value, "frontmap": header}), "utf-8")
    return path


@pytest.fixture
def front(tmp_path):
    """Four dates of a front: 312 km², the same, 5 more, 11 more."""
    made = new_archive(tmp_path / "front")
    (made.root / "places.csv").write_text(PLACES, "utf-8")
    (made.root / "sources.csv").write_text(SOURCES, "utf-8")
    wider = [box(35, 51, 35.2, 51 + width) for width in (0.203, 0.21)]
    for day, ground in zip((11, 12, 15, 20), (SMALL, SMALL, *wider), strict=True):
        made.add(f"2024-08-{day}", [zone(ground)], reason="a map", sources=["isw"])
    return made


def add(front, ground, *words, date="2024-08-13"):
    file = geojson(front.root.parent / "zones.geojson", *ground)
    return run(
        "add", date, str(file), "--reason", "x", "--source", "isw", *words,
        "--archive", str(front.root),
    )  # fmt: skip


def correct(front, ground, *words, date="2024-08-12"):
    file = geojson(front.root.parent / "zones.geojson", *ground)
    return run("correct", date, str(file), "--reason", "x", *words, "--archive", str(front.root))


def test_a_dry_run_prints_what_add_prints_and_writes_nothing(front):
    before = contents(front.root)
    dry = add(front, [zone(LARGE)], "--dry-run")
    assert (dry.returncode, contents(front.root)) == (0, before)
    assert dry.stderr.endswith("nothing is recorded (--dry-run)\n")
    wet = add(front, [zone(LARGE)], "--yes")
    assert (wet.returncode, wet.stdout) == (0, dry.stdout)
    assert "recorded snapshot of 2024-08-13, 1 zone" in wet.stderr
    assert "2024-08-13" in front


def test_what_is_printed_is_ground_gains_settlements_and_findings(front):
    said = add(front, [zone(LARGE), zone(box(36, 52, 36.1, 52.1), "b", status="contested")],
               "--dry-run").stdout  # fmt: skip
    lines = said.splitlines()
    assert lines[0] == "2024-08-13:"
    assert re.fullmatch(
        r"  UA controlled: 1,244\.\d ± \d+\.\d km² \(at worst ± \d+\.\d\)", lines[1]
    )
    assert lines[2].startswith("  UA contested: 76.")
    assert lines[3].startswith("  since 2024-08-12: UA gained 932.")
    assert lines[4].startswith("  until 2024-08-15: UA gained 0.0 km², lost 927.")
    assert lines[5:7] == [
        "  settlements on other ground than on 2024-08-12: 1",
        "    nobody's → UA controlled: Bela",
    ]
    assert "warning: 2024-08-13: ground of UA changes by +1,009 km² since 2024-08-12" in lines[7]


def test_the_areas_and_errors_are_those_of_area_afterwards(front):
    seen = front.would_add("2024-08-13", [zone(LARGE)], reason="x")
    proposal = propose(front, seen)
    front.add("2024-08-13", [zone(LARGE)], reason="x")
    table = frontmap.areas(front, by="status", dates="2024-08-13")
    for ground in proposal.ground:
        (row,) = table[table["status"] == ground.status].to_dict("records")
        assert (ground.area_km2, ground.error_km2, ground.bound_km2) == (
            row["area_km2"], row["error_km2"], row["bound_km2"],
        )  # fmt: skip


def test_a_correction_is_compared_with_what_it_replaces_and_with_both_neighbours(front):
    seen = front.would_correct("2024-08-12", [zone(LARGE, "b")], reason="x", sources=())
    proposal = propose(front, seen)
    assert proposal.removed_zones == ("a",)
    assert proposal.removed_sources == ()  # its zone names it still
    dates = [(each.before.date.day, each.after.date.day) for each in
             (proposal.correction, proposal.since, proposal.until)]  # fmt: skip
    assert dates == [(12, 12), (11, 12), (12, 15)]
    assert proposal.correction.gained_km2("UA") == pytest.approx(932, abs=1)


def test_the_first_snapshot_of_an_archive_has_nothing_beside_it(tmp_path):
    made = new_archive(tmp_path / "front")
    proposal = propose(made, made.would_add("2024-08-12", [zone(SMALL)], reason="x"))
    assert (proposal.correction, proposal.since, proposal.until) == (None, None, None)
    assert (proposal.places, proposal.doubts, proposal.unknown) == ((), (), ())


NAMES = ["ground", "zone", "source", "change"]


@pytest.mark.parametrize(
    ("zones", "doubts"),
    [
        ([zone(SMALL)], []),
        ([zone(SMALL, "renamed")], []),
        ([zone(box(35, 51, 35.1, 51.2), "w"), zone(box(35.1, 51, 35.2, 51.2), "e")], []),
        ([zone(box(35, 51, 35.2, 51.202))], []),
        ([zone(LARGE)], ["change UA"]),
        ([zone(SMALL, party="RU")], ["change RU", "change UA", "ground UA"]),
        ([], ["change UA", "ground UA", "source isw", "zone a"]),
        ([zone(box(35, 51, 35.1999, 51.2), "new")], ["zone a"]),
        ([zone(SMALL, sources=("dw",))], ["source isw"]),
        ([zone(SMALL, status="contested")], ["change UA"]),
        ([zone(SMALL, status="claimed")], ["change UA"]),
    ],
    ids=[
        "nothing", "renamed", "parted in two", "grows as before", "grows by more than ever",
        "changes sides", "all goes", "a strip of a zone goes", "a source goes",
        "contested", "claimed",
    ],
)  # fmt: skip
def test_what_is_asked_about_a_correction(front, zones, doubts):
    now = snapshot(*zones, date=front.dates[1])
    found = propose(front, now).doubts
    assert sorted(f"{doubt.kind} {doubt.name}" for doubt in found) == doubts


def test_a_date_is_asked_about_where_a_party_had_ground_the_date_before_and_has_none(front):
    found = propose(front, front.would_add("2024-08-13", [], reason="x")).doubts
    assert [(each.kind, each.name, each.from_date.day, each.to_date.day) for each in found] == [
        ("change", "UA", 13, 15), ("ground", "UA", 12, 13),
    ]  # fmt: skip


def test_no_change_is_the_largest_ever_where_there_was_none_to_compare_with(tmp_path):
    made = new_archive(tmp_path / "front")
    made.add("2024-08-12", [zone(SMALL)], reason="x")
    assert propose(made, made.would_add("2024-08-13", [zone(LARGE)], reason="x")).doubts == ()


def test_not_on_a_terminal_nothing_is_asked_and_that_is_said(front):
    answer = add(front, [zone(SMALL, party="RU")])
    assert answer.returncode == 0
    assert "mind: UA has no ground any more; on 2024-08-12: 31" in answer.stdout
    assert "not asked whether that is meant: not on a terminal" in answer.stdout
    assert "2024-08-13" in front


@pytest.mark.parametrize("verb", [add, correct])
def test_yes_asks_and_says_nothing_of_asking(front, verb):
    answer = verb(front, [zone(LARGE)], "--yes")
    assert answer.returncode == 0
    assert "asked" not in answer.stdout + answer.stderr


def test_what_cannot_be_compared_is_told_and_stops_nothing(front):
    (path,) = (front.root / "revisions/2024/2024-08-11").iterdir()
    path.write_bytes(path.read_bytes().replace(b"35.2", b"35.3", 1))
    answer = add(front, [zone(SMALL, sources=("x-9",))])
    assert answer.returncode == 0
    assert "not compared: " in answer.stdout
    assert "source 'x-9', which is not in sources.csv" in answer.stdout
    assert path.name in answer.stdout
    assert "recorded snapshot of 2024-08-13" in answer.stderr


def test_many_findings_of_one_rule_are_one_line_with_the_worst_and_their_number(front):
    zones = [zone(box(35 + n / 10, 51, 35.1 + n / 10, 51.1), f"z{n}", sources=(f"s{n}",))
             for n in range(8)]  # fmt: skip
    lines = add(front, zones, "--dry-run").stdout.splitlines()
    (line,) = [line for line in lines if "sources.csv" in line]
    assert line.endswith("(the worst of 8 findings of the rule source)")


def test_the_worst_is_the_largest_of_the_gravest():
    errors = [frontmap.Finding(rule="r", message=f"{km}", size=km) for km in (1.0, 8.0, 2.0)]
    warning = frontmap.Finding(rule="r", message="90", size=90.0, severity="warning")
    found = [warning, *errors, warning, warning]
    assert [*grouped_findings(found)] == ["error: 8.0 (the worst of 6 findings of the rule r)"]


class Terminal:
    """frontmap run on a terminal of its own: what it prints is read as it comes."""

    def __init__(self, *words):
        self.shown = ""
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            code = "from frontmap.cli import main; main()"
            os.execv(sys.executable, [sys.executable, "-c", code, *words])  # noqa: S606

    def read_until(self, text, seconds=120):
        """Return once a text is shown; fail where the program ends or hangs before."""
        ends = time.monotonic() + seconds
        while text not in self.shown and time.monotonic() < ends:
            if select.select([self.handle], [], [], 1)[0] and not self._read():
                break
        assert text in self.shown, self.shown

    def _read(self):
        try:
            data = os.read(self.handle, 4096)
        except OSError:  # it has ended
            return False
        self.shown += data.decode(errors="replace")
        return bool(data)

    def type(self, text):
        os.write(self.handle, text.encode())

    def end(self):
        """Return how it ended: its exit code, or less the number of the signal."""
        while self._read():
            pass
        os.close(self.handle)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def on_a_terminal(front, *words):
    file = geojson(front.root.parent / "zones.geojson", zone(LARGE))
    return Terminal("add", "2024-08-13", str(file), "--reason", "x", *words,
                    "--archive", str(front.root))  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "code", "recorded"),
    [
        ("y\n", 0, True),
        ("YES\n", 0, True),
        ("n\n", 1, False),
        ("\n", 1, False),
        ("yesterday\n", 1, False),
        ("\x04", 1, False),
        ("\x03", -signal.SIGINT, False),
    ],
    ids=["y", "yes", "no", "enter", "another word", "Ctrl-D", "Ctrl-C"],
)
def test_on_a_terminal_it_is_recorded_only_where_the_answer_is_yes(front, typed, code, recorded):
    before = contents(front.root)
    terminal = on_a_terminal(front)
    terminal.read_until("Record it? [y/N] ")
    assert contents(front.root) == before
    terminal.type(typed)
    assert terminal.end() == code, terminal.shown
    assert ("2024-08-13" in front) is recorded
    if not recorded:
        assert contents(front.root) == before
    if code == 1:
        assert "nothing is recorded: the answer was no" in terminal.shown


@pytest.mark.parametrize("words", [["--yes"], ["--dry-run"]])
def test_on_a_terminal_nothing_is_asked_where_it_is_settled_beforehand(front, words):
    terminal = on_a_terminal(front, *words)
    assert terminal.end() == 0, terminal.shown
    assert "Record it?" not in terminal.shown


def test_where_only_one_end_is_a_terminal_nothing_is_asked(front, tmp_path):
    file = geojson(tmp_path / "zones.geojson", zone(LARGE))
    code = "from frontmap.cli import main; main()"
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", code, "add", "2024-08-13", str(file), "--reason", "x",
         "--archive", str(front.root)],
        stdin=theirs, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert "not asked whether that is meant" in done.stdout


def test_what_somebody_else_records_meanwhile_is_a_conflict(front):
    file = geojson(front.root.parent / "zones.geojson", zone(LARGE))
    terminal = Terminal("correct", "2024-08-12", str(file), "--reason", "x",
                        "--archive", str(front.root))  # fmt: skip
    terminal.read_until("Record it? [y/N] ")
    front.correct("2024-08-12", [zone(box(35, 51, 35.3, 51.2))], reason="theirs")
    terminal.type("y\n")
    assert terminal.end() == 4, terminal.shown
    assert front["2024-08-12"].revision.reason == "theirs"


def test_a_zone_in_two_parts_goes_where_one_part_has_no_zone(front):
    both = MultiPolygon([SMALL, box(36, 52, 36.1, 52.1)])
    front.correct("2024-08-12", [zone(both)], reason="wider")
    now = snapshot(zone(SMALL, "b"), date=front.dates[1])
    assert "zone" in {doubt.kind for doubt in propose(front, now).doubts}


def named(**properties):
    """What a feature says of itself, less what is None."""
    usual = {"party": "UA", "status": "controlled", "sources": "isw", "confidence": "high",
             "accuracy_m": 500}  # fmt: skip
    return {key: value for key, value in {**usual, **properties}.items() if value is not None}


def feature(ground, **properties):
    return {
        "type": "Feature",
        "properties": named(**properties),
        "geometry": ground if isinstance(ground, dict) else ground.__geo_interface__,
    }


UNCLOSED = {"type": "Polygon", "coordinates": [[[35, 51], [35.2, 51], [35.2, 51.2]]]}
HIGH = {"type": "Polygon", "coordinates": [[[35, 51, 9], [35.2, 51, 9], [35.2, 51.2, 9],
                                            [35, 51, 9]]]}  # fmt: skip
BOW_TIE = {"type": "Polygon", "coordinates": [[[35, 51], [35.2, 51.2], [35.2, 51], [35, 51.2],
                                               [35, 51]]]}  # fmt: skip
FAR = box(0, 0, 1, 1)
WITHOUT_WORDS = feature(SMALL, party=None, status=None, confidence=None, accuracy_m=None)
OPTIONS = ["--party", "UA", "--status", "controlled", "--confidence", "low", "--accuracy", "900"]
CASES = {
    "sound": ([feature(SMALL)], [], 0),
    "mended: unclosed ring": ([feature(UNCLOSED)], [], 0),
    "mended: altitudes": ([feature(HIGH)], [], 0),
    "mended: no id": ([feature(SMALL), feature(box(36, 51, 36.1, 51.1))], [], 0),
    "mended: accuracy as a text": ([feature(SMALL, accuracy_m="500")], [], 0),
    "a slit that is matched": (
        [feature(box(35, 51, 35.1, 51.1)), feature(box(35.1000001, 51, 35.2, 51.1))],
        [],
        0,
    ),
    "a finding: an unknown source": ([feature(SMALL, sources="no-row")], [], 0),
    "a finding: a jump": ([feature(LARGE)], [], 0),
    "said by options": ([WITHOUT_WORDS], OPTIONS, 0),
    "an option beside what is said": ([feature(SMALL)], OPTIONS, 0),
    "no words and no options": ([WITHOUT_WORDS], [], 1),
    "another day": ([feature(SMALL, date="2024-08-09")], [], 1),
    "this day": ([feature(SMALL, date="2024-08-13")], [], 0),
    "an unknown party": ([feature(SMALL, party="XX")], [], 1),
    "an unknown party by option": ([WITHOUT_WORDS], ["--party", "XX", *OPTIONS[2:]], 1),
    "an unknown status": ([feature(SMALL, status="held")], [], 1),
    "an unknown status by option": ([WITHOUT_WORDS], [*OPTIONS, "--status", "held"], 2),
    "elsewhere": ([feature(FAR)], [], 1),
    "overlaps": ([feature(SMALL), feature(LARGE, status="contested")], [], 1),
    "crosses itself": ([feature(BOW_TIE)], [], 1),
    "no accuracy above 0": ([feature(SMALL, accuracy_m=-1)], [], 1),
    "two flaws": ([feature(SMALL, party="XX"), feature(FAR)], [], 1),
}


@pytest.mark.parametrize(("features", "words", "code"), CASES.values(), ids=CASES)
def test_check_takes_what_add_takes_and_refuses_what_add_refuses(front, features, words, code):
    file = front.root.parent / "zones.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    before = contents(front.root)
    told = ["--archive", str(front.root), *words]
    here = file.parent
    checked = run("check", str(file), "--date", "2024-08-13", *told, cwd=here)
    dry = run("add", "2024-08-13", str(file), "--reason", "x", "--dry-run", *told, cwd=here)
    assert contents(front.root) == before
    added = run("add", "2024-08-13", str(file), "--reason", "x", *told, cwd=here)
    assert [checked.returncode, dry.returncode, added.returncode] == [code] * 3
    if code == 0:
        found = [line for line in dry.stdout.splitlines() if line.startswith(("warn", "error"))]
        assert checked.stdout.splitlines() == found


def test_all_that_is_refused_is_listed_at_once(front):
    file = geojson(front.root.parent / "zones.geojson", zone(SMALL, party="XX"), zone(FAR, "b"))
    answer = run("check", str(file), "--date", "2024-08-13", "--archive", str(front.root))
    assert answer.returncode == 1
    assert [line.partition("zone ")[2][:3] for line in answer.stdout.splitlines()] == ["'a'", "'b'"]


def test_a_file_of_a_date_that_has_a_snapshot_is_checked_as_a_correction(front):
    file = geojson(front.root.parent / "zones.geojson", zone(LARGE))
    words = [str(file), "--date", "2024-08-12", "--archive", str(front.root), "--format", "json"]
    answer = run("check", *words)
    assert answer.returncode == 0
    assert [row["rule"] for row in json.loads(answer.stdout)] == ["jump", "jump"]


def test_a_date_is_checked_as_it_is_in_force_or_as_its_copy_was_edited(front):
    told = ["--archive", str(front.root)]
    answer = run("check", "2024-08-12", *told)
    assert (answer.returncode, answer.stdout) == (0, "")
    first, *untold = answer.stderr.splitlines()
    assert first == "2024-08-12, as it is in force: nothing to mend"
    assert all(line.startswith("not told: ") for line in untold)
    copy = front.root / "snapshots/2024/2024-08-12.geojson"
    text = copy.read_text("utf-8")
    copy.write_text(text.replace("35.2", "35.9").replace('"isw"', '"no-row"'), "utf-8")
    answer = run("check", "2024-08-12", *told)
    dry = run("correct", "2024-08-12", "--reason", "x", "--dry-run", *told)
    assert (answer.returncode, dry.returncode) == (0, 0)
    assert "not in sources.csv" in answer.stdout
    assert answer.stdout in dry.stdout
    copy.write_text(text.replace('"UA"', '"XX"'), "utf-8")
    assert run("check", "2024-08-12", *told).returncode == 1


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["check", "2024-08-13"], 3, "no snapshot of 2024-08-13"),
        (["check", "2024-02-30"], 2, "no such day"),
        (["check", "2024-08-12", "--date", "2024-08-12"], 2, "--date"),
        (["check", "--date", "2024-08-12"], 2, "check DATE"),
        (["check", "none.geojson", "--date", "2024-08-13"], 3, "none.geojson"),
    ],
)
def test_what_cannot_be_checked_is_one_line(front, words, code, says):
    answer = run(*words, "--archive", str(front.root))
    assert (answer.returncode, len(answer.stderr.splitlines())) == (code, 1)
    assert says in answer.stderr


def test_a_path_that_looks_like_a_date_and_is_a_file_is_a_file(front, tmp_path):
    file = geojson(tmp_path / "2024-08-12", zone(SMALL, party="XX"))
    answer = run("check", "2024-08-12", "--archive", str(front.root), cwd=tmp_path)
    assert answer.returncode == 1
    assert f"{file.name}: zone 'a': party 'XX'" in answer.stdout
    file.unlink()
    assert run("check", "2024-08-12", "--archive", str(front.root), cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("own", [{"status": "контроль"}, {"party": "ЗСУ"}])  # noqa: RUF001
def test_a_makers_word_under_a_name_of_ours_is_offered_for_a_rule(front, tmp_path, own):
    file = geojson(tmp_path / "a.geojson", zone(SMALL, **own))
    told = ["--archive", str(front.root), "--date", "2024-08-13"]
    answer = run("check", str(file), *told)
    ((name, word),) = own.items()
    rule = f"{name}={word} => PARTY STATUS"
    assert answer.returncode == 1
    assert f"zone 'a': {name} '{word}' is not one of " in answer.stdout
    assert f"say what it means: --rule '{rule}'" in answer.stdout
    told += ["--rule", rule.replace("PARTY STATUS", "UA controlled")]
    assert run("check", str(file), *told).returncode == 0


def test_a_preview_is_a_page_of_the_change_that_opens_with_it_against_what_was_before(front):
    page = front.root.parent / "change.html"
    before = contents(front.root)
    answer = add(front, [zone(LARGE)], "--dry-run", "--preview", str(page))
    assert (answer.returncode, contents(front.root)) == (0, before)
    assert f"wrote {page}: " in answer.stderr
    shown = opened(sealed_in(page))
    assert (shown["first"], shown["steps"]) == ("2024-08-12", [0, 1, 2])
    assert (shown["proposed"], shown["opening"]) == (1, "#date=2024-08-13&vs=2024-08-12")
    assert shown["areas"]["UA"]["controlled_km2"][1] == pytest.approx(1244.2, abs=0.1)
    assert shown["areas"]["UA"]["error_km2"][1] > 0
    assert "A proposed change: nothing of it is recorded." in page.read_text("utf-8")


def test_a_preview_of_a_correction_shows_what_it_replaces_beside_it(front):
    page = front.root.parent / "change.html"
    answer = correct(front, [zone(LARGE)], "--preview", str(page))
    assert (answer.returncode, front["2024-08-12"].revision.kind) == (0, "correction")
    shown = opened(sealed_in(page))
    assert (shown["steps"], shown["minutes"]) == ([0, 1, 0, 3], [0, 0, 1, 0])
    assert shown["opening"] == "#date=2024-08-12T00:01&vs=2024-08-12T00:00"
    assert shown["revisions"]["kind"][:3] == ["snapshot", "snapshot", "correction"]


def test_a_preview_opens_with_the_party_whose_ground_changes_most(front):
    far = box(36, 51, 36.2, 51.2)
    both = [zone(SMALL), zone(far, "b", party="RU")]
    front.correct("2024-08-12", both, reason="x")
    page = front.root.parent / "change.html"
    for kept, party in zip(both, ("&party=RU", ""), strict=True):  # UA is shown first
        now = front.would_correct("2024-08-12", [kept], reason="x")
        save_preview(front, propose(front, now), page, force=True)
        assert opened(sealed_in(page))["opening"].partition("T00:01")[2].endswith(f":00{party}")


def test_a_preview_replaces_no_file_of_somebodys_and_then_nothing_is_recorded(front):
    page = front.root.parent / "notes.html"
    page.write_text("mine", "utf-8")
    assert add(front, [zone(LARGE)], "--preview", str(page)).returncode == 4
    assert page.read_text("utf-8") == "mine"
    assert "2024-08-13" not in front
    assert add(front, [zone(LARGE)], "--preview", str(page), "--force").returncode == 0
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_preview_of_ground_nobody_holds_any_more_is_a_page_too(front):
    now = front.would_add("2024-08-13", [], reason="x")
    page = front.root.parent / "change.html"
    save_preview(front, propose(front, now), page)
    assert opened(sealed_in(page))["areas"]["UA"]["controlled_km2"][1] == 0.0


def test_the_preview_of_a_first_snapshot_is_that_alone(tmp_path):
    made = new_archive(tmp_path / "front")
    now = made.would_add("2024-08-12", [zone(SMALL)], reason="x")
    save_preview(made, propose(made, now), tmp_path / "change.html")
    shown = opened(sealed_in(tmp_path / "change.html"))
    assert (shown["proposed"], shown["opening"]) == (0, "#date=2024-08-12")


@pytest.mark.parametrize("dates", [1, 3])
def test_sides_that_are_exchanged_are_doubted_though_nobody_has_more_or_less(tmp_path, dates):
    west, east = box(35, 51, 35.3, 51.2), box(35.5, 51, 35.8, 51.2)
    made = new_archive(tmp_path / "front")
    for day in range(dates):
        made.add(f"2024-08-{12 + day}", [zone(west), zone(east, "r", party="RU")], reason="first")
    exchanged = made.would_add("2024-08-20", [zone(east), zone(west, "r", party="RU")], reason="x")
    found = propose(made, exchanged).doubts
    assert [(doubt.kind, doubt.name) for doubt in found] == [("change", "RU"), ("change", "UA")]
    assert all(abs(doubt.area_km2) == pytest.approx(*area_km2([west])) for doubt in found)


@pytest.mark.parametrize(("typed", "question"), [("\x04", "[Y/n]"), ("y\n\x04", "licence")])
def test_a_question_of_import_without_an_answer_records_nothing(tmp_path, typed, question):
    file = geojson(tmp_path / "front 2024-08-29.geojson", zone(SMALL))
    into = tmp_path / "new"
    terminal = Terminal("import", str(file), "--into", str(into), "--maker", "M")
    terminal.read_until("[Y/n]")
    terminal.type(typed)
    assert terminal.end() == 1, terminal.shown
    assert question in terminal.shown
    assert "nothing is recorded: the question had no answer" in terminal.shown
    assert not into.exists()

"""Killed, out of space, unreadable: what was acknowledged is kept, what was there before is whole.

The faults are real: strace kills the process, or fails a system call, at each call in turn.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas
import pytest
from shapely import box

import frontmap
from frontmap.archive import NewRevision
from frontmap.intake.profiles import SHIPPED
from frontmap.measure.cache.stamps import COARSEST_CLOCK_NS
from fronts import LARGE, SMALL, Clock, new_archive, zone
from tracing import CHANGING, Outcome, Victim, disorder, needs_strace, paths_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.faults, needs_strace]

WHAT = [
    "--reason", "because", "--source", "isw", "--party", "UA", "--status", "controlled",
    "--confidence", "high", "--accuracy", "500",
]  # fmt: skip
QUICK, WHOLE = "where something changes", "everywhere"


class Point(NamedTuple):
    """A system call of a trace: which one of its name, and its text."""

    name: str
    when: int
    text: str

    def inject(self, fault: str) -> str:
        return f"{self.name}:{fault}:when={self.when}"


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder with an archive to break, whole copies to start from, and a process to break it."""

    folder: Path
    whole: Path
    root: Path
    verbs: dict[str, list[str]]
    victim: Victim

    def run(self, verb: str, inject: str | None = None) -> Outcome:
        """Run a verb on a fresh copy of the archive."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.whole, self.root)
        return self.victim.run([*self.verbs[verb], "--archive", str(self.root)], inject)

    def points(self, verb: str, extent: str) -> Iterator[Point]:
        """Yield each call of a verb that touches the archive."""
        seen: Counter[str] = Counter()
        for call in self.run(verb).calls:
            name = call.partition("(")[0]
            seen[name] += 1
            if str(self.root) in call and (extent == WHOLE or CHANGING.match(call)):
                yield Point(name, seen[name], call)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    whole, twin = folder / "whole", folder / "twin"
    opened = new_archive(whole)
    opened.add("2024-08-12", [zone(SMALL)], reason="first")
    opened.correct("2024-08-12", [zone(box(35, 51, 35.3, 51.3))], reason="second")
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    shutil.copytree(whole, twin)
    opened.correct("2024-08-31", [zone(LARGE)], reason="Ann's")
    ben = frontmap.open(twin, clock=Clock("2026-09-02T10:00:00+00:00"))
    ben.correct("2024-08-31", [zone(box(35, 51, 36, 52))], reason="Ben's")
    shutil.copytree(twin / "revisions", whole / "revisions", dirs_exist_ok=True)
    keep = opened.revisions("2024-08-31")[-1].digest
    file = folder / "zones.geojson"
    geopandas.GeoDataFrame({"id": ["z"]}, geometry=[LARGE], crs=4326).to_file(file)
    verbs = {
        "add": ["add", "2024-09-15", str(file), *WHAT],
        "add --rule": [
            "add", "2024-09-15", str(file), "--rule", "file=zones => UA controlled",
            "--save-profile", "own", *WHAT[:4], *WHAT[8:],
        ],
        "correct": ["correct", "2024-08-12", str(file), *WHAT],
        "withdraw": ["withdraw", "2024-08-12", "--reason", "because"],
        "revert": ["revert", "2024-08-12"],
        "resolve": ["resolve", "2024-08-31", "--keep", keep, "--reason", "because"],
        "source add": ["source", "add", "isw-9", "--publisher", "ISW"],
        "party add": ["party", "add", "BY", "--name", "Belarus"],
    }  # fmt: skip
    with Victim(whole, folder, cached=False) as victim:
        made = Bench(folder, whole, folder / "front", verbs, victim)
        made.run("add")  # Python keeps compiled what is loaded for the first time
        yield made


VERBS = ["add", "add --rule", "correct", "withdraw", "revert", "resolve"]
#: Verbs that change one file beside the revisions, and which.
BESIDE = {"source add": "sources.csv", "party add": "archive.json"}
EXTENTS = [QUICK, pytest.param(WHOLE, marks=pytest.mark.torture)]


def revisions(root: Path) -> dict[str, bytes]:
    found = (p for p in (root / "revisions").rglob("*") if p.is_file())
    return {str(p.relative_to(root)): p.read_bytes() for p in found if p.suffix == ".geojson"}


def leavings(root: Path) -> list[Path]:
    return sorted(root.rglob("*.part"))


def profiles(root: Path) -> list[Path]:
    return sorted(root.glob("profiles/*"))


def lost(bench: Bench, outcome: Outcome) -> list[str]:
    """Say what a fault cost: nothing, if frontmap keeps its promise."""
    before, after = revisions(bench.whole), revisions(bench.root)
    cost = [name for name, data in before.items() if after.get(name) != data]
    fresh = after.keys() - before.keys()
    if len(fresh) > 1 or (outcome.code == 0 and not fresh):
        cost.append(f"{sorted(fresh)} recorded, answer {outcome.code}")
    opened = frontmap.open(bench.root)
    cost += [f.message for f in opened.verify() if f.rule not in {"copy", "fork"}]
    opened.add("2025-01-01", [zone(SMALL)], reason="the next command")
    forks = {f.rule for f in frontmap.open(bench.root).verify()} - {"fork"}
    own = bench.root / "profiles"  # swept by the next that keeps a profile
    left = [str(path) for path in leavings(bench.root) if path.parent != own]
    return cost + sorted(forks) + left


@pytest.mark.parametrize("extent", EXTENTS)
@pytest.mark.parametrize("verb", VERBS)
def test_a_kill_at_any_system_call_loses_nothing(bench, verb, extent, record_property):
    points = list(bench.points(verb, extent))
    assert len(points) > 8
    costs = {}
    for point in points:
        outcome = bench.run(verb, point.inject("signal=KILL"))
        assert outcome.code is None
        if cost := lost(bench, outcome) + not_recorded_again(bench, verb):
            costs[point] = cost
    record_property("toll", (f"SIGKILL during {verb}", len(points), len(costs)))
    assert costs == {}


def not_recorded_again(bench: Bench, verb: str) -> list[str]:
    """Say what keeps the same words from recording the next date, or is left over then."""
    if verb != "add --rule":
        return []
    words = [*bench.verbs[verb], "--archive", str(bench.root)]
    again = bench.victim.run(["add", "2024-09-16", *words[2:]])
    left = [path for path in profiles(bench.root) if path.name != "own.json"]
    return [again.said, *map(str, left)] if again.code != 0 or left else []


@pytest.mark.parametrize("error", ["ENOSPC", pytest.param("EIO", marks=pytest.mark.torture)])
@pytest.mark.parametrize("verb", VERBS)
def test_a_system_call_that_fails_is_one_line_and_leaves_the_old_state_whole(
    bench, verb, error, record_property
):
    points = [p for p in bench.points(verb, QUICK) if p.name not in {"unlinkat", "flock"}]
    costs = {}
    for point in points:
        outcome = bench.run(verb, point.inject(f"error={error}"))
        assert any("(INJECTED)" in call for call in outcome.calls)
        if cost := damage(bench, outcome, verb):
            costs[point] = cost
    record_property("toll", (f"{error} during {verb}", len(points), len(costs)))
    assert costs == {}


def damage(bench: Bench, outcome: Outcome, verb: str) -> list[str]:
    fresh = revisions(bench.root).keys() - revisions(bench.whole).keys()
    cost = [] if outcome.code in {0, 6} else [f"exit code {outcome.code}"]
    said = outcome.said.strip()
    if outcome.code == 6:
        recorded = "is recorded" in said
        errors = [line.startswith("frontmap: ") for line in said.splitlines()]
        if errors.count(True) != 1 or not errors[-1]:  # notes of what was read may stand before it
            cost.append(f"not one line: {said}")
        if recorded != bool(fresh):
            cost.append(f"{sorted(fresh)} are there, and it says: {said}")
        if not recorded:
            cost += [str(path) for path in (*leavings(bench.root), *profiles(bench.root))]
    if fresh and verb == "add --rule" and not profiles(bench.root):
        cost.append("the profile that the revision names is gone")
    return cost + lost(bench, outcome)


@pytest.mark.parametrize("fault", ["error=ENOSPC", "error=EIO", "signal=KILL"])
@pytest.mark.parametrize("verb", BESIDE)
def test_a_row_or_a_party_more_is_there_whole_or_not_at_all(bench, verb, fault, record_property):
    """A fault at each call: what is answered for is there, else the file of before or the new."""
    name = BESIDE[verb]
    old = {None, *contents(bench.whole / name)}
    assert bench.run(verb).code == 0
    (new,) = contents(bench.root / name)
    points = [p for p in bench.points(verb, QUICK) if p.name not in {"unlinkat", "flock"}]
    assert len(points) > 3
    costs = {}
    for point in points:
        outcome = bench.run(verb, point.inject(fault))
        now = next(contents(bench.root / name), None)
        cost = [] if now == new or now in old else ["torn"]
        if fault == "signal=KILL":
            cost += [] if outcome.code is None else [f"exit code {outcome.code}"]
        elif outcome.code not in {0, 6} or (outcome.code == 0 and now != new):
            cost.append(f"exit code {outcome.code}, {outcome.said}")
        elif leavings(bench.root):
            cost.append("left something over")
        again = bench.victim.run([*bench.verbs[verb], "--archive", str(bench.root)])
        if again.code != 0 or next(contents(bench.root / name)) != new or leavings(bench.root):
            cost.append(f"again: {again.code}, {again.said}")
        cost += [f.message for f in frontmap.open(bench.root).verify() if f.rule != "fork"]
        if cost:
            costs[point] = cost
    record_property("toll", (f"{fault} during {verb}", len(points), len(costs)))
    assert costs == {}


def contents(path: Path) -> Iterator[bytes]:
    """Yield what a file holds, where there is one."""
    if path.exists():
        yield path.read_bytes()


OLD = b"the old file, generator: frontmap"
PAGES = {"map": "map.html", "report": "report.html", "verify": "manifest"}
WRITING = {
    "map": ["map", "--output"],
    "report": ["report", "--output"],
    "verify": ["verify", "--write-manifest"],
}


@pytest.mark.parametrize("fault", ["error=ENOSPC", "error=EIO", "signal=KILL"])
@pytest.mark.parametrize(
    "verb", ["verify", *(pytest.param(v, marks=pytest.mark.torture) for v in ("map", "report"))]
)
def test_what_a_verb_writes_for_a_reader_is_whole_or_as_it_was(
    bench, tmp_path, verb, fault, record_property
):
    """The map, the report, a manifest: the old file is there, or the new one, never a part."""
    shutil.copytree(bench.whole, tmp_path / "front", ignore=shutil.ignore_patterns("2024-08-31*"))
    out = tmp_path / "out"
    words = [*WRITING[verb], str(out / PAGES[verb]), "--archive", str(tmp_path / "front")]
    words += ["--force"] if verb == "verify" else []  # the old file is no list to follow
    new = written(bench, words, out).files
    points = points_in(out, written(bench, words, out).outcome)
    assert len(points) >= 4
    costs = {}
    for point in points:
        done = written(bench, words, out, point.inject(fault))
        named = {name: data for name, data in done.files.items() if not name.endswith(".part")}
        torn = [n for n, data in named.items() if data not in {OLD, new.get(n)}]
        left = done.files.keys() - named.keys() if "error" in fault else set()
        answered = done.outcome.code in ({6} if "error" in fault else {None})
        if torn or left or not answered or named.keys() < {PAGES[verb]}:
            costs[point] = (torn, left, done.outcome.code, done.outcome.said)
    record_property("toll", (f"{fault} while {verb} writes its file", len(points), len(costs)))
    assert costs == {}


def points_in(out: Path, outcome: Outcome) -> list[Point]:
    """Return the calls of a run that change something in a folder."""
    seen: Counter[str] = Counter()
    points = []
    for call in outcome.calls:
        name = call.partition("(")[0]
        seen[name] += 1
        if str(out) in call and CHANGING.match(call) and name not in {"unlinkat", "mkdirat"}:
            points.append(Point(name, seen[name], call))
    return points


class Written(NamedTuple):
    """What a verb that writes a file did, and what is in the folder then."""

    outcome: Outcome
    files: dict[str, bytes]


def written(bench: Bench, words: list[str], out: Path, inject: str | None = None) -> Written:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    (out / Path(words[2]).name).write_bytes(OLD)
    outcome = bench.victim.run(words, inject)
    return Written(outcome, {p.name: p.read_bytes() for p in out.iterdir()})


@pytest.mark.parametrize("verb", VERBS)
def test_files_are_synced_before_they_are_named_and_folders_before_the_answer(bench, verb):
    calls = [call for call in bench.run(verb).calls if str(bench.root) in call]
    assert disorder(calls) == []
    syncs = [number for number, call in enumerate(calls) if call.startswith("fsync(")]
    assert len(syncs) >= 3
    for number in syncs:
        assert disorder(calls[:number] + calls[number + 1 :]) != []


@pytest.mark.parametrize("verb", VERBS)
def test_a_file_system_without_links_serves_as_well(bench, verb):
    outcome = bench.run(verb, "linkat:error=EPERM:when=1")
    assert outcome.code == 0
    assert lost(bench, outcome) == []


def test_nothing_outside_the_folders_given_is_opened(bench):
    for verb in VERBS:
        given = (
            str(bench.root),
            str(bench.folder / "zones.geojson"),
            str(bench.victim.scratch),
            str(SHIPPED),
            os.environ["XDG_CACHE_HOME"],
        )
        opened = [c for c in bench.run(verb).calls if c.startswith("open") and "= -1" not in c]
        named = [paths_of(call)[0] for call in opened]
        assert [name for name in named if not name.startswith(given)] == []


def test_the_next_writer_goes_on_when_one_was_killed_with_the_lock(bench):
    """The lock is the system's: it ends with the process that held it."""
    for point in list(bench.points("add", QUICK)):
        if point.name == "write":
            bench.run("add", point.inject("signal=KILL"))
            frontmap.open(bench.root).add("2025-01-01", [zone(SMALL)], reason="next")


def test_an_add_reads_no_more_files_in_a_large_archive(bench, tmp_path):
    """The ground of dates that were measured is known; of each more, its file is looked at."""
    few, many = (calls_of_an_add(bench, tmp_path, dates) for dates in (4, 100))
    assert len(read_in(many)) == len(read_in(few)) > 0
    assert len(many) - len(few) <= 96 * 20


def calls_of_an_add(bench: Bench, tmp_path: Path, dates: int) -> list[str]:
    """Return the calls of an add to an archive of so many dates that were measured before."""
    shutil.rmtree(bench.root, ignore_errors=True)
    opened = new_archive(bench.root)
    days = [dt.date(2023, 1, 1) + dt.timedelta(day) for day in range(dates)]
    opened.add_many(NewRevision(date=day, zones=(zone(SMALL),), reason="x") for day in days)
    words = [*bench.verbs["add"], "--archive", str(bench.root), "--dry-run"]
    time.sleep(COARSEST_CLOCK_NS / 1e9)  # before, a change need not show in a file's times
    with Victim(bench.whole, tmp_path) as victim:
        assert victim.run(words).code == 0
        return victim.run(words).calls


def read_in(calls: list[str]) -> list[str]:
    """Return the calls that open a revision or a copy."""
    return [call for call in calls if call.startswith("open") and ".geojson" in call]

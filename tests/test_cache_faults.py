"""The cache is derived: killed, damaged, refused or shared, the answer and the archive stay.

The faults are real: a process killed at each system call, several that write at once, a full disk.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from shapely import Point, box

import frontmap
from frontmap.geometry.counted_once import counted_km2, pieces
from frontmap.measure.area import areas
from frontmap.measure.cache import measured, measured_revisions
from frontmap.measure.cache.folder import cache_folder
from fronts import LARGE, SMALL, Clock, new_archive, zone
from test_faults import Point as Call
from test_full_disk import disk, fill  # noqa: F401  the fixture
from tracing import Outcome, Victim, needs_strace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults

#: Calls of which a run makes the same number each time, so that each can be hit again.
COUNTED = re.compile(r"(openat|mkdir\w*|write|fsync|rename\w*|unlink\w*|fchmod|utimensat)\(")
AREA = ["area", "--errors", "none", "--format", "json"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Return a cache folder of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def recorded(root: Path) -> dict[str, bytes]:
    """Return every file of the archive."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def cached(root: Path) -> list[Path]:
    """Return all that lies in the archive's cache folder."""
    return sorted(cache_folder(root).path.glob("*"))


def plainly(root: Path) -> list[float]:
    """Measure without the cache."""
    opened = frontmap.open(root)
    parts = [pieces(opened.as_of(date)) for date in opened.dates]
    return [counted_km2(each, "controlled", party="UA") for each in parts]


@pytest.fixture
def front(tmp_path):
    opened = new_archive(tmp_path / "front")
    opened.add("2024-08-12", [zone(SMALL)], reason="first")
    opened.add("2024-08-31", [zone(SMALL), zone(LARGE, "b", status="claimed")], reason="second")
    return opened


@dataclass(frozen=True, slots=True)
class Bench:
    """An archive to measure on fresh copies of it, by a process that a fault meets."""

    whole: Path
    root: Path
    victim: Victim
    grown: bool

    def run(self, inject: str | None = None) -> Outcome:
        """Measure a copy that has no cache, or one that lacks its last revision."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.rmtree(cache_folder(self.root).below, ignore_errors=True)
        shutil.copytree(self.whole, self.root)
        if self.grown:
            measured_revisions(self.root)
            frontmap.open(self.root, clock=Clock()).add("2024-09-15", [zone(LARGE)], reason="third")
        return self.victim.run([*AREA, "--archive", str(self.root)], inject)

    def points(self) -> list[Call]:
        """Return each call that reads or writes the cache."""
        seen: Counter[str] = Counter()
        found = []
        for call in self.run().calls:
            name = call.partition("(")[0]
            seen[name] += 1
            if str(cache_folder(self.root).top) in call and COUNTED.match(call):
                found.append(Call(name, seen[name], call))
        return found


@pytest.fixture(params=[False, True], ids=["a new cache", "one more segment"])
def bench(front, tmp_path, request):
    with Victim(front.root, tmp_path) as process:
        made = Bench(front.root, tmp_path / "tried", process, request.param)
        made.run()  # the process is ready then: what it warms up with is cached too
        yield made


@needs_strace
@pytest.mark.parametrize("fault", ["signal=KILL", "error=ENOSPC", "error=EIO"])
def test_a_fault_at_any_call_to_the_cache_costs_no_answer_and_no_file(
    bench, fault, record_property
):
    points = bench.points()
    whole, before, answer = bench.run(), recorded(bench.root), plainly(bench.root)
    assert whole.code == 0
    assert len(points) > 15
    assert [path.name for path in cached(bench.root)][:2] == ["archive", "areas.json"]
    costs = {}
    for point in points:
        done = bench.run(point.inject(fault))
        cost = [] if recorded(bench.root) == before else ["the archive is another"]
        expected = (None, "") if "signal" in fault else (0, whole.said)
        cost += [] if (done.code, done.said) == expected else [f"it says {done.said}"]
        again = areas(frontmap.open(bench.root), errors="none")["controlled_km2"].tolist()
        cost += [] if again == answer else [f"then it answers {again}"]
        cost += [finding.message for finding in frontmap.open(bench.root).verify()]
        if cost:
            costs[point] = cost
    what = f"{fault} while the cache {'grows' if bench.grown else 'is made'}"
    record_property("toll", (what, len(points), len(costs)))
    assert costs == {}


def build(root: Path, until: float) -> None:
    """Ask for areas again and again, some dates or all, starting from no cache now and then."""
    rng = random.Random(os.getpid())  # noqa: S311  no secrets
    opened = frontmap.open(root)
    while time.monotonic() < until:
        if rng.random() < 0.3:
            shutil.rmtree(cache_folder(root).top, ignore_errors=True)
        some = rng.sample(opened.dates, rng.randint(1, len(opened.dates)))
        areas(opened, dates=None if rng.random() < 0.4 else sorted(some), errors="none")


def in_a_process(root: Path, until: float) -> int:
    """Start a process that builds the cache; return its number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            build(root, until)
            code = 0
        finally:
            os._exit(code)
    return child


def test_processes_that_build_at_once_and_are_killed_leave_no_wrong_answer(
    tmp_path, monkeypatch, record_property
):
    """One of them measures old revisions while another has new ones; each writes all the time."""
    monkeypatch.setattr(measured, "WRITTEN_AT_ONCE", 1)
    monkeypatch.setattr(measured, "BATCH", 1)
    opened = new_archive(tmp_path / "front")
    for day in range(1, 9):
        opened.add(f"2024-08-{day:02}", [zone(box(35, 51, 35.1 + day / 20, 51.2))], reason="first")
    answer, rng, killed = plainly(opened.root), random.Random(8), 0  # noqa: S311  no secrets
    for turn in range(12):
        until = time.monotonic() + 0.4
        children = [in_a_process(opened.root, until) for _ in range(3)]
        if turn % 2:
            time.sleep(rng.random() * 0.4)
            os.kill(children[0], signal.SIGKILL)
        for child in children:
            _, status = os.waitpid(child, 0)
            killed += os.WIFSIGNALED(status)
            assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
        for _ in range(2):
            assert areas(opened, errors="none")["controlled_km2"].tolist() == answer
        last = opened.dates[-1:]
        assert areas(opened, dates=last, errors="none")["controlled_km2"].tolist() == answer[-1:]
    record_property("toll", ("processes killed while several write the cache", killed, 0))
    assert killed >= 4
    assert opened.verify() == ()


def test_a_file_that_is_being_changed_is_never_known_by_what_it_was(tmp_path):
    """Somebody restores and damages a revision all the time; no answer is of the damaged one."""
    opened = new_archive(tmp_path / "front")
    opened.add("2024-08-12", [zone(SMALL)], reason="first")
    (answer,) = plainly(opened.root)
    (path,) = (opened.root / "revisions").rglob("*.geojson")
    whole = path.read_bytes()
    damaged = whole.replace(b"35.200000", b"35.300000")
    until = time.monotonic() + 2
    child = os.fork()
    if child == 0:
        status = path.stat()
        while time.monotonic() < until:
            for text in (damaged, whole):
                path.write_bytes(text)
                os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        os._exit(0)
    answered = 0
    while time.monotonic() < until:
        try:
            found = areas(opened, errors="none")["controlled_km2"].tolist()
        except frontmap.errors.IntegrityError:
            continue
        answered += 1
        assert found == [answer]
    os.waitpid(child, 0)
    path.write_bytes(damaged)
    with pytest.raises(frontmap.errors.IntegrityError):
        areas(opened, errors="none")
    assert answered


def test_on_a_full_disk_the_answer_is_the_same_and_nothing_is_left_over(
    disk,  # noqa: F811  the fixture
    record_property,
    monkeypatch,
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(disk / "home"))
    opened = new_archive(disk / "front")
    for day in range(1, 9):
        ground = Point(35.5, 51.5).buffer(day / 20)
        opened.add(f"2024-08-0{day}", [zone(ground)], reason="at length " * 900)
    answer, before = plainly(opened.root), recorded(opened.root)
    refused = 0
    for leave in range(0, 180_000, 4096):
        shutil.rmtree(cache_folder(opened.root).top, ignore_errors=True)
        fill(disk, leave)
        assert areas(opened, errors="none")["controlled_km2"].tolist() == answer
        assert recorded(opened.root) == before
        assert [path.name for path in cached(opened.root) if path.name[0] == "."] == []
        if (cache_folder(opened.root).path / "areas.json").exists():
            break
        refused += 1
    record_property("toll", ("a full disk while the cache is written", refused, 0))
    assert refused > 5
    assert opened.verify() == ()

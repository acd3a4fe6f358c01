"""The cache of pieces is derived: killed, damaged or refused, the answer and the archive stay.

The faults are real: a process killed at each system call, a bit flipped in each byte, a full disk.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from shapely import Point, box

import frontmap
from frontmap.geometry.counted_once import counted_km2, pieces
from frontmap.measure.area import areas
from frontmap.measure.cache import measured_revisions
from frontmap.measure.cache.measured import FOLDER
from frontmap.measure.cache.segments import ARRAYS
from fronts import LARGE, SMALL, Clock, new_archive, zone
from test_faults import Point as Call
from test_full_disk import disk, fill  # noqa: F401  the fixture
from tracing import CHANGING, Outcome, Victim, needs_strace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults

AREA = ["area", "--errors", "none", "--format", "json"]


def recorded(root: Path) -> dict[str, bytes]:
    """Return every file of the archive but those of the cache."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".cache" not in path.parts and path.name != ".lock"
    }


def left_over(root: Path) -> list[str]:
    """Return what lies in the cache's folder and is no segment."""
    folder = root / FOLDER
    return sorted(p.name for p in folder.glob("*") if not p.name[0].isdigit())


def segments(root: Path) -> list[Path]:
    return sorted((root / FOLDER).glob("[0-9]*"))


def measured(root: Path) -> bytes:
    return measured_revisions(root).areas_km2.tobytes()


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
        shutil.copytree(self.whole, self.root)
        if self.grown:
            measured_revisions(self.root)
            frontmap.open(self.root, clock=Clock()).add("2024-09-15", [zone(LARGE)], reason="third")
        return self.victim.run([*AREA, "--archive", str(self.root)], inject)

    def points(self) -> list[Call]:
        """Return each call that writes the cache."""
        seen: Counter[str] = Counter()
        found = []
        for call in self.run().calls:
            name = call.partition("(")[0]
            seen[name] += 1
            if str(self.root / ".cache") in call and CHANGING.match(call):
                found.append(Call(name, seen[name], call))
        return found


@pytest.fixture(params=[False, True], ids=["a new cache", "one more segment"])
def bench(front, tmp_path, request):
    with Victim(front.root, tmp_path) as process:
        yield Bench(front.root, tmp_path / "tried", process, request.param)


@needs_strace
@pytest.mark.parametrize("fault", ["signal=KILL", "error=ENOSPC", "error=EIO"])
def test_a_fault_at_any_call_that_writes_the_cache_costs_no_answer_and_no_file(
    bench, fault, record_property
):
    points = bench.points()
    whole, before, answer = bench.run(), recorded(bench.root), plainly(bench.root)
    assert whole.code == 0
    assert len(points) > 15
    assert len(segments(bench.root)) == 1 + bench.grown
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


def damages(text: bytes, rng: random.Random) -> dict[str, bytes]:
    """Return what a disk or a program could make of a file: at each place, in one way each."""
    made = {}
    for at in range(len(text)):
        made[f"bit {at}"] = text[:at] + bytes([text[at] ^ (1 << rng.randrange(8))]) + text[at + 1 :]
    for at in range(0, len(text), 31):
        made[f"cut at {at}"] = text[:at]
    return made | {"doubled": text + text, "zeros": bytes(len(text))}


def test_a_cache_damaged_anywhere_changes_no_answer(front, record_property):
    """Its own files, byte by byte; what cannot be used is made anew."""
    answer, before = measured(front.root), recorded(front.root)
    assert plainly(front.root) == areas(front, errors="none")["controlled_km2"].tolist()
    (segment,) = segments(front.root)
    whole = {path.name: path.read_bytes() for path in segment.iterdir()}
    rng = random.Random(8)  # noqa: S311  mutations, no secrets
    tried, costs = 0, []
    for name, text in whole.items():
        for what, spoilt in damages(text, rng).items():
            (segment / name).write_bytes(spoilt)
            tried += 1
            if measured(front.root) != answer:
                costs.append(f"{name}, {what}: another answer")
            if {path.name: path.read_bytes() for path in segment.iterdir()} != whole:
                costs.append(f"{name}, {what}: not made anew")
                (segment / name).write_bytes(text)
    record_property("toll", ("files of the cache damaged", tried, len(costs)))
    assert costs == []
    assert recorded(front.root) == before
    assert front.verify() == ()


def test_files_of_the_cache_that_change_places_change_no_answer(front):
    measured_revisions(front.root)
    front.add("2024-09-15", [zone(box(36, 51, 36.5, 51.5))], reason="third")
    answer = measured(front.root)
    for name in ("manifest.json", *(f"{array}.npy" for array in ARRAYS)):
        shutil.rmtree(front.root / ".cache")
        hidden = shutil.move(front.root / "revisions/2024/2024-09-15", front.root.parent)
        measured_revisions(front.root)
        shutil.move(hidden, front.root / "revisions/2024")
        assert measured(front.root) == answer
        one, other = (segment / name for segment in segments(front.root))
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)
        assert measured(front.root) == answer


def test_on_a_full_disk_the_answer_is_the_same_and_nothing_is_left_over(
    disk,  # noqa: F811  the fixture
    record_property,
):
    opened = new_archive(disk / "front")
    opened.add("2024-08-31", [zone(Point(35.5, 51.5).buffer(0.4, quad_segs=500))], reason="round")
    answer, before = plainly(opened.root), recorded(opened.root)
    refused = 0
    for leave in range(0, 180_000, 4096):
        shutil.rmtree(opened.root / ".cache", ignore_errors=True)
        fill(disk, leave)
        assert areas(opened, errors="none")["controlled_km2"].tolist() == answer
        assert recorded(opened.root) == before
        assert left_over(opened.root) == []
        if segments(opened.root):
            break
        refused += 1
    record_property("toll", ("a full disk while the cache is written", refused, 0))
    assert refused > 5
    assert opened.verify() == ()

"""Killed or out of space at any system call: an upgrade loses nothing, and the next one ends it."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import frontmap
from fronts import new_archive
from test_upgrade import DRAWN, FIRST_EDITION, files_of, of_revisions, undated
from tracing import CHANGING, Victim, needs_strace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.faults, needs_strace]
WHERE = ["where something changes", pytest.param("everywhere", marks=pytest.mark.torture)]


class Upgraded:
    """A process that upgrades a fresh copy of an archive, and can be broken at a call."""

    def __init__(self, folder: Path) -> None:
        self.whole = FIRST_EDITION / DRAWN
        self.root = folder / "front"
        new_archive(folder / "warm").add("2024-08-12", [], reason="to warm up on")
        self.victim = Victim(folder / "warm", folder)
        self.end = shutil.copytree(self.whole, folder / "end")
        frontmap.open(self.end).upgrade()

    def run(self, inject=None):
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.whole, self.root)
        return self.victim.run(["upgrade", "--archive", str(self.root)], inject)

    def points(self, where):
        """Return each call that touches the archive."""
        seen: Counter[str] = Counter()
        touching = []
        for call in self.run().calls:
            name = call.partition("(")[0]
            seen[name] += 1
            if str(self.root) in call and (where == "everywhere" or CHANGING.match(call)):
                touching.append((name, seen[name], call))
        return touching

    def lost(self):
        """Say what a fault cost: nothing, if frontmap keeps its promise."""
        before = of_revisions(files_of(self.whole))
        cost = [n for n, d in before.items() if files_of(self.root).get(n) != d]
        opened = frontmap.open(self.root)
        cost += [f.message for f in opened.verify() if f.rule != "copy"]
        if opened.dates != frontmap.open(self.whole).dates:
            cost.append("a date does not answer")
        frontmap.areas(opened, errors="none")
        opened.upgrade()
        ended = frontmap.open(self.root)
        cost += [f.message for f in ended.verify()]
        if undated(files_of(self.root)) != undated(files_of(self.end)):
            cost.append("the next upgrade did not end it")
        return cost + [str(path) for path in self.root.rglob("*.part")]


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    made = Upgraded(tmp_path_factory.mktemp("upgraded"))
    with made.victim:
        yield made


@pytest.mark.parametrize("where", WHERE)
def test_a_kill_at_any_system_call_loses_nothing(upgraded, where, record_property):
    points = upgraded.points(where)
    costs = {}
    for point in points:
        name, when, _ = point
        outcome = upgraded.run(f"{name}:signal=KILL:when={when}")
        assert outcome.code is None
        if cost := upgraded.lost():
            costs[point] = cost
    assert len(points) > 50
    record_property("toll", ("SIGKILL during upgrade", len(points), len(costs)))
    assert costs == {}


@pytest.mark.parametrize("error", ["ENOSPC", pytest.param("EIO", marks=pytest.mark.torture)])
def test_a_system_call_that_fails_is_one_line_and_loses_nothing(upgraded, error, record_property):
    points = [p for p in upgraded.points(WHERE[0]) if p[0] not in {"unlinkat", "flock"}]
    costs = {}
    for point in points:
        name, when, _ = point
        outcome = upgraded.run(f"{name}:error={error}:when={when}")
        cost = [] if outcome.code in {0, 6} else [f"exit code {outcome.code}: {outcome.said}"]
        if outcome.code == 6 and outcome.said.strip().count("\n"):
            cost.append(f"not one line: {outcome.said}")
        if cost := cost + upgraded.lost():
            costs[point] = cost
    record_property("toll", (f"{error} during upgrade", len(points), len(costs)))
    assert costs == {}

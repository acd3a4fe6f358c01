"""Revisions that only a forger writes, with digests that hold: each verb answers, or says what.

Every type of value at every place of a revision, and what no rule allows, by every verb.
"""

from __future__ import annotations

import shutil
import zlib
from typing import TYPE_CHECKING, NamedTuple

import pytest
from shapely import Polygon, box

import frontmap
from forging import SQUARE, bench, forged_of, forgeries, honest, place
from frontmap.archive import layout
from frontmap.errors import IntegrityError
from fronts import zone
from verbs import QUESTIONS, RECORDING, failure, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults

VERBS = {**QUESTIONS, **RECORDING}
#: What shows whether a revision is read at all; one that is, is put to every verb.
FIRST = ["show", "area", "verify"]


class Bench(NamedTuple):
    """An archive to put forgeries in, a whole one to start from, and a file to add."""

    root: Path
    whole: Path
    file: Path

    def renew(self) -> None:
        shutil.rmtree(self.root)
        shutil.copytree(self.whole, self.root)

    def words(self, verb: str) -> list[str]:
        given = {"out": self.root.parent / "out", "file": self.file, "archive": self.root}
        return [word.format(**given) for word in VERBS[verb]] + ["--archive", str(self.root)]

    def failure(self, verb: str) -> str:
        return failure(*self.words(verb), cwd=self.root.parent)


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Bench:
    folder = tmp_path_factory.mktemp("forged")
    root, file = bench(folder)
    shutil.copytree(root, folder / "whole")
    return Bench(root, folder / "whole", file)


def each(names: list[str], part: int) -> list[str]:
    """Choose one of so many, by name: the same ones in every run."""
    return [name for name in names if zlib.crc32(name.encode()) % part == 0]


SHORT = [name for name in VERBS if name in {*FIRST, "log", "change", "check", "correct", "fmt"}]


@pytest.mark.parametrize("part", [90, pytest.param(4, marks=pytest.mark.torture)])
def test_every_forgery_is_answered_or_refused_by_every_verb(table, part, record_property):
    """In short: a sample by some verbs. At length: each by the first, what is read by all."""
    every = dict(forgeries())
    chosen = each([*every], part)
    thorough = {*each(chosen, 20), "property: an unknown party"}
    tried, failures = 0, {}
    for name in chosen:
        read = False
        for verb in [*FIRST, *(verb for verb in VERBS if verb not in FIRST)]:
            if verb not in FIRST and (part > 1 or not (read or name in thorough)):
                continue
            if verb in RECORDING or verb == FIRST[0]:
                table.renew()
                place(table.root, every[name])
            tried += 1
            if why := table.failure(verb):
                failures[name, verb] = why
            if verb == "show":
                read = run(*table.words(verb)).returncode == 0
    record_property("toll", ("verbs over forged revisions", tried, len(failures)))
    assert failures == {}
    assert tried > 50


UNMATCHED = {
    "a corner on the other's edge": box(35.2, 51, 35.3, 51.1),
    "an overlap of a cell": box(35.199999, 51, 35.3, 51.2),
    "a zone within another": box(35.1, 51.1, 35.1001, 51.1001),
    "the same corners and one more": Polygon(
        [(35.2, 51), (35.3, 51), (35.3, 51.2), (35.2, 51.2), (35.199999, 51.1)]
    ),
}


@pytest.mark.parametrize("what", UNMATCHED)
def test_borders_that_do_not_match_are_found_and_hinder_no_verb(table, what):
    forged = forged_of(zone(Polygon(SQUARE)), zone(UNMATCHED[what], "b", party="RU"))
    failures = {}
    for verb in VERBS:
        table.renew()
        copy = table.root / "snapshots" / "2024" / "2024-08-31.geojson"
        copy.write_bytes(place(table.root, forged).read_bytes())
        if why := table.failure(verb):
            failures[verb] = why
        if verb == "check":
            said = run(*table.words(verb), cwd=table.root.parent).stdout
            assert "2024-08-31: zones 'a' and 'b' do not share " in said
    assert failures == {}


@pytest.mark.parametrize("verbs", [SHORT, pytest.param([*VERBS], marks=pytest.mark.torture)])
def test_an_honest_revision_made_the_same_way_is_taken_by_every_verb(table, verbs):
    table.renew()
    place(table.root, honest())
    codes = {verb: run(*table.words(verb), cwd=table.root.parent).returncode for verb in verbs}
    expected = dict.fromkeys(VERBS, 0)
    expected |= {"verify": 5, "check": 5, "diff": 1}  # the copy is of a revision that is gone
    expected |= {"revert": 3}  # there is none before it
    expected |= dict.fromkeys(("correct", "correct from the copy", "withdraw"), 4)
    assert codes == {verb: expected[verb] for verb in verbs}


BREACHES = [
    "property: an unknown status",
    "property: a negative accuracy",
    "property: no source",
    "geometry: a bow tie",
    "geometry: nothing",
    "geometry: altitudes",
    "geometry: numbers as texts",
    "geometry: a longitude of true",
    "geometry: parts that overlap",
    "an id twice",
    "header/version: true",
    "header: version 1.0",
    "header/kind: a text",
    "header/supersedes: a text",
    "header/sources/0: a list",
    "header/recorded: '2026-09-01T10:00:00+00:00'",
    "header: more than there is",
    "rest/features/0/properties/accuracy_m: huge",
    "rest/features/0/properties/accuracy_m: true",
    "rest/features/0/properties/maker_name: null",
]


@pytest.mark.parametrize("name", BREACHES)
def test_what_breaks_a_rule_is_refused_with_its_file_and_never_answered(table, name):
    forged = dict(forgeries())[name]
    table.renew()
    path = place(table.root, forged)
    opened = frontmap.open(table.root)
    with pytest.raises(IntegrityError, match=path.name):
        opened.as_of("2024-08-31")
    for verb in ("show", "area", "front", "held"):
        assert run(*table.words(verb), cwd=table.root.parent).returncode == 5
    assert run(*table.words("verify")).returncode == 5


def test_a_snapshot_is_never_recorded_that_could_not_be_read(tmp_path):
    """What is written is read back by the reader that refuses forgeries."""
    root, file = bench(tmp_path)
    opened = frontmap.open(root)
    revision = opened.correct("2024-08-31", file, reason="again")
    assert layout.read_snapshot(layout.revision_path(root, revision)).zones

"""Back to an earlier revision: recorded again as a correction, so that nothing is lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import shutil
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

import frontmap
from frontmap.archive import layout
from frontmap.errors import ConflictError, InputError, IntegrityError
from frontmap.formats import canonical
from frontmap.model import FORMAT_VERSION, ImportedFrom
from fronts import LARGE, SMALL, Clock, new_archive, to_format_1, zone
from verbs import run

DAY = "2024-08-31"
NOON, EVENING = (dt.datetime(2024, 8, 31, hour, tzinfo=dt.UTC) for hour in (12, 20))
ORIGIN = ImportedFrom(file="a.kml", sha256="0" * 64, profile="theirs", version="1")


@pytest.fixture
def front(tmp_path):
    """Three revisions of a day: small, large, nothing held."""
    made = new_archive(tmp_path / "front")
    made.add(DAY, [zone(SMALL)], reason="first", sources=["isw", "dw"], imported_from=ORIGIN)
    made.correct(DAY, [zone(LARGE)], reason="second", sources=["bbc"])
    made.correct(DAY, [], reason="third", sources=[])
    return made


def test_without_a_digest_the_revision_before_is_recorded_again(front):
    _, second, third = front.revisions(DAY)
    again = front.revert(DAY)
    assert (again.kind, again.supersedes, again.sources) == (
        "correction",
        {third.digest},
        second.sources,
    )
    assert front[DAY].zones == front.read(second).zones
    assert len(front.revisions(DAY)) == 4
    assert front.verify() == ()


def test_any_revision_is_recorded_again_with_its_sources_and_its_file(front):
    first, *_ = front.revisions(DAY)
    again = front.revert(DAY, first.digest[:6], author="Ann")
    assert (
        again.reason
        == f"Back to the snapshot {first.digest[:12]}, recorded at 2026-09-01T10:00:00Z"
    )
    assert (again.sources, again.imported_from, again.author) == (("dw", "isw"), ORIGIN, "Ann")
    assert front[DAY].zones == front.read(first).zones


def test_reason_and_sources_are_those_given(front):
    again = front.revert(DAY, reason="it was right", sources=["new"])
    assert (again.reason, again.sources) == ("it was right", ("new",))
    assert front.revert(DAY, front.revisions(DAY)[0].digest, sources=()).sources == ()


def test_back_and_back_again_goes_between_the_two(front):
    front.revert(DAY)
    front.revert(DAY)
    assert front[DAY].zones == ()


def test_of_a_withdrawn_date_what_was_withdrawn_is_recorded_again(front):
    front.revert(DAY)
    front.withdraw(DAY, reason="by mistake")
    assert front.revert(DAY).kind == "correction"
    assert [zone.geometry.bounds for zone in front[DAY].zones] == [LARGE.bounds]
    assert front.dates == (dt.date(2024, 8, 31),)
    assert front.verify() == ()


def test_what_was_withdrawn_unchanged_is_recorded_again_though_its_zones_are_the_same(front):
    front.withdraw(DAY, reason="by mistake")
    assert front.revert(DAY).supersedes == {front.revisions(DAY)[-2].digest}
    assert front[DAY].zones == ()


def test_a_withdrawal_is_recorded_again_as_one(front):
    withdrawal = front.withdraw(DAY, reason="their map went")
    front.correct(DAY, [zone(SMALL)], reason="it came back")
    again = front.revert(DAY)
    assert (again.kind, again.reason.split(",")[0]) == (
        "withdrawal",
        f"Back to the withdrawal {withdrawal.digest[:12]}",
    )
    assert front.dates == ()
    assert not layout.copy_path(front.root, again).exists()


def test_overlaps_that_were_recorded_once_stay_as_they_were(tmp_path):
    front = new_archive(tmp_path / "front")
    both = [zone(SMALL), zone(LARGE, "b", party="RU")]
    front.add(DAY, both, reason="their map", overlaps="keep")
    front.correct(DAY, [zone(LARGE)], reason="cut")
    front.revert(DAY)
    assert front[DAY].zones == front.read(front.revisions(DAY)[0]).zones


def test_of_a_choice_between_two_it_must_be_said_which(tmp_path):
    front, ann, ben = forked(tmp_path)
    front.resolve(DAY, keep=ann.digest, reason="the later one")
    with pytest.raises(ConflictError, match=f"chose between .*frontmap revert {DAY} "):
        front.revert(DAY)
    front.revert(DAY, ben.digest)
    assert front[DAY].zones == front.read(ben).zones


def forked(folder):
    front = new_archive(folder / "front")
    front.add(DAY, [zone(SMALL)], reason="first")
    shutil.copytree(front.root, folder / "twin")
    twin = frontmap.open(folder / "twin", clock=Clock("2026-09-02T10:00:00+00:00"))
    ann = front.correct(DAY, [zone(LARGE)], reason="Ann's")
    ben = twin.correct(DAY, [zone(box(36, 51, 37, 52))], reason="Ben's")
    shutil.copytree(twin.root / "revisions", front.root / "revisions", dirs_exist_ok=True)
    return front, ann, ben


def test_a_fork_is_refused_with_advice_whatever_is_named(tmp_path):
    front, ann, _ = forked(tmp_path)
    for digest in (None, ann.digest, front.revisions(DAY)[0].digest):
        with pytest.raises(ConflictError, match=f"frontmap resolve {DAY} --keep"):
            front.revert(DAY, digest)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["2024-09-01"], 3, "frontmap add 2024-09-01"),
        ([DAY, "ffff"], 3, "not one revision 'ffff'; choose of"),
        ([DAY, ""], 3, "not one revision ''; choose of"),
        ([DAY, "{third}"], 4, "is in force already; the others: frontmap log"),
        ([DAY, "{same}"], 1, "these zones are in force already"),
        ([DAY, "--reason", " "], 1, "reason"),
        ([DAY, "--source", "a b"], 1, "source"),
        (["2024-08-30"], 3, "nothing was recorded before"),
        (["yesterday"], 2, "yesterday"),
    ],
)
def test_what_cannot_be_put_back_is_one_line_and_changes_nothing(front, words, code, says):
    front.add("2024-08-30", [], reason="first")
    front.correct(DAY, [zone(LARGE)], reason="fourth")
    same = front.revert(DAY, front.revisions(DAY)[2].digest)
    named = {"third": same.digest, "same": front.revisions(DAY)[2].digest}
    before = sorted(front.root.rglob("*.geojson"))
    answer = run("revert", *(w.format(**named) for w in words), "--archive", str(front.root))
    assert (answer.returncode, len(answer.stderr.splitlines())) == (code, 1)
    assert says in answer.stderr
    assert sorted(front.root.rglob("*.geojson")) == before


def test_edits_of_the_copy_that_nobody_recorded_are_spared(front):
    copy = layout.copy_path(front.root, front.revisions(DAY)[0])
    copy.write_text(copy.read_text("utf-8").replace('"features":[', '"features":[ '), "utf-8")
    front.revert(DAY)  # written otherwise, nothing edited
    edited = copy.read_text("utf-8").replace("35.400000", "35.390000")
    copy.write_text(edited, "utf-8")
    with pytest.raises(ConflictError, match="edited, not recorded"):
        front.revert(DAY)
    assert copy.read_text("utf-8") == edited


def test_an_earlier_revision_that_is_damaged_is_not_put_back(front):
    first, *_ = front.revisions(DAY)
    path = layout.revision_path(front.root, first)
    path.write_bytes(path.read_bytes().replace(b"35.2", b"35.3"))
    with pytest.raises(IntegrityError, match="does not match its digest"):
        front.revert(DAY, first.digest)


def test_an_earlier_revision_that_is_gone_is_a_matter_for_verify(front):
    for earlier in front.revisions(DAY)[:2]:
        layout.revision_path(front.root, earlier).unlink()
    with pytest.raises(IntegrityError, match="is not here; see: frontmap verify"):
        front.revert(DAY)


def test_each_instant_of_a_day_has_its_own_way_back(tmp_path):
    front = new_archive(tmp_path / "front")
    for published, ground in ((NOON, SMALL), (EVENING, LARGE)):
        front.add(DAY, [zone(ground)], reason="theirs", published=published)
        front.correct(DAY, [], reason="wrong", published=published)
    with pytest.raises(ConflictError, match="several instants; name the revision"):
        front.revert(DAY)
    first = next(r for r in front.revisions(DAY) if r.published == NOON)
    assert front.revert(DAY, first.digest).published == NOON
    assert front.revert(DAY, published=EVENING).published == EVENING
    assert [len(snapshot.zones) for snapshot in front] == [1, 1]


def test_a_revision_of_format_1_is_recorded_again_in_the_present_format(tmp_path):
    front = new_archive(tmp_path / "front")
    front.add(DAY, [zone(SMALL, extra={"name": "x"})], reason="first")
    front.correct(DAY, [zone(LARGE)], reason="second")
    to_format_1(front.root)
    frontmap.open(front.root).upgrade()
    opened = frontmap.open(front.root)
    first = opened.revisions(DAY)[0]
    assert first.version == 1
    again = opened.revert(DAY, first.digest)
    assert again.version == FORMAT_VERSION
    assert opened[DAY].zones == opened.read(first).zones


@pytest.mark.parametrize(
    ("given", "stays"), [(DAY, {}), ("31 August", {"date_given": "31 August"})]
)
@pytest.mark.parametrize("verb", ["revert", "resolve"])
def test_a_date_that_a_zone_of_format_1_had_of_its_own_makes_room(tmp_path, verb, given, stays):
    older, newer = new_archive(tmp_path / "older"), new_archive(tmp_path / "newer")
    older.add(DAY, [zone(SMALL, extra={"name": given})], reason="first")
    to_format_1(older.root)
    (path,) = (older.root / "revisions").rglob("*.geojson")
    snapshot = frontmap.open(older.root)[DAY]
    dated = replace(snapshot.zones[0], extra={"date": given})
    text = canonical.dumps(replace(snapshot, zones=(dated,)))
    first = canonical.loads(text).revision
    path.unlink()
    newer.add(DAY, [zone(LARGE)], reason="second")
    there = layout.revision_path(newer.root, first)
    there.write_bytes(text)
    if verb == "revert":
        newer.resolve(DAY, [zone(LARGE)], reason="x")
        newer.revert(DAY, first.digest)
    else:
        newer.resolve(DAY, keep=first.digest, reason="x")
    assert [zone.extra for zone in newer[DAY].zones] == [stays]


def test_verb_says_what_it_put_back(front):
    answer = run("revert", DAY, "--archive", str(front.root))
    assert answer.returncode == 0
    assert answer.stderr.splitlines()[0].startswith("Back to the correction ")
    assert "recorded correction of 2024-08-31: " in answer.stderr


def test_a_withdrawn_date_says_the_way_back(front):
    front.withdraw(DAY, reason="x")
    with pytest.raises(ConflictError, match=f"what was withdrawn: frontmap revert {DAY}"):
        front.add(DAY, [zone(SMALL)], reason="again")


@settings(max_examples=30)
@given(steps=st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_whatever_is_put_back_is_what_was_recorded_then(tmp_path_factory, steps):
    clock = Clock()
    front = new_archive(tmp_path_factory.mktemp("front") / "front", clock)
    minutes = itertools.count()
    for number, ground in enumerate((SMALL, LARGE, None)):
        clock.set(f"2026-09-01T10:{next(minutes):02}:00+00:00")
        zones = [zone(ground, f"z{number}")] if ground else []
        (front.correct if number else front.add)(DAY, zones, reason="x", sources=[f"s{number}"])
    for step in steps:
        clock.set(f"2026-09-01T10:{next(minutes):02}:00+00:00")
        recorded = front.revisions(DAY)
        chosen = recorded[step % len(recorded)]
        with contextlib.suppress(ConflictError, InputError):  # it is in force already
            front.revert(DAY, chosen.digest)
        assert front[DAY].zones == front.read(chosen).zones
        assert front[DAY].revision.sources == chosen.sources
    assert front.verify() == ()

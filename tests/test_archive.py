"""The archive: what is recorded stays, and is answered as it was known."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box

import frontmap
from frontmap.archive import NewRevision
from frontmap.errors import (
    ConflictError,
    FrontmapError,
    InputError,
    IntegrityError,
    NotFoundError,
    UsageError,
)
from frontmap.formats import canonical
from frontmap.geometry.polygons import polygonal
from fronts import LARGE, SMALL, Clock, new_archive, zone


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def opened(tmp_path, clock):
    return new_archive(tmp_path / "front", clock)


def test_a_correction_never_loses_what_was_said_before(opened, clock):
    opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    clock.set("2026-09-10T10:00:00+00:00")
    opened.correct("2024-08-31", [zone(LARGE)], reason="more was held")
    assert opened.as_of("2024-08-31").zones[0].geometry.equals(LARGE)
    assert opened.as_of("2024-08-31", known="2026-09-05").zones[0].geometry.equals(SMALL)
    with pytest.raises(NotFoundError, match="known at 2026-08-31"):
        opened.as_of("2024-08-31", known="2026-08-31")
    assert opened.verify() == ()


def test_a_date_with_a_snapshot_is_not_added_again(opened):
    opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    with pytest.raises(ConflictError, match="frontmap correct 2024-08-31"):
        opened.add("2024-08-31", [zone(LARGE)], reason="again")


def test_a_correction_of_a_revision_no_longer_in_force_is_refused(opened):
    first = opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    opened.correct("2024-08-31", [zone(LARGE)], reason="more", base=first.digest)
    with pytest.raises(ConflictError, match="started from"):
        opened.correct("2024-08-31", [zone(box(35, 51, 36, 52))], reason="x", base=first.digest)


def test_a_changed_byte_is_an_integrity_error_that_names_the_file(opened):
    opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    (path,) = (opened.root / "revisions").rglob("*.geojson")
    path.write_bytes(path.read_bytes().replace(b"35.200000", b"35.200001", 1))
    with pytest.raises(IntegrityError, match=path.name):
        opened.as_of("2024-08-31")
    assert [f.rule for f in opened.verify() if f.path == path] == ["damaged"]


def test_the_last_instant_of_a_day_answers_for_it(opened):
    for hour, ground in ((9, SMALL), (21, LARGE)):
        instant = dt.datetime(2024, 8, 31, hour, tzinfo=dt.UTC)
        opened.add("2024-08-31", [zone(ground)], reason="import", published=instant)
    assert opened.as_of("2024-08-31").zones[0].geometry.equals(LARGE)
    assert [s.revision.published.hour for s in opened.snapshots()] == [9, 21]
    assert (opened.root / "snapshots/2024/2024-08-31T210000Z.geojson").is_file()


def test_a_date_without_a_snapshot_is_answered_by_the_one_before_only_when_asked_for_so(opened):
    opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    with pytest.raises(NotFoundError, match="the last before it is 2024-08-31"):
        opened.as_of("2024-09-04")
    assert opened.as_of("2024-09-04", fill="previous").date == dt.date(2024, 8, 31)


def test_the_archive_is_opened_by_its_folder(opened):
    assert frontmap.open(opened.root).about == opened.about


def test_zones_are_recorded_in_canonical_form(opened):
    drawn = Polygon(list(LARGE.exterior.coords)[::-1])
    opened.add(
        "2024-08-31",
        [zone(polygonal(LARGE.difference(SMALL)), "b"), zone(SMALL, "a")],
        reason="first",
    )
    opened.add("2024-09-01", [replace(zone(drawn), extra={"name": "x"})], reason="first")
    assert [z.id for z in opened.as_of("2024-08-31").zones] == ["a", "b"]
    (only,) = opened.as_of("2024-09-01").zones
    assert only.geometry.exterior.is_ccw
    assert only.extra == {"name": "x"}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "correct", "withdraw"]),
        st.sampled_from(["2024-08-12", "2024-08-31"]),
        st.integers(1, 9),
        st.integers(0, 1),
    ),
    max_size=12,
)


@given(STEPS)
def test_as_of_never_forgets(tmp_path_factory, steps):
    clock = Clock()
    opened = new_archive(tmp_path_factory.mktemp("front"), clock)
    said = {}
    for verb, date, tenths, seconds in steps:
        clock.now += dt.timedelta(seconds=seconds)
        ground = [] if verb == "withdraw" else [[zone(box(35, 51, 35 + tenths / 10, 51.5))]]
        try:
            getattr(opened, verb)(date, *ground, reason="because")
        except FrontmapError:
            continue
        said[date, clock.now] = tenths if ground else None
        for (about, then), tenth in said.items():
            assert _answer(opened, about, then) == tenth
    assert opened.verify() == ()


def _answer(opened, date, known):
    try:
        (only,) = opened.as_of(date, known=known).zones
    except NotFoundError:
        return None
    return round((only.geometry.bounds[2] - 35) * 10)


def test_what_was_recorded_does_not_depend_on_what_was_there_before(tmp_path):
    one, other = new_archive(tmp_path / "one"), new_archive(tmp_path / "other")
    one.add("2024-08-12", [zone(SMALL)], reason="first")
    assert one.add("2024-08-31", [zone(LARGE)], reason="x") == other.add(
        "2024-08-31", [zone(LARGE)], reason="x"
    )


def test_recorded_never_runs_backwards_along_a_chain(opened, clock):
    first = opened.add("2024-08-31", [zone(SMALL)], reason="first")
    clock.set("2020-01-01T00:00:00+00:00")
    assert opened.correct("2024-08-31", [zone(LARGE)], reason="x").recorded == first.recorded
    assert [r.kind for r in opened.revisions()] == ["snapshot", "correction"]


def test_many_are_added_under_one_lock(opened):
    days = [dt.date(2024, 8, day) for day in range(1, 11)]
    opened.add_many(NewRevision(date=d, zones=(zone(SMALL),), reason="import") for d in days)
    assert opened.dates == tuple(days)
    assert opened.verify() == ()


def test_a_withdrawn_date_is_answered_as_unknown_and_can_be_corrected(opened, clock):
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    opened.withdraw("2024-08-31", reason="the source took it back")
    assert opened.dates == ()
    assert not (opened.root / "snapshots/2024/2024-08-31.geojson").exists()
    with pytest.raises(NotFoundError):
        opened.as_of("2024-08-31")
    with pytest.raises(ConflictError, match="withdrawn already"):
        opened.withdraw("2024-08-31", reason="again")
    opened.correct("2024-08-31", [zone(SMALL)], reason="it stands after all")
    assert opened.dates == (dt.date(2024, 8, 31),)
    assert opened.verify() == ()


def test_a_withdrawn_date_says_when_why_and_what_was_said_before(opened, clock):
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    first = clock.now
    clock.set("2026-09-05T08:00:00+00:00")
    opened.withdraw("2024-08-31", reason="the source took it back")
    says = (
        r"withdrawn at 2026-09-05T08:00:00Z \(us: the source took it back\); "
        r".*frontmap show 2024-08-31 --known 2026-09-01T10:00:00Z"
    )
    with pytest.raises(NotFoundError, match=says):
        opened.as_of("2024-08-31")
    assert opened.as_of("2024-08-31", known=first).zones
    with pytest.raises(ConflictError, match="frontmap correct 2024-08-31"):
        opened.add("2024-08-31", [zone(LARGE)], reason="again")


def test_a_date_after_today_where_the_front_is_is_refused(tmp_path):
    opened = new_archive(tmp_path / "front", Clock("2026-08-31T22:30:00+00:00"))
    about = replace(opened.about, theatre=replace(opened.about.theatre, time_zone="Europe/Moscow"))
    there = replace(opened, about=about)
    with pytest.raises(InputError, match=r"after today, 2026-08-31 in UTC.*mend the date"):
        opened.add("2026-09-01", [zone(SMALL)], reason="tomorrow")
    with pytest.raises(InputError, match="after today, 2026-09-01 in Europe/Moscow"):
        there.add("2026-09-02", [zone(SMALL)], reason="tomorrow")
    assert opened.revisions() == ()
    there.add("2026-09-01", [zone(SMALL)], reason="today, there")


def test_no_zones_mean_that_no_ground_was_held(opened):
    opened.add("2024-08-31", [], reason="nothing was held")
    assert opened.as_of("2024-08-31").zones == ()


@pytest.mark.parametrize("date", ["2024-09-01", "2024-08-30"])
def test_a_withdrawn_date_does_not_fill_another(opened, date):
    opened.add("2024-08-01", [zone(SMALL)], reason="first")
    opened.add("2024-08-31", [zone(LARGE)], reason="first")
    opened.withdraw("2024-08-31", reason="wrong")
    assert opened.as_of(date, fill="previous").date == dt.date(2024, 8, 1)


def forked(tmp_path):
    """An archive of which two copies recorded different corrections of one date."""
    opened = new_archive(tmp_path / "front", Clock())
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    twin = tmp_path / "twin"
    shutil.copytree(opened.root, twin)
    one = opened.correct("2024-08-31", [zone(LARGE)], reason="more was held", author="Ann")
    other = frontmap.open(twin, clock=Clock("2026-09-02T10:00:00+00:00")).correct(
        "2024-08-31", [zone(box(35, 51, 36, 52))], reason="much more", author="Ben"
    )
    shutil.copytree(twin / "revisions", opened.root / "revisions", dirs_exist_ok=True)
    return opened, one, other


def test_a_fork_is_a_conflict_until_somebody_chooses(tmp_path):
    opened, one, other = forked(tmp_path)
    for ask in (
        lambda: opened.as_of("2024-08-31"),
        lambda: opened.dates,
        lambda: list(opened.snapshots()),
        lambda: opened.correct("2024-08-31", [zone(SMALL)], reason="x"),
        lambda: opened.withdraw("2024-08-31", reason="x"),
    ):
        with pytest.raises(ConflictError, match="frontmap resolve 2024-08-31"):
            ask()
    assert "fork" in {f.rule for f in opened.verify()}
    assert opened.as_of("2024-08-31", known="2026-09-01").digest == one.digest
    chosen = opened.resolve("2024-08-31", keep=other.digest[:8], reason="Ben has the later source")
    assert chosen.supersedes == {one.digest, other.digest}
    assert chosen.kind == "resolution"
    assert opened.as_of("2024-08-31").zones == opened.read(other).zones
    assert len(opened.revisions()) == 4
    assert opened.verify() == ()


def test_a_fork_may_be_resolved_with_other_zones(tmp_path):
    opened, _, _ = forked(tmp_path)
    opened.resolve("2024-08-31", [zone(box(35, 51, 35.5, 51.5))], reason="between the two")
    assert opened.as_of("2024-08-31").zones[0].geometry.bounds[2] == 35.5


def contents(opened):
    return {path: path.read_bytes() for path in sorted(opened.root.rglob("*")) if path.is_file()}


def test_what_would_be_recorded_is_what_then_is_and_nothing_is_written_before(opened):
    for asked, recorded, ground in (
        (opened.would_add, opened.add, SMALL),
        (opened.would_correct, opened.correct, LARGE),
    ):
        before = contents(opened)
        seen = asked("2024-08-31", [zone(ground)], reason="as drawn", sources=["isw"])
        assert contents(opened) == before
        assert recorded("2024-08-31", [zone(ground)], reason="as drawn", sources=["isw"]) == (
            seen.revision
        )
        assert opened["2024-08-31"] == seen


@pytest.mark.parametrize(
    ("verb", "date", "zones", "reason"),
    [
        ("add", "2024-08-31", [zone(SMALL)], "there is one"),
        ("add", "2999-01-01", [zone(SMALL)], "not yet"),
        ("add", "2024-09-01", [zone(box(0, 0, 1, 1))], "elsewhere"),
        ("add", "2024-09-01", [zone(SMALL)], " "),
        ("correct", "2024-09-01", [zone(SMALL)], "there is none"),
        ("correct", "2024-08-31", [zone(SMALL)], "nothing differs"),
    ],
)
def test_what_would_be_refused_is_refused_alike(opened, verb, date, zones, reason):
    opened.add("2024-08-31", [zone(SMALL)], reason="first map")
    said = []
    for name in (f"would_{verb}", verb):
        with pytest.raises(FrontmapError) as error:
            getattr(opened, name)(date, zones, reason=reason)
        said.append((type(error.value), str(error.value)))
    assert said[0] == said[1]


def test_only_a_fork_is_resolved_and_only_by_one_of_its_ends(tmp_path):
    opened, one, _ = forked(tmp_path)
    with pytest.raises(NotFoundError, match="choose one of"):
        opened.resolve("2024-08-31", keep="ffff", reason="x")
    opened.resolve("2024-08-31", keep=one.digest, reason="x")
    with pytest.raises(ConflictError, match="not forked"):
        opened.resolve("2024-08-31", keep=one.digest, reason="x")


def copy_of(opened):
    return opened.root / "snapshots/2024/2024-08-31.geojson"


def test_an_edited_copy_is_found_and_may_be_recorded(opened):
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    edited = copy_of(opened).read_bytes().replace(b"35.200000", b"35.300000")
    copy_of(opened).write_bytes(edited)
    (found,) = opened.verify()
    assert (found.rule, found.path) == ("edited", copy_of(opened))
    assert "edited, not recorded" in found.message
    assert opened.as_of("2024-08-31").zones[0].geometry.equals(SMALL)
    for refused in (
        lambda: opened.correct("2024-08-31", [zone(LARGE)], reason="another"),
        lambda: opened.withdraw("2024-08-31", reason="another"),
    ):
        with pytest.raises(ConflictError, match="edited, not recorded"):
            refused()
    opened.correct("2024-08-31", copy_of(opened), reason="as drawn", edits="replace")
    assert opened.as_of("2024-08-31").zones[0].geometry.bounds[2] == 35.3
    assert opened.verify() == ()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda c: c.write_bytes(c.read_bytes().replace(b"35.2", b"35.3")), "edited"),
        (lambda c: c.write_bytes(c.read_bytes()[:99]), "edited"),
        (lambda c: c.write_bytes(c.read_bytes().replace(b",\n[", b", [")), "written otherwise"),
        (lambda c: c.unlink(), "missing"),
    ],
)
def test_a_copy_that_is_not_its_revision_is_found_and_put_back(opened, spoil, says):
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    recorded = copy_of(opened).read_bytes()
    spoil(copy_of(opened))
    assert says in opened.verify()[0].message
    (done,) = opened.put_back()
    assert (done.rule, done.path) == ("put back", copy_of(opened))
    assert ("unrecorded edits are dropped" in done.message) == (says == "edited")
    assert copy_of(opened).read_bytes() == recorded
    assert opened.verify() == ()
    assert opened.put_back() == ()


@pytest.mark.parametrize("name", ["2024-10-05.geojson", "my-draft.geojson"])
def test_a_file_that_no_revision_explains_is_named_and_never_deleted(opened, name):
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    drawn = copy_of(opened).with_name(name)
    drawn.write_text("an evening's work", "utf-8")
    (found,) = opened.verify()
    remedy = "frontmap add 2024-10-05" if name.startswith("2024") else "move it out"
    assert remedy in found.message
    (done,) = opened.put_back()
    assert (done.rule, done.path) == ("left", drawn)
    assert remedy in done.message
    assert drawn.read_text("utf-8") == "an evening's work"


def test_on_a_withdrawn_date_only_what_is_recorded_is_removed(opened):
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    recorded = copy_of(opened).read_bytes()
    opened.withdraw("2024-08-31", reason="taken back")
    copy_of(opened).write_bytes(recorded)
    assert [done.rule for done in opened.put_back()] == ["removed"]
    assert opened.verify() == ()
    copy_of(opened).write_bytes(recorded.replace(b"35.2", b"35.3"))
    assert "withdrawn date, not recorded" in opened.verify()[0].message
    assert [done.rule for done in opened.put_back()] == ["left"]
    assert copy_of(opened).read_bytes() != recorded


@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize(("was", "now"), [(b"35.200000", b"35.200001"), (b"FeatureC", b"FeatureX")])
def test_an_untouched_copy_restores_the_damaged_revision_in_force(opened, corrected, was, now):
    last = opened.add("2024-08-31", [zone(SMALL)], reason="first")
    if corrected:
        last = opened.correct("2024-08-31", [zone(box(35, 51, 35.2, 51.5))], reason="more")
    (path,) = (opened.root / "revisions").rglob(f"*{last.digest[:12]}*")
    path.write_bytes(path.read_bytes().replace(was, now, 1))
    damage, copy = opened.verify()
    assert (damage.rule, damage.path) == ("damaged", path)
    assert f"cp '{copy_of(opened)}' '{path}'" in copy.message
    assert "edited" not in copy.message
    shutil.copyfile(copy_of(opened), path)
    assert opened.verify() == ()


def test_a_correction_without_a_change_is_refused(opened):
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    with pytest.raises(InputError, match="nothing to correct"):
        opened.correct("2024-08-31", [zone(SMALL)], reason="x")


@pytest.mark.parametrize(
    "date", ["2024-02-30", "31.08.2024", "20240831", "", "2024-8-31", 20240831]
)
def test_a_date_is_written_one_way(opened, date):
    with pytest.raises(UsageError, match="2024-08-31"):
        opened.as_of(date)


def test_a_folder_without_an_archive_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match="frontmap init"):
        frontmap.open(tmp_path)


def test_the_digest_changes_with_every_revision(opened):
    digests = [opened.digest]
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    digests.append(opened.digest)
    opened.correct("2024-08-31", [zone(LARGE)], reason="x")
    assert len({*digests, opened.digest}) == 3


def test_the_copy_in_force_is_the_revision_byte_for_byte(opened):
    revision = opened.add("2024-08-31", [zone(SMALL)], reason="first")
    assert copy_of(opened).read_bytes() == canonical.dumps(opened.read(revision))


def made(folder, **texts):
    about: dict[str, Any] = {
        "title": "A front",
        "maker": "us",
        "license": "CC0-1.0",
        "bbox": (34, 50, 38, 53),
    }
    return frontmap.archive.init(folder, **about, parties={"UA": {"name_en": "Ukraine"}}, **texts)


def test_a_title_in_other_languages_comes_back(tmp_path):
    about = made(tmp_path, language="de", titles={"uk": "Фронт", "ru": "Фронт"}).about
    assert about.language == "de"
    assert about.titles == {"uk": "Фронт", "ru": "Фронт"}


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        ({"titles": {"uk": " "}}, "title_uk: must be a text that is not empty"),
        ({"titles": {"Ukrainian": "Фронт"}}, "'Ukrainian' is no language tag"),
        ({"language": ""}, "'' is no language tag"),
    ],
)
def test_a_title_or_language_that_cannot_be_is_refused(tmp_path, texts, wrong):
    with pytest.raises(InputError, match=wrong):
        made(tmp_path, **texts)
    assert list(tmp_path.iterdir()) == []

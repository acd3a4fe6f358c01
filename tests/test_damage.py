"""One changed bit is found, and named; what the archive cannot know, an older manifest does."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from shapely import Polygon

import frontmap
from frontmap.archive import git_listing, layout, manifests
from frontmap.archive.inspection import DAMAGE
from frontmap.errors import FrontmapError, InputError, NotFoundError
from frontmap.formats import canonical
from fronts import LARGE, SMALL, new_archive, zone

pytestmark = pytest.mark.faults


@pytest.fixture
def opened(tmp_path):
    made = new_archive(tmp_path / "front")
    made.add("2024-08-12", [zone(SMALL, note="Суджа, Курская область")], reason="first")
    made.correct("2024-08-12", [zone(LARGE)], reason="second")
    made.add("2024-08-31", [zone(SMALL), zone(LARGE, "b", status="claimed")], reason="first")
    (made.root / "reported.csv").write_text("as_of,value_km2\n2024-08-31,1243\n", "utf-8")
    return made


def files(opened):
    return [p for f in layout.date_folders(opened.root) for p in layout.revision_files(f)]


def named(opened, path):
    return any(f.rule in DAMAGE and f.path == path for f in opened.verify())


def flips(data, bits):
    for at, byte in enumerate(data):
        for bit in [at % 8] if bits == 1 else range(8):
            yield data[:at] + bytes([byte ^ (1 << bit)]) + data[at + 1 :]


@pytest.mark.parametrize("bits", [1, pytest.param(8, marks=pytest.mark.torture)])
def test_a_bit_flipped_in_any_byte_of_any_revision_is_found_and_named(
    opened, bits, record_property
):
    tried, missed = 0, []
    for path in files(opened)[: 1 if bits == 1 else None]:
        whole = path.read_bytes()
        for spoilt in flips(whole, bits):
            path.write_bytes(spoilt)
            tried += 1
            if not named(opened, path):
                missed.append((path.name, spoilt))
        path.write_bytes(whole)
    record_property("toll", ("bits flipped in revisions", tried, len(missed)))
    assert missed == []
    assert opened.verify() == ()


def test_a_damaged_revision_between_two_whole_ones_is_no_fork_to_choose_in(opened):
    opened.correct("2024-08-12", [zone(SMALL)], reason="third")
    second = layout.revision_path(opened.root, opened.revisions("2024-08-12")[1])
    second.write_bytes(second.read_bytes().replace(b"second", b"2econd"))
    found = opened.verify()
    assert [f.path for f in found if f.rule == "damaged"] == [second]
    assert "fork" not in {f.rule for f in found}


def apart_from_its_digest(text):
    return canonical._DIGEST_LINE.sub(b"", text, count=1)


def still_canonical(spoilt):
    """Whether a text is what frontmap itself would write of what it says, but for its digest."""
    try:
        again = canonical.dumps(canonical.loads(spoilt))
    except FrontmapError:
        return False
    return apart_from_its_digest(again) == apart_from_its_digest(spoilt)


def test_a_change_that_keeps_the_text_canonical_is_told_by_the_digest(opened, record_property):
    """One digit of a coordinate, one letter of a note: nothing else about the file is wrong."""
    (day,) = {r.date for r in opened.revisions() if r.kind == "snapshot" and r.date.day == 12}
    hexagon = Polygon(
        [(35, 51), (35.1, 50.9), (35.3, 50.95), (35.4, 51.1), (35.2, 51.3), (35.1, 51.2)]
    )
    drawn = opened.correct(day, [zone(hexagon, note="by the river")], reason="as drawn")
    path = layout.revision_path(opened.root, drawn)
    whole = path.read_bytes()
    header, ground = whole.index(b"\n},\n"), whole.index(b'"coordinates"')
    tried = {
        whole[:at] + other + whole[at + 1 :]
        for at in range(header, len(whole))
        for other in (bytes([whole[at] ^ 1]), b"7")
        if other != whole[at : at + 1]
    }
    tried = {spoilt for spoilt in tried if still_canonical(spoilt)}
    missed = []
    for spoilt in sorted(tried):
        path.write_bytes(spoilt)
        found = [f.message for f in opened.verify() if f.path == path and f.rule == "damaged"]
        if not any("does not match its digest" in message for message in found):
            missed.append((spoilt, found))
    record_property("toll", ("canonical texts with another digest", len(tried), len(missed)))
    assert sum(spoilt[:ground] == whole[:ground] for spoilt in tried) > 40
    assert sum(spoilt[ground:] == whole[ground:] for spoilt in tried) > 10
    assert missed == []


def test_a_revision_cut_short_anywhere_is_found_and_named(opened, record_property):
    path = files(opened)[0]
    whole = path.read_bytes()
    missed = []
    lengths = range(0, len(whole), 3)
    for length in lengths:
        path.write_bytes(whole[:length])
        if not named(opened, path):
            missed.append(length)
    record_property("toll", ("revisions cut short", len(lengths), len(missed)))
    assert missed == []


def test_two_files_swapped_are_both_found(opened):
    one, _, other = files(opened)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert named(opened, one)
    assert named(opened, other)


def test_a_revision_gone_from_a_chain_is_found(opened):
    first = next(r for r in opened.revisions() if r.reason == "first")
    layout.revision_path(opened.root, first).unlink()
    (found,) = opened.verify()
    assert found.rule == "missing"
    assert first.digest[:12] in found.message


@pytest.mark.parametrize("name", ["note.txt", "20240831.geojson", "sub/20240831.geojson"])
def test_a_file_that_is_no_revision_is_found(opened, name):
    path = files(opened)[0].parent / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}", "utf-8")
    assert named(opened, path)


def test_text_that_is_not_canonical_is_found_though_its_digest_holds(opened):
    path = files(opened)[0]
    text = path.read_bytes().replace(b'"accuracy_m":1000,', b'"accuracy_m": 1000,')
    digest = canonical.digest_of(text)
    text = re.sub(rb'"digest":"\w+"', f'"digest":"{digest}"'.encode(), text)
    forged = path.with_name(f"{path.name.split('-')[0]}-{digest[:12]}.geojson")
    forged.write_bytes(text)
    assert named(opened, forged)


def test_a_link_among_the_revisions_is_found(opened, tmp_path):
    path = files(opened)[0]
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert named(opened, path)


def test_a_revision_in_another_dates_folder_is_found(opened):
    path = files(opened)[0]
    moved = path.parent.parent / "2024-08-31" / path.name
    path.rename(moved)
    assert named(opened, moved)


def test_a_revision_under_another_year_is_found(opened):
    folder = opened.root / "revisions/2024/2024-08-31"
    (opened.root / "revisions/2025").mkdir()
    folder.rename(opened.root / "revisions/2025/2024-08-31")
    assert DAMAGE & {f.rule for f in opened.verify()}


LATER = {
    "the newest revision is gone": (
        lambda o: layout.revision_path(o.root, o.revisions("2024-08-12")[-1]).unlink(),
        {"lost"}, {"lost"},
    ),
    "a date is gone": (
        lambda o: shutil.rmtree(o.root / "revisions/2024/2024-08-31"), {"lost"}, {"lost"},
    ),
    "a revision is added": (
        lambda o: o.add("2024-09-01", [zone(SMALL)], reason="x"), {"added"}, set(),
    ),
    "a table of facts has changed": (
        lambda o: (o.root / "reported.csv").write_text("x", "utf-8"), {"facts"}, set(),
    ),
    "a table of facts is gone": (
        lambda o: (o.root / "reported.csv").unlink(), {"facts"}, {"facts"},
    ),
    "a table is added": (
        lambda o: (o.root / "other.csv").write_text("x", "utf-8"), {"added"}, set(),
    ),
    "archive.json has changed": (
        lambda o: (o.root / "archive.json").write_text("{}", "utf-8"), {"facts"}, set(),
    ),
    "nothing": (lambda o: None, set(), set()),
}  # fmt: skip


@pytest.mark.parametrize("what", LATER)
def test_an_older_manifest_tells_what_is_no_longer_as_it_was(opened, what):
    change, strictly, since = LATER[what]
    then = manifests.loads(manifests.dumps(manifests.manifest(opened.root)), opened.root)
    change(opened)
    assert {f.rule for f in manifests.differing_files(opened.root, then, grown=False)} == strictly
    assert {f.rule for f in manifests.differing_files(opened.root, then, grown=True)} == since


def test_a_git_revision_tells_what_was_lost_since(opened):
    def git(*words):
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@x", *words],
                       cwd=opened.root, check=True, capture_output=True)  # fmt: skip

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "then")
    then = git_listing.read_listing(opened.root, "HEAD")
    assert then.digests == manifests.manifest(opened.root, then.digest_of).digests
    files(opened)[-1].unlink()
    assert {f.rule for f in manifests.differing_files(opened.root, then, grown=True)} == {"lost"}
    with pytest.raises(NotFoundError, match="no-such-branch"):
        git_listing.read_listing(opened.root, "no-such-branch")


def test_a_manifest_is_one_that_sha256sum_checks(opened):
    listed = manifests.dumps(manifests.manifest(opened.root))
    subprocess.run(["sha256sum", "--check", "--strict", "-"], input=listed, cwd=opened.root,
                   check=True, capture_output=True)  # fmt: skip


@pytest.mark.parametrize("text", [b"x", b"0" * 64, b"\xff", b"g" * 64 + b"  a"])
def test_a_file_that_is_no_manifest_is_refused_with_its_line(text, tmp_path):
    with pytest.raises(InputError, match=":1:"):
        manifests.loads(text, tmp_path)


def test_every_question_to_a_damaged_archive_is_an_error_of_ours(opened):
    for path in files(opened):
        path.write_bytes(b"\x00")
    for ask in (lambda: opened.dates, lambda: opened.as_of("2024-08-31"), lambda: opened.digest):
        with pytest.raises(FrontmapError, match="damaged"):
            ask()
    with pytest.raises(FrontmapError, match="damaged"):
        list(frontmap.open(opened.root).snapshots())

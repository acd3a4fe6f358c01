"""What a user has is never written over, whatever verb is told to write there.

Each row of the tables is a place that somebody may name by mistake, or in a stranger's folder.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

import frontmap
from frontmap.archive import layout
from fronts import LARGE, SMALL, new_archive, zone
from strangers import canary
from verbs import run

KML = Path(__file__).parent / "data" / "uacontrolmap"
WRITING = {
    "a list": ["verify", "--write-manifest"],
    "a map": ["map", "--output"],
    "a report": ["report", "--output"],
}
SLOW = pytest.mark.torture
EACH = ["a list", *(pytest.param(name, marks=SLOW) for name in ("a map", "a report"))]


@pytest.fixture
def ground(tmp_path):
    """A folder with an archive, another one, and things of a user's own."""
    for name in ("front", "other"):
        opened = new_archive(tmp_path / name)
        opened.add("2024-08-31", [zone(SMALL)], reason="first")
        opened.correct("2024-08-31", [zone(LARGE)], reason="second")
        (opened.root / "sources.csv").write_text("id,publisher,url,published,read\n")
        (opened.root / "profiles").mkdir()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.html").write_bytes(b"mine\n")
    (mine / "folder.html").mkdir()
    (mine / "closed").mkdir(mode=0o500)
    (mine / "link.html").symlink_to(mine / "notes.html")
    (mine / "dangling.html").symlink_to(mine / "nothing.html")
    (mine / "itself.html").symlink_to("itself.html")
    (mine / "to the archive").symlink_to(tmp_path / "front" / "revisions")
    (mine / "to null.html").symlink_to(os.devnull)
    os.mkfifo(mine / "pipe.html")
    return tmp_path


REFUSED = [
    "front/archive.json", "front/sources.csv", "front/TABLES.md", "front/new.geojson",
    "front/.gitignore", "front/.lock", "front/.git/config",
    "front/snapshots/2024/2024-08-31.geojson",
    "front/snapshots/2024/map.html", "front/revisions/2024/2024-08-31/{revision}",
    "front/revisions/new.html", "front/profiles/own.json", "front/../front/archive.json",
    "other/archive.json", "other/sources.csv", "other/revisions/2024/2024-08-31/{revision}",
    "mine/to the archive/2024/2024-08-31/{revision}", "mine/to the archive/new.html",
    "mine/notes.html", "mine/folder.html", "mine/link.html", "mine/dangling.html",
    "mine/itself.html", "mine/to null.html", "mine/pipe.html", "mine/notes.html/map.html", "mine",
    "mine/..", "mine/" + "n" * 255, "mine/" + "n" * 300, "/dev/null", "/dev/full", "/", "",
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "place"),
    [
        pytest.param(what, place, marks=() if what == "a list" or place in {"", "/"} else SLOW)
        for what in WRITING
        for place in REFUSED
    ],
)
def test_nothing_that_a_user_has_is_replaced(ground, what, place):
    before = canary(ground)
    for force in ([], ["--force"]):
        if force and place == "mine/notes.html":
            continue
        answer = run(*WRITING[what], target(ground, place), "--archive", f"{ground}/front", *force)
        assert answer.returncode in range(1, 7)
        assert answer.stderr.splitlines()[-1].startswith("frontmap: ")
        after = canary(ground)
        assert {name for name in before | after if changed(before, after, name)} == set()
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def changed(before, after, name):
    """Whether a file or folder is not as it was; a lock may come, and changes its folder's time."""
    if name.endswith("/.lock"):
        return False
    one, other = before.get(name), after.get(name)
    return (
        one != other if one is None or other is None or one[2] is not None else one[0] != other[0]
    )


def target(ground, place):
    revisions = ground / "front" / "revisions" / "2024" / "2024-08-31"
    name = place.format(revision=min(path.name for path in revisions.iterdir()))
    return name if not name or name.startswith("/") else f"{ground}/{name}"


@pytest.mark.parametrize("what", EACH)
@pytest.mark.parametrize("place", ["mine/new", "mine/new folder/new", "front/map.html", "mine/é\n"])
def test_a_new_file_is_made(ground, what, place):
    answer = run(*WRITING[what], f"{ground}/{place}", "--archive", f"{ground}/front")
    assert answer.returncode == 0
    assert (ground / place).stat().st_size > 0


@pytest.mark.parametrize("what", EACH)
@pytest.mark.parametrize("mode", [0o644, 0o600, 0o640, 0o444])
def test_what_frontmap_made_is_made_anew_and_keeps_its_mode(ground, what, mode):
    path = ground / "mine" / "old.html"
    words = [*WRITING[what], str(path), "--archive", f"{ground}/front"]
    assert run(*words).returncode == 0
    path.chmod(mode)
    before = path.read_bytes()
    frontmap.open(ground / "front").add("2024-09-01", [zone(SMALL)], reason="first")
    assert run(*words).returncode == 0
    assert path.read_bytes() != before
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize("what", EACH)
def test_a_users_own_file_is_replaced_where_the_user_says_so(ground, what):
    path = ground / "mine" / "notes.html"
    answer = run(*WRITING[what], str(path), "--archive", f"{ground}/front", "--force")
    assert answer.returncode == 0
    assert path.read_bytes() != b"mine\n"


@pytest.mark.parametrize("what", EACH)
def test_a_hard_link_is_parted_not_written_through(ground, what):
    inside = ground / "front" / "archive.json"
    path = ground / "mine" / "map.html"
    os.link(inside, path)
    before = inside.read_bytes()
    run(*WRITING[what], str(path), "--archive", f"{ground}/front", "--force")
    assert inside.read_bytes() == before


OWN = [
    ".gitignore",
    ".gitattributes",
    "sources.csv",
    "import.json",
    "README.md",
    "repairs",
    "x.kml",
]
KINDS = ["a file", "a link outside", "a dangling link", "a folder", "a pipe"]


def lay(path: Path, kind: str, outside: Path) -> None:
    """Put something of a user's in a place."""
    if kind == "a file":
        path.write_bytes(b"# mine\n")
    elif kind == "a folder":
        path.mkdir()
        (path / "mine.txt").write_bytes(b"mine\n")
    elif kind == "a pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(outside / ("notes.html" if kind == "a link outside" else "nothing"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("verb", ["init", "import"])
def test_a_new_archive_leaves_what_is_in_its_folder(ground, verb, name, kind):
    into = ground / "into"
    into.mkdir()
    lay(into / name, kind, ground / "mine")
    words = {
        "init": ["init", str(into), "--title=t", "--maker=m", "--bbox=34,50,38,53", "--party=UA"],
        "import": ["import", "uacontrolmap", str(KML), "--into", str(into)],
    }
    mine, own = canary(ground / "mine"), (into / name).lstat()
    answer = run(*words[verb])
    assert answer.returncode in range(5)
    assert canary(ground / "mine") == mine
    now = (into / name).lstat()
    assert (now.st_ino, now.st_mode, now.st_size if kind == "a file" else 0) == (
        own.st_ino, own.st_mode, own.st_size if kind == "a file" else 0
    )  # fmt: skip
    assert kind != "a file" or (into / name).read_bytes() == b"# mine\n"
    if answer.returncode == 0:
        assert frontmap.open(into).verify() == ()
    else:
        assert verb == "import"


def test_a_copy_that_shares_its_file_with_the_revision_is_found_before_it_is_edited(ground):
    """As tools do that look for doubles: an edit of the copy then changes the record."""
    root = ground / "front"
    opened = frontmap.open(root)
    copy = root / "snapshots" / "2024" / "2024-08-31.geojson"
    revision = layout.revision_path(root, frontmap.open(root)["2024-08-31"].revision)
    assert copy.read_bytes() == revision.read_bytes()
    copy.unlink()
    os.link(revision, copy)
    assert [finding.rule for finding in opened.verify()] != []
    opened.put_back()
    assert copy.stat().st_ino != revision.stat().st_ino
    copy.write_text(copy.read_text("utf-8").replace("35.4", "35.3"), "utf-8")
    assert opened.read(opened.revisions("2024-08-31")[-1]).zones[0].geometry.bounds[2] == 35.4


def test_a_copy_that_was_edited_through_its_link_is_damage(ground):
    root = ground / "front"
    copy = root / "snapshots" / "2024" / "2024-08-31.geojson"
    revision = layout.revision_path(root, frontmap.open(root)["2024-08-31"].revision)
    copy.unlink()
    os.link(revision, copy)
    with copy.open("r+") as file:
        text = file.read().replace("35.400000", "35.300000")
        file.seek(0)
        file.write(text)
    for verb in ("verify", "show", "area", "log"):
        words = [verb, "2024-08-31"] if verb == "show" else [verb]
        answer = run(*words, "--archive", str(root))
        assert answer.returncode == (0 if verb == "log" else 5)


def test_a_revision_is_its_own_file_after_every_verb_that_records(ground):
    root = ground / "front"
    for path in root.rglob("*.geojson"):
        twin = path.with_suffix(".twin")
        os.link(path, twin)
        twin.rename(ground / "mine" / f"{path.parent.name}-{path.name}")
    outside = canary(ground / "mine")
    opened = frontmap.open(root)
    opened.correct("2024-08-31", [zone(SMALL)], reason="third")
    opened.add("2024-09-01", [zone(SMALL)], reason="first")
    opened.withdraw("2024-08-31", reason="taken back")
    assert canary(ground / "mine") == outside


@pytest.fixture(autouse=True)
def _is_tidy(tmp_path):
    yield
    shutil.rmtree(tmp_path / "mine", ignore_errors=True)

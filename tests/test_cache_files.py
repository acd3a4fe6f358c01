"""The files of the cache: whatever lies in their place, no answer changes and nothing else does."""

from __future__ import annotations

import functools
import hashlib
import io
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import orjson
import platformdirs
import pytest
from shapely import box, to_wkb

import frontmap
from frontmap import storage
from frontmap.measure.area import areas
from frontmap.measure.cache import derived_file, folder, measured_revisions
from frontmap.measure.cache.folder import cache_folder
from frontmap.measure.change_histories import ground_histories, series_changes
from fronts import LARGE, SMALL, new_archive, zone

FILES = (
    "areas.json",
    "changes-controlled.json",
    "errors-party.json",
    "errors-status.json",
    "histories-controlled.json",
    "revisions.json",
)
WEEK_S, YEAR_S = 8 * 86400, 366 * 86400


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Return a cache folder of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def later(monkeypatch):
    """Let a minute pass, so that the times of what is written vouch for it."""
    monkeypatch.setattr(
        "frontmap.measure.cache.stamps.now_ns", lambda: time.time_ns() + 60_000_000_000
    )


def filled(path, *grounds):
    front = new_archive(path)
    for number, ground in enumerate(grounds, 12):
        front.add(f"2024-08-{number}", [zone(ground)], reason="for this test")
    return front


@pytest.fixture
def front(tmp_path):
    return filled(tmp_path / "front", SMALL, LARGE, box(35, 51, 35.3, 51.1))


def answers(front):
    """Return all that the cache has a part in."""
    tables = [areas(front, by=by).to_csv() for by in ("party", "status")]
    series = list(front.snapshots())
    changes = {
        party: [(*change[:2], to_wkb(change.faces).tolist()) for change in found]
        for party, found in series_changes(series, ["UA", "RU"], root=front.root).items()
    }
    return tables, changes, ground_histories(series, ["UA", "RU"], root=front.root)


def sealed(rest):
    """Return a file of the cache with any content and the checksum that is right for it."""
    return (
        b"frontmap derived file 1 "
        + hashlib.blake2b(rest, digest_size=32).hexdigest().encode()
        + b"\n"
        + rest
    )


def with_rows(text, rows):
    """Return a file made from the same, with other rows and the checksum that is right for them."""
    value = orjson.loads(text.partition(b"\n")[2])
    return sealed(orjson.dumps({**value, "rows": rows}))


def rows_of(text):
    return orjson.loads(text.partition(b"\n")[2])["rows"]


@functools.cache
def bomb():
    """A megabyte that would unpack to one gigabyte."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("km2.npy", "w", force_zip64=True) as file,
    ):
        for _ in range(64):
            file.write(bytes(2**24))
    return made.getvalue()


def npy(array):
    made = io.BytesIO()
    np.savez(made, km2=array, allow_pickle=True)
    return made.getvalue()


CONTENTS = {
    "empty": lambda text: b"",
    "zeros": lambda text: bytes(len(text)),
    "cut short": lambda text: text[:-9],
    "doubled": lambda text: text + text,
    "only its head": lambda text: text.partition(b"\n")[0] + b"\n",
    "no head": lambda text: text.partition(b"\n")[2],
    "other line ends": lambda text: text.replace(b"\n", b"\r\n"),
    "arrays": lambda text: npy(np.zeros(4)),
    "objects": lambda text: npy(np.array([{}, None], dtype=object)),
    "a compressed bomb": lambda text: bomb(),
    "sealed, no JSON": lambda text: sealed(b"\x80\x04N."),
    "sealed, a list": lambda text: sealed(b"[]"),
    "sealed, nothing": lambda text: sealed(b""),
    "sealed, nested deeply": lambda text: sealed(b"[" * 100_000 + b"]" * 100_000),
    "sealed, no rows": lambda text: with_rows(text, None),
    "sealed, a number for rows": lambda text: with_rows(text, 1),
    "sealed, a text for rows": lambda text: with_rows(text, "ab"),
    "sealed, an object for rows": lambda text: with_rows(text, {"a": 1, "bc": 2}),
    "sealed, rows of nothing": lambda text: with_rows(text, [None]),
    "sealed, rows of numbers": lambda text: with_rows(text, [[1, 2]]),
    "sealed, rows of texts": lambda text: with_rows(text, ["ab", "cd"]),
    "sealed, rows of lists": lambda text: with_rows(text, [[[], []], [{}, {}], [[], {}]]),
    "sealed, made from nothing": lambda text: sealed(orjson.dumps({"rows": rows_of(text)})),
}


@pytest.mark.parametrize("what", CONTENTS)
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_form_is_made_anew(front, name, what):
    first = answers(front)
    path = cache_folder(front.root).path / name
    text = path.read_bytes()
    path.write_bytes(CONTENTS[what](text))
    assert answers(front) == first
    assert path.read_bytes() == text


def every_value(value, other):
    """Yield a value of JSON with each value in it, in turn, replaced by another."""
    yield other
    if isinstance(value, list):
        for place, each in enumerate(value):
            for changed in every_value(each, other):
                yield [*value[:place], changed, *value[place + 1 :]]
    elif isinstance(value, dict):
        for key, each in value.items():
            for changed in every_value(each, other):
                yield {**value, key: changed}


ODD: list[object] = [None, True, -1, 1e999, 2**63, 0.5, "", "ab", "\x00", [], [[]], {}, {"a": [1]}]


@pytest.mark.parametrize("name", FILES)
def test_no_value_at_any_place_of_a_row_ends_in_an_error_of_ours(front, name):
    """With the right checksum and the right inputs, as nobody but this user could write it."""
    first = answers(front)
    path = cache_folder(front.root).path / name
    text = path.read_bytes()
    head, *others = rows_of(text)
    tried = 0
    for other in ODD:
        for changed in every_value(head, other):
            path.write_bytes(with_rows(text, [changed, *others]))
            answers(front)  # or raises
            tried += 1
    assert tried > 50
    path.write_bytes(text)
    assert answers(front) == first


def as_link(path, text, aside):
    aside.write_bytes(text)
    path.symlink_to(aside)


def as_hard_link_to_nothing(path, text, aside):
    path.symlink_to(aside / "no such file")


def as_folder(path, text, aside):
    path.mkdir()
    (path / "mine").write_bytes(text)


def as_pipe(path, text, aside):
    os.mkfifo(path)


def as_sparse_file(path, text, aside):
    with path.open("wb") as file:
        file.truncate(2**33)


def as_device(path, text, aside):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    "put", [as_link, as_hard_link_to_nothing, as_folder, as_pipe, as_sparse_file, as_device]
)
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_plain_file_changes_no_answer_and_is_not_followed(front, tmp_path, name, put):
    first = answers(front)
    path = cache_folder(front.root).path / name
    text = path.read_bytes()
    path.unlink()
    aside = tmp_path / "aside"
    put(path, text, aside)
    begin = time.monotonic()
    assert answers(front) == first
    assert time.monotonic() - begin < 20
    if put is as_link:
        assert aside.read_bytes() == text
    if put is as_folder:
        assert (path / "mine").read_bytes() == text


def test_a_flipped_bit_anywhere_is_noticed(front):
    first = answers(front)
    for name in FILES:
        path = cache_folder(front.root).path / name
        text = path.read_bytes()
        for at in range(0, len(text), 29):
            path.write_bytes(text[:at] + bytes([text[at] ^ 1 << at % 8]) + text[at + 1 :])
            assert not derived_file.read_rows(cache_folder(front.root), name, {}, tuple)
        assert answers(front) == first
        assert path.read_bytes() == text


def test_values_swapped_between_rows_are_noticed(front):
    first = answers(front)
    for name in FILES:
        path = cache_folder(front.root).path / name
        text = path.read_bytes()
        lines = text.split(b"\n")
        lines[3], lines[4] = lines[4].rstrip(b",") + b",", lines[3].rstrip(b",") + b","
        path.write_bytes(b"\n".join(lines))
        assert answers(front) == first
        assert path.read_bytes() == text


def test_files_of_another_kind_or_archive_are_noticed(front, tmp_path):
    """In the right form, with the right checksum."""
    other = filled(tmp_path / "other", LARGE, SMALL, SMALL)
    first, second = answers(front), answers(other)
    mine, theirs = (cache_folder(each.root).path for each in (front, other))
    whole = {name: (mine / name).read_bytes() for name in FILES}
    for name in FILES:
        for source in [theirs / name, *(theirs / each for each in FILES)]:
            (mine / name).write_bytes(source.read_bytes())
            assert answers(front) == first
            assert (mine / name).read_bytes() == whole[name]
    shutil.rmtree(mine)
    shutil.copytree(theirs, mine)
    assert answers(front) == first
    assert answers(other) == second


@pytest.mark.parametrize("part", ["code", "shapely", "geos", "numpy", "proj", "archive"])
def test_what_other_code_or_libraries_made_is_made_anew(front, part):
    first = answers(front)
    for name in FILES:
        path = cache_folder(front.root).path / name
        text = path.read_bytes()
        value = orjson.loads(text.partition(b"\n")[2])
        value["inputs"][part] += "x"
        path.write_bytes(sealed(orjson.dumps(value)))
        assert answers(front) == first
        assert path.read_bytes() == text


def test_the_code_is_told_by_its_text(tmp_path):
    """A rule can't change and its results stay, though nobody says so."""
    copy = tmp_path / "frontmap"
    shutil.copytree(Path(frontmap.__file__).parent, copy)
    ask = "from frontmap.measure.cache.origin import ORIGIN; print(ORIGIN['code'])"
    said = []
    for changed in (None, "geometry/uncertainty.py", "geometry/exact_area.py", "cli/app.py"):
        if changed:
            path = copy / changed
            path.write_text(path.read_text("utf-8") + "\n# another rule\n", "utf-8")
        env = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-c", ask]
        said.append(subprocess.run(command, env=env, check=True, capture_output=True).stdout)
    assert len(set(said)) == 3
    assert said[2] == said[3]


def test_two_archives_at_one_place_one_after_the_other(front, tmp_path):
    first = answers(front)
    other = filled(tmp_path / "other", LARGE, SMALL, SMALL)
    second = answers(other)
    front.root.rename(tmp_path / "away")
    other.root.rename(tmp_path / "front")
    assert answers(frontmap.open(tmp_path / "front")) == second
    (tmp_path / "front").rename(tmp_path / "other")
    (tmp_path / "away").rename(tmp_path / "front")
    assert answers(frontmap.open(tmp_path / "front")) == first


def test_a_copied_archive_has_a_cache_of_its_own(front, tmp_path):
    first = answers(front)
    shutil.copytree(front.root, tmp_path / "copy")
    assert answers(frontmap.open(tmp_path / "copy")) == first
    paths = {cache_folder(root).path for root in (front.root, tmp_path / "copy")}
    assert len(paths) == 2
    (tmp_path / "link").symlink_to(front.root)
    assert cache_folder(tmp_path / "link") == cache_folder(front.root)


def tree(path):
    """Return all that lies below a folder, links as where they lead."""
    return {
        str(each.relative_to(path)): each.readlink()
        if each.is_symlink()
        else each.read_bytes()
        if each.is_file()
        else None
        for each in sorted(path.rglob("*"))
    }


def test_an_archive_neither_has_a_cache_nor_gets_one(front):
    before = tree(front.root)
    answers(front)
    assert tree(front.root) == before


@pytest.mark.parametrize("kind", ["folder", "link", "file", "pipe"])
def test_a_cache_that_an_archive_brings_is_let_be(front, tmp_path, kind):
    first = answers(front)
    mine = tmp_path / "mine" / "ground-1"
    mine.mkdir(parents=True)
    (mine / "letter.txt").write_text("mine")
    brought = front.root / ".cache"
    if kind == "folder":
        shutil.copytree(cache_folder(front.root).top, brought / "frontmap")
        (brought / "ground-1").symlink_to(mine)
    elif kind == "link":
        brought.symlink_to(mine.parent)
    elif kind == "file":
        brought.write_text("in the way")
    else:
        os.mkfifo(brought)
    shutil.rmtree(cache_folder(front.root).top)
    if kind == "pipe":
        assert answers(front) == first
        return
    before = tree(tmp_path / "mine"), tree(front.root)
    assert answers(front) == first
    assert (tree(tmp_path / "mine"), tree(front.root)) == before


def test_a_home_inside_the_archive_has_no_cache(front, monkeypatch):
    """Else an archive that is somebody's home, or a container's, would bring a cache."""
    first = answers(front)
    for home in (front.root / ".cache", front.root):
        monkeypatch.setenv("XDG_CACHE_HOME", str(home))
        assert cache_folder(front.root) is None
    shutil.copytree(front.root, front.root.parent / "copy")
    before = tree(front.root)
    assert answers(front) == first
    assert tree(front.root) == before


def test_the_cache_is_its_users_alone(front, home):
    old = os.umask(0)
    try:
        answers(front)
    finally:
        os.umask(old)
    made = [home, home / "frontmap", cache_folder(front.root).path]
    assert [path.stat().st_mode & 0o777 for path in made] == [0o700] * 3
    (home / "frontmap").chmod(0o755)
    shutil.rmtree(cache_folder(front.root).path)
    answers(front)
    assert (home / "frontmap").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o702])
def test_a_cache_that_others_can_write_to_is_let_be(front, home, mode):
    first = answers(front)
    (home / "frontmap").chmod(mode)
    before = tree(home)
    assert cache_folder(front.root) is None
    assert answers(front) == first
    assert tree(home) == before


def test_a_cache_of_another_user_is_let_be(front, monkeypatch):
    first = answers(front)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert cache_folder(front.root) is None
    assert answers(front) == first


@pytest.mark.parametrize("where", ["frontmap", "the archive's own"])
def test_a_link_in_the_place_of_a_cache_folder_is_not_followed(front, home, tmp_path, where):
    first = answers(front)
    path = home / "frontmap" if where == "frontmap" else cache_folder(front.root).path
    aside = path.rename(tmp_path / "aside")
    path.symlink_to(aside)
    before = tree(aside)
    assert answers(front) == first
    assert tree(aside) == before
    assert path.is_symlink()


def test_the_folder_above_may_be_a_link(front, home, tmp_path):
    """As where a user keeps caches on another disk."""
    (tmp_path / "disk").mkdir()
    home.symlink_to(tmp_path / "disk")
    answers(front)
    assert (tmp_path / "disk" / "frontmap").is_dir()


@pytest.mark.parametrize("value", ["file", "file/below", "\0", "x" * 5000, "/proc/nowhere"])
def test_where_there_can_be_no_cache_the_answer_is_the_same(front, tmp_path, value, monkeypatch):
    first = answers(front)
    (tmp_path / "file").write_text("in the way")
    named = value if value.startswith("/") else str(tmp_path / value)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: Path(named, name))
    assert answers(front) == first
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_refusal_to_write_says_nothing(front, monkeypatch, capfd):
    first = answers(front)
    shutil.rmtree(cache_folder(front.root).top)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    assert answers(front) == first
    assert not cache_folder(front.root).top.exists()
    assert capfd.readouterr() == ("", "")


def test_without_a_home_the_answer_is_the_same(front):
    command = [Path(sys.executable).with_name("frontmap"), "area", "--archive", front.root]
    said = []
    for home in ({"XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"]}, {}, {"HOME": "/proc/nowhere"}):
        env = {key: value for key, value in os.environ.items() if "HOME" not in key} | home
        env |= {} if "XDG_CACHE_HOME" in env else {"XDG_CACHE_HOME": "/proc/nowhere"}
        done = subprocess.run(command, env=env, check=True, capture_output=True)
        said.append((done.stdout, done.stderr))
    assert said[0] == said[1] == said[2]


def test_of_too_many_rows_the_last_are_kept(front, monkeypatch):
    own = cache_folder(front.root)
    monkeypatch.setattr(storage, "MOST_BYTES", (1 << 16) + 1000)
    rows = [[f"{number:09}", "x" * 80] for number in range(50)]
    derived_file.write_rows(own, "areas.json", {}, rows)
    found: dict[str, str] = derived_file.read_rows(own, "areas.json", {}, tuple)
    assert 5 < len(found) < 12
    assert list(found.items()) == [tuple(row) for row in rows[-len(found) :]]


def aged(front, seconds):
    path = cache_folder(front.root).path
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def test_caches_of_archives_that_are_gone_or_long_unused_are_removed(front, tmp_path):
    made = {
        name: filled(tmp_path / name, SMALL) for name in ("gone", "just gone", "unused", "used")
    }
    for each in made.values():
        answers(each)
    paths = {name: aged(each, WEEK_S) for name, each in made.items()}
    aged(made["unused"], YEAR_S)
    aged(made["just gone"], 3600)
    for name in ("gone", "just gone"):
        shutil.rmtree(made[name].root)
    answers(front)  # a new one sweeps the others
    assert [name for name, path in paths.items() if path.exists()] == ["just gone", "used"]


def test_an_archive_that_is_asked_is_used(front, tmp_path):
    answers(front)
    path = aged(front, YEAR_S)
    answers(front)
    assert time.time() - path.stat().st_mtime < 3600


def test_of_too_much_the_longest_unused_is_removed(front, tmp_path, monkeypatch):
    fronts = [filled(tmp_path / f"front-{number}", SMALL) for number in range(4)]
    for number, each in enumerate(fronts):
        answers(each)
        aged(each, 100 * (5 - number))
    files = [p for p in cache_folder(front.root).top.rglob("*") if p.is_file()]
    size = sum(path.stat().st_size for path in files)
    monkeypatch.setattr(folder, "MOST_BYTES", size // 2 + 10)
    folder.sweep(cache_folder(front.root).top)
    left = [cache_folder(each.root).path.exists() for each in fronts]
    assert left == [False, False, True, True]


def test_a_sweep_removes_nothing_that_is_not_its_own(front, home, tmp_path):
    answers(front)
    path = aged(front, YEAR_S)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "areas.json").write_text("mine")
    (path / "letter.txt").write_text("mine")
    (path / "areas.json").unlink()
    (path / "areas.json").symlink_to(mine / "areas.json")
    (path / "changes-held.json").mkdir()
    (home / "frontmap" / "0123").mkdir()
    (home / "frontmap" / ("0" * 32)).symlink_to(mine)
    (home / "frontmap" / "letter.txt").write_text("mine")
    aged(front, YEAR_S)
    folder.sweep(home / "frontmap")
    assert sorted(each.name for each in path.iterdir()) == [
        "areas.json",
        "changes-held.json",
        "letter.txt",
    ]
    assert (mine / "areas.json").read_text() == "mine"
    assert sorted(each.name for each in (home / "frontmap").iterdir()) == [
        "0" * 32,
        "0123",
        path.name,
        "letter.txt",
    ]


def test_deleting_the_cache_at_any_time_changes_no_answer(front, home):
    first = answers(front)
    for path in sorted(home.rglob("*"), reverse=True):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        assert answers(front) == first


def test_what_is_measured_is_what_is_asked_for(front):
    """One of some dates, then all, then one: none has another's ground."""
    revisions = front.in_force()
    every = measured_revisions(front.root)
    shutil.rmtree(cache_folder(front.root).top)
    for asked in (revisions[1:2], revisions, revisions[2:], revisions[:1]):
        found = measured_revisions(front.root, only=asked)
        assert [r.digest for r in found.revisions] == [r.digest for r in asked]
        for each in asked:
            assert found.counted_km2(each, "UA") == every.counted_km2(each, "UA")

"""The one way to a file: what is opened below a folder, and what may be written over."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from pathlib import Path

import pytest

import frontmap
from frontmap import outputs, storage
from frontmap.errors import ConflictError, FrontmapError, InputError, NotFoundError, StorageError
from fronts import LARGE, SMALL, new_archive, zone
from verbs import within


def link_to_a_file(path, outside):
    path.symlink_to(outside / "secret.txt")


def link_to_a_folder(path, outside):
    path.symlink_to(outside)


def link_to_nothing(path, outside):
    path.symlink_to(outside / "nothing")


def link_to_itself(path, outside):
    path.symlink_to(path)


def pipe(path, outside):
    os.mkfifo(path)


def socket_file(path, outside):
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's name is short
    try:
        with socket.socket(socket.AF_UNIX) as served:
            served.bind(path.name)
    finally:
        os.chdir(here)


def device(path, outside):
    path.symlink_to("/dev/zero")


def folder(path, outside):
    path.mkdir()


NO_FILES = [
    link_to_a_file, link_to_a_folder, link_to_nothing, link_to_itself, pipe, socket_file, device,
    folder,
]  # fmt: skip


@pytest.fixture
def outside(tmp_path):
    made = tmp_path / "outside"
    made.mkdir()
    (made / "secret.txt").write_bytes(b"secret")
    return made


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "root"
    made.mkdir()
    return made


@pytest.mark.parametrize("kind", NO_FILES)
@pytest.mark.parametrize(
    "use",
    [
        lambda path, root: storage.read(path, below=root),
        lambda path, root: storage.read_start(path, 1, below=root),
        lambda path, root: storage.replace(path, b"new", below=root),
        lambda path, root: storage.create(path, b"new", below=root),
        lambda path, root: outputs.save({path: b"new " + outputs.MARK}, force=True),
    ],
    ids=["read", "read_start", "replace", "create", "save"],
)
def test_what_is_no_plain_file_is_neither_read_nor_written(root, outside, kind, use):
    kind(root / "a", outside)
    before = os.lstat(root / "a")
    with pytest.raises(FrontmapError, match="a: "):
        use(root / "a", root)
    assert os.lstat(root / "a") == before
    assert {p.name: p.read_bytes() for p in outside.iterdir()} == {"secret.txt": b"secret"}


@pytest.mark.parametrize("kind", [k for k in NO_FILES if k is not folder])
@pytest.mark.parametrize(
    "use",
    [
        lambda path, root: storage.read(path / "b" / "c.txt", below=root),
        lambda path, root: storage.entries(path, below=root),
        lambda path, root: storage.create(path / "b" / "c.txt", b"new", below=root),
        lambda path, root: storage.replace(path / "c.txt", b"new", below=root),
        lambda path, root: storage.write_scratch(path / "c.txt", b"new", below=root),
        lambda path, root: storage.remove(path / "secret.txt", below=root),
        lambda path, root: storage.remove_staged(path, below=root),
        lambda path, root: storage.make_folder(path / "b", below=root),
    ],
    ids=["read", "entries", "create", "replace", "hint", "remove", "remove_staged", "make_folder"],
)
def test_no_link_leads_below_a_folder(root, outside, kind, use):
    (outside / ".a.txt~123-0.part").write_bytes(b"not ours")
    kind(root / "a", outside)
    with pytest.raises(InputError, match="a: is "):
        use(root / "a", root)
    assert sorted(p.name for p in outside.iterdir()) == [".a.txt~123-0.part", "secret.txt"]


@pytest.mark.parametrize(
    "name", ["../outside/secret.txt", "a/../../outside/secret.txt", "/etc/fstab"]
)
def test_no_name_leads_out_of_a_folder(root, outside, name):
    for use in (storage.read, storage.kind_of, storage.remove):
        with pytest.raises(InputError, match="outside"):
            use(root / name, below=root)
    assert (outside / "secret.txt").read_bytes() == b"secret"


@pytest.mark.parametrize("kind", [link_to_nothing, link_to_itself, pipe, socket_file, device])
def test_what_a_user_names_is_a_plain_file_too_and_is_not_waited_for(root, outside, kind):
    kind(root / "a", outside)
    with pytest.raises(FrontmapError, match="a: "), within(5):
        storage.read(root / "a")


def test_what_a_user_names_may_lead_through_a_link_and_a_pipe_that_a_shell_opened(root, outside):
    link_to_a_file(root / "a", outside)
    assert storage.read(root / "a") == b"secret"
    reading, writing = os.pipe()
    os.write(writing, b"piped")
    os.close(writing)
    assert storage.read(Path(f"/dev/fd/{reading}")) == b"piped"
    os.close(reading)


def test_a_name_that_no_system_has_is_not_found(root):
    with pytest.raises(NotFoundError):
        storage.read(root / "a\0b", below=root)


def test_a_file_that_is_too_long_is_not_read(root):
    with (root / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InputError, match="more than 256 MiB"):
        storage.read(root / "sparse", below=root)


def test_a_dangling_note_of_a_killed_writer_is_replaced_and_not_followed(root, outside):
    (root / "note").symlink_to(outside / "new")
    storage.write_scratch(root / "note", b"2024-08-31", below=root)
    assert not (root / "note").is_symlink()
    assert not (outside / "new").exists()


def test_the_mode_of_a_file_stays_when_it_is_replaced(root):
    storage.replace(root / "a", b"first")
    (root / "a").chmod(0o640)
    storage.replace(root / "a", b"second")
    assert stat.S_IMODE((root / "a").stat().st_mode) == 0o640


@pytest.mark.parametrize("there", [b"mine", b"# by hand\n" * 1000])
def test_a_file_of_the_users_own_is_replaced_only_by_force(root, there):
    path = root / "kursk.html"
    path.write_bytes(there)
    with pytest.raises(ConflictError, match="--force"):
        outputs.save({root / "other.html": outputs.MARK, path: outputs.MARK})
    assert [(p.name, p.read_bytes()) for p in root.iterdir()] == [("kursk.html", there)]
    outputs.save({path: outputs.MARK}, force=True)
    assert path.read_bytes() == outputs.MARK


@pytest.mark.parametrize("there", [None, b"", b"<p>old</p>" + outputs.MARK])
def test_what_frontmap_made_is_made_anew(root, there):
    path = root / "kursk.html"
    if there is not None:
        path.write_bytes(there)
    outputs.save({path: outputs.MARK})
    assert path.read_bytes() == outputs.MARK


@pytest.fixture
def front(tmp_path):
    made = new_archive(tmp_path / "front")
    made.add("2024-08-31", [zone(SMALL)], reason="first")
    (made.root / "sources.csv").write_text("id,publisher,url,published,read\n")
    return made


@pytest.mark.parametrize(
    "name",
    [
        "archive.json", "sources.csv", "new.csv", "NEW.GeoJSON", ".gitattributes", ".lock",
        "snapshots/2024/2024-08-31.geojson", "snapshots/map.html", "Revisions/map.html",
        ".git/hooks/pre-commit", "repairs/map.html", "words/de.json", "words/map.html",
    ],
)  # fmt: skip
def test_a_file_of_an_archive_is_never_an_output(front, name):
    before = contents(front.root)
    with pytest.raises(ConflictError, match="a file of the archive"):
        outputs.save({front.root / name: outputs.MARK}, force=True)
    assert contents(front.root) == before


@pytest.mark.parametrize("name", ["map.html", "build/map.html"])
def test_a_page_may_lie_beside_the_files_of_an_archive(front, name):
    outputs.save({front.root / name: outputs.MARK})
    assert front.verify() == ()


def contents(root):
    return {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_an_archive_whose_folder_was_moved_away_answers_nothing(front, tmp_path):
    moved = front.root.rename(tmp_path / "moved")
    for make in (lambda: None, lambda: shutil.copytree(moved, tmp_path / "front")):
        make()
        for ask in (
            front.verify,
            front.revisions,
            lambda: front.as_of("2024-08-31"),
            lambda: front.add("2024-09-01", [zone(LARGE)], reason="x"),
            front.put_back,
        ):
            with pytest.raises(StorageError, match="moved or replaced"):
                ask()
    assert contents(moved).keys() == contents(tmp_path / "front").keys()


def test_what_is_recorded_while_folders_change_places_is_never_in_the_other(tmp_path, monkeypatch):
    """Another archive takes the place before the writing, and gives it back before its end."""
    here, there, third = (tmp_path / name for name in ("front", "other", "third"))

    def change_places():
        for old, new in ((here, third), (there, here), (third, there)):
            old.rename(new)

    def change_back(part):
        move_into_place(part)
        change_places()

    def clock():
        change_places()
        return frontmap.archive.utc_now()

    move_into_place = storage.move_into_place
    for folder in (here, there):
        new_archive(folder)
    opened = frontmap.open(here, clock=clock)
    monkeypatch.setattr(storage, "move_into_place", change_back)
    with pytest.raises(StorageError, match="moved or replaced"):
        opened.add("2024-09-01", [zone(LARGE)], reason="x")
    assert list(tmp_path.rglob("*.geojson")) == []


def test_a_withdrawal_needs_no_folder_of_copies(front):
    shutil.rmtree(front.root / "snapshots")
    assert front.withdraw("2024-08-31", reason="x").kind == "withdrawal"


def test_an_archive_that_is_replaced_while_it_records_acknowledges_nothing(front, tmp_path):
    def moving_clock():
        front.root.rename(tmp_path / "moved")
        (tmp_path / "front").mkdir()
        return frontmap.archive.utc_now()

    opened = frontmap.open(front.root)
    moving = type(opened)(opened.folder, opened.about, moving_clock)
    with pytest.raises(StorageError, match="moved or replaced"):
        moving.correct("2024-08-31", [zone(LARGE)], reason="x")


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", "sources.csv", "README.md"])
def test_init_leaves_what_is_there(tmp_path, name):
    (tmp_path / "front").mkdir()
    (tmp_path / "front" / name).write_bytes(b"# mine\n")
    new_archive(tmp_path / "front")
    assert (tmp_path / "front" / name).read_bytes() == b"# mine\n"

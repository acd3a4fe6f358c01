"""The one way to a file: below a folder no link is followed, and only plain files are opened."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

from frontmap.errors import FrontmapError, InputError, NotFoundError
from frontmap.storage.pinned import PinnedFolder
from frontmap.storage.refusals import naming

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

    from frontmap.storage.pinned import Below

MOST_BYTES = 1 << 28
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_BELOW = _FOLDER | os.O_NOFOLLOW
_PLAIN = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_OPEN_ALREADY = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")

Kind = Literal["file", "folder", "link", "other"]
_SAID_OF: dict[Kind, str] = {
    "file": "is a file where a folder belongs",
    "folder": "is a folder where a file belongs",
    "link": "is a link",
    "other": "is a pipe, a socket or a device",
}


class Entry(NamedTuple):
    """What a folder lists: where it lies and what it is (a link is never followed)."""

    path: Path
    kind: Kind


def read(path: Path, *, below: Below | None = None, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a plain file; ``NotFoundError`` when there is none.

    Raises ``InputError`` when it is longer than ``most`` bytes, no plain file or, ``below`` a
    folder, when a link leads there; ``StorageError`` when the system refuses. ``/dev/stdin`` and
    ``/dev/fd/N``, where a shell has opened them, may be pipes.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.csv").write_bytes(b"id,name")
    >>> read(folder / "a.csv", below=folder)
    b'id,name'
    >>> (folder / "b.csv").symlink_to(folder / "a.csv")
    >>> read(folder / "b.csv", below=folder)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.InputError: ...b.csv: is a link; frontmap opens plain files and folders only...
    >>> read(Path("no/such/file"))
    Traceback (most recent call last):
    frontmap.errors.NotFoundError: no/such/file: there is no such file
    """
    data = read_start(path, most + 1, below=below)
    if len(data) > most:
        raise _too_long(path, most)
    return data


def path_in(path: Path, folder: Path) -> Path | None:
    """Return a path as one below a folder where it lies there, by its names; else None.

    >>> from pathlib import Path
    >>> path_in(Path("geodata/kursk/archive.json").absolute(), Path("geodata/kursk")).as_posix()
    'geodata/kursk/archive.json'
    >>> path_in(Path("README.md"), Path("geodata/kursk")) is None
    True
    """
    whole, root = path.absolute(), folder.absolute()
    if ".." in whole.parts or not whole.is_relative_to(root):
        return None
    return folder / whole.relative_to(root)


def read_start(path: Path, size: int, *, below: Below | None = None) -> bytes:
    """Return the first bytes of a plain file, at most ``size``; raises as :func:`read`.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> read_start(root / "archive.json", 1, below=root)
    b'{'
    """
    if below is None:
        with naming(path), _open_named(path) as file:
            return file.read(size)
    _names(path, below)
    with (
        open_folder(path.parent, below=below) as at,
        naming(path),
        _open_plain(path.name, path, at=at) as file,
    ):
        return file.read(size)


@contextmanager
def open_folder(folder: Path, *, below: Below | None = None, make: bool = False) -> Iterator[int]:
    """Open a folder and give its handle; ``below`` another one, no link leads there.

    ``make`` creates the folders that are missing, each new name synced. A pinned folder must still
    be the one that was pinned, or nothing below it is opened: ``StorageError``.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> with open_folder(folder / "2024" / "08", below=folder, make=True) as handle:
    ...     os.listdir(handle), (folder / "2024" / "08").is_dir()
    ([], True)
    """
    reached = folder if below is None else _location(below)
    names = () if below is None else _names(folder, below)
    with naming(reached):
        handle = os.open(reached, _FOLDER)
    try:
        if isinstance(below, PinnedFolder):
            below.require_same(os.fstat(handle))
        for name in names:
            reached /= name
            handle, above = _step(handle, reached, make=make), handle
            os.close(above)
        yield handle
    finally:
        os.close(handle)


def entries(folder: Path, *, below: Below) -> list[Entry]:
    """List a folder, sorted by name; raises as :func:`read`.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> [(entry.path.name, entry.kind) for entry in entries(root, below=root)][-2:]
    [('snapshots', 'folder'), ('sources.csv', 'file')]
    """
    with open_folder(folder, below=below) as at, naming(folder), os.scandir(at) as listed:
        return sorted(Entry(folder / entry.name, _kind_of_entry(entry)) for entry in listed)


def file_status(path: Path, *, below: Below) -> os.stat_result:
    """Return what the system says of a file or folder, itself and not what it links to.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> file_status(root / "archive.json", below=root).st_size > 0
    True
    """
    _names(path, below)
    with open_folder(path.parent, below=below) as at, naming(path):
        return os.stat(path.name, dir_fd=at, follow_symlinks=False)


def kind_of(path: Path, *, below: Below) -> Kind | None:
    """Return what lies at a path; None where nothing does.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> kind_of(root / "revisions", below=root), kind_of(root / "no" / "such", below=root)
    ('folder', None)
    """
    try:
        return _kind(file_status(path, below=below).st_mode)
    except NotFoundError:
        return None


def require_plain_or_missing(path: Path, *, below: Below) -> None:
    """Raise ``InputError`` when something else than a plain file lies at a path.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> require_plain_or_missing(root / "revisions", below=root)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.InputError: geodata/kursk/revisions: is a folder where a file belongs; ...
    """
    kind = kind_of(path, below=below)
    if kind not in {None, "file"}:
        raise _refused(path, kind)


def _names(path: Path, below: Below) -> tuple[str, ...]:
    """Return the names that lead from a folder to what lies below it."""
    folder = _location(below)
    try:
        names = path.relative_to(folder).parts
    except ValueError:
        names = ("..",)
    if ".." in names:
        raise InputError(f"{path}: lies outside {folder}; name a file inside it")
    return names


def _location(below: Below) -> Path:
    return below.location if isinstance(below, PinnedFolder) else below


def _step(handle: int, reached: Path, *, make: bool) -> int:
    """Open the next folder on the way; make it where it is missing and wanted."""
    with naming(reached):
        try:
            return os.open(reached.name, _BELOW, dir_fd=handle)
        except NotADirectoryError:
            kind = _kind(os.stat(reached.name, dir_fd=handle, follow_symlinks=False).st_mode)
            raise _refused(reached, kind) from None
        except FileNotFoundError:
            if not make:
                raise
        with suppress(FileExistsError):
            os.mkdir(reached.name, dir_fd=handle)
        os.fsync(handle)
        return os.open(reached.name, _BELOW, dir_fd=handle)


def _open_named(path: Path) -> BufferedReader:
    """Open what its user names, through links; what a shell has opened already may be a pipe."""
    if path.as_posix().startswith(_OPEN_ALREADY):
        return path.open("rb")
    return _open_plain(path, path)


def _open_plain(name: Path | str, path: Path, *, at: int | None = None) -> BufferedReader:
    """Open a plain file without waiting for it; ``at`` a folder's handle, no link."""
    _require_plain(path, os.stat(name, dir_fd=at, follow_symlinks=at is None))
    handle = os.open(name, _PLAIN if at is None else _PLAIN | os.O_NOFOLLOW, dir_fd=at)
    try:
        _require_plain(path, os.fstat(handle))
    except FrontmapError:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def _require_plain(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _refused(path, _kind(status.st_mode))
    if status.st_size > MOST_BYTES:
        raise _too_long(path, MOST_BYTES)


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"


def _kind_of_entry(entry: os.DirEntry[str]) -> Kind:
    if entry.is_file(follow_symlinks=False):
        return "file"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "link" if entry.is_symlink() else "other"


def _refused(path: Path, kind: Kind | None) -> InputError:
    what = _SAID_OF[kind or "other"]
    return InputError(
        f"{path}: {what}; frontmap opens plain files and folders only: "
        "put the thing itself there, or remove it"
    )


def _too_long(path: Path, most: int) -> InputError:
    return InputError(
        f"{path}: more than {most >> 20} MiB; split or simplify it (in QGIS: Simplify)"
    )

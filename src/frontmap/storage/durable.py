"""Durable files: written whole or not at all, and synced before they are named."""

from __future__ import annotations

import errno
import itertools
import os
import re
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from frontmap.errors import NotFoundError
from frontmap.storage.opener import open_folder, require_plain_or_missing
from frontmap.storage.refusals import naming

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from frontmap.storage.pinned import Below

_STAGED = re.compile(r"\..*~(?:(\d+)-\d+|claim)\.part", re.DOTALL)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_serial = itertools.count()


class Staged(NamedTuple):
    """A file written and synced under another name beside ``path``, in the open folder ``at``."""

    path: Path
    at: int
    name: str


def create(path: Path, data: bytes, *, below: Below | None = None) -> None:
    """Write a new file whole or not at all, synced; never touch an existing one.

    Raises ``StorageError`` when the system refuses, also when ``path`` exists already;
    ``InputError`` when a link leads there from ``below``.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> create(folder / "2024" / "a.txt", b"first", below=folder)
    >>> create(folder / "2024" / "a.txt", b"second")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.StorageError: ...a.txt: File exists; frontmap never writes over it
    >>> (folder / "2024" / "a.txt").read_bytes()
    b'first'
    """
    make_folder(path.parent, below=below)
    with staged(path, data, below=below) as part, naming(path):
        _link(part)
        try:
            os.fsync(part.at)
        except OSError:
            os.unlink(path.name, dir_fd=part.at)
            raise


def replace(path: Path, data: bytes, *, below: Below | None = None) -> None:
    """Write a file whole, in the place of the one there or new; a crash leaves the old or the new.

    The mode of the one there stays. Raises ``StorageError`` when the disk is full or the system
    refuses, ``InputError`` when something else than a plain file is there; then nothing changed.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> for data in (b"first", b"second"):
    ...     replace(folder / "map.html", data)
    >>> [(path.name, path.read_bytes()) for path in folder.iterdir()]
    [('map.html', b'second')]
    """
    make_folder(path.parent, below=below)
    require_plain_or_missing(path, below=below or path.parent)
    _remove_abandoned(path, below)
    with staged(path, data, below=below) as part:
        move_into_place(part)


@contextmanager
def staged(path: Path, data: bytes, *, below: Below | None = None) -> Iterator[Staged]:
    """Write and sync ``data`` beside ``path``; whatever happens then, remove what is left of it.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> with staged(folder / "a.txt", b"whole") as part:
    ...     len(list(folder.iterdir())), (folder / "a.txt").exists()
    (1, False)
    >>> list(folder.iterdir())
    []
    """
    with open_folder(path.parent, below=below) as at:
        part = Staged(path, at, f".{path.name}~{os.getpid()}-{next(_serial)}.part")
        try:
            with naming(path):
                _write(part, data)
            yield part
        finally:
            with suppress(OSError):
                os.unlink(part.name, dir_fd=at)


def move_into_place(part: Staged) -> None:
    """Give a staged file its name, in the place of the file there, and make that durable.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> with staged(folder / "a.txt", b"whole") as part:
    ...     move_into_place(part)
    >>> (folder / "a.txt").read_bytes()
    b'whole'
    """
    with naming(part.path):
        os.rename(part.name, part.path.name, src_dir_fd=part.at, dst_dir_fd=part.at)
        os.fsync(part.at)


def write_scratch(path: Path, data: bytes, *, below: Below | None = None) -> None:
    """Write a small file that may be lost, such as a note for the next writer: it isn't synced.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> for day in (b"2024-08-30", b"2024-08-31"):
    ...     write_scratch(folder / "hint", day)
    >>> (folder / "hint").read_bytes()
    b'2024-08-31'
    """
    with open_folder(path.parent, below=below) as at, naming(path):
        with suppress(FileNotFoundError):
            os.unlink(path.name, dir_fd=at)
        handle = os.open(path.name, _NEW, 0o666, dir_fd=at)
        try:
            _write_all(handle, data)
        finally:
            os.close(handle)


def remove(path: Path, *, below: Below | None = None, sync: bool = True) -> None:
    """Remove a file if it is there, and sync its folder; no matter where the folder is missing.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> create(folder / "a.txt", b"")
    >>> remove(folder / "a.txt")
    >>> remove(folder / "a.txt")  # no matter that it is gone
    >>> list(folder.iterdir())
    []
    """
    with (
        suppress(NotFoundError),
        open_folder(path.parent, below=below) as at,
        naming(path),
    ):
        os.unlink(path.name, dir_fd=at)
        if sync:
            os.fsync(at)


def make_folder(folder: Path, *, below: Below | None = None) -> None:
    """Create a folder and what is missing above it; each new name is synced.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> make_folder(folder / "2024" / "08", below=folder)
    >>> [path.name for path in folder.rglob("*")]
    ['2024', '08']
    """
    if below is None and folder.is_dir():
        return
    with naming(folder):
        start = below or next(above for above in folder.parents if above.exists())
    with open_folder(folder, below=start, make=True):
        pass


def remove_staged(folder: Path, *, below: Below | None = None) -> None:
    """Remove what killed writers have staged in ``folder``; call it under the writers' lock.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / ".a.txt~123-0.part").write_bytes(b"ha")  # as a killed writer leaves it
    >>> _ = (folder / "a.txt").write_bytes(b"whole")
    >>> remove_staged(folder)
    >>> [path.name for path in folder.iterdir()]
    ['a.txt']
    """
    with open_folder(folder, below=below) as at, naming(folder):
        for name, _ in _staged_in(at):
            os.unlink(name, dir_fd=at)


def _write(part: Staged, data: bytes) -> None:
    """Write and sync a staged file, with the mode of the one whose place it may take."""
    handle = os.open(part.name, _NEW, 0o666, dir_fd=part.at)
    try:
        with suppress(FileNotFoundError):
            there = os.stat(part.path.name, dir_fd=part.at, follow_symlinks=False)
            if stat.S_ISREG(there.st_mode):
                os.fchmod(handle, there.st_mode & 0o777)
        _write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _link(part: Staged) -> None:
    at, name = part.at, part.path.name
    try:
        os.link(part.name, name, src_dir_fd=at, dst_dir_fd=at, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _claim(part)


def _claim(part: Staged) -> None:
    """Name a staged file where the system has no links: claim the name first, then rename."""
    at, name = part.at, part.path.name
    claim = f".{name}~claim.part"
    os.close(os.open(claim, _NEW, 0o666, dir_fd=at))
    try:
        with suppress(FileNotFoundError):
            os.stat(name, dir_fd=at, follow_symlinks=False)
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
        os.rename(part.name, name, src_dir_fd=at, dst_dir_fd=at)
    finally:
        os.unlink(claim, dir_fd=at)


def _remove_abandoned(path: Path, below: Below | None) -> None:
    """Remove what processes that no longer run have staged for ``path``."""
    with open_folder(path.parent, below=below) as at, naming(path):
        for name, pid in _staged_in(at):
            if name.startswith(f".{path.name}~") and pid and not _runs(int(pid)):
                os.unlink(name, dir_fd=at)


def _staged_in(at: int) -> list[tuple[str, str | None]]:
    """List the staged files of a folder, each with the number of the process that made it."""
    with os.scandir(at) as listed:
        found = [_STAGED.fullmatch(entry.name) for entry in listed]
    return [(match[0], match[1]) for match in found if match]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True

"""Durable files: written whole or not at all, synced before they are named, one writer a time."""

from __future__ import annotations

import errno
import glob
import itertools
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from frontmap.errors import NotFoundError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_SECONDS = 60.0
_STAGED_SUFFIX = ".part"
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_serial = itertools.count()


def read(path: Path, *, most: int = -1) -> bytes:
    """Return the bytes of a file (at most so many); ``NotFoundError`` when there is none.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.csv").write_bytes(b"id,name")
    >>> read(folder / "a.csv", most=2)
    b'id'
    >>> read(Path("no/such/file"))
    Traceback (most recent call last):
    frontmap.errors.NotFoundError: no/such/file: there is no such file
    """
    with _naming(path), path.open("rb") as file:
        return file.read(most)


def create(path: Path, data: bytes) -> None:
    """Write a new file whole or not at all, synced; never touch an existing one.

    Raises ``StorageError`` when the system refuses, also when ``path`` exists already.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> create(folder / "2024" / "a.txt", b"first")
    >>> create(folder / "2024" / "a.txt", b"second")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.StorageError: ...a.txt: File exists; frontmap never writes over it
    >>> (folder / "2024" / "a.txt").read_bytes()
    b'first'
    """
    make_folder(path.parent)
    with staged(path, data) as part, _naming(path):
        _link(part, path)
        try:
            sync_folder(path.parent)
        except OSError:
            path.unlink(missing_ok=True)
            raise


def replace(path: Path, data: bytes) -> None:
    """Write a file whole, in the place of the one there or new; a crash leaves the old or the new.

    Every file that frontmap writes for somebody (map, report, table) goes through here. Raises
    ``StorageError`` when the disk is full or the system refuses; then nothing has changed.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> for data in (b"first", b"second"):
    ...     replace(folder / "map.html", data)
    >>> [(path.name, path.read_bytes()) for path in folder.iterdir()]
    [('map.html', b'second')]
    """
    make_folder(path.parent)
    _remove_abandoned(path)
    with staged(path, data) as part:
        move_into_place(part, path)


@contextmanager
def staged(path: Path, data: bytes) -> Iterator[Path]:
    """Write and sync ``data`` beside ``path``; whatever happens then, remove what is left of it.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> with staged(folder / "a.txt", b"whole") as part:
    ...     part.parent == folder, part.read_bytes(), (folder / "a.txt").exists()
    (True, b'whole', False)
    >>> list(folder.iterdir())
    []
    """
    part = path.with_name(f".{path.name}~{os.getpid()}-{next(_serial)}{_STAGED_SUFFIX}")
    try:
        with _naming(path), part.open("xb", buffering=0) as file:
            _write_all(file.fileno(), data)
            os.fsync(file.fileno())
        yield part
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def move_into_place(part: Path, path: Path) -> None:
    """Give a staged file its name, in the place of the file there, and make that durable.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> with staged(folder / "a.txt", b"whole") as part:
    ...     move_into_place(part, folder / "a.txt")
    >>> (folder / "a.txt").read_bytes()
    b'whole'
    """
    with _naming(path):
        part.replace(path)
        sync_folder(path.parent)


def write_hint(path: Path, data: bytes) -> None:
    """Write a small file that may be lost: a hint for the next writer, neither whole nor synced.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_hint(folder / "hint", b"2024-08-31")
    >>> read(folder / "hint")
    b'2024-08-31'
    """
    with _naming(path):
        path.write_bytes(data)


def remove(path: Path, *, sync: bool = True) -> None:
    """Remove a file if it is there, and sync its folder.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> create(folder / "a.txt", b"")
    >>> remove(folder / "a.txt")
    >>> remove(folder / "a.txt")  # no matter that it is gone
    >>> list(folder.iterdir())
    []
    """
    with _naming(path):
        if path.exists():
            path.unlink()
            if sync:
                sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Create a folder and what is missing above it; each new name is synced.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> make_folder(folder / "2024" / "08")
    >>> [path.name for path in folder.rglob("*")]
    ['2024', '08']
    """
    if folder.is_dir():
        return
    with _naming(folder):
        missing = [p for p in (folder, *folder.parents) if not p.exists()]
        for new in reversed(missing):
            with suppress(FileExistsError):
                new.mkdir()
            sync_folder(new.parent)


def remove_staged(folder: Path) -> None:
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
    with _naming(folder):
        for part in folder.glob(f".*~*{_STAGED_SUFFIX}"):
            part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> sync_folder(folder)
    """
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the writers' lock of ``folder``; the system frees it when the process ends.

    Raises ``StorageError`` when another writer holds it for longer than ``seconds``.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> with locked(folder), locked(folder, seconds=0):  # doctest: +ELLIPSIS
    ...     pass
    Traceback (most recent call last):
    frontmap.errors.StorageError: ...: another writer has held the lock for 0 s; try again when...
    """
    lock = FileLock(folder / ".lock", timeout=seconds)
    try:
        with _naming(folder):
            lock.acquire()
    except Timeout:
        raise StorageError(
            f"{folder}: another writer has held the lock for {seconds:g} s; try again when it ends"
        ) from None
    try:
        yield
    finally:
        lock.release()


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _link(part: Path, path: Path) -> None:
    try:
        os.link(part, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _claim(path, part)


def _claim(path: Path, part: Path) -> None:
    """Name a staged file where the system has no links: claim the name first, then rename."""
    claim = path.with_name(f".{path.name}~claim{_STAGED_SUFFIX}")
    with claim.open("xb"):
        try:
            if path.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
            part.replace(path)
        finally:
            claim.unlink()


def _remove_abandoned(path: Path) -> None:
    """Remove what processes that no longer run have staged for ``path``."""
    with _naming(path):
        for part in path.parent.glob(f".{glob.escape(path.name)}~*{_STAGED_SUFFIX}"):
            pid = part.name.rpartition("~")[2].partition("-")[0]
            if pid.isdecimal() and not _runs(int(pid)):
                part.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turn the system's refusal into an error of ours that names the file and the remedy."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFoundError(f"{error.filename or path}: there is no such file") from error
    except Timeout:
        raise
    except OSError as error:
        raise StorageError(
            f"{error.filename2 or error.filename or path}: {_reason(error)}"
        ) from error


def _reason(error: OSError) -> str:
    remedy = {
        errno.ENOSPC: "free some space and run the command again",
        errno.EDQUOT: "free some space and run the command again",
        errno.EIO: "check the disk",
        errno.EACCES: "check who may write there",
        errno.EPERM: "check who may write there",
        errno.EROFS: "the file system is read-only",
        errno.EEXIST: "frontmap never writes over it",
        errno.EISDIR: "name a file",
    }.get(error.errno or 0, "nothing was changed")
    what = os.strerror(error.errno) if error.errno else str(error)
    return f"{what}; {remedy}"

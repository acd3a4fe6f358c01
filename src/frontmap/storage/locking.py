"""One writer at a time, by a lock that the system frees when its process ends."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from frontmap.errors import StorageError
from frontmap.storage.opener import require_plain_or_missing
from frontmap.storage.refusals import naming

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_SECONDS = 60.0


@contextmanager
def locked(folder: Path, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the writers' lock of ``folder``; the system frees it when the process ends.

    Raises ``StorageError`` when another writer holds it for longer than ``seconds``, ``InputError``
    when something else than a plain file is in its place.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> with locked(folder), locked(folder, seconds=0):  # doctest: +ELLIPSIS
    ...     pass
    Traceback (most recent call last):
    frontmap.errors.StorageError: ...: another writer has held the lock for 0 s; try again when...
    """
    path = folder / ".lock"
    require_plain_or_missing(path, below=folder)
    lock = FileLock(path, timeout=seconds)
    try:
        with naming(folder):
            lock.acquire()
    except StorageError as error:
        if isinstance(error.__cause__, Timeout):
            raise StorageError(
                f"{folder}: another writer has held the lock for {seconds:g} s; "
                "try again when it ends"
            ) from None
        raise
    try:
        yield
    finally:
        lock.release()

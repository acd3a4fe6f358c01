"""What the system refuses, as an error of ours that names the file and the remedy."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from frontmap.errors import NotFoundError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REMEDIES = {
    errno.ENOSPC: "free some space and run the command again",
    errno.EDQUOT: "free some space and run the command again",
    errno.EIO: "check the disk",
    errno.EACCES: "check who may read and write there",
    errno.EPERM: "check who may read and write there",
    errno.EROFS: "the file system is read-only",
    errno.EEXIST: "frontmap never writes over it",
    errno.EISDIR: "name a file",
    errno.ENOTDIR: "name a folder, or remove the file in its place",
}


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn the system's refusal into ``NotFoundError`` or ``StorageError`` that names ``path``.

    >>> from pathlib import Path
    >>> with naming(Path("map.html")):
    ...     raise OSError(errno.ENOSPC, "")
    Traceback (most recent call last):
    frontmap.errors.StorageError: map.html: No space left on device; free some space and run the
    command again
    """
    try:
        yield
    except FileNotFoundError as error:
        raise NotFoundError(f"{path}: there is no such file") from error
    except OSError as error:
        what = os.strerror(error.errno) if error.errno else str(error)
        remedy = _REMEDIES.get(error.errno or 0, "nothing was changed")
        raise StorageError(f"{path}: {what}; {remedy}") from error
    except ValueError as error:  # a name that no system has: with a zero byte
        raise NotFoundError(f"{str(path)!r}: there is no such file ({error})") from error

"""Where the cache of an archive lies: in the user's own cache folder, private, and swept."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import platformdirs

from frontmap import storage
from frontmap.errors import FrontmapError
from frontmap.storage.opener import open_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The file in each folder that says of which archive it is.
PLACE = "archive"
MOST_BYTES = 4 << 30
UNUSED_DAYS, GONE_DAYS = 180, 7
_DAY_S = 86400
_OTHERS_WRITE = 0o022
_FOLDER = re.compile(r"[0-9a-f]{32}")
_NAME = rf"(?:{PLACE}|(?:revisions|areas|errors|changes|histories)(?:-[a-z]+)?\.json)"
#: What has another name was not made here, and is never removed.
_MADE_HERE = re.compile(rf"{_NAME}|\.{_NAME}~\d+-\d+\.part")


class CacheFolder(NamedTuple):
    """The folder at ``path`` for the archive that lies at ``place``, in the user's cache folder."""

    path: Path
    place: Path

    @property
    def top(self) -> Path:
        """The user's cache folder of frontmap."""
        return self.path.parent

    @property
    def below(self) -> Path:
        """The folder below which no link is followed."""
        return self.top.parent


def cache_folder(root: Path) -> CacheFolder | None:
    """Return the cache folder of the archive in the folder ``root``; None: do without.

    None is where the user's cache folder is a link, another user's, one that others can write to,
    or inside the archive. The folder need not be there yet.

    >>> found = cache_folder(Path("geodata/kursk"))
    >>> found == cache_folder(Path("geodata", "..", "geodata", "kursk")), found.top.name
    (True, 'frontmap')
    """
    top = platformdirs.user_cache_path("frontmap")
    try:
        place = root.resolve()
        inside = top.resolve().is_relative_to(place)
        if inside or not top.is_absolute() or not _is_own(top):
            return None
    except (OSError, RuntimeError, ValueError):  # a loop of links, a name that can't be
        return None
    name = hashlib.blake2b(os.fsencode(place), digest_size=16).hexdigest()
    return CacheFolder(top / name, place)


def make_folder(folder: CacheFolder) -> None:
    """Make a cache folder where it is missing, for its user alone; sweep the others then.

    Raises ``OSError`` or ``StorageError`` where that is refused.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = CacheFolder(Path(home, "frontmap", "0" * 32), Path("geodata/kursk"))
    ...     make_folder(folder)
    ...     (folder.path / PLACE).read_text(), oct(folder.top.stat().st_mode & 0o777)
    ('geodata/kursk', '0o700')
    """
    folder.below.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.top.mkdir(mode=0o700)
    if not _is_own(folder.top):
        raise PermissionError(f"{folder.top}: not this user's own")
    with open_folder(folder.top, below=folder.below) as at:
        os.fchmod(at, 0o700)
        try:
            os.mkdir(folder.path.name, 0o700, dir_fd=at)
        except FileExistsError:
            return
    storage.replace(folder.path / PLACE, os.fsencode(folder.place), below=folder.below)
    sweep(folder.top)


def mark_used(folder: CacheFolder) -> None:
    """Note that a cache folder was used now, where that can be noted.

    >>> mark_used(CacheFolder(Path("no", "such", "folder"), Path("geodata/kursk")))
    """
    with suppress(OSError):
        os.utime(folder.path, follow_symlinks=False)


def sweep(top: Path) -> None:
    """Remove the caches of archives that are gone or long unused, and the oldest of too much.

    Only files that a cache made are removed, and the folders that are empty then; no link is
    followed.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = CacheFolder(Path(home, "frontmap", "0" * 32), Path("no/such/archive"))
    ...     make_folder(folder)
    ...     os.utime(folder.path, (0, 0))
    ...     sweep(folder.top)
    ...     folder.path.exists(), folder.top.exists()
    (False, True)
    """
    total_bytes = 0
    for cached in sorted(_caches(top), key=lambda each: each.unused_s):
        total_bytes += cached.size_bytes
        unused_days = cached.unused_s / _DAY_S
        gone = unused_days > GONE_DAYS and _is_gone(cached.path)
        if gone or unused_days > UNUSED_DAYS or total_bytes > MOST_BYTES:
            with suppress(FrontmapError, OSError):
                _remove(cached.path)


class _Cache(NamedTuple):
    path: Path
    unused_s: float
    size_bytes: int


def _is_own(top: Path) -> bool:
    """Whether a folder is this user's alone to write, or not there yet."""
    try:
        status = os.lstat(top)
    except FileNotFoundError:
        return True
    own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    return own and not status.st_mode & _OTHERS_WRITE


def _caches(top: Path) -> Iterator[_Cache]:
    for path, kind in storage.entries(top, below=top.parent):
        if kind == "folder" and _FOLDER.fullmatch(path.name):
            with suppress(FrontmapError, OSError):
                files = list(_files(path))
                sizes = (storage.file_status(each, below=top.parent).st_size for each in files)
                unused_s = time.time() - storage.file_status(path, below=top.parent).st_mtime
                yield _Cache(path, unused_s, sum(sizes))


def _files(path: Path) -> Iterator[Path]:
    for each, kind in storage.entries(path, below=path.parents[1]):
        if kind == "file" and _MADE_HERE.fullmatch(each.name):
            yield each


def _is_gone(path: Path) -> bool:
    """Whether no archive lies at the place that a cache is of."""
    try:
        place = storage.read(path / PLACE, below=path.parents[1])
        Path(os.fsdecode(place), "archive.json").stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (FrontmapError, OSError, ValueError):
        return False
    return False


def _remove(path: Path) -> None:
    with open_folder(path, below=path.parents[1]) as at:
        for each in _files(path):
            os.unlink(each.name, dir_fd=at)
    with open_folder(path.parent, below=path.parents[1]) as at:
        os.rmdir(path.name, dir_fd=at)

"""Which revision files were read whole, and what tells one that was changed since.

A file is read again when its size, times, device or inode differ; and, as git does, when it changed
so shortly before it was read that a change right after need not show in its times.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from frontmap import storage
from frontmap.archive import layout
from frontmap.measure.cache.derived_file import read_rows, write_rows
from frontmap.storage.opener import open_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from frontmap.measure.cache.folder import CacheFolder

#: The coarsest clock of a file system that is in use (FAT) counts two seconds.
COARSEST_CLOCK_NS = 3_000_000_000
_FILE = "revisions.json"


class Stamp(NamedTuple):
    """What tells a revision file from a changed one without reading it."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    def vouches_at(self, now_ns: int) -> bool:
        """Whether a change at that instant or later would show in the times.

        >>> stamp = Stamp(1, 2, 3, modified_ns=0, changed_ns=5_000_000_000)
        >>> stamp.vouches_at(5_000_000_001), stamp.vouches_at(9_000_000_000)
        (False, True)
        """
        return max(self.modified_ns, self.changed_ns) + COARSEST_CLOCK_NS < now_ns


class ReadFile(NamedTuple):
    """A revision file that was read whole: its stamp then, and the digest of what it held."""

    stamp: Stamp
    digest: str


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the stamp of a file that was looked at.

    >>> stamp_of(os.stat_result((0, 5, 9, 0, 0, 0, 7, 0, 0, 0)))[:3]
    (9, 5, 7)
    """
    return Stamp(
        status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
    )


def file_stamp(root: Path, name: str) -> Stamp:
    """Return the stamp of a revision file, named as under ``revisions/`` of the archive.

    >>> from pathlib import Path
    >>> name = "2024/2024-08-31/20261122T224244Z-4c237868fcc9.geojson"
    >>> file_stamp(Path("geodata/kursk"), name).size
    37354
    """
    return stamp_of(storage.file_status(root / "revisions" / name, below=root))


def listed_stamps(root: Path) -> Iterator[tuple[str, Stamp]]:
    """Yield the name (under ``revisions/``) and stamp of every revision file of an archive.

    >>> from pathlib import Path
    >>> min(name for name, _ in listed_stamps(Path("geodata/kursk")))
    '2024/2024-08-06/20261122T224151Z-bbc333636b78.geojson'
    """
    for folder in layout.date_folders(root):
        date = f"{folder.parent.name}/{folder.name}"
        with open_folder(folder, below=root) as at, os.scandir(at) as entries:
            for entry in entries:
                if entry.name.endswith(".geojson") and not entry.name.startswith("."):
                    yield f"{date}/{entry.name}", stamp_of(entry.stat(follow_symlinks=False))


def now_ns() -> int:
    """Return the clock that stamps are held against.

    >>> now_ns() > 0
    True
    """
    return time.time_ns()


def read_files(folder: CacheFolder | None) -> dict[str, ReadFile]:
    """Return the revision files that were read whole, by name.

    >>> read_files(None)
    {}
    """
    return read_rows(folder, _FILE, {}, _parsed)


def write_files(folder: CacheFolder | None, files: Mapping[str, ReadFile]) -> None:
    """Replace the list of revision files that were read whole.

    >>> write_files(None, {})
    """
    rows = ([name, each.digest, *each.stamp] for name, each in files.items())
    write_rows(folder, _FILE, {}, rows)


def _parsed(row: Any) -> tuple[str, ReadFile]:  # noqa: ANN401  any JSON value
    name, digest, *numbers = row
    if not (isinstance(name, str) and isinstance(digest, str)):
        raise TypeError("a row names a file and a digest")
    if not all(type(number) is int for number in numbers):
        raise TypeError("a stamp is of whole numbers")
    return name, ReadFile(Stamp(*numbers), digest)

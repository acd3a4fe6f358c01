"""Whether the tables and the reference of an archive are plain files, whatever they say."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.errors import NotFoundError
from frontmap.facts.reference import REFERENCE
from frontmap.facts.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path


def require_plain_files(root: Path) -> None:
    """Raise where a table, or the reference, is there and cannot be opened.

    ``InputError`` names what is a link, a pipe, a device, a folder or too large, ``StorageError``
    what the system refuses to read. Nothing in them is looked at.

    >>> import tempfile
    >>> from pathlib import Path
    >>> root = Path(tempfile.mkdtemp())
    >>> _ = (root / "events.csv").write_text("no table")
    >>> require_plain_files(root)
    >>> (root / "sources.csv").symlink_to("events.csv")
    >>> require_plain_files(root)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.InputError: ...sources.csv: is a link; frontmap opens plain files and folders...
    """
    for name in (*TABLES, REFERENCE):
        with suppress(NotFoundError):
            storage.read_start(root / name, 1, below=root)

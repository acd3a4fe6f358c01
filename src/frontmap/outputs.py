"""What frontmap makes for somebody (a page, a report, a list): written where nothing is lost by it.

Each carries ``MARK``, and replaces only a file that carries it too, one that is empty, or what its
user says to replace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MARK = b"generator: frontmap"
_ABOUT = "archive.json"
_SUFFIXES = {".csv", ".geojson", ".json"}
_TEXTS = {"readme.md", "tables.md"}
_FOLDERS = {"profiles", "repairs", "revisions", "snapshots", "words"}


def save(files: Mapping[Path, bytes], *, force: bool = False) -> None:
    """Write files, each whole or not at all; where one may not be replaced, none is written.

    What is there is replaced where ``MARK`` is in it, or by ``force``; a file of an archive, a
    link, a folder or a device never is.

    Raises ``ConflictError`` or ``InputError`` for what is not replaced, ``UsageError`` for no name,
    ``StorageError`` when the system refuses.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> for text in (b"first", b"second"):
    ...     save({folder / "map.html": text + MARK})
    >>> _ = (folder / "notes.html").write_text("mine")
    >>> save({folder / "notes.html": MARK})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.ConflictError: ...notes.html: is there, and not made by frontmap; choose...
    """
    require_free(files, force=force)
    for path, data in files.items():
        storage.replace(path, data)


def require_free(paths: Iterable[Path], *, force: bool = False) -> None:
    """Raise what :func:`save` would, before the work of making what is to be written there.

    >>> from pathlib import Path
    >>> require_free([Path("geodata/kursk/reported.csv")], force=True)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.ConflictError: geodata/kursk/reported.csv: would be a file of the archive ...
    """
    for path in paths:
        _require_free(path, force=force)


def _require_free(path: Path, *, force: bool) -> None:
    if not path.name:
        raise UsageError(f"{str(path)!r}: names no file to write")
    if (archive := _archive_of(path)) is not None:
        raise ConflictError(
            f"{path}: would be a file of the archive {archive}; choose another place or ending"
        )
    folder = path.parent
    storage.require_plain_or_missing(path, below=folder)
    if force or storage.kind_of(path, below=folder) is None:
        return
    there = storage.read(path, below=folder)
    if there and MARK not in there:
        raise ConflictError(
            f"{path}: is there, and not made by frontmap; choose another name, "
            "or say --force to replace it"
        )


def _archive_of(path: Path) -> Path | None:
    """Return the archive of which a file at this path would be part, or None."""
    folder = path.parent.resolve()
    for root in (folder, *folder.parents):
        if storage.kind_of(root / _ABOUT, below=root) is not None:
            names = (*folder.relative_to(root).parts, path.name)
            of_archive = (
                names[0].lower() in _FOLDERS
                or any(name.startswith(".") for name in names)
                or (len(names) == 1 and _is_of_archive(path))
            )
            return root if of_archive else None
    return None


def _is_of_archive(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES or path.name.lower() in _TEXTS

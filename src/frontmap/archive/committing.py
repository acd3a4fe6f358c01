"""Put a revision into the folder: staged, committed, its copy in place; tidy after who was killed.

Every function here but :func:`tidying`, which takes it, runs under the writers' lock.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import copies, layout, lookup
from frontmap.errors import StorageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from frontmap.archive.new_revisions import Prepared, Writer
    from frontmap.model import Finding, Revision
    from frontmap.storage import PinnedFolder


@contextmanager
def tidying(writer: Writer) -> Iterator[None]:
    """Hold the writers' lock; first put back the copies that a killed writer left stale.

    >>> import tempfile, frontmap
    >>> from frontmap.archive.new_revisions import Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> with tidying(Writer(front.folder, front.about, utc_now)):
    ...     (front.root / layout.MARKER).exists()
    False
    """
    with storage.locked(writer.root):
        marker = writer.root / layout.MARKER
        if storage.kind_of(marker, below=writer.root) is not None:
            note = storage.read(marker, below=writer.root)
            date = layout.named_date(note.decode(errors="replace"))
            if date is not None:
                _tidy(writer, date)
            storage.remove(marker, below=writer.root)
        yield


def commit(writer: Writer, prepared: Prepared) -> Revision:
    """Write the revision (the commit point), then its copy.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive import preparing
    >>> from frontmap.archive.new_revisions import NewRevision, Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> commit(writer, preparing.prepare_first(writer, entry)) == front["2024-08-31"].revision
    True
    """
    revision = prepared.snapshot.revision
    _write(writer.folder, revision, prepared.text)
    writer.folder.require_there()  # else what was written is not where it would be looked for
    return revision


def put_back(writer: Writer, date: dt.date | None = None) -> tuple[Finding, ...]:
    """Put back every copy (of a date) that is not that of the revision in force; say which.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive import recording
    >>> from frontmap.archive.new_revisions import NewRevision, Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> layout.copy_path(front.root, recording.add(writer, entry)).unlink()
    >>> [done.rule for done in put_back(writer)]
    ['put back']
    """
    revisions = lookup.read_revisions(writer.root, date)
    done = copies.put_back(writer.root, revisions, states={*copies.SAFE_TO_REPLACE, "edited"})
    return (*done, *copies.left(copies.unexplained(writer.root, revisions, date)))


def _write(root: PinnedFolder, revision: Revision, text: bytes) -> None:
    """Stage the copy, so that a full disk shows now; commit; put the copy in its place."""
    path = layout.revision_path(root.location, revision)
    copy = layout.copy_path(root.location, revision)
    with _marked(root, revision.date):
        storage.require_plain_or_missing(copy, below=root)
        if revision.kind == "withdrawal":
            storage.create(path, text, below=root)
            with _recorded(revision):
                storage.remove(copy, below=root)
            return
        storage.make_folder(copy.parent, below=root)
        with storage.staged(copy, text, below=root) as part:
            storage.create(path, text, below=root)
            with _recorded(revision):
                storage.move_into_place(part)


@contextmanager
def _recorded(revision: Revision) -> Iterator[None]:
    """Say of a failure after the commit that the revision stands."""
    try:
        yield
    except StorageError as error:
        raise StaleCopyError(
            f"{revision.date} is recorded ({revision.digest[:12]}), "
            f"but its copy is not up to date: {error}; then run: frontmap fmt"
        ) from error


@contextmanager
def _marked(root: PinnedFolder, date: dt.date) -> Iterator[None]:
    """Leave a note of the date being written, for the next writer to tidy if we are killed."""
    marker = root.location / layout.MARKER
    try:
        storage.write_scratch(marker, date.isoformat().encode(), below=root)
        yield
    except StaleCopyError:
        raise
    except BaseException:
        with suppress(StorageError):
            storage.remove(marker, below=root, sync=False)
        raise
    else:
        with suppress(StorageError):
            storage.remove(marker, below=root, sync=False)


def _tidy(writer: Writer, date: dt.date) -> None:
    """Sweep what a killed writer staged for a date, and put the date's copies back."""
    revisions = lookup.read_revisions(writer.root, date)
    beside = (layout.copy_path(writer.root, r).parent for r in revisions)
    years = (writer.root / "snapshots" / f"{date.year:04d}", *beside)
    for folder in {layout.revisions_folder(writer.root, date), *years}:
        if storage.kind_of(folder, below=writer.root) == "folder":
            storage.remove_staged(folder, below=writer.root)
    copies.put_back(writer.root, revisions, states=copies.SAFE_TO_REPLACE)


class StaleCopyError(StorageError):
    """The revision is recorded, its copy is not up to date."""

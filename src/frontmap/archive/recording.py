"""Record revisions: prepare, commit. Every function here runs under the writers' lock."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from frontmap.archive.committing import commit, tidying
from frontmap.archive.preparing import (
    prepare_correction,
    prepare_first,
    prepare_following,
    prepare_resolution,
    prepare_withdrawal,
    require_present_format,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from frontmap.archive.new_revisions import NewRevision, Writer
    from frontmap.model import Revision


@contextmanager
def writing(writer: Writer) -> Iterator[None]:
    """Hold the lock of :func:`tidying` to record something, in an archive of the present format.

    Raises ``InputError`` for an older one, which is only read.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive.new_revisions import NewRevision, Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> with writing(writer):
    ...     add(writer, entry).kind
    'snapshot'
    """
    require_present_format(writer.about, writer.root)
    with tidying(writer):
        yield


def add(writer: Writer, entry: NewRevision) -> Revision:
    """Record the first revision of a date.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive.new_revisions import NewRevision, Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> add(writer, entry).kind
    'snapshot'
    >>> add(writer, entry)
    Traceback (most recent call last):
    frontmap.errors.ConflictError: 2024-08-31 has a snapshot already; to replace it: frontmap
    correct 2024-08-31 FILE
    """
    return commit(writer, prepare_first(writer, entry))


def correct(writer: Writer, entry: NewRevision, base: str | None) -> Revision:
    """Record new zones for a date; the revision that they started from must be in force.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive.new_revisions import NewRevision, Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> _ = add(writer, entry)
    >>> correct(writer, entry, None)
    Traceback (most recent call last):
    frontmap.errors.InputError: 2024-08-31: nothing to correct: these zones are in force already
    """
    return commit(writer, prepare_correction(writer, entry, base))


def withdraw(writer: Writer, entry: NewRevision, base: str | None) -> Revision:
    """Record that nothing is known for a date any more.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive.new_revisions import NewRevision, Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> first = add(writer, entry)
    >>> withdraw(writer, entry, first.digest).kind
    'withdrawal'
    """
    return commit(writer, prepare_withdrawal(writer, entry, base))


def resolve(writer: Writer, entry: NewRevision, keep: str | None) -> Revision:
    """Close a fork: keep the zones of one of the revisions in force, or record those given.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive.new_revisions import NewRevision, Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> _ = add(writer, entry)
    >>> resolve(writer, entry, None)
    Traceback (most recent call last):
    frontmap.errors.ConflictError: 2024-08-31 is not forked: there is nothing to resolve
    """
    return commit(writer, prepare_resolution(writer, entry, keep))


def follow(writer: Writer, entry: NewRevision, before: Revision) -> Revision:
    """Record what follows a revision in force, as a correction, whatever the archive's format.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive.new_revisions import NewRevision, Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> follow(writer, entry, add(writer, entry)).kind
    'correction'
    """
    return commit(writer, prepare_following(writer, entry, before))

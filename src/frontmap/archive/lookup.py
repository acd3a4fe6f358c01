"""Ask an archive's folder: which revisions it has, and which one answers for a date."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from frontmap.archive import history, layout
from frontmap.dates import instant_text
from frontmap.errors import NotFoundError, UsageError
from frontmap.model import FILLS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from frontmap.model import Fill, Revision, Snapshot


def read_revisions(root: Path, date: dt.date | None = None) -> tuple[Revision, ...]:
    """Return all revisions (of one valid date), headers only, in the order of recording.

    Raises ``IntegrityError`` when a file's header is damaged.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> [r.kind for r in read_revisions(Path("geodata/kursk"), dt.date(2024, 8, 31))]
    ['snapshot', 'correction', 'correction']
    """
    folders = layout.date_folders(root) if date is None else [layout.revisions_folder(root, date)]
    return history.recorded_order(r for folder in folders for r in layout.read_headers(folder))


def read_chain(root: Path, key: history.Key) -> tuple[Revision, ...]:
    """Return all revisions of a valid date and instant, headers only.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> len(read_chain(Path("geodata/kursk"), (dt.date(2024, 8, 31), None)))
    3
    """
    headers = layout.read_headers(layout.revisions_folder(root, key[0]))
    return tuple(r for r in headers if history.chain_key(r) == key)


def as_of(root: Path, date: dt.date, known: dt.datetime | None, fill: Fill) -> Revision:
    """Return the revision that answers for a valid date, as ``Archive.as_of`` promises.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> as_of(Path("geodata/kursk"), dt.date(2024, 9, 1), None, "previous").date.isoformat()
    '2024-08-31'
    """
    if fill not in FILLS:
        raise UsageError(f"fill={fill!r} names no one snapshot; use one of {', '.join(FILLS)}")
    folders = [layout.revisions_folder(root, date)]
    if fill == "previous":
        folders += reversed(_earlier(root, date))
    for folder in folders:
        if answers := history.all_in_force(layout.read_headers(folder), known):
            return answers[-1]
    raise NotFoundError(f"{root}: {_no_answer(root, date, known, fill)}")


def read_revision(root: Path, revision: Revision) -> Snapshot:
    """Read the zones of a revision; raises ``IntegrityError`` when it is damaged.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> read_revision(root, read_revisions(root)[0]).zones[0].status
    'contested'
    """
    (snapshot,) = read_each(root, [revision])
    return snapshot


def read_beside(root: Path, key: history.Key) -> tuple[Revision | None, Revision | None]:
    """Return what is in force right before and right after a valid date and instant.

    Headers of the nearest dates only are read, however many there are. Raises ``ConflictError``
    when one of them has two revisions in force, ``IntegrityError`` when a header is damaged.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> beside = read_beside(Path("geodata/kursk"), (dt.date(2024, 8, 31), None))
    >>> [revision.date.isoformat() for revision in beside]
    ['2024-08-28', '2024-09-05']
    """
    own = layout.revisions_folder(root, key[0])
    folders = layout.date_folders(root)
    before = [folder for folder in folders if folder.name < own.name]
    after = [folder for folder in folders if folder.name > own.name]
    place = history.key_order(key)

    def nearest(dates: Iterable[Path], *, later: bool) -> Revision | None:
        for folder in dates:
            there = (r for r in layout.read_headers(folder) if history.chain_key(r) != key)
            found = [r for r in history.all_in_force(there) if (history.order(r) > place) is later]
            if found:
                return found[0 if later else -1]
        return None

    return nearest([own, *reversed(before)], later=False), nearest([own, *after], later=True)


def read_each(root: Path, revisions: Iterable[Revision]) -> Iterator[Snapshot]:
    """Read revisions one after the other; a zone that stays as it was is the same object.

    Raises ``IntegrityError`` for one that is damaged, or that is another one by now: a name holds
    the beginning of a digest only.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> [snapshot.date.isoformat() for snapshot in read_each(root, read_revisions(root)[:2])]
    ['2024-08-06', '2024-08-07']
    """
    asked, named = itertools.tee(revisions)
    snapshots = layout.read_snapshots(layout.revision_path(root, each) for each in named)
    for revision, snapshot in zip(asked, snapshots, strict=True):
        if snapshot.digest != revision.digest:
            path = layout.revision_path(root, revision)
            raise layout.damaged(path, "it was replaced by another revision while it was read")
        yield snapshot


def _earlier(root: Path, date: dt.date) -> list[Path]:
    """Return the folders of the dates before one, oldest first."""
    folders = layout.date_folders(root)
    return [folder for folder in folders if folder.name < date.isoformat()]


def _no_answer(root: Path, date: dt.date, known: dt.datetime | None, fill: Fill) -> str:
    headers = layout.read_headers(layout.revisions_folder(root, date))
    visible = history.known_by(headers, known)
    if visible:  # then what is in force withdraws the date
        return history.withdrawn(visible)
    when = "" if known is None else f" that was known at {instant_text(known)}"
    earlier = _earlier(root, date)
    remedy = (
        f"; the last before it is {earlier[-1].name}: ask for that date, or for the last before "
        "(--fill previous)"
        if earlier and fill == "none"
        else "; see the dates: frontmap log"
    )
    return f"no snapshot of {date}{when}{remedy}"

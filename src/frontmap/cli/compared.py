"""What ``frontmap diff`` compares: revisions, files, and what git had, as pairs of snapshots."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from frontmap.cli.differences import NO_DATE
from frontmap.cli.options import find_archive
from frontmap.cli.output import say
from frontmap.dates import as_date
from frontmap.errors import InputError, NotFoundError, UsageError
from frontmap.model import Revision, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from frontmap.archive import Archive
    from frontmap.intake.file_zones import FileZones

    Pair = tuple[Snapshot, Snapshot]
    Read = Callable[[str, Archive | None, dt.date | None], FileZones]

_DIGEST = re.compile(r"[0-9a-f]{1,64}")
#: Of a file, which is no revision.
_NO_REVISION = Revision(
    date=NO_DATE,
    recorded=dt.datetime.min.replace(tzinfo=dt.UTC),
    kind="snapshot",
    maker="",
    author="",
    license="",
    reason="",
)


def pairs(
    folder: Path | None, words: Sequence[str], *, since: str | None, read: Read
) -> Iterator[Pair]:
    """Yield the pairs of snapshots that words name: a date and up to two of its revisions or files.

    A word in hexadecimal is the beginning of a digest, any other a file; a file alone comes after
    what is in force, or after the snapshot before a new date. Without a date: two files, for which
    no archive is needed. ``since`` is a git revision, with which every date (or the one named) is
    compared. ``folder`` is what ``--archive`` says; ``read`` reads a file beside an archive, or
    alone, of a date or of none.

    >>> words = ["2024-08-31", "4c237868"]
    >>> [(one, other)] = pairs(None, words, since=None, read=print)
    >>> one.digest[:8], other.digest[:8]
    ('4c237868', '7085c848')
    """
    date, names = _split(words)
    if len(names) > 2:  # noqa: PLR2004  one to compare with the other
        raise UsageError("give a DATE and two of its revisions or files at most, or two files")
    if since is not None:
        if names:
            raise UsageError("--since takes no revision and no file; give a DATE, if any")
        yield from find_archive(folder).pairs_since(since, date)
    elif date is not None:
        archive = find_archive(folder)
        if all(_DIGEST.fullmatch(name) for name in names):
            yield archive.pair(date, *names)
        else:
            yield _with_file(archive, date, names, read)
    elif len(names) == 2:  # noqa: PLR2004
        archive = None
        with suppress(NotFoundError, UsageError):
            archive = find_archive(folder)
        one, other = (_file(archive, name, _NO_REVISION, read) for name in names)
        yield one, other
    else:
        raise UsageError("give a DATE, two files, or --since REV")


def _split(words: Sequence[str]) -> tuple[dt.date | None, Sequence[str]]:
    """Part the date from what follows; of two files, there is none."""
    if not words or Path(words[0]).is_file():
        return None, words
    return as_date(words[0]), words[1:]


def _with_file(archive: Archive, date: dt.date, names: Sequence[str], read: Read) -> Pair:
    undated = replace(_NO_REVISION, date=date)
    if len(names) == 1:
        before = _in_force(archive, date) or archive.before(Snapshot(undated, ()))
        header = replace(before.revision, date=date)
        return before, _file(archive, names[0], header, read)
    ends = {name: archive.pair(date, name, name)[0] for name in names if _DIGEST.fullmatch(name)}
    header = next((end.revision for end in ends.values()), undated)
    one, other = (
        ends[name] if name in ends else _file(archive, name, header, read) for name in names
    )
    return one, other


def _in_force(archive: Archive, date: dt.date) -> Snapshot | None:
    """Return what is in force on a date, or withdraws it; None where nothing was recorded."""
    recorded = archive.revisions(date)
    found = archive.in_force(among=recorded) or recorded[-1:]
    return archive.read(found[-1]) if found else None


def _file(archive: Archive | None, name: str, header: Revision, read: Read) -> Snapshot:
    """Read a file as a snapshot, with the sources of a header that is not its own."""
    reading = read(name, archive, None if header.date == NO_DATE else header.date)
    for repair in reading.repairs:
        say(f"mended: {name}: {repair}")
    zones = sorted(reading.zones, key=lambda zone: zone.id)
    for one, following in pairwise(zones):
        if one.id == following.id:
            raise InputError(f"{name}: the id {one.id!r} occurs twice; give each zone its own")
    return Snapshot(replace(header, digest="", reason=name), tuple(zones))

"""Which snapshots of an archive a measure goes over, and the border that holds for all of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import shapely

from frontmap.facts import read_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.model import Fill, Per, Snapshot

Known = dt.datetime | dt.date | str | None


class Answer(NamedTuple):
    """The snapshot that answers for a date; its own date may be earlier."""

    date: dt.date
    snapshot: Snapshot

    @property
    def age_days(self) -> int:
        """Days from the snapshot's own date to the date that it answers for."""
        return (self.date - self.snapshot.date).days


def answers(
    archive: Archive,
    dates: Iterable[dt.date | str] | None = None,
    *,
    known: Known = None,
    fill: Fill = "none",
    per: Per = "date",
) -> Iterator[Answer]:
    """Yield the snapshot for each date asked, or the whole series in order of date.

    - ``dates``: valid dates; None means every date with a snapshot in force.
    - ``known``: as the archive knew it at that instant.
    - ``fill``: ``"previous"`` answers a date without a snapshot by the last one before it.
    - ``per``: where the maker gave several snapshots a day, ``"date"`` takes the last of each day
      and ``"snapshot"`` every one (of the whole series).

    Raises NotFoundError for a date that has no answer, ConflictError for a forked one.
    """
    if dates is not None:
        for date in dates:
            day = dt.date.fromisoformat(date) if isinstance(date, str) else date
            yield Answer(day, archive.as_of(day, known=known, fill=fill))
        return
    revisions = archive.in_force(known=known)
    if per == "date":
        revisions = tuple({revision.date: revision for revision in revisions}.values())
    for revision in revisions:
        yield Answer(revision.date, archive.read(revision))


def border_of(archive: Archive) -> BaseGeometry | None:
    """Return the state border of the archive's reference file, in degrees; None without one."""
    reference = read_reference(archive.root)
    lines = reference.loc[reference["kind"] == "border", "geometry"]
    return None if lines.empty else shapely.union_all(lines.to_numpy())

"""How much ground is certainly and possibly held on a day between two snapshots.

What both the last snapshot before a day and the next one after it show is *certainly* held on it;
what only one of the two shows is *possibly* held. Nothing else is assumed of the days between.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from frontmap.dates import as_dates
from frontmap.errors import InputError, NotFoundError, UsageError
from frontmap.geometry.changed import ground_changes
from frontmap.geometry.counted_once import STATUSES_OF, counted_km2, pieces
from frontmap.geometry.exact_area import METHOD, polygon_areas_km2
from frontmap.measure.area_errors import snapshot_uncertainties
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.timeline import border_of, parties_of, require
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from frontmap.archive import Archive
    from frontmap.dates import DatesLike
    from frontmap.measure.timeline import Known
    from frontmap.model import Errors, Revision, Snapshot

COLUMNS = (
    "date",
    "maker",
    "party",
    "certainly_controlled_km2",
    "possibly_controlled_km2",
    "certainly_held_km2",
    "possibly_held_km2",
    "error_km2",
    "bound_km2",
    "before_date",
    "after_date",
    "before_digest",
    "after_digest",
    "method",
)
#: More than a century, day by day.
MOST_DAYS = 40_000


class Between(NamedTuple):
    """The revisions that a day lies between: the same one twice where the day has its own."""

    before: Revision
    after: Revision


class CertainPossible(NamedTuple):
    """A party's ground in square kilometres: what two snapshots both show, what either does."""

    certainly_controlled_km2: float
    possibly_controlled_km2: float
    certainly_held_km2: float
    possibly_held_km2: float


def areas_between(
    archive: Archive,
    *,
    dates: DatesLike | None = None,
    known: Known = None,
    errors: Errors = "estimate",
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Measure what each party certainly and possibly holds on any day within the series.

    Parameters
    ----------
    archive, known, errors, executor
        As :func:`frontmap.measure.area.areas`.
    dates
        Days, with or without a snapshot; None means every day from the first snapshot to the last.

    Returns
    -------
    pandas.DataFrame
        One row per day and party. ``date``, ``before_date`` and ``after_date`` are datetime64[us];
        areas are in square kilometres on the WGS 84 ellipsoid. ``certainly_…`` is the ground that
        both snapshots show, ``possibly_…`` what either of them does, as ``…controlled`` or
        ``…held`` (controlled or contested). ``certainly_… ≤`` either snapshot ``≤ possibly_…``; on
        a day with a snapshot of its own all are its area, and the two dates and digests are its
        own. Where a day has several instants, the last of the day before and the first of the day
        after count. ``error_km2`` and ``bound_km2`` are the greater of the two snapshots'.

    Raises
    ------
    NotFoundError
        A day before the first snapshot or after the last: it lies between nothing.
    UsageError
        The two snapshots are of different makers, which are never mixed.
    InputError
        The series has more than 40,000 days, and no dates were given.
    ConflictError
        As ``Archive.in_force``.

    Examples
    --------
    >>> import frontmap
    >>> day = areas_between(frontmap.open("geodata/kursk"), dates="2024-09-01")
    >>> day[["certainly_controlled_km2", "possibly_controlled_km2"]].round().values.tolist()
    [[880.0, 921.0]]
    >>> day[["before_date", "after_date"]].astype(str).values.tolist()
    [['2024-08-31', '2024-09-05']]
    """
    require(archive, errors=errors)
    revisions = archive.in_force(known=known)
    asked = as_dates(dates)
    days = _every_day(archive, revisions) if asked is None else sorted(set(asked))
    of_days = [revision.date for revision in revisions]
    found = {day: _between(archive, revisions, of_days, day) for day in days}
    pairs = list(dict.fromkeys(found.values()))
    ends = list(dict.fromkeys(revision for pair in pairs for revision in pair))
    work = partial(_measured, archive)
    measured = dict(zip(pairs, map_batches(work, pairs, executor=executor), strict=True))
    parties = sorted({party for own in measured.values() for party in own})
    uncertainties = (
        snapshot_uncertainties(
            archive, ends, by="party", border=border_of(archive), executor=executor
        )
        if errors == "estimate"
        else {}
    )

    def uncertainty(pair: Between, party: str) -> dict[str, float]:
        own = [uncertainties.get((end.digest, party, "")) for end in pair]
        absent = 0.0 if errors == "estimate" else math.nan
        return {
            name: max(absent if each is None else getattr(each, name) for each in own)
            for name in ("error_km2", "bound_km2")
        }

    rows = [
        _identity(day, pair)
        | {"party": party}
        | measured[pair].get(party, CertainPossible(0.0, 0.0, 0.0, 0.0))._asdict()
        | uncertainty(pair, party)
        for day, pair in found.items()
        for party in parties
    ]
    return with_typed_dates(pd.DataFrame(rows, columns=[*COLUMNS]))


def certain_and_possible(before: Snapshot, after: Snapshot) -> dict[str, CertainPossible]:
    """Measure, for each party of two snapshots, what both of them show and what either does.

    Raises ``InputError`` naming the dates when that costs too much to work out.

    >>> import frontmap
    >>> first, second = list(frontmap.open("geodata/kursk").snapshots())[:2]
    >>> found = certain_and_possible(first, second)["UA"]
    >>> found.certainly_controlled_km2 < found.possibly_controlled_km2
    True
    """
    parties, parts = parties_of([before, after]), pieces(before)
    ends: dict[str, list[float]] = {party: [] for party in parties}
    for basis, statuses in STATUSES_OF.items():
        try:
            changes = ground_changes(before.zones, after.zones, parties, basis)
        except InputError as error:
            raise InputError(f"{before.date} to {after.date}: {error}") from None
        for party, change in changes.items():
            start_km2 = counted_km2(parts, *statuses, party=party)
            gained_km2, lost_km2 = (
                float(polygon_areas_km2(faces).sum()) for faces in (change.gained, change.lost)
            )
            ends[party] += [max(start_km2 - lost_km2, 0.0), start_km2 + gained_km2]
    return {party: CertainPossible(*own) for party, own in ends.items()}


def _every_day(archive: Archive, revisions: Sequence[Revision]) -> list[dt.date]:
    if not revisions:
        return []
    first, last = revisions[0].date, revisions[-1].date
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise InputError(
            f"{archive.root}: {count:,} days from {first} to {last}, {MOST_DAYS:,} at most; "
            "ask for dates"
        )
    return [first + dt.timedelta(days) for days in range(count)]


def _between(
    archive: Archive, revisions: Sequence[Revision], of_days: Sequence[dt.date], day: dt.date
) -> Between:
    after, until = bisect_left(of_days, day), bisect_right(of_days, day)
    if until == 0 or after == len(revisions):
        missing = "before" if until == 0 else "after"
        raise NotFoundError(
            f"{archive.root}: no snapshot of {day} or {missing} it, so that it lies between "
            "nothing; see the dates: frontmap log"
        )
    before = revisions[until - 1]
    pair = Between(before, before if before.date == day else revisions[after])
    one, other = (revision.maker for revision in pair)
    if one != other:
        raise UsageError(
            f"{day} lies between {pair.before.date} by {one} and {pair.after.date} by {other}: "
            "two makers are never mixed; to set them side by side: frontmap makers"
        )
    return pair


def _identity(day: dt.date, pair: Between) -> dict[str, Any]:
    before, after = pair
    return {
        "date": day,
        "maker": before.maker,
        "before_date": before.date,
        "after_date": after.date,
        "before_digest": before.digest,
        "after_digest": after.digest,
        "method": METHOD,
    }


def _measured(archive: Archive, batch: Sequence[Between]) -> list[dict[str, CertainPossible]]:
    ends = archive.read_each(end for pair in batch for end in pair)
    return [certain_and_possible(*pair) for pair in zip(ends, ends, strict=True)]

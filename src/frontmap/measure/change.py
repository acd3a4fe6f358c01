"""What one party gained and lost between two snapshots of one maker."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from frontmap.errors import InputError, UsageError
from frontmap.geometry.changed import ground_changes
from frontmap.geometry.counted_once import (
    STATUSES_OF,
    PieceCache,
    counted_km2,
    merged,
    pieces,
    union,
)
from frontmap.geometry.exact_area import METHOD
from frontmap.measure.area import area_km2
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.timeline import answers, parties_of, require
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from geopandas import GeoDataFrame

    from frontmap.archive import Archive
    from frontmap.dates import DateLike, DatesLike
    from frontmap.geometry.changed import GroundChange
    from frontmap.geometry.counted_once import Piece
    from frontmap.measure.timeline import Answer, Known
    from frontmap.model import Basis, Fill, Per, Snapshot

COLUMNS = (
    "from_date",
    "to_date",
    "days",
    "from_maker",
    "to_maker",
    "party",
    "basis",
    "start_km2",
    "gained_km2",
    "lost_km2",
    "net_km2",
    "unchanged_km2",
    "end_km2",
    "gained_km2_per_day",
    "lost_km2_per_day",
    "net_km2_per_day",
    "from_digest",
    "to_digest",
    "method",
)
_SECONDS_PER_DAY = 86400


def changes(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archive: Archive,
    *,
    dates: DatesLike | None = None,
    basis: Basis = "controlled",
    known: Known = None,
    fill: Fill = "none",
    per: Per = "date",
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Measure what each party gained and lost from each snapshot to the next.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    dates
        The dates between which to measure, in order; None means the whole series.
    basis
        ``"controlled"`` ground, or ``"held"``: controlled and contested together.
    known, fill, per
        As :func:`frontmap.measure.timeline.answers`.
    executor
        Any ``concurrent.futures`` executor; None works in this process. The same to the bit.

    Returns
    -------
    pandas.DataFrame
        One row per step and party with ground in either snapshot. ``from_date`` and ``to_date`` are
        datetime64[us]. ``gained_km2`` and ``lost_km2``
        are gross, ``net_km2`` is their difference, ``unchanged_km2`` was held throughout;
        ``start_km2 + gained_km2 - lost_km2 = end_km2`` to 1e-9 km². ``days`` are the true days
        between the two snapshots (of two of one date, between the maker's instants), which the
        rates divide by; a rate over no time is blank. Where the maker changes from one
        snapshot to the next, the ground between them is not compared: its figures are blank.
        Areas on the WGS 84 ellipsoid, edges straight in longitude/latitude.

    Raises
    ------
    NotFoundError, ConflictError
        As ``Archive.as_of``.
    UsageError
        ``archive`` is not an open archive, or a word is none of the choices.

    Examples
    --------
    >>> import frontmap
    >>> table = frontmap.changes(frontmap.open("geodata/kursk"))
    >>> list(table.columns[:3])
    ['from_date', 'to_date', 'days']
    """
    require(archive, basis=basis)
    found = answers(archive, dates, known=known, fill=fill, per=per)
    steps = list(pairwise(found))
    rows = list(map_batches(partial(_measured, archive, basis), steps, executor=executor))
    return with_typed_dates(pd.DataFrame(rows, columns=[*COLUMNS]))


def changed_ground(  # noqa: PLR0913  independent choices, keyword-only beyond the two dates
    archive: Archive,
    start: DateLike,
    end: DateLike,
    *,
    basis: Basis = "controlled",
    known: Known = None,
    fill: Fill = "none",
) -> GeoDataFrame:
    """Map what each party gained, lost and kept between two dates.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns ``party, kind, area_km2, geometry`` (EPSG:4326); ``kind`` is gained, lost or
        unchanged, a row of each for every party, empty where there is none.

    Raises
    ------
    UsageError
        The two snapshots are of different makers: a change of maker is no change on the ground.
    NotFoundError, ConflictError
        As ``Archive.as_of``.

    Examples
    --------
    >>> import frontmap
    >>> ground = frontmap.changed_ground(frontmap.open("geodata/kursk"), "2024-08-06", "2024-08-12")
    >>> ground["kind"].tolist(), ground["area_km2"].round().tolist()
    (['gained', 'lost', 'unchanged'], [478.0, 0.0, 60.0])
    """
    import geopandas as gpd  # noqa: PLC0415  a table of steps need not wait for it

    require(archive, basis=basis)
    one, other = answers(archive, [start, end], known=known, fill=fill)
    makers = [answer.revision.maker for answer in (one, other)]
    if makers[0] != makers[1]:
        raise UsageError(
            f"{one.date} is by {makers[0]} and {other.date} by {makers[1]}: a change of maker "
            "is no change on the ground; to set makers side by side: frontmap makers"
        )
    old, new = archive.read(one.revision), archive.read(other.revision)
    parties = parties_of([old, new])
    parts = pieces(old)
    rows = []
    for party, change in ground_changes(old.zones, new.zones, parties, basis).items():
        start_ground = merged(parts, *STATUSES_OF[basis], party=party)
        lost = union(list(change.lost))
        kinds = {
            "gained": union(list(change.gained)),
            "lost": lost,
            "unchanged": union([start_ground.difference(lost)]),
        }
        rows += [{"party": party, "kind": kind, "geometry": g} for kind, g in kinds.items()]
    frame = gpd.GeoDataFrame(
        rows, columns=["party", "kind", "geometry"], geometry="geometry", crs="EPSG:4326"
    )
    frame.insert(2, "area_km2", area_km2(frame.geometry.to_numpy()))
    return frame


def _measured(
    archive: Archive, basis: Basis, batch: Sequence[tuple[Answer, Answer]]
) -> list[dict[str, Any]]:
    cache = PieceCache()
    found = [batch[0][0], *(end for _, end in batch)]
    snapshots = archive.read_each(answer.revision for answer in found)
    opened = (
        _Opened(answer, snapshot, pieces(snapshot, cache))
        for answer, snapshot in zip(found, snapshots, strict=True)
    )
    return [row for one, other in pairwise(opened) for row in _rows(one, other, basis)]


class _Opened(NamedTuple):
    answer: Answer
    snapshot: Snapshot
    parts: tuple[Piece, ...]


def _rows(one: _Opened, other: _Opened, basis: Basis) -> Iterator[dict[str, Any]]:
    old, new = one.snapshot, other.snapshot
    head = step_columns(one.answer, other.answer, basis)
    makers = {"from_maker": old.revision.maker, "to_maker": new.revision.maker}
    parties = parties_of([old, new])
    with naming_step(one.answer, other.answer):
        compared = old.revision.maker == new.revision.maker
        found = ground_changes(old.zones, new.zones, parties, basis) if compared else {}
    for party in parties:
        start_km2, end_km2 = (
            counted_km2(each.parts, *STATUSES_OF[basis], party=party) for each in (one, other)
        )
        ends = {"party": party, "start_km2": start_km2, "end_km2": end_km2}
        yield head | makers | ends | _figures(found.get(party), start_km2, head["days"])


def _figures(change: GroundChange | None, start_km2: float, days: float) -> dict[str, float]:
    if change is None:
        return {}
    gained, lost = (float(area_km2(faces).sum()) for faces in (change.gained, change.lost))
    figures = {"gained_km2": gained, "lost_km2": lost, "net_km2": gained - lost}
    rates = {f"{name}_per_day": km2 / days for name, km2 in figures.items()} if days else {}
    return figures | {"unchanged_km2": max(start_km2 - lost, 0.0)} | rates


def step_columns(one: Answer, other: Answer, basis: Basis) -> dict[str, Any]:
    """Say between what a step lies: dates, true days, digests; with its basis and its method.

    >>> import frontmap
    >>> step = answers(frontmap.open("geodata/kursk"), ["2024-08-06", "2024-08-12"])
    >>> step_columns(*step, "held")["days"]
    6.0
    """
    return {
        "from_date": one.date,
        "to_date": other.date,
        "days": _days(one, other),
        "basis": basis,
        "from_digest": one.revision.digest,
        "to_digest": other.revision.digest,
        "method": METHOD,
    }


@contextmanager
def naming_step(one: Answer, other: Answer) -> Iterator[None]:
    """Name the two dates in an ``InputError`` about what lies between them.

    >>> import frontmap
    >>> with naming_step(*answers(frontmap.open("geodata/kursk"), ["2024-08-06", "2024-08-12"])):
    ...     raise InputError("too many lines")
    Traceback (most recent call last):
    frontmap.errors.InputError: 2024-08-06 to 2024-08-12: too many lines
    """
    try:
        yield
    except InputError as error:
        raise InputError(f"{one.date} to {other.date}: {error}") from None


def _days(one: Answer, other: Answer) -> float:
    """Days between the snapshots themselves, whatever dates they answer for."""
    old, new = one.revision, other.revision
    if one.date == other.date and old.published and new.published:
        return (new.published - old.published).total_seconds() / _SECONDS_PER_DAY
    return float((new.date - old.date).days)

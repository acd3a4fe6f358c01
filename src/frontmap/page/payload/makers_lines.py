"""Other makers' lines of held ground, to be drawn over the map of an archive."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.archive.side_by_side import maker_names
from frontmap.errors import InputError, UsageError
from frontmap.geometry.counted_once import STATUSES_OF, PieceCache, merged, pieces
from frontmap.geometry.crossings import too_costly
from frontmap.measure.makers import covered_by_all
from frontmap.page.payload.base_map import LINES_TO_DEG

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from shapely import LineString, MultiPolygon, Polygon

    from frontmap.archive import Archive
    from frontmap.model import Snapshot
    from frontmap.page.payload.fields import MakerBeside
    from frontmap.page.payload.zones import PackedZones


def packed_beside(
    archive: Archive,
    others: Sequence[Archive],
    snapshots: Sequence[Snapshot],
    ground: PackedZones,
    *,
    known: dt.datetime | None = None,
) -> list[MakerBeside]:
    """Pack each other maker's line of held ground on the dates of ``snapshots`` into ``ground``.

    On each date it is that of the other's snapshot of that date or its last before: the outline of
    controlled and contested ground together of each of its parties, within what both makers map.
    The others are only read. Raises ``UsageError`` where the makers map no ground in common or the
    other has no snapshot on any of the dates or before; ``InputError`` where its line costs too
    much to cut; ``ConflictError`` when a date of it has two revisions in force.

    >>> from frontmap.page.payload.sources import CitedSources
    >>> from frontmap.page.payload.zones import PackedZones
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> days = [kursk["2024-08-31"], kursk["2024-09-05"]]
    >>> (other,) = packed_beside(kursk, [kursk], days, PackedZones(days, CitedSources(kursk.root)))
    >>> other["maker"], other["of_date"], other["dates"], list(other["lines"])
    ('frontmap (2)', [0, 1], ['2024-08-31', '2024-09-05'], ['UA'])
    """
    names = maker_names([archive, *others])[1:]
    days = [snapshot.date for snapshot in snapshots]
    return [
        _packed(name, other, covered_by_all([archive, other]), days, ground, known)
        for name, other in zip(names, others, strict=True)
    ]


def credits_beside(archive: Archive, others: Sequence[Archive]) -> list[str]:
    """Return what is owed to each other maker: its name, its attribution and its licence.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> credits_beside(kursk, [])
    []
    """
    names = maker_names([archive, *others])[1:]
    return [
        ": ".join([name, ", ".join(filter(None, [other.about.attribution, other.about.license]))])
        for name, other in zip(names, others, strict=True)
    ]


def _packed(  # noqa: PLR0913, PLR0917  what one line is made of
    name: str,
    other: Archive,
    common: Polygon | MultiPolygon,
    days: Sequence[dt.date],
    ground: PackedZones,
    known: dt.datetime | None,
) -> MakerBeside:
    revisions = other.in_force(known=known)
    dates = [revision.date for revision in revisions]
    places = [bisect_right(dates, day) - 1 for day in days]
    used = sorted({*places} - {-1})
    if not used:
        raise UsageError(
            f"{other.root}: has no snapshot on a date of the page or before; there is no line to "
            "draw"
        )
    number = {place: index for index, place in enumerate(used)}
    lines: dict[str, list[list[int]]] = {}
    cache = PieceCache()
    for index, snapshot in enumerate(other.read_each(revisions[place] for place in used)):
        parts = pieces(snapshot, cache)
        for party in sorted({part.zone.party for part in parts}):
            held = merged(parts, *STATUSES_OF["held"], party=party)
            try:
                rings = [ground.add_line(line) for line in _outline(held, common)]
            except InputError as error:
                raise InputError(f"{other.root}, {snapshot.date}: {error}") from None
            if rings:
                lines.setdefault(party, [[] for _ in used])[index] = rings
    return {
        "maker": name,
        "of_date": [number.get(place, -1) for place in places],
        "dates": [dates[place].isoformat() for place in used],
        "lines": lines,
    }


def _outline(held: shapely.Geometry, common: Polygon | MultiPolygon) -> Iterator[LineString]:
    """Yield the outline of ground as lines, as far as common ground goes, generalised to 30 m."""
    line = shapely.boundary(held)
    if not common.covers(line):
        if why := too_costly(np.array([held, common], dtype=object)):
            raise InputError(f"the ground that a maker holds: {why}")
        line = shapely.line_merge(shapely.intersection(line, common))
    for part in shapely.get_parts(shapely.simplify(line, LINES_TO_DEG)):
        if isinstance(part, shapely.LineString) and not part.is_empty:
            yield part

"""Pieces of zones that lie so far from all other ground that they are a slip of the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.model import Finding
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from frontmap.model import Snapshot

#: A front may have pieces a day's drive apart, and is never so small that this is far.
LEAST_DEGREES = 2.0


def far_pieces(snapshots: Iterable[Snapshot]) -> Iterator[Finding]:
    """Yield a finding for each snapshot with a piece of ground farther away than all else reaches.

    A piece is one polygon of a zone. It is far where the box about it lies more than two degrees
    from that of any other piece, and farther than the box about all others reaches from corner to
    corner. The farthest is named, the others counted.

    >>> import datetime as dt
    >>> from shapely import MultiPolygon, box
    >>> from frontmap.model import Revision, Snapshot, Zone
    >>> pieces = [box(35, 51, 35.2, 51.2), box(36, 51, 36.1, 51.1), box(15, 51, 16, 52)]
    >>> zone = Zone(id="a", party="UA", status="controlled", geometry=MultiPolygon(pieces),
    ...             sources=("isw",), confidence="high", accuracy_m=500.0)
    >>> header = Revision(
    ...     date=dt.date(2024, 8, 12), recorded=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    ...     kind="snapshot", maker="us", author="us", license="CC0-1.0", reason="first map",
    ... )
    >>> [found.message.partition(":")[0] for found in far_pieces([Snapshot(header, (zone,))])]
    ["7,725.70 km² of zone 'a' near 15.5, 51.5 lie 1,324 km from all other ground"]
    """
    for snapshot in snapshots:
        owners = [zone for zone in snapshot.zones for _ in shapely.get_parts(zone.geometry)]
        pieces = shapely.get_parts([zone.geometry for zone in snapshot.zones])
        far = _far(pieces)
        if not far.size:
            continue
        away_km = [_away_km(pieces, piece) for piece in far]
        worst = int(np.argmax(away_km))
        piece = pieces[far[worst]]
        km2 = float(polygon_areas_km2([piece])[0])
        lon, lat = shapely.get_coordinates(piece.centroid)[0]
        more = f" (and {counted(len(far) - 1, 'piece')} more)" if len(far) > 1 else ""
        owner = owners[far[worst]]
        yield Finding(
            rule="far",
            severity="warning",
            message=f"{km2:,.2f} km² of zone {owner.id!r} near {lon:.6g}, {lat:.6g} lie "
            f"{away_km[worst]:,.0f} km from all other ground{more}: remove what is a slip, or "
            "accept it in accepted.csv",
            date=snapshot.date,
            zone=owner.id,
            size=away_km[worst],
        )


def _far(pieces: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return which pieces lie farther from the nearest other than all others reach."""
    if len(pieces) < 3:  # noqa: PLR2004  of two pieces neither is the stray one
        return np.array([], dtype=np.intp)
    bounds = shapely.bounds(pieces)
    boxes = np.asarray(shapely.box(*bounds.T), dtype=object)
    (own, _), away = shapely.STRtree(boxes).query_nearest(
        boxes, exclusive=True, return_distance=True, all_matches=False
    )
    return np.array(
        [
            piece
            for piece, degrees in zip(own, away, strict=True)
            if degrees > LEAST_DEGREES and degrees > _reach(np.delete(bounds, piece, axis=0))
        ],
        dtype=np.intp,
    )


def _reach(bounds: NDArray[np.float64]) -> float:
    return float(np.hypot(*(bounds[:, 2:].max(axis=0) - bounds[:, :2].min(axis=0))))


def _away_km(pieces: NDArray[np.object_], piece: int) -> float:
    from frontmap.geometry.contact_lines import length_km  # noqa: PLC0415  heavy, seldom needed

    others = shapely.MultiPolygon(np.delete(pieces, piece).tolist())
    return length_km(shapely.shortest_line(pieces[piece], others))

"""What geodesic edges would change of the ground of whole snapshots."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from frontmap.geometry.counted_once import PieceCache, pieces, pieces_of
from frontmap.geometry.geodesic import geodesic_difference_km2
from frontmap.measure.timeline import parties_of
from frontmap.model import STATUSES
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from frontmap.archive import Archive
    from frontmap.model import Revision

    Key = tuple[str, str, str]


def geodesic_differences(
    archive: Archive, revisions: Sequence[Revision], *, executor: Executor | None = None
) -> dict[Key, float]:
    """Area with geodesic edges less area with straight ones, by digest, party and status, in km².

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> first = kursk.as_of("2024-08-12").revision
    >>> abs(geodesic_differences(kursk, [first])[first.digest, "UA", "controlled"]) < 0.01
    True
    """
    return dict(map_batches(partial(_measured, archive), revisions, executor=executor))


def _measured(archive: Archive, batch: Sequence[Revision]) -> list[tuple[Key, float]]:
    cache = PieceCache()
    rows: list[tuple[Key, float]] = []
    for revision, snapshot in zip(batch, archive.read_each(batch), strict=True):
        parts = pieces(snapshot, cache)
        for party in parties_of([snapshot]):
            for status in STATUSES:
                own = [part.geometry for part in pieces_of(parts, status, party=party)]
                km2 = float(geodesic_difference_km2(own).sum())
                rows.append(((revision.digest, party, status), km2))
    return rows

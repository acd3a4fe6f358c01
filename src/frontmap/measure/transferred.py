"""Who took ground from whom between two snapshots of one maker."""

from __future__ import annotations

from functools import partial
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import pandas as pd

from frontmap.geometry.changed import held_faces, transferred_km2
from frontmap.measure.change import naming_step, step_columns
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.timeline import answers, parties_of, require
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from frontmap.archive import Archive
    from frontmap.dates import DatesLike
    from frontmap.geometry.changed import HeldFaces
    from frontmap.measure.timeline import Answer, Known
    from frontmap.model import Basis, Fill, Per

COLUMNS = (
    *("from_date", "to_date", "days", "maker", "basis", "from_party", "to_party"),
    *("transferred_km2", "transferred_km2_per_day", "from_digest", "to_digest", "method"),
)


def transfers(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archive: Archive,
    *,
    dates: DatesLike | None = None,
    basis: Basis = "controlled",
    known: Known = None,
    fill: Fill = "none",
    per: Per = "date",
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Measure the ground that passed from each party to each other, from snapshot to snapshot.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    dates, basis, known, fill, per, executor
        As :func:`frontmap.measure.change.changes`.

    Returns
    -------
    pandas.DataFrame
        One row per step and pair of parties between which ground passed, ``from_party`` who held it
        before and ``to_party`` who does after; blank for nobody. ``from_date`` and ``to_date`` are
        datetime64[us]; ``transferred_km2`` is on the WGS 84 ellipsoid, edges straight in
        longitude/latitude, ``transferred_km2_per_day`` that by the true days between the snapshots.
        What a party gained (``changes``) is the sum of what passed to it, what it lost the sum of
        what passed from it, to 1e-9 km². No row for a step without a transfer, nor for one from one
        maker to another: that is no change on the ground.

    Raises
    ------
    NotFoundError, ConflictError, UsageError
        As :func:`frontmap.measure.change.changes`.

    Notes
    -----
    Of controlled ground, no spot has two holders. Ground that several contest has several who hold
    it (``basis="held"``): it goes in equal shares from each who loses it to each who gains it. If
    more lose it than gain it, the rest of theirs goes to nobody; if more gain it, the rest comes
    from nobody.

    Examples
    --------
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> table = frontmap.transfers(kursk, dates=["2024-08-12", "2024-08-31"])
    >>> table[["from_party", "to_party", "transferred_km2"]].round(1)
      from_party to_party  transferred_km2
    0                  UA            362.0
    1         UA                       0.1
    """
    require(archive, basis=basis)
    found = answers(archive, dates, known=known, fill=fill, per=per)
    steps = list(pairwise(found))
    rows = list(map_batches(partial(_measured, archive, basis), steps, executor=executor))
    return with_typed_dates(pd.DataFrame(rows, columns=[*COLUMNS]))


def transfers_of(faces: HeldFaces, parties: Sequence[str]) -> Iterator[tuple[str, str, float]]:
    """Yield from whom ground passed, to whom, and how much of it, in km²; "" for nobody.

    ``parties`` as the faces were asked for. In the order of the parties, nobody first; those of no
    ground are left out.

    >>> import numpy as np
    >>> from shapely import box
    >>> from frontmap.geometry.changed import HeldFaces
    >>> was, now = np.array([[True, False]]), np.array([[False, True]])
    >>> found = list(transfers_of(HeldFaces(np.array([box(0, 0, 1, 1)]), was, now), ["A", "B"]))
    >>> [(giver, taker, round(km2)) for giver, taker, km2 in found]
    [('A', 'B', 12308)]
    """
    passed_km2 = transferred_km2(faces)
    names = ("", *parties)
    for giver, taker in product(range(len(names)), repeat=2):
        if passed_km2[giver, taker] > 0:
            yield names[giver], names[taker], float(passed_km2[giver, taker])


def _measured(
    archive: Archive, basis: Basis, batch: Sequence[tuple[Answer, Answer]]
) -> list[dict[str, Any]]:
    found = [batch[0][0], *(end for _, end in batch)]
    snapshots = archive.read_each(answer.revision for answer in found)
    rows: list[dict[str, Any]] = []
    for (one, other), (old, new) in zip(batch, pairwise(snapshots), strict=True):
        if one.revision.maker != other.revision.maker:
            continue
        parties = parties_of([old, new])
        with naming_step(one, other):
            faces = held_faces(old.zones, new.zones, parties, basis)
        head = step_columns(one, other, basis) | {"maker": one.revision.maker}
        for giver, taker, km2 in transfers_of(faces, parties):
            row = head | {"from_party": giver, "to_party": taker, "transferred_km2": km2}
            pace = {"transferred_km2_per_day": km2 / head["days"]} if head["days"] else {}
            rows.append(row | pace)
    return rows

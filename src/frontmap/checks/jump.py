"""Rules over neighbouring dates of a series."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from frontmap.measure.area import areas
from frontmap.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from frontmap.archive import Archive

JUMP_KM2 = 150.0


def jumps(archive: Archive) -> Iterator[Finding]:
    """Yield changes of more than 150 km² from one date to the next.

    The change is that of ground controlled, or controlled and contested.

    >>> import frontmap
    >>> [finding.located.partition(";")[0] for finding in jumps(frontmap.open("geodata/kursk"))]
    ['2024-08-07: ground of UA changes by +222 km² since 2024-08-06']
    """
    for party, rows in areas(archive, errors="none").groupby("party"):
        held = rows.assign(
            date=rows["date"].dt.date, held_km2=rows["controlled_km2"] + rows["contested_km2"]
        )
        for before, after in pairwise(held.to_dict("records")):
            steps = [after[name] - before[name] for name in ("controlled_km2", "held_km2")]
            largest = max(steps, key=abs)
            if abs(largest) > JUMP_KM2:
                yield Finding(
                    rule="jump",
                    severity="warning",
                    message=f"ground of {party} changes by {largest:+,.0f} km² since "
                    f"{before['date']}; correct the zones, or accept it in accepted.csv with what "
                    "happened in between",
                    date=after["date"],
                )

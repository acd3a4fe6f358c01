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
    """Yield changes of more than 150 km² from one date to the next that no reason explains.

    The change is that of ground controlled, or controlled and contested. A reason explains it when
    it names the earlier date.
    """
    reasons = {revision.date: revision.reason for revision in archive.in_force()}
    for party, rows in areas(archive, errors="none").groupby("party"):
        held = rows.assign(held_km2=rows["controlled_km2"] + rows["contested_km2"])
        for before, after in pairwise(held.to_dict("records")):
            steps = [after[name] - before[name] for name in ("controlled_km2", "held_km2")]
            largest = max(steps, key=abs)
            explained = before["date"].isoformat() in reasons[after["date"]]
            if abs(largest) > JUMP_KM2 and not explained:
                yield Finding(
                    rule="jump",
                    severity="warning",
                    message=f"{after['date']}: ground of {party} changes by {largest:+,.0f} km² "
                    f"since {before['date']}; say in the reason what happened since "
                    f"{before['date']}, or accept it in accepted.csv",
                    date=after["date"],
                )

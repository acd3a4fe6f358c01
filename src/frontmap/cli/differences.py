"""The difference of two snapshots as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from frontmap.measure.difference import Difference, ZoneDifference

COLUMNS = (
    "about",
    "name",
    "change",
    "attributes",
    "from_party",
    "to_party",
    "from_status",
    "to_status",
    "before_km2",
    "after_km2",
    "gained_km2",
    "lost_km2",
    "transferred_km2",
)


def difference_table(difference: Difference) -> pd.DataFrame:
    """One row a zone and a source that differ, a party and status with ground, and a transfer."""
    import pandas as pd

    rows = [
        *map(_zone, difference.zones),
        *({"about": "source", "name": s, "change": "added"} for s in difference.sources_added),
        *({"about": "source", "name": s, "change": "removed"} for s in difference.sources_removed),
        *_ground(difference),
        *(
            {
                "about": "transfer",
                "from_party": transfer.from_party,
                "to_party": transfer.to_party,
                "transferred_km2": transfer.area_km2,
            }
            for transfer in difference.transfers
        ),
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS])


def _zone(zone: ZoneDifference) -> dict[str, Any]:
    ends = (("from", zone.before), ("to", zone.after))
    row: dict[str, Any] = {"about": "zone", "name": zone.zone_id, "change": zone.change}
    row |= {"attributes": " ".join(zone.attributes)}
    row |= {f"{end}_party": each.party for end, each in ends if each is not None}
    row |= {f"{end}_status": each.status for end, each in ends if each is not None}
    return row | {"before_km2": zone.before_km2, "after_km2": zone.after_km2}


def _ground(difference: Difference) -> Iterator[dict[str, Any]]:
    """Ground of each party and status; gained and lost are of controlled ground."""
    for ground in difference.ground:
        if not (ground.before_km2 or ground.after_km2):
            continue
        row: dict[str, Any] = {
            "about": "ground",
            "from_party": ground.party,
            "to_party": ground.party,
        }
        row |= {"from_status": ground.status, "to_status": ground.status}
        row |= {"before_km2": ground.before_km2, "after_km2": ground.after_km2}
        if ground.status == "controlled":
            row["gained_km2"] = difference.gained_km2(ground.party)
            row["lost_km2"] = difference.lost_km2(ground.party)
        yield row

"""The difference of two snapshots as a table."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from frontmap.cli.output import emit, printable
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from geopandas import GeoDataFrame

    from frontmap.cli.output import GeoFormat
    from frontmap.measure.difference import Difference, ZoneDifference

#: Of a file that is compared as of no date.
NO_DATE = dt.date.min
PLACE = ("date", "from_digest", "to_digest")
COLUMNS = (
    "about",
    "name",
    "change",
    "attributes",
    "from_value",
    "to_value",
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


MOST_NAMED, LEAST_SHOWN_KM2 = 3, 0.05


def difference_line(difference: Difference) -> str:
    """Say in one line which zones and sources differ, and what each party gained and lost, in km².

    >>> import frontmap
    >>> from frontmap.measure.difference import compare_snapshots
    >>> first, second = frontmap.open("geodata/kursk").pair("2024-08-31", "4c237868", "48bf983a")
    >>> print(difference_line(compare_snapshots(first, second)))
    1 zone added (contested-sudzhansky-medium), 3 zones removed (contested-bolshesoldatsky-low,
    controlled-glushkovsky-low, controlled-korenevsky-low), 11 zones changed
    (contested-bolshesoldatsky-high, contested-glushkovsky-low, contested-korenevsky-high and 8
    more), 54 sources added (112-ua-40095, 24tv-2025-03-12-2773923, absatz-109476 and 51 more),
    2 sources removed (rzeczpospolita-41000421, tass-2024-09-02-21745553), UA controls 49.6 km² more
    and 118.0 less
    """
    zones = {
        change: [zone.zone_id for zone in difference.zones if zone.change == change]
        for change in ("added", "removed", "changed")
    }
    sources = {"added": difference.sources_added, "removed": difference.sources_removed}
    parts = [
        f"{counted(len(names), noun)} {change} ({listed_ids(names)})"
        for noun, changes in (("zone", zones), ("source", sources))
        for change, names in changes.items()
        if names
    ]
    for party in sorted({ground.party for ground in difference.ground}):
        gained_km2, lost_km2 = difference.gained_km2(party), difference.lost_km2(party)
        if max(gained_km2, lost_km2) >= LEAST_SHOWN_KM2:
            parts.append(f"{party} controls {gained_km2:.1f} km² more and {lost_km2:.1f} less")
    return ", ".join(parts) or "nothing differs"


def listed_ids(names: Sequence[str]) -> str:
    """Name the first few, and how many more there are.

    >>> listed_ids(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def difference_table(difference: Difference) -> pd.DataFrame:
    """One row a zone, an attribute and a source that differ, a party's ground, and a transfer.

    Areas are in km², counted once; ``before_km2`` and ``after_km2`` of a zone are as drawn.

    >>> import datetime as dt
    >>> from shapely import box
    >>> from frontmap.measure.difference import compare_snapshots
    >>> from frontmap.model import Revision, Snapshot, Zone
    >>> revision = Revision(date=dt.date(2024, 8, 31), recorded=dt.datetime.now(dt.UTC),
    ...                     kind="snapshot", maker="m", author="a", license="MIT", reason="r")
    >>> zone = Zone(id="a", party="UA", status="controlled", geometry=box(35, 51, 35.1, 51.1),
    ...             sources=("s",), confidence="high", accuracy_m=500.0)
    >>> difference = compare_snapshots(Snapshot(revision, ()), Snapshot(revision, (zone,)))
    >>> difference_table(difference)[["about", "change", "to_party", "after_km2"]].round(1)
          about change to_party  after_km2
    0      zone  added       UA       78.0
    1    source  added      NaN        NaN
    2    ground    NaN       UA       78.0
    3  transfer    NaN       UA        NaN
    """
    import pandas as pd

    rows = [
        *map(_zone, difference.zones),
        *(row for zone in difference.zones for row in _attributes(zone)),
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
    table = pd.DataFrame(rows, columns=[*COLUMNS])
    for number, (name, value) in enumerate(zip(PLACE, _place(difference), strict=True)):
        table.insert(number, name, value)
    return table


def changed_ground_table(difference: Difference) -> GeoDataFrame:
    """One row for ground that is held otherwise, by whom before and after, in km² (EPSG:4326).

    >>> import frontmap
    >>> from frontmap.measure.difference import compare_snapshots
    >>> revisions = frontmap.open("geodata/kursk").pair("2024-08-31", "4c237868", "48bf983a")
    >>> table = changed_ground_table(compare_snapshots(*revisions))
    >>> print(table[["from_status", "to_status", "area_km2"]].round(1).to_csv(index=False))
    from_status,to_status,area_km2
    ,contested,56.1
    ,controlled,1.2
    contested,,59.6
    contested,controlled,48.5
    controlled,,45.4
    controlled,contested,72.6
    <BLANKLINE>
    """
    import geopandas as gpd

    columns = ["from_party", "from_status", "to_party", "to_status", "area_km2"]
    changed = difference.changed_ground
    rows = [[*_place(difference), *(getattr(each, name) for name in columns)] for each in changed]
    return gpd.GeoDataFrame(
        rows,
        columns=[*PLACE, *columns],
        geometry=[each.geometry for each in changed],
        crs="EPSG:4326",
    )


def difference_tables(differences: Sequence[Difference], form: GeoFormat) -> pd.DataFrame:
    """Return one table of several differences: of changed ground for ``geojson``, else of all.

    >>> len(difference_tables([], "geojson"))
    0
    """
    if form == "geojson":
        return _joined([changed_ground_table(each) for each in differences])
    return _joined([difference_table(each) for each in differences])


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import geopandas as gpd
    import pandas as pd

    filled = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(filled, ignore_index=True) if filled else gpd.GeoDataFrame(geometry=[])


def emit_differences(differences: Sequence[Difference]) -> None:
    """Print differences for people: between what, then a table for each kind of thing.

    >>> emit_differences([])
    nothing differs
    """
    if not differences:
        print("nothing differs")
    for number, difference in enumerate(differences):
        if number:
            print()
        dated = difference.before.date != difference.after.date or len(differences) > 1
        for sign, revision in (("from", difference.before), ("to", difference.after)):
            date = revision.date.isoformat() if dated else ""
            named = " ".join(filter(None, (date, revision.digest[:12], revision.reason)))
            print(printable(f"{sign:<5}{named}"))
        table = difference_table(difference).drop(columns=[*PLACE]).round(3)
        for _, rows in table.groupby("about", sort=False):
            print()
            emit(rows.dropna(axis="columns", how="all"), "text")


def _place(difference: Difference) -> tuple[str, str, str]:
    before, after = difference.before, difference.after
    date = "" if after.date == NO_DATE else after.date.isoformat()
    return date, before.digest, after.digest


def _attributes(zone: ZoneDifference) -> Iterator[dict[str, Any]]:
    """Yield what differs of a zone beside its ground, as it was and as it is."""
    for attribute in zone.attributes:
        if attribute != "geometry":
            before, after = zone.values(attribute)
            row = {"about": "attribute", "name": zone.zone_id, "attributes": attribute}
            yield row | {"from_value": before, "to_value": after}


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

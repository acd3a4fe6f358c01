"""Rules over the ground of one snapshot that need the tables beside the archive."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.facts import read_places, read_sources, read_state_border
from frontmap.model import BORDER_TOLERANCE_M, Finding
from frontmap.places.border_side import side_with_most
from frontmap.places.field import local_km
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    from frontmap.model import About, Snapshot


def ground_of_most_places(root: Path, about: About) -> Polygon | None:
    """Return the side of the state border that holds most settlements, in degrees.

    None where the folder has no border or no settlements; raises InputError for a bad table.

    >>> from pathlib import Path
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> side = ground_of_most_places(kursk.root, kursk.about)
    >>> [bool(side.contains(shapely.Point(place))) for place in ((35.27, 51.19), (34.80, 50.91))]
    [True, False]
    >>> ground_of_most_places(Path("no such folder"), kursk.about) is None
    True
    """
    border, places = read_state_border(root), read_places(root)
    if border is None or places.empty:
        return None
    points = shapely.MultiPoint(places[["lon", "lat"]].to_numpy())
    return side_with_most(points, about.theatre.bbox, border)


def across_the_border(snapshots: Iterable[Snapshot], side: BaseGeometry) -> Iterator[Finding]:
    """Yield zones that reach across the state border by more than the border's own accuracy.

    ``side`` is in degrees; 100 m are allowed. Where several parties have ground, either side of the
    border may be one's own, and nothing is said.

    >>> import datetime as dt
    >>> from frontmap.model import Revision, Snapshot, Zone
    >>> header = Revision(
    ...     date=dt.date(2024, 8, 12), recorded=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    ...     kind="snapshot", maker="us", author="us", license="CC0-1.0", reason="first map",
    ... )
    >>> zone = Zone(
    ...     id="a", party="UA", status="controlled", geometry=shapely.box(35, 50.99, 35.2, 51.2),
    ...     sources=("isw-1",), confidence="medium", accuracy_m=500.0,
    ... )
    >>> north = shapely.box(34, 51, 38, 53)
    >>> [finding.located for finding in across_the_border([Snapshot(header, (zone,))], north)]
    ["2024-08-12: zone 'a' reaches 1,112 m across the state border; cut it there"]
    """
    latitude = (side.bounds[1] + side.bounds[3]) / 2
    side_km = _on_plane(side, latitude)
    shapely.prepare(side_km)
    for snapshot in snapshots:
        if len({zone.party for zone in snapshot.zones}) > 1:
            continue
        for zone in snapshot.zones:
            ground = _on_plane(zone.geometry, latitude)
            beyond = shapely.get_coordinates(shapely.difference(ground, side_km))
            if not len(beyond):
                continue
            reach_m = 1000 * float(shapely.distance(side_km, shapely.points(beyond)).max())
            if reach_m > BORDER_TOLERANCE_M:
                yield Finding(
                    rule="border",
                    message=f"zone {zone.id!r} reaches {reach_m:,.0f} m across the state border; "
                    "cut it there",
                    severity="warning",
                    date=snapshot.date,
                    zone=zone.id,
                    size=reach_m,
                )


def unknown_sources(snapshots: Iterable[Snapshot], root: Path) -> Iterator[Finding]:
    """Yield each source that a snapshot names and ``sources.csv`` does not have, once.

    The finding has a zone where one zone alone names the source, and its header does not.

    >>> import datetime as dt
    >>> from frontmap.model import Revision, Snapshot, Zone
    >>> header = Revision(
    ...     date=dt.date(2024, 8, 12), recorded=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    ...     kind="snapshot", maker="us", author="us", license="CC0-1.0", reason="first map",
    ... )
    >>> zone = Zone(
    ...     id="a", party="UA", status="controlled", geometry=shapely.box(35, 51, 35.2, 51.2),
    ...     sources=("isw-1",), confidence="medium", accuracy_m=500.0,
    ... )
    >>> from pathlib import Path
    >>> snapshot = Snapshot(header, (zone,))
    >>> (found,) = unknown_sources([snapshot], Path("no such folder"))
    >>> found.zone, found.message  # doctest: +NORMALIZE_WHITESPACE
    ('a', "zone 'a' names source 'isw-1', which is not in sources.csv; add its row (frontmap source
    add isw-1 --publisher NAME --url URL --published DAY), or mend the id")
    """
    known = set(read_sources(root)["id"])
    for snapshot in snapshots:
        header = snapshot.revision.sources
        zones: dict[str, list[str]] = {source: [] for source in header}
        for zone in snapshot.zones:
            for source in dict.fromkeys(zone.sources):
                zones.setdefault(source, []).append(zone.id)
        for source, own in zones.items():
            if source not in known:
                yield _unknown(snapshot, source, own, in_header=source in header)


def _unknown(snapshot: Snapshot, source: str, zones: list[str], *, in_header: bool) -> Finding:
    alone = zones[0] if len(zones) == 1 and not in_header else None
    places = ["the header"] if in_header else []
    places += [f"zone {alone!r}" if alone else counted(len(zones), "zone")] if zones else []
    name = "name" if len(places) > 1 or len(zones) > 1 else "names"
    return Finding(
        rule="source",
        message=f"{' and '.join(places)} {name} source {source!r}, which is not in sources.csv; "
        f"add its row (frontmap source add {shlex.quote(source)} --publisher NAME --url URL "
        "--published DAY), or mend the id",
        severity="warning",
        date=snapshot.date,
        zone=alone,
    )


def _on_plane(geometry: BaseGeometry, latitude: float) -> BaseGeometry:
    plane: BaseGeometry = shapely.transform(
        geometry, lambda degrees: np.asarray(local_km(degrees, latitude))
    )
    return plane

"""Zones drafted from settlements: a mapper starts from evidence, not from an empty map."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from shapely.geometry import mapping

from frontmap.archive.covered import common_ground, mapped_ground
from frontmap.archive.matching import match_zones
from frontmap.archive.snapshot_rules import LARGEST_ACCURACY_M
from frontmap.dates import as_date
from frontmap.draft.shapes import DraftedGround, parts
from frontmap.formats.canonical import normal_geometry
from frontmap.geometry.grid import GRID_DEGREES, to_grid
from frontmap.geometry.polygons import polygonal
from frontmap.model import Zone
from frontmap.places import PlaceEvidence, SettlementTables, read_evidence, status_table
from frontmap.places.border_side import side_with_most
from frontmap.places.field import local_km
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry as Geometry

    from frontmap.archive import Archive
    from frontmap.dates import DateLike
    from frontmap.model import Confidence, Status

    Floats = NDArray[np.float64]

__all__ = ["draft_snapshot", "draft_zones", "feature_collection"]

NEAREST_PLACES = 3
NAMED_PLACES = 8


def draft_snapshot(
    archive: Archive, date: DateLike, *, published_by: DateLike | None = None
) -> tuple[Zone, ...]:
    """Draft the zones of a date from the settlement events beside an archive.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    date
        The valid date, as text, date or datetime64.
    published_by
        Use only events that were published by the end of this day; None: all.

    Returns
    -------
    tuple of Zone
        Longitude/latitude degrees (EPSG:4326); of no ground held, none. The method and its
        parameters: ``docs/draft.md``.

    Raises
    ------
    InputError
        A table cannot be read, or no event reaches the date.
    UsageError
        ``date`` or ``published_by`` is no date.

    Examples
    --------
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> zones = frontmap.draft_snapshot(kursk, "2024-08-06", published_by="2024-08-13")
    >>> [(zone.id, zone.accuracy_m) for zone in zones][:2]
    [('controlled-sudzhansky-high', 3200.0), ('controlled-sudzhansky-medium', 1700.0)]
    >>> frontmap.draft_snapshot(kursk, "2024-08-05")
    ()
    """
    tables = SettlementTables.read(archive)
    by = None if published_by is None else as_date(published_by)
    evidence = read_evidence(tables, published_by=by)
    zones = draft_zones(evidence, tables.border, archive.about.theatre.bbox, as_date(date))
    return zones if archive.about.covered is None else _cut(zones, mapped_ground(archive.about))


def draft_zones(
    evidence: PlaceEvidence,
    border: Geometry | None,
    bbox: tuple[float, float, float, float],
    date: dt.date,
) -> tuple[Zone, ...]:
    """Draft the zones of a date from evidence that was read; ``border`` and ``bbox`` in degrees.

    >>> import datetime as dt
    >>> import frontmap
    >>> tables = SettlementTables.read(frontmap.open("geodata/kursk"))
    >>> evidence = read_evidence(tables, published_by=dt.date(2024, 8, 8))
    >>> bbox = (33.5, 50.2, 37.0, 52.6)
    >>> zones = draft_zones(evidence, tables.border, bbox, dt.date(2024, 8, 8))
    >>> [zone.id for zone in zones if zone.status == "contested"]
    ['contested-korenevsky-high', 'contested-sudzhansky-high', 'contested-sudzhansky-low']
    """
    latitude = (bbox[1] + bbox[3]) / 2
    lonlat = evidence.places[["lon", "lat"]].to_numpy()
    side = side_with_most(shapely.MultiPoint(lonlat), bbox, border)
    inside = np.flatnonzero(shapely.contains(side, shapely.points(lonlat)))
    places = (
        status_table(evidence, date).assign(raion=evidence.places["raion"].to_numpy()).iloc[inside]
    )
    side_km = shapely.transform(side, lambda degrees: local_km(degrees, latitude))
    points_km = local_km(lonlat[inside], latitude)
    found = parts(places, points_km, side_km)
    several = len(evidence.of_parties) > 1
    zones = [_zone(part, places, points_km, latitude, several=several) for part in found]
    return match_zones(zones).zones


def _cut(zones: tuple[Zone, ...], ground: Polygon | MultiPolygon) -> tuple[Zone, ...]:
    """Leave of zones what lies on the ground that the archive's maker maps at all."""
    inside = [normal_geometry(common_ground(zone.geometry, ground)) for zone in zones]
    pairs = zip(zones, inside, strict=True)
    left = [replace(zone, geometry=part) for zone, part in pairs if not part.is_empty]
    return match_zones(left).zones


def feature_collection(zones: Iterable[Zone]) -> str:
    """Write zones as GeoJSON without a header: what QGIS and geojson.io open, and ``add`` takes.

    >>> zone = Zone(id="a", party="UA", status="claimed", geometry=shapely.box(35, 51, 35.1, 51.1),
    ...             sources=("s", "t"), confidence="low", accuracy_m=900.0)
    >>> feature = json.loads(feature_collection([zone]))["features"][0]
    >>> feature["id"], feature["properties"]["sources"], feature["geometry"]["type"]
    ('a', 's t', 'Polygon')
    """
    features = [
        {
            "type": "Feature",
            "id": zone.id,
            "properties": {
                "party": zone.party,
                "status": zone.status,
                "sources": " ".join(zone.sources),
                "confidence": zone.confidence,
                "accuracy_m": zone.accuracy_m,
                "note": zone.note,
            },
            "geometry": mapping(normal_geometry(zone.geometry)),
        }
        for zone in zones
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def _zone(
    part: DraftedGround,
    places: pd.DataFrame,
    points_km: Floats,
    latitude: float,
    *,
    several: bool,
) -> Zone:
    rows = places.iloc[list(part.rows)]
    whose = part.party if several else ""
    named = (whose.lower(), part.status, part.district.lower(), part.confidence)
    sources = _words(rows["sources"]) or _nearest_sources(part, places, points_km)
    scale = local_km(np.array([[1.0, 1.0]]), latitude)
    return Zone(
        id="-".join(filter(None, named)),
        party=part.party,
        status=cast("Status", part.status),
        geometry=_snapped(shapely.transform(part.ground, lambda km: km / scale)),
        sources=sources,
        confidence=cast("Confidence", part.confidence),
        accuracy_m=min(part.accuracy_m, LARGEST_ACCURACY_M),
        note=_note(rows),
    )


def _snapped(ground: MultiPolygon) -> Polygon | MultiPolygon:
    """Snap to the six decimals of the archive, so that rings that nearly touch stay valid."""
    noded = shapely.set_precision(shapely.make_valid(ground), GRID_DEGREES)
    return polygonal(shapely.transform(noded, to_grid))


def _nearest_sources(
    part: DraftedGround, places: pd.DataFrame, points_km: Floats
) -> tuple[str, ...]:
    """Name what ground without a report of its own rests on: the nearest places that have one."""
    reported = np.flatnonzero(places["sources"].to_numpy() != "")
    away = shapely.distance(shapely.points(points_km[reported]), part.ground)
    nearest = reported[np.argsort(away, kind="stable")[:NEAREST_PLACES]]
    return _words(places["sources"].iloc[nearest])


def _words(cells: pd.Series[str]) -> tuple[str, ...]:
    return tuple(sorted({word for cell in cells for word in cell.split()}))


def _note(rows: pd.DataFrame) -> str:
    named = rows.sort_values(["nats", "name_en"], ascending=[False, True])["name_en"].tolist()
    shown = ", ".join(named[:NAMED_PLACES])
    others = len(named) - NAMED_PLACES
    more = f" and {others} more" if others > 0 else ""
    number = counted(len(named), "settlement")
    return f"{number}: {shown}{more}" if named else "no settlement of its own"

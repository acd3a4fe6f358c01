"""The reference as a page draws it: lines, outlines of countries around, names of regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import shapely

from frontmap.page.payload.columnar import by_columns
from frontmap.page.payload.fields import RegionRow
from frontmap.page.payload.names import names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    from frontmap.page.payload.fields import Columns

Box = tuple[float, float, float, float]
_BEYOND_DEG = 0.4
LINES_TO_DEG = 0.0003  # some 30 m: lines are drawn, not measured
_UNITS_TO_DEG = 0.003  # and those of units thin
_ONE_LINE_DEG = 0.006  # a unit's outline that runs along a border is the border
_COUNTRIES_PART = 1 / 150  # of what is seen of them, in a picture of some 100 pixels
_AROUND_PART = 0.2  # of the front: what is in sight about it
_NAMED = ("country", "unit")


class ReferenceLine(NamedTuple):
    """What is drawn of a feature, in degrees (EPSG:4326); no ``accuracy_m`` is NaN."""

    kind: str
    shape: BaseGeometry
    accuracy_m: float


def wider(box: Box, by_deg: float = _BEYOND_DEG) -> Polygon:
    """Return the ground of a box with what lies around it: as far as a map shows, or so far.

    >>> wider((35, 51, 36, 52)).bounds
    (34.6, 50.6, 36.4, 52.4)
    """
    west, south, east, north = box
    return shapely.box(west - by_deg, south - by_deg, east + by_deg, north + by_deg)


def reference_lines(reference: gpd.GeoDataFrame, box: Box) -> Iterator[ReferenceLine]:
    """Yield what a page draws of a reference, generalised: lines to 30 m, units to 300 m.

    Of units it is their outlines, each stretch once, without those along a state border; a state
    border that is disputed is of kind ``disputed``; outlines of countries are whole, and coarse:
    they show where in the world the theatre is.

    >>> from pathlib import Path
    >>> from frontmap.facts import read_reference
    >>> lines = list(reference_lines(read_reference(Path("geodata/kursk")), (35, 51, 36, 52)))
    >>> "state_border" in {line.kind for line in lines}
    True
    """
    kinds, shapes, around = reference["kind"], reference.geometry, wider(box)
    is_border = kinds == "state_border"
    for kind, shape, disputed, accuracy_m in zip(
        kinds, shapes, reference["disputed"], reference["accuracy_m"], strict=True
    ):
        if kind not in {"place", *_NAMED}:
            own = "disputed" if kind == "state_border" and disputed else str(kind)
            yield ReferenceLine(own, _outline(shape).simplify(LINES_TO_DEG), accuracy_m)
    units = reference[kinds == "unit"]
    if len(units):
        border = shapely.union_all([_outline(shape) for shape in shapes[is_border]])
        outlines = shapely.union_all([_outline(s).intersection(around) for s in units.geometry])
        inner = shapely.line_merge(outlines.difference(border.buffer(_ONE_LINE_DEG)))
        yield ReferenceLine("unit", inner.simplify(_UNITS_TO_DEG), units["accuracy_m"].max())
    countries = reference[kinds == "country"]
    if len(countries):
        west, south, east, north = countries.total_bounds
        to_deg = max(east - west, north - south) * _COUNTRIES_PART
        for shape in countries.geometry:
            rings = [
                part.exterior for part in shapely.get_parts(shape) if part.geom_type == "Polygon"
            ]
            seen = [ring.simplify(to_deg) for ring in rings if _size(ring) > 2 * to_deg]
            lines = shapely.MultiLineString([shapely.get_coordinates(ring) for ring in seen])
            yield ReferenceLine("country", lines, float("nan"))


def named_regions(
    reference: gpd.GeoDataFrame,
    box: Box,
    front: BaseGeometry,
    languages: Sequence[str],
    else_in: str,
) -> Columns[RegionRow]:
    """Return the names of units and countries about a box, the largest first, where they stand.

    A country's stands beside the ``front`` where there is room, a unit's in the midst of it.

    >>> from pathlib import Path
    >>> from frontmap.facts import read_reference
    >>> nothing = read_reference(Path("no-such-folder"))
    >>> named_regions(nothing, (35, 51, 36, 52), shapely.Point(), ["en"], "en")
    {'lon': [], 'lat': [], 'names': {}, 'kind': []}
    """
    found = []
    west, south, east, north = box
    around = wider(box, _AROUND_PART * max(east - west, north - south))
    for row in reference[reference["kind"].isin(_NAMED)].to_dict("records"):
        names, kind = names_in(languages, row, else_in=else_in), str(row["kind"])
        seen = shapely.make_valid(row["geometry"]).intersection(around)
        if not names["en"] or not seen.area:
            continue
        beside = seen.difference(front) if kind == "country" else seen
        room = beside if beside.area else seen
        lon, lat = shapely.get_coordinates(shapely.maximum_inscribed_circle(room))[0].round(3)
        row_of = RegionRow(lon=float(lon), lat=float(lat), names=names, kind=kind)
        found.append((seen.area, row_of))
    found.sort(key=lambda each: -each[0])
    return by_columns(RegionRow, [row for _, row in found])


def _outline(shape: BaseGeometry) -> BaseGeometry:
    return shape.boundary if shapely.get_dimensions(shape) == 2 else shape  # noqa: PLR2004  areas


def _size(ring: BaseGeometry) -> float:
    west, south, east, north = ring.bounds
    return float(max(east - west, north - south))

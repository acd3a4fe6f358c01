"""The reference as a page draws it: lines, outlines of countries around, names of regions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.errors import InputError
from frontmap.facts.reference import REFERENCE
from frontmap.geometry.crossings import MOST_CROSSINGS, too_many_to_join
from frontmap.geometry.polygons import polygonal
from frontmap.page.payload.columnar import by_columns
from frontmap.page.payload.fields import RegionRow
from frontmap.page.payload.names import names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import geopandas as gpd
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    from frontmap.page.payload.fields import Columns

Box = tuple[float, float, float, float]
_BEYOND_PART = 0.5  # of a theatre: what a wide map shows beside it
LINES_TO_DEG = 0.0003  # some 30 m: lines are drawn, not measured
_UNITS_TO_DEG = 0.003  # and those of units thin
_ONE_LINE_DEG = 0.006  # a unit's outline that runs along a border is the border
_COUNTRIES_PART = 1 / 150  # of what is seen of them, in a picture of some 100 pixels
_HALF = 0.5
_AROUND_PART = 0.2  # of the front: what is in sight about it
_MOST_SPOTS = 8  # of a name, in what is in sight, and as many further off
_LEAST_ROOM, _LEAST_ROOM_DEG = 0.08, 0.01  # about a spot: of its area's size, and at all
_APART = 1.3  # spots, of the room about the one before
_NAMED = ("country", "unit")


class ReferenceLine(NamedTuple):
    """What is drawn of a feature, in degrees (EPSG:4326); no ``accuracy_m`` is NaN."""

    kind: str
    shape: BaseGeometry
    accuracy_m: float


def wider(box: Box, by_deg: float | None = None) -> Polygon:
    """Return the ground of a box with what lies around it: as far as a map shows, or so far.

    >>> wider((35, 51, 36, 52)).bounds, wider((35, 51, 36, 52), 1).bounds
    ((34.5, 50.5, 36.5, 52.5), (34.0, 50.0, 37.0, 53.0))
    """
    west, south, east, north = box
    if by_deg is None:
        by_deg = _BEYOND_PART * max(east - west, north - south)
    return shapely.box(west - by_deg, south - by_deg, east + by_deg, north + by_deg)


def reference_lines(reference: gpd.GeoDataFrame, box: Box) -> Iterator[ReferenceLine]:
    """Yield what a page draws of a reference, generalised: lines to 30 m, units to 300 m.

    Of units it is their outlines, each stretch once, without those along a state border; a state
    border that is disputed is of kind ``disputed``; outlines of the ``sea`` are whole; those of
    countries are, too, and coarse: they show where in the world the theatre is. Raises
    ``InputError`` where lines of a kind cross too often to be drawn.

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
        border = shapely.union_all(_outlines(shapes[is_border], "state_border"))
        near = [line.intersection(around) for line in _outlines(units.geometry, "unit")]
        outlines = shapely.union_all(near)
        inner = shapely.line_merge(outlines.difference(border.buffer(_ONE_LINE_DEG)))
        yield ReferenceLine("unit", inner.simplify(_UNITS_TO_DEG), units["accuracy_m"].max())
    countries = reference[kinds == "country"]
    coasts = [line.simplify(LINES_TO_DEG) for line in _outlines(shapes[kinds == "coast"], "coast")]
    _outlines(countries.geometry, "country")
    sea = sea_within(around, coasts, countries.geometry)
    if not sea.is_empty:
        yield ReferenceLine("sea", shapely.boundary(sea), float("nan"))
    if len(countries):
        to_deg = _countries_to_deg(countries)
        for shape in countries.geometry:
            seen = [ring.simplify(to_deg) for ring in _rings_in_sight(shape, to_deg)]
            lines = shapely.MultiLineString([shapely.get_coordinates(ring) for ring in seen])
            yield ReferenceLine("country", lines, float("nan"))


def sea_within(
    around: Polygon, coasts: Sequence[BaseGeometry], countries: Sequence[BaseGeometry]
) -> BaseGeometry:
    """Return what of an area is sea, in degrees (EPSG:4326): land lies on one side of each coast.

    Which side is told by the ``countries``, as coarse as they are. Where coasts end in a line, they
    were cut there, and nothing is told beyond. Empty where no coast parts the area, or countries
    do not have most of one side and little of the other.

    >>> coast = shapely.LineString([(3, -1), (3, 5)])
    >>> sea_within(shapely.box(0, 0, 4, 4), [coast], [shapely.box(0, 0, 2, 4)]).bounds
    (3.0, 0.0, 4.0, 4.0)
    >>> sea_within(shapely.box(0, 0, 4, 4), [coast], []).is_empty
    True
    """
    known = _where_known(around, shapely.line_merge(shapely.union_all(list(coasts))))
    own = shapely.union_all([coast.intersection(known) for coast in coasts])
    lines = shapely.get_parts(shapely.union_all([own, known.boundary]))
    faces = shapely.get_parts(shapely.polygonize(lines))
    land = shapely.union_all([shapely.make_valid(area) for area in countries])
    land_deg2 = shapely.area(shapely.intersection(faces, land))
    sides: dict[int, int] = {}
    one, other = shapely.STRtree(faces).query(faces, predicate="touches")
    meet = shapely.length(shapely.intersection(faces[one], faces[other])) > 0
    beside: list[list[int]] = [[] for _ in faces]
    for face, neighbour in zip(one[meet].tolist(), other[meet].tolist(), strict=True):
        beside[face].append(neighbour)
    found = []
    for start in range(len(faces)):
        if start in sides:
            continue
        sides[start], together = 0, [start]
        for face in together:  # grows as it goes
            fresh = [each for each in beside[face] if each not in sides]
            sides.update(dict.fromkeys(fresh, 1 - sides[face]))
            together += fresh
        both = [[face for face in together if sides[face] == side] for side in (0, 1)]
        shares = [
            land_deg2[each].sum() / shapely.area(faces[each]).sum() if each else 0.0
            for each in both
        ]
        if min(shares) < _HALF < max(shares) and all(both):
            found += faces[both[int(np.argmin(shares))]].tolist()
    return shapely.union_all(found)


def _where_known(around: Polygon, coasts: BaseGeometry) -> Polygon:
    """Cut an area where coasts that it holds end on their utmost line to a side, the nearest."""
    sides, utmost = np.array(around.bounds), np.array(coasts.bounds)
    cut = sides.copy()
    for end in shapely.get_coordinates(shapely.boundary(coasts)):
        if shapely.contains_xy(around, *end):
            apart = np.where(np.tile(end, 2) == utmost, np.abs(sides - utmost), np.inf)
            nearest = np.argmin(apart)
            if np.isfinite(apart[nearest]):
                cut[nearest] = utmost[nearest]
    known: Polygon = shapely.box(*cut)
    return known


def drawn_credits(reference: gpd.GeoDataFrame, box: Box) -> list[str]:
    """Return what is owed for the features of a reference that a page draws, each text once.

    >>> from pathlib import Path
    >>> from frontmap.facts import read_reference
    >>> kursk = read_reference(Path("geodata/kursk"))
    >>> drawn_credits(kursk, (34.0, 50.7, 36.2, 51.8))
    ['© OpenStreetMap contributors, ODbL 1.0', '© GeoNames, CC BY 4.0', 'Made with Natural Earth']
    """
    countries, around = reference[reference["kind"] == "country"], wider(box)
    to_deg = _countries_to_deg(countries) if len(countries) else 0.0

    def is_drawn(kind: str, shape: BaseGeometry) -> bool:
        if kind == "country":
            return bool(_rings_in_sight(shape, to_deg))
        return kind == "place" or around.intersects(shape if kind == "unit" else _outline(shape))

    rows = zip(reference["kind"], reference.geometry, reference["attribution"], strict=True)
    owed = [text for kind, shape, text in rows if text and is_drawn(kind, shape)]
    return list(dict.fromkeys(owed))


def named_regions(
    reference: gpd.GeoDataFrame,
    box: Box,
    front: BaseGeometry,
    languages: Sequence[str],
    else_in: str,
) -> Columns[RegionRow]:
    """Return the names of units and countries about a box, the largest first, where they stand.

    Each has several spots, since a view may not show the best: a country's are beside the ``front``
    where there is room, then in it, a unit's in the midst of it; then those further off.

    >>> from pathlib import Path
    >>> from frontmap.facts import read_reference
    >>> nothing = read_reference(Path("no-such-folder"))
    >>> named_regions(nothing, (35, 51, 36, 52), shapely.Point(), ["en"], "en")
    {'spots': [], 'names': {}, 'kind': []}
    """
    found = []
    west, south, east, north = box
    size = max(east - west, north - south)
    around, further = wider(box, _AROUND_PART * size), wider(box, size)
    for row in reference[reference["kind"].isin(_NAMED)].to_dict("records"):
        names, kind = names_in(languages, row, else_in=else_in), str(row["kind"])
        whole = shapely.make_valid(row["geometry"])
        seen = whole.intersection(around)
        if not names["en"] or not whole.intersects(further):
            continue
        is_country = kind == "country"
        rooms = [seen.difference(front), seen.intersection(front)] if is_country else [seen]
        rooms.append(whole.intersection(further).difference(around))
        spots = [number for room in rooms for spot in _spots(room) for number in spot]
        if spots:
            found.append((seen.area, RegionRow(spots=spots, names=names, kind=kind)))
    found.sort(key=lambda each: -each[0])
    return by_columns(RegionRow, [row for _, row in found])


def _spots(room: BaseGeometry) -> Iterator[tuple[float, float, float]]:
    """Yield where a name has most room, then where else: longitude, latitude, degrees about it.

    >>> list(_spots(shapely.box(0, 0, 4, 2)))[:1], list(_spots(shapely.Polygon()))
    ([(1.0, 1.0, 1.0)], [])
    """
    least = _LEAST_ROOM * math.sqrt(room.area)
    for _ in range(_MOST_SPOTS):
        room = polygonal(room)
        if room.is_empty:
            return
        radius = shapely.maximum_inscribed_circle(room)
        if radius.length <= max(least, _LEAST_ROOM_DEG):
            return
        lon, lat = shapely.get_coordinates(radius)[0].round(3)
        yield float(lon), float(lat), round(radius.length, 3)
        room = room.difference(shapely.Point(lon, lat).buffer(_APART * radius.length, quad_segs=4))


def _outlines(shapes: Iterable[BaseGeometry], kind: str) -> list[BaseGeometry]:
    """Return the outlines of features of a kind, which can be joined; else ``InputError``."""
    lines = [_outline(shape) for shape in shapes]
    if too_many_to_join(np.array(lines, dtype=object)):
        raise InputError(
            f"{REFERENCE}: lines of kind {kind} may cross more than {MOST_CROSSINGS:,} times; "
            "leave out what is drawn twice, or simplify it (in QGIS: Simplify)"
        )
    return lines


def _outline(shape: BaseGeometry) -> BaseGeometry:
    return shape.boundary if shapely.get_dimensions(shape) == 2 else shape  # noqa: PLR2004  areas


def _countries_to_deg(countries: gpd.GeoDataFrame) -> float:
    """Return how coarse the outlines of countries are, in degrees: by the size of them all."""
    west, south, east, north = countries.total_bounds
    return float(max(east - west, north - south) * _COUNTRIES_PART)


def _rings_in_sight(shape: BaseGeometry, to_deg: float) -> list[BaseGeometry]:
    rings = [part.exterior for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return [ring for ring in rings if _size(ring) > 2 * to_deg]


def _size(ring: BaseGeometry) -> float:
    west, south, east, north = ring.bounds
    return float(max(east - west, north - south))

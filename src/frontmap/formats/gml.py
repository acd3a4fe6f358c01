"""Features of GML 2 and 3: polygons and surfaces. No schema is fetched, no link followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from frontmap.errors import InputError
from frontmap.formats.coordinates import UnknownCRSError, code_of, latitude_first
from frontmap.formats.features import Feature
from frontmap.formats.layers import chosen, not_read
from frontmap.formats.source import Source, each_once, source_of, stated_id
from frontmap.formats.xml_text import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from numpy.typing import NDArray

    from frontmap.formats.source import FileOptions

_MEMBERS = frozenset({"featureMember", "featureMembers", "member", "cityObjectMember"})
_POLYGONS = frozenset({"Polygon", "PolygonPatch", "Triangle", "Rectangle"})
_SHELLS, _HOLES = (
    frozenset({"exterior", "outerBoundaryIs"}),
    frozenset({"interior", "innerBoundaryIs"}),
)
_OTHERS = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Curve", "MultiCurve",
     "CompositeCurve", "Solid", "MultiSolid", "CompositeSolid", "Grid", "RectifiedGrid"}
)  # fmt: skip
_COLLECTIONS = frozenset(
    {"MultiPolygon", "MultiSurface", "Surface", "CompositeSurface", "PolyhedralSurface",
     "TriangulatedSurface", "Tin", "MultiGeometry", "GeometricAggregate", "OrientableSurface"}
)  # fmt: skip
_GROUND = _POLYGONS | _COLLECTIONS
_GEOMETRIES = _GROUND | _OTHERS
_POSITIONS = frozenset({"posList", "pos", "coordinates", "coord"})
_HREF = "{http://www.w3.org/1999/xlink}href"
_LONGEST_SHOWN = 60
_BENT = frozenset(
    {"Arc", "ArcString", "ArcByCenterPoint", "ArcByBulge", "Circle", "CircleByCenterPoint",
     "CubicSpline", "BSpline", "Bezier", "Clothoid"}
)  # fmt: skip
#: Names of a coordinate system by which its axes come in its authority's order.
_AUTHORITY_ORDER = ("urn:", "http://www.opengis.net/def/", "https://www.opengis.net/def/")
_FEWEST, _MOST = 2, 3


def is_gml(root: Element) -> bool:
    """Whether an XML document is a collection of features in GML.

    >>> from xml.etree.ElementTree import fromstring
    >>> is_gml(fromstring("<FeatureCollection xmlns='http://www.opengis.net/wfs/2.0'/>"))
    True
    """
    return name_of(root) in {"FeatureCollection", "CityModel"} or any(
        name_of(child) in _MEMBERS for child in root
    )


def read_gml(root: Element, repairs: tuple[str, ...], path: Path, options: FileOptions) -> Source:
    """Return the features of a kind: the only one with polygons, or that which ``--layer`` names.

    ``repairs`` are those of its text. Where the coordinate system is named by a URN or an address,
    its axes come in its authority's order (latitude first for ``EPSG::4326``). Raises
    ``InputError`` when features are in several systems.

    >>> from pathlib import Path
    >>> from xml.etree.ElementTree import fromstring
    >>> from frontmap.formats.source import FileOptions
    >>> root = fromstring(
    ...     "<FeatureCollection><member><front><geometry>"
    ...     "<Polygon srsName='urn:ogc:def:crs:EPSG::4326'><exterior><LinearRing>"
    ...     "<posList>48 36 48 37 49 37 48 36</posList></LinearRing></exterior></Polygon>"
    ...     "</geometry></front></member></FeatureCollection>")
    >>> source = read_gml(root, (), Path("a.gml"), FileOptions())
    >>> [source.parse(text).polygons[0][0][1] for text in source.texts]
    [[37.0, 48.0]]
    """
    nodes = list(_nodes(root))
    names = list(dict.fromkeys(name_of(node) for node in nodes))
    if not names:
        return source_of("GML", (), repairs=repairs, degrees=True)
    drawn = {name_of(node) for node in nodes if any(name_of(e) in _POLYGONS for e in node.iter())}
    name = chosen(options.layer, names, [each for each in names if each in drawn], path)
    envelope = root.find("{*}boundedBy/{*}Envelope")
    stated = "" if envelope is None else envelope.get("srsName", "")
    reader = _Reader(stated, 2 if envelope is None else _dimension(envelope, 2))
    try:
        features = [reader.feature(node) for node in nodes if name_of(node) == name]
        systems = {srs for srs in reader.systems if srs}
        if len({code_of(srs) or srs for srs in systems}) > 1:
            raise InputError(
                f"{path}: its features are in several coordinate systems "
                f"({', '.join(sorted(systems))}); save it in EPSG:4326"
            )
    except UnknownCRSError as error:
        raise InputError(f"{path}: {error}; save it in EPSG:4326") from None
    repairs = (*repairs, *not_read(name, names, options.layer))
    return source_of("GML", features, repairs=repairs, crs=next(iter(systems), None))


def _nodes(root: Element) -> Iterator[Element]:
    """Yield the features of a collection, and of collections in it."""
    for child in root:
        if name_of(child) in _MEMBERS:
            for node in child:
                if name_of(node) == "FeatureCollection":
                    yield from _nodes(node)
                else:
                    yield node


@dataclass(frozen=True, slots=True)
class _Reader:
    stated: str
    dimension: int
    systems: set[str] = field(default_factory=set)

    def feature(self, node: Element) -> Feature:
        polygons: list[Any] = []
        others: list[str] = []
        texts: list[tuple[str, str]] = []
        flaw, stated, dimension = "", self.stated, self.dimension
        try:
            for child in node:
                if name_of(child) == "boundedBy":
                    for envelope in child:
                        stated = envelope.get("srsName", stated)
                        dimension = _dimension(envelope, dimension)
                elif (shape := _shape(child)) is not None:
                    self.shapes(shape, stated, dimension, polygons, others)
                elif not len(child):
                    texts.append((name_of(child), (child.text or "").strip()))
        except ValueError as error:
            if isinstance(error, UnknownCRSError):
                raise
            flaw = f"its geometry cannot be read: {error}"
        if (
            not polygons
            and not others
            and (address := next(filter(None, map(_elsewhere, node)), ""))
        ):
            flaw = flaw or f"it may be drawn elsewhere ({address}); save it anew from a GIS"
        properties = {name: value or None for name, value in each_once(texts).items()}
        own = next((value for key, value in node.items() if key.endswith(("}id", "fid"))), "")
        return Feature(
            own_id=stated_id(properties) or own,
            properties=properties,
            polygons=() if flaw else tuple(polygons),
            others=tuple(others),
            layer=name_of(node),
            flaw=flaw,
        )

    def shapes(
        self, node: Element, stated: str, dimension: int, polygons: list[Any], others: list[str]
    ) -> None:
        name = name_of(node)
        stated = node.get("srsName", stated)
        dimension = _dimension(node, dimension)
        if name in _POLYGONS:
            self.systems.add(stated)
            polygons.append(self.rings(node, stated, dimension))
        elif name not in _COLLECTIONS and name[:1].isupper():
            others.append(name)
        else:  # a collection, or what holds its members
            _require_here(node)
            for child in node:
                self.shapes(child, stated, dimension, polygons, others)

    def rings(self, polygon: Element, stated: str, dimension: int) -> list[Any]:
        swapped = stated.startswith(_AUTHORITY_ORDER) and latitude_first(stated)
        shells, holes = (
            [boundary for boundary in polygon if name_of(boundary) in side]
            for side in (_SHELLS, _HOLES)
        )
        if holes and not shells:
            raise ValueError("a polygon has holes, and no outer ring; save it anew from a GIS")
        for boundary in (*shells, *holes):
            for node in boundary.iter():
                _require_here(node)
        rings = [_positions(ring, dimension) for boundary in (*shells, *holes) for ring in boundary]
        return [
            ring[:, [1, 0, *range(2, ring.shape[1])]].copy() if swapped else ring for ring in rings
        ]


def _shape(node: Element) -> Element | None:
    """Return the geometry that a property holds, or what holds positions in a way not known."""
    known = next((child for child in node if name_of(child) in _GEOMETRIES), None)
    return next(filter(_may_be_ground, node), None) if known is None else known


def _may_be_ground(node: Element) -> bool:
    names = {name_of(each) for each in node.iter()}
    return bool(names & _POSITIONS) and (bool(names & _GROUND) or not names & _GEOMETRIES)


def _elsewhere(node: Element) -> str:
    """Return the address of what an element stands for, where it holds nothing itself."""
    return "" if len(node) else node.get(_HREF, "")[:_LONGEST_SHOWN]


def _require_here(node: Element) -> None:
    if address := _elsewhere(node):
        raise ValueError(f"it stands elsewhere ({address}); save it anew from a GIS")


def _positions(ring: Element, dimension: int) -> NDArray[np.float64]:
    """Return the positions of a ring, in one list or as straight pieces one after the other."""
    pieces = []
    for node in ring.iter():
        name, size = name_of(node), _dimension(node, dimension)
        if name in _BENT:
            raise ValueError(f"an edge is bent ({name}); straighten it (in QGIS: Segmentize)")
        if name == "posList":
            pieces.append(_numbers((node.text or "").split(), size))
        elif name == "pos":
            numbers = (node.text or "").split()
            pieces.append(_numbers(numbers, len(numbers)))
        elif name == "coordinates":
            pieces.append(_old_coordinates(node))
        elif name == "coord":
            pieces.append(_numbers([(child.text or "").strip() for child in node], len(node)))
    if not pieces:
        return np.zeros((0, 2))
    width = min(piece.shape[1] for piece in pieces)
    joined = np.concatenate([piece[:, :width] for piece in pieces])
    if ring.find(".//{*}curveMember") is None:
        return np.ascontiguousarray(joined)
    again = np.all(joined[1:] == joined[:-1], axis=1)  # where one piece ends, the next begins
    return np.ascontiguousarray(joined[np.concatenate([[True], ~again])])


def _numbers(texts: list[str], size: int) -> NDArray[np.float64]:
    if not _FEWEST <= size <= _MOST or len(texts) % size:
        raise ValueError(f"{len(texts)} numbers make no positions of {size}")
    return np.array(texts, dtype=np.float64).reshape(-1, size)


def _old_coordinates(node: Element) -> NDArray[np.float64]:
    """Return the positions of GML 2: ``x,y x,y``, or with the separators that it names."""
    within, between = node.get("cs", ","), node.get("ts", " ")
    decimal = node.get("decimal", ".")
    text = (node.text or "").strip()
    tuples = text.split() if between.isspace() else text.split(between)
    parts = [each.replace(decimal, ".").split(within) for each in tuples if each.strip()]
    sizes = {len(each) for each in parts}
    if len(sizes) != 1:
        raise ValueError("positions of different lengths")
    return _numbers([number.strip() for each in parts for number in each], sizes.pop())


def _dimension(node: Element, default: int) -> int:
    stated = node.get("srsDimension") or node.get("dimension") or ""
    return int(stated) if stated.isdigit() else default

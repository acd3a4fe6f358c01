"""Which geometry is no ground and can be left out; of all else that is no polygon nobody knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frontmap.formats.features import Feature

#: Points, lines, and what stands for another file or a picture, as each format names them.
NO_GROUND = frozenset(
    {"Point", "MultiPoint", "Multipoint", "LineString", "MultiLineString", "LinearRing", "Polyline",
     "CircularString", "CompoundCurve", "CompositeCurve", "Curve", "MultiCurve", "curvePaths",
     "Track", "MultiTrack", "Model", "NetworkLink", "GroundOverlay", "PhotoOverlay",
     "GeometryCollection"}
)  # fmt: skip
_BENT = frozenset({"CurvePolygon", "MultiSurface", "curveRings"})
_RIGHT_CASE = {name.lower(): name for name in {*NO_GROUND, *_BENT, "Polygon", "MultiPolygon"}}
_LONGEST_SHOWN = 60


def may_hold_ground(kind: str) -> bool:
    """Whether geometry of a type may hold ground.

    >>> [may_hold_ground(kind) for kind in ("Point", "CurvePolygon", "GeometryCollection")]
    [False, True, True]
    """
    return kind not in NO_GROUND or kind == "GeometryCollection"


def understood(feature: Feature) -> Feature:
    """Return a feature; with its flaw where geometry of it may be ground, and is not read.

    >>> from frontmap.formats.features import Feature
    >>> understood(Feature(others=("Point",))).flaw
    ''
    >>> understood(Feature(others=("Point", "CurvePolygon"))).flaw
    'its edges may be bent (CurvePolygon); straighten it (in QGIS: Segmentize)'
    >>> understood(Feature(others=("polygon",))).flaw
    "geometry of type 'polygon' is not known; write it 'Polygon'"
    """
    unread = next((kind for kind in feature.others if kind not in NO_GROUND), None)
    return feature if unread is None or feature.flaw else replace(feature, flaw=_why(unread))


def _why(kind: str) -> str:
    if kind in _BENT:
        return f"its edges may be bent ({kind}); straighten it (in QGIS: Segmentize)"
    named = f"geometry of type {kind[:_LONGEST_SHOWN]!r}"
    if right := _RIGHT_CASE.get(kind.lower()):
        return f"{named} is not known; write it {right!r}"
    return f"{named} is not read; save it as polygons, as GeoPackage or GeoJSON"

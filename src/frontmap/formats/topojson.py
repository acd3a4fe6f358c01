"""Features of a TopoJSON topology: arcs that polygons share, put together again."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from frontmap.errors import InputError
from frontmap.formats.features import Feature
from frontmap.formats.geojson import own_id, split_geometry, stated_crs
from frontmap.formats.layers import chosen, not_read
from frontmap.formats.no_ground import may_hold_ground
from frontmap.formats.source import Source, source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from frontmap.formats.source import FileOptions

    Arc = list[list[float]]

#: What arcs used many times over may come to, in positions.
MOST_POSITIONS = 2_000_000


def read_topology(value: Mapping[str, Any], path: Path, options: FileOptions) -> Source:
    """Return the features of a topology's object (its one, or the one that ``layer`` names).

    Raises ``InputError`` when arcs are missing or no arcs, or more positions come of them than are
    read.

    >>> from pathlib import Path
    >>> from frontmap.formats.source import FileOptions
    >>> topology = {"type": "Topology", "arcs": [[[36, 48], [1, 0], [0, 1], [-1, -1]]],
    ...     "transform": {"scale": [1, 1], "translate": [0, 0]},
    ...     "objects": {"front": {"type": "Polygon", "id": 7, "arcs": [[0]]}}}
    >>> source = read_topology(topology, Path("a.topojson"), FileOptions())
    >>> [(each.own_id, each.layer, each.polygons) for each in map(source.parse, source.texts)]
    [('7', 'front', ([[[36, 48], [37, 48], [37, 49], [36, 48]]],))]
    """
    objects = value.get("objects")
    if not isinstance(objects, dict) or not objects:
        raise InputError(f"{path}: TopoJSON without objects; save it as GeoJSON")
    holding = [name for name, each in objects.items() if _has_polygons(each)]
    name = chosen(options.layer, list(objects), holding, path)
    try:
        arcs = _arcs(value)
    except (TypeError, ValueError, LookupError) as error:
        raise InputError(
            f"{path}: TopoJSON whose arcs cannot be put together: {error}; "
            "fetch the file again, whole, or save it as GeoJSON"
        ) from None
    rings = _ring_maker(arcs)
    features = [_feature(each, name, rings) for each in _members(objects[name])]
    said = not_read(name, list(objects), options.layer)
    return source_of("TopoJSON", features, repairs=said, crs=stated_crs(value), degrees=True)


def _arcs(topology: Mapping[str, Any]) -> list[Arc]:
    arcs = topology.get("arcs")
    if not isinstance(arcs, list):
        raise TypeError("'arcs' must be a list")
    transform = topology.get("transform")
    if transform is None:
        return arcs
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    return [
        [
            [x * kx + dx, y * ky + dy]
            for x, y in zip(
                accumulate(x for x, *_ in arc), accumulate(y for _, y, *_ in arc), strict=True
            )
        ]
        for arc in arcs
    ]


def _ring_maker(arcs: list[Arc]) -> Callable[[list[int]], Arc]:
    """Return a function from the numbers of arcs to the ring that they make."""
    positions = 0

    def ring(numbers: list[int]) -> Arc:
        nonlocal positions
        made: Arc = []
        for number in numbers:
            place = number if number >= 0 else ~number
            if place >= len(arcs):
                raise ValueError(
                    f"arc {place} is missing, the file has {len(arcs):,}; fetch it again, whole"
                )
            arc = arcs[place] if number >= 0 else arcs[place][::-1]
            positions += len(arc)
            if positions > MOST_POSITIONS:
                raise ValueError(f"more than {MOST_POSITIONS:,} positions")
            made += arc[1:] if made else arc
        return made

    return ring


def _members(geometry: Any) -> Iterator[Any]:  # noqa: ANN401  any JSON value
    if isinstance(geometry, dict) and geometry.get("type") == "GeometryCollection":
        members = geometry.get("geometries")
        yield from members if isinstance(members, list) else ()
    else:
        yield geometry


def _has_polygons(geometry: Any) -> bool:  # noqa: ANN401  any JSON value
    """Whether an object has polygons, or geometry that nobody knows; null geometry has no type."""
    kinds = (each.get("type") for each in _members(geometry) if isinstance(each, dict))
    return any(kind is not None and may_hold_ground(str(kind)) for kind in kinds)


def _feature(value: Any, layer: str, ring: Callable[[list[int]], Arc]) -> Feature:  # noqa: ANN401  any JSON value
    if not isinstance(value, dict):
        return Feature(layer=layer, flaw="not a geometry")
    properties = value.get("properties") or {}
    if not isinstance(properties, dict):
        return Feature(layer=layer, flaw="'properties' must be an object")
    try:
        polygons, others = split_geometry(_with_coordinates(value, ring))
    except ValueError as error:
        return Feature(own_id=own_id(value, properties), layer=layer, flaw=str(error))
    except (TypeError, LookupError) as error:
        flaw = f"its arcs are damaged: {error}; fetch the file again, whole"
        return Feature(own_id=own_id(value, properties), layer=layer, flaw=flaw)
    return Feature(
        own_id=own_id(value, properties),
        properties=properties,
        polygons=tuple(polygons),
        others=tuple(others),
        layer=layer,
    )


def _with_coordinates(value: dict[str, Any], ring: Callable[[list[int]], Arc]) -> dict[str, Any]:
    """Return a topology's geometry as one of GeoJSON."""
    kind = value.get("type")
    if kind == "Polygon":
        return {"type": kind, "coordinates": [ring(each) for each in value["arcs"]]}
    if kind == "MultiPolygon":
        parts = [[ring(each) for each in part] for part in value["arcs"]]
        return {"type": kind, "coordinates": parts}
    if kind == "GeometryCollection":
        inner = [_with_coordinates(each, ring) for each in value["geometries"]]
        return {"type": kind, "geometries": inner}
    return {"type": kind}

"""Ground that zones of several parties hold at once: it counts as contested, for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.polygons import polygonal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import MultiPolygon, Polygon

    from frontmap.model import Zone

    Ground = Polygon | MultiPolygon

#: Less than this is a sliver of two borders that were not drawn as one.
_LEAST_KM2 = 0.01


def shared_ground(zones: Sequence[Zone]) -> dict[tuple[str, ...], Ground]:
    """Return what several parties have as controlled or contested, by those parties, each once.

    Of zones in degrees (EPSG:4326); no ground of less than a hectare.

    >>> from shapely import box
    >>> from frontmap.model import Zone
    >>> zones = [Zone(id=party, party=party, status="controlled", geometry=ground, sources=("s",),
    ...               confidence="high", accuracy_m=500.0)
    ...          for party, ground in (("A", box(0, 0, 3, 1)), ("B", box(1, 0, 4, 1)),
    ...                                ("C", box(2, 0, 5, 1)))]
    >>> {parties: ground.area for parties, ground in shared_ground(zones).items()}
    {('A', 'B'): 1.0, ('A', 'B', 'C'): 1.0, ('B', 'C'): 1.0}
    """
    held = [zone for zone in zones if zone.status != "claimed"]
    if len({zone.party for zone in held}) < 2:  # noqa: PLR2004  who could share it
        return {}
    shapes = np.array([zone.geometry for zone in held], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    rivals = np.array([held[a].party < held[b].party for a, b in zip(one, other, strict=True)])
    both = shapely.intersection(shapes[one[rivals]], shapes[other[rivals]])
    met = [each for each in map(polygonal, both) if not each.is_empty]
    both = [each for each in met if polygon_areas_km2([each])[0] >= _LEAST_KM2]
    if not both:
        return {}
    lines = shapely.union_all([ground.boundary for ground in both])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside, of = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), "within")
    holders: list[set[str]] = [set() for _ in faces]
    for face, zone in zip(inside, of, strict=True):
        holders[face].add(held[zone].party)
    found: dict[tuple[str, ...], list[Polygon]] = {}
    for face, parties in zip(faces, holders, strict=True):
        if len(parties) > 1:
            found.setdefault(tuple(sorted(parties)), []).append(face)
    return {
        parties: polygonal(shapely.set_precision(shapely.union_all(found[parties]), 1e-6))
        for parties in sorted(found)
    }

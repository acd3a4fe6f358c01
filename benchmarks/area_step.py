"""The area step alone: polygons in memory to square kilometres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod

from benchmarks.comparison import Comparison, best_of, named
from benchmarks.makers_files import deepstate_files
from frontmap.geometry.exact_area import ragged_areas_km2

if TYPE_CHECKING:
    from pathlib import Path

WANTED = 50


def compare(shared: Path) -> Comparison:
    geometries = np.array(
        [zone.geometry for file in deepstate_files(shared) for zone in file.zones], dtype=object
    )
    geometries = shapely.orient_polygons(geometries)  # or the peer adds holes instead
    _, coordinates, offsets = shapely.to_ragged_array(geometries)
    geod = Geod(ellps="WGS84")

    def peer(shapes: np.ndarray = geometries) -> np.ndarray:
        return np.array([geod.geometry_area_perimeter(each)[0] / 1e6 for each in shapes])

    def ours() -> np.ndarray:
        return ragged_areas_km2(coordinates, offsets)

    # The peer's edges are geodesics; cut finely, they are where ours are.
    assert np.allclose(peer(shapely.segmentize(geometries, 0.01)), ours(), rtol=1e-4, atol=1e-6)
    peer_s, ours_s = best_of(5, peer, ours)
    return Comparison(
        name=f"area step alone, {len(coordinates) / 1e6:.2f} million vertices",
        peer=f"Geod.geometry_area_perimeter per geometry, {named('pyproj')}",
        peer_s=peer_s,
        ours_s=ours_s,
        wanted=WANTED,
        note=f"{len(coordinates) / ours_s / 1e6:.0f} million vertices/s",
    )

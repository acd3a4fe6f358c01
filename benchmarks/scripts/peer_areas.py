"""The peer: GeoJSON files to the area of each with json, shapely.shape and pyproj.Geod."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyproj import Geod
from shapely.geometry import shape


def main():
    geod = Geod(ellps="WGS84")
    for path in sorted(Path(sys.argv[1]).glob("*.geojson")):
        features = json.loads(path.read_bytes())["features"]
        shapes = [shape(feature["geometry"]) for feature in features]
        sum(abs(geod.geometry_area_perimeter(each)[0]) for each in shapes)


if __name__ == "__main__":
    main()

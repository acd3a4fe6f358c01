"""Ours: GeoJSON files to the area of each, without an archive."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.stream import read_collections

if __name__ == "__main__":
    read_collections(sorted(Path(sys.argv[1]).glob("*.geojson"))).areas_km2()

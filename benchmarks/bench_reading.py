"""Reading GeoJSON to the area of every snapshot, a fresh process each, without import."""

from __future__ import annotations

from harness import Row, peers, python

from grow import grow


def rows(shared, scratch):
    peer_name = f"json + {peers('shapely', 'pyproj')} Geod"
    folder = shared / "deepstate"
    count = len(list(folder.glob("*.geojson")))
    grow(folder, scratch / "unlike", files=40, changed=1.0)
    grow(folder, scratch / "indented", files=40, changed=1.0, indent=1)
    for name, files, need in (
        (f"reading {count} files as they are", folder, 25 if count > 1000 else 10),
        ("reading, nothing repeats", scratch / "unlike", 5),
        ("reading, nothing repeats, not minified", scratch / "indented", 5),
    ):
        ours, peer = python("our_areas.py", files), python("peer_areas.py", files)
        yield Row(name, ours.cpu_s, peer.cpu_s, peer_name, need)

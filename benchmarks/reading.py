"""FileZones GeoJSON to the area of every snapshot, without import: a fresh process each."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.comparison import Comparison, named
from benchmarks.grow import grow
from benchmarks.makers_files import deepstate_paths
from benchmarks.processes import cheapest, script

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS, MANY = 3, 1000
PEER = f"json + {named('shapely')} shape + {named('pyproj')} Geod"


def compare(shared: Path) -> Iterator[Comparison]:
    paths = deepstate_paths(shared)
    wanted = 25 if len(paths) >= MANY else 10
    yield _compared(f"reading {len(paths)} files as they are", paths[0].parent, wanted)
    with tempfile.TemporaryDirectory() as folder:
        for name, changed, indent in (("nothing repeats", 1.0, None), ("not minified", 0.0, 1)):
            files = Path(folder, name)
            grow(paths, files, count=78, changed=changed, indent=indent)
            yield _compared(f"reading 78 files, {name}", files, 5)


def _compared(name: str, folder: Path, wanted: float) -> Comparison:
    peer, ours = cheapest(ROUNDS, script("peer_areas", folder), script("our_areas", folder))
    return Comparison(name, PEER, peer.cpu_s, ours.cpu_s, wanted, f"peak {ours.peak_mb:.0f} MB")

"""The page of a whole war, from a made-up history: as many snapshots, as much alike day by day.

``python -m benchmarks.whole_war DIR``: what making the page costs, of half, of all, and of all and
one more; and how many bytes it has.

Between real files of another map maker, some vertices move a little each day, the same in every
polygon that has them. What a count over a real history of 1,359 snapshots found is what this one
comes near to: 17.2 million vertices drawn, 93,567 of them distinct, 8,833 distinct polygons.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from benchmarks.comparison import verdict
from benchmarks.makers_files import deepstate_paths
from benchmarks.processes import cost_of, frontmap
from frontmap import open as open_archive
from frontmap.imports.importing import import_files, sources_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from benchmarks.processes import Cost
    from frontmap.model import Zone

    Floats = NDArray[np.float64]

SNAPSHOTS = 1359
MOST_BYTES, ONE_MORE = 1_000_000, 0.1
SPOTS, VERTICES, POLYGONAL = 5, 9, {"Polygon", "MultiPolygon"}


def write_history(files: Sequence[Path], into: Path, snapshots: int = SNAPSHOTS) -> list[Path]:
    """Write ``snapshots`` files between the given ones, named by instants as theirs are.

    ``files`` are GeoJSON named by Unix seconds, in order. The same files give the same history.
    """
    into.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(1)
    written = []
    for instant, text in _days(files, snapshots, chance):
        path = into / f"{instant}.geojson"
        path.write_bytes(text)
        written.append(path)
    return written


def _days(
    files: Sequence[Path], snapshots: int, chance: np.random.Generator
) -> Iterator[tuple[int, bytes]]:
    instants = [int(path.stem) for path in files]
    gaps = np.diff([*instants, instants[-1] + 86400]).astype(float)
    shares = np.floor(np.cumsum(gaps) / gaps.sum() * (snapshots - len(files))).astype(int)
    days = np.diff([0, *shares])
    for path, instant, gap, more in zip(files, instants, gaps, days, strict=True):
        text = path.read_bytes()
        yield instant, text
        collection = orjson.loads(text)
        for day in range(1, more + 1):
            _move(collection, chance)
            yield instant + int(gap * day / (more + 1)), orjson.dumps(collection)


def _move(collection: dict[str, Any], chance: np.random.Generator) -> None:
    """Move the vertices about a few spots, each less than half way to its nearest neighbour."""
    polygons = [f["geometry"] for f in collection["features"] if f["geometry"]["type"] in POLYGONAL]
    positions = np.array([p[:2] for polygon in polygons for p in _positions(polygon)])
    distinct = np.unique(positions, axis=0)
    moved: dict[tuple[float, float], tuple[float, float]] = {}
    for middle in distinct[chance.integers(0, len(distinct), SPOTS)]:
        near = np.argsort(np.hypot(*(distinct - middle).T))[:VERTICES]
        for place in near:
            here = distinct[place]
            room = np.partition(np.hypot(*(distinct[near] - here).T), 1)[1]
            there = np.round(here + chance.uniform(-0.3, 0.3, 2) * room, 7)
            moved[tuple(here.tolist())] = tuple(there.tolist())
    for polygon in polygons:
        for position in _positions(polygon):
            position[:2] = moved.get((position[0], position[1]), position[:2])


def _positions(geometry: dict[str, Any]) -> Iterator[list[float]]:
    polygons = geometry["coordinates"]
    for polygon in [polygons] if geometry["type"] == "Polygon" else polygons:
        for ring in polygon:
            yield from ring


def main() -> None:
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None
    if shared is None or not deepstate_paths(shared):
        print("skipped: no folder with real/deepstate; give it: make bench-war SHARED=DIR")
        return
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CACHE_HOME"] = scratch
        page_of_a_war(deepstate_paths(shared), Path(scratch))


def page_of_a_war(files: Sequence[Path], scratch: Path) -> None:
    """Make the page of the first half, of all, and of all and one more; print what each costs."""
    *history, last = write_history(files, scratch / "files", SNAPSHOTS + 1)
    costs = {}
    for name, paths in {"half": history[: SNAPSHOTS // 2], "all": history}.items():
        into = scratch / name
        for _ in import_files(sources_in(paths, "deepstate"), into, maker="deepstate"):
            pass
        costs[name] = cost_of(frontmap("map", "--archive", into, "--output", scratch / "war.html"))
        told(f"page of {len(paths)} snapshots", costs[name])
    print(counted(into))
    size = (scratch / "war.html").stat().st_size
    print(f"{size} bytes (at most {MOST_BYTES}: {verdict(size <= MOST_BYTES)})")
    for _ in import_files(sources_in([last], "deepstate"), into, maker="deepstate"):
        pass
    again = cost_of(frontmap("map", "--archive", into, "--output", scratch / "war.html"))
    told("one more, after it is imported", again)
    share = again.cpu_s / costs["all"].cpu_s
    print(f"one more: {share:.3f} of the whole (under {ONE_MORE}: {verdict(share < ONE_MORE)})")
    growth = costs["all"].cpu_s / costs["half"].cpu_s
    print(f"all: {growth:.2f} times half (linear: 2)")


def counted(root: Path) -> str:
    """Count the vertices that all snapshots draw, and the distinct ones and distinct polygons."""
    zones: dict[int, Zone] = {}
    drawn = 0
    for snapshot in open_archive(root).snapshots():
        zones |= {id(zone): zone for zone in snapshot.zones}
        drawn += int(shapely.get_num_coordinates([z.geometry for z in snapshot.zones]).sum())
    shapes = {shapely.to_wkb(zone.geometry): zone.geometry for zone in zones.values()}
    vertices = np.unique(shapely.get_coordinates(list(shapes.values())), axis=0)
    return f"{drawn} vertices drawn, {len(vertices)} distinct; {len(shapes)} distinct polygons"


def told(what: str, cost: Cost) -> None:
    print(
        f"{what}: {cost.cpu_s:.0f} s of processor, {cost.wall_s:.0f} s, {cost.peak_mb:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()

"""A made-up history of a whole war: as many snapshots as a real one, as much alike day by day.

Between real files of another map maker, some vertices move a little each day, the same in every
polygon that has them. What a count over a real history of 1,359 snapshots found is what this one
comes near to: 17.2 million vertices drawn, 93,567 of them distinct, 8,833 distinct polygons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SNAPSHOTS = 1359
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

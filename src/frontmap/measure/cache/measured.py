"""Bring the store up to date with an archive's plain files, and measure what it holds."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from frontmap.archive import layout
from frontmap.formats import canonical
from frontmap.geometry.ellipsoid import ragged_areas_km2
from frontmap.measure.cache.arrays import FOLDER as CACHE
from frontmap.measure.cache.flattening import flattened, stamp_of
from frontmap.measure.cache.segments import gathered, joined, keep, loaded, numbered
from frontmap.model import STATUSES
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from frontmap.measure.cache.flattening import Stamp
    from frontmap.measure.cache.segments import Segment
    from frontmap.model import Revision

    Floats = NDArray[np.float64]

FOLDER = Path(CACHE, "ground-1")
MOST_SEGMENTS = 16
BATCH = 64


class MeasuredRevisions(NamedTuple):
    """Areas of an archive's revisions in square kilometres: ``areas_km2[revision, party, status]``.

    ``revisions`` are all that are recorded, oldest first; the statuses are in the order of
    ``frontmap.model.STATUSES``; ``present[revision, party]`` says which parties have ground.
    """

    revisions: tuple[Revision, ...]
    parties: tuple[str, ...]
    areas_km2: Floats
    present: NDArray[np.bool_]


def measured_revisions(root: Path, *, executor: Executor | None = None) -> MeasuredRevisions:
    """Measure every revision of the archive in the folder ``root``, each piece of ground once.

    The numbers are those of :func:`frontmap.measure.area.areas`. What the store lacks is read from
    the plain files first, by ``executor`` where one is given, and kept. Raises
    ``IntegrityError`` for a revision that is not what was recorded.

    >>> ground = measured_revisions(Path("geodata/kursk"))
    >>> len(ground.revisions) == len(ground.areas_km2)
    True
    """
    segments = _current(root, executor)
    parties = sorted({party for segment in segments for party in segment.parties})
    geometry_km2 = np.concatenate([np.empty(0), *map(_areas_km2, segments)])
    rows = np.concatenate([np.empty((0, 4), np.int64), *numbered(segments, parties)])
    headers = [entry for segment in segments for entry in segment.revisions]
    shape = (len(headers), len(parties), len(STATUSES))
    sums = np.zeros(shape)
    present = np.zeros(shape[:2], dtype=np.bool_)
    np.add.at(sums, tuple(rows[:, :3].T), geometry_km2[rows[:, 3]])
    present[tuple(rows[:, :2].T)] = True
    order = sorted(range(len(headers)), key=lambda place: headers[place].name)
    return MeasuredRevisions(
        tuple(canonical.revision_of(headers[place].header) for place in order),
        tuple(parties),
        sums[order],
        present[order],
    )


def _areas_km2(segment: Segment) -> Floats:
    arrays = segment.arrays
    offsets = (arrays["rings"], arrays["polygons"], arrays["geometries"])
    return ragged_areas_km2(arrays["coordinates"], offsets)


def _current(root: Path, executor: Executor | None) -> list[Segment]:
    """Return segments that hold every revision as it is now, and keep what was missing."""
    listed = dict(_listed(root))
    segments = loaded(root / FOLDER)
    held = [entry for segment in segments for entry in segment.revisions]
    kept = {entry.name for entry in held if listed.get(entry.name) == entry.stamp}
    if len(held) > len(kept):  # a file was changed or is gone
        segments, kept = [], set()
    missing = sorted(listed.keys() - kept)
    if missing:
        flats = map_batches(partial(flattened, root), missing, executor=executor, size=BATCH)
        segments.append(gathered(flats, segments))
        if len(segments) > MOST_SEGMENTS:
            segments = [joined(segments)]
        keep(root / FOLDER, segments)
    return segments


def _listed(root: Path) -> Iterator[tuple[str, Stamp]]:
    for year in _folders(root / "revisions"):
        for date in _folders(year):
            with os.scandir(date) as entries:
                for entry in entries:
                    if layout.REVISION_NAME.fullmatch(entry.name):
                        name = Path(entry.path).relative_to(root / "revisions").as_posix()
                        yield name, stamp_of(entry.stat())


def _folders(folder: Path | str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.is_dir()]
    except FileNotFoundError:
        return []

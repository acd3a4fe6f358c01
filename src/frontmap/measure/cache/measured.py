"""Bring the cache up to date with an archive's plain files, and measure the ground in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from frontmap.archive import layout
from frontmap.formats import recorded_form
from frontmap.geometry.exact_area import ragged_areas_km2
from frontmap.measure.cache.arrays import FOLDER as CACHE
from frontmap.measure.cache.segments import (
    joined_segments,
    new_segment,
    numbered_pieces,
    read_segments,
    write_last_segment,
)
from frontmap.measure.cache.stored_pieces import flat_revisions, stamp_of
from frontmap.model import STATUSES
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from frontmap.measure.cache.segments import Segment
    from frontmap.measure.cache.stored_pieces import Stamp
    from frontmap.model import Revision, Status

    Floats = NDArray[np.float64]

FOLDER = Path(CACHE, "ground-1")
MOST_SEGMENTS = 16
BATCH = 64


@dataclass(frozen=True, slots=True)
class MeasuredRevisions:
    """Areas of an archive's revisions in square kilometres: ``areas_km2[revision, party, status]``.

    ``revisions`` are those that were measured, oldest first; the statuses are in the order of
    ``frontmap.model.STATUSES``; ``present[revision, party]`` says which parties have ground;
    ``row_of`` gives the place of a revision by its digest.
    """

    revisions: tuple[Revision, ...]
    parties: tuple[str, ...]
    areas_km2: Floats
    present: NDArray[np.bool_]
    row_of: Mapping[str, int]

    def parties_of(self, revisions: Iterable[Revision]) -> tuple[str, ...]:
        """Return the parties with ground of any status in one of the revisions, in order.

        >>> measured = measured_revisions(Path("geodata/kursk"))
        >>> measured.parties_of(measured.revisions)
        ('UA',)
        """
        rows = [self.row_of[revision.digest] for revision in revisions]
        there = np.any(self.present[rows], axis=0).tolist()
        return tuple(party for party, is_there in zip(self.parties, there, strict=True) if is_there)

    def counted_km2(self, revision: Revision, party: str) -> dict[Status, float]:
        """Return the ground of a party in a revision by status; 0.0 where there is none.

        >>> measured = measured_revisions(Path("geodata/kursk"))
        >>> measured.counted_km2(measured.revisions[-1], "nobody")
        {'controlled': 0.0, 'contested': 0.0, 'claimed': 0.0}
        """
        if party not in self.parties:
            return dict.fromkeys(STATUSES, 0.0)
        areas_km2 = self.areas_km2[self.row_of[revision.digest], self.parties.index(party)]
        return dict(zip(STATUSES, areas_km2.tolist(), strict=True))


def measured_revisions(
    root: Path, *, only: Iterable[Revision] | None = None, executor: Executor | None = None
) -> MeasuredRevisions:
    """Measure revisions of the archive in the folder ``root``, each piece of ground once.

    ``only`` names those that must be measured; None means all that are recorded. What the cache
    lacks is read from the plain files first, by ``executor`` where one is given, and cached.
    Numbers are those of :func:`frontmap.geometry.counted_once.counted_km2`, to 1e-12 of themselves.
    Raises ``IntegrityError`` for a revision that is not what was recorded.

    >>> import frontmap
    >>> last = frontmap.open("geodata/kursk").revisions()[-1]
    >>> measured = measured_revisions(Path("geodata/kursk"), only=[last])
    >>> list(measured.counted_km2(last, "UA"))
    ['controlled', 'contested', 'claimed']
    """
    wanted = None if only is None else {_name(root, revision) for revision in only}
    segments = _current(root, wanted, executor)
    parties = sorted({party for segment in segments for party in segment.parties})
    geometry_km2 = np.concatenate([np.empty(0), *map(_areas_km2, segments)])
    rows = np.concatenate([np.empty((0, 4), np.int64), *numbered_pieces(segments, parties)])
    headers = [entry for segment in segments for entry in segment.revisions]
    shape = (len(headers), len(parties), len(STATUSES))
    sums = np.zeros(shape)
    present = np.zeros(shape[:2], dtype=np.bool_)
    np.add.at(sums, tuple(rows[:, :3].T), geometry_km2[rows[:, 3]])
    present[tuple(rows[:, :2].T)] = True
    order = sorted(range(len(headers)), key=lambda place: headers[place].name)
    revisions = tuple(recorded_form.revision_of(headers[place].header) for place in order)
    return MeasuredRevisions(
        revisions=revisions,
        parties=tuple(parties),
        areas_km2=sums[order],
        present=present[order],
        row_of={revision.digest: row for row, revision in enumerate(revisions)},
    )


def _name(root: Path, revision: Revision) -> str:
    path = layout.revision_path(root, revision)
    return path.relative_to(root / "revisions").as_posix()


def _areas_km2(segment: Segment) -> Floats:
    arrays = segment.arrays
    offsets = (arrays["rings"], arrays["polygons"], arrays["geometries"])
    return ragged_areas_km2(arrays["coordinates"], offsets)


def _current(root: Path, wanted: set[str] | None, executor: Executor | None) -> list[Segment]:
    """Return segments that hold the revisions wanted as they are now, and write what was missing.

    None wants every one.
    """
    listed = dict(_listed(root))
    segments = read_segments(root / FOLDER)
    held = [entry for segment in segments for entry in segment.revisions]
    unchanged = {entry.name for entry in held if listed.get(entry.name) == entry.stamp}
    if len(held) > len(unchanged):  # a file was changed or is gone
        segments, unchanged = [], set()
    missing = sorted((listed.keys() if wanted is None else wanted) - unchanged)
    if missing:
        flat = map_batches(partial(flat_revisions, root), missing, executor=executor, size=BATCH)
        segments.append(new_segment(flat, segments))
        if len(segments) > MOST_SEGMENTS:
            segments = [joined_segments(segments)]
        write_last_segment(root / FOLDER, segments)
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

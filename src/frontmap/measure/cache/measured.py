"""The ground of an archive's revisions in km²: known by their digests, or read and measured now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from frontmap.archive import layout
from frontmap.formats import canonical, recorded_form
from frontmap.geometry.counted_once import PieceCache, counted_km2, pieces
from frontmap.measure.cache import stamps
from frontmap.measure.cache.derived_file import finite_km2, read_rows, write_rows
from frontmap.measure.cache.folder import cache_folder
from frontmap.measure.cache.stamps import ReadFile
from frontmap.model import STATUSES
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray

    from frontmap.measure.cache.folder import CacheFolder
    from frontmap.model import Revision, Status

    #: A party's ground by status, in the order of ``STATUSES``.
    AreasByParty = Mapping[str, tuple[float, ...]]

_FILE = "areas.json"
#: Goes up when what a row means changes; the code that makes it is named beside.
_INPUTS = {"rule": 1, "statuses": list(STATUSES)}
BATCH = 64
#: So many are measured before they are written: killed on the way, this much is lost at most.
WRITTEN_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class MeasuredRevisions:
    """Areas of an archive's revisions in square kilometres: ``areas_km2[revision, party, status]``.

    ``revisions`` are those that were measured, oldest first; the statuses are in the order of
    ``frontmap.model.STATUSES``; ``present[revision, party]`` says which parties have ground;
    ``row_of`` gives the place of a revision by its digest.
    """

    revisions: tuple[Revision, ...]
    parties: tuple[str, ...]
    areas_km2: NDArray[np.float64]
    present: NDArray[np.bool_]
    row_of: Mapping[str, int]

    def parties_of(self, revisions: Iterable[Revision]) -> tuple[str, ...]:
        """Return the parties with ground of any status in one of the revisions, in order.

        >>> from pathlib import Path
        >>> measured = measured_revisions(Path("geodata/kursk"))
        >>> measured.parties_of(measured.revisions)
        ('UA',)
        """
        rows = [self.row_of[revision.digest] for revision in revisions]
        there = np.any(self.present[rows], axis=0).tolist()
        return tuple(party for party, is_there in zip(self.parties, there, strict=True) if is_there)

    def counted_km2(self, revision: Revision, party: str) -> dict[Status, float]:
        """Return the ground of a party in a revision by status; 0.0 where there is none.

        >>> from pathlib import Path
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

    ``only`` names those that must be measured; None means all that are recorded. A revision whose
    file was read whole before, and has not changed since, is answered from the cache; the others
    are read, by ``executor`` where one is given. Numbers are those of
    :func:`frontmap.geometry.counted_once.counted_km2`. Raises ``IntegrityError`` for a revision
    that is not what was recorded.

    >>> import frontmap
    >>> from pathlib import Path
    >>> last = frontmap.open("geodata/kursk").revisions()[-1]
    >>> measured = measured_revisions(Path("geodata/kursk"), only=[last])
    >>> list(measured.counted_km2(last, "UA"))
    ['controlled', 'contested', 'claimed']
    """
    wanted = None if only is None else {_name(root, revision): revision for revision in only}
    found = _found(root, wanted, executor)
    for name, revision in (wanted or {}).items():
        if found[name].revision.digest != revision.digest:
            raise layout.damaged(layout.revision_path(root, revision), "it was changed meanwhile")
    ordered = [found[name] for name in sorted(found)]
    parties = sorted({party for each in ordered for party in each.areas_km2})
    nothing = (0.0,) * len(STATUSES)
    areas_km2 = [[each.areas_km2.get(party, nothing) for party in parties] for each in ordered]
    present = [[party in each.areas_km2 for party in parties] for each in ordered]
    shape = (len(ordered), len(parties))
    return MeasuredRevisions(
        revisions=tuple(each.revision for each in ordered),
        parties=tuple(parties),
        areas_km2=np.array(areas_km2, dtype=np.float64).reshape(*shape, len(STATUSES)),
        present=np.array(present, dtype=np.bool_).reshape(shape),
        row_of={each.revision.digest: row for row, each in enumerate(ordered)},
    )


class _Measured(NamedTuple):
    """A revision, and its ground by party and status in km²."""

    revision: Revision
    areas_km2: AreasByParty


class _Read(NamedTuple):
    """What a revision file held: its digest, and its ground where the digest was not known."""

    digest: str
    measured: _Measured | None


def _found(
    root: Path, wanted: Iterable[str] | None, executor: Executor | None
) -> dict[str, _Measured]:
    """Return what the revision files hold, by name; what was not known is measured and cached."""
    folder = cache_folder(root)
    known, files = read_rows(folder, _FILE, _INPUTS, _parsed), stamps.read_files(folder)
    written = _Written(len(known), dict(files))
    begun_ns = stamps.now_ns()
    now = (
        dict(stamps.listed_stamps(root))
        if wanted is None
        else {name: stamps.file_stamp(root, name) for name in wanted}
    )
    digests = {
        name: files[name].digest
        for name, stamp in now.items()
        if name in files and files[name].stamp == stamp and files[name].digest in known
    }
    if wanted is None:  # those that are gone or changed are forgotten
        files = {name: files[name] for name in digests}
    by_start = {digest[:12]: digest for digest in known}
    unread = [(name, by_start.get(name[-20:-8])) for name in sorted(now.keys() - digests)]
    reading = map_batches(partial(_read_batch, root), unread, executor=executor, size=BATCH)
    for number, ((name, _), read) in enumerate(zip(unread, reading, strict=True), 1):
        digests[name] = read.digest
        if read.measured is not None:
            known[read.digest] = read.measured
        if now[name].vouches_at(begun_ns) and stamps.file_stamp(root, name) == now[name]:
            files[name] = ReadFile(now[name], read.digest)
        if number % WRITTEN_AT_ONCE == 0:
            written = _write_new(folder, written, known, files)
    _write_new(folder, written, known, files)
    return {name: known[digest] for name, digest in digests.items()}


class _Written(NamedTuple):
    """What lies in the cache: how many revisions' ground, and which files were read whole."""

    known: int
    files: Mapping[str, ReadFile]


def _write_new(
    folder: CacheFolder | None,
    written: _Written,
    known: Mapping[str, _Measured],
    files: Mapping[str, ReadFile],
) -> _Written:
    if len(known) > written.known:
        rows = ([canonical.header_of(r), areas_km2] for r, areas_km2 in known.values())
        write_rows(folder, _FILE, _INPUTS, rows)
    if files != written.files:
        stamps.write_files(folder, files)
    return _Written(len(known), dict(files))


def _read_batch(root: Path, batch: Sequence[tuple[str, str | None]]) -> list[_Read]:
    """Read revision files whole; measure each whose digest is not the one known under its name."""
    cache, read = PieceCache(), layout.Reader()

    def measured(name: str, known: str | None) -> _Read:
        snapshot, _ = read(root / "revisions" / name)
        if snapshot.digest == known:
            return _Read(known, None)
        parts = pieces(snapshot, cache)
        areas_km2 = {
            party: tuple(counted_km2(parts, status, party=party) for status in STATUSES)
            for party in sorted({part.zone.party for part in parts})
        }
        return _Read(snapshot.digest, _Measured(snapshot.revision, areas_km2))

    return [measured(*each) for each in batch]


def _parsed(row: Any) -> tuple[str, _Measured]:  # noqa: ANN401  any JSON value
    header, areas_km2 = row
    revision = recorded_form.revision_of(header)
    ground = {party: tuple(map(finite_km2, areas)) for party, areas in areas_km2.items()}
    if any(len(areas) != len(STATUSES) for areas in ground.values()):
        raise ValueError("an area for each status")
    return revision.digest, _Measured(revision, ground)


def _name(root: Path, revision: Revision) -> str:
    path = layout.revision_path(root, revision)
    return path.relative_to(root / "revisions").as_posix()

"""Revision files cut into pieces of ground that count once, each distinct geometry named once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from frontmap.archive import layout
from frontmap.formats import canonical
from frontmap.formats.splitting import BoundedCache
from frontmap.geometry.counted_once import PieceCache, pieces
from frontmap.model import STATUSES

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray


class Stamp(NamedTuple):
    """What tells a revision file from a changed one without reading it."""

    size: int
    modified_ns: int
    changed_ns: int


class RevisionFile(NamedTuple):
    """A revision file: its name under ``revisions/``, its stamp, its header as JSON values."""

    name: str
    stamp: Stamp
    header: dict[str, Any]


class StoredPiece(NamedTuple):
    """Ground of one party and status (its place in ``STATUSES``), and its geometry's content."""

    party: str
    status: int
    key: bytes


class FlatRevision(NamedTuple):
    """One revision as pieces, with those geometries that came first in its batch."""

    file: RevisionFile
    parts: tuple[StoredPiece, ...]
    fresh: dict[bytes, tuple[NDArray[Any], ...]]


def flat_revisions(root: Path, names: Sequence[str]) -> list[FlatRevision]:
    """Read some revisions and cut them into pieces; what they share is done once.

    ``names`` are relative to ``revisions/`` in the archive's folder. Raises ``IntegrityError`` for
    a revision that is not what was recorded.

    >>> from pathlib import Path
    >>> flat_revisions(Path("geodata/kursk"), [])
    []
    """
    cache, read, key = PieceCache(), layout.Reader(), BoundedCache(_key, size=_bytes)
    seen: set[bytes] = set()

    def flat(name: str) -> FlatRevision:
        path = root / "revisions" / name
        stamp = stamp_of(path.stat())
        snapshot, _ = read(path)
        parts, fresh = [], {}
        for part in pieces(snapshot, cache):
            content = key(part.geometry)
            parts.append(StoredPiece(part.zone.party, STATUSES.index(part.status), content))
            if content not in seen:
                seen.add(content)
                fresh[content] = _ragged(part.geometry)
        header = canonical.header_of(snapshot.revision)
        return FlatRevision(RevisionFile(name, stamp, header), tuple(parts), fresh)

    return [flat(name) for name in names]


def _key(geometry: Polygon | MultiPolygon) -> bytes:
    return hashlib.blake2b(shapely.to_wkb(geometry), digest_size=16).digest()


def _bytes(geometry: Polygon | MultiPolygon) -> int:
    return 16 * int(shapely.get_num_coordinates(geometry))


def _ragged(geometry: Polygon | MultiPolygon) -> tuple[NDArray[Any], ...]:
    whole = MultiPolygon([geometry]) if isinstance(geometry, Polygon) else geometry
    _, coordinates, offsets = shapely.to_ragged_array([whole], include_z=False)
    return coordinates, *(np.diff(offset) for offset in offsets)


def stamp_of(stat: os.stat_result) -> Stamp:
    """Return the stamp of a file that was looked at.

    >>> import os
    >>> stamp_of(os.stat_result((0, 0, 0, 0, 0, 0, 7, 0, 0, 0))).size
    7
    """
    return Stamp(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)

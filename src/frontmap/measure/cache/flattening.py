"""Revision files cut into pieces of ground that count once, each distinct geometry named once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from frontmap.archive import layout
from frontmap.formats import canonical
from frontmap.formats.splitting import Remembered
from frontmap.geometry.counted import pieces
from frontmap.model import STATUSES

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from frontmap.geometry.counted import Memory


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


class Flat(NamedTuple):
    """One revision as parts, with those geometries that came first in its batch."""

    entry: RevisionFile
    parts: tuple[StoredPiece, ...]
    fresh: dict[bytes, tuple[NDArray[Any], ...]]


def flattened(root: Path, names: Sequence[str]) -> list[Flat]:
    """Read some revisions and cut them into pieces; what they share is done once."""
    memory: Memory = {}
    read = layout.Reader()
    key = Remembered(_key, size=_bytes)
    seen: set[bytes] = set()
    return [_flat(root / "revisions" / name, name, read, key, memory, seen) for name in names]


def _flat(  # noqa: PLR0913, PLR0917  what a batch remembers
    path: Path,
    name: str,
    read: layout.Reader,
    key: Callable[[Polygon | MultiPolygon], bytes],
    memory: Memory,
    seen: set[bytes],
) -> Flat:
    stamp = stamp_of(path.stat())
    snapshot, _ = read(path)
    parts, fresh = [], {}
    for part in pieces(snapshot, memory):
        content = key(part.geometry)
        parts.append(StoredPiece(part.zone.party, STATUSES.index(part.status), content))
        if content not in seen:
            seen.add(content)
            fresh[content] = _ragged(part.geometry)
    header = canonical.header_of(snapshot.revision)
    return Flat(RevisionFile(name, stamp, header), tuple(parts), fresh)


def _key(geometry: Polygon | MultiPolygon) -> bytes:
    return hashlib.blake2b(shapely.to_wkb(geometry), digest_size=16).digest()


def _bytes(geometry: Polygon | MultiPolygon) -> int:
    return 16 * int(shapely.get_num_coordinates(geometry))


def _ragged(geometry: Polygon | MultiPolygon) -> tuple[NDArray[Any], ...]:
    whole = MultiPolygon([geometry]) if isinstance(geometry, Polygon) else geometry
    _, coordinates, offsets = shapely.to_ragged_array([whole], include_z=False)
    return coordinates, *(np.diff(offset) for offset in offsets)


def stamp_of(stat: os.stat_result) -> Stamp:
    """Return the stamp of a file that was looked at."""
    return Stamp(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)

"""The ground of an archive's revisions, ready to measure: derived, never the only copy.

Counting ground once takes overlays, and reading text takes parsing; both are the same each time. So
the pieces that :func:`frontmap.geometry.counted_once.pieces` cuts are kept in ``.cache/`` inside
the archive (git leaves it alone) as ``.npy`` files that NumPy maps into memory, each distinct
geometry once, by its content. Areas are not kept: they are computed from the geometry each time.
What takes long to work out from it (errors of areas, ground that changed hands) is kept beside it,
by digest of revision.

A revision file whose size or times are not those that were seen is read again, and one that is gone
counts no more. Delete ``.cache/`` at any time: it is made anew.
"""

from __future__ import annotations

from frontmap.measure.cache.measured import MeasuredRevisions, measured_revisions
from frontmap.measure.cache.results import (
    CachedChanges,
    CachedUncertainties,
    read_changes,
    read_uncertainties,
    write_changes,
    write_uncertainties,
)

__all__ = [
    "CachedChanges",
    "CachedUncertainties",
    "MeasuredRevisions",
    "measured_revisions",
    "read_changes",
    "read_uncertainties",
    "write_changes",
    "write_uncertainties",
]

"""What takes long to work out of an archive, kept for the next time: never the only copy.

It lies in the user's own cache folder (``$XDG_CACHE_HOME/frontmap``, else ``~/.cache/frontmap``), a
folder for each place where an archive lies; nothing of it is read from, or written to, an archive.
Every result is kept by the digest of the revision that it is of, in a file that says what it was
made from, by which code and libraries, and that has a checksum over all of it; what is not as it
was written is worked out anew. A revision file that may have changed since it was read is read
again. Where the folder can't be made or written, all is worked out each time. Delete it at any
time.
"""

from __future__ import annotations

from frontmap.measure.cache.measured import MeasuredRevisions, measured_revisions
from frontmap.measure.cache.results import (
    CachedChanges,
    CachedUncertainties,
    read_changes,
    read_histories,
    read_uncertainties,
    write_changes,
    write_histories,
    write_uncertainties,
)

__all__ = [
    "CachedChanges",
    "CachedUncertainties",
    "MeasuredRevisions",
    "measured_revisions",
    "read_changes",
    "read_histories",
    "read_uncertainties",
    "write_changes",
    "write_histories",
    "write_uncertainties",
]

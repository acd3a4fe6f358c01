"""Files, read and written safely: no link followed below a folder, whole or not at all, one writer.

Whatever lies in an archive may come from a stranger. So every function takes ``below``, the folder
that a file must lie under: from there on no link is followed, and only plain files are opened, of
at most ``MOST_BYTES``. Without it a path is the user's own word, and may lead through links.
"""

from __future__ import annotations

from frontmap.storage.durable import (
    Staged,
    create,
    make_folder,
    move_into_place,
    remove,
    remove_staged,
    replace,
    staged,
    write_scratch,
)
from frontmap.storage.locking import locked
from frontmap.storage.opener import (
    MOST_BYTES,
    Entry,
    Kind,
    entries,
    file_status,
    kind_of,
    path_in,
    read,
    read_start,
    require_plain_or_missing,
)
from frontmap.storage.pinned import PinnedFolder, pin

__all__ = [
    "MOST_BYTES",
    "Entry",
    "Kind",
    "PinnedFolder",
    "Staged",
    "create",
    "entries",
    "file_status",
    "kind_of",
    "locked",
    "make_folder",
    "move_into_place",
    "path_in",
    "pin",
    "read",
    "read_start",
    "remove",
    "remove_staged",
    "replace",
    "require_plain_or_missing",
    "staged",
    "write_scratch",
]

"""Which two snapshots of a date to compare: of a fork, an edited copy, or an earlier revision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import history, layout, lookup
from frontmap.errors import NotFoundError
from frontmap.formats import canonical
from frontmap.intake.file_zones import read_zones
from frontmap.model import Snapshot

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

NOTHING, EDITED = "nothing was recorded before", "the edited copy, not recorded"


def pair(
    root: Path, date: dt.date, before: str | None, after: str | None
) -> tuple[Snapshot, Snapshot]:
    """Return two snapshots of a valid date to compare, as ``Archive.pair`` promises.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> first, second = pair(Path("geodata/kursk"), dt.date(2024, 8, 31), None, None)
    >>> first.revision.kind, second.revision.kind
    ('correction', 'correction')
    """
    recorded = lookup.read_revisions(root, date)
    if not recorded:
        raise NotFoundError(f"{date}: no revision here; see the dates: frontmap log")
    ends = history.tips(recorded)
    if before is None and len(ends) > 1:
        return lookup.read_revision(root, ends[0]), lookup.read_revision(root, ends[1])
    last = lookup.read_revision(root, history.named(recorded, after) if after else ends[-1])
    if before:
        return lookup.read_revision(root, history.named(recorded, before)), last
    edited = None if after else _edited(root, last)
    if edited is not None:
        return last, edited
    earlier = [r for r in recorded if r.digest in last.revision.supersedes]
    nothing = replace(last.revision, digest="", sources=(), reason=NOTHING)
    return (lookup.read_revision(root, earlier[0]) if earlier else Snapshot(nothing, ())), last


def _edited(root: Path, last: Snapshot) -> Snapshot | None:
    copy = layout.copy_path(root, last.revision)
    missing = storage.kind_of(copy, below=root) is None
    if missing or storage.read(copy, below=root) == canonical.dumps(last):
        return None
    zones = read_zones(copy, date=last.date, below=root, no_ground=True).zones
    return Snapshot(replace(last.revision, digest="", reason=EDITED), zones)

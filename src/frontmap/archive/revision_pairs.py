"""Which two snapshots of a date to compare: of a fork, an edited copy, or an earlier revision."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import history, layout, lookup
from frontmap.archive.git_listing import read_listing
from frontmap.errors import IntegrityError, NotFoundError
from frontmap.formats import canonical
from frontmap.intake.file_zones import read_zones
from frontmap.model import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    first = lookup.read_revision(root, earlier[0]) if earlier else day_before(root, last)
    return first, last


def day_before(root: Path, snapshot: Snapshot) -> Snapshot:
    """Return the last snapshot in force before one, of an earlier date or instant.

    Nothing, where there is none. Raises ``ConflictError`` when it is forked.

    >>> from pathlib import Path
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> day_before(kursk.root, kursk["2024-08-31"]).date.isoformat()
    '2024-08-28'
    """
    header = snapshot.revision
    chains = history.chains(lookup.read_revisions(root, header.date)).values()
    same_day = [chain for chain in chains if history.order(chain[0]) < history.order(header)]
    if same_day and (found := history.all_in_force(r for chain in same_day for r in chain)):
        return lookup.read_revision(root, found[-1])
    try:
        before = lookup.as_of(root, header.date - dt.timedelta(days=1), None, "previous")
    except NotFoundError:
        return Snapshot(replace(header, digest="", sources=(), reason=NOTHING), ())
    return lookup.read_revision(root, before)


def pairs_since(
    root: Path, revision: str, date: dt.date | None = None
) -> Iterator[tuple[Snapshot, Snapshot]]:
    """Yield what a git revision had in force and what is in force, where it is not the same.

    A new date comes after the snapshot before it; of a forked date, each end is one of a pair.
    No file is read from git: a revision once recorded is still here, so that names tell enough.
    Raises as ``git_listing.read_listing``, and ``IntegrityError`` when one is not here any more.

    >>> from pathlib import Path
    >>> list(pairs_since(Path("geodata/kursk"), "no-such-revision"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.NotFoundError: geodata/kursk: neither a file nor a revision of git: ...
    """
    listed = read_listing(root, revision).digests.keys()
    recorded = lookup.read_revisions(root, date)
    paths = {layout.revision_path(root, r).relative_to(root).as_posix(): r for r in recorded}
    within = "revisions/" if date is None else f"revisions/{date.year:04d}/{date}/"
    gone = (name for name in sorted(listed - paths.keys()) if name.startswith(within))
    lost = [name for name in gone if storage.kind_of(root / name, below=root) is None]
    if lost:
        raise IntegrityError(
            f"{root / lost[0]}: {revision} has it, and it is not here (of {len(lost)} in all); "
            f"see: frontmap verify --since {revision}"
        )
    known = {r.digest for name, r in paths.items() if name in listed}
    for chain in history.chains(recorded).values():
        then, now = history.tips(r for r in chain if r.digest in known), history.tips(chain)
        for end in now if now != then else ():
            after = lookup.read_revision(root, end)
            if not then:
                yield day_before(root, after), after
            for start in then:
                if start != end:
                    yield lookup.read_revision(root, start), after


def _edited(root: Path, last: Snapshot) -> Snapshot | None:
    copy = layout.copy_path(root, last.revision)
    missing = storage.kind_of(copy, below=root) is None
    if missing or storage.read(copy, below=root) == canonical.dumps(last):
        return None
    zones = read_zones(copy, date=last.date, below=root, no_ground=True).zones
    return Snapshot(replace(last.revision, digest="", reason=EDITED), zones)

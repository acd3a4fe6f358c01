"""The copies of the revisions in force: to open, link to and edit. How they stand, and mending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from frontmap import canonical, storage
from frontmap.archive import history, layout
from frontmap.errors import FrontmapError
from frontmap.formats.geojson import read_zones

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from frontmap.model import Revision

    Chain = tuple[Revision, ...]

State = Literal["good", "missing", "stale", "rewritten", "edited"]

SAFE_TO_MEND: frozenset[State] = frozenset({"missing", "stale", "rewritten"})


def state(root: Path, chain: Chain) -> State:
    """Say how the copy of a chain that is not forked stands to the revision in force.

    - ``good``: the same bytes; for a withdrawn date, no copy
    - ``missing``: there is none
    - ``stale``: it is that of an earlier revision, as a killed writer leaves it
    - ``rewritten``: other bytes that say the same, as another program saves it
    - ``edited``: somebody changed it, and did not record that
    """
    (current,) = history.tips(chain)
    copy = layout.copy_path(root, current)
    withdrawn = current.kind == "withdrawal"
    if not copy.exists():
        return "good" if withdrawn else "missing"
    text = storage.read(copy)
    if not withdrawn and text == storage.read(layout.revision_path(root, current)):
        return "good"
    if any(text == storage.read(layout.revision_path(root, earlier)) for earlier in chain):
        return "stale"
    return "rewritten" if not withdrawn and _says_the_same(copy, root, current) else "edited"


def mend(
    root: Path, revisions: Iterable[Revision], *, states: Collection[State]
) -> tuple[Path, ...]:
    """Put back the copies that stand so; return their paths. A forked date is left alone."""
    mended = []
    for chain in history.chains(revisions).values():
        ends = history.tips(chain)
        if len(ends) != 1 or state(root, chain) not in states:
            continue
        copy = layout.copy_path(root, ends[0])
        if ends[0].kind == "withdrawal":
            storage.remove(copy)
        else:
            storage.replace(copy, layout.read_whole(layout.revision_path(root, ends[0])))
        mended.append(copy)
    return tuple(mended)


def ownerless(
    root: Path, revisions: Iterable[Revision], date: dt.date | None = None
) -> tuple[Path, ...]:
    """Return the copies (of a date) that no revision has."""
    owned = {layout.copy_path(root, revision) for revision in revisions}
    return tuple(path for path in layout.copies(root, date) if path not in owned)


def _says_the_same(copy: Path, root: Path, current: Revision) -> bool:
    try:
        zones = read_zones(copy, date=current.date).zones
    except FrontmapError:
        return False
    recorded = layout.read_snapshot(layout.revision_path(root, current)).zones
    return canonical.same_zones(zones, recorded)

"""The rules held against one snapshot that is not recorded, beside the dates that are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.archive import snapshot_rules
from frontmap.archive.covered import ground_to_fill
from frontmap.checks.accepted import accepted_rows, key_of, unreadable_tables
from frontmap.checks.borders import across_the_border, ground_of_most_places, unknown_sources
from frontmap.checks.far_ground import far_pieces
from frontmap.checks.jump import large_steps
from frontmap.checks.narrow_ground import narrow_gaps
from frontmap.checks.placement import outside_their_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.model import Finding, Snapshot


def proposed_findings(
    archive: Archive, snapshot: Snapshot, series: pd.DataFrame | None = None
) -> tuple[Finding, ...]:
    """Return what the rules find in a snapshot that could be recorded, less what is accepted.

    ``series`` is the archive's with the snapshot in it, as for
    :func:`frontmap.checks.jump.large_steps`, whose findings of this date and of the step after it
    are among them; None: steps are not looked at. Tables that cannot be read are findings; the
    rules that need them are left out then.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> proposed_findings(kursk, kursk["2024-08-31"])
    ()
    """
    accepted = accepted_rows(archive.root)
    found = _findings(archive, snapshot, series)
    return tuple(finding for finding in found if key_of(finding) not in accepted)


def _findings(
    archive: Archive, snapshot: Snapshot, series: pd.DataFrame | None
) -> Iterator[Finding]:
    yield from snapshot_rules.check_snapshot(snapshot, archive.about, overlaps="keep")
    yield from far_pieces([snapshot])
    if series is not None:
        dates = sorted({date.date() for date in series["date"]})
        own = {date for date in dates if date >= snapshot.date}
        beside = {snapshot.date, *sorted(own)[:2]}
        yield from (found for found in large_steps(series) if found.date in beside)
    tables = tuple(unreadable_tables(archive.root))
    yield from tables
    if tables:
        return
    yield from unknown_sources([snapshot], archive.root)
    yield from narrow_gaps([snapshot], ground_to_fill(archive.about, archive.root))
    side = ground_of_most_places(archive.root, archive.about)
    if side is not None:
        yield from across_the_border([snapshot], side)
    mapped = {zone.party for zone in snapshot.zones} if series is None else set(series["party"])
    yield from outside_their_zone([snapshot], archive, side, mapped)

"""Rules over a whole archive, or a file, that yield findings and never stop at the first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from frontmap.archive import snapshot_rules
from frontmap.archive.covered import ground_to_fill
from frontmap.archive.inspection import DAMAGE
from frontmap.checks.accepted import (
    of_other_form,
    of_unknown_parties,
    of_unknown_sources,
    unreadable_tables,
    without_accepted,
)
from frontmap.checks.borders import across_the_border, ground_of_most_places, unknown_sources
from frontmap.checks.far_ground import far_pieces
from frontmap.checks.jump import jumps
from frontmap.checks.narrow_ground import narrow_gaps
from frontmap.checks.placement import events_out_of_order, outside_their_zone
from frontmap.checks.unrecorded_file import candidate_errors, check_file
from frontmap.measure.timeline import parties_of
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from frontmap.archive import Archive
    from frontmap.model import About, Finding, Snapshot

__all__ = ["candidate_errors", "check_archive", "check_file", "findings"]


def check_archive(archive: Archive) -> tuple[Finding, ...]:
    """Return what is wrong in an archive and not accepted in ``accepted.csv``.

    >>> import tempfile
    >>> import frontmap
    >>> from frontmap.archive import init
    >>> archive = init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0-1.0",
    ...                bbox=(34, 50, 38, 53), parties={"UA": {}})
    >>> _ = archive.add("2024-08-12", [], reason="nothing was held")
    >>> frontmap.check_archive(archive)
    ()
    """
    return tuple(without_accepted(findings(archive), archive.root))


def findings(archive: Archive) -> Iterator[Finding]:
    """Yield every finding, accepted or not.

    Those of ``Archive.verify`` and, for each snapshot in force, of
    ``frontmap.archive.snapshot_rules``; then ``far`` (a piece of ground far from all
    other), ``table`` (a table of facts cannot be read),
    ``mended`` (a table reads, and not as tables are kept), ``party`` (an event or figure of a party
    that ``archive.json`` hasn't), ``event-order``, ``source`` (of a snapshot, a zone or a feature
    of the reference, not in ``sources.csv``), ``gap`` (ground of nobody between zones, too narrow
    to be meant), ``jump`` (a change to the next date that is large for the front's own pace),
    ``border`` (ground across the state border) and ``settlement`` (its
    status is not that of the ground it lies on). A damaged or forked archive, or a table that
    cannot be read, ends the list early: what follows could not be relied on.

    >>> import tempfile
    >>> from frontmap.archive import init
    >>> archive = init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0-1.0",
    ...                bbox=(34, 50, 38, 53), parties={"UA": {}})
    >>> _ = archive.add("2024-08-12", [], reason="nothing was held", sources=["isw-1"])
    >>> [finding.located for finding in findings(archive)]  # doctest: +NORMALIZE_WHITESPACE
    ["2024-08-12: the header names source 'isw-1', which is not in sources.csv; add its
    row (frontmap source add isw-1 --publisher NAME --url URL --published DAY), or mend the id"]
    """
    verified = archive.verify()
    yield from verified
    if any(finding.rule in DAMAGE | {"fork"} for finding in verified):
        return
    snapshots = tuple(archive.snapshots())
    yield from _of_each(snapshots, archive.about)
    yield from far_pieces(snapshots)
    yield from of_other_form(archive.root)
    tables = tuple(unreadable_tables(archive.root))
    yield from tables
    if tables:
        return
    yield from of_unknown_parties(archive)
    yield from events_out_of_order(archive.root)
    yield from unknown_sources(snapshots, archive.root)
    yield from of_unknown_sources(archive.root)
    yield from narrow_gaps(snapshots, ground_to_fill(archive.about, archive.root))
    yield from jumps(archive)
    side = ground_of_most_places(archive.root, archive.about)
    if side is not None:
        yield from across_the_border(snapshots, side)
    yield from outside_their_zone(snapshots, archive, side, parties_of(snapshots))


def _of_each(snapshots: Iterable[Snapshot], about: About) -> Iterator[Finding]:
    """Yield what each snapshot breaks; of borders that do not match the first finding speaks."""
    checked = snapshot_rules.CheckedZones()
    unmatched = []
    for snapshot in snapshots:
        for finding in snapshot_rules.check_snapshot(
            snapshot, about, overlaps="keep", checked=checked
        ):
            if finding.rule == "coverage":
                unmatched.append(finding)
            else:
                yield finding
    if len(unmatched) > 1:
        later = f"; so it is in {counted(len(unmatched) - 1, 'later snapshot')}"
        yield replace(unmatched[0], message=unmatched[0].message + later)
    else:
        yield from unmatched

"""What is said once a revision is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.cli.output import say
from frontmap.dates import instant_text
from frontmap.errors import FrontmapError
from frontmap.model import Snapshot
from frontmap.plurals import counted

if TYPE_CHECKING:
    from frontmap.archive import Archive
    from frontmap.model import Finding, Revision, Zone


def acknowledge(
    archive: Archive, revision: Revision, recorded: tuple[Zone, ...] | None = None
) -> None:
    """Say what was recorded; ``recorded`` are its zones, None where it has nothing to say of them.

    >>> import contextlib, sys, frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> snapshot = kursk["2024-08-31"]
    >>> with contextlib.redirect_stderr(sys.stdout):
    ...     acknowledge(kursk, snapshot.revision, snapshot.zones)
    recorded correction of 2024-08-31, 12 zones: 7085c848de23
    """
    zones = ""
    if recorded is not None:
        count = len(recorded)
        zones = f", {counted(count, 'zone')}" if count else ", no zones: no ground was held"
    say(f"recorded {revision.kind} of {revision.date}{zones}: {revision.digest[:12]}")
    if revision.author != revision.maker:
        say(f"author: {revision.author}")
    if revision.recorded > archive.clock():
        say(
            f"it is dated {instant_text(revision.recorded)}, after this machine's clock: so is "
            "what it follows; a clock is wrong, this machine's or that of who recorded it"
        )
    if recorded is None:  # of zones, it is said before they are recorded
        for finding in _unknown_sources(archive, revision):
            say(f"{finding.severity}: {finding.located}")


def _unknown_sources(archive: Archive, revision: Revision) -> tuple[Finding, ...]:
    """Return the sources of a header that have no row; of an unreadable table, ``check`` says."""
    from frontmap.checks.borders import unknown_sources

    try:
        return tuple(unknown_sources([Snapshot(revision, ())], archive.root))
    except FrontmapError:
        return ()

"""From which revision a file was made: as ``--from`` says, its header, or the one in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from frontmap.cli.differences import difference_line
from frontmap.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from frontmap.archive import Archive
    from frontmap.model import Revision

FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="DIGEST",
        help="The revision that FILE was made from, of any date (its digest or the beginning of "
        "it); without it, the one that its header names.",
        show_default=False,
    ),
]


class Base(NamedTuple):
    """The revision that a correction replaces, and what was taken for granted (blank: nothing).

    No revision where the archive has the refusal: the date is forked, or has nothing.
    """

    revision: Revision | None = None
    assumed: str = ""

    @property
    def digest(self) -> str | None:
        """The revision's digest."""
        return None if self.revision is None else self.revision.digest

    @property
    def published(self) -> dt.datetime | None:
        """The maker's instant of the revision, where there is one."""
        return None if self.revision is None else self.revision.published


def named_revision(archive: Archive, start: str) -> Revision:
    """Return the revision, of whatever date, whose digest begins so.

    >>> import frontmap
    >>> named_revision(frontmap.open("geodata/kursk"), "4c237868").date.isoformat()
    '2024-08-31'
    """
    found = [each for each in archive.revisions() if each.digest.startswith(start)]
    if len(found) != 1:
        raise NotFoundError(f"--from {start!r}: not one revision here; see them: frontmap log")
    return found[0]


def copy_of(archive: Archive, date: dt.date, given: Revision | None) -> Path:
    """Return where the archive's own copy of a date lies, of the instant of what ``--from`` named.

    >>> import datetime as dt, frontmap
    >>> copy_of(frontmap.open("geodata/kursk"), dt.date(2024, 8, 31), None).name
    '2024-08-31.geojson'
    """
    from frontmap.archive import layout

    if given is not None and given.date == date:
        return layout.copy_path(archive.root, given)
    return archive.root / "snapshots" / f"{date.year:04d}" / f"{date}.geojson"


def base_of(
    archive: Archive, date: dt.date, file: Path, stated: str | None, given: Revision | None
) -> Base:
    """Return the revision of a date that a file corrects, which is the one in force.

    ``stated`` is the digest in the file's header, ``given`` what ``--from`` named. Raises
    ``ConflictError`` with what changed since where the file was made from an older revision, and
    where this archive doesn't have the one that its header names.

    >>> from pathlib import Path
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> older = named_revision(kursk, "48bf983a")
    >>> base_of(kursk, older.date, Path("a.geojson"), older.digest, None)
    Traceback (most recent call last):
    frontmap.errors.ConflictError: a.geojson started from 48bf983a5f9a, and 7085c848de23 (frontmap:
    brought to format 2: each zone states its date, and zones share their borders to the bit) was
    recorded after it: 11 zones changed (contested-bolshesoldatsky-high, contested-korenevsky-high,
    contested-korenevsky-low and 8 more); take that into the file (frontmap diff 2024-08-31
    48bf983a5f9a), then name what it rests on: --from 7085c848de23
    """
    from frontmap.archive import history

    recorded = archive.revisions(date)
    start = _start(recorded, file, stated, given)
    chains = history.chains(recorded)
    if start is None and len(chains) > 1:
        raise ConflictError(
            f"{date} has maps of several instants; name the revision that {file} was made from "
            f"(frontmap log {date}): --from DIGEST"
        )
    ends = history.tips(recorded if start is None else chains[history.chain_key(start)])
    if len(ends) != 1:
        return Base()
    (last,) = ends
    if start is None:
        return Base(last, _assumed(file, last, given))
    if start != last:
        raise ConflictError(_outdated(archive, file, start, last))
    return Base(last)


def _start(
    recorded: tuple[Revision, ...], file: Path, stated: str | None, given: Revision | None
) -> Revision | None:
    """Return the revision of a date that a file says it was made from; None where it says none."""
    digest = stated if given is None else given.digest
    start = next((each for each in recorded if each.digest == digest), None)
    if start is None and given is None and digest is not None and recorded:
        date = recorded[0].date
        raise ConflictError(
            f"{file}: its header names the revision {digest[:12]}, which is none of {date} in this "
            f"archive; name the one that it was made from (frontmap log {date}): --from DIGEST"
        )
    return start


def _assumed(file: Path, last: Revision, given: Revision | None) -> str:
    replaced = f"{last.digest[:12]} ({last.author}: {last.reason}), which is in force"
    if given is not None:
        return f"{file}, made from {given.digest[:12]} of {given.date}, replaces {replaced}"
    return (
        f"{file} has no header (a GIS saves none): taken as made from {replaced}; "
        "else name it: --from DIGEST"
    )


def _outdated(archive: Archive, file: Path, start: Revision, last: Revision) -> str:
    from frontmap.measure.difference import compare_snapshots

    changed = difference_line(compare_snapshots(archive.read(start), archive.read(last)))
    return (
        f"{file} started from {start.digest[:12]}, and {last.digest[:12]} ({last.author}: "
        f"{last.reason}) was recorded after it: {changed}; take that into the file "
        f"(frontmap diff {last.date} {start.digest[:12]}), then name what it rests on: "
        f"--from {last.digest[:12]}"
    )

"""A file, and what its user says of it, as the snapshot that would be recorded of a date."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from frontmap.cli.bases import Base, base_of, copy_of, named_revision
from frontmap.cli.output import say
from frontmap.errors import MendedWarning, UsageError
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from frontmap.archive import Archive
    from frontmap.archive.core import RevisionFields
    from frontmap.archive.new_revisions import Edits
    from frontmap.cli.statements import Said, Statement
    from frontmap.intake.file_zones import FileZones
    from frontmap.intake.profiles import Profile
    from frontmap.intake.zone_words import Defaults
    from frontmap.model import ImportedFrom, Revision, Snapshot


@dataclass(frozen=True, slots=True)
class Candidate:
    """The zones of a file, to be recorded of a date: the first, or in place of ``base``.

    ``keeping`` is within what it is recorded: it keeps what the maker's words mean, and says from
    what file the zones are where another maker made it.
    """

    archive: Archive
    date: dt.date
    reading: FileZones
    fields: RevisionFields
    keeping: Callable[[], AbstractContextManager[ImportedFrom | None]] = nullcontext
    base: Base | None = None

    def snapshot(self) -> Snapshot:
        """Return what would be recorded, and say what was mended and taken for granted.

        Raises as ``Archive.add`` or ``Archive.correct``.

        >>> import datetime as dt, frontmap
        >>> from frontmap.intake.file_zones import FileZones
        >>> kursk = frontmap.open("geodata/kursk")
        >>> made = Candidate(kursk, dt.date(2024, 8, 29), FileZones(()), {"reason": "none held"})
        >>> made.snapshot().revision.kind, "2024-08-29" in kursk
        ('snapshot', False)
        """
        from frontmap.facts import require_plain_files

        archive, zones = self.archive, self.reading.zones
        require_plain_files(archive.root)  # what is refused is one line, before any note
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", MendedWarning)
            snapshot = (
                archive.would_add(self.date, zones, **self.fields)
                if self.base is None
                else archive.would_correct(self.date, zones, base=self.base.digest, **self.fields)
            )
        for repair in (*self.reading.repairs, *(warning.message for warning in caught)):
            say(f"mended: {repair}")
        if self.base is not None and self.base.assumed:
            say(self.base.assumed)
        return snapshot

    def record(self, snapshot: Snapshot) -> Revision:
        """Record a snapshot that was shown, in place of what it was compared with, or not at all.

        >>> import datetime as dt, tempfile, frontmap
        >>> from frontmap.intake.file_zones import FileZones
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> made = Candidate(front, dt.date(2024, 8, 29), FileZones(()), {"reason": "none held"})
        >>> made.record(made.snapshot()).kind
        'snapshot'
        """
        with self.keeping() as origin:
            fields: RevisionFields = {**self.fields, "imported_from": origin}
            if self.base is None:
                return self.archive.add(self.date, snapshot.zones, **fields)
            (base,) = snapshot.revision.supersedes
            return self.archive.correct(self.date, snapshot.zones, base=base, **fields)


def first_of(
    archive: Archive, date: dt.date, file: Path | None, statement: Statement, said: Said
) -> Candidate:
    """Read a file as the first snapshot of a date, as ``add`` does.

    >>> import datetime as dt, frontmap
    >>> from frontmap.cli.statements import Said, Statement
    >>> kursk, day = frontmap.open("geodata/kursk"), dt.date(2024, 8, 31)
    >>> copy = kursk.root / "snapshots/2024/2024-08-31.geojson"
    >>> first_of(kursk, day, copy, Statement("x"), Said()).snapshot()
    Traceback (most recent call last):
    frontmap.errors.ConflictError: 2024-08-31 has a snapshot already; to replace it: frontmap
    correct 2024-08-31 FILE
    """
    sources = statement.sources
    start = named_revision(archive, said.from_) if said.from_ is not None else None
    profile = said.words.made_profile(archive.root)
    unstated = said.zone_defaults.defaults(sources)
    reading = _read(file, date, unstated, archive, start, profile, said)
    reading = _snapped(archive, reading, said.snap_m)
    fields: RevisionFields = {"reason": statement.reason, "sources": sources}
    fields |= {"author": statement.author, "places": reading.places}
    fields["published"] = said.published
    keeping = partial(said.words.held_by, profile, file, archive.root)
    return Candidate(archive, date, reading, fields, keeping)


def correction_of(
    archive: Archive,
    date: dt.date,
    file: Path | None,
    statement: Statement,
    said: Said,
    sources: tuple[str, ...] | None,
) -> Candidate:
    """Read a file, or without one the archive's own copy, as a correction, as ``correct`` does.

    >>> import datetime as dt, frontmap
    >>> from frontmap.cli.statements import Said, Statement
    >>> kursk, day = frontmap.open("geodata/kursk"), dt.date(2024, 8, 31)
    >>> correction_of(kursk, day, None, Statement("x"), Said(), None).snapshot()
    Traceback (most recent call last):
    frontmap.errors.InputError: 2024-08-31: nothing to correct: these zones are in force already
    """
    start = named_revision(archive, said.from_) if said.from_ is not None else None
    path = file or copy_of(archive, date, start)
    profile = said.words.made_profile(archive.root)
    unstated = said.zone_defaults.defaults(sources)
    given = None if said.no_ground and file is None else path
    reading = _read(given, date, unstated, archive, start, profile, said)
    reading = _snapped(archive, reading, said.snap_m)
    base = base_of(archive, date, path, reading.base, start)
    if given is None:
        base = base._replace(assumed="")
    fields: RevisionFields = {"reason": statement.reason, "sources": sources}
    fields |= {"author": statement.author, "published": base.published}
    edits: Edits = "replace" if file is None and given is not None else "spare"
    fields |= {"edits": edits, "places": reading.places}
    keeping = partial(said.words.held_by, profile, given, archive.root)
    return Candidate(archive, date, reading, fields, keeping, base)


def _read(
    file: Path | None,
    date: dt.date,
    defaults: Defaults,
    archive: Archive,
    start: Revision | None,
    profile: Profile | None,
    said: Said,
) -> FileZones:
    from frontmap.intake.file_zones import FileZones, read_zones

    if file is None:
        return FileZones(())
    reading = read_zones(
        file,
        date=date,
        from_date=None if start is None else start.date,
        defaults=defaults,
        below=archive.root,
        options=said.choices.options(),
        profile=profile,
        parties=archive.about.parties,
        split=said.choices.days(),
        time_zone=archive.about.theatre.time_zone,
        no_ground=said.no_ground,
    )
    if said.no_ground and reading.zones:
        count = counted(len(reading.zones), "zone")
        raise UsageError(f"--no-ground, but {file} has {count}: leave out one of them")
    return reading


def _snapped(archive: Archive, reading: FileZones, width_m: float | None) -> FileZones:
    """Close the gaps and overlaps of what was read, where that is asked for."""
    if width_m is None:
        return reading
    from frontmap.archive.covered import ground_to_fill
    from frontmap.archive.matching import snap_zones

    within = ground_to_fill(archive.about, archive.root)
    snapped = snap_zones(reading.zones, width_m, within=within)
    return replace(reading, zones=snapped.zones, repairs=(*reading.repairs, *snapped.said))

"""A file, and what its user says of it, as the snapshot that would be recorded of a date."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontmap.cli.output import say
from frontmap.errors import MendedWarning

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from frontmap.archive import Archive
    from frontmap.archive.core import RevisionFields
    from frontmap.cli.bases import Base
    from frontmap.intake.file_zones import FileZones
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
        archive, zones = self.archive, self.reading.zones
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

"""What is to be recorded, and where: the values that the writing of revisions works on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from frontmap.archive import pair_rules, snapshot_rules
from frontmap.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from frontmap.archive import history
    from frontmap.model import About, ImportedFrom, Snapshot, Zone
    from frontmap.storage import PinnedFolder

Edits = Literal["spare", "replace"]
Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Return the system's clock: UTC, whole seconds.

    >>> utc_now().microsecond, utc_now().tzname()
    (0, 'UTC')
    """
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Writer:
    """Where revisions are written: the archive's folder, what its ``archive.json`` says, a clock.

    ``clock`` gives the instant of recording in UTC, whole seconds; ``checked`` is what was found of
    ground that it recorded.
    """

    folder: PinnedFolder
    about: About
    clock: Clock
    checked: snapshot_rules.CheckedZones = field(default_factory=snapshot_rules.CheckedZones)

    @property
    def root(self) -> Path:
        """The archive's folder; ``StorageError`` when it was moved or replaced.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> Writer(kursk.folder, kursk.about, utc_now).root.name
        'kursk'
        """
        return self.folder.path


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRevision:
    """What somebody has to say about a date, and why.

    ``date`` is the valid date, ``published`` the maker's own instant where there is one (it tells
    several snapshots of one day apart), ``sources`` are ids of ``sources.csv`` (None: those of what
    it replaces), ``author`` is the archive's maker unless said, ``imported_from`` the other maker's
    file that the zones were made from. ``overlaps="keep"`` is for imports of other makers' maps;
    ``edits="replace"`` says that the zones are those of the copy, or may replace its edits;
    ``base`` is the digest of the revision that a file of zones names in its header, ``places`` says
    which features of it the zones are, by their ids.
    """

    date: dt.date
    zones: tuple[Zone, ...] = ()
    reason: str = ""
    sources: tuple[str, ...] | None = None
    author: str = ""
    published: dt.datetime | None = None
    imported_from: ImportedFrom | None = None
    overlaps: pair_rules.Overlaps = "refuse"
    edits: Edits = "spare"
    base: str | None = None
    places: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuse a datetime, which is a date to Python and is no valid date."""
        if type(self.date) is not dt.date:
            raise UsageError(f"{self.date!r} is no valid date; give a date without a time")

    @property
    def key(self) -> history.Key:
        """What chain of revisions it belongs to.

        >>> NewRevision(date=dt.date(2024, 8, 31)).key
        (datetime.date(2024, 8, 31), None)
        """
        return self.date, self.published


class Prepared(NamedTuple):
    """What is ready to be recorded: the snapshot as it would be read again, and its text."""

    snapshot: Snapshot
    text: bytes

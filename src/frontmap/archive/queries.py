"""Ask an archive: which dates it has, what a date looks like, who recorded what and when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import history, inspection, layout, lookup, revision_pairs
from frontmap.archive.new_revisions import utc_now
from frontmap.dates import as_date, as_dates, as_instant
from frontmap.errors import UsageError
from frontmap.model import Revision, zone_table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from geopandas import GeoDataFrame

    from frontmap.dates import DateLike, DatesLike
    from frontmap.model import About, Fill, Finding, Revision, Snapshot
    from frontmap.storage import PinnedFolder


@dataclass(frozen=True, slots=True, repr=False)
class RecordedSnapshots:
    """What an archive's folder holds, to ask and not to change: the base of ``Archive``.

    ``folder`` is where it lies, ``about`` what its ``archive.json`` says.
    """

    folder: PinnedFolder
    about: About

    @property
    def root(self) -> Path:
        """The archive's folder; ``StorageError`` when it was moved or replaced since the opening.

        >>> import frontmap
        >>> frontmap.open("geodata/kursk").root.name
        'kursk'
        """
        return self.folder.path

    def __getitem__(self, date: DateLike) -> Snapshot:
        """Return the snapshot of a valid date, as :meth:`as_of` does."""
        return self.as_of(date)

    def __contains__(self, date: DateLike) -> bool:
        """Whether a valid date has a snapshot in force; raises as :meth:`as_of` for a fork."""
        try:
            return bool(history.all_in_force(self.revisions(date)))
        except UsageError:
            return False

    def __len__(self) -> int:
        """Count the valid dates with a snapshot in force."""
        return len(self.dates)

    def __bool__(self) -> bool:
        """Return True, also for an archive without a date."""
        return True

    def __iter__(self) -> Iterator[Snapshot]:
        """Read every snapshot in force, as :meth:`snapshots` does."""
        return self.snapshots()

    def __repr__(self) -> str:
        return (
            f"<Archive {str(self.folder.location)!r}: {self.about.title!r} by {self.about.maker!r}>"
        )

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """Valid dates with a snapshot in force now, in order; withdrawn ones are left out.

        Raises ``ConflictError`` when a date has two revisions in force.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> [date.isoformat() for date in kursk.dates[:2]]
        ['2024-08-06', '2024-08-07']
        """
        return tuple(sorted({revision.date for revision in self.in_force()}))

    @property
    def digest(self) -> str:
        """SHA-256 over ``archive.json`` and the digests of all revisions, in hexadecimal.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> kursk.digest == kursk.digest_at("2100-01-01"), len(kursk.digest)
        (True, 64)
        """
        return self.digest_at()

    def digest_at(
        self,
        known: DateLike | None = None,
        *,
        among: Iterable[Revision] | None = None,
    ) -> str:
        """Return the digest of what was recorded at the instant ``known``; None: of all.

        ``among``: all revisions, where the caller has read their headers.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> kursk.digest_at("2026-11-01") == kursk.digest  # before anything was recorded
        False
        """
        state = hashlib.sha256(storage.read(self.root / layout.ABOUT, below=self.root))
        visible = history.known_by(self.revisions() if among is None else among, as_instant(known))
        for digest in sorted(revision.digest for revision in visible):
            state.update(digest.encode())
        return state.hexdigest()

    def revisions(self, date: DateLike | None = None) -> tuple[Revision, ...]:
        """All revisions (of one valid date), as they were recorded, oldest first.

        Raises ``IntegrityError`` when a file's header is damaged.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> [(revision.kind, revision.digest[:6]) for revision in kursk.revisions("2024-08-31")]
        [('snapshot', '4c2378'), ('correction', '48bf98'), ('correction', '7085c8')]
        """
        return lookup.read_revisions(self.root, None if date is None else as_date(date))

    def as_of(
        self,
        date: DateLike,
        *,
        known: DateLike | None = None,
        fill: Fill = "none",
    ) -> Snapshot:
        """Return the snapshot of a valid date, as the archive knew it at the instant ``known``.

        - ``known``: a UTC instant; a bare date means the end of that UTC day; None: now.
        - ``fill``: ``"previous"`` answers a date without its own snapshot by the last before it.

        Where a maker gave several instants a day, the last of that day answers. Raises
        ``NotFoundError`` when nothing is known for the date, ``ConflictError`` when two revisions
        are in force, ``IntegrityError`` when the revision is damaged.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> kursk.as_of("2024-09-01", fill="previous").date.isoformat()
        '2024-08-31'
        >>> kursk.as_of("2024-08-31", known="2026-11-22T22:45:00Z").revision.kind
        'snapshot'
        """
        return self.read(lookup.as_of(self.root, as_date(date), as_instant(known), fill))

    def snapshots(self, *, known: DateLike | None = None) -> Iterator[Snapshot]:
        """Read every snapshot in force, one after the other, in order of valid date and instant.

        A zone that stays as it was is the same object in each. Raises ``ConflictError`` when a
        date has two revisions in force.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> next(kursk.snapshots())
        <Snapshot 2024-08-06: 5 zones by 'frontmap', digest 9314530faa29>
        """
        return self.read_each(self.in_force(known=known))

    def to_geodataframe(
        self, dates: DatesLike | None = None, *, known: DateLike | None = None
    ) -> GeoDataFrame:
        """Return the zones of some valid dates, or of every snapshot in force, as one table.

        Columns and ``attrs`` are those of :func:`frontmap.model.zone_table` (EPSG:4326; ``digest``
        is :meth:`digest_at`). ``known`` as for :meth:`as_of`, whose errors it raises.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> zones = kursk.to_geodataframe(["2024-08-28", "2024-08-31"])
        >>> zones.groupby("date").size()
        date
        2024-08-28    13
        2024-08-31    12
        dtype: int64
        """
        days = as_dates(dates)
        return zone_table(
            self.snapshots(known=known)
            if days is None
            else (self.as_of(d, known=known) for d in days),
            maker=self.about.maker,
            license=self.about.license,
            digest=self.digest_at(known),
        )

    def in_force(
        self,
        *,
        known: DateLike | None = None,
        among: Iterable[Revision] | None = None,
    ) -> tuple[Revision, ...]:
        """Return the revisions in force, in order of valid date and instant, headers only.

        ``among``: all revisions, where the caller has read their headers. Raises
        ``ConflictError`` when a date has two.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> len(kursk.in_force()) == len(kursk) < len(kursk.revisions())
        True
        """
        found = self.revisions() if among is None else among
        return history.all_in_force(found, as_instant(known))

    def read(self, revision: Revision) -> Snapshot:
        """Read the zones of a revision; raises ``IntegrityError`` when it is damaged.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> *_, last = map(kursk.read, kursk.revisions("2024-08-31"))
        >>> last == kursk["2024-08-31"]
        True
        """
        return lookup.read_revision(self.root, revision)

    def read_each(self, revisions: Iterable[Revision]) -> Iterator[Snapshot]:
        """Read revisions one after the other, as :meth:`read`; a zone that stays is one object.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> [snapshot.date.isoformat() for snapshot in kursk.read_each(kursk.in_force()[:2])]
        ['2024-08-06', '2024-08-07']
        """
        return lookup.read_each(self.root, revisions)

    def chain(self, key: history.Key) -> tuple[Revision, ...]:
        """Return all revisions of a valid date and instant, headers only.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> import datetime as dt
        >>> kursk.chain((dt.date(2024, 8, 31), None)) == kursk.revisions("2024-08-31")
        True
        """
        return lookup.read_chain(self.root, key)

    def pair(
        self, date: DateLike, before: str | None = None, after: str | None = None
    ) -> tuple[Snapshot, Snapshot]:
        """Return two snapshots of a valid date to compare, named by digests or their beginnings.

        Without ``after``, the one in force is second. Without ``before``: the two ends of a fork;
        else an edited copy against its revision; else what the one in force superseded (for the
        first of its date, the snapshot before it) against it. Raises ``NotFoundError`` when there
        is no such revision.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> [snapshot.revision.kind for snapshot in kursk.pair("2024-08-31")]
        ['correction', 'correction']
        """
        return revision_pairs.pair(self.root, as_date(date), before, after)

    def pairs_since(
        self, revision: str, date: DateLike | None = None
    ) -> Iterator[tuple[Snapshot, Snapshot]]:
        """Yield what a git revision had in force (of a date) and what is, where they differ.

        A new date comes after the snapshot before it; of a forked date, each end is one of a pair.
        Nothing that the repository configures is in force. Raises ``NotFoundError`` where there is
        no such revision, ``IntegrityError`` when a revision that it has is not here any more.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> list(kursk.pairs_since("no-such-revision"))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        frontmap.errors.NotFoundError: geodata/kursk: neither a file nor a revision of git: ...
        """
        day = None if date is None else as_date(date)
        return revision_pairs.pairs_since(self.root, revision, day)

    def before(self, snapshot: Snapshot) -> Snapshot:
        """Return the last snapshot in force before one, of an earlier date or instant.

        One without zones where there is none; ``ConflictError`` when it is forked.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> kursk.before(kursk["2024-08-31"]).date.isoformat()
        '2024-08-28'
        """
        return revision_pairs.day_before(self.root, snapshot)

    def require_one(self, date: DateLike) -> None:
        """Raise ``ConflictError`` when a valid date has several revisions in force.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> kursk.require_one("2024-08-31")  # or raises
        """
        history.all_in_force(self.revisions(date))

    def verify(self) -> tuple[Finding, ...]:
        """Prove every revision whole, in its chain and in its place; and every copy up to date.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> revision = front.add("2024-08-31", [], reason="nothing was held")
        >>> front.verify()
        ()
        """
        findings = tuple(inspection.inspect(self.root, self.about, now=utc_now()))
        self.folder.require_there()
        return findings

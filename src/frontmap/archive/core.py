"""An open archive: ask it, and add to it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from frontmap import storage
from frontmap.archive import history, inspection, layout, lookup, pairing, recording, rules
from frontmap.archive.recording import Clock, NewRevision, Writer, utc_now
from frontmap.dates import as_date, as_dates, as_instant
from frontmap.formats.geojson import read_zones
from frontmap.model import zone_table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from geopandas import GeoDataFrame

    from frontmap.dates import DateLike, DatesLike
    from frontmap.model import About, Fill, Finding, ImportedFrom, Revision, Snapshot, Zone


class RevisionFields(TypedDict, total=False):
    """What the verbs that record take beside date and zones; see ``NewRevision``."""

    reason: str
    sources: Iterable[str]
    author: str
    published: dt.datetime | None
    imported_from: ImportedFrom | None
    overlaps: rules.Overlaps
    edits: recording.Edits


@dataclass(frozen=True, slots=True, repr=False)
class Archive:
    """A folder of dated snapshots of which no revision is ever lost.

    ``archive["2024-08-31"]`` is the snapshot of a valid date, ``"2024-08-31" in archive`` whether
    there is one, ``len(archive)`` how many dates have one; iterating reads each in order of date.

    ``root`` is the folder, ``about`` what its ``archive.json`` says, ``clock`` what writes
    ``recorded`` (tests inject one). Ground is in longitude/latitude degrees (EPSG:4326).

    >>> import tempfile
    >>> from shapely import box
    >>> from frontmap.archive import init
    >>> from frontmap.model import Zone
    >>> front = init(tempfile.mkdtemp(), title="A front", maker="us", license="CC-BY-4.0",
    ...              bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> held = Zone(id="sudzha", party="UA", status="controlled", geometry=box(35, 51, 35.3, 51.3),
    ...             sources=("isw",), confidence="medium", accuracy_m=1500)
    >>> first = front.add("2024-08-31", [held], reason="First map of this day")
    >>> second = front.correct("2024-08-31", [], reason="Nothing was held")
    >>> [revision.kind for revision in front.revisions()]
    ['snapshot', 'correction']
    >>> len(front.as_of("2024-08-31").zones), len(front.read(first).zones)
    (0, 1)
    >>> front.verify()
    ()
    """

    root: Path
    about: About
    clock: Clock = field(default=utc_now, repr=False, compare=False)

    def __getitem__(self, date: DateLike) -> Snapshot:
        """Return the snapshot of a valid date, as :meth:`as_of` does."""
        return self.as_of(date)

    def __contains__(self, date: DateLike) -> bool:
        """Whether a valid date has a snapshot in force; raises as :meth:`as_of` for a fork."""
        return bool(history.all_in_force(self.revisions(date)))

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
        return f"<Archive {str(self.root)!r}: {self.about.title!r} by {self.about.maker!r}>"

    @property
    def _writer(self) -> Writer:
        return Writer(self.root, self.about, self.clock)

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """Valid dates with a snapshot in force now, in order; withdrawn ones are left out.

        Raises ``ConflictError`` when a date has two revisions in force.
        """
        return tuple(sorted({revision.date for revision in self.in_force()}))

    @property
    def digest(self) -> str:
        """SHA-256 over ``archive.json`` and the digests of all revisions, in hexadecimal."""
        return self.digest_at()

    def digest_at(
        self,
        known: DateLike | None = None,
        *,
        among: Iterable[Revision] | None = None,
    ) -> str:
        """Return the digest of what was recorded at the instant ``known``; None: of all.

        ``among``: all revisions, where the caller has read their headers.
        """
        state = hashlib.sha256(storage.read(self.root / layout.ABOUT))
        visible = history.known_by(self.revisions() if among is None else among, as_instant(known))
        for digest in sorted(revision.digest for revision in visible):
            state.update(digest.encode())
        return state.hexdigest()

    def revisions(self, date: DateLike | None = None) -> tuple[Revision, ...]:
        """All revisions (of one valid date), as they were recorded, oldest first.

        Raises ``IntegrityError`` when a file's header is damaged.
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
        """
        return self.read(lookup.as_of(self.root, as_date(date), as_instant(known), fill))

    def snapshots(self, *, known: DateLike | None = None) -> Iterator[Snapshot]:
        """Read every snapshot in force, one after the other, in order of valid date and instant.

        A zone that stays as it was is the same object in each. Raises ``ConflictError`` when a
        date has two revisions in force.
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
        """
        found = self.revisions() if among is None else among
        return history.all_in_force(found, as_instant(known))

    def read(self, revision: Revision) -> Snapshot:
        """Read the zones of a revision; raises ``IntegrityError`` when it is damaged."""
        return lookup.read_revision(self.root, revision)

    def read_each(self, revisions: Iterable[Revision]) -> Iterator[Snapshot]:
        """Read revisions one after the other, as :meth:`read`; a zone that stays is one object."""
        return layout.read_snapshots(layout.revision_path(self.root, r) for r in revisions)

    def chain(self, key: history.Key) -> tuple[Revision, ...]:
        """Return all revisions of a valid date and instant, headers only."""
        return lookup.read_chain(self.root, key)

    def pair(
        self, date: DateLike, before: str | None = None, after: str | None = None
    ) -> tuple[Snapshot, Snapshot]:
        """Return two snapshots of a valid date to compare, named by digests or their beginnings.

        Without ``after``, the one in force is second. Without ``before``: the two ends of a fork;
        else an edited copy against its revision; else what the one in force superseded (nothing,
        for the first) against it. Raises ``NotFoundError`` when there is no such revision.
        """
        return pairing.pair(self.root, as_date(date), before, after)

    def verify(self) -> tuple[Finding, ...]:
        """Prove every revision whole, in its chain and in its place; and every copy up to date."""
        return tuple(inspection.inspect(self.root))

    def add(
        self, date: DateLike, zones: Iterable[Zone] | str | Path, **fields: Unpack[RevisionFields]
    ) -> Revision:
        """Record the first snapshot of a valid date, from zones or from a GeoJSON file.

        ``fields`` are those of ``NewRevision``: ``reason`` (needed), ``sources``, ``author``,
        ``published``, ``overlaps``. No zones means that no ground was held.
        A date after today, by the archive's clock in its time zone, is an ``InputError``.

        Raises ``InputError`` when a zone breaks a rule, ``ConflictError`` when the date has a
        snapshot already (``correct`` it), ``StorageError`` when nothing could be written.
        """
        return self.add_many([_entry(date, zones, fields)])[0]

    def add_many(self, entries: Iterable[NewRevision]) -> tuple[Revision, ...]:
        """Record the first snapshots of many valid dates under one lock, each as ``add`` does.

        What is recorded before an error stays recorded; the error names the date.
        """
        with recording.writing(self._writer):
            return tuple(recording.add(self._writer, entry) for entry in entries)

    def correct(
        self,
        date: DateLike,
        zones: Iterable[Zone] | str | Path,
        *,
        base: str | None = None,
        **fields: Unpack[RevisionFields],
    ) -> Revision:
        """Record new zones for a valid date that has a revision; the earlier one is kept.

        ``base`` is the digest of the revision that the correction started from; ``fields`` as for
        ``add``. Raises ``ConflictError`` when that revision is no longer in force or the date is
        forked, ``NotFoundError`` when the date has no revision, ``InputError`` when a zone breaks a
        rule or nothing differs.
        """
        with recording.writing(self._writer):
            return recording.correct(self._writer, _entry(date, zones, fields), base)

    def withdraw(
        self, date: DateLike, *, base: str | None = None, **fields: Unpack[RevisionFields]
    ) -> Revision:
        """Record that nothing is known for a valid date any more; what was said is kept.

        Raises as ``correct`` does; ``ConflictError`` also when the date is withdrawn already.
        """
        with recording.writing(self._writer):
            return recording.withdraw(self._writer, _entry(date, (), fields), base)

    def resolve(
        self,
        date: DateLike,
        zones: Iterable[Zone] | str | Path = (),
        *,
        keep: str | None = None,
        **fields: Unpack[RevisionFields],
    ) -> Revision:
        """Close a fork by a choice that is recorded: both revisions stay in the history.

        - ``keep``: the digest, or its beginning, of the revision whose zones hold from now on;
          without it ``zones`` are recorded.

        Raises ``ConflictError`` when the date is not forked, ``NotFoundError`` when no revision in
        force begins with ``keep``.
        """
        with recording.writing(self._writer):
            return recording.resolve(self._writer, _entry(date, zones, fields), keep)

    def require_one(self, date: DateLike) -> None:
        """Raise ``ConflictError`` when a valid date has several revisions in force."""
        history.all_in_force(self.revisions(date))

    def put_back(self, date: DateLike | None = None) -> tuple[Finding, ...]:
        """Put back every copy (of a date) that is not that of the revision in force.

        Unrecorded edits of a copy are dropped; a file that no revision explains is left. Returns
        what was done: ``put back``, ``removed`` (of a withdrawn date) and ``left``, with the path.
        """
        with recording.writing(self._writer):
            return recording.put_back(self._writer, None if date is None else as_date(date))


def _entry(
    date: DateLike, zones: Iterable[Zone] | str | Path, fields: RevisionFields
) -> NewRevision:
    day = as_date(date)
    return NewRevision(
        date=day,
        zones=read_zones(zones, date=day).zones if isinstance(zones, str | Path) else tuple(zones),
        reason=fields.get("reason", ""),
        sources=tuple(fields.get("sources", ())),
        author=fields.get("author", ""),
        published=fields.get("published"),
        imported_from=fields.get("imported_from"),
        overlaps=fields.get("overlaps", "refuse"),
        edits=fields.get("edits", "spare"),
    )

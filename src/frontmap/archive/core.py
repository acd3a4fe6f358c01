"""An open archive: ask it, and add to it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from frontmap.archive import additions, committing, older_format, preparing, recording, reverting
from frontmap.archive.new_revisions import Clock, Edits, NewRevision, Writer, utc_now
from frontmap.archive.queries import RecordedSnapshots
from frontmap.dates import as_date
from frontmap.errors import MendedWarning, UsageError
from frontmap.intake.file_zones import read_zones

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from frontmap.archive.pair_rules import Overlaps
    from frontmap.dates import DateLike
    from frontmap.model import Finding, ImportedFrom, Revision, Snapshot, Zone


class RevisionFields(TypedDict, total=False):
    """What the verbs that record take beside date and zones; see ``NewRevision``."""

    reason: str
    sources: Iterable[str] | None
    author: str
    published: dt.datetime | None
    imported_from: ImportedFrom | None
    overlaps: Overlaps
    edits: Edits
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Archive(RecordedSnapshots):
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

    clock: Clock = field(default=utc_now, repr=False, compare=False)

    @property
    def _writer(self) -> Writer:
        return Writer(self.folder, self.about, self.clock)

    def _entry(
        self, date: DateLike, zones: Iterable[Zone] | str | Path, fields: RevisionFields
    ) -> NewRevision:
        day, base, places = as_date(date), None, fields.get("places", {})
        if isinstance(zones, str | Path):
            reading = read_zones(
                zones, date=day, below=self.root, time_zone=self.about.theatre.time_zone
            )
            for repair in reading.repairs:
                warnings.warn(f"{zones}: {repair}", MendedWarning, stacklevel=3)
            zones, base, places = reading.zones, reading.base, reading.places
        return NewRevision(
            date=day,
            zones=tuple(zones),
            reason=fields.get("reason", ""),
            sources=_listed(fields.get("sources")),
            author=fields.get("author", ""),
            published=fields.get("published"),
            imported_from=fields.get("imported_from"),
            overlaps=fields.get("overlaps", "refuse"),
            edits=fields.get("edits", "spare"),
            base=base,
            places=places,
        )

    def add(
        self, date: DateLike, zones: Iterable[Zone] | str | Path, **fields: Unpack[RevisionFields]
    ) -> Revision:
        """Record the first snapshot of a valid date, from zones or from a GeoJSON file.

        ``fields`` are those of ``NewRevision``: ``reason`` (needed), ``sources``, ``author``,
        ``published``, ``overlaps``. No zones means that no ground was held.
        A date after today, by the archive's clock in its time zone, is an ``InputError``.
        What had to be mended in a file, or changed on the grid of six decimals, is said by a
        ``MendedWarning`` each, with km² and place; a zone of which nothing is left is refused.

        Raises ``InputError`` when a zone breaks a rule, ``ConflictError`` when the date has a
        snapshot already (``correct`` it), ``StorageError`` when nothing could be written.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> front.add("2024-08-31", [], reason="nothing was held").kind
        'snapshot'
        >>> front.add("2024-08-31", [], reason="once more")
        Traceback (most recent call last):
        frontmap.errors.ConflictError: 2024-08-31 has a snapshot already; to replace it: frontmap
        correct 2024-08-31 FILE
        """
        return self.add_many([self._entry(date, zones, fields)])[0]

    def add_many(self, entries: Iterable[NewRevision]) -> tuple[Revision, ...]:
        """Record the first snapshots of many valid dates under one lock, each as ``add`` does.

        What is recorded before an error stays recorded; the error names the date.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> import datetime as dt
        >>> from frontmap.archive import NewRevision
        >>> days = [dt.date(2024, 8, day) for day in (30, 31)]
        >>> recorded = front.add_many(NewRevision(date=day, reason="none held") for day in days)
        >>> len(recorded), front.dates == tuple(days)
        (2, True)
        """
        writer = self._writer
        with recording.writing(writer):
            return tuple(recording.add(writer, entry) for entry in entries)

    def correct(
        self,
        date: DateLike,
        zones: Iterable[Zone] | str | Path,
        *,
        base: str | None = None,
        **fields: Unpack[RevisionFields],
    ) -> Revision:
        """Record new zones for a valid date that has a revision; the earlier one is kept.

        ``base`` is the digest of the revision that the correction started from, unless the header
        of a file names it; ``fields`` as for ``add``. Raises ``ConflictError`` when that revision
        is no longer in force or the date is forked, ``NotFoundError`` when the date has no
        revision, ``InputError`` when a zone breaks a rule or nothing differs. Warns as ``add``
        does.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> first = front.add("2024-08-31", [], reason="nothing was held")
        >>> front.correct("2024-08-31", [], base=first.digest, reason="the same")
        Traceback (most recent call last):
        frontmap.errors.InputError: 2024-08-31: nothing to correct: these zones are in force already
        """
        with recording.writing(self._writer):
            return recording.correct(self._writer, self._entry(date, zones, fields), base)

    def would_add(
        self, date: DateLike, zones: Iterable[Zone] | str | Path, **fields: Unpack[RevisionFields]
    ) -> Snapshot:
        """Return the snapshot that ``add`` would record, and record nothing.

        Arguments, errors and warnings as ``add``; the zones are as mended. What it would change is
        told by :func:`frontmap.propose`.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> front.would_add("2024-08-31", [], reason="nothing was held").revision.kind, len(front)
        ('snapshot', 0)
        """
        preparing.require_present_format(self.about, self.root)
        return preparing.prepare_first(self._writer, self._entry(date, zones, fields)).snapshot

    def would_correct(
        self,
        date: DateLike,
        zones: Iterable[Zone] | str | Path,
        *,
        base: str | None = None,
        **fields: Unpack[RevisionFields],
    ) -> Snapshot:
        """Return the snapshot that ``correct`` would record, and record nothing.

        Arguments, errors and warnings as ``correct``; else as :meth:`would_add`.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> front.would_correct("2024-08-31", [], reason="nothing was held")
        Traceback (most recent call last):
        frontmap.errors.NotFoundError: 2024-08-31: no snapshot here yet; to record the first:
        frontmap add 2024-08-31 FILE
        """
        preparing.require_present_format(self.about, self.root)
        entry = self._entry(date, zones, fields)
        return preparing.prepare_correction(self._writer, entry, base).snapshot

    def withdraw(
        self, date: DateLike, *, base: str | None = None, **fields: Unpack[RevisionFields]
    ) -> Revision:
        """Record that nothing is known for a valid date any more; what was said is kept.

        Raises as ``correct`` does; ``ConflictError`` also when the date is withdrawn already.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> first = front.add("2024-08-31", [], reason="nothing was held")
        >>> front.withdraw("2024-08-31", reason="the source took it back").kind, front.dates
        ('withdrawal', ())
        """
        with recording.writing(self._writer):
            return recording.withdraw(self._writer, self._entry(date, (), fields), base)

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

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> first = front.add("2024-08-31", [], reason="nothing was held")
        >>> front.resolve("2024-08-31", keep=first.digest, reason="the later source")
        Traceback (most recent call last):
        frontmap.errors.ConflictError: 2024-08-31 is not forked: there is nothing to resolve
        """
        with recording.writing(self._writer):
            return recording.resolve(self._writer, self._entry(date, zones, fields), keep)

    def revert(
        self, date: DateLike, digest: str | None = None, **fields: Unpack[RevisionFields]
    ) -> Revision:
        """Record an earlier revision of a valid date again, as a correction of the one in force.

        - ``digest``: of the revision, or its beginning; without it, the one before the one in
          force: of a withdrawn date, what was withdrawn.

        Zones, sources and the maker's file are those of that revision; ``reason`` says which one it
        is unless given. Raises ``NotFoundError`` when there is no such revision, ``ConflictError``
        when it is in force already, when the date is forked, or when it is not clear which one was
        before, and when the copy has edits that nobody recorded.

        >>> import tempfile, frontmap
        >>> from shapely import box
        >>> from frontmap.model import Zone
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> held = Zone(id="a", party="UA", status="controlled", geometry=box(35, 51, 35.3, 51.3),
        ...             sources=("isw",), confidence="medium", accuracy_m=1500)
        >>> first = front.add("2024-08-31", [held], reason="First map of this day")
        >>> wrong = front.correct("2024-08-31", [], reason="a mistake")
        >>> front.revert("2024-08-31").kind, len(front["2024-08-31"].zones)
        ('correction', 1)
        """
        with recording.writing(self._writer):
            return reverting.revert(self._writer, self._entry(date, (), fields), digest)

    def put_back(self, date: DateLike | None = None) -> tuple[Finding, ...]:
        """Put back every copy (of a date) that is not that of the revision in force.

        Unrecorded edits of a copy are dropped; a file that no revision explains is left. Returns
        what was done: ``put back``, ``removed`` (of a withdrawn date) and ``left``, with the path.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> first = front.add("2024-08-31", [], reason="nothing was held")
        >>> (front.root / "snapshots" / "2024" / "2024-08-31.geojson").unlink()
        >>> [done.rule for done in front.put_back()], front.put_back()
        (['put back'], ())
        """
        with committing.tidying(self._writer):
            return committing.put_back(self._writer, None if date is None else as_date(date))

    def add_source(self, name: str, **texts: str) -> bool:
        """Add a row to ``sources.csv``: ``publisher``, and ``url``, ``published``, ``read`` if any.

        Returns False where the row is there already and says the same. Raises ``ConflictError``
        where a row of that id says something else, ``InputError`` for what cannot stand there.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> front.add_source("isw-1", publisher="ISW", published="2024-08-31")
        True
        """
        return additions.add_source(self._writer, {"id": name, **texts})

    def add_party(self, name: str, **texts: str) -> bool:
        """Add a party to ``archive.json``: ``name_en`` and others, ``short_name``, ``colour``.

        What is not given is as in ``frontmap.init``; no other party changes. Returns False where
        the party is there already and says the same; open the archive again to use it. Raises
        ``ConflictError`` where it says something else, ``InputError`` for what cannot be.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> front.add_party("RU", name_en="Russia", name_uk="Росія")
        True
        """
        return additions.add_party(self._writer, name, texts)

    def rename_party(self, name: str, **texts: str) -> bool:
        """Give a party other names: ``name_en`` and others, ``short_name``; its colour stays.

        Returns False where they are its names already; open the archive again to use them. Raises
        ``NotFoundError`` where there is no such party, ``InputError`` for what cannot be.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> front.rename_party("UA", name_uk="Україна"), front.rename_party("UA", short_name="UA")
        (True, False)
        """
        return additions.rename_party(self._writer, name, texts)

    def upgrade(self, *, author: str = "", dry_run: bool = False) -> tuple[Finding, ...]:
        """Bring an archive of format 1 to format 2; return what was done, or would be.

        Snapshots whose text changes are recorded as corrections by ``author`` (the maker unless
        said), tables and ``archive.json`` are rewritten; no revision is lost or changed. What was
        begun and not ended goes on with the next call. ``corrected``, ``rewritten`` and ``left``
        (a forked date) are the rules of what is returned; nothing is of the present format. Open
        the archive again to ask it in the new one.

        Raises ``IntegrityError`` when something is damaged, ``ConflictError`` when a copy has
        edits that nobody recorded, ``InputError`` when a table cannot be read.

        >>> import tempfile, frontmap
        >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
        ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
        >>> front.upgrade()
        ()
        """
        return older_format.upgrade(self._writer, author=author, dry_run=dry_run)


def _listed(sources: Iterable[str] | None) -> tuple[str, ...] | None:
    if isinstance(sources, str):  # whose letters would be taken for ids
        raise UsageError(f"sources={sources!r}: give a list of ids")
    return None if sources is None else tuple(sources)

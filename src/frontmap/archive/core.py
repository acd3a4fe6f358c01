"""Open an archive, ask it, and add to it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from frontmap import canonical, rules, storage
from frontmap.archive import about as about_file
from frontmap.archive import history, inspection, layout
from frontmap.errors import ConflictError, InputError, NotFoundError, UsageError
from frontmap.model import About, Kind, Revision, Snapshot, Theatre, Zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from frontmap.model import Finding

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Return the system's clock: UTC, whole seconds."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One snapshot to add: valid date, zones, and the maker's instant where there is one."""

    date: dt.date
    zones: tuple[Zone, ...]
    reason: str
    sources: tuple[str, ...]
    published: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of dated snapshots of which no revision is ever lost.

    ``root`` is the folder, ``about`` what its ``archive.json`` says, ``clock`` what writes
    ``recorded`` (tests inject one).
    """

    root: Path
    about: About
    clock: Clock = field(default=utc_now, repr=False, compare=False)

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """Valid dates with a snapshot in force now, in order; withdrawn ones are left out.

        Raises ``ConflictError`` when a date has two revisions in force.
        """
        chains = history.chains(self.revisions()).values()
        return tuple(sorted({r.date for chain in chains if (r := history.in_force(chain))}))

    @property
    def digest(self) -> str:
        """SHA-256 over ``archive.json`` and the digests of all revisions, in hexadecimal."""
        state = hashlib.sha256(storage.read(self.root / layout.ABOUT))
        for digest in sorted(revision.digest for revision in self.revisions()):
            state.update(digest.encode())
        return state.hexdigest()

    def revisions(self, date: dt.date | str | None = None) -> tuple[Revision, ...]:
        """All revisions (of one valid date), as they were recorded, oldest first.

        Raises ``IntegrityError`` when a file's header is damaged.
        """
        if date is None:
            folders = layout.date_folders(self.root)
        else:
            folders = [layout.revisions_folder(self.root, _date(date))]
        found = [r for folder in folders for r in layout.read_headers(folder)]
        return history.recorded_order(found)

    def as_of(
        self,
        date: dt.date | str,
        *,
        known: dt.datetime | dt.date | str | None = None,
        fill: Literal["none", "previous"] = "none",
    ) -> Snapshot:
        """Return the snapshot of a valid date, as the archive knew it at the instant ``known``.

        - ``known``: a UTC instant; a bare date means the end of that UTC day; None: now.
        - ``fill``: ``"previous"`` answers a date without its own snapshot by the last before it.

        Where a maker gave several instants a day, the last of that day answers. Raises
        ``NotFoundError`` when nothing is known for the date, ``ConflictError`` when two revisions
        are in force, ``IntegrityError`` when the revision is damaged.
        """
        wanted, instant = _date(date), _instant(known)
        revision = self._last(wanted, instant)
        if revision is None and fill == "previous":
            revision = self._last_before(wanted, instant)
        if revision is None:
            raise NotFoundError(self._nothing(wanted, instant, fill))
        return self.read(revision)

    def snapshots(self, *, known: dt.datetime | dt.date | str | None = None) -> Iterator[Snapshot]:
        """Yield every snapshot in force, in order of valid date and instant.

        Raises ``ConflictError`` when a date has two revisions in force.
        """
        for revision in self.in_force(known=known):
            yield self.read(revision)

    def in_force(self, *, known: dt.datetime | dt.date | str | None = None) -> tuple[Revision, ...]:
        """Return the revisions in force, in order of valid date and instant, headers only.

        Raises ``ConflictError`` when a date has two.
        """
        visible = history.known_by(self.revisions(), _instant(known))
        return tuple(
            r for chain in history.chains(visible).values() if (r := history.in_force(chain))
        )

    def read(self, revision: Revision) -> Snapshot:
        """Read the zones of a revision; raises ``IntegrityError`` when it is damaged."""
        return layout.read_snapshot(layout.revision_path(self.root, revision), revision.digest)

    def verify(self) -> tuple[Finding, ...]:
        """Prove every revision whole, in its chain and in its place; and every copy up to date."""
        return tuple(inspection.inspect(self.root, self.about))

    def add(  # noqa: PLR0913  a header has that many independent parts
        self,
        date: dt.date | str,
        zones: Iterable[Zone],
        *,
        reason: str,
        sources: Iterable[str] = (),
        author: str = "",
        published: dt.datetime | None = None,
        overlaps: rules.Overlaps = "refuse",
    ) -> Revision:
        """Record the first snapshot of a valid date.

        ``reason`` says why in a sentence, ``sources`` are ids of ``sources.csv``, ``author`` is the
        archive's maker unless said, ``published`` the maker's own instant. No zones means that no
        ground was held. ``overlaps="keep"`` is for imports of other makers' maps.

        Raises ``InputError`` when a zone breaks a rule, ``ConflictError`` when the date has a
        snapshot already (``correct`` it), ``StorageError`` when nothing could be written.
        """
        entry = Entry(
            date=_date(date),
            zones=tuple(zones),
            reason=reason,
            sources=tuple(sources),
            published=published,
        )
        return self.add_many([entry], author=author, overlaps=overlaps)[0]

    def add_many(
        self, entries: Iterable[Entry], *, author: str = "", overlaps: rules.Overlaps = "refuse"
    ) -> tuple[Revision, ...]:
        """Record the first snapshots of many valid dates under one lock, each as ``add`` does.

        What is recorded before an error stays recorded; the error names the date.
        """
        with storage.locked(self.root):
            return tuple(self._add(entry, author, overlaps) for entry in entries)

    def correct(  # noqa: PLR0913  a header has that many independent parts
        self,
        date: dt.date | str,
        zones: Iterable[Zone],
        *,
        reason: str,
        sources: Iterable[str] = (),
        author: str = "",
        published: dt.datetime | None = None,
        base: str | None = None,
        overlaps: rules.Overlaps = "refuse",
    ) -> Revision:
        """Record new zones for a valid date that has a revision; the earlier one is kept.

        ``base`` is the digest of the revision that the correction started from. Raises
        ``ConflictError`` when that one is no longer in force or the date is forked,
        ``NotFoundError`` when the date has no revision, ``InputError`` when a zone breaks a rule.
        """
        about = (_date(date), published)
        with storage.locked(self.root):
            before = self._only_tip(about)
            if base is not None and base != before.digest:
                raise ConflictError(
                    f"{about[0]}: {before.digest[:12]} ({before.author}: {before.reason}) was "
                    f"recorded after {base[:12]}, which this correction started from; "
                    f"take it in: frontmap diff {about[0]}"
                )
            revision = self._header(about, "correction", reason, sources, author, [before])
            zones = tuple(zones)
            if canonical.same_zones(self.read(before).zones, zones) and before.kind != "withdrawal":
                raise InputError(f"{about[0]}: nothing to correct: the zones are those in force")
            return self._record(Snapshot(revision, zones), overlaps)

    def _add(self, entry: Entry, author: str, overlaps: rules.Overlaps) -> Revision:
        about = (entry.date, entry.published)
        if self._chain(about):
            raise ConflictError(
                f"{entry.date} has a snapshot already; "
                f"to replace it: frontmap correct {entry.date} FILE"
            )
        revision = self._header(about, "snapshot", entry.reason, entry.sources, author, [])
        return self._record(Snapshot(revision, entry.zones), overlaps)

    def _header(  # noqa: PLR0913, PLR0917  a header has that many independent parts
        self,
        about: history.Key,
        kind: Kind,
        reason: str,
        sources: Iterable[str],
        author: str,
        before: list[Revision],
    ) -> Revision:
        return Revision(
            date=about[0],
            published=about[1],
            recorded=max([self.clock(), *(r.recorded for r in before)]),
            kind=kind,
            maker=self.about.maker,
            author=author or self.about.maker,
            license=self.about.license,
            reason=reason,
            sources=tuple(sources),
            supersedes=frozenset(r.digest for r in before),
        )

    def _record(self, snapshot: Snapshot, overlaps: rules.Overlaps) -> Revision:
        """Check, write the revision (the commit point), then the copy of it."""
        rules.require(snapshot, self.about, overlaps=overlaps)
        text = canonical.dumps(snapshot)
        revision = replace(snapshot.revision, digest=canonical.digest_of(text))
        path = layout.revision_path(self.root, revision)
        storage.sweep(path.parent)
        storage.create(path, text)
        self._write_copy(revision, text)
        return revision

    def _write_copy(self, revision: Revision, text: bytes) -> None:
        copy = layout.copy_path(self.root, revision)
        if revision.kind == "withdrawal":
            storage.remove(copy)
        else:
            storage.replace(copy, text)

    def _chain(self, about: history.Key) -> tuple[Revision, ...]:
        headers = layout.read_headers(layout.revisions_folder(self.root, about[0]))
        return tuple(r for r in headers if history.key(r) == about)

    def _only_tip(self, about: history.Key) -> Revision:
        ends = history.tips(self._chain(about))
        if not ends:
            raise NotFoundError(
                f"{about[0]}: no snapshot to correct; to record the first: "
                f"frontmap add {about[0]} FILE"
            )
        if len(ends) > 1:
            raise history.fork(ends)
        return ends[0]

    def _last(self, date: dt.date, known: dt.datetime | None) -> Revision | None:
        headers = layout.read_headers(layout.revisions_folder(self.root, date))
        visible = history.chains(history.known_by(headers, known))
        answers = [r for chain in visible.values() if (r := history.in_force(chain))]
        return answers[-1] if answers else None

    def _last_before(self, date: dt.date, known: dt.datetime | None) -> Revision | None:
        folders = reversed(layout.date_folders(self.root))
        earlier = (d for f in folders if (d := layout.dated(f.name)) and d < date)
        return next((r for d in earlier if (r := self._last(d, known))), None)

    def _nothing(self, date: dt.date, known: dt.datetime | None, fill: str) -> str:
        when = "" if known is None else f" that was known at {canonical.instant_text(known)}"
        folders = layout.date_folders(self.root)
        before = [d for f in folders if (d := layout.dated(f.name)) and d < date]
        remedy = (
            f"; the last before it is {before[-1]}: ask for that date, or for the last before "
            "(--fill previous)"
            if before and fill == "none"
            else "; see the dates: frontmap log"
        )
        return f"{self.root}: no snapshot of {date}{when}{remedy}"


def open_archive(path: str | Path, *, clock: Clock = utc_now) -> Archive:
    """Open the archive in a folder; raises ``NotFoundError`` when there is none."""
    root = Path(path)
    return Archive(root, about_file.read(root / layout.ABOUT), clock)


def init(  # noqa: PLR0913  archive.json has that many independent parts
    path: str | Path,
    *,
    title: str,
    maker: str,
    license: str,  # noqa: A002  the header's own word
    bbox: tuple[float, float, float, float],
    parties: Mapping[str, Mapping[str, str]],
    name: str = "",
    time_zone: str = "UTC",
    clock: Clock = utc_now,
) -> Archive:
    """Make a new archive in a folder (created when missing).

    ``name`` is the theatre's (the title unless said), ``bbox`` its west, south, east, north in
    degrees; ``parties`` maps each party's
    id to its texts, such as ``{"UA": {"name_en": "Ukraine"}}``; ``time_zone`` is an IANA name.
    Raises ``ConflictError`` when the folder holds an archive already.
    """
    root = Path(path)
    if (root / layout.ABOUT).exists():
        raise ConflictError(f"{root / layout.ABOUT}: there is an archive here already")
    value = About(
        title=title,
        maker=maker,
        license=license,
        theatre=Theatre(name=name or title, bbox=bbox, time_zone=time_zone),
        parties=parties,
    )
    text = about_file.dumps(value)
    about_file.loads(text, root / layout.ABOUT)
    storage.create(root / layout.ABOUT, text)
    return open_archive(root, clock=clock)


def _date(date: dt.date | str) -> dt.date:
    if isinstance(date, dt.date) and not isinstance(date, dt.datetime):
        return date
    found = layout.dated(date) if isinstance(date, str) else None
    if found is None:
        raise UsageError(f"{date!r} is not a valid date; give a date or a text like 2024-08-31")
    return found


def _instant(known: dt.datetime | dt.date | str | None) -> dt.datetime | None:
    if known is None:
        return None
    if isinstance(known, str):
        day = layout.dated(known)
        try:
            known = day or dt.datetime.fromisoformat(known)
        except ValueError:
            raise UsageError(f"{known!r} is neither a date nor an instant") from None
    if not isinstance(known, dt.datetime):
        return dt.datetime.combine(known, dt.time(23, 59, 59), dt.UTC)
    if known.tzinfo is None:
        raise UsageError(f"{known!r} has no time zone; give an instant in UTC")
    return known.astimezone(dt.UTC)

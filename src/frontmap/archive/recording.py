"""Write revisions: check, commit, copy. Every function here runs under the writers' lock."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple
from zoneinfo import ZoneInfo

from frontmap import storage
from frontmap.archive import copies, history, layout, lookup, snapshot_rules
from frontmap.archive.given_ground import put_on_grid
from frontmap.archive.matching import match_closely
from frontmap.archive.overlapping import is_ground_of, part_shared_ground
from frontmap.errors import (
    ConflictError,
    InputError,
    MendedWarning,
    NotFoundError,
    StorageError,
    UsageError,
)
from frontmap.formats import canonical, recorded_form
from frontmap.model import (
    FORMAT_VERSION,
    About,
    Finding,
    Kind,
    Revision,
    Snapshot,
    Zone,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from frontmap.model import ImportedFrom
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
    overlaps: snapshot_rules.Overlaps = "refuse"
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


@contextmanager
def writing(writer: Writer) -> Iterator[None]:
    """Hold the lock of :func:`tidying` to record something, in an archive of the present format.

    Raises ``InputError`` for an older one, which is only read.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> with writing(writer):
    ...     add(writer, entry).kind
    'snapshot'
    """
    require_present_format(writer.about, writer.root)
    with tidying(writer):
        yield


def require_present_format(about: About, root: Path) -> None:
    """Raise ``InputError`` when an archive is of an older format, and say what to do.

    >>> import frontmap
    >>> from pathlib import Path
    >>> about = frontmap.open("geodata/kursk").about
    >>> require_present_format(replace(about, version=1), Path("kursk"))
    Traceback (most recent call last):
    frontmap.errors.InputError: kursk: an archive of format 1, which is read and not added to; bring
    it to format 2: frontmap upgrade --archive kursk
    """
    if about.version != FORMAT_VERSION:
        raise InputError(
            f"{root}: an archive of format {about.version}, which is read and not added to; "
            f"bring it to format {FORMAT_VERSION}: frontmap upgrade --archive {root}"
        )


@contextmanager
def tidying(writer: Writer) -> Iterator[None]:
    """Hold the writers' lock; first put back the copies that a killed writer left stale.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> with tidying(Writer(front.folder, front.about, utc_now)):
    ...     (front.root / layout.MARKER).exists()
    False
    """
    with storage.locked(writer.root):
        marker = writer.root / layout.MARKER
        if storage.kind_of(marker, below=writer.root) is not None:
            note = storage.read(marker, below=writer.root)
            date = layout.named_date(note.decode(errors="replace"))
            if date is not None:
                _tidy(writer, date)
            storage.remove(marker, below=writer.root)
        yield


def add(writer: Writer, entry: NewRevision) -> Revision:
    """Record the first revision of a date.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> add(writer, entry).kind
    'snapshot'
    >>> add(writer, entry)
    Traceback (most recent call last):
    frontmap.errors.ConflictError: 2024-08-31 has a snapshot already; to replace it: frontmap
    correct 2024-08-31 FILE
    """
    return _commit(writer, prepare_first(writer, entry))


def prepare_first(writer: Writer, entry: NewRevision) -> Prepared:
    """Make the first revision of a date and record nothing; raises what :func:`add` does.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> prepare_first(writer, entry).snapshot.revision.kind, front.dates
    ('snapshot', ())
    """
    _require_past(writer, entry.date)
    chain = lookup.read_chain(writer.root, entry.key)
    if [r.kind for r in history.tips(chain)] == ["withdrawal"]:
        raise ConflictError(
            f"{history.withdrawn(chain)}; to record the date again: "
            f"frontmap correct {entry.date} FILE --reason '...', or what was withdrawn: "
            f"frontmap revert {entry.date}"
        )
    if chain:
        raise ConflictError(
            f"{entry.date} has a snapshot already; "
            f"to replace it: frontmap correct {entry.date} FILE"
        )
    return _prepared(writer, entry, "snapshot", ())


def _require_past(writer: Writer, date: dt.date) -> None:
    """Refuse a date that has not begun where the front is."""
    zone = writer.about.theatre.time_zone
    today = writer.clock().astimezone(ZoneInfo(zone)).date()
    if date > today:
        raise InputError(
            f"{date} is after today, {today} in {zone}: nothing can be known of it yet; "
            "mend the date, or this machine's clock"
        )


def correct(writer: Writer, entry: NewRevision, base: str | None) -> Revision:
    """Record new zones for a date; the revision that they started from must be in force.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> _ = add(writer, entry)
    >>> correct(writer, entry, None)
    Traceback (most recent call last):
    frontmap.errors.InputError: 2024-08-31: nothing to correct: these zones are in force already
    """
    return _commit(writer, prepare_correction(writer, entry, base))


def prepare_correction(writer: Writer, entry: NewRevision, base: str | None) -> Prepared:
    """Make a correction and record nothing; raises what :func:`correct` does.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> _ = withdraw(writer, entry, add(writer, entry).digest)
    >>> prepare_correction(writer, entry, None).snapshot.revision.kind, front.dates
    ('correction', ())
    """
    before = _only_tip(writer, entry, base or entry.base)
    held = lookup.read_revision(writer.root, before).zones
    zones = _as_recorded(writer, entry, held)
    same = canonical.same_zones(held, zones)
    cites = entry.sources is None or {*entry.sources} == {*before.sources}
    if same and cites and before.kind != "withdrawal":
        raise InputError(f"{entry.date}: nothing to correct: these zones are in force already")
    _spare_the_copy(writer, entry)
    return _prepared(writer, replace(entry, zones=zones), "correction", (before,), held)


def withdraw(writer: Writer, entry: NewRevision, base: str | None) -> Revision:
    """Record that nothing is known for a date any more.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> first = add(writer, entry)
    >>> withdraw(writer, entry, first.digest).kind
    'withdrawal'
    """
    before = _only_tip(writer, entry, base)
    if before.kind == "withdrawal":
        raise ConflictError(f"{entry.date} is withdrawn already: {before.reason}")
    _spare_the_copy(writer, entry)
    entry = replace(entry, sources=entry.sources or ())  # what the date rested on is no reason
    return _record(writer, entry, "withdrawal", (before,))


def resolve(writer: Writer, entry: NewRevision, keep: str | None) -> Revision:
    """Close a fork: keep the zones of one of the revisions in force, or record those given.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> _ = add(writer, entry)
    >>> resolve(writer, entry, None)
    Traceback (most recent call last):
    frontmap.errors.ConflictError: 2024-08-31 is not forked: there is nothing to resolve
    """
    ends = history.tips(lookup.read_chain(writer.root, entry.key))
    if len(ends) < 2:  # noqa: PLR2004  a fork has two ends
        raise ConflictError(f"{entry.date} is not forked: there is nothing to resolve")
    if keep is None:
        return _record(writer, entry, "resolution", ends)
    chosen = [r for r in ends if r.digest.startswith(keep)]
    if len(chosen) != 1:
        names = ", ".join(r.digest[:12] for r in ends)
        raise NotFoundError(f"{entry.date}: no revision {keep!r} in force; choose one of {names}")
    kind: Kind = "withdrawal" if chosen[0].kind == "withdrawal" else "resolution"
    held = lookup.read_revision(writer.root, chosen[0])
    return _record(writer, again(entry, held), kind, ends)


def again(entry: NewRevision, earlier: Snapshot) -> NewRevision:
    """Return an entry with what an earlier revision says, to be recorded as it was recorded once.

    Its overlaps stay, and so do its sources unless the entry has its own.

    >>> import frontmap
    >>> earlier = frontmap.open("geodata/kursk")["2024-08-31"]
    >>> entry = again(NewRevision(date=earlier.date), earlier)
    >>> len(entry.zones), entry.overlaps
    (12, 'keep')
    """
    header = earlier.revision
    return replace(
        entry,
        zones=recorded_form.present_zones(earlier),
        sources=header.sources if entry.sources is None else entry.sources,
        published=header.published,
        imported_from=header.imported_from,
        overlaps="keep",
    )


def follow(writer: Writer, entry: NewRevision, before: Revision) -> Revision:
    """Record what follows a revision in force, as a correction, whatever the archive's format.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> follow(writer, entry, add(writer, entry)).kind
    'correction'
    """
    return _record(writer, entry, "correction", (before,))


def put_back(writer: Writer, date: dt.date | None = None) -> tuple[Finding, ...]:
    """Put back every copy (of a date) that is not that of the revision in force; say which.

    >>> import tempfile, frontmap
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> layout.copy_path(front.root, add(writer, entry)).unlink()
    >>> [done.rule for done in put_back(writer)]
    ['put back']
    """
    revisions = lookup.read_revisions(writer.root, date)
    done = copies.put_back(writer.root, revisions, states={*copies.SAFE_TO_REPLACE, "edited"})
    return (*done, *copies.left(copies.unexplained(writer.root, revisions, date)))


def _only_tip(writer: Writer, entry: NewRevision, base: str | None) -> Revision:
    ends = history.tips(lookup.read_chain(writer.root, entry.key))
    if not ends:
        raise NotFoundError(
            f"{entry.date}: no snapshot here yet; to record the first: "
            f"frontmap add {entry.date} FILE"
        )
    if len(ends) > 1:
        raise history.fork(ends)
    if base is not None and base != ends[0].digest:
        raise ConflictError(
            f"{entry.date}: {ends[0].digest[:12]} ({ends[0].author}: {ends[0].reason}) was "
            f"recorded after {base[:12]}, which this one started from; "
            f"see what changed: frontmap diff {entry.date} {base[:12]}"
        )
    return ends[0]


def _spare_the_copy(writer: Writer, entry: NewRevision) -> None:
    """Refuse to write over a copy with edits that nobody recorded."""
    chain = lookup.read_chain(writer.root, entry.key)
    if entry.edits == "spare" and copies.copy_state(writer.root, chain) == "edited":
        copy = layout.copy_path(writer.root, chain[0])
        raise ConflictError(f"{copy}: {copies.unrecorded(copy, chain)}")


def _record(
    writer: Writer, entry: NewRevision, kind: Kind, before: tuple[Revision, ...]
) -> Revision:
    return _commit(writer, _prepared(writer, entry, kind, before))


def _prepared(
    writer: Writer,
    entry: NewRevision,
    kind: Kind,
    before: tuple[Revision, ...],
    held: tuple[Zone, ...] = (),
) -> Prepared:
    """Check what is to be recorded, and write its text; nothing reaches the folder.

    ``held`` are the zones that a correction started from: what is wrong with them is not new.
    """
    header = Revision(
        date=entry.date,
        published=entry.published,
        imported_from=entry.imported_from,
        recorded=max([writer.clock(), *(r.recorded for r in before)]),
        kind=kind,
        maker=writer.about.maker,
        author=entry.author or writer.about.maker,
        license=writer.about.license,
        reason=entry.reason,
        sources=tuple(sorted({s for r in before for s in r.sources}))
        if entry.sources is None
        else entry.sources,
        supersedes=frozenset(r.digest for r in before),
    )
    snapshot = Snapshot(header, _as_recorded(writer, entry, held))
    snapshot_rules.require_sound(
        snapshot,
        writer.about,
        overlaps=entry.overlaps,
        checked=writer.checked,
        before=held,
        places=entry.places,
    )
    text = canonical.dumps(snapshot)
    written = canonical.loads(text)  # nothing is recorded that could not be read again
    snapshot_rules.require_sound(written, writer.about, overlaps="keep", checked=writer.checked)
    return Prepared(written, text)


def _commit(writer: Writer, prepared: Prepared) -> Revision:
    """Write the revision (the commit point), then its copy."""
    revision = prepared.snapshot.revision
    _write(writer.folder, revision, prepared.text)
    writer.folder.require_there()  # else what was written is not where it would be looked for
    return revision


def _as_recorded(writer: Writer, entry: NewRevision, held: tuple[Zone, ...]) -> tuple[Zone, ...]:
    """Put zones on the grid, count ground once and match borders, with warnings of what changes."""
    zones = put_on_grid(entry.date, entry.zones)
    if entry.overlaps == "keep" or is_ground_of(zones, held):
        return zones
    zones, shared = part_shared_ground(zones, writer.checked.shared, held)
    zones, matched = match_closely(zones, writer.checked)
    for what in filter(None, (shared, matched)):
        warnings.warn(f"{entry.date}: {what}", MendedWarning, stacklevel=2)
    return zones


def _write(root: PinnedFolder, revision: Revision, text: bytes) -> None:
    """Stage the copy, so that a full disk shows now; commit; put the copy in its place."""
    path = layout.revision_path(root.location, revision)
    copy = layout.copy_path(root.location, revision)
    with _marked(root, revision.date):
        storage.require_plain_or_missing(copy, below=root)
        if revision.kind == "withdrawal":
            storage.create(path, text, below=root)
            with _recorded(revision):
                storage.remove(copy, below=root)
            return
        storage.make_folder(copy.parent, below=root)
        with storage.staged(copy, text, below=root) as part:
            storage.create(path, text, below=root)
            with _recorded(revision):
                storage.move_into_place(part)


@contextmanager
def _recorded(revision: Revision) -> Iterator[None]:
    """Say of a failure after the commit that the revision stands."""
    try:
        yield
    except StorageError as error:
        raise _StaleCopyError(
            f"{revision.date} is recorded ({revision.digest[:12]}), "
            f"but its copy is not up to date: {error}; then run: frontmap fmt"
        ) from error


@contextmanager
def _marked(root: PinnedFolder, date: dt.date) -> Iterator[None]:
    """Leave a note of the date being written, for the next writer to tidy if we are killed."""
    marker = root.location / layout.MARKER
    try:
        storage.write_scratch(marker, date.isoformat().encode(), below=root)
        yield
    except _StaleCopyError:
        raise
    except BaseException:
        with suppress(StorageError):
            storage.remove(marker, below=root, sync=False)
        raise
    else:
        with suppress(StorageError):
            storage.remove(marker, below=root, sync=False)


def _tidy(writer: Writer, date: dt.date) -> None:
    """Sweep what a killed writer staged for a date, and put the date's copies back."""
    revisions = lookup.read_revisions(writer.root, date)
    beside = (layout.copy_path(writer.root, r).parent for r in revisions)
    years = (writer.root / "snapshots" / f"{date.year:04d}", *beside)
    for folder in {layout.revisions_folder(writer.root, date), *years}:
        if storage.kind_of(folder, below=writer.root) == "folder":
            storage.remove_staged(folder, below=writer.root)
    copies.put_back(writer.root, revisions, states=copies.SAFE_TO_REPLACE)


class _StaleCopyError(StorageError):
    """The revision is recorded, its copy is not up to date."""

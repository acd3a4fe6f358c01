"""Make the revision that is to be recorded, checked as it would be read again; record nothing.

Zones as given become zones as recorded: on the grid, ground counted once, borders matched.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from frontmap.archive import copies, history, layout, lookup, snapshot_rules
from frontmap.archive.given_ground import put_on_grid
from frontmap.archive.matching import match_closely
from frontmap.archive.new_revisions import NewRevision, Prepared, Writer
from frontmap.archive.overlapping import is_ground_of, part_shared_ground
from frontmap.errors import ConflictError, InputError, MendedWarning, NotFoundError
from frontmap.formats import canonical, recorded_form
from frontmap.model import FORMAT_VERSION, About, Kind, Revision, Snapshot, Zone

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path


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


def prepare_first(writer: Writer, entry: NewRevision) -> Prepared:
    """Make the first revision of a date and record nothing; raises what ``recording.add`` does.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive.new_revisions import utc_now
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


def prepare_correction(writer: Writer, entry: NewRevision, base: str | None) -> Prepared:
    """Make a correction and record nothing; raises what ``recording.correct`` does.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive import recording
    >>> from frontmap.archive.new_revisions import utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> _ = recording.withdraw(writer, entry, recording.add(writer, entry).digest)
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


def prepare_withdrawal(writer: Writer, entry: NewRevision, base: str | None) -> Prepared:
    """Make a withdrawal and record nothing; raises what ``recording.withdraw`` does.

    >>> import datetime as dt, frontmap
    >>> from frontmap.archive.new_revisions import utc_now
    >>> kursk = frontmap.open("geodata/kursk")
    >>> writer = Writer(kursk.folder, kursk.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="the source took it back")
    >>> prepare_withdrawal(writer, entry, None).snapshot.revision.kind
    'withdrawal'
    """
    before = _only_tip(writer, entry, base)
    if before.kind == "withdrawal":
        raise ConflictError(f"{entry.date} is withdrawn already: {before.reason}")
    _spare_the_copy(writer, entry)
    entry = replace(entry, sources=entry.sources or ())  # what the date rested on is no reason
    return _prepared(writer, entry, "withdrawal", (before,))


def prepare_resolution(writer: Writer, entry: NewRevision, keep: str | None) -> Prepared:
    """Make what closes a fork and record nothing; raises what ``recording.resolve`` does.

    >>> import datetime as dt, frontmap
    >>> from frontmap.archive.new_revisions import utc_now
    >>> kursk = frontmap.open("geodata/kursk")
    >>> writer = Writer(kursk.folder, kursk.about, utc_now)
    >>> prepare_resolution(writer, NewRevision(date=dt.date(2024, 8, 31)), "4c237868")
    Traceback (most recent call last):
    frontmap.errors.ConflictError: 2024-08-31 is not forked: there is nothing to resolve
    """
    ends = history.tips(lookup.read_chain(writer.root, entry.key))
    if len(ends) < 2:  # noqa: PLR2004  a fork has two ends
        raise ConflictError(f"{entry.date} is not forked: there is nothing to resolve")
    if keep is None:
        return _prepared(writer, entry, "resolution", ends)
    chosen = [r for r in ends if r.digest.startswith(keep)]
    if len(chosen) != 1:
        names = ", ".join(r.digest[:12] for r in ends)
        raise NotFoundError(f"{entry.date}: no revision {keep!r} in force; choose one of {names}")
    kind: Kind = "withdrawal" if chosen[0].kind == "withdrawal" else "resolution"
    held = lookup.read_revision(writer.root, chosen[0])
    return _prepared(writer, again(entry, held), kind, ends)


def prepare_following(writer: Writer, entry: NewRevision, before: Revision) -> Prepared:
    """Make the correction of a revision in force, whatever the archive's format; record nothing.

    >>> import datetime as dt, frontmap
    >>> from frontmap.archive.new_revisions import utc_now
    >>> kursk = frontmap.open("geodata/kursk")
    >>> writer = Writer(kursk.folder, kursk.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> before = kursk["2024-08-31"].revision
    >>> made = prepare_following(writer, entry, before).snapshot.revision
    >>> made.kind, made.supersedes == {before.digest}
    ('correction', True)
    """
    return _prepared(writer, entry, "correction", (before,))


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

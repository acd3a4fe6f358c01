"""Record an earlier revision again: the way back from a correction or a withdrawal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from frontmap.archive import history, lookup, preparing, recording
from frontmap.dates import instant_text
from frontmap.errors import ConflictError, IntegrityError, NotFoundError

if TYPE_CHECKING:
    import datetime as dt

    from frontmap.archive.new_revisions import NewRevision, Writer
    from frontmap.model import Revision

    Chain = tuple[Revision, ...]


def revert(writer: Writer, entry: NewRevision, start: str | None) -> Revision:
    """Record the revision whose digest begins so, as ``Archive.revert`` promises.

    >>> import datetime as dt, tempfile, frontmap
    >>> from frontmap.archive.new_revisions import NewRevision, Writer, utc_now
    >>> front = frontmap.init(tempfile.mkdtemp(), title="A front", maker="us", license="CC0",
    ...                       bbox=(34, 50, 38, 53), parties={"UA": {"name_en": "Ukraine"}})
    >>> writer = Writer(front.folder, front.about, utc_now)
    >>> entry = NewRevision(date=dt.date(2024, 8, 31), reason="nothing was held")
    >>> first = recording.add(writer, entry)
    >>> _ = recording.withdraw(writer, replace(entry, reason="by mistake"), None)
    >>> revert(writer, replace(entry, reason=""), None).reason == described(first)
    True
    """
    recorded = lookup.read_revisions(writer.root, entry.date)
    if not recorded:
        raise NotFoundError(
            f"{entry.date}: no snapshot here yet; to record the first: "
            f"frontmap add {entry.date} FILE"
        )
    if start is None:
        chosen = _before(_only_chain(recorded, entry.published))
    else:
        chosen = history.named(recorded, start)
    ends = history.tips(history.chains(recorded)[history.chain_key(chosen)])
    if len(ends) > 1:
        raise history.fork(ends)
    if chosen == ends[0]:
        raise ConflictError(
            f"{entry.date}: {chosen.digest[:12]} is in force already; the others: "
            f"frontmap log {entry.date}"
        )
    entry = preparing.again(entry, lookup.read_revision(writer.root, chosen))
    entry = replace(entry, reason=entry.reason or described(chosen))
    if chosen.kind == "withdrawal":
        return recording.withdraw(writer, entry, ends[0].digest)
    return recording.correct(writer, entry, ends[0].digest)


def described(chosen: Revision) -> str:
    """Say which revision is recorded again: the reason, where nobody gives one.

    >>> import frontmap
    >>> print(described(frontmap.open("geodata/kursk").revisions("2024-08-31")[0]))
    Back to the snapshot 4c237868fcc9, recorded at 2026-11-22T22:42:44Z
    """
    recorded = instant_text(chosen.recorded)
    return f"Back to the {chosen.kind} {chosen.digest[:12]}, recorded at {recorded}"


def _only_chain(recorded: Chain, published: dt.datetime | None) -> Chain:
    """Return the revisions of a date, of the instant where one is given; it must be clear which."""
    chains = history.chains(recorded)
    date = recorded[0].date
    if published is not None and (date, published) in chains:
        return chains[date, published]
    if len(chains) == 1:
        (only,) = chains.values()
        return only
    raise ConflictError(
        f"{date} has maps of several instants; name the revision to record again: "
        f"frontmap revert {date} DIGEST (see them: frontmap log {date})"
    )


def _before(chain: Chain) -> Revision:
    """Return the revision that the one in force replaced, if it is one."""
    ends = history.tips(chain)
    if len(ends) > 1:
        raise history.fork(ends)
    (last,) = ends
    earlier = [r for r in chain if r.digest in last.supersedes]
    if not last.supersedes:
        raise NotFoundError(
            f"{last.date}: nothing was recorded before {last.digest[:12]}, which is in force; "
            f"to take it back: frontmap withdraw {last.date}"
        )
    if len(earlier) < len(last.supersedes):
        raise IntegrityError(
            f"{last.date}: what {last.digest[:12]} replaced is not here; see: frontmap verify"
        )
    if len(earlier) > 1:
        names = ", ".join(f"{r.digest[:12]} ({r.author}: {r.reason})" for r in earlier)
        raise ConflictError(
            f"{last.date}: {last.digest[:12]} chose between {names}; name the one to record "
            f"again: frontmap revert {last.date} {earlier[0].digest[:12]}"
        )
    return earlier[0]

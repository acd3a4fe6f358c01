"""Which snapshots of an archive a measure goes over, and the border that holds for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from frontmap import model
from frontmap.archive import Archive
from frontmap.dates import as_dates
from frontmap.errors import UsageError
from frontmap.facts import read_state_border

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from frontmap.dates import DateLike, DatesLike
    from frontmap.model import Fill, Per, Revision, Snapshot

    Known = DateLike | None

WORDS: dict[str, Any] = {
    "by": model.AreaBy,
    "fill": model.Fill,
    "per": model.Per,
    "errors": model.Errors,
    "edges": model.Edges,
    "basis": model.Basis,
}


class Answer(NamedTuple):
    """The revision that answers for a date; its own date may be earlier."""

    date: dt.date
    revision: Revision

    @property
    def age_days(self) -> int:
        """Days from the snapshot's own date to the date that it answers for."""
        return (self.date - self.revision.date).days


def require(archive: Archive, **words: str) -> None:
    """Raise UsageError unless ``archive`` is an open one and each word is among those of its name.

    >>> from frontmap import open
    >>> require(open("geodata/kursk"), by="zones")
    Traceback (most recent call last):
    frontmap.errors.UsageError: by='zones' is not a choice; use one of party, status, unit
    """
    if not isinstance(archive, Archive):
        kind = type(archive).__name__
        raise UsageError(f"this needs an archive, not a {kind}; open it first: frontmap.open(path)")
    for name, word in words.items():
        require_word(name, word, WORDS[name])


def require_word(name: str, word: str, choices: object) -> None:
    """Raise UsageError unless a word is among those of a ``Literal``.

    >>> require_word("by", "zones", model.LineBy)
    Traceback (most recent call last):
    frontmap.errors.UsageError: by='zones' is not a choice; use one of party, neighbour
    """
    allowed = get_args(choices)
    if word not in allowed:
        listed = ", ".join(allowed)
        raise UsageError(f"{name}={word!r} is not a choice; use one of {listed}")


def answers(  # noqa: PLR0913  independent choices, all but two keyword-only
    archive: Archive,
    dates: DatesLike | None = None,
    *,
    known: Known = None,
    fill: Fill = "none",
    per: Per = "date",
    among: Iterable[Revision] | None = None,
) -> tuple[Answer, ...]:
    """Find the revision for each date asked, or for the whole series in order of date.

    - ``dates``: valid dates, one or many; None means every date with a snapshot in force.
    - ``known``: as the archive knew it at that instant.
    - ``fill``: ``"previous"`` answers a date without a snapshot by the last one before it.
    - ``per``: where the maker gave several snapshots a day, ``"date"`` takes the last of each day
      and ``"snapshot"`` every one (of the whole series).
    - ``among``: all revisions, where their headers have been read, for the whole series.

    Raises NotFoundError for a date that has no answer, ConflictError for a forked one, UsageError
    as :func:`require` and for what is no date.

    >>> import frontmap
    >>> (answer,) = answers(frontmap.open("geodata/kursk"), "2024-08-29", fill="previous")
    >>> str(answer.revision.date), answer.age_days
    ('2024-08-28', 1)
    """
    require(archive, fill=fill, per=per)
    days = as_dates(dates)
    if days is not None:
        return tuple(
            Answer(day, archive.as_of(day, known=known, fill=fill).revision) for day in days
        )
    revisions = archive.in_force(known=known, among=among)
    if per == "date":
        revisions = tuple({revision.date: revision for revision in revisions}.values())
    return tuple(Answer(revision.date, revision) for revision in revisions)


def parties_of(snapshots: Iterable[Snapshot]) -> list[str]:
    """Return the parties that have ground of any status in the snapshots, in order.

    >>> import frontmap
    >>> parties_of(frontmap.open("geodata/kursk").snapshots())
    ['UA']
    """
    return sorted({zone.party for snapshot in snapshots for zone in snapshot.zones})


def border_of(archive: Archive) -> BaseGeometry | None:
    """Return the state border of the archive's reference file, in degrees; None without one.

    >>> import frontmap
    >>> border_of(frontmap.open("geodata/kursk")).geom_type
    'MultiLineString'
    """
    return read_state_border(archive.root)

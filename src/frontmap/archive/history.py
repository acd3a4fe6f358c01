"""Which revision is in force: six lines of sets, and what follows from them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from frontmap.dates import instant_text
from frontmap.errors import ConflictError, IntegrityError, NotFoundError
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from frontmap.model import Revision

    Key = tuple[dt.date, dt.datetime | None]


def chain_key(revision: Revision) -> Key:
    """Return what a chain of revisions is about: a valid date, and the maker's instant if any.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> chain_key(first) == chain_key(second) == (dt.date(2024, 8, 31), None)
    True
    """
    return revision.date, revision.published


def order(revision: Revision) -> tuple[str, str]:
    """Sort by valid date, then by the maker's instant (a revision without one comes first).

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> order(first)
    ('2024-08-31', '')
    """
    return key_order(chain_key(revision))


def key_order(key: Key) -> tuple[str, str]:
    """Return what :func:`order` sorts a chain's revisions by.

    >>> import datetime as dt
    >>> key_order((dt.date(2024, 8, 31), None))
    ('2024-08-31', '')
    """
    date, published = key
    return date.isoformat(), "" if published is None else str(published)


def tips(revisions: Iterable[Revision]) -> tuple[Revision, ...]:
    """Return those that no other one supersedes, by digest.

    Raises ``IntegrityError`` when they supersede each other in a circle, which no digest allows.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> tips([first, second]) == (second,), tips([first]) == (first,)
    (True, True)
    """
    several = tuple(revisions)
    replaced: frozenset[str] = frozenset().union(*(r.supersedes for r in several))
    ends = tuple(sorted((r for r in several if r.digest not in replaced), key=lambda r: r.digest))
    if several and not ends:
        date = several[0].date
        raise IntegrityError(
            f"revisions/{date.year}/{date}: they supersede each other in a circle, so that one is "
            "damaged; see which: frontmap verify"
        )
    return ends


def recorded_order(revisions: Iterable[Revision]) -> tuple[Revision, ...]:
    """Sort by when they were recorded; within one second, what was superseded comes first.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> [revision.kind for revision in recorded_order([second, first])]
    ['snapshot', 'correction']
    """
    several = tuple(revisions)
    steps = _steps(several)
    return tuple(sorted(several, key=lambda r: (r.recorded, *order(r), steps[r.digest], r.digest)))


def _steps(revisions: tuple[Revision, ...]) -> dict[str, int]:
    """Count, for each digest, the revisions in the longest line that it supersedes.

    Those that supersede each other in a circle, which no digest allows, come after all others.
    """
    followers: dict[str, list[str]] = {r.digest: [] for r in revisions}
    waiting: dict[str, int] = {}
    for revision in {r.digest: r for r in revisions}.values():
        before = revision.supersedes & followers.keys()
        waiting[revision.digest] = len(before)
        for digest in before:
            followers[digest].append(revision.digest)
    steps = dict.fromkeys(followers, len(followers))
    ready = deque(digest for digest, count in waiting.items() if count == 0)
    steps.update(dict.fromkeys(ready, 0))
    while ready:
        digest = ready.popleft()
        for follower in followers[digest]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
                steps[follower] = steps[digest] + 1
    return steps


def known_by(revisions: Iterable[Revision], known: dt.datetime | None) -> tuple[Revision, ...]:
    """Return what the archive had recorded at the instant ``known`` (None: all).

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> known_by([first, second], first.recorded) == (first,)
    True
    """
    return tuple(r for r in revisions if known is None or r.recorded <= known)


def chains(revisions: Iterable[Revision]) -> dict[Key, tuple[Revision, ...]]:
    """Split by what they are about, in order of date and instant.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> {date: len(chain) for (date, _), chain in chains([first, second]).items()}
    {datetime.date(2024, 8, 31): 2}
    """
    found: dict[Key, list[Revision]] = {}
    for revision in sorted(revisions, key=order):
        found.setdefault(chain_key(revision), []).append(revision)
    return {about: tuple(chain) for about, chain in found.items()}


def in_force(chain: Iterable[Revision]) -> Revision | None:
    """Return the one tip of a chain; None when there is none or it withdraws the date.

    Raises ``ConflictError`` when there are several: somebody has to choose.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> in_force([first, second]) == second, in_force([])
    (True, None)
    """
    ends = tips(chain)
    if len(ends) > 1:
        raise fork(ends)
    return ends[0] if ends and ends[0].kind != "withdrawal" else None


def all_in_force(
    revisions: Iterable[Revision], known: dt.datetime | None = None
) -> tuple[Revision, ...]:
    """Return those in force at an instant (None: now), in order of valid date and instant.

    Raises ``ConflictError`` when a date has two.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> all_in_force([first, second], first.recorded) == (first,)
    True
    """
    several = chains(known_by(revisions, known)).values()
    return tuple(revision for chain in several if (revision := in_force(chain)))


def fork(ends: tuple[Revision, ...]) -> ConflictError:
    """Return the error that says which revisions of a date both claim to be in force.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> str(fork((first, second)))[:33]
    '2024-08-31 has 2 revisions in for'
    """
    date = ends[0].date
    names = ", ".join(f"{r.digest[:12]} ({r.author}: {r.reason})" for r in ends)
    return ConflictError(
        f"{date} has {counted(len(ends), 'revision')} in force: {names}; "
        f"choose one: frontmap resolve {date} --keep {ends[0].digest[:12]}"
    )


def named(recorded: Sequence[Revision], start: str) -> Revision:
    """Return the revision of a date whose digest begins so; ``NotFoundError`` unless it is one.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> recorded = lookup.read_revisions(Path("geodata/kursk"), dt.date(2024, 8, 31))
    >>> named(recorded, "4c23").kind
    'snapshot'
    >>> named(recorded, "ffff")
    Traceback (most recent call last):
    frontmap.errors.NotFoundError: 2024-08-31: not one revision 'ffff'; choose of 4c237868fcc9,
    48bf983a5f9a, 7085c848de23
    """
    found = [r for r in recorded if r.digest.startswith(start)]
    if len(found) != 1:
        names = ", ".join(r.digest[:12] for r in recorded)
        raise NotFoundError(f"{recorded[0].date}: not one revision {start!r}; choose of {names}")
    return found[0]


def withdrawn(revisions: Iterable[Revision]) -> str:
    """Say of a date that is withdrawn when and why, and how to see what was said before.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> from dataclasses import replace
    >>> print(withdrawn([first, replace(second, kind="withdrawal", reason="a mistake")]))
    2024-08-31 was withdrawn at 2026-11-22T22:48:30Z (frontmap: a mistake); what was said before:
    frontmap show 2024-08-31 --known 2026-11-22T22:42:44Z
    """
    *_, last = recorded = recorded_order(revisions)
    before = [r for r in recorded if r.kind != "withdrawal" and r.recorded < last.recorded]
    known = f"show {last.date} --known {instant_text(before[-1].recorded)}" if before else ""
    return (
        f"{last.date} was withdrawn at {instant_text(last.recorded)} "
        f"({last.author}: {last.reason}); "
        f"what was said before: frontmap {known or f'diff {last.date}'}"
    )

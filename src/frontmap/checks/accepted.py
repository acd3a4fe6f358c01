"""Rules over the tables beside an archive: each reads, knows its parties, accepts what is there."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING

import pandas as pd

from frontmap import facts
from frontmap.errors import InputError
from frontmap.facts import mended_text
from frontmap.facts.party_ids import OF_PARTIES, unknown_text
from frontmap.facts.reference import REFERENCE
from frontmap.facts.tables import TABLES
from frontmap.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from frontmap.archive import Archive

Key = tuple[dt.date | None, str, str]

READERS = (
    facts.read_sources,
    facts.read_places,
    facts.read_settlement_events,
    facts.read_events,
    facts.read_reported,
    facts.read_reviews,
    facts.read_claimants,
    facts.read_accepted,
    facts.read_state_border,  # all of the reference is looked at
)


def unreadable_tables(root: Path) -> Iterator[Finding]:
    r"""Yield the first thing that is wrong in each table of facts.

    >>> import tempfile
    >>> from pathlib import Path
    >>> root = Path(tempfile.mkdtemp())
    >>> _ = (root / "sources.csv").write_text("id,publisher\n")
    >>> [finding.rule for finding in unreadable_tables(root)]
    ['table']
    """
    seen = set()
    for read in READERS:
        try:
            read(root)
        except InputError as error:
            if str(error) not in seen:
                seen.add(str(error))
                yield Finding(rule="table", message=str(error), path=root, names_place=True)


def of_other_form(root: Path) -> Iterator[Finding]:
    r"""Yield each table that reads, and not in the form in which tables are kept.

    >>> import tempfile
    >>> from pathlib import Path
    >>> root = Path(tempfile.mkdtemp())
    >>> _ = (root / "accepted.csv").write_bytes(b"date;rule;zone;reason\r\n")
    >>> [finding.message.rpartition(": ")[2] for finding in of_other_form(root)]
    ['CRLF line ends, semicolons between cells; save it as UTF-8 with commas and LF, days as
    YYYY-MM-DD']
    """
    for name, table in TABLES.items():
        with suppress(InputError):  # of one that does not read, the rule table has more
            if text := mended_text(root / name, table):
                yield Finding(
                    rule="mended",
                    severity="warning",
                    message=text,
                    path=root / name,
                    names_place=True,
                )


def of_unknown_sources(root: Path) -> Iterator[Finding]:
    """Yield the features of the reference whose source is not in ``sources.csv``.

    >>> from pathlib import Path
    >>> list(of_unknown_sources(Path("geodata/kursk")))
    []
    """
    known = set(facts.read_sources(root)["id"])
    for number, source in facts.read_reference(root)["source"].items():
        if source and source not in known:
            yield Finding(
                rule="source",
                message=f"features[{number}]: source {source!r} is not in sources.csv; "
                "add it there or mend the id",
                path=root / REFERENCE,
            )


def of_unknown_parties(archive: Archive) -> Iterator[Finding]:
    """Yield the events and figures that are about a party which ``archive.json`` doesn't have.

    >>> import frontmap
    >>> list(of_unknown_parties(frontmap.open("geodata/kursk")))
    []
    """
    for name in OF_PARTIES:
        path = archive.root / name
        for line, party in facts.unknown_parties(path, archive.about.parties):
            yield Finding(
                rule="party",
                message=f"column party: {unknown_text(party)}",
                path=path,
                line=line,
            )


def accepted_rows(root: Path) -> dict[Key, int]:
    """Return the line of each finding that ``accepted.csv`` accepts: by its date, rule and zone.

    None for a table that cannot be read: ``check`` says why.

    >>> from pathlib import Path
    >>> accepted_rows(Path("geodata/kursk"))[dt.date(2024, 8, 7), "jump", ""]
    4
    """
    try:
        accepted = facts.read_accepted(root)
    except InputError:
        return {}
    dates = [None if date is pd.NaT else date.date() for date in accepted["date"]]
    keys = zip(dates, accepted["rule"], accepted["zone"], strict=True)
    return dict(zip(keys, accepted.index.tolist(), strict=True))


def key_of(finding: Finding) -> Key:
    """Return what a row of ``accepted.csv`` names a finding by: date, rule and zone.

    >>> key_of(Finding(rule="jump", message="+300 km²", date=dt.date(2024, 8, 13)))
    (datetime.date(2024, 8, 13), 'jump', '')
    """
    return finding.date, finding.rule, finding.zone or ""


def without_accepted(findings: Iterable[Finding], root: Path) -> Iterator[Finding]:
    r"""Yield the findings that ``accepted.csv`` does not name, then its rows that name none.

    A row names the finding with the same date, rule and zone (for a settlement: its id).

    >>> import tempfile
    >>> from pathlib import Path
    >>> root = Path(tempfile.mkdtemp())
    >>> _ = (root / "accepted.csv").write_text(
    ...     "date,rule,zone,reason\n2024-08-13,jump,,the north was taken in a night\n"
    ... )
    >>> jump = Finding(rule="jump", message="changes by +300 km²", date=dt.date(2024, 8, 13))
    >>> list(without_accepted([jump], root))
    []
    >>> [finding.line for finding in without_accepted([], root)]
    [2]
    """
    rows = accepted_rows(root)
    needed = set()
    for finding in findings:
        if (key := key_of(finding)) in rows:
            needed.add(key)
        else:
            yield finding
    for key, line in rows.items():
        if key not in needed:
            yield Finding(
                rule="accepted",
                severity="warning",
                message="no finding needs it any more; remove the row",
                path=root / "accepted.csv",
                line=line,
                date=key[0],
            )

"""Why a draft differs from another: which settlements changed, and which sources say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from frontmap.facts import events_published_by
from frontmap.places import status_table, status_words

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from frontmap.places import PlaceEvidence, SettlementTables

NAMED = 12
#: How near to the valid date an event must lie to have changed it, in days; else the nearest one.
NEAR_DAYS = 45


class Why(NamedTuple):
    """A sentence, and the sources that it rests on."""

    text: str
    sources: tuple[str, ...]


def reason(  # noqa: PLR0913  a reason rests on that many independent parts
    tables: SettlementTables,
    evidence: PlaceEvidence,
    date: dt.date,
    *,
    published_by: dt.date,
    first: PlaceEvidence | None = None,
    since: dt.date | None = None,
) -> Why:
    """Say why the draft of a date is as it is.

    Parameters
    ----------
    tables, evidence
        The tables, and the evidence that the draft was made from.
    date
        The valid date.
    published_by
        The day by which the sources of the first pass were published.
    first
        The evidence of the first pass, where this is the second: what later sources changed, and
        their ids.
    since
        An earlier date, with which the statuses are compared.

    Examples
    --------
    >>> import datetime as dt
    >>> import frontmap
    >>> from frontmap.places import SettlementTables, read_evidence
    >>> tables = SettlementTables.read(frontmap.open("geodata/kursk"))
    >>> evidence = read_evidence(tables, published_by=dt.date(2024, 8, 9))
    >>> day = dt.date(2024, 8, 6)
    >>> why = reason(tables, evidence, day, published_by=dt.date(2024, 8, 9), since=day)
    >>> print(why.text)
    First pass: drafted from settlement events published by 2024-08-09.
    Since 2024-08-06: no settlement changed status.
    """
    after = _in_words(evidence, date)
    if first is None:
        text = f"First pass: drafted from settlement events published by {published_by}."
        why = Why(text, ())
    else:
        why = _second_pass(tables.events, published_by, _in_words(first, date), after)
    if since is None or since < evidence.first:
        return why
    what = _changes_text(_in_words(evidence, since), after) or "no settlement changed status"
    return Why(f"{why.text} Since {since}: {what}.", why.sources)


def _in_words(evidence: PlaceEvidence, date: dt.date) -> pd.DataFrame:
    """Return the statuses of a date in words."""
    table = status_table(evidence, date)
    return table.assign(status=status_words(evidence, table))


def _changes_text(before: pd.DataFrame, after: pd.DataFrame) -> str:
    """List the settlements whose status differs between two tables, by status before and after."""
    changed = after.merge(before, on="place_id", suffixes=("", "_before"))
    changed = changed.loc[changed["status"] != changed["status_before"]]
    groups = changed.sort_values("name_en").groupby(["status_before", "status"])["name_en"]
    return "; ".join(f"{was} to {now}: {_named(list(names))}" for (was, now), names in groups)


def _second_pass(
    events: pd.DataFrame, published_by: dt.date, before: pd.DataFrame, after: pd.DataFrame
) -> Why:
    """Name the sources of later events at the changed settlements: near to the date, or nearest."""
    date = after["date"].iloc[0]
    changed = after.loc[after["status"].to_numpy() != before["status"].to_numpy(), "place_id"]
    later = events.drop(index=events_published_by(events, published_by).index)
    chosen = later.loc[later["place_id"].isin(changed)]
    away = (chosen["date"] - date).abs().dt.days
    nearest = away.groupby(chosen["place_id"]).transform("min")
    chosen = chosen.loc[(away <= NEAR_DAYS) | (away == nearest)]
    sources = tuple(sorted({word for cell in chosen["source"] for word in cell.split()}))
    what = _changes_text(before, after) or "no status, only how far the line can be told"
    text = f"Second pass: sources published after {published_by} change {what}."
    return Why(f"{text} They are: {_named(list(sources))}." if sources else text, sources)


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")

"""Why a draft differs from another: which settlements changed, and which sources say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from frontmap.places import Facts, PlaceEvidence, status_table
from frontmap.places.weigh import published_by

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

NAMED = 12
#: How near to the valid date an event must lie to have changed it, in days; else the nearest one.
NEAR_DAYS = 45


class Why(NamedTuple):
    """A sentence, and the sources that it rests on."""

    text: str
    sources: tuple[str, ...]


def changes(before: pd.DataFrame, after: pd.DataFrame) -> str:
    """List the settlements whose status differs between two tables, by status before and after.

    Both have columns ``place_id, name_en, status`` (:func:`frontmap.places.status_table`).
    """
    changed = after.merge(before, on="place_id", suffixes=("", "_before"))
    changed = changed.loc[changed["status"] != changed["status_before"]]
    groups = changed.sort_values("name_en").groupby(["status_before", "status"])["name_en"]
    return "; ".join(f"{was} to {now}: {_named(list(names))}" for (was, now), names in groups)


def reason(  # noqa: PLR0913  a reason rests on that many independent parts
    facts: Facts,
    now: PlaceEvidence,
    date: dt.date,
    *,
    known: dt.date,
    then: PlaceEvidence | None = None,
    since: dt.date | None = None,
) -> Why:
    """Say why the draft of a date is as it is.

    Parameters
    ----------
    facts, now
        The tables, and the evidence that the draft was made from.
    date
        The valid date.
    known
        The day by which the sources of the first pass were published.
    then
        The evidence of the first pass, where this is the second: what later sources changed, and
        their ids.
    since
        An earlier date, with which the statuses are compared.
    """
    after = status_table(now, date)
    if then is None:
        why = Why(f"First pass: drafted from settlement events published by {known}.", ())
    else:
        why = _later(facts.events, known, status_table(then, date), after)
    if since is None or since < now.first:
        return why
    what = changes(status_table(now, since), after) or "no settlement changed status"
    return Why(f"{why.text} Since {since}: {what}.", why.sources)


def _later(events: pd.DataFrame, known: dt.date, before: pd.DataFrame, after: pd.DataFrame) -> Why:
    """Name the sources of later events at the changed settlements: near to the date, or nearest."""
    date = after["date"].iloc[0]
    changed = after.loc[after["status"].to_numpy() != before["status"].to_numpy(), "place_id"]
    later = events.drop(index=published_by(events, known).index)
    chosen = later.loc[later["place_id"].isin(changed)]
    away = chosen["date"].map(lambda day: abs((day - date).days)).astype(float)
    nearest = away.groupby(chosen["place_id"]).transform("min")
    chosen = chosen.loc[(away <= NEAR_DAYS) | (away == nearest)]
    sources = tuple(sorted({word for cell in chosen["source"] for word in cell.split()}))
    what = changes(before, after) or "no status, only how far the line can be told"
    text = f"Second pass: sources published after {known} change {what}."
    return Why(f"{text} They are: {_named(list(sources))}." if sources else text, sources)


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")

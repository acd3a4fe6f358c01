"""What every source of a week says, and what the map of the date did about it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from frontmap.places import CLAIMED, CONTESTED, CONTROLLED, NOT_HELD, status_words, statuses_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from frontmap.facts.vocabulary import Event
    from frontmap.places import PlaceEvidence, SettlementTables, Statuses

WEEK_DAYS = 7
NAMED = 6
COLUMNS = ("date", "source", "says", "verdict", "note")
#: Which statuses a report agrees with: those of its own party, where the map has ground of it, else
#: those of the parties that the map has.
AGREES_WITH: Mapping[Event, set[str]] = {
    "enters": {CONTROLLED, CONTESTED},
    "claims_control": {CONTROLLED, CLAIMED},
    "present": {CONTROLLED, CONTESTED},
    "retakes": {CONTROLLED, CLAIMED},
    "contested": {CONTESTED},
    "stays": {CONTROLLED},
    "forward_point": {NOT_HELD, CONTESTED, CLAIMED},
}
AGREES_WITH_OTHERS: Mapping[Event, set[str]] = {
    "enters": {NOT_HELD, CONTESTED},
    "claims_control": {NOT_HELD, CLAIMED},
    "present": {NOT_HELD, CONTESTED},
    "retakes": {NOT_HELD},
    "contested": {NOT_HELD, CLAIMED},
    "stays": {NOT_HELD, CLAIMED},
    "forward_point": {CONTROLLED, CONTESTED, NOT_HELD},
}
#: ``{whose}`` stands for the party.
WORDS: Mapping[Event, str] = {
    "enters": "{whose} troops enter",
    "claims_control": "{whose}-held",
    "present": "{whose} troops there",
    "retakes": "{whose}-held again",
    "contested": "fight or attack",
    "stays": "{whose}-held",
    "forward_point": "furthest advance",
}
#: A party without an adjective here is named by its id.
ADJECTIVES = {"UA": "Ukrainian", "RU": "Russian"}


def review(
    tables: SettlementTables, first: PlaceEvidence, second: PlaceEvidence, date: dt.date
) -> pd.DataFrame:
    """Hold the sources of the week up to a date against the status of the places they name.

    Parameters
    ----------
    tables, first, second
        The tables, and the evidence of the first and of the second pass.
    date
        The valid date; the week is the seven days up to it.

    Returns
    -------
    pandas.DataFrame
        Columns of ``reviews.csv``: ``date`` (datetime64[us]), ``source, says, verdict, note``, a
        row a source, in order of the source. The verdict is ``left`` where the map shows another
        status for a place on the day after the report (the note says which), ``changed`` where it
        agrees only since the second pass, else ``agrees``.

    Examples
    --------
    >>> import frontmap
    >>> from frontmap.places import SettlementTables, read_evidence
    >>> tables = SettlementTables.read(frontmap.open("geodata/kursk"))
    >>> evidence = read_evidence(tables, published_by=dt.date(2024, 8, 13))
    >>> table = review(tables, evidence, evidence, dt.date(2024, 8, 7))
    >>> print(table.loc[table["verdict"] == "left", "note"].iloc[0])
    outweighed, on the map: Oleshnya controlled
    """
    days = tables.events["date"].dt.date
    week = tables.events.loc[(days > date - dt.timedelta(days=WEEK_DAYS)) & (days <= date)]
    rows = week.assign(
        word=week["source"].str.split(),
        judged=[min(day + dt.timedelta(days=1), date) for day in days[week.index]],
    ).explode("word")
    before, after = (_on_days(evidence, set(rows["judged"])) for evidence in (first, second))
    row_of = {place: row for row, place in enumerate(tables.places["id"])}
    names = dict(zip(tables.places["id"], tables.places["name_en"], strict=True))
    found = []
    for source, events in rows.groupby("word", sort=True):
        says, left, changed = [], [], False
        for place, event, party, on in zip(
            *(events[name] for name in ("place_id", "event", "party", "judged")), strict=True
        ):
            row = row_of[place]
            says.append(f"{names[place]}: {_words(event, party)}")
            mapped = next((each for each in party.split() if each in tables.parties), None)
            agreed = AGREES_WITH_OTHERS[event] if mapped is None else AGREES_WITH[event]
            if _status(after[on].statuses, mapped, row) not in agreed:
                left.append(f"{names[place]} {after[on].words[row]}")
            changed |= _status(before[on].statuses, mapped, row) not in agreed
        verdict = "left" if left else "changed" if changed else "agrees"
        note = f"outweighed, on the map: {_listed(left)}" if left else ""
        found.append((np.datetime64(date, "us"), source, _listed(says), verdict, note))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _words(event: Event, party: str) -> str:
    """Say what an event reports.

    >>> _words("enters", "UA"), _words("stays", "XX")
    ('Ukrainian troops enter', 'XX-held')
    """
    return WORDS[event].format(whose=ADJECTIVES.get(party, party))


class _OnDay(NamedTuple):
    """What each place is on a day, and in words."""

    statuses: Statuses
    words: NDArray[np.str_]


def _on_days(evidence: PlaceEvidence, days: Iterable[dt.date]) -> dict[dt.date, _OnDay]:
    found = {day: statuses_on(evidence, day) for day in days}
    return {day: _OnDay(each, status_words(evidence, each)) for day, each in found.items()}


def _status(statuses: Statuses, party: str | None, row: int) -> str:
    """Give the status of a place as a party has it; None: as the parties of the map have it."""
    return str(statuses.status[row] if party is None else statuses.of(party)[row])


def _listed(words: list[str]) -> str:
    unique = sorted(set(words))
    more = len(unique) - NAMED
    return "; ".join(unique[:NAMED]) + (f"; and {more} more" if more > 0 else "")

"""What every source of a week says, and what the map of the date did about it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from frontmap.places import CLAIMED, CONTESTED, CONTROLLED, NOT_HELD, PlaceEvidence, status_table

if TYPE_CHECKING:
    from frontmap.places import Facts

WEEK_DAYS = 7
NAMED = 6
COLUMNS = ("date", "source", "says", "verdict", "note")
#: Which statuses a report goes with.
GOES_WITH = {
    "UA_enters": {CONTROLLED, CONTESTED},
    "UA_claims_control": {CONTROLLED, CLAIMED},
    "UA_present": {CONTROLLED, CONTESTED},
    "RU_retakes": {NOT_HELD},
    "stays": {NOT_HELD, CLAIMED},
    "contested": {CONTESTED},
    "forward_point": {NOT_HELD, CONTESTED, CLAIMED},
}
WORDS = {
    "UA_enters": "Ukrainian troops enter",
    "UA_claims_control": "Ukrainian-held",
    "UA_present": "Ukrainian troops there",
    "RU_retakes": "Russian-held again",
    "stays": "Russian-held",
    "contested": "fight or attack",
    "forward_point": "furthest advance",
}


def review(
    facts: Facts, first: PlaceEvidence, second: PlaceEvidence, date: dt.date
) -> pd.DataFrame:
    """Hold the sources of the week up to a date against the status of the places they name.

    Parameters
    ----------
    facts, first, second
        The tables, and the evidence of the first and of the second pass.
    date
        The valid date; the week is the seven days up to it.

    Returns
    -------
    pandas.DataFrame
        Columns of ``reviews.csv``: ``date, source, says, verdict, note``, a row a source, in order
        of the source. The verdict is ``left`` where the map shows another status for a place on
        the day after the report (the note says which), ``changed`` where it agrees only since the
        second pass, else ``agrees``.
    """
    day = facts.events["date"]
    week = facts.events.loc[(day > date - dt.timedelta(days=WEEK_DAYS)) & (day <= date)]
    rows = week.assign(word=week["source"].str.split()).explode("word")
    known: dict[tuple[int, dt.date], dict[str, str]] = {}

    def status(reading: PlaceEvidence, place: str, on: dt.date) -> str:
        key = (id(reading), on)
        if key not in known:
            found = status_table(reading, on)
            known[key] = dict(zip(found["place_id"], found["status"], strict=True))
        return known[key][place]

    names = dict(zip(facts.places["id"], facts.places["name_en"], strict=True))
    found = []
    for source, events in rows.groupby("word", sort=True):
        told = list(zip(events["place_id"], events["event"], events["date"], strict=True))
        after = [min(on + dt.timedelta(days=1), date) for _, _, on in told]
        now = [status(second, p, on) for (p, _, _), on in zip(told, after, strict=True)]
        then = [status(first, p, on) for (p, _, _), on in zip(told, after, strict=True)]
        goes = [GOES_WITH[event] for _, event, _ in told]
        left = [
            f"{names[place]} {shown}"
            for (place, _, _), shown, fits in zip(told, now, goes, strict=True)
            if shown not in fits
        ]
        moved = any(was not in fits for was, fits in zip(then, goes, strict=True))
        verdict = "left" if left else "changed" if moved else "agrees"
        note = f"outweighed, on the map: {_listed(left)}" if left else ""
        says = _listed([f"{names[place]}: {WORDS[event]}" for place, event, _ in told])
        found.append((date, source, says, verdict, note))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _listed(words: list[str]) -> str:
    unique = sorted(set(words))
    more = len(unique) - NAMED
    return "; ".join(unique[:NAMED]) + (f"; and {more} more" if more > 0 else "")

"""The status of every settlement on a date: what its own events say, then what lies around it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from frontmap.dates import as_date, as_dates
from frontmap.places.evidence import SettlementTables, read_evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from frontmap.archive import Archive
    from frontmap.dates import DateLike, DatesLike
    from frontmap.places.evidence import PlaceEvidence
    from frontmap.places.weigh import Evidence

    Floats = NDArray[np.float64]

NOT_HELD, CONTESTED, CONTROLLED, CLAIMED = "not held", "contested", "controlled", "claimed"
COLUMNS = ("place_id", "name_en", "date", "status", "score", "nats", "confidence", "sources")
#: A score beyond this is twice as likely right as wrong (leave-one-out, ``docs/draft.md``).
DECIDED_SCORE = 0.1
#: A place's own fight counts where it says so with this much evidence, in nats.
FIGHT_NATS = 1.5
FIGHT_CHANCE, FIGHT_SCORE = 0.5, 0.5
HIGH_NATS, MEDIUM_SCORE = 4.0, 0.3
#: How long a claim of one side lasts that nothing later speaks for or against.
CLAIM_DAYS = 14
#: At so many days from its date an event is named as a source only before one of half its weight.
FADING_DAYS = 30


def settlement_statuses(
    archive: Archive, *, dates: DatesLike | None = None, published_by: DateLike | None = None
) -> pd.DataFrame:
    """Status of each settlement on each date, from the events beside an archive.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    dates
        Valid dates, as text, date, datetime64 or many of these; None: the archive's dates that
        the events reach.
    published_by
        Use only events that were published by the end of this day; None: all.

    Returns
    -------
    pandas.DataFrame
        One row a settlement and date: ``place_id, name_en, date`` (datetime64[us]), ``status``
        (controlled, contested, claimed, not held), ``score`` (-1 not held to +1 held), ``nats``
        (strength of its own evidence; 0: the status comes from its neighbours), ``confidence``
        (high, medium, low), ``sources`` (ids). The rule is that of ``docs/draft.md``.

    Raises
    ------
    InputError
        A table cannot be read, no event was published by then, or none reaches a date.
    UsageError
        Something in ``dates`` or ``published_by`` is no date.

    Examples
    --------
    >>> import frontmap
    >>> table = frontmap.settlement_statuses(frontmap.open("geodata/kursk"), dates="2024-08-31")
    >>> table.set_index("name_en")["status"].loc[["Sudzha", "Lgov"]].to_dict()
    {'Sudzha': 'controlled', 'Lgov': 'not held'}
    """
    day = None if published_by is None else as_date(published_by)
    tables = SettlementTables.read(archive.root, parties=archive.about.parties)
    evidence = read_evidence(tables, published_by=day)
    chosen = as_dates(dates)
    if chosen is None:
        chosen = tuple(date for date in archive.dates if evidence.reaches(date))
    none = status_table(evidence, evidence.first).head(0)  # the columns, typed
    return pd.concat([none, *(status_table(evidence, date) for date in chosen)], ignore_index=True)


def status_table(evidence: PlaceEvidence, date: dt.date) -> pd.DataFrame:
    """Status of each settlement on one date, a row a place; as :func:`settlement_statuses`.

    >>> from pathlib import Path
    >>> evidence = read_evidence(SettlementTables.read(Path("geodata/kursk")))
    >>> status_table(evidence, dt.date(2024, 8, 5))["status"].unique().tolist()
    ['not held']
    """
    row = evidence.row(date)
    score, nats = evidence.field_on(date), evidence.nats[row]
    status = _status(evidence, date, score)
    return pd.DataFrame(
        {
            "place_id": evidence.places["id"].to_numpy(),
            "name_en": evidence.places["name_en"].to_numpy(),
            "date": np.datetime64(date, "us"),
            "status": status,
            "score": score.round(3) + 0.0,
            "nats": nats.round(1) + 0.0,
            "confidence": _confidence(status, score, nats, evidence.score[row]),
            "sources": _sources(evidence, date),
        },
        columns=list(COLUMNS),
    )


def status_on(evidence: PlaceEvidence, date: dt.date) -> NDArray[np.str_]:
    """Status of each settlement on one date, in the order of ``evidence.places``.

    Raises ``InputError`` for a date that no event reaches.

    >>> from pathlib import Path
    >>> evidence = read_evidence(SettlementTables.read(Path("geodata/kursk")))
    >>> sorted(set(status_on(evidence, dt.date(2024, 8, 31)).tolist()))
    ['contested', 'controlled', 'not held']
    """
    return _status(evidence, date, evidence.field_on(date))


def dates_held(evidence: PlaceEvidence) -> pd.DataFrame:
    """First and last date on which each settlement was controlled, and on how many days.

    Columns ``place_id, name_en, first_held, last_held`` (datetime64[us]), ``days_held`` of the
    settlements that were ever controlled, in order of the first date and the name.

    >>> from pathlib import Path
    >>> tables = SettlementTables.read(Path("geodata/kursk"))
    >>> table = dates_held(read_evidence(tables, published_by=dt.date(2024, 8, 12)))
    >>> "Sudzha" in set(table["name_en"]), "Lgov" in set(table["name_en"])
    (True, False)
    """
    days = [evidence.first + dt.timedelta(days=n) for n in range(len(evidence.score))]
    names = evidence.places[["id", "name_en"]].set_axis(["place_id", "name_en"], axis=1)
    controlled = pd.concat(
        [
            names[status_on(evidence, day) == CONTROLLED].assign(date=np.datetime64(day, "us"))
            for day in days
        ]
    )
    spans: pd.DataFrame = (
        controlled.groupby(["place_id", "name_en"])["date"]
        .agg(first_held="min", last_held="max", days_held="size")
        .reset_index()
    )
    return spans.sort_values(["first_held", "name_en"], ignore_index=True)


def _status(evidence: PlaceEvidence, date: dt.date, score: Floats) -> NDArray[np.str_]:
    row = evidence.row(date)
    fought = (
        (evidence.fight[row] > FIGHT_CHANCE)
        & (evidence.nats[row] > FIGHT_NATS)
        & (np.abs(score) < FIGHT_SCORE)
    ) | (np.abs(score) <= DECIDED_SCORE)
    claimed = evidence.places["id"].isin(_open_claims(evidence.weighed, date)).to_numpy()
    return np.select(
        [evidence.across, fought, score > 0, claimed],
        [NOT_HELD, CONTESTED, CONTROLLED, CLAIMED],
        NOT_HELD,
    )


def _open_claims(weighed: tuple[Evidence, ...], date: dt.date) -> set[str]:
    """Find the places of which the last word by a date is a recent claim of the side itself."""
    last = {item.place_id: item for item in weighed if item.date <= date and not item.implied}
    recent = dt.timedelta(days=CLAIM_DAYS)
    return {place for place, item in last.items() if item.claim and date - item.date <= recent}


def _confidence(status: NDArray[np.str_], score: Floats, nats: Floats, own: Floats) -> list[str]:
    contested = status == CONTESTED
    agrees = np.where(contested, np.abs(own) < FIGHT_SCORE, np.sign(own) == np.sign(score))
    high = (nats >= HIGH_NATS) & agrees & ((np.abs(score) > MEDIUM_SCORE) | contested)
    medium = (np.abs(score) > MEDIUM_SCORE) | ((nats > FIGHT_NATS) & agrees)
    words: list[str] = np.select([high, medium], ["high", "medium"], "low").tolist()
    return words


def _sources(evidence: PlaceEvidence, date: dt.date) -> list[str]:
    """Name the strongest event on either side of the date, of each place."""
    best: dict[tuple[str, bool], tuple[float, str]] = {}
    for item in evidence.weighed:
        if not item.source or item.implied:
            continue
        distance = abs((item.date - date).days)
        strength = (max(item.costs) - min(item.costs)) / (1 + distance / FADING_DAYS)
        key = (item.place_id, item.date > date)
        best[key] = max(best.get(key, (0.0, "")), (strength, item.source))
    return [
        " ".join(
            sorted(
                {
                    word
                    for later in (False, True)
                    for word in best.get((place, later), (0, ""))[1].split()
                }
            )
        )
        for place in evidence.places["id"]
    ]

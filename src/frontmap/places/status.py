"""The status of every settlement on a date: what its own events say, then what lies around it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from frontmap.dates import as_date, as_dates
from frontmap.places.evidence import SettlementTables, read_evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from frontmap.archive import Archive
    from frontmap.dates import DateLike, DatesLike
    from frontmap.places.evidence import PartyEvidence, PlaceEvidence
    from frontmap.places.weigh import Evidence

    Floats = NDArray[np.float64]

NOT_HELD, CONTESTED, CONTROLLED, CLAIMED = "not held", "contested", "controlled", "claimed"
COLUMNS = (
    "place_id", "name_en", "date", "status", "party", "score", "nats", "confidence", "sources",
)  # fmt: skip
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
        (controlled, contested, claimed, not held: of the parties whose ground the archive maps),
        ``party`` (who holds it, contests it or claims it; of several the strongest first, spaces
        between; blank where none does), of the strongest party ``score`` (-1 not held to +1 held),
        ``nats`` (strength of its own evidence; 0: the status comes from its neighbours),
        ``confidence`` (high, medium, low) and ``sources`` (ids). The rule is that of
        ``docs/draft.md``.

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
    tables = SettlementTables.read(archive)
    evidence = read_evidence(tables, published_by=day)
    chosen = as_dates(dates)
    if chosen is None:
        chosen = tuple(date for date in archive.dates if evidence.reaches(date))
    none = status_table(evidence, evidence.first).head(0)  # the columns, typed
    return pd.concat([none, *(status_table(evidence, date) for date in chosen)], ignore_index=True)


class Statuses(NamedTuple):
    """What each settlement is on one date, in the order of ``PlaceEvidence.places``.

    ``status`` is controlled, contested, claimed or not held; ``party`` whose, the strongest first,
    with spaces between. ``strongest`` is the number of the party with the highest score of these
    (of all, where none holds it), in the order of ``PlaceEvidence.of_parties``.
    """

    status: NDArray[np.str_]
    party: NDArray[np.str_]
    strongest: NDArray[np.int64]

    def of(self, party: str) -> NDArray[np.str_]:
        """Return the statuses as one party has them: not held where it has no part.

        >>> one = Statuses(np.array(["controlled", "contested"]), np.array(["GOV", "REB GOV"]),
        ...                np.array([0, 1]))
        >>> one.of("REB").tolist()
        ['not held', 'contested']
        """
        own = np.array([party in cell.split() for cell in self.party.tolist()], dtype=bool)
        return np.where(own, self.status, NOT_HELD)


def status_table(evidence: PlaceEvidence, date: dt.date) -> pd.DataFrame:
    """Status of each settlement on one date, a row a place; as :func:`settlement_statuses`.

    >>> import frontmap
    >>> evidence = read_evidence(SettlementTables.read(frontmap.open("geodata/kursk")))
    >>> status_table(evidence, dt.date(2024, 8, 5))["status"].unique().tolist()
    ['not held']
    """
    row = evidence.row(date)
    scores = evidence.fields_on(date)
    status, party, strongest = _statuses(evidence, date, scores)

    def of_strongest(values: Sequence[Floats] | Floats) -> Floats:
        return np.asarray(values)[strongest, np.arange(len(strongest))]

    score = of_strongest(scores)
    nats = of_strongest([own.nats[row] for own in evidence.of_parties])
    own_score = of_strongest([own.score[row] for own in evidence.of_parties])
    return pd.DataFrame(
        {
            "place_id": evidence.places["id"].to_numpy(),
            "name_en": evidence.places["name_en"].to_numpy(),
            "date": np.datetime64(date, "us"),
            "status": status,
            "party": party,
            "score": score.round(3) + 0.0,
            "nats": nats.round(1) + 0.0,
            "confidence": _confidence(status, score, nats, own_score),
            "sources": _sources(evidence, date, strongest),
        },
        columns=list(COLUMNS),
    )


def statuses_on(evidence: PlaceEvidence, date: dt.date) -> Statuses:
    """Status of each settlement on one date; raises ``InputError`` for one that no event reaches.

    A place has the status that its strongest party's hold gives it: the party with the highest
    score. Where another party controls it by its own score too, it is contested: opposite controls
    of the same ground are, as in areas.

    >>> import frontmap
    >>> evidence = read_evidence(SettlementTables.read(frontmap.open("geodata/kursk")))
    >>> found = statuses_on(evidence, dt.date(2024, 8, 31))
    >>> sorted(set(zip(found.status.tolist(), found.party.tolist())))
    [('contested', 'UA'), ('controlled', 'UA'), ('not held', '')]
    """
    return _statuses(evidence, date, evidence.fields_on(date))


def status_words(evidence: PlaceEvidence, found: Statuses | pd.DataFrame) -> NDArray[np.str_]:
    """Say each status in words; also whose it is, where several parties' ground is told.

    ``found`` is of :func:`statuses_on`, or a table of :func:`status_table`.

    >>> import frontmap
    >>> evidence = read_evidence(SettlementTables.read(frontmap.open("geodata/kursk")))
    >>> day = statuses_on(evidence, dt.date(2024, 8, 31))
    >>> sorted(set(status_words(evidence, day).tolist()))
    ['contested', 'controlled', 'not held']
    """
    if len(evidence.of_parties) == 1:
        return np.asarray(found.status)
    pairs = zip(found.status, found.party, strict=True)
    return np.array([f"{word} by {party}" if party else word for word, party in pairs])


def dates_held(evidence: PlaceEvidence) -> pd.DataFrame:
    """First and last date on which each settlement was controlled, by whom and on how many days.

    Columns ``place_id, name_en, party, first_held, last_held`` (datetime64[us]), ``days_held`` of
    the settlements that were ever controlled, in order of the first date and the name.

    >>> import frontmap
    >>> tables = SettlementTables.read(frontmap.open("geodata/kursk"))
    >>> table = dates_held(read_evidence(tables, published_by=dt.date(2024, 8, 12)))
    >>> "Sudzha" in set(table["name_en"]), "Lgov" in set(table["name_en"])
    (True, False)
    """
    names = evidence.places[["id", "name_en"]].set_axis(["place_id", "name_en"], axis=1)
    controlled = []
    for number in range(evidence.days):
        day = evidence.first + dt.timedelta(days=number)
        found = statuses_on(evidence, day)
        rows = names.assign(party=found.party, date=np.datetime64(day, "us"))
        controlled.append(rows[found.status == CONTROLLED])
    spans: pd.DataFrame = (
        pd.concat(controlled)
        .groupby(["place_id", "name_en", "party"])["date"]
        .agg(first_held="min", last_held="max", days_held="size")
        .reset_index()
    )
    return spans.sort_values(["first_held", "name_en"], ignore_index=True)


def _statuses(evidence: PlaceEvidence, date: dt.date, scores: Floats) -> Statuses:
    own = np.array(
        [
            _own_status(evidence, one, date, score)
            for one, score in zip(evidence.of_parties, scores, strict=True)
        ]
    )
    places = np.arange(own.shape[1])
    first = own[scores.argmax(axis=0), places]
    controls, claims = own == CONTROLLED, own == CLAIMED
    contested = (first == CONTESTED) | (controls.sum(axis=0) > 1)
    status = np.select(
        [contested, first == CONTROLLED, claims.any(axis=0)],
        [CONTESTED, CONTROLLED, CLAIMED],
        NOT_HELD,
    )
    part = np.select(
        [status == CONTESTED, status == CONTROLLED, status == CLAIMED],
        [controls | (own == CONTESTED), controls, claims],
        default=False,
    )
    strongest = np.where(part.any(axis=0), np.where(part, scores, -np.inf), scores).argmax(axis=0)
    names = np.array([one.party for one in evidence.of_parties], dtype=object)
    order = np.argsort(-scores, axis=0, kind="stable")
    party = [" ".join(names[row][mine[row]]) for row, mine in zip(order.T, part.T, strict=True)]
    return Statuses(status, np.array(party, dtype=object), strongest)


def _own_status(
    evidence: PlaceEvidence, own: PartyEvidence, date: dt.date, score: Floats
) -> NDArray[np.str_]:
    """Status of each settlement by one party's hold alone."""
    row = evidence.row(date)
    fought = (
        (own.fight[row] > FIGHT_CHANCE)
        & (own.nats[row] > FIGHT_NATS)
        & (np.abs(score) < FIGHT_SCORE)
    ) | (np.abs(score) <= DECIDED_SCORE)
    claimed = evidence.places["id"].isin(_open_claims(own.weighed, date)).to_numpy()
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


def _sources(evidence: PlaceEvidence, date: dt.date, strongest: NDArray[np.int64]) -> list[str]:
    """Name the strongest event on either side of the date, of each place's strongest party."""
    best: dict[tuple[int, str, bool], tuple[float, str]] = {}
    for number, own in enumerate(evidence.of_parties):
        for item in own.weighed:
            if not item.source or item.implied:
                continue
            distance = abs((item.date - date).days)
            strength = (max(item.costs) - min(item.costs)) / (1 + distance / FADING_DAYS)
            key = (number, item.place_id, item.date > date)
            best[key] = max(best.get(key, (0.0, "")), (strength, item.source))
    return [
        " ".join(
            sorted(
                {
                    word
                    for later in (False, True)
                    for word in best.get((number, place, later), (0, ""))[1].split()
                }
            )
        )
        for number, place in zip(strongest.tolist(), evidence.places["id"], strict=True)
    ]

"""What each reported event says for and against each status of its settlement, in nats.

The weights are stated here once: what an event would cost to disbelieve when nothing is wrong with
its source (``COSTS``), times how far its claimant can be believed (``TRUST``), halved where the
source itself doubts it. They are stated for the party that an event is about; for another party
than the one whose ground is asked about, held and not held change places. ``docs/draft.md``
explains them.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from frontmap.facts.vocabulary import NO_SIDE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import pandas as pd

    from frontmap.facts.vocabulary import Event

Relation = Literal["independent", "against_interest", "civil_life", "press", "own_official", "own"]

Change = Literal["loss", "entry"]
Costs = tuple[float, float, float]

#: Event: the cost, in nats, of (not held, contested, held by its party) on its day, fully trusted.
COSTS: dict[Event, Costs] = {
    "enters": (6.0, 0.0, 1.4),
    "claims_control": (8.0, 2.0, 0.0),
    "present": (1.5, 0.0, 0.5),
    "retakes": (8.0, 3.0, 0.0),
    "contested": (3.0, 0.0, 2.0),
    "stays": (8.0, 3.0, 0.0),
    "forward_point": (0.0, 1.0, 3.0),
}
TRUST: dict[Relation, float] = {
    "independent": 1.0,
    "against_interest": 1.0,
    "civil_life": 1.0,
    "press": 0.7,
    "own_official": 0.5,
    "own": 0.25,
}
SEEN_FORWARD_POINT: Costs = (1.6, 0.0, 1.6)
PASSED_FORWARD_POINT: Costs = (6.0, 0.0, 1.4)
COSTS_IF_HELD: Costs = (6.0, 0.6, 0.0)
COSTS_IF_NOT_HELD: Costs = (0.0, 0.8, 8.0)
REPELLED_TRUST = 0.25
DOUBTED = 0.5
FIRST_LOSS_DAYS, FIRST_ENTRY_DAYS, FIRST_CLAIM_DAYS = 2, 2, 4
BEFORE_LOSS, BEFORE_ENTRY, BEFORE_CLAIM = 0.75, 0.5, 0.25
SAME_REPORT_DAYS = 21

#: By which of its own events a party gets into a place, and by which of another's it loses it.
ENTRIES: Final = frozenset({"enters", "claims_control", "retakes"})
LOSSES: Final = frozenset({"retakes"})


class ReportedEvent(NamedTuple):
    """One row of ``settlement_events.csv``, as far as weighing needs it.

    The five flags are facts about the report, whatever its event; which of them counts for which
    event is said by the rules below.
    """

    place_id: str
    date: dt.date
    event: Event
    party: str
    claimant: str
    source: str
    doubted: bool
    seen: bool
    repelled: bool
    passed: bool
    fought: bool


class Evidence(NamedTuple):
    """What one event says of one place on one day: costs in nats of each status.

    ``implied`` evidence is of the days before an event; a ``claim`` is a party's own word that it
    is in a place.
    """

    place_id: str
    date: dt.date
    costs: Costs
    source: str
    implied: bool
    claim: bool


def relation(  # noqa: PLR0913  a stance rests on that many facts
    event: Event,
    party: str,
    side: str,
    kind: str,
    *,
    seen: bool = False,
    fought: bool = False,
    of_two: bool = True,
) -> Relation:
    """Say how a claimant stands to what it claims of a party.

    A monitor, or a foreign ministry, is independent; a side that reports what favours the other
    speaks against its interest; a side's authorities and media that say a place stays its own, and
    not that it was ``fought`` over, are witnesses of civil life in it; the rest speaks in its own
    interest. What was ``seen`` (geolocated, or on satellite images) anybody could check:
    independent too. Only ``of_two`` sides is what favours one against the interest of the other; of
    more, whom it harms is not told, and the claimant counts as press.

    >>> relation("retakes", "RU", "RU", "military")
    'own_official'
    >>> relation("claims_control", "UA", "RU", "channel")
    'against_interest'
    >>> relation("stays", "RU", "RU", "media"), relation("stays", "RU", "RU", "media", fought=True)
    ('civil_life', 'own')
    >>> relation("contested", "RU UA", "UA", "monitor")
    'independent'
    >>> relation("retakes", "REB", "GOV", "military", of_two=False)
    'press'
    """
    if kind == "monitor" or (side == NO_SIDE and kind == "military") or seen:
        return "independent"
    if side == NO_SIDE:
        return "press"
    if event == "stays" and side == party and kind != "channel" and not fought:
        return "civil_life"
    if event not in {"contested", "forward_point"} and side != party:
        return "against_interest" if of_two else "press"
    return "own_official" if kind in {"military", "authority"} else "own"


def weigh_events(
    events: pd.DataFrame, claimants: pd.DataFrame, *, party: str, at_war: Collection[str]
) -> list[Evidence]:
    """Weigh every event; each first loss and first entry also says what was so before it.

    Parameters
    ----------
    events
        Columns of ``settlement_events.csv`` (:func:`frontmap.facts.read_settlement_events`); of the
        note nothing is read.
    claimants
        Columns ``claimant, side, kind`` of ``claimants.csv``; a claimant that isn't there counts
        as press.
    party
        Whose ground is asked about: what is held, contested and not held is so by it.
    at_war
        All parties: of more than two, a loss to one of them is this party's only where it had
        entered.

    Returns
    -------
    list of Evidence
        In order of date and place.

    Examples
    --------
    >>> from pathlib import Path
    >>> from frontmap.facts import read_claimants, read_settlement_events
    >>> kursk = Path("geodata/kursk")
    >>> events = read_settlement_events(kursk).head(1)
    >>> first = weigh_events(events, read_claimants(kursk), party="UA", at_war=("UA", "RU"))
    >>> [(str(item.date), item.costs, item.implied) for item in first]
    [('2024-08-06', (6.0, 0.0, 1.4), False), ('2024-08-04', (0.0, 0.4, 4.0), True)]
    """
    sides = zip(*(claimants[name] for name in ("claimant", "side", "kind")), strict=True)
    by_claimant = {claimant: (side, kind) for claimant, side, kind in sides}
    of_two = len(at_war) <= 2  # noqa: PLR2004  two sides
    changes: dict[tuple[str, Change], dt.date] = {}
    found: list[Evidence] = []
    for report in _once(_reports(events)):
        side, kind = by_claimant.get(report.claimant, (NO_SIDE, "media"))
        trust = _trust(report, party, side, kind, of_two=of_two)
        claim = change_of(report.event, report.party, party) == "entry" and side == party
        costs = _scaled(_costs(report, party), trust)
        found.append(_evidence(report, 0, costs, claim=claim and kind != "monitor"))
        found.extend(_before(report, party, trust, changes, of_two=of_two))
    return found


def change_of(event: Event, of_party: str, party: str) -> Change | None:
    """Say what an event of a party changes for ``party``: it gets into a place, or loses it.

    >>> change_of("enters", "UA", "UA"), change_of("retakes", "RU", "UA")
    ('entry', 'loss')
    >>> change_of("enters", "RU", "UA") is change_of("present", "UA", "UA") is None
    True
    """
    if of_party == party:
        return "entry" if event in ENTRIES else None
    return "loss" if event in LOSSES else None


def _reports(events: pd.DataFrame) -> Iterator[ReportedEvent]:
    plain = events.assign(date=events["date"].dt.date)
    return map(
        ReportedEvent._make, zip(*(plain[name] for name in ReportedEvent._fields), strict=True)
    )


def _once(reports: Iterable[ReportedEvent]) -> list[ReportedEvent]:
    """Keep one of the reports in which a claimant says the same of a place and day, by day.

    Relays of a statement are no further evidence; the one without doubts and named first stays.
    """
    first: dict[tuple[str, str, str, dt.date, str], ReportedEvent] = {}
    for report in sorted(reports, key=lambda r: (r.date, r.place_id, r.doubted)):
        same = (report.place_id, report.event, report.party, report.date, report.claimant)
        first.setdefault(same, report)
    return list(first.values())


def _costs(report: ReportedEvent, party: str) -> Costs:
    costs = COSTS[report.event]
    if report.event == "forward_point" and report.passed:
        costs = PASSED_FORWARD_POINT
    elif report.event == "forward_point" and report.seen:
        costs = SEEN_FORWARD_POINT
    if party in report.party.split():
        return costs
    # A fight between others leaves it with one of them, as does what another party holds.
    of_another = COSTS["stays"] if report.event == "contested" else costs
    held, contested, not_held = of_another
    return not_held, contested, held


def _trust(report: ReportedEvent, party: str, side: str, kind: str, *, of_two: bool) -> float:
    stance = relation(
        report.event,
        report.party,
        side,
        kind,
        seen=report.seen,
        fought=report.fought,
        of_two=of_two,
    )
    trust = TRUST[stance]
    if report.event == "contested" and side not in {party, NO_SIDE} and report.repelled:
        trust = min(trust, REPELLED_TRUST)
    return trust * (DOUBTED if report.doubted else 1.0)


def _before(
    report: ReportedEvent,
    party: str,
    trust: float,
    changes: dict[tuple[str, Change], dt.date],
    *,
    of_two: bool,
) -> Iterator[Evidence]:
    """Say what was so before: until a first loss it was held, until a first entry it was not.

    ``changes`` has the last reported loss and entry of each place; this one is noted in it.
    """
    change = change_of(report.event, report.party, party)
    its_own = of_two or change == "entry" or (report.place_id, "entry") in changes
    if change is None or not its_own:
        return
    last = changes.get((report.place_id, change))
    unchanged = not any((report.place_id, each) in changes for each in get_args(Change))
    changes[report.place_id, change] = report.date
    if change == "loss" and (last is None or (report.date - last).days > SAME_REPORT_DAYS):
        held = BEFORE_LOSS * min(1.0, trust / TRUST["own_official"])
        yield _evidence(report, FIRST_LOSS_DAYS, _scaled(COSTS_IF_HELD, held), implied=True)
    if change == "entry" and unchanged:
        enters = report.event == "enters"
        days, part = (
            (FIRST_ENTRY_DAYS, BEFORE_ENTRY) if enters else (FIRST_CLAIM_DAYS, BEFORE_CLAIM)
        )
        yield _evidence(report, days, _scaled(COSTS_IF_NOT_HELD, trust * part), implied=True)


def _evidence(
    report: ReportedEvent,
    days_before: int,
    costs: Costs,
    *,
    implied: bool = False,
    claim: bool = False,
) -> Evidence:
    day = report.date - dt.timedelta(days=days_before)
    return Evidence(report.place_id, day, costs, report.source, implied, claim)


def _scaled(costs: Costs, trust: float) -> Costs:
    not_held, contested, held = (cost * trust for cost in costs)
    return not_held, contested, held

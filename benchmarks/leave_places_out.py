"""How well statuses, lines and areas are predicted where reports are left out.

    python -m benchmarks.leave_places_out

Of the record that ships, a third of its dates. Statuses here, lines in ``left_out_lines``, areas in
``left_out_sectors``; a quarter of an hour in all.

Every sixth of the reported places is left out with all its events; what its own reports say of it
is then predicted from the rest. Labels: an entry or a claim of control by anybody but its own side
(held a day later), the first loss (held 8 days before), a loss (not held 5 days later), a place
that stays (not held); doubted reports and channels' claims in their own interest are left out.
Places weigh alike. Nothing here looks at a reported area.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import left_out_lines, left_out_sectors
from benchmarks.left_out_drafts import folds, kursk
from benchmarks.left_out_lines import FOLDS
from frontmap.places import read_evidence
from frontmap.places.weigh import change_of, relation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.left_out_drafts import Record
    from frontmap.places import SettlementTables

#: Ways to deal the places out, and of how many dates one is taken.
SEEDS = (1, 2, 3)
EVERY = 3


def labels(tables: SettlementTables) -> list[tuple[str, dt.date, bool]]:
    """Place, day, and whether its own reports say that it was held."""
    claimants: Iterable[Any] = tables.claimants.itertuples()
    by_claimant = {c.claimant: (c.side, c.kind) for c in claimants}
    found, lost = set(), set()
    (party,) = tables.parties
    events: Iterable[Any] = tables.events.sort_values("date").itertuples()
    for event in events:
        day = event.date.date()
        side, kind = by_claimant.get(event.claimant, ("none", "media"))
        stand = relation(event.event, event.party, side, kind, seen=event.seen, fought=event.fought)
        change = change_of(event.event, event.party, party)
        if change == "loss" and event.place_id not in lost:
            lost.add(event.place_id)
            found.add((event.place_id, day - dt.timedelta(days=8), True))
        if event.doubted or stand == "own":
            continue
        if change == "entry" and stand != "own_official":
            found.add((event.place_id, day + dt.timedelta(days=1), True))
        elif change == "loss":
            found.add((event.place_id, day + dt.timedelta(days=5), False))
        elif event.event == "stays":
            found.add((event.place_id, day, event.party == party))
    return sorted(found)


def statuses(record: Record) -> None:
    """Print the shares of labels that the other places predict rightly."""
    labelled = labels(record.tables)
    row = {place: n for n, place in enumerate(record.tables.places["id"])}
    right: dict[bool, dict[str, list[bool]]] = {True: {}, False: {}}
    for fold in folds(record.reported, FOLDS, SEEDS[0]):
        evidence = read_evidence(record.without(fold).tables)
        for place, day, held in labelled:
            if place in fold and evidence.reaches(day):
                score = evidence.fields_on(day)[0, row[place]]
                right[held].setdefault(place, []).append((score > 0) == held)
    for held, name in ((True, "held"), (False, "not held")):
        shares = [np.mean(answers) for answers in right[held].values()]
        count = sum(map(len, right[held].values()))
        print(f"{name}: {np.mean(shares):.0%} right ({count} labels, {len(shares)} places)")


def main() -> None:
    """Print how well statuses, lines and areas are predicted where reports are left out."""
    record = kursk()
    statuses(record)
    left_out_lines.main(record, record.dates[::EVERY], SEEDS)
    left_out_sectors.main(record, record.dates[::EVERY])


if __name__ == "__main__":
    main()

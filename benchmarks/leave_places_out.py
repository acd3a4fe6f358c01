"""How well the statuses of settlements are predicted that the rule knows nothing of.

    python benchmarks/leave_places_out.py

Every sixth of the reported places is left out with all its events; what its own reports say of it
is then predicted from the rest. Labels: an entry or a claim of control by anybody but its own side
(held a day later), the first loss (held 8 days before), a loss (not held 5 days later), a place
that stays (not held); doubted reports and channels' claims in their own interest are left out.
Places weigh alike. Nothing here looks at a reported area.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from frontmap.places import SettlementTables, read_evidence
from frontmap.places.weigh import change_of, relation

if TYPE_CHECKING:
    from collections.abc import Iterable

KURSK = Path(__file__).parent.parent / "geodata" / "kursk"
FOLDS = 6
SEED = 1


def labels(tables: SettlementTables) -> list[tuple[str, dt.date, bool]]:
    """Place, day, and whether its own reports say that it was held."""
    claimants: Iterable[Any] = tables.claimants.itertuples()
    by_claimant = {c.claimant: (c.side, c.kind) for c in claimants}
    found, lost = set(), set()
    events: Iterable[Any] = tables.events.sort_values("date").itertuples()
    for event in events:
        side, kind = by_claimant.get(event.claimant, ("none", "media"))
        stand = relation(event.event, event.party, side, kind, seen=event.seen, fought=event.fought)
        change = change_of(event.event, event.party, tables.party)
        if change == "loss" and event.place_id not in lost:
            lost.add(event.place_id)
            found.add((event.place_id, event.date - dt.timedelta(days=8), True))
        if event.doubted or stand == "own":
            continue
        if change == "entry" and stand != "own_official":
            found.add((event.place_id, event.date + dt.timedelta(days=1), True))
        elif change == "loss":
            found.add((event.place_id, event.date + dt.timedelta(days=5), False))
        elif event.event == "stays":
            found.add((event.place_id, event.date, event.party == tables.party))
    return sorted(found)


def main() -> None:
    """Print the shares of labels that the other places predict rightly."""
    tables = SettlementTables.read(KURSK)
    labelled = labels(tables)
    reported = sorted(tables.events["place_id"].unique())
    order = np.random.default_rng(SEED).permutation(len(reported))
    fold = dict(zip(reported, order % FOLDS, strict=True))
    row = {place: n for n, place in enumerate(tables.places["id"])}
    right: dict[bool, dict[str, list[bool]]] = {True: {}, False: {}}
    for left_out in range(FOLDS):
        events = tables.events.loc[tables.events["place_id"].map(fold) != left_out]
        evidence = read_evidence(replace(tables, events=events))
        for place, day, held in labelled:
            if fold[place] == left_out and evidence.reaches(day):
                score = evidence.field_on(day)[row[place]]
                right[held].setdefault(place, []).append((score > 0) == held)
    for held, name in ((True, "held"), (False, "not held")):
        shares = [np.mean(answers) for answers in right[held].values()]
        count = sum(map(len, right[held].values()))
        print(f"{name}: {np.mean(shares):.0%} right ({count} labels, {len(shares)} places)")


if __name__ == "__main__":
    main()

"""What the page holds of settlements is what the rule says of them."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

import frontmap
from conftest import KURSK
from frontmap.places import SettlementTables, read_evidence, status_on

WORDS = {"controlled": "held", "contested": "contested", "claimed": "claimed", "not held": ""}


def test_the_status_of_each_settlement_over_time_is_that_of_the_rule(kursk_payload):
    archive = frontmap.open(KURSK)
    evidence = read_evidence(SettlementTables.read(KURSK))
    by_date = [status_on(evidence, date) for date in archive.dates]
    places = kursk_payload["places"]
    changes = zip(places["since"], places["statuses"], strict=True)
    histories = {
        name: list(zip(*change, strict=True))
        for name, change in zip(places["en"], changes, strict=True)
    }
    names = evidence.places["name_en"].tolist()
    single = [number for number, name in enumerate(names) if names.count(name) == 1]
    for number in single:
        statuses = [(index, WORDS[row[number]]) for index, row in enumerate(by_date)]
        runs = [next(run) for _, run in groupby([(0, ""), *statuses], key=itemgetter(1))][1:]
        assert histories.get(names[number], []) == runs, names[number]
    assert sum(bool(histories.get(names[number])) for number in single) > 60

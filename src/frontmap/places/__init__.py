"""The status of each settlement on each date, by a stated rule from weighed events."""

from __future__ import annotations

from frontmap.places.evidence import PlaceEvidence, SettlementTables, read_evidence
from frontmap.places.status import (
    CLAIMED,
    CONTESTED,
    CONTROLLED,
    NOT_HELD,
    Statuses,
    dates_held,
    settlement_statuses,
    status_table,
    status_words,
    statuses_on,
)

__all__ = [
    "CLAIMED",
    "CONTESTED",
    "CONTROLLED",
    "NOT_HELD",
    "PlaceEvidence",
    "SettlementTables",
    "Statuses",
    "dates_held",
    "read_evidence",
    "settlement_statuses",
    "status_table",
    "status_words",
    "statuses_on",
]

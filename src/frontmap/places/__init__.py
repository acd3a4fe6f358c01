"""The status of each settlement on each date, by a stated rule from weighed events."""

from __future__ import annotations

from frontmap.places.status import (
    CLAIMED,
    CONTESTED,
    CONTROLLED,
    NOT_HELD,
    Facts,
    PlaceEvidence,
    dates_held,
    read_evidence,
    status_on,
    status_table,
    statuses,
)

__all__ = [
    "CLAIMED",
    "CONTESTED",
    "CONTROLLED",
    "NOT_HELD",
    "Facts",
    "PlaceEvidence",
    "dates_held",
    "read_evidence",
    "status_on",
    "status_table",
    "statuses",
]

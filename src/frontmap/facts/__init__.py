"""The tables of facts beside an archive's revisions, read strictly and with typed columns."""

from __future__ import annotations

from frontmap.facts.publication import events_published_by, publication_days
from frontmap.facts.reference import read_reference
from frontmap.facts.tables import (
    read_accepted,
    read_claimants,
    read_events,
    read_places,
    read_reported,
    read_reviews,
    read_settlement_events,
    read_sources,
)

__all__ = [
    "events_published_by",
    "publication_days",
    "read_accepted",
    "read_claimants",
    "read_events",
    "read_places",
    "read_reference",
    "read_reported",
    "read_reviews",
    "read_settlement_events",
    "read_sources",
]

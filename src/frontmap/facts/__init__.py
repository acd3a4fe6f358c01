"""The tables of facts beside an archive's revisions, read strictly and with typed columns."""

from __future__ import annotations

from frontmap.facts.party_ids import require_parties, unknown_parties
from frontmap.facts.plain_files import require_plain_files
from frontmap.facts.publication import events_published_by, publication_days
from frontmap.facts.reading import mended_text
from frontmap.facts.reference import read_reference, read_state_border
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
from frontmap.facts.upgrading import upgraded_text

__all__ = [
    "events_published_by",
    "mended_text",
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
    "read_state_border",
    "require_parties",
    "require_plain_files",
    "unknown_parties",
    "upgraded_text",
]

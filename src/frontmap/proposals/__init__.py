"""What a change would do, as one value, before anything is recorded."""

from __future__ import annotations

from frontmap.proposals.doubts import Doubt
from frontmap.proposals.proposal import AdjacentDates, GroundArea, Proposal, propose

__all__ = ["AdjacentDates", "Doubt", "GroundArea", "Proposal", "propose"]

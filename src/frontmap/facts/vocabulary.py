"""The closed lists of words that the tables use."""

from __future__ import annotations

from typing import Literal

#: What an event says of its settlement.
Event = Literal[
    "UA_enters",  # Ukrainian troops come in; no word on who holds it
    "UA_claims_control",  # said to be Ukrainian-held on that date, whoever says it
    "UA_present",  # Ukrainian troops in or by it on that date, as targets; no word on who holds it
    "RU_retakes",  # said to be Russian-held again
    "contested",  # a fight for it, or sources that differ
    "stays",  # Russian-held on that date
    "forward_point",  # the furthest advance of the day, often a raid; never ground
]
Precision = Literal["day", "about", "month", "undated"]
Qualifier = Literal["exact", "about", "over", "at_least", "up_to"]
Measure = Literal["controlled", "retaken", "combat_zone", "peak"]
ReviewVerdict = Literal["agrees", "changed", "left"]
Side = Literal["UA", "RU", "none"]
ClaimantKind = Literal["military", "authority", "media", "channel", "monitor"]

"""The closed lists of words that the tables use."""

from __future__ import annotations

from typing import Final, Literal

#: What an event says of its settlement and of the parties that it names.
Event = Literal[
    "enters",  # its troops come in; no word on who holds it
    "claims_control",  # said to be held by it on that date, whoever says it
    "present",  # its troops in or by it on that date, as targets; no word on who holds it
    "retakes",  # said to be held by it again
    "contested",  # a fight for it, or sources that differ, between the parties
    "stays",  # held by it on that date
    "forward_point",  # its furthest advance of the day, often a raid; never ground
]
Precision = Literal["day", "about", "month", "undated"]
Qualifier = Literal["exact", "about", "over", "at_least", "up_to"]
Measure = Literal["controlled", "retaken", "combat_zone", "peak"]
ReviewVerdict = Literal["agrees", "changed", "left"]
ClaimantKind = Literal["military", "authority", "media", "channel", "monitor"]
#: The side of a claimant that is on none.
NO_SIDE: Final = "none"
#: What a feature of the reference is.
ReferenceKind = Literal["state_border", "unit", "coast", "country", "water", "road", "place"]

"""The closed lists of words that the tables use."""

from __future__ import annotations

from typing import Literal

Event = Literal[
    "UA_enters",
    "UA_claims_control",
    "RU_retakes",
    "contested",
    "stays",
    "forward_point",
]
Precision = Literal["day", "about", "month", "undated"]
Qualifier = Literal["exact", "about", "over", "at_least", "up_to"]
Measure = Literal["controlled", "retaken", "combat_zone", "peak"]
ReviewVerdict = Literal["agrees", "changed", "left"]

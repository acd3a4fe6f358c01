"""What a reported figure states, by its qualifier and its own digits."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frontmap.facts.vocabulary import Qualifier

LARGEST_ROUNDING = 0.05


def rounding_km2(value_km2: float, qualifier: Qualifier) -> float:
    """Half the step to which a figure was rounded, in km², read from its own digits.

    An exact figure is rounded to its last digit written. One called ``about``, or given as a
    limit, is rounded to its last digit that is not zero, but by no more than 5 % of its value.

    >>> [rounding_km2(value, "about") for value in (1243, 1150, 1300, 1000, 5.5)]
    [0.5, 5.0, 50.0, 50.0, 0.05]
    >>> [rounding_km2(value, "exact") for value in (1243, 1150, 5.5)]
    [0.5, 0.5, 0.05]
    """
    place = int(Decimal(repr(value_km2)).normalize().as_tuple().exponent)
    written = 0.5 * float(Decimal(10) ** min(place, 0))
    if qualifier == "exact":
        return written
    rounded = 0.5 * float(Decimal(10) ** place)
    return max(written, min(rounded, LARGEST_ROUNDING * value_km2))


def interval_km2(value_km2: float, qualifier: Qualifier) -> tuple[float, float]:
    """Give the least and the greatest area that the figure's words allow.

    ``over`` and ``at_least`` set no upper end, ``up_to`` no lower one; the end that they do set is
    rounded as if it were called ``about``.

    >>> interval_km2(1150, "about"), interval_km2(1250, "over"), interval_km2(900, "up_to")
    ((1145.0, 1155.0), (1245.0, inf), (0.0, 945.0))
    """
    low, high = rounded_km2(value_km2, qualifier)
    return (
        0.0 if qualifier == "up_to" else low,
        math.inf if qualifier in {"over", "at_least"} else high,
    )


def rounded_km2(value_km2: float, qualifier: Qualifier) -> tuple[float, float]:
    """Give the ends of the value's own rounding, a limit taken for the value itself.

    >>> rounded_km2(1150, "about"), rounded_km2(900, "up_to")
    ((1145.0, 1155.0), (855.0, 945.0))
    """
    half = rounding_km2(value_km2, qualifier)
    return max(value_km2 - half, 0.0), value_km2 + half

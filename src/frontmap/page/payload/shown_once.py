"""Numbers of the page, shortened so that what a reader sees of them is rounded once."""

from __future__ import annotations

from decimal import ROUND_05UP, Context, Decimal

KM2_DIGITS = 6  # a square metre: enough also for sums and differences of areas
_EXACT = Context(prec=400)


def shortened_number(value: float, digits: int = KM2_DIGITS) -> float:
    """Cut a number to so many decimals, so that rounding it to fewer rounds ``value`` itself.

    It is cut towards zero, and a last digit that becomes 0 or 5 is raised by one: what was no tie
    does not become one. Less than half of the last digit is 0.

    >>> round(4856.448, 2), shortened_number(4856.448, 2)
    (4856.45, 4856.44)
    >>> shortened_number(4856.451, 2), shortened_number(1243.5, 2), shortened_number(-0.0)
    (4856.46, 1243.5, 0.0)
    """
    last = Decimal(1).scaleb(-digits)
    exact = Decimal(repr(float(value)))
    if abs(exact) < last / 2:
        return 0.0
    return float(exact.quantize(last, ROUND_05UP, context=_EXACT))

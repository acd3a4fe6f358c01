"""The numbers in KML's ``coordinates``, whose commas and blanks not every writer puts rightly."""

from __future__ import annotations

import re

Ring = list[list[float | str]]

_PLANE, _SPACE = 2, 3
_AROUND_COMMAS = re.compile(r"\s*,\s*")
_COMMAS_ONLY = "coordinates were separated by commas only; read in {}"


def positions(text: str) -> tuple[Ring, str]:
    """Return the positions that a text has, and what was mended in reading them, or blank.

    What is no number stays a text, a blank one where it was left out. A text with commas only is
    read in threes or twos, whichever closes the ring; where both or neither do, it stays one
    position, which nobody takes for a ring.

    >>> positions("36,48,0 37,48,0 37,49,0 36,48,0")[0][1]
    [37.0, 48.0, 0.0]
    >>> positions("36,48,0,37,48,0,37,49,0,36,48,0")[1]
    'coordinates were separated by commas only; read in threes'
    >>> positions("36, 48 37, 48")
    ([[36.0, 48.0], [37.0, 48.0]], 'blanks beside commas in coordinates were left out')
    """
    tokens = text.split()
    found = [_numbers(token) for token in tokens]
    if all(map(_is_position, found)):
        return found, ""
    tidy = [_numbers(token) for token in _AROUND_COMMAS.sub(",", text.strip()).split()]
    if len(tidy) > 1 and all(map(_is_position, tidy)):
        return tidy, "blanks beside commas in coordinates were left out"
    if len(tidy) == 1:
        closing = [ring for size in (_SPACE, _PLANE) if (ring := _in_groups(tidy[0], size))]
        if len(closing) == 1:
            size = {_SPACE: "threes", _PLANE: "twos"}[len(closing[0][0])]
            return closing[0], _COMMAS_ONLY.format(size)
    return found, ""


def _in_groups(numbers: list[float | str], size: int) -> Ring | None:
    """Return numbers as positions of a size; None where those make no closed ring."""
    if len(numbers) % size:
        return None
    ring = [numbers[at : at + size] for at in range(0, len(numbers), size)]
    return ring if len(ring) > _SPACE and ring[0] == ring[-1] else None


def _is_position(numbers: list[float | str]) -> bool:
    return len(numbers) in {_PLANE, _SPACE} and "" not in numbers


def _numbers(position: str) -> list[float | str]:
    """Return the numbers of a position; one that is left out between commas stays blank."""
    numbers = position.removesuffix(",").split(",")
    try:
        return [float(number) for number in numbers]
    except ValueError:
        return [_number(number) for number in numbers]


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text

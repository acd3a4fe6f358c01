"""What a feature says in our own words: its properties by our names, whatever their case."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

from frontmap.formats.canonical import CORE_PROPERTIES
from frontmap.intake.rules import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: What is neither ours nor the maker's: numbers that tools give.
_NUMBERS = {"fid", "ogc_fid", "id"}
_CLOSE = 0.8


class OwnWords(NamedTuple):
    """The values of a feature's properties by our names, and those of all others as they are."""

    ours: dict[str, Any]
    others: dict[str, Any]


def split_properties(properties: Mapping[str, Any]) -> OwnWords:
    """Take a feature's properties apart; ``ValueError`` when two of one name differ.

    A blank one of ours says nothing, as a table's empty cell.

    >>> split_properties({"PARTY": "UA", "fid": 3, "Name": "Sudzha", "note": None, "status": " "})
    OwnWords(ours={'party': 'UA'}, others={'Name': 'Sudzha'})
    >>> split_properties({"party": "UA", "Party": "RU"})
    Traceback (most recent call last):
    ValueError: properties 'party' and 'Party' say 'UA' and 'RU'; keep one of them
    """
    ours: dict[str, tuple[str, Any]] = {}
    others = {}
    for key, value in properties.items():
        name = plain(key)
        if value is None or name in _NUMBERS:
            continue
        if name not in CORE_PROPERTIES:
            others[key] = value
            continue
        if isinstance(value, str) and not value.strip():
            continue
        other, said = ours.setdefault(name, (key, value))
        if said != value:
            raise ValueError(
                f"properties {other!r} and {key!r} say {said!r} and {value!r}; keep one of them"
            )
    return OwnWords({name: value for name, (_, value) in ours.items()}, others)


def near_misses(names: Iterable[str]) -> dict[str, str]:
    """Return the names of properties that are nearly one of ours, and which.

    >>> near_misses(["statuss", "accuracy", "Name"])
    {'statuss': 'status', 'accuracy': 'accuracy_m'}
    """
    found = (
        (key, difflib.get_close_matches(plain(key), CORE_PROPERTIES, 1, _CLOSE)) for key in names
    )
    return {key: close[0] for key, close in found if close}

"""Values that the text of a snapshot can hold as they are: each is refused, or kept to the letter.

Python takes 1, 1.0 and True for equal, sorts what it should not, and has numbers that no JSON
reader keeps; none of that may decide what is recorded.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from shapely import MultiPolygon, Polygon

from frontmap.formats.canonical import core_properties
from frontmap.formats.strict import LARGEST_INTEGER
from frontmap.model import FORMAT_VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from frontmap.model import Revision, Zone

_TEXTS = ("id", "party", "status", "confidence", "note")


def header_flaws(revision: Revision) -> Iterator[str]:
    """Yield which values of a revision's header are not what they must be, and the remedy.

    >>> import frontmap
    >>> from dataclasses import replace
    >>> header = frontmap.open("geodata/kursk")["2024-08-31"].revision
    >>> list(header_flaws(header)), list(header_flaws(replace(header, sources="isw")))
    ([], ["sources is 'isw'; give a list of ids"])
    """
    for name in ("reason", "author"):
        if not isinstance(getattr(revision, name), str):
            yield f"{name} is {getattr(revision, name)!r}; it must be a text"
    published = revision.published
    if published is not None:
        if published.tzinfo is None:
            yield f"published is {published.isoformat()}; give its time zone"
        elif published.microsecond:
            yield f"published is {published.isoformat()}; give whole seconds"
    if not _are_texts(revision.sources):
        yield f"sources is {revision.sources!r}; give a list of ids"


def zone_flaws(zone: Zone, version: int = FORMAT_VERSION) -> Iterator[str]:
    """Yield which values of a zone are not what they must be, and the remedy.

    ``version`` is that of the format in which the zone is written.

    >>> from shapely import box
    >>> from frontmap.model import Zone
    >>> zone = Zone(id="a", party="UA", status="controlled", geometry=box(35, 51, 36, 52),
    ...             sources=("isw",), confidence="high", accuracy_m=500, extra={"troops": [1, 2]})
    >>> list(zone_flaws(zone))
    ["property 'troops' is [1, 2]; only text, numbers, true and false can be kept"]
    """
    for name in _TEXTS:
        if not isinstance(getattr(zone, name), str):
            yield f"{name} is {getattr(zone, name)!r}; it must be a text"
    if isinstance(zone.accuracy_m, bool) or not isinstance(zone.accuracy_m, int | float):
        yield f"accuracy_m is {zone.accuracy_m!r}; give metres"
    elif why := _lost(zone.accuracy_m):
        yield f"accuracy_m is {why}"
    if not _are_texts(zone.sources):
        yield f"sources is {zone.sources!r}; give a list of ids"
    if not isinstance(zone.geometry, Polygon | MultiPolygon):
        yield f"the geometry is a {type(zone.geometry).__name__}; zones are Polygon or MultiPolygon"
    for key, value in zone.extra.items():
        yield from _property_flaws(key, value, core_properties(version))


def _property_flaws(key: object, value: object, core: Collection[str]) -> Iterator[str]:
    if not isinstance(key, str):
        yield f"a property is named {key!r}; a name must be a text"
    elif key in core:
        yield f"property {key!r} is one that every zone has; name it otherwise"
    elif not isinstance(value, str | int | float):  # a bool is an int to Python
        yield f"property {key!r} is {value!r}; only text, numbers, true and false can be kept"
    elif not isinstance(value, str) and (why := _lost(value)):
        yield f"property {key!r} is {why}"


def _are_texts(values: object) -> bool:
    listed = isinstance(values, tuple | list | set | frozenset)
    return listed and all(isinstance(value, str) for value in values)  # type: ignore[attr-defined]  # a collection


def _lost(number: float) -> str:
    """Say what a JSON reader would not give back as it is; nothing where it would."""
    if isinstance(number, int):
        large = abs(number) > LARGEST_INTEGER
        return "too large for a whole number that every reader keeps; give a text" if large else ""
    return "" if math.isfinite(number) else f"{number}, which is no number in JSON; leave it out"

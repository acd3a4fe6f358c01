"""The one date that a file's name can mean, where nobody has said how it is written."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from frontmap.date_patterns import When, parse_pattern, without_suffix

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORDERS = (
    ("yyyy", "mm", "dd"),
    ("dd", "mm", "yyyy"),
    ("mm", "dd", "yyyy"),
    ("yy", "mm", "dd"),
    ("dd", "mm", "yy"),
    ("mm", "dd", "yy"),
)
_FIRST_YEAR, _LAST_YEAR = 1700, 2100  # of what is taken for a year where nobody says so
_GROUPS = re.compile(
    r"(?<![0-9])(?:([0-9]{4})([-_./ ])([0-9]{1,2})\2([0-9]{1,2})"
    r"|([0-9]{1,2})([-_./ ])([0-9]{1,2})\6([0-9]{4}|[0-9]{2}))(?![0-9])"
)
_NUMBER = re.compile(r"(?<![0-9])[0-9]+(?![0-9])")
_TIME = re.compile(r"\A([_ T-])(?:[01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9])?(?![0-9])")
_TIME_AND_ZONE = re.compile(
    r"\A([_ T-])(?:[01][0-9]|2[0-3])([-_.:]?)[0-5][0-9](?:\2([0-5][0-9]))?"
    r"(?:Z|[+-][0-9]{4})(?![0-9A-Za-z])"
)
_INSTANTS = {10: "{unix}", 13: "{unix_ms}"}


class Reading(NamedTuple):
    """A date that a name may mean: the letters of it that tell it, and the pattern of these."""

    when: When
    written: str
    pattern: str


def only_reading(path: str, time_zone: str) -> Reading:
    """Return the one date that a path (with ``/``) can mean; days are of a time zone.

    The file's name is asked first, then the folders around it with it. Year, month and day may
    stand in any order of which only one is a day, and a year of four digits goes before one of two;
    with a time and its zone after them they tell an instant. A number of ten digits is a Unix
    second, of thirteen a millisecond. Raises ``ValueError`` otherwise, with patterns that would do.

    >>> only_reading("c31 Контроль #1 31.08.2024 (оновлено).geojson", "UTC").pattern
    '{dd}.{mm}.{yyyy}'
    >>> str(only_reading("2024/08/31/zones.geojson", "UTC").when)
    '2024-08-31'
    >>> only_reading("Control_25_05_01.kml", "UTC")
    Traceback (most recent call last):
    ValueError: its name may mean 2001-05-25 (--dates 'Control_{dd}_{mm}_{yy}') or 2025-05-01
    (--dates 'Control_{yy}_{mm}_{dd}'); say which
    """
    whole = without_suffix(path)
    name = whole.rpartition("/")[2]
    for text in (name, whole):
        every = {_at_instant(text, each, time_zone) for each in _readings(text, time_zone)}
        found = sorted(every, key=str)
        readings = [each for each in found if "{yy}" not in each.pattern] or found
        if len({reading.when for reading in readings}) == 1:
            return readings[0]
        if readings:
            ways = " or ".join(
                f"{each.when} (--dates '{_as_pattern(text, each)}')" for each in readings
            )
            raise ValueError(f"its name may mean {ways}; say which")
    raise ValueError(
        "its name tells no date; say how it does, such as --dates 'Control_{yy}_{mm}_{dd}', or "
        "give it one: --dates '* => 2024-08-31'"
    )


def _at_instant(text: str, reading: Reading, time_zone: str) -> Reading:
    """Return a reading with the time and the zone that follow it, where both do."""
    found = _TIME_AND_ZONE.match(text.partition(reading.written)[2])
    if found is None or reading.pattern in _INSTANTS.values():
        return reading
    before, between, seconds = found.groups()
    fields = between.join(["{HH}", "{MM}", *["{SS}"] * bool(seconds)])
    pattern = parse_pattern(f"{reading.pattern}{before}{fields}{{z}}")
    written = reading.written + found[0]
    return Reading(pattern.read(written, time_zone), written, pattern.text)


def _as_pattern(text: str, reading: Reading) -> str:
    """Return the pattern that reads a whole name so, with the time of day that follows the date."""
    before, _, after = text.partition(reading.written)
    return f"{before}{reading.pattern}{_TIME.sub(_clock, after)}"


def _clock(found: re.Match[str]) -> str:
    return f"{found[1]}{{HH}}{{MM}}{'{SS}' if found[2] else ''}"


def _readings(text: str, time_zone: str) -> Iterator[Reading]:
    for found in _GROUPS.finditer(text):
        first, between, *others = (group for group in found.groups() if group is not None)
        yield from _in_all_orders(found[0], (first, *others), between)
    for found in _NUMBER.finditer(_GROUPS.sub(" ", text)):
        number = found[0]
        if pattern := _INSTANTS.get(len(number)):
            yield Reading(parse_pattern(pattern).read(number, time_zone), number, pattern)
        for order in _ORDERS:
            if sum(map(len, order)) == len(number):
                places = pairwise([0, *accumulate(map(len, order))])
                groups = tuple(number[begin:end] for begin, end in places)
                yield from _in_order(number, groups, order, "")


def _in_all_orders(written: str, groups: tuple[str, ...], between: str) -> Iterator[Reading]:
    for order in _ORDERS:
        if all(
            len(field) == len(group) if field.startswith("y") else len(group) < len("yyyy")
            for field, group in zip(order, groups, strict=True)
        ):
            yield from _in_order(written, groups, order, between)


def _in_order(
    written: str, groups: tuple[str, ...], order: tuple[str, ...], between: str
) -> Iterator[Reading]:
    fields = zip(order, groups, strict=True)
    names = [field if len(field) == len(group) else field[0] for field, group in fields]
    pattern = parse_pattern(between.join(f"{{{name}}}" for name in names))
    try:
        when = pattern.read(written, "UTC")
    except ValueError:
        return
    if _FIRST_YEAR <= when.date.year <= _LAST_YEAR:
        yield Reading(when, written, pattern.text)

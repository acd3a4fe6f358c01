"""When the features of a file were true: on one date each, or from one day to another.

A period holds from the day of its begin until its end: on that day it is over, as the next one
begins then. Where a file has last days for ends, that is said: ``ends_included``. An end in the
last minute of a day is the end of that day.
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from frontmap.date_patterns import DatePattern, parse_pattern
from frontmap.dates import parse_date
from frontmap.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from frontmap.formats.features import Feature

#: How makers name the two ends of a period, beside words that say that it is one.
_BEGINS = frozenset({"start", "begin", "from", "since"})
_ENDS = frozenset({"end", "to", "until", "till", "stop"})
_BESIDE = re.compile(r"date|time|day|valid|[^a-z]")
_DAY = dt.timedelta(days=1)
_MINUTE = dt.timedelta(minutes=1)
_NO_TIME = dt.timedelta()
_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_SECONDS = (1e8, 1e11)  # of Unix time since 1973


class Days(NamedTuple):
    """The days that a text may mean: of a date one, of a month or a year the first and the last."""

    first: dt.date
    last: dt.date


class Span(NamedTuple):
    """From when a feature was true, and from when no longer; ``None`` where that is open."""

    begin: Days | None
    end: Days | None

    def holds_on(self, day: dt.date) -> bool:
        """Whether it was true at the end of a day; ``ValueError`` where its texts leave that open.

        >>> one, two = dt.date(2026, 1, 1), dt.date(2026, 1, 20)
        >>> span = Span(Days(one, one), Days(two, two))
        >>> span.holds_on(one), span.holds_on(two)
        (True, False)
        """
        if self.begin is not None and day < self.begin.first:
            return False
        if self.end is not None and day >= self.end.last:
            return False
        for days in (self.begin, self.end):
            if days is not None and days.first <= day < days.last:
                raise ValueError(
                    f"a time between {days.first} and {days.last} does not say if it "
                    f"was true on {day}; write the day"
                )
        return True

    def __str__(self) -> str:
        """Return it as it is said: from a day, until a day.

        >>> str(Span(None, Days(dt.date(2026, 1, 20), dt.date(2026, 1, 20))))
        'until 2026-01-20'
        """
        begin = "" if self.begin is None else f"from {self.begin.first}"
        end = "" if self.end is None else f"until {self.end.last}"
        return f"{begin} {end}".strip() or "at all times"


class Timing(NamedTuple):
    """When a feature was true, if it says so.

    ``unasked`` names the properties that look like a period where nobody asked for one (as
    ``--split`` has them).
    """

    span: Span | None = None
    unasked: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """What tells when a feature was true: one property, or those of its begin and its end.

    ``pattern`` says how they are written, where that is not YYYY-MM-DD; ``ends_included`` that an
    end is the last day on which it was true. ``text`` is all of it as it was written.
    """

    text: str
    begin: str
    end: str = ""
    pattern: DatePattern | None = None
    ends_included: bool = False


def parse_split(text: str, *, ends_included: bool = False) -> Split:
    """Read ``date``, or ``start,end``, with ``=PATTERN`` after it for dates that are written so.

    Raises ``UsageError``.

    >>> parse_split("start_date,end_date").end
    'end_date'
    >>> parse_split("day={dd}.{mm}.{yyyy}").pattern.text
    '{dd}.{mm}.{yyyy}'
    """
    names, equals, pattern = text.partition("=")
    begin, comma, end = (part.strip() for part in names.partition(","))
    if not begin or bool(comma) != bool(end) or "," in end:
        raise UsageError(f"--split {text!r}: name one property, or two: --split start,end")
    if ends_included and not end:
        raise UsageError(f"--split {text!r}: only periods have ends: --split start,end")
    return Split(text, begin, end, parse_pattern(pattern) if equals else None, ends_included)


def span_of(feature: Feature, split: Split, time_zone: str) -> Span:
    """Return when a feature was true; days are of a time zone.

    Properties are found by their names in any case; ``begin`` and ``end`` are also those of the
    file's format (KML's TimeSpan). Raises ``ValueError`` for what is no time, or none.

    >>> from frontmap.formats.features import Feature
    >>> held = Feature(properties={"Start": "2024-08-06", "end": None})
    >>> span = span_of(held, parse_split("start,end"), "UTC")
    >>> span.begin.first.isoformat(), span.end
    ('2024-08-06', None)
    """
    begin = _days(_value(feature, split.begin), split.begin, split.pattern, time_zone)
    if not split.end:
        if begin is None:
            raise ValueError(f"has no {split.begin}; give it one, or leave the feature out")
        return Span(begin, Days(begin.first + _DAY, begin.last + _DAY))
    later = _NO_TIME if split.ends_included else _MINUTE
    end = _days(_value(feature, split.end), split.end, split.pattern, time_zone, later=later)
    if end is not None and split.ends_included:
        end = Days(end.first + _DAY, end.last + _DAY)
    return _in_order(Span(begin, end))


def timing_of(feature: Feature, split: Split | None, time_zone: str) -> Timing:
    """Return when a feature was true: as asked, else by its format, else as properties look.

    Raises ``ValueError`` for what is no time.

    >>> from frontmap.formats.features import Feature
    >>> str(timing_of(Feature(begin="2026-01-01", end="2026-01-20"), None, "UTC").span)
    'from 2026-01-01 until 2026-01-20'
    >>> timing_of(Feature(properties={"start": "2024-08-06", "end": ""}), None, "UTC").unasked
    'start,end'
    """
    if split is not None:
        _require_time_between(feature, split)
        return Timing(span_of(feature, split, time_zone))
    if feature.begin or feature.end:
        return Timing(_span_of_format(feature, time_zone))
    names = stated_period(feature.properties)
    if names is not None:
        looked = Split("", *names)
        with suppress(ValueError):
            return Timing(span_of(feature, looked, time_zone), ",".join(names))
    return Timing()


def true_on(timings: Sequence[Timing], day: dt.date) -> list[bool]:
    """Return for each feature whether it was true on a day.

    Raises ``ValueError`` naming the feature (from 1) whose properties look like a period that the
    day is outside of, where nobody asked for periods.

    >>> early, late = (Timing(Span(None, Days(day, day)), "start,end")
    ...                for day in (dt.date(2024, 8, 20), dt.date(2024, 9, 10)))
    >>> true_on([late], dt.date(2024, 8, 31))
    [True]
    >>> true_on([late, early], dt.date(2024, 8, 31))
    Traceback (most recent call last):
    ValueError: feature 2: was true until 2024-08-20 by its start,end, and not on 2024-08-31; to
    take what was true on the day: --split start,end; else leave these properties out
    """
    begun = {each.span.begin for each in timings if each.span is not None and each.unasked}
    return [
        each.span is None or _is_true(number, each, day, begun)
        for number, each in enumerate(timings, 1)
    ]


def days_of(spans: Iterable[Span], split: Split) -> tuple[dt.date, ...]:
    """Return the days of which there is a snapshot: each date, or each on which something changes.

    A day on which nothing is true any more is among them. Raises ``ValueError`` for a month or a
    year, and where ends look like last days but are not said to be (or the other way round).

    >>> split = parse_split("start,end")
    >>> days = [dt.date(2024, 8, day) for day in (6, 20, 31)]
    >>> spans = [Span(Days(a, a), Days(b, b)) for a, b in zip(days, days[1:])]
    >>> [day.day for day in days_of(spans, split)]
    [6, 20, 31]
    """
    spans = list(spans)
    begins = {_exact(span.begin) for span in spans if span.begin is not None}
    if not split.end:
        return tuple(sorted(begins))
    ends = {_exact(span.end) for span in spans if span.end is not None}
    if not begins & ends:
        _require_no_miss(spans, begins, split)
    return tuple(sorted(begins | ends))


def stated_period(properties: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the names of the properties that look like the begin and the end of a period.

    >>> stated_period({"Start_Date": "2024-08-06", "END_DATE": "2024-08-20"})
    ('Start_Date', 'END_DATE')
    """
    words = {name: _BESIDE.sub("", name.lower()) for name in properties}
    begin, end = (
        next((name for name, word in words.items() if word in wanted), None)
        for wanted in (_BEGINS, _ENDS)
    )
    return None if begin is None or end is None else (begin, end)


def _is_true(number: int, timing: Timing, day: dt.date, begun: set[Days | None]) -> bool:
    span = cast("Span", timing.span)
    if (
        timing.unasked
        and span.end == Days(day, day)
        and (span.end == span.begin or span.end not in begun)
    ):
        span = Span(span.begin, None)  # the last day of a period that no other follows
    try:
        holds = span.holds_on(day)
    except ValueError as error:
        raise ValueError(f"feature {number}: {error}") from None
    if timing.unasked and not holds:
        raise ValueError(
            f"feature {number}: was true {span} by its {timing.unasked}, and not on {day}; "
            f"to take what was true on the day: --split {timing.unasked}; else leave these "
            "properties out"
        )
    return holds


def _span_of_format(feature: Feature, time_zone: str) -> Span:
    """Return when a feature was true by its file's format, such as KML's TimeSpan."""
    begin = _days(feature.begin, "begin", None, time_zone)
    if feature.begin == feature.end and begin is not None:
        return Span(begin, Days(begin.first + _DAY, begin.last + _DAY))
    return _in_order(Span(begin, _days(feature.end, "end", None, time_zone, later=_MINUTE)))


def _value(feature: Feature, name: str) -> Any:  # noqa: ANN401  whatever the file holds
    """Return a property, by its name in any case; ``ValueError`` for two that differ."""
    properties = feature.properties
    wanted = name.casefold()
    values = [properties[key] for key in properties if key.casefold() == wanted]
    if name in properties:
        return properties[name]
    if len(values) > 1 and any(value != values[0] for value in values):
        raise ValueError(f"has {name} twice, in other cases, with different values")
    if values:
        return values[0]
    return {"begin": feature.begin, "end": feature.end}.get(wanted)


def _days(
    value: Any,  # noqa: ANN401  whatever the file holds
    name: str,
    pattern: DatePattern | None,
    time_zone: str,
    *,
    later: dt.timedelta = _NO_TIME,
) -> Days | None:
    """Return the days that a value means, of a time so much later; None where it is blank."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return _read(value, pattern, time_zone, later)
    except ValueError as error:
        raise ValueError(f"{name} {value!r:.80}: {error}") from None


def _read(
    value: Any,  # noqa: ANN401  the same
    pattern: DatePattern | None,
    time_zone: str,
    later: dt.timedelta,
) -> Days:
    if pattern is not None:
        day = pattern.read(str(value), time_zone).date
    elif isinstance(value, str):
        text = value.strip()
        if found := _PARTIAL.fullmatch(text):
            return _partial(int(found[1]), found[2])
        day = _day_of(text, time_zone, later)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value if _SECONDS[0] <= abs(value) < _SECONDS[1] else value / 1000
        if not _SECONDS[0] <= abs(seconds) < _SECONDS[1]:
            raise ValueError("is neither a date nor Unix seconds or milliseconds")
        day = (dt.datetime.fromtimestamp(seconds, ZoneInfo(time_zone)) + later).date()
    else:
        raise ValueError("is no date")
    return Days(day, day)


def _partial(year: int, month: str | None) -> Days:
    """Return the days of a year, or of a month of it."""
    if month is None:
        return Days(parse_date(f"{year:04d}-01-01"), parse_date(f"{year:04d}-12-31"))
    first = parse_date(f"{year:04d}-{month}-01")
    after = (first + 31 * _DAY).replace(day=1)
    return Days(first, after - _DAY)


def _day_of(text: str, time_zone: str, later: dt.timedelta) -> dt.date:
    """Return the day of a date or of a time: as written, of an instant by the time zone."""
    if _WRITTEN.match(text):
        parse_date(text[:10])
        with suppress(ValueError):
            moment = dt.datetime.fromisoformat(text)
            here = moment if moment.tzinfo is None else moment.astimezone(ZoneInfo(time_zone))
            return (here + later).date()
    raise ValueError(
        "is neither a date nor an instant; say how it is written: --split 'NAME={dd}.{mm}.{yyyy}'"
    )


def _require_time_between(feature: Feature, split: Split) -> None:
    """Refuse a period that ends when it begins, so that it would hold on no day."""
    begin, end = _value(feature, split.begin), _value(feature, split.end)
    if split.end and not split.ends_included and end and begin == end:
        raise ValueError(
            f"begins and ends on {end!r:.80}: where that is its last day, say so: "
            "--ends-included; else leave the feature out"
        )


def _in_order(span: Span) -> Span:
    if span.begin is not None and span.end is not None and span.end.last < span.begin.first:
        raise ValueError(f"ends ({span.end.last}) before it begins ({span.begin.first})")
    return span


def _exact(days: Days) -> dt.date:
    if days.first != days.last:
        raise ValueError(
            f"a time that names no day, of {days.first} to {days.last}; say the day: "
            "--split 'start,end={yyyy} => {yyyy}-01-01'"
        )
    return days.first


def _require_no_miss(spans: list[Span], begins: set[dt.date], split: Split) -> None:
    """Refuse ends that would meet the begin of another period if they were read the other way."""
    off = -_DAY if split.ends_included else _DAY
    other_way = {
        span.end.first + off
        for span in spans
        if span.end is not None and (span.begin is None or span.begin.first != span.end.first + off)
    }
    if missed := begins & other_way:
        what = "the day before" if not split.ends_included else "the day of"
        how = "leave out --ends-included" if split.ends_included else "say so: --ends-included"
        raise ValueError(
            f"{split.end} is {what} the next {split.begin} ({min(missed)}), "
            f"so it {'is no' if split.ends_included else 'is the'} last day; {how}"
        )

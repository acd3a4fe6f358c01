"""Dates and instants in the names of files, as a pattern says.

A pattern is a name with fields in it: ``Control_{yy}_{mm}_{dd}``. After ``=>`` it may say what date
the fields make: ``world_{yyyy} => {yyyy}-12-31``. Nothing here reads a file.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from frontmap.dates import parse_date
from frontmap.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def _digits(*widths: int) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"[0-9]{{{width}}}") for width in widths)


#: What a field stands for, and what it takes.
_FIELDS = {
    "yyyy": ("the year", _digits(4)),
    "yy": ("the year, of 2000 to 2099", _digits(2)),
    "mm": ("the month", _digits(2)),
    "m": ("the month", _digits(1, 2)),
    "month": ("the month's English name", (re.compile("[A-Za-z]{3,9}"),)),
    "dd": ("the day", _digits(2)),
    "d": ("the day", _digits(1, 2)),
    "HH": ("the hour", _digits(2)),
    "MM": ("the minute", _digits(2)),
    "SS": ("the second", _digits(2)),
    "z": ("the zone, Z or +0300", (re.compile("Z|[+-][0-9]{2}:?[0-9]{2}"),)),
    "unix": ("the Unix second", _digits(9, 10, 11)),
    "unix_ms": ("the Unix millisecond", _digits(12, 13, 14)),
}
#: The same in the letters of ``strptime`` and ``date``.
_DIRECTIVES = {
    "Y": "yyyy",
    "y": "yy",
    "m": "mm",
    "b": "month",
    "B": "month",
    "d": "dd",
    "H": "HH",
    "M": "MM",
    "S": "SS",
    "z": "z",
    "s": "unix",
}
_MONTHS = "january february march april may june july august september october november december"
_TOKEN = re.compile(r"\{(?P<field>[^{}]*)\}|%(?P<directive>.)|(?P<rest>\*)|(?P<text>[^{%*]+|.)")
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9_]*\Z")
_PACKED = (".gz", ".zip")
_YEAR, _MONTH, _DAY = ("yyyy", "yy"), ("mm", "m", "month"), ("dd", "d")
_THIS_CENTURY = 2000


class When(NamedTuple):
    """The valid date that a name tells, and the instant (UTC) where it tells one."""

    date: dt.date
    published: dt.datetime | None = None

    def __str__(self) -> str:
        """Return the date, and the instant where there is one, as they are written.

        >>> str(When(dt.date(2024, 8, 31)))
        '2024-08-31'
        """
        at = "" if self.published is None else f", published {self.published:%Y-%m-%dT%H:%M:%SZ}"
        return f"{self.date}{at}"


class _Token(NamedTuple):
    """A piece of a pattern: a field, a stretch of text, or any letters of one name (``*``)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class DatePattern:
    """A pattern of names; see :func:`parse_pattern`. ``text`` is the pattern as it was written."""

    text: str
    tokens: tuple[_Token, ...]
    made: tuple[_Token, ...] = ()

    @property
    def depth(self) -> int:
        """Return of how many names it tells: that of the file, and of folders around it.

        >>> parse_pattern("{yyyy}/{mm}/{dd}/*").depth
        4
        """
        return 1 + sum(token.text.count("/") for token in self.tokens if token.kind == "text")

    @property
    def has_clock(self) -> bool:
        """Whether it tells the hour by a clock whose zone it does not tell.

        >>> parse_pattern("{yy}{mm}{dd}_{HH}{MM}").has_clock, parse_pattern("{unix}").has_clock
        (True, False)
        """
        fields = {token.text for token in self.tokens if token.kind == "field"}
        return "HH" in fields and "z" not in fields and not self.made

    def read(self, path: str, time_zone: str) -> When:
        """Return what a path (with ``/``, with or without suffix) tells; days are of a time zone.

        Raises ``ValueError`` when the path does not fit, or in more ways than one.

        >>> pattern = parse_pattern("{yy}{mm}{dd}_{HH}{MM}")
        >>> str(pattern.read("backups/230311_0349.kmz", "Europe/Kyiv"))
        '2023-03-11, published 2023-03-11T01:49:00Z'
        >>> pattern.read("Control_25_05_01.kml", "Europe/Kyiv")
        Traceback (most recent call last):
        ValueError: does not fit the pattern {yy}{mm}{dd}_{HH}{MM}
        """
        name = "/".join(path.split("/")[-self.depth :])
        fitting = {found for text in {name, without_suffix(name)} for found in self._fits(text)}
        readings, why = set(), ""
        for values in sorted(fitting):
            try:
                readings.add(self._when(dict(values), time_zone))
            except ValueError as error:
                why = f": {error}"
        if len(readings) > 1:
            one, other, *_ = map(str, sorted(readings, key=str))
            raise ValueError(
                f"fits the pattern {self.text} as {one} and as {other}; say more in it"
            )
        if not readings:
            raise ValueError(f"does not fit the pattern {self.text}{why}")
        return readings.pop()

    def _fits(self, name: str) -> set[tuple[tuple[str, str], ...]]:
        """Return the values of the fields for each way in which a name fits."""
        text = _composed(name)
        ways: set[tuple[int, tuple[tuple[str, str], ...]]] = {(0, ())}
        for token in self.tokens:
            ways = {
                (end, values if token.kind != "field" else _joined(values, token.text, found))
                for at, values in ways
                for end, found in _ends(token, text, at)
                if token.kind != "field" or dict(values).get(token.text, found) == found
            }
        return {values for at, values in ways if at == len(text)}

    def _when(self, values: Mapping[str, str], time_zone: str) -> When:
        if self.made:
            written = "".join(
                values[text] if kind == "field" else text for kind, text in self.made
            ).strip()
            return When(parse_date(written))
        if "unix" in values:
            return _of_instant(_unix(int(values["unix"])), time_zone)
        if "unix_ms" in values:
            return _of_instant(_unix(int(values["unix_ms"]) / 1000), time_zone)
        year = int(values["yyyy"]) if "yyyy" in values else _THIS_CENTURY + int(values["yy"])
        day = int(next(values[key] for key in _DAY if key in values))
        date = parse_date(f"{year:04d}-{_month(values):02d}-{day:02d}")
        if "HH" not in values:
            return When(date)
        hour, minute, second = (int(values.get(key, "0")) for key in ("HH", "MM", "SS"))
        clock = dt.time(hour, minute, second)
        if "z" in values:
            zone = values["z"].replace("Z", "+00:00")
            return _of_instant(dt.datetime.fromisoformat(f"{date}T{clock}{zone}"), time_zone)
        return When(date, in_zone(dt.datetime.combine(date, clock), time_zone))


def parse_pattern(text: str) -> DatePattern:
    """Read a pattern of names: text that stands as it is, fields in braces, ``*`` for any letters.

    Fields: ``{yyyy} {yy} {mm} {m} {month} {dd} {d}``, ``{HH} {MM} {SS} {z}`` of an instant, or
    ``{unix}`` and ``{unix_ms}``; ``%Y %m %d`` and what else ``strptime`` has of these are the same.
    ``{yy}`` is of 2000 to 2099; a ``*`` cuts no number in two; with ``/`` it tells of folders too.

    Raises ``UsageError`` for a pattern that is none, or of which no date can come.

    >>> str(parse_pattern("Control_{yy}_{mm}_{dd}").read("Control_25_05_01.kml", "UTC"))
    '2025-05-01'
    >>> str(parse_pattern("world_{yyyy} => {yyyy}-12-31").read("world_1914.geojson", "UTC"))
    '1914-12-31'
    >>> parse_pattern("Control_YY_MM_DD")
    Traceback (most recent call last):
    frontmap.errors.UsageError: pattern 'Control_YY_MM_DD': no {field} in it: no date can come of
    it; did you mean Control_{yy}_{mm}_{dd}
    """
    left, arrow, right = text.partition("=>")
    tokens = tuple(_tokens(text, _composed(left.strip() if arrow else left)))
    made = tuple(_tokens(text, right.strip())) if arrow else ()
    fields = {token.text for token in tokens if token.kind == "field"}
    if arrow:
        strange = sorted({t.text for t in made if t.kind == "field"} - fields)
        if strange or not right.strip():
            why = f"{{{strange[0]}}} is not in the name" if strange else "nothing follows =>"
            raise _refused(text, f"{why}; after => comes a date, such as {{yyyy}}-12-31")
        if not fields:
            _require_date(text, right.strip())
        return DatePattern(text, tokens, made)
    _require_enough(text, tokens, fields)
    return DatePattern(text, tokens)


def without_suffix(name: str) -> str:
    """Return a file's name without its suffix; one that begins with a digit is none.

    >>> without_suffix("2024-08-31.geojson.gz"), without_suffix("Control.25.05.01")
    ('2024-08-31', 'Control.25.05.01')
    """
    for packed in _PACKED:
        if name.lower().endswith(packed):
            name = name[: -len(packed)]
            break
    return _SUFFIX.sub("", name)


def in_zone(local: dt.datetime, time_zone: str) -> dt.datetime:
    """Return the instant (UTC) of a time by the clocks of a zone.

    Raises ``ValueError`` when clocks were put forward over it, or back so that it came twice.

    >>> in_zone(dt.datetime(2024, 8, 31, 3, 49), "Europe/Kyiv").isoformat()
    '2024-08-31T00:49:00+00:00'
    >>> in_zone(dt.datetime(2024, 10, 27, 3, 30), "Europe/Kyiv")
    Traceback (most recent call last):
    ValueError: 2024-10-27T03:30:00 came twice in Europe/Kyiv; name the zone, such as +0300
    """
    zone = ZoneInfo(time_zone)
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    instant = first.astimezone(dt.UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError(f"{local.isoformat()} was left out by the clocks of {time_zone}")
    if first.utcoffset() != second.utcoffset():
        raise ValueError(
            f"{local.isoformat()} came twice in {time_zone}; name the zone, such as +0300"
        )
    return instant


def _tokens(whole: str, text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        field, directive = found["field"], found["directive"]
        if found["rest"]:
            yield _Token("rest", "*")
        elif directive == "%":
            yield _Token("text", "%")
        elif directive is not None:
            if directive not in _DIRECTIVES:
                known = " ".join(f"%{letter}" for letter in _DIRECTIVES)
                raise _refused(whole, f"%{directive} is none of {known} (%% is a percent sign)")
            yield _Token("field", _DIRECTIVES[directive])
        elif field is not None:
            if field not in _FIELDS:
                known = " ".join(f"{{{name}}}" for name in _FIELDS)
                raise _refused(whole, f"{{{field}}} is none of {known}")
            yield _Token("field", field)
        else:
            yield _Token("text", found["text"])


def _require_enough(whole: str, tokens: tuple[_Token, ...], fields: set[str]) -> None:
    if not fields:
        meant = re.sub(
            r"YYYY|YY|MM|DD|yyyy|yy|mm|dd",
            lambda found: f"{{{found[0].lower()}}}",
            whole,
        )
        hint = f"; did you mean {meant}" if meant != whole else ", such as {yyyy}-{mm}-{dd}"
        raise _refused(whole, f"no {{field}} in it: no date can come of it{hint}")
    _require_once(whole, tokens)
    if fields & {"unix", "unix_ms"}:
        if len(fields) > 1:
            raise _refused(whole, "a Unix second needs no other field beside it; use * for them")
        return
    for names, what in ((_YEAR, "year"), (_MONTH, "month"), (_DAY, "day")):
        given = [name for name in names if name in fields]
        if not given:
            minutes = " ({MM} are minutes)" if what == "month" and "MM" in fields else ""
            raise _refused(
                whole,
                f"it tells no {what}{minutes}; add {{{names[0]}}}, or say the date after =>, "
                "such as '{yyyy} => {yyyy}-12-31'",
            )
        if len(given) > 1:
            raise _refused(whole, f"{{{given[0]}}} and {{{given[1]}}} both tell the {what}")
    for later, first in (("MM", "HH"), ("SS", "MM"), ("z", "HH")):
        if later in fields and first not in fields:
            raise _refused(whole, f"{{{later}}} ({_FIELDS[later][0]}) needs {{{first}}} with it")


def _require_once(whole: str, tokens: Iterable[_Token]) -> None:
    """Refuse a field twice in one name; a folder may say again what the file's name says."""
    seen: set[str] = set()
    for kind, text in tokens:
        if kind == "text" and "/" in text:
            seen = set()
        if kind == "field":
            if text in seen:
                minutes = " ({MM} are minutes)" if text == "mm" else ""
                raise _refused(whole, f"{{{text}}} twice in one name{minutes}")
            seen.add(text)


def _require_date(whole: str, text: str) -> None:
    try:
        parse_date(text)
    except ValueError as error:
        raise _refused(whole, str(error)) from None


def _refused(text: str, why: str) -> UsageError:
    return UsageError(f"pattern {text!r}: {why}")


def _ends(token: _Token, text: str, at: int) -> Iterator[tuple[int, str]]:
    """Yield where a token that begins at a place may end, and what it then takes."""
    if token.kind == "text":
        if text.startswith(token.text, at):
            yield at + len(token.text), ""
    elif token.kind == "field":
        for one in _FIELDS[token.text][1]:
            if found := one.match(text, at):
                yield found.end(), found[0]
    elif not _inside_number(text, at):
        last = text.find("/", at)
        for end in range(at, (len(text) if last < 0 else last) + 1):
            if not _inside_number(text, end):
                yield end, ""


def _inside_number(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isdigit() and text[at].isdigit()


def _joined(
    values: tuple[tuple[str, str], ...], field: str, found: str
) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({**dict(values), field: found}.items()))


def _month(values: Mapping[str, str]) -> int:
    if "month" not in values:
        return int(next(values[key] for key in _MONTH if key in values))
    word = values["month"].lower()
    found = [n for n, name in enumerate(_MONTHS.split(), 1) if word in (name, name[:3])]
    if not found:
        raise ValueError(f"{values['month']!r} is no month")
    return found[0]


def _unix(seconds: float) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(int(seconds), dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{seconds:g} is no Unix second") from None


def _of_instant(instant: dt.datetime, time_zone: str) -> When:
    at = instant.astimezone(dt.UTC).replace(microsecond=0)
    return When(at.astimezone(ZoneInfo(time_zone)).date(), at)


def _composed(text: str) -> str:
    """Return letters with their marks as one sign each, however a system stores names."""
    return unicodedata.normalize("NFC", text)

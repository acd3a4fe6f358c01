"""How the text of one cell becomes a typed value, and what is wrong with it otherwise."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Literal

from frontmap.dates import parse_date
from frontmap.facts.spellings import plain_day, plain_day_or_month, plain_number
from frontmap.spreadsheets import from_text_cell

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    Value = str | float | bool | dt.date | None
    Reader = Callable[[str], Value]
    Respelling = Callable[[str, bool], str]

_ID = r"[A-Za-z0-9][A-Za-z0-9._-]*"
#: As archive.json has it: letters of any script.
_PARTY = r"[^\W_][\w.-]*"
_DAY_OR_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-\d{2})?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that a table must have, or may have where it is ``optional``.

    ``read`` turns a cell's text into a value or raises ``ValueError`` with the remedy; ``blank``
    is the value of an empty cell where ``required`` is false. ``plain`` gives the one spelling of
    a cell that other countries write otherwise, told whether commas stand between cells.
    ``description`` says what stands in it, ``form`` how it is written; ``kind`` and
    ``constraints`` say it in the words of a data package; ``refers`` is the table whose ids the
    column holds.
    """

    name: str
    description: str
    read: Reader
    required: bool = False
    optional: bool = False
    blank: Value = ""
    kind: Literal["string", "number", "date", "boolean"] = "string"
    constraints: tuple[tuple[str, object], ...] = ()
    refers: str = ""
    form: str = "text"
    plain: Respelling | None = None


def text(name: str, description: str, *, required: bool = False, optional: bool = False) -> Column:
    """Hold any text in one line; blank reads as ``""``.

    The apostrophe before what a spreadsheet would take for a formula is no part of it.

    >>> text("publisher", "Outlet or maker").read("'=Ukrainska Pravda")
    '=Ukrainska Pravda'
    """
    return Column(
        name=name,
        description=description,
        read=from_text_cell,
        required=required,
        optional=optional,
    )


def key(name: str, description: str, *, refers: str = "") -> Column:
    """Hold an id: letters, digits, dot, dash and underscore.

    >>> key("id", "Short name").read("10th of October")
    Traceback (most recent call last):
    ValueError: '10th of October' is no id; use letters, digits, dots, dashes and underscores
    """
    return Column(
        name=name,
        description=description,
        read=_read_id,
        required=True,
        constraints=(("pattern", _ID),),
        refers=refers,
        form=f"an id of `{refers}`" if refers else "an id",
    )


def keys(name: str, description: str, *, refers: str, required: bool = False) -> Column:
    """Hold ids separated by single spaces; blank reads as ``""``.

    >>> keys("source", "Sources", refers="sources.csv").read("isw-1 pravda-2")
    'isw-1 pravda-2'
    """
    return Column(
        name=name,
        description=description,
        read=_read_ids,
        required=required,
        constraints=(("pattern", rf"{_ID}( {_ID})*"),),
        refers=refers,
        form=f"ids of `{refers}`, a space between",
    )


def party(name: str, description: str, *, required: bool = False) -> Column:
    """Hold the id of a party, as archive.json has them; blank reads as ``""``.

    >>> party("party", "Whose ground").read("UA RU")
    Traceback (most recent call last):
    ValueError: 'UA RU' is no id; use letters, digits, dots, dashes and underscores
    """
    return Column(
        name=name,
        description=description,
        read=partial(_read_id, pattern=_PARTY),
        required=required,
        constraints=(("pattern", _PARTY),),
        form="an id of a party",
    )


def parties(name: str, description: str) -> Column:
    """Hold the ids of parties, in order and separated by single spaces.

    >>> parties("party", "Who fights").read("UA RU")
    Traceback (most recent call last):
    ValueError: 'UA RU' names parties out of order or twice; write RU UA
    """
    return Column(
        name=name,
        description=description,
        read=_read_parties,
        required=True,
        constraints=(("pattern", rf"{_PARTY}( {_PARTY})*"),),
        form="ids of parties in order, a space between",
    )


def date(name: str, description: str, *, required: bool = True) -> Column:
    """Hold a day, read as a ``datetime.date``; blank as ``None``.

    >>> date("date", "Valid date").read("2024-08-31")
    datetime.date(2024, 8, 31)
    """
    return Column(
        name=name,
        description=description,
        read=parse_date,
        required=required,
        blank=None,
        kind="date",
        form="YYYY-MM-DD",
        plain=lambda cell, _: plain_day(cell),
    )


def day_or_month(name: str, description: str) -> Column:
    """Hold a day or a month as text, for what is only known to the month; blank reads as ``""``.

    >>> day_or_month("published", "Day or month").read("2024-08")
    '2024-08'
    """
    return Column(
        name=name,
        description=description,
        read=_read_day_or_month,
        constraints=(("pattern", _DAY_OR_MONTH.pattern),),
        form="YYYY-MM-DD or YYYY-MM",
        plain=lambda cell, _: plain_day_or_month(cell),
    )


def number(
    name: str, description: str, low: float, high: float, *, required: bool = True
) -> Column:
    """Hold a number from ``low`` to ``high``; blank reads as NaN.

    >>> number("lat", "Latitude, degrees", -90, 90).read("151.19")
    Traceback (most recent call last):
    ValueError: 151.19 is out of range; it must lie from -90 to 90
    """
    return Column(
        name=name,
        description=description,
        read=partial(_read_number, low=low, high=high),
        required=required,
        blank=math.nan,
        kind="number",
        constraints=(("minimum", low), ("maximum", high)),
        form=f"a number from {low:,} to {high:,}",
        plain=partial(_plain_number, low=low, high=high),
    )


def choice(name: str, description: str, words: Sequence[str], *, optional: bool = False) -> Column:
    """Hold one of the given words; an optional column may be blank, which reads as ``""``.

    >>> choice("basis", "What counts", ["controlled", "held"]).read("none")
    Traceback (most recent call last):
    ValueError: 'none' is unknown; use one of controlled, held
    """
    return Column(
        name=name,
        description=description,
        read=partial(read_choice, words=words),
        required=not optional,
        optional=optional,
        constraints=(("enum", tuple(words)),),
        form=f"one of {', '.join(f'`{word}`' for word in words)}",
    )


def flag(name: str, description: str) -> Column:
    """Hold ``yes`` or nothing, as a bool; blank reads as False.

    >>> flag("seen", "Rests on geolocated footage").read("yes")
    True
    """
    return Column(
        name=name,
        description=description,
        read=_read_flag,
        blank=False,
        kind="boolean",
        form="`yes` or blank",
    )


def url(name: str, description: str) -> Column:
    """Hold an http or https address; blank reads as ``""``.

    >>> url("url", "Address").read("example.org")
    Traceback (most recent call last):
    ValueError: 'example.org' is no address; it must start with https:// or http://
    """
    return Column(name=name, description=description, read=_read_url, form="an http address")


def read_choice(cell: str, *, words: Sequence[str]) -> str:
    """Take one of the given words; raises ``ValueError`` that names the nearest of them.

    >>> read_choice("dai", words=("day", "month"))
    Traceback (most recent call last):
    ValueError: 'dai' is unknown; did you mean 'day'?
    """
    if cell in words:
        return cell
    near = get_close_matches(cell, words, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(words)}"
    raise ValueError(f"{cell!r} is unknown; {hint}")


def _read_id(cell: str, *, pattern: str = _ID) -> str:
    if not re.fullmatch(pattern, cell):
        raise ValueError(f"{cell!r} is no id; use letters, digits, dots, dashes and underscores")
    return cell


def _read_ids(cell: str) -> str:
    for word in cell.split(" "):
        _read_id(word)
    return cell


def _read_parties(cell: str) -> str:
    words = [_read_id(word, pattern=_PARTY) for word in cell.split(" ")]
    in_order = sorted(set(words))
    if words != in_order:
        raise ValueError(
            f"{cell!r} names parties out of order or twice; write {' '.join(in_order)}"
        )
    return cell


def _read_day_or_month(cell: str) -> str:
    if not _DAY_OR_MONTH.fullmatch(cell):
        raise ValueError(f"{cell!r} is neither a day nor a month; write YYYY-MM-DD or YYYY-MM")
    if cell.count("-") > 1:
        parse_date(cell)
    return cell


def _read_number(cell: str, *, low: float, high: float) -> float:
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"{cell!r} is not a number; write digits with a decimal point")
    value = float(cell)
    if not low <= value <= high:
        raise ValueError(f"{cell} is out of range; it must lie from {low:g} to {high:g}")
    return value


def _plain_number(cell: str, has_commas: bool, *, low: float, high: float) -> str:  # noqa: FBT001  told with each cell
    return plain_number(cell, low=low, high=high, has_commas=has_commas)


def _read_flag(cell: str) -> bool:
    if cell != "yes":
        raise ValueError(f"{cell!r} is unknown; write yes, or leave it blank")
    return True


def _read_url(cell: str) -> str:
    if not _URL.fullmatch(cell):
        raise ValueError(f"{cell!r} is no address; it must start with https:// or http://")
    return cell

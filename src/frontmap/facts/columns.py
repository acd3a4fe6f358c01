"""How the text of one cell becomes a typed value, and what is wrong with it otherwise."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from frontmap.dates import parse_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    Value = str | float | bool | dt.date | None
    Reader = Callable[[str], Value]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DAY_OR_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-\d{2})?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a table must have.

    ``read`` turns a cell's text into a value or raises ``ValueError`` with the remedy; ``blank``
    is the value of an empty cell where ``required`` is false.
    """

    name: str
    read: Reader
    required: bool = True
    blank: Value = ""


def text(name: str, *, required: bool = False) -> Column:
    """Hold any text in one line; blank reads as ``""``."""
    return Column(name, str, required)


def key(name: str) -> Column:
    """Hold an id: letters, digits, dot, dash and underscore."""
    return Column(name, _read_key)


def keys(name: str, *, required: bool = False) -> Column:
    """Hold ids separated by single spaces; blank reads as ``""``."""
    return Column(name, _read_keys, required)


def date(name: str, *, required: bool = True) -> Column:
    """Hold a day, read as a ``datetime.date``; blank as ``None``."""
    return Column(name, parse_date, required, None)


def day_or_month(name: str) -> Column:
    """Hold a day or a month as text, for what is only known to the month; blank reads as ``""``."""
    return Column(name, _read_day_or_month, required=False)


def number(name: str, low: float, high: float, *, required: bool = True) -> Column:
    """Hold a number from ``low`` to ``high``; blank reads as NaN."""
    return Column(name, partial(_read_number, low=low, high=high), required, math.nan)


def choice(name: str, words: Sequence[str]) -> Column:
    """Hold one of the given words."""
    return Column(name, partial(_read_choice, words=words))


def flag(name: str) -> Column:
    """Hold ``yes`` or nothing, as a bool; blank reads as False."""
    return Column(name, _read_flag, required=False, blank=False)


def url(name: str) -> Column:
    """Hold an http or https address; blank reads as ``""``."""
    return Column(name, _read_url, required=False)


def _read_key(cell: str) -> str:
    if not _ID.fullmatch(cell):
        raise ValueError(f"{cell!r} is no id; use letters, digits, dots, dashes and underscores")
    return cell


def _read_keys(cell: str) -> str:
    for word in cell.split(" "):
        _read_key(word)
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


def _read_choice(cell: str, *, words: Sequence[str]) -> str:
    if cell in words:
        return cell
    near = get_close_matches(cell, words, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(words)}"
    raise ValueError(f"{cell!r} is unknown; {hint}")


def _read_flag(cell: str) -> bool:
    if cell != "yes":
        raise ValueError(f"{cell!r} is unknown; write yes, or leave it blank")
    return True


def _read_url(cell: str) -> str:
    if not _URL.fullmatch(cell):
        raise ValueError(f"{cell!r} is no address; it must start with https:// or http://")
    return cell

"""Rows of a table as its columns: each name once, like values side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from frontmap.page.payload.fields import Columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BY_LANGUAGE = ("names", "texts")

Row = TypeVar("Row", bound="Mapping[str, Any]")


def by_columns(row: type[Row], rows: Iterable[Row]) -> Columns[Row]:
    """Return the values of each field that the type ``row`` states, in order of the rows.

    >>> from frontmap.page.payload.fields import LineRow
    >>> by_columns(LineRow, [{"kind": "water", "ring": 3}, {"kind": "road", "ring": 4}])
    {'kind': ['water', 'road'], 'ring': [3, 4]}
    >>> from frontmap.page.payload.fields import ClaimantRow
    >>> by_columns(ClaimantRow, [{"given": "ISW", "names": {"en": "", "uk": "x"}}])
    {'given': ['ISW'], 'names': {'en': [''], 'uk': ['x']}}
    """
    listed = cast("list[Mapping[str, Any]]", list(rows))
    columns: Columns[Row] = Columns()
    for name in row.__annotations__:
        column = [each[name] for each in listed]
        columns[name] = _by_language(column) if name in _BY_LANGUAGE else column
    return columns


def _by_language(column: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {key: [each[key] for each in column] for key in next(iter(column), {})}

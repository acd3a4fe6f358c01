"""Rows of a table as its columns: each name once, like values side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Columns = dict[str, list[Any]]


def by_columns(rows: Iterable[Mapping[str, Any]]) -> Columns:
    """Return the values of each name in order of the rows; None where a row doesn't have it.

    >>> by_columns([{"name": "Sudzha", "raion": "R"}, {"name": "Guevo"}])
    {'name': ['Sudzha', 'Guevo'], 'raion': ['R', None]}
    """
    kept = list(rows)
    names = dict.fromkeys(name for row in kept for name in row)
    return {name: [row.get(name) for row in kept] for name in names}

"""The columns that every table of areas has, and the cells that say what was measured, and how."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from frontmap.geometry.exact_area import METHOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from frontmap.measure.timeline import Answer
    from frontmap.model import Edges, Per

GEODESIC = "geodesic_difference_km2"
HEAD = ("date", "maker", "party")
TAIL = ("error_km2", "bound_km2", "age_days", "digest", "method")
_UNPUBLISHED = dt.datetime.min.replace(tzinfo=dt.UTC)


def in_order(found: Iterable[Answer]) -> list[Answer]:
    """Return answers by date, then by the maker's instant.

    >>> in_order([])
    []
    """
    return sorted(found, key=lambda each: (each.date, each.revision.published or _UNPUBLISHED))


def provenance(answer: Answer) -> dict[str, Any]:
    """Return the cells of a row that say which snapshot was measured, when it is of, and how.

    >>> import frontmap
    >>> from frontmap.measure.timeline import answers
    >>> kursk = frontmap.open("geodata/kursk")
    >>> cells = provenance(*answers(kursk, "2024-08-29", fill="previous"))
    >>> cells["maker"], cells["age_days"]
    ('frontmap', 1)
    """
    return {
        "date": answer.date,
        "published": answer.revision.published,
        "maker": answer.revision.maker,
        "age_days": answer.age_days,
        "digest": answer.revision.digest,
        "method": METHOD,
    }


def with_columns(columns: Sequence[str], *, per: Per, edges: Edges) -> list[str]:
    """Return a table's columns with those that were asked for.

    >>> with_columns(["date", "maker", "error_km2"], per="snapshot", edges="compare")
    ['date', 'published', 'maker', 'geodesic_difference_km2', 'error_km2']
    """
    before = {
        "maker": ["published"] if per == "snapshot" else [],
        "error_km2": [GEODESIC] if edges == "compare" else [],
    }
    return [name for column in columns for name in (*before.get(column, []), column)]

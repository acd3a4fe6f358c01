"""The types of dates in the tables of measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pandas as pd

    Table = TypeVar("Table", bound=pd.DataFrame)

DATES = (
    "date",
    "from_date",
    "to_date",
    "before_date",
    "after_date",
    "since",
    "first_date",
    "last_date",
)
INSTANTS = ("published",)


def with_typed_dates(table: Table) -> Table:
    """Return a table with its dates as datetime64[us], and its instants as datetime64[us, UTC].

    So that they merge with dates that pandas parsed; blank ones are NaT.

    >>> import datetime as dt
    >>> import pandas as pd
    >>> table = with_typed_dates(pd.DataFrame({"date": [dt.date(2024, 8, 31), None], "km2": 1.0}))
    >>> table["date"].dtype
    dtype('<M8[us]')
    >>> len(table.merge(pd.DataFrame({"date": pd.to_datetime(["2024-08-31"])})))
    1
    """
    types = dict.fromkeys(DATES, "datetime64[us]") | dict.fromkeys(INSTANTS, "datetime64[us, UTC]")
    return table.astype({name: types[name] for name in table.columns if name in types})

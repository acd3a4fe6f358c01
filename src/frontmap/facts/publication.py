"""When a report was published, at the latest: known to the day, or only to the month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import datetime as dt

_MONTH = len("2024-08")


def publication_days(events: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """Give the last day on which each report can have been published.

    Parameters
    ----------
    events
        Columns ``date`` (datetime64) and ``published`` (a day or a month as text; blank: the
        report's own date).

    Returns
    -------
    pandas.Series
        datetime64[us], with the index of ``events``: of a month its last day.

    Examples
    --------
    >>> published = ["2024-08-09", "2024-08", ""]
    >>> events = pd.DataFrame({"date": pd.Timestamp("2024-08-06"), "published": published})
    >>> publication_days(events).dt.strftime("%Y-%m-%d").tolist()
    ['2024-08-09', '2024-08-31', '2024-08-06']
    """
    last = [_last_day(published) for published in events["published"]]
    days = pd.Series(last, index=events.index, dtype="datetime64[us]")
    return days.fillna(events["date"])


def events_published_by(events: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Keep the rows of ``events`` that were published by the end of a day.

    >>> import datetime as dt
    >>> published = ["2024-08-09", "2024-08", ""]
    >>> events = pd.DataFrame({"date": pd.Timestamp("2024-08-06"), "published": published})
    >>> events_published_by(events, dt.date(2024, 8, 9))["published"].tolist()
    ['2024-08-09', '']
    """
    return events.loc[publication_days(events) <= np.datetime64(day, "us")]


def _last_day(published: str) -> np.datetime64:
    if len(published) == _MONTH:
        after: np.datetime64 = (np.datetime64(published, "M") + 1).astype("datetime64[D]")
        return after - np.timedelta64(1, "D")
    return np.datetime64(published or "NaT", "D")

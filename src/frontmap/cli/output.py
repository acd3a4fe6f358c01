"""Tables to standard output, as text for people or as JSON, CSV or GeoJSON for programs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from frontmap.cli.options import GeoFormat


def emit(frame: pd.DataFrame, form: GeoFormat) -> None:
    """Print a table; a geometry column is left out of every format but ``geojson``."""
    if form in {"json", "geojson"}:
        frame = frame.map(_text_of_time)
    if form == "geojson":
        print(frame.to_json(drop_id=True, to_wgs84=False))  # type: ignore[call-overload]
        return
    plain = frame.drop(columns="geometry", errors="ignore")
    if form == "csv":
        print(plain.to_csv(index=False, lineterminator="\n"), end="")
    elif form == "json":
        print(plain.to_json(orient="records", date_format="iso", indent=2, force_ascii=False))
    else:
        print(plain.to_string(index=False, na_rep="") if len(plain) else "nothing to show")


def _text_of_time(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value

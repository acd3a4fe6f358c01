"""A reported figure: an area that somebody published, as one row of ``reported.csv`` states it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from frontmap.facts.vocabulary import Measure, Precision, Qualifier


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFigure:
    """A reported area in km², with what it counts, how exactly it was said, by whom and where.

    ``as_of`` is the day that it is about, known as exactly as ``precision`` says; ``party``
    is whose ground it counts (of ``retaken``: who retook it), blank where that isn't said;
    ``source`` holds ids of ``sources.csv`` separated by spaces, ``publisher`` and ``url`` are those
    of the first.
    """

    as_of: dt.date
    precision: Precision
    value_km2: float
    qualifier: Qualifier
    measure: Measure
    party: str = ""
    published: str = ""
    claimant: str = ""
    source: str = ""
    note: str = ""
    publisher: str = ""
    url: str = ""

    @property
    def speaker(self) -> str:
        """Who said it: the claimant, or the publisher where none is named."""
        return self.claimant or self.publisher

    @property
    def is_limit(self) -> bool:
        """Whether the figure states a limit: ``over``, ``at_least`` or ``up_to``."""
        return self.qualifier in {"over", "at_least", "up_to"}

    @property
    def counts_ground_held(self) -> bool:
        """Whether it counts ground that somebody held: what a map can be set against."""
        return self.measure in {"controlled", "peak"}

    @property
    def counts_a_month(self) -> bool:
        """Whether it counts ground held on an unstated day of a known month."""
        return (self.precision, self.measure) == ("month", "controlled")


def reported_figures(reported: pd.DataFrame, sources: pd.DataFrame) -> tuple[ReportedFigure, ...]:
    """Give the rows of ``reported.csv`` as values, each with the publisher of its first source.

    ``reported`` and ``sources`` are as :func:`frontmap.facts.read_reported` and
    :func:`frontmap.facts.read_sources` give them.

    >>> from pathlib import Path
    >>> from frontmap.facts import read_reported, read_sources
    >>> kursk = Path("geodata/kursk")
    >>> first = reported_figures(read_reported(kursk), read_sources(kursk))[0]
    >>> first.as_of.isoformat(), first.qualifier, first.value_km2, first.publisher
    ('2024-08-07', 'about', 45.0, 'Espreso')
    """
    publishers, urls = (
        dict(zip(sources["id"], sources[name], strict=True)) for name in ("publisher", "url")
    )
    rows = reported.to_dict("records")
    first_sources = [row["source"].partition(" ")[0] for row in rows]
    return tuple(
        ReportedFigure(
            as_of=row["as_of"].date(),
            precision=row["as_of_precision"],
            value_km2=row["value_km2"],
            qualifier=row["qualifier"],
            measure=row["measure"],
            party=row["party"],
            published=row["published"],
            claimant=row["claimant"],
            source=row["source"],
            note=row["note"],
            publisher=publishers.get(source, ""),
            url=urls.get(source, ""),
        )
        for row, source in zip(rows, first_sources, strict=True)
    )

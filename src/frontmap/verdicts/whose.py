"""Whose ground a figure counts, where it has to be said."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from frontmap.model import About
    from frontmap.verdicts.figures import ReportedFigure

_TWO = 2


def party_name(about: About, party: str) -> str:
    """Name a party in English, or by its id.

    >>> import frontmap
    >>> party_name(frontmap.open("geodata/kursk").about, "UA")
    'Ukraine'
    """
    return about.parties[party].names.get("en", party) if party in about.parties else party


def whose_ground(
    about: About, figures: Iterable[ReportedFigure], mapped: Collection[str]
) -> tuple[str, ...]:
    """Name the party of each figure; blank where it has none, or where whose it is is evident.

    Evident it is in an archive of two parties at most: of ground held, where only that party's is
    ``mapped``; of other figures always.

    >>> import datetime as dt, frontmap
    >>> from frontmap.verdicts import ReportedFigure
    >>> figure = ReportedFigure(
    ...     as_of=dt.date(2024, 8, 31), precision="day", value_km2=900.0, qualifier="about",
    ...     measure="controlled", party="UA",
    ... )
    >>> kursk = frontmap.open("geodata/kursk").about
    >>> whose_ground(kursk, [figure], {"UA"}), whose_ground(kursk, [figure], {"UA", "RU"})
    (('',), ('Ukraine',))
    """
    few = len(about.parties) <= _TWO
    return tuple(
        ""
        if few and (not figure.counts_ground_held or set(mapped) <= {figure.party})
        else party_name(about, figure.party)
        for figure in figures
    )

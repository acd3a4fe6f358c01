"""The tables beside an archive's revisions: the columns of each and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from frontmap.facts import columns as c
from frontmap.facts.reading import TableSchema, read_table, require_known
from frontmap.facts.vocabulary import (
    ClaimantKind,
    Event,
    Measure,
    Precision,
    Qualifier,
    ReviewVerdict,
    Side,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SOURCES = TableSchema(
    "sources.csv",
    (
        c.key("id"),
        c.text("publisher", required=True),
        c.url("url"),
        c.day_or_month("published"),
        c.day_or_month("read"),
    ),
    unique="id",
)
PLACES = TableSchema(
    "places.csv",
    (
        c.key("id"),
        c.text("name_en", required=True),
        c.text("name_uk"),
        c.text("name_ru"),
        c.text("raion"),
        c.number("lon", -180, 180),
        c.number("lat", -90, 90),
        c.number("accuracy_m", 0, 100_000),
        c.keys("source"),
    ),
    unique="id",
)
CLAIMANTS = TableSchema(
    "claimants.csv",
    (
        c.text("claimant", required=True),
        c.choice("side", get_args(Side)),
        c.choice("kind", get_args(ClaimantKind)),
        c.text("note"),
    ),
    unique="claimant",
)
SETTLEMENT_EVENTS = TableSchema(
    "settlement_events.csv",
    (
        c.key("place_id"),
        c.date("date"),
        c.choice("event", get_args(Event)),
        c.text("claimant"),
        c.text("publisher"),
        c.day_or_month("published"),
        c.keys("source"),
        c.flag("doubted"),
        c.flag("seen"),
        c.flag("repelled"),
        c.flag("passed"),
        c.flag("fought"),
        c.text("note"),
    ),
)
EVENTS = TableSchema(
    "events.csv",
    (
        c.date("date"),
        c.text("what", required=True),
        c.number("figure", 0, 10_000_000),
        c.text("unit", required=True),
        c.text("claimant"),
        c.keys("source"),
        c.number("lat", -90, 90, required=False),
        c.number("lon", -180, 180, required=False),
    ),
)
REPORTED = TableSchema(
    "reported.csv",
    (
        c.date("as_of"),
        c.choice("as_of_precision", get_args(Precision)),
        c.day_or_month("published"),
        c.number("value_km2", 0, 20_000_000),
        c.choice("qualifier", get_args(Qualifier)),
        c.choice("measure", get_args(Measure)),
        c.text("claimant"),
        c.keys("source"),
        c.text("note"),
    ),
)
REVIEWS = TableSchema(
    "reviews.csv",
    (
        c.date("date"),
        c.keys("source", required=True),
        c.text("says", required=True),
        c.choice("verdict", get_args(ReviewVerdict)),
        c.text("note"),
    ),
)
ACCEPTED = TableSchema(
    "accepted.csv",
    (
        c.date("date", required=False),
        c.text("rule", required=True),
        c.text("zone"),
        c.text("reason", required=True),
    ),
)


def read_sources(root: Path) -> pd.DataFrame:
    """Read ``sources.csv``: who published what, where and when, and when it was read.

    Columns ``id, publisher, url, published, read``; ``published`` and ``read`` are a day or a
    month, as text. Raises InputError.

    >>> from pathlib import Path
    >>> list(read_sources(Path("no-such-folder")).columns)
    ['id', 'publisher', 'url', 'published', 'read']
    """
    return read_table(root / "sources.csv", SOURCES)


def read_places(root: Path) -> pd.DataFrame:
    """Read ``places.csv``: settlements as points.

    Columns ``id, name_en, name_uk, name_ru, raion, lon, lat, accuracy_m, source`` (degrees,
    EPSG:4326; metres). Raises InputError.
    """
    return _with_sources(root, PLACES)


def read_claimants(root: Path) -> pd.DataFrame:
    """Read ``claimants.csv``: who makes claims, on whose side.

    Columns ``claimant, side`` (UA, RU, none), ``kind`` (military, authority, media, channel,
    monitor), ``note``. Raises InputError.
    """
    return read_table(root / "claimants.csv", CLAIMANTS)


def read_settlement_events(root: Path) -> pd.DataFrame:
    """Read ``settlement_events.csv``: what a source says happened at a settlement, and when.

    Columns ``place_id, date`` (datetime64[s]), ``event, claimant, publisher, published, source,
    doubted, seen, repelled, passed, fought, note``; ``event`` is one of
    :data:`~frontmap.facts.vocabulary.Event`, the five before the note are bool: what of the report
    bears on its weight (``docs/format.md``). Raises InputError, also for a place that is not in
    ``places.csv``.
    """
    frame = _with_sources(root, SETTLEMENT_EVENTS)
    known = set(read_places(root)["id"])
    require_known(root / "settlement_events.csv", frame, "place_id", known, "places.csv")
    return frame


def read_events(root: Path) -> pd.DataFrame:
    """Read ``events.csv``: reported figures other than area, each with its unit.

    Columns ``date`` (datetime64[s]), ``what, figure, unit, claimant, source, lat, lon``. Raises
    InputError.
    """
    return _with_sources(root, EVENTS)


def read_reported(root: Path) -> pd.DataFrame:
    """Read ``reported.csv``: reported areas in km², as ``value_km2``.

    Columns ``as_of`` (datetime64[s]), ``as_of_precision, published, value_km2, qualifier, measure,
    claimant, source, note``. Raises InputError.
    """
    return _with_sources(root, REPORTED)


def read_reviews(root: Path) -> pd.DataFrame:
    """Read ``reviews.csv``: what a source says about a date, and what the snapshot did about it.

    Columns ``date`` (datetime64[s]), ``source, says, verdict, note``. Raises InputError.
    """
    return _with_sources(root, REVIEWS)


def read_accepted(root: Path) -> pd.DataFrame:
    """Read ``accepted.csv``: findings that stand, each with its reason.

    Columns ``date`` (datetime64[s]), ``rule, zone, reason``; a blank date (NaT) or zone stands for
    a finding without one.
    Raises InputError.
    """
    return read_table(root / "accepted.csv", ACCEPTED)


def _with_sources(root: Path, table: TableSchema) -> pd.DataFrame:
    frame = read_table(root / table.name, table)
    require_known(root / table.name, frame, "source", set(read_sources(root)["id"]), "sources.csv")
    return frame

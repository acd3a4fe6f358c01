"""The tables beside an archive's revisions: the columns of each and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from frontmap.errors import InputError
from frontmap.facts import columns as c
from frontmap.facts.first_edition import older_events, older_figures
from frontmap.facts.reading import read_table, require_known
from frontmap.facts.schemas import TableSchema, header_text
from frontmap.facts.vocabulary import (
    ClaimantKind,
    Event,
    Measure,
    Precision,
    Qualifier,
    ReviewVerdict,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SOURCES = TableSchema(
    "sources.csv",
    (
        c.key("id", "Stable short name of the source"),
        c.text("publisher", "Outlet or maker", required=True),
        c.url("url", "Address as it was read; blank where none is known"),
        c.day_or_month(
            "published", "Day (YYYY-MM-DD) or month (YYYY-MM) of publication; blank where unknown"
        ),
        c.choice(
            "published_precision",
            "day: stated by the source or its address; about: inferred from what it reports",
            ("day", "about"),
            optional=True,
        ),
        c.day_or_month(
            "read",
            "Day or month in which a stored copy was read for this record; "
            "blank: taken over from an excerpt",
        ),
    ),
    unique="id",
    row="a page or data set that was read",
)
PLACES = TableSchema(
    "places.csv",
    (
        c.key("id", "Stable short name of the place"),
        c.text("name_en", "Name in English transliteration", required=True),
        c.text("name_uk", "Name in Ukrainian"),
        c.text("name_ru", "Name in Russian"),
        c.text("raion", "Raion (district) before the war"),
        c.text("raion_uk", "The raion's name in Ukrainian", optional=True),
        c.text("raion_ru", "The raion's name in Russian", optional=True),
        c.text("kind", "Kind of settlement", optional=True),
        c.number("lon", "Longitude, degrees, WGS 84", -180, 180),
        c.number("lat", "Latitude, degrees, WGS 84", -90, 90),
        c.number("accuracy_m", "Position error in metres", 0, 100_000),
        c.keys("source", "Source of the point", refers="sources.csv"),
        c.text("second_source", "What a second source says of the point", optional=True),
        c.text("note", "What is doubtful, and why a loss is not recorded", optional=True),
    ),
    unique="id",
    row="a settlement, as a point",
)
CLAIMANTS = TableSchema(
    "claimants.csv",
    (
        c.text("claimant", "Name as in the tables of statements", required=True),
        c.party("side", "Whose side the claimant is on; none: neither's", required=True),
        c.choice("kind", "What the claimant is", get_args(ClaimantKind)),
        c.text("claimant_en", "Name in English, where it is another", optional=True),
        c.text("claimant_uk", "Name in Ukrainian, where it is another", optional=True),
        c.text("claimant_ru", "Name in Russian, where it is another", optional=True),
        c.text("note", "Who that is, in our words"),
    ),
    unique="claimant",
    row="somebody who makes statements",
)
_OF_SETTLEMENTS = (
    c.key("place_id", "Place", refers="places.csv"),
    c.date("date", "Valid day in local time"),
    c.choice(
        "date_precision",
        "day, about (inferred, a few days) or month",
        ("day", "about", "month"),
        optional=True,
    ),
    c.choice("event", "What happened, in a word that the README explains", get_args(Event)),
    c.parties(
        "party",
        "Whose event it is, by archive.json: of contested all that fight, of stays who holds it",
    ),
    c.text("claimant", "Who says so first"),
    c.text("publisher", "Who published it"),
    c.day_or_month("published", "Day or month of publication"),
    c.keys("source", "Source", refers="sources.csv"),
    c.flag("doubted", "yes: its own source doubts it, or puts it only near the place"),
    c.flag("seen", "yes: rests on geolocated footage or satellite images"),
    c.flag(
        "repelled",
        "yes: tells of an attack that was repelled or stopped, or only went towards the place",
    ),
    c.flag("passed", "yes: says that troops went past the place"),
    c.flag("fought", "yes: tells of an attack, an attempt or a raid"),
    c.text("note", "In our words, for people: no program reads it"),
)
SETTLEMENT_EVENTS = TableSchema(
    "settlement_events.csv",
    _OF_SETTLEMENTS,
    older=older_events(_OF_SETTLEMENTS),
    row="what one source says happened at one place on one day",
)
EVENTS = TableSchema(
    "events.csv",
    (
        c.date("date", "Day"),
        c.text("what", "What is counted", required=True),
        c.number("figure", "The figure", 0, 10_000_000),
        c.text("unit", "Its unit", required=True),
        c.text("claimant", "Who gives it"),
        c.keys("source", "Source", refers="sources.csv"),
        c.number("lat", "Latitude, degrees", -90, 90, required=False),
        c.number("lon", "Longitude, degrees", -180, 180, required=False),
    ),
    row="another reported figure, with its unit",
)
_OF_AREA = (
    c.date(
        "as_of",
        "Day to which the figure refers; a placeholder where as_of_precision is undated",
    ),
    c.choice("as_of_precision", "How exactly that day is known", get_args(Precision)),
    c.day_or_month("published", "Day or month of publication"),
    c.number("value_km2", "Area in km²", 0, 20_000_000),
    c.choice("qualifier", "How exactly the figure is stated", get_args(Qualifier)),
    c.choice("measure", "What it counts", get_args(Measure)),
    c.party(
        "party",
        "Whose ground it counts, by archive.json, or who retook it; blank: not said, or nobody's",
    ),
    c.text("claimant", "Who gives the figure"),
    c.keys("source", "Source", refers="sources.csv"),
    c.text("note", "What else is said of it, in our words"),
)
REPORTED = TableSchema(
    "reported.csv",
    _OF_AREA,
    older=older_figures(_OF_AREA),
    row="an area in km² that somebody published",
)
REVIEWS = TableSchema(
    "reviews.csv",
    (
        c.date("date", "Valid date of the snapshot"),
        c.keys("source", "Source", refers="sources.csv", required=True),
        c.text("says", "What it says of that week, in our words", required=True),
        c.choice("verdict", "What the snapshot did about it", get_args(ReviewVerdict)),
        c.text("note", "Why"),
    ),
    row="what a source of a date's week says",
)
ACCEPTED = TableSchema(
    "accepted.csv",
    (
        c.date("date", "Valid date; blank where a finding has none", required=False),
        c.text("rule", "Rule", required=True),
        c.text("zone", "Zone; blank where a finding has none"),
        c.text("reason", "Why it stands", required=True),
    ),
    row="a finding that is right as it is",
)
TABLES = {
    table.name: table
    for table in (
        SOURCES,
        PLACES,
        CLAIMANTS,
        SETTLEMENT_EVENTS,
        EVENTS,
        REPORTED,
        REVIEWS,
        ACCEPTED,
    )
}


def empty_tables() -> dict[str, bytes]:
    r"""Give each table by its file's name, without rows: its header, with every column it may have.

    >>> empty_tables()["accepted.csv"]
    b'date,rule,zone,reason\n'
    """
    return {name: header_text(table) for name, table in TABLES.items()}


def read_sources(root: Path) -> pd.DataFrame:
    """Read ``sources.csv``: who published what, where and when, and when it was read.

    Columns ``id, publisher, url, published, read``; ``published`` and ``read`` are a day or a
    month, as text. Raises InputError.

    >>> from pathlib import Path
    >>> list(read_sources(Path("no-such-folder")).columns)
    ['id', 'publisher', 'url', 'published', 'read']
    """
    return _read(root, SOURCES)


def read_places(root: Path) -> pd.DataFrame:
    """Read ``places.csv``: settlements as points.

    Columns ``id, name_en, name_uk, name_ru, raion, lon, lat, accuracy_m, source`` (degrees,
    EPSG:4326; metres). Raises InputError.

    >>> from pathlib import Path
    >>> places = read_places(Path("geodata/kursk")).set_index("id")
    >>> [str(places.loc["sudzha", name]) for name in ("name_uk", "lon", "lat", "accuracy_m")]
    ['Суджа', '35.27194', '51.19194', '500.0']
    """
    return _read(root, PLACES)


def read_claimants(root: Path) -> pd.DataFrame:
    """Read ``claimants.csv``: who makes claims, on whose side.

    Columns ``claimant, side`` (the id of a party, or none), ``kind`` (military, authority, media,
    channel, monitor), ``note``. Raises InputError.

    >>> from pathlib import Path
    >>> claimants = read_claimants(Path("geodata/kursk")).set_index("claimant")
    >>> claimants.loc["Russian MoD", ["side", "kind"]].tolist()
    ['RU', 'military']
    """
    return _read(root, CLAIMANTS)


def read_settlement_events(root: Path) -> pd.DataFrame:
    """Read ``settlement_events.csv``: what a source says happened at a settlement, and when.

    Columns ``place_id, date`` (datetime64[us]), ``event, party, claimant, publisher, published,
    source, doubted, seen, repelled, passed, fought, note``; ``event`` is one of
    :data:`~frontmap.facts.vocabulary.Event`, ``party`` the id of the party that it is about (of
    ``contested`` two or more, with spaces between), the five before the note are bool: what of the
    report bears on its weight (``docs/format.md``). Raises InputError, also for a place that is not
    in ``places.csv``.

    >>> from pathlib import Path
    >>> events = read_settlement_events(Path("geodata/kursk"))
    >>> events[["doubted", "seen", "repelled", "passed", "fought"]].sum().tolist()
    [160, 50, 128, 4, 162]
    """
    frame = _read(root, SETTLEMENT_EVENTS)
    _require_their_parties(root / SETTLEMENT_EVENTS.name, frame)
    return frame


def read_events(root: Path) -> pd.DataFrame:
    """Read ``events.csv``: reported figures other than area, each with its unit.

    Columns ``date`` (datetime64[us]), ``what, figure, unit, claimant, source, lat, lon``. Raises
    InputError.

    >>> from pathlib import Path
    >>> events = read_events(Path("geodata/kursk"))
    >>> str(events["date"].min().date()), str(events["figure"].dtype)
    ('2024-08-12', 'float64')
    """
    return _read(root, EVENTS)


def read_reported(root: Path) -> pd.DataFrame:
    """Read ``reported.csv``: reported areas in km², as ``value_km2``.

    Columns ``as_of`` (datetime64[us]), ``as_of_precision, published, value_km2, qualifier, measure,
    party, claimant, source, note``; ``party`` is blank where a figure names none. Raises
    InputError.

    >>> from pathlib import Path
    >>> reported = read_reported(Path("geodata/kursk"))
    >>> figure = reported[reported["value_km2"] == 1243].iloc[0]
    >>> figure["qualifier"], figure["as_of_precision"]
    ('about', 'month')
    """
    return _read(root, REPORTED)


def read_reviews(root: Path) -> pd.DataFrame:
    """Read ``reviews.csv``: what a source says about a date, and what the snapshot did about it.

    Columns ``date`` (datetime64[us]), ``source, says, verdict, note``. Raises InputError.

    >>> from pathlib import Path
    >>> sorted(set(read_reviews(Path("geodata/kursk"))["verdict"]))
    ['agrees', 'changed', 'left']
    """
    return _read(root, REVIEWS)


def read_accepted(root: Path) -> pd.DataFrame:
    """Read ``accepted.csv``: findings that stand, each with its reason.

    Columns ``date`` (datetime64[us]), ``rule, zone, reason``; a blank date (NaT) or zone stands for
    a finding without one. Raises InputError.

    >>> from pathlib import Path
    >>> read_accepted(Path("geodata/kursk"))["rule"].unique().tolist()
    ['settlement', 'jump', 'gap']
    """
    return _read(root, ACCEPTED)


def _read(root: Path, table: TableSchema) -> pd.DataFrame:
    """Read a table, each id in it being in the table that its column refers to."""
    frame = read_table(root / table.name, table)
    for column in table.columns:
        if column.refers:
            known = set(read_table(root / column.refers, TABLES[column.refers])["id"])
            require_known(root / table.name, frame, column.name, known, column.refers)
    return frame


def _require_their_parties(path: Path, events: pd.DataFrame) -> None:
    """Check that a fight names all that fight, any other event the one party that it is about."""
    rows = events[["event", "party"]].to_dict("index")
    for line, row in rows.items():
        event, party = row["event"], row["party"]
        if (event == "contested") == (" " in party):
            continue
        if event == "contested":
            remedy = "names one party; contested needs all that fight for it, a space between"
        else:
            remedy = f"names several parties; {event} is of one"
        raise InputError(f"{path}, line {line}, column party: {party!r} {remedy}")

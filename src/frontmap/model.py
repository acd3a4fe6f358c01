"""The frozen values that everything else passes around: zones, snapshots, revisions, findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from frontmap.dates import instant_text
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from geopandas import GeoDataFrame
    from shapely import MultiPolygon, Polygon

Status = Literal["controlled", "contested", "claimed"]
Confidence = Literal["high", "medium", "low"]
Fill = Literal["none", "previous"]  # how a date without its own snapshot is answered
AreaFill = Literal["none", "previous", "between"]  # between: by the two ends of its area
FigureFill = Literal["none", "between"]  # whether a figure's day has such ends
Per = Literal["date", "snapshot"]  # the last snapshot of each day, or every one
By = Literal["party", "status"]  # what a row of a table of areas stands for
LineBy = Literal["party", "neighbour"]  # what a row of a table of lines of contact stands for
AreaBy = Literal["party", "status", "unit"]  # unit: a part of the ground, by the reference
Errors = Literal["estimate", "none"]  # whether a table of areas works out its errors
Edges = Literal["straight", "compare"]  # compare: with what geodesic edges would change
Basis = Literal["controlled", "held"]  # held: controlled and contested together
Kind = Literal["snapshot", "correction", "withdrawal", "resolution"]
Scalar = str | int | float | bool

FILLS: tuple[Fill, ...] = get_args(Fill)
STATUSES: tuple[Status, ...] = get_args(Status)
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
KINDS: tuple[Kind, ...] = get_args(Kind)

#: So far a state border may be off, and zones drawn along it from it; a coarser one is only drawn.
BORDER_TOLERANCE_M = 100.0

#: What is written; ``READ_VERSIONS`` can be read.
FORMAT_VERSION = 2
READ_VERSIONS = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Zone:
    """One feature of a snapshot: ground with one status, held by one party, with its own sources.

    ``geometry`` is in longitude/latitude degrees (EPSG:4326, RFC 7946 edges); ``accuracy_m`` is
    the position error of its line in metres; ``sources`` are ids of ``sources.csv``; ``extra``
    holds further properties as the maker gave them, each a text, a number, true or false.

    >>> from shapely import box
    >>> Zone(id="sudzha", party="UA", status="controlled", geometry=box(35, 51, 35.3, 51.3),
    ...      sources=("isw",), confidence="medium", accuracy_m=1500)
    <Zone 'sudzha': 'UA' 'controlled', medium confidence, within 1500 m>
    """

    id: str
    party: str
    status: Status
    geometry: Polygon | MultiPolygon
    sources: tuple[str, ...]
    confidence: Confidence
    accuracy_m: float
    note: str = ""
    extra: Mapping[str, Scalar] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        return (
            f"<Zone {self.id!r}: {self.party!r} {self.status!r}, {self.confidence} confidence, "
            f"within {self.accuracy_m:g} m>"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFrom:
    """The file of another maker that a revision was imported from, and how it became zones.

    ``file`` is its name, ``sha256`` that of its bytes in hexadecimal; ``profile`` names the rules
    that turned it into zones (blank in format 1), ``version`` says which form of them.
    """

    file: str
    sha256: str
    profile: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Revision:
    """What the archive says about one day, as recorded at one instant: a snapshot's header.

    Three clocks: ``date`` is when it was true (the end of that day in the archive's time zone),
    ``published`` is when the maker said it (UTC, where the maker gave an instant), ``recorded`` is
    when this archive learned it (UTC, whole seconds). ``digest`` is the SHA-256 of the canonical
    text without its digest line; ``supersedes`` holds the digests that this revision replaces;
    ``imported_from`` is the file of another maker that its zones were made from, if any.
    """

    date: dt.date
    recorded: dt.datetime
    kind: Kind
    maker: str
    author: str
    license: str
    reason: str
    sources: tuple[str, ...] = ()
    supersedes: frozenset[str] = frozenset()
    published: dt.datetime | None = None
    imported_from: ImportedFrom | None = None
    digest: str = ""
    version: int = FORMAT_VERSION

    def __repr__(self) -> str:
        recorded = instant_text(self.recorded)
        return (
            f"<Revision {self.date}: {self.kind} {self.digest[:12]} by {self.author!r}, "
            f"recorded {recorded}>"
        )


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot:
    """The situation on one valid date: a revision and its zones, sorted by id.

    No zones and kind ``snapshot`` means that no ground was held.

    >>> import frontmap
    >>> frontmap.open("geodata/kursk").as_of("2024-08-31")
    <Snapshot 2024-08-31: 12 zones by 'frontmap', digest 7085c848de23>
    """

    revision: Revision
    zones: tuple[Zone, ...]

    @property
    def date(self) -> dt.date:
        """The valid date: the situation at the end of this day.

        >>> import frontmap
        >>> snapshot = frontmap.open("geodata/kursk")["2024-08-31"]
        >>> snapshot.date
        datetime.date(2024, 8, 31)
        """
        return self.revision.date

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal.

        >>> import frontmap
        >>> snapshot = frontmap.open("geodata/kursk")["2024-08-31"]
        >>> snapshot.digest[:12]
        '7085c848de23'
        """
        return self.revision.digest

    def to_geodataframe(self) -> GeoDataFrame:
        """Return the zones as a table, one row each: see :func:`zone_table`.

        >>> import frontmap
        >>> zones = frontmap.open("geodata/kursk")["2024-08-31"].to_geodataframe()
        >>> zones.groupby(["date", "status"]).size()
        date        status
        2024-08-31  contested     7
                    controlled    5
        dtype: int64
        >>> zones.crs.to_string(), zones.attrs["maker"], zones.attrs["license"]
        ('EPSG:4326', 'frontmap', 'ODbL-1.0')
        """
        revision = self.revision
        return zone_table(
            [self], maker=revision.maker, license=revision.license, digest=revision.digest
        )

    def __repr__(self) -> str:
        zones = counted(len(self.zones), "zone")
        return (
            f"<Snapshot {self.date}: {zones} by {self.revision.maker!r}, digest {self.digest[:12]}>"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Theatre:
    """The region that an archive is about.

    ``name`` is what people call it; ``bbox`` is west, south, east, north in degrees; a
    valid date ends at midnight in ``time_zone`` (an IANA name).
    """

    name: str
    bbox: tuple[float, float, float, float]
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who may hold ground: ``names`` by language, a ``short_name``, a ``colour`` of its own.

    The colour, as ``#rrggbb``, is given once and stays.
    """

    names: Mapping[str, str] = field(hash=False)
    short_name: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class About:
    """What ``archive.json`` says: whose assessment, of what region, of which parties.

    ``parties`` maps each party's id to it, in order of first appearance. ``language`` is that of
    the title and of the archive's other texts (reasons, notes); ``titles`` holds the title in
    others. ``attribution`` is how the maker wants to be credited (blank: by its name).
    ``covered_file`` names the file beside ``archive.json`` with the ground that this maker maps at
    all, ``covered`` is that ground (EPSG:4326); without one it is the theatre.
    """

    title: str
    maker: str
    license: str
    theatre: Theatre
    parties: Mapping[str, Party] = field(hash=False)
    language: str = "en"
    titles: Mapping[str, str] = field(default_factory=dict, hash=False)
    attribution: str = ""
    covered_file: str = ""
    covered: Polygon | MultiPolygon | None = None
    version: int = FORMAT_VERSION

    def __repr__(self) -> str:
        return f"<About {self.title!r} by {self.maker!r}, {self.license}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule has to say about a file, a date or a zone; never an exception.

    ``severity`` ``error`` refuses an input; ``warning`` is to be mended or accepted with a reason.
    ``path`` and ``line`` are of the file, ``date`` is the valid date, ``zone`` the id of a zone or
    settlement, ``beside`` that of another zone that it is as much about. The message leaves its
    place to these fields, unless ``names_place``: the text of an error names it already. ``size``,
    in the rule's own unit, says which of its findings is worst.
    """

    rule: str
    message: str
    severity: Literal["error", "warning"] = "error"
    path: Path | None = None
    line: int | None = None
    date: dt.date | None = None
    zone: str | None = None
    beside: str | None = None
    names_place: bool = False
    size: float = 0.0

    @property
    def located(self) -> str:
        """The message after its place, as it is printed: a file and line, else a date.

        >>> from pathlib import Path
        >>> Finding(rule="id", message="twice", path=Path("a.csv"), line=2).located
        'a.csv, line 2: twice'
        """
        if self.names_place:
            return self.message
        file = None if self.path is None else f"{self.path}"
        place = file if self.line is None else f"{file}, line {self.line}"
        return ": ".join(f"{part}" for part in (place or self.date, self.message) if part)


def zone_table(snapshots: Iterable[Snapshot], **provenance: str) -> GeoDataFrame:
    """Return the zones of snapshots as a GeoDataFrame (EPSG:4326), one row each.

    Columns: ``date`` (datetime64), ``published`` (UTC; only where a maker gave instants), ``id,
    party, status, confidence, accuracy_m, sources`` (ids separated by spaces), ``note``, one for
    each further property of the maker (``extra_NAME`` where the name is taken), ``geometry``.
    ``attrs`` holds ``provenance`` (``maker, license, digest``), and ``recorded``: the latest.

    >>> empty = zone_table([], maker="us", license="CC0-1.0", digest="")
    >>> len(empty), str(empty["date"].dtype), empty.attrs["recorded"]
    (0, 'datetime64[us]', None)
    """
    import geopandas as gpd  # noqa: PLC0415  heavy, and few who import frontmap need it
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    rows = [(snapshot.revision, zone) for snapshot in snapshots for zone in snapshot.zones]
    zones = [zone for _, zone in rows]
    columns: dict[str, object] = {"date": np.array([r.date for r, _ in rows], "datetime64[us]")}
    if any(revision.published is not None for revision, _ in rows):
        columns["published"] = pd.Series(
            [r.published for r, _ in rows], dtype="datetime64[us, UTC]"
        )
    for name in ("id", "party", "status", "confidence"):
        columns[name] = [getattr(zone, name) for zone in zones]
    columns["accuracy_m"] = np.array([zone.accuracy_m for zone in zones], np.float64)
    columns["sources"] = [" ".join(zone.sources) for zone in zones]
    columns["note"] = [zone.note for zone in zones]
    for name in sorted({name for zone in zones for name in zone.extra}):
        taken = name in columns or name == "geometry"
        columns[f"extra_{name}" if taken else name] = [zone.extra.get(name) for zone in zones]
    table = gpd.GeoDataFrame(columns, geometry=[zone.geometry for zone in zones], crs="EPSG:4326")
    latest = max((revision.recorded for revision, _ in rows), default=None)
    recorded = None if latest is None else instant_text(latest)
    table.attrs.update(provenance, recorded=recorded)
    return table

"""What a page carries: the payload and the rows of its tables, each field by its name.

``page/modules/payload.js`` mirrors these types for the script; a test holds the two against each
other. Areas are in km², coordinates in degrees (EPSG:4326), dates texts such as ``2024-08-31``,
instants texts in UTC; ``snapshot``, ``since`` and ``maker_changes`` are indexes of snapshots, from
0; ``sources`` and ``claimant`` are numbers of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, TypedDict, TypeVar

if TYPE_CHECKING:
    from frontmap.verdicts import Reason, Verdict

Row = TypeVar("Row")


class Columns(dict[str, Any], Generic[Row]):
    """A table as its columns by name; ``Row`` is what a row of it holds.

    ``names`` and ``texts``, which rows have by language, are a column for each language.
    """


#: A name by language, English always and others where there is one; or blank.
Names = dict[str, str]


class AreaRow(TypedDict):
    """One party's ground in one snapshot: middle values, a standard error, the worst case."""

    controlled_km2: float
    contested_km2: float
    claimed_km2: float
    error_km2: float
    bound_km2: float


class ZoneAttributesRow(TypedDict):
    """What zones have in common."""

    party: str
    status: str
    confidence: str
    accuracy_m: float
    sources: list[int]
    note: str


class LineRow(TypedDict):
    """A line of the reference, of its kind: the number of the ring that it is.

    A state border that is disputed is of kind ``disputed``; outlines of a ``country`` are coarse.
    """

    kind: str
    ring: int


class SharedRow(TypedDict):
    """Ground that these parties (with spaces between) hold at once, which counts as contested.

    Its shape's number, and the snapshots of its span: from ``begin`` up to, but not with, ``end``.
    """

    parties: str
    shape: int
    begin: int
    end: int


class RegionRow(TypedDict):
    """A unit or country of the reference: its name, and where that may stand, the best first.

    Of each of its ``spots``: longitude, latitude, and the degrees about it that are its own.
    """

    spots: list[float]
    names: Names
    kind: str


class RevisionRow(TypedDict):
    """A revision of a snapshot; its reason in pieces, a number for each source that it names."""

    snapshot: int
    digest: str
    recorded: str
    kind: str
    reason: list[str | int]
    sources: list[int]


class ClaimantRow(TypedDict):
    """Who said something, as the tables give it, and by language; blank where there is no name."""

    given: str
    names: Names


class PlaceRow(TypedDict):
    """A place of the reference, or a settlement of which something is reported.

    In the theatre the former is of kind ``town``, beyond it ``city``; ``population`` is 0 where it
    is not stated.

    Its status is ``statuses[i]`` (held, contested, claimed, or blank: not held) from the snapshot
    ``since[i]`` on; it starts as not held. So many ``events`` of ``settlement_events``, which come
    in order of the places, are its own. ``raion`` and ``sort`` tell it from its namesakes.
    """

    lon: float
    lat: float
    names: Names
    kind: str
    population: int
    since: list[int]
    statuses: list[str]
    events: int
    raion: Names | None
    sort: str | None


class SettlementEventRow(TypedDict):
    """What was reported of a place: what, by whom, from where.

    ``days`` are since the event before it of that place, of its first since the first snapshot.
    """

    days: int
    event: int
    claimant: int
    sources: list[int]


class SourceRow(TypedDict):
    """A source, its address without ``https:``; all blank where nothing on the page cites it."""

    publisher: str
    url: str
    published: str


class FigureRow(TypedDict):
    """A reported figure and the judgement on it, as :class:`frontmap.verdicts.Judgement` has it.

    It was set against so many ``snapshots``, the first and last by date; ``age_days`` where that
    is one. ``from_date`` is the date whose controlled area the difference is from. ``day_…`` is
    the reading as of the one day under which a figure of a month is filed.
    """

    party: str
    date: str
    precision: str
    value_km2: float | None
    qualifier: str
    measure: str
    claimant: int
    sources: list[int]
    note: str
    verdict: Verdict
    basis: Literal["day", "month", "peak"] | None
    reason: Reason
    nearest: str | None
    snapshots: int
    first_snapshot: str | None
    last_snapshot: str | None
    age_days: int | None
    low_km2: float | None
    high_km2: float | None
    error_km2: float | None
    difference_km2: float | None
    within_error: bool | None
    within_bound: bool | None
    bound_km2: float | None
    from_date: str | None
    day_verdict: Verdict | None
    day_low_km2: float | None
    day_high_km2: float | None
    day_error_km2: float | None


class EventRow(TypedDict):
    """Another number that was reported for a day."""

    date: str
    what: str
    figure: float | None
    unit: str
    claimant: int
    sources: list[int]


class TextRow(TypedDict):
    """One text of the interface by language, English always; null where a language has none.

    One with a number has a form for each plural.
    """

    name: str
    texts: dict[str, str | dict[str, str] | None]


class MapColours(TypedDict):
    """The map's colours, light or dark, but for those of parties."""

    ground: str
    ink: str
    soft: str
    halo: str
    border: str
    water: str
    road: str
    sea: str
    contested: str
    gained: str
    lost: str


class Palette(MapColours):
    """The map's colours, light or dark; ``several`` of the parties have ground."""

    parties: dict[str, str]
    several: bool


class PlaceParts(TypedDict):
    """The parts of a payload that hold settlements."""

    places: Columns[PlaceRow]
    settlement_events: Columns[SettlementEventRow]
    event_kinds: list[list[str]]


class ZoneParts(TypedDict):
    """The parts of a payload that hold zones and lines, packed.

    ``lines_m`` is how far off the least exact of the lines on the map are; 0 where none is stated.
    """

    geo: bytes
    vertices: bytes
    zones: bytes
    attributes: Columns[ZoneAttributesRow]
    zone_ids: list[str]
    shared: Columns[SharedRow]
    lines: Columns[LineRow]
    lines_m: float


class ChangeParts(TypedDict):
    """The parts of a payload that hold what was gained and lost."""

    any_pair: bool
    maker_changes: list[int]
    changed_ground: bytes


class DateParts(TypedDict):
    """The parts of a payload that hold the snapshots' dates; ``proposed`` is no recorded one."""

    first: str
    steps: list[int]
    minutes: list[int] | None
    proposed: int | None


class MakerBeside(TypedDict):
    """Another maker's line of held ground.

    ``of_date`` has for each snapshot of the page the place in ``dates`` of the maker's own, -1
    where it has none yet; ``lines`` has for each party and each of ``dates`` the numbers of rings.
    """

    maker: str
    of_date: list[int]
    dates: list[str]
    lines: dict[str, list[list[int]]]


class BesideParts(TypedDict, total=False):
    """What a page carries that draws other makers' lines, and no other."""

    beside: list[MakerBeside]


class Payload(PlaceParts, ZoneParts, ChangeParts, DateParts, BesideParts):
    """Everything that a page carries; ``docs/page.md`` says how the packed parts are read.

    ``opening`` is the address that is shown where a reader names none.
    """

    form: int
    app: str
    areas: dict[str, Columns[AreaRow]]
    slug: str
    title: str
    titles: dict[str, str]
    language: str
    maker: str
    license: str
    withheld: bool
    credits: list[str]
    parties: dict[str, Names]
    stands_for: dict[str, dict[str, str]]
    view: list[float]
    digest: str
    known: str
    regions: Columns[RegionRow]
    opening: str
    recorded: str
    revisions: Columns[RevisionRow]
    claimants: Columns[ClaimantRow]
    sources: Columns[SourceRow]
    reported: Columns[FigureRow]
    days_around: dict[str, int]
    events: Columns[EventRow]
    palette: dict[str, Palette]
    words: Columns[TextRow]
    style: bytes
    script: bytes


class LeafletParts(TypedDict):
    """What the whole page brings along, and a layer on somebody's map doesn't."""

    leaflet: bytes
    leaflet_style: bytes


class WholePayload(Payload, LeafletParts):
    """The payload of a page of its own."""

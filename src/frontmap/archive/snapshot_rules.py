"""The rules that one snapshot must meet; each yields findings and none stops at the first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.archive.covered import outside_km2
from frontmap.archive.overlapping import OVERLAP_KM2, SharedGround
from frontmap.archive.pair_rules import check_pairs
from frontmap.archive.value_rules import header_flaws, zone_flaws
from frontmap.errors import InputError
from frontmap.geometry.crossings import flaw_of
from frontmap.geometry.exact_area import unmeasurable
from frontmap.geometry.polygons import content_key
from frontmap.model import CONFIDENCES, STATUSES, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from shapely import MultiPolygon, Polygon

    from frontmap.archive.pair_rules import Overlaps
    from frontmap.model import About, Revision, Snapshot, Zone

#: Rules that a snapshot meets by itself, whatever ``archive.json`` says.
OF_A_FILE = frozenset(
    {"reason", "text", "id", "status", "confidence", "accuracy", "sources", "geometry", "value"}
)
LONGEST_TEXT, LONGEST_ID = 10_000, 200
HALF_TURN = 180.0
#: A line is no finer than its grid of 0.1 m, and one that may be off by more says nothing.
SMALLEST_ACCURACY_M, LARGEST_ACCURACY_M = 0.001, 100_000
_ID = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,198}[^\s\x00-\x1f\x7f])?")


class Breach(NamedTuple):
    """What a header or a zone says against a rule."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckedZones:
    """What was found of ground, by its content: most of it stays from one snapshot to the next."""

    flaws: dict[bytes, str] = field(default_factory=dict)
    shared: SharedGround = field(default_factory=SharedGround)

    def flaw(self, geometry: Polygon | MultiPolygon) -> str:
        """Return why a geometry with finite coordinates is invalid; nothing where it is valid.

        >>> from shapely import Polygon
        >>> CheckedZones().flaw(Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))
        'Self-intersection[0.5 0.5]'
        """
        key = content_key(geometry)
        if key not in self.flaws:
            self.flaws[key] = flaw_of(geometry)
        return self.flaws[key]


def check_snapshot(
    snapshot: Snapshot,
    about: About,
    *,
    overlaps: Overlaps = "refuse",
    checked: CheckedZones | None = None,
    before: tuple[Zone, ...] = (),
) -> Iterator[Finding]:
    """Yield what is wrong with a snapshot; an ``error`` refuses it.

    - ``overlaps``: of controlled and contested ground by more than 1 ha are errors (``"refuse"``),
      or warnings (``"keep"``, for imports of other makers' maps); so is border between them that
      does not match (:mod:`frontmap.geometry.coverage`), which revisions of version 1 may have.
    - ``checked``: what was found in other snapshots of the series, and is added to.
    - ``before``: the zones that the snapshot corrects. What overlapped or did not match already
      is no error.

    >>> import frontmap
    >>> from dataclasses import replace
    >>> kursk = frontmap.open("geodata/kursk")
    >>> snapshot = kursk["2024-08-31"]
    >>> wrong = replace(snapshot, zones=(replace(snapshot.zones[0], party="XX"),))
    >>> [finding.rule for finding in check_snapshot(wrong, kursk.about)]
    ['party']
    """
    checked = CheckedZones() if checked is None else checked
    sound = True
    for finding in check_each(snapshot, about, checked):
        sound = sound and finding.rule != "geometry"
        yield finding
    if sound:
        yield from check_pairs(snapshot, overlaps, checked.shared, before)


def require_sound(  # noqa: PLR0913  each is an option of its own
    snapshot: Snapshot,
    about: About,
    *,
    overlaps: Overlaps = "refuse",
    checked: CheckedZones | None = None,
    before: tuple[Zone, ...] = (),
    places: Mapping[str, str] | None = None,
) -> None:
    """Raise ``InputError`` with the first error, and the number of the others.

    ``overlaps``, ``checked`` and ``before`` as for :func:`check_snapshot`; ``places`` as for
    :func:`placed`.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> require_sound(kursk["2024-08-31"], kursk.about)  # or raises
    """
    keep = overlaps == "keep"  # then they are no errors
    checked = CheckedZones() if checked is None else checked
    found = (
        check_each(snapshot, about, checked)
        if keep
        else check_snapshot(snapshot, about, overlaps=overlaps, checked=checked, before=before)
    )
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise InputError(placed(errors[0], places or {}).located + more)


def placed(finding: Finding, places: Mapping[str, str]) -> Finding:
    """Say of the zones that a finding is about which features of a file they are, by their ids.

    >>> found = Finding(rule="id", message="zone 'zone-001': no source", zone="zone-001")
    >>> placed(found, {"zone-001": "feature 3"}).message
    "zone 'zone-001': no source ('zone-001' is feature 3)"
    """
    named = (name for name in (finding.zone, finding.beside) if name is not None)
    short = (name for name in named if name in places and len(name) <= LONGEST_ID)
    said = ", ".join(f"{name!r} is {places[name]}" for name in short)
    if not said:
        return finding
    return replace(finding, message=f"{finding.message} ({said})")


def check_each(snapshot: Snapshot, about: About, checked: CheckedZones) -> Iterator[Finding]:
    """Yield what is wrong with the header, the ids and each zone by itself.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> list(check_each(kursk["2024-08-31"], kursk.about, CheckedZones()))
    []
    """
    flaws = list(_values(snapshot))
    if flaws:  # the other rules take each value for what it must be
        yield from flaws
        return
    yield from (_error(snapshot, breach) for breach in header_breaches(snapshot.revision))
    ids = sorted(zone.id for zone in snapshot.zones)
    for name in sorted({one for one, other in pairwise(ids) if one == other}):
        yield _error(snapshot, Breach("id", "the id occurs twice; give each zone its own"), name)
    for zone in snapshot.zones:
        for breach in (*zone_breaches(zone, checked), *_archive_breaches(zone, about, checked)):
            yield _error(snapshot, breach, zone.id)


def _values(snapshot: Snapshot) -> Iterator[Finding]:
    for flaw in header_flaws(snapshot.revision):
        yield _error(snapshot, Breach("value", flaw))
    for zone in snapshot.zones:
        for flaw in zone_flaws(zone, snapshot.revision.version):
            yield _error(snapshot, Breach("value", flaw), f"{zone.id}")


def header_breaches(revision: Revision) -> Iterator[Breach]:
    """Yield what no header may say, whatever the archive.

    >>> import frontmap
    >>> from dataclasses import replace
    >>> revision = frontmap.open("geodata/kursk")["2024-08-31"].revision
    >>> [breach.rule for breach in header_breaches(replace(revision, reason=" "))]
    ['reason']
    """
    if not revision.reason.strip():
        yield Breach("reason", "a reason is needed: say in a sentence why")
    for text in (revision.reason, revision.author, revision.maker, revision.license):
        if len(text) > LONGEST_TEXT:
            yield Breach("text", f"a text of {len(text)} letters; {LONGEST_TEXT} at most")
    yield from _source_breaches(revision.sources)


def zone_breaches(zone: Zone, checked: CheckedZones | None = None) -> Iterator[Breach]:
    """Yield what no zone may be, whatever the archive and the other zones.

    ``checked``: what was found of other zones, and is added to.

    >>> import frontmap
    >>> from dataclasses import replace
    >>> zone = frontmap.open("geodata/kursk")["2024-08-31"].zones[0]
    >>> [breach.rule for breach in zone_breaches(replace(zone, accuracy_m=1e308, id=""))]
    ['id', 'accuracy']
    """
    if not _ID.fullmatch(zone.id):
        yield Breach("id", "an id is 1 to 200 letters without control characters or outer spaces")
    if zone.status not in STATUSES:
        words = ", ".join(STATUSES)
        remedy = _rule_for("status", zone.status)
        yield Breach("status", f"status {zone.status!r} is not one of {words}; {remedy}")
    if zone.confidence not in CONFIDENCES:
        words = ", ".join(CONFIDENCES)
        yield Breach("confidence", f"confidence {zone.confidence!r} is not one of {words}")
    if not SMALLEST_ACCURACY_M <= zone.accuracy_m <= LARGEST_ACCURACY_M:  # NaN is neither
        yield Breach(
            "accuracy",
            f"accuracy_m is {zone.accuracy_m}; give metres above 0: "
            f"{SMALLEST_ACCURACY_M} to {LARGEST_ACCURACY_M:,}",
        )
    if not zone.sources:
        yield Breach("sources", "no source; name ids of sources.csv (or --source ID)")
    yield from _source_breaches(zone.sources)
    if len(zone.note) > LONGEST_TEXT:
        yield Breach("text", f"a note of {len(zone.note)} letters; {LONGEST_TEXT} at most")
    yield from _ground_breaches(zone.geometry, flaw_of if checked is None else checked.flaw)


def _rule_for(name: str, word: str) -> str:
    """Return how it is said what a word means that its maker wrote, and that is none of ours."""
    return (
        f"where it is its maker's word, say what it means: --rule '{name}={word} => PARTY STATUS'"
    )


def _source_breaches(sources: tuple[str, ...]) -> Iterator[Breach]:
    for source in sources:
        if not source or re.search(r"[\s\x00-\x1f\x7f]", source):
            yield Breach("sources", f"source {source!r}: an id of sources.csv has no spaces")


def _ground_breaches(
    geometry: Polygon | MultiPolygon, why_invalid: Callable[[Polygon | MultiPolygon], str]
) -> Iterator[Breach]:
    if geometry.is_empty:
        yield Breach("geometry", "no ground: the geometry is empty")
    elif not np.isfinite(shapely.get_coordinates(geometry)).all():
        yield Breach("geometry", "a coordinate is not a finite number")
    elif why := why_invalid(geometry):
        yield Breach("geometry", f"invalid geometry: {why}; mend it (in QGIS: Fix geometries)")
    elif _is_wide(geometry) and (why := unmeasurable(geometry)):
        yield Breach("geometry", why)


def _is_wide(geometry: Polygon | MultiPolygon) -> bool:
    """Whether an edge might span more than half of all longitudes, or ground lie beyond them."""
    west, _, east, _ = geometry.bounds
    return east - west > HALF_TURN or max(abs(west), abs(east)) > HALF_TURN


def _archive_breaches(zone: Zone, about: About, checked: CheckedZones) -> Iterator[Breach]:
    """Yield what a zone may not be in this archive: of no party of it, outside its theatre."""
    if zone.party not in about.parties:
        known = ", ".join(sorted(about.parties))
        yield Breach(
            "party",
            f"party {zone.party!r} is not one of archive.json: {known}; add it: frontmap party add "
            f"{zone.party}; {_rule_for('party', zone.party)}",
        )
    if about.covered is not None and not zone.geometry.is_empty:
        yield from _uncovered(zone, about.covered, checked)
    west, south, east, north = about.theatre.bbox
    box = zone.geometry.bounds
    outside = box[0] < west or box[1] < south or box[2] > east or box[3] > north
    if outside and np.isfinite(box).all():
        yield Breach(
            "theatre",
            f"ground at {_place(box)} is outside the theatre {_place(about.theatre.bbox)}; "
            "coordinates are longitude, latitude in degrees (WGS 84)",
        )


def _uncovered(
    zone: Zone, covered: Polygon | MultiPolygon, checked: CheckedZones
) -> Iterator[Breach]:
    """Yield that ground lies where the maker says nothing, by more than 1 ha."""
    if not np.isfinite(zone.geometry.bounds).all() or checked.flaw(zone.geometry):
        return
    try:
        km2 = outside_km2(zone.geometry, covered)
    except InputError as error:
        yield Breach("covered", str(error))
        return
    if km2 > OVERLAP_KM2:
        yield Breach(
            "covered",
            f"{km2:.2f} km² lie outside the ground that this maker maps (archive.json: covered); "
            "cut the zone, or widen that ground",
        )


def _place(box: tuple[float, ...]) -> str:
    return "[" + ", ".join(f"{value:.4g}" for value in box) + "]"


def _error(snapshot: Snapshot, breach: Breach, zone: str | None = None) -> Finding:
    subject = "" if zone is None else f"zone {zone!r}: "
    message = subject + breach.message
    return Finding(rule=breach.rule, message=message, date=snapshot.date, zone=zone)

"""The rules that one snapshot must meet; each yields findings and none stops at the first."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from frontmap.archive.value_rules import header_flaws, zone_flaws
from frontmap.errors import InputError
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.polygons import content_key, polygonal
from frontmap.model import CONFIDENCES, STATUSES, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from frontmap.model import About, Snapshot, Zone

Overlaps = Literal["refuse", "keep"]

#: Rules that a snapshot meets by itself, whatever ``archive.json`` says.
OF_A_FILE = frozenset(
    {"reason", "text", "id", "status", "confidence", "accuracy", "sources", "geometry", "value"}
)
OVERLAP_KM2 = 0.01
LONGEST_TEXT = 10_000
_ID = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,198}[^\s\x00-\x1f\x7f])?")


@dataclass(frozen=True, slots=True)
class CheckedZones:
    """What was found of ground, by its content: most of it stays from one snapshot to the next."""

    flaws: dict[bytes, str] = field(default_factory=dict)
    numbers: dict[bytes, int] = field(default_factory=dict)
    shared_km2: dict[tuple[int, int], float] = field(default_factory=dict)

    def flaw(self, geometry: Polygon | MultiPolygon) -> str:
        """Return why a geometry with finite coordinates is invalid; nothing where it is valid.

        >>> from shapely import Polygon
        >>> CheckedZones().flaw(Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))
        'Self-intersection[0.5 0.5]'
        """
        key = content_key(geometry)
        if key not in self.flaws:
            valid = geometry.is_valid
            self.flaws[key] = "" if valid else str(shapely.is_valid_reason(geometry))
        return self.flaws[key]

    def overlap_km2(
        self, geometries: NDArray[Any], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> list[float]:
        """Return the area that each pair of geometries shares; the pairs are places among them.

        >>> from shapely import box
        >>> squares = np.array([box(0, 0, 1, 1), box(0.5, 0, 1.5, 1)], dtype=object)
        >>> shared = CheckedZones().overlap_km2(squares, np.array([0]), np.array([1]))
        >>> [round(km2) for km2 in shared]
        [6154]
        """
        keys = map(content_key, geometries)
        known = [self.numbers.setdefault(key, len(self.numbers)) for key in keys]
        pairs = [(known[i], known[j]) for i, j in zip(left, right, strict=True)]
        new = [place for place, pair in enumerate(pairs) if pair not in self.shared_km2]
        shared = shapely.intersection(geometries[left[new]], geometries[right[new]])
        ground = np.array([polygonal(each) for each in shared], dtype=object)
        areas = polygon_areas_km2(ground).tolist()
        self.shared_km2.update(zip((pairs[place] for place in new), areas, strict=True))
        return [self.shared_km2[pair] for pair in pairs]


def check_snapshot(
    snapshot: Snapshot,
    about: About,
    *,
    overlaps: Overlaps = "refuse",
    checked: CheckedZones | None = None,
) -> Iterator[Finding]:
    """Yield what is wrong with a snapshot; an ``error`` refuses it.

    - ``overlaps``: of controlled and contested ground by more than 1 ha are errors (``"refuse"``),
      or warnings (``"keep"``, for imports of other makers' maps).
    - ``checked``: what was found in other snapshots of the series, and is added to.

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
        yield from _overlaps(snapshot, overlaps, checked)


def require_sound(snapshot: Snapshot, about: About, *, overlaps: Overlaps = "refuse") -> None:
    """Raise ``InputError`` with the first error, and the number of the others.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> require_sound(kursk["2024-08-31"], kursk.about)  # or raises
    """
    keep = overlaps == "keep"  # then they are no errors
    found = (
        check_each(snapshot, about, CheckedZones())
        if keep
        else check_snapshot(snapshot, about, overlaps=overlaps)
    )
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise InputError(errors[0].located + more)


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
    yield from _header(snapshot)
    yield from _ids(snapshot)
    for zone in snapshot.zones:
        yield from _texts(snapshot, zone, about)
        yield from _ground(snapshot, zone, about, checked)


def _values(snapshot: Snapshot) -> Iterator[Finding]:
    for flaw in header_flaws(snapshot.revision):
        yield _error(snapshot, "value", flaw)
    for zone in snapshot.zones:
        for flaw in zone_flaws(zone):
            yield _error(snapshot, "value", flaw, f"{zone.id}")


def _header(snapshot: Snapshot) -> Iterator[Finding]:
    revision = snapshot.revision
    if not revision.reason.strip():
        yield _error(snapshot, "reason", "a reason is needed: say in a sentence why")
    for text in (revision.reason, revision.author):
        if len(text) > LONGEST_TEXT:
            yield _error(snapshot, "text", f"a text of {len(text)} letters; {LONGEST_TEXT} at most")
    yield from _sources(snapshot, revision.sources, None)


def _ids(snapshot: Snapshot) -> Iterator[Finding]:
    ids = sorted(zone.id for zone in snapshot.zones)
    for zone_id in ids:
        if not _ID.fullmatch(zone_id):
            yield _error(
                snapshot,
                "id",
                "an id is 1 to 200 letters without control characters or outer spaces",
                zone_id,
            )
    for zone_id in sorted({a for a, b in pairwise(ids) if a == b}):
        yield _error(snapshot, "id", "the id occurs twice; give each zone its own", zone_id)


def _texts(snapshot: Snapshot, zone: Zone, about: About) -> Iterator[Finding]:
    if zone.party not in about.parties:
        known = ", ".join(sorted(about.parties))
        yield _error(
            snapshot, "party", f"party {zone.party!r} is not one of archive.json: {known}", zone.id
        )
    if zone.status not in STATUSES:
        words = ", ".join(STATUSES)
        yield _error(snapshot, "status", f"status {zone.status!r} is not one of {words}", zone.id)
    if zone.confidence not in CONFIDENCES:
        words = ", ".join(CONFIDENCES)
        yield _error(
            snapshot, "confidence", f"confidence {zone.confidence!r} is not one of {words}", zone.id
        )
    if not (math.isfinite(zone.accuracy_m) and zone.accuracy_m > 0):
        yield _error(
            snapshot, "accuracy", f"accuracy_m is {zone.accuracy_m}; give metres above 0", zone.id
        )
    if not zone.sources:
        yield _error(
            snapshot, "sources", "no source; name ids of sources.csv (or --source ID)", zone.id
        )
    yield from _sources(snapshot, zone.sources, zone.id)
    if len(zone.note) > LONGEST_TEXT:
        yield _error(
            snapshot,
            "text",
            f"a note of {len(zone.note)} letters; {LONGEST_TEXT} at most",
            zone.id,
        )


def _sources(snapshot: Snapshot, sources: tuple[str, ...], zone: str | None) -> Iterator[Finding]:
    for source in sources:
        if not source or re.search(r"[\s\x00-\x1f\x7f]", source):
            yield _error(
                snapshot, "sources", f"source {source!r}: an id of sources.csv has no spaces", zone
            )


def _ground(
    snapshot: Snapshot, zone: Zone, about: About, checked: CheckedZones
) -> Iterator[Finding]:
    geometry = zone.geometry
    if geometry.is_empty:
        yield _error(snapshot, "geometry", "no ground: the geometry is empty", zone.id)
        return
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        yield _error(snapshot, "geometry", "a coordinate is not a finite number", zone.id)
        return
    if why := checked.flaw(geometry):
        yield _error(
            snapshot,
            "geometry",
            f"invalid geometry: {why}; mend it (in QGIS: Fix geometries)",
            zone.id,
        )
    west, south, east, north = about.theatre.bbox
    box = geometry.bounds
    if box[0] < west or box[1] < south or box[2] > east or box[3] > north:
        yield _error(
            snapshot,
            "theatre",
            f"ground at {_place(box)} is outside the theatre {_place(about.theatre.bbox)}; "
            "coordinates are longitude, latitude in degrees (WGS 84)",
            zone.id,
        )


def _overlaps(snapshot: Snapshot, overlaps: Overlaps, checked: CheckedZones) -> Iterator[Finding]:
    zones = [zone for zone in snapshot.zones if zone.status != "claimed"]
    geometries = np.array([zone.geometry for zone in zones], dtype=object)
    tree = shapely.STRtree(geometries)
    left, right = tree.query(geometries)
    once = left < right
    left, right = left[once], right[once]
    areas = checked.overlap_km2(geometries, left, right)
    for i, j, km2 in zip(left, right, areas, strict=True):
        if km2 > OVERLAP_KM2:
            first, second = sorted((zones[i].id, zones[j].id))
            yield Finding(
                rule="overlap",
                severity="error" if overlaps == "refuse" else "warning",
                message=f"zones {first!r} and {second!r} overlap by {km2:.2f} km²: "
                "controlled and contested ground must not; cut one by the other",
                date=snapshot.date,
                zone=first,
            )


def _place(box: tuple[float, ...]) -> str:
    return "[" + ", ".join(f"{value:.4g}" for value in box) + "]"


def _error(snapshot: Snapshot, rule: str, message: str, zone: str | None = None) -> Finding:
    subject = "" if zone is None else f"zone {zone!r}: "
    return Finding(rule=rule, message=subject + message, date=snapshot.date, zone=zone)

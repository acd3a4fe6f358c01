"""A user's GeoJSON, as QGIS, geopandas and geojson.io write it, to zones.

Strict: what is ambiguous is refused with file, feature and remedy; what has one obvious meaning is
mended, and said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from shapely import MultiPolygon, Polygon

from frontmap.dates import parse_date
from frontmap.errors import InputError
from frontmap.formats import canonical
from frontmap.formats.files import read_features
from frontmap.formats.source import UNSAID
from frontmap.geometry import grid
from frontmap.geometry.crossings import flaw_of
from frontmap.model import Confidence, Scalar, Status, Zone
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from frontmap.formats.features import Feature, FeatureFile
    from frontmap.formats.source import FileOptions

#: What a zone must say, or the option that says it for all.
_REQUIRED = {
    "party": "--party",
    "status": "--status",
    "confidence": "--confidence",
    "accuracy_m": "--accuracy",
}
_NEITHER = {"fid", "ogc_fid", "id", *canonical.CORE_PROPERTIES}
_MIDNIGHT = "T00:00:00"  # as geopandas and QGIS write a column of dates
_RING_POSITIONS = 3
_PLANE, _SPACE = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a zone is where its feature does not say."""

    party: str | None = None
    status: Status | None = None
    confidence: Confidence | None = None
    accuracy_m: float | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileZones:
    """Zones as read from a file, what was mended, and the file's own header where it has one.

    ``base`` is the digest of the revision that the file is an edited copy of.
    """

    zones: tuple[Zone, ...]
    repairs: tuple[str, ...] = ()
    base: str | None = None


NO_DEFAULTS = Defaults()


def read_zones(  # noqa: PLR0913  each is a word of the caller's own
    path: str | Path,
    *,
    date: dt.date | None = None,
    from_date: dt.date | None = None,
    defaults: Defaults = NO_DEFAULTS,
    below: Path | None = None,
    options: FileOptions = UNSAID,
) -> FileZones:
    """Read a file of polygons, whatever its format, into zones in longitude/latitude (WGS 84).

    A feature's properties are those of a zone (``party``, ``status``, ``sources``, ``confidence``,
    ``accuracy_m``, ``note``); others that are text, numbers, true or false are kept as they are.
    ``date`` is the valid date: a file whose header or features state another one is refused, but
    for ``from_date``, that of a snapshot that it was made from. ``below`` is the folder of an
    archive: of a file in it, no link leads there, and it is a plain file. ``options`` are what the
    user says of the file: its layer, or what it doesn't say itself.

    Raises ``InputError`` naming file, feature and remedy, ``NotFoundError`` without a file.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "zones.geojson"
    >>> _ = path.write_text('''{"type": "FeatureCollection", "features": [{"type": "Feature",
    ... "id": 7, "properties": {"status": "contested"}, "geometry": {"type": "Polygon",
    ... "coordinates": [[[35, 51], [35.1, 51], [35, 51.1]]]}}]}''')
    >>> unstated = Defaults(party="UA", confidence="low", accuracy_m=2000, sources=("isw",))
    >>> reading = read_zones(path, defaults=unstated)
    >>> [(zone.id, zone.party, zone.status) for zone in reading.zones]
    [('7', 'UA', 'contested')]
    >>> reading.repairs
    ('feature 1 (7): a ring was not closed; closed',)
    """
    path = Path(path)
    file = read_features(path, lambda feature: feature, below=below, options=options)
    return _Reader(path, date, from_date, defaults, list(file.repairs)).zones(file)


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    date: dt.date | None
    from_date: dt.date | None
    defaults: Defaults
    repairs: list[str]
    said: set[str] = field(default_factory=set)

    def zones(self, file: FeatureFile[Feature]) -> FileZones:
        base = self.base(file.header)
        drawn = [self.zone(number, feature) for number, feature in enumerate(file.features, 1)]
        zones = [(number, zone) for number, zone in drawn if not zone.geometry.is_empty]
        if drawn and not zones:
            raise self.refused(f"no ground is left in it: {self.repairs[-1]}")
        self.require_one_type(zones)
        return FileZones(tuple(self.named(zones)), tuple(self.repairs), base)

    def require_one_type(self, zones: list[tuple[int, Zone]]) -> None:
        """Refuse a further property that is a text here and a number there: tools mangle it."""
        first: dict[str, tuple[str, int]] = {}
        for number, zone in zones:
            for key, value in zone.extra.items():
                kind, at = first.setdefault(key, (_kind(value), number))
                if _kind(value) != kind:
                    raise self.refused(
                        f"feature {number}: property {key!r} is {_kind(value)}, "
                        f"in feature {at} it is {kind}; make them alike"
                    )

    def base(self, header: Mapping[str, Any] | None) -> str | None:
        """Return the digest of the revision that the file is an edited copy of, if it is one."""
        if header is None or not isinstance(header.get("digest"), str):
            return None
        if isinstance(header.get("date"), str):
            self.require_this_date("its header", header["date"])
        return str(header["digest"])

    def zone(self, number: int, feature: Feature) -> tuple[int, Zone]:
        zone_id, properties = feature.own_id, feature.properties
        where = f"feature {number}" + (f" ({zone_id})" if zone_id else "")
        if feature.flaw:
            raise self.refused(f"{where}: {feature.flaw}")
        self.require_date(where, properties.get("date"))
        self.require_all(where, properties)
        return number, Zone(
            id=zone_id,
            party=self.word(where, properties, "party", self.defaults.party),
            status=cast("Status", self.word(where, properties, "status", self.defaults.status)),
            geometry=self.geometry(where, feature),
            sources=self.sources(where, properties.get("sources")),
            confidence=cast(
                "Confidence",
                self.word(where, properties, "confidence", self.defaults.confidence),
            ),
            accuracy_m=self.metres(where, properties.get("accuracy_m")),
            note=self.text(where, "note", properties.get("note")),
            extra={
                key: self.scalar(where, key, value)
                for key, value in properties.items()
                if key not in _NEITHER and value is not None
            },
        )

    def require_all(self, where: str, properties: Mapping[str, Any]) -> None:
        missing = [
            key
            for key in _REQUIRED
            if properties.get(key) is None and getattr(self.defaults, key) is None
        ]
        if missing:
            what = "property" if len(missing) == 1 else "properties"
            options = " ".join(_REQUIRED[key] for key in missing)
            raise self.refused(
                f"{where}: no {', '.join(missing)}; add the {what}, "
                f"or say it for all when recording: {options}"
            )

    def require_date(self, where: str, stated: Any) -> None:  # noqa: ANN401  any JSON value
        if stated is None:
            return
        text = str(stated)
        if text.endswith(_MIDNIGHT):
            self.say("date was written with a midnight; left out")
            text = text.removesuffix(_MIDNIGHT)
        self.require_this_date(where, text)

    def require_this_date(self, where: str, stated: Any) -> None:  # noqa: ANN401  any JSON value
        """Refuse another date than the snapshot's, but that of what the file was made from."""
        try:
            date = parse_date(str(stated))
        except ValueError as error:
            raise self.refused(f"{where}: date {error}") from None
        if self.date is None or date == self.date:
            return
        if date != self.from_date:
            raise self.refused(
                f"{where}: date {date} is not the snapshot's {self.date}; where it was drawn from "
                f"a snapshot of {date}, say which: --from DIGEST"
            )
        self.say(f"date {date}, of which it was made: taken as {self.date}")

    def word(self, where: str, properties: Mapping[str, Any], key: str, default: str | None) -> str:
        value = properties.get(key)
        return self.text(where, key, default if value is None else value)

    def text(self, where: str, key: str, value: Any) -> str:  # noqa: ANN401  any JSON value
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.refused(f"{where}: {key} is {value!r}; it must be a text")
        return value

    def sources(self, where: str, value: Any) -> tuple[str, ...]:  # noqa: ANN401  any JSON value
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(sorted(set(value)))
        return (
            tuple(sorted(set(self.text(where, "sources", value).split()))) or self.defaults.sources
        )

    def metres(self, where: str, value: Any) -> float:  # noqa: ANN401  any JSON value
        if value is None:
            value = self.defaults.accuracy_m
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                raise self.refused(f"{where}: accuracy_m is {value!r}; give metres") from None
            self.repairs.append(f"{where}: accuracy_m was a text, read as {value:g}")
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise self.refused(
                f"{where}: accuracy_m is {value!r}; give the position error of the line in metres"
            )
        return float(value)

    def scalar(self, where: str, key: str, value: Any) -> Scalar:  # noqa: ANN401  any JSON value
        if not isinstance(value, str | int | float | bool):
            raise self.refused(
                f"{where}: property {key!r} is a list or an object; "
                "only text, numbers, true and false can be kept"
            )
        return value

    def geometry(self, where: str, feature: Feature) -> Polygon | MultiPolygon:
        if feature.others:
            kinds = ", ".join(map(repr, sorted(set(feature.others))))
            raise self.refused(f"{where}: geometry is {kinds}; zones are Polygon or MultiPolygon")
        if not feature.polygons:
            raise self.refused(f"{where}: no geometry or an empty one; leave it out or draw it")
        polygons = [self.polygon(where, part) for part in feature.polygons]
        drawn = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
        if why := flaw_of(drawn):
            raise self.refused(
                f"{where}: invalid geometry: {why}; mend it (in QGIS: Fix geometries)"
            )
        ground, changes = grid.snap(drawn)
        left_out = ": left out" * ground.is_empty
        self.repairs.extend(f"{where}{left_out}: {change.text}" for change in changes)
        return canonical.normal_geometry(ground)

    def polygon(self, where: str, rings: Any) -> Polygon:  # noqa: ANN401  any JSON value
        if not isinstance(rings, list) or not rings:
            raise self.refused(f"{where}: the geometry is empty; delete the feature or draw it")
        shell, *holes = (self.ring(where, ring) for ring in rings)
        return Polygon(shell, holes)

    def ring(self, where: str, positions: Any) -> np.typing.NDArray[np.float64]:  # noqa: ANN401  any JSON value
        if not isinstance(positions, list) or not all(isinstance(p, list) for p in positions):
            raise self.refused(f"{where}: a ring must be a list of positions")
        if not positions:
            raise self.refused(f"{where}: a ring needs three different positions")
        lengths = {len(position) for position in positions}
        if not lengths <= {_PLANE, _SPACE}:
            raise self.refused(f"{where}: a position must be longitude and latitude")
        if len(lengths) > 1:
            raise self.refused(f"{where}: positions with and without altitude are mixed")
        if not all(type(number) in (int, float) for p in positions for number in p):
            raise self.refused(f"{where}: a coordinate is not a number")
        ring = np.asarray(positions, dtype=np.float64).reshape(len(positions), -1)
        if lengths == {_SPACE}:
            self.say(f"{where}: altitudes left out")
            ring = ring[:, :_PLANE]
        if len(set(map(tuple, ring.tolist()))) < _RING_POSITIONS:
            raise self.refused(f"{where}: a ring needs three different positions")
        if np.any(ring[0] != ring[-1]):
            self.say(f"{where}: a ring was not closed; closed")
            ring = np.concatenate([ring, ring[:1]])
        self.require_on_earth(where, ring)
        return ring

    def require_on_earth(self, where: str, ring: np.typing.NDArray[np.float64]) -> None:
        wrong = ring[(np.abs(ring[:, 0]) > 180) | (np.abs(ring[:, 1]) > 90)]  # noqa: PLR2004  degrees
        if len(wrong):
            lon, lat = wrong[0]
            raise self.refused(
                f"{where}: position {lon:g}, {lat:g} is not longitude, latitude in degrees; "
                "save it in EPSG:4326 (a ring across the antimeridian: cut it there)"
            )

    def named(self, zones: list[tuple[int, Zone]]) -> list[Zone]:
        """Give the zones without an id one by status and place, whatever the file's order."""
        taken = {zone.id for _, zone in zones}
        nameless = sorted(
            (zone for _, zone in zones if not zone.id),
            key=lambda zone: (zone.status, zone.party, zone.geometry.wkb),
        )
        fresh = (
            name
            for n in range(1, len(zones) + len(taken) + 2)
            if (name := f"zone-{n:03d}") not in taken
        )
        given = [replace(zone, id=name) for zone, name in zip(nameless, fresh, strict=False)]
        if given:
            named, onward = counted(len(given), "zone"), " and on" * (len(given) > 1)
            self.repairs.append(f"{named} had no id; named {given[0].id}{onward}")
        return [*(zone for _, zone in zones if zone.id), *given]

    def say(self, repair: str) -> None:
        if repair not in self.said:
            self.said.add(repair)
            self.repairs.append(repair)

    def refused(self, why: str) -> InputError:
        return InputError(f"{self.path}: {why}")


def _kind(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "a text" if isinstance(value, str) else "a number"

"""The features of a file to the zones of a snapshot.

Strict: what is ambiguous is refused with file, feature and remedy; what has one meaning is mended,
and said.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frontmap.dates import date_of_moment
from frontmap.errors import InputError
from frontmap.formats import canonical
from frontmap.formats.features import place_of
from frontmap.formats.files import read_features
from frontmap.formats.kml import NOT_DRAWN
from frontmap.formats.source import UNSAID
from frontmap.intake.ground import clean_ground, ground_digest
from frontmap.intake.mended import Mended, is_reason, mended_lines
from frontmap.intake.periods import timing_of, true_on
from frontmap.intake.profiles import UNNAMED
from frontmap.intake.readings import Note
from frontmap.intake.unknown_words import distinct_words, error_for_unknown
from frontmap.intake.zone_words import (
    Defaults,
    Terms,
    read_words,
    said_for_all,
    said_of,
)
from frontmap.model import Zone
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from shapely import MultiPolygon, Polygon

    from frontmap.formats.features import Feature, FeatureFile
    from frontmap.formats.source import FileOptions
    from frontmap.intake.periods import Split
    from frontmap.intake.profiles import Profile
    from frontmap.intake.unknown_words import Unknown
    from frontmap.model import Scalar


@dataclass(frozen=True, slots=True)
class FileZones:
    """Zones as read from a file, what was mended, and the file's own header where it has one.

    ``base`` is the digest of the revision that the file is an edited copy of; ``places`` names the
    features that the zones are, by number and own id as the file has them, for the id of each zone.
    """

    zones: tuple[Zone, ...]
    repairs: tuple[str, ...] = ()
    base: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)


NO_DEFAULTS = Defaults()
LONGEST_ADDRESS = 300


def read_zones(  # noqa: PLR0913  each is a word of the caller's own
    path: str | Path,
    *,
    date: dt.date | None = None,
    from_date: dt.date | None = None,
    defaults: Defaults = NO_DEFAULTS,
    below: Path | None = None,
    options: FileOptions = UNSAID,
    time_zone: str = "UTC",
    no_ground: bool = False,
    profile: Profile | None = None,
    parties: Collection[str] | None = None,
    split: Split | None = None,
) -> FileZones:
    """Read a file of polygons, whatever its format, into zones in longitude/latitude (WGS 84).

    A feature's properties are those of a zone (``party``, ``status``, ``sources``, ``confidence``,
    ``accuracy_m``, ``note``); others that are text, numbers, true or false are kept as they are.
    ``date`` is the valid date: a file whose header or features state another one is refused, but
    for ``from_date``, that of a snapshot that it was made from; an instant is of the day that it
    was in ``time_zone``. ``below`` is the folder of an archive: of a file in it, no link leads
    there, and it is a plain file. ``options`` are what the user says of the file: its layer, or
    what it doesn't say itself. Ground is mended where that has one meaning
    (:mod:`frontmap.intake.ground`); a file of which none is read is refused, unless ``no_ground``.
    ``profile`` says what a maker's words mean; words that it does not know are an
    ``UnknownWordsError``. ``parties`` are the archive's; without them any word is a party.
    ``split`` says how the features of ``date`` are told in a file of many days; what its format
    says was true on others alone (KML's TimeSpan) is left out and said.

    Raises ``InputError`` naming file, feature and remedy, ``NotFoundError`` without a file.

    >>> import tempfile
    >>> from frontmap.intake.zone_words import Defaults
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
    terms = Terms(defaults=defaults, profile=profile, parties=parties, file=path.name)
    return _Reader(path, date, from_date, terms, time_zone, split).zones(file, no_ground=no_ground)


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    date: dt.date | None
    from_date: dt.date | None
    terms: Terms
    time_zone: str
    split: Split | None
    mended: list[Mended] = field(default_factory=list)
    unknown: list[tuple[str, Unknown]] = field(default_factory=list)
    by_option: list[Unknown] = field(default_factory=list)

    def zones(self, file: FeatureFile[Feature], *, no_ground: bool) -> FileZones:
        base = self.base(file.header)
        drawn = [
            self.zone(number, feature) if is_true else None
            for number, (feature, is_true) in enumerate(self.true_features(file.features), 1)
        ]
        if self.unknown:
            raise self.not_understood()
        zones = [(number, zone) for number, zone in enumerate(drawn, 1) if zone is not None]
        if words := distinct_words(self.by_option):
            options = said_for_all(self.terms.defaults)
            alike = f"{words}: all are taken by {options}; to tell them apart: --rule"
            self.mended.append(Mended("", Note("by-option", alike)))
        lines = (*file.repairs, *mended_lines(self.mended))
        if not zones and not no_ground:
            raise self.refused(f"no ground {self.found(file)}; {_remedy(file.features)}")
        self.require_one_type(zones)
        named, said = self.named(zones)
        places: dict[str, str] = {}
        for number, zone in named:
            where = f"{place_of(number, file.features[number - 1].stated_as)} of {self.path.name}"
            places[zone.id] = f"{places[zone.id]} and {where}" if zone.id in places else where
        return FileZones(tuple(zone for _, zone in named), (*lines, *said), base, places)

    def found(self, file: FeatureFile[Feature]) -> str:
        """Say what a file without ground has, first why nothing is left of its features."""
        reasons_first = sorted(self.mended, key=lambda each: not is_reason(each.note.rule))
        lines = (*mended_lines(reasons_first), *file.repairs)
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        return f"is left in it: {lines[0]}{more}" if lines else "is in it: it has no features"

    def true_features(self, features: Sequence[Feature]) -> list[tuple[Feature, bool]]:
        """Return the features, and whether each was true on the day; say of which it was not."""
        if self.date is None:
            return [(feature, True) for feature in features]
        timings = []
        for number, feature in enumerate(features, 1):
            try:
                timings.append(timing_of(feature, self.split, self.time_zone))
            except ValueError as error:
                raise self.refused(f"{place_of(number, feature.stated_as)}: {error}") from None
        try:
            true = true_on(timings, self.date)
        except ValueError as error:
            raise self.refused(f"{error}") from None
        for number, (feature, timing, is_true) in enumerate(
            zip(features, timings, true, strict=True), 1
        ):
            if not is_true:
                said = f"true {timing.span}, not on {self.date}: left out"
                self.mended.append(
                    Mended(place_of(number, feature.stated_as), Note("other-time", said))
                )
        return list(zip(features, true, strict=True))

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
            self.require_date("its header", header["date"])
        return str(header["digest"])

    def zone(self, number: int, feature: Feature) -> Zone | None:
        where = place_of(number, feature.stated_as)
        if feature.flaw:
            raise self.refused(f"{where}: {feature.flaw}")
        self.say_others(where, feature)
        if not feature.polygons:
            return None
        try:
            words, notes, unknown, date, by_option = read_words(feature, self.terms)
        except ValueError as error:
            raise self.refused(f"{where}: {error}") from None
        self.mended.extend(Mended(where, said_of(note)) for note in notes)
        if unknown is not None:
            self.unknown.append((where, unknown))
        if words is None:
            return None
        if by_option is not None:
            self.by_option.append(by_option)
        if self.split is None:
            self.require_date(where, date)
        ground = self.ground(where, feature, words.accuracy_m)
        if ground is None:
            return None
        return Zone(id=feature.own_id, geometry=ground, **words._asdict())

    def not_understood(self) -> InputError:
        """Return the error for features of which no side or status is known."""
        where = self.unknown[0][0]
        unknown = [each for _, each in self.unknown]
        if self.terms.profile is not None:
            return error_for_unknown(f"{self.path}", unknown, self.terms.profile)
        return error_for_unknown(f"{self.path}", unknown, UNNAMED, f"{where}: ")

    def say_others(self, where: str, feature: Feature) -> None:
        """Say what of a feature is no polygon, which is left out."""
        if feature.others:
            kinds = ", ".join(sorted(set(feature.others)))
            if address := feature.properties.get("href") if kinds in NOT_DRAWN else None:
                kinds = f"{kinds} to {str(address)[:LONGEST_ADDRESS]}, which is not read,"
            self.mended.append(Mended(where, Note(f"not-ground {kinds}", _not_ground(kinds))))
        elif not feature.polygons:
            self.mended.append(Mended(where, Note("no-geometry")))

    def ground(
        self, where: str, feature: Feature, accuracy_m: float
    ) -> Polygon | MultiPolygon | None:
        """Return the ground of a feature, mended; None where nothing is left of it."""
        try:
            made = clean_ground(feature.polygons, accuracy_m=accuracy_m)
        except InputError as error:
            raise self.refused(f"{where}: {error}") from None
        self.mended.extend(Mended(where, note) for note in made.notes)
        return None if made.geometry is None else canonical.normal_geometry(made.geometry)

    def require_date(self, where: str, stated: Any) -> None:  # noqa: ANN401  any JSON value
        if stated is None:
            return
        try:
            date, understood = date_of_moment(str(stated), self.time_zone)
        except ValueError as error:
            raise self.refused(f"{where}: date {error}") from None
        if understood:
            self.mended.append(Mended(where, Note("date-read", understood)))
        self.require_this_date(where, date)

    def require_this_date(self, where: str, date: dt.date) -> None:
        """Refuse another date than the snapshot's, but that of what the file was made from."""
        if self.date is None or date == self.date:
            return
        if date != self.from_date:
            raise self.refused(
                f"{where}: date {date} is not the snapshot's {self.date}; where it was drawn from "
                f"a snapshot of {date}, say which: --from DIGEST; of a file of many dates, take "
                "those of this one: --split date"
            )
        taken = f"date {date}, of which it was made: taken as {self.date}"
        self.mended.append(Mended("", Note("of-another-date", taken)))

    def named(self, zones: list[tuple[int, Zone]]) -> tuple[list[tuple[int, Zone]], list[str]]:
        """Name the zones without an id by their ground: no other zone of a file changes that."""
        taken = {zone.id for _, zone in zones}
        nameless = sorted(
            ((number, zone) for number, zone in zones if not zone.id),
            key=lambda each: (each[1].status, each[1].party, each[1].geometry.wkb),
        )
        given = []
        for number, zone in nameless:
            name = f"zone-{ground_digest(zone.geometry)}"
            name = next(free for free in _numbered(name) if free not in taken)
            taken.add(name)
            given.append((number, replace(zone, id=name)))
        said = []
        if given:
            named, onward = counted(len(given), "zone"), " and on" * (len(given) > 1)
            said = [f"{named} had no id; named {given[0][1].id}{onward}"]
        return [*(each for each in zones if each[1].id), *given], said

    def refused(self, why: str) -> InputError:
        return InputError(f"{self.path}: {why}")


def _not_ground(kinds: str) -> str:
    return f"{kinds} left out: no ground"


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in itertools.count(2))


def _remedy(features: Sequence[Feature]) -> str:
    """Return what to do about a file of which no ground is read."""
    address = {
        kind: str(feature.properties.get("href") or "what it does not name")[:LONGEST_ADDRESS]
        for feature in features[::-1]
        for kind in feature.others
    }
    only = "" if any(feature.polygons for feature in features) else "only "
    if "NetworkLink" in address:
        return f"it {only}links to {address['NetworkLink']}: fetch that file, and give it instead"
    for picture in ("GroundOverlay", "PhotoOverlay"):
        if picture in address:
            return (
                f"it {only}shows a picture, {address[picture]}: give a file of its ground's lines"
            )
    return "where no ground was held, say --no-ground"


def _kind(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "a text" if isinstance(value, str) else "a number"

"""From a maker's files to the zones of a snapshot: features read one by one, then put together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from frontmap.archive.matching import snap_zones
from frontmap.dates import date_of_moment
from frontmap.errors import FrontmapError, InputError
from frontmap.formats.features import place_of
from frontmap.formats.files import reader
from frontmap.formats.kml import NOT_DRAWN
from frontmap.imports.choices import Choices
from frontmap.imports.dating import Dating, SnapshotFiles
from frontmap.imports.repairs import Repair, one_line
from frontmap.intake.ground import clean_ground, ground_digest
from frontmap.intake.meanings import Word
from frontmap.intake.mended import is_reason
from frontmap.intake.periods import Timing, timing_of, true_on
from frontmap.intake.readings import Note
from frontmap.intake.unknown_words import Unknown, error_for_unknown
from frontmap.intake.zone_words import Defaults, Terms, read_words
from frontmap.model import Zone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from frontmap.formats.features import Feature, FeatureFile
    from frontmap.intake.profiles import Profile
    from frontmap.intake.zone_words import ZoneWords

#: Notes of one kind that are counted for the whole file instead of listed one by one.
COUNTED = frozenset(
    {"left-out", "not-ground", "other-time", "outside", "rewound", "template-text", "z-dropped"}
)
_ALWAYS = Timing()


class How(NamedTuple):
    """All that says how a maker's files become zones.

    ``parties`` are the archive's; gaps are closed ``within`` its ground, where that is chosen.
    """

    profile: Profile
    choices: Choices = Choices()
    dating: Dating = Dating()
    parties: frozenset[str] | None = None
    within: Polygon | MultiPolygon | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignZones:
    """The zones that files of another maker are of one day, and what was done to them.

    ``places`` says which feature of which file each is, by its id.
    """

    zones: tuple[Zone, ...]
    repairs: tuple[Repair, ...]
    places: Mapping[str, str] = field(default_factory=dict)


class Converted(NamedTuple):
    """One feature of a maker's file: its zone, without its final id, and what was noted.

    ``timing`` is when it was true, ``stated`` the date that it states; ``unknown`` are its words
    where no rule knows them, ``flaw`` why it cannot be taken, ``stated_as`` what the file calls it.
    """

    zone: Zone | None
    notes: tuple[Note, ...] = ()
    timing: Timing = _ALWAYS
    stated: Any = None
    unknown: Unknown | None = None
    flaw: str = ""
    stated_as: str = ""


class _Placed(NamedTuple):
    """A zone, the place of its feature in a file (from 0), and what the file calls that."""

    path: Path
    place: int
    stated_as: str
    zone: Zone

    @property
    def where(self) -> str:
        return f"{place_of(self.place + 1, self.stated_as)} of {self.path.name}"


def foreign_reader(how: How) -> Callable[[SnapshotFiles], ForeignZones]:
    """Return a function that reads the files of a snapshot, and remembers features seen lately.

    It raises ``InputError`` naming file, feature and remedy; words that no rule knows as
    :class:`frontmap.intake.unknown_words.UnknownWordsError`.

    >>> from pathlib import Path
    >>> from frontmap.imports.dating import dated_files
    >>> from frontmap.intake.profiles import read_profile
    >>> how = How(read_profile("uacontrolmap"))
    >>> path = Path("tests/data/uacontrolmap/2026-02-02.kml")
    >>> made = foreign_reader(how)(dated_files([path], how.profile, how.dating).snapshots[0])
    >>> sorted({zone.party for zone in made.zones})
    ['RU', 'UA']
    """
    options = how.dating.file_options
    by_file = any(rule.by == "file" for rule in how.profile.rules)
    remembering = reader(lambda feature: convert(feature, how), options=options)

    def read_file(path: Path) -> FeatureFile[Converted]:
        if by_file:  # what a feature means depends on where it is
            return reader(lambda feature: convert(feature, how, path.name), options=options)(path)
        return remembering(path)

    def read(files: SnapshotFiles) -> ForeignZones:
        return assemble([(path, read_file(path)) for path in files.paths], files.date, how)

    return read


def convert(feature: Feature, how: How, file: str = "") -> Converted:
    """Turn one feature of a file into a zone and notes.

    >>> from frontmap.formats.features import Feature
    >>> from frontmap.intake.profiles import read_profile
    >>> square = [[[36, 48], [37, 48], [37, 49], [36, 49], [36, 48]]]
    >>> held = Feature(properties={"name": "… /// Occupied", "fill": "#0f9d58"}, polygons=(square,))
    >>> made = convert(held, How(read_profile("deepstate")))
    >>> made.zone.id, [note.rule for note in made.notes]
    ('ru-controlled-04c06dd2a0', ['status-conflict'])
    """
    profile, choices, dating, parties, _ = how
    notes = tuple(Note("not-ground", kind) for kind in feature.others)
    terms = Terms(
        defaults=Defaults(
            confidence=choices.confidence, accuracy_m=choices.accuracy_m, sources=choices.sources
        ),
        profile=profile,
        parties=parties,
        file=file,
    )
    try:
        if feature.flaw:
            raise InputError(feature.flaw)
        timing = timing_of(feature, dating.split, dating.time_zone)
        if not feature.polygons:
            return Converted(None, notes or (Note("not-ground", "no geometry"),), timing)
        words, said, unknown, stated, _ = read_words(feature, terms)
        notes += said
        if words is None:
            return Converted(None, notes, timing, None, unknown)
        made = clean_ground(feature.polygons, choices.region, accuracy_m=words.accuracy_m)
    except (ValueError, FrontmapError) as error:
        return Converted(None, notes, flaw=str(error), stated_as=feature.stated_as)
    notes += made.notes
    zone = None if made.geometry is None else zone_of(words, made.geometry)
    return Converted(zone, notes, timing, stated, stated_as=feature.stated_as)


def zone_of(words: ZoneWords, ground: Polygon | MultiPolygon) -> Zone:
    """Return a zone whose id comes from its party, status and ground, so that it lasts over days.

    >>> import shapely
    >>> from frontmap.intake.zone_words import ZoneWords
    >>> words = ZoneWords("UA", "controlled", ("x",), "medium", 500, "", {})
    >>> zone_of(words, shapely.box(36, 48, 37, 49)).id
    'ua-controlled-04c06dd2a0'
    """
    name = f"{words.party}-{words.status}-{ground_digest(ground)}".lower()
    return Zone(id=name, geometry=ground, **words._asdict())


def assemble(
    files: Sequence[tuple[Path, FeatureFile[Converted]]], date: dt.date, how: How
) -> ForeignZones:
    """Put the features of the files of one day together: ids made unique, repairs in order.

    Raises ``InputError`` naming file and feature (from 1) for the first that cannot be taken.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.formats.features import FeatureFile
    >>> from frontmap.intake.profiles import read_profile
    >>> point = Converted(None, (Note("not-ground", "Point"),))
    >>> file = FeatureFile(form="KML", features=(point, point))
    >>> assemble([(Path("a.kml"), file)], dt.date(2026, 2, 1), How(read_profile("uacontrolmap")))
    Traceback (most recent call last):
    frontmap.errors.InputError: a.kml: no ground is read from it: not-ground: Point (2); where no
    ground was held, say so with --no-ground
    """
    repairs: list[Repair] = []
    placed: list[_Placed] = []
    for path, file in files:
        rows, of_file = _of_day(path, file, date, how)
        repairs += rows
        placed += of_file
    if not placed and not how.dating.no_ground and all(row.rule != "outside" for row in repairs):
        reasons_first = sorted(repairs, key=lambda row: not is_reason(row.rule))
        found = ", ".join(f"{row.rule}: {row.detail} ({row.count})" for row in reasons_first[:3])
        remedy = "where no ground was held, say so with --no-ground"
        if any(row.detail in NOT_DRAWN for row in repairs if row.rule == "not-ground"):
            remedy = "it links to another file, or shows a picture: fetch what has its ground"
        raise InputError(
            f"{files[0][0]}: no ground is read from it: {found or 'it holds no features'}; {remedy}"
        )
    named, doubles = _unique(placed)
    repairs += [
        _repair(each.path, each.place, each.zone.id, Note("same-ground", "as another zone"))
        for each in doubles
    ]
    zones = tuple(each.zone for each in named)
    if how.choices.snap_m is not None:
        snapped = snap_zones(zones, how.choices.snap_m, within=how.within)
        zones = snapped.zones
        repairs += [_file_repair(files[0][0], "snapped", said) for said in snapped.said]
    return ForeignZones(
        zones=zones,
        repairs=tuple(sorted(repairs, key=_listed_first)),
        places={each.zone.id: each.where for each in named},
    )


def _of_day(
    path: Path, file: FeatureFile[Converted], date: dt.date, how: How
) -> tuple[list[Repair], list[_Placed]]:
    """Return the repairs and the zones of what a file's features are on one day."""
    repairs, zones = [], []
    tally: Counter[tuple[str, str]] = Counter()
    unknown = []
    for place, feature in enumerate(_true_features(path, file.features, date)):
        where = f"{path}: {place_of(place + 1, feature.stated_as)}"
        if feature.flaw:
            raise InputError(f"{where}: {feature.flaw}")
        if feature.unknown is not None:
            unknown.append(_with_file(feature.unknown, path.name))
        if feature.stated is not None and how.dating.split is None:
            _require_date(where, feature.stated, date, how.dating)
        if feature.zone is not None:
            zones.append(_Placed(path, place, feature.stated_as, feature.zone))
        for note in feature.notes:
            if note.rule in COUNTED:
                tally[note.rule, one_line(note.detail)] += 1
            else:
                name = "" if feature.zone is None else feature.zone.id
                repairs.append(_repair(path, place, name, note))
    if unknown:
        raise error_for_unknown(f"{path}", unknown, how.profile)
    repairs += [
        Repair(file=path.name, feature=None, zone="", rule=rule, detail=detail, count=count)
        for (rule, detail), count in sorted(tally.items())
    ]
    repairs += [_file_repair(path, "file", said) for said in file.repairs]
    return repairs, zones


def _true_features(path: Path, features: Sequence[Converted], date: dt.date) -> Iterable[Converted]:
    """Return the features of a file; of one that was true on other days only a note of that."""
    timings = [feature.timing for feature in features]
    if all(timing is _ALWAYS for timing in timings):
        return features
    try:
        true = true_on(timings, date)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    return [
        feature if holds else Converted(None, (Note("other-time", str(feature.timing.span)),))
        for feature, holds in zip(features, true, strict=True)
    ]


def _require_date(where: str, stated: Any, date: dt.date, dating: Dating) -> None:  # noqa: ANN401  whatever it holds
    try:
        day, _ = date_of_moment(str(stated), dating.time_zone)
    except ValueError:
        return  # a maker's property of that name, which means something else
    if day != date:
        raise InputError(
            f"{where}: date {stated} is not {date}, of which the file is; "
            "to take each day's features for that day: --split date"
        )


def _with_file(unknown: Unknown, file: str) -> Unknown:
    words = (*(word for word in unknown.words if word.by != "file"), Word("file", file))
    return unknown._replace(words=words)


def _repair(path: Path, place: int, zone: str, note: Note) -> Repair:
    detail = one_line(note.detail)
    return Repair(file=path.name, feature=place, zone=zone, rule=note.rule, detail=detail)


def _file_repair(path: Path, rule: str, said: str) -> Repair:
    return Repair(file=path.name, feature=None, zone="", rule=rule, detail=one_line(said))


def _listed_first(repair: Repair) -> bool:
    """Order repairs: those of features, then what was counted for the whole file."""
    return repair.feature is None


def _unique(placed: Iterable[_Placed]) -> tuple[list[_Placed], list[_Placed]]:
    """Tell zones of the same party, status and ground apart, whatever their order in the file.

    The second value are those that were given another id for it.
    """
    seen: Counter[str] = Counter()
    named, doubles = [], []
    for each in sorted(placed, key=lambda one: (one.zone.id, str(one.zone.extra))):
        seen[each.zone.id] += 1
        number = seen[each.zone.id]
        if number > 1:
            zone = replace(each.zone, id=f"{each.zone.id}-{number}")
            doubles.append(each._replace(zone=zone))
        named.append(each if number == 1 else doubles[-1])
    return sorted(named, key=lambda one: one.zone.id), doubles

"""Which day each file is of: files become the snapshots that they are to make, in order of time."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from frontmap.date_patterns import DatePattern, When, without_suffix
from frontmap.date_readings import only_reading
from frontmap.errors import FrontmapError, InputError
from frontmap.formats.files import read_features
from frontmap.formats.source import UNSAID, FileOptions
from frontmap.imports.finding import digest_of
from frontmap.intake.periods import Split, Timing, days_of, stated_period, timing_of
from frontmap.model import ImportedFrom
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from frontmap.formats.features import Feature
    from frontmap.intake.profiles import Profile

_BETWEEN_NAMES = " + "
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """How it is known of which day a file is.

    ``pattern`` reads names (without one, what has only one reading is taken); ``split`` says which
    properties do it instead, for each feature, and ``at`` the days that are wanted of these (none:
    all). Days end at midnight in ``time_zone``. ``join_day`` says that files of one day and no
    instant are layers of one snapshot; ``file_options`` are what is said of each file, and
    ``no_ground`` that where nothing is true any more, or a file has no ground, none was held.
    """

    pattern: DatePattern | None = None
    split: Split | None = None
    at: tuple[dt.date, ...] = ()
    time_zone: str = "UTC"
    join_day: bool = False
    file_options: FileOptions = UNSAID
    no_ground: bool = False


class SnapshotFiles(NamedTuple):
    """The file, or the layers, that one snapshot is made from.

    ``date`` is its valid date, ``published`` the instant (UTC) where a name tells one, ``sha256``
    as :func:`frontmap.imports.finding.digest_of` has it; ``profile`` and ``version`` name the rules
    that turn it into zones.
    """

    paths: tuple[Path, ...]
    date: dt.date
    published: dt.datetime | None
    sha256: str
    profile: str
    version: str

    @property
    def path(self) -> Path:
        """The first of the files, by its name."""
        return self.paths[0]

    @property
    def name(self) -> str:
        """The names of the files."""
        return _BETWEEN_NAMES.join(path.name for path in self.paths)

    @property
    def when(self) -> When:
        """What chain of revisions it belongs to."""
        return When(self.date, self.published)

    @property
    def imported_from(self) -> ImportedFrom:
        """What the header of its revision says."""
        return ImportedFrom(
            file=self.name, sha256=self.sha256, profile=self.profile, version=self.version
        )


class Dated(NamedTuple):
    """The snapshots that files are to make, in order of time, and how their days were found."""

    snapshots: tuple[SnapshotFiles, ...]
    said: tuple[str, ...] = ()


def dated_files(files: Iterable[Path], profile: Profile, dating: Dating) -> Dated:
    """Find the days of files. The same file given twice is taken once.

    Raises ``InputError`` naming the file when it tells no day, or several; and when two different
    files are of the same instant, or of the same day and not to be joined.

    >>> from pathlib import Path
    >>> from frontmap.intake.profiles import read_profile
    >>> files = [Path("tests/data/uacontrolmap") / f"2026-02-0{day}.kml" for day in (2, 1)]
    >>> dated = dated_files(files, read_profile("uacontrolmap"), Dating())
    >>> [(each.name, each.date.isoformat()) for each in dated.snapshots]
    [('2026-02-01.kml', '2026-02-01'), ('2026-02-02.kml', '2026-02-02')]
    """
    said: list[str] = []
    days = _days_inside if dating.split is not None else _days_of_names
    found: dict[When, dict[str, Path]] = defaultdict(dict)
    for when, path in days(files, dating, said):
        found[when].setdefault(digest_of([path]), path)
    snapshots = []
    for when in sorted(found, key=str):
        paths = tuple(sorted(found[when].values(), key=lambda path: (path.name, str(path))))
        _require_layers(paths, when, dating)
        digest = digest_of(paths)
        snapshots.append(SnapshotFiles(paths, *when, digest, profile.name, profile.version))
    return Dated(tuple(snapshots), tuple(said))


def _days_of_names(
    files: Iterable[Path], dating: Dating, said: list[str]
) -> Iterator[tuple[When, Path]]:
    readings: Counter[str] = Counter()
    first: dict[str, str] = {}
    for path in files:
        try:
            if dating.pattern is not None:
                yield dating.pattern.read(path.absolute().as_posix(), dating.time_zone), path
                continue
            reading = only_reading(path.as_posix(), dating.time_zone)
        except ValueError as error:
            how = _how_it_is_read(path, dating) + _hint(path, dating)
            raise InputError(f"{path}: {error}{how}") from None
        readings[reading.pattern] += 1
        first.setdefault(reading.pattern, f"{path.name} is of {reading.when}")
        yield reading.when, path
    said.extend(
        f"dates read as {pattern} in {counted(count, 'name')}: {first[pattern]}"
        for pattern, count in readings.items()
    )


def _days_inside(
    files: Iterable[Path], dating: Dating, said: list[str]
) -> Iterator[tuple[When, Path]]:
    for path in files:
        spans = [each.span for each in _timings(path, dating) if each.span is not None]
        split = dating.split
        try:
            days = () if split is None else days_of(spans, split)
            true = {day: any(span.holds_on(day) for span in spans) for day in (*days, *dating.at)}
        except ValueError as error:
            raise InputError(f"{path}: {error}") from None
        for day in dating.at or days:
            if true[day] or dating.no_ground:
                yield When(day), path
            else:
                said.append(
                    f"{path}: nothing in it is true on {day}: not recorded; "
                    "where no ground was held then, say so: --no-ground"
                )


def _how_it_is_read(path: Path, dating: Dating) -> str:
    """Say which pattern would fit a name that does not fit the one that there is."""
    if dating.pattern is None:
        return ""
    try:
        reading = only_reading(path.name, dating.time_zone)
    except ValueError as error:
        return f"; {error}"
    pattern = without_suffix(path.name).replace(reading.written, reading.pattern, 1)
    return f"; to read it as {reading.when}: --dates '{pattern}'"


def _hint(path: Path, dating: Dating) -> str:
    """Say how to take the dates that the features themselves state, where they state some."""
    with suppress(FrontmapError):
        properties = read_features(
            path, lambda each: each.properties, options=dating.file_options
        ).features
        for each in properties:
            if any(name.lower() == "date" and each[name] for name in each):
                return "; its features state dates: --split date"
            if names := stated_period(each):
                return f"; its features state periods: --split {','.join(names)}"
    return ""


def _timings(path: Path, dating: Dating) -> list[Timing]:
    """Return when each feature of a file was true; raises ``InputError`` naming the feature."""

    def timing(feature: Feature) -> Timing | str:
        try:
            return timing_of(feature, dating.split, dating.time_zone)
        except ValueError as error:
            return str(error)

    found = []
    for number, each in enumerate(
        read_features(path, timing, options=dating.file_options).features, 1
    ):
        if isinstance(each, str):
            raise InputError(f"{path}: feature {number}: {each}")
        found.append(each)
    return found


def _require_layers(paths: Sequence[Path], when: When, dating: Dating) -> None:
    if len(paths) == 1 or (dating.join_day and when.published is None):
        return
    names = ", ".join(map(str, paths[:_MOST_NAMED]))
    more = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
    if when.published is not None:
        raise InputError(
            f"{names}{more}: are of the same instant but differ ({when}); leave one out"
        )
    raise InputError(
        f"{names}{more}: are of the same instant but differ: of {when}, as far as is known; "
        "layers of one snapshot: --join-day; maps of different hours: a pattern with {HH}{MM} "
        "(--dates); else leave one out"
    )

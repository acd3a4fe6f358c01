"""Other makers' files into an archive of that maker: each snapshot once, in any order, restartable.

An import records what is not there yet, corrects what the maker has changed since, and leaves the
rest alone. Beside the archive's own files it keeps ``import.json``, the choices that were made, and
``repairs/``, one table for each file of the maker: what was left out, changed or doubtful in it.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import itertools
import json
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import shapely
from shapely import MultiPolygon, Polygon

from frontmap import storage
from frontmap.archive import Archive, Clock, NewRevision, init, open_archive, utc_now
from frontmap.errors import ConflictError, InputError, NotFoundError
from frontmap.formats import canonical
from frontmap.imports import deepstate, uacontrolmap
from frontmap.imports.foreign import Choices, Foreign, Repair
from frontmap.model import ImportedFrom
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from frontmap.model import Revision, Zone

Maker = Literal["deepstate", "uacontrolmap"]
ImportStep = Literal["added", "corrected", "unchanged"]

BATCH = 16
CHOICES_FILE, REPAIRS_FOLDER = "import.json", "repairs"
WORLD = (-180.0, -90.0, 180.0, 90.0)
PARTIES = {"RU": {"name_en": "Russia"}, "UA": {"name_en": "Ukraine"}}
#: Goes up when the same file would become other zones; what was imported before is then corrected.
MAPPING_VERSION = 1
REPAIR_COLUMNS = tuple(field.name for field in fields(Repair))
_FORMATS: dict[Maker, Any] = {"deepstate": deepstate, "uacontrolmap": uacontrolmap}
_LINKS = {"deepstate": "https://deepstatemap.live/", "uacontrolmap": ""}


class MakerFile(NamedTuple):
    """One file of a maker: where it lies, the valid date and instant in its name, its SHA-256."""

    path: Path
    when: tuple[dt.date, dt.datetime | None]
    sha256: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did with one file, and the repairs that its zones took."""

    file: str
    step: ImportStep
    repairs: tuple[Repair, ...]


def sources_in(paths: Iterable[Path], maker: Maker) -> tuple[MakerFile, ...]:
    """Return the maker's files at ``paths`` (files or folders), in order of date and instant.

    The same file given twice is taken once. Raises ``NotFoundError`` when there is none, and
    ``InputError`` when a name tells no date, or two different files are of the same instant.
    """
    found: dict[tuple[Any, ...], MakerFile] = {}
    for path in _files(paths, _FORMATS[maker].SUFFIX):
        when = _FORMATS[maker].when_of(path)
        source = MakerFile(path, when, hashlib.sha256(storage.read(path)).hexdigest())
        other = found.setdefault(when, source)
        if other.sha256 != source.sha256:
            raise InputError(
                f"{path} and {other.path} are of the same instant but differ; leave one out"
            )
    if not found:
        raise NotFoundError(
            f"no {_FORMATS[maker].SUFFIX} file in {', '.join(map(str, paths)) or 'nothing'}; "
            "give the maker's files, or a folder that holds them"
        )
    return tuple(found[when] for when in sorted(found, key=str))


def import_files(  # noqa: PLR0913  five are options
    sources: Sequence[MakerFile],
    into: Path,
    *,
    maker: Maker,
    choices: Choices | None = None,
    executor: Executor | None = None,
    clock: Clock = utc_now,
) -> Iterator[Outcome]:
    """Import files into the archive in the folder ``into``, made when missing; yield as it goes.

    What has been yielded is durable; after an interruption, the same call takes up the rest. The
    outcome is the same to the bit for any ``executor``, save for when each revision was recorded.
    ``choices`` are the archive's own where ``None``. Raises ``ConflictError`` when the archive is
    of another maker or was imported with other choices, and ``InputError`` naming a file that
    cannot be read; what came before it is recorded.
    """
    archive, kept = _opened(into, maker, choices, clock)
    for group in _grouped(sources, BATCH * 4):
        known = {source.when: _chain(archive, source) for source in group}
        fresh = [source for source in group if not _is_known(source, known[source.when])]
        read = functools.partial(_read_batch, maker, kept)
        foreign = map_batches(read, fresh, executor=executor, size=BATCH)
        yield from _recorded(archive, group, known, foreign)


def read_repairs(root: Path, source: MakerFile) -> tuple[Repair, ...]:
    """Return the repairs that the import of a file took, from the archive's own table."""
    rows = csv.reader(io.StringIO(storage.read(_repairs_path(root, source)).decode()))
    next(rows)
    return tuple(
        Repair(
            file=file,
            feature=int(feature) if feature else None,
            zone=zone,
            rule=rule,
            detail=detail,
            count=int(count),
        )
        for file, feature, zone, rule, detail, count in rows
    )


def _recorded(
    archive: Archive,
    group: Sequence[MakerFile],
    known: dict[Any, tuple[Revision, ...]],
    foreign: Iterator[Foreign],
) -> Iterator[Outcome]:
    """Record a group of files, in batches of which each takes the lock once."""
    for batch in _grouped(group, BATCH):
        fresh = [source for source in batch if not _is_known(source, known[source.when])]
        read = dict(zip(fresh, itertools.islice(foreign, len(fresh)), strict=True))
        for source, file in read.items():
            storage.replace(_repairs_path(archive.root, source), _repairs_text(file.repairs))
        archive.add_many(
            [_entry(source, file) for source, file in read.items() if not known[source.when]]
        )
        for source in batch:
            step = _step(archive, source, read.get(source), known[source.when])
            yield Outcome(source.path.name, step, read_repairs(archive.root, source))


def _step(
    archive: Archive, source: MakerFile, file: Foreign | None, known: tuple[Revision, ...]
) -> ImportStep:
    if file is None:
        return "unchanged"
    if not known:
        return "added"
    if _is_recorded(archive, file.zones, known):
        return "unchanged"
    entry = _entry(source, file)
    archive.correct(
        entry.date,
        entry.zones,
        reason=entry.reason,
        sources=entry.sources,
        published=entry.published,
        imported_from=entry.imported_from,
        base=known[-1].digest,
        overlaps="keep",
    )
    return "corrected"


def _entry(source: MakerFile, file: Foreign) -> NewRevision:
    origin = _imported_from(source)
    names = sorted({name for zone in file.zones for name in zone.sources})
    return NewRevision(
        date=file.date,
        zones=file.zones,
        reason=_reason(origin),
        sources=tuple(names),
        published=file.published,
        imported_from=origin,
        overlaps="keep",
    )


def _imported_from(source: MakerFile) -> ImportedFrom:
    return ImportedFrom(file=source.path.name, sha256=source.sha256, mapping=MAPPING_VERSION)


def _reason(origin: ImportedFrom) -> str:
    return f"imported from {origin.file} (SHA-256 {origin.sha256}, mapping {origin.mapping})"


def _chain(archive: Archive, source: MakerFile) -> tuple[Revision, ...]:
    date, published = source.when
    return tuple(r for r in archive.revisions(date) if r.published == published)


def _is_known(source: MakerFile, chain: Iterable[Revision]) -> bool:
    """Whether this very file was imported before, whatever has been recorded since."""
    return any(revision.imported_from == _imported_from(source) for revision in chain)


def _is_recorded(archive: Archive, zones: tuple[Zone, ...], chain: Sequence[Revision]) -> bool:
    """Whether the zones are those of the last revision, or of one that does not say its file.

    An archive from before headers named the file is imported again without new revisions, and
    without undoing what a person corrected or withdrew since.
    """
    return any(
        canonical.same_zones(archive.read(revision).zones, zones)
        for revision in (chain[-1], *(r for r in chain if r.imported_from is None))
        if revision.kind != "withdrawal"
    )


def _read_batch(maker: Maker, choices: Choices, batch: Sequence[MakerFile]) -> list[Foreign]:
    return [_FORMATS[maker].read(source.path, _converter(maker, choices)) for source in batch]


@functools.lru_cache(maxsize=1)
def _converter(maker: Maker, choices: Choices) -> Callable[[Any], Any]:
    """Keep what was converted from one batch to the next, in each process."""
    converter: Callable[[Any], Any] = _FORMATS[maker].converter(choices)
    return converter


def _opened(
    into: Path, maker: Maker, choices: Choices | None, clock: Clock
) -> tuple[Archive, Choices]:
    """Open the archive, or make it; return it with the choices that it is imported with."""
    name = _FORMATS[maker].MAKER
    path = into / CHOICES_FILE
    if not (into / "archive.json").exists():
        kept = choices or Choices()
        storage.make_folder(into)
        storage.replace(path, _choices_text(maker, kept))
        storage.replace(into / "sources.csv", _sources_text(maker))
        archive = init(
            into,
            title=f"{name}, imported",
            maker=name,
            license="the maker's own terms",
            bbox=WORLD if kept.region is None else kept.region.bounds,
            parties=PARTIES,
            time_zone=_FORMATS[maker].TIME_ZONE,
            clock=clock,
        )
        return archive, kept
    archive = open_archive(into, clock=clock)
    if archive.about.maker != name:
        raise ConflictError(
            f"{into}: this archive is of {archive.about.maker}, not of {name}; makers are "
            "compared, never mixed: choose another folder with --into"
        )
    if not path.exists():
        raise ConflictError(
            f"{into}: this archive was not made by an import; choose another folder with --into"
        )
    text = storage.read(path)
    if choices is not None and _choices_text(maker, choices) != text:
        raise ConflictError(
            f"{path}: this archive was imported with other choices (region, party, accuracy); "
            "leave them out to go on with those, or choose another folder with --into"
        )
    return archive, _choices(text, path)


def _choices_text(maker: Maker, choices: Choices) -> bytes:
    region = choices.region
    value = {
        "accuracy_m": choices.accuracy_m,
        "confidence": choices.confidence,
        "contested_party": choices.contested_party,
        "maker": maker,
        "region": None if region is None else shapely.geometry.mapping(region),
    }
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()


def _choices(text: bytes, path: Path) -> Choices:
    try:
        value = json.loads(text)
        region = value["region"]
        return Choices(
            region=None if region is None else as_region(shapely.geometry.shape(region), path),
            contested_party=value["contested_party"],
            accuracy_m=float(value["accuracy_m"]),
            confidence=value["confidence"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: {error!r}; restore it from git or a copy") from None


def read_region(path: Path) -> Polygon | MultiPolygon:
    """Return the ground that the polygons of a GeoJSON file cover, to cut an import to.

    Raises ``InputError`` when the file is no GeoJSON or holds something other than valid polygons.
    """
    try:
        shapes = shapely.from_geojson(storage.read(path).decode())
    except (shapely.GEOSException, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no GeoJSON: {error}; give a file with polygons") from None
    parts = shapely.get_parts(shapes)
    if any(not part.is_valid for part in parts):
        raise InputError(f"{path}: not valid; mend it (in QGIS: Fix geometries)")
    return as_region(shapely.union_all(parts), path)


def as_region(geometry: shapely.Geometry, named: Path | str) -> Polygon | MultiPolygon:
    """Return a polygon as a region to cut to; raises ``InputError`` when it is none or not valid.

    >>> as_region(shapely.box(34, 50, 37, 52), "--bbox").bounds
    (34.0, 50.0, 37.0, 52.0)
    """
    if not isinstance(geometry, Polygon | MultiPolygon) or geometry.is_empty:
        raise InputError(
            f"{named}: a region is a polygon, not {type(geometry).__name__} or nothing"
        )
    if not geometry.is_valid:
        raise InputError(
            f"{named}: {shapely.is_valid_reason(geometry)}; mend it (in QGIS: Fix geometries)"
        )
    return shapely.force_2d(geometry)


def _files(paths: Iterable[Path], suffix: str) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.iterdir() if p.suffix.lower() == suffix)
        elif path.exists():
            yield path
        else:
            raise NotFoundError(f"{path}: there is no such file or folder")


def _grouped(items: Sequence[MakerFile], size: int) -> Iterator[Sequence[MakerFile]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _repairs_path(root: Path, source: MakerFile) -> Path:
    return root / REPAIRS_FOLDER / f"{source.when[0].year:04d}" / f"{source.path.stem}.csv"


def _repairs_text(repairs: Iterable[Repair]) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(REPAIR_COLUMNS)
    rows.writerows(astuple(repair) for repair in repairs)
    return text.getvalue().encode()


def _sources_text(maker: Maker) -> bytes:
    name, source = _FORMATS[maker].MAKER, _FORMATS[maker].SOURCE
    return f"id,publisher,url,published,read\n{source},{name},{_LINKS[maker]},,\n".encode()

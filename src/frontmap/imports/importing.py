"""Other makers' files into an archive of that maker: each snapshot once, in any order, restartable.

An import records what is not there yet, corrects what the maker has changed since, and leaves the
rest alone. Beside the archive's own files it keeps ``import.json``, the choices that were made, and
``repairs/``, one table for each snapshot: what was left out, changed or doubtful in its files.
"""

from __future__ import annotations

import functools
import itertools
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import shapely

from frontmap import storage
from frontmap.archive import Archive, Clock, NewRevision, utc_now
from frontmap.archive.covered import ground_to_fill
from frontmap.date_patterns import parse_pattern
from frontmap.errors import FrontmapError
from frontmap.imports.choices import Choices, with_contested_party
from frontmap.imports.dating import Dating, SnapshotFiles, dated_files
from frontmap.imports.finding import files_at
from frontmap.imports.foreign import ForeignZones, How, foreign_reader
from frontmap.imports.founding import (
    CHOICES_FILE,
    Founding,
    found_archive,
    keep_choices,
    open_imported,
)
from frontmap.imports.imported_before import (
    ImportStep,
    chain_of,
    must_be_read,
    read_repairs,
    repairs_path,
    step_of,
)
from frontmap.imports.repairs import Repair, repairs_text
from frontmap.intake.profiles import Profile, read_profile
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor

    from frontmap.date_patterns import When
    from frontmap.model import Revision, Snapshot

    Chains = Mapping[When, tuple[Revision, ...]]

    Read = Iterator[ForeignZones | FrontmapError]

BATCH = 16
#: What a revision takes beside date and zones.
_FIELDS: Final = ("reason", "sources", "published", "imported_from", "overlaps", "places")

__all__ = ["CHOICES_FILE", "Outcome", "import_files", "read_repairs", "sources_in"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did (or would do) with the files of a snapshot.

    ``file`` names them, ``repairs`` are what their zones took. Of a dry run, ``snapshot`` is what
    would be recorded, and ``error`` why nothing could be. ``bounds`` are those of the ground that
    was read (west, south, east, north, in degrees); None where no file was read.
    """

    file: str
    step: ImportStep
    repairs: tuple[Repair, ...]
    files: SnapshotFiles
    snapshot: Snapshot | None = None
    error: FrontmapError | None = None
    bounds: tuple[float, float, float, float] | None = None


def sources_in(
    paths: Iterable[Path], maker: str | Profile, *, dating: Dating | None = None
) -> tuple[SnapshotFiles, ...]:
    """Return the snapshots that files at ``paths`` (or in folders there) make, in order of time.

    ``maker`` is a profile or the name of one that ships; ``dating`` is the profile's unless given.
    The same file given twice is taken once. Raises ``NotFoundError`` when there is none, and
    ``InputError`` when a name tells no date, or two different files are of the same instant.

    >>> from pathlib import Path
    >>> files = sources_in([Path("tests/data/deepstate")], "deepstate")
    >>> [(file.path.name, file.date.isoformat()) for file in files[:2]]
    [('1709294400.geojson', '2024-03-01'), ('1709415000.geojson', '2024-03-02')]
    """
    profile = as_profile(maker)
    found = files_at(paths)
    return dated_files(found.maps, profile, dating or dating_of(profile)).snapshots


def as_profile(maker: str | Profile) -> Profile:
    """Return a profile, or that which ships by a name.

    >>> as_profile("deepstate").time_zone
    'Europe/Kyiv'
    """
    return read_profile(maker) if isinstance(maker, str) else maker


def dating_of(profile: Profile) -> Dating:
    """Return how the files of a profile are dated.

    >>> dating_of(as_profile("deepstate")).pattern.text
    '{unix}'
    """
    pattern = parse_pattern(profile.dates) if profile.dates else None
    return Dating(pattern=pattern, time_zone=profile.time_zone or "UTC")


def import_files(  # noqa: PLR0913  options
    sources: Sequence[SnapshotFiles],
    into: Path,
    *,
    maker: str | Profile,
    choices: Choices | None = None,
    dating: Dating | None = None,
    founding: Founding | None = None,
    again: bool = False,
    dry_run: bool = False,
    executor: Executor | None = None,
    clock: Clock = utc_now,
) -> Iterator[Outcome]:
    """Import files into the archive in the folder ``into``, made when missing; yield as it goes.

    What has been yielded is durable; after an interruption, the same call takes up the rest. The
    outcome is the same to the bit for any ``executor``, save for when each revision was recorded.
    ``choices`` are the archive's own where ``None``; ``founding`` is what a new archive needs
    beside the profile. Files that the first edition imported stay as they are, unless ``again``.
    ``dry_run`` yields what would be done, and writes nothing.

    Raises ``ConflictError`` when the archive is of another maker or was imported with other
    choices, and ``InputError`` naming a file that cannot be read; what came before is recorded.
    Where nothing came before, no archive is made.

    >>> import tempfile
    >>> from pathlib import Path
    >>> files = sources_in([Path("tests/data/uacontrolmap")], "uacontrolmap")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     into = Path(folder, "archive")
    ...     for _ in range(2):
    ...         [done.step for done in import_files(files, into, maker="uacontrolmap")]
    ['added', 'added']
    ['unchanged', 'unchanged']
    """
    profile = as_profile(maker)
    dating = dating or dating_of(profile)
    with _place_of(into, dry_run=dry_run) as place:
        if (place / "archive.json").exists():
            archive, chosen = open_imported(place, profile, choices, clock)
        else:
            founding = replace(founding or Founding(), time_zone=dating.time_zone)
            if not dry_run:
                _require_first(
                    import_files(
                        sources[:1],
                        into,
                        maker=profile,
                        choices=choices,
                        dating=dating,
                        founding=founding,
                        dry_run=True,
                    )
                )
            archive, chosen = found_archive(place, profile, choices, founding, clock)
        if not dry_run:
            keep_choices(place, profile, chosen)
        read_by = with_contested_party(profile, chosen.contested_party)
        within = None if chosen.snap_m is None else ground_to_fill(archive.about, archive.root)
        how = How(read_by, chosen, dating, frozenset(archive.about.parties), within)
        sources = [source._replace(version=how.profile.version) for source in sources]
        for group in _grouped(sources, BATCH * 4):
            known = {source.when: chain_of(archive, source) for source in group}
            fresh = [
                source
                for source in group
                if must_be_read(archive, source, known[source.when], again=again)
            ]
            read = functools.partial(_read_batch, how)
            foreign = map_batches(read, fresh, executor=executor, size=BATCH)
            if dry_run:
                yield from _proposed(archive, group, known, dict.fromkeys(fresh), foreign)
            else:
                yield from _recorded(archive, group, known, dict.fromkeys(fresh), foreign)


def _require_first(proposed: Iterator[Outcome]) -> None:
    """Raise the error for which a new archive would stay without a revision."""
    for outcome in list(proposed):  # to its end, where its scratch folder goes away
        if outcome.error is not None:
            raise outcome.error


def _recorded(
    archive: Archive,
    group: Sequence[SnapshotFiles],
    known: Chains,
    to_read: Collection[SnapshotFiles],
    foreign: Read,
) -> Iterator[Outcome]:
    """Record a group of snapshots, in batches of which each takes the lock once."""
    for whole in _grouped(group, BATCH):
        batch, fresh = whole, [source for source in whole if source in to_read]
        read: dict[SnapshotFiles, ForeignZones] = {}
        refused: FrontmapError | None = None
        for source, file in zip(fresh, itertools.islice(foreign, len(fresh)), strict=True):
            if isinstance(file, FrontmapError):
                refused, batch = file, whole[: whole.index(source)]
                break
            read[source] = file
        steps = {each: step_of(archive, each, read.get(each), known[each.when]) for each in batch}
        for source, zones in read.items():
            if steps[source] != "left":
                table = repairs_path(archive.root, source)
                storage.replace(table, repairs_text(zones.repairs), below=archive.root)
        archive.add_many(
            [_entry(source, zones) for source, zones in read.items() if not known[source.when]]
        )
        for source in batch:
            made, chain = read.get(source), known[source.when]
            step = steps[source]
            if made is not None and step == "corrected":
                archive.correct(**_correction(source, made, chain))
            repairs = () if step == "left" else read_repairs(archive.root, source)
            yield Outcome(source.name, step, repairs, source, bounds=_bounds(made))
        if refused is not None:
            raise refused


def _proposed(
    archive: Archive,
    group: Sequence[SnapshotFiles],
    known: Chains,
    to_read: Collection[SnapshotFiles],
    foreign: Read,
) -> Iterator[Outcome]:
    """Yield what would be recorded of a group of snapshots, and what would be refused."""
    for source in group:
        chain, made = known[source.when], next(foreign) if source in to_read else None
        try:
            if isinstance(made, FrontmapError):
                raise made
            step = step_of(archive, source, made, chain)
            snapshot = None
            if made is not None and step != "left":
                snapshot = _snapshot(archive, source, made, chain, step)
        except FrontmapError as error:
            yield Outcome(source.name, "refused", (), source, error=error)
        else:
            repairs = made.repairs if made else ()
            yield Outcome(source.name, step, repairs, source, snapshot, bounds=_bounds(made))


def _bounds(made: ForeignZones | None) -> tuple[float, float, float, float] | None:
    if made is None or not made.zones:
        return None
    west, south, east, north = shapely.total_bounds([zone.geometry for zone in made.zones]).tolist()
    return west, south, east, north


def _snapshot(
    archive: Archive,
    source: SnapshotFiles,
    made: ForeignZones,
    chain: Sequence[Revision],
    step: ImportStep,
) -> Snapshot:
    """Return what would be recorded, or is already."""
    if step == "added":
        entry = _entry(source, made)
        fields = {name: getattr(entry, name) for name in _FIELDS}
        return archive.would_add(entry.date, entry.zones, **fields)
    if step == "corrected":
        return archive.would_correct(**_correction(source, made, chain))
    return archive.read(chain[-1])


def _entry(source: SnapshotFiles, file: ForeignZones) -> NewRevision:
    origin = source.imported_from
    return NewRevision(
        date=source.date,
        zones=file.zones,
        reason=(
            f"imported from {origin.file} (SHA-256 {origin.sha256}, "
            f"profile {origin.profile} {origin.version})"
        ),
        sources=tuple(sorted({name for zone in file.zones for name in zone.sources})),
        published=source.published,
        imported_from=origin,
        overlaps="keep",
        places=file.places,
    )


def _correction(
    source: SnapshotFiles, file: ForeignZones, known: Sequence[Revision]
) -> dict[str, Any]:
    """Return the arguments of the correction by what a file has by now."""
    entry = _entry(source, file)
    given = {name: getattr(entry, name) for name in ("date", "zones", *_FIELDS)}
    return {**given, "base": known[-1].digest}


def _read_batch(how: How, batch: Sequence[SnapshotFiles]) -> list[ForeignZones | FrontmapError]:
    """Read the files of snapshots; an error is handed on, so that what comes before is recorded."""
    read = _reader(how)
    return [_read_one(read, source) for source in batch]


def _read_one(
    read: Callable[[SnapshotFiles], ForeignZones], source: SnapshotFiles
) -> ForeignZones | FrontmapError:
    try:
        return read(source)
    except FrontmapError as error:
        return error


@functools.lru_cache(maxsize=1)
def _reader(how: How) -> Callable[[SnapshotFiles], ForeignZones]:
    """Keep what was read from one batch to the next, in each process."""
    return foreign_reader(how)


@contextmanager
def _place_of(into: Path, *, dry_run: bool) -> Iterator[Path]:
    """Give the archive's folder, or for a dry run of a new one a folder that goes away."""
    if not dry_run or (into / "archive.json").exists():
        yield into
        return
    with tempfile.TemporaryDirectory() as scratch:
        yield Path(scratch, into.name or "archive")


def _grouped(items: Sequence[SnapshotFiles], size: int) -> Iterator[Sequence[SnapshotFiles]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]

"""Other makers' files into an archive of that maker: each snapshot once, in any order, restartable.

An import records what is not there yet, corrects what the maker has changed since, and leaves the
rest alone. Beside the archive's own files it keeps ``import.json``, the choices that were made, and
``repairs/``, one table for each file of the maker: what was left out, changed or doubtful in it.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from frontmap import storage
from frontmap.archive import Archive, Clock, NewRevision, init, open_archive, utc_now
from frontmap.errors import ConflictError, InputError, NotFoundError
from frontmap.formats import canonical
from frontmap.imports import deepstate, uacontrolmap
from frontmap.imports.choices import (
    PARTIES,
    Choices,
    choices_text,
    parse_choices,
    require_possible,
)
from frontmap.imports.repairs import Repair, parse_repairs, repairs_text
from frontmap.model import ImportedFrom
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from frontmap.imports.foreign import ForeignFile, MakerFormat
    from frontmap.model import Revision, Zone

    Key = tuple[dt.date, dt.datetime | None]
    Chains = Mapping[Key, tuple[Revision, ...]]

Maker = Literal["deepstate", "uacontrolmap"]
ImportStep = Literal["added", "corrected", "unchanged"]

BATCH = 16
CHOICES_FILE, REPAIRS_FOLDER = "import.json", "repairs"
WORLD = (-180.0, -90.0, 180.0, 90.0)
#: Goes up when the same file would become other zones; what was imported before is then corrected.
PROFILE_VERSION = "1"
FORMATS: Final[Mapping[Maker, MakerFormat]] = {
    "deepstate": deepstate.FORMAT,
    "uacontrolmap": uacontrolmap.FORMAT,
}


class MakerFile(NamedTuple):
    """One file of a maker: where it lies, the valid date and instant in its name, its SHA-256.

    ``profile`` names the rules that turn it into zones.
    """

    path: Path
    date: dt.date
    published: dt.datetime | None
    sha256: str
    profile: Maker

    @property
    def key(self) -> Key:
        """What chain of revisions it belongs to."""
        return self.date, self.published


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

    >>> from pathlib import Path
    >>> files = sources_in([Path("tests/data/deepstate")], "deepstate")
    >>> [(file.path.name, file.date.isoformat()) for file in files[:2]]
    [('1709294400.geojson', '2024-03-01'), ('1709415000.geojson', '2024-03-02')]
    """
    form = FORMATS[maker]
    found: dict[Key, MakerFile] = {}
    for path in _files(paths, form.suffix):
        date, published = form.when_of(path)
        sha256 = hashlib.sha256(storage.read(path)).hexdigest()
        source = MakerFile(path, date, published, sha256, maker)
        other = found.setdefault(source.key, source)
        if other.sha256 != source.sha256:
            raise InputError(
                f"{path} and {other.path} are of the same instant but differ; leave one out"
            )
    if not found:
        raise NotFoundError(
            f"no {form.suffix} file in {', '.join(map(str, paths)) or 'nothing'}; "
            "give the maker's files, or a folder that holds them"
        )
    return tuple(found[key] for key in sorted(found, key=str))


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
    archive, chosen = _opened(into, maker, choices, clock)
    for group in _grouped(sources, BATCH * 4):
        known = {source.key: _chain(archive, source) for source in group}
        fresh = [source for source in group if _must_be_read(archive, source, known[source.key])]
        read = functools.partial(_read_batch, maker, chosen)
        foreign = map_batches(read, fresh, executor=executor, size=BATCH)
        yield from _recorded(archive, group, known, dict.fromkeys(fresh), foreign)


def read_repairs(root: Path, source: MakerFile) -> tuple[Repair, ...]:
    """Return the repairs that the import of a file took, from the archive's own table.

    Raises ``NotFoundError`` without such a table, ``InputError`` when it cannot be read.

    >>> import tempfile
    >>> from pathlib import Path
    >>> files = sources_in([Path("tests/data/uacontrolmap")], "uacontrolmap")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = list(import_files(files, Path(folder), maker="uacontrolmap"))
    ...     read_repairs(Path(folder), files[0]) == done[0].repairs
    True
    """
    table = _repairs_path(root, source)
    return parse_repairs(storage.read(table, below=root), table)


def _recorded(
    archive: Archive,
    group: Sequence[MakerFile],
    known: Chains,
    to_read: Collection[MakerFile],
    foreign: Iterator[ForeignFile],
) -> Iterator[Outcome]:
    """Record a group of files, in batches of which each takes the lock once."""
    for batch in _grouped(group, BATCH):
        fresh = [source for source in batch if source in to_read]
        read = dict(zip(fresh, itertools.islice(foreign, len(fresh)), strict=True))
        for source, file in read.items():
            table = _repairs_path(archive.root, source)
            storage.replace(table, repairs_text(file.repairs), below=archive.root)
        archive.add_many(
            [_entry(source, file) for source, file in read.items() if not known[source.key]]
        )
        for source in batch:
            step = _step(archive, source, read.get(source), known[source.key])
            yield Outcome(source.path.name, step, read_repairs(archive.root, source))


def _step(
    archive: Archive, source: MakerFile, file: ForeignFile | None, known: tuple[Revision, ...]
) -> ImportStep:
    if file is None or _is_known(source, known):
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


def _entry(source: MakerFile, file: ForeignFile) -> NewRevision:
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
    return ImportedFrom(
        file=source.path.name,
        sha256=source.sha256,
        profile=source.profile,
        version=PROFILE_VERSION,
    )


def _reason(origin: ImportedFrom) -> str:
    return (
        f"imported from {origin.file} (SHA-256 {origin.sha256}, "
        f"profile {origin.profile} {origin.version})"
    )


def _chain(archive: Archive, source: MakerFile) -> tuple[Revision, ...]:
    return tuple(r for r in archive.revisions(source.date) if r.published == source.published)


def _must_be_read(archive: Archive, source: MakerFile, chain: Iterable[Revision]) -> bool:
    """Whether a file is not imported yet, or its table of repairs cannot be read."""
    if not _is_known(source, chain):
        return True
    try:
        read_repairs(archive.root, source)
    except (InputError, NotFoundError):
        return True
    return False


def _is_known(source: MakerFile, chain: Iterable[Revision]) -> bool:
    """Whether this very file was imported before, whatever has been recorded since."""
    known = _imported_from(source)
    unnamed = replace(known, profile="")  # as format 1 has it
    return any(revision.imported_from in (known, unnamed) for revision in chain)


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


def _read_batch(maker: Maker, choices: Choices, batch: Sequence[MakerFile]) -> list[ForeignFile]:
    read_file = _reader(maker, choices)
    return [read_file(source.path) for source in batch]


@functools.lru_cache(maxsize=1)
def _reader(maker: Maker, choices: Choices) -> Callable[[Path], ForeignFile]:
    """Keep what was read from one batch to the next, in each process."""
    return FORMATS[maker].reader(choices)


def _opened(
    into: Path, maker: Maker, choices: Choices | None, clock: Clock
) -> tuple[Archive, Choices]:
    """Open the archive, or make it; return it with the choices that it is imported with."""
    form = FORMATS[maker]
    path = into / CHOICES_FILE
    if choices is not None:
        require_possible(choices, "choices")
    storage.make_folder(into)
    if storage.kind_of(into / "archive.json", below=into) is None:
        chosen = choices or Choices()
        _place(path, choices_text(maker, chosen), into)
        _place(into / "sources.csv", _sources_text(form), into)
        archive = init(
            into,
            title=f"{form.maker}, imported",
            maker=form.maker,
            license="the maker's own terms",
            bbox=WORLD if chosen.region is None else chosen.region.bounds,
            parties=PARTIES,
            time_zone=form.time_zone,
            clock=clock,
        )
        return archive, chosen
    archive = open_archive(into, clock=clock)
    if archive.about.maker != form.maker:
        raise ConflictError(
            f"{into}: this archive is of {archive.about.maker}, not of {form.maker}; makers are "
            "compared, never mixed: choose another folder with --into"
        )
    if storage.kind_of(path, below=into) is None:
        raise ConflictError(
            f"{into}: this archive was not made by an import; choose another folder with --into"
        )
    text = storage.read(path, below=into)
    if choices is not None and choices_text(maker, choices) != text:
        raise ConflictError(
            f"{path}: this archive was imported with other choices (region, party, accuracy); "
            "leave them out to go on with those, or choose another folder with --into"
        )
    return archive, parse_choices(text, path)


def _place(path: Path, text: bytes, into: Path) -> None:
    """Write a file of a new archive; one that is there already is somebody's, and stays."""
    if storage.kind_of(path, below=into) is None:
        storage.create(path, text, below=into)
    elif storage.read(path, below=into) != text:
        raise ConflictError(
            f"{path}: was there before the archive; choose another folder with --into, or move it"
        )


def _files(paths: Iterable[Path], suffix: str) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            for found, kind in storage.entries(path, below=path):
                if found.suffix.lower() == suffix and kind != "folder":
                    storage.require_plain_or_missing(found, below=path)
                    yield found
        elif path.exists():
            yield path
        else:
            raise NotFoundError(f"{path}: there is no such file or folder")


def _grouped(items: Sequence[MakerFile], size: int) -> Iterator[Sequence[MakerFile]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _repairs_path(root: Path, source: MakerFile) -> Path:
    return root / REPAIRS_FOLDER / f"{source.date.year:04d}" / f"{source.path.stem}.csv"


def _sources_text(form: MakerFormat) -> bytes:
    return f"id,publisher,url,published,read\n{form.source},{form.maker},{form.link},,\n".encode()

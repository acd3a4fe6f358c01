"""What an archive has of a maker's files already, and so what an import has to do with each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from frontmap import storage
from frontmap.archive import history
from frontmap.errors import InputError, NotFoundError
from frontmap.formats import canonical
from frontmap.imports.repairs import Repair, parse_repairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from frontmap.archive import Archive
    from frontmap.imports.dating import SnapshotFiles
    from frontmap.imports.foreign import ForeignZones
    from frontmap.model import Revision, Zone

ImportStep = Literal["added", "corrected", "unchanged", "left", "refused"]

REPAIRS_FOLDER = "repairs"
#: What the first edition wrote for the version of the rules that it read files with.
_FIRST_EDITION = "1"


def read_repairs(root: Path, source: SnapshotFiles) -> tuple[Repair, ...]:
    """Return the repairs that the import of a snapshot took, from the archive's own table.

    Raises ``NotFoundError`` without such a table, ``InputError`` when it cannot be read.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from frontmap.imports.importing import import_files, sources_in
    >>> files = sources_in([Path("tests/data/uacontrolmap")], "uacontrolmap")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = list(import_files(files, Path(folder), maker="uacontrolmap"))
    ...     read_repairs(Path(folder), files[0]) == done[0].repairs
    True
    """
    table = repairs_path(root, source)
    return parse_repairs(storage.read(table, below=root), table)


def repairs_path(root: Path, source: SnapshotFiles) -> Path:
    """Return where the repairs of a snapshot are: by its date, or its instant as a Unix second.

    >>> from pathlib import Path
    >>> from frontmap.imports.importing import sources_in
    >>> files = sources_in([Path("tests/data/deepstate")], "deepstate")
    >>> repairs_path(Path("archive"), files[0]).as_posix()
    'archive/repairs/2024/1709294400.csv'
    """
    name = f"{source.date}" if source.published is None else f"{source.published.timestamp():.0f}"
    return root / REPAIRS_FOLDER / f"{source.date.year:04d}" / f"{name}.csv"


def chain_of(archive: Archive, source: SnapshotFiles) -> tuple[Revision, ...]:
    """Return the revisions of the day and instant of a snapshot's files, oldest first.

    >>> import tempfile
    >>> from pathlib import Path
    >>> import frontmap
    >>> from frontmap.imports.importing import import_files, sources_in
    >>> files = sources_in([Path("tests/data/uacontrolmap")], "uacontrolmap")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = list(import_files(files[:1], Path(folder), maker="uacontrolmap"))
    ...     archive = frontmap.open(folder)
    ...     [len(chain_of(archive, source)) for source in files[:2]]
    [1, 0]
    """
    return history.recorded_order(archive.chain(source.when))


def step_of(
    archive: Archive, source: SnapshotFiles, file: ForeignZones | None, known: Sequence[Revision]
) -> ImportStep:
    """Return what to do with what was read of a snapshot's files (None: nothing had to be).

    What a person recorded by hand last is left as it is: its revision names no file.

    >>> import tempfile
    >>> from pathlib import Path
    >>> import frontmap
    >>> from frontmap.imports.importing import import_files, sources_in
    >>> files = sources_in([Path("tests/data/uacontrolmap")], "uacontrolmap")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = list(import_files(files[:1], Path(folder), maker="uacontrolmap"))
    ...     archive = frontmap.open(folder)
    ...     [step_of(archive, source, None, chain_of(archive, source)) for source in files[:1]]
    ['unchanged']
    """
    if file is None:
        return "unchanged"
    if not known:
        return "added"
    if _is_known(source, known) or _is_recorded(archive, file.zones, known):
        return "unchanged"
    return "left" if known[-1].imported_from is None else "corrected"


def must_be_read(
    archive: Archive, source: SnapshotFiles, chain: Iterable[Revision], *, again: bool
) -> bool:
    """Whether a file is not imported yet, or its table of repairs cannot be read.

    >>> import tempfile
    >>> from pathlib import Path
    >>> import frontmap
    >>> from frontmap.imports.importing import import_files, sources_in
    >>> files = sources_in([Path("tests/data/uacontrolmap")], "uacontrolmap")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = list(import_files(files[:1], Path(folder), maker="uacontrolmap"))
    ...     archive = frontmap.open(folder)
    ...     chains = [chain_of(archive, source) for source in files[:2]]
    ...     [must_be_read(archive, *each, again=False) for each in zip(files, chains)]
    [False, True]
    """
    if not _is_known(source, chain, again=again):
        return True
    try:
        read_repairs(archive.root, source)
    except (InputError, NotFoundError):
        return True
    return False


def _is_known(source: SnapshotFiles, chain: Iterable[Revision], *, again: bool = True) -> bool:
    """Whether this very file was imported before, whatever has been recorded since.

    What the first edition imported is known too, by whatever rules it was read, unless ``again``.
    """
    known = [source.imported_from]
    if not again:
        known += [
            replace(known[0], profile=profile, version=_FIRST_EDITION)
            for profile in (source.profile, "")
        ]
    return any(revision.imported_from in known for revision in chain)


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

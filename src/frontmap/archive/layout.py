"""Where things lie in an archive's folder, and reading them from there."""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.archive import snapshot_rules
from frontmap.dates import parse_date
from frontmap.errors import InputError, IntegrityError
from frontmap.formats import canonical, recorded_form
from frontmap.formats.splitting import BoundedCache, each_feature, parse_feature
from frontmap.model import Snapshot

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from frontmap.model import Revision, Zone

ABOUT = "archive.json"
MARKER = ".writing.part"
#: What git is told of an archive: whose files it leaves out, and that it never changes their bytes.
GIT_FILES = {".gitignore": b".lock\n*.part\n", ".gitattributes": b"* -text\n"}
REVISION_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}\.geojson")


def revisions_folder(root: Path, date: dt.date) -> Path:
    """Return the folder of one date's revisions.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> revisions_folder(Path("kursk"), dt.date(2024, 8, 31)).as_posix()
    'kursk/revisions/2024/2024-08-31'
    """
    return root / "revisions" / f"{date.year:04d}" / date.isoformat()


def revision_path(root: Path, revision: Revision) -> Path:
    """Return where a revision lies: named by when it was recorded and by its digest.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> revision_path(root, first).name
    '20261122T224244Z-4c237868fcc9.geojson'
    """
    name = f"{revision.recorded:%Y%m%dT%H%M%SZ}-{revision.digest[:12]}.geojson"
    return revisions_folder(root, revision.date) / name


def copy_path(root: Path, revision: Revision) -> Path:
    """Return where the copy of the revision in force lies, to open, link to and edit.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.archive import lookup
    >>> root = Path("geodata/kursk")
    >>> first, second, _ = lookup.read_revisions(root, dt.date(2024, 8, 31))
    >>> copy_path(root, second).as_posix()
    'geodata/kursk/snapshots/2024/2024-08-31.geojson'
    """
    instant = "" if revision.published is None else f"{revision.published:T%H%M%SZ}"
    day = revision.date if revision.published is None else revision.published.date()
    return root / "snapshots" / f"{revision.date.year:04d}" / f"{day.isoformat()}{instant}.geojson"


def date_folders(root: Path) -> list[Path]:
    """Return the folders of all dates, oldest first.

    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> [folder.name for folder in date_folders(root)[:2]]
    ['2024-08-06', '2024-08-07']
    """
    years = _folders_in(root / "revisions", root)
    return [day for year in years for day in _folders_in(year, root) if named_date(day.name)]


def _folders_in(folder: Path, root: Path) -> list[Path]:
    """Return the folders in one, sorted by name; something else in their place is no answer."""
    if storage.kind_of(folder, below=root) is None:
        return []
    found = storage.entries(folder, below=root)
    for path, kind in found:
        if kind in {"link", "other"}:
            raise damaged(path, "it is a link, a pipe or a device")
        if kind == "file" and (path.name.isdecimal() or named_date(path.name)):
            raise damaged(path, "it is a file where a folder belongs")
    return [path for path, kind in found if kind == "folder"]


def revision_files(folder: Path) -> list[Path]:
    """Return the revision files of one date's folder, oldest first.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> len(revision_files(revisions_folder(root, dt.date(2024, 8, 31))))
    3
    """
    root = folder.parents[2]
    if storage.kind_of(folder, below=root) is None:
        return []
    return [path for path, _ in storage.entries(folder, below=root) if _is_geojson(path)]


def _is_geojson(path: Path) -> bool:
    return path.suffix == ".geojson" and not path.name.startswith(".")


def copy_files(root: Path, date: dt.date | None = None) -> list[Path]:
    """Return the copies that are there (of one valid date, where no instant is in the name).

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> [path.name for path in copy_files(root, dt.date(2024, 8, 31))]
    ['2024-08-31.geojson']
    """
    found = (
        path
        for year in _folders_in(root / "snapshots", root)
        for path, _ in storage.entries(year, below=root)
        if _is_geojson(path)
    )
    return [path for path in found if date is None or path.stem[:10] == date.isoformat()]


def read_headers(folder: Path) -> Iterator[Revision]:
    """Read the headers of one date's revisions from the first bytes of each file.

    Raises ``IntegrityError`` when one cannot be read or is not what its name says.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> headers = read_headers(revisions_folder(root, dt.date(2024, 8, 31)))
    >>> [header.kind for header in headers]
    ['snapshot', 'correction', 'correction']
    """
    for path in revision_files(folder):
        yield read_header(path)


def read_header(path: Path) -> Revision:
    """Read one revision's header; raises ``IntegrityError`` naming the file.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> path, *_ = revision_files(revisions_folder(root, dt.date(2024, 8, 31)))
    >>> read_header(path).kind
    'snapshot'
    """
    try:
        start = storage.read_start(path, canonical.HEADER_BYTES, below=path.parents[3])
        if len(start) == canonical.HEADER_BYTES and canonical.loads_header(start) is None:
            start = storage.read(path, below=path.parents[3])
    except InputError as error:
        raise damaged(path, str(error)) from error
    return _header(path, start)


def _header(path: Path, start: bytes) -> Revision:
    """Return the header of a revision from the first bytes of its text."""
    if not REVISION_NAME.fullmatch(path.name):
        raise damaged(path, "no revision of frontmap has such a name")
    try:
        revision = canonical.loads_header(start)
    except InputError as error:
        raise damaged(path, str(error)) from error
    if revision is None:
        raise damaged(path, "it ends before its header does")
    if path != revision_path(path.parents[3], revision):
        raise damaged(path, "its name or folder is not the one that its header gives")
    return revision


def read_whole(path: Path) -> bytes:
    """Return the text of a revision; raises ``IntegrityError`` when it is not what was recorded.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> path, *_ = revision_files(revisions_folder(root, dt.date(2024, 8, 31)))
    >>> read_whole(path) == path.read_bytes()
    True
    """
    return _whole(path)[1]


def _whole(path: Path) -> tuple[Revision, bytes]:
    try:
        text = storage.read(path, below=path.parents[3])
    except InputError as error:
        raise damaged(path, str(error)) from error
    revision = _header(path, text)
    if canonical.digest_of(text) != revision.digest:
        raise damaged(path, "its content does not match its digest")
    return revision, text


def read_snapshot(path: Path) -> Snapshot:
    """Read a whole revision; raises ``IntegrityError`` when it is not what was recorded.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> path, *_ = revision_files(revisions_folder(root, dt.date(2024, 8, 31)))
    >>> {zone.status for zone in read_snapshot(path).zones} == {"contested", "controlled"}
    True
    """
    return Reader()(path)[0]


def read_snapshots(paths: Iterable[Path]) -> Iterator[Snapshot]:
    """Read whole revisions one after the other; a zone that stays as it was is the same object.

    Raises as :func:`read_snapshot`.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> root = Path("geodata/kursk")
    >>> paths = revision_files(revisions_folder(root, dt.date(2024, 8, 31)))
    >>> [snapshot.revision.kind for snapshot in read_snapshots(paths)]
    ['snapshot', 'correction', 'correction']
    """
    read = Reader()
    for path in paths:
        yield read(path)[0]


class Reader:
    """Reads whole revisions; a zone that another one had lately is the same object.

    A revision that breaks a rule of snapshots is refused; ``rules=False`` is for who applies them.
    """

    def __init__(self, *, rules: bool = True) -> None:
        self._rules = rules
        self._undated = BoundedCache(
            self._zone, size=lambda key: sys.getsizeof(key[0]), limit_bytes=2**24
        )

    def __call__(self, path: Path) -> tuple[Snapshot, bytes]:
        """Return a revision and its text; raises as :func:`read_snapshot`."""
        revision, text = _whole(path)
        try:
            date = recorded_form.date_of_zones(revision)
            zones = each_feature(
                text, lambda features: [self._read(each, date) for each in features]
            )
        except (InputError, ValueError) as error:
            raise damaged(path, f"not a snapshot of frontmap: {error}") from error
        if self._rules:
            for breach in snapshot_rules.header_breaches(revision):
                raise damaged(path, breach.message)
            if any(one.id >= other.id for one, other in pairwise(zones)):
                raise damaged(path, "its zones are not sorted by id, or one occurs twice")
        return Snapshot(revision, tuple(zones)), text

    def _read(self, feature: bytes, date: str | None) -> Zone:
        """Read a zone, known by its text without the date, which is all that a day changes."""
        if date is not None:
            stated = f'"date":"{date}",'.encode()
            if stated not in feature:
                return self._zone((feature, date))  # which says what it states instead
            feature, date = feature.replace(stated, b'"date":"",', 1), ""
        return self._undated((feature, date))

    def _zone(self, feature_and_date: tuple[bytes, str | None]) -> Zone:
        feature, date = feature_and_date
        zone = recorded_form.zone_of(parse_feature(feature), date)
        if self._rules:
            for breach in snapshot_rules.zone_breaches(zone):
                raise InputError(f"zone {zone.id!r}: {breach.message}")
        return zone


def damaged(path: Path, why: str) -> IntegrityError:
    """Return the error that names a damaged revision and the remedy.

    >>> from pathlib import Path
    >>> print(damaged(Path("a.geojson"), "too short"))
    a.geojson: damaged: too short; restore this file from git or another copy of the archive
    """
    return IntegrityError(
        f"{path}: damaged: {why}; restore this file from git or another copy of the archive"
    )


def named_date(name: str) -> dt.date | None:
    """Return the date that a folder's or file's name is; None when it is none.

    >>> named_date("2024-08-31"), named_date("20240831")
    (datetime.date(2024, 8, 31), None)
    """
    try:
        return parse_date(name)
    except ValueError:
        return None

"""Which files a person means: those that are named, and in folders those that look like maps."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from frontmap import storage
from frontmap.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

#: What maps are called in a folder; a file that is named itself may be called anything.
SUFFIXES = (
    ".fgb",
    ".geojson",
    ".geojsonl",
    ".geojsons",
    ".geoparquet",
    ".gml",
    ".gpkg",
    ".json",
    ".jsonl",
    ".kml",
    ".kmz",
    ".ndjson",
    ".parquet",
    ".shp",
    ".topojson",
)
_OF_ONE_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_DEEPEST = 32


class FoundFiles(NamedTuple):
    """The files that are to be read, and those in folders that are none by their names."""

    maps: tuple[Path, ...]
    others: tuple[Path, ...]


def files_at(paths: Iterable[Path], *, beside: Path | None = None) -> FoundFiles:
    """Return the files at ``paths``: each that is named, and of each folder all maps below it.

    ``beside`` is the archive that is imported into: what lies in it is no map to import. Hidden
    files and folders are left alone. Raises ``NotFoundError`` when there is nothing at a path or no
    map at all, ``InputError`` when a link or a device is called like a map.

    >>> from pathlib import Path
    >>> found = files_at([Path("tests/data/uacontrolmap")])
    >>> [path.name for path in found.maps]
    ['2026-02-01.kml', '2026-02-02.kml']
    """
    maps: list[Path] = []
    others: list[Path] = []
    for path in paths:
        if not path.is_dir():
            if not path.exists():
                raise NotFoundError(f"{path}: there is no such file or folder")
            maps.append(path)
            continue
        for found in _below(path, path, beside, 0):
            (maps if is_map(found) else others).append(found)
    if not maps:
        raise NotFoundError(
            f"{', '.join(map(str, paths)) or 'nothing'}: no map (.geojson, .kml, .gpkg, .shp, ...) "
            "is there; give the maker's files, or a folder that holds them"
        )
    parts = {_shapefile(path) for path in maps if path.suffix.lower() == ".shp"}
    return FoundFiles(tuple(maps), tuple(path for path in others if _shapefile(path) not in parts))


def is_map(path: Path) -> bool:
    """Whether a file in a folder is called like a map.

    >>> from pathlib import Path
    >>> is_map(Path("a.GeoJSON.gz")), is_map(Path("zones.zip")), is_map(Path("sources.csv"))
    (True, True, False)
    """
    *before, last = ["", *path.suffixes[-2:]] if path.suffixes else [""]
    if last.lower() == ".gz":
        return before[-1].lower() in SUFFIXES
    return last.lower() in (*SUFFIXES, ".zip")


def digest_of(paths: Sequence[Path]) -> str:
    """Return the SHA-256 of a file in hexadecimal.

    Of several it is that of the list that ``sha256sum`` prints of them, by their names in order; so
    it is of a Shapefile, whose parts lie beside it.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> a, b = folder / "a.kml", folder / "b.kml"
    >>> a.write_bytes(b"<kml/>"), b.write_bytes(b"<kml/>")
    (6, 6)
    >>> digest_of([a])[:12], digest_of([b, a]) == digest_of([a, b])
    ('c200e3ef5d9c', True)
    """
    parts = sorted({part for path in paths for part in _parts(path)}, key=lambda path: path.name)
    digests = [(hashlib.sha256(storage.read(part)).hexdigest(), part.name) for part in parts]
    if len(digests) == 1:
        return digests[0][0]
    listed = "".join(f"{digest}  {name}\n" for digest, name in digests)
    return hashlib.sha256(listed.encode()).hexdigest()


def _below(folder: Path, root: Path, beside: Path | None, depth: int) -> Iterator[Path]:
    """Yield the files in a folder and in those in it, by their names in order."""
    if depth > _DEEPEST or (beside is not None and _is_same(folder, beside)):
        return
    for path, kind in storage.entries(folder, below=root):
        if path.name.startswith(".") or path.name == "__MACOSX":
            continue
        if kind == "folder":
            yield from _below(path, root, beside, depth + 1)
        else:
            if is_map(path):
                storage.require_plain_or_missing(path, below=root)
            yield path


def _is_same(folder: Path, other: Path) -> bool:
    return other.exists() and folder.samefile(other)


def _shapefile(path: Path) -> Path | None:
    """Return the path of the Shapefile that a file is a part of, by its name."""
    return path.with_suffix(".shp") if path.suffix.lower() in _OF_ONE_SHAPEFILE else None


def _parts(path: Path) -> list[Path]:
    if path.suffix.lower() != ".shp":
        return [path]
    beside = {
        other.suffix.lower(): other
        for other, kind in storage.entries(path.parent, below=path.parent)
        if kind == "file" and other.stem == path.stem
    }
    return [beside[suffix] for suffix in _OF_ONE_SHAPEFILE if suffix in beside]

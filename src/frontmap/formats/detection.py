"""Which format a file is of, by its first bytes, and the reader that takes it apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.errors import InputError
from frontmap.formats import (
    flatgeobuf,
    foreign_bytes,
    geopackage,
    geoparquet,
    gml,
    json_forms,
    kml,
    kmz,
    packed,
    shapefile,
    strict,
    text_table,
    xml_text,
)
from frontmap.formats.layers import chosen, not_read
from frontmap.formats.shapefile import Parts
from frontmap.formats.source import source_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from frontmap.formats.packed import Members
    from frontmap.formats.source import FileOptions, Source

_SQLITE = b"SQLite format 3\x00"
#: Files that are read where they lie in a zip archive.
_INNER = (
    ".geojson", ".json", ".topojson", ".geojsonl", ".ndjson", ".gpkg", ".fgb", ".gml", ".csv",
    ".parquet",
)  # fmt: skip
_WITH_LAYERS = frozenset({"GeoPackage", "GML", "TopoJSON", "KMZ", "Shapefile"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's bytes, and a way to those beside it of the same name and another ending."""

    path: Path
    data: bytes
    beside: Callable[[str], bytes | None]
    is_unpacked: bool = False

    @classmethod
    def at(cls, path: Path, below: Path | None) -> Opened:
        """Open a file through the one opener, expanded where it is gzipped.

        >>> from pathlib import Path
        >>> Opened.at(Path("geodata/kursk/archive.json"), Path("geodata/kursk")).data[:1]
        b'{'
        """
        inner = None if below is None else storage.path_in(path, below)
        place, root = (path, None) if inner is None else (inner, below)
        data = storage.read(place, below=root)

        def beside(ending: str) -> bytes | None:
            """Read what lies beside the file with another ending, after a dot or a dash."""
            added = place.name if ending.startswith("-") else place.stem
            for each in (ending, ending.upper()):
                neighbour = place.with_name(added + each)
                if neighbour.exists() or neighbour.is_symlink():
                    return storage.read(neighbour, below=root)
            return None

        opened = cls(path, data, beside)
        return opened.expanded() if packed.is_gzip(data) else opened

    def expanded(self) -> Opened:
        """Return what a gzipped file holds, which is alone."""
        return replace(
            self,
            data=packed.expand_gzip(self.data, self.path),
            beside=lambda _: None,
            is_unpacked=True,
        )

    def is_json(self) -> bool:
        """Whether the file is JSON; ``InputError`` where it is more of it than is read."""
        if not json_forms.is_json(self.data):
            return False
        if len(self.data) > strict.MOST_BYTES:
            raise InputError(
                f"{self.path}: more than {strict.MOST_BYTES >> 20} MiB; "
                "split or simplify it (in QGIS: Simplify)"
            )
        return True


def source_of_bytes(opened: Opened, options: FileOptions) -> Source:
    """Take a file apart by the reader of its format; ``InputError`` names what is not read.

    >>> from pathlib import Path
    >>> from frontmap.formats.source import FileOptions
    >>> opened = Opened(Path("a.geojson"), b"<kml><Document/></kml>", lambda _: None)
    >>> source_of_bytes(opened, FileOptions()).form
    'KML'
    """
    source = _taken_apart(opened, options)
    if options.layer is not None and source.form not in _WITH_LAYERS and not opened.is_unpacked:
        raise InputError(f"{opened.path}: {source.form} has no layers; leave out --layer")
    return source


def _taken_apart(opened: Opened, options: FileOptions) -> Source:
    data, path = opened.data, opened.path
    if packed.is_zip(data):
        return _packed(opened, options)
    if opened.is_json():
        return json_forms.read_json(data, path, options)
    if xml_text.is_xml(data) and not foreign_bytes.is_html(data):
        return _xml(data, path, options)
    source = _binary(opened, options) or text_table.read_text_table(data, path, options)
    if source is None:
        raise foreign_bytes.refusal(data, path)
    return source


def _binary(opened: Opened, options: FileOptions) -> Source | None:
    data, path = opened.data, opened.path
    if data.startswith(_SQLITE):
        is_open = bool(opened.beside("-wal"))
        return geopackage.read_geopackage(data, path, options, is_open=is_open)
    if data.startswith(shapefile.MAGIC) and path.suffix.lower() != ".shx":
        name = chosen(options.layer, [path.stem], [path.stem], path)
        return shapefile.read_shapefile(Parts(name, data, opened.beside), path, options)
    if data.startswith(flatgeobuf.MAGIC):
        return flatgeobuf.read_flatgeobuf(data, path)
    return geoparquet.read_geoparquet(data, path) if data.startswith(geoparquet.MAGIC) else None


def _xml(data: bytes, path: Path, options: FileOptions) -> Source:
    root, repairs = xml_text.root_of(data, path)
    name = xml_text.name_of(root)
    if name in kml.ROOTS:
        return kml.read_kml(root, repairs, path.name.removesuffix(".gz"))
    if gml.is_gml(root):
        return gml.read_gml(root, repairs, path, options)
    raise foreign_bytes.xml_refusal(name, path, " ".join(islice(root.itertext(), 100)))


def _packed(opened: Opened, options: FileOptions) -> Source:
    path = opened.path
    if opened.is_unpacked:
        raise InputError(f"{path}: is an archive within an archive; unpack it")
    members = packed.members_of(opened.data, path)
    if shapes := members.ending(".shp"):
        source = _zipped_shapefile(members, shapes, path, options)
        return _alone(source, members.ending(".kml", *_INNER))
    inner = members.ending(*_INNER)
    if documents := members.ending(".kml"):
        return _alone(_kmz(members, documents, path, options), inner)
    if not inner or any(name.startswith(("xl/", "word/", "ppt/")) for name in members.names):
        raise foreign_bytes.zip_refusal(members.names, members.described(), path)
    name = inner[0] if len(inner) == 1 else chosen(options.layer, inner, inner, path)
    if len(inner) > 1:
        options = options._replace(layer=None)
    alone = Opened(path, members.read(name), lambda _: None, is_unpacked=True)
    return _taken_apart(alone, options)


def _alone(source: Source, others: list[str]) -> Source:
    """Return what was read of an archive, and say which maps of other formats in it were not."""
    said = not_read(f"the {source.form}", others, remedy="unpack it")
    return source._replace(repairs=(*source.repairs, *said))


def _zipped_shapefile(
    members: Members, shapes: list[str], path: Path, options: FileOptions
) -> Source:
    names = {name[: -len(".shp")]: name for name in shapes}
    stem = chosen(options.layer, list(names), list(names), path)

    def beside(ending: str) -> bytes | None:
        wanted = (stem + ending).lower()
        found = next((name for name in members.names if name.lower() == wanted), None)
        return None if found is None else members.read(found)

    parts = Parts(stem.rpartition("/")[2], members.read(names[stem]), beside)
    return shapefile.read_shapefile(parts, path, options)


def _kmz(members: Members, documents: list[str], path: Path, options: FileOptions) -> Source:
    """Read the document that opens first in a KMZ, or the one that ``--layer`` names."""
    top = [name for name in documents if "/" not in name] or documents
    first = next((name for name in top if name.lower() == "doc.kml"), top[0])
    name = first if options.layer is None else chosen(options.layer, documents, documents, path)
    read: dict[str, tuple[str, ...]] = {}
    features = list(kmz.linked_features(members, name, path, read))
    others = [each for each in documents if each not in read]
    repairs = [repair for each in read.values() for repair in each]
    repairs += not_read(name, others, options.layer)
    return source_of("KMZ", features, repairs=repairs, degrees=True)

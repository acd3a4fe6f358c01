"""Which format a file is of, by its first bytes, and the reader that takes it apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from frontmap import storage
from frontmap.errors import InputError
from frontmap.formats import json_forms, kml, packed, strict, unreadable, xml_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from frontmap.formats.packed import Members
    from frontmap.formats.source import FileOptions, Source

_SQLITE = b"SQLite format 3\x00"
_SHAPEFILE = b"\x00\x00\x27\x0a"
_FLATGEOBUF = b"fgb\x03fgb"
_PARQUET = b"PAR1"
_INNER = (".geojson", ".json", ".gpkg", ".fgb", ".gml", ".csv", ".topojson", ".parquet", ".kml")


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

        def beside(suffix: str) -> bytes | None:
            for ending in (suffix, suffix.upper()):
                neighbour = place.with_suffix(ending)
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
    data, path = opened.data, opened.path
    if packed.is_zip(data):
        return _packed(opened, options)
    if opened.is_json():
        return json_forms.read_json(data, path, options)
    if xml_text.is_xml(data) and not unreadable.is_html(data):
        return _xml(data, path)
    raise unreadable.refusal(data, path)


def _xml(data: bytes, path: Path) -> Source:
    root, repairs = xml_text.root_of(data, path)
    name = xml_text.name_of(root)
    if name in kml.ROOTS:
        return kml.read_kml(root, repairs)
    raise unreadable.xml_refusal(name, path, "".join(root.itertext())[:500])


def _packed(opened: Opened, options: FileOptions) -> Source:
    path = opened.path
    if opened.is_unpacked:
        raise InputError(f"{path}: is an archive within an archive; unpack it")
    members = packed.members_of(opened.data, path)
    if documents := members.ending(".kml"):
        return _kmz(members, documents, path, options)
    inner = members.ending(*_INNER)
    if len(inner) != 1:
        raise unreadable.zip_refusal(members.names, members.described(), path)
    return source_of_bytes(
        Opened(path, members.read(inner[0]), lambda _: None, is_unpacked=True), options
    )


def _kmz(members: Members, documents: list[str], path: Path, options: FileOptions) -> Source:
    """Read the document that opens first in a KMZ, or the one that ``--layer`` names."""
    top = [name for name in documents if "/" not in name] or documents
    first = next((name for name in top if name.lower() == "doc.kml"), top[0])
    name = first if options.layer is None else options.layer
    if name not in documents:
        raise InputError(f"{path}: has no document {name!r}; it has {', '.join(documents)}")
    source = kml.read_kml(*xml_text.root_of(members.read(name), path))
    others = [each for each in documents if each != name]
    said = (f"read {name}; not read: {', '.join(others)} (--layer NAME)",) if others else ()
    return source._replace(form="KMZ", repairs=(*source.repairs, *said))

"""What a file is that holds no features to be read, by its first bytes, and what to do with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from frontmap.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_EXPORT = "export its polygons as GeoPackage or GeoJSON"
_PICTURE = "a picture holds no polygons; trace it in a GIS"
_UNPACK = "unpack it and name the file in it"
_TABLE = "save the sheet as CSV, with a column of WKT"
_DAMAGED = "fetch the file again, or leave it out"

#: First bytes, what begins so, and the next step.
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", "ask its maker for the layer itself, or trace it in a GIS"),
    (b"\x89PNG", "a PNG picture", _PICTURE),
    (b"\xff\xd8\xff", "a JPEG picture", _PICTURE),
    (b"GIF8", "a GIF picture", _PICTURE),
    (b"BM", "a BMP picture", _PICTURE),
    (b"II*\x00", "a TIFF picture (GeoTIFF)", "polygonize it in a GIS (in QGIS: Polygonize)"),
    (b"MM\x00*", "a TIFF picture (GeoTIFF)", "polygonize it in a GIS (in QGIS: Polygonize)"),
    (b"II+\x00", "a TIFF picture (GeoTIFF)", "polygonize it in a GIS (in QGIS: Polygonize)"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel document", _TABLE),
    (b"{\\rtf", "an RTF document", _EXPORT),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"\xfd7zXZ", "an xz archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"MSCF", "a Windows cabinet", _UNPACK),
    (b"version https://git-lfs", "a pointer of Git LFS", "fetch the file itself: git lfs pull"),
    (b"/annex/objects/", "a pointer of git-annex", "fetch the file itself: git annex get"),
    (b"PMTiles", "map tiles (PMTiles)", "tiles are cut and simplified; ask for the layer itself"),
    (b"AC10", "an AutoCAD drawing (DWG)", _EXPORT),
    (b"!<arch>", "a program's archive", _EXPORT),
    (b"\x7fELF", "a program", _DAMAGED),
    (b"MZ", "a program", _DAMAGED),
    (b"SIMPLE  =", "a FITS picture", _PICTURE),
    (b"ARROW1", "an Arrow file (Feather)", _EXPORT),
    (b"\x89HDF", "an HDF file", _EXPORT),
    (b"!table", "a MapInfo table", "export it as GeoPackage or GeoJSON"),
)
_MAGIC_WITHIN = (
    (257, b"ustar", "a tar archive", _UNPACK),
    (8, b"WEBP", "a WebP picture", _PICTURE),
    (6, b"OSMHeader", "OpenStreetMap data (PBF)", _EXPORT),
)
_XML_ROOTS = {
    "gpx": ("GPX, which has tracks and points but no polygons", _EXPORT),
    "osm": ("OpenStreetMap data (XML)", _EXPORT),
    "svg": ("an SVG picture", _PICTURE),
    "rss": ("a news feed", _DAMAGED),
    "feed": ("a news feed", _DAMAGED),
    "OGRVRTDataSource": ("a virtual layer (VRT), which names other files", "name the file itself"),
    "VRTDataset": ("a virtual raster (VRT), which names other files", _PICTURE),
    "ExceptionReport": ("a map service's error", _DAMAGED),
    "ServiceExceptionReport": ("a map service's error", _DAMAGED),
    "WFS_Capabilities": ("what a map service offers, not a layer", "ask it for the layer itself"),
    "WMS_Capabilities": ("what a map service offers, not a layer", _PICTURE),
    "Error": ("a server's error", _DAMAGED),
    "qgis": ("a QGIS project, which names other files", "export the layer: Save Features As"),
    "TrainingCenterDatabase": ("a training log", _EXPORT),
}
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>|<")
_SIDECARS = {
    ".shx": "the index of a Shapefile",
    ".dbf": "the table of a Shapefile",
    ".prj": "the coordinate system of a Shapefile",
    ".cpg": "the encoding of a Shapefile",
    ".sbn": "the index of a Shapefile",
    ".qgz": "a QGIS project, which names other files",
}
_TEXT_SHOWN = 60
_HEAD = 4096


def is_html(data: bytes) -> bool:
    """Whether a file is a web page.

    >>> is_html(b"<!doctype html><html>"), is_html(b"<kml>")
    (True, False)
    """
    return _HTML.match(data[:_HEAD].removeprefix(b"\xef\xbb\xbf")) is not None


def refusal(data: bytes, path: Path) -> InputError:
    """Return the error that names what a file is, from its first bytes, and the next step.

    >>> from pathlib import Path
    >>> print(refusal(b"%PDF-1.7", Path("a.geojson")))
    a.geojson: is a PDF; ask its maker for the layer itself, or trace it in a GIS
    >>> print(refusal(b"<!doctype html><p>429 Too many requests", Path("a.kml")))
    a.kml: is a web page, and says '429 Too many requests'; fetch the file again, or leave it out
    """
    if not data.strip():
        return InputError(f"{path}: is empty; {_DAMAGED}")
    if not data.strip(b"\x00"):
        return InputError(f"{path}: holds nothing but zero bytes; {_DAMAGED}")
    if is_html(data):
        says = short_text(_TAG.sub(" ", data[:_HEAD].decode(errors="replace")))
        said = f", and says {says!r}" if says else ""
        return InputError(f"{path}: is a web page{said}; {_DAMAGED}")
    what, step = _what(data, path)
    return InputError(f"{path}: is {what}; {step}")


def xml_refusal(root: str, path: Path, says: str = "") -> InputError:
    """Return the error that names what an XML document is, from its root element.

    >>> from pathlib import Path
    >>> print(xml_refusal("gpx", Path("a.kml")))
    a.kml: is GPX, which has tracks and points but no polygons; export its polygons as GeoPackage or
    GeoJSON
    """
    what, step = _XML_ROOTS.get(root, (f"XML of another kind (<{root}>)", _EXPORT))
    said = f", and says {short_text(says)!r}" if says.strip() else ""
    return InputError(f"{path}: is {what}{said}; {step}")


def zip_refusal(names: list[str], described: str, path: Path) -> InputError:
    """Return the error that names what a zip archive is that holds no one map.

    >>> from pathlib import Path
    >>> print(zip_refusal(["xl/workbook.xml", "[Content_Types].xml"], "2 files", Path("a.zip")))
    a.zip: is an Excel workbook; save the sheet as CSV, with a column of WKT
    """
    office = {"xl/": "an Excel workbook", "word/": "a Word document", "ppt/": "a presentation"}
    for start, what in office.items():
        if any(name.startswith(start) for name in names):
            return InputError(f"{path}: is {what}; {_TABLE}")
    if "mimetype" in names:
        return InputError(f"{path}: is an OpenDocument file or an e-book; {_TABLE}")
    if any(".gdb/" in name.lower() for name in names):
        return InputError(f"{path}: is an Esri file geodatabase; {_EXPORT}")
    return InputError(
        f"{path}: is a zip archive without a map that is read ({described}); "
        "unpack it and name the file with the polygons"
    )


def short_text(text: str) -> str:
    """Return the beginning of a text in one line.

    >>> short_text("  429 Too   many requests ")
    '429 Too many requests'
    """
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_SHOWN else line[:_TEXT_SHOWN].rstrip() + "..."


def _what(data: bytes, path: Path) -> tuple[str, str]:
    for magic, what, step in _MAGIC:
        if data.startswith(magic):
            return what, step
    for at, magic, what, step in _MAGIC_WITHIN:
        if data.startswith(magic, at):
            return what, step
    suffix = path.suffix.lower()
    if suffix in _SIDECARS:
        return _SIDECARS[suffix], "name the .shp file, with the others beside it"
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        begins = short_text(head.decode("utf-16", "replace"))
        return f"a text in UTF-16 that begins {begins!r}", _EXPORT
    try:
        text = head.decode("utf-8", "ignore" if len(data) > _HEAD else "strict")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        return "of no format that is read", _EXPORT
    return f"a text that begins {short_text(text)!r}", _EXPORT

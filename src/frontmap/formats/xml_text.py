"""XML read safely: no document type, no entities, nothing fetched, limits on size and depth."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from frontmap.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

MOST_BYTES = 64 * 1024 * 1024
MOST_TAGS = 3_000_000
DEEPEST = 32

_UTF_8_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DECLARED = re.compile(rb"xmlns:([\w.-]+)\s*=")
_USED = re.compile(rb"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")
_FIRST_TAG = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_DIGIT_FIRST = re.compile(rb"(</?[A-Za-z_][\w.-]*:)(?=\d)")
_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.-]+)")
_UNBOUND = "unbound prefix"
#: What a prefix stands for that writers of KML and GML use without saying so.
_USUAL = {
    b"gx": b"http://www.google.com/kml/ext/2.2",
    b"gml": b"http://www.opengis.net/gml",
    b"kml": b"http://www.opengis.net/kml/2.2",
    b"xsi": b"http://www.w3.org/2001/XMLSchema-instance",
    b"xlink": b"http://www.w3.org/1999/xlink",
}


def is_xml(data: bytes) -> bool:
    """Whether a file's first bytes are those of XML (or of HTML, which looks alike).

    >>> is_xml(b"  <kml/>"), is_xml(b"PK")
    (True, False)
    """
    if data.startswith(_UTF_16):
        return data[:8].replace(b"\x00", b"")[2:3] == b"<"
    return data.removeprefix(_UTF_8_BOM).lstrip()[:1] == b"<"


def root_of(data: bytes, path: Path) -> tuple[Element, tuple[str, ...]]:
    """Return the root of an XML text, and what was mended in reading it.

    Raises ``InputError``: a document type or entities, no XML, too long, nested too deep.

    >>> from pathlib import Path
    >>> root, repairs = root_of(b"<kml><gx:Track/></kml>", Path("a.kml"))
    >>> root.tag, repairs
    ('kml', ("prefix 'gx' was not declared; taken as usual",))
    >>> root_of(b"<!DOCTYPE kml><kml/>", Path("a.kml"))
    Traceback (most recent call last):
    frontmap.errors.InputError: a.kml: refused: DTDForbidden: no document type and no entities are
    needed; remove the declaration
    """
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415  only where a file is XML

    from defusedxml import DefusedXmlException  # noqa: PLC0415
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415

    _require_little(data, path)
    data = data if data.startswith(_UTF_16) else data.lstrip()
    repairs: tuple[str, ...] = ()
    try:
        try:
            root: Element = fromstring(data, forbid_dtd=True)
        except ParseError as error:
            mend = _with_prefixes if _UNBOUND in str(error) else _with_letters
            data, repairs = mend(data)
            if not repairs:
                raise
            root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise InputError(
            f"{path}: refused: {type(error).__name__}: no document type and no entities are "
            "needed; remove the declaration"
        ) from None
    except (ParseError, ValueError, LookupError) as error:  # the last two of encodings
        why = _not_utf_8(data) or f"no XML: {error}; fetch the file again, or leave it out"
        raise InputError(f"{path}: {why}") from None
    if _is_deep(root):
        raise InputError(f"{path}: nested more than {DEEPEST} deep; KML and GML need about ten")
    return root, repairs


def name_of(node: Element) -> str:
    """Return an element's name without its namespace.

    >>> from xml.etree.ElementTree import Element
    >>> name_of(Element("{http://www.opengis.net/kml/2.2}Folder"))
    'Folder'
    """
    return str(node.tag).rpartition("}")[2]


def text_of(node: Element, child: str) -> str:
    """Return the text of an element's child, in whatever namespace; blank without one.

    >>> from xml.etree.ElementTree import fromstring
    >>> text_of(fromstring("<Folder><name> Held </name></Folder>"), "name")
    'Held'
    """
    return (node.findtext(f"{{*}}{child}") or "").strip()


def _require_little(data: bytes, path: Path) -> None:
    if len(data) > MOST_BYTES:
        raise InputError(
            f"{path}: more than {MOST_BYTES >> 20} MiB of XML; split or simplify it "
            "(in QGIS: Simplify)"
        )
    if (tags := data.count(b"<")) > MOST_TAGS:
        raise InputError(f"{path}: {tags:,} tags, {MOST_TAGS:,} at most; split or simplify it")


def _with_prefixes(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Declare at the root the prefixes that are used without having been declared."""
    declared = {*_DECLARED.findall(data), b"xml", b"xmlns"}
    used = {first or second for first, second in _USED.findall(data)}
    missing = sorted(used - declared)
    root = _FIRST_TAG.search(data)
    if root is None:
        return data, ()
    texts = (b' xmlns:%b="%b"' % (each, _USUAL.get(each, b"urn:" + each)) for each in missing)
    repairs = (f"prefix {each.decode()!r} was not declared; taken as usual" for each in missing)
    return data[: root.end()] + b"".join(texts) + data[root.end() :], tuple(repairs)


def _with_letters(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Put a letter before names that begin with a digit, as GDAL names features by their layer."""
    named, count = _DIGIT_FIRST.subn(rb"\1_", data)
    return named, ("names of elements that begin with a digit got a '_' before it",) * bool(count)


def _not_utf_8(data: bytes) -> str:
    """Say what to do about a text that is said to be UTF-8, and is not; nothing where it is."""
    stated = _ENCODING.match(data.removeprefix(_UTF_8_BOM))
    if data.startswith(_UTF_16) or (stated and stated[1].upper() not in {b"UTF-8", b"UTF8"}):
        return ""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)  # may be cut off within a letter
    except UnicodeDecodeError as error:
        return (
            f"byte {error.start} is not UTF-8, as it says it is ({error.reason}); write the "
            "encoding that it was saved in into its first line, for example "
            '<?xml version="1.0" encoding="windows-1251"?>'
        )
    return ""


def _is_deep(root: Element) -> bool:
    level, depth = [root], 0
    while level and depth < DEEPEST:
        level, depth = [child for node in level for child in node], depth + 1
    return bool(level)

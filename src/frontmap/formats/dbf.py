"""The table of a Shapefile (dBASE), whose texts have an encoding that may be said beside it."""

from __future__ import annotations

import codecs
import re
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

from frontmap.errors import InputError
from frontmap.formats.column_names import require_distinct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_ROWS = 1_000_000
MOST_VALUES = 5_000_000

_FIRST_FIELD = 32
_FIELD_BYTES = 32
_END_OF_FIELDS = 0x0D
_DELETED = b"*"
_LARGEST_WHOLE = 2**53
_LATIN = re.compile(r"(?:iso)?[ _-]?8859[ _-]?(\d{1,2})")
#: Encodings by the byte of the table's header; that of "the system's own" (0x57) tells nothing.
_BY_LANGUAGE = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x08: "cp865", 0x09: "cp437", 0x0A: "cp850",
    0x13: "cp932", 0x26: "cp866", 0x4D: "cp936", 0x4E: "cp949", 0x4F: "cp950", 0x58: "cp1252",
    0x59: "cp1252", 0x64: "cp852", 0x65: "cp866", 0x66: "cp865", 0x67: "cp861", 0x6A: "cp737",
    0x6B: "cp857", 0x78: "cp950", 0x79: "cp949", 0x7A: "cp936", 0x7B: "cp932", 0x7D: "cp1255",
    0x7E: "cp1256", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip


class _Field(NamedTuple):
    name: bytes
    kind: str
    size: int
    decimals: int


class _EncodingError(ValueError):
    """A text that is not in the encoding that it is said to be in."""


def read_table(
    data: bytes, stated: bytes | None, asked: str | None, path: Path
) -> list[dict[str, Any] | None]:
    r"""Return the rows of a table; None for those that are marked as deleted.

    Texts are in the encoding ``asked`` for, or that of the ``.cpg`` beside it (``stated``), or of
    the table's header, or else UTF-8. Raises ``InputError`` when they are not.

    >>> from pathlib import Path
    >>> field = b"name".ljust(11, b"\x00") + b"C" + bytes(4) + b"\x05" + bytes(15)
    >>> head = b"\x03" + bytes(3) + struct.pack("<IHH", 1, 65, 6) + bytes(20)
    >>> data = head + field + b"\r" + " Суджа".encode("cp1251")
    >>> read_table(data, b"1251", None, Path("a.dbf"))
    [{'name': 'Суджа'}]
    >>> read_table(data, None, None, Path("a.dbf"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.InputError: a.dbf: text '\xd1\xf3\xe4\xe6\xe0' in its table (.dbf) is not
    utf-8, ...; say which encoding it is, for example --encoding cp1251
    """
    try:
        fields, head, size, count = _layout(data)
    except (struct.error, ValueError, IndexError) as error:
        raise InputError(f"{path}: damaged table (.dbf): {error}; fetch it again") from None
    encoding, said = _encoding(data, stated, asked, path)
    rows = (data[at : at + size] for at in range(head, head + count * size, size))
    try:
        names = [_decoded(field.name, encoding) for field in fields]
        require_distinct(names, path)
        return [
            None if row.startswith(_DELETED) else dict(_values(row, names, fields, encoding))
            for row in rows
        ]
    except _EncodingError as error:
        raise InputError(
            f"{path}: text {error} in its table (.dbf) is not {encoding}, {said}; "
            "say which encoding it is, for example --encoding cp1251"
        ) from None


def _layout(data: bytes) -> tuple[list[_Field], int, int, int]:
    """Return a table's columns, where its rows begin, the bytes of a row, and how many there are.

    Raises ``ValueError`` when it is not all there, or more than is read.
    """
    count, head, size = struct.unpack_from("<IHH", data, 4)
    fields = list(_fields(data, head))
    if count > MOST_ROWS or count * len(fields) > MOST_VALUES:
        raise ValueError(f"{count:,} rows of {len(fields)} columns are more than are read")
    if head + count * size > len(data) or sum(field.size for field in fields) > size:
        raise ValueError("it ends too soon")
    return fields, head, size, count


def _fields(data: bytes, head: int) -> Iterator[_Field]:
    at = _FIRST_FIELD
    while at + _FIELD_BYTES <= head and data[at] != _END_OF_FIELDS:
        name = data[at : at + 11].partition(b"\x00")[0].strip()
        yield _Field(name, chr(data[at + 11]), data[at + 16], data[at + 17])
        at += _FIELD_BYTES


def _encoding(data: bytes, stated: bytes | None, asked: str | None, path: Path) -> tuple[str, str]:
    """Return the encoding of a table's texts, and who says so."""
    if asked is not None:
        return known_encoding(asked, path), "as --encoding says"
    if stated is not None and (text := stated.decode("ascii", "ignore").strip()):
        return known_encoding(text, path), "as its .cpg says"
    language = data[29]
    if language in _BY_LANGUAGE:
        return _BY_LANGUAGE[language], "as its header says"
    return "utf-8", "and it does not say what else"


def known_encoding(name: str, path: Path) -> str:
    """Return Python's name of an encoding; ``InputError`` when there is none.

    >>> from pathlib import Path
    >>> [known_encoding(name, Path()) for name in ("UTF-8", "ANSI 1251", "88591")]
    ['utf-8', 'cp1251', 'iso8859-1']
    """
    plain = name.strip().lower().removeprefix("ansi").strip(" _-:")
    plain = {"65001": "utf-8", "utf8": "utf-8", "oem": "cp437"}.get(plain, plain)
    if latin := _LATIN.fullmatch(plain):
        plain = f"iso8859-{latin[1]}"
    elif plain.isdigit():
        plain = f"cp{plain}"
    try:
        b"".decode(plain)
        return codecs.lookup(plain).name
    except (LookupError, ValueError):
        raise InputError(
            f"{path}: encoding {name!r} is not known; say --encoding utf-8 or cp1251"
        ) from None


def _values(
    row: bytes, names: list[str], fields: list[_Field], encoding: str
) -> Iterator[tuple[str, Any]]:
    at = 1
    for name, field in zip(names, fields, strict=True):
        raw, at = row[at : at + field.size], at + field.size
        yield name, _value(raw, field, encoding)


def _value(raw: bytes, field: _Field, encoding: str) -> Any:  # noqa: ANN401  what the column holds
    if field.kind == "I" and len(raw) == 4:  # noqa: PLR2004  bytes of a whole number
        return struct.unpack("<i", raw)[0]
    text = raw.partition(b"\x00")[0].strip()
    if field.kind in "NF":
        return _number(text, field.decimals)
    if field.kind == "D":
        digits = text.decode("ascii", "replace")
        is_date = len(digits) == 8 and digits.isdigit() and digits != "00000000"  # noqa: PLR2004  YYYYMMDD
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if is_date else None
    if field.kind == "L":
        return {b"T": True, b"Y": True, b"F": False, b"N": False}.get(text.upper())
    return _decoded(raw.partition(b"\x00")[0].rstrip(), encoding) or None


def _number(text: bytes, decimals: int) -> int | float | str | None:
    if not text or text.strip(b"*") == b"":
        return None
    try:
        if not decimals and abs(whole := int(text)) <= _LARGEST_WHOLE:
            return whole
        return float(text)
    except ValueError:
        return text.decode("ascii", "replace")


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and len(raw) - error.start < 4  # noqa: PLR2004  a letter's bytes
        if is_cut and error.start:  # a text cut to the width of its column, within a letter
            return raw[: error.start].decode(encoding)
        raise _EncodingError(ascii(raw[:40])[1:]) from None

"""Files within files, gzip and zip: read in memory, with limits, written nowhere."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from frontmap.errors import InputError
from frontmap.plurals import counted

if TYPE_CHECKING:
    from pathlib import Path
    from zipfile import ZipFile, ZipInfo

MOST_EXPANDED = 256 * 1024 * 1024
MOST_MEMBERS = 10_000

_GZIP = b"\x1f\x8b\x08"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_WHOLE_GZIP = 31  # zlib's window bits for a stream with a gzip header
_BLOCK = 1 << 20
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def is_gzip(data: bytes) -> bool:
    """Whether a file's first bytes are those of gzip.

    >>> is_gzip(b"PK")
    False
    """
    return data.startswith(_GZIP)


def is_zip(data: bytes) -> bool:
    r"""Whether a file's first bytes are those of a zip archive.

    >>> is_zip(b"PK\x05\x06")
    True
    """
    return data.startswith(_ZIP)


def expand_gzip(data: bytes, path: Path) -> bytes:
    """Return what a gzip file holds; ``InputError`` when it is damaged, or more than 256 MiB.

    >>> import gzip
    >>> from pathlib import Path
    >>> expand_gzip(gzip.compress(b"{}"), Path("a.geojson.gz"))
    b'{}'
    """
    parts: list[bytes] = []
    size = 0
    while data:
        stream = zlib.decompressobj(_WHOLE_GZIP)
        try:
            while not stream.eof:
                part = stream.decompress(stream.unconsumed_tail or data, _BLOCK)
                data = b""
                if not part and not stream.unconsumed_tail and not stream.eof:
                    raise InputError(f"{path}: gzip that ends too soon; fetch the file again")
                size += len(part)
                parts.append(part)
                if size > MOST_EXPANDED:
                    raise _too_long(path)
        except zlib.error as error:
            raise InputError(f"{path}: damaged gzip: {error}; fetch the file again") from None
        data = stream.unused_data.lstrip(b"\x00")  # the next stream, or padding
        if data and not is_gzip(data):
            break
    return b"".join(parts)


def members_of(data: bytes, path: Path) -> Members:
    """Open a zip archive that is in memory.

    Raises ``InputError`` when it is damaged, encrypted, has more than 10,000 members, two of one
    name, or one whose name leads outside.

    >>> import io
    >>> import zipfile
    >>> from pathlib import Path
    >>> made = io.BytesIO()
    >>> with zipfile.ZipFile(made, "w") as archive:
    ...     archive.writestr("../doc.kml", "<kml/>")
    >>> members_of(made.getvalue(), Path("a.kmz"))
    Traceback (most recent call last):
    frontmap.errors.InputError: a.kmz: its member '../doc.kml' has a name that leads outside it;
    have it packed anew
    """
    import io  # noqa: PLC0415  only where a file is packed
    from zipfile import BadZipFile, ZipFile  # noqa: PLC0415

    try:
        archive = ZipFile(io.BytesIO(data))
        listed = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: damaged zip archive: {error}; fetch the file again") from None
    if len(listed) > MOST_MEMBERS:
        raise InputError(
            f"{path}: {len(listed):,} members, {MOST_MEMBERS:,} at most; "
            "unpack it and name the file that you mean"
        )
    found: dict[str, ZipInfo] = {}
    for info in listed:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
            raise InputError(
                f"{path}: its member {name!r} has a name that leads outside it; have it packed anew"
            )
        if name in found:
            raise InputError(f"{path}: has two members {name!r}; have it packed anew")
        if not info.is_dir() and not any(junk in name for junk in _JUNK):
            found[name] = info
    return Members(archive, found, path)


class Members:
    """The files in a zip archive by their names, read one by one, 256 MiB in all."""

    def __init__(self, archive: ZipFile, listed: dict[str, ZipInfo], path: Path) -> None:
        self._archive, self._listed, self._path, self._size = archive, listed, path, 0

    @property
    def names(self) -> list[str]:
        """The names of the files in it, in its order."""
        return list(self._listed)

    def read(self, name: str) -> bytes:
        """Return the bytes of a member; ``InputError`` when it is damaged, locked or too long."""
        from zipfile import BadZipFile  # noqa: PLC0415

        info = self._listed[name]
        parts: list[bytes] = []
        try:
            with self._archive.open(info) as member:
                while part := member.read(_BLOCK):
                    self._size += len(part)
                    if self._size > MOST_EXPANDED:
                        raise _too_long(self._path)
                    parts.append(part)
        except RuntimeError as error:  # a password, or a way of packing that isn't known
            raise InputError(
                f"{self._path}: its member {name!r} is locked or packed in a way that is not read "
                f"({error}); unpack it"
            ) from None
        except (BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
            raise InputError(
                f"{self._path}: its member {name!r} is damaged: {error}; fetch the file again"
            ) from None
        return b"".join(parts)

    def ending(self, *suffixes: str) -> list[str]:
        """Return the names with one of these endings, whatever their case."""
        return [name for name in self._listed if name.lower().endswith(suffixes)]

    def described(self) -> str:
        """Say in a few words what is in it."""
        names = [name.rpartition("/")[2] for name in self._listed][:3]
        more = ", ..." * (len(self._listed) > len(names))
        return f"{counted(len(self._listed), 'file')}: {', '.join(names)}{more}"


def _too_long(path: Path) -> InputError:
    return InputError(
        f"{path}: more than {MOST_EXPANDED >> 20} MiB when unpacked; unpack it and simplify "
        "what is in it (in QGIS: Simplify)"
    )

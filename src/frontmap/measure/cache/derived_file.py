"""The one form of a cached file: what it was made from, rows of JSON, a checksum over all of it.

The first line holds the checksum of all that follows; then the inputs of the rows, which hold for
each of them, and a row a line. A file that differs in a bit, or was made from something else (of
another archive, by another version of the code), has no rows.
"""

from __future__ import annotations

import hashlib
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
import shapely

from frontmap import storage
from frontmap.errors import FrontmapError
from frontmap.measure.cache.folder import make_folder, mark_used
from frontmap.measure.cache.origin import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from frontmap.measure.cache.folder import CacheFolder

    K = TypeVar("K")
    V = TypeVar("V")

_HEAD = b"frontmap derived file 1 "
_CHECKSUM_DIGITS = 64
_NOT_AS_WRITTEN = (
    AttributeError,
    KeyError,
    OverflowError,
    TypeError,
    ValueError,
    shapely.GEOSException,
)


def read_rows(
    folder: CacheFolder | None,
    name: str,
    inputs: Mapping[str, object],
    parse: Callable[[Any], tuple[K, V]],
) -> dict[K, V]:
    """Return what ``parse`` makes of each row of a file; nothing where the file is not whole.

    ``inputs`` are those that the rows must have been made from, beside the code and the archive's
    place. ``parse`` raises ``ValueError`` or its like for what is no row.

    >>> read_rows(None, "areas.json", {}, tuple)
    {}
    """
    if folder is None:
        return {}
    try:
        data = storage.read(folder.path / name, below=folder.below)
        mark_used(folder)
        head, _, rest = data.partition(b"\n")
        if head != _HEAD + _checksum(rest):
            return {}
        value = orjson.loads(rest)
        if value["inputs"] != _all_inputs(folder, inputs):
            return {}
        return dict(map(parse, value["rows"]))
    except (FrontmapError, OSError, *_NOT_AS_WRITTEN):
        return {}


def write_rows(
    folder: CacheFolder | None, name: str, inputs: Mapping[str, object], rows: Iterable[object]
) -> None:
    """Replace a file; where that is refused, do without. Of too many rows the last ones are kept.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from frontmap.measure.cache.folder import CacheFolder
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = CacheFolder(Path(home, "frontmap", "0" * 32), Path("geodata/kursk"))
    ...     write_rows(folder, "areas.json", {"rule": 1}, [["a", 1.5], ["b", 2.5]])
    ...     read = [read_rows(folder, "areas.json", {"rule": n}, tuple) for n in (1, 2)]
    >>> read
    [{'a': 1.5, 'b': 2.5}, {}]
    """
    if folder is None:
        return
    start = b'{"inputs":' + orjson.dumps(_all_inputs(folder, inputs)) + b',\n"rows":[\n'
    texts = _last_fitting([orjson.dumps(row) for row in rows], storage.MOST_BYTES - (1 << 16))
    rest = start + b",\n".join(texts) + b"\n]}\n"
    with suppress(FrontmapError, OSError):
        make_folder(folder)
        data = _HEAD + _checksum(rest) + b"\n" + rest
        storage.replace(folder.path / name, data, below=folder.below)


def finite_km2(value: object) -> float:
    """Return an area that a row holds; raises ``ValueError`` for what is none.

    >>> finite_km2(2), finite_km2(1.5)
    (2.0, 1.5)
    >>> finite_km2(None)
    Traceback (most recent call last):
    ValueError: None is no area
    """
    if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
        return float(value)
    raise ValueError(f"{value!r} is no area")


def _all_inputs(folder: CacheFolder, inputs: Mapping[str, object]) -> dict[str, object]:
    return {**inputs, "archive": folder.path.name, **ORIGIN}


def _checksum(data: bytes) -> bytes:
    digest = hashlib.blake2b(data, digest_size=_CHECKSUM_DIGITS // 2)
    return digest.hexdigest().encode()


def _last_fitting(texts: list[bytes], most_bytes: int) -> list[bytes]:
    size_bytes = 0
    for number, text in enumerate(reversed(texts)):
        size_bytes += len(text) + 2
        if size_bytes > most_bytes:
            return texts[len(texts) - number :]
    return texts

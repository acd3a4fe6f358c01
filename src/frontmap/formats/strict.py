"""JSON read strictly: one encoding, each key once, finite numbers, and limits on size and depth."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from frontmap import storage
from frontmap.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024
#: As many vertices as a file may have, with altitudes, and a fifth more.
MOST_VALUES = 5_000_000
DEEPEST = 32
LARGEST_INTEGER = 2**53

#: What a text must hold for one of its numbers to be too large, in texts too.
_MAY_BE_INFINITE = re.compile(rb"[eE]\+?\d{3}|\d{309}")
_MAY_BE_LONG = re.compile(rb"(?<![\d.])\d{16}")
_BLOCK = 2**20
_LONGEST_SHOWN = 60
_DEEPER = np.zeros(256, dtype=np.int8)
_DEEPER[[*b"[{"]] = 1
_DEEPER[[*b"]}"]] = -1
#: What every value but the first of a text comes after.
_BEFORE_VALUE = np.zeros(256, dtype=bool)
_BEFORE_VALUE[[*b"[{,"]] = True
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_limited(path: Path, *, below: Path | None = None) -> bytes:
    """Return the bytes of a file of at most 64 MiB; raises as :func:`frontmap.storage.read`.

    >>> from pathlib import Path
    >>> read_limited(Path("geodata/kursk/archive.json"))[:1]
    b'{'
    """
    return storage.read(path, below=below, most=MOST_BYTES)


def parse(data: bytes, path: Path, *, line: int = 1) -> tuple[Any, tuple[str, ...]]:
    r"""Return the value of a JSON text, and what was mended in reading it.

    Raises ``InputError`` naming the place: not UTF-8, not JSON, a key twice, NaN or infinity,
    half a letter, more than 5,000,000 values, deeper than 32 levels. ``line`` is the line of the
    file on which the text begins.

    >>> from pathlib import Path
    >>> parse(b'\xef\xbb\xbf{"a": 1}', Path("a.json"))
    ({'a': 1}, ('byte order mark removed',))
    >>> parse(b'{"a": 1, "a": 2}', Path("a.json"))
    Traceback (most recent call last):
    frontmap.errors.InputError: a.json: key 'a' occurs twice in one object; keep one
    """
    repairs: tuple[str, ...] = ()
    if data.startswith(_BOM):
        data = data.removeprefix(_BOM)
        repairs = ("byte order mark removed",)
    text = _decoded(data, path)
    if why := excess(data):
        raise InputError(f"{path}: {why}")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_Pairs(path).once,
            parse_constant=_Pairs(path).no_constant,
            parse_float=_Pairs(path).finite if _MAY_BE_INFINITE.search(data) else float,
            parse_int=_Pairs(path).whole if _MAY_BE_LONG.search(data) else int,
        )
    except json.JSONDecodeError as error:
        place = f"{path}:{line + error.lineno - 1}:{error.colno}"
        raise InputError(f"{place}: not JSON: {error.msg}; is the file whole?") from None
    return value, repairs


def excess(data: bytes) -> str:
    """Say in which way a JSON text is too much to be read; nothing where it is not.

    Takes time and memory in proportion to the text, whatever is in it.

    >>> excess(b"[" * 40 + b"]" * 40)
    'nested 40 deep; GeoJSON needs 8, 32 are read'
    >>> excess(b'{"a": "[[[[[[[[[["}')
    ''
    """
    values, deepest = _shape(data)
    if values > MOST_VALUES:
        return (
            f"about {values:,} values, {MOST_VALUES:,} at most; "
            "split or simplify it (in QGIS: Simplify)"
        )
    if deepest > DEEPEST:
        return f"nested {deepest} deep; GeoJSON needs 8, {DEEPEST} are read"
    return ""


class _Pairs:
    """Hooks of the JSON reader that refuse what JSON readers usually let pass."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            times = Counter(key for key, _ in pairs)
            twice = _short(repr(next(key for key in found if times[key] > 1)))
            raise InputError(f"{self.path}: key {twice} occurs twice in one object; keep one")
        for text in (*found, *(v for v in found.values() if isinstance(v, str))):
            if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
                half = _short(repr(text))
                raise InputError(
                    f"{self.path}: half a letter (a lone surrogate) in {half}; retype it"
                )
        return found

    def no_constant(self, word: str) -> NoReturn:
        raise InputError(f"{self.path}: {word} is not a number in JSON; leave the value out")

    def finite(self, digits: str) -> float:
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            raise InputError(f"{self.path}: {_short(digits)} is too large for a number")
        return value

    def whole(self, digits: str) -> int:
        if len(digits) > 17 or abs(int(digits)) > LARGEST_INTEGER:  # noqa: PLR2004  2**53 has 16
            raise InputError(f"{self.path}: {_short(digits)} is too large for a whole number")
        return int(digits)


def _short(text: str) -> str:
    return text if len(text) < _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _decoded(data: bytes, path: Path) -> str:
    if data.startswith(_UTF_16) or b"\x00" in data[:4]:
        raise InputError(f"{path}: UTF-16 or UTF-32; save it as UTF-8")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} is not UTF-8 ({error.reason}); save it as UTF-8"
        ) from None


def _shape(data: bytes) -> tuple[int, int]:
    """Return about how many values a JSON text has, and how deep they are nested."""
    # Without escapes, every quote begins or ends a text; a block at a time bounds the memory.
    unescaped = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    values, depth, deepest, in_text = 1, 0, 0, False
    for start in range(0, len(unescaped), _BLOCK):
        block = np.frombuffer(unescaped, np.uint8, min(_BLOCK, len(unescaped) - start), start)
        within = np.logical_xor.accumulate(block == ord('"')) ^ in_text
        depths = depth + np.cumsum(np.where(within, 0, _DEEPER[block]), dtype=np.int64)
        values += int(np.count_nonzero(_BEFORE_VALUE[block] & ~within))
        deepest = max(deepest, int(depths.max()))
        depth, in_text = int(depths[-1]), bool(within[-1])
    return values, deepest

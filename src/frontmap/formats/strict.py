"""JSON read strictly: one encoding, each key once, finite numbers, and limits on size and depth."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from frontmap import storage
from frontmap.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 64 * 1024 * 1024
DEEPEST = 32
LARGEST_INTEGER = 2**53

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_limited(path: Path, *, below: Path | None = None) -> bytes:
    """Return the bytes of a file of at most 64 MiB; raises as :func:`frontmap.storage.read`.

    >>> from pathlib import Path
    >>> read_limited(Path("geodata/kursk/archive.json"))[:1]
    b'{'
    """
    return storage.read(path, below=below, most=MOST_BYTES)


def parse(data: bytes, path: Path) -> tuple[Any, tuple[str, ...]]:
    r"""Return the value of a JSON text, and what was mended in reading it.

    Raises ``InputError`` naming the place: not UTF-8, not JSON, a key twice, NaN or infinity,
    half a letter, deeper than 32 levels.

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
    _require_shallow(data, path)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_Pairs(path).once,
            parse_constant=_Pairs(path).no_constant,
            parse_float=_Pairs(path).finite,
            parse_int=_Pairs(path).whole,
        )
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}; is the file whole?"
        ) from None
    return value, repairs


class _Pairs:
    """Hooks of the JSON reader that refuse what JSON readers usually let pass."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise InputError(f"{self.path}: key {twice!r} occurs twice in one object; keep one")
        for text in (*found, *(v for v in found.values() if isinstance(v, str))):
            if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
                raise InputError(
                    f"{self.path}: half a letter (a lone surrogate) in {text!r}; retype it"
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


def _short(digits: str) -> str:
    return digits if len(digits) < 30 else digits[:27] + "..."  # noqa: PLR2004  fits a line


def _decoded(data: bytes, path: Path) -> str:
    if data.startswith(_UTF_16) or b"\x00" in data[:4]:
        raise InputError(f"{path}: UTF-16 or UTF-32; save it as UTF-8")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} is not UTF-8 ({error.reason}); save it as UTF-8"
        ) from None


def _require_shallow(data: bytes, path: Path) -> None:
    marks = np.frombuffer(_STRING.sub(b"", data), dtype=np.uint8)
    opens = np.isin(marks, np.frombuffer(b"[{", dtype=np.uint8)).astype(np.int32)
    closes = np.isin(marks, np.frombuffer(b"]}", dtype=np.uint8)).astype(np.int32)
    deepest = int(np.cumsum(opens - closes).max(initial=0))
    if deepest > DEEPEST:
        raise InputError(f"{path}: nested {deepest} deep; GeoJSON needs 8, {DEEPEST} are read")

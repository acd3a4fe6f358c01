"""The payload as one text for a page: a short readable head, and everything else deflated.

``docs/page.md`` describes the form; `opened` reads it back.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any

import zopfli.zlib

from frontmap.page.escape import as_json

if TYPE_CHECKING:
    from collections.abc import Mapping

RAW_DEFLATE = -15
MOST_SQUEEZED = 1_000_000
_ROUNDS, _BLOCKS = 5, 50  # more blocks save little and take four times as long
_ZLIB_HEAD, _ZLIB_CHECK = 2, 4
# RFC 1924's 85 signs, less those that mean something in markup or templates.
_SAFE = str.maketrans("&<>{}`", ",./:[]")
_BACK = str.maketrans(",./:[]", "&<>{}`")
_HEAD = ("form", "title", "digest", "recorded", "known")


def identity(payload: Mapping[str, object]) -> str:
    """Return the SHA-256 of all that a payload says, in hexadecimal.

    >>> identity({"known": ""}) == identity({"known": "2026-09-01T00:00:00Z"})
    False
    """
    digest = hashlib.sha256()
    for name, part in _parts(payload).items():
        digest.update(f"{name} {len(part)}\n".encode() + part)
    return digest.hexdigest()


def _parts(payload: Mapping[str, object]) -> dict[str, bytes]:
    text = {name: value for name, value in payload.items() if not isinstance(value, bytes)}
    return {
        "text": _plain_json(text).encode(),
        **{name: value for name, value in payload.items() if isinstance(value, bytes)},
    }


def sealed(payload: Mapping[str, object]) -> str:
    """Write a payload as JSON: its head as it is, ``parts`` (lengths by name), ``data`` (base 85).

    The parts are the values that are bytes, after ``text``: all the rest as JSON.

    >>> head = dict.fromkeys(_HEAD, "")
    >>> json.loads(sealed({**head, "geo": b"123"}))["parts"]
    {'text': 59, 'geo': 3}
    """
    parts = _parts(payload)
    packed = _deflated(b"".join(parts.values()))
    head = {name: payload[name] for name in _HEAD}
    lengths = {name: len(part) for name, part in parts.items()}
    return as_json(
        {
            **head,
            "parts": lengths,
            "data": base64.b85encode(packed).decode("ascii").translate(_SAFE),
        }
    )


def _plain_json(value: object) -> str:
    """Write JSON that nothing but JSON's own reader will see: it is deflated."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _deflated(data: bytes) -> bytes:
    """Deflate; up to ``MOST_SQUEEZED`` bytes as small as zopfli can, which takes a second or two.

    >>> zlib.decompress(_deflated(b"Kursk"), RAW_DEFLATE)
    b'Kursk'
    """
    if len(data) <= MOST_SQUEEZED:
        squeezed: bytes = zopfli.zlib.compress(
            data, numiterations=_ROUNDS, blocksplittingmax=_BLOCKS
        )  # type: ignore[no-untyped-call]  # no stubs
        return squeezed[_ZLIB_HEAD:-_ZLIB_CHECK]
    deflate = zlib.compressobj(9, zlib.DEFLATED, RAW_DEFLATE, 9)
    return deflate.compress(data) + deflate.flush()


def opened(text: str) -> dict[str, Any]:
    """Read back what `sealed` wrote.

    >>> empty = dict.fromkeys(_HEAD, "")
    >>> opened(sealed({**empty, "title": "Kursk", "geo": b"123"}))["geo"]
    b'123'
    """
    head = json.loads(text)
    rest = zlib.decompress(base64.b85decode(head["data"].translate(_BACK)), RAW_DEFLATE)
    parts: dict[str, bytes] = {}
    for name, length in head["parts"].items():
        parts[name], rest = rest[:length], rest[length:]
    return {**json.loads(parts.pop("text")), **parts}

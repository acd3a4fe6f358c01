"""GeoJSON text split at its features without parsing it, so that texts seen before cost nothing.

A text is split only where that is provably what a JSON parser would see; otherwise ``None`` is
returned, and the caller parses the whole file.
"""

from __future__ import annotations

import itertools
import re
import sys
from typing import TYPE_CHECKING, Generic, TypeVar

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

K = TypeVar("K")
T = TypeVar("T")

_FEATURE = re.compile(rb'\{\s*"type"\s*:\s*"Feature"\s*,')
_OPENING = re.compile(rb'"features"\s*:\s*\[\s*\Z')
_CLOSING = re.compile(rb"\}\s*(\]\s*\}\s*)\Z")


def split_features(text: bytes) -> list[bytes] | None:
    r"""Return the texts of a FeatureCollection's features, or ``None`` where they can't be told.

    Each returned text is a complete JSON object if, and only if, the split is right: a quote inside
    a JSON string is escaped, so a feature's first bytes can't stand inside one, and a feature that
    is nested in another leaves an unbalanced text, which no parser takes.

    >>> split_features(b'{"type":"FeatureCollection","features":[{"type":"Feature","id":1}]}')
    [b'{"type":"Feature","id":1}']
    >>> split_features(
    ...     b'{"type": "FeatureCollection", "features": [\n'
    ...     b'{"type": "Feature", "id": 1},\n{"type": "Feature", "id": 2}]}'
    ... )
    [b'{"type": "Feature", "id": 1}', b'{"type": "Feature", "id": 2}']
    """
    starts = [match.start() for match in _FEATURE.finditer(text)]
    if not starts or not _is_opening(text[: starts[0]]):
        return None
    ending = _CLOSING.search(text, max(starts[-1], len(text) - 64))
    if ending is None:
        return None
    features = []
    for start, stop in itertools.pairwise(starts):
        piece = text[start:stop].rstrip()
        if not piece.endswith(b","):
            return None
        features.append(piece[:-1].rstrip())
    features.append(text[starts[-1] : ending.start(1)].rstrip())
    return features


def _is_opening(head: bytes) -> bool:
    """Whether a text is all of a FeatureCollection that comes before its first feature."""
    if not _OPENING.search(head):
        return False
    try:
        collection = orjson.loads(head + b"]}")
    except orjson.JSONDecodeError:
        return False
    return bool(collection.get("type") == "FeatureCollection" and collection["features"] == [])


class Remembered(Generic[K, T]):
    """Results for things that come again soon; at most about twice ``limit_bytes`` of things.

    What is new goes to the younger of two generations; when that is full, the older is forgotten.

    >>> absolute = Remembered(abs)
    >>> absolute(-3), absolute(-3)
    (3, 3)
    """

    def __init__(
        self,
        make: Callable[[K], T],
        *,
        size: Callable[[K], int] = sys.getsizeof,
        limit_bytes: int = 2**26,
    ) -> None:
        self._make, self._size, self._limit_bytes = make, size, limit_bytes
        self._young: dict[K, T] = {}
        self._old: dict[K, T] = {}
        self._young_bytes = 0

    def __call__(self, key: K) -> T:
        """Return what ``make(key)`` returns, calling it only where that is not remembered."""
        if key in self._young:
            return self._young[key]
        made = self._old[key] if key in self._old else self._make(key)
        if self._young_bytes > self._limit_bytes:
            self._old, self._young, self._young_bytes = self._young, {}, 0
        self._young[key] = made
        self._young_bytes += self._size(key)
        return made


def each_feature(text: bytes, read: Callable[[bytes], T]) -> list[T]:
    """Return ``read(feature text)`` for each feature of a FeatureCollection, in its order.

    ``read`` is given valid JSON, or raises ``orjson.JSONDecodeError`` and is given the features as
    the ordinary parser sees them. Raises that error when the text is no JSON, and ``ValueError``
    when it is no FeatureCollection.

    >>> each_feature(b'{"features": [{"id": 1}], "type": "FeatureCollection"}', orjson.loads)
    [{'id': 1}]
    """
    pieces = split_features(text)
    if pieces is not None:
        try:
            return [read(piece) for piece in pieces]
        except orjson.JSONDecodeError:
            pass  # not split where a parser would
    collection = orjson.loads(text)
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise ValueError("not a GeoJSON FeatureCollection")  # noqa: TRY004  the text, not its Python type
    return [read(orjson.dumps(feature)) for feature in features]

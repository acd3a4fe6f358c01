"""GeoJSON text split at its features without parsing it, so that texts seen before cost nothing.

A text is split only where that is provably what a JSON parser would see; otherwise ``None`` is
returned, and the caller parses the whole file.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import orjson

from frontmap.formats import strict

if TYPE_CHECKING:
    from collections.abc import Callable

K = TypeVar("K")
T = TypeVar("T")

_FEATURE = re.compile(rb'\{\s*"type"\s*:\s*"Feature"\s*,')
_OPENING_TEXT = b'{"type":"Feature",'
_OPENING = re.compile(rb'"features"\s*:\s*\[\s*\Z')
_CLOSING = re.compile(rb"\}\s*(\]\s*\}\s*)\Z")


class Pieces(NamedTuple):
    """A FeatureCollection's text: ``frame`` is all of it but its features, whose list is empty."""

    frame: bytes
    features: list[bytes]


def split_features(text: bytes) -> list[bytes] | None:
    r"""Return the texts of a FeatureCollection's features, or ``None`` where they can't be told.

    >>> split_features(
    ...     b'{"type": "FeatureCollection", "features": [\n'
    ...     b'{"type": "Feature", "id": 1},\n{"type": "Feature", "id": 2}]}'
    ... )
    [b' "id": 1},\n', b' "id": 2}']
    >>> split_features(b'{"features": [], "type": "FeatureCollection"}') is None
    True
    """
    pieces = split_collection(text)
    return None if pieces is None else pieces.features


def split_collection(text: bytes) -> Pieces | None:
    r"""Split the text of a FeatureCollection at its features; ``None`` where they can't be told.

    A feature's text is all between its opening ``{"type":"Feature",`` and the next one's. The split
    is right if, and only if, :func:`parse_feature` takes each: a quote inside a JSON string is
    escaped, so an opening can't stand inside one; a feature nested in another leaves an unbalanced
    text, and one that is opened in another way a text of two, which no parser takes.

    >>> split_collection(b'{"type": "FeatureCollection", "name": "a", "features": [{"type": '
    ...                  b'"Feature", "id": 1}]}').frame
    b'{"type": "FeatureCollection", "name": "a", "features": []}'
    """
    first = _FEATURE.search(text)
    if first is None or not _is_opening(text[: first.start()]):
        return None
    ending = _CLOSING.search(text, max(first.start(), len(text) - 64))
    if ending is None:
        return None
    _, *pieces = text.split(first.group())
    pieces[-1] = pieces[-1][: ending.start(1) - len(text)]
    if not all(piece.endswith(b",") or piece.rstrip().endswith(b",") for piece in pieces[:-1]):
        return None
    return Pieces(text[: first.start()] + b"]}", pieces)


def parse_feature(text: bytes) -> Any:  # noqa: ANN401  whatever the JSON holds
    """Parse a feature's text: whole, or as :func:`split_features` returns it.

    Raises ``orjson.JSONDecodeError``.

    >>> parse_feature(b'"id": 1},'), parse_feature(b'{"id": 1}')
    ({'type': 'Feature', 'id': 1}, {'id': 1})
    """
    return orjson.loads(whole_feature(text))


def whole_feature(text: bytes) -> bytes:
    """Return a feature's text with the opening that :func:`split_features` took from it.

    >>> whole_feature(b' "id": 1},')
    b'{"type":"Feature", "id": 1}'
    """
    if text.startswith(b"{"):
        return text
    return _OPENING_TEXT + text.rstrip().removesuffix(b",")


def _is_opening(head: bytes) -> bool:
    """Whether a text is all of a FeatureCollection that comes before its first feature."""
    if not _OPENING.search(head):
        return False
    try:
        collection = orjson.loads(head + b"]}")
    except orjson.JSONDecodeError:
        return False
    return bool(collection.get("type") == "FeatureCollection" and collection["features"] == [])


class BoundedCache(Generic[K, T]):
    """Results for things that come again soon; at most about twice ``limit_bytes`` of things.

    What is new goes to the younger of two generations; when that is full, the older is forgotten.

    >>> absolute = BoundedCache(abs)
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


def each_feature(text: bytes, read: Callable[[list[bytes]], list[T]]) -> list[T]:
    """Return what ``read`` makes of the texts of a FeatureCollection's features, in their order.

    ``read`` gives each to :func:`parse_feature`, and lets its error pass: then it is given the
    texts of the features as the ordinary parser sees them. Raises ``ValueError`` when the text is
    no JSON, no FeatureCollection, or of more values than :mod:`frontmap.formats.strict` reads.

    >>> def ids(texts):
    ...     return [parse_feature(text)["id"] for text in texts]
    >>> each_feature(b'{"features": [{"id": 1}], "type": "FeatureCollection"}', ids)
    [1]
    """
    may_be_too_much = len(text) > 2 * strict.MOST_VALUES  # a value takes two bytes at least
    if may_be_too_much and (why := strict.excess(text)):
        raise ValueError(why)
    pieces = split_features(text)
    if pieces is not None:
        try:
            return read(pieces)
        except orjson.JSONDecodeError:
            pass  # not split where a parser would
    collection = orjson.loads(text)
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise ValueError("not a GeoJSON FeatureCollection")  # noqa: TRY004  the text, not its Python type
    try:
        texts = [orjson.dumps(feature) for feature in features]
    except orjson.JSONEncodeError as error:  # what it reads, it may not write: deep nesting
        raise ValueError(f"not a GeoJSON FeatureCollection: {error}") from None
    return read(texts)

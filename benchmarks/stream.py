"""Many GeoJSON files straight to ragged arrays, each distinct feature parsed once.

Daily files of one map repeat nearly all of their features to the byte. Each file is split at its
features, and only texts that no file before had are parsed. A file that can't be split is parsed
whole, so the answer is the same for any GeoJSON. Nothing but NumPy and orjson is imported.
"""

from __future__ import annotations

import gc
import struct
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import orjson

from frontmap.errors import InputError, NotFoundError
from frontmap.formats.splitting import each_feature, parse_feature
from frontmap.geometry.exact_area import ragged_areas_km2, segment_sums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]

_PLANE, _WITH_HEIGHT = 2, 3
_COORDINATES = b'"coordinates":'
_NUMBER, _SPACE = b"0123456789.-", b" \n\r\t"
_LOOK = 64


class Ragged(NamedTuple):
    """Polygons of several features: the layout of ``shapely.to_ragged_array`` for multipolygons.

    ``coordinates`` is ``(n, 2)`` longitudes and latitudes in degrees; ``rings``, ``polygons`` and
    ``features`` say where each begins in the one before, and end with the total.
    """

    coordinates: Floats
    rings: Indices
    polygons: Indices
    features: Indices


class Shape(NamedTuple):
    """The polygons of one feature: positions ``(n, 2)``, positions a ring, rings a polygon."""

    positions: Floats
    ring_sizes: list[int]
    polygon_sizes: list[int]


_NO_GROUND = Shape(np.empty((0, _PLANE)), [], [])


class Collections(NamedTuple):
    """FeatureCollections with each distinct feature kept once.

    ``members[i]`` are the places in ``texts`` (for ``splitting.parse_feature``) and in ``ragged``
    of the features of ``paths[i]``. A feature that is no polygon has none in ``ragged``.
    """

    paths: tuple[Path, ...]
    members: tuple[Indices, ...]
    texts: tuple[bytes, ...]
    ragged: Ragged

    def feature_areas_km2(self) -> Floats:
        """Area of each distinct feature in square kilometres, WGS 84; 0.0 where it is no polygon.

        Method as :func:`frontmap.geometry.exact_area.ragged_areas_km2`; holes are subtracted.
        """
        coordinates, *offsets = self.ragged
        return ragged_areas_km2(coordinates, offsets)

    def areas_km2(self) -> Floats:
        """Sum of the areas of each file's features in square kilometres, in order of ``paths``."""
        own = self.feature_areas_km2()
        ends = np.cumsum([0, *map(len, self.members)])
        places = np.concatenate([*self.members, np.empty(0, np.int64)])
        return segment_sums(own[places], ends)


def read_collections(paths: Iterable[Path]) -> Collections:
    """Read GeoJSON FeatureCollections (longitude/latitude, z ignored).

    Raises ``NotFoundError`` for a missing file, and ``InputError`` naming the file that is no
    FeatureCollection or has a polygon whose coordinates are no numbers.

    >>> from pathlib import Path
    >>> files = sorted(Path("tests/data/deepstate").glob("*.geojson"))
    >>> found = read_collections(files)
    >>> sum(map(len, found.members)), len(found.texts)
    (25, 16)
    >>> found.areas_km2().round(1)
    array([6758.6, 6340.5, 6181.1, 2452.1])
    """
    files = tuple(paths)
    seen: dict[bytes, int] = {}
    shapes: list[Shape] = []

    def places(texts: list[bytes]) -> list[int]:
        found = list(map(seen.get, texts))
        for number, known in enumerate(found):
            text = texts[number]
            if known is None and text not in seen:
                shapes.append(_lifted(text) or _parsed(text))
                seen[text] = len(seen)
            if known is None:
                found[number] = seen[text]
        return cast("list[int]", found)

    with _uncollected():
        members = tuple(np.array(_each(path, places), dtype=np.int64) for path in files)
    return Collections(files, members, tuple(seen), _ragged(shapes))


def _each(path: Path, places: Callable[[list[bytes]], list[int]]) -> list[int]:
    try:
        return each_feature(path.read_bytes(), places)
    except FileNotFoundError:
        raise NotFoundError(f"{path}: there is no such file") from None
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise InputError(
            f"{path}: {error}; give a GeoJSON FeatureCollection of polygons in longitude/latitude"
        ) from None


def _parsed(text: bytes) -> Shape:
    feature = parse_feature(text)
    polygons = _polygons(feature.get("geometry") or {})
    return _shape(polygons) if polygons else _NO_GROUND


def _lifted(text: bytes) -> Shape | None:
    """Read a feature with one polygon by lifting its coordinates out as one flat list of numbers.

    None where the text is not exactly of that form: numbers apart, the coordinates must be
    brackets and commas in the one order that rings of positions have, and the rest must be JSON.
    """
    start = text.find(_COORDINATES) + len(_COORDINATES)
    if (
        start < len(_COORDINATES)
        or text[start : start + _LOOK].translate(None, _SPACE)[:3] != b"[[["
    ):
        return None
    stop = text.find(b"}", start)
    coordinates = text[start:stop]
    sizes = _ring_sizes(coordinates.translate(None, _NUMBER + _SPACE))
    if sizes is None or text.count(_COORDINATES) != 1:
        return None
    width, ring_sizes = sizes
    if width == _WITH_HEIGHT and coordinates.count(b",0]") == sum(ring_sizes):
        width, coordinates = _PLANE, coordinates.replace(b",0]", b"]")
    try:
        flat = orjson.loads(b"[" + coordinates.translate(None, b"[]") + b"]")
        feature = parse_feature(text[:start] + b"[]" + text[stop:])
    except orjson.JSONDecodeError:
        return None
    if feature.get("geometry") != {"type": "Polygon", "coordinates": []}:
        return None
    positions = np.frombuffer(struct.pack(f"{len(flat)}d", *flat)).reshape(-1, width)[:, :_PLANE]
    return Shape(positions, ring_sizes, [len(ring_sizes)])


def _ring_sizes(skeleton: bytes) -> tuple[int, list[int]] | None:
    """Return the numbers a position and the positions a ring from brackets and commas.

    >>> _ring_sizes(b"[[[,],[,],[,]],[[,],[,]]]")
    (2, [3, 2])
    >>> _ring_sizes(b"[[[,],[,],[]],[[,],[,]]]")
    """
    if not (skeleton.startswith(b"[[[") and skeleton.endswith(b"]]]")):
        return None
    width = _WITH_HEIGHT if skeleton.startswith(b"[[[,,") else _PLANE
    link = b"," * (width - 1) + b"],["
    rings = skeleton[3:-3].split(b"]],[[")
    sizes = [(len(ring) + 3) // len(link) for ring in rings]
    if any(ring != (link * size)[:-3] for ring, size in zip(rings, sizes, strict=True)):
        return None
    return width, sizes


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    """Return the coordinates of a geometry's polygons: a list of lists of rings."""
    kind = geometry.get("type")
    if kind == "Polygon":
        return [geometry.get("coordinates", [])]
    if kind == "MultiPolygon":
        return list(geometry.get("coordinates", []))
    if kind == "GeometryCollection":
        return [part for member in geometry.get("geometries", []) for part in _polygons(member)]
    return []


def _shape(polygons: list[Any]) -> Shape:
    rings = list(chain.from_iterable(polygons))
    positions = list(chain.from_iterable(rings))
    sizes = [*map(len, rings)], [*map(len, polygons)]
    widths = set(map(len, positions))
    if widths <= {_PLANE} or widths <= {_WITH_HEIGHT}:
        width = max(widths, default=_PLANE)
        flat = np.fromiter(chain.from_iterable(positions), np.float64, width * len(positions))
        return Shape(flat.reshape(-1, width)[:, :_PLANE], *sizes)
    pairs = [(position[0], position[1]) for position in positions]
    return Shape(np.array(pairs, dtype=np.float64), *sizes)


def _ragged(shapes: Sequence[Shape]) -> Ragged:
    return Ragged(
        np.concatenate([np.empty((0, _PLANE)), *(shape.positions for shape in shapes)]),
        _offsets(chain.from_iterable(shape.ring_sizes for shape in shapes)),
        _offsets(chain.from_iterable(shape.polygon_sizes for shape in shapes)),
        _offsets(len(shape.polygon_sizes) for shape in shapes),
    )


def _offsets(sizes: Iterable[int]) -> Indices:
    return np.cumsum(np.fromiter(chain((0,), sizes), np.int64))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which would walk millions of fresh lists in vain."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()

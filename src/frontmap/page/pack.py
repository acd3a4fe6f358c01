"""Many snapshots as few bytes: each vertex, ring and shape is written once.

From one date to the next nearly all points stay where they are. So a ring is not written as
coordinates but as a reading of one long line of vertices: new ones in a row, or a stretch that was
written before, forwards or backwards (a neighbour's border runs the other way). Coordinates are
whole numbers of ``1 / PER_DEGREE`` degrees. ``docs/page.md`` describes the form; `unpacked` reads
it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

PER_DEGREE = 100_000  # 1.1 m of latitude: finer than a screen shows and any line is known
NEW, FORWARD, BACKWARD, NEW_SMOOTH = 0, 1, 2, 3
KINDS = 4
_LOW_BITS, _MORE = 0x7F, 0x80  # of a varint's byte
_ROW = 1 << 32  # a vertex as one number: longitude x _ROW + latitude, both in units

Point = tuple[int, int]
Ring = tuple[int, ...]
Shape = tuple[tuple[int, ...], ...]


@dataclass(slots=True)
class Packer:
    """Shapes added one after the other; each gets a number, equal ones the same number.

    >>> packer = Packer()
    >>> packer.add(shapely.box(35, 51, 36, 52)), packer.add(shapely.box(35, 51, 36, 52))
    (0, 0)
    >>> unpacked(packer.encoded()).shapes[0].wkt
    'MULTIPOLYGON (((36 51, 36 52, 35 52, 35 51, 36 51)))'
    """

    vertices: dict[int, int] = field(default_factory=dict)
    rings: dict[Ring, int] = field(default_factory=dict)
    shapes: dict[Shape, int] = field(default_factory=dict)
    _line: list[int] = field(default_factory=list)
    _place: dict[int, int] = field(default_factory=dict)
    _edge: dict[tuple[int, int], int] = field(default_factory=dict)
    _rings_text: list[int] = field(default_factory=list)
    _shapes_text: list[int] = field(default_factory=list)
    _fresh: int = 0
    _copied_to: int = 0
    _last: Point = (0, 0)
    _step: Point = (0, 0)

    def add(self, geometry: Polygon | MultiPolygon) -> int:
        """Take a shape in longitude/latitude degrees (EPSG:4326) and return its number."""
        shape = tuple(
            tuple(self._closed(ring) for ring in (part.exterior, *part.interiors))
            for part in shapely.get_parts(geometry)
        )
        known = self.shapes.get(shape)
        if known is not None:
            return known
        self._shapes_text.append(len(shape))
        for part in shape:
            self._shapes_text.extend((len(part), *part))
        return self.shapes.setdefault(shape, len(self.shapes))

    def add_line(self, line: shapely.LineString) -> int:
        """Take an open line; return its number among the rings."""
        return self._ring(shapely.get_coordinates(line))

    def encoded(self) -> bytes:
        """Give everything added so far, packed."""
        return b"".join(self._sections())

    def _sections(self) -> Iterator[bytes]:
        yield varints([len(self.vertices), len(self.rings), *self._rings_text])
        yield varints([len(self.shapes), *self._shapes_text])

    def _closed(self, ring: shapely.LinearRing) -> int:
        return self._ring(shapely.get_coordinates(ring)[:-1])

    def _ring(self, coordinates: NDArray[np.float64]) -> int:
        units = np.rint(coordinates * PER_DEGREE).astype(np.int64)
        known = self.vertices
        ids = tuple(
            known.setdefault(key, len(known))
            for key in (units[:, 0] * _ROW + units[:, 1] + _ROW // 2).tolist()
        )
        number = self.rings.get(ids)
        if number is None:
            number = self.rings.setdefault(ids, len(self.rings))
            self._write(ids, units.tolist())
        return number

    def _write(self, ids: Ring, units: list[Point]) -> None:
        text, at = self._rings_text, 0
        text.append(len(ids))
        while at < len(ids):
            kind, length, start = self._run(ids, at)
            if kind == NEW:
                text.extend(self._points(units[at : at + length]))
            else:
                text.append(length * KINDS + kind)
                text.append(zigzag(start - self._copied_to))
                self._copied_to = start + (length if kind == FORWARD else -length)
            self._remember(ids, at, length)
            at += length

    def _points(self, points: list[Point]) -> list[int]:
        """Write new vertices as steps, or as changes of step where those are shorter."""
        path = [self._last, *points]
        steps = [self._step, *((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(path))]
        turns = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(steps)]
        self._last, self._step = path[-1], steps[-1]
        plain = [zigzag(value) for step in steps[1:] for value in step]
        smooth = [zigzag(value) for turn in turns for value in turn]
        if len(varints(smooth)) < len(varints(plain)):
            return [len(points) * KINDS + NEW_SMOOTH, *smooth]
        return [len(points) * KINDS + NEW, *plain]

    def _run(self, ids: Ring, at: int) -> tuple[int, int, int]:
        if ids[at] == self._fresh:
            return NEW, self._fresh_run(ids, at), 0
        if at + 1 < len(ids):
            a, b = ids[at], ids[at + 1]
            start = self._edge.get((a, b))
            if start is not None:
                return FORWARD, self._matching(ids, at, start, 1), start
            start = self._edge.get((b, a))
            if start is not None:
                return BACKWARD, self._matching(ids, at, start + 1, -1), start + 1
        return FORWARD, 1, self._place[ids[at]]

    def _fresh_run(self, ids: Ring, at: int) -> int:
        end = at
        while end < len(ids) and ids[end] == self._fresh + end - at:
            end += 1
        return end - at

    def _matching(self, ids: Ring, at: int, start: int, step: int) -> int:
        line, length, wanted = self._line, 0, len(ids) - at
        while length < wanted and 0 <= start < len(line) and line[start] == ids[at + length]:
            length, start = length + 1, start + step
        return length

    def _remember(self, ids: Ring, at: int, length: int) -> None:
        base = len(self._line)
        run = ids[at : at + length]
        self._line.extend(run)
        for place, vertex in enumerate(run, base):
            self._place[vertex] = place
        for offset in range(1 if at == 0 else 0, length):
            self._edge[ids[at + offset - 1], ids[at + offset]] = base + offset - 1
        self._fresh = max(self._fresh, max(run) + 1)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What packed bytes hold: the shapes, and each ring as an array of lon/lat degrees (n, 2)."""

    shapes: tuple[MultiPolygon, ...]
    rings: tuple[NDArray[np.float64], ...]


def unpacked(data: bytes) -> Unpacked:
    """Read back what `Packer.encoded` wrote; coordinates in degrees to five decimals.

    >>> unpacked(Packer().encoded()).shapes
    ()
    """
    numbers = iter_varints(data)
    points = np.zeros((next(numbers), 2), np.int64)
    lines = list(_rings(numbers, points))
    rings = tuple(points[line] / PER_DEGREE for line in lines)
    shapes = tuple(
        MultiPolygon([_polygon(numbers, rings) for _ in range(next(numbers))])
        for _ in range(next(numbers))
    )
    return Unpacked(shapes, rings)


def _rings(numbers: Iterator[int], points: NDArray[np.int64]) -> Iterator[list[int]]:
    """Yield the vertices of each ring, filling in ``points`` (units) on the way."""
    line: list[int] = []
    last, step = np.zeros(2, np.int64), np.zeros(2, np.int64)
    fresh = copied_to = 0
    for _ in range(next(numbers)):
        begin = len(line)
        end = begin + next(numbers)
        while len(line) < end:
            length, kind = divmod(next(numbers), KINDS)
            if kind in {NEW, NEW_SMOOTH}:
                for vertex in range(fresh, fresh + length):
                    given = np.array([unzigzag(next(numbers)), unzigzag(next(numbers))])
                    step = given if kind == NEW else step + given
                    last = last + step
                    points[vertex] = last
                line.extend(range(fresh, fresh + length))
                fresh += length
                continue
            direction = 1 if kind == FORWARD else -1
            start = copied_to + unzigzag(next(numbers))
            copied_to = start + direction * length
            for place in range(start, copied_to, direction):
                line.append(line[place])
        yield line[begin:end]


def _polygon(numbers: Iterator[int], rings: tuple[NDArray[np.float64], ...]) -> Polygon:
    outline, *holes = (rings[next(numbers)] for _ in range(next(numbers)))
    return Polygon(outline, holes)


def zigzag(number: int) -> int:
    """Fold signed numbers into unsigned ones, small ones staying small.

    >>> [zigzag(n) for n in (0, -1, 1, -2)]
    [0, 1, 2, 3]
    """
    return number * 2 if number >= 0 else -number * 2 - 1


def unzigzag(number: int) -> int:
    """Undo `zigzag`.

    >>> [unzigzag(n) for n in range(4)]
    [0, -1, 1, -2]
    """
    return (number >> 1) ^ -(number & 1)


def varints(numbers: Iterable[int]) -> bytes:
    """Write non-negative numbers in as few bytes as each needs, seven bits a byte (LEB128).

    >>> varints([5, 300]).hex()
    '05ac02'
    """
    out = bytearray()
    for number in numbers:
        rest = number
        while rest > _LOW_BITS:
            out.append(rest & _LOW_BITS | _MORE)
            rest >>= 7
        out.append(rest)
    return bytes(out)


def iter_varints(data: bytes) -> Iterator[int]:
    """Read the numbers that `varints` wrote.

    >>> list(iter_varints(bytes.fromhex("05ac02")))
    [5, 300]
    """
    number = shift = 0
    for byte in data:
        number |= (byte & _LOW_BITS) << shift
        shift += 7
        if byte < _MORE:
            yield number
            number = shift = 0

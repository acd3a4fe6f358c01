"""Many snapshots as few bytes: each vertex, ring and shape is written once.

From one date to the next nearly all points stay where they are. So a ring is not written as
coordinates but as a reading of one long line of vertices: new ones in a row, or a stretch that was
written before, forwards or backwards (a neighbour's border runs the other way). Coordinates are
whole numbers of ``1 / PER_DEGREE`` degrees. Numbers of one kind stand together, which deflates
best. ``docs/page.md`` describes the form; `unpacked` reads it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

PER_DEGREE = 1_000_000  # as the archive writes them, so that nothing is lost
NEW, FORWARD, BACKWARD, NEW_SMOOTH = 0, 1, 2, 3
KINDS = 4
PLANES = 4
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
    >>> unpacked(packer.encoded(), packer.vertices()).shapes[0].wkt
    'MULTIPOLYGON (((36 51, 36 52, 35 52, 35 51, 36 51)))'
    """

    _points: list[Point] = field(default_factory=list)
    _known: dict[int, int] = field(default_factory=dict)
    _rings: dict[Ring, int] = field(default_factory=dict)
    _shapes: dict[Shape, int] = field(default_factory=dict)
    _line: list[int] = field(default_factory=list)
    _place: dict[int, int] = field(default_factory=dict)
    _edge: dict[tuple[int, int], int] = field(default_factory=dict)
    _heads: list[int] = field(default_factory=list)
    _jumps: list[int] = field(default_factory=list)
    _steps: list[Point] = field(default_factory=list)
    _copied_to: int = 0

    def add(self, geometry: Polygon | MultiPolygon) -> int:
        """Take a shape in longitude/latitude degrees (EPSG:4326) and return its number.

        >>> packer = Packer()
        >>> [packer.add(shapely.box(35, 51, east, 52)) for east in (36, 37, 36)]
        [0, 1, 0]
        """
        shape = tuple(
            tuple(self._closed(ring) for ring in (part.exterior, *part.interiors))
            for part in shapely.get_parts(geometry)
        )
        return self._shapes.setdefault(shape, len(self._shapes))

    def add_line(self, line: shapely.LineString) -> int:
        """Take an open line in longitude/latitude degrees; return its number among the rings.

        >>> packer = Packer()
        >>> packer.add_line(shapely.LineString([(35, 51), (36, 52)]))
        0
        >>> unpacked(packer.encoded(), packer.vertices()).rings[0].tolist()
        [[35.0, 51.0], [36.0, 52.0]]
        """
        return self._ring(shapely.get_coordinates(line))

    def encoded(self) -> bytes:
        r"""Give rings and shapes of everything added so far, as varints.

        >>> Packer().encoded()
        b'\x00\x00\x00\x00\x00\x00'
        """
        parts = [part for shape in self._shapes for part in shape]
        columns = (
            [len(ring) for ring in self._rings],
            self._heads,
            [zigzag(jump) for jump in self._jumps],
            [len(shape) for shape in self._shapes],
            [len(part) for part in parts],
            [zigzag(b - a) for a, b in pairwise([-1, *(ring for part in parts for ring in part)])],
        )
        return b"".join(varints([len(column), *column]) for column in columns)

    def vertices(self) -> bytes:
        """Give the steps of all vertices, longitude and latitude in turn, as planes of bytes.

        >>> packer = Packer()
        >>> _ = packer.add_line(shapely.LineString([(0, 0), (0, 0.000001), (0, 0.000002)]))
        >>> packer.vertices()[:6].hex()
        '000000020000'
        """
        steps = np.array(self._steps, np.int64).reshape(-1, 2)
        folded = np.where(steps < 0, -2 * steps - 1, 2 * steps).astype("<u4")
        return folded.view(np.uint8).reshape(-1, 2, PLANES).transpose(2, 0, 1).tobytes()

    def _closed(self, ring: shapely.LinearRing) -> int:
        return self._ring(shapely.get_coordinates(ring)[:-1])

    def _ring(self, coordinates: NDArray[np.float64]) -> int:
        units = np.rint(coordinates * PER_DEGREE).astype(np.int64)
        fresh, known = len(self._known), self._known
        ids = tuple(
            known.setdefault(key, len(known))
            for key in (units[:, 0] * _ROW + units[:, 1] + _ROW // 2).tolist()
        )
        number = self._rings.get(ids)
        if number is None:
            number = self._rings.setdefault(ids, len(self._rings))
            points = dict(zip(ids, units.tolist(), strict=True))
            self._points.extend(points[vertex] for vertex in range(fresh, len(known)))
            self._write(ids, fresh)
        return number

    def _write(self, ids: Ring, fresh: int) -> None:
        at = 0
        while at < len(ids):
            kind, length, start = self._run(ids, at, fresh)
            if kind == NEW:
                fresh += length
                kind = self._step(ids, at, length)
            else:
                self._jumps.append(start - self._copied_to)
                self._copied_to = start + (length if kind == FORWARD else -length)
            self._heads.append(length * KINDS + kind)
            self._remember(ids, at, length)
            at += length

    def _step(self, ids: Ring, at: int, length: int) -> int:
        """Write new vertices as steps, or as changes of step where those are shorter."""
        own = [self._points[vertex] for vertex in ids[at : at + length]]
        path = [*self._before(ids, at), *own]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(path)]
        bends = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(steps)]
        plain = steps[1:]
        smooth = _bits_of(bends) < _bits_of(plain)
        self._steps.extend(bends if smooth else plain)
        return NEW_SMOOTH if smooth else NEW

    def _before(self, ids: Ring, at: int) -> list[Point]:
        """Give the two points that a run of new vertices goes on from, equal where there is one.

        They are the ring's; at its start, the last new vertex.
        """
        own = [self._points[vertex] for vertex in ids[max(at - 2, 0) : at]]
        last = own or [self._points[ids[at] - 1] if ids[at] else (0, 0)]
        return last if len(last) > 1 else last * 2

    def _run(self, ids: Ring, at: int, fresh: int) -> tuple[int, int, int]:
        if ids[at] == fresh:
            return NEW, _fresh_run(ids, at), 0
        if at + 1 < len(ids):
            a, b = ids[at], ids[at + 1]
            start = self._edge.get((a, b))
            if start is not None:
                return FORWARD, self._matching(ids, at, start, 1), start
            start = self._edge.get((b, a))
            if start is not None:
                return BACKWARD, self._matching(ids, at, start + 1, -1), start + 1
        return FORWARD, 1, self._place[ids[at]]

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


def _fresh_run(ids: Ring, at: int) -> int:
    end = at
    while end < len(ids) and ids[end] == ids[at] + end - at:
        end += 1
    return end - at


def _bits_of(steps: Iterable[Point]) -> int:
    return sum(zigzag(value).bit_length() for step in steps for value in step)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What packed bytes hold: the shapes, and each ring as an array of lon/lat degrees (n, 2)."""

    shapes: tuple[MultiPolygon, ...]
    rings: tuple[NDArray[np.float64], ...]


def unpacked(rings_and_shapes: bytes, vertices: bytes) -> Unpacked:
    """Read back what ``Packer.encoded`` and ``Packer.vertices`` wrote; degrees to six decimals.

    >>> unpacked(Packer().encoded(), b"").shapes
    ()
    """
    numbers = iter_varints(rings_and_shapes)
    lengths, heads, jumps, shapes, parts, steps = (
        [next(numbers) for _ in range(next(numbers))] for _ in range(6)
    )
    points: list[Point] = []
    lines = list(_lines(lengths, iter(heads), iter(jumps), _steps(vertices), points))
    degrees = np.array(points).reshape(-1, 2) / PER_DEGREE
    rings = tuple(degrees[line] for line in lines)
    order = accumulate((unzigzag(number) for number in steps), initial=-1)
    next(order)
    of_part = ([rings[next(order)] for _ in range(count)] for count in parts)
    made = ([Polygon(*_shell(next(of_part))) for _ in range(count)] for count in shapes)
    return Unpacked(tuple(MultiPolygon(polygons) for polygons in made), rings)


def _shell(
    rings: list[NDArray[np.float64]],
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    return rings[0], rings[1:]


def _steps(vertices: bytes) -> Iterator[Point]:
    planes = np.frombuffer(vertices, np.uint8).reshape(PLANES, -1, 2).transpose(1, 2, 0)
    folded = planes.copy().view("<u4").reshape(-1, 2).tolist()
    return ((unzigzag(lon), unzigzag(lat)) for lon, lat in folded)


def _lines(
    lengths: list[int],
    heads: Iterator[int],
    jumps: Iterator[int],
    steps: Iterator[Point],
    points: list[Point],
) -> Iterator[list[int]]:
    """Yield the vertices of each ring, and append new ones to ``points`` (in units) on the way."""
    line: list[int] = []
    copied_to = 0
    for ring in lengths:
        begin = len(line)
        while len(line) < begin + ring:
            length, kind = divmod(next(heads), KINDS)
            if kind in {NEW, NEW_SMOOTH}:
                here, step = _resume(points, line[begin:][-2:])
                for _ in range(length):
                    lon, lat = next(steps)
                    step = (lon + step[0], lat + step[1]) if kind == NEW_SMOOTH else (lon, lat)
                    here = (here[0] + step[0], here[1] + step[1])
                    line.append(len(points))
                    points.append(here)
                continue
            direction = 1 if kind == FORWARD else -1
            start = copied_to + unzigzag(next(jumps))
            copied_to = start + direction * length
            for place in range(start, copied_to, direction):
                line.append(line[place])
        yield line[begin:]


def _resume(points: list[Point], own: list[int]) -> tuple[Point, Point]:
    """Give the point that new vertices go on from, and the step that led there."""
    if not own:
        return points[-1] if points else (0, 0), (0, 0)
    here, before = points[own[-1]], points[own[0]]
    return here, (here[0] - before[0], here[1] - before[1])


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

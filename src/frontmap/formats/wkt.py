"""Polygons of well-known text: as OGC, ISO and PostGIS write it, in rings that may be open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from frontmap.formats.wkb import DEEPEST, NAMES, Shapes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MOST_POSITIONS = 1_000_000

_KINDS = {name.upper(): name for name in NAMES.values()}
_POLYGONS = frozenset({"Polygon", "Triangle"})
_OF_POLYGONS = frozenset(
    {"MultiPolygon", "MultiSurface", "PolyhedralSurface", "TIN", "GeometryCollection"}
)
_SRID = re.compile(r"\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
_START = re.compile(
    r"\s*(?P<name>[A-Z]{3,20}?)\s{0,9}(?P<dimensions>ZM|Z|M)?\s{0,9}(?P<body>\(|EMPTY\b)",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"\s*EMPTY\b", re.IGNORECASE)
_INNERMOST = re.compile(r"\s*\(([^()]*)\)")
_PARENTHESIS = re.compile(r"[()]")
_SIZES = frozenset({2, 3, 4})


def kind_of(text: str) -> str:
    """Return the type of geometry that a text begins as, by its name in binary; blank if none.

    >>> [kind_of(text) for text in ("SRID=4326;polygonz((1 1 1", "TIN EMPTY", "Point Pleasant")]
    ['Polygon', 'TIN', '']
    """
    srid = _SRID.match(text)
    start = _START.match(text, srid.end() if srid else 0)
    return _KINDS.get(start["name"].upper(), "") if start else ""


def shapes_of_text(text: str) -> Shapes:
    """Return what well-known text holds; measures are left out. Raises ``ValueError``.

    >>> found = shapes_of_text("SRID=4326; POLYGON M ((36 48 1, 37 48 1, 37 49 1))")
    >>> found.srid, found.polygons[0][0].tolist()
    (4326, [[36.0, 48.0], [37.0, 48.0], [37.0, 49.0]])
    >>> shapes_of_text("MULTISURFACE (((0 0, 1 0, 1 1, 0 0)), CURVEPOLYGON EMPTY)").others
    []
    """
    srid = _SRID.match(text)
    found = Shapes([], [], int(srid[1]) if srid else 0)
    reader = _Reader(text, srid.end() if srid else 0, found)
    reader.geometry(DEEPEST)
    if text[reader.at :].strip():
        raise ValueError(f"something stands after its end: {text[reader.at :].strip()[:20]!r}")
    return found


class _Reader:
    def __init__(self, text: str, at: int, found: Shapes) -> None:
        self.text, self.at, self.found, self.positions = text, at, found, 0

    def geometry(self, further: int) -> None:
        start = _START.match(self.text, self.at)
        kind = _KINDS.get(start["name"].upper()) if start else None
        if start is None or kind is None or not further:
            raise ValueError(f"it is no WKT: {self.text[self.at :].strip()[:20]!r}")
        self.at = start.end()
        if start["body"] != "(":
            return
        self.at -= 1
        is_measured = (start["dimensions"] or "").upper() == "M"
        if kind in _POLYGONS:
            self.polygon(is_measured=is_measured)
        elif kind in _OF_POLYGONS:
            self.listed(lambda: self.part(further, is_measured=is_measured))
        else:
            self.found.others.append(kind)
            self.skip()

    def part(self, further: int, *, is_measured: bool) -> None:
        """Read a polygon without its name, or geometry of any kind with it."""
        if self.next() == "(":
            self.polygon(is_measured=is_measured)
        elif empty := _EMPTY.match(self.text, self.at):
            self.at = empty.end()
        else:
            self.geometry(further - 1)

    def polygon(self, *, is_measured: bool) -> None:
        rings: list[Any] = []
        self.listed(lambda: rings.append(self.ring(is_measured=is_measured)))
        self.found.polygons.append(rings)

    def ring(self, *, is_measured: bool) -> NDArray[np.float64]:
        if empty := _EMPTY.match(self.text, self.at):
            self.at = empty.end()
            return np.zeros((0, 2))
        found = _INNERMOST.match(self.text, self.at)
        if found is None:
            raise ValueError("a ring ends too soon, or is none")
        self.at = found.end()
        self.positions += found[1].count(",") + 1
        if self.positions > MOST_POSITIONS:
            raise ValueError(f"more than {MOST_POSITIONS:,} positions; simplify it")
        positions = [position.split() for position in found[1].split(",")]
        sizes = set(map(len, positions))
        if len(sizes) != 1 or not sizes <= _SIZES:
            raise ValueError(f"a ring of positions of {min(sizes)} to {max(sizes)} numbers")
        try:
            numbers = [float(number) for position in positions for number in position]
        except ValueError:
            numbers = [np.nan] * len(positions) * min(sizes)
        ring = np.array(numbers).reshape(len(positions), -1)
        if not np.isfinite(ring).all():
            raise ValueError("a coordinate is not a number")
        width = 2 if is_measured or ring.shape[1] == 2 else 3  # noqa: PLR2004  without an altitude
        return np.ascontiguousarray(ring[:, :width])

    def listed(self, read: Callable[[], None]) -> None:
        """Read what stands in parentheses, with commas between."""
        self.expect("(")
        read()
        while self.next() == ",":
            self.at += 1
            read()
        self.expect(")")

    def skip(self) -> None:
        """Pass over what stands in parentheses, whatever it is."""
        depth = 0
        for found in _PARENTHESIS.finditer(self.text, self.at):
            depth += 1 if found[0] == "(" else -1
            if not depth:
                self.at = found.end()
                return
        raise ValueError("it ends too soon")

    def next(self) -> str:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def expect(self, sign: str) -> None:
        if self.next() != sign:
            raise ValueError(f"{sign!r} is missing before {self.text[self.at : self.at + 20]!r}")
        self.at += 1

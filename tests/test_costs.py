"""What a stranger's file can cost: time and memory in proportion to it, or one clear refusal.

Each case runs in a process of its own under a cap on processor time and address space, so that a
cost that grows as a square or a cube fails instead of hanging.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import subprocess
import sys

import pytest
import shapely
from shapely import Polygon

import frontmap
from frontmap.facts.tables import PLACES, SOURCES
from frontmap.geometry import noding
from fronts import new_archive, zone

MIB = 1 << 20
#: What the packages take of a process's addresses before anything is read.
PACKAGES_MIB = 600


def capped(code: str, *arguments: object, cpu_s: int, mib: int) -> str:
    """Run code under caps; return what it printed, or the refusal that it ended in."""

    def caps() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
        space = (PACKAGES_MIB + mib) * MIB
        resource.setrlimit(resource.RLIMIT_AS, (space, space))

    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True, text=True, check=False, preexec_fn=caps,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode in (0, 1), f"{done.returncode}: {done.stderr[-2000:]}"
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    return (done.stdout + done.stderr).strip()


def command(*words: object, cpu_s: int, mib: int) -> str:
    """Run a command of frontmap under caps."""
    return capped("from frontmap.cli import main; main()", *words, cpu_s=cpu_s, mib=mib)


READ = """
import sys
from frontmap.errors import InputError
from frontmap.intake.file_zones import read_zones
try:
    print(len(read_zones(sys.argv[1]).zones), "zones")
except InputError as error:
    print(error)
"""


def with_member(text: str) -> str:
    return f'{{"type":"FeatureCollection","features":[],"a":{text}}}'


TEXTS = {
    "a key twice": (
        '{"type":"FeatureCollection","features":[],'
        + ",".join(f'"k{n}":1' for n in range(300_000)) + ',"k299999":2}',
        "key 'k299999' occurs twice in one object",
    ),
    "escaped backslashes": (with_member('"' + "\\\\" * (8 * MIB) + '"'), "it has no features"),
    "escaped letters": (with_member('"' + "\\u0041" * (2 * MIB) + '"'), "it has no features"),
    "one long text": (with_member('"' + "x" * (16 * MIB) + '"'), "it has no features"),
    "a text that never ends": (with_member('"' + '\\"' * (8 * MIB)), "Unterminated string"),
    "empty lists": (with_member("[" + "[]," * 2_600_000 + "[]]"), "about 5,200,007 values"),
    "empty objects": (with_member("[" + "{}," * 2_600_000 + "{}]"), "about 5,200,007 values"),
    "empty texts": (with_member("[" + '"",' * 5_000_000 + '""]'), "values, 5,000,000 at most"),
    "numbers": (with_member("[" + "1," * 5_000_000 + "1]"), "values, 5,000,000 at most"),
    "lists in lists": (with_member("[" * 1_000_000), "nested 1000001 deep"),
    "a number of a million digits": (with_member("1" * 1_000_000), "is too large for a whole"),
    "half a letter in a long text": (with_member('"' + "x" * MIB + '\\ud800"'), "half a letter"),
    "a long key twice": (
        f'{{"{"k" * MIB}":1,"{"k" * MIB}":2}}', "occurs twice in one object; keep one"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TEXTS)
def test_a_json_text_costs_no_more_than_its_length(tmp_path, what):
    text, answer = TEXTS[what]
    path = tmp_path / "zones.geojson"
    path.write_text(text)
    said = capped(READ, path, cpu_s=8, mib=200)
    assert answer in said
    assert len(said) < 1000


def test_a_makers_file_of_more_values_than_are_read_is_refused(tmp_path):
    path = tmp_path / "1709294400.geojson"
    path.write_text('{"features":[' + "{}," * 5_000_001 + "{}]}")
    said = command("import", "deepstate", path, "--into", tmp_path / "new", cpu_s=8, mib=200)
    assert "1709294400.geojson: about 10,000,006 values, 5,000,000 at most" in said


def test_kml_of_more_numbers_than_are_read_is_refused(tmp_path, front):
    path = tmp_path / "zones.kml"
    ring = f"<LinearRing><coordinates>{'35,51 ' * 2_000_000}</coordinates></LinearRing>"
    shape = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
    path.write_text(f"<kml><Placemark>{shape}</Placemark></kml>")
    said = command("check", path, "--archive", front, cpu_s=8, mib=300)
    assert "zones.kml: feature 1: coordinates of more than 3,000,000 numbers" in said


def test_a_table_of_very_many_columns_is_refused(tmp_path):
    path = tmp_path / "sources.csv"
    header = ["id", "publisher", "url", "published", "read", *(f"c{n}" for n in range(200_000))]
    path.write_text(",".join(header) + "\n")
    code = """
import sys
from pathlib import Path
from frontmap.errors import InputError
from frontmap.facts.reading import read_table
from frontmap.facts.tables import SOURCES
try:
    read_table(Path(sys.argv[1]), SOURCES)
except InputError as error:
    print(error)
"""
    assert "200,005 columns, 1,000 at most" in capped(code, path, cpu_s=8, mib=200)


def text_of(rings, status="controlled", parties=("UA",)):
    """Return a GeoJSON text of zones, a ring each."""
    features = [
        {
            "type": "Feature",
            "id": f"z{n:06}",
            "properties": {
                "party": parties[n % len(parties)], "status": status, "sources": "isw",
                "confidence": "high", "accuracy_m": 500,
            },
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for n, ring in enumerate(rings)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features})


def box(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def shifted_boxes(count):
    return [box(35 + n * 1e-5, 51 + n * 1e-5, 36 + n * 1e-5, 52 + n * 1e-5) for n in range(count)]


def boxes_in_boxes(count):
    return [box(35 + n * 1e-5, 51 + n * 1e-5, 36 - n * 1e-5, 52 - n * 1e-5) for n in range(count)]


def crossed_bars(count):
    step = 1 / count
    upright = [box(35 + n * step, 51, 35 + (n + 0.5) * step, 52) for n in range(count)]
    level = [box(35, 51 + n * step, 36, 51 + (n + 0.5) * step) for n in range(count)]
    return [bar for pair in zip(upright, level, strict=True) for bar in pair]


def slanted_bars(count):
    """Bars that nowhere meet, each in the box of all."""
    step = 0.5 / count
    return [
        [[35 + n * step, 51], [35 + (n + 0.4) * step, 51], [35.5 + (n + 0.4) * step, 52],
         [35.5 + n * step, 52], [35 + n * step, 51]]
        for n in range(count)
    ]  # fmt: skip


def comb(teeth, *, slant=0.0):
    step = 1 / teeth
    ring = []
    for n in range(teeth):
        west, east = 35 + n * step, 35 + (n + 0.5) * step
        ring += [[west + slant, 52], [west, 51.01], [east, 51.01], [east + slant, 52]]
    ring += [[36.1 + slant, 52], [36.1, 51], [34.9, 51], [34.9 + slant, 52]]
    return [*ring, ring[0]]


def across_its_back(ring):
    """Let the back of a comb run through its teeth."""
    *teeth, east, low_east, low_west, west, end = ring
    return [*teeth, east, [low_east[0], 51.5], [low_west[0], 51.5], west, end]


def turned(ring):
    return [[y - 51 + 35, x - 35 + 51] for x, y in ring]


CROSSINGS, PAIRS = "may cross more than 250,000 times", "more than 1,000,000 pairs of zones"
COSTLY = {
    "1,000 zones over each other": (shifted_boxes(1000), CROSSINGS),
    "10,000 zones over each other": (shifted_boxes(10_000), PAIRS),
    "600 zones in each other": (boxes_in_boxes(600), "(and 1000 more)"),
    "500 bars across 500": (crossed_bars(500), CROSSINGS),
    "2,000 slanted bars": (slanted_bars(2000), PAIRS),
    "1,000 slanted bars": (slanted_bars(1000), "recorded snapshot"),
    "two combs": ([comb(500), turned(comb(500))], CROSSINGS),
    "a slanted comb": ([comb(2000, slant=1.0)], "z000000): its lines may cross more than"),
    "a comb across its back": ([across_its_back(comb(3000))], "may cross more than 5,000 times"),
}  # fmt: skip


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """Return an archive without a date, for copies."""
    root = tmp_path_factory.mktemp("front") / "archive"
    return new_archive(root, bbox=(30, 45, 40, 55)).root


LARGE = [pytest.param(what, marks=pytest.mark.torture) for what in COSTLY if "10,000" in what]


@pytest.mark.parametrize("what", [*(what for what in COSTLY if "10,000" not in what), *LARGE])
def test_zones_of_any_shape_are_recorded_or_refused_at_once(tmp_path, front, what):
    rings, answer = COSTLY[what]
    path, root = tmp_path / "zones.geojson", tmp_path / "archive"
    path.write_text(text_of(rings, parties=("UA", "RU")))
    shutil.copytree(front, root)
    said = command("add", "2024-08-31", path, "--archive", root, "--reason", "r", cpu_s=30, mib=500)
    assert answer in said


def test_a_long_ragged_line_costs_little_more_than_its_length(tmp_path, front):
    """Each of its edges is asked about others' ground, and each place of it how far it moved."""
    path, root = tmp_path / "zones.geojson", tmp_path / "archive"
    shutil.copytree(front, root)
    for date, height in (("2024-08-30", 52), ("2024-08-31", 51.9)):
        ring = comb(8000)
        ring[400][1] = height
        path.write_text(text_of([ring]))
        words = ["add", date, path, "--archive", root, "--reason", "r", "--yes"]
        assert "recorded snapshot" in command(*words, cpu_s=20, mib=600)
    assert command("front", "--archive", root, "--scale", "5", cpu_s=30, mib=1500)


@pytest.mark.parametrize("what", ["1,000 zones over each other", *LARGE])
def test_claims_that_cannot_be_measured_are_not_recorded(tmp_path, front, what):
    rings, answer = COSTLY[what]
    path, root = tmp_path / "zones.geojson", tmp_path / "archive"
    path.write_text(text_of(rings, status="claimed"))
    shutil.copytree(front, root)
    said = command("add", "2024-08-31", path, "--archive", root, "--reason", "r", cpu_s=12, mib=500)
    assert answer in said


@pytest.mark.parametrize("what", ["1,000 zones over each other", *LARGE])
@pytest.mark.parametrize("verb", ["area", "check"])
def test_a_recorded_date_that_costs_too_much_is_named(tmp_path, front, what, verb):
    rings, answer = COSTLY[what]
    root = tmp_path / "archive"
    shutil.copytree(front, root)
    each = [zone(Polygon(ring), f"z{n}") for n, ring in enumerate(rings)]
    frontmap.open(root).add("2024-08-31", each, reason="an import", overlaps="keep")
    words = ["check", root] if verb == "check" else [verb, "--archive", root]
    said = command(*words, cpu_s=12, mib=500)
    assert "2024-08-31" in said
    assert answer in said


def border(root, lines):
    features = [
        {"type": "Feature", "properties": {"kind": "state_border"},
         "geometry": {"type": "LineString", "coordinates": line}}
        for line in lines
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (root / "reference.geojson").write_text(text, "utf-8")


def lattice(count, length=0.1):
    """Lines in both directions, each of which crosses each of the other direction."""
    at = [35 + length * n / count for n in range(count)]
    return [
        *([[x, 51.0], [x, 51.0 + length]] for x in at),
        *([[35.0, x + 16], [35.0 + length, x + 16]] for x in at),
    ]


def zigzag(count, width, height):
    return [[[35 + n * width, 51 + height * (n // 2 % 2)] for n in range(count)]]


BORDERS = {
    "30 by 30 lines": (lattice(30), ""),
    "40 by 40 lines": (lattice(40), "cross more than 1,000 times"),
    "2,000 by 2,000 lines": (lattice(2000, 0.01), "cross more than 1,000 times"),
    "300 lines from one point": ([[[35.1, 51.1], [35 + n / 1500, 51.2]] for n in range(300)], ""),
    "a dense zigzag": (zigzag(20_000, 0.00001, 0.005), ""),
    "a long zigzag": (zigzag(20_000, 0.00001, 0.1), "km, 20,000 at most"),
    "very many vertices": (zigzag(1_000_002, 1e-9, 1e-6), "1,000,000 at most"),
}


@pytest.mark.parametrize("what", BORDERS)
def test_a_border_of_any_shape_is_kept_still_or_refused_at_once(tmp_path, front, what):
    lines, says = BORDERS[what]
    root = tmp_path / "front"
    shutil.copytree(front, root)
    frontmap.open(root).add("2024-08-31", [zone(shapely.box(34.9, 50.9, 35.05, 51.05))], reason="r")
    border(root, lines)
    said = command("area", "--archive", root, cpu_s=30, mib=1500)
    assert says in said
    assert ("reference.geojson" in said) == bool(says)


@pytest.mark.parametrize("kind", ["unit", "coast", "country"])
def test_areas_that_cross_each_other_without_end_are_not_drawn(tmp_path, front, kind):
    """Each one's outline crosses that of each other twice."""
    root = tmp_path / "front"
    shutil.copytree(front, root)
    frontmap.open(root).add("2024-08-31", [zone(shapely.box(34.9, 50.9, 35.05, 51.05))], reason="r")
    squares = (shapely.box(34 + n / 1e4, 50 + n / 1e4, 35 + n / 1e4, 51) for n in range(700))
    features = [
        {"type": "Feature", "properties": {"kind": kind, "name_en": f"u{n}"},
         "geometry": shapely.geometry.mapping(square)}
        for n, square in enumerate(squares)
    ]  # fmt: skip
    (root / "reference.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), "utf-8"
    )
    said = command("map", "--archive", root, "--output", tmp_path / "m.html", cpu_s=20, mib=500)
    assert f"lines of kind {kind} may cross more than 250,000 times" in said


def table(root, schema, rows):
    with (root / schema.name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in schema.columns])
        writer.writeheader()
        writer.writerows(rows)


def test_very_many_places_are_refused(tmp_path, front):
    root = tmp_path / "front"
    shutil.copytree(front, root)
    border(root, [[[34.0, 50.0], [36.0, 50.0]]])
    place = {"name_en": "P", "kind": "village", "lon": 35, "lat": 51, "accuracy_m": 500}
    source = {"id": "s", "publisher": "us", "published": "2024-08-31"}
    table(root, SOURCES, [source])
    table(root, PLACES, ({"id": f"p{n}", **place, "source": "s"} for n in range(20_000)))
    said = command("places", "2024-08-31", "--archive", root, cpu_s=20, mib=1000)
    assert "20,000 places, 2,000 at most" in said


LINES = """
import sys
import numpy as np, shapely
from frontmap.geometry.noding import faces_between
count = int(sys.argv[1])
boxes = shapely.box(35, 51, 36 + np.arange(count) / count, 52)
print(len(faces_between(shapely.boundary(boxes))), "faces")
"""


@pytest.mark.parametrize("count", [1000, pytest.param(10_000, marks=pytest.mark.torture)])
def test_lines_on_each_other_are_cut_in_little_more_than_their_number(count):
    said = capped(LINES, count, cpu_s=8 if count == 1000 else 80, mib=500)
    assert said == f"{count} faces"


@pytest.mark.parametrize("most", [20_000, pytest.param(1_000_000, marks=pytest.mark.torture)])
def test_lines_that_cross_too_often_are_refused(most):
    code = """
import sys
import numpy as np, shapely
from frontmap.errors import InputError
from frontmap.geometry import noding
from frontmap.geometry.noding import faces_between
noding.MOST_CROSSINGS = int(sys.argv[1])
places = np.arange(2000) / 2000
upright = shapely.box(places, 0, places + 0.0001, 1)
level = shapely.transform(upright, lambda at: at[:, ::-1])
try:
    faces_between(shapely.boundary(np.concatenate([upright, level])))
except InputError as error:
    print(error)
"""
    said = capped(code, most, cpu_s=10 if most == 20_000 else 120, mib=1500)
    assert f"may cross more than {most:,} times" in said


def test_days_held_are_the_same_cut_at_once_or_by_halves(tmp_path, monkeypatch):
    opened = new_archive(tmp_path / "front")
    for day in range(1, 31):
        east = 35.2 + day * 7 % 30 / 100
        grounds = {"a": shapely.box(35, 51, east, 51.3), "b": shapely.box(east, 51, 35.7, 51.2)}
        held = [zone(ground, name) for name, ground in grounds.items()]
        opened.add(f"2024-08-{day:02}", held, reason="r")
    at_once = frontmap.days_held(opened)
    monkeypatch.setattr(noding, "CROSSINGS_AT_ONCE", -1)
    by_halves = frontmap.days_held(opened)
    assert len(at_once) > 20
    assert at_once.drop(columns=["area_km2", "geometry"]).equals(
        by_halves.drop(columns=["area_km2", "geometry"])
    )
    assert (at_once["area_km2"] - by_halves["area_km2"]).abs().max() < 1e-9


def test_the_error_of_a_dense_comb_takes_little_memory():
    code = """
from shapely import Polygon
from frontmap.errors import InputError
from frontmap.geometry.uncertainty import Outline, area_uncertainty
def comb(teeth):
    step = 1 / teeth
    ring = [at for n in range(teeth) for x in (35 + n * step,)
            for at in ((x, 52), (x, 51.5), (x + step / 2, 51.5), (x + step / 2, 52))]
    return Polygon([*ring, (36.1, 52), (36.1, 51), (34.9, 51), (34.9, 52)])
print(round(area_uncertainty(comb(3000), [Outline(comb(3000), 500.0)]).bound_km2, -2))
try:
    area_uncertainty(comb(100_000), [Outline(comb(100_000), 500.0)])
except InputError as error:
    print(error)
"""
    bound, refusal = capped(code, cpu_s=15, mib=400).splitlines()
    assert float(bound) > 1000
    assert "2,000,000 at most for its error" in refusal

"""What frontmap takes: the wrong is refused, the mendable is mended and said.

Each row is a file that somebody could bring, and what must happen to it. Refused means: one line
that names the file and the remedy, and an archive that is byte for byte as it was.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from frontmap.errors import InputError, MendedWarning
from frontmap.formats import files, strict
from frontmap.intake.file_zones import read_zones
from fronts import Clock, new_archive

SQUARE: list[list[float]] = [[35, 51], [35.2, 51], [35.2, 51.2], [35, 51.2], [35, 51]]
HOLE = [[35.05, 51.05], [35.05, 51.1], [35.1, 51.1], [35.1, 51.05], [35.05, 51.05]]
FAR = [[36, 52], [36.1, 52], [36.1, 52.1], [36, 52]]
PROPERTIES = {
    "party": "UA",
    "status": "controlled",
    "confidence": "high",
    "accuracy_m": 500,
    "sources": "isw",
}


def feature(rings=None, kind="Polygon", name="a", **properties):
    return {
        "type": "Feature",
        "id": name,
        "properties": {**PROPERTIES, **properties},
        "geometry": {"type": kind, "coordinates": [SQUARE] if rings is None else rings},
    }


def collection(*features, **members):
    return {"type": "FeatureCollection", **members, "features": list(features)}


def text(value):
    return json.dumps(value, ensure_ascii=False).encode()


def drawn(rings, kind="Polygon"):
    return text(collection(feature(rings, kind)))


def said(**properties):
    return text(collection(feature(**properties)))


def without(*keys):
    bare = feature()
    for key in keys:
        del bare["properties"][key]
    return text(collection(bare))


def geometry(value):
    return text(collection({**feature(), "geometry": value}))


def shifted(ring, east, north):
    return [[x + east, y + north] for x, y in ring]


def stretched(ring):
    return [[x * 111_000, y * 111_000] for x, y in ring]


GOOD = text(collection(feature()))
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
CRS84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
SPIKE = [[35, 51], [35.2, 51], [35.4, 51], [35.2, 51], [35.2, 51.2], [35, 51]]
BOW_TIE = [[35, 51], [35.2, 51.2], [35.2, 51], [35, 51.2], [35, 51]]

REFUSED = {
    # the file
    "empty file": (b"", "is empty"),
    "only blanks": (b" \n ", "is empty"),
    "truncated": (GOOD[:-20], "not JSON"),
    "truncated within a text": (GOOD[:80], "not JSON"),
    "two values": (GOOD + GOOD, "not JSON"),
    "trailing comma": (GOOD[:-1] + b",}", "not JSON"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "UTF-8"),
    "UTF-16 without a mark": (GOOD.decode().encode("utf-16-le"), "UTF-8"),
    "UTF-32": (GOOD.decode().encode("utf-32"), "UTF-8"),
    "Latin-1": (said(note="é").decode().encode("latin-1"), "UTF-8"),
    "half a UTF-8 letter": (said(note="Суджа")[:-170] + b"\xd0", "UTF-8"),
    "half a letter, escaped": (GOOD.replace(b'"isw"', b'"\\ud83d"'), "half a letter"),
    "NUL bytes": (b"\x00" * 64, "zero bytes"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "is a PNG picture"),
    "a page": (b"<!doctype html><p>403", "is a web page, and says '403'"),
    "CSV": (b"id,party\na,UA\n", "a text that begins"),
    "depth 100,000": (b"[" * 100_000 + b"]" * 100_000, "deep"),
    "depth 100,000, never closed": (b'{"a":' * 100_000, "deep"),
    # JSON that is not what it seems
    "NaN": (GOOD.replace(b"500", b"NaN"), "NaN"),
    "Infinity": (GOOD.replace(b"500", b"-Infinity"), "-Infinity"),
    "1e999": (GOOD.replace(b"500", b"1e999"), "too large"),
    "1e999 as a coordinate": (GOOD.replace(b"35.2", b"1e999"), "too large"),
    "a whole number of 5,000 digits": (GOOD.replace(b"500", b"5" * 5000), "too large"),
    "a duplicate key": (GOOD.replace(b'"party"', b'"party": "RU", "party"'), "occurs twice"),
    "duplicate coordinates": (GOOD.replace(b'"coordinates"', b'"coordinates": [], "coordinates"'),
                              "occurs twice"),
    "a list": (b"[]", "FeatureCollection"),
    "null": (b"null", "a text that begins 'null'"),
    "a bare geometry, of which nothing is said": (text(feature()["geometry"]), "--party"),
    "an empty TopoJSON": (text({"type": "Topology", "objects": {}, "arcs": []}), "TopoJSON"),
    "no features": (text({"type": "FeatureCollection"}), "'features'"),
    "features null": (text({"type": "FeatureCollection", "features": None}), "'features'"),
    "a feature that is none": (text(collection(None)), "feature 1"),
    "properties that are a list": (text(collection({**feature(), "properties": [1]})), "feature 1"),
    "no zones": (text(collection()), "--no-ground"),
    # where it lies
    "a crs that says nothing": (text(collection(feature(), crs={"type": "name"})), "EPSG:4326"),
    "latitude and longitude swapped": (drawn([[p[::-1] for p in SQUARE]]), "longitude, latitude"),
    "metres": (drawn([stretched(SQUARE)]), "degrees"),
    "latitude 148": (drawn([shifted(SQUARE, 0, 97)]), "degrees"),
    "longitude 181": (drawn([shifted(SQUARE, 146, 0)]), "antimeridian"),
    "across the antimeridian": (drawn([[[179, 51], [-179, 51], [-179, 52], [179, 51]]]),
                                "antimeridian"),
    "outside the theatre": (drawn([shifted(SQUARE, 10, 0)]), "theatre"),
    "the null island": (drawn([[[0, 0], [1, 0], [1, 1], [0, 0]]]), "theatre"),
    # geometry
    "geometry null": (geometry(None), "no geometry"),
    "geometry missing": (text(collection({k: v for k, v in feature().items() if k != "geometry"})),
                         "no geometry"),
    "a point": (geometry({"type": "Point", "coordinates": [35, 51]}), "Point left out"),
    "a line": (geometry({"type": "LineString", "coordinates": SQUARE}), "LineString left out"),
    "a collection": (geometry({"type": "GeometryCollection", "geometries": []}), "empty"),
    "no coordinates": (geometry({"type": "Polygon"}), "without a list of coordinates"),
    "empty polygon": (drawn([]), "empty"),
    "empty multipolygon": (drawn([], "MultiPolygon"), "empty"),
    "empty part": (drawn([[]], "MultiPolygon"), "empty"),
    "empty ring": (drawn([[]]), "encloses nothing"),
    "a ring of two positions": (drawn([[[35, 51], [35.1, 51], [35, 51]]]), "encloses nothing"),
    "one position again and again": (drawn([[[35, 51]] * 4]), "encloses nothing"),
    "collinear": (drawn([[[35, 51], [35.1, 51.1], [35.2, 51.2], [35, 51]]]), "no ground is left"),
    "bow-tie": (drawn([BOW_TIE]), "156 km² near 35.1, 51.1"),
    "hole outside": (drawn([SQUARE, FAR]), "several meanings: a hole lies outside"),
    "hole over the shell": (drawn([SQUARE, SQUARE]), "no ground is left"),
    "holes that overlap": (drawn([SQUARE, HOLE, shifted(HOLE, 0.01, 0.01)]),
                           "several meanings: holes lie over"),
    "smaller than the grid": (drawn([[[35, 51], [35.0000001, 51], [35, 51.0000001], [35, 51]]]),
                              "no ground is left"),
    "one dimension": (drawn([[[35], [36], [37], [35]]]), "longitude and latitude"),
    "five dimensions": (drawn([[[*p, 0, 0, 0] for p in SQUARE]]), "longitude and latitude"),
    "numbers as strings": (drawn([[[str(x), str(y)] for x, y in SQUARE]]), "not a number"),
    "true as a coordinate": (drawn([[[True, 51], *SQUARE[1:]]]), "not a number"),
    "null as a coordinate": (drawn([[[None, 51], *SQUARE[1:]]]), "not a number"),
    "a ring too few": (drawn(SQUARE), "positions"),
    "a ring too many": (drawn([[SQUARE]]), "longitude and latitude"),
    "a ring that is a text": (drawn(["35 51"]), "positions"),
    # what is said of it
    "no party": (without("party"), "--party"),
    "no status": (without("status"), "--status"),
    "no confidence": (without("confidence"), "--confidence"),
    "no accuracy": (without("accuracy_m"), "--accuracy"),
    "nothing at all": (without("party", "status", "confidence", "accuracy_m"),
                       "--party --status --confidence --accuracy"),
    "no source": (without("sources"), "--source"),
    "another party": (said(party="XX"), "RU, UA"),
    "a party that is a number": (said(party=1), "party"),
    "another status": (said(status="occupied"), "claimed"),
    "a status misspelt": (said(status="controled"), "controlled"),
    "another confidence": (said(confidence="certain"), "medium"),
    "accuracy 0": (said(accuracy_m=0), "above 0"),
    "accuracy below 0": (said(accuracy_m=-5), "above 0"),
    "accuracy in words": (said(accuracy_m="about 500"), "metres"),
    "accuracy true": (said(accuracy_m=True), "metres"),
    "accuracy as a list": (said(accuracy_m=[500]), "metres"),
    "a source that climbs out of the folder": (said(sources=["../../etc/passwd x"]), "no spaces"),
    "sources as an object": (said(sources={"id": "isw"}), "sources"),
    "a note that is a number": (said(note=5), "note"),
    "a note of 20,000 letters": (said(note="x" * 20_000), "10000 at most"),
    "a property of two types": (text(collection(feature(x=1), feature([FAR], name="b", x="1"))),
                                "'x'"),
    "one name twice": (said(Party="RU"), "'party' and 'Party'"),
    "date 2024-02-30": (said(date="2024-02-30"), "no such day"),
    "date 2023-02-29": (said(date="2023-02-29"), "no such day"),
    "a date and a time": (said(date="2024-08-31T12:00:00"), "is not a date"),
    "a date without dashes": (said(date="20240831"), "is not a date"),
    "a date as a number": (said(date=20240831), "is not a date"),
    "date 2024-13-01": (said(date="2024-13-01"), "no such day"),
    "date 31.08.2024": (said(date="31.08.2024"), "YYYY-MM-DD"),
    "date 08/31/2024": (said(date="08/31/2024"), "YYYY-MM-DD"),
    "date 20240831": (said(date="20240831"), "YYYY-MM-DD"),
    "date 2024-8-31": (said(date="2024-8-31"), "YYYY-MM-DD"),
    "date as a number": (said(date=20240831), "YYYY-MM-DD"),
    "date in Arabic digits": (said(date="٢٠٢٤-٠٨-٣١"), "YYYY-MM-DD"),
    "the date of another day": (said(date="2024-08-30"), "2024-08-31"),
    "an id twice": (text(collection(feature(), feature([FAR]))), "occurs twice"),
    "an id with a line break": (text(collection(feature(name="a\nb"))), "control"),
    "an id of 300 letters": (text(collection(feature(name="x" * 300))), "200"),
    "opposite sides on the same ground": (
        text(collection(feature(), feature(name="b", party="RU"))), "overlap",
    ),
    "controlled over contested": (
        text(collection(feature(), feature([shifted(SQUARE, 0.1, 0)], name="b",
                                           status="contested"))),
        "overlap",
    ),
}  # fmt: skip

MENDED = {
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, "byte order mark"),
    "an unclosed ring": (drawn([SQUARE[:-1]]), "not closed"),
    "another projection, old crs": (
        text(
            collection(
                feature([[[x * 111_319.49, 6621293.72 + (y - 51) * 177_000] for x, y in SQUARE]]),
                crs=CRS,
            )
        ),
        "converted from EPSG:3857",
    ),
    "altitudes": (drawn([[[*p, 120] for p in SQUARE]]), "altitudes left out"),
    "a date at midnight": (said(date="2024-08-31T00:00:00"), "midnight; left out"),
    "accuracy as a text": (said(accuracy_m="500"), "read as 500"),
    "spike": (drawn([SPIKE]), "run along each other"),
    "parts that overlap": (
        drawn([[SQUARE], [shifted(SQUARE, 0.1, 0.1)]], "MultiPolygon"),
        "counted once",
    ),
    "mixed dimensions": (drawn([[[35, 51, 1], *SQUARE[1:]]]), "altitudes left out"),
    "a property that is a list": (said(tags=["a"]), "'tags' is a list: left out"),
    "a property that is an object": (said(style={"a": 1}), "'style' is an object: left out"),
    "date with a time": (said(date="2024-08-31T00:00:00Z"), "is 2024-08-31 in UTC"),
    "a name that is nearly ours": (said(statuss="x"), "is 'status' meant?"),
    "no id": (text(collection({k: v for k, v in feature().items() if k != "id"})), "named zone-"),
    "lines that rounding lets touch": (
        drawn([[[35, 51], [35.2, 51], [35.2, 51.2], [35.1, 51.0000003], [35, 51.2], [35, 51]]]),
        "rounding",
    ),
}

TAKEN = {
    "as it should be": GOOD,
    "wound the other way": drawn([SQUARE[::-1]]),
    "a hole wound like its shell": drawn([SQUARE, HOLE[::-1]]),
    "positions twice": drawn([[p for p in SQUARE for _ in (0, 1)]]),
    "one part as many": drawn([[SQUARE]], "MultiPolygon"),
    "an old crs that says WGS 84": text(collection(feature(), crs=CRS84)),
    "sources as a list": said(sources=["isw", "ds"]),
    "the date of the day": said(date="2024-08-31"),
    "a null property": said(comment=None),
    "our names in capitals": GOOD.replace(b'"party"', b'"PARTY"').replace(b'"status"', b'"Status"'),
    "template and script text": said(note="{{ 7*7 }} {% x %} </script><script>alert(1)</script>"),
    "a CSV formula": said(note='=HYPERLINK("http://x","y")'),
    "a name that climbs out of the folder": text(collection(feature(name="../../../etc/passwd"))),
    "direction and control characters": said(note="a\u202eb\u0007c\u2028d"),
    "claimed over controlled": text(
        collection(feature(), feature(name="b", party="RU", status="claimed"))
    ),
    "zones that share a line": text(
        collection(feature(), feature([shifted(SQUARE, 0.2, 0)], name="b", party="RU"))
    ),
}


@pytest.fixture
def opened(tmp_path):
    return new_archive(tmp_path / "front", Clock())


def contents(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}


def bring(opened, tmp_path, data):
    path = tmp_path / "zones.geojson"
    path.write_bytes(data)
    return opened.add("2024-08-31", path, reason="try")


@pytest.mark.parametrize("what", REFUSED)
def test_the_wrong_is_refused_and_changes_nothing(opened, tmp_path, what):
    data, says = REFUSED[what]
    before = contents(opened.root)
    with pytest.raises(InputError) as refused:
        bring(opened, tmp_path, data)
    message = str(refused.value)
    assert says in message
    assert len(message) < 400
    assert message.isprintable()
    assert contents(opened.root) == before


@pytest.mark.parametrize("what", MENDED)
def test_the_mendable_is_mended_and_said(opened, tmp_path, what):
    data, says = MENDED[what]
    with pytest.warns(MendedWarning, match=re.escape(says)):
        bring(opened, tmp_path, data)
    reading = read_zones(tmp_path / "zones.geojson")
    assert says in " ".join(reading.repairs)
    assert opened.verify() == ()


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_right_is_taken_as_it_is(opened, tmp_path, what):
    revision = bring(opened, tmp_path, TAKEN[what])
    assert read_zones(tmp_path / "zones.geojson").repairs == ()
    value = json.loads(TAKEN[what])
    notes = [f["properties"].get("note", "") for f in value["features"]]
    assert [z.note for z in opened.read(revision).zones] == notes
    assert opened.verify() == ()


def test_the_table_has_at_least_sixty_bad_inputs():
    assert len(REFUSED) + len(MENDED) >= 60


def test_names_for_zones_without_one_do_not_depend_on_their_order(tmp_path):
    bare = [feature(), feature([FAR])]
    for one in bare:
        del one["id"]
    texts = [text(collection(*order)) for order in (bare, bare[::-1])]
    zones = []
    for data in texts:
        path = tmp_path / "zones.geojson"
        path.write_bytes(data)
        zones.append({z.id: z.geometry.wkb for z in read_zones(path).zones})
    assert zones[0] == zones[1]


# limits: each at the limit, and one beyond


def wide(vertices):
    """A ring of so many positions: a comb along a parallel."""
    half = (vertices - 2) // 2
    top = [[35 + i * 2e-6, 51.1] for i in range(half)]
    ring = [*top, *([x, 51.0] for x, _ in reversed(top))]
    ring += [[35, 51.05]] * (vertices - len(ring) - 1)
    return drawn([[*ring, ring[0]]])


@pytest.mark.parametrize("most", [1000, pytest.param(None, marks=pytest.mark.torture)])
def test_as_many_vertices_as_allowed_and_one_more(tmp_path, monkeypatch, most):
    monkeypatch.setattr(files, "MOST_VERTICES", most or files.MOST_VERTICES)
    path = tmp_path / "zones.geojson"
    path.write_bytes(wide(files.MOST_VERTICES))
    assert read_zones(path).zones
    path.write_bytes(wide(files.MOST_VERTICES + 1))
    with pytest.raises(InputError, match=f"{files.MOST_VERTICES + 1:,} vertices"):
        read_zones(path)


def test_as_deep_as_allowed_and_one_more():
    def nested(depth):
        return b"[" * depth + b"]" * depth

    assert strict.parse(nested(strict.DEEPEST), Path("x"))
    with pytest.raises(InputError, match="33 deep"):
        strict.parse(nested(strict.DEEPEST + 1), Path("x"))


def test_brackets_within_texts_are_not_depth():
    assert strict.parse(b'["' + b"[" * 1000 + b'\\"{{{", 1]', Path("x"))


@pytest.mark.parametrize("most", [4096, pytest.param(None, marks=pytest.mark.torture)])
def test_as_many_bytes_as_allowed_and_one_more(tmp_path, monkeypatch, most):
    monkeypatch.setattr(strict, "MOST_BYTES", most or strict.MOST_BYTES)
    path = tmp_path / "zones.geojson"
    path.write_bytes(GOOD + b" " * (strict.MOST_BYTES - len(GOOD)))
    assert read_zones(path).zones
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(InputError, match="more than"):
        read_zones(path)


HUGE = {
    "a file far beyond the limit": 'b"[" + b"0," * (200 << 20) + b"0]"',
    "the most bytes, of nothing but numbers": 'b"[" + b"0," * (strict.MOST_BYTES // 2 - 1) + b"0]"',
    "a million empty lists": 'b"[" + b"[]," * 1_000_000 + b"[]]"',
}  # fmt: skip


@pytest.mark.parametrize("what", HUGE)
def test_no_size_of_input_runs_away(tmp_path, what):
    """Under a cap of 4 GiB of address space, frontmap answers with one line."""
    code = f"""
import resource, sys
from frontmap.formats import strict
from frontmap.intake.file_zones import read_zones
from frontmap.errors import InputError
open({str(tmp_path / "huge.geojson")!r}, "wb").write({HUGE[what]})
resource.setrlimit(resource.RLIMIT_AS, ({4 << 30}, {4 << 30}))
try:
    read_zones({str(tmp_path / "huge.geojson")!r})
except InputError as error:
    sys.exit("refused: " + str(error))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.startswith("refused: ")
    assert len(done.stderr.splitlines()) == 1

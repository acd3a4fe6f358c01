"""Every type of value at every place of every file that frontmap reads: taken, or refused.

Files of other makers are imported twice; archive.json, the tables and the reference are asked about
by the verbs that read them.
"""

from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import frontmap
from forging import MISSING, VALUES, bench, changed, places_in
from frontmap.errors import FrontmapError
from frontmap.imports.importing import CHOICES_FILE, import_files, sources_in
from verbs import QUESTIONS, HangingError, failure, run, within

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.faults

DATA = Path(__file__).parent / "data"
SQUARE = [[36.0, 48.0], [37.0, 48.0], [37.0, 49.0], [36.0, 49.0], [36.0, 48.0]]
VALUES_HERE = {**VALUES, "depth 200": json.loads("[" * 200 + "]" * 200)}
CELLS = {
    "blank": "", "blanks": "  ", "a formula": "=1+1", "minus": "-1", "zero": "0", "half": "0.5",
    "huge": "1" + "0" * 300, "NaN": "nan", "infinity": "inf", "1e308": "1e308", "day": "2024-08-31",
    "the first date": "0001-01-01", "the last date": "9999-12-31", "no date": "2024-02-30",
    "a month": "2024-08", "no month": "0000-00", "a word": "x", "two ids": "isw isw", "yes": "yes",
    "another way": "\u202e\u0645", "other digits": "\u0662\u0660\u0662", "long": "x" * 200_000,
    "quotes": '"', "a comma": ",", "a line": "a\nb", "a carriage return": "a\rb", "NUL": "a\0b",
    "a page": "<script>", "a name of JavaScript": "__proto__",
}  # fmt: skip


def chosen(cases: dict[str, Any], part: int) -> dict[str, Any]:
    return {n: case for n, case in cases.items() if zlib.crc32(n.encode()) % part == 0}


def variants(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a JSON value with another one at each of its places in turn, or without the place."""
    for path in places_in(value):
        named = "/".join(map(str, path))
        if path:
            yield f"{named}: left out", changed(value, path, MISSING)
        for name, other in VALUES_HERE.items():
            yield f"{named}: {name}", changed(value, path, other)


def makers_file() -> dict[str, Any]:
    def feature(geometry: dict[str, Any]) -> dict[str, Any]:
        said = {"name": "x /// Occupied", "fill": "#a52714", "description": "d"}
        return {"type": "Feature", "properties": said, "geometry": geometry}

    polygon = {"type": "Polygon", "coordinates": [SQUARE]}
    return {
        "type": "FeatureCollection",
        "features": [
            feature({"type": "GeometryCollection", "geometries": [polygon]}),
            feature({"type": "MultiPolygon", "coordinates": [[SQUARE]]}),
        ],
    }


KML = """<?xml version="1.0" encoding="{encoding}"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>{folder}</name>
<Placemark><name>{name}</name><description>d</description><styleUrl>#a</styleUrl>
<{shape}><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>
</outerBoundaryIs></{shape}></Placemark></Folder></Document></kml>"""
SAID = {
    "encoding": "UTF-8",
    "folder": "Confirmed Ukrainian control",
    "name": "n",
    "shape": "Polygon",
    "ring": "36,48,0 37,48,0 37,49,0 36,49,0 36,48,0",
}
RINGS = [
    "", "36", "36,48", "36,48 37,48", "a,b c,d e,f a,b", "nan,nan nan,nan nan,nan", "1e308,1 2,2",
    "36,48,0,0 37,48 37,49", ",,, ,,, ,,,", "36,48 " * 4, "500,99 501,99 501,100 500,99",
    "1e999,0 1,1 2,2",
]  # fmt: skip
KMLS: dict[str, bytes] = {
    "whole": KML.format(**SAID).encode(),
    "UTF-16": KML.format(**{**SAID, "encoding": "UTF-16"}).encode("utf-16"),
    "UTF-16, said to be UTF-8": KML.format(**SAID).encode("utf-16-le"),
    "UTF-32": KML.format(**{**SAID, "encoding": "UTF-32"}).encode("utf-32"),
    "Latin-1": KML.format(**{**SAID, "encoding": "ISO-8859-1", "name": "é"}).encode("latin-1"),
    "Latin-1, said to be UTF-8": KML.format(**{**SAID, "name": "é"}).encode("latin-1"),
    "bytes, said to be ASCII": KML.format(**{**SAID, "encoding": "ASCII", "name": "é"}).encode(),
    **{
        f"encoding {name}": KML.format(**{**SAID, "encoding": name}).encode()
        for name in ("x", "", "UTF-7", "idna", "shift_jis", "big5", "cp037", "undefined", "zip")
    },
    "an entity": KML.format(**{**SAID, "name": "&nbsp;"}).encode(),
    "a document type": b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + KML.format(**SAID).encode()[39:],
    "empty": b"", "blanks": b"  ", "no XML": b"\x89PNG", "JSON": b"{}", "another": b"<a/>",
    "cut short": KML.format(**SAID).encode()[:-30], "NUL": b"<a>\0</a>",
    "folders 3,000 deep": b"<kml>" + b"<Folder>" * 3000 + b"</Folder>" * 3000 + b"</kml>",
    "shapes 3,000 deep": b"<kml><Placemark>" + b"<MultiGeometry>" * 3000
    + b"</MultiGeometry>" * 3000 + b"</Placemark></kml>",
    "100,000 deep": b"<a>" * 100_000 + b"</a>" * 100_000,
    "a comment as a placemark": KML.format(**SAID).replace("<Placemark>", "<Placemark><!--x-->")
    .encode(),
    **{f"ring {ring[:20]}": KML.format(**{**SAID, "ring": ring}).encode() for ring in RINGS},
    **{
        f"{key}: {name}": KML.format(**{**SAID, key: text}).encode()
        for key in ("folder", "name")
        for name, text in {"long": "x" * 200_000, "a line": "a&#13;&#10;b", "braces": "{}"}.items()
    },
    **{
        f"shape {name}": KML.format(**{**SAID, "shape": name}).encode()
        for name in ("Point", "MultiGeometry", "Placemark", "Folder", "x" * 100_000)
    },
}  # fmt: skip


def imported_twice(file: Path, into: Path, maker: Any) -> str:
    """Import a file, and once more: say what is wrong, nothing where it was taken or refused."""
    shutil.rmtree(into, ignore_errors=True)
    try:
        with within(20):
            files = sources_in([file], maker)
            first = [(done.step, done.repairs) for done in import_files(files, into, maker=maker)]
            again = [(done.step, done.repairs) for done in import_files(files, into, maker=maker)]
            found = frontmap.open(into).verify()
    except FrontmapError as error:
        return "" if file.name in str(error) else f"names no file: {error}"
    except (Exception, HangingError) as error:  # noqa: BLE001  what the test is about
        return repr(error)
    same = again == [("unchanged", repairs) for _, repairs in first]
    return "" if same and not found else f"{first}, then {again}, and {found}"


@pytest.mark.parametrize("part", [30, pytest.param(1, marks=pytest.mark.torture)])
def test_any_value_in_a_makers_geojson_is_imported_for_good_or_refused(
    tmp_path, part, record_property
):
    cases = chosen(dict(variants(makers_file())), part)
    file, failures = tmp_path / "1709294400.geojson", {}
    for name, value in cases.items():
        file.write_text(json.dumps(value), "utf-8")
        if why := imported_twice(file, tmp_path / "into", "deepstate"):
            failures[name] = why
    record_property("toll", ("values in a maker's GeoJSON", len(cases), len(failures)))
    assert failures == {}


@pytest.mark.parametrize("part", [4, pytest.param(1, marks=pytest.mark.torture)])
def test_any_makers_kml_is_imported_for_good_or_refused(tmp_path, part, record_property):
    cases = chosen(KMLS, part) | {name: KMLS[name] for name in KMLS if "deep" in name}
    file, failures = tmp_path / "2026-02-01.kml", {}
    for name, data in cases.items():
        file.write_bytes(data)
        if why := imported_twice(file, tmp_path / "into", "uacontrolmap"):
            failures[name] = why
    record_property("toll", ("forms of a maker's KML", len(cases), len(failures)))
    assert failures == {}


def test_a_very_long_name_is_imported_again(tmp_path):
    value = makers_file()
    value["features"][0]["geometry"] = None
    value["features"][1]["properties"]["name"] = "x" * 200_000
    file = tmp_path / "1709294400.geojson"
    file.write_text(json.dumps(value), "utf-8")
    assert imported_twice(file, tmp_path / "into", "deepstate") == ""
    (zone,) = frontmap.open(tmp_path / "into")["2024-03-01"].zones
    assert zone.extra["maker_name"] == "x" * 10_000


@pytest.mark.parametrize("data", [None, b"", b"a\rb,c\n", b"\xff", b'file,"', b"1\n2,3,4,5,6,7\n"])
def test_an_import_whose_table_of_repairs_cannot_be_read_makes_it_again(tmp_path, data):
    files = sources_in([DATA / "uacontrolmap"], "uacontrolmap")
    first = list(import_files(files, tmp_path / "into", maker="uacontrolmap"))
    table = tmp_path / "into/repairs/2026/2026-02-01.csv"
    whole = table.read_bytes()
    table.unlink()
    if data is not None:
        table.write_bytes(data)
    again = list(import_files(files, tmp_path / "into", maker="uacontrolmap"))
    assert [(done.step, done.repairs) for done in again] == [
        ("unchanged", done.repairs) for done in first
    ]
    assert table.read_bytes() == whole


READERS = {
    "archive.json": ["show", "area", "check", "map", "report"],
    "reference.geojson": ["places", "draft", "check", "map", "report"],
    "sources.csv": ["reported", "review", "check", "map", "report"],
    "places.csv": ["places", "draft", "check", "map", "report"],
    "claimants.csv": ["places", "check", "map", "report"],
    "settlement_events.csv": ["places", "draft", "review", "check", "map", "report"],
    "reported.csv": ["reported", "check", "map", "report"],
    "events.csv": ["map"],
    "reviews.csv": ["check", "map"],
    "accepted.csv": ["check"],
}
MORE = {
    "events.csv": "date,what,figure,unit,claimant,source,lat,lon\n"
    "2024-08-30,tanks,3,tank,Us,isw,51.1,35.1\n",
    "reviews.csv": "date,source,says,verdict,note\n2024-08-31,isw,so,agrees,\n",
    "accepted.csv": "date,rule,zone,reason\n2024-08-31,jump,,so it was\n",
}


@pytest.fixture
def table(tmp_path):
    root, _ = bench(tmp_path)
    for name, text in MORE.items():
        (root / name).write_text(text, "utf-8")
    return root


def cells(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield a table with another cell at each place in turn, with and without quotes."""
    lines = [line.split(",") for line in text.splitlines()]
    for row, line in enumerate(lines):
        for column in range(len(line)):
            for name, cell in CELLS.items():
                for quote in ("", '"'):
                    others = [list(each) for each in lines]
                    others[row][column] = f"{quote}{cell}{quote}"
                    written = "".join(",".join(each) + "\n" for each in others)
                    where = f"line {row + 1}, {lines[0][column]}"
                    yield f"{where}: {quote}{name}{quote}", written.encode()


@pytest.mark.parametrize("part", [400, pytest.param(16, marks=pytest.mark.torture)])
@pytest.mark.parametrize("name", READERS)
def test_any_value_in_a_file_of_an_archive_is_taken_or_refused(table, name, part, record_property):
    path = table / name
    if path.suffix == ".csv":
        cases = dict(cells(path.read_text("utf-8")))
    else:
        values = variants(json.loads(path.read_bytes()))
        cases = {name: json.dumps(value).encode() for name, value in values}
    whole, tried, failures = path.read_bytes(), 0, {}
    for what, data in chosen(cases, part).items():
        path.write_bytes(data)
        for verb in READERS[name]:
            given = {"out": table.parent / "out", "archive": table, "file": ""}
            words = [word.format(**given) for word in QUESTIONS[verb]]
            tried += 1
            if why := failure(*words, "--archive", str(table), cwd=table.parent):
                failures[what, verb] = why
    path.write_bytes(whole)
    record_property("toll", (f"values in {name}", tried, len(failures)))
    assert failures == {}


@pytest.mark.parametrize("part", [10, pytest.param(1, marks=pytest.mark.torture)])
def test_any_value_in_the_choices_of_an_import_is_taken_or_refused(tmp_path, part, record_property):
    files, into = DATA / "uacontrolmap", tmp_path / "into"
    words = ["import", "uacontrolmap", str(files), "--into", str(into)]
    assert run(*words, "--bbox", "30,44,42,53").returncode == 0
    path = into / CHOICES_FILE
    cases = chosen(dict(variants(json.loads(path.read_bytes()))), part)
    failures = {}
    for name, value in cases.items():
        path.write_text(json.dumps(value), "utf-8")
        if why := failure(*words):
            failures[name] = why
    record_property("toll", ("values in the choices of an import", len(cases), len(failures)))
    assert failures == {}

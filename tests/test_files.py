"""Any maker's file: its format is known by its bytes, and what it holds comes out as it was drawn.

Each row is one form of the same square, so that whatever reads it has one right answer.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections import Counter

import pytest

from frontmap.errors import InputError
from frontmap.formats.files import read_features, reader
from frontmap.formats.source import FileOptions

SQUARE = [[36, 48], [37, 48], [37, 49], [36, 49], [36, 48]]
GEOMETRY = {"type": "Polygon", "coordinates": [SQUARE]}
FEATURE = {"type": "Feature", "id": "a", "properties": {"status": "held"}, "geometry": GEOMETRY}
COLLECTION = {"type": "FeatureCollection", "features": [FEATURE]}
ESRI = {
    "geometryType": "esriGeometryPolygon",
    "spatialReference": {"wkid": 4326},
    "features": [{"attributes": {"OBJECTID": "a", "status": "held"},
                  "geometry": {"rings": [SQUARE[::-1]]}}],
}  # fmt: skip
TOPOLOGY = {
    "type": "Topology",
    "arcs": [[[36, 48], [37, 48], [37, 49]], [[36, 48], [36, 49], [37, 49]]],
    "objects": {"front": {"type": "GeometryCollection", "geometries": [
        {"type": "Polygon", "id": "a", "properties": {"status": "held"}, "arcs": [[0, ~1]]}]}},
}  # fmt: skip
KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark id="a">
<ExtendedData><Data name="status"><value>held</value></Data></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>36,48 37,48 37,49 36,49 36,48</coordinates>
</LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"""


def text(value):
    return json.dumps(value).encode()


def zipped(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return made.getvalue()


FORMS = {
    "FeatureCollection": text(COLLECTION),
    "indented": json.dumps(COLLECTION, indent=1).encode(),
    "a byte order mark": b"\xef\xbb\xbf" + text(COLLECTION),
    "features before type": text({"features": [FEATURE], "type": "FeatureCollection"}),
    "Feature": text(FEATURE),
    "a list of features": text([FEATURE]),
    "under a wrapper": text({"id": 1, "map": COLLECTION}),
    "a list under a wrapper": text({"data": [FEATURE]}),
    "line by line": text(FEATURE) + b"\n" + text({**FEATURE, "geometry": None}) + b"\n",
    "text sequence": b"\x1e" + text(FEATURE) + b"\n\x1e" + text({**FEATURE, "geometry": None}),
    "gzipped": gzip.compress(text(COLLECTION)),
    "gzipped in two": gzip.compress(text(COLLECTION)[:50]) + gzip.compress(text(COLLECTION)[50:]),
    "zipped": zipped(a_geojson=text(COLLECTION)),
    "Esri JSON": text(ESRI),
    "TopoJSON": text(TOPOLOGY),
    "KML": KML.encode(),
    "KML in UTF-16": KML.replace("UTF-8", "UTF-16").encode("utf-16"),
    "KMZ": zipped(doc_kml=KML, files__icon_png=b"\x89PNG"),
}


def ring_of(feature):
    """Return the corners of a feature's only ring, whatever it begins with and its direction."""
    ((ring,),) = feature.polygons
    assert ring[0] == ring[-1]
    return Counter((x, y) for x, y, *_ in ring[:-1])


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_any_form_holds_what_was_drawn(tmp_path, form):
    path = tmp_path / "zones.dat"
    path.write_bytes(FORMS[form])
    features = read_features(path, lambda feature: feature).features
    first = features[0]
    assert ring_of(first) == Counter(map(tuple, SQUARE[:-1]))
    assert (first.own_id, first.properties["status"]) == ("a", "held")


def test_a_feature_seen_before_is_not_converted_again(tmp_path):
    seen = []

    def convert(feature):
        seen.append(feature)
        return feature.own_id

    read_file = reader(convert)
    for name, value in [("a", COLLECTION), ("b", {"name": "b", **COLLECTION})]:
        (tmp_path / name).write_bytes(text(value))
        assert read_file(tmp_path / name).features == ("a",)
    assert len(seen) == 1


def test_a_key_twice_is_refused_in_a_feature_too(tmp_path):
    path = tmp_path / "zones.geojson"
    path.write_bytes(text(COLLECTION).replace(b'"status"', b'"status": "lost", "status"'))
    with pytest.raises(InputError, match="key 'status' occurs twice"):
        read_features(path, lambda feature: feature)


def test_two_maps_under_one_wrapper_are_refused_by_their_names(tmp_path):
    path = tmp_path / "zones.json"
    path.write_bytes(text({"before": COLLECTION, "after": COLLECTION}))
    with pytest.raises(InputError, match="2 maps, under 'before' and 'after'"):
        read_features(path, lambda feature: feature)


def test_metres_without_a_coordinate_system_are_refused_and_taken_when_it_is_said(tmp_path):
    path = tmp_path / "zones.geojson"
    metres = [
        [x * 111_319.490793, y] for x, y in [[36, 6106854.83], [37, 6106854.83], [37, 6274861.39]]
    ]
    drawn = {"type": "Polygon", "coordinates": [[*metres, metres[0]]]}
    path.write_bytes(text({**FEATURE, "geometry": drawn}))
    with pytest.raises(InputError, match=r"no degrees.*--crs EPSG:CODE"):
        read_features(path, lambda feature: feature)
    bare = read_features(path, lambda feature: feature, options=FileOptions(crs=" 3857"))
    said = FileOptions(crs="EPSG:3857")
    assert bare == read_features(path, lambda feature: feature, options=said)
    file = read_features(path, lambda feature: feature, options=said)
    assert file.crs == "EPSG:3857"
    assert file.repairs == ("converted from EPSG:3857",)
    assert [round(number, 6) for number in file.features[0].polygons[0][0][0]] == [36, 48]


def test_every_whole_file_of_other_makers_is_read(real):
    folders = ("isw", "nzz", "basemaps", "uacontrolmap", "deepstate")
    paths = [path for folder in folders for path in sorted((real / folder).iterdir())]
    read_file = reader(lambda feature: (len(feature.polygons), feature.flaw))
    for path in paths:
        found = read_file(path).features
        assert sum(polygons for polygons, _ in found) > 0, path
        assert not any(flaw for _, flaw in found), path


#: Cases of the shared folder: how many polygons are read, or what is said of the file.
CASES = {
    "c10_wrapper_value.json": 1,
    "c11_ndgeojson.geojsonl": 2,
    "other/o04_web_mercator.geojson": 1,
    "other/o05_shapefile.shp": 1,
    "other/o07_text_sequence.geojsonl": 1,
    "other/o08.kml": 1,
    "ds/d01_api_wrapper/1725134400.geojson": 1,
    "ds/d18_feature_list/1725134400.geojson": 1,
    "ds/d19_html/1725134400.geojson": "Too Many Requests",
    "kml/k04_inline_style/2026-02-01.kml": 1,
    "kml/k07_commas_only/2026-02-01.kml": 1,
    "kml/k09_nested_multigeometry/2026-02-01.kml": 2,
    "kml/k10_prefixed/2026-02-01.kml": 1,
    "kml/k17_kmz_as_backups_name/230311_0349.kmz": 1,
    "kml/k18_kmz_dated/2026-02-01.kmz": 1,
    "kml/k21_html_error_page/2026-02-01.kml": "429 Too many requests",
    "kml/k22_ground_overlay_and_track/2026-02-01.kml": 0,
}


@pytest.mark.parametrize("name", CASES)
def test_each_case_is_read_or_named(real, name):
    path, expected = real.parent / "cases" / name, CASES[name]
    if isinstance(expected, str):
        with pytest.raises(InputError, match=expected):
            read_features(path, lambda feature: feature)
    else:
        file = read_features(path, lambda feature: len(feature.polygons))
        assert sum(file.features) == expected

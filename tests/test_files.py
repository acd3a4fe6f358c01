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
from frontmap.intake.file_zones import read_zones
from frontmap.intake.zone_words import Defaults

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


def beside(**other):
    return text({**COLLECTION, "features": [FEATURE, {**FEATURE, "id": "b", **other}]})


def esri_beside(geometry):
    other = {"attributes": {"OBJECTID": "b"}, "geometry": geometry}
    return text({**ESRI, "features": [*ESRI["features"], other]})


def topology_beside(**geometry):
    (front,) = TOPOLOGY["objects"]["front"]["geometries"]  # type: ignore[index]
    drawn = {"type": "GeometryCollection", "geometries": [front, {"id": "b", **geometry}]}
    return text({**TOPOLOGY, "objects": {"front": drawn}})


def kml_beside(drawn):
    return KML.replace("</Document>", f'<Placemark id="b">{drawn}</Placemark></Document>').encode()


def gml_beside(drawn):
    return f"""<FeatureCollection xmlns:gml="http://www.opengis.net/gml"
    xmlns:xlink="http://www.w3.org/1999/xlink">
    <gml:featureMember><front fid="a"><shape><gml:Polygon><gml:exterior><gml:LinearRing>
    <gml:posList>36 48 37 48 37 49 36 48</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>
    </shape></front></gml:featureMember>
    <gml:featureMember><front fid="b">{drawn}</front></gml:featureMember>
    </FeatureCollection>""".encode()


STATED = Defaults(
    party="UA", status="controlled", confidence="low", accuracy_m=500, sources=("isw",)
)
BENT = r"its edges may be bent \({}\); straighten it \(in QGIS: Segmentize\)"
CORNERS = "36,48 37,48 37,49 36,48"
#: What is drawn beside a square, cannot be read and may be ground.
NOT_READ = {
    "Esri JSON, curves": (esri_beside({"curveRings": [[[36, 48]]]}), BENT.format("curveRings")),
    "Esri JSON, a box": (esri_beside({"xmin": 36, "ymin": 48, "xmax": 37, "ymax": 49}),
                         "type 'Envelope' is not read; save it as polygons"),
    "Esri JSON, of GeoJSON": (esri_beside(GEOMETRY), "has 'coordinates' and no rings"),
    "Esri JSON, rings of text": (esri_beside({"rings": "36 48"}), "is damaged; fetch the file"),
    "GeoJSON, curves": (beside(geometry={"type": "CurvePolygon", "geometries": []}),
                        BENT.format("CurvePolygon")),
    "GeoJSON, another case": (beside(geometry={**GEOMETRY, "type": "polygon"}),
                              "type 'polygon' is not known; write it 'Polygon'"),
    "GeoJSON, another case within": (
        beside(geometry={"type": "GeometryCollection", "geometries": [
            {"type": "Point", "coordinates": [36, 48]}, {**GEOMETRY, "type": "POLYGON"}]}),
        "write it 'Polygon'"),
    "GeoJSON, another type": (beside(geometry={**GEOMETRY, "type": "Area"}), "'Area' is not read"),
    "GeoJSON, a type of two lines": (beside(geometry={**GEOMETRY, "type": "Poly\r\ngon"}),
                                     r"type 'Poly\\r\\ngon' is not read; save it"),
    "GeoJSON, no type": (beside(geometry={"coordinates": [SQUARE]}), "without a type"),
    "GeoJSON, no coordinates": (beside(geometry={"type": "Polygon"}),
                                "a Polygon without a list of coordinates; fetch the file again"),
    "GeoJSON, null coordinates": (beside(geometry={"type": "MultiPolygon", "coordinates": None}),
                                  "a MultiPolygon without a list of coordinates"),
    "GeoJSON, no members": (beside(geometry={"type": "GeometryCollection"}), "list of geometries"),
    "GeoJSON, WKT": (beside(geometry="POLYGON ((36 48, 37 48, 37 49, 36 48))"), "is no object"),
    "GeoJSON, a list": (beside(geometry=[SQUARE]), "is no object"),
    "JSON-FG": (beside(geometry=None, place=GEOMETRY), "'place', which is not read; give it as"),
    "GeoJSON, a key's case": (beside(geometry=None, Geometry=GEOMETRY), "stands in 'Geometry'"),
    "TopoJSON, another case": (topology_beside(type="polygon", arcs=[[0, ~1]]), "write it 'Polyg"),
    "TopoJSON, a missing arc": (topology_beside(type="Polygon", arcs=[[5]]),
                                "arc 5 is missing, the file has 2; fetch it again, whole"),
    "TopoJSON, no arcs": (topology_beside(type="Polygon"), "its arcs are damaged"),
    "KML, another case": (kml_beside(f"<polygon><coordinates>{CORNERS}</coordinates></polygon>"),
                          "write it 'Polygon'"),
    "KML, no boundary": (kml_beside(f"<Polygon><LinearRing><coordinates>{CORNERS}</coordinates>"
                                    "</LinearRing></Polygon>"), "that are in no LinearRing of"),
    "KML, holes alone": (
        kml_beside("<Polygon><innerBoundaryIs><LinearRing><coordinates>"
                   f"{CORNERS}</coordinates></LinearRing></innerBoundaryIs></Polygon>"),
        "has holes, and no outer ring"),
    "GML, a sphere": (gml_beside("<shape><gml:Surface><gml:patches><gml:Sphere/></gml:patches>"
                                 "</gml:Surface></shape>"), "'Sphere' is not read"),
    "GML, a solid": (gml_beside("<shape><gml:Solid/></shape>"), "type 'Solid' is not read"),
    "GML, deeper": (gml_beside("<shape><Area><gml:Polygon><gml:exterior><gml:LinearRing>"
                               "<gml:posList>36 48 37 48 37 49 36 48</gml:posList></gml:LinearRing>"
                               "</gml:exterior></gml:Polygon></Area></shape>"), "'Area' is not"),
    "GML, elsewhere": (gml_beside('<name>b</name><shape xlink:href="#b"/>'),
                       r"drawn elsewhere \(#b\); save it anew"),
    "GML, a part elsewhere": (gml_beside('<shape><gml:MultiSurface><gml:surfaceMember '
                                         'xlink:href="#b"/></gml:MultiSurface></shape>'),
                              r"stands elsewhere \(#b\)"),
    "GML, a side elsewhere": (gml_beside('<shape><gml:Polygon><gml:exterior><gml:Ring>'
                              '<gml:curveMember><gml:LineString><gml:posList>36 48 37 48 37 49'
                              '</gml:posList></gml:LineString></gml:curveMember>'
                              '<gml:curveMember xlink:href="#c"/></gml:Ring></gml:exterior>'
                              '</gml:Polygon></shape>'), r"stands elsewhere \(#c\)"),
    "GML, a hole elsewhere": (gml_beside('<shape><gml:Polygon><gml:exterior><gml:LinearRing>'
                              '<gml:posList>36 48 37 48 37 49 36 48</gml:posList></gml:LinearRing>'
                              '</gml:exterior><gml:interior xlink:href="#h"/></gml:Polygon>'
                              '</shape>'), r"stands elsewhere \(#h\)"),
    "GML, holes alone": (gml_beside("<shape><gml:Polygon><gml:interior><gml:LinearRing>"
                         "<gml:posList>36 48 37 48 37 49 36 48</gml:posList></gml:LinearRing>"
                         "</gml:interior></gml:Polygon></shape>"), "has holes, and no outer ring"),
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_READ)
def test_what_may_be_ground_and_is_not_read_is_refused_and_not_left_out(tmp_path, what):
    data, says = NOT_READ[what]
    path = tmp_path / "zones.dat"
    path.write_bytes(data)
    with pytest.raises(InputError, match=rf"feature 2( \(b\))?: .*{says}"):
        read_zones(path, defaults=STATED)


#: What is drawn beside a square and is no ground for sure.
LEFT_OUT = {
    "Esri JSON, null": esri_beside(None),
    "Esri JSON, no rings": esri_beside({"rings": []}),
    "Esri JSON, a line": esri_beside({"paths": [SQUARE]}),
    "Esri JSON, a point with altitude": esri_beside({"x": 36, "y": 48, "z": 1}),
    "GeoJSON, null": beside(geometry=None),
    "GeoJSON, empty": beside(geometry={"type": "Polygon", "coordinates": []}),
    "GeoJSON, an empty collection": beside(
        geometry={"type": "GeometryCollection", "geometries": []}
    ),
    "JSON-FG, null": beside(geometry=None, place=None, time={"date": "2024-08-31"}),
    "TopoJSON, null": topology_beside(type=None),
    "TopoJSON, a line": topology_beside(type="LineString", arcs=[0]),
    "KML, a point": kml_beside("<Point><coordinates>36,48</coordinates></Point>"),
    "KML, data": kml_beside("<ExtendedData><coordinates>7</coordinates></ExtendedData>"),
    "KML, empty": kml_beside("<Polygon/>"),
    "GML, a line": gml_beside("<shape><gml:LineString><gml:posList>36 48 37 48</gml:posList>"
                              "</gml:LineString></shape>"),
    "GML, nothing": gml_beside("<shape/><name>b</name>"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_in_a_zip_archive_are_refused(tmp_path):
    path = tmp_path / "zones.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for value in (COLLECTION, FEATURE):
            archive.writestr("zones.geojson", text(value))
    with pytest.raises(InputError, match=r"has two members 'zones.geojson'; have it packed anew"):
        read_zones(path, defaults=STATED)


@pytest.mark.parametrize("what", LEFT_OUT)
def test_what_is_no_ground_for_sure_is_left_out(tmp_path, what):
    path = tmp_path / "zones.dat"
    path.write_bytes(LEFT_OUT[what])
    assert len(read_zones(path, defaults=STATED).zones) == 1

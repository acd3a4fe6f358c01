"""Files as GDAL writes them, read by readers that know nothing of GDAL: both see the same.

What is drawn is written by another library in each format, and must come out as it was.
"""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile

import geopandas
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from frontmap.errors import InputError
from frontmap.formats.files import read_features
from frontmap.formats.source import FileOptions

LAKE = Polygon(box(36, 48, 37, 49).exterior, [[(36.1, 48.1), (36.2, 48.1), (36.2, 48.2)]])
ISLAND = Polygon([(36.13, 48.11), (36.19, 48.11), (36.19, 48.15)])
DRAWN = {
    "a square": [box(36, 48, 37, 49)],
    "a lake with an island": [MultiPolygon([LAKE, ISLAND])],
    "two zones": [LAKE, MultiPolygon([box(30, 40, 31, 41), box(32, 40, 33, 41)])],
    "twenty": [box(30 + n / 10, 50, 30.05 + n / 10, 50.5) for n in range(20)],
}
WRITERS = {
    "GeoPackage": ("gpkg", {}),
    "Shapefile": ("shp", {"encoding": "utf-8"}),
    "Shapefile in Cyrillic": ("shp", {"encoding": "cp1251"}),
    "FlatGeobuf": ("fgb", {}),
    "FlatGeobuf without index": ("fgb", {"SPATIAL_INDEX": "NO"}),
    "GML 3.2": ("gml", {"driver": "GML", "FORMAT": "GML3.2"}),
    "GML 2": ("gml", {"driver": "GML", "FORMAT": "GML2"}),
    "GeoJSON": ("geojson", {"driver": "GeoJSON"}),
    "GeoJSON of 2008": ("geojson", {"driver": "GeoJSON", "RFC7946": "NO"}),
    "text sequence": ("geojsonl", {"driver": "GeoJSONSeq"}),
    "text sequence with separators": ("geojsons", {"driver": "GeoJSONSeq", "RS": "YES"}),
    "KML": ("kml", {"driver": "KML"}),
    "KML, the other driver": ("kml", {"driver": "LIBKML"}),
    "KMZ": ("kmz", {"driver": "LIBKML"}),
    "CSV": ("csv", {"driver": "CSV", "GEOMETRY": "AS_WKT"}),
}
ALWAYS_DEGREES = ("KML", "KMZ", "text", "CSV", "GeoJSON")


def frame(drawn, crs=4326):
    words = ["контроль", *["b"] * (len(drawn) - 1)]
    table = {"status": words, "n": range(len(drawn))}
    return geopandas.GeoDataFrame(table, geometry=drawn, crs=4326).to_crs(crs)


def read(path, **said):
    return read_features(path, lambda feature: feature, options=FileOptions(**said))


def ground(feature):
    return shapely.union_all(
        [Polygon(shell, holes) for shell, *holes in
         ([[position[:2] for position in ring] for ring in rings] for rings in feature.polygons)]
    )  # fmt: skip


def assert_same(file, drawn):
    features = sorted(file.features, key=lambda each: float(each.properties["n"]))
    assert len(features) == len(drawn)
    for feature, shape in zip(features, drawn, strict=True):
        assert not feature.flaw
        assert len(feature.polygons) == len(shapely.get_parts(shape))
        assert (
            ground(feature).symmetric_difference(shape).area < 1e-8
        )  # degrees², as datums are converted there and back
    assert features[0].properties["status"] == "контроль"


@pytest.mark.parametrize("what", DRAWN)
@pytest.mark.parametrize("form", WRITERS)
def test_what_another_library_wrote_is_read_as_it_was_drawn(tmp_path, form, what):
    suffix, options = WRITERS[form]
    path = tmp_path / f"front.{suffix}"
    frame(DRAWN[what]).to_file(path, **options)
    assert_same(read(path), DRAWN[what])


@pytest.mark.parametrize("crs", [3857, 32637, 28410, 4284])
@pytest.mark.parametrize("form", [f for f in WRITERS if not f.startswith(ALWAYS_DEGREES)])
def test_its_own_coordinate_system_is_honoured_and_said(tmp_path, form, crs):
    suffix, options = WRITERS[form]
    path = tmp_path / f"front.{suffix}"
    frame(DRAWN["a square"], crs).to_file(path, **options)
    file = read(path)
    assert_same(file, DRAWN["a square"])
    assert file.repairs == (f"converted from {file.crs}",)
    assert str(crs) in file.crs


def test_gml_named_by_its_date_is_mended_and_said(tmp_path):
    path = tmp_path / "20240831.gml"
    frame(DRAWN["a square"]).to_file(path, driver="GML")
    file = read(path)
    assert_same(file, DRAWN["a square"])
    assert file.repairs == ("names of elements that begin with a digit got a '_' before it",)


def test_a_coordinate_system_that_nobody_knows_is_refused(tmp_path):
    path = tmp_path / "front.geojson"
    frame(DRAWN["a square"]).to_file(path)
    with pytest.raises(InputError, match="--crs: coordinate system 'mars' is not known"):
        read(path, crs="mars")


def zipped(folder, pattern, below=""):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.glob(pattern)):
            archive.write(path, below + path.name)
    return made.getvalue()


def test_a_zipped_shapefile_is_read_in_its_encoding(tmp_path):
    frame(DRAWN["two zones"], 32637).to_file(tmp_path / "front.shp", encoding="cp1251")
    (tmp_path / "sent.zip").write_bytes(zipped(tmp_path, "front.*", "layers/"))
    file = read(tmp_path / "sent.zip")
    assert_same(file, DRAWN["two zones"])
    assert file.features[0].layer == "front"


def test_a_shapefile_that_does_not_say_its_encoding_is_refused_until_it_is_said(tmp_path):
    path = tmp_path / "front.shp"
    frame(DRAWN["a square"]).to_file(path, encoding="cp1251")
    path.with_suffix(".cpg").unlink()
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = 0
    path.with_suffix(".dbf").write_bytes(table)
    with pytest.raises(InputError, match="--encoding cp1251"):
        read(path)
    assert_same(read(path, encoding="cp1251"), DRAWN["a square"])


def test_a_column_twice_in_the_table_of_a_shapefile_is_refused(tmp_path):
    path = tmp_path / "front.shp"
    frame(DRAWN["a square"]).to_file(path, encoding="utf-8")
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[64:75] = b"Status".ljust(11, b"\x00")
    path.with_suffix(".dbf").write_bytes(table)
    with pytest.raises(InputError, match="columns 'status' and 'Status' have one name; keep one"):
        read(path)


def test_an_element_twice_in_gml_is_kept_as_both(tmp_path):
    path = tmp_path / "front.gml"
    frame(DRAWN["a square"]).to_file(path, driver="GML")
    said = path.read_bytes()
    prefix = b"ogr:" if b"<ogr:status>" in said else b""
    one = b"<%sstatus>" % prefix
    path.write_bytes(said.replace(one, b"%slost</%sstatus>%s" % (one, prefix, one)))
    assert read(path).features[0].properties["status"] == ["lost", "контроль"]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_geopackage_without_a_coordinate_system_states_none(tmp_path):
    path = tmp_path / "front.gpkg"
    frame(DRAWN["a square"]).set_crs(None, allow_override=True).to_file(path)
    (said,) = read(path).repairs
    assert said.startswith("no coordinate system is stated; taken as longitude and latitude")
    frame(DRAWN["a square"], 32637).set_crs(None, allow_override=True).to_file(path)
    with pytest.raises(InputError, match=r"no degrees.*--crs"):
        read(path)
    assert_same(read(path, crs="EPSG:32637"), DRAWN["a square"])


@pytest.mark.parametrize("crs", ["EPSG:5703", "EPSG:4978", "ESRI:104903", 'LOCAL_CS["a drawing"]'])
def test_a_coordinate_system_of_no_ground_on_earth_is_refused(tmp_path, crs):
    path = tmp_path / "front.shp"
    frame(DRAWN["a square"]).to_file(path, encoding="utf-8")
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match=r"--crs: coordinate system '.*' cannot be converted"):
        read(path, crs=crs)


def test_metres_of_a_shapefile_without_its_prj_are_refused_until_they_are_said(tmp_path):
    path = tmp_path / "front.shp"
    frame(DRAWN["a square"], 32637).to_file(path, encoding="utf-8")
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match=r"no degrees.*--crs"):
        read(path)
    assert_same(read(path, crs="EPSG:32637"), DRAWN["a square"])


def test_degrees_of_a_shapefile_without_its_prj_are_taken_and_it_is_said(tmp_path):
    path = tmp_path / "front.shp"
    frame(DRAWN["a square"]).to_file(path, encoding="utf-8")
    path.with_suffix(".prj").unlink()
    (said,) = read(path).repairs
    assert said.startswith("no coordinate system is stated; taken as longitude and latitude")


def test_one_of_several_layers_is_named(tmp_path):
    path = tmp_path / "front.gpkg"
    frame(DRAWN["a square"]).to_file(path, layer="2024")
    frame(DRAWN["two zones"]).to_file(path, layer="2025")
    with pytest.raises(InputError, match="2 layers with polygons; name one: --layer 2024, --layer"):
        read(path)
    with pytest.raises(InputError, match="no layer 'held'; it has '2024', '2025'"):
        read(path, layer="held")
    assert_same(read(path, layer="2025"), DRAWN["two zones"])


def test_a_surface_of_bent_edges_in_a_geopackage_is_refused_and_not_left_out(tmp_path):
    path = tmp_path / "front.gpkg"
    frame(DRAWN["two zones"]).to_file(path)
    arc = struct.pack("<BIIBII6d", 1, 10, 1, 1, 8, 3, 35, 51, 35.2, 51.2, 35, 51)
    with sqlite3.connect(path) as database:
        (drawn,) = database.execute("SELECT geom FROM front WHERE fid = 2").fetchone()
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            database.execute(f'DROP TRIGGER "{trigger}"')
        bent = drawn[:8] + arc if drawn[3] >> 1 & 7 == 0 else drawn[:40] + arc
        database.execute("UPDATE front SET geom = ? WHERE fid = 2", (bent,))
    assert [bool(each.flaw) for each in read(path).features] == [False, True]
    assert read(path).features[1].flaw == (
        "its edges may be bent (CurvePolygon); straighten it (in QGIS: Segmentize)"
    )


def test_a_surface_in_space_of_a_shapefile_is_refused_and_not_left_out(tmp_path):
    path = tmp_path / "front.shp"
    frame(DRAWN["two zones"]).to_file(path, encoding="utf-8")
    data = bytearray(path.read_bytes())
    second = 100 + 8 + 2 * struct.unpack_from(">i", data, 104)[0]
    struct.pack_into("<i", data, second + 8, 31)
    path.write_bytes(data)
    assert "type 'MultiPatch' is not read; save it as polygons" in read(path).features[1].flaw


def geopackage(path):
    frame(DRAWN["a square"]).to_file(path, layer="zones")
    frame([shapely.Point(36, 48)]).to_file(path, layer="pts")


def gml(path):
    place = "<Point><pos>36 48</pos></Point>"
    ring = "<LinearRing><posList>36 48 37 48 37 49 36 49 36 48</posList></LinearRing>"
    shape = f"<Polygon><exterior>{ring}</exterior></Polygon>"
    members = f"<zones><shape>{shape}</shape></zones><pts><shape>{place}</shape></pts>"
    whole = f"<featureMembers>{members}</featureMembers>"
    path.write_text(f"<FeatureCollection>{whole}</FeatureCollection>")


def topojson(path):
    ring = [[36, 48], [37, 48], [37, 49], [36, 49], [36, 48]]
    zones, pts = {"type": "Polygon", "arcs": [[0]]}, {"type": "Point", "coordinates": [36, 48]}
    objects = {"zones": zones, "pts": pts}
    path.write_text(json.dumps({"type": "Topology", "arcs": [ring], "objects": objects}))


def archive_of(suffix, driver):
    def write(path):
        frame(DRAWN["a square"]).to_file(path.with_name("zones.geojson"))
        frame(DRAWN["a square"]).to_file(path.with_name(f"front.{suffix}"), driver=driver)
        path.write_bytes(zipped(path.parent, "*.*"))

    return write


SEVERAL = {
    "GeoPackage": (geopackage, "read zones; not read: pts (--layer NAME)"),
    "GML": (gml, "read zones; not read: pts (--layer NAME)"),
    "TopoJSON": (topojson, "read zones; not read: pts (--layer NAME)"),
    "zipped Shapefile": (archive_of("shp", "ESRI Shapefile"),
                         "read the Shapefile; not read: zones.geojson (unpack it)"),
    "KMZ": (archive_of("kml", "KML"), "read the KMZ; not read: zones.geojson (unpack it)"),
}  # fmt: skip


@pytest.mark.parametrize("form", SEVERAL)
def test_layers_that_are_not_read_are_said(tmp_path, form):
    write, says = SEVERAL[form]
    path = tmp_path / "sent.gpkg"  # GDAL warns of another ending of a GeoPackage
    write(path)
    file = read(path)
    assert [ground(each).equals(LAKE.envelope) for each in file.features] == [True]
    assert says in file.repairs


def test_layers_are_not_spoken_of_where_one_was_asked_for(tmp_path):
    geopackage(tmp_path / "front.gpkg")
    assert read(tmp_path / "front.gpkg", layer="zones").repairs == ()


def test_a_geopackage_still_open_in_another_program_is_refused(tmp_path):
    path = tmp_path / "front.gpkg"
    frame(DRAWN["a square"]).to_file(path)
    path.with_name("front.gpkg-wal").write_bytes(b"changes")
    with pytest.raises(InputError, match="close it there"):
        read(path)


def test_geoparquet_is_read_with_the_extra_and_refused_with_its_name_without(tmp_path):
    path = tmp_path / "front.parquet"
    try:
        import pyarrow as pa  # noqa: F401
    except ImportError:
        path.write_bytes(b"PAR1" + bytes(64))
        with pytest.raises(InputError, match=r"pip install 'frontmap\[parquet\]'"):
            read(path)
    else:
        frame(DRAWN["two zones"], 32637).to_parquet(path)
        assert_same(read(path), DRAWN["two zones"])

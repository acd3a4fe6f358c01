"""Files made to harm: none makes frontmap fetch, open or run anything, or take more than limits.

Each runs in the process that reads it, beside a socket that must hear nothing and a file that must
not be opened; every open and connect is seen by an audit hook.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import sqlite3
import struct
import subprocess
import sys
import zipfile
from contextlib import suppress

import geopandas
import pytest
from shapely import box

from frontmap.errors import InputError
from frontmap.formats import files, packed, xml_text
from frontmap.formats import kml as kml_form
from frontmap.formats.files import read_features
from frontmap.formats.source import FileOptions

RING = "36,48 37,48 37,49 36,48"
POLYGON = (
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
    f"{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
)
COLLECTION = '{"type":"FeatureCollection","features":[]}'


def kml(inside, head=""):
    return f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'


def archive_of(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("UP_", "../").replace("_", "."), data)
    return made.getvalue()


def geopackage(tmp_path, *statements, layer="front"):
    """Return a GeoPackage in which statements were run by its maker."""
    path = tmp_path / "made.gpkg"
    geopandas.GeoDataFrame({"a": [1]}, geometry=[box(36, 48, 37, 49)], crs=4326).to_file(
        path, layer=layer
    )
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    return path.read_bytes()


VIEW = """INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 4326, 0, 0)"""


def hostile(tmp_path, url, sentinel):
    """Yield files that ask for an address or another file, each with its name."""
    entity = f'<!DOCTYPE kml [<!ENTITY x SYSTEM "file://{sentinel}">]>'
    yield "an entity of a file", kml("<name>&x;</name>", entity)
    yield "an entity of an address", kml("", f'<!DOCTYPE kml SYSTEM "{url}">')
    laughs = '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    yield "a thousand laughs", kml("&b;", laughs)
    yield "a network link", kml(f"<NetworkLink><Link><href>{url}</href></Link></NetworkLink>")
    yield "a style elsewhere", kml(f"<Placemark><styleUrl>{url}#a</styleUrl>{POLYGON}</Placemark>")
    yield (
        "a link out of a KMZ",
        archive_of(
            doc_kml=kml(f"<NetworkLink><Link><href>../{sentinel}</href></Link></NetworkLink>")
        ),
    )
    yield (
        "a virtual layer",
        (
            f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{sentinel}</SrcDataSource>'
            "</OGRVRTLayer></OGRVRTDataSource>"
        ),
    )
    yield "a virtual layer in a wrapper", json.dumps({"type": "gdal_streamed_alg", "command": url})
    yield "an address", f"{url}/query?f=json"
    yield "a path of GDAL", f"/vsicurl/{url}/a.geojson"
    yield "a service's address", f"<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>"
    yield (
        "a schema elsewhere",
        (
            f'<FeatureCollection xmlns:gml="http://www.opengis.net/gml" '
            f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="{url} {url}/a">'
            f'<gml:featureMember><front><shape xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'xlink:href="{url}#a"/></front></gml:featureMember></FeatureCollection>'
        ),
    )
    yield "a linked coordinate system", json.dumps(
        {"type": "FeatureCollection", "features": [],
         "crs": {"type": "link", "properties": {"href": url}}}
    )  # fmt: skip
    yield "a grid as coordinate system", json.dumps(
        {"type": "FeatureCollection", "features": [],
         "crs": {"type": "name", "properties": {"name": f"+proj=longlat +nadgrids={sentinel}"}}}
    )  # fmt: skip
    view = f"CREATE VIEW v AS SELECT ogr_geocode('{url}') AS geom"
    yield "a view that asks an address", geopackage(tmp_path, view, VIEW)
    other = f"ATTACH DATABASE '{sentinel}' AS other"
    yield (
        "a trigger",
        geopackage(
            tmp_path, "CREATE TRIGGER t AFTER INSERT ON front BEGIN SELECT load_extension('x'); END"
        ),
    )
    yield "a table named as a command", geopackage(tmp_path, layer=f'front"; {other}; --')
    yield "a shapefile that leads outside", archive_of(UP_front_shp=b"\x00\x00\x27\x0a")


WATCH = """
import sys
from pathlib import Path
from frontmap.errors import InputError
from frontmap.formats.files import read_features
import pyproj, shapely, csv, sqlite3, zipfile, frontmap.formats.kml, defusedxml.ElementTree
folder = sys.argv[1]
def watch(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"}:
        print("DID", event, args)
    if event == "open" and "sentinel" in str(args[0]):
        print("OPENED", args[0])
sys.addaudithook(watch)
for path in sorted(Path(folder).glob("hostile*")):
    try:
        read_features(path, lambda feature: feature)
        print(path.name, "read")
    except InputError as error:
        print(path.name, "refused")
"""


def test_no_file_makes_frontmap_fetch_or_open_another(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        sentinel = tmp_path / "sentinel.geojson"
        sentinel.write_text(COLLECTION)
        os.utime(sentinel, (0, 0))
        cases = list(hostile(tmp_path, url, sentinel))
        for number, (_, data) in enumerate(cases):
            path = tmp_path / f"hostile{number:02d}.gpkg"
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        done = subprocess.run(
            [sys.executable, "-c", WATCH, str(tmp_path)], capture_output=True, text=True, check=True
        )
        lines = done.stdout.split("\n")
        assert len([line for line in lines if line.startswith("hostile")]) == len(cases)
        assert [line for line in lines if line.startswith(("DID", "OPENED"))] == []
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()
        assert sentinel.stat().st_atime == 0 or not os.access(sentinel, os.R_OK)


NAMED = {
    "a PDF": (b"%PDF-1.7\n", "is a PDF"),
    "a picture": (b"\x89PNG\r\n", "is a PNG picture"),
    "GPX": (b"<gpx/>", "is GPX"),
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    "an empty file": (b"", "is empty"),
    "a page": (b"<html><title>Sign in</title></html>", "is a web page, and says 'Sign in'"),
    "an error of ArcGIS": (b'{"error":{"code":499,"message":"Token Required"}}', "Token Required"),
    "an answer of Overpass": (
        b'{"elements":[],"remark":"runtime error: timed out"}', "runtime error: timed out",
    ),
    "a workbook": (archive_of(xl_workbook="x", **{"xl/workbook": "x"}), "is an Excel workbook"),
    "pictures in a KMZ": (archive_of(a_jpg=b"\xff\xd8", b_jpg=b"\xff\xd8"), "2 files: a.jpg"),
    "a RAR archive": (b"Rar!\x1a\x07", "is a RAR archive"),
    "a database": (b"SQLite format 3\x00" + bytes(84), "no GeoPackage"),
    "a virtual layer": (b"<OGRVRTDataSource/>", "virtual layer"),
    "a text": (b"hello", "a text that begins 'hello'"),
    "an archive in an archive": (gzip.compress(archive_of(a_kml="<kml/>")), "archive within"),
}  # fmt: skip


@pytest.mark.parametrize("what", NAMED)
def test_what_cannot_be_read_is_named_with_the_next_step(tmp_path, what):
    data, says = NAMED[what]
    path = tmp_path / "zones.geojson"
    path.write_bytes(data)
    with pytest.raises(InputError) as refused:
        read_features(path, lambda feature: feature)
    message = str(refused.value)
    assert says in message
    assert message.startswith(f"{path}: ")
    assert "; " in message
    assert message.isprintable()


def read(tmp_path, data, **said):
    path = tmp_path / "zones.dat"
    path.write_bytes(data)
    return read_features(path, lambda feature: feature, options=FileOptions(**said))


def test_a_bomb_is_refused_at_its_limit_and_read_below(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "MOST_EXPANDED", 2000)
    for pack in (gzip.compress, lambda data: archive_of(a_geojson=data)):
        read(tmp_path, pack(COLLECTION.encode().ljust(2000)))
        with pytest.raises(InputError, match="MiB when unpacked"):
            read(tmp_path, pack(COLLECTION.encode().ljust(2001)))


def test_members_of_an_archive_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "MOST_MEMBERS", 3)
    pictures = {f"p{n}_jpg": b"" for n in range(3)}
    with pytest.raises(InputError, match="4 members, 3 at most"):
        read(tmp_path, archive_of(doc_kml=kml(""), **pictures))
    del pictures["p2_jpg"]
    assert read(tmp_path, archive_of(doc_kml=kml(""), **pictures)).features == ()


def test_tags_and_depth_of_xml_are_limited(tmp_path, monkeypatch):
    at_most = xml_text.DEEPEST - 2
    assert read(tmp_path, kml("<Folder>" * at_most + "</Folder>" * at_most).encode()).form == "KML"
    deep = "<Folder>" * (at_most + 1) + "</Folder>" * (at_most + 1)
    with pytest.raises(InputError, match="nested more than 32 deep"):
        read(tmp_path, kml(deep).encode())
    monkeypatch.setattr(xml_text, "MOST_TAGS", 10)
    with pytest.raises(InputError, match="12 tags, 10 at most"):
        read(tmp_path, kml("<a></a>" * 4).encode())


def test_vertices_are_limited_in_all_forms(tmp_path, monkeypatch):
    placemark = f"<Placemark>{POLYGON}</Placemark>"
    monkeypatch.setattr(files, "MOST_VERTICES", 8)
    assert len(read(tmp_path, kml(placemark * 2).encode()).features) == 2
    with pytest.raises(InputError, match="12 vertices, 8 at most"):
        read(tmp_path, kml(placemark * 3).encode())


def test_numbers_of_kml_are_limited_over_the_whole_document(tmp_path, monkeypatch):
    placemark = f"<Placemark>{POLYGON}</Placemark>"
    monkeypatch.setattr(kml_form, "MOST_NUMBERS", 16)
    assert len(read(tmp_path, kml(placemark * 2).encode()).features) == 2
    refused = read(tmp_path, kml(placemark * 3).encode()).features[2]
    assert refused.flaw.startswith("coordinates of more than 16 numbers up to here; simplify it")


def test_features_are_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_FEATURES", 2)
    assert len(read(tmp_path, kml("<Placemark/>" * 2).encode()).features) == 2
    with pytest.raises(InputError, match="more than 2 features"):
        read(tmp_path, kml("<Placemark/>" * 3).encode())


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "fgb"])
def test_a_damaged_file_is_refused_or_read_and_never_breaks(tmp_path, suffix):
    path = tmp_path / f"front.{suffix}"
    drawn = geopandas.GeoDataFrame({"a": ["b"]}, geometry=[box(36, 48, 37, 49)], crs=4326)
    drawn.to_file(path)
    whole = path.read_bytes()
    for at in [*range(0, min(len(whole), 600), 7), len(whole) // 2, len(whole) - 1]:
        for data in (whole[:at], whole[:at] + b"\xff\xff\xff\x7f" + whole[at + 4 :]):
            path.write_bytes(data)
            with suppress(InputError):
                read_features(path, lambda feature: feature)


def test_a_question_without_end_in_a_geopackage_is_not_asked(tmp_path):
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS geom FROM n"
    )
    data = geopackage(tmp_path, f"CREATE VIEW v AS {endless}", VIEW)
    with pytest.raises(InputError, match="'v' is a view or a virtual table"):
        read(tmp_path, data, layer="v")


def test_a_link_beside_a_shapefile_of_an_archive_is_not_followed(tmp_path):
    root = tmp_path / "archive"
    root.mkdir()
    drawn = geopandas.GeoDataFrame({"a": ["b"]}, geometry=[box(36, 48, 37, 49)], crs=4326)
    drawn.to_file(root / "front.shp")
    (root / "front.dbf").rename(tmp_path / "front.dbf")
    (root / "front.dbf").symlink_to(tmp_path / "front.dbf")
    with pytest.raises(InputError, match=r"front\.dbf: is a link"):
        read_features(root / "front.shp", lambda feature: feature, below=root)


def test_wkb_that_nests_without_end_is_damaged(tmp_path):
    inner = struct.pack("<BII", 1, 7, 1) * 1000
    (feature,) = read(tmp_path, b"id,shape\na," + inner.hex().encode() + b"\n").features
    assert feature.flaw == "its geometry is damaged"

"""CSV with a column of geometry: its ground as it was drawn, and no cell lost or taken twice."""

from __future__ import annotations

import warnings

import pytest
import shapely

from frontmap.errors import InputError
from frontmap.formats.files import read_features
from frontmap.formats.source import FileOptions
from frontmap.intake.file_zones import read_zones
from frontmap.intake.zone_words import Defaults

CORNERS = "36 48,37 48,37 49,36 49,36 48"
SQUARE = f"POLYGON(({CORNERS}))"
HALF = "36 48,37 48,37 49,36 48"
STATED = Defaults(confidence="low", accuracy_m=500, sources=("isw",))


def table(wkt):
    return f'id;party;status;shape\na;UA;controlled;"{wkt}"\n'


def zones(tmp_path, text, **said):
    path = tmp_path / "zones.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_zones(path, defaults=STATED, options=FileOptions(**said))


WKT = {
    "a polygon": (SQUARE, SQUARE),
    "in small letters": (SQUARE.lower(), SQUARE),
    "with blanks": (f"  Polygon  ( ( {CORNERS} ) ) ", SQUARE),
    "with its system": (f"SRID=4326;{SQUARE}", SQUARE),
    "an open ring": ("POLYGON((36 48,37 48,37 49,36 49))", SQUARE),
    "with altitudes": ("POLYGON Z ((36 48 1,37 48 1,37 49 1,36 49 1,36 48 1))", SQUARE),
    "with altitudes, unsaid": ("POLYGON((36 48 1,37 48 1,37 49 1,36 49 1,36 48 1))", SQUARE),
    "with measures": ("POLYGONM((36 48 1,37 48 1,37 49 1,36 49 1,36 48 1))", SQUARE),
    "with both": ("POLYGONZM((36 48 1 2,37 48 1 2,37 49 1 2,36 49 1 2,36 48 1 2))", SQUARE),
    "a hole": (f"POLYGON(({CORNERS}),(36.1 48.1,36.1 48.2,36.2 48.1,36.1 48.1))",
               f"POLYGON(({CORNERS}),(36.1 48.1,36.1 48.2,36.2 48.1,36.1 48.1))"),
    "several": (f"MULTIPOLYGON((({HALF})),EMPTY,((36 48,37 49,36 49,36 48)))", SQUARE),
    "a collection": (f"GEOMETRYCOLLECTION(POINT(36 48),{SQUARE},LINESTRING EMPTY)", SQUARE),
    "a triangle": (f"TRIANGLE(({HALF}))", f"POLYGON(({HALF}))"),
    "triangles": (f"TIN((({HALF})),((36 48,37 49,36 49,36 48)))", SQUARE),
    "a surface": (f"POLYHEDRALSURFACE Z((({HALF.replace(',', ' 0,')} 0)))", f"POLYGON(({HALF}))"),
    "a surface of straight edges": (f"MULTISURFACE((({CORNERS})))", SQUARE),
    "WKB": (shapely.from_wkt(SQUARE).wkb_hex, SQUARE),
}  # fmt: skip


@pytest.mark.parametrize("what", WKT)
def test_a_cell_of_geometry_holds_what_was_drawn(tmp_path, what):
    drawn, meant = WKT[what]
    (zone,) = zones(tmp_path, table(drawn)).zones
    assert zone.geometry.symmetric_difference(shapely.from_wkt(meant)).area == 0
    assert (zone.id, zone.party) == ("a", "UA")


def test_a_ring_of_wkt_that_is_open_is_closed_and_said(tmp_path):
    said = zones(tmp_path, table("POLYGON((36 48,37 48,37 49,36 49))")).repairs
    assert "feature 1 (a): a ring was not closed; closed" in said


ARC = "CIRCULARSTRING(36 48,37 49,36 48)"
NOT_READ = {
    "a bent polygon": (f"CURVEPOLYGON({ARC})", "edges may be bent (CurvePolygon); straighten it"),
    "a bent part": (f"MULTISURFACE((({CORNERS})),CURVEPOLYGON({ARC}))", "bent (CurvePolygon)"),
    "a bent part in a collection": (f"GEOMETRYCOLLECTION(CURVEPOLYGON({ARC}))", "be bent"),
    "no number": ("POLYGON((nan 48,37 48,37 49,nan 48))", "a coordinate is not a number; save"),
    "infinity": ("POLYGON((inf 48,37 48,37 49,inf 48))", "a coordinate is not a number"),
    "a word": ("POLYGON((east 48,37 48,37 49,east 48))", "a coordinate is not a number"),
    "positions of one": ("POLYGON((36,37,38,36))", "positions of 1 to 1 numbers"),
    "positions of two and three": ("POLYGON((36 48,37 48 1,37 49,36 48))", "of 2 to 3 numbers"),
    "cut off": ("POLYGON((36 48,37 48", "ends too soon"),
    "cut off after a ring": (f"POLYGON(({CORNERS})", "')' is missing"),
    "more after it": (f"{SQUARE} {SQUARE}", "something stands after its end: 'POLYGON"),
    "another word in it": (f"GEOMETRYCOLLECTION({SQUARE},AREA(({CORNERS})))", "no WKT: 'AREA"),
    "too deep": ("GEOMETRYCOLLECTION(" * 9 + SQUARE + ")" * 9, "it is no WKT"),
}


@pytest.mark.parametrize("what", NOT_READ)
def test_a_cell_of_geometry_that_is_not_read_is_refused(tmp_path, what):
    drawn, says = NOT_READ[what]
    with pytest.raises(InputError) as refused:
        zones(tmp_path, table(SQUARE) + f'b;UA;controlled;"{drawn}"\n')
    assert "zones.csv: feature 2 (b): " in str(refused.value)
    assert says in str(refused.value)


POINT = '"POINT(36 48)"'
REFUSED_TABLES = {
    "a column twice": (f"shape;party;status;party\n{SQUARE};UA;controlled;RU\n",
                       "columns 'party' and 'party' have one name; keep one of them"),
    "a column twice, in another case": (f"shape;word;Word \n{SQUARE};UA;RU\n",
                                        "columns 'word' and 'Word ' have one name"),
    "the column of geometry twice": (f"shape;a;shape\n{SQUARE};UA;x\n", "'shape' and 'shape' have"),
    "two columns of ground": (f"a;b\n{SQUARE};{SQUARE}\n",
                              "line 2: columns 'a' and 'b' both hold ground; leave the column out"),
    "two columns of ground, late": (
        f"a;b\n{SQUARE};x\n\n{SQUARE};{shapely.from_wkt(SQUARE).wkb_hex}\n", "line 4: columns 'a'"),
    "ground of another kind": (f'a|b\n{SQUARE}|{{"type": "Polygon", "coordinates": []}}\n',
                               "'a' and 'b' both hold ground"),
    "a cell too many": (f"shape;s\n{SQUARE};x;y\n",
                        "line 2: 3 cells where the header has 2; put text that holds ';' in \"dou"),
    "a cell too few": (f'shape;s;n\n{SQUARE};"a\nb";1\n{SQUARE};x\n', "line 4: 2 cells where the"),
    "commas without quotes": (f"shape,s\n{SQUARE},x\n", "put text that holds ',' in"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED_TABLES)
def test_a_table_of_which_something_would_be_lost_is_refused(tmp_path, what):
    text, says = REFUSED_TABLES[what]
    with pytest.raises(InputError) as refused:
        zones(tmp_path, text)
    assert f"zones.csv: {says}" in str(refused.value) or says in str(refused.value)


HEADED = f'id;party;status;shape\na;UA;controlled;"{SQUARE}"'
TAKEN_TABLES = {
    "blank cells beyond the header": f"{HEADED};;\n",
    "blank rows": f"{HEADED}\n\n;;\n;;;\n",
    "columns without a name": f';;party;status;id;shape\n1;2;UA;controlled;a;"{SQUARE}"\n',
    "geometry in a column without a name": f'id;;party;status;\na;1;UA;controlled;"{SQUARE}"\n',
    "a column of points before it": f"id;at;party;status;shape\na;{POINT};UA;controlled;{SQUARE}\n",
    "a hash beside it": f"id;md;party;status;shape\na;{'00ab' * 16};UA;controlled;{SQUARE}\n",
}


@pytest.mark.parametrize("what", TAKEN_TABLES)
def test_a_table_of_one_meaning_is_taken(tmp_path, what):
    (zone,) = zones(tmp_path, TAKEN_TABLES[what]).zones
    assert (zone.id, zone.party) == ("a", "UA")
    assert zone.geometry.equals(shapely.from_wkt(SQUARE))


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8-sig", {}),
        ("utf-16", {}),
        ("utf-16", {"encoding": "utf-16"}),
        ("utf-16-le", {"encoding": "UTF-16LE"}),
        ("utf-16-be", {"encoding": "utf-16-be"}),
    ],
)
def test_a_table_as_excel_saves_unicode_text_is_read(tmp_path, encoding, said):
    cells = ["a", "UA", "controlled", "Льгов", SQUARE]
    text = "id\tparty\tstatus\tnote\tshape\n" + "\t".join(cells) + "\n"
    (zone,) = zones(tmp_path, text.encode(encoding), **said).zones
    assert (zone.id, zone.note) == ("a", "Льгов")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("stated", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n'])
def test_the_line_by_which_excel_states_what_parts_cells_is_no_row_and_said(
    tmp_path, stated, encoding
):
    read = zones(tmp_path, f"{stated}{HEADED}\n".encode(encoding))
    assert [zone.id for zone in read.zones] == ["a"]
    assert f"its first line, {stated.strip()}, is no row" in " ".join(read.repairs)


def test_a_line_is_counted_with_that_which_states_what_parts_cells(tmp_path):
    with pytest.raises(InputError, match=r"zones.csv: line 4: 3 cells where the header has 4"):
        zones(tmp_path, f"sep=;\n{HEADED}\nb;UA;controlled\n")


def test_geometry_beyond_the_columns_that_are_read_is_refused_by_their_number(tmp_path):
    wide = "".join(f"c{number};" for number in range(1000))
    with pytest.raises(InputError, match=r"zones.csv: 1,001 columns, 1,000 at most"):
        zones(tmp_path, f"{wide}shape\n{';' * 1000}{SQUARE}\n")


def test_text_in_utf_16_without_geometry_is_named(tmp_path):
    path = tmp_path / "zones.csv"
    path.write_bytes("id\tstatus\na\theld\n".encode("utf-16"))
    with pytest.raises(InputError, match="is a text in UTF-16 that begins 'id status a held'; exp"):
        read_features(path, lambda feature: feature)

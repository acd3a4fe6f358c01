"""What a KML document says of a placemark, in each form that KML has for it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from frontmap.errors import InputError
from frontmap.formats.files import read_features
from frontmap.formats.source import FileOptions
from frontmap.imports.dating import dated_files
from frontmap.imports.foreign import How, foreign_reader
from frontmap.intake.file_zones import read_zones
from frontmap.intake.profiles import Profile, read_profile
from frontmap.intake.rules import parse_rule
from frontmap.intake.zone_words import Defaults

STATED = Defaults(
    party="UA", status="controlled", confidence="low", accuracy_m=500, sources=("isw",)
)
RING = "36,48 37,48 37,49 36,49 36,48"


def polygon(ring=RING):
    return (
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    )


def document(inside, root='<kml xmlns="http://www.opengis.net/kml/2.2">'):
    return f"{root}<Document>{inside}</Document></kml>".encode()


def read(tmp_path, data, **said):
    path = tmp_path / "front.bin"
    path.write_bytes(data)
    return read_features(path, lambda feature: feature, options=FileOptions(**said))


def fill(colour):
    return f"<PolyStyle><color>{colour}</color></PolyStyle>"


def line(colour):
    return f"<LineStyle><color>{colour}</color></LineStyle>"


def style(inside, name="s"):
    return f'<Style id="{name}">{inside}</Style>'


def cascading(held):
    return (
        '<gx:CascadingStyle xmlns:gx="http://www.google.com/kml/ext/2.2" '
        f'xmlns:k="http://www.opengis.net/kml/2.2" k:id="c">{held}</gx:CascadingStyle>'
    )


def style_map(normal, name="m"):
    pair = "<Pair><key>highlight</key><styleUrl>#other</styleUrl></Pair>"
    return f'<StyleMap id="{name}">{pair}<Pair><key>normal</key>{normal}</Pair></StyleMap>'


RED, BLUE = "ff0000ff", "ffff0000"
STYLES = {
    "shared": (style(fill(RED)), "<styleUrl>#s</styleUrl>"),
    "shared, in capitals": (style(fill(RED.upper())), "<styleUrl>#s</styleUrl>"),
    "without #": (style(fill(RED)), "<styleUrl>s</styleUrl>"),
    "of its own file, named": (style(fill(RED)), "<styleUrl>front.bin#s</styleUrl>"),
    "inline": ("", style(fill(RED))),
    "inline over shared": (style(fill(BLUE)), f"<styleUrl>#s</styleUrl>{style(fill(RED), 'i')}"),
    "inline line, shared fill": (style(fill(RED)), f"<styleUrl>#s</styleUrl>{style(line(BLUE))}"),
    "a map": (style(fill(RED)) + style_map("<styleUrl>#s</styleUrl>"), "<styleUrl>#m</styleUrl>"),
    "a map before its style": (
        style_map("<styleUrl>#s</styleUrl>") + style(fill(RED)), "<styleUrl>#m</styleUrl>",
    ),
    "a style in a map": (style_map(style(fill(RED), "x")), "<styleUrl>#m</styleUrl>"),
    "as Google Earth on the web": (
        cascading(f"<Style>{fill(RED)}</Style>") + style_map("<styleUrl>#c</styleUrl>"),
        "<styleUrl>#m</styleUrl>",
    ),
    "one that goes by another": (
        style(fill(RED)) + cascading(f"<styleUrl>#s</styleUrl><Style>{line(BLUE)}</Style>"),
        "<styleUrl>#c</styleUrl>",
    ),
    "a map in a placemark": (style(fill(RED)), style_map("<styleUrl>#s</styleUrl>")),
    "a map of a map": (
        style(fill(RED)) + style_map("<styleUrl>#s</styleUrl>", "n")
        + style_map("<styleUrl>#n</styleUrl>"), "<styleUrl>#m</styleUrl>",
    ),
    "no fill: the line's": (style(line(RED)), "<styleUrl>#s</styleUrl>"),
    "not filled: the line's": (
        style(line(RED) + f"<PolyStyle><color>{BLUE}</color><fill>0</fill></PolyStyle>"),
        "<styleUrl>#s</styleUrl>",
    ),
    "filled with nothing: the line's": (
        style(line(RED) + fill("00ff0000")), "<styleUrl>#s</styleUrl>",
    ),
    "half clear": (style(fill("4d0000ff")), "<styleUrl>#s</styleUrl>"),
}  # fmt: skip


@pytest.mark.parametrize("form", STYLES)
def test_the_colour_of_the_ground_is_found(tmp_path, form):
    shared, own = STYLES[form]
    data = document(f"{shared}<Placemark>{own}{polygon()}</Placemark>")
    assert [each.fill for each in read(tmp_path, data).features] == ["#ff0000"]


def test_maps_of_styles_in_a_circle_give_no_colour(tmp_path):
    circle = style_map("<styleUrl>#n</styleUrl>") + style_map("<styleUrl>#m</styleUrl>", "n")
    data = document(f"{circle}<Placemark><styleUrl>#m</styleUrl>{polygon()}</Placemark>")
    assert read(tmp_path, data).features[0].fill == ""


ELSEWHERE = {
    "beside it": (style(fill(RED)), "<styleUrl>other.kml#s</styleUrl>"),
    "on a server": (style(fill(RED)), "<styleUrl>http://127.0.0.1:9/front.bin#s</styleUrl>"),
    "by a map": (style(fill(RED)) + style_map("<styleUrl>other.kml#s</styleUrl>"),
                 "<styleUrl>#m</styleUrl>"),
    "the fill, an inline line": ("", f"<styleUrl>other.kml#s</styleUrl>{style(line(BLUE), 'i')}"),
}  # fmt: skip


@pytest.mark.parametrize("form", ELSEWHERE)
def test_a_colour_in_another_document_is_not_known(tmp_path, form):
    shared, own = ELSEWHERE[form]
    file = read(tmp_path, document(f"{shared}<Placemark>{own}{polygon()}</Placemark>"))
    ((feature,), (said,)) = file.features, file.repairs
    assert feature.fill == ""
    assert said == (
        f"styleUrl {feature.properties['styleUrl']} leads to another document, "
        "whose colours are not known"
    )
    profile = Profile(name="red", rules=(parse_rule("fill=#ff0000 => RU controlled"),))
    with pytest.raises(InputError, match=r"no rule says .*--rule 'styleurl="):
        read_zones(tmp_path / "front.bin", profile=profile)


def test_a_colour_in_another_document_of_a_kmz_is_that_ones(tmp_path):
    made = io.BytesIO()
    own, link = style(fill(BLUE)), "<NetworkLink><Link><href>in/b.kml</href></Link></NetworkLink>"
    zones = "".join(
        f"<Placemark><styleUrl>{url}</styleUrl>{polygon()}</Placemark>"
        for url in ("../my%20styles.kml#s", "../my%20styles.kml#m", "#s", "b.kml#s", "none.kml#s")
    )
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("doc.kml", document(link))
        archive.writestr("in/b.kml", document(own + zones))
        back = style_map("<styleUrl>in/b.kml#s</styleUrl>")
        archive.writestr("my styles.kml", document(style(fill(RED)) + back))
    file = read(tmp_path, made.getvalue())
    assert [each.fill for each in file.features] == ["#ff0000", *["#0000ff"] * 3, ""]
    assert file.repairs == (
        "styleUrl none.kml#s leads to another document, whose colours are not known",
    )


def test_every_folder_is_kept_the_nearest_first(tmp_path):
    inner = f"<Folder><name>Donetsk</name><Placemark>{polygon()}</Placemark></Folder>"
    data = document(f"<name>Map</name><Folder><name> Held </name><Folder>{inner}</Folder></Folder>")
    assert read(tmp_path, data).features[0].folders == ("Donetsk", "Held", "Map")


TIMES = {
    "a span": ("", "<TimeSpan><begin>2026-01-01</begin><end>2026-01-20</end></TimeSpan>",
               ("2026-01-01", "2026-01-20")),
    "an open span": ("", "<TimeSpan><begin>2026-01-01</begin></TimeSpan>", ("2026-01-01", "")),
    "an instant": ("", "<TimeStamp><when>2026-01-01</when></TimeStamp>",
                   ("2026-01-01", "2026-01-01")),
    "the folder's": ("<TimeSpan><end>2026-01-20</end></TimeSpan>", "", ("", "2026-01-20")),
    "its own over the folder's": ("<TimeSpan><end>2026-01-20</end></TimeSpan>",
                                  "<TimeStamp><when>2026-01</when></TimeStamp>",
                                  ("2026-01", "2026-01")),
}  # fmt: skip


@pytest.mark.parametrize("form", TIMES)
def test_the_time_of_a_placemark_is_its_own_or_its_folders(tmp_path, form):
    of_folder, own, expected = TIMES[form]
    data = document(f"<Folder>{of_folder}<Placemark>{own}{polygon()}</Placemark></Folder>")
    (feature,) = read(tmp_path, data).features
    assert (feature.begin, feature.end) == expected


def test_extended_data_of_both_kinds_are_properties(tmp_path):
    data = document(
        "<Placemark id='z'><name>Zone</name><ExtendedData>"
        "<Data name='status'><value>held</value></Data><Data name='name'><value>7</value></Data>"
        "<SchemaData schemaUrl='#s'><SimpleData name='party'>UA</SimpleData></SchemaData>"
        f"</ExtendedData>{polygon()}</Placemark>"
    )
    (feature,) = read(tmp_path, data).features
    assert feature.own_id == "z"
    assert feature.properties == {
        "name": "Zone",
        "name (ExtendedData)": "7",
        "status": "held",
        "party": "UA",
    }


RINGS = {
    "commas only": ("36,48,0,37,48,0,37,49,0,36,48,0", "commas only; read in threes"),
    "commas only, flat": ("36,48,37,48,37,49,36,48", "commas only; read in twos"),
    "blanks beside commas": ("36, 48, 0 37, 48, 0 37, 49, 0 36, 48, 0", "blanks beside commas"),
}


@pytest.mark.parametrize("form", RINGS)
def test_a_ring_written_in_another_way_is_read_and_said(tmp_path, form):
    ring, says = RINGS[form]
    file = read(tmp_path, document(f"<Placemark>{polygon(ring)}</Placemark>"))
    ((read_ring,),) = file.features[0].polygons
    assert [position[:2] for position in read_ring] == [[36, 48], [37, 48], [37, 49], [36, 48]]
    assert says in file.repairs[0]
    assert file.repairs[0].endswith("(1 ring)")


@pytest.mark.parametrize(
    "ring",
    [
        "36,48,0 37,,0.1 37,49,0 36,48,0",
        "36,48,0 37,48,,0 37,49,0 36,48,0",
        "36,48,0 ,37,0 37,49,0 36,48,0",
        "36, 48, 0 37,, 0.1 37, 49, 0 36, 48, 0",
        "36,48,,37,48,,37,49,,36,48,",
    ],
)
def test_a_number_that_is_left_out_is_none_of_those_beside_it(tmp_path, ring):
    path = tmp_path / "zones.kml"
    path.write_bytes(document(f"<Placemark>{polygon(ring)}</Placemark>"))
    with pytest.raises(InputError, match=r"feature 1: a (coordinate|position) "):
        read_zones(path, defaults=STATED)


def test_a_comma_at_the_end_of_a_position_says_nothing(tmp_path):
    data = document(f"<Placemark>{polygon('36,48, 37,48, 37,49, 36,48,')}</Placemark>")
    ((ring,),) = read(tmp_path, data).features[0].polygons
    assert ring == [[36, 48], [37, 48], [37, 49], [36, 48]]


def test_what_a_placemark_says_twice_is_all_kept_and_none_of_it_taken(tmp_path):
    def said(*parties):
        data = "".join(f"<Data name='party'><value>{each}</value></Data>" for each in parties)
        return document(f"<Placemark><ExtendedData>{data}</ExtendedData>{polygon()}</Placemark>")

    assert read(tmp_path, said("UA", "UA")).features[0].properties == {"party": "UA"}
    assert read(tmp_path, said("UA", "RU")).features[0].properties == {"party": ["UA", "RU"]}
    with pytest.raises(InputError, match=r"party is \['UA', 'RU'\]; it must be a text"):
        read_zones(tmp_path / "front.bin", defaults=replace(STATED, party=None))


LINK = "<NetworkLink><Link><href>https://maps.example/kml</href></Link></NetworkLink>"
PICTURE = "<GroundOverlay><Icon><href>map.png</href></Icon></GroundOverlay>"


@pytest.mark.parametrize(
    ("inner", "says"),
    [
        (LINK, "it only links to https://maps.example/kml: fetch that file"),
        (PICTURE + LINK, "it only links to https://maps.example/kml: fetch that file"),
        (PICTURE, "it only shows a picture, map.png"),
        ("<NetworkLink/>", "it only links to what it does not name"),
    ],
)
def test_a_link_or_a_picture_is_never_taken_for_no_ground(tmp_path, inner, says):
    path = tmp_path / "2024-08-31.kml"
    path.write_bytes(document(inner))
    with pytest.raises(InputError) as refused:
        read_zones(path)
    assert says in str(refused.value)
    assert "--no-ground" not in str(refused.value)
    how = How(read_profile("uacontrolmap"))
    with pytest.raises(InputError, match="it links to another file, or shows a picture") as refused:
        foreign_reader(how)(dated_files([path], how.profile, how.dating).snapshots[0])
    assert "--no-ground" not in str(refused.value)


@pytest.mark.parametrize("first", ["", '<?xml version="1.0" encoding="UTF-8"?>'])
def test_a_document_in_another_encoding_than_it_says_is_refused_with_the_remedy(tmp_path, first):
    inside = f"<Folder><name>Контроль</name><Placemark>{polygon()}</Placemark></Folder>"
    saved = (first + document(inside).decode()).encode("cp1251")
    with pytest.raises(InputError, match=r"byte \d+ is not UTF-8.*encoding=\"windows-1251\""):
        read(tmp_path, saved)
    mended = b'<?xml version="1.0" encoding="windows-1251"?>' + saved[len(first) :]
    assert read(tmp_path, mended).features[0].folders == ("Контроль",)


def test_a_document_cut_off_within_a_letter_is_to_be_fetched_again(tmp_path):
    with pytest.raises(InputError, match=r"no XML: .*fetch the file again"):
        read(tmp_path, "<kml><name>К".encode()[:-1])  # noqa: RUF001


def test_what_is_no_ground_is_named(tmp_path):
    data = document(
        "<NetworkLink><name>Map</name><Link><href>https://maps.example/kml</href></Link>"
        "</NetworkLink><GroundOverlay/><Placemark><gx:MultiTrack/></Placemark>"
        f"<Placemark><MultiGeometry><MultiGeometry>{polygon()}</MultiGeometry><Point/>"
        "</MultiGeometry></Placemark>"
    )
    file = read(tmp_path, data)
    others = [each.others for each in file.features]
    assert others == [("NetworkLink",), ("GroundOverlay",), ("MultiTrack",), ("Point",)]
    assert file.repairs == ("prefix 'gx' was not declared; taken as usual",)
    assert len(file.features[3].polygons) == 1


def test_documents_of_a_kmz_that_link_to_each_other_are_one(tmp_path):
    made = io.BytesIO()
    link = "<NetworkLink><name>Layer</name><Link><href>layers/a.kml</href></Link></NetworkLink>"
    back = "<NetworkLink><Link><href>../doc.kml</href></Link></NetworkLink>"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("b.kml", document("<Placemark id='b'/>"))
        archive.writestr("doc.kml", document(f"<name>Map</name>{link}"))
        archive.writestr(
            "layers/a.kml", document(f"<Placemark id='a'>{polygon()}</Placemark>{back}")
        )
    file = read(tmp_path, made.getvalue())
    assert [(each.own_id, each.folders) for each in file.features] == [("a", ("Map",))]
    assert file.repairs == ("read doc.kml; not read: b.kml (--layer NAME)",)
    assert [each.own_id for each in read(tmp_path, made.getvalue(), layer="b.kml").features] == [
        "b"
    ]
    with pytest.raises(InputError, match=r"no layer 'c\.kml'; it has 'b\.kml', 'doc\.kml'"):
        read(tmp_path, made.getvalue(), layer="c.kml")

"""The tables of facts are read strictly: one clear line for what cannot be taken."""

from __future__ import annotations

import json
import math
import re
import tempfile
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontmap import facts
from frontmap.errors import InputError, MendedWarning
from frontmap.facts.tables import TABLES

FORMAT = Path(__file__).parents[1] / "docs" / "format.md"
KURSK = Path(__file__).parents[1] / "geodata" / "kursk"

FILES = {
    "sources.csv": (
        "id,publisher,url,published,read\n"
        "pravda-1,Ukrainska Pravda,https://example.org/1,2024-08-15,2026-11\n"
        "rbc-2,RBC,,2025-01,\n"
    ),
    "places.csv": (
        "id,name_en,name_uk,name_ru,raion,lon,lat,accuracy_m,source,kind\n"
        'sudzha,Sudzha,Суджа,Суджа,Sudzhansky,35.27,51.19,500,pravda-1,"town, seat"\n'
    ),
    "settlement_events.csv": (
        "place_id,date,event,party,claimant,publisher,published,source,"
        "doubted,seen,repelled,passed,fought,note\n"
        "sudzha,2024-08-15,claims_control,UA,Zelensky,Ukrainska Pravda,2024-08-15,pravda-1,"
        ",yes,,,,on video\n"
    ),
    "events.csv": (
        "date,what,figure,unit,claimant,source,lat,lon\n"
        "2024-08-15,settlements,82,settlements,Syrskyi,pravda-1,,\n"
    ),
    "reported.csv": (
        "as_of,as_of_precision,published,value_km2,qualifier,measure,party,claimant,source,note\n"
        "2024-08-15,day,2024-08-15,1150,exact,controlled,UA,Syrskyi,pravda-1 rbc-2,\n"
    ),
    "reviews.csv": ("date,source,says,verdict,note\n2024-08-15,pravda-1,82 settlements,agrees,\n"),
    "accepted.csv": "date,rule,zone,reason\n,overlap,,two surveys\n",
}
READERS = {
    "sources.csv": facts.read_sources,
    "places.csv": facts.read_places,
    "settlement_events.csv": facts.read_settlement_events,
    "events.csv": facts.read_events,
    "reported.csv": facts.read_reported,
    "reviews.csv": facts.read_reviews,
    "accepted.csv": facts.read_accepted,
}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
    return tmp_path


def change(root, name, old, new):
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


@pytest.mark.parametrize("name", READERS)
def test_every_table_reads_with_a_row_for_each_record(root, name):
    frame = READERS[name](root)
    assert list(frame.columns) == FILES[name].splitlines()[0].split(",")
    assert len(frame) == len(FILES[name].splitlines()) - 1
    assert frame.index[0] == 2


def test_columns_are_typed(root):
    figure = facts.read_reported(root).loc[2]
    assert figure["as_of"] == pd.Timestamp("2024-08-15")
    assert figure["value_km2"] == 1150.0
    place = facts.read_places(root).loc[2]
    assert (place["name_uk"], place["lon"], place["kind"]) == ("Суджа", 35.27, "town, seat")


@pytest.mark.parametrize("name", READERS)
def test_days_are_datetime64_so_that_tables_merge_with_parsed_dates(root, name):
    frame = READERS[name](root)
    days = [column for column in ("date", "as_of") if column in frame]
    assert [str(frame[column].dtype) for column in days] == ["datetime64[us]"] * len(days)
    for column in days:
        parsed = pd.DataFrame({column: pd.to_datetime(["2024-08-15"])})
        assert len(frame.merge(parsed)) == frame[column].notna().sum()


def test_the_docs_name_the_columns_that_a_table_needs_and_may_have():
    row = re.compile(r"^\| `(\w+\.csv)` \|[^|]*\|(.*)\|(.*)\|$", re.MULTILINE)
    rows = row.findall(FORMAT.read_text("utf-8"))
    documented = {name: [re.findall(r"`(\w+)`", cell) for cell in cells] for name, *cells in rows}
    assert documented == {
        name: [
            [column.name for column in table.columns if column.optional == optional]
            for optional in (False, True)
        ]
        for name, table in TABLES.items()
    }


def test_flags_are_bool(root):
    event = facts.read_settlement_events(root).loc[2]
    assert (event["seen"], event["doubted"]) == (True, False)


def test_blanks_are_empty_text_nan_or_nat(root):
    source = facts.read_sources(root).loc[3]
    assert (source["url"], source["read"]) == ("", "")
    assert math.isnan(facts.read_events(root)["lat"][2])
    assert facts.read_accepted(root).loc[2, "date"] is pd.NaT


@pytest.mark.parametrize("name", READERS)
def test_a_table_that_is_not_there_is_empty_and_keeps_its_columns(tmp_path, root, name):
    empty = READERS[name](tmp_path / "elsewhere")
    assert len(empty) == 0
    full = READERS[name](root)
    assert set(empty.columns) <= set(full.columns)
    assert all(empty[column].dtype == full[column].dtype for column in empty.columns)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (
            "settlement_events.csv",
            "claims_control",
            "claim_control",
            "'claim_control' is unknown; did you mean 'claims_control'?",
        ),
        (
            "settlement_events.csv",
            "claims_control",
            "UA_claims_control",
            "'UA_claims_control' is unknown; did you mean 'claims_control'?",
        ),
        ("settlement_events.csv", ",UA,", ",,", "line 2, column party: is blank; fill it in"),
        (
            "settlement_events.csv",
            ",UA,",
            ",RU UA,",
            "line 2, column party: 'RU UA' names several parties; claims_control is of one",
        ),
        (
            "settlement_events.csv",
            "claims_control,UA",
            "contested,UA",
            "line 2, column party: 'UA' names one party; contested needs all that fight for it",
        ),
        (
            "settlement_events.csv",
            "claims_control,UA",
            "contested,UA RU",
            "line 2, column party: 'UA RU' names parties out of order or twice; write RU UA",
        ),
        (
            "settlement_events.csv",
            "claims_control,UA",
            "contested,UA  RU",
            "line 2, column party: '' is no id",
        ),
        ("reported.csv", "controlled,UA", "controlled,U A", "column party: 'U A' is no id"),
        (
            "settlement_events.csv",
            "sudzha,",
            "sudja,",
            "line 2, column place_id: 'sudja' is not in places.csv",
        ),
        (
            "settlement_events.csv",
            "2024-08-15,claims",
            "2024-8-15,claims",
            "line 2, column date: '2024-8-15' is not a date; write it as YYYY-MM-DD",
        ),
        (
            "settlement_events.csv",
            ",yes,",
            ",no,",
            "line 2, column seen: 'no' is unknown; write yes, or leave it blank",
        ),
        (
            "settlement_events.csv",
            "doubted,seen,repelled,passed,fought,note",
            "x,y,z,u,v,note",
            "line 1: column doubted is missing; add it, settlement_events.csv needs place_id,",
        ),
        (
            "settlement_events.csv",
            "publisher,",
            "date_precision,",
            "line 1: column publisher is missing; add it, settlement_events.csv needs place_id,",
        ),
        (
            "sources.csv",
            "published,read\npravda-1,Ukrainska Pravda,https://example.org/1,2024-08-15,",
            "published,published_precision,read\npravda-1,X,https://example.org/1,2024-08-15,abuot,",
            "line 2, column published_precision: 'abuot' is unknown; did you mean 'about'?",
        ),
        ("reported.csv", "2024-08-15,day", "2024-02-30,day", "line 2, column as_of: '2024-02-30'"),
        ("reported.csv", "2024-08-15,day", ",day", "line 2, column as_of: is blank; fill it in"),
        (
            "reported.csv",
            "pravda-1 rbc-2",
            "pravda-1 rbc-9",
            "line 2, column source: 'rbc-9' is not in sources.csv",
        ),
        ("reported.csv", "1150", "1,150", "line 2: 11 cells where the header has 10"),
        ("reported.csv", "1150", "-1", "line 2, column value_km2: -1 is out of range"),
        ("reported.csv", "1150", "nan", "line 2, column value_km2: 'nan' is not a number"),
        ("reported.csv", "1150", "1_150", "line 2, column value_km2: '1_150' is not a number"),
        ("reported.csv", "1150", "1e3", "line 2, column value_km2: '1e3' is not a number"),
        ("reported.csv", "1150", "99999999", "line 2, column value_km2: 99999999 is out of range"),
        ("reported.csv", "Syrskyi", "Syr\x1bskyi", "has a control character; remove it"),
        ("reported.csv", "1150", "many", "line 2, column value_km2: 'many' is not a number"),
        ("reported.csv", "exact", "roughly", "use one of exact, about, over, at_least, up_to"),
        ("reported.csv", "Syrskyi", " Syrskyi", "column claimant: ' Syrskyi' has space around it"),
        ("reported.csv", "Syrskyi,", '"Syr\nskyi",', "line 2: a line break inside a cell"),
        ("reported.csv", "Syrskyi,", '"Syrskyi,', "check the double quotes"),
        ("reported.csv", "as_of_precision", "precision", "column as_of_precision is missing"),
        ("reported.csv", "note", "source", "column note is missing"),
        ("places.csv", "51.19", "151.19", "line 2, column lat: 151.19 is out of range"),
        ("places.csv", "raion,", "raion,raion,", "column 'raion' must have a name of its own"),
        (
            "sources.csv",
            "rbc-2",
            "pravda-1",
            "line 3, column id: 'pravda-1' stands on line 2 already",
        ),
        ("sources.csv", "rbc-2", "rbc 2", "line 3, column id: 'rbc 2' is no id"),
        ("sources.csv", "https:", "javascript:", "line 2, column url: 'javascript://example"),
        ("sources.csv", "2025-01", "2025-13", "'2025-13' is neither a day nor a month"),
        ("sources.csv", "2024-08-15", "2024-08-32", "column published: '2024-08-32'"),
        ("reviews.csv", "agrees", "agree", "did you mean 'agrees'?"),
        ("accepted.csv", "two surveys", "", "line 2, column reason: is blank"),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_line_and_remedy(root, name, old, new, says):
    change(root, name, old, new)
    with pytest.raises(InputError) as refused:
        READERS[name](root)
    message = str(refused.value)
    assert message.startswith(f"{root / name}, line ")
    assert says in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xef\xbb\xbfid", "line 1: column publisher is missing"),
        (b"id\n\xff\n", "line 2: is not UTF-8"),
        (b"id\r\n1\r\n\xff\r\n", "line 3: is not UTF-8 (in cell 1)"),
        ("id;Ó;".encode("cp1252"), "line 1: is not UTF-8 (in cell 2); save the file as UTF-8"),
        ("id".encode("utf-16") + b"x", "line 1: is not UTF-16"),
        (b"", "line 1: column id is missing"),
    ],
)
def test_bytes_that_other_tools_leave_behind_are_named(root, data, says):
    (root / "sources.csv").write_bytes(data)
    with pytest.raises(InputError, match=r"sources\.csv, line \d") as refused:
        facts.read_sources(root)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("id,publisher".encode("utf-16-le"), "is UTF-16 without its mark, or no text; save it as"),
        (b"PK\x03\x04\x14\x00", "is a workbook or another zip, not CSV; save it as CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old workbook, not CSV"),
        (b"<!DOCTYPE html>", "is a web page or other XML, not CSV"),
    ],
)
def test_a_file_that_is_no_table_is_named_for_what_it_is(root, data, says):
    (root / "sources.csv").write_bytes(data)
    with pytest.raises(InputError) as refused:
        facts.read_sources(root)
    assert str(refused.value).startswith(f"{root / 'sources.csv'}: {says}")


@given(st.sampled_from(sorted(READERS)), st.data())
def test_whatever_the_bytes_the_answer_is_a_table_or_one_line(name, data):
    with tempfile.TemporaryDirectory() as folder:
        for each, text in FILES.items():
            Path(folder, each).write_text(text, encoding="utf-8", newline="\n")
        whole = FILES[name].encode()
        start = data.draw(st.integers(0, len(whole)))
        end = data.draw(st.integers(start, min(start + 5, len(whole))))
        Path(folder, name).write_bytes(whole[:start] + data.draw(st.binary()) + whole[end:])
        said = f"{folder}, one line"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", MendedWarning)
                READERS[name](Path(folder))
        except InputError as error:
            said = str(error)
        assert folder in said
        assert "\n" not in said


def reference(root, *features):
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (root / "reference.geojson").write_text(text, encoding="utf-8")


def town(**properties):
    return {
        "type": "Feature",
        "properties": {"kind": "place", "name_en": "Sudzha", **properties},
        "geometry": {"type": "Point", "coordinates": [35.27, 51.19]},
    }


def test_reference_has_a_kind_and_names_for_each_feature(tmp_path):
    reference(tmp_path, town(), town(name_en=None, name_uk="Суджа"))
    frame = facts.read_reference(tmp_path)
    assert list(frame["name_en"]) == ["Sudzha", ""]
    assert list(frame["name_uk"]) == ["", "Суджа"]
    assert frame.crs.to_epsg() == 4326


@pytest.mark.parametrize(
    ("feature", "says"),
    [
        (town(kind="city"), "features[0]: kind 'city' is unknown; use one of state_border, unit"),
        ({**town(), "geometry": None}, "features[0]: its geometry cannot be read"),
        (
            {**town(), "geometry": {"type": "LineString", "coordinates": []}},
            "features[0]: its geometry is empty",
        ),
        ({"type": "Feature"}, "features[0]: is no feature with properties"),
        (town(accuracy_m="ten"), "features[0]: accuracy_m 'ten' is no distance; write metres"),
        (town(accuracy_m=-1), "features[0]: accuracy_m -1 is no distance"),
        (town(accuracy_m=True), "features[0]: accuracy_m True is no distance"),
        (town(accuracy_m={"m": 3}), "features[0]: accuracy_m {'m': 3} is no distance"),
        (town(population=1.5), "features[0]: population 1.5 is no count of people; write one"),
        (town(population=-1), "features[0]: population -1 is no count of people"),
        (town(population=10**30), "features[0]: population"),
        (town(population=True), "features[0]: population True is no count of people"),
        (town(disputed="yes"), "features[0]: disputed 'yes' is neither true nor false; write one"),
        (town(disputed=1), "features[0]: disputed 1 is neither true nor false"),
        (town(kind=None), "features[0]: kind None is unknown"),
        (town(kind=["place"]), "features[0]: kind ['place'] is unknown"),
    ],
)
def test_reference_names_the_feature_that_cannot_be_taken(tmp_path, feature, says):
    reference(tmp_path, feature)
    with pytest.raises(InputError) as refused:
        facts.read_reference(tmp_path)
    assert says in str(refused.value)


def test_reference_says_source_licence_and_accuracy_of_each_feature(tmp_path):
    stated = {"source": "osm", "license": "ODbL-1.0", "attribution": "© OSM", "accuracy_m": 10}
    reference(tmp_path, town(**stated, name_pl="Sudża"), town(accuracy_m=None, source=None))
    frame = facts.read_reference(tmp_path)
    named = ["kind", "name_en", "name_uk", "name_ru", "name_pl"]
    assert list(frame.columns) == [*named, *stated, "population", "disputed", "geometry"]
    full, bare = frame.to_dict("records")
    assert {name: full[name] for name in stated} == stated
    assert [bare[name] for name in ("name_pl", "source", "license", "attribution")] == [""] * 4
    assert math.isnan(bare["accuracy_m"])


def test_reference_says_how_many_people_live_in_a_place_and_which_line_is_disputed(tmp_path):
    line = town(kind="state_border", disputed=True)
    country = town(kind="country", name_en="Ruritania", disputed=False, population="")
    reference(tmp_path, town(population=5_127), line, country)
    frame = facts.read_reference(tmp_path)
    assert frame["population"].dtype == "Int64"
    assert list(frame["population"].fillna(-1)) == [5_127, -1, -1]
    assert list(frame["disputed"]) == [False, True, False]
    assert frame["disputed"].dtype == bool


@pytest.mark.parametrize(
    ("accuracy_m", "measured_with"), [(None, True), (100, True), (101, False), (1500, False)]
)
def test_a_state_border_that_is_far_off_is_read_and_never_measured_with(
    tmp_path, accuracy_m, measured_with
):
    line = {"type": "LineString", "coordinates": [[33, 51], [37, 51]]}
    reference(tmp_path, {**town(kind="state_border", accuracy_m=accuracy_m), "geometry": line})
    assert (facts.read_state_border(tmp_path) is not None) == measured_with
    assert list(facts.read_reference(tmp_path)["kind"]) == ["state_border"]


@pytest.mark.parametrize("text", ["{", "[]", '{"features": 3}'])
def test_a_reference_file_that_is_no_feature_collection_is_refused(tmp_path, text):
    (tmp_path / "reference.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"reference\.geojson"):
        facts.read_reference(tmp_path)


@pytest.mark.parametrize("name", READERS)
def test_the_shipped_tables_read(name):
    if not (KURSK / name).exists():
        pytest.skip(f"geodata/kursk has no {name}")
    READERS[name](KURSK)

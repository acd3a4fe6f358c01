"""Dates in the names of files: as the pattern says, or where only one reading is left."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontmap.date_patterns import parse_pattern
from frontmap.date_readings import only_reading
from frontmap.errors import UsageError

KYIV = "Europe/Kyiv"


@pytest.mark.parametrize(
    ("pattern", "name", "when"),
    [
        ("Control_{yy}_{mm}_{dd}", "Control_25_05_01.kml", "2025-05-01"),
        ("Control_%y_%m_%d", "Control_25_05_01.kml", "2025-05-01"),
        ("Control_{dd}_{mm}_{yy}", "Control_25_05_01.kml", "2001-05-25"),
        ("{yy}{mm}{dd}_{HH}{MM}", "230311_0349.kmz", "2023-03-11, published 2023-03-11T01:49:00Z"),
        (
            "{yyyy}-{mm}-{dd}T{HH}{MM}{SS}{z}",
            "2024-08-31T230000Z.kml",
            "2024-09-01, published 2024-08-31T23:00:00Z",
        ),
        ("deepstatemap_data_{yyyy}{mm}{dd}", "deepstatemap_data_20240831.geojson", "2024-08-31"),
        ("deepstatemap_data_%Y%m%d.geojson", "deepstatemap_data_20240831.geojson", "2024-08-31"),
        ("{unix}", "1725138000.geojson", "2024-09-01, published 2024-08-31T21:00:00Z"),
        ("{unix_ms}", "1725138000999.geojson", "2024-09-01, published 2024-08-31T21:00:00Z"),
        ("map_%s*", "map_1725138000_v2.json", "2024-09-01, published 2024-08-31T21:00:00Z"),
        ("{d} {month} {yyyy}", "31 August 2024.kml", "2024-08-31"),
        ("{d}-%b-{yyyy}", "1-May-2024.kml", "2024-05-01"),
        ("{d}.{m}.{yyyy}", "1.9.2024.kml", "2024-09-01"),
        ("{d}.{m}.{yyyy}", "31.12.2024.kml", "2024-12-31"),
        (
            "* {dd}.{mm}.{yyyy} (*)",
            "c31 Контроль #1 05.08.2024 (оновлено).geojson",
            "2024-08-05",
        ),
        ("Карта №* {dd}.{mm}.{yy}", "Карта №12 31.08.24.kml", "2024-08-31"),
        ("{yyyy}{mm}{dd}_*", "20220410_RussianAssessedCoTinUkraine.geojson", "2022-04-10"),
        ("{yyyy}/{mm}/{dd}/*", "any/2024/08/31/zones.geojson", "2024-08-31"),
        ("{yyyy}/*_{mm}_{dd}", "2024/zones_08_31.gpkg", "2024-08-31"),
        ("{yyyy}/{yyyy}-{mm}-{dd}", "2024/2024-08-31.gpkg", "2024-08-31"),
        ("world_{yyyy} => {yyyy}-12-31", "world_1880.geojson", "1880-12-31"),
        ("* => 2022-04-10", "layer of the day.zip", "2022-04-10"),
        ("{yy}-{mm}-{dd} => 19{yy}-{mm}-{dd}", "43-07-05.kml", "1943-07-05"),
        ("Control.{yy}.{mm}.{dd}", "Control.25.05.01", "2025-05-01"),
        ("Каро-й {yyyy}-{mm}-{dd}", "Каро-\u0438\u0306 2024-08-31.kml", "2024-08-31"),  # noqa: RUF001  a mark apart
        ("100%% {yyyy}-{mm}-{dd}", "100% 2024-08-31.kml", "2024-08-31"),
    ],
)
def test_a_name_is_read_as_the_pattern_says(pattern, name, when):
    assert str(parse_pattern(pattern).read(name, KYIV)) == when


@pytest.mark.parametrize(
    ("pattern", "name", "why"),
    [
        ("Control_{yy}_{mm}_{dd}", "control_25_05_01.kml", "does not fit the pattern"),
        ("Control_{yy}_{mm}_{dd}", "Control_25_05_01_b.kml", "does not fit the pattern"),
        ("Control_{yy}_{mm}_{dd}", "Control_25_13_01.kml", "does not fit .*there is no such day"),
        ("{yyyy}-{mm}-{dd}_{HH}{MM}", "2024-08-31_2460.kml", "does not fit the pattern"),
        ("{yyyy}-{mm}-{dd}_{HH}{MM}", "2024-10-27_0330.kml", "came twice in Europe/Kyiv"),
        ("{yyyy}-{mm}-{dd}_{HH}{MM}", "2024-03-31_0330.kml", "left out by the clocks"),
        ("{d}{m}{yyyy}", "1112024.kml", "as 2024-01-11 and as 2024-11-01"),
        ("*{yyyy}{mm}{dd}*", "20240801 to 20240831.kml", "as 2024-08-01 and as 2024-08-31"),
        ("*{yy}{mm}{dd}", "20240831.kml", "does not fit"),  # a * cuts no number in two
        ("{yyyy}{mm}{dd}", "１２３４５６７８.kml", "does not fit"),  # noqa: RUF001  digits of another kind
        ("{yyyy}/{yyyy}-{mm}-{dd}", "2023/2024-08-31.gpkg", "does not fit"),
        ("{d} {month} {yyyy}", "31 Mai 2024.kml", "'Mai' is no month"),
    ],
)
def test_a_name_that_does_not_fit_in_one_way_is_refused(pattern, name, why):
    with pytest.raises(ValueError, match=why):
        parse_pattern(pattern).read(name, KYIV)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("Control_YY_MM_DD", "did you mean Control_{yy}_{mm}_{dd}"),
        ("Control", "no date can come of it"),
        ("{YYYY}-{MM}-{DD}", "{YYYY} is none of {yyyy}"),
        ("{yyyy}-{MM}-{dd}", "it tells no month ({MM} are minutes)"),
        ("{yy}{mm}{dd}_{HH}{mm}", "{mm} twice in one name ({MM} are minutes)"),
        ("{yyyy}{mm}{dd}_{MM}", "{MM} (the minute) needs {HH}"),
        ("{yyyy}-{mm}-{dd}{z}", "{z} (the zone, Z or +0300) needs {HH}"),
        ("{yyyy}{yy}-{mm}-{dd}", "{yyyy} and {yy} both tell the year"),
        ("{yyyy}", "it tells no month; add {mm}, or say the date after =>"),
        ("{unix}_{yyyy}", "a Unix second needs no other field"),
        ("{yyyy} => {year}-12-31", "{year} is none of"),
        ("{yyyy} => {yyyy}-{mm}-31", "{mm} is not in the name"),
        ("{yyyy} =>", "nothing follows =>"),
        ("* => yesterday", "'yesterday' is not a date"),
        ("%Y-%m-%e", "%e is none of %Y"),
    ],
)
def test_a_pattern_of_which_no_date_can_come_is_refused(pattern, why):
    with pytest.raises(UsageError) as refused:
        parse_pattern(pattern)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("path", "when"),
    [
        ("2024-08-31.kml", "2024-08-31"),
        ("export of 2024-08-31, all.kml", "2024-08-31"),
        ("20240831.geojson.gz", "2024-08-31"),
        ("deepstatemap_data_20240831.geojson", "2024-08-31"),
        ("c31 Контроль #1 31.08.2024 (оновлено).geojson", "2024-08-31"),
        ("08/31/2024/zones.kml", "2024-08-31"),
        ("08.08.2024.kml", "2024-08-08"),
        ("31122024.kml", "2024-12-31"),
        ("2024/08/31/zones.geojson", "2024-08-31"),
        ("2023/2024-08-31.geojson", "2024-08-31"),
        ("20240831_120101.kml", "2024-08-31"),
        ("map 20240831T2330Z (1).kml", "2024-09-01, published 2024-08-31T23:30:00Z"),
        ("2024-08-31T23-30-00Z.kml", "2024-09-01, published 2024-08-31T23:30:00Z"),
        ("31.08.2024_02:30+0300.kml", "2024-08-31, published 2024-08-30T23:30:00Z"),
        ("1725138000.geojson", "2024-09-01, published 2024-08-31T21:00:00Z"),
        ("1725138000000.geojson", "2024-09-01, published 2024-08-31T21:00:00Z"),
    ],
)
def test_what_has_exactly_one_reading_is_taken(path, when):
    assert str(only_reading(path, KYIV).when) == when


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("Control_25_05_01.kml", "--dates 'Control_{yy}_{mm}_{dd}'"),
        ("230311_0349.kmz", "--dates '{yy}{mm}{dd}_{HH}{MM}'"),
        ("05.08.2024.kml", "2024-08-05 (--dates '{dd}.{mm}.{yyyy}')"),
        ("2024-08-01 to 2024-08-31.kml", "2024-08-01 (--dates '{yyyy}-{mm}-{dd} to 2024-08-31')"),
        ("world_1880.geojson", "tells no date"),
        ("zones.geojson", "--dates '* => 2024-08-31'"),
        ("2024-02-30.kml", "tells no date"),
    ],
)
def test_what_has_no_reading_or_several_is_refused_with_what_would_do(path, why):
    with pytest.raises(ValueError, match="its name") as refused:
        only_reading(path, KYIV)
    assert why in str(refused.value)


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)),
    st.lists(st.sampled_from(("{yyyy}", "{yy}")), min_size=1, max_size=1),
    st.permutations(("year", "{mm}", "{dd}")),
    st.sampled_from(("-", "_", ".", " ", "")),
)
def test_a_date_that_is_written_by_a_pattern_is_read_back(date, year, order, between):
    pattern = between.join(year[0] if field == "year" else field for field in order)
    values = {"{yyyy}": "%Y", "{yy}": "%y", "{mm}": "%m", "{dd}": "%d"}
    directives = pattern
    for field, directive in values.items():
        directives = directives.replace(field, directive)
    name = date.strftime(directives)
    assert parse_pattern(pattern).read(f"{name}.kml", KYIV).date == date
    assert parse_pattern(directives).read(name, KYIV).date == date


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_the_pattern_and_the_name_only_these_errors_come(pattern, name):
    try:
        read = parse_pattern(pattern)
    except UsageError:
        return
    try:
        read.read(name, KYIV)
        only_reading(name, KYIV)
    except ValueError:
        pass

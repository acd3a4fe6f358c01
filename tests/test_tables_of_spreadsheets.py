"""Tables as spreadsheets anywhere save them: read where they mean one thing, and that is said."""

from __future__ import annotations

import csv
import datetime as dt
import io
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import frontmap
from frontmap import facts
from frontmap.errors import InputError, MendedWarning
from frontmap.facts.spellings import plain_day, plain_day_or_month, plain_number
from fronts import new_archive
from verbs import run

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

HEADER = "as_of,as_of_precision,published,value_km2,qualifier,measure,party,claimant,source,note"
ROW = "2024-08-31,day,2024-09-01,{},about,controlled,UA,Генштаб,isw,"
SAVED = f"{HEADER}\n{ROW.format('7.5')}\n"
SOURCES = "id,publisher,url,published,read\nisw,ISW,,,\n"


def as_table(separator: str, number: str) -> str:
    cells = [*csv.reader([HEADER]), ROW.format("#").split(",")]
    cells[1][3] = number
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(cells)
    return text.getvalue()


@pytest.fixture
def root(tmp_path):
    made = new_archive(tmp_path / "front").root
    (made / "sources.csv").write_text(SOURCES, "utf-8")
    return made


def read(root: Path, data: bytes) -> tuple[dict[Hashable, Any], str]:
    """Return the one figure of a table, and what was said of the table."""
    (root / "reported.csv").write_bytes(data)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure = facts.read_reported(root).reset_index(drop=True).to_dict("records")
    assert len(figure) == 1
    assert len({str(warning.message) for warning in caught}) <= 1
    return figure[0], "".join({str(warning.message) for warning in caught})


FORMS = {
    "Excel, CSV UTF-8": (as_table(",", "7.5").encode("utf-8-sig"), "a byte-order mark, CRLF"),
    "Excel, semicolons": (as_table(";", "7,5").encode("utf-8-sig"), "semicolons between cells"),
    "Excel, Unicode text": (as_table("\t", "7,5").encode("utf-16"), "UTF-16, CRLF line ends, tabs"),
    "UTF-16 of big ends": (b"\xfe\xff" + as_table("\t", "7.5").encode("utf-16-be"), "UTF-16"),
    "a line sep=": (b"sep=;\r\n" + as_table(";", "7,5").encode(), "a line sep=, semicolons"),
    "a header typed by hand": (
        SAVED.replace("as_of,", "As_Of,").replace(",party,", ", Party ,").encode(),
        "'As_Of' as as_of in the header",
    ),
    "an old Mac": (SAVED.replace("\n", "\r").encode(), "CR line ends"),
    "LibreOffice, a decimal comma": (as_table(",", "7,5").encode(), "'7,5' as 7.5 in line 2"),
    "thousands in German": (as_table(";", "1.243,5").encode(), "'1.243,5' as 1243.5 in line 2"),
    "thousands in Ukrainian": (as_table(";", "1\u00a0243,5").encode(), "as 1243.5 in line 2"),
    "millions": (as_table(",", "1,243,000").encode(), "as 1243000 in line 2"),
    "blank columns and rows": (
        f"{HEADER},,\n{ROW.format('7.5')},,\n{',' * 11}\n\n".encode(),
        "2 blank rows, 2 blank columns",
    ),
    "German days": (SAVED.replace("2024-08-31", "31.08.2024").encode(), "'31.08.2024' as 2024-08"),
    "American days": (SAVED.replace("2024-08-31", "8/31/2024").encode(), "'8/31/2024' as 2024-08"),
    "midnight": (SAVED.replace("-31", "-31 00:00:00").encode(), "'2024-08-31 00:00:00' as 2024"),
    "a German month": (SAVED.replace("2024-09-01", "09.2024").encode(), "'09.2024' as 2024-09 in"),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_a_spreadsheet_saves_reads_as_the_plain_table_and_is_said_once(root, form):
    data, says = FORMS[form]
    plain, nothing = read(root, SAVED.encode())
    figure, said = read(root, data)
    assert nothing == ""
    assert says in said
    assert said.startswith(f"{root / 'reported.csv'}: ")
    assert figure.pop("value_km2") in {7.5, 1243.5, 1243000}
    published = figure.pop("published")
    assert published in {"2024-09-01", "2024-09"}
    assert figure.items() <= plain.items()
    assert (root / "reported.csv").read_bytes() == data


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (as_table(",", "1,243"), "line 2, column value_km2: '1,243' is 1.243 or 1243; write it"),
        (as_table(";", "1.243"), "line 2, column value_km2: '1.243' is 1.243 or 1243; write it"),
        (as_table(";", "7,5 km²"), "line 2, column value_km2: '7,5 km²' is not a number"),
        (SAVED.replace("2024-09-01", "9/1/2024"), "column published: '9/1/2024' is 2024-01-09 or"),
        (SAVED.replace("2024-08-31", "31.08.24"), "column as_of: '31.08.24' is not a date"),
        (SAVED.replace("2024-08-31", "31.02.2024"), "column as_of: '31.02.2024' is not a date"),
        (SAVED.replace("2024-08-31", "45535"), "column as_of: '45535' is not a date"),
        (SAVED.replace("-31", "-31 20:15"), "column as_of: '2024-08-31 20:15' is not a date"),
        (f"{HEADER},\n{ROW.format('7.5')},x\n", "line 2: a cell in a column without a name"),
        (SAVED.replace("isw,", "isw,,"), "line 2: 11 cells where the header has 10"),
        (SAVED.replace("as_of,", "As_of,as_of,"), "line 2: 10 cells where the header has 11"),
        (SAVED.replace("as_of,", "as_of,,"), "line 1: column '' must have a name of its own"),
    ],
)
def test_what_may_mean_two_things_is_refused_with_both(root, table, says):
    with pytest.raises(InputError) as refused:
        read(root, table.encode())
    assert str(refused.value).startswith(f"{root / 'reported.csv'}, line ")
    assert says in str(refused.value)


def test_a_point_between_three_digits_stays_a_decimal_point_in_the_documented_form(root):
    assert read(root, as_table(",", "1.243").encode())[0]["value_km2"] == 1.243


@given(st.floats(-180, 180).map(lambda number: f"{number:.6f}"))
def test_a_longitude_with_a_decimal_comma_has_one_meaning(number):
    as_written = number.replace(".", ",")
    assert plain_number(as_written, low=-180, high=180, has_commas=False) == number


@given(
    st.dates(min_value=dt.date(1001, 1, 1)),
    st.sampled_from(["%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%dT00:00:00", "%Y-%m-%d 0:00"]),
)
def test_a_day_of_one_meaning_is_that_day(day, form):
    assert plain_day(day.strftime(form)) == day.isoformat()
    assert plain_day_or_month(day.strftime(form)) == day.isoformat()


def test_the_command_line_says_what_is_mended_once_and_check_finds_it(root):
    (root / "reported.csv").write_bytes(as_table(";", "7,5").encode("utf-8-sig"))
    said = run("reported", "--party", "UA", "--archive", str(root))
    assert said.stderr.count("mended:") == 1
    assert (
        f"mended: {root / 'reported.csv'}: a byte-order mark, CRLF line ends, semi" in said.stderr
    )
    with pytest.warns(MendedWarning):
        (found,) = frontmap.check_archive(frontmap.open(root))
    assert (found.rule, found.severity) == ("mended", "warning")
    assert "'7,5' as 7.5 in line 2" in found.located

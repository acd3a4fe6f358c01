"""Text is only text: in tables, on a terminal and in error messages, whatever it holds."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from frontmap.facts.tables import TABLES
from frontmap.imports.repairs import Repair, parse_repairs, repairs_text
from frontmap.spreadsheets import as_text_cell, from_text_cell
from fronts import new_archive, zone
from test_cli_records import Desk

HOSTILE = [
    "{{ 7*7 }}", "{% for x in y %}", "{# x #}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__}",
    "<script>alert(1)</script>", "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>", "javascript:alert(1)", "&lt;b&gt;&amp;", "<!--", "-->", "]]>",
    '" onmouseover="alert(1)', "' or '1'='1", "`id`", "$(id)", "; rm -rf /", "| cat /etc/passwd",
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1", "\r=1",
    "\uff1d1+1", "\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\x9b31m", "\x07", "\x08\x08", "a\rb",
    "a\nb", "\u202egnp.exe", "\u2066x\u2069", "\u200f", "\u2028", "\u2029", "\u0085", "\ufeff",
    "\u200b", "\x7f", "%s%n", "%00", "../../etc/passwd", "a,b;c\td", '"quoted"', "'", "\\",
    "NULL", "NaN", "1e999", "true", "Суджа", "Їжак", "🇺🇦", "e\u0301", "x" * 200,
]  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """An archive in which every text field of every revision holds hostile text."""
    made = Desk(tmp_path_factory.mktemp("desk"))
    opened = new_archive(made.root)
    for number, text in enumerate(HOSTILE):
        hostile = zone(box(35, 51, 35.2, 51.2), f"z{number}", note=text, extra={f"x{text}": text})
        opened.add(f"2025-{number // 28 + 1:02}-{number % 28 + 1:02}", [hostile], reason=f"x{text}",
                   author=f"y{text}")  # fmt: skip
    return made


def dates():
    return [f"2025-{n // 28 + 1:02}-{n % 28 + 1:02}" for n in range(len(HOSTILE))]


def test_what_is_recorded_is_given_back_letter_for_letter(desk):
    rows = json.loads(desk.archive("log", "--format", "json"))
    assert [row["reason"] for row in rows] == [f"x{text}" for text in HOSTILE]
    assert "all whole" in desk.archive("verify")


def test_a_terminal_gets_no_control_or_direction_character(desk):
    said = desk.archive("log") + "".join(desk.archive("show", date) for date in dates()[28:40])
    unseen = {unicodedata.category(letter) for letter in said.replace("\n", "")}
    assert unseen.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert len(desk.archive("log").splitlines()) == len(HOSTILE) + 1


def test_a_table_gives_no_formula_to_a_spreadsheet(desk):
    starts = ("=", "+", "-", "@", "\t", "\r", "\uff1d")
    for number, date in enumerate(dates()):
        printed = desk.archive("show", date, "--format", "csv")
        (row,) = csv.DictReader(io.StringIO(printed, newline=""))
        note = row["note"]
        assert not note.startswith(starts)
        assert note.removeprefix("'") == HOSTILE[number].replace("\r", "\\r").removeprefix("'")


FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x", "\ufe661",
    " =1", "\u00a0=1", "\u3000=1", "\ufeff=1", "\u200b=1", "\u202e=1", "'=1", '"=1', "` =1", "«=1",
    "\u201c=1", "\tx", "\rx", "\nx", "\n=1", "'\r", "''=1", "--1", "-x", "\uff0d1.5", " -3",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_may_take_for_a_formula_gets_an_apostrophe(text):
    assert as_text_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-3.5", "+1e9", "Суджа", "a=1", "'tis", "2024-08-31", "'"])
def test_numbers_and_other_text_stay_as_they_are_in_a_cell(text):
    assert as_text_cell(text) == text


@given(st.text(st.sampled_from("=+-@\uff1d'\" \t\r\n\ufeffa1."), max_size=6))
def test_a_cell_gives_back_its_text(text):
    cell = as_text_cell(text)
    assert from_text_cell(cell) == text


@pytest.mark.parametrize("text", [text for text in FORMULAS if "\r" not in text])
def test_the_repairs_of_an_import_give_no_formula_to_a_spreadsheet(text):
    named = Repair(file=text, feature=None, zone=text, rule="x", detail=text)
    written = repairs_text([named])
    (row,) = list(csv.reader(io.StringIO(written.decode(), newline="")))[1:]
    assert [row[0], row[2], row[4]] == [f"'{text}"] * 3
    assert parse_repairs(written, Path("a.csv")) == (named,)


@pytest.mark.parametrize("text", [t for t in HOSTILE if "\x00" not in t])
def test_an_error_that_repeats_what_was_given_is_one_printable_line(desk, text):
    for words in (["show", f"2024{text}"], ["diff", "2025-01-01", f"f{text}"]):
        said = desk.archive(*words, code=2 if words[0] == "show" else 3)
        assert said.removesuffix("\n").isprintable()


def test_no_text_names_a_file(desk):
    names = {path.name for path in desk.root.rglob("*.*") if path.name[0] != "."}
    assert len(names) > len(HOSTILE)
    plain = r"archive\.json|TABLES\.md|2025-\d\d-\d\d\.geojson|\d{8}T\d{6}Z-[0-9a-f]{12}\.geojson"
    assert [n for n in names - TABLES.keys() if not re.fullmatch(plain, n)] == []

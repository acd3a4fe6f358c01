"""The written answer: the map's own numbers, text from data only ever as text, the same bytes."""

from __future__ import annotations

import csv
import html.parser
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from shapely import box

import frontmap
import verbs
from frontmap import report
from frontmap.errors import NotFoundError
from frontmap.measure.area import areas
from frontmap.model import Zone
from frontmap.report import picture
from frontmap.verdicts import figure_verdicts
from fronts import new_archive

KURSK = Path(__file__).parents[1] / "geodata" / "kursk"
HOSTILE = "{{ 7*7 }} {% raw %} <script>alert(1)</script> <img src=x onerror=alert(2)> | *b* [l](x)"
FIGURES = [
    ("2024-08-31", "month", "2025-01", "1243", "about", "controlled", "not named", "x-1", "a note"),
    ("2024-08-31", "day", "", "300", "exact", "controlled", "A", "x-1", ""),
    ("2024-08-31", "day", "", "900", "about", "controlled", "B", "x-1", ""),
    ("2024-09-11", "day", "", "150", "about", "retaken", "Mash", "x-1", ""),
]


def zone(name, status, ground, **changes):
    words = {"confidence": "medium", "accuracy_m": 500.0, "sources": ("x-1",), **changes}
    return Zone(id=name, party="UA", status=status, geometry=ground, **words)


def write_figures(root, rows):
    head = "as_of as_of_precision published value_km2 qualifier measure claimant source note"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head.split(), *rows])
    (root / "reported.csv").write_text(text.getvalue(), "utf-8")


@pytest.fixture
def front(tmp_path):
    opened = new_archive(tmp_path / "front")
    (opened.root / "sources.csv").write_text(
        "id,publisher,url,published,read\nx-1,X News,https://example.org/a?b=1|2&c=`2,,\n", "utf-8"
    )
    write_figures(opened.root, FIGURES)
    held = zone("a", "controlled", box(35, 51, 35.2, 51.2))
    fought = zone("b", "contested", box(35.2, 51, 35.3, 51.2), confidence="low")
    opened.add("2024-08-20", [held], reason="first map")
    opened.add("2024-08-31", [held, fought], reason="more was taken")
    return opened


def test_figures_of_another_party_that_is_mapped_are_in_its_own_report(front):
    theirs = replace(zone("r", "controlled", box(36, 51, 36.1, 51.1)), party="RU")
    front.add("2024-09-01", [theirs], reason="both sides")
    head = "as_of as_of_precision published value_km2 qualifier measure party claimant source note"
    rows = [
        ("2024-08-31", "day", "", "300", "exact", "controlled", "UA", "A", "x-1", ""),
        ("2024-08-31", "day", "", "900", "about", "controlled", "RU", "B", "x-1", ""),
        ("2024-08-31", "day", "", "700", "about", "combat_zone", "", "C", "x-1", ""),
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head.split(), *rows])
    (front.root / "reported.csv").write_text(text.getvalue(), "utf-8")
    of_each = {party: report.compose_report(front, party=party).verdicts for party in ("UA", "RU")}
    assert list(of_each["UA"]["claimant"]) == ["A", "C"]
    assert list(of_each["RU"]["claimant"]) == ["B", "C"]
    counted = [
        [[cell.text for cell in row] for row in table.rows]
        for table in report.compose_report(front, party="UA").disagreements
    ]
    # 300 of UA and 900 of RU exclude nothing; both countings have one figure.
    assert [[row[0] for row in rows] for rows in counted] == [["controlled", "combat zone"]]


def of_three(front):
    """The front with a third party, and ground of the second."""
    front.add_party("BY", name_en="Belarus")
    theirs = replace(zone("r", "controlled", box(36, 51, 36.1, 51.1)), party="RU")
    front.add("2024-09-01", [theirs], reason="both sides")
    return front


def test_a_report_names_the_party_where_there_are_several(front):
    written = report.compose_report(of_three(front), party="RU")
    assert written.question == "How much ground is held by Russia?"
    assert "km² were controlled by Russia (error" in written.answer[0]
    assert "party" in written.figures.heads
    asked = report.compose_report(front, value_km2=300, party="UA")
    assert asked.answer[0].startswith("300 km² (controlled, Ukraine) on 31 August 2024 is ")


def test_no_contested_ground_is_told_of_where_there_is_none(front):
    written = report.compose_report(of_three(front), party="RU")
    assert "contested" not in written.answer[0]
    row = ("2024-09-01", "day", "", "5", "exact", "controlled", "A", "x-1", "")
    write_figures(front.root, [row])
    first = report.compose_report(front, value_km2=5, party="RU").answer[0]
    assert "On 1 September 2024 the map shows" in first
    assert "with contested ground" not in first


def test_the_method_tells_only_what_is_so_of_this_archive(tmp_path, front):
    told = " ".join(report.compose_report(front).method)
    assert "enemy" not in told
    assert "border" not in told
    assert "Contested ground is where no party's control is established." in told
    assert "Claimed ground" not in told
    kursk = " ".join(report.compose_report(frontmap.open(KURSK)).method)
    assert "the state border fixed" in kursk
    bare = new_archive(tmp_path / "bare")
    bare.add("2024-08-20", [zone("a", "controlled", box(35, 51, 35.2, 51.2))], reason="first")
    empty = report.compose_report(bare)
    assert "Contested ground" not in " ".join(empty.method)
    assert "Where sources disagree" not in report.html(empty).decode()
    assert empty.counts == "no reported figure"


def test_why_figures_cannot_be_checked_is_told_of_those_that_are(front):
    (why,) = [each for each in report.compose_report(front).limits if "be checked" in each]
    assert why == "1 of 4 reported figures cannot be checked: they count something else."


def test_a_report_beside_other_makers_has_their_range(front, tmp_path):
    other = new_archive(tmp_path / "other", maker="them")
    other.add("2024-08-31", [zone("a", "controlled", box(35, 51, 36, 52))], reason="theirs")
    written = report.compose_report(front, value_km2=900, beside=[other])
    table = figure_verdicts(front, beside=[other])
    assert written.verdicts.equals(table)
    assert written.answer[-1].startswith("Against other makers' maps: within the makers' range, ")
    makers = [row[written.figures.heads.index("makers")].text for row in written.figures.rows]
    assert [text.split()[0] for text in makers] == ["within", "below", "within", "no"]
    assert "makers" not in report.compose_report(front).figures.heads
    (tmp_path / "to").mkdir()
    answer = verbs.run(
        "report",
        "--with",
        str(other.root),
        "--output",
        str(tmp_path / "to" / "r.html"),
        "--archive",
        str(front.root),
    )
    assert answer.returncode == 0, answer.stderr
    assert "of 2 makers: us, them" in (tmp_path / "to" / "r.md").read_text("utf-8")


class Reader(html.parser.HTMLParser):
    """Gathers tags, attributes and text as a browser would see them."""

    def __init__(self, data):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(data.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("1243", "About 1,243 km² (controlled) in August 2024 is above the map, even if"),
        ("312", "312 km² (controlled) on 31 August 2024 agrees with the ground that the map shows"),
        ("400", "400 km² (controlled) on 31 August 2024 agrees with the map only if contested"),
        ("200", "200 km² (controlled) on 31 August 2024 is below the ground that the map shows"),
        (
            "7",
            "7 km² (controlled) on 31 August 2024 cannot be checked against the map. No snapshot",
        ),
    ],
)
def test_the_first_paragraph_answers_the_question(front, value, says):
    precision, qualifier = ("month", "about") if value == "1243" else ("day", "exact")
    day = "2024-08-31"
    if value == "7":
        front.withdraw("2024-08-31", reason="nothing is known")
    row = (day, precision, "", value, qualifier, "controlled", "A", "x-1", "")
    write_figures(front.root, [row])
    written = report.compose_report(front, value_km2=float(value))
    assert written.question == f"{float(value):,.0f} km²?"
    assert written.answer[0].startswith(says)


def test_a_month_is_answered_for_its_last_day_and_for_all_of_it(front):
    first = report.compose_report(front, value_km2=1243).answer[0]
    last = areas(front).iloc[-1]
    assert f"On 31 August 2024 the map shows {last.controlled_km2:,.0f} km² controlled" in first
    assert "Over all of August 2024 the most it shows" in first
    assert "(2 snapshots)" in first


def test_without_a_question_the_latest_date_answers(front):
    written = report.compose_report(front)
    assert written.question == "How much ground is held?"
    assert written.answer[0].startswith("On 31 August 2024, the last date of the map, 312 km² were")


def test_a_figure_that_nobody_reported_is_not_found(front):
    with pytest.raises(NotFoundError, match=r"no reported figure of 5 km²"):
        report.compose_report(front, value_km2=5)


def test_an_archive_without_snapshots_has_no_report(front):
    for day in ("2024-08-20", "2024-08-31"):
        front.withdraw(day, reason="nothing is known")
    with pytest.raises(NotFoundError, match="no snapshot to report on"):
        report.compose_report(front)


def test_the_numbers_are_those_of_the_map(front):
    written = report.compose_report(front, value_km2=1243)
    shown = [tuple(cell.text for cell in row) for row in written.area.rows]
    table: Any = areas(front)
    assert shown == [
        (
            str(row.date.date()),
            f"{row.controlled_km2:,.0f}",
            f"{row.controlled_km2 + row.contested_km2:,.0f}",
            f"{row.error_km2:,.0f}",
            f"{row.bound_km2:,.0f}",
        )
        for row in table.itertuples()
    ]
    assert list(written.verdicts["verdict"]) == list(figure_verdicts(front)["verdict"])
    assert len(written.figures.rows) == len(FIGURES)


def test_figures_of_one_day_that_exclude_each_other_are_shown(front):
    row = ("2024-09-01", "day", "", "310", "exact", "controlled", "C", "x-1", "plus 90 undefined")
    other = ("2024-09-03", "day", "", "700", "exact", "controlled", "D", "x-1", "")
    write_figures(front.root, [*FIGURES, row, other])
    table = report.compose_report(front).disagreements[0]
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["2024-08-31 to 2024-09-01", "300 (A)", "about 900 (B)", "3.0"]
    ]


def test_what_the_record_cannot_tell_comes_from_its_numbers(front):
    limits = " ".join(report.compose_report(front).limits)
    assert "Gaps longer than 7 days: 1; the longest is 11 days" in limits
    assert "Of low confidence: 1 of 3 zones" in limits
    assert "1 of 4 reported figures cannot be checked" in limits


def test_an_undated_figure_is_answered_without_its_placeholder_day(front):
    row = ("2024-08-20", "undated", "", "1376", "about", "peak", "C", "x-1", "")
    write_figures(front.root, [*FIGURES, row])
    written = report.compose_report(front, value_km2=1376)
    assert "on no stated day" in written.answer[0]
    assert written.answer[2] == "It names no day, so no other figure can be set beside it."
    assert written.figures.rows[-1][0].text == "undated"
    held = (*row[:5], "controlled", *row[6:])
    write_figures(front.root, [held])
    asked = report.compose_report(front, value_km2=1376)
    assert asked.answer[0].endswith("cannot be checked against the map. It names no date.")


def test_a_limit_says_so_beside_the_figures_near_it(front):
    limit = ("2024-08-31", "day", "", "1300", "up_to", "controlled", "C", "x-1", "")
    write_figures(front.root, [*FIGURES, limit])
    written = report.compose_report(front, value_km2=1243)
    words = 'the figure is an upper limit ("up to") that the map does not contradict: controlled'
    assert words in written.answer[2]
    assert written.figures.heads[-2:] == ("why", "note")
    assert written.figures.rows[-1][-2].text.startswith(words)
    assert [row[-2].text for row in written.figures.rows[:3]] == ["", "", ""]


def test_why_and_note_stand_below_the_row_they_belong_to(front):
    page = report.html(report.compose_report(front)).decode()
    assert '<tr class="more"><td colspan="9"><span><b>note:</b> a note</span>' in page
    assert page.count('class="more"') == 2


@pytest.fixture
def hostile(front):
    rows = [(*row[:6], HOSTILE, "x-1", HOSTILE) for row in FIGURES]
    write_figures(front.root, rows)
    path = front.root / "sources.csv"
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    path.write_text(path.read_text("utf-8").replace("X News", quoted), "utf-8")
    return report.compose_report(front, value_km2=1243)


def test_hostile_text_is_only_text_in_html(hostile):
    seen = Reader(report.html(hostile))
    assert not {"script", "img", "iframe", "object", "link"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert seen.text.count(HOSTILE) >= 3 * len(FIGURES)
    assert "49 {% raw" not in seen.text


def test_hostile_text_is_only_text_in_markdown(hostile):
    page = report.markdown(hostile, "front-report.svg").decode()
    rendered = MarkdownIt("commonmark").enable("table").render(page)
    seen = Reader(rendered.encode())
    assert seen.tags.count("img") == 1
    assert "script" not in seen.tags
    assert {value for name, value in seen.attributes if name == "href"} == {
        "https://example.org/a?b=1%7C2&c=%602"
    }
    assert seen.text.count(HOSTILE) >= 3 * len(FIGURES)
    assert seen.tags.count("tr") == 2 + 1 + len(FIGURES) + 1 + 1 + 1 + 1 + 2


def test_nothing_is_asked_of_a_network(front):
    seen = Reader(report.html(report.compose_report(front, value_km2=1243)))
    assert {value for name, value in seen.attributes if name == "src"} == set()
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in seen.attributes


@pytest.mark.parametrize("make", [report.html, report.svg, lambda r: report.markdown(r, "p.svg")])
def test_the_same_archive_gives_the_same_bytes(front, make):
    first, second = (make(report.compose_report(front, value_km2=1243)) for _ in range(2))
    assert first == second


def test_a_png_is_the_same_bytes_too(front):
    written = report.compose_report(front)
    first, second = (
        picture.draw_picture(picture.area_series(written.series, written.verdicts), "png")
        for _ in range(2)
    )
    assert first == second
    assert first.startswith(b"\x89PNG")


def test_the_picture_holds_no_text_from_data(hostile):
    drawn = report.svg(hostile).decode()
    assert "alert" not in drawn
    assert "controlled" in drawn
    assert "</svg>" in drawn


def run(*words, cwd):
    return verbs.run("report", *words, cwd=cwd)


def test_the_command_writes_three_files_and_prints_the_answer(front, tmp_path):
    words = ["--archive", str(front.root), "--value", "1243"]
    answer = run(*words, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("1,243 km²?\nAbout 1,243 km²")
    assert max(map(len, answer.stdout.splitlines())) <= 100
    files = {path.name: path.read_bytes() for path in (tmp_path / "build").iterdir()}
    assert set(files) == {"front-report.html", "front-report.md", "front-report.svg"}
    run(*words, cwd=tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "build").iterdir()} == files
    assert str(tmp_path).encode() not in b"".join(files.values())

"""Other makers' lines in a page: what is packed of them, what is refused."""

from __future__ import annotations

import pytest
import shapely
from shapely import box

from frontmap.page import save_page
from frontmap.page.container import opened
from frontmap.page.payload.gather import gather_payload
from frontmap.page.payload.pack import unpacked
from fronts import SMALL, Clock, new_archive, sealed_in, zone
from verbs import run

#: Ground that reaches out of what both map, which ends at 38 degrees.
REACHING = box(37, 51, 39, 52)


def front(folder, dates=("2024-08-10", "2024-08-20"), ground=SMALL, **about):
    made = new_archive(folder, Clock(), **about)
    for date in dates:
        made.add(date, [zone(ground)], reason="for this test")
    return made


@pytest.fixture
def ours(tmp_path):
    return front(tmp_path / "ours")


def lines_of(payload, party="UA"):
    (other,) = payload["beside"]
    rings = unpacked(payload["geo"], payload["vertices"]).rings
    return [
        shapely.MultiLineString([rings[number] for number in numbers])
        for numbers in other["lines"][party]
    ]


def test_the_line_is_the_outline_of_controlled_and_contested_ground_together(tmp_path, ours):
    theirs = new_archive(tmp_path / "theirs", Clock(), maker="them")
    zones = [
        zone(box(35, 51, 35.2, 51.2), "a"),
        zone(box(35.2, 51, 35.3, 51.2), "b", status="contested"),
        zone(box(36, 51, 36.2, 51.2), "c", status="claimed"),
    ]
    theirs.add("2024-08-01", zones, reason="for this test")
    payload = gather_payload(ours, beside=[theirs])
    (line,) = lines_of(payload)
    assert line.equals(box(35, 51, 35.3, 51.2).exterior)
    assert payload["beside"][0] | {"lines": None} == {
        "maker": "them",
        "of_date": [0, 0],
        "dates": ["2024-08-01"],
        "lines": None,
    }


def test_it_ends_where_one_of_the_makers_maps_no_more_and_has_no_edge_there(tmp_path, ours):
    theirs = front(tmp_path / "theirs", ground=REACHING, bbox=(36, 50, 40, 53))
    first, _ = lines_of(gather_payload(ours, beside=[theirs]))
    assert first.equals(shapely.LineString([(38, 51), (37, 51), (37, 52), (38, 52)]))


def test_a_page_names_each_maker_and_may_be_passed_on_if_each_allows_it(tmp_path, ours):
    one, other = (
        front(tmp_path / name, license=terms, attribution=f"by {name}")
        for name, terms in (("one", "CC0-1.0"), ("other", "all rights reserved"))
    )
    payload = gather_payload(ours, beside=[one, other])
    assert [each["maker"] for each in payload["beside"]] == ["us (2)", "us (3)"]
    assert payload["credits"][-2:] == [
        "us (2): by one, CC0-1.0",
        "us (3): by other, all rights reserved",
    ]
    assert payload["withheld"]
    assert not gather_payload(ours, beside=[one])["withheld"]


def test_a_page_without_another_maker_has_nothing_of_it_and_one_with_it_is_the_same_again(
    tmp_path, ours
):
    theirs = front(tmp_path / "theirs", maker="them")
    before = {path: path.read_bytes() for path in theirs.root.rglob("*") if path.is_file()}
    pages = {"alone": [], "beside": [theirs], "again": [theirs]}
    for name, others in pages.items():
        save_page(ours, tmp_path / f"{name}.html", beside=others)
    alone, beside, again = (tmp_path / f"{name}.html" for name in pages)
    assert beside.read_bytes() == again.read_bytes()
    payload = opened(sealed_in(alone))
    assert "beside" not in payload
    assert b"of_date" not in payload["script"]
    assert "legend_beside" not in payload["words"]["name"]
    assert {path: path.read_bytes() for path in theirs.root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("other", "code", "said"),
    [
        (None, 3, "no archive"),
        ({"ground": box(5, 51, 6, 52), "bbox": (4, 50, 7, 53)}, 2, "map no ground in common"),
        ({"dates": ["2025-01-01"]}, 2, "no snapshot on a date of the page or before"),
    ],
)
def test_what_cannot_be_laid_over_the_map_is_refused_and_nothing_written(
    tmp_path, ours, other, code, said
):
    folder = tmp_path / "theirs"
    folder.mkdir()
    if other is not None:
        front(folder, **other)
    page = tmp_path / "page.html"
    words = ("map", "--archive", f"{ours.root}", "--output", f"{page}", "--with", f"{folder}")
    done = run(*words)
    assert (done.returncode, str(folder) in done.stderr) == (code, True), done.stderr
    assert said in done.stderr
    assert not page.exists()

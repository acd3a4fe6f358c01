"""The packed form: nothing is lost on the way, whatever was drawn or written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

import frontmap
from frontmap.measure.area import areas
from frontmap.page import FrontLayer
from frontmap.page.container import opened, sealed
from frontmap.page.escape import as_json, as_markup
from frontmap.page.payload.gather import gather_payload
from frontmap.page.payload.pack import (
    PER_DEGREE,
    Packer,
    iter_varints,
    unpacked,
    unzigzag,
    varints,
    zigzag,
)
from fronts import grounds, new_archive, sealed_in, zone

KURSK = Path(__file__).parents[1] / "geodata" / "kursk"
BYTES_OF_A_VERTEX = 8
HEAD = {"form": 1, "title": "t", "digest": "d", "recorded": "r", "known": ""}
texts = st.text(st.characters(exclude_categories=["Cs"]))


def drawn(shape):
    """Return its points as the archive writes them: to six decimals of a degree."""
    return np.rint(shapely.get_coordinates(shape) * PER_DEGREE).astype(int).tolist()


@given(st.lists(grounds(), min_size=1, max_size=6))
def test_every_shape_comes_back_with_its_points_in_order(shapes):
    packer = Packer()
    numbers = [packer.add(shape) for shape in shapes]
    found = unpacked(packer.encoded(), packer.vertices()).shapes
    for shape, number in zip(shapes, numbers, strict=True):
        assert drawn(found[number]) == drawn(shape)
        assert len(found[number].geoms) == len(shapely.get_parts(shape))


def test_every_zone_of_every_date_of_the_shipped_archive_comes_back():
    packer = Packer()
    zones = [
        (packer.add(zone.geometry), zone.geometry)
        for snapshot in frontmap.open(KURSK).snapshots()
        for zone in snapshot.zones
    ]
    found = unpacked(packer.encoded(), packer.vertices()).shapes
    assert len(zones) > 20
    assert all(drawn(found[number]) == drawn(shape) for number, shape in zones)


def test_ground_that_stays_is_written_once():
    near, far = box(35, 51, 36, 52), box(36, 51, 37, 52)
    once, twice = Packer(), Packer()
    once.add(near)
    for _ in range(2):
        twice.add(near)
    assert once.encoded() == twice.encoded()
    twice.add(far)
    assert len(twice.vertices()) == 6 * BYTES_OF_A_VERTEX


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_numbers_come_back(numbers):
    data = varints(zigzag(number) for number in numbers)
    assert [unzigzag(number) for number in iter_varints(data)] == numbers


@given(texts, st.binary())
def test_a_payload_comes_back(text, data):
    payload = {**HEAD, "note": text, "geo": data}
    assert opened(sealed(payload)) == payload


@given(texts)
def test_no_sign_of_markup_template_or_script_is_left_in_json(text):
    written = as_json([text])
    assert not set("{}<>&\u2028\u2029") & set(written)
    assert json.loads(written) == [text]


@given(texts)
def test_no_sign_of_markup_or_template_is_left_in_markup(text):
    assert not set("{}<>\"'") & set(as_markup(text))


def test_the_view_is_on_the_front_not_on_far_claims_or_specks(tmp_path):
    front = new_archive(tmp_path / "front", bbox=(-180, -90, 180, 90))
    for date, east in (("2024-08-12", 35.5), ("2024-08-31", 35.6)):
        zones = [
            zone(box(35, 51, east, 51.5), "held"),
            zone(box(east, 51, east + 0.1, 51.1), "beside", status="contested"),
            zone(box(150, 45, east + 116, 46), "far", status="claimed"),
            zone(box(20, 10, east - 15.49, 10.01), "speck", status="contested"),
        ]
        front.add(date, zones, reason="for this test")
    assert gather_payload(front)["view"] == [35, 51, 35.7, 51.5]


def test_the_page_carries_the_measured_areas(kursk_payload):
    measured = areas(frontmap.open(KURSK))
    rows = measured[measured["party"] == "UA"]
    packed = pd.DataFrame(kursk_payload["areas"]["UA"])
    pd.testing.assert_frame_equal(
        packed, rows[packed.columns].reset_index(drop=True), rtol=0, atol=1e-6
    )


def test_the_page_carries_every_reported_figure_with_its_verdict(kursk_payload):
    judged = frontmap.verdicts.figure_verdicts(frontmap.open(KURSK))
    assert kursk_payload["reported"]["value_km2"] == judged["value_km2"].tolist()
    assert set(kursk_payload["reported"]["verdict"]) <= {
        "agrees",
        "contested",
        "above",
        "below",
        "unchecked",
    }
    assert kursk_payload["reported"]["reason"] == judged["reason"].tolist()
    assert (
        kursk_payload["reported"]["basis"]
        == judged["basis"].astype(object).where(judged["basis"].notna(), None).tolist()
    )


def test_a_notebook_cell_shows_the_page_in_a_frame(kursk_payload):
    cell = FrontLayer(kursk_payload)._repr_html_()
    assert cell.startswith("<iframe srcdoc=")
    assert "<script" not in cell


def test_a_notebook_cell_says_how_to_save_what_is_too_large_for_it(kursk_payload):
    noise = np.random.default_rng(1).bytes(1_000_000)
    large = FrontLayer(kursk_payload | {"geo": noise})
    assert "frontmap.page.save_page" in large._repr_html_()


def test_the_page_stays_small_beside_what_leaflet_takes_in_it(kursk_page, kursk_payload):
    text = kursk_page.read_text("utf-8")
    leaflet = len(sealed_in(kursk_page)) - len(sealed(kursk_payload))
    assert leaflet > 40_000
    assert len(text.encode()) - leaflet <= 200_000

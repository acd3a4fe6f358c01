"""An address may hold anything: the page starts, and what is no value of it is left alone."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

KEYS = ["date", "vs", "lang", "party", "zone", "place", "figure", "at", "constructor", "__proto__"]
WORDS = ["constructor", "__proto__", "%E0%A4%A", "x" * 5000, "9999-12-31", "2024-08-31T99:99", ""]
MORE_WORDS = ["toString", "NaN", "-1", "%00", "null", "[]", "<script>", "\u202e", "0000-00-00"]
VIEWS = ["51,35,1e9", "NaN,NaN,NaN", "1e308,1e308,5", "91,35,8", "51,35,99", ",,"]
MORE_VIEWS = ["51,35,NaN", "51,999,8", "51,35,-3", "51,35", "51", "Infinity,0,3", "0x10,0x10,3"]
SHOWN = "document.querySelector('.fm-when').innerText"
CENTRE = "Object.values(document.querySelector('.folium-map').frontmap.map.getCenter())"
DATE = "lang=en&date=2024-08-31"


def follow(opened, address: str) -> None:
    opened.run("address => { location.hash = address; }", address)


@pytest.mark.parametrize("word", WORDS)
def test_the_page_starts_whatever_stands_in_its_address(visit, word):
    opened = visit("#" + "&".join(f"{key}={word}" for key in KEYS))
    assert opened.errors == []
    assert opened.run(SHOWN)


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_starts_in_its_own_view_where_the_address_names_none_that_there_is(visit, view):
    opened = visit(f"#{DATE}&at={view}")
    assert opened.errors == []
    assert opened.run(SHOWN) == "31 August 2024"
    assert opened.run(CENTRE) == pytest.approx([51.2, 35.2], abs=1.5)


@pytest.mark.parametrize("view", [*VIEWS, *MORE_VIEWS])
def test_a_view_that_there_is_not_is_not_followed(look, view):
    opened = look(f"#{DATE}")
    before = opened.run(CENTRE)
    follow(opened, f"{DATE}&at={view}")
    opened.settle()
    assert opened.errors == []
    assert opened.run(CENTRE) == before


def test_an_address_that_changes_to_nonsense_leaves_the_date_as_it_is(look):
    opened = look(f"#{DATE}")
    for word in (*WORDS, *MORE_WORDS):
        for key in KEYS:
            follow(opened, f"{key}={word}" + ("" if key == "lang" else "&lang=en"))
    opened.settle()
    assert opened.errors == []
    assert opened.run(SHOWN)


@pytest.mark.parametrize("view", ["51.5,35.5,8", "-84,-180,3", "51.0000001,35,8.5"])
def test_a_view_that_there_is_is_followed(look, view):
    opened = look(f"#{DATE}")
    follow(opened, f"{DATE}&at={view}")
    opened.settle()
    lat, lng, _ = map(float, view.split(","))
    assert opened.run(CENTRE) == pytest.approx([lat, lng], abs=0.01)

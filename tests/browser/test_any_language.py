"""A page in a language that its user brings: from right to left, and English where words lack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import frontmap
from conftest import KURSK
from frontmap import page
from frontmap.page.languages import read_language
from frontmap.page.words_faults import _FORMS_OF, plural_forms, usable
from fronts import SMALL, Clock, new_archive, zone

from .test_everyone import COVERED, WIDTHS, assert_axe_finds_nothing

pytestmark = pytest.mark.browser

ARABIC = Path("tests/data/words/ar.json").resolve()
ADDRESS = "#lang=ar&date=2024-08-12&vs=2024-08-08"


@pytest.fixture(scope="module")
def arabic_page(tmp_path_factory):
    path = tmp_path_factory.mktemp("arabic") / "kursk.html"
    page.save_page(frontmap.open(KURSK), path, words=[ARABIC])
    return path


@pytest.fixture
def words():
    return usable(read_language(ARABIC))


def test_the_menu_lists_the_languages_of_the_page_and_the_address_asks_for_one(look, arabic_page):
    opened = look("#lang=en", arabic_page)
    assert opened.tab.locator(".fm-language").all_inner_texts() == ["EN", "AR"]
    opened.run("window.location.hash = 'lang=ar'")
    opened.settle()
    root = opened.tab.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == ("ar", "rtl")
    opened.click("[data-language=en]")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == ("en", "ltr")


def test_words_are_in_that_language_and_in_english_where_it_lacks_them(look, arabic_page, words):
    opened = look(ADDRESS, arabic_page)
    assert opened.text("[data-section=day] h2") == words["section_day"]
    assert (
        opened.tab.locator(".leaflet-control-zoom-in").get_attribute("title") == (words["zoom_in"])
    )
    opened.open_section("figures")
    assert "What others said" in opened.text("[data-section=figures]")
    assert "4 أيام" in opened.text(".fm-versus")


def test_english_among_it_says_so_and_runs_its_own_way(look, arabic_page):
    opened = look(ADDRESS, arabic_page)
    opened.open_all()
    marked = opened.run(
        """[...document.querySelectorAll('.fm-page span[lang=en][dir=ltr]')]
             .map((one) => one.textContent)"""
    )
    assert any(text.startswith("What others said") for text in marked)
    assert not any("خريطة" in text for text in marked)


def test_dates_and_numbers_are_as_the_browser_writes_them_in_that_language(look, arabic_page):
    opened = look(ADDRESS, arabic_page)
    day = opened.run(
        """new Intl.DateTimeFormat('ar', { day: 'numeric', month: 'long', year: 'numeric',
             timeZone: 'UTC' }).format(Date.parse('2024-08-12'))"""
    )
    assert opened.text(".fm-date") == day
    number = opened.run("new Intl.NumberFormat('ar').format(1000)")
    assert number in opened.tab.locator(".fm-tick").all_text_contents()


def test_lines_run_from_right_to_left_and_time_from_left_to_right(look, arabic_page):
    opened = look(ADDRESS, arabic_page)
    left = "(which) => document.querySelector(which).getBoundingClientRect().left"
    assert opened.run(left, ".fm-panel") < opened.run(left, ".fm-stage")
    assert opened.run(left, ".fm-languages") < opened.run(left, ".fm-title")
    before = opened.run(left, ".fm-here")
    opened.tab.locator(".fm-slider").focus()
    opened.tab.keyboard.press("ArrowRight")
    assert opened.state("index") == 7
    assert opened.run(left, ".fm-here") > before


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_nothing_is_covered_or_cut_off(look, arabic_page, width):
    opened = look(ADDRESS, arabic_page, width=width)
    assert opened.run("document.documentElement.scrollWidth") <= width
    assert opened.run(COVERED) == []


def test_axe_finds_nothing(look, arabic_page):
    opened = look(ADDRESS, arabic_page)
    opened.open_all()
    assert_axe_finds_nothing(opened)


@pytest.fixture
def named(tmp_path):
    """An archive with names in Arabic, that brings words of its own."""
    made = new_archive(tmp_path / "front", Clock())
    made.add("2024-08-31", [zone(SMALL)], reason="for this test")
    about = json.loads((made.root / "archive.json").read_text("utf-8"))
    about["title_ar"] = "الجبهة"
    about["parties"][0]["names"]["ar"] = "أوكرانيا"
    (made.root / "archive.json").write_text(json.dumps(about), "utf-8")
    place = {
        "type": "Feature",
        "properties": {"kind": "place", "name_en": "Azaz", "name_ar": "أعزاز"},
        "geometry": {"type": "Point", "coordinates": [35.1, 51.1]},
    }
    collection = {"type": "FeatureCollection", "features": [place]}
    (made.root / "reference.geojson").write_text(json.dumps(collection), "utf-8")
    (made.root / "words").mkdir()
    (made.root / "words" / "ar.json").write_text(ARABIC.read_text("utf-8"), "utf-8")
    return frontmap.open(made.root)


def test_names_and_titles_are_in_that_language(visit, named, tmp_path):
    path = tmp_path / "front.html"
    page.save_page(named, path)
    opened = visit("#lang=ar", path)
    assert opened.text("h1") == "الجبهة"
    assert "أوكرانيا" in opened.text(".fm-figure")
    opened.open_section("places")
    assert "أعزاز" in opened.text("[data-section=places]")
    opened.tab.locator(".fm-search").fill("azaz")
    assert opened.tab.locator("[data-section=places] .fm-row").count() == 1


def test_plural_forms_are_those_that_the_browser_asks_for(look, arabic_page):
    asked = look("", arabic_page).run(
        """(codes) => Object.fromEntries(codes
             .map((code) => [code, new Intl.PluralRules(code).resolvedOptions()])
             .filter(([code, { locale }]) => locale.split('-')[0] === code)
             .map(([code, { pluralCategories }]) => [code, pluralCategories]))""",
        [*_FORMS_OF],
    )
    assert len(asked) > 50
    only_of_millions = {"ca", "es", "fr", "it", "pt"}
    for code, forms in asked.items():
        lacks = {"many"} if code in only_of_millions else set()
        assert set(plural_forms(code)) == {*forms} - lacks, code

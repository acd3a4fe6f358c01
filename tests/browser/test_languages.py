"""Everything that the page itself says is in the reader's language; what others said is marked."""

from __future__ import annotations

import re
from calendar import month_name

import pytest

import frontmap
from conftest import KURSK
from frontmap import page
from frontmap.facts import read_reported
from frontmap.page import bundle
from frontmap.verdicts import figure_verdicts
from fronts import SMALL, Clock, new_archive, zone

pytestmark = pytest.mark.browser

FIGURES = """() => {
  const reader = document.querySelector('.folium-map').frontmap;
  return reader.model.reported.map((figure) => {
    reader.set({ figure });
    return document.querySelector('.fm-selection dd small').textContent;
  });
}"""
# Words in Latin letters that stand in the reader's own language; names are the same in each.
LATIN = """() => {
  const own = document.documentElement.lang;
  const nodes = document.createTreeWalker(document.querySelector('.fm-page'), NodeFilter.SHOW_TEXT);
  const found = new Set();
  while (nodes.nextNode()) {
    const parent = nodes.currentNode.parentElement;
    if (parent.closest('[lang]').lang !== own) continue;
    if (parent.closest('code, textarea, svg, [hidden]')) continue;
    (nodes.currentNode.textContent.match(/[A-Za-z]{3,}/g) || []).forEach((word) => found.add(word));
  }
  return [...found];
}"""
NAMES = {
    *("BSD", "CSV", "Clause", "Leaflet", "MIT", "ODbL", "PNG", "UTC", "WGS", "folium", "frontmap"),
    *("change", "openstreetmap", "org", "tile"),
    # Agencies, papers and map makers that are written so in each of the three.
    *("AFP", "BBC", "Bird", "Black", "DeepState", "Group", "ISW", "Mash", "Moscow", "NASA", "NYT"),
    *("New", "OSINT", "Reuters", "Times", "York"),
}
CHOSEN = [
    "{}",
    "{ zone: reader.model.zonesAt(reader.state.index).find((one) => one.note) }",
    "{ place: reader.model.places.find((one) => one.sort) }",
    "{ figure: reader.model.reported.find((one) => one.note) }",
]


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_no_english_is_left_but_what_others_said_and_that_is_marked(look, language):
    opened = look(f"#lang={language}&date=2024-08-12&vs=2024-08-08")
    opened.open_all()
    assert opened.tab.locator("[data-section=day] .fm-given[lang=en]").count() > 0
    for chosen in CHOSEN:
        opened.run(
            f"""() => {{ const reader = document.querySelector('.folium-map').frontmap;
                    reader.set({{ zone: null, place: null, figure: null, ...{chosen} }}); }}"""
        )
        assert set(opened.run(LATIN)) - NAMES == set(), chosen


CLAIMANTS = "[...document.querySelectorAll('[data-section=figures] small:last-child')]"


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Syrskyi"), ("uk", "Сирський"), ("ru", "Сырский")]
)
def test_claimants_have_names_in_the_readers_language(look, language, told):
    opened = look(f"#lang={language}")
    opened.open_section("figures")
    named = opened.run(f"{CLAIMANTS}.map((one) => one.textContent)")
    reported = read_reported(KURSK)
    assert named.count(told) == (reported["claimant"] == "Syrskyi").sum() > 0


@pytest.mark.parametrize("language", bundle.LANGUAGES)
def test_the_title_is_in_the_readers_language(look, language):
    about = frontmap.open(KURSK).about
    title = {"en": about.title, **about.titles}[language]
    opened = look("#lang=en")
    opened.click(f"[data-language={language}]")
    assert opened.text("h1") == title
    assert opened.tab.title() == title
    assert opened.tab.locator("h1").get_attribute("lang") == language


@pytest.mark.parametrize(
    ("language", "asked", "told"),
    [
        (
            "en",
            "Korenevo",
            {"Korenevsky raion, urban settlement", "Korenevsky raion, village (selo)"},
        ),
        ("uk", "Вікторівка", {"Кореневський район", "Суджанський район"}),
        (
            "ru",
            "Коренево",
            {"Кореневский район, посёлок городского типа", "Кореневский район, село"},
        ),
    ],
)
def test_namesakes_are_told_apart_in_the_readers_language(look, language, asked, told):
    opened = look(f"#lang={language}")
    opened.open_section("places")
    opened.tab.locator(".fm-search").fill(asked)
    found = opened.tab.locator("[data-section=places] .fm-grow small").all_inner_texts()
    assert set(found) == told


def in_words(why: str) -> str:
    """Write a reason of the measures as the English page does: dates and months in full."""
    day = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
    text = day.sub(lambda m: f"{int(m[3])} {month_name[int(m[2])]} {m[1]}", why)
    text = re.sub(r"(\d{4})-(\d\d)", lambda m: f"{month_name[int(m[2])]} {m[1]}", text)
    return f"{text[0].upper()}{text[1:]}."


def test_the_reason_of_each_verdict_is_that_of_the_measures(look):
    expected = [in_words(why) for why in figure_verdicts(frontmap.open(KURSK))["why"]]
    assert look("#lang=en").run(FIGURES) == expected
    assert len(set(expected)) > 20


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_the_reason_of_each_verdict_is_in_the_readers_language(look, language):
    told = look(f"#lang={language}").run(FIGURES)
    assert len(set(told)) > 20
    assert [text for text in told if re.search(r"[A-Za-z{}]", text)] == []


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["28 settlements", "99.5 %", "1 town"]),
        ("uk", ["28 населених пунктів", "99,5 %", "1 місто"]),
        ("ru", ["28 населённых пунктов", "99,5 %", "1 город"]),
    ],
)
def test_numbers_and_their_units_are_in_the_readers_form(look, language, shown):
    opened = look(f"#lang={language}")
    events = ""
    for date in ("2024-08-12", "2025-03-16", "2025-04-20"):
        opened.run(f"window.location.hash = 'lang={language}&date={date}'")
        opened.settle()
        events += opened.text("[data-section=day]")
    assert [text for text in shown if text not in events] == []


@pytest.mark.parametrize("language", bundle.LANGUAGES)
def test_without_script_each_language_says_what_this_is(look, language):
    opened = look(ready="", java_script_enabled=False)
    assert bundle.words()[language]["plain"] in opened.tab.locator("body").inner_text()


def test_another_makers_language_is_marked_where_the_page_has_none_of_their_titles(visit, tmp_path):
    made = new_archive(tmp_path / "front", Clock())
    made.add("2024-08-31", [zone(SMALL)], reason="erste Karte")
    about = made.root / "archive.json"
    german = about.read_text("utf-8").replace('"language": "en"', '"language": "de"')
    about.write_text(german, "utf-8")
    path = tmp_path / "german.html"
    page.save_page(frontmap.open(made.root), path)
    opened = visit("#lang=uk", path=path)
    assert opened.tab.locator("h1").get_attribute("lang") == "de"
    assert opened.tab.locator(".fm-given").first.get_attribute("lang") == "de"

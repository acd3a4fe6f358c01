"""A zone or settlement that is chosen, by a click or by keyboard, tells what the archive holds."""

from __future__ import annotations

import math

import pytest

import frontmap
from conftest import KURSK
from frontmap.facts import read_settlement_events, read_sources
from frontmap.measure.area import area_km2
from frontmap.page import container
from fronts import sealed_in

pytestmark = pytest.mark.browser

DATE, ZONE = "2024-08-31", "controlled-sudzhansky-high"
# A point of the map, on the page, that lies in the zone and on no settlement's mark.
POINT_OF_ZONE = """(id) => {
  const reader = document.querySelector('.folium-map').frontmap;
  const box = reader.map.getContainer().getBoundingClientRect();
  for (let x = 60; x < box.width - 60; x += 7) {
    for (let y = 20; y < box.height - 40; y += 7) {
      const zone = reader.zoneAt(reader.map.containerPointToLatLng([x, y]));
      if (zone && zone.id === id && !reader.placeAt(L.point(x, y))) return [box.x + x, box.y + y];
    }
  }
  return null;
}"""
DETAILS = """() => Object.fromEntries([...document.querySelectorAll('.fm-selection dt')]
  .map((term) => [term.textContent, term.nextElementSibling.innerText]))"""
LINKS = (
    "[...document.querySelectorAll('.fm-selection dd a')].map((link) => link.getAttribute('href'))"
)


def by_click(opened):
    opened.tab.mouse.click(*opened.run(POINT_OF_ZONE, ZONE))


def by_keyboard(opened):
    opened.run(
        """(id) => {
          const { model, state } = document.querySelector('.folium-map').frontmap;
          const shown = model.zonesAt(state.index).find((zone) => zone.id === id);
          const km2 = shown.km2.toLocaleString('en-GB', { minimumFractionDigits: 1,
            maximumFractionDigits: 1 });
          [...document.querySelectorAll('[data-section=day] .fm-row')]
            .find((row) => row.textContent.includes(`${km2} km²`)).focus();
        }""",
        ZONE,
    )
    opened.tab.keyboard.press("Enter")


@pytest.fixture(scope="module")
def snapshot():
    return frontmap.open(KURSK).as_of(DATE)


@pytest.fixture(scope="module")
def zone(snapshot):
    return next(zone for zone in snapshot.zones if zone.id == ZONE)


#: What stands beside each term, as the archive has it.
TOLD = {
    "Status": lambda zone: zone.status,
    "Party": lambda _: "Ukraine",
    "Area": lambda zone: f"{area_km2([zone.geometry])[0]:,.1f} km²",
    "Confidence": lambda zone: zone.confidence,
    "Line accuracy": lambda zone: f"± {zone.accuracy_m:,.0f} m",
    "Stood unchanged": lambda _: "31 August 2024",
    "Note": lambda zone: zone.note,
    "Id": lambda zone: zone.id,
}


@pytest.mark.parametrize("choose", [by_click, by_keyboard])
def test_a_zone_tells_what_the_archive_holds(look, choose, zone):
    opened = look(f"#lang=en&date={DATE}")
    choose(opened)
    opened.settle()
    told = opened.run(DETAILS)
    if opened.tab.locator(".fm-selection .fm-rest").count():
        opened.click(".fm-selection .fm-rest")
    missing = {term: told.get(term) for term, of in TOLD.items() if of(zone) not in told[term]}
    assert missing == {}
    addresses = read_sources(KURSK).set_index("id")["url"]
    assert set(opened.run(LINKS)) == {addresses[source] for source in zone.sources}


def as_told(reason, names):
    """Give the words of a reason, each source by the name of its publisher."""
    words = (word.strip(",.") for word in reason.split())
    return [names.get(word, word) for word in words]


def test_a_zone_tells_the_earlier_revisions_of_its_date(look, snapshot):
    names = read_sources(KURSK).set_index("id")["publisher"].to_dict()
    opened = look(f"#lang=en&date={DATE}&zone={ZONE}")
    listed = opened.tab.locator(".fm-selection .fm-revisions li").all_inner_texts()
    revisions = frontmap.open(KURSK).revisions(DATE)[::-1]
    assert len(listed) == len(revisions) > 1
    for text, revision in zip(listed, revisions, strict=True):
        assert revision.digest[:12] in text
        assert [word for word in as_told(revision.reason, names) if word not in text] == []
    assert revisions[0].digest == snapshot.digest
    assert opened.tab.locator(".fm-selection .fm-revisions a[href^=http]").count() > 10


CENTRE = """({ cx, cy }) => [Number(cx.baseVal.value), Number(cy.baseVal.value)]"""
MARKS = """() => [...document.querySelectorAll('.fm-chart .fm-mark')].map((mark) => {
  const { x, y, width, height } = mark.getBBox();
  return [x + width / 2, y + height / 2];
})"""
CLICK_MARK = """(i) => document.querySelectorAll('.fm-chart .fm-mark')[i]
  .dispatchEvent(new MouseEvent('click', { bubbles: true }))"""
CHOSEN = "document.querySelector('.fm-selection').innerText"


def test_a_chosen_figure_is_ringed_in_the_chart(look):
    opened = look("#lang=en")
    for number, centre in enumerate(opened.run(MARKS)[:9]):
        opened.run(CLICK_MARK, number)
        ring = opened.run(f"({CENTRE})(document.querySelector('.fm-ring'))")
        assert math.dist(ring, centre) < 9


def test_figures_that_lie_on_each_other_are_chosen_one_after_the_other(look):
    opened = look("#lang=en")
    marks = opened.run(MARKS)
    piles = [[i for i, one in enumerate(marks) if math.dist(one, mark) < 5] for mark in marks]
    pile = max(piles, key=len)
    assert len(pile) > 1
    told = []
    for _ in pile:
        opened.run(CLICK_MARK, pile[0])
        told.append(opened.run(CHOSEN))
    assert len(set(told)) == len(pile)


@pytest.fixture(scope="module")
def histories(kursk_page):
    """Return of each settlement, by its English name, what the page holds of its status."""
    places = container.opened(sealed_in(kursk_page))["places"]
    changes = [
        list(zip(since, statuses, strict=True))
        for since, statuses in zip(places["since"], places["statuses"], strict=True)
    ]
    return dict(zip(places["names"]["en"], changes, strict=True))


@pytest.mark.parametrize("name", ["Sudzha", "Guevo", "Malaya Loknya"])
def test_a_settlement_found_by_its_name_tells_its_status_over_time(look, histories, name):
    opened = look(f"#lang=en&date={DATE}")
    opened.open_section("places")
    opened.tab.locator(".fm-search").fill(name)
    opened.tab.locator("[data-section=places] .fm-row").first.press("Enter")
    opened.settle()
    told = opened.run("document.querySelector('.fm-selection').innerText")
    history = opened.run("document.querySelector('.fm-selection h3 + ul').innerText").splitlines()
    assert history == in_words(histories[name]) != []
    for event in read_settlement_events(KURSK).itertuples():
        if event.place_id == name.lower().replace(" ", "-"):
            assert event.claimant in told


def in_words(history) -> list[str]:
    dates = frontmap.open(KURSK).dates
    return [
        f"{dates[index].day} {dates[index]:%B %Y}: {status.removesuffix(' UA') or 'not held'}"
        for index, status in history
    ]


def test_a_screen_reader_hears_where_the_date_stopped_and_not_each_step(visit):
    opened = visit(f"#lang=en&date={DATE}")
    opened.tab.locator(".fm-slider").focus()
    opened.run(
        """() => {
          window.heard = [];
          new MutationObserver(() => window.heard.push(
            document.querySelector('[role=status][aria-live=polite]').textContent
          )).observe(document.querySelector('[role=status][aria-live=polite]'),
            { childList: true, characterData: true, subtree: true });
        }"""
    )
    for _ in range(4):
        opened.tab.keyboard.press("ArrowRight")
    opened.until("window.heard.length")
    opened.tab.wait_for_timeout(500)
    heard = opened.run("window.heard")
    assert len(heard) == 1
    assert heard[0].startswith(opened.text(".fm-date"))
    assert "square kilometres controlled" in heard[0]

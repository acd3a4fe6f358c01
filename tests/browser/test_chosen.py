"""A zone or settlement that is chosen, by a click or by keyboard, tells what the archive holds."""

from __future__ import annotations

import pytest

import frontmap
from browser.conftest import KURSK
from frontmap.area import area_km2
from frontmap.facts import read_settlement_events, read_sources
from frontmap.places import Facts, read_evidence, table

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
def test_a_zone_tells_what_the_archive_holds(visit, choose, zone):
    opened = visit(f"#lang=en&date={DATE}")
    choose(opened)
    opened.settle()
    told = opened.run(DETAILS)
    missing = {term: told.get(term) for term, of in TOLD.items() if of(zone) not in told[term]}
    assert missing == {}
    addresses = read_sources(KURSK).set_index("id")["url"]
    assert set(opened.run(LINKS)) == {addresses[source] for source in zone.sources}


def test_a_zone_tells_the_earlier_revisions_of_its_date(visit, snapshot):
    opened = visit(f"#lang=en&date={DATE}&zone={ZONE}")
    listed = opened.tab.locator(".fm-selection .fm-revisions li").all_inner_texts()
    revisions = frontmap.open(KURSK).revisions(DATE)[::-1]
    assert len(listed) == len(revisions) > 1
    for text, revision in zip(listed, revisions, strict=True):
        assert revision.digest[:12] in text
        assert revision.reason in text
    assert revisions[0].digest == snapshot.digest


STATUSES = {"controlled": "held", "contested": "contested", "claimed": "claimed"}


@pytest.mark.parametrize("name", ["Sudzha", "Guevo", "Malaya Loknya"])
def test_a_settlement_found_by_its_name_tells_its_status_over_time(visit, name):
    opened = visit(f"#lang=en&date={DATE}")
    opened.open_section("places")
    opened.settle()
    opened.tab.locator(".fm-search").fill(name)
    opened.tab.locator("[data-section=places] .fm-row").first.press("Enter")
    opened.settle()
    told = opened.run("document.querySelector('.fm-selection').innerText")
    history = opened.run("document.querySelector('.fm-selection h3 + ul').innerText").splitlines()
    assert history == expected_history(name)
    for event in read_settlement_events(KURSK).itertuples():
        if event.place_id == name.lower().replace(" ", "-"):
            assert event.claimant in told


def expected_history(name: str) -> list[str]:
    """Write the changes of status on the archive's dates, from the first on which it counts."""
    reading = read_evidence(Facts.read(KURSK))
    lines, last = [], "not held"
    for date in frontmap.open(KURSK).dates:
        rows = table(reading, date).set_index("place_id")["status"]
        status = STATUSES.get(rows[name.lower().replace(" ", "-")], "not held")
        if status != last:
            lines.append(f"{date.day} {date:%B %Y}: {status}")
            last = status
    return lines


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

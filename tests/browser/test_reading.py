"""What a reader does with the page, and what it answers."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import shapely
from shapely import box

import frontmap
from frontmap import page
from frontmap.measure.area import areas
from frontmap.measure.change import changed_ground
from fronts import Clock, new_archive, zone

pytestmark = pytest.mark.browser

DATES = ["2024-08-12", "2024-08-20", "2024-08-31", "2024-10-10"]
SIDES = [0.2, 0.3, 0.4, 0.1]


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """Four dates of one party: controlled ground, a contested strip east of it; one correction."""
    clock = Clock("2026-09-01T10:00:00+00:00")
    made = new_archive(tmp_path_factory.mktemp("small") / "small-front", clock)
    for date, side in zip(DATES, SIDES, strict=True):
        made.add(date, ground(side), reason="first map")
    clock.set("2026-09-05T10:00:00+00:00")
    made.correct("2024-08-31", ground(0.35), reason="a village was not held", sources=["isw"])
    return made


def ground(side):
    strip = box(35 + side, 51, 35.05 + side, 51.1)
    return [
        zone(box(35, 51, 35 + side, 51 + side), "held"),
        zone(strip, "strip", status="contested", confidence="low", note="a note"),
    ]


@pytest.fixture(scope="module")
def front_page(front, tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "front.html"
    page.save_page(front, path)
    return path


@pytest.fixture
def reading(look, front_page):
    return look(path=front_page)


def shown_date(opened):
    return opened.run("document.querySelector('.fm-date').dateTime")


def expected(front, date):
    row = areas(front, dates=[date]).iloc[0]
    return tuple(written(km2) for km2 in (row.controlled_km2, row.contested_km2, row.error_km2))


def written(km2):
    return f"{km2:,.0f}" if km2 >= 10 or km2 == 0 else f"{km2:.1f}"


def test_it_opens_on_the_date_with_most_ground(reading):
    assert shown_date(reading) == "2024-08-31"


def test_every_date_shows_the_measured_range_and_error(reading, front):
    reading.tab.locator(".fm-slider").press("Home")
    for date in DATES:
        assert shown_date(reading) == date
        controlled, contested, error = expected(front, date)
        figure = reading.text(".fm-figure")
        assert f"{controlled} ± {error} km² controlled" in figure
        assert f"+ {contested} km² contested" in figure
        reading.tab.locator(".fm-slider").press("ArrowRight")


KEYS = {
    "ArrowLeft": "2024-08-20",
    "ArrowDown": "2024-08-20",
    "ArrowRight": "2024-10-10",
    "ArrowUp": "2024-10-10",
    "PageDown": "2024-08-12",
    "PageUp": "2024-10-10",
    "Home": "2024-08-12",
    "End": "2024-10-10",
}


def test_keys_on_the_slider_stop_only_at_true_dates(reading):
    for key, date in KEYS.items():
        reading.run("document.querySelector('.folium-map').frontmap.go(2)")
        reading.tab.locator(".fm-slider").press(key)
        assert shown_date(reading) == date, key


def test_arrow_keys_work_anywhere_on_the_page(reading):
    reading.tab.keyboard.press("ArrowLeft")
    assert shown_date(reading) == "2024-08-20"


def test_the_slider_is_proportional_to_time(reading):
    reading.tab.locator(".fm-slider").press("Home")
    assert reading.run("Number(document.querySelector('.fm-slider').max)") == 59
    reading.tab.locator(".fm-slider").press("ArrowRight")
    assert reading.run("Number(document.querySelector('.fm-slider').value)") == 8


def test_play_goes_to_the_last_date_and_stops(reading):
    reading.click(".fm-play")
    assert reading.run("document.querySelector('.fm-play').getAttribute('aria-label')") == "Pause"
    reading.until("document.querySelector('.fm-date').dateTime === '2024-10-10'")
    reading.settle()
    assert reading.state("playing") == 0


PICKED = """() => [...document.querySelectorAll('.fm-picker select')]
  .map((select) => select.selectedOptions[0].textContent)"""


def test_a_day_of_the_record_is_picked_and_no_other_can_be(reading):
    month, day = reading.tab.locator(".fm-picker select").all()
    day.select_option("12")
    assert shown_date(reading) == "2024-08-12"
    free = "[...document.querySelectorAll('.fm-picker option:not(:disabled)')].map(o => o.text)"
    assert reading.run(free) == ["Aug 2024", "Oct 2024", "12", "20", "31"]
    month.select_option("2024-10")
    assert shown_date(reading) == "2024-10-10"
    month.select_option("2024-08")
    assert shown_date(reading) == "2024-08-12"
    assert reading.run(PICKED) == ["Aug 2024", "12"]


def test_the_date_picker_is_in_the_readers_language_and_follows_the_date(reading):
    reading.click("[data-language=uk]")
    reading.tab.locator(".fm-slider").press("End")
    assert reading.run(PICKED) == ["жовт. 2024", "10"]


def test_a_long_gap_in_the_record_is_said_and_drawn(reading):
    reading.settle()
    assert "No snapshot for the next 40 days" in reading.text("[data-section=day]")
    assert reading.run("document.querySelectorAll('.fm-gap').length") == 1


def test_a_click_on_the_map_tells_all_of_the_zone(reading):
    reading.tab.locator(".folium-map").click(
        position=reading.run(
            """() => { const {map} = document.querySelector('.folium-map').frontmap;
                   return map.latLngToContainerPoint([51.05, 35.37]); }"""
        )
    )
    told = reading.text(".fm-selection")
    for part in (
        "contested",
        "Ukraine",
        "low",
        "± 1,000 m",
        "31 August 2024",
        "isw",
        "a note",
        "strip",
    ):
        assert part in told


@pytest.mark.parametrize("way_out", ["Escape", "Enter"])
def test_a_zone_opens_by_keyboard_and_closes_back_to_where_it_was_opened(reading, way_out):
    reading.tab.locator("[data-section=day] .fm-row").nth(1).press("Enter")
    assert reading.run("document.activeElement.closest('.fm-selection') !== null")
    reading.tab.locator(".fm-close").press(way_out)
    assert reading.run("document.querySelector('.fm-selection').hidden")
    assert reading.run(
        "document.activeElement === document.querySelectorAll('[data-section=day] .fm-row')[1]"
    )


def test_earlier_revisions_are_listed_with_their_reasons(reading):
    told = reading.text("[data-section=day] .fm-revisions")
    assert told.index("a village was not held") < told.index("first map")


def test_the_table_holds_the_same_numbers_as_the_measures(reading, front):
    reading.open_section("table")
    rows = reading.run(
        """[...document.querySelectorAll('[data-section=table] tbody tr')]
             .map(row => [...row.cells].map(cell => cell.textContent))"""
    )
    assert [row[1] for row in rows] == [expected(front, date)[0] for date in DATES]


def test_the_csv_holds_the_table_of_the_measures(reading, front):
    reading.open_section("share")
    with reading.tab.expect_download() as waiting:
        reading.click("[data-action=save_table]")
    text = Path(waiting.value.path()).read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    measured = areas(front)
    assert [row["date"] for row in rows] == DATES
    controlled_km2 = [float(row["controlled_km2"]) for row in rows]
    assert controlled_km2 == pytest.approx(measured["controlled_km2"].tolist(), abs=1e-6)
    assert [row["digest"] for row in rows] == [digest[:12] for digest in measured["digest"]]


def test_the_picture_is_a_png_of_the_view(reading):
    reading.open_section("share")
    with reading.tab.expect_download() as waiting:
        reading.click("[data-action=save_picture]")
    assert waiting.value.suggested_filename == "small-front-2024-08-31.png"
    data = Path(waiting.value.path()).read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) > 10_000


def test_the_address_restores_the_view(visit, front_page):
    address = "#date=2024-10-10&vs=2024-08-12&lang=uk&zone=strip&at=51.2,35.3,9"
    opened = visit(address, front_page)
    assert shown_date(opened) == "2024-10-10"
    assert "12 серпня 2024" in opened.text(".fm-versus")
    assert "strip" in opened.text(".fm-selection")
    assert opened.run("document.documentElement.lang") == "uk"
    assert opened.run("document.querySelector('.folium-map').frontmap.map.getZoom()") == 9


def test_the_address_follows_the_view(reading):
    reading.tab.locator(".fm-slider").press("Home")
    reading.until("location.hash.includes('date=2024-08-12')")
    assert "lang=en" in reading.run("location.hash")


def test_an_address_with_nonsense_is_no_error(visit, front_page):
    opened = visit("#date=2020-02-31&vs=x&lang=xx&at=1,2&zone=__proto__", front_page)
    assert shown_date(opened) == "2024-08-31"
    assert opened.errors == []


KNOWN = Clock("2026-09-03T00:00:00+00:00")()


@pytest.fixture(scope="module")
def known_page(front, tmp_path_factory):
    path = tmp_path_factory.mktemp("known") / "known.html"
    page.save_page(front, path, known=KNOWN)
    return path


def test_what_is_taken_along_says_as_known_when(look, front, known_page):
    opened = look("#date=2024-08-31", known_page)
    opened.open_section("share")
    told = {}
    for action in ("save_table", "save_picture"):
        with opened.tab.expect_download() as waiting:
            opened.click(f"[data-action={action}]")
        told[action] = waiting.value
    names = {action: file.suggested_filename for action, file in told.items()}
    assert names == {
        "save_table": "small-front-UA-known-2026-09-03T000000Z.csv",
        "save_picture": "small-front-2024-08-31-known-2026-09-03T000000Z.png",
    }
    rows = csv.DictReader(io.StringIO(Path(told["save_table"].path()).read_text("utf-8")))
    assert {row["known"] for row in rows} == {"2026-09-03T00:00:00Z"}
    assert front.digest_at(KNOWN) != front.digest
    assert front.digest_at(KNOWN)[:16] in opened.text(".fm-foot")


def test_what_was_known_earlier_is_drawn_and_said_in_large_letters(look, front, known_page):
    opened = look(path=known_page)
    told = opened.text(".fm-known")
    assert "As known on 3 September 2026, 00:00 UTC" in told
    assert "Settlements and reported figures are from the newest tables" in told
    size = opened.run("parseFloat(getComputedStyle(document.querySelector('.fm-known')).fontSize)")
    assert size >= 20
    now, then = areas(front), areas(front, known=KNOWN)
    assert now["controlled_km2"][2] != then["controlled_km2"][2]
    assert f"{then['controlled_km2'][2]:,.0f} ± " in opened.text(".fm-figure")


@pytest.mark.parametrize("date", [DATES[0], DATES[3]])
def test_a_comparison_tells_the_change_to_the_later_date(look, front, front_page, date):
    versus = DATES[2]
    opened = look(f"#date={date}&vs={versus}", front_page)
    moved = changed_ground(front, *sorted((date, versus))).set_index("kind")["area_km2"]
    told = opened.text(".fm-versus")
    assert f"gained {written(moved['gained'])} km²" in told
    assert f"lost {written(moved['lost'])} km²" in told
    assert ("net +" in told) == (moved["gained"] > moved["lost"])


DRAWING = "document.querySelector('.fm-canvas').toDataURL()"


# What stands in the box of 20 by 20 pixels about a point: does anything, and in which colours.
DRAWN_AT = """([lat, lon]) => {
  const { canvas, map } = document.querySelector('.folium-map').frontmap;
  const { ratio, seen } = canvas.view;
  const { x, y } = map.latLngToContainerPoint([lat, lon]);
  const pen = document.querySelector('.fm-canvas').getContext('2d');
  const box = [x + seen[0] - 10, y + seen[1] - 10, 20, 20].map((value) => value * ratio);
  const { data } = pen.getImageData(...box);
  const found = new Set();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] > 60) found.add([data[i], data[i + 1], data[i + 2]].join());
  }
  return [...found];
}"""
CONTESTED_ON_20_AUGUST, LOST_SINCE = (51.05, 35.325), (51.25, 35.25)


@pytest.mark.parametrize("versus", ["2024-08-12", "2024-10-10"])
def test_a_comparison_draws_the_ground_of_the_date_in_the_heading(look, front_page, versus):
    opened = look(f"#date=2024-08-20&vs={versus}&at=51.05,35.325,11", front_page)
    assert opened.run(DRAWN_AT, CONTESTED_ON_20_AUGUST)
    opened = look(f"#date={versus}&vs=2024-08-20&at=51.05,35.325,11", front_page)
    assert not opened.run(DRAWN_AT, CONTESTED_ON_20_AUGUST)


def test_a_comparison_draws_the_change_to_the_later_date(look, front_page):
    lost = "179,38,30"
    for address in ("date=2024-08-20&vs=2024-10-10", "date=2024-10-10&vs=2024-08-20"):
        opened = look(f"#{address}&at=51.2,35.3,11", front_page)
        assert lost in opened.run(DRAWN_AT, LOST_SINCE)
    opened = look("#date=2024-08-20&vs=2024-08-12&at=51.2,35.3,11", front_page)
    assert lost not in opened.run(DRAWN_AT, LOST_SINCE)


def test_the_csv_of_a_comparison_goes_from_the_earlier_to_the_later_date(look, front, front_page):
    opened = look("#date=2024-08-12&vs=2024-08-31", front_page)
    opened.open_section("share")
    with opened.tab.expect_download() as waiting:
        opened.click("[data-action=save_table]")
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text("utf-8"))))
    pairs = [sorted((date, "2024-08-31")) for date in DATES]
    assert [[row["from_date"], row["to_date"]] for row in rows] == pairs
    for row in rows[0], rows[3]:
        moved = changed_ground(front, row["from_date"], row["to_date"]).set_index("kind")[
            "area_km2"
        ]
        for kind in ("gained", "lost"):
            assert float(row[f"{kind}_km2"]) == pytest.approx(moved[kind], abs=0.01)


def test_the_comparison_is_chosen_in_the_panel_and_ended_there(reading):
    reading.open_section("compare")
    reading.tab.locator("[data-section=compare] .fm-select").select_option("0")
    reading.settle()
    assert "From 12 August 2024 to 31 August 2024 (19 days)" in reading.text(".fm-head .fm-versus")
    assert "Gained" in reading.text(".fm-legend")
    reading.click("[data-section=compare] .fm-wide")
    assert reading.text(".fm-head .fm-versus") == ""


FOCUSED = "document.activeElement.className"


def test_the_list_of_dates_to_compare_with_keeps_the_keyboard(reading):
    reading.open_section("compare")
    reading.tab.locator("[data-section=compare] .fm-select").focus()
    for _ in range(3):
        reading.tab.keyboard.press("ArrowDown")
        reading.settle()
    assert reading.state("against") == 2
    assert reading.run(FOCUSED) == "fm-select"


def test_a_comparison_is_said_aloud(reading):
    reading.open_section("compare")
    reading.tab.locator("[data-section=compare] .fm-select").select_option("0")
    reading.until("document.querySelector('[aria-live]').textContent.includes('gained')")


def test_the_table_and_the_search_keep_the_keyboard_when_the_date_changes(reading):
    reading.open_section("table")
    reading.tab.locator("[data-section=table] .fm-link").first.click()
    reading.settle()
    assert shown_date(reading) == "2024-08-12"
    assert reading.run(FOCUSED) == "fm-link"
    reading.open_section("places")
    reading.tab.locator(".fm-search").focus()
    reading.run("document.querySelector('.folium-map').frontmap.go(2)")
    reading.settle()
    assert reading.run(FOCUSED) == "fm-search"


def test_at_the_last_date_the_button_that_led_there_keeps_the_keyboard(reading):
    reading.tab.locator(".fm-slider").press("End")
    following = reading.tab.locator(".fm-buttons > .fm-button").nth(2)
    following.press("Enter")
    assert following.get_attribute("aria-disabled") == "true"
    assert reading.run(FOCUSED) == "fm-button"


def test_the_foot_names_digest_and_recorded_instant(reading, front):
    foot = reading.text(".fm-foot")
    assert front.digest[:16] in foot
    assert "5 September 2026, 10:00 UTC" in foot


def test_a_screen_reader_hears_the_date_on_stop(reading):
    reading.tab.locator(".fm-slider").press("Home")
    reading.until("document.querySelector('[aria-live]').textContent.startsWith('12 August 2024')")
    told = reading.run("document.querySelector('.fm-slider').getAttribute('aria-valuetext')")
    assert told.startswith("12 August 2024, ")


def test_tiles_are_asked_for_only_on_request_and_their_failure_is_said(reading):
    assert reading.requests == []
    reading.open_section("share")
    label = reading.text(".fm-check")
    assert "tile.openstreetmap.org" in label
    reading.click(".fm-check input")
    reading.tab.wait_for_selector("text=did not answer")
    assert not reading.tab.locator(".fm-check input").is_checked()
    assert reading.run("document.querySelectorAll('.leaflet-tile').length") == 0


def test_several_snapshots_of_one_day_are_stops_with_their_hour(visit, tmp_path):
    many = new_archive(tmp_path / "many")
    for hour, side in ((8, 0.1), (20, 0.2)):
        published = Clock(f"2024-08-31T{hour:02}:00:00+00:00")()
        many.add("2024-08-31", ground(side), reason="r", published=published)
    page.save_page(many, tmp_path / "many.html")
    opened = visit("#date=2024-08-31", tmp_path / "many.html")
    assert "31 August 2024, 20:00" in opened.text(".fm-date")
    opened.tab.locator(".fm-slider").press("ArrowLeft")
    assert "31 August 2024, 08:00" in opened.text(".fm-date")


def test_a_date_without_ground_says_so(visit, tmp_path):
    none = new_archive(tmp_path / "none")
    none.add("2024-08-31", [], reason="nothing held", sources=["isw"])
    page.save_page(none, tmp_path / "none.html")
    opened = visit(path=tmp_path / "none.html")
    assert "0 km² controlled" in opened.text(".fm-figure")
    assert "No ground was held on this date." in opened.text("[data-section=day]")


def test_two_parties_are_told_apart_and_chosen(visit, tmp_path):
    both = new_archive(tmp_path / "both")
    zones = [
        zone(box(35, 51, 35.2, 51.2), "a"),
        zone(box(35.3, 51, 35.6, 51.2), "b", party="RU"),
    ]
    both.add("2024-08-31", zones, reason="r")
    page.save_page(both, tmp_path / "both.html")
    opened = visit("#party=UA", tmp_path / "both.html")
    first = opened.text(".fm-figure")
    opened.tab.locator(".fm-party").select_option("RU")
    opened.settle()
    assert opened.text(".fm-figure") != first
    assert opened.state("party") == "RU"


DRAWN = """() => {
  const { model } = document.querySelector('.folium-map').frontmap;
  const { parts, ring, x } = model.shapes;
  const outline = (zone) => [...ring(parts(zone.shape)[0][0])].map((id) => x[id]);
  return model.snapshots.map((_, i) => model.zonesAt(i).map((zone) => [zone.id, outline(zone)]));
}"""


def test_the_geometry_in_the_browser_is_that_of_the_archive(reading, front):
    for zones, snapshot in zip(reading.run(DRAWN), front.snapshots(), strict=True):
        drawn = dict(zones)
        assert set(drawn) == {each.id for each in snapshot.zones}
        for each in snapshot.zones:
            outline = shapely.get_parts(each.geometry)[0].exterior.coords[:-1]
            wanted = [lon / 360 + 0.5 for lon, _ in outline]
            assert drawn[each.id] == pytest.approx(wanted, abs=1e-12)


PICTURES = """async () => {
  const reader = document.querySelector('.folium-map').frontmap;
  const { redraw } = reader.canvas;
  let pictures = 0;
  reader.canvas.redraw = function counted() { pictures += 1; redraw.call(this); };
  [0, 1, 2, 3].forEach((i) => reader.go(i));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return pictures;
}"""


def test_steps_within_one_frame_are_one_picture(reading):
    assert reading.run(PICTURES) == 1


PAINTED = """(at) => {
  const { map } = document.querySelector('.folium-map').frontmap;
  const canvas = document.querySelector('.fm-canvas');
  const box = canvas.getBoundingClientRect();
  const own = map.getContainer().getBoundingClientRect();
  const point = map.latLngToContainerPoint(at);
  const ratio = canvas.width / box.width;
  const x = (point.x + own.left - box.left) * ratio - 8;
  const y = (point.y + own.top - box.top) * ratio - 8;
  const { data } = canvas.getContext('2d').getImageData(x, y, 16, 16);
  return data.filter((_, i) => i % 4 === 3).reduce((sum, one) => sum + (one > 0), 0) / 256;
}"""


def test_the_zones_are_drawn_where_they_are(reading):
    controlled, contested, neither = ([51.2, 35.15], [51.05, 35.375], [51.6, 35.8])
    assert reading.run(PAINTED, controlled) == 1
    assert reading.run(PAINTED, contested) == 1
    assert reading.run(PAINTED, neither) == 0


def test_contested_ground_stays_in_sight_in_a_comparison(look, front_page):
    opened = look("#date=2024-08-31&vs=2024-08-12", front_page)
    assert opened.run(PAINTED, [51.05, 35.375]) > 0
    assert "Contested" in opened.text(".fm-legend")


def test_claimed_ground_stays_in_sight_in_a_comparison(visit, tmp_path):
    made = new_archive(tmp_path / "claimed")
    claimed = zone(box(35.5, 51, 35.7, 51.2), "claim", status="claimed")
    for date, side in zip(DATES[:2], SIDES[:2], strict=True):
        made.add(date, [zone(box(35, 51, 35 + side, 51 + side), "held"), claimed], reason="r")
    page.save_page(made, tmp_path / "claimed.html")
    opened = visit(f"#date={DATES[1]}&vs={DATES[0]}&at=51.1,35.4,9", tmp_path / "claimed.html")
    assert opened.run(PAINTED, [51.1, 35.6]) > 0
    assert "Claimed" in opened.text(".fm-legend")
    assert f"(claimed: {written(areas(made)['claimed_km2'][1])} km²)" in opened.text(".fm-figure")


def test_it_is_about_the_archive(front):
    assert frontmap.layer(front).payload["title"] == "A front"

"""The page is for everyone: any language, width, keyboard, screen reader, paper, no script."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults

from frontmap.page import bundle

pytestmark = pytest.mark.browser

WIDTHS = {"phone": 320, "tablet": 768, "desktop": 1280}
# The sheet is as wide whatever the screen.
SHEETS = [*((width, "en") for width in WIDTHS.values()), (WIDTHS["desktop"], "uk"), (320, "ru")]


def compared_in(language):
    return f"#lang={language}&date=2024-08-31&vs=2024-08-12"


# All of what is wrong, and of the rest by which rules it was looked at: megabytes less to carry.
AXE = """(options) => axe.run(document, { resultTypes: ['violations'], ...options })
  .then(({ violations, passes }) => ({ violations, passes: passes.map(({ id }) => id) }))"""
# Dark is other colours on the same elements.
COLOURS = ["color-contrast"]
RULES_THAT_APPLY = 20


def assert_axe_finds_nothing(opened, rules=()):
    opened.run(AXE_SCRIPT)
    found = opened.run(AXE, {"runOnly": rules} if rules else {})
    assert found["violations"] == [], AxeResults(found).generate_report()
    assert set(rules) <= set(found["passes"])
    assert rules or len(found["passes"]) > RULES_THAT_APPLY


@pytest.mark.parametrize("language", bundle.LANGUAGES)
def test_axe_finds_nothing(look, language):
    opened = look(compared_in(language))
    opened.open_all()
    assert_axe_finds_nothing(opened)
    opened.prefer(color_scheme="dark")
    opened.settle()
    assert_axe_finds_nothing(opened, COLOURS)


def test_axe_finds_nothing_on_a_phone_with_a_settlement_open(look):
    opened = look("#lang=uk", width=320)
    opened.run(
        """() => { const reader = document.querySelector('.folium-map').frontmap;
                  reader.set({ place: reader.model.places.find((one) => one.since.length) }); }"""
    )
    opened.settle()
    assert_axe_finds_nothing(opened)


COVERED = """() => ['.fm-date', '.fm-figure', '.fm-language', '.folium-map', '.fm-slider',
  '.fm-play', '.fm-picker', '.fm-legend li'].filter((selector) => {
    const node = document.querySelector(selector);
    node.scrollIntoView({ block: 'center' });
    const box = node.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const inside = box.left >= 0 && box.right <= window.innerWidth + 0.5;
    return !inside || !(node.contains(top) || top.contains(node));
  })"""


@pytest.mark.parametrize("language", bundle.LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_nothing_is_covered_or_cut_off(look, width, language):
    opened = look(compared_in(language), width=width)
    assert opened.run("document.documentElement.scrollWidth") <= width
    assert opened.run(COVERED) == []


OPENED_BY = {
    "figure": "document.querySelector('.fm-mark').dispatchEvent("
    "new MouseEvent('click', { bubbles: true }))",
    "zone": "document.querySelector('[data-section=day] .fm-row').click()",
}
AT_CLOSE = """() => {
  const box = document.querySelector('.fm-close').getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return top ? top.className : '';
}"""


@pytest.mark.parametrize("opener", OPENED_BY.values(), ids=OPENED_BY)
@pytest.mark.parametrize("start", ["0", "document.body.scrollHeight"], ids=["top", "foot"])
def test_an_opened_detail_lies_below_the_head_on_a_phone(look, opener, start):
    opened = look("#lang=en&date=2024-08-31", width=360)
    opened.run(f"window.scrollTo(0, {start})")
    opened.run(opener)
    opened.settle()
    assert "fm-close" in opened.run(AT_CLOSE)
    opened.tab.keyboard.press("Escape")
    assert opened.run("document.querySelector('.fm-selection').hidden")


def test_date_and_area_stay_in_sight_on_a_phone(look):
    opened = look(width=320)
    opened.run("window.scrollTo(0, document.body.scrollHeight)")
    opened.settle()
    for selector in (".fm-date", ".fm-figure"):
        box = opened.tab.locator(selector).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] < 320


@pytest.mark.parametrize(
    ("language", "date", "controlled", "town"),
    [
        ("en", "31 August 2024", "controlled", "Sudzha"),
        ("uk", "31 серпня 2024", "під контролем", "Суджа"),
        ("ru", "31 августа 2024", "под контролем", "Суджа"),
    ],
)
def test_dates_words_and_names_are_in_the_readers_language(look, language, date, controlled, town):
    opened = look(f"#lang={language}&date=2024-08-31")
    opened.open_section("places")
    assert date in opened.text(".fm-date")
    assert controlled in opened.text(".fm-figure")
    assert town in opened.text("[data-section=places] .fm-list")
    assert opened.run("document.documentElement.lang") == language


@pytest.mark.parametrize(
    ("language", "party"), [("en", "Ukraine"), ("uk", "Україна"), ("ru", "Украина")]
)
def test_the_headline_names_the_party_whose_ground_is_counted(look, language, party):
    assert look(f"#lang={language}&date=2024-08-31").text(".fm-figure").startswith(f"{party}: ")


def test_the_readers_own_language_is_taken(visit):
    opened = visit(locale="uk-UA")
    assert opened.state("language") == "uk"


def test_language_buttons_change_everything_at_once(look):
    opened = look()
    opened.click("[data-language=ru]")
    assert opened.text("[data-section=day] h2") == bundle.words()["ru"]["section_day"]
    assert opened.run("document.documentElement.lang") == "ru"


def test_the_keyboard_skips_to_the_slider_and_reaches_all_and_shows_where_it_is(visit):
    opened = visit()
    reached = []
    for _ in range(25):
        opened.tab.keyboard.press("Tab")
        reached.append(
            opened.run(
                """() => { const node = document.activeElement;
                  const seen = getComputedStyle(node).outlineStyle !== 'none';
                  const { className } = node.parentNode;
                  return `${className} ${node.className || node.tagName} ${seen}`; }"""
            )
        )
    names = " ".join(reached)
    for wanted in ("fm-skip", "fm-language", "folium-map", "fm-slider", "fm-play", "fm-picker"):
        assert wanted in names
    assert "SUMMARY true" in names
    assert not [name for name in reached if name.endswith("false") and not name.startswith("BODY")]
    assert "fm-skip" in reached[0]
    opened.tab.locator(".fm-skip").press("Enter")
    assert opened.run("document.activeElement.className") == "fm-slider"


def test_reduced_motion_is_heeded(look):
    opened = look()
    opened.prefer(reduced_motion="reduce")
    moving = opened.run(
        """() => [...document.querySelectorAll('.fm-page *')].filter((node) => {
             const { transitionDuration, animationName } = getComputedStyle(node);
             return animationName !== 'none' || parseFloat(transitionDuration) > 0;
           }).length"""
    )
    assert moving == 0


@pytest.mark.parametrize(("width", "language"), SHEETS)
def test_it_prints_as_one_page_with_date_legend_scale_and_sources(look, width, language):
    opened = look(compared_in(language), width=width)
    pages = opened.tab.pdf(format="A4", print_background=True).count(b"/Type /Page\n")
    opened.prefer(media="print")
    for selector in (
        ".fm-date",
        ".fm-legend",
        ".leaflet-control-scale",
        ".fm-foot",
        ".fm-canvas",
        ".fm-cited a",
        ".fm-cited li:last-child a",
    ):
        assert opened.tab.locator(selector).first.is_visible(), selector
    assert pages == 1


CHOSEN = {"figure": "2024-08-31,1243", "place": "sudzha", "zone": "contested-bolshesoldatsky-high"}


@pytest.mark.parametrize(("kind", "key"), CHOSEN.items(), ids=CHOSEN)
def test_what_is_chosen_is_on_the_one_page_of_paper(look, kind, key):
    opened = look(f"#lang=en&date=2024-08-31&{kind}={key}")
    pages = opened.tab.pdf(format="A4", print_background=True).count(b"/Type /Page\n")
    opened.prefer(media="print")
    assert opened.tab.locator(".fm-selection .fm-body").is_visible()
    assert opened.tab.locator(".fm-foot").is_visible()
    assert pages == 1


NAMES = """() => {
  const { canvas, model } = document.querySelector('.folium-map').frontmap;
  const known = new Set(model.places.flatMap(({ names }) => Object.values(names)));
  const [west, north, east, south] = canvas.view.seen;
  const found = [];
  const draw = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, left, middle) {
    const { width } = this.measureText(text);
    if (known.has(text) && middle > north && middle < south) found.push([text, left, left + width]);
    return draw.apply(this, arguments);
  };
  canvas.redraw();
  CanvasRenderingContext2D.prototype.fillText = draw;
  return [west, east, found];
}"""


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_name_is_cut_by_the_edge_of_the_map(look, width):
    west, east, names = look("#lang=en&date=2024-08-31", width=width).run(NAMES)
    seen = [name for name, left, right in names if left < east and right > west]
    assert "Sudzha" in seen
    assert [n for n, left, right in names if left < west < right or left < east < right] == []


VIEW = """() => {
  const { map } = document.querySelector('.folium-map').frontmap;
  const { lat, lng } = map.getCenter();
  return [lat, lng, map.getZoom(), map.getSize().x, map.getSize().y];
}"""
IN_SIGHT = """() => {
  const { map, data } = document.querySelector('.folium-map').frontmap;
  const [west, south, east, north] = data.view;
  return map.getBounds().contains([[south, west], [north, east]]);
}"""


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_the_ground_in_sight_is_on_the_paper_too_and_the_view_comes_back(look, width):
    opened = look("#lang=en", width=width)
    before = opened.run(VIEW)
    opened.run("window.dispatchEvent(new Event('beforeprint'))")
    assert opened.run(IN_SIGHT)
    assert opened.tab.locator(".folium-map").bounding_box()["width"] == pytest.approx(703, abs=1)
    opened.run("window.dispatchEvent(new Event('afterprint'))")
    assert opened.run(VIEW) == pytest.approx(before, abs=1e-4)


# Heads with a syllable on two lines.
BROKEN = """() => [...document.querySelectorAll('[data-section=table] thead th')].filter((cell) => {
  const range = document.createRange();
  const lineOf = (i) => {
    range.setStart(cell.firstChild, i);
    range.setEnd(cell.firstChild, i + 1);
    return Math.round([...range.getClientRects()].at(-1).top);
  };
  return [...cell.textContent.matchAll(/[^ \\u00ad]+/g)].some(({ 0: syllable, index }) => (
    lineOf(index) !== lineOf(index + syllable.length - 1)));
}).map((cell) => cell.textContent)"""


@pytest.mark.parametrize("language", bundle.LANGUAGES)
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_table_of_areas_fits_and_breaks_no_word(look, width, language):
    opened = look(compared_in(language), width=width)
    opened.open_section("table")
    over = """(() => { const box = document.querySelector('[data-section=table] .fm-scroll');
      return box.scrollWidth - box.clientWidth; })()"""
    assert opened.run(over) <= 0
    assert opened.run(BROKEN) == []


def test_it_is_readable_without_script(look):
    opened = look(ready="", java_script_enabled=False)
    assert "on the last date of each month" in opened.text(".fm-plain caption")
    told = opened.tab.locator("body").inner_text()
    assert "31" in told
    assert "square kilometres" in told
    assert opened.tab.locator("table tr").count() >= 6
    assert "can call" not in told


def test_settlements_are_found_by_name_in_any_language_and_tell_their_history(look):
    opened = look("#lang=en&date=2024-08-31")
    opened.open_section("places")
    for name in ("Sudzha", "Суджа", "судж"):
        opened.tab.locator(".fm-search").fill(name)
        assert "Sudzha" in opened.text("[data-section=places] .fm-list")
    opened.tab.locator("[data-section=places] .fm-row").first.press("Enter")
    told = opened.text(".fm-selection")
    assert "Суджа" in told
    assert "held" in told
    assert opened.tab.locator(".fm-selection a[href^=http]").count() > 0


# Ukrainian in capitals, Russian without its two dots, and no name.
TYPED = [("МАР’ЇВКА", "Мар’ївка"), ("теткино", "Тьоткіно"), ("tyotkino", None)]  # noqa: RUF001  Cyrillic is meant


@pytest.mark.parametrize(("typed", "found"), TYPED)
def test_a_search_takes_a_name_as_it_may_be_typed(look, typed, found):
    opened = look("#lang=uk&date=2024-08-31")
    opened.open_section("places")
    if not found:
        opened.listened()
    opened.tab.locator(".fm-search").fill(typed)
    names = opened.tab.locator("[data-section=places] .fm-row .fm-grow").all_inner_texts()
    shown = [name.partition("\n")[0].replace("'", "\u2019") for name in names]
    assert shown == ([found] if found else [])
    told = opened.text("[role=status][aria-live]")
    assert (told == bundle.words()["uk"]["search_none"]) == (found is None)


SWATCH = """() => {
  const swatch = document.querySelector('[data-section=day] .fm-row .fm-swatch');
  return [...swatch.getContext('2d').getImageData(30, 4, 1, 1).data].join();
}"""


def test_swatches_follow_a_change_to_dark_colours(look):
    opened = look("#lang=en&date=2024-08-31")
    light = opened.run(SWATCH)
    opened.prefer(color_scheme="dark")
    opened.until(f"({SWATCH})() !== '{light}'")


def test_where_the_screen_is_low_the_head_scrolls_away(visit):
    opened = visit("#date=2024-08-31&vs=2024-08-12", width=320, height=256)
    opened.run("window.scrollTo(0, 600)")
    opened.settle()
    assert opened.run("document.querySelector('.fm-head').getBoundingClientRect().bottom") <= 0


def test_settlements_of_one_name_are_told_apart(look):
    opened = look("#lang=en&date=2024-08-31")
    opened.open_section("places")
    opened.tab.locator(".fm-search").fill("Korenevo")
    names = opened.tab.locator("[data-section=places] .fm-grow").all_inner_texts()
    assert len(names) > 1
    assert len(set(names)) == len(names)
    assert "the two may differ" in opened.text("[data-section=places]")


NAMED = """() => {
  const named = [];
  const own = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
    named.push(text);
    return own.call(this, text, ...at);
  };
  document.querySelector('.folium-map').frontmap.canvas.redraw();
  return named;
}"""


def test_the_town_is_named_on_the_map_amid_its_villages(look):
    assert "Sudzha" in look("#lang=en&date=2024-08-31").run(NAMED)


@pytest.mark.parametrize("language", bundle.LANGUAGES)
def test_every_mark_of_the_chart_is_explained_beside_it(look, language):
    opened = look(f"#lang={language}&date=2024-08-31")
    own = bundle.words()[language]
    key = opened.text(".fm-key")
    drawn = opened.run(
        """() => [...new Set([...document.querySelectorAll('.fm-chart .fm-mark')]
             .map((mark) => mark.classList[1].replace('fm-mark-', '')))]"""
    )
    assert len(drawn) > 1
    assert [mark for mark in drawn if own[f"verdict_{mark}"] not in key] == []
    assert (own["chart_gap"] in key) == opened.run("Boolean(document.querySelector('.fm-gap'))")
    assert own["chart_between"] in key
    first = opened.run("document.querySelector('.fm-between title').textContent")
    assert not {"{", "}"} & set(first)
    assert "2024" in first


def test_a_reported_figure_opens_its_verdict_claimant_and_source(look):
    opened = look("#lang=en")
    opened.run(
        "document.querySelector('.fm-mark-above, .fm-mark-below').dispatchEvent("
        "new MouseEvent('click', { bubbles: true }))"
    )
    opened.settle()
    told = opened.text(".fm-selection")
    assert "the map" in told
    assert "Said by" in told
    assert "Difference" in told
    assert opened.tab.locator(".fm-selection a[href^=http]").count() > 0


def test_the_difference_of_a_figure_names_the_area_and_date_it_is_from(look):
    opened = look("#lang=en")
    opened.run(
        "[...document.querySelectorAll('.fm-mark')].forEach((mark) => "
        "/^1,243 /.test(mark.getAttribute('aria-label') || mark.textContent) && "
        "mark.dispatchEvent(new MouseEvent('click', { bubbles: true })))"
    )
    opened.settle()
    told = opened.text(".fm-selection")
    assert "from 900 km² controlled on 31 August 2024; 72 km² above the range" in told
    assert "within the error" in told
    assert "Read as 31 August 2024" in told
    assert " 1,167 km², ± 109 km²: above the map" in told


def test_events_and_figures_of_the_date_are_listed(look):
    opened = look("#lang=en&date=2024-08-12")
    day = opened.text("[data-section=day]")
    assert "Reported since the date before" in day
    assert "Figures since the date before" in day
